/*
 * proc_mnt.c: mounts as a process sees them: those that it can reach from its
 * root directory.
 */
#include "fs/procfs/procfs_var.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namei.h"

#define	MNT_ESC		" \t\n#"

static void
flags_puts(uint32_t f, struct sbuf *sb)
{
	sbuf_puts(sb, f & MNT_RDONLY ? "ro" : "rw");
	if (f & MNT_NOSUID)
		sbuf_puts(sb, ",nosuid");
	if (f & MNT_NODEV)
		sbuf_puts(sb, ",nodev");
	if (f & MNT_NOEXEC)
		sbuf_puts(sb, ",noexec");
	if (f & MNT_NOATIME)
		sbuf_puts(sb, ",noatime");
	if (f & MNT_NODIRATIME)
		sbuf_puts(sb, ",nodiratime");
	if (!(f & MNT_NOATIME))
		sbuf_puts(sb, ",relatime");
}

static void
opts_puts(const char *opts, struct sbuf *sb)
{
	if (opts != NULL && opts[0] != '\0') {
		sbuf_putc(sb, ',');
		sbuf_escape(sb, opts, MNT_ESC);
	}
}

static const char *
source_of(const struct mount *mp)
{
	return (mp->mnt_source[0] != '\0' ? mp->mnt_source :
	    mp->mnt_fs->fs_name);
}

/* mp's place below root into path; false: out of reach. */
static bool
mount_path(const struct nchandle *root, struct mount *mp, char *path)
{
	struct nchandle n = { mp->mnt_root, mp };
	bool reachable = false;

	if (mp->mnt_flags & MNT_DETACHED)
		return (false);
	return (nch_path(root, &n, path, KPATH_MAX, &reachable) >= 0 &&
	    reachable);
}

static void
line_mounts(struct mount *mp, const char *path, struct sbuf *sb)
{
	sbuf_escape(sb, source_of(mp), MNT_ESC);
	sbuf_putc(sb, ' ');
	sbuf_escape(sb, path, MNT_ESC);
	sbuf_printf(sb, " %s ", mp->mnt_fs->fs_name);
	flags_puts(mp->mnt_flags, sb);
	opts_puts(mp->mnt_opts, sb);
	sbuf_puts(sb, " 0 0\n");
}

static void
line_mountinfo(struct mount *mp, const char *path, struct sbuf *sb)
{
	struct mount *sup = mp->mnt_super != NULL ? mp->mnt_super : mp;
	struct nchandle top = { sup->mnt_root, sup };
	struct nchandle here = { mp->mnt_root, sup };
	bool reachable = false;
	char *sub;

	sub = kmalloc(KPATH_MAX, 0);
	if (sub == NULL)
		return;
	if (mp->mnt_root == sup->mnt_root ||
	    nch_path(&top, &here, sub, KPATH_MAX, &reachable) < 0 ||
	    !reachable)
		kstrlcpy(sub, "/", KPATH_MAX);
	sbuf_printf(sb, "%u %u %u:%u ", mp->mnt_id,
	    mp->mnt_on.mp != NULL ? mp->mnt_on.mp->mnt_id : 0,
	    kmajor(mp->mnt_dev), kminor(mp->mnt_dev));
	sbuf_escape(sb, sub, MNT_ESC);
	sbuf_putc(sb, ' ');
	sbuf_escape(sb, path, MNT_ESC);
	sbuf_putc(sb, ' ');
	flags_puts(mp->mnt_flags, sb);
	sbuf_printf(sb, " - %s ", mp->mnt_fs->fs_name);
	sbuf_escape(sb, source_of(mp), MNT_ESC);
	sbuf_puts(sb, sup->mnt_flags & MNT_RDONLY ? " ro" : " rw");
	opts_puts(mp->mnt_opts, sb);
	sbuf_putc(sb, '\n');
	kfree(sub);
}

static void
line_mountstats(struct mount *mp, const char *path, struct sbuf *sb)
{
	sbuf_puts(sb, "device ");
	sbuf_escape(sb, source_of(mp), MNT_ESC);
	sbuf_puts(sb, " mounted on ");
	sbuf_escape(sb, path, MNT_ESC);
	sbuf_printf(sb, " with fstype %s\n", mp->mnt_fs->fs_name);
}

static int
mounts_walk(struct pfs_ctx *c, struct sbuf *sb,
    void (*line)(struct mount *, const char *, struct sbuf *))
{
	struct nchandle root;
	struct mount *mp;
	unsigned i;
	char *path;

	if (c->pc_p == NULL || procfs_rootmagic(c, &root) != 0)
		pwd_getroot(curthread()->td_pwd, &root);
	path = kmalloc(KPATH_MAX, 0);
	if (path == NULL) {
		nch_drop(&root);
		return (-ENOMEM);
	}
	for (i = 0; (mp = vfs_nthmount(i)) != NULL; i++) {
		if (mount_path(&root, mp, path))
			line(mp, path, sb);
		mount_drop(mp);
	}
	kfree(path);
	nch_drop(&root);
	return (0);
}

int
procfs_mounts(struct pfs_ctx *c, struct sbuf *sb)
{
	return (mounts_walk(c, sb, line_mounts));
}

int
procfs_mountinfo(struct pfs_ctx *c, struct sbuf *sb)
{
	return (mounts_walk(c, sb, line_mountinfo));
}

int
procfs_mountstats(struct pfs_ctx *c, struct sbuf *sb)
{
	return (mounts_walk(c, sb, line_mountstats));
}

int
procfs_filesystems(struct pfs_ctx *c, struct sbuf *sb)
{
	const struct fstype *fs;
	unsigned i;

	for (i = 0; (fs = fstype_nth(i)) != NULL; i++)
		if (fs->fs_flags & FS_USERMOUNT)
			sbuf_printf(sb, "%s\t%s\n",
			    fs->fs_flags & FS_NODEV ? "nodev" : "",
			    fs->fs_name);
	return (0);
}
