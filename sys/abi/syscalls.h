/*
 * syscalls.h: prototypes of every sys_ function, from the table.
 * A function returns a value >= 0 or a negative errno.
 */
#ifndef ABI_SYSCALLS_H
#define ABI_SYSCALLS_H

#include "abi/calls.h"

struct thread;

#define	KIND(kind, type)	typedef type argt_##kind;
#include "abi/calls_kinds.def"
#undef KIND

#define	P0()
#define	P1(k1, n1)		, argt_##k1 n1
#define	P2(k1, n1, ...)		P1(k1, n1) P1(__VA_ARGS__)
#define	P3(k1, n1, ...)		P1(k1, n1) P2(__VA_ARGS__)
#define	P4(k1, n1, ...)		P1(k1, n1) P3(__VA_ARGS__)
#define	P5(k1, n1, ...)		P1(k1, n1) P4(__VA_ARGS__)
#define	P6(k1, n1, ...)		P1(k1, n1) P5(__VA_ARGS__)
#define	A0()			P0()
#define	A1(...)			P1(__VA_ARGS__)
#define	A2(...)			P2(__VA_ARGS__)
#define	A3(...)			P3(__VA_ARGS__)
#define	A4(...)			P4(__VA_ARGS__)
#define	A5(...)			P5(__VA_ARGS__)
#define	A6(...)			P6(__VA_ARGS__)
#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note)	\
	long sys_##name(struct thread *td args);
#define	MISS(name, n64, n32, nfb, err, why)
#include "abi/calls_gen.h"
#undef A0
#undef A1
#undef A2
#undef A3
#undef A4
#undef A5
#undef A6

#endif
