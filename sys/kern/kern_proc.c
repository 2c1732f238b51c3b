/*
 * kern_proc.c: the tables of processes, threads, groups and sessions.
 *
 * Everything here hangs on k_treelock.  Pids and tids come from one space;
 * an id is free when no thread, group or session has it.  Records are found
 * under the lock and leave it with a reference.
 *
 * References on a process: one for the tree (dropped when it is reaped) and
 * one for each thread record.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/kmem.h"
#include "host/host.h"
#include "kern/blank.h"
#include "kern/kern_int.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

static struct list *
hash_alloc(void)
{
	struct list *h = kmalloc(KHASH_SIZE * sizeof(*h), 0);

	for (unsigned i = 0; h != NULL && i < KHASH_SIZE; i++)
		list_init(&h[i]);
	return (h);
}

/* exec, before the old memory goes. */
static void
proc_exechook(struct proc *p)
{
	thread_cleartid(curthread());
	proc_vforkdone(p);
}

int
kern_init(void)
{
	struct kern_root *k = KNEW(struct kern_root);
	struct jail_config *jc = kroot()->r_config;

	if (k == NULL)
		return (-ENOMEM);
	mtx_init(&k->k_treelock, RANK_PROCTREE, "proctree");
	mtx_init(&k->k_utslock, RANK_LEAF, "uts");
	list_init(&k->k_procs);
	list_init(&k->k_dead);
	k->k_pidhash = hash_alloc();
	k->k_tidhash = hash_alloc();
	k->k_pghash = hash_alloc();
	if (k->k_pidhash == NULL || k->k_tidhash == NULL ||
	    k->k_pghash == NULL)
		return (-ENOMEM);
	k->k_nextpid = 1;
	k->k_maxpid = PID_MAX_;
	k->k_boottime = clock_mono();
	(void)kstrlcpy(k->k_hostname, jc != NULL && jc->jc_hostname != NULL ?
	    jc->jc_hostname : "guise", sizeof(k->k_hostname));
	(void)kstrlcpy(k->k_domain, "(none)", sizeof(k->k_domain));
	kroot()->r_sub[KROOT_KERN] = k;
	kern_add_hooks(NULL, proc_exechook, NULL);
	return (blank_init());
}

void
kern_add_hooks(void (*pexit)(struct proc *), void (*pexec)(struct proc *),
    void (*texit)(struct thread *))
{
	struct kern_root *k = kern();

	for (unsigned i = 0; pexit != NULL && i < nitems(k->k_exithook); i++)
		if (k->k_exithook[i] == NULL) {
			k->k_exithook[i] = pexit;
			break;
		}
	for (unsigned i = 0; pexec != NULL && i < nitems(k->k_exechook); i++)
		if (k->k_exechook[i] == NULL) {
			k->k_exechook[i] = pexec;
			break;
		}
	for (unsigned i = 0; texit != NULL && i < nitems(k->k_texithook); i++)
		if (k->k_texithook[i] == NULL) {
			k->k_texithook[i] = texit;
			break;
		}
}

/* --- ids -------------------------------------------------------------------- */

struct proc *
proc_lookup(int pid)
{
	struct proc *p;

	mtx_assert_owned(&kern()->k_treelock);
	list_foreach(p, khash_slot(kern()->k_pidhash, pid), p_hash)
		if (p->p_pid == pid)
			return (p);
	return (NULL);
}

struct thread *
tid_lookup(int tid)
{
	struct thread *td;

	mtx_assert_owned(&kern()->k_treelock);
	list_foreach(td, khash_slot(kern()->k_tidhash, tid), td_hash)
		if (td->td_tid == tid)
			return (td);
	return (NULL);
}

struct pgrp *
pgrp_find(int pgid)
{
	struct pgrp *pg;

	mtx_assert_owned(&kern()->k_treelock);
	list_foreach(pg, khash_slot(kern()->k_pghash, pgid), pg_hash)
		if (pg->pg_id == pgid)
			return (pg);
	return (NULL);
}

static bool
sid_used(int id)
{
	struct kern_root *k = kern();
	struct pgrp *pg;

	for (unsigned i = 0; i < KHASH_SIZE; i++)
		list_foreach(pg, &k->k_pghash[i], pg_hash)
			if (pg->pg_session->s_sid == id)
				return (true);
	return (false);
}

