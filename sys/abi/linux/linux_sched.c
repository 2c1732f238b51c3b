/*
 * linux_sched.c: priorities, policies, processors (sched(7)).
 *
 * The host schedules.  Affinity is passed to it; nice values are passed as far
 * as it allows; policies without priorities are kept; the real-time ones are
 * refused, as an unprivileged user of Linux is.
 */
#include "abi/linux/linux_kern.h"
#include "abi/syscalls.h"
#include "base/copy.h"
#include "host/host.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	SCHED_OTHER_	0
#define	SCHED_FIFO_	1
#define	SCHED_RR_	2
#define	SCHED_BATCH_	3
#define	SCHED_IDLE_	5
#define	SCHED_DEADLINE_	6
#define	SCHED_RESET_ON_FORK_ 0x40000000
#define	CPUSET_MAX	1024	/* bytes */

long
sys_sched_yield(struct thread *td)
{
	return (host_sched_yield());
}

long
sys_sched_getaffinity(struct thread *td, int pid, size_t len, uaddr_t mask)
{
	uint8_t buf[CPUSET_MAX];
	struct thread *t;
	int r;

	if (len % 8 != 0)
		return (-EINVAL);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	r = host_sched_getaffinity(t->td_hosttid, kmin(len, sizeof(buf)),
	    buf);
	thread_drop(t);
	if (r > 0 && copyout(buf, mask, (size_t)r) != 0)
		return (-EFAULT);
	return (r);
}

static bool
may_sched(struct thread *td, struct thread *t)
{
	const struct ucred *cr = td->td_cred;
	bool ok;

	if (t->td_proc == td->td_proc || cred_priv(cr, PRIV_SYS_NICE))
		return (true);
	mtx_lock(&t->td_proc->p_lock);
	ok = t->td_cred != NULL && (cr->cr_uid == t->td_cred->cr_uid ||
	    cr->cr_uid == t->td_cred->cr_ruid);
	mtx_unlock(&t->td_proc->p_lock);
	return (ok);
}

long
sys_sched_setaffinity(struct thread *td, int pid, size_t len, uaddr_t mask)
{
	uint8_t buf[CPUSET_MAX];
	struct thread *t;
	int r;

	len = kmin(len, sizeof(buf));
	memset(buf, 0, sizeof(buf));
	if (copyin(mask, buf, len) != 0)
		return (-EFAULT);
	r = vfork_leave(td);
	if (r != 0)
		return (r);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	r = may_sched(td, t) ? host_sched_setaffinity(t->td_hosttid,
	    sizeof(buf), buf) : -EPERM;
	atomic_or(&t->td_proc->p_flags, PF_HOSTSCHED);
	thread_drop(t);
	return (r);
}

/* --- policies --------------------------------------------------------------------- */

static bool
policy_known(int policy)
{
	return (policy >= SCHED_OTHER_ && policy <= SCHED_DEADLINE_ &&
	    policy != 4);
}

long
sys_sched_get_priority_max(struct thread *td, int policy)
{
	if (!policy_known(policy))
		return (-EINVAL);
	return (policy == SCHED_FIFO_ || policy == SCHED_RR_ ? 99 : 0);
}

long
sys_sched_get_priority_min(struct thread *td, int policy)
{
	if (!policy_known(policy))
		return (-EINVAL);
	return (policy == SCHED_FIFO_ || policy == SCHED_RR_ ? 1 : 0);
}

static long
set_policy(struct thread *td, int pid, int policy, int prio)
{
	int base = policy & ~SCHED_RESET_ON_FORK_;
	struct thread *t;
	long error = 0;

	if (pid < 0 || !policy_known(base))
		return (-EINVAL);
	if (base == SCHED_FIFO_ || base == SCHED_RR_ ?
	    prio < 1 || prio > 99 : prio != 0)
		return (-EINVAL);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	if (base == SCHED_FIFO_ || base == SCHED_RR_ ||
	    base == SCHED_DEADLINE_ || !may_sched(td, t))
		error = -EPERM;
	else
		t->td_sched = (uint32_t)policy;
	thread_drop(t);
	return (error);
}

long
sys_sched_setscheduler(struct thread *td, int pid, int policy, uaddr_t param)
{
	uint32_t prio;

	if (param == 0 || policy < 0)
		return (-EINVAL);
	if (fetch32(param, &prio) != 0)
		return (-EFAULT);
	return (set_policy(td, pid, policy, (int)prio));
}

