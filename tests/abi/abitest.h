/*
 * The frame of the ABI tests.
 *
 * Each program of tests/abi is a table of cases.  A case calls the system and
 * prints what it saw; the same binary runs on the real Linux and on Guise and
 * the two transcripts must be equal.  So a transcript holds nothing that may
 * differ between two correct kernels or two runs: no pid, no address, no time,
 * no inode number, no size of a directory.  Print relations instead.
 *
 *	PROG --list	names of the cases
 *	PROG CASE	run one
 *	PROG --all	run all, each with its head and status line
 *
 * A case runs in a process group of its own, in a fresh directory, with
 * descriptors 0 (/dev/null), 1 and 2 only, default signals, umask 022 and no
 * core files.  A watchdog kills it when it hangs.
 */
#ifndef ABITEST_H
#define ABITEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stddef.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct abi_case {
	const char	*name;
	void		(*fn)(void);
};

/* Each program defines these two. */
#define ABI_DIR_MAX	1024

extern const struct abi_case abi_cases[];
extern const char *const abi_prog;

#define CASE(n)		{ #n, case_##n }
#define CASES(prog, ...)						\
	const char *const abi_prog = prog;				\
	const struct abi_case abi_cases[] = { __VA_ARGS__, { NULL, NULL } }

/* Directory of the test programs, absolute; never print it. */
extern char abi_dir[ABI_DIR_MAX];

/* One write(2) to standard output; never buffered, so fork is harmless. */
void	say(const char *, ...) __attribute__((format(printf, 1, 2)));
/* Report a broken test environment and end the case. */
void	die(const char *, ...)
	    __attribute__((format(printf, 1, 2), noreturn));

const char *err_name(int);
const char *sig_name(int);
/* "exited 3", "killed SIGSEGV", "stopped SIGTSTP", "continued" */
const char *status_text(int);

void	abi_val(const char *, long, int);
void	abi_ret(const char *, long, int);
void	abi_yes(const char *, bool);
void	abi_oct(const char *, long, int);

/* Show the value or the errno; only success or the errno; a truth. */
#define VAL(e)	do { errno = 0; long v_ = (long)(e);			\
		abi_val(#e, v_, errno); } while (0)
#define RET(e)	do { errno = 0; long v_ = (long)(e);			\
		abi_ret(#e, v_, errno); } while (0)
#define OCT(e)	do { errno = 0; long v_ = (long)(e);			\
		abi_oct(#e, v_, errno); } while (0)
#define YES(e)	abi_yes(#e, (e))

/* Run statements in a child; show its wait status. */
#define CHILD(...) do {							\
		pid_t pid_ = fork();					\
		if (pid_ < 0)						\
			die("fork: %s", err_name(errno));		\
		if (pid_ == 0) {					\
			__VA_ARGS__;					\
			_exit(0);					\
		}							\
		abi_reap(pid_);						\
	} while (0)
void	abi_reap(pid_t);

/* Must succeed, or the case ends. */
#define MUST(e)	abi_must(#e, (long)(e))
long	abi_must(const char *, long);

/* Write a file whole. */
void	put_file(const char *, const char *, mode_t);
/* Print a file's contents, after a label. */
void	say_file(const char *);
/* Sleep; only to give others a chance, never to order events. */
void	nap_ms(int);
/* Microseconds of CLOCK_MONOTONIC. */
int64_t	now_us(void);
/* Wait until the process (one of ours) sleeps, by /proc/PID/stat. */
void	wait_asleep(pid_t);
/* A page without access, and a page of ours followed by such a one. */
void	*bad_page(void);
char	*edge_page(void);
/* Install a handler with flags and an empty mask. */
void	on_signal(int, void (*)(int), int);
/* Does the descriptor exist? */
bool	fd_open(int);

#endif
