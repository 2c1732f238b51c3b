/*
 * Look-ups that hold nothing, against everything that makes them wrong: while
 * one process renames, removes, closes and mounts directories and retargets a
 * link, others look paths up.  A number says which state holds; a look-up
 * during which it stood still must have seen that state and no other.
 */
#include <sys/mount.h>
#include "race.h"

#define	OTHER	4321			/* a user who is not root */

static char dir[] = "/tmp/race-walk-XXXXXX";

struct shared {
	uint32_t	stop;
	uint32_t	gen;		/* odd: changing */
	uint32_t	rounds;
	uint64_t	ino;		/* of "file", 0: there is none */
	int		which;		/* d1/who is this one's */
	int		link;		/* what "link" leads to */
	int		closed;		/* "door" lets nobody in */
	int		mounted;	/* something on "mnt" */
	uint64_t	looks;
};
static volatile struct shared *sh;

static void
put(const char *name, int size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CHECK(fd >= 0 && ftruncate(fd, size) == 0);
	close(fd);
}

static uint32_t
gen(void)
{
	return (__atomic_load_n(&sh->gen, __ATOMIC_SEQ_CST));
}

/* -1 with the errno in *e, or the size of what path names. */
static long
size_of(const char *path, struct stat *st, int *e)
{
	int r = stat(path, st);

	*e = r == 0 ? 0 : errno;
	return (r == 0 ? (long)st->st_size : -1);
}

static void
looker(int me)
{
	struct shared s;
	struct stat st;
	uint32_t g;
	long n;
	int e, fd;

	if (me == 1 && geteuid() == 0)
		CHECK(setgid(OTHER) == 0 && setuid(OTHER) == 0);
	while (sh->stop == 0) {
		sh->looks++;
		g = gen();
		s = *(const struct shared *)sh;
		n = size_of("d1/sub/who", &st, &e);
		CHECK(n == 1 || n == 2);
		CHECK(gen() != g || (g & 1) != 0 || n == s.which);

		g = gen();
		s = *(const struct shared *)sh;
		n = size_of("d2/../link/sub/../sub/who", &st, &e);
		CHECK(n == 1 || n == 2);
		CHECK(gen() != g || (g & 1) != 0 ||
		    n == (s.which == 1 ? s.link : 3 - s.link));

		g = gen();
		s = *(const struct shared *)sh;
		n = size_of("file", &st, &e);
		CHECK(n == 7 || (n == -1 && e == ENOENT));
		if (gen() == g && (g & 1) == 0)
			CHECK(s.ino == 0 ? n == -1 :
			    n == 7 && st.st_ino == s.ino);

		g = gen();
		s = *(const struct shared *)sh;
		n = size_of("door/in/who", &st, &e);
		CHECK(n == 5 || (n == -1 && e == EACCES));
		if (gen() == g && (g & 1) == 0)
			CHECK(n == (s.closed && getuid() == OTHER ? -1 : 5));

		g = gen();
		s = *(const struct shared *)sh;
		n = size_of("mnt/who", &st, &e);
		CHECK(n == 0 || n == 4 || n == 6 || (n == -1 && e == ENOENT));
		if (gen() == g && (g & 1) == 0)
			CHECK(n == (s.mounted ? 6 : 4));

		/* What was opened stays what it is. */
		if ((fd = open("d1/sub/who", O_RDONLY)) >= 0) {
			CHECK(fstat(fd, &st) == 0);
			CHECK(st.st_size == 1 || st.st_size == 2);
			close(fd);
		}
	}
	_exit(0);
}

static void
change(int i)
{
	static bool can = true;
	struct stat st;

	switch (i % 5) {
	case 0:
		CHECK(syscall(SYS_renameat2, AT_FDCWD, "d1", AT_FDCWD, "d2",
		    2 /* RENAME_EXCHANGE */) == 0);
		sh->which = 3 - sh->which;
		break;
	case 1:
		CHECK(symlink(sh->link == 1 ? "d2" : "d1", "newlink") == 0);
		CHECK(rename("newlink", "link") == 0);
		sh->link = 3 - sh->link;
		break;
	case 2:
		if (sh->ino != 0) {
			CHECK(unlink("file") == 0);
			sh->ino = 0;
		} else {
			put("newfile", 7);
			CHECK(stat("newfile", &st) == 0);
			CHECK(rename("newfile", "file") == 0);
			sh->ino = st.st_ino;
		}
		break;
	case 3:
		CHECK(chmod("door", sh->closed ? 0755 : 0700) == 0);
		sh->closed = !sh->closed;
		break;
	default:
		if (sh->mounted) {
			CHECK(umount2("mnt", MNT_DETACH) == 0);
			sh->mounted = 0;
		} else if (can && mount("none", "mnt", "tmpfs", 0, NULL) == 0) {
			put("mnt/who", 6);
			sh->mounted = 1;
		} else
			can = false;
	}
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 5000), i;
	pid_t pid[2];

	/* On the real thing, keep our mounts to ourselves. */
	if (unshare(CLONE_NEWNS) == 0)
		CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	sh = shared_mem(4096);
	CHECK(mkdtemp(dir) != NULL && chmod(dir, 0755) == 0 &&
	    chdir(dir) == 0);
	CHECK(mkdir("d1", 0755) == 0 && mkdir("d1/sub", 0755) == 0);
	CHECK(mkdir("d2", 0755) == 0 && mkdir("d2/sub", 0755) == 0);
	CHECK(mkdir("door", 0755) == 0 && mkdir("door/in", 0755) == 0);
	CHECK(mkdir("mnt", 0755) == 0 && symlink("d1", "link") == 0);
	put("d1/sub/who", 1);
	put("d2/sub/who", 2);
	put("door/in/who", 5);
	put("mnt/who", 4);
	sh->which = sh->link = 1;
	for (i = 0; i < 2; i++)
		if ((pid[i] = fork()) == 0)
			looker(i);
	while (sh->looks == 0)
		sched_yield();
	for (i = 0; i < rounds; i++) {
		__atomic_add_fetch(&sh->gen, 1, __ATOMIC_SEQ_CST);
		change(i);
		__atomic_add_fetch(&sh->gen, 1, __ATOMIC_SEQ_CST);
		if (i % 7 == 0)
			sched_yield();
	}
	sh->stop = 1;
	for (i = 0; i < 2; i++)
		reap_exit(pid[i], 0);
	if (sh->mounted)
		CHECK(umount2("mnt", 0) == 0);
	CHECK(chdir("/") == 0);
	return (ok("walk", rounds));
}
