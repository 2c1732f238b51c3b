/* freebsd64_vm.c: FreeBSD's memory calls. */
#include "abi/freebsd64/freebsd64.h"
#include "abi/syscalls.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm.h"

#define	FB_MAP_STACK	0x00000400
#define	FB_MAP_GUARD	0x00002000
#define	FB_MAP_EXCL	0x00004000
#define	FB_MAP_FIXED	0x00000010
#define	FB_ALIGN_SHIFT	24
#define	FB_PROT_MASK	7		/* PROT_MAX lies above */

/* MAP_ALIGNED(n): a place that the caller could not have asked for. */
static long
map_aligned(struct thread *td, size_t len, int prot, int flags, int fd,
    int64_t off, unsigned shift)
{
	long a, r;

	for (int tries = 0; tries < 8; tries++) {
		a = vm_findspace(td->td_vm, 0, roundup2(len, KPAGE_SIZE),
		    1UL << shift);
		if (a < 0)
			return (a);
		r = sys_mmap(td, (uaddr_t)a, len, prot,
		    flags | MAP_FIXED_NOREPLACE, fd, off);
		if (r != -EEXIST)	/* another thread was faster */
			return (r);
	}
	return (-ENOMEM);
}

long
sys_freebsd_mmap(struct thread *td, uaddr_t addr, size_t len, int prot,
    int flags, int fd, int64_t off)
{
	unsigned shift = ((unsigned)flags >> FB_ALIGN_SHIFT) & 0xff;
	int native = fb_mapflags_in(flags);

	prot &= FB_PROT_MASK;
	if (flags & FB_MAP_GUARD) {
		if (prot != PROT_NONE || fd != -1 || off != 0)
			return (-EINVAL);
		native |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	}
	if (flags & FB_MAP_STACK) {
		if (fd != -1 || (prot & 3) != 3)
			return (-EINVAL);
		native |= MAP_ANONYMOUS;
	}
	if (native & MAP_ANONYMOUS) {
		if (fd != -1 || off != 0)
			return (-EINVAL);
		/* Without a kind it is private. */
		if ((native & MAP_TYPE) == 0)
			native |= MAP_PRIVATE;
	}
	if ((flags & FB_MAP_EXCL) && !(flags & FB_MAP_FIXED))
		return (-EINVAL);
	if (flags & FB_MAP_EXCL)
		native = (native & ~MAP_FIXED) | MAP_FIXED_NOREPLACE;
	if (shift > 1 && !(flags & FB_MAP_FIXED)) {
		if (shift < KPAGE_SHIFT || shift > 46)
			return (-EINVAL);
		return (map_aligned(td, len, prot, native, fd, off, shift));
	}
	return (sys_mmap(td, addr, len, prot, native, fd, off));
}

long
sys_freebsd_break(struct thread *td, uaddr_t brk)
{
	long r = vm_brk(td->td_vm, brk);

	return (brk != 0 && (uaddr_t)r != brk ? -ENOMEM : 0);
}

long
sys_freebsd_msync(struct thread *td, uaddr_t addr, size_t len, int flags)
{
	/* MS_SYNC is 0 there. */
	return (vm_msync(td->td_vm, addr, len, (flags & 1) ? flags :
	    flags | 4));
}

long
sys_freebsd_madvise(struct thread *td, uaddr_t addr, size_t len, int advice)
{
	static const int8_t map[] = { MADV_NORMAL, MADV_RANDOM,
	    MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
	    MADV_NORMAL, MADV_NORMAL, MADV_DONTDUMP, MADV_DODUMP,
	    MADV_NORMAL };
	uaddr_t start = rounddown2(addr, KPAGE_SIZE);

	if (advice < 0 || (size_t)advice >= nitems(map))
		return (-EINVAL);
	/* There, MADV_DONTNEED is but a hint and keeps the contents. */
	return (vm_madvise(td->td_vm, start, len + (addr - start),
	    advice == MADV_DONTNEED ? MADV_NORMAL : map[advice]));
}
