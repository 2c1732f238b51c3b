/*
 * The descriptor table, fcntl, and locks on files.
 */
#include "abitest.h"

#include <linux/close_range.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

static void
case_lowest(void)
{
	int p[2];

	VAL(open("/dev/null", O_RDONLY));
	VAL(dup(0));
	VAL(pipe(p));
	say("%d %d\n", p[0], p[1]);
	VAL(close(4));
	VAL(close(4));
	VAL(dup(0));
	VAL(close(0));
	VAL(open("/dev/null", O_RDONLY));
	VAL(close(99));
	VAL(close(-1));
	VAL(close(INT_MAX));
}

static void
case_dup(void)
{
	VAL(dup(99));
	VAL(dup2(0, 20));
	VAL(dup2(0, 20));
	VAL(dup2(0, 0));
	VAL(dup2(99, 99));
	VAL(dup2(99, 5));
	VAL(dup2(0, -1));
	VAL(dup2(0, 100000000));
	VAL(dup3(0, 21, O_CLOEXEC));
	VAL(fcntl(21, F_GETFD));
	VAL(dup3(0, 0, 0));
	VAL(dup3(0, 22, O_NONBLOCK));
	VAL(fcntl(0, F_DUPFD, 30));
	VAL(fcntl(0, F_DUPFD, 30));
	VAL(fcntl(0, F_DUPFD_CLOEXEC, 40));
	VAL(fcntl(40, F_GETFD));
	VAL(dup2(40, 41));
	VAL(fcntl(41, F_GETFD));
	VAL(fcntl(0, F_DUPFD, -1));
	VAL(fcntl(0, F_DUPFD, 1000000000));
}

static void
case_fcntl(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	VAL(fcntl(fd, F_GETFD));
	VAL(fcntl(fd, F_SETFD, FD_CLOEXEC));
	VAL(fcntl(fd, F_GETFD));
	VAL(fcntl(fd, F_SETFD, 0xfe));
	VAL(fcntl(fd, F_GETFD));
	VAL(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY | O_CREAT));
	OCT(fcntl(fd, F_GETFL));
	VAL(fcntl(fd, F_SETFL, 0));
	OCT(fcntl(fd, F_GETFL));
	VAL(fcntl(99, F_GETFL));
	VAL(fcntl(fd, 9999));
	VAL(fcntl(fd, F_GETPIPE_SZ));
	MUST(pipe(p));
	VAL(fcntl(p[0], F_GETPIPE_SZ));
	VAL(fcntl(p[0], F_SETPIPE_SZ, 100));
	VAL(fcntl(p[0], F_GETPIPE_SZ));
	VAL(fcntl(p[0], F_SETPIPE_SZ, 100000));
	VAL(fcntl(p[1], F_GETOWN));
	VAL(fcntl(p[1], F_GETSIG));
}

