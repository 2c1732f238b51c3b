/*
 * tty.c: what all terminals share: sessions, foreground groups, the checks
 * against background processes, opening, and the common ioctls.
 *
 * A session's controlling terminal is s_tty (referenced); the terminal knows
 * its session in t_session.  Both change together under the tree lock.
 */
#include "kern/kern_int.h"
#include "kern/tty_var.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/dev.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

/* --- life ------------------------------------------------------------------ */

struct tty *
tty_new(const struct ttyops *ops, int hostfd)
{
	struct tty_root *tr = ttyroot();
	struct tty *tp = KNEW(struct tty);
	unsigned i;

	if (tp == NULL)
		return (NULL);
	tp->t_ref = 1;
	tp->t_ops = ops;
	tp->t_hostfd = hostfd;
	mtx_init(&tp->t_lock, RANK_TTY, "tty");
	waitq_init(&tp->t_rwq);
	waitq_init(&tp->t_wwq);
	waitq_init(&tp->t_mrwq);
	waitq_init(&tp->t_mwwq);
	list_init(&tp->t_link);
	tp->t_attr.ta_mode = 0620;
	tp->t_attr.ta_gid = 5;
	clock_realts(&tp->t_attr.ta_time);

	mtx_lock(&tr->tr_lock);
	for (i = 0; i < TTY_MAXPTY; i++)
		if ((tr->tr_used[i / 64] >> (i % 64) & 1) == 0)
			break;
	if (i < TTY_MAXPTY) {
		tr->tr_used[i / 64] |= 1UL << (i % 64);
		tp->t_index = i;
		list_add_tail(&tr->tr_list, &tp->t_link);
	}
	mtx_unlock(&tr->tr_lock);
	if (i == TTY_MAXPTY) {
		kfree(tp);
		return (NULL);
	}
	return (tp);
}

void
tty_hold(struct tty *tp)
{
	ref_acquire(&tp->t_ref);
}

/* The name goes before the memory does: when a pty's master closes. */
void
tty_freeindex(struct tty *tp)
{
	struct tty_root *tr = ttyroot();

	mtx_lock(&tr->tr_lock);
	if (!list_empty(&tp->t_link)) {
		list_del(&tp->t_link);
		tr->tr_used[tp->t_index / 64] &=
		    ~(1UL << (tp->t_index % 64));
	}
	mtx_unlock(&tr->tr_lock);
}

void
tty_drop(struct tty *tp)
{
	if (tp == NULL || !ref_release(&tp->t_ref))
		return;
	tty_freeindex(tp);
	kfree(tp->t_in);
	kfree(tp->t_delim);
	kfree(tp->t_out);
	kfree(tp);
}

struct tty *
tty_byindex(int index)
{
	struct tty_root *tr = ttyroot();
	struct tty *tp, *found = NULL;

	mtx_lock(&tr->tr_lock);
	list_foreach(tp, &tr->tr_list, t_link)
		if (tp->t_index == index && ref_acquire_live(&tp->t_ref)) {
			found = tp;
			break;
		}
	mtx_unlock(&tr->tr_lock);
	return (found);
}

int
tty_next(int after)
{
	struct tty_root *tr = ttyroot();
	struct tty *tp;
	int best = -1;

	mtx_lock(&tr->tr_lock);
	list_foreach(tp, &tr->tr_list, t_link)
		if (tp->t_index > after && (best < 0 || tp->t_index < best))
			best = tp->t_index;
	mtx_unlock(&tr->tr_lock);
	return (best);
}

int
tty_getattr(int index, struct tty_attr *a)
{
	struct tty *tp = tty_byindex(index);

	if (tp == NULL)
		return (-ENOENT);
	mtx_lock(&tp->t_lock);
	*a = tp->t_attr;
	mtx_unlock(&tp->t_lock);
	tty_drop(tp);
	return (0);
}

