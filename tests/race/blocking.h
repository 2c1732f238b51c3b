/*
 * The blocking calls that signals are thrown at.
 */
#ifndef BLOCKING_H
#define BLOCKING_H

#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <netinet/in.h>

enum { B_READ, B_WRITE, B_POLL, B_SELECT, B_EPOLL, B_FUTEX, B_FUTEX_PRIV,
    B_NANOSLEEP, B_WAIT, B_PAUSE, B_RECV, B_ACCEPT, B_INET, B_EVENTFD,
    B_TIMERFD, B_SIGWAIT, B_FLOCK, B_NKINDS };

static const char *const kind_names[] = { "read", "write", "poll", "select",
    "epoll", "futex", "futex-private", "nanosleep", "wait", "pause", "recv",
    "accept", "inet", "eventfd", "timerfd", "sigwait", "flock" };

struct block_env {
	int		rd[2], full[2], sv[2], lst, inet, epfd, evfd, tmfd;
	int		lock_a, lock_b;
	uint32_t	word;
	pid_t		child;
};

static UNUSED void
block_init(struct block_env *b)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN };
	char junk[4096] = "", name[] = "/tmp/race-lock-XXXXXX";

	memset(b, 0, sizeof(*b));
	CHECK(pipe(b->rd) == 0);
	CHECK(pipe2(b->full, O_NONBLOCK) == 0);
	while (write(b->full[1], junk, sizeof(junk)) > 0)
		;
	CHECK(fcntl(b->full[1], F_SETFL, 0) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, b->sv) == 0);
	CHECK((b->lst = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
	sa_family_t fam = AF_UNIX;
	CHECK(bind(b->lst, (void *)&fam, sizeof(fam)) == 0);
	CHECK(listen(b->lst, 1) == 0);
	CHECK((b->inet = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(b->inet, (void *)&in, sizeof(in)) == 0);
	CHECK(listen(b->inet, 1) == 0);
	CHECK((b->epfd = epoll_create1(0)) >= 0);
	CHECK(epoll_ctl(b->epfd, EPOLL_CTL_ADD, b->rd[0], &ev) == 0);
	CHECK((b->evfd = eventfd(0, 0)) >= 0);
	CHECK((b->tmfd = timerfd_create(CLOCK_MONOTONIC, 0)) >= 0);
	CHECK((b->lock_a = mkstemp(name)) >= 0);
	CHECK((b->lock_b = open(name, O_RDWR)) >= 0);
	unlink(name);
	CHECK(syscall(SYS_flock, b->lock_a, 2) == 0);
}

/* A child for B_WAIT, which never ends by itself. */
static UNUSED void
block_child(struct block_env *b)
{
	b->child = fork();
	CHECK(b->child >= 0);
	if (b->child == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (;;)
			pause();
	}
}

static UNUSED void
block_child_end(struct block_env *b)
{
	kill(b->child, SIGKILL);
	waitpid(b->child, NULL, 0);
}

/* Block without end.  Returns only when something interferes. */
static UNUSED long
block(struct block_env *b, int kind)
{
	struct timespec ts = { 1000, 0 };
	struct pollfd pfd = { b->rd[0], POLLIN, 0 };
	struct epoll_event ev;
	sigset_t set;
	fd_set fds;
	char c[8] = "";

	switch (kind) {
	case B_READ:
		return (read(b->rd[0], c, 1));
	case B_WRITE:
		return (write(b->full[1], c, 1));
	case B_POLL:
		return (poll(&pfd, 1, -1));
	case B_SELECT:
		FD_ZERO(&fds);
		FD_SET(b->rd[0], &fds);
		return (select(b->rd[0] + 1, &fds, NULL, NULL, NULL));
	case B_EPOLL:
		return (epoll_wait(b->epfd, &ev, 1, -1));
	case B_FUTEX:
		return (syscall(SYS_futex, &b->word, FUTEX_WAIT, 0, NULL));
	case B_FUTEX_PRIV:
		return (syscall(SYS_futex, &b->word, FUTEX_WAIT_PRIVATE, 0,
		    NULL));
	case B_NANOSLEEP:
		return (nanosleep(&ts, NULL));
	case B_WAIT:
		return (waitpid(b->child, NULL, 0));
	case B_PAUSE:
		return (pause());
	case B_RECV:
		return (recv(b->sv[0], c, 1, 0));
	case B_ACCEPT:
		return (accept(b->lst, NULL, NULL));
	case B_INET:
		return (accept(b->inet, NULL, NULL));
	case B_EVENTFD:
		return (read(b->evfd, c, 8));
	case B_TIMERFD:
		return (read(b->tmfd, c, 8));
	case B_SIGWAIT:
		sigemptyset(&set);
		sigaddset(&set, SIGUSR2);
		return (sigtimedwait(&set, NULL, &ts));
	case B_FLOCK:
		return (syscall(SYS_flock, b->lock_b, 2));
	}
	return (0);
}

#endif
