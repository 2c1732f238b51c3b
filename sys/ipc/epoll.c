/*
 * epoll.c: event polling (epoll(7)).
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
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

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
#define	EP_HOSTBATCH	32

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

struct eppoller {
	struct poller	pp_po;
	struct epitem	*pp_item;
	int		pp_err;
};

static const struct fileops epoll_ops;

static struct epoll *
epoll_of(struct file *fp)
{
	return (fp->f_ops == &epoll_ops ? fp->f_data : NULL);
}

/* --- the ready list -------------------------------------------------------- */

static void
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

static void
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

static struct epitem *
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

static bool
ready_any(struct epoll *ep)
{
	return (atomic_load(&ep->ep_nready) != 0);
}

static void
ep_wake(struct epoll *ep)
{
	if (waitq_busy(&ep->ep_wq))
		waitq_wake(&ep->ep_wq, 1, POLLIN | POLLRDNORM);
}

/* A waiter's function: called with a queue of the file's object locked. */
static void
ep_fire(struct waiter *w, uint32_t events)
{
	struct epitem *ei = w->w_arg;
	uint32_t want = atomic_load(&ei->ei_events);

	if ((want & ~EP_PRIVATE) == 0)
		return;			/* one shot, spent */
	if (events != 0 && (events & (want | POLLERR | POLLHUP)) == 0)
		return;
	ready_add(ei);
	ep_wake(ei->ei_ep);
}

/* --- registration with files' objects --------------------------------------- */

static void
ep_po_queue(struct poller *po, struct waitq *wq, int events)
{
	struct eppoller *pp = container_of(po, struct eppoller, pp_po);
	struct epitem *ei = pp->pp_item;
	struct waiter *w;

	if (ei->ei_nw == EP_MAXWAITERS) {
		pp->pp_err = -ENOSPC;
		return;
	}
	w = &ei->ei_w[ei->ei_nw++];
	w->w_fn = ep_fire;
	w->w_arg = ei;
	w->w_events = 0;	/* ei_events decides, it may change */
	w->w_flags = (ei->ei_events & EPOLLEXCLUSIVE) ? W_EXCLUSIVE : 0;
	waitq_add(wq, w);
}

static int
ep_needhost(struct epoll *ep)
{
	int fd;

	if (ep->ep_hostfd >= 0)
		return (0);
	if ((fd = host_epoll_create()) < 0)
		return (fd == -EMFILE ? -ENFILE : fd);
	ep->ep_hostfd = fd;
	return (0);
}

/* The flags an item has on the host. */
static uint32_t
ep_hostevents(const struct epitem *ei)
{
	uint32_t ev = ei->ei_events;

	if ((ev & ~EP_PRIVATE) == 0)
		return (EPOLLET);	/* disabled: at most one ERR or HUP */
	/* An item with queues is asked again: a report may be stale. */
	if (ei->ei_nw > 0)
		return (ev & ~(EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE));
	return (ev & ~EPOLLWAKEUP);
}

static void
ep_po_host(struct poller *po, int hostfd, int events)
{
	struct eppoller *pp = container_of(po, struct eppoller, pp_po);
	struct epitem *ei = pp->pp_item;
	struct epoll *ep = ei->ei_ep;
	struct host_epoll_event ev;
	int error;

	if (pp->pp_err != 0)
		return;
	if (ei->ei_hostfd >= 0) {
		pp->pp_err = -ENOSPC;
		return;
	}
	if ((pp->pp_err = ep_needhost(ep)) != 0)
		return;
	ev.events = ep_hostevents(ei);
	ev.data = (uintptr_t)ei;
	error = host_epoll_ctl(ep->ep_hostfd, EPOLL_CTL_ADD, hostfd, &ev);
	if (error == -EEXIST) {
		/* Two guest descriptors of one file: the host tells them apart
		 * by another number. */
		hostfd = host_dup(hostfd);
		if (hostfd < 0) {
			pp->pp_err = hostfd == -EMFILE ? -ENFILE : hostfd;
			return;
		}
		error = host_epoll_ctl(ep->ep_hostfd, EPOLL_CTL_ADD, hostfd,
		    &ev);
		if (error == 0)
			ei->ei_hostdup = true;
		else
			(void)host_close(hostfd);
	}
	if ((pp->pp_err = error) != 0)
		return;
	ei->ei_hostfd = hostfd;
	atomic_add(&ep->ep_nhost, 1);
}

