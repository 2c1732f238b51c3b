/*
 * epoll.c: the life of epolls, and epolls as files.  Rules: epoll_impl.h.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/epoll_impl.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"

static const struct fileops epoll_ops;

struct epoll *
epoll_of(struct file *fp)
{
	return (fp->f_ops == &epoll_ops ? fp->f_data : NULL);
}

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
