/*
 * sysv_msg.c: message queues (msgget(2), msgop(2), msgctl(2)).
 *
 * Messages are copied in before and out after sv_lock is held.  A receiver
 * takes its message off the queue first; when the copy out fails the message
 * is lost, as on Linux.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/sbuf.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "ipc/ipc.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"

#define	MSG_NOERROR	010000
#define	MSG_EXCEPT	020000
#define	MSG_COPY	040000
#define	MSG_STAT	11
#define	MSG_INFO	12
#define	MSG_STAT_ANY	13

struct kmsqid {				/* linux64's struct msqid64_ds */
	struct kipcperm	perm;
	int64_t		stime, rtime, ctime;
	uint64_t	cbytes, qnum, qbytes;
	int32_t		lspid, lrpid;
	uint64_t	unused[2];
};
_Static_assert(sizeof(struct kmsqid) == 120, "msqid64_ds");

struct sysvmsg {
	struct list	sm_link;	/* (v) */
	int64_t		sm_type;
	size_t		sm_len;
	char		sm_text[];
};

struct msq {
	struct ipcobj	q_o;		/* first */
	struct list	q_msgs;		/* (v) */
	struct waitq	q_rwq, q_swq;
	struct kmsqid	q_ds;		/* (v) but for the permissions */
};

static void
msq_free(struct ipcobj *o)
{
	struct msq *q = (struct msq *)o;
	struct sysvmsg *m;

	while ((m = list_first(&q->q_msgs, struct sysvmsg, sm_link)) !=
	    NULL) {
		list_del(&m->sm_link);
		kfree(m);
	}
	waitq_destroy(&q->q_rwq);
	waitq_destroy(&q->q_swq);
	kfree(q);
}

static void
msq_show(struct ipcobj *o, struct sbuf *sb)
{
	const struct kmsqid *ds = &((struct msq *)o)->q_ds;
	const struct kipcperm *p = &o->o_perm;

	sbuf_printf(sb, "%10d %10d  %4o  %10lu %10lu %5d %5d %5u %5u %5u %5u "
	    "%10ld %10ld %10ld\n", p->key, o->o_id, p->mode, ds->cbytes,
	    ds->qnum, ds->lspid, ds->lrpid, p->uid, p->gid, p->cuid, p->cgid,
	    (long)ds->stime, (long)ds->rtime, (long)ds->ctime);
}

static struct ipcobj *
msq_make(void *arg, int *error)
{
	struct msq *q = KNEW(struct msq);

	*error = -ENOMEM;
	if (q == NULL)
		return (NULL);
	q->q_o.o_free = msq_free;
	q->q_o.o_show = msq_show;
	list_init(&q->q_msgs);
	waitq_init(&q->q_rwq);
	waitq_init(&q->q_swq);
	q->q_ds.qbytes = sysv_limit(SVL_MSGMNB);
	q->q_ds.ctime = ipc_time();
	return (&q->q_o);
}

static int
msq_check(struct ipcobj *o, void *arg)
{
	return (0);
}

long
kern_msgget(int key, int flags)
{
	return (ipcobj_get(TAB_MSG, key, flags, msq_make, msq_check, NULL));
}

/* --- sending ------------------------------------------------------------------ */

static bool
msq_room(const struct msq *q, size_t n)
{
	return (q->q_ds.cbytes + n <= q->q_ds.qbytes &&
	    q->q_ds.qnum + 1 <= q->q_ds.qbytes);
}

/* Wait for room and append; sv_lock held. */
static int
msq_send(struct msq *q, struct sysvmsg *m, int flags)
{
	struct sysv_root *sv = sysv();
	int error = 0;

	while (!q->q_o.o_gone && !msq_room(q, m->sm_len)) {
		if (flags & IPC_NOWAIT)
			return (-EAGAIN);
		if (error != 0)
			return (-EINTR);
		error = waitq_sleep(&q->q_swq, &sv->sv_lock, SLEEP_INTR, 0);
	}
	if (q->q_o.o_gone)
		return (-EIDRM);
	list_add_tail(&q->q_msgs, &m->sm_link);
	q->q_ds.cbytes += m->sm_len;
	q->q_ds.qnum++;
	q->q_ds.lspid = curproc()->p_pid;
	q->q_ds.stime = ipc_time();
	waitq_wake(&q->q_rwq, WAKE_ALL, 0);
	return (0);
}

