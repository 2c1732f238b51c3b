/*
 * read, write and their many forms; seeking; copying between descriptors.
 */
#include "abitest.h"

#include <linux/falloc.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

static void
case_basic(void)
{
	char buf[16] = "";
	int fd, p[2];

	fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	VAL(write(fd, "hello", 5));
	VAL(read(fd, buf, 5));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(read(fd, buf, 3));
	VAL(read(fd, buf + 3, 10));
	VAL(read(fd, buf, 10));
	say("%s\n", buf);
	VAL(read(fd, buf, 0));
	VAL(write(fd, buf, 0));
	VAL(read(fd, bad_page(), 0));
	VAL(read(99, buf, 1));
	VAL(write(99, buf, 1));
	VAL(read(-1, buf, 1));
	fd = MUST(open("f", O_WRONLY));
	VAL(read(fd, buf, 1));
	fd = MUST(open("f", O_RDONLY));
	VAL(write(fd, buf, 1));
	fd = MUST(open(".", O_RDONLY));
	VAL(read(fd, buf, 1));
	VAL(read(fd, buf, -1UL));
	MUST(pipe(p));
	VAL(write(p[0], buf, 1));
	VAL(read(p[1], buf, 1));
}

static void
case_seek(void)
{
	char buf[4];
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	VAL(write(fd, "0123456789", 10));
	VAL(lseek(fd, 3, SEEK_SET));
	VAL(lseek(fd, 3, SEEK_CUR));
	VAL(lseek(fd, -2, SEEK_END));
	VAL(lseek(fd, -20, SEEK_END));
	VAL(lseek(fd, -1, SEEK_SET));
	VAL(lseek(fd, 0, 99));
	VAL(lseek(fd, 100, SEEK_SET));
	VAL(read(fd, buf, 4));
	VAL(write(fd, "x", 1));
	VAL(lseek(fd, 0, SEEK_END));
	VAL(pread(fd, buf, 1, 50));
	VAL(buf[0]);
	VAL(lseek(fd, INT64_MAX, SEEK_SET) >= 0 || errno == EINVAL);
	VAL(lseek(fd, 10, SEEK_SET));
	VAL(lseek(fd, INT64_MAX, SEEK_CUR));
	MUST(pipe(p));
	VAL(lseek(p[0], 0, SEEK_SET));
	VAL(lseek(99, 0, SEEK_SET));
	int s[2];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	VAL(lseek(s[0], 0, SEEK_CUR));
}

static void
case_holes(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	VAL(pwrite(fd, "data", 4, 1 << 20));
	VAL(lseek(fd, 0, SEEK_DATA) <= 1 << 20);
	VAL(lseek(fd, 1 << 20, SEEK_DATA));
	VAL(lseek(fd, 1 << 20, SEEK_HOLE));
	VAL(lseek(fd, 2 << 20, SEEK_DATA));
	VAL(lseek(fd, 2 << 20, SEEK_HOLE));
}

static void
case_pread_pwrite(void)
{
	char buf[16] = "";
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	VAL(pwrite(fd, "abcdef", 6, 0));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(pread(fd, buf, 3, 2));
	say("%s\n", buf);
	VAL(pread(fd, buf, 3, 100));
	VAL(pread(fd, buf, 3, -1));
	VAL(pwrite(fd, buf, 3, -1));
	VAL(pread(fd, bad_page(), 3, 0));
	MUST(pipe(p));
	VAL(pread(p[0], buf, 1, 0));
	VAL(pwrite(p[1], buf, 1, 0));
	fd = MUST(open("f", O_RDWR | O_APPEND));
	/* Linux appends, whatever the offset says. */
	VAL(pwrite(fd, "Z", 1, 0));
	say_file("f");
	VAL(write(fd, "Y", 1));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(write(fd, "X", 1));
	say_file("f");
}

static void
case_vectors(void)
{
	char a[4] = "", b[4] = "", c[4] = "";
	struct iovec v[3] = { { "one", 3 }, { NULL, 0 }, { "two", 3 } };
	struct iovec r[3] = { { a, 2 }, { b, 3 }, { c, 3 } };
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));

	VAL(writev(fd, v, 3));
	say_file("f");
	VAL(lseek(fd, 0, SEEK_SET));
	VAL(readv(fd, r, 3));
	say("%s|%s|%s\n", a, b, c);
	VAL(preadv(fd, r, 2, 1));
	say("%s|%s\n", a, b);
	VAL(pwritev(fd, v, 1, 3));
	say_file("f");
	VAL(preadv2(fd, r, 2, 0, 0));
	VAL(preadv2(fd, r, 2, -1, 0));
	VAL(preadv2(fd, r, 2, 0, 0x4000));
	VAL(pwritev2(fd, v, 1, 0, RWF_APPEND));
	say_file("f");
	VAL(readv(fd, r, 0));
	VAL(readv(fd, r, -1));
	VAL(readv(fd, r, 1025));
	VAL(syscall(SYS_readv, fd, bad_page(), 2));
	VAL(preadv(fd, r, 2, -5));
	r[0].iov_len = -1UL;
	VAL(readv(fd, r, 2));
	r[0].iov_len = 2;
	VAL(lseek(fd, 0, SEEK_SET));
	r[1].iov_base = bad_page();
	VAL(readv(fd, r, 3));
	VAL(lseek(fd, 0, SEEK_CUR));
	r[0].iov_base = bad_page();
	VAL(readv(fd, r, 3));
}

