/*
 * internal.h: what the files of unionfs share.
 *
 * A union node stands for one name's file: an upper vnode, or lower ones, or
 * both (a directory whose layers are merged; a file that was copied up keeps
 * its lower vnode, which tells it apart and gives it its inode number).  The
 * current layer of a file is the upper if there is one; every operation asks
 * again, so a file that was opened before its copy-up sees later writes.
 *
 * Identity: nodes are found by their upper vnode and by their topmost lower
 * vnode.  So two lower hard links are one node, and stay one after copy-up: such
 * nodes are kept for ever (UN_PINNED).  Device and inode number are fixed when
 * the node is made; for copied-up files they survive in an attribute.
 *
 * un_upper changes once, from NULL, under un_lock; read it with uf_upper().
 * A node that has no upper was never renamed: un_parent and un_name say where
 * its copy belongs.  A renamed directory's lower part is found by redirect.c.
 *
 * A lower directory that the host's user may not read or search, though the
 * guest's may (its root does not have the rights of the host's), counts as
 * empty: the guest finds nothing in it, and can fill it on the upper layer.
 *
 * Layers are accessed with the kernel's rights: VFS checks permissions against
 * the union's attributes.
 *
 * Locks: v_lock of union vnodes (RANK_VNODE_STACK), then un_lock (RANK_VNODE,
 * never two), then v_lock of layer vnodes (RANK_VNODE, nested), then
 * uf_hashlock (RANK_VNHASH).  (i) fixed, (u) un_lock, (h) uf_hashlock.
 */
#ifndef FS_UNIONFS_INTERNAL_H
#define FS_UNIONFS_INTERNAL_H

#include "base/mtx.h"
#include "fs/unionfs/unionfs.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/stat.h"
#include "libkern/str.h"
#include "vfs/namecache.h"
#include "vfs/vnode.h"

#define	UF_UPPERINO	(1ULL << 40)	/* keeps upper numbers apart */
#define	UF_ORIGIN	"trusted.guise.origin"
#define	UF_MAXDEPTH	4096

struct unode;

struct ulink {				/* membership in the table */
	struct ulink	*l_next;	/* (h) */
	struct vnode	*l_key;		/* (h) NULL: in no chain */
	struct unode	*l_node;
};

struct udirlist;

struct unode {
	struct vnode	*un_vp;		/* (i) */
	struct ufmount	*un_uf;		/* (i) */
	struct mtx	un_lock;
	struct vnode	*un_upper;	/* (u) referenced; atomic reads */
	struct vnode	**un_lower;	/* (i) referenced */
	unsigned	un_nlower;	/* (i) */
	struct unode	*un_parent;	/* (n) referenced; NULL: root */
	char		*un_name;	/* (n) */
	struct mtx	un_namelock;	/* (n) RANK_LEAF */
	uint64_t	un_ino;		/* (i) as the guest sees them */
	uint64_t	un_dev;		/* (a) 0 until somebody asked */
	uint32_t	un_flags;	/* (a) UN_* */
	struct ulink	un_ulink, un_llink;
	struct udirlist	*un_dir;	/* (u) merged entries, for readdir */
};
#define	UN_GONE		1	/* the name was removed */
#define	UN_PINNED	2
#define	UN_STALE	4	/* a lower file was replaced under us */

struct ufmount {
	struct mount	*uf_mp;
	struct vnode	*uf_upper;	/* NULL: read-only */
	struct vnode	*uf_lower[UNIONFS_MAXLOWER];
	unsigned	uf_nlower;
	struct mount	*uf_layers[UNIONFS_MAXLOWER + 1]; /* referenced */
	uint64_t	uf_lowerdev;	/* of the first lower root */
	struct mtx	uf_hashlock;
	struct ulink	**uf_hash;
	uint32_t	uf_hashsize;
	uint32_t	uf_nlinks;
	uint32_t	uf_useropaque;	/* trusted.* are refused */
};

static inline struct unode *
unode(struct vnode *vp)
{
	return ((struct unode *)vp->v_data);
}
static inline struct vnode *
uf_upper(struct unode *n)
{
	return (atomic_load_acq(&n->un_upper));
}
/* The layer that holds the file now. */
static inline struct vnode *
uf_current(struct unode *n)
{
	struct vnode *u = uf_upper(n);

	return (u != NULL ? u : n->un_lower[0]);
}
/* n's name was found right now: for how long need nobody look again? */
static inline void
uf_seen(struct unode *n)
{
	atomic_store_rel(&n->un_vp->v_checked, uf_upper(n) != NULL ||
	    n->un_nlower != 1 ? VN_FOREVER : __builtin_ia32_rdtsc());
	if ((atomic_load(&n->un_flags) & UN_STALE) != 0)
		atomic_store_rel(&n->un_vp->v_checked, 0);
}
extern const struct vnodeops unionfs_vnodeops;

