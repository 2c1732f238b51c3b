/* test_tmpfs.c: contents against a model, limits, directories, attributes. */
#include "vfs_env.h"

#include "libkern/mman.h"

#define	MODEL	(3 * 1024 * 1024)

static char *model;
static int64_t model_size;

static void
check_range(int fd, int64_t off, size_t n)
{
	static char buf[70000];
	size_t want;
	long r;

	r = t_pread(fd, buf, n, off);
	want = off >= model_size ? 0 : (size_t)kmin((int64_t)n,
	    model_size - off);
	assert_int_equal(r, want);
	if (want != 0)
		assert_memory_equal(buf, model + off, want);
}

static void
check_seek(int fd)
{
	int64_t d = 0, h, i;

	/* Holes read as zeroes; data starts and ends where they say. */
	for (;;) {
		d = kern_lseek(fd, d, SEEK_DATA);
		if (d < 0)
			break;
		h = kern_lseek(fd, d, SEEK_HOLE);
		assert_true(h > d && h <= model_size);
		d = h;
		i = kern_lseek(fd, h, SEEK_DATA);
		for (; h < (i < 0 ? model_size : i); h++)
			assert_int_equal(model[h], 0);
	}
	assert_int_equal(d, -ENXIO);
}

static void
random_ops(int fd, unsigned seed, int rounds, bool map)
{
	static char buf[70000];
	int64_t off, len, hostoff;
	struct vnode *vp;
	struct kstat st;
	uint64_t ho;
	int i, hfd;

	(void)hostoff;
	for (i = 0; i < rounds; i++) {
		off = rand_r(&seed) % (MODEL - 70000);
		len = rand_r(&seed) % (rand_r(&seed) % 4 == 0 ? 70000 : 5000);
		switch (rand_r(&seed) % 8) {
		case 0: case 1: case 2:
			memset(buf, 'a' + i % 26, (size_t)len);
			assert_int_equal(t_pwrite(fd, buf, (size_t)len, off),
			    len);
			memcpy(model + off, buf, (size_t)len);
			if (len > 0 && off + len > model_size)
				model_size = off + len;
			break;
		case 3:
			if (rand_r(&seed) % 2 != 0)
				off %= 10000;
			ok(kern_ftruncate(fd, off));
			if (off < model_size)
				memset(model + off, 0,
				    (size_t)(model_size - off));
			model_size = off;
			break;
		case 4:
			if (len == 0)
				break;
			ok(kern_fallocate(fd, 3, off, len));
			memset(model + off, 0, (size_t)len);
			break;
		case 5:
			if (len == 0)
				break;
			ok(kern_fallocate(fd, 0, off, len));
			model_size = kmax(model_size, off + len);
			break;
		default:
			check_range(fd, off, (size_t)len);
		}
		ok(kern_fstat(fd, &st));
		assert_int_equal(st.st_size, model_size);
		if (i % 200 == 0)
			check_seek(fd);
	}
	if (map) {
		struct file *fp = fget(fd);

		vp = fp->f_vnode;
		ok(vp->v_op->vop_hostmap(vp, 0, 4096, 1, MAP_SHARED, &hfd,
		    &ho));
		fdrop(fp);
	}
	for (off = 0; off < model_size; off += 65536)
		check_range(fd, off, 65536);
}

static void
contents(void **state)
{
	struct kmem_stat a, b;
	struct kstatfs sf;
	unsigned seed;
	int fd;

	model = calloc(1, MODEL);
	kmem_stat(&a);
	for (seed = 1; seed <= 4; seed++) {
		memset(model, 0, MODEL);
		model_size = 0;
		fd = t_open("/f", O_CREAT | O_RDWR | O_TRUNC);
		random_ops(fd, seed, 1500, true);
		random_ops(fd, seed + 100, 1500, false);	/* memfd */
		fd_close(fd);
		ok(kern_unlinkat(AT_FDCWD, "/f", 0));
		nc_trimall();
	}
	ok(kern_statfs("/", &sf));
	assert_int_equal(sf.f_blocks, sf.f_bfree);
	kmem_stat(&b);
	assert_true(b.used <= a.used + 65536);
	free(model);
}

