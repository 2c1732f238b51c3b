/*
 * Queued signals from two senders: all arrive, each sender's in its order.
 */
#include "race.h"

static volatile uint32_t *sh;

static void
sender(pid_t to, int who, int rounds)
{
	int i;

	for (i = 0; i < rounds; i++)
		while (sigqueue(to, SIGRTMIN + who, (union sigval){ i }) < 0) {
			CHECK(errno == EAGAIN);
			sched_yield();
		}
	_exit(0);
}

static volatile int next_val[2];

static void
on_val(int sig, siginfo_t *si, void *uc)
{
	int who = sig - SIGRTMIN;

	(void)uc;
	if (si->si_value.sival_int != next_val[who])
		violation("sender %d: %d, not %d", who,
		    si->si_value.sival_int, next_val[who]);
	next_val[who]++;
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 5000), want[2] = { 0, 0 }, n, who;
	pid_t pid[2], me = getpid();
	struct sigaction sa;
	siginfo_t si;
	sigset_t s, open;

	sh = shared_mem(4096);
	sigemptyset(&s);
	sigemptyset(&open);
	sigaddset(&s, SIGRTMIN);
	sigaddset(&s, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	for (who = 0; who < 2; who++) {
		pid[who] = fork();
		CHECK(pid[who] >= 0);
		if (pid[who] == 0)
			sender(me, who, rounds);
	}
	for (n = 0; n < 2 * rounds; n++) {
		while (sigwaitinfo(&s, &si) < 0)
			CHECK(errno == EINTR);
		who = si.si_signo - SIGRTMIN;
		CHECK(si.si_value.sival_int == want[who]++);
	}
	for (who = 0; who < 2; who++)
		reap_exit(pid[who], 0);
	/* And now by handlers, unblocked all the time. */
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_val;
	sa.sa_flags = SA_SIGINFO;
	sa.sa_mask = s;
	sigaction(SIGRTMIN, &sa, NULL);
	sigaction(SIGRTMIN + 1, &sa, NULL);
	for (who = 0; who < 2; who++) {
		pid[who] = fork();
		CHECK(pid[who] >= 0);
		if (pid[who] == 0)
			sender(me, who, rounds);
	}
	while (next_val[0] < rounds || next_val[1] < rounds)
		sigsuspend(&open);
	for (who = 0; who < 2; who++)
		reap_exit(pid[who], 0);
	return (ok("rt_queue", 4 * rounds));
}
