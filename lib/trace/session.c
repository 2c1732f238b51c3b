/* session.c: see session.h. */
#include "trace/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "libkern/types.h"
#include "trace/summary.h"

#define	NHASH		1024
#define	COLUMN		40	/* results begin there, as strace's */
#define	MAXPENDING	8

/* A record of ours: a copy. */
struct kept {
	size_t		size;		/* of what u holds; no more is there */
	union {
		struct trec rec;
		char	raw[TRACE_RECMAX];
	} u;
};

struct thr {
	struct thr	*t_next;
	int32_t		t_tid, t_pid;
	bool		t_incall;	/* t_enter is valid */
	bool		t_shown;	/* its line was begun */
	struct kept	*t_enter;
	struct dec	t_dec;
	struct text	t_line;		/* since the last line break */
	unsigned	t_npending;	/* signals that came during the call */
	struct kept	*t_pending[MAXPENDING];
};

struct session {
	const struct ses_opts *s_opt;
	struct thr	*s_hash[NHASH];
	struct thr	*s_open;	/* whose line is not ended */
	struct summary	*s_sum;
	int64_t		s_real;		/* CLOCK_REALTIME - CLOCK_MONOTONIC */
	int64_t		s_last;		/* -r */
	uint32_t	s_lost;
	bool		s_began;
	unsigned	s_nprocs;	/* processes seen */
	int32_t		s_firstpid;
	int32_t		*s_pids;	/* followed: -p and descendants */
	unsigned	s_npids, s_live;
	const struct kept *s_leave;	/* being decoded */
};

/* --- guest memory: the records' chunks ------------------------------------------- */

static size_t
chunk_read(const struct kept *k, uint64_t addr, void *buf, size_t len)
{
	size_t off = sizeof(struct trec), got = 0;
	struct tchunk tk;

	for (unsigned i = 0; k != NULL && i < k->u.rec.tr_nchunks; i++) {
		if (k->size - off < sizeof(tk))
			break;
		memcpy(&tk, k->u.raw + off, sizeof(tk));
		off += sizeof(tk);
		if (tk.tk_len > k->size - off)
			break;
		if (addr >= tk.tk_addr && addr - tk.tk_addr < tk.tk_len) {
			size_t n = kmin(len, (size_t)(tk.tk_len -
			    (addr - tk.tk_addr)));

			if (n > got) {
				memcpy(buf, k->u.raw + off +
				    (addr - tk.tk_addr), n);
				got = n;
			}
		}
		if (roundup2((size_t)tk.tk_len, 8) > k->size - off)
			break;
		off += roundup2((size_t)tk.tk_len, 8);
	}
	return (got);
}

struct where {
	const struct kept *enter, *leave;
};

static size_t
read_now(const struct dec *d, uint64_t addr, void *buf, size_t len)
{
	const struct where *w = d->d_arg;
	size_t n = chunk_read(w->leave, addr, buf, len);

	if (n < len) {
		char old[TRACE_RECMAX];
		size_t m = chunk_read(w->enter, addr, old, kmin(len,
		    sizeof(old)));

		if (m > n) {
			memcpy((char *)buf + n, old + n, m - n);
			n = m;
		}
	}
	return (n);
}

static size_t
read_before(const struct dec *d, uint64_t addr, void *buf, size_t len)
{
	const struct where *w = d->d_arg;

	return (chunk_read(w->enter, addr, buf, len));
}

/* --- threads ---------------------------------------------------------------------- */

static struct thr *
thr_get(struct session *s, const struct trec *tr, bool make)
{
	struct thr **pp = &s->s_hash[(uint32_t)tr->tr_tid % NHASH], *t;

	for (t = *pp; t != NULL; t = t->t_next)
		if (t->t_tid == tr->tr_tid)
			return (t);
	if (!make || (t = calloc(1, sizeof(*t))) == NULL)
		return (NULL);
	t->t_tid = tr->tr_tid;
	t->t_pid = tr->tr_pid;
	t->t_next = *pp;
	*pp = t;
	if (s->s_nprocs == 0)
		s->s_firstpid = tr->tr_tid;
	s->s_nprocs++;
	return (t);
}

