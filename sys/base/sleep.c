/* sleep.c: see sleep.h for the protocol. */
#include "base/clock.h"
#include "base/panic.h"
#include "base/sleep.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"

/* How long a sleeper spins before it asks the host to sleep: see bench/. */
#define	SLEEP_SPINS	0

void
waitq_init(struct waitq *wq)
{
	mtx_init(&wq->wq_lock, RANK_WAITQ, "waitq");
	list_init(&wq->wq_list);
}

void
waitq_destroy(struct waitq *wq)
{
	/* A waker may still hold the lock: pass through it. */
	mtx_lock_nested(&wq->wq_lock);
	KASSERT(list_empty(&wq->wq_list));
	mtx_unlock(&wq->wq_lock);
}

void
waitq_add(struct waitq *wq, struct waiter *w)
{
	mtx_lock_nested(&wq->wq_lock);
	w->w_wq = wq;
	list_add_tail(&wq->wq_list, &w->w_link);
	mtx_unlock(&wq->wq_lock);
}

/* Who finds w_wq cleared by the waker is out, and sees what that wrote. */
void
waitq_remove(struct waiter *w)
{
	struct waitq *wq = atomic_load_acq(&w->w_wq);

	if (wq == NULL)
		return;
	mtx_lock_nested(&wq->wq_lock);
	if (w->w_wq != NULL) {
		list_del(&w->w_link);
		w->w_wq = NULL;
	}
	mtx_unlock(&wq->wq_lock);
}

bool
waitq_busy(struct waitq *wq)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return (__atomic_load_n(&wq->wq_list.next, __ATOMIC_RELAXED) !=
	    &wq->wq_list);
}

/*
 * A sleeper's waiter leaves the queue when it is woken, so one wake-up is not
 * counted against it twice; w_flags tells it afterwards.
 */
#define	W_WOKEN	0x8000

/*
 * Wake-ups wait until the outermost queue's lock is released: who is woken
 * before that runs at once, on this CPU or another, and into that lock.  Only
 * words in the arena are kept: should the thread be gone when its turn comes,
 * the wake-up is a spurious one for whoever has the memory now.
 */
static void
wake_late(struct thread *td)
{
	struct thread *self = curthread();

	if (atomic_swap(&td->td_wake, 1) != 0)
		return;
	if (self != NULL && self->td_holdwakes > 0 &&
	    self->td_nlate < TD_MAXLATE)
		self->td_late[self->td_nlate++] = &td->td_wake;
	else
		(void)host_futex_wake(&td->td_wake, 1);
}

void
wakes_hold(void)
{
	struct thread *self = curthread();

	if (self != NULL)
		self->td_holdwakes++;
}

void
wakes_flush(void)
{
	struct thread *self = curthread();

	if (self == NULL || --self->td_holdwakes > 0)
		return;
	while (self->td_nlate > 0)
		(void)host_futex_wake(self->td_late[--self->td_nlate], 1);
}

static void
wake_sleeper(struct waiter *w, uint32_t events)
{
	struct thread *td = w->w_arg;

	(void)events;
	list_del(&w->w_link);
	w->w_flags |= W_WOKEN;
	/* From here on w may be in another queue: not to be touched. */
	atomic_store_rel(&w->w_wq, NULL);
	wake_late(td);
}

int
waitq_wake(struct waitq *wq, int n, uint32_t events)
{
	return (waitq_busy(wq) ? waitq_rouse(wq, n, events) : 0);
}

int
waitq_rouse(struct waitq *wq, int n, uint32_t events)
{
	struct waiter *w, *next;
	int woken = 0;

	wakes_hold();
	mtx_lock_nested(&wq->wq_lock);
	list_foreach_safe(w, next, &wq->wq_list, w_link) {
		if (events != 0 && w->w_events != 0 &&
		    !(events & w->w_events))
			continue;
		if (w->w_flags & W_EXCLUSIVE) {
			if (n == 0)
				continue;
			n--;
		}
		woken++;
		w->w_fn(w, events);
	}
	mtx_unlock(&wq->wq_lock);
	wakes_flush();
	return (woken);
}

int
waitq_sleep(struct waitq *wq, struct mtx *m, int flags, nsec_t deadline)
{
	struct thread *td = curthread();
	struct waiter *w = &td->td_waiter;
	int error;

	/* Not on the stack: that is private memory, and the waker may run in
	 * another process. */
	*w = (struct waiter){
		.w_fn = wake_sleeper,
		.w_arg = td,
		.w_flags = W_EXCLUSIVE,
	};
	/* A plain store: the queue's lock is a fence, and nobody wakes us before
	 * we are queued but an interrupt, whose flag is looked at after. */
	atomic_store_rel(&td->td_wake, 0);
	waitq_add(wq, w);
	if (m != NULL)
		mtx_unlock(m);
	error = sleep_commit(flags, deadline);
	waitq_remove(w);
	if (w->w_flags & W_WOKEN)
		error = 0;	/* the wake-up was spent on us */
	if (m != NULL)
		mtx_lock(m);
	return (error);
}

void
sleep_prepare(void)
{
	atomic_store(&curthread()->td_wake, 0);
}

int
sleep_commit(int flags, nsec_t deadline)
{
	struct thread *td = curthread();
	int error = 0;

	KASSERT(td->td_nheld == 0 || !(flags & SLEEP_INTR));
	td->td_nsleeps++;
	atomic_store_rel(&td->td_where, TDW_SLEEP);	/* no kick needed */
	while (atomic_load(&td->td_wake) == 0) {
		if ((flags & SLEEP_INTR) &&
		    (atomic_load(&td->td_flags) & TDF_AST)) {
			error = -ERESTARTSYS;
			break;
		}
		error = host_futex_wait(&td->td_wake, 0, deadline);
		if (error == -ETIMEDOUT)
			break;
		error = 0;
	}
	atomic_store_rel(&td->td_where, TDW_KERN);
	return (error);
}

void
thread_wake(struct thread *td)
{
	wake_late(td);
}

void
thread_interrupt(struct thread *td)
{
	/*
	 * Who finds the flag set need not kick: whoever set it has done so, or
	 * is about to, or it is td's own and td will look.  A kick for each of
	 * a storm of signals would pile up frames on td's stack faster than it
	 * can leave them.  The wake-up is due all the same: a sleep that the
	 * flag does not end (stopped, vfork) must look at what has changed.
	 */
	bool was = (atomic_or(&td->td_flags, TDF_AST) & TDF_AST) != 0;
	uint32_t where;

	if (td == curthread())
		return;
	thread_wake(td);
	if (was)
		return;
	where = atomic_load(&td->td_where);
	if (where == TDW_GUEST || where == TDW_HOSTCALL)
		(void)host_kick(td->td_hostpid, td->td_hosttid);
}

bool
thread_asleep(const struct thread *td)
{
	uint32_t where = atomic_load_relaxed(&td->td_where);

	return (where == TDW_SLEEP || where == TDW_HOSTCALL);
}

bool
thread_interrupted(void)
{
	return ((atomic_load(&curthread()->td_flags) & TDF_AST) != 0);
}

int
sleep_until(nsec_t deadline)
{
	int error;

	do {
		sleep_prepare();
		error = sleep_commit(SLEEP_INTR, deadline);
	} while (error == 0);	/* a late wake-up of an older sleep */
	return (error == -ETIMEDOUT ? 0 : error);
}
