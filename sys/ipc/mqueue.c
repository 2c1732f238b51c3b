/*
 * mqueue.c: POSIX message queues (mq_overview(7)).
 *
 * Queues have names of their own in the jail, in mr_queues.  A queue lives as
 * long as its name or an open file of it; mq_unlink(3) takes the name.
 *
 * Locks: mr_lock (RANK_SOCK: names) > mq_lock (RANK_IPC: all else of a queue).
 * Messages are copied in before and out after mq_lock is held.
 */
#include "ipc/mqueue.h"

#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"

#define	MQ_DEFMSGS	10
#define	MQ_DEFSIZE	8192
#define	MQ_HARDMSGS	65536
#define	MQ_HARDSIZE	(16 << 20)
#define	MQ_PRIOMAX	32768
#define	MQ_QUEUES	256

struct mqmsg {
	struct list	mm_link;	/* (q) by falling priority */
	unsigned	mm_prio;
	size_t		mm_len;
	char		mm_text[];
};

#define	MQ_TEXT		80	/* what stat(2) tells of a queue's size */

struct mqueue {
	struct list	mq_link;	/* (r) in mr_queues */
	refcount_t	mq_ref;		/* name, files, calls */
	struct mtx	mq_lock;
	char		mq_name[KNAME_MAX + 1];	/* (i) */
	uint32_t	mq_mode, mq_uid, mq_gid;	/* (i) */
	int64_t		mq_maxmsg, mq_msgsize;	/* (i) */
	struct list	mq_msgs;
	int64_t		mq_n;
	uint64_t	mq_bytes;
	uint32_t	mq_receivers;	/* that sleep */
	struct waitq	mq_rwq, mq_wwq;
	struct proc	*mq_notify;	/* referenced: to be told, once */
	int32_t		mq_sig;
	uint64_t	mq_value;
};

struct mq_root {
	struct mtx	mr_lock;
	struct list	mr_queues;	/* (r) */
	uint32_t	mr_n;
};

static const struct fileops mq_ops;

int
mq_init(void)
{
	struct mq_root *mr = KNEW(struct mq_root);

	if (mr == NULL)
		return (-ENOMEM);
	mtx_init(&mr->mr_lock, RANK_SOCK, "mqueues");
	list_init(&mr->mr_queues);
	ipcroot()->ir_mq = mr;
	return (0);
}

static void
mq_drop(struct mqueue *mq)
{
	struct mqmsg *m;

	if (!ref_release(&mq->mq_ref))
		return;
	while ((m = list_first(&mq->mq_msgs, struct mqmsg, mm_link)) != NULL) {
		list_del(&m->mm_link);
		kfree(m);
	}
	if (mq->mq_notify != NULL)
		proc_drop(mq->mq_notify);
	waitq_destroy(&mq->mq_rwq);
	waitq_destroy(&mq->mq_wwq);
	kfree(mq);
}

/* --- names ------------------------------------------------------------------- */

static struct mqueue *
mq_byname(const char *name)
{
	struct mqueue *mq;

	list_foreach(mq, &ipcroot()->ir_mq->mr_queues, mq_link)
		if (strcmp(mq->mq_name, name) == 0)
			return (mq);
	return (NULL);
}

static int
attr_ok(const struct kmqattr *at)
{
	bool priv = cred_priv(curthread()->td_cred, PRIV_SYS_RESOURCE);

	if (at->mq_maxmsg <= 0 || at->mq_msgsize <= 0 ||
	    at->mq_maxmsg > (priv ? MQ_HARDMSGS : MQ_DEFMSGS) ||
	    at->mq_msgsize > (priv ? MQ_HARDSIZE : MQ_DEFSIZE))
		return (-EINVAL);
	return (0);
}

static struct mqueue *
mq_new(const char *name, uint32_t mode, const struct kmqattr *at)
{
	const struct ucred *cr = curthread()->td_cred;
	struct mqueue *mq = KNEW(struct mqueue);

	if (mq == NULL)
		return (NULL);
	list_init(&mq->mq_link);
	list_init(&mq->mq_msgs);
	mtx_init(&mq->mq_lock, RANK_IPC, "mqueue");
	waitq_init(&mq->mq_rwq);
	waitq_init(&mq->mq_wwq);
	mq->mq_ref = 1;
	kstrlcpy(mq->mq_name, name, sizeof(mq->mq_name));
	mq->mq_mode = mode & 0777;
	mq->mq_uid = cr->cr_fsuid;
	mq->mq_gid = cr->cr_fsgid;
	mq->mq_maxmsg = at != NULL ? at->mq_maxmsg : MQ_DEFMSGS;
	mq->mq_msgsize = at != NULL ? at->mq_msgsize : MQ_DEFSIZE;
	return (mq);
}

