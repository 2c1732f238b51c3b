/*
 * kernimg.h: the kernel's file, guise-kern: a static ELF linked at a fixed
 * address.  It is checked as if it were hostile before anything is mapped.
 */
#ifndef JAIL_KERNIMG_H
#define JAIL_KERNIMG_H

#include <stddef.h>
#include <stdint.h>

#include "jail/error.h"

#define	KERNIMG_MAXSEG	8

struct kernseg {
	uint64_t	ks_addr;	/* page aligned */
	uint64_t	ks_off;		/* page aligned */
	uint64_t	ks_len;		/* bytes, rounded up to pages */
	int		ks_prot;	/* PROT_* */
};

struct kernimg {
	int		ki_fd;
	char		ki_path[4096];
	uint64_t	ki_entry;
	unsigned	ki_nseg;
	struct kernseg	ki_seg[KERNIMG_MAXSEG];
};

/* Find, open and check it. */
int	kernimg_open(struct kernimg *ki, struct jerr *e);
/* Map the segments at their addresses. */
int	kernimg_map(const struct kernimg *ki, struct jerr *e);
/* Name of the function that holds pc: "name+0x12" into buf, or "". */
void	kernimg_symbol(const struct kernimg *ki, uint64_t pc, char *buf,
	    size_t n);

#endif
