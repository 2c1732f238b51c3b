/*
 * names.c: look-up, creation, removal, renaming in the union.  VFS holds the
 * union directories' v_lock; the layers' are taken in layer.c.
 *
 * A name that the lower layers have needs a whiteout when it goes; a name that
 * comes back over a whiteout takes its place, and a directory that does so is
 * opaque.
 */
#include "fs/unionfs/internal.h"

/* --- look-up -------------------------------------------------------------------- */

/* Collect the lower part of a name into f; upper directories merge with lower
 * directories only. */
static int
uf_findlower(struct unode *dn, const char *name, size_t len,
    struct uffound *f)
{
	struct vnode *vp;
	bool dir;
	int error;

	for (unsigned i = 0; i < dn->un_nlower; i++) {
		error = uf_llookup(dn->un_lower[i], name, len, &vp);
		/* The guest may, the host will not: see internal.h. */
		if (error == -ENOENT || error == -ENOTDIR ||
		    error == -ESTALE || error == -EACCES)
			continue;
		if (error != 0)
			return (error);
		dir = vp->v_type == VDIR;
		if (uf_iswhiteout(vp) || (!dir && (f->f_upper != NULL ||
		    f->f_nlower > 0))) {
			vrele(vp);
			return (0);
		}
		f->f_lower[f->f_nlower++] = vp;
		if (!dir || (i + 1 < dn->un_nlower &&
		    uf_isopaque(dn->un_uf, vp)))
			return (0);
	}
	return (0);
}

static int
uf_find(struct unode *dn, const char *name, size_t len, struct uffound *f)
{
	struct vnode *u = uf_upper(dn);
	int error;

	memset(f, 0, sizeof(*f));
	if (u != NULL) {
		error = uf_llookup(u, name, len, &f->f_upper);
		if (error != 0 && error != -ENOENT)
			return (error);
		if (error == 0 && uf_iswhiteout(f->f_upper)) {
			uf_dropfound(f);
			return (-ENOENT);
		}
	}
	error = 0;
	if (f->f_upper == NULL)
		error = uf_findlower(dn, name, len, f);
	else if (f->f_upper->v_type == VDIR) {
		error = uf_findredirect(dn->un_uf, f);
		if (error == 0 && dn->un_nlower > 0 &&
		    !uf_isopaque(dn->un_uf, f->f_upper))
			error = uf_findlower(dn, name, len, f);
	}
	if (error < 0) {
		uf_dropfound(f);
		return (error);
	}
	return (f->f_upper == NULL && f->f_nlower == 0 ? -ENOENT : 0);
}

int
uf_lookup(struct vnode *dvp, const char *name, size_t len, struct vnode **vpp)
{
	struct unode *dn = unode(dvp), *n;
	struct uffound f;
	int error = uf_find(dn, name, len, &f);

	if (error == 0)
		error = uf_nodeget(dn->un_uf, dn, name, len, &f, &n);
	if (error != 0)
		return (error);
	uf_seen(n);
	*vpp = n->un_vp;
	return (0);
}

/* Lower layers should not change under a union.  When one does all the same,
 * a replaced file is noticed by an operation that fails on it (UN_STALE), or
 * within VN_RECHECK. */
int
uf_revalidate(struct vnode *dvp, const char *name, size_t len,
    struct vnode *vp)
{
	struct unode *dn = unode(dvp), *n;
	struct vnode *ldvp;
	uint64_t now;

	if (vp == NULL || dn->un_nlower == 0)
		return (1);
	n = unode(vp);
	if (uf_upper(n) != NULL || n->un_nlower != 1)
		return (1);
	if ((atomic_load(&n->un_flags) & UN_STALE) != 0)
		return (0);
	now = __builtin_ia32_rdtsc();
	if (now - atomic_load_relaxed(&vp->v_checked) < VN_RECHECK)
		return (1);
	ldvp = dn->un_lower[0];
	if (dn->un_nlower == 1 && ldvp->v_op->vop_revalidate != NULL &&
	    ldvp->v_op->vop_revalidate(ldvp, name, len,
	    n->un_lower[0]) == 0)
		return (0);
	uf_seen(n);
	return (1);
}

