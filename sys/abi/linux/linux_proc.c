/* linux_proc.c: processes at the edge: clone(2), wait4(2), ids, pidfds. */
#include "abi/linux/linux_kern.h"
#include "abi/syscalls.h"
#include "base/copy.h"
#include "ipc/sysv.h"
#include "kern/pidfd.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"

#define	CSIGNAL		0xffUL
#define	CLONE_ARGS_V0	64	/* bytes of struct clone_args' versions */
#define	CLONE_ARGS_MAX	88

long
sys_clone(struct thread *td, unsigned long flags, uaddr_t stack,
    uaddr_t parent_tid, uaddr_t child_tid, uaddr_t tls)
{
	struct clone_args ca = {
		.flags = (uint32_t)flags & ~CSIGNAL,
		.exit_signal = (int)(flags & CSIGNAL),
		.stack = stack,
		.parent_tid = parent_tid,
		.pidfd = parent_tid,
		.child_tid = child_tid,
		.tls = tls,
	};

	if ((flags & CLONE_PIDFD) && (flags & CLONE_PARENT_SETTID))
		return (-EINVAL);
	return (kern_clone(td, &ca));
}

long
sys_fork(struct thread *td)
{
	struct clone_args ca = { .exit_signal = SIGCHLD };

	return (kern_clone(td, &ca));
}

long
sys_vfork(struct thread *td)
{
	struct clone_args ca = { .flags = CLONE_VM | CLONE_VFORK,
	    .exit_signal = SIGCHLD };

	return (kern_clone(td, &ca));
}

struct l_clone_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
	    stack_size, tls, set_tid, set_tid_size, cgroup;
};

long
sys_clone3(struct thread *td, uaddr_t uargs, size_t size)
{
	struct l_clone_args a = { 0 };
	struct clone_args ca;
	uint32_t tid = 0;
	uint8_t c;

	if (size > KPAGE_SIZE)
		return (-E2BIG);
	if (size < CLONE_ARGS_V0)
		return (-EINVAL);
	for (size_t i = CLONE_ARGS_MAX; i < size; i++) {
		if (copyin(uargs + i, &c, 1) != 0)
			return (-EFAULT);
		if (c != 0)
			return (-E2BIG);
	}
	if (copyin(uargs, &a, kmin(size, sizeof(a))) != 0)
		return (-EFAULT);
	if ((a.flags & (CLONE_DETACHED | CSIGNAL)) || (a.flags >> 34) != 0 ||
	    (a.exit_signal & ~CSIGNAL) || a.exit_signal > KNSIG ||
	    ((a.flags & (CLONE_THREAD | CLONE_PARENT)) &&
	    a.exit_signal != 0) || (a.stack == 0) != (a.stack_size == 0) ||
	    (a.set_tid == 0) != (a.set_tid_size == 0) || a.set_tid_size > 32)
		return (-EINVAL);
	if (a.stack != 0 && !user_range_ok(a.stack, a.stack_size))
		return (-EINVAL);
	if (a.set_tid_size > 1)
		return (-EINVAL);	/* there is one level of ids */
	if (a.set_tid != 0 && fetch32(a.set_tid, &tid) != 0)
		return (-EFAULT);
	if (a.set_tid != 0 && (int32_t)tid <= 0)
		return (-EINVAL);
	ca = (struct clone_args){ .flags = a.flags, .pidfd = a.pidfd,
	    .child_tid = a.child_tid, .parent_tid = a.parent_tid,
	    .exit_signal = (int)a.exit_signal,
	    .stack = a.stack + a.stack_size, .tls = a.tls,
	    .set_tid = (int)tid };
	return (kern_clone(td, &ca));
}

long
sys_exit(struct thread *td, int status)
{
	kern_exit_thread(td, status & 0xff);
}

long
sys_exit_group(struct thread *td, int status)
{
	kern_exit_group(td, (status & 0xff) << 8);
}

/* --- waiting -------------------------------------------------------------------- */

