/*
 * poll, select, epoll, eventfd, timerfd, signalfd.
 */
#include "abitest.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void
case_poll(void)
{
	struct pollfd f[3];
	int p[2], file;

	MUST(pipe(p));
	file = MUST(open("f", O_RDWR | O_CREAT, 0600));
	f[0] = (struct pollfd){ file, POLLIN | POLLOUT | POLLPRI, 99 };
	f[1] = (struct pollfd){ 99, POLLIN, 99 };
	f[2] = (struct pollfd){ -5, POLLIN, 99 };
	VAL(poll(f, 3, -1));
	say("%x %x %x\n", f[0].revents, f[1].revents, f[2].revents);
	f[0] = (struct pollfd){ p[0], POLLIN, 0 };
	int64_t t0 = now_us();
	VAL(poll(f, 1, 30));
	YES(now_us() - t0 >= 30000);
	VAL(poll(NULL, 0, 5));
	VAL(poll(bad_page(), 1, 0));
	VAL(poll(f, 1000000000, 0));
	VAL(write(p[1], "x", 1));
	VAL(poll(f, 1, -1));
	say("%x\n", f[0].revents);
	f[0].events = POLLIN | POLLRDNORM;
	VAL(poll(f, 1, -1));
	say("%x\n", f[0].revents);
	f[0].fd = 0;
	VAL(poll(f, 1, 0));
	say("%x\n", f[0].revents);
}

static volatile int hits;

static void
count(int sig)
{
	(void)sig;
	hits++;
}

static void
case_ppoll_mask(void)
{
	struct timespec ts = { 5, 0 }, bad = { 0, -1 }, z = { 0, 0 };
	struct pollfd f;
	sigset_t block, none;
	int p[2];

	MUST(pipe(p));
	f = (struct pollfd){ p[0], POLLIN, 0 };
	on_signal(SIGUSR1, count, 0);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	raise(SIGUSR1);
	VAL(ppoll(&f, 1, &ts, &none));
	VAL(hits);
	sigprocmask(SIG_BLOCK, NULL, &none);
	YES(sigismember(&none, SIGUSR1));
	VAL(ppoll(&f, 1, &z, NULL));
	VAL(ppoll(&f, 1, &bad, NULL));
	VAL(syscall(SYS_ppoll, &f, 1, &z, &none, 4));
	VAL(syscall(SYS_ppoll, &f, 1, bad_page(), NULL, 8));
	fd_set r;
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	raise(SIGUSR1);
	sigemptyset(&none);
	VAL(pselect(p[0] + 1, &r, NULL, NULL, &ts, &none));
	VAL(hits);
}

static void
case_select(void)
{
	struct timeval tv = { 0, 10000 }, bad = { 0, -1 };
	fd_set r, w, e;
	int p[2];

	MUST(pipe(p));
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	FD_SET(p[0], &e);
	VAL(select(p[1] + 1, &r, &w, &e, NULL));
	say("%d %d %d\n", !!FD_ISSET(p[0], &r), !!FD_ISSET(p[1], &w),
	    !!FD_ISSET(p[0], &e));
	FD_SET(p[0], &r);
	VAL(select(p[0] + 1, &r, NULL, NULL, &tv));
	say("%ld %ld\n", (long)tv.tv_sec, (long)tv.tv_usec);
	VAL(FD_ISSET(p[0], &r));
	FD_ZERO(&r);
	FD_SET(60, &r);
	VAL(select(61, &r, NULL, NULL, &tv));
	VAL(select(-1, &r, NULL, NULL, &tv));
	VAL(select(0, NULL, NULL, NULL, &bad));
	VAL(select(5, bad_page(), NULL, NULL, &tv));
	VAL(syscall(SYS_select, 0, NULL, NULL, NULL, bad_page()));
	tv.tv_usec = 5000000;
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	VAL(write(p[1], "x", 1));
	VAL(select(p[0] + 1, &r, NULL, NULL, &tv));
	YES(tv.tv_sec >= 4);
	close(p[1]);
	VAL(read(p[0], &tv, 1));
	VAL(select(p[0] + 1, &r, NULL, NULL, NULL));
}

static void
say_events(int e, int timeout)
{
	struct epoll_event ev[8];
	int n = epoll_wait(e, ev, 8, timeout), i;

	say("%d", n);
	for (i = 0; i < n; i++)
		say(" [%llu %x]", (unsigned long long)ev[i].data.u64,
		    ev[i].events);
	say("\n");
}

