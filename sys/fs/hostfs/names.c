/*
 * names.c: look-up, creation, removal, renaming.  VFS holds the directory's
 * v_lock around all but revalidate.
 */
#include "fs/hostfs/internal.h"

#include "base/kmem.h"

#define	O_NEW	(O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW)
#define	PERMS	07777u

/* A directory under an operation: its descriptor pinned, the name copied. */
struct hfdirop {
	struct hfnode	*d_dir;
	int		d_fd;
	struct hfname	d_name;
};

static int
hf_begin(struct hfdirop *d, struct vnode *dvp, const char *name, size_t len,
    bool change)
{
	int error = hf_name(&d->d_name, name, len);

	d->d_dir = hfnode(dvp);
	if (error == 0 && change && d->d_dir->hn_hf->hf_args.rdonly)
		error = -EROFS;
	if (change)
		hf_freshclear(d->d_dir->hn_hf);
	return (error != 0 ? error : hf_getfd(d->d_dir, HFD_PATH, &d->d_fd));
}

static void
hf_end(struct hfdirop *d)
{
	hf_unpin(d->d_dir);
}

/* What the directory says about the name, with device types resolved. */
static int
hf_dirstat(struct hfdirop *d, struct kstat *host, struct kstat *st)
{
	int error = host_fstatat(d->d_fd, d->d_name.s, host,
	    AT_SYMLINK_NOFOLLOW);

	if (error != 0)
		return (error);
	*st = *host;
	hf_devtype(d->d_dir->hn_hf, d->d_fd, d->d_name.s, st);
	return (0);
}

int
hf_lookup(struct vnode *dvp, const char *name, size_t len, struct vnode **vpp)
{
	struct kstat host, st;
	struct hfnode *n;
	struct hfdirop d;
	int error = hf_begin(&d, dvp, name, len, false);

	if (error != 0)
		return (error);
	error = hf_dirstat(&d, &host, &st);
	if (error == 0)
		error = hf_nodeget(d.d_dir->hn_hf, d.d_dir, d.d_name.s, &st,
		    &n);
	hf_end(&d);
	if (error != 0)
		return (error);
	hf_freshset(n, &host);
	hf_view(n, &host);
	*vpp = n->hn_vp;
	return (0);
}

/* Do we know n as (dir, name)? */
static bool
hf_isat(struct hfnode *n, const struct hfnode *dir, const char *name,
    size_t len)
{
	bool r;

	mtx_lock(&n->hn_lock);
	r = n->hn_parent == dir && strlen(n->hn_name) == len &&
	    memcmp(n->hn_name, name, len) == 0;
	mtx_unlock(&n->hn_lock);
	return (r);
}

int
hf_revalidate(struct vnode *dvp, const char *name, size_t len,
    struct vnode *vp)
{
	struct hfnode *dn = hfnode(dvp), *n;
	struct kstat st;
	struct hfdirop d;
	int error;

	if (dn->hn_hf->hf_args.ours)
		return (1);
	if (vp != NULL && dn->hn_hf->hf_static && hf_isat(hfnode(vp), dn,
	    name, len) && hf_statbypath(hfnode(vp), &st) == 0)
		error = 0;
	else {
		if (hf_begin(&d, dvp, name, len, false) != 0)
			return (0);
		error = host_fstatat(d.d_fd, d.d_name.s, &st,
		    AT_SYMLINK_NOFOLLOW);
		hf_end(&d);
	}
	if (vp == NULL || error != 0)
		return (vp == NULL && error == -ENOENT);
	n = hfnode(vp);
	if (st.st_ino != n->hn_ino || st.st_dev != n->hn_dev ||
	    (atomic_load(&n->hn_flags) & (HN_GONE | HN_UNHASHED)) != 0)
		return (0);
	hf_freshset(n, &st);
	hf_view(n, &st);
	return (1);
}

/* --- creation -------------------------------------------------------------------- */

/* The node of a file that was just made, with the guest's attributes; fd its
 * descriptor (taken over) or -1.  On failure the name is taken back. */
static int
hf_made(struct hfdirop *d, const struct hfattr *want, int fd,
    struct vnode **vpp)
{
	struct hfmount *hf = d->d_dir->hn_hf;
	struct kstat host, st;
	struct hfnode *n = NULL;
	int error;

	error = fd >= 0 ? host_fstat(fd, &host) : host_fstatat(d->d_fd,
	    d->d_name.s, &host, AT_SYMLINK_NOFOLLOW);
	if (error == 0) {
		st = host;
		st.st_mode = want->ha_mode;
		st.st_rdev = want->ha_rdev;
		error = hf_nodeget(hf, d->d_dir, d->d_name.s, &st, &n);
	}
	if (error == 0) {
		if (fd >= 0)
			hf_givefd(n, HFD_RW, fd, false);
		error = hf_newattr(n, &host, want);
	} else if (fd >= 0)
		(void)host_close(fd);
	/* A device that lives in memory alone would be a lie on disk. */
	if (error == 0 && (n->hn_flags & HN_MEMOVER) != 0 &&
	    (host.st_mode & S_IFMT) != (want->ha_mode & S_IFMT))
		error = -EPERM;
	if (error != 0) {
		(void)host_unlinkat(d->d_fd, d->d_name.s,
		    S_ISDIR(want->ha_mode) ? AT_REMOVEDIR : 0);
		if (n != NULL) {
			hf_unhash(n);
			vrele(n->hn_vp);
		}
		return (error);
	}
	if (hf_hoststat(n, &host) == 0)
		hf_view(n, &host);
	*vpp = n->hn_vp;
	return (0);
}

