/*
 * vfs_vnops.c: the file operations of vnodes.
 *
 * Lock order: f_lock (the offset) > v_lock (writes of regular files) > the
 * file system's own.  Neither is taken for files that may block (devices,
 * FIFOs): those have no offset worth guarding.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "base/copy.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/signal.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/file.h"
#include "vfs/flock.h"
#include "vfs/inotify.h"
#include "vfs/nc_impl.h"
#include "vfs/uio.h"
#include "vfs/vfs.h"
#include "vfs/vnobject.h"
#include "vfs/vnode.h"

static bool
has_offset(const struct vnode *vp)
{
	return (vp->v_type == VREG || vp->v_type == VDIR);
}

/*
 * Must f_lock be held for the offset?  Not when the only reference is that of
 * a descriptor in a table of the current thread's alone (kern_readv, which then
 * takes none itself).
 */
static bool
shared_offset(const struct file *fp)
{
	return (has_offset(fp->f_vnode) && atomic_load_acq(&fp->f_ref) > 1);
}

static int
vn_fo_read(struct file *fp, struct uio *uio)
{
	struct vnode *vp = fp->f_vnode;
	bool own = uio->uio_off < 0;
	bool lock = own && shared_offset(fp);
	size_t before = uio->uio_resid;
	int error;

	if (vp->v_type == VDIR)
		return (-EISDIR);
	if (vp->v_op->vop_read == NULL)
		return (-EINVAL);
	if (lock)
		mtx_lock(&fp->f_lock);
	if (own)
		uio->uio_off = fp->f_offset;
	error = vp->v_op->vop_read(vp, uio, fp);
	if (own)
		fp->f_offset = uio->uio_off;
	if (lock)
		mtx_unlock(&fp->f_lock);
	if (uio->uio_resid != before) {
		error = 0;
		vn_notify(vp, IN_ACCESS);
	}
	return (error);
}

/* RLIMIT_FSIZE and the largest offset: may shorten the write. */
static int
check_limit(struct uio *uio)
{
	uint64_t lim = vfs_rlimit(VFS_RLIMIT_FSIZE);
	uint64_t off = (uint64_t)uio->uio_off;

	if (uio->uio_resid == 0)
		return (0);
	if (off >= lim) {
		vfs_signal(SIGXFSZ);
		return (-EFBIG);
	}
	if (off + uio->uio_resid > (uint64_t)INT64_MAX)
		return (-EFBIG);
	return (0);
}

static uint64_t
fsize_room(const struct uio *uio)
{
	uint64_t lim = vfs_rlimit(VFS_RLIMIT_FSIZE);

	return (lim - (uint64_t)uio->uio_off);
}

/* Write to a regular file, v_lock held. */
static int
write_locked(struct file *fp, struct vnode *vp, struct uio *uio, bool append)
{
	struct kstat st;
	size_t cut = 0;
	uint64_t room;
	int error;

	if (append) {
		error = vn_getattr(vp, &st);
		if (error < 0)
			return (error);
		uio->uio_off = st.st_size;
	}
	error = check_limit(uio);
	if (error < 0)
		return (error);
	if (uio->uio_resid > 0 && !cred_priv(curthread()->td_cred,
	    PRIV_FSETID))
		vn_clearsetid(vp);
	room = fsize_room(uio);
	if (uio->uio_resid > room && uio->uio_iovcnt == 1) {
		cut = uio->uio_resid - room;
		uio->uio_iov->iov_len -= cut;
		uio->uio_resid -= cut;
	}
	error = vp->v_op->vop_write(vp, uio, fp);
	uio->uio_resid += cut;
	return (error);
}

