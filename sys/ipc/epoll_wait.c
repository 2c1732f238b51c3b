/*
 * epoll_wait.c: harvesting what is ready, and sleeping for it (epoll_wait(2)).
 * Rules: epoll_impl.h.
 */
#include "base/copy.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/epoll_impl.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "vfs/file.h"

#define	EP_HOSTBATCH	32

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
