/*
 * trap.c: host signals become calls, faults and kicks.
 *
 * A signal that finds guest code is an entry: the guest's registers are copied
 * from the host's context into a trapframe and served; then user_direct loads
 * them, with the extended state that lies in the host's context.  Nothing else
 * has to be undone: on the host no handler masks anything, but for the timers'
 * (host/linux/sig.c; TDP_HOSTMASK).  What user_direct cannot undo or load
 * (direct_ok) is copied back for the host's own sigreturn.  "Guest
 * code" means: td_where says GUEST, the instruction pointer is not in the
 * kernel's text and the stack pointer not on its stack (the guest's calls of the
 * moved vDSO count as guest code, the kernel's own do not).
 *
 * A signal that finds the kernel is
 *	a kick or timer: note it; when it hit a restartable stub or the last
 *	  steps to the guest, move the instruction pointer so that the flag is
 *	  seen (hostcall.S, entry.S, fast.S);
 *	a fault in a copy routine: continue at its fix-up;
 *	the fast entry's edges: see fast.S;
 *	SIGSYS: the host's vDSO fell back to a real call: make it;
 *	anything else: a bug: panic.
 */
#include "arch/amd64/arch.h"
#include "arch/amd64/machdep.h"
#include "base/arena.h"
#include "base/cpuid.h"
#include "base/panic.h"
#include "base/textcache.h"
#include "base/thread.h"
#include "host/host.h"
#include "host/sigctx.h"
#include "libkern/errno.h"
#include "libkern/str.h"

extern const char __text_start[], __text_end[];
extern const char user_return_begin[], user_return_end[],
    user_return_again[];
extern const uint64_t copy_table[][3];
void	user_return(struct host_ucontext *uc, uint32_t *where,
	    uint32_t *flags) __noret;
void	arch_hostsig(int sig, struct ksiginfo *si, struct host_ucontext *uc);
void	arch_return_again(struct host_ucontext *uc) __noret;

extern const char fast_entry[], fast_switched[], fast_check[], fast_leave[],
    fast_end[], fast_again[];
extern const char cpuid_entry[], cpuid_saved[], cpuid_native[],
    cpuid_last[], cpuid_end[];
void	arch_fastagain(struct trapframe *tf, uint64_t ret) __noret;

extern const char direct_begin[], direct_leave[], direct_again[];
void	user_direct(struct trapframe *tf, void *fp, uint64_t features,
	    struct thread *td) __noret;
void	arch_direct_again(void) __noret;

/* Offsets that entry.S and fast.S know. */
_Static_assert(offsetof(struct thread, td_where) == 0x48 &&
    offsetof(struct thread, td_flags) == 0x4c, "TD_WHERE, TD_FLAGS");
_Static_assert(sizeof(struct tarea) <= TAREA_HEAD &&
    offsetof(struct tarea, ta_thread) == 0 &&
    offsetof(struct tarea, ta_rip) == 32 &&
    offsetof(struct tarea, ta_fast) == 40, "TA_RIP, TA_FAST");

static inline uint64_t
rdgsbase(void)
{
	uint64_t v;

	__asm__ volatile("rdgsbase %0" : "=r" (v));
	return (v);
}

static inline bool
in_text(uint64_t pc)
{
	return (pc - (uint64_t)__text_start <
	    (uint64_t)(__text_end - __text_start));
}

/* The kernel's stack is in use: it runs, if only in the host's vDSO. */
static inline bool
on_kstack(uint64_t sp)
{
	return (sp - curarea() < TAREA_SIZE);
}

static void
frame_load(struct trapframe *tf, const struct host_ucontext *uc)
{
	memcpy(tf, uc->uc_gregs, sizeof(uc->uc_gregs));
	tf->tf_cs = uc->uc_cs;
	tf->tf_gs = uc->uc_gs;
	tf->tf_fs = uc->uc_fs;
	tf->tf_ss = uc->uc_ss;
	tf->tf_err = uc->uc_err;
	tf->tf_trapno = uc->uc_trapno;
	tf->tf_oldmask = 0;
	tf->tf_cr2 = uc->uc_cr2;
	tf->tf_nr = ~0UL;
	tf->tf_trapsite = 2;
}
_Static_assert(TAREA_BASE >> 36 == 0x648 && (TAREA_END - 1) >> 36 == 0x648,
    "AREA_TAG of fast.S");
_Static_assert(offsetof(struct trapframe, tf_cs) == 18 * 8,
    "the trapframe starts like the host's register file");

