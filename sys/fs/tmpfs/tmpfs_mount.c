/* tmpfs_mount.c: mounting, options, the end. */
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namecache.h"

#define	TMPFS_MAGIC	0x01021994

static uint64_t
half_memory(void)
{
	struct kmem_stat ks;

	kmem_stat(&ks);
	return (ks.limit / KPAGE_SIZE / 2);
}

/* "10m", "50%", "4096" in bytes. */
static int
parse_size(const char *s, uint64_t *bytes)
{
	uint64_t v;
	unsigned shift = 0;

	if (kstrtou64(&s, &v) < 0)
		return (-EINVAL);
	switch (*s) {
	case 'k': case 'K': shift = 10; s++; break;
	case 'm': case 'M': shift = 20; s++; break;
	case 'g': case 'G': shift = 30; s++; break;
	case 't': case 'T': shift = 40; s++; break;
	case '%':
		v = half_memory() * 2 * KPAGE_SIZE / 100 * kmin(v,
		    (uint64_t)100);
		s++;
		break;
	default:
		break;
	}
	if (*s != '\0' || (shift != 0 && v >> (63 - shift) != 0))
		return (-EINVAL);
	*bytes = v << shift;
	return (0);
}

static int
parse_octal(const char *s, uint32_t *mode)
{
	uint32_t v = 0;

	if (*s == '\0')
		return (-EINVAL);
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '7' || v > 0777)
			return (-EINVAL);
		v = v * 8 + (uint32_t)(*s - '0');
	}
	*mode = v & 07777;
	return (0);
}

static int
parse_one(struct tmpfs *tm, const char *opt, const char *val)
{
	uint64_t v = 0;
	int error;

	if (strcmp(opt, "mode") == 0)
		return (parse_octal(val, &tm->tm_mode));
	if (strcmp(opt, "size") == 0) {
		error = parse_size(val, &v);
		if (error == 0)
			tm->tm_maxpages = v == 0 ? UINT64_MAX / 2 :
			    (v + KPAGE_MASK) / KPAGE_SIZE;
		return (error);
	}
	if (strcmp(opt, "nr_blocks") == 0 || strcmp(opt, "nr_inodes") == 0) {
		error = parse_size(val, &v);
		if (error < 0)
			return (error);
		if (v == 0)
			v = UINT64_MAX / 2;
		if (opt[3] == 'b')
			tm->tm_maxpages = v;
		else
			tm->tm_maxnodes = v;
		return (0);
	}
	if (strcmp(opt, "uid") == 0 || strcmp(opt, "gid") == 0) {
		if (kstrtou64(&val, &v) < 0 || *val != '\0' || v > UINT32_MAX)
			return (-EINVAL);
		if (opt[0] == 'u')
			tm->tm_uid = (uint32_t)v;
		else
			tm->tm_gid = (uint32_t)v;
		return (0);
	}
	/* Known to Linux, without meaning here. */
	if (strcmp(opt, "huge") == 0 || strcmp(opt, "mpol") == 0 ||
	    strcmp(opt, "inode64") == 0 || strcmp(opt, "inode32") == 0 ||
	    strcmp(opt, "noswap") == 0 || opt[0] == '\0')
		return (0);
	return (-EINVAL);
}

static int
parse(struct tmpfs *tm, const char *options)
{
	char buf[256], *opt, *next, *val;
	int error;

	if (options == NULL)
		return (0);
	if (kstrlcpy(buf, options, sizeof(buf)) >= sizeof(buf))
		return (-EINVAL);
	for (opt = buf; opt != NULL; opt = next) {
		next = strchr(opt, ',');
		if (next != NULL)
			*next++ = '\0';
		val = strchr(opt, '=');
		if (val != NULL)
			*val++ = '\0';
		error = parse_one(tm, opt, val != NULL ? val : "");
		if (error < 0)
			return (error);
	}
	return (0);
}

static char *
show_options(const struct tmpfs *tm)
{
	char buf[128];
	int n = 0;

	buf[0] = '\0';
	if (tm->tm_maxpages < UINT64_MAX / 4)
		n = ksnprintf(buf, sizeof(buf), "size=%lluk,",
		    (unsigned long long)tm->tm_maxpages * 4);
	n += ksnprintf(buf + n, sizeof(buf) - (size_t)n, "mode=%o",
	    tm->tm_mode);
	if (tm->tm_uid != 0 || tm->tm_gid != 0)
		ksnprintf(buf + n, sizeof(buf) - (size_t)n, ",uid=%u,gid=%u",
		    tm->tm_uid, tm->tm_gid);
	return (kstrdup(buf));
}

