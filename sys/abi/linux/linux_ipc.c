/*
 * linux_ipc.c: the edge of pipes and event descriptors: pipe(2), eventfd(2),
 * epoll_ctl(2), timerfd_create(2), signalfd(2), splice(2).
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/thread.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "host/host.h"
#include "vfs/file.h"

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
