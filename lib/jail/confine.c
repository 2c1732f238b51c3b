/*
 * confine.c: the bounds that the host itself puts around a jail (DESIGN
 * section 9).  Applied by the jail's first process to itself, just before it
 * enters the kernel, and inherited by all that it forks; the warden stays
 * free.
 *
 *	Landlock: files can be opened only below the root directory and the
 *	volumes, and written only where the configuration says so; no signal
 *	reaches a process outside, no abstract socket either.
 *	seccomp: only the host calls that sys/host makes (the list is made from
 *	its sources at build time); any other answers ENOSYS.
 *
 * Both are best effort on hosts that lack them: the jail then relies on the
 * kernel's own checks, and `guise --version` says what the host has.
 */
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* <linux/landlock.h> of the oldest build host knows less than we ask for. */
struct ll_ruleset {
	uint64_t	fs, net, scoped;
};
struct ll_beneath {
	uint64_t	access;
	int32_t		fd;
} __attribute__((packed));

#define	LL_EXECUTE	(1ULL << 0)
#define	LL_WRITE_FILE	(1ULL << 1)
#define	LL_READ_FILE	(1ULL << 2)
#define	LL_READ_DIR	(1ULL << 3)
#define	LL_MAKE_REMOVE	(0x1ffULL << 4)		/* remove, make_* */
#define	LL_REFER	(1ULL << 13)		/* ABI 2 */
#define	LL_TRUNCATE	(1ULL << 14)		/* ABI 3 */
#define	LL_READ		(LL_EXECUTE | LL_READ_FILE | LL_READ_DIR)
#define	LL_WRITE	(LL_WRITE_FILE | LL_MAKE_REMOVE | LL_REFER | \
			    LL_TRUNCATE)
#define	LL_FILE		(LL_EXECUTE | LL_WRITE_FILE | LL_READ_FILE | \
			    LL_TRUNCATE)
#define	LL_SCOPE_ALL	3ULL			/* ABI 6 */

#ifndef SYS_landlock_create_ruleset
#define	SYS_landlock_create_ruleset	444
#define	SYS_landlock_add_rule		445
#define	SYS_landlock_restrict_self	446
#endif

static uint64_t
handled(long abi)
{
	uint64_t fs = LL_READ | LL_WRITE;

	if (abi < 2)
		fs &= ~LL_REFER;
	if (abi < 3)
		fs &= ~LL_TRUNCATE;
	return (fs);
}

static int
allow(int rs, int fd, uint64_t access)
{
	struct ll_beneath b = { access, fd };
	struct stat st;

	if (fd < 0)
		return (0);
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		b.access &= LL_FILE;
	return ((int)syscall(SYS_landlock_add_rule, rs, 1, &b, 0));
}

static void
confine_files(const struct jail *j)
{
	const struct jail_spec *js = j->j_spec;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	struct ll_ruleset attr = { 0 };
	bool rootrd = js->js_rdonly || js->js_ephemeral || js->js_try;
	uint64_t all;
	int rs, maps;

	if (abi < 1)
		return;
	attr.fs = all = handled(abi);
	if (abi >= 6)
		attr.scoped = LL_SCOPE_ALL;
	rs = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    abi >= 6 ? sizeof(attr) : abi >= 4 ? 16 : 8, 0);
	if (rs < 0)
		return;
	(void)allow(rs, j->j_rootfd, rootrd ? all & LL_READ : all);
	for (unsigned i = 0; i < js->js_nvol; i++)
		(void)allow(rs, j->j_volfd[i], js->js_vol[i].jv_rdonly ||
		    js->js_vol[i].jv_throwaway ?
		    all & LL_READ : all);
	/* Patched text, also to be mapped executable. */
	(void)allow(rs, j->j_textfd, all & LL_READ);
	(void)allow(rs, j->j_upperfd, all);
	for (unsigned i = 0; i < js->js_ndev; i++)
		(void)allow(rs, j->j_devfd[i], all & (LL_READ_FILE |
		    (js->js_dev[i].jd_write ? LL_WRITE_FILE : 0)));
	/* What the CPUs are, for /sys; never the host's /proc. */
	for (unsigned i = 0; i < JAIL_NHOSTFACTS; i++)
		if (hostfacts_isdir(i) &&
		    strncmp(hostfacts_name(i), "sys/", 4) == 0)
			(void)allow(rs, j->j_hostfact[i], all & LL_READ);
	/* The boot looks for the host's vDSO there. */
	maps = open("/proc/self", O_PATH | O_CLOEXEC);
	(void)allow(rs, maps, all & LL_READ);
	(void)close(maps);
	(void)syscall(SYS_landlock_restrict_self, rs, 0);
	(void)close(rs);
}

static const uint16_t allowed[] = {
#include "hostcalls.inc"
};
#define	NALLOWED	(sizeof(allowed) / sizeof(allowed[0]))
_Static_assert(NALLOWED < 250, "jumps of the filter reach their ends");

static int
by_number(const void *a, const void *b)
{
	return (*(const uint16_t *)a - *(const uint16_t *)b);
}

/* Where the answer changes: [0] the first number that is allowed, [1] the
 * first after it that is not, and so on. */
static unsigned
find_edges(uint16_t *edge)
{
	uint16_t nr[NALLOWED];
	unsigned n = 0;

	memcpy(nr, allowed, sizeof(nr));
	qsort(nr, NALLOWED, sizeof(nr[0]), by_number);
	for (unsigned i = 0; i < NALLOWED; i++) {
		if (n > 0 && edge[n - 1] == nr[i])
			n--;
		else
			edge[n++] = nr[i];
		edge[n++] = nr[i] + 1;
	}
	return (n);
}

/*
 * The answer for numbers between edges lo - 1 and hi, as a tree: the host runs
 * the filter over every number when it is installed, with interrupts off, and
 * a chain of comparisons costs each jail a quarter of a millisecond.
 */
static unsigned
emit_tree(struct sock_filter *f, const uint16_t *edge, unsigned lo,
    unsigned hi)
{
	unsigned mid = (lo + hi) / 2, left;

	if (lo == hi) {
		f[0] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, lo % 2 ?
		    SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ENOSYS);
		return (1);
	}
	left = emit_tree(f + 1, edge, lo, mid);
	f[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
	    edge[mid], (uint8_t)left, 0);
	return (1 + left + emit_tree(f + 1 + left, edge, mid + 1, hi));
}

/* The answer depends on the number alone, so the host caches it. */
static void
confine_calls(void)
{
	uint16_t edge[2 * NALLOWED];
	struct sock_filter f[4 * NALLOWED + 5];
	struct sock_fprog prog = { .filter = f };
	unsigned n = 0;

	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	f[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    AUDIT_ARCH_X86_64, 1, 0);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ERRNO | ENOSYS);
	f[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr));
	n += emit_tree(f + n, edge, 0, find_edges(edge));
	prog.len = (unsigned short)n;
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

void
jail_confine(const struct jail *j)
{
	confine_files(j);
	confine_calls();
}
