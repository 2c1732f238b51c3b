/*
 * SIGKILL at any moment, in any blocking call: the victim goes, its waiter
 * hears of it, and what it shared with others goes on working.
 */
#include "race.h"
#include "blocking.h"

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 60), kind, i;
	struct block_env b;
	uint32_t seed = 21;
	pid_t pid;

	block_init(&b);
	block_child(&b);
	for (kind = 0; kind < B_NKINDS; kind++) {
		if (kind == B_WAIT)
			continue;
		for (i = 0; i < rounds; i++) {
			pid = fork();
			CHECK(pid >= 0);
			if (pid == 0) {
				block(&b, kind);
				_exit(1);
			}
			jitter(&seed);
			if (i % 4 == 0)
				usleep(200);
			CHECK(kill(pid, SIGKILL) == 0);
			reap_killed(pid, SIGKILL);
		}
	}
	block_child_end(&b);
	return (ok("kill_blocked", rounds * (B_NKINDS - 1)));
}
