/* filter.h: which calls and signals are shown (-e). */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/trace.h"
#include "jail/error.h"

struct filter {
	uint64_t	f_calls[TRACE_NABI][TRACE_NCALLS / 64];
	uint64_t	f_signals;	/* bit N-1: signal N */
};

void	filter_all(struct filter *f);
/* "trace=LIST", "signal=LIST" or LIST: see guise-trace(1). */
int	filter_parse(struct filter *f, const char *expr, struct jerr *e);
static inline bool
filter_call(const struct filter *f, int abi, uint32_t nr)
{
	return (abi < 0 || abi >= TRACE_NABI || nr >= TRACE_NCALLS ||
	    (f->f_calls[abi][nr / 64] >> nr % 64 & 1));
}

#endif
