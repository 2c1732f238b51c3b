/*
 * ktimer.c: interval timers and POSIX timers.
 *
 * The host counts: each timer is one of the host process's own.  Its expiry
 * arrives as a host signal and may interrupt the kernel anywhere, so
 * trap_timer() only adds to words of the process and asks for an ast(); the
 * guest's signal is queued there.
 *
 * A cookie names slot and generation, never a pointer: an expiry that was
 * under way while its timer was deleted finds another generation.
 *
 * A timer with a period below KT_MINPERIOD is run with that period: each expiry
 * costs microseconds here, and one that is due again by then would keep its
 * process from ever getting on.  What its signals miss are overruns, and are
 * counted as such.
 *
 * Lock: p_siglock for the table and the timers; words that trap_timer writes
 * are atomic.  The table is never freed while the process lives.
 */
#include "arch/amd64/arch.h"
#include "base/clock.h"
#include "base/kmem.h"
#include "kern/kern_int.h"
#include "kern/ktimer.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	KT_MAX		512
#define	KT_MINPERIOD	(50 * NSEC_PER_USEC)
#define	TP_POSIX	1u	/* p_timerpend */
#define	TP_ALRM		2u
#define	TP_VTALRM	4u
#define	TP_PROF		8u
#define	TP_CPU		16u	/* RLIMIT_CPU's timer fired */
#define	TP_CPUSET	32u	/* RLIMIT_CPU is to be armed */
#define	CLOCK_CPU	2	/* CLOCK_PROCESS_CPUTIME_ID */

struct ktimer {
	struct ktimer_event kt_ev;
	int32_t		kt_hostid;
	int32_t		kt_clock;
	uint32_t	kt_queued;	/* its signal is in a queue */
	uint32_t	kt_overrun;	/* expiries since it was queued */
	uint32_t	kt_last;	/* timer_getoverrun(2) */
	uint32_t	kt_period;	/* as asked, below KT_MINPERIOD; ns */
};

struct ktimers {
	uint32_t	ks_itused;	/* (a) 1 << which: armed once */
	uint32_t	ks_itperiod[3];	/* (a) as kt_period, of setitimer(2) */
	int32_t		ks_cpu;		/* RLIMIT_CPU's host timer + 1 */
	uint64_t	ks_bits[KT_MAX / 64];	/* (a) slots that fired */
	uint32_t	ks_fired[KT_MAX];	/* (a) how often */
	uint32_t	ks_gen[KT_MAX];
	struct ktimer	*ks_slot[KT_MAX];
};

static struct ktimers *
timers(struct proc *p, bool make)
{
	struct ktimers *ks = atomic_load(&p->p_itimers), *nks;
	void *none = NULL;

	if (ks != NULL || !make)
		return (ks);
	nks = KNEW(struct ktimers);
	if (nks == NULL)
		return (NULL);
	if (atomic_cas(&p->p_itimers, &none, (void *)nks))
		return (nks);
	kfree(nks);
	return (none);
}

/* --- expiry --------------------------------------------------------------------- */

/* In a host signal handler. */
void
trap_timer(int sig, uint64_t cookie, int overrun)
{
	struct thread *td = curthread(), *lender;
	struct proc *p = td->td_proc;
	struct ktimers *ks;
	uint32_t slot = (uint32_t)cookie, bit;

	if (p == NULL)
		return;		/* a blank process: somebody's last one */
	/* A vfork child runs on its parent's host process. */
	lender = p->p_lender;
	if (lender != NULL)
		p = lender->td_proc;
	ks = atomic_load(&p->p_itimers);
	if (sig == 0 && slot == KT_MAX) {
		bit = TP_CPU;
	} else if (sig == 0) {
		if (ks == NULL || slot >= KT_MAX ||
		    ks->ks_gen[slot] != (uint32_t)(cookie >> 32))
			return;
		(void)atomic_add(&ks->ks_fired[slot],
		    1 + (overrun > 0 ? (uint32_t)overrun : 0));
		(void)atomic_or(&ks->ks_bits[slot / 64], 1ULL << slot % 64);
		bit = TP_POSIX;
	} else
		bit = sig == SIGALRM ? TP_ALRM : sig == SIGVTALRM ?
		    TP_VTALRM : TP_PROF;
	(void)atomic_or(&p->p_timerpend, bit);
	if (lender != NULL)
		thread_interrupt(lender);
	thread_interrupt(td);
}

static struct thread *
target(struct proc *p, int tid)
{
	struct thread *td;

	list_foreach(td, &p->p_threads, td_plist)
		if (td->td_tid == tid && thread_live(td))
			return (td);
	return (NULL);
}

