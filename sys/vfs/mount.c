/*
 * mount.c: file-system types, mounts, and the tree they form.
 *
 * vr_mountlock (RANK_MOUNT) guards vr_mounts, mnt_on and nc_nmounts.  A mount
 * lives while it is in the list or a handle refers to it; when the last
 * reference goes, the names of its file system are purged and, if it owns the
 * file system, that is unmounted.  A bind shares mnt_data and holds a
 * reference to the mount that owns it.
 *
 * Readers without the lock (walk.c) look at vr_cross between two equal even
 * values of vr_mntseq: what they found there was mounted, and lives as long as
 * the number stays.  A reference that is taken counts only if the number still
 * stands after it; unmounting makes it odd before it counts references.
 */
#include "base/kmem.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

/* A mount, or one that is dead: the memory never becomes anything else. */
static struct mount *
pool_get(void)
{
	struct vfs_root *vr = vfs();
	struct mount *mp;

	mtx_lock(&vr->vr_poollock);
	mp = list_first(&vr->vr_mntpool, struct mount, mnt_list);
	if (mp != NULL)
		list_del(&mp->mnt_list);
	mtx_unlock(&vr->vr_poollock);
	if (mp == NULL)
		return (KNEW(struct mount));
	memset(mp, 0, sizeof(*mp));
	return (mp);
}

static void
mount_free(struct mount *mp)
{
	struct vfs_root *vr = vfs();

	kfree(mp->mnt_opts);
	mp->mnt_opts = NULL;
	atomic_add(&vr->vr_mntseq, 2);
	mtx_lock(&vr->vr_poollock);
	list_add_head(&vr->vr_mntpool, &mp->mnt_list);
	mtx_unlock(&vr->vr_poollock);
}

/* Fill vr_cross anew; mountlock held for writing. */
static void
cross_rebuild(struct vfs_root *vr)
{
	struct mount *m;
	unsigned i, n = 0;

	memset(vr->vr_cross, 0, sizeof(vr->vr_cross));
	vr->vr_crossfull = false;
	list_foreach(m, &vr->vr_mounts, mnt_list) {
		if (m->mnt_on.ncp == NULL)
			continue;
		if (++n > MNT_CROSS / 2) {
			vr->vr_crossfull = true;
			return;
		}
		for (i = cross_hash(m->mnt_on.mp, m->mnt_on.ncp);
		    vr->vr_cross[i % MNT_CROSS].x_ncp != NULL; i++)
			;
		vr->vr_cross[i % MNT_CROSS] = (struct mntcross){
			m->mnt_on.ncp, m->mnt_on.mp, m, m->mnt_root };
	}
}

static void
tree_wlock(struct vfs_root *vr)
{
	rwl_wlock(&vr->vr_mountlock);
	atomic_add(&vr->vr_mntseq, 1);
}

static void
tree_wunlock(struct vfs_root *vr)
{
	cross_rebuild(vr);
	atomic_add(&vr->vr_mntseq, 1);
	rwl_wunlock(&vr->vr_mountlock);
}

static struct mount *
mount_alloc(const struct fstype *fs, const char *source, uint32_t flags)
{
	struct mount *mp = pool_get();

	if (mp == NULL)
		return (NULL);
	mp->mnt_ref = 1;
	mp->mnt_fs = fs;
	mp->mnt_flags = flags;
	mp->mnt_id = atomic_add(&vfs()->vr_nextmnt, 1);
	mp->mnt_super = mp;
	list_init(&mp->mnt_list);
	mtx_init(&mp->mnt_rename, RANK_RENAME, "rename");
	kstrlcpy(mp->mnt_source, source != NULL ? source : "none",
	    sizeof(mp->mnt_source));
	return (mp);
}

void
mount_hold(struct mount *mp)
{
	ref_acquire(&mp->mnt_ref);
}

void
mount_drop(struct mount *mp)
{
	struct mount *super;

	while (mp != NULL && ref_release(&mp->mnt_ref)) {
		super = mp->mnt_super != mp ? mp->mnt_super : NULL;
		if (super == NULL && mp->mnt_root != NULL)
			nc_purgemount(mp);
		if (mp->mnt_root != NULL)
			nc_drop(mp->mnt_root);
		if (super == NULL && mp->mnt_fs->fs_unmount != NULL)
			mp->mnt_fs->fs_unmount(mp);
		mount_free(mp);
		mp = super;
	}
}

