/*
 * vnode.c: life of vnodes, and what absent operations answer.
 *
 *	lookup -ENOTDIR; mknod, symlink, link, unlink, rmdir, rename -EPERM
 *	(-EROFS where the mount is read-only); setattr -EPERM; readlink -EINVAL;
 *	xattrs -EOPNOTSUPP; read, write -EINVAL; readdir -ENOTDIR; fsync 0 or
 *	-EINVAL for devices; fallocate -EOPNOTSUPP; ioctl -ENOTTY.
 */
#include "vfs/vnode.h"

#include "base/kmem.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/flock.h"
#include "vfs/namecache.h"
#include "vfs/vnobject.h"

struct vnode *
vnode_alloc(struct mount *mp, enum vtype type, const struct vnodeops *op,
    void *data)
{
	struct vnode *vp = KNEW(struct vnode);

	if (vp == NULL)
		return (NULL);
	vp->v_ref = 1;
	vp->v_type = type;
	vp->v_op = op;
	vp->v_mount = mp;
	vp->v_data = data;
	mtx_init(&vp->v_lock, RANK_VNODE, "vnode");
	vp->v_object.vo_ops = &vnode_object_ops;
	list_init(&vp->v_ncs);
	list_init(&vp->v_hash);
	vp->v_perm = vp;
	if (type == VDIR && op->vop_revalidate == NULL)
		vp->v_flags = VV_FAST;
	return (vp);
}

void
vn_setperm(struct vnode *vp, uint32_t mode, uint32_t uid, uint32_t gid)
{
	uint32_t seq = vp->v_permseq;

	if (seq != 0 && vp->v_mode == mode && vp->v_uid == uid &&
	    vp->v_gid == gid)
		return;
	atomic_store_rel(&vp->v_permseq, seq | 1);
	atomic_store_rel(&vp->v_mode, mode);
	atomic_store_rel(&vp->v_uid, uid);
	atomic_store_rel(&vp->v_gid, gid);
	seq = (seq | 1) + 1;
	atomic_store_rel(&vp->v_permseq, seq != 0 ? seq : 2);
}

void
vrele(struct vnode *vp)
{
	if (vp == NULL || !ref_release(&vp->v_ref))
		return;
	if (vp->v_op->vop_inactive != NULL)
		vp->v_op->vop_inactive(vp);
	else
		vnode_free(vp);
}

void
vnode_free(struct vnode *vp)
{
	flocklist_free(vp);
	kfree(vp->v_watch);
	kfree(vp);
}

int
vn_getattr(struct vnode *vp, struct kstat *st)
{
	int error;

	memset(st, 0, sizeof(*st));
	if (vp->v_op->vop_getattr == NULL)
		return (-EOPNOTSUPP);
	error = vp->v_op->vop_getattr(vp, st);
	if (error < 0)
		return (error);
	if (st->st_dev == 0 && vp->v_mount != NULL)
		st->st_dev = vp->v_mount->mnt_dev;
	if ((st->st_mode & S_IFMT) == 0)
		st->st_mode |= mode_of_vtype(vp->v_type);
	if (st->st_ino == 0)
		st->st_ino = vp->v_ino;
	if (st->st_blksize == 0)
		st->st_blksize = KPAGE_SIZE;
	return (0);
}

int
vn_access(struct vnode *vp, int want, struct ucred *cr)
{
	struct kstat st;
	int error;

	if (want == 0)
		return (0);
	if (vp->v_op->vop_access != NULL)
		return (vp->v_op->vop_access(vp, want, cr));
	/* Who may read and search everything needs no look at directories. */
	if (vp->v_type == VDIR && (cred_priv(cr, PRIV_DAC_OVERRIDE) ||
	    ((want & W_OK) == 0 && cred_priv(cr, PRIV_DAC_READ_SEARCH))))
		return (0);
	if ((want & X_OK) == 0 && cred_priv(cr, PRIV_DAC_OVERRIDE))
		return (0);
	error = vn_getattr(vp, &st);
	if (error < 0)
		return (error);
	return (cred_access(cr, st.st_mode, st.st_uid, st.st_gid, want));
}

int
vn_setattr(struct vnode *vp, const struct vattr *va)
{
	if (va->va_mask == 0)
		return (0);
	if (vp->v_op->vop_setattr == NULL)
		return (-EPERM);
	return (vp->v_op->vop_setattr(vp, va));
}

long
vn_readlink(struct vnode *vp, char *buf, size_t n)
{
	if (vp->v_type != VLNK || vp->v_op->vop_readlink == NULL)
		return (-EINVAL);
	return (vp->v_op->vop_readlink(vp, buf, n));
}

/* v_writers: > 0 writers, < 0 programs that run from it. */
static int
writers_move(struct vnode *vp, int dir)
{
	uint32_t v = atomic_load_relaxed(&vp->v_writers);

	do {
		if ((dir > 0 && (int32_t)v < 0) || (dir < 0 && (int32_t)v > 0))
			return (-ETXTBSY);
	} while (!__atomic_compare_exchange_n(&vp->v_writers, &v,
	    v + (uint32_t)dir, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	return (0);
}

int
vn_getwrite(struct vnode *vp)
{
	return (writers_move(vp, 1));
}

void
vn_putwrite(struct vnode *vp)
{
	atomic_sub(&vp->v_writers, 1);
}

int
vn_denywrite(struct vnode *vp)
{
	return (writers_move(vp, -1));
}

void
vn_allowwrite(struct vnode *vp)
{
	atomic_add(&vp->v_writers, 1);
}

enum vtype
vtype_of_mode(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:	return (VREG);
	case S_IFDIR:	return (VDIR);
	case S_IFBLK:	return (VBLK);
	case S_IFCHR:	return (VCHR);
	case S_IFLNK:	return (VLNK);
	case S_IFSOCK:	return (VSOCK);
	case S_IFIFO:	return (VFIFO);
	default:	return (VNON);
	}
}

uint32_t
mode_of_vtype(enum vtype t)
{
	static const uint32_t modes[] = { 0, S_IFREG, S_IFDIR, S_IFBLK,
		S_IFCHR, S_IFLNK, S_IFSOCK, S_IFIFO };

	return ((unsigned)t < nitems(modes) ? modes[t] : 0);
}

int
dtype_of_mode(uint32_t mode)
{
	return ((mode & S_IFMT) >> 12);
}
