/*
 * pipe.c: pipes and FIFOs (pipe(7), fifo(7)).
 *
 * A pipe is a ring of bytes in arena pages.  The ring starts with one page and
 * grows up to pi_size when a writer needs it; whenever it runs empty it starts
 * over at its first byte, so ping-pong traffic stays in one warm page.
 *
 * Packets (O_DIRECT): once a packet was written, pi_seg describes all bytes of
 * the ring as a queue of segments; an ordinary write makes or extends a stream
 * segment.  An empty ring has no segments and is a plain stream again.
 *
 * Rules: all fields under pi_lock.  Copies from and to guests are done with
 * pi_lock held: a write of up to PIPE_BUF bytes must be atomic, and readers and
 * writers exclude each other anyway.  A waiter is woken only after pi_lock was
 * released, and only when waitq_busy() says that there is one.
 *
 * Wake-up order: sleepers are exclusive; whoever leaves with work remaining
 * wakes the next one, so an interrupted sleeper never swallows a wake-up.
 * Writers sleep until PIPE_BUF bytes are free (what POLLOUT promises).
 *
 * References: each open file holds one pi_ref.  A FIFO's vnode points to its
 * pipe by v_special while any file has it open, under ir_fifolock.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

#define	PIPE_BUF_	4096UL
#define	PIPE_DEFSIZE	65536UL
#define	PIPE_USERMAX	(1UL << 20)	/* fs.pipe-max-size */
#define	PIPE_ROOTMAX	(1UL << 26)	/* ours: a bound for privileged ones */
#define	PIPE_READY	(POLLIN | POLLRDNORM)
#define	PIPE_ROOM	(POLLOUT | POLLWRNORM)

#define	FIONREAD_	0x541b

struct pipeseg {
	uint32_t	ps_len;
	uint32_t	ps_packet;
};

struct pipe {
	struct mtx	pi_lock;	/* RANK_IPC */
	refcount_t	pi_ref;
	uint32_t	pi_readers, pi_writers;
	uint32_t	pi_ropens, pi_wopens;	/* opens so far (FIFOs) */
	size_t		pi_size;	/* what may be in it */
	size_t		pi_cap;		/* bytes allocated, <= pi_size */
	size_t		pi_head;	/* first byte */
	size_t		pi_len;
	char		*pi_buf;
	struct pipeseg	*pi_seg;	/* queue, NULL until a packet came */
	uint32_t	pi_segcap, pi_seghead, pi_nseg;
	struct waitq	pi_rwq, pi_wwq;	/* for bytes, for room */
	struct waitq	pi_openwq;	/* FIFO opens */
	uint64_t	pi_ino;
	bool		pi_fifo;	/* (i) belongs to a vnode */
};

static const struct fileops pipe_ops;

/* --- life ----------------------------------------------------------------- */

static struct pipe *
pipe_new(void)
{
	struct pipe *pi = KNEW(struct pipe);

	if (pi == NULL)
		return (NULL);
	mtx_init(&pi->pi_lock, RANK_IPC, "pipe");
	waitq_init(&pi->pi_rwq);
	waitq_init(&pi->pi_wwq);
	waitq_init(&pi->pi_openwq);
	pi->pi_size = PIPE_DEFSIZE;
	pi->pi_ino = ipc_newino();
	return (pi);
}

static void
pipe_free(struct pipe *pi)
{
	waitq_destroy(&pi->pi_rwq);
	waitq_destroy(&pi->pi_wwq);
	waitq_destroy(&pi->pi_openwq);
	if (pi->pi_buf != NULL)
		kpages_free(pi->pi_buf, pi->pi_cap / KPAGE_SIZE);
	kfree(pi->pi_seg);
	kfree(pi);
}

struct pipe *
pipe_of(struct file *fp)
{
	return (fp->f_ops == &pipe_ops ? fp->f_data : NULL);
}

static void
pipe_setfile(struct file *fp, struct pipe *pi)
{
	fp->f_data = pi;
	ksnprintf(fp->f_desc, sizeof(fp->f_desc), "pipe:[%lu]",
	    (unsigned long)pi->pi_ino);
}

