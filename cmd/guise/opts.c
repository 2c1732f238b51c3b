/* opts.c: options that run and try share; see guise.h. */
#include "guise.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "jail/cpuid.h"

void
runopts_init(struct runopts *ro)
{
	memset(ro, 0, sizeof(*ro));
}

static int
set_memory(struct runopts *ro, const char *arg, struct jerr *e)
{
	char *end;
	unsigned long long n;
	unsigned shift = 0;

	errno = 0;
	n = strtoull(arg, &end, 10);
	if (*end == 'k' || *end == 'K')
		shift = 10;
	else if (*end == 'm' || *end == 'M')
		shift = 20;
	else if (*end == 'g' || *end == 'G')
		shift = 30;
	if (shift != 0)
		end++;
	if (errno != 0 || end == arg || *end != '\0' || n == 0 ||
	    n > (ULLONG_MAX >> shift) || arg[0] == '-')
		return (jerr_set(e, JERR_SELF, "--memory %s: write a number "
		    "with K, M or G", arg));
	ro->ro_spec.js_memory = n << shift;
	return (0);
}

static int
set_cpumask(struct runopts *ro, const char *arg, struct jerr *e)
{
	char *bad;

	if (cpumask_parse(arg, &ro->ro_spec.js_cpuhide, &bad) == 0)
		return (0);
	if (bad == NULL)
		return (jerr_errno(e, "no memory"));
	return (jerr_set(e, JERR_SELF, "--cpu-mask %s: %s is neither a feature "
	    "of x86-64 that can be hidden nor a level from x86-64-v1 to "
	    "x86-64-v4", arg, bad));
}

static int
set_trap(struct runopts *ro, const char *arg, struct jerr *e)
{
	if (strcmp(arg, "sud") == 0)
		ro->ro_spec.js_trap = ROOTF_SUD;
	else if (strcmp(arg, "seccomp") == 0)
		ro->ro_spec.js_trap = ROOTF_SECCOMP;
	else
		return (jerr_set(e, JERR_SELF, "--trap %s: choose sud or "
		    "seccomp", arg));
	return (0);
}

int
usage_error(const char *verb, struct jerr *e)
{
	/* getopt has named the option already. */
	return (jerr_set(e, JERR_SELF, "see 'guise %s --help'", verb));
}

int
runopts_take(struct runopts *ro, int opt, char *arg, struct jerr *e)
{
	switch (opt) {
	case 'e':
		return (opt_env(ro, arg, e));
	case 'v':
		return (opt_volume(ro, arg, e));
	case OPT_ENVFILE:
		return (opt_envfile(ro, arg, e));
	case OPT_ULIMIT:
		return (opt_ulimit(ro, arg, e));
	case OPT_TMPFS:
		return (opt_tmpfs(ro, arg, e));
	case OPT_DEVICE:
		return (opt_device(ro, arg, e));
	case OPT_DEVFS:
		return (opt_devfs(ro, arg, e));
	case OPT_MOUNT:
		return (opt_mount(ro, arg, e));
	case 'i':
		return (0);	/* standard input is always the caller's */
	case 't':
		if (!isatty(0))
			return (jerr_set(e, JERR_SELF, "-t: standard input "
			    "is not a terminal"));
		return (0);	/* a terminal is always passed on */
	case 'w':
		if (arg[0] != '/')
			return (jerr_set(e, JERR_SELF, "-w %s: the working "
			    "directory must be an absolute path", arg));
		ro->ro_spec.js_cwd = arg;
		return (0);
	case 'u':
		ro->ro_spec.js_user = arg;
		return (0);
	case OPT_HOSTNAME:
		if (arg[0] == '\0' || strlen(arg) > 64)
			return (jerr_set(e, JERR_SELF, "--hostname: 1 to 64 "
			    "characters"));
		ro->ro_spec.js_hostname = arg;
		return (0);
	case OPT_NAME:
		ro->ro_spec.js_name = arg;
		return (0);
	case OPT_CPUMASK:
		return (set_cpumask(ro, arg, e));
	case OPT_MEMORY:
		return (set_memory(ro, arg, e));
	case OPT_TRAP:
		return (set_trap(ro, arg, e));
	default:
		return (-1);
	}
}
