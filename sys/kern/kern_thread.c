/*
 * kern_thread.c: thread records, thread areas, and single-threading.
 *
 * A record is freed by others, never by its own thread: a thread that exits
 * goes to its process's p_dead list (or, with its process, to the jail's
 * k_dead list), and whoever comes by frees it once td_alive is 0.  The host
 * clears that word when a thread is gone; the last thread of a process clears
 * it itself, as the last store to the arena it makes (kern_exit.c).
 *
 * Single-threading (exec): the first to set p_execer wins; every other thread
 * gets TDF_KILLED and exits at its next safe point; the winner waits until
 * p_nthreads is 1 and their host threads are gone.  An exit_group that began
 * before, or begins meanwhile, wins over it.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/panic.h"
#include "base/rec.h"
#include "host/host.h"
#include "kern/kern_int.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vm/vm.h"

bool
thread_live(const struct thread *td)
{
	return (!(atomic_load_relaxed(&td->td_flags) & TDF_EXITED));
}

void
thread_kill(struct thread *td)
{
	thread_interrupt(td);
	if (td->td_lent != NULL)
		thread_interrupt(td->td_lent);
}

struct thread *
thread_alloc(struct proc *p, int tid, int *error)
{
	struct thread *td = KNEW(struct thread);
	int id;

	*error = -ENOMEM;
	if (td == NULL)
		return (NULL);
	td->td_ref = 1;
	td->td_alive = 1;
	td->td_proc = p;
	td->td_eventfd = -1;
	td->td_start = clock_mono();
	if (rec_alloc(td) != 0) {
		kfree(td);
		return (NULL);
	}
	list_init(&td->td_plist);
	list_init(&td->td_hash);
	list_init(&td->td_sigq);
	mtx_lock(&kern()->k_treelock);
	id = id_alloc(tid);
	if (id > 0) {
		td->td_tid = id;
		list_add_tail(khash_slot(kern()->k_tidhash, id),
		    &td->td_hash);
		kern()->k_nthreads++;
		kern()->k_forks++;
	}
	mtx_unlock(&kern()->k_treelock);
	if (id <= 0) {
		*error = id;
		rec_bury(td, 0, 0);
		kfree(td);
		return (NULL);
	}
	proc_hold(p);
	*error = 0;
	return (td);
}

void
thread_link(struct thread *td)
{
	list_add_tail(&td->td_proc->p_threads, &td->td_plist);
	td->td_proc->p_nthreads++;
}

void
thread_drop(struct thread *td)
{
	if (!ref_release(&td->td_ref))
		return;
	sig_flushthread(td);
	if (td->td_cred != NULL)
		cred_free(td->td_cred);
	rec_bury(td, td->td_proc->p_pid, td->td_proc->p_xstat);
	proc_drop(td->td_proc);
	kfree(td->td_pathbuf);
	kfree(td);
}

void
thread_unalloc(struct thread *td)
{
	struct proc *p = td->td_proc;

	mtx_lock(&kern()->k_treelock);
	list_del(&td->td_hash);
	kern()->k_nthreads--;
	mtx_lock(&p->p_lock);
	mtx_lock(&p->p_siglock);
	if (!list_empty(&td->td_plist)) {
		list_del(&td->td_plist);
		p->p_nthreads--;
	}
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
	mtx_unlock(&kern()->k_treelock);
	(void)waitq_wake(&p->p_threadwq, WAKE_ALL, 0);
	thread_droprefs(td);
	thread_drop(td);
}

/* Free what nobody runs on any more. */
void
thread_gc(void)
{
	struct kern_root *k = kern();
	struct thread *td, *next, *batch[16];
	unsigned n = 0;

	if (list_empty(&k->k_dead))
		return;
	mtx_lock(&k->k_treelock);
	list_foreach_safe(td, next, &k->k_dead, td_plist) {
		if (atomic_load(&td->td_alive) != 0)
			continue;
		list_del(&td->td_plist);
		batch[n++] = td;
		if (n == nitems(batch))
			break;
	}
	mtx_unlock(&k->k_treelock);
	while (n > 0)
		thread_drop(batch[--n]);
}

