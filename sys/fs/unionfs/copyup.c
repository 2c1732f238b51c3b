/*
 * copyup.c: bringing a lower file to the upper layer before it changes.
 *
 * Outline: parents first, from the top down; then, under the node's un_lock,
 *  - a regular file is filled as a nameless upper file and linked in place
 *    when it is complete, so nobody ever sees half of it;
 *  - everything else is made under its name at once.
 * Owner, mode, attributes and times follow; the upper directory's times are put
 * back, because nothing happened that the guest did.  A failure leaves no trace
 * but perhaps copied parents.
 */
#include "fs/unionfs/internal.h"

#include "base/kmem.h"
#include "vfs/uio.h"

#define	COPYBUF		(256 * 1024UL)
#define	XATTR_LISTMAX	4096
#define	XATTR_MAX	65536

struct copyup {
	struct unode	*c_node;
	struct vnode	*c_dir;		/* upper directory */
	struct vnode	*c_lower;
	struct vnode	*c_upper;	/* what was made */
	struct kstat	c_st;		/* of the lower */
	char		c_name[KNAME_MAX + 1];
	size_t		c_len;
	bool		c_nameless;	/* the name was removed meanwhile */
};

/* --- data ------------------------------------------------------------------------ */

long
uf_readat(struct vnode *vp, void *buf, size_t n, int64_t off)
{
	struct host_iovec iov;
	struct uio uio;
	int error;

	uio_kern(&uio, &iov, buf, n, off, false);
	error = vp->v_op->vop_read(vp, &uio, NULL);
	return (error != 0 ? error : (long)(n - uio.uio_resid));
}

static int
uf_writeat(struct vnode *vp, void *buf, size_t n, int64_t off)
{
	struct host_iovec iov;
	struct uio uio;
	size_t before;
	int error = 0;

	uio_kern(&uio, &iov, buf, n, off, true);
	mtx_lock_nested(&vp->v_lock);
	do {
		before = uio.uio_resid;
		error = vp->v_op->vop_write(vp, &uio, NULL);
	} while (error == 0 && uio.uio_resid > 0 && uio.uio_resid < before);
	mtx_unlock(&vp->v_lock);
	return (error != 0 ? error : uio.uio_resid > 0 ? -EIO : 0);
}

static bool
uf_allzero(const char *p, size_t n)
{
	return (n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0));
}

int64_t
uf_nextdata(struct vnode *vp, int64_t off, int64_t size)
{
	int64_t r;

	if (vp->v_op->vop_seekdata == NULL)
		return (off);
	r = vp->v_op->vop_seekdata(vp, off, SEEK_DATA);
	if (r == -ENXIO)
		return (size);
	return (r < off ? off : r);
}

