/* linux_time.c: clocks, sleeping and timers at the edge (time(7)). */
#include "abi/linux/linux_kern.h"
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "host/host.h"
#include "kern/ktimer.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	CLOCK_MAX	11
#define	TIMER_ABSTIME_	1

/*
 * Fixed clocks have the host's numbers.  A negative id names the CPU clock of
 * a process or thread (clock_getcpuclockid(3)): ~pid << 3 | per-thread << 2 |
 * kind; kind 3 would be a descriptor.
 */
int
linux_clock(struct thread *td, int clock, int *host)
{
	struct thread *t;
	int id, error = 0;

	if (clock >= 0) {
		if (clock > CLOCK_MAX || clock == 10)
			return (-EINVAL);
		*host = clock;
		return (0);
	}
	if ((clock & 3) == 3)
		return (-EINVAL);
	id = ~(clock >> 3);
	t = linux_thread(td, id);
	if (t == NULL)
		return (-EINVAL);
	if (clock & 4) {
		if (t->td_proc != td->td_proc)
			error = -EINVAL;
		id = t->td_hosttid;
	} else {
		if (t->td_tid != t->td_proc->p_pid)
			error = -EINVAL;
		id = t->td_proc->p_hostpid;
	}
	if (id <= 0)
		error = -EINVAL;
	thread_drop(t);
	*host = (int)((unsigned)~id << 3) | (clock & 7);
	return (error);
}

static int
get_ts(uaddr_t u, struct timespec64 *ts)
{
	if (copyin(u, ts, sizeof(*ts)) != 0)
		return (-EFAULT);
	return (ts_valid(ts) ? 0 : -EINVAL);
}

#define	CLOCK_CPU	2	/* CLOCK_PROCESS_CPUTIME_ID */

long
sys_clock_gettime(struct thread *td, int clock, uaddr_t u)
{
	struct timespec64 ts;
	int host, error = linux_clock(td, clock, &host);

	if (error == 0)
		error = host_clock_gettime(host, &ts);
	if (error == 0 && clock == CLOCK_CPU)
		ns2ts(kmax(ts2ns(&ts) - proc_cpubase(td->td_proc),
		    (nsec_t)0), &ts);
	return (error != 0 ? error : copyout(&ts, u, sizeof(ts)));
}

long
sys_clock_getres(struct thread *td, int clock, uaddr_t u)
{
	struct timespec64 ts;
	int host, error = linux_clock(td, clock, &host);

	if (error == 0)
		error = host_clock_getres(host, &ts);
	return (error != 0 || u == 0 ? error : copyout(&ts, u, sizeof(ts)));
}

long
sys_clock_settime(struct thread *td, int clock, uaddr_t u)
{
	struct timespec64 ts;
	int error;

	if (clock != CLOCK_REALTIME_)
		return (-EINVAL);
	error = get_ts(u, &ts);
	return (error != 0 ? error : -EPERM);
}

long
sys_gettimeofday(struct thread *td, uaddr_t tv, uaddr_t tz)
{
	nsec_t now = clock_real();
	struct l_timeval t = { now / NSEC_PER_SEC,
	    now % NSEC_PER_SEC / NSEC_PER_USEC };

	if (tv != 0 && copyout(&t, tv, sizeof(t)) != 0)
		return (-EFAULT);
	return (tz != 0 ? store64(tz, 0) : 0);
}

long
sys_settimeofday(struct thread *td, uaddr_t tv, uaddr_t tz)
{
	struct l_timeval t;

	if (tv != 0) {
		if (copyin(tv, &t, sizeof(t)) != 0)
			return (-EFAULT);
		if (t.tv_usec < 0 || t.tv_usec > 1000000)
			return (-EINVAL);
	}
	return (-EPERM);
}

long
sys_time(struct thread *td, uaddr_t u)
{
	int64_t now = clock_real() / NSEC_PER_SEC;

	if (u != 0 && store64(u, (uint64_t)now) != 0)
		return (-EFAULT);
	return (now);
}

#define	TIMEX_SIZE	208

