/*
 * linux_poll.c: the edge of poll(2), select(2) and epoll(7).
 *
 * Interrupted waits: poll restarts with what is left of its time through
 * restart_syscall(2); ppoll, select and pselect6 restart only when no handler
 * ran (ERESTARTNOHAND) and have written the remaining time back by then, as
 * Linux does.
 */
#include "abi/linux/linux_wait.h"
#include "abi/syscalls.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

#define	POLL_STACK	32
#define	SELECT_MAXFDS	(1 << 20)

/* --- poll ------------------------------------------------------------------ */

/* The array to and from the guest around kern_poll. */
static long
poll_user(struct thread *td, uaddr_t ufds, unsigned nfds, nsec_t deadline)
{
	struct kpollfd stack[POLL_STACK], *fds = stack;
	size_t size = nfds * sizeof(*fds);
	long ret;
	unsigned i;

	if (nfds > proc_rlimit(td->td_proc, RLIMIT_NOFILE_))
		return (-EINVAL);
	if (nfds > POLL_STACK && (fds = kmalloc(size, KM_NOZERO)) == NULL)
		return (-ENOMEM);
	ret = copyin(ufds, fds, size);
	if (ret == 0)
		ret = kern_poll(td, fds, nfds, deadline);
	for (i = 0; ret >= 0 && i < nfds; i++)
		if (copyout(&fds[i].revents, ufds + i * sizeof(*fds) +
		    offsetof(struct kpollfd, revents), 2) != 0)
			ret = -EFAULT;
	if (fds != stack)
		kfree(fds);
	return (ret);
}

static long
poll_restart(struct thread *td)
{
	uint64_t *a = td->td_restart_args;
	long ret;

	ret = poll_user(td, a[0], (unsigned)a[1], (nsec_t)a[2]);
	if (ret == -ERESTARTSYS) {
		td->td_restart = poll_restart;
		ret = -ERESTART_RESTARTBLOCK;
	}
	return (ret);
}

long
sys_poll(struct thread *td, uaddr_t ufds, unsigned int nfds, int timeout)
{
	nsec_t deadline = 0;

	if (timeout == 0)
		deadline = HOST_NOWAIT;
	else if (timeout > 0)
		deadline = clock_deadline(timeout * (NSEC_PER_SEC / 1000));
	td->td_restart_args[0] = ufds;
	td->td_restart_args[1] = nfds;
	td->td_restart_args[2] = (uint64_t)deadline;
	return (poll_restart(td));
}

/* --- timeouts ----------------------------------------------------------------- */

int
ts_deadline(uaddr_t uts, nsec_t *deadline)
{
	struct timespec64 ts;

	*deadline = 0;
	if (uts == 0)
		return (0);
	if (copyin(uts, &ts, sizeof(ts)) != 0)
		return (-EFAULT);
	if (!ts_valid(&ts))
		return (-EINVAL);
	*deadline = ts2ns(&ts) == 0 ? HOST_NOWAIT : clock_deadline(ts2ns(&ts));
	return (0);
}

static nsec_t
deadline_left(nsec_t deadline)
{
	nsec_t left = deadline == HOST_NOWAIT ? 0 : deadline - clock_mono();

	return (left < 0 ? 0 : left);
}

/* Turn an interruption into what these calls return, and put the mask back
 * unless the signal's delivery will do it. */
static long
masked_result(struct thread *td, long ret, bool masked)
{
	if (ret == -ERESTARTSYS)
		return (-ERESTARTNOHAND);
	if (masked)
		sig_restoremask(td);
	return (ret);
}

int
mask_user(struct thread *td, uaddr_t uset, size_t size)
{
	ksigset_t set;

	if (uset == 0)
		return (0);
	if (size != sizeof(set))
		return (-EINVAL);
	if (copyin(uset, &set, sizeof(set)) != 0)
		return (-EFAULT);
	sig_tempmask(td, set);
	return (1);
}

static long
ts_writeback(uaddr_t uts, nsec_t deadline, long ret)
{
	struct timespec64 ts;

	if (uts == 0)
		return (ret);
	ns2ts(deadline_left(deadline), &ts);
	/* A read-only timeout: the call cannot be restarted with it. */
	if (copyout(&ts, uts, sizeof(ts)) != 0 && ret == -ERESTARTNOHAND)
		return (-EINTR);
	return (ret);
}

long
sys_ppoll(struct thread *td, uaddr_t ufds, unsigned int nfds, uaddr_t uts,
    uaddr_t uset, size_t setsize)
{
	nsec_t deadline;
	long ret;
	int masked;

	if ((ret = ts_deadline(uts, &deadline)) != 0)
		return (ret);
	if ((masked = mask_user(td, uset, setsize)) < 0)
		return (masked);
	ret = poll_user(td, ufds, nfds, deadline);
	ret = masked_result(td, ret, masked);
	return (ts_writeback(uts, deadline, ret));
}

