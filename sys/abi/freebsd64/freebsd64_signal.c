/*
 * freebsd64_signal.c: handlers' frames, sigreturn, and FreeBSD's signal calls
 * (FreeBSD's sys/amd64/amd64/exec_machdep.c, sys/kern/kern_sig.c).
 *
 * The frame lies below the red zone; under it the extended state in the host's
 * format, to which mc_xfpustate points (its first 512 bytes are the
 * mc_fpstate that FreeBSD documents).
 */
#include "abi/freebsd64/freebsd64.h"
#include "abi/syscalls.h"
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	REDZONE		128
#define	FB_SS_ONSTACK	1
#define	FB_SS_DISABLE	4
#define	FB_FPFMT_XMM	0x10002
#define	FB_FPOWNED_FPU	0x20001
#define	FB_MC_HASBASES	2
#define	FB_SI_USER	0x10001
#define	FB_SI_QUEUE	0x10002
#define	FB_SI_TIMER	0x10003
#define	FB_SI_KERNEL	0x10006
#define	FB_SI_LWP	0x10007
#define	FB_NSIG		128
#define	FPSTATE_LEGACY	512

static int
code_out(const struct ksiginfo *si)
{
	switch (si->si_code) {
	case SI_USER:
		return (FB_SI_USER);
	case SI_QUEUE:
		return (FB_SI_QUEUE);
	case SI_TIMER:
		return (FB_SI_TIMER);
	case SI_TKILL:
		return (FB_SI_LWP);
	case SI_KERNEL:
		return (FB_SI_KERNEL);
	default:
		break;
	}
	/* Integer overflow and division change places. */
	if (si->si_signo == SIGFPE && (si->si_code == 1 || si->si_code == 2))
		return (3 - si->si_code);
	return (si->si_code);
}

static void
siginfo_out(const struct ksiginfo *si, struct fb_siginfo *fs)
{
	memset(fs, 0, sizeof(*fs));
	fs->signo = fb_sig_out(si->si_signo);
	fs->errno_ = si->si_errno == 0 ? 0 : fb_errno(si->si_errno);
	fs->code = code_out(si);
	if (si->si_signo == SIGCHLD && si->si_code > 0) {
		fs->pid = si->u.chld.pid;
		fs->uid = si->u.chld.uid;
		fs->status = si->si_code == CLD_EXITED ? si->u.chld.status :
		    fb_sig_out(si->u.chld.status);
	} else if (si->si_code > 0 && si->si_code != SI_KERNEL) {
		fs->addr = si->u.fault.addr;
	} else {
		fs->pid = si->u.rt.pid;
		fs->uid = si->u.rt.uid;
		fs->value = si->u.rt.value;
	}
}

static bool
on_altstack(struct thread *td, uaddr_t sp)
{
	const struct kstack *ss = &td->td_sigstk;

	return (!(ss->ss_flags & SS_DISABLE) && sp > ss->ss_sp &&
	    sp - ss->ss_sp <= ss->ss_size);
}

static void
stack_out(struct thread *td, uaddr_t sp, struct fb_stack *fs)
{
	const struct kstack *ss = &td->td_sigstk;

	memset(fs, 0, sizeof(*fs));
	fs->sp = ss->ss_sp;
	fs->size = ss->ss_size;
	if (ss->ss_flags & SS_DISABLE)
		fs->flags = FB_SS_DISABLE;
	else if (on_altstack(td, sp))
		fs->flags = FB_SS_ONSTACK;
}

static void
mcontext_out(struct thread *td, struct fb_mcontext *mc)
{
	const struct trapframe *tf = td->td_frame;
	size_t size;

	mc->mc_onstack = on_altstack(td, tf->tf_rsp);
	mc->mc_rdi = tf->tf_rdi;
	mc->mc_rsi = tf->tf_rsi;
	mc->mc_rdx = tf->tf_rdx;
	mc->mc_rcx = tf->tf_rcx;
	mc->mc_r8 = tf->tf_r8;
	mc->mc_r9 = tf->tf_r9;
	mc->mc_rax = tf->tf_rax;
	mc->mc_rbx = tf->tf_rbx;
	mc->mc_rbp = tf->tf_rbp;
	mc->mc_r10 = tf->tf_r10;
	mc->mc_r11 = tf->tf_r11;
	mc->mc_r12 = tf->tf_r12;
	mc->mc_r13 = tf->tf_r13;
	mc->mc_r14 = tf->tf_r14;
	mc->mc_r15 = tf->tf_r15;
	mc->mc_trapno = (uint32_t)tf->tf_trapno;
	mc->mc_addr = tf->tf_cr2;
	mc->mc_flags = FB_MC_HASBASES;
	mc->mc_err = tf->tf_err;
	mc->mc_rip = tf->tf_rip;
	mc->mc_cs = tf->tf_cs;
	mc->mc_rflags = tf->tf_rflags;
	mc->mc_rsp = tf->tf_rsp;
	mc->mc_ss = tf->tf_ss;
	mc->mc_len = sizeof(*mc);
	mc->mc_fpformat = FB_FPFMT_XMM;
	mc->mc_ownedfp = FB_FPOWNED_FPU;
	memcpy(mc->mc_fpstate, arch_fpstate(td, &size), FPSTATE_LEGACY);
	mc->mc_fsbase = mc->mc_tlsbase = arch_getfsbase(td);
	mc->mc_gsbase = arch_getgsbase(td);
}

