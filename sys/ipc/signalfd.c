/*
 * signalfd.c: signals as bytes (signalfd(2)).
 *
 * A read takes pending signals of the calling thread or its process.  Pollers
 * hang on the process's p_sigwq.  An epoll keeps its waiter there as long as
 * the file lives, perhaps longer than the process: so the file holds a
 * reference to each process in which it was registered (sf_procs), given back
 * at fo_close, when epoll's waiters are gone.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "ipc/ipc.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/uio.h"

struct sigfdinfo {			/* signalfd_siginfo */
	uint32_t	ssi_signo;
	int32_t		ssi_errno;
	int32_t		ssi_code;
	uint32_t	ssi_pid;
	uint32_t	ssi_uid;
	int32_t		ssi_fd;
	uint32_t	ssi_tid;
	uint32_t	ssi_band;
	uint32_t	ssi_overrun;
	uint32_t	ssi_trapno;
	int32_t		ssi_status;
	int32_t		ssi_int;
	uint64_t	ssi_ptr;
	uint64_t	ssi_utime;
	uint64_t	ssi_stime;
	uint64_t	ssi_addr;
	uint16_t	ssi_addr_lsb;
	uint8_t		ssi_pad[46];
};
_Static_assert(sizeof(struct sigfdinfo) == 128, "signalfd_siginfo");

struct sfproc {
	struct list	sp_link;
	struct proc	*sp_proc;	/* referenced */
};

struct signalfd {
	struct mtx	sf_lock;	/* RANK_IPC: sf_procs */
	ksigset_t	sf_mask;	/* (a) */
	struct list	sf_procs;
};

static void
sig_to_fdinfo(const struct ksiginfo *si, struct sigfdinfo *o)
{
	memset(o, 0, sizeof(*o));
	o->ssi_signo = (uint32_t)si->si_signo;
	o->ssi_errno = si->si_errno;
	o->ssi_code = si->si_code;
	if (si->si_code == SI_TIMER) {
		o->ssi_tid = (uint32_t)si->u.timer.tid;
		o->ssi_overrun = (uint32_t)si->u.timer.overrun;
		o->ssi_ptr = si->u.timer.value;
		o->ssi_int = (int32_t)si->u.timer.value;
		return;
	}
	if (si->si_code > 0 && si->si_code != SI_KERNEL) {
		switch (si->si_signo) {
		case SIGCHLD:
			o->ssi_pid = (uint32_t)si->u.chld.pid;
			o->ssi_uid = si->u.chld.uid;
			o->ssi_status = si->u.chld.status;
			o->ssi_utime = (uint64_t)si->u.chld.utime;
			o->ssi_stime = (uint64_t)si->u.chld.stime;
			return;
		case SIGSEGV: case SIGBUS: case SIGILL: case SIGFPE:
		case SIGTRAP:
			o->ssi_addr = si->u.fault.addr;
			o->ssi_addr_lsb = (uint16_t)si->u.fault.addr_lsb;
			return;
		case SIGIO:
			o->ssi_band = (uint32_t)si->u.poll.band;
			o->ssi_fd = si->u.poll.fd;
			return;
		default:
			break;
		}
	}
	o->ssi_pid = (uint32_t)si->u.rt.pid;
	o->ssi_uid = si->u.rt.uid;
	if (si->si_code < 0) {
		o->ssi_ptr = si->u.rt.value;
		o->ssi_int = (int32_t)si->u.rt.value;
	}
}

/* Wait for one of the mask's signals: number, -EAGAIN or -ERESTARTSYS. */
static int
signalfd_take(struct thread *td, struct signalfd *sf, bool nonblock,
    struct ksiginfo *si)
{
	struct ipc_td *it;
	struct pollwait *pw;
	int sig, error = 0;

	sig = sig_take(td, atomic_load(&sf->sf_mask), si);
	if (sig != 0 || nonblock)
		return (sig != 0 ? sig : -EAGAIN);
	if ((it = ipc_td(td)) == NULL)
		return (-ENOMEM);
	pw = &it->it_pw;
	pollwait_init(pw, td);
	pollwait_prepare(pw);
	pollwait_add(pw, &td->td_proc->p_sigwq, 0, 0);
	for (;;) {
		sig = sig_take(td, atomic_load(&sf->sf_mask), si);
		if (sig != 0 || error != 0)
			break;
		error = pollwait_sleep(pw, 0);
		pollwait_prepare(pw);
	}
	pollwait_done(pw);
	return (sig != 0 ? sig : error);
}

