/*
 * fork, vfork, clone, clone3, exit, wait4, waitid; pids, groups, sessions.
 */
#include "abitest.h"

#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void
say_info(const char *what, const siginfo_t *si, pid_t pid)
{
	say("%s: %s code %d status %d pid %s uid %s\n", what,
	    sig_name(si->si_signo), si->si_code, si->si_status,
	    si->si_pid == pid ? "child" : si->si_pid == 0 ? "0" : "other",
	    si->si_uid == getuid() ? "mine" : "other");
}

static void
case_basic(void)
{
	pid_t pid, me = getpid();
	int st, p[2], ok = 0;

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		ok = getppid() == me && getpid() != me &&
		    getpid() == syscall(SYS_gettid);
		if (write(p[1], &ok, sizeof(ok)) < 0)
			_exit(1);
		_exit(200);
	}
	YES(pid > 0 && pid != me);
	YES(waitpid(pid, &st, 0) == pid);
	say("%s\n", status_text(st));
	VAL(read(p[0], &ok, sizeof(ok)));
	say("child saw %d\n", ok);
	VAL(waitpid(pid, &st, 0));
	VAL(waitpid(-1, &st, WNOHANG));
}

static void
case_statuses(void)
{
	CHILD(_exit(0));
	CHILD(_exit(255));
	CHILD(_exit(256 + 3));
	CHILD(_exit(-1));
	CHILD(syscall(SYS_exit, 4));
	CHILD(kill(getpid(), SIGKILL));
	CHILD(raise(SIGTERM));
	CHILD(raise(SIGABRT));
	CHILD(kill(getpid(), 50));
	CHILD(exit(12));
}

static void
case_wait_options(void)
{
	pid_t a, b;
	int st, p[2];
	char c;

	MUST(pipe(p));
	a = fork();
	if (a == 0) {
		if (read(p[0], &c, 1) < 0)
			_exit(1);
		_exit(1);
	}
	VAL(waitpid(a, &st, WNOHANG));
	VAL(waitpid(-1, &st, WNOHANG));
	VAL(waitpid(getpid(), &st, 0));
	VAL(waitpid(a, &st, 0x1000));
	VAL(waitpid(INT_MIN, &st, 0));
	VAL(waitpid(-12345678, &st, 0));
	b = fork();
	if (b == 0) {
		setpgid(0, 0);
		_exit(2);
	}
	setpgid(b, b);
	YES(waitpid(-b, &st, 0) == b);
	say("%s\n", status_text(st));
	VAL(write(p[1], "x", 1));
	YES(waitpid(0, &st, 0) == a);
	say("%s\n", status_text(st));
	VAL(wait(NULL));
}

static void
case_stop_continue(void)
{
	siginfo_t si;
	pid_t pid;
	int st, p[2];
	char c;

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(read(p[0], &c, 1) == 1 ? 5 : 6);
	}
	YES(waitpid(pid, &st, WUNTRACED) == pid);
	say("%s\n", status_text(st));
	VAL(waitpid(pid, &st, WUNTRACED | WNOHANG));
	memset(&si, 0, sizeof(si));
	VAL(waitid(P_PID, pid, &si, WCONTINUED | WNOHANG));
	say_info("nothing", &si, pid);
	kill(pid, SIGCONT);
	YES(waitpid(pid, &st, WCONTINUED) == pid);
	say("%s\n", status_text(st));
	VAL(write(p[1], "x", 1));
	YES(waitpid(pid, &st, 0) == pid);
	say("%s\n", status_text(st));
}

static void
case_stop_signals(void)
{
	static const int sigs[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	siginfo_t si;
	pid_t pid;
	size_t i;

	for (i = 0; i < 4; i++) {
		pid = fork();
		if (pid == 0) {
			raise(sigs[i]);
			_exit(0);
		}
		memset(&si, 0, sizeof(si));
		VAL(waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT));
		say_info("stop", &si, pid);
		VAL(waitid(P_PID, pid, &si, WSTOPPED));
		kill(pid, SIGCONT);
		VAL(waitid(P_PID, pid, &si, WCONTINUED | WEXITED | WNOWAIT));
		abi_reap(pid);
	}
}