int
kern_pipe(struct file **rfp, struct file **wfp, int flags)
{
	struct pipe *pi;
	struct file *r, *w;

	if ((pi = pipe_new()) == NULL)
		return (-ENOMEM);
	flags &= O_NONBLOCK | O_DIRECT;
	r = file_alloc(FT_PIPE, &pipe_ops, O_RDONLY | (flags & O_NONBLOCK));
	if (r == NULL) {
		pipe_free(pi);
		return (-ENFILE);
	}
	pi->pi_ref = pi->pi_readers = pi->pi_writers = 1;
	pi->pi_ropens = pi->pi_wopens = 1;
	pipe_setfile(r, pi);
	w = file_alloc(FT_PIPE, &pipe_ops, O_WRONLY | flags);
	if (w == NULL) {
		fdrop(r);
		return (-ENFILE);
	}
	ref_acquire(&pi->pi_ref);
	pipe_setfile(w, pi);
	*rfp = r;
	*wfp = w;
	return (0);
}

/* Take an end's share off; pi_lock held.  The caller wakes. */
static void
pipe_leave(struct pipe *pi, int flags)
{
	int acc = flags & O_ACCMODE;

	if (acc != O_WRONLY)
		pi->pi_readers--;
	if (acc != O_RDONLY)
		pi->pi_writers--;
}

static void
pipe_wakeall(struct pipe *pi)
{
	waitq_wake(&pi->pi_rwq, WAKE_ALL, 0);
	waitq_wake(&pi->pi_wwq, WAKE_ALL, 0);
}

/* Drop a reference; with a FIFO's vnode, under ir_fifolock. */
static void
pipe_release(struct pipe *pi, struct vnode *vp)
{
	bool last;

	if (vp != NULL)
		mtx_lock(&ipcroot()->ir_fifolock);
	last = ref_release(&pi->pi_ref);
	if (last && vp != NULL)
		vp->v_special = NULL;
	if (vp != NULL)
		mtx_unlock(&ipcroot()->ir_fifolock);
	if (last)
		pipe_free(pi);
}

static void
pipe_close(struct file *fp)
{
	struct pipe *pi = fp->f_data;

	mtx_lock(&pi->pi_lock);
	pipe_leave(pi, fp->f_flags);
	mtx_unlock(&pi->pi_lock);
	pipe_wakeall(pi);
	pipe_release(pi, pi->pi_fifo ? fp->f_vnode : NULL);
}

/* --- the ring --------------------------------------------------------------- */

static int
pipe_resize(struct pipe *pi, size_t cap)
{
	size_t first;
	char *b;

	b = kpages_alloc(cap / KPAGE_SIZE, KM_NOZERO);
	if (b == NULL)
		return (-ENOMEM);
	if (pi->pi_buf != NULL) {
		first = kmin(pi->pi_len, pi->pi_cap - pi->pi_head);
		memcpy(b, pi->pi_buf + pi->pi_head, first);
		memcpy(b + first, pi->pi_buf, pi->pi_len - first);
		kpages_free(pi->pi_buf, pi->pi_cap / KPAGE_SIZE);
	}
	pi->pi_buf = b;
	pi->pi_cap = cap;
	pi->pi_head = 0;
	return (0);
}

/* Make room for n more bytes if pi_size allows; a partial success is fine. */
static int
pipe_grow(struct pipe *pi, size_t n)
{
	size_t want = pi->pi_len + n, cap;

	if (want <= pi->pi_cap || pi->pi_cap == pi->pi_size)
		return (0);
	cap = want <= PIPE_BUF_ ? PIPE_BUF_ : want <= 4 * PIPE_BUF_ ?
	    4 * PIPE_BUF_ : pi->pi_size;
	return (pipe_resize(pi, kmin(cap, pi->pi_size)));
}

/* Append up to n bytes from uio; what fits was checked.  Bytes moved are in
 * *done, even with -EFAULT. */
