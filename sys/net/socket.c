/*
 * socket.c: what all families share: the file operations, the options that
 * belong to the socket layer itself, time limits.
 */
#include "net/socket.h"

#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

static const struct fileops socket_ops;

int
net_init(void)
{
	struct netroot *nr = KNEW(struct netroot);
	unsigned i;

	if (nr == NULL)
		return (-ENOMEM);
	mtx_init(&nr->nr_lock, RANK_SOCK, "unix");
	for (i = 0; i < nitems(nr->nr_abstract); i++)
		list_init(&nr->nr_abstract[i]);
	kroot()->r_sub[KROOT_NET] = nr;
	return (0);
}

struct socket *
socket_of(struct file *fp)
{
	return (fp->f_ops == &socket_ops ? fp->f_data : NULL);
}

struct file *
socket_file(struct socket *so, int flags)
{
	struct file *fp;

	fp = file_alloc(FT_SOCKET, &socket_ops,
	    O_RDWR | (flags & O_NONBLOCK));
	if (fp == NULL)
		return (NULL);
	so->so_ino = ipc_newino();
	fp->f_data = so;
	ksnprintf(fp->f_desc, sizeof(fp->f_desc), "socket:[%lu]",
	    (unsigned long)so->so_ino);
	return (fp);
}

int
kern_socket(int family, int type, int proto, struct file **fpp)
{
	int base = type & SOCK_TYPEMASK;

	if (type & ~(SOCK_TYPEMASK | O_NONBLOCK | O_CLOEXEC))
		return (-EINVAL);
	if (base < 1 || base > 10)
		return (-EINVAL);
	switch (family) {
	case AF_UNIX:
		if (proto != 0 && proto != AF_UNIX)
			return (-EPROTONOSUPPORT);
		return (unix_socket(type, proto, fpp));
	case AF_INET:
	case AF_INET6:
		return (inet_socket(family, type, proto, fpp));
	case AF_NETLINK:
		return (netlink_socket(type, proto, fpp));
	case AF_PACKET:
		return (-EPERM);
	default:
		return (-EAFNOSUPPORT);
	}
}

int
kern_socketpair(int family, int type, int proto, struct file **afp,
    struct file **bfp)
{
	if (type & ~(SOCK_TYPEMASK | O_NONBLOCK | O_CLOEXEC))
		return (-EINVAL);
	if (family == AF_INET || family == AF_INET6 || family == AF_NETLINK)
		return (-EOPNOTSUPP);
	if (family != AF_UNIX)
		return (-EAFNOSUPPORT);
	if (proto != 0 && proto != AF_UNIX)
		return (-EPROTONOSUPPORT);
	return (unix_socketpair(type, afp, bfp));
}

/* --- time limits -------------------------------------------------------------- */

nsec_t
so_deadline(struct file *fp, int flags, nsec_t timeo)
{
	if ((fp->f_flags & O_NONBLOCK) || (flags & MSG_DONTWAIT))
		return (HOST_NOWAIT);
	return (timeo != 0 ? clock_deadline(timeo) : 0);
}

/* A call with a time limit is not restarted: it would wait anew. */
int
so_waiterr(int error, nsec_t timeo)
{
	if (error == -ETIMEDOUT)
		return (-EAGAIN);
	if (error == -ERESTARTSYS && timeo != 0)
		return (-EINTR);
	return (error);
}

struct ktimeval {
	int64_t	tv_sec;
	int64_t	tv_usec;
};

static int
set_timeo(nsec_t *timeo, const void *val, unsigned len)
{
	struct ktimeval tv;

	if (len < sizeof(tv))
		return (-EINVAL);
	memcpy(&tv, val, sizeof(tv));
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return (-EDOM);
	if (tv.tv_sec < 0)
		*timeo = 1;		/* Linux: expires at once */
	else if (tv.tv_sec >= INT64_MAX / NSEC_PER_SEC / 2)
		*timeo = 0;
	else
		*timeo = tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * 1000;
	return (0);
}

static int
get_timeo(nsec_t timeo, void *val, unsigned *len)
{
	struct ktimeval tv = { timeo / NSEC_PER_SEC,
	    timeo % NSEC_PER_SEC / 1000 };

	*len = kmin(*len, (unsigned)sizeof(tv));
	memcpy(val, &tv, *len);
	return (0);
}

int
so_optint(int v, void *val, unsigned *len)
{
	*len = kmin(*len, (unsigned)sizeof(v));
	memcpy(val, &v, *len);
	return (0);
}

