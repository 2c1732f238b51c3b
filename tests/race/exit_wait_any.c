/*
 * Many children end at once while the parent takes any with wait: every
 * one is met exactly once.
 */
#include "race.h"

#define BATCH	32

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 60), r, i, st, n;
	char seen[BATCH];
	pid_t pids[BATCH], pid;
	int gate[2];
	char c;

	for (r = 0; r < rounds; r++) {
		CHECK(pipe(gate) == 0);
		for (i = 0; i < BATCH; i++) {
			pids[i] = fork();
			CHECK(pids[i] >= 0);
			if (pids[i] == 0) {
				close(gate[1]);
				if (read(gate[0], &c, 1) != 0)
					_exit(255);
				_exit(i);
			}
		}
		close(gate[0]);
		close(gate[1]);
		memset(seen, 0, sizeof(seen));
		for (n = 0; n < BATCH; n++) {
			pid = wait(&st);
			CHECK(pid > 0 && WIFEXITED(st));
			i = WEXITSTATUS(st);
			CHECK(i < BATCH && pids[i] == pid && !seen[i]);
			seen[i] = 1;
		}
		CHECK(wait(&st) == -1 && errno == ECHILD);
	}
	return (ok("exit_wait_any", rounds * BATCH));
}