static void
frame_store(const struct trapframe *tf, struct host_ucontext *uc)
{
	memcpy(uc->uc_gregs, tf, sizeof(uc->uc_gregs));
	uc->uc_gregs[UCREG_RFLAGS] = (tf->tf_rflags & RFLAGS_USER) |
	    RFLAGS_IF;
}

/*
 * May td return by user_direct?  Not when %gs is the guest's (the last jump
 * goes through it), the flags trap or the segments are not the kernel's own,
 * or the extended state is not what we can load.
 */
static bool
direct_ok(const struct thread *td, const struct trapframe *tf,
    const struct host_ucontext *uc)
{
	const struct host_fpsw *sw = (const struct host_fpsw *)
	    (uc->uc_fpstate + FPSW_OFFSET);

	return ((kroot()->r_features & ROOTF_PATCH) &&
	    !(td->td_pflags & (TDP_GSOWN | TDP_HOSTMASK)) &&
	    tf->tf_cs == USER_CS &&
	    tf->tf_ss == USER_DS &&
	    !(tf->tf_rflags & (RFLAGS_TF | RFLAGS_NT | RFLAGS_AC)) &&
	    uc->uc_fpstate % 64 == 0 && sw->magic1 == FP_XSTATE_MAGIC1 &&
	    sw->xfeatures == kroot()->r_fpsw.xfeatures);
}

/* Back to the guest, through every pending thing that stands in the way. */
void
arch_return(struct thread *td)
{
	struct host_ucontext *uc = td->td_hostctx;

	while (atomic_load(&td->td_flags) & TDF_AST) {
		atomic_and(&td->td_flags, ~TDF_AST);
		ast(td);
	}
	if ((kroot()->r_features & ROOTF_PATCH) &&
	    td->td_frame->tf_rip != td->td_entrypc)
		trap_real(td);
	if (likely(direct_ok(td, td->td_frame, uc))) {
		struct trapframe *tf = td->td_frame;

		KASSERT((uaddr_t)tf < (uaddr_t)uc &&
		    (uaddr_t)tf < uc->uc_fpstate);
		tf->tf_rflags = (tf->tf_rflags & RFLAGS_USER) | RFLAGS_IF;
		curtarea()->ta_rip = tf->tf_rip;
		user_direct(tf, (void *)uc->uc_fpstate, 
		    kroot()->r_fpsw.xfeatures, td);
	}
	frame_store(td->td_frame, uc);
	user_return(uc, &td->td_where, &td->td_flags);
}

void
arch_return_again(struct host_ucontext *uc)
{
	struct thread *td = curthread();
	struct trapframe tf;

	atomic_store(&td->td_where, TDW_KERN);
	frame_load(&tf, uc);
	tf.tf_kind = TFK_KICK;
	td->td_frame = &tf;
	td->td_hostctx = uc;
	td->td_entrypc = tf.tf_rip;
	if (kroot()->r_features & ROOTF_PATCH)
		trap_show(td);
	arch_return(td);
}

/* A kick came in the last steps of user_direct: all is still in the frame. */
void
arch_direct_again(void)
{
	struct thread *td = curthread();

	atomic_store(&td->td_where, TDW_KERN);
	td->td_entrypc = td->td_frame->tf_rip;
	if (kroot()->r_features & ROOTF_PATCH)
		trap_show(td);
	arch_return(td);
}

static bool
copy_fixup(struct host_ucontext *uc)
{
	uint64_t pc = uc->uc_gregs[UCREG_RIP];

	for (int i = 0; copy_table[i][0] != 0; i++)
		if (pc >= copy_table[i][0] && pc < copy_table[i][1]) {
			uc->uc_gregs[UCREG_RIP] = copy_table[i][2];
			return (true);
		}
	return (false);
}

/* An interrupt came while the kernel ran: make sure that it is seen. */
static void
kick_fixup(struct host_ucontext *uc)
{
	uint64_t pc = uc->uc_gregs[UCREG_RIP];

	if (pc >= (uint64_t)host_intr_begin &&
	    pc <= (uint64_t)host_intr_syscall)
		uc->uc_gregs[UCREG_RIP] = (uint64_t)host_intr_abort;
	else if (pc >= (uint64_t)user_return_begin &&
	    pc <= (uint64_t)user_return_end)
		uc->uc_gregs[UCREG_RIP] = (uint64_t)user_return_again;
	else if (pc >= (uint64_t)fast_check && pc < (uint64_t)fast_end)
		uc->uc_gregs[UCREG_RIP] = (uint64_t)fast_again;
	else if (pc >= (uint64_t)direct_begin && pc < (uint64_t)direct_leave)
		uc->uc_gregs[UCREG_RIP] = (uint64_t)direct_again;
}

