/*
 * /proc/PID: what a process did and does: io, switches, the call under way,
 * timers, and its memory range by range.
 */
#include "abitest.h"

#include <dirent.h>
#include <pthread.h>

static char buf[1 << 20];

static ssize_t
slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, got = 0;

	buf[0] = 0;
	if (fd < 0)
		return (-1);
	while ((n = read(fd, buf + got, sizeof(buf) - 1 - got)) > 0)
		got += n;
	close(fd);
	buf[got] = 0;
	return (got);
}

static long
number_after(const char *key)
{
	const char *p = strstr(buf, key);

	return (p == NULL ? -1 : strtol(p + strlen(key), NULL, 10));
}

struct io {
	long	rchar, wchar, syscr, syscw;
};

static struct io
io(void)
{
	struct io i;

	MUST(slurp("/proc/self/io"));
	i.rchar = number_after("rchar: ");
	i.wchar = number_after("wchar: ");
	i.syscr = number_after("syscr: ");
	i.syscw = number_after("syscw: ");
	return (i);
}

static void *
reader(void *arg)
{
	char b[512];

	for (int i = 0; i < 4; i++)
		if (pread(*(int *)arg, b, sizeof(b), 0) != sizeof(b))
			_exit(9);
	return (NULL);
}

static void
case_io(void)
{
	static char data[8192];
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0600)), z;
	struct iovec iov[2] = { { data, 100 }, { data, 50 } };
	struct io a, b, none;
	pthread_t t;

	/* Reading the file itself counts too: learn how much. */
	(void)io();
	a = io();
	none = io();
	b = none;
	say("looking: %d %d\n", b.syscr - a.syscr == 2, b.wchar == a.wchar);
	a = io();
	MUST(write(fd, data, 8192));
	MUST(pwrite(fd, data, 1000, 0));
	MUST(writev(fd, iov, 2));
	VAL(write(-1, data, 5));
	b = io();
	VAL(b.wchar - a.wchar);
	VAL(b.syscw - a.syscw >= 3);
	z = MUST(open("/dev/zero", O_RDONLY));
	a = io();
	MUST(read(z, data, 5000));
	MUST(pread(fd, data, 4000, 0));
	b = io();
	/* The text of io itself was read once between them. */
	YES(b.rchar - a.rchar >= 9000 && b.rchar - a.rchar < 9300);
	VAL(b.syscr - a.syscr);
	a = io();
	pthread_create(&t, NULL, reader, &fd);
	pthread_join(t, NULL);
	b = io();
	YES(b.rchar - a.rchar >= 2048 && b.rchar - a.rchar < 2400);
	a = io();
	CHILD({
		MUST(write(fd, data, 777));
	});
	b = io();
	say("a reaped child's count: %d\n", b.wchar - a.wchar >= 777);
}

static long
voluntary(void)
{
	MUST(slurp("/proc/thread-self/status"));
	return (number_after("\nvoluntary_ctxt_switches:\t"));
}

static void
case_switches(void)
{
	long a = voluntary();

	for (int i = 0; i < 5; i++)
		nap_ms(2);
	YES(voluntary() - a >= 5);
	YES(number_after("nonvoluntary_ctxt_switches:\t") >= 0);
}

static void
case_other_switches(void)
{
	char path[64];
	int fds[2], back[2];
	long a;
	pid_t pid;

	MUST(pipe(fds));
	MUST(pipe(back));
	pid = MUST(fork());
	if (pid == 0) {
		char c;

		while (read(fds[0], &c, 1) == 1 && c == 'x')
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	wait_asleep(pid);
	MUST(slurp(path));
	a = number_after("\nvoluntary_ctxt_switches:\t");
	for (int i = 0; i < 4; i++) {
		char c;

		MUST(write(fds[1], "x", 1));
		MUST(read(back[0], &c, 1));
		wait_asleep(pid);
	}
	MUST(slurp(path));
	YES(number_after("\nvoluntary_ctxt_switches:\t") - a >= 4);
	MUST(write(fds[1], "q", 1));
	abi_reap(pid);
}

/* The number and the first arguments of the call in which a child sleeps. */
static void
show_call(pid_t pid, const char *what)
{
	char path[64];
	long nr;
	unsigned long a[3];

	wait_asleep(pid);
	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	MUST(slurp(path));
	if (sscanf(buf, "%ld %lx %lx %lx", &nr, &a[0], &a[1], &a[2]) != 4)
		die("no call: %s", buf);
	say("%s: %ld %#lx\n", what, nr, a[0]);
	snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
	MUST(slurp(path));
	YES(strlen(buf) > 0);
	MUST(kill(pid, SIGKILL));
	abi_reap(pid);
}

static void
case_syscall(void)
{
	int fds[2];
	pid_t pid;

	MUST(slurp("/proc/self/syscall"));
	YES(strncmp(buf, "0 ", 2) == 0 || strcmp(buf, "running\n") == 0);
	MUST(pipe(fds));
	MUST(dup2(fds[0], 77));
	if ((pid = MUST(fork())) == 0) {
		char c;

		_exit((int)read(77, &c, 1));
	}
	show_call(pid, "read");
	if ((pid = MUST(fork())) == 0) {
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 8);
		_exit(1);
	}
	show_call(pid, "ppoll");
	if ((pid = MUST(fork())) == 0) {
		struct timespec ts = { 1000, 0 };

		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, NULL);
		_exit(1);
	}
	show_call(pid, "clock_nanosleep");
	if ((pid = MUST(fork())) == 0) {
		pid_t kid = fork();

		if (kid == 0) {
			nap_ms(300);
			_exit(0);
		}
		syscall(SYS_wait4, kid, NULL, __WALL, NULL);
		_exit(1);
	}
	wait_asleep(pid);
	snprintf(buf, 64, "/proc/%d/syscall", pid);
	MUST(slurp(strdup(buf)));
	say("wait4: %ld\n", strtol(buf, NULL, 10));
	MUST(kill(pid, SIGKILL));
	abi_reap(pid);
}

