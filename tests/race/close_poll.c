/*
 * Descriptors closed and reused under poll, select and epoll of another
 * thread: no crash, no wait on what is gone when there is something to see.
 */
#include "race.h"

#include <sys/epoll.h>
#include <sys/socket.h>

static volatile int slot, stop;
static volatile uint32_t wakes;
static int alarm_p[2], ep;

static void *
polls(void *arg)
{
	struct epoll_event ev[4];
	struct pollfd f[2];
	char c;

	while (!stop) {
		f[0] = (struct pollfd){ slot, POLLIN | POLLOUT, 0 };
		f[1] = (struct pollfd){ alarm_p[0], POLLIN, 0 };
		CHECK(poll(f, 2, -1) > 0);
		if (f[1].revents & POLLIN) {
			CHECK(read(alarm_p[0], &c, 1) == 1);
			wakes++;
		}
		(void)epoll_wait(ep, ev, 4, 0);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 5000), i, p[2];
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	uint32_t seed = 6, sent = 0;
	pthread_t t;

	CHECK(pipe(alarm_p) == 0);
	CHECK((ep = epoll_create1(0)) >= 0);
	slot = alarm_p[0];
	t = spawn(polls, NULL);
	for (i = 0; i < rounds; i++) {
		if (i & 1)
			CHECK(pipe(p) == 0);
		else
			CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0);
		CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev) == 0);
		slot = p[i & 2 ? 1 : 0];
		jitter(&seed);
		close(p[0]);
		jitter(&seed);
		close(p[1]);
		slot = alarm_p[0];
		if (i % 4 == 0) {
			CHECK(write(alarm_p[1], "x", 1) == 1);
			sent++;
		}
	}
	for (i = 0; i < 10000 && wakes < sent; i++)
		usleep(500);
	CHECK(wakes == sent);
	stop = 1;
	CHECK(write(alarm_p[1], "x", 1) == 1);
	pthread_join(t, NULL);
	return (ok("close_poll", rounds));
}
