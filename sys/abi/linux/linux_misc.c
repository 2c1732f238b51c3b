/*
 * linux_misc.c: limits, usage, names of the system, randomness, priorities.
 */
#include "abi/linux/linux_kern.h"
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "host/host.h"
#include "kern/ktimer.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "kern/version.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vm/vm.h"

#define	NR_OPEN_MAX	1048576
#define	CLK_TCK		100

struct thread *
linux_thread(struct thread *td, int tid)
{
	if (tid == 0)
		tid = td->td_tid;
	return (tid > 0 ? thread_find(tid) : NULL);
}

/* --- limits ---------------------------------------------------------------------- */

/* Tell the floors below what changed. p_lock held; td is a thread of p. */
static void
apply_limit(struct thread *td, int res)
{
	struct proc *p = td->td_proc;
	/* A vfork child's memory is its parent's: its own limits count when it
	 * has other (kern_vfork.c, exec). */
	bool vm = td->td_vm != NULL && p->p_lender == NULL;

	if (res == RLIMIT_STACK_ && vm)
		vm_setstacklimit(td->td_vm, p->p_rlim[res].rlim_cur);
	else if (res == RLIMIT_NOFILE_ && td->td_fd != NULL)
		fd_setlimit(td->td_fd, p->p_rlim[res].rlim_cur);
	else if (res == RLIMIT_CPU_)
		ktimer_cpulimit(p);
	else if ((res == RLIMIT_AS_ || res == RLIMIT_DATA_ ||
	    res == RLIMIT_MEMLOCK_) && vm)
		vm_setlimits(td->td_vm, p->p_rlim[RLIMIT_AS_].rlim_cur,
		    p->p_rlim[RLIMIT_DATA_].rlim_cur,
		    p->p_rlim[RLIMIT_MEMLOCK_].rlim_cur);
}

long
linux_rlimit(struct thread *td, struct proc *p, int res,
    const struct krlimit *new, struct krlimit *old)
{
	struct thread *t;
	long error = 0;

	if (res < 0 || res >= KRLIM_NLIMITS)
		return (-EINVAL);
	if (new != NULL && new->rlim_cur > new->rlim_max)
		return (-EINVAL);
	if (new != NULL && res == RLIMIT_NOFILE_ &&
	    new->rlim_max > NR_OPEN_MAX)
		return (-EPERM);
	mtx_lock(&p->p_lock);
	if (old != NULL)
		*old = p->p_rlim[res];
	if (new != NULL) {
		if (new->rlim_max > p->p_rlim[res].rlim_max &&
		    !cred_priv(td->td_cred, PRIV_SYS_RESOURCE))
			error = -EPERM;
		else {
			p->p_rlim[res] = *new;
			t = proc_first(p);
			if (t != NULL)
				apply_limit(t, res);
		}
	}
	mtx_unlock(&p->p_lock);
	return (error);
}

long
sys_getrlimit(struct thread *td, int res, uaddr_t rlim)
{
	struct krlimit old;
	long error = linux_rlimit(td, td->td_proc, res, NULL, &old);

	return (error != 0 ? error : copyout(&old, rlim, sizeof(old)));
}

long
sys_setrlimit(struct thread *td, int res, uaddr_t rlim)
{
	struct krlimit new;

	if (copyin(rlim, &new, sizeof(new)) != 0)
		return (-EFAULT);
	return (linux_rlimit(td, td->td_proc, res, &new, NULL));
}

static bool
may_limit(struct thread *td, struct thread *t)
{
	const struct ucred *a = td->td_cred, *b;
	bool ok;

	if (t->td_proc == td->td_proc || cred_priv(a, PRIV_SYS_RESOURCE))
		return (true);
	mtx_lock(&t->td_proc->p_lock);
	b = t->td_cred;
	ok = b != NULL && a->cr_ruid == b->cr_ruid &&
	    a->cr_ruid == b->cr_uid && a->cr_ruid == b->cr_suid &&
	    a->cr_rgid == b->cr_rgid && a->cr_rgid == b->cr_gid &&
	    a->cr_rgid == b->cr_sgid;
	mtx_unlock(&t->td_proc->p_lock);
	return (ok);
}

long
sys_prlimit64(struct thread *td, int pid, int res, uaddr_t unew,
    uaddr_t uold)
{
	struct krlimit new, old;
	struct thread *t;
	long error;

	if (unew != 0 && copyin(unew, &new, sizeof(new)) != 0)
		return (-EFAULT);
	t = linux_thread(td, pid);
	if (t == NULL)
		return (-ESRCH);
	error = may_limit(td, t) ? linux_rlimit(td, t->td_proc, res,
	    unew != 0 ? &new : NULL, &old) : -EPERM;
	thread_drop(t);
	if (error == 0 && uold != 0)
		error = copyout(&old, uold, sizeof(old));
	return (error);
}

/* --- usage ------------------------------------------------------------------------ */

struct l_rusage {
	struct l_timeval utime, stime;
	int64_t	maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock,
		oublock, msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};

static struct l_timeval
ns2tv(nsec_t ns)
{
	return ((struct l_timeval){ ns / NSEC_PER_SEC,
	    ns % NSEC_PER_SEC / NSEC_PER_USEC });
}