int
fstype_register(const struct fstype *fs)
{
	struct vfs_root *vr = vfs();

	if (vr->vr_nfs == VFS_MAXFS)
		return (-ENOSPC);
	if (fstype_find(fs->fs_name) != NULL)
		return (-EEXIST);
	vr->vr_fs[vr->vr_nfs++] = fs;
	return (0);
}

const struct fstype *
fstype_find(const char *name)
{
	struct vfs_root *vr = vfs();
	unsigned i;

	for (i = 0; i < vr->vr_nfs; i++)
		if (strcmp(vr->vr_fs[i]->fs_name, name) == 0)
			return (vr->vr_fs[i]);
	return (NULL);
}

const struct fstype *
fstype_nth(unsigned i)
{
	return (i < vfs()->vr_nfs ? vfs()->vr_fs[i] : NULL);
}

int
vfs_mkmount(const struct fstype *fs, const struct fsmount_args *args,
    struct mount **mpp)
{
	struct vnode *root = NULL;
	struct mount *mp;
	int error;

	mp = mount_alloc(fs, args->source, args->flags);
	if (mp == NULL)
		return (-ENOMEM);
	mp->mnt_dev = (uint32_t)kmakedev(0, atomic_add(&vfs()->vr_nextdev, 1));
	error = fs->fs_mount(mp, args, &root);
	if (error < 0) {
		mount_free(mp);
		return (error);
	}
	root->v_flags |= VV_ROOT;
	mp->mnt_root = nc_alloc(NULL, "", 0, root);
	vrele(root);
	if (mp->mnt_root == NULL) {
		if (fs->fs_unmount != NULL)
			fs->fs_unmount(mp);
		mount_free(mp);
		return (-ENOMEM);
	}
	*mpp = mp;
	return (0);
}

/* Put mp, with the caller's reference, into the tree. */
static int
attach(struct mount *mp, const struct nchandle *on)
{
	struct vfs_root *vr = vfs();
	struct nchandle at = { NULL, NULL };
	int error = 0;

	if (on != NULL)
		nch_copy(&at, on);
	while (on != NULL && mount_cross(&at))
		;
	tree_wlock(vr);
	if (on != NULL) {
		if ((at.ncp->nc_flags & NCF_DEAD) != 0 &&
		    at.ncp != at.mp->mnt_root)
			error = -ENOENT;
		else {
			mp->mnt_on = at;
			at.ncp = NULL;
			mp->mnt_on.ncp->nc_nmounts++;
			atomic_or(&mp->mnt_on.ncp->nc_flags, NCF_MOUNTPT);
		}
	} else if (vr->vr_rootmnt == NULL)
		vr->vr_rootmnt = mp;
	else
		error = -EBUSY;
	if (error == 0)
		list_add_tail(&vr->vr_mounts, &mp->mnt_list);
	tree_wunlock(vr);
	nch_drop(&at);
	return (error);
}

int
vfs_mount(const struct fstype *fs, const struct fsmount_args *args,
    const struct nchandle *on, struct mount **mpp)
{
	struct mount *mp;
	int error;

	error = vfs_mkmount(fs, args, &mp);
	if (error < 0)
		return (error);
	if (on != NULL && (nch_vp(on)->v_type == VDIR) !=
	    (mp->mnt_root->nc_vp->v_type == VDIR))
		error = -ENOTDIR;
	else
		error = attach(mp, on);
	if (error < 0) {
		mount_drop(mp);
		return (error);
	}
	if (mpp != NULL)
		*mpp = mp;
	return (0);
}

static int
bind_one(struct mount *src, struct namecache *root, const struct nchandle *on,
    uint32_t flags, struct mount **mpp)
{
	struct mount *mp;
	int error;

	mp = mount_alloc(src->mnt_fs, src->mnt_source, flags |
	    (src->mnt_flags & ~MNT_DETACHED));
	if (mp == NULL)
		return (-ENOMEM);
	mp->mnt_super = src->mnt_super;
	mount_hold(mp->mnt_super);
	mp->mnt_data = src->mnt_super->mnt_data;
	mp->mnt_dev = src->mnt_dev;
	if (src->mnt_opts != NULL)
		mp->mnt_opts = kstrdup(src->mnt_opts);
	nc_hold(root);
	mp->mnt_root = root;
	error = attach(mp, on);
	if (error < 0) {
		mount_drop(mp);
		return (error);
	}
	if (mpp != NULL)
		*mpp = mp;
	return (0);
}

