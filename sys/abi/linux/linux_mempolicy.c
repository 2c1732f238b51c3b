/*
 * linux_mempolicy.c: memory policies (set_mempolicy(2)), of which a jail has
 * one: everything is on node 0.
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "vm/vm.h"

#define	MPOL_DEFAULT	0
#define	MPOL_LOCAL	4
#define	MPOL_MAX	6
#define	MPOL_MODE_FLAGS	0xe000
#define	MPOL_F_NODE	1
#define	MPOL_F_ADDR	2
#define	MPOL_F_MEMS_ALLOWED 4
#define	MPOL_MF_VALID	7
#define	MAXNODES	1024

/* Every node but 0 is missing; a mask of none suits some modes only. */
static int
check_policy(int mode, uaddr_t mask, unsigned long maxnode)
{
	uint64_t w = 0;

	mode &= ~MPOL_MODE_FLAGS;
	if (mode < 0 || mode > MPOL_MAX)
		return (-EINVAL);
	if (maxnode > MAXNODES * 8)
		return (-EINVAL);
	if (mask != 0 && maxnode > 1 && fetch64(mask, &w) != 0)
		return (-EFAULT);
	if (maxnode > 1 && maxnode < 65)
		w &= (1UL << (maxnode - 1)) - 1;
	if (mode == MPOL_DEFAULT || mode == MPOL_LOCAL)
		return (w == 0 ? 0 : -EINVAL);
	return ((w & 1) != 0 || (mode == 1 && w == 0) ? 0 : -EINVAL);
}

long
sys_set_mempolicy(struct thread *td, int mode, uaddr_t mask,
    unsigned long maxnode)
{
	return (check_policy(mode, mask, maxnode));
}

long
sys_mbind(struct thread *td, uaddr_t addr, size_t len, int mode,
    uaddr_t mask, unsigned long maxnode, unsigned flags)
{
	struct vm_info vi;

	if (flags & ~MPOL_MF_VALID)
		return (-EINVAL);
	if (addr & KPAGE_MASK)
		return (-EINVAL);
	len = roundup2(len, KPAGE_SIZE);
	if (addr + len < addr)
		return (-EINVAL);
	if (len != 0 && (!vm_next(td->td_vm, addr, &vi) ||
	    vi.vi_start > addr))
		return (-EFAULT);
	return (check_policy(mode, mask, maxnode));
}

long
sys_get_mempolicy(struct thread *td, uaddr_t umode, uaddr_t mask,
    unsigned long maxnode, uaddr_t addr, unsigned long flags)
{
	struct vm_info vi;
	uint64_t w = flags & MPOL_F_MEMS_ALLOWED ? 1 : 0;

	if (flags & ~(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return (-EINVAL);
	if (flags & MPOL_F_MEMS_ALLOWED) {
		if (flags & (MPOL_F_NODE | MPOL_F_ADDR))
			return (-EINVAL);
	} else if (flags & MPOL_F_ADDR) {
		if (!vm_next(td->td_vm, addr, &vi) || vi.vi_start > addr)
			return (-EFAULT);
	} else if (addr != 0 || (flags & MPOL_F_NODE))
		return (-EINVAL);
	if (mask != 0 && maxnode < 2)
		return (-EINVAL);
	if (umode != 0 && store32(umode, MPOL_DEFAULT) != 0)
		return (-EFAULT);
	if (mask != 0) {
		if (maxnode > MAXNODES * 8)
			return (-EINVAL);
		if (user_zero(mask, roundup2(maxnode - 1, 64UL) / 8) != 0 ||
		    store64(mask, w) != 0)
			return (-EFAULT);
	}
	return (0);
}
