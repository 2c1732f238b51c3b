/*
 * Unix sockets: pairs, names, messages, passing descriptors.
 */
#include "abitest.h"

#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static char big[1 << 20];

static socklen_t
name(struct sockaddr_un *un, const char *path)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	if (path[0] == '@') {
		memcpy(un->sun_path + 1, path + 1, strlen(path) - 1);
		return (offsetof(struct sockaddr_un, sun_path) +
		    strlen(path));
	}
	strcpy(un->sun_path, path);
	return (offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
}

static int
unx(int type)
{
	return ((int)MUST(socket(AF_UNIX, type, 0)));
}

static int
bind_to(int s, const char *path)
{
	struct sockaddr_un un;
	socklen_t n = name(&un, path);

	return (bind(s, (void *)&un, n));
}

static int
connect_to(int s, const char *path)
{
	struct sockaddr_un un;
	socklen_t n = name(&un, path);

	return (connect(s, (void *)&un, n));
}

static void
case_socketpair(void)
{
	char buf[16] = "";
	int s[2];

	VAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s));
	say("%d %d\n", s[0], s[1]);
	VAL(fcntl(s[0], F_GETFD));
	OCT(fcntl(s[0], F_GETFL));
	VAL(write(s[0], "hello", 5));
	VAL(send(s[0], "!", 1, 0));
	VAL(read(s[1], buf, 16));
	say("%s\n", buf);
	VAL(write(s[1], "back", 4));
	VAL(recv(s[0], buf, 2, MSG_PEEK));
	VAL(recv(s[0], buf, 16, MSG_WAITALL | MSG_DONTWAIT));
	VAL(recv(s[0], buf, 16, MSG_DONTWAIT));
	close(s[1]);
	VAL(read(s[0], buf, 16));
	VAL(send(s[0], "x", 1, MSG_NOSIGNAL));
	VAL(socketpair(AF_UNIX, 77, 0, s));
	VAL(socketpair(AF_UNIX, SOCK_STREAM, 5, s));
	VAL(socketpair(AF_INET, SOCK_STREAM, 0, s));
	VAL(socketpair(AF_UNIX, SOCK_STREAM, 0, bad_page()));
	VAL(socket(77, SOCK_STREAM, 0));
	VAL(socket(AF_UNIX, SOCK_STREAM | 0x10, 0));
	VAL(dup(0));
}

static void
case_shutdown(void)
{
	struct pollfd f;
	char c;
	int s[2];

	signal(SIGPIPE, SIG_IGN);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	VAL(shutdown(s[0], SHUT_WR));
	VAL(read(s[1], &c, 1));
	VAL(write(s[0], "x", 1));
	VAL(write(s[1], "y", 1));
	VAL(read(s[0], &c, 1));
	f = (struct pollfd){ s[1], POLLIN | POLLOUT | POLLRDHUP, 0 };
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	VAL(shutdown(s[1], SHUT_RDWR));
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	VAL(shutdown(s[0], 9));
	VAL(shutdown(0, SHUT_RD));
	VAL(shutdown(unx(SOCK_STREAM), SHUT_RD));
}

