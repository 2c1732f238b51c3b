/*
 * open, openat, openat2, creat, stat and relatives, access, chmod, truncate,
 * utimensat, statfs, path look-up.
 */
#include "abitest.h"


#include <dirent.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <utime.h>

static const char *
type_name(mode_t m)
{
	return (S_ISREG(m) ? "file" : S_ISDIR(m) ? "dir" : S_ISLNK(m) ?
	    "link" : S_ISFIFO(m) ? "fifo" : S_ISSOCK(m) ? "sock" :
	    S_ISCHR(m) ? "chr" : S_ISBLK(m) ? "blk" : "?");
}

static void
say_stat(const char *what, const struct stat *st)
{
	say("%s: %s %04o links %ld", what, type_name(st->st_mode),
	    st->st_mode & 07777, (long)st->st_nlink);
	if (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode))
		say(" size %ld", (long)st->st_size);
	if (S_ISCHR(st->st_mode))
		say(" dev %d:%d", major(st->st_rdev), minor(st->st_rdev));
	say(" owner %d %d\n", st->st_uid == geteuid(),
	    st->st_gid == getegid());
}

static void
case_flags(void)
{
	put_file("f", "hello", 0644);
	MUST(mkdir("d", 0755));
	MUST(symlink("f", "l"));
	MUST(symlink("nowhere", "dangling"));
	RET(open("f", O_RDONLY));
	RET(open("nothere", O_RDONLY));
	RET(open("f", O_RDWR | O_CREAT | O_EXCL, 0644));
	RET(open("f", O_DIRECTORY));
	RET(open("d", O_DIRECTORY));
	RET(open("d", O_WRONLY));
	RET(open("d", O_RDWR));
	RET(open("d", O_RDONLY | O_CREAT, 0644));
	RET(open("d", O_RDONLY | O_TRUNC));
	RET(open("l", O_NOFOLLOW));
	RET(open("l", O_NOFOLLOW | O_PATH));
	RET(open("l", O_DIRECTORY));
	RET(open("dangling", O_RDONLY));
	RET(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0644));
	RET(open("dangling", O_WRONLY | O_CREAT, 0644));
	RET(access("nowhere", F_OK));
	RET(open("f/", O_RDONLY));
	RET(open("f/x", O_RDONLY));
	RET(open("new/", O_WRONLY | O_CREAT, 0644));
	RET(open("", O_RDONLY));
	RET(open("d/../f", O_RDONLY));
	RET(open("nothere/../f", O_RDONLY));
	RET(open("./././f", O_RDONLY));
	RET(open("//////", O_RDONLY));
	RET(open("f", O_RDONLY | O_CREAT | O_DIRECTORY, 0644));
	RET(open("f", 3));
	RET(syscall(SYS_open, bad_page(), O_RDONLY));
	RET(creat("c", 0600));
	RET(creat("d", 0600));
}

static void
case_getfl(void)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR,
	    O_RDWR | O_APPEND, O_RDWR | O_NONBLOCK, O_RDONLY | O_CLOEXEC,
	    O_RDWR | O_SYNC, O_RDWR | O_DSYNC, O_RDWR | O_TRUNC | O_CREAT,
	    O_PATH, O_PATH | O_CLOEXEC, O_RDONLY | O_NOFOLLOW,
	    O_RDONLY | O_NOCTTY, O_RDWR | O_LARGEFILE, O_RDONLY | O_NOATIME };
	size_t i;
	int fd;

	put_file("f", "x", 0644);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		fd = open("f", flags[i], 0644);
		say("0%o: 0%o fd 0%o\n", flags[i], fcntl(fd, F_GETFL),
		    fcntl(fd, F_GETFD));
		close(fd);
	}
	fd = open(".", O_RDONLY | O_DIRECTORY);
	say("dir 0%o\n", fcntl(fd, F_GETFL));
}

