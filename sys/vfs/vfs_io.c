/*
 * vfs_io.c: reading, writing and the other calls on open descriptors.
 */
#include "base/kmem.h"
#include "base/sleep.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/signal.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/inotify.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

#define	COPY_CHUNK	(64 * 1024UL)

int
kern_openat(int dirfd, const char *path, int flags, uint32_t mode,
    uint64_t resolve)
{
	struct file *fp;
	int fd;

	fd = vn_open(dirfd, path, flags, mode, resolve, &fp);
	if (fd < 0)
		return (fd);
	fd = fd_install(fp, 0, (flags & O_CLOEXEC) != 0);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

long
file_read(struct file *fp, struct uio *uio)
{
	size_t n = uio->uio_resid;
	int error;

	if ((fp->f_flags & O_ACCMODE) == O_WRONLY ||
	    (fp->f_flags & (O_PATH | O_ACCMODE)) == O_ACCMODE)
		return (-EBADF);
	if (fp->f_ops->fo_read == NULL)
		return (-EINVAL);
	uio->uio_write = false;
	error = fp->f_ops->fo_read(fp, uio);
	if (uio->uio_resid != n)
		return ((long)(n - uio->uio_resid));
	return (error);
}

long
file_write(struct file *fp, struct uio *uio)
{
	size_t n = uio->uio_resid;
	int error;

	if ((fp->f_flags & O_ACCMODE) == O_RDONLY ||
	    (fp->f_flags & O_ACCMODE) == O_ACCMODE)
		return (-EBADF);
	if (fp->f_ops->fo_write == NULL)
		return (-EINVAL);
	uio->uio_write = true;
	error = fp->f_ops->fo_write(fp, uio);
	if (uio->uio_resid != n)
		return ((long)(n - uio->uio_resid));
	if (error == -EPIPE)
		vfs_signal(SIGPIPE);
	return (error);
}

static long
rw(int fd, struct uio *uio, int64_t off, bool write)
{
	struct file *fp = fd_peek(fd);
	bool borrowed = fp != NULL && (fp->f_flags & O_PATH) == 0;
	long r;

	/* Nobody but us could close it: no reference. */
	if (!borrowed && (fp = fget_io(fd)) == NULL)
		return (-EBADF);
	if (off >= 0 && (fp->f_ops->fo_flags & FO_SEEKABLE) == 0)
		r = -ESPIPE;
	else if (off >= 0 && off > INT64_MAX - (int64_t)uio->uio_resid)
		r = -EINVAL;
	else {
		uio->uio_off = off;
		r = write ? file_write(fp, uio) : file_read(fp, uio);
	}
	if (!borrowed)
		fdrop_io(fp);
	if (r > 0)
		curthread()->td_io[write] += (uint64_t)r;
	curthread()->td_io[2 + write]++;
	return (r);
}

long
kern_readv(int fd, struct uio *uio, int64_t off)
{
	return (rw(fd, uio, off, false));
}

long
kern_writev(int fd, struct uio *uio, int64_t off)
{
	return (rw(fd, uio, off, true));
}

int64_t
kern_lseek(int fd, int64_t off, int whence)
{
	struct file *fp = fget(fd);
	int64_t r;

	if (fp == NULL)
		return (-EBADF);
	if ((unsigned)whence > SEEK_HOLE)
		r = -EINVAL;
	else if (fp->f_ops->fo_seek == NULL)
		r = -ESPIPE;
	else
		r = fp->f_ops->fo_seek(fp, off, whence);
	fdrop(fp);
	return (r);
}

int
kern_getdents(int fd, struct dirsink *ds)
{
	struct file *fp = fget(fd);
	int error;

	if (fp == NULL)
		return (-EBADF);
	error = fp->f_ops->fo_readdir == NULL ? -ENOTDIR :
	    fp->f_ops->fo_readdir(fp, ds);
	if (error >= 0 && fp->f_vnode != NULL)
		vn_notify(fp->f_vnode, IN_ACCESS);
	fdrop(fp);
	return (error);
}

int
kern_ftruncate(int fd, int64_t len)
{
	struct file *fp = fget(fd);
	int error;

	if (len < 0) {
		fdrop(fp);
		return (-EINVAL);
	}
	if (fp == NULL)
		return (-EBADF);
	if ((fp->f_flags & O_ACCMODE) == O_RDONLY ||
	    fp->f_ops->fo_truncate == NULL)
		error = -EINVAL;
	else
		error = fp->f_ops->fo_truncate(fp, len);
	fdrop(fp);
	return (error);
}

int
kern_truncate(const char *path, int64_t len)
{
	struct thread *td = curthread();
	struct nameidata nd;
	struct vnode *vp;
	int error;

	if (len < 0)
		return (-EINVAL);
	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW);
	error = namei(&nd);
	if (error < 0)
		return (error);
	vp = nch_vp(&nd.ni_nch);
	if (vp->v_type == VDIR)
		error = -EISDIR;
	else if (vp->v_type != VREG)
		error = -EINVAL;
	else if (nch_rdonly(&nd.ni_nch))
		error = -EROFS;
	else
		error = vn_access(vp, W_OK, td->td_cred);
	if (error == 0)
		error = vn_getwrite(vp);
	if (error == 0) {
		error = vn_truncate(vp, len, td->td_cred);
		vn_putwrite(vp);
	}
	namei_done(&nd);
	return (error);
}

