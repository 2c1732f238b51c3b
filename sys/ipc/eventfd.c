/*
 * eventfd.c: a counter to wait on (eventfd(2)).
 *
 * ev_count under ev_lock.  Readers sleep for a count above zero, writers for
 * room below EFD_MAX; sleepers of both kinds hang on one queue and select by
 * poll events.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"

#define	EFD_MAX		0xfffffffffffffffeULL

struct eventfd {
	struct mtx	ev_lock;	/* RANK_IPC */
	uint64_t	ev_count;
	bool		ev_sem;		/* (i) EFD_SEMAPHORE */
	struct waitq	ev_rwq, ev_wwq;
};

static bool
ev_nowait(struct file *fp, struct uio *uio)
{
	return ((fp->f_flags & O_NONBLOCK) != 0 ||
	    (uio->uio_rwf & RWF_NOWAIT) != 0);
}

static int
eventfd_read(struct file *fp, struct uio *uio)
{
	struct eventfd *ev = fp->f_data;
	uint64_t val;
	bool more;
	int error = 0;

	if (uio->uio_resid < sizeof(val))
		return (-EINVAL);
	mtx_lock(&ev->ev_lock);
	while (ev->ev_count == 0 && error == 0)
		error = ev_nowait(fp, uio) ? -EAGAIN : waitq_sleep(&ev->ev_rwq,
		    &ev->ev_lock, SLEEP_INTR, 0);
	if (ev->ev_count == 0) {
		mtx_unlock(&ev->ev_lock);
		return (error);
	}
	val = ev->ev_sem ? 1 : ev->ev_count;
	ev->ev_count -= val;
	more = ev->ev_count > 0;
	mtx_unlock(&ev->ev_lock);
	waitq_wake_any(&ev->ev_wwq, WAKE_ALL, POLLOUT | POLLWRNORM);
	if (more)
		waitq_wake_any(&ev->ev_rwq, 1, WAKE_SLEEPERS);
	return (uiomove(&val, sizeof(val), uio));
}

static int
eventfd_write(struct file *fp, struct uio *uio)
{
	struct eventfd *ev = fp->f_data;
	uint64_t val;
	int error;

	if (uio->uio_resid < sizeof(val))
		return (-EINVAL);
	if ((error = uiomove(&val, sizeof(val), uio)) != 0)
		return (error);
	if (val == UINT64_MAX) {
		uio->uio_resid += sizeof(val);	/* nothing was written */
		return (-EINVAL);
	}
	mtx_lock(&ev->ev_lock);
	while (val > EFD_MAX - ev->ev_count && error == 0)
		error = ev_nowait(fp, uio) ? -EAGAIN : waitq_sleep(&ev->ev_wwq,
		    &ev->ev_lock, SLEEP_INTR, 0);
	if (val > EFD_MAX - ev->ev_count) {
		mtx_unlock(&ev->ev_lock);
		uio->uio_resid += sizeof(val);
		return (error);
	}
	ev->ev_count += val;
	mtx_unlock(&ev->ev_lock);
	/* A semaphore's readers take one each: let all look. */
	if (val != 0)
		waitq_wake_any(&ev->ev_rwq, ev->ev_sem ? WAKE_ALL : 1,
		    POLLIN | POLLRDNORM);
	return (0);
}

static int
eventfd_poll(struct file *fp, int events, struct poller *po)
{
	struct eventfd *ev = fp->f_data;
	int re = 0;

	if (events & (POLLIN | POLLRDNORM))
		poll_queue(po, &ev->ev_rwq, events);
	if (events & (POLLOUT | POLLWRNORM))
		poll_queue(po, &ev->ev_wwq, events);
	mtx_lock(&ev->ev_lock);
	if (ev->ev_count > 0)
		re |= POLLIN | POLLRDNORM;
	if (ev->ev_count < EFD_MAX)
		re |= POLLOUT | POLLWRNORM;
	mtx_unlock(&ev->ev_lock);
	return (re & events);
}

static int
eventfd_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0600));
}

static void
eventfd_close(struct file *fp)
{
	struct eventfd *ev = fp->f_data;

	waitq_destroy(&ev->ev_rwq);
	waitq_destroy(&ev->ev_wwq);
	kfree(ev);
}

static int
eventfd_fdinfo(struct file *fp, char *buf, size_t n)
{
	struct eventfd *ev = fp->f_data;

	return (ksnprintf(buf, n, "eventfd-count: %16lx\n",
	    (unsigned long)ev->ev_count));
}

static const struct fileops eventfd_ops = {
	.fo_read = eventfd_read,
	.fo_write = eventfd_write,
	.fo_seek = file_nopseek,
	.fo_poll = eventfd_poll,
	.fo_stat = eventfd_stat,
	.fo_close = eventfd_close,
	.fo_fdinfo = eventfd_fdinfo,
};

int
kern_eventfd(uint64_t init, int flags, struct file **fpp)
{
	struct eventfd *ev = KNEW(struct eventfd);
	struct file *fp;

	if (ev == NULL)
		return (-ENOMEM);
	mtx_init(&ev->ev_lock, RANK_IPC, "eventfd");
	waitq_init(&ev->ev_rwq);
	waitq_init(&ev->ev_wwq);
	ev->ev_count = init;
	ev->ev_sem = (flags & EFD_SEMAPHORE) != 0;
	fp = file_alloc(FT_EVENTFD, &eventfd_ops,
	    O_RDWR | (flags & O_NONBLOCK));
	if (fp == NULL) {
		kfree(ev);
		return (-ENFILE);
	}
	fp->f_data = ev;
	kstrlcpy(fp->f_desc, "anon_inode:[eventfd]", sizeof(fp->f_desc));
	*fpp = fp;
	return (0);
}
