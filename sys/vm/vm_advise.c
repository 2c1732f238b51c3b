/*
 * vm_advise.c: madvise, msync, mincore and the mlock family.
 *
 * The host does the work and finds the holes; we keep it away from the kernel's
 * window, which is a hole for guests, and keep what fork and /proc must know.
 */
#include "base/arena.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm_internal.h"

#define	MADV_COLLAPSE	25
#define	MADV_DONTNEED_LOCKED 24
#define	MADV_HWPOISON	100
#define	MADV_SOFT_OFFLINE 101
#define	MADV_GUARD_INSTALL 102
#define	MADV_GUARD_REMOVE 103
#define	MS_ASYNC	1
#define	MS_INVALIDATE	2
#define	MS_SYNC		4
#define	MLOCK_ONFAULT	1
#define	MCL_CURRENT	1
#define	MCL_FUTURE	2
#define	MCL_ONFAULT	4

typedef int	range_fn(uaddr_t addr, size_t len, int arg);

/* Apply fn to what of the range is guest space: -ENOMEM for the window. */
static long
each_side(uaddr_t addr, size_t len, range_fn *fn, int arg)
{
	uaddr_t end = addr + len;
	bool hole = !vm_rangeok(addr, len);
	int error = 0;

	if (!hole)
		return (fn(addr, len, arg));
	if (addr < KWIN_BASE)
		error = fn(addr, kmin(end, KWIN_BASE) - addr, arg);
	addr = kmax(addr, KWIN_END);
	end = kmin(end, USER_MAX);
	if ((error == 0 || error == -ENOMEM) && end > addr) {
		int e2 = fn(addr, end - addr, arg);

		error = e2 != 0 ? e2 : error;
	}
	return (error != 0 ? error : -ENOMEM);
}

/* Set or clear bits of e_adv over a range; holes are skipped. */
static int
mark(struct vmspace *vm, uaddr_t addr, size_t len, uint8_t set, uint8_t clear)
{
	uaddr_t end = addr + len;
	struct vm_entry *e;
	struct vm_spare s;
	int error;

	error = vm_spare_get(&s);
	if (error != 0)
		return (error);
	mtx_lock(&vm->vm_lock);
	for (e = vme_find(vm, addr); e != NULL && e->e_start < end;
	    e = e->e_next) {
		if (((e->e_adv | set) & ~clear) == e->e_adv)
			continue;
		e = vme_isolate(vm, e, kmax(addr, e->e_start),
		    kmin(end, e->e_end), s.s_e);
		len = e->e_end - e->e_start;
		if (set & ~e->e_adv & VME_LOCKED)
			vm->vm_locked += len;
		if (clear & e->e_adv & VME_LOCKED)
			vm->vm_locked -= len;
		e->e_adv = (e->e_adv | set) & ~clear;
		e = vme_merge(vm, e);
	}
	mtx_unlock(&vm->vm_lock);
	vm_spare_put(&s);
	return (0);
}

static bool
advice_known(int advice)
{
	switch (advice) {
	case MADV_NORMAL ... MADV_DONTNEED:
	case MADV_FREE ... MADV_COLLAPSE:
	case MADV_GUARD_INSTALL:
	case MADV_GUARD_REMOVE:
		return (true);
	default:
		return (false);
	}
}

long
vm_madvise(struct vmspace *vm, uaddr_t addr, size_t len, int advice)
{
	size_t n = roundup2(len, KPAGE_SIZE);
	long r;

	if (advice == MADV_HWPOISON || advice == MADV_SOFT_OFFLINE)
		return (-EPERM);
	if (!advice_known(advice))
		return (-EINVAL);
	if ((addr & KPAGE_MASK) != 0 || n < len || addr + n < addr)
		return (-EINVAL);
	if (n == 0)
		return (0);
	r = each_side(addr, n, host_madvise, advice);
	if (r != 0 && r != -ENOMEM)
		return (r);
	switch (advice) {
	case MADV_DONTFORK:
		(void)mark(vm, addr, n, VME_DONTFORK, 0);
		break;
	case MADV_DOFORK:
		(void)mark(vm, addr, n, 0, VME_DONTFORK);
		break;
	case MADV_WIPEONFORK:
		(void)mark(vm, addr, n, VME_WIPEONFORK, 0);
		break;
	case MADV_KEEPONFORK:
		(void)mark(vm, addr, n, 0, VME_WIPEONFORK);
		break;
	case MADV_DONTDUMP:
		(void)mark(vm, addr, n, VME_DONTDUMP, 0);
		break;
	case MADV_DODUMP:
		(void)mark(vm, addr, n, 0, VME_DONTDUMP);
		break;
	default:
		break;
	}
	return (r);
}

