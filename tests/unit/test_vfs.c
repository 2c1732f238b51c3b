/* test_vfs.c: path resolution, names, mounts, descriptors, locks on files. */
#include <pthread.h>

#include "vfs_env.h"

#include "vfs/flock.h"
#include "vfs/inotify.h"

#define	mkdir(p)	kern_mkdirat(AT_FDCWD, p, 0777)
#define	symlink(t, p)	kern_symlinkat(t, AT_FDCWD, p)
#define	unlink(p)	kern_unlinkat(AT_FDCWD, p, 0)
#define	rmdir(p)	kern_unlinkat(AT_FDCWD, p, AT_REMOVEDIR)
#define	link(a, b)	kern_linkat(AT_FDCWD, a, AT_FDCWD, b, 0)
#define	rename(a, b)	kern_renameat2(AT_FDCWD, a, AT_FDCWD, b, 0)
#define	rename2(a, b, f) kern_renameat2(AT_FDCWD, a, AT_FDCWD, b, f)

static void
paths(void **state)
{
	struct kstat st, st2;
	char name[300];

	ok(mkdir("/a"));
	ok(mkdir("/a/b"));
	t_make("/a/b/f", "hello");
	ok(t_stat("/a/b/f", &st));
	assert_int_equal(st.st_size, 5);
	ok(t_stat("//a/./b/../b//f", &st2));
	assert_int_equal(st.st_ino, st2.st_ino);
	ok(t_stat("/../../a/b/f", &st2));
	err(t_stat("", &st), ENOENT);
	err(t_stat("/a/x", &st), ENOENT);
	err(t_stat("/a/x/y", &st), ENOENT);
	err(t_stat("/a/b/f/", &st), ENOTDIR);
	err(t_stat("/a/b/f/x", &st), ENOTDIR);
	err(t_stat("/a/b/f/..", &st), ENOTDIR);
	ok(t_stat("/a/b/", &st));
	memset(name, 'n', 255);
	name[0] = '/';
	name[255] = '\0';
	err(t_stat(name, &st), ENOENT);
	memset(name, 'n', 257);
	name[0] = '/';
	name[257] = '\0';
	err(t_stat(name, &st), ENAMETOOLONG);
}

static void
links(void **state)
{
	char buf[64], p[16], t[16];
	struct kstat st;
	int i, fd;

	ok(mkdir("/d"));
	t_make("/d/f", "x");
	ok(symlink("d", "/l"));
	ok(symlink("/d/f", "/abs"));
	ok(symlink("../d/f", "/d/up"));
	ok(symlink("self", "/self"));
	ok(symlink("nowhere", "/dangling"));
	ok(t_stat("/l/f", &st));
	ok(t_stat("/abs", &st));
	assert_true(S_ISREG(st.st_mode));
	ok(t_stat("/l/up", &st));
	err(t_stat("/self", &st), ELOOP);
	err(t_stat("/dangling", &st), ENOENT);
	ok(kern_fstatat(AT_FDCWD, "/l", AT_SYMLINK_NOFOLLOW, &st));
	assert_true(S_ISLNK(st.st_mode));
	ok(kern_fstatat(AT_FDCWD, "/l/", AT_SYMLINK_NOFOLLOW, &st));
	assert_true(S_ISDIR(st.st_mode));
	err(t_stat("/abs/", &st), ENOTDIR);
	assert_int_equal(kern_readlinkat(AT_FDCWD, "/abs", buf, 64), 4);
	assert_int_equal(kern_readlinkat(AT_FDCWD, "/abs", buf, 2), 2);
	err(kern_readlinkat(AT_FDCWD, "/d", buf, 64), EINVAL);
	/* 40 links pass, 41 do not. */
	t_make("/n0", "x");
	for (i = 1; i <= 41; i++) {
		snprintf(t, sizeof(t), "n%d", i - 1);
		snprintf(p, sizeof(p), "/n%d", i);
		ok(symlink(t, p));
	}
	ok(t_stat("/n40", &st));
	err(t_stat("/n41", &st), ELOOP);
	/* Making through a dangling link makes the target. */
	fd = t_open("/dangling", O_CREAT | O_WRONLY);
	assert_true(fd >= 0);
	fd_close(fd);
	assert_true(t_exists("/nowhere"));
	err(t_open("/dangling", O_CREAT | O_EXCL | O_WRONLY), EEXIST);
	err(t_open("/l", O_NOFOLLOW | O_RDONLY), ELOOP);
	err(symlink("x", "/l"), EEXIST);
	err(symlink("", "/e"), ENOENT);
	err(symlink("x", "/new/"), ENOENT);
}