static void
thr_free(struct session *s, struct thr *t)
{
	struct thr **pp = &s->s_hash[(uint32_t)t->t_tid % NHASH];

	while (*pp != NULL && *pp != t)
		pp = &(*pp)->t_next;
	if (*pp == t)
		*pp = t->t_next;
	if (s->s_open == t)
		s->s_open = NULL;
	for (unsigned i = 0; i < t->t_npending; i++)
		free(t->t_pending[i]);
	tfree(&t->t_line);
	tfree(&t->t_dec.d_aux);
	free(t->t_enter);
	free(t);
}

/* Is this process one of those asked for? -f: or a child of one. */
static bool
followed(struct session *s, const struct trec *tr)
{
	int32_t *v;

	if (s->s_opt->so_npids == 0)
		return (true);
	for (unsigned i = 0; i < s->s_npids; i++)
		if (s->s_pids[i] == tr->tr_pid || s->s_pids[i] == tr->tr_tid)
			return (true);
	if (!s->s_opt->so_follow)
		return (false);
	for (unsigned i = 0; i < s->s_npids; i++)
		if (s->s_pids[i] == tr->tr_ppid) {
			v = realloc(s->s_pids, (s->s_npids + 1) * sizeof(*v));
			if (v == NULL)
				return (false);
			s->s_pids = v;
			v[s->s_npids++] = tr->tr_pid;
			s->s_live++;
			return (true);
		}
	return (false);
}

/* --- lines ---------------------------------------------------------------------------- */

static void
put_stamp(struct session *s, struct text *t, int64_t ns)
{
	const struct ses_opts *so = s->s_opt;
	int64_t now = ns + s->s_real, d;
	time_t sec = (time_t)(now / NSEC_PER_SEC);
	unsigned us = (unsigned)(now % NSEC_PER_SEC / 1000);
	struct tm tm;
	char buf[32];

	if (so->so_relative) {
		d = s->s_last == 0 ? 0 : ns - s->s_last;
		s->s_last = ns;
		tputf(t, "%6lld.%06lld ", d / NSEC_PER_SEC,
		    d % NSEC_PER_SEC / 1000);
	}
	if (so->so_stamp == 0)
		return;
	if (so->so_stamp == 3) {
		tputf(t, "%" PRId64 ".%06u ", (int64_t)sec, us);
		return;
	}
	(void)localtime_r(&sec, &tm);
	(void)strftime(buf, sizeof(buf), "%H:%M:%S", &tm);
	tputs(t, buf);
	if (so->so_stamp == 2)
		tputf(t, ".%06u", us);
	tputs(t, " ");
}

static void
cut_open(struct session *s)
{
	struct thr *t = s->s_open;

	if (t == NULL)
		return;
	(void)fprintf(s->s_opt->so_out, " <unfinished ...>\n");
	tclear(&t->t_line);
	s->s_open = NULL;
}

/* A new line of t's begins. */
static void
begin_line(struct session *s, struct thr *t, int64_t ns)
{
	cut_open(s);
	tclear(&t->t_line);
	if (s->s_opt->so_follow && s->s_opt->so_file)
		tputf(&t->t_line, "%-5d ", t->t_tid);
	else if (s->s_opt->so_follow && s->s_nprocs > 1)
		tputf(&t->t_line, "[pid %5d] ", t->t_tid);
	put_stamp(s, &t->t_line, ns);
}

/* What t_line has got since `from`. */
static void
emit(struct session *s, struct thr *t, size_t from)
{
	(void)fputs(tstr(&t->t_line) + from, s->s_opt->so_out);
}

