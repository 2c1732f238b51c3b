/*
 * vfs_attr.c: who may change which attribute, and what changes along
 * (chmod(2), chown(2), utimensat(2), truncate(2), inode(7)).
 */
#include "base/clock.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/signal.h"
#include "vfs/attr.h"
#include "vfs/inotify.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

bool
vn_isowner(const struct kstat *st, const struct ucred *cr)
{
	return (cr->cr_fsuid == st->st_uid || cred_priv(cr, PRIV_FOWNER));
}

int
vn_newowner(struct vnode *dvp, struct ucred *cr, uint32_t *mode, uint32_t *uid,
    uint32_t *gid)
{
	struct kstat st;
	int error;

	error = vn_getattr(dvp, &st);
	if (error < 0)
		return (error);
	*uid = cr->cr_fsuid;
	*gid = cr->cr_fsgid;
	if ((st.st_mode & S_ISGID) != 0) {
		*gid = st.st_gid;
		if (S_ISDIR(*mode))
			*mode |= S_ISGID;
		else if ((*mode & (S_ISGID | 010)) == (S_ISGID | 010) &&
		    !cred_ingroup(cr, *gid) && !cred_priv(cr, PRIV_FSETID))
			*mode &= ~(uint32_t)S_ISGID;
	}
	return (0);
}

/* The set-id bits that a change of contents or owner takes away. */
static uint32_t
killed_bits(uint32_t mode)
{
	uint32_t kill = mode & S_ISUID;

	if ((mode & (S_ISGID | 010)) == (S_ISGID | 010))
		kill |= S_ISGID;
	return (S_ISREG(mode) ? kill : 0);
}

void
vn_clearsetid(struct vnode *vp)
{
	struct vattr va = { .va_mask = VA_MODE };
	struct kstat st;
	uint32_t kill;

	if (vn_getattr(vp, &st) < 0)
		return;
	kill = killed_bits(st.st_mode);
	if (kill == 0)
		return;
	va.va_mode = st.st_mode & 07777 & ~kill;
	(void)vn_setattr(vp, &va);
}

int
vn_truncate(struct vnode *vp, int64_t len, struct ucred *cr)
{
	struct vattr va = { .va_mask = VA_SIZE, .va_size = len };
	struct kstat st;
	int error;

	if (len < 0 || vp->v_type != VREG)
		return (-EINVAL);
	mtx_lock(&vp->v_lock);
	if ((uint64_t)len > vfs_rlimit(VFS_RLIMIT_FSIZE) &&
	    vn_getattr(vp, &st) == 0 && len > st.st_size) {
		mtx_unlock(&vp->v_lock);
		vfs_signal(SIGXFSZ);
		return (-EFBIG);
	}
	if (!cred_priv(cr, PRIV_FSETID))
		vn_clearsetid(vp);
	error = vn_setattr(vp, &va);
	mtx_unlock(&vp->v_lock);
	if (error >= 0)
		vn_notify(vp, IN_MODIFY);
	return (error);
}

int
nch_chmod(const struct nchandle *n, uint32_t mode)
{
	struct ucred *cr = curthread()->td_cred;
	struct vattr va = { .va_mask = VA_MODE };
	struct vnode *vp = nch_vp(n);
	struct kstat st;
	int error;

	if (nch_rdonly(n))
		return (-EROFS);
	if (vp->v_type == VLNK)
		return (-EOPNOTSUPP);
	mtx_lock(&vp->v_lock);
	error = vn_getattr(vp, &st);
	if (error == 0 && !vn_isowner(&st, cr))
		error = -EPERM;
	if (error == 0) {
		va.va_mode = mode & 07777;
		if (!cred_ingroup(cr, st.st_gid) &&
		    !cred_priv(cr, PRIV_FSETID))
			va.va_mode &= ~(uint32_t)S_ISGID;
		error = vn_setattr(vp, &va);
	}
	mtx_unlock(&vp->v_lock);
	if (error >= 0)
		vn_notify(vp, IN_ATTRIB);
	return (error);
}

