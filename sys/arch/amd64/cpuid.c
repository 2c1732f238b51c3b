/*
 * cpuid.c: the `cpuid` instruction where features are hidden (--cpu-mask) and
 * the host can make it fault.  Patched sites read the table themselves
 * (cpuid.S); all others come here.
 */
#include "arch/amd64/machdep.h"
#include "base/arena.h"
#include "base/copy.h"
#include "base/cpuid.h"
#include "base/thread.h"
#include "arch/amd64/frame.h"
#include "host/host.h"
#include "host/sigctx.h"
#include "libkern/str.h"

#define	ARCH_SET_CPUID	0x1012
#define	TRAPNO_GP	13

static const struct cpuid_table *
masked(void)
{
	const struct cpuid_table *t = kroot()->r_sub[KROOT_CPUID];

	return (t != NULL && t->ct_masked ? t : NULL);
}

/* The flag is inherited by every thread and child. */
void
arch_cpuid_init(void)
{
	if (masked() != NULL)
		(void)host_arch_prctl(ARCH_SET_CPUID, 0);
}

static bool
look_up(const struct cpuid_table *t, uint32_t leaf, uint32_t sub,
    struct cpuid_row *r)
{
	const struct cpuid_row *rows = (const struct cpuid_row *)t;
	const struct cpuid_dir *d;
	unsigned cpu = 0;

	if (leaf & CPUID_NOTLEAF)
		return (false);
	d = &t->ct_dir[CPUID_INDEX(leaf)];
	sub &= (uint32_t)(int32_t)d->cd_submask;
	if (sub >= d->cd_nsub)
		return (false);
	if (d->cd_stride != 0 && (host_getcpu(&cpu, NULL) != 0 ||
	    cpu >= t->ct_ncpu))
		return (false);
	*r = rows[d->cd_row + (size_t)cpu * d->cd_stride + sub];
	return (r->cr_eax != CPUID_NOROW);
}

static void
ask(uint32_t leaf, uint32_t sub, struct cpuid_row *r)
{
	(void)host_arch_prctl(ARCH_SET_CPUID, 1);
	__asm__ volatile("cpuid" : "=a"(r->cr_eax), "=b"(r->cr_ebx),
	    "=c"(r->cr_ecx), "=d"(r->cr_edx) : "a"(leaf), "c"(sub));
	(void)host_arch_prctl(ARCH_SET_CPUID, 0);
}

bool
arch_cpuid_fault(struct trapframe *tf)
{
	const struct cpuid_table *t = masked();
	struct cpuid_row r;
	uint8_t b[2];

	if (t == NULL || tf->tf_trapno != TRAPNO_GP ||
	    copyin(tf->tf_rip, b, sizeof(b)) != 0 ||
	    b[0] != 0x0f || b[1] != 0xa2)
		return (false);
	if (!look_up(t, (uint32_t)tf->tf_rax, (uint32_t)tf->tf_rcx, &r))
		ask((uint32_t)tf->tf_rax, (uint32_t)tf->tf_rcx, &r);
	tf->tf_rax = r.cr_eax;
	tf->tf_rbx = r.cr_ebx;
	tf->tf_rcx = r.cr_ecx;
	tf->tf_rdx = r.cr_edx;
	tf->tf_rip += 2;
	return (true);
}