static int
signalfd_read(struct file *fp, struct uio *uio)
{
	struct signalfd *sf = fp->f_data;
	struct thread *td = curthread();
	struct sigfdinfo info;
	struct ksiginfo si;
	bool nonblock = (fp->f_flags & O_NONBLOCK) != 0;
	int sig, error = 0, n = 0;

	if (uio->uio_resid < sizeof(info))
		return (-EINVAL);
	while (uio->uio_resid >= sizeof(info) && error == 0) {
		sig = signalfd_take(td, sf, nonblock || n > 0, &si);
		if (sig < 0)
			return (n > 0 ? 0 : sig);
		sig_to_fdinfo(&si, &info);
		error = uiomove(&info, sizeof(info), uio);
		n++;
	}
	return (error);
}

static int
signalfd_write(struct file *fp, struct uio *uio)
{
	return (-EINVAL);
}

/* Keep p's record alive while a waiter of ours may hang on it. */
static int
signalfd_hold(struct signalfd *sf, struct proc *p)
{
	struct sfproc *sp, *new = KNEW(struct sfproc);

	if (new == NULL)
		return (-ENOMEM);
	mtx_lock(&sf->sf_lock);
	list_foreach(sp, &sf->sf_procs, sp_link)
		if (sp->sp_proc == p)
			break;
	if (&sp->sp_link == &sf->sf_procs) {
		proc_hold(p);
		new->sp_proc = p;
		list_add_tail(&sf->sf_procs, &new->sp_link);
		new = NULL;
	}
	mtx_unlock(&sf->sf_lock);
	kfree(new);
	return (0);
}

static int
signalfd_poll(struct file *fp, int events, struct poller *po)
{
	struct signalfd *sf = fp->f_data;
	struct thread *td = curthread();

	if (po != NULL && signalfd_hold(sf, td->td_proc) == 0)
		poll_queue(po, &td->td_proc->p_sigwq, 0);
	if ((sig_pendingset(td) & atomic_load(&sf->sf_mask)) != 0)
		return ((POLLIN | POLLRDNORM) & events);
	return (0);
}

static int
signalfd_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0600));
}

static void
signalfd_close(struct file *fp)
{
	struct signalfd *sf = fp->f_data;
	struct sfproc *sp;

	while ((sp = list_first(&sf->sf_procs, struct sfproc, sp_link)) !=
	    NULL) {
		list_del(&sp->sp_link);
		proc_drop(sp->sp_proc);
		kfree(sp);
	}
	kfree(sf);
}

static int
signalfd_fdinfo(struct file *fp, char *buf, size_t n)
{
	struct signalfd *sf = fp->f_data;

	return (ksnprintf(buf, n, "sigmask:\t%016lx\n",
	    (unsigned long)sf->sf_mask));
}

static const struct fileops signalfd_ops = {
	.fo_read = signalfd_read,
	.fo_write = signalfd_write,
	.fo_seek = file_nopseek,
	.fo_poll = signalfd_poll,
	.fo_stat = signalfd_stat,
	.fo_close = signalfd_close,
	.fo_fdinfo = signalfd_fdinfo,
};

int
kern_signalfd(ksigset_t mask, int flags, struct file **fpp)
{
	struct signalfd *sf = KNEW(struct signalfd);
	struct file *fp;

	if (sf == NULL)
		return (-ENOMEM);
	mtx_init(&sf->sf_lock, RANK_IPC, "signalfd");
	list_init(&sf->sf_procs);
	sf->sf_mask = mask & ~SIGSET_UNBLOCKABLE;
	fp = file_alloc(FT_SIGNALFD, &signalfd_ops,
	    O_RDWR | (flags & O_NONBLOCK));
	if (fp == NULL) {
		kfree(sf);
		return (-ENFILE);
	}
	fp->f_data = sf;
	kstrlcpy(fp->f_desc, "anon_inode:[signalfd]", sizeof(fp->f_desc));
	*fpp = fp;
	return (0);
}

int
kern_signalfd_set(struct file *fp, ksigset_t mask)
{
	struct signalfd *sf = fp->f_data;

	if (fp->f_ops != &signalfd_ops)
		return (-EINVAL);
	atomic_store(&sf->sf_mask, mask & ~SIGSET_UNBLOCKABLE);
	waitq_wake(&curproc()->p_sigwq, WAKE_ALL, 0);
	return (0);
}
