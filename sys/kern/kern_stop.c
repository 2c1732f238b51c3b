/*
 * kern_stop.c: job control: stopping and continuing processes.
 *
 * A stop belongs to the process: PS_ISSTOPPED under p_siglock.  Each thread
 * that sees it at a safe point parks in sig_park(); p_nstopped counts the
 * parked; the one that completes the number tells the parent.  A parked thread
 * counts until it has left, so a stop that follows a short continuation needs
 * no second count.  Whoever clears PS_ISSTOPPED (SIGCONT, SIGKILL, exit_group)
 * wakes all; the first out reports CLD_CONTINUED.
 */
#include "base/arena.h"
#include "kern/kern_int.h"
#include "libkern/str.h"

bool
sig_stopdone(struct proc *p)
{
	if (!(p->p_stopstate & PS_ISSTOPPED) ||
	    (p->p_stopstate & PS_ALLPARKED) || p->p_nthreads == 0 ||
	    p->p_nstopped < (uint32_t)p->p_nthreads)
		return (false);
	p->p_stopstate |= PS_ALLPARKED | PS_STOPPED;
	return (true);
}

/* PS_DEQUEUED was set when the signal was taken. */
void
sig_stop(struct thread *td, int sig, uint32_t flags)
{
	struct proc *p = td->td_proc;
	struct thread *t;
	bool orphan = false;

	if (sig != SIGSTOP && !(flags & SQ_FORCE)) {
		mtx_lock(&kern()->k_treelock);
		orphan = p->p_pgrp == NULL ||
		    pgrp_orphaned(p->p_pgrp, NULL);
		mtx_unlock(&kern()->k_treelock);
	}
	mtx_lock(&p->p_siglock);
	if ((p->p_stopstate & PS_DEQUEUED) && !orphan && !p->p_exiting &&
	    !(p->p_stopstate & PS_ISSTOPPED)) {
		p->p_stopsig = sig;
		p->p_stopstate |= PS_ISSTOPPED;
		p->p_stopstate &= ~(uint32_t)(PS_CONTINUED | PS_NOTECONT |
		    PS_ALLPARKED);
		list_foreach(t, &p->p_threads, td_plist)
			if (t != td && thread_live(t))
				thread_interrupt(t);
	}
	p->p_stopstate &= ~(uint32_t)PS_DEQUEUED;
	mtx_unlock(&p->p_siglock);
}

void
sig_notecont(struct thread *td)
{
	struct proc *p = td->td_proc;
	bool tell;

	mtx_lock(&p->p_siglock);
	tell = (p->p_stopstate & PS_NOTECONT) != 0;
	p->p_stopstate &= ~(uint32_t)PS_NOTECONT;
	mtx_unlock(&p->p_siglock);
	if (tell)
		proc_notifystop(p, CLD_CONTINUED, SIGCONT);
}

void
sig_park(struct thread *td)
{
	struct proc *p = td->td_proc;
	bool done = false;

	mtx_lock(&p->p_siglock);
	if (!(p->p_stopstate & PS_ISSTOPPED)) {
		mtx_unlock(&p->p_siglock);
		return;
	}
	atomic_or(&td->td_flags, TDF_STOPPED);
	p->p_nstopped++;
	done = sig_stopdone(p);
	mtx_unlock(&p->p_siglock);
	if (done)
		proc_notifystop(p, CLD_STOPPED, p->p_stopsig);
	for (;;) {
		sleep_prepare();
		/* Else the next interruption would not wake us. */
		atomic_and(&td->td_flags, ~TDF_AST);
		if (!(atomic_load(&p->p_stopstate) & PS_ISSTOPPED) ||
		    (atomic_load(&td->td_flags) & TDF_KILLED) ||
		    vfork_mustleave(td))
			break;
		if (atomic_load(&kroot()->r_sigbox) != 0) {
			kern_sigbox();
			continue;
		}
		(void)sleep_commit(0, 0);
	}
	mtx_lock(&p->p_siglock);
	p->p_nstopped--;
	atomic_and(&td->td_flags, ~TDF_STOPPED);
	mtx_unlock(&p->p_siglock);
	atomic_or(&td->td_flags, TDF_AST);	/* look at everything again */
}

/* --- signals from outside -------------------------------------------------------- */

static void
lost_ones(void)
{
	struct proc *p;
	int pid = 0;

	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		if (atomic_load(&p->p_flags) & PF_LOST)
			proc_lost(p);
		proc_drop(p);
	}
}

void
kern_sigbox(void)
{
	struct kern_root *k = kern();
	uint32_t bits = atomic_swap(&kroot()->r_sigbox, 0);
	struct ksiginfo si;

	if (bits & 1)
		lost_ones();
	for (int sig = 1; sig < 32; sig++) {
		if (!(bits >> sig & 1))
			continue;
		if (sig != SIGTERM && sig != SIGKILL &&
		    k->k_ttysignal != NULL && k->k_ttysignal(sig))
			continue;
		memset(&si, 0, sizeof(si));
		si.si_signo = sig;
		si.si_code = SI_KERNEL;
		(void)sig_proc_flags(k->k_main, &si, SQ_FORCE);
	}
}
