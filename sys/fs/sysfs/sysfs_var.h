/* sysfs_var.h: what the files of sysfs share. */
#ifndef FS_SYSFS_SYSFS_VAR_H
#define FS_SYSFS_SYSFS_VAR_H

#include "fs/pseudofs/pseudofs.h"
#include "fs/sysfs/sysfs.h"

/* sysfs_cpu.c: /sys/devices/system */
extern const struct pfs_node sysfs_system[];

#endif
