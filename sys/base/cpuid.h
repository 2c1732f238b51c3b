/*
 * cpuid.h: answers of the `cpuid` instruction, as the warden measured them and
 * as patched sites read them (arch/amd64/cpuid.S).
 *
 * In a virtual machine each `cpuid` leaves it: microseconds, and every glibc
 * program executes dozens of them at its start.  The table lies in the arena,
 * read-only after the start of the jail: a directory with one quad per leaf of
 * the three ranges, and rows of four registers.  Leaves that tell about the CPU
 * they run on (APIC ids) have one row per CPU.  What the table does not hold,
 * the instruction itself answers.
 *
 * It is also where features are masked (--cpu-mask).
 */
#ifndef BASE_CPUID_H
#define BASE_CPUID_H

#include "libkern/types.h"

/* Leaf L is in the directory when (L & CPUID_NOTLEAF) == 0. */
#define	CPUID_NOTLEAF	0x3fffffc0u
#define	CPUID_INDEX(l)	(((l) >> 24) | ((l) & 63))
#define	CPUID_NDIR	256

struct cpuid_dir {
	uint16_t	cd_row;		/* first row, from the table's start */
	uint16_t	cd_nsub;	/* sub-leaves held; 0: leaf not held */
	uint16_t	cd_stride;	/* rows per CPU, 0: all CPUs agree */
	int16_t		cd_submask;	/* -1, or 0: the leaf ignores %ecx */
};

struct cpuid_row {
	uint32_t	cr_eax, cr_ebx, cr_ecx, cr_edx;
};
#define	CPUID_NOROW	0xffffffffu	/* cr_eax: not measured */

struct cpuid_table {
	struct cpuid_dir ct_dir[CPUID_NDIR];
	uint32_t	ct_ncpu;
	uint32_t	ct_nrows;	/* with those that the head fills */
	uint32_t	ct_masked;	/* 1: features are hidden */
	uint32_t	ct_pad;
	struct cpuid_row ct_row[];
};

#endif
