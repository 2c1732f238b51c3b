/*
 * A timer fires all the while a numbered stream runs through a pipe and a
 * socket between two processes: nothing is lost, doubled or mixed.
 */
#include "race.h"

#include <sys/socket.h>

static void
nothing(int sig)
{
	(void)sig;
}

static void
storm(void)
{
	struct itimerval it = { { 0, 300 }, { 0, 300 } };

	handle(SIGALRM, nothing, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
}

static void
stream(int rd, int wr, int rounds)
{
	uint32_t i, buf[64], at = 0, want = 0;
	size_t have = 0;
	ssize_t n;
	pid_t pid;

	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		close(rd);
		storm();
		for (i = 0; i < (uint32_t)rounds; i++)
			CHECK(write(wr, &i, sizeof(i)) == sizeof(i));
		_exit(0);
	}
	close(wr);
	for (;;) {
		n = read(rd, (char *)buf + have, sizeof(buf) - have);
		CHECK(n >= 0);
		if (n == 0)
			break;
		have += n;
		for (at = 0; (at + 1) * 4 <= have; at++)
			CHECK(buf[at] == want++);
		memmove(buf, buf + at, have - at * 4);
		have -= at * 4;
	}
	CHECK(want == (uint32_t)rounds);
	close(rd);
	reap_exit(pid, 0);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 20000), p[2], s[2];

	storm();
	CHECK(pipe(p) == 0);
	stream(p[0], p[1], rounds);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	stream(s[0], s[1], rounds);
	return (ok("timer_storm", rounds));
}
