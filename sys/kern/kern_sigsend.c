/*
 * kern_sigsend.c: generating signals.
 *
 * All queues, masks (to be read) and dispositions of a process are under its
 * p_siglock, and so is its list of threads, so a sender needs no other lock
 * and may run under nearly any.  After queueing, one thread that may take the
 * signal is interrupted; SIGKILL interrupts all.
 *
 * Stop against continue and kill: generating SIGCONT removes all pending stop
 * signals and ends a stop; generating a stop signal removes SIGCONT; SIGKILL
 * ends a stop.  A stop signal that was taken but not yet acted on
 * (PS_DEQUEUED) is cancelled by either.
 */
#include "base/kmem.h"
#include "base/rec.h"
#include "kern/kern_int.h"
#include "kern/pidfd.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/poll.h"

static const uint8_t defaults[32] = {
	[SIGQUIT] = SD_CORE, [SIGILL] = SD_CORE, [SIGTRAP] = SD_CORE,
	[SIGABRT] = SD_CORE, [SIGBUS] = SD_CORE, [SIGFPE] = SD_CORE,
	[SIGSEGV] = SD_CORE, [SIGXCPU] = SD_CORE, [SIGXFSZ] = SD_CORE,
	[SIGSYS] = SD_CORE, [SIGCHLD] = SD_IGN, [SIGURG] = SD_IGN,
	[SIGWINCH] = SD_IGN, [SIGCONT] = SD_CONT, [SIGSTOP] = SD_STOP,
	[SIGTSTP] = SD_STOP, [SIGTTIN] = SD_STOP, [SIGTTOU] = SD_STOP,
};

enum sigdefault
sig_default(int sig)
{
	return (sig < 32 ? defaults[sig] : SD_TERM);
}

static bool
handler_ignores(struct proc *p, int sig)
{
	uaddr_t h = p->p_sigacts->sa_act[sig - 1].sa_handler;

	return (h == SIG_IGN_ || (h == SIG_DFL_ &&
	    (sig_default(sig) == SD_IGN || sig_default(sig) == SD_CONT)));
}

bool
sig_ignored(struct proc *p, int sig)
{
	return (handler_ignores(p, sig));
}

static struct thread *
first_live(struct proc *p)
{
	struct thread *td;

	list_foreach(td, &p->p_threads, td_plist)
		if (thread_live(td))
			return (td);
	return (NULL);
}

/* Signals from terminal and warden reach even a jail's init. */
static bool
forced(const struct ksiginfo *si)
{
	return (si->si_code == SI_KERNEL && (si->si_signo == SIGINT ||
	    si->si_signo == SIGQUIT || si->si_signo == SIGTERM ||
	    si->si_signo == SIGHUP || si->si_signo == SIGTSTP));
}

static bool
dropped(struct proc *p, struct thread *td, int sig, uint32_t flags)
{
	ksigset_t bit = SIGBIT(sig);

	if (td == NULL)
		td = first_live(p);
	if (td == NULL || (p->p_flags & PF_KERNEL))
		return (true);
	if ((p->p_flags & PF_INIT) && !(flags & SQ_FORCE) &&
	    p->p_sigacts->sa_act[sig - 1].sa_handler == SIG_DFL_ &&
	    (!(td->td_sigmask & bit) || (bit & SIGSET_UNBLOCKABLE)))
		return (true);
	if ((td->td_sigmask | td->td_sigwait) & bit)
		return (false);
	return (handler_ignores(p, sig));
}

/* --- queues --------------------------------------------------------------------- */

static void
queue_remove(struct proc *p, struct list *q, ksigset_t *pend, ksigset_t set)
{
	struct sigq *sq, *next;

	if (!(*pend & set))
		return;
	list_foreach_safe(sq, next, q, sq_link)
		if (SIGBIT(sq->sq_info.si_signo) & set) {
			list_del(&sq->sq_link);
			kfree(sq);
			p->p_nsigq--;
		}
	*pend &= ~set;
}

