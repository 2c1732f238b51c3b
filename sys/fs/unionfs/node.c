/* node.c: the table of union nodes, and their life; see internal.h. */
#include "fs/unionfs/internal.h"

#include "base/kmem.h"

#define	HASH_MIN	1024
#define	HASH_MAX	(1u << 18)

struct origin {				/* value of UF_ORIGIN */
	uint64_t	o_ino, o_dev;
};

/* --- the table -------------------------------------------------------------- */

int
uf_hashinit(struct ufmount *uf)
{
	mtx_init(&uf->uf_hashlock, RANK_VNHASH, "unionfs table");
	uf->uf_hashsize = HASH_MIN;
	uf->uf_hash = kpages_alloc(HASH_MIN * sizeof(void *) / KPAGE_SIZE, 0);
	return (uf->uf_hash == NULL ? -ENOMEM : 0);
}

static struct ulink **
uf_bucket(struct ufmount *uf, const struct vnode *key)
{
	return (&uf->uf_hash[(uint32_t)khash64((uintptr_t)key >> 4) &
	    (uf->uf_hashsize - 1)]);
}

static void
uf_hashgrow(struct ufmount *uf)
{
	uint32_t old = uf->uf_hashsize, size = old * 2;
	struct ulink **oldtab = uf->uf_hash, *l, *next, **b;

	b = kpages_alloc(size * sizeof(void *) / KPAGE_SIZE, 0);
	if (b == NULL)
		return;			/* longer chains, then */
	uf->uf_hash = b;
	uf->uf_hashsize = size;
	for (uint32_t i = 0; i < old; i++)
		for (l = oldtab[i]; l != NULL; l = next) {
			next = l->l_next;
			b = uf_bucket(uf, l->l_key);
			l->l_next = *b;
			*b = l;
		}
	kpages_free(oldtab, old * sizeof(void *) / KPAGE_SIZE);
}

static void
uf_hashadd(struct ufmount *uf, struct ulink *l, struct vnode *key,
    struct unode *n)
{
	struct ulink **b;

	if (uf->uf_nlinks > uf->uf_hashsize && uf->uf_hashsize < HASH_MAX)
		uf_hashgrow(uf);
	b = uf_bucket(uf, key);
	l->l_key = key;
	l->l_node = n;
	l->l_next = *b;
	*b = l;
	uf->uf_nlinks++;
}

static void
uf_hashdel(struct ufmount *uf, struct ulink *l)
{
	struct ulink **p;

	if (l->l_key == NULL)
		return;
	for (p = uf_bucket(uf, l->l_key); *p != l; p = &(*p)->l_next)
		;
	*p = l->l_next;
	l->l_key = NULL;
	uf->uf_nlinks--;
}

/* A living node of the layer vnode, referenced. */
static struct unode *
uf_hashfind(struct ufmount *uf, const struct vnode *key)
{
	struct ulink *l;

	for (l = *uf_bucket(uf, key); l != NULL; l = l->l_next)
		if (l->l_key == key &&
		    ref_acquire_live(&l->l_node->un_vp->v_ref))
			return (l->l_node);
	return (NULL);
}

/* --- making --------------------------------------------------------------------- */

void
uf_dropfound(struct uffound *f)
{
	if (f->f_upper != NULL)
		vrele(f->f_upper);
	while (f->f_nlower > 0)
		vrele(f->f_lower[--f->f_nlower]);
	f->f_upper = NULL;
}

/* Numbers: the lower file's, the remembered ones, or the upper's. */
static void
uf_setids(struct unode *n)
{
	struct vnode *u = n->un_upper;
	struct origin o;

	if (n->un_nlower > 0) {
		n->un_ino = n->un_lower[0]->v_ino;
	} else if (u->v_type == VREG && u->v_op->vop_getxattr != NULL &&
	    u->v_op->vop_getxattr(u, UF_ORIGIN, &o, sizeof(o)) ==
	    (long)sizeof(o)) {
		n->un_ino = o.o_ino;
		n->un_dev = o.o_dev;
	} else {
		n->un_ino = u->v_ino | UF_UPPERINO;
		n->un_dev = n->un_uf->uf_mp->mnt_dev;
	}
	n->un_vp->v_ino = n->un_ino;
}

uint64_t
uf_dev(struct unode *n, uint64_t st_dev)
{
	struct ufmount *uf = n->un_uf;
	struct kstat st;

	if (n->un_dev != 0)
		return (n->un_dev);
	if (uf_upper(n) != NULL && uf_lgetattr(n->un_lower[0], &st) == 0)
		st_dev = st.st_dev;
	n->un_dev = st_dev == uf->uf_lowerdev ? uf->uf_mp->mnt_dev :
		    st_dev;
	return (n->un_dev);
}

static void
uf_nodefree(struct unode *n)
{
	uf_dirfree(n);
	if (n->un_upper != NULL)
		vrele(n->un_upper);
	for (unsigned i = 0; i < n->un_nlower; i++)
		vrele(n->un_lower[i]);
	kfree(n->un_lower);
	kfree(n->un_name);
	vnode_free(n->un_vp);
	kfree(n);
}

