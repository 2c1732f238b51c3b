/*
 * vfs_names.c: making, removing and moving names (mkdir(2), mknod(2),
 * symlink(2), link(2), unlink(2), rmdir(2), rename(2)).
 *
 * Each resolves the parent first, locks it, then looks the last component up
 * again under the lock (nc_lookup_locked): what counts is what is there then.
 * Lock order: the mount's rename lock (only when the directories differ) > the
 * ancestor directory > the other.
 */
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/inotify.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

int
nch_maywritedir(const struct nchandle *dir)
{
	if ((dir->ncp->nc_flags & NCF_DEAD) != 0 &&
	    dir->ncp != dir->mp->mnt_root)
		return (-ENOENT);
	if (nch_rdonly(dir))
		return (-EROFS);
	if ((dir->mp->mnt_fs->fs_flags & FS_FIXED) != 0)
		return (0);
	return (vn_access(nch_vp(dir), W_OK | X_OK, curthread()->td_cred));
}

int
nch_create(const struct nchandle *dir, const char *name, size_t len,
    uint32_t mode, uint64_t rdev, struct namecache **ncp)
{
	struct vnode *dvp = nch_vp(dir), *vp = NULL;
	uint32_t uid, gid;
	int error;

	if (dvp->v_op->vop_mknod == NULL)
		return (-EPERM);
	mode &= ~(curthread()->td_pwd->pw_umask & 0777);
	error = vn_newowner(dvp, curthread()->td_cred, &mode, &uid, &gid);
	if (error < 0)
		return (error);
	error = dvp->v_op->vop_mknod(dvp, name, len, mode, rdev, uid, gid,
	    &vp);
	if (error < 0)
		return (error);
	*ncp = nc_enter(dir->ncp, name, len, vp);
	vrele(vp);
	return (*ncp == NULL ? -ENOMEM : 0);
}

/*
 * Resolve where a new name goes and lock its directory.  On success the name
 * is free, may be made, and nd and the lock are held.  dirok: a trailing slash
 * is allowed.
 */
static int
create_begin(struct nameidata *nd, int dirfd, const char *path, bool dirok)
{
	struct namecache *nc = NULL;
	struct vnode *dvp;
	int error;

	namei_init(nd, dirfd, path, NI_CREATE);
	error = namei(nd);
	if (error < 0)
		return (error);
	dvp = nch_vp(&nd->ni_parent);
	error = -EEXIST;
	if (nd->ni_dots || dvp == NULL)
		goto fail;
	if (nd->ni_slash && !dirok) {
		if (nch_vp(&nd->ni_nch) == NULL)
			error = -ENOENT;
		goto fail;
	}
	mtx_lock(&dvp->v_lock);
	error = nc_lookup_locked(nd->ni_parent.ncp, nd->ni_name,
	    nd->ni_namelen, &nc);
	if (error == 0 && nc->nc_vp != NULL)
		error = -EEXIST;
	if (error == 0)
		error = nch_maywritedir(&nd->ni_parent);
	if (error == 0) {
		nc_drop(nc);		/* negative: the directory's lock keeps it so */
		return (0);
	}
	mtx_unlock(&dvp->v_lock);
	nc_drop(nc);
fail:
	namei_done(nd);
	return (error);
}

static void
create_end(struct nameidata *nd, int error, uint32_t mask)
{
	struct vnode *dvp = nch_vp(&nd->ni_parent);

	mtx_unlock(&dvp->v_lock);
	if (error >= 0)
		vn_notify_name(dvp, nd->ni_name, nd->ni_namelen, mask, 0);
	namei_done(nd);
}

int
vn_mknodat(int dirfd, const char *path, uint32_t mode, uint64_t dev,
    struct nchandle *out)
{
	struct namecache *nc = NULL;
	struct nameidata nd;
	int error;