void
thread_droprefs(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct filedesc *fd;
	struct vmspace *vm;
	struct pwd *pwd;

	mtx_lock(&p->p_lock);
	fd = td->td_fd;
	pwd = td->td_pwd;
	vm = td->td_vm;
	td->td_fd = NULL;
	td->td_pwd = NULL;
	td->td_vm = NULL;
	mtx_unlock(&p->p_lock);
	if (fd != NULL)
		fd_tablefree(fd);
	if (pwd != NULL)
		pwd_free(pwd);
	if (vm != NULL)
		vm_release(vm);
	if (td->td_eventfd >= 0)
		(void)host_close(td->td_eventfd);
	td->td_eventfd = -1;
}

/* --- thread areas -------------------------------------------------------------- */

#define	TAREA_SLOTS	((TAREA_END - TAREA_BASE) / TAREA_SIZE)

static unsigned
area_slot(uaddr_t area)
{
	return ((unsigned)((area - TAREA_BASE) / TAREA_SIZE));
}

/* Make room for slot `max` in the bitmap. p_lock held. */
static int
areamap_grow(struct proc *p, unsigned max)
{
	unsigned words = kmax(max / 64 + 1, p->p_ntarea * 2);
	uint64_t *map;

	if (max / 64 < p->p_ntarea)
		return (0);
	map = kmalloc(words * sizeof(*map), 0);
	if (map == NULL)
		return (-ENOMEM);
	if (p->p_tareamap != NULL)
		memcpy(map, p->p_tareamap, p->p_ntarea * sizeof(*map));
	kfree(p->p_tareamap);
	p->p_tareamap = map;
	p->p_ntarea = words;
	return (0);
}

int
tarea_alloc(struct thread *td, uaddr_t *area)
{
	struct proc *p = td->td_proc;
	unsigned slot = area_slot(td->td_area), i;
	int error;

	mtx_lock(&p->p_lock);
	error = areamap_grow(p, slot);
	if (error != 0)
		goto out;
	/* The first thread made none of this: note its own. */
	p->p_tareamap[slot / 64] |= 1ULL << slot % 64;
	if (p->p_nareas > 0) {
		*area = TAREA_BASE + TAREA_SIZE * p->p_areas[--p->p_nareas];
		mtx_unlock(&p->p_lock);
		return (0);
	}
	for (i = 0; i < p->p_ntarea && p->p_tareamap[i] == ~0ULL; i++)
		;
	slot = i * 64;
	if (i < p->p_ntarea)
		slot += (unsigned)__builtin_ctzl(~p->p_tareamap[i]);
	error = slot >= TAREA_SLOTS ? -EAGAIN : areamap_grow(p, slot);
	if (error == 0)
		p->p_tareamap[slot / 64] |= 1ULL << slot % 64;
out:
	mtx_unlock(&p->p_lock);
	if (error == 0 && (error = arch_area_map(slot, area)) != 0) {
		mtx_lock(&p->p_lock);
		p->p_tareamap[slot / 64] &= ~(1ULL << slot % 64);
		mtx_unlock(&p->p_lock);
	}
	return (error);
}

/* A few stay mapped: making one costs more than the thread itself. */
void
tarea_free(struct proc *p, uaddr_t area)
{
	unsigned slot = area_slot(area);

	if (area == 0)
		return;
	mtx_lock(&p->p_lock);
	if (slot / 64 < p->p_ntarea && p->p_nareas < TAREA_CACHE) {
		p->p_areas[p->p_nareas++] = slot;
		area = 0;
	}
	mtx_unlock(&p->p_lock);
	if (area == 0)
		return;
	arch_area_unmap(area);
	mtx_lock(&p->p_lock);
	if (slot / 64 < p->p_ntarea)
		p->p_tareamap[slot / 64] &= ~(1ULL << slot % 64);
	mtx_unlock(&p->p_lock);
}

/*
 * fork: the child's host process has a copy of every area of the parent. Called
 * in the child: keep its own one alone.  (Before the fork, p_tareamap was
 * copied from the parent.)
 */
void
tarea_prune(struct thread *td)
{
	struct proc *p = td->td_proc;
	unsigned own = area_slot(td->td_area);

	for (unsigned s = 0; s < p->p_ntarea * 64; s++) {
		if (!(p->p_tareamap[s / 64] >> s % 64 & 1) || s == own)
			continue;
		arch_area_unmap(TAREA_BASE + (uaddr_t)s * TAREA_SIZE);
		p->p_tareamap[s / 64] &= ~(1ULL << s % 64);
	}
}

