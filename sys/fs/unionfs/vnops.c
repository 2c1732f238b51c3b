/*
 * vnops.c: attributes and contents: everything goes to the current layer, and
 * what changes the file copies it up first.
 */
#include "fs/unionfs/internal.h"

#include "base/ucred.h"
#include "libkern/mman.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/walk.h"

static int
uf_stale(struct unode *n, int error)
{
	if (error == -ESTALE && uf_upper(n) == NULL) {
		(void)atomic_or(&n->un_flags, UN_STALE);
		atomic_store_rel(&n->un_vp->v_checked, 0);
	}
	return (error);
}

static int
uf_getattr(struct vnode *vp, struct kstat *st)
{
	struct unode *n = unode(vp);
	int error = uf_stale(n, uf_lgetattr(uf_current(n), st));

	if (error != 0)
		return (error);
	st->st_dev = uf_dev(n, st->st_dev);
	st->st_ino = n->un_ino;
	if (vp->v_type == VDIR && n->un_nlower > 0 && uf_upper(n) != NULL)
		st->st_nlink = 1;	/* as overlayfs: do not count on it */
	return (0);
}

/* Without locks, see vop_fastattr. */
static int
uf_fastattr(struct vnode *vp, const struct nclook *nl, struct kstat *st)
{
	struct unode *n = atomic_load_acq((struct unode **)&vp->v_data);
	const struct vnodeops *op;
	struct vnode *c, **lower;
	unsigned nlower;
	uint64_t dev;

	if (!nclook_ok(nl))
		return (-EAGAIN);
	c = uf_upper(n);
	lower = n->un_lower;
	nlower = n->un_nlower;
	dev = atomic_load_relaxed(&n->un_dev);
	if (!nclook_ok(nl) || dev == 0)
		return (-EAGAIN);
	if (vp->v_type == VDIR && nlower > 0 && c != NULL)
		nlower = ~0u;
	if (c == NULL)
		c = lower[0];
	if (!nclook_ok(nl))
		return (-EAGAIN);
	op = atomic_load_acq(&c->v_op);
	if (!nclook_ok(nl) || op->vop_fastattr == NULL ||
	    op->vop_fastattr(c, nl, st) != 0)
		return (-EAGAIN);
	st->st_dev = dev;
	st->st_ino = vp->v_ino;
	if (nlower == ~0u)
		st->st_nlink = 1;
	return (0);
}

static int
uf_setattr(struct vnode *vp, const struct vattr *va)
{
	struct unode *n = unode(vp);
	int error = uf_copyup(n, (va->va_mask & VA_SIZE) != 0 ? va->va_size :
	    INT64_MAX);

	return (error != 0 ? error : uf_lsetattr(uf_upper(n), va));
}

static int
uf_access(struct vnode *vp, int want, struct ucred *cr)
{
	struct unode *n = unode(vp);
	struct vnode *c = uf_current(n);
	struct kstat st;
	int error;

	if (c->v_op->vop_access != NULL)
		return (uf_stale(n, c->v_op->vop_access(c, want, cr)));
	error = uf_getattr(vp, &st);
	return (error != 0 ? error : cred_access(cr, st.st_mode, st.st_uid,
	    st.st_gid, want));
}

static long
uf_readlink(struct vnode *vp, char *buf, size_t n)
{
	struct vnode *c = uf_current(unode(vp));

	return (c->v_op->vop_readlink == NULL ? -EINVAL :
	    c->v_op->vop_readlink(c, buf, n));
}

/* --- extended attributes --------------------------------------------------------- */

static bool
uf_hidden(const char *name)
{
	return (strncmp(name, "trusted.overlay.", 16) == 0 ||
	    strncmp(name, "user.overlay.", 13) == 0 ||
	    strcmp(name, UF_ORIGIN) == 0);
}

static long
uf_getxattr(struct vnode *vp, const char *name, void *v, size_t n)
{
	struct vnode *c = uf_current(unode(vp));

	if (c->v_op->vop_getxattr == NULL)
		return (-EOPNOTSUPP);
	return (uf_hidden(name) ? -ENODATA :
	    c->v_op->vop_getxattr(c, name, v, n));
}

static int
uf_setxattr(struct vnode *vp, const char *name, const void *v, size_t n,
    int flags)
{
	int error = uf_hidden(name) ? -EPERM :
	    uf_copyup(unode(vp), INT64_MAX);
	struct vnode *u = uf_upper(unode(vp));

	if (error != 0)
		return (error);
	return (u->v_op->vop_setxattr == NULL ? -EOPNOTSUPP :
	    u->v_op->vop_setxattr(u, name, v, n, flags));
}

static int
uf_removexattr(struct vnode *vp, const char *name)
{
	int error = uf_hidden(name) ? -ENODATA :
	    uf_copyup(unode(vp), INT64_MAX);
	struct vnode *u = uf_upper(unode(vp));

	if (error != 0)
		return (error);
	return (u->v_op->vop_removexattr == NULL ? -EOPNOTSUPP :
	    u->v_op->vop_removexattr(u, name));
}

static long
uf_listxattr(struct vnode *vp, char *buf, size_t sz)
{
	struct vnode *c = uf_current(unode(vp));
	size_t n, i, o = 0;
	long len;

	if (c->v_op->vop_listxattr == NULL)
		return (-EOPNOTSUPP);
	len = c->v_op->vop_listxattr(c, buf, sz);
	if (len <= 0 || sz == 0)
		return (len);		/* the size alone: an upper bound */
	for (i = 0; i < (size_t)len; i += n) {
		n = strnlen(buf + i, (size_t)len - i) + 1;
		if (uf_hidden(buf + i))
			continue;
		memmove(buf + o, buf + i, n);
		o += n;
	}
	return ((long)o);
}

