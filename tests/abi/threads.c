/*
 * Threads: what they share, how they end, whom signals reach.
 */
#include "abitest.h"

#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/prctl.h>

static volatile int word;

static pthread_t
start(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	int e = pthread_create(&t, NULL, fn, arg);

	if (e != 0)
		die("pthread_create: %s", err_name(e));
	return (t);
}

static void *
ids(void *arg)
{
	pid_t *out = arg;

	out[0] = getpid();
	out[1] = syscall(SYS_gettid);
	out[2] = getppid();
	return (out);
}

static void
case_ids(void)
{
	pid_t v[3];
	void *r;

	pthread_join(start(ids, v), &r);
	YES(r == v);
	YES(v[0] == getpid());
	YES(v[1] != getpid());
	YES(v[2] == getppid());
	YES(syscall(SYS_gettid) == getpid());
}

static void *
share(void *arg)
{
	(void)arg;
	word = 5;
	close(0);
	dup2(1, 9);
	umask(0);
	if (chdir("/") < 0)
		return (NULL);
	setenv("FROM_THREAD", "yes", 1);
	return (NULL);
}

static void
case_shares(void)
{
	char cwd[PATH_MAX];

	pthread_join(start(share, NULL), NULL);
	VAL(word);
	YES(fd_open(0));
	YES(fd_open(9));
	OCT(umask(022));
	say("%s %s\n", getcwd(cwd, sizeof(cwd)), getenv("FROM_THREAD"));
}

static pthread_mutex_t mtx = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;

static void *
count(void *arg)
{
	int i;

	for (i = 0; i < 10000; i++) {
		pthread_mutex_lock(&mtx);
		counter++;
		pthread_mutex_unlock(&mtx);
	}
	return (arg);
}

static void
case_mutex(void)
{
	pthread_t t[8];
	int i;

	for (i = 0; i < 8; i++)
		t[i] = start(count, NULL);
	for (i = 0; i < 8; i++)
		pthread_join(t[i], NULL);
	VAL(counter);
}

static void *
ping(void *arg)
{
	int me = (int)(intptr_t)arg, i;

	for (i = 0; i < 500; i++) {
		pthread_mutex_lock(&mtx);
		while (word != me)
			pthread_cond_wait(&cond, &mtx);
		word = !me;
		counter++;
		pthread_cond_signal(&cond);
		pthread_mutex_unlock(&mtx);
	}
	return (NULL);
}

static void
case_condvar(void)
{
	pthread_t a = start(ping, (void *)0), b = start(ping, (void *)1);

	pthread_join(a, NULL);
	pthread_join(b, NULL);
	VAL(counter);
}

static void
case_cond_timedwait(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	pthread_mutex_lock(&mtx);
	say("%s\n", err_name(pthread_cond_timedwait(&cond, &mtx, &ts)));
	pthread_mutex_unlock(&mtx);
}

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;

static void *
meet(void *arg)
{
	int i, r;
	long serial = 0;

	for (i = 0; i < 50; i++) {
		r = pthread_barrier_wait(&barrier);
		serial += r == PTHREAD_BARRIER_SERIAL_THREAD;
		pthread_rwlock_rdlock(&rwlock);
		pthread_rwlock_unlock(&rwlock);
		pthread_rwlock_wrlock(&rwlock);
		counter++;
		pthread_rwlock_unlock(&rwlock);
		sem_post(&sem);
	}
	(void)arg;
	return ((void *)serial);
}

static void
case_barrier_rwlock_sem(void)
{
	pthread_t t[4];
	void *r;
	long serial = 0;
	int i, v;

	pthread_barrier_init(&barrier, NULL, 4);
	sem_init(&sem, 0, 0);
	for (i = 0; i < 4; i++)
		t[i] = start(meet, NULL);
	for (i = 0; i < 200; i++)
		sem_wait(&sem);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &r);
		serial += (long)r;
	}
	sem_getvalue(&sem, &v);
	say("serial %ld counter %ld sem %d\n", serial, counter, v);
}

static __thread int tls = 3;

static void *
tls_fn(void *arg)
{
	int before = tls;

	tls = (int)(intptr_t)arg;
	nap_ms(1);
	return ((void *)(intptr_t)(before * 100 + tls));
}

static void
case_tls(void)
{
	pthread_t t[5];
	void *r;
	int i;

	for (i = 0; i < 5; i++)
		t[i] = start(tls_fn, (void *)(intptr_t)i);
	for (i = 0; i < 5; i++) {
		pthread_join(t[i], &r);
		say("%ld ", (long)r);
	}
	say("main %d\n", tls);
}

