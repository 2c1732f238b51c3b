/* sigio.c: see sigio.h. */
#include "ipc/sigio.h"

#include "base/mtx.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "kern/proc.h"
#include "kern/sig.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"

#define	SIGIO_BATCH	8

struct target {
	int32_t		t_owner;	/* pid or -pgid */
	int32_t		t_sig;		/* 0: SIGIO without details */
	uint32_t	t_uid;		/* of who opened the file */
};

void
sigio_set(struct list *head, struct mtx *m, struct file *fp, bool on)
{
	mtx_lock(m);
	list_del(&fp->f_alink);
	if (on)
		list_add_tail(head, &fp->f_alink);
	mtx_unlock(m);
}

/* May the opener's uid send p a signal?  As for kill(2), without privileges
 * other than root's. */
static bool
permitted(struct proc *p, uint32_t uid)
{
	const struct ucred *cr;
	struct thread *td;
	bool ok = uid == 0;

	mtx_lock(&p->p_lock);
	if ((td = proc_first(p)) != NULL) {
		cr = td->td_cred;
		ok = ok || uid == cr->cr_ruid || uid == cr->cr_suid;
	}
	mtx_unlock(&p->p_lock);
	return (ok);
}

static void
send_proc(struct proc *p, const struct target *t, int code)
{
	static const int band[] = { 0, POLLIN | POLLRDNORM,
	    POLLOUT | POLLWRNORM, 0, 0, 0, POLLHUP | POLLERR };
	struct ksiginfo si;

	if (!permitted(p, t->t_uid))
		return;
	memset(&si, 0, sizeof(si));
	si.si_signo = t->t_sig != 0 ? t->t_sig : SIGIO;
	si.si_code = t->t_sig != 0 ? code : SI_KERNEL;
	if (t->t_sig != 0)
		si.u.poll.band = band[code];
	(void)sig_proc(p, &si);
}

static void
send_target(const struct target *t, int code)
{
	struct proc *p;
	int pid;

	if (t->t_owner > 0) {
		if ((p = proc_find(t->t_owner)) != NULL) {
			send_proc(p, t, code);
			proc_drop(p);
		}
		return;
	}
	for (pid = 0; (p = proc_next(pid)) != NULL; proc_drop(p)) {
		pid = p->p_pid;
		if (kern_getpgid(curthread(), pid) == -t->t_owner)
			send_proc(p, t, code);
	}
}

void
sigio_send(struct list *head, struct mtx *m, int code)
{
	struct target t[SIGIO_BATCH];
	struct file *fp;
	unsigned i, n = 0;
	int acc;

	mtx_lock(m);
	list_foreach(fp, head, f_alink) {
		acc = (int)fp->f_flags & O_ACCMODE;
		if (fp->f_owner == 0 || n == SIGIO_BATCH ||
		    (code == SIGIO_IN && acc == O_WRONLY) ||
		    (code == SIGIO_OUT && acc == O_RDONLY))
			continue;
		t[n].t_owner = fp->f_owner;
		t[n].t_sig = fp->f_sig;
		t[n].t_uid = fp->f_cred->cr_uid;
		n++;
	}
	mtx_unlock(m);
	for (i = 0; i < n; i++)
		send_target(&t[i], code);
}
