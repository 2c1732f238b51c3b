/* machdep.h: private to arch/amd64, and for sys/init's boot. */
#ifndef ARCH_AMD64_MACHDEP_H
#define ARCH_AMD64_MACHDEP_H

#include "libkern/types.h"

struct host_ucontext;
struct ksiginfo;
struct kstack;
struct thread;
struct trapframe;

void	hostsig_entry(int sig, struct ksiginfo *si, struct host_ucontext *uc);
void	arch_return(struct thread *td) __noret;
void	arch_call_on(uaddr_t sp, void (*fn)(void *), void *arg) __noret;
/* Bytes of the fast entry's frame at the top of each area's stack. */
#define	FAST_FRAME	208
/* Top of the usable stack of an area. */
uaddr_t	arch_area_top(uaddr_t area);
/* The area that we run on, as the host's alternate signal stack. */
void	arch_area_stack(struct kstack *ss);
/* Catch host signals and trap calls from here on. how: 1 SUD, 2 seccomp. */
int	arch_trap_init(int how);
/* Enter the guest for the first time in this jail: fn(td) runs with a whole
 * context under it, sets the frame by exec, and returns. */
void	arch_boot_enter(struct thread *td, void (*fn)(struct thread *)) __noret;

/* Make `cpuid` fault where features are hidden; and what to do then: true, it
 * was answered. */
void	arch_cpuid_init(void);
bool	arch_cpuid_fault(struct trapframe *tf);

#endif
