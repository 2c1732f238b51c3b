/*
 * pipe.c: pipes and FIFOs (pipe(7), fifo(7)).  The ring itself: pipe_ring.c.
 *
 * Rules: all fields under pi_lock.  Copies from and to guests are done with
 * pi_lock held: a write of up to PIPE_BUF bytes must be atomic, and readers and
 * writers exclude each other anyway.  A waiter is woken only after pi_lock was
 * released, and only when waitq_busy() says that there is one.
 *
 * Wake-up order: sleepers are exclusive; whoever leaves with work remaining
 * wakes the next one, so an interrupted sleeper never swallows a wake-up.
 * Writers are woken when a full pipe gets a free slot (what POLLOUT promises).
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
#include "ipc/pipe_impl.h"
#include "ipc/sigio.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

#define	PIPE_USERMAX	(1UL << 20)	/* fs.pipe-max-size */
#define	PIPE_ROOTMAX	(1UL << 26)	/* ours: a bound for privileged ones */
#define	FIONREAD_	0x541b

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
	list_init(&pi->pi_async);
	ring_init(pi);
	pi->pi_ino = ipc_newino();
	return (pi);
}

static void
pipe_free(struct pipe *pi)
{
	waitq_destroy(&pi->pi_rwq);
	waitq_destroy(&pi->pi_wwq);
	waitq_destroy(&pi->pi_openwq);
	ring_free(pi);
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
	list_del(&fp->f_alink);
	pipe_leave(pi, fp->f_flags);
	mtx_unlock(&pi->pi_lock);
	pipe_wakeall(pi);
	pipe_release(pi, pi->pi_fifo ? fp->f_vnode : NULL);
}

/* --- read and write ----------------------------------------------------------- */

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
	full = pipe_full(pi);
	error = ring_take(pi, uio);
	room = full && !pipe_full(pi);
	more = pi->pi_len > 0;
	mtx_unlock(&pi->pi_lock);
	if (room)
		waitq_wake_any(&pi->pi_wwq, 1, PIPE_ROOM);
	if (room)
		sigio_fire(&pi->pi_async, &pi->pi_lock, SIGIO_OUT);
	if (more)
		waitq_wake_any(&pi->pi_rwq, 1, WAKE_SLEEPERS);
	return (error);
out:
	mtx_unlock(&pi->pi_lock);
	return (error);
}

static int
pipe_write(struct file *fp, struct uio *uio)
{
	struct pipe *pi = fp->f_data;
	size_t total = uio->uio_resid;
	bool packet, first = true, fresh = false, room;
	int error = 0;
	long n;

	if (total == 0)
		return (0);
	packet = (fp->f_flags & O_DIRECT) != 0;
	mtx_lock(&pi->pi_lock);
	while (error == 0 && uio->uio_resid > 0) {
		if (pi->pi_readers == 0) {
			error = -EPIPE;
			break;
		}
		n = ring_append(pi, uio, first, packet);
		first = false;
		if (n > 0) {
			fresh = true;
			continue;
		}
		if (n == 0 && pipe_nowait(fp, uio))
			n = -EAGAIN;
		if (n < 0) {
			error = (int)n;
			break;
		}
		if (fresh)
			waitq_wake_any(&pi->pi_rwq, 1, PIPE_READY);
		fresh = false;
		error = waitq_sleep(&pi->pi_wwq, &pi->pi_lock, SLEEP_INTR, 0);
	}
	room = !pipe_full(pi);
	mtx_unlock(&pi->pi_lock);
	if (fresh)
		waitq_wake_any(&pi->pi_rwq, 1, PIPE_READY);
	if (fresh)
		sigio_fire(&pi->pi_async, &pi->pi_lock, SIGIO_IN);
	if (room)
		waitq_wake_any(&pi->pi_wwq, 1, WAKE_SLEEPERS);
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
		if (!pipe_full(pi))
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
	size_t size = PIPE_PAGE;
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
	if ((ret = ring_setsize(pi, size)) == 0)
		ret = (long)size;
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

static int
pipe_setfl(struct file *fp, int flags)
{
	struct pipe *pi = fp->f_data;

	sigio_set(&pi->pi_async, &pi->pi_lock, fp, (flags & O_ASYNC) != 0);
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
	.fo_setfl = pipe_setfl,
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
