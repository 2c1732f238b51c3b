/*
 * init_world.c: what the first program finds: root, /proc, /sys, /dev,
 * volumes, terminal, standard descriptors.  Runs as root of the jail.
 *
 * A mount point that is missing and cannot be made (read-only root) is left
 * out silently for our own file systems: a root without /proc has none then.
 * For a volume it is an error.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "fs/devfs/devfs.h"
#include "fs/hostfs/hostfs.h"
#include "fs/procfs/procfs.h"
#include "fs/sysfs/sysfs.h"
#include "fs/tmpfs/tmpfs.h"
#include "fs/unionfs/unionfs.h"
#include "host/host.h"
#include "init/init.h"
#include "kern/proc.h"
#include "kern/tty.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"

/* --- the root -------------------------------------------------------------- */

static struct hostfs_args
host_args(const struct jail_config *jc, int fd, bool rdonly, const char *src)
{
	return ((struct hostfs_args){
		.rootfd = fd,
		.rdonly = rdonly,
		.ours = false,
		.mapself = jc->jc_mapself != 0,
		.hostroot = jc->jc_try != 0,
		.hostuid = jc->jc_hostuid,
		.hostgid = jc->jc_hostgid,
		.source = src,
	});
}

/* A union of a layer in memory, or in the host directory upperfd, over the
 * host directory that lower_ma names; on NULL: as the root. */
static int
mount_union(const struct jail_config *jc, const struct fsmount_args *lower_ma,
    uint32_t flags, int upperfd, const struct nchandle *on,
    struct mount **mpp)
{
	struct hostfs_args ha = {
		.rootfd = upperfd,
		.ours = true,
		.mapself = jc->jc_mapself != 0,
		.hostuid = jc->jc_hostuid,
		.hostgid = jc->jc_hostgid,
		.source = "upper",
	};
	struct fsmount_args ma = {
		.source = "upper",
		.data = upperfd >= 0 ? &ha : NULL,
	};
	struct mount *upper, *lower;
	struct unionfs_args ua = { .ua_lower = &lower, .ua_nlower = 1 };
	int error;

	if ((error = vfs_mkmount(&hostfs_fstype, lower_ma, &lower)) != 0 ||
	    (error = vfs_mkmount(upperfd >= 0 ? &hostfs_fstype :
	    &tmpfs_fstype, &ma, &upper)) != 0)
		return (error);
	ua.ua_upper = upper;
	ma = (struct fsmount_args){
		.source = "overlay",
		.flags = flags,
		.data = &ua,
	};
	return (vfs_mount(&unionfs_fstype, &ma, on, mpp));
}

static void
mount_root(const struct jail_config *jc)
{
	bool eph = jc->jc_rootkind == JAIL_ROOT_EPHEMERAL;
	uint32_t rdonly = jc->jc_rdonly ? MNT_RDONLY : 0;
	struct hostfs_args ha = host_args(jc, jc->jc_rootfd, eph ||
	    jc->jc_rdonly, "root");
	struct fsmount_args ma = {
		.source = "root",
		.flags = eph ? MNT_RDONLY : rdonly,
		.data = &ha,
	};
	struct mount *mp;

	boot_check(eph ? mount_union(jc, &ma, rdonly, jc->jc_upperfd, NULL,
	    &mp) : vfs_mount(&hostfs_fstype, &ma, NULL, &mp),
	    "mounting the root");
	if (eph)
		init_export_add(mp, "");
}

static void
set_root(struct thread *td)
{
	struct mount *mp = vfs_nthmount(0);
	struct nchandle root;

	if (mp == NULL)
		boot_check(-ENOENT, "finding the root");
	root = (struct nchandle){ mp->mnt_root, mp };
	td->td_pwd = pwd_alloc(&root);
	if (td->td_pwd == NULL)
		boot_check(-ENOMEM, "the root directory");
	td->td_pwd->pw_umask = 022;
	mount_drop(mp);
}

/* --- mounts ---------------------------------------------------------------- */

