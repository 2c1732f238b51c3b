/* freebsd64_proc.c: FreeBSD's calls on processes, threads, time and limits. */
#include "abi/freebsd64/freebsd64.h"
#include "abi/linux/linux_kern.h"
#include "abi/syscalls.h"
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

/* sysarch(2) */
#define	AMD64_GET_FSBASE 128
#define	AMD64_SET_FSBASE 129
#define	AMD64_GET_GSBASE 130
#define	AMD64_SET_GSBASE 131
/* wait4(2) */
#define	FB_WCONTINUED	4
#define	FB_WNOWAIT	8
#define	FB_RLIM_INFINITY 0x7fffffffffffffffULL
/* _umtx_op(2) */
#define	UMTX_OP_WAIT	2
#define	UMTX_OP_WAKE	3
#define	UMTX_OP_WAIT_UINT 11
#define	UMTX_OP_WAIT_UINT_PRIVATE 15
#define	UMTX_OP_WAKE_PRIVATE 16
#define	UMTX_ABSTIME	1
#define	FUTEX_WAIT	0
#define	FUTEX_WAKE	1
#define	FUTEX_WAIT_BITSET 9
#define	FUTEX_PRIVATE	128
#define	FUTEX_CLOCK_REALTIME 256
#define	RTP_LOOKUP	0
#define	RTP_PRIO_NORMAL	3

struct fb_rusage {
	int64_t	utime[2], stime[2];
	int64_t	maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock,
		oublock, msgsnd, msgrcv, nsignals, nvcsw, nivcsw;
};

static void
rusage_out(const struct host_rusage *ru, struct fb_rusage *fr)
{
	memset(fr, 0, sizeof(*fr));
	fr->utime[0] = ru->ru_utime / NSEC_PER_SEC;
	fr->utime[1] = ru->ru_utime % NSEC_PER_SEC / NSEC_PER_USEC;
	fr->stime[0] = ru->ru_stime / NSEC_PER_SEC;
	fr->stime[1] = ru->ru_stime % NSEC_PER_SEC / NSEC_PER_USEC;
	fr->maxrss = ru->ru_maxrss;
	fr->minflt = ru->ru_minflt;
	fr->majflt = ru->ru_majflt;
	fr->inblock = ru->ru_inblock;
	fr->oublock = ru->ru_oublock;
	fr->nvcsw = ru->ru_nvcsw;
	fr->nivcsw = ru->ru_nivcsw;
}

long
sys_freebsd_wait4(struct thread *td, int pid, uaddr_t ustatus, int options,
    uaddr_t uru)
{
	int native = WEXITED, type, id = pid;
	struct kwait_result r;
	struct fb_rusage fr;
	long n;

	if (options & ~(WNOHANG | WUNTRACED | FB_WCONTINUED | FB_WNOWAIT))
		return (-EINVAL);
	native |= options & (WNOHANG | WUNTRACED);
	native |= options & FB_WCONTINUED ? WCONTINUED : 0;
	native |= options & FB_WNOWAIT ? WNOWAIT : 0;
	if (pid > 0) {
		type = KP_PID;
	} else if (pid == -1) {
		type = KP_ALL;
	} else {
		type = KP_PGID;
		id = pid == 0 ? (int)kern_getpgid(td, 0) : -pid;
	}
	n = kern_wait(td, type, id, native, &r);
	if (n <= 0)
		return (n);
	if (ustatus != 0 && store32(ustatus,
	    (uint32_t)fb_wstatus_out(r.status)) != 0)
		return (-EFAULT);
	if (uru != 0) {
		rusage_out(&r.ru, &fr);
		if (copyout(&fr, uru, sizeof(fr)) != 0)
			return (-EFAULT);
	}
	return (n);
}

long
sys_freebsd_sysarch(struct thread *td, int op, uaddr_t parms)
{
	uint64_t v;

	switch (op) {
	case AMD64_GET_FSBASE:
		return (store64(parms, arch_getfsbase(td)));
	case AMD64_GET_GSBASE:
		return (store64(parms, arch_getgsbase(td)));
	case AMD64_SET_FSBASE:
	case AMD64_SET_GSBASE:
		if (fetch64(parms, &v) != 0)
			return (-EFAULT);
		if (v >= td->td_sysvec->sv_usermax)
			return (-EINVAL);
		if (op == AMD64_SET_GSBASE)
			return (arch_setgsbase(td, v));
		arch_setfsbase(td, v);
		return (0);
	default:
		return (-EINVAL);
	}
}

long
sys_freebsd_issetugid(struct thread *td)
{
	const struct ucred *cr = td->td_cred;

	return (cr->cr_uid != cr->cr_ruid || cr->cr_gid != cr->cr_rgid);
}

/* --- limits ----------------------------------------------------------------- */

static uint64_t
limit_out(uint64_t v)
{
	return (v > FB_RLIM_INFINITY ? FB_RLIM_INFINITY : v);
}

static uint64_t
limit_in(uint64_t v)
{
	return (v >= FB_RLIM_INFINITY ? KRLIM_INFINITY : v);
}

