/*
 * Directories: making, reading, removing, renaming, linking, working in.
 */
#include "abitest.h"

#include <dirent.h>
#include <sys/inotify.h>

static int
by_name(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static void
ls(const char *path)
{
	char *names[256];
	struct dirent *de;
	DIR *d = opendir(path);
	int n = 0, i;

	say("%s:", path);
	if (d == NULL) {
		say(" %s\n", err_name(errno));
		return;
	}
	while (n < 256 && (de = readdir(d)) != NULL) {
		if (asprintf(&names[n], "%s%s", de->d_name,
		    de->d_type == DT_DIR ? "/" : de->d_type == DT_LNK ? "@" :
		    de->d_type == DT_FIFO ? "|" : de->d_type == DT_SOCK ?
		    "=" : de->d_type == DT_UNKNOWN ? "?" : "") < 0)
			die("asprintf");
		n++;
	}
	closedir(d);
	qsort(names, n, sizeof(*names), by_name);
	for (i = 0; i < n; i++)
		say(" %s", names[i]);
	say("\n");
}

static void
case_mkdir_rmdir(void)
{
	struct stat st;

	VAL(mkdir("d", 0755));
	VAL(mkdir("d", 0755));
	VAL(mkdir("d/e/f", 0755));
	VAL(mkdir("d/e/", 0755));
	VAL(mkdir("", 0755));
	VAL(mkdir("/", 0755));
	VAL(mkdir(".", 0755));
	VAL(mkdir("..", 0755));
	put_file("f", "x", 0644);
	VAL(mkdir("f", 0755));
	VAL(mkdir("f/x", 0755));
	MUST(stat("d", &st));
	VAL(st.st_nlink);
	VAL(rmdir("d"));
	VAL(rmdir("d/e"));
	VAL(rmdir("d/."));
	VAL(rmdir("d/.."));
	VAL(rmdir("f"));
	VAL(rmdir("nothere"));
	VAL(rmdir("/"));
	VAL(rmdir("d/"));
	VAL(unlink("d"));
	VAL(mkdir("d", 0755));
	VAL(unlink("d") == -1 && (errno == EISDIR || errno == EPERM));
	VAL(unlink("nothere"));
	VAL(unlink("f/"));
	VAL(unlink(""));
	VAL(mkdir(bad_page(), 0755));
	VAL(rmdir(bad_page()));
	VAL(unlink(bad_page()));
}

static void
case_list(void)
{
	MUST(mkdir("d", 0755));
	ls("d");
	put_file("d/file", "x", 0644);
	MUST(mkdir("d/dir", 0755));
	MUST(symlink("file", "d/link"));
	MUST(mkfifo("d/fifo", 0600));
	put_file("d/.hidden", "x", 0644);
	put_file("d/\xc3\xa4", "x", 0644);
	ls("d");
	MUST(unlink("d/file"));
	MUST(rmdir("d/dir"));
	ls("d");
	ls("nothere");
	ls("d/link");
}

static void
case_getdents(void)
{
	char buf[4096];
	int fd, n, total = 0, i;
	struct dirent64 *de;
	char name[32];

	MUST(mkdir("d", 0755));
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "d/entry-%d", i);
		put_file(name, "", 0644);
	}
	fd = MUST(open("d", O_RDONLY));
	VAL(getdents64(fd, buf, 1));
	VAL(getdents64(fd, buf, 23));
	VAL(getdents64(fd, bad_page(), 4096));
	/* A small buffer, many calls: each name comes once. */
	while ((n = getdents64(fd, buf, 128)) > 0)
		for (i = 0; i < n; i += de->d_reclen) {
			de = (struct dirent64 *)(buf + i);
			total++;
			if (de->d_reclen & 7)
				say("unaligned\n");
		}
	VAL(n);
	VAL(total);
	VAL(getdents64(fd, buf, sizeof(buf)));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(getdents64(fd, buf, sizeof(buf)) > 0);
	VAL(read(fd, buf, 10));
	VAL(syscall(SYS_getdents, fd, buf, 4096) > 0);
	VAL(getdents64(0, buf, 100));
	VAL(getdents64(99, buf, 100));
	rewind(stdin);
}