static int
tmpfs_mount(struct mount *mp, const struct fsmount_args *args,
    struct vnode **rootp)
{
	struct tmpfs *tm = KNEW(struct tmpfs);
	int error;

	if (tm == NULL)
		return (-ENOMEM);
	tm->tm_maxpages = tm->tm_maxnodes = half_memory();
	tm->tm_mode = 01777;
	tm->tm_mount = mp;
	mtx_init(&tm->tm_mflock, RANK_LEAF, "tmpfs memfds");
	list_init(&tm->tm_memfds);
	error = parse(tm, args->options);
	if (error == 0)
		error = tnode_new(tm, S_IFDIR | tm->tm_mode, tm->tm_uid,
		    tm->tm_gid, 0, &tm->tm_root);
	if (error < 0) {
		kfree(tm);
		return (error);
	}
	tm->tm_root->tn_nlink = 2;	/* never dropped */
	mp->mnt_data = tm;
	mp->mnt_opts = show_options(tm);
	vref(tm->tm_root->tn_vp);
	*rootp = tm->tm_root->tn_vp;
	return (0);
}

/* Remove everything: leaf after leaf, so that depth costs no stack. */
static void
tmpfs_unmount(struct mount *mp)
{
	struct tmpfs *tm = mp->mnt_data;
	struct tnode *dir = tm->tm_root, *tn;
	struct tdirent *te;

	for (;;) {
		te = list_first(&dir->tn_dir.td_order, struct tdirent,
		    te_order);
		if (te == NULL) {
			if (dir == tm->tm_root)
				break;
			dir = dir->tn_dir.td_parent;
			te = list_first(&dir->tn_dir.td_order, struct tdirent,
			    te_order);
		} else if (S_ISDIR(te->te_node->tn_mode) &&
		    te->te_node->tn_dir.td_count != 0) {
			dir = te->te_node;
			continue;
		}
		tn = te->te_node;
		tdir_remove(dir, te);
		tnode_droplink(tn, S_ISDIR(tn->tn_mode) ? 2 : 1);
	}
	vrele(tm->tm_root->tn_vp);
	kfree(tm);
}

static int
tmpfs_statfs(struct mount *mp, struct kstatfs *sf)
{
	struct tmpfs *tm = mp->mnt_data;
	uint64_t used = atomic_load(&tm->tm_pages);
	uint64_t nodes = atomic_load(&tm->tm_nodes);

	if (tm->tm_maxpages < UINT64_MAX / 4) {
		sf->f_blocks = tm->tm_maxpages;
		sf->f_bfree = sf->f_bavail = tm->tm_maxpages -
		    kmin(used, tm->tm_maxpages);
	}
	if (tm->tm_maxnodes < UINT64_MAX / 4) {
		sf->f_files = tm->tm_maxnodes;
		sf->f_ffree = tm->tm_maxnodes - kmin(nodes, tm->tm_maxnodes);
	}
	return (0);
}

static int
tmpfs_remount(struct mount *mp, const struct fsmount_args *args)
{
	struct tmpfs *tm = mp->mnt_data, want = *tm;
	char *opts;
	int error;

	error = parse(&want, args->options);
	if (error < 0)
		return (error);
	if (want.tm_maxpages < atomic_load(&tm->tm_pages) ||
	    want.tm_maxnodes < atomic_load(&tm->tm_nodes))
		return (-EINVAL);
	tm->tm_maxpages = want.tm_maxpages;
	tm->tm_maxnodes = want.tm_maxnodes;
	opts = show_options(tm);
	if (opts != NULL) {
		kfree(mp->mnt_opts);
		mp->mnt_opts = opts;
	}
	return (0);
}

const struct fstype tmpfs_fstype = {
	.fs_name	= "tmpfs",
	.fs_magic	= TMPFS_MAGIC,
	.fs_flags	= FS_NODEV | FS_USERMOUNT,
	.fs_mount	= tmpfs_mount,
	.fs_unmount	= tmpfs_unmount,
	.fs_statfs	= tmpfs_statfs,
	.fs_remount	= tmpfs_remount,
};
