/*
 * namecache.c: the tree of names (see namecache.h).
 *
 * Lock order: v_lock of the directory > vr_tree > stripe > vr_lrulock,
 * vr_vnclock (leaves, never both).  An entry in the table is on vr_lru and the
 * table holds one reference to it; both end together under the stripe lock.
 *
 * A hit takes no lock (nc_find).  That is sound because the memory of entries
 * never becomes anything else: a reader that strays onto a freed or reused
 * entry sees an entry, whose nc_ref is 0 or which the stripe's sequence number
 * tells apart.  Chains change only between two steps of that number.
 */
#include "base/kmem.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

#define	TRIM_BATCH	256
#define	POOL_PAGES	4	/* of entries, added at a time */
#define	CHAIN_MAX	64	/* then a reader asks under the lock */

static struct ncstripe *
stripe_of(uint32_t hash)
{
	return (&vfs()->vr_ncstripe[hash % NC_STRIPES]);
}

static struct mtx *
stripe(uint32_t hash)
{
	return (&stripe_of(hash)->ns_lock);
}

static struct list *
bucket(struct ncstripe *ns, uint32_t hash)
{
	struct nctable *nt = atomic_load_acq(&ns->ns_table);

	return (&nt->nt_head[hash / NC_STRIPES & nt->nt_mask]);
}

struct nctable *
nc_newtable(unsigned n)
{
	struct nctable *nt = kmalloc(sizeof(*nt) +
	    n * sizeof(nt->nt_head[0]), KM_NOZERO);

	if (nt == NULL)
		return (NULL);
	nt->nt_mask = n - 1;
	while (n-- > 0)
		list_init(&nt->nt_head[n]);
	return (nt);
}

static struct mtx *
vnclock(const struct vnode *vp)
{
	return (&vfs()->vr_vnclock[((uintptr_t)vp >> 6) % NC_VSTRIPES]);
}

uint32_t
nc_hashname(const struct namecache *parent, const char *name, size_t len)
{
	uint64_t h = (uint64_t)(uintptr_t)parent * 0x9e3779b97f4a7c15ULL;
	uint64_t w;

	for (; len >= 8; len -= 8, name += 8) {
		__builtin_memcpy(&w, name, 8);
		h = khash64(h ^ w);
	}
	for (w = 0; len > 0; len--)
		w = w << 8 | (uint8_t)*name++;
	h = khash64(h ^ w);
	return ((uint32_t)(h ^ (h >> 32)));
}

/* A free entry; what nc_find may look at is never invalid in it. */
static struct namecache *
pool_get(void)
{
	struct vfs_root *vr = vfs();
	struct namecache *nc, *more;
	size_t i, n = POOL_PAGES * KPAGE_SIZE / sizeof(*nc);

	for (;;) {
		mtx_lock(&vr->vr_poollock);
		nc = list_first(&vr->vr_pool, struct namecache, nc_lru);
		if (nc != NULL)
			list_del(&nc->nc_lru);
		mtx_unlock(&vr->vr_poollock);
		if (nc != NULL)
			return (nc);
		more = kpages_alloc(POOL_PAGES, 0);
		if (more == NULL)
			return (NULL);
		mtx_lock(&vr->vr_poollock);
		for (i = 0; i < n; i++) {
			more[i].nc_name = more[i].nc_short;
			list_init(&more[i].nc_hashlink);
			list_add_tail(&vr->vr_pool, &more[i].nc_lru);
		}
		mtx_unlock(&vr->vr_poollock);
	}
}

static void
pool_put(struct namecache *nc)
{
	struct vfs_root *vr = vfs();

	atomic_add(&nc->nc_seq, 1);
	mtx_lock(&vr->vr_poollock);
	list_add_head(&vr->vr_pool, &nc->nc_lru);
	mtx_unlock(&vr->vr_poollock);
}

struct namecache *
nc_alloc(struct namecache *parent, const char *name, size_t len,
    struct vnode *vp)
{
	struct namecache *nc = pool_get();
	char *longname;

