/*
 * sysv_sem.c: semaphore sets (semget(2), semop(2), semctl(2)).
 *
 * A list of operations either happens as a whole or not at all: it is tried on
 * the values, and taken back when one of them must wait.  Every change of a
 * set wakes all its sleepers, which try again.
 *
 * SEM_UNDO: one struct semundo per (process, set) holds what to add back when
 * the process exits.  It dies with the set.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/sbuf.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"

#define	SEM_UNDO	0x1000
#define	GETPID		11
#define	GETVAL		12
#define	GETALL		13
#define	GETNCNT		14
#define	GETZCNT		15
#define	SETVAL		16
#define	SETALL		17
#define	SEM_STAT	18
#define	SEM_INFO	19
#define	SEM_STAT_ANY	20
#define	SEMMSL		SEMMSL_MAX
#define	SEMOPM		SEMOPM_MAX
#define	SEMVMX		32767

struct ksemid {				/* linux64's struct semid64_ds */
	struct kipcperm	perm;
	int64_t		otime;
	uint64_t	unused1;
	int64_t		ctime;
	uint64_t	unused2;
	uint64_t	nsems;
	uint64_t	unused3[2];
};
_Static_assert(sizeof(struct ksemid) == 104, "semid64_ds");

struct sem {
	int32_t		val;		/* all (v) */
	int32_t		pid;
	uint32_t	ncnt, zcnt;	/* sleepers */
};

struct semset {
	struct ipcobj	ss_o;		/* first */
	struct waitq	ss_wq;
	int64_t		ss_otime, ss_ctime;	/* (v) */
	uint32_t	ss_nsems;	/* (i) */
	struct sem	ss_sem[];	/* (v) */
};

struct semundo {
	struct list	su_link;	/* (v) in sv_undo */
	struct proc	*su_proc;	/* identity only */
	struct semset	*su_set;
	int16_t		su_adj[];
};

static void
set_free(struct ipcobj *o)
{
	struct semset *ss = (struct semset *)o;

	waitq_destroy(&ss->ss_wq);
	kfree(ss);
}

static void
set_show(struct ipcobj *o, struct sbuf *sb)
{
	const struct semset *ss = (const struct semset *)o;
	const struct kipcperm *p = &o->o_perm;

	sbuf_printf(sb, "%10d %10d  %4o %10u %5u %5u %5u %5u %10ld %10ld\n",
	    p->key, o->o_id, p->mode, ss->ss_nsems, p->uid, p->gid, p->cuid,
	    p->cgid, (long)ss->ss_otime, (long)ss->ss_ctime);
}

static struct ipcobj *
set_make(void *arg, int *error)
{
	int n = *(int *)arg;
	struct semset *ss;

	*error = -EINVAL;
	if (n <= 0 || n > (int)sysv_limit(SVL_SEMMSL))
		return (NULL);
	*error = -ENOMEM;
	ss = kmalloc(sizeof(*ss) + (size_t)n * sizeof(ss->ss_sem[0]), 0);
	if (ss == NULL)
		return (NULL);
	ss->ss_o.o_free = set_free;
	ss->ss_o.o_show = set_show;
	waitq_init(&ss->ss_wq);
	ss->ss_nsems = (uint32_t)n;
	ss->ss_ctime = ipc_time();
	return (&ss->ss_o);
}

static int
set_check(struct ipcobj *o, void *arg)
{
	return (*(int *)arg > (int)((struct semset *)o)->ss_nsems ? -EINVAL :
	    0);
}

long
kern_semget(int key, int nsems, int flags)
{
	if (nsems < 0 || nsems > (int)sysv_limit(SVL_SEMMSL))
		return (-EINVAL);
	return (ipcobj_get(TAB_SEM, key, flags, set_make, set_check, &nsems));
}

/* --- undo ---------------------------------------------------------------------- */

static struct semundo *
undo_find(struct proc *p, struct semset *ss)
{
	struct semundo *su;

	list_foreach(su, &sysv()->sv_undo, su_link)
		if (su->su_proc == p && su->su_set == ss)
			return (su);
	return (NULL);
}

const struct proc *
sem_undoer(const struct proc *p)
{
	const struct proc *found = NULL;
	struct semundo *su;

	mtx_lock(&sysv()->sv_lock);
	list_foreach(su, &sysv()->sv_undo, su_link)
		if (su->su_proc == p)
			found = p;
	mtx_unlock(&sysv()->sv_lock);
	return (found);
}