long
sys_clock_adjtime(struct thread *td, int clock, uaddr_t u)
{
	uint8_t tx[TIMEX_SIZE];
	uint32_t modes;
	int r;

	if (clock != CLOCK_REALTIME_)
		return (-EINVAL);
	if (copyin(u, tx, sizeof(tx)) != 0)
		return (-EFAULT);
	memcpy(&modes, tx, sizeof(modes));
	if (modes != 0)
		return (-EPERM);
	r = host_adjtimex(clock, tx);
	if (r >= 0 && copyout(tx, u, sizeof(tx)) != 0)
		return (-EFAULT);
	return (r);
}

long
sys_adjtimex(struct thread *td, uaddr_t u)
{
	return (sys_clock_adjtime(td, CLOCK_REALTIME_, u));
}

/* --- sleeping --------------------------------------------------------------------- */

static long	sleep_restart(struct thread *td);

/* Until a CLOCK_MONOTONIC deadline; rem 0: do not tell the rest. */
static long
sleep_mono(struct thread *td, nsec_t deadline, uaddr_t rem)
{
	struct timespec64 ts;
	nsec_t left;

	for (;;) {
		if (sleep_until(deadline) == 0)
			return (0);
		if (thread_interrupted())
			break;
	}
	if (rem != 0) {
		left = deadline - clock_mono();
		ns2ts(left > 0 ? left : 0, &ts);
		if (copyout(&ts, rem, sizeof(ts)) != 0)
			return (-EFAULT);
	}
	td->td_restart = sleep_restart;
	td->td_restart_args[0] = (uint64_t)deadline;
	td->td_restart_args[1] = rem;
	return (-ERESTART_RESTARTBLOCK);
}

static long
sleep_restart(struct thread *td)
{
	return (sleep_mono(td, (nsec_t)td->td_restart_args[0],
	    td->td_restart_args[1]));
}

long
sys_nanosleep(struct thread *td, uaddr_t req, uaddr_t rem)
{
	struct timespec64 ts;
	int error = get_ts(req, &ts);

	if (error != 0)
		return (error);
	return (sleep_mono(td, clock_deadline(ts2ns(&ts)), rem));
}

/* Clocks that the kernel does not count itself: absolute, by the host. */
static long	hostsleep_restart(struct thread *td);

static long
sleep_host(struct thread *td, int clock, const struct timespec64 *abs)
{
	long r = host_nanosleep_intr(clock, TIMER_ABSTIME_, abs);

	if (r != -EINTR)
		return (r);
	td->td_restart = hostsleep_restart;
	td->td_restart_args[0] = (uint64_t)(unsigned)clock;
	td->td_restart_args[1] = (uint64_t)abs->tv_sec;
	td->td_restart_args[2] = (uint64_t)abs->tv_nsec;
	return (-ERESTART_RESTARTBLOCK);
}

static long
hostsleep_restart(struct thread *td)
{
	const uint64_t *a = td->td_restart_args;
	struct timespec64 ts = { (int64_t)a[1], (int64_t)a[2] };

	return (sleep_host(td, (int)a[0], &ts));
}

long
sys_clock_nanosleep(struct thread *td, int clock, int flags, uaddr_t req,
    uaddr_t rem)
{
	struct timespec64 ts, now;
	bool absolute = (flags & TIMER_ABSTIME_) != 0;
	int host, error = linux_clock(td, clock, &host);
	long r;

	if (error != 0 || clock == CLOCK_THREAD_CPUTIME_)
		return (-EINVAL);
	error = get_ts(req, &ts);
	if (error != 0)
		return (error);
	/* Steps of the real-time clock do not matter to a span. */
	if (!absolute && (clock == CLOCK_REALTIME_ ||
	    clock == CLOCK_MONOTONIC_ || clock == 7 || clock == 11))
		return (sleep_mono(td, clock_deadline(ts2ns(&ts)), rem));
	if (absolute && clock == CLOCK_MONOTONIC_) {
		r = sleep_mono(td, kmax(ts2ns(&ts), (nsec_t)1), 0);
		return (r == -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND : r);
	}
	if (!absolute) {
		error = host_clock_gettime(host, &now);
		if (error != 0)
			return (error);
		ns2ts(ts2ns(&ts) + ts2ns(&now), &ts);
		return (sleep_host(td, host, &ts));
	}
	r = sleep_host(td, host, &ts);
	return (r == -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND : r);
}

/* --- interval timers ---------------------------------------------------------------- */

