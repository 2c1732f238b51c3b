/*
 * devfs.c: /dev.  A tmpfs that is born with the nodes that Linux programs
 * expect; everything else (mknod, links, unlink) is tmpfs's.  The nodes' drivers
 * are found by number (vfs/dev.h).
 */
#include "fs/devfs/devfs.h"

#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namecache.h"
#include "vfs/vnode.h"

struct devnode {
	const char	*dn_name;
	uint32_t	dn_mode;	/* with its type */
	uint32_t	dn_major, dn_minor;
	const char	*dn_target;	/* of a symbolic link */
};

static const struct devnode devnodes[] = {
	{ "null", S_IFCHR | 0666, 1, 3, NULL },
	{ "zero", S_IFCHR | 0666, 1, 5, NULL },
	{ "full", S_IFCHR | 0666, 1, 7, NULL },
	{ "random", S_IFCHR | 0666, 1, 8, NULL },
	{ "urandom", S_IFCHR | 0666, 1, 9, NULL },
	{ "tty", S_IFCHR | 0666, 5, 0, NULL },
	{ "console", S_IFCHR | 0620, 5, 1, NULL },
	{ "ptmx", S_IFLNK | 0777, 0, 0, "pts/ptmx" },
	{ "fd", S_IFLNK | 0777, 0, 0, "/proc/self/fd" },
	{ "stdin", S_IFLNK | 0777, 0, 0, "/proc/self/fd/0" },
	{ "stdout", S_IFLNK | 0777, 0, 0, "/proc/self/fd/1" },
	{ "stderr", S_IFLNK | 0777, 0, 0, "/proc/self/fd/2" },
	{ "pts", S_IFDIR | 0755, 0, 0, NULL },
	{ "shm", S_IFDIR | 01777, 0, 0, NULL },
	{ "mqueue", S_IFDIR | 01777, 0, 0, NULL },
};

static int
devfs_node(struct vnode *dvp, const struct devnode *dn)
{
	struct vnode *vp = NULL;
	size_t len = strlen(dn->dn_name);
	struct devlook dl = { false, dn->dn_mode & 07777, 0,
	    S_ISCHR(dn->dn_mode) && dn->dn_major == 5 ? 5 : 0 };
	int error;

	devfs_rules(dn->dn_name, &dl);
	if (dl.dl_hidden && !S_ISDIR(dn->dn_mode))
		return (0);

	mtx_lock(&dvp->v_lock);
	if (dn->dn_target != NULL)
		error = dvp->v_op->vop_symlink(dvp, dn->dn_name, len,
		    dn->dn_target, dl.dl_uid, dl.dl_gid, &vp);
	else
		error = dvp->v_op->vop_mknod(dvp, dn->dn_name, len,
		    (dn->dn_mode & S_IFMT) | dl.dl_mode,
		    kmakedev(dn->dn_major, dn->dn_minor), dl.dl_uid,
		    dl.dl_gid, &vp);
	mtx_unlock(&dvp->v_lock);
	if (error == 0)
		vrele(vp);
	return (error);
}

static int
devfs_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	const struct fstype *tmpfs = fstype_find("tmpfs");
	struct fsmount_args a = *args;
	unsigned i;
	int error;

	if (tmpfs == NULL)
		return (-ENODEV);
	if (a.options == NULL || a.options[0] == '\0')
		a.options = "mode=755,size=65536k";
	error = tmpfs->fs_mount(mp, &a, rootp);
	for (i = 0; error == 0 && i < nitems(devnodes); i++) {
		error = devfs_node(*rootp, &devnodes[i]);
		if (error != 0) {
			vrele(*rootp);
			*rootp = NULL;
			tmpfs->fs_unmount(mp);
		}
	}
	return (error);
}

static void
devfs_unmount(struct mount *mp)
{
	const struct fstype *tmpfs = fstype_find("tmpfs");

	if (tmpfs != NULL && tmpfs->fs_unmount != NULL)
		tmpfs->fs_unmount(mp);
}

static int
devfs_statfs(struct mount *mp, struct kstatfs *sf)
{
	const struct fstype *tmpfs = fstype_find("tmpfs");

	if (tmpfs == NULL || tmpfs->fs_statfs == NULL)
		return (-ENOSYS);
	return (tmpfs->fs_statfs(mp, sf));
}

const struct fstype devfs_fstype = {
	.fs_name = "devtmpfs",
	.fs_magic = 0x01021994,
	.fs_flags = FS_NODEV,
	.fs_mount = devfs_mount,
	.fs_unmount = devfs_unmount,
	.fs_statfs = devfs_statfs,
};
