/* Opening: flags against kinds of files, O_PATH, openat2(2), O_TMPFILE. */
#include "abitest.h"

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

static void
zoo(void)
{
	put_file("file", "text", 0644);
	MUST(mkdir("dir", 0755));
	put_file("dir/in", "inner", 0600);
	MUST(symlink("file", "link"));
	MUST(symlink("dir", "dlink"));
	MUST(symlink("nowhere", "dangling"));
	MUST(symlink("loop2", "loop1"));
	MUST(symlink("loop1", "loop2"));
	MUST(mkfifo("fifo", 0600));
}

static void
try_open(const char *path, int flags, const char *names)
{
	int fd;

	errno = 0;
	fd = open(path, flags, 0600);
	say("%s %s: %s\n", path, names, fd >= 0 ? "ok" : err_name(errno));
	if (fd >= 0)
		close(fd);
}
#define	TRY(p, f)	try_open(p, f, #f)

static void
case_kinds(void)
{
	static const char *const path[] = { "file", "dir", "link", "dlink",
	    "dangling", "loop1", "nothing", "file/", "dir/", "link/", "dlink/",
	    "dangling/", "nothing/", "file/x", "dir/nothing/x", "", ".", "..",
	    "dir/.", "dir/..", "file/.", "file/.." };

	zoo();
	for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		TRY(path[i], O_RDONLY);
		TRY(path[i], O_RDWR);
		TRY(path[i], O_RDONLY | O_DIRECTORY);
		TRY(path[i], O_RDONLY | O_NOFOLLOW);
		TRY(path[i], O_PATH);
		TRY(path[i], O_PATH | O_NOFOLLOW);
	}
}

static void
case_create(void)
{
	static const char *const path[] = { "file", "dir", "link", "dlink",
	    "loop1", "file/", "dir/", "new/", "dlink/", "file/x", "dir/.",
	    "nodir/x" };
	struct stat st;

	zoo();
	for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		TRY(path[i], O_CREAT | O_RDWR);
		TRY(path[i], O_CREAT | O_EXCL | O_RDWR);
		TRY(path[i], O_CREAT | O_NOFOLLOW | O_RDWR);
		TRY(path[i], O_CREAT | O_DIRECTORY);
	}
	TRY("dangling", O_CREAT | O_EXCL | O_RDWR);
	TRY("dangling", O_CREAT | O_NOFOLLOW | O_RDWR);
	VAL(stat("nowhere", &st));
	TRY("dangling", O_CREAT | O_RDWR);
	VAL(stat("nowhere", &st));
}

static void
case_trunc(void)
{
	struct stat st;

	zoo();
	TRY("dir", O_RDONLY | O_TRUNC);
	TRY("fifo", O_RDWR | O_TRUNC);
	TRY("link", O_RDONLY | O_TRUNC | O_NOFOLLOW);
	VAL(stat("file", &st));
	say("%ld\n", (long)st.st_size);
	TRY("link", O_RDONLY | O_TRUNC);
	VAL(stat("file", &st));
	say("%ld\n", (long)st.st_size);
	put_file("ro", "text", 0444);
	TRY("ro", O_RDONLY | O_TRUNC);
	TRY("ro", O_WRONLY | O_TRUNC);
	MUST(stat("ro", &st));
	say("%ld\n", (long)st.st_size);
}

static void
case_modes(void)
{
	static const int mode[] = { 0, 0644, 0777, 01777, 02755, 04755, 07777,
	    0100644, 0170000 };
	static const int mask[] = { 0, 022, 077, 0777 };
	struct stat st;
	int fd;

	for (unsigned m = 0; m < sizeof(mask) / sizeof(mask[0]); m++)
		for (unsigned i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
			umask((mode_t)mask[m]);
			fd = (int)MUST(open("f", O_CREAT | O_EXCL | O_RDWR,
			    mode[i]));
			MUST(fstat(fd, &st));
			say("%o %o: %o, write %d\n", (unsigned)mask[m],
			    (unsigned)mode[i], st.st_mode,
			    write(fd, "x", 1) == 1);
			MUST(fstat(fd, &st));
			say("then %o\n", st.st_mode);
			close(fd);
			MUST(unlink("f"));
			MUST(mkdir("d", (mode_t)mode[i]));
			MUST(stat("d", &st));
			say("dir %o\n", st.st_mode & 07777u);
			MUST(rmdir("d"));
		}
}

