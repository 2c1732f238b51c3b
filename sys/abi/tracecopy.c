/*
 * tracecopy.c: what a call's arguments point to, for the tracer
 * (base/trace.h).
 *
 * The kinds in the call's row say what is worth copying: strings and what the
 * guest hands in when the call begins, what the kernel handed out when it ends.
 * The tracer looks guest addresses up among these chunks, as a debugger would
 * look into the guest; what it does not find there it prints as a number.  So
 * too much or too little here is never wrong, and all copies may fail.
 *
 * A record is put together on the kernel stack (TRACE_RECMAX).
 */
#include "abi/callrows.h"
#include "base/clock.h"
#include "base/copy.h"
#include "base/rec.h"
#include "base/thread.h"
#include "base/trace.h"
#include "kern/proc.h"
#include "kern/sysvec.h"
#include "libkern/fcntl.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namecache.h"
#include "vfs/namei.h"

#define	SOMEBYTES	400	/* of a structure unknown to us: a utsname */
#define	MAXIOV		32
#define	MAXARGV		32	/* strings; strace shows as many */
#define	MAXENVP		512	/* pointers, to be counted */
#define	PTRMIN		0x10000

struct build {
	const struct trace_want *b_want;
	struct thread	*b_td;
	struct trec	b_rec;		/* chunks follow */
	char		b_data[TRACE_RECMAX - sizeof(struct trec)];
};

/* --- chunks ------------------------------------------------------------------ */

/* Room for a chunk of up to *len bytes, or NULL. */
static char *
chunk_room(struct build *b, size_t *len)
{
	size_t used = b->b_rec.tr_size - sizeof(struct trec);
	size_t room = sizeof(b->b_data) - used;

	if (room < sizeof(struct tchunk) + 8 || *len == 0)
		return (NULL);
	*len = kmin(*len, room - sizeof(struct tchunk));
	return (b->b_data + used + sizeof(struct tchunk));
}

static void
chunk_done(struct build *b, uint64_t addr, size_t len)
{
	struct tchunk *tk = (struct tchunk *)(void *)(b->b_data +
	    b->b_rec.tr_size - sizeof(struct trec));

	tk->tk_addr = addr;
	tk->tk_len = (uint32_t)len;
	tk->tk_pad = 0;
	b->b_rec.tr_size += (uint32_t)(sizeof(*tk) + roundup2(len, 8));
	b->b_rec.tr_nchunks++;
}

static void
chunk(struct build *b, uaddr_t addr, size_t len)
{
	char *p = chunk_room(b, &len);

	if (p == NULL || addr < PTRMIN)
		return;
	len -= copyin_part(addr, p, len);
	if (len > 0)
		chunk_done(b, addr, len);
}

static void
chunk_str(struct build *b, uaddr_t addr, size_t max)
{
	char *p = chunk_room(b, &max);
	long n;

	if (p == NULL || addr < PTRMIN)
		return;
	n = copyinstr(addr, p, max);
	if (n >= 0)
		chunk_done(b, addr, (size_t)n + 1);
	else
		chunk(b, addr, max);
}

static void
chunk_kern(struct build *b, uint64_t tag, const void *data, size_t len)
{
	char *p = chunk_room(b, &len);

	if (p == NULL)
		return;
	memcpy(p, data, len);
	chunk_done(b, tag, len);
}

/* --- arguments with a shape of their own ------------------------------------- */

static size_t
buflen(const struct build *b, uint64_t len)
{
	return (kmin(len, (uint64_t)b->b_want->tw_strsize + 1));
}

static void
copy_argv(struct build *b, uaddr_t addr, bool strings)
{
	uint64_t p;
	unsigned n;

	for (n = 0; n < MAXENVP && fetch64(addr + n * 8, &p) == 0 && p != 0;
	    n++)
		;
	chunk(b, addr, (n + 1) * sizeof(p));
	for (unsigned i = 0; strings && i < kmin(n, (unsigned)MAXARGV);
	    i++)
		if (fetch64(addr + i * 8, &p) == 0)
			chunk_str(b, p, (size_t)b->b_want->tw_strsize + 1);
}