static const struct poller_ops ep_po_ops = {
	.po_queue = ep_po_queue,
	.po_host = ep_po_host,
};

/* Take an item off the queues, the host and the ready list; ep_lock held. */
static void
item_detach(struct epoll *ep, struct epitem *ei)
{
	uint32_t i;

	for (i = 0; i < ei->ei_nw; i++)
		waitq_remove(&ei->ei_w[i]);
	ei->ei_nw = 0;
	if (ei->ei_hostfd >= 0) {
		(void)host_epoll_ctl(ep->ep_hostfd, EPOLL_CTL_DEL,
		    ei->ei_hostfd, NULL);
		if (ei->ei_hostdup)
			(void)host_close(ei->ei_hostfd);
		ei->ei_hostfd = -1;
		atomic_sub(&ep->ep_nhost, 1);
	}
	ready_del(ep, ei);
	list_del(&ei->ei_hash);
	ep->ep_nitems--;
}

static void
item_unlink(struct epitem *ei)		/* from its file */
{
	mtx_lock(&ei->ei_file->f_eplock);
	list_del(&ei->ei_flink);
	mtx_unlock(&ei->ei_file->f_eplock);
}

/* --- the table of items -------------------------------------------------------- */

static struct list *
item_bucket(struct epoll *ep, const struct file *fp, int fd)
{
	uint64_t h = khash64((uintptr_t)fp ^ ((uint64_t)(uint32_t)fd << 40));

	return (&ep->ep_hash[h & (ep->ep_nbuckets - 1)]);
}

static struct epitem *
item_find(struct epoll *ep, const struct file *fp, int fd)
{
	struct list *head = item_bucket(ep, fp, fd);
	struct epitem *ei;

	list_foreach(ei, head, ei_hash)
		if (ei->ei_file == fp && ei->ei_fd == fd)
			return (ei);
	return (NULL);
}

/* Double the table; failing leaves long chains, nothing worse. */
static void
items_grow(struct epoll *ep)
{
	struct list *old = ep->ep_hash, *new;
	uint32_t i, n = ep->ep_nbuckets;
	struct epitem *ei;

	if ((new = kmalloc(2 * n * sizeof(*new), KM_NOZERO)) == NULL)
		return;
	for (i = 0; i < 2 * n; i++)
		list_init(&new[i]);
	ep->ep_hash = new;
	ep->ep_nbuckets = 2 * n;
	for (i = 0; i < n; i++)
		while ((ei = list_first(&old[i], struct epitem, ei_hash)) !=
		    NULL) {
			list_del(&ei->ei_hash);
			list_add_tail(item_bucket(ep, ei->ei_file, ei->ei_fd),
			    &ei->ei_hash);
		}
	kfree(old);
}

/* --- nesting -------------------------------------------------------------------- */

/* Edges from to downwards; INT_MAX/2 when ep is found there: a loop.
 * ir_eplock held. */
static int
nest_down(struct epoll *ep, struct epoll *to, int depth)
{
	struct epitem *ei;
	struct epoll *sub;
	int deepest = 0, d;
	uint32_t i;

	if (to == ep || depth > EP_MAXNEST + 1)
		return (INT_MAX / 2);
	mtx_lock_nested(&to->ep_lock);
	for (i = 0; i < to->ep_nbuckets; i++)
		list_foreach(ei, &to->ep_hash[i], ei_hash) {
			if ((sub = epoll_of(ei->ei_file)) == NULL)
				continue;
			d = nest_down(ep, sub, depth + 1) + 1;
			deepest = kmax(deepest, d);
		}
	mtx_unlock(&to->ep_lock);
	return (deepest);
}

static int
nest_up(struct epoll *ep, int depth)
{
	struct file *fp = ep->ep_file;
	struct epitem *ei;
	int highest = 0, d;

	if (depth > EP_MAXNEST + 1)
		return (INT_MAX / 2);
	mtx_lock_nested(&fp->f_eplock);
	list_foreach(ei, &fp->f_epitems, ei_flink) {
		if (ei->ei_ep == NULL)
			continue;
		d = nest_up(ei->ei_ep, depth + 1) + 1;
		highest = kmax(highest, d);
	}
	mtx_unlock(&fp->f_eplock);
	return (highest);
}

