/*
 * inotify.h: telling watchers what happens to files (inotify(7)).
 *
 * Everybody who changes something calls vn_notify (the object itself and, by
 * its name, its directory) or vn_notify_name (an entry of a directory).  Both
 * cost one load while nobody watches.
 */
#ifndef VFS_INOTIFY_H
#define VFS_INOTIFY_H

#include "libkern/types.h"
#include "vfs/vfs.h"

struct file;
struct namecache;
struct nchandle;
struct vnode;

#define	IN_ACCESS	0x00000001
#define	IN_MODIFY	0x00000002
#define	IN_ATTRIB	0x00000004
#define	IN_CLOSE_WRITE	0x00000008
#define	IN_CLOSE_NOWRITE 0x00000010
#define	IN_OPEN		0x00000020
#define	IN_MOVED_FROM	0x00000040
#define	IN_MOVED_TO	0x00000080
#define	IN_CREATE	0x00000100
#define	IN_DELETE	0x00000200
#define	IN_DELETE_SELF	0x00000400
#define	IN_MOVE_SELF	0x00000800
#define	IN_UNMOUNT	0x00002000
#define	IN_Q_OVERFLOW	0x00004000
#define	IN_IGNORED	0x00008000
#define	IN_ALL_EVENTS	0x00000fff
#define	IN_ONLYDIR	0x01000000
#define	IN_DONT_FOLLOW	0x02000000
#define	IN_EXCL_UNLINK	0x04000000
#define	IN_MASK_CREATE	0x10000000
#define	IN_MASK_ADD	0x20000000
#define	IN_ISDIR	0x40000000
#define	IN_ONESHOT	0x80000000

void	inotify_event(struct vnode *vp, uint32_t mask);
void	inotify_event_name(struct vnode *dvp, const char *name, size_t len,
	    uint32_t mask, uint32_t cookie);
/* Only those who watch the object itself. */
void	inotify_self(struct vnode *vp, uint32_t mask);
/* When vp has neither names nor opens any more, its watches end. */
void	inotify_gone(struct vnode *vp);

static inline void
vn_notify(struct vnode *vp, uint32_t mask)
{
	if (unlikely(atomic_load_relaxed(&vfs()->vr_nwatches) != 0))
		inotify_event(vp, mask);
}
static inline void
vn_notify_name(struct vnode *dvp, const char *name, size_t len, uint32_t mask,
    uint32_t cookie)
{
	if (unlikely(atomic_load_relaxed(&vfs()->vr_nwatches) != 0))
		inotify_event_name(dvp, name, len, mask, cookie);
}

static inline void
vn_notify_self(struct vnode *vp, uint32_t mask)
{
	if (unlikely(atomic_load_relaxed(&vfs()->vr_nwatches) != 0))
		inotify_self(vp, mask);
}
static inline void
vn_notify_gone(struct vnode *vp)
{
	if (unlikely(atomic_load_relaxed(&vfs()->vr_nwatches) != 0))
		inotify_gone(vp);
}

int	kern_inotify_init(int flags);
/* What is wrong with fd or mask, before the path is looked at. */
int	kern_inotify_check(int fd, uint32_t mask);
int	kern_inotify_add(int fd, const char *path, uint32_t mask);
int	kern_inotify_rm(int fd, int wd);

#endif
