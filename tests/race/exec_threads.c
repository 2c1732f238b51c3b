/*
 * Exec against threads: while siblings spin, block, fork and exit, one
 * thread execs.  The new image runs alone under the old pid.
 */
#include "race.h"

static int quiet[2];
static char *self;
static volatile int go;

static void *
spins(void *arg)
{
	for (;;)
		(void)arg;
	return (NULL);
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
sleeps(void *arg)
{
	for (;;)
		usleep(50);
	return (arg);
}

static void *
leaves(void *arg)
{
	while (!go)
		sched_yield();
	return (arg);
}

static void *
execs(void *arg)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	go = 1;
	execl(self, "exec_threads", "leaf", pid, NULL);
	_exit(9);
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds, i;
	uint32_t seed = 5;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "leaf") == 0)
		return (getpid() == atoi(argv[2]) &&
		    syscall(SYS_gettid) == getpid() ? 42 : 43);
	rounds = rounds_of(argc, argv, 400);
	self = realpath(argv[0], NULL);
	CHECK(self != NULL);
	CHECK(pipe(quiet) == 0);
	for (i = 0; i < rounds; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			seed += i;
			spawn(i & 1 ? spins : sleeps, NULL);
			spawn(blocks, NULL);
			spawn(leaves, NULL);
			jitter(&seed);
			if (i & 2)
				spawn(execs, NULL);
			else
				execs(NULL);
			for (;;)
				pause();
		}
		reap_exit(pid, 42);
	}
	return (ok("exec_threads", rounds));
}
