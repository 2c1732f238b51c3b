/* fx_vnode.c: see fx.h. */
#include "fx.h"

#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/types.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

int fx_err;

struct vnode *
fx_at(struct vnode *root, const char *path)
{
	struct vnode *vp = root, *next;
	size_t n;

	vref(vp);
	for (; *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		mtx_lock(&vp->v_lock);
		fx_err = vp->v_op->vop_lookup == NULL ? -ENOTDIR :
		    vp->v_op->vop_lookup(vp, path, n, &next);
		mtx_unlock(&vp->v_lock);
		vrele(vp);
		if (fx_err != 0)
			return (NULL);
		vp = next;
	}
	return (vp);
}

struct vnode *
fx_dir(struct vnode *root, const char *path, const char **last)
{
	char buf[512];
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		*last = path;
		vref(root);
		return (root);
	}
	(void)snprintf(buf, sizeof(buf), "%.*s", (int)(slash - path), path);
	*last = slash + 1;
	return (fx_at(root, buf));
}

const char *
fx_read(struct vnode *vp)
{
	static char buf[65536];
	struct host_iovec iov;
	struct uio uio;
	int error;

	uio_kern(&uio, &iov, buf, sizeof(buf) - 1, 0, false);
	error = vp->v_op->vop_read(vp, &uio, NULL);
	if (error != 0) {
		fx_err = error;
		return (NULL);
	}
	buf[sizeof(buf) - 1 - uio.uio_resid] = '\0';
	return (buf);
}

int
fx_write(struct vnode *vp, const char *text, int64_t off)
{
	struct host_iovec iov;
	struct uio uio;
	int error;

	uio_kern(&uio, &iov, (char *)(uintptr_t)text, strlen(text), off,
	    true);
	mtx_lock(&vp->v_lock);
	error = vp->v_op->vop_write(vp, &uio, NULL);
	mtx_unlock(&vp->v_lock);
	return (error != 0 ? error : uio.uio_resid == 0 ? 0 : -EIO);
}

static int
fx_mknod(struct vnode *root, const char *path, uint32_t mode,
    struct vnode **vpp)
{
	const char *name;
	struct vnode *d = fx_dir(root, path, &name);
	int error;

	if (d == NULL)
		return (fx_err);
	mtx_lock(&d->v_lock);
	error = d->v_op->vop_mknod(d, name, strlen(name), mode, 0, 0, 0, vpp);
	mtx_unlock(&d->v_lock);
	vrele(d);
	return (error);
}

int
fx_file(struct vnode *root, const char *path, const char *text)
{
	struct vnode *vp = fx_at(root, path);
	struct vattr va = { .va_mask = VA_SIZE, .va_size = 0 };
	int error;

	if (vp == NULL) {
		error = fx_mknod(root, path, S_IFREG | 0644, &vp);
		if (error != 0)
			return (error);
	} else {
		mtx_lock(&vp->v_lock);
		error = vp->v_op->vop_setattr(vp, &va);
		mtx_unlock(&vp->v_lock);
	}
	if (error == 0)
		error = fx_write(vp, text, 0);
	vrele(vp);
	return (error);
}

int
fx_mkdir(struct vnode *root, const char *path)
{
	struct vnode *vp;
	int error = fx_mknod(root, path, S_IFDIR | 0755, &vp);

	if (error == 0)
		vrele(vp);
	return (error);
}

int
fx_rm(struct vnode *root, const char *path)
{
	const char *name;
	struct vnode *d = fx_dir(root, path, &name), *vp;
	int error;

	if (d == NULL)
		return (fx_err);
	vp = fx_at(root, path);
	if (vp == NULL) {
		vrele(d);
		return (fx_err);
	}
	mtx_lock(&d->v_lock);
	error = (vp->v_type == VDIR ? d->v_op->vop_rmdir :
	    d->v_op->vop_unlink)(d, name, strlen(name), vp);
	mtx_unlock(&d->v_lock);
	vrele(vp);
	vrele(d);
	return (error);
}

int
fx_mv(struct vnode *root, const char *from, const char *to)
{
	const char *fn, *tn;
	struct vnode *fd = fx_dir(root, from, &fn), *td, *fvp, *tvp;
	int error;

	td = fx_dir(root, to, &tn);
	fvp = fx_at(root, from);
	error = fx_err;
	tvp = fx_at(root, to);
	if (fd == NULL || td == NULL || fvp == NULL)
		goto out;
	mtx_lock(&fd->v_lock);
	if (td != fd)
		mtx_lock_nested(&td->v_lock);
	error = fd->v_op->vop_rename(fd, fn, strlen(fn), fvp, td, tn,
	    strlen(tn), tvp, 0);
	if (td != fd)
		mtx_unlock(&td->v_lock);
	mtx_unlock(&fd->v_lock);
out:
	if (tvp != NULL)
		vrele(tvp);
	if (fvp != NULL)
		vrele(fvp);
	if (td != NULL)
		vrele(td);
	if (fd != NULL)
		vrele(fd);
	return (error);
}

/* --- directories ---------------------------------------------------------------- */

struct lister {
	struct dirsink	sink;
	char		*names[4096];
	int		n, room;
};

static bool
lister_emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct lister *l = (struct lister *)ds;

	if (l->room == 0)
		return (false);
	l->room--;
	if (strncmp(name, ".", len) != 0 && strncmp(name, "..", len) != 0)
		l->names[l->n++] = strndup(name, len);
	return (true);
}

static int
by_name(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

/* Three entries at a time, so that offsets matter. */
const char *
fx_ls(struct vnode *root, const char *path)
{
	static char out[65536];
	struct vnode *vp = fx_at(root, path);
	struct lister l = { { lister_emit }, { NULL }, 0, 0 };
	struct file fp = { .f_vnode = vp };
	int64_t off = 0, before;
	size_t o = 0;

	if (vp == NULL)
		return (NULL);
	do {
		l.room = 3;
		before = off;
		assert_int_equal(vp->v_op->vop_readdir(vp, &off, &l.sink,
		    &fp), 0);
	} while (off != before);
	vrele(vp);
	qsort(l.names, (size_t)l.n, sizeof(l.names[0]), by_name);
	out[0] = '\0';
	for (int i = 0; i < l.n; i++) {
		o += (size_t)snprintf(out + o, sizeof(out) - o, "%s%s",
		    i > 0 ? " " : "", l.names[i]);
		free(l.names[i]);
	}
	return (out);
}

int
fx_rmall(struct vnode *root, const char *path)
{
	struct vnode *vp = fx_at(root, path);
	struct lister l = { { lister_emit }, { NULL }, 0, 0 };
	struct file fp = { .f_vnode = vp };
	int64_t off = 0, before;
	char name[512];
	int total = 0;

	do {
		l.room = 7;
		l.n = 0;
		before = off;
		assert_int_equal(vp->v_op->vop_readdir(vp, &off, &l.sink,
		    &fp), 0);
		for (int i = 0; i < l.n; i++, total++) {
			(void)snprintf(name, sizeof(name), "%s/%s", path,
			    l.names[i]);
			assert_int_equal(fx_rm(root, name), 0);
			free(l.names[i]);
		}
	} while (off != before);
	vrele(vp);
	return (total);
}