	if (nc == NULL)
		return (NULL);
	if (len >= sizeof(nc->nc_short)) {
		longname = kmalloc(len + 1, KM_NOZERO);
		if (longname == NULL) {
			pool_put(nc);
			return (NULL);
		}
		nc->nc_name = longname;
	}
	nc->nc_flags = 0;
	nc->nc_nmounts = 0;
	nc->nc_parent = NULL;
	nc->nc_vp = NULL;
	memcpy(nc->nc_name, name, len);
	nc->nc_name[len] = '\0';
	nc->nc_len = (uint16_t)len;
	atomic_store_rel(&nc->nc_ref, 1);
	list_init(&nc->nc_hashlink);
	list_init(&nc->nc_vlink);
	list_init(&nc->nc_lru);
	if (parent != NULL) {
		nc_hold(parent);
		nc->nc_parent = parent;
		nc->nc_hash = nc_hashname(parent, name, len);
	}
	if (vp != NULL) {
		vref(vp);
		nc->nc_vp = vp;
		mtx_lock(vnclock(vp));
		list_add_tail(&vp->v_ncs, &nc->nc_vlink);
		mtx_unlock(vnclock(vp));
	}
	return (nc);
}

void
nc_drop(struct namecache *nc)
{
	struct namecache *up;

	/* A loop, not recursion: the tree may be deep. */
	while (nc != NULL && ref_release(&nc->nc_ref)) {
		up = nc->nc_parent;
		if (nc->nc_vp != NULL) {
			mtx_lock(vnclock(nc->nc_vp));
			list_del(&nc->nc_vlink);
			mtx_unlock(vnclock(nc->nc_vp));
			vrele(nc->nc_vp);
		}
		if (nc->nc_name != nc->nc_short) {
			char *name = nc->nc_name;

			nc->nc_name = nc->nc_short;
			kfree(name);
		}
		pool_put(nc);
		nc = up;
	}
}

struct namecache *
nc_ofvnode(struct vnode *vp)
{
	struct namecache *nc, *best = NULL;
	int pass;

	mtx_lock(vnclock(vp));
	/* A living name first, else one that was removed. */
	for (pass = 0; pass < 2 && best == NULL; pass++)
		list_foreach(nc, &vp->v_ncs, nc_vlink) {
			if (pass == 0 && (nc->nc_flags & NCF_DEAD) != 0)
				continue;
			if (ref_acquire_live(&nc->nc_ref)) {
				best = nc;
				break;
			}
		}
	mtx_unlock(vnclock(vp));
	return (best);
}

/* Around each change of a chain; stripe lock held. */
static void
seq_begin(uint32_t hash)
{
	atomic_add(&stripe_of(hash)->ns_seq, 1);
}

static void
seq_end(uint32_t hash)
{
	atomic_add(&stripe_of(hash)->ns_seq, 1);
}

/*
 * Four times the buckets, if there is memory for them.  Between seq_begin and
 * seq_end.  A reader in the old table strays onto the new chains, never finds
 * the end that it looks for, and gives up at CHAIN_MAX.
 */
static void
grow(struct ncstripe *ns)
{
	struct nctable *old = ns->ns_table;
	struct nctable *nt = nc_newtable((old->nt_mask + 1) * 4);
	struct namecache *nc;

	if (nt == NULL)
		return;
	for (unsigned i = 0; i <= old->nt_mask; i++)
		while ((nc = list_last(&old->nt_head[i], struct namecache,
		    nc_hashlink)) != NULL) {
			list_del(&nc->nc_hashlink);
			list_add_head(&nt->nt_head[nc->nc_hash / NC_STRIPES &
			    nt->nt_mask], &nc->nc_hashlink);
		}
	atomic_store(&ns->ns_table, nt);
}

/* Into the table; the caller's reference stays its own. Stripe lock held. */
static void
hash_insert(struct namecache *nc)
{
	struct ncstripe *ns = stripe_of(nc->nc_hash);
	struct vfs_root *vr = vfs();

	nc_hold(nc);
	atomic_or(&nc->nc_flags, NCF_HASHED);
	seq_begin(nc->nc_hash);
	if (++ns->ns_count > 2 * (ns->ns_table->nt_mask + 1))
		grow(ns);
	list_add_head(bucket(ns, nc->nc_hash), &nc->nc_hashlink);
	seq_end(nc->nc_hash);
	mtx_lock(&vr->vr_lrulock);
	list_add_tail(&vr->vr_lru, &nc->nc_lru);
	vr->vr_nnc++;
	mtx_unlock(&vr->vr_lrulock);
}

/* The table's part of nc ends. Between seq_begin and seq_end. */
static void
hash_unlink(struct namecache *nc)
{
	struct vfs_root *vr = vfs();

	atomic_and(&nc->nc_flags, (uint16_t)~NCF_HASHED);
	atomic_add(&nc->nc_seq, 1);
	list_del(&nc->nc_hashlink);
	stripe_of(nc->nc_hash)->ns_count--;
	mtx_lock(&vr->vr_lrulock);
	list_del(&nc->nc_lru);
	vr->vr_nnc--;
	mtx_unlock(&vr->vr_lrulock);
}