void
sig_flush(struct proc *p, ksigset_t set)
{
	struct thread *td;

	queue_remove(p, &p->p_sigq, &p->p_sigpend, set);
	list_foreach(td, &p->p_threads, td_plist)
		queue_remove(p, &td->td_sigq, &td->td_sigpend, set);
}

/* A record about to be freed. */
void
sig_flushthread(struct thread *td)
{
	mtx_lock(&td->td_proc->p_siglock);
	queue_remove(td->td_proc, &td->td_sigq, &td->td_sigpend, ~0ULL);
	mtx_unlock(&td->td_proc->p_siglock);
}

static void
wake_all(struct proc *p)
{
	struct thread *td;

	list_foreach(td, &p->p_threads, td_plist)
		if (thread_live(td))
			thread_kill(td);
}

void
sig_unstop(struct proc *p)
{
	uint32_t was = p->p_stopstate;

	p->p_stopstate &= ~(uint32_t)(PS_ISSTOPPED | PS_STOPPED |
	    PS_DEQUEUED | PS_ALLPARKED | PS_NOTECONT);
	if (was & PS_ISSTOPPED)
		wake_all(p);
}

/* What generating a signal does to stops, before it is even queued. */
static void
prepare(struct proc *p, int sig)
{
	bool was = (p->p_stopstate & PS_ISSTOPPED) != 0;

	if (SIGBIT(sig) & SIGSET_STOP) {
		sig_flush(p, SIGBIT(SIGCONT));
	} else if (sig == SIGCONT) {
		sig_flush(p, SIGSET_STOP);
		sig_unstop(p);
		if (was)
			p->p_stopstate |= PS_CONTINUED | PS_NOTECONT;
	} else if (sig == SIGKILL) {
		sig_unstop(p);
	}
}

/* --- waking ---------------------------------------------------------------------- */

static void
wake_target(struct proc *p, struct thread *td, int sig)
{
	ksigset_t bit = SIGBIT(sig);
	struct thread *t;

	if (sig == SIGKILL) {
		wake_all(p);
		return;
	}
	if (td != NULL) {
		if (!(td->td_sigmask & bit))
			thread_interrupt(td);
		else if (td->td_sigwait & bit)
			thread_wake(td);
		return;
	}
	/* The first thread when it can, else any that can. */
	list_foreach(t, &p->p_threads, td_plist) {
		if (!thread_live(t) || (t->td_sigmask & bit))
			continue;
		thread_interrupt(t);
		return;
	}
	list_foreach(t, &p->p_threads, td_plist)
		if (thread_live(t) && (t->td_sigwait & bit)) {
			thread_wake(t);
			return;
		}
}

/*
 * td blocks, or exits: signals of the process that were left for it must be
 * taken by others.
 */
void
sig_retarget(struct proc *p, struct thread *td, ksigset_t set)
{
	ksigset_t left = p->p_sigpend & set;
	struct thread *t;

	if (left == 0)
		return;
	list_foreach(t, &p->p_threads, td_plist) {
		if (t == td || !thread_live(t) || !(left & ~t->td_sigmask))
			continue;
		thread_interrupt(t);
		left &= t->td_sigmask;
		if (left == 0)
			break;
	}
}

/* --- sending --------------------------------------------------------------------- */