/* The set goes, or its values are set anew (num >= 0: of one semaphore). */
static void
undo_forget(struct semset *ss, int num, bool all)
{
	struct semundo *su, *next;

	list_foreach_safe(su, next, &sysv()->sv_undo, su_link) {
		if (su->su_set != ss)
			continue;
		if (num >= 0)
			su->su_adj[num] = 0;
		else if (all) {
			list_del(&su->su_link);
			kfree(su);
		} else
			memset(su->su_adj, 0,
			    ss->ss_nsems * sizeof(su->su_adj[0]));
	}
}

static void
undo_apply(struct semundo *su, struct proc *p)
{
	struct semset *ss = su->su_set;
	uint32_t i;

	for (i = 0; i < ss->ss_nsems; i++) {
		if (su->su_adj[i] == 0)
			continue;
		ss->ss_sem[i].val = kmin(kmax(ss->ss_sem[i].val +
		    su->su_adj[i], 0), SEMVMX);
		ss->ss_sem[i].pid = p->p_pid;
	}
	ss->ss_otime = ipc_time();
	waitq_wake(&ss->ss_wq, WAKE_ALL, 0);
}

void
sysv_proc_exit(struct proc *p)
{
	struct sysv_root *sv = sysv();
	struct semundo *su, *next;

	if (list_empty(&sv->sv_undo))
		return;
	mtx_lock(&sv->sv_lock);
	list_foreach_safe(su, next, &sv->sv_undo, su_link)
		if (su->su_proc == p) {
			undo_apply(su, p);
			list_del(&su->su_link);
			kfree(su);
		}
	mtx_unlock(&sv->sv_lock);
}

/* --- semop ----------------------------------------------------------------------- */

/* Can op happen on the present values?  1 yes, 0 wait, -ERANGE. */
static int
op_try(struct semset *ss, const struct ksembuf *op, struct semundo *su)
{
	struct sem *s = &ss->ss_sem[op->sem_num];
	int adj;

	if (op->sem_op == 0)
		return (s->val == 0);
	if (s->val + op->sem_op < 0)
		return (0);
	if (s->val + op->sem_op > SEMVMX)
		return (-ERANGE);
	if (op->sem_flg & SEM_UNDO) {
		adj = su->su_adj[op->sem_num] - op->sem_op;
		if (adj < -SEMVMX - 1 || adj > SEMVMX)
			return (-ERANGE);
		su->su_adj[op->sem_num] = (int16_t)adj;
	}
	s->val += op->sem_op;
	return (1);
}

static void
op_undo(struct semset *ss, const struct ksembuf *op, struct semundo *su)
{
	ss->ss_sem[op->sem_num].val -= op->sem_op;
	if (op->sem_op != 0 && (op->sem_flg & SEM_UNDO))
		su->su_adj[op->sem_num] += op->sem_op;
}

/* All or nothing.  0 done, 1 must wait for ops[*at], or an errno. */
static int
ops_try(struct semset *ss, const struct ksembuf *ops, unsigned n,
    struct semundo *su, unsigned *at)
{
	unsigned i;
	int r = 1;

	for (i = 0; i < n; i++)
		if ((r = op_try(ss, &ops[i], su)) != 1)
			break;
	if (i == n) {
		for (i = 0; i < n; i++)
			ss->ss_sem[ops[i].sem_num].pid = curproc()->p_pid;
		ss->ss_otime = ipc_time();
		return (0);
	}
	*at = i;
	while (i-- > 0)
		op_undo(ss, &ops[i], su);
	if (r == 0 && ((uint16_t)ops[*at].sem_flg & IPC_NOWAIT))
		return (-EAGAIN);
	return (r == 0 ? 1 : r);
}

/* The process's undo record for the set: made before sv_lock is taken. */
static int
undo_attach(struct semset *ss, struct semundo *new, struct semundo **sup)
{
	struct semundo *su = undo_find(curproc(), ss);

	if (su == NULL) {
		if (new == NULL)
			return (-ENOMEM);
		new->su_proc = curproc();
		new->su_set = ss;
		list_add_tail(&sysv()->sv_undo, &new->su_link);
		su = new;
	}
	*sup = su;
	return (0);
}

/* Try and sleep until it happens; sv_lock held. */
static int
ops_run(struct semset *ss, const struct ksembuf *ops, unsigned n,
    struct semundo *su, nsec_t deadline)
{
	struct sysv_root *sv = sysv();
	uint32_t *count;
	unsigned at = 0;
	int r, error = 0;

	for (;;) {
		if (ss->ss_o.o_gone)
			return (-EIDRM);
		r = ops_try(ss, ops, n, su, &at);
		if (r <= 0)
			break;
		if (error != 0)
			return (error);
		if (deadline == HOST_NOWAIT)
			return (-EAGAIN);
		count = ops[at].sem_op == 0 ?
		    &ss->ss_sem[ops[at].sem_num].zcnt :
		    &ss->ss_sem[ops[at].sem_num].ncnt;
		(*count)++;
		error = waitq_sleep(&ss->ss_wq, &sv->sv_lock, SLEEP_INTR,
		    deadline);
		(*count)--;
		if (error == -ETIMEDOUT)
			error = -EAGAIN;
		else if (error == -ERESTARTSYS)
			error = -EINTR;
	}
	if (r == 0)
		waitq_wake(&ss->ss_wq, WAKE_ALL, 0);
	return (r);
}

