/*
 * linux_sig.c: signal calls at the edge (signal(7), sigaction(2) ...).
 * struct ksigaction, siginfo_t and sets have linux64's layout already.
 */
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "fs/procfs/procfs.h"
#include "arch/amd64/frame.h"
#include "base/thread.h"
#include "kern/pidfd.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

#define	SIGSET_SIZE	8
#define	MINSIGSTKSZ_	2048
#define	SIG_BLOCK_	0
#define	SIG_UNBLOCK_	1
#define	SIG_SETMASK_	2
/* What sigaction(2) keeps; SA_UNSUPPORTED and unknown bits are cleared, so
 * that programs can probe for them. */
#define	SA_KNOWN	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | \
	    SA_EXPOSE_TAGBITS | SA_RESTORER | SA_ONSTACK | SA_RESTART | \
	    SA_NODEFER | SA_RESETHAND)

long
sys_rt_sigaction(struct thread *td, int sig, uaddr_t act, uaddr_t old,
    size_t size)
{
	struct ksigaction a, o;
	long error;

	if (size != SIGSET_SIZE)
		return (-EINVAL);
	if (act != 0) {
		if (copyin(act, &a, sizeof(a)) != 0)
			return (-EFAULT);
		a.sa_flags &= SA_KNOWN;
	}
	error = kern_sigaction(td, sig, act != 0 ? &a : NULL, &o);
	if (error == 0 && old != 0)
		error = copyout(&o, old, sizeof(o));
	return (error);
}

long
sys_rt_sigprocmask(struct thread *td, int how, uaddr_t set, uaddr_t old,
    size_t size)
{
	ksigset_t was = td->td_sigmask, s;

	if (size != SIGSET_SIZE)
		return (-EINVAL);
	if (set != 0) {
		if (copyin(set, &s, sizeof(s)) != 0)
			return (-EFAULT);
		if (how == SIG_BLOCK_)
			s |= was;
		else if (how == SIG_UNBLOCK_)
			s = was & ~s;
		else if (how != SIG_SETMASK_)
			return (-EINVAL);
		sig_setmask(td, s);
	}
	if (old != 0)
		return (copyout(&was, old, sizeof(was)));
	return (0);
}

long
sys_rt_sigpending(struct thread *td, uaddr_t set, size_t size)
{
	ksigset_t s = sig_pendingset(td) & td->td_sigmask;

	if (size > SIGSET_SIZE)
		return (-EINVAL);
	return (copyout(&s, set, size));
}

long
sys_rt_sigsuspend(struct thread *td, uaddr_t set, size_t size)
{
	ksigset_t s;

	if (size != SIGSET_SIZE)
		return (-EINVAL);
	if (copyin(set, &s, sizeof(s)) != 0)
		return (-EFAULT);
	sig_tempmask(td, s);
	while (!thread_interrupted())
		(void)sleep_until(0);
	return (-ERESTARTNOHAND);
}

long
sys_pause(struct thread *td)
{
	while (!thread_interrupted())
		(void)sleep_until(0);
	return (-ERESTARTNOHAND);
}

static void
set_sigwait(struct thread *td, ksigset_t set)
{
	mtx_lock(&td->td_proc->p_siglock);
	td->td_sigwait = set;
	mtx_unlock(&td->td_proc->p_siglock);
}

/* Wait for one of set: its number, -EAGAIN at the deadline, -EINTR. */
static int
sigwait(struct thread *td, ksigset_t set, nsec_t deadline, bool block,
    struct ksiginfo *si)
{
	int sig = sig_take(td, set, si), error = 0;

	if (sig != 0 || !block)
		return (sig != 0 ? sig : -EAGAIN);
	set_sigwait(td, set);
	for (;;) {
		sleep_prepare();
		sig = sig_take(td, set, si);
		if (sig != 0 || error != 0)
			break;
		error = sleep_commit(SLEEP_INTR, deadline);
		if (error == -ERESTARTSYS && !sig_interrupted(td))
			error = 0;
	}
	set_sigwait(td, 0);
	if (sig != 0)
		return (sig);
	return (error == -ETIMEDOUT ? -EAGAIN : -EINTR);
}

long
sys_rt_sigtimedwait(struct thread *td, uaddr_t uset, uaddr_t info,
    uaddr_t timeout, size_t size)
{
	struct timespec64 ts;
	struct ksiginfo si;
	ksigset_t set;
	nsec_t deadline = 0;
	bool block = true;
	int sig;

	if (size != SIGSET_SIZE)
		return (-EINVAL);
	if (copyin(uset, &set, sizeof(set)) != 0)
		return (-EFAULT);
	if (timeout != 0) {
		if (copyin(timeout, &ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!ts_valid(&ts))
			return (-EINVAL);
		block = ts.tv_sec != 0 || ts.tv_nsec != 0;
		deadline = clock_deadline(ts2ns(&ts));
	}
	set &= ~SIGSET_UNBLOCKABLE;
	sig = sigwait(td, set, deadline, block, &si);
	if (sig > 0 && info != 0 && copyout(&si, info, sizeof(si)) != 0)
		return (-EFAULT);
	return (sig);
}

/* --- sending -------------------------------------------------------------------- */

static void
user_info(struct thread *td, struct ksiginfo *si, int sig, int code)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = sig;
	si->si_code = code;
	si->u.rt.pid = td->td_proc->p_pid;
	si->u.rt.uid = td->td_cred->cr_ruid;
}

