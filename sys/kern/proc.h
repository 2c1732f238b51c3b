/*
 * proc.h: processes, groups, sessions, and their life.
 *
 * Lock order: k_treelock (RANK_PROCTREE) > p_lock (RANK_PROC) > p_siglock
 * (RANK_SIGNAL).  (t) tree lock, (p) p_lock, (s) p_siglock, (a) atomic,
 * (i) immutable, (c) the process's own threads only.
 *
 * Life: kern_fork makes the record before the host process exists and unwinds
 * it on failure.  exit1 (last thread) gives back files and names, turns the
 * process into a zombie under the tree lock, wakes the parent, then leaves the
 * host process; the host tears its memory down while the parent runs.  wait
 * frees the record once every thread's td_alive word is clear.
 *
 * The jail's pid 1 is either the main program (run) or the kernel's own reaper
 * (try), which has no host process: k_init->p_flags & P_KERNEL.
 */
#ifndef KERN_PROC_H
#define KERN_PROC_H

#include "base/arena.h"
#include "base/sleep.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"

struct file;
struct nchandle;
struct pgrp;
struct tty;

struct session {
	refcount_t	s_ref;
	int32_t		s_sid;		/* (i) */
	struct proc	*s_leader;	/* (t) NULL once it is gone */
	struct tty	*s_tty;		/* (t) controlling terminal */
	int32_t		s_oldpgrp;	/* (t) its foreground group, when it
					   was hung up */
};
struct pgrp {
	int32_t		pg_id;		/* (i) */
	struct session	*pg_session;	/* (i) referenced */
	struct list	pg_members;	/* (t) p_pglink */
	struct list	pg_hash;	/* (t) */
};

#define	KRLIM_NLIMITS	16
#define	RLIMIT_CPU_	0
#define	RLIMIT_FSIZE_	1
#define	RLIMIT_DATA_	2
#define	RLIMIT_STACK_	3
#define	RLIMIT_CORE_	4
#define	RLIMIT_RSS_	5
#define	RLIMIT_NPROC_	6
#define	RLIMIT_NOFILE_	7
#define	RLIMIT_MEMLOCK_	8
#define	RLIMIT_AS_	9
#define	RLIMIT_LOCKS_	10
#define	RLIMIT_SIGPENDING_ 11
#define	RLIMIT_MSGQUEUE_ 12
#define	RLIMIT_NICE_	13
#define	RLIMIT_RTPRIO_	14
#define	RLIMIT_RTTIME_	15
#define	KRLIM_INFINITY	(~0ULL)
struct krlimit {
	uint64_t	rlim_cur;
	uint64_t	rlim_max;
};

#define	TAREA_CACHE	8	/* thread areas kept for the next threads */

/* Of one process: CLONE_SIGHAND without CLONE_THREAD does not exist here. */
struct sigacts {
	struct ksigaction sa_act[KNSIG];	/* (s) */
};

struct proc {
	int32_t		p_pid;		/* (i) */
	int32_t		p_hostpid;	/* (i) once running */
	refcount_t	p_ref;
	uint32_t	p_state;	/* (t) P_NEW.. */
	uint32_t	p_flags;	/* (a) PF_* */
	struct mtx	p_lock;		/* RANK_PROC */
	struct mtx	p_siglock;	/* RANK_SIGNAL */

	/*
	 * (p and s to change, either to read).  The first thread's record stays
	 * here until the process is freed, so that a zombie still has a name and
	 * credentials; TDF_EXITED tells.
	 */
	struct list	p_threads;	/* td_plist */
	int32_t		p_nthreads;	/* same: not yet exited */
	struct list	p_dead;		/* (p) exited, host thread may linger */
	struct waitq	p_threadwq;	/* exec waits for the others here */
	struct thread	*p_execer;	/* (p) single-threading */