/* --- epoll_ctl -------------------------------------------------------------------- */

static int
item_add(struct epoll *ep, struct file *fp, int fd,
    const struct kepoll_event *ev)
{
	struct epitem *ei = KNEW(struct epitem);
	struct eppoller pp = { { &ep_po_ops }, ei, 0 };
	int re;

	if (ei == NULL)
		return (-ENOMEM);
	ei->ei_ep = ep;
	ei->ei_file = fp;
	ei->ei_fd = fd;
	ei->ei_events = ev->events | POLLERR | POLLHUP;
	ei->ei_data = ev->data;
	ei->ei_hostfd = -1;
	list_init(&ei->ei_rlink);
	if (ep->ep_nitems >= 2 * ep->ep_nbuckets)
		items_grow(ep);
	list_add_tail(item_bucket(ep, fp, fd), &ei->ei_hash);
	ep->ep_nitems++;
	mtx_lock(&fp->f_eplock);
	list_add_tail(&fp->f_epitems, &ei->ei_flink);
	mtx_unlock(&fp->f_eplock);
	/* Register for everything: EPOLL_CTL_MOD may ask for more later. */
	re = fp->f_ops->fo_poll(fp, EP_EVENTS, &pp.pp_po);
	if (pp.pp_err != 0) {
		item_detach(ep, ei);
		item_unlink(ei);
		kfree(ei);
		return (pp.pp_err);
	}
	if ((re & ei->ei_events) != 0 && (ei->ei_nw > 0 || ei->ei_hostfd < 0))
		ready_add(ei);
	return (0);
}

static int
item_mod(struct epoll *ep, struct epitem *ei, const struct kepoll_event *ev)
{
	struct host_epoll_event hev;
	int re, error;

	if ((ei->ei_events | ev->events) & EPOLLEXCLUSIVE)
		return (-EINVAL);
	atomic_store(&ei->ei_events, ev->events | POLLERR | POLLHUP);
	ei->ei_data = ev->data;
	if (ei->ei_hostfd >= 0) {
		hev.events = ep_hostevents(ei);
		hev.data = (uintptr_t)ei;
		error = host_epoll_ctl(ep->ep_hostfd, EPOLL_CTL_MOD,
		    ei->ei_hostfd, &hev);
		if (error != 0)
			return (error);
		if (ei->ei_nw == 0)
			return (0);
	}
	re = ei->ei_file->f_ops->fo_poll(ei->ei_file,
	    (int)(ei->ei_events & EP_EVENTS), NULL);
	if ((re & ei->ei_events) != 0)
		ready_add(ei);
	return (0);
}

/* A file that always is ready cannot be waited for. */
static bool
file_pollable(struct file *fp)
{
	if (fp->f_ops->fo_poll == NULL)
		return (false);
	return (fp->f_type != FT_VNODE || fp->f_vnode == NULL ||
	    fp->f_vnode->v_type == VCHR);
}

static long
ctl_locked(struct epoll *ep, int op, int fd, struct file *fp,
    const struct kepoll_event *ev)
{
	struct epitem *ei = item_find(ep, fp, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		return (ei != NULL ? -EEXIST : item_add(ep, fp, fd, ev));
	case EPOLL_CTL_MOD:
		return (ei == NULL ? -ENOENT : item_mod(ep, ei, ev));
	case EPOLL_CTL_DEL:
		if (ei == NULL)
			return (-ENOENT);
		item_detach(ep, ei);
		item_unlink(ei);
		kfree(ei);
		return (0);
	default:
		return (-EINVAL);
	}
}

