/*
 * Paths in the corners: every call against every odd path, rename of each kind
 * onto each kind, who may do what, which times move, what watchers see.
 */
#include "abitest.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/vfs.h>
#include <linux/openat2.h>
#include <linux/fs.h>

static void
show(const char *what, const char *path, long r)
{
	say("%s(%s) %s\n", what, path, r < 0 ? err_name(errno) : "ok");
}

static void
world(void)
{
	MUST(mkdir("d", 0755));
	MUST(mkdir("d/e", 0755));
	put_file("f", "file", 0644);
	put_file("d/g", "g", 0644);
	MUST(symlink("f", "lf"));
	MUST(symlink("d", "ld"));
	MUST(symlink("none", "ln"));
	MUST(symlink("loop", "loop"));
	MUST(symlink("f/", "lfs"));
	MUST(symlink("d/", "lds"));
	MUST(mkfifo("p", 0600));
}

static const char *const odd[] = {
	"", ".", "./", "..", "/", "//", "f", "f/", "f/.", "f/..", "f/x", "d",
	"d/", "d/.", "d//.", "d/..", "d/../f", "d/e/../../f", "lf", "lf/",
	"lf/.", "ld", "ld/", "ld/.", "ld/..", "ld/g", "ln", "ln/", "ln/x",
	"loop", "loop/", "loop/x", "lfs", "lds", "lds/", "none", "none/",
	"none/.", "none/x", "p", "p/", "new", "new/", "ld/new", "ln2/new",
};
#define NODD (sizeof(odd) / sizeof(odd[0]))

/* Each call on each path, in a fresh world. */
#define EACH(what, call, undo) do {					\
	for (size_t i_ = 0; i_ < NODD; i_++) {				\
		const char *p = odd[i_];				\
		long r_;						\
		errno = 0;						\
		r_ = (long)(call);					\
		show(what, p, r_);					\
		if (r_ >= 0) { undo; }					\
	}								\
} while (0)

static void
case_look(void)
{
	struct stat st;
	char b[64];

	world();
	EACH("stat", stat(p, &st), say(" %o\n", st.st_mode & S_IFMT));
	EACH("lstat", lstat(p, &st), say(" %o\n", st.st_mode & S_IFMT));
	EACH("access", access(p, F_OK), (void)0);
	EACH("readlink", readlink(p, b, 64), say(" %ld\n", r_));
	/* Never what lies above us. */
	EACH("chmod", *p == '/' || strncmp(p, "..", 2) == 0 ? 0 :
	    chmod(p, 0755), (void)0);
}