long
sys_wait4(struct thread *td, int pid, uaddr_t status, int options,
    uaddr_t rusage)
{
	struct kwait_result r;
	unsigned opts = (unsigned)options;
	int type = KP_ALL, id = 0;
	long ret;

	if (opts & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD_ | WALL_ |
	    WCLONE_))
		return (-EINVAL);
	if (pid == INT32_MIN)
		return (-ESRCH);
	if (pid > 0) {
		type = KP_PID;
		id = pid;
	} else if (pid != -1) {
		type = KP_PGID;
		id = -pid;
	}
	ret = kern_wait(td, type, id, (int)(opts | WEXITED), &r);
	if (ret <= 0)
		return (ret);
	if (status != 0 && store32(status, (uint32_t)r.status) != 0)
		return (-EFAULT);
	if (linux_rusage_out(&r.ru, rusage) != 0)
		return (-EFAULT);
	return (ret);
}

#define	P_PIDFD_	3

/* The process that a pidfd names, as a pid to wait for. */
static int
pidfd_topid(int fd, int *nonblock)
{
	struct file *fp = fget(fd);
	struct proc *p;
	int pid = -EBADF;

	if (fp == NULL)
		return (-EBADF);
	p = pidfd_proc(fp);
	if (p != NULL)
		pid = p->p_state == P_DEAD ? -ECHILD : p->p_pid;
	*nonblock = (fp->f_flags & O_NONBLOCK) != 0;
	fdrop(fp);
	return (pid);
}

static int
waitid_out(const struct kwait_result *r, bool hit, uaddr_t info)
{
	struct ksiginfo si;

	if (info == 0)
		return (0);
	memset(&si, 0, sizeof(si));
	if (hit) {
		si.si_signo = SIGCHLD;
		si.si_code = r->code;
		si.u.chld.pid = r->pid;
		si.u.chld.uid = r->uid;
		switch (r->code) {
		case CLD_EXITED:
			si.u.chld.status = r->status >> 8 & 0xff;
			break;
		case CLD_STOPPED:
			si.u.chld.status = r->status >> 8;
			break;
		case CLD_CONTINUED:
			si.u.chld.status = SIGCONT;
			break;
		default:
			si.u.chld.status = r->status & 0x7f;
		}
	}
	/* Linux writes these fields alone, not all 128 bytes. */
	return (copyout(&si, info, 28));
}

long
sys_waitid(struct thread *td, int idtype, int id, uaddr_t info, int options,
    uaddr_t rusage)
{
	struct kwait_result r;
	unsigned opts = (unsigned)options;
	int nonblock = 0;
	long ret;

	if ((opts & ~(WNOHANG | WNOWAIT | WEXITED | WUNTRACED | WCONTINUED |
	    WNOTHREAD_ | WALL_ | WCLONE_)) ||
	    !(opts & (WEXITED | WUNTRACED | WCONTINUED)))
		return (-EINVAL);
	switch (idtype) {
	case KP_ALL:
		break;
	case KP_PID:
		if (id <= 0)
			return (-EINVAL);
		break;
	case KP_PGID:
		if (id < 0)
			return (-EINVAL);
		break;
	case P_PIDFD_:
		if (id < 0)
			return (-EINVAL);
		id = pidfd_topid(id, &nonblock);
		if (id < 0)
			return (id);
		idtype = KP_PID;
		break;
	default:
		return (-EINVAL);
	}
	if (nonblock)
		opts |= WNOHANG;
	ret = kern_wait(td, idtype, id, (int)opts, &r);
	if (ret < 0)
		return (ret);
	if (ret == 0 && nonblock && !(options & WNOHANG))
		return (-EAGAIN);
	if (ret > 0 && linux_rusage_out(&r.ru, rusage) != 0)
		return (-EFAULT);
	return (waitid_out(&r, ret > 0, info));
}

/* --- ids ------------------------------------------------------------------------- */

long
sys_getpid(struct thread *td)
{
	return (td->td_proc->p_pid);
}

long
sys_gettid(struct thread *td)
{
	return (td->td_tid);
}

