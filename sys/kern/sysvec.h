/*
 * sysvec.h: what differs between ABIs, one vector per personality.
 *
 * The core has no `if (abi == ...)`.  A process points to its sysvec from exec
 * on; filled with designated initializers in sys/abi/<abi>/<abi>_sysvec.c.
 */
#ifndef KERN_SYSVEC_H
#define KERN_SYSVEC_H

#include "libkern/signal.h"
#include "libkern/types.h"

struct execimg;
struct ksiginfo;
struct thread;
struct trapframe;

typedef long	syscall_fn(struct thread *td, const uint64_t *args);

#define	SE_FULL		2	/* CF_TRAPONLY: needs a whole context */
struct sysent {
	syscall_fn	*se_call;	/* NULL: number unknown: ENOSYS */
	const struct calldesc *se_desc;	/* abi/calls.h: decoder's row */
	uint32_t	se_flags;	/* CF_* of abi/calls.h */
};

struct sysvec {
	const char	*sv_name;	/* "linux64" */
	int		sv_id;		/* ABI_* of abi/calls.h */
	uint8_t		sv_osabi;	/* EI_OSABI that brands a file */
	const char	*sv_notename;	/* ABI note's owner, "GNU", "FreeBSD" */
	/* Does the note's text name this system?  NULL: the owner suffices. */
	bool	(*sv_notecheck)(const void *desc, size_t len);
	const char	*const *sv_interps; /* interpreter paths that brand */
	const char	*sv_emul;	/* emulation root or NULL */
	const struct sysent *sv_table;
	unsigned	sv_ncalls;
	bool		sv_fastentry;	/* calls change %rax alone: sites may
					   be patched (vm/vm_patch.c) */
	uaddr_t		sv_usermax;	/* end of guest addresses */

	/* Fetch number and six arguments from the frame. */
	void	(*sv_fetch)(struct thread *td, struct trapframe *tf,
		    uint64_t *nr, uint64_t args[6]);
	/* Put a result (>= 0 or -errno, native) into the frame. */
	void	(*sv_setret)(struct thread *td, struct trapframe *tf, long ret);
	/* Set the frame back to re-execute the call instruction. */
	void	(*sv_restart)(struct thread *td, struct trapframe *tf,
		    bool restartblock);
	/* Build a handler's frame; -EFAULT kills with SIGSEGV. */
	int	(*sv_sendsig)(struct thread *td, const struct ksigaction *act,
		    const struct ksiginfo *si, ksigset_t oldmask);
	/* exec: build the initial stack at *sp (strings, auxv, argv, argc). */
	int	(*sv_stack)(struct thread *td, struct execimg *img,
		    uaddr_t *sp);
	/* exec: the registers of a fresh program. */
	void	(*sv_setregs)(struct thread *td, struct execimg *img,
		    uaddr_t sp);
};

/* Registered at boot by sys/init; looked up by the ELF activator. */
int	sysvec_register(const struct sysvec *sv);
const struct sysvec *sysvec_nth(unsigned i);
const struct sysvec *sysvec_byname(const char *name);
/* The brand of files that show none: the configured one, else the first. */
const struct sysvec *sysvec_fallback(void);

#endif
