/*
 * kern_fork.c: clone(2), fork(2), vfork(2), clone3(2).
 *
 * Order of a fork: records and copies first (each can fail and is unwound),
 * then the child enters the tree as P_NEW, then the host process splits.  In
 * the child nothing can fail any more.
 *
 * Fork against signals: pending signals are not inherited; the child starts
 * with empty queues.  A signal to a whole group must reach both parent and
 * child or come before the fork: the child joins its group under the tree
 * lock, as group signals are sent under it, and if by then one waits for the
 * parent (TDF_AST), the fork is undone and restarted after the signal.
 *
 * Between the copy of the address map and the host's fork the map is locked,
 * so the two agree.
 *
 * A thread of the parent that runs on while another one forks exists in the
 * parent only; the child unmaps the copies of the others' kernel stacks.
 */
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "kern/kern_int.h"
#include "kern/ktimer.h"
#include "kern/pidfd.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vm/vm.h"

#define	FORKS_GATHER	48	/* from here on a jail counts as busy */
#define	CLONE_NEWTIME	0x80
#define	CLONE_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
	    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

static long
check_flags(struct thread *td, const struct clone_args *ca)
{
	uint64_t f = ca->flags;

	if ((f & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS) ||
	    (f & (CLONE_NEWUSER | CLONE_FS)) == (CLONE_NEWUSER | CLONE_FS))
		return (-EINVAL);
	if ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND))
		return (-EINVAL);
	if ((f & CLONE_SIGHAND) && !(f & CLONE_VM))
		return (-EINVAL);
	if ((f & CLONE_THREAD) && (f & (CLONE_NEWUSER | CLONE_NEWPID)))
		return (-EINVAL);
	if ((f & CLONE_CLEAR_SIGHAND) && (f & CLONE_SIGHAND))
		return (-EINVAL);
	if ((f & CLONE_PIDFD) && (f & (CLONE_DETACHED | CLONE_THREAD)))
		return (-EINVAL);
	if ((f & CLONE_PARENT) && (td->td_proc->p_flags & PF_INIT))
		return (-EINVAL);
	if (f & CLONE_INTO_CGROUP)
		return (-EOPNOTSUPP);
	if (f & CLONE_NAMESPACES)
		return (-EPERM);
	if (ca->set_tid != 0 && !cred_priv(td->td_cred, PRIV_SYS_ADMIN))
		return (-EPERM);
	/* Memory shared between processes that both go on: not here. */
	if ((f & CLONE_VM) && !(f & (CLONE_THREAD | CLONE_VFORK)))
		return (-ENOSYS);
	/* vfork with shared dispositions would let the child change ours. */
	if ((f & CLONE_SIGHAND) && !(f & CLONE_THREAD))
		return (-ENOSYS);
	if ((f & CLONE_THREAD) && (f & CLONE_VFORK))
		return (-ENOSYS);
	return (0);
}

/* RLIMIT_NPROC counts threads of the real user. */
static bool
over_nproc(struct thread *td)
{
	uint64_t lim = proc_rlimit(td->td_proc, RLIMIT_NPROC_), n = 0;
	struct ucred *cr = td->td_cred;
	struct proc *p;

	if (lim == KRLIM_INFINITY || kern()->k_nthreads < lim ||
	    cr->cr_ruid == 0 || cred_priv(cr, PRIV_SYS_RESOURCE) ||
	    cred_priv(cr, PRIV_SYS_ADMIN))
		return (false);
	mtx_lock(&kern()->k_treelock);
	list_foreach(p, &kern()->k_procs, p_alllink) {
		mtx_lock(&p->p_lock);
		if (!list_empty(&p->p_threads) &&
		    proc_first(p)->td_cred != NULL &&
		    proc_first(p)->td_cred->cr_ruid == cr->cr_ruid)
			n += (unsigned)p->p_nthreads;
		mtx_unlock(&p->p_lock);
	}
	mtx_unlock(&kern()->k_treelock);
	return (n >= lim);
}

