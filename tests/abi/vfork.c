/*
 * vfork, CLONE_VM | CLONE_VFORK, posix_spawn: a child in its parent's memory.
 */
#include <pthread.h>
#include <spawn.h>

#include "abitest.h"

extern char **environ;

static volatile int word;
static volatile pid_t seen[4];
static char stack[4][65536] __attribute__((aligned(64)));

/* A child with a stack of its own, so that it may do as it likes. */
static pid_t
child_on(int n, int (*fn)(void *), int flags)
{
	return (clone(fn, stack[n] + sizeof(stack[n]), CLONE_VM |
	    CLONE_VFORK | SIGCHLD | flags, NULL));
}

static int
ids_fn(void *arg)
{
	(void)arg;
	seen[0] = getpid();
	seen[1] = getppid();
	seen[2] = (pid_t)syscall(SYS_gettid);
	word = 5;
	return (11);
}

static void
case_ids(void)
{
	pid_t pid = child_on(0, ids_fn, 0);

	YES(seen[0] == pid && pid != getpid());
	YES(seen[1] == getpid());
	YES(seen[2] == pid);
	abi_reap(pid);
	say("word %d\n", word);
	YES(syscall(SYS_gettid) == getpid());
}

static int
own_fn(void *arg)
{
	sigset_t s;

	(void)arg;
	close(0);
	YES(dup2(1, 20) == 20);
	YES(chdir("/") == 0);
	umask(077);
	sigfillset(&s);
	sigprocmask(SIG_SETMASK, &s, NULL);
	signal(SIGUSR1, SIG_IGN);
	setpgid(0, 0);
	return (0);
}

static void
case_own(void)
{
	struct sigaction sa;
	struct stat a, b;
	sigset_t s;

	MUST(stat(".", &a));
	abi_reap(child_on(0, own_fn, 0));
	MUST(stat(".", &b));
	YES(a.st_ino == b.st_ino);
	YES(fcntl(0, F_GETFD) >= 0);
	YES(fcntl(20, F_GETFD) < 0);
	say("umask %o\n", umask(022));
	sigprocmask(SIG_SETMASK, NULL, &s);
	YES(sigismember(&s, SIGUSR2) == 0);
	sigaction(SIGUSR1, NULL, &sa);
	YES(sa.sa_handler == SIG_DFL);
	YES(getpgrp() == getpid());
}

static void
on_sig(int sig)
{
	word = sig;
	seen[3] = getpid();
}

static int
sig_fn(void *arg)
{
	(void)arg;
	seen[0] = getpid();
	signal(SIGUSR1, on_sig);
	raise(SIGUSR1);
	YES(word == SIGUSR1 && seen[3] == seen[0]);
	kill(getppid(), SIGUSR2);	/* taken when the parent is back */
	YES(word == SIGUSR1);
	raise(SIGKILL);
	return (0);
}

static void
case_signals(void)
{
	pid_t pid;

	signal(SIGUSR2, on_sig);
	pid = child_on(0, sig_fn, 0);
	YES(word == SIGUSR2 && seen[3] == getpid());
	abi_reap(pid);
}

static int
fault_fn(void *arg)
{
	(void)arg;
	*(volatile int *)8 = 1;
	return (0);
}

static void
case_fault(void)
{
	abi_reap(child_on(0, fault_fn, 0));
	say("alive\n");
}

static int
inner_fn(void *arg)
{
	(void)arg;
	word += 100;
	return (4);
}

static int
fork_fn(void *arg)
{
	pid_t pid;
	int st;

	(void)arg;
	pid = fork();
	if (pid == 0) {
		word = 1000;	/* a copy */
		_exit(3);
	}
	YES(waitpid(pid, &st, 0) == pid);
	say("inner %s, word %d\n", status_text(st), word);
	pid = child_on(1, inner_fn, 0);
	YES(waitpid(pid, &st, 0) == pid);
	say("inner vfork %s\n", status_text(st));
	return (word & 1);
}

static void
case_nested(void)
{
	word = 2;
	abi_reap(child_on(0, fork_fn, 0));
	say("word %d\n", word & 1);
}

static int
map_fn(void *arg)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	p[4096] = 'm';
	*(char *volatile *)&environ[0] = environ[0];
	memcpy((void *)(uintptr_t)seen, &p, sizeof(p));
	return (0);
}

