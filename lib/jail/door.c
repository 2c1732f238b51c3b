/*
 * door.c: the warden's side of the door (door.h).
 *
 * The jail shares the warden's descriptor table, so the door's descriptors must
 * not be in it: the thread that serves the door begins by taking a table of its
 * own, empty but for the arena and, perhaps, a tracer's socket.  It never
 * touches the standard streams.  Everything in the arena that it reads is taken
 * for hostile, and it writes there only rr_trace's fields and r_trace.
 */
#include "jail/internal.h"
#include "jail/door.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define	MAXCONN		16
#define	STOP_MS		5
#define	DRAIN_SEC	10	/* for a tracer to read what is left */

struct door {
	struct jail	*d_j;
	pthread_t	d_thread;
	sem_t		d_ready;
	sem_t		d_gone;		/* the tracer has read all */
	int		d_error;	/* errno of the start */
	const char	*d_what;	/* what failed */
	int		d_listen;
	int		d_sock;		/* the tracer from the start, or -1 */
	int		d_arena;	/* read-only */
	int		d_conn[MAXCONN];
	unsigned	d_nconn;
	int		d_tracer;	/* the connection that traces, or -1 */
	int64_t		d_started;
	pthread_mutex_t	d_lock;		/* d_path, d_stop */
	char		d_path[PATH_MAX];
	bool		d_stop;
	uint32_t	d_over;		/* (a) no process is left */
};
static struct door *door;

/* --- the arena ------------------------------------------------------------------ */

static void
trace_off(struct door *d)
{
	struct trace_ctl *tc = view_trace(d->d_j);

	d->d_tracer = -1;
	atomic_store(&d->d_j->j_root->r_trace, 0);
	if (atomic_load(&d->d_over) != 0)
		(void)sem_post(&d->d_gone);
	if (tc == NULL)
		return;
	/* Nobody shall wait for room any longer. */
	(void)atomic_add(&tc->tc_tick, 1);
	(void)syscall(SYS_futex, &tc->tc_tick, FUTEX_WAKE, INT_MAX, NULL,
	    NULL, 0);
}

/* It has hung up, and we shall hear of it. */
static bool
gone(int sock)
{
	struct pollfd pf = { sock, 0, 0 };

	return (poll(&pf, 1, 0) > 0 && (pf.revents & POLLHUP) != 0);
}

static int
trace_on(struct door *d, int conn, struct door_msg *m)
{
	struct trace_ctl *tc = view_trace(d->d_j);

	if (tc == NULL)
		return (EAGAIN);
	if (d->d_tracer >= 0 && d->d_tracer != conn && !gone(d->d_tracer))
		return (EBUSY);
	atomic_store(&d->d_j->j_root->r_trace, 0);
	tc->tc_want = m->u.want;
	m->dm_pos = atomic_load(&tc->tc_head);
	atomic_store(&tc->tc_tail, m->dm_pos);
	(void)atomic_add(&tc->tc_tick, 1);
	atomic_store(&d->d_j->j_root->r_trace, 1);
	d->d_tracer = conn;
	return (0);
}

static void
trace_tail(struct door *d, int conn, uint64_t pos)
{
	struct trace_ctl *tc = view_trace(d->d_j);

	if (tc == NULL || conn != d->d_tracer)
		return;
	atomic_store(&tc->tc_tail, pos);
	(void)atomic_add(&tc->tc_tick, 1);
	(void)syscall(SYS_futex, &tc->tc_tick, FUTEX_WAKE, INT_MAX, NULL,
	    NULL, 0);
}

/* --- requests --------------------------------------------------------------------- */

static void
say_hello(struct door *d, struct door_msg *m)
{
	char *c = m->u.hello.command;
	size_t n = 0, max = sizeof(m->u.hello.command);

	memset(&m->u, 0, sizeof(m->u.hello));
	m->dm_pid = (int)getpid();
	m->u.hello.started = d->d_started;
	m->u.hello.size = d->d_j->j_size;
	(void)snprintf(m->u.hello.name, sizeof(m->u.hello.name), "%s",
	    d->d_j->j_name);
	for (char **v = d->d_j->j_spec->js_argv; v != NULL && *v != NULL && n < max; v++)
		n += (size_t)snprintf(c + n, max - n, "%s%s", n > 0 ? " " : "",
		    *v);
}

struct memarg {
	int	pid, hostpid;
};

static bool
find_host(const struct view_proc *vp, void *arg)
{
	struct memarg *a = arg;

	if (vp->vp_running && vp->vp_pid == a->pid)
		a->hostpid = vp->vp_hostpid;
	return (a->hostpid == 0);
}