static void
case_seekdir(void)
{
	DIR *d;
	struct dirent *de;
	long pos = 0;
	char after[256] = "", name[32];
	int i, n = 0;

	MUST(mkdir("d", 0755));
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "d/e%d", i);
		put_file(name, "", 0644);
	}
	d = opendir("d");
	for (i = 0; i < 20; i++)
		readdir(d);
	pos = telldir(d);
	de = readdir(d);
	snprintf(after, sizeof(after), "%s", de->d_name);
	while (readdir(d) != NULL)
		;
	seekdir(d, pos);
	de = readdir(d);
	YES(de != NULL && strcmp(de->d_name, after) == 0);
	rewinddir(d);
	while (readdir(d) != NULL)
		n++;
	VAL(n);
	closedir(d);
}

static void
case_remove_while_reading(void)
{
	DIR *d;
	struct dirent *de;
	char name[300];
	int i, n = 0;

	MUST(mkdir("d", 0755));
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "d/file-with-a-long-name-%d", i);
		put_file(name, "", 0644);
	}
	/* As rm -r does: every entry must be met although others go. */
	d = opendir("d");
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		MUST(unlinkat(dirfd(d), de->d_name, 0));
		n++;
	}
	closedir(d);
	VAL(n);
	VAL(rmdir("d"));
}

static void
case_cwd(void)
{
	char a[PATH_MAX], b[PATH_MAX];
	int fd;

	MUST(mkdir("d", 0755));
	MUST(mkdir("d/e", 0755));
	MUST(symlink("d/e", "l"));
	YES(getcwd(a, sizeof(a)) != NULL);
	VAL(chdir("l"));
	getcwd(b, sizeof(b));
	YES(strncmp(a, b, strlen(a)) == 0);
	say("%s\n", b + strlen(a));
	VAL(chdir("../.."));
	getcwd(b, sizeof(b));
	YES(strcmp(a, b) == 0);
	put_file("f", "x", 0644);
	VAL(chdir("f"));
	VAL(chdir("nothere"));
	VAL(chdir(""));
	VAL(chdir(bad_page()));
	fd = MUST(open("d", O_RDONLY));
	VAL(fchdir(fd));
	VAL(access("e", F_OK));
	VAL(fchdir(0));
	VAL(fchdir(99));
	VAL(syscall(SYS_getcwd, b, 1));
	VAL(syscall(SYS_getcwd, bad_page(), 4096));
	VAL(syscall(SYS_getcwd, b, sizeof(b)) == (long)strlen(b) + 1);
	VAL(chdir("/"));
	VAL(syscall(SYS_getcwd, b, 2));
	say("%s\n", b);
	VAL(chdir("../../.."));
	say("%s\n", getcwd(b, sizeof(b)));
}

static void
case_removed_cwd(void)
{
	char b[PATH_MAX];
	struct stat st;

	MUST(mkdir("d", 0755));
	MUST(chdir("d"));
	MUST(rmdir("../d"));
	VAL(syscall(SYS_getcwd, b, sizeof(b)));
	VAL(open("x", O_CREAT | O_WRONLY, 0644));
	VAL(mkdir("x", 0755));
	VAL(stat(".", &st));
	VAL(st.st_nlink);
	VAL(access("..", F_OK));
	ls(".");
	VAL(chdir(".."));
	VAL(access("d", F_OK));
}

