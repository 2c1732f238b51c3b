/* cmd_try.c: guise try: a program on a throw-away copy of this machine. */
#include "guise.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>

static const char help[] =
"usage: guise try [options] [--] CMD [ARG...]\n"
"\n"
"Run CMD on a throw-away copy of this machine: it sees the host's files, and\n"
"everything that it writes is kept in memory and forgotten at the end.  /proc,\n"
"/sys, /dev, /tmp and /run are the guest's own.  User, environment and working\n"
"directory are the caller's; -u root makes CMD root in the guest.\n"
"\n"
"      --changes[=long|short|null]  list at the end what was added, changed and\n"
"                       deleted\n"
"      --diff           show it as a patch\n"
"      --output FILE    write list and patch to FILE\n"
"      --commit[=yes]   apply the changes to this machine, after a question\n"
"                       (yes: without, if CMD ended with status 0)\n"
"  -y                   the same as --commit=yes\n"
"      --force          apply even what changed here meanwhile\n"
"      --upper DIR      keep the changes in DIR (overlayfs's format) and start\n"
"                       from those that are there; without CMD: no program runs\n"
"      --resume [FILE...]  finish commits that were interrupted, or apply FILE\n"
RUNOPTS_HELP
"\n"
"Exit status: CMD's; 128+N when signal N killed it; 125 when guise failed;\n"
"126 when CMD cannot be executed; 127 when CMD was not found.\n";

static const struct option options[] = {
	{ "changes", optional_argument, NULL, OPT_CHANGES },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "commit", optional_argument, NULL, OPT_COMMIT },
	{ "yes", no_argument, NULL, 'y' },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "upper", required_argument, NULL, OPT_UPPER },
	{ "resume", no_argument, NULL, OPT_RESUME },
	RUNOPTS_LONG,
	{ NULL, 0, NULL, 0 }
};

struct try {
	struct runopts	ro;
	struct after	after;
	bool		resume;
	char		tree[PATH_MAX], cwd[PATH_MAX];
};

/*
 * The jail has a /tmp, /run and /dev/shm of its own.  A caller who stands in a
 * directory below one of them keeps the tree that he stands in (the first
 * component), as a throw-away copy like everything else.
 */
static void
keep_cwd(struct jail_spec *js, const char *cwd, char *tree, size_t size)
{
	static const char *const own[] = { "/tmp/", "/run/", "/dev/shm/" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strncmp(cwd, own[i], strlen(own[i])) == 0)
			n = strlen(own[i]);
	if (n == 0 || js->js_nvol == JAIL_MAXVOLUMES)
		return;
	n += strcspn(cwd + n, "/");
	if (n >= size)
		return;
	memcpy(tree, cwd, n);
	tree[n] = '\0';
	/* First, so that the volumes of -v may lie in it. */
	memmove(&js->js_vol[1], &js->js_vol[0],
	    js->js_nvol * sizeof(js->js_vol[0]));
	js->js_vol[0] = (struct jail_volume){ .jv_host = tree,
	    .jv_guest = tree, .jv_throwaway = true };
	js->js_nvol++;
}

static int
take(struct try *t, int opt, struct jerr *e)
{
	switch (opt) {
	case OPT_UPPER:
		t->ro.ro_spec.js_upper = optarg;
		return (0);
	case OPT_RESUME:
		t->resume = true;
		return (0);
	case OPT_CHANGES:
	case OPT_DIFF:
	case OPT_OUTPUT:
	case OPT_COMMIT:
	case OPT_FORCE:
	case 'y':
		return (after_option(&t->after, opt, optarg, e));
	case '?':
		return (usage_error("try", e));
	default:
		return (runopts_take(&t->ro, opt, optarg, e));
	}
}

static void
fill_spec(struct jail_spec *js, char **argv, char *cwd, size_t cwdsize,
    char *tree, size_t treesize)
{
	if (js->js_cwd == NULL && getcwd(cwd, cwdsize) != NULL &&
	    cwd[0] == '/') {
		js->js_cwd = cwd;
		keep_cwd(js, cwd, tree, treesize);
	}
	js->js_rootfs = "/";
	js->js_try = true;
	js->js_ephemeral = true;
	js->js_kinit = true;
	js->js_caller = true;
	js->js_inherit = true;
	js->js_argv = *argv != NULL ? argv : NULL;
}

void
try_spec(struct jail_spec *js, char **argv)
{
	static char tree[PATH_MAX], cwd[PATH_MAX];

	fill_spec(js, argv, cwd, sizeof(cwd), tree, sizeof(tree));
}

static int
run(struct try *t, char **argv, struct jerr *e)
{
	struct jail_spec *js = &t->ro.ro_spec;
	int status;

	if (*argv == NULL && (js->js_upper == NULL ||
	    !after_wanted(&t->after)))
		return (jerr_set(e, JERR_SELF, "try: no command; write guise "
		    "try -- CMD ARG..."));
	fill_spec(js, argv, t->cwd, sizeof(t->cwd), t->tree,
	    sizeof(t->tree));
	if (after_prepare(&t->after, js, e) != 0)
		return (-1);
	status = jail_run(js, e);
	return (after_run(&t->after, js, status, e));
}

int
cmd_try(int argc, char **argv, struct jerr *e)
{
	static struct try t;
	int opt;

	runopts_init(&t.ro);
	while ((opt = getopt_long(argc, argv, RUNOPTS_SHORT "y", options,
	    NULL)) != -1) {
		if (opt == 'h') {
			(void)fputs(help, stdout);
			return (0);
		}
		if (take(&t, opt, e) != 0)
			return (-1);
	}
	if (t.resume)
		return (after_resume(&t.after, argv + optind, e));
	return (run(&t, argv + optind, e));
}
