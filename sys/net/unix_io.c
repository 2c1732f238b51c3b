/*
 * unix_io.c: messages of AF_UNIX sockets, their descriptors and credentials,
 * and polling.  Rules and locks: net/unix.h.
 *
 * A message is built outside all locks (copy in, then append under the
 * receiver's lock), so senders do not wait for each other's page faults.  A
 * reader copies out under its socket's lock: readers of one socket exclude
 * each other anyway.
 *
 * Descriptors in flight are references to files.  Their number is bounded by
 * the sender's RLIMIT_NOFILE (ETOOMANYREFS), which also bounds what a cycle of
 * sockets that hold each other can keep alive until the jail ends.
 */
#include "net/unix.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "host/host.h"
#include "ipc/sigio.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	FIONREAD_	0x541b
#define	TIOCOUTQ_	0x5411

/* --- messages ---------------------------------------------------------------- */

static struct umsg *
umsg_new(size_t n)
{
	struct umsg *m = kmalloc(sizeof(*m) + n, KM_NOZERO);

	if (m == NULL)
		return (NULL);
	list_init(&m->um_link);
	m->um_len = (uint32_t)n;
	m->um_off = 0;
	m->um_cost = (uint32_t)n + UN_OVERHEAD;
	m->um_from = NULL;
	m->um_nfiles = 0;
	m->um_files = NULL;
	return (m);
}

static void
files_drop(struct file **files, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		fdrop(files[i]);
	if (n > 0)
		atomic_sub(&netroot()->nr_inflight, n);
	kfree(files);
}

void
umsg_free(struct umsg *m)
{
	files_drop(m->um_files, m->um_nfiles);
	unaddr_drop(m->um_from);
	kfree(m);
}

/* --- control messages in ------------------------------------------------------- */

struct outctl {			/* what a sender's control messages said */
	struct kucred	oc_cred;
	struct file	**oc_files;
	uint32_t	oc_n;
};

static int
ctl_rights(struct outctl *oc, const uint8_t *data, size_t n)
{
	struct file **files;
	uint32_t i, k = (uint32_t)(n / sizeof(int32_t));
	int32_t fd;

	if (oc->oc_n + k > SCM_MAXFILES)
		return (-EINVAL);
	if (k == 0)
		return (0);
	if (atomic_load(&netroot()->nr_inflight) + k >
	    proc_rlimit(curproc(), RLIMIT_NOFILE_) &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_RESOURCE) &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		return (-ETOOMANYREFS);
	files = krealloc(oc->oc_files, oc->oc_n * sizeof(*files),
	    (oc->oc_n + k) * sizeof(*files));
	if (files == NULL)
		return (-ENOMEM);
	oc->oc_files = files;
	for (i = 0; i < k; i++) {
		memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
		if ((files[oc->oc_n] = fget_path(fd)) == NULL)
			return (-EBADF);
		oc->oc_n++;
		atomic_add(&netroot()->nr_inflight, 1);
	}
	return (0);
}

static int
ctl_cred(struct outctl *oc, const uint8_t *data, size_t n)
{
	const struct ucred *cr = curthread()->td_cred;
	struct kucred uc;

	if (n != sizeof(uc))
		return (-EINVAL);
	memcpy(&uc, data, sizeof(uc));
	if (uc.pid != curproc()->p_pid && !cred_priv(cr, PRIV_SYS_ADMIN))
		return (-EPERM);
	if (uc.uid != cr->cr_ruid && uc.uid != cr->cr_uid &&
	    uc.uid != cr->cr_suid && !cred_priv(cr, PRIV_SETUID))
		return (-EPERM);
	if (uc.gid != cr->cr_rgid && uc.gid != cr->cr_gid &&
	    uc.gid != cr->cr_sgid && !cred_priv(cr, PRIV_SETGID))
		return (-EPERM);
	oc->oc_cred = uc;
	return (0);
}

