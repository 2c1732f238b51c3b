/*
 * xattr.c: extended attributes.  The override stays hidden from the guest.
 *
 * The host takes a path or a readable descriptor.  Without one the path goes
 * through /proc/self/fd: by the directory's descriptor for what cannot be a
 * symlink, else by an O_PATH descriptor of the file itself.
 */
#include "fs/hostfs/internal.h"

struct hfxpath {
	struct hfat	x_at;
	char		x_path[KNAME_MAX + 48];
};

static int
hf_xpath(struct hfnode *n, struct hfxpath *x)
{
	int error, fd;

	/* A symlink must be addressed by itself. */
	if (n->hn_vp->v_type == VLNK) {
		error = hf_getfd(n, HFD_PATH, &fd);
		if (error != 0)
			return (error);
		hf_unpin(n);		/* hf_at finds it again */
	}
	error = hf_at(n, &x->x_at);
	if (error != 0)
		return (error);
	(void)ksnprintf(x->x_path, sizeof(x->x_path), "/proc/self/fd/%d%s%s",
	    x->x_at.a_fd, x->x_at.a_path[0] != '\0' ? "/" : "",
	    x->x_at.a_path);
	return (0);
}

long
hf_rawgetxattr(struct hfnode *n, const char *name, void *v, size_t sz)
{
	struct hfxpath x;
	long r = hf_xpath(n, &x);

	if (r != 0)
		return (r);
	r = host_getxattr(x.x_path, name, v, sz);
	hf_unat(&x.x_at);
	return (r);
}

int
hf_rawsetxattr(struct hfnode *n, const char *name, const void *v, size_t sz,
    int flags)
{
	struct hfxpath x;
	int error = hf_xpath(n, &x);

	if (error != 0)
		return (error);
	error = host_setxattr(x.x_path, name, v, sz, flags);
	hf_unat(&x.x_at);
	return (error);
}

static bool
hf_hidden(const struct hfnode *n, const char *name)
{
	return (n->hn_hf->hf_virt && strcmp(name, HF_OVERRIDE) == 0);
}

long
hf_getxattr(struct vnode *vp, const char *name, void *v, size_t sz)
{
	struct hfnode *n = hfnode(vp);

	return (hf_hidden(n, name) ? -ENODATA :
	    hf_rawgetxattr(n, name, v, sz));
}

int
hf_setxattr(struct vnode *vp, const char *name, const void *v, size_t sz,
    int flags)
{
	struct hfnode *n = hfnode(vp);

	if (n->hn_hf->hf_args.rdonly)
		return (-EROFS);
	return (hf_hidden(n, name) ? -EPERM :
	    hf_rawsetxattr(n, name, v, sz, flags));
}

int
hf_removexattr(struct vnode *vp, const char *name)
{
	struct hfnode *n = hfnode(vp);
	struct hfxpath x;
	int error;

	if (n->hn_hf->hf_args.rdonly)
		return (-EROFS);
	if (hf_hidden(n, name))
		return (-ENODATA);
	error = hf_xpath(n, &x);
	if (error != 0)
		return (error);
	error = host_removexattr(x.x_path, name);
	hf_unat(&x.x_at);
	return (error);
}

/* Take the override's name out of the list; the new length. */
static long
hf_hidename(char *buf, long len)
{
	size_t own = sizeof(HF_OVERRIDE), n;

	for (long i = 0; i < len; i += (long)n) {
		n = strnlen(buf + i, (size_t)(len - i)) + 1;
		if (n != own || strcmp(buf + i, HF_OVERRIDE) != 0)
			continue;
		memmove(buf + i, buf + i + own, (size_t)(len - i) - own);
		return (len - (long)own);
	}
	return (len);
}

long
hf_listxattr(struct vnode *vp, char *buf, size_t sz)
{
	struct hfnode *n = hfnode(vp);
	struct hfxpath x;
	long r = hf_xpath(n, &x);

	if (r != 0)
		return (r);
	/* For the size alone the hidden name may count: a bound is enough. */
	r = host_listxattr(x.x_path, buf, sz);
	hf_unat(&x.x_at);
	if (r > 0 && sz > 0 && n->hn_hf->hf_virt)
		r = hf_hidename(buf, r);
	return (r);
}