int
tty_setattr(int index, const struct tty_attr *a, unsigned mask)
{
	struct tty *tp = tty_byindex(index);

	if (tp == NULL)
		return (-ENOENT);
	mtx_lock(&tp->t_lock);
	if (mask & VA_MODE)
		tp->t_attr.ta_mode = a->ta_mode & 07777;
	if (mask & VA_UID)
		tp->t_attr.ta_uid = a->ta_uid;
	if (mask & VA_GID)
		tp->t_attr.ta_gid = a->ta_gid;
	mtx_unlock(&tp->t_lock);
	tty_drop(tp);
	return (0);
}

/* --- sessions and groups ----------------------------------------------------- */

/* p's controlling terminal; tree lock held. */
static struct tty *
ctty_of(struct proc *p)
{
	if (p->p_pgrp == NULL || p->p_pgrp->pg_session == NULL ||
	    (atomic_load_relaxed(&p->p_flags) & PF_NOCTTY))
		return (NULL);
	return (p->p_pgrp->pg_session->s_tty);
}

int
tty_background(struct tty *tp, int sig)
{
	struct thread *td = curthread();
	struct proc *p = td->td_proc;
	struct ksiginfo si;
	bool orphaned;
	int pgid;

	mtx_lock(&kern()->k_treelock);
	if (ctty_of(p) != tp || tp->t_pgid == 0 ||
	    p->p_pgrp->pg_id == tp->t_pgid) {
		mtx_unlock(&kern()->k_treelock);
		return (0);
	}
	pgid = p->p_pgrp->pg_id;
	orphaned = pgrp_orphaned(p->p_pgrp, NULL);
	mtx_unlock(&kern()->k_treelock);

	if ((td->td_sigmask & SIGBIT(sig)) || sig_ignored(p, sig))
		return (sig == SIGTTIN ? -EIO : 0);
	if (orphaned)
		return (-EIO);
	memset(&si, 0, sizeof(si));
	si.si_signo = sig;
	si.si_code = SI_KERNEL;
	(void)sig_pgrp(pgid, &si);
	return (-ERESTARTSYS);
}

void
tty_sigfg(struct tty *tp, ksigset_t set)
{
	struct ksiginfo si;
	int pgid, sig;

	if (set == 0)
		return;
	mtx_lock(&kern()->k_treelock);
	pgid = tp->t_pgid;
	mtx_unlock(&kern()->k_treelock);
	for (sig = 1; pgid > 0 && sig <= KNSIG; sig++)
		if (set & SIGBIT(sig)) {
			memset(&si, 0, sizeof(si));
			si.si_signo = sig;
			si.si_code = SI_KERNEL;
			(void)sig_pgrp(pgid, &si);
		}
}

static void
sig_group(int pgid, int sig)
{
	struct ksiginfo si;

	if (pgid <= 0)
		return;
	memset(&si, 0, sizeof(si));
	si.si_signo = sig;
	si.si_code = SI_KERNEL;
	(void)sig_pgrp(pgid, &si);
}

/*
 * End the session's hold on tp; tree lock held.  The caller drops the
 * session's reference on tp after releasing the lock, when this was true.
 */
static bool
ctty_clear(struct tty *tp, int *pgid)
{
	struct session *s = tp->t_session;

	*pgid = tp->t_pgid;
	tp->t_session = NULL;
	tp->t_pgid = 0;
	if (s != NULL)
		s->s_tty = NULL;
	return (s != NULL);
}

void
tty_hupsession(struct tty *tp)
{
	struct proc *leader = NULL;
	struct session *s;
	bool held;
	int pgid;

	mtx_lock(&kern()->k_treelock);
	s = tp->t_session;
	held = ctty_clear(tp, &pgid);
	if (s != NULL) {
		s->s_oldpgrp = pgid;	/* hears of it when the leader ends */
		leader = s->s_leader;
		if (leader != NULL)
			proc_hold(leader);
	}
	mtx_unlock(&kern()->k_treelock);
	if (leader != NULL) {
		sig_kernel(leader, SIGHUP);
		sig_kernel(leader, SIGCONT);
		proc_drop(leader);
	}
	if (held)
		tty_drop(tp);
}