static int
ctl_parse(const struct kmsg *km, struct outctl *oc)
{
	struct kcmsghdr h;
	const uint8_t *p;
	size_t off = 0;
	int error = 0;

	kucred_self(&oc->oc_cred);
	/* Linux sends the real ids unless told otherwise. */
	oc->oc_cred.uid = curthread()->td_cred->cr_ruid;
	oc->oc_cred.gid = curthread()->td_cred->cr_rgid;
	while (km->km_ctl != NULL && error == 0 &&
	    off + sizeof(h) <= km->km_ctllen) {
		memcpy(&h, km->km_ctl + off, sizeof(h));
		if (h.cmsg_len < sizeof(h) || h.cmsg_len > km->km_ctllen - off)
			return (-EINVAL);
		p = km->km_ctl + off + sizeof(h);
		off += CMSG_ALIGN_(h.cmsg_len);
		if (h.cmsg_level != SOL_SOCKET)
			continue;
		if (h.cmsg_type == SCM_RIGHTS)
			error = ctl_rights(oc, p, h.cmsg_len - sizeof(h));
		else if (h.cmsg_type == SCM_CREDENTIALS)
			error = ctl_cred(oc, p, h.cmsg_len - sizeof(h));
		else
			error = -EINVAL;
	}
	return (error);
}

/* --- sending ------------------------------------------------------------------- */

struct sending {
	struct file	*sd_fp;
	struct usock	*sd_us;
	struct kmsg	*sd_km;
	struct outctl	sd_ctl;
	nsec_t		sd_deadline;
};

/* Build a message of the next n bytes. */
static int
send_build(struct sending *sd, size_t n, struct umsg **mp)
{
	struct unaddr *ua;
	struct umsg *m;
	int error;

	if ((m = umsg_new(n)) == NULL)
		return (-ENOMEM);
	if ((error = uiomove(m->um_data, n, sd->sd_km->km_uio)) != 0) {
		umsg_free(m);
		return (error);
	}
	m->um_cred = sd->sd_ctl.oc_cred;
	m->um_files = sd->sd_ctl.oc_files;
	m->um_nfiles = sd->sd_ctl.oc_n;
	sd->sd_ctl.oc_files = NULL;
	sd->sd_ctl.oc_n = 0;
	ua = atomic_load_acq(&sd->sd_us->us_addr);
	if (ua != NULL && sd->sd_us->us_so.so_type != SOCK_STREAM)
		m->um_from = unaddr_hold(ua);
	*mp = m;
	return (0);
}

/* Append to to's queue; to is locked. */
static void
append(struct usock *to, struct umsg *m)
{
	list_add_tail(&to->us_rq, &m->um_link);
	atomic_add(&to->us_rbytes, m->um_cost);
	atomic_add(&to->us_nmsgs, 1);
}

static int
own_error(struct usock *us)
{
	int err = 0;

	if (us->us_err != 0) {
		mtx_lock(&us->us_lock);
		err = us->us_err;
		us->us_err = 0;
		mtx_unlock(&us->us_lock);
	}
	return (-err);
}

/* Connected kinds: wait for room at the peer, then append. */
static int
post_stream(struct sending *sd, struct usock *peer, struct umsg *m)
{
	struct usock *us = sd->sd_us;
	int error = 0;

	mtx_lock(&peer->us_lock);
	while (error == 0) {
		if (peer->us_state == US_DEAD ||
		    (peer->us_shut & USHUT_RD) ||
		    (atomic_load(&us->us_shut) & USHUT_WR))
			error = -EPIPE;
		else if (peer->us_rbytes == 0 ||
		    peer->us_rbytes + UN_OVERHEAD < us->us_sndbuf) {
			append(peer, m);
			break;
		} else if (sd->sd_deadline == HOST_NOWAIT)
			error = -EAGAIN;
		else
			error = waitq_sleep(&us->us_wwq, &peer->us_lock,
			    SLEEP_INTR, sd->sd_deadline);
	}
	mtx_unlock(&peer->us_lock);
	if (error == 0)
		waitq_wake_any(&peer->us_rwq, 1, POLLIN | POLLRDNORM);
	if (error == 0)
		sigio_fire(&peer->us_async, &peer->us_lock, SIGIO_IN);
	return (error);
}

