/*
 * SIGSTOP and SIGCONT against blocking calls: a stopped process does not
 * move, a continued one goes on with its call as if nothing had been.
 */
#include "race.h"

#include <linux/futex.h>

static volatile uint32_t *sh;	/* 0 count, 1 futex word, 2 errors */
static int p[2], q[2];

static void
worker(int how)
{
	struct timespec ts = { 0, 100000 };
	struct pollfd f = { p[0], POLLIN, 0 };
	char c;

	for (;;) {
		switch (how) {
		case 0:
			if (read(p[0], &c, 1) != 1 || write(q[1], &c, 1) != 1)
				sh[2]++;
			break;
		case 1:
			if (poll(&f, 1, -1) < 0) {
				if (errno != EINTR)
					sh[2]++;
				continue;
			}
			if (read(p[0], &c, 1) != 1 || write(q[1], &c, 1) != 1)
				sh[2]++;
			break;
		case 2:
			if (nanosleep(&ts, NULL) != 0)
				sh[2]++;
			break;
		default:
			(void)getppid();
		}
		sh[0]++;
	}
}

static void
drive(int how, int rounds)
{
	uint32_t seed = how, before;
	pid_t pid;
	int i, st;
	char c;

	CHECK(pipe(p) == 0 && pipe(q) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		worker(how);
	for (i = 0; i < rounds; i++) {
		jitter(&seed);
		CHECK(kill(pid, SIGSTOP) == 0);
		CHECK(waitpid(pid, &st, WUNTRACED) == pid);
		CHECK(WIFSTOPPED(st) && WSTOPSIG(st) == SIGSTOP);
		before = sh[0];
		if (how < 2)
			CHECK(write(p[1], "x", 1) == 1);
		jitter(&seed);
		CHECK(sh[0] == before);
		CHECK(kill(pid, SIGCONT) == 0);
		CHECK(waitpid(pid, &st, WCONTINUED) == pid);
		CHECK(WIFCONTINUED(st));
		if (how < 2)
			CHECK(read(q[0], &c, 1) == 1);
	}
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	CHECK(sh[2] == 0);
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 1000), how;

	sh = shared_mem(4096);
	for (how = 0; how < 4; how++)
		drive(how, rounds);
	return (ok("stop_cont", rounds * 4));
}
