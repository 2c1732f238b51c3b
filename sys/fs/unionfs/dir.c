/*
 * dir.c: the entries of merged directories.
 *
 * A directory of one layer is passed through, with that layer's offsets.  A
 * merged one gets a list, kept in the node; offsets are places in it.
 * The list is brought up to date whenever somebody starts to read, and keeps
 * the place of every entry, so that offsets stay good: an entry that went
 * becomes a hole, new ones come at the end.  A reader that began on a lower
 * directory before it was copied up holds offsets of the lower layer (layers use
 * all the bits, so f_fsmode remembers that): he goes on there, and what the
 * list says is gone is left out.
 *
 * The list is under un_lock.  While a layer's readdir calls back, that layer
 * may hold locks: the callbacks only note names; whiteouts are looked at after.
 */
#include "fs/unionfs/internal.h"

#include "base/kmem.h"
#include "vfs/file.h"

/* f_fsmode */
#define	MODE_THROUGH	1
#define	MODE_MERGED	2
#define	LIST_MIN	32
#define	HOLES_MAX	4096

struct udent {
	char		*d_name;
	uint64_t	d_ino;
	uint32_t	d_hash;
	uint32_t	d_pass;		/* seen in this pass: alive */
	uint16_t	d_len;
	uint8_t		d_type;
	uint8_t		d_white;	/* a whiteout: hides lower ones */
};

struct udirlist {
	struct udent	*l_ent;
	uint32_t	l_n, l_cap;
	uint32_t	*l_idx;		/* hash table: entry number + 1 */
	uint32_t	l_idxsize;	/* power of two, > 2 * l_cap */
	uint32_t	l_pass;
	uint32_t	l_live;
};

/* --- the list ----------------------------------------------------------------- */

static void
list_free(struct udirlist *l)
{
	if (l == NULL)
		return;
	for (uint32_t i = 0; i < l->l_n; i++)
		kfree(l->l_ent[i].d_name);
	kfree(l->l_ent);
	kfree(l->l_idx);
	kfree(l);
}

void
uf_dirfree(struct unode *n)
{
	list_free(n->un_dir);
	n->un_dir = NULL;
}

static uint32_t *
list_slot(struct udirlist *l, const char *name, size_t len, uint32_t hash)
{
	uint32_t i = hash & (l->l_idxsize - 1);

	for (;; i = (i + 1) & (l->l_idxsize - 1)) {
		const struct udent *d;

		if (l->l_idx[i] == 0)
			return (&l->l_idx[i]);
		d = &l->l_ent[l->l_idx[i] - 1];
		if (d->d_hash == hash && d->d_len == len &&
		    memcmp(d->d_name, name, len) == 0)
			return (&l->l_idx[i]);
	}
}

static struct udent *
list_find(struct udirlist *l, const char *name, size_t len)
{
	uint32_t *s;

	if (l->l_idx == NULL)
		return (NULL);
	s = list_slot(l, name, len, (uint32_t)khash(name, len, 0));
	return (*s == 0 ? NULL : &l->l_ent[*s - 1]);
}

static bool
list_grow(struct udirlist *l)
{
	uint32_t cap = l->l_cap == 0 ? LIST_MIN : l->l_cap * 2;
	uint32_t *idx = kmalloc(cap * 4 * sizeof(*idx), 0);
	struct udent *ent = krealloc(l->l_ent, l->l_cap * sizeof(*ent),
	    cap * sizeof(*ent));

	if (ent != NULL)
		l->l_ent = ent;
	if (ent == NULL || idx == NULL) {
		kfree(idx);
		return (false);
	}
	kfree(l->l_idx);
	l->l_idx = idx;
	l->l_idxsize = cap * 4;
	l->l_cap = cap;
	for (uint32_t i = 0; i < l->l_n; i++)
		*list_slot(l, ent[i].d_name, ent[i].d_len, ent[i].d_hash) =
		    i + 1;
	return (true);
}

static struct udent *
list_add(struct udirlist *l, const char *name, size_t len)
{
	struct udent *d;
	uint32_t hash = (uint32_t)khash(name, len, 0);

	if (l->l_n == l->l_cap && !list_grow(l))
		return (NULL);
	d = &l->l_ent[l->l_n];
	memset(d, 0, sizeof(*d));
	d->d_name = kstrndup(name, len);
	if (d->d_name == NULL)
		return (NULL);
	d->d_hash = hash;
	d->d_len = (uint16_t)len;
	*list_slot(l, name, len, hash) = ++l->l_n;
	return (d);
}