long
kern_semop(struct thread *td, int id, const struct ksembuf *ops, unsigned n,
    nsec_t deadline)
{
	struct sysv_root *sv = sysv();
	struct semundo *su = NULL, *new = NULL;
	struct semset *ss;
	bool alter = false, undo = false;
	unsigned i, maxnum = 0;
	uint32_t nsems;
	int error;

	if (n == 0 || n > sysv_limit(SVL_SEMOPM))
		return (n == 0 ? -EINVAL : -E2BIG);
	for (i = 0; i < n; i++) {
		alter |= ops[i].sem_op != 0;
		undo |= (ops[i].sem_flg & SEM_UNDO) != 0;
		maxnum = kmax(maxnum, (unsigned)ops[i].sem_num);
	}
	mtx_lock(&sv->sv_lock);
	ss = (struct semset *)ipcobj_find(TAB_SEM, id, alter ? W_OK : R_OK,
	    &error);
	nsems = ss != NULL ? ss->ss_nsems : 0;
	if (ss != NULL && maxnum >= nsems)
		error = -EFBIG;
	else if (ss != NULL && undo) {
		new = kmalloc(sizeof(*new) + nsems * sizeof(new->su_adj[0]),
		    0);
		error = undo_attach(ss, new, &su);
		if (error == 0 && su == new)
			new = NULL;
	}
	if (error == 0) {
		ipcobj_hold(&ss->ss_o);
		error = ops_run(ss, ops, n, su, deadline);
	} else
		ss = NULL;
	mtx_unlock(&sv->sv_lock);
	kfree(new);
	if (ss != NULL)
		ipcobj_drop(&ss->ss_o);
	return (error);
}

/* --- semctl ----------------------------------------------------------------------- */

static void
set_stat(const struct semset *ss, struct ksemid *ds)
{
	memset(ds, 0, sizeof(*ds));
	ds->perm = ss->ss_o.o_perm;
	ds->otime = ss->ss_otime;
	ds->ctime = ss->ss_ctime;
	ds->nsems = ss->ss_nsems;
}

static long
sem_info(int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	int32_t in[10] = { 1024000000, (int32_t)sysv_limit(SVL_SEMMNI),
	    1024000000, 1024000000, (int32_t)sysv_limit(SVL_SEMMSL),
	    (int32_t)sysv_limit(SVL_SEMOPM), SEMOPM_MAX, 20, SEMVMX, SEMVMX };
	int32_t i, sems = 0;
	struct ipctab *t = &sv->sv_tab[TAB_SEM];
	long max;

	mtx_lock(&sv->sv_lock);
	for (i = 0; i < t->t_cap; i++)
		if (t->t_slot[i] != NULL)
			sems += (int32_t)
			    ((struct semset *)t->t_slot[i])->ss_nsems;
	if (cmd == SEM_INFO) {
		in[7] = t->t_n;
		in[9] = sems;
	}
	max = kmax(t->t_cap - 1, 0);
	mtx_unlock(&sv->sv_lock);
	return (copyout(in, buf, sizeof(in)) != 0 ? -EFAULT : max);
}

/* Commands on one semaphore; sv_lock held. */
static long
sem_one(struct semset *ss, int num, int cmd, int val)
{
	struct sem *s;

	if (num < 0 || num >= (int)ss->ss_nsems)
		return (-EINVAL);
	s = &ss->ss_sem[num];
	switch (cmd) {
	case GETVAL:
		return (s->val);
	case GETPID:
		return (s->pid);
	case GETNCNT:
		return (s->ncnt);
	case GETZCNT:
		return (s->zcnt);
	default:		/* SETVAL */
		s->val = val;
		s->pid = curproc()->p_pid;
		ss->ss_ctime = ipc_time();
		undo_forget(ss, num, false);
		waitq_wake(&ss->ss_wq, WAKE_ALL, 0);
		return (0);
	}
}

