/* procfs.h: /proc as Linux shows it (proc(5)). */
#ifndef FS_PROCFS_PROCFS_H
#define FS_PROCFS_PROCFS_H

struct file;
struct fstype;
struct proc;

extern const struct fstype procfs_fstype;	/* "proc" */

/* The process of an open /proc/PID directory, referenced; else NULL.  Such a
 * descriptor serves as a pidfd (pidfd_send_signal(2)). */
struct proc *procfs_procof(struct file *fp);

#endif
