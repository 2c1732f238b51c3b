/*
 * proc_host.c: the top level of /proc.
 *
 * Facts of the machine (CPUs, memory, load) come from host files that the
 * warden opened before the jail began; counts of processes are the jail's own.
 */
#include "fs/procfs/procfs_var.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "kern/version.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/dev.h"

#define	CLOCK_BOOTTIME_		7

int
procfs_hostfd(const char *name)
{
	const struct jail_config *jc = kroot()->r_config;
	unsigned i;

	for (i = 0; jc != NULL && i < jc->jc_nhostfiles; i++)
		if (strcmp(jc->jc_hostfiles[i].jh_name, name) == 0)
			return (jc->jc_hostfiles[i].jh_fd);
	return (-1);
}

int
procfs_hostfile(const char *name, struct sbuf *sb)
{
	int fd = procfs_hostfd(name);
	int64_t off = 0;
	char *d;
	long n;

	if (fd < 0)
		return (-ENOENT);
	for (;;) {
		d = sbuf_reserve(sb, KPAGE_SIZE);
		if (d == NULL)
			return (sbuf_error(sb));
		n = host_pread(fd, d, KPAGE_SIZE, off);
		if (n <= 0)
			return ((int)n);
		sbuf_advance(sb, n);
		off += n;
	}
}

/* A file that the host has under the same name; else the text in pn_arg. */
static int
host_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	char name[64];

	ksnprintf(name, sizeof(name), "proc/%s", c->pc_node->pn_name);
	if (procfs_hostfile(name, sb) != 0 && c->pc_node->pn_arg != NULL)
		sbuf_puts(sb, c->pc_node->pn_arg);
	return (0);
}

/* Is the word [w, w + n) in list, where blanks stand around each? */
static bool
in_list(const char *list, const char *w, size_t n)
{
	for (; *list != '\0'; list++)
		if (*list == ' ' && strncmp(list + 1, w, n) == 0 &&
		    list[1 + n] == ' ')
			return (true);
	return (false);
}

/* The host's, without the features that are hidden (--cpu-mask). */
static int
cpuinfo_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	const char *hide = kroot()->r_config->jc_cpuhide;
	size_t in = 0, out = 0, n;
	bool flags = false;
	char *b;

	(void)host_fill(c, sb);
	if (hide == NULL || sbuf_error(sb) != 0)
		return (0);
	for (b = sb->sb_buf; in < sb->sb_len; in += n) {
		if (in == 0 || b[in - 1] == '\n')
			flags = sb->sb_len - in > 5 &&
			    strncmp(b + in, "flags", 5) == 0;
		for (n = 0; in + n < sb->sb_len && b[in + n] != ' ' &&
		    b[in + n] != '\n'; n++)
			;
		if (flags && n > 0 && in_list(hide, b + in, n)) {
			/* with the blank behind it, or before the last */
			if (in + n < sb->sb_len && b[in + n] == ' ')
				n++;
			else if (out > 0 && b[out - 1] == ' ')
				out--;
			continue;
		}
		if (n == 0)
			n = 1;
		memmove(b + out, b + in, n);
		out += n;
	}
	sb->sb_len = out;
	return (0);
}

static void
jail_counts(unsigned *running, unsigned *total)
{
	struct thread *td;
	struct proc *p;
	int pid = 0;

	*running = *total = 0;
	while ((p = proc_next(pid)) != NULL) {
		pid = p->p_pid;
		mtx_lock(&p->p_lock);
		list_foreach(td, &p->p_threads, td_plist) {
			if (!(atomic_load_relaxed(&td->td_flags) &
			    (TDF_STOPPED | TDF_EXITED)) &&
			    td->td_hosttid != 0 && !thread_asleep(td))
				(*running)++;
			(*total)++;
		}
		mtx_unlock(&p->p_lock);
		proc_drop(p);
	}
}

static int
loadavg_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	size_t i, blanks = 0;
	unsigned running, total;

	if (procfs_hostfile("proc/loadavg", sb) != 0 || sb->sb_len == 0) {
		struct host_sysinfo si;

		memset(&si, 0, sizeof(si));
		(void)host_sysinfo(&si);
		for (i = 0; i < 3; i++)
			sbuf_printf(sb, "%lu.%02lu ", si.loads[i] >> 16,
			    ((si.loads[i] & 0xffff) * 100) >> 16);
	} else {
		for (i = 0; i < sb->sb_len && blanks < 3; i++)
			if (sb->sb_buf[i] == ' ')
				blanks++;
		sb->sb_len = i;
	}
	jail_counts(&running, &total);
	sbuf_printf(sb, "%u/%u %d\n", kmax(running, 1u), total,
	    kern()->k_nextpid - 1);
	return (0);
}