	struct list	p_hash;		/* (t) pid table */
	struct list	p_alllink;	/* (t) all processes */
	struct proc	*p_parent;	/* (t) */
	int32_t		p_ppid;		/* (t; read without) its pid, or 0 */
	struct list	p_children;	/* (t) p_sibling */
	struct list	p_sibling;	/* (t) */
	struct pgrp	*p_pgrp;	/* (t) */
	struct list	p_pglink;	/* (t) */
	struct waitq	p_waitwq;	/* wait4 sleeps here; tree lock */
	int32_t		p_exitsig;	/* (t) signal to the parent, 0 none */

	/* signals */
	struct sigacts	*p_sigacts;	/* (c) */
	ksigset_t	p_sigpend;	/* (s) process-directed */
	struct list	p_sigq;		/* (s) queued ksiginfo */
	uint32_t	p_nsigq;	/* (s) */
	struct waitq	p_sigwq;	/* signalfd, sigwait pollers */
	int32_t		p_stopsig;	/* (s) */
	uint32_t	p_stopstate;	/* (s) PS_* for wait */
	uint32_t	p_nstopped;	/* (s) threads parked */
	struct waitq	p_exitwq;	/* pidfd pollers */

	/* status */
	int32_t		p_xstat;	/* (t) wait status */
	uint32_t	p_exiting;	/* (a) exit_group began */
	int32_t		p_exitcode;	/* (p) its status */
	struct host_rusage p_ru;	/* (t) of dead threads/self at exit */
	struct host_rusage p_rubase;	/* (c) what the host process had used
					   when p came to it */
	struct host_rusage p_cru;	/* (t) of waited-for children */
	nsec_t		p_start;	/* CLOCK_MONOTONIC (boot) */

	/* what it runs */
	struct file	*p_exe;		/* (p) /proc/PID/exe */
	const struct sysvec *p_sysvec;
	struct thread	*p_vforkdone;	/* (p) parent thread waiting */
	struct waitq	p_vforkwq;	/* it sleeps here until PF_VFORK goes */
	struct thread	*p_lender;	/* (c) kern_vfork.c */
	struct execimg	*p_execimg;	/* (c) kern_blank.c: exec under way */

	/* limits, timers, odds */
	struct krlimit	p_rlim[KRLIM_NLIMITS];	/* (p) */
	struct list	p_timers;	/* (p) kern/ktimer.c */
	void		*p_itimers;	/* (p) kern/ktimer.c */
	int32_t		p_pdeathsig;	/* (c) */
	int32_t		p_dumpable;
	int32_t		p_oomadj;
	uint32_t	p_personality;
	uint32_t	p_thp;
	uint32_t	p_nonewprivs;
	uint32_t	p_subreaper;
	uint32_t	p_ioprio;
	uint32_t	p_timerpend;	/* (a) trap_timer was here: see ktimer.c */
	uint64_t	p_timerslack;
	uint32_t	p_ntarea;	/* (p) words of p_tareamap */
	uint64_t	*p_tareamap;	/* (p) bitmap of mapped slots */
	uint32_t	p_nareas;	/* (p) mapped slots that no thread uses */
	uint32_t	p_areas[TAREA_CACHE];
	uint64_t	p_io[4];	/* rchar wchar syscr syscw: of ended
					   threads and reaped children */
};

/* p_state */
#define	P_NEW		0
#define	P_RUNNING	1
#define	P_ZOMBIE	2
#define	P_DEAD		3	/* being freed */
/* p_flags */
#define	PF_KERNEL	1	/* the reaper: no host process */
#define	PF_EXECED	2
#define	PF_VFORK	4	/* wakes p_vforkdone at exec/exit */
#define	PF_INIT		8	/* jail's init: default signals are ignored */
#define	PF_CORE		16
#define	PF_LOST		32	/* its host process died from outside */
#define	PF_HOSTSCHED	128	/* the host schedules it in a way of its own:
				   inherited (kern_blank.c) */
