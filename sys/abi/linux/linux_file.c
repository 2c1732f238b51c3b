/*
 * linux_file.c: the edge of calls on open files: open(2), read(2), write(2)
 * and their family, dup(2), close(2), lseek(2), sendfile(2), fsync(2).
 *
 * Vectors and small structures are read once into kernel memory; user buffers
 * stay user addresses in the uio, which vfs moves with fault recovery.
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"
#include "vfs/uio.h"

#define	RWF_ALL		(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | \
			    RWF_APPEND)

/* --- transfers -------------------------------------------------------------- */

static long
rw_single(int fd, uaddr_t buf, size_t n, int64_t off, bool write)
{
	struct host_iovec iov;
	struct uio uio;
	int error;

	error = uio_single(buf, n, &iov, &uio);
	if (error != 0) {
		struct file *fp = fget(fd);

		if (fp == NULL)
			return (-EBADF);
		fdrop(fp);
		return (error);
	}
	return (write ? kern_writev(fd, &uio, off) :
	    kern_readv(fd, &uio, off));
}

long
sys_read(struct thread *td, int fd, uaddr_t buf, size_t count)
{
	return (rw_single(fd, buf, count, -1, false));
}

long
sys_write(struct thread *td, int fd, uaddr_t buf, size_t count)
{
	return (rw_single(fd, buf, count, -1, true));
}

long
sys_pread64(struct thread *td, int fd, uaddr_t buf, size_t count, int64_t off)
{
	if (off < 0)
		return (-EINVAL);
	return (rw_single(fd, buf, count, off, false));
}

long
sys_pwrite64(struct thread *td, int fd, uaddr_t buf, size_t count,
    int64_t off)
{
	if (off < 0)
		return (-EINVAL);
	return (rw_single(fd, buf, count, off, true));
}

static long
rw_vector(int fd, uaddr_t uiov, unsigned long cnt, int64_t off, int rwf,
    bool write)
{
	struct host_iovec fast[UIO_FASTIOV], *alloc;
	struct file *fp;
	struct uio uio;
	long r;

	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	fdrop(fp);
	if (rwf & ~RWF_ALL)
		return (-EOPNOTSUPP);
	r = uio_copyin(uiov, cnt, fast, &alloc, &uio);
	if (r != 0)
		return (r);
	uio.uio_rwf = rwf;
	r = write ? kern_writev(fd, &uio, off) : kern_readv(fd, &uio, off);
	kfree(alloc);
	return (r);
}

long
sys_readv(struct thread *td, int fd, uaddr_t iov, unsigned long cnt)
{
	return (rw_vector(fd, iov, cnt, -1, 0, false));
}

long
sys_writev(struct thread *td, int fd, uaddr_t iov, unsigned long cnt)
{
	return (rw_vector(fd, iov, cnt, -1, 0, true));
}

long
sys_preadv(struct thread *td, int fd, uaddr_t iov, unsigned long cnt,
    int64_t off, unsigned long high)
{
	return (off < 0 ? -EINVAL : rw_vector(fd, iov, cnt, off, 0, false));
}

long
sys_pwritev(struct thread *td, int fd, uaddr_t iov, unsigned long cnt,
    int64_t off, unsigned long high)
{
	return (off < 0 ? -EINVAL : rw_vector(fd, iov, cnt, off, 0, true));
}

/* Offset -1: the file's own. */
long
sys_preadv2(struct thread *td, int fd, uaddr_t iov, unsigned long cnt,
    int64_t off, unsigned long high, int rwf)
{
	return (off < -1 ? -EINVAL :
	    rw_vector(fd, iov, cnt, off, rwf, false));
}

long
sys_pwritev2(struct thread *td, int fd, uaddr_t iov, unsigned long cnt,
    int64_t off, unsigned long high, int rwf)
{
	return (off < -1 ? -EINVAL : rw_vector(fd, iov, cnt, off, rwf, true));
}

/* An in-out offset that may be missing. */
static int
off_in(uaddr_t u, int64_t *off, int64_t **offp)
{
	*offp = NULL;
	if (u == 0)
		return (0);
	*offp = off;
	return (copyin(u, off, sizeof(*off)));
}

long
sys_sendfile(struct thread *td, int out, int in, uaddr_t uoff, size_t count)
{
	int64_t off, *offp;
	long r;

	if (off_in(uoff, &off, &offp) != 0)
		return (-EFAULT);
	r = kern_sendfile(out, in, offp, count);
	if (r >= 0 && offp != NULL && copyout(offp, uoff, sizeof(off)) != 0)
		return (-EFAULT);
	return (r);
}

