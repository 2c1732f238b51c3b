/*
 * changes.h: what a `guise try` left: listed, shown as a patch, applied.
 *
 * The jail's kernel writes its upper layers to a file, the spool, as records
 * (base/export.h).  Here they are read as hostile input, compared with the host
 * and, if the user wants it, applied to it.
 *
 *	spool.c    the file: where it is made, its head, how it becomes a journal
 *	load.c     records to a list of changes
 *	host.c     the host's side: paths that never leave the root
 *	compare.c  which records differ from the host, and in what
 *	show.c     the list and the patch; diff.c: the difference of two texts
 *	check.c    what speaks against applying: conflicts, permissions
 *	put.c      attributes, contents and removal of single files
 *	commit.c   applying, in an order that a second run can finish
 */
#ifndef CHANGES_CHANGES_H
#define CHANGES_CHANGES_H

#include <stdbool.h>
#include <stdio.h>

#include "jail/error.h"

struct changes;

enum chg_format {
	CHG_LONG,		/* for people */
	CHG_SHORT,		/* "A path", a line each, odd names quoted */
	CHG_NULL,		/* the same, not quoted, each ended by a NUL */
};

/*
 * A new spool for a jail whose root is the host's directory root and whose
 * upper layer is the directory upper (NULL: memory).  keep: it may become a
 * journal, so it lies in the user's state directory.  A descriptor above 2
 * with nothing in it but the head, or -1.
 */
int	chg_spool(const char *root, const char *upper, bool keep,
	    struct jerr *e);

/* Read a spool, compare it with the host.  NULL: *e says why. */
struct changes *chg_load(int fd, struct jerr *e);
/* The same for a journal or a kept spool. */
struct changes *chg_reload(const char *path, struct jerr *e);
void	chg_free(struct changes *cs);
/* Not a change, whatever the layer says of this path (a mount point). */
void	chg_ignore(struct changes *cs, const char *path);
unsigned chg_count(const struct changes *cs);

void	chg_list(const struct changes *cs, FILE *fp, enum chg_format f);
void	chg_diff(const struct changes *cs, FILE *fp);

/*
 * Apply to the host.  It is refused, and nothing is touched, when the host
 * changed meanwhile in a way that would be lost (unless force) or when the
 * caller may not do it.  From the first thing that is changed on, the journal
 * is on disk.  On failure *e says what to do, and nothing is lost.
 */
int	chg_commit(struct changes *cs, bool force, struct jerr *e);
/* Keep it for later: the file's name goes into *e's message. Returns -1. */
int	chg_keep(struct changes *cs, const char *why, struct jerr *e);

/* Journals that were not finished: fn for each path; the number, -1 error. */
int	chg_pending(int (*fn)(const char *path, void *arg), void *arg,
	    struct jerr *e);
#endif
