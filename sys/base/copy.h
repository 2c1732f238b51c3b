/*
 * copy.h: moving bytes between kernel and guest memory.
 *
 * A guest address is any number.  Each function first checks that the range
 * lies in guest space (below USER_MAX, outside the kernel's window), then
 * copies; a fault on the way becomes -EFAULT.  No lock is needed; see mtx.h
 * for what may be held.  implemented in arch/amd64.
 */
#ifndef BASE_COPY_H
#define BASE_COPY_H

#include "libkern/types.h"

/* True when [u, u+n) lies in guest space (n = 0: true). */
bool	user_range_ok(uaddr_t u, size_t n);

int	copyin(uaddr_t u, void *k, size_t n);		/* 0 or -EFAULT */
int	copyout(const void *k, uaddr_t u, size_t n);
/* How many bytes could NOT be copied (0 = all): for partial reads/writes. */
size_t	copyin_part(uaddr_t u, void *k, size_t n);
size_t	copyout_part(const void *k, uaddr_t u, size_t n);
/* Copy a string with its NUL; returns its length without the NUL.
 * -EFAULT; -ENAMETOOLONG when there is no NUL in max bytes. */
long	copyinstr(uaddr_t u, char *k, size_t max);
int	user_zero(uaddr_t u, size_t n);
int	fetch32(uaddr_t u, uint32_t *v);
int	fetch64(uaddr_t u, uint64_t *v);
int	store32(uaddr_t u, uint32_t v);
int	store64(uaddr_t u, uint64_t v);
/* Compare and swap; *old gets what was there. 0 (look at *old) or -EFAULT. */
int	cas32_user(uaddr_t u, uint32_t *old, uint32_t new_);

#endif
