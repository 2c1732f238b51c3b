/*
 * proc_locks.c: /proc/locks: the locks on all files that are open somewhere,
 * each vnode once.
 */
#include "fs/procfs/procfs_var.h"

#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/flock.h"
#include "vfs/vnode.h"

struct lockwalk {
	struct sbuf	lw_seen;	/* vnodes; compared only */
	struct sbuf	*lw_out;
	unsigned	lw_n;
};

static bool
seen(struct lockwalk *lw, const struct vnode *vp)
{
	const struct vnode **v = (const struct vnode **)lw->lw_seen.sb_buf;
	size_t i, n = lw->lw_seen.sb_len / sizeof(*v);

	for (i = 0; i < n; i++)
		if (v[i] == vp)
			return (true);
	sbuf_write(&lw->lw_seen, &vp, sizeof(vp));
	return (false);
}

static void
look(struct file *fp, void *arg)
{
	static const char kind[][8] = { "POSIX", "OFDLCK", "FLOCK" };
	struct vnode *vp = fp->f_vnode;
	struct lockwalk *lw = arg;
	struct flockreq fr;
	struct kstat st;
	unsigned i;

	if (vp == NULL || vp->v_locks == NULL || seen(lw, vp) ||
	    fp->f_ops->fo_stat == NULL || fp->f_ops->fo_stat(fp, &st) != 0)
		return;
	for (i = 0; flock_nth(vp, i, &fr); i++) {
		sbuf_printf(lw->lw_out, "%u: %-6s ADVISORY  %s %d "
		    "%02x:%02x:%lu ", ++lw->lw_n,
		    kind[fr.fr_kind <= FL_FLOCK ? fr.fr_kind : FL_POSIX],
		    fr.fr_type == F_RDLCK ? "READ" : "WRITE", fr.fr_pid,
		    kmajor(st.st_dev), kminor(st.st_dev),
		    (unsigned long)st.st_ino);
		if (fr.fr_end == INT64_MAX)
			sbuf_printf(lw->lw_out, "%ld EOF\n",
			    (long)fr.fr_start);
		else
			sbuf_printf(lw->lw_out, "%ld %ld\n",
			    (long)fr.fr_start, (long)fr.fr_end);
	}
}

int
procfs_locks(struct pfs_ctx *c, struct sbuf *sb)
{
	struct lockwalk lw = { .lw_out = sb };

	sbuf_init(&lw.lw_seen);
	procfs_files(look, &lw);
	sbuf_free(&lw.lw_seen);
	return (0);
}
