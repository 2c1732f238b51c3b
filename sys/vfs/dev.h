/*
 * dev.h: character and block devices by number (mknod(2), null(4)).
 *
 * Any file system may hold device nodes; opening one finds its driver here.
 * Drivers register at boot, before the first guest runs; the table never
 * changes after that and is read without a lock.
 */
#ifndef VFS_DEV_H
#define VFS_DEV_H

#include "libkern/types.h"

struct file;
struct vnode;

struct devsw {
	const char	*d_name;	/* as in /proc/devices */
	uint32_t	d_major;
	uint32_t	d_minor;	/* first of d_nminors */
	uint32_t	d_nminors;
	/* Installs f_ops, f_data, f_type.  On error fp is unchanged. */
	int		(*d_open)(struct file *fp, uint64_t rdev, int flags);
};

int	dev_register(const struct devsw *d);		/* boot only */
const struct devsw *dev_nth(unsigned i);		/* NULL: no more */
/* Open of a VCHR or VBLK vnode, after the permission checks, instead of
 * vop_open; fp->f_vnode == vp.  -ENXIO: no driver. */
int	dev_open(struct vnode *vp, int flags, struct file *fp);

#endif