static int
pipe_put(struct pipe *pi, struct uio *uio, size_t n, size_t *done)
{
	size_t tail, chunk, before;
	int error = 0;

	*done = 0;
	if (pipe_grow(pi, n) != 0 && pi->pi_cap - pi->pi_len < n)
		return (-ENOMEM);
	if (pi->pi_len == 0)
		pi->pi_head = 0;
	while (n > 0 && error == 0) {
		tail = pi->pi_head + pi->pi_len;
		if (tail >= pi->pi_cap)
			tail -= pi->pi_cap;
		chunk = kmin(n, pi->pi_cap - tail);
		before = uio->uio_resid;
		error = uiomove(pi->pi_buf + tail, chunk, uio);
		chunk = before - uio->uio_resid;
		pi->pi_len += chunk;
		*done += chunk;
		n -= chunk;
	}
	return (error);
}

/* Copy up to n bytes from offset off of the ring to uio, consuming nothing. */
static int
pipe_peek(struct pipe *pi, size_t off, struct uio *uio, size_t n, size_t *done)
{
	size_t at, chunk, before;
	int error = 0;

	*done = 0;
	while (n > 0 && error == 0) {
		at = pi->pi_head + off + *done;
		if (at >= pi->pi_cap)
			at -= pi->pi_cap;
		chunk = kmin(n, pi->pi_cap - at);
		before = uio->uio_resid;
		error = uiomove(pi->pi_buf + at, chunk, uio);
		chunk = before - uio->uio_resid;
		*done += chunk;
		n -= chunk;
	}
	return (error);
}

static void
pipe_consume(struct pipe *pi, size_t n)
{
	pi->pi_len -= n;
	pi->pi_head += n;
	if (pi->pi_head >= pi->pi_cap)
		pi->pi_head -= pi->pi_cap;
	if (pi->pi_len == 0) {
		pi->pi_head = 0;
		pi->pi_nseg = 0;
	}
}

/* --- segments --------------------------------------------------------------- */

static struct pipeseg *
seg_at(struct pipe *pi, uint32_t i)
{
	return (&pi->pi_seg[(pi->pi_seghead + i) % pi->pi_segcap]);
}

/* Room for one more segment (and one for the stream before it). */
static int
seg_reserve(struct pipe *pi)
{
	struct pipeseg *s;
	uint32_t i, cap;

	if (pi->pi_nseg + 2 <= pi->pi_segcap)
		return (0);
	cap = pi->pi_segcap == 0 ? 16 : 2 * pi->pi_segcap;
	if ((s = kmalloc(cap * sizeof(*s), 0)) == NULL)
		return (-ENOMEM);
	for (i = 0; i < pi->pi_nseg; i++)
		s[i] = *seg_at(pi, i);
	kfree(pi->pi_seg);
	pi->pi_seg = s;
	pi->pi_segcap = cap;
	pi->pi_seghead = 0;
	return (0);
}

/* len bytes were appended to the ring; seg_reserve() was called if packet or
 * if there are segments. */
static void
seg_append(struct pipe *pi, size_t len, bool packet)
{
	struct pipeseg *s;

	if (len == 0 || (!packet && pi->pi_nseg == 0))
		return;
	if (pi->pi_nseg == 0 && pi->pi_len > len)
		*seg_at(pi, pi->pi_nseg++) =
		    (struct pipeseg){ pi->pi_len - len, 0 };
	s = pi->pi_nseg > 0 ? seg_at(pi, pi->pi_nseg - 1) : NULL;
	if (!packet && s != NULL && !s->ps_packet)
		s->ps_len += len;
	else
		*seg_at(pi, pi->pi_nseg++) = (struct pipeseg){ len, packet };
}

/* --- read and write ----------------------------------------------------------- */

/* Take bytes out; pi_len > 0.  One packet at most. */
static int
pipe_take(struct pipe *pi, struct uio *uio)
{
	struct pipeseg *s;
	size_t n, done, total = 0;
	int error;

	do {
		s = pi->pi_nseg > 0 ? seg_at(pi, 0) : NULL;
		if (s != NULL && s->ps_packet && total > 0)
			break;
		n = kmin(uio->uio_resid, s != NULL ? (size_t)s->ps_len :
		    pi->pi_len);
		error = pipe_peek(pi, 0, uio, n, &done);
		total += done;
		if (s != NULL) {
			/* The rest of a packet that was read is lost. */
			if (s->ps_packet && error == 0)
				done = s->ps_len;
			s->ps_len -= done;
			if (s->ps_len == 0) {
				pi->pi_seghead = (pi->pi_seghead + 1) %
				    pi->pi_segcap;
				pi->pi_nseg--;
			}
			pipe_consume(pi, done);
			if (s->ps_packet)
				break;
		} else
			pipe_consume(pi, done);
	} while (error == 0 && uio->uio_resid > 0 && pi->pi_len > 0);
	return (total > 0 ? 0 : error);
}

