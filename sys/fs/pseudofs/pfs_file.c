/*
 * pfs_file.c: open files of synthetic file systems.
 *
 * The offset is f_offset under f_lock, which is held only to read and move it,
 * because making a text may take locks of any rank.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "fs/pseudofs/pseudofs_var.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

static void
text_drop(struct pfs_text *pt)
{
	if (pt == NULL || !ref_release(&pt->pt_ref))
		return;
	sbuf_free(&pt->pt_sb);
	kfree(pt);
}

static int
pfs_mayuse(struct pfs_ctx *c)
{
	if ((c->pc_node->pn_flags & PFS_PTRACE) && c->pc_p != NULL)
		return (pfs_mayptrace(c->pc_p));
	return (0);
}

static int
text_make(struct vnode *vp, struct pfs_text **ptp)
{
	struct pfs_ctx c = *(struct pfs_ctx *)vp->v_data;
	struct pfs_text *pt;
	int error;

	error = pfs_enter(&c);
	if (error != 0)
		return (error);
	pt = KNEW(struct pfs_text);
	if (pt == NULL) {
		pfs_leave(&c);
		return (-ENOMEM);
	}
	pt->pt_ref = 1;
	sbuf_init(&pt->pt_sb);
	error = pfs_mayuse(&c);
	if (error == 0)
		error = c.pc_node->pn_fill(&c, &pt->pt_sb);
	if (error == 0)
		error = sbuf_error(&pt->pt_sb);
	pfs_leave(&c);
	if (error != 0) {
		text_drop(pt);
		return (error);
	}
	*ptp = pt;
	return (0);
}

/* The text to read from at off; referenced. */
static int
text_get(struct file *fp, int64_t off, struct pfs_text **ptp)
{
	struct pfs_open *po = fp->f_data;
	struct pfs_text *pt = NULL, *old = NULL;
	int error;

	mtx_lock(&po->po_lock);
	if (off != 0 && po->po_text != NULL) {
		pt = po->po_text;
		ref_acquire(&pt->pt_ref);
	}
	mtx_unlock(&po->po_lock);
	if (pt == NULL) {
		error = text_make(fp->f_vnode, &pt);
		if (error != 0)
			return (error);
		ref_acquire(&pt->pt_ref);	/* the file's */
		mtx_lock(&po->po_lock);
		old = po->po_text;
		po->po_text = pt;
		mtx_unlock(&po->po_lock);
		text_drop(old);
	}
	*ptp = pt;
	return (0);
}

static int
pfs_rawio(struct file *fp, struct uio *uio)
{
	struct pfs_ctx c = *(struct pfs_ctx *)fp->f_vnode->v_data;
	bool positional = uio->uio_off >= 0;
	int error;

	error = pfs_enter(&c);
	if (error != 0)
		return (error);
	error = pfs_mayuse(&c);
	if (error == 0) {
		if (!positional)
			uio->uio_off = fp->f_offset;
		error = c.pc_node->pn_rw(&c, uio);
		if (!positional)
			fp->f_offset = uio->uio_off;
	}
	pfs_leave(&c);
	return (error);
}

static int
pfsf_read(struct file *fp, struct uio *uio)
{
	struct pfs_ctx *key = fp->f_vnode->v_data;
	bool positional = uio->uio_off >= 0;
	struct pfs_text *pt;
	int64_t off;
	size_t n;
	int error;

	if (key->pc_node->pn_rw != NULL)
		return (pfs_rawio(fp, uio));
	if (key->pc_node->pn_fill == NULL)
		return (-EINVAL);
	mtx_lock(&fp->f_lock);
	off = positional ? uio->uio_off : fp->f_offset;
	mtx_unlock(&fp->f_lock);
	error = text_get(fp, off, &pt);
	if (error != 0)
		return (error);
	if ((uint64_t)off < pt->pt_sb.sb_len) {
		n = uio->uio_resid;
		error = uiomove(pt->pt_sb.sb_buf + off,
		    kmin(n, pt->pt_sb.sb_len - (size_t)off), uio);
		if (!positional) {
			mtx_lock(&fp->f_lock);
			fp->f_offset = off + (n - uio->uio_resid);
			mtx_unlock(&fp->f_lock);
		}
	}
	text_drop(pt);
	return (error);
}

