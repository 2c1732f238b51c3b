/*
 * callwrap.c: from six registers to typed arguments.  One wrapper per row of
 * the call table; ABIs with 64-bit registers share them.
 */
#include "abi/callrows.h"
#include "abi/syscalls.h"
#include "libkern/errno.h"

#define	W0()
#define	W1_(i, k, n)		, (argt_##k)args[i]
#define	A0()
#define	A1(k1, n1)		W1_(0, k1, n1)
#define	A2(k1, n1, k2, n2)	A1(k1, n1) W1_(1, k2, n2)
#define	A3(k1, n1, k2, n2, k3, n3)					\
	A2(k1, n1, k2, n2) W1_(2, k3, n3)
#define	A4(k1, n1, k2, n2, k3, n3, k4, n4)				\
	A3(k1, n1, k2, n2, k3, n3) W1_(3, k4, n4)
#define	A5(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5)			\
	A4(k1, n1, k2, n2, k3, n3, k4, n4) W1_(4, k5, n5)
#define	A6(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6)		\
	A5(k1, n1, k2, n2, k3, n3, k4, n4, k5, n5) W1_(5, k6, n6)

#define	CALL(name, n64, n32, nfb, ret, flags, support, args_, note)	\
long									\
callw_##name(struct thread *td, const uint64_t *args)			\
{									\
	return (sys_##name(td args_));					\
}
#define	MISS(name, n64, n32, nfb, err, why)				\
long									\
callw_##name(struct thread *td, const uint64_t *args)			\
{									\
	return (-err);							\
}
#include "abi/calls_gen.h"
