/*
 * devfs.h: /dev (a tmpfs filled with Linux's usual nodes) and devpts.
 *
 * Boot order: dev_init() registers the drivers of mem devices; tty_init();
 * then mount devfs_fstype on /dev and devpts_fstype on /dev/pts.
 */
#ifndef FS_DEVFS_DEVFS_H
#define FS_DEVFS_DEVFS_H

struct fstype;

int	dev_init(void);
extern const struct fstype devfs_fstype;	/* "devtmpfs" */
extern const struct fstype devpts_fstype;	/* "devpts" */

#endif
