/*
 * A process whose threads vfork, and others that map memory, is killed, ended
 * or told to exec at any moment, and its children are stopped, continued and
 * killed: nobody hangs, nobody is lost, and what lives on comes to its end.
 */
#include "race.h"

#include <spawn.h>
#include <sys/prctl.h>

static char *self;
static char *env[] = { NULL };
static volatile uint32_t *done;		/* children that reached their end */

static int
brief(void *arg)
{
	uint32_t seed = (uint32_t)(uintptr_t)arg;
	volatile int x = 0;

	for (int i = rnd(&seed) % 2000; i > 0; i--)
		x += i;
	if (rnd(&seed) % 4 == 0)
		usleep(rnd(&seed) % 300);
	__atomic_add_fetch(done, 1, __ATOMIC_SEQ_CST);
	return (0);
}

static void *
spawns(void *arg)
{
	uint32_t seed = (uint32_t)(uintptr_t)arg;
	char *argv[] = { "leaf", "leaf", NULL }, *st = malloc(65536);
	pid_t pid;

	for (;;) {
		switch (rnd(&seed) % 4) {
		case 0:
			if (posix_spawn(&pid, self, NULL, NULL, argv, env))
				continue;
			break;
		case 1:
			pid = fork();
			if (pid == 0)
				_exit(0);
			break;
		default:
			pid = clone(brief, st + 65536, CLONE_VM |
			    CLONE_VFORK | SIGCHLD,
			    (void *)(uintptr_t)rnd(&seed));
		}
		if (pid > 0 && rnd(&seed) % 4 == 0)
			kill(pid, rnd(&seed) % 2 ? SIGKILL : SIGSTOP);
		if (pid > 0)
			kill(pid, SIGCONT);
		if (pid > 0)
			(void)waitpid(pid, NULL, 0);
	}
	return (NULL);
}

static void *
maps(void *arg)
{
	for (;;) {
		char *p = mmap(NULL, 16384, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p != MAP_FAILED) {
			p[5000] = 1;
			munmap(p, 16384);
		}
		(void)arg;
	}
	return (NULL);
}

static void
victim(uint32_t seed, bool exec)
{
	char *argv[] = { "leaf", "leaf", NULL };

	(void)spawn(spawns, (void *)(uintptr_t)(seed + 1));
	(void)spawn(spawns, (void *)(uintptr_t)(seed + 2));
	(void)spawn(maps, NULL);
	if (exec) {
		usleep(rnd(&seed) % 3000);
		if (rnd(&seed) % 2)
			_exit(0);
		execve(self, argv, env);
	}
	spawns((void *)(uintptr_t)(seed + 3));
}

int
main(int argc, char **argv)
{
	uint32_t seed = 4711;
	int rounds, st;
	pid_t pid;

	if (argc > 1 && strcmp(argv[1], "leaf") == 0)
		return (0);
	rounds = rounds_of(argc, argv, 300);
	self = realpath(argv[0], NULL);
	CHECK(self != NULL);
	done = shared_mem(4096);
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	for (int i = 0; i < rounds; i++) {
		bool exec = i % 2;

		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0)
			victim(rnd(&seed), exec);
		(void)rnd(&seed);
		if (!exec) {
			usleep(rnd(&seed) % 4000);
			CHECK(kill(pid, SIGKILL) == 0);
		}
		CHECK(waitpid(pid, &st, 0) == pid);
		if (exec ? st != 0 : !WIFSIGNALED(st))
			violation("status %x", st);
		/* Its children are ours now; continue what it stopped. */
		while ((pid = waitpid(-1, &st, WNOHANG | WUNTRACED)) >= 0)
			if (pid > 0 && WIFSTOPPED(st))
				kill(pid, SIGCONT);
			else if (pid == 0)
				usleep(100);
		CHECK(errno == ECHILD);
	}
	CHECK(*done > 0);
	return (ok("vfork_kill", rounds));
}
