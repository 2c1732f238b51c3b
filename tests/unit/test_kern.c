/*
 * test_kern.c: ids, groups, waiting, signals, restarts and the unwinding of a
 * failed fork (sys/kern), on hand-made processes that no host process backs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/kmem.h"
#include "host/fake/fake.h"
#include "kern/kern_int.h"
#include "kern/ktimer.h"
#include "kern/sysvec.h"
#include "arch/amd64/arch.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/vfs.h"
#include "vm/vm.h"

static struct proc *self;
static struct thread *me;
static struct trapframe frame;

/* A personality that only notes what it is asked. */
static struct {
	int		sent, nsent, error;
	ksigset_t	oldmask;
	struct ksiginfo	info;
	long		ret;
	int		restarts;
	bool		block;
} sv;

static int
note_send(struct thread *td, const struct ksigaction *act,
    const struct ksiginfo *si, ksigset_t oldmask)
{
	if (sv.error != 0)
		return (sv.error);
	sv.sent = si->si_signo;
	sv.nsent++;
	sv.oldmask = oldmask;
	sv.info = *si;
	return (0);
}

static void
note_ret(struct thread *td, struct trapframe *tf, long ret)
{
	sv.ret = ret;
}

static void
note_restart(struct thread *td, struct trapframe *tf, bool block)
{
	sv.restarts++;
	sv.block = block;
}

static const struct sysvec test_sysvec = {
	.sv_name = "test", .sv_setret = note_ret,
	.sv_restart = note_restart, .sv_sendsig = note_send,
};

static int
boot(void **state)
{
	fake_boot(64UL << 20);
	assert_int_equal(vfs_init(), 0);
	vm_init();
	assert_int_equal(kern_init(), 0);
	self = proc_boot(true);
	assert_non_null(self);
	me = proc_first(self);
	me->td_frame = &frame;
	me->td_sysvec = self->p_sysvec = &test_sysvec;
	me->td_fd = fd_tablealloc();
	me->td_vm = vm_alloc();
	me->td_pwd = KNEW(struct pwd);
	me->td_pwd->pw_ref = 1;
	test_curthread = me;
	return (0);
}

static int
shut(void **state)
{
	fake_shutdown();
	return (0);
}

static struct proc *
child_of(struct proc *parent)
{
	struct proc *p = proc_alloc(parent);

	assert_non_null(p);
	proc_first(p)->td_cred = cred_hold(me->td_cred);
	proc_first(p)->td_sysvec = p->p_sysvec = &test_sysvec;
	mtx_lock(&kern()->k_treelock);
	proc_insert(p, parent, parent->p_pgrp);
	p->p_state = P_RUNNING;
	mtx_unlock(&kern()->k_treelock);
	return (p);
}

static long
wait_any(int options, struct kwait_result *r)
{
	return (kern_wait(me, KP_ALL, 0, options | WEXITED | WNOHANG, r));
}

static void
set_action(struct proc *p, int sig, uaddr_t handler, uint64_t flags)
{
	p->p_sigacts->sa_act[sig - 1] = (struct ksigaction){
	    .sa_handler = handler, .sa_flags = flags };
}

static void
clear_signals(void)
{
	mtx_lock(&self->p_siglock);
	sig_flush(self, ~0ULL);
	mtx_unlock(&self->p_siglock);
	for (int s = 1; s <= KNSIG; s++)
		set_action(self, s, SIG_DFL_, 0);
	me->td_sigmask = 0;
	me->td_flags = 0;
	me->td_pflags = 0;
	self->p_stopstate = 0;
	memset(&sv, 0, sizeof(sv));
}

static int
send_code(struct proc *p, int sig, int code, uint64_t value)
{
	struct ksiginfo si;

	memset(&si, 0, sizeof(si));
	si.si_signo = sig;
	si.si_code = code;
	si.u.rt.value = value;
	return (sig_proc(p, &si));
}

/* --- ids, groups --------------------------------------------------------------- */

