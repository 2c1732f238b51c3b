/*
 * look.h: a linked jail's processes and recorded calls, read from the live
 * arena.  Nothing in it is trusted: every pointer is checked to lie in the
 * mapping, each field is read once, loops are bounded, texts are cleaned.  A
 * list that changes meanwhile may end early.
 */
#ifndef JAIL_LOOK_H
#define JAIL_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jail/door.h"

struct look_jail {
	uint64_t	lj_memory;	/* bytes */
	unsigned	lj_procs;
};
void	look_jail(const struct jail_link *jl, struct look_jail *lj);

struct look_proc {
	int		lp_pid, lp_ppid, lp_hostpid;
	unsigned	lp_uid;
	char		lp_state;	/* R S T Z */
	unsigned	lp_threads;
	int64_t		lp_age, lp_cpu;	/* seconds */
	char		lp_name[16];
};
void	look_procs(const struct jail_link *jl,
	    bool (*fn)(const struct look_proc *lp, void *arg), void *arg);
/* The guest process of host process hostpid, or 0. */
int	look_guest(const struct jail_link *jl, int hostpid);

/* One recorded call. */
struct look_call {
	uint64_t	lc_args[6];
	int64_t		lc_ret;
	uint32_t	lc_nr;
	int		lc_abi;
	bool		lc_done;	/* else it is under way */
};
#define	LOOK_CALLS	64
struct look_thread {
	int		lt_pid, lt_tid;
	bool		lt_dead;
	int		lt_status;	/* wait status of a dead one's process */
	int64_t		lt_ago;		/* nanoseconds since a dead one's end */
	char		lt_name[16];
	unsigned	lt_ncalls;
	struct look_call lt_call[LOOK_CALLS];	/* oldest first */
};
/* Each thread, the dead ones that are remembered first. */
void	look_calls(const struct jail_link *jl,
	    bool (*fn)(const struct look_thread *lt, void *arg), void *arg);

/* The trace buffer: a record at pos into buf (TRACE_RECMAX bytes, aligned).
 * > 0: its size; 0: none yet; < 0: pos is not readable any more, go on at
 * *resync. */
long	look_record(const struct jail_link *jl, uint64_t pos, void *buf,
	    uint64_t *resync);

/* Records dropped so far, all in all. */
uint32_t look_lost(const struct jail_link *jl);

/* Printing: hostile text without control characters; spans; sizes. */
void	look_clean(char *dst, size_t size, const char *src);
void	look_age(char *buf, size_t size, int64_t seconds);
void	look_size(char *buf, size_t size, uint64_t bytes);

#endif