/* --- creation ---------------------------------------------------------------------- */

/* Make room for a new name: the directory is up, a whiteout is gone. 1: the
 * name covers something lower. */
static int
uf_prepare(struct unode *dn, const char *name, size_t len)
{
	int error = uf_copyup(dn, INT64_MAX);

	if (error != 0)
		return (error);
	return (uf_lclear(uf_upper(dn), name, len));
}

/* A name could not be made after all: hide the lower one again. */
static void
uf_unprepare(struct unode *dn, const char *name, size_t len, int cleared)
{
	if (cleared > 0)
		(void)uf_lwhiteout(uf_upper(dn), name, len);
}

static int
uf_newnode(struct unode *dn, const char *name, size_t len,
    struct vnode *upper, struct vnode **vpp)
{
	struct uffound f = { .f_upper = upper };
	struct unode *n;
	int error = uf_nodeget(dn->un_uf, dn, name, len, &f, &n);

	if (error == 0)
		*vpp = n->un_vp;
	return (error);
}

int
uf_mknod(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	struct unode *dn = unode(dvp);
	struct vnode *u;
	int cleared, error;

	/* The guest may not forge whiteouts. */
	if (S_ISCHR(mode) && rdev == 0)
		return (-EPERM);
	cleared = uf_prepare(dn, name, len);
	if (cleared < 0)
		return (cleared);
	error = uf_lmknod(uf_upper(dn), name, len, mode, rdev, uid, gid, &u);
	if (error == 0 && S_ISDIR(mode) && cleared > 0 &&
	    (error = uf_setopaque(dn->un_uf, u)) != 0) {
		(void)uf_lremove(uf_upper(dn), name, len, u);
		vrele(u);
	}
	if (error != 0) {
		uf_unprepare(dn, name, len, cleared);
		return (error);
	}
	return (uf_newnode(dn, name, len, u, vpp));
}

int
uf_symlink(struct vnode *dvp, const char *name, size_t len,
    const char *target, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	struct unode *dn = unode(dvp);
	int cleared = uf_prepare(dn, name, len), error;
	struct vnode *u, *d;

	if (cleared < 0)
		return (cleared);
	d = uf_upper(dn);
	mtx_lock_nested(&d->v_lock);
	error = d->v_op->vop_symlink == NULL ? -EPERM :
	    d->v_op->vop_symlink(d, name, len, target, uid, gid, &u);
	mtx_unlock(&d->v_lock);
	if (error != 0) {
		uf_unprepare(dn, name, len, cleared);
		return (error);
	}
	return (uf_newnode(dn, name, len, u, vpp));
}

int
uf_tmpfile(struct vnode *dvp, uint32_t mode, uint32_t uid, uint32_t gid,
    struct vnode **vpp)
{
	struct unode *dn = unode(dvp);
	struct vnode *u, *d;
	int error = uf_copyup(dn, INT64_MAX);

	if (error != 0)
		return (error);
	d = uf_upper(dn);
	if (d->v_op->vop_tmpfile == NULL)
		return (-EOPNOTSUPP);
	mtx_lock_nested(&d->v_lock);
	error = d->v_op->vop_tmpfile(d, mode, uid, gid, &u);
	mtx_unlock(&d->v_lock);
	if (error == 0)
		error = uf_newnode(dn, "#tmpfile", 8, u, vpp);
	if (error == 0)
		(void)atomic_or(&unode(*vpp)->un_flags, UN_GONE);
	return (error);
}

int
uf_link(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct unode *dn = unode(dvp), *n = unode(vp);
	int cleared, error = uf_copyup(n, INT64_MAX);
	struct vnode *d;

	if (error != 0)
		return (error);
	cleared = uf_prepare(dn, name, len);
	if (cleared < 0)
		return (cleared);
	d = uf_upper(dn);
	mtx_lock_nested(&d->v_lock);
	error = d->v_op->vop_link == NULL ? -EPERM :
	    d->v_op->vop_link(d, name, len, uf_upper(n));
	mtx_unlock(&d->v_lock);
	if (error != 0)
		uf_unprepare(dn, name, len, cleared);
	return (error);
}