static void
ids(void **state)
{
	struct kern_root *k = kern();
	struct proc *p, *q;
	struct kwait_result r;

	assert_int_equal(k->k_init->p_pid, 1);
	assert_int_equal(self->p_pid, 2);
	k->k_nextpid = k->k_maxpid - 1;
	p = child_of(self);
	q = child_of(self);
	assert_int_equal(p->p_pid, k->k_maxpid - 1);
	assert_int_equal(q->p_pid, PID_RESERVED);
	k->k_nextpid = PID_RESERVED;
	mtx_lock(&k->k_treelock);
	assert_int_equal(id_alloc(PID_RESERVED), -EEXIST);
	assert_int_equal(id_alloc(-5), -EINVAL);
	assert_int_equal(id_alloc(0), PID_RESERVED + 1);
	assert_ptr_equal(proc_lookup(PID_RESERVED), q);
	mtx_unlock(&k->k_treelock);
	proc_lost(p);
	proc_lost(q);
	assert_true(wait_any(0, &r) > 0);
	assert_true(wait_any(0, &r) > 0);
	assert_null(proc_find(PID_RESERVED));
	assert_null(thread_find(PID_RESERVED));
	k->k_nextpid = 1000;
}

static void
groups(void **state)
{
	struct proc *a = child_of(self), *b = child_of(self), *g;
	struct kwait_result r;
	int pa = a->p_pid;

	assert_int_equal(kern_getsid(me, 0), self->p_pid);
	assert_int_equal(kern_setsid(me), -EPERM);
	assert_int_equal(kern_setpgid(me, 0, 0), -EPERM);	/* leader */
	assert_int_equal(kern_setpgid(me, pa, -1), -EINVAL);
	assert_int_equal(kern_setpgid(me, 99999, 0), -ESRCH);
	assert_int_equal(kern_setpgid(me, pa, 99999), -EPERM);
	assert_int_equal(kern_setpgid(me, pa, pa), 0);
	assert_int_equal(kern_setpgid(me, b->p_pid, pa), 0);
	assert_int_equal(kern_getpgid(me, b->p_pid), pa);
	b->p_flags |= PF_EXECED;
	assert_int_equal(kern_setpgid(me, b->p_pid, 0), -EACCES);
	g = child_of(a);		/* not a child of ours */
	assert_int_equal(kern_setpgid(me, g->p_pid, 0), -ESRCH);
	assert_int_equal(kern_wait(me, KP_PGID, 4242, WEXITED | WNOHANG, &r),
	    -ECHILD);
	proc_lost(a);
	proc_lost(b);
	proc_lost(g);		/* init's child by now: reaped at once */
	assert_null(proc_find(g->p_pid));
	assert_int_equal(kern_wait(me, KP_PGID, pa, WEXITED | WNOHANG, &r),
	    pa);
	assert_true(wait_any(0, &r) > 0);
	mtx_lock(&kern()->k_treelock);
	assert_null(pgrp_find(pa));
	mtx_unlock(&kern()->k_treelock);
}

/* --- waiting --------------------------------------------------------------------- */

static void
waiting(void **state)
{
	struct kwait_result r;
	struct proc *p;
	int pid;

	clear_signals();
	assert_int_equal(wait_any(0, &r), -ECHILD);
	p = child_of(self);
	pid = p->p_pid;
	assert_int_equal(wait_any(0, &r), 0);
	proc_lost(p);
	assert_true(self->p_sigpend == 0);	/* SIGCHLD: by default ignored */
	assert_int_equal(wait_any(WNOWAIT, &r), pid);
	assert_int_equal(r.status, SIGKILL);
	assert_int_equal(r.code, CLD_KILLED);
	assert_int_equal(wait_any(0, &r), pid);
	assert_int_equal(wait_any(0, &r), -ECHILD);

	/* Without a signal to us it is a clone child. */
	p = child_of(self);
	p->p_exitsig = 0;
	proc_lost(p);
	assert_int_equal(wait_any(0, &r), -ECHILD);
	assert_int_equal(wait_any((int)WCLONE_, &r), p->p_pid);

	/* Who ignores SIGCHLD has no zombies. */
	set_action(self, SIGCHLD, SIG_IGN_, 0);
	p = child_of(self);
	pid = p->p_pid;
	proc_lost(p);
	assert_null(proc_find(pid));
	set_action(self, SIGCHLD, 0x1000, SA_NOCLDWAIT);
	p = child_of(self);
	pid = p->p_pid;
	proc_lost(p);
	assert_null(proc_find(pid));
	assert_true(self->p_sigpend & SIGBIT(SIGCHLD));
	clear_signals();
	thread_gc();
	assert_true(list_empty(&kern()->k_dead));
}

