/*
 * Signals: dispositions, masks, queues, information, waiting, restart rules.
 */
#include "abitest.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static volatile sig_atomic_t hits, order[32];
static volatile int pipe_w = -1;

static void
count(int sig)
{
	if (hits < 32)
		order[hits] = sig;
	hits++;
}

static void
say_order(const char *what)
{
	int i;

	say("%s:", what);
	for (i = 0; i < hits && i < 32; i++)
		say(" %s", sig_name(order[i]));
	say("\n");
	hits = 0;
}

static sigset_t
set_of(int a, int b)
{
	sigset_t s;

	sigemptyset(&s);
	if (a)
		sigaddset(&s, a);
	if (b)
		sigaddset(&s, b);
	return (s);
}

static void
case_dispositions(void)
{
	struct sigaction sa, old;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = count;
	sa.sa_flags = SA_RESTART | SA_NODEFER;
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGHUP);
	RET(sigaction(SIGUSR1, &sa, NULL));
	RET(sigaction(SIGUSR1, NULL, &old));
	YES(old.sa_handler == count);
	YES((old.sa_flags & ~0x04000000) == (SA_RESTART | SA_NODEFER));
	YES(sigismember(&old.sa_mask, SIGHUP));
	RET(sigaction(SIGKILL, &sa, NULL));
	RET(sigaction(SIGSTOP, &sa, NULL));
	RET(sigaction(SIGKILL, NULL, &old));
	RET(sigaction(0, NULL, &old));
	RET(sigaction(65, NULL, &old));
	RET(sigaction(64, NULL, &old));
	RET(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
	RET(syscall(SYS_rt_sigaction, SIGUSR1, bad_page(), NULL, 8));
	RET(syscall(SYS_rt_sigaction, SIGUSR1, NULL, bad_page(), 8));
	raise(SIGUSR1);
	say_order("handled");
	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	say_order("ignored");
}

static void
case_default_actions(void)
{
	int s, st;
	pid_t pid;

	for (s = 1; s <= 64; s++) {
		if (s == 32 || s == 33)
			continue;
		pid = fork();
		if (pid == 0) {
			kill(getpid(), s);
			_exit(0);
		}
		waitpid(pid, &st, WUNTRACED);
		say("%s: %s\n", sig_name(s), status_text(st));
		if (WIFSTOPPED(st)) {
			kill(pid, SIGKILL);
			waitpid(pid, &st, 0);
		}
	}
}

static void
case_mask(void)
{
	sigset_t s, o, p;

	on_signal(SIGUSR1, count, 0);
	on_signal(SIGUSR2, count, 0);
	s = set_of(SIGUSR1, SIGUSR2);
	RET(sigprocmask(SIG_BLOCK, &s, &o));
	raise(SIGUSR2);
	raise(SIGUSR1);
	raise(SIGUSR1);
	VAL(hits);
	sigpending(&p);
	YES(sigismember(&p, SIGUSR1) && sigismember(&p, SIGUSR2));
	/* Lower numbers first; one of each however often it came.  The frames
	 * stack up, so the handler of the last one made runs first. */
	RET(sigprocmask(SIG_SETMASK, &o, NULL));
	say_order("after");
	sigpending(&p);
	YES(sigismember(&p, SIGUSR1));
	s = set_of(SIGKILL, SIGSTOP);
	RET(sigprocmask(SIG_BLOCK, &s, NULL));
	sigprocmask(SIG_BLOCK, NULL, &o);
	YES(sigismember(&o, SIGKILL) || sigismember(&o, SIGSTOP));
	RET(sigprocmask(7, &s, NULL));
	RET(sigprocmask(7, NULL, &s));
	RET(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &s, NULL, 128));
	RET(syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad_page(), NULL, 8));
	RET(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &s, bad_page(), 8));
	RET(syscall(SYS_rt_sigpending, bad_page(), 8));
	RET(syscall(SYS_rt_sigpending, &s, 16));
}

static int
queue_to(pid_t pid, int sig, int code, int value)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	si.si_code = code;
	si.si_pid = getpid();
	si.si_uid = getuid();
	si.si_value.sival_int = value;
	return (syscall(SYS_rt_sigqueueinfo, pid, sig, &si));
}

static volatile int values[64];

static void
on_value(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	if (hits < 32)
		values[hits++] = si->si_value.sival_int;
}