void
init_mkdirs(const char *path, uint32_t mode)
{
	char *copy = kstrdup(path), *s;

	if (copy == NULL)
		return;
	for (s = copy + 1; *s != '\0'; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		(void)kern_mkdirat(AT_FDCWD, copy, mode);
		*s = '/';
	}
	(void)kern_mkdirat(AT_FDCWD, copy, mode);
	kfree(copy);
}

static int
mount_at(const struct fstype *fs, const struct fsmount_args *ma,
    const char *path)
{
	struct nameidata nd;
	struct mount *mp;
	int error;

	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW);
	if ((error = namei(&nd)) != 0)
		return (error);
	error = vfs_mount(fs, ma, &nd.ni_nch, &mp);
	namei_done(&nd);
	return (error);
}

static void
mount_own(const struct fstype *fs, const char *path, const char *source,
    const char *options, uint32_t flags)
{
	struct fsmount_args ma = {
		.source = source,
		.options = options,
		.flags = flags,
	};
	int error;

	init_mkdirs(path, 0755);
	error = mount_at(fs, &ma, path);
	if (error != 0 && error != -ENOENT && error != -ENOTDIR)
		boot_fail(125, "the jail could not start: mounting %s failed "
		    "(error %d)", path, -error);
}

static void
mount_system(const struct jail_config *jc)
{
	uint32_t safe = MNT_NOSUID | MNT_NODEV | MNT_NOEXEC;

	mount_own(&procfs_fstype, "/proc", "proc", NULL, safe);
	mount_own(&sysfs_fstype, "/sys", "sysfs", NULL, safe | MNT_RDONLY);
	mount_own(&cgroup2_fstype, "/sys/fs/cgroup", "cgroup2", NULL, safe |
	    MNT_RDONLY);
	mount_own(&devfs_fstype, "/dev", "devtmpfs", NULL, MNT_NOSUID);
	mount_own(&devpts_fstype, "/dev/pts", "devpts", NULL,
	    MNT_NOSUID | MNT_NOEXEC);
	mount_own(&tmpfs_fstype, "/dev/shm", "shm", "mode=1777", MNT_NOSUID |
	    MNT_NODEV);
	if (!jc->jc_try)
		return;
	mount_own(&tmpfs_fstype, "/tmp", "tmpfs", "mode=1777", MNT_NOSUID |
	    MNT_NODEV);
	mount_own(&tmpfs_fstype, "/run", "tmpfs", "mode=755", MNT_NOSUID |
	    MNT_NODEV);
	(void)kern_mkdirat(AT_FDCWD, "/run/lock", 01777);
	(void)kern_fchmodat(AT_FDCWD, "/run/lock", 01777, 0);
}

static int
mount_hostdir(const struct jail_config *jc, const struct jail_mount *jm)
{
	bool rdonly = jm->jm_rdonly != 0 || jm->jm_throwaway != 0;
	struct hostfs_args ha = host_args(jc, jm->jm_fd, rdonly,
	    jm->jm_source);
	struct fsmount_args ma = {
		.source = jm->jm_source,
		.flags = rdonly ? MNT_RDONLY : 0,
		.data = &ha,
	};
	struct nameidata nd;
	struct mount *mp;
	int error;

	if (jm->jm_tmpfs != NULL) {
		ma.options = jm->jm_tmpfs;
		ma.flags = jm->jm_flags;
		ma.data = NULL;
		return (mount_at(&tmpfs_fstype, &ma, jm->jm_target));
	}
	if (!jm->jm_throwaway)
		return (mount_at(&hostfs_fstype, &ma, jm->jm_target));
	namei_init(&nd, AT_FDCWD, jm->jm_target, NI_FOLLOW);
	if ((error = namei(&nd)) != 0)
		return (error);
	error = mount_union(jc, &ma, 0, jm->jm_upperfd, &nd.ni_nch, &mp);
	namei_done(&nd);
	/* On the host it is a part of the root's layer. */
	if (error == 0 && jm->jm_upperfd < 0)
		init_export_add(mp, jm->jm_target);
	return (error);
}