static int
uf_copydata(struct copyup *c, int64_t size)
{
	struct vattr va = { .va_mask = VA_SIZE, .va_size = size };
	size_t bufsize = kmin((size_t)roundup2((uint64_t)size, KPAGE_SIZE),
	    COPYBUF);
	int64_t off = 0;
	char *buf;
	int error = 0;
	long n;

	if (size == 0)
		return (0);
	buf = kpages_alloc(bufsize / KPAGE_SIZE, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	while (error == 0 && (off = uf_nextdata(c->c_lower, off, size)) <
	    size) {
		n = uf_readat(c->c_lower, buf,
		    kmin(bufsize, (size_t)(size - off)), off);
		if (n <= 0) {
			error = (int)n;
			break;		/* it shrank: the rest is a hole */
		}
		if (!uf_allzero(buf, (size_t)n))
			error = uf_writeat(c->c_upper, buf, (size_t)n, off);
		off += n;
	}
	kpages_free(buf, bufsize / KPAGE_SIZE);
	return (error != 0 ? error : uf_lsetattr(c->c_upper, &va));
}

/* --- attributes ---------------------------------------------------------------------- */

static bool
uf_ownxattr(const char *name)
{
	return (strncmp(name, "trusted.overlay.", 16) == 0 ||
	    strncmp(name, "user.overlay.", 13) == 0 ||
	    strcmp(name, UF_ORIGIN) == 0);
}

/* Best effort, as overlayfs does with what the upper layer cannot store. */
static void
uf_copyxattrs(struct vnode *from, struct vnode *to)
{
	char *list, *val;
	long n, len, i;

	if (from->v_op->vop_listxattr == NULL ||
	    to->v_op->vop_setxattr == NULL)
		return;
	list = kmalloc(XATTR_LISTMAX, KM_NOZERO);
	n = list == NULL ? 0 :
	    from->v_op->vop_listxattr(from, list, XATTR_LISTMAX);
	val = n > 0 ? kmalloc(XATTR_MAX, KM_NOZERO) : NULL;
	for (i = 0; val != NULL && i < n;
	    i += (long)strnlen(list + i, (size_t)(n - i)) + 1) {
		if (uf_ownxattr(list + i) || i + (long)strnlen(list + i,
		    (size_t)(n - i)) >= n)
			continue;
		len = from->v_op->vop_getxattr(from, list + i, val,
		    XATTR_MAX);
		if (len >= 0)
			(void)to->v_op->vop_setxattr(to, list + i, val,
			    (size_t)len, 0);
	}
	kfree(val);
	kfree(list);
}

static void
uf_copyattrs(struct copyup *c)
{
	uint64_t origin[2] = { c->c_node->un_ino, c->c_node->un_dev };
	struct vnode *u = c->c_upper;
	struct vattr va = {
		.va_mask = VA_ATIME | VA_MTIME,
		.va_atime = c->c_st.st_atim,
		.va_mtime = c->c_st.st_mtim,
		.va_mode = c->c_st.st_mode & 07777,
	};

	uf_copyxattrs(c->c_lower, u);
	if (u->v_type == VREG && u->v_op->vop_setxattr != NULL)
		(void)u->v_op->vop_setxattr(u, UF_ORIGIN, origin,
		    sizeof(origin), 0);
	if (u->v_type != VLNK)
		va.va_mask |= VA_MODE;	/* data may have cleared set-id */
	(void)uf_lsetattr(u, &va);
}

/* --- making it ------------------------------------------------------------------------- */

static int
uf_makelink(struct copyup *c)
{
	char *target = kmalloc(KPATH_MAX, KM_NOZERO);
	long n;
	int error;

	if (target == NULL)
		return (-ENOMEM);
	n = c->c_lower->v_op->vop_readlink(c->c_lower, target, KPATH_MAX - 1);
	if (n < 0) {
		kfree(target);
		return ((int)n);
	}
	target[n] = '\0';
	mtx_lock_nested(&c->c_dir->v_lock);
	error = c->c_dir->v_op->vop_symlink(c->c_dir, c->c_name, c->c_len,
	    target, c->c_st.st_uid, c->c_st.st_gid, &c->c_upper);
	mtx_unlock(&c->c_dir->v_lock);
	kfree(target);
	return (error);
}

static int
uf_makefile(struct copyup *c, int64_t max)
{
	struct vnode *d = c->c_dir;
	int error;

	if (d->v_op->vop_tmpfile == NULL || d->v_op->vop_link == NULL)
		return (-EOPNOTSUPP);
	mtx_lock_nested(&d->v_lock);
	error = d->v_op->vop_tmpfile(d, S_IFREG | (c->c_st.st_mode & 07777),
	    c->c_st.st_uid, c->c_st.st_gid, &c->c_upper);
	mtx_unlock(&d->v_lock);
	if (error == 0)
		error = uf_copydata(c, kmin(c->c_st.st_size, max));
	if (error == 0)
		uf_copyattrs(c);
	if (error == 0 && !c->c_nameless) {
		mtx_lock_nested(&d->v_lock);
		error = d->v_op->vop_link(d, c->c_name, c->c_len,
		    c->c_upper);
		mtx_unlock(&d->v_lock);
	}
	return (error);
}

static int
uf_make(struct copyup *c, int64_t max)
{
	int error;

	if (c->c_lower->v_type == VREG)
		return (uf_makefile(c, max));
	if (c->c_nameless)
		return (-ESTALE);	/* of no use to anybody */
	if (c->c_lower->v_type == VLNK)
		error = uf_makelink(c);
	else
		error = uf_lmknod(c->c_dir, c->c_name, c->c_len,
		    c->c_st.st_mode, c->c_lower->v_rdev, c->c_st.st_uid,
		    c->c_st.st_gid, &c->c_upper);
	if (error == 0)
		uf_copyattrs(c);
	return (error);
}

static void
uf_puttimes(struct vnode *dir, const struct kstat *st)
{
	struct vattr va = { .va_mask = VA_ATIME | VA_MTIME,
	    .va_atime = st->st_atim, .va_mtime = st->st_mtim };

	(void)uf_lsetattr(dir, &va);
}

/* n's parent is up.  un_lock is held. */
static int
uf_copyup_locked(struct unode *n, struct unode *parent, int64_t max)
{
	struct kstat dirst;
	bool pin = false;
	struct copyup c;
	int error;

	memset(&c, 0, sizeof(c));
	c.c_node = n;
	c.c_dir = uf_upper(parent);
	c.c_lower = n->un_lower[0];
	vrele(uf_where(n, c.c_name)->un_vp);
	c.c_len = strlen(c.c_name);
	c.c_nameless = (atomic_load(&n->un_flags) & UN_GONE) != 0;
	error = uf_lgetattr(c.c_lower, &c.c_st);
	if (error == 0)
		(void)uf_dev(n, c.c_st.st_dev);
	if (error == 0)
		error = uf_lgetattr(c.c_dir, &dirst);
	if (error == 0)
		error = uf_make(&c, max);
	if (error != 0) {
		if (c.c_upper != NULL)
			vrele(c.c_upper);
		return (error);
	}
	uf_puttimes(c.c_dir, &dirst);
	if (c.c_st.st_nlink > 1 && n->un_vp->v_type != VDIR &&
	    (atomic_or(&n->un_flags, UN_PINNED) & UN_PINNED) == 0)
		pin = true;
	uf_setupper(n, c.c_upper);
	if (pin)
		vref(n->un_vp);
	return (0);
}

/* The first node on the way up from n (n included) whose parent has an upper
 * vnode; both referenced. */
static struct unode *
uf_nextup(struct unode *n, struct unode **parentp)
{
	char name[KNAME_MAX + 1];
	struct unode *p;

	vref(n->un_vp);
	for (;;) {
		p = uf_where(n, name);
		if (p == NULL || uf_upper(p) != NULL)
			break;
		vrele(n->un_vp);
		n = p;
	}
	*parentp = p;
	return (n);
}

int
uf_copyup(struct unode *n, int64_t max)
{
	struct unode *m, *parent;
	int error = 0;

	for (int i = 0; i < UF_MAXDEPTH && uf_upper(n) == NULL; i++) {
		if (n->un_uf->uf_upper == NULL)
			return (-EROFS);
		m = uf_nextup(n, &parent);
		if (parent == NULL) {	/* the root always has one */
			vrele(m->un_vp);
			return (-EROFS);
		}
		mtx_lock_nested(&m->un_lock);
		if (uf_upper(m) == NULL)
			error = uf_copyup_locked(m, parent,
			    m == n ? max : INT64_MAX);
		mtx_unlock(&m->un_lock);
		vrele(parent->un_vp);
		vrele(m->un_vp);
		if (error != 0)
			return (error);
	}
	return (uf_upper(n) == NULL ? -ELOOP : 0);
}
