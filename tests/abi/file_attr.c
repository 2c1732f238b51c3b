/* Attributes: modes, owners, access, times, extended attributes, statx. */
#include "abitest.h"

#include <grp.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <utime.h>

#ifndef SYS_fchmodat2
#define	SYS_fchmodat2	452
#endif

static bool
isroot(void)
{
	return (geteuid() == 0);
}

static void
mode_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		say("%s: %s\n", path, err_name(errno));
	else
		say("%s: %o\n", path, st.st_mode);
}

static void
case_chmod(void)
{
	static const unsigned mode[] = { 0, 0644, 01777, 02755, 04755, 06777,
	    07777, 010644, 0xffffffff };

	put_file("f", "x", 0600);
	MUST(mkdir("d", 0700));
	MUST(symlink("f", "l"));
	MUST(symlink("nothing", "dangling"));
	for (unsigned i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
		VAL(chmod("f", mode[i]));
		mode_of("f");
		VAL(chmod("d", mode[i]));
		mode_of("d");
	}
	VAL(chmod("l", 0640));
	mode_of("f");
	mode_of("l");
	VAL(chmod("dangling", 0640));
	VAL(chmod("f/", 0640));
	VAL(chmod("", 0640));
	VAL(fchmod(99, 0640));
	VAL(fchmodat(AT_FDCWD, "f", 0600, 0));
	VAL(syscall(SYS_fchmodat2, AT_FDCWD, "f", 0604, 0));
	mode_of("f");
	VAL(syscall(SYS_fchmodat2, AT_FDCWD, "l", 0604, AT_SYMLINK_NOFOLLOW));
	VAL(syscall(SYS_fchmodat2, AT_FDCWD, "f", 0606, AT_SYMLINK_NOFOLLOW));
	mode_of("f");
	VAL(syscall(SYS_fchmodat2, AT_FDCWD, "f", 0604, 0x8000));
}

/* What takes the set-id bits away. */
static void
case_setid_lost(void)
{
	int fd;

	put_file("f", "text", 0600);
	MUST(chmod("f", 06777));
	fd = (int)MUST(open("f", O_RDWR));
	VAL(write(fd, "x", 1));
	mode_of("f");
	MUST(chmod("f", 06777));
	VAL(ftruncate(fd, 1));
	mode_of("f");
	MUST(chmod("f", 06777));
	VAL(chown("f", (uid_t)-1, (gid_t)-1));
	mode_of("f");
	MUST(chmod("f", 06777));
	VAL(chown("f", geteuid(), getegid()));
	mode_of("f");
	MUST(chmod("f", 02644));
	VAL(chown("f", (uid_t)-1, getegid()));
	mode_of("f");
	MUST(mkdir("d", 0755));
	MUST(chmod("d", 06777));
	VAL(chown("d", geteuid(), getegid()));
	mode_of("d");
	MUST(chmod("f", 06777));
	VAL(truncate("f", 0));
	mode_of("f");
	MUST(chmod("f", 06777));
	VAL(fallocate(fd, 0, 0, 100));
	mode_of("f");
	close((int)MUST(open("f", O_RDWR | O_TRUNC)));
	mode_of("f");
}

static void
case_setgid_dir(void)
{
	struct stat st;

	if (!isroot()) {
		VAL(0);
		return;
	}
	MUST(chmod(".", 0755));
	MUST(mkdir("d", 0777));
	MUST(chown("d", 0, 4321));
	MUST(chmod("d", 02777));
	put_file("d/f", "x", 0644);
	MUST(mkdir("d/sub", 0755));
	MUST(symlink("x", "d/l"));
	mode_of("d/sub");
	MUST(stat("d/f", &st));
	say("%d\n", (int)st.st_gid);
	MUST(stat("d/sub", &st));
	say("%d\n", (int)st.st_gid);
	MUST(lstat("d/l", &st));
	say("%d\n", (int)st.st_gid);
	CHILD(MUST(setgid(1000)); MUST(setuid(1000));
	    close((int)MUST(open("d/exe", O_CREAT | O_RDWR, 02775)));
	    mode_of("d/exe");
	    MUST(mkdir("d/mine", 0700)); mode_of("d/mine");
	    MUST(mknod("d/node", S_IFREG | 02777, 0)); mode_of("d/node");
	    VAL(chmod("d/exe", 02755)); mode_of("d/exe"));
}