static int
uptime_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct timespec64 ts = { 0, 0 };

	if (procfs_hostfile("proc/uptime", sb) == 0 && sb->sb_len > 0)
		return (0);
	(void)host_clock_gettime(CLOCK_BOOTTIME_, &ts);
	sbuf_printf(sb, "%ld.%02ld %ld.00\n", (long)ts.tv_sec,
	    (long)(ts.tv_nsec / 10000000), (long)ts.tv_sec);
	return (0);
}

/* Copy the host's lines about CPUs and clocks; the rest is ours. */
static int
stat_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	unsigned running, total;
	struct sbuf h;
	char *s, *e;

	sbuf_init(&h);
	if (procfs_hostfile("proc/stat", &h) != 0 || h.sb_len == 0)
		sbuf_printf(&h, "cpu  0 0 0 0 0 0 0 0 0 0\n"
		    "cpu0 0 0 0 0 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime %ld\n",
		    (long)((clock_real() - clock_mono()) / NSEC_PER_SEC));
	for (s = h.sb_buf; s != NULL && *s != '\0'; s = e) {
		e = strchr(s, '\n');
		if (e == NULL)
			break;
		e++;
		if (strncmp(s, "cpu", 3) == 0 || strncmp(s, "ctxt", 4) == 0 ||
		    strncmp(s, "btime", 5) == 0)
			sbuf_write(sb, s, e - s);
		else if (strncmp(s, "intr", 4) == 0)
			sbuf_puts(sb, "intr 0\n");
	}
	sbuf_free(&h);
	jail_counts(&running, &total);
	sbuf_printf(sb, "processes %lu\nprocs_running %u\nprocs_blocked 0\n"
	    "softirq 0 0 0 0 0 0 0 0 0 0 0\n", kern()->k_forks,
	    kmax(running, 1u));
	return (0);
}

static int
meminfo_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct host_sysinfo si;
	uint64_t u;

	if (procfs_hostfile("proc/meminfo", sb) == 0 && sb->sb_len > 0)
		return (0);
	memset(&si, 0, sizeof(si));
	(void)host_sysinfo(&si);
	u = si.mem_unit;
	sbuf_printf(sb, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\n"
	    "MemAvailable:   %8lu kB\nBuffers:        %8lu kB\n"
	    "Cached:                0 kB\n", si.totalram * u / 1024,
	    si.freeram * u / 1024, (si.freeram + si.bufferram) * u / 1024,
	    si.bufferram * u / 1024);
	sbuf_printf(sb, "SwapTotal:      %8lu kB\nSwapFree:       %8lu kB\n"
	    "Shmem:          %8lu kB\nSReclaimable:          0 kB\n",
	    si.totalswap * u / 1024, si.freeswap * u / 1024,
	    si.sharedram * u / 1024);
	return (0);
}

static int
version_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_puts(sb, KERN_OSTYPE " version " KERN_OSRELEASE
	    " (guise@guise) (gcc) " KERN_VERSION "\n");
	return (0);
}

static int
devices_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	const struct devsw *d;
	unsigned i;

	sbuf_puts(sb, "Character devices:\n");
	for (i = 0; (d = dev_nth(i)) != NULL; i++)
		sbuf_printf(sb, "%3u %s\n", d->d_major, d->d_name);
	sbuf_puts(sb, "\nBlock devices:\n");
	return (0);
}

static int
self_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%d", curproc()->p_pid);
	return (0);
}

static int
threadself_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%d/task/%d", curproc()->p_pid,
	    curthread()->td_tid);
	return (0);
}

#define	HOSTFILE(name, other)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = host_fill, .pn_arg = (other) }

static const struct pfs_node tty_table[] = {
	PFS_TEXT("drivers", 0444,
	    "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
	    "/dev/console         /dev/console    5       1 system:console\n"
	    "/dev/ptmx            /dev/ptmx       5       2 system\n"
	    "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
	    "pty_master           /dev/ptm      128 0-1048575 pty:master\n"),
	PFS_TEXT("ldiscs", 0444, "n_tty       0\n"),
	PFS_END
};

