/*
 * text.h: patched text for the kernel: find the call sites of a program file,
 * prove which can be replaced, write the cache file (base/textcache.h).
 *
 *	text_open	the file's bytes, copied as far as they are needed
 *	text_analyze	sites, extents, windows
 *	text_write	the cache file into a descriptor
 *	text_close
 *
 * textdir.h keeps those files in a directory, textdesk.h serves a jail.
 *
 * The file is hostile input throughout.  What is wrong with it makes it a
 * file without fit sites, never an error of ours.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/textcache.h"

enum text_form {
	TEXT_LEFT,		/* to the trap; ts_why says why */
	TEXT_BEFORE,		/* the window ends before the call */
	TEXT_AROUND,		/* the call is in the window */
	TEXT_NOCALL,		/* these bytes are inside of an instruction */
};

enum text_why {
	TEXT_FIT,
	TEXT_NOEXTENT,		/* in no function that we know */
	TEXT_UNDECODED,		/* the function is not all instructions */
	TEXT_UNREACHED,		/* no way from the function's start to it */
	TEXT_FLAGS,		/* flags, %rcx or %r11 may be read behind it */
	TEXT_ENTERED,		/* something jumps into each window */
	TEXT_INDIRECT,		/* a jump that could go anywhere */
	TEXT_BOUND,		/* what is beside it cannot be moved */
	TEXT_SPECIAL,		/* a signal return, or the direction flag */
	TEXT_NWHY
};

struct text_site {
	uint32_t	ts_addr;	/* of the call, from the image's base */
	uint32_t	ts_start;	/* the window */
	uint32_t	ts_end;
	uint8_t		ts_cpuid;	/* 1: cpuid, 0: syscall */
	uint8_t		ts_form;	/* enum text_form */
	uint8_t		ts_why;		/* enum text_why */
};

struct text;

/* NULL when this is no file for us (or without memory). */
struct text *text_open(int fd, uint64_t size);
void	text_close(struct text *t);
/* False: without memory, or a disassembler that we do not know. */
bool	text_analyze(struct text *t);
const struct text_site *text_sites(const struct text *t, unsigned *n);
uint64_t text_vaddr(const struct text *t, uint32_t addr);
const char *text_why(unsigned why);
/* Write all of the cache file, once; 0 or -1 with errno.  Call it when no site
 * fits as well: the file then says so. */
int	text_write(struct text *t, const struct tc_key *key, int fd);

/* Prepare the disassembler. */
bool	text_init(void);

#endif
