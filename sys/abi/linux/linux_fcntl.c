/*
 * linux_fcntl.c: the edge of fcntl(2), flock(2) and ioctl(2).
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "vfs/file.h"
#include "vfs/flock.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

/* linux64's struct flock. */
struct linux_flock {
	int16_t	l_type;
	int16_t	l_whence;
	int32_t	l_pad;
	int64_t	l_start;
	int64_t	l_len;
	int32_t	l_pid;
	int32_t	l_pad2;
};

struct linux_fowner {
	int32_t	type;		/* 0 thread, 1 process, 2 group */
	int32_t	pid;
};

#define	DN_MULTISHOT	0x80000000u

/* F_SETFL changes only these. */
#define	SETFL_MASK	(O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME | O_NONBLOCK)

/* A range of struct flock to inclusive bounds (fcntl(2)). */
static int
range(struct file *fp, const struct linux_flock *l, struct flockreq *fr)
{
	struct kstat st;
	int64_t base = 0;
	int error;

	switch (l->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = fp->f_offset;
		break;
	case SEEK_END:
		if ((error = fp->f_ops->fo_stat(fp, &st)) != 0)
			return (error);
		base = st.st_size;
		break;
	default:
		return (-EINVAL);
	}
	if (__builtin_add_overflow(base, l->l_start, &fr->fr_start))
		return (-EOVERFLOW);
	if (fr->fr_start < 0)
		return (-EINVAL);
	if (l->l_len > 0) {
		if (__builtin_add_overflow(fr->fr_start, l->l_len - 1,
		    &fr->fr_end))
			return (-EOVERFLOW);
	} else if (l->l_len < 0) {
		fr->fr_end = fr->fr_start - 1;
		fr->fr_start += l->l_len;
		if (fr->fr_start < 0)
			return (-EINVAL);
	} else
		fr->fr_end = INT64_MAX;
	return (0);
}

static long
getlock(struct file *fp, struct linux_flock *l, struct flockreq *fr,
    uaddr_t arg)
{
	if (fr->fr_type == F_UNLCK)
		return (-EINVAL);
	flock_get(fp, fr);
	l->l_type = (int16_t)fr->fr_type;
	if (fr->fr_type != F_UNLCK) {
		l->l_whence = SEEK_SET;
		l->l_start = fr->fr_start;
		l->l_len = fr->fr_end == INT64_MAX ? 0 :
		    fr->fr_end - fr->fr_start + 1;
		l->l_pid = fr->fr_pid;
	}
	return (copyout(l, arg, 32));
}

static long
lock(struct file *fp, int cmd, uaddr_t arg)
{
	bool ofd = cmd >= F_OFD_GETLK && cmd <= F_OFD_SETLKW;
	struct linux_flock l;
	struct flockreq fr = { .fr_kind = ofd ? FL_OFD : FL_POSIX };
	int error, acc = fp->f_flags & O_ACCMODE;

	if (copyin(arg, &l, sizeof(l)) != 0)
		return (-EFAULT);
	if (ofd && l.l_pid != 0)
		return (-EINVAL);
	if (l.l_type != F_RDLCK && l.l_type != F_WRLCK &&
	    l.l_type != F_UNLCK)
		return (-EINVAL);
	if ((error = range(fp, &l, &fr)) != 0)
		return (error);
	fr.fr_type = l.l_type;
	if (cmd == F_GETLK || cmd == F_OFD_GETLK)
		return (getlock(fp, &l, &fr, arg));
	if ((fr.fr_type == F_RDLCK && acc == O_WRONLY) ||
	    (fr.fr_type == F_WRLCK && acc == O_RDONLY))
		return (-EBADF);
	if (fp->f_vnode == NULL)
		return (-EINVAL);
	return (flock_set(fp, &fr, cmd == F_SETLKW || cmd == F_OFD_SETLKW));
}

/* Can it send signals when it becomes ready?  Plain files and the kernel's own
 * odd ones cannot, and F_SETFL leaves their O_ASYNC as it is. */