long
sys_getppid(struct thread *td)
{
	return (atomic_load_relaxed(&td->td_proc->p_ppid));
}

long
sys_getpgrp(struct thread *td)
{
	return (kern_getpgid(td, 0));
}

long
sys_getpgid(struct thread *td, int pid)
{
	return (kern_getpgid(td, pid));
}

long
sys_setpgid(struct thread *td, int pid, int pgid)
{
	return (kern_setpgid(td, pid, pgid));
}

long
sys_getsid(struct thread *td, int pid)
{
	return (kern_getsid(td, pid));
}

long
sys_setsid(struct thread *td)
{
	return (kern_setsid(td));
}

long
sys_set_tid_address(struct thread *td, uaddr_t tidptr)
{
	td->td_clear_tid = tidptr;
	return (td->td_tid);
}

#define	ROBUST_HEAD_SIZE	24

long
sys_set_robust_list(struct thread *td, uaddr_t head, size_t len)
{
	if (len != ROBUST_HEAD_SIZE)
		return (-EINVAL);
	td->td_robust = head;
	td->td_robust_len = len;
	return (0);
}

long
sys_get_robust_list(struct thread *td, int pid, uaddr_t head, uaddr_t len)
{
	struct thread *t = linux_thread(td, pid);
	uint64_t v;

	if (t == NULL)
		return (-ESRCH);
	if (t->td_proc != td->td_proc && !cred_priv(td->td_cred,
	    PRIV_SYS_PTRACE) && sig_permit(td, t->td_proc, 0) != 0) {
		thread_drop(t);
		return (-EPERM);
	}
	v = t->td_robust;
	thread_drop(t);
	if (store64(len, ROBUST_HEAD_SIZE) != 0 || store64(head, v) != 0)
		return (-EFAULT);
	return (0);
}

/* --- pidfds ------------------------------------------------------------------------ */

