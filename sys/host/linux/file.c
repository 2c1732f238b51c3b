/*
 * file.c: host file calls.  Descriptors are made close-on-exec, although the
 * jail never executes a host program.
 */
#include "host/host.h"
#include "host/linux/hostcall.h"

#include <asm/errno.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#define	HOST_CLOEXEC	02000000

int
host_openat(int dirfd, const char *path, int flags, int mode)
{
	return ((int)HC(openat, dirfd, path, flags | HOST_CLOEXEC, mode));
}

int
host_openat2(int dirfd, const char *path, int flags, int mode,
    uint64_t resolve)
{
	struct open_how how = {
		.flags = (unsigned)flags | HOST_CLOEXEC,
		.mode = mode,
		.resolve = resolve,
	};

	return ((int)HC(openat2, dirfd, path, &how, sizeof(how)));
}

static void
from_statx(const struct statx *x, struct kstat *st)
{
	*st = (struct kstat){
		.st_dev = kmakedev(x->stx_dev_major, x->stx_dev_minor),
		.st_ino = x->stx_ino,
		.st_nlink = x->stx_nlink,
		.st_mode = x->stx_mode,
		.st_uid = x->stx_uid,
		.st_gid = x->stx_gid,
		.st_rdev = kmakedev(x->stx_rdev_major, x->stx_rdev_minor),
		.st_size = (int64_t)x->stx_size,
		.st_blksize = x->stx_blksize,
		.st_blocks = (int64_t)x->stx_blocks,
		.st_atim = { x->stx_atime.tv_sec, x->stx_atime.tv_nsec },
		.st_mtim = { x->stx_mtime.tv_sec, x->stx_mtime.tv_nsec },
		.st_ctim = { x->stx_ctime.tv_sec, x->stx_ctime.tv_nsec },
	};
	if (x->stx_mask & STATX_BTIME)
		st->st_btim = (struct timespec64){ x->stx_btime.tv_sec,
		    x->stx_btime.tv_nsec };
}

int
host_statx(int dirfd, const char *path, int flags, struct kstat *st)
{
	struct statx x;
	long r;

	r = HC(statx, dirfd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &x);
	if (r == 0)
		from_statx(&x, st);
	return ((int)r);
}

int
host_fstat(int fd, struct kstat *st)
{
	return (host_statx(fd, "", 0x1000, st));	/* AT_EMPTY_PATH */
}

int
host_fstatat(int dirfd, const char *path, struct kstat *st, int flags)
{
	long r = HC(newfstatat, dirfd, path, st, flags);

	st->st_btim = (struct timespec64){ 0, 0 };
	st->st_mnt_id = 0;
	st->st_mntroot = 0;
	return ((int)r);
}

int
host_close(int fd)
{
	return ((int)HC(close, fd));
}

int
host_dup(int fd)
{
	return ((int)HC(fcntl, fd, 1030, 0));
}

long
host_read(int fd, void *buf, size_t n)
{
	return (HC(read, fd, buf, n));
}

long
host_write(int fd, const void *buf, size_t n)
{
	return (HC(write, fd, buf, n));
}

long
host_pread(int fd, void *buf, size_t n, int64_t off)
{
	return (HC(pread64, fd, buf, n, off));
}

long
host_pwrite(int fd, const void *buf, size_t n, int64_t off)
{
	return (HC(pwrite64, fd, buf, n, off));
}

long
host_preadv2(int fd, const struct host_iovec *iov, int n, int64_t off, int
    rwf)
{
	return (HC(preadv2, fd, iov, n, off, 0, rwf));
}

long
host_pwritev2(int fd, const struct host_iovec *iov, int n, int64_t off, int
    rwf)
{
	return (HC(pwritev2, fd, iov, n, off, 0, rwf));
}

int64_t
host_lseek(int fd, int64_t off, int whence)
{
	return (HC(lseek, fd, off, whence));
}

int
host_fstatfs(int fd, struct kstatfs *sf)
{
	return ((int)HC(fstatfs, fd, sf));
}

long
host_getdents(int fd, void *buf, size_t n)
{
	return (HC(getdents64, fd, buf, n));
}

