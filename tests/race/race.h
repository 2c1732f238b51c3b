/*
 * What the race tests share.  Each is one program: PROG [ROUNDS] runs that
 * many rounds and prints "ok NAME ROUNDS", or says what was violated and
 * ends with status 1.  A hang is a violation too: the runner's watchdog.
 */
#ifndef RACE_H
#define RACE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNUSED	__attribute__((unused))

static UNUSED void __attribute__((format(printf, 1, 2), noreturn))
violation(const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	int n;

	n = snprintf(buf, sizeof(buf), "violation: ");
	va_start(ap, fmt);
	n += vsnprintf(buf + n, sizeof(buf) - n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(buf) - 2)
		n = sizeof(buf) - 2;
	buf[n++] = '\n';
	if (write(1, buf, n) < 0)
		_exit(2);
	kill(0, SIGTERM);
	_exit(1);
}

/* Must hold, else the test ends. */
#define CHECK(e)							\
	((e) ? (void)0 : violation("%s:%d: %s (errno %d)", __FILE__,	\
	    __LINE__, #e, errno))

static UNUSED int
rounds_of(int argc, char **argv, int dflt)
{
	int n = argc > 1 ? atoi(argv[1]) : dflt;

	setpgid(0, 0);
	signal(SIGTERM, SIG_DFL);
	return (n > 0 ? n : dflt);
}

static UNUSED int
ok(const char *name, int rounds)
{
	printf("ok %s %d\n", name, rounds);
	return (0);
}

static UNUSED uint32_t
rnd(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8);
}

/* Burn a random little while, so that rounds differ in their timing. */
static UNUSED void
jitter(uint32_t *seed)
{
	volatile uint32_t i, n = rnd(seed) % 16;

	n = n < 12 ? n * 60 : n < 15 ? n * 600 : 0;
	for (i = 0; i < n; i++)
		;
	if (rnd(seed) % 8 == 0)
		sched_yield();
}

static UNUSED void *
shared_mem(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return (p);
}

static UNUSED void
handle(int sig, void (*fn)(int), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = fn;
	sa.sa_flags = flags;
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static UNUSED pthread_t
spawn(void *(*fn)(void *), void *arg)
{
	pthread_t t;

	CHECK(pthread_create(&t, NULL, fn, arg) == 0);
	return (t);
}

/* Wait for one child; its status must be this exit code. */
static UNUSED void
reap_exit(pid_t pid, int code)
{
	int st;
	pid_t r;

	do
		r = waitpid(pid, &st, 0);
	while (r < 0 && errno == EINTR);
	CHECK(r == pid);
	if (!WIFEXITED(st) || WEXITSTATUS(st) != code)
		violation("status %x, not exit %d", st, code);
}

static UNUSED void
reap_killed(pid_t pid, int sig)
{
	int st;
	pid_t r;

	do
		r = waitpid(pid, &st, 0);
	while (r < 0 && errno == EINTR);
	CHECK(r == pid);
	if (!WIFSIGNALED(st) || WTERMSIG(st) != sig)
		violation("status %x, not killed by %d", st, sig);
}

#endif
