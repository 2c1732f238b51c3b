/*
 * file.c: open file descriptions.
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

struct file *
file_alloc(enum ftype type, const struct fileops *ops, int flags)
{
	struct file *fp = KNEW(struct file);

	if (fp == NULL)
		return (NULL);
	fp->f_ref = 1;
	fp->f_type = type;
	fp->f_ops = ops;
	fp->f_flags = (uint32_t)flags;
	fp->f_hostfd = -1;
	mtx_init(&fp->f_lock, RANK_FPOS, "file");
	mtx_init(&fp->f_eplock, RANK_LEAF, "fileep");
	list_init(&fp->f_epitems);
	list_init(&fp->f_alink);
	fp->f_cred = cred_hold(curthread()->td_cred);
	fp->f_id = atomic_add(&vfs()->vr_fileid, 1);
	atomic_add(&vfs()->vr_nfiles, 1);
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
	kfree(fp);
	atomic_sub(&vfs()->vr_nfiles, 1);
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
