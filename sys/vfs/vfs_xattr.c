/*
 * vfs_xattr.c: extended attributes (xattr(7)): name spaces and permissions; the
 * file systems store them.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/inotify.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/vnode.h"

/* The name of the file meant, referenced. */
static int
target_nch(const struct xattr_target *t, struct nchandle *n)
{
	struct nameidata nd;
	struct file *fp;
	int error;

	if (t->xt_path == NULL) {
		fp = fget(t->xt_fd);
		if (fp == NULL)
			return (-EBADF);
		if (fp->f_nch.ncp == NULL || nch_vp(&fp->f_nch) == NULL) {
			fdrop(fp);
			return (-EOPNOTSUPP);
		}
		nch_copy(n, &fp->f_nch);
		fdrop(fp);
		return (0);
	}
	namei_init(&nd, AT_FDCWD, t->xt_path, t->xt_follow ? NI_FOLLOW : 0);
	error = namei(&nd);
	if (error < 0)
		return (error);
	nch_copy(n, &nd.ni_nch);
	namei_done(&nd);
	return (0);
}

static bool
prefixed(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return (strncmp(name, prefix, n) == 0 && name[n] != '\0');
}

/* A name space without a name. */
static bool
bare(const char *name)
{
	return (strcmp(name, "user.") == 0 || strcmp(name, "trusted.") == 0 ||
	    strcmp(name, "security.") == 0);
}

/* May the thread read (or write) attribute name of the file? */
static int
permit(const struct nchandle *n, const char *name, bool write)
{
	struct ucred *cr = curthread()->td_cred;
	struct vnode *vp = nch_vp(n);
	struct kstat st;
	int error;

	if (write && nch_rdonly(n))
		return (-EROFS);
	if (prefixed(name, "trusted.")) {
		if (!cred_priv(cr, PRIV_SYS_ADMIN))
			return (write ? -EPERM : -ENODATA);
		return (0);
	}
	if (prefixed(name, "security.")) {
		if (write && !cred_priv(cr, PRIV_SYS_ADMIN) &&
		    !cred_priv(cr, PRIV_SETFCAP))
			return (-EPERM);
		return (0);
	}
	/* ACLs can be asked for; there are none. */
	if (strcmp(name, "system.posix_acl_access") == 0 ||
	    strcmp(name, "system.posix_acl_default") == 0)
		return (write ? -EOPNOTSUPP : -ENODATA);
	if (!prefixed(name, "user."))
		return (bare(name) ? -EINVAL : -EOPNOTSUPP);
	if (vp->v_type != VREG && vp->v_type != VDIR)
		return (write ? -EPERM : -ENODATA);
	if (write && vp->v_type == VDIR) {
		error = vn_getattr(vp, &st);
		if (error < 0)
			return (error);
		if ((st.st_mode & S_ISVTX) != 0 && !vn_isowner(&st, cr))
			return (-EPERM);
	}
	return (vn_access(vp, write ? W_OK : R_OK, cr));
}

long
kern_getxattr(const struct xattr_target *t, const char *name, void *v,
    size_t n)
{
	struct nchandle h;
	struct vnode *vp;
	long r;

	r = target_nch(t, &h);
	if (r < 0)		/* a pipe or a socket has none */
		return (r == -EOPNOTSUPP ? -ENODATA : r);
	vp = nch_vp(&h);
	r = permit(&h, name, false);
	if (r == 0)
		r = vp->v_op->vop_getxattr == NULL ? -EOPNOTSUPP :
		    vp->v_op->vop_getxattr(vp, name, v, n);
	nch_drop(&h);
	return (r);
}

int
kern_setxattr(const struct xattr_target *t, const char *name, const void *v,
    size_t n, int flags)
{
	struct nchandle h;
	struct vnode *vp;
	int error;

	if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0)
		return (-EINVAL);
	error = target_nch(t, &h);
	if (error < 0)
		return (error);
	vp = nch_vp(&h);
	error = permit(&h, name, true);
	if (error == 0) {
		mtx_lock(&vp->v_lock);
		error = vp->v_op->vop_setxattr == NULL ? -EOPNOTSUPP :
		    vp->v_op->vop_setxattr(vp, name, v, n, flags);
		mtx_unlock(&vp->v_lock);
	}
	if (error >= 0)
		vn_notify(vp, IN_ATTRIB);
	nch_drop(&h);
	return (error);
}

/* Names that the thread may not see leave the list. */
static long
hide_trusted(char *buf, long len)
{
	long in, out = 0, n;

	if (cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		return (len);
	for (in = 0; in < len; in += n) {
		n = (long)strnlen(buf + in, (size_t)(len - in)) + 1;
		if (prefixed(buf + in, "trusted."))
			continue;
		memmove(buf + out, buf + in, (size_t)kmin(n, len - in));
		out += n;
	}
	return (out);
}

long
kern_listxattr(const struct xattr_target *t, char *buf, size_t n)
{
	struct nchandle h;
	struct vnode *vp;
	char *tmp;
	long r;

	r = target_nch(t, &h);
	if (r < 0)
		return (r);
	vp = nch_vp(&h);
	if (vp->v_op->vop_listxattr == NULL) {
		nch_drop(&h);
		return (0);
	}
	tmp = kmalloc(XATTR_SIZE_MAX, KM_NOZERO);
	if (tmp == NULL) {
		nch_drop(&h);
		return (-ENOMEM);
	}
	r = vp->v_op->vop_listxattr(vp, tmp, XATTR_SIZE_MAX);
	if (r > 0)
		r = hide_trusted(tmp, r);
	if (r > 0 && n != 0) {
		if ((size_t)r > n)
			r = -ERANGE;
		else
			memcpy(buf, tmp, (size_t)r);
	}
	kfree(tmp);
	nch_drop(&h);
	return (r);
}

int
kern_removexattr(const struct xattr_target *t, const char *name)
{
	struct nchandle h;
	struct vnode *vp;
	int error;

	error = target_nch(t, &h);
	if (error < 0)
		return (error);
	vp = nch_vp(&h);
	error = permit(&h, name, true);
	if (error == 0) {
		mtx_lock(&vp->v_lock);
		error = vp->v_op->vop_removexattr == NULL ? -EOPNOTSUPP :
		    vp->v_op->vop_removexattr(vp, name);
		mtx_unlock(&vp->v_lock);
	}
	if (error >= 0)
		vn_notify(vp, IN_ATTRIB);
	nch_drop(&h);
	return (error);
}
