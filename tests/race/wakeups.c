/*
 * No wake-up is lost: bytes go round a ring of pipes between processes and
 * threads, each of which waits in its own way (read, poll, epoll, a wait that
 * times out, a wait that signals end), while timers interrupt all of them.
 * Every member must see every byte, in order; who sleeps through one hangs
 * the ring, and the watchdog ends it.
 */
#include "race.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define MEMBERS	6
#define INFLIGHT 3		/* bytes under way at a time */

static int in[MEMBERS], out[MEMBERS];
static int rounds;

static void
nothing(int sig)
{
	(void)sig;
}

static void
await(int m, int fd, int ep, uint32_t *seed)
{
	struct pollfd p = { fd, POLLIN, 0 };
	struct epoll_event ev;
	struct timespec ts = { 0, rnd(seed) % 30000 };
	sigset_t none;

	sigemptyset(&none);
	switch ((m + rnd(seed)) % 5) {
	case 0:				/* the read itself waits */
		break;
	case 1:
		(void)poll(&p, 1, -1);
		break;
	case 2:
		(void)epoll_wait(ep, &ev, 1, -1);
		break;
	case 3:
		(void)ppoll(&p, 1, &ts, &none);
		break;
	case 4:
		(void)epoll_wait(ep, &ev, 1, 1);
		break;
	}
}

/* Read one byte, however often the wait is interrupted. */
static unsigned char
take(int m, int ep, uint32_t *seed)
{
	unsigned char c;
	ssize_t r;

	for (;;) {
		await(m, in[m], ep, seed);
		r = read(in[m], &c, 1);
		if (r == 1)
			return (c);
		CHECK(r < 0 && errno == EINTR);
	}
}

static void
give(int m, unsigned char c)
{
	ssize_t r;

	do
		r = write(out[m], &c, 1);
	while (r < 0 && errno == EINTR);
	CHECK(r == 1);
}

static void
member(int m)
{
	struct epoll_event ev = { .events = EPOLLIN };
	uint32_t seed = (uint32_t)m * 77 + 5;
	int ep = epoll_create1(0);
	unsigned char c;

	CHECK(ep >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, in[m], &ev) == 0);
	for (int i = 0; i < rounds; i++) {
		c = take(m, ep, &seed);
		if (c != (unsigned char)i)
			violation("member %d: byte %d, not %d", m, c,
			    i & 255);
		if (m == 0 && i + INFLIGHT >= rounds)
			continue;	/* the last ones end here */
		if (rnd(&seed) % 16 == 0)
			jitter(&seed);
		give(m, m == 0 ? (unsigned char)(i + INFLIGHT) : c);
	}
	close(ep);
}

static void *
thread_member(void *arg)
{
	member((int)(intptr_t)arg);
	return (NULL);
}

static void
storm_on(void)
{
	struct itimerval it = { { 0, 700 }, { 0, 700 } };

	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
}

/* Members 1, 2 are threads of one process, 3 .. are processes. */
static void
threads(void)
{
	pthread_t t;

	storm_on();
	t = spawn(thread_member, (void *)1);
	member(2);
	CHECK(pthread_join(t, NULL) == 0);
	_exit(3);
}

int
main(int argc, char **argv)
{
	pid_t pid[MEMBERS];
	int fd[2];

	rounds = rounds_of(argc, argv, 20000);
	handle(SIGALRM, nothing, 0);
	for (int m = 0; m < MEMBERS; m++) {
		CHECK(pipe(fd) == 0);
		out[m] = fd[1];
		in[(m + 1) % MEMBERS] = fd[0];
	}
	for (int m = 2; m < MEMBERS; m++) {
		pid[m] = fork();
		CHECK(pid[m] >= 0);
		if (pid[m] != 0)
			continue;
		if (m == 2)
			threads();
		storm_on();
		member(m);
		_exit(3);
	}
	for (int i = 0; i < INFLIGHT; i++)
		give(0, (unsigned char)i);
	storm_on();
	member(0);
	for (int m = 2; m < MEMBERS; m++)
		reap_exit(pid[m], 3);
	return (ok("wakeups", rounds));
}
