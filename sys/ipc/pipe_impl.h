/*
 * pipe_impl.h: what a pipe is made of; private to ipc.
 *
 * The bytes lie in a ring in arena pages.  The ring starts with one page and
 * grows up to pi_size when a writer needs it; whenever it runs empty it starts
 * over at its first byte, so ping-pong traffic stays in one warm page.
 *
 * Beside it, a queue of slots says how the bytes count against the capacity,
 * the way Linux counts pages: a slot holds up to a page; a write first tries
 * to fit its odd bytes (length modulo a page) behind those of the last slot,
 * and takes fresh slots for the rest.  A packet (O_DIRECT) is a slot of its
 * own.  A pipe is full when all pi_size / page slots are taken.
 *
 * All under pi_lock.
 */
#ifndef IPC_PIPE_IMPL_H
#define IPC_PIPE_IMPL_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "libkern/list.h"
#include "libkern/types.h"
#include "vfs/poll.h"

struct uio;

#define	PIPE_PAGE	KPAGE_SIZE
#define	PIPE_DEFSIZE	65536UL
#define	PIPE_DEFSLOTS	(PIPE_DEFSIZE / PIPE_PAGE)
#define	PIPE_READY	(POLLIN | POLLRDNORM)
#define	PIPE_ROOM	(POLLOUT | POLLWRNORM)

struct pipeslot {
	uint16_t	ps_off;		/* bytes read from it; SLOT_PACKET */
	uint16_t	ps_len;		/* bytes left in it */
};
#define	SLOT_PACKET	0xffff

struct pipe {
	struct mtx	pi_lock;	/* RANK_IPC */
	refcount_t	pi_ref;
	uint32_t	pi_readers, pi_writers;
	uint32_t	pi_ropens, pi_wopens;	/* opens so far (FIFOs) */
	size_t		pi_size;	/* capacity */
	size_t		pi_cap;		/* bytes allocated, <= pi_size */
	size_t		pi_head;	/* first byte */
	size_t		pi_len;
	char		*pi_buf;
	struct pipeslot	*pi_slot;	/* pi_def or an allocation */
	struct pipeslot	pi_def[PIPE_DEFSLOTS];
	uint32_t	pi_maxslots, pi_slothead, pi_nslots;
	struct waitq	pi_rwq, pi_wwq;	/* for bytes, for room */
	struct waitq	pi_openwq;	/* FIFO opens */
	struct list	pi_async;	/* files with O_ASYNC */
	uint64_t	pi_ino;
	bool		pi_fifo;	/* (i) belongs to a vnode */
};

static inline bool
pipe_full(const struct pipe *pi)
{
	return (pi->pi_nslots == pi->pi_maxslots);
}

/* pipe_ring.c; pi_lock held. */
void	ring_init(struct pipe *pi);
void	ring_free(struct pipe *pi);
/* Append what has room of the uio's bytes, first of the write or not; bytes
 * moved, 0 = full, -EFAULT, -ENOMEM. */
long	ring_append(struct pipe *pi, struct uio *uio, bool first, bool packet);
/* Take bytes out, one packet at most. 0 or an errno when nothing moved. */
int	ring_take(struct pipe *pi, struct uio *uio);
/* Copy n <= pi_len bytes out without taking them; bytes moved or -EFAULT. */
long	ring_peek(struct pipe *pi, struct uio *uio, size_t n);
void	ring_skip(struct pipe *pi, size_t n);	/* n <= pi_len */
/* New capacity, a power of two of pages. -EBUSY, -ENOMEM. */
int	ring_setsize(struct pipe *pi, size_t size);

#endif
