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
RUNOPTS_HELP
"\n"
"Exit status: CMD's; 128+N when signal N killed it; 125 when guise failed;\n"
"126 when CMD cannot be executed; 127 when CMD was not found.\n";

static const struct option options[] = {
	RUNOPTS_LONG,
	{ NULL, 0, NULL, 0 }
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

int
cmd_try(int argc, char **argv, struct jerr *e)
{
	static struct runopts ro;
	static char tree[PATH_MAX], cwd[PATH_MAX];
	int opt;

	runopts_init(&ro);
	while ((opt = getopt_long(argc, argv, RUNOPTS_SHORT, options,
	    NULL)) != -1) {
		if (opt == 'h') {
			(void)fputs(help, stdout);
			return (0);
		}
		if (opt == '?')
			return (usage_error("try", e));
		if (runopts_take(&ro, opt, optarg, e) != 0)
			return (-1);
	}
	if (optind == argc)
		return (jerr_set(e, JERR_SELF, "try: no command; write guise "
		    "try -- CMD ARG..."));
	if (ro.ro_spec.js_cwd == NULL && getcwd(cwd, sizeof(cwd)) != NULL &&
	    cwd[0] == '/') {
		ro.ro_spec.js_cwd = cwd;
		keep_cwd(&ro.ro_spec, cwd, tree, sizeof(tree));
	}
	ro.ro_spec.js_rootfs = "/";
	ro.ro_spec.js_try = true;
	ro.ro_spec.js_ephemeral = true;
	ro.ro_spec.js_kinit = true;
	ro.ro_spec.js_caller = true;
	ro.ro_spec.js_inherit = true;
	ro.ro_spec.js_argv = argv + optind;
	return (jail_run(&ro.ro_spec, e));
}
