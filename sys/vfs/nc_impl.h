/*
 * nc_impl.h: the name cache and the mount tree as the vfs floor itself uses
 * them.
 */
#ifndef VFS_NC_IMPL_H
#define VFS_NC_IMPL_H

#include "libkern/stat.h"
#include "libkern/str.h"
#include "vfs/namecache.h"

/* A table of n buckets, a power of two; NULL: no memory. */
struct nctable *nc_newtable(unsigned n);
/* A fresh entry with one reference, in no table; takes its own references to
 * parent and vp. */
struct namecache *nc_alloc(struct namecache *parent, const char *name,
	    size_t len, struct vnode *vp);
static inline void
nc_hold(struct namecache *nc)
{
	ref_acquire(&nc->nc_ref);
}
void	nc_drop(struct namecache *nc);

uint32_t nc_hashname(const struct namecache *parent, const char *name,
	    size_t len);
/* The entry in the table, referenced, or NULL. */
struct namecache *nc_find(struct namecache *parent, const char *name,
	    size_t len, uint32_t hash);
/* The same without a reference, and the entry's nc_seq while it was in the
 * table: 1 found, 0 not there, -1 something changed meanwhile. */
int	nc_peek(struct namecache *parent, const char *name, size_t len,
	    uint32_t hash, struct namecache **ncp, uint32_t *seqp);
/* Look a name up in the cache, then in the file system. Directory unlocked;
 * *ncp referenced, perhaps negative. 0 or errno (never -ENOENT). */
int	nc_lookup(struct namecache *parent, const char *name, size_t len,
	    struct namecache **ncp);
/* The same with the directory's v_lock held; -ENOENT if it was removed. */
int	nc_lookup_locked(struct namecache *parent, const char *name,
	    size_t len, struct namecache **ncp);
/* vp was made under name (v_lock of the directory held): returns its entry,
 * referenced; replaces a negative one.  NULL: no memory. */
struct namecache *nc_enter(struct namecache *parent, const char *name,
	    size_t len, struct vnode *vp);
/* nc was unlinked: out of the table, marked dead. */
void	nc_kill(struct namecache *nc);
/* fnc was renamed to (tdir, name), where tnc was (or NULL). exchange: tnc takes
 * fnc's place.  0 or -ENOMEM (then fnc is merely forgotten). */
int	nc_rename(struct namecache *fnc, struct namecache *tdir,
	    const char *name, size_t len, struct namecache *tnc,
	    bool exchange);
/* nc's parent, referenced; NULL at a mount's root. */
struct namecache *nc_parentref(struct namecache *nc);
/* Is `up` nc itself or above it (inside one mount)? */
bool	nc_isabove(const struct namecache *up, struct namecache *nc);
/* Some name of vp, referenced, or NULL. */
struct namecache *nc_ofvnode(struct vnode *vp);
/* Give back memory when there are too many; no lock may be held. */
void	nc_trim(void);
void	nc_trimall(void);		/* everything that nobody holds */
/* Forget all names of a file system. */
void	nc_purgemount(struct mount *mp);

static inline bool
nch_equal(const struct nchandle *a, const struct nchandle *b)
{
	return (a->ncp == b->ncp && a->mp == b->mp);
}
static inline struct vnode *
nch_vp(const struct nchandle *n)
{
	return (n->ncp->nc_vp);
}
/* Read-only, by the mount or by its file system? */
static inline bool
nch_rdonly(const struct nchandle *n)
{
	return (((n->mp->mnt_flags | n->mp->mnt_super->mnt_flags) &
	    MNT_RDONLY) != 0);
}
/* Replace n by the root of what is mounted on it, while something is. True
 * when it moved. */
bool	mount_cross(struct nchandle *n);
/* n is the root of a mount: replace it by the name it is mounted on. False:
 * nothing above. */
bool	mount_up(struct nchandle *n);
/* Is anything mounted on the name (in any mount)? */
static inline bool
nc_ismountpt(const struct namecache *nc)
{
	return ((atomic_load_relaxed(&nc->nc_flags) & NCF_MOUNTPT) != 0);
}
/* What stat tells of the mount that n was found on. */
static inline void
nch_statmount(const struct nchandle *n, struct kstat *st)
{
	st->st_mnt_id = n->mp->mnt_id;
	st->st_mntroot = n->ncp == n->mp->mnt_root;
}
int	mount_init(void);
/* Where (mp, ncp) may be in vr_cross. */
static inline unsigned
cross_hash(const struct mount *mp, const struct namecache *ncp)
{
	return ((unsigned)(khash64((uintptr_t)mp * 31 + (uintptr_t)ncp)));
}

/* May the current thread make (or remove) names in dir? v_lock held. */
int	nch_maywritedir(const struct nchandle *dir);
/* Make a file of mode (type and permissions before umask) in dir, whose v_lock
 * is held; *ncp becomes its entry, referenced. */
int	nch_create(const struct nchandle *dir, const char *name, size_t len,
	    uint32_t mode, uint64_t rdev, struct namecache **ncp);

#endif
