/*
 * sysfs_cpu.c: /sys/devices/system: CPUs, caches, memory nodes.
 *
 * The machine is the host's: values come from the host's own directories,
 * which the warden opened ("sys/cpu", "sys/node" of jc_hostfiles); only the
 * names below are ever read from them.
 */
#include "fs/sysfs/sysfs_var.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	CPU_MAX		1024
#define	CACHE_SHIFT	16		/* pc_extra: cpu | index << 16 */

static int
hostdir(const char *name)
{
	const struct jail_config *jc = kroot()->r_config;
	unsigned i;

	for (i = 0; jc != NULL && i < jc->jc_nhostfiles; i++)
		if (strcmp(jc->jc_hostfiles[i].jh_name, name) == 0)
			return (jc->jc_hostfiles[i].jh_fd);
	return (-1);
}

static int
hostfile(int dir, const char *path, struct sbuf *sb)
{
	char *d;
	long n;
	int fd;

	if (dir < 0)
		return (-ENOENT);
	fd = host_openat(dir, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return (fd);
	d = sbuf_reserve(sb, KPAGE_SIZE);
	n = d != NULL ? host_read(fd, d, KPAGE_SIZE) : -ENOMEM;
	(void)host_close(fd);
	if (n > 0)
		sbuf_advance(sb, n);
	return (n < 0 ? (int)n : 0);
}

/* Does the host have this directory entry? */
static bool
hosthas(int dir, const char *path)
{
	struct kstat st;

	return (dir >= 0 && host_fstatat(dir, path, &st, 0) == 0);
}

/* Without the host's files: as many CPUs as we may run on. */
static unsigned
cpu_count(void)
{
	uint64_t mask[CPU_MAX / 64];
	unsigned i, n = 0;

	memset(mask, 0, sizeof(mask));
	if (host_sched_getaffinity(0, sizeof(mask), mask) > 0)
		for (i = 0; i < CPU_MAX; i++)
			if (mask[i / 64] >> (i % 64) & 1)
				n = i + 1;
	return (n > 0 ? n : 1);
}

static bool
cpu_exists(unsigned n)
{
	int dir = hostdir("sys/cpu");
	char path[16];

	if (n >= CPU_MAX)
		return (false);
	if (dir < 0)
		return (n < cpu_count());
	ksnprintf(path, sizeof(path), "cpu%u", n);
	return (hosthas(dir, path));
}

/* online, possible, present: the host's list, else 0-(n-1). */
static int
cpulist_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	unsigned n;

	if (hostfile(hostdir("sys/cpu"), c->pc_node->pn_name, sb) == 0)
		return (0);
	n = cpu_count();
	if (n > 1)
		sbuf_printf(sb, "0-%u\n", n - 1);
	else
		sbuf_puts(sb, "0\n");
	return (0);
}

/* A file of one CPU; pn_arg: its path below cpuN, "" + name in a cache. */
static int
cpufile_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	unsigned cpu = c->pc_extra & ((1 << CACHE_SHIFT) - 1);
	const char *sub = c->pc_node->pn_arg;
	char path[96];

	if (strcmp(sub, "cache") == 0)
		ksnprintf(path, sizeof(path), "cpu%u/cache/index%u/%s", cpu,
		    (unsigned)(c->pc_extra >> CACHE_SHIFT),
		    c->pc_node->pn_name);
	else
		ksnprintf(path, sizeof(path), "cpu%u/%s/%s", cpu, sub,
		    c->pc_node->pn_name);
	if (hostfile(hostdir("sys/cpu"), path, sb) == 0)
		return (0);
	/* No host directory: each CPU a core of one package. */
	if (strcmp(c->pc_node->pn_name, "core_id") == 0)
		sbuf_printf(sb, "%u\n", cpu);
	else if (strcmp(sub, "topology") == 0 &&
	    strstr(c->pc_node->pn_name, "_id") != NULL)
		sbuf_puts(sb, "0\n");
	else if (strcmp(sub, "topology") == 0 &&
	    strstr(c->pc_node->pn_name, "_list") != NULL)
		sbuf_printf(sb, "%u\n", cpu);
	else if (strcmp(sub, "topology") == 0)
		sbuf_printf(sb, "%lx\n", 1UL << (cpu % 32));
	else
		return (-ENOENT);
	return (0);
}

#define	CPUF(name, sub)							\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = cpufile_fill, .pn_arg = (sub) }

static const struct pfs_node topology_table[] = {
	CPUF("cluster_cpus", "topology"),
	CPUF("cluster_cpus_list", "topology"),
	CPUF("cluster_id", "topology"),
	CPUF("core_cpus", "topology"),
	CPUF("core_cpus_list", "topology"),
	CPUF("core_id", "topology"),
	CPUF("core_siblings", "topology"),
	CPUF("core_siblings_list", "topology"),
	CPUF("die_cpus", "topology"),
	CPUF("die_cpus_list", "topology"),
	CPUF("die_id", "topology"),
	CPUF("package_cpus", "topology"),
	CPUF("package_cpus_list", "topology"),
	CPUF("physical_package_id", "topology"),
	CPUF("thread_siblings", "topology"),
	CPUF("thread_siblings_list", "topology"),
	PFS_END
};

static const struct pfs_node index_table[] = {
	CPUF("coherency_line_size", "cache"),
	CPUF("id", "cache"),
	CPUF("level", "cache"),
	CPUF("number_of_sets", "cache"),
	CPUF("physical_line_partition", "cache"),
	CPUF("shared_cpu_list", "cache"),
	CPUF("shared_cpu_map", "cache"),
	CPUF("size", "cache"),
	CPUF("type", "cache"),
	CPUF("ways_of_associativity", "cache"),
	PFS_END
};