static bool
id_used(int id)
{
	return (tid_lookup(id) != NULL || pgrp_find(id) != NULL ||
	    (kern()->k_wrapped && sid_used(id)));
}

int
id_alloc(int want)
{
	struct kern_root *k = kern();

	if (want != 0) {
		if (want < 0 || want >= k->k_maxpid)
			return (-EINVAL);
		return (id_used(want) || sid_used(want) ? -EEXIST : want);
	}
	for (int n = 0; n < k->k_maxpid; n++) {
		int id = k->k_nextpid++;

		if (k->k_nextpid >= k->k_maxpid) {
			k->k_nextpid = PID_RESERVED;
			k->k_wrapped = 1;
		}
		if (!id_used(id))
			return (id);
	}
	return (-EAGAIN);
}

/* --- finding ---------------------------------------------------------------- */

struct proc *
proc_find(int pid)
{
	struct proc *p;

	mtx_lock(&kern()->k_treelock);
	p = proc_lookup(pid);
	if (p != NULL)
		proc_hold(p);
	mtx_unlock(&kern()->k_treelock);
	return (p);
}

struct thread *
thread_find(int tid)
{
	struct thread *td;

	mtx_lock(&kern()->k_treelock);
	td = tid_lookup(tid);
	if (td != NULL && td->td_proc->p_state == P_NEW)
		td = NULL;
	if (td != NULL)
		ref_acquire(&td->td_ref);
	mtx_unlock(&kern()->k_treelock);
	return (td);
}

void
proc_hold(struct proc *p)
{
	ref_acquire(&p->p_ref);
}

void
proc_drop(struct proc *p)
{
	if (!ref_release(&p->p_ref))
		return;
	fdrop(p->p_exe);
	ktimer_free(p);
	mtx_lock(&p->p_siglock);
	sig_flush(p, ~0ULL);
	mtx_unlock(&p->p_siglock);
	kfree(p->p_sigacts);
	kfree(p->p_tareamap);
	waitq_destroy(&p->p_exitwq);
	waitq_destroy(&p->p_vforkwq);
	waitq_destroy(&p->p_sigwq);
	waitq_destroy(&p->p_waitwq);
	waitq_destroy(&p->p_threadwq);
	kfree(p);
}

struct proc *
proc_next(int after)
{
	struct proc *p, *best = NULL;

	mtx_lock(&kern()->k_treelock);
	list_foreach(p, &kern()->k_procs, p_alllink)
		if (p->p_pid > after && p->p_state != P_NEW &&
		    (best == NULL || p->p_pid < best->p_pid))
			best = p;
	if (best != NULL)
		proc_hold(best);
	mtx_unlock(&kern()->k_treelock);
	return (best);
}

struct thread *
proc_nextthread(struct proc *p, int after)
{
	struct thread *td, *best = NULL;

	mtx_lock(&p->p_lock);
	list_foreach(td, &p->p_threads, td_plist)
		if (td->td_tid > after &&
		    (best == NULL || td->td_tid < best->td_tid))
			best = td;
	if (best != NULL)
		ref_acquire(&best->td_ref);
	mtx_unlock(&p->p_lock);
	return (best);
}

/* --- making and placing ------------------------------------------------------ */

/* A record with its first thread, in no table but the tids'. */
struct proc *
proc_allocid(int pid, int *error)
{
	struct proc *p = KNEW(struct proc);
	struct thread *td;

	*error = -ENOMEM;
	if (p == NULL)
		return (NULL);
	p->p_ref = 1;
	p->p_state = P_NEW;
	mtx_init(&p->p_lock, RANK_PROC, "proc");
	mtx_init(&p->p_siglock, RANK_SIGNAL, "proc signals");
	list_init(&p->p_threads);
	list_init(&p->p_dead);
	list_init(&p->p_hash);
	list_init(&p->p_alllink);
	list_init(&p->p_children);
	list_init(&p->p_sibling);
	list_init(&p->p_pglink);
	list_init(&p->p_sigq);
	list_init(&p->p_timers);
	waitq_init(&p->p_threadwq);
	waitq_init(&p->p_waitwq);
	waitq_init(&p->p_sigwq);
	waitq_init(&p->p_vforkwq);
	waitq_init(&p->p_exitwq);
	p->p_start = clock_mono();
	p->p_exitsig = SIGCHLD;
	p->p_dumpable = 1;
	p->p_timerslack = 50000;
	for (unsigned i = 0; i < KRLIM_NLIMITS; i++)
		p->p_rlim[i] = (struct krlimit){ KRLIM_INFINITY,
		    KRLIM_INFINITY };
	p->p_sigacts = KNEW(struct sigacts);
	td = p->p_sigacts != NULL ? thread_alloc(p, pid, error) : NULL;
	if (td == NULL) {
		proc_drop(p);
		return (NULL);
	}
	p->p_pid = td->td_tid;
	thread_link(td);
	return (p);
}