static void *
forker(void *arg)
{
	int st;
	pid_t pid = fork();

	if (pid == 0)
		_exit(getpid() == syscall(SYS_gettid) ? 21 : 22);
	waitpid(pid, &st, 0);
	(void)arg;
	return ((void *)(intptr_t)WEXITSTATUS(st));
}

static void *
sleeper(void *arg)
{
	for (;;)
		nap_ms(1000);
	return (arg);
}

static void
case_fork_in_thread(void)
{
	void *r;

	start(sleeper, NULL);
	pthread_join(start(forker, NULL), &r);
	VAL((long)r);
	CHILD(_exit(4));
}

static void *
exits(void *arg)
{
	exit((int)(intptr_t)arg);
}

static void *
spins(void *arg)
{
	for (;;)
		word++;
	return (arg);
}

static void
case_exit_group(void)
{
	CHILD(start(sleeper, NULL); start(spins, NULL);
	    start(exits, (void *)17); pause());
	CHILD(start(sleeper, NULL); _exit(18));
	CHILD(start(spins, NULL); start(spins, NULL); raise(SIGTERM));
	CHILD(int p[2]; char c; MUST(pipe(p)); start(exits, (void *)19);
	    VAL(read(p[0], &c, 1)));
}

static void *
late(void *arg)
{
	nap_ms(50);
	_exit((int)(intptr_t)arg);
}

static void
case_leader_exits(void)
{
	siginfo_t si;
	pid_t pid;

	/* The leader is a zombie; the process lives until its last thread. */
	CHILD(start(late, (void *)23); syscall(SYS_exit, 5));
	CHILD(pthread_exit(NULL));
	pid = fork();
	if (pid == 0) {
		start(sleeper, NULL);
		pthread_exit(NULL);
	}
	nap_ms(30);
	si.si_pid = 0;
	VAL(waitid(P_PID, pid, &si, WEXITED | WNOHANG));
	VAL(si.si_pid);
	VAL(kill(pid, 0));
	kill(pid, SIGKILL);
	abi_reap(pid);
}

static volatile pid_t got_tid;
static volatile int got_code;
static sem_t got;

static void
on_tid(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	got_tid = syscall(SYS_gettid);
	got_code = si->si_code;
	sem_post(&got);
}

static volatile pid_t waiter_tid;
static sem_t ready;

static void *
waiter(void *arg)
{
	waiter_tid = syscall(SYS_gettid);
	sem_post(&ready);
	while (arg == NULL)
		nap_ms(1000);
	return (NULL);
}

static void
sem_take(sem_t *s)
{
	while (sem_wait(s) < 0)
		;
}

static void
case_tgkill(void)
{
	struct sigaction sa;
	pthread_t t;
	sigset_t set;

	sem_init(&got, 0, 0);
	sem_init(&ready, 0, 0);
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_tid;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &sa, NULL);
	t = start(waiter, NULL);
	sem_take(&ready);
	VAL(syscall(SYS_tgkill, getpid(), waiter_tid, SIGUSR1));
	sem_take(&got);
	YES(got_tid == waiter_tid);
	YES(got_code == SI_TKILL);
	VAL(pthread_kill(t, SIGUSR1));
	sem_take(&got);
	YES(got_tid == waiter_tid);
	/* The leader blocks it: the process-wide signal finds the other. */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	VAL(kill(getpid(), SIGUSR1));
	sem_take(&got);
	YES(got_tid == waiter_tid);
	YES(got_code == SI_USER);
	VAL(syscall(SYS_tgkill, getpid(), waiter_tid, 0));
	VAL(syscall(SYS_tgkill, getppid(), waiter_tid, 0));
	VAL(syscall(SYS_tgkill, getpid(), 0, 0));
	VAL(syscall(SYS_tgkill, getpid(), waiter_tid, 100));
	VAL(syscall(SYS_tkill, waiter_tid, SIGUSR1));
	sem_take(&got);
	YES(got_code == SI_TKILL);
	VAL(syscall(SYS_tkill, -1, 0));
}

static void *
masks(void *arg)
{
	sigset_t s;

	pthread_sigmask(SIG_BLOCK, NULL, &s);
	*(int *)arg = sigismember(&s, SIGUSR1) * 10 +
	    sigismember(&s, SIGUSR2);
	sigaddset(&s, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &s, NULL);
	raise(SIGUSR2);
	sigpending(&s);
	*(int *)arg += sigismember(&s, SIGUSR2) * 100;
	return (NULL);
}

