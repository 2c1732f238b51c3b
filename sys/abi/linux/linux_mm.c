/*
 * linux_mm.c: the edge of the memory calls: descriptors to objects, and the
 * checks that need the open file (mmap(2)).  The rest is vm/'s.
 */
#include "abi/syscalls.h"
#include "base/thread.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vfs/file.h"
#include "vm/vm.h"

#define	READ_IMPLIES_EXEC 0x0400000
#define	F_SEAL_WRITE	0x0008
#define	F_SEAL_FUTURE_WRITE 0x0010
/* What MAP_SHARED, which never checked, lets pass; the validating kind refuses
 * everything else. */
#define	LEGACY_FLAGS	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | \
			    MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | \
			    MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | \
			    MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | \
			    MAP_HUGETLB | MAP_32BIT | (0x3f << 26))
#define	PROT_RWX	(PROT_READ | PROT_WRITE | PROT_EXEC)

/* May fp be mapped so?  Fills *maxprot: what mprotect may reach. */
static int
check_file(struct file *fp, int prot, int *flagsp, int *maxprot)
{
	int acc = fp->f_flags & O_ACCMODE, flags = *flagsp;
	bool shared = false;

	*maxprot = PROT_RWX;
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		flags &= LEGACY_FLAGS | MAP_FIXED_NOREPLACE;
		/* FALLTHROUGH */
	case MAP_SHARED_VALIDATE:
		if (flags & ~(LEGACY_FLAGS | MAP_FIXED_NOREPLACE))
			return (-EOPNOTSUPP);
		shared = true;
		if ((prot & PROT_WRITE) && acc == O_RDONLY)
			return (-EACCES);
		if (fp->f_seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) {
			if (prot & PROT_WRITE)
				return (-EPERM);
			*maxprot &= ~PROT_WRITE;
		}
		if (acc == O_RDONLY)
			*maxprot &= ~PROT_WRITE;
		break;
	case MAP_PRIVATE:
		break;
	default:
		return (-EINVAL);
	}
	if (acc == O_WRONLY)
		return (-EACCES);
	if (fp->f_nch.mp != NULL && (fp->f_nch.mp->mnt_flags & MNT_NOEXEC)) {
		if (prot & PROT_EXEC)
			return (-EPERM);
		*maxprot &= ~PROT_EXEC;
	}
	if (fp->f_ops->fo_mmap == NULL)
		return (-ENODEV);
	if (flags & MAP_GROWSDOWN)
		return (-EINVAL);
	*flagsp = shared ? (flags & ~MAP_TYPE) | MAP_SHARED : flags;
	return (0);
}

long
sys_mmap(struct thread *td, uaddr_t addr, size_t len, int prot, int flags,
    int fd, int64_t off)
{
	struct vm_object *obj = NULL;
	int maxprot = PROT_RWX;
	struct file *fp = NULL;
	long r;

	if (off & (int64_t)KPAGE_MASK)
		return (-EINVAL);
	if (!(flags & MAP_ANONYMOUS)) {
		fp = fget(fd);
		if (fp == NULL)
			return (-EBADF);
	}
	if (len == 0) {
		r = -EINVAL;
		goto out;
	}
	if ((prot & PROT_READ) &&
	    (td->td_proc->p_personality & READ_IMPLIES_EXEC) &&
	    !(fp != NULL && fp->f_nch.mp != NULL &&
	    (fp->f_nch.mp->mnt_flags & MNT_NOEXEC)))
		prot |= PROT_EXEC;
	if (fp != NULL) {
		r = check_file(fp, prot, &flags, &maxprot);
		if (r == 0)
			r = fp->f_ops->fo_mmap(fp, prot, flags, &obj);
		if (r != 0)
			goto out;
	}
	r = vm_mmap(td->td_vm, addr, len, prot, flags, obj,
	    fp != NULL ? (uint64_t)off : 0, maxprot);
	if (obj != NULL)
		obj->vo_ops->vo_drop(obj);
out:
	fdrop(fp);
	return (r);
}

long
sys_munmap(struct thread *td, uaddr_t addr, size_t len)
{
	return (vm_munmap(td->td_vm, addr, len));
}

long
sys_mprotect(struct thread *td, uaddr_t addr, size_t len, int prot)
{
	if ((prot & PROT_READ) &&
	    (td->td_proc->p_personality & READ_IMPLIES_EXEC))
		prot |= PROT_EXEC;
	return (vm_mprotect(td->td_vm, addr, len, prot));
}

long
sys_pkey_mprotect(struct thread *td, uaddr_t addr, size_t len, int prot,
    int pkey)
{
	return (pkey == -1 ? sys_mprotect(td, addr, len, prot) : -EINVAL);
}

long
sys_brk(struct thread *td, uaddr_t brk)
{
	return (vm_brk(td->td_vm, brk));
}

long
sys_mremap(struct thread *td, uaddr_t old, size_t oldlen, size_t newlen,
    int flags, uaddr_t new_)
{
	return (vm_mremap(td->td_vm, old, oldlen, newlen, flags, new_));
}

long
sys_msync(struct thread *td, uaddr_t addr, size_t len, int flags)
{
	return (vm_msync(td->td_vm, addr, len, flags));
}

long
sys_mincore(struct thread *td, uaddr_t addr, size_t len, uaddr_t vec)
{
	return (vm_mincore(td->td_vm, addr, len, vec));
}

long
sys_madvise(struct thread *td, uaddr_t addr, size_t len, int advice)
{
	return (vm_madvise(td->td_vm, addr, len, advice));
}

long
sys_mlock(struct thread *td, uaddr_t addr, size_t len)
{
	return (vm_mlock(td->td_vm, addr, len, 0));
}

long
sys_mlock2(struct thread *td, uaddr_t addr, size_t len, int flags)
{
	return (vm_mlock(td->td_vm, addr, len, flags));
}

long
sys_munlock(struct thread *td, uaddr_t addr, size_t len)
{
	return (vm_munlock(td->td_vm, addr, len));
}

long
sys_mlockall(struct thread *td, int flags)
{
	return (vm_mlockall(td->td_vm, flags));
}

long
sys_munlockall(struct thread *td)
{
	return (vm_munlockall(td->td_vm));
}

/* flags are MAP_NONBLOCK or nothing that matters. */
long
sys_remap_file_pages(struct thread *td, uaddr_t addr, size_t size, int prot,
    size_t pgoff, int flags)
{
	return (prot != 0 ? -EINVAL :
	    vm_remap_file(td->td_vm, addr, size, pgoff));
}