static void
case_path_fd(void)
{
	struct stat st;
	char buf[64];
	int fd, dfd;

	zoo();
	fd = (int)MUST(open("file", O_PATH));
	VAL(read(fd, buf, 1));
	VAL(write(fd, buf, 1));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(fchmod(fd, 0600));
	VAL(fchown(fd, (uid_t)-1, (gid_t)-1));
	VAL(ftruncate(fd, 0));
	VAL(fsync(fd));
	VAL(flock(fd, LOCK_SH));
	VAL(ioctl(fd, FIONREAD, buf));
	RET(fstat(fd, &st));
	RET(fcntl(fd, F_DUPFD, 10));
	say("%o\n", (unsigned)fcntl(fd, F_GETFL) & (unsigned)O_PATH);
	VAL(fcntl(fd, F_SETFL, O_APPEND));
	VAL(fcntl(fd, F_GETFD));
	YES(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED &&
	    errno == EBADF);
	VAL(futimens(fd, NULL));
	VAL(linkat(fd, "", AT_FDCWD, "hard", AT_EMPTY_PATH) == 0 ||
	    errno == ENOENT);
	RET(open("/proc/self/fd/4", O_RDONLY));
	fd = (int)MUST(open("link", O_PATH | O_NOFOLLOW));
	MUST(fstat(fd, &st));
	YES(S_ISLNK(st.st_mode));
	VAL(readlinkat(fd, "", buf, sizeof(buf)));
	VAL(faccessat(fd, "", R_OK, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
	dfd = (int)MUST(open("dir", O_PATH));
	RET(openat(dfd, "in", O_RDONLY));
	VAL(syscall(SYS_getdents64, dfd, buf, sizeof(buf)));
	VAL(fchdir(dfd));
	VAL(access("in", F_OK));
	RET(fstatat(dfd, "in", &st, 0));
	RET(mkdirat(dfd, "sub", 0700));
}

static void
case_dirfd(void)
{
	int file, dir, fd;
	struct stat st;

	zoo();
	file = (int)MUST(open("file", O_RDONLY));
	dir = (int)MUST(open("dir", O_RDONLY));
	VAL(openat(file, "x", O_RDONLY));
	VAL(openat(99, "x", O_RDONLY));
	VAL(openat(-1, "x", O_RDONLY));
	RET(openat(99, "/", O_RDONLY));
	RET(fd = openat(dir, "../file", O_RDONLY));
	VAL(unlinkat(dir, "../link", 0));
	VAL(mkdirat(file, "x", 0700));
	VAL(fstatat(dir, "", &st, 0));
	VAL(fstatat(file, "", &st, AT_EMPTY_PATH));
	VAL(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	VAL(fstatat(AT_FDCWD, "file", &st, 0x40000000));
	VAL(symlinkat("t", dir, "s"));
	VAL(renameat(dir, "s", AT_FDCWD, "moved"));
	VAL(readlinkat(AT_FDCWD, "moved", (char [4]){ 0 }, 4));
	VAL(readlinkat(AT_FDCWD, "moved", (char [4]){ 0 }, 0));
	VAL(linkat(dir, "in", AT_FDCWD, "hard", 0));
	VAL(linkat(dir, "in", AT_FDCWD, "hard", 0));
	VAL(linkat(dir, "in", AT_FDCWD, "hard2", 0x1));
	VAL(fchmodat(dir, "in", 0640, 0));
	MUST(stat("hard", &st));
	say("%o %d\n", st.st_mode, (int)st.st_nlink);
}

static void
how_open(const char *path, uint64_t flags, uint64_t resolve, const char *n)
{
	struct open_how how = { .flags = flags, .resolve = resolve };
	long fd;

	errno = 0;
	fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	say("%s %s: %s\n", path, n, fd >= 0 ? "ok" : err_name(errno));
	if (fd >= 0)
		close((int)fd);
}
#define	HOW(p, f, r)	how_open(p, f, r, #f " " #r)

static void
case_resolve(void)
{
	static const char *const path[] = { "file", "dir/in", "link",
	    "dlink/in", "dir/../file", "../no-such-name", "/", "/etc", "abs", "up",
	    "dir/..", "loop1", "/proc/self/exe", "/proc/self/fd/2",
	    "/proc/self/cwd/file" };

	zoo();
	MUST(symlink("/etc", "abs"));
	MUST(symlink("..", "up"));
	for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		HOW(path[i], O_PATH, RESOLVE_BENEATH);
		HOW(path[i], O_PATH, RESOLVE_IN_ROOT);
		HOW(path[i], O_PATH, RESOLVE_NO_SYMLINKS);
		HOW(path[i], O_PATH, RESOLVE_NO_MAGICLINKS);
		HOW(path[i], O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
	}
	HOW("/proc/self", O_PATH, RESOLVE_NO_XDEV);
	HOW("file", O_PATH, RESOLVE_NO_XDEV);
	HOW("dir/../file", O_PATH, RESOLVE_NO_XDEV);
}

static void
case_how(void)
{
	struct { struct open_how h; uint64_t more; } big = { .h = { 0 } };
	struct open_how how = { .flags = O_RDONLY };

	zoo();
	HOW("file", O_RDONLY, 0);
	HOW("file", O_RDONLY | 0x80000000, 0);
	HOW("file", 1ULL << 40, 0);
	HOW("file", O_RDONLY, 0x1000);
	HOW("file", O_PATH | O_RDWR, 0);
	HOW("file", O_PATH | O_CREAT, 0);
	HOW("file", O_RDONLY, RESOLVE_BENEATH | RESOLVE_IN_ROOT);
	HOW("new", O_CREAT | O_RDWR, RESOLVE_CACHED);
	HOW("file", O_TMPFILE | O_RDWR, 0);
	how.mode = 0644;
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", &how, sizeof(how)));
	how.flags = O_CREAT | O_RDWR;
	how.mode = 0200000;
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", &how, sizeof(how)));
	how = (struct open_how){ .flags = O_RDONLY };
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", &how, 8));
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", &how, 5000));
	RET(syscall(SYS_openat2, AT_FDCWD, "file", &big, sizeof(big)));
	big.more = 1;
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", &big, sizeof(big)));
	VAL(syscall(SYS_openat2, AT_FDCWD, "file", NULL, sizeof(how)));
	VAL(syscall(SYS_openat2, AT_FDCWD, NULL, &how, sizeof(how)));
}

static void
case_tmpfile(void)
{
	char proc[64];
	struct stat st;
	int fd;

	MUST(mkdir("d", 0755));
	TRY(".", O_TMPFILE | O_RDONLY);
	TRY("nothing", O_TMPFILE | O_RDWR);
	put_file("file", "x", 0644);
	TRY("file", O_TMPFILE | O_RDWR);
	fd = (int)MUST(open("d", O_TMPFILE | O_RDWR, 0640));
	MUST(fstat(fd, &st));
	say("%o %d\n", st.st_mode, (int)st.st_nlink);
	VAL(write(fd, "tmp", 3));
	VAL(rmdir("d"));
	MUST(mkdir("e", 0755));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	VAL(linkat(AT_FDCWD, proc, AT_FDCWD, "e/named", AT_SYMLINK_FOLLOW));
	fd = (int)MUST(open("e", O_TMPFILE | O_RDWR, 0640));
	MUST(write(fd, "tmp", 3));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	VAL(linkat(AT_FDCWD, proc, AT_FDCWD, "e/named", AT_SYMLINK_FOLLOW));
	say_file("e/named");
	MUST(fstat(fd, &st));
	say("%o %d\n", st.st_mode, (int)st.st_nlink);
	VAL(linkat(AT_FDCWD, proc, AT_FDCWD, "e/named", AT_SYMLINK_FOLLOW));
	VAL(linkat(AT_FDCWD, proc, AT_FDCWD, "e/two", AT_SYMLINK_FOLLOW));
	fd = (int)MUST(open("e", O_TMPFILE | O_RDWR | O_EXCL, 0640));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	VAL(linkat(AT_FDCWD, proc, AT_FDCWD, "e/excl", AT_SYMLINK_FOLLOW));
}

static void
case_flags_kept(void)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND,
	    O_NONBLOCK, O_DSYNC, O_SYNC, O_ASYNC, O_NOATIME, O_DIRECT,
	    O_LARGEFILE, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC, O_CLOEXEC, 3,
	    O_DIRECTORY, 0x20000000, 0x7f000000 };
	int fd;

	put_file("f", "x", 0600);
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		errno = 0;
		fd = open("f", flags[i]);
		say("%#x: ", (unsigned)flags[i]);
		if (fd < 0) {
			say("%s\n", err_name(errno));
			continue;
		}
		say("%#x %d\n", (unsigned)fcntl(fd, F_GETFL),
		    fcntl(fd, F_GETFD));
		errno = 0;
		say("set: %d %s", fcntl(fd, F_SETFL, -1) == 0, err_name(errno));
		say(" %#x\n", (unsigned)fcntl(fd, F_GETFL));
		close(fd);
	}
}

