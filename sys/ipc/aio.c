/*
 * aio.c: asynchronous I/O of files (io_submit(2)).
 *
 * A request is served while it is submitted, as Linux itself does for
 * buffered files; only its completion is asynchronous: an event waits in the
 * context's ring until somebody fetches it.
 *
 * A context belongs to a process and is found by (process, address) in a list;
 * ar_lock covers the list, each context's ac_lock its ring.  A reference keeps
 * a destroyed context until the last sleeper has left it.  Events on their way
 * to the guest still count against the ring (ac_out), so that there is room to
 * put them back when the guest's buffer turns out to be bad.
 */
#include "ipc/aio.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"
#include "vm/vm.h"

#define	AIO_MAXEVENTS	65536u	/* of all contexts: fs.aio-max-nr */
#define	AIO_MINRING	8u
#define	AIO_BATCH	16

struct aio_root {
	struct mtx	ar_lock;	/* RANK_IPC */
	struct list	ar_ctx;
	uint32_t	ar_nevents;
};

struct aio_ctx {
	struct list	ac_link;	/* (ar_lock) */
	struct proc	*ac_proc;	/* (i) not referenced: its exit ends us */
	uaddr_t		ac_addr;	/* (i) */
	refcount_t	ac_ref;
	uint32_t	ac_asked;	/* (i) what it counts in ar_nevents */
	struct mtx	ac_lock;	/* RANK_IPC, never with ar_lock */
	struct waitq	ac_wq;
	bool		ac_dead;
	uint32_t	ac_size;	/* (i) events that the ring holds */
	uint32_t	ac_head;	/* oldest */
	uint32_t	ac_count;	/* to be fetched */
	uint32_t	ac_out;		/* those, and being copied out */
	struct kioevent	*ac_ring;
};

static struct aio_root *
aio(void)
{
	return (ipcroot()->ir_aio);
}

static void
ctx_drop(struct aio_ctx *ac)
{
	if (!ref_release(&ac->ac_ref))
		return;
	waitq_destroy(&ac->ac_wq);
	kfree(ac->ac_ring);
	kfree(ac);
}

/* The first context of p, at addr or anywhere (0), ar_lock held. */
static struct aio_ctx *
ctx_search(struct proc *p, uaddr_t addr)
{
	struct aio_ctx *ac;

	list_foreach(ac, &aio()->ar_ctx, ac_link)
		if (ac->ac_proc == p && (addr == 0 || ac->ac_addr == addr))
			return (ac);
	return (NULL);
}

/* A reference to the context at addr. */
static struct aio_ctx *
ctx_find(struct proc *p, uaddr_t addr)
{
	struct aio_root *ar = aio();
	struct aio_ctx *ac = NULL;

	mtx_lock(&ar->ar_lock);
	if (addr != 0 && (ac = ctx_search(p, addr)) != NULL)
		ref_acquire(&ac->ac_ref);
	mtx_unlock(&ar->ar_lock);
	return (ac);
}

/* Off the list: the list's reference becomes the caller's. */
static struct aio_ctx *
ctx_take(struct proc *p, uaddr_t addr)
{
	struct aio_root *ar = aio();
	struct aio_ctx *ac;

	mtx_lock(&ar->ar_lock);
	ac = ctx_search(p, addr);
	if (ac != NULL) {
		list_del(&ac->ac_link);
		ar->ar_nevents -= ac->ac_asked;
	}
	mtx_unlock(&ar->ar_lock);
	return (ac);
}

/* ac is off the list, its reference ours. */
static void
ctx_end(struct aio_ctx *ac)
{
	mtx_lock(&ac->ac_lock);
	ac->ac_dead = true;
	mtx_unlock(&ac->ac_lock);
	(void)waitq_wake(&ac->ac_wq, WAKE_ALL, 0);
	ctx_drop(ac);
}

/* Exit and exec: the process's contexts end. */
static void
aio_procend(struct proc *p)
{
	struct aio_ctx *ac;

	if (list_empty(&aio()->ar_ctx))
		return;
	while ((ac = ctx_take(p, 0)) != NULL)
		ctx_end(ac);
}

int
aio_init(void)
{
	struct aio_root *ar = KNEW(struct aio_root);

	if (ar == NULL)
		return (-ENOMEM);
	mtx_init(&ar->ar_lock, RANK_IPC, "aio");
	list_init(&ar->ar_ctx);
	ipcroot()->ir_aio = ar;
	kern_add_hooks(aio_procend, aio_procend, NULL);
	return (0);
}

