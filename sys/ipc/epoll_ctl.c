/*
 * epoll_ctl.c: items: how they hang on files' objects and on the host, and
 * epoll_ctl(2).  Rules: epoll_impl.h.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/epoll_impl.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

struct eppoller {
	struct poller	pp_po;
	struct epitem	*pp_item;
	int		pp_err;
};

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

int
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
uint32_t
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
void
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

void
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
	return (fp->f_ops != &vn_fileops ||
	    fp->f_vnode->v_op->vop_poll != NULL);
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
