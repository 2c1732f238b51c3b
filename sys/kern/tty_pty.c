/*
 * tty_pty.c: pseudo-terminals (pty(7), ptmx(4)): one struct tty is a pair.
 *
 * The master's writes are input of the line discipline, its reads take from
 * t_out.  Signals that input means are sent after t_lock is released, because
 * the tree lock ranks above it.
 */
#include "kern/tty_var.h"

#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/poll.h"
#include "vfs/uio.h"

#define	PTY_CHUNK	512
#define	NSEC_PER_DECI	100000000LL	/* VTIME's unit */
#define	EV_IN		(POLLIN | POLLRDNORM)
#define	EV_OUT		(POLLOUT | POLLWRNORM)

static void
wake(struct waitq *wq, uint32_t events)
{
	if (waitq_busy(wq))
		(void)waitq_wake(wq, WAKE_ALL, events);
}

static void
wake_all(struct tty *tp)
{
	(void)waitq_wake(&tp->t_rwq, WAKE_ALL, 0);
	(void)waitq_wake(&tp->t_wwq, WAKE_ALL, 0);
	(void)waitq_wake(&tp->t_mrwq, WAKE_ALL, 0);
	(void)waitq_wake(&tp->t_mwwq, WAKE_ALL, 0);
}

/* Sleep on wq unless fp must not; t_lock held, and held again after. */
static int
pty_sleep(struct tty *tp, struct waitq *wq, struct file *fp, nsec_t deadline)
{
	if (fp->f_flags & O_NONBLOCK)
		return (-EAGAIN);
	return (waitq_sleep(wq, &tp->t_lock, SLEEP_INTR, deadline));
}

/* --- the slave ------------------------------------------------------------------ */

static int
slave_read(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	struct tty *tp = tf->tf_tty;
	struct ktermios *t = &tp->t_termios.t;
	size_t total = uio->uio_resid, n;
	nsec_t deadline = 0;
	uint8_t buf[PTY_CHUNK];
	bool canon, done;
	unsigned vmin, vtime;
	int error = 0;

	mtx_lock(&tp->t_lock);
	while (uio->uio_resid > 0) {
		if (tf_hungup(tf) || (tp->t_flags & TF_MASTERGONE))
			break;			/* end of file */
		canon = (t->c_lflag & ICANON) != 0;
		vmin = canon ? 1 : t->c_cc[VMIN];
		vtime = canon ? 0 : t->c_cc[VTIME];
		if (ldisc_readable(tp)) {
			n = ldisc_take(tp, buf, kmin(uio->uio_resid,
			    sizeof(buf)), &done);
			mtx_unlock(&tp->t_lock);
			wake(&tp->t_mwwq, EV_OUT);
			error = uiomove(buf, n, uio);
			mtx_lock(&tp->t_lock);
			deadline = 0;		/* between bytes */
			if (error != 0 || done)
				break;
			continue;
		}
		n = total - uio->uio_resid;
		if ((n > 0 && n >= vmin) || (vmin == 0 && vtime == 0))
			break;
		if (vtime != 0 && deadline == 0 && (vmin == 0 || n > 0))
			deadline = clock_deadline(vtime * NSEC_PER_DECI);
		error = pty_sleep(tp, &tp->t_rwq, fp, deadline);
		if (error != 0)
			break;
	}
	mtx_unlock(&tp->t_lock);
	if (error == -ETIMEDOUT || uio->uio_resid < total)
		error = 0;
	return (error);
}

static int
slave_write(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	struct tty *tp = tf->tf_tty;
	size_t total = uio->uio_resid, left, n, i;
	uint8_t buf[PTY_CHUNK];
	int error = 0;

	while (uio->uio_resid > 0 && error == 0) {
		left = uio->uio_resid;
		n = kmin(left, sizeof(buf));
		error = uiomove(buf, n, uio);
		if (error != 0) {
			uio->uio_resid = left;
			break;
		}
		mtx_lock(&tp->t_lock);
		for (i = 0; i < n && error == 0; ) {
			if (tf_hungup(tf) || (tp->t_flags & TF_MASTERGONE))
				error = -EIO;
			else if (!(tp->t_flags & TF_STOPPED) &&
			    ldisc_output(tp, buf[i]))
				i++;
			else {
				wake(&tp->t_mrwq, EV_IN);
				error = pty_sleep(tp, &tp->t_wwq, fp, 0);
			}
		}
		mtx_unlock(&tp->t_lock);
		wake(&tp->t_mrwq, EV_IN);
		uio->uio_resid = left - i;
	}
	return (uio->uio_resid < total ? 0 : error);
}

