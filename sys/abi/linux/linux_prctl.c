/* linux_prctl.c: prctl(2), arch_prctl(2), personality(2). */
#include "abi/syscalls.h"
#include "arch/amd64/arch.h"
#include "base/copy.h"
#include "host/host.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

enum {
	PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3,
	PR_SET_DUMPABLE = 4, PR_GET_UNALIGN = 5, PR_GET_KEEPCAPS = 7,
	PR_SET_KEEPCAPS = 8, PR_GET_TIMING = 13, PR_SET_TIMING = 14,
	PR_SET_NAME = 15, PR_GET_NAME = 16, PR_GET_ENDIAN = 19,
	PR_GET_SECCOMP = 21, PR_SET_SECCOMP = 22, PR_CAPBSET_READ = 23,
	PR_CAPBSET_DROP = 24, PR_GET_TSC = 25, PR_SET_TSC = 26,
	PR_GET_SECUREBITS = 27, PR_SET_SECUREBITS = 28,
	PR_SET_TIMERSLACK = 29, PR_GET_TIMERSLACK = 30,
	PR_SET_CHILD_SUBREAPER = 36, PR_GET_CHILD_SUBREAPER = 37,
	PR_SET_NO_NEW_PRIVS = 38, PR_GET_NO_NEW_PRIVS = 39,
	PR_GET_TID_ADDRESS = 40, PR_SET_THP_DISABLE = 41,
	PR_GET_THP_DISABLE = 42, PR_CAP_AMBIENT = 47,
	PR_SET_VMA = 0x53564d41,
	PR_SET_PTRACER = 0x59616d61,
};
#define	PR_CAP_AMBIENT_IS_SET	1
#define	PR_CAP_AMBIENT_RAISE	2
#define	PR_CAP_AMBIENT_LOWER	3
#define	PR_CAP_AMBIENT_CLEAR_ALL 4
#define	SECBIT_KEEP_CAPS	0x10u
#define	SECBIT_KEEP_CAPS_LOCKED	0x20u
#define	SECBIT_NO_AMBIENT_RAISE	0x40u
#define	SECBITS_ALL		0xffu
#define	SECBITS_LOCKS		0xaau

/* Change one copy of the credentials. */
static long
setbits(struct thread *td, uint32_t bits)
{
	struct ucred *cr = cred_copy(td->td_cred);

	if (cr == NULL)
		return (-ENOMEM);
	cr->cr_securebits = bits;
	proc_setcred(td, cr);
	return (0);
}

static long
set_securebits(struct thread *td, unsigned long bits)
{
	uint32_t old = td->td_cred->cr_securebits;

	/* Locks stay, and what they lock does not change. */
	if ((bits & ~(unsigned long)SECBITS_ALL) ||
	    (old & SECBITS_LOCKS & ~bits) ||
	    (((old & SECBITS_LOCKS) >> 1) & (old ^ bits)) ||
	    !cred_priv(td->td_cred, PRIV_SETPCAP))
		return (-EPERM);
	return (setbits(td, (uint32_t)bits));
}

static long
set_keepcaps(struct thread *td, unsigned long v)
{
	uint32_t old = td->td_cred->cr_securebits;

	if (v > 1)
		return (-EINVAL);
	if (old & SECBIT_KEEP_CAPS_LOCKED)
		return (-EPERM);
	return (setbits(td, v ? old | SECBIT_KEEP_CAPS :
	    old & ~SECBIT_KEEP_CAPS));
}

static long
capbset_drop(struct thread *td, unsigned long cap)
{
	struct ucred *cr;

	if (!cred_priv(td->td_cred, PRIV_SETPCAP))
		return (-EPERM);
	if (cap > PRIV_LAST)
		return (-EINVAL);
	cr = cred_copy(td->td_cred);
	if (cr == NULL)
		return (-ENOMEM);
	cr->cr_cap_bnd &= ~(1ULL << cap);
	proc_setcred(td, cr);
	return (0);
}

static long
cap_ambient(struct thread *td, unsigned long op, unsigned long cap)
{
	const struct ucred *o = td->td_cred;
	struct ucred *cr;
	uint64_t bit = 1ULL << (cap & 63);

	if (op == PR_CAP_AMBIENT_CLEAR_ALL) {
		if (cap != 0)
			return (-EINVAL);
		bit = ~0ULL;
	} else if (cap > PRIV_LAST)
		return (-EINVAL);
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return ((o->cr_cap_amb & bit) != 0);
	case PR_CAP_AMBIENT_RAISE:
		if (!(o->cr_cap_perm & o->cr_cap_inh & bit) ||
		    (o->cr_securebits & SECBIT_NO_AMBIENT_RAISE))
			return (-EPERM);
		break;
	case PR_CAP_AMBIENT_LOWER:
	case PR_CAP_AMBIENT_CLEAR_ALL:
		break;
	default:
		return (-EINVAL);
	}
	cr = cred_copy(o);
	if (cr == NULL)
		return (-ENOMEM);
	if (op == PR_CAP_AMBIENT_RAISE)
		cr->cr_cap_amb |= bit;
	else
		cr->cr_cap_amb &= ~bit;
	proc_setcred(td, cr);
	return (0);
}

static long
set_name(struct thread *td, uaddr_t u)
{
	char name[sizeof(td->td_name)];
	long n;

	memset(name, 0, sizeof(name));
	n = copyinstr(u, name, sizeof(name));
	if (n == -EFAULT)
		return (n);
	name[sizeof(name) - 1] = '\0';
	memcpy(td->td_name, name, sizeof(name));
	(void)host_setname(name);
	return (0);
}

#define	VMA_NAME_MAX	80