/* GETALL, SETALL: vals has room for SEMMSL; sv_lock held. */
static long
sem_all(struct semset *ss, int cmd, uint16_t *vals, uint32_t n)
{
	uint32_t i;

	if (n != ss->ss_nsems)
		return (-EIDRM);	/* another set by now */
	if (cmd == GETALL) {
		for (i = 0; i < n; i++)
			vals[i] = (uint16_t)ss->ss_sem[i].val;
		return (0);
	}
	for (i = 0; i < n; i++)
		if (vals[i] > SEMVMX)
			return (-ERANGE);
	for (i = 0; i < n; i++) {
		ss->ss_sem[i].val = vals[i];
		ss->ss_sem[i].pid = curproc()->p_pid;
	}
	ss->ss_ctime = ipc_time();
	undo_forget(ss, -1, false);
	waitq_wake(&ss->ss_wq, WAKE_ALL, 0);
	return (0);
}

static long
semctl_all(int id, int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	int want = cmd == GETALL ? R_OK : W_OK, error;
	struct semset *ss;
	uint16_t *vals;
	uint32_t n;
	long ret;

	mtx_lock(&sv->sv_lock);
	ss = (struct semset *)ipcobj_find(TAB_SEM, id, want, &error);
	n = ss != NULL ? ss->ss_nsems : 0;
	mtx_unlock(&sv->sv_lock);
	if (ss == NULL)
		return (error);
	if ((vals = kmalloc(n * sizeof(*vals), 0)) == NULL)
		return (-ENOMEM);
	ret = 0;
	if (cmd == SETALL)
		ret = copyin(buf, vals, n * sizeof(*vals));
	if (ret == 0) {
		mtx_lock(&sv->sv_lock);
		ss = (struct semset *)ipcobj_find(TAB_SEM, id, want, &error);
		ret = ss == NULL ? -EIDRM : sem_all(ss, cmd, vals, n);
		mtx_unlock(&sv->sv_lock);
	}
	if (ret == 0 && cmd == GETALL)
		ret = copyout(vals, buf, n * sizeof(*vals));
	kfree(vals);
	return (ret);
}

static long
semctl_set(int id, int cmd, const struct ksemid *ds)
{
	struct sysv_root *sv = sysv();
	struct ipcobj *dead = NULL;
	struct semset *ss;
	int error;

	mtx_lock(&sv->sv_lock);
	ss = (struct semset *)ipcobj_find(TAB_SEM, id, 0, &error);
	if (ss != NULL && (error = ipcobj_owner(&ss->ss_o)) == 0) {
		if (cmd == IPC_SET) {
			ipcobj_set(&ss->ss_o, &ds->perm);
			ss->ss_ctime = ipc_time();
		} else {
			undo_forget(ss, -1, true);
			ipcobj_remove(TAB_SEM, &ss->ss_o);
			dead = &ss->ss_o;
			waitq_wake(&ss->ss_wq, WAKE_ALL, 0);
		}
	}
	mtx_unlock(&sv->sv_lock);
	ipcobj_drop(dead);
	return (error);
}

static long
semctl_stat(int id, int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	struct semset *ss;
	struct ksemid ds;
	long ret;
	int error;

	mtx_lock(&sv->sv_lock);
	ss = (struct semset *)(cmd == IPC_STAT ?
	    ipcobj_find(TAB_SEM, id, R_OK, &error) :
	    ipcobj_nth(TAB_SEM, id, &error));
	ret = error;
	if (ss != NULL) {
		set_stat(ss, &ds);
		ret = cmd == IPC_STAT ? 0 : ss->ss_o.o_id;
	}
	mtx_unlock(&sv->sv_lock);
	if (ss != NULL && copyout(&ds, buf, sizeof(ds)) != 0)
		return (-EFAULT);
	return (ret);
}

long
kern_semctl(struct thread *td, int id, int num, int cmd, uint64_t arg)
{
	struct sysv_root *sv = sysv();
	struct semset *ss;
	struct ksemid ds;
	long ret;
	int error;

	switch (cmd) {
	case IPC_INFO:
	case SEM_INFO:
		return (sem_info(cmd, arg));
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY:
		return (semctl_stat(id, cmd, arg));
	case IPC_SET:
		if (copyin(arg, &ds, sizeof(ds)) != 0)
			return (-EFAULT);
		return (semctl_set(id, cmd, &ds));
	case IPC_RMID:
		return (semctl_set(id, cmd, NULL));
	case GETALL:
	case SETALL:
		return (semctl_all(id, cmd, arg));
	case SETVAL:
		if ((int)arg < 0 || (int)arg > SEMVMX)
			return (-ERANGE);
		break;
	case GETVAL: case GETPID: case GETNCNT: case GETZCNT:
		break;
	default:
		return (-EINVAL);
	}
	mtx_lock(&sv->sv_lock);
	ss = (struct semset *)ipcobj_find(TAB_SEM, id,
	    cmd == SETVAL ? W_OK : R_OK, &error);
	ret = ss == NULL ? error : sem_one(ss, num, cmd, (int)arg);
	mtx_unlock(&sv->sv_lock);
	return (ret);
}
