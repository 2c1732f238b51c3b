/* linux_kern.h: what the edge files of processes and time share. */
#ifndef ABI_LINUX_LINUX_KERN_H
#define ABI_LINUX_LINUX_KERN_H

#include "libkern/types.h"

struct host_rusage;
struct proc;
struct thread;

struct l_timeval {
	int64_t	tv_sec;
	int64_t	tv_usec;
};
/* struct rusage to u, unless it is 0. */
int	linux_rusage_out(const struct host_rusage *ru, uaddr_t u);
/* A guest's thread id (0 = td) to a referenced thread, or NULL. */
struct thread *linux_thread(struct thread *td, int tid);
/* The host's clock for a guest's clock id; -EINVAL. */
int	linux_clock(struct thread *td, int clock, int *host);

struct krlimit;
/* prlimit(2) on p without its permission check; new and old may be NULL. */
long	linux_rlimit(struct thread *td, struct proc *p, int res,
	    const struct krlimit *new, struct krlimit *old);

#endif
