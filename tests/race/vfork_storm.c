/*
 * Threads spawn programs by vfork and posix_spawn at the same time; each
 * gets its own child's status, and the parent's memory stays its own.
 */
#include "race.h"

#include <spawn.h>

static char *self;
static char *env[] = { NULL };

static void *
spawns(void *arg)
{
	int rounds = *(int *)arg;
	volatile int i;
	char code[8], *argv[] = { "leaf", "leaf", code, NULL };
	volatile int guard = 1234;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		snprintf(code, sizeof(code), "%d", i % 250);
		if (i & 1)
			CHECK(posix_spawn(&pid, self, NULL, NULL, argv, env)
			    == 0);
		else {
			pid = vfork();
			if (pid == 0) {
				execve(i % 10 ? self : "/nothere", argv, env);
				_exit(251);
			}
			CHECK(pid > 0);
		}
		CHECK(guard == 1234);
		reap_exit(pid, !(i & 1) && i % 10 == 0 ? 251 : i % 250);
	}
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds;
	pthread_t a, b;

	if (argc > 2 && strcmp(argv[1], "leaf") == 0)
		return (atoi(argv[2]));
	rounds = rounds_of(argc, argv, 500);
	self = realpath(argv[0], NULL);
	CHECK(self != NULL);
	a = spawn(spawns, &rounds);
	b = spawn(spawns, &rounds);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return (ok("vfork_storm", 2 * rounds));
}
