/*
 * memfd.c: memfd_create(2): a nameless file on a host memfd.
 *
 * The host keeps contents, size and seals (so that they bind mappings exactly
 * as on Linux); mode, owner and access time are ours.
 */
#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/nc_impl.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

struct memnode {
	int		mn_hostfd;
	struct mtx	mn_lock;	/* RANK_VNODE_DATA */
	uint32_t	mn_mode, mn_uid, mn_gid;
	struct timespec64 mn_btime;
};

static int
mem_getattr(struct vnode *vp, struct kstat *st)
{
	struct memnode *mn = vp->v_data;
	int error = host_fstat(mn->mn_hostfd, st);

	if (error < 0)
		return (error);
	st->st_dev = 0;			/* the mount's */
	st->st_ino = vp->v_ino;
	st->st_nlink = 0;
	st->st_mode = S_IFREG | mn->mn_mode;
	st->st_uid = mn->mn_uid;
	st->st_gid = mn->mn_gid;
	return (0);
}

static int
mem_setattr(struct vnode *vp, const struct vattr *va)
{
	struct memnode *mn = vp->v_data;
	struct timespec64 ts[2];
	int error;

	if ((va->va_mask & VA_SIZE) != 0) {
		error = host_ftruncate(mn->mn_hostfd, va->va_size);
		if (error < 0)
			return (error);
	}
	if ((va->va_mask & (VA_ATIME | VA_MTIME)) != 0) {
		ts[0] = va->va_atime;
		ts[1] = va->va_mtime;
		if ((va->va_mask & VA_ATIME) == 0)
			ts[0].tv_nsec = (1L << 30) - 2;
		if ((va->va_mask & VA_MTIME) == 0)
			ts[1].tv_nsec = (1L << 30) - 2;
		error = host_utimensat(mn->mn_hostfd, NULL, ts, 0);
		if (error < 0)
			return (error);
	}
	if ((va->va_mask & VA_MODE) != 0)
		mn->mn_mode = va->va_mode;
	if ((va->va_mask & VA_UID) != 0)
		mn->mn_uid = va->va_uid;
	if ((va->va_mask & VA_GID) != 0)
		mn->mn_gid = va->va_gid;
	return (0);
}

static int
mem_rw(struct vnode *vp, struct uio *uio, struct file *fp)
{
	struct memnode *mn = vp->v_data;
	long n = uio_hostio(mn->mn_hostfd, uio, uio->uio_off);

	return (n < 0 ? (int)n : 0);
}

static int
mem_fallocate(struct vnode *vp, int mode, int64_t off, int64_t len)
{
	struct memnode *mn = vp->v_data;

	return (host_fallocate(mn->mn_hostfd, mode, off, len));
}

static int64_t
mem_seekdata(struct vnode *vp, int64_t off, int whence)
{
	struct memnode *mn = vp->v_data;

	return (host_lseek(mn->mn_hostfd, off, whence));
}

static int
mem_hostmap(struct vnode *vp, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	struct memnode *mn = vp->v_data;

	*fd = mn->mn_hostfd;
	*hostoff = off;
	return (0);
}

static void
mem_inactive(struct vnode *vp)
{
	struct memnode *mn = vp->v_data;

	(void)host_close(mn->mn_hostfd);
	kfree(mn);
	vnode_free(vp);
}

static const struct vnodeops mem_vnops = {
	.vop_getattr	= mem_getattr,
	.vop_setattr	= mem_setattr,
	.vop_read	= mem_rw,
	.vop_write	= mem_rw,
	.vop_fallocate	= mem_fallocate,
	.vop_seekdata	= mem_seekdata,
	.vop_hostmap	= mem_hostmap,
	.vop_inactive	= mem_inactive,
};

#define	MFD_CLOEXEC		1u
#define	MFD_ALLOW_SEALING	2u
#define	MFD_HUGETLB		4u
#define	MFD_NOEXEC_SEAL		8u
#define	MFD_EXEC		16u
#define	MFD_HUGESIZE		(0x3fu << 26)

static struct vnode *
memnode_new(const char *name, unsigned flags)
{
	struct ucred *cr = curthread()->td_cred;
	struct memnode *mn = KNEW(struct memnode);
	struct vnode *vp;

	if (mn == NULL)
		return (NULL);
	mn->mn_hostfd = host_memfd(name, HOST_MEMFD_EXEC |
	    ((flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)) != 0 ?
	    HOST_MEMFD_SEALS : 0));
	vp = mn->mn_hostfd < 0 ? NULL :
	    vnode_alloc(vfs()->vr_anonmnt, VREG, &mem_vnops, mn);
	if (vp == NULL) {
		if (mn->mn_hostfd >= 0)
			(void)host_close(mn->mn_hostfd);
		kfree(mn);
		return (NULL);
	}
	mtx_init(&mn->mn_lock, RANK_VNODE_DATA, "memfd");
	mn->mn_mode = (flags & MFD_NOEXEC_SEAL) != 0 ? 0666 : 0777;
	mn->mn_uid = cr->cr_fsuid;
	mn->mn_gid = cr->cr_fsgid;
	clock_realts(&mn->mn_btime);
	vp->v_ino = vfs_newino();
	return (vp);
}

int
memfd_file(const char *name, unsigned flags, struct file **fpp)
{
	char path[KNAME_MAX];
	struct vnode *vp;
	struct file *fp;

	vp = memnode_new(name, flags);
	if (vp == NULL)
		return (-ENOMEM);
	fp = file_alloc(FT_VNODE, NULL, O_RDWR | O_LARGEFILE);
	if (fp == NULL) {
		vrele(vp);
		return (-ENFILE);
	}
	fp->f_vnode = vp;
	ksnprintf(path, sizeof(path), "/memfd:%s", name);
	if (nch_anon(vp, NULL, path, &fp->f_nch) < 0) {
		fdrop(fp);
		return (-ENOMEM);
	}
	fp->f_nch.ncp->nc_flags |= NCF_DEAD;
	(void)vn_getwrite(vp);
	vp->v_opens = 1;
	fp->f_ops = &vn_fileops;
	*fpp = fp;
	return (0);
}

int
kern_memfd_create(const char *name, unsigned flags)
{
	struct file *fp;
	int fd;

	if ((flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL |
	    MFD_EXEC | MFD_HUGETLB | MFD_HUGESIZE)) != 0)
		return (-EINVAL);
	if ((flags & (MFD_HUGETLB | MFD_HUGESIZE)) != 0)
		return ((flags & MFD_HUGETLB) != 0 ? -ENODEV : -EINVAL);
	if ((flags & (MFD_EXEC | MFD_NOEXEC_SEAL)) ==
	    (MFD_EXEC | MFD_NOEXEC_SEAL))
		return (-EINVAL);
	if (strlen(name) > 249)
		return (-EINVAL);
	fd = memfd_file(name, flags, &fp);
	if (fd < 0)
		return (fd);
	fd = fd_install(fp, 0, (flags & MFD_CLOEXEC) != 0);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

long
kern_fseals(struct file *fp, int cmd, unsigned arg)
{
	struct memnode *mn;

	if (fp->f_vnode == NULL || fp->f_vnode->v_op != &mem_vnops)
		return (-EINVAL);
	mn = fp->f_vnode->v_data;
	if (cmd == F_ADD_SEALS && (fp->f_flags & O_ACCMODE) == O_RDONLY)
		return (-EPERM);
	return (host_fcntl(mn->mn_hostfd, cmd, arg));
}
