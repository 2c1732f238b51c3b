/*
 * Asynchronous I/O of files: io_setup(2) and its family, by the system calls
 * themselves.
 */
#include "abitest.h"

#include <linux/aio_abi.h>
#include <sys/eventfd.h>

#define	MAXEV	8

static long
io_setup(unsigned n, aio_context_t *ctx)
{
	return (syscall(SYS_io_setup, n, ctx));
}

static long
io_destroy(aio_context_t ctx)
{
	return (syscall(SYS_io_destroy, ctx));
}

static long
io_submit(aio_context_t ctx, long n, struct iocb **cb)
{
	return (syscall(SYS_io_submit, ctx, n, cb));
}

static long
io_getevents(aio_context_t ctx, long min, long n, struct io_event *ev,
    struct timespec *ts)
{
	return (syscall(SYS_io_getevents, ctx, min, n, ev, ts));
}

static struct iocb
prep(int op, int fd, void *buf, size_t n, long long off, uint64_t data)
{
	return ((struct iocb){ .aio_data = data, .aio_lio_opcode = (__u16)op,
	    .aio_fildes = (__u32)fd, .aio_buf = (uintptr_t)buf,
	    .aio_nbytes = n, .aio_offset = off });
}

/* One iocb: the result of io_submit, then the event. */
static void
one(aio_context_t ctx, struct iocb cb)
{
	struct iocb *cbp = &cb;
	struct io_event ev[1];

	memset(ev, 0, sizeof(ev));
	VAL(io_submit(ctx, 1, &cbp));
	if (errno != 0)
		return;
	VAL(io_getevents(ctx, 1, 1, ev, NULL));
	say("data %llu obj %d res %lld res2 %lld\n", ev[0].data,
	    ev[0].obj == (uintptr_t)&cb, ev[0].res, ev[0].res2);
}

static void
case_setup(void)
{
	struct timespec none = { 0, 0 };
	aio_context_t ctx = 0, two = 0;
	struct io_event ev[MAXEV];

	VAL(io_setup(0, &ctx));
	VAL(io_setup(4, NULL));
	ctx = 1;
	VAL(io_setup(4, &ctx));
	ctx = 0;
	VAL(io_setup(0x10000001, &ctx));
	VAL(io_setup(4, &ctx));
	YES(ctx != 0);
	VAL(io_setup(4, &two));
	YES(two != 0 && two != ctx);
	VAL(io_getevents(ctx, 0, 1, ev, &none));
	VAL(io_getevents(ctx, 1, 1, ev, &none));
	VAL(io_getevents(ctx, 2, 1, ev, &none));
	VAL(io_getevents(ctx, -1, 1, ev, &none));
	VAL(io_getevents(ctx, 0, -1, ev, &none));
	VAL(io_getevents(0, 0, 1, ev, &none));
	VAL(io_destroy(two));
	VAL(io_destroy(two));
	VAL(io_destroy(0));
	VAL(io_destroy(ctx));
	VAL(io_getevents(ctx, 0, 1, ev, &none));
}

static void
case_rw(void)
{
	aio_context_t ctx = 0;
	char buf[64] = "", out[] = "asynchronous";
	struct iovec iov[2] = { { buf, 3 }, { buf + 10, 4 } };
	int fd = open("f", O_RDWR | O_CREAT, 0644);

	VAL(io_setup(4, &ctx));
	one(ctx, prep(IOCB_CMD_PWRITE, fd, out, 12, 5, 7));
	one(ctx, prep(IOCB_CMD_PREAD, fd, buf, 20, 3, 8));
	say("%d %d %.12s\n", buf[0], buf[1], buf + 2);
	memset(buf, 0, sizeof(buf));
	one(ctx, prep(IOCB_CMD_PREADV, fd, iov, 2, 5, 9));
	say("%s|%s\n", buf, buf + 10);
	one(ctx, prep(IOCB_CMD_PWRITEV, fd, iov, 2, 0, 10));
	VAL(lseek(fd, 0, SEEK_CUR));
	VAL(lseek(fd, 0, SEEK_END));
	one(ctx, prep(IOCB_CMD_FSYNC, fd, NULL, 0, 0, 11));
	one(ctx, prep(IOCB_CMD_FDSYNC, fd, NULL, 0, 0, 12));
	one(ctx, prep(IOCB_CMD_PREAD, fd, buf, 20, 1000, 13));
	VAL(io_destroy(ctx));
}