/* --- collecting a layer's entries ------------------------------------------------ */

struct collect {
	struct dirsink	c_sink;
	struct udirlist	*c_list;
	bool		c_upper;
	int		c_error;
};

static bool
is_dot(const char *name, size_t len)
{
	return (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

static bool
collect_emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct collect *c = (struct collect *)ds;
	struct udirlist *l = c->c_list;
	struct udent *d;

	(void)next;
	if (len > KNAME_MAX || is_dot(name, len))
		return (true);
	d = list_find(l, name, len);
	if (d != NULL && d->d_pass == l->l_pass) {
		/* Covered by a layer above; most likely its copy. */
		if (d->d_white == 0 && d->d_type == dtype)
			d->d_ino = ino;
		return (true);
	}
	if (d == NULL && (d = list_add(l, name, len)) == NULL) {
		c->c_error = -ENOMEM;
		return (false);
	}
	d->d_pass = l->l_pass;
	d->d_ino = c->c_upper ? ino | UF_UPPERINO : ino;
	d->d_type = (uint8_t)dtype;
	d->d_white = dtype == DT_CHR ? 2 : 0;	/* 2: to be looked at */
	return (true);
}

static int
collect_layer(struct udirlist *l, struct vnode *vp, bool upper)
{
	struct collect c = { { collect_emit }, l, upper, 0 };
	int64_t off = 0, before;
	struct vnode *w;
	int error;

	if (vp->v_op->vop_readdir == NULL)
		return (-ENOTDIR);
	do {
		before = off;
		error = vp->v_op->vop_readdir(vp, &off, &c.c_sink, NULL);
		if (error == -EACCES)	/* closed to us: empty */
			return (c.c_error);
		if (error == 0)
			error = c.c_error;
	} while (error == 0 && off != before);
	for (uint32_t i = 0; error == 0 && i < l->l_n; i++) {
		struct udent *d = &l->l_ent[i];

		if (d->d_pass != l->l_pass || d->d_white != 2)
			continue;
		d->d_white = 0;
		if (uf_llookup(vp, d->d_name, d->d_len, &w) != 0)
			continue;
		d->d_white = uf_iswhiteout(w);
		vrele(w);
	}
	return (error);
}

/* Bring n's list up to date; un_lock held. */
static int
uf_refresh(struct unode *n)
{
	struct vnode *u = uf_upper(n);
	struct udirlist *l = n->un_dir;
	int error = 0;

	if (l != NULL && l->l_n > HOLES_MAX && l->l_n / 4 > l->l_live)
		uf_dirfree(n);		/* too many holes: start afresh */
	if (n->un_dir == NULL && (n->un_dir = KNEW(struct udirlist)) == NULL)
		return (-ENOMEM);
	l = n->un_dir;
	l->l_pass++;
	if (u != NULL)
		error = collect_layer(l, u, true);
	for (unsigned i = 0; error == 0 && i < n->un_nlower; i++)
		error = collect_layer(l, n->un_lower[i], false);
	l->l_live = 0;
	for (uint32_t i = 0; i < l->l_n; i++)
		if (l->l_ent[i].d_pass == l->l_pass && !l->l_ent[i].d_white)
			l->l_live++;
	return (error);
}

int
uf_isempty(struct unode *n)
{
	bool had;
	int error;

	mtx_lock_nested(&n->un_lock);
	had = n->un_dir != NULL;
	error = uf_refresh(n);
	if (error == 0 && n->un_dir->l_live > 0)
		error = -ENOTEMPTY;
	if (!had)
		uf_dirfree(n);
	mtx_unlock(&n->un_lock);
	return (error);
}

int
uf_cleardir(struct vnode *upper)
{
	struct udirlist *l = KNEW(struct udirlist);
	int error;

	if (l == NULL)
		return (-ENOMEM);
	l->l_pass = 1;
	error = collect_layer(l, upper, true);
	for (uint32_t i = 0; error == 0 && i < l->l_n; i++)
		if (l->l_ent[i].d_white != 0 && (error = uf_lclear(upper,
		    l->l_ent[i].d_name, l->l_ent[i].d_len)) > 0)
			error = 0;
	list_free(l);
	return (error);
}

/* --- readdir -------------------------------------------------------------------------- */

/* One layer's entries on their way to the guest. */
struct through {
	struct dirsink	t_sink;
	struct dirsink	*t_out;
	struct unode	*t_node;
	uint64_t	t_dotdot;
	bool		t_upper;
	bool		t_filter;	/* by the list; un_lock held */
};

static bool
through_emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct through *t = (struct through *)ds;
	struct udent *d;

	if (is_dot(name, len))
		ino = len == 1 ? t->t_node->un_ino : t->t_dotdot;
	else if (t->t_filter) {
		d = list_find(t->t_node->un_dir, name, len);
		if (d == NULL || d->d_white != 0 ||
		    d->d_pass != t->t_node->un_dir->l_pass)
			return (true);
	} else if (t->t_upper)
		ino |= UF_UPPERINO;
	return (t->t_out->ds_emit(t->t_out, name, len, ino, dtype, next));
}

