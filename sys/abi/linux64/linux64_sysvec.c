/* linux64_sysvec.c: the personality of 64-bit Linux programs. */
#include "abi/calls.h"
#include "abi/linux64/linux64.h"
#include "base/arena.h"
#include "libkern/str.h"

#define	ELFOSABI_LINUX	3

static const char *const interps[] = {
	"/lib64/ld-linux-x86-64.so.2",
	"/lib/ld-linux-x86-64.so.2",
	"/lib/ld-musl-x86_64.so.1",
	NULL
};

/* NT_GNU_ABI_TAG: the first word is the system, 0 = Linux. */
static bool
is_linux_note(const void *desc, size_t len)
{
	uint32_t os;

	if (len < sizeof(os))
		return (false);
	memcpy(&os, desc, sizeof(os));
	return (os == 0);
}

const struct sysvec linux64_sysvec = {
	.sv_name	= "linux64",
	.sv_id		= ABI_LINUX64,
	.sv_osabi	= ELFOSABI_LINUX,
	.sv_notename	= "GNU",
	.sv_notecheck	= is_linux_note,
	.sv_interps	= interps,
	.sv_table	= linux64_table,
	.sv_fastentry	= true,
	.sv_ncalls	= LINUX64_MAXCALL + 1,
	.sv_usermax	= USER_MAX,
	.sv_fetch	= linux64_fetch,
	.sv_setret	= linux64_setret,
	.sv_restart	= linux64_restart,
	.sv_sendsig	= linux64_sendsig,
	.sv_stack	= linux64_stack,
	.sv_setregs	= linux64_setregs,
};