static void
case_ioctl(void)
{
	int fd, n = 0, on = 1, p[2];

	put_file("f", "hello", 0644);
	fd = MUST(open("f", O_RDONLY));
	VAL(ioctl(fd, FIONREAD, &n));
	VAL(n);
	VAL(ioctl(fd, FIOCLEX));
	VAL(fcntl(fd, F_GETFD));
	VAL(ioctl(fd, FIONCLEX));
	VAL(fcntl(fd, F_GETFD));
	VAL(ioctl(fd, FIONBIO, &on));
	VAL(!!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	VAL(ioctl(fd, FIONBIO, bad_page()));
	VAL(ioctl(fd, TIOCGWINSZ, &n));
	VAL(ioctl(fd, 0x12345678, &n));
	VAL(ioctl(99, FIONREAD, &n));
	VAL(isatty(fd));
	VAL(isatty(0));
	MUST(pipe(p));
	VAL(write(p[1], "abc", 3));
	VAL(ioctl(p[0], FIONREAD, &n));
	VAL(n);
	VAL(ioctl(p[0], FIONREAD, bad_page()));
	VAL(ioctl(p[0], TCGETS, &n));
}

static void
case_close_range(void)
{
	int i;

	for (i = 10; i < 20; i++)
		dup2(0, i);
	VAL(close_range(12, 14, 0));
	say("%d%d%d%d%d\n", fd_open(11), fd_open(12), fd_open(13),
	    fd_open(14), fd_open(15));
	VAL(close_range(15, 16, CLOSE_RANGE_CLOEXEC));
	say("%d %d\n", fcntl(15, F_GETFD), fcntl(17, F_GETFD));
	VAL(close_range(5, 4, 0));
	VAL(close_range(5, 5, 0x100));
	CHILD(VAL(close_range(3, ~0U, CLOSE_RANGE_UNSHARE));
	    YES(fd_open(19)));
	YES(fd_open(19));
	VAL(close_range(3, ~0U, 0));
	YES(fd_open(19));
	YES(fd_open(2));
}

static void
case_big_numbers(void)
{
	struct rlimit rl;

	getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = rl.rlim_max < 5000 ? rl.rlim_max : 5000;
	MUST(setrlimit(RLIMIT_NOFILE, &rl));
	int i, n = 0;
	for (i = 0; i < 3000; i++)
		if (open("/dev/null", O_RDONLY) >= 0)
			n++;
	VAL(n);
	VAL(dup2(0, 4999));
	VAL(dup2(0, 5000));
	CHILD(YES(fd_open(4999)); YES(fd_open(2500)));
	VAL(close_range(3, ~0U, 0));
	VAL(dup(0));
}

static const char *
lock_text(const struct flock *fl)
{
	static char buf[80];

	snprintf(buf, sizeof(buf), "%s %d+%d %s",
	    fl->l_type == F_UNLCK ? "free" : fl->l_type == F_RDLCK ? "read" :
	    "write", (int)fl->l_start, (int)fl->l_len,
	    fl->l_pid == getppid() ? "parent" : fl->l_pid == getpid() ?
	    "self" : fl->l_pid == 0 ? "0" : fl->l_pid == -1 ? "-1" :
	    "other");
	return (buf);
}

static int
setlk(int fd, int cmd, int type, int start, int len)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = type;
	fl.l_whence = SEEK_SET;
	fl.l_start = start;
	fl.l_len = len;
	return (fcntl(fd, cmd, &fl));
}

static void
getlk(int fd, int type, int start, int len)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = type;
	fl.l_start = start;
	fl.l_len = len;
	if (fcntl(fd, F_GETLK, &fl) < 0)
		say("getlk: %s\n", err_name(errno));
	else if (fl.l_type == F_UNLCK)
		say("getlk %d+%d: free\n", start, len);
	else
		say("getlk %d+%d: %s\n", start, len, lock_text(&fl));
}

static void
case_record_locks(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	VAL(setlk(fd, F_SETLK, F_WRLCK, 10, 10));
	VAL(setlk(fd, F_SETLK, F_RDLCK, 30, 0));
	getlk(fd, F_WRLCK, 0, 0);
	CHILD(getlk(fd, F_WRLCK, 0, 0); getlk(fd, F_RDLCK, 30, 5);
	    getlk(fd, F_WRLCK, 35, 5); getlk(fd, F_WRLCK, 0, 10);
	    VAL(setlk(fd, F_SETLK, F_WRLCK, 15, 1));
	    VAL(setlk(fd, F_SETLK, F_RDLCK, 100, 1));
	    VAL(setlk(fd, F_SETLK, F_WRLCK, 100, 1));
	    VAL(setlk(fd, F_SETLK, F_WRLCK, 0, 10));
	    VAL(setlk(fd, F_SETLK, F_UNLCK, 0, 0)));
	/* Unlocking the middle splits; the same owner may convert. */
	VAL(setlk(fd, F_SETLK, F_UNLCK, 13, 3));
	VAL(setlk(fd, F_SETLK, F_RDLCK, 10, 1));
	CHILD(getlk(fd, F_WRLCK, 0, 0); getlk(fd, F_WRLCK, 11, 0);
	    getlk(fd, F_WRLCK, 13, 3); getlk(fd, F_WRLCK, 14, 10));
	/* Closing any descriptor of the file drops all. */
	close(dup(fd));
	CHILD(getlk(fd, F_WRLCK, 0, 0));
	VAL(setlk(fd, F_SETLK, 77, 0, 1));
	VAL(setlk(fd, F_SETLK, F_WRLCK, -1, 1));
	VAL(setlk(99, F_SETLK, F_WRLCK, 0, 1));
	VAL(fcntl(fd, F_SETLK, bad_page()));
	int ro = MUST(open("f", O_RDONLY));
	VAL(setlk(ro, F_SETLK, F_WRLCK, 0, 1));
}

