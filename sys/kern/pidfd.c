/*
 * pidfd.c: files that name a process (pidfd_open(2)).
 *
 * f_data is a referenced struct proc; it stays after the process is reaped, so
 * a pidfd never names another process that got the same id.
 */
#include "kern/kern_int.h"
#include "kern/pidfd.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

static int
pidfd_rw(struct file *fp, struct uio *uio)
{
	return (-EINVAL);
}

static int
pidfd_poll(struct file *fp, int events, struct poller *po)
{
	struct proc *p = fp->f_data;

	/* Register first: the exit wakes after it changed p_state. */
	poll_queue(po, &p->p_exitwq, events);
	if (atomic_load(&p->p_state) >= P_ZOMBIE)
		return (events & (POLLIN | POLLRDNORM));
	return (0);
}

static int
pidfd_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0700));
}

static void
pidfd_close(struct file *fp)
{
	proc_drop(fp->f_data);
}

static int
pidfd_info(struct file *fp, char *buf, size_t n)
{
	struct proc *p = fp->f_data;
	int pid = p->p_state == P_DEAD ? -1 : p->p_pid;

	return (ksnprintf(buf, n, "Pid:\t%d\nNSpid:\t%d\n", pid, pid));
}

static const struct fileops pidfd_ops = {
	.fo_read = pidfd_rw,
	.fo_write = pidfd_rw,
	.fo_seek = file_noseek,
	.fo_poll = pidfd_poll,
	.fo_stat = pidfd_stat,
	.fo_close = pidfd_close,
	.fo_fdinfo = pidfd_info,
};

struct file *
pidfd_alloc(struct proc *p, int oflags)
{
	struct file *fp = file_alloc(FT_PIDFD, &pidfd_ops, oflags);

	if (fp == NULL)
		return (NULL);
	proc_hold(p);
	fp->f_data = p;
	(void)kstrlcpy(fp->f_desc, "anon_inode:[pidfd]", sizeof(fp->f_desc));
	return (fp);
}

struct proc *
pidfd_proc(struct file *fp)
{
	return (fp->f_type == FT_PIDFD ? fp->f_data : NULL);
}
