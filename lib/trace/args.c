/* args.c: the printers of args.def. */
#include "trace/decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "libkern/types.h"

#define	A(d, i)	((d)->d_args[i])

static const struct ctab ct_NONE;

/* --- numbers and sets --------------------------------------------------------- */

static void
p_flags(struct dec *d, unsigned i, const struct ctab *ct)
{
	ct_flags(d->d_out, ct, (uint32_t)A(d, i));
}

static void
p_flags64(struct dec *d, unsigned i, const struct ctab *ct)
{
	ct_flags(d->d_out, ct, A(d, i));
}

/* Values below zero stand in the tables as 64-bit numbers. */
static void
p_value(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v = (uint32_t)A(d, i);

	if (ct_name(ct, v) == NULL && ct_name(ct,
	    (uint64_t)(int64_t)(int32_t)v) != NULL)
		v = (uint64_t)(int64_t)(int32_t)v;
	ct_value(d->d_out, ct, v);
}

static void
p_dec(struct dec *d, unsigned i, const struct ctab *ct)
{
	tputf(d->d_out, "%d", (int)A(d, i));
}

static void
p_udec(struct dec *d, unsigned i, const struct ctab *ct)
{
	tputf(d->d_out, "%u", (unsigned)A(d, i));
}

static void
p_udec64(struct dec *d, unsigned i, const struct ctab *ct)
{
	tputf(d->d_out, "%" PRIu64, A(d, i));
}

static void
p_hex(struct dec *d, unsigned i, const struct ctab *ct)
{
	tputf(d->d_out, "%#" PRIx64, A(d, i));
}

static void
p_hex32(struct dec *d, unsigned i, const struct ctab *ct)
{
	tputf(d->d_out, "%#x", (unsigned)A(d, i));
}

static void
p_addr(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_addr(d, A(d, i));
}

static void
p_mode(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_mode(d, (unsigned)A(d, i));
}

static void
p_oflags(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_oflags(d->d_out, (unsigned)A(d, i), false);
}

static void
p_access(struct dec *d, unsigned i, const struct ctab *ct)
{
	if ((uint32_t)A(d, i) == 0)
		tputs(d->d_out, "F_OK");
	else
		ct_flags(d->d_out, &ct_access, (uint32_t)A(d, i));
}

static void
p_memfd(struct dec *d, unsigned i, const struct ctab *ct)
{
	ct_flags(d->d_out, &ct_memfdflags, (uint32_t)A(d, i));
}

static void
p_statxflags(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v = (uint32_t)A(d, i), sync = v & 0x6000;

	v &= ~sync;
	ct_flags(d->d_out, &ct_statxsync, sync);
	if (ct_bits(d->d_out, &ct_atflags, &v, 1) && v != 0)
		tputf(d->d_out, "|%#" PRIx64, v);
}

static void
p_persona(struct dec *d, unsigned i, const struct ctab *ct)
{
	if ((uint32_t)A(d, i) == 0xffffffff)
		tputs(d->d_out, "0xffffffff");
	else
		ct_value(d->d_out, &ct_personas, (uint32_t)A(d, i));
}

static void
p_ipckey(struct dec *d, unsigned i, const struct ctab *ct)
{
	if ((uint32_t)A(d, i) == 0)
		tputs(d->d_out, "IPC_PRIVATE");
	else
		tputf(d->d_out, "%#x", (unsigned)A(d, i));
}

static void
p_ipcflags(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v = (uint32_t)A(d, i) & ~0777U;
	int any = ct_bits(d->d_out, ct, &v, 0);

	if (v != 0) {
		tputf(d->d_out, "%s%#" PRIx64, any ? "|" : "", v);
		any = 1;
	}
	tputf(d->d_out, "%s%#03o", any ? "|" : "", (unsigned)A(d, i) & 0777);
}

static void
p_fbopen(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v = (uint32_t)A(d, i) & ~3U;

	tputs(d->d_out, ct_name(&ct_accmode, A(d, i) & 3));
	(void)ct_bits(d->d_out, &ct_fbopen, &v, 1);
	if (v != 0)
		tputf(d->d_out, "|%#" PRIx64, v);
}