#define	PF_NOCTTY	64	/* gave up its controlling terminal (TIOCNOTTY) */
/* p_stopstate */
#define	PS_STOPPED	1	/* stopped, not yet reported */
#define	PS_CONTINUED	2	/* continued, not yet reported */
#define	PS_ISSTOPPED	4	/* a group stop is on */
#define	PS_DEQUEUED	8	/* a stop signal was taken, not yet acted on */
#define	PS_NOTECONT	16	/* tell the parent CLD_CONTINUED */
#define	PS_ALLPARKED	32	/* the parent was told CLD_STOPPED */

struct kern_root {
	struct mtx	k_treelock;	/* RANK_PROCTREE */
	struct list	k_procs;	/* (t) */
	struct list	*k_pidhash;	/* (t) */
	struct list	*k_tidhash;	/* (t) */
	struct list	*k_pghash;	/* (t) */
	int32_t		k_nextpid;
	int32_t		k_maxpid;
	uint32_t	k_nprocs, k_nthreads;
	struct proc	*k_init;
	struct proc	*k_main;	/* the program the user asked for */
	struct mtx	k_utslock;
	char		k_hostname[65];
	char		k_domain[65];
	nsec_t		k_boottime;	/* CLOCK_MONOTONIC of the jail's start */
	struct list	k_dead;		/* (t) threads to free once td_alive is 0 */
	uint32_t	k_wrapped;	/* (t) pids went round */
	/* A signal for the terminal's foreground group; false: no such group.
	 * Set by sys/init (tty_signal). */
	bool		(*k_ttysignal)(int sig);
	uint64_t	k_forks, k_ctxt;
	/* hooks, filled by sys/init */
	void		(*k_overhook)(void);	/* all others are dead */
	void		(*k_exithook[4])(struct proc *p);
	void		(*k_exechook[4])(struct proc *p);
	void		(*k_texithook[4])(struct thread *td);
	void		*k_priv;
	void		*k_blanks;	/* kern_blank.c */
};
#define	kern()	((struct kern_root *)kroot()->r_sub[KROOT_KERN])

int	kern_init(void);
struct proc *proc_alloc(struct proc *parent);
/* Reference or NULL; zombies are found as well. */
struct proc *proc_find(int pid);
void	proc_hold(struct proc *p);
void	proc_drop(struct proc *p);
struct thread *thread_find(int tid);		/* referenced */
void	thread_drop(struct thread *td);
/* Next process with pid > after, referenced, or NULL (for /proc). */
struct proc *proc_next(int after);
struct thread *proc_nextthread(struct proc *p, int after);
/*
 * A thread to look at, with p_lock held: the first that lives, else the first
 * thread's record (zombie: td_fd, td_pwd, td_vm are NULL), else NULL.  Who
 * wants td_fd, td_pwd, td_vm or td_cred of another process takes a reference
 * before p_lock is released.
 */
static inline struct thread *
proc_first(struct proc *p)
{
	struct thread *td;

	list_foreach(td, &p->p_threads, td_plist)
		if (!(atomic_load_relaxed(&td->td_flags) & TDF_EXITED))
			return (td);
	return (list_first(&p->p_threads, struct thread, td_plist));
}
/*
 * Boot: make the jail's first process (and, with kinit, the kernel's reaper as
 * pid 1 before it): a session leader with one thread, root's credentials and a
 * fresh sigacts.  The caller fills td_area, td_fd, td_pwd, td_vm, td_sysvec,
 * the host ids and p_rlim.  NULL: no memory.
 */
struct proc *proc_boot(bool kinit);
/* exec is past its point of no return: let the vfork parent go. */
void	proc_vforkdone(struct proc *p);
/* The current thread is going to do what its host process will remember: a
 * vfork child gets one of its own first. No locks held; 0 or an errno. */
int	vfork_leave(struct thread *td);
/* p's host process was killed from outside: finish it as by SIGKILL. */
void	proc_lost(struct proc *p);
/* Take what the warden put into r_sigbox: bit N = signal N for the guest, bit 0 =
 * some process has PF_LOST. */
void	kern_sigbox(void);

