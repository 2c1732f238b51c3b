/* sysv.c: identifiers and permissions of System V IPC; rules in sysv.h. */
#include "ipc/sysv.h"

#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"

struct sysv_root *
sysv(void)
{
	return (ipcroot()->ir_sysv);
}

/* Linux's. */
static const uint64_t limits[SVL_COUNT] = {
	[SVL_SHMMAX] = ~0UL - (1UL << 24), [SVL_SHMALL] = ~0UL - (1UL << 24),
	[SVL_SHMMNI] = 4096, [SVL_MSGMAX] = 8192, [SVL_MSGMNB] = 16384,
	[SVL_MSGMNI] = 32000, [SVL_SEMMSL] = SEMMSL_MAX,
	[SVL_SEMMNS] = 1024000000, [SVL_SEMOPM] = SEMOPM_MAX,
	[SVL_SEMMNI] = 32000,
};

int
sysv_init(void)
{
	struct sysv_root *sv = KNEW(struct sysv_root);

	if (sv == NULL)
		return (-ENOMEM);
	mtx_init(&sv->sv_lock, RANK_IPC, "sysv");
	list_init(&sv->sv_undo);
	memcpy(sv->sv_limit, limits, sizeof(sv->sv_limit));
	ipcroot()->ir_sysv = sv;
	kern_add_hooks(sysv_proc_exit, NULL, NULL);
	return (0);
}

int64_t
ipc_time(void)
{
	return (clock_real() / NSEC_PER_SEC);
}

void
ipcobj_drop(struct ipcobj *o)
{
	if (o != NULL && ref_release(&o->o_ref))
		o->o_free(o);
}

/* Does the current thread have the rights `want` (as mode bits 0-7)? */
static int
perm_check(const struct kipcperm *pm, int want)
{
	const struct ucred *cr = curthread()->td_cred;
	uint32_t have = pm->mode;

	if (cr->cr_uid == pm->uid || cr->cr_uid == pm->cuid)
		have >>= 6;
	else if (cred_ingroup(cr, pm->gid) || cred_ingroup(cr, pm->cgid))
		have >>= 3;
	if (((uint32_t)want & ~have & 7) == 0 ||
	    cred_priv(cr, PRIV_IPC_OWNER))
		return (0);
	return (-EACCES);
}

int
ipcobj_owner(const struct ipcobj *o)
{
	const struct ucred *cr = curthread()->td_cred;

	if (cr->cr_uid == o->o_perm.uid || cr->cr_uid == o->o_perm.cuid ||
	    cred_priv(cr, PRIV_SYS_ADMIN))
		return (0);
	return (-EPERM);
}

void
ipcobj_set(struct ipcobj *o, const struct kipcperm *np)
{
	o->o_perm.uid = np->uid;
	o->o_perm.gid = np->gid;
	o->o_perm.mode = (o->o_perm.mode & ~0777u) | (np->mode & 0777);
}

static int
tab_insert(struct ipctab *t, struct ipcobj *o)
{
	static const int mni[TAB_COUNT] = { [TAB_SHM] = SVL_SHMMNI,
	    [TAB_SEM] = SVL_SEMMNI, [TAB_MSG] = SVL_MSGMNI };
	struct ipcobj **new;
	int32_t i, cap;

	if ((uint64_t)t->t_n >= sysv_limit(mni[t - sysv()->sv_tab]))
		return (-ENOSPC);

	for (i = 0; i < t->t_cap && t->t_slot[i] != NULL; i++)
		;
	if (i == t->t_cap) {
		if (t->t_cap >= IPC_SLOTS)
			return (-ENOSPC);
		cap = t->t_cap == 0 ? 16 : 2 * t->t_cap;
		new = krealloc(t->t_slot, (size_t)t->t_cap * sizeof(*new),
		    (size_t)cap * sizeof(*new));
		if (new == NULL)
			return (-ENOMEM);
		memset(new + t->t_cap, 0,
		    (size_t)(cap - t->t_cap) * sizeof(*new));
		t->t_slot = new;
		t->t_cap = cap;
	}
	t->t_slot[i] = o;
	t->t_n++;
	o->o_perm.seq = t->t_seq;
	o->o_id = i + (int32_t)t->t_seq * IPC_SLOTS;
	t->t_seq = (t->t_seq + 1) & 0x7fff;
	return (0);
}