static int
add(int e, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event ev = { .events = events, .data.u64 = data };

	return (epoll_ctl(e, op, fd, &ev));
}

static void
case_epoll(void)
{
	char c;
	int e, p[2];

	VAL(epoll_create1(EPOLL_CLOEXEC));
	VAL(epoll_create1(0x1));
	VAL(epoll_create(0));
	e = MUST(epoll_create(1));
	MUST(pipe(p));
	VAL(add(e, EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
	VAL(add(e, EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
	VAL(add(e, EPOLL_CTL_MOD, p[1], EPOLLOUT, 2));
	VAL(add(e, EPOLL_CTL_DEL, p[1], 0, 0));
	VAL(add(e, EPOLL_CTL_ADD, 99, EPOLLIN, 0));
	VAL(add(e, EPOLL_CTL_ADD, e, EPOLLIN, 0));
	VAL(add(99, EPOLL_CTL_ADD, p[0], EPOLLIN, 0));
	VAL(add(p[0], EPOLL_CTL_ADD, p[1], EPOLLIN, 0));
	VAL(add(e, 77, p[0], EPOLLIN, 0));
	VAL(syscall(SYS_epoll_ctl, e, EPOLL_CTL_ADD, p[1], bad_page()));
	VAL(add(e, EPOLL_CTL_ADD, MUST(open("f", O_RDWR | O_CREAT, 0600)),
	    EPOLLIN, 0));
	say_events(e, 0);
	VAL(write(p[1], "x", 1));
	say_events(e, -1);
	say_events(e, -1);
	VAL(add(e, EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT, 5));
	say_events(e, -1);
	say_events(e, 0);
	VAL(add(e, EPOLL_CTL_MOD, p[0], EPOLLIN, 6));
	say_events(e, -1);
	VAL(read(p[0], &c, 1));
	say_events(e, 0);
	VAL(add(e, EPOLL_CTL_ADD, p[1], EPOLLOUT, 7));
	say_events(e, -1);
	close(p[1]);
	say_events(e, -1);
	VAL(add(e, EPOLL_CTL_DEL, p[0], 0, 0));
	say_events(e, 0);
	struct epoll_event ev;
	VAL(epoll_wait(e, &ev, 0, 0));
	VAL(epoll_wait(e, &ev, -1, 0));
	VAL(epoll_wait(0, &ev, 1, 0));
	VAL(epoll_wait(99, &ev, 1, 0));
}

static void
case_epoll_edge(void)
{
	char c;
	int e = MUST(epoll_create1(0)), p[2];

	MUST(pipe2(p, O_NONBLOCK));
	VAL(add(e, EPOLL_CTL_ADD, p[0], EPOLLIN | EPOLLET, 1));
	say_events(e, 0);
	VAL(write(p[1], "ab", 2));
	say_events(e, -1);
	say_events(e, 0);
	VAL(read(p[0], &c, 1));
	say_events(e, 0);
	VAL(write(p[1], "c", 1));
	say_events(e, -1);
	while (read(p[0], &c, 1) == 1)
		;
	say_events(e, 0);
	VAL(add(e, EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET, 2));
	say_events(e, 0);
	close(p[1]);
	say_events(e, -1);
}

static void
case_epoll_dup_close(void)
{
	int e = MUST(epoll_create1(0)), p[2], d;

	/* Watched is the open file: it goes with its last descriptor. */
	MUST(pipe(p));
	d = MUST(dup(p[0]));
	VAL(add(e, EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
	VAL(write(p[1], "x", 1));
	close(p[0]);
	say_events(e, 0);
	close(d);
	say_events(e, 0);
}

static void
case_epoll_nested(void)
{
	int a = MUST(epoll_create1(0)), b = MUST(epoll_create1(0)), p[2];
	struct pollfd f;

	MUST(pipe(p));
	VAL(add(b, EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
	VAL(add(a, EPOLL_CTL_ADD, b, EPOLLIN, 2));
	VAL(add(b, EPOLL_CTL_ADD, a, EPOLLIN, 3));
	say_events(a, 0);
	VAL(write(p[1], "x", 1));
	say_events(a, -1);
	f = (struct pollfd){ a, POLLIN, 0 };
	VAL(poll(&f, 1, -1));
	say("%x\n", f.revents);
}

static void
case_epoll_many(void)
{
	struct epoll_event ev[256];
	int e = MUST(epoll_create1(0)), fd[200], i, n, sum = 0, round;

	for (i = 0; i < 200; i++) {
		fd[i] = MUST(eventfd(i % 2, EFD_NONBLOCK));
		MUST(add(e, EPOLL_CTL_ADD, fd[i], EPOLLIN, i));
	}
	n = epoll_wait(e, ev, 256, 0);
	VAL(n);
	for (i = 0; i < n; i++)
		sum += ev[i].data.u64;
	VAL(sum);
	/* With a small array each comes in turn. */
	char seen[200] = "";
	for (round = 0; round < 40; round++) {
		n = epoll_wait(e, ev, 10, 0);
		for (i = 0; i < n; i++)
			seen[ev[i].data.u64] = 1;
	}
	for (sum = i = 0; i < 200; i++)
		sum += seen[i];
	VAL(sum);
}

static void
case_epoll_timeout(void)
{
	struct epoll_event ev;
	struct timespec ts = { 0, 20000000 };
	int e = MUST(epoll_create1(0));
	int64_t t0 = now_us();

	VAL(epoll_wait(e, &ev, 1, 20));
	YES(now_us() - t0 >= 20000);
	VAL(syscall(SYS_epoll_pwait2, e, &ev, 1, &ts, NULL, 8));
	sigset_t s;
	sigemptyset(&s);
	VAL(epoll_pwait(e, &ev, 1, 1, &s));
	VAL(syscall(SYS_epoll_pwait, e, &ev, 1, 1, &s, 3));
}

static int shared_e, shared_p[2];

static void *
late_writer(void *arg)
{
	nap_ms(20);
	if (write(shared_p[1], "x", 1) != 1)
		die("write");
	return (arg);
}

static void
case_epoll_thread(void)
{
	pthread_t t;
	char c;

	shared_e = MUST(epoll_create1(0));
	MUST(pipe(shared_p));
	VAL(add(shared_e, EPOLL_CTL_ADD, shared_p[0], EPOLLIN, 9));
	pthread_create(&t, NULL, late_writer, NULL);
	say_events(shared_e, -1);
	pthread_join(t, NULL);
	VAL(read(shared_p[0], &c, 1));
	/* Added while another waits. */
	CHILD(say_events(shared_e, 0); late_writer(NULL));
	say_events(shared_e, -1);
}

static void
case_eventfd(void)
{
	uint64_t v = 5, r = 0;
	struct pollfd f;
	int fd = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);

	VAL(fcntl(fd, F_GETFD));
	VAL(write(fd, &v, 8));
	VAL(read(fd, &r, 8));
	VAL(r);
	VAL(read(fd, &r, 8));
	VAL(read(fd, &r, 4));
	VAL(write(fd, &v, 4));
	v = -1;
	VAL(write(fd, &v, 8));
	v = -2;
	VAL(write(fd, &v, 8));
	v = 1;
	VAL(write(fd, &v, 8));
	f = (struct pollfd){ fd, POLLIN | POLLOUT, 0 };
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	VAL(read(fd, &r, 8));
	YES(r == -2UL);
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	fd = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	VAL(read(fd, &r, 8));
	VAL(r);
	VAL(read(fd, &r, 8));
	VAL(read(fd, &r, 8));
	VAL(eventfd(0, 0x100));
	VAL(read(fd, bad_page(), 8));
	fd = MUST(eventfd(0, 0));
	CHILD(v = 77; nap_ms(10); VAL(write(fd, &v, 8)));
	VAL(read(fd, &r, 8));
	VAL(r);
}

static void
case_timerfd(void)
{
	struct itimerspec its, cur;
	struct pollfd f;
	uint64_t n = 0;
	int fd;

	VAL(timerfd_create(99, 0));
	VAL(timerfd_create(CLOCK_MONOTONIC, 0x1));
	fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	VAL(read(fd, &n, 8));
	memset(&its, 0, sizeof(its));
	its.it_value.tv_nsec = 10000000;
	VAL(timerfd_settime(fd, 0, &its, NULL));
	f = (struct pollfd){ fd, POLLIN, 0 };
	VAL(poll(&f, 1, -1));
	say("%x\n", f.revents);
	VAL(read(fd, &n, 8));
	VAL(n);
	VAL(read(fd, &n, 8));
	its.it_interval.tv_nsec = 1000000;
	VAL(timerfd_settime(fd, 0, &its, NULL));
	nap_ms(40);
	VAL(read(fd, &n, 8));
	YES(n > 10);
	VAL(read(fd, &n, 4));
	its.it_value.tv_sec = 100;
	its.it_interval.tv_sec = 5;
	VAL(timerfd_settime(fd, 0, &its, NULL));
	VAL(timerfd_gettime(fd, &cur));
	YES(cur.it_value.tv_sec >= 99 && cur.it_interval.tv_sec == 5);
	VAL(timerfd_settime(fd, 0, &(struct itimerspec){ 0 }, &cur));
	YES(cur.it_value.tv_sec >= 99);
	VAL(timerfd_gettime(fd, &cur));
	say("%ld %ld\n", (long)cur.it_value.tv_sec, cur.it_value.tv_nsec);
	clock_gettime(CLOCK_MONOTONIC, &its.it_value);
	its.it_value.tv_sec--;
	its.it_interval = (struct timespec){ 0, 0 };
	VAL(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	VAL(poll(&f, 1, -1));
	VAL(read(fd, &n, 8));
	VAL(n);
	its.it_value.tv_nsec = -1;
	VAL(timerfd_settime(fd, 0, &its, NULL));
	VAL(timerfd_settime(fd, 99, &its, NULL));
	VAL(timerfd_settime(0, 0, &its, NULL));
	VAL(timerfd_gettime(fd, bad_page()));
	fd = MUST(timerfd_create(CLOCK_REALTIME, 0));
	its.it_value = (struct timespec){ 0, 5000000 };
	VAL(timerfd_settime(fd, 0, &its, NULL));
	VAL(read(fd, &n, 8));
	VAL(n);
}

static void
case_signalfd(void)
{
	struct signalfd_siginfo si[3];
	struct pollfd f;
	sigset_t s;
	int fd;

	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigaddset(&s, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s, NULL);
	fd = MUST(signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC));
	VAL(read(fd, si, sizeof(si)));
	f = (struct pollfd){ fd, POLLIN, 0 };
	VAL(poll(&f, 1, 0));
	kill(getpid(), SIGUSR1);
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	VAL(read(fd, si, 10));
	VAL(read(fd, si, sizeof(si)));
	say("%d code %d pid %d\n", si[0].ssi_signo, si[0].ssi_code,
	    si[0].ssi_pid == (uint32_t)getpid());
	CHILD(_exit(3));
	VAL(read(fd, si, sizeof(si)));
	say("%d code %d status %d\n", si[0].ssi_signo, si[0].ssi_code,
	    si[0].ssi_status);
	sigemptyset(&s);
	sigaddset(&s, SIGUSR2);
	VAL(signalfd(fd, &s, 0) == fd);
	kill(getpid(), SIGUSR1);
	VAL(read(fd, si, sizeof(si)));
	sigprocmask(SIG_BLOCK, &s, NULL);
	raise(SIGUSR2);
	VAL(read(fd, si, sizeof(si)));
	VAL(signalfd(0, &s, 0));
	VAL(signalfd(-1, &s, 0x1));
	VAL(syscall(SYS_signalfd4, -1, &s, 4, 0));
	VAL(syscall(SYS_signalfd4, -1, bad_page(), 8, 0));
}

static void
case_epoll_mixed(void)
{
	int e = MUST(epoll_create1(0)), ev, tm, sg;
	struct itimerspec its = { { 0, 0 }, { 0, 5000000 } };
	uint64_t v = 1;
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	ev = MUST(eventfd(0, 0));
	tm = MUST(timerfd_create(CLOCK_MONOTONIC, 0));
	sg = MUST(signalfd(-1, &s, 0));
	MUST(add(e, EPOLL_CTL_ADD, ev, EPOLLIN, 1));
	MUST(add(e, EPOLL_CTL_ADD, tm, EPOLLIN, 2));
	MUST(add(e, EPOLL_CTL_ADD, sg, EPOLLIN, 3));
	MUST(timerfd_settime(tm, 0, &its, NULL));
	say_events(e, -1);
	VAL(read(tm, &v, 8));
	CHILD(v = 1; if (write(ev, &v, 8) != 8) _exit(1));
	say_events(e, -1);
	VAL(read(ev, &v, 8));
	kill(getpid(), SIGUSR1);
	say_events(e, -1);
}

CASES("poll_epoll",
	CASE(poll), CASE(ppoll_mask), CASE(select), CASE(epoll),
	CASE(epoll_edge), CASE(epoll_dup_close), CASE(epoll_nested),
	CASE(epoll_many), CASE(epoll_timeout), CASE(epoll_thread),
	CASE(eventfd), CASE(timerfd), CASE(signalfd), CASE(epoll_mixed));
