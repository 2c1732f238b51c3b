/*
 * vm.h: address spaces.
 *
 * A struct vmspace records what one guest address space holds: a sorted map of
 * ranges.  The host realises each range by its own mmap, and serves every page
 * fault; what we keep is what the host cannot tell us (names, objects, the
 * limits) and what must survive for /proc, mremap, core dumps.  Map and host
 * change together under vm_lock.
 *
 * Mappable things come in as struct vm_object: vfs (vnodes), ipc (shared
 * memory) implement it.  An entry holds one reference.
 *
 * Rules: a guest can map nothing in the kernel's window, below USER_MIN
 * (vm.mmap_min_addr) or above USER_MAX.  The kernel chooses addresses the way
 * Linux does (top down below the stack; PIE at 0x555555554000 + random).
 */
#ifndef VM_VM_H
#define VM_VM_H

#include "base/mtx.h"
#include "libkern/list.h"
#include "libkern/types.h"

struct jail_config;
struct tc_key;
struct vm_object;
struct ucred;

struct vm_object_ops {
	/*
	 * Give the host descriptor and offset that realise [off, off+len) for
	 * prot and flags (MAP_SHARED needs a writable descriptor when prot or
	 * maxprot has PROT_WRITE).  *fd = -1 asks for anonymous memory.  The
	 * descriptor stays owned by the object and valid while the object is
	 * referenced.  0 or an errno (-ENODEV, -EACCES, -ENOMEM).
	 */
	int	(*vo_map)(struct vm_object *o, uint64_t off, size_t len,
		    int prot, int flags, int *fd, uint64_t *hostoff);
	void	(*vo_ref)(struct vm_object *o);
	void	(*vo_drop)(struct vm_object *o);
	/* For /proc/PID/maps: device, inode, path ("" = none). */
	void	(*vo_name)(struct vm_object *o, uint64_t *dev, uint64_t *ino,
		    char *path, size_t size);
	/*
	 * The key of the file's contents for patched text (textcache.h;
	 * tk_jail is only 0 or not) and a host descriptor that can be read,
	 * borrowed; or an errno.  May be NULL.
	 */
	int	(*vo_textkey)(struct vm_object *o, struct tc_key *key,
		    int *fd);
	/* A mapping was made (+1) or went (-1) with these prot and flags;
	 * may be NULL. */
	void	(*vo_mapped)(struct vm_object *o, int prot, int flags, int n);
};

struct vm_object {
	const struct vm_object_ops *vo_ops;
};

struct vmspace;

struct vm_info {		/* one range, for readers (procfs, core) */
	uaddr_t		vi_start, vi_end;
	int		vi_prot;
	int		vi_flags;	/* MAP_SHARED/PRIVATE, GROWSDOWN ... */
	uint64_t	vi_off;
	uint64_t	vi_dev, vi_ino;
	char		vi_path[256];	/* or "[heap]", "[stack]", "" */
};

void	vm_init(void);
struct vmspace *vm_alloc(void);			/* empty; one reference */
void	vm_hold(struct vmspace *vm);
void	vm_release(struct vmspace *vm);		/* drops the record only */
/* A copy of the record for a forked child.  To keep other threads from changing
 * the map between this and the host's fork, call both between vm_forklock and
 * vm_forkunlock (the parent unlocks; the child's own lock is free). */
struct vmspace *vm_fork(struct vmspace *vm);
void	vm_forklock(struct vmspace *vm);
void	vm_forkunlock(struct vmspace *vm);
/* Layout at random (default) or not (ADDR_NO_RANDOMIZE); before exec maps. */
void	vm_setrandom(struct vmspace *vm, bool on);
/* exec: unmap every guest range of this process on the host and forget it;
 * resets brk and the mmap base.  Cannot fail. */
void	vm_clear(struct vmspace *vm);
/* The host's part of it alone: this process holds no guest any more. */
void	vm_unmapall(void);

/* prot, flags as mmap(2); returns the address or a negative errno.  rlimits
 * are passed in by vm_setlimits.  maxprot: what mprotect may reach. */
long	vm_mmap(struct vmspace *vm, uaddr_t addr, size_t len, int prot,
	    int flags, struct vm_object *obj, uint64_t off, int maxprot);
long	vm_munmap(struct vmspace *vm, uaddr_t addr, size_t len);
long	vm_mprotect(struct vmspace *vm, uaddr_t addr, size_t len, int prot);
long	vm_mremap(struct vmspace *vm, uaddr_t old, size_t oldlen,
	    size_t newlen, int flags, uaddr_t newaddr);
/* pgoff: in pages of the file that is mapped shared at addr. 0 or -EINVAL &c. */
long	vm_remap_file(struct vmspace *vm, uaddr_t addr, size_t len,
	    uint64_t pgoff);