/* --- the fast entry ---------------------------------------------------------- */

/* Make a host context on the stack as a host signal would have left it. */
static void
build_context(struct host_ucontext *uc, uint8_t *fp)
{
	const struct host_fpsw *sw = &kroot()->r_fpsw;
	uint32_t magic2 = FP_XSTATE_MAGIC2;

	memset(uc, 0, sizeof(*uc));
	uc->uc_flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	arch_area_stack(&uc->uc_stack);
	uc->uc_cs = USER_CS;
	uc->uc_ss = USER_DS;
	uc->uc_fpstate = (uint64_t)fp;
	memset(fp + FPSW_OFFSET, 0, FP_LEGACY_SIZE - FPSW_OFFSET +
	    XSAVE_HDR_SIZE);
	__asm__ volatile("xsave64 (%0)" : : "r"(fp),
	    "a"((uint32_t)sw->xfeatures), "d"((uint32_t)(sw->xfeatures >> 32)) :
	    "memory");
	memcpy(fp + FPSW_OFFSET, sw, sizeof(*sw));
	memcpy(fp + sw->xstate_size, &magic2, sizeof(magic2));
}

/*
 * From a fast frame to a whole context: the guest's extended state is still in
 * the registers, as the kernel uses none of them.
 */
static void __noret
fast_full(struct thread *td, bool call)
{
	size_t size = kroot()->r_fpsw.extended_size;
	uint8_t *fp = __builtin_alloca_with_align(size, 512);
	struct {		/* the frame lies lowest: see user_direct */
		struct trapframe	tf;
		struct host_ucontext	uc;
	} *c = __builtin_alloca(sizeof(*c));

	atomic_store_rel(&td->td_where, TDW_KERN);
	build_context(&c->uc, fp);
	c->tf = *td->td_frame;
	c->tf.tf_r11 = c->tf.tf_rflags = RFLAGS_IF;
	c->tf.tf_rcx = c->tf.tf_rip;
	c->tf.tf_cs = USER_CS;
	c->tf.tf_ss = USER_DS;
	c->tf.tf_gs = c->tf.tf_fs = 0;
	c->tf.tf_err = c->tf.tf_trapno = c->tf.tf_cr2 = c->tf.tf_oldmask = 0;
	c->tf.tf_kind = TFK_SYSCALL;
	c->tf.tf_trapsite = 2;
	td->td_pflags &= ~(uint32_t)TDP_HOSTMASK;
	td->td_frame = &c->tf;
	td->td_hostctx = &c->uc;
	td->td_entrypc = c->tf.tf_rip;
	trap_show(td);
	if (call) {
		trap_syscall(td);
		td = curthread();
	}
	arch_return(td);
}

void
arch_fastfull(struct thread *td)
{
	fast_full(td, true);
}

/* A fast call was made, ret is its result, and TDF_AST is set. */
void
arch_fastagain(struct trapframe *tf, uint64_t ret)
{
	struct thread *td = curthread();

	td->td_frame = tf;
	tf->tf_nr = tf->tf_rax;
	tf->tf_rax = ret;
	fast_full(td, false);
}

static void
fresh_start(void *arg)
{
	struct thread *td = arg;
	void (*fn)(struct thread *) = td->td_bootfn;
	size_t size = kroot()->r_fpsw.extended_size;
	uint8_t *fp = __builtin_alloca_with_align(size, 512);
	struct {		/* as in fast_full */
		struct trapframe	tf;
		struct host_ucontext	uc;
	} *c = __builtin_alloca(sizeof(*c));

	build_context(&c->uc, fp);
	memset(&c->tf, 0, sizeof(c->tf));
	c->tf.tf_cs = USER_CS;
	c->tf.tf_ss = USER_DS;
	c->tf.tf_rflags = RFLAGS_IF;
	c->tf.tf_trapsite = 2;
	c->tf.tf_nr = ~0UL;
	td->td_frame = &c->tf;
	td->td_hostctx = &c->uc;
	td->td_bootfn = NULL;
	fn(td);
	arch_return(td);
}

