/* linux_wait.h: what calls that wait share at their edge (linux_poll.c). */
#ifndef ABI_LINUX_LINUX_WAIT_H
#define ABI_LINUX_LINUX_WAIT_H

#include "libkern/types.h"

struct thread;

/* A guest's relative timespec as a deadline; uts = 0: none. -EFAULT, -EINVAL. */
int	ts_deadline(uaddr_t uts, nsec_t *deadline);
/* A temporary signal mask: 1 = installed, 0 = none wanted, or an errno. */
int	mask_user(struct thread *td, uaddr_t uset, size_t size);

#endif
