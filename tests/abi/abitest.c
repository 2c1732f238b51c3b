/*
 * The frame of the ABI tests: see abitest.h.
 */
#include "abitest.h"

#include <dirent.h>
#include <stdarg.h>
#include <ftw.h>
#include <libgen.h>

#define WATCHDOG_S	30

char abi_dir[ABI_DIR_MAX];

static const char *const errnames[] = {
#define E(n)	[n] = #n
	E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG),
	E(ENOEXEC), E(EBADF), E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES),
	E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV),
	E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY),
	E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK),
	E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK),
	E(ENOSYS), E(ENOTEMPTY), E(ELOOP), E(ENODATA), E(ETIME), E(EPROTO),
	E(EBADMSG), E(EOVERFLOW), E(ENOTSOCK), E(EDESTADDRREQ), E(EMSGSIZE),
	E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT),
	E(ESOCKTNOSUPPORT), E(EOPNOTSUPP), E(EPFNOSUPPORT), E(EAFNOSUPPORT),
	E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH),
	E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS), E(EISCONN), E(ENOTCONN),
	E(ESHUTDOWN), E(ETIMEDOUT), E(ECONNREFUSED), E(EHOSTUNREACH),
	E(EALREADY), E(EINPROGRESS), E(ESTALE), E(EDQUOT), E(ECANCELED),
	E(EOWNERDEAD), E(ENOTRECOVERABLE), E(EBADFD), E(ENOMSG), E(EIDRM), E(ENOKEY), E(ELIBBAD), E(EUSERS),
#undef E
};

static const char *const signames[] = {
#define S(n)	[n] = #n
	S(SIGHUP), S(SIGINT), S(SIGQUIT), S(SIGILL), S(SIGTRAP), S(SIGABRT),
	S(SIGBUS), S(SIGFPE), S(SIGKILL), S(SIGUSR1), S(SIGSEGV), S(SIGUSR2),
	S(SIGPIPE), S(SIGALRM), S(SIGTERM), S(SIGSTKFLT), S(SIGCHLD),
	S(SIGCONT), S(SIGSTOP), S(SIGTSTP), S(SIGTTIN), S(SIGTTOU), S(SIGURG),
	S(SIGXCPU), S(SIGXFSZ), S(SIGVTALRM), S(SIGPROF), S(SIGWINCH),
	S(SIGIO), S(SIGPWR), S(SIGSYS),
#undef S
};

void
say(const char *fmt, ...)
{
	char buf[4096];
	va_list ap;
	int n, off;
	ssize_t w;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(buf))
		n = sizeof(buf) - 1;
	for (off = 0; off < n; off += w) {
		w = write(1, buf + off, n - off);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			break;
	}
}

void
die(const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	say("FATAL: %s\n", buf);
	_exit(99);
}

const char *
err_name(int e)
{
	static char buf[24];

	if (e == 0)
		return ("0");
	if (e > 0 && (size_t)e < sizeof(errnames) / sizeof(errnames[0]) &&
	    errnames[e] != NULL)
		return (errnames[e]);
	snprintf(buf, sizeof(buf), "errno %d", e);
	return (buf);
}

const char *
sig_name(int s)
{
	static char buf[24];

	if (s == 0)
		return ("0");
	if (s > 0 && s < 32 && signames[s] != NULL)
		return (signames[s]);
	snprintf(buf, sizeof(buf), "SIG%d", s);
	return (buf);
}

const char *
status_text(int st)
{
	static char buf[64];

	if (WIFCONTINUED(st))
		return ("continued");
	if (WIFSTOPPED(st))
		snprintf(buf, sizeof(buf), "stopped %s",
		    sig_name(WSTOPSIG(st)));
	else if (WIFSIGNALED(st))
		snprintf(buf, sizeof(buf), "killed %s",
		    sig_name(WTERMSIG(st)));
	else
		snprintf(buf, sizeof(buf), "exited %d", WEXITSTATUS(st));
	return (buf);
}

void
abi_val(const char *what, long v, int e)
{
	if (v == -1 && e != 0)
		say("%s = %s\n", what, err_name(e));
	else
		say("%s = %ld\n", what, v);
}

void
abi_ret(const char *what, long v, int e)
{
	say("%s: %s\n", what, v == -1 && e != 0 ? err_name(e) : "ok");
}

void
abi_oct(const char *what, long v, int e)
{
	if (v == -1 && e != 0)
		say("%s = %s\n", what, err_name(e));
	else
		say("%s = 0%lo\n", what, v);
}

void
abi_yes(const char *what, bool v)
{
	say("%s: %s\n", what, v ? "yes" : "no");
}

long
abi_must(const char *what, long v)
{
	if (v == -1)
		die("%s: %s", what, err_name(errno));
	return (v);
}

void
abi_reap(pid_t pid)
{
	int st;
	pid_t r;

	do
		r = waitpid(pid, &st, 0);
	while (r < 0 && errno == EINTR);
	if (r != pid)
		die("waitpid: %s", err_name(errno));
	say("child %s\n", status_text(st));
}

void
put_file(const char *path, const char *text, mode_t mode)
{
	int fd;
	size_t n = strlen(text);

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		die("put_file %s: %s", path, err_name(errno));
	close(fd);
	if (chmod(path, mode) < 0)
		die("chmod %s: %s", path, err_name(errno));
}

