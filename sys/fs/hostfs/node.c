/*
 * node.c: the table of nodes, and their life.
 *
 * A node holds a reference on its parent's vnode, so a chain of directories
 * lives as long as its last leaf.  The chain is taken down in a loop, not by
 * recursion: paths can be deep, kernel stacks are not.
 */
#include "fs/hostfs/internal.h"

#include "base/kmem.h"

#define	HASH_MIN	1024
#define	HASH_MAX	(1u << 18)

int
hf_name(struct hfname *n, const char *name, size_t len)
{
	if (len > KNAME_MAX)
		return (-ENAMETOOLONG);
	memcpy(n->s, name, len);
	n->s[len] = '\0';
	return (0);
}

static uint32_t
hf_bucket(const struct hfmount *hf, uint64_t dev, uint64_t ino)
{
	return ((uint32_t)khash64(ino * 31 + dev) & (hf->hf_hashsize - 1));
}

int
hf_hashinit(struct hfmount *hf)
{
	hf->hf_hash = kpages_alloc(HASH_MIN * sizeof(void *) / KPAGE_SIZE, 0);
	hf->hf_hashsize = HASH_MIN;
	return (hf->hf_hash == NULL ? -ENOMEM : 0);
}

/* Twice the buckets; when memory is short the chains just get longer. */
static void
hf_hashgrow(struct hfmount *hf)
{
	uint32_t old = hf->hf_hashsize, size = old * 2;
	struct hfnode **oldtab = hf->hf_hash, *n, *next, **tab;

	tab = kpages_alloc(size * sizeof(void *) / KPAGE_SIZE, 0);
	if (tab == NULL)
		return;
	hf->hf_hash = tab;
	hf->hf_hashsize = size;
	for (uint32_t i = 0; i < old; i++)
		for (n = oldtab[i]; n != NULL; n = next) {
			struct hfnode **b = &tab[hf_bucket(hf, n->hn_dev,
			    n->hn_ino)];

			next = n->hn_hnext;
			n->hn_hnext = *b;
			*b = n;
		}
	kpages_free(oldtab, old * sizeof(void *) / KPAGE_SIZE);
}

static void
hf_unhash_locked(struct hfnode *n)
{
	struct hfmount *hf = n->hn_hf;
	struct hfnode **p;

	if ((n->hn_flags & HN_UNHASHED) != 0)
		return;
	for (p = &hf->hf_hash[hf_bucket(hf, n->hn_dev, n->hn_ino)]; *p != n;
	    p = &(*p)->hn_hnext)
		;
	*p = n->hn_hnext;
	hf->hf_nnodes--;
	(void)atomic_or(&n->hn_flags, HN_UNHASHED);
}

void
hf_unhash(struct hfnode *n)
{
	mtx_lock(&n->hn_hf->hf_hashlock);
	hf_unhash_locked(n);
	mtx_unlock(&n->hn_hf->hf_hashlock);
}

static struct hfnode *
hf_find(struct hfmount *hf, uint64_t dev, uint64_t ino, enum vtype type)
{
	struct hfnode *n;

	for (n = hf->hf_hash[hf_bucket(hf, dev, ino)]; n != NULL;
	    n = n->hn_hnext)
		if (n->hn_ino == ino && n->hn_dev == dev &&
		    n->hn_vp->v_type == type &&
		    ref_acquire_live(&n->hn_vp->v_ref))
			return (n);
	return (NULL);
}

/* The inode number was reused when a descriptor of ours shows a file without
 * links: then n is another, dead file. */
static bool
hf_isdead(struct hfnode *n)
{
	struct kstat st;
	int fd = hf_anyfd(n);
	bool dead;

	if (fd < 0)
		return (false);
	dead = host_fstat(fd, &st) == 0 && st.st_nlink == 0;
	hf_unpin(n);
	return (dead);
}

void
hf_setname(struct hfnode *n, struct hfnode *parent, const char *name)
{
	struct hfnode *oldp = NULL;
	char *copy, *oldn = NULL;

	mtx_lock(&n->hn_lock);
	if (n->hn_parent == NULL || ((n->hn_flags & HN_GONE) == 0 &&
	    n->hn_parent == parent && strcmp(n->hn_name, name) == 0)) {
		mtx_unlock(&n->hn_lock);
		return;
	}
	copy = kstrdup(name);
	if (copy != NULL) {
		oldp = n->hn_parent;
		oldn = n->hn_name;
		vref(parent->hn_vp);
		n->hn_parent = parent;
		n->hn_name = copy;
		(void)atomic_and(&n->hn_flags, ~HN_GONE);
	}
	mtx_unlock(&n->hn_lock);
	kfree(oldn);
	if (oldp != NULL)
		vrele(oldp->hn_vp);
}