/* Make tp the controlling terminal of p's session; tree lock held. */
static void
ctty_set(struct proc *p, struct tty *tp)
{
	struct session *s = p->p_pgrp->pg_session;

	tty_hold(tp);
	s->s_tty = tp;
	tp->t_session = s;
	tp->t_pgid = p->p_pgrp->pg_id;
	atomic_and(&p->p_flags, ~PF_NOCTTY);
}

static bool
is_leader(struct proc *p)
{
	return (p->p_pgrp != NULL && p->p_pgrp->pg_session->s_leader == p);
}

int
tty_setctty(struct proc *p)
{
	struct tty *tp = ttyroot()->tr_host;

	if (tp == NULL)
		return (-ENXIO);
	mtx_lock(&kern()->k_treelock);
	if (p->p_pgrp != NULL && p->p_pgrp->pg_session->s_tty == NULL &&
	    tp->t_session == NULL)
		ctty_set(p, tp);
	mtx_unlock(&kern()->k_treelock);
	return (0);
}

bool
tty_signal(int sig)
{
	struct tty *tp;
	int pgid;

	if (ttyroot() == NULL || (tp = ttyroot()->tr_host) == NULL)
		return (false);
	mtx_lock(&kern()->k_treelock);
	pgid = tp->t_pgid;
	mtx_unlock(&kern()->k_treelock);
	if (pgid <= 0)
		return (false);
	tty_sigfg(tp, SIGBIT(sig));
	return (true);
}

uint32_t
tty_ofproc(struct proc *p, int *fg)
{
	struct tty *tp;
	uint32_t dev = 0;

	*fg = -1;
	mtx_lock(&kern()->k_treelock);
	tp = ctty_of(p);
	if (tp != NULL) {
		dev = (uint32_t)kmakedev(TTY_MAJOR_PTS, tp->t_index);
		*fg = tp->t_pgid > 0 ? tp->t_pgid : -1;
	}
	mtx_unlock(&kern()->k_treelock);
	return (dev);
}

/* A session's leader gives up its terminal, or exits. */
static void
ctty_leave(struct proc *p, bool exits)
{
	struct tty *tp = NULL;
	int pgid = 0, oldpgrp = 0;

	mtx_lock(&kern()->k_treelock);
	if (is_leader(p)) {
		tp = p->p_pgrp->pg_session->s_tty;
		oldpgrp = p->p_pgrp->pg_session->s_oldpgrp;
		p->p_pgrp->pg_session->s_oldpgrp = 0;
	}
	if (tp != NULL)
		(void)ctty_clear(tp, &pgid);
	mtx_unlock(&kern()->k_treelock);
	if (tp != NULL) {
		sig_group(pgid, SIGHUP);
		if (!exits)
			sig_group(pgid, SIGCONT);
		tty_drop(tp);
	} else if (exits) {
		sig_group(oldpgrp, SIGHUP);
		sig_group(oldpgrp, SIGCONT);
	}
}

static void
tty_exithook(struct proc *p)
{
	ctty_leave(p, true);
}

long
kern_vhangup(struct thread *td)
{
	struct tty *tp;

	if (!cred_priv(td->td_cred, PRIV_SYS_TTY_CONFIG))
		return (-EPERM);
	mtx_lock(&kern()->k_treelock);
	tp = ctty_of(td->td_proc);
	if (tp != NULL)
		tty_hold(tp);
	mtx_unlock(&kern()->k_treelock);
	if (tp == NULL)
		return (0);
	tp->t_ops->t_hangup(tp);
	tty_hupsession(tp);
	tty_drop(tp);
	return (0);
}

/* --- ioctls that are the same for all ---------------------------------------- */