/* --- removal -------------------------------------------------------------------------- */

static void
uf_gone(struct unode *n, struct unode *dn, const char *name, size_t len)
{
	mtx_lock(&n->un_namelock);
	if (n->un_parent == dn && strlen(n->un_name) == len &&
	    memcmp(n->un_name, name, len) == 0)
		(void)atomic_or(&n->un_flags, UN_GONE);
	mtx_unlock(&n->un_namelock);
}

/* Take the name out of the upper layer, if it is there. */
static int
uf_removeupper(struct unode *dn, const char *name, size_t len)
{
	struct vnode *u, *d = uf_upper(dn);
	int error;

	if (d == NULL)
		return (0);
	error = uf_llookup(d, name, len, &u);
	if (error != 0)
		return (error == -ENOENT ? 0 : error);
	if (u->v_type == VDIR)
		error = uf_cleardir(u);
	if (error == 0 && !uf_iswhiteout(u))
		error = uf_lremove(d, name, len, u);
	vrele(u);
	return (error);
}

static int
uf_remove(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct unode *dn = unode(dvp);
	bool below = uf_lowerhas(dn, name, len);
	int error;

	if (dn->un_uf->uf_upper == NULL)
		return (-EROFS);
	if (below && (error = uf_copyup(dn, INT64_MAX)) != 0)
		return (error);
	error = uf_removeupper(dn, name, len);
	if (error == 0 && below)
		error = uf_lwhiteout(uf_upper(dn), name, len);
	if (error == 0)
		uf_gone(unode(vp), dn, name, len);
	return (error);
}

int
uf_unlink(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	return (uf_remove(dvp, name, len, vp));
}

int
uf_rmdir(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	int error = uf_isempty(unode(vp));

	return (error != 0 ? error : uf_remove(dvp, name, len, vp));
}

/* --- rename ------------------------------------------------------------------------------ */

struct ufrename {
	struct unode	*r_fdn, *r_tdn;
	const char	*r_fname, *r_tname;
	size_t		r_flen, r_tlen;
	struct vnode	*r_fu, *r_tu;	/* upper vnodes; r_tu may be NULL */
	unsigned	r_flags;
};

/* Both upper directories, as VFS orders two vnodes. */
static void
uf_lockpair(struct vnode *a, struct vnode *b)
{
	struct vnode *t;

	if (a > b) {
		t = a;
		a = b;
		b = t;
	}
	mtx_lock_nested(&a->v_lock);
	if (a != b)
		mtx_lock_nested(&b->v_lock);
}

static void
uf_unlockpair(struct vnode *a, struct vnode *b)
{
	mtx_unlock(&a->v_lock);
	if (a != b)
		mtx_unlock(&b->v_lock);
}

static int
uf_renameupper(const struct ufrename *r)
{
	struct vnode *fd = uf_upper(r->r_fdn), *td = uf_upper(r->r_tdn);
	int error;

	if (fd->v_op->vop_rename == NULL)
		return (-EPERM);
	uf_lockpair(fd, td);
	error = fd->v_op->vop_rename(fd, r->r_fname, r->r_flen, r->r_fu, td,
	    r->r_tname, r->r_tlen, r->r_tu, r->r_flags);
	uf_unlockpair(fd, td);
	return (error);
}

/* The upper vnode is there; a directory's lower part must come along. */
static int
uf_makemovable(struct vnode *vp)
{
	int error = uf_copyup(unode(vp), INT64_MAX);

	if (error == 0 && vp->v_type == VDIR && unode(vp)->un_nlower > 0)
		error = uf_setredirect(unode(vp));
	return (error);
}