static void
case_maps(void)
{
	char *p;

	abi_reap(child_on(0, map_fn, 0));
	memcpy(&p, (void *)(uintptr_t)seen, sizeof(p));
	say("%c\n", p[4096]);
	RET(munmap(p, 8192));
}

static int
timer_fn(void *arg)
{
	struct itimerval it = { { 0, 0 }, { 0, 20000 } }, none;

	(void)arg;
	getitimer(ITIMER_REAL, &none);
	YES(none.it_value.tv_sec == 0 && none.it_value.tv_usec == 0);
	setitimer(ITIMER_REAL, &it, NULL);
	for (;;)
		pause();
	return (0);
}

static void
case_timer(void)
{
	struct itimerval it = { { 0, 0 }, { 100, 0 } }, left;

	setitimer(ITIMER_REAL, &it, NULL);
	abi_reap(child_on(0, timer_fn, 0));
	getitimer(ITIMER_REAL, &left);
	YES(left.it_value.tv_sec > 80);
}

static int
nap_fn(void *arg)
{
	(void)arg;
	usleep(100000);
	YES(word == 0);
	return (0);
}

static void
case_parent_timer(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 20000 } };

	signal(SIGALRM, on_sig);
	setitimer(ITIMER_REAL, &it, NULL);
	abi_reap(child_on(0, nap_fn, 0));
	YES(word == SIGALRM && seen[3] == getpid());
}

/* A second process works on the child while its parent is suspended. */
static int
wait_fn(void *arg)
{
	(void)arg;
	seen[0] = getpid();
	while (word == 0)
		usleep(1000);
	return (6);
}

static pid_t
helper_for(void (*fn)(pid_t child, pid_t parent), int *pfd)
{
	int p[2];
	pid_t parent = getpid(), pid, helper;

	MUST(pipe(p));
	helper = fork();
	if (helper == 0) {
		close(p[1]);
		if (read(p[0], &pid, sizeof(pid)) == sizeof(pid))
			fn(pid, parent);
		_exit(0);
	}
	close(p[0]);
	*pfd = p[1];
	return (helper);
}

static int tell;

static int
told_fn(void *arg)
{
	pid_t me = getpid();

	(void)arg;
	if (write(tell, &me, sizeof(me)) != sizeof(me))
		return (1);
	usleep(200000);
	return (9);
}

static void
stop_it(pid_t child, pid_t parent)
{
	(void)parent;
	kill(child, SIGSTOP);
	usleep(300000);
	kill(child, SIGCONT);
}

static void
case_stop_child(void)
{
	int64_t t0;
	struct timespec ts;
	pid_t h = helper_for(stop_it, &tell), pid;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	t0 = ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	pid = child_on(0, told_fn, 0);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	YES(ts.tv_sec * 1000 + ts.tv_nsec / 1000000 - t0 >= 290);
	abi_reap(pid);
	waitpid(h, NULL, 0);
}

/* The parent is killed: the child lives on, and comes to its end. */
static int
outlive_fn(void *arg)
{
	pid_t me = getpid();
	char c = 'x';

	(void)arg;
	if (write(tell, &me, sizeof(me)) != sizeof(me))
		return (1);
	usleep(300000);
	word = 1;
	return (write(21, &c, 1) == 1 ? 0 : 1);
}

static void
kill_parent(pid_t child, pid_t parent)
{
	(void)child;
	usleep(50000);
	kill(parent, SIGKILL);
}

static void
case_kill_parent(void)
{
	int p[2], st;
	pid_t pid;
	char c = 0;

	MUST(pipe(p));
	pid = fork();
	if (pid == 0) {
		dup2(p[1], 21);
		(void)helper_for(kill_parent, &tell);
		child_on(0, outlive_fn, 0);
		say("the parent came back\n");
		_exit(1);
	}
	waitpid(pid, &st, 0);
	say("%s\n", status_text(st));
	close(p[1]);
	VAL(read(p[0], &c, 1));
	say("%c\n", c);
}

static void *
exiter(void *arg)
{
	(void)arg;
	while (seen[0] == 0)
		usleep(1000);
	usleep(20000);
	_exit(3);
}

/* Another thread ends the parent: so does the thread that waits. */
static void
case_exit_group(void)
{
	int st;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t t;

		pthread_create(&t, NULL, exiter, NULL);
		child_on(0, wait_fn, 0);
		say("the parent came back\n");
		_exit(1);
	}
	waitpid(pid, &st, 0);
	say("%s\n", status_text(st));
	kill(0, 0);
}