static void
p_fbsignal(struct dec *d, unsigned i, const struct ctab *ct)
{
	const char *name = ct_fbsignal((int)A(d, i));

	if (name != NULL)
		tputs(d->d_out, name);
	else
		tputf(d->d_out, "%d", (int)A(d, i));
}

/* --- structures ------------------------------------------------------------------- */

#define	STRUCT(name)							\
static void								\
p_##name(struct dec *d, unsigned i, const struct ctab *ct)		\
{									\
	d_##name(d, A(d, i));						\
}
STRUCT(openhow)
STRUCT(utimes)
STRUCT(clone3)
STRUCT(uintp)
STRUCT(intp)
STRUCT(tms)
STRUCT(sysinfo)
STRUCT(uname)
STRUCT(itimerval)
STRUCT(timeval)

static void
p_siginfo(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_siginfop(d, A(d, i));
}

static void
p_sigstack(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_sigstack(d, A(d, i));
}

/* select(2): what the guest asked for: dec_rest shows the answer. */
static void
p_fdset(struct dec *d, unsigned i, const struct ctab *ct)
{
	d_fdset(d, A(d, i), (int)A(d, 0));
}

static void
p_selmask(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t m[2], set;

	if (!d_try(d, A(d, i), m, sizeof(m))) {
		d_addr(d, A(d, i));
		return;
	}
	tputs(d->d_out, "{sigmask=");
	if (d_try(d, m[0], &set, sizeof(set)))
		d_sigset(d->d_out, set);
	else
		d_addr(d, m[0]);
	tputf(d->d_out, ", sigsetsize=%" PRIu64 "}", m[1]);
}

static void
p_offp(struct dec *d, unsigned i, const struct ctab *ct)
{
	int64_t v;

	if (d_fetch(d, A(d, i), &v, sizeof(v)))
		tputf(d->d_out, "[%" PRId64 "]", v);
}

static void
p_outbuf(struct dec *d, unsigned i, const struct ctab *ct)
{
	if (d->d_ret < 0)
		d_addr(d, A(d, i));
	else
		d_buf(d, A(d, i), (uint64_t)d->d_ret);
}

static void
p_outstr(struct dec *d, unsigned i, const struct ctab *ct)
{
	if (d->d_ret < 0)
		d_addr(d, A(d, i));
	else
		d_str(d, A(d, i));
}

static void
p_wstatus(struct dec *d, unsigned i, const struct ctab *ct)
{
	int st;

	if (d->d_ret > 0 && d_try(d, A(d, i), &st, sizeof(st))) {
		tputs(d->d_out, "[");
		d_wstatus(d->d_out, st);
		tputs(d->d_out, "]");
	} else
		d_addr(d, A(d, i));
}

static void
p_waitru(struct dec *d, unsigned i, const struct ctab *ct)
{
	if (d->d_ret > 0)
		d_rusage(d, A(d, i));
	else
		d_addr(d, A(d, i));
}

/* The rest of a sleep is only written when it was cut short. */
static void
p_remain(struct dec *d, unsigned i, const struct ctab *ct)
{
	if (d->d_ret == -516 || d->d_ret == -4) {
		char p[16];

		if (d_try(d, A(d, i), p, sizeof(p))) {
			d->d_in = true;
			d_timespec(d, A(d, i));
			return;
		}
	}
	d_addr(d, A(d, i));
}

static void
dents(struct dec *d, uint64_t addr, unsigned reclen)
{
	char buf[16384];
	size_t n = 0, off = 0;
	unsigned count = 0;
	uint16_t len;

	if (d->d_ret < 0) {
		d_addr(d, addr);
		return;
	}
	if (d->d_ret > 0)
		n = d->d_read(d, addr, buf, kmin((size_t)d->d_ret,
		    sizeof(buf)));
	while (off + reclen + 2 <= n) {
		memcpy(&len, buf + off + reclen, 2);
		if (len == 0)
			break;
		off += len;
		count++;
	}
	tputf(d->d_out, "%#" PRIx64 " /* %u%s entr%s */", addr, count,
	    (int64_t)n < d->d_ret ? "+" : "", count == 1 ? "y" : "ies");
}

static void
p_dents(struct dec *d, unsigned i, const struct ctab *ct)
{
	dents(d, A(d, i), 16);
}