/* p_siglock held. */
static void
fire(struct proc *p, struct ktimer *kt, unsigned slot, uint32_t n)
{
	struct ksiginfo si;
	struct thread *td = NULL;

	if (kt->kt_ev.ke_notify == KT_NONE || n == 0)
		return;
	if (kt->kt_period != 0)
		n = (uint32_t)kmin((uint64_t)n * KT_MINPERIOD /
		    kt->kt_period, (uint64_t)INT32_MAX);
	if (kt->kt_queued) {
		kt->kt_overrun += n;
		return;
	}
	if (kt->kt_ev.ke_notify == KT_THREAD_ID &&
	    (td = target(p, kt->kt_ev.ke_tid)) == NULL)
		return;
	memset(&si, 0, sizeof(si));
	si.si_signo = kt->kt_ev.ke_signo;
	si.si_code = SI_TIMER;
	si.u.timer.tid = (int32_t)slot;
	si.u.timer.value = kt->kt_ev.ke_value;
	kt->kt_overrun = n - 1;
	kt->kt_queued = sig_enqueue(p, td, &si, SQ_TIMER) > 0;
}

/* --- RLIMIT_CPU ------------------------------------------------------------------ */

/*
 * A host timer belongs to the process that makes it, so a limit that another
 * process set, or that a fork inherited, is armed at the next safe point.
 */
void
ktimer_cpulimit(struct proc *p)
{
	struct thread *td = proc_first(p);

	(void)atomic_or(&p->p_timerpend, TP_CPUSET);
	if (td != NULL && thread_live(td))
		thread_interrupt(td);
}

static void
cpu_arm(struct proc *p)
{
	uint64_t lim = proc_rlimit(p, RLIMIT_CPU_);
	struct ktimers *ks = timers(p, lim != KRLIM_INFINITY);
	struct host_itimerspec it = { 0 };

	if (ks == NULL)
		return;
	if (ks->ks_cpu == 0) {
		int id = host_timer_create(CLOCK_CPU, KT_MAX);

		if (id < 0)
			return;
		ks->ks_cpu = id + 1;
	}
	if (lim < INT64_MAX / NSEC_PER_SEC) {
		ns2ts(proc_cpubase(p), &it.it_value);
		it.it_value.tv_sec += (int64_t)kmax(lim, (uint64_t)1);
		it.it_interval.tv_sec = 1;
	}
	(void)host_timer_settime(ks->ks_cpu - 1, 1, &it, NULL);
}

static void
cpu_fired(struct proc *p)
{
	struct timespec64 ts;

	if (host_clock_gettime(CLOCK_CPU, &ts) != 0)
		return;
	ns2ts(ts2ns(&ts) - proc_cpubase(p), &ts);
	if ((uint64_t)ts.tv_sec >= p->p_rlim[RLIMIT_CPU_].rlim_max)
		sig_kill(p);
	else if ((uint64_t)ts.tv_sec >= p->p_rlim[RLIMIT_CPU_].rlim_cur)
		sig_kernel(p, SIGXCPU);
}

void
ktimer_ast(struct thread *td)
{
	struct proc *p = td->td_proc;
	uint32_t pend = atomic_swap(&p->p_timerpend, 0);
	struct ktimers *ks;

	if (pend & TP_ALRM)
		sig_kernel(p, SIGALRM);
	if (pend & TP_VTALRM)
		sig_kernel(p, SIGVTALRM);
	if (pend & TP_PROF)
		sig_kernel(p, SIGPROF);
	if ((pend & TP_CPUSET) && p->p_lender == NULL)
		cpu_arm(p);	/* else when it has a host process */
	if (pend & TP_CPU)
		cpu_fired(p);
	ks = timers(p, false);
	if (!(pend & TP_POSIX) || ks == NULL)
		return;
	mtx_lock(&p->p_siglock);
	for (unsigned w = 0; w < nitems(ks->ks_bits); w++) {
		uint64_t bits = atomic_swap(&ks->ks_bits[w], 0);

		for (; bits != 0; bits &= bits - 1) {
			unsigned s = w * 64 + (unsigned)__builtin_ctzl(bits);
			uint32_t n = atomic_swap(&ks->ks_fired[s], 0);

			if (ks->ks_slot[s] != NULL)
				fire(p, ks->ks_slot[s], s, n);
		}
	}
	mtx_unlock(&p->p_siglock);
}

