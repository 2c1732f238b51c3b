/*
 * The same within one process: a thread sends to another with tgkill, and
 * the handler makes the blocking call return EINTR.  Signals are repeated
 * until one takes effect, since one may hit before the call.
 */
#include "race.h"
#include "blocking.h"

static struct block_env b;
static volatile int finished;
static volatile uint32_t turn, acked;
static volatile pid_t victim;

static void
nothing(int sig)
{
	(void)sig;
}

static void *
blocker(void *arg)
{
	int rounds = *(int *)arg, i, k;
	long r;

	victim = syscall(SYS_gettid);
	for (k = 0; k < B_NKINDS; k++)
		for (i = 0; i < rounds; i++) {
			__atomic_add_fetch(&turn, 1, __ATOMIC_SEQ_CST);
			r = block(&b, k);
			if (r != -1 || errno != EINTR)
				violation("%s: %ld errno %d", kind_names[k],
				    r, errno);
			acked = turn;
		}
	finished = 1;
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 200);
	uint32_t seed = 7, seen;
	pthread_t t;

	block_init(&b);
	block_child(&b);
	handle(SIGUSR1, nothing, 0);
	t = spawn(blocker, &rounds);
	while (!finished) {
		seen = turn;
		if (seen == 0 || acked == seen) {
			sched_yield();
			continue;
		}
		jitter(&seed);
		syscall(SYS_tgkill, getpid(), victim, SIGUSR1);
		if (rnd(&seed) % 4 == 0)
			sched_yield();
	}
	pthread_join(t, NULL);
	block_child_end(&b);
	return (ok("kick_thread", rounds * B_NKINDS));
}