/* A program that runs cannot be opened for writing, nor the other way. */
static void
case_busy_text(void)
{
	char self[ABI_DIR_MAX + 32], *argv[] = { (char *)"copy", NULL };
	int fd, out, p[2];
	pid_t pid;

	snprintf(self, sizeof(self), "%s/abi-helper-static", abi_dir);
	fd = (int)MUST(open(self, O_RDONLY));
	out = (int)MUST(open("copy", O_CREAT | O_RDWR, 0755));
	while (sendfile(out, fd, NULL, 1 << 20) > 0)
		;
	VAL(execve("copy", argv, NULL));
	close(out);
	MUST(pipe(p));
	pid = (pid_t)MUST(fork());
	if (pid == 0) {
		dup2(p[0], 0);
		execl("./copy", "copy", "cat0", (char *)NULL);
		_exit(1);
	}
	wait_asleep(pid);
	VAL(open("copy", O_WRONLY));
	VAL(open("copy", O_RDWR | O_TRUNC));
	VAL(truncate("copy", 0));
	RET(open("copy", O_RDONLY));
	VAL(unlink("copy"));
	kill(pid, SIGKILL);
	abi_reap(pid);
}

CASES("file_open", CASE(kinds), CASE(create), CASE(trunc), CASE(modes),
    CASE(path_fd), CASE(dirfd), CASE(resolve), CASE(how), CASE(tmpfile),
    CASE(flags_kept), CASE(busy_text));