/* What POLLOUT promises, and what sleeping writers are woken for.  (A packet
 * pipe may be out of segments instead of bytes.) */
static bool
pipe_hasroom(const struct pipe *pi)
{
	return (pi->pi_size - pi->pi_len >= PIPE_BUF_ &&
	    pi->pi_nseg < pi->pi_size / PIPE_BUF_);
}

static bool
pipe_nowait(struct file *fp, struct uio *uio)
{
	return ((fp->f_flags & O_NONBLOCK) != 0 ||
	    (uio->uio_rwf & RWF_NOWAIT) != 0);
}

static int
pipe_read(struct file *fp, struct uio *uio)
{
	struct pipe *pi = fp->f_data;
	bool full, room, more;
	int error = 0;

	if (uio->uio_resid == 0)
		return (0);
	mtx_lock(&pi->pi_lock);
	while (pi->pi_len == 0) {
		if (pi->pi_writers == 0)
			goto out;
		if (pipe_nowait(fp, uio)) {
			error = -EAGAIN;
			goto out;
		}
		error = waitq_sleep(&pi->pi_rwq, &pi->pi_lock, SLEEP_INTR, 0);
		if (error != 0)
			goto out;
	}
	full = !pipe_hasroom(pi);
	error = pipe_take(pi, uio);
	room = full && pipe_hasroom(pi);
	more = pi->pi_len > 0;
	mtx_unlock(&pi->pi_lock);
	if (room && waitq_busy(&pi->pi_wwq))
		waitq_wake(&pi->pi_wwq, 1, PIPE_ROOM);
	if (more && waitq_busy(&pi->pi_rwq))
		waitq_wake(&pi->pi_rwq, 1, WAKE_SLEEPERS);
	return (error);
out:
	mtx_unlock(&pi->pi_lock);
	return (error);
}

/* How many of the uio's bytes may go in now; 0 = wait. */
static size_t
pipe_room(struct pipe *pi, size_t resid, bool atomic, bool packet)
{
	size_t room = pi->pi_size - pi->pi_len;

	if (packet && pi->pi_nseg >= pi->pi_size / PIPE_BUF_)
		return (0);
	if (packet || atomic) {
		resid = kmin(resid, PIPE_BUF_);
		return (room >= resid ? resid : 0);
	}
	/* Larger ones go in by pieces, but none before POLLOUT would hold. */
	return (room >= kmin(resid, PIPE_BUF_) ? kmin(resid, room) : 0);
}

/* One step of a write; pi_lock held and n bytes fit. */
static int
pipe_append(struct pipe *pi, struct uio *uio, size_t n, bool packet)
{
	size_t done;
	int error;

	if ((packet || pi->pi_nseg > 0) && seg_reserve(pi) != 0)
		return (-ENOMEM);
	error = pipe_put(pi, uio, n, &done);
	seg_append(pi, done, packet);
	return (error);
}

static int
pipe_write(struct file *fp, struct uio *uio)
{
	struct pipe *pi = fp->f_data;
	size_t total = uio->uio_resid, n;
	bool atomic = total <= PIPE_BUF_, packet, fresh = false, room;
	int error = 0;

	if (total == 0)
		return (0);
	packet = (fp->f_flags & O_DIRECT) != 0;
	mtx_lock(&pi->pi_lock);
	while (error == 0 && uio->uio_resid > 0) {
		if (pi->pi_readers == 0) {
			error = -EPIPE;
			break;
		}
		n = pipe_room(pi, uio->uio_resid, atomic, packet);
		if (n > 0) {
			error = pipe_append(pi, uio, n, packet);
			fresh = true;
			continue;
		}
		if (pipe_nowait(fp, uio)) {
			error = -EAGAIN;
			break;
		}
		if (fresh && waitq_busy(&pi->pi_rwq))
			waitq_wake(&pi->pi_rwq, 1, PIPE_READY);
		fresh = false;
		error = waitq_sleep(&pi->pi_wwq, &pi->pi_lock, SLEEP_INTR, 0);
	}
	room = pipe_hasroom(pi);
	mtx_unlock(&pi->pi_lock);
	if (fresh && waitq_busy(&pi->pi_rwq))
		waitq_wake(&pi->pi_rwq, 1, PIPE_READY);
	if (room && waitq_busy(&pi->pi_wwq))
		waitq_wake(&pi->pi_wwq, 1, WAKE_SLEEPERS);
	return (uio->uio_resid < total ? 0 : error);
}

