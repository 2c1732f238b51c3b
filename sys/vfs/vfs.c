/*
 * vfs.c: the start of the vfs floor.
 */
#include "vfs/vfs.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "vfs/nc_impl.h"

int
vfs_init(void)
{
	struct vfs_root *vr = KNEW(struct vfs_root);
	unsigned i;

	if (vr == NULL)
		return (-ENOMEM);
	kroot()->r_sub[KROOT_VFS] = vr;
	for (i = 0; i < NC_STRIPES; i++) {
		mtx_init(&vr->vr_ncstripe[i].ns_lock, RANK_NCHASH, "nchash");
		vr->vr_ncstripe[i].ns_table = nc_newtable(1);
		if (vr->vr_ncstripe[i].ns_table == NULL)
			return (-ENOMEM);
	}
	for (i = 0; i < NC_VSTRIPES; i++)
		mtx_init(&vr->vr_vnclock[i], RANK_LEAF, "vnnames");
	rwl_init(&vr->vr_tree, RANK_NCTREE, "nctree");
	mtx_init(&vr->vr_trimlock, RANK_MOUNT, "nctrim");
	mtx_init(&vr->vr_lrulock, RANK_LEAF, "nclru");
	mtx_init(&vr->vr_blocklock, RANK_LEAF, "flockers");
	mtx_init(&vr->vr_poollock, RANK_LEAF, "ncpool");
	list_init(&vr->vr_pool);
	list_init(&vr->vr_filepool);
	mtx_init(&vr->vr_inlock, RANK_FILE, "inotify");
	list_init(&vr->vr_lru);
	list_init(&vr->vr_blocked);
	vr->vr_maxnc = NC_MAX;
	vr->vr_fileid = 1;
	vr->vr_anonino = 1024;
	return (mount_init());
}

void
vfs_setkern(const struct vfs_kern *vk)
{
	vfs()->vr_kern = vk;
}

uint64_t
vfs_rlimit(int res)
{
	const struct vfs_kern *vk = vfs()->vr_kern;

	return (vk != NULL && vk->vk_rlimit != NULL ? vk->vk_rlimit(res) :
	    ~0ULL);
}

int
vfs_curpid(void)
{
	const struct vfs_kern *vk = vfs()->vr_kern;

	return (vk != NULL && vk->vk_curpid != NULL ? vk->vk_curpid() :
	    curthread()->td_tid);
}

void
vfs_signal(int sig)
{
	const struct vfs_kern *vk = vfs()->vr_kern;

	if (vk != NULL && vk->vk_signal != NULL)
		vk->vk_signal(sig);
}
