/*
 * blank.h: host processes without a guest, for programs that a vfork child
 * execs (kern_blank.c).
 */
#ifndef KERN_BLANK_H
#define KERN_BLANK_H

#include "base/thread.h"
#include "libkern/types.h"

struct blank;
struct execimg;

int	blank_init(void);	/* 0 or -ENOMEM */
/*
 * td is the last thread of a process that ends: may its host process become a
 * blank one?  NULL: no.  Else the caller must go on to blank_park(), when
 * nobody needs the process any more.
 */
struct blank *blank_offer(struct thread *td);
void	blank_park(struct blank *b, struct thread *td) __noret;
/* For an exec of td, a vfork child; NULL: none.  Not to be given back. */
struct blank *blank_claim(struct thread *td);
/* td goes on in the blank process, with exec_resume(td, img); this host thread
 * goes back to td's lender. */
void	blank_handover(struct thread *td, struct execimg *img,
	    struct blank *b) __noret;
/* The host killed p's process: forget what it may have been about. */
void	blank_lost(struct proc *p);

#endif
