/*
 * flock.c: locks on files (fcntl(2) "Advisory record locking", flock(2)).
 *
 * Each vnode with locks has a struct flocklist.  Record locks (POSIX and OFD)
 * exclude each other by owner; flock(2) locks live in a space of their own.
 * A blocked request sleeps on the list's queue and tries again at each change.
 * Deadlocks among POSIX owners are found by following vr_blocked, where each
 * sleeping request says who waits for whom.
 *
 * Lock order: fl_lock (RANK_FLOCK) > vr_blocklock (leaf).
 */
#include "vfs/flock.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "vfs/file.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

#define	CHAIN_MAX	64

struct flk {
	struct list	k_link;		/* in fl_locks */
	const void	*k_owner;
	int32_t		k_kind;
	int32_t		k_type;
	int64_t		k_start, k_end;	/* inclusive */
	int32_t		k_pid;
};

struct flocklist {
	struct mtx	fl_lock;	/* RANK_FLOCK */
	struct list	fl_locks;	/* (fl_lock) */
	struct waitq	fl_wq;
};

struct blocked {			/* one sleeping POSIX request */
	struct list	b_link;
	const void	*b_who;
	const void	*b_for;
};

static struct flocklist *
list_get(struct vnode *vp)
{
	struct flocklist *fl, *none = NULL;

	fl = __atomic_load_n(&vp->v_locks, __ATOMIC_ACQUIRE);
	if (fl != NULL)
		return (fl);
	fl = KNEW(struct flocklist);
	if (fl == NULL)
		return (NULL);
	mtx_init(&fl->fl_lock, RANK_FLOCK, "flock");
	list_init(&fl->fl_locks);
	waitq_init(&fl->fl_wq);
	if (!atomic_cas(&vp->v_locks, &none, fl)) {
		kfree(fl);
		fl = none;
	}
	return (fl);
}

void
flocklist_free(struct vnode *vp)
{
	struct flocklist *fl = vp->v_locks;
	struct flk *k, *next;

	if (fl == NULL)
		return;
	list_foreach_safe(k, next, &fl->fl_locks, k_link)
		kfree(k);
	waitq_destroy(&fl->fl_wq);
	kfree(fl);
	vp->v_locks = NULL;
}

static const void *
owner_of(const struct file *fp, int kind)
{
	if (kind == FL_POSIX)
		return (curthread()->td_fd);
	return (fp);
}

/* Do locks of these kinds know each other? */
static bool
same_space(int a, int b)
{
	return ((a == FL_FLOCK) == (b == FL_FLOCK));
}

static struct flk *
conflict(struct flocklist *fl, const struct flockreq *fr, const void *owner)
{
	struct flk *k;

	list_foreach(k, &fl->fl_locks, k_link)
		if (k->k_owner != owner && same_space(k->k_kind, fr->fr_kind) &&
		    k->k_start <= fr->fr_end && fr->fr_start <= k->k_end &&
		    (k->k_type == F_WRLCK || fr->fr_type == F_WRLCK))
			return (k);
	return (NULL);
}

/* Would `who` waiting for `for_` close a circle? blocklock held. */
static bool
deadlock(const void *who, const void *for_)
{
	struct blocked *b;
	int n;

	for (n = 0; n < CHAIN_MAX; n++) {
		if (for_ == who)
			return (true);
		list_foreach(b, &vfs()->vr_blocked, b_link)
			if (b->b_who == for_)
				break;
		if (&b->b_link == &vfs()->vr_blocked)
			return (false);
		for_ = b->b_for;
	}
	return (false);
}

/*
 * Cut [start, end] out of the owner's locks of this kind. spare: a node for
 * the case that one splits; used: it was taken.
 */
static bool
cut(struct flocklist *fl, const struct flockreq *fr, const void *owner,
    struct flk **spare)
{
	struct flk *k, *next, *tail;
	bool changed = false;

