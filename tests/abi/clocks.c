/*
 * Clocks, sleeping, POSIX timers.
 */
#include "abitest.h"

#include <elf.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/times.h>
#include <sys/timex.h>

static void
case_clocks(void)
{
	static const clockid_t ids[] = { CLOCK_REALTIME, CLOCK_MONOTONIC,
	    CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
	    CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
	    CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI };
	struct timespec a, b, r;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		memset(&a, 0, sizeof(a));
		errno = 0;
		say("%d: %d", ids[i], clock_gettime(ids[i], &a));
		clock_gettime(ids[i], &b);
		say(" %d", clock_getres(ids[i], &r));
		say(" %s %d\n",
		    b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec &&
		    b.tv_nsec >= a.tv_nsec) ? "onward" : "back",
		    r.tv_sec == 0 && r.tv_nsec > 0);
	}
	VAL(clock_gettime(99, &a));
	VAL(clock_getres(99, &a));
	VAL(clock_getres(CLOCK_REALTIME, NULL));
	VAL(syscall(SYS_clock_gettime, CLOCK_REALTIME, bad_page()));
	VAL(syscall(SYS_clock_gettime, 99, &a));
	VAL(syscall(SYS_clock_getres, 99, &a));
	VAL(clock_settime(99, &a));
}

static void
case_agree(void)
{
	struct timespec ts;
	struct timeval tv;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &ts);
	gettimeofday(&tv, NULL);
	t = time(NULL);
	YES(tv.tv_sec - ts.tv_sec <= 5 && tv.tv_sec >= ts.tv_sec);
	YES(t - ts.tv_sec <= 5 && t >= ts.tv_sec - 1);
	YES(ts.tv_sec > 1600000000);
	VAL(syscall(SYS_gettimeofday, &tv, NULL));
	YES(tv.tv_sec >= ts.tv_sec);
	YES(syscall(SYS_time, NULL) >= ts.tv_sec - 1);
	VAL(syscall(SYS_gettimeofday, bad_page(), NULL));
	VAL(syscall(SYS_time, bad_page()));
	/* The raw call and the vDSO tell one time. */
	struct timespec a, b, c;
	clock_gettime(CLOCK_MONOTONIC, &a);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b);
	clock_gettime(CLOCK_MONOTONIC, &c);
	YES((a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec <=
	    b.tv_nsec)) && (b.tv_sec < c.tv_sec || (b.tv_sec == c.tv_sec &&
	    b.tv_nsec <= c.tv_nsec)));
}

static void
case_nanosleep(void)
{
	struct timespec ts = { 0, 20000000 };
	int64_t t0 = now_us();

	VAL(nanosleep(&ts, NULL));
	YES(now_us() - t0 >= 20000);
	ts.tv_nsec = 1000000000;
	VAL(nanosleep(&ts, NULL));
	ts.tv_nsec = -1;
	VAL(nanosleep(&ts, NULL));
	ts.tv_nsec = 0;
	ts.tv_sec = -1;
	VAL(nanosleep(&ts, NULL));
	ts.tv_sec = 0;
	VAL(nanosleep(&ts, NULL));
	VAL(syscall(SYS_nanosleep, bad_page(), NULL));
	VAL(usleep(1000));
	VAL(sleep(0));
}

static void
case_clock_nanosleep(void)
{
	struct timespec ts;
	int64_t t0 = now_us();

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_sec++;
		ts.tv_nsec -= 1000000000;
	}
	VAL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL));
	YES(now_us() - t0 >= 20000);
	VAL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL));
	clock_gettime(CLOCK_REALTIME, &ts);
	VAL(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL));
	ts.tv_sec = 0;
	ts.tv_nsec = 1000;
	VAL(clock_nanosleep(CLOCK_REALTIME, 0, &ts, NULL));
	VAL(clock_nanosleep(CLOCK_BOOTTIME, 0, &ts, NULL));
	say("%s\n", err_name(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &ts,
	    NULL)));
	say("%s\n", err_name(clock_nanosleep(99, 0, &ts, NULL)));
	ts.tv_nsec = -5;
	say("%s\n", err_name(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts,
	    NULL)));
	VAL(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, bad_page(),
	    NULL));
}