static long
set_vma(struct thread *td, unsigned long what, uaddr_t addr, size_t len,
    uaddr_t uname)
{
	char name[VMA_NAME_MAX], show[VMA_NAME_MAX + 8];
	long n = 0;

	if (what != 0)
		return (-EINVAL);
	if (uname != 0) {
		n = copyinstr(uname, name, sizeof(name));
		if (n < 0)
			return (n == -ENAMETOOLONG ? -EINVAL : n);
		for (long i = 0; i < n; i++)
			if (name[i] < 0x20 || name[i] > 0x7e ||
			    strchr("\\`$[]", name[i]) != NULL)
				return (-EINVAL);
		ksnprintf(show, sizeof(show), "[anon:%s]", name);
	}
	return (vm_setname(td->td_vm, addr, len, uname != 0 ? show : NULL));
}

static long
prctl_proc(struct thread *td, int option, unsigned long a2, unsigned long a3)
{
	struct proc *p = td->td_proc;

	switch (option) {
	case PR_SET_PDEATHSIG:
		if (a2 > KNSIG)
			return (-EINVAL);
		p->p_pdeathsig = (int32_t)a2;
		return (0);
	case PR_GET_PDEATHSIG:
		return (store32(a2, (uint32_t)p->p_pdeathsig));
	case PR_GET_DUMPABLE:
		return (p->p_dumpable);
	case PR_SET_DUMPABLE:
		if (a2 > 1)
			return (-EINVAL);
		p->p_dumpable = (int32_t)a2;
		return (0);
	case PR_SET_TIMERSLACK:
		p->p_timerslack = a2 != 0 ? a2 : 50000;
		return (0);
	case PR_GET_TIMERSLACK:
		return ((long)p->p_timerslack);
	case PR_SET_CHILD_SUBREAPER:
		p->p_subreaper = a2 != 0;
		return (0);
	case PR_GET_CHILD_SUBREAPER:
		return (store32(a2, p->p_subreaper));
	case PR_GET_NO_NEW_PRIVS:
		return (a2 != 0 || a3 != 0 ? -EINVAL : (long)p->p_nonewprivs);
	case PR_SET_NO_NEW_PRIVS:
		if (a2 != 1 || a3 != 0)
			return (-EINVAL);
		p->p_nonewprivs = 1;
		return (0);
	case PR_SET_THP_DISABLE:
		if (a3 != 0)
			return (-EINVAL);
		p->p_thp = a2 != 0;
		return (0);
	case PR_GET_THP_DISABLE:
		return (a2 != 0 || a3 != 0 ? -EINVAL : (long)p->p_thp);
	default:
		return (-EINVAL);
	}
}

long
sys_prctl(struct thread *td, int option, unsigned long a2, unsigned long a3,
    unsigned long a4, unsigned long a5)
{
	const struct ucred *cr = td->td_cred;

	switch (option) {
	case PR_SET_NAME:
		return (set_name(td, a2));
	case PR_GET_NAME:
		return (copyout(td->td_name, a2, sizeof(td->td_name)));
	case PR_GET_KEEPCAPS:
		return ((cr->cr_securebits & SECBIT_KEEP_CAPS) != 0);
	case PR_SET_KEEPCAPS:
		return (set_keepcaps(td, a2));
	case PR_GET_SECUREBITS:
		return (cr->cr_securebits);
	case PR_SET_SECUREBITS:
		return (set_securebits(td, a2));
	case PR_CAPBSET_READ:
		return (a2 > PRIV_LAST ? -EINVAL :
		    (long)(cr->cr_cap_bnd >> a2 & 1));
	case PR_CAPBSET_DROP:
		return (capbset_drop(td, a2));
	case PR_CAP_AMBIENT:
		if (a4 != 0 || a5 != 0)
			return (-EINVAL);
		return (cap_ambient(td, a2, a3));
	case PR_GET_SECCOMP:
		return (0);
	case PR_GET_TIMING:
		return (0);
	case PR_SET_TIMING:
		return (a2 == 0 ? 0 : -EINVAL);
	case PR_GET_TSC:
		return (store32(a2, 1));	/* PR_TSC_ENABLE */
	case PR_SET_TSC:
		return (a2 == 1 ? 0 : -EINVAL);
	case PR_GET_TID_ADDRESS:
		return (store64(a2, td->td_clear_tid));
	case PR_SET_VMA:
		return (set_vma(td, a2, a3, a4, a5));
	default:
		return (prctl_proc(td, option, a2, a3));
	}
}

#define	ARCH_SET_GS	0x1001
#define	ARCH_SET_FS	0x1002
#define	ARCH_GET_FS	0x1003
#define	ARCH_GET_GS	0x1004
#define	ARCH_CET_STATUS	0x3001

long
sys_arch_prctl(struct thread *td, int code, uaddr_t addr)
{
	switch (code) {
	case ARCH_SET_FS:
		if (addr > USER_MAX)
			return (-EPERM);
		arch_setfsbase(td, addr);
		return (0);
	case ARCH_GET_FS:
		return (store64(addr, arch_getfsbase(td)));
	case ARCH_SET_GS:
		if (addr > USER_MAX)
			return (-EPERM);
		return (arch_setgsbase(td, addr));
	case ARCH_GET_GS:
		return (store64(addr, arch_getgsbase(td)));
	default:
		return (-EINVAL);
	}
}

long
sys_personality(struct thread *td, unsigned long persona)
{
	uint32_t old = td->td_proc->p_personality;

	if ((uint32_t)persona != 0xffffffffu)
		td->td_proc->p_personality = (uint32_t)persona;
	return (old);
}
