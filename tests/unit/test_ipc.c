/*
 * test_ipc.c: pipes, polling, epoll, eventfd and unix sockets under real
 * threads (sys/ipc, sys/net).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/fake/fake.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "net/socket.h"
#include "vfs/file.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"

#define	MS	(NSEC_PER_SEC / 1000)

static struct proc *proc;
static struct filedesc *fdt;

static struct thread *
thread_start(int tid)
{
	struct thread *td = fake_thread(tid);

	td->td_proc = proc;
	td->td_fd = fd_tablehold(fdt);	/* one owner needs no lock */
	return (td);
}

static void
thread_stop(void)
{
	ipc_thread_exit(test_curthread);
	fd_tablefree(fdt);
}

static int
boot(void **state)
{
	fake_boot(64UL << 20);
	assert_int_equal(vfs_init(), 0);
	proc = KNEW(struct proc);
	proc->p_pid = 7;
	for (int i = 0; i < KRLIM_NLIMITS; i++)
		proc->p_rlim[i].rlim_cur = proc->p_rlim[i].rlim_max = 1024;
	mtx_init(&proc->p_lock, RANK_PROC, "proc");
	mtx_init(&proc->p_siglock, RANK_SIGNAL, "sig");
	waitq_init(&proc->p_sigwq);
	fdt = fd_tablealloc();
	test_curthread->td_proc = proc;
	test_curthread->td_fd = fdt;
	kroot()->r_sub[KROOT_KERN] = KNEW(struct kern_root);
	assert_int_equal(ipc_init(), 0);
	assert_int_equal(net_init(), 0);
	return (0);
}

static int
shut(void **state)
{
	thread_stop();
	fake_shutdown();
	return (0);
}

/* --- helpers --------------------------------------------------------------- */

static long
rd(struct file *fp, void *buf, size_t n)
{
	struct host_iovec iov;
	struct uio uio;

	uio_kern(&uio, &iov, buf, n, -1, false);
	return (file_read(fp, &uio));
}

static long
wr(struct file *fp, const void *buf, size_t n)
{
	struct host_iovec iov;
	struct uio uio;

	uio_kern(&uio, &iov, (void *)(uintptr_t)buf, n, -1, true);
	return (file_write(fp, &uio));
}

static int
pollnow(struct file *fp)
{
	return (fp->f_ops->fo_poll(fp, 0x27ff, NULL));
}

