/*
 * file.h: open files and descriptor tables (open(2), dup(2), fcntl(2)).
 *
 * A struct file is one open file description; descriptors and in-flight
 * SCM_RIGHTS messages hold references.  fileops serve every kind of file;
 * vn_fileops passes to the vnode.
 *
 * Rule: a call gets a reference by fget() and gives it back by fdrop(); a
 * close in another thread thus never frees a file in use.
 */
#ifndef VFS_FILE_H
#define VFS_FILE_H

#include "base/arena.h"
#include "base/mtx.h"
#include "base/thread.h"
#include "libkern/fcntl.h"
#include "libkern/list.h"
#include "libkern/stat.h"
#include "vfs/namecache.h"
#include "vfs/poll.h"
#include "vm/vm.h"

struct file;
struct dirsink;
struct thread;
struct ucred;
struct uio;
struct vnode;

enum ftype { FT_VNODE, FT_PIPE, FT_SOCKET, FT_EPOLL, FT_EVENTFD, FT_TIMERFD,
	FT_SIGNALFD, FT_HOST, FT_TTY, FT_INOTIFY, FT_PIDFD, FT_MQUEUE, FT_OTHER };

struct fileops {
	/* Honour uio_off when it is >= 0 (positional, if fo_flags has
	 * FO_SEEKABLE), and f_flags' O_NONBLOCK. 0 or errno. */
	int	(*fo_read)(struct file *fp, struct uio *uio);
	int	(*fo_write)(struct file *fp, struct uio *uio);
	int64_t	(*fo_seek)(struct file *fp, int64_t off, int whence);
	/* -ENOIOCTLCMD: unknown (becomes ENOTTY). Returns >= 0 too. */
	long	(*fo_ioctl)(struct file *fp, unsigned long cmd, uaddr_t arg);
	/* Ready events among events | POLLERR | POLLHUP; registers with po
	 * when it is not NULL, first and even when something is ready: epoll
	 * registers once, for all that comes later. */
	int	(*fo_poll)(struct file *fp, int events, struct poller *po);
	int	(*fo_stat)(struct file *fp, struct kstat *st);
	/* The last reference went. */
	void	(*fo_close)(struct file *fp);
	/* Optional: */
	int	(*fo_readdir)(struct file *fp, struct dirsink *ds);
	int	(*fo_truncate)(struct file *fp, int64_t len);
	/* F_SETFL changed f_flags. */
	int	(*fo_setfl)(struct file *fp, int flags);
	/* Object to map, referenced. */
	int	(*fo_mmap)(struct file *fp, int prot, int flags,
		    struct vm_object **objp);
	/* A descriptor of a process was closed (POSIX locks, flush). */
	void	(*fo_fdclose)(struct file *fp, struct thread *td);
	/* Extra lines of /proc/PID/fdinfo/N. */
	int	(*fo_fdinfo)(struct file *fp, char *buf, size_t n);
	/* open(2) of /proc/PID/fd/N when fp has no name (a pipe, a host
	 * file): make newfp a new description of the same object, installing
	 * f_ops, f_data, f_type, f_hostfd.  Missing: -ENXIO. */
	int	(*fo_reopen)(struct file *fp, struct file *newfp, int flags);
	/* The kind's own fcntl(2) commands, F_SETPIPE_SZ and F_GETPIPE_SZ
	 * (NULL: -EBADF as Linux for non-pipes). */
	long	(*fo_fcntl)(struct file *fp, int cmd, unsigned long arg);
	unsigned fo_flags;		/* FO_* */
};
#define	FO_SEEKABLE	1	/* has an offset; pread and pwrite work */

struct file {
	refcount_t	f_ref;
	uint32_t	f_flags;	/* O_* (atomic; F_SETFL) */
	uint16_t	f_type;		/* enum ftype */
	uint16_t	f_pad;
	int32_t		f_hostfd;	/* host descriptor behind it, or -1 */
	const struct fileops *f_ops;
	void		*f_data;	/* the kind's own */
	struct vnode	*f_vnode;	/* referenced or NULL */
	struct nchandle	f_nch;		/* the name it was opened by */
	struct ucred	*f_cred;	/* of the opener */
	struct mtx	f_lock;		/* RANK_FPOS: f_offset during seeking I/O */
	int64_t		f_offset;
	struct list	f_epitems;	/* epoll's registrations (ipc/epoll.c) */
	struct mtx	f_eplock;	/* RANK_LEAF: f_epitems */
	int32_t		f_owner;	/* F_SETOWN: pid or -pgid */
	int32_t		f_sig;		/* F_SETSIG */
	struct list	f_alink;	/* object's list of O_ASYNC files */
	uint64_t	f_id;		/* unique, for kcmp and locks */
	uint32_t	f_seals;
	uint32_t	f_fsmode;	/* the file system's own; 0 at open */
	char		f_desc[40];	/* "pipe:[12]", "anon_inode:[eventpoll]" */
};