static void
case_realtime_queue(void)
{
	struct sigaction sa;
	sigset_t s;
	int i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_value;
	sa.sa_flags = SA_SIGINFO;
	sigfillset(&sa.sa_mask);
	sigaction(SIGRTMIN + 1, &sa, NULL);
	sigaction(SIGRTMIN + 2, &sa, NULL);
	s = set_of(SIGRTMIN + 1, SIGRTMIN + 2);
	sigprocmask(SIG_BLOCK, &s, NULL);
	for (i = 0; i < 4; i++) {
		sigqueue(getpid(), SIGRTMIN + 2, (union sigval){ 20 + i });
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ 10 + i });
	}
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	say("values");
	for (i = 0; i < hits; i++)
		say(" %d", values[i]);
	say("\n");
	signal(SIGUSR1, SIG_IGN);
	VAL(queue_to(getpid(), SIGUSR1, SI_USER, 0));
	VAL(queue_to(getppid(), 0, SI_USER, 0));
	VAL(queue_to(getppid(), 0, SI_QUEUE, 0));
	VAL(queue_to(123456789, 0, SI_QUEUE, 0));
	VAL(queue_to(getpid(), 65, SI_QUEUE, 0));
}

static void
case_siginfo(void)
{
	siginfo_t si;
	sigset_t s;
	pid_t pid;

	sigfillset(&s);
	sigprocmask(SIG_BLOCK, &s, NULL);
	kill(getpid(), SIGUSR1);
	VAL(sigwaitinfo(&s, &si));
	YES(si.si_code == SI_USER && si.si_pid == getpid() &&
	    si.si_uid == getuid() && si.si_errno == 0);
	raise(SIGUSR1);
	VAL(sigwaitinfo(&s, &si));
	/* (glibc turns SI_TKILL into SI_USER here) */
	YES(si.si_pid == getpid() && si.si_uid == getuid());
	sigqueue(getpid(), SIGUSR2, (union sigval){ 99 });
	VAL(sigwaitinfo(&s, &si));
	YES(si.si_code == SI_QUEUE && si.si_value.sival_int == 99);
	pid = fork();
	if (pid == 0) {
		kill(getppid(), SIGHUP);
		_exit(0);
	}
	s = set_of(SIGHUP, 0);
	VAL(sigwaitinfo(&s, &si));
	YES(si.si_pid == pid);
	abi_reap(pid);
}

static void
case_sigtimedwait(void)
{
	struct timespec ts = { 0, 0 }, bad = { 0, 1000000000 },
	    neg = { -1, 0 };
	siginfo_t si;
	sigset_t s = set_of(SIGUSR1, SIGRTMIN);

	sigprocmask(SIG_BLOCK, &s, NULL);
	VAL(sigtimedwait(&s, &si, &ts));
	raise(SIGUSR1);
	VAL(sigtimedwait(&s, &si, &ts));
	VAL(sigtimedwait(&s, &si, &bad));
	VAL(sigtimedwait(&s, &si, &neg));
	ts.tv_nsec = 10000000;
	VAL(sigtimedwait(&s, NULL, &ts));
	sigqueue(getpid(), SIGRTMIN, (union sigval){ 1 });
	sigqueue(getpid(), SIGUSR1, (union sigval){ 2 });
	VAL(sigtimedwait(&s, &si, &ts));
	VAL(si.si_value.sival_int);
	VAL(sigtimedwait(&s, &si, &ts) == SIGRTMIN);
	VAL(syscall(SYS_rt_sigtimedwait, &s, NULL, &ts, 4));
	VAL(syscall(SYS_rt_sigtimedwait, bad_page(), NULL, &ts, 8));
	VAL(syscall(SYS_rt_sigtimedwait, &s, NULL, bad_page(), 8));
	/* A handler of another signal ends the wait. */
	on_signal(SIGALRM, count, SA_RESTART);
	ualarm(10000, 10000);
	VAL(sigwaitinfo(&s, &si));
	ualarm(0, 0);
	YES(hits >= 1);
}

