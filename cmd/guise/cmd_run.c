/* cmd_run.c: guise run: a program in a root file system of its own. */
#include "guise.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
"usage: guise run --rootfs DIR [options] [--] [CMD [ARG...]]\n"
"\n"
"Run CMD (default /bin/sh) with DIR as its root file system.  CMD is process 1\n"
"and runs as root unless -u says otherwise.  What it writes stays in DIR.\n"
"\n"
"      --rootfs DIR     directory that holds the root file system\n"
"      --read-only      refuse writes to it\n"
"      --ephemeral      keep writes in memory and forget them at the end\n"
"      --entrypoint CMD  run CMD, with all that follows as its arguments\n"
"      --init           a reaper in the kernel is process 1 instead of CMD\n"
"      --kinit          the same\n"
RUNOPTS_HELP
"\n"
"Exit status: CMD's; 128+N when signal N killed it; 125 when guise failed;\n"
"126 when CMD cannot be executed; 127 when CMD was not found.\n";

static const struct option options[] = {
	{ "rootfs", required_argument, NULL, OPT_ROOTFS },
	{ "read-only", no_argument, NULL, OPT_RDONLY },
	{ "ephemeral", no_argument, NULL, OPT_EPHEMERAL },
	{ "kinit", no_argument, NULL, OPT_KINIT },
	{ "init", no_argument, NULL, OPT_KINIT },
	{ "entrypoint", required_argument, NULL, OPT_ENTRYPOINT },
	RUNOPTS_LONG,
	{ NULL, 0, NULL, 0 }
};

static char *entrypoint;

static int
take(struct runopts *ro, int opt, struct jerr *e)
{
	switch (opt) {
	case OPT_ROOTFS:
		ro->ro_spec.js_rootfs = optarg;
		return (0);
	case OPT_RDONLY:
		ro->ro_spec.js_rdonly = true;
		return (0);
	case OPT_EPHEMERAL:
		ro->ro_spec.js_ephemeral = true;
		return (0);
	case OPT_KINIT:
		ro->ro_spec.js_kinit = true;
		return (0);
	case OPT_ENTRYPOINT:
		if (optarg[0] == '\0')
			return (jerr_set(e, JERR_SELF, "--entrypoint: no "
			    "program"));
		entrypoint = optarg;
		return (0);
	case '?':
		return (usage_error("run", e));
	default:
		return (runopts_take(ro, opt, optarg, e));
	}
}

int
cmd_run(int argc, char **argv, struct jerr *e)
{
	static char *shell[] = { "/bin/sh", NULL };
	static struct runopts ro;
	int opt;

	runopts_init(&ro);
	while ((opt = getopt_long(argc, argv, RUNOPTS_SHORT, options,
	    NULL)) != -1) {
		if (opt == 'h') {
			(void)fputs(help, stdout);
			return (0);
		}
		if (take(&ro, opt, e) != 0)
			return (-1);
	}
	if (ro.ro_spec.js_rootfs == NULL)
		return (jerr_set(e, JERR_SELF, "run: no root file system; add "
		    "--rootfs DIR"));
	if (ro.ro_spec.js_rdonly && ro.ro_spec.js_ephemeral)
		return (jerr_set(e, JERR_SELF, "run: --read-only and "
		    "--ephemeral exclude each other"));
	ro.ro_spec.js_argv = optind < argc ? argv + optind : shell;
	if (entrypoint != NULL) {
		/* The place before is getopt's: an option's, or argv[0]. */
		argv[--optind] = entrypoint;
		ro.ro_spec.js_argv = argv + optind;
	}
	return (jail_run(&ro.ro_spec, e));
}
