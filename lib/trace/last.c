/* last.c: the past, from the threads' rings (--last). */
#include "trace/session.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "jail/look.h"
#include "libkern/types.h"

#define	COLUMN	40

struct lastarg {
	const struct ses_opts *so;
	struct jail_link *jl;
	unsigned	n;
	int		pid;		/* whose memory is read; 0: nobody's */
};

/* The guest's memory as it is now: what it held then may be gone. */
static size_t
read_live(const struct dec *d, uint64_t addr, void *buf, size_t len)
{
	const struct lastarg *a = d->d_arg;
	size_t got = 0;

	if (a->pid == 0 || addr >= TRACE_SIGINFO)
		return (0);
	while (got < len) {
		/* Page by page: what is behind may not be there. */
		size_t n = kmin(len - got, KPAGE_SIZE - ((addr + got) &
		    KPAGE_MASK));
		long r = link_mem(a->jl, a->pid, addr + got,
		    (char *)buf + got, n);

		if (r <= 0)
			break;
		got += (size_t)r;
		/* A string has ended: that is enough of it. */
		if (memchr((char *)buf + got - r, '\0', (size_t)r) != NULL &&
		    len >= KPAGE_SIZE)
			break;
	}
	return (got);
}

static void
show_call(struct lastarg *a, const struct look_thread *lt,
    const struct look_call *lc)
{
	struct text line = { 0 };
	struct dec d = { .d_opt = &a->so->so_dec, .d_out = &line,
	    .d_abi = lc->lc_abi, .d_nr = lc->lc_nr, .d_read = read_live,
	    .d_arg = a };

	memcpy(d.d_args, lc->lc_args, sizeof(d.d_args));
	d.d_leave = lc->lc_done;
	d.d_ret = lc->lc_done ? lc->lc_ret : 0;
	dec_init(&d);
	tputf(&line, "[pid %5d] ", lt->lt_tid);
	dec_enter(&d);
	dec_rest(&d);
	tputs(&line, " ");
	while (line.t_len < COLUMN)
		tputs(&line, " ");
	tputs(&line, "= ");
	if (lc->lc_done)
		dec_result(&d, &line);
	else
		tputs(&line, lt->lt_dead ? "?" : "... under way");
	(void)fprintf(a->so->so_out, "%s\n", tstr(&line));
	tfree(&line);
	tfree(&d.d_aux);
}

static void
show_head(const struct lastarg *a, const struct look_thread *lt)
{
	FILE *fp = a->so->so_out;
	int st = lt->lt_status;

	(void)fprintf(fp, "--- %s, process %d", lt->lt_name, lt->lt_pid);
	if (lt->lt_tid != lt->lt_pid)
		(void)fprintf(fp, ", thread %d", lt->lt_tid);
	if (lt->lt_dead) {
		if (WIFSIGNALED(st))
			(void)fprintf(fp, ", killed by %s", ct_signal(
			    WTERMSIG(st)) != NULL ? ct_signal(WTERMSIG(st)) :
			    "a signal");
		else
			(void)fprintf(fp, ", exited with %d",
			    WEXITSTATUS(st));
		(void)fprintf(fp, ", gone for %" PRId64 ".%03" PRId64 " s",
		    (int64_t)(lt->lt_ago / NSEC_PER_SEC),
		    (int64_t)(lt->lt_ago % NSEC_PER_SEC / 1000000));
	}
	(void)fprintf(fp, " ---\n");
}

static bool
show_thread(const struct look_thread *lt, void *arg)
{
	struct lastarg *a = arg;
	const struct ses_opts *so = a->so;
	unsigned shown = 0, first = lt->lt_ncalls;
	bool wanted = so->so_npids == 0;

	for (unsigned i = 0; i < so->so_npids; i++)
		wanted |= so->so_pid[i] == lt->lt_pid ||
		    so->so_pid[i] == lt->lt_tid;
	if (!wanted)
		return (true);
	while (first > 0 && shown < a->n) {
		first--;
		shown += filter_call(&so->so_filter,
		    lt->lt_call[first].lc_abi, lt->lt_call[first].lc_nr);
	}
	if (shown == 0)
		return (true);
	a->pid = lt->lt_dead ? 0 : lt->lt_pid;
	show_head(a, lt);
	for (unsigned i = first; i < lt->lt_ncalls; i++)
		if (filter_call(&so->so_filter, lt->lt_call[i].lc_abi,
		    lt->lt_call[i].lc_nr))
			show_call(a, lt, &lt->lt_call[i]);
	return (true);
}

void
ses_last(const struct ses_opts *so, struct jail_link *jl, unsigned n)
{
	struct lastarg a = { so, jl, n, 0 };

	look_calls(jl, show_thread, &a);
	(void)fflush(so->so_out);
}