/* A new file with one reference; f_cred from the current thread. */
struct file *file_alloc(enum ftype type, const struct fileops *ops,
	    int flags);
static inline struct file *
fhold(struct file *fp)
{
	ref_acquire(&fp->f_ref);
	return (fp);
}
void	fdrop(struct file *fp);		/* NULL is fine */

void	file_free(struct file *fp);	/* without references; for its pool */

/* Descriptor tables. */
struct filedesc;
/* The current thread's table keeps one dead file for the next open. */
struct file *fd_spareget(void);		/* or NULL */
bool	fd_spareput(struct file *fp);	/* false: it has one */
struct filedesc *fd_tablealloc(void);
struct filedesc *fd_tablecopy(struct filedesc *fdt);	/* fork */
struct filedesc *fd_tablehold(struct filedesc *fdt);	/* CLONE_FILES */
void	fd_tablefree(struct filedesc *fdt);	/* drops a reference */
int	fd_tableshared(struct filedesc *fdt);
void	fd_cloexec(struct filedesc *fdt);	/* at exec */
void	fd_setlimit(struct filedesc *fdt, uint64_t nofile); /* RLIMIT_NOFILE */

/* Reference, or NULL when fd is not open. fget skips O_PATH files (callers
 * answer EBADF); fget_path gives them too. */
struct file *fget(int fd);
struct file *fget_path(int fd);
/* The file of a table that is ours alone, without a reference: good until this
 * thread itself closes it.  NULL: not open, or the table is shared. */
struct file *fd_peek(int fd);
struct file *fget_from(struct filedesc *fdt, int fd);	/* /proc, any kind */
/*
 * The same for a call that may sleep with the reference: the thread notes it,
 * so that it is given back when the host kills the process meanwhile.  One at a
 * time per thread.
 */
static inline struct file *
fget_io(int fd)
{
	struct file *fp = fget(fd);

	curthread()->td_iofile = fp;
	return (fp);
}
static inline void
fdrop_io(struct file *fp)
{
	curthread()->td_iofile = NULL;
	fdrop(fp);
}
/* Lowest free descriptor >= min; consumes the caller's reference on success
 * (on error it stays the caller's). fd, -EMFILE, -ENOMEM. */
int	fd_install(struct file *fp, int min, bool cloexec);
int	fd_install_at(struct file *fp, int fd, bool cloexec);	/* dup2 */
int	fd_close(int fd);				/* 0, -EBADF */
int	fd_closerange(unsigned first, unsigned last, bool cloexec_only);
int	fd_getflags(int fd);				/* FD_CLOEXEC or 0 */
int	fd_setflags(int fd, int flags);
/* Next open descriptor >= fd of a table, or -1 (for /proc). */
int	fd_next(struct filedesc *fdt, int fd);

/* vfs_open.c: open a resolved path (open(2)); returns a file with one
 * reference in *fpp. */
int	vn_open(int dirfd, const char *path, int flags, uint32_t mode,
	    uint64_t resolve, struct file **fpp);
/* Open for the kernel's reading (exec): no descriptor, checks X or R. */
int	vn_open_nch(const struct nchandle *nch, int flags, struct file **fpp);
/* Plain read at an offset into kernel memory: bytes or errno. */
long	vn_read(struct vnode *vp, void *buf, size_t n, int64_t off);
extern const struct fileops vn_fileops;
/* Common file helpers for odd kinds. */
int64_t	file_noseek(struct file *fp, int64_t off, int whence); /* -ESPIPE */
int64_t	file_nopseek(struct file *fp, int64_t off, int whence);	/* 0 */
int	file_anonstat(struct file *fp, struct kstat *st, uint32_t mode);

/*
 * What vfs asks of the floor above it.  A table of constants in the kernel's
 * text, hung into KROOT_VFSHOOKS by ipc_init() at boot (NULL in unit tests).
 */
struct vfs_hooks {
	/*
	 * Open of a FIFO, called unlocked after the permission checks (instead
	 * of vop_open) with fp->f_vnode == vp: installs f_ops, f_data, f_type.
	 * Sleeps for the other end; -ERESTARTSYS, -ENXIO.  On error fp is
	 * unchanged.
	 */
	int	(*vh_fifo_open)(struct vnode *vp, int flags, struct file *fp);
	/* The last reference of fp went and f_epitems is not empty: called
	 * before fo_close. */
	void	(*vh_epoll_gone)(struct file *fp);
};
static inline const struct vfs_hooks *
vfs_hooks(void)
{
	return ((const struct vfs_hooks *)kroot()->r_sub[KROOT_VFSHOOKS]);
}

/* A file that wraps a host descriptor the warden gave (stdin, stdout...). */
struct file *hostfile_alloc(int hostfd, int flags);

#endif
