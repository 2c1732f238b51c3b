/*
 * signal.h: signal numbers, sets and siginfo inside the kernel; linux64's
 * (signal(7), sigaction(2)).  A set is one word: bit N-1 is signal N.
 */
#ifndef LIBKERN_SIGNAL_H
#define LIBKERN_SIGNAL_H

#include "libkern/types.h"

typedef uint64_t ksigset_t;

#define	SIGHUP		1
#define	SIGINT		2
#define	SIGQUIT		3
#define	SIGILL		4
#define	SIGTRAP		5
#define	SIGABRT		6
#define	SIGBUS		7
#define	SIGFPE		8
#define	SIGKILL		9
#define	SIGUSR1		10
#define	SIGSEGV		11
#define	SIGUSR2		12
#define	SIGPIPE		13
#define	SIGALRM		14
#define	SIGTERM		15
#define	SIGSTKFLT	16
#define	SIGCHLD		17
#define	SIGCONT		18
#define	SIGSTOP		19
#define	SIGTSTP		20
#define	SIGTTIN		21
#define	SIGTTOU		22
#define	SIGURG		23
#define	SIGXCPU		24
#define	SIGXFSZ		25
#define	SIGVTALRM	26
#define	SIGPROF		27
#define	SIGWINCH	28
#define	SIGIO		29
#define	SIGPWR		30
#define	SIGSYS		31
#define	SIGRTMIN_	32
#define	KNSIG		64

#define	SIGBIT(s)	(1ULL << ((s) - 1))
#define	SIGSET_UNBLOCKABLE (SIGBIT(SIGKILL) | SIGBIT(SIGSTOP))
#define	SIGSET_STOP	(SIGBIT(SIGSTOP) | SIGBIT(SIGTSTP) | \
			    SIGBIT(SIGTTIN) | SIGBIT(SIGTTOU))

#define	SIG_DFL_	0UL
#define	SIG_IGN_	1UL

#define	SA_NOCLDSTOP	0x00000001
#define	SA_NOCLDWAIT	0x00000002
#define	SA_SIGINFO	0x00000004
#define	SA_UNSUPPORTED	0x00000400
#define	SA_EXPOSE_TAGBITS 0x00000800
#define	SA_RESTORER	0x04000000
#define	SA_ONSTACK	0x08000000
#define	SA_RESTART	0x10000000
#define	SA_NODEFER	0x40000000
#define	SA_RESETHAND	0x80000000

#define	SS_ONSTACK	1
#define	SS_DISABLE	2
#define	SS_AUTODISARM	(1U << 31)

#define	SI_USER		0
#define	SI_KERNEL	0x80
#define	SI_QUEUE	(-1)
#define	SI_TIMER	(-2)
#define	SI_MESGQ	(-3)
#define	SI_ASYNCIO	(-4)
#define	SI_SIGIO	(-5)
#define	SI_TKILL	(-6)

#define	CLD_EXITED	1
#define	CLD_KILLED	2
#define	CLD_DUMPED	3
#define	CLD_TRAPPED	4
#define	CLD_STOPPED	5
#define	CLD_CONTINUED	6

#define	SEGV_MAPERR	1
#define	SEGV_ACCERR	2
#define	BUS_ADRALN	1
#define	BUS_ADRERR	2
#define	ILL_ILLOPN	2
#define	TRAP_BRKPT	1
#define	TRAP_TRACE	2

/* linux64's siginfo_t, 128 bytes. */
struct ksiginfo {
	int32_t	si_signo;
	int32_t	si_errno;
	int32_t	si_code;
	int32_t	si_pad0;
	union {
		struct { int32_t pid; uint32_t uid; uint64_t value; } rt;
		struct { int32_t tid; int32_t overrun; uint64_t value; } timer;
		struct { int32_t pid; uint32_t uid; int32_t status;
		    int32_t pad; int64_t utime; int64_t stime; } chld;
		struct { uint64_t addr; int16_t addr_lsb; } fault;
		struct { int64_t band; int32_t fd; } poll;
		struct { uint64_t addr; int32_t nr; uint32_t arch; } sys;
		uint8_t	raw[112];
	} u;
};
_Static_assert(sizeof(struct ksiginfo) == 128, "siginfo_t is 128 bytes");

/* A disposition, native form. */
struct ksigaction {
	uaddr_t		sa_handler;	/* SIG_DFL_, SIG_IGN_ or an address */
	uint64_t	sa_flags;
	uaddr_t		sa_restorer;
	ksigset_t	sa_mask;
};

struct kstack {				/* stack_t */
	uaddr_t		ss_sp;
	int32_t		ss_flags;
	int32_t		ss_pad;
	uint64_t	ss_size;
};

#endif