long
sys_copy_file_range(struct thread *td, int in, uaddr_t uinoff, int out,
    uaddr_t uoutoff, size_t count, unsigned int flags)
{
	int64_t ioff, *ioffp, ooff, *ooffp;
	long r;

	if (flags != 0)
		return (-EINVAL);
	if (off_in(uinoff, &ioff, &ioffp) != 0 ||
	    off_in(uoutoff, &ooff, &ooffp) != 0)
		return (-EFAULT);
	r = kern_copy_file_range(in, ioffp, out, ooffp, count);
	if (r > 0 && ((ioffp != NULL && store64(uinoff, (uint64_t)ioff) != 0) ||
	    (ooffp != NULL && store64(uoutoff, (uint64_t)ooff) != 0)))
		return (-EFAULT);
	return (r);
}

long
sys_lseek(struct thread *td, int fd, int64_t off, int whence)
{
	return (kern_lseek(fd, off, whence));
}

/* --- opening and descriptors -------------------------------------------------- */

#define	OPEN_KNOWN	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | \
			    O_APPEND | O_NONBLOCK | O_SYNC | O_ASYNC |	\
			    O_DIRECT | O_LARGEFILE | O_DIRECTORY |	\
			    O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | \
			    O_TMPFILE)

/* open(2) drops what it does not know.  A 64-bit program's opens are large, and
 * F_GETFL says so. */
static int
open_flags(int flags)
{
	flags &= OPEN_KNOWN;
	return ((flags & O_PATH) != 0 ? flags : flags | O_LARGEFILE);
}

long
sys_openat(struct thread *td, int dirfd, uaddr_t upath, int flags,
    unsigned int mode)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_openat(dirfd, path, open_flags(flags), mode & 07777, 0);
	path_put(path);
	return (r);
}

long
sys_open(struct thread *td, uaddr_t upath, int flags, unsigned int mode)
{
	return (sys_openat(td, AT_FDCWD, upath, flags, mode));
}

long
sys_creat(struct thread *td, uaddr_t upath, unsigned int mode)
{
	return (sys_openat(td, AT_FDCWD, upath, O_CREAT | O_WRONLY | O_TRUNC,
	    mode));
}

/* struct open_how: a larger one must end in zeroes (openat2(2)). */
static int
how_in(uaddr_t u, size_t size, uint64_t how[3])
{
	uint8_t rest[64];
	size_t at, n;

	if (size < 24)
		return (-EINVAL);
	if (size > KPAGE_SIZE)
		return (-E2BIG);
	if (copyin(u, how, 24) != 0)
		return (-EFAULT);
	for (at = 24; at < size; at += n) {
		n = kmin(size - at, sizeof(rest));
		if (copyin(u + at, rest, n) != 0)
			return (-EFAULT);
		for (size_t i = 0; i < n; i++)
			if (rest[i] != 0)
				return (-E2BIG);
	}
	return (0);
}

#define	RESOLVE_KNOWN	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |	\
			    RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |	\
			    RESOLVE_IN_ROOT | RESOLVE_CACHED)

/* Unlike open(2), openat2(2) refuses what it does not know. */
static int
how_check(const uint64_t how[3])
{
	uint64_t flags = how[0], mode = how[1], resolve = how[2];
	bool creates = (flags & O_CREAT) != 0 ||
	    (flags & O_TMPFILE) == O_TMPFILE;

	if ((flags & ~(uint64_t)OPEN_KNOWN) != 0 ||
	    (resolve & ~(uint64_t)RESOLVE_KNOWN) != 0)
		return (-EINVAL);
	if ((resolve & RESOLVE_BENEATH) && (resolve & RESOLVE_IN_ROOT))
		return (-EINVAL);
	if (creates ? (mode & ~07777UL) != 0 : mode != 0)
		return (-EINVAL);
	if ((flags & O_PATH) && (flags & ~(uint64_t)(O_PATH | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC)) != 0)
		return (-EINVAL);
	if ((flags & O_TMPFILE) == O_TMPFILE &&
	    ((flags & O_CREAT) || (flags & O_ACCMODE) == O_RDONLY))
		return (-EINVAL);
	/* What might create or truncate never is served from cache alone. */
	if ((resolve & RESOLVE_CACHED) && (creates || (flags & O_TRUNC)))
		return (-EAGAIN);
	return (0);
}

long
sys_openat2(struct thread *td, int dirfd, uaddr_t upath, uaddr_t uhow,
    size_t size)
{
	uint64_t how[3];
	char *path;
	long r;

	if ((r = how_in(uhow, size, how)) != 0 || (r = how_check(how)) != 0)
		return (r);
	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_openat(dirfd, path, open_flags((int)how[0]), (uint32_t)how[1],
	    how[2]);
	path_put(path);
	return (r);
}

