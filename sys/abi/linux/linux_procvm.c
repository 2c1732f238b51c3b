/*
 * linux_procvm.c: process_vm_readv(2), process_vm_writev(2).
 *
 * The host moves the bytes between its two processes; they pass through a
 * page of the kernel's, so that neither side can name kernel memory.
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	PVM_MAXIOV	1024
#define	PVM_CHUNK	2048

/* A walk through a vector of ranges. */
struct walk {
	struct host_iovec *w_iov;
	size_t	w_n, w_i, w_off;
};

static int
walk_get(struct walk *w, uaddr_t uiov, size_t n)
{
	memset(w, 0, sizeof(*w));
	if (n > PVM_MAXIOV)
		return (-EINVAL);
	w->w_n = n;
	w->w_iov = kmalloc(n * sizeof(*w->w_iov) + 1, KM_NOZERO);
	if (w->w_iov == NULL)
		return (-ENOMEM);
	if (copyin(uiov, w->w_iov, n * sizeof(*w->w_iov)) != 0)
		return (-EFAULT);
	for (size_t i = 0; i < n; i++)
		if (w->w_iov[i].iov_len > INT64_MAX)
			return (-EINVAL);
	return (0);
}

/* Where it stands: how many bytes are there in one piece; 0 = end. */
static size_t
walk_at(struct walk *w, uaddr_t *at)
{
	while (w->w_i < w->w_n && w->w_off == w->w_iov[w->w_i].iov_len) {
		w->w_i++;
		w->w_off = 0;
	}
	if (w->w_i == w->w_n)
		return (0);
	*at = w->w_iov[w->w_i].iov_base + w->w_off;
	return (w->w_iov[w->w_i].iov_len - w->w_off);
}

/* ptrace(2)'s access check, without tracing. */
static bool
may_access(struct thread *td, struct proc *p)
{
	const struct ucred *a = td->td_cred, *b;
	struct thread *t;
	bool ok = false;

	if (p == td->td_proc || cred_priv(a, PRIV_SYS_PTRACE))
		return (true);
	mtx_lock(&p->p_lock);
	t = proc_first(p);
	if (t != NULL && (b = t->td_cred) != NULL)
		ok = p->p_dumpable == 1 && a->cr_ruid == b->cr_ruid &&
		    a->cr_ruid == b->cr_uid && a->cr_ruid == b->cr_suid &&
		    a->cr_rgid == b->cr_rgid && a->cr_rgid == b->cr_gid &&
		    a->cr_rgid == b->cr_sgid &&
		    (b->cr_cap_perm & ~a->cr_cap_perm) == 0;
	mtx_unlock(&p->p_lock);
	return (ok);
}

static long
move(int hostpid, struct walk *l, struct walk *r, bool write)
{
	uint8_t buf[PVM_CHUNK];
	uaddr_t la, ra;
	size_t n, m;
	long done = 0, got;

	while ((n = walk_at(l, &la)) != 0 && (m = walk_at(r, &ra)) != 0) {
		n = kmin(kmin(n, m), (size_t)PVM_CHUNK);
		if (!user_range_ok(ra, n))
			return (done > 0 ? done : -EFAULT);
		if (write) {
			if (copyin(la, buf, n) != 0)
				return (done > 0 ? done : -EFAULT);
			got = host_vm_write(hostpid, ra, buf, n);
		} else {
			got = host_vm_read(hostpid, ra, buf, n);
			if (got > 0 && copyout(buf, la, (size_t)got) != 0)
				got = -EFAULT;
		}
		if (got <= 0)
			return (done > 0 ? done : got < 0 ? got : -EFAULT);
		done += got;
		l->w_off += (size_t)got;
		r->w_off += (size_t)got;
		if ((size_t)got < n)
			break;
	}
	return (done);
}

static long
process_vm(struct thread *td, int pid, uaddr_t lvec, size_t nl, uaddr_t rvec,
    size_t nr, unsigned long flags, bool write)
{
	struct walk l = { 0 }, r = { 0 };
	struct proc *p = NULL;
	long ret;

	if (flags != 0)
		return (-EINVAL);
	ret = walk_get(&l, lvec, nl);
	if (ret == 0)
		ret = walk_get(&r, rvec, nr);
	if (ret == 0 && ((p = proc_find(pid)) == NULL ||
	    p->p_state != P_RUNNING || p->p_hostpid <= 0))
		ret = -ESRCH;
	if (ret == 0 && !may_access(td, p))
		ret = -EPERM;
	if (ret == 0)
		ret = move(p->p_hostpid, &l, &r, write);
	if (p != NULL)
		proc_drop(p);
	kfree(l.w_iov);
	kfree(r.w_iov);
	return (ret);
}

long
sys_process_vm_readv(struct thread *td, int pid, uaddr_t lvec, size_t nl,
    uaddr_t rvec, size_t nr, unsigned long flags)
{
	return (process_vm(td, pid, lvec, nl, rvec, nr, flags, false));
}

long
sys_process_vm_writev(struct thread *td, int pid, uaddr_t lvec, size_t nl,
    uaddr_t rvec, size_t nr, unsigned long flags)
{
	return (process_vm(td, pid, lvec, nl, rvec, nr, flags, true));
}
