/* decode.c: calls, values, strings; see decode.h. */
#include "trace/decode.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/trace.h"
#include "libkern/types.h"

#define	PATHMAX		4096
#define	MAXARGV		32

/* --- calls ------------------------------------------------------------------- */

const struct calldesc *
dec_call(int abi, uint32_t nr)
{
	static const struct calldesc *map[ABI_COUNT][TRACE_NCALLS];
	static bool made;

	if (!made) {
		made = true;
		for (unsigned i = 0; i < ncalldescs; i++)
			for (int a = 0; a < ABI_COUNT; a++) {
				int n = calldescs[i].cd_nr[a];

				if (n >= 0 && n < TRACE_NCALLS)
					map[a][n] = &calldescs[i];
			}
	}
	return (abi >= 0 && abi < ABI_COUNT && nr < TRACE_NCALLS ?
	    map[abi][nr] : NULL);
}

const char *
dec_name(const struct calldesc *cd)
{
	static const char fb[] = "freebsd_";

	if (cd == NULL)
		return ("syscall");
	return (strncmp(cd->cd_name, fb, sizeof(fb) - 1) == 0 ?
	    cd->cd_name + sizeof(fb) - 1 : cd->cd_name);
}

void
dec_init(struct dec *d)
{
	d->d_cd = dec_call(d->d_abi, d->d_nr);
	d->d_next = 0;
	d->d_hexret = d->d_octret = d->d_comma = false;
	tclear(&d->d_aux);
}

/* --- memory and strings --------------------------------------------------------- */

bool
d_try(struct dec *d, uint64_t addr, void *buf, size_t n)
{
	return (addr != 0 && d->d_read(d, addr, buf, n) == n);
}

bool
d_fetch(struct dec *d, uint64_t addr, void *buf, size_t n)
{
	if (D_OK(d) && d_try(d, addr, buf, n))
		return (true);
	d_addr(d, addr);
	return (false);
}

void
d_addr(struct dec *d, uint64_t addr)
{
	if (addr == 0)
		tputs(d->d_out, "NULL");
	else
		tputf(d->d_out, "%#" PRIx64, addr);
}

void
dec_quote(struct text *t, const void *data, size_t n, bool hex)
{
	static const char esc[] = "\a\b\t\n\v\f\r", let[] = "abtnvfr";
	const unsigned char *s = data;

	tputs(t, "\"");
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s[i];
		bool digit = i + 1 < n && s[i + 1] >= '0' && s[i + 1] <= '7';

		if (hex)
			tputf(t, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			tputf(t, "\\%c", c);
		else if (c >= '\t' && c <= '\r')
			tputf(t, "\\%c", let[strchr(esc, c) - esc]);
		else if (c >= ' ' && c < 127)
			tputf(t, "%c", c);
		else	/* octal, as short as what follows allows */
			tputf(t, digit ? "\\%03o" : "\\%o", c);
	}
	tputs(t, "\"");
}

void
d_str(struct dec *d, uint64_t addr)
{
	char s[PATHMAX];
	size_t n, len;

	if (addr == 0) {
		tputs(d->d_out, "NULL");
		return;
	}
	n = d->d_read(d, addr, s, sizeof(s));
	len = strnlen(s, n);
	if (n == 0)
		d_addr(d, addr);
	else {
		dec_quote(d->d_out, s, len, false);
		if (len == n)
			tputs(d->d_out, "...");
	}
}

/* A string of an argument vector: limited by -s, as strace does. */
static void
d_shortstr(struct dec *d, uint64_t addr)
{
	char s[PATHMAX];
	size_t max = kmin((size_t)d->d_opt->do_strsize, sizeof(s) - 1), n, len;

	n = d->d_read(d, addr, s, max + 1);
	len = strnlen(s, n);
	if (n == 0) {
		d_addr(d, addr);
		return;
	}
	dec_quote(d->d_out, s, kmin(len, max), false);
	if (len > max || (len == n && n < max + 1))
		tputs(d->d_out, "...");
}

