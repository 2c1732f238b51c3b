/*
 * archfake.c: the machine floor of the unit tests.  Guest memory is the test's
 * own; copies go through process_vm_readv and writev on ourselves, which answer
 * EFAULT instead of faulting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/copy.h"

#define	EFAULT_		14
#define	ENAMETOOLONG_	36
#define	ENOSYS_		38

bool
user_range_ok(uaddr_t u, size_t n)
{
	uaddr_t end;

	if (n == 0)
		return (true);
	return (!__builtin_add_overflow(u, n, &end) && end <= USER_MAX &&
	    (end <= KWIN_BASE || u >= KWIN_END));
}

static size_t
move(uaddr_t u, void *k, size_t n, bool in)
{
	struct iovec l = { k, n }, r = { (void *)u, n };
	ssize_t m;

	if (n == 0)
		return (0);
	if (!user_range_ok(u, n))
		return (n);
	m = in ? process_vm_readv(getpid(), &l, 1, &r, 1, 0) :
	    process_vm_writev(getpid(), &l, 1, &r, 1, 0);
	return (m < 0 ? n : n - (size_t)m);
}

size_t
copyin_part(uaddr_t u, void *k, size_t n)
{
	return (move(u, k, n, true));
}

size_t
copyout_part(const void *k, uaddr_t u, size_t n)
{
	return (move(u, (void *)(uintptr_t)k, n, false));
}

int
copyin(uaddr_t u, void *k, size_t n)
{
	return (move(u, k, n, true) == 0 ? 0 : -EFAULT_);
}

int
copyout(const void *k, uaddr_t u, size_t n)
{
	return (copyout_part(k, u, n) == 0 ? 0 : -EFAULT_);
}

long
copyinstr(uaddr_t u, char *k, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (move(u + i, k + i, 1, true) != 0)
			return (-EFAULT_);
		if (k[i] == '\0')
			return ((long)i);
	}
	return (-ENAMETOOLONG_);
}

int
user_zero(uaddr_t u, size_t n)
{
	char z[512] = { 0 };

	while (n > 0) {
		size_t m = n < sizeof(z) ? n : sizeof(z);

		if (copyout(z, u, m) != 0)
			return (-EFAULT_);
		u += m;
		n -= m;
	}
	return (0);
}

int
fetch32(uaddr_t u, uint32_t *v)
{
	return (copyin(u, v, 4));
}

int
fetch64(uaddr_t u, uint64_t *v)
{
	return (copyin(u, v, 8));
}

int
store32(uaddr_t u, uint32_t v)
{
	return (copyout(&v, u, 4));
}

int
store64(uaddr_t u, uint64_t v)
{
	return (copyout(&v, u, 8));
}

int
cas32_user(uaddr_t u, uint32_t *old, uint32_t new_)
{
	uint32_t v;

	if (fetch32(u, &v) != 0)
		return (-EFAULT_);
	(void)__atomic_compare_exchange_n((uint32_t *)u, old, new_, false,
	    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return (0);
}

unsigned
arch_backtrace(uintptr_t fp, uintptr_t *pcs, unsigned max)
{
	(void)fp;
	(void)pcs;
	(void)max;
	return (0);
}

/* No process is ever made or ended by a unit test's kernel. */
static void
never(const char *what)
{
	fprintf(stderr, "unit test reached %s\n", what);
	abort();
}

long
arch_fork(struct thread *td, struct thread *child)
{
	(void)td;
	(void)child;
	return (-ENOSYS_);
}

int
arch_newthread(struct thread *td, struct thread *ntd,
    void (*entry)(struct thread *))
{
	(void)td;
	(void)ntd;
	(void)entry;
	return (-ENOSYS_);
}

/* No host thread here can become another's. */
void
arch_borrow(struct thread *td, struct thread *ntd,
    void (*start)(struct thread *))
{
	(void)td;
	(void)ntd;
	(void)start;
}

void
arch_giveback(struct thread *lender, uint32_t *alive)
{
	(void)lender;
	(void)alive;
	abort();
}

long
arch_leave(struct thread *td, struct thread *lender)
{
	(void)td;
	(void)lender;
	return (-ENOSYS_);
}

void
arch_setcur(struct thread *td)
{
	(void)td;
}

void
arch_fresh(struct thread *td, void (*fn)(struct thread *))
{
	(void)td;
	(void)fn;
	abort();
}

void
arch_fastfull(struct thread *td)
{
	(void)td;
	abort();
}

int
arch_area_map(unsigned slot, uaddr_t *area)
{
	(void)slot;
	(void)area;
	return (-ENOSYS_);
}

void
arch_area_unmap(uaddr_t area)
{
	(void)area;
}

void
arch_thread_exit(struct thread *td)
{
	(void)td;
	never("arch_thread_exit");
	abort();
}

void
arch_proc_exit(int status)
{
	(void)status;
	never("arch_proc_exit");
	abort();
}

void
arch_setfsbase(struct thread *td, uint64_t base)
{
	(void)td;
	(void)base;
}

uint64_t
arch_getfsbase(struct thread *td)
{
	(void)td;
	return (0);
}

int
arch_setgsbase(struct thread *td, uint64_t base)
{
	(void)td;
	(void)base;
	return (0);
}

uint64_t
arch_getgsbase(struct thread *td)
{
	(void)td;
	return (0);
}

void *
arch_fpstate(struct thread *td, size_t *size)
{
	(void)td;
	*size = 0;
	return (NULL);
}

void
arch_fpreset(struct thread *td)
{
	(void)td;
}

int
arch_fpload(struct thread *td, uaddr_t u)
{
	(void)td;
	(void)u;
	return (0);
}

size_t
arch_fpsize(struct thread *td)
{
	(void)td;
	return (512);
}

int
arch_fpstore(struct thread *td, uaddr_t u)
{
	(void)td;
	(void)u;
	return (0);
}

uaddr_t
arch_fastentry(void)
{
	return (0);
}
