/*
 * unix.c: the life of AF_UNIX sockets: making, connecting, accepting, shutting
 * down, closing.  Rules and locks: net/unix.h.
 */
#include "net/unix.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "ipc/sigio.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/vnode.h"

void
kucred_self(struct kucred *uc)
{
	struct thread *td = curthread();

	uc->pid = td->td_proc->p_pid;
	uc->uid = td->td_cred->cr_uid;
	uc->gid = td->td_cred->cr_gid;
}

struct usock *
usock_new(int type)
{
	struct usock *us = KNEW(struct usock);

	if (us == NULL)
		return (NULL);
	us->us_so.so_ops = &unix_sockops;
	us->us_so.so_family = AF_UNIX;
	us->us_so.so_type = type;
	us->us_ref = 1;
	mtx_init(&us->us_lock, RANK_SOCK, "unixsock");
	list_init(&us->us_clients);
	list_init(&us->us_clink);
	list_init(&us->us_rq);
	list_init(&us->us_async);
	list_init(&us->us_accept);
	list_init(&us->us_alink);
	list_init(&us->us_hash);
	waitq_init(&us->us_rwq);
	waitq_init(&us->us_wwq);
	waitq_init(&us->us_roomwq);
	us->us_sndbuf = us->us_rcvbuf = UN_SNDBUF;
	return (us);
}

void
usock_drop(struct usock *us)
{
	if (us == NULL || !ref_release(&us->us_ref))
		return;
	unaddr_drop(us->us_addr);
	waitq_destroy(&us->us_rwq);
	waitq_destroy(&us->us_wwq);
	waitq_destroy(&us->us_roomwq);
	kfree(us);
}

void
usock_wakeall(struct usock *us)
{
	waitq_wake(&us->us_rwq, WAKE_ALL, 0);
	waitq_wake(&us->us_wwq, WAKE_ALL, 0);
	waitq_wake(&us->us_roomwq, WAKE_ALL, 0);
}

struct usock *
usock_peer(struct usock *us)
{
	struct usock *peer;

	mtx_lock(&us->us_lock);
	if ((peer = us->us_peer) != NULL)
		usock_hold(peer);
	mtx_unlock(&us->us_lock);
	return (peer);
}

int
unix_socket(int type, int proto, struct file **fpp)
{
	int base = type & SOCK_TYPEMASK;
	struct usock *us;

	if (base == SOCK_RAW)
		base = SOCK_DGRAM;
	if (base != SOCK_STREAM && base != SOCK_DGRAM &&
	    base != SOCK_SEQPACKET)
		return (-ESOCKTNOSUPPORT);
	if ((us = usock_new(base)) == NULL)
		return (-ENOMEM);
	if ((*fpp = socket_file(&us->us_so, type)) == NULL) {
		usock_drop(us);
		return (-ENFILE);
	}
	return (0);
}

/* Make a the peer of b and b of a; both are ours alone, or locked. */
static void
link_peers(struct usock *a, struct usock *b)
{
	a->us_peer = usock_hold(b);
	b->us_peer = usock_hold(a);
	a->us_state = b->us_state = US_CONNECTED;
}

int
unix_socketpair(int type, struct file **afp, struct file **bfp)
{
	struct usock *a, *b;
	int error;

	if ((error = unix_socket(type, 0, afp)) != 0)
		return (error);
	if ((error = unix_socket(type, 0, bfp)) != 0) {
		fdrop(*afp);
		return (error);
	}
	a = usock_of(*afp);
	b = usock_of(*bfp);
	kucred_self(&a->us_cred);
	a->us_peercred = b->us_cred = b->us_peercred = a->us_cred;
	mtx_lock(&netroot()->nr_lock);
	link_peers(a, b);
	if (a->us_so.so_type == SOCK_DGRAM) {
		list_add_tail(&a->us_clients, &b->us_clink);
		list_add_tail(&b->us_clients, &a->us_clink);
	}
	mtx_unlock(&netroot()->nr_lock);
	return (0);
}

/* --- connecting ---------------------------------------------------------------- */