static void
case_o_path(void)
{
	struct stat st;
	char buf[8];
	int fd, d;

	put_file("f", "hello", 0644);
	MUST(mkdir("d", 0755));
	put_file("d/g", "hello", 0644);
	fd = MUST(open("f", O_PATH));
	VAL(read(fd, buf, 1));
	VAL(write(fd, buf, 1));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(ftruncate(fd, 0));
	VAL(fchmod(fd, 0600));
	VAL(fsync(fd));
	VAL(fstat(fd, &st));
	VAL(fcntl(fd, F_SETFL, O_NONBLOCK));
	VAL(dup(fd) > fd);
	VAL(flock(fd, 2));
	VAL(getdents64(fd, buf, sizeof(buf)));
	RET(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	RET(openat(fd, "x", O_RDONLY));
	d = MUST(open("d", O_PATH));
	RET(openat(d, "g", O_RDONLY));
	RET(fchdir(d));
	RET(access("g", F_OK));
	snprintf(buf, sizeof(buf), "%d", fd);
	char proc[64];
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	RET(open(proc, O_RDWR));
	RET(linkat(AT_FDCWD, proc, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW));
	VAL(fstatfs(fd, (struct statfs[1]){ { 0 } }));
}

static void
case_openat(void)
{
	int d, f;

	MUST(mkdir("d", 0755));
	put_file("d/f", "x", 0644);
	put_file("f", "y", 0644);
	d = MUST(open("d", O_RDONLY));
	f = MUST(open("f", O_RDONLY));
	RET(openat(d, "f", O_RDONLY));
	RET(openat(d, "../f", O_RDONLY));
	RET(openat(f, "f", O_RDONLY));
	RET(openat(99, "f", O_RDONLY));
	RET(openat(99, "/dev/null", O_RDONLY));
	RET(openat(-1, "f", O_RDONLY));
	RET(openat(AT_FDCWD, "d/f", O_RDONLY));
	RET(mkdirat(d, "sub", 0755));
	RET(symlinkat("f", d, "l"));
	RET(unlinkat(d, "sub", 0));
	RET(unlinkat(d, "sub", AT_REMOVEDIR));
	RET(unlinkat(d, "f", AT_REMOVEDIR));
	RET(unlinkat(d, "f", 0x1));
	RET(faccessat(d, "f", R_OK, 0));
	RET(fchmodat(d, "f", 0600, 0));
	RET(renameat(d, "f", AT_FDCWD, "moved"));
	/* A removed directory is still a place, though an empty one. */
	MUST(unlink("d/l"));
	MUST(rmdir("d"));
	RET(openat(d, "x", O_RDONLY));
	RET(openat(d, "x", O_WRONLY | O_CREAT, 0644));
	RET(mkdirat(d, "y", 0755));
	RET(openat(d, ".", O_RDONLY));
}

static void
case_openat2(void)
{
	struct open_how how;
	int d;

	MUST(mkdir("d", 0755));
	put_file("d/f", "x", 0644);
	MUST(symlink("f", "d/l"));
	MUST(symlink("/dev/null", "d/abs"));
	MUST(symlink("../d/f", "d/up"));
	d = MUST(open("d", O_PATH));
	memset(&how, 0, sizeof(how));
#define TRY(fl, res, path) do { how.flags = fl; how.resolve = res;	\
	RET(syscall(SYS_openat2, d, path, &how, sizeof(how))); } while (0)
	TRY(O_RDONLY, 0, "f");
	TRY(O_RDONLY, RESOLVE_NO_SYMLINKS, "f");
	TRY(O_RDONLY, RESOLVE_NO_SYMLINKS, "l");
	TRY(O_RDONLY, RESOLVE_BENEATH, "l");
	TRY(O_RDONLY, RESOLVE_BENEATH, "abs");
	TRY(O_RDONLY, RESOLVE_BENEATH, "up");
	TRY(O_RDONLY, RESOLVE_BENEATH, "../d/f");
	TRY(O_RDONLY, RESOLVE_BENEATH, "/dev/null");
	TRY(O_RDONLY, RESOLVE_IN_ROOT, "/f");
	TRY(O_RDONLY, RESOLVE_IN_ROOT, "../../f");
	TRY(O_RDONLY, RESOLVE_IN_ROOT, "abs");
	TRY(O_RDONLY, RESOLVE_NO_MAGICLINKS, "f");
	TRY(O_RDONLY, 0x8000, "f");
	TRY(1UL << 40, 0, "f");
	how.mode = 0644;
	TRY(O_RDONLY, 0, "f");
	TRY(O_RDWR | O_CREAT, 0, "new");
	how.mode = 0;
	how.flags = 0;
	RET(syscall(SYS_openat2, d, "f", &how, 8));
	RET(syscall(SYS_openat2, d, "f", &how, 10000));
	RET(syscall(SYS_openat2, d, "f", bad_page(), sizeof(how)));
}

