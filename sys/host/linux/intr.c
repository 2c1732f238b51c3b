/*
 * intr.c: host calls that may block: TDW_HOSTCALL for their duration, ended by
 * a kick (see hostcall.S).
 */
#include "host/area.h"
#include "host/host.h"
#include "host/linux/hostcall.h"

#include <asm/errno.h>
#include <linux/futex.h>
#include <linux/time_types.h>

#ifdef GUISE_HOSTED
long	fake_hostcall_intr(long nr, long a, long b, long c, long d, long e,
	    long f);

long
host_intr(long nr, long a, long b, long c, long d, long e, long f)
{
	return (fake_hostcall_intr(nr, a, b, c, d, e, f));
}
#else
long
host_intr(long nr, long a, long b, long c, long d, long e, long f)
{
	struct tarea *ta = curtarea();
	long r;

	atomic_store(ta->ta_where, TDW_HOSTCALL);
	r = host_intr_stub(nr, a, b, c, d, e, f, ta->ta_flags);
	atomic_store_rel(ta->ta_where, TDW_KERN);
	return (r);
}
#endif

/* A deadline on CLOCK_MONOTONIC as the span that ppoll wants. */
static void
deadline_span(nsec_t deadline, struct __kernel_timespec *ts)
{
	nsec_t left = deadline == HOST_NOWAIT ? 0 :
	    deadline - host_mono_ns();

	if (left < 0)
		left = 0;
	ts->tv_sec = left / NSEC_PER_SEC;
	ts->tv_nsec = left % NSEC_PER_SEC;
}

int
host_poll_intr(struct host_pollfd *fds, unsigned n, nsec_t deadline)
{
	struct __kernel_timespec ts;

	if (deadline != 0)
		deadline_span(deadline, &ts);
	if (deadline == HOST_NOWAIT)
		return ((int)HC(ppoll, fds, n, &ts, 0, 8));
	return ((int)HCI(ppoll, fds, n, deadline != 0 ? &ts : NULL, 0, 8));
}

long
host_read_intr(int fd, void *buf, size_t n)
{
	return (HCI(read, fd, buf, n));
}

long
host_write_intr(int fd, const void *buf, size_t n)
{
	return (HCI(write, fd, buf, n));
}

int
host_open_intr(int dirfd, const char *path, int flags, int mode)
{
	return ((int)HCI(openat, dirfd, path, flags, mode));
}

long
host_futex_intr(uaddr_t uaddr, int op, uint32_t val, uaddr_t val2,
    uaddr_t uaddr2, uint32_t val3)
{
	return (HCI(futex, uaddr, op, val, val2, uaddr2, val3));
}

long
host_futex_waitv_intr(const void *vec, unsigned n,
    const struct timespec64 *abs, int clock)
{
	return (HCI(futex_waitv, vec, n, 0, abs, clock));
}

int
host_nanosleep_intr(int clock, int flags, const struct timespec64 *ts)
{
	return ((int)HCI(clock_nanosleep, clock, flags, ts, 0));
}

int
host_futex_wait(uint32_t *word, uint32_t val, nsec_t deadline)
{
	struct __kernel_timespec ts = {
		.tv_sec = deadline / NSEC_PER_SEC,
		.tv_nsec = deadline % NSEC_PER_SEC,
	};

	if (deadline == HOST_NOWAIT)
		return (atomic_load(word) == val ? -ETIMEDOUT : -EAGAIN);
	return ((int)HC(futex, word, FUTEX_WAIT_BITSET, val,
	    deadline != 0 ? &ts : NULL, 0, FUTEX_BITSET_MATCH_ANY));
}

int
host_futex_wake(uint32_t *word, int n)
{
	return ((int)HC(futex, word, FUTEX_WAKE, n));
}

long
host_futex(uaddr_t uaddr, int op, uint32_t val, uaddr_t val2, uaddr_t uaddr2,
    uint32_t val3)
{
	return (HC(futex, uaddr, op, val, val2, uaddr2, val3));
}
