/*
 * types.h: the kernel's own scalar types and small helpers.
 *
 * Native types inside the kernel equal linux64's, so that its path converts
 * nothing.  Names avoid libc's, because the unit tests include both.
 */
#ifndef LIBKERN_TYPES_H
#define LIBKERN_TYPES_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uintptr_t uaddr_t;	/* an address in the guest's memory: untrusted */
typedef int64_t   nsec_t;	/* a time or a span in nanoseconds */

struct timespec64 {
	int64_t	tv_sec;
	int64_t	tv_nsec;
};

#define	NSEC_PER_SEC	1000000000LL
#define	NSEC_PER_USEC	1000LL

#define	KPAGE_SIZE	4096UL
#define	KPAGE_SHIFT	12
#define	KPAGE_MASK	(KPAGE_SIZE - 1)

#define	nitems(a)	(sizeof(a) / sizeof((a)[0]))
#define	rounddown2(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define	roundup2(x, a)	(((x) + ((__typeof__(x))(a) - 1)) &	\
			    ~((__typeof__(x))(a) - 1))
#define	container_of(p, type, member)					\
	((type *)((char *)(p) - offsetof(type, member)))
#define	kmin(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
			    a_ < b_ ? a_ : b_; })
#define	kmax(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
			    a_ > b_ ? a_ : b_; })

#define	__printflike(f, a) __attribute__((format(printf, f, a)))
#define	__noret		__attribute__((noreturn))
#define	__noinline	__attribute__((noinline))
#define	__unused_	__attribute__((unused))
#define	likely(x)	__builtin_expect(!!(x), 1)
#define	unlikely(x)	__builtin_expect(!!(x), 0)

/* Atomics on memory that other threads and processes share. */
#define	atomic_load(p)		__atomic_load_n((p), __ATOMIC_SEQ_CST)
#define	atomic_load_acq(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define	atomic_load_relaxed(p)	__atomic_load_n((p), __ATOMIC_RELAXED)
#define	atomic_store(p, v)	__atomic_store_n((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_store_rel(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define	atomic_swap(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_add(p, v)	__atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_sub(p, v)	__atomic_sub_fetch((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_or(p, v)		__atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_and(p, v)	__atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_cas(p, old, new)						\
	__atomic_compare_exchange_n((p), (old), (new), false,		\
	    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define	cpu_pause()		__builtin_ia32_pause()

#endif
