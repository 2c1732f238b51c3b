/*
 * export.c: the upper layer as a stream of records (base/export.h).
 *
 * Runs in the last living guest process, when nobody else can change anything;
 * locks are taken only because the layers' operations want them held.  The walk
 * keeps a stack of directories in the arena's memory, so depth costs no kernel
 * stack.  Names are collected first and looked up after: a layer calls the sink
 * with its locks held.
 *
 * A renamed directory (redirect.c) holds lower files that lie elsewhere.  It
 * is written as the union shows it, whole and opaque: the reader knows nothing
 * of redirections.
 */
#include "fs/unionfs/internal.h"

#include "base/export.h"
#include "base/kmem.h"
#include "host/host.h"

#define	OUT_BUF		(256 * 1024UL)
#define	PATH_BUF	(64 * 1024UL)
#define	XATTR_LIST	65536
#define	XATTR_VAL	65536
#define	LINK_BUCKETS	1024
#define	REDIR_MAX	8

struct xlink {				/* a file with several names */
	struct xlink	*l_next;
	uint64_t	l_dev, l_ino;
	char		*l_path;
};

struct xdir {				/* a directory being walked */
	struct xdir	*d_up;
	struct vnode	*d_vp;		/* referenced */
	char		*d_names;	/* NUL-terminated, one after another */
	size_t		d_len, d_cap, d_at;
	size_t		d_pathlen;	/* of the directory's path */
	bool		d_merged;	/* d_vp is the union's, not a layer's */
};

struct exporter {
	struct ufmount	*e_uf;
	struct vnode	*e_root;	/* the union's */
	int		e_fd;
	int		e_error;
	char		*e_out;		/* OUT_BUF */
	size_t		e_nout;
	char		*e_io;		/* OUT_BUF, for data */
	char		*e_path;	/* PATH_BUF; NUL-terminated */
	size_t		e_pathlen, e_prefixlen;
	char		*e_list, *e_val, *e_attrs;
	struct xlink	**e_links;
	struct xdir	*e_dir;		/* the innermost */
};

/* --- output -------------------------------------------------------------------- */

static void
x_fail(struct exporter *e, int error)
{
	if (e->e_error == 0)
		e->e_error = error;
}

static void
x_flush(struct exporter *e)
{
	size_t at = 0;
	long n;

	while (at < e->e_nout && e->e_error == 0) {
		n = host_write(e->e_fd, e->e_out + at, e->e_nout - at);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			x_fail(e, n < 0 ? (int)n : -EIO);
		else
			at += (size_t)n;
	}
	e->e_nout = 0;
}

static void
x_put(struct exporter *e, const void *p, size_t n)
{
	const char *s = p;
	size_t k;

	while (n > 0 && e->e_error == 0) {
		if (e->e_nout == OUT_BUF)
			x_flush(e);
		k = kmin(n, OUT_BUF - e->e_nout);
		memcpy(e->e_out + e->e_nout, s, k);
		e->e_nout += k;
		s += k;
		n -= k;
	}
}

/* --- one file -------------------------------------------------------------------- */

static bool
x_ownattr(const char *name)
{
	return (strncmp(name, "trusted.overlay.", 16) == 0 ||
	    strncmp(name, "user.overlay.", 13) == 0 ||
	    strcmp(name, UF_ORIGIN) == 0);
}

/* Into e_attrs, of XATTR_LIST + XATTR_VAL bytes; how much. What does not fit
 * is an error. */
