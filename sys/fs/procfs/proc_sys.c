/*
 * proc_sys.c: /proc/sys (sysctl(8), proc_sys(5)).
 *
 * Names are fixed; most values are Linux's defaults, which nothing here can
 * change, so those files take no writes.
 */
#include "fs/procfs/procfs_var.h"

#include "base/arena.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "kern/tty.h"
#include "kern/version.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/vfs.h"

static int
uts_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	bool domain = c->pc_node->pn_arg != NULL;

	mtx_lock(&kern()->k_utslock);
	sbuf_puts(sb, domain ? kern()->k_domain : kern()->k_hostname);
	mtx_unlock(&kern()->k_utslock);
	sbuf_putc(sb, '\n');
	return (0);
}

static int
uts_write(struct pfs_ctx *c, char *buf, size_t n)
{
	bool domain = c->pc_node->pn_arg != NULL;
	char *nl = strchr(buf, '\n');

	if (!cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		return (-EPERM);
	if (nl != NULL)
		*nl = '\0';
	if (strlen(buf) > 64)
		buf[64] = '\0';
	mtx_lock(&kern()->k_utslock);
	kstrlcpy(domain ? kern()->k_domain : kern()->k_hostname, buf, 65);
	mtx_unlock(&kern()->k_utslock);
	return (0);
}

static void
uuid_put(struct sbuf *sb, uint8_t b[16])
{
	unsigned i;

	b[6] = (b[6] & 0x0f) | 0x40;		/* version 4 */
	b[8] = (b[8] & 0x3f) | 0x80;
	for (i = 0; i < 16; i++)
		sbuf_printf(sb, i == 4 || i == 6 || i == 8 || i == 10 ?
		    "-%02x" : "%02x", b[i]);
	sbuf_putc(sb, '\n');
}

static int
uuid_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	uint8_t b[16];
	long n = host_getrandom(b, sizeof(b), 0);

	if (n != (long)sizeof(b))
		return (-EIO);
	uuid_put(sb, b);
	return (0);
}

static int
bootid_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	uint64_t h[2];

	/* One per jail, from the moment it started. */
	h[0] = khash64((uint64_t)kern()->k_boottime ^ kroot()->r_wardenpid);
	h[1] = khash64(h[0] + 0x9e3779b97f4a7c15ULL);
	uuid_put(sb, (uint8_t *)h);
	return (0);
}

static int
pidmax_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%d\n", kern()->k_maxpid);
	return (0);
}

/* All numbers of a write(2); -EINVAL unless there are n. */
static int
take_numbers(const char *s, uint64_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		while (*s == ' ' || *s == '\t')
			s++;
		if (kstrtou64(&s, &v[i]) != 0)
			return (-EINVAL);
	}
	while (*s == ' ' || *s == '\t' || *s == '\n')
		s++;
	return (*s == '\0' ? 0 : -EINVAL);
}

static int
may_set(void)
{
	return (cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN) ? 0 : -EPERM);
}

static int
pidmax_write(struct pfs_ctx *c, char *buf, size_t n)
{
	int error = may_set();
	uint64_t v;

	(void)c, (void)n;
	if (error == 0)
		error = take_numbers(buf, &v, 1);
	if (error == 0 && (v < 301 || v > 4194304))
		error = -EINVAL;
	if (error == 0)
		atomic_store(&kern()->k_maxpid, (int32_t)v);
	return (error);
}

/* --- System V IPC ------------------------------------------------------------ */

struct ipclimit {
	int		which;		/* SVL_* */
	uint64_t	max;
};
static const struct ipclimit lim_shmmax = { SVL_SHMMAX, UINT64_MAX };
static const struct ipclimit lim_shmall = { SVL_SHMALL, UINT64_MAX };
static const struct ipclimit lim_shmmni = { SVL_SHMMNI, IPC_SLOTS };
static const struct ipclimit lim_msgmax = { SVL_MSGMAX, MSGMAX_MAX };
static const struct ipclimit lim_msgmnb = { SVL_MSGMNB, INT32_MAX };
static const struct ipclimit lim_msgmni = { SVL_MSGMNI, IPC_SLOTS };

static int
limit_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	const struct ipclimit *l = c->pc_node->pn_arg;

	sbuf_printf(sb, "%lu\n", sysv_limit(l->which));
	return (0);
}

static int
limit_write(struct pfs_ctx *c, char *buf, size_t n)
{
	const struct ipclimit *l = c->pc_node->pn_arg;
	int error = may_set();
	uint64_t v;

	(void)n;
	if (error == 0)
		error = take_numbers(buf, &v, 1);
	if (error == 0 && v > l->max)
		error = -EINVAL;
	if (error == 0)
		atomic_store(&sysv()->sv_limit[l->which], v);
	return (error);
}