/* Datagrams: choose or forget the default receiver. */
static int
connect_dgram(struct usock *us, const void *sa, unsigned len)
{
	struct netroot *nr = netroot();
	struct usock *to = NULL, *old;
	uint16_t family;
	int error;

	memcpy(&family, sa, sizeof(family));
	if (family != AF_UNSPEC &&
	    (error = unix_find(sa, len, SOCK_DGRAM, &to)) != 0)
		return (error);
	mtx_lock(&nr->nr_lock);
	mtx_lock_nested(&us->us_lock);
	/* One that is connected elsewhere takes no other's messages. */
	if (to != NULL && to != us && to->us_peer != NULL &&
	    to->us_peer != us) {
		mtx_unlock(&us->us_lock);
		mtx_unlock(&nr->nr_lock);
		usock_drop(to);
		return (-EPERM);
	}
	old = us->us_peer;
	us->us_peer = to;
	us->us_state = to != NULL ? US_CONNECTED : US_NEW;
	list_del(&us->us_clink);
	if (to != NULL && to->us_state != US_DEAD)
		list_add_tail(&to->us_clients, &us->us_clink);
	mtx_unlock(&us->us_lock);
	mtx_unlock(&nr->nr_lock);
	usock_drop(old);
	usock_wakeall(us);
	return (0);
}

/* Wait for a place in a listener's queue. */
static int
await_backlog(struct usock *l, nsec_t deadline)
{
	int error = 0;

	mtx_lock(&l->us_lock);
	while (error == 0 && l->us_state == US_LISTEN &&
	    !(l->us_shut & USHUT_RD) && l->us_naccept > l->us_backlog) {
		if (deadline == HOST_NOWAIT)
			error = -EAGAIN;
		else
			error = waitq_sleep(&l->us_roomwq, &l->us_lock,
			    SLEEP_INTR, deadline);
	}
	if (error == 0 && (l->us_state != US_LISTEN ||
	    (l->us_shut & USHUT_RD)))
		error = -ECONNREFUSED;
	mtx_unlock(&l->us_lock);
	return (error);
}

/* The moment of connecting: nr_lock, l and us are locked.  -EAGAIN: the queue
 * filled up meanwhile. */
static int
connect_locked(struct usock *us, struct usock *l, struct usock *embryo)
{
	if (us->us_state == US_CONNECTED)
		return (-EISCONN);
	if (us->us_state != US_NEW)
		return (-EINVAL);
	if (l->us_state != US_LISTEN || (l->us_shut & USHUT_RD))
		return (-ECONNREFUSED);
	if (l->us_naccept > l->us_backlog)
		return (-EAGAIN);
	kucred_self(&us->us_cred);
	us->us_peercred = l->us_cred;
	embryo->us_cred = l->us_cred;
	embryo->us_peercred = us->us_cred;
	embryo->us_passcred = l->us_passcred;
	if (l->us_addr != NULL)
		embryo->us_addr = unaddr_hold(l->us_addr);
	link_peers(us, embryo);
	list_add_tail(&l->us_accept, &embryo->us_alink);
	l->us_naccept++;
	return (0);
}

static int
connect_stream(struct file *fp, struct usock *us, const void *sa,
    unsigned len)
{
	struct netroot *nr = netroot();
	nsec_t deadline = so_deadline(fp, 0, us->us_so.so_sndtimeo);
	struct usock *l, *embryo;
	int error;

	if (us->us_state == US_LISTEN)
		return (-EINVAL);
	if ((error = unix_find(sa, len, us->us_so.so_type, &l)) != 0)
		return (error);
	if ((embryo = usock_new(us->us_so.so_type)) == NULL) {
		usock_drop(l);
		return (-ENOMEM);
	}
	do {
		if (us->us_state == US_CONNECTED)
			error = -EISCONN;
		else if ((error = await_backlog(l, deadline)) != 0)
			error = so_waiterr(error, us->us_so.so_sndtimeo);
		if (error != 0)
			break;
		mtx_lock(&nr->nr_lock);
		mtx_lock_nested(&l->us_lock);
		mtx_lock_nested(&us->us_lock);
		error = connect_locked(us, l, embryo);
		mtx_unlock(&us->us_lock);
		mtx_unlock(&l->us_lock);
		mtx_unlock(&nr->nr_lock);
	} while (error == -EAGAIN);
	if (error == 0) {
		waitq_wake(&l->us_rwq, 1, POLLIN | POLLRDNORM);
		sigio_fire(&l->us_async, &l->us_lock, SIGIO_IN);
		waitq_wake(&us->us_wwq, WAKE_ALL, 0);
	} else
		usock_drop(embryo);
	usock_drop(l);
	return (error);
}

static int
unix_connect(struct file *fp, const void *sa, unsigned len)
{
	struct usock *us = usock_of(fp);

	if (len < sizeof(uint16_t))
		return (-EINVAL);
	return (us->us_so.so_type == SOCK_DGRAM ? connect_dgram(us, sa, len) :
	    connect_stream(fp, us, sa, len));
}