static size_t
x_attrs(struct exporter *e, struct vnode *vp)
{
	struct export_attr xa;
	size_t at = 0, i, k;
	long n, len;

	if (vp->v_op->vop_listxattr == NULL || vp->v_op->vop_getxattr == NULL)
		return (0);
	n = vp->v_op->vop_listxattr(vp, e->e_list, XATTR_LIST - 1);
	if (n == -ERANGE)
		x_fail(e, -E2BIG);
	if (n <= 0)
		return (0);
	e->e_list[n] = '\0';
	for (i = 0; i < (size_t)n; i += k + 1) {
		k = strlen(e->e_list + i);
		if (k == 0 || x_ownattr(e->e_list + i))
			continue;
		len = vp->v_op->vop_getxattr(vp, e->e_list + i, e->e_val,
		    XATTR_VAL);
		if (len < 0)
			continue;	/* not ours to read */
		if (at + sizeof(xa) + k + (size_t)len > XATTR_LIST + XATTR_VAL) {
			x_fail(e, -E2BIG);
			break;
		}
		xa.xa_namelen = (uint32_t)k;
		xa.xa_vallen = (uint32_t)len;
		memcpy(e->e_attrs + at, &xa, sizeof(xa));
		memcpy(e->e_attrs + at + sizeof(xa), e->e_list + i, k);
		memcpy(e->e_attrs + at + sizeof(xa) + k, e->e_val,
		    (size_t)len);
		at += sizeof(xa) + k + (size_t)len;
	}
	return (at);
}

static void
x_data(struct exporter *e, struct vnode *vp, int64_t size)
{
	struct export_piece xp = { 0, 0 };
	int64_t off = 0;
	long n;

	while (e->e_error == 0 && (off = uf_nextdata(vp, off, size)) < size) {
		n = uf_readat(vp, e->e_io,
		    kmin(OUT_BUF, (size_t)(size - off)), off);
		if (n <= 0) {
			x_fail(e, n < 0 ? (int)n : -EIO);
			break;
		}
		xp.xp_off = off;
		xp.xp_len = (uint64_t)n;
		x_put(e, &xp, sizeof(xp));
		x_put(e, e->e_io, (size_t)n);
		off += n;
	}
	xp.xp_len = 0;
	x_put(e, &xp, sizeof(xp));
}

/* The first path of a file with several names; NULL: this is it. */
static const char *
x_firstname(struct exporter *e, const struct kstat *st)
{
	struct xlink **b = &e->e_links[st->st_ino % LINK_BUCKETS], *l;

	for (l = *b; l != NULL; l = l->l_next)
		if (l->l_ino == st->st_ino && l->l_dev == st->st_dev)
			return (l->l_path);
	if ((l = KNEW(struct xlink)) == NULL)
		return (NULL);		/* then its contents come twice */
	l->l_path = kstrdup(e->e_path);
	if (l->l_path == NULL) {
		kfree(l);
		return (NULL);
	}
	l->l_ino = st->st_ino;
	l->l_dev = st->st_dev;
	l->l_next = *b;
	*b = l;
	return (NULL);
}

static void
x_record(struct exporter *e, struct vnode *vp, uint32_t flags)
{
	struct export_rec x;
	const char *target = NULL;
	struct kstat st;
	size_t nattr = 0;
	long n;
	int error;

	memset(&st, 0, sizeof(st));	/* a layer may leave st_dev out */
	error = uf_lgetattr(vp, &st);
	if (error != 0) {
		x_fail(e, error);
		return;
	}
	memset(&x, 0, sizeof(x));
	x.x_magic = EXPORT_MAGIC;
	x.x_flags = flags;
	x.x_mode = (st.st_mode & 07777) | mode_of_vtype(vp->v_type);
	x.x_uid = st.st_uid;
	x.x_gid = st.st_gid;
	x.x_rdev = vp->v_rdev;
	x.x_size = vp->v_type == VREG ? st.st_size : 0;
	x.x_atime = st.st_atim;
	x.x_mtime = st.st_mtim;
	x.x_pathlen = (uint32_t)e->e_pathlen;
	if ((flags & XR_WHITEOUT) == 0 && vp->v_type != VDIR &&
	    st.st_nlink > 1 && (target = x_firstname(e, &st)) != NULL) {
		x.x_flags |= XR_HARDLINK;
		x.x_targetlen = (uint32_t)strlen(target);
	} else if (vp->v_type == VLNK && vp->v_op->vop_readlink != NULL) {
		n = vp->v_op->vop_readlink(vp, e->e_io, OUT_BUF);
		x.x_targetlen = n > 0 ? (uint32_t)n : 0;
		target = e->e_io;
	}
	if ((x.x_flags & (XR_WHITEOUT | XR_HARDLINK)) == 0)
		nattr = x_attrs(e, vp);
	x.x_xattrlen = (uint32_t)nattr;
	x_put(e, &x, sizeof(x));
	x_put(e, e->e_path, e->e_pathlen);
	x_put(e, target, x.x_targetlen);
	x_put(e, e->e_attrs, nattr);
	if (vp->v_type == VREG && (x.x_flags & XR_HARDLINK) == 0)
		x_data(e, vp, x.x_size);
}