static long
send_stream(struct sending *sd)
{
	struct usock *us = sd->sd_us, *peer;
	struct uio *uio = sd->sd_km->km_uio;
	bool record = us->us_so.so_type == SOCK_SEQPACKET;
	size_t n, total = 0;
	struct umsg *m;
	int error;

	if (sd->sd_km->km_namelen > 0 && !record)
		return (us->us_state == US_CONNECTED ? -EISCONN :
		    -EOPNOTSUPP);
	if (record && uio->uio_resid > us->us_sndbuf)
		return (-EMSGSIZE);
	if ((error = own_error(us)) != 0)
		return (error);
	if (atomic_load(&us->us_shut) & USHUT_WR)
		return (-EPIPE);
	if ((peer = usock_peer(us)) == NULL)
		return (-ENOTCONN);
	while (error == 0 && (uio->uio_resid > 0 || (record && total == 0))) {
		n = record ? uio->uio_resid :
		    kmin(uio->uio_resid, (size_t)UN_CHUNK);
		if ((error = send_build(sd, n, &m)) != 0)
			break;
		if ((error = post_stream(sd, peer, m)) != 0) {
			uio->uio_resid += n;	/* not sent after all */
			umsg_free(m);
			break;
		}
		total += n;
		if (record)
			break;
	}
	usock_drop(peer);
	if (total > 0 || error == 0)
		return ((long)total);
	return (so_waiterr(error, us->us_so.so_sndtimeo));
}

static bool
dgram_room(const struct usock *to, const struct usock *us)
{
	return (to->us_nmsgs == 0 || (to->us_nmsgs < UN_MAXDGRAMS &&
	    to->us_rbytes < us->us_sndbuf));
}

static int
post_dgram(struct sending *sd, struct usock *to, struct umsg *m)
{
	struct usock *us = sd->sd_us;
	int error = 0;

	mtx_lock(&to->us_lock);
	while (error == 0) {
		if (to->us_state == US_DEAD)
			error = -ECONNREFUSED;
		else if (to->us_shut & USHUT_RD)
			error = -EPIPE;
		else if (to->us_peer != NULL && to->us_peer != us)
			error = -EPERM;
		else if (dgram_room(to, us)) {
			append(to, m);
			break;
		} else if (sd->sd_deadline == HOST_NOWAIT)
			error = -EAGAIN;
		else
			error = waitq_sleep(&to->us_roomwq, &to->us_lock,
			    SLEEP_INTR, sd->sd_deadline);
	}
	mtx_unlock(&to->us_lock);
	if (error == 0)
		waitq_wake_any(&to->us_rwq, 1, POLLIN | POLLRDNORM);
	if (error == 0)
		sigio_fire(&to->us_async, &to->us_lock, SIGIO_IN);
	return (error);
}

/* The default receiver is gone: forget it. */
static void
dgram_disconnect(struct usock *us, struct usock *dead)
{
	bool mine = false;

	mtx_lock(&netroot()->nr_lock);
	mtx_lock_nested(&us->us_lock);
	if (us->us_peer == dead) {
		us->us_peer = NULL;
		us->us_state = us->us_state == US_DEAD ? US_DEAD : US_NEW;
		list_del(&us->us_clink);
		mine = true;
	}
	mtx_unlock(&us->us_lock);
	mtx_unlock(&netroot()->nr_lock);
	if (mine)
		usock_drop(dead);
}

