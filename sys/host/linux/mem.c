/* mem.c: host memory calls (mmap(2) and its family). */
#include "host/host.h"
#include "host/linux/hostcall.h"

#include <asm/errno.h>
#include <linux/memfd.h>

#ifndef MFD_EXEC
#define	MFD_EXEC	0x0010U
#endif
#ifndef MFD_NOEXEC_SEAL
#define	MFD_NOEXEC_SEAL	0x0008U
#endif

long
host_mmap(uaddr_t addr, size_t len, int prot, int flags, int fd, uint64_t off)
{
	return (HC(mmap, addr, len, prot, flags, fd, off));
}

int
host_munmap(uaddr_t addr, size_t len)
{
	return ((int)HC(munmap, addr, len));
}

int
host_mprotect(uaddr_t addr, size_t len, int prot)
{
	return ((int)HC(mprotect, addr, len, prot));
}

long
host_mremap(uaddr_t old, size_t oldlen, size_t newlen, int flags,
    uaddr_t newaddr)
{
	return (HC(mremap, old, oldlen, newlen, flags, newaddr));
}

int
host_madvise(uaddr_t addr, size_t len, int advice)
{
	return ((int)HC(madvise, addr, len, advice));
}

int
host_msync(uaddr_t addr, size_t len, int flags)
{
	return ((int)HC(msync, addr, len, flags));
}

int
host_mincore(uaddr_t addr, size_t len, uaddr_t vec)
{
	return ((int)HC(mincore, addr, len, vec));
}

int
host_mlock(uaddr_t addr, size_t len)
{
	return ((int)HC(mlock, addr, len));
}

int
host_munlock(uaddr_t addr, size_t len)
{
	return ((int)HC(munlock, addr, len));
}

/*
 * An executable memfd must be asked for since 6.3, and older hosts do not know
 * the flag.  Where vm.memfd_noexec forbids it, an unlinked file serves.
 */
int
host_memfd(const char *name, int flags)
{
	unsigned f = MFD_CLOEXEC;
	long fd;

	if (flags & HOST_MEMFD_SEALS)
		f |= MFD_ALLOW_SEALING;
	fd = HC(memfd_create, name, f | (flags & HOST_MEMFD_EXEC ? MFD_EXEC :
	    0));
	if (fd == -EINVAL)
		fd = HC(memfd_create, name, f);
	if (fd == -EACCES && (flags & HOST_MEMFD_EXEC)) {
		static const char *const dirs[] = { "/dev/shm", "/tmp",
		    "/var/tmp" };

		for (size_t i = 0; i < nitems(dirs) && fd < 0; i++)
			fd = HC(openat, -100, dirs[i], 020200000 | 2 |
			    02000000, 0700);	/* O_TMPFILE | O_RDWR */
	}
	return ((int)fd);
}
