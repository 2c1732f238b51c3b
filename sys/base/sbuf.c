/* sbuf.c: growing texts; see sbuf.h. */
#include "base/sbuf.h"

#include "base/kmem.h"
#include "libkern/errno.h"
#include "libkern/str.h"

void
sbuf_init(struct sbuf *sb)
{
	memset(sb, 0, sizeof(*sb));
}

void
sbuf_free(struct sbuf *sb)
{
	kfree(sb->sb_buf);
	sbuf_init(sb);
}

char *
sbuf_reserve(struct sbuf *sb, size_t n)
{
	size_t cap = sb->sb_cap;
	char *p;

	if (sb->sb_err != 0)
		return (NULL);
	if (n > SBUF_MAX || sb->sb_len + n + 1 > SBUF_MAX) {
		sb->sb_err = -EFBIG;
		return (NULL);
	}
	if (sb->sb_len + n + 1 > cap) {
		if (cap == 0)
			cap = 512;
		while (sb->sb_len + n + 1 > cap)
			cap *= 2;
		p = krealloc(sb->sb_buf, sb->sb_cap, cap);
		if (p == NULL) {
			sb->sb_err = -ENOMEM;
			return (NULL);
		}
		sb->sb_buf = p;
		sb->sb_cap = cap;
	}
	return (sb->sb_buf + sb->sb_len);
}

void
sbuf_advance(struct sbuf *sb, size_t n)
{
	if (sb->sb_err != 0)
		return;
	sb->sb_len += n;
	sb->sb_buf[sb->sb_len] = '\0';
}

void
sbuf_write(struct sbuf *sb, const void *p, size_t n)
{
	char *d = sbuf_reserve(sb, n);

	if (d == NULL)
		return;
	memcpy(d, p, n);
	sbuf_advance(sb, n);
}

void
sbuf_puts(struct sbuf *sb, const char *s)
{
	sbuf_write(sb, s, strlen(s));
}

void
sbuf_putc(struct sbuf *sb, char c)
{
	sbuf_write(sb, &c, 1);
}

void
sbuf_printf(struct sbuf *sb, const char *fmt, ...)
{
	size_t room = 160;
	va_list ap;
	char *d;
	int n, try;

	/* The first try guesses; the second knows the length. */
	for (try = 0; try < 2; try++) {
		d = sbuf_reserve(sb, room);
		if (d == NULL)
			return;
		va_start(ap, fmt);
		n = kvsnprintf(d, room + 1, fmt, ap);
		va_end(ap);
		if (n < 0) {
			sb->sb_err = -EINVAL;
			return;
		}
		if ((size_t)n <= room) {
			sbuf_advance(sb, n);
			return;
		}
		room = n;
	}
}

void
sbuf_escape(struct sbuf *sb, const char *s, const char *set)
{
	for (; *s != '\0'; s++) {
		if (*s == '\\' || strchr(set, *s) != NULL)
			sbuf_printf(sb, "\\%03o", (unsigned char)*s);
		else
			sbuf_putc(sb, *s);
	}
}

void
sbuf_pad(struct sbuf *sb, size_t start, size_t col)
{
	while (sb->sb_err == 0 && sb->sb_len < start + col)
		sbuf_putc(sb, ' ');
}