static void
case_open(void)
{
	world();
	EACH("open", open(p, O_RDONLY | O_NONBLOCK), close(r_));
	EACH("open-rw", open(p, O_RDWR | O_NONBLOCK), close(r_));
	EACH("open-dir", open(p, O_RDONLY | O_DIRECTORY | O_NONBLOCK),
	    close(r_));
	EACH("open-nofollow", open(p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
	    close(r_));
	EACH("open-dir-nofollow", open(p, O_DIRECTORY | O_NOFOLLOW),
	    close(r_));
	EACH("open-path-nofollow", open(p, O_PATH | O_NOFOLLOW), close(r_));
	EACH("open-trunc", open(p, O_TRUNC | O_NONBLOCK), close(r_));
}

static void
undo_new(const char *p)
{
	struct stat st;

	if (strstr(p, "new") != NULL) {
		if (unlink(p) < 0 && rmdir(p) < 0)
			say(" undo %s\n", err_name(errno));
	} else if (strcmp(p, "ln") == 0 || strcmp(p, "none") == 0 ||
	    strcmp(p, "none/") == 0 || strcmp(p, "ln/") == 0) {
		say(" none is %s\n", lstat("none", &st) == 0 ? "there" :
		    "missing");
		unlink("none");
		rmdir("none");
	}
}

static void
case_create(void)
{
	world();
	EACH("creat", open(p, O_CREAT | O_RDWR | O_NONBLOCK, 0600),
	    (close(r_), undo_new(p)));
	EACH("creat-excl", open(p, O_CREAT | O_EXCL | O_RDWR, 0600),
	    (close(r_), undo_new(p)));
	EACH("creat-nofollow", open(p, O_CREAT | O_NOFOLLOW | O_RDWR |
	    O_NONBLOCK, 0600), (close(r_), undo_new(p)));
	EACH("mkdir", mkdir(p, 0700), undo_new(p));
	EACH("mknod", mknod(p, S_IFREG | 0600, 0), undo_new(p));
	EACH("symlink", symlink("x", p), undo_new(p));
	EACH("link", link("f", p), undo_new(p));
	/* The root of all may be another file system. */
	EACH("link-from", *p == '/' ? (errno = EPERM, -1) : link(p, "to"),
	    unlink("to"));
	EACH("link-follow", *p == '/' ? (errno = EPERM, -1) : linkat(AT_FDCWD,
	    p, AT_FDCWD, "to", AT_SYMLINK_FOLLOW), unlink("to"));
}

static void
again(void)
{
	MUST(system("rm -rf d f lf ld ln loop lfs lds p none new to"));
	world();
}

static void
case_remove(void)
{
	world();
	EACH("unlink", strcmp(p, "/") == 0 || strcmp(p, "//") == 0 ?
	    (errno = EISDIR, -1) : unlink(p), again());
	EACH("rmdir", rmdir(p), again());
	EACH("chdir", chdir(p), (chdir(abi_dir), (void)0); break);
}

static void
case_rename_paths(void)
{
	world();
	for (size_t i = 0; i < NODD; i++) {
		/* The root of all may be another file system. */
		if (odd[i][0] == '/' || strcmp(odd[i], "..") == 0)
			continue;
		errno = 0;
		show("rename-from", odd[i], rename(odd[i], "to"));
		again();
		show("rename-file-to", odd[i], rename("f", odd[i]));
		again();
		show("rename-dir-to", odd[i], rename("d", odd[i]));
		again();
	}
}

/* --- kinds --------------------------------------------------------------------- */

static const char *const kinds[] = {
	"missing", "file", "emptydir", "fulldir", "link", "dirlink", "fifo",
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
make_kind(int k, const char *name)
{
	char sub[64];

	switch (k) {
	case 1: put_file(name, name, 0644); break;
	case 2: MUST(mkdir(name, 0755)); break;
	case 3:
		MUST(mkdir(name, 0755));
		snprintf(sub, sizeof(sub), "%s/in", name);
		put_file(sub, "in", 0644);
		break;
	case 4: MUST(symlink("nowhere", name)); break;
	case 5: MUST(symlink(".", name)); break;
	case 6: MUST(mkfifo(name, 0600)); break;
	}
}

static const char *
kind_of(const char *name)
{
	struct stat st;

	if (lstat(name, &st) < 0)
		return ("-");
	switch (st.st_mode & S_IFMT) {
	case S_IFREG: return ("file");
	case S_IFDIR: return ("dir");
	case S_IFLNK: return ("link");
	case S_IFIFO: return ("fifo");
	default: return ("?");
	}
}

static void
case_rename_kinds(void)
{
	static const unsigned flags[] = { 0, RENAME_NOREPLACE,
		RENAME_EXCHANGE };

	for (size_t f = 0; f < 3; f++)
		for (size_t a = 0; a < NKINDS; a++)
			for (size_t b = 0; b < NKINDS; b++) {
				long r;

				make_kind((int)a, "a");
				make_kind((int)b, "b");
				r = syscall(SYS_renameat2, AT_FDCWD, "a",
				    AT_FDCWD, "b", flags[f]);
				say("%u %s -> %s: %s; now %s %s\n", flags[f],
				    kinds[a], kinds[b], r < 0 ?
				    err_name(errno) : "ok", kind_of("a"),
				    kind_of("b"));
				MUST(system("rm -rf a b"));
			}
}

static void
case_rename_trees(void)
{
	MUST(mkdir("a", 0755));
	MUST(mkdir("a/b", 0755));
	MUST(mkdir("a/b/c", 0755));
	VAL(rename("a", "a/x"));
	VAL(rename("a", "a/b/x"));
	VAL(rename("a/b/c", "a"));
	VAL(rename("a/b/c", "a/b"));
	VAL(rename("a", "a"));
	VAL(rename("a/b", "a/b/"));
	VAL(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "a/b", 2));
	VAL(syscall(SYS_renameat2, AT_FDCWD, "a/b", AT_FDCWD, "a", 2));
	VAL(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "x", 8));
	VAL(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "x", 3));
	VAL(rename("a/b/c", "c"));
	VAL(rename("a/b", "c"));
	VAL(rename("c", "a/b"));
	VAL(access("a/b/c", F_OK));
}

