/*
 * poll.h: waiting for several files at once (poll(2), select(2), epoll(7)).
 *
 * A poller collects, from each file's fo_poll, wait queues to hang on and host
 * descriptors to watch, then sleeps once on all: on td_wake alone, or, when a
 * host descriptor is among them, in the host's ppoll on those and on the
 * thread's own eventfd.
 */
#ifndef VFS_POLL_H
#define VFS_POLL_H

#include "base/sleep.h"
#include "libkern/types.h"

#define	POLLIN		0x0001
#define	POLLPRI		0x0002
#define	POLLOUT		0x0004
#define	POLLERR		0x0008
#define	POLLHUP		0x0010
#define	POLLNVAL	0x0020
#define	POLLRDNORM	0x0040
#define	POLLRDBAND	0x0080
#define	POLLWRNORM	0x0100
#define	POLLWRBAND	0x0200
#define	POLLMSG		0x0400
#define	POLLRDHUP	0x2000

struct poller;

/* Hooks that fo_poll calls. epoll implements them too (its own po_ops). */
struct poller_ops {
	void	(*po_queue)(struct poller *po, struct waitq *wq, int events);
	void	(*po_host)(struct poller *po, int hostfd, int events);
};
struct poller {
	const struct poller_ops *po_ops;
};

/* Register a wait queue: the poller wakes when events come. */
static inline void
poll_queue(struct poller *po, struct waitq *wq, int events)
{
	if (po != NULL)
		po->po_ops->po_queue(po, wq, events);
}
/* Register a host descriptor to be watched by the host. */
static inline void
poll_host(struct poller *po, int hostfd, int events)
{
	if (po != NULL)
		po->po_ops->po_host(po, hostfd, events);
}
/* Ask the host now: ready events, without blocking. */
int	poll_hostnow(int hostfd, int events);
/* Block until a host descriptor is ready or a signal/deadline comes:
 * revents, 0 = deadline, -ERESTARTSYS. For blocking I/O on host files. */
int	poll_hostwait(int hostfd, int events, nsec_t deadline);

#endif
