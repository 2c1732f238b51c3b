/* mqueue.h: POSIX message queues (mq_overview(7)). */
#ifndef IPC_MQUEUE_H
#define IPC_MQUEUE_H

#include "libkern/types.h"

struct file;

struct kmqattr {			/* linux64's struct mq_attr */
	int64_t	mq_flags;
	int64_t	mq_maxmsg;
	int64_t	mq_msgsize;
	int64_t	mq_curmsgs;
	int64_t	mq_reserved[4];
};

#define	MQ_NOTIFY_OFF		0
#define	MQ_NOTIFY_NONE		1
#define	MQ_NOTIFY_SIGNAL	2

int	mq_init(void);
/* name without the leading slash; at may be NULL. */
int	kern_mq_open(const char *name, int flags, uint32_t mode,
	    const struct kmqattr *at, struct file **fpp);
int	kern_mq_unlink(const char *name);
/* deadline: CLOCK_MONOTONIC, 0 = none, HOST_NOWAIT = it has passed.
 * -EBADF also when fp is no queue. */
long	kern_mq_send(struct file *fp, uaddr_t text, size_t n, unsigned prio,
	    nsec_t deadline);
long	kern_mq_receive(struct file *fp, uaddr_t text, size_t n,
	    unsigned *prio, nsec_t deadline);
int	kern_mq_notify(struct file *fp, int kind, int sig, uint64_t value);
int	kern_mq_attr(struct file *fp, const struct kmqattr *new,
	    struct kmqattr *old);

#endif
