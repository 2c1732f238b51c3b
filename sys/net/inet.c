/*
 * inet.c: AF_INET and AF_INET6 through host sockets; also what netlink shares.
 *
 * The host socket is always non-blocking; whether a call blocks is decided by
 * the guest file's flags, and blocking is done here with poll_hostwait().
 * Guest buffers are given to the host directly after each part was checked
 * with user_range_ok().  Descriptors never travel through a host socket:
 * SCM_RIGHTS and SCM_CREDENTIALS are taken out of what is sent.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "net/socket.h"
#include "vfs/poll.h"

#define	FIONREAD_	0x541b
#define	TIOCOUTQ_	0x5411
#define	SIOCATMARK_	0x8905

static int
host_errno(int error)
{
	/* The host's table is the jail's: a guest sees "system-wide". */
	return (error == -EMFILE ? -ENFILE : error);
}

/* A file for a host socket, which it owns; closes hostfd on failure. */
int
hostsock_file(const struct sockops *ops, int family, int type, int proto,
    int flags, int hostfd, struct file **fpp)
{
	struct socket *so = KNEW(struct socket);
	struct file *fp = NULL;

	if (so != NULL) {
		so->so_ops = ops;
		so->so_family = family;
		so->so_type = type;
		so->so_proto = proto;
		fp = socket_file(so, flags);
	}
	if (fp == NULL) {
		kfree(so);
		(void)host_close(hostfd);
		return (-ENFILE);
	}
	fp->f_hostfd = hostfd;
	*fpp = fp;
	return (0);
}

int
inet_socket(int family, int type, int proto, struct file **fpp)
{
	int base = type & SOCK_TYPEMASK, fd;

	if (base == SOCK_RAW)
		return (-EPERM);
	fd = host_socket(family, base, proto);
	if (fd < 0)
		return (host_errno(fd));
	return (hostsock_file(&inet_sockops, family, base, proto, type, fd,
	    fpp));
}

/* --- names ------------------------------------------------------------------- */

static int
inet_bind(struct file *fp, const void *sa, unsigned len)
{
	return (host_bind(fp->f_hostfd, sa, len));
}

static int
inet_connect(struct file *fp, const void *sa, unsigned len)
{
	struct socket *so = fp->f_data;
	nsec_t deadline = so_deadline(fp, 0, so->so_sndtimeo);
	int error, re;

	for (;;) {
		error = host_connect(fp->f_hostfd, sa, len);
		if (error != -EINPROGRESS && error != -EALREADY)
			return (error);
		if (deadline == HOST_NOWAIT)
			return (error);
		re = poll_hostwait(fp->f_hostfd, POLLOUT, deadline);
		if (re == 0)
			return (-EINPROGRESS);
		if (re < 0)
			return (so_waiterr(re, so->so_sndtimeo));
	}
}

static int
inet_listen(struct file *fp, int backlog)
{
	return (host_listen(fp->f_hostfd, backlog));
}

static int
inet_accept(struct file *fp, int flags, void *sa, unsigned *len,
    struct file **newfp)
{
	struct socket *so = fp->f_data;
	nsec_t deadline = so_deadline(fp, 0, so->so_rcvtimeo);
	int fd, re;

	for (;;) {
		fd = host_accept(fp->f_hostfd, sa, len);
		if (fd >= 0)
			break;
		if (fd != -EAGAIN)
			return (host_errno(fd));
		if (deadline == HOST_NOWAIT)
			return (-EAGAIN);
		re = poll_hostwait(fp->f_hostfd, POLLIN, deadline);
		if (re == 0)
			return (-EAGAIN);
		if (re < 0)
			return (so_waiterr(re, so->so_rcvtimeo));
	}
	return (hostsock_file(so->so_ops, so->so_family, so->so_type,
	    so->so_proto, flags, fd, newfp));
}

static int
inet_getname(struct file *fp, bool peer, void *sa, unsigned *len)
{
	*len = SA_MAX;
	return (peer ? host_getpeername(fp->f_hostfd, sa, len) :
	    host_getsockname(fp->f_hostfd, sa, len));
}

/* --- messages ------------------------------------------------------------------- */