int
nch_chown(const struct nchandle *n, uint32_t uid, uint32_t gid)
{
	struct ucred *cr = curthread()->td_cred;
	struct vattr va = { .va_mask = 0 };
	struct vnode *vp = nch_vp(n);
	struct kstat st;
	uint32_t kill;
	int error;

	if (nch_rdonly(n))
		return (-EROFS);
	mtx_lock(&vp->v_lock);
	error = vn_getattr(vp, &st);
	if (error < 0)
		goto out;
	error = -EPERM;
	if (uid != ~0u) {
		if (!cred_priv(cr, PRIV_CHOWN) && (uid != st.st_uid ||
		    cr->cr_fsuid != st.st_uid))
			goto out;
		va.va_mask |= VA_UID;
		va.va_uid = uid;
	}
	if (gid != ~0u) {
		if (!cred_priv(cr, PRIV_CHOWN) && (cr->cr_fsuid != st.st_uid ||
		    (gid != st.st_gid && !cred_ingroup(cr, gid))))
			goto out;
		va.va_mask |= VA_GID;
		va.va_gid = gid;
	}
	kill = killed_bits(st.st_mode);
	if (kill != 0) {
		va.va_mask |= VA_MODE;
		va.va_mode = st.st_mode & 07777 & ~kill;
	} else if (va.va_mask == 0 && vp->v_type != VLNK &&
	    vn_isowner(&st, cr)) {
		va.va_mask = VA_MODE;	/* nothing but the ctime changes */
		va.va_mode = st.st_mode & 07777;
	}
	error = vn_setattr(vp, &va);
out:
	mtx_unlock(&vp->v_lock);
	if (error >= 0)
		vn_notify(vp, IN_ATTRIB);
	return (error);
}

/* Fill one time; returns its mask bit or 0. */
static uint32_t
one_time(const struct timespec64 *ts, const struct timespec64 *now,
    struct timespec64 *out, uint32_t bit)
{
	if (ts != NULL && ts->tv_nsec == UTIME_OMIT_)
		return (0);
	*out = ts == NULL || ts->tv_nsec == UTIME_NOW_ ? *now : *ts;
	return (bit);
}

int
nch_utimes(const struct nchandle *n, const struct timespec64 *ts)
{
	struct ucred *cr = curthread()->td_cred;
	struct vattr va = { .va_mask = 0 };
	struct vnode *vp = nch_vp(n);
	struct timespec64 now;
	struct kstat st;
	bool bothnow;
	int error, i;

	bothnow = ts == NULL || (ts[0].tv_nsec == UTIME_NOW_ &&
	    ts[1].tv_nsec == UTIME_NOW_);
	for (i = 0; ts != NULL && i < 2; i++)
		if (ts[i].tv_nsec != UTIME_NOW_ &&
		    ts[i].tv_nsec != UTIME_OMIT_ &&
		    (ts[i].tv_nsec < 0 || ts[i].tv_nsec >= NSEC_PER_SEC))
			return (-EINVAL);
	if (ts != NULL && ts[0].tv_nsec == UTIME_OMIT_ &&
	    ts[1].tv_nsec == UTIME_OMIT_)
		return (0);
	if (nch_rdonly(n))
		return (-EROFS);
	clock_realts(&now);
	va.va_mask |= one_time(ts, &now, &va.va_atime, VA_ATIME);
	va.va_mask |= one_time(ts == NULL ? NULL : ts + 1, &now, &va.va_mtime,
	    VA_MTIME);
	mtx_lock(&vp->v_lock);
	error = vn_getattr(vp, &st);
	if (error == 0 && !vn_isowner(&st, cr)) {
		if (!bothnow)
			error = -EPERM;
		else
			error = vn_access(vp, W_OK, cr);
	}
	if (error == 0)
		error = vn_setattr(vp, &va);
	mtx_unlock(&vp->v_lock);
	if (error >= 0)
		vn_notify(vp, IN_ATTRIB);
	return (error);
}