static void
case_stream_server(void)
{
	struct sockaddr_un un;
	socklen_t n = sizeof(un);
	char buf[16] = "";
	struct stat st;
	int l = unx(SOCK_STREAM), c = unx(SOCK_STREAM), a, v;

	VAL(connect_to(c, "sock"));
	VAL(bind_to(l, "sock"));
	VAL(connect_to(c, "sock"));
	VAL(bind_to(unx(SOCK_STREAM), "sock"));
	VAL(bind_to(l, "sock2"));
	MUST(lstat("sock", &st));
	say("%o\n", st.st_mode);
	VAL(accept(l, NULL, NULL));
	VAL(listen(l, 5));
	n = sizeof(v);
	VAL(getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &v, &n));
	VAL(v);
	VAL(connect_to(c, "sock"));
	VAL(connect_to(c, "sock"));
	n = sizeof(un);
	a = accept4(l, (void *)&un, &n, SOCK_CLOEXEC);
	say("len %d fd %d cloexec %d\n", (int)n, a, fcntl(a, F_GETFD));
	VAL(write(c, "hi", 2));
	VAL(read(a, buf, 16));
	say("%s\n", buf);
	n = sizeof(un);
	memset(&un, 0, sizeof(un));
	VAL(getpeername(c, (void *)&un, &n));
	say("peer %d %s\n", (int)n, un.sun_path);
	n = sizeof(un);
	memset(&un, 0, sizeof(un));
	VAL(getsockname(a, (void *)&un, &n));
	say("own %d %s\n", (int)n, un.sun_path);
	n = 4;
	VAL(getsockname(a, (void *)&un, &n));
	VAL(n);
	n = sizeof(un);
	VAL(getsockname(c, (void *)&un, &n));
	VAL(n);
	VAL(getpeername(l, (void *)&un, &n));
	VAL(unlink("sock"));
	VAL(connect_to(unx(SOCK_STREAM), "sock"));
	close(l);
	VAL(write(c, "still", 5));
	VAL(read(a, buf, 16));
	put_file("plain", "x", 0644);
	VAL(connect_to(unx(SOCK_STREAM), "plain"));
	VAL(connect_to(unx(SOCK_STREAM), "nodir/x"));
	VAL(bind_to(unx(SOCK_STREAM), "nodir/x"));
	VAL(accept4(c, NULL, NULL, 0));
	VAL(listen(c, 5));
	VAL(listen(0, 5));
}

static void
case_abstract(void)
{
	struct sockaddr_un un;
	char key[64], buf[8] = "";
	socklen_t n;
	int l = unx(SOCK_STREAM), c = unx(SOCK_STREAM), a;

	snprintf(key, sizeof(key), "@abitest-%d", getpid());
	VAL(bind_to(l, key));
	VAL(bind_to(unx(SOCK_STREAM), key));
	MUST(listen(l, 1));
	VAL(connect_to(c, key));
	a = MUST(accept(l, NULL, NULL));
	VAL(write(c, "abs", 3));
	VAL(read(a, buf, 8));
	n = sizeof(un);
	VAL(getpeername(c, (void *)&un, &n));
	YES(n == 2 + strlen(key) && un.sun_path[0] == 0 &&
	    memcmp(un.sun_path + 1, key + 1, strlen(key) - 1) == 0);
	close(l);
	VAL(connect_to(unx(SOCK_STREAM), key));
	/* Autobind. */
	l = unx(SOCK_DGRAM);
	un.sun_family = AF_UNIX;
	VAL(bind(l, (void *)&un, sizeof(sa_family_t)));
	n = sizeof(un);
	VAL(getsockname(l, (void *)&un, &n));
	say("%d %d\n", (int)n, un.sun_path[0]);
}

static void
case_dgram(void)
{
	struct sockaddr_un un;
	socklen_t n;
	char buf[16] = "";
	int a = unx(SOCK_DGRAM), b = unx(SOCK_DGRAM), p[2];

	VAL(bind_to(a, "a"));
	VAL(bind_to(b, "b"));
	n = name(&un, "a");
	VAL(sendto(b, "to a", 4, 0, (void *)&un, n));
	VAL(sendto(b, "second", 6, 0, (void *)&un, n));
	n = sizeof(un);
	memset(&un, 0, sizeof(un));
	VAL(recvfrom(a, buf, 2, 0, (void *)&un, &n));
	say("%s from %s\n", buf, un.sun_path);
	VAL(recvfrom(a, buf, 2, MSG_TRUNC, NULL, NULL));
	VAL(recv(a, buf, 2, MSG_DONTWAIT));
	VAL(send(b, "x", 1, 0));
	VAL(connect_to(b, "a"));
	VAL(send(b, "x", 1, 0));
	VAL(send(b, "", 0, 0));
	VAL(recv(a, buf, 16, 0));
	VAL(recv(a, buf, 16, 0));
	VAL(connect_to(unx(SOCK_STREAM), "a"));
	close(a);
	VAL(send(b, "x", 1, 0));
	n = name(&un, "gone");
	VAL(sendto(b, "x", 1, 0, (void *)&un, n));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, p));
	VAL(send(p[0], big, 1 << 20, MSG_DONTWAIT));
	VAL(send(p[0], big, 1000, 0));
	struct pollfd f = { p[1], POLLIN, 0 };
	VAL(poll(&f, 1, 0));
	VAL(recv(p[1], big, 2000, 0));
	close(p[0]);
	VAL(recv(p[1], big, 10, MSG_DONTWAIT));
}