/* Everything that takes part is up, whiteouts are out of the way. */
static int
uf_renameprep(struct ufrename *r, struct vnode *fvp, struct vnode *tvp)
{
	bool xchg = (r->r_flags & RENAME_EXCHANGE) != 0;
	struct unode *t = tvp != NULL ? unode(tvp) : NULL;
	int error;

	if (!xchg && t != NULL && tvp->v_type == VDIR &&
	    (error = uf_isempty(t)) != 0)
		return (error);
	if ((error = uf_makemovable(fvp)) != 0 ||
	    (error = uf_copyup(r->r_fdn, INT64_MAX)) != 0 ||
	    (error = uf_copyup(r->r_tdn, INT64_MAX)) != 0 ||
	    (xchg && (error = uf_makemovable(tvp)) != 0))
		return (error);
	r->r_fu = uf_upper(unode(fvp));
	error = uf_llookup(uf_upper(r->r_tdn), r->r_tname, r->r_tlen,
	    &r->r_tu);
	if (error == -ENOENT) {
		r->r_tu = NULL;
		return (0);
	}
	if (error != 0)
		return (error);
	if (uf_iswhiteout(r->r_tu) || (!xchg && r->r_tu->v_type == VDIR &&
	    fvp->v_type == VDIR)) {
		if (r->r_tu->v_type == VDIR)
			error = uf_cleardir(r->r_tu);
		if (error == 0)
			error = uf_lremove(uf_upper(r->r_tdn), r->r_tname,
			    r->r_tlen, r->r_tu);
		vrele(r->r_tu);
		r->r_tu = NULL;
	}
	return (error);
}

/* A lower hard link that was copied up by another name has no upper entry
 * of its own: give it one, which the rename then moves. */
static int
uf_ensureentry(const struct ufrename *r)
{
	struct vnode *fd = uf_upper(r->r_fdn), *u;
	int error = uf_llookup(fd, r->r_fname, r->r_flen, &u);

	if (error == 0)
		vrele(u);
	if (error != -ENOENT)
		return (error);
	mtx_lock_nested(&fd->v_lock);
	error = fd->v_op->vop_link(fd, r->r_fname, r->r_flen, r->r_fu);
	mtx_unlock(&fd->v_lock);
	return (error);
}

static int
uf_renamedone(const struct ufrename *r, struct vnode *fvp, struct vnode *tvp)
{
	int error = 0;

	if ((r->r_flags & RENAME_EXCHANGE) != 0) {
		(void)uf_setname(unode(tvp), r->r_fdn, r->r_fname, r->r_flen);
	} else {
		if (uf_lowerhas(r->r_fdn, r->r_fname, r->r_flen))
			error = uf_lwhiteout(uf_upper(r->r_fdn), r->r_fname,
			    r->r_flen);
		if (tvp != NULL)
			uf_gone(unode(tvp), r->r_tdn, r->r_tname, r->r_tlen);
	}
	(void)uf_setname(unode(fvp), r->r_tdn, r->r_tname, r->r_tlen);
	return (error);
}

int
uf_rename(struct vnode *fdvp, const char *fname, size_t flen,
    struct vnode *fvp, struct vnode *tdvp, const char *tname, size_t tlen,
    struct vnode *tvp, unsigned flags)
{
	struct ufrename r = { unode(fdvp), unode(tdvp), fname, tname, flen,
	    tlen, NULL, NULL, flags & RENAME_EXCHANGE };
	int error;

	if ((flags & RENAME_WHITEOUT) != 0)
		return (-EINVAL);
	if ((flags & RENAME_NOREPLACE) != 0 && tvp != NULL)
		return (-EEXIST);
	if (tvp == fvp)
		return (0);
	error = uf_renameprep(&r, fvp, tvp);
	if (error == 0)
		error = uf_ensureentry(&r);
	/* A directory over a lower name must not merge with it. */
	if (error == 0 && fvp->v_type == VDIR &&
	    unode(fvp)->un_nlower == 0 &&
	    uf_lowerhas(r.r_tdn, tname, tlen))
		error = uf_setopaque(r.r_fdn->un_uf, r.r_fu);
	if (error == 0)
		error = uf_renameupper(&r);
	if (error == 0)
		error = uf_renamedone(&r, fvp, tvp);
	if (r.r_tu != NULL)
		vrele(r.r_tu);
	return (error);
}