/* The i-th mount on something inside (mp, at or below top); referenced. */
static struct mount *
submount(struct mount *mp, struct namecache *top, unsigned i,
    struct nchandle *on)
{
	struct vfs_root *vr = vfs();
	struct mount *m, *found = NULL;

	rwl_rlock(&vr->vr_mountlock);
	list_foreach(m, &vr->vr_mounts, mnt_list) {
		if (m->mnt_on.mp != mp || !nc_isabove(top, m->mnt_on.ncp) ||
		    i-- != 0)
			continue;
		mount_hold(m);
		nch_copy(on, &m->mnt_on);
		found = m;
		break;
	}
	rwl_runlock(&vr->vr_mountlock);
	return (found);
}

int
vfs_bind(const struct nchandle *from, const struct nchandle *on,
    uint32_t flags, bool recursive)
{
	struct nchandle at, newon;
	struct mount *mp, *m;
	unsigned i;
	int error;

	if ((nch_vp(from)->v_type == VDIR) != (nch_vp(on)->v_type == VDIR))
		return (-ENOTDIR);
	if ((from->ncp->nc_flags & NCF_ANON) != 0)
		return (-EINVAL);
	error = bind_one(from->mp, from->ncp, on, flags, &mp);
	if (error < 0 || !recursive)
		return (error);
	/* One level of mounts below, each with its own below it. */
	for (i = 0; i < 4096; i++) {
		m = submount(from->mp, from->ncp, i, &at);
		if (m == NULL)
			break;
		if (m != mp) {
			struct nchandle sub = { m->mnt_root, m };

			newon.ncp = at.ncp;
			newon.mp = mp;
			error = vfs_bind(&sub, &newon, 0, true);
		}
		nch_drop(&at);
		mount_drop(m);
		if (error < 0)
			return (error);
	}
	return (0);
}

/* Mountlock held for writing: off the tree. */
static void
detach(struct mount *mp, struct nchandle *on)
{
	struct vfs_root *vr = vfs();
	struct namecache *nc = mp->mnt_on.ncp;

	(void)vr;
	list_del(&mp->mnt_list);
	*on = mp->mnt_on;
	mp->mnt_on.ncp = NULL;
	mp->mnt_on.mp = NULL;
	if (nc != NULL && --nc->nc_nmounts == 0)
		atomic_and(&nc->nc_flags, (uint16_t)~NCF_MOUNTPT);
	atomic_or(&mp->mnt_flags, MNT_DETACHED);
}

int
vfs_move(struct mount *mp, const struct nchandle *on)
{
	struct vfs_root *vr = vfs();
	struct nchandle old = { NULL, NULL }, at;
	struct mount *up;
	int error = 0;

	if ((nch_vp(on)->v_type == VDIR) !=
	    (mp->mnt_root->nc_vp->v_type == VDIR))
		return (-ENOTDIR);
	nch_copy(&at, on);
	while (mount_cross(&at))
		;
	tree_wlock(vr);
	if (mp->mnt_on.ncp == NULL)
		error = -EINVAL;
	for (up = at.mp; up != NULL && error == 0; up = up->mnt_on.mp)
		if (up == mp)
			error = -ELOOP;
	if (error == 0) {
		old = mp->mnt_on;
		if (--old.ncp->nc_nmounts == 0)
			atomic_and(&old.ncp->nc_flags,
			    (uint16_t)~NCF_MOUNTPT);
		mp->mnt_on = at;
		at.ncp = NULL;
		mp->mnt_on.ncp->nc_nmounts++;
		atomic_or(&mp->mnt_on.ncp->nc_flags, NCF_MOUNTPT);
	}
	tree_wunlock(vr);
	nch_drop(&old);
	nch_drop(&at);
	return (error);
}

static bool
has_submounts(struct mount *mp)
{
	struct mount *m;

	list_foreach(m, &vfs()->vr_mounts, mnt_list)
		if (m->mnt_on.mp == mp)
			return (true);
	return (false);
}

