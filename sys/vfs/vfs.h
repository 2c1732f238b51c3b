/*
 * vfs.h: the root structure of the vfs floor, its start, and the hooks by
 * which higher floors serve it.
 */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include "base/arena.h"
#include "base/mtx.h"
#include "libkern/list.h"
#include "libkern/types.h"
#include "vfs/namecache.h"

struct file;
struct fstype;
struct mount;
struct vnode;

/* Filled by sys/init (or by the floor's own init function) at boot. */
struct vfs_hooks {
	/* open(2) of a FIFO: installs f_ops and f_data; may sleep. */
	int	(*vh_fifo_open)(struct vnode *vp, int flags, struct file *fp);
	/* open(2) of a device node whose file system has no vop_open (tmpfs,
	 * hostfs): as vop_open, by v_rdev. */
	int	(*vh_dev_open)(struct vnode *vp, int flags, struct file *fp);
	/* The last reference of a FIFO's or socket's vnode goes. */
	void	(*vh_special_free)(struct vnode *vp);
	/* The last reference of a file goes: epoll forgets it. */
	void	(*vh_file_free)(struct file *fp);
	/* Soft limit of the current process (RLIMIT_*_). */
	uint64_t (*vh_rlimit)(int res);
	int	(*vh_curpid)(void);
	/* A signal to the current thread's process (SIGPIPE, SIGXFSZ). */
	void	(*vh_signal)(int sig);
	/* Deliver SIGIO-like signal to f_owner. */
	void	(*vh_sigio)(struct file *fp, int band);
};

#define	NC_BUCKETS	16384
#define	NC_STRIPES	256
#define	NC_VSTRIPES	64
#define	NC_MAX		32768		/* entries before trimming starts */
#define	VFS_MAXFS	32

struct vfs_root {
	struct rwl	vr_mountlock;	/* RANK_MOUNT: tree of mounts */
	struct list	vr_mounts;	/* (mountlock) in order of mounting */
	struct mount	*vr_rootmnt;	/* (i) */
	uint32_t	vr_nextmnt;	/* (a) */
	uint32_t	vr_nextdev;	/* (a) */
	struct mount	*vr_anonmnt;	/* (i) carries nameless vnodes */

	const struct fstype *vr_fs[VFS_MAXFS];	/* filled at boot */
	unsigned	vr_nfs;

	struct rwl	vr_tree;	/* RANK_NCTREE: nc_parent, nc_name */
	struct mtx	vr_trimlock;	/* RANK_MOUNT: one trimmer, no purge */
	struct mtx	vr_lrulock;	/* RANK_LEAF */
	struct list	vr_lru;		/* (lrulock) every entry in the table */
	uint32_t	vr_nnc;		/* (lrulock) how many */
	uint32_t	vr_maxnc;
	struct mtx	vr_nclock[NC_STRIPES];	/* RANK_NCHASH */
	struct list	*vr_nchash;		/* (nclock) */
	struct mtx	vr_vnclock[NC_VSTRIPES]; /* RANK_LEAF: v_ncs */

	uint64_t	vr_fileid;	/* (a) next f_id */
	uint64_t	vr_anonino;	/* (a) inode numbers of odd files */
	uint32_t	vr_nfiles;	/* (a) open files, for file-nr */
	void		*vr_inotify;	/* vfs/inotify.c */
	uint32_t	vr_nwatches;	/* (a) inotify watches alive: 0 = skip */
	uint32_t	vr_lockgen;	/* (a) posix deadlock detection */
	struct mtx	vr_blocklock;	/* RANK_FLOCK: who waits for whom */
	struct list	vr_blocked;
	struct vfs_hooks vr_hooks;
};
#define	vfs()	((struct vfs_root *)kroot()->r_sub[KROOT_VFS])

int	vfs_init(void);			/* before any file system */
static inline uint64_t
vfs_newino(void)
{
	return (atomic_add(&vfs()->vr_anonino, 1));
}

#endif
