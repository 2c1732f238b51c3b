/* linux64.h: what the files of linux64 share. */
#ifndef ABI_LINUX64_LINUX64_H
#define ABI_LINUX64_LINUX64_H

#include "kern/sysvec.h"

#define	LINUX64_MAXCALL	480	/* beyond the last number of any kernel */

extern const struct sysent linux64_table[];
extern const struct sysvec linux64_sysvec;

/* linux64_stack.c */
int	linux64_stack(struct thread *td, struct execimg *img, uaddr_t *sp);
void	linux64_setregs(struct thread *td, struct execimg *img, uaddr_t sp);

/* linux64_signal.c */
void	linux64_fetch(struct thread *td, struct trapframe *tf, uint64_t *nr,
	    uint64_t args[6]);
void	linux64_setret(struct thread *td, struct trapframe *tf, long ret);
void	linux64_restart(struct thread *td, struct trapframe *tf,
	    bool restartblock);
int	linux64_sendsig(struct thread *td, const struct ksigaction *act,
	    const struct ksiginfo *si, ksigset_t oldmask);

#endif