void
arch_fresh(struct thread *td, void (*fn)(struct thread *))
{
	td->td_bootfn = fn;
	arch_call_on(arch_area_top(curarea()), fresh_start, td);
}

_Static_assert(ARENA_BASE == 0x649000000000 &&
    offsetof(struct root, r_sub[KROOT_CPUID]) == 0xc0 &&
    offsetof(struct tarea, ta_cpuid) == 128 &&
    offsetof(struct cpuid_table, ct_ncpu) == 2048, "cpuid.S");

/* In the answer to a patched `cpuid`: back to a real one. */
static bool
cpuid_undo(struct host_ucontext *uc)
{
	uint64_t pc = uc->uc_gregs[UCREG_RIP], *g = uc->uc_gregs;
	const uint64_t *in = curtarea()->ta_cpuid;

	if (pc - TC_CPUIDENTRY >= 16 && (pc < (uint64_t)cpuid_entry ||
	    pc >= (uint64_t)cpuid_end))
		return (false);
	if (pc >= (uint64_t)cpuid_saved && pc < (uint64_t)cpuid_native) {
		g[UCREG_RAX] = in[0];
		g[14] = in[1];			/* rcx */
		g[12] = in[2];			/* rdx */
	}
	g[UCREG_RIP] = g[12] - (pc == (uint64_t)cpuid_last ? 0 : 2);
	return (true);
}

/* A host signal while the stack was not yet, or no more, the kernel's. */
static bool
fast_edges(struct host_ucontext *uc)
{
	uint64_t pc = uc->uc_gregs[UCREG_RIP];

	if (cpuid_undo(uc))
		return (true);
	if (pc == (uint64_t)fast_leave)
		uc->uc_gregs[UCREG_RIP] = uc->uc_gregs[14];	/* rcx */
	else if (pc == (uint64_t)direct_leave)
		uc->uc_gregs[UCREG_RIP] = curtarea()->ta_rip;
	else {
		if (pc >= (uint64_t)fast_entry && pc < (uint64_t)fast_switched)
			uc->uc_gregs[UCREG_RIP] = (uint64_t)fast_entry;
		return (false);
	}
	return (true);
}

static void
kernel_fault(int sig, const struct ksiginfo *si, struct host_ucontext *uc)
{
	char msg[256];

	ksnprintf(msg, sizeof(msg), "kernel fault: signal %d code %d at pc "
	    "%#lx address %#lx\nrsp %#lx rax %#lx rdi %#lx rsi %#lx rdx %#lx",
	    sig, si->si_code, uc->uc_gregs[UCREG_RIP], si->u.fault.addr,
	    uc->uc_gregs[UCREG_RSP], uc->uc_gregs[UCREG_RAX],
	    uc->uc_gregs[8], uc->uc_gregs[9], uc->uc_gregs[12]);
	kpanic_at(uc->uc_gregs[10], uc->uc_gregs[UCREG_RIP], msg);
}

/* Asynchronous host signals: what they mean to the kernel. */
static bool
async_act(struct thread *td, int sig, const struct ksiginfo *si)
{
	switch (sig) {
	case HOST_SIGKICK:
		/* The warden kicks without a flag when it left signals. */
		if (atomic_load_relaxed(&kroot()->r_sigbox) != 0)
			atomic_or(&td->td_flags, TDF_AST);
		return (true);
	case HOST_SIGTIMER:
		if (si->si_code == SI_TIMER)
			trap_timer(0, si->u.timer.value, si->u.timer.overrun);
		return (true);
	case SIGALRM:
	case SIGVTALRM:
	case SIGPROF:
		if (si->si_code == SI_KERNEL)
			trap_timer(sig, 0, 0);
		return (true);
	default:
		return (false);
	}
}

/* They may have hit it in the middle of waitq_wake: wake-ups that they make are
 * not put off with its. */
static bool
async_signal(struct thread *td, int sig, const struct ksiginfo *si)
{
	uint32_t hold = td->td_holdwakes;
	bool is;

	atomic_store_rel(&td->td_holdwakes, 0);
	is = async_act(td, sig, si);
	atomic_store_rel(&td->td_holdwakes, hold);
	return (is);
}

