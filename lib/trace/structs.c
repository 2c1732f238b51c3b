/*
 * structs.c: structures of linux64, as strace(1) prints them.  They are read
 * as words at known offsets: the layouts are the ABI's, not this host's.
 */
#include "trace/decode.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "libkern/types.h"

static uint64_t
w64(const void *p, unsigned off)
{
	uint64_t v;

	memcpy(&v, (const char *)p + off, 8);
	return (v);
}

static uint32_t
w32(const void *p, unsigned off)
{
	uint32_t v;

	memcpy(&v, (const char *)p + off, 4);
	return (v);
}

static uint16_t
w16(const void *p, unsigned off)
{
	uint16_t v;

	memcpy(&v, (const char *)p + off, 2);
	return (v);
}

/* " / * 2026-11-22T06:37:34+0000 * /", with fractions when there are any. */
static void
put_date(struct text *t, int64_t sec, uint64_t nsec)
{
	time_t tt = (time_t)sec;
	struct tm tm;
	char s[32], z[8];

	if (sec == 0 || localtime_r(&tt, &tm) == NULL)
		return;
	(void)strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)strftime(z, sizeof(z), "%z", &tm);
	if (nsec != 0)
		tputf(t, " /* %s.%09" PRIu64 "%s */", s, nsec, z);
	else
		tputf(t, " /* %s%s */", s, z);
}

/* --- files ------------------------------------------------------------------ */

static void
stat_time(struct text *t, const char *name, const char *st, unsigned off)
{
	tputf(t, ", st_%s=%" PRId64, name, (int64_t)w64(st, off));
	put_date(t, (int64_t)w64(st, off), w64(st, off + 8));
	tputf(t, ", st_%s_nsec=%" PRIu64, name, w64(st, off + 8));
}

void
d_stat(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	unsigned mode;
	char st[144];
	bool dev;

	if (!d_fetch(d, addr, st, sizeof(st)))
		return;
	mode = w32(st, 24);
	dev = (mode & 0170000) == 020000 || (mode & 0170000) == 060000;
	tputs(t, "{");
	if (d->d_opt->do_verbose) {
		tputs(t, "st_dev=");
		d_dev(t, w64(st, 0));
		tputf(t, ", st_ino=%" PRIu64 ", ", w64(st, 8));
	}
	tputs(t, "st_mode=");
	d_mode(d, mode);
	if (d->d_opt->do_verbose)
		tputf(t, ", st_nlink=%" PRIu64 ", st_uid=%u, st_gid=%u, "
		    "st_blksize=%" PRIu64 ", st_blocks=%" PRIu64, w64(st, 16),
		    w32(st, 28), w32(st, 32), w64(st, 56), w64(st, 64));
	if (dev) {
		tputs(t, ", st_rdev=");
		d_dev(t, w64(st, 40));
	} else
		tputf(t, ", st_size=%" PRId64, (int64_t)w64(st, 48));
	if (!d->d_opt->do_verbose) {
		tputs(t, ", ...}");
		return;
	}
	stat_time(t, "atime", st, 72);
	stat_time(t, "mtime", st, 88);
	stat_time(t, "ctime", st, 104);
	tputs(t, "}");
}

static void
statx_time(struct text *t, const char *name, const char *st, unsigned off)
{
	tputf(t, ", stx_%s={tv_sec=%" PRId64 ", tv_nsec=%u}", name,
	    (int64_t)w64(st, off), w32(st, off + 8));
	put_date(t, (int64_t)w64(st, off), w32(st, off + 8));
}

