/*
 * freebsd64_const.c: FreeBSD's numbers to ours and back.  The tables come from
 * abi/const/; its linux64 column is the kernel's own, which assertions check.
 */
#include "abi/freebsd64/freebsd64.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"
#include "libkern/signal.h"
#include "libkern/str.h"

#define	ERRNO(name, l64, fb64)	\
	_Static_assert(name == (l64), "errno.def: " #name);
#include "abi/const/errno.def"
#undef ERRNO
#define	SIGROW(name, l64, fb64)	\
	_Static_assert(name == (l64), "signal.def: " #name);
#include "abi/const/signal.def"
#undef SIGROW
#define	FLAGROW(name, l64, fb64) \
	_Static_assert(name == (l64), "flags: " #name);
#include "abi/const/openflags.def"
#include "abi/const/mmapflags.def"
#include "abi/const/atflags.def"
#include "abi/const/saflags.def"
#undef FLAGROW

static const uint8_t errnos[] = {
#define	ERRNO(name, l64, fb64)	[l64] = fb64,
#include "abi/const/errno.def"
#undef ERRNO
};
_Static_assert(nitems(errnos) == EHWPOISON + 1, "errno.def is complete");

static const uint8_t sigs_out[] = {
#define	SIGROW(name, l64, fb64)	[l64] = fb64,
#include "abi/const/signal.def"
#undef SIGROW
};
static const uint8_t sigs_in[] = {
#define	SIGROW(name, l64, fb64)	[fb64] = l64,
#include "abi/const/signal.def"
#undef SIGROW
};
_Static_assert(nitems(sigs_out) == SIGRTMIN_ && nitems(sigs_in) == SIGRTMIN_,
    "signal.def is complete");

struct flagrow {
	uint32_t	native, fb;
};
#define	FLAGROW(name, l64, fb64) { l64, fb64 },
static const struct flagrow oflags[] = {
#include "abi/const/openflags.def"
};
static const struct flagrow mapflags[] = {
#include "abi/const/mmapflags.def"
};
static const struct flagrow atflags[] = {
#include "abi/const/atflags.def"
};
static const struct flagrow saflags[] = {
#include "abi/const/saflags.def"
};
#undef FLAGROW

#define	FIRST_RT	34		/* native 34 is FreeBSD's 65 */
#define	FB_FIRST_RT	65

static uint32_t
flags_in(const struct flagrow *t, size_t n, uint32_t fb)
{
	uint32_t r = 0;

	for (size_t i = 0; i < n; i++)
		if (fb & t[i].fb)
			r |= t[i].native;
	return (r);
}

static uint32_t
flags_out(const struct flagrow *t, size_t n, uint32_t native)
{
	uint32_t r = 0;

	for (size_t i = 0; i < n; i++)
		if ((native & t[i].native) == t[i].native)
			r |= t[i].fb;
	return (r);
}

int
fb_errno(int native)
{
	if (native <= 0 || (size_t)native >= nitems(errnos) ||
	    errnos[native] == 0)
		return (errnos[EINVAL]);
	return (errnos[native]);
}

int
fb_sig_out(int native)
{
	if (native >= FIRST_RT && native <= KNSIG)
		return (native - FIRST_RT + FB_FIRST_RT);
	if (native == 32 || native == 33)	/* SIGTHR, SIGLIBRT */
		return (native);
	return (native > 0 && native < SIGRTMIN_ ? sigs_out[native] : 0);
}

int
fb_sig_in(int fb)
{
	if (fb >= FB_FIRST_RT && fb <= FB_FIRST_RT + KNSIG - FIRST_RT)
		return (fb - FB_FIRST_RT + FIRST_RT);
	if (fb == 32 || fb == 33)
		return (fb);
	return (fb > 0 && fb < SIGRTMIN_ ? sigs_in[fb] : 0);
}

void
fb_sigset_out(ksigset_t set, struct fb_sigset *fs)
{
	memset(fs, 0, sizeof(*fs));
	for (int s = 1; s <= KNSIG; s++) {
		int f = fb_sig_out(s);

		if ((set & SIGBIT(s)) && f != 0)
			fs->bits[(f - 1) / 32] |= 1u << ((f - 1) % 32);
	}
}

ksigset_t
fb_sigset_in(const struct fb_sigset *fs)
{
	ksigset_t set = 0;

	for (int s = 1; s <= KNSIG; s++) {
		int f = fb_sig_out(s);

		if (f != 0 &&
		    (fs->bits[(f - 1) / 32] & (1u << ((f - 1) % 32))))
			set |= SIGBIT(s);
	}
	return (set);
}

int
fb_oflags_in(int fb)
{
	return ((fb & O_ACCMODE) |
	    (int)flags_in(oflags, nitems(oflags), (uint32_t)fb));
}

int
fb_oflags_out(int native)
{
	return ((native & O_ACCMODE) |
	    (int)flags_out(oflags, nitems(oflags), (uint32_t)native));
}

int
fb_mapflags_in(int fb)
{
	return ((int)flags_in(mapflags, nitems(mapflags), (uint32_t)fb));
}

int
fb_atflags_in(int fb, int allowed)
{
	uint32_t known = 0, r = 0;

	for (size_t i = 0; i < nitems(atflags); i++) {
		if (!(atflags[i].native & (uint32_t)allowed))
			continue;
		known |= atflags[i].fb;
		if ((uint32_t)fb & atflags[i].fb)
			r |= atflags[i].native;
	}
	return ((uint32_t)fb & ~known ? -EINVAL : (int)r);
}

uint64_t
fb_saflags_in(int fb)
{
	return (flags_in(saflags, nitems(saflags), (uint32_t)fb));
}

int
fb_saflags_out(uint64_t native)
{
	return ((int)flags_out(saflags, nitems(saflags), (uint32_t)native));
}

/* A wait status carries a signal number. */
int
fb_wstatus_out(int status)
{
	int sig = status & 0x7f;

	if (status == 0xffff)		/* continued: SIGCONT there */
		return (0x13);
	if (sig == 0x7f)		/* stopped */
		return (fb_sig_out((status >> 8) & 0xff) << 8 | 0x7f);
	if (sig != 0)
		return ((status & 0x80) | fb_sig_out(sig));
	return (status);
}

int
fb_clock_in(int clock)
{
	switch (clock) {
	case 0:				/* REALTIME, _PRECISE, _FAST, SECOND */
	case 9:
	case 10:
	case 13:
		return (0);
	case 4:				/* MONOTONIC, UPTIME and their kinds */
	case 5:
	case 7:
	case 8:
	case 11:
	case 12:
		return (1);
	case 14:
		return (3);		/* THREAD_CPUTIME_ID */
	case 15:
		return (2);		/* PROCESS_CPUTIME_ID */
	default:
		return (-1);
	}
}

int
fb_rlimit_in(int res)
{
	static const int8_t map[] = { 0, 1, 2, 3, 4, 5, 8, 6, 7, -1, 9 };

	return (res >= 0 && (size_t)res < nitems(map) ? map[res] : -1);
}

void
fb_stat_out(const struct kstat *st, struct fb_stat *fs)
{
	memset(fs, 0, sizeof(*fs));
	fs->st_dev = st->st_dev;
	fs->st_ino = st->st_ino;
	fs->st_nlink = st->st_nlink;
	fs->st_mode = (uint16_t)st->st_mode;
	fs->st_uid = st->st_uid;
	fs->st_gid = st->st_gid;
	fs->st_rdev = st->st_rdev;
	fs->st_atim = st->st_atim;
	fs->st_mtim = st->st_mtim;
	fs->st_ctim = st->st_ctim;
	fs->st_birthtim = st->st_btim;
	fs->st_size = st->st_size;
	fs->st_blocks = st->st_blocks;
	fs->st_blksize = (int32_t)st->st_blksize;
}
