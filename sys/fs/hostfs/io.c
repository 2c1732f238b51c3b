/*
 * io.c: contents of files and directories.
 *
 * Regular files are read and written by positional host calls straight into
 * guest memory.  A directory's HFD_RD stands at one position shared by all its
 * readers: seek and getdents are one step under hn_lock, and the entries are
 * handed out after it.
 */
#include "fs/hostfs/internal.h"

#include "base/clock.h"
#include "base/kmem.h"
#include "libkern/mman.h"
#include "vfs/file.h"
#include "vfs/uio.h"

/* Have the descriptor, so that open(2) fails when it must. */
static int
hf_open(struct vnode *vp, int flags, struct file *fp)
{
	struct hfnode *n = hfnode(vp);
	int acc = flags & O_ACCMODE, error, fd;

	(void)fp;
	if ((vp->v_type != VREG && vp->v_type != VDIR) ||
	    (flags & O_PATH) != 0)
		return (0);
	if (acc != O_RDONLY) {
		error = hf_getfd(n, HFD_RW, &fd);
		if (error == 0) {
			hf_unpin(n);
			if (acc == O_RDWR && (n->hn_flags & HN_WRONLY) != 0)
				acc = O_RDONLY;	/* needs a second one */
		}
		if (error != 0 || acc != O_RDONLY)
			return (error);
	}
	/* What can be read from memory needs none. */
	if (vp->v_type == VDIR && n->hn_hf->hf_static && hf_listvalid(n))
		return (0);
	error = hf_getfd(n, HFD_RD, &fd);
	if (error == 0)
		hf_unpin(n);
	return (error);
}

static int
hf_rdwr(struct vnode *vp, struct uio *uio, enum hf_slot slot)
{
	struct hfnode *n = hfnode(vp);
	int fd, error = hf_getfd(n, slot, &fd);
	long r;

	if (error != 0)
		return (error);
	if (uio->uio_write)
		hf_freshclear(n->hn_hf);
	r = uio_hostio(fd, uio, uio->uio_off);
	hf_unpin(n);
	return (r < 0 ? (int)r : 0);
}

static int
hf_read(struct vnode *vp, struct uio *uio, struct file *fp)
{
	(void)fp;
	return (hf_rdwr(vp, uio, HFD_RD));
}

static int
hf_write(struct vnode *vp, struct uio *uio, struct file *fp)
{
	(void)fp;
	return (hf_rdwr(vp, uio, HFD_RW));
}

/* --- directories ------------------------------------------------------------------ */

long
hf_getdents(struct hfnode *n, int fd, int64_t off, char *buf)
{
	struct host_dirent *de;
	long r, i = 0;

	mtx_lock(&n->hn_lock);
	r = n->hn_dirpos != off ? host_lseek(fd, off, SEEK_SET) : 0;
	if (r >= 0) {
		n->hn_dirpos = off;
		r = host_getdents(fd, buf, HF_DIRBUF);
	}
	if (r < 0)
		n->hn_dirpos = -1;
	while (r > 0 && i < r) {
		de = (struct host_dirent *)(buf + i);
		n->hn_dirpos = de->d_off;
		i += de->d_reclen;
	}
	mtx_unlock(&n->hn_lock);
	return (r);
}

/* One host buffer at a time: the caller comes back until *off stays. */
static int
hf_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
    struct file *fp)
{
	struct hfnode *n = hfnode(vp);
	int fd, error;
	long r, i;
	char *buf;

	(void)fp;
	if (*off == 0 && n->hn_hf->hf_static && !hf_listvalid(n))
		hf_listfill(n);
	if (n->hn_list != NULL && hf_listread(n, off, ds) == 0)
		return (0);
	buf = kmalloc(HF_DIRBUF, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	error = hf_getfd(n, HFD_RD, &fd);
	if (error != 0) {
		kfree(buf);
		return (error);
	}
	r = hf_getdents(n, fd, *off, buf);
	for (i = 0; i < r;) {
		struct host_dirent *de = (struct host_dirent *)(buf + i);
		int type = de->d_type;

		if (type == DT_REG && n->hn_hf->hf_hasdevs != 0)
			type = DT_UNKNOWN;
		if (!ds->ds_emit(ds, de->d_name, strlen(de->d_name),
		    de->d_ino, type, de->d_off))
			break;
		*off = de->d_off;
		i += de->d_reclen;
	}
	hf_unpin(n);
	kfree(buf);
	return (r < 0 ? (int)r : 0);
}

/* --- the rest -------------------------------------------------------------------------- */

static int
hf_fsync(struct vnode *vp, bool dataonly)
{
	struct hfnode *n = hfnode(vp);
	int fd, error = hf_getfd(n, HFD_RD, &fd);

	if (error == -EACCES)
		error = hf_getfd(n, HFD_RW, &fd);
	if (error != 0)
		return (error);
	error = dataonly ? host_fdatasync(fd) : host_fsync(fd);
	hf_unpin(n);
	return (error);
}

static int
hf_fallocate(struct vnode *vp, int mode, int64_t off, int64_t len)
{
	struct hfnode *n = hfnode(vp);
	int fd, error = hf_getfd(n, HFD_RW, &fd);

	if (error != 0)
		return (error);
	error = host_fallocate(fd, mode, off, len);
	hf_unpin(n);
	return (error);
}

static int64_t
hf_seekdata(struct vnode *vp, int64_t off, int whence)
{
	struct hfnode *n = hfnode(vp);
	int fd, error = hf_getfd(n, HFD_RD, &fd);
	int64_t r;

	if (error != 0)
		return (error);
	r = host_lseek(fd, off, whence);
	hf_unpin(n);
	return (r);
}

static int
hf_hostmap(struct vnode *vp, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	struct hfnode *n = hfnode(vp);
	bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
	int error;

	(void)len;
	if (vp->v_type != VREG)
		return (-ENODEV);
	error = hf_getfd(n, shared && (prot & PROT_WRITE) != 0 ? HFD_RW : HFD_RD, fd);
	if (error != 0)
		return (error);
	mtx_lock(&n->hn_lock);
	n->hn_mapped = clock_mono();
	n->hn_pins--;
	mtx_unlock(&n->hn_lock);
	*hostoff = off;
	return (0);
}

const struct vnodeops hostfs_vnodeops = {
	.vop_lookup = hf_lookup,
	.vop_mknod = hf_mknod,
	.vop_symlink = hf_symlink,
	.vop_link = hf_link,
	.vop_unlink = hf_unlink,
	.vop_rmdir = hf_rmdir,
	.vop_rename = hf_rename,
	.vop_tmpfile = hf_tmpfile,
	.vop_revalidate = hf_revalidate,
	.vop_getattr = hf_getattr,
	.vop_fastattr = hf_fastattr,
	.vop_setattr = hf_setattr,
	.vop_access = hf_access,
	.vop_readlink = hf_readlink,
	.vop_getxattr = hf_getxattr,
	.vop_setxattr = hf_setxattr,
	.vop_listxattr = hf_listxattr,
	.vop_removexattr = hf_removexattr,
	.vop_open = hf_open,
	.vop_read = hf_read,
	.vop_write = hf_write,
	.vop_readdir = hf_readdir,
	.vop_fsync = hf_fsync,
	.vop_fallocate = hf_fallocate,
	.vop_seekdata = hf_seekdata,
	.vop_hostmap = hf_hostmap,
	.vop_inactive = hf_inactive,
};
