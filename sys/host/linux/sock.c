/* sock.c: host sockets; always non-blocking and close-on-exec. */
#include "host/host.h"
#include "host/linux/hostcall.h"

#include <asm/errno.h>

#define	HOST_SOCK_FLAGS	(02000000 | 04000)	/* SOCK_CLOEXEC | NONBLOCK */

int
host_socket(int domain, int type, int proto)
{
	return ((int)HC(socket, domain, type | HOST_SOCK_FLAGS, proto));
}

int
host_bind(int fd, const void *sa, unsigned len)
{
	return ((int)HC(bind, fd, sa, len));
}

int
host_connect(int fd, const void *sa, unsigned len)
{
	return ((int)HC(connect, fd, sa, len));
}

int
host_listen(int fd, int backlog)
{
	return ((int)HC(listen, fd, backlog));
}

int
host_accept(int fd, void *sa, unsigned *len)
{
	return ((int)HC(accept4, fd, sa, len, HOST_SOCK_FLAGS));
}

int
host_getsockname(int fd, void *sa, unsigned *len)
{
	return ((int)HC(getsockname, fd, sa, len));
}

int
host_getpeername(int fd, void *sa, unsigned *len)
{
	return ((int)HC(getpeername, fd, sa, len));
}

int
host_setsockopt(int fd, int level, int name, const void *v, unsigned len)
{
	return ((int)HC(setsockopt, fd, level, name, v, len));
}

int
host_getsockopt(int fd, int level, int name, void *v, unsigned *len)
{
	return ((int)HC(getsockopt, fd, level, name, v, len));
}

int
host_shutdown(int fd, int how)
{
	return ((int)HC(shutdown, fd, how));
}

long
host_sendmsg(int fd, const struct host_msghdr *m, int flags)
{
	return (HC(sendmsg, fd, m, flags));
}

long
host_recvmsg(int fd, struct host_msghdr *m, int flags)
{
	return (HC(recvmsg, fd, m, flags));
}
