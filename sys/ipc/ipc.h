/*
 * ipc.h: pipes, event sources and waiting, as other floors see them.
 *
 * Everything lives in the arena: a wait queue's waiter may never lie on a
 * kernel stack, because the waker runs in another process.  What a thread
 * needs for its own waits stands in its struct ipc_td (td_ipc), made when the
 * thread first waits and freed when it exits.
 *
 * Lock order within ipc and net (see base/mtx.h for the ranks):
 *
 *	ir_eplock > ep_lock (outer epoll before inner one)
 *	    > socket locks > pipe, eventfd, queue locks (RANK_IPC)
 *		> wait-queue locks > ep_rlock
 *
 * Objects store their condition under their own lock, release it, and wake
 * after that; waitq_sleep() has queued the sleeper before it released the
 * lock, so no wake-up is lost.
 */
#ifndef IPC_IPC_H
#define IPC_IPC_H

#include "base/arena.h"
#include "base/mtx.h"
#include "base/sleep.h"
#include "libkern/list.h"
#include "libkern/types.h"
#include "vfs/poll.h"

struct file;
struct ksiginfo;
struct pipe;
struct proc;
struct thread;
struct uio;
struct vnode;

struct ipc_root {
	struct mtx	ir_fifolock;	/* RANK_SOCK: v_special of FIFOs */
	struct mtx	ir_eplock;	/* RANK_EPOLL: see ipc/epoll.c */
	uint64_t	ir_ino;		/* (a) inode numbers of pipes, sockets */
	struct sysv_root *ir_sysv;
	struct mq_root	*ir_mq;
	struct aio_root	*ir_aio;
};
#define	ipcroot()	((struct ipc_root *)kroot()->r_sub[KROOT_IPC])

/* Make the root and hang the hooks into vfs and kern; at boot, after
 * kern_init().  0 or -ENOMEM. */
int	ipc_init(void);
uint64_t ipc_newino(void);

/* --- a thread's own waiting state --------------------------------------- */
#define	PW_INLINE	12

/* One wait: waiters on queues, and host descriptors. */
struct pollwait {
	struct poller	pw_po;		/* first: po_ops point to poll.c */
	struct thread	*pw_td;
	uint32_t	pw_woken;	/* (a) a waiter fired */
	uint32_t	pw_mixed;	/* (a) td sleeps in the host: use eventfd */
	uint32_t	pw_n;		/* waiters in use */
	uint32_t	pw_nhost, pw_maxhost;
	int32_t		pw_err;		/* -ENOMEM while registering */
	struct host_pollfd *pw_host;	/* [0] is the thread's eventfd */
	struct waiter	pw_w[PW_INLINE];
	struct list	pw_more;	/* struct pwchunk */
	struct file	**pw_files;	/* kern_poll's references, kmalloc'ed: */
	uint32_t	pw_nfiles;	/* for a thread that the host kills */
};
struct ipc_td {
	struct pollwait	it_pw;
};

/* td's state, made when missing; NULL: no memory. */
struct ipc_td *ipc_td(struct thread *td);
/* Hook: frees it.  A thread that the host killed may be waiting still: it is
 * taken off the queues, and its references go. */
void	ipc_thread_exit(struct thread *td);

void	pollwait_init(struct pollwait *pw, struct thread *td);
/* Hang on a queue (W_* flags); poll_host(&pw->pw_po, ...) adds descriptors. */
void	pollwait_add(struct pollwait *pw, struct waitq *wq, int events,
	    uint32_t flags);
/* Sleep until a waiter fires, a host descriptor is ready, a signal or the
 * deadline comes.  Call pollwait_prepare() before the conditions are tested.
 * 0, -ETIMEDOUT, -ERESTARTSYS, -ENOMEM and other host errors. */
void	pollwait_prepare(struct pollwait *pw);
int	pollwait_sleep(struct pollwait *pw, nsec_t deadline);
void	pollwait_done(struct pollwait *pw);	/* takes all waiters off */
/* The thread's host eventfd, made when missing; or a negative errno. */
int	thread_eventfd(struct thread *td);

/* --- native operations ---------------------------------------------------- */
struct kpollfd {
	int32_t		fd;
	int16_t		events;
	int16_t		revents;
};
/* deadline: CLOCK_MONOTONIC ns, 0 = none, HOST_NOWAIT = do not sleep.
 * Number of ready entries, or -ERESTARTSYS (a signal), -ENOMEM. */
long	kern_poll(struct thread *td, struct kpollfd *fds, unsigned n,
	    nsec_t deadline);

int	kern_pipe(struct file **rfp, struct file **wfp, int flags);
/* O_RDONLY etc. of a pipe file: NULL when fp is not a pipe. */
struct pipe *pipe_of(struct file *fp);
long	pipe_fcntl(struct file *fp, int cmd, unsigned long arg);
int	fifo_open(struct vnode *vp, int flags, struct file *fp);
/* Copy up to n bytes from one pipe to another without consuming (tee(2)). */
long	pipe_tee(struct file *in, struct file *out, size_t n, bool nonblock);
long	kern_splice(struct file *in, int64_t *inoff, struct file *out,
	    int64_t *outoff, size_t n, int flags);
#define	SPLICE_F_MOVE		1
#define	SPLICE_F_NONBLOCK	2
#define	SPLICE_F_MORE		4
#define	SPLICE_F_GIFT		8

struct host_itimerspec;
int	kern_timerfd(int clock, int flags, struct file **fpp);
int	kern_timerfd_set(struct file *fp, int flags,
	    const struct host_itimerspec *n, struct host_itimerspec *o);
int	kern_timerfd_get(struct file *fp, struct host_itimerspec *o);

int	kern_signalfd(uint64_t mask, int flags, struct file **fpp);
int	kern_signalfd_set(struct file *fp, uint64_t mask);

int	kern_eventfd(uint64_t init, int flags, struct file **fpp);
#define	EFD_SEMAPHORE	1

struct kepoll_event {			/* linux64's and i386's */
	uint32_t	events;
	uint64_t	data;
} __attribute__((packed));
int	kern_epoll_create(struct file **fpp);
/* ev is ignored for EPOLL_CTL_DEL. */
long	kern_epoll_ctl(struct file *epfp, int op, int fd, struct file *fp,
	    const struct kepoll_event *ev);
/* Events out to the guest; count, 0 = deadline, -EINTR. */
long	kern_epoll_wait(struct thread *td, struct file *epfp, uaddr_t uev,
	    int max, nsec_t deadline);
void	epoll_gone(struct file *fp);

#endif