/* Make the host's file for a node of this mode. Its descriptor or -1 in
 * *fdp; 0 or errno. */
static int
hf_make(struct hfdirop *d, uint32_t mode, uint64_t rdev, int *fdp)
{
	struct hfmount *hf = d->d_dir->hn_hf;
	int hm = (int)hf_hostmode(hf, mode), error;

	*fdp = -1;
	if (S_ISDIR(mode))
		return (host_mkdirat(d->d_fd, d->d_name.s, hm));
	if (!S_ISREG(mode)) {
		error = host_mknodat(d->d_fd, d->d_name.s,
		    (int)(mode & S_IFMT) | hm, rdev);
		if (error != -EPERM || !hf->hf_virt)
			return (error);
		hf->hf_hasdevs = 1;	/* a regular file stands for it */
	}
	*fdp = host_openat(d->d_fd, d->d_name.s, O_NEW, hm);
	return (*fdp < 0 ? *fdp : 0);
}

int
hf_mknod(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	struct hfattr want = { mode, uid, gid, rdev };
	struct hfdirop d;
	int error, fd;

	if ((want.ha_mode & S_IFMT) == 0)
		want.ha_mode |= S_IFREG;
	error = hf_begin(&d, dvp, name, len, true);
	if (error != 0)
		return (error);
	error = hf_make(&d, want.ha_mode, rdev, &fd);
	if (error == 0)
		error = hf_made(&d, &want, fd, vpp);
	hf_end(&d);
	return (error);
}

int
hf_symlink(struct vnode *dvp, const char *name, size_t len,
    const char *target, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	struct hfattr want = { S_IFLNK | 0777, uid, gid, 0 };
	struct hfdirop d;
	int error = hf_begin(&d, dvp, name, len, true);

	if (error != 0)
		return (error);
	error = host_symlinkat(target, d.d_fd, d.d_name.s);
	if (error == 0)
		error = hf_made(&d, &want, -1, vpp);
	hf_end(&d);
	return (error);
}

int
hf_tmpfile(struct vnode *dvp, uint32_t mode, uint32_t uid, uint32_t gid,
    struct vnode **vpp)
{
	struct hfattr want = { S_IFREG | (mode & PERMS), uid, gid, 0 };
	struct hfmount *hf = hfnode(dvp)->hn_hf;
	struct kstat st;
	struct hfnode *n;
	struct hfdirop d;
	int error = hf_begin(&d, dvp, "#tmpfile", 8, true), fd;

	if (error != 0)
		return (error);
	fd = host_openat(d.d_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC,
	    (int)hf_hostmode(hf, want.ha_mode));
	error = fd < 0 ? fd : host_fstat(fd, &st);
	if (error == 0)
		error = hf_nodeget(hf, d.d_dir, d.d_name.s, &st, &n);
	hf_end(&d);
	if (error != 0) {
		if (fd >= 0)
			(void)host_close(fd);
		return (error);
	}
	(void)atomic_or(&n->hn_flags, HN_GONE);
	hf_givefd(n, HFD_RW, fd, false);
	error = hf_newattr(n, &st, &want);
	if (error != 0) {
		vrele(n->hn_vp);
		return (error);
	}
	*vpp = n->hn_vp;
	return (0);
}

int
hf_link(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	struct hfnode *n = hfnode(vp);
	char path[40];
	struct hfdirop d;
	struct hfat a;
	int error = hf_begin(&d, dvp, name, len, true);

	if (error != 0)
		return (error);
	error = hf_at(n, &a);
	if (error == 0) {
		if (a.a_flags == AT_EMPTY_PATH) {
			(void)ksnprintf(path, sizeof(path),
			    "/proc/self/fd/%d", a.a_fd);
			error = host_linkat(AT_FDCWD, path, d.d_fd,
			    d.d_name.s, AT_SYMLINK_FOLLOW);
		} else
			error = host_linkat(a.a_fd, a.a_path, d.d_fd,
			    d.d_name.s, 0);
		hf_unat(&a);
	}
	if (error == 0 && (atomic_load(&n->hn_flags) & HN_GONE) != 0)
		hf_setname(n, d.d_dir, d.d_name.s);
	hf_end(&d);
	return (error);
}

/* --- removal ----------------------------------------------------------------------- */

/* The name of n is about to go: somebody may still use the file (a working
 * directory and an O_PATH file hold the name, not the vnode: its count tells
 * nothing), so have a descriptor by then. */
