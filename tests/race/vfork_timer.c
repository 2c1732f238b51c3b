/*
 * A process with a fast timer vforks children that are killed at any moment,
 * perhaps just when the timer has expired on them: its timer goes on all the
 * same.
 */
#include "race.h"

static volatile uint32_t *victim;	/* to be killed, by the other process */
static volatile sig_atomic_t ticks;

static void
tick(int sig)
{
	(void)sig;
	ticks++;
}

static int
spin(void *arg)
{
	(void)arg;
	*victim = (uint32_t)getpid();
	for (;;)
		;
	return (0);
}

static void
killer(void)
{
	uint32_t seed = 99, pid;

	for (;;) {
		while ((pid = __atomic_exchange_n(victim, 0,
		    __ATOMIC_SEQ_CST)) == 0)
			sched_yield();
		jitter(&seed);
		CHECK(kill((pid_t)pid, SIGKILL) == 0);
	}
}

int
main(int argc, char **argv)
{
	struct itimerval it = { { 0, 60 }, { 0, 60 } };
	int rounds = rounds_of(argc, argv, 3000);
	char *st = malloc(65536);
	pid_t pid, other;

	victim = shared_mem(4096);
	other = fork();
	CHECK(other >= 0);
	if (other == 0)
		killer();
	handle(SIGALRM, tick, SA_RESTART);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	for (int i = 0; i < rounds; i++) {
		sig_atomic_t before;

		pid = clone(spin, st + 65536, CLONE_VM | CLONE_VFORK | SIGCHLD,
		    NULL);
		CHECK(pid > 0);
		before = ticks;
		reap_killed(pid, SIGKILL);
		while (ticks == before)
			;
	}
	CHECK(kill(other, SIGKILL) == 0);
	reap_killed(other, SIGKILL);
	return (ok("vfork_timer", rounds));
}