static int
uio_checked(const struct uio *uio)
{
	int i;

	if (!uio->uio_user)
		return (0);
	for (i = 0; i < uio->uio_iovcnt; i++)
		if (!user_range_ok(uio->uio_iov[i].iov_base,
		    uio->uio_iov[i].iov_len))
			return (-EFAULT);
	return (0);
}

/* Take out what must not reach the host: descriptors and credentials, which
 * Linux ignores here.  The buffer is ours. */
static int
ctl_strip(struct kmsg *km)
{
	struct kcmsghdr h;
	size_t off = 0, len;

	while (km->km_ctl != NULL && off + sizeof(h) <= km->km_ctllen) {
		memcpy(&h, km->km_ctl + off, sizeof(h));
		if (h.cmsg_len < sizeof(h) || h.cmsg_len > km->km_ctllen - off)
			return (-EINVAL);
		len = kmin(CMSG_ALIGN_(h.cmsg_len), km->km_ctllen - off);
		if (h.cmsg_level == SOL_SOCKET && (h.cmsg_type == SCM_RIGHTS ||
		    h.cmsg_type == SCM_CREDENTIALS)) {
			km->km_ctllen -= len;
			memmove(km->km_ctl + off, km->km_ctl + off + len,
			    km->km_ctllen - off);
		} else
			off += len;
	}
	return (0);
}

static void
hostmsg(struct host_msghdr *m, const struct kmsg *km, bool send)
{
	memset(m, 0, sizeof(*m));
	if (!send || km->km_namelen > 0)
		m->msg_name = (uaddr_t)km->km_name;
	m->msg_namelen = send ? km->km_namelen : SA_MAX;
	m->msg_iov = (uaddr_t)km->km_uio->uio_iov;
	m->msg_iovlen = (size_t)km->km_uio->uio_iovcnt;
	m->msg_controllen = km->km_ctl == NULL ? 0 :
	    send ? km->km_ctllen : km->km_ctlcap;
	m->msg_control = m->msg_controllen != 0 ? (uaddr_t)km->km_ctl : 0;
}

static long
inet_send(struct file *fp, struct kmsg *km, int flags)
{
	struct socket *so = fp->f_data;
	nsec_t deadline = so_deadline(fp, flags, so->so_sndtimeo);
	struct host_msghdr m;
	long n, total = 0;
	int error;

	if ((error = uio_checked(km->km_uio)) != 0 ||
	    (error = ctl_strip(km)) != 0)
		return (error);
	for (;;) {
		hostmsg(&m, km, true);
		n = host_sendmsg(fp->f_hostfd, &m,
		    flags | MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			total += n;
			uio_advance(km->km_uio, (size_t)n);
			if (so->so_type != SOCK_STREAM ||
			    km->km_uio->uio_resid == 0 ||
			    deadline == HOST_NOWAIT)
				return (total);
			continue;
		}
		if (n != -EAGAIN)
			break;
		if (deadline == HOST_NOWAIT)
			break;
		error = poll_hostwait(fp->f_hostfd, POLLOUT, deadline);
		if (error <= 0) {
			n = error == 0 ? -EAGAIN :
			    so_waiterr(error, so->so_sndtimeo);
			break;
		}
	}
	return (total > 0 ? total : n);
}

/* The host's answer into km; n bytes came. */
static void
recv_result(struct kmsg *km, const struct host_msghdr *m, long n)
{
	km->km_namelen = kmin(m->msg_namelen, (uint32_t)SA_MAX);
	km->km_ctllen = km->km_ctl == NULL ? 0 : m->msg_controllen;
	km->km_flags |= m->msg_flags & ~MSG_CMSG_CLOEXEC;
	uio_advance(km->km_uio, kmin((size_t)n, km->km_uio->uio_resid));
}

