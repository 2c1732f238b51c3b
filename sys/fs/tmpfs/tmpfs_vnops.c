/* tmpfs_vnops.c: names and attributes. */
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/walk.h"

#define	LINK_MAX	65000

static int
tmpfs_lookup(struct vnode *dvp, const char *name, size_t len,
    struct vnode **vpp)
{
	struct tnode *dir = vtot(dvp);
	struct tdirent *te;

	if (dvp->v_type != VDIR)
		return (-ENOTDIR);
	mtx_lock(&dir->tn_lock);
	te = tdir_find(dir, name, len);
	if (te != NULL) {
		*vpp = te->te_node->tn_vp;
		vref(*vpp);
	}
	mtx_unlock(&dir->tn_lock);
	return (te != NULL ? 0 : -ENOENT);
}

/* A new node under a new name. */
static int
make(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct tnode **tnp)
{
	struct tnode *dir = vtot(dvp), *tn;
	int error;

	if (dir->tn_nlink == 0)
		return (-ENOENT);
	if (tdir_find(dir, name, len) != NULL)
		return (-EEXIST);
	error = tnode_new(dir->tn_fs, mode, uid, gid, rdev, &tn);
	if (error < 0)
		return (error);
	tn->tn_nlink = S_ISDIR(mode) ? 2 : 1;
	error = tdir_add(dir, name, len, tn);
	if (error < 0) {
		tn->tn_nlink = 0;
		vrele(tn->tn_vp);
		return (error);
	}
	vref(tn->tn_vp);		/* for its links */
	*tnp = tn;
	return (0);
}

static int
tmpfs_mknod(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	struct tnode *tn;
	int error;

	error = make(dvp, name, len, mode, rdev, uid, gid, &tn);
	if (error == 0)
		*vpp = tn->tn_vp;
	return (error);
}

static int
tmpfs_symlink(struct vnode *dvp, const char *name, size_t len,
    const char *target, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	char *copy = kstrdup(target);
	struct tnode *tn;
	int error;

	if (copy == NULL)
		return (-ENOSPC);
	error = make(dvp, name, len, S_IFLNK | 0777, 0, uid, gid, &tn);
	if (error < 0) {
		kfree(copy);
		return (error);
	}
	tn->tn_link = copy;
	tn->tn_size = (int64_t)strlen(copy);
	*vpp = tn->tn_vp;
	return (0);
}

static int
tmpfs_tmpfile(struct vnode *dvp, uint32_t mode, uint32_t uid, uint32_t gid,
    struct vnode **vpp)
{
	struct tnode *tn;
	int error = tnode_new(vtofs(dvp), mode, uid, gid, 0, &tn);

	if (error == 0)
		*vpp = tn->tn_vp;
	return (error);
}

static int
tmpfs_link(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct tnode *dir = vtot(dvp), *tn = vtot(vp);
	int error;

	if (dir->tn_nlink == 0)
		return (-ENOENT);
	if (tn->tn_nlink >= LINK_MAX)
		return (-EMLINK);
	if (tdir_find(dir, name, len) != NULL)
		return (-EEXIST);
	tnode_addlink(tn);
	error = tdir_add(dir, name, len, tn);
	if (error < 0)
		tnode_droplink(tn, 1);
	return (error);
}

static int
tmpfs_unlink(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct tdirent *te = tdir_find(vtot(dvp), name, len);

	if (te == NULL || te->te_node != vtot(vp))
		return (-ENOENT);
	tdir_remove(vtot(dvp), te);
	tnode_droplink(vtot(vp), 1);
	return (0);
}

static int
tmpfs_rmdir(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct tdirent *te = tdir_find(vtot(dvp), name, len);
	struct tnode *tn = vtot(vp);

	if (te == NULL || te->te_node != tn)
		return (-ENOENT);
	/* Nobody makes names in it meanwhile: that needs its v_lock too. */
	mtx_lock_nested(&vp->v_lock);
	if (tn->tn_dir.td_count != 0) {
		mtx_unlock(&vp->v_lock);
		return (-ENOTEMPTY);
	}
	tdir_remove(vtot(dvp), te);
	tnode_lock(tn);
	tn->tn_dir.td_parent = NULL;
	tnode_unlock(tn);
	tnode_droplink(tn, 2);
	mtx_unlock(&vp->v_lock);
	return (0);
}

static bool
later(const struct timespec64 *a, const struct timespec64 *b)
{
	return (a->tv_sec > b->tv_sec ||
	    (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec));
}

static int
tmpfs_getattr(struct vnode *vp, struct kstat *st)
{
	struct tnode *tn = vtot(vp);
	struct kstat host;

	mtx_lock(&tn->tn_lock);
	st->st_ino = vp->v_ino;
	st->st_nlink = tn->tn_nlink;
	st->st_mode = tn->tn_mode;
	st->st_uid = tn->tn_uid;
	st->st_gid = tn->tn_gid;
	st->st_rdev = vp->v_rdev;
	st->st_blksize = KPAGE_SIZE;
	st->st_size = tn->tn_size;
	if (vp->v_type == VREG) {
		st->st_blocks = (int64_t)tn->tn_reg.tr_pages * 8;
		if (tn->tn_reg.tr_memfd >= 0 &&
		    host_fstat(tn->tn_reg.tr_memfd, &host) == 0) {
			st->st_blocks = host.st_blocks;
			/* Stores through mappings are only seen there. */
			if (later(&host.st_mtim, &tn->tn_mtime))
				tn->tn_mtime = tn->tn_ctime = host.st_mtim;
		}
	} else if (vp->v_type == VDIR)
		st->st_size = 40 + 20 * (int64_t)tn->tn_dir.td_count;
	st->st_atim = tn->tn_atime;
	st->st_mtim = tn->tn_mtime;
	st->st_ctim = tn->tn_ctime;
	st->st_btim = tn->tn_btime;
	mtx_unlock(&tn->tn_lock);
	return (0);
}