void
d_buf(struct dec *d, uint64_t addr, uint64_t len)
{
	char s[65536];
	size_t max = kmin(kmin((uint64_t)d->d_opt->do_strsize, len),
	    (uint64_t)sizeof(s)), n;
	bool hex = d->d_cd != NULL && strcmp(d->d_cd->cd_name,
	    "getrandom") == 0;

	if (addr == 0) {
		tputs(d->d_out, "NULL");
		return;
	}
	n = max > 0 ? d->d_read(d, addr, s, max) : 0;
	if (n < max || (len == 0 && d->d_leave && d->d_ret < 0)) {
		d_addr(d, addr);
		return;
	}
	dec_quote(d->d_out, s, n, hex);
	if (len > n)
		tputs(d->d_out, "...");
}

/* --- values ------------------------------------------------------------------------ */

static void
d_fdpath(struct dec *d, int fd)
{
	char path[512];
	size_t n;

	if (!d->d_opt->do_paths)
		return;
	n = d->d_read(d, TRACE_FDPATH | (uint32_t)fd, path, sizeof(path));
	if (n > 0 && strnlen(path, n) > 0)
		tputf(d->d_out, "<%.*s>", (int)strnlen(path, n), path);
}

void
d_fd(struct dec *d, int fd)
{
	tputf(d->d_out, "%d", fd);
	d_fdpath(d, fd);
}

void
d_dirfd(struct dec *d, int fd)
{
	if (fd != -100) {
		d_fd(d, fd);
		return;
	}
	tputs(d->d_out, "AT_FDCWD");
	d_fdpath(d, fd);
}

void
d_sig(struct text *t, int sig)
{
	const char *name = ct_signal(sig);

	if (name != NULL)
		tputs(t, name);
	else
		tputf(t, "%d", sig);
}

void
d_sigset(struct text *t, uint64_t set)
{
	bool not = __builtin_popcountll(set) >= 64 * 2 / 3, any = false;

	if (not)
		set = ~set;
	tputs(t, not ? "~[" : "[");
	for (int s = 1; s <= 64; s++)
		if (set >> (s - 1) & 1) {
			tputf(t, "%s%s", any ? " " : "", ct_signal(s) + 3);
			any = true;
		}
	tputs(t, "]");
}

void
d_mode(struct dec *d, unsigned mode)
{
	const char *type = ct_name(&ct_filetypes, mode & 0170000);
	uint64_t bits = mode & 07000;

	if (type == NULL) {
		tputf(d->d_out, "%#03o", mode);
		return;
	}
	tputs(d->d_out, type);
	(void)ct_bits(d->d_out, &ct_modebits, &bits, 1);
	tputf(d->d_out, "|%#03o", mode & 0777);
}

void
d_dev(struct text *t, uint64_t dev)
{
	uint64_t major = (dev >> 8 & 0xfff) | (dev >> 32 & ~0xfffULL);
	uint64_t minor = (dev & 0xff) | (dev >> 12 & ~0xffULL & 0xffffffff);

	tputf(t, "makedev(%#" PRIx64 ", %#" PRIx64 ")", major, minor);
}

void
d_oflags(struct text *t, unsigned flags, bool accmode)
{
	uint64_t v = accmode ? flags & ~3U : flags;
	int any = 0;

	if (accmode) {
		tputs(t, ct_name(&ct_accmode, flags & 3));
		any = 1;
	}
	if (!accmode && v == 0) {
		tputs(t, "0");
		return;
	}
	any = ct_bits(t, &ct_openflags, &v, any);
	if (v != 0)
		tputf(t, "%s%#" PRIx64, any ? "|" : "", v);
}

/* --- arguments by their kinds ------------------------------------------------------------- */

