/*
 * hostfile.c: open files that are a host descriptor given by the warden
 * (stdin, stdout, stderr, as pipes, files, sockets or terminals).
 *
 * The host's open file is shared with programs outside, so its O_NONBLOCK is
 * never touched: a blocking read or write asks poll first and then makes a
 * call that a kick can end.  The offset, if any, is the host's own.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vfs.h"

/* Wait until fd is ready, unless the file is non-blocking. */
static int
ready(struct file *fp, int events, bool nowait)
{
	int r;

	if ((fp->f_flags & O_NONBLOCK) != 0 || nowait) {
		r = poll_hostnow(fp->f_hostfd, events);
		return (r == 0 ? -EAGAIN : 0);
	}
	r = poll_hostwait(fp->f_hostfd, events, 0);
	return (r < 0 ? r : 0);
}

/* One host call on the first piece of the vector. */
static int
transfer(struct file *fp, struct uio *uio)
{
	struct host_iovec *iov;
	long n;

	while (uio->uio_iovcnt > 0 && uio->uio_iov->iov_len == 0) {
		uio->uio_iov++;
		uio->uio_iovcnt--;
	}
	if (uio->uio_resid == 0)
		return (0);
	iov = uio->uio_iov;
	if (uio->uio_user && !user_range_ok(iov->iov_base, iov->iov_len))
		return (-EFAULT);
	if (uio->uio_off >= 0)
		n = uio_hostio(fp->f_hostfd, uio, uio->uio_off);
	else if (uio->uio_write)
		n = host_write_intr(fp->f_hostfd, (void *)iov->iov_base,
		    iov->iov_len);
	else
		n = host_read_intr(fp->f_hostfd, (void *)iov->iov_base,
		    iov->iov_len);
	if (n == -EINTR)		/* -EAGAIN: a kick without a cause */
		return (thread_interrupted() ? -ERESTARTSYS : -EAGAIN);
	if (n < 0)
		return ((int)n);
	if (uio->uio_off < 0)
		uio_advance(uio, (size_t)n);
	return (n == 0 ? 1 : 0);	/* 1: end of file */
}

static int
hf_read(struct file *fp, struct uio *uio)
{
	bool nowait = (uio->uio_rwf & RWF_NOWAIT) != 0;
	int error;

	if (uio->uio_resid == 0)
		return (0);
	for (;;) {
		error = ready(fp, POLLIN, nowait);
		if (error < 0)
			return (error);
		error = transfer(fp, uio);
		/* Somebody else took it, or the host's file is O_NONBLOCK. */
		if (error == -EAGAIN && (fp->f_flags & O_NONBLOCK) == 0 &&
		    !nowait)
			continue;
		return (error > 0 ? 0 : error);
	}
}

static int
hf_write(struct file *fp, struct uio *uio)
{
	bool nowait = (uio->uio_rwf & RWF_NOWAIT) != 0;
	int error;

	while (uio->uio_resid > 0) {
		error = ready(fp, POLLOUT, nowait);
		if (error < 0)
			return (error);
		error = transfer(fp, uio);
		if (error == -EAGAIN && (fp->f_flags & O_NONBLOCK) == 0 &&
		    !nowait)
			continue;
		if (error != 0)
			return (error > 0 ? 0 : error);
		/* A non-blocking writer takes what fits. */
		if ((fp->f_flags & O_NONBLOCK) != 0)
			break;
	}
	return (0);
}

static int64_t
hf_seek(struct file *fp, int64_t off, int whence)
{
	return (host_lseek(fp->f_hostfd, off, whence));
}

#define	FIONREAD	0x541B

static long
hf_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	int n = 0, error;

	if (cmd != FIONREAD)
		return (-ENOTTY);
	error = host_ioctl(fp->f_hostfd, cmd, (uaddr_t)&n);
	return (error < 0 ? error : store32(arg, (uint32_t)n));
}

static int
hf_poll(struct file *fp, int events, struct poller *po)
{
	/* Even when it is ready: epoll registers once, for later. */
	poll_host(po, fp->f_hostfd, events);
	return (poll_hostnow(fp->f_hostfd, events));
}

static int
hf_stat(struct file *fp, struct kstat *st)
{
	int error = host_fstat(fp->f_hostfd, st);

	if (error < 0)
		return (error);
	st->st_dev = vfs()->vr_anonmnt->mnt_dev;
	/* Owners of the host mean nothing here. */
	st->st_uid = fp->f_cred->cr_fsuid;
	st->st_gid = fp->f_cred->cr_fsgid;
	return (0);
}

static int
hf_truncate(struct file *fp, int64_t len)
{
	return (host_ftruncate(fp->f_hostfd, len));
}

