/*
 * sbuf.h: a text that grows: what /proc and /sys files are written into.
 *
 * Errors stick: after one failed allocation everything else is ignored and
 * sbuf_error() tells, so callers test once at the end.
 */
#ifndef BASE_SBUF_H
#define BASE_SBUF_H

#include "libkern/types.h"

#define	SBUF_MAX	(64UL << 20)

struct sbuf {
	char	*sb_buf;	/* kmalloc'ed or kpages; NUL-terminated */
	size_t	sb_len;
	size_t	sb_cap;
	int	sb_err;
};

void	sbuf_init(struct sbuf *sb);
void	sbuf_free(struct sbuf *sb);
void	sbuf_putc(struct sbuf *sb, char c);
void	sbuf_puts(struct sbuf *sb, const char *s);
void	sbuf_write(struct sbuf *sb, const void *p, size_t n);
void	sbuf_printf(struct sbuf *sb, const char *fmt, ...)
	    __printflike(2, 3);
/* Room for n more bytes at the end, or NULL; sbuf_advance() claims them. */
char	*sbuf_reserve(struct sbuf *sb, size_t n);
void	sbuf_advance(struct sbuf *sb, size_t n);
/* With every byte of `set` and '\\' as a three-digit octal escape, the way
 * /proc/mounts and /proc/PID/maps do it. */
void	sbuf_escape(struct sbuf *sb, const char *s, const char *set);
/* Pad with blanks up to column col of the line that began at offset start. */
void	sbuf_pad(struct sbuf *sb, size_t start, size_t col);
static inline int
sbuf_error(const struct sbuf *sb)
{
	return (sb->sb_err);
}

#endif
