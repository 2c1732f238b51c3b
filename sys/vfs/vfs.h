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

/* What vfs asks of kern, hung in by sys/init (vfs_setkern); any may be NULL. */
struct vfs_kern {
	/* Soft limit of the current process (RLIMIT_*_). */
	uint64_t (*vk_rlimit)(int res);
	int	(*vk_curpid)(void);
	/* A signal to the current thread (SIGPIPE, SIGXFSZ). */
	void	(*vk_signal)(int sig);
};

#define	NC_STRIPES	128
#define	NC_VSTRIPES	64
#define	NC_MAX		32768		/* entries before trimming starts */
#define	VFS_MAXFS	32

/*
 * A part of the name cache's table.  It starts small, for most jails know few
 * names and each page that is touched costs a start; it grows with its
 * entries.  A table that was outgrown stays: readers may still stand in it.
 */
struct nctable {
	uint32_t	nt_mask;	/* (i) buckets - 1 */
	struct list	nt_head[];	/* (nslock) */
};
struct ncstripe {
	struct mtx	ns_lock;	/* RANK_NCHASH */
	uint32_t	ns_seq;		/* odd while a chain changes */
	uint32_t	ns_count;	/* (nslock) entries */
	struct nctable	*ns_table;	/* (nslock) */
};

/* For the walk without locks: what is mounted where. */
#define	MNT_CROSS	128		/* power of two */
struct mntcross {
	struct namecache *x_ncp;	/* NULL: free */
	struct mount	*x_mp;
	struct mount	*x_to;
	struct namecache *x_root;	/* its root */
};

struct vfs_root {
	struct rwl	vr_mountlock;	/* RANK_MOUNT: tree of mounts */
	struct list	vr_mounts;	/* (mountlock) in order of mounting */
	struct mount	*vr_rootmnt;	/* (i) */
	struct list	vr_mntpool;	/* (poollock) dead mounts, by mnt_list */
	uint32_t	vr_mntseq;	/* (mountlock) odd: the tree changes;
					   moves too before a mount is freed */
	bool		vr_crossfull;	/* (mntseq) not all are in the table */
	struct mntcross	vr_cross[MNT_CROSS]; /* (mntseq) hash table */
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
	struct ncstripe	vr_ncstripe[NC_STRIPES];
	struct mtx	vr_poollock;	/* RANK_LEAF */
	struct list	vr_pool;	/* (poollock) free entries, by nc_lru */
	struct mtx	vr_vnclock[NC_VSTRIPES]; /* RANK_LEAF: v_ncs */

	struct list	vr_filepool;	/* (poollock) dead files, by f_alink */
	uint64_t	vr_fileid;	/* (a) next f_id */
	uint64_t	vr_anonino;	/* (a) inode numbers of odd files */
	uint32_t	vr_nfiles;	/* (poollock) open files and spare
					   ones, for file-nr */
	struct mtx	vr_inlock;	/* RANK_FILE: all inotify watches */
	uint32_t	vr_nwatches;	/* (a) inotify watches alive: 0 = skip */
	uint32_t	vr_lockgen;	/* (a) posix deadlock detection */
	struct mtx	vr_blocklock;	/* RANK_FLOCK: who waits for whom */
	struct list	vr_blocked;
	const struct vfs_kern *vr_kern;	/* (i) or NULL */
};
#define	vfs()	((struct vfs_root *)kroot()->r_sub[KROOT_VFS])

int	vfs_init(void);			/* before any file system */
void	vfs_setkern(const struct vfs_kern *vk);
uint64_t vfs_rlimit(int res);
#define	VFS_RLIMIT_FSIZE	1
int	vfs_curpid(void);
void	vfs_signal(int sig);
static inline uint64_t
vfs_newino(void)
{
	return (atomic_add(&vfs()->vr_anonino, 1));
}

#endif