long
kern_epoll_ctl(struct file *epfp, int op, int fd, struct file *fp,
    const struct kepoll_event *ev)
{
	struct epoll *ep = epoll_of(epfp), *sub = epoll_of(fp);
	bool nests = op == EPOLL_CTL_ADD && sub != NULL;
	uint32_t nhost;
	long ret = 0;

	if (!file_pollable(fp))
		return (-EPERM);
	if (ep == NULL || fp == epfp)
		return (-EINVAL);
	if (op != EPOLL_CTL_DEL && (ev->events & EPOLLEXCLUSIVE) &&
	    (op == EPOLL_CTL_MOD || sub != NULL ||
	    (ev->events & ~EP_EXCL_OK)))
		return (-EINVAL);
	if (nests) {
		mtx_lock(&ipcroot()->ir_eplock);
		if (nest_down(ep, sub, 0) + 1 + nest_up(ep, 0) > EP_MAXNEST)
			ret = -ELOOP;
	}
	nhost = atomic_load(&ep->ep_nhost);
	if (ret == 0) {
		mtx_lock_nested(&ep->ep_lock);
		ret = ctl_locked(ep, op, fd, fp, ev);
		mtx_unlock(&ep->ep_lock);
	}
	if (nests)
		mtx_unlock(&ipcroot()->ir_eplock);
	/* Ready at once, or the first host descriptor: sleepers look again. */
	if (ret == 0 && (ready_any(ep) ||
	    (nhost == 0 && atomic_load(&ep->ep_nhost) != 0)))
		waitq_wake(&ep->ep_wq, WAKE_ALL, POLLIN | POLLRDNORM);
	return (ret);
}

/* --- epoll_wait ---------------------------------------------------------------------- */

struct harvest {
	uaddr_t		h_uev;
	int		h_max;
	int		h_n;
};

static int
emit(struct harvest *h, uint32_t events, uint64_t data)
{
	struct kepoll_event ev = { events, data };

	if (copyout(&ev, h->h_uev + (uaddr_t)h->h_n * sizeof(ev),
	    sizeof(ev)) != 0)
		return (-EFAULT);
	h->h_n++;
	return (0);
}

/* What happens to an item that was reported. */
static void
reported(struct epoll *ep, struct epitem *ei)
{
	struct host_epoll_event hev;

	if (ei->ei_events & EPOLLONESHOT) {
		atomic_store(&ei->ei_events, ei->ei_events & EP_PRIVATE);
		if (ei->ei_hostfd >= 0 && ei->ei_nw > 0) {
			hev.events = ep_hostevents(ei);
			hev.data = (uintptr_t)ei;
			(void)host_epoll_ctl(ep->ep_hostfd, EPOLL_CTL_MOD,
			    ei->ei_hostfd, &hev);
		}
	} else if (!(ei->ei_events & EPOLLET) &&
	    (ei->ei_nw > 0 || ei->ei_hostfd < 0))
		ready_add(ei);
}

/* Ask an item's file; report it when it is ready. */
static int
harvest_item(struct epoll *ep, struct epitem *ei, struct harvest *h)
{
	uint32_t want = ei->ei_events, re;

	if ((want & ~EP_PRIVATE) == 0)
		return (0);
	re = (uint32_t)ei->ei_file->f_ops->fo_poll(ei->ei_file,
	    (int)(want & EP_EVENTS), NULL) & want;
	if (re == 0)
		return (0);
	if (emit(h, re, ei->ei_data) != 0) {
		ready_add(ei);
		return (-EFAULT);
	}
	ei->ei_gen = ep->ep_gen;
	reported(ep, ei);
	return (0);
}

static int
harvest_ready(struct epoll *ep, struct harvest *h)
{
	uint32_t budget = atomic_load(&ep->ep_nready);
	struct epitem *ei;
	int error = 0;

	while (budget-- > 0 && h->h_n < h->h_max && error == 0) {
		if ((ei = ready_pop(ep)) == NULL)
			break;
		error = harvest_item(ep, ei, h);
	}
	return (error);
}

static int
harvest_host(struct epoll *ep, struct harvest *h)
{
	struct host_epoll_event ev[EP_HOSTBATCH];
	struct epitem *ei;
	int i, n, error = 0;

	if (ep->ep_nhost == 0 || h->h_n == h->h_max)
		return (0);
	n = host_epoll_poll(ep->ep_hostfd, ev,
	    kmin(h->h_max - h->h_n, EP_HOSTBATCH));
	for (i = 0; i < n && error == 0; i++) {
		ei = (struct epitem *)(uintptr_t)ev[i].data;
		if (ei->ei_nw > 0) {
			if (ei->ei_gen == ep->ep_gen)
				continue;	/* by its queue, just now */
			ready_del(ep, ei);
			error = harvest_item(ep, ei, h);
			continue;
		}
		if ((ei->ei_events & ~EP_PRIVATE) == 0)
			continue;
		error = emit(h, ev[i].events, ei->ei_data);
		if (error == 0)
			reported(ep, ei);
	}
	return (error);
}