long
sys_pidfd_open(struct thread *td, int pid, unsigned flags)
{
	struct file *fp;
	struct proc *p;
	int fd;

	if ((flags & ~(unsigned)O_NONBLOCK) || pid <= 0)
		return (-EINVAL);
	p = proc_find(pid);
	if (p == NULL) {
		struct thread *t = thread_find(pid);

		if (t != NULL)
			thread_drop(t);
		return (t != NULL ? -EINVAL : -ESRCH);
	}
	fp = pidfd_alloc(p, O_RDWR | (int)flags);
	proc_drop(p);
	if (fp == NULL)
		return (-ENOMEM);
	fd = fd_install(fp, 0, true);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

long
sys_pidfd_getfd(struct thread *td, int pidfd, int target, unsigned flags)
{
	struct file *pf, *fp = NULL;
	struct filedesc *fdt = NULL;
	struct thread *t;
	struct proc *p;
	int fd;

	if (flags != 0)
		return (-EINVAL);
	pf = fget(pidfd);
	if (pf == NULL)
		return (-EBADF);
	p = pidfd_proc(pf);
	if (p == NULL) {
		fdrop(pf);
		return (-EBADF);
	}
	mtx_lock(&p->p_lock);
	t = proc_first(p);
	if (t != NULL && t->td_fd != NULL)
		fdt = fd_tablehold(t->td_fd);
	mtx_unlock(&p->p_lock);
	fd = fdt == NULL ? -ESRCH : p != td->td_proc &&
	    !cred_priv(td->td_cred, PRIV_SYS_PTRACE) &&
	    sig_permit(td, p, 0) != 0 ? -EPERM : 0;
	if (fd == 0 && (fp = fget_from(fdt, target)) == NULL)
		fd = -EBADF;
	if (fdt != NULL)
		fd_tablefree(fdt);
	fdrop(pf);
	if (fd < 0)
		return (fd);
	fd = fd_install(fp, 0, true);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

/* --- unshare, kcmp ------------------------------------------------------------------- */

long
sys_unshare(struct thread *td, unsigned long flags)
{
	struct proc *p = td->td_proc;
	struct filedesc *fd = NULL, *ofd = NULL;
	struct pwd *pwd = NULL, *opwd = NULL;

	if (flags & ~(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM | CLONE_THREAD |
	    CLONE_VM | CLONE_SIGHAND | CLONE_NEWNS | CLONE_NEWCGROUP |
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
	    CLONE_NEWNET | 0x80UL))
		return (-EINVAL);
	if (flags & (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
	    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
	    0x80UL))
		return (-EPERM);
	if ((flags & (CLONE_THREAD | CLONE_VM | CLONE_SIGHAND)) &&
	    p->p_nthreads > 1)
		return (-EINVAL);
	if (flags & CLONE_FILES && (fd = fd_tablecopy(td->td_fd)) == NULL)
		return (-ENOMEM);
	if (flags & CLONE_FS && (pwd = pwd_copy(td->td_pwd)) == NULL) {
		if (fd != NULL)
			fd_tablefree(fd);
		return (-ENOMEM);
	}
	mtx_lock(&p->p_lock);
	if (fd != NULL) {
		ofd = td->td_fd;
		td->td_fd = fd;
	}
	if (pwd != NULL) {
		opwd = td->td_pwd;
		td->td_pwd = pwd;
	}
	mtx_unlock(&p->p_lock);
	if (ofd != NULL)
		fd_tablefree(ofd);
	if (opwd != NULL)
		pwd_free(opwd);
	return (0);
}

/* An order of addresses that does not tell them (kcmp(2)). */
static long
order(uint64_t a, uint64_t b)
{
	a = khash64(a) | 1;
	b = khash64(b) | 1;
	return (a == b ? 0 : a < b ? 1 : 2);
}

static uint64_t
kcmp_file(struct thread *t, unsigned long fd)
{
	struct filedesc *fdt = NULL;
	struct file *fp;
	uint64_t id = 0;

	mtx_lock(&t->td_proc->p_lock);
	if (t->td_fd != NULL)
		fdt = fd_tablehold(t->td_fd);
	mtx_unlock(&t->td_proc->p_lock);
	if (fdt == NULL)
		return (0);
	fp = fd <= INT32_MAX ? fget_from(fdt, (int)fd) : NULL;
	if (fp != NULL)
		id = (uint64_t)fp;
	fdrop(fp);
	fd_tablefree(fdt);
	return (id);
}

long
sys_kcmp(struct thread *td, int pid1, int pid2, int type, unsigned long i1,
    unsigned long i2)
{
	struct thread *a = linux_thread(td, pid1), *b = linux_thread(td, pid2);
	uint64_t x, y;
	long r = -ESRCH;

	if (a == NULL || b == NULL)
		goto out;
	r = -EPERM;
	if (!cred_priv(td->td_cred, PRIV_SYS_PTRACE) &&
	    (sig_permit(td, a->td_proc, 0) != 0 ||
	    sig_permit(td, b->td_proc, 0) != 0))
		goto out;
	switch (type) {
	case 0:			/* KCMP_FILE */
		x = kcmp_file(a, i1);
		y = kcmp_file(b, i2);
		r = x == 0 || y == 0 ? -EBADF : order(x, y);
		break;
	case 1:			/* VM, FILES, FS, SIGHAND */
		r = order((uint64_t)a->td_vm, (uint64_t)b->td_vm);
		break;
	case 2:
		r = order((uint64_t)a->td_fd, (uint64_t)b->td_fd);
		break;
	case 3:
		r = order((uint64_t)a->td_pwd, (uint64_t)b->td_pwd);
		break;
	case 4:
		r = order((uint64_t)a->td_proc, (uint64_t)b->td_proc);
		break;
	case 5:			/* IO: nobody has a context of his own */
		r = 0;
		break;
	case 6:			/* SYSVSEM */
		r = order((uint64_t)sem_undoer(a->td_proc),
		    (uint64_t)sem_undoer(b->td_proc));
		break;
	default:
		r = type == 7 ? -EOPNOTSUPP : -EINVAL;
	}
out:
	if (a != NULL)
		thread_drop(a);
	if (b != NULL)
		thread_drop(b);
	return (r);
}
