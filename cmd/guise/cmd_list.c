/* cmd_list.c: guise list: the jails that run. */
#include "guise.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "jail/door.h"
#include "jail/look.h"

static const char help[] =
"usage: guise list [-q]\n"
"\n"
"List your running jails: name, pid of the warden, how long it runs, its\n"
"memory (the kernel's and that of files in memory), its processes, its command.\n"
"\n"
"  -q, --quiet          names alone\n"
"  -h, --help           this text\n";

static bool
show(struct jail_link *jl, void *arg)
{
	const bool *quiet = arg;
	char mem[16], age[24], cmd[sizeof(jl->jl_command)];
	struct look_jail lj;

	if (*quiet) {
		(void)puts(jl->jl_name);
		return (true);
	}
	look_jail(jl, &lj);
	look_age(age, sizeof(age), (int64_t)time(NULL) - jl->jl_started);
	look_size(mem, sizeof(mem), lj.lj_memory);
	look_clean(cmd, sizeof(cmd), jl->jl_command);
	(void)printf("%-20s %7d %9s %7s %5u  %s\n", jl->jl_name,
	    jl->jl_warden, age, mem, lj.lj_procs, cmd);
	return (true);
}

int
cmd_list(int argc, char **argv, struct jerr *e)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	bool quiet = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		if (opt == 'h') {
			(void)fputs(help, stdout);
			return (0);
		}
		if (opt != 'q')
			return (usage_error("list", e));
		quiet = true;
	}
	if (optind != argc)
		return (jerr_set(e, JERR_SELF, "list: no arguments, please; "
		    "'guise ps JAIL' shows one jail's processes"));
	if (!quiet)
		(void)printf("%-20s %7s %9s %7s %5s  %s\n", "NAME", "WARDEN",
		    "TIME", "MEMORY", "PROCS", "COMMAND");
	return (link_each(show, &quiet, e));
}
