/*
 * linux_cred.c: user and group ids, capabilities (credentials(7),
 * capabilities(7)).
 *
 * Credentials are immutable: each call copies, changes, and puts the copy in
 * place for the calling thread; libraries do so for each thread in turn.
 */
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	NOID		0xffffffffu
#define	SECBIT_NO_SETUID_FIXUP	4u
#define	SECBIT_KEEP_CAPS	16u
#define	CAPS_FS		((1ULL << PRIV_CHOWN) | (1ULL << PRIV_DAC_OVERRIDE) | \
	    (1ULL << PRIV_DAC_READ_SEARCH) | (1ULL << PRIV_FOWNER) | \
	    (1ULL << PRIV_FSETID) | (1ULL << PRIV_LINUX_IMMUTABLE) | \
	    (1ULL << PRIV_MKNOD) | (1ULL << 32))

#define	GETID(name, field)						\
long									\
sys_get##name(struct thread *td)					\
{									\
	return (td->td_cred->field);					\
}
GETID(uid, cr_ruid)
GETID(euid, cr_uid)
GETID(gid, cr_rgid)
GETID(egid, cr_gid)

/* Put cr in place after uids changed: what becomes of the capabilities. */
static long
commit_uid(struct thread *td, struct ucred *cr)
{
	const struct ucred *o = td->td_cred;
	bool wasroot = o->cr_ruid == 0 || o->cr_uid == 0 || o->cr_suid == 0;
	bool isroot = cr->cr_ruid == 0 || cr->cr_uid == 0 || cr->cr_suid == 0;

	if (!(cr->cr_securebits & SECBIT_NO_SETUID_FIXUP)) {
		if (wasroot && !isroot) {
			if (!(cr->cr_securebits & SECBIT_KEEP_CAPS)) {
				cr->cr_cap_perm = 0;
				cr->cr_cap_eff = 0;
			}
			cr->cr_cap_amb = 0;
		}
		if (o->cr_uid == 0 && cr->cr_uid != 0)
			cr->cr_cap_eff = 0;
		if (o->cr_uid != 0 && cr->cr_uid == 0)
			cr->cr_cap_eff = cr->cr_cap_perm;
	}
	proc_setcred(td, cr);
	return (0);
}

/* --- users and groups change by the same rules ----------------------------------- */

struct ids {
	unsigned r, e, s;	/* real, effective, saved */
};

static bool
among(unsigned id, const struct ids *i)
{
	return (id == NOID || id == i->r || id == i->e || id == i->s);
}

/* setuid(2), setgid(2) */
static int
ids_set(struct ids *i, bool priv, unsigned id)
{
	if (id == NOID)
		return (-EINVAL);
	if (priv)
		i->r = i->s = id;
	else if (id != i->r && id != i->s)
		return (-EPERM);
	i->e = id;
	return (0);
}

/* setreuid(2), setregid(2) */
static int
ids_setre(struct ids *i, bool priv, unsigned r, unsigned e)
{
	const struct ids o = *i;

	if (!priv && ((r != NOID && r != o.r && r != o.e) || !among(e, &o)))
		return (-EPERM);
	if (r != NOID)
		i->r = r;
	if (e != NOID)
		i->e = e;
	if (r != NOID || (e != NOID && e != o.r))
		i->s = i->e;
	return (0);
}

/* setresuid(2), setresgid(2) */
static int
ids_setres(struct ids *i, bool priv, unsigned r, unsigned e, unsigned s)
{
	if (!priv && (!among(r, i) || !among(e, i) || !among(s, i)))
		return (-EPERM);
	if (r != NOID)
		i->r = r;
	if (e != NOID)
		i->e = e;
	if (s != NOID)
		i->s = s;
	return (0);
}

static struct ids
uids(const struct ucred *cr)
{
	return ((struct ids){ cr->cr_ruid, cr->cr_uid, cr->cr_suid });
}

static struct ids
gids(const struct ucred *cr)
{
	return ((struct ids){ cr->cr_rgid, cr->cr_gid, cr->cr_sgid });
}

/* The file system ids follow the effective ones. */
static long
change_uids(struct thread *td, int error, const struct ids *i)
{
	struct ucred *cr;

	if (error != 0)
		return (error);
	cr = cred_copy(td->td_cred);
	if (cr == NULL)
		return (-ENOMEM);
	cr->cr_ruid = i->r;
	cr->cr_uid = cr->cr_fsuid = i->e;
	cr->cr_suid = i->s;
	return (commit_uid(td, cr));
}

