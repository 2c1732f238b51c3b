/*
 * mem.c: the memory devices: null(4), zero, full(4), random(4), urandom.
 *
 * They have no state, so an open only puts the operations in place.
 */
#include "base/copy.h"
#include "base/sleep.h"
#include "base/ucred.h"
#include "fs/devfs/devfs.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vfs/dev.h"
#include "vfs/file.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

#define	MEM_MAJOR	1
#define	RNDADDTOENTCNT	0x40045201
#define	RNDGETENTCNT	0x80045200
#define	RNDADDENTROPY	0x40085203
#define	RNDRESEEDCRNG	0x5207
#define	RND_BITS	256
#define	MEM_CHUNK	(1UL << 20)	/* between looks for signals */

static int
null_read(struct file *fp, struct uio *uio)
{
	return (0);
}

static int
null_write(struct file *fp, struct uio *uio)
{
	uio_advance(uio, uio->uio_resid);
	return (0);
}

static int
zero_read(struct file *fp, struct uio *uio)
{
	size_t total = uio->uio_resid;
	int error = 0;

	while (uio->uio_resid > 0 && error == 0) {
		error = uio_zero(kmin(uio->uio_resid, MEM_CHUNK), uio);
		if (error == 0 && uio->uio_resid > 0 && thread_interrupted())
			error = -ERESTARTSYS;
	}
	return (uio->uio_resid < total ? 0 : error);
}

static int
full_write(struct file *fp, struct uio *uio)
{
	return (-ENOSPC);	/* even for nothing, as Linux */
}

static int
random_read(struct file *fp, struct uio *uio)
{
	char buf[512];
	size_t n;
	long got;
	int error = 0;

	while (uio->uio_resid > 0 && error == 0) {
		n = kmin(uio->uio_resid, sizeof(buf));
		got = host_getrandom(buf, n, 0);
		if (got <= 0)
			return (got < 0 ? (int)got : -EIO);
		error = uiomove(buf, got, uio);
		if (error == 0 && uio->uio_resid > 0 && thread_interrupted())
			break;		/* something was read */
	}
	__builtin_memset(buf, 0, sizeof(buf));
	return (error);
}

static int64_t
mem_seek(struct file *fp, int64_t off, int whence)
{
	/* Linux's null_lseek: always at 0. */
	return (0);
}

static long
mem_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	return (-ENOIOCTLCMD);
}

static long
random_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	switch (cmd) {
	case RNDGETENTCNT:
		return (store32(arg, RND_BITS));
	case RNDADDTOENTCNT:
	case RNDADDENTROPY:
	case RNDRESEEDCRNG:
		/* Accepted from root as Linux does; the host's pool needs no
		 * help from us. */
		return (cred_priv(fp->f_cred, PRIV_SYS_ADMIN) ? 0 : -EPERM);
	}
	return (-EINVAL);
}

static int
mem_poll(struct file *fp, int events, struct poller *po)
{
	return (events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM));
}

static int
mem_stat(struct file *fp, struct kstat *st)
{
	return (vn_fileops.fo_stat(fp, st));
}

static void
mem_close(struct file *fp)
{
}

/* --- /dev/zero, mapped: anonymous memory ---------------------------------- */

static int
zero_map(struct vm_object *o, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	*fd = -1;
	*hostoff = 0;
	return (0);
}

static void
zero_ref(struct vm_object *o)
{
}

static void
zero_name(struct vm_object *o, uint64_t *dev, uint64_t *ino, char *path,
    size_t size)
{
	*dev = *ino = 0;
	if (size > 0)
		path[0] = '\0';
}

static const struct vm_object_ops zero_objops = {
	.vo_map = zero_map,
	.vo_ref = zero_ref,
	.vo_drop = zero_ref,
	.vo_name = zero_name,
};
/* Shared by all and never written, so it may live in the kernel's text. */
static const struct vm_object zero_object = { &zero_objops };

static int
zero_mmap(struct file *fp, int prot, int flags, struct vm_object **objp)
{
	*objp = (struct vm_object *)(uintptr_t)&zero_object;
	return (0);
}

static const struct fileops null_ops = {
	.fo_read = null_read,
	.fo_write = null_write,
	.fo_seek = mem_seek,
	.fo_ioctl = mem_ioctl,
	.fo_stat = mem_stat,
	.fo_close = mem_close,
	.fo_flags = FO_SEEKABLE,
};
static const struct fileops zero_ops = {
	.fo_read = zero_read,
	.fo_write = null_write,
	.fo_seek = mem_seek,
	.fo_ioctl = mem_ioctl,
	.fo_stat = mem_stat,
	.fo_close = mem_close,
	.fo_mmap = zero_mmap,
	.fo_flags = FO_SEEKABLE,
};
static const struct fileops full_ops = {
	.fo_read = zero_read,
	.fo_write = full_write,
	.fo_seek = mem_seek,
	.fo_ioctl = mem_ioctl,
	.fo_stat = mem_stat,
	.fo_close = mem_close,
	.fo_flags = FO_SEEKABLE,
};
static const struct fileops random_ops = {
	.fo_read = random_read,
	.fo_write = null_write,
	.fo_seek = mem_seek,
	.fo_ioctl = random_ioctl,
	.fo_poll = mem_poll,
	.fo_stat = mem_stat,
	.fo_close = mem_close,
	.fo_flags = FO_SEEKABLE,
};

static int
mem_open(struct file *fp, uint64_t rdev, int flags)
{
	switch (kminor(rdev)) {
	case 3:
		fp->f_ops = &null_ops;
		break;
	case 5:
		fp->f_ops = &zero_ops;
		break;
	case 7:
		fp->f_ops = &full_ops;
		break;
	case 8:
	case 9:
		fp->f_ops = &random_ops;
		break;
	default:
		return (-ENXIO);
	}
	fp->f_type = FT_OTHER;
	return (0);
}

static const struct devsw mem_devsw = {
	.d_name = "mem",
	.d_major = MEM_MAJOR,
	.d_minor = 0,
	.d_nminors = 16,
	.d_open = mem_open,
};

int
dev_init(void)
{
	return (dev_register(&mem_devsw));
}
