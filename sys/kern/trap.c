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
	return (ret <= -ERESTARTSYS && ret >= -ERESTART_RESTARTBLOCK &&
	    ret != -ENOIOCTLCMD);
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
	if (unlikely(is_restart(ret))) {
		td->td_ret = ret;
		td->td_pflags |= TDP_RESTART;
		atomic_or(&td->td_flags, TDF_AST);
		return;
	}
	td->td_sysvec->sv_setret(td, td->td_frame, ret);
	/* A temporary mask goes now when no signal needs it any more. */
	if (unlikely(td->td_pflags & TDP_OLDMASK))
		atomic_or(&td->td_flags, TDF_AST);
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

bool
trap_needsfull(struct thread *td, uint64_t nr)
{
	const struct sysvec *sv = td->td_sysvec;

	return (nr < sv->sv_ncalls && (sv->sv_table[nr].se_flags & SE_FULL));
}

void
trap_site(struct thread *td)
{
	struct trapframe *tf = td->td_frame;

	if (td->td_sysvec->sv_fastentry)
		vm_patch_trap(td->td_vm, tf->tf_rip, tf->tf_rax,
		    td->td_proc->p_nthreads > 1);
}

void
trap_show(struct thread *td)
{
	td->td_frame->tf_rip = vm_patch_show(td->td_vm, td->td_frame->tf_rip);
}

void
trap_real(struct thread *td)
{
	td->td_frame->tf_rip = vm_patch_real(td->td_vm, td->td_frame->tf_rip);
}