/* --- the other operations ------------------------------------------------------ */

static int
pipe_poll(struct file *fp, int events, struct poller *po)
{
	struct pipe *pi = fp->f_data;
	int acc = fp->f_flags & O_ACCMODE, re = 0;

	if (acc != O_WRONLY)
		poll_queue(po, &pi->pi_rwq, events | POLLHUP | POLLERR);
	if (acc != O_RDONLY)
		poll_queue(po, &pi->pi_wwq, events | POLLHUP | POLLERR);
	mtx_lock(&pi->pi_lock);
	if (acc != O_WRONLY) {
		if (pi->pi_len > 0)
			re |= PIPE_READY;
		/* f_offset: the count of writers' opens at a non-blocking
		 * open, so that a FIFO nobody wrote to is not hung up. */
		if (pi->pi_writers == 0 && fp->f_offset != pi->pi_wopens)
			re |= POLLHUP;
	}
	if (acc != O_RDONLY) {
		if (pipe_hasroom(pi))
			re |= PIPE_ROOM;
		if (pi->pi_readers == 0)
			re |= POLLERR;
	}
	mtx_unlock(&pi->pi_lock);
	return (re & (events | POLLHUP | POLLERR));
}

static long
pipe_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct pipe *pi = fp->f_data;
	size_t n;

	if (cmd != FIONREAD_)
		return (-ENOIOCTLCMD);
	mtx_lock(&pi->pi_lock);
	n = pi->pi_len;
	mtx_unlock(&pi->pi_lock);
	return (store32(arg, (uint32_t)n));
}

static int
pipe_stat(struct file *fp, struct kstat *st)
{
	struct pipe *pi = fp->f_data;
	int error;

	if (pi->pi_fifo)
		return (vn_fileops.fo_stat(fp, st));
	error = file_anonstat(fp, st, S_IFIFO | 0600);
	if (error == 0) {
		st->st_ino = pi->pi_ino;
		st->st_blksize = KPAGE_SIZE;
	}
	return (error);
}

static long
pipe_setsize(struct pipe *pi, unsigned long arg)
{
	size_t size = PIPE_BUF_;
	long ret;

	if (arg > INT_MAX)
		return (-EINVAL);
	if (arg > PIPE_USERMAX &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_RESOURCE))
		return (-EPERM);
	if (arg > PIPE_ROOTMAX)
		return (-ENOMEM);
	while (size < arg)
		size <<= 1;
	mtx_lock(&pi->pi_lock);
	if (size < pi->pi_len)
		ret = -EBUSY;
	else if (pi->pi_cap > size && pipe_resize(pi, size) != 0)
		ret = -ENOMEM;
	else
		ret = (long)(pi->pi_size = size);
	mtx_unlock(&pi->pi_lock);
	if (ret >= 0 && waitq_busy(&pi->pi_wwq))
		waitq_wake(&pi->pi_wwq, WAKE_ALL, PIPE_ROOM);
	return (ret);
}

/* F_SETPIPE_SZ, F_GETPIPE_SZ: fo_fcntl. */
long
pipe_fcntl(struct file *fp, int cmd, unsigned long arg)
{
	struct pipe *pi = pipe_of(fp);

	if (pi == NULL)
		return (-EBADF);
	if (cmd == F_GETPIPE_SZ)
		return ((long)pi->pi_size);
	if (cmd == F_SETPIPE_SZ)
		return (pipe_setsize(pi, arg));
	return (-EINVAL);
}

