/*
 * linux_dir.c: the edge of calls on names and directories: mkdir(2), rename(2),
 * link(2), unlink(2), getdents(2), chdir(2), mount(2), inotify(7).
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/inotify.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"
#include "vfs/vnode.h"

/* --- making and removing ---------------------------------------------------- */

long
sys_mkdirat(struct thread *td, int dirfd, uaddr_t upath, unsigned int mode)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_mkdirat(dirfd, path, mode & 07777);
	path_put(path);
	return (r);
}

long
sys_mkdir(struct thread *td, uaddr_t path, unsigned int mode)
{
	return (sys_mkdirat(td, AT_FDCWD, path, mode));
}

long
sys_mknodat(struct thread *td, int dirfd, uaddr_t upath, unsigned int mode,
    unsigned long dev)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_mknodat(dirfd, path, mode, (uint32_t)dev);
	path_put(path);
	return (r);
}

long
sys_mknod(struct thread *td, uaddr_t path, unsigned int mode,
    unsigned long dev)
{
	return (sys_mknodat(td, AT_FDCWD, path, mode, dev));
}

long
sys_unlinkat(struct thread *td, int dirfd, uaddr_t upath, int flags)
{
	char *path;
	long r;

	if (flags & ~AT_REMOVEDIR)
		return (-EINVAL);
	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_unlinkat(dirfd, path, flags);
	path_put(path);
	return (r);
}

long
sys_unlink(struct thread *td, uaddr_t path)
{
	return (sys_unlinkat(td, AT_FDCWD, path, 0));
}

long
sys_rmdir(struct thread *td, uaddr_t path)
{
	return (sys_unlinkat(td, AT_FDCWD, path, AT_REMOVEDIR));
}

/* Two paths in; on error neither is held. */
static long
paths_get(uaddr_t uold, uaddr_t unew, char **old, char **new)
{
	long r;

	if ((r = path_get(uold, old)) < 0)
		return (r);
	if ((r = path_get(unew, new)) < 0) {
		path_put(*old);
		return (r);
	}
	return (0);
}

long
sys_renameat2(struct thread *td, int odir, uaddr_t uold, int ndir,
    uaddr_t unew, unsigned int flags)
{
	char *old, *new;
	long r;

	if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE |
	    RENAME_WHITEOUT)) != 0 || ((flags & RENAME_EXCHANGE) &&
	    (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT))))
		return (-EINVAL);
	if ((r = paths_get(uold, unew, &old, &new)) < 0)
		return (r);
	r = kern_renameat2(odir, old, ndir, new, flags);
	path_put(old);
	path_put(new);
	return (r);
}

long
sys_renameat(struct thread *td, int odir, uaddr_t old, int ndir, uaddr_t new_)
{
	return (sys_renameat2(td, odir, old, ndir, new_, 0));
}

long
sys_rename(struct thread *td, uaddr_t old, uaddr_t new_)
{
	return (sys_renameat2(td, AT_FDCWD, old, AT_FDCWD, new_, 0));
}

long
sys_linkat(struct thread *td, int odir, uaddr_t uold, int ndir, uaddr_t unew,
    int flags)
{
	char *old, *new;
	long r;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return (-EINVAL);
	if ((r = paths_get(uold, unew, &old, &new)) < 0)
		return (r);
	r = kern_linkat(odir, old, ndir, new, flags);
	path_put(old);
	path_put(new);
	return (r);
}

long
sys_link(struct thread *td, uaddr_t old, uaddr_t new_)
{
	return (sys_linkat(td, AT_FDCWD, old, AT_FDCWD, new_, 0));
}

long
sys_symlinkat(struct thread *td, uaddr_t utarget, int dirfd, uaddr_t upath)
{
	char *target, *path;
	long r;

	if ((r = paths_get(utarget, upath, &target, &path)) < 0)
		return (r);
	r = target[0] == '\0' ? -ENOENT :
	    kern_symlinkat(target, dirfd, path);
	path_put(target);
	path_put(path);
	return (r);
}

long
sys_symlink(struct thread *td, uaddr_t target, uaddr_t path)
{
	return (sys_symlinkat(td, target, AT_FDCWD, path));
}

/* --- reading directories -------------------------------------------------------- */

/* Entries gather in a kernel buffer and go out at the end, so that nobody's
 * directory lock is held over a copy. */
struct dents {
	struct dirsink	d_sink;
	char		*d_buf;
	size_t		d_size, d_used;
	bool		d_old;		/* struct linux_dirent */
	bool		d_tight;	/* the first entry did not fit */
};
#define	DENTS_MAX	(64 * 1024UL)

struct linux_dirent64 {
	uint64_t	d_ino;
	int64_t		d_off;
	uint16_t	d_reclen;
	uint8_t		d_type;
	char		d_name[];
} __attribute__((packed));

