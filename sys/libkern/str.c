/*
 * str.c: memory and string functions without vector registers.
 *
 * `rep movsb` is the fastest copy that leaves the guest's vector registers
 * alone on every CPU with ERMS; short copies go by words.
 */
#include "libkern/errno.h"
#include "libkern/str.h"

#ifndef GUISE_HOSTED

/* The compiler must not turn these loops into calls of themselves. */
#ifndef __clang__		/* for clang the build says -fno-builtin */
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

typedef uint64_t __attribute__((may_alias, aligned(1))) word_u;

void *
memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	void *d = dst;

	if (n >= 8 && n <= 32) {
		/* Two or four overlapping words. */
		uint64_t a = *(const word_u *)src;
		uint64_t z = *(const word_u *)((const char *)src + n - 8);

		if (n > 16) {
			uint64_t b = *(const word_u *)((const char *)src + 8);
			uint64_t y =
			    *(const word_u *)((const char *)src + n - 16);

			*(word_u *)((char *)dst + 8) = b;
			*(word_u *)((char *)dst + n - 16) = y;
		}
		*(word_u *)dst = a;
		*(word_u *)((char *)dst + n - 8) = z;
		return (dst);
	}
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(src), "+c"(n) : :
	    "memory");
	return (dst);
}

void *
memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	if (d == s || n == 0)
		return (dst);
	if (d < s || d >= s + n) {
		__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : :
		    "memory");
		return (dst);
	}
	d += n - 1;
	s += n - 1;
	__asm__ volatile("std; rep movsb; cld" : "+D"(d), "+S"(s), "+c"(n) : :
	    "memory");
	return (dst);
}

void *
memset(void *dst, int c, size_t n)
{
	void *d = dst;

	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
	return (dst);
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	while (n >= 8 && *(const word_u *)x == *(const word_u *)y) {
		x += 8;
		y += 8;
		n -= 8;
	}
	for (; n != 0; n--, x++, y++)
		if (*x != *y)
			return (*x - *y);
	return (0);
}

void *
memchr(const void *s, int c, size_t n)
{
	const uint8_t *p = s;

	for (; n != 0; n--, p++)
		if (*p == (uint8_t)c)
			return ((void *)(uintptr_t)p);
	return (NULL);
}

size_t
strlen(const char *s)
{
	const char *p = s;

	while (*p != '\0')
		p++;
	return (p - s);
}

size_t
strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return (n);
}

int
strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return ((uint8_t)*a - (uint8_t)*b);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n != 0; n--, a++, b++) {
		if (*a != *b)
			return ((uint8_t)*a - (uint8_t)*b);
		if (*a == '\0')
			break;
	}
	return (0);
}

char *
strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return ((char *)(uintptr_t)s);
		if (*s == '\0')
			return (NULL);
	}
}

char *
strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return ((char *)(uintptr_t)last);
	}
}

char *
strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; ; s++) {
		if (strncmp(s, what, n) == 0)
			return ((char *)(uintptr_t)s);
		if (*s == '\0')
			return (NULL);
	}
}

#endif /* !GUISE_HOSTED */

size_t
kstrlcpy(char *dst, const char *src, size_t size)
{
	size_t n = strlen(src);

	if (size != 0) {
		size_t m = n < size - 1 ? n : size - 1;

		memcpy(dst, src, m);
		dst[m] = '\0';
	}
	return (n);
}

int
kstrtou64(const char **sp, uint64_t *val)
{
	const char *s = *sp;
	uint64_t v = 0;

	if (*s < '0' || *s > '9')
		return (-EINVAL);
	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return (-EINVAL);
	*sp = s;
	*val = v;
	return (0);
}

uint64_t
khash(const void *p, size_t n, uint64_t seed)
{
	const uint8_t *b = p;
	uint64_t h = seed ^ 0xcbf29ce484222325ULL, w;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&w, b, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	for (; n != 0; n--, b++)
		h = (h ^ *b) * 0x100000001b3ULL;
	return (khash64(h));
}