int
sig_enqueue(struct proc *p, struct thread *td, const struct ksiginfo *si,
    uint32_t flags)
{
	int sig = si->si_signo;
	ksigset_t *pend = td != NULL ? &td->td_sigpend : &p->p_sigpend;
	struct list *q = td != NULL ? &td->td_sigq : &p->p_sigq;
	struct sigq *sq = NULL;

	mtx_assert_owned(&p->p_siglock);
	if (forced(si))
		flags |= SQ_FORCE;
	if (td != NULL && !thread_live(td))
		return (0);
	if (!(p->p_flags & (PF_INIT | PF_KERNEL)) || (flags & SQ_FORCE) ||
	    sig == SIGCONT)
		prepare(p, sig);
	if (dropped(p, td, sig, flags)) {
		/* A tracer wants to hear of it. */
		if (rec_traced() && (td = first_live(p)) != NULL)
			recroot()->rr_ops->to_signal(td, si, true);
		return (0);
	}
	if (sig < SIGRTMIN_ && (*pend & SIGBIT(sig)))
		return (0);
	if (p->p_nsigq < proc_rlimit(p, RLIMIT_SIGPENDING_) ||
	    sig == SIGKILL)
		sq = KNEW(struct sigq);
	if (sq == NULL && sig >= SIGRTMIN_ && si->si_code != SI_USER)
		return (-EAGAIN);
	if (sq != NULL) {
		sq->sq_flags = flags;
		sq->sq_info = *si;
		list_add_tail(q, &sq->sq_link);
		p->p_nsigq++;
	}
	*pend |= SIGBIT(sig);
	wake_target(p, td, sig);
	(void)waitq_wake(&p->p_sigwq, WAKE_ALL, POLLIN);
	return (sq != NULL ? 1 : 0);
}

int
sig_proc_flags(struct proc *p, const struct ksiginfo *si, uint32_t flags)
{
	int error;

	mtx_lock(&p->p_siglock);
	error = sig_enqueue(p, NULL, si, flags);
	mtx_unlock(&p->p_siglock);
	return (kmin(error, 0));
}

int
sig_proc(struct proc *p, const struct ksiginfo *si)
{
	return (sig_proc_flags(p, si, 0));
}

int
sig_thread(struct thread *td, const struct ksiginfo *si)
{
	struct proc *p = td->td_proc;
	int error;

	mtx_lock(&p->p_siglock);
	error = sig_enqueue(p, td, si, 0);
	mtx_unlock(&p->p_siglock);
	return (kmin(error, 0));
}

static void
kernel_info(struct ksiginfo *si, int sig)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = sig;
	si->si_code = SI_KERNEL;
}

void
sig_kernel(struct proc *p, int sig)
{
	struct ksiginfo si;

	kernel_info(&si, sig);
	(void)sig_proc(p, &si);
}

void
sig_thread_kernel(struct thread *td, int sig)
{
	struct ksiginfo si;

	kernel_info(&si, sig);
	(void)sig_thread(td, &si);
}

void
sig_kill(struct proc *p)
{
	struct ksiginfo si;

	kernel_info(&si, SIGKILL);
	(void)sig_proc_flags(p, &si, SQ_FORCE);
}

int
sig_pgrp_locked(struct pgrp *pg, const struct ksiginfo *si)
{
	struct proc *p;
	int n = 0;

	mtx_assert_owned(&kern()->k_treelock);
	list_foreach(p, &pg->pg_members, p_pglink) {
		(void)sig_proc(p, si);
		n++;
	}
	return (n);
}

int
sig_pgrp(int pgid, const struct ksiginfo *si)
{
	struct pgrp *pg;
	int n = 0;

	mtx_lock(&kern()->k_treelock);
	pg = pgrp_find(pgid);
	if (pg != NULL)
		n = sig_pgrp_locked(pg, si);
	mtx_unlock(&kern()->k_treelock);
	return (n);
}

/* force_sig(9): the fault cannot wait and cannot be ignored. */
void
sig_force(struct thread *td, const struct ksiginfo *si)
{
	struct proc *p = td->td_proc;
	struct ksigaction *act = &p->p_sigacts->sa_act[si->si_signo - 1];
	ksigset_t bit = SIGBIT(si->si_signo);

	mtx_lock(&p->p_siglock);
	if (act->sa_handler == SIG_IGN_ || (td->td_sigmask & bit)) {
		act->sa_handler = SIG_DFL_;
		td->td_sigmask &= ~bit;
	}
	queue_remove(p, &td->td_sigq, &td->td_sigpend, bit);
	(void)sig_enqueue(p, td, si, SQ_FORCE);
	mtx_unlock(&p->p_siglock);
	atomic_or(&td->td_flags, TDF_AST);
}

/* --- kill(2) and friends ------------------------------------------------------------ */

