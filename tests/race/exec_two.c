/*
 * Two threads exec at once: exactly one image wins, and the process ends
 * with that one's status.
 */
#include "race.h"

static char *self;
static volatile int ready;

static void *
execs(void *arg)
{
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (ready < 2)
		;
	execl(self, "exec_two", "leaf", arg, NULL);
	_exit(9);
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds, i, st;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "leaf") == 0)
		return (atoi(argv[2]));
	rounds = rounds_of(argc, argv, 300);
	self = realpath(argv[0], NULL);
	CHECK(self != NULL);
	for (i = 0; i < rounds; i++) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			spawn(execs, "21");
			execs("22");
		}
		CHECK(waitpid(pid, &st, 0) == pid);
		CHECK(WIFEXITED(st) && (WEXITSTATUS(st) == 21 ||
		    WEXITSTATUS(st) == 22));
	}
	return (ok("exec_two", rounds));
}