static long
send_dgram(struct sending *sd)
{
	struct usock *us = sd->sd_us, *to;
	struct kmsg *km = sd->sd_km;
	size_t n = km->km_uio->uio_resid;
	struct umsg *m;
	int error;

	if ((error = own_error(us)) != 0)
		return (error);
	if (atomic_load(&us->us_shut) & USHUT_WR)
		return (-EPIPE);
	if (n > us->us_sndbuf - 32)
		return (-EMSGSIZE);
	if (km->km_namelen > 0) {
		error = unix_find(km->km_name, km->km_namelen, SOCK_DGRAM,
		    &to);
		if (error != 0)
			return (error);
	} else if ((to = usock_peer(us)) == NULL)
		return (-ENOTCONN);
	if ((error = send_build(sd, n, &m)) == 0 &&
	    (error = post_dgram(sd, to, m)) != 0) {
		km->km_uio->uio_resid += n;	/* not sent after all */
		umsg_free(m);
		if (error == -ECONNREFUSED && km->km_namelen == 0)
			dgram_disconnect(us, to);
	}
	usock_drop(to);
	return (error == 0 ? (long)n :
	    so_waiterr(error, us->us_so.so_sndtimeo));
}

long
unix_send(struct file *fp, struct kmsg *km, int flags)
{
	struct usock *us = usock_of(fp);
	struct sending sd = { .sd_fp = fp, .sd_us = us, .sd_km = km };
	long ret;

	if (flags & MSG_OOB)
		return (-EOPNOTSUPP);
	sd.sd_deadline = so_deadline(fp, flags, us->us_so.so_sndtimeo);
	ret = ctl_parse(km, &sd.sd_ctl);
	if (ret == 0)
		ret = us->us_so.so_type == SOCK_DGRAM ? send_dgram(&sd) :
		    send_stream(&sd);
	files_drop(sd.sd_ctl.oc_files, sd.sd_ctl.oc_n);
	return (ret);
}

/* --- receiving -------------------------------------------------------------------- */

struct receiving {
	struct file	*rv_fp;
	struct usock	*rv_us;
	struct kmsg	*rv_km;
	int		rv_flags;
	nsec_t		rv_deadline;
	struct kucred	rv_cred;
	bool		rv_gotcred;
	struct file	**rv_files;	/* taken over or copied */
	uint32_t	rv_nfiles;
	struct list	rv_done;	/* consumed messages */
};

/* Take a message's files; with MSG_PEEK another reference to each. */
static void
take_files(struct receiving *rv, struct umsg *m)
{
	uint32_t i;

	if (m->um_nfiles == 0 || rv->rv_nfiles != 0)
		return;
	if (rv->rv_flags & MSG_PEEK) {
		rv->rv_files = kmalloc(m->um_nfiles * sizeof(*rv->rv_files),
		    KM_NOZERO);
		if (rv->rv_files == NULL) {
			rv->rv_km->km_flags |= MSG_CTRUNC;
			return;
		}
		for (i = 0; i < m->um_nfiles; i++)
			rv->rv_files[i] = fhold(m->um_files[i]);
		atomic_add(&netroot()->nr_inflight, m->um_nfiles);
		rv->rv_nfiles = m->um_nfiles;
		return;
	}
	rv->rv_files = m->um_files;
	rv->rv_nfiles = m->um_nfiles;
	m->um_files = NULL;
	m->um_nfiles = 0;
}

/* Install what the control buffer has room for. */
static void
put_rights(struct receiving *rv)
{
	struct kmsg *km = rv->rv_km;
	int32_t fds[SCM_MAXFILES];
	size_t room;
	uint32_t i, n;
	int fd;

	if (rv->rv_nfiles == 0)
		return;
	room = km->km_ctl == NULL ? 0 : km->km_ctlcap - km->km_ctllen;
	room = room < sizeof(struct kcmsghdr) ? 0 :
	    (room - sizeof(struct kcmsghdr)) / sizeof(int32_t);
	for (i = n = 0; i < rv->rv_nfiles && n < room; i++) {
		fd = fd_install(fhold(rv->rv_files[i]), 0,
		    (rv->rv_flags & MSG_CMSG_CLOEXEC) != 0);
		if (fd < 0) {
			fdrop(rv->rv_files[i]);
			break;
		}
		fds[n++] = fd;
	}
	if (n < rv->rv_nfiles)
		km->km_flags |= MSG_CTRUNC;
	if (n > 0)
		(void)kmsg_putctl(km, SOL_SOCKET, SCM_RIGHTS, fds,
		    n * sizeof(fds[0]));
}