static void
p_dents64(struct dec *d, unsigned i, const struct ctab *ct)
{
	dents(d, A(d, i), 16);
}

static void
p_envp(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t p[512];
	size_t n = d->d_read(d, A(d, i), p, sizeof(p)) / 8, k = 0;

	if (A(d, i) == 0 || n == 0) {
		d_addr(d, A(d, i));
		return;
	}
	while (k < n && p[k] != 0)
		k++;
	tputf(d->d_out, "%#" PRIx64 " /* %zu var%s */", A(d, i), k,
	    k == 1 ? "" : "s");
}

static void
id_list(struct dec *d, uint64_t addr, int n)
{
	unsigned g;

	if (addr == 0 || n < 0) {
		d_addr(d, addr);
		return;
	}
	tputs(d->d_out, "[");
	for (int i = 0; i < n && i < 32; i++) {
		if (!d_try(d, addr + (unsigned)i * 4, &g, sizeof(g)))
			break;
		tputf(d->d_out, "%s%u", i > 0 ? ", " : "", g);
	}
	tputs(d->d_out, n > 32 ? ", ...]" : "]");
}

static void
p_groups(struct dec *d, unsigned i, const struct ctab *ct)
{
	id_list(d, A(d, i), (int)A(d, 0) == 0 ? -1 : (int)d->d_ret);
}

static void
p_setgroups(struct dec *d, unsigned i, const struct ctab *ct)
{
	id_list(d, A(d, i), (int)A(d, 0));
}

static void
p_cpuset(struct dec *d, unsigned i, const struct ctab *ct)
{
	unsigned char set[128] = { 0 };
	bool get = strcmp(d->d_cd->cd_name, "sched_getaffinity") == 0;
	uint64_t n = get ? (uint64_t)d->d_ret : A(d, 1);
	bool any = false;

	if ((get && d->d_ret < 0) || !d_try(d, A(d, i), set,
	    kmin(n, (uint64_t)sizeof(set)))) {
		d_addr(d, A(d, i));
		return;
	}
	tputs(d->d_out, "[");
	for (unsigned c = 0; c < sizeof(set) * 8; c++)
		if (set[c / 8] >> c % 8 & 1) {
			tputf(d->d_out, "%s%u", any ? " " : "", c);
			any = true;
		}
	tputs(d->d_out, "]");
}

/* --- sockets ------------------------------------------------------------------------ */

static void
p_socktype(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v = (uint32_t)A(d, i), type = v & 15;
	const char *name = ct_name(&ct_socktypes, type);
	int any = name != NULL;

	v &= ~15ULL;
	if (name != NULL)
		tputs(d->d_out, name);
	any = ct_bits(d->d_out, &ct_sockflags, &v, any);
	if (name == NULL)
		v |= type;
	if (v != 0)
		tputf(d->d_out, "%s%#" PRIx64 " /* SOCK_?\?\? */", any ? "|" :
		    "", v);
	else if (!any)
		tputs(d->d_out, "0");
}

static void
p_sockproto(struct dec *d, unsigned i, const struct ctab *ct)
{
	switch ((int)A(d, 0)) {
	case 2:
	case 10:
		ct_value(d->d_out, &ct_ipprotos, (uint32_t)A(d, i));
		break;
	case 16:
		ct_value(d->d_out, &ct_nlprotos, (uint32_t)A(d, i));
		break;
	default:
		tputf(d->d_out, "%u", (unsigned)A(d, i));
	}
}

static void
p_osockaddr(struct dec *d, unsigned i, const struct ctab *ct)
{
	int len;

	if (d->d_ret < 0 || A(d, i) == 0 || i > 4 ||
	    !d_try(d, A(d, i + 1), &len, sizeof(len)))
		d_addr(d, A(d, i));
	else
		d_sockaddr(d, A(d, i), (unsigned)len);
}

/* "[128 => 16]": before and after. */
static void
p_osocklen(struct dec *d, unsigned i, const struct ctab *ct)
{
	int len, was;

	if (A(d, i) == 0 || !d_try(d, A(d, i), &len, sizeof(len))) {
		d_addr(d, A(d, i));
		return;
	}
	if (d->d_before != NULL && d->d_before(d, A(d, i), &was,
	    sizeof(was)) == sizeof(was) && was != len)
		tputf(d->d_out, "[%d => %d]", was, len);
	else
		tputf(d->d_out, "[%d]", len);
}

