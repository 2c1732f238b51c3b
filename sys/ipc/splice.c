/*
 * splice.c: moving bytes between a pipe and a file (splice(2), tee(2)), by
 * copying.
 *
 * Out of a pipe: a snapshot is written to the file and then as much consumed as
 * was written, so a socket that takes only a part loses nothing.  Into a pipe:
 * no more is read than the pipe has room for.
 */
#include "base/kmem.h"
#include "ipc/ipc.h"
#include "ipc/pipe_impl.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/syscalls.h"

#define	SPLICE_CHUNK	65536UL

/* --- a pipe's bytes ------------------------------------------------------- */

/* Snapshot up to n of in's bytes into buf (kernel memory): count, 0 = end,
 * -EAGAIN, -ERESTARTSYS. */
static long
pipe_snapshot(struct pipe *pi, char *buf, size_t n, bool nonblock)
{
	struct host_iovec iov;
	struct uio uio;
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
		ret = ring_peek(pi, &uio, n);
	}
	mtx_unlock(&pi->pi_lock);
	/* The bytes stay: another reader that sleeps may take them. */
	if (ret > 0 && waitq_busy(&pi->pi_rwq))
		waitq_wake(&pi->pi_rwq, 1, WAKE_SLEEPERS);
	return (ret);
}

static long
pipe_peekbytes(struct file *fp, char *buf, size_t n, bool nonblock)
{
	if ((fp->f_flags & O_ACCMODE) == O_WRONLY)
		return (-EBADF);
	return (pipe_snapshot(fp->f_data, buf, n, nonblock));
}

static void
pipe_skip(struct file *fp, size_t n)
{
	struct pipe *pi = fp->f_data;
	bool full, room;

	mtx_lock(&pi->pi_lock);
	full = pipe_full(pi);
	ring_skip(pi, kmin(n, pi->pi_len));
	room = full && !pipe_full(pi);
	mtx_unlock(&pi->pi_lock);
	if (room && waitq_busy(&pi->pi_wwq))
		waitq_wake(&pi->pi_wwq, 1, PIPE_ROOM);
}

/* Room of at least one slot. */
static long
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
		else if (!pipe_full(pi))
			ret = (long)((pi->pi_maxslots - pi->pi_nslots) *
			    PIPE_PAGE);
		else if (nonblock)
			ret = -EAGAIN;
		else
			ret = waitq_sleep(&pi->pi_wwq, &pi->pi_lock,
			    SLEEP_INTR, 0);
	}
	mtx_unlock(&pi->pi_lock);
	return (ret);
}

/* --- splice ----------------------------------------------------------------- */

/* One piece to or from kernel memory, at *off when given. */
static long
piece(struct file *fp, char *buf, size_t n, int64_t *off, bool nowait,
    bool write)
{
	struct host_iovec iov;
	struct uio uio;
	long r;

	uio_kern(&uio, &iov, buf, n, off != NULL ? *off : -1, write);
	/* Only pipes and sockets can be made to refuse by the call alone. */
	if (nowait && (fp->f_type == FT_PIPE || fp->f_type == FT_SOCKET))
		uio.uio_rwf |= RWF_NOWAIT;
	r = write ? file_write(fp, &uio) : file_read(fp, &uio);
	if (r > 0 && off != NULL)
		*off += r;
	return (r);
}

static long
from_pipe(struct file *in, struct file *out, int64_t *outoff, char *buf,
    size_t n, bool nowait)
{
	long got, r;

	got = pipe_peekbytes(in, buf, n, nowait);
	if (got <= 0)
		return (got);
	r = piece(out, buf, (size_t)got, outoff, nowait, true);
	if (r > 0)
		pipe_skip(in, (size_t)r);
	return (r);
}

static long
to_pipe(struct file *in, int64_t *inoff, struct file *out, char *buf,
    size_t n, bool nowait)
{
	long room, got, r, done = 0;

	if ((room = pipe_awaitroom(out, nowait)) < 0)
		return (room);
	got = piece(in, buf, kmin(n, (size_t)room), inoff, nowait &&
	    (in->f_flags & O_NONBLOCK), false);
	while (done < got) {
		r = piece(out, buf + done, (size_t)(got - done), NULL, false,
		    true);
		if (r <= 0)
			return (done > 0 ? done : r);
		done += r;
	}
	return (got);
}

long
kern_splice(struct file *in, int64_t *inoff, struct file *out,
    int64_t *outoff, size_t n, int flags)
{
	struct pipe *pin = pipe_of(in), *pout = pipe_of(out);
	bool nowait = (flags & SPLICE_F_NONBLOCK) != 0;
	char *buf;
	long r;

	if (pin == NULL && pout == NULL)
		return (-EINVAL);
	if ((pin != NULL && inoff != NULL) || (pout != NULL && outoff != NULL))
		return (-ESPIPE);
	if (pin == pout)
		return (-EINVAL);
	if ((inoff != NULL && !(in->f_ops->fo_flags & FO_SEEKABLE)) ||
	    (outoff != NULL && !(out->f_ops->fo_flags & FO_SEEKABLE)))
		return (-EINVAL);
	if ((out->f_flags & O_APPEND) != 0 && pout == NULL)
		return (-EINVAL);
	if (n == 0)
		return (0);
	n = kmin(n, SPLICE_CHUNK);
	if ((buf = kmalloc(n, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	if (pin != NULL)
		r = from_pipe(in, out, outoff, buf, n, nowait ||
		    (in->f_flags & O_NONBLOCK) != 0);
	else
		r = to_pipe(in, inoff, out, buf, n, nowait ||
		    (out->f_flags & O_NONBLOCK) != 0);
	kfree(buf);
	return (r);
}

/* --- tee --------------------------------------------------------------------- */

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
		room = (po->pi_maxslots - po->pi_nslots) * PIPE_PAGE;
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
		ret = file_write(out, &uio);
	}
	kfree(buf);
	return (ret);
}