/* After all locks are gone: control messages out, consumed ones freed. */
static void
recv_finish(struct receiving *rv)
{
	struct umsg *m;

	if (rv->rv_us->us_passcred && rv->rv_gotcred)
		(void)kmsg_putctl(rv->rv_km, SOL_SOCKET, SCM_CREDENTIALS,
		    &rv->rv_cred, sizeof(rv->rv_cred));
	put_rights(rv);
	files_drop(rv->rv_files, rv->rv_nfiles);
	while ((m = list_first(&rv->rv_done, struct umsg, um_link)) != NULL) {
		list_del(&m->um_link);
		umsg_free(m);
	}
}

/* Wait for a message; us is locked and its queue empty.  1: end of file. */
static int
recv_await(struct receiving *rv)
{
	struct usock *us = rv->rv_us;
	int err;

	if ((err = us->us_err) != 0) {
		us->us_err = 0;
		return (-err);
	}
	if (us->us_shut & USHUT_RD)
		return (1);
	if (us->us_so.so_type != SOCK_DGRAM && us->us_state != US_CONNECTED)
		return (us->us_so.so_type == SOCK_STREAM ? -EINVAL :
		    -ENOTCONN);
	if (rv->rv_deadline == HOST_NOWAIT)
		return (-EAGAIN);
	return (waitq_sleep(&us->us_rwq, &us->us_lock, SLEEP_INTR,
	    rv->rv_deadline));
}

static void
consume(struct receiving *rv, struct umsg *m)
{
	struct usock *us = rv->rv_us;

	list_del(&m->um_link);
	atomic_sub(&us->us_rbytes, m->um_cost);
	atomic_sub(&us->us_nmsgs, 1);
	list_add_tail(&rv->rv_done, &m->um_link);
}

static bool
cred_equal(const struct kucred *a, const struct kucred *b)
{
	return (a->pid == b->pid && a->uid == b->uid && a->gid == b->gid);
}

/* Copy from the queue what fits; us is locked.  true: stop here, even if more
 * was asked for.  *moved counts bytes. */
static bool
stream_take(struct receiving *rv, size_t *moved, int *error)
{
	struct usock *us = rv->rv_us;
	struct uio *uio = rv->rv_km->km_uio;
	bool peek = (rv->rv_flags & MSG_PEEK) != 0, files;
	struct umsg *m, *next;
	size_t n, before;

	list_foreach_safe(m, next, &us->us_rq, um_link) {
		if (us->us_passcred && rv->rv_gotcred &&
		    !cred_equal(&rv->rv_cred, &m->um_cred))
			return (true);
		rv->rv_cred = m->um_cred;
		rv->rv_gotcred = true;
		n = kmin((size_t)(m->um_len - m->um_off), uio->uio_resid);
		before = uio->uio_resid;
		*error = uiomove(m->um_data + m->um_off, n, uio);
		n = before - uio->uio_resid;
		*moved += n;
		files = m->um_nfiles > 0;
		if (n > 0 || *error == 0)
			take_files(rv, m);
		if (!peek) {
			m->um_off += (uint32_t)n;
			if (m->um_off == m->um_len)
				consume(rv, m);
		}
		if (*error != 0 || files || uio->uio_resid == 0)
			return (true);
	}
	return (false);
}