long
sys_freebsd_getrlimit(struct thread *td, int which, uaddr_t url)
{
	struct proc *p = td->td_proc;
	int res = fb_rlimit_in(which);
	struct krlimit rl = { KRLIM_INFINITY, KRLIM_INFINITY };

	if (which < 0 || which > 14)
		return (-EINVAL);
	if (res >= 0) {
		mtx_lock(&p->p_lock);
		rl = p->p_rlim[res];
		mtx_unlock(&p->p_lock);
	}
	rl.rlim_cur = limit_out(rl.rlim_cur);
	rl.rlim_max = limit_out(rl.rlim_max);
	return (copyout(&rl, url, sizeof(rl)));
}

long
sys_freebsd_setrlimit(struct thread *td, int which, uaddr_t url)
{
	int res = fb_rlimit_in(which);
	struct krlimit rl;

	if (res < 0)
		return (-EINVAL);
	if (copyin(url, &rl, sizeof(rl)) != 0)
		return (-EFAULT);
	rl.rlim_cur = limit_in(rl.rlim_cur);
	rl.rlim_max = limit_in(rl.rlim_max);
	return (linux_rlimit(td, td->td_proc, res, &rl, NULL));
}

/* --- time ------------------------------------------------------------------- */

long
sys_freebsd_clock_gettime(struct thread *td, int clock, uaddr_t uts)
{
	int c = fb_clock_in(clock);

	return (c < 0 ? -EINVAL : sys_clock_gettime(td, c, uts));
}

long
sys_freebsd_clock_getres(struct thread *td, int clock, uaddr_t uts)
{
	int c = fb_clock_in(clock);

	return (c < 0 ? -EINVAL : sys_clock_getres(td, c, uts));
}

/* --- threads ------------------------------------------------------------------ */

long
sys_freebsd_thr_self(struct thread *td, uaddr_t uid)
{
	return (store64(uid, (uint64_t)td->td_tid));
}

long
sys_freebsd_thr_exit(struct thread *td, uaddr_t state)
{
	if (state != 0 && store64(state, 1) == 0)
		(void)sys_futex(td, state, FUTEX_WAKE, INT_MAX, 0, 0, 0);
	kern_exit_thread(td, 0);
}

long
sys_freebsd_rtprio_thread(struct thread *td, int func, long id, uaddr_t rtp)
{
	uint16_t v[2] = { RTP_PRIO_NORMAL, 0 };

	if (func == RTP_LOOKUP)
		return (copyout(v, rtp, sizeof(v)));
	if (copyin(rtp, v, sizeof(v)) != 0)
		return (-EFAULT);
	return (v[0] == RTP_PRIO_NORMAL ? 0 : -EPERM);
}

/* a1: bytes at a2, a struct timespec or a struct _umtx_time: the timespec, then
 * flags and the clock. */
static long
umtx_wait(struct thread *td, uaddr_t obj, uint32_t val, int priv, uaddr_t a1,
    uaddr_t a2)
{
	uint32_t tail[2] = { 0, 4 };
	int op = FUTEX_WAIT;

	if (a2 != 0 && a1 > sizeof(struct timespec64)) {
		if (copyin(a2 + sizeof(struct timespec64), tail,
		    sizeof(tail)) != 0)
			return (-EFAULT);
		if (tail[0] & UMTX_ABSTIME)
			op = FUTEX_WAIT_BITSET |
			    (fb_clock_in((int)tail[1]) == 0 ?
			    FUTEX_CLOCK_REALTIME : 0);
	}
	return (sys_futex(td, obj, op | priv, val, a2, 0, UINT32_MAX));
}

long
sys_freebsd_umtx_op(struct thread *td, uaddr_t obj, int op, unsigned long val,
    uaddr_t a1, uaddr_t a2)
{
	int priv = 0;
	uint64_t w;
	long r;

	switch (op) {
	case UMTX_OP_WAIT_UINT_PRIVATE:
		priv = FUTEX_PRIVATE;
		/* FALLTHROUGH */
	case UMTX_OP_WAIT_UINT:
		r = umtx_wait(td, obj, (uint32_t)val, priv, a1, a2);
		break;
	case UMTX_OP_WAIT:
		/* A futex compares 32 bits: the low half goes last. */
		if (fetch64(obj, &w) != 0)
			return (-EFAULT);
		if (w != val)
			return (0);
		r = umtx_wait(td, obj, (uint32_t)val, priv, a1, a2);
		break;
	case UMTX_OP_WAKE_PRIVATE:
		priv = FUTEX_PRIVATE;
		/* FALLTHROUGH */
	case UMTX_OP_WAKE:
		r = sys_futex(td, obj, FUTEX_WAKE | priv,
		    (uint32_t)kmin(val, (unsigned long)INT_MAX), 0, 0, 0);
		return (r < 0 ? r : 0);
	default:
		return (-EINVAL);
	}
	/* A changed word is a success there. */
	return (r == -EAGAIN ? 0 : r);
}