static void
kernel_signal(struct thread *td, int sig, const struct ksiginfo *si,
    struct host_ucontext *uc)
{
	if (async_signal(td, sig, si)) {
		if (atomic_load(&td->td_flags) & TDF_AST)
			kick_fixup(uc);
		return;
	}
	if ((sig == SIGSEGV || sig == SIGBUS) && si->si_code > 0 &&
	    copy_fixup(uc))
		return;
	if (sig == SIGBUS && (uc->uc_gregs[UCREG_RFLAGS] & RFLAGS_AC)) {
		/* The guest's alignment check came in through a patched site. */
		uc->uc_gregs[UCREG_RFLAGS] &= ~RFLAGS_AC;
		return;
	}
	if (sig == SIGSYS && si->si_code > 0) {
		uint64_t *g = uc->uc_gregs;
		uint64_t a[6] = { g[8], g[9], g[12], g[2], g[0], g[1] };

		/* The vDSO cannot read this host's clock: use it no more. */
		kroot()->r_vclock = 0;
		curtarea()->ta_clock = NULL;
		g[UCREG_RAX] = (uint64_t)host_rawcall(g[UCREG_RAX], a);
		return;
	}
	if (si->si_code <= 0)
		return;		/* somebody on the host sent it: not ours */
	kernel_fault(sig, si, uc);
}

/* The jail's first context shows how the host saves the extended state. */
static void
boot_context(const struct host_ucontext *uc)
{
	const struct host_fpsw *sw = (const struct host_fpsw *)
	    (uc->uc_fpstate + FPSW_OFFSET);

	if ((uc->uc_flags & UC_FP_XSTATE) && sw->magic1 == FP_XSTATE_MAGIC1)
		kroot()->r_fpsw = *sw;
	else
		kroot()->r_features &= ~(uint64_t)ROOTF_PATCH;
}

void
arch_hostsig(int sig, struct ksiginfo *si, struct host_ucontext *uc)
{
	struct thread *td = curthread();
	struct trapframe tf;

	if ((in_text(uc->uc_gregs[UCREG_RIP]) && !fast_edges(uc)) ||
	    on_kstack(uc->uc_gregs[UCREG_RSP]) ||
	    atomic_load_relaxed(&td->td_where) != TDW_GUEST) {
		uint32_t f = atomic_load_relaxed(&td->td_flags);

		if (unlikely(f & TDF_BOOT)) {
			atomic_and(&td->td_flags, ~TDF_BOOT);
			boot_context(uc);
		} else {
			kernel_signal(td, sig, si, uc);
			return;
		}
	}
	atomic_store_rel(&td->td_where, TDW_KERN);
	frame_load(&tf, uc);
	td->td_frame = &tf;
	td->td_hostctx = uc;
	td->td_entrypc = tf.tf_rip;
	td->td_pflags &= ~(uint32_t)TDP_HOSTMASK;
	if (likely(sig == SIGSYS)) {
		if (si->si_code <= 0)
			arch_return(td);	/* sent from the host */
		tf.tf_kind = TFK_SYSCALL;
		if (kroot()->r_features & ROOTF_PATCH) {
			/* With a %gs of its own it traps in a trampoline. */
			if (td->td_pflags & TDP_GSOWN ||
			    rdgsbase() != td->td_area)
				trap_show(td);
			trap_site(td);
		}
		trap_syscall(td);
	} else if (async_signal(td, sig, si)) {
		tf.tf_kind = TFK_KICK;
		if (sig != HOST_SIGKICK)
			td->td_pflags |= TDP_HOSTMASK;
		if (kroot()->r_features & ROOTF_PATCH)
			trap_show(td);
		if (unlikely(td->td_bootfn != NULL)) {
			void (*fn)(struct thread *) = td->td_bootfn;

			td->td_bootfn = NULL;
			fn(td);
		}
	} else if (si->si_code > 0) {
		tf.tf_kind = TFK_FAULT;
		if (sig == SIGSEGV && arch_cpuid_fault(&tf))
			arch_return(td);
		if (kroot()->r_features & ROOTF_PATCH)
			trap_show(td);
		trap_fault(td, si);
	}
	arch_return(curthread());	/* a forked child has another td */
}

unsigned
arch_backtrace(uintptr_t fp, uintptr_t *pcs, unsigned max)
{
	uintptr_t foot = rounddown2(fp, TAREA_SIZE);
	unsigned n = 0;

	while (n < max && fp >= foot + KPAGE_SIZE &&
	    fp + 16 <= arch_area_top(foot) && (fp & 7) == 0) {
		uintptr_t next = ((const uintptr_t *)fp)[0];

		pcs[n++] = ((const uintptr_t *)fp)[1];
		if (next <= fp)
			break;
		fp = next;
	}
	return (n);
}
