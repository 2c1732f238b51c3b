/* clock.h: time for the kernel, from the host. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "libkern/types.h"

#define	CLOCK_REALTIME_		0
#define	CLOCK_MONOTONIC_	1
#define	CLOCK_PROCESS_CPUTIME_	2
#define	CLOCK_THREAD_CPUTIME_	3

nsec_t	clock_mono(void);		/* CLOCK_MONOTONIC */
nsec_t	clock_real(void);		/* CLOCK_REALTIME */
void	clock_realts(struct timespec64 *ts);	/* for file times */

static inline nsec_t
ts2ns(const struct timespec64 *ts)	/* saturates */
{
	if (ts->tv_sec >= INT64_MAX / NSEC_PER_SEC)
		return (INT64_MAX);
	return (ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec);
}
static inline void
ns2ts(nsec_t ns, struct timespec64 *ts)
{
	ts->tv_sec = ns / NSEC_PER_SEC;
	ts->tv_nsec = ns % NSEC_PER_SEC;
}
static inline bool
ts_valid(const struct timespec64 *ts)
{
	return (ts->tv_sec >= 0 && ts->tv_nsec >= 0 &&
	    ts->tv_nsec < NSEC_PER_SEC);
}
/* now + span on CLOCK_MONOTONIC, saturating; never 0. */
nsec_t	clock_deadline(nsec_t span);

#endif
