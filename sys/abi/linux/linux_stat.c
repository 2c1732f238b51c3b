/*
 * linux_stat.c: the edge of calls that ask about files and change their
 * attributes: stat(2), statx(2), statfs(2), access(2), chmod(2), chown(2),
 * utimensat(2), readlink(2).
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/attr.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/syscalls.h"

/* --- stat ------------------------------------------------------------------- */

static long
stat_at(int dirfd, uaddr_t upath, int flags, struct kstat *st)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_fstatat(dirfd, path, flags, st);
	path_put(path);
	return (r);
}

/* struct kstat begins with linux64's struct stat. */
static long
stat_out(long r, const struct kstat *st, uaddr_t ust)
{
	return (r != 0 ? r : copyout(st, ust, KSTAT_LINUX64_SIZE));
}

long
sys_stat(struct thread *td, uaddr_t path, uaddr_t ust)
{
	struct kstat st = { 0 };

	return (stat_out(stat_at(AT_FDCWD, path, 0, &st), &st, ust));
}

long
sys_lstat(struct thread *td, uaddr_t path, uaddr_t ust)
{
	struct kstat st = { 0 };

	return (stat_out(stat_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &st),
	    &st, ust));
}

long
sys_fstat(struct thread *td, int fd, uaddr_t ust)
{
	struct kstat st = { 0 };

	return (stat_out(kern_fstat(fd, &st), &st, ust));
}

long
sys_newfstatat(struct thread *td, int dirfd, uaddr_t path, uaddr_t ust,
    int flags)
{
	struct kstat st = { 0 };

	return (stat_out(stat_at(dirfd, path, flags, &st), &st, ust));
}

struct linux_statx_ts {
	int64_t		tv_sec;
	uint32_t	tv_nsec;
	int32_t		pad;
};
struct linux_statx {
	uint32_t	stx_mask, stx_blksize;
	uint64_t	stx_attributes;
	uint32_t	stx_nlink, stx_uid, stx_gid;
	uint16_t	stx_mode, pad0;
	uint64_t	stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct linux_statx_ts stx_atime, stx_btime, stx_ctime, stx_mtime;
	uint32_t	stx_rdev_major, stx_rdev_minor;
	uint32_t	stx_dev_major, stx_dev_minor;
	uint64_t	stx_mnt_id;
	uint32_t	stx_dio_mem_align, stx_dio_offset_align;
	uint64_t	pad1[12];
};
_Static_assert(sizeof(struct linux_statx) == 256, "struct statx");

#define	STATX_BASIC	0x7ffu
#define	STATX_BTIME	0x800u
#define	STATX_MNT_ID	0x1000u
#define	STATX_ATTR_MOUNT_ROOT 0x2000u
#define	STATX_RESERVED	0x80000000u
#define	AT_STATX_SYNC	0x6000

static struct linux_statx_ts
xts(const struct timespec64 *ts)
{
	return ((struct linux_statx_ts){ ts->tv_sec, (uint32_t)ts->tv_nsec,
	    0 });
}

static void
to_statx(const struct kstat *st, struct linux_statx *x)
{
	*x = (struct linux_statx){
		.stx_mask = STATX_BASIC | STATX_MNT_ID,
		.stx_blksize = (uint32_t)st->st_blksize,
		.stx_nlink = (uint32_t)st->st_nlink,
		.stx_uid = st->st_uid,
		.stx_gid = st->st_gid,
		.stx_mode = (uint16_t)st->st_mode,
		.stx_ino = st->st_ino,
		.stx_size = (uint64_t)st->st_size,
		.stx_blocks = (uint64_t)st->st_blocks,
		.stx_atime = xts(&st->st_atim),
		.stx_mtime = xts(&st->st_mtim),
		.stx_ctime = xts(&st->st_ctim),
		.stx_rdev_major = kmajor(st->st_rdev),
		.stx_rdev_minor = kminor(st->st_rdev),
		.stx_dev_major = kmajor(st->st_dev),
		.stx_dev_minor = kminor(st->st_dev),
		.stx_mnt_id = st->st_mnt_id,
		.stx_attributes = st->st_mntroot ? STATX_ATTR_MOUNT_ROOT : 0,
		.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT,
	};
	if (st->st_btim.tv_sec != 0 || st->st_btim.tv_nsec != 0) {
		x->stx_mask |= STATX_BTIME;
		x->stx_btime = xts(&st->st_btim);
	}
}

