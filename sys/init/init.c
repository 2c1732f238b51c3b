/*
 * init.c: the one file that knows every floor.  Boots a jail: the warden's
 * forked child calls kern_start on its own stack; we move to a kernel stack of
 * ours, take the address space over, register file systems, ABIs and hooks,
 * mount the world, and exec the first program.
 *
 * Until boot_first runs there is one thread and no guest code, so nothing here
 * needs a lock.  A failure ends the jail with one line (boot_fail).
 */
#include "arch/amd64/arch.h"
#include "arch/amd64/machdep.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/panic.h"
#include "base/rec.h"
#include "base/thread.h"
#include "host/host.h"
#include "host/sigctx.h"
#include "init/init.h"
#include "kern/proc.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm.h"

void	kern_start(struct root *r) __noret;

static void
boot_end(uint32_t done, int status)
{
	struct root *r = kroot();

	r->r_status = status;
	atomic_store(&r->r_done, done);
	(void)atomic_add(&r->r_mail, 1);
	(void)host_futex_wake(&r->r_mail, 1);
	host_exit_group(status);
	__builtin_unreachable();
}

void
boot_done(int status)
{
	boot_end(JAIL_DONE_EXIT, status);
	__builtin_unreachable();
}

void
boot_fail(int status, const char *fmt, ...)
{
	struct root *r = kroot();
	va_list ap;

	va_start(ap, fmt);
	kvsnprintf(r->r_panicmsg, sizeof(r->r_panicmsg), fmt, ap);
	va_end(ap);
	boot_end(JAIL_DONE_ERROR, status);
	__builtin_unreachable();
}

void
boot_check(int error, const char *what)
{
	if (error < 0)
		boot_fail(125, "the jail could not start: %s failed "
		    "(error %d)", what, -error);
}

/* Choose the trap: what was asked for, else dispatch, else seccomp. */
static void
boot_trap(const struct jail_config *jc)
{
	struct root *r = kroot();
	int error = -ENOSYS;

	if (jc->jc_trap != ROOTF_SECCOMP) {
		r->r_features |= ROOTF_SUD;
		error = arch_trap_init(1);
		if (error == 0)
			return;
		r->r_features &= ~(uint64_t)ROOTF_SUD;
	}
	if (jc->jc_trap != ROOTF_SUD) {
		r->r_features |= ROOTF_SECCOMP;
		error = arch_trap_init(2);
		if (error == 0)
			return;
	}
	boot_fail(125, "this host can trap system calls neither by syscall "
	    "user dispatch (Linux 5.11 and later) nor by seccomp filters "
	    "(error %d): run a kernel with CONFIG_GENERIC_ENTRY or "
	    "CONFIG_SECCOMP_FILTER", -error);
}

#define	AT_HWCAP2_	26
#define	HWCAP2_FSGSBASE	2

/* The fast entry finds the thread through %gs, read by an instruction that the
 * host must allow. */
static void
boot_features(const struct jail_config *jc)
{
	for (unsigned i = 0; i + 1 < nitems(jc->jc_auxv); i += 2)
		if (jc->jc_auxv[i] == AT_HWCAP2_ &&
		    (jc->jc_auxv[i + 1] & HWCAP2_FSGSBASE))
			kroot()->r_features |= ROOTF_FSGSBASE | ROOTF_PATCH;
	if (jc->jc_nopatch)
		kroot()->r_features &= ~(uint64_t)ROOTF_PATCH;
}

/* Take the address space over from the hosted program. */
static void
boot_space(struct thread *td)
{
	struct root *r = kroot();

	r->r_vdso = host_vdso_move(VDSO_BASE);
	if (r->r_vdso != 0)
		r->r_vclock = host_vdso_find(r->r_vdso,
		    "__vdso_clock_gettime");
	arch_setcur(td);
	host_unmap_guest(KWIN_BASE, KWIN_END);
}

static void
boot_first(struct thread *td)
{
	init_world(td, kroot()->r_config);
	init_export(kroot()->r_config);
	init_exec(td, kroot()->r_config);
}

static void
boot_main(void *arg)
{
	struct root *r = arg;
	struct jail_config *jc = r->r_config;
	uaddr_t heap = (uaddr_t)roundup2((uint64_t)(uintptr_t)jc +
	    r->r_config_size, KPAGE_SIZE);
	struct thread *td;

	if (host_pdeathsig((int)r->r_wardenpid) != 0)
		host_exit_group(125);
	kmem_init(heap, ARENA_BASE + r->r_size - heap);
	init_subsystems(jc);
	td = init_firstthread(jc);
	boot_space(td);
	boot_features(jc);
	boot_trap(jc);
	(void)arch_setgsbase(td, 0);
	arch_cpuid_init();
	arch_boot_enter(td, boot_first);
}

void
kern_start(struct root *r)
{
	uaddr_t area;

	if (arch_area_map(0, &area) != 0)
		host_exit_group(125);
	tarea_of(area)->ta_thread = NULL;
	arch_call_on(arch_area_top(area), boot_main, r);
}
