/* procfs.h: /proc as Linux shows it (proc(5)). */
#ifndef FS_PROCFS_PROCFS_H
#define FS_PROCFS_PROCFS_H

struct fstype;

extern const struct fstype procfs_fstype;	/* "proc" */

#endif
