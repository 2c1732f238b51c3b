/*
 * devfs.h: /dev (a tmpfs filled with Linux's usual nodes) and devpts.
 *
 * Boot order: dev_init() registers the drivers of mem devices; tty_init();
 * then mount devfs_fstype on /dev and devpts_fstype on /dev/pts.
 */
#ifndef FS_DEVFS_DEVFS_H
#define FS_DEVFS_DEVFS_H

#include "libkern/types.h"

struct fstype;

struct jail_config;

int	dev_init(void);
/* Before dev_init: the host's devices that the configuration names. */
int	hostdev_init(const struct jail_config *jc);

/* rules.c: how a node of /dev looks after the rules. */
struct devlook {
	bool	 dl_hidden;
	uint32_t dl_mode, dl_uid, dl_gid;
};
void	devfs_rules(const char *name, struct devlook *dl);
bool	devfs_match(const char *pat, const char *s);

extern const struct fstype devfs_fstype;	/* "devtmpfs" */
extern const struct fstype devpts_fstype;	/* "devpts" */

#endif