static long
change_gids(struct thread *td, int error, const struct ids *i)
{
	struct ucred *cr;

	if (error != 0)
		return (error);
	cr = cred_copy(td->td_cred);
	if (cr == NULL)
		return (-ENOMEM);
	cr->cr_rgid = i->r;
	cr->cr_gid = cr->cr_fsgid = i->e;
	cr->cr_sgid = i->s;
	proc_setcred(td, cr);
	return (0);
}

long
sys_setuid(struct thread *td, unsigned id)
{
	struct ids i = uids(td->td_cred);
	int error = ids_set(&i, cred_priv(td->td_cred, PRIV_SETUID), id);

	return (change_uids(td, error, &i));
}

long
sys_setreuid(struct thread *td, unsigned r, unsigned e)
{
	struct ids i = uids(td->td_cred);
	int error = ids_setre(&i, cred_priv(td->td_cred, PRIV_SETUID), r, e);

	return (change_uids(td, error, &i));
}

long
sys_setresuid(struct thread *td, unsigned r, unsigned e, unsigned s)
{
	struct ids i = uids(td->td_cred);
	int error = ids_setres(&i, cred_priv(td->td_cred, PRIV_SETUID), r, e, s);

	return (change_uids(td, error, &i));
}

long
sys_setgid(struct thread *td, unsigned id)
{
	struct ids i = gids(td->td_cred);
	int error = ids_set(&i, cred_priv(td->td_cred, PRIV_SETGID), id);

	return (change_gids(td, error, &i));
}

long
sys_setregid(struct thread *td, unsigned r, unsigned e)
{
	struct ids i = gids(td->td_cred);
	int error = ids_setre(&i, cred_priv(td->td_cred, PRIV_SETGID), r, e);

	return (change_gids(td, error, &i));
}

long
sys_setresgid(struct thread *td, unsigned r, unsigned e, unsigned s)
{
	struct ids i = gids(td->td_cred);
	int error = ids_setres(&i, cred_priv(td->td_cred, PRIV_SETGID), r, e, s);

	return (change_gids(td, error, &i));
}

static long
out3(uaddr_t a, uint32_t x, uaddr_t b, uint32_t y, uaddr_t c, uint32_t z)
{
	if (store32(a, x) != 0 || store32(b, y) != 0 || store32(c, z) != 0)
		return (-EFAULT);
	return (0);
}

long
sys_getresuid(struct thread *td, uaddr_t r, uaddr_t e, uaddr_t s)
{
	const struct ucred *cr = td->td_cred;

	return (out3(r, cr->cr_ruid, e, cr->cr_uid, s, cr->cr_suid));
}

long
sys_getresgid(struct thread *td, uaddr_t r, uaddr_t e, uaddr_t s)
{
	const struct ucred *cr = td->td_cred;

	return (out3(r, cr->cr_rgid, e, cr->cr_gid, s, cr->cr_sgid));
}

/* Both return the previous id and report no error. */
long
sys_setfsuid(struct thread *td, unsigned uid)
{
	const struct ucred *o = td->td_cred;
	const struct ids i = uids(o);
	unsigned old = o->cr_fsuid;
	struct ucred *cr;

	if (uid == NOID || (!cred_priv(o, PRIV_SETUID) &&
	    uid != o->cr_fsuid && !among(uid, &i)))
		return (old);
	cr = cred_copy(o);
	if (cr == NULL)
		return (old);
	cr->cr_fsuid = uid;
	if (!(cr->cr_securebits & SECBIT_NO_SETUID_FIXUP)) {
		if (old == 0 && uid != 0)
			cr->cr_cap_eff &= ~CAPS_FS;
		if (old != 0 && uid == 0)
			cr->cr_cap_eff |= cr->cr_cap_perm & CAPS_FS;
	}
	proc_setcred(td, cr);
	return (old);
}

long
sys_setfsgid(struct thread *td, unsigned gid)
{
	const struct ucred *o = td->td_cred;
	const struct ids i = gids(o);
	unsigned old = o->cr_fsgid;
	struct ucred *cr;

	if (gid == NOID || (!cred_priv(o, PRIV_SETGID) &&
	    gid != o->cr_fsgid && !among(gid, &i)))
		return (old);
	cr = cred_copy(o);
	if (cr == NULL)
		return (old);
	cr->cr_fsgid = gid;
	proc_setcred(td, cr);
	return (old);
}

long
sys_getgroups(struct thread *td, int size, uaddr_t list)
{
	const struct ucred *cr = td->td_cred;

	if (size < 0)
		return (-EINVAL);
	if (size == 0)
		return (cr->cr_ngroups);
	if ((unsigned)size < cr->cr_ngroups)
		return (-EINVAL);
	if (copyout(cr->cr_groups, list,
	    cr->cr_ngroups * sizeof(uint32_t)) != 0)
		return (-EFAULT);
	return (cr->cr_ngroups);
}