static const struct ctab *
opts_of(uint64_t level)
{
	switch ((int)level) {
	case 0:
		return (&ct_ipopts);
	case 1:
		return (&ct_sockopts);
	case 6:
		return (&ct_tcpopts);
	case 41:
		return (&ct_ip6opts);
	default:
		return (NULL);
	}
}

static void
p_sockopt(struct dec *d, unsigned i, const struct ctab *ct)
{
	ct = opts_of(A(d, 1));
	if (ct != NULL)
		ct_value(d->d_out, ct, (uint32_t)A(d, i));
	else
		tputf(d->d_out, "%u", (unsigned)A(d, i));
}

static void
p_optval(struct dec *d, unsigned i, const struct ctab *ct)
{
	int v[3], len = (int)A(d, 4);
	bool get = strcmp(d->d_cd->cd_name, "getsockopt") == 0;

	if (get && (d->d_ret < 0 || !d_try(d, A(d, 4), &len, sizeof(len)))) {
		d_addr(d, A(d, i));
		return;
	}
	if (len == 4 && d_try(d, A(d, i), v, 4))
		tputf(d->d_out, "[%d]", v[0]);
	else if (A(d, 1) == 1 && A(d, 2) == 13 && len == 8 &&
	    d_try(d, A(d, i), v, 8))
		tputf(d->d_out, "{l_onoff=%d, l_linger=%d}", v[0], v[1]);
	else if (A(d, 1) == 1 && A(d, 2) == 17 && len == 12 &&
	    d_try(d, A(d, i), v, 12))
		tputf(d->d_out, "{pid=%d, uid=%d, gid=%d}", v[0], v[1], v[2]);
	else if (A(d, 1) == 1 && (A(d, 2) == 20 || A(d, 2) == 21))
		d_timeval(d, A(d, i));
	else
		d_buf(d, A(d, i), (uint64_t)(len > 0 ? len : 0));
}

/* --- calls with a command ------------------------------------------------------------- */

static void
p_ioctlcmd(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t c = (uint32_t)A(d, i);
	const char *name = ct_name(&ct_ioctls, c);

	if (name != NULL) {
		tputs(d->d_out, name);
		return;
	}
	tputs(d->d_out, "_IOC(");
	ct_flags(d->d_out, &ct_iocdirs, c >> 30);
	tputf(d->d_out, ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ")",
	    c >> 8 & 0xff, c & 0xff, c >> 16 & 0x3fff);
}

static void
p_ioctlarg(struct dec *d, unsigned i, const struct ctab *ct)
{
	switch ((uint32_t)A(d, 1)) {
	case 0x5402:		/* TCSETS */
	case 0x5403:
	case 0x5404:
		d->d_in = true;
		/* FALLTHROUGH */
	case 0x5401:		/* TCGETS */
		d_termios(d, A(d, i));
		break;
	case 0x5413:		/* TIOCGWINSZ */
	case 0x5414:
		d_winsize(d, A(d, i));
		break;
	case 0x540f:		/* TIOCGPGRP */
	case 0x5410:
	case 0x5411:
	case 0x541b:		/* FIONREAD */
	case 0x5421:
	case 0x5429:
	case 0x5452:
	case 0x80045430:	/* TIOCGPTN */
	case 0x40045431:
		d_intp(d, A(d, i));
		break;
	default:
		tputf(d->d_out, "%#" PRIx64, A(d, i));
	}
}

static void
p_fcntlarg(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t a = A(d, i);

	switch ((int)A(d, 1)) {
	case 2:			/* F_SETFD */
		ct_flags(d->d_out, &ct_fdflags, (uint32_t)a);
		break;
	case 4:			/* F_SETFL */
		d_oflags(d->d_out, (unsigned)a, true);
		break;
	case 6:			/* F_SETLK */
	case 7:
	case 37:
	case 38:
		d->d_in = true;
		/* FALLTHROUGH */
	case 5:
	case 36:
		d_flock(d, a);
		break;
	case 10:
		d_sig(d->d_out, (int)a);
		break;
	case 15:
	case 16:
		d_addr(d, a);
		break;
	case 1024:
		ct_value(d->d_out, &ct_lockcmds, a);
		break;
	case 1033:
		ct_flags(d->d_out, &ct_seals, (uint32_t)a);
		break;
	default:
		tputf(d->d_out, "%" PRId64, (int64_t)a);
	}
}