/* Out of the table; true: the caller must drop the table's reference, after
 * it released the stripe lock. */
static bool
hash_remove(struct namecache *nc)
{
	if ((nc->nc_flags & NCF_HASHED) == 0)
		return (false);
	seq_begin(nc->nc_hash);
	hash_unlink(nc);
	seq_end(nc->nc_hash);
	return (true);
}

static inline void
mark_used(struct namecache *nc)
{
	if ((atomic_load_relaxed(&nc->nc_flags) & NCF_REF) == 0)
		atomic_or(&nc->nc_flags, NCF_REF);
}

/* Stripe lock held; referenced. */
static struct namecache *
find_locked(struct namecache *parent, const char *name, size_t len,
    uint32_t hash)
{
	struct namecache *nc;

	list_foreach(nc, bucket(stripe_of(hash), hash), nc_hashlink) {
		if (nc->nc_hash != hash || nc->nc_parent != parent ||
		    nc->nc_len != len || memcmp(nc->nc_name, name, len) != 0)
			continue;
		nc_hold(nc);
		mark_used(nc);
		return (nc);
	}
	return (NULL);
}

/*
 * Look through a chain without the lock.  1: *ncp may be it, if ns_seq is still
 * seq; 0: it is not there; -1: something changed meanwhile.
 */
static inline int
scan_lockless(struct ncstripe *ns, uint32_t seq, struct namecache *parent,
    const char *name, size_t len, uint32_t hash, struct namecache **ncp)
{
	struct list *head = bucket(ns, hash), *l;
	struct namecache *nc;
	unsigned n = 0;

	if ((seq & 1) != 0)
		return (-1);
	for (l = atomic_load_acq(&head->next); l != head;
	    l = atomic_load_acq(&l->next)) {
		if (++n > CHAIN_MAX)
			return (-1);
		nc = list_entry(l, struct namecache, nc_hashlink);
		if (atomic_load_relaxed(&nc->nc_hash) != hash ||
		    atomic_load_relaxed(&nc->nc_parent) != parent ||
		    atomic_load_relaxed(&nc->nc_len) != len ||
		    memcmp(atomic_load_relaxed(&nc->nc_name), name, len) != 0)
			continue;
		*ncp = nc;
		return (1);
	}
	return (atomic_load_acq(&ns->ns_seq) == seq ? 0 : -1);
}

/* 1: *ncp found and referenced; 0, -1 as above. */
static int
find_lockless(struct namecache *parent, const char *name, size_t len,
    uint32_t hash, struct namecache **ncp)
{
	struct ncstripe *ns = stripe_of(hash);
	uint32_t seq = atomic_load_acq(&ns->ns_seq);
	int r = scan_lockless(ns, seq, parent, name, len, hash, ncp);

	if (r <= 0)
		return (r);
	if (!ref_acquire_live(&(*ncp)->nc_ref))
		return (-1);
	if (atomic_load_acq(&ns->ns_seq) != seq) {
		nc_drop(*ncp);
		return (-1);
	}
	mark_used(*ncp);
	return (1);
}

/*
 * The same without a reference: *ncseqp is the entry's nc_seq while it was in
 * the table.  1, 0, -1 as above.
 */
int
nc_peek(struct namecache *parent, const char *name, size_t len, uint32_t hash,
    struct namecache **ncp, uint32_t *ncseqp)
{
	struct ncstripe *ns = stripe_of(hash);
	uint32_t seq = atomic_load_acq(&ns->ns_seq);
	int r = scan_lockless(ns, seq, parent, name, len, hash, ncp);

	if (r <= 0)
		return (r);
	*ncseqp = atomic_load_acq(&(*ncp)->nc_seq);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (atomic_load_acq(&ns->ns_seq) != seq)
		return (-1);
	mark_used(*ncp);
	return (1);
}

struct namecache *
nc_find(struct namecache *parent, const char *name, size_t len, uint32_t hash)
{
	struct namecache *nc = NULL;

	if (find_lockless(parent, name, len, hash, &nc) >= 0)
		return (nc);
	mtx_lock(stripe(hash));
	nc = find_locked(parent, name, len, hash);
	mtx_unlock(stripe(hash));
	return (nc);
}