long
sys_close(struct thread *td, int fd)
{
	return (fd_close(fd));
}

#define	CLOSE_RANGE_UNSHARE	2
#define	CLOSE_RANGE_CLOEXEC	4

long
sys_close_range(struct thread *td, unsigned int first, unsigned int last,
    unsigned int flags)
{
	struct filedesc *own;

	if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0 ||
	    first > last)
		return (-EINVAL);
	if ((flags & CLOSE_RANGE_UNSHARE) && fd_tableshared(td->td_fd)) {
		own = fd_tablecopy(td->td_fd);
		if (own == NULL)
			return (-ENOMEM);
		fd_tablefree(td->td_fd);
		td->td_fd = own;
	}
	return (fd_closerange(first, last,
	    (flags & CLOSE_RANGE_CLOEXEC) != 0));
}

long
sys_dup(struct thread *td, int fd)
{
	struct file *fp = fget_path(fd);
	int r;

	if (fp == NULL)
		return (-EBADF);
	if ((r = fd_install(fp, 0, false)) < 0)
		fdrop(fp);
	return (r);
}

static long
dup_to(int fd, int newfd, bool cloexec)
{
	struct file *fp = fget_path(fd);
	int r;

	if (fp == NULL)
		return (-EBADF);
	if ((r = fd_install_at(fp, newfd, cloexec)) < 0)
		fdrop(fp);
	return (r);
}

long
sys_dup2(struct thread *td, int fd, int newfd)
{
	struct file *fp;

	if (fd != newfd)
		return (dup_to(fd, newfd, false));
	if ((fp = fget_path(fd)) == NULL)
		return (-EBADF);
	fdrop(fp);
	return (newfd);
}

long
sys_dup3(struct thread *td, int fd, int newfd, int flags)
{
	if ((flags & ~O_CLOEXEC) != 0 || fd == newfd)
		return (-EINVAL);
	return (dup_to(fd, newfd, (flags & O_CLOEXEC) != 0));
}

/* --- durability, space, advice ------------------------------------------------- */

long
sys_fsync(struct thread *td, int fd)
{
	return (kern_fsync(fd, false));
}

long
sys_fdatasync(struct thread *td, int fd)
{
	return (kern_fsync(fd, true));
}

long
sys_sync(struct thread *td)
{
	return (kern_sync());
}

long
sys_syncfs(struct thread *td, int fd)
{
	return (kern_syncfs(fd));
}

long
sys_sync_file_range(struct thread *td, int fd, int64_t off, int64_t n,
    unsigned int flags)
{
	struct file *fp;
	bool seekable;

	if ((flags & ~7u) != 0 || off < 0 || n < 0 || off > INT64_MAX - n)
		return (-EINVAL);
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	seekable = (fp->f_ops->fo_flags & FO_SEEKABLE) != 0;
	fdrop(fp);
	if (!seekable)
		return (-ESPIPE);
	return (flags == 0 ? 0 : kern_fsync(fd, true));
}

/* A regular file that is open for reading, or the error for what is not. */
static long
check_readable(int fd, int pipe_error, int odd_error)
{
	struct file *fp = fget(fd);
	long r = 0;

	if (fp == NULL)
		return (-EBADF);
	if (fp->f_type == FT_PIPE)
		r = pipe_error;
	else if (fp->f_vnode == NULL)
		r = odd_error;
	fdrop(fp);
	return (r);
}

long
sys_readahead(struct thread *td, int fd, int64_t off, size_t count)
{
	return (check_readable(fd, -EINVAL, -EINVAL));
}

long
sys_fadvise64(struct thread *td, int fd, int64_t off, int64_t len, int advice)
{
	long r = check_readable(fd, -ESPIPE, 0);

	if (r == 0 && (advice < 0 || advice > 5 || len < 0))
		r = -EINVAL;
	return (r);
}

long
sys_fallocate(struct thread *td, int fd, int mode, int64_t off, int64_t len)
{
	return (kern_fallocate(fd, mode, off, len));
}

long
sys_ftruncate(struct thread *td, int fd, int64_t len)
{
	return (kern_ftruncate(fd, len));
}

long
sys_truncate(struct thread *td, uaddr_t upath, int64_t len)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_truncate(path, len);
	path_put(path);
	return (r);
}

long
sys_memfd_create(struct thread *td, uaddr_t uname, unsigned int flags)
{
	char name[250];
	long r = copyinstr(uname, name, sizeof(name));

	if (r < 0)
		return (r == -ENAMETOOLONG ? -EINVAL : r);
	return (kern_memfd_create(name, flags));
}
