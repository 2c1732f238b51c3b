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

void
clock_realts(struct timespec64 *ts)
{
	/* As on Linux, the coarse clock: cheap, and never ahead. */
	(void)host_clock_gettime(CLOCK_REALTIME_COARSE_, ts);
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
