/*
 * poll.c: waiting for several files at once (poll(2), select(2)).
 *
 * A wait has two forms.  While only wait queues are involved, the thread
 * sleeps on its own word td_wake.  When a host descriptor is among them it
 * sleeps in the host's ppoll on those descriptors and on its own eventfd
 * (td_eventfd, made when first needed), which a waker writes.
 *
 * The waker cannot know the form beforehand, so the two meet like this: the
 * waker sets pw_woken and then reads pw_mixed; the sleeper sets pw_mixed and
 * then reads pw_woken.  Both are sequentially consistent, so either the waker
 * writes the eventfd or the sleeper does not sleep.
 *
 * Waiters lie in the arena (struct ipc_td), never on a kernel stack: that is
 * private to its process.  pollwait_done() takes each waiter off its queue
 * under the queue's lock; after that no waker touches the wait any more, and
 * the eventfd may be drained.
 *
 * Files are referenced for as long as their queues are waited on, so a close
 * in another thread leaves the wait intact, as Linux does.
 */
#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

#define	EFD_NONBLOCK_CLOEXEC	(O_NONBLOCK | O_CLOEXEC)
#define	PWCHUNK		32
#define	MAXHOSTFDS	65536

struct pwchunk {
	struct list	pc_link;
	uint32_t	pc_n;
	struct waiter	pc_w[PWCHUNK];
};

/* --- a thread's waiting state ---------------------------------------------- */

struct ipc_td *
ipc_td(struct thread *td)
{
	if (td->td_ipc == NULL)
		td->td_ipc = KNEW(struct ipc_td);
	return (td->td_ipc);
}

void
ipc_thread_exit(struct thread *td)
{
	struct ipc_td *it = td->td_ipc;
	struct pollwait *pw;
	uint32_t i;

	if (it != NULL && it->it_pw.pw_td != NULL) {
		pw = &it->it_pw;
		pollwait_done(pw);
		for (i = 0; i < pw->pw_nfiles; i++)
			fdrop(pw->pw_files[i]);
		if (pw->pw_nfiles > 0)
			kfree(pw->pw_files);
	}
	kfree(it);
	td->td_ipc = NULL;
	if (td->td_eventfd > 0) {
		(void)host_close(td->td_eventfd);
		td->td_eventfd = -1;
	}
}

/* 0 counts as "none": whoever makes a thread may leave the field zeroed, and
 * descriptor 0 of the host is never an eventfd of ours. */
int
thread_eventfd(struct thread *td)
{
	int fd;

	if (td->td_eventfd > 0)
		return (td->td_eventfd);
	fd = host_eventfd(0, EFD_NONBLOCK_CLOEXEC);
	if (fd == 0) {
		fd = host_dup(0);
		(void)host_close(0);
	}
	if (fd < 0)
		return (fd == -EMFILE ? -ENFILE : fd);
	td->td_eventfd = fd;
	return (fd);
}

/* A waiter's function: any event will do. */
static void
pw_fire(struct waiter *w, uint32_t events)
{
	struct pollwait *pw = w->w_arg;
	uint64_t one = 1;

	atomic_store(&pw->pw_woken, 1);
	if (atomic_load(&pw->pw_mixed) != 0)
		(void)host_write(pw->pw_td->td_eventfd, &one, sizeof(one));
	else
		thread_wake(pw->pw_td);
}

static struct waiter *
pw_waiter(struct pollwait *pw)
{
	struct pwchunk *pc;

	if (pw->pw_n < PW_INLINE)
		return (&pw->pw_w[pw->pw_n++]);
	pc = list_last(&pw->pw_more, struct pwchunk, pc_link);
	if (pc == NULL || pc->pc_n == PWCHUNK) {
		if ((pc = KNEW(struct pwchunk)) == NULL)
			return (NULL);
		list_add_tail(&pw->pw_more, &pc->pc_link);
	}
	return (&pc->pc_w[pc->pc_n++]);
}

