/*
 * sysfs.c: /sys (sysfs(5)): enough for tools that look for CPUs, networks and
 * block devices, without showing what belongs to the host.
 */
#include "fs/sysfs/sysfs_var.h"

#include "libkern/errno.h"

#define	SYSFS_MAGIC	0x62656572
#define	T(name, text)	PFS_TEXT(name, 0444, text "\n")

static const struct pfs_node empty[] = { PFS_END };

#define	IFDIR(kid)							\
	{ .pn_name = "net", .pn_mode = S_IFDIR | 0555,			\
	    .pn_lookup = sysfs_iflookup, .pn_next = sysfs_ifnext,	\
	    .pn_arg = &(kid) }

static const struct pfs_node virtual_table[] = {
	PFS_DIR("mem", sysfs_vmem),
	IFDIR(sysfs_ifdir),
	PFS_DIR("tty", sysfs_vtty),
	PFS_END
};

static const struct pfs_node devices_table[] = {
	PFS_DIR("system", sysfs_system),
	PFS_DIR("virtual", virtual_table),
	PFS_END
};

static const struct pfs_node class_table[] = {
	PFS_DIR("block", empty),
	PFS_DIR("hwmon", empty),
	PFS_DIR("mem", sysfs_classmem),
	IFDIR(sysfs_iflink),
	PFS_DIR("power_supply", empty),
	PFS_DIR("thermal", empty),
	PFS_DIR("tty", sysfs_classtty),
	PFS_END
};

/* --- kernel ---------------------------------------------------------------------- */

static const struct pfs_node thp_table[] = {
	T("defrag", "always defer defer+madvise [madvise] never"),
	T("enabled", "always [madvise] never"),
	T("hpage_pmd_size", "2097152"),
	T("shmem_enabled", "always within_size advise [never] deny force"),
	T("use_zero_page", "1"),
	PFS_END
};

static const struct pfs_node huge2m_table[] = {
	T("free_hugepages", "0"),
	T("nr_hugepages", "0"),
	T("nr_overcommit_hugepages", "0"),
	T("resv_hugepages", "0"),
	T("surplus_hugepages", "0"),
	PFS_END
};

static const struct pfs_node huge_table[] = {
	PFS_DIR("hugepages-2048kB", huge2m_table),
	PFS_END
};

static const struct pfs_node ksm_table[] = {
	T("pages_shared", "0"),
	T("pages_sharing", "0"),
	T("run", "0"),
	PFS_END
};

static const struct pfs_node mm_table[] = {
	PFS_DIR("hugepages", huge_table),
	PFS_DIR("ksm", ksm_table),
	PFS_DIR("transparent_hugepage", thp_table),
	PFS_END
};

static const struct pfs_node kernel_table[] = {
	T("address_bits", "64"),
	T("cpu_byteorder", "little"),
	PFS_DIR("debug", empty),
	T("fscaps", "1"),
	PFS_DIR("iommu_groups", empty),
	T("kexec_crash_loaded", "0"),
	T("kexec_loaded", "0"),
	PFS_DIR("mm", mm_table),
	T("profiling", "0"),
	PFS_DIR("security", empty),
	PFS_DIR("tracing", empty),
	T("uevent_seqnum", "0"),
	PFS_END
};

/* --- the rest ------------------------------------------------------------------------ */

static const struct pfs_node pci_table[] = {
	PFS_DIR("devices", empty),
	PFS_DIR("drivers", empty),
	PFS_END
};

static const struct pfs_node buscpu_table[] = {
	PFS_DIR("devices", empty),
	PFS_END
};

static const struct pfs_node bus_table[] = {
	PFS_DIR("cpu", buscpu_table),
	PFS_DIR("pci", pci_table),
	PFS_END
};

static const struct pfs_node dev_table[] = {
	PFS_DIR("block", empty),
	PFS_DIR("char", sysfs_devchar),
	PFS_END
};

static const struct pfs_node fs_table[] = {
	PFS_DIR("bpf", empty),
	PFS_DIR("cgroup", empty),	/* cgroup2 is mounted here */
	PFS_END
};

static const struct pfs_node root_table[] = {
	PFS_DIR("block", empty),
	PFS_DIR("bus", bus_table),
	PFS_DIR("class", class_table),
	PFS_DIR("dev", dev_table),
	PFS_DIR("devices", devices_table),
	PFS_DIR("firmware", empty),
	PFS_DIR("fs", fs_table),
	PFS_DIR("kernel", kernel_table),
	PFS_DIR("module", empty),
	PFS_DIR("power", empty),
	PFS_END
};

static const struct pfs_node root = {
	.pn_name = "/",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = root_table,
};

static int
sysfs_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	return (pfs_mount(mp, &root, rootp));
}

static void
sysfs_unmount(struct mount *mp)
{
}

static int
sysfs_statfs(struct mount *mp, struct kstatfs *sf)
{
	return (pfs_statfs(mp, sf, SYSFS_MAGIC));
}

const struct fstype sysfs_fstype = {
	.fs_name = "sysfs",
	.fs_magic = SYSFS_MAGIC,
	.fs_flags = FS_NODEV | FS_USERMOUNT,
	.fs_mount = sysfs_mount,
	.fs_unmount = sysfs_unmount,
	.fs_statfs = sysfs_statfs,
};
