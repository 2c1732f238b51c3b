/*
 * freebsd64_sysvec.c: the personality of 64-bit FreeBSD programs.
 *
 * An error comes back as a positive errno with the carry flag set; without an
 * error carry is clear and %rdx is the second result, 0 for all but the old
 * pipe(2) and fork(2) (FreeBSD's sys/amd64/amd64/vm_machdep.c).
 */
#include "abi/calls.h"
#include "abi/freebsd64/freebsd64.h"
#include "arch/amd64/frame.h"
#include "base/arena.h"
#include "base/copy.h"
#include "base/thread.h"

#define	ELFOSABI_FREEBSD 9
#define	FB_SYS_SYSCALL	0
#define	FB_SYS___SYSCALL 198
#define	NOCALL		0xffffffffUL

static const char *const interps[] = {
	"/libexec/ld-elf.so.1",
	"/usr/libexec/ld-elf.so.1",
	NULL
};

/*
 * syscall(2): the number is the first argument, and the last one lies on the
 * stack, behind the return address.  Shift the registers as if the call had
 * been made directly: they are the caller's to lose, and a restart then needs
 * no special case.
 */
static void
unwrap(struct trapframe *tf)
{
	uint64_t last = 0;

	(void)fetch64(tf->tf_rsp + 8, &last);
	tf->tf_rax = tf->tf_rdi & 0xffffffff;
	if (tf->tf_rax == FB_SYS_SYSCALL || tf->tf_rax == FB_SYS___SYSCALL)
		tf->tf_rax = NOCALL;
	tf->tf_rdi = tf->tf_rsi;
	tf->tf_rsi = tf->tf_rdx;
	tf->tf_rdx = tf->tf_r10;
	tf->tf_r10 = tf->tf_r8;
	tf->tf_r8 = tf->tf_r9;
	tf->tf_r9 = last;
}

static void
freebsd64_fetch(struct thread *td, struct trapframe *tf, uint64_t *nr,
    uint64_t args[6])
{
	*nr = tf->tf_rax & 0xffffffff;
	if (*nr == FB_SYS_SYSCALL || *nr == FB_SYS___SYSCALL) {
		unwrap(tf);
		*nr = tf->tf_rax;
	}
	tf->tf_nr = *nr;
	args[0] = tf->tf_rdi;
	args[1] = tf->tf_rsi;
	args[2] = tf->tf_rdx;
	args[3] = tf->tf_r10;
	args[4] = tf->tf_r8;
	args[5] = tf->tf_r9;
}

static void
freebsd64_setret(struct thread *td, struct trapframe *tf, long ret)
{
	if (ret < 0 && ret >= -4095) {
		tf->tf_rax = (uint64_t)fb_errno((int)-ret);
		tf->tf_rflags |= RFLAGS_CF;
		return;
	}
	tf->tf_rax = (uint64_t)ret;
	tf->tf_rdx = 0;
	tf->tf_rflags &= ~RFLAGS_CF;
}

static void
freebsd64_restart(struct thread *td, struct trapframe *tf, bool restartblock)
{
	tf->tf_rip -= tf->tf_trapsite;
	tf->tf_rax = tf->tf_nr;
}

const struct sysvec freebsd64_sysvec = {
	.sv_name	= "freebsd64",
	.sv_id		= ABI_FREEBSD64,
	.sv_osabi	= ELFOSABI_FREEBSD,
	.sv_notename	= "FreeBSD",
	.sv_interps	= interps,
	.sv_emul	= NULL,
	.sv_table	= freebsd64_table,
	.sv_ncalls	= FREEBSD64_MAXCALL + 1,
	.sv_usermax	= USER_MAX,
	.sv_fetch	= freebsd64_fetch,
	.sv_setret	= freebsd64_setret,
	.sv_restart	= freebsd64_restart,
	.sv_sendsig	= freebsd64_sendsig,
	.sv_stack	= freebsd64_stack,
	.sv_setregs	= freebsd64_setregs,
};