void
nc_kill(struct namecache *nc)
{
	bool drop;

	mtx_lock(stripe(nc->nc_hash));
	atomic_or(&nc->nc_flags, NCF_DEAD);
	drop = hash_remove(nc);
	mtx_unlock(stripe(nc->nc_hash));
	if (drop)
		nc_drop(nc);
}

/*
 * Put (parent, name) -> vp into the table and return it; an entry that is
 * already there is returned instead when it says the same, else replaced.
 */
struct namecache *
nc_enter(struct namecache *parent, const char *name, size_t len,
    struct vnode *vp)
{
	struct namecache *nc, *old;
	bool drop = false;

	nc = nc_alloc(parent, name, len, vp);
	if (nc == NULL)
		return (NULL);
	if ((parent->nc_flags & (NCF_DEAD | NCF_UNCACHED)) != 0 ||
	    (parent->nc_vp->v_flags & VV_NOCACHE) != 0) {
		atomic_or(&nc->nc_flags, NCF_UNCACHED);
		return (nc);
	}
	mtx_lock(stripe(nc->nc_hash));
	old = find_locked(parent, name, len, nc->nc_hash);
	if (old != NULL && old->nc_vp == vp) {
		mtx_unlock(stripe(nc->nc_hash));
		nc_drop(nc);
		return (old);
	}
	if (old != NULL) {
		atomic_or(&old->nc_flags, NCF_DEAD);
		drop = hash_remove(old);
	}
	hash_insert(nc);
	mtx_unlock(stripe(nc->nc_hash));
	if (old != NULL) {
		nc_drop(old);
		if (drop)
			nc_drop(old);
	}
	return (nc);
}

/* Ask the file system; stale (may be NULL) is what the cache believed. */
static int
ask_fs(struct namecache *parent, const char *name, size_t len,
    struct namecache *stale, struct namecache **ncp)
{
	struct vnode *dvp = parent->nc_vp, *vp = NULL;
	int error;

	if ((parent->nc_flags & NCF_DEAD) != 0)
		return (-ENOENT);
	if (dvp->v_op->vop_lookup == NULL)
		return (-ENOTDIR);
	error = dvp->v_op->vop_lookup(dvp, name, len, &vp);
	if (error == -ENOENT)
		vp = NULL;
	else if (error < 0)
		return (error);
	if (stale != NULL && stale->nc_vp == vp) {
		nc_hold(stale);
		*ncp = stale;
	} else
		*ncp = nc_enter(parent, name, len, vp);
	vrele(vp);
	return (*ncp == NULL ? -ENOMEM : 0);
}

/* Is what the cache says still true below? */
static bool
still_true(struct namecache *parent, const char *name, size_t len,
    struct namecache *nc)
{
	struct vnode *dvp = parent->nc_vp;

	return (dvp->v_op->vop_revalidate == NULL ||
	    dvp->v_op->vop_revalidate(dvp, name, len, nc->nc_vp) != 0);
}

int
nc_lookup_locked(struct namecache *parent, const char *name, size_t len,
    struct namecache **ncp)
{
	struct namecache *nc;
	int error;

	if ((parent->nc_flags & NCF_DEAD) != 0)
		return (-ENOENT);
	nc = nc_find(parent, name, len, nc_hashname(parent, name, len));
	if (nc != NULL && still_true(parent, name, len, nc)) {
		*ncp = nc;
		return (0);
	}
	error = ask_fs(parent, name, len, nc, ncp);
	nc_drop(nc);
	return (error);
}

int
nc_lookup(struct namecache *parent, const char *name, size_t len,
    struct namecache **ncp)
{
	struct vnode *dvp = parent->nc_vp;
	struct namecache *nc;
	int error;

	if ((dvp->v_flags & VV_NOCACHE) != 0)
		return (ask_fs(parent, name, len, NULL, ncp));
	nc = nc_find(parent, name, len, nc_hashname(parent, name, len));
	if (nc != NULL) {
		if (still_true(parent, name, len, nc)) {
			*ncp = nc;
			return (0);
		}
		nc_drop(nc);
	}
	mtx_lock(&dvp->v_lock);
	error = nc_lookup_locked(parent, name, len, ncp);
	mtx_unlock(&dvp->v_lock);
	return (error);
}

/* Give nc its new place. Tree lock held for writing, nc in no table. The old
 * parent's reference is the caller's to drop. */
