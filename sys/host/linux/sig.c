/*
 * sig.c: host signals, the trap, forks.
 *
 * The guest's signals are the kernel's alone.  SIGSYS and the kick always get
 * through: handlers run with an empty mask and SA_NODEFER.  Only the handler of
 * a timer's expiry masks the timers, all of them: one that is always due again
 * would pile up frames on the kernel stack until there is none left.  A kick
 * cannot pile up, as only the first sender of an AST kicks.
 */
#include "host/area.h"
#include "host/host.h"
#include "host/linux/hostcall.h"
#include "host/sigctx.h"

#include <asm/errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define	PR_SET_SYSCALL_USER_DISPATCH 59
#endif

extern void host_sigrestorer(void);

static int
sigaction_host(int sig, uaddr_t handler, uint64_t flags, ksigset_t mask)
{
	struct ksigaction act = {
		.sa_handler = handler,
		.sa_flags = flags,
		.sa_mask = mask,
		.sa_restorer = (uaddr_t)host_sigrestorer,
	};

	return ((int)HC(rt_sigaction, sig, &act, 0, 8));
}

int
host_sig_setup(host_sighandler *handler)
{
	static const uint8_t mine[] = { SIGSYS, SIGSEGV, SIGBUS, SIGILL,
	    SIGFPE, SIGTRAP, SIGALRM, SIGVTALRM, SIGPROF, HOST_SIGKICK,
	    HOST_SIGTIMER };
	const ksigset_t timers = SIGBIT(SIGALRM) | SIGBIT(SIGVTALRM) |
	    SIGBIT(SIGPROF) | SIGBIT(HOST_SIGTIMER);
	static const uint8_t ignored[] = { SIGPIPE, SIGXFSZ, SIGHUP, SIGTTIN,
	    SIGTTOU, SIGURG, SIGWINCH, SIGIO, SIGTSTP, SIGCHLD };
	ksigset_t none = 0;
	int error;

	for (size_t i = 0; i < nitems(mine); i++) {
		error = sigaction_host(mine[i], (uaddr_t)handler, SA_SIGINFO |
		    SA_NODEFER | SA_ONSTACK | SA_RESTORER,
		    timers & SIGBIT(mine[i]) ? timers : 0);
		if (error != 0)
			return (error);
	}
	for (size_t i = 0; i < nitems(ignored); i++)
		(void)sigaction_host(ignored[i], SIG_IGN_, SA_RESTORER, 0);
	return ((int)HC(rt_sigprocmask, 2, &none, 0, 8));
}

/* The set of blocked signals, for a moment in which none may come. */
int
host_sigblock(ksigset_t set)
{
	return ((int)HC(rt_sigprocmask, 2, &set, 0, 8));
}

int
host_sigaltstack(uaddr_t base, size_t size)
{
	struct kstack ss = { .ss_sp = base, .ss_size = size };

	return ((int)HC(sigaltstack, &ss, 0));
}

/*
 * Where the host has no dispatch: a filter that lets calls through whose
 * instruction pointer lies in the kernel's text and traps all others.
 */
static int
seccomp_on(uaddr_t text, size_t len)
{
	uint32_t hi = text >> 32, lo = (uint32_t)text;
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, instruction_pointer) + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, hi, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, instruction_pointer)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, lo, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, lo + (uint32_t)len, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
	};
	struct sock_fprog prog = { .len = nitems(f), .filter = f };

	HC(prctl, PR_SET_NO_NEW_PRIVS, 1);
	return ((int)HC(seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog));
}

int
host_trap_on(int how, uaddr_t text, size_t len)
{
	if (how == 2)
		return (seccomp_on(text, len));
	return ((int)HC(prctl, PR_SET_SYSCALL_USER_DISPATCH, 1, text, len, 0));
}

int
host_pdeathsig(int parentpid)
{
	HC(prctl, PR_SET_PDEATHSIG, SIGKILL);
	return (HC(getppid) == parentpid ? 0 : -ESRCH);
}

/* FILES, PARENT, PARENT_SETTID (before the child runs), CHILD_CLEARTID */
long
host_fork(int32_t *pid, uint32_t *alive)
{
	return (HC(clone, 0x400 | 0x8000 | 0x100000 | 0x200000 | SIGCHLD, 0,
	    pid, alive, 0));
}

int
host_arch_prctl(int code, uint64_t v)
{
	return ((int)HC(arch_prctl, code, v));
}

long
host_rawcall(uint64_t nr, const uint64_t a[6])
{
	return (hostcall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]));
}