static void
case_masks(void)
{
	sigset_t s;
	int v = 0;

	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	pthread_join(start(masks, &v), NULL);
	VAL(v);
	sigprocmask(SIG_BLOCK, NULL, &s);
	YES(sigismember(&s, SIGUSR2));
	sigpending(&s);
	YES(sigismember(&s, SIGUSR2));
}

static void
on_cleanup(void *arg)
{
	*(int *)arg = 1;
}

static void *
cancelled(void *arg)
{
	int p[2];
	char c;

	MUST(pipe(p));
	pthread_cleanup_push(on_cleanup, arg);
	sem_post(&ready);
	say("read %zd\n", read(p[0], &c, 1));
	pthread_cleanup_pop(0);
	return (NULL);
}

static void
case_cancel(void)
{
	pthread_t t;
	int v = 0;
	void *r;

	sem_init(&ready, 0, 0);
	t = start(cancelled, &v);
	sem_take(&ready);
	nap_ms(10);
	pthread_cancel(t);
	pthread_join(t, &r);
	YES(r == PTHREAD_CANCELED);
	VAL(v);
}

static void *
named(void *arg)
{
	char n[17] = "";

	prctl(PR_SET_NAME, "worker-with-a-long-name");
	prctl(PR_GET_NAME, n);
	say("%s\n", n);
	sem_post(&ready);
	sem_take(&got);
	return (arg);
}

static void
case_names(void)
{
	char n[17] = "", path[64];
	pthread_t t;

	sem_init(&ready, 0, 0);
	sem_init(&got, 0, 0);
	t = start(named, NULL);
	sem_take(&ready);
	prctl(PR_GET_NAME, n);
	say("%s\n", n);
	VAL(pthread_setname_np(t, "other"));
	VAL(pthread_getname_np(t, n, sizeof(n)));
	say("%s\n", n);
	snprintf(path, sizeof(path), "/proc/self/comm");
	say_file(path);
	sem_post(&got);
	pthread_join(t, NULL);
}

static void *
robust_dies(void *arg)
{
	pthread_mutex_lock(arg);
	return (NULL);
}

static void
case_robust_mutex(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t *m;
	int e;

	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &a);
	pthread_join(start(robust_dies, m), NULL);
	e = pthread_mutex_lock(m);
	say("thread: %s\n", err_name(e));
	pthread_mutex_consistent(m);
	pthread_mutex_unlock(m);
	CHILD(pthread_mutex_lock(m); kill(getpid(), SIGKILL));
	e = pthread_mutex_lock(m);
	say("process: %s\n", err_name(e));
	pthread_mutex_unlock(m);
	e = pthread_mutex_lock(m);
	say("lost: %s\n", err_name(e));
}

static void
case_many(void)
{
	pthread_attr_t a;
	pthread_t t[100];
	void *r;
	long sum = 0;
	int i;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	for (i = 0; i < 100; i++)
		if (pthread_create(&t[i], &a, tls_fn, (void *)(intptr_t)i))
			die("pthread_create %d", i);
	for (i = 0; i < 100; i++) {
		pthread_join(t[i], &r);
		sum += (long)r - 300;
	}
	VAL(sum);
	for (i = 0; i < 500; i++)
		pthread_join(start(count, NULL), NULL);
	VAL(counter);
}

static void *
detached(void *arg)
{
	pthread_detach(pthread_self());
	sem_post(&ready);
	return (arg);
}

static void
case_detached(void)
{
	int i;

	sem_init(&ready, 0, 0);
	for (i = 0; i < 50; i++)
		start(detached, NULL);
	for (i = 0; i < 50; i++)
		sem_take(&ready);
	say("done\n");
}

static int
raw_thread(void *arg)
{
	*(volatile int *)arg = syscall(SYS_gettid) != getpid();
	syscall(SYS_exit, 0);
	return (0);
}

static void
case_clone_raw(void)
{
	volatile int out = 0, ctid = 1;
	pid_t ptid = 0, tid;
	char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	tid = clone(raw_thread, stack + 65536, CLONE_VM | CLONE_FS |
	    CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
	    CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
	    (void *)&out, &ptid, NULL, &ctid);
	YES(tid > 0 && ptid == tid);
	while (ctid != 0)
		syscall(SYS_futex, &ctid, FUTEX_WAIT, tid, NULL);
	VAL(out);
	VAL(ctid);
	YES(syscall(SYS_set_tid_address, &out) == getpid());
}

