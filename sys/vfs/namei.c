/*
 * namei.c: path resolution (path_resolution(7), openat2(2), symlink(7)).
 *
 * Outline.  namei() chooses where to start, tries the emulation path first
 * when the process has one, and calls walk().  walk() takes one component at a
 * time:
 *
 *	directory?  searchable?
 *	"."   nothing
 *	".."  up: through the roots of mounts, never above the process's root
 *	name  the cache, or the file system (nc_lookup); then down into what is
 *	      mounted there
 *	link  put its text in front of what remains, start again from the
 *	      link's directory or from the root
 *
 * (as far as everything is cached walk.c does the same, without locks and
 * references; it is tried first, and again after each step here)
 *
 * until nothing remains.  The string under work is ni_path itself as long as
 * no link was met, then a buffer of ours (ni_buf).  Only references are held
 * between steps, never a lock: a rename may happen at any time, as on Linux.
 */
#include "vfs/namei.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"
#include "vfs/walk.h"

#define	WALKBUF	(2 * KPATH_MAX)

struct walk {
	struct nameidata *nd;
	struct nchandle	root;		/* ".." and "/" stop here */
	struct nchandle	cur;
	const char	*p;		/* what remains */
	unsigned	nlinks;
	bool		scoped;		/* BENEATH or IN_ROOT */
};

void
namei_init(struct nameidata *nd, int dirfd, const char *path, uint32_t flags)
{
	memset(nd, 0, sizeof(*nd));
	nd->ni_dirfd = dirfd;
	nd->ni_path = path;
	nd->ni_flags = flags;
}

void
namei_done(struct nameidata *nd)
{
	nch_drop(&nd->ni_nch);
	nch_drop(&nd->ni_parent);
	if (nd->ni_buf != NULL)
		path_put(nd->ni_buf);
	nd->ni_buf = NULL;
}