int
linux_rusage_out(const struct host_rusage *ru, uaddr_t u)
{
	struct l_rusage l = {
		.utime = ns2tv(ru->ru_utime), .stime = ns2tv(ru->ru_stime),
		.maxrss = ru->ru_maxrss, .minflt = ru->ru_minflt,
		.majflt = ru->ru_majflt, .inblock = ru->ru_inblock,
		.oublock = ru->ru_oublock, .nvcsw = ru->ru_nvcsw,
		.nivcsw = ru->ru_nivcsw,
	};

	return (u == 0 ? 0 : copyout(&l, u, sizeof(l)));
}

long
sys_getrusage(struct thread *td, int who, uaddr_t u)
{
	struct host_rusage ru;

	if (who < -1 || who > 1)
		return (-EINVAL);
	proc_rusage(td->td_proc, who == 0 ? HOST_RUSAGE_SELF :
	    who == 1 ? HOST_RUSAGE_THREAD : -1, &ru);
	if (u == 0)
		return (-EFAULT);
	return (linux_rusage_out(&ru, u));
}

long
sys_times(struct thread *td, uaddr_t u)
{
	const nsec_t tick = NSEC_PER_SEC / CLK_TCK;
	struct host_rusage self, kids;
	int64_t t[4];

	if (u != 0) {
		proc_rusage(td->td_proc, HOST_RUSAGE_SELF, &self);
		proc_rusage(td->td_proc, -1, &kids);
		t[0] = self.ru_utime / tick;
		t[1] = self.ru_stime / tick;
		t[2] = kids.ru_utime / tick;
		t[3] = kids.ru_stime / tick;
		if (copyout(t, u, sizeof(t)) != 0)
			return (-EFAULT);
	}
	return (clock_mono() / tick);
}

long
sys_sysinfo(struct thread *td, uaddr_t u)
{
	struct host_sysinfo si;
	uint8_t out[112];
	int error = host_sysinfo(&si);

	if (error != 0)
		return (error);
	si.procs = (uint16_t)kmin(kern()->k_nthreads, 65535u);
	memset(out, 0, sizeof(out));
	_Static_assert(sizeof(si) <= sizeof(out), "struct sysinfo");
	memcpy(out, &si, sizeof(si));
	return (copyout(out, u, sizeof(out)));
}

/* --- names ------------------------------------------------------------------------- */

#define	UTS_LEN	65

long
sys_uname(struct thread *td, uaddr_t u)
{
	char b[6][UTS_LEN];

	memset(b, 0, sizeof(b));
	(void)kstrlcpy(b[0], KERN_OSTYPE, UTS_LEN);
	(void)kstrlcpy(b[2], KERN_OSRELEASE, UTS_LEN);
	(void)kstrlcpy(b[3], KERN_VERSION, UTS_LEN);
	(void)kstrlcpy(b[4], (td->td_proc->p_personality & 0xff) == 8 ?
	    "i686" : KERN_MACHINE, UTS_LEN);
	mtx_lock(&kern()->k_utslock);
	(void)kstrlcpy(b[1], kern()->k_hostname, UTS_LEN);
	(void)kstrlcpy(b[5], kern()->k_domain, UTS_LEN);
	mtx_unlock(&kern()->k_utslock);
	return (copyout(b, u, sizeof(b)));
}

static long
set_name(struct thread *td, char *dst, uaddr_t u, size_t len)
{
	char name[UTS_LEN];

	if (!cred_priv(td->td_cred, PRIV_SYS_ADMIN))
		return (-EPERM);
	if (len >= UTS_LEN)
		return (-EINVAL);
	memset(name, 0, sizeof(name));
	if (copyin(u, name, len) != 0)
		return (-EFAULT);
	mtx_lock(&kern()->k_utslock);
	memcpy(dst, name, sizeof(name));
	mtx_unlock(&kern()->k_utslock);
	return (0);
}

long
sys_sethostname(struct thread *td, uaddr_t u, size_t len)
{
	return (set_name(td, kern()->k_hostname, u, len));
}

long
sys_setdomainname(struct thread *td, uaddr_t u, size_t len)
{
	return (set_name(td, kern()->k_domain, u, len));
}

long
sys_getcpu(struct thread *td, uaddr_t cpu, uaddr_t node, uaddr_t cache)
{
	unsigned c = 0, n = 0;
	int error = host_getcpu(&c, &n);

	if (error != 0)
		return (error);
	if ((cpu != 0 && store32(cpu, c) != 0) ||
	    (node != 0 && store32(node, n) != 0))
		return (-EFAULT);
	return (0);
}

#define	GRND_ALL	7u

long
sys_getrandom(struct thread *td, uaddr_t buf, size_t n, unsigned flags)
{
	char tmp[256];
	size_t done = 0;
	long r;

	if ((flags & ~GRND_ALL) || (flags & 6) == 6)
		return (-EINVAL);
	n = kmin(n, (size_t)INT32_MAX);
	while (done < n) {
		r = host_getrandom(tmp, kmin(n - done, sizeof(tmp)), flags);
		if (r <= 0)
			return (done > 0 ? (long)done : r);
		if (copyout(tmp, buf + done, (size_t)r) != 0)
			return (done > 0 ? (long)done : -EFAULT);
		done += (size_t)r;
		/* Large requests end early for a signal, as random(4) has it. */
		if (done % (64 * 1024) == 0 && thread_interrupted())
			break;
	}
	return ((long)done);
}