/* open(2) of /proc/PID/fd/N: another description of the same pipe; unlike a
 * FIFO's it never waits for the other end. */
static int
pipe_reopen(struct file *fp, struct file *newfp, int flags)
{
	struct pipe *pi = fp->f_data;
	int acc = flags & O_ACCMODE;

	if (pi->pi_fifo)
		return (-ENXIO);	/* has a name: opened by it */
	ref_acquire(&pi->pi_ref);
	mtx_lock(&pi->pi_lock);
	if (acc != O_WRONLY)
		pi->pi_readers++;
	if (acc != O_RDONLY)
		pi->pi_writers++;
	mtx_unlock(&pi->pi_lock);
	newfp->f_ops = &pipe_ops;
	newfp->f_type = FT_PIPE;
	pipe_setfile(newfp, pi);
	return (0);
}

static const struct fileops pipe_ops = {
	.fo_read = pipe_read,
	.fo_write = pipe_write,
	.fo_seek = file_noseek,
	.fo_ioctl = pipe_ioctl,
	.fo_poll = pipe_poll,
	.fo_stat = pipe_stat,
	.fo_close = pipe_close,
	.fo_fcntl = pipe_fcntl,
	.fo_reopen = pipe_reopen,
};

/* --- FIFOs ----------------------------------------------------------------------- */

/* The FIFO's pipe, with a reference for the file being opened. */
static struct pipe *
fifo_get(struct vnode *vp)
{
	struct ipc_root *ir = ipcroot();
	struct pipe *pi;

	mtx_lock(&ir->ir_fifolock);
	if ((pi = vp->v_special) == NULL && (pi = pipe_new()) != NULL) {
		pi->pi_fifo = true;
		vp->v_special = pi;
	}
	if (pi != NULL)
		ref_acquire(&pi->pi_ref);
	mtx_unlock(&ir->ir_fifolock);
	return (pi);
}

/* Wait until the counter of the other side's opens moves; pi_lock held. */
static int
fifo_await(struct pipe *pi, const uint32_t *opens)
{
	uint32_t was = *opens;
	int error = 0;

	while (*opens == was && error == 0)
		error = waitq_sleep(&pi->pi_openwq, &pi->pi_lock, SLEEP_INTR,
		    0);
	return (*opens == was ? error : 0);
}

int
fifo_open(struct vnode *vp, int flags, struct file *fp)
{
	struct pipe *pi = fifo_get(vp);
	int acc = flags & O_ACCMODE, error = 0;
	bool nonblock = (flags & O_NONBLOCK) != 0;

	if (pi == NULL)
		return (-ENOMEM);
	mtx_lock(&pi->pi_lock);
	if (acc == O_WRONLY && nonblock && pi->pi_readers == 0) {
		mtx_unlock(&pi->pi_lock);
		pipe_release(pi, vp);
		return (-ENXIO);
	}
	fp->f_offset = 0;
	if (acc != O_WRONLY) {
		pi->pi_ropens++;
		pi->pi_readers++;
	}
	if (acc != O_RDONLY) {
		pi->pi_wopens++;
		pi->pi_writers++;
	}
	waitq_wake(&pi->pi_openwq, WAKE_ALL, 0);
	if (acc == O_RDONLY && pi->pi_writers == 0) {
		if (nonblock)
			fp->f_offset = pi->pi_wopens;
		else
			error = fifo_await(pi, &pi->pi_wopens);
	} else if (acc == O_WRONLY && pi->pi_readers == 0)
		error = fifo_await(pi, &pi->pi_ropens);
	if (error != 0)
		pipe_leave(pi, flags);
	mtx_unlock(&pi->pi_lock);
	if (error != 0) {
		pipe_wakeall(pi);
		pipe_release(pi, vp);
		return (error);
	}
	fp->f_ops = &pipe_ops;
	fp->f_type = FT_PIPE;
	fp->f_data = pi;
	return (0);
}

/* --- tee ------------------------------------------------------------------------- */

/* Snapshot up to n of in's bytes into buf (kernel memory): count, 0 = end,
 * -EAGAIN, -ERESTARTSYS. */