static int
mq_access(const struct mqueue *mq, int flags)
{
	static const int want[] = { R_OK, W_OK, R_OK | W_OK };
	int acc = flags & O_ACCMODE;

	if (acc == O_ACCMODE)
		return (-EINVAL);
	return (cred_access(curthread()->td_cred, S_IFREG | mq->mq_mode,
	    mq->mq_uid, mq->mq_gid, want[acc]));
}

/* The queue of that name, with a reference for the new file. */
static int
mq_lookup(const char *name, int flags, uint32_t mode,
    const struct kmqattr *at, struct mqueue **mqp)
{
	struct mq_root *mr = ipcroot()->ir_mq;
	struct mqueue *mq;
	int error = 0;

	mtx_lock(&mr->mr_lock);
	mq = mq_byname(name);
	if (mq != NULL) {
		error = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) ?
		    -EEXIST : mq_access(mq, flags);
	} else if (!(flags & O_CREAT))
		error = -ENOENT;
	else if (at != NULL && (error = attr_ok(at)) != 0)
		;
	else if (mr->mr_n >= MQ_QUEUES &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_RESOURCE))
		error = -ENOSPC;
	else if ((mq = mq_new(name, mode, at)) == NULL)
		error = -ENOMEM;
	else {
		list_add_tail(&mr->mr_queues, &mq->mq_link);
		mr->mr_n++;
	}
	if (error == 0)
		ref_acquire(&mq->mq_ref);
	mtx_unlock(&mr->mr_lock);
	*mqp = mq;
	return (error);
}

