/*
 * The memory devices, /dev/fd, device nodes elsewhere.
 */
#include "abitest.h"

#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>

static char buf[8192];

static bool
all(const char *p, size_t n, char c)
{
	while (n > 0 && p[n - 1] == c)
		n--;
	return (n == 0);
}

static void
case_nodes(void)
{
	static const char *const names[] = { "null", "zero", "full", "random",
	    "urandom", "tty", "ptmx", "pts/ptmx" };
	char path[64];
	struct stat st;

	for (unsigned i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		MUST(stat(path, &st));
		say("%s %d %u:%u %o\n", names[i], S_ISCHR(st.st_mode),
		    major(st.st_rdev), minor(st.st_rdev),
		    (unsigned)st.st_mode & 0666);
	}
	for (unsigned i = 6; i < 8; i++) {
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		MUST(stat(path, &st));
		say("%s %u:%u\n", names[i], major(st.st_rdev),
		    minor(st.st_rdev));
	}
	VAL(readlink("/dev/fd", buf, sizeof(buf)));
	VAL(readlink("/dev/stdin", buf, sizeof(buf)));
	MUST(stat("/dev/shm", &st));
	say("%o\n", (unsigned)st.st_mode & 07777);
}

static void
case_null(void)
{
	int fd = MUST(open("/dev/null", O_RDWR));
	struct pollfd f = { fd, POLLIN | POLLOUT, 0 };
	struct stat st;

	VAL(read(fd, buf, sizeof(buf)));
	VAL(write(fd, buf, sizeof(buf)));
	VAL(write(fd, bad_page(), 100));
	VAL(pwrite(fd, buf, 10, 1000));
	VAL(pread(fd, buf, 10, 1000));
	VAL(lseek(fd, 100, SEEK_SET));
	VAL(lseek(fd, 0, SEEK_END));
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
	VAL(ftruncate(fd, 0));
	VAL(fsync(fd));
	VAL(ioctl(fd, TCGETS, buf));
	YES(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	say("%s\n", err_name(errno));
	MUST(fstat(fd, &st));
	VAL(st.st_size);
	close(fd);
	RET(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0600));
	VAL(open("/dev/null", O_RDONLY | O_DIRECTORY));
	VAL(truncate("/dev/null", 0));
	fd = MUST(open("/dev/null", O_RDONLY));
	VAL(write(fd, "x", 1));
}

static void
case_zero(void)
{
	int fd = MUST(open("/dev/zero", O_RDWR));
	char *p, *q;

	memset(buf, 1, sizeof(buf));
	VAL(read(fd, buf, sizeof(buf)));
	YES(all(buf, sizeof(buf), 0));
	VAL(write(fd, buf, 100));
	VAL(read(fd, bad_page(), 100));
	VAL(read(fd, edge_page() + 4096 - 10, 100));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	YES(p != MAP_FAILED && all(p, 8192, 0));
	q = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	YES(q != MAP_FAILED && all(q, 8192, 0));
	CHILD(p[0] = 'p'; q[0] = 'q');
	say("%d %c\n", p[0], q[0]);
	close(fd);
	p[1] = 'x';
	YES(p[1] == 'x');
}

static void
case_full(void)
{
	int fd = MUST(open("/dev/full", O_RDWR));

	VAL(write(fd, "x", 1));
	VAL(write(fd, "x", 0));
	memset(buf, 1, 100);
	VAL(read(fd, buf, 100));
	YES(all(buf, 100, 0));
	VAL(lseek(fd, 10, SEEK_SET));
}

static void
case_random(void)
{
	static const char *const names[] = { "/dev/random", "/dev/urandom" };
	char a[64], b[64];
	int n;

	for (int i = 0; i < 2; i++) {
		int fd = MUST(open(names[i], O_RDWR));
		struct pollfd f = { fd, POLLIN | POLLOUT, 0 };

		VAL(read(fd, a, sizeof(a)));
		VAL(read(fd, b, sizeof(b)));
		YES(memcmp(a, b, sizeof(a)) != 0);
		VAL(read(fd, buf, sizeof(buf)));
		VAL(read(fd, bad_page(), 8));
		VAL(write(fd, "seed", 4));
		VAL(poll(&f, 1, 0));
		VAL(ioctl(fd, 0x80045200, &n));		/* RNDGETENTCNT */
		VAL(n);
		VAL(ioctl(fd, 0x5299, &n));
		close(fd);
	}
}

static void
case_tty(void)
{
	CHILD(setsid(); VAL(open("/dev/tty", O_RDWR)));
}

static void
case_fd(void)
{
	struct stat a, b;
	int p[2], fd, q;

	put_file("f", "contents", 0644);
	fd = MUST(open("f", O_RDWR));
	VAL(lseek(fd, 3, SEEK_SET));
	MUST(dup2(fd, 20));
	q = MUST(open("/dev/fd/20", O_RDONLY));
	VAL(read(q, buf, 4));		/* a description of its own */
	say("%.4s\n", buf);
	VAL(write(q, "x", 1));
	MUST(fstat(q, &a));
	MUST(fstat(fd, &b));
	YES(a.st_ino == b.st_ino);
	VAL(open("/dev/fd/21", O_RDONLY));
	VAL(open("/dev/fd/x", O_RDONLY));
	MUST(pipe(p));
	MUST(dup2(p[0], 22));
	MUST(dup2(p[1], 23));
	q = MUST(open("/dev/fd/23", O_WRONLY));
	VAL(write(q, "through", 7));
	q = MUST(open("/proc/self/fd/22", O_RDONLY | O_NONBLOCK));
	VAL(read(q, buf, 100));
	VAL(read(q, buf, 100));
	MUST(fstat(q, &a));
	MUST(fstat(p[0], &b));
	YES(a.st_ino == b.st_ino && S_ISFIFO(a.st_mode));
	/* The other end, from this one. */
	q = MUST(open("/dev/fd/22", O_WRONLY));
	VAL(write(q, "back", 4));
	VAL(read(p[0], buf, 100));
	VAL(open("/dev/stdin", O_RDONLY) >= 0);
	close(0);
	VAL(open("/dev/stdin", O_RDONLY));
}

static void
case_elsewhere(void)
{
	if (geteuid() != 0) {
		VAL(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
		return;
	}
	VAL(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	VAL(mknod("odd", S_IFCHR | 0666, makedev(1234, 3)));
	VAL(mknod("blk", S_IFBLK | 0666, makedev(1234, 3)));
}

CASES("devices",
    CASE(nodes),
    CASE(null),
    CASE(zero),
    CASE(full),
    CASE(random),
    CASE(tty),
    CASE(fd),
    CASE(elsewhere));
