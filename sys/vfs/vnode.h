/*
 * vnode.h: vnodes and the operations of a file system.
 *
 * A vnode is one file, whatever its names.  A file system gives the same vnode
 * for the same file as long as the vnode lives (it keeps its own table).
 * References (v_ref) are held by name-cache entries, open files, mappings.
 * When the last goes, vop_inactive frees it.
 *
 * Locks: v_lock (RANK_VNODE; RANK_VNODE_STACK in stacking file systems) of a
 * directory is held by VFS around vop_lookup, create, mkdir, mknod, symlink,
 * link, unlink, rmdir, rename (both parents, ancestor or lower address first,
 * under the mount's rename lock).  Of a file: around setattr and truncation
 * and all writes to regular files that have vop_hostmap.  Other operations are
 * called unlocked and lock their own data (RANK_VNODE_DATA).  vop_lookup in a
 * VV_NOCACHE directory is called unlocked too (procfs needs higher locks), and
 * so is vop_write of files without vop_hostmap (pseudo files, devices).
 *
 * Mounts: a vnode does not reference its mount; nchandles and mappings do, so
 * every vnode of a mount is gone before fs_unmount runs.  VFS fills st_dev
 * with mnt_dev when a getattr leaves it 0.
 *
 * Every operation returns >= 0 or a negative errno.  Permission checks on path
 * components and modes are VFS's work (from vop_getattr, or vop_access when
 * given); privileges for setattr are checked in vfs/vfs_attr.c.  A NULL
 * operation means: -EOPNOTSUPP, -ENOTDIR, -EINVAL, -EROFS or -EPERM as VFS's
 * wrapper in vfs/vnode.c documents.
 */
#ifndef VFS_VNODE_H
#define VFS_VNODE_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "libkern/fcntl.h"
#include "libkern/list.h"
#include "libkern/stat.h"
#include "vm/vm.h"

struct file;
struct flocklist;
struct mount;
struct namecache;
struct nchandle;
struct nclook;
struct poller;
struct ucred;
struct uio;
struct vnode;

enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VSOCK, VFIFO };

/* Directory entries, as a file system emits them. Return false: full, stop;
 * the same entry comes again at the next call. */
struct dirsink {
	bool	(*ds_emit)(struct dirsink *ds, const char *name, size_t len,
		    uint64_t ino, int dtype, int64_t next_off);
};

/* What setattr changes. */
struct vattr {
	uint32_t	va_mask;	/* VA_* */
	uint32_t	va_mode;	/* permission bits only */
	uint32_t	va_uid, va_gid;
	int64_t		va_size;
	struct timespec64 va_atime, va_mtime;
};
#define	VA_MODE		1
#define	VA_UID		2
#define	VA_GID		4
#define	VA_SIZE		8
#define	VA_ATIME	16
#define	VA_MTIME	32
/* ctime always follows */

struct vnodeops {
	/* --- names; dvp locked --- */
	/* *vpp referenced. -ENOENT. Never "." or "..". */
	int	(*vop_lookup)(struct vnode *dvp, const char *name, size_t len,
		    struct vnode **vpp);
	/* All of mode (S_IFREG, DIR, FIFO, SOCK, CHR, BLK with rdev). cr gives
	 * owner; VFS has applied umask and set-gid inheritance to mode, gid. */
	int	(*vop_mknod)(struct vnode *dvp, const char *name, size_t len,
		    uint32_t mode, uint64_t rdev, uint32_t uid, uint32_t gid,
		    struct vnode **vpp);
	int	(*vop_symlink)(struct vnode *dvp, const char *name, size_t len,
		    const char *target, uint32_t uid, uint32_t gid,
		    struct vnode **vpp);
	int	(*vop_link)(struct vnode *dvp, const char *name, size_t len,
		    struct vnode *vp);
	int	(*vop_unlink)(struct vnode *dvp, const char *name, size_t len,
		    struct vnode *vp);
	int	(*vop_rmdir)(struct vnode *dvp, const char *name, size_t len,
		    struct vnode *vp);
	/* tvp may be NULL. flags RENAME_*. Both parents locked. */
	int	(*vop_rename)(struct vnode *fdvp, const char *fname,
		    size_t flen, struct vnode *fvp, struct vnode *tdvp,
		    const char *tname, size_t tlen, struct vnode *tvp,
		    unsigned flags);
	/* Nameless file in dvp (O_TMPFILE). */
	int	(*vop_tmpfile)(struct vnode *dvp, uint32_t mode, uint32_t uid,
		    uint32_t gid, struct vnode **vpp);
	/* A cached name (vp NULL: known missing): still true? 1 yes, 0 drop it
	 * and look up again. NULL operation: always. Unlocked. */
	int	(*vop_revalidate)(struct vnode *dvp, const char *name,
		    size_t len, struct vnode *vp);