/* Before a fork: 0 or -ENOMEM. */
int
tarea_inherit(struct proc *child, struct thread *td)
{
	struct proc *p = td->td_proc;
	int error = 0;

	if (p->p_lender != NULL)
		p = p->p_lender->td_proc;	/* its host process */
	if (p->p_tareamap == NULL)
		return (0);
	mtx_lock(&p->p_lock);
	child->p_tareamap = kmalloc(p->p_ntarea * sizeof(uint64_t),
	    KM_NOZERO);
	if (child->p_tareamap == NULL)
		error = -ENOMEM;
	else {
		child->p_ntarea = p->p_ntarea;
		memcpy(child->p_tareamap, p->p_tareamap,
		    p->p_ntarea * sizeof(uint64_t));
	}
	mtx_unlock(&p->p_lock);
	return (error);
}

/* Undo tarea_inherit. */
void
tarea_forget(struct proc *p)
{
	uint64_t *map = p->p_tareamap;

	mtx_lock(&p->p_lock);
	p->p_tareamap = NULL;
	p->p_ntarea = 0;
	mtx_unlock(&p->p_lock);
	kfree(map);
}

/* --- new threads ---------------------------------------------------------------- */

void
thread_asasked(struct thread *td, const struct clone_args *ca)
{
	if (ca->flags & CLONE_SETTLS)
		arch_setfsbase(td, ca->tls);
	if (ca->stack != 0)
		td->td_frame->tf_rsp = ca->stack;
	if (ca->flags & CLONE_CHILD_SETTID)
		(void)store32(ca->child_tid, (uint32_t)td->td_tid);
}

void
thread_startargs(struct thread *ntd, const struct clone_args *ca)
{
	ntd->td_restart_args[0] = ca->flags;
	ntd->td_restart_args[1] = ca->stack;
	ntd->td_restart_args[2] = ca->tls;
	ntd->td_restart_args[3] = ca->child_tid;
}

void
thread_start(struct thread *td)
{
	const struct clone_args ca = {
		.flags = td->td_restart_args[0],
		.stack = td->td_restart_args[1],
		.tls = td->td_restart_args[2],
		.child_tid = td->td_restart_args[3],
	};

	thread_asasked(td, &ca);
	td->td_sysvec->sv_setret(td, td->td_frame, 0);
}

static void
thread_inherit(struct thread *td, struct thread *ntd,
    const struct clone_args *ca)
{
	ntd->td_sysvec = td->td_sysvec;
	ntd->td_cred = cred_hold(td->td_cred);
	ntd->td_fd = ca->flags & CLONE_FILES ? fd_tablehold(td->td_fd) :
	    fd_tablecopy(td->td_fd);
	if (ca->flags & CLONE_FS) {
		pwd_hold(td->td_pwd);
		ntd->td_pwd = td->td_pwd;
	} else
		ntd->td_pwd = pwd_copy(td->td_pwd);
	vm_hold(td->td_vm);
	ntd->td_vm = td->td_vm;
	ntd->td_sigmask = td->td_sigmask;
	ntd->td_sigstk.ss_flags = SS_DISABLE;
	ntd->td_fsbase = td->td_fsbase;
	ntd->td_gsbase = td->td_gsbase;
	ntd->td_pflags = td->td_pflags & TDP_GSOWN;
	ntd->td_nice = td->td_nice;
	memcpy(ntd->td_name, td->td_name, sizeof(ntd->td_name));
	if (ca->flags & CLONE_CHILD_CLEARTID)
		ntd->td_clear_tid = ca->child_tid;
	thread_startargs(ntd, ca);
}

