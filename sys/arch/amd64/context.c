/*
 * context.c: thread areas, forks, new threads, and the bases of %fs and %gs.
 *
 * Area layout (TAREA_SIZE, so aligned):
 *	page 0		not mapped: an overflowing kernel stack faults here
 *	the rest	kernel stack = the host's sigaltstack
 *	the end		struct tarea (TAREA_HEAD bytes); %gs points there
 */
#include "arch/amd64/arch.h"
#include "arch/amd64/machdep.h"
#include "base/arena.h"
#include "base/panic.h"
#include "base/thread.h"
#include "host/host.h"
#include "host/sigctx.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"

#define	AREA_STACK	KPAGE_SIZE	/* where the stack begins */
#define	AREA_STACKSIZE	(TAREA_SIZE - AREA_STACK - TAREA_HEAD)

#define	ARCH_SET_GS	0x1001
#define	ARCH_SET_FS	0x1002
#define	ARCH_GET_FS	0x1003
#define	ARCH_GET_GS	0x1004

extern const char __text_start[], __text_end[];

uaddr_t
arch_area_top(uaddr_t area)
{
	return (area + TAREA_SIZE - TAREA_HEAD);
}

int
arch_area_map(unsigned slot, uaddr_t *area)
{
	uaddr_t a = TAREA_BASE + (uaddr_t)slot * TAREA_SIZE;
	long r;

	if (a + TAREA_SIZE > TAREA_END)
		return (-EAGAIN);
	r = host_mmap(a + AREA_STACK, TAREA_SIZE - AREA_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
	if (r < 0)
		return ((int)r);
	tarea_of(a)->ta_magic = TAREA_MAGIC;
	*area = a;
	return (0);
}

void
arch_area_unmap(uaddr_t area)
{
	(void)host_munmap(area, TAREA_SIZE);
}

static void
area_bind(uaddr_t area, struct thread *td)
{
	struct tarea *ta = tarea_of(area);

	ta->ta_thread = td;
	ta->ta_where = &td->td_where;
	ta->ta_flags = &td->td_flags;
	ta->ta_fast = arch_area_top(area) - FAST_FRAME;
	ta->ta_clock = (int (*)(int, void *))kroot()->r_vclock;
	td->td_area = area;
}

void
arch_setcur(struct thread *td)
{
	area_bind(curarea(), td);
}

void
arch_area_stack(struct kstack *ss)
{
	*ss = (struct kstack){ .ss_sp = curarea() + AREA_STACK,
	    .ss_size = AREA_STACKSIZE };
}

static int
trap_how(void)
{
	return (kroot()->r_features & ROOTF_SUD ? 1 : 2);
}

static int
trap_on(int how)
{
	return (host_trap_on(how, KERN_BASE,
	    (size_t)(__text_end - (const char *)KERN_BASE)));
}

static int
stack_on(uaddr_t area)
{
	return (host_sigaltstack(area + AREA_STACK, AREA_STACKSIZE));
}

int
arch_trap_init(int how)
{
	int error;

	if ((error = host_sig_setup(hostsig_entry)) != 0 ||
	    (error = stack_on(curarea())) != 0)
		return (error);
	return (trap_on(how));
}

void
arch_boot_enter(struct thread *td, void (*fn)(struct thread *))
{
	td->td_bootfn = fn;
	atomic_or(&td->td_flags, TDF_BOOT);
	(void)host_kick(td->td_hostpid, td->td_hosttid);
	kpanic("the first context did not come");
}

/*
 * The child runs on a copy of this stack, at the same address.  Its host keeps
 * the sigaltstack (no CLONE_VM) and drops the dispatch, which is set again
 * before any guest code can run.
 */
long
arch_fork(struct thread *td, struct thread *child)
{
	uaddr_t area = td->td_area;
	long pid;

	child->td_alive = 1;
	child->td_where = TDW_KERN;
	child->td_area = area;
	child->td_frame = td->td_frame;
	child->td_hostctx = td->td_hostctx;
	pid = host_fork(&child->td_hostpid, &child->td_alive);
	if (pid != 0) {
		if (pid < 0)
			child->td_alive = 0;
		return (pid);
	}
	area_bind(area, child);
	child->td_hosttid = child->td_hostpid;
	if (host_pdeathsig((int)kroot()->r_wardenpid) != 0)
		host_exit_group(125);
	if (trap_how() == 1 && trap_on(1) != 0)
		kpanic("the trap could not be set after a fork");
	return (0);
}

static void
thread_start(void *arg)
{
	struct thread *td = arg;
	void (*entry)(struct thread *) = td->td_bootfn;

	td->td_bootfn = NULL;
	if (stack_on(td->td_area) != 0 || (trap_how() == 1 && trap_on(1) != 0))
		kpanic("a new thread could not set its stack or its trap");
	if (!(td->td_pflags & TDP_GSOWN))
		(void)arch_setgsbase(td, 0);
	entry(td);
	arch_return(td);
}

/*
 * A stack that starts below top gets a copy of td's context: the extended state,
 * the host's context, the frame.  Returns where the stack goes on.
 */
static uaddr_t
copy_context(struct thread *td, struct thread *ntd, uaddr_t top)
{
	struct host_ucontext *uc = td->td_hostctx, *nuc;
	struct trapframe *tf;
	size_t fpsize;
	void *fp = arch_fpstate(td, &fpsize);
	uaddr_t sp = rounddown2(top - fpsize, 64UL);

	memcpy((void *)sp, fp, fpsize);
	nuc = (void *)rounddown2(sp - sizeof(*nuc) - 64, 16UL);
	*nuc = *uc;
	nuc->uc_fpstate = sp;
	/* The host's sigreturn sets this again (before 6.12 whatever it is). */
	nuc->uc_stack.ss_sp = ntd->td_area + AREA_STACK;
	tf = (void *)rounddown2((uaddr_t)nuc - 256 - sizeof(*tf), 16UL);
	*tf = *td->td_frame;
	ntd->td_frame = tf;
	ntd->td_hostctx = nuc;
	return (rounddown2((uaddr_t)tf - 256, 16UL));
}

/* What host_thread_clone pops lies below the copy of the context. */
int
arch_newthread(struct thread *td, struct thread *ntd,
    void (*entry)(struct thread *))
{
	uaddr_t sp;
	long r;

	area_bind(ntd->td_area, ntd);
	sp = copy_context(td, ntd, arch_area_top(ntd->td_area));
	ntd->td_bootfn = entry;
	ntd->td_alive = 1;
	ntd->td_where = TDW_KERN;
	ntd->td_hostpid = td->td_hostpid;
	((uint64_t *)sp)[0] = (uint64_t)thread_start;
	((uint64_t *)sp)[1] = (uint64_t)ntd;
	r = host_thread_clone(sp, &ntd->td_hosttid, &ntd->td_alive);
	if (r < 0) {
		ntd->td_alive = 0;
		return ((int)r);
	}
	return (0);
}

/* The instructions where the host allows them. */
static inline bool
have_fsgsbase(void)
{
	return ((kroot()->r_features & ROOTF_FSGSBASE) != 0);
}

/* They fault on an address that is not canonical; the host refuses it. */
static inline bool
can_wrbase(uint64_t base)
{
	return (have_fsgsbase() && base < USER_MAX);
}

static int
set_gs(uint64_t base)
{
	if (!can_wrbase(base))
		return (host_arch_prctl(ARCH_SET_GS, base));
	__asm__ volatile("wrgsbase %0" : : "r"(base) : "memory");
	return (0);
}

/* --- a host thread that serves another ---------------------------------------- */

/*
 * The host puts a signal's frame on top of its alternate stack, or below the
 * stack pointer when that is on this stack already, and it refuses to change the
 * stack that is in use.  So there is a moment when the two do not agree.  On the
 * way to the borrower kicks and timers are blocked for it: their frames would
 * overwrite the lender's context.  On the way back they would hit the borrower's
 * area, which is dead, and names the lender for the handler's sake.
 */
#define	ASYNC_SIGNALS	(SIGBIT(HOST_SIGKICK) | SIGBIT(HOST_SIGTIMER) | \
			    SIGBIT(SIGALRM) | SIGBIT(SIGVTALRM) | \
			    SIGBIT(SIGPROF))