static int
slave_poll(struct tty *tp, struct ttyfile *tf)
{
	struct ktermios *t = &tp->t_termios.t;
	int r = 0;

	if (tf_hungup(tf) || (tp->t_flags & TF_MASTERGONE))
		return (EV_IN | EV_OUT | POLLHUP | POLLERR);
	if (t->c_lflag & ICANON) {
		if (ldisc_readable(tp))
			r |= EV_IN;
	} else if (tp->t_head - tp->t_tail >= (t->c_cc[VTIME] == 0 &&
	    t->c_cc[VMIN] != 0 ? t->c_cc[VMIN] : 1u))
		r |= EV_IN;
	if (!(tp->t_flags & TF_STOPPED) && tty_outq(tp) + 8 <= TTY_OUTROOM)
		r |= EV_OUT;
	return (r);
}

/* --- the master -------------------------------------------------------------------- */

static bool
slaves_gone(const struct tty *tp)
{
	return ((tp->t_flags & TF_SLAVEGONE) && tp->t_slaves == 0);
}

static size_t
take_out(struct tty *tp, uint8_t *buf, size_t n)
{
	size_t i, have = kmin((size_t)tty_outq(tp), n);

	for (i = 0; i < have; i++)
		buf[i] = tp->t_out[tp->t_otail++ & (TTY_OUTSIZE - 1)];
	return (have);
}

static int
master_read(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	struct tty *tp = tf->tf_tty;
	uint8_t buf[PTY_CHUNK + 1];
	size_t n = 0, got = 0;
	bool pkt;
	int error = 0;

	mtx_lock(&tp->t_lock);
	pkt = (tp->t_flags & TF_PACKET) != 0;
	while (uio->uio_resid > 0) {
		if (got == 0 && pkt && tp->t_pktflags != 0) {
			buf[0] = (uint8_t)tp->t_pktflags;
			tp->t_pktflags = 0;
			mtx_unlock(&tp->t_lock);
			return (uiomove(buf, 1, uio));
		}
		if (tty_outq(tp) > 0) {
			n = 0;
			if (got == 0 && pkt)
				buf[n++] = 0;
			n += take_out(tp, buf + n,
			    kmin(uio->uio_resid - n, (size_t)PTY_CHUNK));
			mtx_unlock(&tp->t_lock);
			error = uiomove(buf, n, uio);
			got += n;
			mtx_lock(&tp->t_lock);
			if (error != 0)
				break;
			continue;
		}
		if (got > 0)
			break;
		if (slaves_gone(tp))
			error = -EIO;
		else
			error = pty_sleep(tp, &tp->t_mrwq, fp, 0);
		if (error != 0)
			break;
	}
	mtx_unlock(&tp->t_lock);
	if (got > 0) {
		wake(&tp->t_wwq, EV_OUT);
		error = 0;
	}
	return (error);
}

static int
master_write(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	struct tty *tp = tf->tf_tty;
	size_t total = uio->uio_resid, left, n, i;
	uint8_t buf[PTY_CHUNK];
	ksigset_t sigs;
	int error = 0;

	while (uio->uio_resid > 0 && error == 0) {
		left = uio->uio_resid;
		n = kmin(left, sizeof(buf));
		error = uiomove(buf, n, uio);
		if (error != 0) {
			uio->uio_resid = left;
			break;
		}
		sigs = 0;
		mtx_lock(&tp->t_lock);
		for (i = 0; i < n && error == 0; ) {
			if (ldisc_room(tp)) {
				ldisc_input(tp, buf[i++], &sigs);
				continue;
			}
			if (sigs != 0)
				break;		/* deliver them first */
			wake(&tp->t_rwq, EV_IN);
			error = pty_sleep(tp, &tp->t_mwwq, fp, 0);
		}
		mtx_unlock(&tp->t_lock);
		wake(&tp->t_rwq, EV_IN);
		wake(&tp->t_wwq, EV_OUT);
		wake(&tp->t_mrwq, EV_IN | POLLPRI);
		tty_sigfg(tp, sigs);
		if (i < n && error == 0) {
			/* The vector has moved on: end with a short write. */
			uio->uio_resid = left - i;
			break;
		}
		uio->uio_resid = left - i;
	}
	return (uio->uio_resid < total ? 0 : error);
}

