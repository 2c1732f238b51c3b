/*
 * view.c: the warden's look into the live arena.
 *
 * A guest may have written anything there, at any time.  So: every pointer is
 * checked against the arena's mapping and its alignment before it is followed,
 * each field is read once, loops are bounded, and no lock is taken.  A list
 * that is being changed may make a walk end early; the caller looks again.
 */
#include "jail/internal.h"

#include <string.h>

#include "base/rec.h"
#include "host/sigctx.h"
#include "kern/proc.h"

static bool
inside(const struct jail *j, const void *p, size_t n)
{
	uintptr_t a = (uintptr_t)p;

	return ((a & 7) == 0 && a >= ARENA_BASE && n <= j->j_size &&
	    a - ARENA_BASE <= j->j_size - n);
}

static struct kern_root *
view_kern(const struct jail *j)
{
	struct kern_root *k = atomic_load_relaxed(
	    (struct kern_root **)&j->j_root->r_sub[KROOT_KERN]);

	return (inside(j, k, sizeof(*k)) ? k : NULL);
}

/* budget bounds all threads of one walk together. */
static void
view_threads(const struct jail *j, struct proc *p, struct view_proc *vp,
    unsigned *budget)
{
	struct list *l = atomic_load_relaxed(&p->p_threads.next);

	for (; *budget > 0 && l != &p->p_threads; --*budget) {
		struct thread *td = list_entry(l, struct thread, td_plist);
		struct view_thread *vt = &vp->vp_thread[vp->vp_nthreads];

		if (!inside(j, td, sizeof(*td)))
			return;
		if (atomic_load_relaxed(&td->td_nheld) != 0)
			vp->vp_locked = true;
		if (vp->vp_nthreads < nitems(vp->vp_thread) &&
		    (atomic_load_relaxed(&td->td_flags) & TDF_EXITED) == 0) {
			vt->vt_hostpid = vp->vp_hostpid;
			vt->vt_hosttid = atomic_load_relaxed(&td->td_hosttid);
			vt->vt_flags = &td->td_flags;
			vt->vt_wake = &td->td_wake;
			vp->vp_nthreads++;
		}
		l = atomic_load_relaxed(&l->next);
	}
}

bool
view_procs(const struct jail *j, bool (*fn)(const struct view_proc *, void *),
    void *arg)
{
	struct kern_root *k = view_kern(j);
	struct proc *mainp;
	unsigned budget = VIEW_MAXTHREADS;
	struct list *l;
	struct view_proc vp;

	if (k == NULL)
		return (false);
	mainp = atomic_load_relaxed(&k->k_main);
	l = atomic_load_relaxed(&k->k_procs.next);
	for (unsigned i = 0; l != &k->k_procs; i++) {
		struct proc *p = list_entry(l, struct proc, p_alllink);

		if (i == VIEW_MAXPROCS || !inside(j, p, sizeof(*p)))
			return (false);
		memset(&vp, 0, sizeof(vp));
		vp.vp_id = p;
		vp.vp_pid = atomic_load_relaxed(&p->p_pid);
		vp.vp_hostpid = atomic_load_relaxed(&p->p_hostpid);
		vp.vp_flags = &p->p_flags;
		vp.vp_main = p == mainp;
		vp.vp_running = vp.vp_hostpid > 0 &&
		    atomic_load_relaxed(&p->p_state) == P_RUNNING &&
		    (atomic_load_relaxed(&p->p_flags) & PF_KERNEL) == 0;
		if (vp.vp_running)
			view_threads(j, p, &vp, &budget);
		if (!fn(&vp, arg))
			return (true);
		l = atomic_load_relaxed(&l->next);
	}
	return (true);
}

bool
view_booted(const struct jail *j)
{
	struct kern_root *k = view_kern(j);
	struct proc *p;

	if (k == NULL)
		return (false);
	p = atomic_load_relaxed(&k->k_main);
	return (inside(j, p, sizeof(*p)) &&
	    (atomic_load_relaxed(&p->p_flags) & PF_EXECED) != 0);
}

struct trace_ctl *
view_trace(const struct jail *j)
{
	struct rec_root *rr = atomic_load_relaxed(
	    (struct rec_root **)&j->j_root->r_sub[KROOT_REC]);

	return (inside(j, rr, sizeof(*rr)) &&
	    (uintptr_t)rr % __alignof__(*rr) == 0 ? &rr->rr_trace : NULL);
}

void
view_interrupt(const struct view_thread *vt)
{
	(void)atomic_or(vt->vt_flags, TDF_AST);
	(void)atomic_swap(vt->vt_wake, 1);
}

void
view_marklost(const struct view_proc *vp)
{
	(void)atomic_or(vp->vp_flags, PF_LOST);
}

int
view_kicksig(void)
{
	return (HOST_SIGKICK);
}
