/* unix_opt.c: options of AF_UNIX sockets (socket(7), unix(7)). */
#include "net/unix.h"

#include "libkern/errno.h"
#include "libkern/str.h"

/* Options that are kept and shown but change nothing here. */
static int
opt_bit(int name)
{
	switch (name) {
	case SO_DEBUG: case SO_REUSEADDR: case SO_DONTROUTE:
	case SO_BROADCAST: case SO_KEEPALIVE: case SO_OOBINLINE:
	case SO_REUSEPORT: case SO_TIMESTAMP: case SO_PASSSEC:
		return (name % 32);
	default:
		return (-1);
	}
}

static uint32_t
bufsize(int v)
{
	if (v < 0 || v > UN_BUFMAX / 2)
		v = UN_BUFMAX / 2;
	return (kmax((uint32_t)v * 2, (uint32_t)UN_BUFMIN));
}

int
unix_setopt(struct file *fp, int level, int name, const void *val,
    unsigned len)
{
	struct usock *us = usock_of(fp);
	int v, bit;

	if (level != SOL_SOCKET)
		return (-EOPNOTSUPP);
	if (name == SO_LINGER || name == SO_PRIORITY)
		return (len < sizeof(v) ? -EINVAL : 0);
	if (len < sizeof(v))
		return (-EINVAL);
	memcpy(&v, val, sizeof(v));
	switch (name) {
	case SO_PASSCRED:
		us->us_passcred = v != 0;
		return (0);
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
		us->us_sndbuf = bufsize(v);
		waitq_wake(&us->us_wwq, WAKE_ALL, 0);
		return (0);
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		us->us_rcvbuf = bufsize(v);
		return (0);
	case SO_RCVLOWAT:
		return (v <= 1 ? 0 : -EINVAL);
	default:
		break;
	}
	if ((bit = opt_bit(name)) < 0)
		return (-ENOPROTOOPT);
	if (v != 0)
		atomic_or(&us->us_opts, 1u << bit);
	else
		atomic_and(&us->us_opts, ~(1u << bit));
	return (0);
}

static int
opt_error(struct usock *us)
{
	int err;

	mtx_lock(&us->us_lock);
	err = us->us_err;
	us->us_err = 0;
	mtx_unlock(&us->us_lock);
	return (err);
}

static int
opt_peercred(struct usock *us, void *val, unsigned *len)
{
	struct kucred uc = { 0, (uint32_t)-1, (uint32_t)-1 };

	if (us->us_peer != NULL || us->us_state == US_CONNECTED)
		uc = us->us_peercred;
	else if (us->us_state == US_LISTEN)
		uc = us->us_cred;
	*len = kmin(*len, (unsigned)sizeof(uc));
	memcpy(val, &uc, *len);
	return (0);
}

int
unix_getopt(struct file *fp, int level, int name, void *val, unsigned *len)
{
	struct usock *us = usock_of(fp);
	const int linger[2] = { 0, 0 };
	int bit;

	if (level != SOL_SOCKET)
		return (-EOPNOTSUPP);
	switch (name) {
	case SO_ERROR:
		return (so_optint(opt_error(us), val, len));
	case SO_SNDBUF:
		return (so_optint((int)us->us_sndbuf, val, len));
	case SO_RCVBUF:
		return (so_optint((int)us->us_rcvbuf, val, len));
	case SO_PASSCRED:
		return (so_optint(us->us_passcred, val, len));
	case SO_PEERCRED:
		return (opt_peercred(us, val, len));
	case SO_ACCEPTCONN:
		return (so_optint(us->us_state == US_LISTEN, val, len));
	case SO_PROTOCOL:
	case SO_PRIORITY:
	case SO_MARK:
		return (so_optint(0, val, len));
	case SO_RCVLOWAT:
	case SO_SNDLOWAT:
		return (so_optint(1, val, len));
	case SO_LINGER:
		*len = kmin(*len, (unsigned)sizeof(linger));
		memcpy(val, linger, *len);
		return (0);
	default:
		break;
	}
	if ((bit = opt_bit(name)) < 0)
		return (-ENOPROTOOPT);
	return (so_optint((us->us_opts >> bit) & 1, val, len));
}