static void
place(struct namecache *nc, struct namecache *dir, char *name, size_t len)
{
	nc_hold(dir);
	atomic_store_rel(&nc->nc_parent, dir);
	atomic_add(&nc->nc_seq, 1);
	if (len < sizeof(nc->nc_short)) {
		memcpy(nc->nc_short, name, len);
		nc->nc_short[len] = '\0';
		nc->nc_name = nc->nc_short;
	} else
		nc->nc_name = name;
	nc->nc_len = (uint16_t)len;
	nc->nc_hash = nc_hashname(dir, nc->nc_name, len);
}

/* Out of its table; the reference becomes the caller's (so nc stays). */
static bool
unhash(struct namecache *nc)
{
	bool was;

	mtx_lock(stripe(nc->nc_hash));
	was = hash_remove(nc);
	mtx_unlock(stripe(nc->nc_hash));
	return (was);
}

static void
rehash(struct namecache *nc)
{
	mtx_lock(stripe(nc->nc_hash));
	hash_insert(nc);
	mtx_unlock(stripe(nc->nc_hash));
}

int
nc_rename(struct namecache *fnc, struct namecache *tdir, const char *name,
    size_t len, struct namecache *tnc, bool exchange)
{
	struct vfs_root *vr = vfs();
	struct namecache *fdir = fnc->nc_parent;
	char *nname, *oname = NULL, *xname = NULL, *xold = NULL;
	size_t flen = fnc->nc_len;
	bool fin, tin = false;

	if (tnc == NULL)
		exchange = false;
	nname = kstrndup(name, len);
	xname = exchange ? kstrndup(fnc->nc_name, flen) : NULL;
	if (nname == NULL || (exchange && xname == NULL)) {
		kfree(nname);
		nc_kill(fnc);
		if (tnc != NULL)
			nc_kill(tnc);
		return (-ENOMEM);
	}
	fin = unhash(fnc);
	if (exchange)
		tin = unhash(tnc);
	else if (tnc != NULL)
		nc_kill(tnc);
	rwl_wlock(&vr->vr_tree);
	oname = fnc->nc_name != fnc->nc_short ? fnc->nc_name : NULL;
	place(fnc, tdir, nname, len);
	if (exchange) {
		xold = tnc->nc_name != tnc->nc_short ? tnc->nc_name : NULL;
		place(tnc, fdir, xname, flen);
	}
	rwl_wunlock(&vr->vr_tree);
	if ((tdir->nc_flags & (NCF_DEAD | NCF_UNCACHED)) == 0)
		rehash(fnc);
	if (exchange && (fdir->nc_flags & (NCF_DEAD | NCF_UNCACHED)) == 0)
		rehash(tnc);
	if (fin)
		nc_drop(fnc);
	if (tin)
		nc_drop(tnc);
	nc_drop(fdir);			/* fnc's */
	if (exchange)
		nc_drop(tdir);		/* tnc's */
	kfree(oname);
	kfree(xold);
	if (len < sizeof(fnc->nc_short))
		kfree(nname);
	if (exchange && flen < sizeof(fnc->nc_short))
		kfree(xname);
	return (0);
}

struct namecache *
nc_parentref(struct namecache *nc)
{
	struct namecache *up;

	rwl_rlock(&vfs()->vr_tree);
	up = nc->nc_parent;
	if (up != NULL)
		nc_hold(up);
	rwl_runlock(&vfs()->vr_tree);
	return (up);
}

bool
nc_isabove(const struct namecache *up, struct namecache *nc)
{
	bool r = false;

	rwl_rlock(&vfs()->vr_tree);
	for (; nc != NULL && !r; nc = nc->nc_parent)
		r = nc == up;
	rwl_runlock(&vfs()->vr_tree);
	return (r);
}

/* May the trimmer take it? It has its own and the table's reference. */
static bool
idle(struct namecache *nc, bool force)
{
	if (atomic_load(&nc->nc_ref) != 2 ||
	    (nc->nc_flags & NCF_MOUNTPT) != 0)
		return (false);
	/* A mapped file keeps its name for /proc/PID/maps. */
	if (nc->nc_vp != NULL && atomic_load(&nc->nc_vp->v_nmaps) != 0)
		return (false);
	if (!force && (nc->nc_flags & NCF_REF) != 0) {
		atomic_and(&nc->nc_flags, (uint16_t)~NCF_REF);
		return (false);
	}
	return (true);
}

/*
 * Take nc out if nobody uses it.  The second look is what counts: a reader
 * without the lock has either taken its reference by then, or sees the odd
 * sequence number and gives up.
 */
