/* text.c: see text.h. */
#include "trace/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
room(struct text *t, size_t n)
{
	size_t cap = t->t_cap;

	if (t->t_len + n < cap)
		return;
	while (t->t_len + n >= cap)
		cap = cap * 2 + 256;
	t->t_buf = realloc(t->t_buf, cap);
	if (t->t_buf == NULL) {
		(void)fputs("guise: no memory\n", stderr);
		exit(125);
	}
	t->t_cap = cap;
}

void
tputn(struct text *t, const char *s, size_t n)
{
	room(t, n);
	memcpy(t->t_buf + t->t_len, s, n);
	t->t_len += n;
	t->t_buf[t->t_len] = '\0';
}

void
tputs(struct text *t, const char *s)
{
	tputn(t, s, strlen(s));
}

void
tputf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	room(t, (size_t)n);
	va_start(ap, fmt);
	(void)vsnprintf(t->t_buf + t->t_len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->t_len += (size_t)n;
}

void
tclear(struct text *t)
{
	t->t_len = 0;
	if (t->t_buf != NULL)
		t->t_buf[0] = '\0';
}

const char *
tstr(const struct text *t)
{
	return (t->t_buf != NULL ? t->t_buf : "");
}

void
tfree(struct text *t)
{
	free(t->t_buf);
	t->t_buf = NULL;
	t->t_len = t->t_cap = 0;
}
