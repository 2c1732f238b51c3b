/*
 * vnobject.c: vnodes as mappable objects.
 *
 * One object per vnode, so that all mappings of a file share one identity
 * (futexes on shared mappings compare it).  The file system realises a mapping
 * by vop_hostmap.
 */
#include "vfs/vnobject.h"

#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

#define	ovnode(o)	container_of(o, struct vnode, v_object)

static int
vno_map(struct vm_object *o, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	struct vnode *vp = ovnode(o);

	if (vp->v_op->vop_hostmap == NULL)
		return (-ENODEV);
	return (vp->v_op->vop_hostmap(vp, off, len, prot, flags, fd, hostoff));
}

static void
vno_ref(struct vm_object *o)
{
	struct vnode *vp = ovnode(o);

	vref(vp);
	if (vp->v_mount != NULL)
		mount_hold(vp->v_mount);
	atomic_add(&vp->v_nmaps, 1);
}

static void
vno_drop(struct vm_object *o)
{
	struct vnode *vp = ovnode(o);
	struct mount *mp = vp->v_mount;

	atomic_sub(&vp->v_nmaps, 1);
	vrele(vp);
	if (mp != NULL)
		mount_drop(mp);
}

static void
vno_name(struct vm_object *o, uint64_t *dev, uint64_t *ino, char *path,
    size_t size)
{
	struct vnode *vp = ovnode(o);
	struct nchandle n;
	struct kstat st;

	*dev = *ino = 0;
	path[0] = '\0';
	if (vn_getattr(vp, &st) == 0) {
		*dev = st.st_dev;
		*ino = st.st_ino;
	}
	n.ncp = nc_ofvnode(vp);
	if (n.ncp == NULL)
		return;
	n.mp = vp->v_mount;
	if (nch_path(NULL, &n, path, size, NULL) < 0)
		path[0] = '\0';
	nc_drop(n.ncp);
}

const struct vm_object_ops vnode_object_ops = {
	.vo_map		= vno_map,
	.vo_ref		= vno_ref,
	.vo_drop	= vno_drop,
	.vo_name	= vno_name,
};
