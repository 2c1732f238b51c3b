/*
 * textrun.h: run functions of a program file as they are and with their text
 * patched, and compare what they do.
 *
 * The file is loaded twice at one address.  The first time every `syscall`
 * traps (Syscall User Dispatch); the second time patched sites enter a stub in
 * the kernel's place, which destroys all that the kernel may destroy: flags,
 * %rcx, %r11.  Both note the registers of each call and answer alike.
 */
#ifndef TEXTRUN_H
#define TEXTRUN_H

#include <stdbool.h>
#include <stdint.h>

#define	RUN_BASE	0x10000000000UL	/* where files are loaded */
#define	RUN_MAXCALLS	512

struct run_regs {	/* the order is known to the assembly */
	uint64_t	rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11,
			r12, r13, r14, r15;
	uint64_t	flags;
};

struct run_call {
	uint64_t	pc;	/* behind the call */
	struct run_regs	regs;
};

struct run_trace {
	unsigned	n;
	struct run_call	call[RUN_MAXCALLS];
	struct run_regs	end;	/* of the function */
	uint8_t		memory[256];
	unsigned	ntrapped, njumped;
};

/* A loaded file. */
struct run_image {
	uint32_t	im_entry;	/* e_entry - base */
	uint64_t	im_len;
	const struct tc_head *im_head;	/* patched: the cache file, mapped */
};

void	run_init(void);
bool	run_load(struct run_image *im, const char *file, const char *cache);
void	run_unload(struct run_image *im);
/* One function at an offset from the base, registers from seed. */
void	run_function(const struct run_image *im, uint32_t addr, uint64_t seed,
	    struct run_trace *tr);
/* NULL, or what differs. */
const char *run_compare(const struct run_trace *a, const struct run_trace *b);
/* Everything about the file is as textcache.h says; NULL or what is not. */
const char *run_check_table(const struct run_image *im);

#endif
