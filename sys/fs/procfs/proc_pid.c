/*
 * proc_pid.c: the numbers of a process: stat, statm, limits, and what they are
 * made from.
 */
#include "fs/procfs/procfs_var.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "kern/proc.h"
#include "kern/tty.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vm/vm.h"

/* Host clocks of another process or thread (clock_getcpuclockid(3)): the
 * complement of its id above three bits that tell which one. */
#define	CPUCLOCK(id, bits)	((int)((~(unsigned)(id) << 3) | (bits)))
#define	CPUCLOCK_PROF	0
#define	CPUCLOCK_VIRT	1
#define	CPUCLOCK_PERTHREAD 4

struct thread *
procfs_live(struct pfs_ctx *c)
{
	struct thread *td;

	if (c->pc_td != NULL)
		return (c->pc_td);
	list_foreach(td, &c->pc_p->p_threads, td_plist)
		if (td->td_vm != NULL)
			return (td);
	return (NULL);
}

struct ucred *
procfs_cred(struct pfs_ctx *c)
{
	struct ucred *cr = NULL;
	struct thread *td;

	mtx_lock(&c->pc_p->p_lock);
	td = procfs_live(c);
	if (td == NULL)
		td = proc_first(c->pc_p);
	if (td != NULL && td->td_cred != NULL)
		cr = cred_hold(td->td_cred);
	mtx_unlock(&c->pc_p->p_lock);
	return (cr);
}

static nsec_t
hostclock(int clock)
{
	struct timespec64 ts;

	return (host_clock_gettime(clock, &ts) == 0 ? ts2ns(&ts) : 0);
}

void
procfs_times(struct pfs_ctx *c, nsec_t *utime, nsec_t *stime)
{
	struct proc *p = c->pc_p;
	unsigned bits = 0;
	int id = p->p_hostpid;
	nsec_t prof;

	*utime = *stime = 0;
	if (c->pc_td != NULL) {
		id = c->pc_td->td_hosttid;
		bits = CPUCLOCK_PERTHREAD;
	}
	if (atomic_load(&p->p_state) == P_ZOMBIE) {
		*utime = p->p_ru.ru_utime;
		*stime = p->p_ru.ru_stime;
		return;
	}
	if (id <= 0)
		return;
	prof = hostclock(CPUCLOCK(id, bits | CPUCLOCK_PROF));
	*utime = hostclock(CPUCLOCK(id, bits | CPUCLOCK_VIRT));
	*utime = kmin(*utime, prof);
	*stime = prof - *utime;
	if (c->pc_td == NULL || c->pc_td->td_hosttid == p->p_hostpid) {
		*utime = kmax(*utime - p->p_rubase.ru_utime, (nsec_t)0);
		*stime = kmax(*stime - p->p_rubase.ru_stime, (nsec_t)0);
	}
}

