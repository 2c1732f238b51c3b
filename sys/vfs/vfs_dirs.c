/*
 * vfs_dirs.c: working and root directories, and the calls on mounts
 * (chdir(2), chroot(2), getcwd(2), mount(2), umount2(2)).
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

int
kern_chdir(const char *path)
{
	struct thread *td = curthread();
	struct nameidata nd;
	int error;

	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW | NI_DIRECTORY);
	error = namei(&nd);
	if (error < 0)
		return (error);
	error = vn_access(nch_vp(&nd.ni_nch), X_OK, td->td_cred);
	if (error == 0)
		error = pwd_setcwd(td->td_pwd, &nd.ni_nch);
	namei_done(&nd);
	return (error);
}

int
kern_fchdir(int fd)
{
	struct thread *td = curthread();
	struct file *fp = fget_path(fd);
	int error = -ENOTDIR;

	if (fp == NULL)
		return (-EBADF);
	if (fp->f_nch.ncp != NULL && nch_vp(&fp->f_nch) != NULL &&
	    nch_vp(&fp->f_nch)->v_type == VDIR) {
		error = vn_access(nch_vp(&fp->f_nch), X_OK, td->td_cred);
		if (error == 0)
			error = pwd_setcwd(td->td_pwd, &fp->f_nch);
	}
	fdrop(fp);
	return (error);
}

int
kern_chroot(const char *path)
{
	struct thread *td = curthread();
	struct nameidata nd;
	int error;

	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW | NI_DIRECTORY);
	error = namei(&nd);
	if (error < 0)
		return (error);
	error = vn_access(nch_vp(&nd.ni_nch), X_OK, td->td_cred);
	if (error == 0 && !cred_priv(td->td_cred, PRIV_SYS_CHROOT))
		error = -EPERM;
	if (error == 0)
		error = pwd_setroot(td->td_pwd, &nd.ni_nch);
	namei_done(&nd);
	return (error);
}

long
kern_getcwd(char *buf, size_t size)
{
	struct pwd *pw = curthread()->td_pwd;
	struct nchandle root, cwd;
	bool reachable;
	long n;

	pwd_getroot(pw, &root);
	pwd_getcwd(pw, &cwd);
	if ((cwd.ncp->nc_flags & NCF_DEAD) != 0 &&
	    cwd.ncp != cwd.mp->mnt_root)
		n = -ENOENT;
	else
		n = nch_path(&root, &cwd, buf, size, &reachable);
	nch_drop(&root);
	nch_drop(&cwd);
	return (n < 0 ? n : n + 1);
}

/* --- mounts --------------------------------------------------------------- */

#define	MS_REMOUNT	32
#define	MS_BIND		4096
#define	MS_MOVE		8192
#define	MS_REC		16384
#define	MS_SILENT	32768
#define	MS_PROPAGATION	((1 << 17) | (1 << 18) | (1 << 19) | (1 << 20))
#define	MS_MNTFLAGS	(MNT_RDONLY | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | \
			    MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME)

static int
do_remount(const struct nchandle *on, uint32_t flags, bool bind,
    const char *data)
{
	struct fsmount_args a = { .flags = flags & MS_MNTFLAGS,
	    .options = data };
	struct mount *mp = on->mp;
	uint32_t old, new;
	int error;

	if (on->ncp != mp->mnt_root)
		return (-EINVAL);
	if (!bind && mp->mnt_fs->fs_remount != NULL) {
		error = mp->mnt_fs->fs_remount(mp->mnt_super, &a);
		if (error < 0)
			return (error);
	}
	do {
		old = atomic_load(&mp->mnt_flags);
		new = (old & ~(uint32_t)MS_MNTFLAGS) | a.flags;
	} while (!__sync_bool_compare_and_swap(&mp->mnt_flags, old, new));
	return (0);
}

static int
do_bind(const char *source, const struct nchandle *on, unsigned long flags)
{
	struct nameidata nd;
	int error;

	if (source == NULL)
		return (-EINVAL);
	namei_init(&nd, AT_FDCWD, source, NI_FOLLOW);
	error = namei(&nd);
	if (error < 0)
		return (error);
	error = vfs_bind(&nd.ni_nch, on, 0, (flags & MS_REC) != 0);
	namei_done(&nd);
	return (error);
}

static int
do_move(const char *source, const struct nchandle *on)
{
	struct nameidata nd;
	int error;

	if (source == NULL)
		return (-EINVAL);
	namei_init(&nd, AT_FDCWD, source, NI_FOLLOW);
	error = namei(&nd);
	if (error < 0)
		return (error);
	error = -EINVAL;
	if (nd.ni_nch.ncp == nd.ni_nch.mp->mnt_root)
		error = vfs_move(nd.ni_nch.mp, on);
	namei_done(&nd);
	return (error);
}

static int
do_newmount(const char *source, const struct nchandle *on, const char *type,
    unsigned long flags, const char *data)
{
	struct fsmount_args a = { .source = source, .options = data,
	    .flags = (uint32_t)flags & MS_MNTFLAGS };
	const struct fstype *fs;

	if (type == NULL)
		return (-EINVAL);
	fs = fstype_find(type);
	if (fs == NULL || (fs->fs_flags & FS_USERMOUNT) == 0)
		return (-ENODEV);
	if (nch_vp(on)->v_type != VDIR)
		return (-ENOTDIR);
	return (vfs_mount(fs, &a, on, NULL));
}

int
kern_mount(const char *source, const char *target, const char *type,
    unsigned long flags, const char *data)
{
	struct nameidata nd;
	int error;

	if ((flags & 0xffff0000UL) == 0xC0ED0000UL)
		flags &= 0xffff;
	namei_init(&nd, AT_FDCWD, target, NI_FOLLOW);
	error = namei(&nd);
	if (error < 0)
		return (error);
	if (!cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		error = -EPERM;
	else if ((flags & MS_REMOUNT) != 0)
		error = do_remount(&nd.ni_nch, (uint32_t)flags,
		    (flags & MS_BIND) != 0, data);
	else if ((flags & MS_BIND) != 0)
		error = do_bind(source, &nd.ni_nch, flags);
	else if ((flags & MS_PROPAGATION) != 0)
		error = nd.ni_nch.ncp == nd.ni_nch.mp->mnt_root ? 0 : -EINVAL;
	else if ((flags & MS_MOVE) != 0)
		error = do_move(source, &nd.ni_nch);
	else
		error = do_newmount(source, &nd.ni_nch, type, flags, data);
	namei_done(&nd);
	return (error);
}

int
kern_umount2(const char *target, int flags)
{
	struct nameidata nd;
	struct mount *mp;
	int error;

	if ((flags & ~15) != 0)
		return (-EINVAL);
	namei_init(&nd, AT_FDCWD, target, (flags & 8) != 0 ? 0 : NI_FOLLOW);
	error = namei(&nd);
	if (error < 0)
		return (error);
	mp = nd.ni_nch.mp;
	if (!cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		error = -EPERM;
	else if (nd.ni_nch.ncp != mp->mnt_root)
		error = -EINVAL;
	if (error == 0)
		mount_hold(mp);
	namei_done(&nd);
	if (error < 0)
		return (error);
	nc_trimall();		/* cached names are no users */
	error = vfs_unmount(mp, flags);
	mount_drop(mp);
	return (error);
}
