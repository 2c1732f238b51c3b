/* Contents: vectors, flags of a transfer, holes, copies between files, seals. */
#include "abitest.h"

#include <linux/falloc.h>
#include <sys/sendfile.h>
#include <sys/sysmacros.h>

#ifndef RWF_APPEND
#define	RWF_APPEND	0x10
#endif

static void
case_vector_limits(void)
{
	static struct iovec iov[1100];
	char b[8] = "";
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	for (int i = 0; i < 1100; i++)
		iov[i] = (struct iovec){ b, 1 };
	VAL(writev(fd, iov, 1024));
	VAL(writev(fd, iov, 1025));
	VAL(writev(fd, iov, 0));
	VAL(writev(fd, iov, -1));
	VAL(writev(fd, NULL, 0));
	VAL(writev(fd, NULL, 1));
	VAL(writev(fd, (void *)8, 1));
	iov[1].iov_len = (size_t)-1;
	VAL(writev(fd, iov, 2));
	iov[1] = (struct iovec){ (void *)8, 4 };
	VAL(pwritev(fd, iov, 2, 0));
	iov[0] = (struct iovec){ (void *)8, 4 };
	VAL(pwritev(fd, iov, 1, 0));
	iov[0] = (struct iovec){ NULL, 0 };
	VAL(pwritev(fd, iov, 1, 0));
	VAL(preadv(fd, iov, 1, -1));
	VAL(pwritev(fd, iov, 1, -1));
	VAL(pread(fd, b, 1, -1));
	VAL(pwrite(fd, b, 1, -1));
	VAL(pread(fd, b, 1, INT64_MAX));
	VAL(pwrite(fd, b, 1, INT64_MAX));
	VAL(pread(99, b, 1, 0));
	VAL(read(fd, (void *)8, 0));
	VAL(read(fd, (void *)8, 4));
	MUST(lseek(fd, 0, SEEK_SET));
	VAL(read(fd, (void *)8, 4));
	VAL(write(fd, (void *)8, 4));
	VAL(write(fd, NULL, 0));
	VAL(lseek(fd, 0, SEEK_CUR));
}

static void
case_v2_flags(void)
{
	char b[64] = "0123456789";
	struct iovec iov[1] = { { b, 4 } };
	int p[2], fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	VAL(pwritev2(fd, iov, 1, 0, 0));
	VAL(pwritev2(fd, iov, 1, -1, 0));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(pwritev2(fd, iov, 1, 0, RWF_APPEND));
	VAL(lseek(fd, 0, SEEK_END));
	VAL(pwritev2(fd, iov, 1, 0, RWF_SYNC));
	VAL(pwritev2(fd, iov, 1, 0, RWF_DSYNC));
	VAL(preadv2(fd, iov, 1, 0, RWF_HIPRI));
	VAL(preadv2(fd, iov, 1, 100, RWF_NOWAIT));
	VAL(preadv2(fd, iov, 1, 0, 0x10000));
	VAL(pwritev2(fd, iov, 1, 0, 0x40000000));
	VAL(preadv2(fd, iov, 1, -2, 0));
	VAL(pwritev2(fd, iov, 1, -2, 0));
	MUST(pipe(p));
	VAL(pwritev2(p[1], iov, 1, -1, 0));
	VAL(pwritev2(p[1], iov, 1, 0, 0));
	VAL(preadv2(p[0], iov, 1, -1, RWF_NOWAIT));
	VAL(preadv2(p[0], iov, 1, -1, RWF_NOWAIT));
	VAL(pread(p[0], b, 1, 0));
}

static void
case_append(void)
{
	char b[16] = "";
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR | O_APPEND, 0600));

	MUST(write(fd, "abc", 3));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(write(fd, "def", 3));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(pwrite(fd, "X", 1, 0));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(pread(fd, b, sizeof(b), 0));
	say("%s\n", b);
	MUST(ftruncate(fd, 2));
	VAL(write(fd, "gh", 2));
	say_file("f");
	MUST(fcntl(fd, F_SETFL, 0));
	MUST(lseek(fd, 0, SEEK_SET));
	VAL(write(fd, "Z", 1));
	say_file("f");
}