/* A null path with AT_EMPTY_PATH stands for "" (since Linux 6.11). */
long
sys_statx(struct thread *td, int dirfd, uaddr_t path, int flags,
    unsigned int mask, uaddr_t ux)
{
	struct kstat st = { 0 };
	struct linux_statx x;
	long r;

	if ((mask & STATX_RESERVED) != 0 ||
	    (flags & AT_STATX_SYNC) == AT_STATX_SYNC)
		return (-EINVAL);
	flags &= ~AT_STATX_SYNC;
	if (path == 0 && (flags & AT_EMPTY_PATH))
		r = kern_fstatat(dirfd, "", flags, &st);
	else
		r = stat_at(dirfd, path, flags, &st);
	if (r != 0)
		return (r);
	to_statx(&st, &x);
	return (copyout(&x, ux, sizeof(x)));
}

long
sys_statfs(struct thread *td, uaddr_t upath, uaddr_t buf)
{
	struct kstatfs sf = { 0 };
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_statfs(path, &sf);
	path_put(path);
	return (r != 0 ? r : copyout(&sf, buf, sizeof(sf)));
}

long
sys_fstatfs(struct thread *td, int fd, uaddr_t buf)
{
	struct kstatfs sf = { 0 };
	long r = kern_fstatfs(fd, &sf);

	return (r != 0 ? r : copyout(&sf, buf, sizeof(sf)));
}

/* --- access, modes, owners ----------------------------------------------------- */

long
sys_faccessat2(struct thread *td, int dirfd, uaddr_t upath, unsigned int mode,
    int flags)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_faccessat(dirfd, path, (int)mode, flags);
	path_put(path);
	return (r);
}

long
sys_faccessat(struct thread *td, int dirfd, uaddr_t path, unsigned int mode)
{
	return (sys_faccessat2(td, dirfd, path, mode, 0));
}

long
sys_access(struct thread *td, uaddr_t path, unsigned int mode)
{
	return (sys_faccessat2(td, AT_FDCWD, path, mode, 0));
}

long
sys_fchmodat2(struct thread *td, int dirfd, uaddr_t upath, unsigned int mode,
    int flags)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_fchmodat(dirfd, path, mode & 07777, flags);
	path_put(path);
	return (r);
}

long
sys_fchmodat(struct thread *td, int dirfd, uaddr_t path, unsigned int mode)
{
	return (sys_fchmodat2(td, dirfd, path, mode, 0));
}

long
sys_chmod(struct thread *td, uaddr_t path, unsigned int mode)
{
	return (sys_fchmodat2(td, AT_FDCWD, path, mode, 0));
}

long
sys_fchmod(struct thread *td, int fd, unsigned int mode)
{
	return (kern_fchmod(fd, mode & 07777));
}

