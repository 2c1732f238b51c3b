/*
 * hostcall.h: raw system calls of the host.  Every `syscall` instruction of
 * the kernel stands in the kernel's text, the range that is not trapped.
 */
#ifndef HOST_LINUX_HOSTCALL_H
#define HOST_LINUX_HOSTCALL_H

#include <asm/unistd_64.h>

#include "libkern/types.h"

#ifdef GUISE_HOSTED
/* Unit tests: host/fake counts, may refuse, and passes on. */
long	fake_hostcall(long nr, long a, long b, long c, long d, long e, long f);
#define	hostcall6	fake_hostcall
#else
static inline __attribute__((always_inline)) long
hostcall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "0"(nr), "D"(a), "S"(b),
	    "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return (r);
}
#endif
#define	HC_(n, a, b, c, d, e, f, ...)					\
	hostcall6((n), (long)(a), (long)(b), (long)(c), (long)(d),	\
	    (long)(e), (long)(f))
#define	HC(nr, ...)	HC_(__NR_##nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* The interruptible stub, hostcall.S. */
long	host_intr_stub(long nr, long a, long b, long c, long d, long e, long f,
	    uint32_t *flags);
/* With td_where bookkeeping. */
long	host_intr(long nr, long a, long b, long c, long d, long e, long f);
#define	HCI_(n, a, b, c, d, e, f, ...)					\
	host_intr((n), (long)(a), (long)(b), (long)(c), (long)(d),	\
	    (long)(e), (long)(f))
#define	HCI(nr, ...)	HCI_(__NR_##nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)

#endif
