/*
 * kern_vfork.c: what a vfork child tells its parent through memory.
 *
 * A vfork child has a copy of its parent's memory here, not the memory itself.
 * One thing that programs do with the sharing must work all the same: a child
 * whose exec failed leaves the reason in a variable of the caller's frame
 * (posix_spawn(3) in glibc does).  So the stack just above the caller's stack
 * pointer is remembered at the fork; when the child exits without exec, what
 * it changed there is written back while the parent still sleeps.
 */
#include "arch/amd64/frame.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "kern/kern_int.h"
#include "libkern/str.h"

#define	VFC_SIZE	4096UL

struct vforkcopy {
	uaddr_t	vc_addr;
	size_t	vc_len;
	bool	vc_changed;
	uint8_t	vc_data[VFC_SIZE];
	uint8_t	vc_mask[VFC_SIZE / 8];	/* bytes that the child changed */
};

/* In the parent, before the fork. Without memory there is none: no error. */
void
vfork_snapshot(struct thread *td, struct proc *child)
{
	struct vforkcopy *vc = kmalloc(sizeof(*vc), 0);

	if (vc == NULL)
		return;
	vc->vc_addr = td->td_frame->tf_rsp;
	vc->vc_len = VFC_SIZE - copyin_part(vc->vc_addr, vc->vc_data,
	    VFC_SIZE);
	child->p_vforkcopy = vc;
}

/* In the child, when it exits without exec. */
static void
vfork_compare(struct vforkcopy *vc)
{
	uint8_t now[256];

	for (size_t off = 0; off < vc->vc_len; off += sizeof(now)) {
		size_t n = kmin(sizeof(now), vc->vc_len - off);

		if (copyin(vc->vc_addr + off, now, n) != 0)
			return;
		if (memcmp(now, vc->vc_data + off, n) == 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (now[i] != vc->vc_data[off + i]) {
				vc->vc_data[off + i] = now[i];
				vc->vc_mask[(off + i) / 8] |=
				    (uint8_t)(1u << (off + i) % 8);
			}
		vc->vc_changed = true;
	}
}

/* In the parent, after the child is done with its memory. */
static void
vfork_apply(const struct vforkcopy *vc)
{
	if (!vc->vc_changed)
		return;
	for (size_t i = 0; i < vc->vc_len; i++)
		if (vc->vc_mask[i / 8] >> i % 8 & 1)
			(void)copyout(vc->vc_data + i, vc->vc_addr + i, 1);
}

void
vfork_childexit(struct proc *p)
{
	if ((p->p_flags & PF_VFORK) && p->p_vforkcopy != NULL)
		vfork_compare(p->p_vforkcopy);
}

void
proc_vforkdone(struct proc *p)
{
	if (!(p->p_flags & PF_VFORK))
		return;
	mtx_lock(&p->p_lock);
	atomic_and(&p->p_flags, ~PF_VFORK);
	mtx_unlock(&p->p_lock);
	(void)waitq_wake(&p->p_vforkwq, WAKE_ALL, 0);
}

static void
wake_parent(struct waiter *w, uint32_t events)
{
	(void)events;
	thread_wake(w->w_arg);
}

/*
 * The parent sleeps until its child execs or exits; only its own death ends
 * that earlier.  td is the parent's thread, p the child, referenced.  Other
 * interruptions are put off: while TDF_AST is set no further one would wake us.
 */
void
vfork_wait(struct thread *td, struct proc *p)
{
	struct waiter *w = &td->td_waiter;	/* the child must see it */
	uint32_t ast = 0;
	bool done;

	*w = (struct waiter){ .w_fn = wake_parent, .w_arg = td };
	waitq_add(&p->p_vforkwq, w);
	for (;;) {
		sleep_prepare();
		ast |= atomic_and(&td->td_flags, ~TDF_AST) & TDF_AST;
		done = !(atomic_load(&p->p_flags) & PF_VFORK);
		if (done || (atomic_load(&td->td_flags) & TDF_KILLED) ||
		    (sig_pendingset(td) & SIGBIT(SIGKILL)))
			break;
		(void)sleep_commit(0, 0);
	}
	waitq_remove(w);
	atomic_or(&td->td_flags, ast);
	if (done && p->p_vforkcopy != NULL)
		vfork_apply(p->p_vforkcopy);
}

void
vfork_free(struct proc *p)
{
	kfree(p->p_vforkcopy);
}