static void
case_rename(void)
{
	struct stat st;

	put_file("a", "A", 0644);
	put_file("b", "B", 0644);
	MUST(mkdir("d", 0755));
	MUST(mkdir("d/sub", 0755));
	MUST(mkdir("e", 0755));
	put_file("d/f", "F", 0644);
	VAL(rename("a", "b"));
	say_file("b");
	VAL(access("a", F_OK));
	VAL(rename("nothere", "x"));
	VAL(rename("b", "d"));
	VAL(rename("d", "b"));
	VAL(rename("e", "d"));
	VAL(rename("d", "e"));
	ls("e");
	VAL(rename("e", "e/sub/x"));
	VAL(rename("e", "e"));
	VAL(rename("b", "b"));
	VAL(rename("b", "nodir/x"));
	VAL(rename("b/", "c"));
	VAL(rename("b", "c/"));
	VAL(rename("e/", "g/"));
	VAL(rename("g/.", "h"));
	VAL(rename(".", "h"));
	VAL(rename("g", "."));
	VAL(rename("", "h"));
	VAL(rename("b", ""));
	VAL(rename("/", "/abitest-root"));
	VAL(link("b", "b2"));
	VAL(rename("b", "b2"));
	VAL(access("b", F_OK));
	VAL(rename("g/f", "f"));
	VAL(rename("g/sub", "sub"));
	MUST(stat("g", &st));
	VAL(st.st_nlink);
	VAL(rename(bad_page(), "x"));
	VAL(rename("b", bad_page()));
	ls(".");
}

static void
case_rename_open(void)
{
	char buf[8] = "";
	int fd, old;

	put_file("a", "new", 0644);
	put_file("b", "old", 0644);
	old = MUST(open("b", O_RDONLY));
	fd = MUST(open("a", O_RDONLY));
	VAL(rename("a", "b"));
	/* Who had it open keeps it. */
	VAL(read(old, buf, 3));
	say("%s\n", buf);
	VAL(read(fd, buf, 3));
	say("%s\n", buf);
	MUST(mkdir("d", 0755));
	put_file("d/x", "x", 0644);
	fd = MUST(open("d", O_RDONLY));
	VAL(rename("d", "moved"));
	VAL(faccessat(fd, "x", F_OK, 0));
	VAL(faccessat(fd, "../b", F_OK, 0));
}

static void
case_renameat2(void)
{
	put_file("a", "A", 0644);
	put_file("b", "B", 0644);
	MUST(mkdir("d", 0755));
	put_file("d/f", "F", 0644);
	VAL(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
	VAL(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
	VAL(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE));
	say_file("b");
	say_file("c");
	VAL(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_EXCHANGE));
	say_file("d");
	say_file("b/f");
	VAL(renameat2(AT_FDCWD, "b", AT_FDCWD, "nothere", RENAME_EXCHANGE));
	VAL(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE |
	    RENAME_NOREPLACE));
	VAL(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", 0x80));
}

static void
case_link(void)
{
	struct stat st;
	int fd, i;

	put_file("f", "x", 0644);
	MUST(mkdir("d", 0755));
	MUST(symlink("f", "l"));
	VAL(link("f", "g"));
	VAL(link("f", "g"));
	VAL(link("f", "d/h"));
	VAL(link("d", "dd"));
	VAL(link("nothere", "x"));
	VAL(link("f", "nodir/x"));
	VAL(link("l", "l2"));
	MUST(lstat("l2", &st));
	YES(S_ISLNK(st.st_mode));
	VAL(linkat(AT_FDCWD, "l", AT_FDCWD, "l3", AT_SYMLINK_FOLLOW));
	MUST(lstat("l3", &st));
	YES(S_ISREG(st.st_mode));
	VAL(st.st_nlink);
	VAL(linkat(AT_FDCWD, "f", AT_FDCWD, "y", 0x1));
	VAL(unlink("f"));
	say_file("g");
	fd = MUST(open("g", O_RDONLY));
	VAL(unlink("g"));
	VAL(unlink("d/h"));
	VAL(unlink("l3"));
	MUST(fstat(fd, &st));
	VAL(st.st_nlink);
	for (i = 0; i < 300; i++) {
		char n[16];
		snprintf(n, sizeof(n), "n%d", i);
		if (i == 0)
			put_file(n, "many", 0644);
		else
			MUST(link("n0", n));
	}
	MUST(stat("n0", &st));
	VAL(st.st_nlink);
}

