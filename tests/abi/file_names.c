/* Names: link, rename, unlink, rmdir, symlink and their rules. */
#include "abitest.h"

#include <linux/fs.h>
#include <sys/sysmacros.h>

static void
zoo(void)
{
	put_file("file", "file", 0644);
	put_file("other", "other", 0644);
	MUST(mkdir("empty", 0755));
	MUST(mkdir("full", 0755));
	put_file("full/in", "in", 0644);
	MUST(mkdir("full/sub", 0755));
	MUST(symlink("file", "link"));
	MUST(symlink("full", "dlink"));
	MUST(symlink("nowhere", "dangling"));
	MUST(link("file", "hard"));
	MUST(mkfifo("fifo", 0600));
}

static const char *const kinds[] = { "file", "empty", "full", "link", "dlink",
    "dangling", "hard", "fifo", "nothing", "full/in", "file/", "empty/",
    "link/", "dlink/", "nothing/", ".", "..", "full/.", "full/..", "full/sub",
    "file/x", "" };
#define	NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* Each pair in a fresh directory. */
static void
each_pair(const char *what, int (*fn)(const char *, const char *))
{
	char dir[32];

	for (unsigned i = 0; i < NKINDS; i++)
		for (unsigned j = 0; j < NKINDS; j++) {
			snprintf(dir, sizeof(dir), "%u-%u", i, j);
			MUST(mkdir(dir, 0755));
			MUST(chdir(dir));
			zoo();
			errno = 0;
			say("%s %s %s: %s\n", what, kinds[i], kinds[j],
			    fn(kinds[i], kinds[j]) == 0 ? "ok" :
			    err_name(errno));
			MUST(chdir(".."));
		}
}

static int
exchange(const char *a, const char *b)
{
	return ((int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b,
	    RENAME_EXCHANGE));
}

static int
noreplace(const char *a, const char *b)
{
	return ((int)syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b,
	    RENAME_NOREPLACE));
}

static int
link_follow(const char *a, const char *b)
{
	return (linkat(AT_FDCWD, a, AT_FDCWD, b, AT_SYMLINK_FOLLOW));
}

static void
case_rename(void)
{
	each_pair("rename", rename);
}

static void
case_rename_exchange(void)
{
	each_pair("exchange", exchange);
}

static void
case_rename_noreplace(void)
{
	each_pair("noreplace", noreplace);
}

static void
case_link(void)
{
	each_pair("link", link);
}

static void
case_link_follow(void)
{
	each_pair("link", link_follow);
}

static void
case_rename_flags(void)
{
	static const unsigned flags[] = { 3, 5, 6, 8, 0x80000000, 7 };

	zoo();
	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		VAL(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "new",
		    flags[i]));
}

static void
case_rename_state(void)
{
	struct stat a, b, c;
	int fd;

	zoo();
	MUST(stat("file", &a));
	fd = (int)MUST(open("other", O_RDONLY));
	VAL(rename("file", "other"));
	MUST(stat("other", &b));
	YES(a.st_ino == b.st_ino);
	MUST(fstat(fd, &c));
	say("%d %d\n", (int)b.st_nlink, (int)c.st_nlink);
	/* Two names of one file: nothing happens. */
	VAL(rename("other", "hard"));
	RET(access("other", F_OK));
	MUST(stat("full", &a));
	VAL(rename("full", "empty"));
	MUST(stat("empty", &b));
	YES(a.st_ino == b.st_ino);
	say("%d %d\n", (int)a.st_nlink, (int)b.st_nlink);
	VAL(rename("empty/sub", "moved"));
	MUST(stat("empty", &b));
	say("%d\n", (int)b.st_nlink);
	MUST(mkdir("target", 0755));
	VAL(rename("moved", "target/moved"));
	MUST(stat("target", &b));
	say("%d\n", (int)b.st_nlink);
	RET(stat("target/moved/../moved/..", &c));
	YES(c.st_ino == b.st_ino);
	VAL(rename("target", "target/moved/deep"));
	VAL(rename("target/moved", "target"));
	VAL(rename("link", "renamed"));
	MUST(lstat("renamed", &a));
	YES(S_ISLNK(a.st_mode));
	VAL(syscall(SYS_renameat2, AT_FDCWD, "renamed", AT_FDCWD, "target",
	    RENAME_EXCHANGE));
	MUST(lstat("target", &a));
	MUST(lstat("renamed", &b));
	say("%d %d\n", S_ISLNK(a.st_mode), S_ISDIR(b.st_mode));
	RET(access("renamed/moved", F_OK));
}