/* The sender may have room again; us was just unlocked. */
static void
wake_sender(struct usock *us)
{
	struct usock *peer;

	mtx_lock(&us->us_lock);
	peer = us->us_peer;
	if (peer != NULL && waitq_busy(&peer->us_wwq) &&
	    us->us_rbytes * 2 <= peer->us_sndbuf)
		usock_hold(peer);
	else
		peer = NULL;
	mtx_unlock(&us->us_lock);
	if (peer != NULL) {
		waitq_wake(&peer->us_wwq, WAKE_ALL, POLLOUT | POLLWRNORM);
		usock_drop(peer);
	}
}

/* A stream's bytes come from its peer; us is locked. */
static void
stream_name(struct receiving *rv)
{
	const struct usock *peer = rv->rv_us->us_peer;
	const struct unaddr *ua;

	ua = peer != NULL ? atomic_load_acq(&peer->us_addr) : NULL;
	if (ua != NULL) {
		rv->rv_km->km_namelen = ua->ua_len;
		memcpy(rv->rv_km->km_name, ua->ua_sa, ua->ua_len);
	}
}

static long
recv_stream(struct receiving *rv)
{
	struct usock *us = rv->rv_us;
	struct uio *uio = rv->rv_km->km_uio;
	bool all = (rv->rv_flags & (MSG_WAITALL | MSG_PEEK)) == MSG_WAITALL;
	size_t moved = 0;
	bool more;
	int error = 0, r;

	if (uio->uio_resid == 0)
		return (0);
	mtx_lock(&us->us_lock);
	for (;;) {
		if (!list_empty(&us->us_rq) &&
		    stream_take(rv, &moved, &error))
			break;
		if (moved > 0 && !all)
			break;
		if ((r = recv_await(rv)) != 0) {
			error = r > 0 ? 0 : r;
			break;
		}
	}
	if (moved > 0 && rv->rv_km->km_wantname)
		stream_name(rv);
	more = !list_empty(&us->us_rq);
	mtx_unlock(&us->us_lock);
	if (!list_empty(&rv->rv_done))
		wake_sender(us);
	if (more)
		waitq_wake_any(&us->us_rwq, 1, WAKE_SLEEPERS);
	recv_finish(rv);
	return (moved > 0 ? (long)moved : error);
}

/* A receiver of datagrams has room again: tell those who wait for it. */
static void
wake_clients(struct usock *us)
{
	struct usock *c;

	waitq_wake(&us->us_roomwq, WAKE_ALL, 0);
	mtx_lock(&netroot()->nr_lock);
	list_foreach(c, &us->us_clients, us_clink)
		if (waitq_busy(&c->us_wwq))
			waitq_wake(&c->us_wwq, WAKE_ALL, POLLOUT | POLLWRNORM);
	mtx_unlock(&netroot()->nr_lock);
}

/* One message: datagrams and records. */
static long
recv_record(struct receiving *rv)
{
	struct usock *us = rv->rv_us;
	struct kmsg *km = rv->rv_km;
	struct umsg *m;
	bool full, more;
	size_t n;
	long ret;
	int r = 0;

	mtx_lock(&us->us_lock);
	while ((m = list_first(&us->us_rq, struct umsg, um_link)) == NULL)
		if ((r = recv_await(rv)) != 0) {
			mtx_unlock(&us->us_lock);
			return (r > 0 ? 0 : r);
		}
	n = kmin((size_t)m->um_len, km->km_uio->uio_resid);
	if (n < m->um_len)
		km->km_flags |= MSG_TRUNC;
	ret = uiomove(m->um_data, n, km->km_uio);
	if (ret == 0)
		ret = (long)((rv->rv_flags & MSG_TRUNC) ? m->um_len : n);
	if (m->um_from != NULL) {
		km->km_namelen = m->um_from->ua_len;
		memcpy(km->km_name, m->um_from->ua_sa, km->km_namelen);
	}
	rv->rv_cred = m->um_cred;
	rv->rv_gotcred = true;
	take_files(rv, m);
	full = us->us_nmsgs * 2 >= UN_MAXDGRAMS ||
	    us->us_rbytes * 4 >= UN_SNDBUF || waitq_busy(&us->us_roomwq);
	if (!(rv->rv_flags & MSG_PEEK))
		consume(rv, m);
	more = !list_empty(&us->us_rq);
	mtx_unlock(&us->us_lock);
	if (us->us_so.so_type != SOCK_DGRAM)
		wake_sender(us);
	else if (full)
		wake_clients(us);
	if (more)
		waitq_wake_any(&us->us_rwq, 1, WAKE_SLEEPERS);
	recv_finish(rv);
	return (ret);
}

