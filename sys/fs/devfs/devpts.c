/*
 * devpts.c: /dev/pts: one node per terminal, and ptmx (pts(4)).
 *
 * Terminals come and go in kern/tty.c; a vnode is made when its name is looked
 * up, and revalidation drops names whose terminal went.  Attributes live in
 * the terminal, so two vnodes of one terminal would agree; the table keeps
 * them one all the same, as the contract of vnodes asks.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/kmem.h"
#include "fs/devfs/devfs.h"
#include "kern/tty.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namecache.h"
#include "vfs/vnode.h"

#define	DEVPTS_MAGIC	0x1cd1
#define	INO_ROOT	1
#define	INO_PTMX	2
#define	INO_PTS		3	/* + index */

struct ptsmount {		/* mnt_data */
	struct mtx	pm_lock;	/* RANK_VNHASH */
	struct list	pm_vnodes;	/* v_hash; all but the root */
	struct timespec64 pm_time;
};

static const struct vnodeops devpts_dirops, devpts_devops;

static struct ptsmount *
ptsmount(struct vnode *vp)
{
	return (vp->v_mount->mnt_data);
}

/* The vnode of inode ino, made when it is missing. */
static int
devpts_vget(struct mount *mp, uint64_t ino, uint64_t rdev, struct vnode **vpp)
{
	struct ptsmount *pm = mp->mnt_data;
	struct vnode *vp, *nvp;

	nvp = vnode_alloc(mp, VCHR, &devpts_devops, NULL);
	if (nvp == NULL)
		return (-ENOMEM);
	mtx_init(&nvp->v_lock, RANK_VNODE_PSEUDO, "devpts");
	list_init(&nvp->v_hash);
	nvp->v_ino = ino;
	nvp->v_rdev = rdev;
	mtx_lock(&pm->pm_lock);
	list_foreach(vp, &pm->pm_vnodes, v_hash)
		if (vp->v_ino == ino && ref_acquire_live(&vp->v_ref)) {
			mtx_unlock(&pm->pm_lock);
			vrele(nvp);
			*vpp = vp;
			return (0);
		}
	list_add_tail(&pm->pm_vnodes, &nvp->v_hash);
	mtx_unlock(&pm->pm_lock);
	*vpp = nvp;
	return (0);
}

/* Index that a name stands for, or -1. */
static int
devpts_index(const char *name, size_t len)
{
	int i = 0;
	size_t n;

	if (len == 0 || len > 5 || (name[0] == '0' && len > 1))
		return (-1);
	for (n = 0; n < len; n++) {
		if (name[n] < '0' || name[n] > '9')
			return (-1);
		i = i * 10 + name[n] - '0';
	}
	return (i < TTY_MAXPTY ? i : -1);
}

static int
devpts_lookup(struct vnode *dvp, const char *name, size_t len,
    struct vnode **vpp)
{
	struct tty_attr a;
	int i;

	if (len == 4 && memcmp(name, "ptmx", 4) == 0)
		return (devpts_vget(dvp->v_mount, INO_PTMX,
		    kmakedev(TTY_MAJOR_AUX, 2), vpp));
	i = devpts_index(name, len);
	if (i < 0 || tty_getattr(i, &a) != 0)
		return (-ENOENT);
	return (devpts_vget(dvp->v_mount, INO_PTS + i,
	    kmakedev(TTY_MAJOR_PTS, i), vpp));
}

static int
devpts_revalidate(struct vnode *dvp, const char *name, size_t len,
    struct vnode *vp)
{
	struct tty_attr a;
	int i = devpts_index(name, len);

	if (i < 0)
		return (1);
	return ((tty_getattr(i, &a) == 0) == (vp != NULL));
}

static int
devpts_getattr(struct vnode *vp, struct kstat *st)
{
	struct ptsmount *pm = ptsmount(vp);
	struct tty_attr a;

	memset(st, 0, sizeof(*st));
	st->st_dev = vp->v_mount->mnt_dev;
	st->st_ino = vp->v_ino;
	st->st_nlink = 1;
	st->st_blksize = 1024;
	st->st_rdev = vp->v_rdev;
	st->st_atim = st->st_mtim = st->st_ctim = pm->pm_time;
	if (vp->v_ino == INO_ROOT) {
		st->st_mode = S_IFDIR | 0755;
		st->st_nlink = 2;
	} else if (vp->v_ino == INO_PTMX) {
		st->st_mode = S_IFCHR | 0666;
	} else {
		if (tty_getattr(vp->v_ino - INO_PTS, &a) != 0)
			memset(&a, 0, sizeof(a));	/* closed, still open */
		st->st_mode = S_IFCHR | a.ta_mode;
		st->st_uid = a.ta_uid;
		st->st_gid = a.ta_gid;
		st->st_atim = st->st_mtim = st->st_ctim = a.ta_time;
	}
	return (0);
}

