/*
 * micro.c: one benchmark per run; prints nanoseconds per operation.
 *
 *	micro [-q] [-d DIR] [-s PREPARE] CASE [ARG...]
 *
 *	run CMD...	a command, in an empty directory below DIR (/tmp), in
 *			which the shell command PREPARE was run before
 *	time CMD...	a command, where we are
 *	others		see the cases below
 *
 * A case is run in batches that grow until one takes long enough to be timed,
 * and the best of a few such batches counts: what disturbs a batch only ever
 * makes it slower.  Of a command the median counts.  It is timed from inside,
 * so that the start of a jail around us is not in the figure.  -q: everything as
 * few times as can be, to see only that it works.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define	BATCH_NS	20000000	/* a batch that can be timed */
#define	BATCHES		5
#define	RUNS_NS		500000000	/* a command's runs together */
#define	MAXRUNS		25

static char **args;			/* what follows the case's name */
static char *buf;
static bool quick;
static const char *where = "/tmp", *prepare;
extern char **environ;

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
case_null(long n)
{
	while (n-- > 0)
		(void)getppid();
}

/* From a site that cannot be patched: what comes before is too short. */
static void
case_trap(long n)
{
	while (n-- > 0) {
		long r = SYS_getppid;

		__asm__ volatile("nop; syscall; nop"
		    : "+a"(r) : : "rcx", "r11", "memory");
	}
}

static void
case_clock(long n)
{
	struct timespec ts;

	while (n-- > 0)
		clock_gettime(CLOCK_REALTIME, &ts);
}

static void
case_stat(long n)
{
	struct stat st;

	while (n-- > 0)
		if (stat("/usr/bin/env", &st) != 0)
			err(1, "stat");
}

static void
case_open(long n)
{
	while (n-- > 0) {
		int fd = open("/etc/passwd", O_RDONLY);

		if (fd < 0 || read(fd, buf, 4096) <= 0)
			err(1, "/etc/passwd");
		close(fd);
	}
}

/* Reads of a file on /tmp of the given size, over and over. */
static void
read_file(long n, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		char path[] = "/tmp/micro.XXXXXX";

		fd = mkstemp(path);
		if (fd < 0 || unlink(path) != 0 ||
		    write(fd, buf, size) != (ssize_t)size)
			err(1, "%s", path);
	}
	while (n-- > 0)
		if (pread(fd, buf, size, 0) != (ssize_t)size)
			err(1, "pread");
}

static void
case_read4k(long n)
{
	read_file(n, 4096);
}

static void
case_read1m(long n)
{
	read_file(n, 1 << 20);
}

/* The same of a file that belongs to the system below. */
static void
case_hostread(long n)
{
	int fd = open("/bin/bash", O_RDONLY);

	while (n-- > 0)
		if (pread(fd, buf, 65536, 4096) != 65536)
			err(1, "/bin/bash");
	close(fd);
}

/* A byte to another process and back, over a pair of descriptors each way. */
static void
ping_pong(long n, int there[2], int back[2])
{
	char c = 0;
	pid_t pid = fork();

	if (pid == 0) {
		for (long i = 0; i < n; i++)
			if (read(there[0], &c, 1) != 1 ||
			    write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	for (long i = 0; i < n; i++)
		if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
			err(1, "ping-pong");
	waitpid(pid, NULL, 0);
}

static void
case_pipe(long n)
{
	int there[2], back[2];

	if (pipe(there) != 0 || pipe(back) != 0)
		err(1, "pipe");
	ping_pong(n, there, back);
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
}

static void
case_unix(long n)
{
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0)
		err(1, "socketpair");
	ping_pong(n, (int[]){ s[1], s[0] }, (int[]){ s[0], s[1] });
	close(s[0]);
	close(s[1]);
}

static void
case_fork(long n)
{
	while (n-- > 0) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			err(1, "fork");
	}
}

static void
case_spawn(long n)
{
	while (n-- > 0) {
		pid_t pid;
		int status, e;

		e = posix_spawn(&pid, args[0], NULL, NULL, args, environ);
		if (e != 0)
			errx(1, "%s: %s", args[0], strerror(e));
		if (waitpid(pid, &status, 0) != pid || status != 0)
			errx(1, "%s: status %#x", args[0], status);
	}
}

static int *word;

static void
futex_pass(int from, int to)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != from)
		syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, to, NULL);
	__atomic_store_n(word, to, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1);
}

static void *
futex_peer(void *arg)
{
	for (long i = *(long *)arg; i > 0; i--)
		futex_pass(1, 0);
	return NULL;
}