static void
case_rename_whiteout(void)
{
	struct stat st;

	zoo();
	VAL(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "new",
	    RENAME_WHITEOUT));
	VAL(lstat("file", &st));
	say("%d %u %u\n", S_ISCHR(st.st_mode), major(st.st_rdev),
	    minor(st.st_rdev));
	say_file("new");
}

static void
case_unlink(void)
{
	char dir[16];

	for (unsigned i = 0; i < NKINDS; i++) {
		snprintf(dir, sizeof(dir), "u%u", i);
		MUST(mkdir(dir, 0755));
		MUST(chdir(dir));
		zoo();
		say("%s\n", kinds[i]);
		VAL(rmdir(kinds[i]));
		VAL(unlink(kinds[i]));
		VAL(unlinkat(AT_FDCWD, kinds[i], AT_REMOVEDIR));
		VAL(unlinkat(AT_FDCWD, kinds[i], 1));
		MUST(chdir(".."));
	}
	VAL(rmdir("/"));
	VAL(unlink("/"));
	VAL(mkdir("/", 0755));
}

static void
case_create(void)
{
	char dir[16];

	for (unsigned i = 0; i < NKINDS; i++) {
		snprintf(dir, sizeof(dir), "c%u", i);
		MUST(mkdir(dir, 0755));
		MUST(chdir(dir));
		zoo();
		say("%s\n", kinds[i]);
		VAL(mkdir(kinds[i], 0755));
		VAL(symlink("x", kinds[i]));
		VAL(mknod(kinds[i], S_IFREG | 0600, 0));
		VAL(mknod(kinds[i], S_IFIFO | 0600, 0));
		MUST(chdir(".."));
	}
}

static void
case_mknod(void)
{
	struct stat st;

	VAL(mknod("a", 0600, 0));
	VAL(mknod("b", S_IFREG | 04755, 0));
	MUST(stat("b", &st));
	say("%o\n", st.st_mode);
	VAL(mknod("c", S_IFDIR | 0755, 0));
	VAL(mknod("d", S_IFLNK | 0755, 0));
	VAL(mknod("e", S_IFSOCK | 0755, 0));
	MUST(stat("e", &st));
	say("%o\n", st.st_mode);
	VAL(open("e", O_RDWR));
	VAL(mknod("f", 0160000 | 0644, 0));
	VAL(mkfifo("g", 0666));
	MUST(stat("g", &st));
	say("%o\n", st.st_mode);
}

static void
case_symlink(void)
{
	char big[PATH_MAX + 1], buf[PATH_MAX + 1];
	struct stat st;

	memset(big, 'a', sizeof(big));
	big[PATH_MAX] = 0;
	VAL(symlink(big, "s1"));
	big[PATH_MAX - 1] = 0;
	VAL(symlink(big, "s2"));
	VAL(readlink("s2", buf, sizeof(buf)));
	VAL(symlink("", "s3"));
	VAL(symlink("t", ""));
	VAL(symlink("target", "s4"));
	VAL(readlink("s4", buf, 3));
	say("%.3s\n", buf);
	VAL(readlink("s4", buf, 0));
	VAL(readlink(".", buf, 10));
	VAL(readlink("", buf, 10));
	MUST(lstat("s4", &st));
	say("%o %ld %d\n", st.st_mode, (long)st.st_size, (int)st.st_nlink);
	VAL(chmod("s4", 0600));
	VAL(fchmodat(AT_FDCWD, "s4", 0600, AT_SYMLINK_NOFOLLOW));
	VAL(link("s4", "s5"));
	MUST(lstat("s5", &st));
	say("%o %d\n", st.st_mode, (int)st.st_nlink);
	VAL(stat("s2", &st));
}