/* total: bytes that the vector's buffers hold, at most. */
static void
copy_iov(struct build *b, uaddr_t addr, uint64_t cnt, uint64_t total)
{
	uint64_t iov[2];

	cnt = kmin(cnt, (uint64_t)MAXIOV);
	chunk(b, addr, cnt * sizeof(iov));
	for (uint64_t i = 0; i < cnt && total > 0; i++) {
		if (copyin(addr + i * sizeof(iov), iov, sizeof(iov)) != 0)
			return;
		iov[1] = kmin(iov[1], total);
		chunk(b, iov[0], buflen(b, iov[1]));
		total -= iov[1];
	}
}

/* struct msghdr: name, iov, control. */
static void
copy_msg(struct build *b, uaddr_t addr, uint64_t total)
{
	uint64_t m[7];

	if (copyin(addr, m, sizeof(m)) != 0)
		return;
	chunk(b, addr, sizeof(m));
	chunk(b, m[0], kmin((uint32_t)m[1], 128U));
	copy_iov(b, m[2], m[3], total);
	chunk(b, m[4], kmin(m[5], (uint64_t)512));
}

static void
copy_path(struct build *b, int fd)
{
	struct nchandle root, n = { 0 };
	char path[512];
	struct file *fp = NULL;
	bool reach;
	long len;

	path[0] = '\0';
	if (fd == AT_FDCWD)
		pwd_getcwd(b->b_td->td_pwd, &n);
	else if (fd < 0 || (fp = fget_path(fd)) == NULL)
		return;
	else if (fp->f_desc[0] != '\0')
		(void)ksnprintf(path, sizeof(path), "%s", fp->f_desc);
	else if (fp->f_nch.ncp != NULL)
		nch_copy(&n, &fp->f_nch);
	if (n.ncp != NULL) {
		pwd_getroot(b->b_td->td_pwd, &root);
		len = nch_path(&root, &n, path, sizeof(path), &reach);
		if (len < 0)
			path[0] = '\0';
		nch_drop(&root);
		nch_drop(&n);
	}
	if (fp != NULL)
		fdrop(fp);
	if (path[0] != '\0')
		chunk_kern(b, TRACE_FDPATH | (uint32_t)fd, path,
		    strlen(path) + 1);
}

/* --- arguments by their kinds ----------------------------------------------------- */

static void
enter_arg(struct build *b, const struct calldesc *cd, const uint64_t *args,
    unsigned i)
{
	uint64_t a = args[i], next = i + 1 < cd->cd_nargs ? args[i + 1] : 0;

	switch (cd->cd_kind[i]) {
	case AK_PATH:
	case AK_STR:
		chunk_str(b, a, KPATH_MAX);
		break;
	case AK_ARGV:
		copy_argv(b, a, cd->cd_arg[i][0] == 'a');
		break;
	case AK_INBUF:
		chunk(b, a, buflen(b, next));
		break;
	case AK_IOVEC:
		copy_iov(b, a, next, ~0ULL);
		break;
	case AK_OIOVEC:
		copy_iov(b, a, next, 0);
		break;
	case AK_MSGHDR:
		copy_msg(b, a, ~0ULL);
		break;
	case AK_OMSGHDR:
		chunk(b, a, 56);
		break;
	case AK_SOCKADDR:
		chunk(b, a, kmin((uint32_t)next, 128U));
		break;
	case AK_POLLFD:
		chunk(b, a, kmin(next, (uint64_t)128) * 8);
		break;
	case AK_FDSET:
		chunk(b, a, 128);
		break;
	case AK_SIGINFO:
		chunk(b, a, 128);
		break;
	case AK_TIMESPEC:
	case AK_TIMEVAL:
	case AK_ITIMERSPEC:
	case AK_SIGSET:
	case AK_SIGACTION:
	case AK_RLIMIT:
	case AK_EPEVENT:
	case AK_INTP:
		chunk(b, a, 32);
		break;
	case AK_PTR:
		chunk(b, a, 256);
		break;
	case AK_ULONG:
		chunk(b, a, 128);	/* fcntl, prctl, semctl */
		break;
	case AK_FD:
	case AK_DIRFD:
		if (b->b_want->tw_flags & TRACE_FDS)
			copy_path(b, (int)a);
		break;
	default:
		break;
	}
}