static void
case_chown(void)
{
	struct stat st;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	if (!isroot()) {
		VAL(chown("f", 0, (gid_t)-1));
		VAL(chown("f", (uid_t)-1, 0));
		VAL(chown("f", geteuid(), getegid()));
		VAL(lchown("l", 0, 0));
		VAL(chown("/", 1, 1));
		return;
	}
	VAL(chown("f", 11, 22));
	MUST(stat("f", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
	VAL(chown("f", (uid_t)-1, 33));
	MUST(stat("f", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
	VAL(lchown("l", 44, 55));
	MUST(lstat("l", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
	MUST(stat("f", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
	VAL(fchownat(AT_FDCWD, "l", 1, 2, 0));
	MUST(stat("f", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
	VAL(fchownat(AT_FDCWD, "l", 1, 2, 0x4000));
	VAL(chown("f", 0xfffffffe, 0xfffffffe));
	MUST(stat("f", &st));
	say("%u %u\n", st.st_uid, st.st_gid);
	VAL(chown("f", 1000, 1000));
	MUST(chmod(".", 0777));
	CHILD(gid_t g[1] = { 77 }; MUST(setgroups(1, g));
	    MUST(setgid(1000)); MUST(setuid(1000));
	    VAL(chown("f", (uid_t)-1, 77)); VAL(chown("f", (uid_t)-1, 78));
	    VAL(chown("f", 1001, (gid_t)-1)); VAL(chown("f", 1000, 77)));
	MUST(stat("f", &st));
	say("%d %d\n", (int)st.st_uid, (int)st.st_gid);
}

static void
rights(const char *path)
{
	say("%s: %d%d%d%d %d%d\n", path, access(path, F_OK),
	    access(path, R_OK), access(path, W_OK), access(path, X_OK),
	    faccessat(AT_FDCWD, path, R_OK, AT_EACCESS),
	    faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS));
}

static void
case_access(void)
{
	static const unsigned mode[] = { 0, 0400, 0200, 0100, 0755, 0060,
	    0006 };

	put_file("f", "x", 0644);
	MUST(mkdir("d", 0755));
	MUST(symlink("f", "l"));
	for (unsigned i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
		MUST(chmod("f", mode[i]));
		MUST(chmod("d", mode[i]));
		rights("f");
		rights("d");
		rights("l");
		if (isroot())
			CHILD(MUST(chmod(".", 0755)); MUST(setresuid(5, 0, 0));
			    rights("f"); rights("d"));
		if (isroot())
			CHILD(MUST(chmod(".", 0755)); MUST(setgid(0));
			    MUST(setuid(5)); rights("f"); rights("d"));
	}
	MUST(chmod("d", 0755));
	VAL(access("f", 8));
	VAL(access("nothing", F_OK));
	VAL(access("f/x", F_OK));
	VAL(faccessat(AT_FDCWD, "f", R_OK, 0x10000));
	VAL(syscall(439, AT_FDCWD, "f", R_OK, 0x4000));
	VAL(syscall(439, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
}

/* Search permission along a path. */
static void
case_search(void)
{
	if (!isroot()) {
		MUST(mkdir("d", 0755));
		put_file("d/f", "x", 0644);
		MUST(chmod("d", 0600));
		VAL(access("d/f", F_OK));
		VAL(open("d/f", O_RDONLY));
		RET(open("d", O_RDONLY));
		MUST(chmod("d", 0100));
		RET(open("d/f", O_RDONLY));
		VAL(open("d", O_RDONLY));
		VAL(open("d/new", O_CREAT | O_RDWR, 0600));
		VAL(unlink("d/f"));
		MUST(chmod("d", 0300));
		RET(open("d/new", O_CREAT | O_RDWR, 0600));
		VAL(unlink("d/new"));
		MUST(chmod("d", 0700));
		return;
	}
	MUST(chmod(".", 0755));
	MUST(mkdir("d", 0755));
	put_file("d/f", "x", 0644);
	MUST(chmod("d", 0700));
	CHILD(MUST(setuid(5)); VAL(access("d/f", F_OK)); VAL(chdir("d")));
	RET(open("d/f", O_RDONLY));
	MUST(chmod("d", 0));
	RET(open("d/f", O_RDWR));
	put_file("noexec", "x", 0644);
	VAL(access("noexec", X_OK));
	VAL(execl("./noexec", "noexec", (char *)NULL));
}

static int64_t
ns(const struct timespec *ts)
{
	return (ts->tv_sec * 1000000000LL + ts->tv_nsec);
}

static void
times_of(const char *path)
{
	struct stat st;

	MUST(lstat(path, &st));
	say("%s: %ld.%09ld %ld.%09ld\n", path, (long)st.st_atim.tv_sec,
	    st.st_atim.tv_nsec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void
case_utimens(void)
{
	struct timespec ts[2] = { { 1000, 1 }, { 2000, 999999999 } };
	struct timeval tv[2] = { { 3000, 5 }, { 4000, 999999 } };
	struct utimbuf ut = { 5000, 6000 };
	struct stat st;
	int fd;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	times_of("f");
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_sec = 7;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	times_of("f");
	ts[1].tv_nsec = UTIME_OMIT;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	VAL(utimensat(AT_FDCWD, "nothing", ts, 0));
	times_of("f");
	ts[0] = (struct timespec){ 11, 12 };
	ts[1].tv_nsec = UTIME_NOW;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	MUST(stat("f", &st));
	say("%ld %d\n", (long)st.st_atime, st.st_mtime > 1600000000);
	ts[1] = (struct timespec){ 13, 14 };
	VAL(utimensat(AT_FDCWD, "l", ts, AT_SYMLINK_NOFOLLOW));
	times_of("l");
	VAL(utimensat(AT_FDCWD, "l", ts, 0));
	times_of("f");
	ts[0].tv_nsec = 1000000000;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	ts[0].tv_nsec = -1;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	ts[0] = (struct timespec){ -5, 5 };
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	times_of("f");
	VAL(utimensat(AT_FDCWD, "f", ts, 0x4000));
	VAL(utimensat(AT_FDCWD, NULL, ts, 0));
	fd = (int)MUST(open("f", O_RDONLY));
	ts[0] = (struct timespec){ 21, 22 };
	VAL(syscall(SYS_utimensat, fd, NULL, ts, 0));
	times_of("f");
	VAL(syscall(SYS_utimensat, fd, "", ts, AT_EMPTY_PATH));
	VAL(futimens(fd, NULL));
	VAL(futimens(99, NULL));
	VAL(utimes("f", tv));
	times_of("f");
	tv[0].tv_usec = 1000000;
	VAL(utimes("f", tv));
	VAL(utime("f", &ut));
	times_of("f");
	VAL(utime("f", NULL));
	VAL(lutimes("l", (struct timeval [2]){ { 1, 2 }, { 3, 4 } }));
	times_of("l");
	VAL(futimesat(AT_FDCWD, "f", (struct timeval [2]){ { 1, 2 },
	    { 3, 4 } }));
	times_of("f");
	if (isroot()) {
		MUST(chmod(".", 0755));
		MUST(chmod("f", 0666));
		CHILD(MUST(setuid(5)); VAL(utimensat(AT_FDCWD, "f", ts, 0));
		    VAL(utimensat(AT_FDCWD, "f", NULL, 0));
		    ts[0].tv_nsec = UTIME_NOW; ts[1].tv_nsec = UTIME_NOW;
		    VAL(utimensat(AT_FDCWD, "f", ts, 0));
		    ts[0].tv_nsec = UTIME_OMIT;
		    VAL(utimensat(AT_FDCWD, "f", ts, 0)));
		MUST(chmod("f", 0444));
		CHILD(MUST(setuid(5)); VAL(utimensat(AT_FDCWD, "f", NULL, 0)));
	}
}

/* Which times an operation moves: a, m, c of the file and of its directory. */
static void
moved(const char *what, int rc, const struct stat *f0, const struct stat *d0,
    const char *path, const char *dir)
{
	struct stat f, d;

	MUST(lstat(path, &f));
	MUST(lstat(dir, &d));
	say("%s %d: %s%s%s %s%s%s\n", what, rc,
	    ns(&f.st_atim) != ns(&f0->st_atim) ? "a" : "-",
	    ns(&f.st_mtim) != ns(&f0->st_mtim) ? "m" : "-",
	    ns(&f.st_ctim) != ns(&f0->st_ctim) ? "c" : "-",
	    ns(&d.st_atim) != ns(&d0->st_atim) ? "a" : "-",
	    ns(&d.st_mtim) != ns(&d0->st_mtim) ? "m" : "-",
	    ns(&d.st_ctim) != ns(&d0->st_ctim) ? "c" : "-");
}
#define	MOVED(path, e) do {						\
		struct stat f0_, d0_;					\
		MUST(lstat(path, &f0_));				\
		MUST(lstat("d", &d0_));					\
		nap_ms(12);						\
		int rc_ = (int)(e);					\
		moved(#e, rc_ < 0 ? -1 : 0, &f0_, &d0_, path, "d");	\
	} while (0)

static void
case_which_times(void)
{
	struct timespec omit[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
	int fd;

	MUST(mkdir("d", 0755));
	put_file("d/f", "text", 0644);
	put_file("g", "x", 0644);
	fd = (int)MUST(open("d/f", O_RDWR));
	MOVED("d/f", write(fd, "a", 1));
	MOVED("d/f", write(fd, "a", 0));
	MOVED("d/f", ftruncate(fd, 10));
	MOVED("d/f", ftruncate(fd, 10));
	MOVED("d/f", truncate("d/f", 10));
	MOVED("d/f", fchmod(fd, 0600));
	MOVED("d/f", fchmod(fd, 0600));
	MOVED("d/f", fchown(fd, (uid_t)-1, (gid_t)-1));
	MOVED("d/f", link("d/f", "d/g"));
	MOVED("d/f", unlink("d/g"));
		MOVED("d/f", setxattr("d/f", "user.x", "1", 1, 0));
	MOVED("d/f", futimens(fd, omit));
	MOVED("d/f", close(open("d/f", O_WRONLY | O_TRUNC)));
	MOVED("d/f", close(open("d/f", O_WRONLY | O_TRUNC)));
	MOVED("d/f", close(open("d/f", O_WRONLY | O_CREAT, 0600)));
	MOVED("d/f", mkdir("d/sub", 0700));
	MOVED("d/f", rename("d/sub", "sub"));
	MOVED("d/f", rename("g", "d/g"));
	MOVED("d/f", symlink("x", "d/l"));
	MOVED("d/f", fallocate(fd, 0, 0, 8192));
	MOVED("d/f", pwrite(fd, "x", 1, 5));
}

static void
case_xattr(void)
{
	char buf[64], name[300], list[256];
	static char big[70000];
	long n;
	int fd;

	put_file("f", "x", 0644);
	MUST(mkdir("d", 0755));
	MUST(symlink("f", "l"));
	VAL(setxattr("f", "user.one", "value", 5, 0));
	VAL(setxattr("f", "user.one", "other", 5, XATTR_CREATE));
	VAL(setxattr("f", "user.two", "v", 1, XATTR_REPLACE));
	VAL(setxattr("f", "user.two", "", 0, XATTR_CREATE));
	VAL(setxattr("f", "user.one", "longer value", 12, XATTR_REPLACE));
	VAL(setxattr("f", "user.one", "x", 1, 4));
	VAL(setxattr("f", "user.one", "x", 1, 3));
	VAL(getxattr("f", "user.one", buf, sizeof(buf)));
	say("%.12s\n", buf);
	VAL(getxattr("f", "user.one", buf, 5));
	VAL(getxattr("f", "user.one", NULL, 0));
	VAL(getxattr("f", "user.two", buf, sizeof(buf)));
	VAL(getxattr("f", "user.none", buf, sizeof(buf)));
	VAL(getxattr("f", "user.", buf, sizeof(buf)));
	VAL(getxattr("f", "user", buf, sizeof(buf)));
	VAL(getxattr("f", "", buf, sizeof(buf)));
	VAL(getxattr("f", "bogus.x", buf, sizeof(buf)));
	VAL(setxattr("f", "bogus.x", "x", 1, 0));
	VAL(setxattr("f", "user.", "x", 1, 0));
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[256] = 0;
	VAL(setxattr("f", name, "x", 1, 0));
	VAL(setxattr("f", "user.big", big, 65537, 0));
	VAL(setxattr("f", "user.bad", (void *)8, 10, 0));
	n = listxattr("f", list, sizeof(list));
	say("list %ld\n", n);
	/* The order is the file system's. */
	for (const char *w = "user.one"; w != NULL;
	    w = strcmp(w, "user.one") == 0 ? "user.two" : NULL) {
		bool found = false;

		for (long i = 0; i < n; i += (long)strlen(list + i) + 1)
			found |= strcmp(list + i, w) == 0;
		say("%s %d\n", w, found);
	}
	VAL(listxattr("f", list, 4));
	VAL(listxattr("f", NULL, 0));
	VAL(removexattr("f", "user.one"));
	VAL(removexattr("f", "user.one"));
	VAL(setxattr("d", "user.x", "dir", 3, 0));
	VAL(getxattr("d", "user.x", buf, sizeof(buf)));
	VAL(lsetxattr("l", "user.x", "x", 1, 0));
	VAL(lgetxattr("l", "user.x", buf, 1));
	VAL(llistxattr("l", list, sizeof(list)));
	VAL(setxattr("l", "user.y", "x", 1, 0));
	VAL(getxattr("f", "user.y", buf, 1));
	fd = (int)MUST(open("f", O_RDONLY));
	VAL(fsetxattr(fd, "user.z", "zz", 2, 0));
	VAL(fgetxattr(fd, "user.z", buf, sizeof(buf)));
	VAL(fremovexattr(fd, "user.z"));
	VAL(flistxattr(fd, list, sizeof(list)));
	fd = (int)MUST(open("f", O_PATH));
	VAL(fgetxattr(fd, "user.y", buf, sizeof(buf)));
	VAL(fsetxattr(99, "user.z", "zz", 2, 0));
	MUST(chmod("f", 0444));
	if (!isroot())
		VAL(setxattr("f", "user.ro", "x", 1, 0));
	MUST(chmod("f", 0200));
	if (!isroot())
		VAL(getxattr("f", "user.y", buf, 1));
	MUST(mkfifo("fifo", 0600));
	VAL(setxattr("fifo", "user.x", "x", 1, 0));
	VAL(getxattr("fifo", "user.x", buf, 1));
}

static void
case_statx(void)
{
	struct statx sx;
	struct stat st;

	put_file("f", "12345", 0640);
	MUST(symlink("f", "l"));
	MUST(stat("f", &st));
	VAL(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	say("%d\n", (sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	say("%o %d %d %lld %d\n", sx.stx_mode, (int)sx.stx_nlink,
	    sx.stx_uid == st.st_uid && sx.stx_gid == st.st_gid,
	    (long long)sx.stx_size, sx.stx_ino == st.st_ino);
	say("%d %d\n", sx.stx_mtime.tv_sec == st.st_mtim.tv_sec &&
	    sx.stx_mtime.tv_nsec == (unsigned)st.st_mtim.tv_nsec,
	    sx.stx_blocks == (unsigned long long)st.st_blocks);
	VAL(statx(AT_FDCWD, "f", 0, 0, &sx));
	VAL(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &sx));
	say("%o\n", sx.stx_mode & S_IFMT);
	VAL(statx(AT_FDCWD, "f", 0, STATX_ALL | STATX__RESERVED, &sx));
	VAL(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, 0,
	    &sx));
	VAL(statx(AT_FDCWD, "f", 0x40000, 0, &sx));
	VAL(statx(AT_FDCWD, "", AT_EMPTY_PATH, STATX_TYPE, &sx));
	VAL(statx(AT_FDCWD, "", 0, STATX_TYPE, &sx));
	VAL(statx(AT_FDCWD, "f", 0, STATX_TYPE, (void *)8));
	VAL(statx(AT_FDCWD, "nothing", 0, STATX_TYPE, &sx));
	VAL(statx(99, "f", 0, STATX_TYPE, &sx));
	VAL(statx(99, "/", 0, STATX_TYPE, &sx));
	say("%d\n", (sx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
	    (sx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
	VAL(statx(AT_FDCWD, "f", 0, STATX_TYPE, &sx));
	say("%d\n", (sx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
}

static void
case_statfs(void)
{
	struct statfs sf, ff;
	int fd;

	put_file("f", "x", 0644);
	fd = (int)MUST(open("f", O_RDONLY));
	VAL(statfs("f", &sf));
	VAL(fstatfs(fd, &ff));
	YES(sf.f_type == ff.f_type && sf.f_bsize == ff.f_bsize &&
	    sf.f_blocks == ff.f_blocks && sf.f_namelen == 255);
	YES(sf.f_bfree <= sf.f_blocks && sf.f_bavail <= sf.f_bfree);
	VAL(statfs("nothing", &sf));
	VAL(statfs("f/x", &sf));
	VAL(statfs("f", (void *)8));
	VAL(fstatfs(99, &sf));
	VAL(statfs("/proc", &sf));
	say("%lx\n", (long)sf.f_type);
	fd = (int)MUST(open("f", O_PATH));
	VAL(fstatfs(fd, &sf));
	fd = (int)MUST(memfd_create("m", 0));
	VAL(fstatfs(fd, &sf));
	say("%lx\n", (long)sf.f_type);
}

static void
case_umask(void)
{
	VAL(umask(077));
	VAL(umask(07777));
	VAL(umask(0));
	CHILD(umask(0123));
	VAL(umask(022));
}

CASES("file_attr", CASE(chmod), CASE(setid_lost), CASE(setgid_dir),
    CASE(chown), CASE(access), CASE(search), CASE(utimens), CASE(which_times),
    CASE(xattr), CASE(statx), CASE(statfs), CASE(umask));