static void
orphans(void **state)
{
	struct proc *p = child_of(self), *c = child_of(p), *z = child_of(p);
	struct kwait_result r;
	int cpid = c->p_pid, zpid = z->p_pid;

	proc_lost(z);			/* a zombie child of p */
	c->p_pdeathsig = SIGUSR1;
	set_action(c, SIGUSR1, 0x1000, 0);
	self->p_subreaper = 1;
	proc_lost(p);
	assert_ptr_equal(c->p_parent, self);
	assert_true(c->p_sigpend & SIGBIT(SIGUSR1));
	self->p_subreaper = 0;
	assert_int_equal(kern_wait(me, KP_PID, zpid, WEXITED | WNOHANG, &r),
	    zpid);
	proc_lost(c);
	assert_int_equal(kern_wait(me, KP_PID, cpid, WEXITED | WNOHANG, &r),
	    cpid);
	assert_int_equal(wait_any(0, &r), p->p_pid);
	assert_int_equal(wait_any(0, &r), -ECHILD);
}

/* A group that loses its last link and has a stopped member is told. */
static void
orphaned_group(void **state)
{
	struct proc *shell = child_of(self), *job = child_of(shell);
	struct kwait_result r;
	struct pgrp *pg;

	mtx_lock(&kern()->k_treelock);
	pg = pgrp_new(job->p_pid, job->p_pgrp->pg_session);
	pgrp_join(job, pg);
	assert_false(pgrp_orphaned(pg, NULL));
	mtx_unlock(&kern()->k_treelock);
	mtx_lock(&job->p_siglock);
	job->p_stopstate = PS_ISSTOPPED | PS_STOPPED | PS_ALLPARKED;
	mtx_unlock(&job->p_siglock);
	proc_lost(shell);
	assert_true(job->p_sigpend & SIGBIT(SIGHUP));
	assert_false(job->p_stopstate & PS_ISSTOPPED);
	proc_lost(job);
	assert_int_equal(wait_any(0, &r), shell->p_pid);
	assert_int_equal(wait_any(0, &r), -ECHILD);
}

static void
stop_reports(void **state)
{
	struct proc *p = child_of(self);
	struct kwait_result r;
	int pid = p->p_pid;

	clear_signals();
	p->p_stopsig = SIGTSTP;
	p->p_stopstate = PS_ISSTOPPED | PS_STOPPED | PS_ALLPARKED;
	assert_int_equal(wait_any(0, &r), 0);
	assert_int_equal(wait_any(WUNTRACED | WNOWAIT, &r), pid);
	assert_int_equal(wait_any(WUNTRACED, &r), pid);
	assert_int_equal(r.status, SIGTSTP << 8 | 0x7f);
	assert_int_equal(wait_any(WUNTRACED, &r), 0);
	assert_int_equal(send_code(p, SIGCONT, SI_USER, 0), 0);
	assert_int_equal(wait_any(WCONTINUED, &r), pid);
	assert_int_equal(r.status, 0xffff);
	assert_int_equal(wait_any(WCONTINUED, &r), 0);
	proc_lost(p);
	assert_int_equal(wait_any(0, &r), pid);
}

/* --- signals ------------------------------------------------------------------------ */