static void *
mapper(void *arg)
{
	(void)arg;
	while (word == 0) {
		void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(p, 1, 65536);
		munmap(p, 65536);
		sched_yield();
	}
	return (NULL);
}

/* The other threads of the parent go on meanwhile. */
static void *
waker(void *arg)
{
	(void)arg;
	while (seen[0] == 0)
		usleep(1000);
	word = 1;
	return (NULL);
}

static void
case_threads(void)
{
	pthread_t t, u;

	pthread_create(&t, NULL, waker, NULL);
	pthread_create(&u, NULL, mapper, NULL);
	abi_reap(child_on(0, wait_fn, 0));
	pthread_join(t, NULL);
	pthread_join(u, NULL);
	say("joined\n");
}

static void
case_spawn(void)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	char *argv[] = { "sh", "-c", "read x; echo got $x; exit 5", NULL };
	char *bad[] = { "nothere", NULL };
	sigset_t s;
	pid_t pid, pgid;
	int error, fd = MUST(open("in", O_RDWR | O_CREAT, 0644));

	if (write(fd, "words\n", 6) != 6)
		die("write");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "in", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, 1, 9);
	posix_spawn_file_actions_addclose(&fa, fd);
	posix_spawnattr_init(&at);
	sigfillset(&s);
	posix_spawnattr_setsigdefault(&at, &s);
	posix_spawnattr_setpgroup(&at, 0);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGDEF |
	    POSIX_SPAWN_SETPGROUP);
	error = posix_spawnp(&pid, "sh", &fa, &at, argv, environ);
	pgid = getpgid(pid);
	abi_reap(pid);
	YES(error == 0 && pgid == pid);
	say("%s\n", err_name(posix_spawnp(&pid, "nothere", NULL, NULL, bad,
	    environ)));
	posix_spawn_file_actions_addopen(&fa, 5, "missing", O_RDONLY, 0);
	say("%s\n", err_name(posix_spawnp(&pid, "sh", &fa, &at, argv,
	    environ)));
	RET(waitpid(-1, NULL, 0));
}

static int
cleartid_fn(void *arg)
{
	(void)arg;
	return (0);
}

static void
case_tids(void)
{
	pid_t ptid = 0, ctid = 0, pid;

	pid = clone(cleartid_fn, stack[0] + sizeof(stack[0]), CLONE_VM |
	    CLONE_VFORK | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD,
	    NULL, &ptid, NULL, &ctid);
	YES(ptid == pid && ctid == pid);
	abi_reap(pid);
	ctid = 77;
	pid = clone(cleartid_fn, stack[0] + sizeof(stack[0]), CLONE_VM |
	    CLONE_VFORK | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, &ptid, NULL,
	    &ctid);
	say("ctid %d\n", ctid);
	abi_reap(pid);
}

/* The registers of the vector unit and its control words are the parent's. */
static int
fpu_fn(void *arg)
{
	uint32_t csr = 0x1fc0;
	volatile double d = 1.5;

	(void)arg;
	__asm__ volatile("ldmxcsr %0" : : "m"(csr));
	for (int i = 0; i < 100; i++)
		d = d * 1.01 + i;
	return (d > 1 ? 0 : 1);
}

static void
case_fpu(void)
{
	uint32_t csr = 0, want = 0x3f80;
	uint64_t in = 0x1122334455667788, out = 0;
	pid_t pid;

	__asm__ volatile("ldmxcsr %0" : : "m"(want));
	__asm__ volatile("movq %0, %%xmm13" : : "r"(in) : "xmm13");
	pid = child_on(0, fpu_fn, 0);
	__asm__ volatile("stmxcsr %0" : "=m"(csr));
	__asm__ volatile("movq %%xmm13, %0" : "=r"(out));
	say("csr %x\n", csr);
	abi_reap(pid);
}

CASES("vfork",
	CASE(ids), CASE(own), CASE(signals), CASE(fault), CASE(nested),
	CASE(maps), CASE(timer), CASE(parent_timer), CASE(stop_child),
	CASE(kill_parent), CASE(exit_group), CASE(threads), CASE(spawn),
	CASE(tids), CASE(fpu));
