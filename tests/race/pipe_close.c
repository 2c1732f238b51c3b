/*
 * Closing one end against reading, writing and polling at the other.
 */
#include "race.h"

static int cur[2];
static volatile uint32_t turn, acked;
static volatile int rounds;

static void *
closer(void *arg)
{
	uint32_t last = 0, seed = 2;
	char buf[100] = "";

	while (last < (uint32_t)rounds) {
		if (turn == last) {
			sched_yield();
			continue;
		}
		last = turn;
		jitter(&seed);
		if (last & 1)
			close(cur[0]);
		else {
			CHECK(write(cur[1], buf, last % 100) ==
			    (ssize_t)(last % 100));
			jitter(&seed);
			close(cur[1]);
		}
		acked = last;
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	static char big[70000];
	struct pollfd f;
	size_t got;
	ssize_t n;
	pthread_t t;
	uint32_t i;

	rounds = rounds_of(argc, argv, 6000);
	signal(SIGPIPE, SIG_IGN);
	t = spawn(closer, NULL);
	for (i = 1; i <= (uint32_t)rounds; i++) {
		CHECK(pipe(cur) == 0);
		turn = i;
		if (i & 1) {
			/* Writes fill it and block, until the reader goes. */
			while ((n = write(cur[1], big, sizeof(big))) > 0)
				;
			CHECK(n == -1 && errno == EPIPE);
			while (acked != i)
				sched_yield();
			close(cur[1]);
			continue;
		}
		for (got = 0;; got += n) {
			if (i & 2) {
				f = (struct pollfd){ cur[0], POLLIN, 0 };
				CHECK(poll(&f, 1, -1) == 1);
				CHECK(f.revents & (POLLIN | POLLHUP));
			}
			n = read(cur[0], big, sizeof(big));
			CHECK(n >= 0);
			if (n == 0)
				break;
		}
		CHECK(got == i % 100);
		while (acked != i)
			sched_yield();
		close(cur[0]);
	}
	pthread_join(t, NULL);
	return (ok("pipe_close", rounds));
}
