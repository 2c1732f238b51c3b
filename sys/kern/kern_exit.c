/*
 * kern_exit.c: the end of threads and processes.
 *
 * A thread gives back its references first (the last one so closes the files),
 * then leaves p_threads; the one that brings p_nthreads to 0 finishes the
 * process:
 *
 *	hooks, timers silenced, the other host threads joined
 *	tree lock: children to the reaper, orphaned groups, P_ZOMBIE, parent
 *	told; from here on the parent may reap the record
 *	td_alive = 0: from here on anybody may free it
 *	host exit
 *
 * Exit against wait: both under the tree lock; the waiter frees nothing that
 * the dying thread still needs, since its record waits in k_dead for td_alive.
 *
 * exit_group against exit: the first to set p_exiting under p_lock chooses the
 * status; a later exit_group or exit of another thread is a plain thread exit.
 * Without exit_group the status is that of the first thread, as on Linux.
 *
 * When the program that the user asked for ends, all others are killed, then
 * the warden is told.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/panic.h"
#include "host/host.h"
#include "kern/blank.h"
#include "kern/kern_int.h"
#include "libkern/errno.h"
#include "vfs/file.h"
#include "libkern/str.h"
#include "vfs/poll.h"

#define	KILLALL_WAIT	(3 * NSEC_PER_SEC)

/* --- the parent ----------------------------------------------------------------- */

static int
status_code(int status)
{
	if ((status & 0x7f) == 0)
		return (CLD_EXITED);
	return (status & 0x80 ? CLD_DUMPED : CLD_KILLED);
}

static void
fill_chld(struct ksiginfo *si, struct proc *p, int code, int status)
{
	struct thread *td = list_first(&p->p_threads, struct thread,
	    td_plist);

	memset(si, 0, sizeof(*si));
	si->si_signo = SIGCHLD;
	si->si_code = code;
	si->u.chld.pid = p->p_pid;
	si->u.chld.uid = td != NULL && td->td_cred != NULL ?
	    td->td_cred->cr_ruid : 0;
	si->u.chld.status = status;
	/* in clock ticks */
	si->u.chld.utime = p->p_ru.ru_utime / 10000000;
	si->u.chld.stime = p->p_ru.ru_stime / 10000000;
}

/* Stopped or continued: the parent's SIGCHLD and its wait. */
void
proc_notifystop(struct proc *p, int code, int status)
{
	struct ksiginfo si;
	struct proc *pp;

	mtx_lock(&kern()->k_treelock);
	pp = p->p_parent;
	if (pp != NULL && p->p_state == P_RUNNING) {
		fill_chld(&si, p, code, status);
		if (!(pp->p_sigacts->sa_act[SIGCHLD - 1].sa_flags &
		    SA_NOCLDSTOP) &&
		    pp->p_sigacts->sa_act[SIGCHLD - 1].sa_handler !=
		    SIG_IGN_)
			(void)sig_proc(pp, &si);
		(void)waitq_wake(&pp->p_waitwq, WAKE_ALL, 0);
	}
	mtx_unlock(&kern()->k_treelock);
	if (p == kern()->k_main) {
		struct root *r = kroot();

		atomic_store(&r->r_stopped, code == CLD_STOPPED);
		(void)atomic_add(&r->r_mail, 1);
		(void)host_futex_wake(&r->r_mail, WAKE_ALL);
	}
}

/* Tree lock held, p is a zombie: signal and wake its parent. True: nobody will
 * wait for it. */
static bool
notify_exit(struct proc *p)
{
	struct proc *pp = p->p_parent;
	struct ksigaction *act;
	struct ksiginfo si;
	bool reap = false, silent = false;

	if (pp == NULL)
		return (false);
	if ((pp->p_flags & PF_KERNEL) ||
	    (pp == kern()->k_init && pp->p_exiting)) {
		(void)waitq_wake(&pp->p_waitwq, WAKE_ALL, 0);
		return (true);
	}
	if (p->p_exitsig == SIGCHLD) {
		act = &pp->p_sigacts->sa_act[SIGCHLD - 1];
		silent = act->sa_handler == SIG_IGN_;
		reap = silent || (act->sa_flags & SA_NOCLDWAIT) != 0;
	}
	if (p->p_exitsig != 0 && !silent) {
		fill_chld(&si, p, status_code(p->p_xstat),
		    (p->p_xstat & 0x7f) == 0 ? p->p_xstat >> 8 & 0xff :
		    p->p_xstat & 0x7f);
		si.si_signo = p->p_exitsig;
		(void)sig_proc(pp, &si);
	}
	(void)waitq_wake(&pp->p_waitwq, WAKE_ALL, 0);
	return (reap);
}