static void
queues(void **state)
{
	struct ksiginfo si;

	clear_signals();
	me->td_sigmask = ~0ULL;
	/* Standard ones merge, real-time ones queue in order. */
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 1), 0);
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 2), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(send_code(self, 40, SI_QUEUE, i), 0);
	assert_int_equal(send_code(self, 35, SI_QUEUE, 9), 0);
	assert_int_equal(sig_take(me, ~0ULL, &si), SIGUSR1);
	assert_int_equal(si.u.rt.value, 1);
	assert_int_equal(sig_take(me, ~0ULL, &si), 35);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sig_take(me, ~0ULL, &si), 40);
		assert_int_equal(si.u.rt.value, i);
	}
	assert_int_equal(sig_take(me, ~0ULL, &si), 0);
	assert_int_equal(self->p_nsigq, 0);
	/* The limit refuses queued ones; kill(2) still marks its own. */
	self->p_rlim[RLIMIT_SIGPENDING_].rlim_cur = 2;
	assert_int_equal(send_code(self, 40, SI_QUEUE, 0), 0);
	assert_int_equal(send_code(self, 40, SI_QUEUE, 1), 0);
	assert_int_equal(send_code(self, 40, SI_QUEUE, 2), -EAGAIN);
	assert_int_equal(send_code(self, SIGUSR2, SI_USER, 7), 0);
	assert_int_equal(sig_take(me, SIGBIT(SIGUSR2), &si), SIGUSR2);
	assert_int_equal(si.u.rt.value, 0);
	self->p_rlim[RLIMIT_SIGPENDING_].rlim_cur = KRLIM_INFINITY;
	/* Faults come before all but SIGKILL. */
	clear_signals();
	me->td_sigmask = ~0ULL;
	sig_thread_kernel(me, SIGHUP);
	sig_thread_kernel(me, SIGSEGV);
	assert_int_equal(sig_take(me, ~0ULL, &si), SIGSEGV);
	assert_int_equal(sig_take(me, ~0ULL, &si), SIGHUP);
}

static void
ignoring(void **state)
{
	struct ksigaction ign = { .sa_handler = SIG_IGN_ };
	struct ksiginfo si;

	clear_signals();
	assert_int_equal(send_code(self, SIGWINCH, SI_USER, 0), 0);
	assert_int_equal(sig_pendingset(me), 0);
	/* What is blocked is kept, ignored or not ... */
	me->td_sigmask = SIGBIT(SIGWINCH) | SIGBIT(SIGUSR1);
	assert_int_equal(send_code(self, SIGWINCH, SI_USER, 0), 0);
	assert_int_equal(sig_take(me, ~0ULL, &si), SIGWINCH);
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 0), 0);
	assert_int_equal(sig_pendingset(me), SIGBIT(SIGUSR1));
	/* ... until the disposition becomes "ignore". */
	assert_int_equal(kern_sigaction(me, SIGUSR1, &ign, NULL), 0);
	assert_int_equal(sig_pendingset(me), 0);
	assert_int_equal(kern_sigaction(me, SIGKILL, &ign, NULL), -EINVAL);
	assert_int_equal(kern_sigaction(me, 65, NULL, NULL), -EINVAL);
	sig_setmask(me, ~0ULL);
	assert_int_equal(me->td_sigmask, ~SIGSET_UNBLOCKABLE);
}

static void
stop_and_continue(void **state)
{
	clear_signals();
	me->td_sigmask = ~0ULL;
	assert_int_equal(send_code(self, SIGTSTP, SI_USER, 0), 0);
	assert_int_equal(send_code(self, SIGTTIN, SI_USER, 0), 0);
	assert_int_equal(send_code(self, SIGCONT, SI_USER, 0), 0);
	assert_int_equal(sig_pendingset(me), SIGBIT(SIGCONT));
	assert_int_equal(send_code(self, SIGSTOP, SI_USER, 0), 0);
	assert_int_equal(sig_pendingset(me), SIGBIT(SIGSTOP));
	assert_int_equal(send_code(self, SIGCONT, SI_USER, 0), 0);
	/* A stop that was dequeued is cancelled, too. */
	self->p_stopstate = PS_DEQUEUED;
	assert_int_equal(send_code(self, SIGCONT, SI_USER, 0), 0);
	sig_stop(me, SIGSTOP, 0);
	assert_false(self->p_stopstate & PS_ISSTOPPED);
	clear_signals();
}

