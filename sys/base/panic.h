/*
 * panic.h: when the kernel itself is wrong.
 *
 * kpanic writes a report (message, registers, frame-pointer backtrace, the
 * thread's last calls) into the arena's root, tells the warden, and ends the
 * jail.  The warden prints it with symbols.
 */
#ifndef BASE_PANIC_H
#define BASE_PANIC_H

#include "libkern/types.h"

void	kpanic(const char *fmt, ...) __printflike(1, 2) __noret;
#define	KASSERT(c)							\
	do {								\
		if (unlikely(!(c)))					\
			kpanic("%s:%d: assertion failed: %s",		\
			    __FILE__, __LINE__, #c);			\
	} while (0)

/* The same for a fault at pc with frame pointer fp. */
void	kpanic_at(uintptr_t fp, uintptr_t pc, const char *msg);

/* Frame-pointer backtrace into pcs, not symbolised; how many. arch's work. */
unsigned arch_backtrace(uintptr_t fp, uintptr_t *pcs, unsigned max);

/* A line on the warden's standard error (debugging; rate it yourself). */
void	klog(const char *fmt, ...) __printflike(1, 2);

#endif
