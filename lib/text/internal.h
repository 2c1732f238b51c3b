/*
 * internal.h: what the files of lib/text share.
 *
 * elf.c      the file: segments and sections, copied on demand
 * dis.c      the disassembler (libZydis)
 * extent.c   where functions begin and end: .eh_frame, symbols
 * gotab.c    the same from Go's own table
 * target.c   what may be jumped to, seen from the whole text
 * func.c     one function: decoded, its targets marked, its flow followed
 * live.c     what is read behind a call
 * window.c   the choice of the bytes to replace
 * text.c     all of it together
 * emit.c     trampolines, table, cache file
 * textdir.c  the directory of cache files
 * serve.c    the builder of a jail
 * wire.c     what guise itself needs of all this
 *
 * An address is an offset from the image's base (page-aligned lowest p_vaddr)
 * and fits in 31 bits: larger images are refused.
 */
#ifndef TEXT_INTERNAL_H
#define TEXT_INTERNAL_H

#include "libkern/types.h"
#include "text/text.h"

#define	TX_MAXSEG	16
#define	TX_MAXSPAN	(1u << 30)
#define	TX_MAXFUNC	(4u << 20)	/* bytes of a function we look at */
#define	TX_BUDGET	(64u << 20)	/* bytes of all functions of a file */
#define	TX_MAXSYM	16384u		/* symbols that hold a site */
#define	TX_NONE		UINT32_MAX

/* --- elf.c ---------------------------------------------------------------- */

struct tseg {
	uint32_t	sg_addr;
	uint32_t	sg_memsz;
	uint64_t	sg_off;
	uint32_t	sg_filesz;
	bool		sg_text;	/* executable and not writable */
};

struct tsection {
	char		sc_name[24];
	uint32_t	sc_type;
	uint32_t	sc_link;
	uint64_t	sc_vaddr, sc_off, sc_size;
};

struct telf {
	int		f_fd;
	uint64_t	f_size;
	uint8_t		*f_data;	/* f_size bytes, zero where not read */
	uint8_t		*f_have;	/* per block: 1 = read */
	uint64_t	f_base;		/* vaddr of address 0 */
	uint32_t	f_span;
	unsigned	f_nseg;
	struct tseg	f_seg[TX_MAXSEG];
	uint32_t	f_ehhdr, f_ehhdrlen;	/* 0: none */
	unsigned	f_nsec;
	struct tsection	*f_sec;
};

bool	telf_open(struct telf *f, int fd, uint64_t size);
void	telf_close(struct telf *f);
/* Bytes by file offset or by address; NULL when not all there. */
const uint8_t *telf_off(struct telf *f, uint64_t off, uint64_t len);
const uint8_t *telf_addr(struct telf *f, uint32_t addr, uint32_t len);
/* The text that holds addr: its bytes, and how many follow. NULL: none. */
const uint8_t *telf_text(const struct telf *f, uint32_t addr, uint32_t *len);

static inline uint16_t
ld16(const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return (v);
}

static inline uint32_t
ld32(const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return (v);
}

static inline uint64_t
ld64(const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return (v);
}

/* --- dis.c ---------------------------------------------------------------- */

enum tkind {
	TK_PLAIN,	/* goes on with the next instruction */
	TK_JCC,		/* conditional, has a 32-bit form */
	TK_JMP,
	TK_LOOP,	/* conditional, cannot be moved */
	TK_CALL,
	TK_CALLIND,
	TK_JMPIND,
	TK_RET,
	TK_STOP,	/* faults or traps: hlt, ud2, int3 */
	TK_SYSCALL,
	TK_CPUID,
	TK_STD,		/* sets the direction flag */
	TK_FIXED,	/* plain, but must stay where it is */
};

struct tinsn {
	uint32_t	i_addr;
	uint32_t	i_target;	/* of a direct branch, else TX_NONE */
	uint8_t		i_len;
	uint8_t		i_kind;
	uint8_t		i_disp;		/* offset of a rip-relative operand's
					   displacement, 0 = none */
	uint8_t		i_cc;		/* TK_JCC: the condition's 4 bits */
	uint8_t		i_reach;
};

/* Decode the instruction at p (n bytes may be read): false if it is none. */
bool	dis_insn(const uint8_t *p, size_t n, uint32_t addr, struct tinsn *in);

/* What an instruction reads and writes, of what a call leaves changed. */
#define	TL_FLAGS	0x08d5u	/* OF SF ZF AF PF CF */
#define	TL_RCX		0x10000u
#define	TL_R11		0x20000u
bool	dis_effect(const uint8_t *p, size_t n, uint32_t *reads,
	    uint32_t *writes);

/* --- extent.c, gotab.c ---------------------------------------------------- */

struct textent {
	uint32_t	x_start, x_end;
	bool		x_lsda;		/* has landing pads */
	bool		x_signal;	/* a signal frame */
};

struct text {
	struct telf	t_elf;
	struct text_site *t_site;	/* ascending */
	unsigned	t_nsite;
	struct textent	*t_sym;		/* of symbols that hold a site */
	unsigned	t_nsym;
	uint8_t		*t_near;	/* bit per 64 bytes: near a site */
	uint32_t	*t_target;	/* near sites: jumped to, or a start */
	unsigned	t_ntarget, t_captarget;
	/* Go's table */
	uint32_t	t_gotab, t_gon, t_gotext;
	uint8_t		t_gosize;	/* bytes of a pointer there: 0 = none */
	uint32_t	t_budget;	/* bytes that may still be decoded */
};

/* Learn symbols and tables; adds each function's start to the targets. */
void	extent_learn(struct text *t);
bool	extent_find(struct text *t, uint32_t addr, struct textent *x);
void	gotab_learn(struct text *t);
bool	gotab_find(struct text *t, uint32_t addr, struct textent *x);

/* --- target.c ------------------------------------------------------------- */

bool	target_near(const struct text *t, uint32_t addr);
void	target_add(struct text *t, uint32_t addr);
bool	target_learn(struct text *t);	/* needs t_site; false: no memory */
void	target_scan(struct text *t);
void	target_sort(struct text *t);
/* Index of the first target >= addr. */
unsigned target_lower(const struct text *t, uint32_t addr);

/* --- func.c --------------------------------------------------------------- */

#define	FM_INSN		1u	/* an instruction begins here */
#define	FM_TARGET	2u	/* something jumps here, or may */

struct tfunc {
	struct textent	fn_x;
	const uint8_t	*fn_text;	/* of x_start */
	struct tinsn	*fn_insn;
	unsigned	fn_ninsn, fn_capinsn;
	uint8_t		*fn_mark;	/* FM_* per byte */
	uint32_t	fn_capmark;
	uint32_t	*fn_stack;
	unsigned	fn_capstack;
	bool		fn_ok;		/* decoded whole */
	bool		fn_indirect;	/* jumps through what is not known */
	bool		fn_std;
};

void	func_decode(struct text *t, const struct textent *x,
	    struct tfunc *fn);
/* Index of the instruction at addr, or TX_NONE. */
uint32_t func_index(const struct tfunc *fn, uint32_t addr);
void	func_free(struct tfunc *fn);

/* --- live.c, window.c ------------------------------------------------------- */

/* Is all of what (TL_*) written before it is read, from addr on? */
bool	live_dead(const struct text *t, uint32_t addr, uint32_t what);
/* Choose; fills the site.  free: bytes below are in use by the one before. */
void	window_choose(struct text *t, struct tfunc *fn, struct text_site *ts,
	    uint32_t free);

#endif
