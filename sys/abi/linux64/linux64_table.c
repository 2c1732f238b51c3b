/* linux64_table.c: linux64's numbers to calls, from the call table. */
#include "abi/callrows.h"
#include "abi/linux64/linux64.h"

const struct sysent linux64_table[] = {
#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note)	\
	CALLENT(LINUX64_MAXCALL, n64, name, flags)
#define	MISS(name, n64, n32, nfb, err, why)				\
	CALLENT(LINUX64_MAXCALL, n64, name, 0)
#include "abi/calls_gen.h"
	[CALLSLOT(LINUX64_MAXCALL, NA, END)] = { NULL, NULL, 0 }
};