/* Two threads hand a word to and fro. */
static void
case_futex(long n)
{
	static int w;
	pthread_t t;

	word = &w;
	w = 0;
	if (pthread_create(&t, NULL, futex_peer, &n) != 0)
		err(1, "thread");
	for (long i = 0; i < n; i++)
		futex_pass(0, 1);
	pthread_join(t, NULL);
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
case_thread(long n)
{
	while (n-- > 0) {
		pthread_t t;

		if (pthread_create(&t, NULL, nothing, NULL) != 0)
			err(1, "thread");
		pthread_join(t, NULL);
	}
}

static void
on_signal(int sig)
{
	(void)sig;
}

static void
case_signal(long n)
{
	signal(SIGUSR1, on_signal);
	while (n-- > 0)
		raise(SIGUSR1);
}

/* Map, touch and unmap 16 pages. */
static void
case_mmap(long n)
{
	while (n-- > 0) {
		char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			err(1, "mmap");
		for (int i = 0; i < 65536; i += 4096)
			p[i] = 1;
		munmap(p, 65536);
	}
}

static void
case_epoll(long n)
{
	int p[2], ep = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN };

	if (ep < 0 || pipe(p) != 0 || epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev))
		err(1, "epoll");
	while (n-- > 0) {
		if (write(p[1], "", 1) != 1 || epoll_wait(ep, &ev, 1, 0) != 1 ||
		    read(p[0], buf, 1) != 1)
			err(1, "epoll");
	}
	close(ep);
	close(p[0]);
	close(p[1]);
}

/* Ten pipes, none of which is ready, and a mask for the time. */
static void
case_ppoll(long n)
{
	const struct timespec none = { 0, 0 };
	struct pollfd fds[10];
	sigset_t set;
	int p[10][2];

	sigemptyset(&set);
	for (int i = 0; i < 10; i++) {
		if (pipe(p[i]) != 0)
			err(1, "pipe");
		fds[i] = (struct pollfd){ p[i][0], POLLIN, 0 };
	}
	while (n-- > 0)
		if (ppoll(fds, 10, &none, &set) != 0)
			err(1, "ppoll");
	for (int i = 0; i < 10; i++) {
		close(p[i][0]);
		close(p[i][1]);
	}
}

static void
case_eventfd(long n)
{
	int fd = eventfd(0, 0);
	uint64_t v = 1;

	while (n-- > 0)
		if (write(fd, &v, sizeof(v)) != sizeof(v) ||
		    read(fd, &v, sizeof(v)) != sizeof(v))
			err(1, "eventfd");
	close(fd);
}

/* Somebody is woken who is not there. */
static void
case_wake(long n)
{
	static int w;

	while (n-- > 0)
		syscall(SYS_futex, &w, FUTEX_WAKE_PRIVATE, 1);
}

/* Threads never ask the kernel for a lock that is free. */
static void
case_lock(long n)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

	while (n-- > 0) {
		pthread_mutex_lock(&m);
		pthread_mutex_unlock(&m);
	}
}

/* --- files in memory: DIR is a tmpfs ------------------------------------------ */

#define	ENTRIES		1000

static char scratch[4096];

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

/* An empty directory to run in, for each run a new one. */
static void
scratch_make(void)
{
	snprintf(scratch, sizeof(scratch), "%s/micro.XXXXXX", where);
	if (mkdtemp(scratch) == NULL || chdir(scratch) != 0)
		err(1, "%s", scratch);
}

static void
scratch_remove(void)
{
	if (chdir("/") != 0 ||
	    nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		err(1, "%s", scratch);
}

/* The path of a small file in a directory of our own; it stays, we chdir. */
static const char *
small_file(void)
{
	static char path[sizeof(scratch) + 16];
	int fd;

	if (path[0] != '\0')
		return path;
	scratch_make();
	snprintf(path, sizeof(path), "%s/file", scratch);
	fd = open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0 || write(fd, buf, 1000) != 1000)
		err(1, "%s", path);
	close(fd);
	return path;
}

static void
case_mstat(long n)
{
	const char *path = small_file();
	struct stat st;

	while (n-- > 0)
		if (stat(path, &st) != 0)
			err(1, "stat");
}

static void
case_mopen(long n)
{
	const char *path = small_file();

	while (n-- > 0) {
		int fd = open(path, O_RDONLY);

		if (fd < 0 || read(fd, buf, 4096) <= 0)
			err(1, "%s", path);
		close(fd);
	}
}

static int
page_file(void)
{
	static int fd = -1;

	if (fd < 0) {
		(void)small_file();
		fd = open("page", O_RDWR | O_CREAT, 0644);
		if (fd < 0 || write(fd, buf, 4096) != 4096)
			err(1, "page");
	}
	return fd;
}

static void
case_mread(long n)
{
	int fd = page_file();

	while (n-- > 0)
		if (pread(fd, buf, 4096, 0) != 4096)
			err(1, "pread");
}

