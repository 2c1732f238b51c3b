/* main.c: guise: the table of verbs. */
#include "guise.h"

#include <stdio.h>
#include <string.h>

#include "libkern/types.h"

static const struct verb verbs[] = {
	{ "run", cmd_run, "run a program in a root file system" },
	{ "try", cmd_try, "run a program on a throw-away copy of this machine" },
	{ "list", cmd_list, "list the running jails" },
	{ "ps", cmd_ps, "list a jail's processes" },
	{ "trace", cmd_trace, "show system calls as they are made" },
	{ "syscalls", cmd_syscalls, "list the supported system calls" },
	{ "text", cmd_text, "show how a program's system calls can be entered" },
};

static void
help(FILE *fp)
{
	(void)fprintf(fp, "usage: guise VERB [options] [ARG...]\n\n"
	    "A kernel in user space that runs unmodified Linux programs.\n\n");
	for (size_t i = 0; i < nitems(verbs); i++)
		(void)fprintf(fp, "  %-10s %s\n", verbs[i].v_name,
		    verbs[i].v_summary);
	(void)fprintf(fp, "\n'guise VERB --help' tells more; 'guise --version' "
	    "the version.\n");
}

static int
fail(const struct jerr *e)
{
	(void)fprintf(stderr, "guise: %s\n", e->je_msg);
	return (e->je_status);
}

int
main(int argc, char **argv)
{
	static struct jerr e;
	int r;

	if (argc < 2) {
		help(stderr);
		return (JERR_SELF);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help(stdout);
		return (0);
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)printf("guise %s\n", GUISE_VERSION);
		return (0);
	}
	for (size_t i = 0; i < nitems(verbs); i++) {
		if (strcmp(argv[1], verbs[i].v_name) != 0)
			continue;
		r = verbs[i].v_run(argc - 1, argv + 1, &e);
		return (r >= 0 ? r : fail(&e));
	}
	(void)jerr_set(&e, JERR_SELF, "no verb '%s'; 'guise --help' lists "
	    "them", argv[1]);
	return (fail(&e));
}