void
pollwait_add(struct pollwait *pw, struct waitq *wq, int events, uint32_t flags)
{
	struct waiter *w = pw_waiter(pw);

	if (w == NULL) {
		pw->pw_err = -ENOMEM;
		return;
	}
	w->w_fn = pw_fire;
	w->w_arg = pw;
	w->w_events = (uint32_t)events;
	w->w_flags = flags;
	waitq_add(wq, w);
}

static void
pw_queue(struct poller *po, struct waitq *wq, int events)
{
	pollwait_add(container_of(po, struct pollwait, pw_po), wq, events, 0);
}

static void
pw_hostfd(struct poller *po, int hostfd, int events)
{
	struct pollwait *pw = container_of(po, struct pollwait, pw_po);
	struct host_pollfd *h;
	unsigned max;

	if (pw->pw_nhost + 1 >= pw->pw_maxhost) {
		max = pw->pw_maxhost == 0 ? 8 : 2 * pw->pw_maxhost;
		h = max > MAXHOSTFDS ? NULL :
		    krealloc(pw->pw_host, pw->pw_maxhost * sizeof(*h),
		    max * sizeof(*h));
		if (h == NULL) {
			pw->pw_err = -ENOMEM;
			return;
		}
		pw->pw_host = h;
		pw->pw_maxhost = max;
	}
	h = &pw->pw_host[1 + pw->pw_nhost++];
	h->fd = hostfd;
	h->events = (int16_t)events;
	h->revents = 0;
}

static const struct poller_ops pw_ops = {
	.po_queue = pw_queue,
	.po_host = pw_hostfd,
};

void
pollwait_init(struct pollwait *pw, struct thread *td)
{
	pw->pw_po.po_ops = &pw_ops;
	pw->pw_td = td;
	pw->pw_woken = pw->pw_mixed = 0;
	pw->pw_n = pw->pw_nhost = pw->pw_maxhost = 0;
	pw->pw_err = 0;
	pw->pw_host = NULL;
	pw->pw_files = NULL;
	pw->pw_nfiles = 0;
	list_init(&pw->pw_more);
}

void
pollwait_prepare(struct pollwait *pw)
{
	sleep_prepare();
	atomic_store(&pw->pw_woken, 0);
}

static int
pw_sleep_host(struct pollwait *pw, nsec_t deadline)
{
	uint64_t junk;
	int n, fd;

	if ((fd = thread_eventfd(pw->pw_td)) < 0)
		return (fd);
	pw->pw_host[0] = (struct host_pollfd){ fd, POLLIN, 0 };
	atomic_store(&pw->pw_mixed, 1);
	n = 0;
	if (atomic_load(&pw->pw_woken) == 0) {
		if (thread_interrupted())
			n = -EINTR;
		else
			n = host_poll_intr(pw->pw_host, 1 + pw->pw_nhost,
			    deadline);
	}
	atomic_store(&pw->pw_mixed, 0);
	if (n > 0 && pw->pw_host[0].revents != 0)
		(void)host_read(fd, &junk, sizeof(junk));
	if (n == -EINTR)
		return (thread_interrupted() ? -ERESTARTSYS : 0);
	if (n < 0)
		return (n);
	return (n == 0 && atomic_load(&pw->pw_woken) == 0 ? -ETIMEDOUT : 0);
}

int
pollwait_sleep(struct pollwait *pw, nsec_t deadline)
{
	if (pw->pw_err != 0)
		return (pw->pw_err);
	if (pw->pw_nhost > 0)
		return (pw_sleep_host(pw, deadline));
	return (sleep_commit(SLEEP_INTR, deadline));
}