static void
case_seqpacket(void)
{
	char buf[16] = "";
	int s[2];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
	VAL(write(s[0], "abc", 3));
	VAL(write(s[0], "defgh", 5));
	VAL(read(s[1], buf, 2));
	VAL(read(s[1], buf, 16));
	say("%s\n", buf);
	close(s[0]);
	VAL(read(s[1], buf, 16));
}

static void
case_sendmsg(void)
{
	struct iovec v[2] = { { "ab", 2 }, { "cde", 3 } };
	char a[3] = "", b[8] = "";
	struct iovec r[2] = { { a, 2 }, { b, 7 } };
	struct msghdr m;
	struct mmsghdr mm[3];
	int s[2];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	memset(&m, 0, sizeof(m));
	m.msg_iov = v;
	m.msg_iovlen = 2;
	VAL(sendmsg(s[0], &m, 0));
	m.msg_iov = r;
	m.msg_flags = 99;
	VAL(recvmsg(s[1], &m, 0));
	say("%s %s flags %x\n", a, b, m.msg_flags);
	m.msg_iov = v;
	VAL(sendmsg(s[0], &m, 0));
	m.msg_iov = r;
	m.msg_iovlen = 1;
	VAL(recvmsg(s[1], &m, 0));
	say("flags %x\n", m.msg_flags);
	memset(mm, 0, sizeof(mm));
	mm[0].msg_hdr.msg_iov = v;
	mm[0].msg_hdr.msg_iovlen = 1;
	mm[1].msg_hdr.msg_iov = v;
	mm[1].msg_hdr.msg_iovlen = 2;
	VAL(sendmmsg(s[0], mm, 2, 0));
	mm[0].msg_hdr.msg_iov = r;
	mm[0].msg_hdr.msg_iovlen = 2;
	mm[1].msg_hdr.msg_iov = r;
	VAL(recvmmsg(s[1], mm, 3, MSG_DONTWAIT, NULL));
	say("%d %d\n", mm[0].msg_len, mm[1].msg_len);
	m.msg_iovlen = 5000;
	VAL(sendmsg(s[0], &m, 0));
	VAL(syscall(SYS_sendmsg, s[0], bad_page(), 0));
	m.msg_iovlen = 1;
	m.msg_iov = bad_page();
	VAL(sendmsg(s[0], &m, 0));
	VAL(sendmsg(0, &m, 0));
}

static int
send_fds(int s, const int *fds, int n, int flags)
{
	char ctl[CMSG_SPACE(300 * sizeof(int))];
	struct iovec v = { "F", 1 };
	struct msghdr m;
	struct cmsghdr *c;

	memset(&m, 0, sizeof(m));
	memset(ctl, 0, sizeof(ctl));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = ctl;
	m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	return (sendmsg(s, &m, flags));
}