static void
case_sigsuspend(void)
{
	sigset_t s = set_of(SIGUSR1, SIGUSR2), t, now;

	on_signal(SIGUSR1, count, 0);
	on_signal(SIGUSR2, count, 0);
	sigprocmask(SIG_BLOCK, &s, NULL);
	raise(SIGUSR1);
	raise(SIGUSR2);
	t = set_of(SIGUSR2, 0);
	VAL(sigsuspend(&t));
	say_order("suspended");
	sigprocmask(SIG_BLOCK, NULL, &now);
	YES(sigismember(&now, SIGUSR1) && sigismember(&now, SIGUSR2));
	sigpending(&now);
	YES(sigismember(&now, SIGUSR2));
	on_signal(SIGALRM, count, SA_RESTART);
	ualarm(10000, 10000);
	VAL(sigsuspend(&s));
	YES(hits >= 1);
	VAL(pause());
	ualarm(0, 0);
	VAL(syscall(SYS_rt_sigsuspend, bad_page(), 8));
	VAL(syscall(SYS_rt_sigsuspend, &s, 9));
}

static volatile int depth, deepest, raised;

static void
nest(int sig)
{
	int n = ++depth;

	if (n > deepest)
		deepest = n;
	if (++raised < 4)
		raise(sig);
	depth--;
	count(sig);
}

static void
case_nodefer(void)
{
	on_signal(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	say("deferred: deepest %d hits %d\n", deepest, (int)hits);
	hits = deepest = raised = 0;
	on_signal(SIGUSR2, nest, SA_NODEFER);
	raise(SIGUSR2);
	say("nested: deepest %d hits %d\n", deepest, (int)hits);
}

static void
case_resethand(void)
{
	struct sigaction sa;

	on_signal(SIGUSR1, count, SA_RESETHAND);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &sa);
	YES(sa.sa_handler == SIG_DFL);
	CHILD(raise(SIGUSR1));
}

static sigset_t in_handler;

static void
look(int sig)
{
	(void)sig;
	sigprocmask(SIG_BLOCK, NULL, &in_handler);
}

static void
case_handler_mask(void)
{
	struct sigaction sa;
	sigset_t s;
	int i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = look;
	sa.sa_mask = set_of(SIGHUP, SIGRTMIN + 5);
	sigaction(SIGUSR1, &sa, NULL);
	s = set_of(SIGTERM, 0);
	sigprocmask(SIG_BLOCK, &s, NULL);
	raise(SIGUSR1);
	for (i = 1; i < 65; i++)
		if (sigismember(&in_handler, i) == 1)
			say("in handler: %s\n", sig_name(i));
	sigprocmask(SIG_BLOCK, NULL, &s);
	for (i = 1; i < 65; i++)
		if (sigismember(&s, i) == 1)
			say("after: %s\n", sig_name(i));
}

static char *alt_lo;
static volatile int on_alt, alt_flags;

static void
where(int sig)
{
	stack_t ss;
	char here;

	(void)sig;
	on_alt = &here >= alt_lo && &here < alt_lo + 65536;
	sigaltstack(NULL, &ss);
	alt_flags = ss.ss_flags;
}

static void
case_altstack(void)
{
	stack_t ss, old;

	alt_lo = malloc(65536);
	sigaltstack(NULL, &old);
	say("at first %d %zu\n", old.ss_flags, old.ss_size);
	ss.ss_sp = alt_lo;
	ss.ss_size = 65536;
	ss.ss_flags = 0;
	RET(sigaltstack(&ss, NULL));
	on_signal(SIGUSR1, where, SA_ONSTACK);
	on_signal(SIGUSR2, where, 0);
	raise(SIGUSR1);
	say("onstack %d flags %d\n", on_alt, alt_flags);
	raise(SIGUSR2);
	say("plain %d flags %d\n", on_alt, alt_flags);
	sigaltstack(NULL, &old);
	YES(old.ss_sp == alt_lo && old.ss_size == 65536 &&
	    old.ss_flags == 0);
	ss.ss_flags = SS_DISABLE;
	RET(sigaltstack(&ss, NULL));
	raise(SIGUSR1);
	say("disabled %d flags %d\n", on_alt, alt_flags);
	ss.ss_flags = 0;
	ss.ss_size = 100;
	RET(sigaltstack(&ss, NULL));
	ss.ss_flags = 77;
	ss.ss_size = 65536;
	RET(sigaltstack(&ss, NULL));
	RET(syscall(SYS_sigaltstack, bad_page(), NULL));
	RET(syscall(SYS_sigaltstack, NULL, bad_page()));
	ss.ss_flags = (int)(1U << 31);
	RET(sigaltstack(&ss, NULL));
	raise(SIGUSR1);
	say("autodisarm %d flags %d\n", on_alt, alt_flags);
	CHILD(raise(SIGUSR1); say("forked %d\n", on_alt));
}

