/*
 * EINTR against SA_RESTART.  A read with SA_RESTART never fails with EINTR:
 * the handler writes the byte that it then returns.  Without, it returns
 * EINTR or, when the signal came first, the byte.
 */
#include "race.h"

static int p[2];
static volatile uint32_t *turn;

static void
feed(int sig)
{
	int e = errno;

	(void)sig;
	CHECK(write(p[1], "x", 1) == 1);
	errno = e;
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 5000), i;
	pid_t pid, victim = getpid();
	uint32_t seed = 11;
	ssize_t r;
	char buf[4];

	turn = shared_mem(4096);
	CHECK(pipe(p) == 0);
	handle(SIGUSR1, feed, SA_RESTART);
	handle(SIGUSR2, feed, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		for (i = 1; i <= rounds; i++) {
			while (*turn != (uint32_t)i)
				sched_yield();
			jitter(&seed);
			CHECK(kill(victim, i & 1 ? SIGUSR1 : SIGUSR2) == 0);
		}
		_exit(0);
	}
	for (i = 1; i <= rounds; i++) {
		memset(buf, '.', sizeof(buf));
		*turn = i;
		r = read(p[0], buf + 1, 1);
		if (i & 1)
			CHECK(r == 1);
		else {
			CHECK(r == 1 || (r == -1 && errno == EINTR));
			if (r == -1)
				CHECK(read(p[0], buf + 1, 1) == 1);
		}
		CHECK(buf[0] == '.' && buf[1] == 'x' && buf[2] == '.');
	}
	reap_exit(pid, 0);
	return (ok("restart", rounds));
}
