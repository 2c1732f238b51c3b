/*
 * timerfd.c: timers as descriptors (timerfd_create(2)), kept by the host.
 *
 * The host timer descriptor is non-blocking; blocking reads wait for it with
 * poll_hostwait().  Expirations, cancellation and clock changes are the host's.
 */
#include "base/clock.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"

static int
timerfd_read(struct file *fp, struct uio *uio)
{
	uint64_t val;
	long n;
	int re;

	if (uio->uio_resid < sizeof(val))
		return (-EINVAL);
	for (;;) {
		n = host_read(fp->f_hostfd, &val, sizeof(val));
		if (n == (long)sizeof(val))
			return (uiomove(&val, sizeof(val), uio));
		if (n >= 0)
			return (-EIO);
		if (n != -EAGAIN)
			return ((int)n);	/* ECANCELED */
		if ((fp->f_flags & O_NONBLOCK) || (uio->uio_rwf & RWF_NOWAIT))
			return (-EAGAIN);
		if ((re = poll_hostwait(fp->f_hostfd, POLLIN, 0)) < 0)
			return (re);
	}
}

static int
timerfd_write(struct file *fp, struct uio *uio)
{
	return (-EINVAL);
}

static int
timerfd_poll(struct file *fp, int events, struct poller *po)
{
	poll_host(po, fp->f_hostfd, POLLIN);
	return (poll_hostnow(fp->f_hostfd, POLLIN | POLLRDNORM) & events);
}

static int
timerfd_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0600));
}

static void
timerfd_close(struct file *fp)
{
	(void)host_close(fp->f_hostfd);
	fp->f_hostfd = -1;
}

static const struct fileops timerfd_ops = {
	.fo_read = timerfd_read,
	.fo_write = timerfd_write,
	.fo_seek = file_nopseek,
	.fo_poll = timerfd_poll,
	.fo_stat = timerfd_stat,
	.fo_close = timerfd_close,
};

int
kern_timerfd(int clock, int flags, struct file **fpp)
{
	struct file *fp;
	int fd;

	fd = host_timerfd_create(clock, O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return (fd == -EMFILE ? -ENFILE : fd);
	fp = file_alloc(FT_TIMERFD, &timerfd_ops,
	    O_RDWR | (flags & O_NONBLOCK));
	if (fp == NULL) {
		(void)host_close(fd);
		return (-ENFILE);
	}
	fp->f_hostfd = fd;
	kstrlcpy(fp->f_desc, "anon_inode:[timerfd]", sizeof(fp->f_desc));
	*fpp = fp;
	return (0);
}

int
kern_timerfd_set(struct file *fp, int flags, const struct host_itimerspec *n,
    struct host_itimerspec *o)
{
	if (fp->f_ops != &timerfd_ops)
		return (-EINVAL);
	if (!ts_valid(&n->it_value) || !ts_valid(&n->it_interval))
		return (-EINVAL);
	return (host_timerfd_settime(fp->f_hostfd, flags, n, o));
}

int
kern_timerfd_get(struct file *fp, struct host_itimerspec *o)
{
	if (fp->f_ops != &timerfd_ops)
		return (-EINVAL);
	return (host_timerfd_gettime(fp->f_hostfd, o));
}