/* Host descriptors stay few; contents survive both ways. */
static void
many_mapped(void **state)
{
	struct vnode *vp;
	struct file *fp;
	char p[32], buf[16], want[16];
	uint64_t ho;
	int i, fd, hfd = -1, top = 0;

	for (i = 0; i < 1500; i++) {
		snprintf(p, sizeof(p), "/m%d", i);
		fd = t_open(p, O_CREAT | O_RDWR);
		snprintf(want, sizeof(want), "content %06d", i);
		assert_int_equal(t_pwrite(fd, want, 14, i % 3 * 100000), 14);
		fp = fget(fd);
		vp = fp->f_vnode;
		ok(vp->v_op->vop_hostmap(vp, 0, 4096, 1, MAP_SHARED, &hfd,
		    &ho));
		top = kmax(top, hfd);
		fdrop(fp);
		fd_close(fd);
	}
	assert_true(top < 1200);
	for (i = 0; i < 1500; i++) {
		snprintf(p, sizeof(p), "/m%d", i);
		snprintf(want, sizeof(want), "content %06d", i);
		fd = t_open(p, O_RDWR);
		assert_int_equal(t_pread(fd, buf, 16, i % 3 * 100000), 14);
		assert_memory_equal(buf, want, 14);
		fd_close(fd);
		ok(kern_unlinkat(AT_FDCWD, p, 0));
	}
	nc_trimall();
	{
		struct kstatfs sf;

		ok(kern_statfs("/", &sf));
		assert_int_equal(sf.f_blocks, sf.f_bfree);
	}
}

static void
sparse(void **state)
{
	struct kstat st;
	char c = 0;
	int fd = t_open("/s", O_CREAT | O_RDWR);

	assert_int_equal(t_pwrite(fd, "x", 1, 1LL << 40), 1);
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_size, (1LL << 40) + 1);
	assert_int_equal(st.st_blocks, 8);
	assert_int_equal(kern_lseek(fd, 0, SEEK_DATA), 1LL << 40);
	assert_int_equal(t_pread(fd, &c, 1, (1LL << 40) - 1), 1);
	assert_int_equal(c, 0);
	err(t_pwrite(fd, "x", 1, INT64_MAX - 1), EFBIG);
	ok(kern_ftruncate(fd, 1LL << 46));
	ok(kern_ftruncate(fd, 3));
	assert_int_equal(kern_lseek(fd, 0, SEEK_HOLE), 0);
	fd_close(fd);
}