static const struct pfs_node cache_index = {
	.pn_name = "INDEX",
	.pn_mode = S_IFDIR | 0755,
	.pn_kids = index_table,
};

static bool
cache_exists(unsigned cpu, unsigned n)
{
	char path[48];

	ksnprintf(path, sizeof(path), "cpu%u/cache/index%u", cpu, n);
	return (n < 16 && hosthas(hostdir("sys/cpu"), path));
}

static int
cache_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n;

	if (len < 6 || memcmp(name, "index", 5) != 0 ||
	    (n = pfs_number(name + 5, len - 5)) < 0 ||
	    !cache_exists(dir->pc_extra, n))
		return (-ENOENT);
	kid->pc_node = &cache_index;
	kid->pc_extra = dir->pc_extra | n << CACHE_SHIFT;
	return (0);
}

static int
cache_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	if (!cache_exists(dir->pc_extra, *cursor))
		return (0);
	kid->pc_node = &cache_index;
	kid->pc_extra = dir->pc_extra | *cursor << CACHE_SHIFT;
	ksnprintf(name, 32, "index%d", (int)(*cursor)++);
	return (1);
}

static const struct pfs_node onecpu_table[] = {
	{ .pn_name = "cache", .pn_mode = S_IFDIR | 0755,
	    .pn_lookup = cache_lookup, .pn_next = cache_next },
	PFS_DIR("topology", topology_table),
	PFS_END
};

static const struct pfs_node onecpu = {
	.pn_name = "CPU",
	.pn_mode = S_IFDIR | 0755,
	.pn_kids = onecpu_table,
};

static int
cpu_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n;

	if (len < 4 || memcmp(name, "cpu", 3) != 0 ||
	    (n = pfs_number(name + 3, len - 3)) < 0 || !cpu_exists(n))
		return (-ENOENT);
	kid->pc_node = &onecpu;
	kid->pc_extra = n;
	return (0);
}

static int
cpu_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	if (!cpu_exists(*cursor))
		return (0);
	kid->pc_node = &onecpu;
	kid->pc_extra = *cursor;
	ksnprintf(name, 32, "cpu%d", (int)(*cursor)++);
	return (1);
}

static int
kernelmax_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	if (hostfile(hostdir("sys/cpu"), "kernel_max", sb) != 0)
		sbuf_printf(sb, "%d\n", CPU_MAX - 1);
	return (0);
}

/* --- memory nodes: the host's node0, as every machine has one --------------------- */

static int
node_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	char path[64];

	ksnprintf(path, sizeof(path), "%s%s",
	    c->pc_node->pn_arg != NULL ? (const char *)c->pc_node->pn_arg :
	    "", c->pc_node->pn_name);
	if (hostfile(hostdir("sys/node"), path, sb) == 0)
		return (0);
	if (strcmp(c->pc_node->pn_name, "cpulist") == 0) {
		unsigned n = cpu_count();

		sbuf_printf(sb, n > 1 ? "0-%u\n" : "%u\n", n - 1);
	} else if (strcmp(c->pc_node->pn_name, "distance") == 0)
		sbuf_puts(sb, "10\n");
	else
		sbuf_puts(sb, "0\n");
	return (0);
}

#define	NODEF(name, sub)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = node_fill, .pn_arg = (sub) }

static const struct pfs_node node0_table[] = {
	NODEF("cpulist", "node0/"),
	NODEF("cpumap", "node0/"),
	NODEF("distance", "node0/"),
	NODEF("meminfo", "node0/"),
	NODEF("numastat", "node0/"),
	NODEF("vmstat", "node0/"),
	PFS_END
};

static const struct pfs_node node_table[] = {
	NODEF("has_cpu", NULL),
	NODEF("has_memory", NULL),
	NODEF("has_normal_memory", NULL),
	PFS_DIR("node0", node0_table),
	NODEF("online", NULL),
	NODEF("possible", NULL),
	PFS_END
};

static const struct pfs_node cpu_table[] = {
	PFS_TEXT("isolated", 0444, "\n"),
	PFS_FILE("kernel_max", 0444, kernelmax_fill),
	PFS_TEXT("offline", 0444, "\n"),
	PFS_FILE("online", 0444, cpulist_fill),
	PFS_FILE("possible", 0444, cpulist_fill),
	PFS_FILE("present", 0444, cpulist_fill),
	PFS_END
};

static const struct pfs_node clock0_table[] = {
	PFS_TEXT("available_clocksource", 0444, "tsc\n"),
	PFS_TEXT("current_clocksource", 0444, "tsc\n"),
	PFS_END
};
static const struct pfs_node clock_table[] = {
	PFS_DIR("clocksource0", clock0_table),
	PFS_END
};

const struct pfs_node sysfs_system[] = {
	PFS_DIR("clocksource", clock_table),
	{ .pn_name = "cpu", .pn_mode = S_IFDIR | 0755, .pn_kids = cpu_table,
	    .pn_lookup = cpu_lookup, .pn_next = cpu_next },
	{ .pn_name = "memory", .pn_mode = S_IFDIR | 0755,
	    .pn_kids = sysfs_memory, .pn_lookup = sysfs_blocklookup,
	    .pn_next = sysfs_blocknext },
	PFS_DIR("node", node_table),
	PFS_END
};