/* Its signal leaves the queue: the count of what it stands for. */
void
ktimer_dequeued(struct proc *p, struct ksiginfo *si)
{
	struct ktimers *ks = timers(p, false);
	unsigned slot = (unsigned)si->u.timer.tid;
	struct ktimer *kt;

	if (ks == NULL || slot >= KT_MAX || (kt = ks->ks_slot[slot]) == NULL)
		return;
	kt->kt_queued = 0;
	kt->kt_last = kt->kt_overrun;
	kt->kt_overrun = 0;
	si->u.timer.overrun = (int32_t)kmin(kt->kt_last, (uint32_t)INT32_MAX);
}

/* --- the calls ------------------------------------------------------------------- */

long
kern_timer_create(struct thread *td, int clock,
    const struct ktimer_event *ev)
{
	struct proc *p = td->td_proc;
	struct ktimers *ks;
	struct ktimer *kt;
	unsigned slot;
	int id = vfork_leave(td);

	if (id != 0)
		return (id);
	ks = timers(p, true);
	kt = KNEW(struct ktimer);
	id = -EAGAIN;
	if (ks == NULL || kt == NULL) {
		kfree(kt);
		return (-ENOMEM);
	}
	kt->kt_ev = *ev;
	mtx_lock(&p->p_siglock);
	for (slot = 0; slot < KT_MAX && ks->ks_slot[slot] != NULL; slot++)
		;
	if (ev->ke_notify == KT_THREAD_ID && target(p, ev->ke_tid) == NULL)
		id = -EINVAL;
	else if (slot < KT_MAX) {
		ks->ks_gen[slot]++;
		(void)atomic_swap(&ks->ks_fired[slot], 0);
		id = host_timer_create(clock,
		    (uint64_t)ks->ks_gen[slot] << 32 | slot);
	}
	if (id >= 0) {
		kt->kt_hostid = id;
		kt->kt_clock = clock;
		if (ev->ke_default)
			kt->kt_ev.ke_value = slot;
		ks->ks_slot[slot] = kt;
	}
	mtx_unlock(&p->p_siglock);
	if (id < 0) {
		kfree(kt);
		return (id);
	}
	return (slot);
}

int
ktimer_next(struct proc *p, int before, struct ktimer_event *ev, int *clock)
{
	struct ktimers *ks;
	int id = before >= 0 ? before - 1 : KT_MAX - 1;

	mtx_lock(&p->p_siglock);
	ks = timers(p, false);
	while (ks != NULL && id >= 0 && ks->ks_slot[id] == NULL)
		id--;
	if (ks != NULL && id >= 0) {
		*ev = ks->ks_slot[id]->kt_ev;
		*clock = ks->ks_slot[id]->kt_clock;
	} else
		id = -1;
	mtx_unlock(&p->p_siglock);
	return (id);
}

/* p_siglock held. */
static struct ktimer *
lookup(struct proc *p, int id)
{
	struct ktimers *ks = timers(p, false);

	return (ks != NULL && id >= 0 && id < KT_MAX ? ks->ks_slot[id] :
	    NULL);
}

/* The period of a setting that is run slower, in ns; 0: run as it is. */
static uint32_t
short_period(nsec_t interval)
{
	return (interval > 0 && interval < KT_MINPERIOD ?
	    (uint32_t)interval : 0);
}

/* What the guest set, where the host counts in KT_MINPERIOD. */
static void
show_period(struct host_itimerspec *it, uint32_t period)
{
	if (period == 0 || ts2ns(&it->it_interval) == 0)
		return;
	ns2ts(period, &it->it_interval);
	if (ts2ns(&it->it_value) > (nsec_t)period)
		ns2ts(period, &it->it_value);
}

long
kern_timer_settime(struct thread *td, int id, int flags,
    const struct host_itimerspec *n, struct host_itimerspec *o)
{
	struct proc *p = td->td_proc;
	struct host_itimerspec it = *n;
	struct ktimer *kt;
	uint32_t period = 0;
	long error = -EINVAL;

	if (ts_valid(&n->it_interval))
		period = short_period(ts2ns(&n->it_interval));
	if (period != 0)
		ns2ts(KT_MINPERIOD, &it.it_interval);
	mtx_lock(&p->p_siglock);
	kt = lookup(p, id);
	if (kt != NULL) {
		error = host_timer_settime(kt->kt_hostid, flags, &it, o);
		if (error == 0) {
			if (o != NULL)
				show_period(o, kt->kt_period);
			kt->kt_period = period;
			kt->kt_last = 0;
		}
	}
	mtx_unlock(&p->p_siglock);
	return (error);
}

