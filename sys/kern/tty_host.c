/*
 * tty_host.c: the host's terminal, passed through.
 *
 * Its descriptor stays as the user gave it (other programs share its flags),
 * so it may block: reads and writes go through the calls that a kick ends.
 * A non-blocking guest asks the host first whether it would block.
 */
#include "kern/tty_var.h"

#include "base/arena.h"
#include "base/copy.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "vfs/file.h"
#include "vfs/poll.h"
#include "vfs/uio.h"

#define	HOSTTTY_CHUNK	2048

static int
hosttty_wait(int fd, int events, struct file *fp)
{
	int r;

	if (fp->f_flags & O_NONBLOCK)
		return (-EAGAIN);
	r = poll_hostwait(fd, events, 0);
	return (r < 0 ? r : 0);
}

static int
hosttty_read(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	int fd = tf->tf_tty->t_hostfd;
	uint8_t buf[HOSTTTY_CHUNK];
	long n;
	int error;

	if (uio->uio_resid == 0)
		return (0);
	for (;;) {
		if ((fp->f_flags & O_NONBLOCK) &&
		    poll_hostnow(fd, POLLIN) == 0)
			return (-EAGAIN);
		n = host_read_intr(fd, buf,
		    kmin(uio->uio_resid, sizeof(buf)));
		if (n >= 0)
			return (uiomove(buf, n, uio));
		if (n == -EAGAIN) {
			error = hosttty_wait(fd, POLLIN, fp);
			if (error != 0)
				return (error);
		} else if (n != -EINTR)
			return (n);
		if (thread_interrupted())
			return (-ERESTARTSYS);
	}
}

static int
hosttty_write(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	int fd = tf->tf_tty->t_hostfd;
	size_t total = uio->uio_resid, left, len, done;
	uint8_t buf[HOSTTTY_CHUNK];
	long n;
	int error = 0;

	while (uio->uio_resid > 0 && error == 0) {
		left = uio->uio_resid;
		len = kmin(left, sizeof(buf));
		error = uiomove(buf, len, uio);
		if (error != 0) {
			uio->uio_resid = left;	/* nothing of this went */
			break;
		}
		for (done = 0; done < len && error == 0; ) {
			if ((fp->f_flags & O_NONBLOCK) &&
			    poll_hostnow(fd, POLLOUT) == 0)
				n = -EAGAIN;
			else
				n = host_write_intr(fd, buf + done,
				    len - done);
			if (n > 0)
				done += n;
			else if (n == -EAGAIN)
				error = hosttty_wait(fd, POLLOUT, fp);
			else if (n == -EINTR || n == 0)
				error = thread_interrupted() ?
				    -ERESTARTSYS : 0;
			else
				error = n;
		}
		/* What the terminal did not take was not written. */
		uio->uio_resid += len - done;
	}
	return (uio->uio_resid < total ? 0 : error);
}

static long
hosttty_ioctl(struct ttyfile *tf, struct file *fp, unsigned long cmd,
    uaddr_t arg)
{
	size_t size;

	switch (cmd) {
	case TCGETS: case TCSETS: case TCSETSW: case TCSETSF:
		size = sizeof(struct ktermios);
		break;
	case TCGETS2: case TCSETS2: case TCSETSW2: case TCSETSF2:
		size = sizeof(struct ktermios2);
		break;
	case TCGETA: case TCSETA: case TCSETAW: case TCSETAF:
		size = sizeof(struct ktermio);
		break;
	case TIOCGWINSZ: case TIOCSWINSZ:
		size = sizeof(struct kwinsize);
		break;
	case FIONREAD: case TIOCOUTQ: case TIOCGSOFTCAR:
		size = sizeof(int32_t);
		break;
	case TCSBRK: case TCSBRKP: case TCXONC: case TCFLSH:
		size = 0;	/* arg is a number */
		break;
	default:
		return (-ENOIOCTLCMD);
	}
	if (size != 0 && !user_range_ok(arg, size))
		return (-EFAULT);
	return (host_ioctl(tf->tf_tty->t_hostfd, cmd, arg));
}

static int
hosttty_poll(struct ttyfile *tf, struct file *fp, int events,
    struct poller *po)
{
	int fd = tf->tf_tty->t_hostfd;

	/* Even when it is ready: epoll registers once, for later. */
	poll_host(po, fd, events);
	return (poll_hostnow(fd, events | POLLERR | POLLHUP));
}

static uint32_t
hosttty_lflag(struct tty *tp)
{
	struct ktermios t;

	if (host_ioctl(tp->t_hostfd, TCGETS, (uaddr_t)&t) != 0)
		return (0);
	return (t.c_lflag);
}

static void
hosttty_hangup(struct tty *tp)
{
	mtx_lock(&tp->t_lock);
	tp->t_gen++;
	mtx_unlock(&tp->t_lock);
}

const struct ttyops tty_hostops = {
	.t_read = hosttty_read,
	.t_write = hosttty_write,
	.t_ioctl = hosttty_ioctl,
	.t_poll = hosttty_poll,
	.t_lflag = hosttty_lflag,
	.t_hangup = hosttty_hangup,
};