static void
run(int n, void *(*fn)(void *))
{
	pthread_t t[8];

	for (intptr_t i = 0; i < n; i++)
		pthread_create(&t[i], NULL, fn, (void *)(i + 2));
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* --- pipes ------------------------------------------------------------------- */

static void
pipe_basics(void **state)
{
	struct file *r, *w;
	static char big[70000], back[70000];
	struct kstat st;

	assert_int_equal(kern_pipe(&r, &w, O_NONBLOCK), 0);
	assert_int_equal(rd(r, back, 10), -EAGAIN);
	assert_int_equal(wr(w, "hello", 5), 5);
	assert_int_equal(pollnow(r), POLLIN | POLLRDNORM);
	assert_int_equal(rd(r, back, 3), 3);
	assert_int_equal(rd(r, back + 3, 10), 2);
	assert_memory_equal(back, "hello", 5);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + i / 251);
	assert_int_equal(wr(w, big, 70000), 65536);
	assert_int_equal(wr(w, big, 1), -EAGAIN);
	assert_int_equal(pollnow(w), 0);
	assert_int_equal(rd(r, back, 100), 100);
	assert_int_equal(pollnow(w), 0);	/* the first page is still used */
	assert_int_equal(wr(w, big, 100), -EAGAIN);
	assert_int_equal(rd(r, back, 5000), 5000);
	assert_memory_equal(back, big + 100, 5000);
	assert_int_equal(pollnow(w), POLLOUT | POLLWRNORM);
	assert_int_equal(wr(w, big, 100), 100);
	assert_int_equal(wr(w, big + 100, 3996), 3996);	/* same page */
	assert_int_equal(wr(w, big, 1), -EAGAIN);
	assert_int_equal(pipe_fcntl(w, F_SETPIPE_SZ, 4096), -EBUSY);
	assert_int_equal(pipe_fcntl(w, F_SETPIPE_SZ, 100000), 131072);
	assert_int_equal(wr(w, big, 70000), 65536);
	assert_int_equal(rd(r, back, 65536 - 5100), 65536 - 5100);
	assert_memory_equal(back, big + 5100, 65536 - 5100);
	assert_int_equal(rd(r, back, 70000), 4096 + 65536);
	assert_memory_equal(back, big, 4096);
	assert_memory_equal(back + 4096, big, 65536);
	assert_int_equal(pipe_fcntl(w, F_SETPIPE_SZ, 4096), 4096);
	assert_int_equal(wr(w, big, 8192), 4096);
	assert_int_equal(pipe_fcntl(w, F_SETPIPE_SZ, 65536), 65536);
	assert_int_equal(wr(w, big + 4096, 8192), 8192);
	assert_int_equal(rd(r, back, 70000), 12288);
	assert_memory_equal(back, big, 12288);
	assert_int_equal(r->f_ops->fo_stat(r, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	fdrop(w);
	assert_int_equal(pollnow(r), POLLHUP);
	assert_int_equal(rd(r, back, 10), 0);
	fdrop(r);
	assert_int_equal(kern_pipe(&r, &w, 0), 0);
	fdrop(r);
	assert_int_equal(pollnow(w), POLLOUT | POLLWRNORM | POLLERR);
	assert_int_equal(wr(w, "x", 1), -EPIPE);
	fdrop(w);
}

static void
pipe_packets(void **state)
{
	struct file *r, *w;
	char b[5000];

	assert_int_equal(kern_pipe(&r, &w, O_NONBLOCK | O_DIRECT), 0);
	assert_int_equal(wr(w, "one", 3), 3);
	assert_int_equal(wr(w, "three", 5), 5);
	assert_int_equal(rd(r, b, 2), 2);
	assert_int_equal(rd(r, b, 100), 5);
	w->f_flags &= ~O_DIRECT;
	assert_int_equal(wr(w, "ab", 2), 2);
	assert_int_equal(wr(w, "cd", 2), 2);
	w->f_flags |= O_DIRECT;
	assert_int_equal(wr(w, "packet", 6), 6);
	assert_int_equal(rd(r, b, 100), 4);
	assert_int_equal(rd(r, b, 100), 6);
	assert_int_equal(rd(r, b, 100), -EAGAIN);
	for (int i = 0; i < 16; i++)
		assert_int_equal(wr(w, "p", 1), 1);
	assert_int_equal(wr(w, "p", 1), -EAGAIN);
	assert_int_equal(wr(w, b, 5000), -EAGAIN);
	for (int i = 0; i < 16; i++)
		assert_int_equal(rd(r, b, 10), 1);
	assert_int_equal(wr(w, b, 5000), 5000);
	assert_int_equal(rd(r, b, 5000), 4096);
	assert_int_equal(rd(r, b, 5000), 904);
	fdrop(r);
	fdrop(w);
}

#define	STREAM	(4 << 20)
static struct file *sr, *sw;
static uint64_t sums[8];

static void *
stream_writer(void *arg)
{
	uint8_t buf[9000];
	size_t left = STREAM, n, i;
	unsigned k = 1;
	long r;

	thread_start((int)(intptr_t)arg);
	sums[0] = 0;
	while (left > 0) {
		k = k * 1103515245 + 12345;
		n = kmin((size_t)(k >> 16) % sizeof(buf) + 1, left);
		for (i = 0; i < n; i++)
			buf[i] = (uint8_t)(k >> (i % 24));
		for (i = 0; i < n; ) {
			r = wr(sw, buf + i, n - i);
			if (r <= 0)
				abort();
			i += (size_t)r;
		}
		for (i = 0; i < n; i++)
			sums[0] = sums[0] * 31 + buf[i];
		left -= n;
	}
	fdrop(sw);
	thread_stop();
	return (NULL);
}

static void *
stream_reader(void *arg)
{
	uint8_t buf[7000];
	long n, i;

	thread_start((int)(intptr_t)arg);
	sums[1] = 0;
	while ((n = rd(sr, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			sums[1] = sums[1] * 31 + buf[i];
	fdrop(sr);
	thread_stop();
	return (NULL);
}

static void *
stream_both(void *arg)
{
	return (((intptr_t)arg & 1) ? stream_writer(arg) : stream_reader(arg));
}

static void
pipe_stream(void **state)
{
	assert_int_equal(kern_pipe(&sr, &sw, 0), 0);
	run(2, stream_both);
	assert_int_equal(sums[0], sums[1]);
}

static void
splice_tee(void **state)
{
	struct file *r, *w, *r2, *w2, *a, *b;
	char buf[100];

	assert_int_equal(kern_pipe(&r, &w, 0), 0);
	assert_int_equal(kern_pipe(&r2, &w2, O_NONBLOCK), 0);
	assert_int_equal(unix_socketpair(SOCK_STREAM, &a, &b), 0);
	assert_int_equal(wr(w, "abcdef", 6), 6);
	assert_int_equal(pipe_tee(r, w2, 4, false), 4);
	assert_int_equal(kern_splice(r, NULL, a, NULL, 5, 0), 5);
	assert_int_equal(rd(b, buf, 100), 5);
	assert_int_equal(wr(b, "xyz", 3), 3);
	assert_int_equal(kern_splice(a, NULL, w2, NULL, 100, 0), 3);
	assert_int_equal(rd(r2, buf, 100), 7);
	assert_memory_equal(buf, "abcdxyz", 7);
	assert_int_equal(kern_splice(r, NULL, w2, NULL, 100, 0), 1);
	assert_int_equal(kern_splice(r, NULL, w, NULL, 100, 0), -EINVAL);
	assert_int_equal(kern_splice(a, NULL, b, NULL, 100, 0), -EINVAL);
	fdrop(a); fdrop(b); fdrop(r); fdrop(w); fdrop(r2); fdrop(w2);
}

/* --- poll ------------------------------------------------------------------------- */

static void *
late_writer(void *arg)
{
	thread_start((int)(intptr_t)arg);
	usleep(30000);
	wr(sw, "x", 1);
	thread_stop();
	return (NULL);
}

static void
poll_waits(void **state)
{
	struct kpollfd p[2];
	struct file *tf;
	struct host_itimerspec its = { { 0, 0 }, { 0, 20000000 } };
	nsec_t t0 = clock_mono();
	pthread_t t;
	char c;

	assert_int_equal(kern_pipe(&sr, &sw, 0), 0);
	p[0] = (struct kpollfd){ fd_install(fhold(sr), 0, false), POLLIN, 0 };
	assert_int_equal(kern_poll(test_curthread, p, 1, HOST_NOWAIT), 0);
	assert_int_equal(kern_poll(test_curthread, p, 1,
	    clock_deadline(20 * MS)), 0);
	assert_true(clock_mono() - t0 >= 20 * MS);
	pthread_create(&t, NULL, late_writer, (void *)9);
	assert_int_equal(kern_poll(test_curthread, p, 1,
	    clock_deadline(5000 * MS)), 1);
	assert_int_equal(p[0].revents, POLLIN);
	pthread_join(t, NULL);
	assert_int_equal(rd(sr, &c, 1), 1);
	/* mixed: the host's timer first, then the pipe */
	assert_int_equal(kern_timerfd(1, O_NONBLOCK, &tf), 0);
	assert_int_equal(kern_timerfd_set(tf, 0, &its, NULL), 0);
	p[1] = (struct kpollfd){ fd_install(fhold(tf), 0, false), POLLIN, 0 };
	assert_int_equal(kern_poll(test_curthread, p, 2,
	    clock_deadline(5000 * MS)), 1);
	assert_int_equal(p[1].revents, POLLIN);
	uint64_t n;
	assert_int_equal(rd(tf, &n, 8), 8);
	pthread_create(&t, NULL, late_writer, (void *)9);
	assert_int_equal(kern_poll(test_curthread, p, 2,
	    clock_deadline(5000 * MS)), 1);
	assert_int_equal(p[0].revents, POLLIN);
	pthread_join(t, NULL);
	fd_close(p[0].fd);
	fd_close(p[1].fd);
	fdrop(sr); fdrop(sw); fdrop(tf);
}

static void
eventfds(void **state)
{
	struct file *fp;
	uint64_t v = 3;

	assert_int_equal(kern_eventfd(2, O_NONBLOCK, &fp), 0);
	assert_int_equal(wr(fp, &v, 8), 8);
	assert_int_equal(rd(fp, &v, 8), 8);
	assert_int_equal(v, 5);
	assert_int_equal(rd(fp, &v, 8), -EAGAIN);
	v = UINT64_MAX;
	assert_int_equal(wr(fp, &v, 8), -EINVAL);
	v = UINT64_MAX - 1;
	assert_int_equal(wr(fp, &v, 8), 8);
	assert_int_equal(pollnow(fp), POLLIN | POLLRDNORM);
	v = 1;
	assert_int_equal(wr(fp, &v, 8), -EAGAIN);
	fdrop(fp);
	assert_int_equal(kern_eventfd(2, O_NONBLOCK | EFD_SEMAPHORE, &fp), 0);
	assert_int_equal(rd(fp, &v, 8), 8);
	assert_int_equal(v, 1);
	fdrop(fp);
}

/* --- epoll --------------------------------------------------------------------------- */

#define	IN	1u
#define	ET	(1u << 31)
#define	ONESHOT	(1u << 30)

static long
ctl(struct file *ep, int op, int fd, struct file *fp, uint32_t ev)
{
	struct kepoll_event e = { ev, (uint64_t)fd };

	return (kern_epoll_ctl(ep, op, fd, fp, &e));
}

static long
ewait(struct file *ep, struct kepoll_event *ev, int n, int ms)
{
	return (kern_epoll_wait(test_curthread, ep, (uaddr_t)ev, n,
	    ms == 0 ? HOST_NOWAIT : clock_deadline(ms * MS)));
}

static void
epoll_modes(void **state)
{
	struct kepoll_event ev[4];
	struct file *ep, *r, *w;
	char c;

	assert_int_equal(kern_epoll_create(&ep), 0);
	assert_int_equal(kern_pipe(&r, &w, 0), 0);
	assert_int_equal(ctl(ep, 1, 5, r, IN), 0);
	assert_int_equal(ctl(ep, 1, 5, r, IN), -EEXIST);
	assert_int_equal(ctl(ep, 2, 6, r, IN), -ENOENT);
	assert_int_equal(ctl(ep, 1, 5, ep, IN), -EINVAL);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	wr(w, "a", 1);
	assert_int_equal(pollnow(ep), POLLIN | POLLRDNORM);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	assert_int_equal(ev[0].data, 5);
	assert_int_equal(ev[0].events, IN);
	rd(r, &c, 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	assert_int_equal(pollnow(ep), 0);
	/* edge */
	assert_int_equal(ctl(ep, 3, 5, r, IN | ET), 0);
	wr(w, "a", 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	wr(w, "a", 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	/* one shot */
	assert_int_equal(ctl(ep, 3, 5, r, IN | ONESHOT), 0);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	wr(w, "a", 1);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	assert_int_equal(ctl(ep, 3, 5, r, IN | ONESHOT), 0);
	assert_int_equal(ewait(ep, ev, 4, 10), 1);
	/* gone with its file */
	assert_int_equal(ctl(ep, 3, 5, r, IN), 0);
	fdrop(r);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	fdrop(w);
	fdrop(ep);
}

static void
epoll_nested(void **state)
{
	struct file *ep[6], *r, *w;
	struct kepoll_event ev[2];
	int i;

	for (i = 0; i < 6; i++)
		assert_int_equal(kern_epoll_create(&ep[i]), 0);
	assert_int_equal(kern_pipe(&r, &w, 0), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(ctl(ep[i], 1, 10 + i, ep[i + 1], IN), 0);
	assert_int_equal(ctl(ep[4], 1, 14, ep[5], IN), -ELOOP);
	assert_int_equal(ctl(ep[4], 1, 14, ep[0], IN), -ELOOP);
	assert_int_equal(ctl(ep[4], 1, 20, r, IN), 0);
	assert_int_equal(ewait(ep[0], ev, 2, 0), 0);
	wr(w, "a", 1);
	assert_int_equal(ewait(ep[0], ev, 2, 100), 1);
	assert_int_equal(ev[0].data, 10);
	assert_int_equal(ewait(ep[4], ev, 2, 100), 1);
	assert_int_equal(ev[0].data, 20);
	fdrop(ep[2]);
	assert_int_equal(ewait(ep[0], ev, 2, 0), 0);
	for (i = 0; i < 6; i++)
		if (i != 2)
			fdrop(ep[i]);
	fdrop(r);
	fdrop(w);
}

static void
epoll_host(void **state)
{
	struct host_itimerspec its = { { 0, 0 }, { 0, 10000000 } };
	struct kepoll_event ev[4];
	struct file *ep, *outer, *tf;
	uint64_t n;

	assert_int_equal(kern_epoll_create(&ep), 0);
	assert_int_equal(kern_epoll_create(&outer), 0);
	assert_int_equal(ctl(outer, 1, 2, ep, IN), 0);
	assert_int_equal(kern_timerfd(1, O_NONBLOCK, &tf), 0);
	assert_int_equal(ctl(ep, 1, 3, tf, IN), 0);
	assert_int_equal(ctl(ep, 1, 4, tf, IN | ET), 0);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	assert_int_equal(kern_timerfd_set(tf, 0, &its, NULL), 0);
	assert_int_equal(ewait(outer, ev, 4, 1000), 1);
	assert_int_equal(ewait(ep, ev, 4, 1000), 2);
	assert_int_equal(ewait(ep, ev, 4, 0), 1);
	assert_int_equal(ev[0].data, 3);
	assert_int_equal(rd(tf, &n, 8), 8);
	assert_int_equal(ewait(ep, ev, 4, 0), 0);
	assert_int_equal(ewait(outer, ev, 4, 0), 0);
	fdrop(tf);
	fdrop(ep);
	fdrop(outer);
}

#define	EROUNDS	3000
static struct file *eep;
static uint32_t ecount, edone;

static void *
epoll_worker(void *arg)
{
	struct kepoll_event ev[3];
	struct file *fp;
	uint64_t v;
	long n, i;

	thread_start((int)(intptr_t)arg);
	while (!atomic_load(&edone)) {
		n = ewait(eep, ev, 3, 20);
		for (i = 0; i < n; i++) {
			if ((fp = fget((int)ev[i].data)) == NULL)
				continue;
			if (rd(fp, &v, 8) == 8)
				atomic_add(&ecount, (uint32_t)v);
			fdrop(fp);
		}
	}
	thread_stop();
	return (NULL);
}

/* Event descriptors come and go while others wait for them. */
static void *
epoll_producer(void *arg)
{
	struct file *fp;
	uint64_t one = 1;
	int i, fd;

	thread_start((int)(intptr_t)arg);
	for (i = 0; i < EROUNDS; i++) {
		if (kern_eventfd(0, O_NONBLOCK, &fp) != 0)
			abort();
		fd = fd_install(fhold(fp), 0, false);
		if (fd < 0 || ctl(eep, 1, fd, fp, i & 1 ? IN : IN | ET) != 0)
			abort();
		wr(fp, &one, 8);
		for (int k = 0; pollnow(fp) & POLLIN; k++)
			if (k > 2000000)
				abort();
			else if (k > 1000)
				usleep(10);
		fdrop(fp);
		if (i % 3 == 0)
			ctl(eep, 2, fd, fp, 0);
		fd_close(fd);
	}
	thread_stop();
	return (NULL);
}

static void *
epoll_either(void *arg)
{
	void *r = ((intptr_t)arg < 4) ? epoll_worker(arg) :
	    epoll_producer(arg);

	return (r);
}

static void
epoll_races(void **state)
{
	pthread_t w[2], p[2];
	intptr_t i;

	edone = ecount = 0;
	assert_int_equal(kern_epoll_create(&eep), 0);
	for (i = 0; i < 2; i++)
		pthread_create(&w[i], NULL, epoll_either, (void *)(i + 2));
	for (i = 0; i < 2; i++)
		pthread_create(&p[i], NULL, epoll_either, (void *)(i + 4));
	for (i = 0; i < 2; i++)
		pthread_join(p[i], NULL);
	atomic_store(&edone, 1);
	for (i = 0; i < 2; i++)
		pthread_join(w[i], NULL);
	assert_int_equal(ecount, 2 * EROUNDS);
	fdrop(eep);
}

/* --- unix sockets ------------------------------------------------------------------------- */

static const struct sockops *
ops(struct file *fp)
{
	return (socket_of(fp)->so_ops);
}

static void
unix_stream(void **state)
{
	struct file *a, *b;
	char buf[100];

	assert_int_equal(unix_socketpair(SOCK_STREAM | O_NONBLOCK, &a, &b), 0);
	assert_int_equal(rd(a, buf, 10), -EAGAIN);
	assert_int_equal(wr(a, "hello", 5), 5);
	assert_int_equal(wr(a, "world", 5), 5);
	assert_int_equal(rd(b, buf, 7), 7);
	assert_int_equal(rd(b, buf + 7, 7), 3);
	assert_memory_equal(buf, "helloworld", 10);
	assert_int_equal(ops(a)->so_shutdown(a, SHUT_WR_), 0);
	assert_int_equal(rd(b, buf, 10), 0);
	assert_int_equal(wr(a, "x", 1), -EPIPE);
	assert_int_equal(pollnow(b) & (POLLRDHUP | POLLHUP | POLLIN),
	    POLLRDHUP | POLLIN);
	assert_int_equal(wr(b, "back", 4), 4);
	assert_int_equal(rd(a, buf, 10), 4);
	assert_int_equal(wr(b, "unread", 6), 6);
	fdrop(a);
	assert_int_equal(pollnow(b) & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	assert_int_equal(rd(b, buf, 10), -ECONNRESET);
	assert_int_equal(rd(b, buf, 10), 0);
	assert_int_equal(wr(b, "x", 1), -EPIPE);
	fdrop(b);
}

static void
unix_streams(void **state)
{
	assert_int_equal(unix_socketpair(SOCK_STREAM, &sr, &sw), 0);
	run(2, stream_both);
	assert_int_equal(sums[0], sums[1]);
}

static void
unix_abstract(void **state)
{
	static const char name[] = "\1\0\0abc";
	struct file *l, *c, *c2, *s;
	uint8_t sa[SA_MAX];
	unsigned len;
	char buf[10];

	assert_int_equal(unix_socket(SOCK_STREAM | O_NONBLOCK, 0, &l), 0);
	assert_int_equal(unix_socket(SOCK_STREAM | O_NONBLOCK, 0, &c), 0);
	assert_int_equal(unix_socket(SOCK_STREAM | O_NONBLOCK, 0, &c2), 0);
	assert_int_equal(ops(c)->so_connect(c, name, 6), -ECONNREFUSED);
	assert_int_equal(ops(l)->so_bind(l, name, 6), 0);
	assert_int_equal(ops(c2)->so_bind(c2, name, 6), -EADDRINUSE);
	assert_int_equal(ops(c)->so_connect(c, name, 6), -ECONNREFUSED);
	assert_int_equal(ops(l)->so_listen(l, 0), 0);
	assert_int_equal(ops(l)->so_accept(l, 0, sa, &len, &s), -EAGAIN);
	assert_int_equal(ops(c)->so_connect(c, name, 6), 0);
	assert_int_equal(ops(c)->so_connect(c, name, 6), -EISCONN);
	assert_int_equal(ops(c2)->so_connect(c2, name, 6), -EAGAIN);
	assert_int_equal(wr(c, "early", 5), 5);
	assert_int_equal(pollnow(l), POLLIN | POLLRDNORM);
	assert_int_equal(ops(l)->so_accept(l, 0, sa, &len, &s), 0);
	assert_int_equal(len, 2);
	assert_int_equal(rd(s, buf, 10), 5);
	assert_int_equal(ops(c)->so_getname(c, true, sa, &len), 0);
	assert_int_equal(len, 6);
	assert_memory_equal(sa, name, 6);
	assert_int_equal(ops(c2)->so_connect(c2, name, 6), 0);
	fdrop(l);
	assert_int_equal(rd(c2, buf, 10), -ECONNRESET);
	assert_int_equal(wr(s, "still", 5), 5);
	assert_int_equal(rd(c, buf, 10), 5);
	fdrop(s);
	assert_int_equal(rd(c, buf, 10), 0);
	fdrop(c);
	fdrop(c2);
}

static long
sendfd(struct file *to, int fd)
{
	struct { struct kcmsghdr h; int fd, pad; } ctl = {
		{ sizeof(struct kcmsghdr) + 4, SOL_SOCKET, SCM_RIGHTS }, fd, 0
	};
	struct host_iovec iov;
	struct kmsg km = { .km_ctl = (uint8_t *)&ctl,
	    .km_ctllen = sizeof(ctl) };
	struct uio uio;
	char c = 'f';

	uio_kern(&uio, &iov, &c, 1, -1, true);
	km.km_uio = &uio;
	return (ops(to)->so_send(to, &km, 0));
}

static int
recvfd(struct file *from, long *n)
{
	struct { struct kcmsghdr h; int fd, pad; } ctl = { { 0, 0, 0 }, -1, 0 };
	struct host_iovec iov;
	struct kmsg km = { .km_ctl = (uint8_t *)&ctl,
	    .km_ctlcap = sizeof(ctl) };
	struct uio uio;
	char c[10];

	uio_kern(&uio, &iov, c, sizeof(c), -1, false);
	km.km_uio = &uio;
	*n = ops(from)->so_recv(from, &km, 0);
	return (ctl.fd);
}

static void
unix_rights(void **state)
{
	struct file *a, *b, *r, *w;
	char buf[10];
	long n;
	int fd, got;

	assert_int_equal(unix_socketpair(SOCK_STREAM | O_NONBLOCK, &a, &b), 0);
	assert_int_equal(kern_pipe(&r, &w, 0), 0);
	fd = fd_install(w, 0, false);
	assert_int_equal(sendfd(a, 999), -EBADF);
	assert_int_equal(sendfd(a, fd), 1);
	assert_int_equal(wr(a, "tail", 4), 4);
	fd_close(fd);
	assert_int_equal(pollnow(r), 0);
	got = recvfd(b, &n);
	assert_int_equal(n, 1);
	assert_true(got >= 0);
	w = fget(got);
	assert_int_equal(wr(w, "via", 3), 3);
	fdrop(w);
	fd_close(got);
	assert_int_equal(rd(r, buf, 10), 3);
	assert_int_equal(rd(r, buf, 10), 0);
	assert_int_equal(rd(b, buf, 10), 4);
	/* a chain of sockets in flight is freed without recursion */
	fdrop(r);
	fdrop(a);
	fdrop(b);
	assert_int_equal(netroot()->nr_inflight, 0);
}

static void
unix_chain(void **state)
{
	struct file *prev = NULL, *a, *b;
	int i, fd;

	for (i = 0; i < 900; i++) {
		assert_int_equal(unix_socketpair(SOCK_DGRAM, &a, &b), 0);
		if (prev != NULL) {
			fd = fd_install(prev, 0, false);
			assert_int_equal(sendfd(a, fd), 1);
			fd_close(fd);
		}
		fdrop(a);
		prev = b;
	}
	fdrop(prev);
	assert_int_equal(netroot()->nr_inflight, 0);
}

static void
unix_dgram(void **state)
{
	struct file *a, *b;
	char buf[10];
	int i;

	assert_int_equal(unix_socketpair(SOCK_DGRAM | O_NONBLOCK, &a, &b), 0);
	assert_int_equal(wr(a, "one", 3), 3);
	assert_int_equal(wr(a, "twelve", 6), 6);
	assert_int_equal(wr(a, "", 0), 0);
	assert_int_equal(rd(b, buf, 10), 3);
	assert_int_equal(rd(b, buf, 3), 3);
	assert_int_equal(rd(b, buf, 3), 0);
	assert_int_equal(rd(b, buf, 3), -EAGAIN);
	for (i = 0; wr(a, "x", 1) == 1; i++)
		;
	assert_true(i > 100 && i < 600);
	assert_int_equal(pollnow(a) & POLLOUT, 0);
	assert_int_equal(rd(b, buf, 3), 1);
	assert_true(pollnow(a) & POLLOUT);
	fdrop(b);
	assert_int_equal(wr(a, "x", 1), -ECONNREFUSED);
	assert_int_equal(wr(a, "x", 1), -ENOTCONN);
	fdrop(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipe_basics),
		cmocka_unit_test(pipe_packets),
		cmocka_unit_test(pipe_stream),
		cmocka_unit_test(splice_tee),
		cmocka_unit_test(poll_waits),
		cmocka_unit_test(eventfds),
		cmocka_unit_test(epoll_modes),
		cmocka_unit_test(epoll_nested),
		cmocka_unit_test(epoll_host),
		cmocka_unit_test(epoll_races),
		cmocka_unit_test(unix_stream),
		cmocka_unit_test(unix_streams),
		cmocka_unit_test(unix_abstract),
		cmocka_unit_test(unix_rights),
		cmocka_unit_test(unix_chain),
		cmocka_unit_test(unix_dgram),
	};

	return (cmocka_run_group_tests(tests, boot, shut));
}