	/* --- attributes --- */
	int	(*vop_getattr)(struct vnode *vp, struct kstat *st);
	int	(*vop_setattr)(struct vnode *vp, const struct vattr *va);
	/*
	 * getattr without a lock, and without a reference to vp: vp may be
	 * freed meanwhile (arena memory can always be read), so no pointer
	 * found in it may be followed before nclook_ok(nl) has said that it
	 * was still good.  0, or -EAGAIN: ask in the ordinary way.  st was
	 * cleared; the caller checks nl once more before it is believed.
	 */
	int	(*vop_fastattr)(struct vnode *vp, const struct nclook *nl,
		    struct kstat *st);
	/* NULL: from getattr by cred_access. */
	int	(*vop_access)(struct vnode *vp, int want, struct ucred *cr);
	long	(*vop_readlink)(struct vnode *vp, char *buf, size_t n);
	/* VV_MAGIC links: where following leads; *nch referenced. */
	int	(*vop_magiclink)(struct vnode *vp, struct nchandle *nch);
	long	(*vop_getxattr)(struct vnode *vp, const char *name, void *v,
		    size_t n);		/* n = 0: size */
	int	(*vop_setxattr)(struct vnode *vp, const char *name,
		    const void *v, size_t n, int flags);
	long	(*vop_listxattr)(struct vnode *vp, char *buf, size_t n);
	int	(*vop_removexattr)(struct vnode *vp, const char *name);

	/* --- contents --- */
	/* fp->f_vnode == vp; may install other fp->f_ops and f_data. */
	int	(*vop_open)(struct vnode *vp, int flags, struct file *fp);
	void	(*vop_close)(struct vnode *vp, struct file *fp);
	/* At uio_off; advance resid. 0 or errno. fp may be NULL (exec). */
	int	(*vop_read)(struct vnode *vp, struct uio *uio, struct file *fp);
	int	(*vop_write)(struct vnode *vp, struct uio *uio,
		    struct file *fp);
	/* From *off on (0 = start); "." and ".." included; parent's inode via
	 * dotdot_ino (0 = unknown). *off moves to the next entry. */
	int	(*vop_readdir)(struct vnode *vp, int64_t *off,
		    struct dirsink *ds, struct file *fp);
	int	(*vop_fsync)(struct vnode *vp, bool dataonly);
	int	(*vop_fallocate)(struct vnode *vp, int mode, int64_t off,
		    int64_t len);
	int64_t	(*vop_seekdata)(struct vnode *vp, int64_t off, int whence);
	int	(*vop_ioctl)(struct vnode *vp, struct file *fp,
		    unsigned long cmd, uaddr_t arg);
	int	(*vop_poll)(struct vnode *vp, struct file *fp, int events,
		    struct poller *po);
	/* Device or memory object of a mappable file; see vm.h.  NULL: the
	 * common one, made from vop_hostmap. */
	int	(*vop_hostmap)(struct vnode *vp, uint64_t off, size_t len,
		    int prot, int flags, int *fd, uint64_t *hostoff);

	/* --- life --- */
	void	(*vop_inactive)(struct vnode *vp);	/* last reference */
};