int
path_get(uaddr_t upath, char **pathp)
{
	struct thread *td = curthread();
	char *path = td->td_pathbuf;
	long n;

	/* Each thread keeps a buffer: calls with a path are many. */
	if (path != NULL)
		td->td_pathbuf = NULL;
	else if ((path = kmalloc(KPATH_MAX, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	n = copyinstr(upath, path, KPATH_MAX);
	if (n < 0) {
		path_put(path);
		return ((int)n);
	}
	*pathp = path;
	return (0);
}

void
path_put(char *path)
{
	struct thread *td = curthread();

	if (path == NULL)
		return;
	/* All buffers are at least KPATH_MAX long. */
	if (td->td_pathbuf == NULL)
		td->td_pathbuf = path;
	else
		kfree(path);
}

int
namei_user(struct nameidata *nd, int dirfd, uaddr_t upath, uint32_t flags)
{
	char *path = NULL;
	int error;

	error = path_get(upath, &path);
	if (error < 0)
		return (error);
	namei_init(nd, dirfd, path, flags);
	nd->ni_buf = path;
	return (namei(nd));
}

/* Where a relative path starts. */
static int
start_handle(struct nameidata *nd, struct nchandle *n)
{
	struct file *fp;

	if (nd->ni_start != NULL) {
		nch_copy(n, nd->ni_start);
		return (0);
	}
	if (nd->ni_dirfd == AT_FDCWD) {
		pwd_getcwd(curthread()->td_pwd, n);
		return (0);
	}
	fp = fget_path(nd->ni_dirfd);
	if (fp == NULL)
		return (-EBADF);
	if (fp->f_nch.ncp == NULL || ((nch_vp(&fp->f_nch) == NULL ||
	    nch_vp(&fp->f_nch)->v_type != VDIR) && nd->ni_path[0] != '\0')) {
		fdrop(fp);
		return (-ENOTDIR);
	}
	nch_copy(n, &fp->f_nch);
	fdrop(fp);
	return (0);
}

static void
move_to(struct walk *w, struct namecache *nc)
{
	nc_drop(w->cur.ncp);
	w->cur.ncp = nc;
}

/* Enter mounts on the current name. */
static int
cross(struct walk *w)
{
	bool moved = false;

	while (mount_cross(&w->cur))
		moved = true;
	if (moved && (w->nd->ni_resolve & RESOLVE_NO_XDEV) != 0)
		return (-EXDEV);
	return (0);
}

static int
dotdot(struct walk *w)
{
	struct namecache *up;

	for (;;) {
		if (nch_equal(&w->cur, &w->root)) {
			if ((w->nd->ni_resolve & RESOLVE_BENEATH) != 0)
				return (-EXDEV);
			return (0);
		}
		if (w->cur.ncp != w->cur.mp->mnt_root)
			break;
		if ((w->nd->ni_resolve & RESOLVE_NO_XDEV) != 0 &&
		    w->cur.mp->mnt_on.ncp != NULL)
			return (-EXDEV);
		if (!mount_up(&w->cur))
			return (0);
	}
	up = nc_parentref(w->cur.ncp);
	if (up == NULL)
		return (0);
	move_to(w, up);
	return (cross(w));
}

/* Fresh start at the root (an absolute link or path). */
static int
to_root(struct walk *w)
{
	if ((w->nd->ni_resolve & RESOLVE_BENEATH) != 0)
		return (-EXDEV);
	if ((w->nd->ni_resolve & RESOLVE_NO_XDEV) != 0 &&
	    w->cur.mp != w->root.mp)
		return (-EXDEV);
	nch_drop(&w->cur);
	nch_copy(&w->cur, &w->root);
	return (0);
}

static int
follow_magic(struct walk *w, struct vnode *vp)
{
	struct nchandle to = { NULL, NULL };
	int error;

	if ((w->nd->ni_resolve & RESOLVE_NO_MAGICLINKS) != 0)
		return (-ELOOP);
	if (w->scoped)
		return (-EXDEV);
	error = vp->v_op->vop_magiclink(vp, &to);
	if (error < 0)
		return (error);
	if ((w->nd->ni_resolve & RESOLVE_NO_XDEV) != 0 &&
	    to.mp != w->cur.mp) {
		nch_drop(&to);
		return (-EXDEV);
	}
	nch_drop(&w->cur);
	w->cur = to;
	return (0);
}

/*
 * nc is a link in directory w->cur, and rest follows it. Consumes nc.
 */
static int
follow(struct walk *w, struct namecache *nc, const char *rest)
{
	struct nameidata *nd = w->nd;
	struct vnode *vp = nc->nc_vp;
	size_t restlen = strlen(rest);
	char *buf = NULL;
	long n;
	int error;

	error = -ELOOP;
	if ((nd->ni_resolve & RESOLVE_NO_SYMLINKS) != 0 ||
	    ++w->nlinks > KSYMLOOP_MAX)
		goto out;
	if ((vp->v_flags & VV_MAGIC) != 0 && vp->v_op->vop_magiclink != NULL) {
		w->p = rest;
		error = follow_magic(w, vp);
		goto out;
	}
	error = -ENOMEM;
	buf = kmalloc(WALKBUF, KM_NOZERO);
	if (buf == NULL)
		goto out;
	n = vn_readlink(vp, buf, KPATH_MAX);
	error = (int)n;
	if (n < 0)
		goto out;
	error = n == 0 ? -ENOENT : -ENAMETOOLONG;
	if (n == 0 || n >= KPATH_MAX || (size_t)n + restlen + 1 > WALKBUF)
		goto out;
	memcpy(buf + n, rest, restlen + 1);
	error = 0;
	if (buf[0] == '/')
		error = to_root(w);
	if (error < 0)
		goto out;
	if (nd->ni_buf != NULL)
		path_put(nd->ni_buf);
	nd->ni_buf = buf;
	w->p = buf;
	buf = NULL;
out:
	kfree(buf);
	nc_drop(nc);
	return (error);
}

/* Must the link that names the last component be followed? */
static bool
want_follow(const struct nameidata *nd, bool slash)
{
	if ((nd->ni_flags & NI_PARENT) != 0)
		return (false);
	if ((nd->ni_flags & NI_FOLLOW) != 0)
		return (true);
	return (slash && (nd->ni_flags & NI_CREATE) == 0);
}

static int
searchable(struct walk *w)
{
	struct vnode *vp = nch_vp(&w->cur);

	if (vp == NULL)
		return (-ENOENT);
	if (vp->v_type != VDIR)
		return (-ENOTDIR);
	return (vn_access(vp, X_OK, curthread()->td_cred));
}

/* The current directory is the parent of the last component. */
static void
note_parent(struct walk *w, const char *name, size_t len, bool dots)
{
	struct nameidata *nd = w->nd;

	nch_drop(&nd->ni_parent);
	nch_copy(&nd->ni_parent, &w->cur);
	nd->ni_name = name;
	nd->ni_namelen = len;
	nd->ni_dots = dots;
}

/*
 * One component. 0: go on; 1: the path is done, w->cur is its end (for a
 * missing last component: *neg, referenced, in directory w->cur).
 */
static int
step(struct walk *w, struct namecache **neg)
{
	struct nameidata *nd = w->nd;
	const char *name = w->p, *end, *rest;
	struct namecache *nc;
	size_t len;
	bool last, slash, dots;
	int error;

	end = name;
	while (*end != '\0' && *end != '/')
		end++;
	len = (size_t)(end - name);
	for (rest = end; *rest == '/'; rest++)
		;
	last = *rest == '\0';
	slash = last && *end == '/';
	error = searchable(w);
	if (error < 0)
		return (error);
	dots = name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
	if (last) {
		nd->ni_slash = slash;
		if ((nd->ni_flags & (NI_PARENT | NI_CREATE)) != 0)
			note_parent(w, name, len, dots);
	}
	if (dots) {
		w->p = rest;
		error = len == 2 ? dotdot(w) : 0;
		return (error < 0 ? error : last);
	}
	if (len > KNAME_MAX)
		return (-ENAMETOOLONG);
	if (slash && (nd->ni_flags & NI_OPENCREAT) != 0)
		return (-EISDIR);
	error = nc_lookup(w->cur.ncp, name, len, &nc);
	if (error < 0)
		return (error);
	if (nc->nc_vp == NULL) {
		if (!last || (nd->ni_flags & (NI_PARENT | NI_CREATE)) == 0) {
			nc_drop(nc);
			return (-ENOENT);
		}
		*neg = nc;
		return (1);
	}
	if (nc->nc_vp->v_type == VLNK && !nc_ismountpt(nc) &&
	    (!last || want_follow(nd, slash))) {
		error = follow(w, nc, last ? end : rest - 1);
		return (error < 0 ? error : 0);
	}
	move_to(w, nc);
	w->p = rest;
	error = cross(w);
	return (error < 0 ? error : last);
}

static bool
mayfast(const struct nameidata *nd)
{
	return (nd->ni_resolve == 0 && nd->ni_start == NULL);
}

/* w->cur is where nl says, from w->p = p on. False: no more. */
static bool
stand_on(struct walk *w, const struct nclook *nl, const char *p,
    unsigned nlinks)
{
	if (!walk_hold(nl))
		return (false);
	nch_drop(&w->cur);
	w->cur.ncp = nl->nl_ncp;
	w->cur.mp = nl->nl_mp;
	w->p = p;
	w->nlinks = nlinks;
	return (true);
}

/* Start without locks. True: w stands somewhere on the path, perhaps at its
 * end. */
static int
fast_start(struct walk *w)
{
	struct nameidata *nd = w->nd;
	struct nclook nl, root;
	const char *p = w->p;
	unsigned nlinks = 0;
	int r;

	if (!mayfast(nd) || !walk_start(nd->ni_dirfd, p, &nl, &root))
		return (0);
	r = walk_fast(&nl, &root, &p, nd->ni_flags, &nlinks);
	if (r < 0)
		return (r);
	return (r != WALK_LOST && stand_on(w, &nl, p, nlinks));
}

/* The same from where w stands. 0 or errno. */
static int
fast_on(struct walk *w)
{
	unsigned nlinks = w->nlinks;
	struct nclook nl, root;
	const char *p = w->p;
	int r;

	nl.nl_mntseq = atomic_load_acq(&vfs()->vr_mntseq);
	if (!mayfast(w->nd) || (nl.nl_mntseq & 1) != 0)
		return (0);
	root = nl;
	nl.nl_ncp = w->cur.ncp;
	nl.nl_mp = w->cur.mp;
	nl.nl_seq = atomic_load_acq(&nl.nl_ncp->nc_seq);
	root.nl_ncp = w->root.ncp;
	root.nl_mp = w->root.mp;
	root.nl_seq = atomic_load_acq(&root.nl_ncp->nc_seq);
	r = walk_fast(&nl, &root, &p, w->nd->ni_flags, &nlinks);
	if (r < 0)
		return (r);
	if (r != WALK_LOST && nl.nl_ncp != w->cur.ncp)
		(void)stand_on(w, &nl, p, nlinks);
	return (0);
}

static int
walk(struct walk *w)
{
	struct nameidata *nd = w->nd;
	struct namecache *neg = NULL;
	int error = 0;

	nd->ni_dots = true;		/* "/" alone has no last component */
	for (;;) {
		while (*w->p == '/')
			w->p++;
		if (*w->p == '\0')
			break;
		nd->ni_dots = false;
		error = step(w, &neg);
		if (error == 0)
			error = fast_on(w);
		if (error < 0)
			return (error);
		if (error == 1)
			break;
	}
	if (nd->ni_dots && nd->ni_parent.ncp == NULL &&
	    (nd->ni_flags & (NI_PARENT | NI_CREATE)) != 0)
		note_parent(w, "", 0, true);
	if (neg != NULL)
		move_to(w, neg);
	else if ((nd->ni_slash && (nd->ni_flags & (NI_PARENT | NI_CREATE)) ==
	    0) || (nd->ni_flags & NI_DIRECTORY) != 0) {
		if (nch_vp(&w->cur) == NULL ||
		    nch_vp(&w->cur)->v_type != VDIR)
			return (-ENOTDIR);
	}
	nd->ni_nch = w->cur;
	w->cur.ncp = NULL;
	return (0);
}

/* Resolve path, from nd's start; on error nothing is held but ni_buf. */
static int
resolve(struct nameidata *nd, const char *path)
{
	struct pwd *pw = curthread()->td_pwd;
	bool borrowed = false;
	struct walk w;
	int error = 0;

	memset(&w, 0, sizeof(w));
	w.nd = nd;
	w.p = path;
	w.scoped = (nd->ni_resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;
	if (w.scoped) {
		error = start_handle(nd, &w.root);
		if (error == 0)
			nch_copy(&w.cur, &w.root);
		if (error == 0 && *path == '/')
			error = to_root(&w);
	} else {
		/* Nobody else can change our own root: no reference. */
		borrowed = pwd_private(pw);
		if (borrowed)
			w.root = pw->pw_root;
		else
			pwd_getroot(pw, &w.root);
		error = fast_start(&w);
		if (error > 0)
			error = 0;
		else if (error == 0 && *path == '/')
			nch_copy(&w.cur, &w.root);
		else if (error == 0)
			error = start_handle(nd, &w.cur);
	}
	if (error == 0)
		error = walk(&w);
	nch_drop(&w.cur);
	if (!borrowed)
		nch_drop(&w.root);
	if (error < 0) {
		nch_drop(&nd->ni_nch);
		nch_drop(&nd->ni_parent);
	}
	return (error);
}

static void
forget(struct nameidata *nd, char *keep)
{
	nch_drop(&nd->ni_nch);
	nch_drop(&nd->ni_parent);
	if (nd->ni_buf != keep && nd->ni_buf != NULL)
		path_put(nd->ni_buf);
	nd->ni_buf = keep;
	nd->ni_name = NULL;
	nd->ni_namelen = 0;
	nd->ni_slash = nd->ni_dots = false;
}

/*
 * The emulation path: what exists there shadows the plain path; a new file is
 * made there when its directory exists there and the plain path names nothing.
 */
static int
resolve_emul(struct nameidata *nd, const char *emul)
{
	char *keep = nd->ni_buf, *buf;
	size_t elen = strlen(emul), plen = strlen(nd->ni_path);
	bool parent = false;
	int error;

	buf = kmalloc(WALKBUF, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	if (elen + plen + 1 > WALKBUF) {
		kfree(buf);
		return (resolve(nd, nd->ni_path));
	}
	memcpy(buf, emul, elen);
	memcpy(buf + elen, nd->ni_path, plen + 1);
	nd->ni_buf = NULL;
	error = resolve(nd, buf);
	if (error == 0 && nch_vp(&nd->ni_nch) != NULL)
		goto found;
	parent = error == 0;
	forget(nd, NULL);
	error = resolve(nd, nd->ni_path);
	if ((error == 0 && nch_vp(&nd->ni_nch) != NULL) || !parent) {
		kfree(buf);
		if (nd->ni_buf == NULL)
			nd->ni_buf = keep;
		else if (keep != NULL)
			path_put(keep);
		return (error);
	}
	forget(nd, NULL);
	error = resolve(nd, buf);
found:
	/* ni_name may point into buf: it lives on as ni_buf. */
	if (nd->ni_buf == NULL)
		nd->ni_buf = buf;
	else
		kfree(buf);
	if (keep != NULL)
		path_put(keep);
	return (error);
}

int
namei(struct nameidata *nd)
{
	struct pwd *pw = curthread()->td_pwd;
	int error;

	if (nd->ni_path[0] == '\0') {
		if ((nd->ni_flags & NI_EMPTY) == 0)
			error = -ENOENT;
		else
			error = start_handle(nd, &nd->ni_nch);
		if (error == 0 && (nd->ni_flags & NI_DIRECTORY) != 0 &&
		    nch_vp(&nd->ni_nch)->v_type != VDIR)
			error = -ENOTDIR;
	} else if (pw->pw_emul != NULL && nd->ni_path[0] == '/' &&
	    nd->ni_resolve == 0 && (nd->ni_flags & NI_NOEMUL) == 0)
		error = resolve_emul(nd, pw->pw_emul);
	else
		error = resolve(nd, nd->ni_path);
	nc_trim();
	if (error < 0)
		namei_done(nd);
	return (error);
}
