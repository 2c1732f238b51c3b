/*
 * freebsd64_sysctl.c: the few names of sysctl(3) that FreeBSD's C library and
 * small programs ask for.  All are read-only.
 */
#include "abi/freebsd64/freebsd64.h"
#include "abi/syscalls.h"
#include "base/copy.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	MIBMAX		24
#define	STRMAX		256
#define	CTL_SYSCTL	0
#define	NAME2OID	3
#define	CTL_KERN	1
#define	KERN_ARND	37
#define	ARND_MAX	256

enum kind { K_STR, K_INT, K_LONG, K_HOSTNAME, K_NCPU, K_USRSTACK, K_PHYSMEM };

struct node {
	int16_t		mib[2];
	uint8_t		kind;
	const char	*name;
	const char	*str;
	uint64_t	val;
};

static const struct node nodes[] = {
	{ { 1, 1 }, K_STR, "kern.ostype", "FreeBSD", 0 },
	{ { 1, 2 }, K_STR, "kern.osrelease", FB_OSRELEASE, 0 },
	{ { 1, 3 }, K_INT, "kern.osrevision", NULL, 199506 },
	{ { 1, 4 }, K_STR, "kern.version", "FreeBSD " FB_OSRELEASE
	    " on Guise\n", 0 },
	{ { 1, 6 }, K_INT, "kern.maxproc", NULL, 32768 },
	{ { 1, 7 }, K_INT, "kern.maxfiles", NULL, 20000 },
	{ { 1, 8 }, K_INT, "kern.argmax", NULL, 512 * 1024 },
	{ { 1, 10 }, K_HOSTNAME, "kern.hostname", NULL, 0 },
	{ { 1, 18 }, K_INT, "kern.ngroups", NULL, 1023 },
	{ { 1, 24 }, K_INT, "kern.osreldate", NULL, FB_OSRELDATE },
	{ { 1, 33 }, K_USRSTACK, "kern.usrstack", NULL, 0 },
	{ { 1, 35 }, K_INT, "kern.iov_max", NULL, 1024 },
	{ { 6, 1 }, K_STR, "hw.machine", "amd64", 0 },
	{ { 6, 3 }, K_NCPU, "hw.ncpu", NULL, 0 },
	{ { 6, 4 }, K_INT, "hw.byteorder", NULL, 1234 },
	{ { 6, 5 }, K_PHYSMEM, "hw.physmem", NULL, 0 },
	{ { 6, 7 }, K_INT, "hw.pagesize", NULL, KPAGE_SIZE },
	{ { 6, 11 }, K_STR, "hw.machine_arch", "amd64", 0 },
};

/* Give n bytes at p to the caller as sysctl(3) does. */
static long
give(const void *p, size_t n, uaddr_t old, uaddr_t oldlen)
{
	uint64_t room = 0;
	long r = 0;

	if (oldlen != 0 && fetch64(oldlen, &room) != 0)
		return (-EFAULT);
	if (old != 0) {
		if (room < n)
			r = -ENOMEM;
		n = kmin(n, (size_t)room);
		if (copyout(p, old, n) != 0)
			return (-EFAULT);
	}
	if (oldlen != 0 && store64(oldlen, n) != 0)
		return (-EFAULT);
	return (r);
}

static uint64_t
ncpu(void)
{
	uint64_t mask[16] = { 0 }, n = 0;
	int r = host_sched_getaffinity(0, sizeof(mask), mask);

	for (int i = 0; r > 0 && i < r / 8; i++)
		n += (uint64_t)__builtin_popcountl(mask[i]);
	return (n == 0 ? 1 : n);
}

