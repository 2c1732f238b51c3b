/*
 * One address space, two threads that map, unmap, protect and touch, and a
 * third that forks: what each owns is always what it wrote.
 */
#include "race.h"

#define PG	4096

static volatile int finished;

static void *
maps(void *arg)
{
	int rounds = *(int *)arg, i, k, n;
	uint32_t seed = (uint32_t)(uintptr_t)&i;
	char *p;

	for (i = 0; i < rounds; i++) {
		n = 1 + rnd(&seed) % 16;
		p = mmap(NULL, n * PG, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(p != MAP_FAILED);
		for (k = 0; k < n; k++) {
			CHECK(p[k * PG] == 0);
			p[k * PG] = k + 1;
		}
		CHECK(mprotect(p, PG, PROT_READ) == 0);
		if (n > 4) {
			CHECK(munmap(p + PG, PG) == 0);
			p = mremap(p + 2 * PG, (n - 2) * PG, (n + 3) * PG,
			    MREMAP_MAYMOVE);
			CHECK(p != MAP_FAILED);
			for (k = 2; k < n; k++)
				CHECK(p[(k - 2) * PG] == k + 1);
			CHECK(p[(n - 1) * PG] == 0);
			CHECK(munmap(p, (n + 3) * PG) == 0);
		} else
			CHECK(munmap(p, n * PG) == 0);
	}
	return (NULL);
}

static void *
forks(void *arg)
{
	pid_t pid;

	while (!finished) {
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			_exit(7);
		reap_exit(pid, 7);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 3000);
	pthread_t a, b, c;

	a = spawn(maps, &rounds);
	b = spawn(maps, &rounds);
	c = spawn(forks, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	finished = 1;
	pthread_join(c, NULL);
	return (ok("mmap_threads", 2 * rounds));
}
