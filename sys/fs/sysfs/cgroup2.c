/*
 * cgroup2.c: the one control group that a jail has, read-only (cgroups(7)).
 */
#include "fs/sysfs/sysfs_var.h"

#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	CGROUP2_MAGIC	0x63677270
#define	T(name, text)	PFS_TEXT(name, 0444, text "\n")

static int
procs_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p;
	int pid = 0;

	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		sbuf_printf(sb, "%d\n", pid);
		proc_drop(p);
	}
	return (0);
}

static int
threads_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct thread *td;
	struct proc *p;
	int pid = 0, tid;

	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		tid = 0;
		while ((td = proc_nextthread(p, tid)) != NULL) {
			tid = td->td_tid;
			sbuf_printf(sb, "%d\n", tid);
			thread_drop(td);
		}
		proc_drop(p);
	}
	return (0);
}

static int
pids_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct proc *p;
	unsigned n = 0;
	int pid = 0;

	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		n += kmax(p->p_nthreads, 1);
		proc_drop(p);
	}
	sbuf_printf(sb, "%u\n", n);
	return (0);
}

static int
memcur_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct kmem_stat ks;

	kmem_stat(&ks);
	sbuf_printf(sb, "%lu\n", (unsigned long)ks.used);
	return (0);
}

/* The host's clock of another process (clock_getcpuclockid(3)): the complement
 * of its id above three bits that say which. */
#define	CPUCLOCK(pid, which)	((int)((~(unsigned)(pid) << 3) | (which)))
#define	CPUCLOCK_PROF	0
#define	CPUCLOCK_VIRT	1

static nsec_t
hostclock(int clock)
{
	struct timespec64 ts;

	return (host_clock_gettime(clock, &ts) == 0 ? ts2ns(&ts) : 0);
}

/* What lives, and what those have waited for; what the kernel's own reaper
 * took is forgotten. */
static int
cpustat_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	nsec_t user = 0, sys = 0, prof, virt;
	struct proc *p;
	int pid = 0;

	(void)c;
	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		user += p->p_cru.ru_utime;
		sys += p->p_cru.ru_stime;
		if (atomic_load(&p->p_state) == P_ZOMBIE) {
			user += p->p_ru.ru_utime;
			sys += p->p_ru.ru_stime;
		} else if (p->p_hostpid > 0 && !(p->p_flags & PF_KERNEL)) {
			prof = hostclock(CPUCLOCK(p->p_hostpid,
			    CPUCLOCK_PROF));
			virt = kmin(prof, hostclock(CPUCLOCK(p->p_hostpid,
			    CPUCLOCK_VIRT)));
			user += virt;
			sys += prof - virt;
		}
		proc_drop(p);
	}
	user /= 1000;
	sys /= 1000;
	sbuf_printf(sb, "usage_usec %ld\nuser_usec %ld\nsystem_usec %ld\n",
	    (long)(user + sys), (long)user, (long)sys);
	return (0);
}

static const struct pfs_node root_table[] = {
	T("cgroup.controllers", "cpuset cpu io memory pids"),
	T("cgroup.events", "populated 1\nfrozen 0"),
	T("cgroup.freeze", "0"),
	T("cgroup.max.depth", "max"),
	T("cgroup.max.descendants", "max"),
	PFS_FILE("cgroup.procs", 0444, procs_fill),
	T("cgroup.stat", "nr_descendants 0\nnr_dying_descendants 0"),
	PFS_TEXT("cgroup.subtree_control", 0444, "\n"),
	PFS_FILE("cgroup.threads", 0444, threads_fill),
	T("cgroup.type", "domain"),
	T("cpu.max", "max 100000"),
	PFS_FILE("cpu.stat", 0444, cpustat_fill),
	T("cpu.weight", "100"),
	PFS_TEXT("io.stat", 0444, ""),
	PFS_FILE("memory.current", 0444, memcur_fill),
	T("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0"),
	T("memory.high", "max"),
	T("memory.low", "0"),
	T("memory.max", "max"),
	T("memory.min", "0"),
	T("memory.stat", "anon 0\nfile 0\nkernel 0\nslab 0"),
	T("memory.swap.current", "0"),
	T("memory.swap.max", "max"),
	PFS_FILE("pids.current", 0444, pids_fill),
	T("pids.max", "max"),
	PFS_END
};

static const struct pfs_node root = {
	.pn_name = "/",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = root_table,
};

static int
cgroup2_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	return (pfs_mount(mp, &root, rootp));
}

static void
cgroup2_unmount(struct mount *mp)
{
}

static int
cgroup2_statfs(struct mount *mp, struct kstatfs *sf)
{
	return (pfs_statfs(mp, sf, CGROUP2_MAGIC));
}

const struct fstype cgroup2_fstype = {
	.fs_name = "cgroup2",
	.fs_magic = CGROUP2_MAGIC,
	.fs_flags = FS_NODEV | FS_USERMOUNT,
	.fs_mount = cgroup2_mount,
	.fs_unmount = cgroup2_unmount,
	.fs_statfs = cgroup2_statfs,
};