static bool
evict(struct namecache *nc, bool force)
{
	bool drop;

	if ((nc->nc_flags & NCF_HASHED) == 0 || !idle(nc, force))
		return (false);
	seq_begin(nc->nc_hash);
	/* walk_hold() takes its reference first and looks at this after. */
	atomic_add(&nc->nc_seq, 1);
	drop = idle(nc, true);
	if (drop)
		hash_unlink(nc);
	seq_end(nc->nc_hash);
	return (drop);
}

/* Look at the oldest n entries. Trim lock held. */
static void
trim_some(unsigned n, bool force)
{
	struct vfs_root *vr = vfs();
	struct namecache *nc;
	uint32_t hash;
	bool drop;

	while (n-- > 0) {
		mtx_lock(&vr->vr_lrulock);
		nc = list_first(&vr->vr_lru, struct namecache, nc_lru);
		if (nc != NULL) {
			nc_hold(nc);
			list_del(&nc->nc_lru);
			list_add_tail(&vr->vr_lru, &nc->nc_lru);
		}
		mtx_unlock(&vr->vr_lrulock);
		if (nc == NULL)
			return;
		hash = atomic_load(&nc->nc_hash);
		mtx_lock(stripe(hash));
		drop = nc->nc_hash == hash && evict(nc, force);
		mtx_unlock(stripe(hash));
		if (drop)
			nc_drop(nc);
		nc_drop(nc);
	}
}

void
nc_trim(void)
{
	struct vfs_root *vr = vfs();

	if (likely(atomic_load_relaxed(&vr->vr_nnc) <= vr->vr_maxnc))
		return;
	if (!mtx_trylock(&vr->vr_trimlock))
		return;
	trim_some(TRIM_BATCH, false);
	mtx_unlock(&vr->vr_trimlock);
}

void
nc_trimall(void)
{
	struct vfs_root *vr = vfs();
	unsigned before, i;

	mtx_lock(&vr->vr_trimlock);
	for (i = 0; i < 64; i++) {	/* children go first, then parents */
		before = atomic_load(&vr->vr_nnc);
		trim_some(before, true);
		if (atomic_load(&vr->vr_nnc) == before)
			break;
	}
	mtx_unlock(&vr->vr_trimlock);
}

/* Take the entries that match out of the table. */
static void
purge_where(bool (*match)(struct namecache *nc, const void *arg),
    const void *arg)
{
	struct namecache *nc, *next;
	struct nctable *nt;
	struct list gone;

	list_init(&gone);
	for (unsigned i = 0; i < NC_STRIPES; i++) {
		mtx_lock(stripe(i));
		nt = stripe_of(i)->ns_table;
		for (unsigned k = 0; k <= nt->nt_mask; k++)
			list_foreach_safe(nc, next, &nt->nt_head[k],
			    nc_hashlink) {
				if (!match(nc, arg))
					continue;
				atomic_or(&nc->nc_flags, NCF_DEAD);
				(void)hash_remove(nc);
				/* Readers may still stand on nc_hashlink. */
				list_add_tail(&gone, &nc->nc_lru);
			}
		mtx_unlock(stripe(i));
	}
	while ((nc = list_first(&gone, struct namecache, nc_lru)) != NULL) {
		list_del(&nc->nc_lru);
		nc_drop(nc);
	}
}

static bool
match_dir(struct namecache *nc, const void *arg)
{
	return (nc->nc_parent != NULL && nc->nc_parent->nc_vp == arg);
}

static bool
match_mount(struct namecache *nc, const void *arg)
{
	struct vnode *vp = nc->nc_vp;

	/* A negative entry belongs where its directory does. */
	if (vp == NULL)
		vp = nc->nc_parent->nc_vp;
	return (vp->v_mount == arg);
}

void
nc_purge(struct vnode *dvp, const char *name, size_t len)
{
	struct namecache *dir, *nc;

	if (name == NULL) {
		purge_where(match_dir, dvp);
		return;
	}
	dir = nc_ofvnode(dvp);
	if (dir == NULL)
		return;
	nc = nc_find(dir, name, len, nc_hashname(dir, name, len));
	if (nc != NULL) {
		nc_kill(nc);
		nc_drop(nc);
	}
	nc_drop(dir);
}

void
nc_purgemount(struct mount *mp)
{
	mtx_lock(&vfs()->vr_trimlock);
	purge_where(match_mount, mp);
	mtx_unlock(&vfs()->vr_trimlock);
}