static void
p_futexop(struct dec *d, unsigned i, const struct ctab *ct)
{
	unsigned op = (unsigned)A(d, i);
	const char *name = ct_name(&ct_futexops, op & 127);

	if (name == NULL || (op & ~0x1ffU) != 0) {
		tputf(d->d_out, "%#x /* FUTEX_?\?\? */", op);
		return;
	}
	tputs(d->d_out, name);
	if (op & 128)
		tputs(d->d_out, (op & 127) == 2 ? "|FUTEX_PRIVATE_FLAG" :
		    "_PRIVATE");
	if (op & 256)
		tputs(d->d_out, "|FUTEX_CLOCK_REALTIME");
}

/* A time-out, or a second count for those that requeue. */
static void
p_futextime(struct dec *d, unsigned i, const struct ctab *ct)
{
	switch (A(d, 1) & 127) {
	case 3:
	case 4:
	case 5:
	case 12:
		tputf(d->d_out, "%u", (unsigned)A(d, i));
		break;
	default:
		d->d_in = true;
		d_timespec(d, A(d, i));
		break;
	}
}

static void
p_futexval3(struct dec *d, unsigned i, const struct ctab *ct)
{
	unsigned v = (unsigned)A(d, i), op = A(d, 1) & 127;

	if ((op == 9 || op == 10) && v == ~0U)
		tputs(d->d_out, "FUTEX_BITSET_MATCH_ANY");
	else if (op == 9 || op == 10)
		tputf(d->d_out, "%#x", v);
	else if (op == 5)
		tputf(d->d_out, "%#x", v);
	else
		tputf(d->d_out, "%u", v);
}

static void
p_archarg(struct dec *d, unsigned i, const struct ctab *ct)
{
	uint64_t v;

	if ((A(d, 0) == 0x1003 || A(d, 0) == 0x1004) && d_try(d, A(d, i), &v,
	    sizeof(v)))
		tputf(d->d_out, "[%#" PRIx64 "]", v);
	else
		tputf(d->d_out, "%#" PRIx64, A(d, i));
}

static void
p_prctlarg(struct dec *d, unsigned i, const struct ctab *ct)
{
	switch ((int)A(d, 0)) {
	case 1:			/* PR_SET_PDEATHSIG */
		d_sig(d->d_out, (int)A(d, i));
		break;
	case 2:			/* PR_GET_PDEATHSIG */
		d_intp(d, A(d, i));
		break;
	case 4:
		ct_value(d->d_out, &ct_dumpable, A(d, i));
		break;
	case 15:
	case 16:		/* PR_GET_NAME */
		d_str(d, A(d, i));
		break;
	case 23:
	case 24:
		ct_value(d->d_out, &ct_capabilities, A(d, i));
		break;
	case 8:
	case 29:
	case 36:
	case 38:
	case 41:
		tputf(d->d_out, "%" PRIu64, A(d, i));
		break;
	default:
		tputf(d->d_out, "%#" PRIx64, A(d, i));
	}
}

/* --- the table -------------------------------------------------------------------------- */

static const struct argfix fixes[] = {
#define	IN(call, arg, fn, tab)	{ #call, arg, p_##fn, &ct_##tab, false },
#define	OUT(call, arg, fn, tab)	{ #call, arg, p_##fn, &ct_##tab, true },
#include "trace/args.def"
};

const struct argfix *
argfix_find(const struct calldesc *cd, unsigned arg)
{
	static const struct argfix **map;
	size_t row = (size_t)(cd - calldescs);

	if (map == NULL) {
		map = calloc((size_t)ncalldescs * 6, sizeof(*map));
		for (unsigned c = 0; map != NULL && c < ncalldescs; c++)
			for (size_t i = nitems(fixes); i-- > 0; )
				if (strcmp(fixes[i].af_call,
				    calldescs[c].cd_name) == 0)
					map[c * 6 + fixes[i].af_arg] =
					    &fixes[i];
	}
	return (map != NULL && arg < 6 ? map[row * 6 + arg] : NULL);
}