static int
master_poll(struct tty *tp)
{
	int r = 0;

	if (tty_outq(tp) > 0)
		r |= EV_IN;
	if ((tp->t_flags & TF_PACKET) && tp->t_pktflags != 0)
		r |= EV_IN | POLLPRI;
	if (slaves_gone(tp))
		r |= POLLHUP;
	if (ldisc_room(tp))
		r |= EV_OUT;
	return (r);
}

/* --- both sides ---------------------------------------------------------------------- */

static int
pty_read(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	return (tf->tf_master ? master_read(tf, fp, uio) :
	    slave_read(tf, fp, uio));
}

static int
pty_write(struct ttyfile *tf, struct file *fp, struct uio *uio)
{
	return (tf->tf_master ? master_write(tf, fp, uio) :
	    slave_write(tf, fp, uio));
}

static int
pty_poll(struct ttyfile *tf, struct file *fp, int events, struct poller *po)
{
	struct tty *tp = tf->tf_tty;
	bool in = (events & (EV_IN | POLLPRI)) || !(events & EV_OUT);
	int r;

	/* First register, then look: a wake in between is not lost. */
	if (in)
		poll_queue(po, tf->tf_master ? &tp->t_mrwq : &tp->t_rwq, 0);
	if (events & EV_OUT)
		poll_queue(po, tf->tf_master ? &tp->t_mwwq : &tp->t_wwq, 0);
	mtx_lock(&tp->t_lock);
	r = tf->tf_master ? master_poll(tp) : slave_poll(tp, tf);
	mtx_unlock(&tp->t_lock);
	return (r & (events | POLLERR | POLLHUP));
}

static uint32_t
pty_lflag(struct tty *tp)
{
	return (tp->t_termios.t.c_lflag);
}

/* Every slave file is cut off; the master sees them all closed. */
static void
pty_hangup(struct tty *tp)
{
	mtx_lock(&tp->t_lock);
	tp->t_gen++;
	tp->t_slaves = 0;
	tp->t_flags |= TF_SLAVEGONE;
	mtx_unlock(&tp->t_lock);
	wake_all(tp);
}

static void
pty_closed(struct ttyfile *tf)
{
	struct tty *tp = tf->tf_tty;

	if (tf->tf_master) {
		mtx_lock(&tp->t_lock);
		tp->t_flags |= TF_MASTERGONE;
		mtx_unlock(&tp->t_lock);
		tty_freeindex(tp);
		pty_hangup(tp);
		tty_hupsession(tp);
		return;
	}
	mtx_lock(&tp->t_lock);
	if (!tf_hungup(tf) && --tp->t_slaves == 0)
		tp->t_flags |= TF_SLAVEGONE;
	mtx_unlock(&tp->t_lock);
	wake(&tp->t_mrwq, EV_IN | POLLHUP);
}

/* --- ioctls ------------------------------------------------------------------------------ */

static long
get_termios(struct tty *tp, unsigned long cmd, uaddr_t arg)
{
	struct ktermios2 t;
	struct ktermio o;

	mtx_lock(&tp->t_lock);
	t = tp->t_termios;
	mtx_unlock(&tp->t_lock);
	if (cmd == TCGETS)
		return (copyout(&t.t, arg, sizeof(t.t)));
	if (cmd == TCGETS2)
		return (copyout(&t, arg, sizeof(t)));
	memset(&o, 0, sizeof(o));
	o.c_iflag = (uint16_t)t.t.c_iflag;
	o.c_oflag = (uint16_t)t.t.c_oflag;
	o.c_cflag = (uint16_t)t.t.c_cflag;
	o.c_lflag = (uint16_t)t.t.c_lflag;
	o.c_line = t.t.c_line;
	memcpy(o.c_cc, t.t.c_cc, sizeof(o.c_cc));
	return (copyout(&o, arg, sizeof(o)));
}

