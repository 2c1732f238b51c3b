/* consts.c: see consts.h. */
#include "trace/consts.h"

#include <inttypes.h>
#include <stdio.h>

#include "libkern/types.h"

#define	TABLE(name, unknown)	static const struct ctrow rows_##name[] = {
#define	ROW(name, value)	{ #name, (uint64_t)(value) },
#define	END			{ NULL, 0 } };
#include "trace/consts.def"
#undef TABLE
#undef ROW
#undef END
#define	TABLE(name, unknown)						\
	const struct ctab ct_##name = { unknown, rows_##name };
#define	ROW(name, value)
#define	END
#include "trace/consts.def"

static const char *const errnos[] = {
#define	ERRNO(name, linux64, freebsd64)	[linux64] = #name,
#include "abi/const/errno.def"
};
static const char *const signals[] = {
#define	SIGROW(name, linux64, freebsd64)	[linux64] = #name,
#include "abi/const/signal.def"
#undef SIGROW
};

#define	FLAGROW(name, linux64, freebsd64)	{ #name, freebsd64 },
static const struct ctrow rows_fbopen[] = {
#include "abi/const/openflags.def"
	{ NULL, 0 } };
static const struct ctrow rows_fbmmap[] = {
#include "abi/const/mmapflags.def"
	{ NULL, 0 } };
static const struct ctrow rows_fbat[] = {
#include "abi/const/atflags.def"
	{ NULL, 0 } };
#undef FLAGROW
const struct ctab ct_fbopen = { "O_?\?\?", rows_fbopen };
const struct ctab ct_fbmmap = { "MAP_?\?\?", rows_fbmmap };
const struct ctab ct_fbat = { "AT_?\?\?", rows_fbat };

/* Where Linux has no such signal the row bears the name of another. */
const char *
ct_fbsignal(int sig)
{
	static const struct ctrow rows[] = {
#define	SIGROW(name, linux64, freebsd64)	{ #name, freebsd64 },
#include "abi/const/signal.def"
#undef SIGROW
		{ NULL, 0 } };
	const struct ctab ct = { "", rows };

	return (sig == 7 ? "SIGEMT" : sig == 29 ? "SIGINFO" :
	    ct_name(&ct, (uint64_t)sig));
}

const char *
ct_errno(int error)
{
	return (error > 0 && (unsigned)error < nitems(errnos) ?
	    errnos[error] : NULL);
}

const char *
ct_signal(int sig)
{
	static char rt[16];

	if (sig > 0 && (unsigned)sig < nitems(signals))
		return (signals[sig]);
	if (sig == 32)
		return ("SIGRTMIN");
	if (sig < 33 || sig > 64)
		return (NULL);
	(void)snprintf(rt, sizeof(rt), "SIGRT_%d", sig - 32);
	return (rt);
}

const char *
ct_name(const struct ctab *ct, uint64_t v)
{
	for (const struct ctrow *r = ct->ct_row; r->cr_name != NULL; r++)
		if (r->cr_value == v)
			return (r->cr_name);
	return (NULL);
}

void
ct_value(struct text *t, const struct ctab *ct, uint64_t v)
{
	const char *name = ct_name(ct, v);

	if (name != NULL)
		tputs(t, name);
	else
		tputf(t, "%#" PRIx64 " /* %s */", v, ct->ct_unknown);
}

int
ct_bits(struct text *t, const struct ctab *ct, uint64_t *v, int any)
{
	for (const struct ctrow *r = ct->ct_row; r->cr_name != NULL; r++)
		if (r->cr_value != 0 && (*v & r->cr_value) == r->cr_value) {
			tputf(t, "%s%s", any ? "|" : "", r->cr_name);
			*v &= ~r->cr_value;
			any = 1;
		}
	return (any);
}

void
ct_flags(struct text *t, const struct ctab *ct, uint64_t v)
{
	int any = 0;

	if (v == 0) {
		const char *none = ct_name(ct, 0);

		tputs(t, none != NULL ? none : "0");
		return;
	}
	any = ct_bits(t, ct, &v, 0);
	if (v != 0 && any)
		tputf(t, "|%#" PRIx64, v);
	else if (v != 0)
		tputf(t, "%#" PRIx64 " /* %s */", v, ct->ct_unknown);
}