void
d_statx(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	char st[256];

	if (!d_fetch(d, addr, st, sizeof(st)))
		return;
	tputs(t, "{stx_mask=");
	ct_flags(t, &ct_statxmask, w32(st, 0));
	if (d->d_opt->do_verbose)
		tputf(t, ", stx_blksize=%u", w32(st, 4));
	tputs(t, ", stx_attributes=");
	ct_flags(t, &ct_statxattrs, w64(st, 8));
	if (d->d_opt->do_verbose)
		tputf(t, ", stx_nlink=%u, stx_uid=%u, stx_gid=%u", w32(st, 16),
		    w32(st, 20), w32(st, 24));
	tputs(t, ", stx_mode=");
	d_mode(d, w16(st, 28));
	if (d->d_opt->do_verbose)
		tputf(t, ", stx_ino=%" PRIu64, w64(st, 32));
	tputf(t, ", stx_size=%" PRIu64, w64(st, 40));
	if (!d->d_opt->do_verbose) {
		tputs(t, ", ...}");
		return;
	}
	tputf(t, ", stx_blocks=%" PRIu64 ", stx_attributes_mask=",
	    w64(st, 48));
	ct_flags(t, &ct_statxattrs, w64(st, 56));
	statx_time(t, "atime", st, 64);
	statx_time(t, "btime", st, 80);
	statx_time(t, "ctime", st, 96);
	statx_time(t, "mtime", st, 112);
	tputf(t, ", stx_rdev_major=%u, stx_rdev_minor=%u, stx_dev_major=%u, "
	    "stx_dev_minor=%u}", w32(st, 128), w32(st, 132), w32(st, 136),
	    w32(st, 140));
}

void
d_statfs(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	const char *magic;
	char st[120];

	if (!d_fetch(d, addr, st, sizeof(st)))
		return;
	magic = ct_name(&ct_fsmagic, w64(st, 0));
	if (magic != NULL)
		tputf(t, "{f_type=%s", magic);
	else
		tputf(t, "{f_type=%#" PRIx64, w64(st, 0));
	tputf(t, ", f_bsize=%" PRIu64 ", f_blocks=%" PRIu64 ", f_bfree=%"
	    PRIu64 ", f_bavail=%" PRIu64 ", f_files=%" PRIu64 ", f_ffree=%"
	    PRIu64 ", f_fsid={val=[", w64(st, 8), w64(st, 16), w64(st, 24),
	    w64(st, 32), w64(st, 40), w64(st, 48));
	tputf(t, "%#x, %#x]}, f_namelen=%" PRIu64 ", f_frsize=%" PRIu64
	    ", f_flags=", w32(st, 56), w32(st, 60), w64(st, 64),
	    w64(st, 72));
	ct_flags(t, &ct_statfsflags, w64(st, 80));
	tputs(t, "}");
}

void
d_flock(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	char fl[32];

	if (!d_fetch(d, addr, fl, sizeof(fl)))
		return;
	tputs(t, "{l_type=");
	ct_value(t, &ct_lockcmds, w16(fl, 0));
	tputs(t, ", l_whence=");
	ct_value(t, &ct_whence, w16(fl, 2));
	tputf(t, ", l_start=%" PRId64 ", l_len=%" PRId64, (int64_t)w64(fl, 8),
	    (int64_t)w64(fl, 16));
	if (d->d_args[1] == 5 || d->d_args[1] == 36)
		tputf(t, ", l_pid=%d", (int)w32(fl, 24));
	tputs(t, "}");
}

void
d_openhow(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	char how[24];

	if (!d_fetch(d, addr, how, sizeof(how)))
		return;
	tputs(t, "{flags=");
	d_oflags(t, (unsigned)w64(how, 0), true);
	if ((w64(how, 0) & 0100) != 0 || w64(how, 8) != 0)
		tputf(t, ", mode=%#03o", (unsigned)w64(how, 8));
	tputf(t, ", resolve=%#" PRIx64 "}", w64(how, 16));
}

void
d_fdpair(struct dec *d, uint64_t addr)
{
	int fds[2];

	if (!d_fetch(d, addr, fds, sizeof(fds)))
		return;
	tputs(d->d_out, "[");
	d_fd(d, fds[0]);
	tputs(d->d_out, ", ");
	d_fd(d, fds[1]);
	tputs(d->d_out, "]");
}

void
d_intp(struct dec *d, uint64_t addr)
{
	int v;

	if (d_fetch(d, addr, &v, sizeof(v)))
		tputf(d->d_out, "[%d]", v);
}

void
d_uintp(struct dec *d, uint64_t addr)
{
	unsigned v;

	if (d_fetch(d, addr, &v, sizeof(v)))
		tputf(d->d_out, "[%u]", v);
}

/* --- time -------------------------------------------------------------------- */

static void
put_pair(struct text *t, const char *sub, const char *p)
{
	tputf(t, "{tv_sec=%" PRId64 ", tv_%s=%" PRId64 "}",
	    (int64_t)w64(p, 0), sub, (int64_t)w64(p, 8));
}