int
freebsd64_sendsig(struct thread *td, const struct ksigaction *act,
    const struct ksiginfo *si, ksigset_t oldmask)
{
	struct trapframe *tf = td->td_frame;
	struct fb_sigframe f;
	uaddr_t sp = tf->tf_rsp - REDZONE, fp;

	if ((act->sa_flags & SA_ONSTACK) && td->td_sigstk.ss_size != 0 &&
	    !(td->td_sigstk.ss_flags & SS_DISABLE) &&
	    !on_altstack(td, tf->tf_rsp))
		sp = td->td_sigstk.ss_sp + td->td_sigstk.ss_size;
	memset(&f, 0, sizeof(f));
	fp = rounddown2(sp - arch_fpsize(td), (uaddr_t)64);
	sp = rounddown2(fp - sizeof(f), (uaddr_t)16);
	f.sf_handler = act->sa_handler;
	fb_sigset_out(oldmask, &f.sf_uc.uc_sigmask);
	stack_out(td, tf->tf_rsp, &f.sf_uc.uc_stack);
	mcontext_out(td, &f.sf_uc.uc_mcontext);
	f.sf_uc.uc_mcontext.mc_xfpustate = fp;
	f.sf_uc.uc_mcontext.mc_xfpustate_len = arch_fpsize(td);
	siginfo_out(si, &f.sf_si);
	if (arch_fpstore(td, fp) != 0 || copyout(&f, sp, sizeof(f)) != 0)
		return (-EFAULT);
	tf->tf_rdi = (uint64_t)f.sf_si.signo;
	tf->tf_rsi = act->sa_flags & SA_SIGINFO ?
	    sp + offsetof(struct fb_sigframe, sf_si) :
	    (uint64_t)f.sf_si.code;
	tf->tf_rdx = sp + offsetof(struct fb_sigframe, sf_uc);
	tf->tf_rcx = f.sf_si.addr;
	tf->tf_rsp = sp;
	tf->tf_rip = vm_stackbase(td->td_vm) - FB_SIGCODE_SIZE;
	tf->tf_rflags &= ~(RFLAGS_DF | RFLAGS_TF);
	return (0);
}

long
sys_freebsd_sigreturn(struct thread *td, uaddr_t ucp)
{
	struct trapframe *tf = td->td_frame;
	struct fb_mcontext *mc;
	struct fb_ucontext uc;

	if (copyin(ucp, &uc, sizeof(uc)) != 0)
		return (-EFAULT);
	mc = &uc.uc_mcontext;
	if (mc->mc_len != sizeof(*mc) || mc->mc_rip >= td->td_sysvec->sv_usermax)
		return (-EINVAL);
	if (arch_fpload(td, mc->mc_xfpustate) != 0)
		return (-EINVAL);
	tf->tf_rdi = mc->mc_rdi;
	tf->tf_rsi = mc->mc_rsi;
	tf->tf_rdx = mc->mc_rdx;
	tf->tf_rcx = mc->mc_rcx;
	tf->tf_r8 = mc->mc_r8;
	tf->tf_r9 = mc->mc_r9;
	tf->tf_rax = mc->mc_rax;
	tf->tf_rbx = mc->mc_rbx;
	tf->tf_rbp = mc->mc_rbp;
	tf->tf_r10 = mc->mc_r10;
	tf->tf_r11 = mc->mc_r11;
	tf->tf_r12 = mc->mc_r12;
	tf->tf_r13 = mc->mc_r13;
	tf->tf_r14 = mc->mc_r14;
	tf->tf_r15 = mc->mc_r15;
	tf->tf_rip = mc->mc_rip;
	tf->tf_rsp = mc->mc_rsp;
	tf->tf_rflags = mc->mc_rflags;
	td->td_pflags |= TDP_NORESTORE;
	sig_setmask(td, fb_sigset_in(&uc.uc_sigmask));
	return (0);
}