	error = create_begin(&nd, dirfd, path, S_ISDIR(mode));
	if (error < 0)
		return (error);
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !(S_ISCHR(mode) && dev == 0) &&
	    !cred_priv(curthread()->td_cred, PRIV_MKNOD))
		error = -EPERM;
	else
		error = nch_create(&nd.ni_parent, nd.ni_name, nd.ni_namelen,
		    mode, dev, &nc);
	if (error == 0 && out != NULL) {
		out->ncp = nc;
		out->mp = nd.ni_parent.mp;
		mount_hold(out->mp);
	} else
		nc_drop(nc);
	create_end(&nd, error, IN_CREATE | (S_ISDIR(mode) ? IN_ISDIR : 0));
	return (error);
}

int
kern_mkdirat(int dirfd, const char *path, uint32_t mode)
{
	return (vn_mknodat(dirfd, path, S_IFDIR | (mode & 01777), 0, NULL));
}

int
kern_mknodat(int dirfd, const char *path, uint32_t mode, uint64_t dev)
{
	switch (mode & S_IFMT) {
	case 0:
		mode |= S_IFREG;
		break;
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	case S_IFDIR:
		return (-EPERM);
	default:
		return (-EINVAL);
	}
	if (!S_ISCHR(mode) && !S_ISBLK(mode))
		dev = 0;
	return (vn_mknodat(dirfd, path, mode, dev, NULL));
}

int
kern_symlinkat(const char *target, int dirfd, const char *path)
{
	struct ucred *cr = curthread()->td_cred;
	struct vnode *dvp, *vp = NULL;
	struct nameidata nd;
	uint32_t mode = S_IFLNK | 0777, uid, gid;
	int error;

	if (target[0] == '\0')
		return (-ENOENT);
	error = create_begin(&nd, dirfd, path, false);
	if (error < 0)
		return (error);
	dvp = nch_vp(&nd.ni_parent);
	error = vn_newowner(dvp, cr, &mode, &uid, &gid);
	if (error == 0)
		error = dvp->v_op->vop_symlink == NULL ? -EPERM :
		    dvp->v_op->vop_symlink(dvp, nd.ni_name, nd.ni_namelen,
		    target, uid, gid, &vp);
	if (error == 0) {
		nc_drop(nc_enter(nd.ni_parent.ncp, nd.ni_name, nd.ni_namelen,
		    vp));
		vrele(vp);
	}
	create_end(&nd, error, IN_CREATE);
	return (error);
}

/* May a hard link to st be made? (fs.protected_hardlinks = 1) */
static int
may_link(struct vnode *vp, const struct ucred *cr)
{
	struct kstat st;
	int error;

	error = vn_getattr(vp, &st);
	if (error < 0)
		return (error);
	/* What was removed stays so; only an O_TMPFILE gets a first name. */
	if (st.st_nlink == 0 && (vp->v_flags & VV_LINKABLE) == 0)
		return (-ENOENT);
	if (vn_isowner(&st, cr))
		return (0);
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_ISUID) != 0 ||
	    (st.st_mode & (S_ISGID | 010)) == (S_ISGID | 010) ||
	    cred_access(cr, st.st_mode, st.st_uid, st.st_gid,
	    R_OK | W_OK) != 0)
		return (-EPERM);
	return (0);
}