static void
case_mwrite(long n)
{
	int fd = page_file();

	while (n-- > 0)
		if (pwrite(fd, buf, 4096, 0) != 4096)
			err(1, "pwrite");
}

static void
case_mcreat(long n)
{
	(void)small_file();
	while (n-- > 0) {
		int fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0644);

		if (fd < 0 || close(fd) != 0 || unlink("new") != 0)
			err(1, "new");
	}
}

/* A directory of a thousand names, from opendir to closedir. */
static void
case_mreaddir(long n)
{
	static bool made;
	char name[32];
	DIR *d;
	int i;

	(void)small_file();
	for (i = 0; !made && i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "entry-%d", i);
		if (close(open(name, O_WRONLY | O_CREAT, 0644)) != 0)
			err(1, "%s", name);
	}
	made = true;
	while (n-- > 0) {
		if ((d = opendir(".")) == NULL)
			err(1, "opendir");
		for (i = 0; readdir(d) != NULL; i++)
			;
		if (i < ENTRIES)
			errx(1, "only %d names", i);
		closedir(d);
	}
}

/* --- whole commands ---------------------------------------------------------- */

static double
run_once(void)
{
	uint64_t t = now();
	pid_t pid;
	int status;

	errno = posix_spawnp(&pid, args[0], NULL, NULL, args, environ);
	if (errno != 0 || waitpid(pid, &status, 0) != pid)
		err(1, "%s", args[0]);
	t = now() - t;
	if (status != 0)
		errx(1, "%s: status %#x", args[0], status);
	return t;
}

static int
less(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Once to warm up (caches, patched text), then until it has taken long enough;
 * the median.
 */
static double
measure_run(bool dir)
{
	int null = open("/dev/null", O_RDWR), out = dup(STDOUT_FILENO), n = -1;
	double took[MAXRUNS], sum = 0, t;

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	while (n < 1 || (n < MAXRUNS && sum < RUNS_NS && !quick)) {
		if (dir)
			scratch_make();
		if (prepare != NULL && system(prepare) != 0)
			errx(1, "%s: failed", prepare);
		t = run_once();
		if (dir)
			scratch_remove();
		if (n >= 0)
			sum += took[n] = t;
		n++;
	}
	dup2(out, STDOUT_FILENO);
	qsort(took, n, sizeof(took[0]), less);
	return took[n / 2];
}

/* --- which ------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*fn)(long);
} cases[] = {
	{ "null", case_null }, { "trap", case_trap }, { "clock", case_clock },
	{ "stat", case_stat }, { "open", case_open }, { "read4k", case_read4k },
	{ "read1m", case_read1m }, { "hostread", case_hostread },
	{ "pipe", case_pipe }, { "unix", case_unix }, { "fork", case_fork },
	{ "spawn", case_spawn }, { "lock", case_lock }, { "futex", case_futex },
	{ "thread", case_thread }, { "signal", case_signal },
	{ "mmap", case_mmap }, { "epoll", case_epoll },
	{ "ppoll", case_ppoll }, { "eventfd", case_eventfd },
	{ "wake", case_wake },
	{ "mstat", case_mstat }, { "mopen", case_mopen },
	{ "mread", case_mread }, { "mwrite", case_mwrite },
	{ "mcreat", case_mcreat }, { "mreaddir", case_mreaddir },
};

static double
measure(void (*fn)(long))
{
	uint64_t t, batch = quick ? 1 : BATCH_NS;
	double best = 0;
	long n;

	for (n = 1;; n *= 2) {
		t = now();
		fn(n);
		if (now() - t >= batch)
			break;
	}
	for (int i = 0; i < (quick ? 1 : BATCHES); i++) {
		t = now();
		fn(n);
		t = now() - t;
		if (i == 0 || (double)t / n < best)
			best = (double)t / n;
	}
	return best;
}

int
main(int argc, char **argv)
{
	const char *name;
	int opt;

	while ((opt = getopt(argc, argv, "+qd:s:")) != -1) {
		if (opt == 'q')
			quick = true;
		else if (opt == 'd')
			where = optarg;
		else if (opt == 's')
			prepare = optarg;
		else
			return 2;
	}
	buf = malloc(1 << 20);
	if (optind == argc || buf == NULL)
		errx(2, "usage: micro [-q] [-d DIR] [-s PREPARE] CASE [ARG...]");
	memset(buf, 1, 1 << 20);
	name = argv[optind];
	args = argv + optind + 1;
	if (strcmp(name, "run") == 0 || strcmp(name, "time") == 0) {
		printf("%.1f\n", measure_run(name[0] == 'r'));
		return 0;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(name, cases[i].name) == 0) {
			printf("%.1f\n", measure(cases[i].fn));
			if (scratch[0] != '\0')
				scratch_remove();
			return 0;
		}
	}
	errx(2, "%s: no such case", name);
}