static void
leave_arg(struct build *b, const struct calldesc *cd, const uint64_t *args,
    unsigned i, long ret)
{
	uint64_t a = args[i], next = i + 1 < cd->cd_nargs ? args[i + 1] : 0;
	bool bytes = cd->cd_ret == CR_SSIZE;

	switch (cd->cd_kind[i]) {
	case AK_OUTBUF:
		chunk(b, a, buflen(b, kmin(next, (uint64_t)ret)));
		break;
	case AK_OUTPTR:		/* getdents, readlink: all of it */
		chunk(b, a, bytes ? (size_t)ret : SOMEBYTES);
		break;
	case AK_OIOVEC:
		copy_iov(b, a, next, (uint64_t)ret);
		break;
	case AK_OMSGHDR:
		copy_msg(b, a, (uint64_t)ret);
		break;
	case AK_STAT:
	case AK_STATX:
	case AK_STATFS:
	case AK_RUSAGE:
	case AK_PTR:
		chunk(b, a, 256);
		break;
	case AK_OSOCKADDR:
	case AK_SIGINFO:
	case AK_FDSET:
	case AK_ULONG:
		chunk(b, a, 128);
		break;
	case AK_POLLFD:
		chunk(b, a, kmin(next, (uint64_t)128) * 8);
		break;
	case AK_OEPEVENT:
		chunk(b, a, kmin((uint64_t)ret, (uint64_t)128) * 12);
		break;
	case AK_OTIMESPEC:
	case AK_OTIMEVAL:
	case AK_OITIMERSPEC:
	case AK_OSIGSET:
	case AK_OSIGACTION:
	case AK_ORLIMIT:
	case AK_WSTATUS:
	case AK_FDPAIR:
	case AK_INTP:
	case AK_OINTP:
		chunk(b, a, 32);
		break;
	default:
		break;
	}
}

/* --- records ---------------------------------------------------------------------- */

static bool
wanted(const struct trace_want *tw, const struct thread *td, int abi,
    uint32_t nr)
{
	uint32_t n = kmin(tw->tw_npids, (uint32_t)TRACE_NPIDS);
	int32_t pid = td->td_proc->p_pid;

	if (abi >= 0 && abi < TRACE_NABI && nr < TRACE_NCALLS &&
	    !(tw->tw_calls[abi][nr / 64] >> nr % 64 & 1))
		return (false);
	for (uint32_t i = 0; i < n; i++)
		if (tw->tw_pids[i] == pid || tw->tw_pids[i] == td->td_tid)
			return (true);
	return (n == 0);
}

static void
head(struct trec *tr, struct thread *td, enum trec_type type)
{
	struct proc *pp = atomic_load_relaxed(&td->td_proc->p_parent);

	memset(tr, 0, sizeof(*tr));
	tr->tr_size = sizeof(*tr);
	tr->tr_type = (uint8_t)type;
	tr->tr_pid = td->td_proc->p_pid;
	tr->tr_tid = td->td_tid;
	tr->tr_ppid = pp != NULL ? pp->p_pid : 0;
	tr->tr_time = clock_mono();
	tr->tr_seq = td->td_ncalls;
}

static void
begin(struct build *b, struct thread *td, enum trec_type type)
{
	head(&b->b_rec, td, type);
	b->b_want = &recroot()->rr_trace.tc_want;
	b->b_td = td;
}

static void
trace_enter(struct thread *td, const struct recent *re,
    const struct sysent *se)
{
	int abi = (int)REC_ABI(re->re_tag);
	struct build b;

	if (!wanted(&recroot()->rr_trace.tc_want, td, abi, re->re_nr))
		return;
	begin(&b, td, TREC_ENTER);
	b.b_rec.tr_abi = (uint8_t)abi;
	b.b_rec.tr_nr = re->re_nr;
	memcpy(b.b_rec.tr_args, re->re_args, sizeof(re->re_args));
	if (se != NULL && se->se_desc != NULL &&
	    (b.b_want->tw_flags & (TRACE_ARGS | TRACE_FDS)))
		for (unsigned i = 0; i < se->se_desc->cd_nargs; i++)
			enter_arg(&b, se->se_desc, re->re_args, i);
	trace_put(&b.b_rec, true);
}