long
kern_msgsnd(struct thread *td, int id, int64_t type, uaddr_t text, size_t n,
    int flags)
{
	struct sysv_root *sv = sysv();
	struct sysvmsg *m;
	struct msq *q;
	int error;

	if (n > sysv_limit(SVL_MSGMAX) || type < 1 || id < 0)
		return (-EINVAL);
	if ((m = kmalloc(sizeof(*m) + n, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	m->sm_type = type;
	m->sm_len = n;
	if (copyin(text, m->sm_text, n) != 0) {
		kfree(m);
		return (-EFAULT);
	}
	mtx_lock(&sv->sv_lock);
	q = (struct msq *)ipcobj_find(TAB_MSG, id, W_OK, &error);
	if (q != NULL) {
		ipcobj_hold(&q->q_o);
		error = msq_send(q, m, flags);
	}
	mtx_unlock(&sv->sv_lock);
	if (q != NULL)
		ipcobj_drop(&q->q_o);
	if (error != 0)
		kfree(m);
	return (error);
}

/* --- receiving ------------------------------------------------------------------ */

/* The message that type asks for, or NULL. */
static struct sysvmsg *
msq_pick(const struct msq *q, int64_t type, int flags)
{
	struct sysvmsg *m, *best = NULL;
	int64_t i = 0;

	list_foreach(m, &q->q_msgs, sm_link) {
		if (flags & MSG_COPY) {
			if (i++ == type)
				return (m);
		} else if (type == 0)
			return (m);
		else if (type > 0) {
			if ((m->sm_type == type) == !(flags & MSG_EXCEPT))
				return (m);
		} else if ((type == INT64_MIN || m->sm_type <= -type) &&
		    (best == NULL || m->sm_type < best->sm_type))
			best = m;
	}
	return (best);
}

/* Take (or with MSG_COPY duplicate) a message; sv_lock held. */
static int
msq_recv(struct msq *q, int64_t type, size_t n, int flags,
    struct sysvmsg **mp)
{
	struct sysv_root *sv = sysv();
	struct sysvmsg *m, *copy;
	int error = 0;

	while (!q->q_o.o_gone && (m = msq_pick(q, type, flags)) == NULL) {
		if (flags & IPC_NOWAIT)
			return (-ENOMSG);
		if (error != 0)
			return (-EINTR);
		error = waitq_sleep(&q->q_rwq, &sv->sv_lock, SLEEP_INTR, 0);
	}
	if (q->q_o.o_gone)
		return (-EIDRM);
	if (m->sm_len > n && !(flags & MSG_NOERROR))
		return (-E2BIG);
	if (flags & MSG_COPY) {
		copy = kmalloc(sizeof(*m) + m->sm_len, KM_NOZERO);
		if (copy == NULL)
			return (-ENOMEM);
		memcpy(copy, m, sizeof(*m) + m->sm_len);
		list_init(&copy->sm_link);
		*mp = copy;
		return (0);
	}
	list_del(&m->sm_link);
	q->q_ds.cbytes -= m->sm_len;
	q->q_ds.qnum--;
	q->q_ds.lrpid = curproc()->p_pid;
	q->q_ds.rtime = ipc_time();
	waitq_wake(&q->q_swq, WAKE_ALL, 0);
	*mp = m;
	return (0);
}

long
kern_msgrcv(struct thread *td, int id, int64_t *type, uaddr_t text, size_t n,
    int flags)
{
	struct sysv_root *sv = sysv();
	struct sysvmsg *m = NULL;
	struct msq *q;
	int error;
	long ret;

	if ((int64_t)n < 0 || id < 0)
		return (-EINVAL);
	if ((flags & MSG_COPY) && ((flags & MSG_EXCEPT) ||
	    !(flags & IPC_NOWAIT)))
		return (-EINVAL);
	mtx_lock(&sv->sv_lock);
	q = (struct msq *)ipcobj_find(TAB_MSG, id, R_OK, &error);
	if (q != NULL) {
		ipcobj_hold(&q->q_o);
		error = msq_recv(q, *type, n, flags, &m);
	}
	mtx_unlock(&sv->sv_lock);
	if (q != NULL)
		ipcobj_drop(&q->q_o);
	if (error != 0)
		return (error);
	n = kmin(n, m->sm_len);
	*type = m->sm_type;
	ret = copyout(m->sm_text, text, n) != 0 ? -EFAULT : (long)n;
	kfree(m);
	return (ret);
}

/* --- msgctl ----------------------------------------------------------------------- */

static long
msg_info(int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	struct ipctab *t = &sv->sv_tab[TAB_MSG];
	int32_t in[8] = { 512000, 512000, (int32_t)sysv_limit(SVL_MSGMAX),
	    (int32_t)sysv_limit(SVL_MSGMNB), (int32_t)sysv_limit(SVL_MSGMNI),
	    16, (int32_t)sysv_limit(SVL_MSGMNB), 0xffff };
	int32_t i;
	struct msq *q;
	long max;

	mtx_lock(&sv->sv_lock);
	if (cmd == MSG_INFO) {
		in[0] = t->t_n;		/* pool, map, tql: what is there */
		in[1] = in[6] = 0;
		for (i = 0; i < t->t_cap; i++)
			if ((q = (struct msq *)t->t_slot[i]) != NULL) {
				in[1] += (int32_t)q->q_ds.qnum;
				in[6] += (int32_t)q->q_ds.cbytes;
			}
	}
	max = kmax(t->t_cap - 1, 0);
	mtx_unlock(&sv->sv_lock);
	return (copyout(in, buf, sizeof(in)) != 0 ? -EFAULT : max);
}

/* sv_lock held. */
static int
msq_change(struct msq *q, int cmd, const struct kmsqid *ds,
    struct ipcobj **dead)
{
	int error;

	if ((error = ipcobj_owner(&q->q_o)) != 0)
		return (error);
	if (cmd == IPC_RMID) {
		ipcobj_remove(TAB_MSG, &q->q_o);
		*dead = &q->q_o;
	} else {
		if (ds->qbytes > sysv_limit(SVL_MSGMNB) && !cred_priv(curthread()->td_cred,
		    PRIV_SYS_RESOURCE))
			return (-EPERM);
		q->q_ds.qbytes = ds->qbytes;
		q->q_ds.ctime = ipc_time();
		ipcobj_set(&q->q_o, &ds->perm);
	}
	waitq_wake(&q->q_rwq, WAKE_ALL, 0);
	waitq_wake(&q->q_swq, WAKE_ALL, 0);
	return (0);
}

long
kern_msgctl(struct thread *td, int id, int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	struct ipcobj *dead = NULL;
	struct kmsqid ds;
	struct msq *q;
	int error;
	long ret;
	bool stat = cmd == IPC_STAT || cmd == MSG_STAT || cmd == MSG_STAT_ANY;

	if (cmd == IPC_INFO || cmd == MSG_INFO)
		return (msg_info(cmd, buf));
	if (!stat && cmd != IPC_SET && cmd != IPC_RMID)
		return (-EINVAL);
	if (cmd == IPC_SET && copyin(buf, &ds, sizeof(ds)) != 0)
		return (-EFAULT);
	mtx_lock(&sv->sv_lock);
	q = (struct msq *)(stat && cmd != IPC_STAT ?
	    ipcobj_nth(TAB_MSG, id, &error) :
	    ipcobj_find(TAB_MSG, id, stat ? R_OK : 0, &error));
	if (q == NULL)
		ret = error;
	else if (stat) {
		ds = q->q_ds;
		ds.perm = q->q_o.o_perm;
		ret = cmd == IPC_STAT ? 0 : q->q_o.o_id;
	} else
		ret = msq_change(q, cmd, &ds, &dead);
	mtx_unlock(&sv->sv_lock);
	ipcobj_drop(dead);
	if (ret >= 0 && stat && copyout(&ds, buf, sizeof(ds)) != 0)
		return (-EFAULT);
	return (ret);
}
