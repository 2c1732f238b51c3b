/*
 * stat.h: file attributes inside the kernel.  struct kstat is linux64's
 * struct stat, byte for byte, followed by what only statx(2) can show.
 */
#ifndef LIBKERN_STAT_H
#define LIBKERN_STAT_H

#include "libkern/types.h"

struct kstat {
	uint64_t	st_dev;
	uint64_t	st_ino;
	uint64_t	st_nlink;
	uint32_t	st_mode;
	uint32_t	st_uid;
	uint32_t	st_gid;
	uint32_t	st_pad0;
	uint64_t	st_rdev;
	int64_t		st_size;
	int64_t		st_blksize;
	int64_t		st_blocks;		/* of 512 bytes */
	struct timespec64 st_atim;
	struct timespec64 st_mtim;
	struct timespec64 st_ctim;
	int64_t		st_unused[3];		/* linux64's stat ends here */
	struct timespec64 st_btim;		/* birth; 0.0 = unknown */
	uint64_t	st_mnt_id;
	uint64_t	st_mntroot;		/* 1: the root of a mount */
};
#define	KSTAT_LINUX64_SIZE	144
_Static_assert(offsetof(struct kstat, st_btim) == KSTAT_LINUX64_SIZE,
    "struct kstat starts with linux64's struct stat");

/* What statfs(2) tells; linux64's struct statfs. */
struct kstatfs {
	int64_t		f_type;
	int64_t		f_bsize;
	uint64_t	f_blocks;
	uint64_t	f_bfree;
	uint64_t	f_bavail;
	uint64_t	f_files;
	uint64_t	f_ffree;
	int32_t		f_fsid[2];
	int64_t		f_namelen;
	int64_t		f_frsize;
	int64_t		f_flags;
	int64_t		f_spare[4];
};

/* Device numbers in linux64's encoding. */
static inline uint64_t
kmakedev(uint32_t maj, uint32_t min)
{
	return (((uint64_t)(maj & 0xfffff000u) << 32) |
	    ((maj & 0xfffu) << 8) | ((uint64_t)(min & 0xffffff00u) << 12) |
	    (min & 0xffu));
}
static inline uint32_t
kmajor(uint64_t dev)
{
	return ((dev >> 8) & 0xfff) | ((dev >> 32) & 0xfffff000u);
}
static inline uint32_t
kminor(uint64_t dev)
{
	return (dev & 0xff) | ((dev >> 12) & 0xffffff00u);
}

#endif
