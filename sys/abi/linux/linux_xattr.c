/* linux_xattr.c: the edge of extended attributes (xattr(7)). */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"

/* Which file: by path (following the last link or not) or by descriptor. */
struct target {
	struct xattr_target t;
	char		*path;
};

static long
target_get(struct target *t, uaddr_t upath, bool follow, int fd)
{
	long r;

	t->path = NULL;
	if (upath != 0 || fd < 0) {
		if ((r = path_get(upath, &t->path)) < 0)
			return (r);
	}
	t->t = (struct xattr_target){ .xt_fd = fd, .xt_path = t->path,
	    .xt_follow = follow };
	return (0);
}

static void
target_put(struct target *t)
{
	if (t->path != NULL)
		path_put(t->path);
}

static long
name_get(uaddr_t uname, char name[XATTR_NAME_MAX + 1])
{
	long r = copyinstr(uname, name, XATTR_NAME_MAX + 1);

	if (r == 0 || r == -ENAMETOOLONG)
		return (-ERANGE);
	return (r);
}

static long
set(uaddr_t upath, bool follow, int fd, uaddr_t uname, uaddr_t value,
    size_t size, int flags)
{
	char name[XATTR_NAME_MAX + 1];
	struct target t;
	void *v = NULL;
	long r;

	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return (-EINVAL);
	if ((r = name_get(uname, name)) < 0)
		return (r);
	if (size > XATTR_SIZE_MAX)
		return (-E2BIG);
	if ((r = target_get(&t, upath, follow, fd)) < 0)
		return (r);
	v = kmalloc(size + 1, KM_NOZERO);
	if (v == NULL)
		r = -ENOMEM;
	else if (copyin(value, v, size) != 0)
		r = -EFAULT;
	else
		r = kern_setxattr(&t.t, name, v, size, flags);
	kfree(v);
	target_put(&t);
	return (r);
}

static long
get(uaddr_t upath, bool follow, int fd, uaddr_t uname, uaddr_t value,
    size_t size)
{
	char name[XATTR_NAME_MAX + 1];
	struct target t;
	void *v;
	long r;

	if ((r = name_get(uname, name)) < 0 ||
	    (r = target_get(&t, upath, follow, fd)) < 0)
		return (r);
	size = kmin(size, (size_t)XATTR_SIZE_MAX);
	v = kmalloc(size + 1, KM_NOZERO);
	r = v == NULL ? -ENOMEM : kern_getxattr(&t.t, name, v, size);
	if (r > 0 && size != 0 && copyout(v, value, (size_t)r) != 0)
		r = -EFAULT;
	kfree(v);
	target_put(&t);
	return (r);
}

static long
list(uaddr_t upath, bool follow, int fd, uaddr_t ulist, size_t size)
{
	struct target t;
	char *v;
	long r;

	if ((r = target_get(&t, upath, follow, fd)) < 0)
		return (r);
	size = kmin(size, (size_t)XATTR_SIZE_MAX);
	v = kmalloc(size + 1, KM_NOZERO);
	r = v == NULL ? -ENOMEM : kern_listxattr(&t.t, v, size);
	if (r > 0 && size != 0 && copyout(v, ulist, (size_t)r) != 0)
		r = -EFAULT;
	kfree(v);
	target_put(&t);
	return (r);
}

static long
rm(uaddr_t upath, bool follow, int fd, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	struct target t;
	long r;

	if ((r = name_get(uname, name)) < 0 ||
	    (r = target_get(&t, upath, follow, fd)) < 0)
		return (r);
	r = kern_removexattr(&t.t, name);
	target_put(&t);
	return (r);
}

long
sys_setxattr(struct thread *td, uaddr_t path, uaddr_t name, uaddr_t value,
    size_t size, int flags)
{
	return (set(path, true, -1, name, value, size, flags));
}

long
sys_lsetxattr(struct thread *td, uaddr_t path, uaddr_t name, uaddr_t value,
    size_t size, int flags)
{
	return (set(path, false, -1, name, value, size, flags));
}

long
sys_fsetxattr(struct thread *td, int fd, uaddr_t name, uaddr_t value,
    size_t size, int flags)
{
	return (fd < 0 ? -EBADF : set(0, false, fd, name, value, size, flags));
}

long
sys_getxattr(struct thread *td, uaddr_t path, uaddr_t name, uaddr_t value,
    size_t size)
{
	return (get(path, true, -1, name, value, size));
}

long
sys_lgetxattr(struct thread *td, uaddr_t path, uaddr_t name, uaddr_t value,
    size_t size)
{
	return (get(path, false, -1, name, value, size));
}

long
sys_fgetxattr(struct thread *td, int fd, uaddr_t name, uaddr_t value,
    size_t size)
{
	return (fd < 0 ? -EBADF : get(0, false, fd, name, value, size));
}

long
sys_listxattr(struct thread *td, uaddr_t path, uaddr_t ulist, size_t size)
{
	return (list(path, true, -1, ulist, size));
}

long
sys_llistxattr(struct thread *td, uaddr_t path, uaddr_t ulist, size_t size)
{
	return (list(path, false, -1, ulist, size));
}

long
sys_flistxattr(struct thread *td, int fd, uaddr_t ulist, size_t size)
{
	return (fd < 0 ? -EBADF : list(0, false, fd, ulist, size));
}

long
sys_removexattr(struct thread *td, uaddr_t path, uaddr_t name)
{
	return (rm(path, true, -1, name));
}

long
sys_lremovexattr(struct thread *td, uaddr_t path, uaddr_t name)
{
	return (rm(path, false, -1, name));
}

long
sys_fremovexattr(struct thread *td, int fd, uaddr_t name)
{
	return (fd < 0 ? -EBADF : rm(0, false, fd, name));
}
