/* pidfd.h: files that name a process (pidfd_open(2)). */
#ifndef KERN_PIDFD_H
#define KERN_PIDFD_H

struct file;
struct ksiginfo;
struct proc;
struct thread;

struct file *pidfd_alloc(struct proc *p, int oflags);
struct proc *pidfd_proc(struct file *fp);	/* NULL: not a pidfd */
/* Like kern_kill for exactly this process: -ESRCH once it was reaped. */
int	kern_killproc(struct thread *td, struct proc *p,
	    const struct ksiginfo *si);

#endif