/* --- children, groups ------------------------------------------------------------ */

/* If pg was left without a link to its session by p's exit, and has stopped
 * members: SIGHUP and SIGCONT to all (POSIX). */
static void
check_orphaned(struct pgrp *pg, struct proc *p, bool was)
{
	struct ksiginfo si;
	struct proc *m;
	bool stopped = false;

	if (was || !pgrp_orphaned(pg, p))
		return;
	list_foreach(m, &pg->pg_members, p_pglink)
		if (m != p && (m->p_stopstate & PS_ISSTOPPED))
			stopped = true;
	if (!stopped)
		return;
	memset(&si, 0, sizeof(si));
	si.si_code = SI_KERNEL;
	si.si_signo = SIGHUP;
	(void)sig_pgrp_locked(pg, &si);
	si.si_signo = SIGCONT;
	(void)sig_pgrp_locked(pg, &si);
}

static struct proc *
find_reaper(struct proc *p)
{
	struct proc *a;

	for (a = p->p_parent; a != NULL; a = a->p_parent)
		if (a->p_subreaper && !a->p_exiting)
			return (a);
	return (kern()->k_init);
}

/* Move p's children to the reaper. Those to drop are put on `gone`. */
static void
reparent(struct proc *p, struct list *gone)
{
	struct proc *c, *next, *reaper = find_reaper(p);
	struct ksiginfo si;

	list_foreach_safe(c, next, &p->p_children, p_sibling) {
		if (c->p_pdeathsig != 0 && c->p_state == P_RUNNING) {
			memset(&si, 0, sizeof(si));
			si.si_signo = c->p_pdeathsig;
			si.si_code = SI_USER;
			si.u.rt.pid = p->p_pid;
			(void)sig_proc(c, &si);
		}
		if (reaper == p)	/* init itself ends */
			continue;
		list_del(&c->p_sibling);
		c->p_parent = reaper;
		atomic_store_rel(&c->p_ppid, reaper->p_pid);
		c->p_exitsig = SIGCHLD;
		list_add_tail(&reaper->p_children, &c->p_sibling);
		if (c->p_state == P_ZOMBIE) {
			if (notify_exit(c)) {
				proc_release(c);
				list_add_tail(gone, &c->p_sibling);
			}
		} else if (c->p_pgrp != NULL && c->p_pgrp != p->p_pgrp &&
		    c->p_pgrp->pg_session == p->p_pgrp->pg_session)
			/* p was the link of its child's group, perhaps */
			check_orphaned(c->p_pgrp, p, false);
	}
}

void
proc_release(struct proc *p)
{
	struct kern_root *k = kern();
	struct thread *td;

	mtx_assert_owned(&k->k_treelock);
	p->p_state = P_DEAD;
	proc_remove(p);
	mtx_lock(&p->p_lock);
	mtx_lock(&p->p_siglock);
	while ((td = list_first(&p->p_threads, struct thread,
	    td_plist)) != NULL) {
		list_del(&td->td_plist);
		list_del(&td->td_hash);
		k->k_nthreads--;
		list_add_tail(&k->k_dead, &td->td_plist);
	}
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
}

/*
 * Turn p into a zombie. td: its last thread, when that is not the first one
 * and so must go to k_dead itself; else NULL.
 */
