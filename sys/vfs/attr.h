/* attr.h: rules about modes, owners, times and sizes (vfs_attr.c). */
#ifndef VFS_ATTR_H
#define VFS_ATTR_H

#include "libkern/stat.h"
#include "vfs/namecache.h"

struct ucred;
struct vattr;
struct vnode;

/* Owner of a new file in directory dvp: fills gid and adjusts mode (umask is
 * the caller's). */
int	vn_newowner(struct vnode *dvp, struct ucred *cr, uint32_t *mode,
	    uint32_t *uid, uint32_t *gid);
bool	vn_isowner(const struct kstat *st, const struct ucred *cr);
/* Drop set-id bits after a write or a truncation by an unprivileged user;
 * v_lock held. */
void	vn_clearsetid(struct vnode *vp);
/* truncate(2) after path checks: limit, locks, set-id. */
int	vn_truncate(struct vnode *vp, int64_t len, struct ucred *cr);

/* uid or gid ~0: unchanged. */
int	nch_chmod(const struct nchandle *n, uint32_t mode);
int	nch_chown(const struct nchandle *n, uint32_t uid, uint32_t gid);
/* ts[i].tv_nsec may be UTIME_NOW or UTIME_OMIT; ts NULL: now, now. */
int	nch_utimes(const struct nchandle *n, const struct timespec64 *ts);
#define	UTIME_NOW_	((1L << 30) - 1)
#define	UTIME_OMIT_	((1L << 30) - 2)

#endif
