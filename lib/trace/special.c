/* special.c: calls that a table cannot describe. */
#include "trace/decode.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/trace.h"
#include "libkern/types.h"

#define	A(d, i)	((d)->d_args[i])
#define	O_CREAT_	0100
#define	O_TMPFILE_	020200000

/* --- how many arguments ------------------------------------------------------- */

static unsigned
with_mode(const struct dec *d, unsigned flags)
{
	unsigned f = (unsigned)A(d, flags);

	return (flags + 1 + ((f & O_CREAT_) != 0 ||
	    (f & O_TMPFILE_) == O_TMPFILE_));
}

static unsigned
n_open(const struct dec *d)
{
	return (with_mode(d, 1));
}

static unsigned
n_openat(const struct dec *d)
{
	return (with_mode(d, 2));
}

static unsigned
n_mq_open(const struct dec *d)
{
	return (A(d, 1) & O_CREAT_ ? 4 : 2);
}

static bool
is_device(uint64_t mode)
{
	return ((mode & 0170000) == 020000 || (mode & 0170000) == 060000);
}

static unsigned
n_mknod(const struct dec *d)
{
	return (is_device(A(d, 1)) ? 3 : 2);
}

static unsigned
n_mknodat(const struct dec *d)
{
	return (is_device(A(d, 2)) ? 4 : 3);
}

static unsigned
n_fcntl(const struct dec *d)
{
	switch ((int)A(d, 1)) {
	case 1:			/* F_GETFD */
	case 3:			/* F_GETFL */
	case 9:			/* F_GETOWN */
	case 11:		/* F_GETSIG */
	case 1025:		/* F_GETLEASE */
	case 1032:		/* F_GETPIPE_SZ */
	case 1034:		/* F_GET_SEALS */
		return (2);
	default:
		return (3);
	}
}

static unsigned
n_futex(const struct dec *d)
{
	static const uint8_t n[] = { 4, 3, 3, 5, 6, 6, 0, 2, 2, 0, 0, 5, 6 };
	unsigned op = A(d, 1) & 127;

	return (op < nitems(n) && n[op] != 0 ? n[op] : 6);
}

static unsigned
n_kcmp(const struct dec *d)
{
	return (A(d, 2) == 0 || A(d, 2) == 7 ? 5 : 3);
}

static unsigned
n_prctl(const struct dec *d)
{
	switch ((int)A(d, 0)) {
	case 3:			/* PR_GET_DUMPABLE */
	case 7:
	case 13:
	case 21:
	case 27:
	case 30:
		return (1);
	case 1:
	case 2:
	case 4:
	case 8:
	case 15:
	case 16:
	case 23:
	case 24:
	case 29:
	case 36:
	case 37:
		return (2);
	default:
		return (5);
	}
}

static unsigned
n_mremap(const struct dec *d)
{
	return (A(d, 3) & 2 ? 5 : 4);
}

static unsigned
n_rseq(const struct dec *d)
{
	return (4);
}

static unsigned
n_preadv(const struct dec *d)
{
	return (4);
}

/* --- whole calls ---------------------------------------------------------------- */

/* futex(2) orders its arguments by the operation. */
static void
all_futex(struct dec *d)
{
	static const uint8_t order[][7] = {
		[9] = { 0, 1, 2, 3, 5, 6 }, [10] = { 0, 1, 2, 5, 6 },
		[6] = { 0, 1, 3, 6 }, [13] = { 0, 1, 3, 6 },
		[11] = { 0, 1, 2, 3, 4, 6 },
	};
	unsigned op = A(d, 1) & 127, i, k;

	for (i = 0; i < 6; i++) {
		const struct argfix *af;

		if (op < nitems(order) && order[op][1] != 0)
			k = order[op][i];
		else
			k = i < n_futex(d) ? i : 6;
		if (k == 6)
			break;
		tputs(d->d_out, i > 0 ? ", " : "");
		af = argfix_find(d->d_cd, k);
		if (af != NULL)
			af->af_fn(d, k, af->af_tab);
		else if (k == 2)
			tputf(d->d_out, "%u", (unsigned)A(d, k));
		else
			d_addr(d, A(d, k));
	}
}

static void
clone_enter(struct dec *d)
{
	uint64_t f = A(d, 0) & ~0xffULL;
	struct text *t = d->d_out;
	int any;

	tputs(t, "child_stack=");
	d_addr(d, A(d, 1));
	tputs(t, ", flags=");
	any = ct_bits(t, &ct_cloneflags, &f, 0);
	if (f != 0) {
		tputf(t, "%s%#" PRIx64, any ? "|" : "", f);
		any = 1;
	}
	if ((A(d, 0) & 0xff) != 0) {
		tputs(t, any ? "|" : "");
		d_sig(t, (int)(A(d, 0) & 0xff));
	} else if (!any)
		tputs(t, "0");
}