static void
proc_zombify(struct proc *p, int status, struct thread *td)
{
	struct kern_root *k = kern();
	struct proc *c, *next;
	struct list gone;
	bool reap, orphan;

	list_init(&gone);
	proc_vforkdone(p);
	/* The parent needs the lock as soon as it wakes. */
	wakes_hold();
	mtx_lock(&k->k_treelock);
	if (p->p_pgrp != NULL && p->p_pgrp->pg_session->s_leader == p)
		p->p_pgrp->pg_session->s_leader = NULL;
	orphan = p->p_pgrp == NULL || pgrp_orphaned(p->p_pgrp, NULL);
	reparent(p, &gone);
	if (p->p_pgrp != NULL)
		check_orphaned(p->p_pgrp, p, orphan);
	p->p_xstat = status;
	p->p_state = P_ZOMBIE;
	if (td != NULL) {
		list_del(&td->td_hash);
		k->k_nthreads--;
		list_add_tail(&k->k_dead, &td->td_plist);
	}
	proc_hold(p);
	(void)waitq_wake(&p->p_exitwq, WAKE_ALL, POLLIN);
	reap = notify_exit(p);
	if (reap)
		proc_release(p);
	mtx_unlock(&k->k_treelock);
	wakes_flush();
	list_foreach_safe(c, next, &gone, p_sibling) {
		list_del(&c->p_sibling);
		proc_drop(c);
	}
	if (reap)
		proc_drop(p);
	proc_drop(p);
}

/* --- the end of the jail ----------------------------------------------------------- */

static void
kill_others(struct proc *self)
{
	struct kern_root *k = kern();
	nsec_t deadline = clock_deadline(KILLALL_WAIT);
	struct proc *p;
	bool any = true;

	mtx_lock(&k->k_treelock);
	while (any && clock_mono() < deadline) {
		any = false;
		list_foreach(p, &k->k_procs, p_alllink) {
			if (p == self || (p->p_flags & PF_KERNEL) ||
			    p->p_state != P_RUNNING)
				continue;
			any = true;
			sig_kill(p);
		}
		if (any)
			(void)waitq_sleep(&self->p_waitwq, &k->k_treelock, 0,
			    kmin(deadline, clock_deadline(10000000)));
	}
	mtx_unlock(&k->k_treelock);
}

/* The main process is about to go: the last moment at which the kernel works
 * and no guest changes anything. */
static void
last_rites(struct proc *p)
{
	kill_others(p);
	if (kern()->k_overhook != NULL)
		kern()->k_overhook();
}

static void
jail_over(int status)
{
	struct root *r = kroot();

	r->r_status = status;
	atomic_store(&r->r_done, JAIL_DONE_EXIT);
	(void)atomic_add(&r->r_mail, 1);
	(void)host_futex_wake(&r->r_mail, WAKE_ALL);
}

/* --- threads ------------------------------------------------------------------------ */

/* Leave the process's threads. True: td was the last. */
static bool
thread_detach(struct thread *td)
{
	struct kern_root *k = kern();
	struct proc *p = td->td_proc;
	bool last, leader = td->td_tid == p->p_pid, stopdone;

	mtx_lock(&k->k_treelock);
	mtx_lock(&p->p_lock);
	mtx_lock(&p->p_siglock);
	last = --p->p_nthreads == 0;
	for (unsigned i = 0; i < nitems(p->p_io); i++) {
		p->p_io[i] += td->td_io[i];
		td->td_io[i] = 0;
	}
	atomic_or(&td->td_flags, TDF_EXITED);
	if (!leader)
		list_del(&td->td_plist);
	if (!leader && !last) {
		list_del(&td->td_hash);
		k->k_nthreads--;
		list_add_tail(&p->p_dead, &td->td_plist);
	}
	sig_retarget(p, td, ~0ULL);
	stopdone = sig_stopdone(p);
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
	mtx_unlock(&k->k_treelock);
	if (stopdone)
		proc_notifystop(p, CLD_STOPPED, p->p_stopsig);
	return (last);
}

static void
proc_exit(struct thread *td) __noret;
static void
proc_exit(struct thread *td)
{
	struct kern_root *k = kern();
	struct proc *p = td->td_proc;
	struct thread *leader = list_first(&p->p_threads, struct thread,
	    td_plist);
	bool isleader = leader == td, ismain = p == k->k_main;
	struct thread *lender = p->p_lender;
	struct blank *b;
	int status;

	status = p->p_exiting ? p->p_exitcode : leader->td_exitcode << 8;
	p->p_exiting = 1;
	for (unsigned i = 0; i < nitems(k->k_exithook); i++)
		if (k->k_exithook[i] != NULL)
			k->k_exithook[i](p);
	if (ismain)
		last_rites(p);
	thread_joindead(p, td, true);
	proc_rusage(p, HOST_RUSAGE_SELF, &p->p_ru);
	/* Last words to the host: nothing of the arena may be written by it
	 * once others may free the record. */
	if (lender == NULL)
		host_set_tid_address(NULL);
	b = blank_offer(td);
	p->p_lender = NULL;
	proc_zombify(p, status, isleader ? NULL : td);
	if (ismain)
		jail_over(status);
	if (lender != NULL)
		arch_giveback(lender, &td->td_alive);
	if (b != NULL)
		blank_park(b, td);
	atomic_store(&td->td_alive, 0);
	arch_proc_exit(0);
}

