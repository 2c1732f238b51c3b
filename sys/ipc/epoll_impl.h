/*
 * epoll_impl.h: what an epoll is made of; private to ipc (epoll(7)).
 *
 * An item is one (file, descriptor) registered in one epoll.  It learns of
 * events in two ways:
 *
 *  - from wait queues: the item's waiters hang on the queues of the file's
 *    object; their function puts the item on the epoll's ready list and wakes
 *    one epoll_wait.  The harvest asks the file again (fo_poll), so a stale
 *    entry costs a look, never a false event.
 *  - from the host: the first item with a host descriptor makes the epoll a
 *    host epoll descriptor (ep_hostfd), where all such descriptors are
 *    registered with the guest's own flags.  epoll_wait then sleeps in the
 *    host on ep_hostfd and its thread's eventfd.  What the host reports for an
 *    item without queues is passed on as it is.
 *
 * Locks: ir_eplock (one per jail) > ep_lock (outer before inner) > the locks
 * of files' objects > wait queues > ep_rlock.
 *
 *  - ep_lock: the items, their events, the host registrations.
 *  - ep_rlock: the ready list; the only lock that wakers take.
 *  - f_eplock of a file: its list of items.
 *  - ir_eplock: taken to close an epoll, to take a dying file's items away,
 *    and to nest one epoll in another (so that the loop check sees a still
 *    picture).
 *
 * References: an item holds none on its file; when the file's last reference
 * goes, fdrop() calls epoll_gone() before the object is torn down.  An epoll
 * that closes finds files of its items either alive (it takes a reference,
 * unlinks the item) or already dying: then epoll_gone() is sure to come; the
 * item is left to it as an orphan (ei_ep NULL).  fo_poll under ep_lock is thus
 * always safe: a dying file cannot get past epoll_gone() without that lock.
 */
#ifndef IPC_EPOLL_IMPL_H
#define IPC_EPOLL_IMPL_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "libkern/list.h"
#include "libkern/types.h"
#include "vfs/poll.h"

struct file;

#define	EPOLL_CTL_ADD	1
#define	EPOLL_CTL_DEL	2
#define	EPOLL_CTL_MOD	3
#define	EPOLLEXCLUSIVE	(1u << 28)
#define	EPOLLWAKEUP	(1u << 29)
#define	EPOLLONESHOT	(1u << 30)
#define	EPOLLET		(1u << 31)
#define	EP_PRIVATE	(EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET)
#define	EP_EVENTS	0x27ffu		/* all that fo_poll knows */
#define	EP_EXCL_OK	(POLLIN | POLLOUT | POLLERR | POLLHUP | \
			    POLLRDNORM | POLLWRNORM | EPOLLWAKEUP | EPOLLET | \
			    EPOLLEXCLUSIVE)
#define	EP_MAXNEST	4
#define	EP_MAXWAITERS	4

struct epoll {
	struct mtx	ep_lock;	/* RANK_EPOLL */
	struct mtx	ep_rlock;	/* RANK_EPOLL_READY */
	struct list	ep_ready;	/* (r) ei_rlink */
	uint32_t	ep_nready;	/* (r) */
	struct waitq	ep_wq;		/* epoll_wait (exclusive) and pollers */
	struct list	*ep_hash;	/* (e) ei_hash */
	uint32_t	ep_nbuckets;	/* (e) power of two */
	uint32_t	ep_nitems;	/* (e) */
	int32_t		ep_hostfd;	/* (e) -1 until needed */
	uint32_t	ep_gen;		/* (e) harvests so far */
	uint32_t	ep_nhost;	/* (e; a) items with a host descriptor */
	struct file	*ep_file;	/* (i) not referenced */
};

struct epitem {
	struct list	ei_hash;	/* (e) */
	struct list	ei_flink;	/* (f_eplock) */
	struct list	ei_rlink;	/* (r) */
	struct epoll	*ei_ep;		/* (ir_eplock) NULL: orphan */
	struct file	*ei_file;	/* (i) */
	int32_t		ei_fd;		/* (i) */
	uint32_t	ei_events;	/* (e; a) */
	uint64_t	ei_data;	/* (e) */
	bool		ei_ready;	/* (r) on the ready list */
	bool		ei_hostdup;	/* (e) ei_hostfd is our own */
	int32_t		ei_hostfd;	/* (e) -1: none */
	uint32_t	ei_gen;		/* (e) harvest that reported it last */
	uint32_t	ei_nw;		/* (e) waiters in use */
	struct waiter	ei_w[EP_MAXWAITERS];
};

/* --- the ready list -------------------------------------------------------- */

static inline void
ready_add(struct epitem *ei)
{
	struct epoll *ep = ei->ei_ep;

	mtx_lock(&ep->ep_rlock);
	if (!ei->ei_ready) {
		ei->ei_ready = true;
		list_add_tail(&ep->ep_ready, &ei->ei_rlink);
		ep->ep_nready++;
	}
	mtx_unlock(&ep->ep_rlock);
}

static inline void
ready_del(struct epoll *ep, struct epitem *ei)
{
	mtx_lock(&ep->ep_rlock);
	if (ei->ei_ready) {
		ei->ei_ready = false;
		list_del(&ei->ei_rlink);
		ep->ep_nready--;
	}
	mtx_unlock(&ep->ep_rlock);
}

static inline struct epitem *
ready_pop(struct epoll *ep)
{
	struct epitem *ei;

	mtx_lock(&ep->ep_rlock);
	ei = list_first(&ep->ep_ready, struct epitem, ei_rlink);
	if (ei != NULL) {
		ei->ei_ready = false;
		list_del(&ei->ei_rlink);
		ep->ep_nready--;
	}
	mtx_unlock(&ep->ep_rlock);
	return (ei);
}

static inline bool
ready_any(struct epoll *ep)
{
	return (atomic_load(&ep->ep_nready) != 0);
}

static inline void
ep_wake(struct epoll *ep)
{
	(void)waitq_wake_any(&ep->ep_wq, 1, POLLIN | POLLRDNORM);
}

/* epoll.c */
struct epoll *epoll_of(struct file *fp);	/* NULL: no epoll */

/* epoll_ctl.c; ep_lock held. */
int	ep_needhost(struct epoll *ep);	/* make ep_hostfd when missing */
uint32_t ep_hostevents(const struct epitem *ei);
/* Take an item off the queues, the host, the ready list and the table. */
void	item_detach(struct epoll *ep, struct epitem *ei);
void	item_unlink(struct epitem *ei);	/* from its file */

#endif