static struct ipcobj *
tab_bykey(struct ipctab *t, int key)
{
	int32_t i;

	for (i = 0; i < t->t_cap; i++)
		if (t->t_slot[i] != NULL && t->t_slot[i]->o_perm.key == key)
			return (t->t_slot[i]);
	return (NULL);
}

static void
perm_init(struct kipcperm *pm, int key, int flags)
{
	const struct ucred *cr = curthread()->td_cred;

	memset(pm, 0, sizeof(*pm));
	pm->key = key;
	pm->uid = pm->cuid = cr->cr_uid;
	pm->gid = pm->cgid = cr->cr_gid;
	pm->mode = (uint32_t)flags & 0777;
}

long
ipcobj_get(int tab, int key, int flags,
    struct ipcobj *(*mk)(void *arg, int *error),
    int (*check)(struct ipcobj *o, void *arg), void *arg)
{
	struct sysv_root *sv = sysv();
	struct ipctab *t = &sv->sv_tab[tab];
	struct ipcobj *o, *new = NULL;
	int error = 0;
	long ret;

	if (key == 0 || (flags & IPC_CREAT)) {
		/* Made ahead: mk may call the host. */
		new = mk(arg, &error);
		if (new != NULL) {
			new->o_ref = 1;
			perm_init(&new->o_perm, key, flags);
		}
	}
	mtx_lock(&sv->sv_lock);
	o = key == 0 ? NULL : tab_bykey(t, key);
	if (o != NULL) {
		if ((flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL))
			ret = -EEXIST;
		else if ((ret = check(o, arg)) == 0 &&
		    (ret = perm_check(&o->o_perm, ((flags >> 6) |
		    (flags >> 3) | flags) & 7)) == 0)
			ret = o->o_id;
	} else if (key != 0 && !(flags & IPC_CREAT))
		ret = -ENOENT;
	else if (new == NULL)
		ret = error;
	else if ((ret = tab_insert(t, new)) == 0) {
		ret = new->o_id;
		new = NULL;
	}
	mtx_unlock(&sv->sv_lock);
	ipcobj_drop(new);
	return (ret);
}

struct ipcobj *
ipcobj_find(int tab, int id, int want, int *error)
{
	struct ipctab *t = &sysv()->sv_tab[tab];
	struct ipcobj *o;

	*error = -EINVAL;
	if (id < 0 || id % IPC_SLOTS >= t->t_cap)
		return (NULL);
	o = t->t_slot[id % IPC_SLOTS];
	if (o == NULL || o->o_id != id) {
		if (o != NULL)
			*error = -EIDRM;
		return (NULL);
	}
	*error = perm_check(&o->o_perm, want);
	return (*error == 0 ? o : NULL);
}

struct ipcobj *
ipcobj_nth(int tab, int i, int *error)
{
	struct ipctab *t = &sysv()->sv_tab[tab];

	*error = -EINVAL;
	if (i < 0 || i >= t->t_cap || t->t_slot[i] == NULL)
		return (NULL);
	*error = perm_check(&t->t_slot[i]->o_perm, R_OK);
	return (*error == 0 ? t->t_slot[i] : NULL);
}

void
sysv_show(int tab, struct sbuf *sb)
{
	struct ipctab *t = &sysv()->sv_tab[tab];

	mtx_lock(&sysv()->sv_lock);
	for (int i = 0; i < t->t_cap; i++)
		if (t->t_slot[i] != NULL)
			t->t_slot[i]->o_show(t->t_slot[i], sb);
	mtx_unlock(&sysv()->sv_lock);
}

/* Out of the table; the table's reference becomes the caller's. */
void
ipcobj_remove(int tab, struct ipcobj *o)
{
	struct ipctab *t = &sysv()->sv_tab[tab];

	o->o_gone = true;
	t->t_slot[o->o_id % IPC_SLOTS] = NULL;
	t->t_n--;
}
