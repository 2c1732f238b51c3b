/*
 * vfs_open.c: open(2), openat2(2).
 *
 * Outline: resolve the path (making the file when O_CREAT asks for it, under
 * the directory's v_lock), check what may be opened how, count writers, then
 * let the file system (vop_open), the FIFO code or the device switch take the
 * file over, and truncate last.
 */
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/dev.h"
#include "vfs/file.h"
#include "vfs/inotify.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

#define	TMPFILE_BIT	(O_TMPFILE & ~O_DIRECTORY)

static int
path_stat(struct file *fp, struct kstat *st)
{
	return (vn_fileops.fo_stat(fp, st));
}

/* O_PATH files answer little; fget() hides them from the rest. */
static const struct fileops path_fileops = {
	.fo_seek	= file_noseek,
	.fo_stat	= path_stat,
};

/* The permissions that flags ask for. */
static int
want_of(int flags)
{
	static const int want[] = { R_OK, W_OK, R_OK | W_OK, R_OK | W_OK };

	if (flags & O_KEXEC)
		return (X_OK);
	return (want[flags & O_ACCMODE] |
	    ((flags & O_TRUNC) != 0 ? W_OK : 0));
}

/* O_CREAT and the last component is missing: make it. */
static int
open_create(struct nameidata *nd, int flags, uint32_t mode, bool *made)
{
	struct vnode *dvp = nch_vp(&nd->ni_parent);
	struct namecache *nc = NULL;
	int error;

	mtx_lock(&dvp->v_lock);
	error = nc_lookup_locked(nd->ni_parent.ncp, nd->ni_name,
	    nd->ni_namelen, &nc);
	if (error == 0 && nc->nc_vp == NULL) {
		nc_drop(nc);
		nc = NULL;
		error = nch_maywritedir(&nd->ni_parent);
		if (error == 0)
			error = nch_create(&nd->ni_parent, nd->ni_name,
			    nd->ni_namelen, S_IFREG | (mode & 07777), 0, &nc);
		*made = error == 0;
	} else if (error == 0 && (flags & O_EXCL) != 0)
		error = -EEXIST;
	mtx_unlock(&dvp->v_lock);
	if (error < 0) {
		nc_drop(nc);
		return (error);
	}
	nc_drop(nd->ni_nch.ncp);
	nd->ni_nch.ncp = nc;
	if (*made)
		vn_notify_name(dvp, nd->ni_name, nd->ni_namelen, IN_CREATE, 0);
	return (0);
}

/* Resolve for opening; made: the file is new. */
static int
open_lookup(struct nameidata *nd, int flags, uint32_t mode, bool *made)
{
	int error, tries;

	for (tries = 0;; tries++) {
		error = namei(nd);
		if (error < 0 || (flags & O_CREAT) == 0)
			return (error);
		if (nch_vp(&nd->ni_nch) == NULL)
			error = open_create(nd, flags, mode, made);
		else if ((flags & O_EXCL) != 0)
			error = -EEXIST;
		/* A link that appeared meanwhile must be followed. */
		if (error == 0 && nch_vp(&nd->ni_nch)->v_type == VLNK &&
		    (nd->ni_flags & NI_FOLLOW) != 0 && tries < 8) {
			nch_drop(&nd->ni_nch);
			nch_drop(&nd->ni_parent);
			continue;
		}
		if (error < 0)
			namei_done(nd);
		return (error);
	}
}

static int
check_open(const struct nchandle *n, int flags, bool made)
{
	struct ucred *cr = curthread()->td_cred;
	struct vnode *vp = nch_vp(n);
	struct kstat st;
	int error, want = want_of(flags);

	switch (vp->v_type) {
	case VLNK:
		return (-ELOOP);
	case VSOCK:
		return (-ENXIO);
	case VDIR:
		if ((want & W_OK) != 0 || (flags & O_CREAT) != 0)
			return (-EISDIR);
		break;
	case VCHR:
	case VBLK:
		if ((n->mp->mnt_flags & MNT_NODEV) != 0)
			return (-EACCES);
		break;
	case VREG:
		if ((want & W_OK) != 0 && nch_rdonly(n))
			return (-EROFS);
		break;
	default:
		break;
	}
	if (!made) {
		error = vn_access(vp, want, cr);
		if (error < 0)
			return (error);
	}
	if ((flags & O_NOATIME) != 0) {
		error = vn_getattr(vp, &st);
		if (error < 0)
			return (error);
		if (!vn_isowner(&st, cr))
			return (-EPERM);
	}
	return (0);
}

/* Give the open file to whom it belongs. */
static int
take_over(struct vnode *vp, int flags, struct file *fp)
{
	const struct vfs_hooks *h = vfs_hooks();

	/* The anonymous vnodes of /proc/PID/fd open as what they stand for. */
	if (vp->v_type == VFIFO && (vp->v_flags & VV_OPEN) == 0)
		return (h != NULL ? h->vh_fifo_open(vp, flags, fp) : -ENXIO);
	if ((vp->v_type == VCHR || vp->v_type == VBLK) &&
	    (vp->v_flags & VV_OPEN) == 0)
		return (dev_open(vp, flags, fp));
	if (vp->v_op->vop_open != NULL)
		return (vp->v_op->vop_open(vp, flags, fp));
	return (0);
}