static void
init_protection(void **state)
{
	struct proc *p = child_of(self);
	struct kwait_result r;

	p->p_flags |= PF_INIT;
	assert_int_equal(send_code(p, SIGKILL, SI_USER, 0), 0);
	assert_int_equal(send_code(p, SIGTERM, SI_USER, 0), 0);
	assert_int_equal(p->p_sigpend, 0);
	set_action(p, SIGTERM, 0x1000, 0);
	assert_int_equal(send_code(p, SIGTERM, SI_USER, 0), 0);
	assert_int_equal(p->p_sigpend, SIGBIT(SIGTERM));
	/* The terminal and the end of the jail reach it all the same. */
	sig_kernel(p, SIGINT);
	sig_kill(p);
	assert_true(p->p_sigpend & SIGBIT(SIGKILL));
	assert_true(p->p_sigpend & SIGBIT(SIGINT));
	p->p_flags &= ~(uint32_t)PF_INIT;
	proc_lost(p);
	assert_int_equal(wait_any(0, &r), p->p_pid);
}

static void
permissions(void **state)
{
	struct proc *p = child_of(self);
	struct ucred *cr = cred_copy(me->td_cred), *mine = me->td_cred;
	struct ksiginfo si;
	struct kwait_result r;

	memset(&si, 0, sizeof(si));
	cr->cr_ruid = cr->cr_uid = cr->cr_suid = 1000;
	cr->cr_cap_eff = 0;
	me->td_cred = cr;
	assert_int_equal(kern_kill(me, p->p_pid, &si), -EPERM);
	si.si_signo = SIGCONT;		/* same session */
	assert_int_equal(kern_kill(me, p->p_pid, &si), 0);
	si.si_signo = 0;
	assert_int_equal(kern_kill(me, -1, &si), -EPERM);
	assert_int_equal(kern_kill(me, 999999, &si), -ESRCH);
	assert_int_equal(kern_kill(me, -999999, &si), -ESRCH);
	assert_int_equal(kern_tgkill(me, p->p_pid, self->p_pid, &si), -ESRCH);
	assert_int_equal(kern_tgkill(me, -1, p->p_pid, &si), -EPERM);
	si.si_signo = 65;
	assert_int_equal(kern_kill(me, p->p_pid, &si), -EINVAL);
	me->td_cred = mine;
	si.si_signo = 0;
	assert_int_equal(kern_kill(me, p->p_pid, &si), 0);
	assert_int_equal(kern_kill(me, 0, &si), 0);
	cred_free(cr);
	proc_lost(p);
	assert_int_equal(wait_any(0, &r), p->p_pid);
}

/* --- the safe point --------------------------------------------------------------------- */

static void
delivery(void **state)
{
	clear_signals();
	set_action(self, SIGUSR1, 0x1000, SA_RESETHAND);
	self->p_sigacts->sa_act[SIGUSR1 - 1].sa_mask = SIGBIT(SIGHUP);
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 0), 0);
	assert_true(me->td_flags & TDF_AST);
	ast(me);
	assert_int_equal(sv.sent, SIGUSR1);
	assert_int_equal(sv.oldmask, 0);
	assert_int_equal(me->td_sigmask, SIGBIT(SIGUSR1) | SIGBIT(SIGHUP));
	assert_int_equal(self->p_sigacts->sa_act[SIGUSR1 - 1].sa_handler,
	    SIG_DFL_);
	/* Two at once: two frames; the second sees the first's mask. */
	clear_signals();
	set_action(self, SIGUSR1, 0x1000, 0);
	set_action(self, SIGUSR2, 0x1000, SA_NODEFER);
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 0), 0);
	assert_int_equal(send_code(self, SIGUSR2, SI_USER, 0), 0);
	ast(me);
	assert_int_equal(sv.nsent, 2);
	assert_int_equal(sv.oldmask, SIGBIT(SIGUSR1));
	assert_int_equal(me->td_sigmask, SIGBIT(SIGUSR1));
	/* sigsuspend: the handler's frame restores the mask from before. */
	clear_signals();
	set_action(self, SIGUSR1, 0x1000, 0);
	me->td_sigmask = SIGBIT(SIGUSR1) | SIGBIT(SIGINT);
	assert_int_equal(send_code(self, SIGUSR1, SI_USER, 0), 0);
	sig_tempmask(me, 0);
	ast(me);
	assert_int_equal(sv.oldmask, SIGBIT(SIGUSR1) | SIGBIT(SIGINT));
	assert_false(me->td_pflags & TDP_OLDMASK);
	/* Without a signal it comes back by itself. */
	sig_setmask(me, SIGBIT(SIGINT));
	sig_tempmask(me, 0);
	ast(me);
	assert_int_equal(me->td_sigmask, SIGBIT(SIGINT));
	clear_signals();
}

