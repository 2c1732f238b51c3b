/*
 * textcache.h: patched text, as the hosted builder makes it and the kernel maps
 * it.
 *
 * For each program file or library whose text has call sites there is at most
 * one cache file: copies of its executable segments in which every site that
 * was proved safe jumps to a trampoline, the trampolines, and a table that
 * tells which guest program counter each trampoline instruction stands for.
 * The builder (lib/text, hosted, with a disassembler) writes it; the kernel
 * (vm/vm_text.c) maps its pages instead of the file's own.  It lies in the
 * user's cache directory, so all jails and all starts share it, or in a memfd
 * where there is no such directory or the file lives in a jail's memory.
 *
 * Layout of a cache file, all offsets from its start:
 *
 *	struct tc_head		at 0
 *	struct tc_pc[th_npc]	at th_pcoff, ascending in both members
 *	segments		at tsg_data, page-aligned, whole pages
 *	trampolines		at th_tramp, page-aligned, whole pages
 *
 * The trampolines of an image lie th_dist bytes behind the address at which
 * file offset 0's virtual address (the image's base, page-aligned lowest
 * p_vaddr) was mapped: behind the image's last page.  The kernel chooses or
 * checks the place; where it is taken, the file's own text is mapped.
 *
 * A trampoline stands for a window of whole instructions [t, t + n) that was
 * replaced by a jump and, but in the first form, holds the call itself:
 *
 *	instructions of the window before the call, relocated
 *	lea  resume(%rip), %rcx		resume: where to go on, see below
 *	jmp  *TC_CALLSLOT		a quad at the head of the trampolines
 *	syscall				second form only, see below
 *	resume: instructions of the window after the call, relocated
 *	jmp  behind the window
 *
 * In the first form the window ends before the call (its bytes stay, a jump
 * straight to them traps) and resume is the address behind the call, in the
 * text itself.  A window that starts with the call has nothing to relocate
 * before.  `cpuid` sites use %rdx instead of %rcx and TC_CPUIDSLOT; all four
 * registers of the result are dead before it but the inputs %eax, %ecx.
 *
 * In both forms the two bytes before resume are the original instruction (0f 05
 * or 0f a2): the kernel goes there when it cannot answer, as for a guest that
 * has a %gs of its own, or for a leaf that the table does not hold.
 *
 * Neither entry keeps the arithmetic flags: they must be dead behind the call
 * (and so are %rcx, %r11 of a `syscall`: the kernel leaves anything there).
 * No return address of a `call` may become interior.
 *
 * Who jumps to a slot of the head finds there the kernel's entry; the builder
 * takes the addresses from here, they are fixed in the kernel's image.
 *
 * Program counters: an entry (tp_text, tp_tramp) says that tramp offset
 * tp_tramp, and those up to the next entry, stand for the guest's tp_text. The
 * other way, an entry with TCP_INTERIOR says that the guest's tp_text has no
 * bytes of its own any more, so that a context with this program counter must
 * go on at tp_tramp.  The lea, the jmp and the original instruction all stand
 * for the call itself; resume for the address behind it.  The jump back stands
 * for the address it goes to.  The first entry of the table has tp_tramp =
 * TC_FIRSTTRAMP at least; what lies before stands for nothing.
 *
 * Trust: the kernel checks every offset and length against the file's size
 * before it uses one.  The builder takes the file for hostile.
 */
#ifndef BASE_TEXTCACHE_H
#define BASE_TEXTCACHE_H

#include "libkern/types.h"

#define	TC_MAGIC	0x3154584554455347ULL	/* "GSETEXT1" */
#define	TC_VERSION	1	/* raise it when the builder's output changes */
#define	TC_MAXSEG	4
#define	TC_ENTRIES	512	/* files known to one jail */
#define	TC_MAXPC	(1u << 20)

