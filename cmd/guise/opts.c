/* opts.c: options that run and try share; see guise.h. */
#include "guise.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void
runopts_init(struct runopts *ro)
{
	memset(ro, 0, sizeof(*ro));
}

static int
add_env(struct runopts *ro, char *arg, struct jerr *e)
{
	char **v, *val, *kv = arg;

	if (arg[0] == '\0' || arg[0] == '=')
		return (jerr_set(e, JERR_SELF, "-e %s: a variable needs a "
		    "name: -e NAME=VALUE", arg));
	if (strchr(arg, '=') == NULL) {
		if ((val = getenv(arg)) == NULL)
			return (0);	/* as docker: unset stays unset */
		if (asprintf(&kv, "%s=%s", arg, val) < 0)
			return (jerr_errno(e, "no memory"));
	}
	v = realloc(ro->ro_env, (ro->ro_nenv + 2) * sizeof(*v));
	if (v == NULL)
		return (jerr_errno(e, "no memory"));
	v[ro->ro_nenv++] = kv;
	v[ro->ro_nenv] = NULL;
	ro->ro_env = v;
	ro->ro_spec.js_env = v;
	return (0);
}

static int
add_volume(struct runopts *ro, char *arg, struct jerr *e)
{
	struct jail_spec *js = &ro->ro_spec;
	struct jail_volume *jv = &js->js_vol[js->js_nvol];
	char *guest = strchr(arg, ':'), *mode;

	if (js->js_nvol == JAIL_MAXVOLUMES)
		return (jerr_set(e, JERR_SELF, "more than %d volumes",
		    JAIL_MAXVOLUMES));
	if (guest == NULL || guest == arg || guest[1] != '/')
		return (jerr_set(e, JERR_SELF, "-v %s: write HOST:GUEST or "
		    "HOST:GUEST:ro with an absolute GUEST path", arg));
	*guest++ = '\0';
	if ((mode = strchr(guest, ':')) != NULL) {
		*mode++ = '\0';
		if (strcmp(mode, "ro") == 0)
			jv->jv_rdonly = true;
		else if (strcmp(mode, "rw") != 0)
			return (jerr_set(e, JERR_SELF, "-v %s:%s:%s: the mode "
			    "is ro or rw", arg, guest, mode));
	}
	jv->jv_host = arg;
	jv->jv_guest = guest;
	js->js_nvol++;
	return (0);
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
		return (add_env(ro, arg, e));
	case 'v':
		return (add_volume(ro, arg, e));
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
	case OPT_MEMORY:
		return (set_memory(ro, arg, e));
	case OPT_TRAP:
		return (set_trap(ro, arg, e));
	default:
		return (-1);
	}
}