/* flags: umount2(2)'s. The caller holds a reference besides the list's. */
int
vfs_unmount(struct mount *mp, int flags)
{
	struct vfs_root *vr = vfs();
	struct nchandle on = { NULL, NULL };
	struct mount *m, *kid = NULL;

	if (mp == vr->vr_rootmnt)
		return (-EINVAL);
	tree_wlock(vr);
	if ((mp->mnt_flags & MNT_DETACHED) != 0) {
		tree_wunlock(vr);
		return (-EINVAL);
	}
	if ((flags & 2 /* MNT_DETACH */) == 0) {
		/*
		 * Busy: somebody besides the list, the caller and binds of
		 * the same file system refers to it.
		 */
		uint32_t own = 2;

		list_foreach(m, &vr->vr_mounts, mnt_list)
			if (m != mp && m->mnt_super == mp)
				own++;
		if (has_submounts(mp) || atomic_load(&mp->mnt_ref) > own) {
			tree_wunlock(vr);
			return (-EBUSY);
		}
	}
	detach(mp, &on);
	tree_wunlock(vr);
	nch_drop(&on);
	/* A lazy unmount takes what is mounted below along. */
	do {
		kid = NULL;
		tree_wlock(vr);
		list_foreach(m, &vr->vr_mounts, mnt_list)
			if (m->mnt_on.mp == mp) {
				kid = m;
				mount_hold(kid);
				break;
			}
		tree_wunlock(vr);
		if (kid != NULL) {
			(void)vfs_unmount(kid, 2);
			mount_drop(kid);
		}
	} while (kid != NULL);
	mount_drop(mp);			/* the list's */
	return (0);
}

struct mount *
vfs_nthmount(unsigned i)
{
	struct vfs_root *vr = vfs();
	struct mount *mp, *found = NULL;

	rwl_rlock(&vr->vr_mountlock);
	list_foreach(mp, &vr->vr_mounts, mnt_list)
		if (i-- == 0) {
			mount_hold(mp);
			found = mp;
			break;
		}
	rwl_runlock(&vr->vr_mountlock);
	return (found);
}

bool
mount_cross(struct nchandle *n)
{
	struct vfs_root *vr = vfs();
	struct nchandle to = { NULL, NULL };
	struct mount *m;

	if (!nc_ismountpt(n->ncp))
		return (false);
	rwl_rlock(&vr->vr_mountlock);
	list_foreach(m, &vr->vr_mounts, mnt_list)
		if (m->mnt_on.ncp == n->ncp && m->mnt_on.mp == n->mp) {
			to.ncp = m->mnt_root;
			to.mp = m;
			nch_hold(&to);
			break;
		}
	rwl_runlock(&vr->vr_mountlock);
	if (to.ncp == NULL)
		return (false);
	nch_drop(n);
	*n = to;
	return (true);
}

bool
mount_up(struct nchandle *n)
{
	struct vfs_root *vr = vfs();
	struct nchandle to = { NULL, NULL };

	if (n->ncp != n->mp->mnt_root)
		return (false);
	rwl_rlock(&vr->vr_mountlock);
	if (n->mp->mnt_on.ncp != NULL)
		nch_copy(&to, &n->mp->mnt_on);
	rwl_runlock(&vr->vr_mountlock);
	if (to.ncp == NULL)
		return (false);
	nch_drop(n);
	*n = to;
	return (true);
}

/* A file system without files: the mount of nameless vnodes. */
static const struct fstype anonfs = {
	.fs_name	= "anon_inodefs",
	.fs_magic	= 0x09041934,
	.fs_flags	= FS_NODEV,
};

int
mount_init(void)
{
	struct vfs_root *vr = vfs();

	rwl_init(&vr->vr_mountlock, RANK_MOUNT, "mounts");
	list_init(&vr->vr_mounts);
	list_init(&vr->vr_mntpool);
	vr->vr_nextmnt = 20;
	vr->vr_nextdev = 20;
	vr->vr_anonmnt = mount_alloc(&anonfs, "anon_inodefs", 0);
	if (vr->vr_anonmnt == NULL)
		return (-ENOMEM);
	vr->vr_anonmnt->mnt_dev = (uint32_t)kmakedev(0, 15);
	return (0);
}
