/* test_pseudofs.c: the library of synthetic file systems, on a small tree. */
#include "vfs_env.h"

#include "base/ucred.h"
#include "fs/pseudofs/pseudofs.h"
#include "fs/sysfs/sysfs.h"

#define	NDYN	2000

static int made;		/* how often the counter's text was made */
static char got[64];		/* what was written */

static int
count_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "count %d of a text\n", ++made);
	return (0);
}

static int
big_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	int i;

	for (i = 0; i < 20000; i++)
		sbuf_printf(sb, "%06d\n", i);
	return (0);
}

static int
bad_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_puts(sb, "half");
	return (-EPERM);
}

static int
put_write(struct pfs_ctx *c, char *buf, size_t n)
{
	if (n >= sizeof(got))
		return (-EINVAL);
	memcpy(got, buf, n + 1);
	return (0);
}

static int
num_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_printf(sb, "%ld\n", (long)c->pc_extra);
	return (0);
}

static const struct pfs_node num_table[] = {
	PFS_FILE("value", 0444, num_fill),
	PFS_END
};
static const struct pfs_node num_dir = {
	.pn_name = "N", .pn_mode = S_IFDIR | 0555, .pn_kids = num_table,
};

static int
num_lookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	int64_t n = pfs_number(name, len);

	if (n < 0 || n >= NDYN)
		return (-ENOENT);
	kid->pc_node = &num_dir;
	kid->pc_extra = n;
	return (0);
}

static int
num_next(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	if (*cursor >= NDYN)
		return (0);
	kid->pc_node = &num_dir;
	kid->pc_extra = *cursor;
	ksnprintf(name, 32, "%d", (int)(*cursor)++);
	return (1);
}

static const struct pfs_node top_table[] = {
	PFS_FILE("count", 0444, count_fill),
	PFS_FILE("big", 0444, big_fill),
	PFS_FILE("bad", 0444, bad_fill),
	PFS_FILE("root-only", 0400, count_fill),
	PFS_RW("put", 0644, count_fill, put_write),
	PFS_TEXT("text", 0444, "hello\n"),
	PFS_SLINK("link", "text"),
	{ .pn_name = "nums", .pn_mode = S_IFDIR | 0555,
	    .pn_kids = num_table, .pn_lookup = num_lookup,
	    .pn_next = num_next },
	PFS_END
};
static const struct pfs_node top = {
	.pn_name = "/", .pn_mode = S_IFDIR | 0555, .pn_kids = top_table,
};

static int
t_mount(struct mount *mp, const struct fsmount_args *a, struct vnode **rootp)
{
	return (pfs_mount(mp, &top, rootp));
}

static void
t_unmount(struct mount *mp)
{
}

static const struct fstype test_fs = {
	.fs_name = "test",
	.fs_mount = t_mount,
	.fs_unmount = t_unmount,
};

static void
mount_on(const struct fstype *fs, const char *path)
{
	struct fsmount_args a = { .source = "none" };
	struct nameidata nd;
	struct mount *mp;

	ok(kern_mkdirat(AT_FDCWD, path, 0755));
	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW);
	ok(namei(&nd));
	ok(vfs_mount(fs, &a, &nd.ni_nch, &mp));
	namei_done(&nd);
}

static int
boot(void **state)
{
	int error = env_boot(state);

	if (error != 0)
		return (error);
	mount_on(&test_fs, "/p");
	mount_on(&sysfs_fstype, "/s");
	return (0);
}

static const char *
slurp(const char *path)
{
	static char buf[4096];
	int fd = t_open(path, O_RDONLY);
	long n;

	if (fd < 0)
		return (NULL);
	n = t_read(fd, buf, sizeof(buf) - 1);
	ok(fd_close(fd));
	if (n < 0)
		return (NULL);
	buf[n] = '\0';
	return (buf);
}