static int
vn_fo_write(struct file *fp, struct uio *uio)
{
	struct vnode *vp = fp->f_vnode;
	bool own = uio->uio_off < 0;
	bool lock = own && shared_offset(fp);
	bool append = (fp->f_flags & O_APPEND) != 0 ||
	    (uio->uio_rwf & RWF_APPEND) != 0;
	size_t before = uio->uio_resid;
	int error;

	if (vp->v_op->vop_write == NULL)
		return (-EINVAL);
	if (lock)
		mtx_lock(&fp->f_lock);
	if (own)
		uio->uio_off = fp->f_offset;
	if (vp->v_type == VREG && vp->v_op->vop_hostmap != NULL) {
		mtx_lock(&vp->v_lock);
		error = write_locked(fp, vp, uio, append);
		mtx_unlock(&vp->v_lock);
	} else
		error = vp->v_op->vop_write(vp, uio, fp);
	if (own)
		fp->f_offset = uio->uio_off;
	if (lock)
		mtx_unlock(&fp->f_lock);
	if (uio->uio_resid != before) {
		error = 0;
		vn_notify(vp, IN_MODIFY);
		if (((fp->f_flags & O_DSYNC) != 0 ||
		    (uio->uio_rwf & (RWF_DSYNC | RWF_SYNC)) != 0) &&
		    vp->v_op->vop_fsync != NULL)
			error = vp->v_op->vop_fsync(vp, true);
	}
	return (error);
}

/* SEEK_DATA and SEEK_HOLE without help: one piece of data. */
static int64_t
seek_plain(struct vnode *vp, int64_t off, int whence)
{
	struct kstat st;
	int error;

	error = vn_getattr(vp, &st);
	if (error < 0)
		return (error);
	if (off < 0 || off >= st.st_size)
		return (-ENXIO);
	return (whence == SEEK_DATA ? off : st.st_size);
}

static int64_t
vn_fo_seek(struct file *fp, int64_t off, int whence)
{
	struct vnode *vp = fp->f_vnode;
	struct kstat st;
	int64_t base = 0;
	int error;

	if (vp->v_type == VFIFO || vp->v_type == VSOCK)
		return (-ESPIPE);
	mtx_lock(&fp->f_lock);
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = fp->f_offset;
		break;
	case SEEK_END:
		error = vn_getattr(vp, &st);
		if (error < 0) {
			base = error;
			goto out;
		}
		base = vp->v_type == VREG ? st.st_size : 0;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (vp->v_type != VREG)
			base = -EINVAL;
		else if (off < 0)
			base = -ENXIO;
		else if (vp->v_op->vop_seekdata != NULL)
			base = vp->v_op->vop_seekdata(vp, off, whence);
		else
			base = seek_plain(vp, off, whence);
		if (base < 0)
			goto out;
		off = 0;
		break;
	default:
		base = -EINVAL;
		goto out;
	}
	if ((off > 0 && base > INT64_MAX - off) || base + off < 0)
		base = -EINVAL;
	else
		base = fp->f_offset = base + off;
out:
	mtx_unlock(&fp->f_lock);
	return (base);
}

#define	FIONREAD	0x541B
#define	FIGETBSZ	2

static long
vn_fo_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct vnode *vp = fp->f_vnode;
	struct kstat st;
	int64_t n;
	int error;

	if (vp->v_type == VREG && (cmd == FIONREAD || cmd == FIGETBSZ)) {
		error = vn_getattr(vp, &st);
		if (error < 0)
			return (error);
		n = cmd == FIGETBSZ ? st.st_blksize :
		    kmax(st.st_size - fp->f_offset, (int64_t)0);
		return (store32(arg, (uint32_t)kmin(n, (int64_t)INT_MAX)));
	}
	if (vp->v_op->vop_ioctl == NULL)
		return (-ENOTTY);
	return (vp->v_op->vop_ioctl(vp, fp, cmd, arg));
}

static int
vn_fo_poll(struct file *fp, int events, struct poller *po)
{
	struct vnode *vp = fp->f_vnode;

	if (vp->v_op->vop_poll != NULL)
		return (vp->v_op->vop_poll(vp, fp, events, po));
	return (events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM));
}

static int
vn_fo_stat(struct file *fp, struct kstat *st)
{
	int error = vn_getattr(fp->f_vnode, st);

	if (error == 0 && fp->f_nch.mp != NULL)
		nch_statmount(&fp->f_nch, st);
	return (error);
}

