/*
 * test_ipc_fail.c: everything in sys/ipc and sys/net when memory ends at each
 * possible place, and when the host refuses each call in turn: no crash, no
 * leak of memory or of host descriptors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/fake/fake.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "ipc/mqueue.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "net/socket.h"
#include "vfs/file.h"
#include "vfs/syscalls.h"
#include "vfs/vfs.h"

#define	HOGS	100000

static char *hog[HOGS];
static size_t nhogs;

static int
boot(void **state)
{
	struct proc *p;

	fake_boot(12UL << 20);
	assert_int_equal(vfs_init(), 0);
	p = KNEW(struct proc);
	p->p_pid = 7;
	for (int i = 0; i < KRLIM_NLIMITS; i++)
		p->p_rlim[i].rlim_cur = p->p_rlim[i].rlim_max = 256;
	mtx_init(&p->p_lock, RANK_PROC, "proc");
	mtx_init(&p->p_siglock, RANK_SIGNAL, "sig");
	waitq_init(&p->p_sigwq);
	p->p_ref = 1;
	test_curthread->td_proc = p;
	test_curthread->td_fd = fd_tablealloc();
	kroot()->r_sub[KROOT_KERN] = KNEW(struct kern_root);
	assert_int_equal(ipc_init(), 0);
	assert_int_equal(net_init(), 0);
	return (0);
}

static int
shut(void **state)
{
	ipc_thread_exit(test_curthread);
	fake_shutdown();
	return (0);
}

/* --- one of everything; any call may fail ------------------------------------ */

static char data[70000];

static void
rw(struct file *fp, size_t n, bool write)
{
	struct host_iovec iov;
	struct uio uio;

	uio_kern(&uio, &iov, data, n, -1, write);
	uio.uio_rwf = RWF_NOWAIT;
	(void)(write ? file_write(fp, &uio) : file_read(fp, &uio));
}

static void
do_pipes(void)
{
	struct file *r, *w, *r2, *w2;

	if (kern_pipe(&r, &w, O_NONBLOCK) != 0)
		return;
	rw(w, 10, true);
	rw(w, 70000, true);
	(void)pipe_fcntl(w, F_SETPIPE_SZ, 1 << 20);
	w->f_flags |= O_DIRECT;
	rw(w, 10000, true);
	(void)pipe_fcntl(w, F_SETPIPE_SZ, 65536);
	if (kern_pipe(&r2, &w2, O_NONBLOCK) == 0) {
		(void)pipe_tee(r, w2, 5000, true);
		(void)kern_splice(r, NULL, w2, NULL, 50000, 2);
		fdrop(r2);
		fdrop(w2);
	}
	rw(r, 5000, false);
	fdrop(r);
	fdrop(w);
}

static void
send_files(struct file *to, struct file *from, int fd)
{
	struct { struct kcmsghdr h; int fd[2]; } out = {
		{ sizeof(out), SOL_SOCKET, SCM_RIGHTS }, { fd, fd }
	}, in;
	struct host_iovec iov;
	struct kmsg km = { .km_ctl = (uint8_t *)&out,
	    .km_ctllen = sizeof(out) };
	struct uio uio;

	uio_kern(&uio, &iov, data, 100, -1, true);
	km.km_uio = &uio;
	(void)socket_of(to)->so_ops->so_send(to, &km, MSG_DONTWAIT);
	memset(&in, 0xff, sizeof(in));
	km = (struct kmsg){ .km_ctl = (uint8_t *)&in,
	    .km_ctlcap = sizeof(in) };
	uio_kern(&uio, &iov, data, 100, -1, false);
	km.km_uio = &uio;
	(void)socket_of(from)->so_ops->so_recv(from, &km, MSG_DONTWAIT);
	for (int i = 0; i < 2; i++)
		if (km.km_ctllen > sizeof(in.h) && in.fd[i] >= 0)
			(void)fd_close(in.fd[i]);
}

static void
do_pair(int type)
{
	struct file *a, *b;
	int fd;

	if (unix_socketpair(type | O_NONBLOCK, &a, &b) != 0)
		return;
	rw(a, 10, true);
	rw(a, 40000, true);
	rw(b, 5, false);
	rw(b, 30000, false);
	rw(b, 30000, false);
	fd = fd_install(fhold(a), 0, false);
	if (fd >= 0) {
		send_files(a, b, fd);
		(void)fd_close(fd);
	} else
		fdrop(a);
	rw(a, 10, true);
	fdrop(a);
	fdrop(b);
}

