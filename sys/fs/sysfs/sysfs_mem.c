/*
 * sysfs_mem.c: /sys/devices/system/memory: as many blocks, all online, as the
 * memory that /proc/meminfo tells of makes.
 */
#include "fs/sysfs/sysfs_var.h"

#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	BLOCK		(128UL << 20)
#define	T(name, text)	PFS_TEXT(name, 0444, text "\n")

static int64_t
nblocks(void)
{
	struct host_sysinfo si;

	if (host_sysinfo(&si) != 0)
		return (1);
	return ((int64_t)((si.totalram * kmax(si.mem_unit, 1u) + BLOCK - 1) /
	    BLOCK));
}

static int
index_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%08lx\n", (unsigned long)c->pc_extra);
	return (0);
}

static const struct pfs_node block_table[] = {
	T("online", "1"),
	T("phys_device", "0"),
	PFS_FILE("phys_index", 0444, index_fill),
	T("removable", "0"),
	T("state", "online"),
	T("valid_zones", "none"),
	PFS_END
};

static const struct pfs_node block_dir = {
	.pn_name = "memory",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = block_table,
};

int
sysfs_blocklookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n;

	(void)dir;
	if (len <= 6 || strncmp(name, "memory", 6) != 0)
		return (-ENOENT);
	n = pfs_number(name + 6, len - 6);
	if (n < 0 || n >= nblocks())
		return (-ENOENT);
	kid->pc_node = &block_dir;
	kid->pc_extra = n;
	return (0);
}

int
sysfs_blocknext(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	(void)dir;
	if (*cursor >= nblocks())
		return (0);
	kid->pc_node = &block_dir;
	kid->pc_extra = *cursor;
	ksnprintf(name, 32, "memory%ld", (long)(*cursor)++);
	return (1);
}

const struct pfs_node sysfs_memory[] = {
	T("auto_online_blocks", "offline"),
	T("block_size_bytes", "8000000"),
	PFS_END
};