static void
blocks(int fd)
{
	struct stat st;

	MUST(fstat(fd, &st));
	say("size %lld, %s\n", (long long)st.st_size, st.st_blocks == 0 ?
	    "empty" : st.st_blocks * 512 < st.st_size ? "sparse" : "full");
}

static void
case_sparse(void)
{
	char b[4096];
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	MUST(ftruncate(fd, 1 << 20));
	blocks(fd);
	VAL(lseek(fd, 0, SEEK_DATA));
	VAL(lseek(fd, 0, SEEK_HOLE));
	VAL(lseek(fd, 1 << 20, SEEK_HOLE));
	VAL(lseek(fd, (1 << 20) - 1, SEEK_HOLE));
	memset(b, 'x', sizeof(b));
	MUST(pwrite(fd, b, sizeof(b), 512 << 10));
	VAL(lseek(fd, 0, SEEK_DATA));
	VAL(lseek(fd, 512 << 10, SEEK_HOLE));
	VAL(lseek(fd, 600 << 10, SEEK_DATA));
	VAL(lseek(fd, -1, SEEK_DATA));
	VAL(lseek(fd, 0, 9));
	VAL(lseek(fd, INT64_MAX, SEEK_CUR));
	blocks(fd);
	VAL(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    512 << 10, 4096));
	blocks(fd);
	VAL(lseek(fd, 0, SEEK_DATA));
	VAL(ftruncate(fd, 1LL << 40));
	VAL(pwrite(fd, "end", 3, (1LL << 40) - 3));
	VAL(pread(fd, b, 5, (1LL << 40) - 5));
	say("%d %.3s\n", b[0] + b[1], b + 2);
	blocks(fd);
	VAL(ftruncate(fd, 0));
	blocks(fd);
}

static void
case_fallocate_modes(void)
{
	static const int mode[] = { 0, FALLOC_FL_KEEP_SIZE,
	    FALLOC_FL_PUNCH_HOLE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    FALLOC_FL_ZERO_RANGE, 0x100, FALLOC_FL_COLLAPSE_RANGE | 1 };
	char b[16384];
	int p[2], fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));
	int ro = (int)MUST(open("f", O_RDONLY));

	memset(b, 'x', sizeof(b));
	for (unsigned i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
		int64_t sum = 0;

		MUST(ftruncate(fd, 0));
		MUST(pwrite(fd, b, 10000, 0));
		say("%#x\n", (unsigned)mode[i]);
		VAL(fallocate(fd, mode[i], 4096, 8192));
		VAL(lseek(fd, 0, SEEK_END));
		if (pread(fd, b, 10000, 0) != 10000)
			say("short\n");
		for (int k = 0; k < 10000; k++)
			sum += b[k];
		say("%lld\n", (long long)sum);
		memset(b, 'x', sizeof(b));
	}
	VAL(fallocate(fd, 0, -1, 10));
	VAL(fallocate(fd, 0, 0, 0));
	VAL(fallocate(fd, 0, 0, -1));
	VAL(fallocate(ro, 0, 0, 10));
	VAL(fallocate(fd, 0, INT64_MAX, 10));
	VAL(fallocate(99, 0, 0, 10));
	MUST(pipe(p));
	VAL(fallocate(p[1], 0, 0, 10));
	VAL(fallocate((int)MUST(open(".", O_RDONLY)), 0, 0, 10));
	VAL(posix_fallocate(fd, 0, 100000));
	VAL(lseek(fd, 0, SEEK_END));
}