static void
try_change(int sig)
{
	stack_t ss = { .ss_sp = alt_lo, .ss_size = 32768 };

	(void)sig;
	RET(sigaltstack(&ss, NULL));
}

static void
case_altstack_busy(void)
{
	stack_t ss;

	alt_lo = malloc(65536);
	ss.ss_sp = alt_lo;
	ss.ss_size = 65536;
	ss.ss_flags = 0;
	RET(sigaltstack(&ss, NULL));
	on_signal(SIGUSR1, try_change, SA_ONSTACK);
	raise(SIGUSR1);
	on_signal(SIGUSR1, try_change, 0);
	raise(SIGUSR1);
}

/* Comes again and again; the third time it also feeds the pipe. */
static void
tick(int sig)
{
	(void)sig;
	hits++;
	if (hits == 3 && pipe_w >= 0 && write(pipe_w, "t", 1) < 0)
		hits = 1000;
}

static void
ticking(int flags)
{
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };

	hits = 0;
	on_signal(SIGALRM, tick, flags);
	setitimer(ITIMER_REAL, &it, NULL);
}

static void
case_eintr_read(void)
{
	int p[2];
	char c;

	MUST(pipe(p));
	pipe_w = p[1];
	ticking(0);
	VAL(read(p[0], &c, 1));
	ticking(SA_RESTART);
	VAL(read(p[0], &c, 1));
	YES(hits >= 3);
}

static void
case_eintr_never_restarted(void)
{
	struct timespec ts = { 100, 0 };
	struct timeval tv = { 100, 0 };
	struct pollfd pfd = { -1, POLLIN, 0 };
	struct epoll_event ev;
	int e = epoll_create1(0);

	ticking(SA_RESTART);
	VAL(poll(&pfd, 1, 100000));
	VAL(poll(NULL, 0, -1));
	VAL(select(0, NULL, NULL, NULL, &tv));
	VAL(nanosleep(&ts, &ts));
	YES(ts.tv_sec == 99);
	ts.tv_sec = 100;
	VAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL));
	VAL(epoll_wait(e, &ev, 1, -1));
	VAL(ppoll(NULL, 0, &ts, NULL));
	VAL(pause());
}

static void
case_eintr_sockets(void)
{
	int s[2], l;
	char c, *big = calloc(1, 1 << 22);
	struct timeval tv = { 100, 0 };

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	ticking(0);
	VAL(recv(s[0], &c, 1, 0));
	ticking(0);
	l = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	sa_family_t fam = AF_UNIX;
	MUST(bind(l, (void *)&fam, sizeof(fam)));
	MUST(listen(l, 1));
	VAL(accept(l, NULL, NULL));
	/* With a receive time limit it is never restarted. */
	MUST(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	pipe_w = s[1];
	ticking(SA_RESTART);
	hits = 10;
	VAL(recv(s[0], &c, 1, 0));
	pipe_w = -1;
	ticking(0);
	/* What was already sent is the answer. */
	long n = write(s[0], big, 1 << 22);
	YES(n > 0 && n < 1 << 22);
	VAL(write(s[0], big, 1 << 22));
}

static void
case_eintr_wait(void)
{
	pid_t pid;
	int st;

	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	ticking(0);
	VAL(waitpid(pid, &st, 0));
	VAL(waitid(P_PID, pid, NULL, WEXITED));
	ualarm(0, 0);
	kill(pid, SIGKILL);
	abi_reap(pid);
	pid = fork();
	if (pid == 0) {
		nap_ms(100);
		_exit(4);
	}
	ticking(SA_RESTART);
	YES(waitpid(pid, &st, 0) == pid);
	YES(hits >= 1);
	say("%s\n", status_text(st));
}

static void
case_eintr_fifo_open(void)
{
	int fd;

	MUST(mkfifo("fifo", 0600));
	ticking(0);
	VAL(open("fifo", O_RDONLY));
	ualarm(0, 0);
	VAL(open("fifo", O_WRONLY | O_NONBLOCK));
	fd = MUST(open("fifo", O_RDONLY | O_NONBLOCK));
	VAL(open("fifo", O_WRONLY | O_NONBLOCK));
	close(fd);
}

static sigjmp_buf env;

static void
jump(int sig)
{
	siglongjmp(env, sig);
}

static void
case_siglongjmp(void)
{
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };
	volatile int i, r = 0;
	int p[2];
	char c;

	MUST(pipe(p));
	on_signal(SIGALRM, jump, 0);
	on_signal(SIGSEGV, jump, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 5; i++) {
		r = sigsetjmp(env, 1);
		if (r == 0) {
			VAL(read(p[0], &c, 1));
			break;
		}
	}
	say("out by %s after %d\n", sig_name(r), i);
	ualarm(0, 0);
	signal(SIGALRM, SIG_IGN);
	for (i = 0; i < 5; i++) {
		r = sigsetjmp(env, 1);
		if (r == 0)
			*(volatile int *)0 = 1;
	}
	say("out by %s after %d\n", sig_name(r), i);
}

