/*
 * aio.h: contexts of asynchronous I/O (io_setup(2)).
 *
 * A context is named by the address of a page in its process, as on Linux,
 * where a library may look into the page (libaio reads the ring's magic there).
 * Ours stays zero, which tells the library to ask the kernel.
 */
#ifndef IPC_AIO_H
#define IPC_AIO_H

#include "libkern/types.h"

struct proc;
struct thread;
struct uio;

/* <linux/aio_abi.h>; the same for both widths. */
struct kiocb {
	uint64_t	data;
	uint32_t	key;
	uint32_t	rw_flags;	/* RWF_* */
	uint16_t	opcode;
	int16_t		reqprio;
	int32_t		fd;
	uint64_t	buf;
	uint64_t	nbytes;
	int64_t		offset;
	uint64_t	reserved2;
	uint32_t	flags;
	int32_t		resfd;
};
struct kioevent {
	uint64_t	data;
	uint64_t	obj;
	int64_t		res;
	int64_t		res2;
};
#define	AIO_PREAD	0
#define	AIO_PWRITE	1
#define	AIO_FSYNC	2
#define	AIO_FDSYNC	3
#define	AIO_NOOP	6
#define	AIO_PREADV	7
#define	AIO_PWRITEV	8
#define	AIO_RESFD	1

int	aio_init(void);
/* The new context, or -EINVAL, -EAGAIN (too many events), -ENOMEM. */
long	kern_aio_setup(struct thread *td, unsigned nevents);
int	kern_aio_destroy(struct thread *td, uaddr_t ctx);
/* Do cb, read from the guest's ucb, and note its completion.  0, or what
 * io_submit(2) says of a control block that it refuses. */
int	kern_aio_submit(struct thread *td, uaddr_t ctx, const struct kiocb *cb,
    uaddr_t ucb);
/* -EINVAL when there is no such context. */
int	kern_aio_check(struct thread *td, uaddr_t ctx);
/* At least min, at most max events to the guest; fewer at the deadline (0 =
 * none).  Count, -EFAULT, -EINVAL, -ERESTARTSYS when none came. */
long	kern_aio_wait(struct thread *td, uaddr_t ctx, long min, long max,
    uaddr_t uev, nsec_t deadline);

#endif