static void
copy_sigacts(struct proc *p, struct proc *np, bool clear)
{
	mtx_lock(&p->p_siglock);
	*np->p_sigacts = *p->p_sigacts;
	mtx_unlock(&p->p_siglock);
	if (!clear)
		return;
	for (unsigned i = 0; i < KNSIG; i++)
		if (np->p_sigacts->sa_act[i].sa_handler != SIG_IGN_)
			np->p_sigacts->sa_act[i] =
			    (struct ksigaction){ .sa_handler = SIG_DFL_ };
}

static void
copy_plain(struct thread *td, struct thread *ntd,
    const struct clone_args *ca)
{
	struct proc *p = td->td_proc, *np = ntd->td_proc;

	mtx_lock(&p->p_lock);
	memcpy(np->p_rlim, p->p_rlim, sizeof(np->p_rlim));
	np->p_exe = p->p_exe != NULL ? fhold(p->p_exe) : NULL;
	mtx_unlock(&p->p_lock);
	np->p_sysvec = p->p_sysvec;
	np->p_dumpable = p->p_dumpable;
	np->p_oomadj = p->p_oomadj;
	np->p_personality = p->p_personality;
	np->p_thp = p->p_thp;
	np->p_nonewprivs = p->p_nonewprivs;
	np->p_ioprio = p->p_ioprio;
	np->p_timerslack = p->p_timerslack;
	np->p_flags |= p->p_flags & PF_HOSTSCHED;
	np->p_exitsig = ca->flags & CLONE_PARENT ? p->p_exitsig :
	    ca->exit_signal;
	ntd->td_sysvec = td->td_sysvec;
	ntd->td_sigmask = td->td_sigmask;
	if (!(ca->flags & CLONE_VM) || (ca->flags & CLONE_VFORK))
		ntd->td_sigstk = td->td_sigstk;
	ntd->td_area = td->td_area;
	ntd->td_frame = td->td_frame;
	ntd->td_hostctx = td->td_hostctx;
	ntd->td_fsbase = td->td_fsbase;
	ntd->td_gsbase = td->td_gsbase;
	ntd->td_pflags = td->td_pflags & TDP_GSOWN;
	ntd->td_nice = td->td_nice;
	memcpy(ntd->td_name, td->td_name, sizeof(ntd->td_name));
	if (ca->flags & CLONE_CHILD_CLEARTID)
		ntd->td_clear_tid = ca->child_tid;
	copy_sigacts(p, np, (ca->flags & CLONE_CLEAR_SIGHAND) != 0);
}

/* Everything that needs memory. On error the caller unwinds all. */
static int
copy_rest(struct thread *td, struct thread *ntd, const struct clone_args *ca)
{
	ntd->td_cred = cred_hold(td->td_cred);
	ntd->td_fd = ca->flags & CLONE_FILES ? fd_tablehold(td->td_fd) :
	    fd_tablecopy(td->td_fd);
	if (ca->flags & CLONE_FS) {
		pwd_hold(td->td_pwd);
		ntd->td_pwd = td->td_pwd;
	} else
		ntd->td_pwd = pwd_copy(td->td_pwd);
	if (ntd->td_fd == NULL || ntd->td_pwd == NULL)
		return (-ENOMEM);
	return (tarea_inherit(ntd->td_proc, td));
}

/* Undo proc_alloc and what was hung on it; never ran. */
static void
fork_undo(struct proc *np, struct thread *ntd, bool inserted)
{
	struct proc *parent = NULL;

	if (inserted) {
		mtx_lock(&kern()->k_treelock);
		parent = np->p_parent;
		proc_remove(np);
		(void)waitq_wake(&parent->p_waitwq, WAKE_ALL, 0);
		mtx_unlock(&kern()->k_treelock);
	}
	thread_unalloc(ntd);
	proc_drop(np);
}