static void
case_lock_wait(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];
	pid_t pid;
	char c = 0;

	MUST(pipe(p));
	MUST(setlk(fd, F_SETLK, F_WRLCK, 0, 10));
	pid = fork();
	if (pid == 0) {
		VAL(setlk(fd, F_SETLKW, F_WRLCK, 5, 10));
		if (write(p[1], "x", 1) < 0)
			_exit(1);
		_exit(0);
	}
	wait_asleep(pid);
	say("parent unlocks\n");
	MUST(setlk(fd, F_SETLK, F_UNLCK, 0, 0));
	VAL(read(p[0], &c, 1));
	abi_reap(pid);
	/* The end of the holder frees it as well. */
	pid = fork();
	if (pid == 0) {
		setlk(fd, F_SETLK, F_WRLCK, 0, 0);
		if (write(p[1], "x", 1) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	VAL(read(p[0], &c, 1));
	VAL(setlk(fd, F_SETLK, F_WRLCK, 0, 0));
	kill(pid, SIGKILL);
	VAL(setlk(fd, F_SETLKW, F_WRLCK, 0, 0));
	abi_reap(pid);
}

static void
case_deadlock(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];
	pid_t pid;
	char c;

	MUST(pipe(p));
	MUST(setlk(fd, F_SETLK, F_WRLCK, 0, 1));
	pid = fork();
	if (pid == 0) {
		MUST(setlk(fd, F_SETLK, F_WRLCK, 1, 1));
		if (write(p[1], "x", 1) < 0)
			_exit(1);
		setlk(fd, F_SETLKW, F_WRLCK, 0, 1);
		_exit(0);
	}
	VAL(read(p[0], &c, 1));
	wait_asleep(pid);
	VAL(setlk(fd, F_SETLKW, F_WRLCK, 1, 1));
	MUST(setlk(fd, F_SETLK, F_UNLCK, 0, 1));
	abi_reap(pid);
}

static void
case_ofd_locks(void)
{
	int a = MUST(open("f", O_RDWR | O_CREAT, 0644));
	int b = MUST(open("f", O_RDWR));

	VAL(setlk(a, F_OFD_SETLK, F_WRLCK, 0, 10));
	VAL(setlk(b, F_OFD_SETLK, F_WRLCK, 5, 10));
	VAL(setlk(b, F_SETLK, F_WRLCK, 5, 10));
	VAL(setlk(b, F_OFD_SETLK, F_WRLCK, 10, 10));
	CHILD(VAL(setlk(a, F_OFD_SETLK, F_WRLCK, 0, 5)));
	close(dup(a));
	VAL(setlk(b, F_OFD_SETLK, F_WRLCK, 0, 5));
	close(a);
	VAL(setlk(b, F_OFD_SETLK, F_WRLCK, 0, 5));
	struct flock fl = { .l_type = F_WRLCK, .l_pid = 5 };
	VAL(fcntl(b, F_OFD_SETLK, &fl));
}

static void
case_flock(void)
{
	int a = MUST(open("f", O_RDWR | O_CREAT, 0644));
	int b = MUST(open("f", O_RDONLY)), d = MUST(dup(a));

	VAL(flock(a, LOCK_EX));
	VAL(flock(b, LOCK_SH | LOCK_NB));
	VAL(flock(d, LOCK_EX | LOCK_NB));
	VAL(flock(a, LOCK_SH));
	VAL(flock(b, LOCK_SH | LOCK_NB));
	VAL(flock(b, LOCK_EX | LOCK_NB));
	VAL(flock(a, LOCK_UN));
	VAL(flock(b, LOCK_EX | LOCK_NB));
	/* The child shares the open file, and so the lock. */
	CHILD(VAL(flock(b, LOCK_EX | LOCK_NB));
	    VAL(flock(a, LOCK_SH | LOCK_NB)));
	close(b);
	VAL(flock(a, LOCK_EX | LOCK_NB));
	VAL(flock(a, 0));
	VAL(flock(99, LOCK_SH));
	/* Record locks and these do not see each other. */
	CHILD(VAL(setlk(open("f", O_RDWR), F_SETLK, F_WRLCK, 0, 0)));
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open("f", O_RDONLY);
		VAL(flock(fd, LOCK_SH));
		_exit(0);
	}
	wait_asleep(pid);
	say("parent unlocks\n");
	flock(a, LOCK_UN);
	abi_reap(pid);
}

