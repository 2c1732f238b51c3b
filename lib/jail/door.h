/*
 * door.h: how a running jail is found and looked into from outside.
 *
 * Each user has a directory for the doors of his jails: guise in
 * $XDG_RUNTIME_DIR, else /tmp/guise-UID; ours alone (0700), or it is not used.
 * A jail's door is a socket there with the jail's name, served by a thread of
 * its warden.  Only the same user and root are let in.
 *
 * One request is one packet, answered by one packet, but for DOOR_TAIL, which
 * has no answer:
 *
 *	DOOR_HELLO	what the jail is; with a descriptor of the arena that
 *			can be mapped for reading only
 *	DOOR_TRACE	report calls into the trace buffer; dm_pos = where the
 *			first record will be.  One tracer at a time (EBUSY)
 *	DOOR_TAIL	the tracer has read up to dm_pos
 *	DOOR_MEM	dm_len bytes at dm_pos in guest process dm_pid
 *
 * A tracer that hangs up has stopped tracing.  What is in the arena is the
 * jail's word, not the warden's: whoever maps it checks everything.
 */
#ifndef JAIL_DOOR_H
#define JAIL_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trace.h"
#include "jail/error.h"

#define	JAIL_NAMEMAX	63
#define	DOOR_MEMMAX	4096
#define	DOOR_MAGIC	0x44554731U	/* "1GUD" */

enum door_op { DOOR_HELLO = 1, DOOR_TRACE, DOOR_TAIL, DOOR_MEM };

struct door_msg {
	uint32_t	dm_magic;
	uint32_t	dm_op;
	int32_t		dm_error;	/* of an answer: errno */
	int32_t		dm_pid;
	uint64_t	dm_pos;
	uint64_t	dm_len;
	union {
		struct {
			int64_t	started;	/* CLOCK_REALTIME, seconds */
			uint64_t size;		/* bytes of the arena */
			char	name[JAIL_NAMEMAX + 1];
			char	command[1024];
		} hello;
		struct trace_want want;
		char	mem[DOOR_MEMMAX];
	} u;
};

bool	jail_name_ok(const char *name);
/* The directory of doors into buf; made when `make`. -1: *e (or no such
 * directory: not `make`). */
int	door_dir(char *buf, size_t size, bool make, struct jerr *e);

/* A jail seen through its door. */
struct jail_link {
	int		jl_sock;
	int		jl_warden;	/* its pid */
	int64_t		jl_started;
	char		jl_name[JAIL_NAMEMAX + 1];
	char		jl_command[1024];
	void		*jl_arena;	/* at ARENA_BASE, read-only */
	uint64_t	jl_size;
	uint64_t	jl_memory;	/* of these, bytes in use */
};
/* By name. At most one at a time is mapped. */
int	link_open(struct jail_link *jl, const char *name, struct jerr *e);
/* The same over a socket that is already connected. */
int	link_adopt(struct jail_link *jl, int sock, struct jerr *e);
void	link_close(struct jail_link *jl);
/* Call fn for each running jail (linked), until it returns false. */
int	link_each(bool (*fn)(struct jail_link *jl, void *arg), void *arg,
	    struct jerr *e);
/* What the user typed: a name, a warden's pid; NULL: the only one. */
int	link_find(struct jail_link *jl, const char *what, struct jerr *e);
int	link_trace(struct jail_link *jl, const struct trace_want *tw,
	    uint64_t *pos, struct jerr *e);
void	link_tail(struct jail_link *jl, uint64_t pos);
/* Guest memory: bytes read, or -1. */
long	link_mem(struct jail_link *jl, int pid, uint64_t addr, void *buf,
	    size_t len);

/* The warden's side. */
struct jail;
/* sock: a connected tracer's socket, or -1. On return the door is served, by a
 * thread with a descriptor table of its own. */
int	door_start(struct jail *j, int sock, struct jerr *e);
void	door_stop(void);

#endif
