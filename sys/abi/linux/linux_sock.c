/*
 * linux_sock.c: the edge of sockets (socket(2), send(2), recv(2) and so on).
 *
 * Names, control messages and options are carried in kernel memory; only the
 * data itself moves directly between the guest's buffers and the socket.
 * EPIPE raises SIGPIPE here, unless MSG_NOSIGNAL is given.
 */
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "net/socket.h"
#include "vfs/file.h"

#define	OPT_MAX		4096
#define	MMSG_MAX	1024

/* A socket file, referenced, or an errno in *error. */
static struct file *
sock_get(int fd, struct socket **sop, int *error)
{
	struct file *fp = fget_io(fd);

	*error = -EBADF;
	if (fp == NULL)
		return (NULL);
	*error = 0;
	if ((*sop = socket_of(fp)) == NULL) {
		*error = -ENOTSOCK;
		fdrop_io(fp);
		return (NULL);
	}
	return (fp);
}

static long
install(struct file *fp, int type)
{
	int fd = fd_install(fp, 0, (type & O_CLOEXEC) != 0);

	if (fd < 0)
		fdrop(fp);
	return (fd);
}

static int
sa_copyin(uaddr_t usa, int len, void *sa)
{
	if (len < 0 || len > SA_MAX)
		return (-EINVAL);
	memset(sa, 0, SA_MAX);
	return (copyin(usa, sa, (size_t)len));
}

/* A name out to where the guest wants it: at most *ulen bytes, and the whole
 * length to *ulen. */
static int
sa_copyout(const void *sa, unsigned len, uaddr_t usa, uaddr_t ulen)
{
	uint32_t room;

	if (fetch32(ulen, &room) != 0)
		return (-EFAULT);
	if ((int32_t)room < 0)
		return (-EINVAL);
	if (copyout(sa, usa, kmin(room, (uint32_t)len)) != 0)
		return (-EFAULT);
	return (store32(ulen, len));
}

/* --- making and naming -------------------------------------------------------- */

long
sys_socket(struct thread *td, int family, int type, int proto)
{
	struct file *fp;
	int error;

	if ((error = kern_socket(family, type, proto, &fp)) != 0)
		return (error);
	return (install(fp, type));
}

long
sys_socketpair(struct thread *td, int family, int type, int proto,
    uaddr_t ufds)
{
	struct file *a, *b;
	int fds[2], error;

	if ((error = kern_socketpair(family, type, proto, &a, &b)) != 0)
		return (error);
	if ((fds[0] = (int)install(a, type)) < 0) {
		fdrop(b);
		return (fds[0]);
	}
	if ((fds[1] = (int)install(b, type)) < 0) {
		(void)fd_close(fds[0]);
		return (fds[1]);
	}
	if (copyout(fds, ufds, sizeof(fds)) != 0) {
		(void)fd_close(fds[0]);
		(void)fd_close(fds[1]);
		return (-EFAULT);
	}
	return (0);
}

long
sys_bind(struct thread *td, int fd, uaddr_t usa, int len)
{
	uint8_t sa[SA_MAX];
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	if ((error = sa_copyin(usa, len, sa)) == 0)
		error = so->so_ops->so_bind(fp, sa, (unsigned)len);
	fdrop_io(fp);
	return (error);
}

long
sys_connect(struct thread *td, int fd, uaddr_t usa, int len)
{
	uint8_t sa[SA_MAX];
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	if ((error = sa_copyin(usa, len, sa)) == 0)
		error = so->so_ops->so_connect(fp, sa, (unsigned)len);
	fdrop_io(fp);
	return (error);
}

long
sys_listen(struct thread *td, int fd, int backlog)
{
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	error = so->so_ops->so_listen(fp, backlog);
	fdrop_io(fp);
	return (error);
}

long
sys_accept4(struct thread *td, int fd, uaddr_t usa, uaddr_t ulen, int flags)
{
	uint8_t sa[SA_MAX];
	unsigned len = SA_MAX;
	struct file *fp, *newfp;
	struct socket *so;
	int error;
	long ret;

	if (flags & ~(O_NONBLOCK | O_CLOEXEC))
		return (-EINVAL);
	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	error = so->so_ops->so_accept(fp, flags, sa, &len, &newfp);
	fdrop_io(fp);
	if (error != 0)
		return (error);
	if ((ret = install(newfp, flags)) < 0 || usa == 0)
		return (ret);
	if ((error = sa_copyout(sa, len, usa, ulen)) != 0) {
		(void)fd_close((int)ret);
		return (error);
	}
	return (ret);
}