static int
read_guest(struct door *d, struct door_msg *m)
{
	struct memarg a = { .pid = m->dm_pid };
	struct iovec l, r;
	ssize_t n;

	if (m->dm_len > DOOR_MEMMAX)
		return (EINVAL);
	(void)view_procs(d->d_j, find_host, &a);
	/* Only into children of ours, whatever the arena says. */
	if (a.hostpid == 0 || !warden_child(a.hostpid))
		return (ESRCH);
	l = (struct iovec){ m->u.mem, m->dm_len };
	r = (struct iovec){ (void *)(uintptr_t)m->dm_pos, m->dm_len };
	n = process_vm_readv(a.hostpid, &l, 1, &r, 1, 0);
	if (n < 0)
		return (errno);
	m->dm_len = (uint64_t)n;
	return (0);
}

static int
answer(int sock, const struct door_msg *m, int fd)
{
	struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} u;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(&u, 0, sizeof(u));
	if (fd >= 0) {
		mh.msg_control = &u;
		mh.msg_controllen = sizeof(u);
		u.hdr.cmsg_level = SOL_SOCKET;
		u.hdr.cmsg_type = SCM_RIGHTS;
		u.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&u.hdr), &fd, sizeof(int));
	}
	return (sendmsg(sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0);
}

/* One request. False: hang up. */
static bool
serve(struct door *d, int sock)
{
	static struct door_msg m;
	ssize_t n = recv(sock, &m, sizeof(m), MSG_DONTWAIT);
	int fd = -1;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return (true);
	if (n != sizeof(m) || m.dm_magic != DOOR_MAGIC)
		return (false);
	m.dm_error = 0;
	switch (m.dm_op) {
	case DOOR_HELLO:
		say_hello(d, &m);
		fd = d->d_arena;
		break;
	case DOOR_TRACE:
		m.dm_error = trace_on(d, sock, &m);
		break;
	case DOOR_TAIL:
		trace_tail(d, sock, m.dm_pos);
		return (true);
	case DOOR_MEM:
		m.dm_error = read_guest(d, &m);
		break;
	default:
		return (false);
	}
	return (answer(sock, &m, fd) == 0);
}

static void
let_in(struct door *d)
{
	int sock = accept4(d->d_listen, NULL, NULL, SOCK_CLOEXEC);
	socklen_t len = sizeof(struct ucred);
	struct ucred cr;

	if (sock < 0)
		return;
	if (d->d_nconn == MAXCONN || getsockopt(sock, SOL_SOCKET, SO_PEERCRED,
	    &cr, &len) != 0 || (cr.uid != geteuid() && cr.uid != 0)) {
		(void)close(sock);
		return;
	}
	d->d_conn[d->d_nconn++] = sock;
}

static void
door_loop(struct door *d)
{
	struct pollfd pf[MAXCONN + 1];
	unsigned n;

	for (;;) {
		n = d->d_nconn;
		for (unsigned i = 0; i < n; i++)
			pf[i] = (struct pollfd){ d->d_conn[i], POLLIN, 0 };
		pf[n] = (struct pollfd){ d->d_listen, POLLIN, 0 };
		/* Only a tracer must be told that the jail is over. */
		if (poll(pf, n + 1, d->d_tracer >= 0 ? STOP_MS : -1) < 0)
			continue;
		if (d->d_tracer >= 0 && atomic_load(&d->d_over) != 0)
			(void)shutdown(d->d_tracer, SHUT_WR);
		if (pf[n].revents != 0)
			let_in(d);
		for (unsigned i = n; i-- > 0; ) {
			if (pf[i].revents == 0 || serve(d, pf[i].fd))
				continue;
			if (pf[i].fd == d->d_tracer)
				trace_off(d);
			(void)close(pf[i].fd);
			d->d_conn[i] = d->d_conn[--d->d_nconn];
		}
	}
}

/* --- the start ---------------------------------------------------------------------- */

/* Keep the arena and the tracer's socket; the rest of the jail's table is not
 * ours to hold open. */