/* --- permissions ------------------------------------------------------------------ */

static void
as_user(void)
{
	if (geteuid() == 0) {
		MUST(setgid(4321));
		MUST(setuid(4321));
	}
}

static void
case_sticky(void)
{
	if (geteuid() != 0) {
		say("for root\n");
		return;
	}
	MUST(mkdir("t", 0));
	MUST(chmod("t", 01777));
	put_file("t/root", "x", 0666);
	MUST(mkdir("t/dir", 0777));
	MUST(mkdir("ro", 0755));
	put_file("ro/f", "x", 0666);
	MUST(mkdir("no", 0700));
	put_file("no/f", "x", 0666);
	put_file("suid", "x", 0);
	MUST(chmod("suid", 04755));
	CHILD({
		as_user();
		VAL(unlink("t/root"));
		VAL(rename("t/root", "t/mine"));
		VAL(rmdir("t/dir"));
		VAL(open("t/mine", O_CREAT | O_RDWR, 0600) >= 0);
		VAL(rename("t/mine", "t/root"));
		VAL(link("t/root", "t/l"));
		VAL(link("suid", "t/l2"));
		VAL(rename("t/mine", "t/yours"));
		VAL(unlink("t/yours"));
		VAL(unlink("ro/f"));
		VAL(rename("ro/f", "t/x"));
		VAL(open("ro/new", O_CREAT | O_RDWR, 0600));
		VAL(open("ro/f", O_RDWR) >= 0);
		VAL(mkdir("ro/f", 0700));
		VAL(mkdir("ro/x", 0700));
		VAL(access("no/f", F_OK));
		VAL(access("no/none", F_OK));
		VAL(access("no", X_OK));
		VAL(chdir("no"));
		VAL(open("no", O_RDONLY));
		VAL(open("no", O_PATH) >= 0);
		VAL(chmod("ro/f", 0777));
		VAL(chown("ro/f", 4321, -1));
		VAL(utimensat(AT_FDCWD, "ro/f", NULL, 0));
		VAL(utimensat(AT_FDCWD, "ro/f", (struct timespec[2]){
		    { 1, 0 }, { 2, 0 } }, 0));
		VAL(truncate("ro/f", 0));
		VAL(truncate("suid", 0));
		VAL(open("ro/f", O_RDONLY | O_NOATIME));
		VAL(mknod("t/dev", S_IFCHR | 0600, 0x103));
		VAL(mknod("t/fifo", S_IFIFO | 0600, 0));
	});
}

static void
case_setids(void)
{
	struct stat st;
	int fd;

	if (geteuid() != 0) {
		say("for root\n");
		return;
	}
#define	MODE(f)	(MUST(stat(f, &st)), say("%s %o %d %d\n", f,	\
	    st.st_mode & 07777, st.st_uid, st.st_gid))
	MUST(mkdir("sg", 0777));
	MUST(chown("sg", 0, 77));
	MUST(chmod("sg", 02777));
	umask(027);
	MUST(mkdir("sg/d", 0777));
	MODE("sg/d");
	put_file("sg/f", "x", 0666);
	MODE("sg/f");
	umask(022);
	put_file("x", "data", 0755);
	MUST(chmod("x", 06755));
	MUST(chown("x", 4321, 4321));
	MODE("x");
	MUST(chmod("x", 06755));
	MODE("x");
	CHILD({
		as_user();
		fd = open("x", O_WRONLY);
		MUST(write(fd, "y", 1));
		MODE("x");
		MUST(chmod("x", 06755));
		MODE("x");
		MUST(ftruncate(fd, 2));
		MODE("x");
		MUST(chmod("x", 06745));
		MUST(write(fd, "y", 1));
		MODE("x");
		VAL(chown("x", -1, -1));
		VAL(chown("x", 4321, 4321));
		VAL(chown("x", -1, 5));
		VAL(chown("x", 0, -1));
		VAL(chmod("sg/f", 02755));
		fd = open("sg/mine", O_CREAT | O_RDWR, 0600);
		MUST(fstat(fd, &st));
		say("group %d\n", st.st_gid);
		VAL(fchmod(fd, 02755));
		MODE("sg/mine");
	});
	MUST(chmod("x", 04755));
	fd = open("x", O_WRONLY);
	MUST(write(fd, "z", 1));
	MODE("x");
	MUST(chown("x", 0, 0));
	MODE("x");
}