static void
case_kill_stopped(void)
{
	pid_t pid;
	int st;

	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(5);
	}
	waitpid(pid, &st, WUNTRACED);
	/* SIGTERM waits for SIGCONT; SIGKILL does not. */
	kill(pid, SIGTERM);
	VAL(waitpid(pid, &st, WNOHANG));
	kill(pid, SIGKILL);
	abi_reap(pid);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(5);
	}
	waitpid(pid, &st, WUNTRACED);
	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
	abi_reap(pid);
}

static void
case_waitid(void)
{
	siginfo_t si;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		_exit(9);
	memset(&si, 0, sizeof(si));
	VAL(waitid(P_PID, pid, &si, WEXITED | WNOWAIT));
	say_info("exit", &si, pid);
	VAL(waitid(P_PID, pid, &si, WEXITED));
	say_info("exit", &si, pid);
	VAL(waitid(P_PID, pid, &si, WEXITED));
	pid = fork();
	if (pid == 0)
		raise(SIGUSR1);
	VAL(waitid(P_ALL, 0, &si, WEXITED));
	say_info("kill", &si, pid);
	pid = fork();
	if (pid == 0)
		_exit(3);
	VAL(waitid(P_PGID, getpgrp(), &si, WEXITED));
	say_info("group", &si, pid);
	pid = fork();
	if (pid == 0)
		_exit(3);
	VAL(waitid(P_PGID, 0, &si, WEXITED));
	VAL(waitid(P_ALL, 0, &si, 0));
	VAL(waitid(P_ALL, 0, &si, 0x4000 | WEXITED));
	VAL(waitid(9, 0, &si, WEXITED));
	VAL(waitid(P_PID, -1, &si, WEXITED));
	pid = fork();
	if (pid == 0)
		_exit(3);
	VAL(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED, NULL));
}

static void
case_rusage(void)
{
	struct rusage ru;
	pid_t pid;
	int st;
	volatile unsigned long i;

	pid = fork();
	if (pid == 0) {
		for (i = 0; i < 50000000; i++)
			;
		_exit(0);
	}
	memset(&ru, 0xff, sizeof(ru));
	YES(wait4(pid, &st, 0, &ru) == pid);
	YES(ru.ru_utime.tv_sec * 1000000 + ru.ru_utime.tv_usec > 5000);
	YES(ru.ru_utime.tv_sec < 20);
	YES(ru.ru_maxrss > 100);
	VAL(getrusage(RUSAGE_CHILDREN, &ru));
	YES(ru.ru_utime.tv_sec * 1000000 + ru.ru_utime.tv_usec > 5000);
	VAL(getrusage(RUSAGE_SELF, &ru));
	VAL(getrusage(RUSAGE_THREAD, &ru));
	VAL(getrusage(77, &ru));
	VAL(getrusage(RUSAGE_SELF, bad_page()));
}

static void
case_efault(void)
{
	CHILD(CHILD(_exit(2)); VAL(wait(bad_page())));
	pid_t pid = fork();
	if (pid == 0)
		_exit(2);
	VAL(syscall(SYS_wait4, pid, bad_page(), 0, NULL));
	/* The child was reaped all the same. */
	VAL(wait(NULL));
	pid = fork();
	if (pid == 0)
		_exit(2);
	VAL(syscall(SYS_waitid, P_PID, pid, bad_page(), WEXITED, NULL));
	VAL(wait(NULL));
}

static void
case_orphan(void)
{
	int p[2];
	char c = 'x';
	pid_t pid, grand;

	/* Without a subreaper near, the orphan's parent is another. */
	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		pid_t parent = getpid();
		grand = fork();
		if (grand == 0) {
			while (getppid() == parent)
				nap_ms(1);
			c = 'o';
			if (write(p[1], &c, 1) < 0)
				_exit(1);
			_exit(0);
		}
		_exit(0);
	}
	abi_reap(pid);
	VAL(read(p[0], &c, 1));
	say("%c\n", c);
	VAL(wait(NULL));
}

static void
case_subreaper(void)
{
	pid_t pid, grand = 0, me = getpid();
	int p[2], st;

	MUST(pipe(p));
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	pid = fork();
	if (pid == 0) {
		pid_t parent = getpid();
		grand = fork();
		if (grand == 0) {
			while (getppid() == parent)
				nap_ms(1);
			grand = getpid();
			if (write(p[1], &grand, sizeof(grand)) < 0)
				_exit(1);
			_exit(getppid() == me ? 33 : 34);
		}
		_exit(0);
	}
	abi_reap(pid);
	VAL(read(p[0], &grand, sizeof(grand)));
	YES(waitpid(-1, &st, 0) == grand);
	say("%s\n", status_text(st));
}

