/*
 * sigctx.h: the host's signal context on amd64, and the host signals that the
 * kernel uses.  Layouts are the host ABI's (sigreturn(2), <asm/sigcontext.h>).
 */
#ifndef HOST_SIGCTX_H
#define HOST_SIGCTX_H

#include "host/area.h"
#include "libkern/signal.h"
#include "libkern/types.h"

struct host_ucontext {
	uint64_t	uc_flags;
	uint64_t	uc_link;
	struct kstack	uc_stack;
	/* struct sigcontext */
	uint64_t	uc_gregs[18];	/* r8..r15 di si bp bx dx ax cx sp ip fl */
	uint16_t	uc_cs, uc_gs, uc_fs, uc_ss;
	uint64_t	uc_err, uc_trapno, uc_oldmask, uc_cr2;
	uint64_t	uc_fpstate;
	uint64_t	uc_reserved[8];
	uint64_t	uc_sigmask;
};
#define	UC_FP_XSTATE		1
#define	UC_SIGCONTEXT_SS	2
#define	UC_STRICT_RESTORE_SS	4
#define	UCREG_RSP	15
#define	UCREG_RIP	16
#define	UCREG_RFLAGS	17
#define	UCREG_RAX	13

/* struct host_fpsw (host/area.h) in the legacy part of the save area. */
#define	FPSW_OFFSET	464
#define	FP_XSTATE_MAGIC1 0x46505853U
#define	FP_XSTATE_MAGIC2 0x46505845U
#define	FP_LEGACY_SIZE	512
#define	XSAVE_HDR_OFF	512
#define	XSAVE_HDR_SIZE	64

#define	HOST_SIGKICK	62
#define	HOST_SIGTIMER	61
#define	SYS_SECCOMP_	1
#define	SYS_USER_DISPATCH_ 2

typedef void host_sighandler(int sig, struct ksiginfo *si,
    struct host_ucontext *uc);

/* Install handler (an assembly entry) for every signal the kernel handles, and
 * ignore the others that the host may send. */
int	host_sig_setup(host_sighandler *handler);
int	host_sigaltstack(uaddr_t base, size_t size);
int	host_sigblock(ksigset_t set);
/* Trap all calls made outside [text, text+len). ROOTF_SUD or ROOTF_SECCOMP
 * as `how` (1, 2); 0 or errno.  SUD is per thread, seccomp is inherited. */
int	host_trap_on(int how, uaddr_t text, size_t len);
/* Die with the parent; -ESRCH when it is gone already. */
int	host_pdeathsig(int parentpid);
/* Plain fork with a shared descriptor table; in the child 0.  *pid is the
 * child's before it runs; *alive is cleared by the host when it is gone. */
long	host_fork(int32_t *pid, uint32_t *alive);
/* A thread in this process: starts on stack (its two top words are function and
 * argument). */
long	host_thread_clone(uaddr_t stack, int *hosttid, uint32_t *alive);
int	host_arch_prctl(int code, uint64_t v);
/* Move the host's vDSO and its data pages to `at`: address of its ELF header,
 * or 0 when it cannot be moved (then *end is its old place). */
uaddr_t	host_vdso_move(uaddr_t at);
uaddr_t	host_vdso_find(uaddr_t elf, const char *name);
/* Unmap everything outside the kernel's window. */
void	host_unmap_guest(uaddr_t lo_end, uaddr_t hi_start);
/* Plain retry of a call that the vDSO made from inside the kernel. */
long	host_rawcall(uint64_t nr, const uint64_t a[6]);

/* Bounds of the restartable stub, hostcall.S */
extern const char host_intr_begin[], host_intr_syscall[], host_intr_abort[];

#endif
