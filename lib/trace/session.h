/*
 * session.h: from the records of a traced jail to lines of text.
 *
 * A call's line is begun when it begins and ended when it ends; where another
 * thread speaks between, the line is cut ("<unfinished ...>") and resumed, as
 * strace(1) does it.
 */
#ifndef TRACE_SESSION_H
#define TRACE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/trace.h"
#include "jail/door.h"
#include "trace/decode.h"
#include "trace/filter.h"

#define	SES_MAXPATHS	32
#define	SES_MAXPIDS	TRACE_NPIDS

struct ses_opts {
	struct dec_opts	so_dec;
	struct filter	so_filter;
	FILE		*so_out;
	bool		so_file;	/* -o: pids stand plain in front */
	bool		so_summary;	/* -c, -C */
	int		so_order;	/* -S: summary.h */
	bool		so_quiet;	/* -c: the summary alone */
	bool		so_spent;	/* -T */
	bool		so_relative;	/* -r */
	int		so_stamp;	/* -t, -tt, -ttt: 1, 2, 3 */
	bool		so_follow;	/* -f, or a whole jail */
	bool		so_onlygood;	/* -z */
	bool		so_onlybad;	/* -Z */
	int32_t		so_pid[SES_MAXPIDS];
	unsigned	so_npids;	/* 0: all */
	const char	*so_path[SES_MAXPATHS];
	unsigned	so_npaths;
};

struct session;

struct session *ses_new(const struct ses_opts *so);
/* What the kernel must be asked for. */
void	ses_want(const struct ses_opts *so, struct trace_want *tw);
/* One record; checked again, as it comes from a jail. */
void	ses_record(struct session *s, const struct trec *tr, size_t size);
/* So many records were dropped up to now, since the jail began. */
void	ses_lost(struct session *s, uint32_t lost);
/* -p, and all of these are gone. */
bool	ses_over(const struct session *s);
/* No more will come: cut lines end, the summary is printed, s is freed. */
void	ses_end(struct session *s);

/* The past: each thread's last n recorded calls. */
void	ses_last(const struct ses_opts *so, struct jail_link *jl, unsigned n);

#endif