static void
case_tmpfile(void)
{
	struct stat st;
	char proc[64], buf[8] = "";
	int fd;

	fd = open(".", O_TMPFILE | O_RDWR, 0640);
	YES(fd >= 0);
	VAL(write(fd, "tmp", 3));
	MUST(fstat(fd, &st));
	say_stat("unnamed", &st);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	RET(linkat(AT_FDCWD, proc, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	MUST(fstat(fd, &st));
	say_stat("named", &st);
	VAL(pread(fd, buf, 3, 0));
	say_file("named");
	RET(open(".", O_TMPFILE | O_RDONLY, 0600));
	RET(open("named", O_TMPFILE | O_RDWR, 0600));
	fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	RET(linkat(AT_FDCWD, proc, AT_FDCWD, "n2", AT_SYMLINK_FOLLOW));
}

static void
case_stat(void)
{
	struct stat a, b;

	put_file("f", "hello", 0644);
	MUST(mkdir("d", 0750));
	MUST(mkdir("d/sub", 0750));
	MUST(symlink("d", "l"));
	MUST(mkfifo("p", 0600));
	VAL(stat("f", &a));
	say_stat("f", &a);
	VAL(stat("d", &a));
	say_stat("d", &a);
	VAL(lstat("l", &a));
	say_stat("l", &a);
	VAL(stat("l", &a));
	say_stat("l", &a);
	VAL(lstat("l/", &a));
	say_stat("l/", &a);
	VAL(stat("p", &a));
	say_stat("p", &a);
	VAL(stat("/dev/null", &a));
	say_stat("null", &a);
	VAL(stat("/dev/zero", &a));
	say("zero %d:%d\n", major(a.st_rdev), minor(a.st_rdev));
	VAL(link("f", "g"));
	VAL(stat("f", &a));
	VAL(stat("g", &b));
	YES(a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_nlink == 2);
	VAL(stat("d", &a));
	VAL(stat("d/sub/..", &b));
	YES(a.st_ino == b.st_ino);
	YES(a.st_blksize >= 512);
	VAL(fstatat(AT_FDCWD, "", &a, AT_EMPTY_PATH));
	YES(S_ISDIR(a.st_mode));
	VAL(fstatat(0, "", &a, AT_EMPTY_PATH));
	YES(S_ISCHR(a.st_mode));
	VAL(fstatat(AT_FDCWD, "f", &a, 0x8));
	VAL(fstatat(AT_FDCWD, "", &a, 0));
	VAL(fstat(99, &a));
	VAL(stat("nothere", &a));
	VAL(stat("f/x", &a));
	int p[2];
	MUST(pipe(p));
	VAL(fstat(p[0], &a));
	say("pipe %s %04o\n", type_name(a.st_mode), a.st_mode & 07777);
}

static void
case_statx(void)
{
	struct statx sx;

	put_file("f", "hello", 0644);
	memset(&sx, 0, sizeof(sx));
	VAL(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	YES((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	say("%o %d %lld\n", sx.stx_mode, sx.stx_nlink,
	    (long long)sx.stx_size);
	VAL(statx(0, "", AT_EMPTY_PATH, STATX_TYPE, &sx));
	say("%d:%d\n", sx.stx_rdev_major, sx.stx_rdev_minor);
	VAL(statx(AT_FDCWD, "f", 0x1, STATX_TYPE, &sx));
	VAL(statx(AT_FDCWD, "f", AT_STATX_SYNC_TYPE, STATX_TYPE, &sx));
	VAL(statx(AT_FDCWD, "f", 0, 0x80000000U, &sx));
	VAL(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_ALL, &sx));
	VAL(statx(AT_FDCWD, "", 0, STATX_TYPE, &sx));
	VAL(statx(99, "f", 0, STATX_TYPE, &sx));
	VAL(syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_TYPE, bad_page()));
}

static void
case_chmod(void)
{
	struct stat st;
	int fd;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	VAL(chmod("f", 0));
	MUST(stat("f", &st));
	OCT(st.st_mode);
	VAL(chmod("l", 07777));
	MUST(stat("f", &st));
	OCT(st.st_mode);
	VAL(chmod("f", 0107644));
	MUST(stat("f", &st));
	OCT(st.st_mode);
	fd = MUST(open("f", O_RDONLY));
	VAL(fchmod(fd, 0600));
	MUST(fstat(fd, &st));
	OCT(st.st_mode);
	VAL(syscall(SYS_fchmodat, AT_FDCWD, "f", 0640));
	VAL(chmod("nothere", 0600));
	VAL(fchmod(99, 0600));
	VAL(chmod(bad_page(), 0600));
}

static void
case_truncate(void)
{
	struct stat st;
	int fd;

	put_file("f", "hello world", 0644);
	VAL(truncate("f", 5));
	say_file("f");
	VAL(truncate("f", 8));
	MUST(stat("f", &st));
	VAL(st.st_size);
	VAL(truncate("f", -1));
	VAL(truncate(".", 0));
	VAL(truncate("nothere", 0));
	VAL(truncate("f/", 0));
	fd = MUST(open("f", O_RDONLY));
	VAL(ftruncate(fd, 0));
	fd = MUST(open("f", O_RDWR));
	VAL(ftruncate(fd, -1));
	VAL(lseek(fd, 0, SEEK_END));
	VAL(ftruncate(fd, 2));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(write(fd, "Z", 1));
	MUST(fstat(fd, &st));
	VAL(st.st_size);
	VAL(ftruncate(fd, 1L << 35));
	MUST(fstat(fd, &st));
	VAL(st.st_size);
	VAL(ftruncate(99, 0));
	int p[2];
	MUST(pipe(p));
	VAL(ftruncate(p[1], 0));
	VAL(ftruncate(0, 0));
}

static void
case_times(void)
{
	struct timespec ts[2] = { { 1000, 123456789 }, { 2000, 987654321 } };
	struct timeval tv[2] = { { 5, 6 }, { 7, 8 } };
	struct utimbuf ub = { 11, 12 };
	struct stat st, s2;
	int fd;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l"));
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	MUST(stat("f", &st));
	say("%ld.%ld %ld.%ld\n", st.st_atim.tv_sec, st.st_atim.tv_nsec,
	    st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_nsec = UTIME_NOW;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	MUST(stat("f", &st));
	YES(st.st_atim.tv_sec == 1000);
	YES(st.st_mtim.tv_sec > 1600000000);
	VAL(utimes("f", tv));
	MUST(stat("f", &st));
	say("%ld.%ld %ld\n", st.st_atim.tv_sec, st.st_atim.tv_nsec,
	    st.st_mtim.tv_sec);
	VAL(utime("f", &ub));
	MUST(stat("f", &st));
	say("%ld %ld\n", st.st_atim.tv_sec, st.st_mtim.tv_sec);
	ts[0] = ts[1] = (struct timespec){ 77, 0 };
	VAL(utimensat(AT_FDCWD, "l", ts, AT_SYMLINK_NOFOLLOW));
	MUST(lstat("l", &s2));
	MUST(stat("f", &st));
	say("%ld %ld\n", s2.st_mtim.tv_sec, st.st_mtim.tv_sec);
	fd = MUST(open("f", O_RDONLY));
	VAL(futimens(fd, ts));
	VAL(futimens(fd, NULL));
	MUST(stat("f", &st));
	YES(st.st_mtim.tv_sec > 1600000000);
	ts[0].tv_nsec = 2000000000;
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	VAL(utimensat(AT_FDCWD, "nothere", NULL, 0));
	VAL(utimensat(AT_FDCWD, "f", NULL, 0x1));
	VAL(syscall(SYS_utimensat, AT_FDCWD, NULL, NULL, 0));
	VAL(syscall(SYS_utimensat, fd, NULL, NULL, 0));
	VAL(syscall(SYS_utimensat, AT_FDCWD, "f", bad_page(), 0));
	/* Writing moves mtime and ctime; reading a link's target neither. */
	ts[0] = ts[1] = (struct timespec){ 50, 0 };
	VAL(utimensat(AT_FDCWD, "f", ts, 0));
	fd = MUST(open("f", O_WRONLY));
	VAL(write(fd, "y", 1));
	MUST(fstat(fd, &st));
	YES(st.st_mtim.tv_sec > 1600000000);
	MUST(chmod("f", 0600));
	VAL(utimensat(AT_FDCWD, ".", ts, 0));
	MUST(mkdir("newdir", 0755));
	MUST(stat(".", &st));
	YES(st.st_mtim.tv_sec > 1600000000);
}

static void
case_access(void)
{
	put_file("f", "x", 0644);
	put_file("x", "x", 0755);
	VAL(access("f", F_OK));
	VAL(access("f", X_OK));
	VAL(access("x", X_OK));
	VAL(access("nothere", F_OK));
	VAL(access("f/x", F_OK));
	VAL(access("f", -1));
	VAL(access(bad_page(), F_OK));
	VAL(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, AT_EACCESS));
	VAL(syscall(SYS_faccessat2, 0, "", R_OK, AT_EMPTY_PATH));
	VAL(syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, 0x1));
	MUST(symlink("nowhere", "l"));
	VAL(faccessat(AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
	VAL(access("l", F_OK));
}

static void
case_statfs(void)
{
	struct statfs sf;
	struct statvfs sv;
	int fd;

	VAL(statfs(".", &sf));
	YES(sf.f_bsize > 0 && sf.f_namelen == 255);
	VAL(statvfs("/", &sv));
	YES(sv.f_namemax == 255);
	VAL(statfs("/proc", &sf));
	say("%lx\n", (long)sf.f_type);
	VAL(statfs("nothere", &sf));
	VAL(fstatfs(99, &sf));
	VAL(syscall(SYS_statfs, ".", bad_page()));
	fd = MUST(open(".", O_RDONLY));
	VAL(fstatfs(fd, &sf));
	int p[2];
	MUST(pipe(p));
	VAL(fstatfs(p[0], &sf));
	say("%lx\n", (long)sf.f_type);
}

static void
case_symlinks(void)
{
	char buf[64], name[16];
	int i;

	put_file("f", "x", 0644);
	MUST(symlink("f", "l0"));
	for (i = 1; i <= 45; i++) {
		char to[16];
		snprintf(to, sizeof(to), "l%d", i - 1);
		snprintf(name, sizeof(name), "l%d", i);
		MUST(symlink(to, name));
	}
	/* Forty in a row are followed, not one more. */
	VAL(access("l39", F_OK));
	VAL(access("l40", F_OK));
	memset(buf, '#', sizeof(buf));
	VAL(readlink("l1", buf, sizeof(buf)));
	say("%.3s\n", buf);
	VAL(readlink("l1", buf, 1));
	VAL(readlink("l1", buf, 0));
	VAL(readlink("f", buf, 10));
	VAL(readlink("nothere", buf, 10));
	VAL(readlink(".", buf, 10));
	VAL(syscall(SYS_readlink, "l1", bad_page(), 10));
	VAL(syscall(SYS_readlink, "l1", buf, -1));
	VAL(symlink("", "empty"));
	VAL(symlink("x", ""));
	VAL(symlink("x", "f"));
	VAL(symlink("x", "nodir/l"));
	MUST(mkdir("d", 0755));
	MUST(symlink("d", "dl"));
	VAL(access("dl/../f", F_OK));
	VAL(mkdir("dl/", 0755));
	VAL(rmdir("dl"));
	VAL(rmdir("dl/"));
	VAL(unlink("dl"));
	char big[5000];
	memset(big, 'a', sizeof(big));
	big[4999] = 0;
	VAL(symlink(big, "big"));
	big[4095] = 0;
	VAL(symlink(big, "big"));
	int fd = MUST(open("l0", O_PATH | O_NOFOLLOW));
	VAL(readlinkat(fd, "", buf, 10));
}

static void
case_long_paths(void)
{
	char name[300], path[5000];
	int i;

	memset(name, 'n', sizeof(name));
	name[255] = 0;
	VAL(mkdir(name, 0755));
	VAL(access(name, F_OK));
	name[255] = 'n';
	name[256] = 0;
	VAL(mkdir(name, 0755));
	VAL(access(name, F_OK));
	for (i = 0; i < 2047; i++)
		memcpy(path + 2 * i, "./", 2);
	path[4094] = 'f';
	path[4095] = 0;
	put_file("f", "x", 0644);
	VAL(access(path, F_OK));
	path[4095] = 'f';
	path[4096] = 0;
	VAL(access(path, F_OK));
}

static void
case_path_at_page_end(void)
{
	char *e = edge_page();

	put_file("f", "x", 0644);
	strcpy(e + 4094, "f");
	VAL(access(e + 4094, F_OK));
	e[4095] = 'f';
	VAL(access(e + 4094, F_OK));
	strcpy(e + 4091, "none");
	VAL(access(e + 4091, F_OK));
}

static void
case_mknod(void)
{
	struct stat st;

	VAL(mknod("reg", S_IFREG | 0644, 0));
	VAL(mknod("zero", 0600, 0));
	VAL(mknod("fifo", S_IFIFO | 0600, 0));
	VAL(mknod("sock", S_IFSOCK | 0600, 0));
	VAL(mknod("dir", S_IFDIR | 0600, 0));
	VAL(mknod("reg", S_IFREG | 0644, 0));
	VAL(mknod("bad", 0170000 | 0600, 0));
	MUST(stat("reg", &st));
	say_stat("reg", &st);
	MUST(stat("fifo", &st));
	say_stat("fifo", &st);
	MUST(stat("sock", &st));
	say_stat("sock", &st);
	RET(open("sock", O_RDONLY));
}

static void
case_dev_files(void)
{
	char buf[16];
	int fd, i, sum = 0;

	fd = MUST(open("/dev/null", O_RDWR));
	VAL(read(fd, buf, 16));
	VAL(write(fd, buf, 16));
	VAL(lseek(fd, 100, SEEK_SET));
	fd = MUST(open("/dev/zero", O_RDWR));
	memset(buf, 1, 16);
	VAL(read(fd, buf, 16));
	for (i = 0; i < 16; i++)
		sum += buf[i];
	VAL(sum);
	VAL(write(fd, buf, 16));
	fd = MUST(open("/dev/full", O_RDWR));
	VAL(read(fd, buf, 16));
	VAL(write(fd, buf, 16));
	fd = MUST(open("/dev/urandom", O_RDONLY));
	VAL(read(fd, buf, 16));
	fd = MUST(open("/dev/random", O_RDONLY));
	VAL(read(fd, buf, 16) > 0);
	RET(open("/dev/tty", O_RDWR) < 0 ? -1 : 0);
	fd = MUST(open("f", O_RDWR | O_CREAT, 0600));
	snprintf(buf, sizeof(buf), "/dev/fd/%d", fd);
	RET(open(buf, O_WRONLY));
	RET(open("/dev/fd/77", O_RDONLY));
	RET(open("/dev/stdin", O_RDONLY));
	VAL(access("/dev/shm", W_OK));
	RET(open("/dev/nothere", O_RDONLY));
	VAL(readlink("/dev/fd", buf, 16));
}

CASES("open_stat",
	CASE(flags), CASE(getfl), CASE(o_path), CASE(openat), CASE(openat2),
	CASE(tmpfile), CASE(stat), CASE(statx), CASE(chmod), CASE(truncate),
	CASE(times), CASE(access), CASE(statfs), CASE(symlinks),
	CASE(long_paths), CASE(path_at_page_end), CASE(mknod),
	CASE(dev_files));