/*
 * What the walk without locks (vfs/walk.c) reads.  v_perm: whose v_mode, v_uid
 * and v_gid hold for this file, itself or in a stacking file system the
 * layer's vnode; these change between two steps of that one's v_permseq, which
 * is 0 while they are unknown (vn_setperm).
 */
struct vnode {
	refcount_t	v_ref;
	uint16_t	v_type;		/* (i) enum vtype */
	uint16_t	v_flags;	/* VV_* */
	const struct vnodeops *v_op;	/* (i) */
	struct mount	*v_mount;	/* (i) the mount it came from */
	void		*v_data;	/* the file system's node */
	uint64_t	v_ino;
	uint64_t	v_rdev;
	struct mtx	v_lock;
	struct vm_object v_object;	/* vnode as a mappable thing */
	struct flocklist *v_locks;	/* (RANK_FLOCK) POSIX and flock locks */
	void		*v_special;	/* FIFO's pipe, unix socket, device */
	struct list	*v_watch;	/* (inotify's lock) watches on it */
	uint32_t	v_writers;	/* opens for writing, negative: denied */
	uint32_t	v_nmaps;	/* (a) references by mappings */
	uint32_t	v_opens;	/* (a) open files with vn_fileops */
	struct vnode	*v_perm;	/* (a) */
	uint32_t	v_permseq;	/* (the file system's lock) odd: changing */
	uint32_t	v_mode, v_uid, v_gid;	/* (the same) */
	uint64_t	v_checked;	/* (a) VV_TIMED: when its name was last
					   found right, in cycles */
	char		*v_link;	/* (a) VLNK: its text, if that never
					   changes while the vnode lives */
	size_t		v_linklen;
	struct list	v_ncs;		/* (striped lock in vfs_root) its names */
	struct list	v_hash;		/* the file system's own table */
};
#define	VV_ROOT		1	/* root of its mount */
#define	VV_MAGIC	2	/* symlink followed by vop_magiclink */
#define	VV_NOCACHE	4	/* names below it are not cached */
#define	VV_TEXT		8
#define	VV_LINKABLE	32	/* O_TMPFILE: linkat may name it */
#define	VV_WMAPPED	64	/* was mapped shared and writable */
#define	VV_FAST		256	/* directory: cached names below need no asking */
#define	VV_TIMED	512	/* directory: none for VN_RECHECK cycles, and
				   none at all for missing names */
#define	VV_OPEN		16	/* vop_open even for a device or a FIFO */

#define	VN_RECHECK	(1ULL << 31)	/* about a second */
#define	VN_FOREVER	(~0ULL)		/* v_checked: no need to look again */

/* The caller holds the lock under which the file system changes them. */
void	vn_setperm(struct vnode *vp, uint32_t mode, uint32_t uid,
	    uint32_t gid);

struct vnode *vnode_alloc(struct mount *mp, enum vtype type,
	    const struct vnodeops *op, void *data);	/* one reference */
static inline void
vref(struct vnode *vp)
{
	ref_acquire(&vp->v_ref);
}
void	vrele(struct vnode *vp);
/* Free the memory; file systems call it at the end of vop_inactive. */
void	vnode_free(struct vnode *vp);

/* Wrappers: a NULL operation answers as the comment says (vfs/vnode.c). */
int	vn_getattr(struct vnode *vp, struct kstat *st);	/* with type, dev */
int	vn_access(struct vnode *vp, int want, struct ucred *cr);
int	vn_setattr(struct vnode *vp, const struct vattr *va); /* v_lock held */
long	vn_readlink(struct vnode *vp, char *buf, size_t n); /* no NUL */
/* Opens for writing against execution (ETXTBSY). 0 or -ETXTBSY. */
int	vn_getwrite(struct vnode *vp);
void	vn_putwrite(struct vnode *vp);
int	vn_denywrite(struct vnode *vp);
void	vn_allowwrite(struct vnode *vp);

enum vtype vtype_of_mode(uint32_t mode);
uint32_t mode_of_vtype(enum vtype t);
int	dtype_of_mode(uint32_t mode);

#endif