static void
pair(struct dec *d, uint64_t addr, const char *sub)
{
	char p[16];

	if (d_fetch(d, addr, p, sizeof(p)))
		put_pair(d->d_out, sub, p);
}

static void
interval(struct dec *d, uint64_t addr, const char *sub)
{
	char p[32];

	if (!d_fetch(d, addr, p, sizeof(p)))
		return;
	tputs(d->d_out, "{it_interval=");
	put_pair(d->d_out, sub, p);
	tputs(d->d_out, ", it_value=");
	put_pair(d->d_out, sub, p + 16);
	tputs(d->d_out, "}");
}

void
d_timespec(struct dec *d, uint64_t addr)
{
	pair(d, addr, "nsec");
}

void
d_timeval(struct dec *d, uint64_t addr)
{
	pair(d, addr, "usec");
}

void
d_itimerspec(struct dec *d, uint64_t addr)
{
	interval(d, addr, "nsec");
}

void
d_itimerval(struct dec *d, uint64_t addr)
{
	interval(d, addr, "usec");
}

/* utimensat(2): two, with UTIME_NOW and UTIME_OMIT. */
void
d_utimes(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	char p[32];

	if (addr == 0 || !d_try(d, addr, p, sizeof(p))) {
		d_addr(d, addr);
		return;
	}
	for (int i = 0; i < 2; i++) {
		tputs(t, i == 0 ? "[" : ", ");
		if (w64(p, (unsigned)i * 16 + 8) == 0x3fffffff)
			tputs(t, "UTIME_NOW");
		else if (w64(p, (unsigned)i * 16 + 8) == 0x3ffffffe)
			tputs(t, "UTIME_OMIT");
		else {
			put_pair(t, "nsec", p + i * 16);
			put_date(t, (int64_t)w64(p, (unsigned)i * 16),
			    w64(p, (unsigned)i * 16 + 8));
		}
	}
	tputs(t, "]");
}

/* --- processes ------------------------------------------------------------------ */

static void
put_limit(struct text *t, uint64_t v)
{
	if (v == ~0ULL)
		tputs(t, "RLIM64_INFINITY");
	else if (v > 1024 && v % 1024 == 0)
		tputf(t, "%" PRIu64 "*1024", v / 1024);
	else
		tputf(t, "%" PRIu64, v);
}

void
d_rlimit(struct dec *d, uint64_t addr)
{
	char rl[16];

	if (!d_fetch(d, addr, rl, sizeof(rl)))
		return;
	tputs(d->d_out, "{rlim_cur=");
	put_limit(d->d_out, w64(rl, 0));
	tputs(d->d_out, ", rlim_max=");
	put_limit(d->d_out, w64(rl, 8));
	tputs(d->d_out, "}");
}

void
d_rusage(struct dec *d, uint64_t addr)
{
	static const char *const names[] = { "maxrss", "ixrss", "idrss",
	    "isrss", "minflt", "majflt", "nswap", "inblock", "oublock",
	    "msgsnd", "msgrcv", "nsignals", "nvcsw", "nivcsw" };
	char ru[144];

	if (!d_fetch(d, addr, ru, sizeof(ru)))
		return;
	tputs(d->d_out, "{ru_utime=");
	put_pair(d->d_out, "usec", ru);
	tputs(d->d_out, ", ru_stime=");
	put_pair(d->d_out, "usec", ru + 16);
	for (unsigned i = 0; d->d_opt->do_verbose && i < nitems(names); i++)
		tputf(d->d_out, ", ru_%s=%" PRIu64, names[i],
		    w64(ru, 32 + i * 8));
	tputs(d->d_out, d->d_opt->do_verbose ? "}" : ", ...}");
}

