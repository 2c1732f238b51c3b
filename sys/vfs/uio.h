/*
 * uio.h: where the bytes of a read or a write go.
 *
 * The vector points to guest memory (uio_user) or to the kernel's.  uio_resid
 * counts down; uio_off counts up.  A copy fault ends the transfer: what was
 * moved counts (as read(2) does it), -EFAULT only when nothing was.
 */
#ifndef VFS_UIO_H
#define VFS_UIO_H

#include "host/host.h"
#include "libkern/types.h"

#define	UIO_MAXIOV	1024
#define	UIO_FASTIOV	8

struct uio {
	struct host_iovec *uio_iov;	/* consumed from the front */
	int		uio_iovcnt;
	bool		uio_user;
	bool		uio_write;	/* true: from the vector to the file */
	int		uio_rwf;	/* RWF_* */
	size_t		uio_resid;
	int64_t		uio_off;
};
#define	RWF_HIPRI	1
#define	RWF_DSYNC	2
#define	RWF_SYNC	4
#define	RWF_NOWAIT	8
#define	RWF_APPEND	16

/* Move up to n bytes between kbuf and the vector. 0 or -EFAULT; resid and off
 * say how far it came. */
int	uiomove(void *kbuf, size_t n, struct uio *uio);
int	uio_zero(size_t n, struct uio *uio);	/* as if from zeroes */
/* Give the rest of the vector to a host call: -1 offset = none.  Returns bytes
 * moved (and advances) or an errno. */
long	uio_hostio(int fd, struct uio *uio, int64_t off);
void	uio_advance(struct uio *uio, size_t n);
/* One-element uio on a kernel buffer. */
void	uio_kern(struct uio *uio, struct host_iovec *iov, void *buf, size_t n,
	    int64_t off, bool write);
/* Copy in and check a guest's iovec (readv(2)): EINVAL, EFAULT. Uses fast when
 * it fits, else allocates (*alloc, kfree it). */
int	uio_copyin(uaddr_t iov, unsigned long cnt, struct host_iovec *fast,
	    struct host_iovec **alloc, struct uio *uio);
int	uio_single(uaddr_t buf, size_t n, struct host_iovec *iov,
	    struct uio *uio);

#endif