static void
d_argv(struct dec *d, uint64_t addr, bool strings)
{
	uint64_t p[512];
	size_t n = addr != 0 ? d->d_read(d, addr, p, sizeof(p)) / 8 : 0;
	unsigned k = 0;

	if (n == 0) {
		d_addr(d, addr);
		return;
	}
	while (k < n && p[k] != 0)
		k++;
	if (!strings && !d->d_opt->do_verbose) {
		tputf(d->d_out, "%#" PRIx64 " /* %u var%s%s */", addr, k,
		    k == 1 ? "" : "s", k == n ? "+" : "");
		return;
	}
	tputs(d->d_out, "[");
	for (unsigned i = 0; i < k && i < MAXARGV; i++) {
		tputs(d->d_out, i > 0 ? ", " : "");
		d_shortstr(d, p[i]);
	}
	tputs(d->d_out, k > MAXARGV ? ", ...]" : "]");
}

static void
d_mapflags(struct dec *d, uint64_t v)
{
	uint64_t type = v & 15;
	uint64_t huge = v >> 26 & 63;

	v &= 0xffffffff & ~15ULL & ~(63ULL << 26);
	ct_value(d->d_out, &ct_maptypes, type);
	(void)ct_bits(d->d_out, &ct_mapflags, &v, 1);
	if (v != 0)
		tputf(d->d_out, "|%#" PRIx64, v);
	if (huge != 0)
		tputf(d->d_out, "|%" PRIu64 "<<MAP_HUGE_SHIFT", huge);
}

/* Kinds that hold a number. */
static bool
d_number(struct dec *d, unsigned i)
{
	uint64_t a = d->d_args[i];
	struct text *t = d->d_out;

	switch (d->d_cd->cd_kind[i]) {
	case AK_FD:
		d_fd(d, (int)a);
		return (true);
	case AK_DIRFD:
		d_dirfd(d, (int)a);
		return (true);
	case AK_UINT:
		tputf(t, "%u", (unsigned)a);
		return (true);
	case AK_SIG:
		d_sig(t, (int)a);
		return (true);
	case AK_MODE:
		tputf(t, "%#03o", (unsigned)a);
		return (true);
	case AK_CLOCK:
		ct_value(t, &ct_clocks, (uint32_t)a);
		return (true);
	case AK_WHENCE:
		ct_value(t, &ct_whence, (uint32_t)a);
		return (true);
	case AK_LONG:
	case AK_OFF:
		tputf(t, "%" PRId64, (int64_t)a);
		return (true);
	case AK_SIZE:
		tputf(t, "%" PRIu64, a);
		return (true);
	case AK_ULONG:
	case AK_FLAGS:
	case AK_UFLAGS:
		tputf(t, "%#" PRIx64, d->d_cd->cd_kind[i] == AK_ULONG ? a :
		    (uint64_t)(uint32_t)a);
		return (true);
	case AK_OFLAGS:
		d_oflags(t, (unsigned)a, true);
		return (true);
	case AK_MPROT:
		ct_flags(t, &ct_prots, (uint32_t)a);
		return (true);
	case AK_MFLAGS:
		d_mapflags(d, a);
		return (true);
	case AK_ATFLAGS:
		ct_flags(t, &ct_atflags, (uint32_t)a);
		return (true);
	case AK_CLFLAGS:
		ct_flags(t, &ct_cloneflags, a);
		return (true);
	case AK_DEV:
		d_dev(t, a);
		return (true);
	case AK_INT:
	case AK_PID:
	case AK_UID:
	case AK_OP:
		tputf(t, "%d", (int)a);
		return (true);
	default:
		return (false);
	}
}

