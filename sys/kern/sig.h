/*
 * sig.h: sending, queueing and delivering signals.
 *
 * A signal is queued under p_siglock, then a thread that may take it is
 * interrupted (base/sleep.h).  It is taken at a safe point only: the return to
 * the guest (ast()), where handlers' frames are built by the sysvec, default
 * actions happen, stops park the thread, and kills exit it.
 *
 * Restart rules: a call that was interrupted returns -ERESTART*; ast() turns
 * it into a restart (registers set back to the call instruction) or -EINTR,
 * according to the handler's SA_RESTART, as signal(7) has it.
 */
#ifndef KERN_SIG_H
#define KERN_SIG_H

#include "libkern/signal.h"

struct pgrp;
struct proc;
struct thread;
struct ucred;

/* Queue si for the process or for one thread; no permission check.  0 or
 * -EAGAIN (RLIMIT_SIGPENDING, real-time ones). Takes p_siglock. */
int	sig_proc(struct proc *p, const struct ksiginfo *si);
int	sig_thread(struct thread *td, const struct ksiginfo *si);
/* From the kernel: SI_KERNEL. */
void	sig_kernel(struct proc *p, int sig);
void	sig_thread_kernel(struct thread *td, int sig);
/* To all of a group (takes the tree lock); count of members. */
int	sig_pgrp(int pgid, const struct ksiginfo *si);
/* A synchronous fault of td: unblocks it or kills, as Linux forces it. */
void	sig_force(struct thread *td, const struct ksiginfo *si);
/* kill(2) and friends with permission checks. */
long	kern_kill(struct thread *td, int pid, const struct ksiginfo *si);
long	kern_tgkill(struct thread *td, int tgid, int tid,
	    const struct ksiginfo *si);
int	sig_permit(struct thread *td, struct proc *p, int sig);

/* Is something deliverable pending for td? (unblocked, not ignored) */
bool	sig_pending(struct thread *td);
/* TDF_AST is set: for a reason that ends a call? If not it is cleared and the
 * call may sleep on. Called without locks. */
bool	sig_interrupted(struct thread *td);
/* Replace the mask (KILL and STOP cannot be blocked); rechecks pending. */
void	sig_setmask(struct thread *td, ksigset_t set);
/* Take a pending signal out of set, whether blocked or not: number or 0. */
int	sig_take(struct thread *td, ksigset_t set, struct ksiginfo *si);
ksigset_t sig_pendingset(struct thread *td);
bool	sig_ignored(struct proc *p, int sig);
/* Install a temporary mask for sigsuspend, ppoll ...: restored after
 * delivery, or by sig_restoremask when none is delivered. */
void	sig_tempmask(struct thread *td, ksigset_t set);
void	sig_restoremask(struct thread *td);
long	kern_sigaction(struct thread *td, int sig,
	    const struct ksigaction *act, struct ksigaction *old);
void	sig_execreset(struct proc *p);

/*
 * The safe point: called by the entry code before each return to the guest
 * while TDF_AST is set, with the call's result already in the frame.  Delivers
 * signals, stops, exits; restarts calls.  May not return.
 */
void	ast(struct thread *td);

#endif
