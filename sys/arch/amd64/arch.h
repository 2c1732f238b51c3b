/*
 * arch.h: what the machine floor offers to the kernel, and the functions of
 * higher floors that the entry code calls (marked "upcall").
 */
#ifndef ARCH_AMD64_ARCH_H
#define ARCH_AMD64_ARCH_H

#include "arch/amd64/frame.h"
#include "libkern/types.h"

struct ksiginfo;
struct proc;
struct thread;

/* --- upcalls ------------------------------------------------------------- */
/* A system call: td->td_frame is valid; fetch, dispatch, set the result. */
void	trap_syscall(struct thread *td);
/* A synchronous fault of guest code; si as the host gave it. */
void	trap_fault(struct thread *td, const struct ksiginfo *si);
/* A host timer (cookie) or host interval timer signal arrived for this
 * process: sig is the host's SIGALRM, SIGVTALRM, SIGPROF, or 0 = cookie. May
 * run nested in kernel code: it must only do lock-free work (set words,
 * thread_interrupt), see kern/ktimer.c. */
void	trap_timer(int sig, uint64_t cookie, int overrun);
/* Called before each return to guest code while TDF_AST is set. */
void	ast(struct thread *td);

/* A call of a patched site, tf being its frame (fast.S): its result, or, with
 * TDP_RESTART set, what ast() decides on. */
long	trap_fastcall(struct thread *td, struct trapframe *tf);
/* A call trapped at td_frame: perhaps patch its site for the next time. */
void	trap_site(struct thread *td);
/* The frame's program counter: from a trampoline to what the guest knows, and
 * back before it runs. */
void	trap_show(struct thread *td);
void	trap_real(struct thread *td);

/* From trap_fastcall: the call needs a whole context (fork, exec, sigreturn).
 * Makes one of td_frame, calls trap_syscall and goes to the guest. */
void	arch_fastfull(struct thread *td) __noret;

/* --- threads and processes ------------------------------------------------ */
/*
 * Split the host process (no CLONE_VM; shared host descriptors). In the parent:
 * the host pid or a negative errno. In the child: 0, with child as
 * curthread(), its frame at the same address, trap and stack set up.
 */
long	arch_fork(struct thread *td, struct thread *child);
/*
 * A new host thread in this process that starts in entry(ntd) on the kernel
 * stack at area (from arch_area_alloc), with a copy of td's frame and extended
 * state; when entry returns it enters the guest. Sets td_hosttid before entry
 * runs. 0 or a negative errno.
 */
int	arch_newthread(struct thread *td, struct thread *ntd,
	    void (*entry)(struct thread *));
/*
 * td's host thread becomes ntd's, on the area ntd->td_area: start(ntd), then the
 * guest, with a copy of td's frame and extended state.  Returns when ntd, on this
 * host thread, calls arch_giveback or arch_leave; td's %fs, %gs and stack are as
 * they were.
 */
void	arch_borrow(struct thread *td, struct thread *ntd,
	    void (*start)(struct thread *));
/* Go back to the lender; *alive (the borrower's td_alive), if given, is cleared
 * when the borrower's record is needed no more. */
void	arch_giveback(struct thread *lender, uint32_t *alive) __noret;
/* Split the host process: 0 in the copy, where the borrower td goes on; here
 * the lender goes on.  A negative errno: nothing happened. */
long	arch_leave(struct thread *td, struct thread *lender);
/* Make td the current thread of the area that we run on. */
void	arch_setcur(struct thread *td);
/* Start over on this area: fn(td) sets td's frame, then the guest is entered
 * with the initial extended state.  td is the current thread. */
void	arch_fresh(struct thread *td, void (*fn)(struct thread *)) __noret;
/* Map a thread area at slot n / unmap it. */
int	arch_area_map(unsigned slot, uaddr_t *area);
void	arch_area_unmap(uaddr_t area);
/* End the host thread; the host clears and wakes td->td_alive. */
void	arch_thread_exit(struct thread *td) __noret;
/* End the host process. */
void	arch_proc_exit(int status) __noret;
void	arch_setfsbase(struct thread *td, uint64_t base);
uint64_t arch_getfsbase(struct thread *td);
int	arch_setgsbase(struct thread *td, uint64_t base);
uint64_t arch_getgsbase(struct thread *td);

/* --- extended state --------------------------------------------------------- */
/* The host's save area of td under its frame: XSAVE layout with the FP_XSTATE
 * magic words as sigreturn(2) knows it. *size includes the trailing magic. */
void	*arch_fpstate(struct thread *td, size_t *size);
/* Bring it to the initial state (exec). */
void	arch_fpreset(struct thread *td);
/* Load from guest memory (sigreturn): validated; 0 or -EFAULT/-EINVAL.
 * u = 0: initial state. */
int	arch_fpload(struct thread *td, uaddr_t u);
/* Bytes and alignment that arch_fpstore writes below a frame. */
size_t	arch_fpsize(struct thread *td);
int	arch_fpstore(struct thread *td, uaddr_t u);


/* Where trampolines jump to; the guest may read it. */
uaddr_t	arch_fastentry(void);

#endif
