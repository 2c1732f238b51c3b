/*
 * kern_vfork.c: vfork(2): a child on its parent's host thread.
 *
 * The parent of a vfork sleeps until its child execs or exits, and the child
 * runs in the parent's memory: so the host thread of the one, the lender,
 * serves the other, the borrower, and no host process is made.
 *
 *	lend	the child's record is made as for any fork; it shares td_vm and
 *		gets a thread area (kernel stack) of its own, so the lender's
 *		kernel stack and the registers it keeps stay as they are.  The
 *		host thread changes stacks (arch_borrow) and enters the guest.
 *	back	exit, or the end of an exec that another host process finishes:
 *		the host thread goes back to the lender (arch_giveback).
 *	leave	the borrower needs a host process of its own: the host process is
 *		forked, the borrower goes on in the copy, the lender sleeps on
 *		here as it would after any fork (vfork_wait).
 *
 * Who leaves: exec when no host process is at hand; whoever makes threads,
 * host timers, or changes how the host schedules him; and a borrower whose
 * lender has to die (SIGKILL, exit_group, exec by another thread), since Linux
 * lets the child live on then.  A borrower's own vfork is a plain fork.
 *
 * Rules and races:
 *  - While it lends, the lender's td_where is KERN: it is never kicked, its
 *    TDF_AST waits until it is back.  What must end it at once is passed on to
 *    the borrower: td_lent is set and cleared under the lender's p_siglock, with
 *    a reference, and who kills under that lock interrupts td_lent too
 *    (thread_kill).  The borrower sees in ast() and in its long sleeps that it
 *    must leave (vfork_mustleave); it looks after TDF_AST was cleared, and the
 *    lender's death was noted before TDF_AST was set.  A death noted before
 *    td_lent was set shows as TDF_AST of the lender: then the borrower starts
 *    with its own set.
 *  - p_lender is written and followed by the borrower alone.  The lender's
 *    record stays, as its thread cannot run; if the host kills the process both
 *    are lost, and proc_lost() follows neither pointer but drops td_lent's
 *    reference.
 *  - Between its clearing of td_alive and the change of stacks the borrower
 *    touches nothing of its record: the area names the lender by then.
 *  - Host timers are of the host process: those that expire on the borrower are
 *    the lender's (trap_timer), and the borrower's ast() queues their signals.
 *    Such an entry masks them on the host thread: a borrower that dies in it
 *    hands that on, and the lender leaves by the host's sigreturn.
 */
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "kern/kern_int.h"
#include "kern/ktimer.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "vm/vm.h"

/* --- lending ------------------------------------------------------------------ */

/* First steps of the borrower, on its own stack. */
static void
borrower_start(struct thread *td)
{
	(void)host_getrusage(HOST_RUSAGE_THREAD, &td->td_proc->p_rubase);
	thread_start(td);
}

/* An area for the borrower, or 0: then the child gets a host process. */
uaddr_t
vfork_area(struct thread *td)
{
	uaddr_t area;

	if (td->td_proc->p_lender != NULL || td->td_hostctx == NULL ||
	    tarea_alloc(td, &area) != 0)
		return (0);
	return (area);
}

/* np's thread ntd, made and in the tree, runs until it is done with our host
 * thread. */
void
vfork_lend(struct thread *td, struct thread *ntd, uaddr_t area,
    const struct clone_args *ca)
{
	struct proc *p = td->td_proc, *np = ntd->td_proc;

	vm_hold(td->td_vm);
	ntd->td_vm = td->td_vm;
	ntd->td_area = area;
	ntd->td_hostpid = td->td_hostpid;
	ntd->td_hosttid = td->td_hosttid;
	thread_startargs(ntd, ca);
	ref_acquire(&ntd->td_ref);
	np->p_lender = td;
	np->p_hostpid = td->td_hostpid;
	np->p_state = P_RUNNING;
	mtx_lock(&p->p_siglock);
	td->td_lent = ntd;
	mtx_unlock(&p->p_siglock);
	if (thread_interrupted())
		atomic_or(&ntd->td_flags, TDF_AST);

	arch_borrow(td, ntd, borrower_start);

	mtx_lock(&p->p_siglock);
	td->td_lent = NULL;
	mtx_unlock(&p->p_siglock);
	thread_drop(ntd);
	tarea_free(p, area);
}