/* Tree lock held. */
static int
permit(struct thread *td, struct proc *p, int sig)
{
	struct ucred *cr = td->td_cred, *tcr;
	struct thread *t;
	bool ok;

	if (p == td->td_proc || cred_priv(cr, PRIV_KILL))
		return (0);
	mtx_lock(&p->p_lock);
	t = proc_first(p);
	tcr = t != NULL ? t->td_cred : NULL;
	ok = tcr != NULL && (cr->cr_uid == tcr->cr_suid ||
	    cr->cr_uid == tcr->cr_ruid || cr->cr_ruid == tcr->cr_suid ||
	    cr->cr_ruid == tcr->cr_ruid);
	mtx_unlock(&p->p_lock);
	if (!ok && sig == SIGCONT && p->p_pgrp != NULL &&
	    p->p_pgrp->pg_session == td->td_proc->p_pgrp->pg_session)
		ok = true;
	return (ok ? 0 : -EPERM);
}

int
sig_permit(struct thread *td, struct proc *p, int sig)
{
	int error;

	mtx_lock(&kern()->k_treelock);
	error = permit(td, p, sig);
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

static int
kill_one(struct thread *td, struct proc *p, const struct ksiginfo *si)
{
	int error = permit(td, p, si->si_signo);

	if (error != 0 || si->si_signo == 0)
		return (error);
	return (sig_proc(p, si));
}

int
kern_killproc(struct thread *td, struct proc *p, const struct ksiginfo *si)
{
	int error;

	if (si->si_signo < 0 || si->si_signo > KNSIG)
		return (-EINVAL);
	mtx_lock(&kern()->k_treelock);
	error = p->p_state == P_DEAD ? -ESRCH : kill_one(td, p, si);
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

long
kern_kill(struct thread *td, int pid, const struct ksiginfo *si)
{
	struct proc *self = td->td_proc, *p;
	struct pgrp *pg;
	int error, denied = 0, sent = 0;
	long ret;

	if (si->si_signo < 0 || si->si_signo > KNSIG)
		return (-EINVAL);
	if (pid == INT32_MIN)
		return (-ESRCH);
	mtx_lock(&kern()->k_treelock);
	if (pid > 0) {
		p = proc_lookup(pid);
		if (p == NULL) {	/* a thread's id names its process */
			struct thread *t = tid_lookup(pid);

			p = t != NULL ? t->td_proc : NULL;
		}
		ret = p == NULL || p->p_state == P_NEW ? -ESRCH :
		    kill_one(td, p, si);
		goto out;
	}
	if (pid == -1) {
		list_foreach(p, &kern()->k_procs, p_alllink) {
			if (p == self || p == kern()->k_init)
				continue;
			error = kill_one(td, p, si);
			if (error == -EPERM)
				denied = 1;
			else
				sent++;
		}
		ret = sent > 0 ? 0 : denied ? -EPERM : -ESRCH;
		goto out;
	}
	pg = pid == 0 ? self->p_pgrp : pgrp_find(-pid);
	ret = -ESRCH;
	if (pg != NULL)
		list_foreach(p, &pg->pg_members, p_pglink) {
			error = kill_one(td, p, si);
			if (error == 0)
				sent = 1;
			ret = error;
		}
	if (sent)
		ret = 0;
out:
	mtx_unlock(&kern()->k_treelock);
	return (ret);
}

long
kern_tgkill(struct thread *td, int tgid, int tid, const struct ksiginfo *si)
{
	struct thread *t;
	long error;

	if (tid <= 0 || si->si_signo < 0 || si->si_signo > KNSIG)
		return (-EINVAL);
	t = thread_find(tid);
	if (t == NULL)
		return (-ESRCH);
	if (tgid != -1 && t->td_proc->p_pid != tgid)
		error = -ESRCH;
	else if (!thread_live(t) && t->td_proc->p_state < P_ZOMBIE)
		error = -ESRCH;
	else
		error = sig_permit(td, t->td_proc, si->si_signo);
	if (error == 0 && si->si_signo != 0)
		error = sig_thread(t, si);
	thread_drop(t);
	return (error);
}