long
kern_timer_gettime(struct thread *td, int id, struct host_itimerspec *o)
{
	struct proc *p = td->td_proc;
	struct ktimer *kt;
	long error = -EINVAL;

	mtx_lock(&p->p_siglock);
	kt = lookup(p, id);
	if (kt != NULL)
		error = host_timer_gettime(kt->kt_hostid, o);
	if (error == 0)
		show_period(o, kt->kt_period);
	mtx_unlock(&p->p_siglock);
	return (error);
}

long
kern_timer_getoverrun(struct thread *td, int id)
{
	struct proc *p = td->td_proc;
	struct ktimer *kt;
	long r = -EINVAL;

	mtx_lock(&p->p_siglock);
	kt = lookup(p, id);
	if (kt != NULL)
		r = (long)kmin(kt->kt_last, (uint32_t)INT32_MAX);
	mtx_unlock(&p->p_siglock);
	return (r);
}

long
kern_timer_delete(struct thread *td, int id)
{
	struct proc *p = td->td_proc;
	struct ktimers *ks;
	struct ktimer *kt;

	mtx_lock(&p->p_siglock);
	kt = lookup(p, id);
	if (kt != NULL) {
		ks = timers(p, false);
		(void)host_timer_delete(kt->kt_hostid);
		ks->ks_slot[id] = NULL;
		ks->ks_gen[id]++;
	}
	mtx_unlock(&p->p_siglock);
	if (kt == NULL)
		return (-EINVAL);
	kfree(kt);
	return (0);
}

/* exec: POSIX timers go, interval timers stay. */
void
ktimer_exec(struct proc *p)
{
	struct ktimers *ks = timers(p, false);

	if (ks == NULL)
		return;
	mtx_lock(&p->p_siglock);
	for (unsigned i = 0; i < KT_MAX; i++) {
		struct ktimer *kt = ks->ks_slot[i];

		if (kt == NULL)
			continue;
		(void)host_timer_delete(kt->kt_hostid);
		ks->ks_slot[i] = NULL;
		ks->ks_gen[i]++;
		kfree(kt);
	}
	mtx_unlock(&p->p_siglock);
}

void
ktimer_exit(struct proc *p)
{
	struct ktimers *ks = timers(p, false);
	struct host_itimerval off = { 0 };

	if (ks == NULL)
		return;
	for (int which = 0; which < 3; which++)
		if (ks->ks_itused >> which & 1)
			(void)host_setitimer(which, &off, NULL);
	atomic_store(&ks->ks_itused, 0);
	if (ks->ks_cpu != 0)
		(void)host_timer_delete(ks->ks_cpu - 1);
	ks->ks_cpu = 0;
	ktimer_exec(p);
}

void
ktimer_free(struct proc *p)
{
	struct ktimers *ks = timers(p, false);

	if (ks == NULL)
		return;
	/* Of a process that the host killed: its timers died with it. */
	for (unsigned i = 0; i < KT_MAX; i++)
		kfree(ks->ks_slot[i]);
	kfree(ks);
}

/* The same for struct itimerval: seconds and microseconds. */
static void
show_itperiod(struct host_itimerval *it, uint32_t period)
{
	const int64_t us = period / NSEC_PER_USEC;

	if (period == 0 || (it->it_interval[0] | it->it_interval[1]) == 0)
		return;
	it->it_interval[1] = us;
	if (it->it_value[1] > us)
		it->it_value[1] = us;
}

long
kern_setitimer(struct thread *td, int which, const struct host_itimerval *n,
    struct host_itimerval *o)
{
	struct host_itimerval it = *n;
	struct ktimers *ks;
	uint32_t period = 0, old;
	int error = vfork_leave(td);

	if (error != 0)
		return (error);
	ks = timers(td->td_proc, true);
	if (ks == NULL)
		return (-ENOMEM);
	if (n->it_interval[0] == 0)
		period = short_period(n->it_interval[1] * NSEC_PER_USEC);
	if (period != 0)
		it.it_interval[1] = KT_MINPERIOD / NSEC_PER_USEC;
	(void)atomic_or(&ks->ks_itused, 1u << which);
	error = host_setitimer(which, &it, o);
	if (error != 0)
		return (error);
	old = atomic_swap(&ks->ks_itperiod[which], period);
	if (o != NULL)
		show_itperiod(o, old);
	return (0);
}

long
kern_getitimer(struct thread *td, int which, struct host_itimerval *o)
{
	struct ktimers *ks = timers(td->td_proc, false);
	int error;

	if (td->td_proc->p_lender != NULL) {	/* a new process has none */
		memset(o, 0, sizeof(*o));
		return (0);
	}
	error = host_getitimer(which, o);
	if (error == 0 && ks != NULL)
		show_itperiod(o, atomic_load(&ks->ks_itperiod[which]));
	return (error);
}
