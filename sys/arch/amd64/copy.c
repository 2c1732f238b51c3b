/* copy.c: base/copy.h on amd64; the faulting instructions are in copyasm.S. */
#include "base/arena.h"
#include "base/copy.h"
#include "libkern/errno.h"

size_t	kcopy(void *dst, const void *src, size_t n);
size_t	kzero(void *dst, size_t n);
long	kstrcopy(char *dst, const char *src, size_t max);
int	kfetch64(const void *u, uint64_t *v);
int	kfetch32(const void *u, uint32_t *v);
int	kstore64(void *u, uint64_t v);
int	kstore32(void *u, uint32_t v);
int	kcas32(void *u, uint32_t *old, uint32_t new_);

bool
user_range_ok(uaddr_t u, size_t n)
{
	uaddr_t end;

	if (n == 0)
		return (true);
	if (__builtin_add_overflow(u, n, &end) || end > USER_MAX)
		return (false);
	return (end <= KWIN_BASE || u >= KWIN_END);
}

size_t
copyin_part(uaddr_t u, void *k, size_t n)
{
	if (!user_range_ok(u, n))
		return (n);
	return (kcopy(k, (const void *)u, n));
}

size_t
copyout_part(const void *k, uaddr_t u, size_t n)
{
	if (!user_range_ok(u, n))
		return (n);
	return (kcopy((void *)u, k, n));
}

int
copyin(uaddr_t u, void *k, size_t n)
{
	return (copyin_part(u, k, n) == 0 ? 0 : -EFAULT);
}

int
copyout(const void *k, uaddr_t u, size_t n)
{
	return (copyout_part(k, u, n) == 0 ? 0 : -EFAULT);
}

long
copyinstr(uaddr_t u, char *k, size_t max)
{
	uaddr_t end = u < KWIN_BASE ? KWIN_BASE : USER_MAX;
	long n;

	if (!user_range_ok(u, 1))
		return (-EFAULT);
	n = kstrcopy(k, (const char *)u, kmin(max, end - u));
	if (n == -ENAMETOOLONG && end - u < max)
		return (-EFAULT);
	return (n);
}

int
user_zero(uaddr_t u, size_t n)
{
	if (!user_range_ok(u, n))
		return (-EFAULT);
	return (kzero((void *)u, n) == 0 ? 0 : -EFAULT);
}

int
fetch32(uaddr_t u, uint32_t *v)
{
	return (user_range_ok(u, 4) ? kfetch32((const void *)u, v) : -EFAULT);
}

int
fetch64(uaddr_t u, uint64_t *v)
{
	return (user_range_ok(u, 8) ? kfetch64((const void *)u, v) : -EFAULT);
}

int
store32(uaddr_t u, uint32_t v)
{
	return (user_range_ok(u, 4) ? kstore32((void *)u, v) : -EFAULT);
}

int
store64(uaddr_t u, uint64_t v)
{
	return (user_range_ok(u, 8) ? kstore64((void *)u, v) : -EFAULT);
}

int
cas32_user(uaddr_t u, uint32_t *old, uint32_t new_)
{
	return (user_range_ok(u, 4) ? kcas32((void *)u, old, new_) : -EFAULT);
}