static void
mount_volume(const struct jail_config *jc, const struct jail_mount *jm)
{
	int error = mount_hostdir(jc, jm);
	struct kstat st;

	if (error == -ENOENT) {
		/* A directory for a directory, a file for a file. */
		if (jm->jm_fd >= 0 && host_fstat(jm->jm_fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
			char *slash = strrchr(jm->jm_target, '/');

			if (slash != NULL && slash != jm->jm_target) {
				*slash = '\0';
				init_mkdirs(jm->jm_target, 0755);
				*slash = '/';
			}
			(void)kern_mknodat(AT_FDCWD, jm->jm_target,
			    S_IFREG | 0644, 0);
		} else
			init_mkdirs(jm->jm_target, 0755);
		error = mount_hostdir(jc, jm);
	}
	if (error != 0)
		boot_fail(125, "volume %s cannot be mounted on %s in the jail "
		    "(error %d)", jm->jm_source, jm->jm_target, -error);
}

static void
make_device(const struct jail_device *jd)
{
	char *slash = strrchr(jd->jd_path, '/');
	int error;

	if (slash != jd->jd_path) {
		*slash = '\0';
		init_mkdirs(jd->jd_path, 0755);
		*slash = '/';
	}
	(void)kern_unlinkat(AT_FDCWD, jd->jd_path, 0);
	error = kern_mknodat(AT_FDCWD, jd->jd_path, S_IFCHR | jd->jd_mode,
	    jd->jd_rdev);
	if (error == 0)
		error = kern_fchmodat(AT_FDCWD, jd->jd_path, jd->jd_mode, 0);
	if (error != 0)
		boot_fail(125, "device %s cannot be made in the jail (error "
		    "%d)", jd->jd_path, -error);
}

/* Nobody shall write into the upper layer through the lower one. */
static void
hide_upper(const struct jail_config *jc)
{
	struct fsmount_args ma = {
		.source = "hidden",
		.options = "mode=0",
		.flags = MNT_RDONLY,
	};

	if (jc->jc_hide != NULL)
		(void)mount_at(&tmpfs_fstype, &ma, jc->jc_hide);
}

/* --- descriptors ------------------------------------------------------------ */

static struct file *
open_stdio(int hostfd)
{
	int flags = host_fcntl(hostfd, F_GETFL, 0);
	struct file *fp = NULL;
	struct kstat st;

	if (tty_ishost(hostfd) &&
	    vn_open(AT_FDCWD, "/dev/pts/0", O_RDWR | O_NOCTTY, 0, 0, &fp) == 0)
		return (fp);
	/* The host's null device is ours: it polls and maps like one. */
	if (host_fstat(hostfd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == kmakedev(1, 3) && vn_open(AT_FDCWD, "/dev/null",
	    flags < 0 ? O_RDWR : flags & O_ACCMODE, 0, 0, &fp) == 0)
		return (fp);
	return (hostfile_alloc(hostfd, flags < 0 ? O_RDWR :
	    flags & (O_ACCMODE | O_APPEND | O_NONBLOCK)));
}

static void
init_stdio(const struct jail_config *jc)
{
	for (int i = 0; i < 3; i++) {
		struct file *fp;

		if (jc->jc_stdio[i] < 0)
			continue;
		fp = open_stdio(jc->jc_stdio[i]);
		if (fp == NULL || fd_install_at(fp, i, false) < 0)
			boot_fail(125, "standard descriptor %d cannot be "
			    "passed to the jail", i);
	}
}

void
init_world(struct thread *td, const struct jail_config *jc)
{
	mount_root(jc);
	set_root(td);
	mount_system(jc);
	for (uint32_t i = 0; i < jc->jc_nmounts; i++)
		mount_volume(jc, &jc->jc_mounts[i]);
	for (uint32_t i = 0; i < jc->jc_ndevices; i++)
		make_device(&jc->jc_devices[i]);
	hide_upper(jc);
	(void)tty_setctty(td->td_proc);
	init_stdio(jc);
	td->td_pwd->pw_umask = jc->jc_umask;
}
