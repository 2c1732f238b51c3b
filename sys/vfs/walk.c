/*
 * walk.c: looking up cached paths without locks and without references.
 *
 * The walk stands on one name at a time, known by the entry and the nc_seq it
 * had when it was found right (struct nclook).  A step reads what it needs of
 * the entry, of its vnode and of the table, and then asks whether nc_seq is
 * still the same: if so the entry was in its place all the while, with
 * everything it refers to, and so what was read of it holds for some moment
 * since the step began.  That is as much as a walk with references knows, for
 * which a rename may come between two steps just as well.
 *
 * What makes it safe to look at things that are being freed:
 *  - entries and mounts never become anything else (pools of their own);
 *  - vnodes do, but arena memory can always be read; what is read of a vnode
 *    is believed, and a pointer in it followed, only after nclook_ok();
 *  - the walk writes nothing but NCF_REF, and takes references only at its end,
 *    by ref_acquire_live, which fails on the dead, and asks once more after it.
 *
 * A mount or an unmount anywhere (vr_mntseq) ends the walk: they are rare.
 *
 * At any doubt it stops where it is (WALK_STOP: a name that is not cached, a
 * directory that the file system wants to be asked about, a permission that is
 * missing, a magic link) and namei.c goes on from there with locks; or it is
 * lost, and namei.c starts over.
 */
#include "vfs/walk.h"

#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/vnode.h"

#define	LINK_MAX	4		/* links inside one walk */
#define	LINK_TEXT	128
#define	CROSS_MAX	8

struct fwalk {
	struct nclook	f_at;
	const struct nclook *f_root;
	const char	*f_p;
	uint64_t	f_now;		/* cycles; 0: not asked yet */
	unsigned	f_nlinks;	/* we are in */
	unsigned	f_met;		/* and that were met at all */
	const char	*f_rest[LINK_MAX];	/* behind each link */
	char		f_text[LINK_MAX][LINK_TEXT];
};

/* Stand on (mp, ncp), which the entry we stood on, or the mount tree, refers
 * to at this moment. */
static bool
step_to(struct fwalk *f, struct mount *mp, struct namecache *ncp)
{
	uint32_t seq = atomic_load_acq(&ncp->nc_seq);

	if (!nclook_ok(&f->f_at))
		return (false);
	f->f_at.nl_ncp = ncp;
	f->f_at.nl_mp = mp;
	f->f_at.nl_seq = seq;
	return (true);
}

/* Down into what is mounted here. */
static int
cross(struct fwalk *f)
{
	struct vfs_root *vr = vfs();
	struct mntcross x;
	unsigned h, i, n;

	for (n = 0; nc_ismountpt(f->f_at.nl_ncp); n++) {
		if (n == CROSS_MAX || vr->vr_crossfull)
			return (WALK_LOST);
		h = cross_hash(f->f_at.nl_mp, f->f_at.nl_ncp);
		for (i = 0; i < MNT_CROSS; i++) {
			x = vr->vr_cross[(h + i) % MNT_CROSS];
			if (x.x_ncp == NULL || (x.x_ncp == f->f_at.nl_ncp &&
			    x.x_mp == f->f_at.nl_mp))
				break;
		}
		if (i == MNT_CROSS)
			return (WALK_LOST);
		if (x.x_ncp == NULL)	/* mounted in another mount */
			break;
		if (atomic_load_acq(&vr->vr_mntseq) != f->f_at.nl_mntseq ||
		    !step_to(f, x.x_to, x.x_root))
			return (WALK_LOST);
	}
	return (WALK_ON);
}

static int
dotdot(struct fwalk *f)
{
	struct vfs_root *vr = vfs();
	struct nchandle on;
	struct namecache *up;

	for (;;) {
		if (f->f_at.nl_ncp == f->f_root->nl_ncp &&
		    f->f_at.nl_mp == f->f_root->nl_mp)
			return (WALK_ON);
		if (f->f_at.nl_ncp != f->f_at.nl_mp->mnt_root)
			break;
		on = f->f_at.nl_mp->mnt_on;
		if (atomic_load_acq(&vr->vr_mntseq) != f->f_at.nl_mntseq)
			return (WALK_LOST);
		if (on.ncp == NULL)
			return (WALK_ON);
		if (!step_to(f, on.mp, on.ncp))
			return (WALK_LOST);
	}
	up = atomic_load_acq(&f->f_at.nl_ncp->nc_parent);
	if (up == NULL)
		return (WALK_LOST);
	if (!step_to(f, f->f_at.nl_mp, up))
		return (WALK_LOST);
	return (cross(f));
}

/* May the current thread search the directory vp, where we stand? WALK_ON: yes;
 * WALK_STOP: ask with locks. */