static long
inet_recv(struct file *fp, struct kmsg *km, int flags)
{
	struct socket *so = fp->f_data;
	nsec_t deadline = so_deadline(fp, flags, so->so_rcvtimeo);
	bool all = (flags & (MSG_WAITALL | MSG_PEEK)) == MSG_WAITALL &&
	    so->so_type == SOCK_STREAM;
	struct host_msghdr m;
	long n, total = 0;
	int error;

	if ((error = uio_checked(km->km_uio)) != 0)
		return (error);
	for (;;) {
		hostmsg(&m, km, false);
		n = host_recvmsg(fp->f_hostfd, &m,
		    (flags & ~MSG_WAITALL) | MSG_DONTWAIT);
		if (n >= 0) {
			total += n;
			recv_result(km, &m, n);
			if (!all || n == 0 || km->km_uio->uio_resid == 0)
				return (total);
			continue;
		}
		if (n != -EAGAIN || deadline == HOST_NOWAIT ||
		    (flags & MSG_ERRQUEUE))
			break;
		error = poll_hostwait(fp->f_hostfd, POLLIN |
		    ((flags & MSG_OOB) ? POLLPRI : 0), deadline);
		if (error <= 0) {
			n = error == 0 ? -EAGAIN :
			    so_waiterr(error, so->so_rcvtimeo);
			break;
		}
	}
	return (total > 0 ? total : n);
}

/* --- options ---------------------------------------------------------------------- */

/* Options that hand programs, host descriptors or foreign memory to the host
 * do not pass. */
static bool
opt_denied(int level, int name)
{
	if (level == SOL_SOCKET)
		return (name == SO_ATTACH_FILTER || name == SO_ATTACH_BPF ||
		    name == SO_ATTACH_REUSEPORT_CBPF ||
		    name == SO_ATTACH_REUSEPORT_EBPF || name == SO_PEERGROUPS ||
		    name == 77 /* SO_PEERPIDFD */);
	/* TCP_REPAIR, TCP_ULP, TCP_ZEROCOPY_RECEIVE */
	if (level == 6)
		return (name == 19 || name == 31 || name == 35);
	/* Packet filters' tables: everything from 64 on, but for a few options
	 * that IPv6 has among them.  A jail of the host's root must not reach
	 * the host's filters. */
	if (level == 0)
		return (name >= 64);
	if (level == 41)
		return (name == 64 || name == 65 || name == 68 ||
		    name == 69 || name >= 80);
	return (false);
}

static int
inet_setopt(struct file *fp, int level, int name, const void *val,
    unsigned len)
{
	if (opt_denied(level, name))
		return (-ENOPROTOOPT);
	return (host_setsockopt(fp->f_hostfd, level, name, val, len));
}

static int
inet_getopt(struct file *fp, int level, int name, void *val, unsigned *len)
{
	const struct kucred none = { 0, (uint32_t)-1, (uint32_t)-1 };

	if (opt_denied(level, name))
		return (-ENOPROTOOPT);
	if (level == SOL_SOCKET && name == SO_PEERCRED) {
		*len = kmin(*len, (unsigned)sizeof(none));
		memcpy(val, &none, *len);
		return (0);
	}
	return (host_getsockopt(fp->f_hostfd, level, name, val, len));
}

static int
inet_shutdown(struct file *fp, int how)
{
	return (host_shutdown(fp->f_hostfd, how));
}

/* --- ioctl ------------------------------------------------------------------------ */

static long
inet_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	int error, v = 0;

	if (cmd == FIONREAD_ || cmd == TIOCOUTQ_ || cmd == SIOCATMARK_) {
		error = host_ioctl(fp->f_hostfd, cmd, (uaddr_t)&v);
		return (error < 0 ? error : store32(arg, (uint32_t)v));
	}
	return (if_ioctl(fp->f_hostfd, cmd, arg));
}

static int
inet_poll(struct file *fp, int events, struct poller *po)
{
	poll_host(po, fp->f_hostfd, events);
	return (poll_hostnow(fp->f_hostfd, events));
}

static void
inet_close(struct file *fp)
{
	(void)host_close(fp->f_hostfd);
	fp->f_hostfd = -1;
	kfree(fp->f_data);
}

const struct sockops inet_sockops = {
	.so_bind = inet_bind,
	.so_connect = inet_connect,
	.so_listen = inet_listen,
	.so_accept = inet_accept,
	.so_getname = inet_getname,
	.so_send = inet_send,
	.so_recv = inet_recv,
	.so_setopt = inet_setopt,
	.so_getopt = inet_getopt,
	.so_shutdown = inet_shutdown,
	.so_ioctl = inet_ioctl,
	.so_poll = inet_poll,
	.so_close = inet_close,
};