static long
read_node(struct thread *td, const struct node *n, uaddr_t old,
    uaddr_t oldlen)
{
	uint64_t v = n->val;
	struct host_sysinfo si;
	char host[65];
	int32_t i;

	switch (n->kind) {
	case K_STR:
		return (give(n->str, strlen(n->str) + 1, old, oldlen));
	case K_HOSTNAME:
		mtx_lock(&kern()->k_utslock);
		kstrlcpy(host, kern()->k_hostname, sizeof(host));
		mtx_unlock(&kern()->k_utslock);
		return (give(host, strlen(host) + 1, old, oldlen));
	case K_USRSTACK:
		v = vm_stackbase(td->td_vm);
		return (give(&v, sizeof(v), old, oldlen));
	case K_PHYSMEM:
		v = host_sysinfo(&si) == 0 ? si.totalram * si.mem_unit : 0;
		return (give(&v, sizeof(v), old, oldlen));
	case K_LONG:
		return (give(&v, sizeof(v), old, oldlen));
	case K_NCPU:
		v = ncpu();
		/* FALLTHROUGH */
	default:
		i = (int32_t)v;
		return (give(&i, sizeof(i), old, oldlen));
	}
}

static const struct node *
find_name(const char *name)
{
	for (size_t i = 0; i < nitems(nodes); i++)
		if (strcmp(nodes[i].name, name) == 0)
			return (&nodes[i]);
	return (NULL);
}

/* The caller's name for a node, in new_. */
static long
name2oid(uaddr_t old, uaddr_t oldlen, uaddr_t new_, size_t newlen)
{
	char name[STRMAX] = "";
	const struct node *n;
	int32_t mib[2];

	if (newlen >= sizeof(name))
		return (-ENAMETOOLONG);
	if (copyin(new_, name, newlen) != 0)
		return (-EFAULT);
	n = find_name(name);
	if (n == NULL)
		return (-ENOENT);
	mib[0] = n->mib[0];
	mib[1] = n->mib[1];
	return (give(mib, sizeof(mib), old, oldlen));
}

static long
arandom(uaddr_t old, uaddr_t oldlen)
{
	uint8_t buf[ARND_MAX];
	uint64_t n;

	if (oldlen == 0 || fetch64(oldlen, &n) != 0)
		return (-EFAULT);
	n = kmin(n, (uint64_t)sizeof(buf));
	(void)host_getrandom(buf, n, 0);
	return (give(buf, n, old, oldlen));
}

long
sys_freebsd_sysctl(struct thread *td, uaddr_t uname, unsigned namelen,
    uaddr_t old, uaddr_t oldlen, uaddr_t new_, size_t newlen)
{
	int32_t mib[MIBMAX];

	if (namelen < 2 || namelen > MIBMAX)
		return (-EINVAL);
	if (copyin(uname, mib, namelen * sizeof(mib[0])) != 0)
		return (-EFAULT);
	if (mib[0] == CTL_SYSCTL && mib[1] == NAME2OID)
		return (name2oid(old, oldlen, new_, newlen));
	if (new_ != 0)
		return (-EPERM);
	if (mib[0] == CTL_KERN && mib[1] == KERN_ARND)
		return (arandom(old, oldlen));
	for (size_t i = 0; i < nitems(nodes); i++)
		if (namelen == 2 && nodes[i].mib[0] == mib[0] &&
		    nodes[i].mib[1] == mib[1])
			return (read_node(td, &nodes[i], old, oldlen));
	return (-ENOENT);
}

long
sys_freebsd_sysctlbyname(struct thread *td, uaddr_t uname, size_t namelen,
    uaddr_t old, uaddr_t oldlen, uaddr_t new_, size_t newlen)
{
	char name[STRMAX] = "";
	const struct node *n;

	if (namelen >= sizeof(name))
		return (-ENAMETOOLONG);
	if (copyin(uname, name, namelen) != 0)
		return (-EFAULT);
	if (strcmp(name, "kern.arandom") == 0)
		return (arandom(old, oldlen));
	n = find_name(name);
	if (n == NULL)
		return (-ENOENT);
	return (new_ != 0 ? -EPERM : read_node(td, n, old, oldlen));
}