long
sys_accept(struct thread *td, int fd, uaddr_t usa, uaddr_t ulen)
{
	return (sys_accept4(td, fd, usa, ulen, 0));
}

static long
getname(int fd, bool peer, uaddr_t usa, uaddr_t ulen)
{
	uint8_t sa[SA_MAX];
	unsigned len = SA_MAX;
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	error = so->so_ops->so_getname(fp, peer, sa, &len);
	fdrop_io(fp);
	return (error != 0 ? error : sa_copyout(sa, len, usa, ulen));
}

long
sys_getsockname(struct thread *td, int fd, uaddr_t usa, uaddr_t ulen)
{
	return (getname(fd, false, usa, ulen));
}

long
sys_getpeername(struct thread *td, int fd, uaddr_t usa, uaddr_t ulen)
{
	return (getname(fd, true, usa, ulen));
}

long
sys_shutdown(struct thread *td, int fd, int how)
{
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	error = so->so_ops->so_shutdown(fp, how);
	fdrop_io(fp);
	return (error);
}

/* --- options ------------------------------------------------------------------- */

long
sys_setsockopt(struct thread *td, int fd, int level, int name, uaddr_t uval,
    int len)
{
	uint8_t small[128], *val = small;
	struct socket *so;
	struct file *fp;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	if (len < 0 || len > OPT_MAX)
		error = -EINVAL;
	else if (len > (int)sizeof(small) &&
	    (val = kmalloc((size_t)len, KM_NOZERO)) == NULL)
		error = -ENOMEM;
	else if (copyin(uval, val, (size_t)len) != 0)
		error = -EFAULT;
	else
		error = kern_setsockopt(fp, level, name, val, (unsigned)len);
	if (val != small)
		kfree(val);
	fdrop_io(fp);
	return (error);
}

long
sys_getsockopt(struct thread *td, int fd, int level, int name, uaddr_t uval,
    uaddr_t ulen)
{
	uint8_t small[128], *val = small;
	struct socket *so;
	struct file *fp;
	uint32_t room;
	unsigned len;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	if (fetch32(ulen, &room) != 0)
		error = -EFAULT;
	else if ((int32_t)room < 0)
		error = -EINVAL;
	else if (room > sizeof(small) && (val = kmalloc(
	    len = kmin(room, (uint32_t)OPT_MAX), 0)) == NULL)
		error = -ENOMEM;
	if (error == 0) {
		len = kmin(room, (uint32_t)OPT_MAX);
		memset(val, 0, len);
		error = kern_getsockopt(fp, level, name, val, &len);
		if (error == 0 && (copyout(val, uval, kmin((uint32_t)len,
		    room)) != 0 || store32(ulen, len) != 0))
			error = -EFAULT;
	}
	if (val != small)
		kfree(val);
	fdrop_io(fp);
	return (error);
}

/* --- sending ---------------------------------------------------------------------- */

static long
send_result(struct thread *td, long ret, int flags)
{
	if (ret == -EPIPE && !(flags & MSG_NOSIGNAL))
		sig_thread_kernel(td, SIGPIPE);
	return (ret);
}

static void
kmsg_init(struct kmsg *km, struct uio *uio)
{
	km->km_namelen = 0;
	km->km_wantname = false;
	km->km_uio = uio;
	km->km_ctl = NULL;
	km->km_ctllen = km->km_ctlcap = 0;
	km->km_flags = 0;
}

long
sys_sendto(struct thread *td, int fd, uaddr_t buf, size_t n, int flags,
    uaddr_t usa, int salen)
{
	struct host_iovec iov;
	struct socket *so;
	struct file *fp;
	struct kmsg km;
	struct uio uio;
	long ret;
	int error;

	if ((error = uio_single(buf, kmin(n, (size_t)INT64_MAX), &iov,
	    &uio)) != 0)
		return (error);
	uio.uio_write = true;
	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	kmsg_init(&km, &uio);
	ret = 0;
	if (usa != 0) {
		ret = sa_copyin(usa, salen, km.km_name);
		km.km_namelen = (unsigned)salen;
	}
	if (ret == 0)
		ret = so->so_ops->so_send(fp, &km, flags);
	fdrop_io(fp);
	return (send_result(td, ret, flags));
}