/* signal(7): what becomes of each result, with and without SA_RESTART. */
static void
restarts(void **state)
{
	static const struct {
		long	ret;
		int	handler;	/* 0 none, 1 plain, 2 SA_RESTART */
		int	restarted;	/* 0 EINTR, 1 plain, 2 by block */
	} t[] = {
		{ -ERESTARTSYS, 0, 1 }, { -ERESTARTSYS, 1, 0 },
		{ -ERESTARTSYS, 2, 1 }, { -ERESTARTNOINTR, 0, 1 },
		{ -ERESTARTNOINTR, 1, 1 }, { -ERESTARTNOINTR, 2, 1 },
		{ -ERESTARTNOHAND, 0, 1 }, { -ERESTARTNOHAND, 1, 0 },
		{ -ERESTARTNOHAND, 2, 0 }, { -ERESTART_RESTARTBLOCK, 0, 2 },
		{ -ERESTART_RESTARTBLOCK, 1, 0 },
		{ -ERESTART_RESTARTBLOCK, 2, 0 },
	};

	for (unsigned i = 0; i < nitems(t); i++) {
		clear_signals();
		set_action(self, SIGUSR1, 0x1000,
		    t[i].handler == 2 ? SA_RESTART : 0);
		if (t[i].handler != 0)
			assert_int_equal(send_code(self, SIGUSR1, SI_USER, 0),
			    0);
		me->td_ret = t[i].ret;
		me->td_pflags |= TDP_RESTART;
		ast(me);
		assert_int_equal(sv.restarts, t[i].restarted != 0);
		assert_int_equal(sv.block, t[i].restarted == 2);
		assert_int_equal(sv.ret, t[i].restarted == 0 ? -EINTR : 0);
		assert_false(me->td_pflags & TDP_RESTART);
	}
	clear_signals();
}

/* --- timers ------------------------------------------------------------------------------- */

static void
timers(void **state)
{
	struct ktimer_event ev = { .ke_signo = 40, .ke_value = 77 };
	struct ksiginfo si;
	long id;

	clear_signals();
	me->td_sigmask = ~0ULL;
	id = kern_timer_create(me, 1, &ev);
	assert_int_equal(id, 0);
	/* An expiry of another generation or slot is none. */
	trap_timer(0, 99ULL << 32, 0);
	trap_timer(0, 500, 0);
	ktimer_ast(me);
	assert_int_equal(sig_pendingset(me), 0);
	trap_timer(0, 1ULL << 32, 2);		/* three at once */
	assert_true(me->td_flags & TDF_AST);
	ktimer_ast(me);
	trap_timer(0, 1ULL << 32, 0);		/* one more while it waits */
	ktimer_ast(me);
	assert_int_equal(sig_take(me, ~0ULL, &si), 40);
	assert_int_equal(si.si_code, SI_TIMER);
	assert_int_equal(si.u.timer.value, 77);
	assert_int_equal(si.u.timer.overrun, 3);
	assert_int_equal(kern_timer_getoverrun(me, 0), 3);
	assert_int_equal(sig_take(me, ~0ULL, &si), 0);
	trap_timer(SIGALRM, 0, 0);
	ktimer_ast(me);
	assert_int_equal(sig_take(me, ~0ULL, &si), SIGALRM);
	/* Gone: what was under way is dropped. */
	trap_timer(0, 1ULL << 32, 0);
	assert_int_equal(kern_timer_delete(me, 0), 0);
	ktimer_ast(me);
	assert_int_equal(sig_pendingset(me), 0);
	assert_int_equal(kern_timer_delete(me, 0), -EINVAL);
	assert_int_equal(kern_timer_getoverrun(me, 511), -EINVAL);
	clear_signals();
}

