/* clock.c: see clock.h. */
#include "base/arena.h"
#include "base/clock.h"
#include "host/host.h"

nsec_t
clock_mono(void)
{
	return (host_mono_ns());
}

nsec_t
clock_real(void)
{
	return (host_real_ns());
}

/*
 * As on Linux, file times come from a coarse clock, which is cheap and never
 * ahead: the host is asked again after less than a millisecond.  (Who cannot
 * store what it said leaves that to others.)
 */
#define	COARSE_CYCLES	(1ULL << 20)

void
clock_realts(struct timespec64 *ts)
{
	struct root *r = kroot();
	uint32_t seq = atomic_load_acq(&r->r_coarseseq);
	uint64_t now = __builtin_ia32_rdtsc(), then;

	if ((seq & 1) == 0) {
		then = atomic_load_acq(&r->r_coarsetsc);
		ts->tv_sec = atomic_load_acq(&r->r_coarse.tv_sec);
		ts->tv_nsec = atomic_load_acq(&r->r_coarse.tv_nsec);
		if (then != 0 && now - then < COARSE_CYCLES &&
		    atomic_load_acq(&r->r_coarseseq) == seq)
			return;
	}
	(void)host_clock_gettime(CLOCK_REALTIME_, ts);
	if ((seq & 1) != 0 || !atomic_cas(&r->r_coarseseq, &seq, seq + 1))
		return;
	atomic_store_rel(&r->r_coarsetsc, now);
	atomic_store_rel(&r->r_coarse.tv_sec, ts->tv_sec);
	atomic_store_rel(&r->r_coarse.tv_nsec, ts->tv_nsec);
	atomic_store_rel(&r->r_coarseseq, seq + 2);
}

nsec_t
clock_deadline(nsec_t span)
{
	nsec_t d;

	if (span < 0)
		span = 0;
	if (__builtin_add_overflow(host_mono_ns(), span, &d))
		d = INT64_MAX;
	return (d == 0 ? 1 : d);
}
