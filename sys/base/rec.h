/*
 * rec.h: the flight recorder: each thread's last calls, always on.
 *
 * A thread has a ring of REC_ENTRIES entries, one page of the arena.  It alone
 * writes there, plain stores and no fence: the entry code fetches a call's
 * arguments right into the thread's next entry (and the call's function takes
 * them from there), so that recording costs the count, the tag and the result.
 *
 * The writer's order, which x86 keeps and a compiler barrier states:
 *
 *	td_ncalls = n + 1	entry n % REC_ENTRIES is void from here on
 *	the six arguments
 *	re_nr, re_tag		entry n is valid, its call under way
 *	the call
 *	re_ret
 *	re_tag | REC_DONE
 *
 * A reader (rec_read) copies an entry and takes the copy for call n when the tag
 * says n and td_ncalls has not yet passed n + REC_ENTRIES after the copy.  A
 * ring that changes its thread goes on counting, so entries of its former
 * thread never look like the new one's (td_firstcall).
 *
 * Rings of dead threads stay in a bounded graveyard, first in, first out, which
 * new threads take theirs from once it is full.
 *
 * A tracer (base/trace.h) sets r_trace in the arena's root; a traced call is
 * recorded the same way and reported besides.
 */
#ifndef BASE_REC_H
#define BASE_REC_H

#include "base/arena.h"
#include "base/mtx.h"
#include "base/thread.h"
#include "base/trace.h"
#include "libkern/types.h"

#define	REC_SHIFT	6
#define	REC_ENTRIES	(1U << REC_SHIFT)
#define	REC_GRAVES	64
/* make CC="gcc -DGUISE_NOREC" B=...: to measure what recording costs. */
#ifdef GUISE_NOREC
#define	REC_ON		0
#else
#define	REC_ON		1
#endif

/* One cache line.  fast.S knows the offsets. */
struct recent {
	uint64_t	re_args[6];
	int64_t		re_ret;
	uint32_t	re_nr;
	uint32_t	re_tag;		/* n << 4 | abi << 1 | REC_DONE */
} __attribute__((aligned(64)));
#define	REC_DONE	1U
#define	REC_TAG(n, abi)	((uint32_t)(n) << 4 | (uint32_t)(abi) << 1)
#define	REC_ABI(tag)	((tag) >> 1 & 7)
_Static_assert(sizeof(struct recent) == 64, "one line");
_Static_assert(sizeof(struct recent) * REC_ENTRIES == KPAGE_SIZE, "one page");

struct recgrave {
	struct recent	*rg_ring;
	uint64_t	rg_first, rg_next;	/* its calls: [first, next) */
	int32_t		rg_pid, rg_tid;
	int32_t		rg_status;	/* wait status of its process */
	int32_t		rg_pad;
	nsec_t		rg_time;	/* CLOCK_MONOTONIC of its burial */
	char		rg_name[16];
};

struct rec_root {
	struct mtx	rr_lock;	/* RANK_LEAF: the graveyard */
	uint32_t	rr_head;	/* oldest grave */
	uint32_t	rr_count;
	struct recgrave	rr_grave[REC_GRAVES];
	const struct trace_ops *rr_ops;	/* NULL: nobody can trace */
	struct trace_ctl rr_trace;
};
#define	recroot()	((struct rec_root *)kroot()->r_sub[KROOT_REC])

int	rec_init(void);		/* 0 or -ENOMEM */
/* Give a new thread its ring: 0 or -ENOMEM. */
int	rec_alloc(struct thread *td);
/* The thread is gone: keep its ring for a while. */
void	rec_bury(struct thread *td, int pid, int status);
/* The newest calls as text, oldest first; bytes written. */
size_t	rec_print(const struct thread *td, char *buf, size_t size);

/* The entry of the next call: fetch its arguments into re_args. */
static inline struct recent *
rec_next(struct thread *td)
{
	uint64_t n = td->td_ncalls++;
	struct recent *re = &td->td_ring[REC_ON ? n % REC_ENTRIES : 0];

	__asm__ volatile("" : : : "memory");
	return (re);
}

/* Its arguments are there. */
static inline void
rec_begin(const struct thread *td, struct recent *re, uint32_t nr, int abi)
{
	if (!REC_ON)
		return;
	re->re_nr = nr;
	__asm__ volatile("" : : : "memory");
	atomic_store_rel(&re->re_tag, REC_TAG(td->td_ncalls - 1, abi));
}

static inline void
rec_end(struct recent *re, long ret)
{
	if (!REC_ON)
		return;
	re->re_ret = ret;
	atomic_store_rel(&re->re_tag, re->re_tag | REC_DONE);
}

/* Call n of a ring into *out; next points to its owner's live count. False:
 * overwritten, or not begun.  (Hosted readers use it, too.) */
static inline bool
rec_read(const struct recent *ring, const uint64_t *next, uint64_t n,
    struct recent *out)
{
	const struct recent *re = &ring[n % REC_ENTRIES];

	out->re_tag = atomic_load_acq(&re->re_tag);
	out->re_nr = atomic_load_relaxed(&re->re_nr);
	for (unsigned i = 0; i < nitems(out->re_args); i++)
		out->re_args[i] = atomic_load_relaxed(&re->re_args[i]);
	/* Before the tag's DONE is believed, the result that it announced. */
	out->re_ret = atomic_load_relaxed(&re->re_ret);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return ((out->re_tag ^ REC_TAG(n, 0)) >> 4 == 0 &&
	    atomic_load_relaxed(next) - n <= REC_ENTRIES);
}

/* Does somebody trace this jail?  One test of a line that never changes. */
static inline bool
rec_traced(void)
{
	return (unlikely(atomic_load_relaxed(&kroot()->r_trace) != 0));
}

#endif