static long
set_termios(struct tty *tp, unsigned long cmd, uaddr_t arg)
{
	struct ktermios2 t;
	struct ktermio o;
	int error;

	mtx_lock(&tp->t_lock);
	t = tp->t_termios;
	mtx_unlock(&tp->t_lock);
	switch (cmd) {
	case TCSETS: case TCSETSW: case TCSETSF:
		error = copyin(arg, &t.t, sizeof(t.t));
		break;
	case TCSETS2: case TCSETSW2: case TCSETSF2:
		error = copyin(arg, &t, sizeof(t));
		break;
	default:
		error = copyin(arg, &o, sizeof(o));
		if (error != 0)
			break;
		t.t.c_iflag = (t.t.c_iflag & 0xffff0000) | o.c_iflag;
		t.t.c_oflag = (t.t.c_oflag & 0xffff0000) | o.c_oflag;
		t.t.c_cflag = (t.t.c_cflag & 0xffff0000) | o.c_cflag;
		t.t.c_lflag = (t.t.c_lflag & 0xffff0000) | o.c_lflag;
		t.t.c_line = o.c_line;
		memcpy(t.t.c_cc, o.c_cc, sizeof(o.c_cc));
		break;
	}
	if (error != 0)
		return (error);
	mtx_lock(&tp->t_lock);
	if (cmd == TCSETSF || cmd == TCSETSF2 || cmd == TCSETAF)
		ldisc_flushin(tp);
	ldisc_settermios(tp, &t);
	mtx_unlock(&tp->t_lock);
	wake_all(tp);		/* what can be read may have changed */
	return (0);
}

static long
set_winsize(struct tty *tp, uaddr_t arg)
{
	struct kwinsize ws;
	bool same;
	int error;

	error = copyin(arg, &ws, sizeof(ws));
	if (error != 0)
		return (error);
	mtx_lock(&tp->t_lock);
	same = memcmp(&ws, &tp->t_ws, sizeof(ws)) == 0;
	tp->t_ws = ws;
	mtx_unlock(&tp->t_lock);
	if (!same)
		tty_sigfg(tp, SIGBIT(SIGWINCH));
	return (0);
}

/* TCFLSH: a master's input is the slave's output. */
static long
flush(struct ttyfile *tf, uaddr_t arg)
{
	struct tty *tp = tf->tf_tty;
	bool in, output;

	if (arg > 2)
		return (-EINVAL);
	in = arg != (tf->tf_master ? 0 : 1);
	output = arg != (tf->tf_master ? 1 : 0);
	mtx_lock(&tp->t_lock);
	if (in) {
		ldisc_flushin(tp);
		tp->t_pktflags |= TIOCPKT_FLUSHREAD;
	}
	if (output) {
		tp->t_otail = tp->t_ohead;
		tp->t_pktflags |= TIOCPKT_FLUSHWRITE;
	}
	mtx_unlock(&tp->t_lock);
	wake_all(tp);
	return (0);
}

static long
flow(struct tty *tp, uaddr_t arg)
{
	if (arg > 3)
		return (-EINVAL);
	mtx_lock(&tp->t_lock);
	switch (arg) {
	case 0:				/* TCOOFF */
		tp->t_flags |= TF_STOPPED;
		break;
	case 1:				/* TCOON */
		tp->t_flags &= ~TF_STOPPED;
		break;
	case 2:				/* TCIOFF: tell the other side */
	case 3:
		(void)ldisc_output(tp, tp->t_termios.t.c_cc[arg == 2 ?
		    VSTOP : VSTART]);
		break;
	}
	mtx_unlock(&tp->t_lock);
	wake_all(tp);
	return (0);
}

