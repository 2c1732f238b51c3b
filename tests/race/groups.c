/*
 * Groups against signals: processes change groups and sessions while others
 * signal those groups; a signal to a group reaches all its members and only
 * them, and the leader's end harms nobody.
 */
#include "race.h"

#define MEMBERS	4

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 300), i, k;
	pid_t pid[MEMBERS], bystander, churner;
	uint32_t seed = 77;

	bystander = fork();
	CHECK(bystander >= 0);
	if (bystander == 0)
		for (;;)
			pause();
	churner = fork();
	CHECK(churner >= 0);
	if (churner == 0) {
		/* Sessions and groups come and go beside it all. */
		for (;;) {
			pid_t p = fork();
			if (p == 0) {
				setsid();
				if (fork() == 0) {
					setpgid(0, 0);
					_exit(0);
				}
				wait(NULL);
				_exit(0);
			}
			waitpid(p, NULL, 0);
		}
	}
	for (i = 0; i < rounds; i++) {
		for (k = 0; k < MEMBERS; k++) {
			pid[k] = fork();
			CHECK(pid[k] >= 0);
			if (pid[k] == 0) {
				setpgid(0, k == 0 ? 0 : pid[0]);
				for (;;)
					if (i & 1)
						pause();
			}
			CHECK(setpgid(pid[k], pid[0]) == 0 ||
			    errno == EACCES);
		}
		jitter(&seed);
		if (i & 2) {
			CHECK(kill(pid[0], SIGKILL) == 0);
			reap_killed(pid[0], SIGKILL);
		}
		CHECK(kill(-pid[0], SIGTERM) == 0);
		for (k = i & 2 ? 1 : 0; k < MEMBERS; k++)
			reap_killed(pid[k], SIGTERM);
		CHECK(kill(-pid[0], 0) == -1 && errno == ESRCH);
		CHECK(kill(bystander, 0) == 0);
		CHECK(waitpid(bystander, NULL, WNOHANG) == 0);
	}
	kill(bystander, SIGKILL);
	kill(churner, SIGKILL);
	reap_killed(bystander, SIGKILL);
	reap_killed(churner, SIGKILL);
	return (ok("groups", rounds));
}