long
sys_setgroups(struct thread *td, int size, uaddr_t list)
{
	size_t bytes = (unsigned)size * sizeof(uint32_t);
	struct ucred *cr;
	uint32_t *g;
	int error = 0;

	if (!cred_priv(td->td_cred, PRIV_SETGID))
		return (-EPERM);
	if ((unsigned)size > NGROUPS_KMAX)
		return (-EINVAL);
	g = kmalloc(bytes + 1, KM_NOZERO);
	cr = cred_copy(td->td_cred);
	if (g == NULL || cr == NULL)
		error = -ENOMEM;
	else if (copyin(list, g, bytes) != 0)
		error = -EFAULT;
	else
		error = cred_setgroups(cr, g, (unsigned)size);
	kfree(g);
	if (error == 0)
		proc_setcred(td, cr);
	else if (cr != NULL)
		cred_free(cr);
	return (error);
}

/* --- capabilities -------------------------------------------------------------- */

#define	CAP_V1	0x19980330u
#define	CAP_V2	0x20071026u
#define	CAP_V3	0x20080522u

struct cap_hdr {
	uint32_t version;
	int32_t	 pid;
};
struct cap_data {
	uint32_t eff, perm, inh;
};

/* Words of a version, or an errno; a wrong one is told ours. */
static int
cap_words(uaddr_t uhdr, struct cap_hdr *h)
{
	if (copyin(uhdr, h, sizeof(*h)) != 0)
		return (-EFAULT);
	if (h->version == CAP_V1)
		return (1);
	if (h->version == CAP_V2 || h->version == CAP_V3)
		return (2);
	if (store32(uhdr, CAP_V3) != 0)
		return (-EFAULT);
	return (-EINVAL);
}

long
sys_capget(struct thread *td, uaddr_t uhdr, uaddr_t data)
{
	struct cap_data d[2] = { 0 };
	struct cap_hdr h;
	struct proc *p;
	struct thread *t;
	struct ucred *cr;
	int n = cap_words(uhdr, &h);

	if (n < 0)
		return (n == -EINVAL && data == 0 ? 0 : n);
	if (h.pid < 0)
		return (-EINVAL);
	if (h.pid == 0 || h.pid == td->td_tid)
		cr = cred_hold(td->td_cred);
	else {
		t = thread_find(h.pid);
		if (t == NULL)
			return (-ESRCH);
		p = t->td_proc;
		mtx_lock(&p->p_lock);
		cr = cred_hold(t->td_cred);
		mtx_unlock(&p->p_lock);
		thread_drop(t);
	}
	for (int i = 0; i < 2; i++) {
		d[i].eff = (uint32_t)(cr->cr_cap_eff >> 32 * i);
		d[i].perm = (uint32_t)(cr->cr_cap_perm >> 32 * i);
		d[i].inh = (uint32_t)(cr->cr_cap_inh >> 32 * i);
	}
	cred_free(cr);
	if (data == 0)
		return (0);
	return (copyout(d, data, (size_t)n * sizeof(d[0])));
}

long
sys_capset(struct thread *td, uaddr_t uhdr, uaddr_t data)
{
	const struct ucred *o = td->td_cred;
	struct cap_data d[2] = { 0 };
	struct cap_hdr h;
	struct ucred *cr;
	uint64_t eff, perm, inh;
	int n = cap_words(uhdr, &h);

	if (n < 0)
		return (n);
	if (h.pid != 0 && h.pid != td->td_tid)
		return (-EPERM);
	if (copyin(data, d, (size_t)n * sizeof(d[0])) != 0)
		return (-EFAULT);
	eff = (d[0].eff | (uint64_t)d[1].eff << 32) & CAPS_ALL;
	perm = (d[0].perm | (uint64_t)d[1].perm << 32) & CAPS_ALL;
	inh = (d[0].inh | (uint64_t)d[1].inh << 32) & CAPS_ALL;
	if ((!cred_priv(o, PRIV_SETPCAP) &&
	    (inh & ~(o->cr_cap_inh | o->cr_cap_perm))) ||
	    (inh & ~(o->cr_cap_inh | o->cr_cap_bnd)) ||
	    (perm & ~o->cr_cap_perm) || (eff & ~perm))
		return (-EPERM);
	cr = cred_copy(o);
	if (cr == NULL)
		return (-ENOMEM);
	cr->cr_cap_eff = eff;
	cr->cr_cap_perm = perm;
	cr->cr_cap_inh = inh;
	cr->cr_cap_amb &= perm & inh;
	proc_setcred(td, cr);
	return (0);
}