static void
case_truncate(void)
{
	char b[16] = "";
	int ro, fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	MUST(write(fd, "0123456789", 10));
	VAL(ftruncate(fd, 4));
	VAL(ftruncate(fd, 8));
	VAL(pread(fd, b, 16, 0));
	for (int i = 0; i < 8; i++)
		say("%d ", b[i]);
	say("\n");
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(ftruncate(fd, -1));
	VAL(truncate("f", -1));
	VAL(truncate("nothing", 0));
	VAL(truncate(".", 0));
	VAL(truncate("", 0));
	VAL(truncate("f/", 0));
	MUST(symlink("f", "l"));
	VAL(truncate("l", 3));
	VAL(lseek(fd, 0, SEEK_END));
	MUST(mkfifo("fifo", 0600));
	VAL(truncate("fifo", 0));
	ro = (int)MUST(open("f", O_RDONLY));
	VAL(ftruncate(ro, 0));
	VAL(ftruncate(99, 0));
	VAL(truncate("f", INT64_MAX));
}

static void
case_copy_range(void)
{
	char b[64] = "";
	loff_t in = 2, out = 20;
	int a = (int)MUST(open("a", O_CREAT | O_RDWR, 0600));
	int c = (int)MUST(open("c", O_CREAT | O_RDWR, 0600)), p[2];
	int ro = (int)MUST(open("a", O_RDONLY));
	int ap = (int)MUST(open("c", O_WRONLY | O_APPEND));

	MUST(write(a, "0123456789abcdef", 16));
	VAL(copy_file_range(a, &in, c, NULL, 5, 0));
	say("%lld\n", (long long)in);
	VAL(copy_file_range(a, &in, c, &out, 100, 0));
	say("%lld %lld\n", (long long)in, (long long)out);
	VAL(lseek(c, 0, SEEK_CUR));
	VAL(pread(c, b, sizeof(b), 0));
	say("%.5s\n", b);
	VAL(copy_file_range(a, &in, c, &out, 10, 0));
	in = 0;
	out = 3;
	VAL(copy_file_range(a, &in, a, &out, 5, 0));
	in = 0;
	out = 16;
	VAL(copy_file_range(a, &in, a, &out, 5, 0));
	VAL(copy_file_range(a, &in, c, &out, 5, 1));
	in = -1;
	VAL(copy_file_range(a, &in, c, &out, 5, 0));
	in = 0;
	VAL(copy_file_range(c, &in, ro, &out, 5, 0));
	VAL(copy_file_range(a, &in, ap, NULL, 5, 0));
	VAL(copy_file_range(99, &in, c, NULL, 5, 0));
	MUST(pipe(p));
	VAL(copy_file_range(a, &in, p[1], NULL, 5, 0));
	VAL(copy_file_range((int)MUST(open(".", O_RDONLY)), &in, c, NULL, 5,
	    0));
	VAL(copy_file_range(a, &in, c, &out, 0, 0));
}

static void
case_sendfile(void)
{
	char b[64] = "";
	off_t off = 3;
	int a = (int)MUST(open("a", O_CREAT | O_RDWR, 0600)), p[2];
	int c = (int)MUST(open("c", O_CREAT | O_RDWR, 0600));
	int ap = (int)MUST(open("d", O_CREAT | O_WRONLY | O_APPEND, 0600));

	MUST(write(a, "0123456789", 10));
	MUST(pipe(p));
	VAL(sendfile(p[1], a, &off, 4));
	say("%lld\n", (long long)off);
	VAL(lseek(a, 0, SEEK_CUR));
	VAL(read(p[0], b, sizeof(b)));
	say("%s\n", b);
	VAL(sendfile(c, a, NULL, 10));
	MUST(lseek(a, 0, SEEK_SET));
	VAL(sendfile(c, a, NULL, 100));
	VAL(sendfile(ap, a, &off, 4));
	VAL(sendfile(c, p[0], NULL, 4));
	VAL(sendfile(a, 99, NULL, 4));
	VAL(sendfile(99, a, NULL, 4));
	off = -1;
	VAL(sendfile(c, a, &off, 4));
	VAL(sendfile(c, a, (void *)8, 4));
	off = 100;
	VAL(sendfile(c, a, &off, 4));
	say_file("c");
}

