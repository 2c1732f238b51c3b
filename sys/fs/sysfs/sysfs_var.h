/* sysfs_var.h: what the files of sysfs share. */
#ifndef FS_SYSFS_SYSFS_VAR_H
#define FS_SYSFS_SYSFS_VAR_H

#include "fs/pseudofs/pseudofs.h"
#include "fs/sysfs/sysfs.h"

/* sysfs_cpu.c: /sys/devices/system */
extern const struct pfs_node sysfs_system[];

/* sysfs_net.c: directories whose children are interfaces; pn_arg tells as
 * what. */
extern const struct pfs_node sysfs_ifdir, sysfs_iflink;
int	sysfs_iflookup(struct pfs_ctx *dir, const char *name, size_t len,
	    struct pfs_ctx *kid);
int	sysfs_ifnext(struct pfs_ctx *dir, int64_t *cursor,
	    struct pfs_ctx *kid, char name[32]);

/* sysfs_dev.c: /sys/devices/virtual/{mem,tty}, and links to their devices. */
extern const struct pfs_node sysfs_vmem[], sysfs_vtty[], sysfs_classmem[],
	sysfs_classtty[], sysfs_devchar[];

/* sysfs_mem.c: the blocks of /sys/devices/system/memory. */
extern const struct pfs_node sysfs_memory[];
int	sysfs_blocklookup(struct pfs_ctx *dir, const char *name, size_t len,
	    struct pfs_ctx *kid);
int	sysfs_blocknext(struct pfs_ctx *dir, int64_t *cursor,
	    struct pfs_ctx *kid, char name[32]);

#endif