	list_foreach_safe(k, next, &fl->fl_locks, k_link) {
		if (k->k_owner != owner || k->k_kind != fr->fr_kind ||
		    k->k_start > fr->fr_end || fr->fr_start > k->k_end)
			continue;
		changed = true;
		if (k->k_start < fr->fr_start && k->k_end > fr->fr_end) {
			tail = *spare;
			*spare = NULL;
			*tail = *k;
			tail->k_start = fr->fr_end + 1;
			k->k_end = fr->fr_start - 1;
			list_init(&tail->k_link);
			list_add_head(&k->k_link, &tail->k_link);
		} else if (k->k_start < fr->fr_start)
			k->k_end = fr->fr_start - 1;
		else if (k->k_end > fr->fr_end)
			k->k_start = fr->fr_end + 1;
		else {
			list_del(&k->k_link);
			kfree(k);
		}
	}
	return (changed);
}

/* Join neighbours of the same owner and type with the new lock n. */
static void
merge(struct flocklist *fl, struct flk *n)
{
	struct flk *k, *next;

	list_foreach_safe(k, next, &fl->fl_locks, k_link) {
		if (k == n || k->k_owner != n->k_owner ||
		    k->k_kind != n->k_kind || k->k_type != n->k_type)
			continue;
		if (k->k_end != INT64_MAX && k->k_end + 1 == n->k_start)
			n->k_start = k->k_start;
		else if (n->k_end != INT64_MAX && n->k_end + 1 == k->k_start)
			n->k_end = k->k_end;
		else
			continue;
		list_del(&k->k_link);
		kfree(k);
	}
}

/* Keep the list ordered by start: F_GETLK reports the first. */
static void
insert(struct flocklist *fl, struct flk *n)
{
	struct flk *k;

	list_foreach(k, &fl->fl_locks, k_link)
		if (k->k_start > n->k_start)
			break;
	list_add_tail(&k->k_link, &n->k_link);
}

/* Sleep until something changes. fl_lock held. */
static int
wait_for(struct flocklist *fl, const struct flockreq *fr, const void *owner,
    const struct flk *holder)
{
	struct vfs_root *vr = vfs();
	struct blocked *b = NULL;
	int error;

	if (fr->fr_kind == FL_POSIX && holder->k_kind == FL_POSIX) {
		b = KNEW(struct blocked);
		if (b == NULL)
			return (-ENOLCK);
		b->b_who = owner;
		b->b_for = holder->k_owner;
		mtx_lock(&vr->vr_blocklock);
		if (deadlock(b->b_who, b->b_for)) {
			mtx_unlock(&vr->vr_blocklock);
			kfree(b);
			return (-EDEADLK);
		}
		list_add_tail(&vr->vr_blocked, &b->b_link);
		mtx_unlock(&vr->vr_blocklock);
	}
	error = waitq_sleep(&fl->fl_wq, &fl->fl_lock, SLEEP_INTR, 0);
	if (b != NULL) {
		mtx_lock(&vr->vr_blocklock);
		list_del(&b->b_link);
		mtx_unlock(&vr->vr_blocklock);
		kfree(b);
	}
	return (error);
}

