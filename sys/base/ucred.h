/*
 * ucred.h: credentials and privileges (credentials(7), capabilities(7)).
 *
 * A struct ucred is shared and immutable: to change one, copy it, change the
 * copy, and put it in place.  Guest credentials grant nothing on the host.
 */
#ifndef BASE_UCRED_H
#define BASE_UCRED_H

#include "base/mtx.h"
#include "libkern/types.h"

#define	NGROUPS_KMAX	65536

struct ucred {
	refcount_t	cr_ref;
	uint32_t	cr_ruid, cr_uid, cr_suid, cr_fsuid;	/* cr_uid: effective */
	uint32_t	cr_rgid, cr_gid, cr_sgid, cr_fsgid;
	uint64_t	cr_cap_eff, cr_cap_perm, cr_cap_inh, cr_cap_bnd,
			cr_cap_amb;
	uint32_t	cr_securebits;
	uint32_t	cr_ngroups;
	uint32_t	*cr_groups;	/* sorted; own allocation */
};

enum priv {		/* capability numbers (capabilities(7)) */
	PRIV_CHOWN = 0, PRIV_DAC_OVERRIDE = 1, PRIV_DAC_READ_SEARCH = 2,
	PRIV_FOWNER = 3, PRIV_FSETID = 4, PRIV_KILL = 5, PRIV_SETGID = 6,
	PRIV_SETUID = 7, PRIV_SETPCAP = 8, PRIV_LINUX_IMMUTABLE = 9,
	PRIV_NET_BIND_SERVICE = 10, PRIV_NET_BROADCAST = 11,
	PRIV_NET_ADMIN = 12, PRIV_NET_RAW = 13, PRIV_IPC_LOCK = 14,
	PRIV_IPC_OWNER = 15, PRIV_SYS_MODULE = 16, PRIV_SYS_RAWIO = 17,
	PRIV_SYS_CHROOT = 18, PRIV_SYS_PTRACE = 19, PRIV_SYS_PACCT = 20,
	PRIV_SYS_ADMIN = 21, PRIV_SYS_BOOT = 22, PRIV_SYS_NICE = 23,
	PRIV_SYS_RESOURCE = 24, PRIV_SYS_TIME = 25, PRIV_SYS_TTY_CONFIG = 26,
	PRIV_MKNOD = 27, PRIV_LEASE = 28, PRIV_AUDIT_WRITE = 29,
	PRIV_AUDIT_CONTROL = 30, PRIV_SETFCAP = 31, PRIV_LAST = 40
};
#define	CAPS_ALL	((1ULL << (PRIV_LAST + 1)) - 1)

struct ucred *cred_new(void);			/* root with all privileges */
struct ucred *cred_copy(const struct ucred *cr);	/* NULL: no memory */
static inline struct ucred *
cred_hold(struct ucred *cr)
{
	ref_acquire(&cr->cr_ref);
	return (cr);
}
void	cred_free(struct ucred *cr);
int	cred_setgroups(struct ucred *cr, const uint32_t *g, unsigned n);
bool	cred_ingroup(const struct ucred *cr, uint32_t gid);	/* fsgid or groups */
static inline bool
cred_priv(const struct ucred *cr, enum priv p)
{
	return ((cr->cr_cap_eff >> p) & 1);
}

/* The classic permission check on (mode, uid, gid): want = R_OK|W_OK|X_OK;
 * fs ids and capabilities count.  0 or -EACCES. */
int	cred_access(const struct ucred *cr, uint32_t mode, uint32_t uid,
	    uint32_t gid, int want);

#endif
