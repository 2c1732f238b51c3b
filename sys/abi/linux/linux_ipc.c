/*
 * linux_ipc.c: the edge of pipes and event descriptors: pipe(2), eventfd(2),
 * epoll_ctl(2), timerfd_create(2), signalfd(2), splice(2).
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "host/host.h"
#include "vfs/file.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"

/* Install a new file or give it back: descriptor or errno. */
static long
install(struct file *fp, bool cloexec)
{
	int fd = fd_install(fp, 0, cloexec);

	if (fd < 0)
		fdrop(fp);
	return (fd);
}

static long
pipe_common(uaddr_t fds, int flags)
{
	struct file *rfp, *wfp;
	int error, out[2];
	bool cloexec = (flags & O_CLOEXEC) != 0;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return (-EINVAL);
	if ((error = kern_pipe(&rfp, &wfp, flags)) != 0)
		return (error);
	if ((out[0] = (int)install(rfp, cloexec)) < 0) {
		fdrop(wfp);
		return (out[0]);
	}
	if ((out[1] = (int)install(wfp, cloexec)) < 0) {
		(void)fd_close(out[0]);
		return (out[1]);
	}
	if (copyout(out, fds, sizeof(out)) != 0) {
		(void)fd_close(out[0]);
		(void)fd_close(out[1]);
		return (-EFAULT);
	}
	return (0);
}

long
sys_pipe(struct thread *td, uaddr_t fds)
{
	return (pipe_common(fds, 0));
}

long
sys_pipe2(struct thread *td, uaddr_t fds, int flags)
{
	return (pipe_common(fds, flags));
}

long
sys_eventfd2(struct thread *td, unsigned int init, int flags)
{
	struct file *fp;
	int error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE))
		return (-EINVAL);
	if ((error = kern_eventfd(init, flags, &fp)) != 0)
		return (error);
	return (install(fp, (flags & O_CLOEXEC) != 0));
}

long
sys_eventfd(struct thread *td, unsigned int init)
{
	return (sys_eventfd2(td, init, 0));
}

/* --- timerfd, signalfd -------------------------------------------------------- */

long
sys_timerfd_create(struct thread *td, int clock, int flags)
{
	struct file *fp;
	int error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return (-EINVAL);
	if ((error = kern_timerfd(clock, flags, &fp)) != 0)
		return (error);
	return (install(fp, (flags & O_CLOEXEC) != 0));
}

long
sys_timerfd_settime(struct thread *td, int fd, int flags, uaddr_t unew,
    uaddr_t uold)
{
	struct host_itimerspec new, old;
	struct file *fp;
	int error;

	if (copyin(unew, &new, sizeof(new)) != 0)
		return (-EFAULT);
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	error = kern_timerfd_set(fp, flags, &new, &old);
	fdrop(fp);
	if (error == 0 && uold != 0 && copyout(&old, uold, sizeof(old)) != 0)
		return (-EFAULT);
	return (error);
}

long
sys_timerfd_gettime(struct thread *td, int fd, uaddr_t uold)
{
	struct host_itimerspec old;
	struct file *fp;
	int error;

	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	error = kern_timerfd_get(fp, &old);
	fdrop(fp);
	if (error == 0 && copyout(&old, uold, sizeof(old)) != 0)
		return (-EFAULT);
	return (error);
}

long
sys_signalfd4(struct thread *td, int fd, uaddr_t umask, size_t size, int flags)
{
	struct file *fp;
	uint64_t mask;
	int error;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return (-EINVAL);
	if (size != sizeof(mask))
		return (-EINVAL);
	if (copyin(umask, &mask, sizeof(mask)) != 0)
		return (-EFAULT);
	if (fd == -1) {
		if ((error = kern_signalfd(mask, flags, &fp)) != 0)
			return (error);
		return (install(fp, (flags & O_CLOEXEC) != 0));
	}
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	error = kern_signalfd_set(fp, mask);
	fdrop(fp);
	return (error != 0 ? error : fd);
}

long
sys_signalfd(struct thread *td, int fd, uaddr_t umask, size_t size)
{
	return (sys_signalfd4(td, fd, umask, size, 0));
}

/* --- splice, tee, vmsplice ------------------------------------------------------- */

#define	SPLICE_FLAGS	(SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | \
			    SPLICE_F_GIFT)

long
sys_splice(struct thread *td, int infd, uaddr_t uinoff, int outfd,
    uaddr_t uoutoff, size_t n, unsigned int flags)
{
	struct file *in = NULL, *out = NULL;
	int64_t inoff = 0, outoff = 0;
	long ret = -EBADF;

	if (flags & ~SPLICE_FLAGS)
		return (-EINVAL);
	if ((uinoff != 0 && fetch64(uinoff, (uint64_t *)&inoff) != 0) ||
	    (uoutoff != 0 && fetch64(uoutoff, (uint64_t *)&outoff) != 0))
		return (-EFAULT);
	if ((in = fget(infd)) != NULL && (out = fget(outfd)) != NULL)
		ret = kern_splice(in, uinoff != 0 ? &inoff : NULL, out,
		    uoutoff != 0 ? &outoff : NULL, n, (int)flags);
	fdrop(in);
	fdrop(out);
	if (ret > 0 && uinoff != 0 && store64(uinoff, (uint64_t)inoff) != 0)
		ret = -EFAULT;
	if (ret > 0 && uoutoff != 0 && store64(uoutoff, (uint64_t)outoff) != 0)
		ret = -EFAULT;
	return (ret);
}

long
sys_tee(struct thread *td, int infd, int outfd, size_t n, unsigned int flags)
{
	struct file *in = NULL, *out = NULL;
	long ret = -EBADF;

	if (flags & ~SPLICE_FLAGS)
		return (-EINVAL);
	if ((in = fget(infd)) != NULL && (out = fget(outfd)) != NULL) {
		if (pipe_of(in) == NULL || pipe_of(out) == NULL ||
		    pipe_of(in) == pipe_of(out))
			ret = -EINVAL;
		else if ((in->f_flags & O_ACCMODE) == O_WRONLY ||
		    (out->f_flags & O_ACCMODE) == O_RDONLY)
			ret = -EBADF;
		else
			ret = n == 0 ? 0 : pipe_tee(in, out, n,
			    (flags & SPLICE_F_NONBLOCK) != 0);
	}
	fdrop(in);
	fdrop(out);
	return (ret);
}

long
sys_vmsplice(struct thread *td, int fd, uaddr_t uiov, unsigned long cnt,
    unsigned int flags)
{
	struct host_iovec fast[UIO_FASTIOV], *alloc;
	struct file *fp;
	struct uio uio;
	long ret;

	if (flags & ~SPLICE_FLAGS)
		return (-EINVAL);
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	if (pipe_of(fp) == NULL) {
		fdrop(fp);
		return (-EBADF);
	}
	ret = uio_copyin(uiov, cnt, fast, &alloc, &uio);
	if (ret == 0) {
		if (flags & SPLICE_F_NONBLOCK)
			uio.uio_rwf |= RWF_NOWAIT;
		ret = (fp->f_flags & O_ACCMODE) == O_RDONLY ?
		    file_read(fp, &uio) : file_write(fp, &uio);
		kfree(alloc);
	}
	fdrop(fp);
	return (ret);
}
