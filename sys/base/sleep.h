/*
 * sleep.h: wait queues, sleeping, and ending a sleep.
 *
 * A thread sleeps on its own word td_wake.  A struct waitq lives inside a
 * kernel object; waiters hang in it, each with a function that the waker
 * calls with the queue's lock held (so it must be short: it may set words,
 * wake futexes, take RANK_EPOLL_READY-or-lower locks and other waitqs of
 * epolls; nothing else).
 *
 * Interruption: thread_interrupt() sets TDF_AST in td_flags, then wakes the
 * sleeper, then, when td_where says that the thread is in guest code or in a
 * blocking host call, sends the kick.  Each sleeper tests TDF_AST after it has
 * queued itself and before it sleeps; each return to the guest tests it after
 * it has stored TDW_GUEST.  Stores and loads are sequentially consistent, so
 * one side always sees the other.
 *
 * What "interrupted" returns: -ERESTARTSYS.  The caller passes it up (or turns
 * it into another ERESTART* or -EINTR); the return path decides.
 */
#ifndef BASE_SLEEP_H
#define BASE_SLEEP_H

#include "base/mtx.h"
#include "libkern/list.h"
#include "libkern/types.h"

struct thread;
struct waiter;

struct waitq {
	struct mtx	wq_lock;	/* RANK_WAITQ */
	struct list	wq_list;	/* (q) of struct waiter */
};

typedef void	waiter_fn(struct waiter *w, uint32_t events);

struct waiter {
	struct list	w_link;		/* (q) */
	struct waitq	*w_wq;		/* NULL: not queued */
	waiter_fn	*w_fn;
	void		*w_arg;
	uint32_t	w_events;	/* wake only for these; 0 = all */
	uint32_t	w_flags;	/* W_EXCLUSIVE */
};
#define	W_EXCLUSIVE	1		/* counts against waitq_wake's n */

#define	WAKE_ALL	0x7fffffff
/* As events: only waitq_sleep()ers.  For one who leaves with work remaining
 * and passes the wake-up on; pollers have seen that event already. */
#define	WAKE_SLEEPERS	0x10000u
#define	SLEEP_INTR	1		/* a signal ends the sleep */

void	waitq_init(struct waitq *wq);
/* Nobody may be queued any more. */
void	waitq_destroy(struct waitq *wq);

/*
 * Release m (may be NULL), sleep until woken, take m again.  deadline:
 * CLOCK_MONOTONIC ns, 0 = none.  0: woken, perhaps spuriously: test again.
 * -ERESTARTSYS: interrupted (SLEEP_INTR only).  -ETIMEDOUT.
 * Wakers must change the condition with m held; they may wake after
 * releasing it.
 */
int	waitq_sleep(struct waitq *wq, struct mtx *m, int flags, nsec_t deadline);

/* Wake up to n exclusive waiters (waitq_sleep's are) and all others, that
 * want any of events (poll bits; 0 = all).  Returns how many were woken. */
int	waitq_wake(struct waitq *wq, int n, uint32_t events);
/* True when somebody waits: lets a hot path skip the wake.  Call it after the
 * condition was stored. */
bool	waitq_busy(struct waitq *wq);
/*
 * The same without a fence, for a condition that was changed under a mtx which
 * the caller has released since: that was a fence.
 */
static inline bool
waitq_any(struct waitq *wq)
{
	return (atomic_load_relaxed(&wq->wq_list.next) != &wq->wq_list);
}
/* waitq_wake for such a condition. */
int	waitq_rouse(struct waitq *wq, int n, uint32_t events);
static inline int
waitq_wake_any(struct waitq *wq, int n, uint32_t events)
{
	return (waitq_any(wq) ? waitq_rouse(wq, n, events) : 0);
}

/* For pollers: queue and dequeue by hand. */
void	waitq_add(struct waitq *wq, struct waiter *w);
void	waitq_remove(struct waiter *w);

/*
 * Bare sleep of the current thread on td_wake, for code that queues waiters by
 * hand: sleep_prepare(); queue; test; sleep_commit(); dequeue.  A waker calls
 * thread_wake(td); a waiter's function may, the wake-up then comes when the
 * queue's lock is released.
 */
void	sleep_prepare(void);
int	sleep_commit(int flags, nsec_t deadline);
void	thread_wake(struct thread *td);
/*
 * Between these the current thread only notes whom it wakes; wakes_flush() makes
 * the host wake them.  For who wakes with a lock held that the woken one needs
 * at once; waitq_wake does so itself.  Nothing may sleep in between.
 */
void	wakes_hold(void);
void	wakes_flush(void);

/* Make td notice TDF_AST soon, wherever it is. */
void	thread_interrupt(struct thread *td);
/* In a sleep or a host call that may block, at this moment. */
bool	thread_asleep(const struct thread *td);
/* True when the current thread should leave what it does (TDF_AST is set). */
bool	thread_interrupted(void);

/* Sleep until the deadline or a signal. 0 = deadline came, -ERESTARTSYS. */
int	sleep_until(nsec_t deadline);

#endif