/* Collect what is ready now: count or -EFAULT. */
static long
ep_harvest(struct epoll *ep, uaddr_t uev, int max)
{
	struct harvest h = { uev, max, 0 };
	int error;

	if (!ready_any(ep) && atomic_load(&ep->ep_nhost) == 0)
		return (0);
	mtx_lock(&ep->ep_lock);
	ep->ep_gen++;
	error = harvest_ready(ep, &h);
	if (error == 0)
		error = harvest_host(ep, &h);
	mtx_unlock(&ep->ep_lock);
	if (ready_any(ep))
		ep_wake(ep);
	return (h.h_n > 0 ? h.h_n : error);
}

static int
ep_sleep(struct thread *td, struct epoll *ep, nsec_t deadline)
{
	struct ipc_td *it = ipc_td(td);
	struct pollwait *pw;
	int error = 0;

	if (it == NULL)
		return (-ENOMEM);
	pw = &it->it_pw;
	pollwait_init(pw, td);
	pollwait_prepare(pw);
	pollwait_add(pw, &ep->ep_wq, POLLIN, W_EXCLUSIVE);
	/* After the waiter: a host item that comes now wakes us. */
	if (atomic_load(&ep->ep_nhost) != 0)
		poll_host(&pw->pw_po, ep->ep_hostfd, POLLIN);
	if (!ready_any(ep))
		error = pollwait_sleep(pw, deadline);
	pollwait_done(pw);
	return (error);
}

long
kern_epoll_wait(struct thread *td, struct file *epfp, uaddr_t uev, int max,
    nsec_t deadline)
{
	struct epoll *ep = epoll_of(epfp);
	int error = 0;
	long n;

	if (ep == NULL)
		return (-EINVAL);
	for (;;) {
		n = ep_harvest(ep, uev, max);
		if (n != 0 || deadline == HOST_NOWAIT || error == -ETIMEDOUT)
			return (n);
		if (error == -ERESTARTSYS)
			error = -EINTR;
		if (error != 0)
			break;
		error = ep_sleep(td, ep, deadline);
	}
	/* The wake-up may have been meant for someone who stays. */
	if (ready_any(ep))
		ep_wake(ep);
	return (error);
}

/* --- the file ------------------------------------------------------------------------- */

/* Is there anything that epoll_wait would report?  Entries that turn out not
 * to be ready leave the list. */
static bool
ep_anything(struct epoll *ep)
{
	uint32_t budget;
	struct epitem *ei;
	bool found = false;

	if (ep->ep_nhost != 0 && poll_hostnow(ep->ep_hostfd, POLLIN) != 0)
		return (true);
	if (!ready_any(ep))
		return (false);
	mtx_lock_nested(&ep->ep_lock);
	budget = atomic_load(&ep->ep_nready);
	while (!found && budget-- > 0 && (ei = ready_pop(ep)) != NULL) {
		if ((ei->ei_events & ~EP_PRIVATE) == 0)
			continue;
		if (((uint32_t)ei->ei_file->f_ops->fo_poll(ei->ei_file,
		    (int)(ei->ei_events & EP_EVENTS), NULL) &
		    ei->ei_events) != 0) {
			ready_add(ei);
			found = true;
		}
	}
	mtx_unlock(&ep->ep_lock);
	return (found);
}

static int
epoll_poll(struct file *fp, int events, struct poller *po)
{
	struct epoll *ep = fp->f_data;
	int error = 0;

	poll_queue(po, &ep->ep_wq, POLLIN | POLLRDNORM);
	if (po != NULL) {
		/* Host items may come while we are waited for: have the host
		 * descriptor ready now. */
		mtx_lock_nested(&ep->ep_lock);
		error = ep_needhost(ep);
		mtx_unlock(&ep->ep_lock);
		if (error == 0)
			poll_host(po, ep->ep_hostfd, POLLIN);
	}
	return (ep_anything(ep) ? (POLLIN | POLLRDNORM) & events : 0);
}

static int
epoll_norw(struct file *fp, struct uio *uio)
{
	return (-EINVAL);
}

static int
epoll_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0600));
}