static void
openat2_rules(void **state)
{
	int d, fd;

	ok(mkdir("/jail"));
	ok(mkdir("/jail/in"));
	t_make("/jail/in/f", "x");
	t_make("/out", "x");
	ok(symlink("/in/f", "/jail/abs"));
	ok(symlink("../out", "/jail/up"));
	ok(symlink("in/f", "/jail/rel"));
	d = t_open("/jail", O_PATH | O_DIRECTORY);
	assert_true(d >= 0);
#define	o2(p, r)	kern_openat(d, p, O_RDONLY, 0, r)
	err(o2("../out", RESOLVE_BENEATH), EXDEV);
	err(o2("/in/f", RESOLVE_BENEATH), EXDEV);
	err(o2("up", RESOLVE_BENEATH), EXDEV);
	err(o2("abs", RESOLVE_BENEATH), EXDEV);
	fd = o2("in/../rel", RESOLVE_BENEATH);
	assert_true(fd >= 0);
	fd_close(fd);
	fd = o2("/abs", RESOLVE_IN_ROOT);
	assert_true(fd >= 0);
	fd_close(fd);
	err(o2("../../out", RESOLVE_IN_ROOT), ENOENT);
	err(o2("rel", RESOLVE_NO_SYMLINKS), ELOOP);
	fd = o2("in/f", RESOLVE_NO_SYMLINKS);
	assert_true(fd >= 0);
	fd_close(fd);
	fd_close(d);
}

