/*
 * calls.c: some ninety calls with arguments of all kinds, for the comparison of
 * guise trace with strace (clitrace.py): what it does must look the same on
 * both sides, so nothing here depends on time, sizes or ids of the machine.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static char buf[4096];

static void
handler(int sig)
{
}

static void
files(void)
{
	struct flock fl = { F_WRLCK, SEEK_SET, 0, 10, 0 };
	struct timespec ut[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	struct stat st;
	struct statx sx;
	int fd;

	syscall(SYS_stat, "/dev/null", &st);
	syscall(SYS_lstat, "/nosuch", &st);
	statx(AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &sx);
	fd = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fcntl(fd, F_GETFL);
	fcntl(fd, F_GETFD);
	fcntl(fd, F_DUPFD_CLOEXEC, 10);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETLK, &fl);
	fcntl(fd, F_GETLK, &fl);
	dup2(fd, 20);
	dup3(fd, 21, O_CLOEXEC);
	lseek(fd, 0, SEEK_SET);
	fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 5);
	flock(fd, LOCK_EX | LOCK_NB);
	close(fd);
	open("/nosuch/a", O_WRONLY | O_CREAT | O_TRUNC | O_EXCL, 0640);
	access("/nosuch", R_OK | X_OK);
	access("/", F_OK);
	chmod("/nosuch", 04755);
	chown("/nosuch", 1, -1);
	mkdir("/nosuch/x", 0755);
	rmdir("/nosuch/x");
	symlink("a", "/nosuch/b");
	link("/nosuch/a", "/nosuch/b");
	rename("/nosuch/a", "b");
	unlink("/nosuch/c");
	unlinkat(AT_FDCWD, "/nosuch/c", AT_REMOVEDIR);
	truncate("/nosuch", 5);
	mknod("/nosuch/d", S_IFCHR | 0600, 0x103);
	readlink("/nosuch/e", buf, 100);
	utimensat(AT_FDCWD, "/nosuch", ut, 0);
	utimensat(AT_FDCWD, "/nosuch", NULL, AT_SYMLINK_NOFOLLOW);
	chdir("/");
	getcwd(buf, sizeof(buf));
	umask(022);
	execve("/nosuch", (char *[]){ "a", "b", NULL },
	    (char *[]){ "c=d", NULL });
	fd = memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ftruncate(fd, 100);
	pwrite(fd, "x", 1, 3);
	pread(fd, buf, 10, 0);
	fsync(fd);
	close(fd);
}

static void
pipes(void)
{
	struct iovec iov[2] = { { buf, 10 }, { buf + 10, 40 } };
	struct epoll_event ev = { EPOLLIN | EPOLLET, { .u64 = 0x1234567890 } };
	struct epoll_event evs[4];
	struct pollfd pf[3];
	struct timeval tv = { 0, 3 };
	struct timespec zero = { 0, 0 };
	sigset_t ss;
	fd_set r, w;
	int p[2], e, one = 1;

	pipe(p);
	pipe2(p, O_CLOEXEC | O_NONBLOCK);
	write(p[1], "hello\n\t\"\\\0\1\0029\377x", 16);
	read(p[0], buf, 4096);
	read(p[0], buf, 4096);
	write(p[1], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 50);
	readv(p[0], iov, 2);
	writev(p[1], iov, 2);
	ioctl(p[0], FIONREAD, &one);
	ioctl(p[0], FIONBIO, &one);
	ioctl(p[0], TCGETS, buf);
	pf[0] = (struct pollfd){ p[0], POLLIN, 0 };
	pf[1] = (struct pollfd){ p[1], POLLOUT | POLLIN, 0 };
	pf[2] = (struct pollfd){ -1, POLLPRI, 0 };
	poll(pf, 3, 0);
	poll(pf + 2, 1, 0);
	sigemptyset(&ss);
	sigaddset(&ss, SIGINT);
	ppoll(pf, 1, &zero, &ss);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	select(p[1] + 1, &r, &w, NULL, NULL);
	FD_ZERO(&r);
	select(1, &r, NULL, NULL, &tv);
	e = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev);
	epoll_wait(e, evs, 4, 0);
	epoll_ctl(e, EPOLL_CTL_DEL, p[0], NULL);
	epoll_wait(e, evs, 4, 0);
	eventfd(5, EFD_SEMAPHORE | EFD_CLOEXEC);
}

static void
sockets(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons(80), .sin_addr = { htonl(0x7f000001) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX,
	    .sun_path = "/nosuch/socket" };
	union {
		struct cmsghdr	hdr;
		char		space[64];
	} cm = { { 0 } };
	struct iovec iov = { "hi", 2 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	socklen_t len = sizeof(un);
	int s[2], u, one = 1;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s);
	u = socket(AF_INET, SOCK_DGRAM, IPPROTO_IP);
	connect(u, (struct sockaddr *)&in, sizeof(in));
	connect(s[0], (struct sockaddr *)&un, sizeof(un));
	getpeername(s[0], (struct sockaddr *)&un, &len);
	setsockopt(u, SOL_SOCKET, SO_REUSEADDR, &one, 4);
	len = 4;
	getsockopt(u, SOL_SOCKET, SO_TYPE, &one, &len);
	send(s[0], "abc", 3, MSG_NOSIGNAL);
	recv(s[1], buf, 10, 0);
	m.msg_control = &cm;
	m.msg_controllen = CMSG_SPACE(4);
	cm.hdr.cmsg_level = SOL_SOCKET;
	cm.hdr.cmsg_type = SCM_RIGHTS;
	cm.hdr.cmsg_len = CMSG_LEN(4);
	memcpy(CMSG_DATA(&cm.hdr), &u, 4);
	sendmsg(s[0], &m, 0);
	iov.iov_base = buf;
	iov.iov_len = 100;
	recvmsg(s[1], &m, MSG_CMSG_CLOEXEC);
	shutdown(s[0], SHUT_RDWR);
	bind(-1, (struct sockaddr *)&in, sizeof(in));
	listen(-1, 5);
}

static void
signals(void)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = SA_RESTART };
	stack_t sk;
	sigset_t ss;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR1, NULL, &sa);
	sigemptyset(&ss);
	sigaddset(&ss, SIGUSR1);
	sigprocmask(SIG_BLOCK, &ss, NULL);
	kill(getpid(), SIGUSR1);
	sigpending(&ss);
	sigprocmask(SIG_UNBLOCK, &ss, &ss);
	sigfillset(&ss);
	sigprocmask(SIG_SETMASK, &ss, NULL);
	sigemptyset(&ss);
	sigprocmask(SIG_SETMASK, &ss, NULL);
	sigaltstack(NULL, &sk);
	raise(SIGUSR1);
}

static void
memory(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int word = 0;

	mprotect(p, 4096, PROT_NONE);
	madvise(p, 4096, MADV_DONTNEED);
	msync(p, 4096, MS_SYNC);
	munmap(p, 8192);
	mmap(NULL, 0, PROT_READ | PROT_EXEC, MAP_SHARED, -1, 0x1000);
	syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	syscall(SYS_futex, &word, FUTEX_WAIT, 5, NULL);
}

static void
limits_and_time(void)
{
	struct itimerspec its = { { 0, 0 }, { 1000, 5 } };
	struct itimerval it = { { 0, 0 }, { 0, 0 } };
	struct timespec ts = { 0, 1000 };
	struct rlimit rl = { 0, 0 };
	struct sched_param sp;
	char name[17];
	int fd;

	setrlimit(RLIMIT_CORE, &rl);
	getrlimit(RLIMIT_CORE, &rl);
	nanosleep(&ts, &ts);
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, NULL);
	setitimer(ITIMER_REAL, &it, &it);
	alarm(0);
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	timerfd_settime(fd, 0, &its, NULL);
	prctl(PR_SET_NAME, "name");
	prctl(PR_GET_NAME, name);
	prctl(PR_GET_DUMPABLE);
	prctl(PR_SET_PDEATHSIG, 0);
	sched_getparam(0, &sp);
	sched_getscheduler(0);
	getpriority(PRIO_PROCESS, 0);
	syscall(SYS_sched_yield);
	syscall(500, 1, 2, 3, 4, 5, 6);
}

static void
processes(void)
{
	siginfo_t si;
	int st, pid;

	if ((pid = fork()) == 0)
		_exit(3);
	waitpid(pid, &st, 0);
	if ((pid = fork()) == 0) {
		kill(getpid(), SIGTERM);
		pause();
	}
	waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT);
	waitpid(pid, &st, 0);
	waitpid(-1, &st, WNOHANG | WUNTRACED);
}

int
main(void)
{
	files();
	pipes();
	sockets();
	signals();
	memory();
	limits_and_time();
	processes();
	_exit(7);
}
