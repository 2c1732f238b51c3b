/*
 * freebsd64.h: what the files of freebsd64 share: FreeBSD's structures for
 * amd64 (the layouts since 12.0, with 64-bit inode numbers) and translations
 * of its constants, generated from abi/const/.
 *
 * Names: fb_ for structures and functions, FB_ for constants.
 */
#ifndef ABI_FREEBSD64_FREEBSD64_H
#define ABI_FREEBSD64_FREEBSD64_H

#include "kern/sysvec.h"
#include "libkern/stat.h"

struct thread;
struct trapframe;

#define	FREEBSD64_MAXCALL 600
#define	FB_OSRELDATE	1400097		/* 14.0-RELEASE */
#define	FB_OSRELEASE	"14.0-RELEASE"
#define	FB_USER_CS	0x33		/* the host's selectors */
#define	FB_USER_DS	0x2b

extern const struct sysent freebsd64_table[];
extern const struct sysvec freebsd64_sysvec;

struct fb_sigset {
	uint32_t	bits[4];
};
struct fb_sigaction {
	uint64_t	handler;
	int32_t		flags;
	struct fb_sigset mask;
	uint32_t	pad;
};
_Static_assert(sizeof(struct fb_sigaction) == 32, "struct sigaction");
struct fb_stack {
	uint64_t	sp, size;
	int32_t		flags, pad;
};
struct fb_siginfo {
	int32_t		signo, errno_, code, pid;
	uint32_t	uid;
	int32_t		status;
	uint64_t	addr, value;
	union {
		int32_t	trapno;
		struct { int32_t timerid, overrun; } timer;
		int64_t	band;
		struct { int64_t spare1; int32_t spare2[7]; } spare;
	} u;
};
_Static_assert(sizeof(struct fb_siginfo) == 80, "siginfo_t");

struct fb_mcontext {
	uint64_t	mc_onstack;
	uint64_t	mc_rdi, mc_rsi, mc_rdx, mc_rcx, mc_r8, mc_r9, mc_rax,
			mc_rbx, mc_rbp, mc_r10, mc_r11, mc_r12, mc_r13,
			mc_r14, mc_r15;
	uint32_t	mc_trapno;
	uint16_t	mc_fs, mc_gs;
	uint64_t	mc_addr;
	uint32_t	mc_flags;
	uint16_t	mc_es, mc_ds;
	uint64_t	mc_err, mc_rip, mc_cs, mc_rflags, mc_rsp, mc_ss;
	uint64_t	mc_len, mc_fpformat, mc_ownedfp;
	uint64_t	mc_fpstate[64];
	uint64_t	mc_fsbase, mc_gsbase, mc_xfpustate, mc_xfpustate_len,
			mc_tlsbase, mc_spare[3];
};
_Static_assert(sizeof(struct fb_mcontext) == 800, "mcontext_t");

struct fb_ucontext {
	struct fb_sigset uc_sigmask;
	struct fb_mcontext uc_mcontext;
	uint64_t	uc_link;
	struct fb_stack	uc_stack;
	int32_t		uc_flags;
	int32_t		uc_spare[4];
	int32_t		uc_pad[3];
};
_Static_assert(sizeof(struct fb_ucontext) == 880, "ucontext_t");

struct fb_sigframe {
	uint64_t	sf_handler;
	uint64_t	sf_pad;
	struct fb_ucontext sf_uc;
	struct fb_siginfo sf_si;
};
_Static_assert(offsetof(struct fb_sigframe, sf_uc) == 16, "sigcode");

struct fb_stat {
	uint64_t	st_dev, st_ino, st_nlink;
	uint16_t	st_mode;
	int16_t		st_pad0;
	uint32_t	st_uid, st_gid;
	int32_t		st_pad1;
	uint64_t	st_rdev;
	struct timespec64 st_atim, st_mtim, st_ctim, st_birthtim;
	int64_t		st_size, st_blocks;
	int32_t		st_blksize;
	uint32_t	st_flags;
	uint64_t	st_gen;
	uint64_t	st_spare[10];
};
_Static_assert(sizeof(struct fb_stat) == 224, "struct stat");

/* freebsd64_const.c */
int	fb_errno(int native);		/* positive to positive */
int	fb_sig_out(int native);		/* number, or 0: no such signal */
int	fb_sig_in(int fb);		/* likewise */
void	fb_sigset_out(ksigset_t set, struct fb_sigset *fs);
ksigset_t fb_sigset_in(const struct fb_sigset *fs);
int	fb_oflags_in(int fb);
int	fb_oflags_out(int native);
int	fb_mapflags_in(int fb);
int	fb_atflags_in(int fb, int allowed); /* allowed: native; or -EINVAL */
uint64_t fb_saflags_in(int fb);
int	fb_saflags_out(uint64_t native);
int	fb_wstatus_out(int status);
int	fb_clock_in(int clock);		/* -1: no such clock */
int	fb_rlimit_in(int res);		/* -1: no such limit */
void	fb_stat_out(const struct kstat *st, struct fb_stat *fs);

/* freebsd64_stack.c */
#define	FB_SIGCODE_SIZE	KPAGE_SIZE	/* on top of the stack */
int	freebsd64_stack(struct thread *td, struct execimg *img, uaddr_t *sp);
void	freebsd64_setregs(struct thread *td, struct execimg *img, uaddr_t sp);

/* freebsd64_signal.c */
int	freebsd64_sendsig(struct thread *td, const struct ksigaction *act,
	    const struct ksiginfo *si, ksigset_t oldmask);

#endif
