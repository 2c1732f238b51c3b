/*
 * kern_robust.c: what a dying thread leaves in the guest's memory: robust
 * futexes (get_robust_list(2)) and the cleared thread id (set_tid_address(2)).
 *
 * The words hold guest thread ids, so the host cannot do this for us.
 */
#include "base/copy.h"
#include "host/host.h"
#include "kern/kern_int.h"
#include "libkern/errno.h"

#define	ROBUST_LIMIT	2048	/* entries walked: the list may be a circle */
#define	FUTEX_WAKE_	1
#define	FUTEX_WAITERS_	0x80000000u
#define	FUTEX_OWNER_DIED_ 0x40000000u
#define	FUTEX_TID_MASK_	0x3fffffffu

/* false: give up the walk. */
static bool
futex_death(struct thread *td, uaddr_t u, bool pi, bool pending)
{
	uint32_t v, old;

	if (u % 4 != 0 || !user_range_ok(u, 4))
		return (false);
	for (;;) {
		if (fetch32(u, &v) != 0)
			return (false);
		/* It was about to be locked or unlocked: wake the next. */
		if (pending && !pi && v == 0) {
			(void)host_futex(u, FUTEX_WAKE_, 1, 0, 0, 0);
			return (true);
		}
		if ((v & FUTEX_TID_MASK_) != (uint32_t)td->td_tid)
			return (true);
		old = v;
		if (cas32_user(u, &old,
		    (v & FUTEX_WAITERS_) | FUTEX_OWNER_DIED_) != 0)
			return (false);
		if (old == v)
			break;
	}
	if (!pi && (v & FUTEX_WAITERS_))
		(void)host_futex(u, FUTEX_WAKE_, 1, 0, 0, 0);
	return (true);
}

static void
robust_exit(struct thread *td)
{
	uaddr_t head = td->td_robust, e, next;
	uint64_t word, off, pend;
	bool pi;

	td->td_robust = 0;
	if (head == 0 || fetch64(head, &word) != 0 ||
	    fetch64(head + 8, &off) != 0 || fetch64(head + 16, &pend) != 0)
		return;
	for (int n = 0; n < ROBUST_LIMIT; n++) {
		e = word & ~1UL;
		pi = word & 1;
		if (e == head)
			break;
		/* Read the link first: the wake may let it be freed. */
		if (fetch64(e, &next) != 0)
			break;
		if (e != (pend & ~1UL) &&
		    !futex_death(td, e + off, pi, false))
			return;
		word = next;
	}
	if ((pend & ~1UL) != 0)
		(void)futex_death(td, (pend & ~1UL) + off, pend & 1, true);
}

void
thread_cleartid(struct thread *td)
{
	uaddr_t u = td->td_clear_tid;

	robust_exit(td);
	td->td_clear_tid = 0;
	/* Only while somebody else lives in this memory, as on Linux. */
	if (u != 0 && (td->td_proc->p_nthreads > 1 ||
	    td->td_proc->p_lender != NULL) && store32(u, 0) == 0)
		(void)host_futex(u, FUTEX_WAKE_, 1, 0, 0, 0);
}
