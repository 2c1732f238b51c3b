/*
 * namecache.h: the tree of names, and mounts over it.
 *
 * Every vnode that was reached by a path has at least one struct namecache,
 * linked to its parent up to the root of its mount: the tree answers getcwd,
 * /proc/PID/maps and renames without asking the file system.  A nchandle (name
 * in a mount) is what a path resolves to, and what processes and open files
 * hold.  A negative entry has no vnode.
 *
 * An entry that was unlinked leaves its parent's table but keeps its name and
 * parent for "(deleted)" paths while somebody holds it.
 *
 * nc_vp never changes: a create puts a new entry in the place of the negative
 * one.  The table holds one reference to each entry in it; trimming takes out
 * entries that nobody else holds.
 *
 * Locks: nc_parent, nc_name change only in rename, under the one tree lock
 * (RANK_NCTREE, writer); table membership under RANK_NCHASH stripes.
 *
 * nc_seq moves whenever the entry leaves the table, gets another place or is
 * freed; entries and mounts are never anything else in memory.  So whoever
 * knows that an entry was good at some nc_seq, and finds the same number
 * later, knows that it, its vnode and its parent lived in between: walk.c
 * looks paths up without references that way.
 */
#ifndef VFS_NAMECACHE_H
#define VFS_NAMECACHE_H

#include "base/mtx.h"
#include "libkern/list.h"

struct mount;
struct vnode;

struct namecache {
	refcount_t	nc_ref;
	uint16_t	nc_len;
	uint16_t	nc_flags;	/* NCF_* */
	struct namecache *nc_parent;	/* referenced; NULL: root of a mount */
	struct vnode	*nc_vp;		/* referenced; NULL: negative */
	struct list	nc_hashlink;
	struct list	nc_vlink;	/* in v_ncs */
	struct list	nc_lru;
	uint32_t	nc_hash;
	uint32_t	nc_seq;		/* see above */
	uint32_t	nc_nmounts;	/* mounts on this name */
	char		*nc_name;	/* own allocation or nc_short */
	char		nc_short[32];
};
#define	NCF_DEAD	1	/* unlinked or stale: in no table */
#define	NCF_MOUNTPT	2
#define	NCF_REF		4	/* hit since the last trim */
#define	NCF_ANON	8	/* nc_name is the whole path */
#define	NCF_UNCACHED	16	/* in no table; nor is anything below it */
#define	NCF_HASHED	32	/* (stripe lock) in the table */

struct nchandle {
	struct namecache *ncp;	/* both referenced, or both NULL */
	struct mount	*mp;
};

struct fstype;
struct mount {
	refcount_t	mnt_ref;
	uint32_t	mnt_flags;	/* MNT_* */
	uint32_t	mnt_id;
	uint32_t	mnt_dev;	/* st_dev of its files */
	const struct fstype *mnt_fs;
	void		*mnt_data;	/* the file system's, shared by binds */
	struct namecache *mnt_root;	/* referenced */
	struct nchandle	mnt_on;		/* where; NULL for the root mount */
	struct list	mnt_list;
	struct mtx	mnt_rename;	/* serialises cross-directory renames */
	char		mnt_source[128];
	char		*mnt_opts;	/* extra options shown in mountinfo */
	struct mount	*mnt_super;	/* the mount that owns mnt_data (binds) */
};
#define	MNT_RDONLY	1	/* = MS_* of mount(2) */
#define	MNT_NOSUID	2
#define	MNT_NODEV	4
#define	MNT_NOEXEC	8
#define	MNT_NOATIME	1024
#define	MNT_NODIRATIME	2048
#define	MNT_RELATIME	(1 << 21)
#define	MNT_DETACHED	(1u << 31)

struct fsmount_args {		/* what a file system is mounted with */
	const char	*source;
	const char	*options;	/* "size=1m,mode=755" */
	uint32_t	flags;		/* MNT_* */
	void		*data;		/* file-system private (boot) */
};

struct kstatfs;
struct fstype {
	const char	*fs_name;	/* as in /proc/filesystems */
	uint64_t	fs_magic;	/* f_type of statfs(2) */
	unsigned	fs_flags;	/* FS_NODEV: "nodev" */
	/* Make the root vnode; fill mnt_data. */
	int	(*fs_mount)(struct mount *mp, const struct fsmount_args *args,
		    struct vnode **rootp);
	void	(*fs_unmount)(struct mount *mp);
	int	(*fs_statfs)(struct mount *mp, struct kstatfs *sf);
	int	(*fs_sync)(struct mount *mp);
	int	(*fs_remount)(struct mount *mp, const struct fsmount_args *a);
};
#define	FS_NODEV	1
#define	FS_USERMOUNT	2	/* mount(2) may name it */
#define	FS_FIXED	4	/* guests make no names: the file system says so
				   before permissions are looked at */

/* Table of types, filled at boot by sys/init. */
int	fstype_register(const struct fstype *fs);
const struct fstype *fstype_find(const char *name);
const struct fstype *fstype_nth(unsigned i);

/* Mount fs on `on` (NULL: as the root). *mpp referenced by the mount list. */
int	vfs_mount(const struct fstype *fs, const struct fsmount_args *args,
	    const struct nchandle *on, struct mount **mpp);
/* A mount in no tree (lower layers of unionfs); mount_drop ends it. */
int	vfs_mkmount(const struct fstype *fs, const struct fsmount_args *args,
	    struct mount **mpp);
int	vfs_bind(const struct nchandle *from, const struct nchandle *on,
	    uint32_t flags, bool recursive);
/* Hang mp elsewhere: -ELOOP below itself, -EINVAL the root. */
int	vfs_move(struct mount *mp, const struct nchandle *on);
int	vfs_unmount(struct mount *mp, int flags);
/* Walk of the mount list for /proc: i-th mount, referenced, or NULL. */
struct mount *vfs_nthmount(unsigned i);
void	mount_hold(struct mount *mp);
void	mount_drop(struct mount *mp);

void	nch_hold(struct nchandle *n);
void	nch_drop(struct nchandle *n);		/* clears it; NULL is fine */
static inline void
nch_copy(struct nchandle *dst, const struct nchandle *src)
{
	*dst = *src;
	nch_hold(dst);
}
/* Path from root to n, NUL-terminated at buf's start. When n cannot be reached
 * from root: "(unreachable)/..." and *reachable = false; deleted: " (deleted)"
 * appended. Length or -ERANGE/-ENAMETOOLONG. */
long	nch_path(const struct nchandle *root, const struct nchandle *n,
	    char *buf, size_t size, bool *reachable);
/* A nameless entry for a vnode that has no path (pipe:[1], memfd:x). */
int	nch_anon(struct vnode *vp, struct mount *mp, const char *name,
	    struct nchandle *out);
/* Drop cached names under dvp (all, or one) - the file system changed below. */
void	nc_purge(struct vnode *dvp, const char *name, size_t len);

#endif
