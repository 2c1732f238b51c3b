/*
 * crashat.c: crashat N CMD ARG...: run CMD and kill it (kill -9) right before
 * the Nth system call of its own by which it changes a file's name or
 * attributes.  A commit must survive that.  The status is CMD's.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int
changes_something(unsigned long nr)
{
	switch (nr) {
	case SYS_rename:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_unlink:
	case SYS_unlinkat:
	case SYS_linkat:
	case SYS_symlinkat:
	case SYS_mkdirat:
	case SYS_mknodat:
	case SYS_fchownat:
	case SYS_chmod:
	case SYS_fchmodat:
	case SYS_utimensat:
		return (1);
	default:
		return (0);
	}
}

int
main(int argc, char **argv)
{
	struct user_regs_struct regs;
	long left = argc > 2 ? atol(argv[1]) : 0;
	int st, sig = 0, entry = 0;
	pid_t pid = argc > 2 ? fork() : -1;

	if (pid < 0)
		return (2);
	if (pid == 0) {
		(void)ptrace(PTRACE_TRACEME, 0, 0, 0);
		(void)execv(argv[2], argv + 2);
		_exit(127);
	}
	if (waitpid(pid, &st, 0) != pid || !WIFSTOPPED(st))
		return (2);
	(void)ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD |
	    PTRACE_O_EXITKILL);
	for (;;) {
		(void)ptrace(PTRACE_SYSCALL, pid, 0, sig);
		sig = 0;
		while (waitpid(pid, &st, 0) < 0)
			if (errno != EINTR)
				return (2);
		if (WIFEXITED(st))
			return (WEXITSTATUS(st));
		if (WIFSIGNALED(st))
			return (128 + WTERMSIG(st));
		if (WSTOPSIG(st) != (SIGTRAP | 0x80)) {
			sig = WSTOPSIG(st);
			continue;
		}
		entry = !entry;
		if (entry && ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0 &&
		    changes_something(regs.orig_rax) && --left == 0)
			(void)kill(pid, SIGKILL);
	}
}
