/*
 * Orphans: children whose parents end first find a new parent, and are
 * reaped by it; none stays behind as a zombie.
 */
#include "race.h"

#include <dirent.h>
#include <sys/prctl.h>

/* Processes of our group that are still there. */
static int
left_over(void)
{
	struct dirent *de;
	int n = 0, pid;
	DIR *d = opendir("/proc");

	CHECK(d != NULL);
	while ((de = readdir(d)) != NULL) {
		pid = atoi(de->d_name);
		if (pid > 0 && pid != getpid() && getpgid(pid) == getpgrp())
			n++;
	}
	closedir(d);
	return (n);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 600), i, p[2], seen, st;
	/* In the second half we are the reaper; as process 1 always. */
	int half = getpid() == 1 ? 0 : rounds / 2;
	uint32_t seed = 41;
	pid_t pid;
	char c;

	for (i = 0; i < rounds; i++) {
		if (i == half)
			CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
		CHECK(pipe(p) == 0);
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			pid_t parent = getpid(), k = fork();
			if (k == 0) {
				jitter(&seed);
				if (i & 1)
					while (getppid() == parent)
						sched_yield();
				_exit(9);
			}
			_exit(k > 0 ? 8 : 7);
		}
		close(p[1]);
		if (i < half)
			reap_exit(pid, 8);
		else {
			for (seen = 0; seen < 2; seen++) {
				CHECK(wait(&st) > 0 && WIFEXITED(st));
				CHECK(WEXITSTATUS(st) == 8 ||
				    WEXITSTATUS(st) == 9);
			}
			CHECK(wait(&st) == -1 && errno == ECHILD);
		}
		/* The grandchild's end closes the pipe. */
		CHECK(read(p[0], &c, 1) == 0);
		close(p[0]);
	}
	for (i = 0; i < 3000 && left_over() > 0; i++)
		usleep(1000);
	CHECK(left_over() == 0);
	return (ok("orphans", rounds));
}
