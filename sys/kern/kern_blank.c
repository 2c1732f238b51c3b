/*
 * kern_blank.c: blank host processes: kernel and arena mapped, one thread, no
 * guest.
 *
 * A vfork child that execs has no memory of its own to map the new program
 * into: another host process finishes the exec.  Making one costs a fork of the
 * parent; so the host process of a guest that ends is kept for the next one: it
 * unmaps the guest's memory and sleeps on its slot's word.
 *
 *	NONE	free
 *	BUSY	its process, about to end as a guest, still prepares
 *	READY	to be claimed; it may be unmapping yet, or sleeping
 *	CLAIMED	by an exec that goes on to blank_handover
 *	GO	b_td is its to run
 *
 *	NONE -> BUSY -> READY by the blank; READY -> CLAIMED -> GO by an exec;
 *	GO -> NONE by the blank, which then is a guest again; READY -> NONE by the
 *	blank, which ends because nobody came for BLANK_IDLE, or by an exec that
 *	finds it dead.  All but the owner's own steps are by compare-and-swap,
 *	so there is no lock that a dying process could leave held.
 *
 * Whoever dies:
 *  - a blank, killed by the host: READY, it is found dead by the next claim and
 *    forgotten; once it was claimed, the guest process has its host ids, the
 *    warden's sweep misses these, and proc_lost() ends the guest (blank_lost
 *    frees what it was given);
 *  - a claimer between CLAIMED and GO: the blank looks now and then whether the
 *    claimer lives, and is READY again if not.
 *
 * What a blank remembers of its guests must not show.  Who has changed how the
 * host schedules him, has host timers, is not on its host process's first
 * thread or has become big is not kept.  Limits, name, %fs and the extended
 * state are set by every exec; usage is counted from p_rubase on.
 *
 * The kernel needs a current thread: b_self stands for it, without a process.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/kmem.h"
#include "host/host.h"
#include "kern/blank.h"
#include "kern/exec.h"
#include "kern/kern_int.h"
#include "kern/ktimer.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	BLANK_MAX	4
#define	BLANK_IDLE	(5 * NSEC_PER_SEC)
#define	BLANK_MAXRSS	(24 * 1024)	/* KiB; the host counts the peak */
#define	BLANK_TID	0x40000000	/* no guest's: owner of locks */

enum { BS_NONE, BS_BUSY, BS_READY, BS_CLAIMED, BS_GO };

struct blank {
	uint32_t	b_state;	/* (a) BS_*: futex word */
	int32_t		b_hostpid;	/* of the blank */
	int32_t		b_claimer;	/* host process of an exec */
	struct thread	*b_td;
	struct vmspace	*b_vm;		/* the claimer's, for the new program */
	struct thread	b_self;
};

static struct blank *
slot(unsigned i)
{
	return ((struct blank *)kern()->k_blanks + i);
}

int
blank_init(void)
{
	kern()->k_blanks = kmalloc(BLANK_MAX * sizeof(struct blank), 0);
	return (kern()->k_blanks != NULL ? 0 : -ENOMEM);
}

static bool
step(struct blank *b, uint32_t from, uint32_t to)
{
	return (atomic_cas(&b->b_state, &from, to));
}

/* --- becoming one -------------------------------------------------------------- */

struct blank *
blank_offer(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct thread *self;

	if (p->p_lender != NULL || p == kern()->k_main ||
	    atomic_load(&kern()->k_main->p_exiting) ||
	    (p->p_flags & PF_HOSTSCHED) || p->p_itimers != NULL ||
	    td->td_hosttid != td->td_hostpid ||
	    p->p_ru.ru_maxrss > BLANK_MAXRSS ||
	    !(kroot()->r_features & ROOTF_PATCH))
		return (NULL);
	for (unsigned i = 0; i < BLANK_MAX; i++) {
		struct blank *b = slot(i);

		if (atomic_load_relaxed(&b->b_state) != BS_NONE ||
		    !step(b, BS_NONE, BS_BUSY))
			continue;
		b->b_hostpid = td->td_hostpid;
		b->b_td = NULL;
		self = &b->b_self;
		memset(self, 0, sizeof(*self));
		self->td_tid = (int32_t)(BLANK_TID + i);
		self->td_hostpid = self->td_hosttid = td->td_hostpid;
		self->td_eventfd = -1;
		kstrlcpy(self->td_name, "blank", sizeof(self->td_name));
		return (b);
	}
	return (NULL);
}

