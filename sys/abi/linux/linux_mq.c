/* linux_mq.c: the edge of POSIX message queues (mq_overview(7)). */
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/mqueue.h"
#include "libkern/errno.h"
#include "libkern/signal.h"
#include "vfs/file.h"
#include "vfs/namei.h"

#define	SIGEV_SIGNAL	0
#define	SIGEV_NONE	1

static int
name_get(uaddr_t uname, char *buf)
{
	long n = copyinstr(uname, buf, KNAME_MAX + 1);

	return (n < 0 ? (int)n : 0);
}

long
sys_mq_open(struct thread *td, uaddr_t uname, int flags, unsigned int mode,
    uaddr_t uattr)
{
	char name[KNAME_MAX + 1];
	struct kmqattr at;
	struct file *fp;
	int error, fd;

	if ((error = name_get(uname, name)) != 0)
		return (error);
	if (uattr != 0 && copyin(uattr, &at, sizeof(at)) != 0)
		return (-EFAULT);
	error = kern_mq_open(name, flags, mode & ~td->td_pwd->pw_umask,
	    uattr != 0 ? &at : NULL, &fp);
	if (error != 0)
		return (error);
	/* Close-on-exec always (mq_open(3)). */
	if ((fd = fd_install(fp, 0, true)) < 0)
		fdrop(fp);
	return (fd);
}

long
sys_mq_unlink(struct thread *td, uaddr_t uname)
{
	char name[KNAME_MAX + 1];
	int error = name_get(uname, name);

	return (error != 0 ? error : kern_mq_unlink(name));
}

/* An absolute CLOCK_REALTIME time as a deadline. */
static int
abs_deadline(uaddr_t uts, nsec_t *deadline)
{
	struct timespec64 ts;
	nsec_t left;

	*deadline = 0;
	if (uts == 0)
		return (0);
	if (copyin(uts, &ts, sizeof(ts)) != 0)
		return (-EFAULT);
	if (!ts_valid(&ts))
		return (-EINVAL);
	left = ts2ns(&ts) - clock_real();
	*deadline = left <= 0 ? HOST_NOWAIT : clock_deadline(left);
	return (0);
}

long
sys_mq_timedsend(struct thread *td, int fd, uaddr_t text, size_t n,
    unsigned int prio, uaddr_t uts)
{
	struct file *fp;
	nsec_t deadline;
	long ret;

	if ((ret = abs_deadline(uts, &deadline)) != 0)
		return (ret);
	if ((fp = fget_io(fd)) == NULL)
		return (-EBADF);
	ret = kern_mq_send(fp, text, n, prio, deadline);
	fdrop_io(fp);
	return (ret);
}

long
sys_mq_timedreceive(struct thread *td, int fd, uaddr_t text, size_t n,
    uaddr_t uprio, uaddr_t uts)
{
	struct file *fp;
	nsec_t deadline;
	unsigned prio;
	long ret;

	if ((ret = abs_deadline(uts, &deadline)) != 0)
		return (ret);
	if ((fp = fget_io(fd)) == NULL)
		return (-EBADF);
	ret = kern_mq_receive(fp, text, n, &prio, deadline);
	fdrop_io(fp);
	if (ret >= 0 && uprio != 0 && store32(uprio, prio) != 0)
		return (-EFAULT);
	return (ret);
}

struct ksigevent {			/* its first 16 bytes matter */
	uint64_t	value;
	int32_t		signo;
	int32_t		notify;
	int32_t		pad[12];
};

long
sys_mq_notify(struct thread *td, int fd, uaddr_t uev)
{
	struct ksigevent ev;
	struct file *fp;
	int kind = MQ_NOTIFY_OFF, error;

	if (uev != 0) {
		if (copyin(uev, &ev, sizeof(ev)) != 0)
			return (-EFAULT);
		if (ev.notify == SIGEV_SIGNAL)
			kind = MQ_NOTIFY_SIGNAL;
		else if (ev.notify == SIGEV_NONE)
			kind = MQ_NOTIFY_NONE;
		else
			return (-EINVAL);
		if (kind == MQ_NOTIFY_SIGNAL &&
		    (ev.signo <= 0 || ev.signo > KNSIG))
			return (-EINVAL);
	}
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	error = kern_mq_notify(fp, kind, uev != 0 ? ev.signo : 0,
	    uev != 0 ? ev.value : 0);
	fdrop(fp);
	return (error);
}

long
sys_mq_getsetattr(struct thread *td, int fd, uaddr_t unew, uaddr_t uold)
{
	struct kmqattr new, old;
	struct file *fp;
	int error;

	if (unew != 0 && copyin(unew, &new, sizeof(new)) != 0)
		return (-EFAULT);
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	error = kern_mq_attr(fp, unew != 0 ? &new : NULL, &old);
	fdrop(fp);
	if (error == 0 && uold != 0 && copyout(&old, uold, sizeof(old)) != 0)
		return (-EFAULT);
	return (error);
}
