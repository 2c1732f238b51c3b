/* sysfs.h: /sys and the cgroup2 root below it (sysfs(5), cgroups(7)). */
#ifndef FS_SYSFS_SYSFS_H
#define FS_SYSFS_SYSFS_H

struct fstype;

extern const struct fstype sysfs_fstype;	/* "sysfs" */
extern const struct fstype cgroup2_fstype;	/* "cgroup2" */

#endif