/* --- times ------------------------------------------------------------------------- */

static struct stat before;

static void
mark(const char *f)
{
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };

	MUST(utimensat(AT_FDCWD, f, old, AT_SYMLINK_NOFOLLOW));
	MUST(lstat(f, &before));
	nap_ms(20);
}

static void
moved(const char *what, const char *f)
{
	struct stat st;

	MUST(lstat(f, &st));
	say("%s:%s%s%s\n", what,
	    st.st_atim.tv_sec != before.st_atim.tv_sec ? " atime" : "",
	    st.st_mtim.tv_sec != before.st_mtim.tv_sec ? " mtime" : "",
	    st.st_ctim.tv_sec != before.st_ctim.tv_sec ||
	    st.st_ctim.tv_nsec != before.st_ctim.tv_nsec ? " ctime" : "");
}

static void
case_times_move(void)
{
	char b[8];
	int fd;

	put_file("f", "text", 0644);
	MUST(mkdir("d", 0755));
	mark("f"); fd = open("f", O_RDWR); moved("open", "f");
	mark("f"); MUST(read(fd, b, 2)); moved("read", "f");
	mark("f"); MUST(write(fd, b, 2)); moved("write", "f");
	mark("f"); MUST(write(fd, b, 0)); moved("write 0", "f");
	mark("f"); MUST(chmod("f", 0600)); moved("chmod", "f");
	mark("f"); MUST(chown("f", -1, getegid())); moved("chown", "f");
	mark("f"); MUST(link("f", "g")); moved("link", "f");
	mark("f"); MUST(unlink("g")); moved("unlink", "f");
	mark("f"); MUST(rename("f", "h")); moved("rename", "h");
	mark("h"); MUST(ftruncate(fd, 2)); moved("ftruncate", "h");
	mark("h"); MUST(ftruncate(fd, 2)); moved("ftruncate same", "h");
	mark("h"); MUST(close(open("h", O_TRUNC | O_RDWR))); moved("O_TRUNC",
	    "h");
	mark("h"); MUST(close(open("h", O_TRUNC | O_RDWR)));
	moved("O_TRUNC empty", "h");
	mark("h"); MUST(truncate("h", 0)); moved("truncate same", "h");
	mark("d"); put_file("d/x", "", 0644); moved("create in", "d");
	mark("d"); MUST(mkdir("d/y", 0700)); moved("mkdir in", "d");
	mark("d"); MUST(rename("d/x", "d/z")); moved("rename in", "d");
	mark("d"); MUST(unlink("d/z")); moved("unlink in", "d");
	mark("d"); MUST(rmdir("d/y")); moved("rmdir in", "d");
	mark("d"); MUST(rename("d", "e")); moved("rename of", "e");
	MUST(symlink("h", "l"));
	mark("l"); MUST(readlink("l", b, 1)); moved("readlink", "l");
	mark("l"); MUST(access("l", F_OK)); moved("follow", "l");
}

/* --- watching ------------------------------------------------------------------------ */

static void
drain(int in)
{
	_Alignas(8) char buf[4096];
	struct inotify_event *e;
	ssize_t n = read(in, buf, sizeof(buf)), at;
	static uint32_t cookie;

	if (n < 0) {
		say(" %s\n", err_name(errno));
		return;
	}
	for (at = 0; at < n; at += (ssize_t)(sizeof(*e) + e->len)) {
		e = (struct inotify_event *)(buf + at);
		say(" %d %x '%s' len %u%s\n", e->wd, e->mask,
		    e->len != 0 ? e->name : "", e->len,
		    e->cookie == 0 ? "" : e->cookie == cookie ? " same" :
		    " cookie");
		cookie = e->cookie;
	}
}