void
pollwait_done(struct pollwait *pw)
{
	struct pwchunk *pc;
	uint64_t junk;
	uint32_t i;

	for (i = 0; i < pw->pw_n; i++)
		waitq_remove(&pw->pw_w[i]);
	while ((pc = list_first(&pw->pw_more, struct pwchunk, pc_link)) !=
	    NULL) {
		for (i = 0; i < pc->pc_n; i++)
			waitq_remove(&pc->pc_w[i]);
		list_del(&pc->pc_link);
		kfree(pc);
	}
	/* A waker may have written after the last look. */
	if (pw->pw_nhost > 0 && pw->pw_td->td_eventfd > 0 &&
	    atomic_load(&pw->pw_woken) != 0)
		(void)host_read(pw->pw_td->td_eventfd, &junk, sizeof(junk));
	kfree(pw->pw_host);
	pw->pw_host = NULL;
	pw->pw_n = pw->pw_nhost = pw->pw_maxhost = 0;
}

/* --- poll ---------------------------------------------------------------------- */

static int
poll_one(struct kpollfd *p, struct file *fp, struct poller *po)
{
	int re = POLLNVAL;

	if (fp != NULL)
		re = fp->f_ops->fo_poll == NULL ?
		    (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM) :
		    fp->f_ops->fo_poll(fp, (uint16_t)p->events, po);
	re &= (uint16_t)p->events | POLLERR | POLLHUP | POLLNVAL;
	p->revents = (int16_t)re;
	return (re != 0);
}

/* Ask all files once; with po, register until the first ready one. */
static long
poll_scan(struct kpollfd *fds, struct file **files, unsigned n,
    struct poller *po)
{
	long ready = 0;
	unsigned i;

	for (i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (poll_one(&fds[i], files[i], ready == 0 ? po : NULL))
			ready++;
	}
	return (ready);
}

static long
poll_wait(struct thread *td, struct kpollfd *fds, struct file **files,
    unsigned n, nsec_t deadline)
{
	struct ipc_td *it = ipc_td(td);
	struct pollwait *pw;
	long ready;
	int error;

	if (it == NULL)
		return (-ENOMEM);
	pw = &it->it_pw;
	pollwait_init(pw, td);
	pw->pw_files = files;
	pw->pw_nfiles = n;
	pollwait_prepare(pw);
	ready = poll_scan(fds, files, n, &pw->pw_po);
	while (ready == 0) {
		error = pollwait_sleep(pw, deadline);
		if (error != 0) {
			ready = poll_scan(fds, files, n, NULL);
			if (ready == 0 && error != -ETIMEDOUT)
				ready = error;
			break;
		}
		pollwait_prepare(pw);
		ready = poll_scan(fds, files, n, NULL);
	}
	pollwait_done(pw);
	pw->pw_nfiles = 0;
	return (ready);
}

/* poll_wait with the references in the arena: see pw_files. */
static long
poll_wait_arena(struct thread *td, struct kpollfd *fds, struct file **files,
    unsigned n, nsec_t deadline)
{
	struct file **af = kmalloc((n + 1) * sizeof(*af), KM_NOZERO);
	long ready;

	if (af == NULL)
		return (-ENOMEM);
	memcpy(af, files, n * sizeof(*af));
	ready = poll_wait(td, fds, af, n, deadline);
	kfree(af);
	return (ready);
}

#define	POLL_FAST	32

long
kern_poll(struct thread *td, struct kpollfd *fds, unsigned n, nsec_t deadline)
{
	struct file *fast[POLL_FAST], **files = fast;
	long ready;
	unsigned i;

	if (n > POLL_FAST) {
		files = kmalloc(n * sizeof(*files), KM_NOZERO);
		if (files == NULL)
			return (-ENOMEM);
	}
	for (i = 0; i < n; i++)
		files[i] = fds[i].fd < 0 ? NULL : fget(fds[i].fd);
	ready = poll_scan(fds, files, n, NULL);
	if (ready == 0 && deadline != HOST_NOWAIT)
		ready = files != fast ?
		    poll_wait(td, fds, files, n, deadline) :
		    poll_wait_arena(td, fds, files, n, deadline);
	for (i = 0; i < n; i++)
		fdrop(files[i]);
	if (files != fast)
		kfree(files);
	return (ready);
}