static void *
exits_while_locked(void *arg)
{
	sem_post(&ready);
	for (;;)
		(void)getppid();
	return (arg);
}

static void
case_fault_in_thread(void)
{
	CHILD(sem_init(&ready, 0, 0); start(exits_while_locked, NULL);
	    sem_take(&ready); *(volatile int *)8 = 1);
	CHILD(sem_init(&ready, 0, 0); start(exits_while_locked, NULL);
	    sem_take(&ready); abort());
}

static void
case_affinity(void)
{
	cpu_set_t set;
	unsigned cpu, node;

	CPU_ZERO(&set);
	YES(sched_getaffinity(0, sizeof(set), &set) == 0);
	YES(CPU_COUNT(&set) >= 1);
	VAL(sched_setaffinity(0, sizeof(set), &set));
	CPU_ZERO(&set);
	VAL(sched_setaffinity(0, sizeof(set), &set));
	VAL(syscall(SYS_sched_getaffinity, 0, 1, &set));
	VAL(syscall(SYS_sched_getaffinity, 0, 128, bad_page()));
	VAL(syscall(SYS_sched_getaffinity, 123456789, 128, &set));
	VAL(sched_yield());
	VAL(syscall(SYS_getcpu, &cpu, &node, NULL));
	YES(cpu < 1024);
	YES(sched_getcpu() >= 0);
}

static void
case_sched(void)
{
	struct sched_param sp = { 0 };

	VAL(sched_getscheduler(0));
	VAL(sched_getparam(0, &sp));
	VAL(sp.sched_priority);
	VAL(sched_get_priority_min(SCHED_FIFO));
	VAL(sched_get_priority_max(SCHED_FIFO));
	VAL(sched_get_priority_max(SCHED_OTHER));
	VAL(sched_get_priority_max(77));
	VAL(sched_setscheduler(0, SCHED_BATCH, &sp));
	VAL(sched_getscheduler(0));
	VAL(sched_setscheduler(0, SCHED_OTHER, &sp));
	sp.sched_priority = 5;
	VAL(sched_setscheduler(0, SCHED_OTHER, &sp));
	VAL(sched_getscheduler(123456789));
	VAL(getpriority(PRIO_PROCESS, 0));
	VAL(setpriority(PRIO_PROCESS, 0, 5));
	VAL(getpriority(PRIO_PROCESS, 0));
	VAL(setpriority(PRIO_PROCESS, 0, 100));
	VAL(getpriority(PRIO_PROCESS, 0));
	VAL(getpriority(9, 0));
	VAL(nice(0));
	struct timespec ts;
	VAL(sched_rr_get_interval(0, &ts));
	struct { uint32_t size, policy; uint64_t flags; int32_t nice;
	    uint32_t prio; uint64_t rt, dl, period; } at;
	memset(&at, 0, sizeof(at));
	VAL(syscall(SYS_sched_getattr, 0, &at, sizeof(at), 0));
	say("%u %u %d\n", at.size, at.policy, at.nice);
	VAL(syscall(SYS_sched_getattr, 0, &at, 3, 0));
}

static void
case_timed_locks(void)
{
	struct timespec ts;
	pthread_condattr_t ca;
	pthread_cond_t c;
	sem_t s;

	sem_init(&s, 0, 0);
	clock_gettime(CLOCK_REALTIME, &ts);
	VAL(sem_timedwait(&s, &ts));
	pthread_mutex_lock(&mtx);
	say("%s\n", err_name(pthread_mutex_timedlock(&mtx, &ts)));
	pthread_condattr_init(&ca);
	pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
	pthread_cond_init(&c, &ca);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	say("%s\n", err_name(pthread_cond_timedwait(&c, &mtx, &ts)));
	say("%s\n", err_name(pthread_rwlock_rdlock(&rwlock)));
	say("%s\n", err_name(pthread_rwlock_trywrlock(&rwlock)));
	clock_gettime(CLOCK_REALTIME, &ts);
	say("%s\n", err_name(pthread_rwlock_timedwrlock(&rwlock, &ts)));
}

CASES("threads",
	CASE(ids), CASE(shares), CASE(mutex), CASE(condvar),
	CASE(cond_timedwait), CASE(barrier_rwlock_sem), CASE(tls),
	CASE(fork_in_thread), CASE(exit_group), CASE(leader_exits),
	CASE(tgkill), CASE(masks), CASE(cancel), CASE(names),
	CASE(robust_mutex), CASE(many), CASE(detached), CASE(clone_raw),
	CASE(fault_in_thread), CASE(affinity), CASE(sched),
	CASE(timed_locks));