static long
get_policy(struct thread *td, int pid)
{
	struct thread *t;
	long r;

	if (pid < 0)
		return (-EINVAL);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	r = t->td_sched;
	thread_drop(t);
	return (r);
}

long
sys_sched_getscheduler(struct thread *td, int pid)
{
	return (get_policy(td, pid));
}

long
sys_sched_setparam(struct thread *td, int pid, uaddr_t param)
{
	long policy = get_policy(td, pid);
	uint32_t prio;

	if (param == 0 || pid < 0)
		return (-EINVAL);
	if (policy < 0)
		return (policy);
	if (fetch32(param, &prio) != 0)
		return (-EFAULT);
	return (set_policy(td, pid, (int)policy, (int)prio));
}

long
sys_sched_getparam(struct thread *td, int pid, uaddr_t param)
{
	long policy = get_policy(td, pid);

	if (param == 0)
		return (-EINVAL);
	return (policy < 0 ? policy : store32(param, 0));
}

long
sys_sched_rr_get_interval(struct thread *td, int pid, uaddr_t interval)
{
	const struct timespec64 slice = { 0, 4000000 };
	long policy = get_policy(td, pid);

	if (policy < 0)
		return (policy);
	return (copyout(&slice, interval, sizeof(slice)));
}

struct sched_attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t	 nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};
#define	SCHED_ATTR_V0	48

long
sys_sched_getattr(struct thread *td, int pid, uaddr_t u, unsigned size,
    unsigned flags)
{
	struct sched_attr a = { 0 };
	struct thread *t;

	if (u == 0 || pid < 0 || size < SCHED_ATTR_V0 || size > KPAGE_SIZE ||
	    flags != 0)
		return (-EINVAL);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	a.size = kmin(size, (unsigned)sizeof(a));
	a.policy = t->td_sched & ~(uint32_t)SCHED_RESET_ON_FORK_;
	a.flags = (t->td_sched & SCHED_RESET_ON_FORK_) != 0;
	a.nice = t->td_nice;
	a.util_max = 1024;
	thread_drop(t);
	return (copyout(&a, u, a.size));
}

static long	set_nice(struct thread *td, struct thread *t, int nice);

long
sys_sched_setattr(struct thread *td, int pid, uaddr_t u, unsigned flags)
{
	struct sched_attr a = { 0 };
	struct thread *t;
	uint32_t size;
	long error;

	if (u == 0 || pid < 0 || flags != 0)
		return (-EINVAL);
	if (fetch32(u, &size) != 0)
		return (-EFAULT);
	if (size == 0)
		size = SCHED_ATTR_V0;
	if (size < SCHED_ATTR_V0 || size > KPAGE_SIZE) {
		(void)store32(u, sizeof(a));
		return (-E2BIG);
	}
	if (copyin(u, &a, kmin(size, (uint32_t)sizeof(a))) != 0)
		return (-EFAULT);
	if ((int32_t)a.policy < 0 || (a.flags & ~0x7fULL))
		return (-EINVAL);
	error = set_policy(td, pid, (int)a.policy |
	    (a.flags & 1 ? SCHED_RESET_ON_FORK_ : 0), (int)a.priority);
	if (error != 0 || (a.policy != SCHED_OTHER_ &&
	    a.policy != SCHED_BATCH_))
		return (error);
	error = vfork_leave(td);
	if (error != 0)
		return (error);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	error = set_nice(td, t, kmax(-20, kmin(19, a.nice)));
	thread_drop(t);
	return (error);
}

/* --- nice --------------------------------------------------------------------------- */

#define	PRIO_PROCESS_	0
#define	PRIO_PGRP_	1
#define	PRIO_USER_	2

static long
set_nice(struct thread *td, struct thread *t, int nice)
{
	if (!may_sched(td, t))
		return (-EPERM);
	if (nice < t->td_nice && !cred_priv(td->td_cred, PRIV_SYS_NICE) &&
	    (uint64_t)(20 - nice) > proc_rlimit(t->td_proc, RLIMIT_NICE_))
		return (-EACCES);
	t->td_nice = nice;
	atomic_or(&t->td_proc->p_flags, PF_HOSTSCHED);
	(void)host_setnice(t->td_hosttid, nice);
	return (0);
}

