/*
 * syscalls.h: operations on files with native types, for the edges of every
 * ABI and for the kernel's own use.  Paths are kernel strings; all act for the
 * current thread (its root, directory, umask, credentials).  Flags and
 * structures are linux64's.  0 or more, or a negative errno.
 */
#ifndef VFS_SYSCALLS_H
#define VFS_SYSCALLS_H

#include "libkern/stat.h"
#include "libkern/types.h"
#include "vfs/file.h"

struct dirsink;
struct nchandle;
struct uio;

/* vfs_open.c, vfs_io.c */
int	kern_openat(int dirfd, const char *path, int flags, uint32_t mode,
	    uint64_t resolve);			/* descriptor */
/* off < 0: at the file's offset. Bytes moved. */
long	kern_readv(int fd, struct uio *uio, int64_t off);
long	kern_writev(int fd, struct uio *uio, int64_t off);
long	file_read(struct file *fp, struct uio *uio);	/* uio_off set */
long	file_write(struct file *fp, struct uio *uio);
int64_t	kern_lseek(int fd, int64_t off, int whence);
int	kern_getdents(int fd, struct dirsink *ds);
int	kern_ftruncate(int fd, int64_t len);
int	kern_truncate(const char *path, int64_t len);
int	kern_fallocate(int fd, int mode, int64_t off, int64_t len);
int	kern_fsync(int fd, bool dataonly);
int	kern_sync(void);
int	kern_syncfs(int fd);
/* ooff, ioff: NULL = the file's own offset. */
long	kern_sendfile(int ofd, int ifd, int64_t *ioff, size_t n);
long	kern_copy_file_range(int ifd, int64_t *ioff, int ofd, int64_t *ooff,
	    size_t n);
int	kern_memfd_create(const char *name, unsigned flags);
long	kern_fseals(struct file *fp, int cmd, unsigned arg);
/* A nameless mappable file (memfd, SysV shm): one reference; hostfd inside. */
int	memfd_file(const char *name, unsigned flags, struct file **fpp);

/* vfs_names.c */
int	kern_mkdirat(int dirfd, const char *path, uint32_t mode);
int	kern_mknodat(int dirfd, const char *path, uint32_t mode, uint64_t dev);
/* The same, and its name, referenced (bind of unix sockets). */
int	vn_mknodat(int dirfd, const char *path, uint32_t mode, uint64_t dev,
	    struct nchandle *out);
int	kern_symlinkat(const char *target, int dirfd, const char *path);
int	kern_linkat(int odirfd, const char *opath, int ndirfd,
	    const char *npath, int flags);
int	kern_unlinkat(int dirfd, const char *path, int flags);
int	kern_renameat2(int odirfd, const char *opath, int ndirfd,
	    const char *npath, unsigned flags);

/* vfs_stat.c */
long	kern_readlinkat(int dirfd, const char *path, char *buf, size_t n);
int	kern_fstatat(int dirfd, const char *path, int flags,
	    struct kstat *st);
int	kern_fstat(int fd, struct kstat *st);
int	kern_statfs(const char *path, struct kstatfs *sf);
int	kern_fstatfs(int fd, struct kstatfs *sf);
int	mount_statfs(struct mount *mp, struct kstatfs *sf);
int	kern_faccessat(int dirfd, const char *path, int mode, int flags);
int	kern_fchmodat(int dirfd, const char *path, uint32_t mode, int flags);
int	kern_fchmod(int fd, uint32_t mode);
int	kern_fchownat(int dirfd, const char *path, uint32_t uid, uint32_t gid,
	    int flags);
int	kern_fchown(int fd, uint32_t uid, uint32_t gid);
/* path NULL: the descriptor itself. ts NULL: now. */
int	kern_utimensat(int dirfd, const char *path,
	    const struct timespec64 *ts, int flags);

/* vfs_dirs.c */
int	kern_chdir(const char *path);
int	kern_fchdir(int fd);
int	kern_chroot(const char *path);
long	kern_getcwd(char *buf, size_t size);	/* length with the NUL */
int	kern_mount(const char *source, const char *target, const char *type,
	    unsigned long flags, const char *data);
int	kern_umount2(const char *target, int flags);

/* vfs_xattr.c; path NULL: fd. follow: the last link. */
struct xattr_target {
	int		xt_fd;		/* descriptor, when xt_path is NULL */
	const char	*xt_path;
	bool		xt_follow;
};
long	kern_getxattr(const struct xattr_target *t, const char *name, void *v,
	    size_t n);
int	kern_setxattr(const struct xattr_target *t, const char *name,
	    const void *v, size_t n, int flags);
long	kern_listxattr(const struct xattr_target *t, char *buf, size_t n);
int	kern_removexattr(const struct xattr_target *t, const char *name);
#define	XATTR_CREATE	1
#define	XATTR_REPLACE	2
#define	XATTR_NAME_MAX	255
#define	XATTR_SIZE_MAX	65536

#endif
