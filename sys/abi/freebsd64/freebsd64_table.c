/* freebsd64_table.c: FreeBSD's numbers to calls, from the call table. */
#include "abi/callrows.h"
#include "abi/freebsd64/freebsd64.h"

const struct sysent freebsd64_table[] = {
#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note)	\
	CALLENT(FREEBSD64_MAXCALL, nfb, name, flags)
#define	MISS(name, n64, n32, nfb, err, why)				\
	CALLENT(FREEBSD64_MAXCALL, nfb, name, 0)
#include "abi/calls_gen.h"
	[CALLSLOT(FREEBSD64_MAXCALL, NA, END)] = { NULL, NULL, 0 }
};
