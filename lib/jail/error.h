/*
 * error.h: an error as a value: an exit status and one line for the user.
 *
 * A function that can fail takes a struct jerr * last, fills it once and
 * returns -1; callers may put context in front of it on its way up.  The
 * message says what, where, and what to do.  Statuses are docker's: 125 guise
 * itself failed, 126 not executable, 127 not found.
 */
#ifndef JAIL_ERROR_H
#define JAIL_ERROR_H

#define	JERR_SELF	125
#define	JERR_NOEXEC	126
#define	JERR_NOTFOUND	127

struct jerr {
	int	je_status;
	char	je_msg[4096 + 256];
};

/* All return -1. */
int	jerr_set(struct jerr *e, int status, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* The same with ": " and the text of errno. */
int	jerr_errno(struct jerr *e, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Put "context: " in front. */
int	jerr_wrap(struct jerr *e, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