static int
devpts_setattr(struct vnode *vp, const struct vattr *va)
{
	struct tty_attr a = { .ta_mode = va->va_mode, .ta_uid = va->va_uid,
	    .ta_gid = va->va_gid };

	if (vp->v_ino < INO_PTS) {
		/* Times may be touched; the rest is fixed. */
		return ((va->va_mask & (VA_MODE | VA_UID | VA_GID)) != 0 ?
		    -EPERM : 0);
	}
	return (tty_setattr(vp->v_ino - INO_PTS, &a, va->va_mask));
}

static int
devpts_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
    struct file *fp)
{
	char name[16];
	int i, n;

	if (*off == 0) {
		if (!ds->ds_emit(ds, ".", 1, INO_ROOT, DT_DIR, 1))
			return (0);
		*off = 1;
	}
	if (*off == 1) {
		if (!ds->ds_emit(ds, "..", 2, INO_ROOT, DT_DIR, 2))
			return (0);
		*off = 2;
	}
	if (*off == 2) {
		if (!ds->ds_emit(ds, "ptmx", 4, INO_PTMX, DT_CHR, 3))
			return (0);
		*off = 3;
	}
	/* Offset 3 + n: terminals from index n on are still to come. */
	for (i = tty_next(*off - 4); i >= 0; i = tty_next(i)) {
		n = ksnprintf(name, sizeof(name), "%d", i);
		if (!ds->ds_emit(ds, name, n, INO_PTS + i, DT_CHR, i + 4))
			return (0);
		*off = i + 4;
	}
	return (0);
}

static void
devpts_inactive(struct vnode *vp)
{
	struct ptsmount *pm = ptsmount(vp);

	mtx_lock(&pm->pm_lock);
	list_del(&vp->v_hash);
	mtx_unlock(&pm->pm_lock);
	vnode_free(vp);
}

static const struct vnodeops devpts_dirops = {
	.vop_lookup = devpts_lookup,
	.vop_revalidate = devpts_revalidate,
	.vop_getattr = devpts_getattr,
	.vop_setattr = devpts_setattr,
	.vop_readdir = devpts_readdir,
	.vop_inactive = devpts_inactive,
};
static const struct vnodeops devpts_devops = {
	.vop_getattr = devpts_getattr,
	.vop_setattr = devpts_setattr,
	.vop_inactive = devpts_inactive,
};

static int
devpts_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	struct ptsmount *pm = KNEW(struct ptsmount);
	struct vnode *vp;

	if (pm == NULL)
		return (-ENOMEM);
	mtx_init(&pm->pm_lock, RANK_VNHASH, "devpts");
	list_init(&pm->pm_vnodes);
	clock_realts(&pm->pm_time);
	mp->mnt_data = pm;
	vp = vnode_alloc(mp, VDIR, &devpts_dirops, NULL);
	if (vp == NULL) {
		kfree(pm);
		mp->mnt_data = NULL;
		return (-ENOMEM);
	}
	vp->v_ino = INO_ROOT;
	vp->v_flags |= VV_ROOT;
	mtx_init(&vp->v_lock, RANK_VNODE_PSEUDO, "devpts");
	list_init(&vp->v_hash);
	*rootp = vp;
	return (0);
}

static void
devpts_unmount(struct mount *mp)
{
	kfree(mp->mnt_data);
	mp->mnt_data = NULL;
}

static int
devpts_statfs(struct mount *mp, struct kstatfs *sf)
{
	memset(sf, 0, sizeof(*sf));
	sf->f_type = DEVPTS_MAGIC;
	sf->f_bsize = sf->f_frsize = KPAGE_SIZE;
	sf->f_namelen = KNAME_MAX;
	return (0);
}

const struct fstype devpts_fstype = {
	.fs_name = "devpts",
	.fs_magic = DEVPTS_MAGIC,
	.fs_flags = FS_NODEV | FS_USERMOUNT,
	.fs_mount = devpts_mount,
	.fs_unmount = devpts_unmount,
	.fs_statfs = devpts_statfs,
};
