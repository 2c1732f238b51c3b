/*
 * frame.h: guest contexts on amd64.
 *
 * A trapframe is the guest's registers while the kernel serves it.  It lies on
 * the thread's kernel stack (td_frame).  Under it lies the host's signal
 * context (td_hostctx), which carries the extended (FP, vector) state; the
 * return to the guest writes the trapframe into it and does the host's
 * sigreturn.
 */
#ifndef ARCH_AMD64_FRAME_H
#define ARCH_AMD64_FRAME_H

#include "libkern/types.h"

/* The order of the first 18 words is that of the host's sigcontext. */
struct trapframe {
	uint64_t	tf_r8, tf_r9, tf_r10, tf_r11;
	uint64_t	tf_r12, tf_r13, tf_r14, tf_r15;
	uint64_t	tf_rdi, tf_rsi, tf_rbp, tf_rbx;
	uint64_t	tf_rdx, tf_rax, tf_rcx, tf_rsp;
	uint64_t	tf_rip, tf_rflags;
	uint16_t	tf_cs, tf_gs, tf_fs, tf_ss;
	uint64_t	tf_err, tf_trapno, tf_oldmask, tf_cr2;
	/* ours */
	uint64_t	tf_nr;		/* call number as entered, ~0: no call */
	uint32_t	tf_kind;	/* TFK_* */
	uint32_t	tf_trapsite;	/* bytes of the call instruction (2) */
};
#define	TFK_SYSCALL	0
#define	TFK_FAULT	1
#define	TFK_KICK	2

#define	RFLAGS_CF	0x0001UL
#define	RFLAGS_TF	0x0100UL
#define	RFLAGS_DF	0x0400UL
#define	RFLAGS_NT	0x4000UL
#define	RFLAGS_RF	0x10000UL
#define	RFLAGS_AC	0x40000UL
#define	RFLAGS_USER	0x0000000000254dd5UL /* bits a guest may set */
#define	RFLAGS_IF	0x0202UL	/* always set */

#define	USER_CS		0x33
#define	USER_DS		0x2b

#endif