static void
case_blocked_fault(void)
{
	/* A fault's signal that is blocked or ignored kills. */
	CHILD(sigset_t s = set_of(SIGSEGV, 0); on_signal(SIGSEGV, count, 0);
	    sigprocmask(SIG_BLOCK, &s, NULL); *(volatile int *)0 = 1);
	CHILD(signal(SIGSEGV, SIG_IGN); *(volatile int *)0 = 1);
	CHILD(signal(SIGILL, SIG_IGN); __builtin_trap());
	/* A sent one is not special. */
	CHILD(signal(SIGSEGV, SIG_IGN); raise(SIGSEGV);
	    kill(getpid(), SIGSEGV));
	CHILD(sigset_t s = set_of(SIGSEGV, 0); on_signal(SIGSEGV, count, 0);
	    sigprocmask(SIG_BLOCK, &s, NULL); raise(SIGSEGV);
	    VAL(hits); sigprocmask(SIG_UNBLOCK, &s, NULL); VAL(hits));
}

static void
case_kill_targets(void)
{
	pid_t pid, grp;

	VAL(kill(getpid(), 0));
	VAL(kill(123456789, SIGTERM));
	VAL(kill(getpid(), 65));
	VAL(kill(getpid(), -1));
	VAL(kill(-123456789, SIGTERM));
	VAL(kill(INT_MIN, 0));
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	grp = fork();
	if (grp == 0) {
		setpgid(0, pid);
		for (;;)
			pause();
	}
	setpgid(grp, pid);
	VAL(kill(-pid, SIGTERM));
	abi_reap(pid);
	abi_reap(grp);
	VAL(kill(-pid, 0));
	on_signal(SIGUSR1, count, 0);
	VAL(kill(0, SIGUSR1));
	VAL(hits);
	VAL(killpg(getpgrp(), SIGUSR1));
	VAL(hits);
}

static void
case_kill_zombie(void)
{
	siginfo_t si;
	pid_t pid = fork();

	if (pid == 0)
		_exit(1);
	waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	VAL(kill(pid, 0));
	VAL(kill(pid, SIGKILL));
	abi_reap(pid);
	VAL(kill(pid, 0));
}

static void
case_cont_and_stop_cancel(void)
{
	sigset_t s = set_of(SIGCONT, SIGTSTP), p;

	on_signal(SIGCONT, count, 0);
	on_signal(SIGTSTP, count, 0);
	sigprocmask(SIG_BLOCK, &s, NULL);
	raise(SIGTSTP);
	raise(SIGCONT);
	sigpending(&p);
	say("tstp %d cont %d\n", sigismember(&p, SIGTSTP),
	    sigismember(&p, SIGCONT));
	raise(SIGTSTP);
	sigpending(&p);
	say("tstp %d cont %d\n", sigismember(&p, SIGTSTP),
	    sigismember(&p, SIGCONT));
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	say_order("handled");
}

static void
case_ignored_not_queued(void)
{
	sigset_t s = set_of(SIGUSR1, SIGCHLD), p;

	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	sigpending(&p);
	YES(sigismember(&p, SIGUSR1));
	/* Blocked, even an ignored one is kept. */
	sigprocmask(SIG_BLOCK, &s, NULL);
	raise(SIGUSR1);
	raise(SIGCHLD);
	sigpending(&p);
	YES(sigismember(&p, SIGUSR1));
	YES(sigismember(&p, SIGCHLD));
	signal(SIGUSR1, SIG_IGN);
	sigpending(&p);
	YES(sigismember(&p, SIGUSR1));
}

static void
case_sigpipe(void)
{
	int p[2], s[2];

	CHILD(MUST(pipe(p)); close(p[0]); VAL(write(p[1], "x", 1)));
	signal(SIGPIPE, SIG_IGN);
	MUST(pipe(p));
	close(p[0]);
	VAL(write(p[1], "x", 1));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	close(s[0]);
	VAL(write(s[1], "x", 1));
	signal(SIGPIPE, SIG_DFL);
	VAL(send(s[1], "x", 1, MSG_NOSIGNAL));
	CHILD(send(s[1], "x", 1, 0));
}

