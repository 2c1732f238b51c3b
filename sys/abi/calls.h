/*
 * calls.h: the one table of system calls (DESIGN section 6).
 *
 * Rows stand in abi/calls/<area>.def:
 *
 *	CALL(name, nr64, nr32, nrfb, RET, FLAGS, SUPPORT, ARGS, "note")
 *
 * name	  the call; its function is sys_<name>
 * nr64	  number in linux64, or NA; nr32 in linux32; nrfb in freebsd64
 * RET	  how the result prints: INT FD SSIZE PTR PID NONE HEX
 * FLAGS  0, or CF_* below, or-ed
 * SUPPORT FULL, PARTIAL, STUB (returns success without effect: the note says
 *	  why), MISSING (returns the errno named in the note; MISSING rows use
 *	  the macro MISS below)
 * ARGS	  A0() .. A6(kind, name, ...)
 *
 *	MISS(name, nr64, nr32, nrfb, ERRNO, "why")
 *
 * Kinds and their C types in sys_<name>(struct thread *td, ...):
 *	FD DIRFD INT PID SIG MODE UINT UID CLOCK WHENCE   int / unsigned int
 *	LONG OFF SIZE ULONG FLAGS64		(unsigned) long
 *	OFLAGS MPROT MFLAGS ATFLAGS CLFLAGS ...	flag sets: int or long
 *	PATH STR				uaddr_t of a NUL-terminated string
 *	INBUF OUTBUF				uaddr_t; the length is the next SIZE
 *	IOVEC PTR STRUCTs (STAT TIMESPEC SIGSET SIGACTION SOCKADDR ...) uaddr_t
 * The full list with types is in calls_kinds.def.
 *
 * One template, abi/calls_gen.h, expands the rows into prototypes, dispatch
 * tables, decoder rows and the list that `guise syscalls` prints.
 */
#ifndef ABI_CALLS_H
#define ABI_CALLS_H

#include "libkern/types.h"

enum abi_id { ABI_LINUX64, ABI_LINUX32, ABI_FREEBSD64, ABI_COUNT };

#define	NA	(-1)

enum call_support { CS_FULL, CS_PARTIAL, CS_STUB, CS_MISSING };

#define	CF_NORESTART	1	/* never restarted after a handler */
#define	CF_TRAPONLY	2	/* needs a full context: fork, exec, sigreturn */

#define	KIND(kind, type)	AK_##kind,
enum argkind { AK_NONE,
#include "abi/calls_kinds.def"
AK_COUNT };
#undef KIND

enum callret { CR_INT, CR_FD, CR_SSIZE, CR_PTR, CR_PID, CR_NONE, CR_HEX };

struct calldesc {
	const char	*cd_name;
	int16_t		cd_nr[ABI_COUNT];
	uint8_t		cd_ret;		/* CR_* */
	uint8_t		cd_support;	/* CS_* */
	uint8_t		cd_flags;	/* CF_* */
	uint8_t		cd_nargs;
	uint8_t		cd_kind[6];	/* AK_* */
	const char	*cd_arg[6];
	const char	*cd_note;
	int16_t		cd_errno;	/* of missing calls */
};

/* tracecopy.c: calls, signals and exits of a traced jail are reported; of one
 * that is traced from its start `now` says what. */
struct trace_want;
struct thread;
void	abi_trace_init(const struct trace_want *now);
void	abi_trace_first(struct thread *td, const char *path,
	    char *const *argv, char *const *envp);

extern const struct calldesc calldescs[];
extern const unsigned ncalldescs;

#endif