void
d_wstatus(struct text *t, int st)
{
	if ((st & 0x7f) == 0)
		tputf(t, "{WIFEXITED(s) && WEXITSTATUS(s) == %d}",
		    st >> 8 & 0xff);
	else if ((st & 0xff) == 0x7f) {
		tputs(t, "{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		d_sig(t, st >> 8 & 0xff);
		tputs(t, "}");
	} else if (st == 0xffff)
		tputs(t, "{WIFCONTINUED(s)}");
	else {
		tputs(t, "{WIFSIGNALED(s) && WTERMSIG(s) == ");
		d_sig(t, st & 0x7f);
		tputs(t, st & 0x80 ? " && WCOREDUMP(s)}" : "}");
	}
}

void
d_uname(struct dec *d, uint64_t addr)
{
	static const char *const names[] = { "sysname", "nodename", "release",
	    "version", "machine", "domainname" };
	unsigned n = d->d_opt->do_verbose ? 6 : 2;
	char u[390];

	if (!d_fetch(d, addr, u, sizeof(u)))
		return;
	tputs(d->d_out, "{");
	for (unsigned i = 0; i < n; i++) {
		tputf(d->d_out, "%s%s=", i > 0 ? ", " : "", names[i]);
		dec_quote(d->d_out, u + i * 65, strnlen(u + i * 65, 64),
		    false);
	}
	tputs(d->d_out, n == 6 ? "}" : ", ...}");
}

void
d_sysinfo(struct dec *d, uint64_t addr)
{
	static const char *const names[] = { "totalram", "freeram",
	    "sharedram", "bufferram", "totalswap", "freeswap" };
	char si[112];

	if (!d_fetch(d, addr, si, sizeof(si)))
		return;
	tputf(d->d_out, "{uptime=%" PRIu64 ", loads=[%" PRIu64 ", %" PRIu64
	    ", %" PRIu64 "]", w64(si, 0), w64(si, 8), w64(si, 16),
	    w64(si, 24));
	for (unsigned i = 0; i < nitems(names); i++)
		tputf(d->d_out, ", %s=%" PRIu64, names[i],
		    w64(si, 32 + i * 8));
	tputf(d->d_out, ", procs=%u, totalhigh=%" PRIu64 ", freehigh=%" PRIu64
	    ", mem_unit=%u}", w16(si, 80), w64(si, 88), w64(si, 96),
	    w32(si, 104));
}

void
d_tms(struct dec *d, uint64_t addr)
{
	char t[32];

	if (d_fetch(d, addr, t, sizeof(t)))
		tputf(d->d_out, "{tms_utime=%" PRIu64 ", tms_stime=%" PRIu64
		    ", tms_cutime=%" PRIu64 ", tms_cstime=%" PRIu64 "}",
		    w64(t, 0), w64(t, 8), w64(t, 16), w64(t, 24));
}

void
d_clone3(struct dec *d, uint64_t addr)
{
	static const struct { const char *name; unsigned off; } ptrs[] = {
		{ "pidfd", 8 }, { "child_tid", 16 }, { "parent_tid", 24 },
	};
	static const uint64_t need[] = { 0x1000, 0x1200000, 0x100000 };
	struct text *t = d->d_out;
	char ca[64];

	if (addr == 0 || !d_try(d, addr, ca, sizeof(ca))) {
		d_addr(d, addr);
		return;
	}
	tputs(t, "{flags=");
	ct_flags(t, &ct_cloneflags, w64(ca, 0));
	for (unsigned i = 0; i < nitems(ptrs); i++)
		if (w64(ca, 0) & need[i])
			tputf(t, ", %s=%#" PRIx64, ptrs[i].name,
			    w64(ca, ptrs[i].off));
	tputs(t, ", exit_signal=");
	d_sig(t, (int)w64(ca, 32));
	tputs(t, ", stack=");
	d_addr(d, w64(ca, 40));
	tputf(t, ", stack_size=%#" PRIx64, w64(ca, 48));
	if (w64(ca, 0) & 0x80000)
		tputf(t, ", tls=%#" PRIx64, w64(ca, 56));
	tputs(t, "}");
}

/* --- signals ---------------------------------------------------------------------- */

void
d_sigsetp(struct dec *d, uint64_t addr)
{
	uint64_t set;

	if (d_fetch(d, addr, &set, sizeof(set)))
		d_sigset(d->d_out, set);
}

void
d_sigaction(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	char sa[32];

	if (!d_fetch(d, addr, sa, sizeof(sa)))
		return;
	tputs(t, w64(sa, 8) & 4 ? "{sa_sigaction=" : "{sa_handler=");
	if (w64(sa, 0) <= 1)
		tputs(t, w64(sa, 0) == 0 ? "SIG_DFL" : "SIG_IGN");
	else
		tputf(t, "%#" PRIx64, w64(sa, 0));
	tputs(t, ", sa_mask=");
	d_sigset(t, w64(sa, 24));
	tputs(t, ", sa_flags=");
	ct_flags(t, &ct_saflags, w64(sa, 8));
	if (w64(sa, 8) & 0x4000000)
		tputf(t, ", sa_restorer=%#" PRIx64, w64(sa, 16));
	tputs(t, "}");
}

void
d_sigstack(struct dec *d, uint64_t addr)
{
	char ss[24];

	if (!d_fetch(d, addr, ss, sizeof(ss)))
		return;
	tputs(d->d_out, "{ss_sp=");
	d_addr(d, w64(ss, 0));
	tputs(d->d_out, ", ss_flags=");
	ct_flags(d->d_out, &ct_ssflags, w32(ss, 8));
	tputf(d->d_out, ", ss_size=%" PRIu64 "}", w64(ss, 16));
}

static const struct ctab *
codes_of(int sig)
{
	switch (sig) {
	case 17:
		return (&ct_cldcodes);
	case 11:
		return (&ct_segvcodes);
	case 7:
		return (&ct_buscodes);
	case 8:
		return (&ct_fpecodes);
	case 4:
		return (&ct_illcodes);
	case 5:
		return (&ct_trapcodes);
	default:
		return (NULL);
	}
}

void
dec_siginfo(struct text *t, const void *si)
{
	int sig = (int)w32(si, 0), code = (int)w32(si, 8);
	const struct ctab *ct = code > 0 && code < 0x80 ? codes_of(sig) : NULL;
	const char *name = ct_name(ct != NULL ? ct : &ct_sicodes,
	    (uint64_t)(int64_t)code);

	tputs(t, "{si_signo=");
	d_sig(t, sig);
	if (name != NULL)
		tputf(t, ", si_code=%s", name);
	else
		tputf(t, ", si_code=%d", code);
	if (w32(si, 4) != 0)
		tputf(t, ", si_errno=%d", (int)w32(si, 4));
	if (ct == &ct_cldcodes) {
		tputf(t, ", si_pid=%d, si_uid=%u, si_status=",
		    (int)w32(si, 16), w32(si, 20));
		if (code == 1)
			tputf(t, "%d", (int)w32(si, 24));
		else
			d_sig(t, (int)w32(si, 24));
		tputf(t, ", si_utime=%" PRId64 ", si_stime=%" PRId64,
		    (int64_t)w64(si, 32), (int64_t)w64(si, 40));
	} else if (ct != NULL) {
		if (w64(si, 16) == 0)
			tputs(t, ", si_addr=NULL");
		else
			tputf(t, ", si_addr=%#" PRIx64, w64(si, 16));
	} else if (code == -2)
		tputf(t, ", si_timerid=%#x, si_overrun=%d, "
		    "si_int=%d, si_ptr=%#" PRIx64, w32(si, 16),
		    (int)w32(si, 20), (int)w32(si, 24), w64(si, 24));
	else if (code <= 0) {
		tputf(t, ", si_pid=%d, si_uid=%u", (int)w32(si, 16),
		    w32(si, 20));
		if (code == -1)
			tputf(t, ", si_int=%d, si_ptr=%#" PRIx64,
			    (int)w32(si, 24), w64(si, 24));
	}
	tputs(t, "}");
}

void
d_siginfop(struct dec *d, uint64_t addr)
{
	char si[128];

	if (d_fetch(d, addr, si, sizeof(si)))
		dec_siginfo(d->d_out, si);
}

/* --- terminals ----------------------------------------------------------------------- */

void
d_termios(struct dec *d, uint64_t addr)
{
	char t[36];

	if (!d_fetch(d, addr, t, sizeof(t)))
		return;
	tputf(d->d_out, "{c_iflag=%#x, c_oflag=%#x, c_cflag=%#x, c_lflag=%#x, "
	    "...}", w32(t, 0), w32(t, 4), w32(t, 8), w32(t, 12));
}

void
d_winsize(struct dec *d, uint64_t addr)
{
	char w[8];

	if (d_fetch(d, addr, w, sizeof(w)))
		tputf(d->d_out, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, "
		    "ws_ypixel=%u}", w16(w, 0), w16(w, 2), w16(w, 4),
		    w16(w, 6));
}
