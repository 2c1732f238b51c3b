/*
 * Edge-triggered epoll against writers: every burst is reported, and files
 * come and go from the set while another thread waits on it.
 */
#include "race.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ep, ev[4];
static volatile uint64_t written[4];
static volatile int stop;

static void *
writes(void *arg)
{
	int rounds = *(int *)arg, i;
	uint32_t seed = 17;
	uint64_t one = 1;

	for (i = 0; i < rounds; i++) {
		CHECK(write(ev[i & 3], &one, 8) == 8);
		__atomic_add_fetch(&written[i & 3], 1, __ATOMIC_SEQ_CST);
		jitter(&seed);
	}
	return (NULL);
}

static void *
churns(void *arg)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = 99 };
	int p[2];

	while (!stop) {
		CHECK(pipe(p) == 0);
		CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e) == 0);
		if (p[0] & 1)
			CHECK(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL) == 0);
		close(p[0]);
		close(p[1]);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 20000), i, n;
	uint64_t got[4] = { 0 }, v, sum = 0;
	struct epoll_event e, out[8];
	pthread_t w, c;

	CHECK((ep = epoll_create1(0)) >= 0);
	for (i = 0; i < 4; i++) {
		CHECK((ev[i] = eventfd(0, EFD_NONBLOCK)) >= 0);
		e.events = EPOLLIN | EPOLLET;
		e.data.u64 = i;
		CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, ev[i], &e) == 0);
	}
	w = spawn(writes, &rounds);
	c = spawn(churns, NULL);
	while (sum < (uint64_t)rounds) {
		n = epoll_wait(ep, out, 8, -1);
		CHECK(n > 0);
		for (i = 0; i < n; i++) {
			if (out[i].data.u64 == 99)
				continue;
			CHECK(out[i].data.u64 < 4);
			while (read(ev[out[i].data.u64], &v, 8) == 8) {
				got[out[i].data.u64] += v;
				sum += v;
			}
		}
	}
	stop = 1;
	pthread_join(w, NULL);
	pthread_join(c, NULL);
	for (i = 0; i < 4; i++)
		CHECK(got[i] == written[i]);
	return (ok("epoll_race", rounds));
}
