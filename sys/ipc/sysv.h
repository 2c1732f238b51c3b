/*
 * sysv.h: System V IPC (sysvipc(7)): identifiers, permissions, and the three
 * kinds of objects.
 *
 * One lock, sv_lock (RANK_IPC), guards all tables and all objects: these calls
 * are rare and short.  An object has a reference from its table slot, from
 * each sleeper and, for shared memory, from each mapping.  A removed object
 * (o_gone) is no longer in its table; sleepers that find it so return EIDRM.
 *
 * Identifiers are slot + 32768 * sequence, as Linux makes them, so a stale one
 * is told from its successor (EINVAL, EIDRM).
 */
#ifndef IPC_SYSV_H
#define IPC_SYSV_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "libkern/list.h"
#include "libkern/types.h"

struct proc;
struct sbuf;
struct thread;

#define	IPC_CREAT	01000
#define	IPC_EXCL	02000
#define	IPC_NOWAIT	04000
#define	IPC_RMID	0
#define	IPC_SET		1
#define	IPC_STAT	2
#define	IPC_INFO	3
#define	IPC_SLOTS	32768

struct kipcperm {			/* linux64's struct ipc64_perm */
	int32_t		key;
	uint32_t	uid, gid, cuid, cgid;
	uint32_t	mode;
	uint16_t	seq, pad;
	uint32_t	pad2;
	uint64_t	unused[2];
};
_Static_assert(sizeof(struct kipcperm) == 48, "ipc64_perm");

struct ipcobj {
	refcount_t	o_ref;
	bool		o_gone;		/* (v) removed */
	int32_t		o_id;
	struct kipcperm	o_perm;		/* (v) */
	void		(*o_free)(struct ipcobj *o);
	/* Its line of /proc/sysvipc; sv_lock held. */
	void		(*o_show)(struct ipcobj *o, struct sbuf *sb);
};

struct ipctab {
	struct ipcobj	**t_slot;	/* (v) */
	int32_t		t_cap, t_n;	/* (v) */
	uint16_t	t_seq;		/* (v) */
};
enum { TAB_SHM, TAB_SEM, TAB_MSG, TAB_COUNT };

/* Limits (proc_sys(5): kernel/shmmax ...), set in /proc/sys; no lock: a word
 * each, and a call under way goes by what it saw. */
enum { SVL_SHMMAX, SVL_SHMALL, SVL_SHMMNI, SVL_MSGMAX, SVL_MSGMNB, SVL_MSGMNI,
	SVL_SEMMSL, SVL_SEMMNS, SVL_SEMOPM, SVL_SEMMNI, SVL_COUNT };
#define	SEMMSL_MAX	32000		/* arrays are made for these */
#define	SEMOPM_MAX	500
#define	MSGMAX_MAX	(1U << 20)

struct sysv_root {
	struct mtx	sv_lock;	/* RANK_IPC: all marked (v) */
	struct ipctab	sv_tab[TAB_COUNT];
	struct list	sv_undo;	/* (v) struct semundo */
	uint64_t	sv_shmpages;	/* (a) */
	uint64_t	sv_limit[SVL_COUNT];	/* (a) */
};
struct sysv_root *sysv(void);
static inline uint64_t
sysv_limit(int which)
{
	return (atomic_load_relaxed(&sysv()->sv_limit[which]));
}
int	sysv_init(void);
/* p when it has semaphore operations to undo at exit, else NULL. */
const struct proc *sem_undoer(const struct proc *p);
void	sysv_proc_exit(struct proc *p);		/* hook: semaphore undo */

/* Every object's line, for /proc/sysvipc. */
void	sysv_show(int tab, struct sbuf *sb);

/* xxxget(2): existing object of key, or a new one made by mk(arg).  The id. */
long	ipcobj_get(int tab, int key, int flags,
	    struct ipcobj *(*mk)(void *arg, int *error),
	    int (*check)(struct ipcobj *o, void *arg), void *arg);
/* By id, sv_lock held: the object, or NULL with *error EINVAL or EIDRM; want:
 * R_OK | W_OK bits, 0 none, checked (EACCES). */
struct ipcobj *ipcobj_find(int tab, int id, int want, int *error);
/* By table index (xxx_STAT commands). */
struct ipcobj *ipcobj_nth(int tab, int i, int *error);
int	ipcobj_owner(const struct ipcobj *o);	/* may it be changed? EPERM */
void	ipcobj_set(struct ipcobj *o, const struct kipcperm *np);
void	ipcobj_remove(int tab, struct ipcobj *o); /* sv_lock held */
static inline void
ipcobj_hold(struct ipcobj *o)
{
	ref_acquire(&o->o_ref);
}
void	ipcobj_drop(struct ipcobj *o);
int64_t	ipc_time(void);

/* --- the calls; user addresses where linux64's layout is the native one --- */
long	kern_shmget(int key, size_t size, int flags);
long	kern_shmat(struct thread *td, int id, uaddr_t addr, int flags);
long	kern_shmdt(struct thread *td, uaddr_t addr);
long	kern_shmctl(struct thread *td, int id, int cmd, uaddr_t buf);

struct ksembuf {
	uint16_t	sem_num;
	int16_t		sem_op;
	int16_t		sem_flg;
};
long	kern_semget(int key, int nsems, int flags);
long	kern_semop(struct thread *td, int id, const struct ksembuf *ops,
	    unsigned n, nsec_t deadline);
long	kern_semctl(struct thread *td, int id, int num, int cmd, uint64_t arg);

long	kern_msgget(int key, int flags);
long	kern_msgsnd(struct thread *td, int id, int64_t type, uaddr_t text,
	    size_t n, int flags);
long	kern_msgrcv(struct thread *td, int id, int64_t *type, uaddr_t text,
	    size_t n, int flags);
long	kern_msgctl(struct thread *td, int id, int cmd, uaddr_t buf);

#endif
