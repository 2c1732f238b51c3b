/*
 * warden.c: the hosted process that watches one jail.  It is never on a
 * system call's path: it sleeps on r_mail and looks around ten times a second.
 *
 * - r_done: the jail is over; print what it says, leave with its status.
 * - Signals for us are the guest's: the handler puts bit N into r_sigbox and
 *   bumps r_mail (so the sleep cannot miss it), then some guest thread is made
 *   to look (any will do; the next one is tried when it does not).
 * - Job control: when the main program stopped, we stop ourselves, so that the
 *   user's shell sees it; on SIGCONT the guest gets one too.
 * - Sweep: a host process that is gone while the arena says that it runs was
 *   killed from outside.  With kernel locks held the jail cannot go on; else a
 *   living guest process is told to do the dead one's bookkeeping.
 * - The end: every host process of the jail is our child (CLONE_PARENT; a
 *   guest that plays tricks is re-parented to us as its subreaper): kill, and
 *   wait until none is left.
 */
#include "abi/calls.h"
#include "jail/door.h"
#include "jail/internal.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define	SWEEP_NS	100000000LL
#define	RETRY_NS	5000000LL
#define	MAXSUSPECTS	64
#define	NONE_MAX	20		/* sweeps */
#define	SIGBOX_LOST	1u	/* bit 0: some process has PF_LOST */

struct suspect {
	const void	*id;
	int		hostpid;
};

struct warden {
	struct jail	*w_j;
	bool		w_booted;
	bool		w_wasstopped;
	bool		w_fatal;	/* *w_e holds why it must end */
	unsigned	w_kicks;	/* attempts for the present sigbox */
	unsigned	w_live;
	unsigned	w_none;		/* sweeps in a row that found no guest */
	int64_t		w_swept;
	struct suspect	w_sus[MAXSUSPECTS], w_new[MAXSUSPECTS];
	unsigned	w_nsus, w_nnew;
	struct jerr	*w_e;
};

static const int forwarded[] = { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2,
	SIGALRM, SIGTERM, SIGCONT, SIGTSTP, SIGWINCH };

static struct root *volatile sig_root;	/* for the handler alone */
static struct termios tty_ours;
static int tty_fd = -1;

static int64_t
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec);
}

static void
on_signal(int sig)
{
	struct root *r = sig_root;

	(void)atomic_or(&r->r_sigbox, 1u << sig);
	(void)atomic_add(&r->r_mail, 1);
}

/* --- terminal ------------------------------------------------------------------ */

static bool
tty_isours(void)
{
	return (tty_fd >= 0 && tcgetpgrp(tty_fd) == getpgrp());
}

static void
tty_save(void)
{
	for (int fd = 0; fd < 3 && tty_fd < 0; fd++)
		if (isatty(fd) && tcgetattr(fd, &tty_ours) == 0)
			tty_fd = fd;
}

static void
tty_restore(struct termios *guest)
{
	struct termios t;

	if (!tty_isours() || tcgetattr(tty_fd, &t) != 0)
		return;
	if (guest != NULL)
		*guest = t;
	if (memcmp(&t, &tty_ours, sizeof(t)) != 0)
		(void)tcsetattr(tty_fd, TCSADRAIN, &tty_ours);
}

/* --- before the fork ------------------------------------------------------------ */