/*
 * The same without the lock, see vop_fastattr: when nl is still good the node
 * was one all the while, and tn_seq tells whether it changed.
 */
static int
tmpfs_fastattr(struct vnode *vp, const struct nclook *nl, struct kstat *st)
{
	struct tnode *tn = atomic_load_acq((struct tnode **)&vp->v_data);
	struct mount *mp = atomic_load_acq(&vp->v_mount);
	unsigned type = vp->v_type;
	uint32_t seq;

	if (!nclook_ok(nl))
		return (-EAGAIN);
	seq = atomic_load_acq(&tn->tn_seq);
	if ((seq & 1) != 0 ||
	    (type == VREG && tn->tn_reg.tr_memfd >= 0))
		return (-EAGAIN);
	st->st_dev = mp->mnt_dev;
	st->st_ino = vp->v_ino;
	st->st_nlink = tn->tn_nlink;
	st->st_mode = tn->tn_mode;
	st->st_uid = tn->tn_uid;
	st->st_gid = tn->tn_gid;
	st->st_rdev = vp->v_rdev;
	st->st_blksize = KPAGE_SIZE;
	st->st_size = tn->tn_size;
	if (type == VREG)
		st->st_blocks = (int64_t)tn->tn_reg.tr_pages * 8;
	else if (type == VDIR)
		st->st_size = 40 + 20 * (int64_t)tn->tn_dir.td_count;
	st->st_atim = tn->tn_atime;
	st->st_mtim = tn->tn_mtime;
	st->st_ctim = tn->tn_ctime;
	st->st_btim = tn->tn_btime;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (atomic_load_relaxed(&tn->tn_seq) == seq ? 0 : -EAGAIN);
}

static void
set_mtime(struct vnode *vp, const struct timespec64 *t)
{
	struct tnode *tn = vtot(vp);
	struct timespec64 ts[2] = { *t, *t };

	tn->tn_mtime = *t;
	/* getattr takes the later of the two. */
	if (vp->v_type == VREG && tn->tn_reg.tr_memfd >= 0)
		(void)host_utimensat(tn->tn_reg.tr_memfd, NULL, ts, 0);
}

static int
tmpfs_setattr(struct vnode *vp, const struct vattr *va)
{
	struct tnode *tn = vtot(vp);
	int error = 0;

	tnode_lock(tn);
	if ((va->va_mask & VA_SIZE) != 0)
		error = vp->v_type == VREG ? tdata_truncate(tn, va->va_size) :
		    -EINVAL;
	if (error == 0) {
		if ((va->va_mask & VA_MODE) != 0)
			tn->tn_mode = (tn->tn_mode & S_IFMT) |
			    (va->va_mode & 07777);
		if ((va->va_mask & VA_UID) != 0)
			tn->tn_uid = va->va_uid;
		if ((va->va_mask & VA_GID) != 0)
			tn->tn_gid = va->va_gid;
		vn_setperm(vp, tn->tn_mode, tn->tn_uid, tn->tn_gid);
		if ((va->va_mask & VA_ATIME) != 0)
			tn->tn_atime = va->va_atime;
		if ((va->va_mask & VA_MTIME) != 0)
			set_mtime(vp, &va->va_mtime);
		tnode_touch(tn, TOUCH_C);
	}
	tnode_unlock(tn);
	return (error);
}

static long
tmpfs_readlink(struct vnode *vp, char *buf, size_t n)
{
	struct tnode *tn = vtot(vp);

	n = kmin(n, (size_t)tn->tn_size);
	memcpy(buf, tn->tn_link, n);
	tnode_read(tn);
	return ((long)n);
}

static int
tmpfs_fsync(struct vnode *vp, bool dataonly)
{
	return (0);
}

const struct vnodeops tmpfs_vnops = {
	.vop_lookup	= tmpfs_lookup,
	.vop_mknod	= tmpfs_mknod,
	.vop_symlink	= tmpfs_symlink,
	.vop_link	= tmpfs_link,
	.vop_unlink	= tmpfs_unlink,
	.vop_rmdir	= tmpfs_rmdir,
	.vop_rename	= tmpfs_rename,
	.vop_tmpfile	= tmpfs_tmpfile,
	.vop_getattr	= tmpfs_getattr,
	.vop_fastattr	= tmpfs_fastattr,
	.vop_setattr	= tmpfs_setattr,
	.vop_readlink	= tmpfs_readlink,
	.vop_getxattr	= tmpfs_getxattr,
	.vop_setxattr	= tmpfs_setxattr,
	.vop_listxattr	= tmpfs_listxattr,
	.vop_removexattr = tmpfs_removexattr,
	.vop_read	= tmpfs_read,
	.vop_write	= tmpfs_write,
	.vop_readdir	= tmpfs_readdir,
	.vop_fsync	= tmpfs_fsync,
	.vop_fallocate	= tmpfs_fallocate,
	.vop_seekdata	= tmpfs_seekdata,
	.vop_hostmap	= tmpfs_hostmap,
	.vop_inactive	= tnode_inactive,
};