int
kern_linkat(int odirfd, const char *opath, int ndirfd, const char *npath,
    int flags)
{
	struct ucred *cr = curthread()->td_cred;
	struct nameidata from, to;
	struct vnode *vp, *dvp;
	uint32_t nf = 0;
	int error;

	if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	if ((flags & AT_EMPTY_PATH) != 0) {
		if (opath[0] == '\0' &&
		    !cred_priv(cr, PRIV_DAC_READ_SEARCH))
			return (-ENOENT);
		nf |= NI_EMPTY;
	}
	if ((flags & AT_SYMLINK_FOLLOW) != 0)
		nf |= NI_FOLLOW;
	namei_init(&from, odirfd, opath, nf);
	error = namei(&from);
	if (error < 0)
		return (error);
	error = create_begin(&to, ndirfd, npath, false);
	if (error < 0) {
		namei_done(&from);
		return (error);
	}
	vp = nch_vp(&from.ni_nch);
	dvp = nch_vp(&to.ni_parent);
	if (from.ni_nch.mp != to.ni_parent.mp)
		error = -EXDEV;
	else if ((error = may_link(vp, cr)) < 0)
		;
	else if (vp->v_type == VDIR || dvp->v_op->vop_link == NULL)
		error = -EPERM;
	else
		error = dvp->v_op->vop_link(dvp, to.ni_name, to.ni_namelen,
		    vp);
	if (error == 0) {
		nc_drop(nc_enter(to.ni_parent.ncp, to.ni_name, to.ni_namelen,
		    vp));
		vn_notify_self(vp, IN_ATTRIB);
	}
	create_end(&to, error, IN_CREATE);
	namei_done(&from);
	return (error);
}

/* May vp be removed from dir (sticky directories)? v_lock of dir held. */
static int
may_remove(const struct nchandle *dir, struct vnode *vp)
{
	struct ucred *cr = curthread()->td_cred;
	struct kstat dst, st;
	int error;

	error = nch_maywritedir(dir);
	if (error < 0 || cred_priv(cr, PRIV_FOWNER))
		return (error);
	error = vn_getattr(nch_vp(dir), &dst);
	if (error < 0 || (dst.st_mode & S_ISVTX) == 0 ||
	    dst.st_uid == cr->cr_fsuid)
		return (error);
	error = vn_getattr(vp, &st);
	if (error < 0)
		return (error);
	return (st.st_uid == cr->cr_fsuid ? 0 : -EPERM);
}

/* Remove nc from nd's parent, whose lock is held. */
static int
remove_locked(struct nameidata *nd, struct namecache *nc, bool dir)
{
	struct vnode *dvp = nch_vp(&nd->ni_parent), *vp = nc->nc_vp;
	int error;

	if (vp == NULL)
		return (-ENOENT);
	error = may_remove(&nd->ni_parent, vp);
	if (error < 0)
		return (error);
	if (dir != (vp->v_type == VDIR))
		return (dir ? -ENOTDIR : -EISDIR);
	if (!dir && nd->ni_slash)
		return (-ENOTDIR);
	if (nc_ismountpt(nc))
		return (-EBUSY);
	if (dir)
		error = dvp->v_op->vop_rmdir == NULL ? -EPERM :
		    dvp->v_op->vop_rmdir(dvp, nd->ni_name, nd->ni_namelen, vp);
	else
		error = dvp->v_op->vop_unlink == NULL ? -EPERM :
		    dvp->v_op->vop_unlink(dvp, nd->ni_name, nd->ni_namelen,
		    vp);
	if (error == 0)
		nc_kill(nc);
	return (error);
}

int
kern_unlinkat(int dirfd, const char *path, int flags)
{
	bool dir = (flags & AT_REMOVEDIR) != 0;
	struct namecache *nc = NULL;
	struct nameidata nd;
	struct vnode *dvp;
	int error;

	if ((flags & ~AT_REMOVEDIR) != 0)
		return (-EINVAL);
	namei_init(&nd, dirfd, path, NI_PARENT);
	error = namei(&nd);
	if (error < 0)
		return (error);
	if (nd.ni_dots) {
		error = -EISDIR;
		if (dir && nd.ni_namelen == 1)
			error = -EINVAL;
		else if (dir && nd.ni_namelen == 2)
			error = -ENOTEMPTY;
		else if (dir)
			error = -EBUSY;
		namei_done(&nd);
		return (error);
	}
	dvp = nch_vp(&nd.ni_parent);
	mtx_lock(&dvp->v_lock);
	error = nc_lookup_locked(nd.ni_parent.ncp, nd.ni_name, nd.ni_namelen,
	    &nc);
	if (error == 0)
		error = remove_locked(&nd, nc, dir);
	mtx_unlock(&dvp->v_lock);
	if (error == 0) {
		if (!dir)
			vn_notify_self(nc->nc_vp, IN_ATTRIB);
		vn_notify_name(dvp, nd.ni_name, nd.ni_namelen,
		    IN_DELETE | (dir ? IN_ISDIR : 0), 0);
		vn_notify_gone(nc->nc_vp);
	}
	nc_drop(nc);
	namei_done(&nd);
	return (error);
}