int
flock_set(struct file *fp, struct flockreq *fr, bool wait)
{
	const void *owner = owner_of(fp, fr->fr_kind);
	struct flk *n = NULL, *spare = NULL, *k;
	struct flocklist *fl;
	bool wake = false;
	int error = 0;

	/* Nobody else can open a pipe or a socket: nothing is in the way. */
	if (fp->f_vnode == NULL)
		return (fr->fr_kind == FL_FLOCK ? 0 : -EINVAL);
	fl = list_get(fp->f_vnode);
	n = KNEW(struct flk);
	spare = KNEW(struct flk);
	if (fl == NULL || n == NULL || spare == NULL) {
		kfree(n);
		kfree(spare);
		return (-ENOLCK);
	}
	mtx_lock(&fl->fl_lock);
	/* flock(2) gives its old lock up before it asks for another kind. */
	if (fr->fr_kind == FL_FLOCK) {
		list_foreach(k, &fl->fl_locks, k_link)
			if (k->k_owner == owner && k->k_kind == FL_FLOCK)
				break;
		if (&k->k_link != &fl->fl_locks && k->k_type != fr->fr_type)
			wake = cut(fl, fr, owner, &spare);
	}
	while (fr->fr_type != F_UNLCK &&
	    (k = conflict(fl, fr, owner)) != NULL) {
		if (wake)
			waitq_wake(&fl->fl_wq, WAKE_ALL, 0);
		wake = false;
		error = wait ? wait_for(fl, fr, owner, k) : -EAGAIN;
		if (error < 0)
			goto out;
	}
	wake |= cut(fl, fr, owner, &spare);
	if (fr->fr_type != F_UNLCK) {
		n->k_owner = owner;
		n->k_kind = fr->fr_kind;
		n->k_type = fr->fr_type;
		n->k_start = fr->fr_start;
		n->k_end = fr->fr_end;
		n->k_pid = fr->fr_pid != 0 ? fr->fr_pid : vfs_curpid();
		merge(fl, n);
		list_init(&n->k_link);
		insert(fl, n);
		n = NULL;
	}
out:
	if (wake)
		waitq_wake(&fl->fl_wq, WAKE_ALL, 0);
	mtx_unlock(&fl->fl_lock);
	kfree(n);
	kfree(spare);
	return (error);
}

void
flock_get(struct file *fp, struct flockreq *fr)
{
	struct flocklist *fl;
	struct flk *k = NULL;

	fl = fp->f_vnode == NULL ? NULL :
	    __atomic_load_n(&fp->f_vnode->v_locks, __ATOMIC_ACQUIRE);
	if (fl == NULL) {
		fr->fr_type = F_UNLCK;
		return;
	}
	mtx_lock(&fl->fl_lock);
	k = conflict(fl, fr, owner_of(fp, fr->fr_kind));
	if (k == NULL)
		fr->fr_type = F_UNLCK;
	else {
		fr->fr_type = k->k_type;
		fr->fr_start = k->k_start;
		fr->fr_end = k->k_end;
		fr->fr_pid = k->k_kind == FL_POSIX ? k->k_pid : -1;
	}
	mtx_unlock(&fl->fl_lock);
}

/* All locks of an owner go. */
static void
drop_owner(struct vnode *vp, const void *owner, bool posix)
{
	struct flocklist *fl;
	struct flk *k, *next;
	bool wake = false;

	fl = __atomic_load_n(&vp->v_locks, __ATOMIC_ACQUIRE);
	if (fl == NULL)
		return;
	mtx_lock(&fl->fl_lock);
	list_foreach_safe(k, next, &fl->fl_locks, k_link)
		if (k->k_owner == owner && (k->k_kind == FL_POSIX) == posix) {
			list_del(&k->k_link);
			kfree(k);
			wake = true;
		}
	if (wake)
		waitq_wake(&fl->fl_wq, WAKE_ALL, 0);
	mtx_unlock(&fl->fl_lock);
}

void
flock_fdclose(struct vnode *vp, struct filedesc *fdt)
{
	drop_owner(vp, fdt, true);
}

void
flock_fileclose(struct file *fp)
{
	drop_owner(fp->f_vnode, fp, false);
}

bool
flock_nth(struct vnode *vp, unsigned i, struct flockreq *fr)
{
	struct flocklist *fl;
	struct flk *k;
	bool found = false;

	fl = __atomic_load_n(&vp->v_locks, __ATOMIC_ACQUIRE);
	if (fl == NULL)
		return (false);
	mtx_lock(&fl->fl_lock);
	list_foreach(k, &fl->fl_locks, k_link)
		if (i-- == 0) {
			fr->fr_kind = k->k_kind;
			fr->fr_type = k->k_type;
			fr->fr_start = k->k_start;
			fr->fr_end = k->k_end;
			fr->fr_pid = k->k_pid;
			found = true;
			break;
		}
	mtx_unlock(&fl->fl_lock);
	return (found);
}
