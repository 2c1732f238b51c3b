/*
 * calldescs.c: the rows of the call table as data, for decoders.  Plain
 * constants without any other floor's help: hosted programs compile it, too.
 */
#include "abi/calls.h"
#include "libkern/errno.h"

enum { FULL = CS_FULL, PARTIAL = CS_PARTIAL, STUB = CS_STUB };

#define	A0()		0, { 0 }, { 0 }
#define	A1(k1, n1)	1, { AK_##k1 }, { #n1 }
#define	A2(k1, n1, k2, n2)						\
	2, { AK_##k1, AK_##k2 }, { #n1, #n2 }
#define	A3(k1, n1, k2, n2, k3, n3)					\
	3, { AK_##k1, AK_##k2, AK_##k3 }, { #n1, #n2, #n3 }
#define	A4(k1, n1, k2, n2, k3, n3, k4, n4)				\
	4, { AK_##k1, AK_##k2, AK_##k3, AK_##k4 },			\
	{ #n1, #n2, #n3, #n4 }
#define	A5(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5)			\
	5, { AK_##k1, AK_##k2, AK_##k3, AK_##k4, AK_##k5 },		\
	{ #n1, #n2, #n3, #n4, #n5 }
#define	A6(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6)		\
	6, { AK_##k1, AK_##k2, AK_##k3, AK_##k4, AK_##k5, AK_##k6 },	\
	{ #n1, #n2, #n3, #n4, #n5, #n6 }

const struct calldesc calldescs[] = {
#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note)	\
	{ #name, { n64, n32, nfb }, CR_##ret, support, flags, args, note, 0 },
#define	MISS(name, n64, n32, nfb, err, why)				\
	{ #name, { n64, n32, nfb }, CR_INT, CS_MISSING, 0, A0(), why, err },
#include "abi/calls_gen.h"
};
const unsigned ncalldescs = nitems(calldescs);