static int
searchable(struct fwalk *f, struct vnode *vp)
{
	const struct ucred *cr = curthread()->td_cred;
	uint32_t seq, mode, uid, gid;
	struct vnode *pv;

	if (cred_priv(cr, PRIV_DAC_OVERRIDE) ||
	    cred_priv(cr, PRIV_DAC_READ_SEARCH))
		return (WALK_ON);
	pv = atomic_load_acq(&vp->v_perm);
	if (!nclook_ok(&f->f_at))
		return (WALK_LOST);
	seq = atomic_load_acq(&pv->v_permseq);
	mode = atomic_load_acq(&pv->v_mode);
	uid = atomic_load_acq(&pv->v_uid);
	gid = atomic_load_acq(&pv->v_gid);
	if (seq == 0 || (seq & 1) != 0 ||
	    atomic_load_acq(&pv->v_permseq) != seq)
		return (WALK_STOP);
	if ((mode & 0111) == 0111)
		return (WALK_ON);
	return (cred_access(cr, mode, uid, gid, X_OK) == 0 ? WALK_ON :
	    WALK_STOP);
}

/* Is what the cache says of a name in a directory of these flags good? vp NULL:
 * that it is missing. */
static bool
trusted(struct fwalk *f, unsigned dflags, struct vnode *vp)
{
	uint64_t seen;

	if ((dflags & VV_FAST) != 0 || vp == NULL)
		return (true);
	seen = atomic_load_acq(&vp->v_checked);
	if (seen == VN_FOREVER)
		return (true);
	if (f->f_now == 0)
		f->f_now = __builtin_ia32_rdtsc();
	return (f->f_now - seen < VN_RECHECK);
}

/*
 * nc, as it was at seq, is a link in the directory where we stand; what
 * follows it in the path is rest.
 */
static int
follow(struct fwalk *f, struct nclook *link, struct vnode *vp,
    const char *rest)
{
	const struct vnode *pv;
	const char *text;
	size_t len;
	char *buf;

	pv = atomic_load_acq(&vp->v_perm);
	if (f->f_nlinks == LINK_MAX || f->f_met >= KSYMLOOP_MAX ||
	    (vp->v_flags & VV_MAGIC) != 0 || !nclook_ok(link))
		return (WALK_LOST);
	f->f_met++;
	text = atomic_load_acq(&pv->v_link);
	len = atomic_load_acq(&pv->v_linklen);
	if (!nclook_ok(link))
		return (WALK_LOST);
	if (text == NULL || len == 0 || len >= LINK_TEXT)
		return (WALK_LOST);
	buf = f->f_text[f->f_nlinks];
	memcpy(buf, text, len);
	buf[len] = '\0';
	if (!nclook_ok(link) || !nclook_ok(&f->f_at))
		return (WALK_LOST);
	f->f_rest[f->f_nlinks++] = rest;
	f->f_p = buf;
	if (buf[0] == '/') {
		f->f_at = *f->f_root;
		if (!nclook_ok(&f->f_at))
			return (WALK_LOST);
	}
	return (WALK_ON);
}

/* Does anything follow p, in it or behind the links we are in? */
static bool
more(const struct fwalk *f, const char *p)
{
	unsigned n = f->f_nlinks;

	for (;;) {
		while (*p == '/')
			p++;
		if (*p != '\0')
			return (true);
		if (n == 0)
			return (false);
		p = f->f_rest[--n];
	}
}

/* WALK_STOP, where that means anything: inside a link nobody could go on. */
static int
stop(const struct fwalk *f)
{
	return (f->f_nlinks == 0 ? WALK_STOP : WALK_LOST);
}

/* One component, name up to end. */
static int
step(struct fwalk *f, const char *name, const char *end, uint32_t flags)
{
	struct namecache *dnc = f->f_at.nl_ncp, *nc = NULL;
	size_t len = (size_t)(end - name);
	struct nclook to;
	unsigned dflags;
	struct vnode *dvp, *vp;
	bool last;
	int r;

	dvp = atomic_load_acq(&dnc->nc_vp);
	if (dvp == NULL || dvp->v_type != VDIR)
		return (stop(f));
	dflags = atomic_load_relaxed(&dvp->v_flags);
	if ((dflags & (VV_FAST | VV_TIMED)) == 0 ||
	    (dflags & VV_NOCACHE) != 0 || len > KNAME_MAX)
		return (stop(f));
	r = searchable(f, dvp);
	if (r != WALK_ON)
		return (r == WALK_STOP ? stop(f) : r);
	last = !more(f, end);
	if (last && (flags & (NI_PARENT | NI_CREATE)) != 0)
		return (stop(f));
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'))) {
		f->f_p = end;
		if (len == 2)
			return (dotdot(f));
		return (nclook_ok(&f->f_at) ? WALK_ON : WALK_LOST);
	}
	r = nc_peek(dnc, name, len, nc_hashname(dnc, name, len), &nc,
	    &to.nl_seq);
	if (r != 1)
		return (r == 0 ? stop(f) : WALK_LOST);
	vp = atomic_load_acq(&nc->nc_vp);
	to.nl_ncp = nc;
	to.nl_mntseq = f->f_at.nl_mntseq;
	if (!trusted(f, dflags, vp))
		return (stop(f));
	if (vp != NULL && vp->v_type == VLNK && !nc_ismountpt(nc) &&
	    (!last || (flags & NI_FOLLOW) != 0 || *end == '/' ||
	    f->f_nlinks > 0))	/* the first one was followed, too */
		return (follow(f, &to, vp, end));
	if (!nclook_ok(&f->f_at))
		return (WALK_LOST);
	if (vp == NULL)
		return (nclook_ok(&to) ? -ENOENT : WALK_LOST);
	f->f_at.nl_ncp = nc;
	f->f_at.nl_seq = to.nl_seq;
	f->f_p = end;
	return (nc_ismountpt(nc) ? cross(f) : WALK_ON);
}