static void
case_forty_links(void)
{
	char a[16], b[16];
	struct stat st;

	put_file("l0", "end", 0644);
	for (int i = 1; i <= 42; i++) {
		snprintf(a, sizeof(a), "l%d", i - 1);
		snprintf(b, sizeof(b), "l%d", i);
		MUST(symlink(a, b));
	}
	VAL(stat("l39", &st));
	VAL(stat("l40", &st));
	VAL(stat("l41", &st));
	VAL(lstat("l41", &st));
	VAL(open("l41", O_RDONLY));
	VAL(open("l41", O_PATH | O_NOFOLLOW) > 0);
	MUST(mkdir("d", 0755));
	MUST(symlink(".", "d/self"));
	VAL(stat("d/self/self/self/self/self/self/self/self", &st));
}

static void
case_odd_names(void)
{
	static const char *const name[] = { "\xff\xfe", "a b", "new\nline",
	    "\x01", "...", "-rf", "*", "\xc3\xa4", "a\\b", "\x7f" };
	char longest[NAME_MAX + 2];
	int fd;

	for (unsigned i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		errno = 0;
		fd = open(name[i], O_CREAT | O_EXCL | O_RDWR, 0600);
		say("%u %s\n", i, fd >= 0 ? "ok" : err_name(errno));
		RET(access(name[i], F_OK));
		RET(rename(name[i], "tmp"));
		RET(rename("tmp", name[i]));
		RET(unlink(name[i]));
	}
	memset(longest, 'n', sizeof(longest));
	longest[NAME_MAX + 1] = 0;
	VAL(mkdir(longest, 0755));
	VAL(open(longest, O_RDONLY));
	VAL(unlink(longest));
	VAL(symlink("x", longest));
	longest[NAME_MAX] = 0;
	VAL(mkdir(longest, 0755));
	VAL(rename(longest, "short"));
	VAL(rmdir("short"));
}

static void
case_sticky(void)
{
	if (geteuid() != 0) {
		/* One user: the owner of the directory may do it all. */
		MUST(mkdir("s", 01777));
		put_file("s/f", "x", 0644);
		VAL(rename("s/f", "s/g"));
		VAL(unlink("s/g"));
		return;
	}
	MUST(mkdir("s", 0755));
	MUST(chmod("s", 01777));
	put_file("s/root", "x", 0666);
	put_file("s/mine", "x", 0666);
	MUST(chown("s/mine", 1234, 1234));
	MUST(mkdir("s/dir", 0777));
	MUST(chmod(".", 0777));
	CHILD(MUST(setgid(1234)); MUST(setuid(1234));
	    VAL(unlink("s/root")); VAL(rename("s/root", "s/x"));
	    VAL(rename("s/mine", "s/root")); VAL(rename("s/mine", "s/new"));
	    VAL(rmdir("s/dir")); VAL(link("s/new", "s/hard"));
	    VAL(unlink("s/new")); put_file("s/own", "x", 0600);
	    VAL(unlink("s/own")));
}

CASES("file_names", CASE(rename), CASE(rename_exchange),
    CASE(rename_noreplace), CASE(rename_flags), CASE(rename_state),
    CASE(rename_whiteout), CASE(link), CASE(link_follow), CASE(unlink),
    CASE(create), CASE(mknod), CASE(symlink), CASE(forty_links),
    CASE(odd_names), CASE(sticky));