static void
case_watch(void)
{
	struct pollfd pfd;
	char tiny[8];
	int in, fd, n;

	world();
	VAL(inotify_add_watch(0, "d", IN_MODIFY));
	VAL(in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	VAL(inotify_add_watch(in, "none", IN_MODIFY));
	VAL(inotify_add_watch(in, "f", IN_MODIFY | IN_ONLYDIR));
	VAL(inotify_add_watch(in, "d", 0));
	VAL(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	VAL(inotify_add_watch(in, "f", IN_ALL_EVENTS));
	VAL(inotify_add_watch(in, "f", IN_ALL_EVENTS | IN_MASK_CREATE));
	VAL(inotify_add_watch(in, "d/../f", IN_ALL_EVENTS));
	VAL(inotify_add_watch(in, "ld", IN_ALL_EVENTS | IN_DONT_FOLLOW));
	VAL(inotify_rm_watch(in, 99));
	drain(in);
	pfd.fd = in;
	pfd.events = POLLIN;
	VAL(poll(&pfd, 1, 0));
	put_file("d/new", "12", 0644);
	VAL(poll(&pfd, 1, 0));
	VAL(ioctl(in, FIONREAD, &n));
	say("%d\n", n);
	VAL(read(in, tiny, sizeof(tiny)));
	drain(in);
	fd = open("f", O_RDWR);
	MUST(write(fd, "1", 1));
	MUST(write(fd, "2", 1));
	MUST(pread(fd, tiny, 1, 0));
	MUST(ftruncate(fd, 1));
	MUST(fchmod(fd, 0600));
	MUST(close(fd));
	drain(in);
	MUST(rename("d/new", "d/newer"));
	MUST(rename("d/newer", "out"));
	MUST(rename("out", "d/back"));
	MUST(link("d/back", "d/second"));
	MUST(mkdir("d/sub", 0755));
	MUST(symlink("x", "d/sym"));
	MUST(rename("f", "d/f"));
	drain(in);
	MUST(close(open("d/sub", O_RDONLY)));
	MUST(chmod("d/sub", 0700));
	MUST(rename("d/sym", "d/back"));
	drain(in);
	MUST(unlink("d/second"));
	MUST(rmdir("d/sub"));
	fd = open("d/f", O_RDONLY);
	MUST(unlink("d/f"));
	drain(in);
	close(fd);
	drain(in);
	VAL(inotify_rm_watch(in, 1));
	drain(in);
	VAL(inotify_rm_watch(in, 1));
	VAL(inotify_add_watch(in, "d", IN_CREATE | IN_ONESHOT));
	put_file("d/a", "", 0644);
	put_file("d/b", "", 0644);
	drain(in);
	VAL(inotify_add_watch(in, "d", IN_CREATE));
	VAL(inotify_add_watch(in, "d", IN_DELETE | IN_MASK_ADD));
	MUST(unlink("d/a"));
	put_file("d/a", "", 0644);
	drain(in);
	VAL(inotify_add_watch(in, "d", IN_DELETE));
	put_file("d/c", "", 0644);
	drain(in);
	VAL(write(in, "x", 1));
	VAL(lseek(in, 0, SEEK_SET));
}

/* --- the rest --------------------------------------------------------------------------- */

static long
o2(int dfd, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };

	return (syscall(SYS_openat2, dfd, path, &how, sizeof(how)));
}

static void
case_resolve(void)
{
	int d;

	world();
	MUST(symlink("../f", "d/up"));
	MUST(symlink("/", "d/root"));
	MUST(symlink("e/../g", "d/in"));
	MUST(symlink("/proc/self/fd/0", "d/magic"));
	d = (int)MUST(open("d", O_PATH | O_DIRECTORY));
	static const char *const paths[] = { "g", "./g", "e/..", "e/../g",
		"e/../..", "..", "../f", "up", "root", "in", "magic", "/",
		"/g", "/f", "root/g", "e/../../d/g", "none", "g/" };
	static const struct { const char *n; uint64_t r; } how[] = {
		{ "beneath", RESOLVE_BENEATH }, { "inroot", RESOLVE_IN_ROOT },
		{ "nosym", RESOLVE_NO_SYMLINKS },
		{ "nomagic", RESOLVE_NO_MAGICLINKS } };

	for (size_t h = 0; h < 4; h++)
		for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
			long r = o2(d, paths[i], O_RDONLY | O_NONBLOCK,
			    how[h].r);

			say("%s %s: %s\n", how[h].n, paths[i], r < 0 ?
			    err_name(errno) : "ok");
			if (r >= 0)
				close((int)r);
		}
	VAL(o2(AT_FDCWD, "/proc/self/stat", O_RDONLY, RESOLVE_NO_XDEV));
	VAL(o2(d, "new", O_CREAT | O_RDWR, 0) >= 0);
	VAL(o2(d, "..", O_RDONLY, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
}

static void
case_magic(void)
{
	char p[64], b[64];
	struct stat st, st2;
	int fd, fd2;
	ssize_t n;

	put_file("f", "content", 0600);
	fd = open("f", O_RDONLY);
	snprintf(p, sizeof(p), "/proc/self/fd/%d", fd);
	fd2 = open(p, O_RDWR);
	VAL(fd2 >= 0);
	VAL(lseek(fd, 3, SEEK_SET));
	VAL(lseek(fd2, 0, SEEK_CUR));
	MUST(unlink("f"));
	n = readlink(p, b, sizeof(b));
	say("%s\n", n > 10 && memcmp(b + n - 10, " (deleted)", 10) == 0 ?
	    "deleted" : "there");
	close(fd2);
	VAL((fd2 = open(p, O_RDONLY)) >= 0);
	VAL(read(fd2, b, 64));
	VAL(stat(p, &st));
	VAL(fstat(fd, &st2));
	YES(st.st_ino == st2.st_ino);
	VAL(lstat(p, &st));
	YES(S_ISLNK(st.st_mode));
	VAL(chmod(p, 0640));
	VAL(truncate(p, 1));
	VAL(access(p, R_OK));
	VAL(open(p, O_RDONLY | O_NOFOLLOW));
	VAL(unlink(p));
	VAL(link(p, "g"));
	VAL(rename(p, "g"));
	VAL(open("/proc/self/fd/99", O_RDONLY));
	VAL(open("/proc/self/cwd/none", O_RDONLY));
	VAL(access("/proc/self/cwd/.", F_OK));
	VAL(access("/proc/self/root/proc", F_OK));
	VAL(chdir("/proc/self/cwd"));
	MUST(mkdir("d", 0700));
	fd = open("d", O_RDONLY | O_DIRECTORY);
	snprintf(p, sizeof(p), "/proc/self/fd/%d/x", fd);
	VAL(mkdir(p, 0700));
	VAL(access("d/x", F_OK));
	VAL(rmdir(p));
	MUST(rmdir("d"));
	VAL(mkdir(p, 0700));
}

static void
case_empty_path(void)
{
	struct stat st;
	struct statfs sf;
	int fd, p[2];

	put_file("f", "x", 0644);
	fd = open("f", O_RDONLY);
	MUST(pipe(p));
	VAL(fstatat(fd, "", &st, AT_EMPTY_PATH));
	VAL(fstatat(p[0], "", &st, AT_EMPTY_PATH));
	VAL(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	YES(S_ISDIR(st.st_mode));
	VAL(fstatat(fd, "", &st, 0));
	VAL(fstatat(fd, "x", &st, 0));
	VAL(fstatat(99, "", &st, AT_EMPTY_PATH));
	VAL(fstatat(99, "/", &st, 0));
	VAL(fstatat(99, "x", &st, 0));
	VAL(faccessat(fd, "", R_OK, AT_EMPTY_PATH));
	VAL(fchownat(fd, "", -1, -1, AT_EMPTY_PATH));
	VAL(fchownat(AT_FDCWD, "", -1, -1, AT_EMPTY_PATH));
	VAL(utimensat(fd, "", NULL, AT_EMPTY_PATH));
	VAL(utimensat(fd, NULL, NULL, 0));
	VAL(readlinkat(fd, "", (char *)&st, 10));
	VAL(openat(fd, "x", O_RDONLY));
	VAL(openat(p[0], "x", O_RDONLY));
	VAL(fchdir(fd));
	VAL(fchdir(p[0]));
	VAL(fstatfs(fd, &sf));
	VAL(fsync(p[0]));
	VAL(ftruncate(p[1], 0));
	VAL(mkdirat(fd, "x", 0700));
	VAL(linkat(AT_FDCWD, "", AT_FDCWD, "g", 0));
	VAL(unlinkat(fd, "x", 0));
	VAL(symlinkat("x", 99, "y"));
	VAL(renameat(AT_FDCWD, "f", fd, "y"));
}

CASES("paths",
	CASE(look), CASE(open), CASE(create), CASE(remove),
	CASE(rename_paths), CASE(rename_kinds), CASE(rename_trees),
	CASE(sticky), CASE(setids), CASE(times_move), CASE(watch),
	CASE(resolve), CASE(magic), CASE(empty_path));