void	arch_switch(uaddr_t *save, uaddr_t sp, void (*fn)(void *), void *arg);
void	arch_switchback(uaddr_t sp) __noret;

static void
borrower_enter(void *arg)
{
	struct thread *td = arg;
	void (*start)(struct thread *) = td->td_bootfn;

	if (stack_on(td->td_area) != 0)
		kpanic("a vfork child could not set its stack");
	(void)host_sigblock(0);
	td->td_bootfn = NULL;
	start(td);
	arch_return(td);
}

void
arch_borrow(struct thread *td, struct thread *ntd,
    void (*start)(struct thread *))
{
	uaddr_t area = ntd->td_area, sp;
	uint64_t fs = arch_getfsbase(td);
	uint64_t gs = td->td_pflags & TDP_GSOWN ? arch_getgsbase(td) : 0;

	area_bind(area, ntd);
	sp = copy_context(td, ntd, arch_area_top(area));
	ntd->td_bootfn = start;
	ntd->td_alive = 1;
	ntd->td_where = TDW_KERN;
	(void)host_sigblock(ASYNC_SIGNALS);
	if (!(ntd->td_pflags & TDP_GSOWN))
		(void)arch_setgsbase(ntd, 0);
	arch_switch(&td->td_ksp, sp, borrower_enter, ntd);
	if (stack_on(td->td_area) != 0)
		kpanic("the parent of a vfork could not set its stack");
	arch_setfsbase(td, fs);
	if (td->td_pflags & TDP_GSOWN)
		(void)set_gs(gs);
	else
		(void)arch_setgsbase(td, 0);
}

