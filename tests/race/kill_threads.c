/*
 * SIGKILL and fatal signals against a process whose threads come, go, block
 * and spin: it ends whole, once, by that signal, and frees its pipe ends.
 */
#include "race.h"

static int quiet[2];

static void *
short_lived(void *arg)
{
	return (arg);
}

static void *
breeds(void *arg)
{
	pthread_t t;

	for (;;)
		if (pthread_create(&t, NULL, short_lived, NULL) == 0)
			pthread_join(t, NULL);
	return (arg);
}

static void *
blocks(void *arg)
{
	char c;

	while (read(quiet[0], &c, 1) < 0)
		;
	return (arg);
}

static void *
spins(void *arg)
{
	for (;;)
		(void)getppid();
	return (arg);
}

static void *
forks(void *arg)
{
	pid_t pid;

	for (;;) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 400), i, p[2];
	static const int sigs[] = { SIGKILL, SIGTERM, SIGABRT, SIGSEGV };
	uint32_t seed = 13;
	pid_t pid;
	char c;

	CHECK(pipe(quiet) == 0);
	for (i = 0; i < rounds; i++) {
		CHECK(pipe(p) == 0);
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			struct rlimit none = { 0, 0 };
			setrlimit(RLIMIT_CORE, &none);
			close(p[0]);
			spawn(breeds, NULL);
			spawn(blocks, NULL);
			spawn(i & 1 ? spins : short_lived, NULL);
			if (i & 4)
				spawn(forks, NULL);
			if (i & 2)
				pthread_exit(NULL);
			for (;;)
				pause();
		}
		close(p[1]);
		jitter(&seed);
		usleep(rnd(&seed) % 500);
		CHECK(kill(pid, sigs[i % 4]) == 0);
		reap_killed(pid, sigs[i % 4]);
		/* Its forked children end by themselves: then nobody writes. */
		CHECK(read(p[0], &c, 1) == 0);
		close(p[0]);
	}
	return (ok("kill_threads", rounds));
}