/*
 * Does p belong to (which, who)?  Tree lock held.  who is resolved already.
 */
static bool
prio_match(struct proc *p, int which, int who)
{
	struct thread *t;
	bool ok;

	if (p->p_state != P_RUNNING || (p->p_flags & PF_KERNEL))
		return (false);
	if (which == PRIO_PGRP_)
		return (p->p_pgrp != NULL && p->p_pgrp->pg_id == who);
	mtx_lock(&p->p_lock);
	t = proc_first(p);
	ok = t != NULL && t->td_cred != NULL &&
	    t->td_cred->cr_ruid == (uint32_t)who;
	mtx_unlock(&p->p_lock);
	return (ok);
}

/* Walk the processes meant; *best: the highest 20 - nice; set: new value. */
static long
prio_walk(struct thread *td, int which, int who, bool set, int nice)
{
	long error = -ESRCH, best = -ESRCH, e;
	struct thread *t;
	struct proc *p;
	int pid = 0;

	if (which == PRIO_PGRP_ && who == 0)
		who = (int)kern_getpgid(td, 0);
	if (which == PRIO_USER_ && who == 0)
		who = (int)td->td_cred->cr_ruid;
	while ((p = proc_next(pid)) != NULL) {
		int tid = 0;

		pid = p->p_pid;
		mtx_lock(&kern()->k_treelock);
		e = prio_match(p, which, who);
		mtx_unlock(&kern()->k_treelock);
		while (e && (t = proc_nextthread(p, tid)) != NULL) {
			tid = t->td_tid;
			best = kmax(best, 20L - t->td_nice);
			if (set) {
				long r = set_nice(td, t, nice);

				if (error == -ESRCH || r != 0)
					error = r;
			}
			thread_drop(t);
		}
		proc_drop(p);
	}
	return (set ? error : best);
}

long
sys_getpriority(struct thread *td, int which, int who)
{
	struct thread *t;
	long r;

	if (which < PRIO_PROCESS_ || which > PRIO_USER_)
		return (-EINVAL);
	if (which != PRIO_PROCESS_)
		return (prio_walk(td, which, who, false, 0));
	t = linux_thread(td, who);
	if (t == NULL)
		return (-ESRCH);
	r = 20 - t->td_nice;
	thread_drop(t);
	return (r);
}

long
sys_setpriority(struct thread *td, int which, int who, int prio)
{
	struct thread *t;
	long r;

	if (which < PRIO_PROCESS_ || which > PRIO_USER_)
		return (-EINVAL);
	prio = kmax(-20, kmin(19, prio));
	r = vfork_leave(td);
	if (r != 0)
		return (r);
	if (which != PRIO_PROCESS_)
		return (prio_walk(td, which, who, true, prio));
	t = linux_thread(td, who);
	if (t == NULL)
		return (-ESRCH);
	r = set_nice(td, t, prio);
	thread_drop(t);
	return (r);
}

#define	IOPRIO_WHO_PROCESS	1
#define	IOPRIO_WHO_USER		3

long
sys_ioprio_get(struct thread *td, int which, int who)
{
	struct thread *t;
	long r;

	if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER)
		return (-EINVAL);
	if (which != IOPRIO_WHO_PROCESS)
		return (td->td_proc->p_ioprio);
	t = linux_thread(td, who);
	if (t == NULL)
		return (-ESRCH);
	r = t->td_proc->p_ioprio;
	thread_drop(t);
	return (r);
}

long
sys_ioprio_set(struct thread *td, int which, int who, int ioprio)
{
	unsigned class = (unsigned)ioprio >> 13;
	struct thread *t;
	long r = 0;

	if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER ||
	    class > 3 || (class == 0 && (ioprio & 0x1fff)) ||
	    ((class == 1 || class == 2) && (ioprio & 0x1fff) > 7))
		return (-EINVAL);
	if (class == 1 && !cred_priv(td->td_cred, PRIV_SYS_ADMIN) &&
	    !cred_priv(td->td_cred, PRIV_SYS_NICE))
		return (-EPERM);
	t = linux_thread(td, which == IOPRIO_WHO_PROCESS ? who : 0);
	if (t == NULL)
		return (-ESRCH);
	if (may_sched(td, t))
		t->td_proc->p_ioprio = (uint32_t)ioprio;
	else
		r = -EPERM;
	thread_drop(t);
	return (r);
}