static struct hfnode *
hf_nodealloc(struct hfmount *hf, struct hfnode *parent, const char *name,
    const struct kstat *st, enum vtype type)
{
	struct hfnode *n = KNEW(struct hfnode);

	if (n == NULL)
		return (NULL);
	n->hn_name = kstrdup(name);
	n->hn_vp = vnode_alloc(hf->hf_mp, type, &hostfs_vnodeops, n);
	if (n->hn_name == NULL || n->hn_vp == NULL) {
		if (n->hn_vp != NULL)
			vnode_free(n->hn_vp);
		kfree(n->hn_name);
		kfree(n);
		return (NULL);
	}
	n->hn_hf = hf;
	n->hn_dev = st->st_dev;
	n->hn_ino = st->st_ino;
	n->hn_nlink = (uint32_t)st->st_nlink;
	n->hn_vp->v_ino = st->st_ino;
	n->hn_vp->v_rdev = st->st_rdev;
	if (hf->hf_args.ours)
		n->hn_vp->v_flags |= VV_FAST;
	for (int i = 0; i < HFD_COUNT; i++)
		n->hn_fd[i] = -1;
	list_init(&n->hn_lru);
	mtx_init(&n->hn_lock, RANK_VNODE_DATA, "hostfs node");
	n->hn_parent = parent;
	if (parent != NULL)
		vref(parent->hn_vp);
	return (n);
}

static void
hf_nodefree(struct hfnode *n)
{
	hf_closefds(n);
	hf_listdrop(n);
	vnode_free(n->hn_vp);
	kfree(n->hn_link);
	kfree(n->hn_name);
	kfree(n);
}

/* Put fresh into the table, unless somebody else was faster: then his. */
static struct hfnode *
hf_insert(struct hfmount *hf, struct hfnode *fresh)
{
	struct hfnode *n, **b;

	mtx_lock(&hf->hf_hashlock);
	n = hf_find(hf, fresh->hn_dev, fresh->hn_ino, fresh->hn_vp->v_type);
	if (n == NULL) {
		if (hf->hf_nnodes > hf->hf_hashsize &&
		    hf->hf_hashsize < HASH_MAX)
			hf_hashgrow(hf);
		b = &hf->hf_hash[hf_bucket(hf, fresh->hn_dev, fresh->hn_ino)];
		fresh->hn_hnext = *b;
		*b = fresh;
		hf->hf_nnodes++;
	}
	mtx_unlock(&hf->hf_hashlock);
	return (n);
}

int
hf_nodeget(struct hfmount *hf, struct hfnode *parent, const char *name,
    const struct kstat *st, struct hfnode **np)
{
	enum vtype type = vtype_of_mode(st->st_mode);
	struct hfnode *n, *fresh;

	mtx_lock(&hf->hf_hashlock);
	n = hf_find(hf, st->st_dev, st->st_ino, type);
	mtx_unlock(&hf->hf_hashlock);
	if (n != NULL && hf_isdead(n)) {
		hf_unhash(n);
		vrele(n->hn_vp);
		n = NULL;
	}
	if (n == NULL) {
		fresh = hf_nodealloc(hf, parent, name, st, type);
		if (fresh == NULL)
			return (-ENOMEM);
		n = hf_insert(hf, fresh);
		if (n == NULL) {
			*np = fresh;
			return (0);
		}
		if (parent != NULL)
			vrele(parent->hn_vp);
		hf_nodefree(fresh);
	}
	if (parent != NULL)
		hf_setname(n, parent, name);
	*np = n;
	return (0);
}

/* The last reference went; then perhaps the parents'. */
void
hf_inactive(struct vnode *vp)
{
	struct hfnode *n = hfnode(vp), *parent;

	for (;;) {
		hf_unhash(n);
		parent = n->hn_parent;
		hf_nodefree(n);
		if (parent == NULL || !ref_release(&parent->hn_vp->v_ref))
			return;
		n = parent;
	}
}
