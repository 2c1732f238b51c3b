/*
 * kern_sig.c: a process's own view of its signals: masks, pending ones,
 * dispositions.  See kern_sigsend.c for the locks.
 */
#include "base/kmem.h"
#include "kern/kern_int.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	SYNCHRONOUS	(SIGBIT(SIGSEGV) | SIGBIT(SIGBUS) | SIGBIT(SIGILL) | \
	    SIGBIT(SIGTRAP) | SIGBIT(SIGFPE) | SIGBIT(SIGSYS))

ksigset_t
sig_pendingset(struct thread *td)
{
	return (atomic_load(&td->td_sigpend) |
	    atomic_load(&td->td_proc->p_sigpend));
}

bool
sig_pending(struct thread *td)
{
	ksigset_t set = sig_pendingset(td) & ~td->td_sigmask;

	if (atomic_load(&td->td_flags) & TDF_KILLED)
		return (true);
	while (set != 0) {
		int sig = __builtin_ctzl(set) + 1;

		if (!sig_ignored(td->td_proc, sig))
			return (true);
		set &= ~SIGBIT(sig);
	}
	return (false);
}

/*
 * Why was the sleep ended?  A timer's expiry, for one, interrupts before it is
 * known whether its signal is blocked.  False: for nothing; TDF_AST is
 * cleared and the caller may sleep on.
 */
bool
sig_interrupted(struct thread *td)
{
	struct proc *p = td->td_proc;

	if (!(atomic_load(&td->td_flags) & TDF_AST))
		return (false);
	atomic_and(&td->td_flags, ~TDF_AST);
	if (atomic_load(&p->p_timerpend) != 0)
		ktimer_ast(td);
	if (!sig_pending(td) && !(atomic_load(&p->p_stopstate) &
	    (PS_ISSTOPPED | PS_NOTECONT)) &&
	    atomic_load(&kroot()->r_sigbox) == 0)
		return (false);
	atomic_or(&td->td_flags, TDF_AST);
	return (true);
}

void
sig_setmask(struct thread *td, ksigset_t set)
{
	struct proc *p = td->td_proc;
	ksigset_t old;

	set &= ~SIGSET_UNBLOCKABLE;
	mtx_lock(&p->p_siglock);
	old = td->td_sigmask;
	td->td_sigmask = set;
	if (p->p_nthreads > 1 && (set & ~old & p->p_sigpend))
		sig_retarget(p, td, set & ~old);
	mtx_unlock(&p->p_siglock);
	if (sig_pendingset(td) & ~set)
		atomic_or(&td->td_flags, TDF_AST);
}

void
sig_tempmask(struct thread *td, ksigset_t set)
{
	td->td_oldmask = td->td_sigmask;
	td->td_pflags |= TDP_OLDMASK;
	sig_setmask(td, set);
}

void
sig_restoremask(struct thread *td)
{
	if (!(td->td_pflags & TDP_OLDMASK))
		return;
	td->td_pflags &= ~(uint32_t)TDP_OLDMASK;
	sig_setmask(td, td->td_oldmask);
}

/* --- taking -------------------------------------------------------------------- */

/* Take sig out of one queue. */
static void
take(struct proc *p, struct list *q, ksigset_t *pend, int sig,
    struct ksiginfo *si, uint32_t *flags)
{
	struct sigq *sq, *found = NULL;
	bool more = false;

	list_foreach(sq, q, sq_link) {
		if (sq->sq_info.si_signo != sig)
			continue;
		if (found != NULL) {
			more = true;
			break;
		}
		found = sq;
	}
	if (!more)
		*pend &= ~SIGBIT(sig);
	if (found == NULL) {	/* there was no memory for its details */
		memset(si, 0, sizeof(*si));
		si->si_signo = sig;
		*flags = 0;
		return;
	}
	*si = found->sq_info;
	*flags = found->sq_flags;
	list_del(&found->sq_link);
	p->p_nsigq--;
	kfree(found);
}

static int
lowest(ksigset_t set)
{
	if (set & SIGBIT(SIGKILL))
		return (SIGKILL);
	if (set & SYNCHRONOUS)
		set &= SYNCHRONOUS;
	return (__builtin_ctzl(set) + 1);
}

int
sig_dequeue(struct thread *td, ksigset_t set, struct ksiginfo *si,
    uint32_t *flags)
{
	struct proc *p = td->td_proc;
	ksigset_t t = td->td_sigpend & set, q = p->p_sigpend & set;
	int sig;

	mtx_assert_owned(&p->p_siglock);
	if (t != 0 && !(q & SIGBIT(SIGKILL))) {
		sig = lowest(t);
		take(p, &td->td_sigq, &td->td_sigpend, sig, si, flags);
	} else if (q != 0) {
		sig = lowest(q);
		take(p, &p->p_sigq, &p->p_sigpend, sig, si, flags);
	} else
		return (0);
	if (*flags & SQ_TIMER)
		ktimer_dequeued(p, si);
	return (sig);
}

int
sig_take(struct thread *td, ksigset_t set, struct ksiginfo *si)
{
	struct proc *p = td->td_proc;
	uint32_t flags;
	int sig;

	if (!(sig_pendingset(td) & set))
		return (0);
	mtx_lock(&p->p_siglock);
	sig = sig_dequeue(td, set, si, &flags);
	mtx_unlock(&p->p_siglock);
	return (sig);
}

/* --- dispositions ---------------------------------------------------------------- */

long
kern_sigaction(struct thread *td, int sig, const struct ksigaction *act,
    struct ksigaction *old)
{
	struct proc *p = td->td_proc;
	struct ksigaction *a;

	if (sig < 1 || sig > KNSIG ||
	    (act != NULL && (SIGBIT(sig) & SIGSET_UNBLOCKABLE)))
		return (-EINVAL);
	mtx_lock(&p->p_siglock);
	a = &p->p_sigacts->sa_act[sig - 1];
	if (old != NULL)
		*old = *a;
	if (act != NULL) {
		*a = *act;
		a->sa_mask &= ~SIGSET_UNBLOCKABLE;
		if (sig_ignored(p, sig))
			sig_flush(p, SIGBIT(sig));
	}
	mtx_unlock(&p->p_siglock);
	return (0);
}

/* exec: handlers go, what is ignored stays ignored. */
void
sig_execreset(struct proc *p)
{
	struct thread *td;

	ktimer_exec(p);
	mtx_lock(&p->p_siglock);
	for (unsigned i = 0; i < KNSIG; i++) {
		struct ksigaction *a = &p->p_sigacts->sa_act[i];
		uaddr_t h = a->sa_handler == SIG_IGN_ ? SIG_IGN_ : SIG_DFL_;

		*a = (struct ksigaction){ .sa_handler = h };
	}
	list_foreach(td, &p->p_threads, td_plist) {
		td->td_sigstk = (struct kstack){ 0 };
		td->td_pflags &= ~(uint32_t)TDP_OLDMASK;
	}
	mtx_unlock(&p->p_siglock);
}