/* --- the borrower --------------------------------------------------------------- */

static bool
doomed(struct thread *td)
{
	return ((atomic_load(&td->td_flags) & TDF_KILLED) ||
	    (sig_pendingset(td) & SIGBIT(SIGKILL)));
}

/* Must the current thread let its lender go, which has to die? */
bool
vfork_mustleave(struct thread *td)
{
	struct thread *l = td->td_proc->p_lender;

	return (l != NULL && doomed(l) && !doomed(td));
}

/*
 * The current thread goes on in a host process of its own; 0 at once if it
 * already does.  Called without locks.  -ENOMEM, -EAGAIN: nothing has changed.
 */
int
vfork_leave(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct thread *l = p->p_lender;
	struct vmspace *old = td->td_vm, *vm;
	long r;

	if (l == NULL)
		return (0);
	r = tarea_inherit(p, td);
	if (r != 0)
		return ((int)r);
	/* Map and memory are copied at one moment, as for a fork. */
	vm_forklock(old);
	vm = vm_fork(old);
	r = vm != NULL ? arch_leave(td, l) : -ENOMEM;
	if (r < 0) {
		vm_forkunlock(old);
		vm_release(vm);
		tarea_forget(p);
		return (r == -ENOMEM ? -ENOMEM : -EAGAIN);
	}
	vm_forkunlock(old);
	mtx_lock(&p->p_lock);
	td->td_vm = vm;
	mtx_unlock(&p->p_lock);
	vm_release(old);
	p->p_hostpid = td->td_hostpid;
	p->p_lender = NULL;
	p->p_rubase = (struct host_rusage){ 0 };
	tarea_prune(td);
	vm_setlimits(vm, proc_rlimit(p, RLIMIT_AS_), proc_rlimit(p,
	    RLIMIT_DATA_), proc_rlimit(p, RLIMIT_MEMLOCK_));
	if (proc_rlimit(p, RLIMIT_CPU_) != KRLIM_INFINITY)
		ktimer_cpulimit(p);
	return (0);
}

/* In ast(): what the lender cannot see to itself. */
void
vfork_ast(struct thread *td)
{
	struct thread *l = td->td_proc->p_lender;

	if (atomic_load_relaxed(&l->td_proc->p_timerpend) != 0)
		ktimer_ast(l);
	if (vfork_mustleave(td) && vfork_leave(td) != 0)
		kern_exit_group(td, SIGKILL);
}

/* --- the parent's sleep ----------------------------------------------------------- */

void
proc_vforkdone(struct proc *p)
{
	if (!(p->p_flags & PF_VFORK))
		return;
	mtx_lock(&p->p_lock);
	atomic_and(&p->p_flags, ~PF_VFORK);
	mtx_unlock(&p->p_lock);
	(void)waitq_wake(&p->p_vforkwq, WAKE_ALL, 0);
}

static void
wake_parent(struct waiter *w, uint32_t events)
{
	(void)events;
	thread_wake(w->w_arg);
}

/*
 * The parent sleeps until its child execs or exits; only its own death ends
 * that earlier.  td is the parent's thread, p the child, referenced.  Other
 * interruptions are put off: while TDF_AST is set no further one would wake us.
 */
void
vfork_wait(struct thread *td, struct proc *p)
{
	struct waiter *w = &td->td_waiter;	/* the child must see it */
	uint32_t ast = 0;

	if (!(atomic_load(&p->p_flags) & PF_VFORK))
		return;
	*w = (struct waiter){ .w_fn = wake_parent, .w_arg = td };
	waitq_add(&p->p_vforkwq, w);
	for (;;) {
		sleep_prepare();
		ast |= atomic_and(&td->td_flags, ~TDF_AST) & TDF_AST;
		if (!(atomic_load(&p->p_flags) & PF_VFORK) || doomed(td))
			break;
		if (vfork_mustleave(td) && vfork_leave(td) != 0)
			break;		/* ast() tries again, or dies */
		(void)sleep_commit(0, 0);
	}
	waitq_remove(w);
	atomic_or(&td->td_flags, ast);
}