static struct aio_ctx *
ctx_new(struct proc *p, uint32_t nevents)
{
	struct aio_ctx *ac = KNEW(struct aio_ctx);

	if (ac == NULL)
		return (NULL);
	ac->ac_size = kmax(nevents, AIO_MINRING);
	ac->ac_ring = kmalloc(ac->ac_size * sizeof(*ac->ac_ring), KM_NOZERO);
	if (ac->ac_ring == NULL) {
		kfree(ac);
		return (NULL);
	}
	mtx_init(&ac->ac_lock, RANK_IPC, "aio context");
	waitq_init(&ac->ac_wq);
	ac->ac_ref = 1;
	ac->ac_proc = p;
	ac->ac_asked = nevents;
	return (ac);
}

long
kern_aio_setup(struct thread *td, unsigned nevents)
{
	struct aio_root *ar = aio();
	struct aio_ctx *ac;
	bool room;
	long addr;

	if (nevents == 0 || nevents > 0x10000000)
		return (-EINVAL);
	mtx_lock(&ar->ar_lock);
	room = nevents <= AIO_MAXEVENTS - ar->ar_nevents;
	if (room)
		ar->ar_nevents += nevents;
	mtx_unlock(&ar->ar_lock);
	if (!room)
		return (-EAGAIN);
	ac = ctx_new(td->td_proc, nevents);
	addr = ac == NULL ? -ENOMEM : vm_mmap(td->td_vm, 0, KPAGE_SIZE,
	    PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, NULL, 0, PROT_READ);
	mtx_lock(&ar->ar_lock);
	if (addr < 0)
		ar->ar_nevents -= nevents;
	else {
		ac->ac_addr = (uaddr_t)addr;
		list_add_tail(&ar->ar_ctx, &ac->ac_link);
	}
	mtx_unlock(&ar->ar_lock);
	if (addr < 0 && ac != NULL)
		ctx_drop(ac);
	return (addr);
}

int
kern_aio_destroy(struct thread *td, uaddr_t ctx)
{
	struct aio_ctx *ac = ctx == 0 ? NULL : ctx_take(td->td_proc, ctx);

	if (ac == NULL)
		return (-EINVAL);
	ctx_end(ac);
	(void)vm_munmap(td->td_vm, ctx, KPAGE_SIZE);
	return (0);
}

int
kern_aio_check(struct thread *td, uaddr_t ctx)
{
	struct aio_ctx *ac = ctx_find(td->td_proc, ctx);

	if (ac == NULL)
		return (-EINVAL);
	ctx_drop(ac);
	return (0);
}

/* --- submission ---------------------------------------------------------------- */

/* The transfer itself.  *res is what the event says; an error that io_submit
 * itself reports is returned. */
static int
do_rw(struct file *fp, const struct kiocb *cb, long *res)
{
	struct host_iovec fast[UIO_FASTIOV], *alloc = NULL;
	bool write = cb->opcode == AIO_PWRITE || cb->opcode == AIO_PWRITEV;
	bool vec = cb->opcode == AIO_PREADV || cb->opcode == AIO_PWRITEV;
	int acc = fp->f_flags & O_ACCMODE, error;
	struct uio uio;

	if (acc == O_ACCMODE || acc == (write ? O_RDONLY : O_WRONLY))
		return (-EBADF);
	if (cb->offset < 0 || (fp->f_vnode != NULL &&
	    fp->f_vnode->v_type == VDIR) ||
	    (write ? fp->f_ops->fo_write : fp->f_ops->fo_read) == NULL)
		return (-EINVAL);
	error = vec ? uio_copyin(cb->buf, cb->nbytes, fast, &alloc, &uio) :
	    uio_single(cb->buf, cb->nbytes, fast, &uio);
	if (error != 0)
		return (error);
	uio.uio_rwf = (int)cb->rw_flags;
	uio.uio_off = fp->f_ops->fo_flags & FO_SEEKABLE ? cb->offset : -1;
	*res = write ? file_write(fp, &uio) : file_read(fp, &uio);
	/* There is no call to restart. */
	if (*res == -ERESTARTSYS)
		*res = -EINTR;
	kfree(alloc);
	return (0);
}

static int
do_request(const struct kiocb *cb, long *res)
{
	struct file *fp;
	int error = 0;

	if ((fp = fget_io(cb->fd)) == NULL)
		return (-EBADF);
	switch (cb->opcode) {
	case AIO_PREAD:
	case AIO_PWRITE:
	case AIO_PREADV:
	case AIO_PWRITEV:
		error = do_rw(fp, cb, res);
		break;
	case AIO_FSYNC:
	case AIO_FDSYNC:
		if (cb->buf != 0 || cb->offset != 0 || cb->nbytes != 0 ||
		    cb->rw_flags != 0)
			error = -EINVAL;
		else
			*res = kern_fsync(cb->fd, cb->opcode == AIO_FDSYNC);
		break;
	default:
		error = -EINVAL;
		break;
	}
	fdrop_io(fp);
	return (error);
}

