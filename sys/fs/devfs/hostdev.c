/*
 * hostdev.c: character devices of the host that the user gave to the jail
 * (--device).
 *
 * The warden holds an O_PATH descriptor of each; an open of the node opens the
 * host's device anew by it, so every open file is one of the host's as well.
 * The host's is always non-blocking; a guest that wants to block waits in poll,
 * where a kick finds it.  ioctl goes to the device as it is: whoever gives a
 * device away trusts the guest with it.
 */
#include "fs/devfs/devfs.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/dev.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

static int
hostdev_rw(struct file *fp, struct uio *uio, int events)
{
	long n;
	int r;

	for (;;) {
		n = uio_hostio(fp->f_hostfd, uio, -1);
		if (n != -EAGAIN || (fp->f_flags & O_NONBLOCK) != 0)
			return (n < 0 ? (int)n : 0);
		r = poll_hostwait(fp->f_hostfd, events, 0);
		if (r < 0)
			return (r);
	}
}

static int
hostdev_read(struct file *fp, struct uio *uio)
{
	return (hostdev_rw(fp, uio, POLLIN));
}

static int
hostdev_write(struct file *fp, struct uio *uio)
{
	return (hostdev_rw(fp, uio, POLLOUT));
}

static int64_t
hostdev_seek(struct file *fp, int64_t off, int whence)
{
	return (host_lseek(fp->f_hostfd, off, whence));
}

static long
hostdev_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	return (host_ioctl(fp->f_hostfd, cmd, arg));
}

static int
hostdev_poll(struct file *fp, int events, struct poller *po)
{
	poll_host(po, fp->f_hostfd, events);
	return (poll_hostnow(fp->f_hostfd, events));
}

static int
hostdev_stat(struct file *fp, struct kstat *st)
{
	return (vn_getattr(fp->f_vnode, st));
}

static void
hostdev_close(struct file *fp)
{
	if (fp->f_hostfd >= 0)
		(void)host_close(fp->f_hostfd);
	fp->f_hostfd = -1;
}

static const struct fileops hostdev_ops = {
	.fo_read = hostdev_read,
	.fo_write = hostdev_write,
	.fo_seek = hostdev_seek,
	.fo_ioctl = hostdev_ioctl,
	.fo_poll = hostdev_poll,
	.fo_stat = hostdev_stat,
	.fo_close = hostdev_close,
};

static const struct jail_device *
device_of(uint64_t rdev)
{
	const struct jail_config *jc = kroot()->r_config;

	for (uint32_t i = 0; i < jc->jc_ndevices; i++)
		if (jc->jc_devices[i].jd_rdev == rdev)
			return (&jc->jc_devices[i]);
	return (NULL);
}

static int
hostdev_open(struct file *fp, uint64_t rdev, int flags)
{
	const struct jail_device *jd = device_of(rdev);
	int acc = flags & O_ACCMODE, fd;
	char path[40];

	if (jd == NULL)
		return (-ENXIO);
	if ((acc != O_WRONLY && (jd->jd_perm & JD_READ) == 0) ||
	    (acc != O_RDONLY && (jd->jd_perm & JD_WRITE) == 0))
		return (-EPERM);
	ksnprintf(path, sizeof(path), "/proc/self/fd/%d", jd->jd_fd);
	fd = host_openat(AT_FDCWD, path, acc | O_NONBLOCK | O_CLOEXEC |
	    O_NOCTTY, 0);
	if (fd < 0)
		return (fd);
	fp->f_ops = &hostdev_ops;
	fp->f_type = FT_OTHER;
	fp->f_hostfd = fd;
	return (0);
}

/* Before all other drivers: a device that was asked for is the host's. */
int
hostdev_init(const struct jail_config *jc)
{
	int error = 0;

	for (uint32_t i = 0; error == 0 && i < jc->jc_ndevices; i++) {
		struct devsw *d = KNEW(struct devsw);

		if (d == NULL)
			return (-ENOMEM);
		d->d_name = "host";
		d->d_major = kmajor(jc->jc_devices[i].jd_rdev);
		d->d_minor = kminor(jc->jc_devices[i].jd_rdev);
		d->d_nminors = 1;
		d->d_open = hostdev_open;
		error = dev_register(d);
	}
	return (error);
}