static int
recv_fds(int s, int *fds, int max, int flags)
{
	char ctl[CMSG_SPACE(300 * sizeof(int))], byte;
	struct iovec v = { &byte, 1 };
	struct msghdr m;
	struct cmsghdr *c;
	int n = 0;

	memset(&m, 0, sizeof(m));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = ctl;
	m.msg_controllen = CMSG_LEN(max * sizeof(int));
	if (recvmsg(s, &m, flags) < 0)
		return (-1);
	c = CMSG_FIRSTHDR(&m);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS) {
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), n * sizeof(int));
	}
	say("flags %x fds %d\n", m.msg_flags & ~MSG_CMSG_CLOEXEC, n);
	return (n);
}

static void
case_pass_fds(void)
{
	int s[2], fd, got[8] = { -1, -1 }, both[2];
	char buf[8] = "";
	pid_t pid;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	put_file("f", "content", 0644);
	fd = MUST(open("f", O_RDONLY));
	VAL(send_fds(s[0], &fd, 1, 0));
	VAL(recv_fds(s[1], got, 4, MSG_CMSG_CLOEXEC));
	YES(got[0] != fd);
	VAL(fcntl(got[0], F_GETFD));
	VAL(read(got[0], buf, 4));
	VAL(lseek(fd, 0, SEEK_CUR));
	close(got[0]);
	both[0] = fd;
	both[1] = 0;
	VAL(send_fds(s[0], both, 2, 0));
	/* Room for one of two: the other is closed, and that is told. */
	VAL(recv_fds(s[1], got, 1, 0));
	fd = 99;
	VAL(send_fds(s[0], &fd, 1, 0));
	/* From a child, after whose end the file is still open here. */
	pid = fork();
	if (pid == 0) {
		fd = open("fresh", O_RDWR | O_CREAT, 0600);
		if (write(fd, "born", 4) != 4)
			_exit(1);
		unlink("fresh");
		_exit(send_fds(s[0], &fd, 1, 0) == 1 ? 0 : 1);
	}
	abi_reap(pid);
	VAL(recv_fds(s[1], got, 4, 0));
	VAL(pread(got[0], buf, 4, 0));
	say("%s\n", buf);
	/* Descriptors in flight die with their socket. */
	int p[2];
	MUST(pipe(p));
	VAL(send_fds(s[0], &p[1], 1, 0));
	close(p[1]);
	close(s[0]);
	close(s[1]);
	VAL(read(p[0], buf, 1));
}

static void
case_credentials(void)
{
	struct ucred uc;
	socklen_t n = sizeof(uc);
	char ctl[128], byte;
	struct iovec v = { &byte, 1 };
	struct msghdr m;
	struct cmsghdr *c;
	int s[2], on = 1;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	VAL(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &uc, &n));
	YES(uc.pid == getpid() && uc.uid == geteuid() && uc.gid == getegid());
	VAL(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	VAL(write(s[0], "x", 1));
	memset(&m, 0, sizeof(m));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = ctl;
	m.msg_controllen = sizeof(ctl);
	VAL(recvmsg(s[1], &m, 0));
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL) {
		say("nothing\n");
		return;
	}
	say("%d %d\n", c->cmsg_level == SOL_SOCKET,
	    c->cmsg_type == SCM_CREDENTIALS);
	memcpy(&uc, CMSG_DATA(c), sizeof(uc));
	YES(uc.pid == getpid() && uc.uid == getuid());
}

static void
case_options(void)
{
	int s[2], v;
	socklen_t n;
	struct timeval tv = { 0, 20000 };
	char c;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
#define OPT(o) do { n = sizeof(v); v = -9;				\
	VAL(getsockopt(s[0], SOL_SOCKET, o, &v, &n)); VAL(v); } while (0)
	OPT(SO_TYPE);
	OPT(SO_DOMAIN);
	OPT(SO_PROTOCOL);
	OPT(SO_ERROR);
	OPT(SO_ACCEPTCONN);
	OPT(SO_PASSCRED);
	OPT(SO_REUSEADDR);
	OPT(SO_KEEPALIVE);
	VAL(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	VAL(recv(s[0], &c, 1, 0));
	n = sizeof(tv);
	VAL(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, &n));
	YES(tv.tv_sec == 0 && tv.tv_usec >= 20000 && tv.tv_usec < 40000);
	v = 1;
	VAL(setsockopt(s[0], SOL_SOCKET, 9999, &v, sizeof(v)));
	VAL(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &v, 1));
	VAL(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, bad_page(), 4));
	VAL(setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &v, 4));
	VAL(getsockopt(s[0], SOL_SOCKET, 9999, &v, &n));
	VAL(getsockopt(s[0], 77, 1, &v, &n));
	v = 8192;
	VAL(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &v, sizeof(v)));
	OPT(SO_SNDBUF);
}