static int
sem_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	(void)c;
	sbuf_printf(sb, "%lu\t%lu\t%lu\t%lu\n", sysv_limit(SVL_SEMMSL),
	    sysv_limit(SVL_SEMMNS), sysv_limit(SVL_SEMOPM),
	    sysv_limit(SVL_SEMMNI));
	return (0);
}

/* The sum of all semaphores has no bound of its own here, so it stays. */
static int
sem_write(struct pfs_ctx *c, char *buf, size_t n)
{
	int error = may_set();
	uint64_t v[4];

	(void)c, (void)n;
	if (error == 0)
		error = take_numbers(buf, v, 4);
	if (error == 0 && (v[0] > SEMMSL_MAX || v[1] !=
	    sysv_limit(SVL_SEMMNS) || v[2] > SEMOPM_MAX || v[3] > IPC_SLOTS))
		error = -EINVAL;
	if (error != 0)
		return (error);
	atomic_store(&sysv()->sv_limit[SVL_SEMMSL], v[0]);
	atomic_store(&sysv()->sv_limit[SVL_SEMOPM], v[2]);
	atomic_store(&sysv()->sv_limit[SVL_SEMMNI], v[3]);
	return (0);
}

static int
lastpid_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%d\n", kern()->k_nextpid - 1);
	return (0);
}

static int
ptynr_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	int n = 0, i;

	for (i = tty_next(-1); i >= 0; i = tty_next(i))
		n++;
	sbuf_printf(sb, "%d\n", n);
	return (0);
}

static int
filenr_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%u\t0\t9223372036854775807\n",
	    atomic_load(&vfs()->vr_nfiles));
	return (0);
}

static int
dentries_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%u\t0\t45\t0\t0\t0\n", atomic_load(&vfs()->vr_nnc));
	return (0);
}

#define	T(name, text)	PFS_TEXT(name, 0444, text "\n")
#define	LIMIT(name, l)							\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0644,			\
	    .pn_fill = limit_fill, .pn_write = limit_write,		\
	    .pn_arg = &lim_##l }

static const struct pfs_node random_table[] = {
	PFS_FILE("boot_id", 0444, bootid_fill),
	T("entropy_avail", "256"),
	T("poolsize", "256"),
	T("urandom_min_reseed_secs", "60"),
	PFS_FILE("uuid", 0444, uuid_fill),
	T("write_wakeup_threshold", "256"),
	PFS_END
};

static const struct pfs_node pty_table[] = {
	T("max", "4096"),
	PFS_FILE("nr", 0444, ptynr_fill),
	T("reserve", "1024"),
	PFS_END
};

static const struct pfs_node keys_table[] = {
	T("gc_delay", "300"),
	T("maxbytes", "20000"),
	T("maxkeys", "200"),
	PFS_END
};

static const struct pfs_node seccomp_table[] = {
	T("actions_avail", "kill_process kill_thread trap errno user_notif "
	    "trace log allow"),
	T("actions_logged", "kill_process kill_thread trap errno user_notif "
	    "trace log"),
	PFS_END
};

