/*
 * tmpfs_var.h: the nodes of tmpfs.
 *
 * A node lives as long as its vnode: while it has links it holds one
 * reference to it, so vop_inactive means that names, opens and mappings are
 * all gone.  Contents lie in arena pages until the file is mapped for the
 * first time; from then on in a host memfd, so that shared mappings,
 * truncation and SIGBUS behave exactly as the host's.  Host descriptors are
 * few: when many files have one, those that are no longer mapped go back to
 * pages.
 *
 * Lock order: tn_lock > tm_mflock.
 * Locks: tn_lock (RANK_VNODE_DATA) guards all of a node; who changes attributes
 * takes it by tnode_lock, so that stat(2) can read them without it (tn_seq).
 * Two nodes' locks are never held together.  Directories change only under
 * their v_lock besides.
 */
#ifndef FS_TMPFS_TMPFS_VAR_H
#define FS_TMPFS_TMPFS_VAR_H

#include "base/mtx.h"
#include "libkern/list.h"
#include "libkern/types.h"
#include "vfs/vnode.h"

struct tmpfs {
	uint64_t	tm_maxpages, tm_maxnodes;
	uint64_t	tm_pages;	/* (a) */
	uint64_t	tm_nodes;	/* (a) */
	uint64_t	tm_nextino;	/* (a) */
	struct mount	*tm_mount;
	struct tnode	*tm_root;
	uint32_t	tm_mode, tm_uid, tm_gid;
	struct mtx	tm_mflock;	/* RANK_LEAF */
	struct list	tm_memfds;	/* (mflock) nodes with a memfd, oldest
					   first */
	uint32_t	tm_nmemfds;	/* (mflock) */
};
#define	TMPFS_MEMFDS	1024	/* then unmapped files get pages again */

struct tdirent {
	struct list	te_hash;
	struct list	te_order;	/* by te_cookie */
	struct tnode	*te_node;
	int64_t		te_cookie;
	uint64_t	te_ino;		/* of te_node, at hand for readdir */
	uint32_t	te_hashval;
	uint16_t	te_len;
	uint8_t		te_type;	/* DT_* */
	char		te_name[];
};

struct txattr {
	struct list	tx_link;
	size_t		tx_len;
	void		*tx_value;
	char		tx_name[];
};

struct tnode {
	struct vnode	*tn_vp;		/* (i) */
	struct tmpfs	*tn_fs;		/* (i) */
	struct mtx	tn_lock;
	uint32_t	tn_seq;		/* (tn_lock) odd: attributes change */
	uint32_t	tn_mode, tn_uid, tn_gid, tn_nlink;
	int64_t		tn_size;
	struct timespec64 tn_atime, tn_mtime, tn_ctime, tn_btime;
	struct list	tn_xattrs;
	union {
		struct {		/* VREG */
			void	*tr_root;	/* radix tree of pages */
			uint32_t tr_height;	/* 0: tr_root is page 0 */
			int32_t	tr_memfd;	/* host file, or -1 */
			uint64_t tr_pages;	/* charged to the mount */
			struct list tr_mflink;	/* (mflock) in tm_memfds */
		} tn_reg;
		struct {		/* VDIR */
			struct list *td_hash;
			uint32_t td_nhash, td_count;
			struct list td_order;
			int64_t	td_nextcookie;
			struct tnode *td_parent;
			struct tdirent *td_hint; /* where readdir stopped */
		} tn_dir;
		char	*tn_link;	/* VLNK */
	};
};
#define	vtot(vp)	((struct tnode *)(vp)->v_data)
#define	vtofs(vp)	(vtot(vp)->tn_fs)
#define	FIRST_COOKIE	2

static inline void
tnode_lock(struct tnode *tn)
{
	mtx_lock(&tn->tn_lock);
	atomic_store_rel(&tn->tn_seq, tn->tn_seq + 1);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}
static inline void
tnode_unlock(struct tnode *tn)
{
	atomic_store_rel(&tn->tn_seq, tn->tn_seq + 1);
	mtx_unlock(&tn->tn_lock);
}

/* tmpfs_node.c */
int	tnode_new(struct tmpfs *tm, uint32_t mode, uint32_t uid, uint32_t gid,
	    uint64_t rdev, struct tnode **tnp);	/* no link, one vnode ref */
void	tnode_inactive(struct vnode *vp);
void	tnode_addlink(struct tnode *tn);
void	tnode_droplink(struct tnode *tn, unsigned n);	/* may free it */
int	tmpfs_charge(struct tmpfs *tm, uint64_t pages);	/* 0, -ENOSPC */
void	tmpfs_uncharge(struct tmpfs *tm, uint64_t pages);
/* tn_lock held: now. */
#define	TOUCH_A	1
#define	TOUCH_M	2
#define	TOUCH_C	4
void	tnode_touch(struct tnode *tn, int what);
/* The contents were read: atime, as relatime has it. Takes tn_lock. */
void	tnode_read(struct tnode *tn);

/* tmpfs_dir.c */
int	tdir_init(struct tnode *dir);
void	tdir_fini(struct tnode *dir);
struct tdirent *tdir_find(struct tnode *dir, const char *name, size_t len);
int	tdir_add(struct tnode *dir, const char *name, size_t len,
	    struct tnode *tn);
void	tdir_remove(struct tnode *dir, struct tdirent *te);
int	tmpfs_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
	    struct file *fp);
int	tmpfs_rename(struct vnode *fdvp, const char *fname, size_t flen,
	    struct vnode *fvp, struct vnode *tdvp, const char *tname,
	    size_t tlen, struct vnode *tvp, unsigned flags);

/* tmpfs_data.c */
int	tmpfs_read(struct vnode *vp, struct uio *uio, struct file *fp);
int	tmpfs_write(struct vnode *vp, struct uio *uio, struct file *fp);
int	tdata_truncate(struct tnode *tn, int64_t len);	/* tn_lock held */
void	tdata_free(struct tnode *tn);
int	tmpfs_fallocate(struct vnode *vp, int mode, int64_t off, int64_t len);
int64_t	tmpfs_seekdata(struct vnode *vp, int64_t off, int whence);
int	tmpfs_hostmap(struct vnode *vp, uint64_t off, size_t len, int prot,
	    int flags, int *fd, uint64_t *hostoff);

/* tmpfs_xattr.c */
long	tmpfs_getxattr(struct vnode *vp, const char *name, void *v, size_t n);
int	tmpfs_setxattr(struct vnode *vp, const char *name, const void *v,
	    size_t n, int flags);
long	tmpfs_listxattr(struct vnode *vp, char *buf, size_t n);
int	tmpfs_removexattr(struct vnode *vp, const char *name);
void	txattr_free(struct tnode *tn);

extern const struct vnodeops tmpfs_vnops;

#endif
