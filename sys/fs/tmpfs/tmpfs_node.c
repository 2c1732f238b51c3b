/* tmpfs_node.c: nodes and what they cost. */
#include "base/clock.h"
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "libkern/errno.h"
#include "vfs/namecache.h"

int
tmpfs_charge(struct tmpfs *tm, uint64_t pages)
{
	if (atomic_add(&tm->tm_pages, pages) > tm->tm_maxpages) {
		atomic_sub(&tm->tm_pages, pages);
		return (-ENOSPC);
	}
	return (0);
}

void
tmpfs_uncharge(struct tmpfs *tm, uint64_t pages)
{
	atomic_sub(&tm->tm_pages, pages);
}

void
tnode_touch(struct tnode *tn, int what)
{
	struct timespec64 now;

	if (unlikely(tn->tn_vp->v_link != NULL))
		atomic_store_rel(&tn->tn_vp->v_link, NULL);
	clock_realts(&now);
	if ((what & TOUCH_A) != 0)
		tn->tn_atime = now;
	if ((what & TOUCH_M) != 0)
		tn->tn_mtime = now;
	if ((what & TOUCH_C) != 0)
		tn->tn_ctime = now;
}

static bool
later(const struct timespec64 *a, const struct timespec64 *b)
{
	return (a->tv_sec > b->tv_sec ||
	    (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec));
}

static void
tnode_publish(struct tnode *tn)
{
	mtx_lock(&tn->tn_lock);
	tn->tn_vp->v_linklen = (size_t)tn->tn_size;
	atomic_store_rel(&tn->tn_vp->v_link, tn->tn_link);
	mtx_unlock(&tn->tn_lock);
}

/*
 * relatime: when the time would not tell anything new, leave it.  From then on
 * a link may be followed without asking us.
 */
void
tnode_read(struct tnode *tn)
{
	if (later(&tn->tn_atime, &tn->tn_mtime) &&
	    later(&tn->tn_atime, &tn->tn_ctime)) {
		if (tn->tn_vp->v_type == VLNK && tn->tn_vp->v_link == NULL)
			tnode_publish(tn);
		return;
	}
	tnode_lock(tn);
	tnode_touch(tn, TOUCH_A);
	tnode_unlock(tn);
}

int
tnode_new(struct tmpfs *tm, uint32_t mode, uint32_t uid, uint32_t gid,
    uint64_t rdev, struct tnode **tnp)
{
	struct tnode *tn;
	int error = -ENOSPC;

	if (atomic_add(&tm->tm_nodes, 1) > tm->tm_maxnodes)
		goto fail;
	tn = KNEW(struct tnode);
	if (tn == NULL)
		goto fail;
	tn->tn_fs = tm;
	tn->tn_mode = mode;
	tn->tn_uid = uid;
	tn->tn_gid = gid;
	mtx_init(&tn->tn_lock, RANK_VNODE_DATA, "tmpfs node");
	list_init(&tn->tn_xattrs);
	if (S_ISREG(mode)) {
		tn->tn_reg.tr_memfd = -1;
		list_init(&tn->tn_reg.tr_mflink);
	} else if (S_ISDIR(mode) && (error = tdir_init(tn)) < 0) {
		kfree(tn);
		goto fail;
	}
	tn->tn_vp = vnode_alloc(tm->tm_mount, vtype_of_mode(mode),
	    &tmpfs_vnops, tn);
	if (tn->tn_vp == NULL) {
		if (S_ISDIR(mode))
			tdir_fini(tn);
		kfree(tn);
		goto fail;
	}
	tn->tn_vp->v_ino = atomic_add(&tm->tm_nextino, 1);
	tn->tn_vp->v_rdev = rdev;
	tnode_touch(tn, TOUCH_A | TOUCH_M | TOUCH_C);
	tn->tn_btime = tn->tn_ctime;
	vn_setperm(tn->tn_vp, mode, uid, gid);
	*tnp = tn;
	return (0);
fail:
	atomic_sub(&tm->tm_nodes, 1);
	return (error);
}

void
tnode_inactive(struct vnode *vp)
{
	struct tnode *tn = vtot(vp);
	struct tmpfs *tm = tn->tn_fs;

	switch (vp->v_type) {
	case VREG:
		tdata_free(tn);
		break;
	case VDIR:
		tdir_fini(tn);
		break;
	case VLNK:
		kfree(tn->tn_link);
		break;
	default:
		break;
	}
	txattr_free(tn);
	kfree(tn);
	atomic_sub(&tm->tm_nodes, 1);
	vnode_free(vp);
}

void
tnode_addlink(struct tnode *tn)
{
	bool first;

	tnode_lock(tn);
	first = tn->tn_nlink++ == 0;
	tnode_touch(tn, TOUCH_C);
	tnode_unlock(tn);
	if (first)
		vref(tn->tn_vp);
}

void
tnode_droplink(struct tnode *tn, unsigned n)
{
	bool last;

	tnode_lock(tn);
	last = tn->tn_nlink != 0 && tn->tn_nlink <= n;
	tn->tn_nlink = last ? 0 : tn->tn_nlink - n;
	tnode_touch(tn, TOUCH_C);
	tnode_unlock(tn);
	if (last)
		vrele(tn->tn_vp);
}