/* --- select --------------------------------------------------------------------- */

#define	SEL_IN	(POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define	SEL_OUT	(POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define	SEL_EX	(POLLPRI)

/* Three sets of n bits, in words of 64 bits, one after the other. */
struct selbits {
	unsigned	n;		/* descriptors */
	unsigned	words;		/* of one set */
	uint64_t	*set;		/* [3 * words]: wanted, then result */
	struct kpollfd	*fds;
	unsigned	nfds;
};

static const int sel_want[3] = { POLLIN | POLLRDNORM | POLLRDBAND,
    POLLOUT | POLLWRNORM | POLLWRBAND, POLLPRI };
static const int sel_match[3] = { SEL_IN, SEL_OUT, SEL_EX };

static int
sel_copyin(struct selbits *sb, const uaddr_t usets[3])
{
	unsigned i, fd, k = 0;
	uint64_t any;
	int events;

	for (i = 0; i < 3; i++)
		if (usets[i] != 0 && copyin(usets[i], sb->set + i * sb->words,
		    sb->words * 8) != 0)
			return (-EFAULT);
	for (fd = 0; fd < sb->n; fd++) {
		any = 0;
		for (i = 0; i < 3; i++)
			any |= sb->set[i * sb->words + fd / 64];
		if (any == 0) {
			fd |= 63;
			continue;
		}
		if ((any >> (fd % 64) & 1) != 0)
			k++;
	}
	sb->fds = kmalloc((k + 1) * sizeof(*sb->fds), 0);
	if (sb->fds == NULL)
		return (-ENOMEM);
	for (fd = 0; fd < sb->n && sb->nfds < k; fd++) {
		events = 0;
		for (i = 0; i < 3; i++)
			if (sb->set[i * sb->words + fd / 64] >> (fd % 64) & 1)
				events |= sel_want[i];
		if (events != 0)
			sb->fds[sb->nfds++] =
			    (struct kpollfd){ (int)fd, (int16_t)events, 0 };
	}
	return (0);
}

/* Sort the results into the sets: bits set, or -EBADF. */
static long
sel_result(struct selbits *sb)
{
	struct kpollfd *p;
	long bits = 0;
	unsigned i, j;
	int re;

	memset(sb->set, 0, 3 * sb->words * 8);
	for (i = 0; i < sb->nfds; i++) {
		p = &sb->fds[i];
		if ((re = (uint16_t)p->revents) & POLLNVAL)
			return (-EBADF);
		for (j = 0; j < 3; j++)
			if ((p->events & sel_want[j]) == sel_want[j] &&
			    (re & sel_match[j])) {
				sb->set[j * sb->words + p->fd / 64] |=
				    1ULL << (p->fd % 64);
				bits++;
			}
		/* Ready in a way that this set does not ask for. */
		if (re != 0 && bits == 0)
			p->fd = -1;
	}
	return (bits);
}

static long
sel_run(struct thread *td, struct selbits *sb, nsec_t deadline)
{
	long ret, bits;

	do {
		ret = kern_poll(td, sb->fds, sb->nfds, deadline);
		if (ret < 0)
			return (ret);
		bits = sel_result(sb);
	} while (ret > 0 && bits == 0 && deadline != HOST_NOWAIT);
	return (bits);
}

static long
kern_select(struct thread *td, int n, const uaddr_t usets[3], nsec_t deadline)
{
	struct selbits sb = { 0 };
	long ret;
	unsigned i;

	if (n < 0)
		return (-EINVAL);
	sb.n = kmin(n, (int)kmin((uint64_t)SELECT_MAXFDS,
	    proc_rlimit(td->td_proc, RLIMIT_NOFILE_)));
	sb.words = (sb.n + 63) / 64;
	sb.set = kmalloc(3 * sb.words * 8 + 8, 0);
	if (sb.set == NULL)
		return (-ENOMEM);
	ret = sel_copyin(&sb, usets);
	if (ret == 0)
		ret = sel_run(td, &sb, deadline);
	for (i = 0; ret >= 0 && i < 3; i++)
		if (usets[i] != 0 && copyout(sb.set + i * sb.words, usets[i],
		    sb.words * 8) != 0)
			ret = -EFAULT;
	kfree(sb.fds);
	kfree(sb.set);
	return (ret);
}

struct timeval64 {
	int64_t	tv_sec;
	int64_t	tv_usec;
};

