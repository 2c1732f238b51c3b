/*
 * arena.h: where the jail's kernel lives, and the arena's root.
 *
 * The window 0x648000000000-0x700000000000 belongs to the kernel in every
 * process of the jail; a guest can map nothing there.  It lies where no
 * sanitizer's run time keeps anything: AddressSanitizer's allocator has a bit
 * more than 0x600000000000-0x640000000000 or, newer, as much at
 * 0x500000000000; MemorySanitizer and ThreadSanitizer only fence it off.
 *
 *	KERN_BASE	kernel text and rodata (guise-kern)
 *	ARENA_BASE	the arena: a memfd, MAP_SHARED, the same in every process
 *	VDSO_BASE	the host's vDSO, moved here
 *	TAREA_BASE	per-thread areas (private memory of each process)
 *	SCRATCH_BASE	private scratch mappings of the kernel in one process
 *
 * Kernel, vDSO and the first areas lie in one stretch of 2 MB: each fork makes
 * the host's page tables anew, and so they share them all.
 *
 * The arena starts with struct root.  Each subsystem hangs its own root
 * structure into a slot at boot, before the first guest process starts; a slot
 * never changes after that, so it is read without a lock.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "host/area.h"
#include "libkern/types.h"

#define	KWIN_BASE	0x648000000000UL
#define	KWIN_END	0x700000000000UL
#define	KERN_BASE	0x648000000000UL
#ifdef GUISE_HOSTED		/* the sanitizer's heap has the place */
#define	ARENA_BASE	0x680000000000UL
#else
#define	ARENA_BASE	0x649000000000UL
#endif
#define	ARENA_MAX	0x004000000000UL	/* 256 GiB of addresses */
#define	VDSO_BASE	(KERN_BASE + 0x180000UL)
#define	TAREA_BASE	(KERN_BASE + 0x1c0000UL)
#define	TAREA_END	0x649000000000UL
#define	SCRATCH_BASE	0x670000000000UL
#define	SCRATCH_END	0x680000000000UL

#define	USER_MIN	0x1000UL
#define	USER_MAX	0x7ffffffff000UL

enum kroot_slot {
	KROOT_KMEM,
	KROOT_REC,
	KROOT_VM,
	KROOT_VFS,
	KROOT_KERN,
	KROOT_TIME,
	KROOT_IPC,
	KROOT_NET,
	KROOT_TTY,
	KROOT_TMPFS,
	KROOT_HOSTFS,
	KROOT_UNIONFS,
	KROOT_PSEUDO,
	KROOT_PROCFS,
	KROOT_SYSFS,
	KROOT_DEVFS,
	KROOT_DEVPTS,
	KROOT_ABI,
	KROOT_TEXT,	/* struct tc_desk, base/textcache.h */
	KROOT_VFSHOOKS,	/* struct vfs_hooks, vfs/file.h */
	KROOT_CPUID,	/* struct cpuid_table, base/cpuid.h, or NULL */
	KROOT_EXPORT,	/* what init_export.c remembers */
	KROOT_NSLOTS = 32
};

struct jail_config;

/* What warden and kernel tell each other.  The warden treats all but its own
 * fields as hostile input. */
#define	ARENA_MAGIC	0x4755495345303031ULL	/* "GUISE001" */
struct root {
	uint64_t	r_magic;
	uint64_t	r_size;		/* bytes of the arena, multiple of a page */
	int32_t		r_memfd;	/* host fd of the arena */
	int32_t		r_kernfd;	/* host fd of the kernel's file */
	uint32_t	r_trace;	/* a tracer listens: base/trace.h */
	uint32_t	r_pad;
	void		*r_sub[KROOT_NSLOTS];
	struct jail_config *r_config;	/* what the warden asked for */
	uint64_t	r_config_size;
	uint64_t	r_vdso;		/* moved vDSO's ELF header, 0 = none */
	uint64_t	r_features;	/* ROOTF_* */

	/* warden <-> kernel mailbox: futex words */
	uint32_t	r_mail;		/* kernel bumps and wakes: look here */
	uint32_t	r_done;		/* 1: jail over, r_status valid */
	int32_t		r_status;	/* wait status of the main process */
	uint32_t	r_stopped;	/* main process is stopped (job control) */
	uint32_t	r_sigbox;	/* warden sets bits: N = signal N for the
					   guest, 0 = look for PF_LOST */
	uint32_t	r_wardenpid;
	uint32_t	r_panic;	/* kernel panicked: r_panicmsg valid */
	uint32_t	r_hostfds;	/* soft limit of host descriptors */
	/* clock.c: the time for files, and when it was asked for */
	uint32_t	r_coarseseq;	/* odd: changing */
	uint64_t	r_coarsetsc;	/* time stamp counter */
	struct timespec64 r_coarse;
	char		r_panicmsg[4096];

	uint64_t	r_vclock;	/* the moved vDSO's clock_gettime, or 0 */
	struct host_fpsw r_fpsw;	/* the host's saved extended state;
					   set before the first guest runs */
};
#define	ROOTF_SUD	1	/* trap by syscall user dispatch */
#define	ROOTF_SECCOMP	2	/* trap by seccomp */
#define	ROOTF_FSGSBASE	4
#define	ROOTF_ROOT	8	/* host uid is 0 */
#define	ROOTF_PATCH	16	/* hot call sites are patched */

#ifdef GUISE_HOSTED
extern struct root *test_root;		/* unit tests place it themselves */
#define	kroot()		(test_root)
#else
#define	kroot()		((struct root *)ARENA_BASE)
#endif

#endif
