/*
 * unix.h: AF_UNIX sockets, private to the net folder (unix(7)).
 *
 * Every socket owns the queue of messages that were sent to it.  A sender
 * appends to the receiver's queue under the receiver's lock; a stream sender
 * that finds no room sleeps on its own us_wwq with the receiver's lock as the
 * condition's lock, so the receiver's wake-up is never lost.  A datagram
 * sender sleeps on the receiver's us_roomwq, because many senders share it.
 * Pollers always hang on queues of the socket they poll, so that epoll's
 * waiters never outlive the queue.
 *
 * Locks:	nr_lock > us_lock (two of them, and nr_lock with one, only
 *		nested under nr_lock)
 *  - nr_lock: names (abstract table, v_special of socket vnodes), us_peer,
 *    us_clients.  us_peer changes under nr_lock and us_lock, so either is
 *    enough to read it.
 *  - us_lock: everything else of a socket.
 *
 * References (us_ref): the file, the peer's us_peer, an entry in a listener's
 * accept queue, and each call that works on a socket it found.  A closed
 * socket (US_DEAD) stays as the us_peer of its peer, which thus keeps its name
 * and credentials.
 */
#ifndef NET_UNIX_H
#define NET_UNIX_H

#include "base/sleep.h"
#include "net/socket.h"

struct vnode;

#define	UN_PATHMAX	108
#define	UN_MAXLEN	(2 + UN_PATHMAX)
#define	UN_SNDBUF	212992
#define	UN_BUFMIN	4608
#define	UN_BUFMAX	(16 << 20)
#define	UN_OVERHEAD	512	/* charged per message */
#define	UN_CHUNK	32000	/* bytes of one stream message */
#define	UN_MAXDGRAMS	512
#define	UN_SOMAXCONN	4096

struct unaddr {			/* a name, shared and immutable */
	refcount_t	ua_ref;
	uint16_t	ua_len;
	uint8_t		ua_sa[UN_MAXLEN + 2];	/* struct sockaddr_un */
};

struct umsg {
	struct list	um_link;
	uint32_t	um_len, um_off;	/* bytes; of these consumed */
	uint32_t	um_cost;
	struct kucred	um_cred;	/* the sender's */
	struct unaddr	*um_from;	/* referenced or NULL */
	uint32_t	um_nfiles;
	struct file	**um_files;	/* referenced */
	char		um_data[];
};

enum ustate { US_NEW, US_LISTEN, US_CONNECTED, US_DEAD };
#define	USHUT_RD	1
#define	USHUT_WR	2

struct usock {
	struct socket	us_so;		/* first */
	refcount_t	us_ref;
	struct mtx	us_lock;	/* RANK_SOCK */
	uint32_t	us_state;	/* (a; changed under us_lock) */
	uint32_t	us_shut;	/* (a; changed under us_lock) USHUT_* */
	int32_t		us_err;		/* pending error, positive */
	struct usock	*us_peer;	/* referenced */
	struct list	us_clients;	/* (nr) datagram: connected to us */
	struct list	us_clink;	/* (nr) in the peer's us_clients */

	struct list	us_rq;		/* umsg */
	uint32_t	us_rbytes;	/* (a) charged to senders */
	uint32_t	us_nmsgs;	/* (a) */
	uint32_t	us_sndbuf, us_rcvbuf;
	struct waitq	us_rwq;		/* something to read or accept */
	struct waitq	us_wwq;		/* the peer has room again */
	struct waitq	us_roomwq;	/* senders and connectors to us */

	struct list	us_accept;	/* listener: us_alink of embryos */
	struct list	us_alink;
	uint32_t	us_naccept, us_backlog;

	struct unaddr	*us_addr;	/* own name or NULL (set once) */
	struct vnode	*us_vnode;	/* (nr) bound here, referenced */
	struct list	us_hash;	/* (nr) abstract table */
	struct kucred	us_cred;	/* of who connected or listened */
	struct kucred	us_peercred;
	bool		us_passcred;
	uint32_t	us_opts;	/* bit per boolean option */
	struct list	us_async;	/* the file, with O_ASYNC */
};

static inline struct usock *
usock_of(struct file *fp)
{
	return (fp->f_data);
}

/* unix.c */
extern const struct sockops unix_sockops;
struct usock *usock_new(int type);
static inline struct usock *
usock_hold(struct usock *us)
{
	ref_acquire(&us->us_ref);
	return (us);
}
void	usock_drop(struct usock *us);
void	usock_wakeall(struct usock *us);
void	kucred_self(struct kucred *uc);
/* us's peer with a reference, or NULL; locks us. */
struct usock *usock_peer(struct usock *us);

/* unix_name.c */
struct unaddr *unaddr_hold(struct unaddr *ua);
void	unaddr_drop(struct unaddr *ua);		/* NULL is fine */
int	unix_bind(struct file *fp, const void *sa, unsigned len);
int	unix_autobind(struct usock *us);
/* The socket that a name leads to, referenced, of the given type. */
int	unix_find(const void *sa, unsigned len, int type, struct usock **usp);
/* us dies: take its name away; the vnode is handed out for vrele. */
struct vnode *unix_unbind(struct usock *us);	/* nr_lock held */

/* unix_io.c */
long	unix_send(struct file *fp, struct kmsg *km, int flags);
long	unix_recv(struct file *fp, struct kmsg *km, int flags);
int	unix_poll(struct file *fp, int events, struct poller *po);
long	unix_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg);
void	umsg_free(struct umsg *m);

/* unix_opt.c */
int	unix_setopt(struct file *fp, int level, int name, const void *val,
	    unsigned len);
int	unix_getopt(struct file *fp, int level, int name, void *val,
	    unsigned *len);

#endif