struct clone_args {			/* clone3(2), native */
	uint64_t	flags;		/* CLONE_* without the signal */
	uaddr_t		pidfd, child_tid, parent_tid;
	int32_t		exit_signal;
	uaddr_t		stack;		/* top of the new stack, 0 = same */
	uaddr_t		tls;
	int32_t		set_tid;	/* 0 = any */
};
#define	CLONE_VM	0x00000100
#define	CLONE_FS	0x00000200
#define	CLONE_FILES	0x00000400
#define	CLONE_SIGHAND	0x00000800
#define	CLONE_PIDFD	0x00001000
#define	CLONE_PTRACE	0x00002000
#define	CLONE_VFORK	0x00004000
#define	CLONE_PARENT	0x00008000
#define	CLONE_THREAD	0x00010000
#define	CLONE_NEWNS	0x00020000
#define	CLONE_SYSVSEM	0x00040000
#define	CLONE_SETTLS	0x00080000
#define	CLONE_PARENT_SETTID 0x00100000
#define	CLONE_CHILD_CLEARTID 0x00200000
#define	CLONE_DETACHED	0x00400000
#define	CLONE_UNTRACED	0x00800000
#define	CLONE_CHILD_SETTID 0x01000000
#define	CLONE_NEWCGROUP	0x02000000
#define	CLONE_NEWUTS	0x04000000
#define	CLONE_NEWIPC	0x08000000
#define	CLONE_NEWUSER	0x10000000
#define	CLONE_NEWPID	0x20000000
#define	CLONE_NEWNET	0x40000000
#define	CLONE_IO	0x80000000
#define	CLONE_CLEAR_SIGHAND 0x100000000ULL
#define	CLONE_INTO_CGROUP 0x200000000ULL

long	kern_clone(struct thread *td, const struct clone_args *ca);
void	kern_exit_thread(struct thread *td, int code) __noret;
void	kern_exit_group(struct thread *td, int status) __noret; /* wait status */
/* Kill the other threads of td's process and wait for them (exec). 0 or
 * -EINTR when td itself must die. */
int	proc_singlethread(struct thread *td);

struct kwait_result {
	int32_t	pid;
	uint32_t uid;
	int32_t	status;			/* wait status */
	int32_t	code;			/* CLD_* */
	struct host_rusage ru;
};
#define	KP_ALL		0	/* P_ALL */
#define	KP_PID		1
#define	KP_PGID		2
#define	WNOHANG		1
#define	WUNTRACED	2
#define	WEXITED		4
#define	WCONTINUED	8
#define	WNOWAIT		0x01000000
#define	WNOTHREAD_	0x20000000	/* accepted; all threads' children count */
#define	WALL_		0x40000000
#define	WCLONE_		0x80000000
/* pid, or 0 (WNOHANG, none ready), -ECHILD, -ERESTARTSYS. */
long	kern_wait(struct thread *td, int idtype, int id, int options,
	    struct kwait_result *r);

long	kern_setpgid(struct thread *td, int pid, int pgid);
long	kern_getpgid(struct thread *td, int pid);
long	kern_getsid(struct thread *td, int pid);
long	kern_setsid(struct thread *td);
struct pgrp *pgrp_find(int pgid);		/* tree lock held */

/* Replace the thread's (process's, for linux each thread's) credentials;
 * consumes cr. */
void	proc_setcred(struct thread *td, struct ucred *cr);

void	proc_rusage(struct proc *p, int who, struct host_rusage *ru);
/* CPU time of p's host process that is not p's: see p_rubase. */
static inline nsec_t
proc_cpubase(const struct proc *p)
{
	return (p->p_rubase.ru_utime + p->p_rubase.ru_stime);
}
uint64_t proc_rlimit(struct proc *p, int res);	/* soft limit */
/* For /proc/PID/stat: R S D T Z X. */
char	proc_statechar(struct proc *p);
char	thread_statechar(struct thread *td);

/* Run a call as a hook after exit of processes, see kern_root. */
void	kern_add_hooks(void (*pexit)(struct proc *), void (*pexec)(struct proc *),
	    void (*texit)(struct thread *));

#endif