static void
trace_leave(struct thread *td, const struct recent *re,
    const struct sysent *se, long ret)
{
	int abi = (int)REC_ABI(re->re_tag);
	struct build b;

	if (!wanted(&recroot()->rr_trace.tc_want, td, abi, re->re_nr))
		return;
	begin(&b, td, TREC_LEAVE);
	b.b_rec.tr_abi = (uint8_t)abi;
	b.b_rec.tr_nr = re->re_nr;
	b.b_rec.tr_args[0] = (uint64_t)ret;
	if (se != NULL && se->se_desc != NULL) {
		const struct calldesc *cd = se->se_desc;

		if ((b.b_want->tw_flags & TRACE_ARGS) && ret >= 0)
			for (unsigned i = 0; i < cd->cd_nargs; i++)
				leave_arg(&b, cd, re->re_args, i, ret);
		if ((b.b_want->tw_flags & TRACE_FDS) && cd->cd_ret == CR_FD &&
		    ret >= 0)
			copy_path(&b, (int)ret);
		if (td->td_pflags & TDP_NORESTORE)
			chunk_kern(&b, TRACE_SIGMASK, &td->td_sigmask,
			    sizeof(td->td_sigmask));
	}
	trace_put(&b.b_rec, true);
}

static void
trace_signal(struct thread *td, const struct ksiginfo *si, bool ignored)
{
	struct {
		struct trec rec;
		struct tchunk tk;
		struct ksiginfo si;
	} m;
	const struct trace_want *tw = &recroot()->rr_trace.tc_want;

	if (!(tw->tw_flags & TRACE_SIGNALS) || !wanted(tw, td, -1, 0))
		return;
	head(&m.rec, td, TREC_SIGNAL);
	m.rec.tr_size = sizeof(m);
	m.rec.tr_nchunks = 1;
	m.rec.tr_nr = ignored ? TRACE_IGNORED : 0;
	m.tk.tk_addr = TRACE_SIGINFO;
	m.tk.tk_len = sizeof(m.si);
	m.tk.tk_pad = 0;
	m.si = *si;
	trace_put(&m.rec, !ignored);
}

/* A thread exits: still with all it had. */
static void
trace_texit(struct thread *td)
{
	struct proc *p = td->td_proc;
	struct trec tr;

	if (!rec_traced() || !wanted(&recroot()->rr_trace.tc_want, td, -1, 0))
		return;
	head(&tr, td, TREC_EXIT);
	tr.tr_args[0] = (uint64_t)(unsigned)(p->p_exiting ? p->p_exitcode :
	    td->td_exitcode << 8);
	tr.tr_args[1] = p->p_nthreads == 1;
	trace_put(&tr, true);
}

static void
chunk_vec(struct build *b, char *const *v, bool strings)
{
	unsigned n = 0;

	while (v[n] != NULL && n < MAXENVP)
		n++;
	chunk_kern(b, (uint64_t)(uintptr_t)v, v, (n + 1) * sizeof(*v));
	for (unsigned i = 0; strings && i < kmin(n, (unsigned)MAXARGV); i++)
		chunk_kern(b, (uint64_t)(uintptr_t)v[i], v[i],
		    strlen(v[i]) + 1);
}

/* The first program is the kernel's own doing: shown as if it were called. */
void
abi_trace_first(struct thread *td, const char *path, char *const *argv,
    char *const *envp)
{
	uint32_t nr = (uint32_t)calldescs[ROW_execve].cd_nr[ABI_LINUX64];
	struct build b;

	if (!rec_traced() || !wanted(&recroot()->rr_trace.tc_want, td,
	    ABI_LINUX64, nr))
		return;
	begin(&b, td, TREC_ENTER);
	b.b_rec.tr_abi = ABI_LINUX64;
	b.b_rec.tr_nr = nr;
	b.b_rec.tr_args[0] = (uint64_t)(uintptr_t)path;
	b.b_rec.tr_args[1] = (uint64_t)(uintptr_t)argv;
	b.b_rec.tr_args[2] = (uint64_t)(uintptr_t)envp;
	chunk_kern(&b, b.b_rec.tr_args[0], path, strlen(path) + 1);
	chunk_vec(&b, argv, true);
	chunk_vec(&b, envp, false);
	trace_put(&b.b_rec, true);
	begin(&b, td, TREC_LEAVE);
	b.b_rec.tr_abi = ABI_LINUX64;
	b.b_rec.tr_nr = nr;
	trace_put(&b.b_rec, true);
}

static const struct trace_ops ops = {
	.to_enter	= trace_enter,
	.to_leave	= trace_leave,
	.to_signal	= trace_signal,
};

void
abi_trace_init(const struct trace_want *now)
{
	recroot()->rr_ops = &ops;
	kern_add_hooks(NULL, NULL, trace_texit);
	if (now != NULL) {
		recroot()->rr_trace.tc_want = *now;
		kroot()->r_trace = 1;
	}
}