int
walk_fast(struct nclook *nl, const struct nclook *root, const char **pp,
    uint32_t flags, unsigned *nlinks)
{
	bool slash = false, any = false;
	struct fwalk f;
	struct vnode *vp;
	const char *end;
	int r;

	f.f_at = *nl;
	f.f_root = root;
	f.f_p = *pp;
	f.f_now = 0;
	f.f_nlinks = 0;
	f.f_met = *nlinks;
	for (;;) {
		while (*f.f_p == '/') {
			f.f_p++;
			slash = true;
		}
		if (*f.f_p == '\0') {
			if (f.f_nlinks == 0)
				break;
			f.f_p = f.f_rest[--f.f_nlinks];
			continue;
		}
		for (end = f.f_p; *end != '\0' && *end != '/'; end++)
			;
		slash = false;
		any = true;
		r = step(&f, f.f_p, end, flags);
		if (r == WALK_STOP) {
			*nl = f.f_at;
			*pp = f.f_p;
			*nlinks = f.f_met;
		}
		if (r != WALK_ON)
			return (r);
	}
	if (!any && (flags & (NI_PARENT | NI_CREATE)) != 0)
		return (WALK_LOST);
	vp = f.f_at.nl_ncp->nc_vp;
	if (slash || (flags & NI_DIRECTORY) != 0) {
		if (vp == NULL || vp->v_type != VDIR)
			return (WALK_LOST);	/* ENOTDIR, most likely */
	}
	if (vp == NULL || !nclook_ok(&f.f_at))
		return (WALK_LOST);
	*nl = f.f_at;
	*pp = f.f_p;
	*nlinks = f.f_met;
	return (WALK_DONE);
}

/* The handle of an open file, for which the caller vouches. */
static bool
start_file(int dirfd, struct nclook *nl)
{
	struct file *fp = fd_peek(dirfd);

	if (fp == NULL || fp->f_nch.ncp == NULL)
		return (false);
	nl->nl_ncp = fp->f_nch.ncp;
	nl->nl_mp = fp->f_nch.mp;
	nl->nl_seq = atomic_load_acq(&nl->nl_ncp->nc_seq);
	return (true);
}

bool
walk_start(int dirfd, const char *path, struct nclook *nl,
    struct nclook *root)
{
	struct pwd *pw = curthread()->td_pwd;
	struct nchandle r, c;
	uint32_t seq[2];

	root->nl_mntseq = nl->nl_mntseq = atomic_load_acq(&vfs()->vr_mntseq);
	if ((nl->nl_mntseq & 1) != 0 || !pwd_peek(pw, &r, &c, seq))
		return (false);
	root->nl_ncp = r.ncp;
	root->nl_mp = r.mp;
	root->nl_seq = seq[0];
	if (path[0] == '/') {
		*nl = *root;
	} else if (dirfd == AT_FDCWD) {
		nl->nl_ncp = c.ncp;
		nl->nl_mp = c.mp;
		nl->nl_seq = seq[1];
	} else if (!start_file(dirfd, nl))
		return (false);
	return (true);
}

bool
walk_hold(const struct nclook *nl)
{
	if (!ref_acquire_live(&nl->nl_mp->mnt_ref))
		return (false);
	if (!ref_acquire_live(&nl->nl_ncp->nc_ref)) {
		mount_drop(nl->nl_mp);
		return (false);
	}
	if (nclook_ok(nl))
		return (true);
	nc_drop(nl->nl_ncp);
	mount_drop(nl->nl_mp);
	return (false);
}

int
walk_stat(int dirfd, const char *path, uint32_t flags, struct kstat *st)
{
	const struct vnodeops *op;
	struct nclook at, root;
	unsigned nlinks = 0;
	struct vnode *vp;
	int r;

	if (path[0] == '\0' || curthread()->td_pwd->pw_emul != NULL ||
	    !walk_start(dirfd, path, &at, &root))
		return (-EAGAIN);
	r = walk_fast(&at, &root, &path, flags, &nlinks);
	if (r != WALK_DONE)
		return (r < 0 ? r : -EAGAIN);
	vp = at.nl_ncp->nc_vp;
	if (vp == NULL)
		return (-EAGAIN);
	op = atomic_load_acq(&vp->v_op);
	if (!nclook_ok(&at) || op->vop_fastattr == NULL)
		return (-EAGAIN);
	memset(st, 0, sizeof(*st));
	r = op->vop_fastattr(vp, &at, st);
	nch_statmount(&(struct nchandle){ .ncp = at.nl_ncp, .mp = at.nl_mp },
	    st);
	return (r == 0 && nclook_ok(&at) ? 0 : -EAGAIN);
}
