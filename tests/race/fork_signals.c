/*
 * Fork against signals: a timer and a second process throw signals at one
 * that forks.  No child gets a signal meant for the parent, none is lost in
 * the parent, and each child starts with the same mask and memory.
 */
#include "race.h"

static volatile sig_atomic_t alarms, queued;
static volatile uint32_t *sent;
static pid_t me;

static void
on_alarm(int sig)
{
	(void)sig;
	if (getpid() != me)
		violation("a child got the parent's alarm");
	alarms++;
}

static void
on_queued(int sig)
{
	(void)sig;
	if (getpid() != me)
		violation("a child got the parent's signal");
	queued++;
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 1000), i;
	struct itimerval it = { { 0, 500 }, { 0, 500 } };
	volatile int mark;
	pid_t pid, bomber;
	sigset_t s;

	me = getpid();
	sent = shared_mem(4096);
	handle(SIGALRM, on_alarm, SA_RESTART);
	handle(SIGRTMIN, on_queued, SA_RESTART);
	bomber = fork();
	CHECK(bomber >= 0);
	if (bomber == 0) {
		signal(SIGALRM, SIG_DFL);
		while (sent[1] == 0) {
			if (sigqueue(me, SIGRTMIN, (union sigval){ 0 }) == 0)
				sent[0]++;
			else
				CHECK(errno == EAGAIN);
			usleep(100);
		}
		_exit(0);
	}
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	for (i = 0; i < rounds; i++) {
		mark = i;
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			sigprocmask(SIG_SETMASK, NULL, &s);
			if (sigismember(&s, SIGALRM) || mark != i)
				_exit(1);
			getitimer(ITIMER_REAL, &it);
			_exit(it.it_value.tv_usec || it.it_value.tv_sec ?
			    2 : 0);
		}
		reap_exit(pid, 0);
	}
	sent[1] = 1;
	reap_exit(bomber, 0);
	it.it_value.tv_usec = it.it_interval.tv_usec = 0;
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 5000 && (uint32_t)queued < sent[0]; i++)
		usleep(1000);
	CHECK((uint32_t)queued == sent[0]);
	CHECK(alarms > 0);
	return (ok("fork_signals", rounds));
}