struct proc *
proc_alloc(struct proc *parent)
{
	int error;

	(void)parent;
	return (proc_allocid(0, &error));
}

void
proc_insert(struct proc *p, struct proc *parent, struct pgrp *pg)
{
	struct kern_root *k = kern();

	mtx_assert_owned(&k->k_treelock);
	p->p_parent = parent;
	p->p_ppid = parent != NULL ? parent->p_pid : 0;
	if (parent != NULL)
		list_add_tail(&parent->p_children, &p->p_sibling);
	list_add_tail(khash_slot(k->k_pidhash, p->p_pid), &p->p_hash);
	list_add_tail(&k->k_procs, &p->p_alllink);
	if (pg != NULL)
		pgrp_join(p, pg);
	k->k_nprocs++;
}

/* Out of every table; the tree's reference is the caller's to drop. */
void
proc_remove(struct proc *p)
{
	mtx_assert_owned(&kern()->k_treelock);
	list_del(&p->p_sibling);
	list_del(&p->p_hash);
	list_del(&p->p_alllink);
	if (p->p_pgrp != NULL)
		pgrp_leave(p);
	kern()->k_nprocs--;
}

static struct proc *
boot_one(struct proc *parent)
{
	struct proc *p = proc_alloc(NULL);
	struct session *s = KNEW(struct session);
	struct thread *td;
	struct pgrp *pg;

	if (p == NULL || s == NULL)
		return (NULL);
	td = proc_first(p);
	td->td_cred = cred_new();
	s->s_ref = 1;
	s->s_sid = p->p_pid;
	mtx_lock(&kern()->k_treelock);
	pg = pgrp_new(p->p_pid, s);
	if (pg != NULL) {
		proc_insert(p, parent, pg);
		s->s_leader = p;
	}
	session_drop(s);
	p->p_state = P_RUNNING;
	mtx_unlock(&kern()->k_treelock);
	return (pg != NULL && td->td_cred != NULL ? p : NULL);
}

struct proc *
proc_boot(bool kinit)
{
	struct kern_root *k = kern();
	struct proc *p;

	if (kinit) {
		p = boot_one(NULL);
		if (p == NULL)
			return (NULL);
		p->p_flags = PF_KERNEL | PF_INIT;
		proc_first(p)->td_alive = 0;
		(void)kstrlcpy(proc_first(p)->td_name, "init",
		    sizeof(proc_first(p)->td_name));
		proc_hold(p);
		k->k_init = p;
	}
	p = boot_one(k->k_init);
	if (p == NULL)
		return (NULL);
	proc_hold(p);		/* k_main outlives its end */
	k->k_main = p;
	if (k->k_init == NULL) {
		k->k_init = p;
		p->p_flags |= PF_INIT;
	}
	return (p);
}

/* --- groups and sessions ------------------------------------------------------ */

void
session_drop(struct session *s)
{
	if (ref_release(&s->s_ref))
		kfree(s);
}

struct pgrp *
pgrp_new(int id, struct session *s)
{
	struct pgrp *pg = KNEW(struct pgrp);

	mtx_assert_owned(&kern()->k_treelock);
	if (pg == NULL)
		return (NULL);
	pg->pg_id = id;
	pg->pg_session = s;
	ref_acquire(&s->s_ref);
	list_init(&pg->pg_members);
	list_add_tail(khash_slot(kern()->k_pghash, id), &pg->pg_hash);
	return (pg);
}