static long
tioc_setctty(struct tty *tp, struct file *fp, uaddr_t arg)
{
	struct thread *td = curthread();
	struct proc *p = td->td_proc;
	long error = 0;
	struct session *s;

	mtx_lock(&kern()->k_treelock);
	s = p->p_pgrp->pg_session;
	if (is_leader(p) && s == tp->t_session)
		goto out;
	if (!is_leader(p) || s->s_tty != NULL) {
		error = -EPERM;
		goto out;
	}
	if (tp->t_session != NULL) {
		if (arg != 1 || !cred_priv(td->td_cred, PRIV_SYS_ADMIN)) {
			error = -EPERM;
			goto out;
		}
		tp->t_session->s_tty = NULL;	/* stolen */
		tp->t_session = NULL;
		ref_release(&tp->t_ref);	/* fp holds another */
	}
	if ((fp->f_flags & O_ACCMODE) == O_WRONLY &&
	    !cred_priv(td->td_cred, PRIV_SYS_ADMIN)) {
		error = -EPERM;
		goto out;
	}
	ctty_set(p, tp);
out:
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

static long
tioc_notty(struct tty *tp)
{
	struct proc *p = curproc();
	bool leader;

	mtx_lock(&kern()->k_treelock);
	if (ctty_of(p) != tp) {
		mtx_unlock(&kern()->k_treelock);
		return (-ENOTTY);
	}
	leader = is_leader(p);
	if (!leader)
		atomic_or(&p->p_flags, PF_NOCTTY);
	mtx_unlock(&kern()->k_treelock);
	if (leader)
		ctty_leave(p, false);
	return (0);
}

static long
tioc_setpgrp(struct tty *tp, uaddr_t arg)
{
	struct proc *p = curproc();
	struct pgrp *pg;
	uint32_t pgid;
	long error;

	error = tty_background(tp, SIGTTOU);
	if (error != 0)
		return (error == -EIO ? -ENOTTY : error);
	error = fetch32(arg, &pgid);
	if (error != 0)
		return (error);
	if ((int32_t)pgid < 0)
		return (-EINVAL);
	mtx_lock(&kern()->k_treelock);
	pg = pgrp_find(pgid);
	if (ctty_of(p) != tp)
		error = -ENOTTY;
	else if (pg == NULL)
		error = -ESRCH;
	else if (pg->pg_session != p->p_pgrp->pg_session)
		error = -EPERM;
	else
		tp->t_pgid = pgid;
	mtx_unlock(&kern()->k_treelock);
	return (error);
}

/* TIOCGPGRP and TIOCGSID; a master may ask about its slave. */
static long
tioc_getids(struct ttyfile *tf, unsigned long cmd, uaddr_t arg)
{
	struct tty *tp = tf->tf_tty;
	int32_t id = 0;
	bool mine;

	mtx_lock(&kern()->k_treelock);
	mine = tf->tf_master || ctty_of(curproc()) == tp;
	if (cmd == TIOCGPGRP)
		id = tp->t_pgid;
	else if (tp->t_session != NULL)
		id = tp->t_session->s_sid;
	else
		mine = false;
	mtx_unlock(&kern()->k_treelock);
	return (mine ? store32(arg, id) : -ENOTTY);
}

/* Calls that change the terminal stop a background caller. */
static bool
changes(unsigned long cmd)
{
	switch (cmd) {
	case TCSETS: case TCSETSW: case TCSETSF:
	case TCSETA: case TCSETAW: case TCSETAF:
	case TCSETS2: case TCSETSW2: case TCSETSF2:
	case TCSBRK: case TCSBRKP: case TCXONC: case TCFLSH:
	case TIOCSETD:
		return (true);
	}
	return (false);
}

static long
ttyf_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct ttyfile *tf = fp->f_data;
	struct tty *tp = tf->tf_tty;
	long error;

	cmd = (uint32_t)cmd;
	if (tf_hungup(tf))
		return (cmd == TIOCSPGRP ? -ENOTTY : -EIO);
	switch (cmd) {
	case TIOCSCTTY:
		return (tioc_setctty(tp, fp, arg));
	case TIOCNOTTY:
		return (tioc_notty(tp));
	case TIOCSPGRP:
		return (tioc_setpgrp(tp, arg));
	case TIOCGPGRP:
	case TIOCGSID:
		return (tioc_getids(tf, cmd, arg));
	case TIOCGETD:
		return (store32(arg, 0));	/* N_TTY */
	case TIOCGDEV:
		return (store32(arg, (uint32_t)kmakedev(TTY_MAJOR_PTS,
		    tp->t_index)));
	case TIOCEXCL:
	case TIOCNXCL:
		mtx_lock(&tp->t_lock);
		if (cmd == TIOCEXCL)
			tp->t_flags |= TF_EXCL;
		else
			tp->t_flags &= ~TF_EXCL;
		mtx_unlock(&tp->t_lock);
		return (0);
	case TIOCGEXCL:
		return (store32(arg, (tp->t_flags & TF_EXCL) != 0));
	case TIOCSTI:
		return (-EIO);		/* dev.tty.legacy_tiocsti = 0 */
	}
	if (!tf->tf_master && changes(cmd)) {
		error = tty_background(tp, SIGTTOU);
		if (error != 0)
			return (error);
	}
	return (tp->t_ops->t_ioctl(tf, fp, cmd, arg));
}