/* --- fork --------------------------------------------------------------------------------- */

static void
clone_flags(void **state)
{
	static const struct {
		uint64_t flags;
		long	 error;
	} t[] = {
		{ CLONE_THREAD, -EINVAL },
		{ CLONE_SIGHAND, -EINVAL },
		{ CLONE_THREAD | CLONE_SIGHAND, -EINVAL },
		{ CLONE_NEWNS | CLONE_FS, -EINVAL },
		{ CLONE_NEWUSER, -EPERM },
		{ CLONE_NEWNET | CLONE_NEWPID, -EPERM },
		{ CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM, -EINVAL },
		{ CLONE_PIDFD | CLONE_DETACHED, -EINVAL },
		{ CLONE_INTO_CGROUP, -EOPNOTSUPP },
	};

	for (unsigned i = 0; i < nitems(t); i++) {
		struct clone_args ca = { .flags = t[i].flags };

		assert_int_equal(kern_clone(me, &ca), t[i].error);
	}
}

/* The host cannot fork here: all that was made for the child goes again. */
static void
fork_unwinds(void **state)
{
	struct kern_root *k = kern();
	uint32_t procs = k->k_nprocs, threads = k->k_nthreads, pidfd;
	uint32_t credref = me->td_cred->cr_ref, pwdref = me->td_pwd->pw_ref;
	struct clone_args ca = { .flags = CLONE_FS | CLONE_PIDFD,
	    .pidfd = (uaddr_t)&pidfd, .exit_signal = SIGCHLD };

	clear_signals();
	assert_int_equal(kern_clone(me, &ca), -EAGAIN);
	ca.flags |= CLONE_VFORK | CLONE_VM | CLONE_FILES;
	assert_int_equal(kern_clone(me, &ca), -EAGAIN);
	ca.pidfd = 8;			/* nothing is there */
	assert_int_equal(kern_clone(me, &ca), -EFAULT);
	/* A signal that waits comes first. */
	me->td_flags |= TDF_AST;
	assert_int_equal(kern_clone(me, &ca), -EFAULT);
	ca.pidfd = (uaddr_t)&pidfd;
	assert_int_equal(kern_clone(me, &ca), -ERESTARTNOINTR);
	me->td_flags = 0;
	/* A thread fails as well: there is no area for it. */
	ca.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_FILES |
	    CLONE_FS;
	me->td_area = TAREA_BASE;
	assert_true(kern_clone(me, &ca) < 0);
	assert_int_equal(k->k_nprocs, procs);
	assert_int_equal(k->k_nthreads, threads);
	assert_int_equal(self->p_nthreads, 1);
	assert_int_equal(me->td_cred->cr_ref, credref);
	assert_int_equal(me->td_pwd->pw_ref, pwdref);
	assert_true(list_empty(&self->p_children));
	assert_int_equal(fd_next(me->td_fd, 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(groups),
		cmocka_unit_test(waiting),
		cmocka_unit_test(orphans),
		cmocka_unit_test(orphaned_group),
		cmocka_unit_test(stop_reports),
		cmocka_unit_test(queues),
		cmocka_unit_test(ignoring),
		cmocka_unit_test(stop_and_continue),
		cmocka_unit_test(init_protection),
		cmocka_unit_test(permissions),
		cmocka_unit_test(delivery),
		cmocka_unit_test(restarts),
		cmocka_unit_test(timers),
		cmocka_unit_test(clone_flags),
		cmocka_unit_test(fork_unwinds),
	};

	return (cmocka_run_group_tests(tests, boot, shut));
}