static void
case_errors(void)
{
	aio_context_t ctx = 0;
	struct iocb cb, *none = NULL, *bad = (struct iocb *)8;
	char buf[16];
	int p[2], fd = open("f", O_RDONLY | O_CREAT, 0644);
	int dir = open(".", O_RDONLY);

	VAL(io_setup(4, &ctx));
	one(ctx, prep(IOCB_CMD_PWRITE, fd, buf, 4, 0, 1));
	one(ctx, prep(IOCB_CMD_PREAD, 99, buf, 4, 0, 1));
	one(ctx, prep(IOCB_CMD_PREAD, dir, buf, 4, 0, 1));
	one(ctx, prep(42, fd, buf, 4, 0, 1));
	one(ctx, prep(IOCB_CMD_PREAD, fd, buf, (size_t)-1, 0, 1));
	one(ctx, prep(IOCB_CMD_PREAD, fd, buf, 4, -1, 1));
	cb = prep(IOCB_CMD_PREAD, fd, buf, 4, 0, 1);
	cb.aio_reserved2 = 1;
	one(ctx, cb);
	cb = prep(IOCB_CMD_PREAD, fd, buf, 4, 0, 1);
	cb.aio_flags = IOCB_FLAG_RESFD;
	cb.aio_resfd = (__u32)fd;
	one(ctx, cb);
	cb.aio_resfd = 99;
	one(ctx, cb);
	VAL(io_submit(ctx, 1, &none));
	VAL(io_submit(ctx, 1, &bad));
	VAL(io_submit(ctx, 0, NULL));
	VAL(io_submit(ctx, -1, NULL));
	VAL(io_submit(0, 1, &none));
	VAL(io_submit(ctx, 1, NULL));
	if (write(open("g", O_RDWR | O_CREAT, 0644), "text", 4) != 4)
		die("write");
	one(ctx, prep(IOCB_CMD_PREAD, open("g", O_RDONLY), (void *)8, 4, 0, 2));
	if (pipe(p) != 0)
		die("pipe");
	one(ctx, prep(IOCB_CMD_PWRITE, p[1], "pipe", 4, 0, 3));
	one(ctx, prep(IOCB_CMD_PREAD, p[0], buf, 16, 0, 4));
	VAL(io_destroy(ctx));
}

static void
case_batch(void)
{
	aio_context_t ctx = 0;
	struct iocb cb[3], *cbp[3];
	struct io_event ev[MAXEV];
	struct timespec none = { 0, 0 };
	uint64_t count = 0;
	int fd = open("f", O_RDWR | O_CREAT, 0644), efd = eventfd(0, 0);
	long n;

	VAL(io_setup(8, &ctx));
	for (int i = 0; i < 3; i++) {
		cb[i] = prep(IOCB_CMD_PWRITE, fd, "abc", (size_t)i + 1, i * 3,
		    (uint64_t)i);
		cb[i].aio_flags = IOCB_FLAG_RESFD;
		cb[i].aio_resfd = (__u32)efd;
		cbp[i] = &cb[i];
	}
	cb[2].aio_fildes = 99;
	VAL(io_submit(ctx, 3, cbp));
	RET(read(efd, &count, 8));
	say("%llu\n", (unsigned long long)count);
	n = io_getevents(ctx, 2, MAXEV, ev, NULL);
	say("%ld\n", n);
	for (long i = 0; i < n; i++)
		say("%llu %lld\n", ev[i].data, ev[i].res);
	VAL(io_getevents(ctx, 0, MAXEV, ev, &none));
	VAL(io_submit(ctx, 1, cbp));
	VAL(io_getevents(ctx, 1, 1, (void *)8, NULL));
	VAL(io_destroy(ctx));
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void
case_wait(void)
{
	struct itimerval it = { .it_value.tv_usec = 30000 };
	struct timespec ms = { 0, 20000000 };
	struct sigaction sa = { .sa_handler = on_alarm };
	aio_context_t ctx = 0;
	struct io_event ev[MAXEV];

	VAL(io_setup(2, &ctx));
	VAL(io_getevents(ctx, 1, 1, ev, &ms));
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
	VAL(io_getevents(ctx, 1, 1, ev, NULL));
	/* The child has the page, not the context. */
	CHILD(ms.tv_nsec = 0; VAL(io_getevents(ctx, 0, 1, ev, &ms));
	    VAL(io_destroy(ctx)));
	VAL(io_destroy(ctx));
}

CASES("aio", CASE(setup), CASE(rw), CASE(errors), CASE(batch), CASE(wait));