static void
case_sigchld(void)
{
	sigset_t set;
	siginfo_t si;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0)
		_exit(7);
	VAL(sigwaitinfo(&set, &si) == SIGCHLD);
	say_info("exit", &si, pid);
	abi_reap(pid);
	pid = fork();
	if (pid == 0)
		kill(getpid(), SIGKILL);
	VAL(sigwaitinfo(&set, &si) == SIGCHLD);
	say_info("killed", &si, pid);
	abi_reap(pid);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(1);
	}
	VAL(sigwaitinfo(&set, &si) == SIGCHLD);
	say_info("stopped", &si, pid);
	kill(pid, SIGCONT);
	VAL(sigwaitinfo(&set, &si) == SIGCHLD);
	say("continued or exited: %s\n", sig_name(si.si_signo));
	abi_reap(pid);
}

static void
nothing(int sig)
{
	(void)sig;
}

static void
case_sigchld_ignored(void)
{
	struct sigaction sa;
	pid_t pid;
	int st;

	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (pid == 0)
		_exit(7);
	VAL(waitpid(pid, &st, 0));
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = nothing;
	sa.sa_flags = SA_NOCLDWAIT | SA_RESTART;
	sigaction(SIGCHLD, &sa, NULL);
	pid = fork();
	if (pid == 0)
		_exit(7);
	VAL(waitpid(pid, &st, 0));
	signal(SIGCHLD, SIG_DFL);
	CHILD(_exit(7));
}

static void
case_nocldstop(void)
{
	struct sigaction sa;
	sigset_t set;
	pid_t pid;
	int st;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = nothing;
	sa.sa_flags = SA_NOCLDSTOP;
	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(1);
	}
	waitpid(pid, &st, WUNTRACED);
	sigpending(&set);
	YES(sigismember(&set, SIGCHLD));
	kill(pid, SIGCONT);
	abi_reap(pid);
	sigpending(&set);
	YES(sigismember(&set, SIGCHLD));
}

static void
case_groups(void)
{
	pid_t pid;
	int p[2], q[2];
	char c;

	MUST(pipe(p));
	MUST(pipe(q));
	YES(getpgrp() == getpid());
	YES(getpgid(0) == getpgrp());
	pid = fork();
	if (pid == 0) {
		if (write(q[1], "r", 1) < 0 || read(p[0], &c, 1) < 0)
			_exit(1);
		execl("/bin/sleep", "sleep", "100", NULL);
		_exit(1);
	}
	YES(getpgid(pid) == getpgrp());
	RET(setpgid(pid, pid));
	YES(getpgid(pid) == pid);
	RET(setpgid(pid, getpgrp()));
	RET(setpgid(pid, 123456789));
	RET(setpgid(pid, -1));
	RET(setpgid(1, 0));
	RET(getpgid(123456789));
	RET(getpgid(-1));
	RET(getsid(-1));
	YES(getsid(pid) == getsid(0));
	RET(setsid());
	VAL(kill(-getpgrp(), 0));
	kill(pid, SIGKILL);
	abi_reap(pid);
	RET(kill(pid, 0));
	RET(setpgid(pid, 0));
}

static void
case_sessions(void)
{
	CHILD(YES(setsid() == getpid()); YES(getsid(0) == getpid());
	    YES(getpgrp() == getpid()); RET(setpgid(0, 0));
	    RET(open("/dev/tty", O_RDWR)); RET(setsid());
	    CHILD(YES(getsid(0) == getppid()); YES(getpgrp() == getppid())));
	/* A child in another session cannot be moved. */
	pid_t pid;
	int p[2];
	char c;
	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		setsid();
		if (write(p[1], "x", 1) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	VAL(read(p[0], &c, 1));
	RET(setpgid(pid, getpgrp()));
	kill(pid, SIGTERM);
	abi_reap(pid);
}

static void
case_setpgid_after_exec(void)
{
	int p[2];
	char c;
	pid_t pid;

	MUST(pipe2(p, O_CLOEXEC));
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		execl("/bin/sleep", "sleep", "100", NULL);
		_exit(1);
	}
	close(p[1]);
	/* End of file tells that the exec is through. */
	VAL(read(p[0], &c, 1));
	RET(setpgid(pid, pid));
	kill(pid, SIGKILL);
	abi_reap(pid);
}

