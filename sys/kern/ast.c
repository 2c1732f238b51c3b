/*
 * ast.c: the safe point before each return to the guest (see sig.h).
 *
 * TDF_AST is cleared first and everything is looked at after, so whatever
 * comes later sets it again and the entry code calls once more.
 *
 * Restarted calls: the call's raw result is in td_ret while TDP_RESTART is
 * set.  The first handler decides for it; without one the call is always
 * restarted.  A call is thus restarted only when no handler ran, as if the
 * signal had come just before it.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/rec.h"
#include "kern/kern_int.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"

/* Before a handler's frame is built: the interrupted call's result. */
static void
restart_for_handler(struct thread *td, uint64_t saflags)
{
	struct trapframe *tf = td->td_frame;
	long ret = td->td_ret;

	if (!(td->td_pflags & TDP_RESTART))
		return;
	td->td_pflags &= ~(uint32_t)TDP_RESTART;
	if (ret == -ERESTARTNOINTR ||
	    (ret == -ERESTARTSYS && (saflags & SA_RESTART)))
		td->td_sysvec->sv_restart(td, tf, false);
	else
		td->td_sysvec->sv_setret(td, tf, -EINTR);
}

static void
restart_plain(struct thread *td)
{
	if (!(td->td_pflags & TDP_RESTART))
		return;
	td->td_pflags &= ~(uint32_t)TDP_RESTART;
	td->td_sysvec->sv_restart(td, td->td_frame,
	    td->td_ret == -ERESTART_RESTARTBLOCK);
}

static void
handle(struct thread *td, const struct ksigaction *act,
    const struct ksiginfo *si)
{
	int sig = si->si_signo;
	ksigset_t old, mask;
	struct ksiginfo segv;

	restart_for_handler(td, act->sa_flags);
	old = td->td_pflags & TDP_OLDMASK ? td->td_oldmask : td->td_sigmask;
	if (td->td_sysvec->sv_sendsig(td, act, si, old) != 0) {
		/* No room for the frame: force_sigsegv(9). */
		memset(&segv, 0, sizeof(segv));
		segv.si_signo = SIGSEGV;
		segv.si_code = SI_KERNEL;
		if (sig == SIGSEGV) {
			mtx_lock(&td->td_proc->p_siglock);
			td->td_proc->p_sigacts->sa_act[SIGSEGV - 1].sa_handler
			    = SIG_DFL_;
			mtx_unlock(&td->td_proc->p_siglock);
		}
		sig_force(td, &segv);
		return;
	}
	td->td_pflags &= ~(uint32_t)TDP_OLDMASK;
	mask = td->td_sigmask | act->sa_mask;
	if (!(act->sa_flags & SA_NODEFER))
		mask |= SIGBIT(sig);
	sig_setmask(td, mask);
}

static void
die(struct thread *td, int sig) __noret;
static void
die(struct thread *td, int sig)
{
	struct proc *p = td->td_proc;
	int status = sig;

	/* No dump is written yet; the status says what Linux's would. */
	if (sig_default(sig) == SD_CORE &&
	    proc_rlimit(p, RLIMIT_CORE_) > 0 && p->p_dumpable == 1)
		status |= 0x80;
	kern_exit_group(td, status);
}

/* Take one signal and act on it. False: there is none. */
static bool
deliver(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct ksigaction act;
	struct ksiginfo si;
	uint32_t flags;
	int sig;

	if (!(sig_pendingset(td) & ~td->td_sigmask))
		return (false);
	mtx_lock(&p->p_siglock);
	sig = sig_dequeue(td, ~td->td_sigmask, &si, &flags);
	if (sig == 0) {
		mtx_unlock(&p->p_siglock);
		return (false);
	}
	act = p->p_sigacts->sa_act[sig - 1];
	if (act.sa_handler > SIG_IGN_ && (act.sa_flags & SA_RESETHAND))
		p->p_sigacts->sa_act[sig - 1].sa_handler = SIG_DFL_;
	if (sig_default(sig) == SD_STOP)
		p->p_stopstate |= PS_DEQUEUED;
	mtx_unlock(&p->p_siglock);
	if (rec_traced())
		recroot()->rr_ops->to_signal(td, &si, false);

	if (act.sa_handler > SIG_IGN_) {
		handle(td, &act, &si);
		return (true);
	}
	if (act.sa_handler == SIG_IGN_ ||
	    ((p->p_flags & PF_INIT) && !(flags & SQ_FORCE)))
		return (true);
	switch (sig_default(sig)) {
	case SD_IGN:
	case SD_CONT:
		break;
	case SD_STOP:
		sig_stop(td, sig, flags);
		break;
	default:
		die(td, sig);
	}
	return (true);
}

void
ast(struct thread *td)
{
	struct proc *p = td->td_proc;
	uint32_t stop;

	do {
		atomic_and(&td->td_flags, ~TDF_AST);
		if (atomic_load(&td->td_flags) & TDF_KILLED)
			kern_exit_thread(td, 0);
		if (unlikely(p->p_lender != NULL))
			vfork_ast(td);
		if (atomic_load_relaxed(&kroot()->r_sigbox) != 0)
			kern_sigbox();
		if (atomic_load_relaxed(&p->p_timerpend) != 0)
			ktimer_ast(td);
		stop = atomic_load(&p->p_stopstate);
		if (stop & PS_NOTECONT)
			sig_notecont(td);
		if (stop & PS_ISSTOPPED)
			sig_park(td);
		while (deliver(td) &&
		    !(atomic_load(&p->p_stopstate) & PS_ISSTOPPED))
			;
	} while ((atomic_load(&td->td_flags) & TDF_AST) ||
	    (atomic_load(&p->p_stopstate) & PS_ISSTOPPED));
	restart_plain(td);
	sig_restoremask(td);
}