long
thread_create(struct thread *td, const struct clone_args *ca)
{
	struct proc *p = td->td_proc;
	struct thread *ntd;
	int error, tid;

	thread_joindead(p, td, false);
	ntd = thread_alloc(p, ca->set_tid, &error);
	if (ntd == NULL)
		return (error == -ENOMEM ? -EAGAIN : error);
	thread_inherit(td, ntd, ca);
	if (ntd->td_fd == NULL || ntd->td_pwd == NULL)
		error = -ENOMEM;
	else
		error = tarea_alloc(td, &ntd->td_area);
	if (error != 0) {
		thread_unalloc(ntd);
		return (error);
	}
	tid = ntd->td_tid;
	if (ca->flags & CLONE_PARENT_SETTID)
		(void)store32(ca->parent_tid, (uint32_t)tid);
	mtx_lock(&p->p_lock);
	mtx_lock(&p->p_siglock);
	if (p->p_exiting || p->p_execer != NULL)
		error = -ERESTARTNOINTR;	/* ast() kills us */
	else {
		thread_link(ntd);
		if (p->p_stopstate & PS_ISSTOPPED)
			atomic_or(&ntd->td_flags, TDF_AST);
	}
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
	if (error == 0)
		error = arch_newthread(td, ntd, thread_start);
	if (error != 0) {
		tarea_free(p, ntd->td_area);
		thread_unalloc(ntd);
		return (error);
	}
	return (tid);
}

/* --- gathering exited threads ---------------------------------------------------- */

static void
wait_hostgone(struct thread *td)
{
	uint32_t v;

	while ((v = atomic_load(&td->td_alive)) != 0)
		(void)host_futex_wait(&td->td_alive, v, 0);
}

void
thread_joindead(struct proc *p, struct thread *td, bool wait)
{
	struct thread *d, *next, *leader;
	struct list gone;

	if (!wait && list_empty(&p->p_dead))
		return;
	list_init(&gone);
	mtx_lock(&p->p_lock);
	list_foreach_safe(d, next, &p->p_dead, td_plist)
		if (wait || atomic_load(&d->td_alive) == 0) {
			list_del(&d->td_plist);
			list_add_tail(&gone, &d->td_plist);
		}
	leader = list_first(&p->p_threads, struct thread, td_plist);
	mtx_unlock(&p->p_lock);
	list_foreach_safe(d, next, &gone, td_plist) {
		wait_hostgone(d);
		list_del(&d->td_plist);
		tarea_free(p, d->td_area);
		thread_drop(d);
	}
	/* The first thread's record stays, its host thread must not. */
	if (wait && leader != NULL && leader != td && !thread_live(leader))
		wait_hostgone(leader);
}

/*
 * After exec in another thread than the first: that one takes over the
 * process's id, as it stays the only one.
 */
static void
become_leader(struct proc *p, struct thread *td)
{
	struct thread *old;
	int tid = td->td_tid;

	mtx_lock(&kern()->k_treelock);
	old = tid_lookup(p->p_pid);
	list_del(&old->td_hash);
	list_del(&td->td_hash);
	mtx_lock(&p->p_lock);
	mtx_lock(&p->p_siglock);
	list_del(&old->td_plist);
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
	kern()->k_nthreads--;
	mtx_unlock(&kern()->k_treelock);

	/* Locks know their owner by its id: none is held here. */
	KASSERT(td->td_nheld == 0);
	td->td_tid = p->p_pid;
	old->td_tid = tid;
	td->td_start = old->td_start;
	tarea_free(p, old->td_area);
	thread_drop(old);

	mtx_lock(&kern()->k_treelock);
	list_add_tail(khash_slot(kern()->k_tidhash, td->td_tid),
	    &td->td_hash);
	mtx_unlock(&kern()->k_treelock);
}

int
proc_singlethread(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct thread *o;
	int error = 0;

	mtx_lock(&p->p_lock);
	if (p->p_exiting || p->p_execer != NULL) {
		mtx_unlock(&p->p_lock);
		return (-EINTR);
	}
	if (p->p_nthreads == 1 && td->td_tid == p->p_pid) {
		mtx_unlock(&p->p_lock);
		thread_joindead(p, td, true);
		return (0);
	}
	p->p_execer = td;
	mtx_lock(&p->p_siglock);
	list_foreach(o, &p->p_threads, td_plist) {
		if (o == td || !thread_live(o))
			continue;
		atomic_or(&o->td_flags, TDF_KILLED);
		thread_kill(o);
	}
	mtx_unlock(&p->p_siglock);
	while (p->p_nthreads > 1 && !p->p_exiting)
		(void)waitq_sleep(&p->p_threadwq, &p->p_lock, 0, 0);
	if (p->p_exiting)
		error = -EINTR;
	p->p_execer = NULL;
	mtx_unlock(&p->p_lock);
	if (error != 0)
		return (error);
	thread_joindead(p, td, true);
	if (td->td_tid != p->p_pid)
		become_leader(p, td);
	return (0);
}