/* Lock both directories of a rename. */
static void
rename_lock(struct nameidata *f, struct nameidata *t)
{
	struct vnode *a = nch_vp(&f->ni_parent), *b = nch_vp(&t->ni_parent);
	struct vnode *tmp;

	if (a == b) {
		mtx_lock(&a->v_lock);
		return;
	}
	mtx_lock(&f->ni_parent.mp->mnt_super->mnt_rename);
	if (nc_isabove(t->ni_parent.ncp, f->ni_parent.ncp) ||
	    (!nc_isabove(f->ni_parent.ncp, t->ni_parent.ncp) && b < a)) {
		tmp = a;
		a = b;
		b = tmp;
	}
	mtx_lock(&a->v_lock);
	mtx_lock_nested(&b->v_lock);
}

static void
rename_unlock(struct nameidata *f, struct nameidata *t)
{
	struct vnode *a = nch_vp(&f->ni_parent), *b = nch_vp(&t->ni_parent);

	mtx_unlock(&a->v_lock);
	if (a == b)
		return;
	mtx_unlock(&b->v_lock);
	mtx_unlock(&f->ni_parent.mp->mnt_super->mnt_rename);
}

/* Everything that forbids moving fnc over tnc. Locks held. */
static int
rename_check(struct nameidata *f, struct nameidata *t, struct namecache *fnc,
    struct namecache *tnc, unsigned flags)
{
	bool fdir, tdir, xchg = (flags & RENAME_EXCHANGE) != 0;
	int error;

	if (xchg && tnc->nc_vp == NULL)
		return (-ENOENT);
	if ((flags & RENAME_NOREPLACE) != 0 && tnc->nc_vp != NULL)
		return (-EEXIST);
	fdir = fnc->nc_vp->v_type == VDIR;
	tdir = tnc->nc_vp != NULL && tnc->nc_vp->v_type == VDIR;
	if (!fdir && (f->ni_slash || (!xchg && t->ni_slash)))
		return (-ENOTDIR);
	if (xchg && t->ni_slash && !tdir)
		return (-ENOTDIR);
	/* Not into itself, nor over what contains it. */
	if (fdir && nc_isabove(fnc, t->ni_parent.ncp))
		return (-EINVAL);
	if (tdir && nc_isabove(tnc, f->ni_parent.ncp))
		return (xchg ? -EINVAL : -ENOTEMPTY);
	error = may_remove(&f->ni_parent, fnc->nc_vp);
	if (error == 0 && tnc->nc_vp != NULL)
		error = may_remove(&t->ni_parent, tnc->nc_vp);
	else if (error == 0)
		error = nch_maywritedir(&t->ni_parent);
	if (error < 0)
		return (error);
	if (tnc->nc_vp != NULL && !xchg && fdir != tdir)
		return (fdir ? -ENOTDIR : -EISDIR);
	/* A directory that changes its parent has its ".." written. */
	if (nch_vp(&f->ni_parent) != nch_vp(&t->ni_parent)) {
		if (fdir)
			error = vn_access(fnc->nc_vp, W_OK,
			    curthread()->td_cred);
		if (error == 0 && xchg && tdir)
			error = vn_access(tnc->nc_vp, W_OK,
			    curthread()->td_cred);
		if (error < 0)
			return (error);
	}
	if (nc_ismountpt(fnc) || nc_ismountpt(tnc))
		return (-EBUSY);
	if (nch_vp(&f->ni_parent)->v_op->vop_rename == NULL)
		return (-EPERM);
	return (0);
}