/* Open what n names into fp, which takes over n's references. */
static int
open_nch(struct nchandle *n, int flags, bool made, struct file *fp)
{
	struct vnode *vp = nch_vp(n);
	bool writer = (flags & O_ACCMODE) != O_RDONLY && vp->v_type == VREG;
	bool counted;
	int error;

	vref(vp);
	fp->f_vnode = vp;
	fp->f_nch = *n;
	n->ncp = NULL;
	n->mp = NULL;
	n = &fp->f_nch;
	if ((flags & O_PATH) != 0) {
		fp->f_ops = &path_fileops;
		return (0);
	}
	fp->f_ops = NULL;		/* nothing to close yet */
	error = check_open(n, flags, made);
	if (error < 0)
		return (error);
	counted = writer || ((flags & O_TRUNC) != 0 && vp->v_type == VREG);
	if (counted) {
		error = vn_getwrite(vp);
		if (error < 0)
			return (error);
	}
	/* While the file runs nobody writes; vn_fo_close ends that. */
	if (flags & O_KEXEC) {
		error = vn_denywrite(vp);
		if (error < 0)
			return (error);
	}
	fp->f_ops = &vn_fileops;
	error = take_over(vp, flags, fp);
	if (error < 0) {
		fp->f_ops = NULL;
		if (flags & O_KEXEC)
			vn_allowwrite(vp);
	} else if (fp->f_ops == &vn_fileops)
		atomic_add(&vp->v_opens, 1);
	if (error == 0 && (flags & O_TRUNC) != 0 && vp->v_type == VREG &&
	    !made && fp->f_ops == &vn_fileops)
		error = vn_truncate(vp, 0, curthread()->td_cred);
	/* vn_fo_close gives a writer's count back; else it is done here. */
	if (counted && (!writer || fp->f_ops != &vn_fileops))
		vn_putwrite(vp);
	return (error);
}

static int
open_tmpfile(struct nameidata *nd, int flags, uint32_t mode, struct file *fp)
{
	struct ucred *cr = curthread()->td_cred;
	struct vnode *dvp, *vp = NULL;
	struct nchandle n;
	uint32_t uid, gid;
	char name[24];
	int error;

	if ((want_of(flags) & W_OK) == 0)
		return (-EINVAL);
	error = namei(nd);
	if (error < 0)
		return (error);
	dvp = nch_vp(&nd->ni_nch);
	mode = S_IFREG | (mode & 07777 & ~curthread()->td_pwd->pw_umask);
	mtx_lock(&dvp->v_lock);
	error = nch_maywritedir(&nd->ni_nch);
	if (error == 0)
		error = vn_newowner(dvp, cr, &mode, &uid, &gid);
	if (error == 0)
		error = dvp->v_op->vop_tmpfile == NULL ? -EOPNOTSUPP :
		    dvp->v_op->vop_tmpfile(dvp, mode, uid, gid, &vp);
	mtx_unlock(&dvp->v_lock);
	if (error == 0) {
		if ((flags & O_EXCL) == 0)
			vp->v_flags |= VV_LINKABLE;
		ksnprintf(name, sizeof(name), "#%llu",
		    (unsigned long long)vp->v_ino);
		n.mp = nd->ni_nch.mp;
		n.ncp = nc_alloc(nd->ni_nch.ncp, name, strlen(name), vp);
		error = n.ncp == NULL ? -ENOMEM : 0;
		vrele(vp);
	}
	if (error == 0) {
		n.ncp->nc_flags = NCF_DEAD | NCF_UNCACHED;
		mount_hold(n.mp);
		error = open_nch(&n, flags & ~O_TRUNC, true, fp);
	}
	namei_done(nd);
	return (error);
}

int
vn_open(int dirfd, const char *path, int flags, uint32_t mode,
    uint64_t resolve, struct file **fpp)
{
	struct nameidata nd;
	struct file *fp;
	uint32_t nf = 0;
	bool made = false;
	int error;

	if ((flags & O_PATH) != 0)
		flags &= O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	if ((flags & O_NOFOLLOW) == 0 &&
	    (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
		nf |= NI_FOLLOW;
	if ((flags & O_DIRECTORY) != 0)
		nf |= NI_DIRECTORY;
	if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY) &&
	    (flags & TMPFILE_BIT) == 0)
		return (-EINVAL);
	if ((flags & O_CREAT) != 0 && (flags & TMPFILE_BIT) == 0)
		nf |= NI_CREATE | NI_OPENCREAT;
	fp = file_alloc(FT_VNODE, NULL, flags & ~(O_CREAT | O_EXCL | O_NOCTTY |
	    O_TRUNC | O_CLOEXEC));
	if (fp == NULL)
		return (-ENFILE);
	namei_init(&nd, dirfd, path, nf);
	nd.ni_resolve = resolve;
	if ((flags & TMPFILE_BIT) != 0) {
		error = open_tmpfile(&nd, flags, mode, fp);
	} else {
		error = open_lookup(&nd, flags, mode, &made);
		if (error == 0) {
			error = open_nch(&nd.ni_nch, flags, made, fp);
			namei_done(&nd);
		}
	}
	if (error < 0) {
		fdrop(fp);
		return (error);
	}
	if ((flags & O_PATH) == 0)
		vn_notify(fp->f_vnode, IN_OPEN);
	*fpp = fp;
	return (0);
}

int
vn_open_nch(const struct nchandle *nch, int flags, struct file **fpp)
{
	struct nchandle n;
	struct file *fp;
	int error;

	if (nch->ncp == NULL || nch_vp(nch) == NULL)
		return (-ENOENT);
	fp = file_alloc(FT_VNODE, NULL, flags & ~(O_CREAT | O_EXCL | O_NOCTTY |
	    O_TRUNC | O_CLOEXEC));
	if (fp == NULL)
		return (-ENFILE);
	nch_copy(&n, nch);
	error = open_nch(&n, flags, false, fp);
	if (error < 0) {
		fdrop(fp);
		return (error);
	}
	*fpp = fp;
	return (0);
}