static void
case_sleep_restarts(void)
{
	/* An ignored or stopped-and-continued sleep goes on. */
	struct timespec ts = { 0, 60000000 };
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };
	int64_t t0 = now_us();

	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &it, NULL);
	VAL(nanosleep(&ts, NULL));
	YES(now_us() - t0 >= 60000);
	pid_t pid = fork();
	int st;
	if (pid == 0) {
		t0 = now_us();
		ts.tv_nsec = 200000000;
		int r = nanosleep(&ts, NULL);
		_exit(r == 0 && now_us() - t0 >= 200000 ? 7 : 8);
	}
	nap_ms(20);
	kill(pid, SIGSTOP);
	waitpid(pid, &st, WUNTRACED);
	say("%s\n", status_text(st));
	kill(pid, SIGCONT);
	abi_reap(pid);
}

static void
case_timer_signal(void)
{
	struct sigevent ev;
	struct itimerspec its, cur;
	siginfo_t si;
	timer_t t;
	sigset_t s;

	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN;
	ev.sigev_value.sival_int = 321;
	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN);
	sigaddset(&s, SIGALRM);
	sigprocmask(SIG_BLOCK, &s, NULL);
	VAL(timer_create(CLOCK_MONOTONIC, &ev, &t));
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 5000000;
	VAL(timer_settime(t, 0, &its, NULL));
	VAL(sigwaitinfo(&s, &si) == SIGRTMIN);
	say("code %d value %d\n", si.si_code, si.si_value.sival_int);
	VAL(timer_gettime(t, &cur));
	say("%ld %ld\n", (long)cur.it_value.tv_sec, cur.it_value.tv_nsec);
	its.it_value.tv_sec = 100;
	its.it_interval.tv_sec = 3;
	VAL(timer_settime(t, 0, &its, NULL));
	VAL(timer_gettime(t, &cur));
	YES(cur.it_value.tv_sec >= 98 && cur.it_interval.tv_sec == 3);
	VAL(timer_settime(t, 0, &(struct itimerspec){ 0 }, &cur));
	YES(cur.it_value.tv_sec >= 98);
	its.it_value.tv_sec = 0;
	its.it_value.tv_nsec = 1000000;
	its.it_interval.tv_sec = 0;
	its.it_interval.tv_nsec = 1000000;
	VAL(timer_settime(t, 0, &its, NULL));
	nap_ms(30);
	VAL(sigwaitinfo(&s, &si) == SIGRTMIN);
	YES(si.si_overrun > 3);
	YES(timer_getoverrun(t) > 3);
	VAL(timer_delete(t));
	/* By default it is SIGALRM with the timer's number. */
	VAL(timer_create(CLOCK_REALTIME, NULL, &t));
	its.it_interval.tv_nsec = 0;
	VAL(timer_settime(t, 0, &its, NULL));
	VAL(sigwaitinfo(&s, &si) == SIGALRM);
	VAL(timer_delete(t));
	VAL(syscall(SYS_timer_delete, 12345));
	VAL(syscall(SYS_timer_gettime, 12345, &cur));
	VAL(syscall(SYS_timer_create, 99, NULL, &t));
	VAL(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, bad_page()));
	ev.sigev_signo = 100;
	VAL(timer_create(CLOCK_REALTIME, &ev, &t));
}

static volatile int thread_hits;

static void
on_thread(union sigval v)
{
	thread_hits += v.sival_int;
}

static void
case_timer_thread(void)
{
	struct sigevent ev;
	struct itimerspec its;
	timer_t t;
	int i;

	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_THREAD;
	ev.sigev_notify_function = on_thread;
	ev.sigev_value.sival_int = 10;
	VAL(timer_create(CLOCK_MONOTONIC, &ev, &t));
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 5000000;
	VAL(timer_settime(t, 0, &its, NULL));
	for (i = 0; i < 5000 && thread_hits == 0; i++)
		nap_ms(1);
	VAL(thread_hits);
	VAL(timer_delete(t));
}