/* Fixed entries at the start of the kernel's image: 16 bytes each. */
#define	TC_CALLENTRY	0x648000000000UL	/* see arch/amd64/kernel.ld */
#define	TC_CPUIDENTRY	0x648000000010UL
/* Quads at the head of the trampolines. */
#define	TC_CALLSLOT	0
#define	TC_CPUIDSLOT	8
#define	TC_FIRSTTRAMP	64

/* Which bytes: a change of the file changes its key. */
struct tc_key {
	uint64_t	tk_dev;
	uint64_t	tk_ino;
	uint64_t	tk_size;
	int64_t		tk_mtime;	/* ns */
	int64_t		tk_ctime;	/* ns */
	uint64_t	tk_jail;	/* 0: a host file; else memory of a jail,
					   then never kept on disk */
};

/*
 * A run of whole pages of an executable segment of the file: all of it, or,
 * where that is large, only the pages around its patched sites.  Ascending;
 * all other pages are the file's own.
 */
struct tc_seg {
	uint64_t	tsg_off;	/* in the file, page-aligned */
	uint64_t	tsg_len;	/* whole pages */
	uint64_t	tsg_vaddr;	/* from the image's base */
	uint64_t	tsg_data;	/* in the cache file */
};

struct tc_head {
	uint64_t	th_magic;
	uint32_t	th_version;
	uint32_t	th_nseg;	/* 0: no site worth a patch: use the
					   file; the cache file says so to save
					   the next look */
	struct tc_key	th_key;
	uint64_t	th_size;	/* of the cache file */
	uint64_t	th_span;	/* bytes of address space of the image */
	uint64_t	th_dist;	/* >= th_span, page-aligned */
	uint64_t	th_tramp;
	uint64_t	th_tramplen;
	uint64_t	th_pcoff;
	uint32_t	th_npc;
	uint32_t	th_nsites;	/* patched sites, for statistics */
	uint32_t	th_nleft;	/* sites left to the trap */
	uint32_t	th_pad;
	struct tc_seg	th_seg[TC_MAXSEG];
};

struct tc_pc {
	uint32_t	tp_text;	/* from the image's base */
	uint32_t	tp_tramp;	/* from the first trampoline byte; the
					   top bit is TCP_INTERIOR */
};
#define	TCP_INTERIOR	0x80000000u

/* Name of a key's cache file in the directory: this format, 32 hex digits of
 * a hash (tc_name, base/textcache.c, compiled into both sides). */
#define	TC_NAMELEN	40
void	tc_name(const struct tc_key *key, char name[TC_NAMELEN]);

/*
 * The desk where the kernel leaves its wishes and the builder its answers, in
 * the arena.  te_state goes FREE -> (kernel fills the rest) WANTED, then the
 * warden is woken by r_mail; the builder takes it: BUSY, then READY (te_cachefd
 * is a descriptor that both own for the life of the jail) or NEVER.  An entry
 * whose key is out of date goes back to FREE by the kernel when it has no user
 * (te_users == 0); the kernel then closes te_cachefd.  SEEN is the kernel's own:
 * a file of memory that was mapped once; it asks when it comes again.
 *
 * The kernel makes the desk at boot (root slot KROOT_TEXT); td_dirfd is
 * jail_config's jc_textdir.  A file found there by the kernel becomes READY
 * without the builder.
 */
enum tc_state { TC_FREE, TC_FILLING, TC_WANTED, TC_BUSY, TC_READY, TC_NEVER,
	TC_SEEN };

struct tc_entry {
	uint32_t	te_state;	/* (a) */
	uint32_t	te_users;	/* (a) kernel: mappings */
	int32_t		te_fd;		/* the file, read-only; the builder
					   closes it */
	int32_t		te_cachefd;
	struct tc_key	te_key;
	void		*te_kern;	/* the kernel's own view of the head */
	uint64_t	te_used;	/* (a) ticks of last use */
};

struct tc_desk {
	int32_t		td_dirfd;	/* cache directory, -1 = none */
	uint32_t	td_nwanted;	/* (a) bumped with each WANTED */
	struct tc_entry	td_ent[TC_ENTRIES];
};

#endif
