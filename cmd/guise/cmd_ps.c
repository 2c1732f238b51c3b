/* cmd_ps.c: guise ps: the processes of a jail. */
#include "guise.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "jail/door.h"
#include "jail/look.h"

static const char help[] =
"usage: guise ps [JAIL]\n"
"\n"
"List a jail's processes: the guest's pid, its parent's, the pid on the host,\n"
"the user id in the guest, state and threads as ps(1) names them, the time it\n"
"runs, the CPU time it used, its command.  JAIL is a name or a warden's pid; it\n"
"may be left out when only one is running.\n"
"\n"
"  -h, --help           this text\n";

static bool
show(const struct look_proc *lp, void *arg)
{
	char age[24], cpu[24];

	look_age(age, sizeof(age), lp->lp_age);
	look_age(cpu, sizeof(cpu), lp->lp_cpu);
	(void)printf("%7d %7d %7d %6u %c %4u %9s %9s  %s\n", lp->lp_pid,
	    lp->lp_ppid, lp->lp_hostpid, lp->lp_uid, lp->lp_state,
	    lp->lp_threads, age, cpu, lp->lp_name);
	return (true);
}

int
cmd_ps(int argc, char **argv, struct jerr *e)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct jail_link jl;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'h')
			return (usage_error("ps", e));
		(void)fputs(help, stdout);
		return (0);
	}
	if (argc - optind > 1)
		return (jerr_set(e, JERR_SELF, "ps: one jail at a time"));
	if (link_find(&jl, argv[optind], e) != 0)
		return (-1);
	(void)printf("%7s %7s %7s %6s %s %4s %9s %9s  %s\n", "PID", "PPID",
	    "HOSTPID", "UID", "S", "THR", "TIME", "CPU", "COMMAND");
	look_procs(&jl, show, NULL);
	link_close(&jl);
	return (0);
}