static void
limits(void **state)
{
	static char big[64 * 1024];
	struct kstatfs sf;
	int fd;

	ok(kern_mkdirat(AT_FDCWD, "/m", 0755));
	ok(kern_mount("t", "/m", "tmpfs", 0, "size=40k,nr_inodes=3,mode=711"));
	fd = t_open("/m/a", O_CREAT | O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(t_write(fd, big, sizeof(big)), 40960);
	err(t_write(fd, big, 1), ENOSPC);
	ok(kern_statfs("/m", &sf));
	assert_int_equal(sf.f_bfree, 0);
	assert_int_equal(sf.f_files, 3);
	ok(kern_ftruncate(fd, 4096));
	ok(kern_statfs("/m", &sf));
	assert_int_equal(sf.f_bfree, 9);
	err(kern_fallocate(fd, 0, 0, 1 << 20), ENOSPC);
	ok(kern_mkdirat(AT_FDCWD, "/m/d", 0755));
	err(kern_mkdirat(AT_FDCWD, "/m/e", 0755), ENOSPC);
	ok(kern_unlinkat(AT_FDCWD, "/m/d", AT_REMOVEDIR));
	nc_trimall();
	ok(kern_mkdirat(AT_FDCWD, "/m/e", 0755));
	ok(kern_mount("t", "/m", NULL, 32, "size=80k"));
	ok(kern_statfs("/m", &sf));
	assert_int_equal(sf.f_blocks, 20);
	fd_close(fd);
	ok(kern_umount2("/m", 0));
}

struct collect {
	struct dirsink	ds;
	int		n, max;
	char		seen[64];	/* by number of the name f%d */
};

static bool
collect(struct dirsink *ds, const char *name, size_t len, uint64_t ino,
    int dtype, int64_t next)
{
	struct collect *c = (struct collect *)ds;

	if (c->n == c->max)
		return (false);
	c->n++;
	if (name[0] == 'f')
		c->seen[atoi(name + 1)]++;
	return (true);
}

static void
reading_dirs(void **state)
{
	struct collect c = { .ds.ds_emit = collect, .max = 5 };
	char p[32];
	int i, fd, n = 0;

	ok(kern_mkdirat(AT_FDCWD, "/d", 0755));
	for (i = 0; i < 50; i++) {
		snprintf(p, sizeof(p), "/d/f%d", i);
		t_make(p, "");
	}
	fd = t_open("/d", O_RDONLY);
	for (i = 0;; i++) {
		c.n = 0;
		ok(kern_getdents(fd, &c.ds));
		if (c.n == 0)
			break;
		n += c.n;
		if (i == 2) {		/* half-way: remove read and unread */
			ok(kern_unlinkat(AT_FDCWD, "/d/f0", 0));
			ok(kern_unlinkat(AT_FDCWD, "/d/f13", 0));
			ok(kern_unlinkat(AT_FDCWD, "/d/f49", 0));
		}
	}
	assert_int_equal(n, 50);	/* with . and .., without f13, f49 */
	for (i = 0; i < 50; i++)
		assert_int_equal(c.seen[i], i != 13 && i != 49);
	assert_int_equal(kern_lseek(fd, 0, SEEK_SET), 0);
	c.n = 0;
	c.max = 100;
	ok(kern_getdents(fd, &c.ds));
	assert_int_equal(c.n, 49);
	fd_close(fd);
}

static void
attributes(void **state)
{
	struct xattr_target t = { -1, "/f", true };
	struct timespec64 ts[2] = { { 5, 6 }, { 7, 8 } };
	struct kstat st;
	char buf[64];
	int fd;

	t_make("/f", "text");
	err(kern_getxattr(&t, "user.a", buf, 64), ENODATA);
	ok(kern_setxattr(&t, "user.a", "one", 3, 0));
	err(kern_setxattr(&t, "user.a", "two", 3, XATTR_CREATE), EEXIST);
	ok(kern_setxattr(&t, "user.a", "four", 4, XATTR_REPLACE));
	err(kern_setxattr(&t, "user.b", "x", 1, XATTR_REPLACE), ENODATA);
	assert_int_equal(kern_getxattr(&t, "user.a", NULL, 0), 4);
	err(kern_getxattr(&t, "user.a", buf, 2), ERANGE);
	assert_int_equal(kern_getxattr(&t, "user.a", buf, 64), 4);
	ok(kern_setxattr(&t, "trusted.x", "y", 1, 0));
	assert_int_equal(kern_listxattr(&t, buf, 64), 7 + 10);
	err(kern_setxattr(&t, "system.posix_acl_access", "y", 1, 0),
	    EOPNOTSUPP);
	err(kern_setxattr(&t, "nonsense", "y", 1, 0), EOPNOTSUPP);
	ok(kern_removexattr(&t, "user.a"));
	err(kern_removexattr(&t, "user.a"), ENODATA);
	ok(kern_utimensat(AT_FDCWD, "/f", ts, 0));
	ok(t_stat("/f", &st));
	assert_int_equal(st.st_atim.tv_sec, 5);
	assert_int_equal(st.st_mtim.tv_nsec, 8);
	ts[0].tv_nsec = 1000000000;
	err(kern_utimensat(AT_FDCWD, "/f", ts, 0), EINVAL);
	ts[0].tv_nsec = (1L << 30) - 2;		/* UTIME_OMIT */
	ts[1].tv_nsec = (1L << 30) - 1;		/* UTIME_NOW */
	ok(kern_utimensat(AT_FDCWD, "/f", ts, 0));
	ok(t_stat("/f", &st));
	assert_int_equal(st.st_atim.tv_sec, 5);
	assert_true(st.st_mtim.tv_sec > 1000);
	/* O_APPEND writes at the end, wherever the offset is. */
	fd = t_open("/f", O_RDWR | O_APPEND);
	assert_int_equal(t_write(fd, "++", 2), 2);
	ok(kern_lseek(fd, 0, SEEK_SET));
	assert_int_equal(t_write(fd, "!!", 2), 2);
	assert_int_equal(t_pread(fd, buf, 64, 0), 8);
	assert_memory_equal(buf, "text++!!", 8);
	fd_close(fd);
	/* A store to guest memory that is not there. */
	fd = t_open("/f", O_RDWR);
	{
		struct host_iovec iov = { 8, 4 };
		struct uio uio;

		ok(uio_single(8, 4, &iov, &uio));
		err(kern_readv(fd, &uio, -1), EFAULT);
		ok(uio_single(8, 4, &iov, &uio));
		err(kern_writev(fd, &uio, -1), EFAULT);
	}
	fd_close(fd);
}

static void
memfds(void **state)
{
	struct kstat st;
	struct file *fp;
	char buf[64];
	int fd;

	fd = kern_memfd_create("x", 2 /* MFD_ALLOW_SEALING */);
	assert_true(fd >= 0);
	assert_int_equal(t_write(fd, "hello", 5), 5);
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_size, 5);
	fp = fget(fd);
	assert_true(nch_path(NULL, &fp->f_nch, buf, 64, NULL) > 0);
	assert_string_equal(buf, "/memfd:x (deleted)");
	ok(kern_fseals(fp, F_ADD_SEALS, 2 /* SHRINK */));
	err(kern_ftruncate(fd, 2), EPERM);
	ok(kern_ftruncate(fd, 100));
	ok(kern_fseals(fp, F_ADD_SEALS, 8 /* WRITE */));
	err(t_pwrite(fd, "x", 1, 0), EPERM);
	assert_int_equal(kern_fseals(fp, F_GET_SEALS, 0), 10);
	assert_int_equal(t_pread(fd, buf, 5, 0), 5);
	fdrop(fp);
	fd_close(fd);
	err(kern_memfd_create("x", 0x1000), EINVAL);
}

static void
copies(void **state)
{
	char buf[16];
	int64_t off = 2;
	int a, b;

	t_make("/a", "0123456789");
	a = t_open("/a", O_RDWR);
	b = t_open("/b", O_RDWR | O_CREAT);
	assert_int_equal(kern_sendfile(b, a, &off, 4), 4);
	assert_int_equal(off, 6);
	assert_int_equal(kern_sendfile(b, a, NULL, 100), 10);
	assert_int_equal(t_pread(b, buf, 16, 0), 14);
	assert_memory_equal(buf, "23450123456789", 14);
	off = 0;
	assert_int_equal(kern_copy_file_range(a, &off, b, NULL, 3), 3);
	assert_int_equal(kern_lseek(b, 0, SEEK_CUR), 17);
	off = 1;
	{
		int64_t o2 = 0;

		err(kern_copy_file_range(a, &off, a, &o2, 5), EINVAL);
	}
	fd_close(a);
	fd_close(b);
}

#define	T(f)	cmocka_unit_test_setup_teardown(f, env_boot, env_shut)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(contents), T(sparse), T(many_mapped), T(limits), T(reading_dirs),
		T(attributes), T(memfds), T(copies),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