/* --- calls ------------------------------------------------------------------- */

long
sys_freebsd_sigaction(struct thread *td, int sig, uaddr_t uact, uaddr_t uold)
{
	struct ksigaction act = { 0 }, old;
	struct fb_sigaction fa;
	long r;

	if (fb_sig_in(sig) == 0)
		return (-EINVAL);
	if (uact != 0) {
		if (copyin(uact, &fa, sizeof(fa)) != 0)
			return (-EFAULT);
		act.sa_handler = fa.handler;
		act.sa_flags = fb_saflags_in(fa.flags);
		act.sa_mask = fb_sigset_in(&fa.mask);
	}
	r = kern_sigaction(td, fb_sig_in(sig), uact != 0 ? &act : NULL, &old);
	if (r != 0 || uold == 0)
		return (r);
	memset(&fa, 0, sizeof(fa));
	fa.handler = old.sa_handler;
	fa.flags = fb_saflags_out(old.sa_flags);
	fb_sigset_out(old.sa_mask, &fa.mask);
	return (copyout(&fa, uold, sizeof(fa)));
}

long
sys_freebsd_sigprocmask(struct thread *td, int how, uaddr_t uset, uaddr_t uold)
{
	ksigset_t old = td->td_sigmask, set;
	struct fb_sigset fs;

	if (uset != 0) {
		if (copyin(uset, &fs, sizeof(fs)) != 0)
			return (-EFAULT);
		set = fb_sigset_in(&fs);
		if (how == 1)
			set = old | set;
		else if (how == 2)
			set = old & ~set;
		else if (how != 3)
			return (-EINVAL);
		sig_setmask(td, set);
	}
	if (uold == 0)
		return (0);
	fb_sigset_out(old, &fs);
	return (copyout(&fs, uold, sizeof(fs)));
}

long
sys_freebsd_sigpending(struct thread *td, uaddr_t uset)
{
	struct fb_sigset fs;

	fb_sigset_out(sig_pendingset(td), &fs);
	return (copyout(&fs, uset, sizeof(fs)));
}

long
sys_freebsd_sigsuspend(struct thread *td, uaddr_t uset)
{
	struct fb_sigset fs;
	int error;

	if (copyin(uset, &fs, sizeof(fs)) != 0)
		return (-EFAULT);
	sig_tempmask(td, fb_sigset_in(&fs));
	do
		error = sleep_until(INT64_MAX);
	while (error == 0);
	return (-ERESTARTNOHAND);
}

long
sys_freebsd_sigaltstack(struct thread *td, uaddr_t uss, uaddr_t uold)
{
	struct fb_stack fs, old;

	stack_out(td, td->td_frame->tf_rsp, &old);
	if (uss != 0) {
		if (copyin(uss, &fs, sizeof(fs)) != 0)
			return (-EFAULT);
		if (old.flags & FB_SS_ONSTACK)
			return (-EPERM);
		if (fs.flags & ~FB_SS_DISABLE)
			return (-EINVAL);
		if (!(fs.flags & FB_SS_DISABLE) && fs.size < 2048)
			return (-ENOMEM);
		td->td_sigstk.ss_sp = fs.sp;
		td->td_sigstk.ss_size = fs.size;
		td->td_sigstk.ss_flags = fs.flags & FB_SS_DISABLE ?
		    SS_DISABLE : 0;
	}
	return (uold == 0 ? 0 : copyout(&old, uold, sizeof(old)));
}

static long
signo_in(int sig)
{
	if (sig == 0)
		return (0);
	sig = fb_sig_in(sig);
	return (sig == 0 ? -EINVAL : sig);
}

static void
user_info(struct thread *td, int sig, int code, struct ksiginfo *si)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = sig;
	si->si_code = code;
	si->u.rt.pid = td->td_proc->p_pid;
	si->u.rt.uid = td->td_cred->cr_ruid;
}

long
sys_freebsd_kill(struct thread *td, int pid, int sig)
{
	struct ksiginfo si;
	long n = signo_in(sig);

	if (n < 0)
		return (n);
	user_info(td, (int)n, SI_USER, &si);
	return (kern_kill(td, pid, &si));
}

long
sys_freebsd_thr_kill(struct thread *td, long id, int sig)
{
	struct ksiginfo si;
	long n = signo_in(sig);

	if (n < 0)
		return (n);
	user_info(td, (int)n, SI_TKILL, &si);
	return (kern_tgkill(td, td->td_proc->p_pid, (int)id, &si));
}
