/*
 * netlink.c: NETLINK_ROUTE, read-only, through a host netlink socket
 * (netlink(7), rtnetlink(7)).
 *
 * The guest's network is the host's, so what it asks about links, addresses and
 * routes is answered by the host.  Requests are read into kernel memory and
 * pass only when every message in them is a get (or ends a dump): nothing can
 * be changed.  Other netlink families do not exist here.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "net/socket.h"

#define	NETLINK_ROUTE	0
#define	NL_MAXREQ	16384

struct nlhdr {
	uint32_t	nl_len;
	uint16_t	nl_type;
	uint16_t	nl_flags;
	uint32_t	nl_seq;
	uint32_t	nl_pid;
};
#define	RTM_BASE	16
#define	RTM_GET(t)	(((t) & 3) == 2)

static struct sockops const netlink_sockops;

int
netlink_socket(int type, int proto, struct file **fpp)
{
	int base = type & SOCK_TYPEMASK, fd;

	if (base != SOCK_RAW && base != SOCK_DGRAM)
		return (-ESOCKTNOSUPPORT);
	if (proto != NETLINK_ROUTE)
		return (-EPROTONOSUPPORT);
	fd = host_socket(AF_NETLINK, base, NETLINK_ROUTE);
	if (fd < 0)
		return (fd == -EMFILE ? -ENFILE : fd);
	return (hostsock_file(&netlink_sockops, AF_NETLINK, base, proto, type,
	    fd, fpp));
}

/* 0 when all messages in buf may go to the host. */
static int
requests_ok(const char *buf, size_t n)
{
	struct nlhdr h;

	while (n >= sizeof(h)) {
		memcpy(&h, buf, sizeof(h));
		if (h.nl_len < sizeof(h) || h.nl_len > n)
			return (0);	/* the host ignores such a rest */
		if (h.nl_type >= RTM_BASE && !RTM_GET(h.nl_type))
			return (-EPERM);
		h.nl_len = kmin(roundup2(h.nl_len, 4u), (uint32_t)n);
		buf += h.nl_len;
		n -= h.nl_len;
	}
	return (0);
}

static long
netlink_send(struct file *fp, struct kmsg *km, int flags)
{
	struct uio *uio = km->km_uio, kuio;
	struct host_iovec iov;
	struct kmsg kkm;
	size_t n = uio->uio_resid;
	char *buf;
	long ret;

	if (n > NL_MAXREQ)
		return (-EMSGSIZE);
	if ((buf = kmalloc(n + 1, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	ret = uiomove(buf, n, uio);
	if (ret == 0)
		ret = requests_ok(buf, n);
	if (ret == 0) {
		uio_kern(&kuio, &iov, buf, n, -1, true);
		kkm = *km;
		kkm.km_uio = &kuio;
		kkm.km_ctl = NULL;
		kkm.km_ctllen = 0;
		ret = inet_sockops.so_send(fp, &kkm, flags);
	}
	if (ret < 0)
		uio->uio_resid = n;	/* nothing was sent */
	kfree(buf);
	return (ret);
}

/* The wrappers exist because inet's functions are its own. */
static int
nl_bind(struct file *fp, const void *sa, unsigned len)
{
	return (inet_sockops.so_bind(fp, sa, len));
}

static int
nl_connect(struct file *fp, const void *sa, unsigned len)
{
	return (inet_sockops.so_connect(fp, sa, len));
}

static int
nl_listen(struct file *fp, int backlog)
{
	return (-EOPNOTSUPP);
}

static int
nl_accept(struct file *fp, int flags, void *sa, unsigned *len,
    struct file **newfp)
{
	return (-EOPNOTSUPP);
}

static int
nl_getname(struct file *fp, bool peer, void *sa, unsigned *len)
{
	return (inet_sockops.so_getname(fp, peer, sa, len));
}

static long
nl_recv(struct file *fp, struct kmsg *km, int flags)
{
	return (inet_sockops.so_recv(fp, km, flags));
}

static int
nl_setopt(struct file *fp, int level, int name, const void *val, unsigned len)
{
	return (inet_sockops.so_setopt(fp, level, name, val, len));
}

static int
nl_getopt(struct file *fp, int level, int name, void *val, unsigned *len)
{
	return (inet_sockops.so_getopt(fp, level, name, val, len));
}

static int
nl_shutdown(struct file *fp, int how)
{
	return (-EOPNOTSUPP);
}

static long
nl_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	return (inet_sockops.so_ioctl(fp, cmd, arg));
}

static int
nl_poll(struct file *fp, int events, struct poller *po)
{
	return (inet_sockops.so_poll(fp, events, po));
}

static void
nl_close(struct file *fp)
{
	inet_sockops.so_close(fp);
}

static const struct sockops netlink_sockops = {
	.so_bind = nl_bind,
	.so_connect = nl_connect,
	.so_listen = nl_listen,
	.so_accept = nl_accept,
	.so_getname = nl_getname,
	.so_send = netlink_send,
	.so_recv = nl_recv,
	.so_setopt = nl_setopt,
	.so_getopt = nl_getopt,
	.so_shutdown = nl_shutdown,
	.so_ioctl = nl_ioctl,
	.so_poll = nl_poll,
	.so_close = nl_close,
};
