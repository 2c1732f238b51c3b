/* freebsd64_file.c: FreeBSD's calls on files where they differ from Linux's. */
#include "abi/freebsd64/freebsd64.h"
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"
#include "vfs/vnode.h"

#define	FB_O_EXEC	0x40000
#define	FB_F_DUP2FD	10
#define	FB_F_GETLK	11
#define	FB_F_DUPFD_CLOEXEC 17
#define	FB_F_DUP2FD_CLOEXEC 18
#define	DIRBUF_MAX	65536

long
sys_freebsd_openat(struct thread *td, int dirfd, uaddr_t upath, int flags,
    unsigned mode)
{
	int native = fb_oflags_in(flags);
	char *path;
	long r;

	if (flags & FB_O_EXEC)
		native = (native & ~O_ACCMODE) | O_RDONLY;
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_openat(dirfd, path, native, mode & 07777, 0);
	path_put(path);
	return (r);
}

long
sys_freebsd_open(struct thread *td, uaddr_t upath, int flags, unsigned mode)
{
	return (sys_freebsd_openat(td, AT_FDCWD, upath, flags, mode));
}

static long
put_stat(const struct kstat *st, uaddr_t ust)
{
	struct fb_stat fs;

	fb_stat_out(st, &fs);
	return (copyout(&fs, ust, sizeof(fs)));
}

long
sys_freebsd_fstat(struct thread *td, int fd, uaddr_t ust)
{
	struct kstat st = { 0 };
	int error;

	error = kern_fstat(fd, &st);
	return (error != 0 ? error : put_stat(&st, ust));
}

long
sys_freebsd_fstatat(struct thread *td, int dirfd, uaddr_t upath, uaddr_t ust,
    int flags)
{
	int native = fb_atflags_in(flags, AT_SYMLINK_NOFOLLOW |
	    AT_EMPTY_PATH);
	struct kstat st = { 0 };
	char *path;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_fstatat(dirfd, path, native, &st);
	path_put(path);
	return (r != 0 ? r : put_stat(&st, ust));
}

long
sys_freebsd_faccessat(struct thread *td, int dirfd, uaddr_t upath,
    unsigned mode, int flags)
{
	int native = fb_atflags_in(flags, AT_EACCESS | AT_SYMLINK_NOFOLLOW |
	    AT_EMPTY_PATH);
	char *path;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_faccessat(dirfd, path, (int)mode, native);
	path_put(path);
	return (r);
}

long
sys_freebsd_fchmodat(struct thread *td, int dirfd, uaddr_t upath,
    unsigned mode, int flags)
{
	int native = fb_atflags_in(flags, AT_SYMLINK_NOFOLLOW |
	    AT_EMPTY_PATH);
	char *path;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_fchmodat(dirfd, path, mode, native);
	path_put(path);
	return (r);
}

long
sys_freebsd_fchownat(struct thread *td, int dirfd, uaddr_t upath,
    unsigned uid, unsigned gid, int flags)
{
	int native = fb_atflags_in(flags, AT_SYMLINK_NOFOLLOW |
	    AT_EMPTY_PATH);
	char *path;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_fchownat(dirfd, path, uid, gid, native);
	path_put(path);
	return (r);
}

long
sys_freebsd_linkat(struct thread *td, int dirfd, uaddr_t upath, int dirfd2,
    uaddr_t upath2, int flags)
{
	int native = fb_atflags_in(flags, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH);
	char *path, *path2;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = path_get(upath2, &path2);
	if (r == 0) {
		r = kern_linkat(dirfd, path, dirfd2, path2, native);
		path_put(path2);
	}
	path_put(path);
	return (r);
}

long
sys_freebsd_unlinkat(struct thread *td, int dirfd, uaddr_t upath, int flags)
{
	int native = fb_atflags_in(flags, AT_REMOVEDIR);
	char *path;
	long r;

	if (native < 0)
		return (native);
	r = path_get(upath, &path);
	if (r != 0)
		return (r);
	r = kern_unlinkat(dirfd, path, native & AT_REMOVEDIR);
	path_put(path);
	return (r);
}

long
sys_freebsd_pipe2(struct thread *td, uaddr_t fds, int flags)
{
	return (sys_pipe2(td, fds, fb_oflags_in(flags)));
}