static bool
emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino, int dtype,
    int64_t next_off)
{
	struct dents *d = container_of(ds, struct dents, d_sink);
	/* The old form has the type in its last byte, and no type field. */
	size_t head = d->d_old ? 18 : 19;
	size_t reclen = roundup2(head + len + (d->d_old ? 2 : 1), (size_t)8);
	struct linux_dirent64 *e;

	if (reclen > d->d_size - d->d_used) {
		d->d_tight = d->d_used == 0;
		return (false);
	}
	e = (struct linux_dirent64 *)(d->d_buf + d->d_used);
	memset(e, 0, reclen);
	e->d_ino = ino;
	e->d_off = next_off;
	e->d_reclen = (uint16_t)reclen;
	memcpy((char *)e + head, name, len);
	if (d->d_old)
		((char *)e)[reclen - 1] = (char)dtype;
	else
		e->d_type = (uint8_t)dtype;
	d->d_used += reclen;
	return (true);
}

static long
getdents(int fd, uaddr_t ubuf, unsigned int count, bool old)
{
	struct dents d = {
		.d_sink.ds_emit = emit,
		.d_size = kmin((size_t)count, DENTS_MAX),
		.d_old = old,
	};
	int64_t start;
	long r;

	start = kern_lseek(fd, 0, SEEK_CUR);
	d.d_buf = kmalloc(kmax(d.d_size, (size_t)32), KM_NOZERO);
	if (d.d_buf == NULL)
		return (-ENOMEM);
	r = kern_getdents(fd, &d.d_sink);
	if (r >= 0) {
		r = (long)d.d_used;
		if (d.d_tight)
			r = -EINVAL;
		else if (copyout(d.d_buf, ubuf, d.d_used) != 0) {
			/* They were not seen: they come again. */
			(void)kern_lseek(fd, start, SEEK_SET);
			r = -EFAULT;
		}
	}
	kfree(d.d_buf);
	return (r);
}

long
sys_getdents(struct thread *td, int fd, uaddr_t buf, unsigned int count)
{
	return (getdents(fd, buf, count, true));
}

long
sys_getdents64(struct thread *td, int fd, uaddr_t buf, unsigned int count)
{
	return (getdents(fd, buf, count, false));
}

/* --- where we are --------------------------------------------------------------- */

long
sys_getcwd(struct thread *td, uaddr_t ubuf, size_t size)
{
	char *buf = kmalloc(KPATH_MAX, KM_NOZERO);
	long r;

	if (buf == NULL)
		return (-ENOMEM);
	r = kern_getcwd(buf, KPATH_MAX);
	if (r > 0 && (size_t)r > size)
		r = -ERANGE;
	if (r > 0 && copyout(buf, ubuf, (size_t)r) != 0)
		r = -EFAULT;
	kfree(buf);
	return (r);
}

static long
one_path(uaddr_t upath, int (*fn)(const char *))
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = fn(path);
	path_put(path);
	return (r);
}

long
sys_chdir(struct thread *td, uaddr_t path)
{
	return (one_path(path, kern_chdir));
}

long
sys_fchdir(struct thread *td, int fd)
{
	return (kern_fchdir(fd));
}

long
sys_chroot(struct thread *td, uaddr_t path)
{
	return (one_path(path, kern_chroot));
}

long
sys_umask(struct thread *td, unsigned int mask)
{
	return (__atomic_exchange_n(&td->td_pwd->pw_umask, mask & 0777,
	    __ATOMIC_RELAXED));
}

/* --- mounts --------------------------------------------------------------------- */

/* A string argument that may be null: "" then. */
static long
str_get(uaddr_t u, char **sp)
{
	if (u != 0)
		return (path_get(u, sp));
	*sp = kstrdup("");
	return (*sp != NULL ? 0 : -ENOMEM);
}

long
sys_mount(struct thread *td, uaddr_t usource, uaddr_t utarget, uaddr_t utype,
    unsigned long flags, uaddr_t udata)
{
	char *s[4] = { NULL };
	uaddr_t u[4] = { usource, utarget, utype, udata };
	long r = 0;

	for (int i = 0; i < 4 && r >= 0; i++)
		r = i == 1 ? path_get(u[i], &s[i]) : str_get(u[i], &s[i]);
	if (r >= 0)
		r = kern_mount(s[0], s[1], s[2], flags, s[3]);
	for (int i = 0; i < 4; i++)
		kfree(s[i]);
	return (r);
}

long
sys_umount2(struct thread *td, uaddr_t utarget, int flags)
{
	char *path;
	long r;

	if ((r = path_get(utarget, &path)) < 0)
		return (r);
	r = kern_umount2(path, flags);
	path_put(path);
	return (r);
}

/* --- inotify -------------------------------------------------------------------- */

long
sys_inotify_init1(struct thread *td, int flags)
{
	return (kern_inotify_init(flags));
}

long
sys_inotify_init(struct thread *td)
{
	return (kern_inotify_init(0));
}

long
sys_inotify_add_watch(struct thread *td, int fd, uaddr_t upath,
    unsigned int mask)
{
	char *path;
	long r;

	r = kern_inotify_check(fd, mask);
	if (r < 0 || (r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_inotify_add(fd, path, mask);
	path_put(path);
	return (r);
}

long
sys_inotify_rm_watch(struct thread *td, int fd, int wd)
{
	return (kern_inotify_rm(fd, wd));
}