static void *
waits_for_timer(void *arg)
{
	struct sigevent ev;
	struct itimerspec its;
	siginfo_t si;
	sigset_t s;
	timer_t t;

	/* A timer for one thread, as the Go runtime's profiler makes. */
	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_THREAD_ID;
	ev.sigev_signo = SIGRTMIN + 1;
	ev._sigev_un._tid = syscall(SYS_gettid);
	VAL(timer_create(CLOCK_MONOTONIC, &ev, &t));
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 3000000;
	VAL(timer_settime(t, 0, &its, NULL));
	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN + 1);
	VAL(sigwaitinfo(&s, &si) == SIGRTMIN + 1);
	say("code %d\n", si.si_code);
	VAL(timer_delete(t));
	ev._sigev_un._tid = 123456789;
	VAL(timer_create(CLOCK_MONOTONIC, &ev, &t));
	return (arg);
}

static void
case_timer_of_a_thread(void)
{
	pthread_t t;
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	pthread_create(&t, NULL, waits_for_timer, NULL);
	pthread_join(t, NULL);
	sigpending(&s);
	YES(sigismember(&s, SIGRTMIN + 1));
}

static void
case_cpu_timer(void)
{
	struct itimerspec its;
	struct sigevent ev;
	siginfo_t si;
	sigset_t s;
	timer_t t;

	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN + 2);
	sigprocmask(SIG_BLOCK, &s, NULL);
	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN + 2;
	VAL(timer_create(CLOCK_PROCESS_CPUTIME_ID, &ev, &t));
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 20000000;
	VAL(timer_settime(t, 0, &its, NULL));
	/* It stands still while we sleep. */
	nap_ms(60);
	VAL(timer_gettime(t, &its));
	YES(its.it_value.tv_sec == 0 && its.it_value.tv_nsec > 0);
	while (sigpending(&s) == 0 && !sigismember(&s, SIGRTMIN + 2))
		;
	sigemptyset(&s);
	sigaddset(&s, SIGRTMIN + 2);
	VAL(sigwaitinfo(&s, &si) == SIGRTMIN + 2);
	VAL(timer_delete(t));
}