static long
pipe_snapshot(struct pipe *pi, char *buf, size_t n, bool nonblock)
{
	struct host_iovec iov;
	struct uio uio;
	size_t done;
	long ret = 0;

	mtx_lock(&pi->pi_lock);
	while (pi->pi_len == 0 && pi->pi_writers > 0 && ret == 0) {
		if (nonblock)
			ret = -EAGAIN;
		else
			ret = waitq_sleep(&pi->pi_rwq, &pi->pi_lock,
			    SLEEP_INTR, 0);
	}
	if (pi->pi_len > 0) {
		n = kmin(n, pi->pi_len);
		uio_kern(&uio, &iov, buf, n, -1, false);
		ret = pipe_peek(pi, 0, &uio, n, &done);
		if (ret == 0)
			ret = (long)done;
	}
	mtx_unlock(&pi->pi_lock);
	/* The bytes stay: another reader that sleeps may take them. */
	if (ret > 0 && waitq_busy(&pi->pi_rwq))
		waitq_wake(&pi->pi_rwq, 1, WAKE_SLEEPERS);
	return (ret);
}

long
pipe_peekbytes(struct file *fp, char *buf, size_t n, bool nonblock)
{
	if ((fp->f_flags & O_ACCMODE) == O_WRONLY)
		return (-EBADF);
	return (pipe_snapshot(fp->f_data, buf, n, nonblock));
}

void
pipe_skip(struct file *fp, size_t n)
{
	struct pipe *pi = fp->f_data;
	struct pipeseg *s;
	size_t k;

	mtx_lock(&pi->pi_lock);
	n = kmin(n, pi->pi_len);
	while (n > 0) {
		s = pi->pi_nseg > 0 ? seg_at(pi, 0) : NULL;
		k = s != NULL ? kmin(n, (size_t)s->ps_len) : n;
		if (s != NULL && (s->ps_len -= k) == 0) {
			pi->pi_seghead = (pi->pi_seghead + 1) % pi->pi_segcap;
			pi->pi_nseg--;
		}
		pipe_consume(pi, k);
		n -= k;
	}
	mtx_unlock(&pi->pi_lock);
	if (waitq_busy(&pi->pi_wwq))
		waitq_wake(&pi->pi_wwq, 1, PIPE_ROOM);
}

long
pipe_awaitroom(struct file *fp, bool nonblock)
{
	struct pipe *pi = fp->f_data;
	long ret = 0;

	if ((fp->f_flags & O_ACCMODE) == O_RDONLY)
		return (-EBADF);
	mtx_lock(&pi->pi_lock);
	while (ret == 0) {
		if (pi->pi_readers == 0)
			ret = -EPIPE;
		else if (pi->pi_size > pi->pi_len)
			ret = (long)(pi->pi_size - pi->pi_len);
		else if (nonblock)
			ret = -EAGAIN;
		else
			ret = waitq_sleep(&pi->pi_wwq, &pi->pi_lock,
			    SLEEP_INTR, 0);
	}
	mtx_unlock(&pi->pi_lock);
	return (ret);
}

long
pipe_tee(struct file *in, struct file *out, size_t n, bool nonblock)
{
	struct pipe *pi = pipe_of(in), *po = pipe_of(out);
	struct host_iovec iov;
	struct uio uio;
	size_t room;
	char *buf;
	long ret;

	n = kmin(n, (size_t)PIPE_DEFSIZE);
	if (nonblock) {		/* never promise more than fits at once */
		room = po->pi_size - po->pi_len;
		if (room == 0)
			return (-EAGAIN);
		n = kmin(n, room);
	}
	if ((buf = kmalloc(n, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	ret = pipe_snapshot(pi, buf, n, nonblock ||
	    (in->f_flags & O_NONBLOCK) != 0);
	if (ret > 0) {
		uio_kern(&uio, &iov, buf, (size_t)ret, -1, true);
		if (nonblock)
			uio.uio_rwf |= RWF_NOWAIT;
		n = (size_t)ret;
		ret = pipe_write(out, &uio);
		if (ret == 0)
			ret = (long)(n - uio.uio_resid);
	}
	kfree(buf);
	return (ret);
}