/* Where the file system cannot zero in place, a hole is filled again. */
static int
fallocate_locked(struct vnode *vp, int mode, int64_t off, int64_t len)
{
	struct kstat st;
	int error;

	if (!(mode & FALLOC_FL_KEEP_SIZE) && (uint64_t)(off + len) >
	    vfs_rlimit(VFS_RLIMIT_FSIZE) && vn_getattr(vp, &st) == 0 &&
	    off + len > st.st_size) {
		vfs_signal(SIGXFSZ);
		return (-EFBIG);
	}
	error = vp->v_op->vop_fallocate(vp, mode, off, len);
	if (error != -EOPNOTSUPP ||
	    (mode & ~FALLOC_FL_KEEP_SIZE) != FALLOC_FL_ZERO_RANGE)
		return (error);
	error = vp->v_op->vop_fallocate(vp, FALLOC_FL_PUNCH_HOLE |
	    FALLOC_FL_KEEP_SIZE, off, len);
	if (error >= 0)
		error = vp->v_op->vop_fallocate(vp, mode & FALLOC_FL_KEEP_SIZE,
		    off, len);
	return (error);
}

int
kern_fallocate(int fd, int mode, int64_t off, int64_t len)
{
	struct file *fp;
	struct vnode *vp;
	int error = 0;

	fp = fget(fd);
	if (fp == NULL)
		return (-EBADF);
	vp = fp->f_vnode;
	if (off < 0 || len <= 0)
		error = -EINVAL;
	else if ((fp->f_flags & O_ACCMODE) == O_RDONLY)
		error = -EBADF;
	else if (fp->f_type == FT_PIPE || (vp != NULL &&
	    vp->v_type == VFIFO))
		error = -ESPIPE;
	else if (vp == NULL || vp->v_type != VREG)
		error = vp != NULL && vp->v_type == VDIR ? -EISDIR : -ENODEV;
	else if (off > INT64_MAX - len)
		error = -EFBIG;
	else if (vp->v_op->vop_fallocate == NULL)
		error = -EOPNOTSUPP;
	if (error == 0) {
		mtx_lock(&vp->v_lock);
		if (!cred_priv(curthread()->td_cred, PRIV_FSETID))
			vn_clearsetid(vp);
		error = fallocate_locked(vp, mode, off, len);
		mtx_unlock(&vp->v_lock);
		if (error >= 0)
			vn_notify(vp, IN_MODIFY);
	}
	fdrop(fp);
	return (error);
}

int
kern_fsync(int fd, bool dataonly)
{
	struct file *fp = fget(fd);
	struct vnode *vp;
	int error;

	if (fp == NULL)
		return (-EBADF);
	vp = fp->f_vnode;
	if (vp == NULL || (vp->v_type != VREG && vp->v_type != VDIR &&
	    vp->v_type != VBLK))
		error = -EINVAL;
	else
		error = vp->v_op->vop_fsync == NULL ? 0 :
		    vp->v_op->vop_fsync(vp, dataonly);
	fdrop(fp);
	return (error);
}

static int
sync_mount(struct mount *mp)
{
	return (mp->mnt_fs->fs_sync == NULL ? 0 :
	    mp->mnt_fs->fs_sync(mp->mnt_super));
}

int
kern_sync(void)
{
	struct mount *mp;
	unsigned i;

	for (i = 0; (mp = vfs_nthmount(i)) != NULL; i++) {
		if (mp->mnt_super == mp)
			(void)sync_mount(mp);
		mount_drop(mp);
	}
	return (0);
}

int
kern_syncfs(int fd)
{
	struct file *fp = fget(fd);
	int error = 0;

	if (fp == NULL)
		return (-EBADF);
	if (fp->f_nch.mp != NULL)
		error = sync_mount(fp->f_nch.mp);
	fdrop(fp);
	return (error);
}

