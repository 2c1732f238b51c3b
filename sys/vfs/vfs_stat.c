/*
 * vfs_stat.c: asking about files and changing their attributes by path or
 * descriptor (stat(2), access(2), chmod(2), chown(2), utimensat(2), statfs(2),
 * readlink(2)).
 */
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"
#include "vfs/walk.h"

#define	PIPEFS_MAGIC	0x50495045
#define	TMPFS_MAGIC	0x01021994
#define	SOCKFS_MAGIC	0x534f434b

/* A handle for path, or for dirfd itself when path is "" and allowed. */
static int
lookup(struct nameidata *nd, int dirfd, const char *path, int flags)
{
	uint32_t nf = 0;

	if ((flags & AT_SYMLINK_NOFOLLOW) == 0)
		nf |= NI_FOLLOW;
	if ((flags & AT_EMPTY_PATH) != 0)
		nf |= NI_EMPTY;
	namei_init(nd, dirfd, path, nf);
	return (namei(nd));
}

int
kern_fstat(int fd, struct kstat *st)
{
	struct file *fp = fget_path(fd);
	int error;

	if (fp == NULL)
		return (-EBADF);
	memset(st, 0, sizeof(*st));
	error = fp->f_ops->fo_stat == NULL ? -EBADF :
	    fp->f_ops->fo_stat(fp, st);
	fdrop(fp);
	return (error);
}

int
kern_fstatat(int dirfd, const char *path, int flags, struct kstat *st)
{
	struct nameidata nd;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH |
	    AT_NO_AUTOMOUNT)) != 0)
		return (-EINVAL);
	/* Pipes and sockets have no name, but fstatat(fd, "") knows them. */
	if ((flags & AT_EMPTY_PATH) != 0 && path[0] == '\0' &&
	    dirfd != AT_FDCWD)
		return (kern_fstat(dirfd, st));
	error = walk_stat(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW) != 0 ? 0 :
	    NI_FOLLOW, st);
	if (error != -EAGAIN)
		return (error);
	error = lookup(&nd, dirfd, path, flags);
	if (error < 0)
		return (error);
	error = vn_getattr(nch_vp(&nd.ni_nch), st);
	nch_statmount(&nd.ni_nch, st);
	namei_done(&nd);
	return (error);
}

long
kern_readlinkat(int dirfd, const char *path, char *buf, size_t n)
{
	struct nameidata nd;
	struct vnode *vp;
	long r;

	namei_init(&nd, dirfd, path, NI_EMPTY);
	r = namei(&nd);
	if (r < 0)
		return (r);
	vp = nch_vp(&nd.ni_nch);
	if (vp->v_type != VLNK)
		r = path[0] == '\0' ? -ENOENT : -EINVAL;
	else
		r = vn_readlink(vp, buf, n);
	namei_done(&nd);
	return (r);
}

int
mount_statfs(struct mount *mp, struct kstatfs *sf)
{
	int error = 0;

	memset(sf, 0, sizeof(*sf));
	sf->f_type = (int64_t)mp->mnt_fs->fs_magic;
	sf->f_bsize = sf->f_frsize = KPAGE_SIZE;
	sf->f_namelen = KNAME_MAX;
	sf->f_fsid[0] = (int32_t)mp->mnt_dev;
	if (mp->mnt_fs->fs_statfs != NULL)
		error = mp->mnt_fs->fs_statfs(mp->mnt_super, sf);
	/* ST_RDONLY.. ST_NOATIME have the values of MS_*; ST_VALID is 32. */
	sf->f_flags = 32 | (mp->mnt_flags & (MNT_RDONLY | MNT_NOSUID |
	    MNT_NODEV | MNT_NOEXEC | MNT_NOATIME | MNT_NODIRATIME));
	if ((mp->mnt_flags & MNT_RELATIME) != 0)
		sf->f_flags |= 4096;
	return (error);
}

int
kern_statfs(const char *path, struct kstatfs *sf)
{
	struct nameidata nd;
	int error;

	error = lookup(&nd, AT_FDCWD, path, 0);
	if (error < 0)
		return (error);
	error = mount_statfs(nd.ni_nch.mp, sf);
	namei_done(&nd);
	return (error);
}

int
kern_fstatfs(int fd, struct kstatfs *sf)
{
	struct file *fp = fget_path(fd);
	int error;

	if (fp == NULL)
		return (-EBADF);
	error = mount_statfs(fp->f_nch.mp != NULL ? fp->f_nch.mp :
	    vfs()->vr_anonmnt, sf);
	if (fp->f_type == FT_PIPE)
		sf->f_type = PIPEFS_MAGIC;
	else if (fp->f_type == FT_SOCKET)
		sf->f_type = SOCKFS_MAGIC;
	else if (fp->f_vnode != NULL && fp->f_vnode->v_type == VREG &&
	    (fp->f_nch.mp == NULL || fp->f_nch.mp == vfs()->vr_anonmnt))
		sf->f_type = TMPFS_MAGIC;	/* a memfd */
	fdrop(fp);
	return (error);
}