void
warden_prepare(struct jail *j)
{
	struct sigaction sa, old;
	int fd;

	sig_root = j->j_root;
	tty_save();
	/* Not kept open: the jail would share it. */
	if ((fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)) >= 0) {
		j->j_ctty = true;
		(void)close(fd);
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	(void)sigfillset(&sa.sa_mask);
	for (unsigned i = 0; i < nitems(forwarded); i++) {
		/* What the caller ignores (nohup) stays ignored. */
		if (sigaction(forwarded[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN && forwarded[i] != SIGCONT)
			continue;
		(void)sigaction(forwarded[i], &sa, NULL);
	}
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)sigaction(SIGTTOU, &sa, NULL);
	sa.sa_handler = SIG_DFL;	/* until it has booted: see boot_check */
	(void)sigaction(SIGCHLD, &sa, NULL);
}

/* --- host processes --------------------------------------------------------------- */

/* A living child of ours?  Also what keeps a hostile arena from making us
 * signal anybody else. */
bool
warden_child(int pid)
{
	siginfo_t si;

	return (pid > 0 && waitid(P_PID, (id_t)pid, &si,
	    WEXITED | WNOHANG | WNOWAIT) == 0);
}

static bool
any_child(void)
{
	siginfo_t si;

	return (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0 ||
	    errno != ECHILD);
}

static bool
kill_one(const struct view_proc *vp, void *arg)
{
	if (warden_child(vp->vp_hostpid))
		(void)kill(vp->vp_hostpid, SIGKILL);
	return (true);
}

/* Children by the host's own list; false: it has none, and the arena's had to
 * do, which may lack some. */
static bool
kill_children(const struct jail *j)
{
	char path[64];
	FILE *fp;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	if ((fp = fopen(path, "re")) == NULL) {
		if (warden_child(j->j_child))
			(void)kill(j->j_child, SIGKILL);
		(void)view_procs(j, kill_one, NULL);
		return (false);
	}
	while (fscanf(fp, "%d", &pid) == 1)
		if (warden_child(pid))
			(void)kill(pid, SIGKILL);
	(void)fclose(fp);
	return (true);
}

/*
 * A dying process may still leave us a child that was not there when we looked;
 * but then its end wakes us, and we look again.
 */
static void
kill_all(const struct jail *j)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	struct timespec ts = { 0, 500000 };
	siginfo_t si;

	(void)sigaction(SIGCHLD, &sa, NULL);	/* they wait to be reaped */
	while (any_child()) {
		if (kill_children(j))
			(void)waitid(P_ALL, 0, &si, WEXITED | WNOWAIT);
		else
			(void)nanosleep(&ts, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

/* --- signals into the jail ---------------------------------------------------------- */

struct kickarg {
	unsigned skip;
	unsigned seen;
	bool done;
};

static bool
kick_nth(const struct view_proc *vp, void *argp)
{
	struct kickarg *a = argp;

	if (!vp->vp_running)
		return (true);
	for (unsigned i = 0; i < vp->vp_nthreads; i++) {
		const struct view_thread *vt = &vp->vp_thread[i];

		if (a->seen++ < a->skip)
			continue;
		if (!warden_child(vt->vt_hostpid))
			return (true);
		view_interrupt(vt);
		(void)syscall(SYS_futex, vt->vt_wake, FUTEX_WAKE, INT32_MAX,
		    NULL, NULL, 0);
		(void)syscall(SYS_tgkill, vt->vt_hostpid, vt->vt_hosttid,
		    view_kicksig());
		a->done = true;
		return (false);
	}
	return (true);
}

static void
kick_somebody(struct warden *w)
{
	struct kickarg a = { .skip = w->w_kicks++ };

	if (view_procs(w->w_j, kick_nth, &a) && !a.done)
		w->w_kicks = 0;		/* end of the list: from the start */
}

/* --- job control ----------------------------------------------------------------------- */

static void
check_stopped(struct warden *w)
{
	struct termios guest;
	bool tty = false;

	if (atomic_load(&w->w_j->j_root->r_stopped) == 0) {
		w->w_wasstopped = false;
		return;
	}
	if (w->w_wasstopped || !w->w_j->j_ctty)
		return;
	w->w_wasstopped = true;
	if (tty_isours()) {
		tty_restore(&guest);
		tty = true;
	}
	(void)raise(SIGSTOP);
	/* The shell continued us; the SIGCONT is in the box already. */
	if (tty && tty_isours())
		(void)tcsetattr(tty_fd, TCSADRAIN, &guest);
}

/* --- the sweep ----------------------------------------------------------------------------- */

static bool
was_suspect(const struct warden *w, const struct view_proc *vp)
{
	for (unsigned i = 0; i < w->w_nsus; i++)
		if (w->w_sus[i].id == vp->vp_id &&
		    w->w_sus[i].hostpid == vp->vp_hostpid)
			return (true);
	return (false);
}

static bool
sweep_one(const struct view_proc *vp, void *arg)
{
	struct warden *w = arg;

	if (!vp->vp_running)
		return (true);
	if (warden_child(vp->vp_hostpid)) {
		w->w_live++;
		return (true);
	}
	/* Twice in a row, to let an ordinary exit pass between our looks. */
	if (!was_suspect(w, vp)) {
		if (w->w_nnew < MAXSUSPECTS)
			w->w_new[w->w_nnew++] = (struct suspect){ vp->vp_id,
			    vp->vp_hostpid };
		return (true);
	}
	if (vp->vp_locked) {
		(void)jerr_set(w->w_e, JERR_SELF, "host process %d (guest "
		    "process %d) was killed from outside in the middle of a "
		    "kernel operation; the jail cannot go on",
		    vp->vp_hostpid, vp->vp_pid);
		w->w_fatal = true;
		return (false);
	}
	view_marklost(vp);
	(void)atomic_or(&w->w_j->j_root->r_sigbox, SIGBOX_LOST);
	return (true);
}

/*
 * What starting a jail took of this program is not needed while it idles: our
 * clean pages go, and come back when they are used.
 */
static void
drop_startup(void)
{
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	uintptr_t load = 0, start, end;

	for (size_t i = 0; ph != NULL && i < n; i++)
		if (ph[i].p_type == PT_PHDR)
			load = (uintptr_t)ph - ph[i].p_vaddr;
	for (size_t i = 0; ph != NULL && i < n; i++) {
		if (ph[i].p_type != PT_LOAD || (ph[i].p_flags & PF_W) != 0)
			continue;
		start = rounddown2(load + ph[i].p_vaddr, KPAGE_SIZE);
		end = roundup2(load + ph[i].p_vaddr + ph[i].p_memsz,
		    KPAGE_SIZE);
		(void)madvise((void *)start, end - start, MADV_DONTNEED);
	}
}

static void
boot_check(struct warden *w)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };
	struct jail *j = w->w_j;
	int st;

	if (view_booted(j)) {
		/* From now on the host reaps without waking us. */
		w->w_booted = true;
		(void)sigaction(SIGCHLD, &sa, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		/* It lives long enough to be looked for; if it cannot be
		 * registered it just is not found. */
		(void)door_start(j, -1, w->w_e);
		drop_startup();
		return;
	}
	if (waitpid(j->j_child, &st, WNOHANG) != j->j_child ||
	    atomic_load(&j->j_root->r_done) != 0)
		return;
	w->w_fatal = true;
	if (WIFSIGNALED(st))
		(void)jerr_set(w->w_e, JERR_SELF, "the kernel died at boot by "
		    "signal %d (%s)", WTERMSIG(st), strsignal(WTERMSIG(st)));
	else
		(void)jerr_set(w->w_e, JERR_SELF, "the kernel ended at boot "
		    "with status %d", WEXITSTATUS(st));
}

static void
sweep(struct warden *w)
{
	w->w_swept = now_ns();
	if (!w->w_booted) {
		boot_check(w);
		return;
	}
	w->w_nnew = 0;
	w->w_live = 0;
	(void)view_procs(w->w_j, sweep_one, w);
	memcpy(w->w_sus, w->w_new, sizeof(w->w_sus));
	w->w_nsus = w->w_nnew;
	/* Host processes without a guest (sys/kern/kern_blank.c) do not count. */
	w->w_none = w->w_live == 0 ? w->w_none + 1 : 0;
	if (!w->w_fatal && (w->w_none >= NONE_MAX || !any_child()) &&
	    atomic_load(&w->w_j->j_root->r_done) == 0) {
		(void)jerr_set(w->w_e, 128 + SIGKILL, "every host process of "
		    "the jail was killed from outside");
		w->w_fatal = true;
	}
}

/* --- the end ------------------------------------------------------------------------------ */

/* Text from the arena: one copy, bounded, nothing a terminal would obey. */
static void
take_message(const struct root *r, char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(r->r_panicmsg) && i < n - 1; i++) {
		char c = ((const volatile char *)r->r_panicmsg)[i];

		if (c == '\0')
			break;
		buf[i] = c == '\n' || isprint((unsigned char)c) ? c : '?';
	}
	while (i > 0 && buf[i - 1] == '\n')
		i--;
	buf[i] = '\0';
}

/* The name of a recorded call. */
static void
say_call(int abi, unsigned nr, char *buf, size_t size)
{
	for (unsigned i = 0; i < ncalldescs && abi >= 0 && abi < ABI_COUNT;
	    i++)
		if (calldescs[i].cd_nr[abi] == (int)nr)
			(void)snprintf(buf, size, "%s",
			    calldescs[i].cd_name);
}

static int
report_panic(const struct jail *j)
{
	char buf[sizeof(j->j_root->r_panicmsg) + 1], sym[256], *line, *p = buf;
	unsigned long long pc;
	unsigned nr;
	int abi;
	int n;

	take_message(j->j_root, buf, sizeof(buf));
	(void)fprintf(stderr, "guise: the kernel panicked; the jail is over\n");
	while ((line = strsep(&p, "\n")) != NULL) {
		sym[0] = '\0';
		if (sscanf(line, "call %d:%u(", &abi, &nr) == 2)
			say_call(abi, nr, sym, sizeof(sym));
		if (sscanf(line, " #%d 0x%llx", &n, &pc) == 2 ||
		    sscanf(line, " #pc 0x%llx", &pc) == 1)
			kernimg_symbol(&j->j_kern, pc, sym, sizeof(sym));
		(void)fprintf(stderr, "guise: %s %s\n", line, sym);
	}
	return (JERR_SELF);
}

static int
report_done(const struct jail *j, uint32_t done, struct jerr *e)
{
	int st = atomic_load(&j->j_root->r_status);
	char buf[sizeof(j->j_root->r_panicmsg) + 1];

	if (done == JAIL_DONE_PANIC)
		return (report_panic(j));
	if (done == JAIL_DONE_ERROR) {
		take_message(j->j_root, buf, sizeof(buf));
		return (jerr_set(e, st >= 125 && st <= 127 ? st : JERR_SELF,
		    "%s", buf));
	}
	if (WIFSIGNALED(st))
		return (128 + WTERMSIG(st));
	return (WEXITSTATUS(st));
}

static void
wait_mail(struct warden *w, uint32_t seen)
{
	struct root *r = w->w_j->j_root;
	int64_t ns = atomic_load(&r->r_sigbox) != 0 ? RETRY_NS : SWEEP_NS;
	struct timespec ts = { .tv_nsec = ns };

	(void)syscall(SYS_futex, &r->r_mail, FUTEX_WAIT, seen, &ts, NULL, 0);
}

static int
watch_loop(struct warden *w)
{
	struct jail *j = w->w_j;
	struct root *r = j->j_root;
	uint32_t mail, done;

	for (;;) {
		mail = atomic_load(&r->r_mail);
		if (atomic_load(&r->r_panic) != 0)
			return (report_panic(j));
		if ((done = atomic_load(&r->r_done)) != 0)
			return (report_done(j, done, w->w_e));
		if (w->w_fatal)
			return (-1);
		if (atomic_load(&r->r_sigbox) != 0)
			kick_somebody(w);
		else
			w->w_kicks = 0;
		check_stopped(w);
		textdesk_poll(j);
		if (now_ns() - w->w_swept >= SWEEP_NS)
			sweep(w);
		if (!w->w_fatal)
			wait_mail(w, mail);
	}
}

int
warden_watch(struct jail *j, struct jerr *e)
{
	static struct warden w;
	int status;

	w.w_j = j;
	w.w_e = e;
	status = watch_loop(&w);
	kill_all(j);
	door_stop();
	textdesk_leave(j);
	tty_restore(NULL);
	return (status);
}