int
kern_setsockopt(struct file *fp, int level, int name, const void *val,
    unsigned len)
{
	struct socket *so = socket_of(fp);

	if (so == NULL)
		return (-ENOTSOCK);
	if (level == SOL_SOCKET)
		switch (name) {
		case SO_RCVTIMEO:
		case SO_RCVTIMEO_NEW:
			return (set_timeo(&so->so_rcvtimeo, val, len));
		case SO_SNDTIMEO:
		case SO_SNDTIMEO_NEW:
			return (set_timeo(&so->so_sndtimeo, val, len));
		default:
			break;
		}
	return (so->so_ops->so_setopt(fp, level, name, val, len));
}

int
kern_getsockopt(struct file *fp, int level, int name, void *val,
    unsigned *len)
{
	struct socket *so = socket_of(fp);

	if (so == NULL)
		return (-ENOTSOCK);
	if (level == SOL_SOCKET)
		switch (name) {
		case SO_RCVTIMEO:
		case SO_RCVTIMEO_NEW:
			return (get_timeo(so->so_rcvtimeo, val, len));
		case SO_SNDTIMEO:
		case SO_SNDTIMEO_NEW:
			return (get_timeo(so->so_sndtimeo, val, len));
		case SO_TYPE:
			return (so_optint(so->so_type, val, len));
		case SO_DOMAIN:
			return (so_optint(so->so_family, val, len));
		default:
			break;
		}
	return (so->so_ops->so_getopt(fp, level, name, val, len));
}

/* --- control messages ------------------------------------------------------------ */

bool
kmsg_putctl(struct kmsg *km, int level, int type, const void *data, size_t n)
{
	struct kcmsghdr h = { sizeof(h) + n, level, type };
	size_t room = km->km_ctlcap - km->km_ctllen;

	if (km->km_ctl == NULL || room < sizeof(h) + n) {
		km->km_flags |= MSG_CTRUNC;
		return (false);
	}
	memcpy(km->km_ctl + km->km_ctllen, &h, sizeof(h));
	memcpy(km->km_ctl + km->km_ctllen + sizeof(h), data, n);
	km->km_ctllen += kmin(room, CMSG_ALIGN_(sizeof(h) + n));
	return (true);
}

/* --- the file ---------------------------------------------------------------------- */

static int
socket_rw(struct file *fp, struct uio *uio, bool write)
{
	struct socket *so = fp->f_data;
	struct kmsg km;
	int flags = uio->uio_rwf & RWF_NOWAIT ? MSG_DONTWAIT : 0;
	long n;

	km.km_namelen = 0;
	km.km_wantname = false;
	km.km_uio = uio;
	km.km_ctl = NULL;
	km.km_ctllen = km.km_ctlcap = 0;
	km.km_flags = 0;
	if (!write && uio->uio_resid == 0)
		return (0);
	n = write ? so->so_ops->so_send(fp, &km, flags) :
	    so->so_ops->so_recv(fp, &km, flags);
	return (n < 0 ? (int)n : 0);
}

static int
socket_read(struct file *fp, struct uio *uio)
{
	return (socket_rw(fp, uio, false));
}

static int
socket_write(struct file *fp, struct uio *uio)
{
	return (socket_rw(fp, uio, true));
}

static long
socket_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct socket *so = fp->f_data;

	return (so->so_ops->so_ioctl(fp, cmd, arg));
}

static int
socket_poll(struct file *fp, int events, struct poller *po)
{
	struct socket *so = fp->f_data;

	return (so->so_ops->so_poll(fp, events, po));
}

static int
socket_stat(struct file *fp, struct kstat *st)
{
	struct socket *so = fp->f_data;
	int error = file_anonstat(fp, st, S_IFSOCK | 0777);

	if (error == 0)
		st->st_ino = so->so_ino;
	return (error);
}

static void
socket_close(struct file *fp)
{
	struct socket *so = fp->f_data;

	so->so_ops->so_close(fp);
}

static int
socket_setfl(struct file *fp, int flags)
{
	struct socket *so = fp->f_data;

	return (so->so_ops->so_setfl == NULL ? 0 :
	    so->so_ops->so_setfl(fp, flags));
}

static const struct fileops socket_ops = {
	.fo_read = socket_read,
	.fo_write = socket_write,
	.fo_seek = file_noseek,
	.fo_ioctl = socket_ioctl,
	.fo_poll = socket_poll,
	.fo_stat = socket_stat,
	.fo_close = socket_close,
	.fo_setfl = socket_setfl,
};