static int
sysvipc_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	const char *name = c->pc_node->pn_name;

	sbuf_puts(sb, c->pc_node->pn_arg);
	sysv_show(strcmp(name, "shm") == 0 ? TAB_SHM :
	    strcmp(name, "sem") == 0 ? TAB_SEM : TAB_MSG, sb);
	return (0);
}

#define	SYSVIPC(name, head)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = sysvipc_fill, .pn_arg = (head) }
static const struct pfs_node sysvipc_table[] = {
	SYSVIPC("msg", "       key      msqid perms      cbytes"
	    "       qnum lspid lrpid   uid   gid  cuid  cgid      stime"
	    "      rtime      ctime\n"),
	SYSVIPC("sem", "       key      semid perms      nsems   uid"
	    "   gid  cuid  cgid      otime      ctime\n"),
	SYSVIPC("shm", "       key      shmid perms                  "
	    "size  cpid  lpid nattch   uid   gid  cuid  cgid      atime"
	    "      dtime      ctime                   rss"
	    "                  swap\n"),
	PFS_END
};

static const struct pfs_node pressure_table[] = {
#define	PSI	"some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"	\
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
	PFS_TEXT("cpu", 0444, PSI),
	PFS_TEXT("io", 0444, PSI),
	PFS_TEXT("memory", 0444, PSI),
	PFS_END
};

static const struct pfs_node empty_table[] = { PFS_END };

const struct pfs_node procfs_top[] = {
	PFS_LINK("self", self_fill),
	PFS_LINK("thread-self", threadself_fill),
	PFS_DIR("bus", empty_table),
	PFS_TEXT("cgroups", 0444,
	    "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
	    "cpuset\t0\t1\t1\ncpu\t0\t1\t1\ncpuacct\t0\t1\t1\n"
	    "memory\t0\t1\t1\npids\t0\t1\t1\n"),
	PFS_TEXT("cmdline", 0444, "guise\n"),
	PFS_TEXT("consoles", 0444, ""),
	{ .pn_name = "cpuinfo", .pn_mode = S_IFREG | 0444,
	    .pn_fill = cpuinfo_fill, .pn_arg = "processor\t: 0\n" },
	PFS_TEXT("crypto", 0444, ""),
	PFS_FILE("devices", 0444, devices_fill),
	PFS_TEXT("diskstats", 0444, ""),
	PFS_DIR("driver", empty_table),
	PFS_TEXT("execdomains", 0444, "0-0\tLinux           \t[kernel]\n"),
	PFS_FILE("filesystems", 0444, procfs_filesystems),
	PFS_DIR("fs", empty_table),
	PFS_TEXT("interrupts", 0444, "           CPU0       \n"),
	PFS_TEXT("iomem", 0400, ""),
	PFS_TEXT("ioports", 0400, ""),
	PFS_DIR("irq", empty_table),
	PFS_TEXT("kallsyms", 0444, ""),
	PFS_TEXT("key-users", 0444, ""),
	PFS_TEXT("keys", 0444, ""),
	PFS_FILE("loadavg", 0444, loadavg_fill),
	PFS_FILE("locks", 0444, procfs_locks),
	PFS_FILE("meminfo", 0444, meminfo_fill),
	PFS_TEXT("misc", 0444, ""),
	PFS_TEXT("modules", 0444, ""),
	PFS_SLINK("mounts", "self/mounts"),
	PFS_SLINK("net", "self/net"),
	PFS_TEXT("partitions", 0444, "major minor  #blocks  name\n\n"),
	PFS_DIR("pressure", pressure_table),
	PFS_TEXT("softirqs", 0444, "                    CPU0       \n"),
	PFS_FILE("stat", 0444, stat_fill),
	PFS_TEXT("swaps", 0444, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\t"
	    "Priority\n"),
	PFS_DIR("sys", procfs_sys),
	PFS_DIR("sysvipc", sysvipc_table),
	PFS_DIR("tty", tty_table),
	PFS_FILE("uptime", 0444, uptime_fill),
	PFS_FILE("version", 0444, version_fill),
	HOSTFILE("vmstat", "nr_free_pages 0\n"),
	HOSTFILE("zoneinfo", ""),
	PFS_END
};