static void
case_nonblock_and_ready(void)
{
	struct pollfd f[2];
	ssize_t n, total = 0;
	int s[2], q;

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
	VAL(read(s[0], big, 1));
	while ((n = write(s[0], big, 4096)) > 0)
		total += n;
	VAL(n);
	YES(total >= 65536);
	f[0] = (struct pollfd){ s[0], POLLIN | POLLOUT, 0 };
	f[1] = (struct pollfd){ s[1], POLLIN | POLLOUT, 0 };
	VAL(poll(f, 2, 0));
	say("%x %x\n", f[0].revents, f[1].revents);
	VAL(ioctl(s[1], FIONREAD, &q));
	YES(q == total);
	while ((n = read(s[1], big, sizeof(big))) > 0)
		total -= n;
	VAL(total);
	VAL(poll(f, 2, 0));
	say("%x %x\n", f[0].revents, f[1].revents);
	close(s[1]);
	VAL(poll(f, 1, 0));
	say("%x\n", f[0].revents);
	int l = unx(SOCK_STREAM | SOCK_NONBLOCK);
	MUST(bind_to(l, "s"));
	MUST(listen(l, 2));
	VAL(accept(l, NULL, NULL));
	f[0].fd = l;
	VAL(poll(f, 1, 0));
	int c = unx(SOCK_STREAM | SOCK_NONBLOCK);
	VAL(connect_to(c, "s"));
	VAL(poll(f, 1, 0));
	say("%x\n", f[0].revents);
	VAL(accept(l, NULL, NULL) > 0);
}

static void
case_big_stream(void)
{
	pid_t pid;
	int s[2];
	size_t total = 0;
	unsigned sum = 0;
	ssize_t n, i;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pid = fork();
	if (pid == 0) {
		close(s[0]);
		for (i = 0; i < (ssize_t)sizeof(big); i++)
			big[i] = i % 251;
		for (i = 0; i < 8; i++)
			if (write(s[1], big, sizeof(big)) != sizeof(big))
				_exit(1);
		_exit(0);
	}
	close(s[1]);
	while ((n = read(s[0], big, 65536)) > 0) {
		for (i = 0; i < n; i++)
			sum += (unsigned char)big[i];
		total += n;
	}
	say("%zu %u\n", total, sum);
	abi_reap(pid);
}

static void
case_peer_dies(void)
{
	char c;
	int s[2];
	pid_t pid;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pid = fork();
	if (pid == 0) {
		close(s[0]);
		for (;;)
			pause();
	}
	close(s[1]);
	kill(pid, SIGKILL);
	VAL(read(s[0], &c, 1));
	abi_reap(pid);
	/* Unread data at close: the other side learns by a reset. */
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	VAL(write(s[0], "unread", 6));
	close(s[1]);
	VAL(read(s[0], &c, 1));
	VAL(read(s[0], &c, 1));
}

CASES("unix_sock",
	CASE(socketpair), CASE(shutdown), CASE(stream_server),
	CASE(abstract), CASE(dgram), CASE(seqpacket), CASE(sendmsg),
	CASE(pass_fds), CASE(credentials), CASE(options),
	CASE(nonblock_and_ready), CASE(big_stream), CASE(peer_dies));