/* --- files ---------------------------------------------------------------------- */

static int
ttyf_read(struct file *fp, struct uio *uio)
{
	struct ttyfile *tf = fp->f_data;
	int error;

	if (tf_hungup(tf))
		return (0);
	if (!tf->tf_master) {
		error = tty_background(tf->tf_tty, SIGTTIN);
		if (error != 0)
			return (error);
	}
	return (tf->tf_tty->t_ops->t_read(tf, fp, uio));
}

static int
ttyf_write(struct file *fp, struct uio *uio)
{
	struct ttyfile *tf = fp->f_data;
	struct tty *tp = tf->tf_tty;
	int error;

	if (tf_hungup(tf))
		return (-EIO);
	if (!tf->tf_master && atomic_load_relaxed(&tp->t_pgid) !=
	    curproc()->p_pgrp->pg_id && (tp->t_ops->t_lflag(tp) & TOSTOP)) {
		error = tty_background(tp, SIGTTOU);
		if (error != 0)
			return (error);
	}
	return (tp->t_ops->t_write(tf, fp, uio));
}

static int
ttyf_poll(struct file *fp, int events, struct poller *po)
{
	struct ttyfile *tf = fp->f_data;

	if (tf_hungup(tf))
		return ((events & (POLLIN | POLLOUT | POLLRDNORM |
		    POLLWRNORM)) | POLLHUP | POLLERR);
	return (tf->tf_tty->t_ops->t_poll(tf, fp, events, po));
}

static int
ttyf_stat(struct file *fp, struct kstat *st)
{
	return (vn_fileops.fo_stat(fp, st));
}

static void
ttyf_close(struct file *fp)
{
	struct ttyfile *tf = fp->f_data;

	if (tf->tf_tty->t_ops->t_closed != NULL)
		tf->tf_tty->t_ops->t_closed(tf);
	tty_drop(tf->tf_tty);
	kfree(tf);
}

static const struct fileops tty_fileops = {
	.fo_read = ttyf_read,
	.fo_write = ttyf_write,
	.fo_seek = file_noseek,
	.fo_ioctl = ttyf_ioctl,
	.fo_poll = ttyf_poll,
	.fo_stat = ttyf_stat,
	.fo_close = ttyf_close,
};