long
vm_msync(struct vmspace *vm, uaddr_t addr, size_t len, int flags)
{
	size_t n = roundup2(len, KPAGE_SIZE);

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0 ||
	    (addr & KPAGE_MASK) != 0 ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return (-EINVAL);
	if (n < len || addr + n < addr)
		return (-ENOMEM);
	if (n == 0)
		return (0);
	return (each_side(addr, n, host_msync, flags));
}

long
vm_mincore(struct vmspace *vm, uaddr_t addr, size_t len, uaddr_t vec)
{
	size_t n = roundup2(len, KPAGE_SIZE);

	if (addr & KPAGE_MASK)
		return (-EINVAL);
	if (n < len || !vm_rangeok(addr, n))
		return (-ENOMEM);
	if (!user_range_ok(vec, n >> KPAGE_SHIFT))
		return (-EFAULT);
	return (host_mincore(addr, n, vec));
}

/* --- locking ------------------------------------------------------------------ */

static int
do_mlock(uaddr_t addr, size_t len, int arg)
{
	return (host_mlock(addr, len));
}

static int
do_munlock(uaddr_t addr, size_t len, int arg)
{
	return (host_munlock(addr, len));
}

long
vm_mlock(struct vmspace *vm, uaddr_t addr, size_t len, int flags)
{
	size_t n = roundup2(len + (addr & KPAGE_MASK), KPAGE_SIZE);
	long r;

	if (flags & ~MLOCK_ONFAULT)
		return (-EINVAL);
	addr = rounddown2(addr, KPAGE_SIZE);
	if (vm->vm_limmemlock == 0)
		return (-EPERM);
	if (vm->vm_limmemlock != UINT64_MAX &&
	    vm->vm_locked + n > vm->vm_limmemlock)
		return (-ENOMEM);
	if (n < len || addr + n < addr)
		return (-EINVAL);
	if (n == 0)
		return (0);
	/* MLOCK_ONFAULT: we populate at once, which is stronger. */
	r = each_side(addr, n, do_mlock, 0);
	if (r == 0)
		(void)mark(vm, addr, n, VME_LOCKED, 0);
	return (r);
}

long
vm_munlock(struct vmspace *vm, uaddr_t addr, size_t len)
{
	size_t n = roundup2(len + (addr & KPAGE_MASK), KPAGE_SIZE);
	long r;

	addr = rounddown2(addr, KPAGE_SIZE);
	if (n < len || addr + n < addr)
		return (-EINVAL);
	if (n == 0)
		return (0);
	r = each_side(addr, n, do_munlock, 0);
	if (r == 0)
		(void)mark(vm, addr, n, 0, VME_LOCKED);
	return (r);
}

long
vm_mlockall(struct vmspace *vm, int flags)
{
	uaddr_t addr = 0, end;
	struct vm_entry *e;
	int error;

	if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE |
	    MCL_ONFAULT)) != 0 || flags == MCL_ONFAULT)
		return (-EINVAL);
	if (vm->vm_limmemlock == 0)
		return (-EPERM);
	if ((flags & MCL_CURRENT) && vm->vm_limmemlock != UINT64_MAX &&
	    vm->vm_size > vm->vm_limmemlock)
		return (-ENOMEM);
	vm->vm_lockfuture = (flags & MCL_FUTURE) != 0;
	while (flags & MCL_CURRENT) {
		mtx_lock(&vm->vm_lock);
		e = vme_find(vm, addr);
		if (e != NULL) {
			addr = e->e_start;
			end = e->e_end;
		}
		mtx_unlock(&vm->vm_lock);
		if (e == NULL)
			break;
		/* Ranges without access cannot be populated: Linux, too,
		 * passes over their errors. */
		error = host_mlock(addr, end - addr);
		if (error == -EPERM || error == -EAGAIN)
			return (error);
		if (error == 0)
			(void)mark(vm, addr, end - addr, VME_LOCKED, 0);
		addr = end;
	}
	return (0);
}

long
vm_munlockall(struct vmspace *vm)
{
	uaddr_t addr = 0, end;
	struct vm_entry *e;

	vm->vm_lockfuture = 0;
	for (;;) {
		mtx_lock(&vm->vm_lock);
		for (e = vme_find(vm, addr); e != NULL &&
		    !(e->e_adv & VME_LOCKED); e = e->e_next)
			;
		if (e != NULL) {
			addr = e->e_start;
			end = e->e_end;
		}
		mtx_unlock(&vm->vm_lock);
		if (e == NULL)
			return (0);
		(void)host_munlock(addr, end - addr);
		(void)mark(vm, addr, end - addr, 0, VME_LOCKED);
		addr = end;
	}
}
