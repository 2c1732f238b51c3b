/*
 * ktimer.h: timers of a process: timer_create(2), setitimer(2).
 */
#ifndef KERN_KTIMER_H
#define KERN_KTIMER_H

#include "host/host.h"
#include "libkern/types.h"

struct proc;
struct thread;

#define	KT_SIGNAL	0	/* SIGEV_* */
#define	KT_NONE		1
#define	KT_THREAD_ID	4

struct ktimer_event {
	int32_t		ke_notify;
	int32_t		ke_signo;
	int32_t		ke_tid;		/* KT_THREAD_ID */
	bool		ke_default;	/* value is the timer's id */
	uint64_t	ke_value;
};

/* clock: the host's. Id >= 0, -EAGAIN, -EINVAL, -ENOMEM. */
long	kern_timer_create(struct thread *td, int clock,
	    const struct ktimer_event *ev);
long	kern_timer_settime(struct thread *td, int id, int flags,
	    const struct host_itimerspec *n, struct host_itimerspec *o);
long	kern_timer_gettime(struct thread *td, int id,
	    struct host_itimerspec *o);
long	kern_timer_getoverrun(struct thread *td, int id);
/* The timer with the next id below `before` (-1: from the top): its id, or
 * -1. */
int	ktimer_next(struct proc *p, int before, struct ktimer_event *ev,
	    int *clock);
long	kern_timer_delete(struct thread *td, int id);

/* RLIMIT_CPU of p changed, or p is new. p_lock held. */
void	ktimer_cpulimit(struct proc *p);

/* which: ITIMER_REAL 0, VIRTUAL 1, PROF 2. */
long	kern_setitimer(struct thread *td, int which,
	    const struct host_itimerval *n, struct host_itimerval *o);
long	kern_getitimer(struct thread *td, int which,
	    struct host_itimerval *o);

#endif