static void
case_vfork(void)
{
	volatile int shared = 1;
	int64_t t0 = now_us();
	pid_t pid;

	pid = vfork();
	if (pid == 0) {
		nap_ms(50);
		_exit(6);
	}
	/* The parent slept for as long as the child lived. */
	YES(now_us() - t0 >= 50000);
	abi_reap(pid);
	say("%d\n", shared);
}

static int
clone_fn(void *arg)
{
	*(volatile int *)arg = 77;
	return (13);
}

static void
case_clone_flags(void)
{
	volatile int *word;
	char *stack = malloc(65536) , *top = stack + 65536;
	pid_t pid, ptid = 0;
	int st;

	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid = clone(clone_fn, top, SIGCHLD, (void *)word);
	abi_reap(pid);
	say("copy %d\n", *word);
	pid = clone(clone_fn, top, CLONE_VM | CLONE_VFORK | SIGCHLD,
	    (void *)word);
	abi_reap(pid);
	say("shared %d\n", *word);
	pid = clone(clone_fn, top, CLONE_PARENT_SETTID | SIGCHLD,
	    (void *)word, &ptid);
	YES(pid == ptid);
	abi_reap(pid);
	/* A child with another exit signal is waited for with __WALL. */
	pid = clone(clone_fn, top, 0, (void *)word);
	VAL(waitpid(pid, &st, 0));
	YES(waitpid(pid, &st, __WALL) == pid);
	pid = clone(clone_fn, top, 0, (void *)word);
	YES(waitpid(pid, &st, __WCLONE) == pid);
	RET(clone(clone_fn, top, CLONE_THREAD | SIGCHLD, (void *)word));
	RET(clone(clone_fn, top, CLONE_SIGHAND | SIGCHLD, (void *)word));
	RET(clone(clone_fn, top, CLONE_VM | CLONE_THREAD | SIGCHLD,
	    (void *)word));
}

static int
clone_files_fn(void *arg)
{
	(void)arg;
	close(0);
	dup2(1, 20);
	umask(0);
	return (chdir("/"));
}

static void
case_clone_files_fs(void)
{
	char *stack = malloc(65536), cwd[PATH_MAX];
	pid_t pid;

	pid = clone(clone_files_fn, stack + 65536, CLONE_FILES | CLONE_FS |
	    SIGCHLD, NULL);
	abi_reap(pid);
	YES(fd_open(0));
	YES(fd_open(20));
	OCT(umask(022));
	say("%s\n", getcwd(cwd, sizeof(cwd)));
}