static void
case_timer_signals(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 10000 } }, old;
	volatile unsigned long x = 0;

	on_signal(SIGVTALRM, count, 0);
	on_signal(SIGPROF, count, 0);
	on_signal(SIGALRM, count, 0);
	RET(setitimer(ITIMER_VIRTUAL, &it, NULL));
	while (hits == 0)
		x++;
	say_order("virtual");
	RET(setitimer(ITIMER_PROF, &it, NULL));
	while (hits == 0)
		x++;
	say_order("prof");
	RET(setitimer(ITIMER_REAL, &it, NULL));
	while (hits == 0)
		pause();
	say_order("real");
	it.it_value.tv_usec = 1000000;
	RET(setitimer(ITIMER_REAL, &it, NULL));
	it.it_value.tv_usec = 0;
	it.it_value.tv_sec = -1;
	RET(setitimer(ITIMER_REAL, &it, NULL));
	RET(setitimer(7, &it, NULL));
	RET(getitimer(7, &old));
	RET(syscall(SYS_getitimer, 0, bad_page()));
	RET(syscall(SYS_setitimer, 0, bad_page(), NULL));
	VAL(alarm(100));
	YES(alarm(0) >= 99);
	VAL(alarm(0));
	it.it_value.tv_sec = 50;
	it.it_interval.tv_sec = 7;
	setitimer(ITIMER_REAL, &it, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, &old);
	YES(old.it_value.tv_sec >= 48 && old.it_interval.tv_sec == 7);
}

static void
case_kill_blocked_child(void)
{
	int how, st;
	pid_t pid;

	/* Nothing shields from SIGKILL: not a mask, not a sleep, not a stop. */
	for (how = 0; how < 3; how++) {
		pid = fork();
		if (pid == 0) {
			sigset_t s;
			sigfillset(&s);
			sigprocmask(SIG_BLOCK, &s, NULL);
			if (how == 0)
				for (;;)
					pause();
			if (how == 1)
				for (;;)
					;
			raise(SIGSTOP);
		}
		if (how == 2)
			waitpid(pid, &st, WUNTRACED);
		kill(pid, SIGKILL);
		abi_reap(pid);
	}
}

static void
case_sigqueue_thread(void)
{
	siginfo_t si, got;
	sigset_t s = set_of(SIGUSR1, 0);

	sigprocmask(SIG_BLOCK, &s, NULL);
	memset(&si, 0, sizeof(si));
	si.si_code = SI_QUEUE;
	si.si_value.sival_int = 5;
	VAL(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &si));
	VAL(sigwaitinfo(&s, &got));
	VAL(got.si_value.sival_int);
	VAL(syscall(SYS_rt_tgsigqueueinfo, getpid(), 123456789, SIGUSR1,
	    &si));
	VAL(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1,
	    bad_page()));
}

static void
case_restart_syscall_regs(void)
{
	int p[2], i;
	char buf[8];

	/* Many restarts in a row must keep all arguments. */
	MUST(pipe(p));
	ticking(SA_RESTART);
	for (i = 0; i < 3; i++) {
		hits = 0;
		pipe_w = p[1];
		memset(buf, 0, sizeof(buf));
		VAL(read(p[0], buf + 2, 3));
		say("%d %c %d\n", buf[1], buf[2], buf[3]);
	}
}

CASES("signals",
	CASE(dispositions), CASE(default_actions), CASE(mask),
	CASE(realtime_queue), CASE(siginfo), CASE(sigtimedwait),
	CASE(sigsuspend), CASE(nodefer), CASE(resethand), CASE(handler_mask),
	CASE(altstack), CASE(altstack_busy), CASE(eintr_read),
	CASE(eintr_never_restarted), CASE(eintr_sockets), CASE(eintr_wait),
	CASE(eintr_fifo_open), CASE(siglongjmp), CASE(blocked_fault),
	CASE(kill_targets), CASE(kill_zombie), CASE(cont_and_stop_cancel),
	CASE(ignored_not_queued), CASE(sigpipe), CASE(timer_signals),
	CASE(kill_blocked_child), CASE(sigqueue_thread),
	CASE(restart_syscall_regs));
