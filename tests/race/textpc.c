/*
 * Signals at any moment of threads that do nothing but calls and cpuid: the
 * program counter in the context is always in a file's text or the vDSO, a
 * backtrace from there finds its way to the thread's start, the results of
 * interrupted calls are right, and a fork from between goes on as well.
 */
#include "race.h"

#include <cpuid.h>
#include <execinfo.h>
#include <ucontext.h>

#define	NTEXT	64
#define	NTHREADS 3

static struct { uintptr_t lo, hi; } text[NTEXT];
static int ntext;
static volatile int done;
static volatile unsigned long hits;

static void
read_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], perm[8];
	unsigned long lo, hi;

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL && ntext < NTEXT)
		if (sscanf(line, "%lx-%lx %7s", &lo, &hi, perm) == 3 &&
		    perm[2] == 'x') {
			text[ntext].lo = lo;
			text[ntext++].hi = hi;
		}
	fclose(f);
}

static void
on_signal(int sig UNUSED, siginfo_t *si UNUSED, void *ctx)
{
	ucontext_t *uc = ctx;
	uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	void *bt[32];
	int i, n, e = errno;

	for (i = 0; i < ntext; i++)
		if (pc >= text[i].lo && pc < text[i].hi)
			break;
	if (i == ntext)
		violation("pc %#lx is nowhere", (unsigned long)pc);
	if (++hits % 16 == 0) {
		n = backtrace(bt, 32);
		if (n < 4)
			violation("%d frames from %#lx", n, (unsigned long)pc);
	}
	errno = e;
}

static void *
worker(void *arg)
{
	unsigned long me = (unsigned long)arg;
	pid_t pp = getppid(), tid = syscall(SYS_gettid);
	unsigned a, b, c, d, a0;

	__cpuid(0, a0, b, c, d);
	while (!done) {
		for (int i = 0; i < 50; i++) {
			CHECK(getppid() == pp);
			CHECK(syscall(SYS_gettid) == tid);
			CHECK(close(-1) == -1 && errno == EBADF);
			__cpuid(0, a, b, c, d);
			CHECK(a == a0);
			if (me == 0)
				sched_yield();
		}
	}
	return (NULL);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 3000);
	struct sigaction sa = { .sa_sigaction = on_signal,
	    .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval it = { { 0, 100 }, { 0, 100 } };
	pthread_t t[NTHREADS];
	void *bt[4];
	pid_t pid;
	int st;

	(void)backtrace(bt, 4);		/* loads what it needs */
	read_maps();
	CHECK(sigaction(SIGALRM, &sa, NULL) == 0);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	for (unsigned long i = 0; i < NTHREADS; i++)
		CHECK(pthread_create(&t[i], NULL, worker, (void *)i) == 0);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	for (int r = 0; r < rounds; r++) {
		CHECK(pthread_kill(t[r % NTHREADS], SIGUSR1) == 0);
		if (r % 64 != 0)
			continue;
		pid = fork();
		CHECK(pid >= 0);
		if (pid == 0) {
			for (int i = 0; i < 100; i++)
				CHECK(getppid() > 0);
			_exit(7);
		}
		while (waitpid(pid, &st, 0) < 0)
			CHECK(errno == EINTR);
		CHECK(WIFEXITED(st) && WEXITSTATUS(st) == 7);
	}
	done = 1;
	for (int i = 0; i < NTHREADS; i++)
		pthread_join(t[i], NULL);
	memset(&it, 0, sizeof(it));
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	CHECK(hits > 0);
	return (ok("textpc", rounds));
}