static int
unix_listen(struct file *fp, int backlog)
{
	struct usock *us = usock_of(fp);
	int error = 0;

	if (us->us_so.so_type == SOCK_DGRAM)
		return (-EOPNOTSUPP);
	if (backlog < 0 || backlog > UN_SOMAXCONN)
		backlog = UN_SOMAXCONN;
	mtx_lock(&us->us_lock);
	if (us->us_addr == NULL ||
	    (us->us_state != US_NEW && us->us_state != US_LISTEN))
		error = -EINVAL;
	else {
		us->us_state = US_LISTEN;
		us->us_backlog = (uint32_t)backlog;
		kucred_self(&us->us_cred);
	}
	mtx_unlock(&us->us_lock);
	if (error == 0)
		waitq_wake(&us->us_roomwq, WAKE_ALL, 0);
	return (error);
}

static int
take_embryo(struct file *fp, struct usock *us, struct usock **out)
{
	nsec_t timeo = us->us_so.so_rcvtimeo;
	nsec_t deadline = so_deadline(fp, 0, timeo);
	struct usock *e = NULL;
	bool more;
	int error = 0;

	mtx_lock(&us->us_lock);
	for (;;) {
		if (us->us_state != US_LISTEN) {
			error = -EINVAL;
			break;
		}
		e = list_first(&us->us_accept, struct usock, us_alink);
		if (e != NULL || error != 0)
			break;
		if (us->us_shut & USHUT_RD)
			error = -EINVAL;
		else if (deadline == HOST_NOWAIT)
			error = -EAGAIN;
		else
			error = waitq_sleep(&us->us_rwq, &us->us_lock,
			    SLEEP_INTR, deadline);
	}
	if (e != NULL) {
		list_del(&e->us_alink);
		us->us_naccept--;
	}
	more = us->us_naccept > 0;
	mtx_unlock(&us->us_lock);
	if (more && waitq_busy(&us->us_rwq))
		waitq_wake(&us->us_rwq, 1, WAKE_SLEEPERS);
	if (e == NULL)
		return (so_waiterr(error, timeo));
	waitq_wake(&us->us_roomwq, WAKE_ALL, 0);
	*out = e;
	return (0);
}

/* --- names of the ends ------------------------------------------------------------- */

static void
put_addr(const struct unaddr *ua, void *sa, unsigned *len)
{
	const uint16_t family = AF_UNIX;

	memcpy(sa, &family, sizeof(family));
	*len = sizeof(family);
	if (ua != NULL) {
		memcpy(sa, ua->ua_sa, ua->ua_len);
		*len = ua->ua_len;
	}
}

static int
unix_getname(struct file *fp, bool peer, void *sa, unsigned *len)
{
	struct usock *us = usock_of(fp), *of = us;

	if (peer && (of = usock_peer(us)) == NULL)
		return (-ENOTCONN);
	put_addr(atomic_load_acq(&of->us_addr), sa, len);
	if (peer)
		usock_drop(of);
	return (0);
}

static int
unix_accept(struct file *fp, int flags, void *sa, unsigned *len,
    struct file **newfp)
{
	struct usock *us = usock_of(fp), *e = NULL, *peer;
	int error;

	if (us->us_so.so_type == SOCK_DGRAM)
		return (-EOPNOTSUPP);
	if ((error = take_embryo(fp, us, &e)) != 0)
		return (error);
	if ((*newfp = socket_file(&e->us_so, flags)) == NULL) {
		/* Too late to queue it again: the client sees a close. */
		if ((peer = usock_peer(e)) != NULL) {
			atomic_or(&peer->us_shut, USHUT_RD | USHUT_WR);
			usock_wakeall(peer);
			usock_drop(peer);
		}
		usock_drop(e);
		return (-ENFILE);
	}
	if ((peer = usock_peer(e)) != NULL) {
		put_addr(atomic_load_acq(&peer->us_addr), sa, len);
		usock_drop(peer);
	} else
		put_addr(NULL, sa, len);
	return (0);
}

/* --- the end -------------------------------------------------------------------- */

/* Add bits to a socket's us_shut, with an error if there is one. */
static void
mark_shut(struct usock *us, uint32_t bits, int err)
{
	mtx_lock(&us->us_lock);
	atomic_or(&us->us_shut, bits);
	if (err != 0)
		us->us_err = err;
	mtx_unlock(&us->us_lock);
	usock_wakeall(us);
	sigio_fire(&us->us_async, &us->us_lock, SIGIO_HUP);
}