static bool
itv_valid(const struct host_itimerval *v)
{
	return (v->it_value[0] >= 0 && v->it_value[1] >= 0 &&
	    v->it_value[1] < 1000000 && v->it_interval[0] >= 0 &&
	    v->it_interval[1] >= 0 && v->it_interval[1] < 1000000);
}

long
sys_setitimer(struct thread *td, int which, uaddr_t unew, uaddr_t uold)
{
	struct host_itimerval new = { 0 }, old;
	long error;

	if (unew != 0 && copyin(unew, &new, sizeof(new)) != 0)
		return (-EFAULT);
	if (which < 0 || which > 2 || !itv_valid(&new))
		return (-EINVAL);
	error = kern_setitimer(td, which, &new, &old);
	if (error == 0 && uold != 0)
		error = copyout(&old, uold, sizeof(old));
	return (error);
}

long
sys_getitimer(struct thread *td, int which, uaddr_t u)
{
	struct host_itimerval cur;
	long error;

	if (which < 0 || which > 2)
		return (-EINVAL);
	error = kern_getitimer(td, which, &cur);
	return (error != 0 ? error : copyout(&cur, u, sizeof(cur)));
}

long
sys_alarm(struct thread *td, unsigned seconds)
{
	struct host_itimerval new = { .it_value = { seconds, 0 } }, old;
	long error = kern_setitimer(td, 0, &new, &old);

	if (error != 0)
		return (error);
	/* Rounded, but never to 0 while it runs. */
	if ((old.it_value[0] == 0 && old.it_value[1] != 0) ||
	    old.it_value[1] >= 500000)
		old.it_value[0]++;
	return (old.it_value[0]);
}

/* --- POSIX timers -------------------------------------------------------------------- */

struct l_sigevent {
	uint64_t value;
	int32_t	 signo, notify;
	int32_t	 tid;
	int32_t	 pad[11];
};

long
sys_timer_create(struct thread *td, int clock, uaddr_t usev, uaddr_t uid)
{
	struct ktimer_event ev = { .ke_signo = SIGALRM, .ke_default = true };
	struct l_sigevent se;
	int host, error = linux_clock(td, clock, &host);
	long id;

	if (error != 0)
		return (error);
	if (usev != 0) {
		if (copyin(usev, &se, sizeof(se)) != 0)
			return (-EFAULT);
		ev = (struct ktimer_event){ .ke_notify = se.notify,
		    .ke_signo = se.signo, .ke_tid = se.tid,
		    .ke_value = se.value };
		if (se.notify != KT_SIGNAL && se.notify != KT_NONE &&
		    se.notify != KT_THREAD_ID && se.notify != 2)
			return (-EINVAL);
		if (se.notify != KT_NONE &&
		    (se.signo < 1 || se.signo > KNSIG))
			return (-EINVAL);
		if (se.notify == 2)	/* SIGEV_THREAD is the library's */
			ev.ke_notify = KT_SIGNAL;
	}
	id = kern_timer_create(td, host, &ev);
	if (id >= 0 && store32(uid, (uint32_t)id) != 0) {
		(void)kern_timer_delete(td, (int)id);
		return (-EFAULT);
	}
	return (id < 0 ? id : 0);
}

long
sys_timer_settime(struct thread *td, int id, int flags, uaddr_t unew,
    uaddr_t uold)
{
	struct host_itimerspec new, old;
	long error;

	if (unew == 0)
		return (-EINVAL);
	if (copyin(unew, &new, sizeof(new)) != 0)
		return (-EFAULT);
	if (!ts_valid(&new.it_value) || !ts_valid(&new.it_interval))
		return (-EINVAL);
	error = kern_timer_settime(td, id, flags, &new, &old);
	if (error == 0 && uold != 0)
		error = copyout(&old, uold, sizeof(old));
	return (error);
}

long
sys_timer_gettime(struct thread *td, int id, uaddr_t u)
{
	struct host_itimerspec cur;
	long error = kern_timer_gettime(td, id, &cur);

	return (error != 0 ? error : copyout(&cur, u, sizeof(cur)));
}

long
sys_timer_getoverrun(struct thread *td, int id)
{
	return (kern_timer_getoverrun(td, id));
}

long
sys_timer_delete(struct thread *td, int id)
{
	return (kern_timer_delete(td, id));
}