static void
say_timers(void)
{
	char *line, *p = buf;

	MUST(slurp("/proc/self/timers"));
	while ((line = strsep(&p, "\n")) != NULL) {
		char *pid = strstr(line, "pid.");

		if (pid != NULL && atoi(pid + 4) == getpid())
			strcpy(pid, "me");
		if (line[0] != '\0')
			say("%s\n", line);
	}
	say("--\n");
}

static void
case_timers(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL,
	    .sigev_signo = SIGUSR1, .sigev_value.sival_int = 0x1234 };
	timer_t a, b;

	say_timers();
	MUST(timer_create(CLOCK_MONOTONIC, &ev, &a));
	say_timers();
	ev.sigev_notify = SIGEV_NONE;
	ev.sigev_value.sival_int = 0;
	MUST(timer_create(CLOCK_REALTIME, &ev, &b));
	say_timers();
	MUST(timer_delete(a));
	say_timers();
	MUST(timer_delete(b));
	say_timers();
}

static void
case_map_files(void)
{
	char path[300], target[300];
	struct dirent *d;
	unsigned n = 0, lines = 0;
	struct stat st;
	ssize_t k;
	DIR *dp;

	int fd = MUST(open("mapped", O_RDWR | O_CREAT, 0600));

	MUST(ftruncate(fd, 8192));
	char *m = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);

	YES(m != MAP_FAILED);
	YES((dp = opendir("/proc/self/map_files")) != NULL);
	while ((d = readdir(dp)) != NULL)
		if (d->d_name[0] != '.')
			n++;
	closedir(dp);
	MUST(slurp("/proc/self/maps"));
	for (char *p = buf; (p = strchr(p, '\n')) != NULL; p++) {
		char *q = p;

		while (q > buf && q[-1] != '\n')
			q--;
		lines += memchr(q, '/', p - q) != NULL;
	}
	YES(n == lines && n > 3);
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (long)m,
	    (long)m + 8192);
	k = readlink(path, target, sizeof(target) - 1);
	target[k > 0 ? k : 0] = '\0';
	YES(k > 7 && strcmp(target + k - 7, "/mapped") == 0);
	VAL(lstat(path, &st));
	YES(S_ISLNK(st.st_mode));
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (long)m,
	    (long)m + 4096);
	VAL(lstat(path, &st));
	VAL(lstat("/proc/self/map_files/nonsense", &st));
	MUST(lstat("/proc/self/map_files", &st));
	OCT(st.st_mode);
}

/* The field of the range that holds addr. */
static long
smaps_of(const void *addr, const char *key)
{
	unsigned long s, e;
	bool in = false;
	char *line, *p = buf;

	MUST(slurp("/proc/self/smaps"));
	while ((line = strsep(&p, "\n")) != NULL) {
		if (sscanf(line, "%lx-%lx ", &s, &e) == 2)
			in = s <= (unsigned long)addr && (unsigned long)addr < e;
		else if (in && strncmp(line, key, strlen(key)) == 0)
			return (strtol(line + strlen(key), NULL, 10));
	}
	return (-1);
}

static void
case_residency(void)
{
	const size_t mb = 1 << 20;
	char *m = mmap(NULL, 8 * mb, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	long before, after;

	MUST(madvise(m, 8 * mb, MADV_NOHUGEPAGE));
	MUST(mprotect(m, 4096, PROT_READ));	/* a range of its own */
	m += 4096;
	VAL(smaps_of(m, "Size:"));
	VAL(smaps_of(m, "Rss:"));
	MUST(slurp("/proc/self/statm"));
	before = strtol(strchr(buf, ' '), NULL, 10);
	memset(m, 1, 3 * mb);
	VAL(smaps_of(m, "Rss:"));
	VAL(smaps_of(m, "Pss:"));
	VAL(smaps_of(m, "Private_Dirty:"));
	VAL(smaps_of(m, "Anonymous:"));
	VAL(smaps_of(m, "Swap:"));
	MUST(slurp("/proc/self/statm"));
	after = strtol(strchr(buf, ' '), NULL, 10);
	YES(after - before >= 768 && after - before < 768 + 200);
	MUST(slurp("/proc/self/smaps_rollup"));
	YES(number_after("\nRss:") >= 3072);
	YES(number_after("\nPrivate_Dirty:") >= 3072);
	YES(number_after("\nRss:") < 3072 + 16384);
	MUST(madvise(m, 2 * mb, MADV_DONTNEED));
	VAL(smaps_of(m, "Rss:"));
	MUST(slurp("/proc/self/status"));
	YES(number_after("RssAnon:") >= 1024);
}

static void
case_oom_adj(void)
{
	put_file("/proc/self/oom_score_adj", "500", 0);
	say_file("/proc/self/oom_score_adj");
	say_file("/proc/self/oom_adj");
	put_file("/proc/self/oom_score_adj", "1000", 0);
	say_file("/proc/self/oom_adj");
	int fd = MUST(open("/proc/self/oom_adj", O_WRONLY));

	VAL(write(fd, "15", 2));
	say_file("/proc/self/oom_score_adj");
	VAL(write(fd, "16", 2));
	VAL(write(fd, "-18", 3));
	VAL(write(fd, "x", 1));
	close(fd);
}

CASES("procpid",
	CASE(io), CASE(switches), CASE(other_switches), CASE(syscall),
	CASE(timers), CASE(map_files), CASE(residency), CASE(oom_adj));