static void
d_memory(struct dec *d, unsigned i)
{
	uint64_t a = d->d_args[i], next = i < 5 ? d->d_args[i + 1] : 0;

	switch (d->d_cd->cd_kind[i]) {
	case AK_PATH:
	case AK_STR:
		d_str(d, a);
		break;
	case AK_ARGV:
		d_argv(d, a, d->d_cd->cd_arg[i][0] == 'a');
		break;
	case AK_INBUF:
		d_buf(d, a, next);
		break;
	case AK_OUTBUF:
		if (d->d_ret < 0)
			d_addr(d, a);
		else
			d_buf(d, a, (uint64_t)d->d_ret);
		break;
	case AK_IOVEC:
		d_iovec(d, a, next, ~0ULL);
		break;
	case AK_OIOVEC:
		if (d->d_ret < 0)
			d_addr(d, a);
		else
			d_iovec(d, a, next, (uint64_t)d->d_ret);
		break;
	case AK_STAT:
		d_stat(d, a);
		break;
	case AK_STATX:
		d_statx(d, a);
		break;
	case AK_STATFS:
		d_statfs(d, a);
		break;
	case AK_TIMESPEC:
	case AK_OTIMESPEC:
		d_timespec(d, a);
		break;
	case AK_TIMEVAL:
	case AK_OTIMEVAL:
		d_timeval(d, a);
		break;
	case AK_ITIMERSPEC:
	case AK_OITIMERSPEC:
		d_itimerspec(d, a);
		break;
	case AK_SIGSET:
	case AK_OSIGSET:
		d_sigsetp(d, a);
		break;
	case AK_SIGACTION:
	case AK_OSIGACTION:
		d_sigaction(d, a);
		break;
	case AK_SIGINFO:
		d_siginfop(d, a);
		break;
	case AK_RLIMIT:
	case AK_ORLIMIT:
		d_rlimit(d, a);
		break;
	case AK_RUSAGE:
		d_rusage(d, a);
		break;
	case AK_SOCKADDR:
		d_sockaddr(d, a, (unsigned)next);
		break;
	case AK_MSGHDR:
	case AK_OMSGHDR:
		d_msghdr(d, a);
		break;
	case AK_POLLFD:
		d_pollfds(d, a, (uint32_t)next);
		break;
	case AK_FDPAIR:
		d_fdpair(d, a);
		break;
	case AK_INTP:
	case AK_OINTP:
		d_intp(d, a);
		break;
	case AK_EPEVENT:
		d_epevents(d, a, 1, false);
		break;
	case AK_OEPEVENT:
		d_epevents(d, a, d->d_ret > 0 ? (uint64_t)d->d_ret : 0, true);
		break;
	default:
		d_addr(d, a);
		break;
	}
}

static bool
kind_out(unsigned kind)
{
	switch (kind) {
	case AK_OUTBUF:
	case AK_OUTPTR:
	case AK_OIOVEC:
	case AK_STAT:
	case AK_STATX:
	case AK_STATFS:
	case AK_OTIMESPEC:
	case AK_OTIMEVAL:
	case AK_OITIMERSPEC:
	case AK_OSIGSET:
	case AK_OSIGACTION:
	case AK_ORLIMIT:
	case AK_RUSAGE:
	case AK_WSTATUS:
	case AK_OSOCKADDR:
	case AK_OMSGHDR:
	case AK_OEPEVENT:
	case AK_FDPAIR:
	case AK_INTP:
	case AK_OINTP:
		return (true);
	default:
		return (false);
	}
}

static unsigned
nargs(const struct dec *d)
{
	const struct callfix *cf = callfix_find(d->d_cd);

	return (cf != NULL && cf->cf_nargs != NULL ? cf->cf_nargs(d) :
	    d->d_cd->cd_nargs);
}

static bool
arg_out(const struct dec *d, unsigned i, const struct argfix *af)
{
	return (af != NULL ? af->af_out : i < d->d_cd->cd_nargs &&
	    kind_out(d->d_cd->cd_kind[i]));
}

static void
print_arg(struct dec *d, unsigned i)
{
	const struct argfix *af = argfix_find(d->d_cd, i);

	d->d_in = !arg_out(d, i, af);
	if (i > 0 && !d->d_comma)
		tputs(d->d_out, ", ");
	d->d_comma = false;
	if (af != NULL)
		af->af_fn(d, i, af->af_tab);
	else if (i >= d->d_cd->cd_nargs)
		tputf(d->d_out, "%#" PRIx64, d->d_args[i]);
	else if (!d_number(d, i))
		d_memory(d, i);
}

