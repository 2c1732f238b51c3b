/*
 * thread.h: the thread, as far as every floor needs it.
 *
 * A struct thread lives in the arena.  Each guest thread also has a private
 * area in its process (struct tarea): the kernel stack, which is the host's
 * sigaltstack, with the thread pointer at its foot.  curthread() masks the
 * stack pointer, so it needs no segment register and holds on every entry.
 *
 * Locks: (a) atomic, (c) current thread only, (p) the process's p_lock,
 * (s) the process's p_siglock, (i) immutable after creation.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "host/area.h"
#include "libkern/list.h"
#include "libkern/signal.h"
#include "libkern/types.h"

struct file;
struct filedesc;
struct ipc_td;
struct pwd;
struct proc;
struct recent;
struct sysvec;
struct trapframe;
struct ucred;
struct vmspace;

#define	TD_MAXHELD	16
#define	TD_MAXLATE	8

struct thread {
	/* identity */
	int32_t		td_tid;		/* (i) guest thread id */
	int32_t		td_hostpid;	/* (i) host ids, for kicks */
	int32_t		td_hosttid;
	uint32_t	td_alive;	/* host clears and wakes at its death */
	struct proc	*td_proc;	/* (i) */
	const struct sysvec *td_sysvec;	/* (c) */
	struct list	td_plist;	/* (p) in p_threads */
	struct list	td_hash;	/* kern: in the tid table */
	refcount_t	td_ref;

	/* running, sleeping, interrupting: see base/sleep.h; the fast entry
	 * reads the two as one word */
	uint32_t	td_where __attribute__((aligned(8))); /* (a) TDW_* */
	uint32_t	td_flags;	/* (a) TDF_* */
	uint32_t	td_wake;	/* (a) futex word */
	uint32_t	td_holdwakes;	/* (c) depth of wakes_hold() */
	uint32_t	td_nlate;	/* (c) of td_late */
	uint32_t	*td_late[TD_MAXLATE]; /* (c) words to wake */
	struct waiter	td_waiter;	/* (q) waitq_sleep's own */
	int32_t		td_eventfd;	/* (c) host fd for mixed waits; -1 */

	/* hot pointers, own references (the process's or shared) */
	struct ucred	*td_cred;	/* (c) */
	struct filedesc	*td_fd;		/* (c) */
	struct pwd	*td_pwd;	/* (c) root, cwd, umask */
	struct vmspace	*td_vm;		/* (c) */

	/* the context being served */
	struct trapframe *td_frame;	/* (c) guest registers */
	void		*td_hostctx;	/* (c) host signal context under it */
	uaddr_t		td_area;	/* its area, see host/area.h */
	uint64_t	td_entrypc;	/* (c) where the host found the guest: good
					   to go on at; 0: unknown */
	uint64_t	td_fsbase;	/* (c) as the guest set it */
	uint64_t	td_gsbase;
	struct recent	*td_ring;	/* (i) base/rec.h: its last calls */
	uint64_t	td_ncalls;	/* (c) calls, and the ring's position */
	uint64_t	td_firstcall;	/* (i) what td_ncalls started with */
	long		td_ret;		/* (c) TDP_RESTART: its -ERESTART* */
	uint32_t	td_pflags;	/* (c) TDP_* */
	uint32_t	td_pad0;

	/* signals (kern/signal.h) */
	ksigset_t	td_sigmask;	/* (c; read under s) */
	ksigset_t	td_oldmask;	/* (c) to restore: TDP_OLDMASK */
	ksigset_t	td_sigwait;	/* (s) sigtimedwait waits for these */
	ksigset_t	td_sigpend;	/* (s) */
	struct list	td_sigq;	/* (s) queued ksiginfo */
	struct kstack	td_sigstk;	/* (c) */

	/* restart_syscall: what to do */
	long		(*td_restart)(struct thread *td);	/* (c) */
	uint64_t	td_restart_args[6];

	/* thread teardown (futex(2), set_tid_address(2)) */
	uaddr_t		td_clear_tid;	/* (c) */
	uaddr_t		td_robust;	/* (c) robust list head */
	uint64_t	td_robust_len;
	uaddr_t		td_rseq;

	char		td_name[16];	/* comm */
	nsec_t		td_start;	/* CLOCK_MONOTONIC at creation */
	int32_t		td_nice;
	uint32_t	td_sched;	/* policy, as sched_setscheduler(2) */
	int32_t		td_exitcode;

	void		*td_kern;	/* kern's own extension */
	struct file	*td_iofile;	/* (c) reference of the call under way,
					   for proc_lost(): fget_io() */
	char		*td_pathbuf;	/* (c) vfs: a spare path buffer */
	struct ipc_td	*td_ipc;	/* (c) ipc's, freed by its exit hook */
	struct list	*td_grave;	/* (c) net/unix.c: messages being freed */

	/* vfork: who runs on our host thread (kern/kern_vfork.c), and where
	 * our kernel stack is meanwhile */
	struct thread	*td_lent;	/* (s) referenced */
	uaddr_t		td_ksp;		/* (c) arch_borrow */

	/* arch: what a fresh context runs first */
	void		(*td_bootfn)(struct thread *td);

	/* debug: locks held, newest last */
	uint32_t	td_nheld;	/* (c; the warden reads it) */
	struct mtx	*td_held[TD_MAXHELD];

	/* for /proc: plain additions, summed up when somebody looks */
	uint64_t	td_io[4];	/* (c) rchar wchar syscr syscw */
	uint64_t	td_nsleeps;	/* (c) in sleep_commit */

	/* unwinding a fault inside the kernel's copy routines */
	uint32_t	td_copyfault;
	uint32_t	td_pad;
};

/* td_where: TDW_*, and TDF_AST of td_flags: see host/area.h */

/* td_flags */
#define	TDF_KILLED	0x0002	/* must exit (exit_group, exec, SIGKILL) */
#define	TDF_STOP	0x0004	/* must stop (job control) */
#define	TDF_SIGPEND	0x0008	/* look at the signal queues */
#define	TDF_STOPPED	0x0010	/* is parked in a stop */
#define	TDF_EXITED	0x0020	/* is done; only the host part remains */
#define	TDF_BOOT	0x0080

/* td_pflags */
#define	TDP_OLDMASK	0x0001	/* restore td_oldmask after signals */
#define	TDP_NORESTORE	0x0002	/* registers were set whole (exec, sigreturn) */
#define	TDP_GSOWN	0x0004	/* the guest uses %gs itself */
#define	TDP_RESTART	0x0008	/* ast() decides on td_ret */
#define	TDP_HOSTMASK	0x0010	/* entered by a host timer: they are masked */

#ifdef GUISE_HOSTED
extern _Thread_local struct thread *test_curthread;
#define	curthread()	(test_curthread)
#else
static inline struct thread *
curthread(void)
{
	return (curtarea()->ta_thread);
}
#endif
#define	curproc()	(curthread()->td_proc)

#endif