/* The credentials access(2) asks with: real ids, and real privileges. */
static struct ucred *
real_cred(struct ucred *cr)
{
	struct ucred *n = cred_copy(cr);

	if (n == NULL)
		return (NULL);
	n->cr_fsuid = n->cr_ruid;
	n->cr_fsgid = n->cr_rgid;
	n->cr_cap_eff = n->cr_ruid == 0 ? n->cr_cap_perm : 0;
	return (n);
}

static int
access_nch(const struct nchandle *n, int mode)
{
	struct vnode *vp = nch_vp(n);
	struct kstat st;

	if (mode == F_OK)
		return (0);
	if ((mode & W_OK) != 0 && nch_rdonly(n) && (vp->v_type == VREG ||
	    vp->v_type == VDIR || vp->v_type == VLNK))
		return (-EROFS);
	if ((mode & X_OK) != 0 && vp->v_type == VREG) {
		if ((n->mp->mnt_flags & MNT_NOEXEC) != 0)
			return (-EACCES);
		/* No x bit at all: not even for root. */
		if (vn_getattr(vp, &st) == 0 && (st.st_mode & 0111) == 0)
			return (-EACCES);
	}
	return (vn_access(vp, mode, curthread()->td_cred));
}

int
kern_faccessat(int dirfd, const char *path, int mode, int flags)
{
	struct thread *td = curthread();
	struct ucred *cr = td->td_cred, *real = NULL;
	struct nameidata nd;
	struct file *fp;
	int error;

	if ((mode & ~7) != 0 || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW |
	    AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	/* An open file without a name. */
	if (path[0] == '\0' && (flags & AT_EMPTY_PATH) != 0 &&
	    dirfd != AT_FDCWD) {
		fp = fget_path(dirfd);
		if (fp == NULL)
			return (-EBADF);
		error = fp->f_nch.ncp == NULL ? 0 :
		    access_nch(&fp->f_nch, mode);
		fdrop(fp);
		return (error);
	}
	if ((flags & AT_EACCESS) == 0 && (cr->cr_fsuid != cr->cr_ruid ||
	    cr->cr_fsgid != cr->cr_rgid ||
	    cr->cr_cap_eff != (cr->cr_ruid == 0 ? cr->cr_cap_perm : 0))) {
		real = real_cred(cr);
		if (real == NULL)
			return (-ENOMEM);
		td->td_cred = real;
	}
	error = lookup(&nd, dirfd, path, flags);
	if (error == 0) {
		error = access_nch(&nd.ni_nch, mode);
		namei_done(&nd);
	}
	if (real != NULL) {
		td->td_cred = cr;
		cred_free(real);
	}
	return (error);
}

int
kern_fchmodat(int dirfd, const char *path, uint32_t mode, int flags)
{
	struct nameidata nd;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	error = lookup(&nd, dirfd, path, flags);
	if (error < 0)
		return (error);
	error = nch_chmod(&nd.ni_nch, mode);
	namei_done(&nd);
	return (error);
}

int
kern_fchownat(int dirfd, const char *path, uint32_t uid, uint32_t gid,
    int flags)
{
	struct nameidata nd;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	error = lookup(&nd, dirfd, path, flags);
	if (error < 0)
		return (error);
	error = nch_chown(&nd.ni_nch, uid, gid);
	namei_done(&nd);
	return (error);
}

/* Open file by number; its handle must name something. */
static int
file_nch(int fd, bool pathok, struct file **fpp)
{
	struct file *fp = pathok ? fget_path(fd) : fget(fd);

	if (fp == NULL)
		return (-EBADF);
	if (fp->f_nch.ncp == NULL || nch_vp(&fp->f_nch) == NULL) {
		fdrop(fp);
		return (-EINVAL);
	}
	*fpp = fp;
	return (0);
}

int
kern_fchmod(int fd, uint32_t mode)
{
	struct file *fp = NULL;
	int error = file_nch(fd, false, &fp);

	if (error == 0)
		error = nch_chmod(&fp->f_nch, mode);
	fdrop(fp);
	return (error);
}

int
kern_fchown(int fd, uint32_t uid, uint32_t gid)
{
	struct file *fp = NULL;
	int error = file_nch(fd, false, &fp);

	if (error == 0)
		error = nch_chown(&fp->f_nch, uid, gid);
	fdrop(fp);
	return (error);
}

int
kern_utimensat(int dirfd, const char *path, const struct timespec64 *ts,
    int flags)
{
	struct file *fp = NULL;
	struct nameidata nd;
	int error;

	if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0)
		return (-EINVAL);
	if (path == NULL) {
		if (flags != 0)
			return (-EINVAL);
		error = file_nch(dirfd, false, &fp);
		if (error == 0)
			error = nch_utimes(&fp->f_nch, ts);
		fdrop(fp);
		return (error);
	}
	error = lookup(&nd, dirfd, path, flags);
	if (error < 0)
		return (error);
	error = nch_utimes(&nd.ni_nch, ts);
	namei_done(&nd);
	return (error);
}