/* --- the whole call ---------------------------------------------------------------------------- */

void
dec_enter(struct dec *d)
{
	const struct callfix *cf;
	unsigned n;

	if (d->d_cd == NULL) {
		tputf(d->d_out, "syscall_%#x(", d->d_nr);
		for (; d->d_next < 6; d->d_next++)
			tputf(d->d_out, "%s%#" PRIx64, d->d_next > 0 ? ", " :
			    "", d->d_args[d->d_next]);
		return;
	}
	tputf(d->d_out, "%s(", dec_name(d->d_cd));
	cf = callfix_find(d->d_cd);
	if (cf != NULL && (cf->cf_enter != NULL || cf->cf_leave != NULL)) {
		if (cf->cf_enter != NULL)
			cf->cf_enter(d);
		return;
	}
	n = nargs(d);
	for (; d->d_next < n; d->d_next++) {
		const struct argfix *af = argfix_find(d->d_cd, d->d_next);

		if (!d->d_leave && arg_out(d, d->d_next, af)) {
			d->d_comma = d->d_next > 0;
			tputs(d->d_out, d->d_comma ? ", " : "");
			break;
		}
		print_arg(d, d->d_next);
	}
}

void
dec_rest(struct dec *d)
{
	const struct callfix *cf = NULL;
	unsigned n;

	if (d->d_cd != NULL) {
		cf = callfix_find(d->d_cd);
		n = nargs(d);
		if (cf != NULL && cf->cf_leave != NULL)
			cf->cf_leave(d);
		else if (cf == NULL || cf->cf_enter == NULL)
			for (; d->d_next < n; d->d_next++)
				print_arg(d, d->d_next);
	}
	tputs(d->d_out, ")");
	if (d->d_leave && cf != NULL && cf->cf_aux != NULL)
		cf->cf_aux(d);
}

static const char *
restart_text(int64_t error)
{
	switch (error) {
	case 512:
		return ("ERESTARTSYS (To be restarted if SA_RESTART is set)");
	case 513:
		return ("ERESTARTNOINTR (To be restarted)");
	case 514:
		return ("ERESTARTNOHAND (To be restarted if no handler)");
	case 516:
		return ("ERESTART_RESTARTBLOCK (Interrupted by signal)");
	default:
		return (NULL);
	}
}

bool
dec_failed(const struct dec *d)
{
	return (d->d_ret < 0 && d->d_ret >= -4095);
}

void
dec_result(struct dec *d, struct text *t)
{
	const char *name;
	unsigned kind = d->d_cd != NULL ? d->d_cd->cd_ret : CR_INT;

	if (!d->d_leave) {
		tputs(t, "?");
		return;
	}
	if (dec_failed(d)) {
		if (restart_text(-d->d_ret) != NULL)
			tputf(t, "? %s", restart_text(-d->d_ret));
		else if ((name = ct_errno((int)-d->d_ret)) != NULL)
			tputf(t, "-1 %s (%s)", name, strerror((int)-d->d_ret));
		else
			tputf(t, "-1 (errno %d)", (int)-d->d_ret);
	} else if (kind == CR_PTR || kind == CR_HEX || d->d_hexret) {
		if (kind == CR_HEX && d->d_ret == 0)
			tputs(t, "0");
		else
			tputf(t, "%#" PRIx64, (uint64_t)d->d_ret);
	} else if (d->d_octret)
		tputf(t, "%#03o", (unsigned)d->d_ret);
	else
		tputf(t, "%" PRId64, d->d_ret);
	if (kind == CR_FD && d->d_ret >= 0) {
		struct text *o = d->d_out;

		d->d_out = t;
		d_fdpath(d, (int)d->d_ret);
		d->d_out = o;
	}
	if (d->d_aux.t_len > 0 && !dec_failed(d))
		tputf(t, " (%s)", tstr(&d->d_aux));
}
