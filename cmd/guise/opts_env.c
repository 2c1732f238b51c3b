/*
 * opts_env.c: what a program inherits: --env, --env-file, --ulimit, in
 * docker's words.
 */
#include "guise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* --- environment ------------------------------------------------------------------ */

int
opt_env(struct runopts *ro, char *arg, struct jerr *e)
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

/* Lines NAME=VALUE, taken as they are, or NAME; blank ones and those that
 * begin with # do not count. */
int
opt_envfile(struct runopts *ro, const char *path, struct jerr *e)
{
	FILE *fp = fopen(path, "re");
	char *line = NULL, *p, *copy;
	unsigned nr = 0;
	size_t cap = 0;
	ssize_t n;
	int r = 0;

	if (fp == NULL)
		return (jerr_errno(e, "cannot open --env-file %s", path));
	while (r == 0 && (n = getline(&line, &cap, fp)) >= 0) {
		nr++;
		if (strlen(line) != (size_t)n) {
			r = jerr_set(e, JERR_SELF, "%s:%u: a NUL character",
			    path, nr);
			break;
		}
		line[strcspn(line, "\r\n")] = '\0';
		p = line + strspn(line, " \t");
		if (*p == '\0' || *p == '#')
			continue;
		if (strcspn(p, " \t") < strcspn(p, "=")) {
			r = jerr_set(e, JERR_SELF, "%s:%u: a variable's name "
			    "contains white space: %s", path, nr, p);
			break;
		}
		copy = strdup(p);
		r = copy == NULL ? jerr_errno(e, "no memory") :
		    opt_env(ro, copy, e);
	}
	free(line);
	(void)fclose(fp);
	return (r);
}

/* --- limits -------------------------------------------------------------------------- */

static const struct limitname {
	const char	*name;
	int		res;
} limits[] = {
	{ "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS }, { "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS }, { "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static bool
take_limit(char **s, uint64_t *v)
{
	char *end;

	if (strncmp(*s, "unlimited", 9) == 0) {
		*v = UINT64_MAX;
		*s += 9;
		return (true);
	}
	if (strncmp(*s, "-1", 2) == 0) {
		*v = UINT64_MAX;
		*s += 2;
		return (true);
	}
	if (**s < '0' || **s > '9')
		return (false);
	errno = 0;
	*v = strtoull(*s, &end, 10);
	*s = end;
	return (errno == 0);
}

/* NAME=SOFT[:HARD] */
int
opt_ulimit(struct runopts *ro, char *arg, struct jerr *e)
{
	struct jail_spec *js = &ro->ro_spec;
	char *s = strchr(arg, '=');
	uint64_t soft, hard;
	size_t i;

	if (s == NULL)
		return (jerr_set(e, JERR_SELF, "--ulimit %s: write "
		    "NAME=SOFT[:HARD]", arg));
	*s++ = '\0';
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strcmp(arg, limits[i].name) == 0)
			break;
	if (i == sizeof(limits) / sizeof(limits[0]))
		return (jerr_set(e, JERR_SELF, "--ulimit %s: no such limit; "
		    "see guise-run(1)", arg));
	if (!take_limit(&s, &soft))
		return (jerr_set(e, JERR_SELF, "--ulimit %s=%s: not a number",
		    arg, s));
	hard = soft;
	if (*s == ':') {
		s++;
		if (!take_limit(&s, &hard))
			return (jerr_set(e, JERR_SELF, "--ulimit %s: the hard "
			    "limit is not a number", arg));
	}
	if (*s != '\0')
		return (jerr_set(e, JERR_SELF, "--ulimit %s: write "
		    "NAME=SOFT[:HARD]", arg));
	if (soft > hard)
		return (jerr_set(e, JERR_SELF, "--ulimit %s: the soft limit "
		    "is above the hard one", arg));
	js->js_rlimit[limits[i].res].jl_set = true;
	js->js_rlimit[limits[i].res].jl_soft = soft;
	js->js_rlimit[limits[i].res].jl_hard = hard;
	return (0);
}