static void
vn_fo_close(struct file *fp)
{
	struct vnode *vp = fp->f_vnode;
	bool writer;

	if (vp == NULL || (fp->f_flags & O_PATH) != 0)
		return;
	writer = (fp->f_flags & O_ACCMODE) != O_RDONLY;
	if (vp->v_op->vop_close != NULL)
		vp->v_op->vop_close(vp, fp);
	if (writer && vp->v_type == VREG)
		vn_putwrite(vp);
	if (fp->f_flags & O_KEXEC)
		vn_allowwrite(vp);
	vn_notify(vp, writer ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
	if (atomic_sub(&vp->v_opens, 1) == 0)
		vn_notify_gone(vp);
}

static int
vn_fo_readdir(struct file *fp, struct dirsink *ds)
{
	struct vnode *vp = fp->f_vnode;
	int error;

	if (vp->v_type != VDIR || vp->v_op->vop_readdir == NULL)
		return (-ENOTDIR);
	if (fp->f_nch.ncp != NULL && vp->v_type == VDIR &&
	    (fp->f_nch.ncp->nc_flags & NCF_DEAD) != 0 &&
	    fp->f_nch.ncp != fp->f_nch.mp->mnt_root)
		return (-ENOENT);
	mtx_lock(&fp->f_lock);
	error = vp->v_op->vop_readdir(vp, &fp->f_offset, ds, fp);
	mtx_unlock(&fp->f_lock);
	return (error);
}

static int
vn_fo_truncate(struct file *fp, int64_t len)
{
	return (vn_truncate(fp->f_vnode, len, curthread()->td_cred));
}

static int
vn_fo_mmap(struct file *fp, int prot, int flags, struct vm_object **objp)
{
	struct vnode *vp = fp->f_vnode;
	unsigned acc = fp->f_flags & O_ACCMODE;

	if (acc == O_WRONLY)
		return (-EACCES);
	if ((flags & MAP_TYPE) != MAP_PRIVATE && (prot & PROT_WRITE) != 0 &&
	    acc != O_RDWR)
		return (-EACCES);
	if ((prot & PROT_EXEC) != 0 && fp->f_nch.mp != NULL &&
	    (fp->f_nch.mp->mnt_flags & MNT_NOEXEC) != 0)
		return (-EPERM);
	if (vp->v_op->vop_hostmap == NULL)
		return (-ENODEV);
	vp->v_object.vo_ops->vo_ref(&vp->v_object);
	*objp = &vp->v_object;
	return (0);
}

static void
vn_fo_fdclose(struct file *fp, struct thread *td)
{
	if (fp->f_vnode->v_locks != NULL)
		flock_fdclose(fp->f_vnode, td->td_fd);
}

const struct fileops vn_fileops = {
	.fo_read	= vn_fo_read,
	.fo_write	= vn_fo_write,
	.fo_seek	= vn_fo_seek,
	.fo_ioctl	= vn_fo_ioctl,
	.fo_poll	= vn_fo_poll,
	.fo_stat	= vn_fo_stat,
	.fo_close	= vn_fo_close,
	.fo_readdir	= vn_fo_readdir,
	.fo_truncate	= vn_fo_truncate,
	.fo_mmap	= vn_fo_mmap,
	.fo_fdclose	= vn_fo_fdclose,
	.fo_flags	= FO_SEEKABLE,
};

long
vn_read(struct vnode *vp, void *buf, size_t n, int64_t off)
{
	struct host_iovec iov;
	struct uio uio;
	int error;

	if (vp->v_type == VDIR)
		return (-EISDIR);
	if (vp->v_op->vop_read == NULL)
		return (-EINVAL);
	uio_kern(&uio, &iov, buf, n, off, false);
	error = vp->v_op->vop_read(vp, &uio, NULL);
	if (error < 0 && uio.uio_resid == n)
		return (error);
	return ((long)(n - uio.uio_resid));
}
