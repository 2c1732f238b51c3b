/*
 * cmd_syscalls.c: guise syscalls: the one table of calls (sys/abi/calls/), as
 * text.  The rows are compiled in here by the same template that the kernel
 * uses, so the list cannot differ from what runs.
 */
#include "guise.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/calls.h"

enum { FULL = CS_FULL, PARTIAL = CS_PARTIAL, STUB = CS_STUB };

struct row {
	const char	*name;
	int		nr[ABI_COUNT];
	enum call_support support;
	const char	*note;
	const char	*error;		/* of missing ones */
};

static const struct row rows[] = {
#define	A0()		0
#define	A1(...)		0
#define	A2(...)		0
#define	A3(...)		0
#define	A4(...)		0
#define	A5(...)		0
#define	A6(...)		0
#define	CALL(name, n64, n32, nfb, ret, flags, support, args, note)	\
	{ #name, { n64, n32, nfb }, (enum call_support)support, note, NULL },
#define	MISS(name, n64, n32, nfb, err, why)				\
	{ #name, { n64, n32, nfb }, CS_MISSING, why, #err },
#include "abi/calls_gen.h"
};

static const char *const abinames[ABI_COUNT] = {
	"linux64", "linux32", "freebsd64" };
static const char *const supports[] = {
	"full", "partial", "stub", "missing" };

static const char help[] =
"usage: guise syscalls [--abi linux64|linux32|freebsd64] [--missing]\n"
"\n"
"List the system calls of each ABI: name, numbers, how completely the call is\n"
"supported (full, partial, stub, missing), and a note.\n"
"\n"
"      --abi NAME   only calls of this ABI, in the order of their numbers\n"
"      --missing    only what is not fully supported\n"
"  -h, --help       this text\n";

static int sortabi;

static int
by_number(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;

	return (x->nr[sortabi] - y->nr[sortabi]);
}

static void
print_nr(int nr)
{
	if (nr == NA)
		(void)printf(" %9s", "-");
	else
		(void)printf(" %9d", nr);
}

static void
print_row(const struct row *r, int abi)
{
	(void)printf("%-24s", r->name);
	for (int i = 0; i < ABI_COUNT; i++)
		if (abi < 0 || abi == i)
			print_nr(r->nr[i]);
	(void)printf("  %-8s", supports[r->support]);
	if (r->error != NULL)
		(void)printf(" %s: %s", r->error, r->note);
	else if (r->note[0] != '\0')
		(void)printf(" %s", r->note);
	(void)putchar('\n');
}

static int
list(int abi, bool missing)
{
	const struct row **v = calloc(nitems(rows) + 1, sizeof(*v));
	unsigned count[4] = { 0 };
	size_t n = 0;

	if (v == NULL)
		return (JERR_SELF);
	for (size_t i = 0; i < nitems(rows); i++) {
		if (abi >= 0 && rows[i].nr[abi] == NA)
			continue;
		count[rows[i].support]++;
		if (!missing || rows[i].support != CS_FULL)
			v[n++] = &rows[i];
	}
	if (abi >= 0) {
		sortabi = abi;
		qsort(v, n, sizeof(v[0]), by_number);
	}
	(void)printf("%-24s", "call");
	for (int i = 0; i < ABI_COUNT; i++)
		if (abi < 0 || abi == i)
			(void)printf(" %9s", abinames[i]);
	(void)printf("  %-8s note\n", "support");
	for (size_t i = 0; i < n; i++)
		print_row(v[i], abi);
	free(v);
	(void)printf("\n%s: %u full, %u partial, %u stub, %u missing\n",
	    abi < 0 ? "all ABIs" : abinames[abi], count[CS_FULL],
	    count[CS_PARTIAL], count[CS_STUB], count[CS_MISSING]);
	return (ferror(stdout) || fflush(stdout) != 0 ? JERR_SELF : 0);
}

int
cmd_syscalls(int argc, char **argv, struct jerr *e)
{
	static const struct option options[] = {
		{ "abi", required_argument, NULL, OPT_ABI },
		{ "missing", no_argument, NULL, OPT_MISSING },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	bool missing = false;
	int abi = -1, opt;

	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case OPT_ABI:
			for (abi = ABI_COUNT - 1; abi >= 0; abi--)
				if (strcmp(optarg, abinames[abi]) == 0)
					break;
			if (abi < 0)
				return (jerr_set(e, JERR_SELF, "syscalls: no "
				    "ABI '%s'; there are linux64, linux32, "
				    "freebsd64", optarg));
			break;
		case OPT_MISSING:
			missing = true;
			break;
		case 'h':
			(void)fputs(help, stdout);
			return (0);
		default:
			return (usage_error("syscalls", e));
		}
	}
	return (list(abi, missing));
}