static void
case_clone3(void)
{
	struct clone_args ca;
	int pidfd = -1, st;
	struct pollfd pfd;
	siginfo_t si;
	pid_t pid;

	memset(&ca, 0, sizeof(ca));
	ca.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
	ca.pidfd = (uintptr_t)&pidfd;
	ca.exit_signal = SIGCHLD;
	on_signal(SIGUSR1, nothing, 0);
	signal(SIGUSR2, SIG_IGN);
	pid = syscall(SYS_clone3, &ca, sizeof(ca));
	if (pid == 0) {
		struct sigaction a, b;
		sigaction(SIGUSR1, NULL, &a);
		sigaction(SIGUSR2, NULL, &b);
		_exit((a.sa_handler == SIG_DFL) +
		    2 * (b.sa_handler == SIG_IGN));
	}
	if (pid < 0)
		die("clone3 %s", err_name(errno));
	VAL(pidfd);
	VAL(fcntl(pidfd, F_GETFD));
	pfd.fd = pidfd;
	pfd.events = POLLIN;
	VAL(poll(&pfd, 1, -1));
	VAL(pfd.revents);
	VAL(waitid(P_PIDFD, pidfd, &si, WEXITED));
	say_info("pidfd", &si, pid);
	VAL(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
	VAL(waitpid(pid, &st, 0));
	VAL(syscall(SYS_clone3, &ca, 8));
	VAL(syscall(SYS_clone3, bad_page(), sizeof(ca)));
	ca.flags = 0xff;
	VAL(syscall(SYS_clone3, &ca, sizeof(ca)));
	ca.flags = 0;
	ca.exit_signal = 500;
	VAL(syscall(SYS_clone3, &ca, sizeof(ca)));
	ca.exit_signal = SIGCHLD;
	ca.stack_size = 1;
	VAL(syscall(SYS_clone3, &ca, sizeof(ca)));
}

static void
case_pidfd(void)
{
	struct pollfd pfd;
	pid_t pid;
	int fd;

	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	fd = syscall(SYS_pidfd_open, pid, 0);
	VAL(fd);
	VAL(fcntl(fd, F_GETFD));
	pfd.fd = fd;
	pfd.events = POLLIN;
	VAL(poll(&pfd, 1, 0));
	VAL(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	VAL(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	VAL(poll(&pfd, 1, -1));
	abi_reap(pid);
	VAL(syscall(SYS_pidfd_open, pid, 0));
	VAL(syscall(SYS_pidfd_open, -1, 0));
	VAL(syscall(SYS_pidfd_open, 0, 0));
	VAL(syscall(SYS_pidfd_open, getpid(), 0x1000));
	VAL(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
}

static void
case_many_children(void)
{
	int i, st, sum = 0;

	for (i = 0; i < 60; i++)
		if (fork() == 0)
			_exit(i);
	while (wait(&st) > 0)
		sum += WEXITSTATUS(st);
	say("sum %d\n", sum);
}

static void
case_deep_forks(void)
{
	int depth = 0, st;
	pid_t pid;

	while (depth < 20) {
		pid = fork();
		if (pid != 0)
			break;
		depth++;
	}
	if (depth == 20)
		_exit(20);
	waitpid(pid, &st, 0);
	if (depth > 0)
		_exit(WEXITSTATUS(st));
	say("deepest %d\n", WEXITSTATUS(st));
}

static void
case_fork_inherits(void)
{
	struct itimerval it = { { 0, 0 }, { 100, 0 } };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	setitimer(ITIMER_REAL, &it, NULL);
	prctl(PR_SET_NAME, "inherits");
	umask(077);
	/* The mask, name and umask pass on; pending and timers do not. */
	CHILD(char n[17] = ""; sigset_t s; sigpending(&s);
	    YES(sigismember(&s, SIGUSR1)); sigprocmask(SIG_BLOCK, NULL, &s);
	    YES(sigismember(&s, SIGUSR1)); getitimer(ITIMER_REAL, &it);
	    YES(it.it_value.tv_sec == 0); prctl(PR_GET_NAME, n);
	    say("%s\n", n); OCT(umask(0)));
	sigpending(&set);
	YES(sigismember(&set, SIGUSR1));
}

static void
case_shared_offset(void)
{
	int fd;

	fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	CHILD(VAL(write(fd, "child", 5)); fcntl(fd, F_SETFL, O_APPEND));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(fcntl(fd, F_GETFL) & O_APPEND);
	CHILD(close(fd));
	VAL(write(fd, "p", 1));
	say_file("f");
}

static void
case_pdeathsig(void)
{
	int p[2];
	pid_t pid, grand;
	char c = 'x';

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		int q[2];
		MUST(pipe(q));
		grand = fork();
		if (grand == 0) {
			close(p[0]);
			close(q[0]);
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			close(q[1]);
			for (;;)
				pause();
		}
		close(q[1]);
		if (read(q[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(p[1]);
	abi_reap(pid);
	/* End of file: the grandchild is gone too. */
	VAL(read(p[0], &c, 1));
	MUST(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	CHILD(int s = 9; prctl(PR_GET_PDEATHSIG, &s); VAL(s));
	VAL(prctl(PR_SET_PDEATHSIG, 100));
}

static void
case_unshare(void)
{
	VAL(unshare(0));
	VAL(unshare(CLONE_FS | CLONE_FILES));
	VAL(unshare(CLONE_THREAD));
	VAL(unshare(CLONE_SYSVSEM));
	VAL(unshare(0x1));
}

CASES("fork_wait",
	CASE(basic), CASE(statuses), CASE(wait_options), CASE(stop_continue),
	CASE(stop_signals), CASE(kill_stopped), CASE(waitid), CASE(rusage),
	CASE(efault), CASE(orphan), CASE(subreaper), CASE(sigchld),
	CASE(sigchld_ignored), CASE(nocldstop), CASE(groups), CASE(sessions),
	CASE(setpgid_after_exec), CASE(vfork), CASE(clone_flags),
	CASE(clone_files_fs), CASE(clone3), CASE(pidfd), CASE(many_children),
	CASE(deep_forks), CASE(fork_inherits), CASE(shared_offset),
	CASE(pdeathsig), CASE(unshare));