static long
get_peer(struct tty *tp, uaddr_t flags)
{
	struct file *fp;
	char path[32];
	int fd, error;

	ksnprintf(path, sizeof(path), "/dev/pts/%d", tp->t_index);
	error = vn_open(AT_FDCWD, path, (int)flags & (O_ACCMODE | O_NOCTTY |
	    O_NONBLOCK), 0, 0, &fp);
	if (error != 0)
		return (error);
	fd = fd_install(fp, 0, (flags & O_CLOEXEC) != 0);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

static long
set_flag(struct tty *tp, uint32_t flag, uaddr_t arg)
{
	uint32_t v;
	int error = fetch32(arg, &v);

	if (error != 0)
		return (error);
	mtx_lock(&tp->t_lock);
	if (v != 0)
		tp->t_flags |= flag;
	else
		tp->t_flags &= ~flag;
	if (flag == TF_PACKET)
		tp->t_pktflags = 0;
	mtx_unlock(&tp->t_lock);
	return (0);
}

static long
master_ioctl(struct tty *tp, unsigned long cmd, uaddr_t arg)
{
	switch (cmd) {
	case TIOCGPTN:
		return (store32(arg, tp->t_index));
	case TIOCSPTLCK:
		return (set_flag(tp, TF_LOCKED, arg));
	case TIOCGPTLCK:
		return (store32(arg, (tp->t_flags & TF_LOCKED) != 0));
	case TIOCPKT:
		return (set_flag(tp, TF_PACKET, arg));
	case TIOCGPKT:
		return (store32(arg, (tp->t_flags & TF_PACKET) != 0));
	case TIOCGPTPEER:
		return (get_peer(tp, arg));
	case TIOCSIG:
		if (arg < 1 || arg > KNSIG)
			return (-EINVAL);
		tty_sigfg(tp, SIGBIT(arg));
		return (0);
	}
	return (-ENOIOCTLCMD);
}

static long
pty_ioctl(struct ttyfile *tf, struct file *fp, unsigned long cmd,
    uaddr_t arg)
{
	struct tty *tp = tf->tf_tty;
	struct kwinsize ws;
	uint32_t n;

	switch (cmd) {
	case TCGETS: case TCGETS2: case TCGETA:
		return (get_termios(tp, cmd, arg));
	case TCSETS: case TCSETSW: case TCSETSF:
	case TCSETS2: case TCSETSW2: case TCSETSF2:
	case TCSETA: case TCSETAW: case TCSETAF:
		return (set_termios(tp, cmd, arg));
	case TIOCGWINSZ:
		mtx_lock(&tp->t_lock);
		ws = tp->t_ws;
		mtx_unlock(&tp->t_lock);
		return (copyout(&ws, arg, sizeof(ws)));
	case TIOCSWINSZ:
		return (set_winsize(tp, arg));
	case FIONREAD:
	case TIOCOUTQ:
		mtx_lock(&tp->t_lock);
		if ((cmd == FIONREAD) == tf->tf_master)
			n = tty_outq(tp);
		else
			n = cmd == FIONREAD ? ldisc_inq(tp) : 0;
		mtx_unlock(&tp->t_lock);
		return (store32(arg, n));
	case TCFLSH:
		return (flush(tf, arg));
	case TCXONC:
		return (flow(tp, arg));
	case TCSBRK: case TCSBRKP:
		return (0);		/* nothing to wait for, no line */
	case TIOCGSOFTCAR:
		return (store32(arg, 0));
	}
	return (tf->tf_master ? master_ioctl(tp, cmd, arg) : -ENOIOCTLCMD);
}

const struct ttyops tty_ptyops = {
	.t_read = pty_read,
	.t_write = pty_write,
	.t_ioctl = pty_ioctl,
	.t_poll = pty_poll,
	.t_lflag = pty_lflag,
	.t_closed = pty_closed,
	.t_hangup = pty_hangup,
};

/* --- opening --------------------------------------------------------------------------------- */

int
ptmx_open(struct file *fp, int flags)
{
	struct tty *tp = tty_new(&tty_ptyops, -1);
	int error;

	if (tp == NULL)
		return (-ENOSPC);
	tp->t_in = kmalloc(TTY_INSIZE, 0);
	tp->t_delim = kmalloc(TTY_INSIZE / 8, 0);
	tp->t_out = kmalloc(TTY_OUTSIZE, 0);
	if (tp->t_in == NULL || tp->t_delim == NULL || tp->t_out == NULL) {
		tty_drop(tp);
		return (-ENOMEM);
	}
	ldisc_init(tp);
	tp->t_flags = TF_LOCKED;
	tp->t_attr.ta_uid = curthread()->td_cred->cr_fsuid;
	error = tty_attach(tp, fp, true, flags | O_NOCTTY);
	if (error != 0)
		tty_drop(tp);
	return (error);
}

int
pts_open(struct tty *tp, struct file *fp, int flags)
{
	int error = 0;

	mtx_lock(&tp->t_lock);
	if (tp->t_flags & (TF_MASTERGONE | TF_LOCKED))
		error = -EIO;
	else if ((tp->t_flags & TF_EXCL) &&
	    !cred_priv(curthread()->td_cred, PRIV_SYS_ADMIN))
		error = -EBUSY;
	else {
		tp->t_slaves++;
		tp->t_flags &= ~TF_SLAVEGONE;
	}
	mtx_unlock(&tp->t_lock);
	if (error != 0)
		return (error);
	error = tty_attach(tp, fp, false, flags);
	if (error != 0) {
		mtx_lock(&tp->t_lock);
		if (--tp->t_slaves == 0)
			tp->t_flags |= TF_SLAVEGONE;
		mtx_unlock(&tp->t_lock);
	}
	return (error);
}