static int
pfsf_write(struct file *fp, struct uio *uio)
{
	struct pfs_ctx c = *(struct pfs_ctx *)fp->f_vnode->v_data;
	size_t n = uio->uio_resid;
	char *buf;
	int error;

	if (c.pc_node->pn_rw != NULL)
		return (pfs_rawio(fp, uio));
	if (c.pc_node->pn_write == NULL)
		return (-EIO);
	if (n > PFS_MAXWRITE)
		return (-EINVAL);
	buf = kmalloc(n + 1, 0);
	if (buf == NULL)
		return (-ENOMEM);
	error = uiomove(buf, n, uio);
	if (error == 0) {
		buf[n] = '\0';
		error = pfs_enter(&c);
	}
	if (error == 0) {
		error = pfs_mayuse(&c);
		if (error == 0)
			error = c.pc_node->pn_write(&c, buf, n);
		pfs_leave(&c);
	}
	if (error != 0)
		uio->uio_resid = n;
	kfree(buf);
	return (error);
}

static int64_t
pfsf_seek(struct file *fp, int64_t off, int whence)
{
	mtx_lock(&fp->f_lock);
	if (whence == SEEK_CUR)
		off += fp->f_offset;
	else if (whence != SEEK_SET)
		off = -EINVAL;
	if (off < 0)
		off = -EINVAL;
	else
		fp->f_offset = off;
	mtx_unlock(&fp->f_lock);
	return (off);
}

static long
pfsf_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	return (-ENOIOCTLCMD);
}

static int
pfsf_poll(struct file *fp, int events, struct poller *po)
{
	return (events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM));
}

static int
pfsf_stat(struct file *fp, struct kstat *st)
{
	return (vn_fileops.fo_stat(fp, st));
}

static void
pfsf_close(struct file *fp)
{
	struct pfs_open *po = fp->f_data;

	text_drop(po->po_text);
	kfree(po);
}

static const struct fileops pfs_fileops = {
	.fo_read = pfsf_read,
	.fo_write = pfsf_write,
	.fo_seek = pfsf_seek,
	.fo_ioctl = pfsf_ioctl,
	.fo_poll = pfsf_poll,
	.fo_stat = pfsf_stat,
	.fo_close = pfsf_close,
	.fo_flags = FO_SEEKABLE,
};

int
pfs_open(struct vnode *vp, int flags, struct file *fp)
{
	struct pfs_ctx c = *(struct pfs_ctx *)vp->v_data;
	struct pfs_open *po;
	int error;

	if (vp->v_type != VREG)
		return (0);
	error = pfs_enter(&c);
	if (error != 0)
		return (-ENOENT);
	error = pfs_mayuse(&c);
	pfs_leave(&c);
	/* No false success: what takes no writes cannot be opened for any. */
	if (error == 0 && (flags & O_ACCMODE) != O_RDONLY &&
	    c.pc_node->pn_write == NULL && c.pc_node->pn_rw == NULL)
		error = -EACCES;
	if (error != 0)
		return (error);
	po = KNEW(struct pfs_open);
	if (po == NULL)
		return (-ENOMEM);
	mtx_init(&po->po_lock, RANK_LEAF, "pfsopen");
	fp->f_data = po;
	fp->f_ops = &pfs_fileops;
	return (0);
}

/* --- open files without a name, as /proc/PID/fd leads to them ------------------- */

static struct file *
fv_file(struct vnode *vp)
{
	return (vp->v_data);
}

static int
fv_getattr(struct vnode *vp, struct kstat *st)
{
	struct file *fp = fv_file(vp);

	return (fp->f_ops->fo_stat(fp, st));
}

static int
fv_open(struct vnode *vp, int flags, struct file *fp)
{
	struct file *orig = fv_file(vp);

	if (orig->f_ops->fo_reopen == NULL)
		return (-ENXIO);
	return (orig->f_ops->fo_reopen(orig, fp, flags));
}

static void
fv_inactive(struct vnode *vp)
{
	fdrop(fv_file(vp));
	vnode_free(vp);
}

static const struct vnodeops fv_vnodeops = {
	.vop_getattr = fv_getattr,
	.vop_open = fv_open,
	.vop_inactive = fv_inactive,
};

int
pfs_filehandle(struct mount *mp, struct file *fp, struct nchandle *nch)
{
	struct kstat st;
	struct vnode *vp;
	enum vtype type = VNON;
	int error;

	if (fp->f_ops->fo_stat != NULL && fp->f_ops->fo_stat(fp, &st) == 0)
		type = vtype_of_mode(st.st_mode);
	vp = vnode_alloc(mp, type, &fv_vnodeops, fhold(fp));
	if (vp == NULL) {
		fdrop(fp);
		return (-ENOMEM);
	}
	vp->v_flags |= VV_OPEN;		/* even a FIFO or a device */
	error = nch_anon(vp, mp, fp->f_desc, nch);
	vrele(vp);	/* the name holds it now */
	return (error);
}
