/*
 * vnobject.c: vnodes as mappable objects.
 *
 * One object per vnode, so that all mappings of a file share one identity
 * (futexes on shared mappings compare it).  The file system realises a mapping
 * by vop_hostmap.
 */
#include "vfs/vnobject.h"

#include "base/textcache.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
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
	if ((prot & PROT_WRITE) && (flags & MAP_TYPE) != MAP_PRIVATE &&
	    !(vp->v_flags & VV_WMAPPED))
		(void)atomic_or(&vp->v_flags, VV_WMAPPED);
	return (vp->v_op->vop_hostmap(vp, off, len, prot, flags, fd, hostoff));
}

/*
 * The host's view of the file that realises the mapping tells whether it has
 * changed.  Files without a name on the host are memory of the jail; the host
 * does not note that somebody writes to such a one through a mapping, so one
 * that ever was mapped so has no key.
 */
static int
vno_textkey(struct vm_object *o, struct tc_key *key, int *fd)
{
	struct vnode *vp = ovnode(o);
	struct kstat st;
	uint64_t off;
	int error;

	if (vp->v_type != VREG)
		return (-ENODEV);
	error = vno_map(o, 0, 1, PROT_READ, MAP_PRIVATE, fd, &off);
	if (error == 0 && (*fd < 0 || off != 0))
		error = -ENODEV;
	if (error == 0)
		error = host_fstat(*fd, &st);
	if (error != 0)
		return (error);
	if (st.st_nlink == 0 && (vp->v_flags & VV_WMAPPED))
		return (-EBUSY);
	memset(key, 0, sizeof(*key));
	key->tk_dev = st.st_dev;
	key->tk_ino = st.st_ino;
	key->tk_size = (uint64_t)st.st_size;
	key->tk_mtime = st.st_mtim.tv_sec * 1000000000L + st.st_mtim.tv_nsec;
	key->tk_ctime = st.st_ctim.tv_sec * 1000000000L + st.st_ctim.tv_nsec;
	key->tk_jail = st.st_nlink == 0;
	return (0);
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
	.vo_textkey	= vno_textkey,
};
