/*
 * trace.h: what a traced jail tells its tracer.
 *
 * While r_trace of the arena's root is set, each thread reports its calls into
 * one buffer in the arena, besides recording them (base/rec.h): a record when a
 * call begins, one when it ends, with time stamps and copies of the guest
 * memory that the arguments point to; one for each signal and each exit.  The
 * tracer is a hosted process that maps the arena read-only; the warden writes
 * for it what it asks for (tc_want, before r_trace) and how far it has
 * read (tc_tail).
 *
 * The buffer is a ring of bytes.  A writer claims room by moving tc_head,
 * fills it, and last stores the record's position into tr_commit, which stale
 * bytes there do not contain.  So a writer that the host kills half-way leaves
 * a hole that the tracer skips after a while, and no lock.
 *
 * A full buffer makes writers wait for the tracer, but only TRACE_PATIENCE; then
 * records are dropped, and counted, until the tracer reads on.
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "libkern/types.h"

#define	TRACE_BUFSIZE	(4UL << 20)
#define	TRACE_RECMAX	16384U		/* bytes of one record */
#define	TRACE_NPIDS	64
#define	TRACE_NABI	3
#define	TRACE_NCALLS	1024		/* numbers above: always */
#define	TRACE_PATIENCE	(1 * NSEC_PER_SEC)
#define	TRACE_COMMIT	0x5452414345000000ULL	/* xor the position */

enum trec_type {
	TREC_ENTER = 1,		/* tr_nr, tr_args; chunks */
	TREC_LEAVE,		/* tr_nr, tr_args[0] = result; chunks */
	TREC_SIGNAL,		/* chunk TRACE_SIGINFO; tr_nr: TRACE_IGNORED */
	TREC_EXIT,		/* tr_args[0] = wait status, [1] = last thread */
};
#define	TRACE_IGNORED	1	/* the signal did nothing */

struct trec {
	uint64_t	tr_commit;
	uint32_t	tr_size;	/* with chunks, multiple of 8 */
	uint8_t		tr_type, tr_abi;
	uint16_t	tr_nchunks;
	int32_t		tr_pid, tr_tid, tr_ppid;
	uint32_t	tr_nr;
	uint32_t	tr_lost;	/* records dropped so far, all in all */
	uint32_t	tr_pad;
	nsec_t		tr_time;	/* CLOCK_MONOTONIC */
	uint64_t	tr_seq;		/* which call of its thread */
	uint64_t	tr_args[6];
};
struct tchunk {			/* then tk_len bytes, padded to 8 */
	uint64_t	tk_addr;	/* in the guest, or TRACE_* */
	uint32_t	tk_len;
	uint32_t	tk_pad;
};
#define	TRACE_SIGINFO	0xfffff00000000000ULL	/* struct ksiginfo */
#define	TRACE_SIGMASK	0xfffff10000000000ULL	/* rt_sigreturn's new mask */
#define	TRACE_FDPATH	0xfffff20000000000ULL	/* | (uint32_t)fd */

/* What the tracer asks for. */
struct trace_want {
	uint32_t	tw_flags;	/* TRACE_ARGS.. */
	uint32_t	tw_strsize;	/* bytes of buffers to copy */
	uint32_t	tw_npids;	/* 0: all */
	int32_t		tw_pids[TRACE_NPIDS];
	uint64_t	tw_calls[TRACE_NABI][TRACE_NCALLS / 64];
};

struct trace_ctl {
	/* set by the warden before r_trace, constant while that is set */
	struct trace_want tc_want;
	/* (a) the kernel's */
	uint64_t	tc_head __attribute__((aligned(64)));
	char		*tc_buf;	/* set once */
	uint32_t	tc_lost;
	uint32_t	tc_stalled;	/* tc_tick when somebody gave up */
	/* (a) the warden's */
	uint64_t	tc_tail __attribute__((aligned(64)));
	uint32_t	tc_tick;	/* bumped after tc_tail: futex word */
};
#define	TRACE_ARGS	1	/* copy what arguments point to */
#define	TRACE_FDS	2	/* paths of descriptors */
#define	TRACE_SIGNALS	4

struct thread;
struct recent;
struct sysent;
struct ksiginfo;

/* The part that knows calls; sys/abi registers it. */
struct trace_ops {
	void	(*to_enter)(struct thread *td, const struct recent *re,
		    const struct sysent *se);
	void	(*to_leave)(struct thread *td, const struct recent *re,
		    const struct sysent *se, long ret);
	/* `ignored`: td is not the current thread, and locks are held. */
	void	(*to_signal)(struct thread *td, const struct ksiginfo *si,
		    bool ignored);
};

/*
 * Put a finished record (but for tr_commit, tr_lost) into the buffer.  wait:
 * no lock is held, so a full buffer may be waited for.
 */
void	trace_put(struct trec *tr, bool wait);

#endif