void
procfs_hostmem(struct proc *p, uint64_t pages[3])
{
	int dir = procfs_hostfd("proc"), fd, i;
	char path[32], buf[128];
	const char *s = buf;
	long n;

	pages[0] = pages[1] = pages[2] = 0;
	if (dir < 0 || p->p_hostpid <= 0)
		return;
	ksnprintf(path, sizeof(path), "%d/statm", p->p_hostpid);
	fd = host_openat(dir, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return;
	n = host_read(fd, buf, sizeof(buf) - 1);
	(void)host_close(fd);
	if (n <= 0)
		return;
	buf[n] = '\0';
	for (i = 0; i < 3; i++) {
		while (*s == ' ')
			s++;
		if (kstrtou64(&s, &pages[i]) != 0)
			break;
	}
}

/*
 * The host's /proc is out of reach (a jail with a root of its own): the peak
 * stands for ourselves; of others only the map is known.
 */
static void
rss_guess(struct proc *p, const struct vm_usage *vu, uint64_t pages[3])
{
	struct host_rusage ru;

	memset(&ru, 0, sizeof(ru));
	if (p == curproc())
		(void)host_getrusage(HOST_RUSAGE_SELF, &ru);
	pages[1] = (uint64_t)ru.ru_maxrss * 1024 / KPAGE_SIZE;
	if (pages[1] == 0)
		pages[1] = (vu->vu_text + vu->vu_stack / 2 + vu->vu_data / 8) /
		    KPAGE_SIZE + 1;
	pages[2] = kmin(pages[1] / 2, vu->vu_text / KPAGE_SIZE);
}

/* Program sizes in pages as ps expects them: no more resident than there is. */
static void
mem_pages(struct pfs_ctx *c, struct vm_usage *vu, uint64_t pages[3])
{
	struct vmspace *vm = procfs_vm(c);

	memset(vu, 0, sizeof(*vu));
	pages[0] = pages[1] = pages[2] = 0;
	if (vm == NULL)
		return;
	vm_usage(vm, vu);
	vm_release(vm);
	procfs_hostmem(c->pc_p, pages);
	if (pages[1] == 0)
		rss_guess(c->pc_p, vu, pages);
	else {
		/* The jail's memory file is shared, and no guest's. */
		pages[1] -= kmin(pages[1], pages[2]);
		pages[2] = kmin(pages[2], vu->vu_text / KPAGE_SIZE);
		pages[1] += pages[2];
	}
	pages[0] = vu->vu_size / KPAGE_SIZE;
	pages[1] = kmin(pages[1], pages[0]);
	pages[2] = kmin(pages[2], pages[1]);
}

void
procfs_rss(struct pfs_ctx *c, uint64_t pages[3])
{
	struct vm_usage vu;

	mem_pages(c, &vu, pages);
}

int
procfs_statm(struct pfs_ctx *c, struct sbuf *sb)
{
	struct vm_usage vu;
	uint64_t pages[3];

	mem_pages(c, &vu, pages);
	sbuf_printf(sb, "%lu %lu %lu %lu 0 %lu 0\n", pages[0], pages[1],
	    pages[2], vu.vu_text / KPAGE_SIZE,
	    (vu.vu_data + vu.vu_stack) / KPAGE_SIZE);
	return (0);
}

struct statids {
	int		ppid, pgrp, sid, tpgid;
	uint32_t	tty;
	uint64_t	pending, blocked, ignored, caught;
};

static void
stat_signals(struct pfs_ctx *c, struct statids *si)
{
	struct proc *p = c->pc_p;
	struct thread *td;
	int i;

	mtx_lock(&p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(p);
	mtx_lock(&p->p_siglock);
	si->pending = p->p_sigpend;
	if (td != NULL) {
		si->pending |= td->td_sigpend;
		si->blocked = td->td_sigmask;
	}
	mtx_unlock(&p->p_siglock);
	mtx_unlock(&p->p_lock);
	for (i = 0; p->p_sigacts != NULL && i < KNSIG; i++) {
		uaddr_t h = p->p_sigacts->sa_act[i].sa_handler;

		if (h == SIG_IGN_)
			si->ignored |= 1ULL << i;
		else if (h != SIG_DFL_)
			si->caught |= 1ULL << i;
	}
}

static void
stat_ids(struct pfs_ctx *c, struct statids *si)
{
	struct proc *p = c->pc_p;

	memset(si, 0, sizeof(*si));
	mtx_lock(&kern()->k_treelock);
	if (p->p_parent != NULL)
		si->ppid = p->p_parent->p_pid;
	if (p->p_pgrp != NULL) {
		si->pgrp = p->p_pgrp->pg_id;
		si->sid = p->p_pgrp->pg_session->s_sid;
	}
	mtx_unlock(&kern()->k_treelock);
	si->tty = tty_ofproc(p, &si->tpgid);
	stat_signals(c, si);
}

/* The name of the thread, or of the first; returns its nice value. */
static int
comm_of(struct pfs_ctx *c, char name[16])
{
	struct thread *td;
	int nice = 0;

	name[0] = '\0';
	mtx_lock(&c->pc_p->p_lock);
	td = c->pc_td != NULL ? c->pc_td : proc_first(c->pc_p);
	if (td != NULL) {
		kstrlcpy(name, td->td_name, 16);
		nice = td->td_nice;
	}
	mtx_unlock(&c->pc_p->p_lock);
	return (nice);
}

static char
state_of(struct pfs_ctx *c)
{
	if (c->pc_td != NULL)
		return (thread_statechar(c->pc_td));
	return (proc_statechar(c->pc_p));
}

int
procfs_stat(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p = c->pc_p;
	uint64_t pages[3], rsslim;
	struct vm_usage vu;
	nsec_t ut, st, start = p->p_start;
	struct statids si;
	char name[16];
	int nice;

	stat_ids(c, &si);
	nice = comm_of(c, name);
	procfs_times(c, &ut, &st);
	mem_pages(c, &vu, pages);
	if (pfs_mayptrace(p) != 0) {
		/* Addresses are for those who may trace it. */
		vu.vu_code = vu.vu_code_end = vu.vu_stack_start = 0;
		vu.vu_arg = vu.vu_arg_end = vu.vu_env = vu.vu_env_end = 0;
	}
	rsslim = proc_rlimit(p, RLIMIT_RSS_);
	if (c->pc_td != NULL)
		start = c->pc_td->td_start;
	sbuf_printf(sb, "%d (%s) %c %d %d %d %u %d %u",
	    c->pc_tid != 0 ? c->pc_tid : p->p_pid, name, state_of(c),
	    si.ppid, si.pgrp, si.sid, si.tty, si.tpgid, 0x400000);
	/* minflt cminflt majflt cmajflt utime stime cutime cstime */
	sbuf_printf(sb, " %ld %ld %ld %ld %ld %ld %ld %ld",
	    (long)p->p_ru.ru_minflt, (long)p->p_cru.ru_minflt,
	    (long)p->p_ru.ru_majflt, (long)p->p_cru.ru_majflt,
	    (long)(ut / NSEC_PER_TICK), (long)(st / NSEC_PER_TICK),
	    (long)(p->p_cru.ru_utime / NSEC_PER_TICK),
	    (long)(p->p_cru.ru_stime / NSEC_PER_TICK));
	/* priority nice num_threads itrealvalue starttime vsize rss rsslim */
	sbuf_printf(sb, " %d %d %d 0 %ld %lu %lu %lu", 20 + nice, nice,
	    kmax(p->p_nthreads, 1), (long)(start / NSEC_PER_TICK),
	    pages[0] * KPAGE_SIZE, pages[1], rsslim);
	/* startcode endcode startstack kstkesp kstkeip */
	sbuf_printf(sb, " %lu %lu %lu 0 0", vu.vu_code, vu.vu_code_end,
	    vu.vu_stack_start);
	/* signal blocked sigignore sigcatch: the first 31 only (proc(5)) */
	sbuf_printf(sb, " %lu %lu %lu %lu", si.pending & 0x7fffffff,
	    si.blocked & 0x7fffffff, si.ignored & 0x7fffffff,
	    si.caught & 0x7fffffff);
	/* wchan nswap cnswap exit_signal processor rt_priority policy
	 * delayacct guest_time cguest_time start_data end_data start_brk */
	sbuf_printf(sb, " 0 0 0 %d 0 0 0 0 0 0 0 0 0",
	    c->pc_td != NULL && c->pc_tid != p->p_pid ? -1 : p->p_exitsig);
	sbuf_printf(sb, " %lu %lu %lu %lu %d\n", vu.vu_arg, vu.vu_arg_end,
	    vu.vu_env, vu.vu_env_end, p->p_xstat);
	return (0);
}

static const struct {
	const char	*name, *unit;
} limit_names[KRLIM_NLIMITS] = {
	{ "Max cpu time", "seconds" },
	{ "Max file size", "bytes" },
	{ "Max data size", "bytes" },
	{ "Max stack size", "bytes" },
	{ "Max core file size", "bytes" },
	{ "Max resident set", "bytes" },
	{ "Max processes", "processes" },
	{ "Max open files", "files" },
	{ "Max locked memory", "bytes" },
	{ "Max address space", "bytes" },
	{ "Max file locks", "locks" },
	{ "Max pending signals", "signals" },
	{ "Max msgqueue size", "bytes" },
	{ "Max nice priority", NULL },
	{ "Max realtime priority", NULL },
	{ "Max realtime timeout", "us" },
};

static void
limit_value(struct sbuf *sb, uint64_t v)
{
	if (v == KRLIM_INFINITY)
		sbuf_printf(sb, "%-20s ", "unlimited");
	else
		sbuf_printf(sb, "%-20lu ", v);
}

int
procfs_limits(struct pfs_ctx *c, struct sbuf *sb)
{
	struct krlimit lim[KRLIM_NLIMITS];
	unsigned i;

	mtx_lock(&c->pc_p->p_lock);
	memcpy(lim, c->pc_p->p_rlim, sizeof(lim));
	mtx_unlock(&c->pc_p->p_lock);
	sbuf_printf(sb, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
	    "Hard Limit", "Units");
	for (i = 0; i < KRLIM_NLIMITS; i++) {
		sbuf_printf(sb, "%-25s ", limit_names[i].name);
		limit_value(sb, lim[i].rlim_cur);
		limit_value(sb, lim[i].rlim_max);
		if (limit_names[i].unit != NULL)
			sbuf_printf(sb, "%-10s", limit_names[i].unit);
		sbuf_putc(sb, '\n');
	}
	return (0);
}

/* --- status ------------------------------------------------------------------ */

static void
status_mem(struct pfs_ctx *c, struct sbuf *sb)
{
	uint64_t pages[3], rss, shared;
	struct vm_usage vu;

	mem_pages(c, &vu, pages);
	if (vu.vu_size == 0)
		return;			/* a zombie has no Vm lines */
	rss = pages[1] * 4;
	shared = pages[2] * 4;
	sbuf_printf(sb, "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\n"
	    "VmLck:\t%8lu kB\nVmPin:\t       0 kB\n",
	    kmax(vu.vu_peak, vu.vu_size) / 1024, vu.vu_size / 1024,
	    vu.vu_locked / 1024);
	sbuf_printf(sb, "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\n"
	    "RssAnon:\t%8lu kB\nRssFile:\t%8lu kB\n"
	    "RssShmem:\t       0 kB\n",
	    kmax(rss, (uint64_t)c->pc_p->p_ru.ru_maxrss), rss, rss - shared,
	    shared);
	sbuf_printf(sb, "VmData:\t%8lu kB\nVmStk:\t%8lu kB\n"
	    "VmExe:\t%8lu kB\nVmLib:\t%8lu kB\n",
	    vu.vu_data / 1024, vu.vu_stack / 1024,
	    (vu.vu_code_end - vu.vu_code) / 1024,
	    (vu.vu_text > vu.vu_code_end - vu.vu_code ?
	    vu.vu_text - (vu.vu_code_end - vu.vu_code) : 0) / 1024);
	sbuf_puts(sb, "VmPTE:\t      44 kB\nVmSwap:\t       0 kB\n"
	    "HugetlbPages:\t       0 kB\n");
}

static void
status_ids(struct pfs_ctx *c, const struct statids *si, struct sbuf *sb)
{
	struct ucred *cr = procfs_cred(c);
	int tid = c->pc_tid != 0 ? c->pc_tid : c->pc_p->p_pid;
	unsigned i;

	sbuf_printf(sb, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\n"
	    "TracerPid:\t0\n", c->pc_p->p_pid, tid, si->ppid);
	if (cr != NULL) {
		sbuf_printf(sb, "Uid:\t%u\t%u\t%u\t%u\n"
		    "Gid:\t%u\t%u\t%u\t%u\n", cr->cr_ruid, cr->cr_uid,
		    cr->cr_suid, cr->cr_fsuid, cr->cr_rgid, cr->cr_gid,
		    cr->cr_sgid, cr->cr_fsgid);
		sbuf_puts(sb, "FDSize:\t256\nGroups:\t");
		for (i = 0; i < cr->cr_ngroups; i++)
			sbuf_printf(sb, "%u ", cr->cr_groups[i]);
		sbuf_puts(sb, cr->cr_ngroups == 0 ? " \n" : "\n");
		cred_free(cr);
	} else
		sbuf_puts(sb, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
		    "FDSize:\t0\nGroups:\t \n");
	sbuf_printf(sb, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n"
	    "Kthread:\t0\n", c->pc_p->p_pid, tid, si->pgrp, si->sid);
}

static void
status_caps(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ucred *cr = procfs_cred(c);

	if (cr == NULL)
		return;
	sbuf_printf(sb, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n"
	    "CapBnd:\t%016lx\nCapAmb:\t%016lx\n", cr->cr_cap_inh,
	    cr->cr_cap_perm, cr->cr_cap_eff, cr->cr_cap_bnd, cr->cr_cap_amb);
	cred_free(cr);
}

/* The CPUs of the host's process, as a mask and as a list. */
static void
status_cpus(struct pfs_ctx *c, struct sbuf *sb)
{
	uint64_t mask[16];
	int tid = c->pc_td != NULL ? c->pc_td->td_hosttid :
	    c->pc_p->p_hostpid;
	int i, j, top = 0, n = -1;
	const char *sep = "";

	memset(mask, 0, sizeof(mask));
	if (tid > 0)
		n = host_sched_getaffinity(tid, sizeof(mask), mask);
	if (n <= 0)
		mask[0] = 1;
	for (i = 0; i < 1024; i++)
		if (mask[i / 64] >> (i % 64) & 1)
			top = i;
	sbuf_puts(sb, "Cpus_allowed:\t");
	for (i = top / 32; i >= 0; i--)
		sbuf_printf(sb, i == top / 32 ? "%x%s" : "%08x%s",
		    (unsigned)(mask[i / 2] >> (i % 2 * 32)),
		    i > 0 ? "," : "\n");
	sbuf_puts(sb, "Cpus_allowed_list:\t");
	for (i = 0; i <= top; i = j + 1) {
		j = i;
		if (!(mask[i / 64] >> (i % 64) & 1))
			continue;
		while (j < top && (mask[(j + 1) / 64] >> ((j + 1) % 64) & 1))
			j++;
		if (j > i)
			sbuf_printf(sb, "%s%d-%d", sep, i, j);
		else
			sbuf_printf(sb, "%s%d", sep, i);
		sep = ",";
	}
	sbuf_putc(sb, '\n');
}

static const char *
state_name(char s)
{
	switch (s) {
	case 'R': return ("running");
	case 'S': return ("sleeping");
	case 'D': return ("disk sleep");
	case 'T': return ("stopped");
	case 't': return ("tracing stop");
	case 'Z': return ("zombie");
	case 'X': return ("dead");
	}
	return ("idle");
}

int
procfs_status(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p = c->pc_p;
	char name[16], s = state_of(c);
	uint64_t tpend = 0, ppend;
	uint64_t vol, invol;
	struct statids si;

	procfs_switches(c, &vol, &invol);
	stat_ids(c, &si);
	(void)comm_of(c, name);
	mtx_lock(&p->p_siglock);
	ppend = p->p_sigpend;
	if (c->pc_td != NULL)
		tpend = c->pc_td->td_sigpend;
	mtx_unlock(&p->p_siglock);

	sbuf_puts(sb, "Name:\t");
	sbuf_escape(sb, name, "\n");
	sbuf_printf(sb, "\nUmask:\t%04o\nState:\t%c (%s)\n",
	    procfs_umask(c), s, state_name(s));
	status_ids(c, &si, sb);
	status_mem(c, sb);
	sbuf_printf(sb, "CoreDumping:\t0\nTHP_enabled:\t1\n"
	    "untag_mask:\t0xffffffffffffffff\n"
	    "Threads:\t%d\nSigQ:\t%u/%lu\n", kmax(p->p_nthreads, 1),
	    p->p_nsigq, kmin(proc_rlimit(p, RLIMIT_SIGPENDING_),
	    (uint64_t)1 << 30));
	sbuf_printf(sb, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n"
	    "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", tpend, ppend, si.blocked,
	    si.ignored, si.caught);
	status_caps(c, sb);
	sbuf_printf(sb, "NoNewPrivs:\t%u\nSeccomp:\t0\nSeccomp_filters:\t0\n"
	    "Speculation_Store_Bypass:\tvulnerable\n"
	    "SpeculationIndirectBranch:\talways enabled\n",
	    p->p_nonewprivs);
	status_cpus(c, sb);
	sbuf_printf(sb, "Mems_allowed:\t00000000,00000001\n"
	    "Mems_allowed_list:\t0\nvoluntary_ctxt_switches:\t%ld\n"
	    "nonvoluntary_ctxt_switches:\t%ld\n", (long)vol, (long)invol);
	return (0);
}