/* A second description of the same host file; it shares the host's offset. */
static int
hf_reopen(struct file *fp, struct file *newfp, int flags)
{
	unsigned have = fp->f_flags & O_ACCMODE;
	unsigned want = (unsigned)flags & O_ACCMODE;
	int fd;

	if (have != O_RDWR && have != want)
		return (-EACCES);
	fd = host_dup(fp->f_hostfd);
	if (fd < 0)
		return (fd);
	newfp->f_hostfd = fd;
	newfp->f_type = FT_HOST;
	newfp->f_ops = fp->f_ops;
	kstrlcpy(newfp->f_desc, fp->f_desc, sizeof(newfp->f_desc));
	return (0);
}

/* --- mappings of a host's regular file ------------------------------------ */

struct hostobj {
	struct vm_object ho_obj;
	refcount_t	ho_ref;
	int		ho_fd;		/* our own duplicate */
};

static int
ho_map(struct vm_object *o, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	*fd = container_of(o, struct hostobj, ho_obj)->ho_fd;
	*hostoff = off;
	return (0);
}

static void
ho_ref(struct vm_object *o)
{
	ref_acquire(&container_of(o, struct hostobj, ho_obj)->ho_ref);
}

static void
ho_drop(struct vm_object *o)
{
	struct hostobj *ho = container_of(o, struct hostobj, ho_obj);

	if (!ref_release(&ho->ho_ref))
		return;
	(void)host_close(ho->ho_fd);
	kfree(ho);
}

static void
ho_name(struct vm_object *o, uint64_t *dev, uint64_t *ino, char *path,
    size_t size)
{
	struct kstat st;

	*dev = vfs()->vr_anonmnt->mnt_dev;
	*ino = 0;
	if (host_fstat(container_of(o, struct hostobj, ho_obj)->ho_fd,
	    &st) == 0)
		*ino = st.st_ino;
	kstrlcpy(path, "/host-file", size);
}

static const struct vm_object_ops hostobj_ops = {
	.vo_map		= ho_map,
	.vo_ref		= ho_ref,
	.vo_drop	= ho_drop,
	.vo_name	= ho_name,
};

static int
hf_mmap(struct file *fp, int prot, int flags, struct vm_object **objp)
{
	struct hostobj *ho = KNEW(struct hostobj);

	if (ho == NULL)
		return (-ENOMEM);
	ho->ho_obj.vo_ops = &hostobj_ops;
	ho->ho_ref = 1;
	ho->ho_fd = host_dup(fp->f_hostfd);
	if (ho->ho_fd < 0) {
		int error = ho->ho_fd;

		kfree(ho);
		return (error);
	}
	*objp = &ho->ho_obj;
	return (0);
}

static void
hf_close(struct file *fp)
{
	if (fp->f_hostfd >= 0)
		(void)host_close(fp->f_hostfd);
	fp->f_hostfd = -1;
}

static const struct fileops hoststream_ops = {
	.fo_read	= hf_read,
	.fo_write	= hf_write,
	.fo_seek	= file_noseek,
	.fo_ioctl	= hf_ioctl,
	.fo_poll	= hf_poll,
	.fo_stat	= hf_stat,
	.fo_close	= hf_close,
	.fo_reopen	= hf_reopen,
};

static const struct fileops hostreg_ops = {
	.fo_read	= hf_read,
	.fo_write	= hf_write,
	.fo_seek	= hf_seek,
	.fo_ioctl	= hf_ioctl,
	.fo_poll	= hf_poll,
	.fo_stat	= hf_stat,
	.fo_close	= hf_close,
	.fo_reopen	= hf_reopen,
	.fo_truncate	= hf_truncate,
	.fo_mmap	= hf_mmap,
	.fo_flags	= FO_SEEKABLE,
};

struct file *
hostfile_alloc(int hostfd, int flags)
{
	struct kstat st;
	struct file *fp;
	bool reg = false;
	const char *kind = "pipe";

	if (host_fstat(hostfd, &st) == 0) {
		reg = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
		if (S_ISSOCK(st.st_mode))
			kind = "socket";
	} else
		st.st_ino = 0;
	fp = file_alloc(FT_HOST, reg ? &hostreg_ops : &hoststream_ops, flags);
	if (fp == NULL)
		return (NULL);
	fp->f_hostfd = hostfd;
	if (!reg)
		ksnprintf(fp->f_desc, sizeof(fp->f_desc), "%s:[%llu]", kind,
		    (unsigned long long)st.st_ino);
	else
		kstrlcpy(fp->f_desc, "/host-file", sizeof(fp->f_desc));
	return (fp);
}