/* Both parents are resolved; do it. fnc's and tnc's references come out. */
static int
rename_locked(struct nameidata *f, struct nameidata *t, unsigned flags,
    struct namecache **fncp, struct namecache **tncp, bool *same)
{
	struct vnode *fdvp = nch_vp(&f->ni_parent);
	struct vnode *tdvp = nch_vp(&t->ni_parent);
	struct namecache *fnc, *tnc;
	int error;

	error = nc_lookup_locked(f->ni_parent.ncp, f->ni_name, f->ni_namelen,
	    fncp);
	if (error < 0)
		return (error);
	if ((*fncp)->nc_vp == NULL)
		return (-ENOENT);
	error = nc_lookup_locked(t->ni_parent.ncp, t->ni_name, t->ni_namelen,
	    tncp);
	if (error < 0)
		return (error);
	fnc = *fncp;
	tnc = *tncp;
	error = rename_check(f, t, fnc, tnc, flags);
	if (error < 0)
		return (error);
	/* Two names of one file: rename(2) does nothing. */
	*same = fnc->nc_vp == tnc->nc_vp;
	if (*same)
		return (0);
	error = fdvp->v_op->vop_rename(fdvp, f->ni_name, f->ni_namelen,
	    fnc->nc_vp, tdvp, t->ni_name, t->ni_namelen, tnc->nc_vp, flags);
	if (error < 0)
		return (error);
	(void)nc_rename(fnc, t->ni_parent.ncp, t->ni_name, t->ni_namelen, tnc,
	    (flags & RENAME_EXCHANGE) != 0);
	return (0);
}

static void
rename_notify(struct nameidata *f, struct nameidata *t, struct namecache *fnc,
    struct namecache *tnc, unsigned flags)
{
	uint32_t dir = fnc->nc_vp->v_type == VDIR ? IN_ISDIR : 0;
	uint32_t cookie;

	if (atomic_load_relaxed(&vfs()->vr_nwatches) == 0)
		return;
	cookie = (uint32_t)vfs_newino();
	vn_notify_name(nch_vp(&f->ni_parent), f->ni_name, f->ni_namelen,
	    IN_MOVED_FROM | dir, cookie);
	vn_notify_name(nch_vp(&t->ni_parent), t->ni_name, t->ni_namelen,
	    IN_MOVED_TO | dir, cookie);
	vn_notify(fnc->nc_vp, IN_MOVE_SELF);
	if (tnc->nc_vp != NULL && (flags & RENAME_EXCHANGE) == 0) {
		if (tnc->nc_vp->v_type != VDIR)
			vn_notify_self(tnc->nc_vp, IN_ATTRIB);
		vn_notify_gone(tnc->nc_vp);
	}
}

int
kern_renameat2(int odirfd, const char *opath, int ndirfd, const char *npath,
    unsigned flags)
{
	struct namecache *fnc = NULL, *tnc = NULL;
	struct nameidata f, t;
	bool same = false;
	int error;

	if ((flags & ~7u) != 0 || ((flags & RENAME_EXCHANGE) != 0 &&
	    (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) != 0))
		return (-EINVAL);
	namei_init(&f, odirfd, opath, NI_PARENT);
	error = namei(&f);
	if (error < 0)
		return (error);
	namei_init(&t, ndirfd, npath, NI_PARENT);
	error = namei(&t);
	if (error < 0) {
		namei_done(&f);
		return (error);
	}
	if (f.ni_parent.mp != t.ni_parent.mp)
		error = -EXDEV;
	else if (f.ni_dots)
		error = -EBUSY;
	else if (t.ni_dots)
		error = flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (error == 0) {
		rename_lock(&f, &t);
		error = rename_locked(&f, &t, flags, &fnc, &tnc, &same);
		rename_unlock(&f, &t);
	}
	if (error == 0 && !same)
		rename_notify(&f, &t, fnc, tnc, flags);
	nc_drop(fnc);
	nc_drop(tnc);
	namei_done(&f);
	namei_done(&t);
	return (error);
}
