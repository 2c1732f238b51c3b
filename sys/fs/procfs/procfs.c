/*
 * procfs.c: the root of /proc: processes by number, self, and the mount.
 */
#include "fs/procfs/procfs_var.h"

#include "base/thread.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "fs/procfs/procfs.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

#define	PROC_MAGIC	0x9fa0

static void
root_kid(struct proc *p, int tid, struct pfs_ctx *kid)
{
	kid->pc_node = &procfs_piddir;
	kid->pc_pid = p->p_pid;
	kid->pc_tid = tid;
	kid->pc_start = p->p_start;
}

static int
root_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n = pfs_number(name, len);
	struct thread *td;
	struct proc *p;

	if (n <= 0)
		return (-ENOENT);
	p = proc_find(n);
	if (p != NULL) {
		root_kid(p, 0, kid);
		proc_drop(p);
		return (0);
	}
	/* Any thread's number works, though only processes are listed. */
	td = thread_find(n);
	if (td == NULL)
		return (-ENOENT);
	root_kid(td->td_proc, n, kid);
	thread_drop(td);
	return (0);
}

static int
root_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	struct proc *p = proc_next((int)*cursor);

	if (p == NULL)
		return (0);
	*cursor = p->p_pid;
	root_kid(p, 0, kid);
	ksnprintf(name, 32, "%d", p->p_pid);
	proc_drop(p);
	return (1);
}

static const struct pfs_node procfs_root = {
	.pn_name = "/",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = procfs_top,
	.pn_lookup = root_lookup,
	.pn_next = root_next,
};

static int
procfs_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	return (pfs_mount(mp, &procfs_root, rootp));
}

static void
procfs_unmount(struct mount *mp)
{
}

static int
procfs_statfs(struct mount *mp, struct kstatfs *sf)
{
	return (pfs_statfs(mp, sf, PROC_MAGIC));
}

struct proc *
procfs_procof(struct file *fp)
{
	struct vnode *vp = fp->f_vnode;
	const struct pfs_ctx *c;
	struct proc *p;

	if (fp->f_type != FT_VNODE || vp == NULL || vp->v_mount == NULL ||
	    vp->v_mount->mnt_fs != &procfs_fstype || vp->v_type != VDIR)
		return (NULL);
	c = vp->v_data;
	if (c->pc_node != &procfs_piddir)
		return (NULL);
	p = proc_find(c->pc_pid);
	if (p != NULL && p->p_start != c->pc_start) {
		proc_drop(p);
		p = NULL;
	}
	return (p);
}

const struct fstype procfs_fstype = {
	.fs_name = "proc",
	.fs_magic = PROC_MAGIC,
	.fs_flags = FS_NODEV | FS_USERMOUNT | FS_FIXED,
	.fs_mount = procfs_mount,
	.fs_unmount = procfs_unmount,
	.fs_statfs = procfs_statfs,
};