static void
do_names(void)
{
	struct file *l = NULL, *c = NULL, *s = NULL;
	uint8_t sa[SA_MAX];
	unsigned len;

	if (unix_socket(SOCK_STREAM | O_NONBLOCK, 0, &l) != 0)
		return;
	(void)socket_of(l)->so_ops->so_bind(l, "\1\0\0x", 4);
	(void)socket_of(l)->so_ops->so_bind(l, "\1\0", 2);
	(void)socket_of(l)->so_ops->so_listen(l, 4);
	if (unix_socket(SOCK_STREAM | O_NONBLOCK, 0, &c) == 0) {
		(void)socket_of(c)->so_ops->so_connect(c, "\1\0\0x", 4);
		rw(c, 100, true);
		if (socket_of(l)->so_ops->so_accept(l, 0, sa, &len, &s) == 0)
			fdrop(s);
		rw(c, 100, true);
		fdrop(c);
	}
	fdrop(l);
}

static void
do_epoll(struct file *fp, struct file *host)
{
	struct kepoll_event ev = { 1, 2 }, out[4];
	struct file *ep, *outer;
	struct proc *p = curproc();

	if (kern_epoll_create(&ep) != 0)
		return;
	for (int i = 0; i < 40; i++)
		(void)kern_epoll_ctl(ep, 1, i, fp, &ev);
	(void)kern_epoll_ctl(ep, 1, 50, host, &ev);
	(void)kern_epoll_ctl(ep, 1, 51, host, &ev);
	if (kern_epoll_create(&outer) == 0) {
		(void)kern_epoll_ctl(outer, 1, 52, ep, &ev);
		(void)kern_epoll_wait(test_curthread, outer, (uaddr_t)out, 4,
		    clock_deadline(1000));
		fdrop(outer);
	}
	(void)kern_epoll_ctl(ep, 2, 51, host, &ev);
	(void)kern_epoll_wait(test_curthread, ep, (uaddr_t)out, 4,
	    clock_deadline(1000));
	fdrop(ep);
	assert_ptr_equal(p, curproc());
}

static void
do_waits(void)
{
	struct kpollfd p[40];
	struct file *ev, *tf, *sf;
	int fd, tfd, i;

	if (kern_eventfd(0, O_NONBLOCK, &ev) != 0)
		return;
	if (kern_signalfd(1, O_NONBLOCK, &sf) == 0) {
		do_epoll(sf, sf);
		fdrop(sf);
	}
	if (kern_timerfd(1, O_NONBLOCK, &tf) != 0) {
		fdrop(ev);
		return;
	}
	do_epoll(ev, tf);
	if ((fd = fd_install(fhold(ev), 0, false)) < 0)
		fdrop(ev);
	if ((tfd = fd_install(fhold(tf), 0, false)) < 0)
		fdrop(tf);
	for (i = 0; i < 40; i++)
		p[i] = (struct kpollfd){ i & 1 ? fd : tfd, 1, 0 };
	(void)kern_poll(test_curthread, p, 1, clock_deadline(1000));
	(void)kern_poll(test_curthread, p, 40, clock_deadline(1000));
	if (fd >= 0)
		(void)fd_close(fd);
	if (tfd >= 0)
		(void)fd_close(tfd);
	fdrop(ev);
	fdrop(tf);
}

static void
do_sysv(void)
{
	struct ksembuf op = { 0, 1, 0x1000 };
	struct file *mq;
	unsigned prio;
	int64_t type = 0;
	long id;

	if ((id = kern_shmget(0, 10000, 0600)) >= 0)
		(void)kern_shmctl(test_curthread, (int)id, IPC_RMID, 0);
	if ((id = kern_semget(0, 5, 0600)) >= 0) {
		(void)kern_semop(test_curthread, (int)id, &op, 1, 0);
		sysv_proc_exit(curproc());
		(void)kern_semctl(test_curthread, (int)id, 0, IPC_RMID, 0);
	}
	if ((id = kern_msgget(0, 0600)) >= 0) {
		(void)kern_msgsnd(test_curthread, (int)id, 1, (uaddr_t)data,
		    100, 04000);
		(void)kern_msgsnd(test_curthread, (int)id, 1, (uaddr_t)data,
		    100, 04000);
		(void)kern_msgrcv(test_curthread, (int)id, &type,
		    (uaddr_t)data, 100, 04000);
		(void)kern_msgctl(test_curthread, (int)id, IPC_RMID, 0);
	}
	if (kern_mq_open("q", O_CREAT | O_RDWR | O_NONBLOCK, 0600, NULL,
	    &mq) == 0) {
		(void)kern_mq_send(mq, (uaddr_t)data, 50, 3, 0);
		(void)kern_mq_send(mq, (uaddr_t)data, 50, 4, 0);
		(void)kern_mq_receive(mq, (uaddr_t)data, 8192, &prio, 0);
		(void)kern_mq_unlink("q");
		fdrop(mq);
	}
}

