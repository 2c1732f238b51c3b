/*
 * dev.c: the table of device drivers; see dev.h.
 */
#include "vfs/dev.h"

#include "base/arena.h"
#include "base/kmem.h"
#include "libkern/errno.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

#define	DEV_MAX		32

struct dev_root {
	unsigned	dr_n;
	const struct devsw *dr_tab[DEV_MAX];
};
#define	devroot()	((struct dev_root *)kroot()->r_sub[KROOT_DEVFS])

int
dev_register(const struct devsw *d)
{
	struct dev_root *dr = devroot();

	if (dr == NULL) {
		dr = KNEW(struct dev_root);
		if (dr == NULL)
			return (-ENOMEM);
		kroot()->r_sub[KROOT_DEVFS] = dr;
	}
	if (dr->dr_n == DEV_MAX)
		return (-ENOSPC);
	dr->dr_tab[dr->dr_n++] = d;
	return (0);
}

const struct devsw *
dev_nth(unsigned i)
{
	struct dev_root *dr = devroot();

	return (dr != NULL && i < dr->dr_n ? dr->dr_tab[i] : NULL);
}

int
dev_open(struct vnode *vp, int flags, struct file *fp)
{
	uint32_t maj = kmajor(vp->v_rdev), min = kminor(vp->v_rdev);
	const struct devsw *d;
	unsigned i;

	if (vp->v_type != VCHR)
		return (-ENXIO);
	for (i = 0; (d = dev_nth(i)) != NULL; i++)
		if (d->d_major == maj && min - d->d_minor < d->d_nminors)
			return (d->d_open(fp, vp->v_rdev, flags));
	return (-ENXIO);
}
