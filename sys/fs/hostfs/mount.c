/* mount.c: mounting a host directory. */
#include "fs/hostfs/internal.h"

#include "base/arena.h"
#include "base/kmem.h"

#define	FDS_MIN		64
#define	HOSTFS_MAGIC	0x484f5354	/* when the host tells no better */

static void
hf_setup(struct hfmount *hf, struct mount *mp, const struct hostfs_args *a)
{
	hf->hf_mp = mp;
	hf->hf_args = *a;
	hf->hf_root = a->hostuid == 0;
	hf->hf_virt = !hf->hf_root && !a->hostroot;
	mtx_init(&hf->hf_hashlock, RANK_VNHASH, "hostfs table");
	mtx_init(&hf->hf_lrulock, RANK_LEAF, "hostfs descriptors");
	mtx_init(&hf->hf_devlock, RANK_LEAF, "hostfs devices");
	for (unsigned i = 0; i < HF_NFRESH; i++)
		mtx_init(&hf->hf_fresh[i].fr_lock, RANK_LEAF, "hostfs stat");
	list_init(&hf->hf_lru);
	/* Several mounts share the host's table with sockets and pipes. */
	hf->hf_maxfds = kmax(kroot()->r_hostfds / 4, (uint32_t)FDS_MIN);
}

/* The root node keeps its descriptor for ever: pinned. */
static int
hf_makeroot(struct hfmount *hf, struct vnode **rootp)
{
	struct kstat st, view;
	struct hfnode *n;
	int error, fd;

	error = host_fstatat(hf->hf_args.rootfd, "", &st, AT_EMPTY_PATH);
	if (error != 0)
		return (error);
	fd = host_dup(hf->hf_args.rootfd);
	if (fd < 0)
		return (fd);
	error = hf_nodeget(hf, NULL, "/", &st, &n);
	if (error != 0) {
		(void)host_close(fd);
		return (error);
	}
	hf_givefd(n, HFD_PATH, fd, false);
	n->hn_pins++;
	hf->hf_rootnode = n;
	view = st;
	hf_view(n, &view);		/* the root's device is the first */
	n->hn_vp->v_flags |= VV_ROOT;
	*rootp = n->hn_vp;
	return (0);
}

static int
hf_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	const struct hostfs_args *a = args->data;
	struct hfmount *hf;
	int error;

	if (a == NULL)			/* mount(2) cannot name host paths */
		return (-EPERM);
	hf = KNEW(struct hfmount);
	if (hf == NULL)
		return (-ENOMEM);
	hf_setup(hf, mp, a);
	if ((args->flags & MNT_RDONLY) != 0)
		hf->hf_args.rdonly = true;
	hf->hf_static = a->hostroot && hf->hf_args.rdonly;
	error = hf_hashinit(hf);
	if (error == 0)
		error = hf_makeroot(hf, rootp);
	if (error != 0) {
		if (hf->hf_hash != NULL)
			kpages_free(hf->hf_hash, hf->hf_hashsize *
			    sizeof(void *) / KPAGE_SIZE);
		kfree(hf);
		return (error);
	}
	mp->mnt_data = hf;
	return (0);
}

/* Called when no vnode of the mount is left. */
static void
hf_unmount(struct mount *mp)
{
	struct hfmount *hf = mp->mnt_data;

	kpages_free(hf->hf_hash, hf->hf_hashsize * sizeof(void *) /
	    KPAGE_SIZE);
	kfree(hf);
	mp->mnt_data = NULL;
}

static int
hf_statfs(struct mount *mp, struct kstatfs *sf)
{
	struct hfmount *hf = mp->mnt_data;
	int error = host_fstatfs(hf->hf_args.rootfd, sf);

	if (error == 0 && sf->f_type == 0)
		sf->f_type = HOSTFS_MAGIC;
	return (error);
}

static int
hf_sync(struct mount *mp)
{
	(void)mp;			/* nothing of ours is buffered */
	return (0);
}

const struct fstype hostfs_fstype = {
	.fs_name = "hostfs",
	.fs_magic = HOSTFS_MAGIC,
	.fs_flags = FS_NODEV,
	.fs_mount = hf_mount,
	.fs_unmount = hf_unmount,
	.fs_statfs = hf_statfs,
	.fs_sync = hf_sync,
};