/*
 * What a timer's entry has masked is masked on the host thread, whoever's it
 * was then: the lender has to leave by the host's sigreturn as well.
 */
static void
keep_hostmask(const struct thread *td, struct thread *lender)
{
	lender->td_pflags |= td->td_pflags & TDP_HOSTMASK;
}

void
arch_giveback(struct thread *lender, uint32_t *alive)
{
	struct tarea *ta = curtarea();

	if (alive != NULL)	/* else the record is another's already */
		keep_hostmask(ta->ta_thread, lender);
	ta->ta_thread = lender;
	ta->ta_where = &lender->td_where;
	ta->ta_flags = &lender->td_flags;
	if (alive != NULL)
		atomic_store(alive, 0);
	arch_switchback(lender->td_ksp);
}

long
arch_leave(struct thread *td, struct thread *lender)
{
	long pid;

	td->td_alive = 1;
	pid = host_fork(&td->td_hostpid, &td->td_alive);
	if (pid < 0)
		return (pid);
	if (pid > 0) {
		keep_hostmask(td, lender);
		arch_giveback(lender, NULL);
	}
	td->td_hosttid = td->td_hostpid;
	if (host_pdeathsig((int)kroot()->r_wardenpid) != 0)
		host_exit_group(125);
	if (trap_how() == 1 && trap_on(1) != 0)
		kpanic("the trap could not be set after a fork");
	return (0);
}

void
arch_thread_exit(struct thread *td)
{
	(void)td;
	host_exit_thread();
}

void
arch_proc_exit(int status)
{
	host_exit_group(status);
}

void
arch_setfsbase(struct thread *td, uint64_t base)
{
	td->td_fsbase = base;
	if (can_wrbase(base))
		__asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
	else
		(void)host_arch_prctl(ARCH_SET_FS, base);
}

uint64_t
arch_getfsbase(struct thread *td)
{
	uint64_t v = td->td_fsbase;

	if (have_fsgsbase())
		__asm__ volatile("rdfsbase %0" : "=r"(v));
	else
		(void)host_arch_prctl(ARCH_GET_FS, (uint64_t)&v);
	return (v);
}

/*
 * %gs: while the guest does not use it, it holds the thread's area for the fast
 * entry, and the guest is told 0.
 */
int
arch_setgsbase(struct thread *td, uint64_t base)
{
	if (base == 0 && (kroot()->r_features & ROOTF_PATCH)) {
		td->td_gsbase = 0;
		td->td_pflags &= ~(uint32_t)TDP_GSOWN;
		return (set_gs((uint64_t)tarea_of(td->td_area)));
	}
	td->td_gsbase = base;
	td->td_pflags |= TDP_GSOWN;
	return (set_gs(base));
}

uint64_t
arch_getgsbase(struct thread *td)
{
	uint64_t v = 0;

	if (have_fsgsbase())
		__asm__ volatile("rdgsbase %0" : "=r"(v));
	else
		(void)host_arch_prctl(ARCH_GET_GS, (uint64_t)&v);
	return (v == (uint64_t)tarea_of(td->td_area) ? 0 : v);
}

uaddr_t
arch_fastentry(void)
{
	extern const char fast_entry[];

	return ((uaddr_t)fast_entry);
}