static void
hf_willgo(struct hfnode *n)
{
	enum vtype t = n->hn_vp->v_type;
	int fd;

	if ((fd = hf_anyfd(n)) >= 0)
		hf_unpin(n);
	else if (hf_getfd(n, t == VREG && (n->hn_flags & HN_OVER) == 0 ?
	    HFD_RD : HFD_PATH, &fd) == 0 ||
	    hf_getfd(n, HFD_PATH, &fd) == 0)
		hf_unpin(n);
}

/* It went, as the entry (dir, name). */
static void
hf_isgone(struct hfnode *n, struct hfdirop *d)
{
	struct kstat st;
	uint32_t nlink;

	mtx_lock(&n->hn_lock);
	if (n->hn_parent == d->d_dir && strcmp(n->hn_name, d->d_name.s) == 0)
		(void)atomic_or(&n->hn_flags, HN_GONE);
	nlink = n->hn_nlink > 0 ? n->hn_nlink - 1 : 0;
	mtx_unlock(&n->hn_lock);
	if (n->hn_vp->v_type == VDIR)
		nlink = 0;
	else if (hf_hoststat(n, &st) == 0)
		nlink = (uint32_t)st.st_nlink;
	n->hn_nlink = nlink;
	if (nlink == 0)
		hf_unhash(n);
}

static int
hf_remove(struct vnode *dvp, const char *name, size_t len, struct vnode *vp,
    int flags)
{
	struct hfdirop d;
	int error = hf_begin(&d, dvp, name, len, true);

	if (error != 0)
		return (error);
	hf_willgo(hfnode(vp));
	error = host_unlinkat(d.d_fd, d.d_name.s, flags);
	if (error == 0)
		hf_isgone(hfnode(vp), &d);
	hf_end(&d);
	return (error);
}

int
hf_unlink(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	return (hf_remove(dvp, name, len, vp, 0));
}

int
hf_rmdir(struct vnode *dvp, const char *name, size_t len, struct vnode *vp)
{
	return (hf_remove(dvp, name, len, vp, AT_REMOVEDIR));
}

int
hf_rename(struct vnode *fdvp, const char *fname, size_t flen,
    struct vnode *fvp, struct vnode *tdvp, const char *tname, size_t tlen,
    struct vnode *tvp, unsigned flags)
{
	struct hfdirop f, t;
	int error = hf_begin(&f, fdvp, fname, flen, true);

	if (error != 0)
		return (error);
	error = hf_begin(&t, tdvp, tname, tlen, true);
	if (error != 0) {
		hf_end(&f);
		return (error);
	}
	if (tvp != NULL && (flags & RENAME_EXCHANGE) == 0)
		hf_willgo(hfnode(tvp));
	error = host_renameat2(f.d_fd, f.d_name.s, t.d_fd, t.d_name.s,
	    (int)flags);
	if (error == 0 && tvp != NULL && tvp != fvp) {
		if ((flags & RENAME_EXCHANGE) != 0)
			hf_setname(hfnode(tvp), f.d_dir, f.d_name.s);
		else
			hf_isgone(hfnode(tvp), &t);
	}
	/* Two links to one file: rename(2) does nothing. */
	if (error == 0 && tvp != fvp)
		hf_setname(hfnode(fvp), t.d_dir, t.d_name.s);
	hf_end(&t);
	hf_end(&f);
	return (error);
}

/*
 * Keep a link's text for those who follow it (vfs/walk.c): it is given only
 * as long as the ctime is that of before it was read (hf_staticset), and it is
 * kept, once, to the node's end, since readers have no lock.
 */
static void
hf_keeplink(struct hfnode *n, const struct timespec64 *ctime,
    const char *text, size_t len)
{
	char *copy = kstrndup(text, len);

	if (copy == NULL)
		return;
	mtx_lock(&n->hn_lock);
	if (n->hn_link == NULL && n->hn_st.st_ctim.tv_sec == ctime->tv_sec &&
	    n->hn_st.st_ctim.tv_nsec == ctime->tv_nsec) {
		n->hn_link = copy;
		n->hn_linktime = *ctime;
		n->hn_vp->v_linklen = len;
		atomic_store_rel(&n->hn_vp->v_link, copy);
		copy = NULL;
	}
	mtx_unlock(&n->hn_lock);
	kfree(copy);
}

long
hf_readlink(struct vnode *vp, char *buf, size_t n)
{
	struct hfnode *hn = hfnode(vp);
	struct timespec64 ctime;
	struct hfat a;
	long r = hf_at(hn, &a);

	if (r != 0)
		return (r);
	mtx_lock(&hn->hn_lock);
	ctime = hn->hn_st.st_ctim;
	mtx_unlock(&hn->hn_lock);
	r = host_readlinkat(a.a_fd, a.a_path, buf, n);
	hf_unat(&a);
	if (hn->hn_hf->hf_static && hn->hn_link == NULL && ctime.tv_sec != 0 &&
	    r > 0 && (size_t)r < n && r < KNAME_MAX)
		hf_keeplink(hn, &ctime, buf, (size_t)r);
	return (r == -EINVAL || r == -ENOENT ? -ESTALE : r);
}