long
sys_fchownat(struct thread *td, int dirfd, uaddr_t upath, unsigned int uid,
    unsigned int gid, int flags)
{
	char *path;
	long r;

	if ((r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_fchownat(dirfd, path, uid, gid, flags);
	path_put(path);
	return (r);
}

long
sys_chown(struct thread *td, uaddr_t path, unsigned int uid, unsigned int gid)
{
	return (sys_fchownat(td, AT_FDCWD, path, uid, gid, 0));
}

long
sys_lchown(struct thread *td, uaddr_t path, unsigned int uid,
    unsigned int gid)
{
	return (sys_fchownat(td, AT_FDCWD, path, uid, gid,
	    AT_SYMLINK_NOFOLLOW));
}

long
sys_fchown(struct thread *td, int fd, unsigned int uid, unsigned int gid)
{
	return (kern_fchown(fd, uid, gid));
}

/* --- times -------------------------------------------------------------------- */

static bool
nsec_ok(int64_t ns)
{
	return ((ns >= 0 && ns < NSEC_PER_SEC) || ns == UTIME_NOW_ ||
	    ns == UTIME_OMIT_);
}

static long
utimes_at(int dirfd, uaddr_t upath, const struct timespec64 *ts, int flags)
{
	char *path = NULL;
	long r;

	/* No path: the descriptor itself (utimensat(2), futimens). */
	if (upath == 0 && dirfd == AT_FDCWD)
		return (-EFAULT);
	if (upath != 0 && (r = path_get(upath, &path)) < 0)
		return (r);
	r = kern_utimensat(dirfd, path, ts, flags);
	if (path != NULL)
		path_put(path);
	return (r);
}

long
sys_utimensat(struct thread *td, int dirfd, uaddr_t path, uaddr_t times,
    int flags)
{
	struct timespec64 ts[2];

	if (times != 0) {
		if (copyin(times, ts, sizeof(ts)) != 0)
			return (-EFAULT);
		if (!nsec_ok(ts[0].tv_nsec) || !nsec_ok(ts[1].tv_nsec))
			return (-EINVAL);
		if (ts[0].tv_nsec == UTIME_OMIT_ &&
		    ts[1].tv_nsec == UTIME_OMIT_)
			return (0);
	}
	return (utimes_at(dirfd, path, times != 0 ? ts : NULL, flags));
}

long
sys_futimesat(struct thread *td, int dirfd, uaddr_t path, uaddr_t times)
{
	struct timespec64 ts[2];	/* struct timeval in */

	if (times != 0) {
		if (copyin(times, ts, sizeof(ts)) != 0)
			return (-EFAULT);
		for (int i = 0; i < 2; i++) {
			if (ts[i].tv_nsec < 0 || ts[i].tv_nsec >= 1000000)
				return (-EINVAL);
			ts[i].tv_nsec *= 1000;
		}
	}
	return (utimes_at(dirfd, path, times != 0 ? ts : NULL, 0));
}

long
sys_utimes(struct thread *td, uaddr_t path, uaddr_t times)
{
	return (sys_futimesat(td, AT_FDCWD, path, times));
}

long
sys_utime(struct thread *td, uaddr_t path, uaddr_t times)
{
	struct timespec64 ts[2];
	int64_t t[2];

	if (times != 0) {
		if (copyin(times, t, sizeof(t)) != 0)
			return (-EFAULT);
		ts[0] = (struct timespec64){ t[0], 0 };
		ts[1] = (struct timespec64){ t[1], 0 };
	}
	return (utimes_at(AT_FDCWD, path, times != 0 ? ts : NULL, 0));
}

/* --- links --------------------------------------------------------------------- */

long
sys_readlinkat(struct thread *td, int dirfd, uaddr_t upath, uaddr_t ubuf,
    size_t size)
{
	char *path, *buf;
	long r;

	if ((int)size <= 0)
		return (-EINVAL);
	if ((r = path_get(upath, &path)) < 0)
		return (r);
	buf = kmalloc(KPATH_MAX, KM_NOZERO);
	if (buf == NULL)
		r = -ENOMEM;
	else
		r = kern_readlinkat(dirfd, path, buf, KPATH_MAX);
	if (r > 0) {
		r = (long)kmin((size_t)r, size);
		if (copyout(buf, ubuf, (size_t)r) != 0)
			r = -EFAULT;
	}
	kfree(buf);
	path_put(path);
	return (r);
}

long
sys_readlink(struct thread *td, uaddr_t path, uaddr_t buf, size_t size)
{
	return (sys_readlinkat(td, AT_FDCWD, path, buf, size));
}
