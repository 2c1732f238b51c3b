/* text.h: text that grows. Out of memory ends the program. */
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stddef.h>

struct text {
	char	*t_buf;			/* NUL-terminated, or NULL: empty */
	size_t	t_len, t_cap;
};

void	tputs(struct text *t, const char *s);
void	tputf(struct text *t, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
void	tputn(struct text *t, const char *s, size_t n);
void	tclear(struct text *t);
const char *tstr(const struct text *t);
void	tfree(struct text *t);

#endif
