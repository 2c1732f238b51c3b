/*
 * linux_futex.c: futex(2), membarrier(2).
 *
 * Guest memory is host memory, so the host's futexes serve; waits end by a
 * kick.  A relative timeout becomes an absolute one at once, so that a
 * restarted wait does not start over.
 */
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "kern/proc.h"
#include "host/host.h"
#include "libkern/errno.h"

#define	FUTEX_WAIT_		0
#define	FUTEX_WAKE_		1
#define	FUTEX_REQUEUE_		3
#define	FUTEX_CMP_REQUEUE_	4
#define	FUTEX_WAKE_OP_		5
#define	FUTEX_LOCK_PI_		6
#define	FUTEX_UNLOCK_PI_	7
#define	FUTEX_TRYLOCK_PI_	8
#define	FUTEX_WAIT_BITSET_	9
#define	FUTEX_WAKE_BITSET_	10
#define	FUTEX_LOCK_PI2_		13
#define	FUTEX_PRIVATE_		128
#define	FUTEX_CLOCK_REALTIME_	256
#define	FUTEX_WAITERS_W		0x80000000u	/* in the guest's word */
#define	FUTEX_OWNER_DIED_W	0x40000000u
#define	FUTEX_TID_W		0x3fffffffu
#define	FUTEX_CMD_		(~(FUTEX_PRIVATE_ | FUTEX_CLOCK_REALTIME_))

static long	futex_restart(struct thread *td);

/* abs: absolute time or NULL. */
static long
wait(struct thread *td, uaddr_t u, int hostop, uint32_t val,
    const struct timespec64 *abs, uint32_t bits)
{
	long r = host_futex_intr(u, hostop, val, (uaddr_t)abs, 0, bits);

	if (r != -EINTR)
		return (r);
	if (abs == NULL)
		return (-ERESTARTSYS);
	td->td_restart = futex_restart;
	td->td_restart_args[0] = u;
	td->td_restart_args[1] = (uint64_t)(unsigned)hostop;
	td->td_restart_args[2] = val;
	td->td_restart_args[3] = (uint64_t)abs->tv_sec;
	td->td_restart_args[4] = (uint64_t)abs->tv_nsec;
	td->td_restart_args[5] = bits;
	return (-ERESTART_RESTARTBLOCK);
}

static long
futex_restart(struct thread *td)
{
	const uint64_t *a = td->td_restart_args;
	struct timespec64 abs = { (int64_t)a[3], (int64_t)a[4] };

	return (wait(td, a[0], (int)a[1], (uint32_t)a[2], &abs,
	    (uint32_t)a[5]));
}

static long
futex_wait(struct thread *td, uaddr_t u, int op, uint32_t val, uaddr_t timeout,
    uint32_t bits)
{
	int hostop = FUTEX_WAIT_BITSET_ | (op & FUTEX_PRIVATE_);
	bool absolute = (op & FUTEX_CMD_) == FUTEX_WAIT_BITSET_;
	struct timespec64 ts;

	if (bits == 0)
		return (-EINVAL);
	if (timeout == 0)
		return (wait(td, u, hostop, val, NULL, bits));
	if (copyin(timeout, &ts, sizeof(ts)) != 0)
		return (-EFAULT);
	if (!ts_valid(&ts))
		return (-EINVAL);
	if (absolute)
		hostop |= op & FUTEX_CLOCK_REALTIME_;
	else
		ns2ts(clock_deadline(ts2ns(&ts)), &ts);
	return (wait(td, u, hostop, val, &ts, bits));
}

/* --- priority-inheriting locks ---------------------------------------------------- */

/*
 * Their words hold guest thread ids, which the host does not know, so the
 * protocol is ours, on plain waits: without the inheritance of priorities.
 * A waiter sets FUTEX_WAITERS and sleeps; unlock clears the word and wakes one,
 * which takes the lock with FUTEX_WAITERS, since it cannot know of others.
 */
static long
pi_try(struct thread *td, uaddr_t u, uint32_t set, uint32_t *word)
{
	uint32_t v, old, self = (uint32_t)td->td_tid;

	for (;;) {
		if (fetch32(u, &v) != 0)
			return (-EFAULT);
		if ((v & FUTEX_TID_W) == self)
			return (-EDEADLK);
		*word = v;
		if ((v & FUTEX_TID_W) != 0)
			return (-EAGAIN);
		old = v;
		if (cas32_user(u, &old, self | set |
		    (v & (FUTEX_WAITERS_W | FUTEX_OWNER_DIED_W))) != 0)
			return (-EFAULT);
		if (old == v)
			return (0);
	}
}