static const struct pfs_node kernel_table[] = {
	T("acct", "4\t2\t30"),
	T("arch", KERN_MACHINE),
	T("auto_msgmni", "0"),
	T("cap_last_cap", "40"),
	T("core_pattern", "core"),
	T("core_pipe_limit", "0"),
	T("core_uses_pid", "0"),
	T("ctrl-alt-del", "0"),
	T("dmesg_restrict", "1"),
	{ .pn_name = "domainname", .pn_mode = S_IFREG | 0644,
	    .pn_fill = uts_fill, .pn_write = uts_write, .pn_arg = "d" },
	{ .pn_name = "hostname", .pn_mode = S_IFREG | 0644,
	    .pn_fill = uts_fill, .pn_write = uts_write },
	T("io_uring_disabled", "2"),
	PFS_DIR("keys", keys_table),
	T("kptr_restrict", "1"),
	T("modules_disabled", "1"),
	LIMIT("msgmax", msgmax),
	LIMIT("msgmnb", msgmnb),
	LIMIT("msgmni", msgmni),
	T("ngroups_max", "65536"),
	T("nmi_watchdog", "0"),
	PFS_FILE("ns_last_pid", 0444, lastpid_fill),
	T("numa_balancing", "0"),
	T("osrelease", KERN_OSRELEASE),
	T("ostype", KERN_OSTYPE),
	T("overflowgid", "65534"),
	T("overflowuid", "65534"),
	T("panic", "0"),
	T("panic_on_oops", "0"),
	T("perf_event_max_sample_rate", "100000"),
	T("perf_event_mlock_kb", "516"),
	T("perf_event_paranoid", "4"),
	PFS_RW("pid_max", 0644, pidmax_fill, pidmax_write),
	T("printk", "4\t4\t1\t7"),
	PFS_DIR("pty", pty_table),
	PFS_DIR("random", random_table),
	T("randomize_va_space", "2"),
	T("sched_autogroup_enabled", "0"),
	T("sched_child_runs_first", "0"),
	T("sched_rr_timeslice_ms", "100"),
	T("sched_rt_period_us", "1000000"),
	T("sched_rt_runtime_us", "950000"),
	PFS_DIR("seccomp", seccomp_table),
	PFS_RW("sem", 0644, sem_fill, sem_write),
	T("shm_rmid_forced", "0"),
	LIMIT("shmall", shmall),
	LIMIT("shmmax", shmmax),
	LIMIT("shmmni", shmmni),
	T("sysrq", "0"),
	T("tainted", "0"),
	T("threads-max", "192730"),
	T("unprivileged_bpf_disabled", "2"),
	T("version", KERN_VERSION),
	T("watchdog", "0"),
	PFS_END
};

static const struct pfs_node vm_table[] = {
	T("admin_reserve_kbytes", "8192"),
	T("compact_unevictable_allowed", "1"),
	T("dirty_background_bytes", "0"),
	T("dirty_background_ratio", "10"),
	T("dirty_bytes", "0"),
	T("dirty_expire_centisecs", "3000"),
	T("dirty_ratio", "20"),
	T("dirty_writeback_centisecs", "500"),
	T("hugetlb_shm_group", "0"),
	T("legacy_va_layout", "0"),
	T("lowmem_reserve_ratio", "256\t256\t32\t0\t0"),
	T("max_map_count", "65530"),
	T("memfd_noexec", "0"),
	T("min_free_kbytes", "67584"),
	T("mmap_min_addr", "65536"),
	T("mmap_rnd_bits", "28"),
	T("mmap_rnd_compat_bits", "8"),
	T("nr_hugepages", "0"),
	T("nr_overcommit_hugepages", "0"),
	T("oom_dump_tasks", "1"),
	T("oom_kill_allocating_task", "0"),
	T("overcommit_kbytes", "0"),
	T("overcommit_memory", "0"),
	T("overcommit_ratio", "50"),
	T("page-cluster", "3"),
	T("panic_on_oom", "0"),
	T("stat_interval", "1"),
	T("swappiness", "60"),
	T("unprivileged_userfaultfd", "0"),
	T("user_reserve_kbytes", "131072"),
	T("vfs_cache_pressure", "100"),
	T("zone_reclaim_mode", "0"),
	PFS_END
};

static const struct pfs_node inotify_table[] = {
	T("max_queued_events", "16384"),
	T("max_user_instances", "128"),
	T("max_user_watches", "524288"),
	PFS_END
};

static const struct pfs_node mqueue_table[] = {
	T("msg_default", "10"),
	T("msg_max", "10"),
	T("msgsize_default", "8192"),
	T("msgsize_max", "8192"),
	T("queues_max", "256"),
	PFS_END
};

static const struct pfs_node epoll_table[] = {
	T("max_user_watches", "3622502"),
	PFS_END
};

static const struct pfs_node fs_table[] = {
	T("aio-max-nr", "65536"),
	T("aio-nr", "0"),
	PFS_FILE("dentry-state", 0444, dentries_fill),
	T("dir-notify-enable", "0"),
	PFS_DIR("epoll", epoll_table),
	T("file-max", "9223372036854775807"),
	PFS_FILE("file-nr", 0444, filenr_fill),
	T("inode-nr", "1024\t0"),
	T("inode-state", "1024\t0\t0\t0\t0\t0\t0"),
	PFS_DIR("inotify", inotify_table),
	T("lease-break-time", "45"),
	T("leases-enable", "1"),
	T("mount-max", "100000"),
	PFS_DIR("mqueue", mqueue_table),
	T("nr_open", "1048576"),
	T("overflowgid", "65534"),
	T("overflowuid", "65534"),
	T("pipe-max-size", "1048576"),
	T("pipe-user-pages-hard", "0"),
	T("pipe-user-pages-soft", "16384"),
	T("protected_fifos", "0"),
	T("protected_hardlinks", "1"),
	T("protected_regular", "0"),
	T("protected_symlinks", "1"),
	T("suid_dumpable", "0"),
	PFS_END
};