long
sys_freebsd_getcwd(struct thread *td, uaddr_t ubuf, size_t size)
{
	char *buf;
	long r;

	buf = kmalloc(KPATH_MAX, KM_NOZERO);
	if (buf == NULL)
		return (-ENOMEM);
	r = kern_getcwd(buf, KPATH_MAX);
	if (r > 0)
		r = (size_t)r > size ? -ERANGE : copyout(buf, ubuf, (size_t)r);
	kfree(buf);
	return (r);
}

/* --- directories ------------------------------------------------------------- */

struct fb_dirent {
	uint64_t	d_fileno, d_off;
	uint16_t	d_reclen;
	uint8_t		d_type, d_pad0;
	uint16_t	d_namlen, d_pad1;
};
_Static_assert(sizeof(struct fb_dirent) == 24, "struct dirent's head");

struct fb_sink {
	struct dirsink	sink;
	char		*buf;
	size_t		used, size;
};

static bool
emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next_off)
{
	struct fb_sink *s = container_of(ds, struct fb_sink, sink);
	size_t reclen = roundup2(sizeof(struct fb_dirent) + len + 1,
	    (size_t)8);
	struct fb_dirent d = {
		.d_fileno = ino, .d_off = (uint64_t)next_off,
		.d_reclen = (uint16_t)reclen, .d_type = (uint8_t)dtype,
		.d_namlen = (uint16_t)len,
	};

	if (reclen > s->size - s->used)
		return (false);
	memset(s->buf + s->used, 0, reclen);
	memcpy(s->buf + s->used, &d, sizeof(d));
	memcpy(s->buf + s->used + sizeof(d), name, len);
	s->used += reclen;
	return (true);
}

long
sys_freebsd_getdirentries(struct thread *td, int fd, uaddr_t ubuf, size_t n,
    uaddr_t ubase)
{
	struct fb_sink s = { .sink.ds_emit = emit };
	int64_t base;
	long r;

	s.size = kmin(n, (size_t)DIRBUF_MAX);
	s.buf = kmalloc(s.size, KM_NOZERO);
	if (s.buf == NULL)
		return (-ENOMEM);
	base = kern_lseek(fd, 0, SEEK_CUR);
	r = kern_getdents(fd, &s.sink);
	if (s.used > 0)
		r = copyout(s.buf, ubuf, s.used);
	if (r == 0 && ubase != 0)
		r = copyout(&base, ubase, sizeof(base));
	kfree(s.buf);
	return (r < 0 ? r : (long)s.used);
}

/* --- fcntl and ioctl ------------------------------------------------------------ */

static long
dup2fd(struct thread *td, int fd, int to, int flags)
{
	if (fd != to)
		return (sys_dup3(td, fd, to, flags));
	return (fd_getflags(fd) < 0 ? -EBADF : to);
}

long
sys_freebsd_fcntl(struct thread *td, int fd, int cmd, unsigned long arg)
{
	long r;

	switch (cmd) {
	case F_DUPFD:
	case F_GETFD:
	case F_SETFD:
		return (sys_fcntl(td, fd, cmd, arg));
	case F_GETFL:
		r = sys_fcntl(td, fd, F_GETFL, 0);
		return (r < 0 ? r : fb_oflags_out((int)r));
	case F_SETFL:
		return (sys_fcntl(td, fd, F_SETFL,
		    (unsigned long)fb_oflags_in((int)arg)));
	case FB_F_DUP2FD:
		return (dup2fd(td, fd, (int)arg, 0));
	case FB_F_DUPFD_CLOEXEC:
		return (sys_fcntl(td, fd, F_DUPFD_CLOEXEC, arg));
	case FB_F_DUP2FD_CLOEXEC:
		return (dup2fd(td, fd, (int)arg, O_CLOEXEC));
	default:
		return (-EINVAL);
	}
}

long
sys_freebsd_ioctl(struct thread *td, int fd, unsigned long cmd, uaddr_t arg)
{
	static const uint32_t map[][2] = {
		{ 0x4004667f, 0x541b },		/* FIONREAD */
		{ 0x8004667e, 0x5421 },		/* FIONBIO */
		{ 0x20006601, 0x5451 },		/* FIOCLEX */
		{ 0x20006602, 0x5450 },		/* FIONCLEX */
		{ 0x40087468, 0x5413 },		/* TIOCGWINSZ */
	};

	for (size_t i = 0; i < nitems(map); i++)
		if ((uint32_t)cmd == map[i][0])
			return (sys_ioctl(td, fd, map[i][1], arg));
	return (fd_getflags(fd) < 0 ? -EBADF : -ENOTTY);
}