static void
case_unlinked_lives(void)
{
	char buf[16] = "";
	struct stat st;
	int fd, i;

	fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	VAL(write(fd, "still here", 10));
	VAL(unlink("f"));
	VAL(access("f", F_OK));
	VAL(pread(fd, buf, 10, 0));
	say("%s\n", buf);
	VAL(write(fd, "!", 1));
	MUST(fstat(fd, &st));
	say("%ld %ld\n", (long)st.st_size, (long)st.st_nlink);
	put_file("f", "another", 0644);
	VAL(pread(fd, buf, 10, 0));
	say("%s\n", buf);
	char p[32];
	snprintf(p, sizeof(p), "/proc/self/fd/%d", fd);
	i = open(p, O_RDONLY);
	VAL(pread(i, buf, 10, 0));
	say("%s\n", buf);
}

static void
case_deep_tree(void)
{
	char b[PATH_MAX], top[PATH_MAX];
	int i;

	getcwd(top, sizeof(top));
	for (i = 0; i < 100; i++) {
		MUST(mkdir("directory", 0755));
		MUST(chdir("directory"));
	}
	YES(getcwd(b, sizeof(b)) != NULL);
	YES(strlen(b) == strlen(top) + 1000);
	for (i = 0; i < 100; i++) {
		MUST(chdir(".."));
		MUST(rmdir("directory"));
	}
	YES(strcmp(getcwd(b, sizeof(b)), top) == 0);
}

static void
case_inotify(void)
{
	char buf[4096] __attribute__((aligned(8)));
	struct inotify_event *ev;
	ssize_t n, i;
	int fd, wd;

	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	YES(fd >= 0);
	wd = inotify_add_watch(fd, ".", IN_CREATE | IN_DELETE | IN_MODIFY |
	    IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE);
	VAL(wd);
	VAL(read(fd, buf, sizeof(buf)));
	put_file("f", "x", 0644);
	MUST(rename("f", "g"));
	MUST(unlink("g"));
	n = read(fd, buf, sizeof(buf));
	for (i = 0; i < n; i += sizeof(*ev) + ev->len) {
		ev = (struct inotify_event *)(buf + i);
		say("%x %s\n", ev->mask, ev->len ? ev->name : "-");
	}
	VAL(inotify_rm_watch(fd, wd));
	VAL(inotify_rm_watch(fd, 99));
	VAL(inotify_add_watch(fd, "nothere", IN_CREATE));
	VAL(inotify_add_watch(0, ".", IN_CREATE));
	VAL(inotify_init1(0x1));
}

static void
case_chroot(void)
{
	char b[PATH_MAX];

	MUST(mkdir("r", 0755));
	put_file("r/f", "inside", 0644);
	if (geteuid() != 0) {
		VAL(chroot("r"));
		return;
	}
	VAL(chroot("nothere"));
	VAL(chroot("r/f"));
	VAL(chroot("r"));
	say_file("/f");
	VAL(chdir("/"));
	VAL(access("../../f", F_OK));
	say("%s\n", getcwd(b, sizeof(b)));
	VAL(access("/bin/sh", F_OK));
	VAL(symlink("/f", "/l"));
	say_file("/l");
}

static void
case_across_mounts(void)
{
	char to[64];
	struct stat a, b;

	snprintf(to, sizeof(to), "/dev/shm/abitest-%d", getpid());
	put_file("f", "x", 0644);
	VAL(rename("f", to));
	VAL(link("f", to));
	VAL(access(to, F_OK));
	put_file(to, "there", 0600);
	say("%s", access(to, F_OK) == 0 ? "there\n" : "lost\n");
	MUST(stat("f", &a));
	MUST(stat(to, &b));
	YES(a.st_dev != b.st_dev);
	VAL(rename(to, "f"));
	VAL(unlink(to));
}

CASES("dirs",
	CASE(mkdir_rmdir), CASE(list), CASE(getdents), CASE(seekdir),
	CASE(remove_while_reading), CASE(cwd), CASE(removed_cwd),
	CASE(rename), CASE(rename_open), CASE(renameat2), CASE(link),
	CASE(unlinked_lives), CASE(deep_tree), CASE(inotify), CASE(chroot),
	CASE(across_mounts));
