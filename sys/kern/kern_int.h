/*
 * kern_int.h: what the files of kern share among themselves.
 */
#ifndef KERN_KERN_INT_H
#define KERN_KERN_INT_H

#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/types.h"

#define	KHASH_SIZE	256
#define	PID_MAX_	4194304
#define	PID_RESERVED	300	/* where a wrapped search starts again */

static inline struct list *
khash_slot(struct list *table, int id)
{
	return (&table[(unsigned)id % KHASH_SIZE]);
}

/* --- kern_proc.c ----------------------------------------------------------- */
/* pid 0: any. */
struct proc *proc_allocid(int pid, int *error);
/* Tree lock held: */
struct proc *proc_lookup(int pid);
struct thread *tid_lookup(int tid);
int	id_alloc(int want);		/* > 0, -EAGAIN, -EEXIST */
void	pgrp_join(struct proc *p, struct pgrp *pg);
void	pgrp_leave(struct proc *p);
struct pgrp *pgrp_new(int id, struct session *s); /* NULL: no memory */
void	session_drop(struct session *s);
bool	pgrp_orphaned(struct pgrp *pg, const struct proc *ignore);
void	proc_insert(struct proc *p, struct proc *parent, struct pgrp *pg);
void	proc_remove(struct proc *p);
static inline bool
proc_isleader(const struct proc *p)	/* of its session */
{
	return (p->p_pgrp != NULL && p->p_pgrp->pg_session->s_leader == p);
}

/* --- kern_thread.c --------------------------------------------------------- */
/* A record with an id of its own, in the tid table, not yet in p_threads.
 * tid 0: any. NULL and *error. */
struct thread *thread_alloc(struct proc *p, int tid, int *error);
void	thread_link(struct thread *td);		/* p_lock, p_siglock held */
void	thread_unalloc(struct thread *td);	/* never ran */
void	thread_gc(void);
/* Give back td_fd, td_pwd, td_vm. */
void	thread_droprefs(struct thread *td);
/* Wait for the host threads of all exited threads but td; free their
 * areas.  Called by td, of the same process. */
void	thread_joindead(struct proc *p, struct thread *td, bool wait);
long	thread_create(struct thread *td, const struct clone_args *ca);
/* What clone(2) asks of a child, done by it: its %fs, stack, the word for its
 * id. */
void	thread_asasked(struct thread *td, const struct clone_args *ca);
/* A child that starts on a stack of its own: what it is to do is left in
 * td_restart_args, then it runs thread_start, which does that and sets its
 * result to 0. */
void	thread_startargs(struct thread *ntd, const struct clone_args *ca);
void	thread_start(struct thread *td);
int	tarea_alloc(struct thread *td, uaddr_t *area);
void	tarea_free(struct proc *p, uaddr_t area);
int	tarea_inherit(struct proc *child, struct thread *td);
void	tarea_forget(struct proc *p);
void	tarea_prune(struct thread *td);
/* td must die: interrupt it, and who runs on its host thread. p_siglock held. */
void	thread_kill(struct thread *td);
bool	thread_live(const struct thread *td);

/* --- kern_exit.c ----------------------------------------------------------- */
/* Tree lock held; the caller drops the tree's reference (proc_drop) after
 * releasing the lock. */
void	proc_release(struct proc *p);
/* Tell p's parent of a stop or a continuation (CLD_*). */
void	proc_notifystop(struct proc *p, int code, int status);

/* --- trap.c ------------------------------------------------------------------ */
void	trap_resumed(struct thread *td, long ret);

/* --- kern_robust.c --------------------------------------------------------- */
void	thread_cleartid(struct thread *td);

/* --- kern_vfork.c ---------------------------------------------------------- */
uaddr_t	vfork_area(struct thread *td);
void	vfork_lend(struct thread *td, struct thread *ntd, uaddr_t area,
	    const struct clone_args *ca);
bool	vfork_mustleave(struct thread *td);
void	vfork_ast(struct thread *td);
void	vfork_wait(struct thread *td, struct proc *child);

/* --- signals --------------------------------------------------------------- */
struct sigq {
	struct list	sq_link;
	uint32_t	sq_flags;
	struct ksiginfo	sq_info;
};
#define	SQ_FORCE	1	/* even init takes its default action */
#define	SQ_TIMER	2	/* of a timer of ours: it counts its overruns */

enum sigdefault { SD_TERM, SD_IGN, SD_STOP, SD_CONT, SD_CORE };
enum sigdefault sig_default(int sig);

/* p_siglock held: */
/* 1: queued with its details; 0: dropped, merged, or without details. */
int	sig_enqueue(struct proc *p, struct thread *td,
	    const struct ksiginfo *si, uint32_t flags);
int	sig_dequeue(struct thread *td, ksigset_t set, struct ksiginfo *si,
	    uint32_t *flags);
void	sig_flush(struct proc *p, ksigset_t set);
void	sig_flushthread(struct thread *td);
void	sig_retarget(struct proc *p, struct thread *td, ksigset_t set);
bool	sig_stopdone(struct proc *p);	/* last one parked: tell the parent */
void	sig_unstop(struct proc *p);	/* SIGKILL, exit */
/* Tree lock held: signal each member. */
int	sig_pgrp_locked(struct pgrp *pg, const struct ksiginfo *si);
int	sig_proc_flags(struct proc *p, const struct ksiginfo *si,
	    uint32_t flags);
void	sig_kill(struct proc *p);	/* SIGKILL that even init takes */

/* kern_stop.c */
/* The default action of a stop signal; called at a safe point. */
void	sig_stop(struct thread *td, int sig, uint32_t flags);
void	sig_park(struct thread *td);
void	sig_notecont(struct thread *td);

/* --- ktimer.c -------------------------------------------------------------- */
void	ktimer_ast(struct thread *td);	/* queue what fired */
void	ktimer_exit(struct proc *p);	/* host timers must be silent after */
void	ktimer_dequeued(struct proc *p, struct ksiginfo *si); /* p_siglock held */
void	ktimer_exec(struct proc *p);
void	ktimer_free(struct proc *p);

#endif