void
pgrp_leave(struct proc *p)
{
	struct pgrp *pg = p->p_pgrp;

	mtx_assert_owned(&kern()->k_treelock);
	list_del(&p->p_pglink);
	p->p_pgrp = NULL;
	if (!list_empty(&pg->pg_members))
		return;
	list_del(&pg->pg_hash);
	session_drop(pg->pg_session);
	kfree(pg);
}

void
pgrp_join(struct proc *p, struct pgrp *pg)
{
	mtx_assert_owned(&kern()->k_treelock);
	if (p->p_pgrp == pg)
		return;
	if (p->p_pgrp != NULL)
		pgrp_leave(p);
	p->p_pgrp = pg;
	list_add_tail(&pg->pg_members, &p->p_pglink);
}

/*
 * POSIX: a group is orphaned when no member has a parent in another group of
 * the same session.  The jail's main program counts as the child of a shell
 * outside: Ctrl-Z stops it.  When it is process 1 itself, as a container's is,
 * it is a parent like any other; only an init of the kernel's own does not
 * count.
 */
bool
pgrp_orphaned(struct pgrp *pg, const struct proc *ignore)
{
	struct proc *p, *pp;

	mtx_assert_owned(&kern()->k_treelock);
	list_foreach(p, &pg->pg_members, p_pglink) {
		pp = p->p_parent;
		if (p == ignore || p->p_state >= P_ZOMBIE)
			continue;
		if (p == kern()->k_main)
			return (false);
		if (pp == NULL || pp->p_pgrp == NULL ||
		    (pp == kern()->k_init && pp != kern()->k_main))
			continue;
		if (pp->p_pgrp != pg &&
		    pp->p_pgrp->pg_session == pg->pg_session)
			return (false);
	}
	return (true);
}