/* One message by a header that was read already. */
static long
send_one(struct file *fp, struct socket *so, const struct host_msghdr *h,
    int flags)
{
	struct host_iovec fast[UIO_FASTIOV], *alloc = NULL;
	struct kmsg km;
	struct uio uio;
	unsigned namelen = h->msg_namelen;
	long ret;

	if ((int32_t)namelen < 0)
		return (-EINVAL);
	namelen = kmin(namelen, (unsigned)SA_MAX);
	if (h->msg_iovlen > UIO_MAXIOV)
		return (-EMSGSIZE);
	if (h->msg_controllen > CTL_MAX)
		return (-ENOBUFS);
	ret = uio_copyin(h->msg_iov, h->msg_iovlen, fast, &alloc, &uio);
	if (ret != 0)
		return (ret);
	uio.uio_write = true;
	kmsg_init(&km, &uio);
	if (h->msg_name != 0 && namelen > 0) {
		ret = sa_copyin(h->msg_name, (int)namelen, km.km_name);
		km.km_namelen = namelen;
	}
	if (ret == 0 && h->msg_control != 0 && h->msg_controllen > 0) {
		km.km_ctllen = h->msg_controllen;
		if ((km.km_ctl = kmalloc(km.km_ctllen, KM_NOZERO)) == NULL)
			ret = -ENOMEM;
		else
			ret = copyin(h->msg_control, km.km_ctl, km.km_ctllen);
	}
	if (ret == 0)
		ret = so->so_ops->so_send(fp, &km, flags);
	kfree(km.km_ctl);
	kfree(alloc);
	return (ret);
}

long
sys_sendmsg(struct thread *td, int fd, uaddr_t umsg, int flags)
{
	struct host_msghdr h;
	struct socket *so;
	struct file *fp;
	int error;
	long ret;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	ret = copyin(umsg, &h, sizeof(h));
	if (ret == 0)
		ret = send_one(fp, so, &h, flags);
	fdrop_io(fp);
	return (send_result(td, ret, flags));
}

struct kmmsghdr {
	struct host_msghdr hdr;
	uint32_t	len;
	uint32_t	pad;
};

long
sys_sendmmsg(struct thread *td, int fd, uaddr_t uvec, unsigned int n,
    int flags)
{
	struct host_msghdr h;
	struct socket *so;
	struct file *fp;
	unsigned i;
	long ret = 0;
	int error;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	n = kmin(n, (unsigned)MMSG_MAX);
	for (i = 0; i < n; i++, uvec += sizeof(struct kmmsghdr)) {
		ret = copyin(uvec, &h, sizeof(h));
		if (ret == 0)
			ret = send_one(fp, so, &h, flags);
		if (ret >= 0)
			ret = store32(uvec + offsetof(struct kmmsghdr, len),
			    (uint32_t)ret);
		if (ret < 0)
			break;
	}
	fdrop_io(fp);
	return (i > 0 ? (long)i : send_result(td, ret, flags));
}

/* --- receiving ---------------------------------------------------------------------- */

long
sys_recvfrom(struct thread *td, int fd, uaddr_t buf, size_t n, int flags,
    uaddr_t usa, uaddr_t ulen)
{
	struct host_iovec iov;
	struct socket *so;
	struct file *fp;
	struct kmsg km;
	struct uio uio;
	long ret;
	int error;

	if ((error = uio_single(buf, kmin(n, (size_t)INT64_MAX), &iov,
	    &uio)) != 0)
		return (error);
	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	kmsg_init(&km, &uio);
	km.km_wantname = usa != 0;
	ret = so->so_ops->so_recv(fp, &km, flags);
	fdrop_io(fp);
	if (ret >= 0 && usa != 0 &&
	    (error = sa_copyout(km.km_name, km.km_namelen, usa, ulen)) != 0)
		return (error);
	return (ret);
}