long
sys_select(struct thread *td, int n, uaddr_t in, uaddr_t out, uaddr_t ex,
    uaddr_t utv)
{
	const uaddr_t sets[3] = { in, out, ex };
	struct timeval64 tv;
	nsec_t deadline = 0, left;
	long ret;

	if (utv != 0) {
		if (copyin(utv, &tv, sizeof(tv)) != 0)
			return (-EFAULT);
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return (-EINVAL);
		if (tv.tv_sec > INT64_MAX / NSEC_PER_SEC / 2 ||
		    tv.tv_usec > INT64_MAX / 4000)
			left = INT64_MAX;
		else
			left = tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * 1000;
		deadline = left == 0 ? HOST_NOWAIT : clock_deadline(left);
	}
	ret = kern_select(td, n, sets, deadline);
	ret = masked_result(td, ret, false);
	if (utv == 0)
		return (ret);
	left = deadline_left(deadline);
	tv.tv_sec = left / NSEC_PER_SEC;
	tv.tv_usec = left % NSEC_PER_SEC / 1000;
	if (copyout(&tv, utv, sizeof(tv)) != 0 && ret == -ERESTARTNOHAND)
		return (-EINTR);
	return (ret);
}

long
sys_pselect6(struct thread *td, int n, uaddr_t in, uaddr_t out, uaddr_t ex,
    uaddr_t uts, uaddr_t umask)
{
	const uaddr_t sets[3] = { in, out, ex };
	struct { uaddr_t set; size_t size; } arg = { 0, 0 };
	nsec_t deadline;
	long ret;
	int masked;

	if (umask != 0 && copyin(umask, &arg, sizeof(arg)) != 0)
		return (-EFAULT);
	if ((ret = ts_deadline(uts, &deadline)) != 0)
		return (ret);
	if ((masked = mask_user(td, arg.set, arg.size)) < 0)
		return (masked);
	ret = kern_select(td, n, sets, deadline);
	ret = masked_result(td, ret, masked);
	return (ts_writeback(uts, deadline, ret));
}

/* --- epoll --------------------------------------------------------------------- */

long
sys_epoll_create1(struct thread *td, int flags)
{
	struct file *fp;
	int error, fd;

	if (flags & ~O_CLOEXEC)
		return (-EINVAL);
	if ((error = kern_epoll_create(&fp)) != 0)
		return (error);
	if ((fd = fd_install(fp, 0, (flags & O_CLOEXEC) != 0)) < 0)
		fdrop(fp);
	return (fd);
}

long
sys_epoll_create(struct thread *td, int size)
{
	return (size <= 0 ? -EINVAL : sys_epoll_create1(td, 0));
}

long
sys_epoll_ctl(struct thread *td, int epfd, int op, int fd, uaddr_t uev)
{
	struct kepoll_event ev = { 0, 0 };
	struct file *epfp, *fp;
	long ret;

	if (op != 2 && copyin(uev, &ev, sizeof(ev)) != 0)
		return (-EFAULT);
	if ((epfp = fget(epfd)) == NULL)
		return (-EBADF);
	if ((fp = fget(fd)) != NULL)
		ret = kern_epoll_ctl(epfp, op, fd, fp, &ev);
	else
		ret = -EBADF;
	fdrop(fp);
	fdrop(epfp);
	return (ret);
}

#define	EP_MAXEVENTS	(INT_MAX / (int)sizeof(struct kepoll_event))

static long
epoll_wait_masked(struct thread *td, int epfd, uaddr_t uev, int max,
    nsec_t deadline, uaddr_t uset, size_t setsize)
{
	struct file *fp;
	long ret;
	int masked;

	if ((masked = mask_user(td, uset, setsize)) < 0)
		return (masked);
	if (max <= 0 || max > EP_MAXEVENTS)
		ret = -EINVAL;
	else if (!user_range_ok(uev, (size_t)max * sizeof(struct kepoll_event)))
		ret = -EFAULT;
	else if ((fp = fget_io(epfd)) == NULL)
		ret = -EBADF;
	else {
		ret = kern_epoll_wait(td, fp, uev, max, deadline);
		fdrop_io(fp);
	}
	/* Interrupted: the mask goes back after the handler. */
	if (masked && ret != -EINTR)
		sig_restoremask(td);
	return (ret);
}

static nsec_t
ms_deadline(int ms)
{
	if (ms == 0)
		return (HOST_NOWAIT);
	return (ms < 0 ? 0 : clock_deadline(ms * (NSEC_PER_SEC / 1000)));
}

long
sys_epoll_wait(struct thread *td, int epfd, uaddr_t uev, int max, int timeout)
{
	return (epoll_wait_masked(td, epfd, uev, max, ms_deadline(timeout),
	    0, 0));
}

long
sys_epoll_pwait(struct thread *td, int epfd, uaddr_t uev, int max, int timeout,
    uaddr_t uset, size_t setsize)
{
	return (epoll_wait_masked(td, epfd, uev, max, ms_deadline(timeout),
	    uset, setsize));
}

long
sys_epoll_pwait2(struct thread *td, int epfd, uaddr_t uev, int max,
    uaddr_t uts, uaddr_t uset, size_t setsize)
{
	nsec_t deadline;
	int error;

	if ((error = ts_deadline(uts, &deadline)) != 0)
		return (error);
	return (epoll_wait_masked(td, epfd, uev, max, deadline, uset,
	    setsize));
}