/* setpgid(2) */
long
kern_setpgid(struct thread *td, int pid, int pgid)
{
	struct proc *self = td->td_proc, *p;
	struct pgrp *pg;
	long error = 0;

	if (pgid < 0)
		return (-EINVAL);
	mtx_lock(&kern()->k_treelock);
	p = pid == 0 || pid == self->p_pid ? self : proc_lookup(pid);
	if (p == NULL || (p != self && p->p_parent != self)) {
		error = -ESRCH;
		goto out;
	}
	if (pgid == 0)
		pgid = p->p_pid;
	if (p->p_pgrp == NULL || p->p_state >= P_ZOMBIE)
		error = -ESRCH;
	else if (p != self &&
	    p->p_pgrp->pg_session != self->p_pgrp->pg_session)
		error = -EPERM;
	else if (p != self && (p->p_flags & PF_EXECED))
		error = -EACCES;
	else if (proc_isleader(p))
		error = -EPERM;
	if (error != 0)
		goto out;
	pg = pgrp_find(pgid);
	if (pg == NULL && pgid == p->p_pid) {
		pg = pgrp_new(pgid, p->p_pgrp->pg_session);
		if (pg == NULL)
			error = -ENOMEM;
	} else if (pg == NULL || pg->pg_session != p->p_pgrp->pg_session)
		error = -EPERM;
	if (error == 0)
		pgrp_join(p, pg);
out:
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

static long
pgsid(struct thread *td, int pid, bool sid)
{
	struct proc *p;
	long r = -ESRCH;

	mtx_lock(&kern()->k_treelock);
	p = pid == 0 ? td->td_proc : proc_lookup(pid);
	if (p != NULL && p->p_pgrp != NULL)
		r = sid ? p->p_pgrp->pg_session->s_sid : p->p_pgrp->pg_id;
	mtx_unlock(&kern()->k_treelock);
	return (r);
}

long
kern_getpgid(struct thread *td, int pid)
{
	return (pgsid(td, pid, false));
}

long
kern_getsid(struct thread *td, int pid)
{
	return (pgsid(td, pid, true));
}

long
kern_setsid(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct session *s = KNEW(struct session);
	struct pgrp *pg = NULL;
	long r;

	if (s == NULL)
		return (-ENOMEM);
	s->s_ref = 1;
	s->s_sid = p->p_pid;
	mtx_lock(&kern()->k_treelock);
	if (pgrp_find(p->p_pid) != NULL)
		r = -EPERM;
	else if ((pg = pgrp_new(p->p_pid, s)) == NULL)
		r = -ENOMEM;
	else {
		s->s_leader = p;
		pgrp_join(p, pg);
		r = p->p_pid;
	}
	session_drop(s);
	mtx_unlock(&kern()->k_treelock);
	return (r);
}

/* --- looking ------------------------------------------------------------------ */

void
proc_setcred(struct thread *td, struct ucred *cr)
{
	struct proc *p = td->td_proc;
	struct ucred *old;

	mtx_lock(&p->p_lock);
	old = td->td_cred;
	td->td_cred = cr;
	mtx_unlock(&p->p_lock);
	if (old != NULL) {
		/* commit_creds: less to see, no signal at the parent's death */
		if (old->cr_uid != cr->cr_uid || old->cr_gid != cr->cr_gid ||
		    old->cr_fsuid != cr->cr_fsuid ||
		    old->cr_fsgid != cr->cr_fsgid) {
			p->p_dumpable = 0;
			p->p_pdeathsig = 0;
		}
		cred_free(old);
	}
}

/* The CPU clocks of another host process (clock_getcpuclockid(3)). */
static nsec_t
cpu_clock(int hostpid, int which)
{
	struct timespec64 ts;

	if (hostpid <= 0 || host_clock_gettime((~hostpid << 3) | which,
	    &ts) != 0)
		return (0);
	return (ts2ns(&ts));
}

/* What the host process had used before p came does not count. */
static void
ru_sub(struct host_rusage *a, const struct host_rusage *b)
{
	a->ru_utime = kmax(a->ru_utime - b->ru_utime, (nsec_t)0);
	a->ru_stime = kmax(a->ru_stime - b->ru_stime, (nsec_t)0);
	a->ru_minflt -= b->ru_minflt;
	a->ru_majflt -= b->ru_majflt;
	/* The host keeps the peak of all: a guess, from faults. */
	if (b->ru_maxrss != 0 && a->ru_maxrss <= b->ru_maxrss)
		a->ru_maxrss = kmin(a->ru_maxrss, a->ru_minflt * 16);
	a->ru_inblock -= b->ru_inblock;
	a->ru_oublock -= b->ru_oublock;
	a->ru_nvcsw -= b->ru_nvcsw;
	a->ru_nivcsw -= b->ru_nivcsw;
}

void
proc_rusage(struct proc *p, int who, struct host_rusage *ru)
{
	if (who == HOST_RUSAGE_THREAD) {
		(void)host_getrusage(HOST_RUSAGE_THREAD, ru);
		return;
	}
	memset(ru, 0, sizeof(*ru));
	if (who != HOST_RUSAGE_SELF) {
		mtx_lock(&kern()->k_treelock);
		*ru = p->p_cru;
		mtx_unlock(&kern()->k_treelock);
	} else if (p->p_state >= P_ZOMBIE) {
		*ru = p->p_ru;
	} else if (p == curproc()) {
		(void)host_getrusage(p->p_lender != NULL ?
		    HOST_RUSAGE_THREAD : HOST_RUSAGE_SELF, ru);
		ru_sub(ru, &p->p_rubase);
	} else {
		ru->ru_utime = cpu_clock(p->p_hostpid, 1);
		ru->ru_stime = cpu_clock(p->p_hostpid, 0) - ru->ru_utime;
		ru_sub(ru, &p->p_rubase);
	}
}

uint64_t
proc_rlimit(struct proc *p, int res)
{
	return (atomic_load_relaxed(&p->p_rlim[res].rlim_cur));
}

char
thread_statechar(struct thread *td)
{
	uint32_t f = atomic_load(&td->td_flags);

	if (f & TDF_EXITED)
		return ('Z');
	if (f & TDF_STOPPED)
		return ('T');
	if (thread_asleep(td))
		return ('S');
	return ('R');
}

char
proc_statechar(struct proc *p)
{
	struct thread *td;
	char c = 'Z';

	if (p->p_flags & PF_KERNEL)
		return ('S');
	if (p->p_state >= P_ZOMBIE)
		return (p->p_state == P_ZOMBIE ? 'Z' : 'X');
	mtx_lock(&p->p_lock);
	td = proc_first(p);
	if (td != NULL)
		c = thread_statechar(td);
	mtx_unlock(&p->p_lock);
	return (c);
}