long
unix_recv(struct file *fp, struct kmsg *km, int flags)
{
	struct usock *us = usock_of(fp);
	struct receiving rv = { .rv_fp = fp, .rv_us = us, .rv_km = km,
	    .rv_flags = flags };
	long ret;

	if (flags & MSG_OOB)
		return (us->us_so.so_type == SOCK_STREAM ? -EINVAL :
		    -EOPNOTSUPP);
	if (flags & MSG_ERRQUEUE)
		return (-EAGAIN);
	km->km_namelen = 0;
	list_init(&rv.rv_done);
	rv.rv_deadline = so_deadline(fp, flags, us->us_so.so_rcvtimeo);
	ret = us->us_so.so_type == SOCK_STREAM ? recv_stream(&rv) :
	    recv_record(&rv);
	return (ret < 0 ? so_waiterr((int)ret, us->us_so.so_rcvtimeo) : ret);
}

/* --- polling --------------------------------------------------------------------- */

static bool
writable(struct usock *us)		/* us_lock held */
{
	struct usock *peer = us->us_peer;

	if (us->us_so.so_type == SOCK_DGRAM)
		return (peer == NULL || peer->us_state == US_DEAD ||
		    dgram_room(peer, us));
	return (peer == NULL ||
	    atomic_load(&peer->us_rbytes) * 2 <= us->us_sndbuf);
}

int
unix_poll(struct file *fp, int events, struct poller *po)
{
	struct usock *us = usock_of(fp);
	bool conn = us->us_so.so_type != SOCK_DGRAM;
	int re = 0;

	poll_queue(po, &us->us_rwq, events | POLLHUP | POLLERR | POLLRDHUP);
	if (events & (POLLOUT | POLLWRNORM | POLLWRBAND))
		poll_queue(po, &us->us_wwq, events | POLLHUP | POLLERR);
	mtx_lock(&us->us_lock);
	if (us->us_err != 0)
		re |= POLLERR;
	if (us->us_shut == (USHUT_RD | USHUT_WR))
		re |= POLLHUP;
	if (us->us_shut & USHUT_RD)
		re |= POLLRDHUP | POLLIN | POLLRDNORM;
	if (!list_empty(&us->us_rq) || !list_empty(&us->us_accept))
		re |= POLLIN | POLLRDNORM;
	if (conn && us->us_state == US_NEW)
		re |= POLLHUP;
	if (us->us_state != US_LISTEN && writable(us))
		re |= POLLOUT | POLLWRNORM | POLLWRBAND;
	mtx_unlock(&us->us_lock);
	return (re & (events | POLLHUP | POLLERR));
}

long
unix_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct usock *us = usock_of(fp), *peer;
	struct umsg *m;
	uint32_t n = 0;

	if (cmd == FIONREAD_) {
		if (us->us_state == US_LISTEN)
			return (-EINVAL);
		mtx_lock(&us->us_lock);
		list_foreach(m, &us->us_rq, um_link) {
			n += m->um_len - m->um_off;
			if (us->us_so.so_type == SOCK_DGRAM)
				break;
		}
		mtx_unlock(&us->us_lock);
		return (store32(arg, n));
	}
	if (cmd == TIOCOUTQ_) {
		if ((peer = usock_peer(us)) != NULL) {
			n = atomic_load(&peer->us_rbytes);
			usock_drop(peer);
		}
		return (store32(arg, n));
	}
	/* glibc asks for interfaces on a unix socket. */
	return (if_ioctl_any(cmd, arg));
}