/* What came, out to the guest's header at umsg. */
static int
recv_out(const struct kmsg *km, const struct host_msghdr *h, uaddr_t umsg,
    int flags)
{
	uint32_t outflags = (uint32_t)km->km_flags |
	    ((uint32_t)flags & MSG_CMSG_CLOEXEC);

	if (h->msg_name != 0) {
		if (copyout(km->km_name, h->msg_name,
		    kmin(km->km_namelen, h->msg_namelen)) != 0)
			return (-EFAULT);
		if (store32(umsg + offsetof(struct host_msghdr, msg_namelen),
		    km->km_namelen) != 0)
			return (-EFAULT);
	}
	if (km->km_ctllen > 0 &&
	    copyout(km->km_ctl, h->msg_control, km->km_ctllen) != 0)
		return (-EFAULT);
	if (store32(umsg + offsetof(struct host_msghdr, msg_flags),
	    outflags) != 0)
		return (-EFAULT);
	return (store64(umsg + offsetof(struct host_msghdr, msg_controllen),
	    km->km_ctllen));
}

static long
recv_one(struct file *fp, struct socket *so, uaddr_t umsg, int flags)
{
	struct host_iovec fast[UIO_FASTIOV], *alloc = NULL;
	struct host_msghdr h;
	struct kmsg km;
	struct uio uio;
	long ret;
	int error;

	if (copyin(umsg, &h, sizeof(h)) != 0)
		return (-EFAULT);
	if ((int32_t)h.msg_namelen < 0 && h.msg_name != 0)
		return (-EINVAL);
	if (h.msg_iovlen > UIO_MAXIOV)
		return (-EMSGSIZE);
	ret = uio_copyin(h.msg_iov, h.msg_iovlen, fast, &alloc, &uio);
	if (ret != 0)
		return (ret);
	kmsg_init(&km, &uio);
	km.km_wantname = h.msg_name != 0;
	if (h.msg_control != 0 && h.msg_controllen > 0) {
		km.km_ctlcap = kmin(h.msg_controllen, (size_t)CTL_MAX);
		if ((km.km_ctl = kmalloc(km.km_ctlcap, 0)) == NULL)
			ret = -ENOMEM;
	}
	if (ret == 0)
		ret = so->so_ops->so_recv(fp, &km, flags);
	if (ret >= 0 && (error = recv_out(&km, &h, umsg, flags)) != 0)
		ret = error;
	kfree(km.km_ctl);
	kfree(alloc);
	return (ret);
}

long
sys_recvmsg(struct thread *td, int fd, uaddr_t umsg, int flags)
{
	struct socket *so;
	struct file *fp;
	int error;
	long ret;

	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	ret = recv_one(fp, so, umsg, flags);
	fdrop_io(fp);
	return (ret);
}

long
sys_recvmmsg(struct thread *td, int fd, uaddr_t uvec, unsigned int n,
    int flags, uaddr_t uts)
{
	struct timespec64 ts;
	nsec_t deadline = 0;
	struct socket *so;
	struct file *fp;
	unsigned i;
	long ret = 0;
	int error;

	if (uts != 0) {
		if (copyin(uts, &ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!ts_valid(&ts))
			return (-EINVAL);
		deadline = clock_deadline(ts2ns(&ts));
	}
	if ((fp = sock_get(fd, &so, &error)) == NULL)
		return (error);
	n = kmin(n, (unsigned)MMSG_MAX);
	for (i = 0; i < n; i++, uvec += sizeof(struct kmmsghdr)) {
		ret = recv_one(fp, so, uvec, flags & ~MSG_WAITFORONE);
		if (ret >= 0)
			ret = store32(uvec + offsetof(struct kmmsghdr, len),
			    (uint32_t)ret);
		if (ret < 0)
			break;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		/* As Linux: looked at only between messages. */
		if (deadline != 0 && clock_mono() >= deadline) {
			i++;
			break;
		}
	}
	fdrop_io(fp);
	if (i > 0 && uts != 0) {
		ns2ts(kmax((nsec_t)0, deadline - clock_mono()), &ts);
		if (copyout(&ts, uts, sizeof(ts)) != 0)
			return (-EFAULT);
	}
	return (i > 0 ? (long)i : ret);
}