static void
making(void **state)
{
	struct kstat st;
	int fd;

	ok(mkdir("/d/"));
	err(mkdir("/d"), EEXIST);
	err(mkdir("/"), EEXIST);
	err(mkdir("/d/."), EEXIST);
	err(mkdir("/x/y"), ENOENT);
	t_make("/f", "1");
	err(mkdir("/f"), EEXIST);
	err(mkdir("/f/x"), ENOTDIR);
	err(t_open("/new/", O_CREAT | O_WRONLY), EISDIR);
	err(t_open("/d", O_CREAT | O_WRONLY), EISDIR);
	err(t_open("/d", O_WRONLY), EISDIR);
	err(t_open("/f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	err(kern_mknodat(AT_FDCWD, "/n/", S_IFREG | 0600, 0), ENOENT);
	err(kern_mknodat(AT_FDCWD, "/n", S_IFDIR, 0), EPERM);
	ok(kern_mknodat(AT_FDCWD, "/null", S_IFCHR | 0666, kmakedev(1, 3)));
	ok(t_stat("/null", &st));
	assert_int_equal(st.st_rdev, kmakedev(1, 3));
	err(unlink("/d"), EISDIR);
	err(unlink("/f/"), ENOTDIR);
	err(rmdir("/f"), ENOTDIR);
	err(rmdir("/"), EBUSY);
	err(rmdir("/d/."), EINVAL);
	err(rmdir("/d/.."), ENOTEMPTY);
	t_make("/d/f", "x");
	err(rmdir("/d"), ENOTEMPTY);
	ok(unlink("/d/f"));
	ok(rmdir("/d/"));
	err(unlink("/d"), ENOENT);
	ok(link("/f", "/g"));
	ok(t_stat("/g", &st));
	assert_int_equal(st.st_nlink, 2);
	err(link("/f", "/g"), EEXIST);
	ok(mkdir("/d"));
	err(link("/d", "/h"), EPERM);
	/* An open file outlives its name. */
	fd = t_open("/g", O_RDWR);
	ok(unlink("/g"));
	ok(unlink("/f"));
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(t_write(fd, "abc", 3), 3);
	fd_close(fd);
}

static void
renaming(void **state)
{
	struct kstat a, b;

	ok(mkdir("/d1"));
	ok(mkdir("/d2"));
	ok(mkdir("/d1/sub"));
	t_make("/f", "f");
	t_make("/g", "gg");
	ok(t_stat("/f", &a));
	ok(rename("/f", "/d1/a-rather-long-name-that-does-not-fit-in-the-entry"));
	assert_false(t_exists("/f"));
	ok(t_stat("/d1/a-rather-long-name-that-does-not-fit-in-the-entry",
	    &b));
	assert_int_equal(a.st_ino, b.st_ino);
	ok(rename("/d1/a-rather-long-name-that-does-not-fit-in-the-entry",
	    "/g"));
	ok(t_stat("/g", &b));
	assert_int_equal(b.st_size, 1);
	err(rename("/nope", "/x"), ENOENT);
	err(rename("/d1", "/d1/sub/x"), EINVAL);
	err(rename("/d1/sub", "/d1"), ENOTEMPTY);
	err(rename("/g", "/d1"), EISDIR);
	err(rename("/d1", "/g"), ENOTDIR);
	err(rename("/d1", "/."), EBUSY);
	err(rename("/g", "/new/"), ENOTDIR);
	ok(rename("/d1", "/new/"));
	ok(rename("/new", "/d1"));
	ok(rename("/d1", "/d2"));	/* empty target */
	assert_true(t_exists("/d2/sub"));
	t_make("/h", "hhh");
	err(rename2("/g", "/h", RENAME_NOREPLACE), EEXIST);
	ok(rename2("/g", "/h", RENAME_EXCHANGE));
	ok(t_stat("/g", &a));
	assert_int_equal(a.st_size, 3);
	ok(rename2("/d2", "/h", RENAME_EXCHANGE));
	assert_true(t_exists("/h/sub"));
	ok(t_stat("/d2", &a));
	assert_true(S_ISREG(a.st_mode));
	ok(rename2("/g", "/w", RENAME_WHITEOUT));
	ok(t_stat("/g", &a));
	assert_true(S_ISCHR(a.st_mode) && a.st_rdev == 0);
	ok(link("/w", "/w2"));
	ok(rename("/w", "/w2"));	/* same file: nothing happens */
	assert_true(t_exists("/w") && t_exists("/w2"));
}

static void
working_dir(void **state)
{
	char buf[128];
	struct kstat st;
	int fd;

	ok(mkdir("/a"));
	ok(mkdir("/a/b"));
	ok(kern_chdir("/a/b"));
	assert_int_equal(kern_getcwd(buf, sizeof(buf)), 5);
	assert_string_equal(buf, "/a/b");
	err(kern_getcwd(buf, 4), ERANGE);
	ok(rename("/a/b", "/c"));
	assert_int_equal(kern_getcwd(buf, sizeof(buf)), 3);
	assert_string_equal(buf, "/c");
	ok(t_stat("..", &st));
	ok(rmdir("/c"));
	err(kern_getcwd(buf, sizeof(buf)), ENOENT);
	err(t_open("x", O_CREAT | O_RDWR), ENOENT);
	err(mkdir("y"), ENOENT);
	fd = t_open(".", O_RDONLY);
	assert_true(fd >= 0);
	fd_close(fd);
	ok(kern_chdir("/a"));
	fd = t_open("/a", O_RDONLY);
	ok(kern_chroot("/a"));
	ok(t_stat("/..", &st));
	err(t_stat("/a", &st), ENOENT);
	ok(kern_fchdir(fd));
	fd_close(fd);
	assert_int_equal(kern_getcwd(buf, sizeof(buf)), 2);
	err(kern_chdir("/none"), ENOENT);
}

static void
mounts(void **state)
{
	struct nameidata nd;
	struct kstat a, b;
	char buf[64];
	int fd;

	ok(mkdir("/m"));
	t_make("/m/under", "x");
	ok(kern_mount("t", "/m", "tmpfs", 0, "size=64k,mode=700"));
	assert_false(t_exists("/m/under"));
	t_make("/m/over", "x");
	ok(t_stat("/", &a));
	ok(t_stat("/m/..", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_dev, b.st_dev);
	ok(t_stat("/m", &b));
	assert_int_not_equal(a.st_dev, b.st_dev);
	assert_int_equal(b.st_mode & 0777, 0700);
	err(rename("/m/over", "/over"), EXDEV);
	err(rmdir("/m"), EBUSY);
	err(rename("/m", "/q"), EBUSY);
	ok(mkdir("/bind"));
	ok(kern_mount("/m", "/bind", NULL, 4096, NULL));
	assert_true(t_exists("/bind/over"));
	ok(kern_mount(NULL, "/bind", NULL, 32 | 4096 | MNT_RDONLY, NULL));
	err(t_open("/bind/over", O_WRONLY), EROFS);
	err(unlink("/bind/over"), EROFS);
	fd = t_open("/m/over", O_WRONLY);
	assert_true(fd >= 0);
	err(kern_umount2("/m", 0), EBUSY);
	fd_close(fd);
	ok(kern_chdir("/m"));
	err(kern_umount2("/m", 0), EBUSY);
	assert_int_equal(kern_getcwd(buf, sizeof(buf)), 3);
	ok(kern_chdir("/"));
	namei_init(&nd, AT_FDCWD, "/bind/over", 0);
	ok(namei(&nd));
	assert_int_equal(nch_path(NULL, &nd.ni_nch, buf, sizeof(buf), NULL),
	    10);
	assert_string_equal(buf, "/bind/over");
	namei_done(&nd);
	ok(kern_umount2("/bind", 0));
	ok(kern_umount2("/m", 0));
	assert_true(t_exists("/m/under"));
	err(kern_umount2("/m", 0), EINVAL);
	ok(mkdir("/new"));
	ok(kern_mount("t", "/m", "tmpfs", 0, NULL));
	t_make("/m/moved", "x");
	ok(mkdir("/m/sub"));
	err(kern_mount("/m", "/m/sub", NULL, 8192, NULL), ELOOP);
	err(kern_mount("/new", "/m", NULL, 8192, NULL), EINVAL);
	err(kern_mount("/", "/m", NULL, 8192, NULL), EINVAL);
	ok(kern_mount("/m", "/new", NULL, 8192, NULL));
	assert_true(t_exists("/new/moved") && t_exists("/m/under"));
	ok(kern_umount2("/new", 0));
	/* A lazy unmount leaves the open file alive. */
	ok(kern_mount("t", "/m", "tmpfs", 0, NULL));
	t_make("/m/f", "data");
	fd = t_open("/m/f", O_RDONLY);
	ok(kern_umount2("/m", 2));
	assert_int_equal(t_read(fd, buf, 10), 4);
	fd_close(fd);
	err(kern_mount("t", "/m", "nonesuch", 0, NULL), ENODEV);
	err(kern_mount("t", "/m", "tmpfs", 0, "what=1"), EINVAL);
}

static void
permissions(void **state)
{
	struct ucred *root;
	struct kstat st;
	int fd;

	ok(mkdir("/pub"));
	ok(kern_fchmodat(AT_FDCWD, "/pub", 01777, 0));
	ok(mkdir("/priv"));
	ok(kern_fchmodat(AT_FDCWD, "/priv", 0700, 0));
	t_make("/priv/f", "x");
	t_make("/pub/rootfile", "x");
	t_make("/r", "x");
	ok(kern_fchmodat(AT_FDCWD, "/r", 04755, 0));
	root = env_become(1000, 1000);
	err(t_stat("/priv/f", &st), EACCES);
	err(t_open("/r", O_WRONLY), EACCES);
	err(kern_faccessat(AT_FDCWD, "/r", W_OK, 0), EACCES);
	ok(kern_faccessat(AT_FDCWD, "/r", X_OK | R_OK, 0));
	err(t_open("/new", O_CREAT | O_WRONLY), EACCES);
	err(unlink("/pub/rootfile"), EPERM);
	err(rename("/pub/rootfile", "/pub/x"), EPERM);
	fd = t_open("/pub/mine", O_CREAT | O_RDWR);
	assert_true(fd >= 0);
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_uid, 1000);
	assert_int_equal(st.st_mode & 0777, 0644);
	err(kern_fchown(fd, 0, ~0u), EPERM);
	ok(kern_fchown(fd, ~0u, 1000));
	ok(kern_fchmod(fd, 06755));
	assert_int_equal(t_write(fd, "x", 1), 1);
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_mode & 07777, 0755);
	fd_close(fd);
	err(kern_fchmodat(AT_FDCWD, "/r", 0777, 0), EPERM);
	err(kern_utimensat(AT_FDCWD, "/r", NULL, 0), EACCES);
	err(kern_mount("t", "/pub", "tmpfs", 0, NULL), EPERM);
	err(kern_chroot("/pub"), EPERM);
	err(kern_mknodat(AT_FDCWD, "/pub/n", S_IFCHR, kmakedev(1, 3)), EPERM);
	err(link("/r", "/pub/r"), EPERM);	/* set-id, not ours */
	ok(unlink("/pub/mine"));
	env_back(root);
	/* Set-group-id directories hand their group down. */
	ok(kern_fchownat(AT_FDCWD, "/pub", 0, 77, 0));
	ok(kern_fchmodat(AT_FDCWD, "/pub", 02777, 0));
	ok(mkdir("/pub/d"));
	ok(t_stat("/pub/d", &st));
	assert_int_equal(st.st_gid, 77);
	assert_true((st.st_mode & S_ISGID) != 0);
}

static void
descriptors(void **state)
{
	struct file *fp;
	int fd, i;

	fd = t_open("/f", O_CREAT | O_RDWR | O_CLOEXEC);
	assert_int_equal(fd, 0);
	assert_int_equal(fd_getflags(fd), FD_CLOEXEC);
	fp = fget(0);
	for (i = 1; i < 300; i++)
		assert_int_equal(fd_install(fhold(fp), 0, i % 2 == 0), i);
	fd_close(70);
	fd_close(5);
	assert_int_equal(fd_install(fhold(fp), 6, false), 70);
	assert_int_equal(fd_install(fhold(fp), 0, false), 5);
	assert_int_equal(fd_install(fhold(fp), 0, false), 300);
	assert_int_equal(fd_install_at(fhold(fp), 900, false), 900);
	assert_int_equal(fd_next(curthread()->td_fd, 301), 900);
	fd_setlimit(curthread()->td_fd, 302);
	assert_int_equal(fd_install(fhold(fp), 0, false), 301);
	err(fd_install(fp, 0, false), EMFILE);
	err(fd_install_at(fp, 1000, false), EBADF);
	fd_cloexec(curthread()->td_fd);
	err(fd_getflags(0), EBADF);
	err(fd_getflags(2), EBADF);
	assert_int_equal(fd_getflags(3), 0);
	ok(fd_closerange(0, ~0u, false));
	assert_int_equal(fd_next(curthread()->td_fd, 0), -1);
	assert_int_equal(fp->f_ref, 1);
	fdrop(fp);
	err(fd_close(3), EBADF);
}

static void
tmpfile_and_opath(void **state)
{
	struct kstat st;
	char buf[16];
	int fd, p;

	ok(mkdir("/d"));
	fd = t_open("/d", O_TMPFILE | O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(t_write(fd, "temp", 4), 4);
	ok(kern_fstat(fd, &st));
	assert_int_equal(st.st_nlink, 0);
	ok(kern_linkat(fd, "", AT_FDCWD, "/d/linked", AT_EMPTY_PATH));
	ok(t_stat("/d/linked", &st));
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_size, 4);
	fd_close(fd);
	err(t_open("/d", O_TMPFILE | O_RDONLY), EINVAL);
	p = t_open("/d/linked", O_PATH);
	assert_true(p >= 0);
	err(t_read(p, buf, 4), EBADF);
	ok(kern_fstat(p, &st));
	ok(kern_fstatat(p, "", AT_EMPTY_PATH, &st));
	assert_int_equal(st.st_size, 4);
	fd_close(p);
}

struct lockjob {
	struct filedesc	*fdt;
	int		result;
	int		fd;
	int64_t		start;
};

static int
lock(struct file *fp, int kind, int type, int64_t start, int64_t end,
    bool wait)
{
	struct flockreq fr = { kind, type, start, end, 1 };

	return (flock_set(fp, &fr, wait));
}

static void *
other_locker(void *arg)
{
	struct lockjob *j = arg;
	struct file *fp;

	env_thread(2);
	assert_int_equal(vn_open(AT_FDCWD, "/f", O_RDWR, 0, 0, &fp), 0);
	assert_int_equal(lock(fp, FL_POSIX, F_WRLCK, 100, 100, false), 0);
	err(lock(fp, FL_POSIX, F_WRLCK, 0, 0, false), EAGAIN);
	j->result = lock(fp, FL_POSIX, F_WRLCK, 0, 0, true);
	flock_fdclose(fp->f_vnode, curthread()->td_fd);
	fdrop(fp);
	env_endthread();
	return (NULL);
}

static void
locks(void **state)
{
	struct file *a, *b;
	struct flockreq fr;
	struct lockjob j = { .result = 1 };
	pthread_t t;

	t_make("/f", "x");
	ok(vn_open(AT_FDCWD, "/f", O_RDWR, 0, 0, &a));
	ok(vn_open(AT_FDCWD, "/f", O_RDWR, 0, 0, &b));
	/* flock: one space, by open file. */
	ok(lock(a, FL_FLOCK, F_RDLCK, 0, INT64_MAX, false));
	ok(lock(b, FL_FLOCK, F_RDLCK, 0, INT64_MAX, false));
	err(lock(a, FL_FLOCK, F_WRLCK, 0, INT64_MAX, false), EAGAIN);
	ok(lock(b, FL_FLOCK, F_UNLCK, 0, INT64_MAX, false));
	ok(lock(a, FL_FLOCK, F_WRLCK, 0, INT64_MAX, false));
	/* OFD: ranges, by open file; splitting and joining. */
	ok(lock(a, FL_OFD, F_WRLCK, 0, 99, false));
	ok(lock(a, FL_OFD, F_UNLCK, 40, 59, false));
	ok(lock(b, FL_OFD, F_WRLCK, 40, 59, false));
	err(lock(b, FL_OFD, F_RDLCK, 30, 30, false), EAGAIN);
	fr = (struct flockreq){ FL_OFD, F_WRLCK, 0, 1000, 0 };
	flock_get(b, &fr);
	assert_int_equal(fr.fr_start, 0);
	assert_int_equal(fr.fr_end, 39);
	assert_int_equal(fr.fr_pid, -1);
	fdrop(a);			/* its locks go */
	ok(lock(b, FL_OFD, F_WRLCK, 0, INT64_MAX, false));
	ok(lock(b, FL_OFD, F_UNLCK, 0, INT64_MAX, false));
	/* POSIX: by table; a waiter and a deadlock. */
	ok(lock(b, FL_POSIX, F_WRLCK, 0, 10, false));
	pthread_create(&t, NULL, other_locker, &j);
	do {
		fr = (struct flockreq){ FL_POSIX, F_WRLCK, 100, 100, 0 };
		flock_get(b, &fr);
	} while (fr.fr_type == F_UNLCK || list_empty(&vfs()->vr_blocked));
	err(lock(b, FL_POSIX, F_WRLCK, 100, 100, true), EDEADLK);
	ok(lock(b, FL_POSIX, F_UNLCK, 0, 10, false));
	pthread_join(t, NULL);
	assert_int_equal(j.result, 0);
	fdrop(b);
}

/* Read the queue: "mask name;" of each event. */
static void
events(int fd, char *out, size_t size)
{
	static char buf[8192];
	struct { int32_t wd; uint32_t mask, cookie, len; } h;
	long n = t_read(fd, buf, sizeof(buf)), at;
	int o = 0;

	out[0] = '\0';
	for (at = 0; at < n; at += (long)(sizeof(h) + h.len)) {
		memcpy(&h, buf + at, sizeof(h));
		o += snprintf(out + o, size - (size_t)o, "%x %s;", h.mask,
		    h.len != 0 ? buf + at + sizeof(h) : "");
	}
}

static void
watching(void **state)
{
	char ev[512];
	int in, wd, fd;

	ok(mkdir("/d"));
	in = kern_inotify_init(O_NONBLOCK);
	assert_true(in >= 0);
	err(t_read(in, ev, sizeof(ev)), EAGAIN);
	wd = kern_inotify_add(in, "/d", IN_ALL_EVENTS & ~(IN_ACCESS | IN_OPEN));
	assert_int_equal(wd, 1);
	assert_int_equal(kern_inotify_add(in, "/d", IN_ALL_EVENTS &
	    ~(IN_ACCESS | IN_OPEN)), 1);
	t_make("/d/f", "x");
	events(in, ev, sizeof(ev));
	assert_string_equal(ev, "100 f;2 f;8 f;");
	ok(rename("/d/f", "/d/g"));
	ok(mkdir("/d/s"));
	events(in, ev, sizeof(ev));
	assert_string_equal(ev, "40 f;80 g;40000100 s;");
	fd = t_open("/d/g", O_RDWR);
	(void)t_write(fd, "1", 1);
	(void)t_write(fd, "2", 1);	/* the same again: one event */
	events(in, ev, sizeof(ev));
	assert_string_equal(ev, "2 g;");
	fd_close(fd);
	ok(unlink("/d/g"));
	ok(rmdir("/d/s"));
	ok(rmdir("/d"));
	events(in, ev, sizeof(ev));
	assert_string_equal(ev, "8 g;200 g;40000200 s;400 ;8000 ;");
	err(kern_inotify_rm(in, wd), EINVAL);
	t_make("/f", "x");
	wd = kern_inotify_add(in, "/f", IN_DELETE_SELF | IN_MODIFY);
	assert_int_equal(wd, 2);
	t_make("/f", "y");
	ok(unlink("/f"));
	events(in, ev, sizeof(ev));
	assert_string_equal(ev, "2 ;400 ;8000 ;");
	err(kern_inotify_add(in, "/none", IN_MODIFY), ENOENT);
	err(kern_inotify_add(in, "/", 0), EINVAL);
	fd_close(in);
	assert_int_equal(vfs()->vr_nwatches, 0);
}

/* The cache stays bounded and gives back what nobody holds. */
static void
cache_bound(void **state)
{
	struct kstat st;
	char p[32];
	int i;

	vfs()->vr_maxnc = 500;
	ok(mkdir("/d"));
	for (i = 0; i < 5000; i++) {
		snprintf(p, sizeof(p), "/d/%d", i);
		err(t_stat(p, &st), ENOENT);
	}
	assert_true(vfs()->vr_nnc < 800);
	nc_trimall();
	assert_true(vfs()->vr_nnc <= 1);
	ok(t_stat("/d", &st));
}

/* Give everything back: memory returns to where it was. */
static void
no_leak(void **state)
{
	struct kmem_stat before, after;
	struct kstat st;
	char p[32];
	int i, j, fd;

	for (j = 0; j < 2; j++) {
		for (i = 0; i < 200; i++) {
			snprintf(p, sizeof(p), "/f%d", i);
			t_make(p, "some text");
			snprintf(p, sizeof(p), "/d%d", i);
			ok(mkdir(p));
			ok(kern_setxattr(&(struct xattr_target){ -1, p, true },
			    "user.x", "1", 1, 0));
			fd = t_open("/", O_TMPFILE | O_RDWR);
			(void)t_pwrite(fd, "x", 1, 1 << 30);
			fd_close(fd);
			err(t_stat("/f0/x", &st), ENOTDIR);
		}
		for (i = 0; i < 200; i++) {
			snprintf(p, sizeof(p), "/f%d", i);
			ok(unlink(p));
			snprintf(p, sizeof(p), "/d%d", i);
			ok(rmdir(p));
		}
		nc_trimall();
		kmem_stat(j == 0 ? &before : &after);
	}
	assert_int_equal(before.used, after.used);
}

/* Each call when memory ends at each possible place: no crash, no leak. */
static void
starve(char **hog, size_t n, size_t *used)
{
	static const size_t sizes[] = { 65536, 4096, 1024, 256, 64, 16 };
	size_t i = 0, k;

	for (k = 0; k < nitems(sizes); k++)
		while (i < n && (hog[i] = kmalloc(sizes[k], KM_NOZERO)) !=
		    NULL)
			i++;
	*used = i;
}

static void
feed(char **hog, size_t *used, size_t n)
{
	static unsigned seed = 7;
	size_t k;

	/* Any of them, large or small. */
	while (n-- > 0 && *used > 0) {
		k = (size_t)rand_r(&seed) % *used;
		kfree(hog[k]);
		hog[k] = hog[--*used];
	}
}

static void
all_calls(void)
{
	static const char lname[] =
	    "/d/a-very-long-name-that-needs-memory-of-its-own";
	struct xattr_target xt = { -1, "/f", true };
	struct nameidata nd;
	struct kstat st;
	struct file *fp;
	char buf[64];
	int fd;

	(void)mkdir("/d");
	(void)symlink("/d/none", "/l");
	fd = t_open(lname, O_CREAT | O_RDWR);
	if (fd >= 0) {
		(void)t_write(fd, "data", 4);
		(void)t_pwrite(fd, "data", 4, 5000000);
		fp = fget(fd);
		(void)lock(fp, FL_OFD, F_WRLCK, 0, 10, false);
		(void)lock(fp, FL_OFD, F_UNLCK, 3, 4, false);
		fdrop(fp);
		(void)kern_fallocate(fd, 0, 0, 100000);
		(void)kern_ftruncate(fd, 1);
		fd_close(fd);
	}
	(void)link(lname, "/f");
	(void)kern_setxattr(&xt, "user.x", "y", 1, 0);
	(void)kern_listxattr(&xt, buf, sizeof(buf));
	(void)rename(lname, "/d/another-very-long-name-that-needs-memory");
	(void)rename2("/f", "/d", RENAME_EXCHANGE);
	(void)rename2("/f", "/d", RENAME_EXCHANGE);
	(void)t_stat("/l", &st);
	(void)t_stat("/d/nope", &st);
	namei_init(&nd, AT_FDCWD, "/d", NI_FOLLOW);
	if (namei(&nd) == 0)
		namei_done(&nd);
	fd = t_open("/d", O_TMPFILE | O_RDWR);
	if (fd >= 0)
		fd_close(fd);
	fd = kern_memfd_create("m", 0);
	if (fd >= 0)
		fd_close(fd);
	fd = kern_inotify_init(0);
	if (fd >= 0) {
		(void)kern_inotify_add(fd, "/", IN_ALL_EVENTS);
		(void)unlink("/l");
		fd_close(fd);
	}
	if (kern_mount("t", "/d", "tmpfs", 0, NULL) == 0) {
		(void)t_stat("/d", &st);
		(void)kern_umount2("/d", 2);
	}
	(void)unlink("/l");
	(void)unlink("/f");
	(void)unlink(lname);
	(void)unlink("/d/another-very-long-name-that-needs-memory");
	ok(fd_next(curthread()->td_fd, 0) == -1 ? 0 : 1);
}

static void
no_memory(void **state)
{
	struct kmem_stat before, after;
	char **hog = malloc(sizeof(*hog) * 300000);
	size_t used;
	int i;

	all_calls();
	(void)rmdir("/d");
	nc_trimall();
	kmem_stat(&before);
	for (i = 0; i < 400; i++) {
		starve(hog, 300000, &used);
		feed(hog, &used, (size_t)i * 8);
		all_calls();
		feed(hog, &used, 300000);
		/* With memory again, all can be removed. */
		(void)unlink("/l");
		(void)unlink("/f");
		(void)unlink("/d/a-very-long-name-that-needs-memory-of-its-own");
		(void)unlink("/d/another-very-long-name-that-needs-memory");
		if (t_exists("/d"))
			ok(rmdir("/d"));
		if (t_exists("/f"))
			ok(rmdir("/f"));
	}
	nc_trimall();
	kmem_stat(&after);
	assert_true(after.used <= before.used + 65536);
	free(hog);
}

static int
small_boot(void **state)
{
	env_bootsize(4UL << 20);
	return (0);
}

#define	T(f)	cmocka_unit_test_setup_teardown(f, env_boot, env_shut)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(paths), T(links), T(openat2_rules), T(making), T(renaming),
		T(working_dir), T(mounts), T(permissions), T(descriptors),
		T(tmpfile_and_opath), T(locks), T(watching), T(cache_bound), T(no_leak),
		cmocka_unit_test_setup_teardown(no_memory, small_boot,
		    env_shut),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
