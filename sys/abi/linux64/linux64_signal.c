/*
 * linux64_signal.c: linux64's registers of a call, and its signal frames
 * (sigaction(2), sigreturn(2), <asm/sigcontext.h>, <asm/ucontext.h>).
 *
 * The frame, from its lowest address, where the handler finds %rsp:
 *
 *	return address (sa_restorer)
 *	struct ucontext with the registers
 *	siginfo_t
 *	padding to 64
 *	extended state, as arch_fpstore writes it
 *	128 bytes of red zone, unless a new stack was entered
 */
#include "abi/linux64/linux64.h"
#include "abi/syscalls.h"
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/copy.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	NR_RESTART_SYSCALL	219

#define	UC_FP_XSTATE		1
#define	UC_SIGCONTEXT_SS	2
#define	UC_STRICT_RESTORE_SS	4

#define	USER_CS32	0x23
#define	RED_ZONE	128

/* The registers in struct sigcontext's order, which is the trapframe's. */
#define	NGREGS		18

struct l64_ucontext {
	uint64_t	uc_flags;
	uint64_t	uc_link;
	struct kstack	uc_stack;
	uint64_t	uc_gregs[NGREGS];
	uint16_t	uc_cs, uc_gs, uc_fs, uc_ss;
	uint64_t	uc_err, uc_trapno, uc_oldmask, uc_cr2;
	uint64_t	uc_fpstate;
	uint64_t	uc_reserved[8];
	uint64_t	uc_sigmask;
};
_Static_assert(sizeof(struct l64_ucontext) == 304, "struct ucontext");
_Static_assert(offsetof(struct trapframe, tf_cs) == NGREGS * 8,
    "registers are copied as one block");

struct l64_rtframe {
	uint64_t		rf_pretcode;
	struct l64_ucontext	rf_uc;
	struct ksiginfo		rf_info;
};

void
linux64_fetch(struct thread *td, struct trapframe *tf, uint64_t *nr,
    uint64_t args[6])
{
	tf->tf_nr = tf->tf_rax;
	*nr = (uint32_t)tf->tf_rax;	/* as Linux: the low half counts */
	args[0] = tf->tf_rdi;
	args[1] = tf->tf_rsi;
	args[2] = tf->tf_rdx;
	args[3] = tf->tf_r10;
	args[4] = tf->tf_r8;
	args[5] = tf->tf_r9;
}

void
linux64_setret(struct thread *td, struct trapframe *tf, long ret)
{
	tf->tf_rax = (uint64_t)ret;
	tf->tf_rcx = tf->tf_rip;
	tf->tf_r11 = tf->tf_rflags;
}

void
linux64_restart(struct thread *td, struct trapframe *tf, bool restartblock)
{
	tf->tf_rax = restartblock ? NR_RESTART_SYSCALL : tf->tf_nr;
	tf->tf_rip -= tf->tf_trapsite;
}

/* --- sending ------------------------------------------------------------------ */

static bool
on_stack(const struct kstack *ss, uaddr_t sp)
{
	if (ss->ss_flags & (int)SS_AUTODISARM)
		return (false);
	return (sp > ss->ss_sp && sp - ss->ss_sp <= ss->ss_size);
}

static bool
in_stack(const struct kstack *ss, uaddr_t sp)
{
	return (sp > ss->ss_sp && sp - ss->ss_sp <= ss->ss_size);
}

/* Where the frame goes: 0 or -EFAULT (it would not fit). */
static int
place(struct thread *td, const struct ksigaction *act, uaddr_t *frame,
    uaddr_t *fp)
{
	const struct kstack *ss = &td->td_sigstk;
	uaddr_t sp = td->td_frame->tf_rsp;
	bool alt = on_stack(ss, sp);

	sp -= RED_ZONE;
	if ((act->sa_flags & SA_ONSTACK) && ss->ss_size != 0 &&
	    !(ss->ss_flags & SS_DISABLE) && !on_stack(ss, sp)) {
		sp = ss->ss_sp + ss->ss_size;
		alt = true;
	}
	sp = rounddown2(sp - arch_fpsize(td), 64UL);
	*fp = sp;
	sp = rounddown2(sp - sizeof(struct l64_rtframe), 16UL) - 8;
	*frame = sp;
	if (alt && !in_stack(ss, sp))
		return (-EFAULT);
	return (0);
}

