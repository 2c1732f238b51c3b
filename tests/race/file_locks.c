/*
 * Record locks and flock exclude between processes, also when holders die.
 */
#include "race.h"

#include <sys/file.h>

static volatile uint32_t *sh;	/* 0 inside, 1 count */
static char name[] = "/tmp/race-locks-XXXXXX";

static void
contend(int how, int rounds, int me)
{
	struct flock fl;
	uint32_t seed = me;
	int fd, i;

	fd = open(name, O_RDWR);
	CHECK(fd >= 0);
	for (i = 0; i < rounds; i++) {
		memset(&fl, 0, sizeof(fl));
		fl.l_type = F_WRLCK;
		fl.l_len = 1 + i % 10;
		if (how == 0)
			CHECK(fcntl(fd, F_SETLKW, &fl) == 0);
		else
			CHECK(flock(fd, LOCK_EX) == 0);
		CHECK(sh[0] == 0);
		sh[0] = 1;
		sh[1]++;
		jitter(&seed);
		sh[0] = 0;
		if (i == rounds - 1 && me == 1)
			kill(getpid(), SIGKILL);
		fl.l_type = F_UNLCK;
		if (how == 0)
			CHECK(fcntl(fd, F_SETLK, &fl) == 0);
		else
			CHECK(flock(fd, LOCK_UN) == 0);
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 1500), how, i;
	pid_t pid[3];

	CHECK(close(mkstemp(name)) == 0);
	sh = shared_mem(4096);
	for (how = 0; how < 2; how++) {
		sh[1] = 0;
		for (i = 0; i < 3; i++) {
			pid[i] = fork();
			CHECK(pid[i] >= 0);
			if (pid[i] == 0)
				contend(how, rounds, i);
		}
		reap_exit(pid[0], 0);
		reap_killed(pid[1], SIGKILL);
		reap_exit(pid[2], 0);
		CHECK(sh[1] == 3 * (uint32_t)rounds);
	}
	unlink(name);
	return (ok("file_locks", 6 * rounds));
}