static void
case_splice(void)
{
	char b[64] = "";
	loff_t off = 2;
	int a = (int)MUST(open("a", O_CREAT | O_RDWR, 0600)), p[2], q[2];
	struct iovec iov[2] = { { (void *)"vm", 2 }, { (void *)"splice", 6 } };

	MUST(write(a, "0123456789", 10));
	MUST(pipe(p));
	MUST(pipe(q));
	VAL(splice(a, &off, p[1], NULL, 5, 0));
	say("%lld\n", (long long)off);
	VAL(tee(p[0], q[1], 3, 0));
	VAL(read(q[0], b, sizeof(b)));
	say("%.3s\n", b);
	VAL(splice(p[0], NULL, q[1], NULL, 100, 0));
	off = 20;
	VAL(splice(q[0], NULL, a, &off, 100, 0));
	say("%lld\n", (long long)off);
	VAL(vmsplice(p[1], iov, 2, 0));
	VAL(read(p[0], b, sizeof(b)));
	say("%.8s\n", b);
	VAL(splice(p[0], NULL, q[1], NULL, 5, SPLICE_F_NONBLOCK));
	VAL(tee(p[0], q[1], 5, SPLICE_F_NONBLOCK));
	VAL(tee(p[0], p[1], 5, 0));
	VAL(splice(p[0], NULL, p[1], NULL, 5, 0));
	VAL(splice(a, NULL, a, NULL, 5, 0));
	VAL(splice(p[0], &off, q[1], NULL, 5, 0));
	VAL(splice(a, NULL, p[1], NULL, 5, 0x100));
	VAL(tee(a, p[1], 5, 0));
	VAL(vmsplice(a, iov, 1, 0));
	VAL(splice(a, &off, p[1], NULL, 0, 0));
	off = 1000;
	VAL(splice(a, &off, p[1], NULL, 10, 0));
	close(p[1]);
	VAL(splice(p[0], NULL, q[1], NULL, 5, 0));
	VAL(tee(p[0], q[1], 5, 0));
	MUST(pipe(p));
	close(p[0]);
	on_signal(SIGPIPE, SIG_IGN, 0);
	VAL(splice(a, NULL, p[1], NULL, 5, 0));
	VAL(vmsplice(p[1], iov, 1, 0));
}

static void
seal_ops(int fd)
{
	char b[4] = "abc";
	void *m;

	VAL(write(fd, b, 3));
	VAL(pwrite(fd, b, 3, 4096));
	VAL(ftruncate(fd, 100));
	VAL(ftruncate(fd, 8192));
	VAL(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
	    4096));
	VAL(fallocate(fd, 0, 0, 20000));
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	say("shared writable: %s\n", m == MAP_FAILED ? err_name(errno) : "ok");
	if (m != MAP_FAILED)
		munmap(m, 4096);
	m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	say("shared: %s\n", m == MAP_FAILED ? err_name(errno) : "ok");
	if (m != MAP_FAILED) {
		VAL(mprotect(m, 4096, PROT_READ | PROT_WRITE));
		munmap(m, 4096);
	}
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	say("private: %s\n", m == MAP_FAILED ? err_name(errno) : "ok");
}

static void
case_seals(void)
{
	static const int seal[] = { F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE,
	    F_SEAL_FUTURE_WRITE, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
	void *m;
	int fd;

	for (unsigned i = 0; i < sizeof(seal) / sizeof(seal[0]); i++) {
		fd = (int)MUST(memfd_create("m", MFD_ALLOW_SEALING));
		MUST(ftruncate(fd, 4096));
		say("%#x\n", (unsigned)seal[i]);
		VAL(fcntl(fd, F_ADD_SEALS, seal[i]));
		VAL(fcntl(fd, F_GET_SEALS));
		seal_ops(fd);
		VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
		VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	}
	fd = (int)MUST(memfd_create("m", 0));
	VAL(fcntl(fd, F_GET_SEALS));
	VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	fd = (int)MUST(memfd_create("m", MFD_ALLOW_SEALING | MFD_CLOEXEC));
	VAL(fcntl(fd, F_GETFD));
	VAL(fcntl(fd, F_ADD_SEALS, 0x1000));
	MUST(ftruncate(fd, 4096));
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	munmap(m, 4096);
	VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));
	VAL(fcntl(fd, F_GET_SEALS));
	VAL(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	VAL(memfd_create(NULL, 0));
	VAL(memfd_create("x", 0x1000));
	RET(memfd_create("", 0));
	{
		char name[300];

		memset(name, 'n', sizeof(name));
		name[249] = 0;
		RET(memfd_create(name, 0));
		name[249] = 'n';
		name[250] = 0;
		VAL(memfd_create(name, 0));
	}
}

