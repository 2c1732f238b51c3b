/* proc.c: host processes, clocks, timers, event sources. */
#include "host/area.h"
#include "host/host.h"
#include "host/linux/hostcall.h"

#include <asm/errno.h>
#include <linux/prctl.h>

#include "host/sigctx.h"

int
host_getpid(void)
{
	return ((int)HC(getpid));
}

int
host_gettid(void)
{
	return ((int)HC(gettid));
}

int
host_tgkill(int pid, int tid, int sig)
{
	return ((int)HC(tgkill, pid, tid, sig));
}

int
host_clock_getres(int clock, struct timespec64 *ts)
{
	return ((int)HC(clock_getres, clock, ts));
}

int
host_eventfd(unsigned init, int flags)
{
	return ((int)HC(eventfd2, init, flags | 02000000));
}

int
host_timerfd_create(int clock, int flags)
{
	return ((int)HC(timerfd_create, clock, flags | 02000000 | 04000));
}

int
host_timerfd_settime(int fd, int flags, const struct host_itimerspec *n,
    struct host_itimerspec *o)
{
	return ((int)HC(timerfd_settime, fd, flags, n, o));
}

int
host_timerfd_gettime(int fd, struct host_itimerspec *o)
{
	return ((int)HC(timerfd_gettime, fd, o));
}

int
host_epoll_create(void)
{
	return ((int)HC(epoll_create1, 02000000));
}

int
host_epoll_ctl(int epfd, int op, int fd, struct host_epoll_event *ev)
{
	return ((int)HC(epoll_ctl, epfd, op, fd, ev));
}

int
host_epoll_poll(int epfd, struct host_epoll_event *ev, int n)
{
	return ((int)HC(epoll_wait, epfd, ev, n, 0));
}

int
host_timer_settime(int id, int flags, const struct host_itimerspec *n,
    struct host_itimerspec *o)
{
	return ((int)HC(timer_settime, id, flags, n, o));
}

int
host_timer_gettime(int id, struct host_itimerspec *o)
{
	return ((int)HC(timer_gettime, id, o));
}

int
host_timer_getoverrun(int id)
{
	return ((int)HC(timer_getoverrun, id));
}

int
host_timer_delete(int id)
{
	return ((int)HC(timer_delete, id));
}

int
host_sched_yield(void)
{
	return ((int)HC(sched_yield));
}

int
host_sched_getaffinity(int tid, size_t n, void *mask)
{
	return ((int)HC(sched_getaffinity, tid, n, mask));
}

int
host_sched_setaffinity(int tid, size_t n, const void *mask)
{
	return ((int)HC(sched_setaffinity, tid, n, mask));
}

int
host_membarrier(int cmd, unsigned flags, int cpu)
{
	return ((int)HC(membarrier, cmd, flags, cpu));
}

int
host_getcpu(unsigned *cpu, unsigned *node)
{
	return ((int)HC(getcpu, cpu, node, 0));
}

int
host_sysinfo(struct host_sysinfo *si)
{
	return ((int)HC(sysinfo, si));
}

long
host_getrandom(void *buf, size_t n, unsigned flags)
{
	return (HC(getrandom, buf, n, flags));
}

int
host_kick(int pid, int tid)
{
	return ((int)HC(tgkill, pid, tid, HOST_SIGKICK));
}

void
host_exit_thread(void)
{
	HC(exit, 0);
	__builtin_trap();
}

void
host_exit_group(int status)
{
	HC(exit_group, status);
	__builtin_trap();
}

void
host_set_tid_address(uint32_t *word)
{
	HC(set_tid_address, word);
}

int
host_setname(const char *name)
{
	return ((int)HC(prctl, PR_SET_NAME, name));
}

long
host_vm_read(int hostpid, uaddr_t addr, void *buf, size_t n)
{
	struct host_iovec l = { (uaddr_t)buf, n }, r = { addr, n };

	return (HC(process_vm_readv, hostpid, &l, 1, &r, 1, 0));
}

long
host_vm_write(int hostpid, uaddr_t addr, const void *buf, size_t n)
{
	struct host_iovec l = { (uaddr_t)buf, n }, r = { addr, n };

	return (HC(process_vm_writev, hostpid, &l, 1, &r, 1, 0));
}

/* The clocks that the vDSO reads without a call (vdso(7)). */
#define	VDSO_CLOCKS	(1u << 0 | 1u << 1 | 1u << 4 | 1u << 5 | 1u << 6 | \
			    1u << 7 | 1u << 11)

int
host_clock_gettime(int clock, struct timespec64 *ts)
{
#ifndef GUISE_HOSTED
	int (*fn)(int, void *) = curtarea()->ta_clock;

	if (fn != NULL && clock >= 0 && clock < 32 &&
	    (VDSO_CLOCKS >> clock & 1))
		return (fn(clock, ts));
#endif
	return ((int)HC(clock_gettime, clock, ts));
}

nsec_t
host_mono_ns(void)
{
	struct timespec64 ts;

	(void)host_clock_gettime(1, &ts);
	return (ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
}

nsec_t
host_real_ns(void)
{
	struct timespec64 ts;

	(void)host_clock_gettime(0, &ts);
	return (ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
}

int
host_timer_create(int clock, uint64_t cookie)
{
	struct {		/* struct sigevent */
		uint64_t value;
		int32_t	 signo;
		int32_t	 notify;
		int32_t	 rest[12];
	} ev = { .value = cookie, .signo = HOST_SIGTIMER, .notify = 0 };
	int id;
	long r;

	r = HC(timer_create, clock, &ev, &id);
	return (r < 0 ? (int)r : id);
}

int
host_getrusage(int who, struct host_rusage *ru)
{
	long r, raw[18];	/* struct rusage */

	r = HC(getrusage, who, raw);
	if (r < 0)
		return ((int)r);
	*ru = (struct host_rusage){
		.ru_utime = raw[0] * NSEC_PER_SEC + raw[1] * NSEC_PER_USEC,
		.ru_stime = raw[2] * NSEC_PER_SEC + raw[3] * NSEC_PER_USEC,
		.ru_maxrss = raw[4],
		.ru_minflt = raw[8],
		.ru_majflt = raw[9],
		.ru_inblock = raw[11],
		.ru_oublock = raw[12],
		.ru_nvcsw = raw[16],
		.ru_nivcsw = raw[17],
	};
	return (0);
}

int
host_getrlimit(int res, uint64_t *cur, uint64_t *max)
{
	uint64_t l[2];
	long r = HC(prlimit64, 0, res, 0, l);

	if (r == 0) {
		*cur = l[0];
		*max = l[1];
	}
	return ((int)r);
}

int
host_setrlimit(int res, uint64_t cur, uint64_t max)
{
	uint64_t l[2] = { cur, max };

	return ((int)HC(prlimit64, 0, res, l, 0));
}

void
host_write_err(const char *s, size_t n)
{
	HC(write, 2, s, n);
}

int
host_setitimer(int which, const struct host_itimerval *n,
    struct host_itimerval *o)
{
	return ((int)HC(setitimer, which, n, o));
}

int
host_getitimer(int which, struct host_itimerval *o)
{
	return ((int)HC(getitimer, which, o));
}

int
host_setnice(int tid, int nice)
{
	return ((int)HC(setpriority, 0, tid, nice));
}

int
host_adjtimex(int clock, void *timex)
{
	return ((int)HC(clock_adjtime, clock, timex));
}
