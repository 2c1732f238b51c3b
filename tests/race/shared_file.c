/*
 * One file, mapped and written by several processes at once, cut and grown:
 * counters in it add up, and a page beyond the end is SIGBUS or zero.
 */
#include "race.h"

#include <setjmp.h>

static sigjmp_buf env;

static void
on_bus(int sig)
{
	siglongjmp(env, sig);
}

static void
toucher(int fd, int rounds)
{
	volatile uint32_t *m;
	volatile int i;
	uint32_t v;

	handle(SIGBUS, on_bus, 0);
	m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(m != MAP_FAILED);
	for (i = 0; i < rounds; i++) {
		__atomic_add_fetch(&m[0], 1, __ATOMIC_SEQ_CST);
		if (sigsetjmp(env, 1) == 0) {
			v = m[1024];
			CHECK(v == 0);
		}
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 20000), fd, i;
	char name[] = "/tmp/race-file-XXXXXX";
	uint32_t seed = 8, v;
	pid_t pid[3];

	CHECK((fd = mkstemp(name)) >= 0);
	unlink(name);
	CHECK(ftruncate(fd, 4096) == 0);
	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (pid[i] == 0)
			toucher(fd, rounds);
	}
	for (i = 0; i < 1000; i++) {
		CHECK(ftruncate(fd, i & 1 ? 4096 : 8192) == 0);
		jitter(&seed);
		CHECK(pread(fd, &v, 4, 0) == 4 && v <= 3 * (uint32_t)rounds);
	}
	for (i = 0; i < 3; i++)
		reap_exit(pid[i], 0);
	CHECK(pread(fd, &v, 4, 0) == 4);
	CHECK(v == 3 * (uint32_t)rounds);
	return (ok("shared_file", rounds));
}
