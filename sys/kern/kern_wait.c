/*
 * kern_wait.c: wait4(2), waitid(2).
 *
 * Children, their states and the wait queue are under the tree lock; what
 * stops have to report is read under each child's p_siglock.
 */
#include "host/host.h"
#include "kern/kern_int.h"
#include "libkern/errno.h"
#include "libkern/str.h"

static bool
wanted(struct proc *self, struct proc *p, int idtype, int id, unsigned opts)
{
	bool clone = p->p_exitsig != SIGCHLD;

	if (idtype == KP_PID && p->p_pid != id)
		return (false);
	if (idtype == KP_PGID) {
		if (id == 0)
			id = self->p_pgrp->pg_id;
		if (p->p_pgrp == NULL || p->p_pgrp->pg_id != id)
			return (false);
	}
	return ((opts & WALL_) || clone == ((opts & WCLONE_) != 0));
}

static void
ru_add(struct host_rusage *a, const struct host_rusage *b)
{
	a->ru_utime += b->ru_utime;
	a->ru_stime += b->ru_stime;
	a->ru_maxrss = kmax(a->ru_maxrss, b->ru_maxrss);
	a->ru_minflt += b->ru_minflt;
	a->ru_majflt += b->ru_majflt;
	a->ru_inblock += b->ru_inblock;
	a->ru_oublock += b->ru_oublock;
	a->ru_nvcsw += b->ru_nvcsw;
	a->ru_nivcsw += b->ru_nivcsw;
}

static void
fill(struct proc *p, struct kwait_result *r, int code, int status)
{
	struct thread *td = list_first(&p->p_threads, struct thread,
	    td_plist);

	r->pid = p->p_pid;
	r->uid = td != NULL && td->td_cred != NULL ? td->td_cred->cr_ruid : 0;
	r->code = code;
	r->status = status;
}

static void
reap(struct proc *self, struct proc *p, struct kwait_result *r)
{
	int st = p->p_xstat;

	fill(p, r, (st & 0x7f) == 0 ? CLD_EXITED :
	    st & 0x80 ? CLD_DUMPED : CLD_KILLED, st);
	r->ru = p->p_ru;
	ru_add(&r->ru, &p->p_cru);
	(void)self;
}

/* A stop or a continuation to report? */
static bool
stopped(struct proc *p, unsigned opts, struct kwait_result *r)
{
	bool hit = false;

	if (!(opts & (WUNTRACED | WCONTINUED)))
		return (false);
	mtx_lock(&p->p_siglock);
	if ((opts & WUNTRACED) && (p->p_stopstate & PS_STOPPED)) {
		fill(p, r, CLD_STOPPED, p->p_stopsig << 8 | 0x7f);
		if (!(opts & WNOWAIT))
			p->p_stopstate &= ~(uint32_t)PS_STOPPED;
		hit = true;
	} else if ((opts & WCONTINUED) && (p->p_stopstate & PS_CONTINUED)) {
		fill(p, r, CLD_CONTINUED, 0xffff);
		if (!(opts & WNOWAIT))
			p->p_stopstate &= ~(uint32_t)PS_CONTINUED;
		hit = true;
	}
	mtx_unlock(&p->p_siglock);
	return (hit);
}

/* One pass. 1: r filled (*gone: drop its reference); 0: none ready; -ECHILD. */
static int
scan(struct proc *self, int idtype, int id, unsigned opts,
    struct kwait_result *r, struct proc **gone)
{
	struct proc *p;
	bool any = false;

	list_foreach(p, &self->p_children, p_sibling) {
		if (!wanted(self, p, idtype, id, opts))
			continue;
		any = true;
		if (p->p_state == P_ZOMBIE && (opts & WEXITED)) {
			reap(self, p, r);
			if (!(opts & WNOWAIT)) {
				ru_add(&self->p_cru, &r->ru);
				for (unsigned i = 0; i < nitems(p->p_io); i++)
					self->p_io[i] += p->p_io[i];
				proc_release(p);
				*gone = p;
			}
			return (1);
		}
		if (p->p_state == P_RUNNING && stopped(p, opts, r)) {
			r->ru.ru_utime = 0;
			return (1);
		}
	}
	return (any ? 0 : -ECHILD);
}

long
kern_wait(struct thread *td, int idtype, int id, int options,
    struct kwait_result *r)
{
	struct proc *self = td->td_proc, *gone = NULL;
	unsigned opts = (unsigned)options;
	int error;
	long ret;

	memset(r, 0, sizeof(*r));
	mtx_lock(&kern()->k_treelock);
	for (;;) {
		ret = scan(self, idtype, id, opts, r, &gone);
		if (ret != 0 || (opts & WNOHANG))
			break;
		error = waitq_sleep(&self->p_waitwq, &kern()->k_treelock,
		    SLEEP_INTR, 0);
		if (error == 0)
			continue;
		/* The signal may be the child's: what it did counts first. */
		ret = scan(self, idtype, id, opts, r, &gone);
		if (ret == 0)
			ret = error;
		break;
	}
	mtx_unlock(&kern()->k_treelock);
	if (gone != NULL) {
		proc_drop(gone);
		thread_gc();
	}
	return (ret > 0 ? r->pid : ret);
}
