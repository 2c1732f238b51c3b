/*
 * Descriptors in flight between processes that close and die: each received
 * one works, and the last close of a pipe is always seen.
 */
#include "race.h"

#include <sys/socket.h>

static int
send_fd(int s, int fd)
{
	union { char b[CMSG_SPACE(sizeof(int))]; struct cmsghdr h; } u;
	struct iovec v = { "x", 1 };
	struct msghdr m;

	memset(&m, 0, sizeof(m));
	memset(&u, 0, sizeof(u));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = u.b;
	m.msg_controllen = sizeof(u.b);
	u.h.cmsg_level = SOL_SOCKET;
	u.h.cmsg_type = SCM_RIGHTS;
	u.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&u.h), &fd, sizeof(int));
	return (sendmsg(s, &m, MSG_NOSIGNAL) == 1 ? 0 : -1);
}

static int
recv_fd(int s)
{
	union { char b[CMSG_SPACE(sizeof(int))]; struct cmsghdr h; } u;
	char c;
	struct iovec v = { &c, 1 };
	struct msghdr m;
	int fd = -1;

	memset(&m, 0, sizeof(m));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	m.msg_control = u.b;
	m.msg_controllen = sizeof(u.b);
	if (recvmsg(s, &m, 0) != 1)
		return (-1);
	CHECK(m.msg_controllen >= CMSG_LEN(sizeof(int)));
	memcpy(&fd, CMSG_DATA(&u.h), sizeof(int));
	return (fd);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 2000), i, s[2], p[2], fd;
	uint32_t seed = 4;
	pid_t pid;
	char c;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		close(s[0]);
		for (i = 0; i < rounds; i++) {
			CHECK(pipe(p) == 0);
			CHECK(send_fd(s[1], p[1]) == 0);
			close(p[1]);
			jitter(&seed);
			/* Read what the other wrote, then its close. */
			CHECK(read(p[0], &c, 1) == 1 && c == (char)i);
			CHECK(read(p[0], &c, 1) == 0);
			close(p[0]);
		}
		_exit(0);
	}
	close(s[1]);
	for (i = 0; i < rounds; i++) {
		fd = recv_fd(s[0]);
		CHECK(fd >= 0);
		c = (char)i;
		CHECK(write(fd, &c, 1) == 1);
		jitter(&seed);
		close(fd);
	}
	reap_exit(pid, 0);
	return (ok("unix_fds", rounds));
}