static void
case_direct(void)
{
	char *b = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = (int)MUST(open("f", O_CREAT | O_RDWR | O_DIRECT, 0600));

	memset(b, 'd', 8192);
	VAL(write(fd, b, 4096));
	VAL(pread(fd, b + 4096, 4096, 0));
	YES(memcmp(b, b + 4096, 4096) == 0);
	VAL(pread(fd, b, 4096, 4096));
	VAL(fcntl(fd, F_GETFL) & O_DIRECT);
	VAL(fcntl(fd, F_SETFL, 0));
	VAL(write(fd, b + 1, 10));
	VAL(lseek(fd, 0, SEEK_CUR));
}

static void
case_lseek(void)
{
	int p[2], dir, fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	MUST(write(fd, "0123456789", 10));
	VAL(lseek(fd, -11, SEEK_END));
	VAL(lseek(fd, -10, SEEK_END));
	VAL(lseek(fd, 100, SEEK_SET));
	VAL(read(fd, (char [1]){ 0 }, 1));
	VAL(write(fd, "x", 1));
	VAL(lseek(fd, 0, SEEK_END));
	VAL(lseek(fd, -1, SEEK_SET));
	VAL(lseek(99, 0, SEEK_SET));
	MUST(pipe(p));
	VAL(lseek(p[0], 0, SEEK_CUR));
	dir = (int)MUST(open(".", O_RDONLY));
	VAL(lseek(dir, 0, SEEK_SET));
	VAL(read(dir, (char [1]){ 0 }, 1));
	VAL(lseek((int)MUST(open("/dev/null", O_RDWR)), 5, SEEK_SET));
	VAL(lseek((int)MUST(open("/dev/zero", O_RDWR)), 5, SEEK_SET));
}

static void
case_fadvise_and_sync(void)
{
	int p[2], fd = (int)MUST(open("f", O_CREAT | O_RDWR, 0600));

	MUST(write(fd, "0123456789", 10));
	for (int i = 0; i < 8; i++)
		VAL(posix_fadvise(fd, 0, 5, i));
	VAL(posix_fadvise(fd, 0, -1, 0));
	VAL(posix_fadvise(99, 0, 0, 0));
	MUST(pipe(p));
	VAL(posix_fadvise(p[0], 0, 0, 0));
	VAL(readahead(fd, 0, 10));
	VAL(readahead(p[0], 0, 10));
	VAL(readahead(99, 0, 10));
	VAL(sync_file_range(fd, 0, 10, 2));
	VAL(sync_file_range(fd, 0, 10, 16));
	VAL(sync_file_range(fd, -1, 10, 0));
	VAL(sync_file_range(p[0], 0, 10, 0));
	VAL(fsync(p[0]));
	VAL(fdatasync(p[0]));
	VAL(fsync((int)MUST(open(".", O_RDONLY))));
	VAL(fsync((int)MUST(open("/dev/null", O_RDWR))));
	VAL(syncfs(fd));
	VAL(syncfs(99));
}

CASES("file_data", CASE(vector_limits), CASE(v2_flags), CASE(append),
    CASE(sparse), CASE(fallocate_modes), CASE(truncate), CASE(copy_range),
    CASE(sendfile), CASE(splice), CASE(seals), CASE(direct), CASE(lseek),
    CASE(fadvise_and_sync));