static void
case_partial_fault(void)
{
	char *e = edge_page(), buf[16] = "";
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	memset(e, 'e', 4096);
	/* What was copied before the fault may count; no crash, no hang. */
	ssize_t n = write(fd, e + 4090, 100);
	YES((n == -1 && errno == EFAULT) || n == 6);
	VAL(pwrite(fd, "0123456789", 10, 0));
	n = pread(fd, e + 4092, 10, 0);
	YES((n == -1 && errno == EFAULT) || n == 4);
	MUST(pipe(p));
	VAL(write(p[1], e + 4090, 6));
	VAL(read(p[0], buf, 6));
	n = write(p[1], e + 4090, 10);
	YES((n == -1 && errno == EFAULT) || n == 6);
}

static void
case_big(void)
{
	size_t n = 8 << 20, i;
	char *a = malloc(n), *b = calloc(1, n);
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644));
	unsigned bad = 0;

	for (i = 0; i < n; i++)
		a[i] = i * 31 >> 8;
	VAL(write(fd, a, n));
	VAL(pread(fd, b, n, 0));
	YES(memcmp(a, b, n) == 0);
	for (i = 0; i < n; i += 4097) {
		if (pread(fd, b, 4097, i) < 0)
			bad++;
		bad += b[0] != a[i];
	}
	VAL(bad);
	VAL(read(fd, b, n));
}

static void
case_append_shared(void)
{
	int i, st;
	struct stat sb;

	/* Appends of many processes do not overwrite each other. */
	for (i = 0; i < 4; i++)
		if (fork() == 0) {
			int j, fd = open("f", O_WRONLY | O_APPEND | O_CREAT,
			    0644);
			for (j = 0; j < 200; j++)
				if (write(fd, "0123456789", 10) != 10)
					_exit(1);
			_exit(0);
		}
	while (wait(&st) > 0)
		if (st != 0)
			say("%s\n", status_text(st));
	MUST(stat("f", &sb));
	VAL(sb.st_size);
}

static void
case_sendfile(void)
{
	char buf[32] = "";
	off_t off = 2;
	int in, out, p[2];

	put_file("in", "0123456789", 0644);
	in = MUST(open("in", O_RDONLY));
	out = MUST(open("out", O_RDWR | O_CREAT, 0644));
	VAL(sendfile(out, in, &off, 4));
	VAL(off);
	VAL(lseek(in, 0, SEEK_CUR));
	VAL(sendfile(out, in, NULL, 100));
	VAL(sendfile(out, in, NULL, 100));
	say_file("out");
	MUST(pipe(p));
	off = 0;
	VAL(sendfile(p[1], in, &off, 5));
	VAL(read(p[0], buf, 32));
	VAL(sendfile(out, p[0], NULL, 5));
	VAL(sendfile(in, out, NULL, 5));
	VAL(sendfile(99, in, NULL, 5));
	off = -1;
	VAL(sendfile(out, in, &off, 5));
	VAL(syscall(SYS_sendfile, out, in, bad_page(), 5));
}

static void
case_copy_file_range(void)
{
	loff_t a = 2, b = 1;
	int in, out, p[2];

	put_file("in", "0123456789", 0644);
	put_file("out", "abc", 0644);
	in = MUST(open("in", O_RDONLY));
	out = MUST(open("out", O_RDWR));
	VAL(copy_file_range(in, &a, out, &b, 3, 0));
	say("%ld %ld\n", (long)a, (long)b);
	say_file("out");
	VAL(copy_file_range(in, NULL, out, NULL, 100, 0));
	say_file("out");
	VAL(copy_file_range(in, NULL, out, NULL, 100, 0));
	VAL(copy_file_range(in, NULL, out, NULL, 1, 5));
	VAL(copy_file_range(out, NULL, in, NULL, 1, 0));
	MUST(pipe(p));
	VAL(copy_file_range(p[0], NULL, out, NULL, 1, 0));
	a = 0;
	b = 1;
	VAL(copy_file_range(out, &a, out, &b, 5, 0));
}