static void
do_inet(void)
{
	uint8_t sa[SA_MAX] = { AF_INET, 0, 0, 0, 127, 0, 0, 1 };
	struct file *l, *c, *s;
	unsigned len = 16;

	if (inet_socket(AF_INET, SOCK_STREAM | O_NONBLOCK, 0, &l) != 0)
		return;
	if (socket_of(l)->so_ops->so_bind(l, sa, 16) == 0 &&
	    socket_of(l)->so_ops->so_listen(l, 4) == 0 &&
	    socket_of(l)->so_ops->so_getname(l, false, sa, &len) == 0 &&
	    inet_socket(AF_INET, SOCK_STREAM, 0, &c) == 0) {
		(void)socket_of(c)->so_ops->so_connect(c, sa, len);
		rw(c, 10, true);
		if (socket_of(l)->so_ops->so_accept(l, 0, sa, &len, &s) == 0)
			fdrop(s);
		fdrop(c);
	}
	fdrop(l);
}

static void
all(void)
{
	do_pipes();
	do_pair(SOCK_STREAM);
	do_pair(SOCK_DGRAM);
	do_pair(SOCK_SEQPACKET);
	do_names();
	do_waits();
	do_sysv();
	do_inet();
}

/* --- memory -------------------------------------------------------------------- */

static void
starve(void)
{
	static const size_t sizes[] = { 262144, 65536, 4096, 1024, 256, 64,
	    16 };

	for (size_t k = 0; k < nitems(sizes); k++)
		while (nhogs < HOGS && (hog[nhogs] =
		    kmalloc(sizes[k], KM_NOZERO)) != NULL)
			nhogs++;
}

static void
feed(size_t n)
{
	static unsigned seed = 5;
	size_t k;

	while (n-- > 0 && nhogs > 0) {
		k = (size_t)rand_r(&seed) % nhogs;
		kfree(hog[k]);
		hog[k] = hog[--nhogs];
	}
}

static void
no_memory(void **state)
{
	struct kmem_stat before, after;

	all();
	kmem_stat(&before);
	for (size_t i = 0; i < 300; i++) {
		starve();
		feed(i * 6);
		all();
		feed(HOGS);
		assert_int_equal(netroot()->nr_inflight, 0);
	}
	all();
	kmem_stat(&after);
	assert_true(after.used <= before.used + 65536);
}

/* --- the host ------------------------------------------------------------------- */

static int
hostfds(void)
{
	int n = 0;

	for (int fd = 0; fd < 500; fd++)
		n += host_fcntl(fd, F_GETFD, 0) >= 0;
	return (n);
}

/* Calls that may well fail: not close, not the clocks. */
static const int calls[] = { 290 /* eventfd2 */, 283 /* timerfd_create */,
    291 /* epoll_create1 */, 233 /* epoll_ctl */, 32 /* dup */,
    319 /* memfd_create */, 77 /* ftruncate */, 41 /* socket */,
    49 /* bind */, 50 /* listen */, 42 /* connect */, 288 /* accept4 */,
    46 /* sendmsg */, 47 /* recvmsg */, 51 /* getsockname */,
    271 /* ppoll */, 232 /* epoll_wait */ };

static void
host_refuses(void **state)
{
	static const int errs[] = { EMFILE, ENOMEM, EPERM };
	struct kmem_stat before, after;
	int fds;

	all();
	kmem_stat(&before);
	fds = hostfds();
	for (size_t c = 0; c < nitems(calls); c++)
		for (unsigned i = 1; i <= 6; i++) {
			fake_fail_nr(calls[c]);
			fake_fail(i, errs[i % nitems(errs)]);
			all();
			fake_fail(0, 0);
			assert_int_equal(hostfds(), fds);
		}
	kmem_stat(&after);
	assert_true(after.used <= before.used + 65536);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory),
		cmocka_unit_test(host_refuses),
	};

	return (cmocka_run_group_tests(tests, boot, shut));
}