static void
case_lockf(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	VAL(lockf(fd, F_TLOCK, 0));
	CHILD(VAL(lockf(fd, F_TLOCK, 0)); VAL(lockf(fd, F_TEST, 0)));
	VAL(lockf(fd, F_ULOCK, 0));
	CHILD(VAL(lockf(fd, F_TLOCK, 0)));
}

static void
case_xattr(void)
{
	char buf[64];
	int fd;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	VAL(setxattr("f", "user.one", "value", 5, 0));
	if (getxattr("f", "user.one", NULL, 0) < 0) {
		say("no user attributes here\n");
		return;
	}
	memset(buf, 0, sizeof(buf));
	VAL(getxattr("f", "user.one", buf, sizeof(buf)));
	say("%s\n", buf);
	VAL(getxattr("l", "user.one", NULL, 0));
	VAL(getxattr("f", "user.one", buf, 2));
	VAL(getxattr("f", "user.none", buf, 2));
	VAL(setxattr("f", "user.one", "v2", 2, XATTR_CREATE));
	VAL(setxattr("f", "user.two", "v2", 2, XATTR_REPLACE));
	VAL(setxattr("f", "user.one", "v2", 2, XATTR_REPLACE));
	fd = MUST(open("f", O_RDWR));
	VAL(fgetxattr(fd, "user.one", buf, sizeof(buf)));
	VAL(fsetxattr(fd, "user.empty", "", 0, 0));
	VAL(getxattr("f", "user.empty", buf, sizeof(buf)));
	VAL(removexattr("f", "user.empty"));
	VAL(removexattr("f", "user.empty"));
	memset(buf, 0, sizeof(buf));
	VAL(listxattr("f", buf, sizeof(buf)) >= 9);
	VAL(setxattr("f", "nonsense", "x", 1, 0));
	VAL(setxattr("f", "user.", "x", 1, 0));
	VAL(setxattr("f", "", "x", 1, 0));
	VAL(lsetxattr("l", "user.x", "x", 1, 0));
	VAL(setxattr("nothere", "user.x", "x", 1, 0));
	VAL(setxattr("f", "user.x", bad_page(), 1, 0));
	VAL(setxattr("f", "user.x", "x", 70000, 0));
	VAL(setxattr("f", "user.x", "x", 1, 99));
	VAL(getxattr("f", "security.capability", buf, sizeof(buf)));
	VAL(getxattr("f", "system.posix_acl_access", buf, sizeof(buf)));
	VAL(listxattr("nothere", buf, 1));
}

static void
case_leases_and_notes(void)
{
	int dir = (int)MUST(open(".", O_RDONLY));
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	VAL(fcntl(fd, F_GETLEASE));
	VAL(fcntl(fd, F_SETLEASE, F_RDLCK));	/* it is open for writing */
	VAL(fcntl(fd, F_SETLEASE, 77));
	VAL(fcntl(fd, F_NOTIFY, DN_MULTISHOT));
	VAL(fcntl(fd, F_NOTIFY, 0));
	VAL(fcntl(dir, F_NOTIFY, DN_MULTISHOT));
	VAL(fcntl(dir, F_NOTIFY, 0));
}

CASES("fdtable",
	CASE(lowest), CASE(dup), CASE(fcntl), CASE(ioctl), CASE(close_range),
	CASE(big_numbers), CASE(record_locks), CASE(lock_wait),
	CASE(deadlock), CASE(ofd_locks), CASE(flock), CASE(lockf),
	CASE(xattr), CASE(leases_and_notes));