void
kern_exit_thread(struct thread *td, int code)
{
	struct kern_root *k = kern();
	struct proc *p = td->td_proc;

	KASSERT(td->td_nheld == 0);
	td->td_exitcode = code & 0xff;
	for (unsigned i = 0; i < nitems(k->k_texithook); i++)
		if (k->k_texithook[i] != NULL)
			k->k_texithook[i](td);
	thread_cleartid(td);
	if (p->p_nthreads == 1)
		ktimer_exit(p);
	thread_droprefs(td);
	if (thread_detach(td)) {
		ktimer_exit(p);
		proc_exit(td);
	}
	(void)waitq_wake(&p->p_threadwq, WAKE_ALL, 0);
	arch_thread_exit(td);
}

void
kern_exit_group(struct thread *td, int status)
{
	struct proc *p = td->td_proc;
	struct thread *o;

	mtx_lock(&p->p_lock);
	if (!p->p_exiting) {
		p->p_exitcode = status;
		atomic_store(&p->p_exiting, 1);
		mtx_lock(&p->p_siglock);
		sig_unstop(p);
		list_foreach(o, &p->p_threads, td_plist) {
			if (o == td || !thread_live(o))
				continue;
			atomic_or(&o->td_flags, TDF_KILLED);
			thread_kill(o);
		}
		mtx_unlock(&p->p_siglock);
	}
	mtx_unlock(&p->p_lock);
	(void)waitq_wake(&p->p_threadwq, WAKE_ALL, 0);
	kern_exit_thread(td, status >> 8);
}

/* --- processes that the host killed ---------------------------------------------------- */

/*
 * Run by another process's thread.  Locks that the dead one held are the
 * warden's business; everything else is finished here.
 */
void
proc_lost(struct proc *p)
{
	struct kern_root *k = kern();
	struct thread *td, *last = NULL;

	mtx_lock(&k->k_treelock);
	if (p->p_state != P_RUNNING || (p->p_flags & PF_KERNEL)) {
		/* It was past its zombie state: only the records remain. */
		list_foreach(td, &p->p_threads, td_plist)
			atomic_store(&td->td_alive, 0);
		mtx_unlock(&k->k_treelock);
		return;
	}
	p->p_exiting = 1;
	mtx_unlock(&k->k_treelock);

	for (;;) {
		mtx_lock(&p->p_lock);
		mtx_lock(&p->p_siglock);
		list_foreach(td, &p->p_threads, td_plist)
			if (thread_live(td))
				break;
		if (&td->td_plist == &p->p_threads)
			td = NULL;
		else {
			atomic_or(&td->td_flags, TDF_EXITED);
			p->p_nthreads--;
		}
		mtx_unlock(&p->p_siglock);
		mtx_unlock(&p->p_lock);
		if (td == NULL)
			break;
		atomic_store(&td->td_alive, 0);
		/* What it slept on, and what its call held. */
		waitq_remove(&td->td_waiter);
		for (unsigned i = 0; i < nitems(k->k_texithook); i++)
			if (k->k_texithook[i] != NULL)
				k->k_texithook[i](td);
		fdrop(td->td_iofile);
		td->td_iofile = NULL;
		if (td->td_lent != NULL)
			thread_drop(td->td_lent);	/* lost as well */
		td->td_lent = NULL;
		thread_droprefs(td);
		last = td;
	}
	(void)last;
	blank_lost(p);
	for (unsigned i = 0; i < nitems(k->k_exithook); i++)
		if (k->k_exithook[i] != NULL)
			k->k_exithook[i](p);
	mtx_lock(&p->p_lock);
	list_foreach(td, &p->p_dead, td_plist)
		atomic_store(&td->td_alive, 0);
	mtx_unlock(&p->p_lock);
	if (p == k->k_main)
		last_rites(p);
	proc_zombify(p, SIGKILL, NULL);
	if (p == k->k_main)
		jail_over(SIGKILL);
}