void
say_file(const char *path)
{
	char buf[2048];
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		say("%s: %s\n", path, err_name(errno));
		return;
	}
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	say("%s: \"%s\"\n", path, buf);
}

void
nap_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * 1000000LL + ts.tv_nsec / 1000);
}

void
wait_asleep(pid_t pid)
{
	char path[64], buf[512], *p;
	ssize_t n;
	int fd, i, seen = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (i = 0; i < 2000 && seen < 3; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);
		if (fd >= 0)
			close(fd);
		buf[n < 0 ? 0 : n] = 0;
		p = strrchr(buf, ')');
		/* Three times in a row: no passing sleep at its start. */
		seen = p != NULL && p[1] && p[2] == 'S' ? seen + 1 : 0;
		nap_ms(5);
	}
}

void *
bad_page(void)
{
	static char *p;

	if (p == NULL)
		p = mmap(NULL, 65536, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return (p + 4096);
}

/* The end of the page: edge_page() + 4096 is not accessible. */
char *
edge_page(void)
{
	char *p;

	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + 4096, 4096, PROT_NONE) < 0)
		die("edge_page");
	return (p);
}

void
on_signal(int sig, void (*fn)(int), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = fn;
	sa.sa_flags = flags;
	if (sigaction(sig, &sa, NULL) < 0)
		die("sigaction %s", sig_name(sig));
}

bool
fd_open(int fd)
{
	return (fcntl(fd, F_GETFD) >= 0);
}

static int
rm_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
	(void)sb;
	(void)ftw;
	if (type == FTW_DP || type == FTW_D || type == FTW_DNR)
		rmdir(path);
	else
		unlink(path);
	return (0);
}

static int
open_up(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
	(void)sb;
	(void)ftw;
	if (type == FTW_D || type == FTW_DNR)
		chmod(path, 0700);
	return (0);
}

static volatile sig_atomic_t timed_out;

static void
on_watchdog(int sig)
{
	(void)sig;
	timed_out = 1;
}

/* The surroundings every case starts from. */
static void
fresh(const char *dir)
{
	static const unsigned long dfl[4];	/* the kernel's sigaction */
	struct rlimit rl = { 0, 0 };
	sigset_t none;
	int fd, s;

	setpgid(0, 0);
	sigemptyset(&none);
	/* By hand: libc hides 32 and 33, which a posix_spawn leaves ignored. */
	for (s = 1; s <= 64; s++)
		syscall(SYS_rt_sigaction, s, &dfl, NULL, 8);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	fd = open("/dev/null", O_RDONLY);
	if (fd > 0)
		dup2(fd, 0);
	if (syscall(SYS_close_range, 3, ~0U, 0) < 0)
		for (s = 3; s < 1024; s++)
			close(s);
	setrlimit(RLIMIT_CORE, &rl);
	if (chdir(dir) < 0)
		die("chdir");
}

static void
run_case(const struct abi_case *c)
{
	char dir[1024];
	const char *tmp = getenv("TMPDIR");
	struct sigaction sa;
	pid_t pid, r;
	int st = 0;

	snprintf(dir, sizeof(dir), "%s/abi-XXXXXX", tmp ? tmp : "/tmp");
	say("== %s\n", c->name);
	if (mkdtemp(dir) == NULL) {
		say("FATAL: mkdtemp: %s\n", err_name(errno));
		return;
	}
	chmod(dir, 0755);
	pid = fork();
	if (pid == 0) {
		fresh(dir);
		c->fn();
		_exit(0);
	}
	if (pid < 0) {
		say("FATAL: fork: %s\n", err_name(errno));
		return;
	}
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_watchdog;
	sigaction(SIGALRM, &sa, NULL);
	timed_out = 0;
	alarm(WATCHDOG_S);
	while ((r = waitpid(pid, &st, 0)) < 0 && errno == EINTR)
		if (timed_out) {
			kill(-pid, SIGCONT);
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
		}
	alarm(0);
	kill(-pid, SIGKILL);
	if (timed_out)
		say("-- HANG\n");
	else
		say("-- %s\n", status_text(st));
	nftw(dir, open_up, 16, FTW_PHYS);
	nftw(dir, rm_one, 16, FTW_PHYS | FTW_DEPTH);
}

static void
find_self(const char *argv0)
{
	char path[PATH_MAX];

	if (realpath(argv0, path) == NULL)
		die("realpath %s: %s", argv0, err_name(errno));
	dirname(path);
	if (strlen(path) >= sizeof(abi_dir))
		die("the path of the tests is too long");
	strcpy(abi_dir, path);
}

int
main(int argc, char **argv)
{
	const struct abi_case *c;

	if (argc != 2) {
		fprintf(stderr, "usage: %s --list | --all | CASE\n", abi_prog);
		return (2);
	}
	if (strcmp(argv[1], "--list") == 0) {
		for (c = abi_cases; c->name != NULL; c++)
			printf("%s\n", c->name);
		return (0);
	}
	find_self(argv[0]);
	if (strcmp(argv[1], "--all") == 0) {
		for (c = abi_cases; c->name != NULL; c++)
			run_case(c);
		return (0);
	}
	for (c = abi_cases; c->name != NULL; c++)
		if (strcmp(c->name, argv[1]) == 0) {
			run_case(c);
			return (0);
		}
	fprintf(stderr, "%s: no case %s\n", abi_prog, argv[1]);
	return (2);
}