static int
name_ok(const char *name)
{
	if (name[0] == 0)
		return (-ENOENT);
	if (strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return (-EACCES);
	return (0);
}

int
kern_mq_open(const char *name, int flags, uint32_t mode,
    const struct kmqattr *at, struct file **fpp)
{
	struct mqueue *mq;
	struct file *fp;
	int error;

	if ((error = name_ok(name)) != 0 ||
	    (error = mq_lookup(name, flags, mode, at, &mq)) != 0)
		return (error);
	fp = file_alloc(FT_MQUEUE, &mq_ops,
	    flags & (O_ACCMODE | O_NONBLOCK));
	if (fp == NULL) {
		mq_drop(mq);
		return (-ENFILE);
	}
	fp->f_data = mq;
	ksnprintf(fp->f_desc, sizeof(fp->f_desc), "/%s", name);
	*fpp = fp;
	return (0);
}

int
kern_mq_unlink(const char *name)
{
	struct mq_root *mr = ipcroot()->ir_mq;
	const struct ucred *cr = curthread()->td_cred;
	struct mqueue *mq;
	int error;

	if ((error = name_ok(name)) != 0)
		return (error);
	mtx_lock(&mr->mr_lock);
	mq = mq_byname(name);
	if (mq == NULL)
		error = -ENOENT;
	else if (cr->cr_fsuid != mq->mq_uid && !cred_priv(cr, PRIV_FOWNER))
		error = -EACCES;
	else {
		list_del(&mq->mq_link);
		mr->mr_n--;
	}
	mtx_unlock(&mr->mr_lock);
	if (error == 0)
		mq_drop(mq);
	return (error);
}

/* --- messages -------------------------------------------------------------------- */

/* A message came to an empty queue that nobody reads: tell who asked to be
 * told.  mq_lock held; the signal goes out after it. */
static struct proc *
mq_arm(struct mqueue *mq, struct ksiginfo *si)
{
	struct proc *p = mq->mq_notify;
	struct thread *td = curthread();

	if (p == NULL || mq->mq_n != 1 || mq->mq_receivers > 0)
		return (NULL);
	memset(si, 0, sizeof(*si));
	si->si_signo = mq->mq_sig;
	si->si_code = SI_MESGQ;
	si->u.rt.pid = td->td_proc->p_pid;
	si->u.rt.uid = td->td_cred->cr_ruid;
	si->u.rt.value = mq->mq_value;
	mq->mq_notify = NULL;
	return (p);
}

static void
mq_insert(struct mqueue *mq, struct mqmsg *m)
{
	struct mqmsg *at;

	/* Behind all of the same or a higher priority: mostly the tail. */
	at = list_last(&mq->mq_msgs, struct mqmsg, mm_link);
	while (at != NULL && at->mm_prio < m->mm_prio)
		at = at->mm_link.prev == &mq->mq_msgs ? NULL :
		    list_entry(at->mm_link.prev, struct mqmsg, mm_link);
	list_add_head(at != NULL ? &at->mm_link : &mq->mq_msgs, &m->mm_link);
	mq->mq_n++;
	mq->mq_bytes += m->mm_len;
}

static int
mq_wait(struct mqueue *mq, struct waitq *wq, struct file *fp, nsec_t deadline)
{
	if (fp->f_flags & O_NONBLOCK)
		return (-EAGAIN);
	if (deadline == HOST_NOWAIT)
		return (-ETIMEDOUT);
	return (waitq_sleep(wq, &mq->mq_lock, SLEEP_INTR, deadline));
}

long
kern_mq_send(struct file *fp, uaddr_t text, size_t n, unsigned prio,
    nsec_t deadline)
{
	struct mqueue *mq = fp->f_data;
	struct ksiginfo si;
	struct proc *p = NULL;
	struct mqmsg *m;
	int error = 0;

	if (fp->f_ops != &mq_ops || (fp->f_flags & O_ACCMODE) == O_RDONLY)
		return (-EBADF);
	if (prio >= MQ_PRIOMAX)
		return (-EINVAL);
	if (n > (size_t)mq->mq_msgsize)
		return (-EMSGSIZE);
	if ((m = kmalloc(sizeof(*m) + n, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	if (copyin(text, m->mm_text, n) != 0) {
		kfree(m);
		return (-EFAULT);
	}
	m->mm_prio = prio;
	m->mm_len = n;
	mtx_lock(&mq->mq_lock);
	while (error == 0 && mq->mq_n >= mq->mq_maxmsg)
		error = mq_wait(mq, &mq->mq_wwq, fp, deadline);
	if (error == 0) {
		mq_insert(mq, m);
		p = mq_arm(mq, &si);
	}
	mtx_unlock(&mq->mq_lock);
	if (error != 0) {
		kfree(m);
		return (error);
	}
	waitq_wake(&mq->mq_rwq, 1, POLLIN | POLLRDNORM);
	if (p != NULL) {
		if (si.si_signo != 0)
			(void)sig_proc(p, &si);
		proc_drop(p);
	}
	return (0);
}

long
kern_mq_receive(struct file *fp, uaddr_t text, size_t n, unsigned *prio,
    nsec_t deadline)
{
	struct mqueue *mq = fp->f_data;
	struct mqmsg *m = NULL;
	int error = 0;
	long ret;

	if (fp->f_ops != &mq_ops || (fp->f_flags & O_ACCMODE) == O_WRONLY)
		return (-EBADF);
	if (n < (size_t)mq->mq_msgsize)
		return (-EMSGSIZE);
	mtx_lock(&mq->mq_lock);
	mq->mq_receivers++;
	while (error == 0 && mq->mq_n == 0)
		error = mq_wait(mq, &mq->mq_rwq, fp, deadline);
	mq->mq_receivers--;
	if (error == 0) {
		m = list_first(&mq->mq_msgs, struct mqmsg, mm_link);
		list_del(&m->mm_link);
		mq->mq_n--;
		mq->mq_bytes -= m->mm_len;
	}
	mtx_unlock(&mq->mq_lock);
	if (m == NULL)
		return (error);
	waitq_wake(&mq->mq_wwq, 1, POLLOUT | POLLWRNORM);
	*prio = m->mm_prio;
	ret = copyout(m->mm_text, text, m->mm_len) != 0 ? -EFAULT :
	    (long)m->mm_len;
	kfree(m);
	return (ret);
}

int
kern_mq_notify(struct file *fp, int kind, int sig, uint64_t value)
{
	struct mqueue *mq = fp->f_data;
	struct proc *p = curproc(), *old = NULL;
	int error = 0;

	if (fp->f_ops != &mq_ops)
		return (-EBADF);
	mtx_lock(&mq->mq_lock);
	if (kind == MQ_NOTIFY_OFF) {
		if (mq->mq_notify == p) {
			old = p;
			mq->mq_notify = NULL;
		}
	} else if (mq->mq_notify != NULL)
		error = -EBUSY;
	else {
		proc_hold(p);
		mq->mq_notify = p;
		mq->mq_sig = kind == MQ_NOTIFY_SIGNAL ? sig : 0;
		mq->mq_value = value;
	}
	mtx_unlock(&mq->mq_lock);
	if (old != NULL)
		proc_drop(old);
	return (error);
}

int
kern_mq_attr(struct file *fp, const struct kmqattr *new, struct kmqattr *old)
{
	struct mqueue *mq = fp->f_data;

	if (fp->f_ops != &mq_ops)
		return (-EBADF);
	memset(old, 0, sizeof(*old));
	mtx_lock(&mq->mq_lock);
	old->mq_flags = fp->f_flags & O_NONBLOCK;
	old->mq_maxmsg = mq->mq_maxmsg;
	old->mq_msgsize = mq->mq_msgsize;
	old->mq_curmsgs = mq->mq_n;
	mtx_unlock(&mq->mq_lock);
	if (new == NULL)
		return (0);
	if (new->mq_flags & ~(int64_t)O_NONBLOCK)
		return (-EINVAL);
	if (new->mq_flags & O_NONBLOCK)
		atomic_or(&fp->f_flags, (uint32_t)O_NONBLOCK);
	else
		atomic_and(&fp->f_flags, ~(uint32_t)O_NONBLOCK);
	return (0);
}

/* --- the file ---------------------------------------------------------------------- */

static int
mq_poll(struct file *fp, int events, struct poller *po)
{
	struct mqueue *mq = fp->f_data;
	int re = 0;

	poll_queue(po, &mq->mq_rwq, events);
	poll_queue(po, &mq->mq_wwq, events);
	mtx_lock(&mq->mq_lock);
	if (mq->mq_n > 0)
		re |= POLLIN | POLLRDNORM;
	if (mq->mq_n < mq->mq_maxmsg)
		re |= POLLOUT | POLLWRNORM;
	mtx_unlock(&mq->mq_lock);
	return (re & events);
}

/* read(2) of a queue tells its state (mq_overview(7)). */
static int
mq_read(struct file *fp, struct uio *uio)
{
	struct mqueue *mq = fp->f_data;
	bool own = uio->uio_off < 0;
	int64_t off = own ? fp->f_offset : uio->uio_off;
	size_t room = uio->uio_resid;
	char buf[MQ_TEXT + 1];
	int error;

	mtx_lock(&mq->mq_lock);
	(void)ksnprintf(buf, sizeof(buf), "QSIZE:%-10lu NOTIFY:%-5d "
	    "SIGNO:%-5d NOTIFY_PID:%-6d\n", (unsigned long)mq->mq_bytes,
	    mq->mq_notify != NULL && mq->mq_sig == 0 ? 1 : 0,
	    mq->mq_notify != NULL ? mq->mq_sig : 0,
	    mq->mq_notify != NULL ? mq->mq_notify->p_pid : 0);
	mtx_unlock(&mq->mq_lock);
	if ((size_t)off >= strlen(buf))
		return (0);
	error = uiomove(buf + off, strlen(buf) - (size_t)off, uio);
	if (own)
		fp->f_offset = off + (int64_t)(room - uio->uio_resid);
	return (error);
}

static int64_t
mq_seek(struct file *fp, int64_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += fp->f_offset;
	else if (whence == SEEK_END)
		off += MQ_TEXT;
	else if (whence != SEEK_SET)
		return (-EINVAL);
	if (off < 0)
		return (-EINVAL);
	fp->f_offset = off;
	return (off);
}

static int
mq_stat(struct file *fp, struct kstat *st)
{
	struct mqueue *mq = fp->f_data;
	int error = file_anonstat(fp, st, S_IFREG | mq->mq_mode);

	st->st_uid = mq->mq_uid;
	st->st_gid = mq->mq_gid;
	st->st_size = MQ_TEXT;
	return (error);
}

static void
mq_close(struct file *fp)
{
	mq_drop(fp->f_data);
}

/* A process that closes a queue is not told of its messages any more. */
static void
mq_fdclose(struct file *fp, struct thread *td)
{
	(void)kern_mq_notify(fp, MQ_NOTIFY_OFF, 0, 0);
}

static const struct fileops mq_ops = {
	.fo_read = mq_read,
	.fo_seek = mq_seek,
	.fo_flags = FO_SEEKABLE,
	.fo_poll = mq_poll,
	.fo_stat = mq_stat,
	.fo_close = mq_close,
	.fo_fdclose = mq_fdclose,
};