static void
reading(void **state)
{
	char b[64];
	int fd;

	(void)state;
	assert_string_equal(slurp("/p/text"), "hello\n");
	made = 0;
	fd = t_open("/p/count", O_RDONLY);
	assert_true(fd >= 0);
	/* Pieces come from one text; a rewind makes another. */
	assert_int_equal(t_read(fd, b, 6), 6);
	assert_memory_equal(b, "count ", 6);
	assert_int_equal(t_read(fd, b, 64), 12);
	assert_memory_equal(b, "1 of a text\n", 12);
	assert_int_equal(t_read(fd, b, 64), 0);
	assert_int_equal(made, 1);
	assert_int_equal(kern_lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(t_read(fd, b, 7), 7);
	assert_memory_equal(b, "count 2", 7);
	assert_int_equal(t_pread(fd, b, 7, 0), 7);
	assert_memory_equal(b, "count 3", 7);
	assert_int_equal(t_pread(fd, b, 64, 1000), 0);
	err(kern_lseek(fd, 0, SEEK_END), EINVAL);
	err(kern_lseek(fd, -1, SEEK_SET), EINVAL);
	err(t_write(fd, "x", 1), EBADF);
	ok(fd_close(fd));
	assert_null(slurp("/p/bad"));
}

static void
large(void **state)
{
	char b[777];
	long n, total = 0;
	int fd = t_open("/p/big", O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	while ((n = t_read(fd, b, sizeof(b))) > 0)
		total += n;
	assert_int_equal(n, 0);
	assert_int_equal(total, 20000 * 7);
	assert_int_equal(t_pread(fd, b, 7, 12345 * 7), 7);
	assert_memory_equal(b, "012345\n", 7);
	ok(fd_close(fd));
}

static void
writing(void **state)
{
	static char huge[5000];
	int fd;

	(void)state;
	fd = t_open("/p/put", O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	assert_int_equal(t_write(fd, "value", 5), 5);
	assert_string_equal(got, "value");
	err(t_write(fd, huge, 100), EINVAL);
	err(t_write(fd, huge, sizeof(huge)), EINVAL);
	ok(fd_close(fd));
	/* What takes no writes cannot be opened for any, not even by root. */
	err(t_open("/p/text", O_WRONLY), EACCES);
	err(t_open("/p/new", O_WRONLY | O_CREAT), EACCES);
	assert_true(kern_mkdirat(AT_FDCWD, "/p/new", 0755) < 0);
	assert_true(kern_unlinkat(AT_FDCWD, "/p/text", 0) < 0);
	assert_string_equal(slurp("/p/text"), "hello\n");
}

static void
attributes(void **state)
{
	struct kstat a, b;
	struct ucred *old;

	(void)state;
	ok(t_stat("/p/text", &a));
	assert_int_equal(a.st_mode, S_IFREG | 0444);
	assert_int_equal(a.st_size, 0);
	ok(t_stat("/p/link", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_dev, b.st_dev);
	ok(t_stat("/p/nums/7", &a));
	ok(t_stat("/p/nums/8", &b));
	assert_true(a.st_ino != b.st_ino);
	assert_true(S_ISDIR(a.st_mode));
	ok(t_stat("/p/nums/7", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	old = env_become(1000, 1000);
	err(t_open("/p/root-only", O_RDONLY), EACCES);
	err(t_open("/p/put", O_WRONLY), EACCES);
	assert_non_null(slurp("/p/text"));
	env_back(old);
	assert_non_null(slurp("/p/root-only"));
}

static void
dynamic(void **state)
{
	(void)state;
	assert_string_equal(slurp("/p/nums/42/value"), "42\n");
	assert_string_equal(slurp("/p/nums/1999/value"), "1999\n");
	assert_string_equal(slurp("/p/nums/value"), "0\n");
	assert_null(slurp("/p/nums/2000/value"));
	assert_false(t_exists("/p/nums/007"));
	assert_false(t_exists("/p/nums/-1"));
	assert_false(t_exists("/p/nums/99999999999999999999"));
	assert_int_equal(pfs_number("", 0), -1);
	assert_int_equal(pfs_number("0", 1), 0);
	assert_int_equal(pfs_number("2147483647", 10), INT32_MAX);
	assert_int_equal(pfs_number("2147483648", 10), -1);
}

/* Directories, a few entries at a time: each name once and in order. */
struct sink {
	struct dirsink	ds;
	int		room, seen, bad;
};

static bool
emit(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct sink *s = container_of(ds, struct sink, ds);
	char want[32];

	if (s->room-- == 0)
		return (false);
	if (s->seen == 0)
		ksnprintf(want, sizeof(want), ".");
	else if (s->seen == 1)
		ksnprintf(want, sizeof(want), "..");
	else if (s->seen == 2)
		ksnprintf(want, sizeof(want), "value");
	else
		ksnprintf(want, sizeof(want), "%d", s->seen - 3);
	if (strlen(want) != len || memcmp(want, name, len) != 0 || ino == 0)
		s->bad++;
	s->seen++;
	return (true);
}

static void
listing(void **state)
{
	struct sink s = { .ds.ds_emit = emit };
	int fd = t_open("/p/nums", O_RDONLY | O_DIRECTORY), before;

	(void)state;
	assert_true(fd >= 0);
	do {
		before = s.seen;
		s.room = 7;
		assert_true(kern_getdents(fd, &s.ds) >= 0);
	} while (s.seen != before);
	assert_int_equal(s.seen, NDYN + 3);
	assert_int_equal(s.bad, 0);
	ok(fd_close(fd));
}

static void
sysfs(void **state)
{
	(void)state;
	assert_non_null(slurp("/s/devices/system/cpu/online"));
	assert_string_equal(slurp("/s/devices/system/cpu/cpu0/topology/"
	    "core_id"), "0\n");
	assert_string_equal(slurp("/s/class/net/lo/address"),
	    "00:00:00:00:00:00\n");
	assert_false(t_exists("/s/devices/system/cpu/cpu1023"));
	assert_false(t_exists("/s/devices/system/cpu/cpu00"));
	assert_false(t_exists("/s/devices/system/cpu/cpu"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(large),
		cmocka_unit_test(writing),
		cmocka_unit_test(attributes),
		cmocka_unit_test(dynamic),
		cmocka_unit_test(listing),
		cmocka_unit_test(sysfs),
	};

	return (cmocka_run_group_tests(tests, boot, env_shut));
}