int
linux64_sendsig(struct thread *td, const struct ksigaction *act,
    const struct ksiginfo *si, ksigset_t oldmask)
{
	struct trapframe *tf = td->td_frame;
	struct l64_rtframe f;
	uaddr_t at, fp;

	if (!(act->sa_flags & SA_RESTORER))
		return (-EFAULT);
	if (place(td, act, &at, &fp) != 0 || arch_fpstore(td, fp) != 0)
		return (-EFAULT);
	memset(&f, 0, sizeof(f));
	f.rf_pretcode = act->sa_restorer;
	f.rf_uc.uc_flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS |
	    UC_STRICT_RESTORE_SS;
	f.rf_uc.uc_stack = td->td_sigstk;
	memcpy(f.rf_uc.uc_gregs, tf, sizeof(f.rf_uc.uc_gregs));
	f.rf_uc.uc_cs = tf->tf_cs;
	f.rf_uc.uc_ss = tf->tf_ss;
	f.rf_uc.uc_err = tf->tf_err;
	f.rf_uc.uc_trapno = tf->tf_trapno;
	f.rf_uc.uc_cr2 = tf->tf_cr2;
	f.rf_uc.uc_oldmask = oldmask;
	f.rf_uc.uc_fpstate = fp;
	f.rf_uc.uc_sigmask = oldmask;
	f.rf_info = *si;
	if (copyout(&f, at, sizeof(f)) != 0)
		return (-EFAULT);
	if (td->td_sigstk.ss_flags & (int)SS_AUTODISARM)
		td->td_sigstk = (struct kstack){ .ss_flags = SS_DISABLE };
	tf->tf_rdi = (uint64_t)si->si_signo;
	tf->tf_rax = 0;
	tf->tf_rsi = at + offsetof(struct l64_rtframe, rf_info);
	tf->tf_rdx = at + offsetof(struct l64_rtframe, rf_uc);
	tf->tf_rip = act->sa_handler;
	tf->tf_rsp = at;
	tf->tf_rflags &= ~(RFLAGS_DF | RFLAGS_TF | RFLAGS_RF);
	tf->tf_cs = USER_CS;
	tf->tf_ss = USER_DS;
	return (0);
}

/* --- returning ------------------------------------------------------------------ */

static int
restore(struct thread *td)
{
	struct trapframe *tf = td->td_frame;
	struct l64_ucontext uc;
	uaddr_t u = tf->tf_rsp - sizeof(uint64_t) +
	    offsetof(struct l64_rtframe, rf_uc);
	uint16_t cs, ss;

	if (copyin(u, &uc, sizeof(uc)) != 0)
		return (-EFAULT);
	/* The host's own return takes canonical addresses only. */
	if (uc.uc_gregs[16] > USER_MAX)
		return (-EFAULT);
	cs = uc.uc_cs == USER_CS32 ? USER_CS32 : USER_CS;
	ss = uc.uc_flags & UC_SIGCONTEXT_SS && uc.uc_ss != 0 ? USER_DS :
	    tf->tf_ss;
	if (arch_fpload(td, uc.uc_fpstate) != 0)
		return (-EFAULT);
	memcpy(tf, uc.uc_gregs, sizeof(uc.uc_gregs));
	tf->tf_rflags = (tf->tf_rflags & RFLAGS_USER) | RFLAGS_IF;
	tf->tf_cs = cs;
	tf->tf_ss = ss;
	tf->tf_nr = ~0UL;
	sig_setmask(td, uc.uc_sigmask);
	/* sigaltstack(2) by another way; what it refuses is ignored. */
	if (!on_stack(&td->td_sigstk, tf->tf_rsp) &&
	    ((uint32_t)uc.uc_stack.ss_flags & ~SS_AUTODISARM) <= SS_DISABLE)
		td->td_sigstk = uc.uc_stack;
	return (0);
}

long
sys_rt_sigreturn(struct thread *td)
{
	struct ksiginfo si;

	td->td_pflags |= TDP_NORESTORE;
	if (restore(td) != 0) {
		memset(&si, 0, sizeof(si));
		si.si_signo = SIGSEGV;
		si.si_code = SI_KERNEL;
		sig_force(td, &si);
	}
	return (0);
}