static const struct pfs_node core_table[] = {
	T("default_qdisc", "pfifo_fast"),
	T("netdev_max_backlog", "1000"),
	T("optmem_max", "131072"),
	T("rmem_default", "212992"),
	T("rmem_max", "212992"),
	T("somaxconn", "4096"),
	T("wmem_default", "212992"),
	T("wmem_max", "212992"),
	PFS_END
};

static const struct pfs_node ipv4_table[] = {
	T("icmp_echo_ignore_broadcasts", "1"),
	T("ip_default_ttl", "64"),
	T("ip_forward", "0"),
	T("ip_local_port_range", "32768\t60999"),
	T("ip_local_reserved_ports", ""),
	T("ip_nonlocal_bind", "0"),
	T("ip_unprivileged_port_start", "1024"),
	T("ping_group_range", "1\t0"),
	T("tcp_allowed_congestion_control", "reno cubic"),
	T("tcp_available_congestion_control", "reno cubic"),
	T("tcp_congestion_control", "cubic"),
	T("tcp_ecn", "2"),
	T("tcp_fastopen", "1"),
	T("tcp_fin_timeout", "60"),
	T("tcp_keepalive_intvl", "75"),
	T("tcp_keepalive_probes", "9"),
	T("tcp_keepalive_time", "7200"),
	T("tcp_max_syn_backlog", "1024"),
	T("tcp_max_tw_buckets", "65536"),
	T("tcp_mem", "188319\t251095\t376638"),
	T("tcp_retries2", "15"),
	T("tcp_rmem", "4096\t131072\t6291456"),
	T("tcp_sack", "1"),
	T("tcp_syn_retries", "6"),
	T("tcp_syncookies", "1"),
	T("tcp_timestamps", "1"),
	T("tcp_tw_reuse", "2"),
	T("tcp_window_scaling", "1"),
	T("tcp_wmem", "4096\t16384\t4194304"),
	T("udp_mem", "376641\t502191\t753282"),
	PFS_END
};

static const struct pfs_node ipv6conf_table[] = {
	T("accept_ra", "1"),
	T("disable_ipv6", "0"),
	T("forwarding", "0"),
	PFS_END
};

static const struct pfs_node ipv6confs_table[] = {
	PFS_DIR("all", ipv6conf_table),
	PFS_DIR("default", ipv6conf_table),
	PFS_DIR("lo", ipv6conf_table),
	PFS_END
};

static const struct pfs_node ipv6_table[] = {
	T("bindv6only", "0"),
	PFS_DIR("conf", ipv6confs_table),
	T("ip_nonlocal_bind", "0"),
	PFS_END
};

static const struct pfs_node netunix_table[] = {
	T("max_dgram_qlen", "512"),
	PFS_END
};

static const struct pfs_node net_table[] = {
	PFS_DIR("core", core_table),
	PFS_DIR("ipv4", ipv4_table),
	PFS_DIR("ipv6", ipv6_table),
	PFS_DIR("unix", netunix_table),
	PFS_END
};

static const struct pfs_node user_table[] = {
	T("max_cgroup_namespaces", "0"),
	T("max_inotify_instances", "128"),
	T("max_inotify_watches", "524288"),
	T("max_ipc_namespaces", "0"),
	T("max_mnt_namespaces", "0"),
	T("max_net_namespaces", "0"),
	T("max_pid_namespaces", "0"),
	T("max_user_namespaces", "0"),
	T("max_uts_namespaces", "0"),
	PFS_END
};

static const struct pfs_node devtty_table[] = {
	T("ldisc_autoload", "1"),
	T("legacy_tiocsti", "0"),
	PFS_END
};

static const struct pfs_node dev_table[] = {
	PFS_DIR("tty", devtty_table),
	PFS_END
};

static const struct pfs_node abi_table[] = {
	T("vsyscall32", "1"),
	PFS_END
};

static const struct pfs_node debug_table[] = {
	T("exception-trace", "0"),
	PFS_END
};

const struct pfs_node procfs_sys[] = {
	PFS_DIR("abi", abi_table),
	PFS_DIR("debug", debug_table),
	PFS_DIR("dev", dev_table),
	PFS_DIR("fs", fs_table),
	PFS_DIR("kernel", kernel_table),
	PFS_DIR("net", net_table),
	PFS_DIR("user", user_table),
	PFS_DIR("vm", vm_table),
	PFS_END
};