/* --- the walk ----------------------------------------------------------------------- */

struct xsink {
	struct dirsink	s_sink;
	struct xdir	*s_dir;
	bool		s_nomem;
};

static bool
x_emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct xsink *s = (struct xsink *)ds;
	struct xdir *d = s->s_dir;
	size_t cap = d->d_cap == 0 ? 1024 : d->d_cap * 2;
	char *p;

	(void)ino, (void)dtype, (void)next;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return (true);
	while (cap - d->d_len < len + 1)
		cap *= 2;
	if (d->d_cap - d->d_len < len + 1) {
		p = krealloc(d->d_names, d->d_cap, cap);
		if (p == NULL) {
			s->s_nomem = true;
			return (false);
		}
		d->d_names = p;
		d->d_cap = cap;
	}
	memcpy(d->d_names + d->d_len, name, len);
	d->d_names[d->d_len + len] = '\0';
	d->d_len += len + 1;
	return (true);
}

/* Read all names of vp (the reference goes over) and make it the innermost
 * directory. */
static void
x_enter(struct exporter *e, struct vnode *vp, bool merged)
{
	struct xdir *d = KNEW(struct xdir);
	struct xsink s = { .s_sink.ds_emit = x_emit, .s_dir = d };
	int64_t off = 0, before = -1;
	int error = 0;

	if (d == NULL) {
		vrele(vp);
		x_fail(e, -ENOMEM);
		return;
	}
	d->d_up = e->e_dir;
	d->d_vp = vp;
	d->d_merged = merged;
	d->d_pathlen = e->e_pathlen;
	e->e_dir = d;
	while (error == 0 && off != before && !s.s_nomem) {
		before = off;
		error = vp->v_op->vop_readdir(vp, &off, &s.s_sink, NULL);
	}
	if (error < 0 || s.s_nomem)
		x_fail(e, error < 0 ? error : -ENOMEM);
}

static void
x_leave(struct exporter *e)
{
	struct xdir *d = e->e_dir;

	e->e_dir = d->d_up;
	vrele(d->d_vp);
	kfree(d->d_names);
	kfree(d);
}

/* The union's own vnode of the path that the walk stands on, referenced. */
static struct vnode *
x_unionvp(struct exporter *e)
{
	struct vnode *vp = e->e_root, *next;
	const char *p = e->e_path + e->e_prefixlen;
	size_t n;
	int error;

	vref(vp);
	for (; *p != '\0'; p += n) {
		while (*p == '/')
			p++;
		for (n = 0; p[n] != '\0' && p[n] != '/'; n++)
			;
		if (n == 0)
			break;
		mtx_lock(&vp->v_lock);
		error = vp->v_op->vop_lookup == NULL ? -ENOTDIR :
		    vp->v_op->vop_lookup(vp, p, n, &next);
		mtx_unlock(&vp->v_lock);
		vrele(vp);
		if (error != 0)
			return (NULL);
		vp = next;
	}
	return (vp);
}