static void
case_cpu_time(void)
{
	struct timespec a, b;
	volatile unsigned long i;
	struct tms tms;
	clockid_t id;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (i = 0; i < 20000000; i++)
		;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	YES((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >
	    1000000);
	a = b;
	nap_ms(100);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	YES((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec <
	    90000000);
	YES(times(&tms) != (clock_t)-1);
	YES(clock() > 0);
	VAL(clock_getcpuclockid(0, &id));
	VAL(clock_gettime(id, &a));
	VAL(syscall(SYS_times, bad_page()));
}

static void
case_adjtime(void)
{
	struct timex tx;

	memset(&tx, 0, sizeof(tx));
	YES(adjtimex(&tx) >= 0);
	YES(tx.tick > 0);
	VAL(syscall(SYS_adjtimex, bad_page()));
}

/* Look a symbol up in the vDSO by hand, as the Go runtime does. */
static void *
vdso_symbol(const char *name)
{
	char *base = (char *)getauxval(AT_SYSINFO_EHDR), *strtab = NULL;
	Elf64_Ehdr *eh = (Elf64_Ehdr *)base;
	Elf64_Phdr *ph;
	Elf64_Dyn *dyn = NULL;
	Elf64_Sym *sym = NULL;
	uint32_t *hash = NULL, i;
	intptr_t off = 0;
	bool loaded = false;

	if (base == NULL || memcmp(base, ELFMAG, SELFMAG) != 0)
		return (NULL);
	ph = (Elf64_Phdr *)(base + eh->e_phoff);
	for (i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && !loaded) {
			loaded = true;
			off = (intptr_t)base + ph[i].p_offset -
			    ph[i].p_vaddr;
		} else if (ph[i].p_type == PT_DYNAMIC)
			dyn = (Elf64_Dyn *)(base + ph[i].p_offset);
	}
	for (; dyn != NULL && dyn->d_tag != DT_NULL; dyn++)
		if (dyn->d_tag == DT_STRTAB)
			strtab = (char *)(off + dyn->d_un.d_ptr);
		else if (dyn->d_tag == DT_SYMTAB)
			sym = (Elf64_Sym *)(off + dyn->d_un.d_ptr);
		else if (dyn->d_tag == DT_HASH)
			hash = (uint32_t *)(off + dyn->d_un.d_ptr);
	if (strtab == NULL || sym == NULL)
		return (NULL);
	/* Without the old hash table the string table bounds the symbols. */
	for (i = 0; hash != NULL ? i < hash[1] : (char *)&sym[i] < strtab; i++)
		if (sym[i].st_shndx != SHN_UNDEF &&
		    strcmp(strtab + sym[i].st_name, name) == 0)
			return ((void *)(off + sym[i].st_value));
	return (NULL);
}

static void
case_vdso(void)
{
	int (*get)(clockid_t, struct timespec *);
	int (*day)(struct timeval *, void *);
	struct timespec a, b;
	struct timeval tv;

	get = (int (*)(clockid_t, struct timespec *))
	    (uintptr_t)vdso_symbol("__vdso_clock_gettime");
	day = (int (*)(struct timeval *, void *))
	    (uintptr_t)vdso_symbol("__vdso_gettimeofday");
	YES(get != NULL);
	YES(day != NULL);
	YES(vdso_symbol("__vdso_time") != NULL);
	YES(vdso_symbol("__vdso_getcpu") != NULL);
	YES(vdso_symbol("__vdso_clock_getres") != NULL);
	if (get == NULL || day == NULL)
		return;
	VAL(get(CLOCK_MONOTONIC, &a));
	clock_gettime(CLOCK_MONOTONIC, &b);
	YES(b.tv_sec - a.tv_sec <= 5 && b.tv_sec >= a.tv_sec);
	VAL(get(CLOCK_REALTIME, &a));
	VAL(day(&tv, NULL));
	YES(tv.tv_sec - a.tv_sec <= 5);
	VAL(get(CLOCK_PROCESS_CPUTIME_ID, &a));
	YES(get(99, &a) < 0);
}

/* A timer that is always due again must not keep anybody from getting on. */
static timer_t fast_timer;
static volatile sig_atomic_t fast_count;

static void
on_fast(int sig)
{
	struct itimerval off = { 0 };

	if (++fast_count < 300)
		return;
	if (sig == SIGALRM)
		setitimer(ITIMER_REAL, &off, NULL);
	else
		timer_settime(fast_timer, 0, &(struct itimerspec){ 0 }, NULL);
}

static void
case_fast_period(void)
{
	struct itimerspec its = { { 0, 1000 }, { 0, 1000 } }, cur;
	struct itimerval it = { { 0, 1 }, { 0, 1 } };
	struct sigevent ev;

	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN;
	on_signal(SIGRTMIN, on_fast, SA_RESTART);
	on_signal(SIGALRM, on_fast, SA_RESTART);
	MUST(timer_create(CLOCK_MONOTONIC, &ev, &fast_timer));
	MUST(timer_settime(fast_timer, 0, &its, NULL));
	while (fast_count < 300)
		;
	MUST(timer_gettime(fast_timer, &cur));
	say("%ld %ld\n", cur.it_value.tv_nsec, cur.it_interval.tv_nsec);
	fast_count = 0;
	MUST(setitimer(ITIMER_REAL, &it, NULL));
	while (fast_count < 300)
		;
	MUST(getitimer(ITIMER_REAL, &it));
	say("%ld %ld\n", (long)it.it_value.tv_usec,
	    (long)it.it_interval.tv_usec);
	its.it_value.tv_sec = 100;
	MUST(timer_settime(fast_timer, 0, &its, NULL));
	MUST(timer_gettime(fast_timer, &cur));
	say("%ld\n", cur.it_interval.tv_nsec);
	MUST(timer_settime(fast_timer, 0, &its, &cur));
	say("%ld\n", cur.it_interval.tv_nsec);
}

CASES("clocks",
	CASE(clocks), CASE(agree), CASE(nanosleep), CASE(clock_nanosleep),
	CASE(sleep_restarts), CASE(timer_signal), CASE(timer_thread),
	CASE(cpu_time), CASE(adjtime), CASE(vdso),
	CASE(timer_of_a_thread), CASE(cpu_timer),
	CASE(fast_period));
