/*
 * Signals against blocking calls.  The handler jumps out of the call, so one
 * signal must be enough, wherever it hits: before the call, on its way in,
 * asleep, on its way out.  A lost kick is a hang.
 */
#include "race.h"
#include "blocking.h"

#include <setjmp.h>

static sigjmp_buf env;
static struct block_env b;
static volatile uint32_t *turn;
static pid_t victim;

static void
jump(int sig)
{
	siglongjmp(env, sig);
}

static void
sender(int rounds)
{
	uint32_t seed = 1, last = 0, now;

	while (last < (uint32_t)rounds * B_NKINDS) {
		now = *turn;
		if (now == last) {
			sched_yield();
			continue;
		}
		last = now;
		jitter(&seed);
		CHECK(kill(victim, SIGUSR1) == 0);
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 300);
	volatile int kind, i;
	volatile uint32_t n = 0;
	sigset_t usr1;
	pid_t pid;
	long r;

	turn = shared_mem(4096);
	block_init(&b);
	block_child(&b);
	victim = getpid();
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	handle(SIGUSR1, jump, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		sender(rounds);
	for (kind = 0; kind < B_NKINDS; kind++)
		for (i = 0; i < rounds; i++) {
			n++;
			if (sigsetjmp(env, 1) != 0)
				continue;
			*turn = n;
			sigprocmask(SIG_UNBLOCK, &usr1, NULL);
			r = block(&b, kind);
			violation("%s returned %ld, errno %d in round %d",
			    kind_names[kind], r, errno, i);
		}
	reap_exit(pid, 0);
	block_child_end(&b);
	return (ok("kick_blocking", rounds * B_NKINDS));
}