/* The entry whose path is in e_path; consumes vp. */
static void
x_entry(struct exporter *e, struct vnode *vp, bool merged)
{
	struct vnode *uvp;
	uint32_t flags = 0;

	if (!merged && uf_iswhiteout(vp)) {
		x_record(e, vp, XR_WHITEOUT);
		vrele(vp);
		return;
	}
	if (vp->v_type != VDIR) {
		x_record(e, vp, 0);
		vrele(vp);
		return;
	}
	if (!merged && uf_isredirected(vp)) {
		uvp = x_unionvp(e);
		vrele(vp);
		if (uvp == NULL) {
			x_fail(e, -ESTALE);
			return;
		}
		vp = uvp;
		merged = true;
	}
	if (merged || uf_isopaque(e->e_uf, vp))
		flags = XR_OPAQUE;
	x_record(e, vp, flags);
	x_enter(e, vp, merged);
}

/* The next name of the innermost directory, or leave it. */
static void
x_step(struct exporter *e)
{
	struct xdir *d = e->e_dir;
	const char *name = d->d_names + d->d_at;
	struct vnode *vp;
	size_t n, at = d->d_pathlen;
	int error;

	e->e_pathlen = at;
	e->e_path[at] = '\0';
	if (d->d_at >= d->d_len) {
		x_leave(e);
		return;
	}
	n = strlen(name);
	d->d_at += n + 1;
	if (at + n + 2 > PATH_BUF) {
		x_fail(e, -ENAMETOOLONG);
		return;
	}
	if (at > 0)
		e->e_path[at++] = '/';
	memcpy(e->e_path + at, name, n + 1);
	e->e_pathlen = at + n;
	if (d->d_merged) {
		mtx_lock(&d->d_vp->v_lock);
		error = d->d_vp->v_op->vop_lookup(d->d_vp, name, n, &vp);
		mtx_unlock(&d->d_vp->v_lock);
	} else
		error = uf_llookup(d->d_vp, name, n, &vp);
	if (error == 0)
		x_entry(e, vp, d->d_merged);
	else if (error != -ENOENT)
		x_fail(e, error);
}

static bool
x_setup(struct exporter *e)
{
	e->e_out = kpages_alloc(OUT_BUF / KPAGE_SIZE, KM_NOZERO);
	e->e_io = kpages_alloc(OUT_BUF / KPAGE_SIZE, KM_NOZERO);
	e->e_path = kpages_alloc(PATH_BUF / KPAGE_SIZE, KM_NOZERO);
	e->e_list = kpages_alloc(XATTR_LIST / KPAGE_SIZE, KM_NOZERO);
	e->e_val = kpages_alloc(XATTR_VAL / KPAGE_SIZE, KM_NOZERO);
	e->e_attrs = kpages_alloc((XATTR_LIST + XATTR_VAL) / KPAGE_SIZE,
	    KM_NOZERO);
	e->e_links = kpages_alloc(LINK_BUCKETS * sizeof(void *) / KPAGE_SIZE,
	    0);
	return (e->e_out != NULL && e->e_io != NULL && e->e_path != NULL &&
	    e->e_list != NULL && e->e_val != NULL && e->e_attrs != NULL &&
	    e->e_links != NULL);
}

/* The jail is at its end: nothing is given back. */
int
unionfs_export(struct mount *mp, const char *prefix, int fd)
{
	struct exporter e = { .e_uf = mp->mnt_data, .e_fd = fd,
	    .e_root = mp->mnt_root->nc_vp };

	if (e.e_uf->uf_upper == NULL)
		return (0);
	if (!x_setup(&e))
		return (-ENOMEM);
	e.e_pathlen = e.e_prefixlen = strlen(prefix);
	if (e.e_pathlen >= PATH_BUF)
		return (-ENAMETOOLONG);
	memcpy(e.e_path, prefix, e.e_pathlen + 1);
	vref(e.e_uf->uf_upper);
	x_entry(&e, e.e_uf->uf_upper, false);
	while (e.e_dir != NULL && e.e_error == 0)
		x_step(&e);
	if (e.e_error == 0)
		x_flush(&e);
	return (e.e_error);
}