static void
whole_line(struct session *s, struct thr *t, int64_t ns, const char *text)
{
	begin_line(s, t, ns);
	(void)fprintf(s->s_opt->so_out, "%s%s\n", tstr(&t->t_line), text);
	tclear(&t->t_line);
}

/* --- signals, exits ------------------------------------------------------------------------ */

static void
show_signal(struct session *s, struct thr *t, const struct kept *k)
{
	struct text x = { 0 };
	char si[128];
	int32_t sig;

	if (chunk_read(k, TRACE_SIGINFO, si, sizeof(si)) != sizeof(si))
		return;
	memcpy(&sig, si, sizeof(sig));
	if (s->s_opt->so_quiet || sig < 1 || sig > 64 ||
	    !(s->s_opt->so_filter.f_signals >> (sig - 1) & 1))
		return;
	tputs(&x, "--- ");
	d_sig(&x, sig);
	tputs(&x, " ");
	dec_siginfo(&x, si);
	tputs(&x, " ---");
	whole_line(s, t, k->u.rec.tr_time, tstr(&x));
	tfree(&x);
}

static void
show_pending(struct session *s, struct thr *t)
{
	for (unsigned i = 0; i < t->t_npending; i++) {
		show_signal(s, t, t->t_pending[i]);
		free(t->t_pending[i]);
	}
	t->t_npending = 0;
}

static struct kept *
keep(const struct trec *tr, size_t size)
{
	struct kept *k = malloc(offsetof(struct kept, u) + size);

	if (k != NULL) {
		memcpy(k->u.raw, tr, size);
		k->size = size;
	}
	return (k);
}

static void
on_signal(struct session *s, struct thr *t, const struct trec *tr, size_t size)
{
	struct kept *k = keep(tr, size);

	if (k == NULL)
		return;
	if (t->t_incall && t->t_npending < MAXPENDING) {
		t->t_pending[t->t_npending++] = k;
		return;
	}
	show_signal(s, t, k);
	free(k);
}

/* --- calls -------------------------------------------------------------------------------------- */

static void
decode_setup(struct session *s, struct thr *t)
{
	struct dec *d = &t->t_dec;
	const struct trec *tr = &t->t_enter->u.rec;
	struct text aux = d->d_aux;

	memset(d, 0, sizeof(*d));
	d->d_aux = aux;
	d->d_opt = &s->s_opt->so_dec;
	d->d_out = &t->t_line;
	d->d_abi = tr->tr_abi;
	d->d_nr = tr->tr_nr;
	memcpy(d->d_args, tr->tr_args, sizeof(d->d_args));
	d->d_read = read_now;
	d->d_before = read_before;
	dec_init(d);
}

static const char *
call_name(const struct thr *t)
{
	return (dec_name(t->t_dec.d_cd));
}

/* May its line be written at once?  Not when the result decides. */
static bool
at_once(const struct ses_opts *so)
{
	return (!so->so_quiet && !so->so_onlygood && !so->so_onlybad &&
	    so->so_npaths == 0);
}

static void
on_enter(struct session *s, struct thr *t, const struct trec *tr, size_t size)
{
	struct where w;

	if (!filter_call(&s->s_opt->so_filter, tr->tr_abi, tr->tr_nr))
		return;
	free(t->t_enter);
	t->t_enter = keep(tr, size);
	t->t_incall = t->t_enter != NULL;
	t->t_shown = false;
	if (!t->t_incall)
		return;
	decode_setup(s, t);
	if (!at_once(s->s_opt))
		return;
	begin_line(s, t, tr->tr_time);
	w = (struct where){ t->t_enter, NULL };
	t->t_dec.d_arg = &w;
	dec_enter(&t->t_dec);
	emit(s, t, 0);
	t->t_shown = true;
	s->s_open = t;
}