long	vm_brk(struct vmspace *vm, uaddr_t brk);	/* returns new brk */
long	vm_madvise(struct vmspace *vm, uaddr_t addr, size_t len, int advice);
long	vm_msync(struct vmspace *vm, uaddr_t addr, size_t len, int flags);
long	vm_mincore(struct vmspace *vm, uaddr_t addr, size_t len, uaddr_t vec);
long	vm_mlock(struct vmspace *vm, uaddr_t addr, size_t len, int flags);
long	vm_munlock(struct vmspace *vm, uaddr_t addr, size_t len);
long	vm_mlockall(struct vmspace *vm, int flags);
long	vm_munlockall(struct vmspace *vm);
/* Name an anonymous range (prctl PR_SET_VMA; "[stack]", "[vdso]"). */
int	vm_setname(struct vmspace *vm, uaddr_t addr, size_t len,
	    const char *name);

/* exec helpers: where things go. */
void	vm_setbrk(struct vmspace *vm, uaddr_t start);	/* end of bss */
uaddr_t	vm_brkstart(struct vmspace *vm);
uaddr_t	vm_brkcur(struct vmspace *vm);
uaddr_t	vm_stackbase(struct vmspace *vm);
/* Map the main stack of at most limit bytes; returns its top. */
long	vm_mapstack(struct vmspace *vm, size_t limit, int prot);
/* RLIMIT_STACK changed: how far stacks of this process may grow. Called by a
 * thread of the process (the host's limit follows). */
void	vm_setstacklimit(struct vmspace *vm, uint64_t limit);
/* A free place that mmap would choose for hint; nothing is reserved.  align is
 * a power of two.  -ENOMEM. */
long	vm_findspace(struct vmspace *vm, uaddr_t hint, size_t len,
	    size_t align);
/* Where a position-independent program goes. */
uaddr_t	vm_piebase(struct vmspace *vm, size_t align);
void	vm_setlimits(struct vmspace *vm, uint64_t as, uint64_t data,
	    uint64_t memlock);

/* A fault of guest code that the host reported: 0 = retry (grew a stack),
 * else the si_code (SEGV_MAPERR, SEGV_ACCERR). */
int	vm_fault(struct vmspace *vm, uaddr_t addr, bool write, bool exec);

/* Patched text (vm_text.c, vm_textmap.c): the desk at boot; may this program
 * have it (exec: before it maps); bytes from its base on that the image of o
 * needs, itself of len bytes. */
int	vm_text_init(const struct jail_config *jc);
void	vm_settext(struct vmspace *vm, bool on);
size_t	vm_text_need(struct vmspace *vm, struct vm_object *o, size_t len);
/* A call trapped often at pc: has its file patched text by now?  false: do not
 * ask again. */
bool	vm_text_adopt(struct vmspace *vm, uaddr_t pc);
/* The program counter that the guest is shown for pc, and the one to run at
 * for what the guest calls pc. */
uaddr_t	vm_text_show(struct vmspace *vm, uaddr_t pc);
uaddr_t	vm_text_real(struct vmspace *vm, uaddr_t pc);

/* vm_patch.c: hot call sites jump into the kernel instead of trapping. */
void	vm_patch_trap(struct vmspace *vm, uaddr_t pc, uint64_t nr,
	    bool threads);
/* The program counter that the guest is shown for pc, and the one to run at
 * for what the guest calls pc. */
uaddr_t	vm_patch_show(struct vmspace *vm, uaddr_t pc);
uaddr_t	vm_patch_real(struct vmspace *vm, uaddr_t pc);

/* Walk: the first range that ends above addr. false: none. */
bool	vm_next(struct vmspace *vm, uaddr_t addr, struct vm_info *vi);
/* The object under addr, referenced, or NULL. */
struct vm_object *vm_objectat(struct vmspace *vm, uaddr_t addr, uint64_t *off);
struct vm_usage {
	uint64_t	vu_size, vu_data, vu_stack, vu_text, vu_locked; /* bytes */
	uint64_t	vu_peak;
	uint64_t	vu_patched;	/* bytes that have patched text */
	uint64_t	vu_traps;	/* calls that trapped since exec */
	/* kept by exec for /proc/PID/stat, prctl(PR_SET_MM) */
	uaddr_t		vu_code, vu_code_end, vu_stack_start;
	uaddr_t		vu_arg, vu_arg_end, vu_env, vu_env_end;
	uaddr_t		vu_auxv;
	uint32_t	vu_auxv_len;
};
void	vm_usage(struct vmspace *vm, struct vm_usage *vu);
void	vm_setusage(struct vmspace *vm, const struct vm_usage *vu); /* vu_code..*/

#endif