int
tty_attach(struct tty *tp, struct file *fp, bool master, int flags)
{
	struct proc *p = curproc();
	struct ttyfile *tf;

	tf = KNEW(struct ttyfile);
	if (tf == NULL)
		return (-ENOMEM);
	tf->tf_tty = tp;
	tf->tf_gen = tp->t_gen;
	tf->tf_master = master;
	fp->f_data = tf;
	fp->f_ops = &tty_fileops;
	fp->f_type = FT_TTY;

	/* A leader without a terminal gets the first one it opens. */
	if (master || (flags & (O_NOCTTY | O_PATH)) ||
	    (flags & O_ACCMODE) == O_WRONLY)
		return (0);
	mtx_lock(&kern()->k_treelock);
	if (is_leader(p) && p->p_pgrp->pg_session->s_tty == NULL &&
	    tp->t_session == NULL)
		ctty_set(p, tp);
	mtx_unlock(&kern()->k_treelock);
	return (0);
}

/* /dev/pts/N, by number. */
static int
pts_devopen(struct file *fp, uint64_t rdev, int flags)
{
	struct tty *tp = tty_byindex(kminor(rdev));
	int error;

	if (tp == NULL)
		return (-EIO);
	if (tp->t_hostfd >= 0)
		error = tty_attach(tp, fp, false, flags);
	else
		error = pts_open(tp, fp, flags);
	if (error != 0)
		tty_drop(tp);
	return (error);
}

/* /dev/tty, /dev/console, /dev/ptmx. */
static int
aux_devopen(struct file *fp, uint64_t rdev, int flags)
{
	struct tty *tp = NULL;
	int error;

	switch (kminor(rdev)) {
	case 0:
		mtx_lock(&kern()->k_treelock);
		tp = ctty_of(curproc());
		if (tp != NULL)
			tty_hold(tp);
		mtx_unlock(&kern()->k_treelock);
		break;
	case 1:
		tp = ttyroot()->tr_host;
		if (tp != NULL)
			tty_hold(tp);
		break;
	case 2:
		return (ptmx_open(fp, flags));
	}
	if (tp == NULL)
		return (-ENXIO);
	if (tp->t_hostfd >= 0)
		error = tty_attach(tp, fp, false, flags | O_NOCTTY);
	else
		error = pts_open(tp, fp, flags | O_NOCTTY);
	if (error != 0)
		tty_drop(tp);
	return (error);
}

static const struct devsw pts_devsw = {
	.d_name = "pts",
	.d_major = TTY_MAJOR_PTS,
	.d_minor = 0,
	.d_nminors = TTY_MAXPTY,
	.d_open = pts_devopen,
};
static const struct devsw aux_devsw = {
	.d_name = "tty",
	.d_major = TTY_MAJOR_AUX,
	.d_minor = 0,
	.d_nminors = 3,
	.d_open = aux_devopen,
};

bool
tty_ishost(int hostfd)
{
	struct tty_root *tr = ttyroot();
	struct kstat st;

	if (tr == NULL || tr->tr_host == NULL || hostfd < 0)
		return (false);
	if (hostfd == tr->tr_host->t_hostfd)
		return (true);
	return (host_fstat(hostfd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == tr->tr_hostdev);
}

int
tty_init(int hostfd, uint32_t uid, uint32_t gid)
{
	struct tty_root *tr = KNEW(struct tty_root);
	struct kstat st;
	int error;

	if (tr == NULL)
		return (-ENOMEM);
	mtx_init(&tr->tr_lock, RANK_LEAF, "ttylist");
	list_init(&tr->tr_list);
	kroot()->r_sub[KROOT_TTY] = tr;
	if (hostfd >= 0 && host_fstat(hostfd, &st) == 0) {
		tr->tr_host = tty_new(&tty_hostops, hostfd);
		if (tr->tr_host == NULL)
			return (-ENOMEM);
		tr->tr_hostdev = st.st_rdev;
		tr->tr_host->t_attr.ta_uid = uid;
	}
	error = dev_register(&pts_devsw);
	if (error == 0)
		error = dev_register(&aux_devsw);
	if (error == 0)
		kern_add_hooks(tty_exithook, NULL, NULL);
	return (error);
}