static void
resume(struct thread *td)
{
	exec_resume(td, td->td_proc->p_execimg);
}

static void
run(struct blank *b) __noret;
static void
run(struct blank *b)
{
	struct thread *td = b->b_td;
	struct proc *p = td->td_proc;

	arch_setcur(td);
	atomic_store(&b->b_state, BS_NONE);	/* b is another's from here */
	host_set_tid_address(&td->td_alive);
	(void)host_getrusage(HOST_RUSAGE_SELF, &p->p_rubase);
	if (proc_rlimit(p, RLIMIT_CPU_) != KRLIM_INFINITY)
		ktimer_cpulimit(p);
	arch_fresh(td, resume);
}

void
blank_park(struct blank *b, struct thread *td)
{
	uint32_t v;

	tarea_prune(td);
	arch_setcur(&b->b_self);
	atomic_store(&td->td_alive, 0);		/* td and its process may go */
	atomic_store(&b->b_state, BS_READY);
	vm_unmapall();
	while ((v = atomic_load(&b->b_state)) != BS_GO) {
		if (host_futex_wait(&b->b_state, v,
		    clock_deadline(BLANK_IDLE)) != -ETIMEDOUT)
			continue;
		if (v == BS_CLAIMED && host_tgkill(b->b_claimer,
		    b->b_claimer, 0) == -ESRCH)
			(void)step(b, BS_CLAIMED, BS_READY);
		else if (v == BS_READY && step(b, BS_READY, BS_NONE))
			arch_proc_exit(0);
	}
	run(b);
}

/* --- taking one ------------------------------------------------------------------ */

struct blank *
blank_claim(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct vmspace *vm;

	if (p->p_lender == NULL || (p->p_flags & PF_HOSTSCHED))
		return (NULL);
	for (unsigned i = 0; i < BLANK_MAX; i++) {
		struct blank *b = slot(i);

		if (atomic_load_relaxed(&b->b_state) != BS_READY)
			continue;
		vm = vm_alloc();
		if (vm == NULL)
			return (NULL);
		b->b_claimer = td->td_hostpid;
		if (step(b, BS_READY, BS_CLAIMED)) {
			b->b_claimer = td->td_hostpid;
			if (host_tgkill(b->b_hostpid, b->b_hostpid, 0) == 0) {
				b->b_vm = vm;
				return (b);
			}
			atomic_store(&b->b_state, BS_NONE);
		}
		vm_release(vm);
	}
	return (NULL);
}

void
blank_handover(struct thread *td, struct execimg *img, struct blank *b)
{
	struct proc *p = td->td_proc;
	struct thread *lender = p->p_lender;
	struct vmspace *old = td->td_vm;

	mtx_lock(&p->p_lock);
	td->td_vm = b->b_vm;
	p->p_execimg = img;
	mtx_unlock(&p->p_lock);
	vm_release(old);
	p->p_lender = NULL;
	td->td_hostpid = td->td_hosttid = p->p_hostpid = b->b_hostpid;
	td->td_pflags &= ~(uint32_t)TDP_GSOWN;
	b->b_td = td;
	/* Now it is the blank's: nothing of td may be touched any more. */
	atomic_store(&b->b_state, BS_GO);
	(void)host_futex_wake(&b->b_state, 1);
	arch_giveback(lender, NULL);
}

void
blank_lost(struct proc *p)
{
	struct execimg *img = p->p_execimg;

	p->p_execimg = NULL;
	for (unsigned i = 0; i < BLANK_MAX; i++) {
		struct blank *b = slot(i);

		if (atomic_load(&b->b_state) == BS_GO && b->b_td != NULL &&
		    b->b_td->td_proc == p)
			(void)step(b, BS_GO, BS_NONE);
	}
	if (img != NULL)
		exec_free(img);
}