/* --- layer.c: operations on layer vnodes, with their locks ------------------- */
int	uf_llookup(struct vnode *dvp, const char *name, size_t len,
	    struct vnode **vpp);
bool	uf_iswhiteout(const struct vnode *vp);
int	uf_lremove(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	uf_lwhiteout(struct vnode *dvp, const char *name, size_t len);
/* Remove a whiteout that stands in the way; 1 when there was one. */
int	uf_lclear(struct vnode *dvp, const char *name, size_t len);
int	uf_lmknod(struct vnode *dvp, const char *name, size_t len,
	    uint32_t mode, uint64_t rdev, uint32_t uid, uint32_t gid,
	    struct vnode **vpp);
int	uf_lgetattr(struct vnode *vp, struct kstat *st);
int	uf_lsetattr(struct vnode *vp, const struct vattr *va);
bool	uf_isopaque(struct ufmount *uf, struct vnode *vp);
int	uf_setopaque(struct ufmount *uf, struct vnode *vp);
/* Does the name exist in the lower layers of dn? */
bool	uf_lowerhas(struct unode *dn, const char *name, size_t len);

/* --- node.c ------------------------------------------------------------------- */
/* The node of what a look-up found; consumes the references of upper and of
 * the vnodes in lower[]. */
struct uffound {
	struct vnode	*f_upper;
	struct vnode	*f_lower[UNIONFS_MAXLOWER];
	unsigned	f_nlower;
};
int	uf_nodeget(struct ufmount *uf, struct unode *parent, const char *name,
	    size_t len, struct uffound *f, struct unode **np);
void	uf_dropfound(struct uffound *f);
/* The device number of n, whose current layer's file has st_dev. */
uint64_t uf_dev(struct unode *n, uint64_t st_dev);
/* Publish the upper vnode of n (un_lock held); takes the reference over. */
void	uf_setupper(struct unode *n, struct vnode *upper);
int	uf_setname(struct unode *n, struct unode *parent, const char *name,
	    size_t len);
/* Parent (referenced) and name (into buf). */
struct unode *uf_where(struct unode *n, char buf[KNAME_MAX + 1]);
void	uf_inactive(struct vnode *vp);
int	uf_hashinit(struct ufmount *uf);

/* --- copyup.c -------------------------------------------------------------------- */
/* Give n an upper vnode with everything the lower one has; at most max bytes
 * of its data (a truncation follows).  -EROFS without an upper layer. */
int	uf_copyup(struct unode *n, int64_t max);
/* Read from a layer's file: bytes or an errno. */
long	uf_readat(struct vnode *vp, void *buf, size_t n, int64_t off);
/* The next data at or after off, size when only a hole is left. */
int64_t	uf_nextdata(struct vnode *vp, int64_t off, int64_t size);

/* --- names.c ---------------------------------------------------------------------- */
int	uf_lookup(struct vnode *dvp, const char *name, size_t len,
	    struct vnode **vpp);
int	uf_revalidate(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	uf_mknod(struct vnode *dvp, const char *name, size_t len,
	    uint32_t mode, uint64_t rdev, uint32_t uid, uint32_t gid,
	    struct vnode **vpp);
int	uf_symlink(struct vnode *dvp, const char *name, size_t len,
	    const char *target, uint32_t uid, uint32_t gid,
	    struct vnode **vpp);
int	uf_tmpfile(struct vnode *dvp, uint32_t mode, uint32_t uid,
	    uint32_t gid, struct vnode **vpp);
int	uf_link(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	uf_unlink(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	uf_rmdir(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	uf_rename(struct vnode *fdvp, const char *fname, size_t flen,
	    struct vnode *fvp, struct vnode *tdvp, const char *tname,
	    size_t tlen, struct vnode *tvp, unsigned flags);

/* --- redirect.c ------------------------------------------------------------------- */
/* n, a directory with an upper vnode, is about to move: remember its lower
 * ones. -EXDEV when that cannot be. */
int	uf_setredirect(struct unode *n);
bool	uf_isredirected(struct vnode *upper);
/* Fill f's lower vnodes by the redirection of f_upper: 1; 0: it has none. */
int	uf_findredirect(struct ufmount *uf, struct uffound *f);

/* --- dir.c -------------------------------------------------------------------------- */
int	uf_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
	    struct file *fp);
/* 0 when the merged directory has no entries, else -ENOTEMPTY. */
int	uf_isempty(struct unode *n);
/* Remove the whiteouts of an upper directory that is to go. */
int	uf_cleardir(struct vnode *upper);
void	uf_dirfree(struct unode *n);

#endif