long
host_readlinkat(int dirfd, const char *path, char *buf, size_t n)
{
	return (HC(readlinkat, dirfd, path, buf, n));
}

int
host_mkdirat(int dirfd, const char *path, int mode)
{
	return ((int)HC(mkdirat, dirfd, path, mode));
}

int
host_mknodat(int dirfd, const char *path, int mode, uint64_t dev)
{
	return ((int)HC(mknodat, dirfd, path, mode, dev));
}

int
host_symlinkat(const char *target, int dirfd, const char *path)
{
	return ((int)HC(symlinkat, target, dirfd, path));
}

int
host_linkat(int odir, const char *old, int ndir, const char *new, int flags)
{
	return ((int)HC(linkat, odir, old, ndir, new, flags));
}

int
host_unlinkat(int dirfd, const char *path, int flags)
{
	return ((int)HC(unlinkat, dirfd, path, flags));
}

int
host_renameat2(int odir, const char *old, int ndir, const char *new, int
    flags)
{
	return ((int)HC(renameat2, odir, old, ndir, new, flags));
}

int
host_fchmod(int fd, int mode)
{
	return ((int)HC(fchmod, fd, mode));
}

int
host_fchmodat(int dirfd, const char *path, int mode)
{
	return ((int)HC(fchmodat, dirfd, path, mode));
}

int
host_fchownat(int dirfd, const char *path, uint32_t uid, uint32_t gid, int
    flags)
{
	return ((int)HC(fchownat, dirfd, path, uid, gid, flags));
}

int
host_utimensat(int dirfd, const char *path, const struct timespec64 ts[2],
    int flags)
{
	return ((int)HC(utimensat, dirfd, path, ts, flags));
}

int
host_ftruncate(int fd, int64_t len)
{
	return ((int)HC(ftruncate, fd, len));
}

int
host_fallocate(int fd, int mode, int64_t off, int64_t len)
{
	return ((int)HC(fallocate, fd, mode, off, len));
}

int
host_fsync(int fd)
{
	return ((int)HC(fsync, fd));
}

int
host_fdatasync(int fd)
{
	return ((int)HC(fdatasync, fd));
}

int
host_sync_file_range(int fd, int64_t off, int64_t n, int flags)
{
	return ((int)HC(sync_file_range, fd, off, n, flags));
}

int
host_faccessat(int dirfd, const char *path, int mode, int flags)
{
	return ((int)HC(faccessat2, dirfd, path, mode, flags));
}

long
host_getxattr(const char *path, const char *name, void *v, size_t n)
{
	return (HC(getxattr, path, name, v, n));
}

int
host_setxattr(const char *path, const char *name, const void *v, size_t n,
    int flags)
{
	return ((int)HC(setxattr, path, name, v, n, flags));
}

long
host_listxattr(const char *path, char *buf, size_t n)
{
	return (HC(listxattr, path, buf, n));
}

int
host_removexattr(const char *path, const char *name)
{
	return ((int)HC(removexattr, path, name));
}

long
host_fgetxattr(int fd, const char *name, void *v, size_t n)
{
	return (HC(fgetxattr, fd, name, v, n));
}

int
host_fsetxattr(int fd, const char *name, const void *v, size_t n, int flags)
{
	return ((int)HC(fsetxattr, fd, name, v, n, flags));
}

long
host_flistxattr(int fd, char *buf, size_t n)
{
	return (HC(flistxattr, fd, buf, n));
}

int
host_fremovexattr(int fd, const char *name)
{
	return ((int)HC(fremovexattr, fd, name));
}

int
host_ioctl(int fd, unsigned long cmd, uaddr_t arg)
{
	return ((int)HC(ioctl, fd, cmd, arg));
}

int
host_fcntl(int fd, int cmd, unsigned long arg)
{
	return ((int)HC(fcntl, fd, cmd, arg));
}

int
host_pipe2(int fds[2], int flags)
{
	return ((int)HC(pipe2, fds, flags));
}

long
host_copy_file_range(int ifd, int64_t *ioff, int ofd, int64_t *ooff, size_t
    n)
{
	return (HC(copy_file_range, ifd, ioff, ofd, ooff, n, 0));
}