static long
pi_lock(struct thread *td, uaddr_t u, int op, uaddr_t timeout)
{
	int hostop = FUTEX_WAIT_BITSET_ | (op & FUTEX_PRIVATE_);
	uint32_t v, old, set = 0;
	struct timespec64 ts;
	struct thread *owner;
	long r;

	if ((op & FUTEX_CMD_) == FUTEX_LOCK_PI_ ||
	    (op & FUTEX_CLOCK_REALTIME_))
		hostop |= FUTEX_CLOCK_REALTIME_;
	if (timeout != 0) {
		if (copyin(timeout, &ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!ts_valid(&ts))
			return (-EINVAL);
	}
	for (;;) {
		r = pi_try(td, u, set, &v);
		if (r != -EAGAIN)
			return (r);
		owner = thread_find((int)(v & FUTEX_TID_W));
		if (owner == NULL)
			return (-ESRCH);
		thread_drop(owner);
		old = v;
		if (!(v & FUTEX_WAITERS_W)) {
			if (cas32_user(u, &old, v | FUTEX_WAITERS_W) != 0)
				return (-EFAULT);
			if (old != v)
				continue;
		}
		r = host_futex_intr(u, hostop, v | FUTEX_WAITERS_W,
		    timeout != 0 ? (uaddr_t)&ts : 0, 0, ~0U);
		set = FUTEX_WAITERS_W;
		if (r == -EINTR)
			return (-ERESTARTNOINTR);
		if (r < 0 && r != -EAGAIN)
			return (r);
	}
}

static long
pi_unlock(struct thread *td, uaddr_t u, int op)
{
	uint32_t v, old;

	do {
		if (fetch32(u, &v) != 0)
			return (-EFAULT);
		if ((v & FUTEX_TID_W) != (uint32_t)td->td_tid)
			return (-EPERM);
		old = v;
		if (cas32_user(u, &old, 0) != 0)
			return (-EFAULT);
	} while (old != v);
	if (v & FUTEX_WAITERS_W)
		(void)host_futex(u, FUTEX_WAKE_ | (op & FUTEX_PRIVATE_), 1,
		    0, 0, 0);
	return (0);
}

static long
pi_futex(struct thread *td, uaddr_t u, int op, uaddr_t timeout)
{
	uint32_t v;

	if (u % 4 != 0)
		return (-EINVAL);
	switch (op & FUTEX_CMD_) {
	case FUTEX_TRYLOCK_PI_:
		return (pi_try(td, u, 0, &v));
	case FUTEX_UNLOCK_PI_:
		return (pi_unlock(td, u, op));
	default:
		return (pi_lock(td, u, op, timeout));
	}
}

long
sys_futex(struct thread *td, uaddr_t u, int op, unsigned val, uaddr_t timeout,
    uaddr_t u2, unsigned val3)
{
	int cmd = op & FUTEX_CMD_;

	if (!user_range_ok(u, 4))
		return (-EFAULT);
	switch (cmd) {
	case FUTEX_WAIT_:
		if (op & FUTEX_CLOCK_REALTIME_)
			return (-ENOSYS);
		return (futex_wait(td, u, op, val, timeout, ~0U));
	case FUTEX_WAIT_BITSET_:
		return (futex_wait(td, u, op, val, timeout, val3));
	case FUTEX_WAKE_:
	case FUTEX_WAKE_BITSET_:
		break;
	case FUTEX_REQUEUE_:
	case FUTEX_CMP_REQUEUE_:
	case FUTEX_WAKE_OP_:
		if (!user_range_ok(u2, 4))
			return (-EFAULT);
		break;
	case FUTEX_LOCK_PI_:
	case FUTEX_UNLOCK_PI_:
	case FUTEX_TRYLOCK_PI_:
		if (op & FUTEX_CLOCK_REALTIME_)
			return (-ENOSYS);
		return (pi_futex(td, u, op, timeout));
	case FUTEX_LOCK_PI2_:
		return (pi_futex(td, u, op, timeout));
	default:
		return (-ENOSYS);
	}
	if (op & FUTEX_CLOCK_REALTIME_)
		return (-ENOSYS);
	/* The fourth argument is a number here. */
	return (host_futex(u, op, val, timeout, u2, val3));
}

/* --- several at once --------------------------------------------------------------- */

#define	WAITV_MAX	128

struct l_waitv {
	uint64_t val, uaddr;
	uint32_t flags, reserved;
};

long
sys_futex_waitv(struct thread *td, uaddr_t uvec, unsigned n, unsigned flags,
    uaddr_t timeout, int clock)
{
	struct timespec64 ts;
	struct l_waitv *v;
	long r = 0;

	if (flags != 0 || n == 0 || n > WAITV_MAX || uvec == 0)
		return (-EINVAL);
	if (timeout != 0) {
		if (clock != CLOCK_REALTIME_ && clock != CLOCK_MONOTONIC_)
			return (-EINVAL);
		if (copyin(timeout, &ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!ts_valid(&ts))
			return (-EINVAL);
	}
	v = kmalloc(n * sizeof(*v), KM_NOZERO);
	if (v == NULL)
		return (-ENOMEM);
	if (copyin(uvec, v, n * sizeof(*v)) != 0)
		r = -EFAULT;
	for (unsigned i = 0; i < n && r == 0; i++)
		if (!user_range_ok(v[i].uaddr, 8))
			r = -EFAULT;
	if (r == 0)
		r = host_futex_waitv_intr(v, n, timeout != 0 ? &ts : NULL,
		    clock);
	kfree(v);
	/* The time limit is absolute: starting over loses nothing. */
	return (r == -EINTR ? -ERESTARTSYS : r);
}

long
sys_membarrier(struct thread *td, int cmd, unsigned flags, int cpu)
{
	return (host_membarrier(cmd, flags, cpu));
}
