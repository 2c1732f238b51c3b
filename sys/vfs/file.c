/*
 * file.c: open file descriptions.
 *
 * Dead ones wait in a pool (and one in each descriptor table), and are never
 * anything else: see filedesc.c.  f_id stays with the memory; so it tells the
 * living apart, which is all that it is for.
 */
#include "vfs/file.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/flock.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

/* A dead file: f_ref is 0, locks and lists are as they should be. */
static struct file *
pool_get(void)
{
	struct vfs_root *vr = vfs();
	struct file *fp;

	mtx_lock(&vr->vr_poollock);
	fp = list_first(&vr->vr_filepool, struct file, f_alink);
	if (fp != NULL) {
		list_del(&fp->f_alink);
		list_init(&fp->f_alink);
	}
	vr->vr_nfiles += fp != NULL;
	mtx_unlock(&vr->vr_poollock);
	if (fp != NULL || (fp = KNEW(struct file)) == NULL)
		return (fp);
	mtx_init(&fp->f_lock, RANK_FPOS, "file");
	mtx_init(&fp->f_eplock, RANK_LEAF, "fileep");
	list_init(&fp->f_epitems);
	list_init(&fp->f_alink);
	fp->f_id = atomic_add(&vr->vr_fileid, 1);
	mtx_lock(&vr->vr_poollock);
	vr->vr_nfiles++;
	mtx_unlock(&vr->vr_poollock);
	return (fp);
}

void
file_free(struct file *fp)
{
	struct vfs_root *vr = vfs();

	mtx_lock(&vr->vr_poollock);
	list_add_head(&vr->vr_filepool, &fp->f_alink);
	vr->vr_nfiles--;
	mtx_unlock(&vr->vr_poollock);
}

struct file *
file_alloc(enum ftype type, const struct fileops *ops, int flags)
{
	struct file *fp = fd_spareget();

	if (fp == NULL && (fp = pool_get()) == NULL)
		return (NULL);
	fp->f_type = type;
	fp->f_ops = ops;
	fp->f_flags = (uint32_t)flags;
	fp->f_hostfd = -1;
	fp->f_data = NULL;
	fp->f_vnode = NULL;
	fp->f_nch.ncp = NULL;
	fp->f_nch.mp = NULL;
	fp->f_cred = cred_hold(curthread()->td_cred);
	fp->f_offset = 0;
	fp->f_owner = 0;
	fp->f_sig = 0;
	fp->f_seals = 0;
	fp->f_fsmode = 0;
	fp->f_desc[0] = '\0';
	atomic_store_rel(&fp->f_ref, 1);
	return (fp);
}

void
fdrop(struct file *fp)
{
	const struct vfs_hooks *h;

	if (fp == NULL || !ref_release(&fp->f_ref))
		return;
	h = vfs_hooks();
	if (h != NULL && !list_empty(&fp->f_epitems))
		h->vh_epoll_gone(fp);
	if (fp->f_vnode != NULL && fp->f_vnode->v_locks != NULL)
		flock_fileclose(fp);
	if (fp->f_ops != NULL && fp->f_ops->fo_close != NULL)
		fp->f_ops->fo_close(fp);
	nch_drop(&fp->f_nch);
	vrele(fp->f_vnode);
	cred_free(fp->f_cred);
	if (!fd_spareput(fp))
		file_free(fp);
}

int64_t
file_noseek(struct file *fp, int64_t off, int whence)
{
	return (-ESPIPE);
}

/* Files without an offset that let lseek(2) pass: eventfd, inotify ... */
int64_t
file_nopseek(struct file *fp, int64_t off, int whence)
{
	return (0);
}

int
file_anonstat(struct file *fp, struct kstat *st, uint32_t mode)
{
	memset(st, 0, sizeof(*st));
	st->st_dev = vfs()->vr_anonmnt->mnt_dev;
	st->st_ino = fp->f_id;
	st->st_nlink = 1;
	st->st_mode = mode;
	st->st_uid = fp->f_cred->cr_fsuid;
	st->st_gid = fp->f_cred->cr_fsgid;
	st->st_blksize = KPAGE_SIZE;
	return (0);
}
