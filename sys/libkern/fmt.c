/*
 * fmt.c: ksnprintf.  Conversions: d i u x X o c s p %, flags - 0 + space #,
 * width and precision (also *), lengths h l ll z j t.
 */
#include "libkern/str.h"

struct out {
	char	*buf;
	size_t	size;
	size_t	len;		/* what would have been written */
};

struct spec {
	bool	left, zero, plus, space, alt;
	int	width, prec;	/* prec -1: none */
	int	size;		/* 0 int, 1 long */
};

static void
putc_(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void
pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		putc_(o, c);
}

static void
put_str(struct out *o, const struct spec *sp, const char *s)
{
	size_t n;

	if (s == NULL)
		s = "(null)";
	n = sp->prec >= 0 ? strnlen(s, sp->prec) : strlen(s);
	if (!sp->left)
		pad(o, ' ', sp->width - (int)n);
	for (size_t i = 0; i < n; i++)
		putc_(o, s[i]);
	if (sp->left)
		pad(o, ' ', sp->width - (int)n);
}

static void
put_num(struct out *o, const struct spec *sp, uint64_t v, unsigned base,
    bool neg, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char tmp[24];
	int n = 0, zeros, total;
	char sign = neg ? '-' : sp->plus ? '+' : sp->space ? ' ' : 0;
	bool hexpfx = sp->alt && base == 16 && v != 0;

	while (v != 0 || (n == 0 && sp->prec != 0)) {
		tmp[n++] = digits[v % base];
		v /= base;
	}
	zeros = sp->prec > n ? sp->prec - n : 0;
	if (sp->alt && base == 8 && zeros == 0)
		zeros = 1;
	total = n + zeros + (sign != 0) + (hexpfx ? 2 : 0);
	if (sp->zero && !sp->left && sp->prec < 0 && sp->width > total) {
		zeros += sp->width - total;
		total = sp->width;
	}
	if (!sp->left)
		pad(o, ' ', sp->width - total);
	if (sign != 0)
		putc_(o, sign);
	if (hexpfx) {
		putc_(o, '0');
		putc_(o, upper ? 'X' : 'x');
	}
	pad(o, '0', zeros);
	while (n > 0)
		putc_(o, tmp[--n]);
	if (sp->left)
		pad(o, ' ', sp->width - total);
}

static int
number(const char **f)
{
	int n = 0;

	while (**f >= '0' && **f <= '9' && n < 10000)
		n = n * 10 + *(*f)++ - '0';
	return (n);
}

static const char *
parse_spec(const char *f, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ .prec = -1 };
	for (;; f++) {
		if (*f == '-')
			sp->left = true;
		else if (*f == '0')
			sp->zero = true;
		else if (*f == '+')
			sp->plus = true;
		else if (*f == ' ')
			sp->space = true;
		else if (*f == '#')
			sp->alt = true;
		else
			break;
	}
	if (*f == '*') {
		sp->width = va_arg(*ap, int);
		f++;
		if (sp->width < 0) {
			sp->left = true;
			sp->width = -sp->width;
		}
	} else
		sp->width = number(&f);
	if (*f == '.') {
		f++;
		if (*f == '*') {
			sp->prec = va_arg(*ap, int);
			f++;
		} else
			sp->prec = number(&f);
	}
	for (; *f == 'l' || *f == 'z' || *f == 'j' || *f == 't' || *f == 'h';
	    f++)
		if (*f != 'h')
			sp->size = 1;
	return (f);
}

static void
conv(struct out *o, char c, struct spec *sp, va_list *ap)
{
	char one[2] = { 0, 0 };
	uint64_t u;
	int64_t d;

	switch (c) {
	case 'd':
	case 'i':
		d = sp->size ? va_arg(*ap, long) : va_arg(*ap, int);
		u = d < 0 ? -(uint64_t)d : (uint64_t)d;
		put_num(o, sp, u, 10, d < 0, false);
		return;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		u = sp->size ? va_arg(*ap, unsigned long) :
		    va_arg(*ap, unsigned int);
		put_num(o, sp, u, c == 'u' ? 10 : c == 'o' ? 8 : 16, false,
		    c == 'X');
		return;
	case 'p':
		sp->alt = true;
		put_num(o, sp, (uintptr_t)va_arg(*ap, void *), 16, false,
		    false);
		return;
	case 'c':
		one[0] = (char)va_arg(*ap, int);
		if (!sp->left)
			pad(o, ' ', sp->width - 1);
		putc_(o, one[0]);
		if (sp->left)
			pad(o, ' ', sp->width - 1);
		return;
	case 's':
		put_str(o, sp, va_arg(*ap, const char *));
		return;
	default:
		putc_(o, c);
	}
}

int
kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap0)
{
	struct out o = { buf, size, 0 };
	struct spec sp;
	va_list ap;

	va_copy(ap, ap0);
	for (const char *f = fmt; *f != '\0'; f++) {
		if (*f != '%') {
			putc_(&o, *f);
			continue;
		}
		f = parse_spec(f + 1, &sp, &ap);
		if (*f == '\0')
			break;
		conv(&o, *f, &sp, &ap);
	}
	va_end(ap);
	if (size != 0)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return ((int)o.len);
}

int
ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (n);
}
