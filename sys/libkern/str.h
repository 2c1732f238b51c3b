/*
 * str.h: memory and string functions.  The names that the compiler itself may
 * call keep their standard meaning; the unit tests take them from libc.
 */
#ifndef LIBKERN_STR_H
#define LIBKERN_STR_H

#include "libkern/types.h"

void	*memcpy(void *restrict dst, const void *restrict src, size_t n);
void	*memmove(void *dst, const void *src, size_t n);
void	*memset(void *dst, int c, size_t n);
int	 memcmp(const void *a, const void *b, size_t n);
void	*memchr(const void *s, int c, size_t n);
size_t	 strlen(const char *s);
size_t	 strnlen(const char *s, size_t max);
int	 strcmp(const char *a, const char *b);
int	 strncmp(const char *a, const char *b, size_t n);
char	*strchr(const char *s, int c);
char	*strrchr(const char *s, int c);
char	*strstr(const char *s, const char *what);

/* Copy with truncation and a NUL; returns strlen(src). size counts the NUL. */
size_t	 kstrlcpy(char *dst, const char *src, size_t size);
/* Decimal number at *sp; advances it. -EINVAL when there is none or overflow. */
int	 kstrtou64(const char **sp, uint64_t *val);

/* printf family: d i u x X o c s p with - 0 width .precision l ll z j. */
int	 ksnprintf(char *buf, size_t size, const char *fmt, ...)
	    __printflike(3, 4);
int	 kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
	    __printflike(3, 0);

/* 64-bit hash of bytes (FNV-1a folded), and of one word. */
uint64_t khash(const void *p, size_t n, uint64_t seed);
static inline uint64_t
khash64(uint64_t x)
{
	x ^= x >> 32;
	x *= 0x9e3779b97f4a7c15ULL;
	return (x ^ (x >> 29));
}

#endif