/* Room for one more event? */
static int
ctx_reserve(struct aio_ctx *ac)
{
	int error = 0;

	mtx_lock(&ac->ac_lock);
	if (ac->ac_dead)
		error = -EINVAL;
	else if (ac->ac_out == ac->ac_size)
		error = -EAGAIN;
	else
		ac->ac_out++;
	mtx_unlock(&ac->ac_lock);
	return (error);
}

static void
ctx_unreserve(struct aio_ctx *ac, uint32_t n)
{
	mtx_lock(&ac->ac_lock);
	ac->ac_out -= n;
	mtx_unlock(&ac->ac_lock);
}

static void
complete(struct aio_ctx *ac, const struct kioevent *ev, struct file *efd)
{
	struct host_iovec iov;
	uint64_t one = 1;
	struct uio uio;

	mtx_lock(&ac->ac_lock);
	ac->ac_ring[(ac->ac_head + ac->ac_count++) % ac->ac_size] = *ev;
	mtx_unlock(&ac->ac_lock);
	(void)waitq_wake(&ac->ac_wq, WAKE_ALL, 0);
	if (efd == NULL)
		return;
	uio_kern(&uio, &iov, &one, sizeof(one), -1, true);
	uio.uio_rwf = RWF_NOWAIT;
	(void)file_write(efd, &uio);
}

int
kern_aio_submit(struct thread *td, uaddr_t ctx, const struct kiocb *cb,
    uaddr_t ucb)
{
	struct kioevent ev = { .data = cb->data, .obj = ucb };
	struct file *efd = NULL;
	struct aio_ctx *ac;
	long res = 0;
	int error;

	if (cb->reserved2 != 0 || (int64_t)cb->nbytes < 0)
		return (-EINVAL);
	ac = ctx_find(td->td_proc, ctx);
	if (ac == NULL)
		return (-EINVAL);
	error = ctx_reserve(ac);
	if (error != 0) {
		ctx_drop(ac);
		return (error);
	}
	if (cb->flags & AIO_RESFD) {
		efd = fget(cb->resfd);
		if (efd == NULL)
			error = -EBADF;
		else if (efd->f_type != FT_EVENTFD)
			error = -EINVAL;
	}
	if (error == 0)
		error = do_request(cb, &res);
	if (error == 0) {
		ev.res = res;
		complete(ac, &ev, efd);
	} else
		ctx_unreserve(ac, 1);
	if (efd != NULL)
		fdrop(efd);
	ctx_drop(ac);
	return (error);
}

/* --- completion ---------------------------------------------------------------- */

/* Up to max events to the guest; ac_lock held, released meanwhile. */
static long
fetch(struct aio_ctx *ac, uaddr_t uev, long max)
{
	struct kioevent ev[AIO_BATCH];
	uint32_t n = (uint32_t)kmin(max, (long)AIO_BATCH);
	int error;

	n = kmin(n, ac->ac_count);
	for (uint32_t i = 0; i < n; i++)
		ev[i] = ac->ac_ring[(ac->ac_head + i) % ac->ac_size];
	ac->ac_head = (ac->ac_head + n) % ac->ac_size;
	ac->ac_count -= n;
	mtx_unlock(&ac->ac_lock);
	error = copyout(ev, uev, n * sizeof(ev[0]));
	mtx_lock(&ac->ac_lock);
	if (error == 0) {
		ac->ac_out -= n;
		return (n);
	}
	ac->ac_head = (ac->ac_head + ac->ac_size - n) % ac->ac_size;
	ac->ac_count += n;
	for (uint32_t i = 0; i < n; i++)
		ac->ac_ring[(ac->ac_head + i) % ac->ac_size] = ev[i];
	return (-EFAULT);
}

long
kern_aio_wait(struct thread *td, uaddr_t ctx, long min, long max, uaddr_t uev,
    nsec_t deadline)
{
	struct aio_ctx *ac = ctx_find(td->td_proc, ctx);
	long got = 0, r = 0;

	if (ac == NULL)
		return (-EINVAL);
	if (min < 0 || max < 0 || min > max) {
		ctx_drop(ac);
		return (-EINVAL);
	}
	mtx_lock(&ac->ac_lock);
	for (;;) {
		while (got < max && ac->ac_count > 0 && r >= 0) {
			r = fetch(ac, uev + (uaddr_t)got *
			    sizeof(struct kioevent), max - got);
			if (r > 0)
				got += r;
		}
		if (got >= min || r < 0)
			break;
		if (ac->ac_dead)
			r = -EINVAL;
		else
			r = waitq_sleep(&ac->ac_wq, &ac->ac_lock, SLEEP_INTR,
			    deadline);
	}
	mtx_unlock(&ac->ac_lock);
	ctx_drop(ac);
	return (got > 0 || r == -ETIMEDOUT ? got : r);
}