/*
 * Move up to n bytes from one file to another through a kernel buffer. An
 * offset >= 0 is used and advanced; one < 0 means the file's own.
 */
static long
copy_files(struct file *in, int64_t *ioff, struct file *out, int64_t *ooff,
    size_t n)
{
	struct host_iovec iov;
	struct uio uio;
	size_t done = 0, k;
	long r = 0, w;
	char *buf;

	buf = kmalloc(COPY_CHUNK, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	while (done < n) {
		k = kmin(n - done, COPY_CHUNK);
		uio_kern(&uio, &iov, buf, k, *ioff, false);
		r = file_read(in, &uio);
		if (r <= 0)
			break;
		uio_kern(&uio, &iov, buf, (size_t)r, *ooff, true);
		w = file_write(out, &uio);
		/* What was read and not written goes back. */
		if (w < r && *ioff < 0 && in->f_ops->fo_seek != NULL)
			(void)in->f_ops->fo_seek(in, (w > 0 ? w : 0) - r,
			    SEEK_CUR);
		if (w > 0) {
			done += (size_t)w;
			if (*ioff >= 0)
				*ioff += w;
			if (*ooff >= 0)
				*ooff += w;
		}
		if (w < r) {
			r = w < 0 ? w : 0;
			break;
		}
		if (thread_interrupted())
			break;
	}
	kfree(buf);
	return (done > 0 ? (long)done : r);
}

long
kern_sendfile(int ofd, int ifd, int64_t *ioff, size_t n)
{
	struct file *in = fget(ifd), *out = fget(ofd);
	int64_t iown = -1, oown = -1;
	long r;

	if (in == NULL || out == NULL)
		r = -EBADF;
	else if ((in->f_flags & O_ACCMODE) == O_WRONLY ||
	    (out->f_flags & O_ACCMODE) == O_RDONLY)
		r = -EBADF;
	else if ((out->f_flags & O_APPEND) != 0)
		r = -EINVAL;
	else if (in->f_vnode == NULL || (in->f_vnode->v_type != VREG &&
	    in->f_vnode->v_type != VBLK && in->f_vnode->v_type != VCHR))
		r = -EINVAL;
	else if (ioff != NULL && *ioff < 0)
		r = -EINVAL;
	else
		r = copy_files(in, ioff != NULL ? ioff : &iown, out, &oown,
		    kmin(n, (size_t)0x7ffff000));
	fdrop(in);
	fdrop(out);
	return (r);
}

/* Do the two ranges of one file overlap? */
static bool
overlap(struct file *in, int64_t ioff, struct file *out, int64_t ooff,
    size_t n)
{
	if (in->f_vnode != out->f_vnode)
		return (false);
	return (ioff < ooff + (int64_t)n && ooff < ioff + (int64_t)n);
}

long
kern_copy_file_range(int ifd, int64_t *ioff, int ofd, int64_t *ooff, size_t n)
{
	struct file *in = fget(ifd), *out = fget(ofd);
	int64_t iown = -1, oown = -1;
	long r;

	n = kmin(n, (size_t)0x7ffff000);
	if (in == NULL || out == NULL)
		r = -EBADF;
	else if (in->f_vnode == NULL || out->f_vnode == NULL)
		r = -EINVAL;
	else if (in->f_vnode->v_type == VDIR || out->f_vnode->v_type == VDIR)
		r = -EISDIR;
	else if (in->f_vnode->v_type != VREG || out->f_vnode->v_type != VREG)
		r = -EINVAL;
	else if ((in->f_flags & O_ACCMODE) == O_WRONLY ||
	    (out->f_flags & O_ACCMODE) == O_RDONLY ||
	    (out->f_flags & O_APPEND) != 0)
		r = -EBADF;
	else if ((ioff != NULL && (uint64_t)*ioff + n < n) ||
	    (ooff != NULL && (uint64_t)*ooff + n < n))
		r = -EOVERFLOW;
	else if ((ioff != NULL && *ioff < 0) || (ooff != NULL && *ooff < 0))
		r = -EINVAL;
	else if (overlap(in, ioff != NULL ? *ioff : in->f_offset, out,
	    ooff != NULL ? *ooff : out->f_offset, n))
		r = -EINVAL;
	else
		r = copy_files(in, ioff != NULL ? ioff : &iown, out,
		    ooff != NULL ? ooff : &oown, n);
	fdrop(in);
	fdrop(out);
	return (r);
}