static uint64_t
uf_dotdot(struct unode *n)
{
	char name[KNAME_MAX + 1];
	struct unode *p = uf_where(n, name);
	uint64_t ino = n->un_ino;

	if (p != NULL) {
		ino = p->un_ino;
		vrele(p->un_vp);
	}
	return (ino);
}

static int
uf_through(struct unode *n, struct vnode *layer, int64_t *off,
    struct dirsink *ds, struct file *fp, bool filter)
{
	struct through t = { { through_emit }, ds, n, uf_dotdot(n),
	    layer == uf_upper(n), filter };

	if (layer->v_op->vop_readdir == NULL)
		return (-ENOTDIR);
	return (layer->v_op->vop_readdir(layer, off, &t.t_sink, fp));
}

/* The list from index *off on; un_lock held. */
static void
uf_emitlist(struct unode *n, int64_t *off, struct dirsink *ds)
{
	struct udirlist *l = n->un_dir;
	int64_t i = *off;

	/* 0 and 1 are the dots, entry k is k + 2. */
	if (i == 0) {
		if (!ds->ds_emit(ds, ".", 1, n->un_ino, DT_DIR, 1))
			return;
		*off = ++i;
	}
	if (i == 1) {
		if (!ds->ds_emit(ds, "..", 2, uf_dotdot(n), DT_DIR, 2))
			return;
		*off = ++i;
	}
	for (; i - 2 < (int64_t)l->l_n; i++) {
		const struct udent *d = &l->l_ent[i - 2];

		if (d->d_pass == l->l_pass && d->d_white == 0 &&
		    !ds->ds_emit(ds, d->d_name, d->d_len, d->d_ino,
		    d->d_type, i + 1))
			return;
		*off = i + 1;
	}
}

int
uf_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
    struct file *fp)
{
	struct unode *n = unode(vp);
	struct vnode *u = uf_upper(n);
	uint32_t mode = fp != NULL && *off != 0 ? fp->f_fsmode : 0;
	int error = 0;

	if (u != NULL && n->un_nlower == 0)
		return (uf_through(n, u, off, ds, fp, false));
	if (mode == 0) {
		mode = u == NULL && n->un_nlower == 1 ? MODE_THROUGH :
		    MODE_MERGED;
		if (fp != NULL)
			fp->f_fsmode = mode;
	}
	if (u == NULL && mode == MODE_THROUGH) {
		error = uf_through(n, n->un_lower[0], off, ds, fp, false);
		if (error != -EACCES || *off != 0)
			return (error);
		mode = MODE_MERGED;
		if (fp != NULL)
			fp->f_fsmode = mode;
	}
	mtx_lock(&n->un_lock);
	if (*off == 0 || mode == MODE_THROUGH || n->un_dir == NULL)
		error = uf_refresh(n);
	if (error == 0 && mode == MODE_THROUGH)
		error = uf_through(n, n->un_lower[0], off, ds, fp, true);
	else if (error == 0)
		uf_emitlist(n, off, ds);
	mtx_unlock(&n->un_lock);
	return (error);
}