static int
epoll_fdinfo(struct file *fp, char *buf, size_t n)
{
	struct epoll *ep = fp->f_data;
	struct epitem *ei;
	size_t off = 0;
	uint32_t i;

	mtx_lock(&ep->ep_lock);
	for (i = 0; i < ep->ep_nbuckets; i++)
		list_foreach(ei, &ep->ep_hash[i], ei_hash)
			if (off < n)
				off += (size_t)ksnprintf(buf + off, n - off,
				    "tfd: %8d events: %8x data: %16lx\n",
				    ei->ei_fd, ei->ei_events,
				    (unsigned long)ei->ei_data);
	mtx_unlock(&ep->ep_lock);
	return ((int)kmin(off, n));
}

/* Take one item away from an epoll that closes; on dead when its file was
 * alive and is referenced now. */
static void
close_item(struct epoll *ep, struct epitem *ei, struct list *dead)
{
	item_detach(ep, ei);
	if (!ref_acquire_live(&ei->ei_file->f_ref)) {
		ei->ei_ep = NULL;	/* epoll_gone() frees it */
		return;
	}
	item_unlink(ei);
	list_add_tail(dead, &ei->ei_hash);
}

static void
epoll_close(struct file *fp)
{
	struct epoll *ep = fp->f_data;
	struct epitem *ei;
	struct list dead;
	uint32_t i;

	list_init(&dead);
	mtx_lock(&ipcroot()->ir_eplock);
	mtx_lock_nested(&ep->ep_lock);
	for (i = 0; i < ep->ep_nbuckets; i++)
		while ((ei = list_first(&ep->ep_hash[i], struct epitem,
		    ei_hash)) != NULL)
			close_item(ep, ei, &dead);
	mtx_unlock(&ep->ep_lock);
	mtx_unlock(&ipcroot()->ir_eplock);
	while ((ei = list_first(&dead, struct epitem, ei_hash)) != NULL) {
		list_del(&ei->ei_hash);
		fdrop(ei->ei_file);
		kfree(ei);
	}
	if (ep->ep_hostfd >= 0)
		(void)host_close(ep->ep_hostfd);
	waitq_destroy(&ep->ep_wq);
	kfree(ep->ep_hash);
	kfree(ep);
}

/* The last reference of fp went: nobody else changes its list any more but
 * epolls that close, and those hold ir_eplock. */
void
epoll_gone(struct file *fp)
{
	struct epitem *ei;
	struct epoll *ep;

	mtx_lock(&ipcroot()->ir_eplock);
	while ((ei = list_first(&fp->f_epitems, struct epitem, ei_flink)) !=
	    NULL) {
		if ((ep = ei->ei_ep) != NULL) {
			mtx_lock_nested(&ep->ep_lock);
			item_detach(ep, ei);
			mtx_unlock(&ep->ep_lock);
		}
		item_unlink(ei);
		kfree(ei);
	}
	mtx_unlock(&ipcroot()->ir_eplock);
}

static const struct fileops epoll_ops = {
	.fo_read = epoll_norw,
	.fo_write = epoll_norw,
	.fo_seek = file_nopseek,
	.fo_poll = epoll_poll,
	.fo_stat = epoll_stat,
	.fo_close = epoll_close,
	.fo_fdinfo = epoll_fdinfo,
};

#define	EP_BUCKETS	16

int
kern_epoll_create(struct file **fpp)
{
	struct epoll *ep = KNEW(struct epoll);
	struct file *fp;
	int i;

	if (ep == NULL)
		return (-ENOMEM);
	mtx_init(&ep->ep_lock, RANK_EPOLL, "epoll");
	mtx_init(&ep->ep_rlock, RANK_EPOLL_READY, "epready");
	list_init(&ep->ep_ready);
	waitq_init(&ep->ep_wq);
	ep->ep_hostfd = -1;
	ep->ep_nbuckets = EP_BUCKETS;
	ep->ep_hash = kmalloc(EP_BUCKETS * sizeof(*ep->ep_hash), KM_NOZERO);
	if (ep->ep_hash == NULL) {
		kfree(ep);
		return (-ENOMEM);
	}
	for (i = 0; i < EP_BUCKETS; i++)
		list_init(&ep->ep_hash[i]);
	fp = file_alloc(FT_EPOLL, &epoll_ops, O_RDWR);
	if (fp == NULL) {
		kfree(ep->ep_hash);
		kfree(ep);
		return (-ENFILE);
	}
	fp->f_data = ep;
	ep->ep_file = fp;
	kstrlcpy(fp->f_desc, "anon_inode:[eventpoll]", sizeof(fp->f_desc));
	*fpp = fp;
	return (0);
}