static int
enter_tree(struct thread *td, struct proc *np, uint64_t flags)
{
	struct proc *p = td->td_proc, *parent;
	int error = 0;

	mtx_lock(&kern()->k_treelock);
	parent = flags & CLONE_PARENT ? p->p_parent : p;
	if (thread_interrupted())
		error = -ERESTARTNOINTR;
	else if (kern()->k_main->p_exiting && p != kern()->k_main)
		error = -ERESTARTNOINTR;	/* SIGKILL is on its way */
	else
		proc_insert(np, parent, p->p_pgrp);
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

/* First steps of the child, on its own host process. */
static void
child_start(struct thread *td, const struct clone_args *ca)
{
	struct proc *p = td->td_proc;

	p->p_hostpid = td->td_hostpid;
	tarea_prune(td);
	if (proc_rlimit(p, RLIMIT_CPU_) != KRLIM_INFINITY)
		ktimer_cpulimit(p);
	thread_asasked(td, ca);
}

static long
fork_proc(struct thread *td, const struct clone_args *ca)
{
	struct proc *np;
	struct thread *ntd;
	struct file *fp = NULL;
	int error, pidfd = -1, pid;
	uaddr_t area = 0;
	long r;

	thread_gc();
	if (over_nproc(td))
		return (-EAGAIN);
	if (kern()->k_forks == FORKS_GATHER)
		kmem_gather();
	np = proc_allocid(ca->set_tid, &error);
	if (np == NULL)
		return (error);
	ntd = proc_first(np);
	pid = np->p_pid;
	copy_plain(td, ntd, ca);
	error = copy_rest(td, ntd, ca);
	if (error == 0 && (ca->flags & CLONE_PIDFD)) {
		fp = pidfd_alloc(np, O_RDWR);
		error = fp == NULL ? -ENOMEM : 0;
		if (error == 0) {
			error = pidfd = fd_install(fp, 0, true);
			if (error < 0)
				fdrop(fp);
		}
		if (error >= 0)
			error = store32(ca->pidfd, (uint32_t)pidfd);
	}
	if (error == 0 && (ca->flags & CLONE_VM))
		area = vfork_area(td);
	if (error == 0)
		error = enter_tree(td, np, ca->flags);
	if (error != 0) {
		if (pidfd >= 0)
			(void)fd_close(pidfd);
		tarea_free(td->td_proc, area);
		fork_undo(np, ntd, false);
		return (error);
	}
	if (ca->flags & CLONE_VFORK) {
		np->p_flags |= PF_VFORK;
		np->p_vforkdone = td;
	}
	proc_hold(np);
	if (area != 0) {
		if (ca->flags & CLONE_PARENT_SETTID)
			(void)store32(ca->parent_tid, (uint32_t)pid);
		vfork_lend(td, ntd, area, ca);
		vfork_wait(td, np);
		proc_drop(np);
		return (pid);
	}
	np->p_state = P_RUNNING;
	/* No other thread maps anything between our copy and the host's. */
	vm_forklock(td->td_vm);
	ntd->td_vm = vm_fork(td->td_vm);
	r = ntd->td_vm != NULL ? arch_fork(td, ntd) : -ENOMEM;
	if (r == 0) {		/* the child: td is not curthread() here */
		child_start(ntd, ca);
		return (0);
	}
	vm_forkunlock(td->td_vm);
	if (r < 0) {
		if (pidfd >= 0)
			(void)fd_close(pidfd);
		fork_undo(np, ntd, true);
		proc_drop(np);
		return (r == -ENOMEM ? -ENOMEM : -EAGAIN);
	}
	np->p_hostpid = (int32_t)r;
	if (ca->flags & CLONE_PARENT_SETTID)
		(void)store32(ca->parent_tid, (uint32_t)pid);
	if (ca->flags & CLONE_VFORK)
		vfork_wait(td, np);
	proc_drop(np);
	return (pid);
}

long
kern_clone(struct thread *td, const struct clone_args *ca)
{
	long error = check_flags(td, ca);

	if (error != 0)
		return (error);
	if (ca->flags & CLONE_THREAD) {
		error = vfork_leave(td);
		return (error != 0 ? error : thread_create(td, ca));
	}
	return (fork_proc(td, ca));
}
