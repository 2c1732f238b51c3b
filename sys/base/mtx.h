/*
 * mtx.h: locks shared by all processes of the jail.
 *
 * A mtx is a sleeping lock on a futex word that holds the owner's thread id.
 * Rules:
 *  - Locks are taken in descending rank order: while a lock of rank R is
 *    held, only locks of a lower rank may be taken (equal: only with
 *    mtx_lock_nested, for two of a kind ordered by address or by tree).
 *    Debug builds check this and the owner.
 *  - Nothing that waits for a guest or for the world may be called with a mtx
 *    held: no waitq_sleep (but for the one it releases), no host *_intr call,
 *    no copyin/copyout that may fault on a hostile mapping for ever (plain
 *    faults are fine).
 *  - A thread acts on guest signals only at safe points, so it never dies with
 *    a lock held, unless the host kills it; then the warden ends the jail.
 */
#ifndef BASE_MTX_H
#define BASE_MTX_H

#include "libkern/types.h"

/* From the top floor down: a higher rank is taken first. */
enum lock_rank {
	RANK_NONE = 0,
	RANK_PANIC,
	RANK_KMEM,		/* base: page and slab locks */
	RANK_EPOLL_READY,	/* ipc: an epoll's ready list (taken by waiter
				   functions, so below RANK_WAITQ) */
	RANK_WAITQ,		/* base: wait-queue locks */
	RANK_SIGNAL,		/* kern: p_siglock */
	RANK_RING,
	RANK_LEAF,		/* anything small that calls nothing */
	RANK_TTY,		/* kern: a terminal (devpts asks under v_lock) */
	RANK_VNODE_DATA,	/* fs: a node's data (sizes, pages) */
	RANK_NCHASH,		/* vfs: name-cache buckets */
	RANK_NCTREE,		/* vfs: parents and names of cache entries */
	RANK_VNHASH,		/* fs: inode-to-vnode tables */
	RANK_FILE,		/* vfs, ipc: data of odd files */
	RANK_FDTABLE,		/* vfs: descriptor tables */
	RANK_FLOCK,		/* vfs: file locks */
	RANK_VNODE_LOW,		/* fs: lower vnodes under a stacked one */
	RANK_VNODE,		/* vfs: v_lock of plain vnodes */
	RANK_VNODE_STACK,	/* fs: v_lock of stacking (union) vnodes */
	RANK_RENAME,		/* vfs: one at a time of cross-dir renames */
	RANK_MOUNT,		/* vfs: mount list */
	RANK_IPC,		/* ipc: pipes, eventfd, sockets' buffers */
	RANK_SOCK,		/* net: a socket */
	RANK_VM,		/* vm: a vmspace */
	RANK_THREAD,		/* kern: thread lists */
	RANK_PROC,		/* kern: one process */
	RANK_PROCTREE,		/* kern: parents, groups, sessions, pid hash */
	RANK_VNODE_PSEUDO,	/* fs: v_lock of procfs directories, whose
				   look-ups search the process tables */
	RANK_EPOLL,		/* ipc: an epoll's items; any fo_poll is called
				   under it */
	RANK_EXEC,
	RANK_FPOS,		/* vfs: f_lock; held over seeking I/O, so over
				   whatever a file's read and write take */
	RANK_TOP
};

struct mtx {
	uint32_t	m_word;		/* 0, or owner's tid | MTX_WAITERS */
	uint16_t	m_rank;
	uint16_t	m_flags;
	const char	*m_name;
};

void	mtx_init(struct mtx *m, enum lock_rank rank, const char *name);
void	mtx_lock(struct mtx *m);
void	mtx_lock_nested(struct mtx *m);	/* second lock of the same rank */
bool	mtx_trylock(struct mtx *m);
void	mtx_unlock(struct mtx *m);
bool	mtx_owned(const struct mtx *m);
#ifdef GUISE_DEBUG
void	mtx_assert_owned(const struct mtx *m);
#else
#define	mtx_assert_owned(m)	((void)(m))
#endif

/* Many readers or one writer; writers are not starved. */
struct rwl {
	struct mtx	rw_mtx;		/* held by a writer for its duration */
	uint32_t	rw_readers;
	uint32_t	rw_gen;		/* readers leaving bump it: futex */
};
void	rwl_init(struct rwl *l, enum lock_rank rank, const char *name);
void	rwl_rlock(struct rwl *l);
void	rwl_runlock(struct rwl *l);
void	rwl_wlock(struct rwl *l);
void	rwl_wunlock(struct rwl *l);

/* Reference counts. */
typedef uint32_t refcount_t;
static inline void
ref_acquire(refcount_t *r)
{
	(void)__atomic_add_fetch(r, 1, __ATOMIC_RELAXED);
}
static inline bool			/* true: that was the last one */
ref_release(refcount_t *r)
{
	return (__atomic_sub_fetch(r, 1, __ATOMIC_ACQ_REL) == 0);
}
/* Acquire unless it already dropped to zero (for look-ups in tables). */
static inline bool
ref_acquire_live(refcount_t *r)
{
	uint32_t v = __atomic_load_n(r, __ATOMIC_RELAXED);

	while (v != 0)
		if (__atomic_compare_exchange_n(r, &v, v + 1, true,
		    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return (true);
	return (false);
}

#endif