/* --- contents ------------------------------------------------------------------------ */

static int
uf_open(struct vnode *vp, int flags, struct file *fp)
{
	struct unode *n = unode(vp);
	struct vnode *c;
	int error;

	if ((flags & O_PATH) != 0 || (vp->v_type != VREG &&
	    vp->v_type != VDIR))
		return (0);
	if (vp->v_type == VREG && ((flags & O_ACCMODE) != O_RDONLY ||
	    (flags & O_TRUNC) != 0)) {
		error = uf_copyup(n, (flags & O_TRUNC) != 0 ? 0 : INT64_MAX);
		if (error != 0)
			return (uf_stale(n, error));
	}
	c = uf_current(n);
	error = c->v_op->vop_open == NULL ? 0 :
	    uf_stale(n, c->v_op->vop_open(c, flags, fp));
	/* A directory that is closed to us counts as empty. */
	return (error == -EACCES && vp->v_type == VDIR ? 0 : error);
}

static void
uf_close(struct vnode *vp, struct file *fp)
{
	struct vnode *c = uf_current(unode(vp));

	if ((vp->v_type == VREG || vp->v_type == VDIR) &&
	    c->v_op->vop_close != NULL)
		c->v_op->vop_close(c, fp);
}

static int
uf_read(struct vnode *vp, struct uio *uio, struct file *fp)
{
	struct vnode *c = uf_current(unode(vp));

	return (c->v_op->vop_read == NULL ? -EINVAL :
	    c->v_op->vop_read(c, uio, fp));
}

/* Where VFS holds the union's lock, the layer expects its own held. */
static int
uf_write(struct vnode *vp, struct uio *uio, struct file *fp)
{
	int error = uf_copyup(unode(vp), INT64_MAX);
	struct vnode *u = uf_upper(unode(vp));
	bool locked = mtx_owned(&vp->v_lock);

	if (error != 0)
		return (error);
	if (u->v_op->vop_write == NULL)
		return (-EINVAL);
	if (locked)
		mtx_lock_nested(&u->v_lock);
	error = u->v_op->vop_write(u, uio, fp);
	if (locked)
		mtx_unlock(&u->v_lock);
	return (error);
}

static int
uf_fsync(struct vnode *vp, bool dataonly)
{
	struct vnode *u = uf_upper(unode(vp));

	return (u == NULL || u->v_op->vop_fsync == NULL ? 0 :
	    u->v_op->vop_fsync(u, dataonly));
}

static int
uf_fallocate(struct vnode *vp, int mode, int64_t off, int64_t len)
{
	int error = uf_copyup(unode(vp), INT64_MAX);
	struct vnode *u = uf_upper(unode(vp));

	if (error != 0)
		return (error);
	if (u->v_op->vop_fallocate == NULL)
		return (-EOPNOTSUPP);
	mtx_lock_nested(&u->v_lock);
	error = u->v_op->vop_fallocate(u, mode, off, len);
	mtx_unlock(&u->v_lock);
	return (error);
}

static int64_t
uf_seekdata(struct vnode *vp, int64_t off, int whence)
{
	struct vnode *c = uf_current(unode(vp));
	struct kstat st;
	int error;

	if (c->v_op->vop_seekdata != NULL)
		return (c->v_op->vop_seekdata(c, off, whence));
	error = uf_getattr(vp, &st);		/* all of it is data */
	if (error != 0)
		return (error);
	if (off >= st.st_size)
		return (-ENXIO);
	return (whence == SEEK_DATA ? off : st.st_size);
}

static int
uf_hostmap(struct vnode *vp, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	struct unode *n = unode(vp);
	struct vnode *c;
	int error;

	if ((flags & MAP_TYPE) != MAP_PRIVATE && (prot & PROT_WRITE) != 0 &&
	    (error = uf_copyup(n, INT64_MAX)) != 0)
		return (error);
	c = uf_current(n);
	return (c->v_op->vop_hostmap == NULL ? -ENODEV :
	    c->v_op->vop_hostmap(c, off, len, prot, flags, fd, hostoff));
}

const struct vnodeops unionfs_vnodeops = {
	.vop_lookup = uf_lookup,
	.vop_mknod = uf_mknod,
	.vop_symlink = uf_symlink,
	.vop_link = uf_link,
	.vop_unlink = uf_unlink,
	.vop_rmdir = uf_rmdir,
	.vop_rename = uf_rename,
	.vop_tmpfile = uf_tmpfile,
	.vop_revalidate = uf_revalidate,
	.vop_getattr = uf_getattr,
	.vop_fastattr = uf_fastattr,
	.vop_setattr = uf_setattr,
	.vop_access = uf_access,
	.vop_readlink = uf_readlink,
	.vop_getxattr = uf_getxattr,
	.vop_setxattr = uf_setxattr,
	.vop_listxattr = uf_listxattr,
	.vop_removexattr = uf_removexattr,
	.vop_open = uf_open,
	.vop_close = uf_close,
	.vop_read = uf_read,
	.vop_write = uf_write,
	.vop_readdir = uf_readdir,
	.vop_fsync = uf_fsync,
	.vop_fallocate = uf_fallocate,
	.vop_seekdata = uf_seekdata,
	.vop_hostmap = uf_hostmap,
	.vop_inactive = uf_inactive,
};