static int
unix_shutdown(struct file *fp, int how)
{
	struct usock *us = usock_of(fp), *peer;
	uint32_t mine, theirs;

	if (how < SHUT_RD_ || how > SHUT_RDWR_)
		return (-EINVAL);
	mine = (uint32_t)how + 1;
	theirs = ((mine & USHUT_RD) ? USHUT_WR : 0) |
	    ((mine & USHUT_WR) ? USHUT_RD : 0);
	mark_shut(us, mine, 0);
	if (us->us_so.so_type == SOCK_DGRAM)
		return (0);
	if ((peer = usock_peer(us)) != NULL) {
		mark_shut(peer, theirs, 0);
		usock_drop(peer);
	}
	return (0);
}

/* Free messages.  Their files may be sockets with messages: the outermost
 * level works off all of them, instead of recursing. */
static void
flush(struct list *msgs)
{
	struct thread *td = curthread();
	struct umsg *m;

	if (td->td_grave != NULL) {
		list_splice_tail(td->td_grave, msgs);
		return;
	}
	td->td_grave = msgs;
	while ((m = list_first(msgs, struct umsg, um_link)) != NULL) {
		list_del(&m->um_link);
		umsg_free(m);
	}
	td->td_grave = NULL;
}

/* Dead from here on: nothing new gets into its queues. */
static void
usock_kill(struct usock *us, struct list *msgs, struct list *embryos)
{
	struct netroot *nr = netroot();
	struct usock *peer, *c;
	struct vnode *vp;
	bool unread;

	mtx_lock(&nr->nr_lock);
	vp = unix_unbind(us);
	while ((c = list_first(&us->us_clients, struct usock, us_clink)) !=
	    NULL) {
		list_del(&c->us_clink);
		waitq_wake(&c->us_wwq, WAKE_ALL, 0);
	}
	list_del(&us->us_clink);
	mtx_lock_nested(&us->us_lock);
	us->us_state = US_DEAD;
	us->us_shut = USHUT_RD | USHUT_WR;
	peer = us->us_peer;
	us->us_peer = NULL;
	list_splice_tail(msgs, &us->us_rq);
	list_splice_tail(embryos, &us->us_accept);
	unread = !list_empty(msgs);
	us->us_naccept = us->us_rbytes = us->us_nmsgs = 0;
	mtx_unlock(&us->us_lock);
	mtx_unlock(&nr->nr_lock);
	usock_wakeall(us);
	if (vp != NULL)
		vrele(vp);
	if (peer != NULL && us->us_so.so_type != SOCK_DGRAM)
		mark_shut(peer, USHUT_RD | USHUT_WR, unread ? ECONNRESET : 0);
	usock_drop(peer);
}

static void
unix_close(struct file *fp)
{
	struct usock *us = usock_of(fp), *e, *peer;
	struct list msgs, embryos, none;

	list_init(&msgs);
	list_init(&embryos);
	list_init(&none);
	sigio_set(&us->us_async, &us->us_lock, fp, false);
	usock_kill(us, &msgs, &embryos);
	while ((e = list_first(&embryos, struct usock, us_alink)) != NULL) {
		list_del(&e->us_alink);
		/* Never accepted: the client is reset. */
		if ((peer = usock_peer(e)) != NULL) {
			mark_shut(peer, 0, ECONNRESET);
			usock_drop(peer);
		}
		usock_kill(e, &msgs, &none);
		usock_drop(e);
	}
	usock_drop(us);
	flush(&msgs);
}

static int
unix_setfl(struct file *fp, int flags)
{
	struct usock *us = usock_of(fp);

	sigio_set(&us->us_async, &us->us_lock, fp, (flags & O_ASYNC) != 0);
	return (0);
}

const struct sockops unix_sockops = {
	.so_bind = unix_bind,
	.so_connect = unix_connect,
	.so_listen = unix_listen,
	.so_accept = unix_accept,
	.so_getname = unix_getname,
	.so_send = unix_send,
	.so_recv = unix_recv,
	.so_setopt = unix_setopt,
	.so_getopt = unix_getopt,
	.so_shutdown = unix_shutdown,
	.so_ioctl = unix_ioctl,
	.so_poll = unix_poll,
	.so_close = unix_close,
	.so_setfl = unix_setfl,
};