static int
own_table(struct door *d)
{
	int keep[2] = { d->d_j->j_memfd, d->d_sock };
	struct stat st;
	unsigned from = 0;
	char path[64];

	if (unshare(CLONE_FILES) != 0)
		return (-1);
	if (keep[0] > keep[1]) {
		keep[0] = d->d_sock;
		keep[1] = d->d_j->j_memfd;
	}
	for (int i = 0; i < 2; i++) {
		if (keep[i] < 0)
			continue;
		if ((unsigned)keep[i] > from)
			(void)syscall(SYS_close_range, from, keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	(void)syscall(SYS_close_range, from, ~0U, 0);
	/* The jail may have played with the number. */
	if (fstat(d->d_j->j_memfd, &st) != 0 ||
	    (uint64_t)st.st_size != d->d_j->j_size ||
	    st.st_ino != d->d_j->j_memino)
		return (-1);
	(void)snprintf(path, sizeof(path), "/proc/thread-self/fd/%d",
	    d->d_j->j_memfd);
	d->d_arena = open(path, O_RDONLY | O_CLOEXEC);
	(void)close(d->d_j->j_memfd);
	return (d->d_arena < 0 ? -1 : 0);
}

/* Does a jail answer at this socket? */
static bool
alive(const struct sockaddr_un *sun)
{
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	bool yes = s >= 0 && (connect(s, (const struct sockaddr *)sun,
	    sizeof(*sun)) == 0 || errno == EAGAIN);

	(void)close(s);
	return (yes);
}

/* d_lock held. */
static int
bind_name(struct door *d, const char *dir)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int lock, n, error = 0;

	n = snprintf(d->d_path, sizeof(d->d_path), "%s/%s", dir,
	    d->d_j->j_name);
	if (n >= (int)sizeof(sun.sun_path))
		return (ENAMETOOLONG);
	memcpy(sun.sun_path, d->d_path, (size_t)n + 1);
	/* One at a time looks for a stale door and takes its place. */
	(void)snprintf(d->d_path, sizeof(d->d_path), "%s/.lock", dir);
	lock = open(d->d_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	d->d_path[0] = '\0';
	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		error = errno;
	else if (alive(&sun))
		error = EADDRINUSE;
	else {
		(void)unlink(sun.sun_path);
		if (bind(d->d_listen, (struct sockaddr *)&sun,
		    sizeof(sun)) != 0 || listen(d->d_listen, 8) != 0)
			error = errno;
		else
			memcpy(d->d_path, sun.sun_path, (size_t)n + 1);
	}
	(void)close(lock);
	return (error);
}

static int
open_door(struct door *d)
{
	char dir[PATH_MAX - 128];
	struct jerr e;
	int error;

	d->d_what = "a descriptor table";
	if (own_table(d) != 0)
		return (errno);
	d->d_what = "the directory of running jails";
	if (door_dir(dir, sizeof(dir), true, &e) != 0)
		return (EACCES);
	d->d_what = d->d_j->j_name;
	d->d_listen = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (d->d_listen < 0)
		return (errno);
	(void)pthread_mutex_lock(&d->d_lock);
	error = d->d_stop ? ECANCELED : bind_name(d, dir);
	(void)pthread_mutex_unlock(&d->d_lock);
	return (error);
}

static void *
door_main(void *arg)
{
	struct door *d = arg;

	d->d_error = open_door(d);
	/* A tracer of its own needs no name in a directory. */
	if (d->d_error != 0 && d->d_sock >= 0 && d->d_arena >= 0 &&
	    d->d_error != EADDRINUSE)
		d->d_error = 0;
	if (d->d_sock >= 0) {
		d->d_conn[d->d_nconn++] = d->d_sock;
		d->d_tracer = d->d_sock;
	}
	(void)sem_post(&d->d_ready);
	if (d->d_error == 0)
		door_loop(d);
	return (NULL);
}

static int
door_thread(struct door *d)
{
	pthread_attr_t at;
	sigset_t all, old;
	int error;

	(void)pthread_attr_init(&at);
	(void)pthread_attr_setstacksize(&at, 256 << 10);
	(void)pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&d->d_thread, &at, door_main, d);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&at);
	return (error);
}

int
door_start(struct jail *j, int sock, struct jerr *e)
{
	static struct door d;
	int error;

	if (door != NULL)
		return (0);
	door = &d;
	d.d_j = j;
	d.d_sock = sock;
	d.d_listen = d.d_arena = d.d_tracer = -1;
	d.d_started = time(NULL);
	(void)pthread_mutex_init(&d.d_lock, NULL);
	(void)sem_init(&d.d_ready, 0, 0);
	(void)sem_init(&d.d_gone, 0, 0);
	d.d_what = "a thread";
	error = door_thread(&d);
	if (error == 0) {
		while (sem_wait(&d.d_ready) != 0)
			;
		error = d.d_error;
	}
	if (error == 0)
		return (0);
	if (error == EADDRINUSE)
		return (jerr_set(e, JERR_SELF, "a jail named %s is already "
		    "running; choose another --name", j->j_name));
	errno = error;
	return (jerr_errno(e, "cannot register the jail (%s)", d.d_what));
}

void
door_stop(void)
{
	struct timespec ts;

	if (door == NULL)
		return;
	(void)pthread_mutex_lock(&door->d_lock);
	door->d_stop = true;
	if (door->d_path[0] != '\0')
		(void)unlink(door->d_path);
	(void)pthread_mutex_unlock(&door->d_lock);
	atomic_store(&door->d_over, 1);
	if (atomic_load(&door->d_tracer) < 0 ||
	    clock_gettime(CLOCK_REALTIME, &ts) != 0)
		return;
	ts.tv_sec += DRAIN_SEC;
	while (atomic_load(&door->d_tracer) >= 0 &&
	    sem_timedwait(&door->d_gone, &ts) != 0 && errno == EINTR)
		;
}
