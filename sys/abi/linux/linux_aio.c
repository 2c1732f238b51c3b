/* linux_aio.c: the edge of asynchronous I/O (io_submit(2)). */
#include "abi/linux/linux_wait.h"
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/thread.h"
#include "ipc/aio.h"
#include "kern/sig.h"
#include "libkern/errno.h"

long
sys_io_setup(struct thread *td, unsigned int nevents, uaddr_t uctx)
{
	uint64_t old;
	long ctx;

	if (copyin(uctx, &old, sizeof(old)) != 0)
		return (-EFAULT);
	if (old != 0)
		return (-EINVAL);
	ctx = kern_aio_setup(td, nevents);
	if (ctx < 0)
		return (ctx);
	if (copyout(&ctx, uctx, sizeof(ctx)) != 0) {
		(void)kern_aio_destroy(td, (uaddr_t)ctx);
		return (-EFAULT);
	}
	return (0);
}

long
sys_io_destroy(struct thread *td, uaddr_t ctx)
{
	return (kern_aio_destroy(td, ctx));
}

/* How many were taken; the first one's error when it was none. */
long
sys_io_submit(struct thread *td, uaddr_t ctx, long nr, uaddr_t ucbs)
{
	struct kiocb cb;
	uint64_t ucb;
	long n;
	int error = kern_aio_check(td, ctx);

	if (nr < 0)
		error = -EINVAL;
	for (n = 0; error == 0 && n < nr; n++) {
		if (copyin(ucbs + (uaddr_t)n * sizeof(ucb), &ucb,
		    sizeof(ucb)) != 0 || copyin(ucb, &cb, sizeof(cb)) != 0 ||
		    store32(ucb + offsetof(struct kiocb, key), 0) != 0)
			error = -EFAULT;
		else
			error = kern_aio_submit(td, ctx, &cb, ucb);
		if (error != 0)
			break;
		if (sig_interrupted(td)) {
			n++;
			break;
		}
	}
	return (n > 0 ? n : error);
}

/* What was submitted is done already: there is nothing to cancel. */
long
sys_io_cancel(struct thread *td, uaddr_t ctx, uaddr_t ucb, uaddr_t uev)
{
	uint32_t key;

	if (copyin(ucb + offsetof(struct kiocb, key), &key, sizeof(key)) != 0)
		return (-EFAULT);
	return (-EINVAL);
}

static long
getevents(struct thread *td, uaddr_t ctx, long min, long nr, uaddr_t uev,
    nsec_t deadline)
{
	long r = kern_aio_wait(td, ctx, min, nr, uev, deadline);

	return (r == -ERESTARTSYS ? -EINTR : r);
}

long
sys_io_getevents(struct thread *td, uaddr_t ctx, long min, long nr,
    uaddr_t uev, uaddr_t uts)
{
	nsec_t deadline;
	int error = ts_deadline(uts, &deadline);

	return (error != 0 ? error :
	    getevents(td, ctx, min, nr, uev, deadline));
}

long
sys_io_pgetevents(struct thread *td, uaddr_t ctx, long min, long nr,
    uaddr_t uev, uaddr_t uts, uaddr_t usig)
{
	struct { uaddr_t set; size_t size; } arg = { 0, 0 };
	nsec_t deadline;
	int error, masked;
	long r;

	error = ts_deadline(uts, &deadline);
	if (error == 0 && usig != 0 && copyin(usig, &arg, sizeof(arg)) != 0)
		error = -EFAULT;
	if (error != 0)
		return (error);
	if ((masked = mask_user(td, arg.set, arg.size)) < 0)
		return (masked);
	r = getevents(td, ctx, min, nr, uev, deadline);
	if (masked && r != -EINTR)
		sig_restoremask(td);
	return (r);
}
