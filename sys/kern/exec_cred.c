/*
 * exec_cred.c: what identity a new program gets (execve(2), "Effect on
 * process attributes"; capabilities(7), "Transformation of capabilities").
 * File capabilities are not read.
 */
#include "base/thread.h"
#include "kern/exec.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

#define	SECBIT_NOROOT	1

static void
apply_setid(struct ucred *cr, const struct kstat *st)
{
	if (st->st_mode & S_ISUID)
		cr->cr_uid = st->st_uid;
	/* Without group execution the bit means mandatory locking. */
	if ((st->st_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		cr->cr_gid = st->st_gid;
}

static void
apply_caps(struct ucred *cr, bool setid)
{
	bool root = (cr->cr_ruid == 0 || cr->cr_uid == 0) &&
	    !(cr->cr_securebits & SECBIT_NOROOT);

	if (setid)
		cr->cr_cap_amb = 0;
	if (root) {
		cr->cr_cap_perm = cr->cr_cap_inh | cr->cr_cap_bnd;
		cr->cr_cap_eff = cr->cr_uid == 0 ? cr->cr_cap_perm :
		    cr->cr_cap_amb;
	} else {
		cr->cr_cap_perm = cr->cr_cap_amb;
		cr->cr_cap_eff = cr->cr_cap_amb;
	}
}

int
exec_cred(struct thread *td, struct execimg *img)
{
	struct vnode *vp = img->ei_file->f_vnode;
	struct mount *mp = img->ei_file->f_nch.mp;
	struct ucred *old = td->td_cred, *cr;
	struct kstat st = { 0 };
	bool setid;
	int error;

	error = vn_getattr(vp, &st);
	if (error != 0)
		return (error);
	cr = cred_copy(old);
	if (cr == NULL)
		return (-ENOMEM);
	if (!td->td_proc->p_nonewprivs &&
	    !(mp != NULL && (mp->mnt_flags & MNT_NOSUID)))
		apply_setid(cr, &st);
	setid = cr->cr_uid != old->cr_uid || cr->cr_gid != old->cr_gid;
	cr->cr_suid = cr->cr_fsuid = cr->cr_uid;
	cr->cr_sgid = cr->cr_fsgid = cr->cr_gid;
	apply_caps(cr, setid);
	cr->cr_securebits &= ~16u;	/* SECBIT_KEEP_CAPS */
	img->ei_secure = setid || cr->cr_uid != cr->cr_ruid ||
	    cr->cr_gid != cr->cr_rgid;
	img->ei_readable = cred_access(old, st.st_mode, st.st_uid, st.st_gid,
	    R_OK) == 0;
	if (img->ei_cred != NULL)
		cred_free(img->ei_cred);
	img->ei_cred = cr;
	return (0);
}
