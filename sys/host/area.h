/*
 * area.h: the private area of a host thread: kernel stack and host's
 * sigaltstack in one, with a few words above it that are found by masking the
 * stack pointer.  They share a page with the top of the stack: a fork's child
 * writes both, and each page costs it a copy.
 */
#ifndef HOST_AREA_H
#define HOST_AREA_H

#include "libkern/types.h"

#define	TAREA_SIZE	0x20000UL	/* 128 KiB, and so aligned */
#define	TAREA_MAGIC	0x7461726561303031ULL

struct tarea {
	void		*ta_thread;	/* struct thread */
	uint64_t	ta_magic;
	uint32_t	*ta_where;	/* &td_where */
	uint32_t	*ta_flags;	/* &td_flags */
	uint64_t	ta_rip;		/* where user_direct (entry.S) goes */
	uint64_t	ta_fast;	/* frame of the fast entry (fast.S) */
	/* The host vDSO's clock_gettime, NULL: ask the host. */
	int		(*ta_clock)(int clock, void *ts);
	uint64_t	ta_pad[9];
	/* Known to assembler by number (arch/amd64/cpuid.S). */
	uint64_t	ta_cpuid[3];	/* %rax, %rcx, %rdx of an attempt */
};

#define	TAREA_HEAD	256UL		/* bytes at its end for struct tarea */

static inline struct tarea *
tarea_of(uintptr_t area)
{
	return ((struct tarea *)(area + TAREA_SIZE - TAREA_HEAD));
}

static inline struct tarea *
curtarea(void)
{
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);

	return (tarea_of(sp & ~(TAREA_SIZE - 1)));
}

/* The area that we run on. */
static inline uintptr_t
curarea(void)
{
	return ((uintptr_t)curtarea() & ~(TAREA_SIZE - 1));
}

/* The host's words about extended state that it has saved (sigreturn(2)). */
struct host_fpsw {
	uint32_t	magic1;
	uint32_t	extended_size;	/* with magic2 */
	uint64_t	xfeatures;
	uint32_t	xstate_size;	/* without magic2 */
	uint32_t	pad[7];
};

/* td_where, td_flags bits that the host floor knows. */
#define	TDW_KERN	0	/* in the kernel: will test TDF_AST itself */
#define	TDW_GUEST	1	/* in guest code, or past the last test */
#define	TDW_HOSTCALL	2	/* in a blocking host call */
#define	TDW_SLEEP	3	/* as TDW_KERN, asleep */
#define	TDF_AST		0x0001	/* something to do before the guest runs */

#endif