static bool
path_wanted(const struct session *s, const struct thr *t)
{
	const struct calldesc *cd = t->t_dec.d_cd;
	char path[4096];
	uint64_t a;
	size_t n;

	if (s->s_opt->so_npaths == 0)
		return (true);
	for (unsigned i = 0; cd != NULL && i < cd->cd_nargs; i++) {
		a = t->t_dec.d_args[i];
		if (cd->cd_kind[i] == AK_FD || cd->cd_kind[i] == AK_DIRFD)
			a = TRACE_FDPATH | (uint32_t)a;
		else if (cd->cd_kind[i] != AK_PATH)
			continue;
		n = chunk_read(t->t_enter, a, path, sizeof(path) - 1);
		path[n] = '\0';
		for (unsigned p = 0; n > 0 && p < s->s_opt->so_npaths; p++)
			if (strcmp(path, s->s_opt->so_path[p]) == 0)
				return (true);
	}
	return (false);
}

static void
end_call(struct session *s, struct thr *t, int64_t spent, bool known)
{
	struct text *line = &t->t_line;
	size_t from = line->t_len;

	dec_rest(&t->t_dec);
	tputs(line, " ");
	while (line->t_len < COLUMN)
		tputs(line, " ");
	tputs(line, "= ");
	dec_result(&t->t_dec, line);
	if (known && s->s_opt->so_spent)
		tputf(line, " <%lld.%06lld>",
		    spent / NSEC_PER_SEC, spent % NSEC_PER_SEC / 1000);
	tputs(line, "\n");
	emit(s, t, from);
	tclear(line);
	s->s_open = NULL;
}

static void
show_leave(struct session *s, struct thr *t, int64_t ns, bool known)
{
	int64_t began = t->t_enter->u.rec.tr_time;
	size_t from;

	if (s->s_open != t) {
		begin_line(s, t, t->t_shown ? ns : began);
		from = 0;
		if (t->t_shown)
			tputf(&t->t_line, "<... %s resumed>", call_name(t));
		else
			dec_enter(&t->t_dec);
		emit(s, t, from);
		s->s_open = t;
	}
	end_call(s, t, ns - began, known);
}

static void
on_leave(struct session *s, struct thr *t, const struct trec *tr, size_t size)
{
	const struct ses_opts *so = s->s_opt;
	struct kept *k = keep(tr, size);
	struct where w = { t->t_enter, k };
	struct dec *d = &t->t_dec;

	/* The call was under way when the tracer came, or was dropped. */
	if (k == NULL || !t->t_incall || t->t_enter->u.rec.tr_seq !=
	    tr->tr_seq) {
		free(k);
		return;
	}
	d->d_arg = &w;
	d->d_leave = true;
	d->d_ret = (int64_t)tr->tr_args[0];
	if (s->s_sum != NULL && path_wanted(s, t))
		summary_add(s->s_sum, call_name(t), tr->tr_time -
		    t->t_enter->u.rec.tr_time, dec_failed(d));
	if (!so->so_quiet && !(so->so_onlygood && dec_failed(d)) &&
	    !(so->so_onlybad && !dec_failed(d)) && path_wanted(s, t))
		show_leave(s, t, tr->tr_time, true);
	t->t_incall = false;
	free(k);
	show_pending(s, t);
}

static void
on_exit_(struct session *s, struct thr *t, const struct trec *tr)
{
	int st = (int)tr->tr_args[0];
	struct where w = { t->t_enter, NULL };
	struct text x = { 0 };

	if (t->t_incall) {
		t->t_dec.d_arg = &w;
		if (s->s_sum != NULL)
			summary_add(s->s_sum, call_name(t), 0, false);
		if (at_once(s->s_opt))
			show_leave(s, t, tr->tr_time, false);
		t->t_incall = false;
	}
	show_pending(s, t);
	if (WIFSIGNALED(st)) {
		tputs(&x, "+++ killed by ");
		d_sig(&x, WTERMSIG(st));
		tputs(&x, WCOREDUMP(st) ? " (core dumped) +++" : " +++");
	} else
		tputf(&x, "+++ exited with %d +++", WEXITSTATUS(st));
	if (!s->s_opt->so_quiet)
		whole_line(s, t, tr->tr_time, tstr(&x));
	tfree(&x);
	if (tr->tr_args[1] != 0 && s->s_live > 0)
		s->s_live--;
	thr_free(s, t);
}