long
sys_kill(struct thread *td, int pid, int sig)
{
	struct ksiginfo si;

	user_info(td, &si, sig, SI_USER);
	return (kern_kill(td, pid, &si));
}

long
sys_tkill(struct thread *td, int tid, int sig)
{
	struct ksiginfo si;

	user_info(td, &si, sig, SI_TKILL);
	return (kern_tgkill(td, -1, tid, &si));
}

long
sys_tgkill(struct thread *td, int tgid, int tid, int sig)
{
	struct ksiginfo si;

	if (tgid <= 0)
		return (-EINVAL);
	user_info(td, &si, sig, SI_TKILL);
	return (kern_tgkill(td, tgid, tid, &si));
}

/* A siginfo that a guest made: only to itself may it look like the kernel's. */
static int
guest_info(struct thread *td, uaddr_t u, int sig, int pid,
    struct ksiginfo *si)
{
	if (copyin(u, si, sizeof(*si)) != 0)
		return (-EFAULT);
	si->si_signo = sig;
	si->si_pad0 = 0;
	if ((si->si_code >= 0 || si->si_code == SI_TKILL) &&
	    pid != td->td_proc->p_pid)
		return (-EPERM);
	return (0);
}

long
sys_rt_sigqueueinfo(struct thread *td, int pid, int sig, uaddr_t info)
{
	struct ksiginfo si;
	int error = guest_info(td, info, sig, pid, &si);

	if (error != 0)
		return (error);
	if (pid <= 0)
		return (-ESRCH);
	return (kern_kill(td, pid, &si));
}

long
sys_rt_tgsigqueueinfo(struct thread *td, int tgid, int tid, int sig,
    uaddr_t info)
{
	struct ksiginfo si;
	int error;

	if (tgid <= 0 || tid <= 0)
		return (-EINVAL);
	error = guest_info(td, info, sig, tgid, &si);
	return (error != 0 ? error : kern_tgkill(td, tgid, tid, &si));
}

long
sys_pidfd_send_signal(struct thread *td, int fd, int sig, uaddr_t info,
    unsigned flags)
{
	struct ksiginfo si;
	struct file *fp;
	struct proc *p;
	int error = 0;

	if (flags != 0)
		return (-EINVAL);
	fp = fget(fd);
	if (fp == NULL)
		return (-EBADF);
	p = pidfd_proc(fp);
	if (p != NULL)
		proc_hold(p);
	else
		p = procfs_procof(fp);
	if (p == NULL)
		error = -EBADF;
	else if (info == 0)
		user_info(td, &si, sig, SI_USER);
	else {
		error = guest_info(td, info, sig, p->p_pid, &si);
		if (error == 0 && si.si_signo != sig)
			error = -EINVAL;
	}
	if (error == 0)
		error = kern_killproc(td, p, &si);
	if (p != NULL)
		proc_drop(p);
	fdrop(fp);
	return (error);
}

/* --- the rest --------------------------------------------------------------------- */

static bool
on_altstack(struct thread *td, uaddr_t sp)
{
	const struct kstack *ss = &td->td_sigstk;

	if (ss->ss_flags & (int)SS_AUTODISARM)
		return (false);
	return (sp > ss->ss_sp && sp - ss->ss_sp <= ss->ss_size);
}

long
sys_sigaltstack(struct thread *td, uaddr_t uss, uaddr_t uold)
{
	struct kstack old = td->td_sigstk, ss;
	bool on = on_altstack(td, td->td_frame->tf_rsp);
	unsigned mode;

	if (uss != 0) {
		if (copyin(uss, &ss, sizeof(ss)) != 0)
			return (-EFAULT);
		if (on)
			return (-EPERM);
		mode = (unsigned)ss.ss_flags & ~SS_AUTODISARM;
		if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
			return (-EINVAL);
		ss.ss_pad = 0;
		if (mode == SS_DISABLE) {
			ss.ss_sp = 0;
			ss.ss_size = 0;
		} else if (ss.ss_size < MINSIGSTKSZ_)
			return (-ENOMEM);
		td->td_sigstk = ss;
	}
	if (uold == 0)
		return (0);
	old.ss_flags = (int)((unsigned)old.ss_flags & SS_AUTODISARM) |
	    (old.ss_size == 0 ? SS_DISABLE : on ? SS_ONSTACK : 0);
	return (copyout(&old, uold, sizeof(old)));
}

long
sys_restart_syscall(struct thread *td)
{
	long (*fn)(struct thread *) = td->td_restart;

	td->td_restart = NULL;
	return (fn != NULL ? fn(td) : -EINTR);
}