static struct unode *
uf_nodealloc(struct ufmount *uf, struct unode *parent, const char *name,
    size_t len, const struct uffound *f)
{
	const struct vnode *cur = f->f_upper != NULL ? f->f_upper :
	    f->f_lower[0];
	struct unode *n = KNEW(struct unode);

	if (n == NULL)
		return (NULL);
	n->un_name = kstrndup(name, len);
	n->un_lower = kmalloc((f->f_nlower + 1) * sizeof(struct vnode *), 0);
	n->un_vp = vnode_alloc(uf->uf_mp, cur->v_type, &unionfs_vnodeops, n);
	if (n->un_name == NULL || n->un_lower == NULL || n->un_vp == NULL) {
		if (n->un_vp != NULL)
			vnode_free(n->un_vp);
		kfree(n->un_lower);
		kfree(n->un_name);
		kfree(n);
		return (NULL);
	}
	n->un_uf = uf;
	mtx_init(&n->un_vp->v_lock, RANK_VNODE_STACK, "union vnode");
	mtx_init(&n->un_lock, RANK_VNODE, "union node");
	mtx_init(&n->un_namelock, RANK_LEAF, "union name");
	n->un_vp->v_rdev = cur->v_rdev;
	n->un_vp->v_perm = cur->v_perm;
	n->un_vp->v_flags |= VV_TIMED;
	n->un_upper = f->f_upper;
	n->un_nlower = f->f_nlower;
	memcpy(n->un_lower, f->f_lower, f->f_nlower * sizeof(struct vnode *));
	n->un_parent = parent;
	if (parent != NULL)
		vref(parent->un_vp);
	uf_setids(n);
	return (n);
}

/* Into the table, unless somebody was faster: then his, referenced. */
static struct unode *
uf_insert(struct ufmount *uf, struct unode *fresh)
{
	struct vnode *u = fresh->un_upper;
	struct vnode *l = fresh->un_nlower > 0 ? fresh->un_lower[0] : NULL;
	struct unode *n;

	mtx_lock(&uf->uf_hashlock);
	n = uf_hashfind(uf, u != NULL ? u : l);
	if (n == NULL) {
		if (u != NULL)
			uf_hashadd(uf, &fresh->un_ulink, u, fresh);
		if (l != NULL)
			uf_hashadd(uf, &fresh->un_llink, l, fresh);
	}
	mtx_unlock(&uf->uf_hashlock);
	return (n);
}

int
uf_nodeget(struct ufmount *uf, struct unode *parent, const char *name,
    size_t len, struct uffound *f, struct unode **np)
{
	struct unode *n, *fresh;

	mtx_lock(&uf->uf_hashlock);
	n = uf_hashfind(uf, f->f_upper != NULL ? f->f_upper : f->f_lower[0]);
	mtx_unlock(&uf->uf_hashlock);
	if (n == NULL) {
		fresh = uf_nodealloc(uf, parent, name, len, f);
		if (fresh == NULL) {
			uf_dropfound(f);
			return (-ENOMEM);
		}
		n = uf_insert(uf, fresh);
		if (n == NULL) {
			*np = fresh;
			return (0);
		}
		if (parent != NULL)
			vrele(parent->un_vp);
		uf_nodefree(fresh);	/* drops f's references */
	} else
		uf_dropfound(f);
	/* By another name (hard links), or back from the dead. */
	if (parent != NULL && uf_upper(n) == NULL)
		(void)uf_setname(n, parent, name, len);
	*np = n;
	return (0);
}

void
uf_setupper(struct unode *n, struct vnode *upper)
{
	struct ufmount *uf = n->un_uf;

	mtx_lock(&uf->uf_hashlock);
	uf_hashadd(uf, &n->un_ulink, upper, n);
	mtx_unlock(&uf->uf_hashlock);
	atomic_store_rel(&n->un_upper, upper);
	atomic_store_rel(&n->un_vp->v_perm, upper->v_perm);
	atomic_store_rel(&n->un_vp->v_checked, VN_FOREVER);
}

/* --- names and the end ------------------------------------------------------------- */

int
uf_setname(struct unode *n, struct unode *parent, const char *name,
    size_t len)
{
	struct unode *oldp;
	char *copy, *oldn;

	mtx_lock(&n->un_namelock);
	if (n->un_parent == NULL || ((n->un_flags & UN_GONE) == 0 &&
	    n->un_parent == parent && strlen(n->un_name) == len &&
	    memcmp(n->un_name, name, len) == 0)) {
		mtx_unlock(&n->un_namelock);
		return (0);
	}
	mtx_unlock(&n->un_namelock);
	copy = kstrndup(name, len);
	if (copy == NULL)
		return (-ENOMEM);
	vref(parent->un_vp);
	mtx_lock(&n->un_namelock);
	oldp = n->un_parent;
	oldn = n->un_name;
	n->un_parent = parent;
	n->un_name = copy;
	(void)atomic_and(&n->un_flags, ~UN_GONE);
	mtx_unlock(&n->un_namelock);
	kfree(oldn);
	vrele(oldp->un_vp);
	return (0);
}

struct unode *
uf_where(struct unode *n, char buf[KNAME_MAX + 1])
{
	struct unode *p;

	mtx_lock(&n->un_namelock);
	p = n->un_parent;
	if (p != NULL)
		vref(p->un_vp);
	kstrlcpy(buf, n->un_name, KNAME_MAX + 1);
	mtx_unlock(&n->un_namelock);
	return (p);
}

/* Up the chain of parents in a loop: paths can be deep. */
void
uf_inactive(struct vnode *vp)
{
	struct unode *n = unode(vp), *parent;
	struct ufmount *uf = n->un_uf;

	for (;;) {
		mtx_lock(&uf->uf_hashlock);
		uf_hashdel(uf, &n->un_ulink);
		uf_hashdel(uf, &n->un_llink);
		mtx_unlock(&uf->uf_hashlock);
		parent = n->un_parent;
		uf_nodefree(n);
		if (parent == NULL || !ref_release(&parent->un_vp->v_ref))
			return;
		n = parent;
	}
}
