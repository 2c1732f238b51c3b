/*
 * redirect.c: renamed directories that have lower layers.
 *
 * Such a directory is copied up (itself, not what it holds), and its upper
 * vnode remembers where its lower ones are: the attribute
 * trusted.overlay.redirect (user.overlay.redirect) holds their path below the
 * lower layers' roots, as overlayfs writes it for redirect_dir=on.  A look-up
 * that meets the attribute follows it instead of the name.
 */
#include "fs/unionfs/internal.h"

#include "base/kmem.h"

#define	REDIRECT_TRUSTED "trusted.overlay.redirect"
#define	REDIRECT_USER	"user.overlay.redirect"

/* The attribute's value with a NUL; its length, or 0 when there is none. */
static size_t
uf_getredirect(struct vnode *upper, char *buf, size_t size)
{
	static const char *const names[] = { REDIRECT_TRUSTED,
	    REDIRECT_USER };
	long n = -1;

	if (upper->v_op->vop_getxattr == NULL)
		return (0);
	for (unsigned i = 0; i < nitems(names) && n <= 0; i++)
		n = upper->v_op->vop_getxattr(upper, names[i], buf,
		    size - 1);
	if (n <= 0 || buf[0] != '/')
		return (0);
	buf[n] = '\0';
	return ((size_t)n);
}

bool
uf_isredirected(struct vnode *upper)
{
	long n;

	if (upper->v_op->vop_getxattr == NULL)
		return (false);
	n = upper->v_op->vop_getxattr(upper, REDIRECT_TRUSTED, NULL, 0);
	if (n <= 0)
		n = upper->v_op->vop_getxattr(upper, REDIRECT_USER,
		    NULL, 0);
	return (n > 0);
}

/*
 * Path of directory n below the lower roots, built from its end: up to the
 * nearest directory that was moved itself.  NULL when it is too long.
 */
static char *
uf_lowerpath(struct unode *n, char *buf, char *redirect)
{
	char name[KNAME_MAX + 1], *p = buf + KPATH_MAX - 1;
	struct unode *up;
	struct vnode *u;
	size_t len;

	*p = '\0';
	vref(n->un_vp);
	for (;;) {
		u = uf_upper(n);
		len = u != NULL ? uf_getredirect(u, redirect, KPATH_MAX) : 0;
		up = len == 0 ? uf_where(n, name) : NULL;
		vrele(n->un_vp);
		if (up == NULL)
			break;
		n = up;
		len = strlen(name);
		if ((size_t)(p - buf) < len + 1) {
			vrele(n->un_vp);
			return (NULL);
		}
		p -= len;
		memcpy(p, name, len);
		*--p = '/';
	}
	if ((size_t)(p - buf) < len)
		return (NULL);
	p -= len;
	memcpy(p, redirect, len);
	return (p);
}

int
uf_setredirect(struct unode *n)
{
	struct vnode *u = uf_upper(n);
	char *buf, *redirect, *p;
	int error = -EPERM;

	if (u->v_op->vop_setxattr == NULL)
		return (-EXDEV);
	buf = kmalloc(2 * KPATH_MAX, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	redirect = buf + KPATH_MAX;
	if (uf_getredirect(u, redirect, KPATH_MAX) != 0) {
		kfree(buf);
		return (0);		/* moved before: still true */
	}
	p = uf_lowerpath(n, buf, redirect);
	if (p != NULL && n->un_uf->uf_useropaque == 0)
		error = u->v_op->vop_setxattr(u, REDIRECT_TRUSTED, p,
		    strlen(p), 0);
	if (p != NULL && (error == -EPERM || error == -EOPNOTSUPP))
		error = u->v_op->vop_setxattr(u, REDIRECT_USER, p,
		    strlen(p), 0);
	kfree(buf);
	/* mv(1) knows what to do then. */
	return (error != 0 ? -EXDEV : 0);
}

/* path below one lower root: a directory, referenced, or NULL. */
static struct vnode *
uf_walk(struct vnode *root, const char *path)
{
	struct vnode *vp = root, *next;
	size_t n;
	int error;

	vref(vp);
	for (; *path != '\0'; path += n) {
		while (*path == '/')
			path++;
		n = strlen(path);
		if (strchr(path, '/') != NULL)
			n = (size_t)(strchr(path, '/') - path);
		if (n == 0)
			break;
		error = uf_llookup(vp, path, n, &next);
		vrele(vp);
		if (error != 0)
			return (NULL);
		vp = next;
		if (vp->v_type != VDIR) {
			vrele(vp);
			return (NULL);
		}
	}
	return (vp);
}

int
uf_findredirect(struct ufmount *uf, struct uffound *f)
{
	char *path = kmalloc(KPATH_MAX, KM_NOZERO);
	struct vnode *vp;
	int found = 0;

	if (path == NULL)
		return (-ENOMEM);
	if (uf_getredirect(f->f_upper, path, KPATH_MAX) != 0) {
		found = 1;
		for (unsigned i = 0; i < uf->uf_nlower; i++)
			if ((vp = uf_walk(uf->uf_lower[i], path)) != NULL)
				f->f_lower[f->f_nlower++] = vp;
	}
	kfree(path);
	return (found);
}