/* --- the session ----------------------------------------------------------------------------------- */

struct session *
ses_new(const struct ses_opts *so)
{
	struct session *s = calloc(1, sizeof(*s));
	struct timespec r, m;

	if (s == NULL)
		return (NULL);
	s->s_opt = so;
	(void)clock_gettime(CLOCK_REALTIME, &r);
	(void)clock_gettime(CLOCK_MONOTONIC, &m);
	s->s_real = ((int64_t)r.tv_sec - m.tv_sec) * NSEC_PER_SEC +
	    (r.tv_nsec - m.tv_nsec);
	if (so->so_summary)
		s->s_sum = summary_new();
	if (so->so_npids > 0) {
		s->s_pids = malloc(so->so_npids * sizeof(int32_t));
		if (s->s_pids == NULL)
			return (NULL);
		memcpy(s->s_pids, so->so_pid, so->so_npids * sizeof(int32_t));
		s->s_npids = s->s_live = so->so_npids;
	}
	return (s);
}

void
ses_want(const struct ses_opts *so, struct trace_want *tw)
{
	memset(tw, 0, sizeof(*tw));
	tw->tw_flags = TRACE_SIGNALS;
	if (!so->so_quiet)
		tw->tw_flags |= TRACE_ARGS;
	if (so->so_dec.do_paths || so->so_npaths > 0)
		tw->tw_flags |= TRACE_FDS;
	if (so->so_npaths > 0)
		tw->tw_flags |= TRACE_ARGS;
	tw->tw_strsize = so->so_dec.do_strsize;
	memcpy(tw->tw_calls, so->so_filter.f_calls, sizeof(tw->tw_calls));
	/* Who follows children decides here which they are. */
	if (!so->so_follow) {
		tw->tw_npids = so->so_npids;
		memcpy(tw->tw_pids, so->so_pid, sizeof(tw->tw_pids));
	}
}

void
ses_lost(struct session *s, uint32_t lost)
{
	if (s->s_began && lost != s->s_lost) {
		cut_open(s);
		(void)fprintf(s->s_opt->so_out, "... %u records lost\n",
		    lost - s->s_lost);
	}
	s->s_began = true;
	s->s_lost = lost;
}

void
ses_record(struct session *s, const struct trec *tr, size_t size)
{
	struct thr *t;

	if (size < sizeof(*tr) || size > TRACE_RECMAX)
		return;
	ses_lost(s, tr->tr_lost);
	if (!followed(s, tr) || (t = thr_get(s, tr, true)) == NULL)
		return;
	switch (tr->tr_type) {
	case TREC_ENTER:
		on_enter(s, t, tr, size);
		break;
	case TREC_LEAVE:
		on_leave(s, t, tr, size);
		break;
	case TREC_SIGNAL:
		on_signal(s, t, tr, size);
		break;
	case TREC_EXIT:
		on_exit_(s, t, tr);
		break;
	default:
		break;
	}
}

bool
ses_over(const struct session *s)
{
	return (s->s_opt->so_npids > 0 && s->s_live == 0);
}

void
ses_end(struct session *s)
{
	if (s->s_open != NULL)
		(void)fprintf(s->s_opt->so_out, " <detached ...>\n");
	s->s_open = NULL;
	if (s->s_sum != NULL)
		summary_print(s->s_sum, s->s_opt->so_order,
		    s->s_opt->so_out);
	(void)fflush(s->s_opt->so_out);
	for (unsigned i = 0; i < NHASH; i++)
		while (s->s_hash[i] != NULL)
			thr_free(s, s->s_hash[i]);
	summary_free(s->s_sum);
	free(s->s_pids);
	free(s);
}