static bool
can_async(const struct file *fp)
{
	if (fp->f_ops->fo_setfl != NULL || fp->f_type == FT_SOCKET)
		return (true);
	return (fp->f_vnode != NULL && fp->f_vnode->v_type == VCHR);
}

static long
setfl(struct file *fp, unsigned long arg)
{
	uint32_t old = atomic_load(&fp->f_flags), mask = SETFL_MASK;
	uint32_t flags;
	int error;

	if (!can_async(fp))
		mask &= ~(uint32_t)O_ASYNC;
	flags = (old & ~mask) | ((uint32_t)arg & mask);

	if (fp->f_ops->fo_setfl != NULL &&
	    (error = fp->f_ops->fo_setfl(fp, (int)flags)) < 0)
		return (error);
	atomic_store(&fp->f_flags, flags);
	return (0);
}

static long
owner(struct file *fp, int cmd, unsigned long arg)
{
	struct linux_fowner ow;

	switch (cmd) {
	case F_GETOWN:
		return (fp->f_owner);
	case F_SETOWN:
		fp->f_owner = (int)arg;
		return (0);
	case F_GETOWN_EX:
		ow.type = fp->f_owner < 0 ? 2 : 1;
		ow.pid = fp->f_owner < 0 ? -fp->f_owner : fp->f_owner;
		return (copyout(&ow, arg, sizeof(ow)));
	default:
		if (copyin(arg, &ow, sizeof(ow)) != 0)
			return (-EFAULT);
		if (ow.type < 0 || ow.type > 2)
			return (-EINVAL);
		fp->f_owner = ow.type == 2 ? -ow.pid : ow.pid;
		return (0);
	}
}

static long
dupfd(struct file *fp, unsigned long min, bool cloexec)
{
	int r;

	if (min >= vfs_rlimit(7))	/* RLIMIT_NOFILE */
		return (-EINVAL);
	(void)fhold(fp);
	if ((r = fd_install(fp, (int)min, cloexec)) < 0)
		fdrop(fp);
	return (r);
}

/* Commands that O_PATH descriptors do not have. */
static long
fcntl_file(struct file *fp, int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_SETFL:
		return (setfl(fp, arg));
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return (lock(fp, cmd, arg));
	case F_GETOWN:
	case F_SETOWN:
	case F_GETOWN_EX:
	case F_SETOWN_EX:
		return (owner(fp, cmd, arg));
	case F_GETSIG:
		return (fp->f_sig);
	case F_SETSIG:
		if (arg > 64)
			return (-EINVAL);
		fp->f_sig = (int)arg;
		return (0);
	case F_GETLEASE:
		return (F_UNLCK);
	case F_SETLEASE:	/* none to be had; giving one back is fine */
		if (arg > F_UNLCK)
			return (-EINVAL);
		return (arg == F_UNLCK ? 0 : -EAGAIN);
	case F_NOTIFY:		/* none to be had; ending them is fine */
		return ((uint32_t)arg & ~DN_MULTISHOT ? -EINVAL : 0);
	case F_ADD_SEALS:
	case F_GET_SEALS:
		return (kern_fseals(fp, cmd, (unsigned)arg));
	default:
		if (fp->f_ops->fo_fcntl != NULL)
			return (fp->f_ops->fo_fcntl(fp, cmd, arg));
		return (cmd == F_SETPIPE_SZ || cmd == F_GETPIPE_SZ ? -EBADF :
		    -EINVAL);
	}
}

long
sys_fcntl(struct thread *td, int fd, int cmd, unsigned long arg)
{
	struct file *fp = fget_path(fd);
	long r;

	if (fp == NULL)
		return (-EBADF);
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		r = dupfd(fp, arg, cmd == F_DUPFD_CLOEXEC);
		break;
	case F_GETFD:
		r = fd_getflags(fd);
		break;
	case F_SETFD:
		r = fd_setflags(fd, (int)arg & FD_CLOEXEC);
		break;
	case F_GETFL:
		r = (long)(fp->f_flags & ~(uint32_t)(O_CREAT | O_EXCL |
		    O_NOCTTY | O_TRUNC | O_CLOEXEC));
		break;
	default:
		r = fp->f_flags & O_PATH ? -EBADF :
		    fcntl_file(fp, cmd, arg);
	}
	fdrop(fp);
	return (r);
}