static void
case_splice_tee(void)
{
	char buf[32] = "";
	int p[2], q[2], in, out;
	loff_t off = 3;

	put_file("in", "0123456789", 0644);
	in = MUST(open("in", O_RDONLY));
	out = MUST(open("out", O_RDWR | O_CREAT, 0644));
	MUST(pipe(p));
	MUST(pipe(q));
	VAL(splice(in, &off, p[1], NULL, 4, 0));
	VAL(off);
	VAL(tee(p[0], q[1], 10, 0));
	VAL(read(q[0], buf, 32));
	say("%s\n", buf);
	VAL(splice(p[0], NULL, out, NULL, 10, 0));
	say_file("out");
	VAL(splice(in, NULL, out, NULL, 4, 0));
	VAL(splice(p[0], &off, q[1], NULL, 4, 0));
	VAL(splice(p[0], NULL, q[1], NULL, 4, SPLICE_F_NONBLOCK));
	struct iovec v = { "vector", 6 };
	VAL(vmsplice(p[1], &v, 1, 0));
	memset(buf, 0, 32);
	VAL(read(p[0], buf, 32));
	say("%s\n", buf);
	VAL(tee(in, p[1], 1, 0));
}

static void
case_fallocate(void)
{
	struct stat st;
	char buf[4] = "";
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	VAL(fallocate(fd, 0, 0, 10000));
	MUST(fstat(fd, &st));
	VAL(st.st_size);
	VAL(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 50000));
	MUST(fstat(fd, &st));
	VAL(st.st_size);
	VAL(posix_fallocate(fd, 0, 20000));
	VAL(pwrite(fd, "abc", 3, 5000));
	VAL(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096,
	    4096));
	VAL(pread(fd, buf, 3, 5000));
	VAL(buf[0]);
	VAL(fallocate(fd, 0, -1, 10));
	VAL(fallocate(fd, 0, 0, 0));
	VAL(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
	VAL(fallocate(99, 0, 0, 10));
	MUST(pipe(p));
	VAL(fallocate(p[1], 0, 0, 10));
	fd = MUST(open("f", O_RDONLY));
	VAL(fallocate(fd, 0, 0, 10));
}

static void
case_sync(void)
{
	int fd = MUST(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	VAL(write(fd, "x", 1));
	VAL(fsync(fd));
	VAL(fdatasync(fd));
	VAL(fsync(99));
	MUST(pipe(p));
	VAL(fsync(p[0]));
	VAL(syncfs(fd));
	VAL(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	VAL(sync_file_range(fd, 0, 0, 99));
	VAL(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	VAL(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
	VAL(posix_fadvise(fd, 0, 0, 77));
	VAL(posix_fadvise(p[0], 0, 0, POSIX_FADV_NORMAL));
	VAL(readahead(fd, 0, 100));
	sync();
}

static void
case_dup_shares(void)
{
	char buf[4] = "";
	int fd, d, own;

	put_file("f", "abcdef", 0644);
	fd = MUST(open("f", O_RDWR));
	d = MUST(dup(fd));
	own = MUST(open("f", O_RDWR));
	VAL(read(fd, buf, 2));
	VAL(lseek(d, 0, SEEK_CUR));
	VAL(lseek(own, 0, SEEK_CUR));
	VAL(fcntl(d, F_SETFL, O_APPEND));
	VAL(!!(fcntl(fd, F_GETFL) & O_APPEND));
	VAL(!!(fcntl(own, F_GETFL) & O_APPEND));
	VAL(close(fd));
	VAL(read(d, buf, 2));
	say("%s\n", buf);
}

static void
case_eof_while_growing(void)
{
	char buf[8] = "";
	int r, w;

	w = MUST(open("f", O_WRONLY | O_CREAT, 0644));
	r = MUST(open("f", O_RDONLY));
	VAL(read(r, buf, 8));
	VAL(write(w, "abc", 3));
	VAL(read(r, buf, 8));
	VAL(read(r, buf, 8));
	VAL(write(w, "d", 1));
	VAL(read(r, buf, 8));
	say("%s\n", buf);
}

CASES("rw",
	CASE(basic), CASE(seek), CASE(holes), CASE(pread_pwrite),
	CASE(vectors), CASE(partial_fault), CASE(big), CASE(append_shared),
	CASE(sendfile), CASE(copy_file_range), CASE(splice_tee),
	CASE(fallocate), CASE(sync), CASE(dup_shares),
	CASE(eof_while_growing));
