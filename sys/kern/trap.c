/*
 * trap.c: from the entry code to the call's function and back, and from a
 * fault to a signal (upcalls of arch/amd64/arch.h).
 */
#include "arch/amd64/arch.h"
#include "base/rec.h"
#include "kern/kern_int.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	TRAPNO_PF	14
#define	PF_WRITE	2
#define	PF_FETCH	16

static inline bool
is_restart(long ret)
{
	return ((unsigned long)(ret - -ERESTART_RESTARTBLOCK) <=
	    -ERESTARTSYS - -ERESTART_RESTARTBLOCK && ret != -ENOIOCTLCMD);
}

/*
 * The call is to be made again, or has set a temporary mask.  ast() decides
 * about the one, and ends the other when a signal may want it; without one it
 * ends here.
 */
static void __noinline
leave_odd(struct thread *td, long ret)
{
	if (is_restart(ret)) {
		td->td_ret = ret;
		td->td_pflags |= TDP_RESTART;
		atomic_or(&td->td_flags, TDF_AST);
	} else if (!(atomic_load(&td->td_flags) & TDF_AST))
		sig_restoremask(td);
}

void
trap_syscall(struct thread *td)
{
	const struct sysvec *sv = td->td_sysvec;
	const struct sysent *se;
	struct recent *re;
	bool traced;
	uint64_t nr;
	long ret;

	re = rec_next(td);
	sv->sv_fetch(td, td->td_frame, &nr, re->re_args);
	rec_begin(td, re, (uint32_t)nr, sv->sv_id);
	se = nr < sv->sv_ncalls ? &sv->sv_table[nr] : NULL;
	traced = rec_traced();
	if (unlikely(traced))
		recroot()->rr_ops->to_enter(td, re, se);
	if (likely(se != NULL && se->se_call != NULL))
		ret = se->se_call(td, re->re_args);
	else
		ret = -ENOSYS;

	/* fork returns twice, exec changes the personality. */
	if (td == curthread()) {
		rec_end(re, ret);
		if (unlikely(traced))
			recroot()->rr_ops->to_leave(td, re, se, ret);
	}
	td = curthread();
	if (td->td_pflags & TDP_NORESTORE) {
		td->td_pflags &= ~(uint32_t)TDP_NORESTORE;
		return;
	}
	if (unlikely(is_restart(ret) || (td->td_pflags & TDP_OLDMASK)))
		leave_odd(td, ret);
	if (likely(!(td->td_pflags & TDP_RESTART)))
		td->td_sysvec->sv_setret(td, td->td_frame, ret);
}

/* An exec that another host thread began, and traced as begun, is done. */
void
trap_resumed(struct thread *td, long ret)
{
	const struct sysvec *sv = td->td_sysvec;
	struct recent *re = &td->td_ring[(td->td_ncalls - 1) % REC_ENTRIES];

	rec_end(re, ret);
	if (unlikely(rec_traced()) && re->re_nr < sv->sv_ncalls)
		recroot()->rr_ops->to_leave(td, re,
		    &sv->sv_table[re->re_nr], ret);
}

/* A call that is unknown, traced or wants a whole context. */
static long __noinline
fastcall_odd(struct thread *td, uint32_t nr)
{
	const struct sysvec *sv = td->td_sysvec;

	if (nr < sv->sv_ncalls && (sv->sv_table[nr].se_flags & SE_FULL))
		arch_fastfull(td);
	trap_syscall(td);
	return ((long)td->td_frame->tf_rax);
}

/*
 * A call of a patched site: the registers are linux64's, whose personality
 * alone has such sites (sv_fastentry), and the result goes back in %rax as it
 * is.  No call that comes here returns twice or sets registers: those want a
 * whole context.
 */
long
trap_fastcall(struct thread *td, struct trapframe *tf)
{
	const struct sysvec *sv = td->td_sysvec;
	uint32_t nr = (uint32_t)tf->tf_rax;
	const struct sysent *se = &sv->sv_table[nr];
	struct recent *re;
	long ret;

	td->td_frame = tf;
	if (unlikely(nr >= sv->sv_ncalls || se->se_call == NULL ||
	    (se->se_flags & SE_FULL) || rec_traced()))
		return (fastcall_odd(td, nr));
	re = rec_next(td);
	re->re_args[0] = tf->tf_rdi;
	re->re_args[1] = tf->tf_rsi;
	re->re_args[2] = tf->tf_rdx;
	re->re_args[3] = tf->tf_r10;
	re->re_args[4] = tf->tf_r8;
	re->re_args[5] = tf->tf_r9;
	rec_begin(td, re, nr, sv->sv_id);
	ret = se->se_call(td, re->re_args);
	rec_end(re, ret);
	if (unlikely(is_restart(ret) || (td->td_pflags & TDP_OLDMASK)))
		leave_odd(td, ret);
	return (ret);
}

void
trap_fault(struct thread *td, const struct ksiginfo *si)
{
	struct trapframe *tf = td->td_frame;
	struct ksiginfo out;
	int code;

	memset(&out, 0, sizeof(out));
	out.si_signo = si->si_signo;
	out.si_code = si->si_code;
	out.u.fault = si->u.fault;
	if (si->si_signo == SIGSEGV && tf->tf_trapno == TRAPNO_PF) {
		code = vm_fault(td->td_vm, tf->tf_cr2,
		    (tf->tf_err & PF_WRITE) != 0,
		    (tf->tf_err & PF_FETCH) != 0);
		if (code == 0)
			return;
		out.si_code = code;
		out.u.fault.addr = tf->tf_cr2;
	}
	sig_force(td, &out);
}

void
trap_site(struct thread *td)
{
	struct trapframe *tf = td->td_frame;
	struct proc *p = td->td_proc;

	/* The lender of a vfork child may have other threads. */
	if (td->td_sysvec->sv_fastentry)
		vm_patch_trap(td->td_vm, tf->tf_rip, tf->tf_rax,
		    p->p_nthreads > 1 || (p->p_lender != NULL &&
		    p->p_lender->td_proc->p_nthreads > 1));
}

void
trap_show(struct thread *td)
{
	td->td_frame->tf_rip = vm_text_show(td->td_vm,
	    vm_patch_show(td->td_vm, td->td_frame->tf_rip));
}

void
trap_real(struct thread *td)
{
	td->td_frame->tf_rip = vm_text_real(td->td_vm,
	    vm_patch_real(td->td_vm, td->td_frame->tf_rip));
}
