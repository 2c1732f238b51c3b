/*
 * callrows.h: one number per row of the call table, the wrappers that fetch a
 * row's arguments, and the macro that builds an ABI's dispatch table.
 *
 * A row that an ABI lacks (NA) takes an unused slot behind the table's end, so
 * that the compiler can still refuse a number that is used twice
 * (-Woverride-init).
 */
#ifndef ABI_CALLROWS_H
#define ABI_CALLROWS_H

#include "abi/calls.h"
#include "kern/sysvec.h"

#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note) ROW_##name,
#define	MISS(name, n64, n32, nfb, err, why)			   ROW_##name,
enum callrow {
#include "abi/calls_gen.h"
	ROW_END
};

#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note) \
	syscall_fn callw_##name;
#define	MISS(name, n64, n32, nfb, err, why) \
	syscall_fn callw_##name;
#include "abi/calls_gen.h"

#define	CALLSLOT(max, nr, name)	((nr) >= 0 ? (nr) : (max) + 1 + ROW_##name)
#define	CALLENT(max, nr, name, flags)					\
	[CALLSLOT(max, nr, name)] = { callw_##name,			\
	    &calldescs[ROW_##name], (flags) },

_Static_assert(SE_FULL == CF_TRAPONLY, "kern and abi name it alike");

#endif