#define	LOCK_SH	1
#define	LOCK_EX	2
#define	LOCK_NB	4
#define	LOCK_UN	8

long
sys_flock(struct thread *td, int fd, int op)
{
	struct flockreq fr = { .fr_kind = FL_FLOCK, .fr_end = INT64_MAX };
	struct file *fp;
	long r;

	switch (op & ~LOCK_NB) {
	case LOCK_SH:
		fr.fr_type = F_RDLCK;
		break;
	case LOCK_EX:
		fr.fr_type = F_WRLCK;
		break;
	case LOCK_UN:
		fr.fr_type = F_UNLCK;
		break;
	default:
		fr.fr_type = -1;
	}
	if ((fp = fget(fd)) == NULL)
		return (-EBADF);
	if (fr.fr_type < 0)
		r = -EINVAL;
	else
		r = flock_set(fp, &fr, !(op & LOCK_NB));
	fdrop(fp);
	return (r);
}

/* --- ioctl ------------------------------------------------------------------- */

#define	FIONREAD_	0x541B
#define	FIONBIO_	0x5421
#define	FIOCLEX_	0x5451
#define	FIONCLEX_	0x5450
#define	FIOASYNC_	0x5452
#define	FIOQSIZE_	0x5460
#define	FICLONE_	0x40049409
#define	FICLONERANGE_	0x4020940d
#define	FS_IOC_FIEMAP_	0xc020660b

static long
set_flag(struct file *fp, uaddr_t arg, uint32_t flag)
{
	uint32_t on;

	if (fetch32(arg, &on) != 0)
		return (-EFAULT);
	return (setfl(fp, on ? fp->f_flags | flag : fp->f_flags & ~flag));
}

/* What every regular file answers, whatever its file system. */
static long
ioctl_regular(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct kstat st;
	int error;

	switch (cmd) {
	case FIONREAD_:
	case FIOQSIZE_:
		if ((error = fp->f_ops->fo_stat(fp, &st)) != 0)
			return (error);
		if (cmd == FIOQSIZE_)
			return (store64(arg, (uint64_t)st.st_size));
		return (store32(arg, (uint32_t)(st.st_size - fp->f_offset)));
	case FICLONE_:
	case FICLONERANGE_:
	case FS_IOC_FIEMAP_:
		return (-EOPNOTSUPP);
	default:
		return (-ENOIOCTLCMD);
	}
}

long
sys_ioctl(struct thread *td, int fd, unsigned long cmd, uaddr_t arg)
{
	struct file *fp = fget(fd);
	long r;

	cmd = (uint32_t)cmd;
	if (fp == NULL)
		return (-EBADF);
	switch (cmd) {
	case FIOCLEX_:
	case FIONCLEX_:
		r = fd_setflags(fd, cmd == FIOCLEX_ ? FD_CLOEXEC : 0);
		break;
	case FIONBIO_:
		r = set_flag(fp, arg, O_NONBLOCK);
		break;
	case FIOASYNC_:
		r = can_async(fp) ? set_flag(fp, arg, O_ASYNC) : -ENOTTY;
		break;
	default:
		r = fp->f_ops->fo_ioctl != NULL ?
		    fp->f_ops->fo_ioctl(fp, cmd, arg) : -ENOIOCTLCMD;
		if (r == -ENOIOCTLCMD && fp->f_vnode != NULL &&
		    fp->f_vnode->v_type == VREG)
			r = ioctl_regular(fp, cmd, arg);
	}
	fdrop(fp);
	return (r == -ENOIOCTLCMD ? -ENOTTY : r);
}