static void
clone_leave(struct dec *d)
{
	uint64_t f = A(d, 0);
	struct text *t = d->d_out;

	if (f & 0x101000) {		/* PARENT_SETTID or PIDFD */
		int v;

		tputs(t, ", parent_tid=");
		if (d->d_leave && d->d_ret > 0 && d_try(d, A(d, 2), &v,
		    sizeof(v)))
			tputf(t, "[%d]", v);
		else
			d_addr(d, A(d, 2));
	}
	if (f & 0x80000) {
		tputs(t, ", tls=");
		d_addr(d, A(d, 4));
	}
	if (f & 0x1200000) {
		tputs(t, ", child_tidptr=");
		d_addr(d, A(d, 3));
	}
}

static void
all_sigreturn(struct dec *d)
{
	uint64_t set;

	if (d->d_read(d, TRACE_SIGMASK, &set, sizeof(set)) != sizeof(set))
		return;
	tputs(d->d_out, "{mask=");
	d_sigset(d->d_out, set);
	tputs(d->d_out, "}");
}

/* --- words behind the result ------------------------------------------------------- */

static void
aux_fcntl(struct dec *d)
{
	if (dec_failed(d))
		return;
	if (A(d, 1) == 3) {		/* F_GETFL */
		d->d_hexret = true;
		tputs(&d->d_aux, "flags ");
		d_oflags(&d->d_aux, (unsigned)d->d_ret, true);
	} else if (A(d, 1) == 1) {	/* F_GETFD */
		d->d_hexret = d->d_ret != 0;
		if (d->d_ret == 0)
			return;
		tputs(&d->d_aux, "flags ");
		ct_flags(&d->d_aux, &ct_fdflags, (uint64_t)d->d_ret);
	} else if (A(d, 1) == 1034) {
		d->d_hexret = true;
		tputs(&d->d_aux, "seals ");
		ct_flags(&d->d_aux, &ct_seals, (uint64_t)d->d_ret);
	}
}

static void
aux_umask(struct dec *d)
{
	/* printed by dec_result as a number: octal is strace's */
	d->d_octret = true;
}

static void
aux_sched(struct dec *d)
{
	if (!dec_failed(d))
		ct_value(&d->d_aux, &ct_schedpolicies, (uint64_t)d->d_ret);
}

static void
aux_prctl(struct dec *d)
{
	if (A(d, 0) == 3 && !dec_failed(d))
		ct_value(&d->d_aux, &ct_dumpable, (uint64_t)d->d_ret);
}

static void
aux_persona(struct dec *d)
{
	if (!dec_failed(d))
		ct_value(&d->d_aux, &ct_personas, (uint64_t)d->d_ret);
}

static void
aux_time(struct dec *d)
{
	time_t now = (time_t)d->d_ret;
	struct tm tm;
	char s[40];

	if (dec_failed(d) || localtime_r(&now, &tm) == NULL)
		return;
	(void)strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%S%z", &tm);
	tputs(&d->d_aux, s);
}

static const struct callfix fixes[] = {
	{ "open", .cf_nargs = n_open },
	{ "openat", .cf_nargs = n_openat },
	{ "mq_open", .cf_nargs = n_mq_open },
	{ "mknod", .cf_nargs = n_mknod },
	{ "mknodat", .cf_nargs = n_mknodat },
	{ "preadv", .cf_nargs = n_preadv },
	{ "pwritev", .cf_nargs = n_preadv },
	{ "fcntl", .cf_nargs = n_fcntl, .cf_aux = aux_fcntl },
	{ "futex", .cf_enter = all_futex },
	{ "kcmp", .cf_nargs = n_kcmp },
	{ "prctl", .cf_nargs = n_prctl, .cf_aux = aux_prctl },
	{ "rseq", .cf_nargs = n_rseq },
	{ "clone", .cf_enter = clone_enter, .cf_leave = clone_leave },
	{ "rt_sigreturn", .cf_leave = all_sigreturn },
	{ "poll", .cf_aux = d_poll_result },
	{ "ppoll", .cf_aux = d_poll_result },
	{ "select", .cf_aux = d_select_result },
	{ "pselect6", .cf_aux = d_select_result },
	{ "umask", .cf_aux = aux_umask },
	{ "sched_getscheduler", .cf_aux = aux_sched },
	{ "personality", .cf_aux = aux_persona },
	{ "time", .cf_aux = aux_time },
	{ "mremap", .cf_nargs = n_mremap },
};

const struct callfix *
callfix_find(const struct calldesc *cd)
{
	static int16_t map[1024];	/* 0 unknown, -1 none, else index + 1 */
	size_t row = (size_t)(cd - calldescs);

	if (row >= nitems(map))
		return (NULL);
	if (map[row] == 0) {
		map[row] = -1;
		for (size_t i = 0; i < nitems(fixes); i++)
			if (strcmp(fixes[i].cf_call, cd->cd_name) == 0)
				map[row] = (int16_t)(i + 1);
	}
	return (map[row] > 0 ? &fixes[map[row] - 1] : NULL);
}
