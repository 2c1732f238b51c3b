/*
 * layer.c: operations on the vnodes of layers.  Here alone their v_lock is
 * taken, nested, as VFS would take it.
 */
#include "fs/unionfs/internal.h"

#define	OPAQUE_TRUSTED	"trusted.overlay.opaque"
#define	OPAQUE_USER	"user.overlay.opaque"

int
uf_llookup(struct vnode *dvp, const char *name, size_t len,
    struct vnode **vpp)
{
	int error;

	if (dvp->v_op->vop_lookup == NULL)
		return (-ENOTDIR);
	mtx_lock_nested(&dvp->v_lock);
	error = dvp->v_op->vop_lookup(dvp, name, len, vpp);
	mtx_unlock(&dvp->v_lock);
	return (error);
}

bool
uf_iswhiteout(const struct vnode *vp)
{
	return (vp->v_type == VCHR && vp->v_rdev == 0);
}

int
uf_lremove(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	int (*op)(struct vnode *, const char *, size_t, struct vnode *);
	int error;

	op = vp->v_type == VDIR ? dvp->v_op->vop_rmdir :
	    dvp->v_op->vop_unlink;
	if (op == NULL)
		return (-EROFS);
	mtx_lock_nested(&dvp->v_lock);
	error = op(dvp, name, len, vp);
	mtx_unlock(&dvp->v_lock);
	return (error);
}

int
uf_lmknod(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	int error;

	if (dvp->v_op->vop_mknod == NULL)
		return (-EROFS);
	mtx_lock_nested(&dvp->v_lock);
	error = dvp->v_op->vop_mknod(dvp, name, len, mode, rdev, uid, gid,
	    vpp);
	mtx_unlock(&dvp->v_lock);
	return (error);
}

int
uf_lwhiteout(struct vnode *dvp, const char *name, size_t len)
{
	struct vnode *vp;
	int error = uf_lmknod(dvp, name, len, S_IFCHR, 0, 0, 0, &vp);

	if (error == 0)
		vrele(vp);
	return (error);
}

int
uf_lclear(struct vnode *dvp, const char *name, size_t len)
{
	struct vnode *vp;
	int error = uf_llookup(dvp, name, len, &vp);

	if (error != 0)
		return (error == -ENOENT ? 0 : error);
	if (!uf_iswhiteout(vp))
		error = -EEXIST;
	else if ((error = uf_lremove(dvp, name, len, vp)) == 0)
		error = 1;
	vrele(vp);
	return (error);
}

int
uf_lgetattr(struct vnode *vp, struct kstat *st)
{
	return (vp->v_op->vop_getattr(vp, st));
}

int
uf_lsetattr(struct vnode *vp, const struct vattr *va)
{
	int error;

	if (vp->v_op->vop_setattr == NULL)
		return (-EROFS);
	mtx_lock_nested(&vp->v_lock);
	error = vp->v_op->vop_setattr(vp, va);
	mtx_unlock(&vp->v_lock);
	return (error);
}

static bool
uf_isyes(struct vnode *vp, const char *name)
{
	char c;

	return (vp->v_op->vop_getxattr != NULL &&
	    vp->v_op->vop_getxattr(vp, name, &c, 1) == 1 && c == 'y');
}

bool
uf_isopaque(struct ufmount *uf, struct vnode *vp)
{
	(void)uf;
	return (uf_isyes(vp, OPAQUE_TRUSTED) || uf_isyes(vp, OPAQUE_USER));
}

int
uf_setopaque(struct ufmount *uf, struct vnode *vp)
{
	int error = -EPERM;

	if (vp->v_op->vop_setxattr == NULL)
		return (-EOPNOTSUPP);
	if (uf->uf_useropaque == 0)
		error = vp->v_op->vop_setxattr(vp, OPAQUE_TRUSTED, "y", 1, 0);
	if (error == -EPERM || error == -EOPNOTSUPP) {
		uf->uf_useropaque = 1;
		error = vp->v_op->vop_setxattr(vp, OPAQUE_USER, "y", 1, 0);
	}
	return (error);
}

bool
uf_lowerhas(struct unode *dn, const char *name, size_t len)
{
	struct vnode *vp;
	bool white;

	for (unsigned i = 0; i < dn->un_nlower; i++) {
		if (uf_llookup(dn->un_lower[i], name, len, &vp) != 0)
			continue;
		white = uf_iswhiteout(vp);
		vrele(vp);
		return (!white);
	}
	return (false);
}
