/*
 * mount.c: mounting a union.
 *
 * Its layers are mounts that stand in no tree; the union holds references on
 * them and on their root vnodes.
 */
#include "fs/unionfs/internal.h"

#include "base/kmem.h"

#define	OVERLAYFS_MAGIC	0x794c7630

static struct vnode *
uf_takelayer(struct ufmount *uf, struct mount *mp, unsigned idx)
{
	struct vnode *vp = mp->mnt_root->nc_vp;

	mount_hold(mp);
	uf->uf_layers[idx] = mp;
	vref(vp);
	return (vp);
}

static void
uf_dropmount(struct ufmount *uf)
{
	if (uf->uf_upper != NULL)
		vrele(uf->uf_upper);
	for (unsigned i = 0; i < uf->uf_nlower; i++)
		vrele(uf->uf_lower[i]);
	for (unsigned i = 0; i < nitems(uf->uf_layers); i++)
		if (uf->uf_layers[i] != NULL)
			mount_drop(uf->uf_layers[i]);
	if (uf->uf_hash != NULL)
		kpages_free(uf->uf_hash, uf->uf_hashsize * sizeof(void *) /
		    KPAGE_SIZE);
	kfree(uf);
}

static int
uf_takelayers(struct ufmount *uf, const struct unionfs_args *ua)
{
	struct kstat st;
	int error;

	if (ua->ua_upper != NULL)
		uf->uf_upper = uf_takelayer(uf, ua->ua_upper, 0);
	for (unsigned i = 0; i < ua->ua_nlower; i++) {
		uf->uf_lower[i] = uf_takelayer(uf, ua->ua_lower[i], i + 1);
		uf->uf_nlower++;
	}
	error = uf_lgetattr(uf->uf_lower[0], &st);
	if (error == 0)
		uf->uf_lowerdev = st.st_dev;
	return (error);
}

/* A fresh upper root gets the lower root's owner and mode. */
static void
uf_dressroot(struct ufmount *uf)
{
	struct kstat st;
	struct vattr va;

	if (uf->uf_upper == NULL || uf_lgetattr(uf->uf_lower[0], &st) != 0)
		return;
	memset(&va, 0, sizeof(va));
	va.va_mask = VA_MODE | VA_UID | VA_GID | VA_ATIME | VA_MTIME;
	va.va_mode = st.st_mode & 07777;
	va.va_uid = st.st_uid;
	va.va_gid = st.st_gid;
	va.va_atime = st.st_atim;
	va.va_mtime = st.st_mtim;
	(void)uf_lsetattr(uf->uf_upper, &va);
}

static int
uf_makeroot(struct ufmount *uf, struct vnode **rootp)
{
	struct uffound f;
	struct unode *n;
	int error;

	memset(&f, 0, sizeof(f));
	if ((f.f_upper = uf->uf_upper) != NULL)
		vref(f.f_upper);
	for (; f.f_nlower < uf->uf_nlower; f.f_nlower++) {
		f.f_lower[f.f_nlower] = uf->uf_lower[f.f_nlower];
		vref(f.f_lower[f.f_nlower]);
	}
	error = uf_nodeget(uf, NULL, "/", 1, &f, &n);
	if (error != 0)
		return (error);
	n->un_vp->v_flags |= VV_ROOT;
	*rootp = n->un_vp;
	return (0);
}

static int
uf_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	const struct unionfs_args *ua = args->data;
	struct ufmount *uf;
	int error;

	if (ua == NULL || ua->ua_nlower == 0 ||
	    ua->ua_nlower > UNIONFS_MAXLOWER)
		return (-EINVAL);
	uf = KNEW(struct ufmount);
	if (uf == NULL)
		return (-ENOMEM);
	uf->uf_mp = mp;
	error = uf_hashinit(uf);
	if (error == 0)
		error = uf_takelayers(uf, ua);
	if (error == 0) {
		uf_dressroot(uf);
		error = uf_makeroot(uf, rootp);
	}
	if (error != 0) {
		uf_dropmount(uf);
		return (error);
	}
	mp->mnt_data = uf;
	return (0);
}

/* Called when no vnode of the union is left but pinned ones. */
static void
uf_unmount(struct mount *mp)
{
	struct ufmount *uf = mp->mnt_data;
	struct ulink *l;

	/* Nodes pinned for their hard links hold themselves. */
	for (uint32_t i = 0; i < uf->uf_hashsize; i++)
		while ((l = uf->uf_hash[i]) != NULL) {
			struct unode *n = l->l_node;

			if ((atomic_and(&n->un_flags, ~UN_PINNED) &
			    UN_PINNED) == 0)
				break;
			vrele(n->un_vp);
		}
	uf_dropmount(uf);
	mp->mnt_data = NULL;
}

static int
uf_statfs(struct mount *mp, struct kstatfs *sf)
{
	struct ufmount *uf = mp->mnt_data;
	struct vnode *vp = uf->uf_upper != NULL ? uf->uf_upper :
	    uf->uf_lower[0];
	struct mount *lm = vp->v_mount;
	int error;

	if (lm->mnt_fs->fs_statfs == NULL)
		return (-ENOSYS);
	error = lm->mnt_fs->fs_statfs(lm, sf);
	sf->f_type = OVERLAYFS_MAGIC;
	return (error);
}

static int
uf_sync(struct mount *mp)
{
	struct ufmount *uf = mp->mnt_data;
	struct mount *lm;

	if (uf->uf_upper == NULL)
		return (0);
	lm = uf->uf_upper->v_mount;
	return (lm->mnt_fs->fs_sync == NULL ? 0 : lm->mnt_fs->fs_sync(lm));
}

const struct fstype unionfs_fstype = {
	.fs_name = "overlay",
	.fs_magic = OVERLAYFS_MAGIC,
	.fs_flags = FS_NODEV,
	.fs_mount = uf_mount,
	.fs_unmount = uf_unmount,
	.fs_statfs = uf_statfs,
	.fs_sync = uf_sync,
};
