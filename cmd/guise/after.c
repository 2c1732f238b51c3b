/*
 * after.c: what guise try does when the jail is over: list, patch, apply.
 */
#include "guise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- asking ------------------------------------------------------------------ */

/* Yes by a line that begins with y, on the terminal itself: the standard streams
 * are the program's. */
static bool
ask(unsigned n, int status)
{
	FILE *tty = fopen("/dev/tty", "r+e");
	char line[64] = "";

	if (tty == NULL)
		return (false);
	if (status != 0)
		(void)fprintf(tty, "The program ended with status %d.\n",
		    status);
	(void)fprintf(tty, "Apply %u change%s to this machine? [y/N] ", n,
	    n == 1 ? "" : "s");
	(void)fflush(tty);
	(void)fseek(tty, 0, SEEK_CUR);
	if (fgets(line, sizeof(line), tty) == NULL)
		line[0] = '\0';
	(void)fclose(tty);
	return (line[0] == 'y' || line[0] == 'Y');
}

static bool
have_tty(void)
{
	FILE *tty = fopen("/dev/tty", "r+e");

	if (tty != NULL)
		(void)fclose(tty);
	return (tty != NULL);
}

/* --- before ------------------------------------------------------------------- */

int
after_option(struct after *af, int opt, char *arg, struct jerr *e)
{
	switch (opt) {
	case OPT_CHANGES:
		af->af_list = true;
		if (arg == NULL || strcmp(arg, "long") == 0)
			af->af_format = CHG_LONG;
		else if (strcmp(arg, "short") == 0)
			af->af_format = CHG_SHORT;
		else if (strcmp(arg, "null") == 0)
			af->af_format = CHG_NULL;
		else
			return (jerr_set(e, JERR_SELF, "--changes=%s: choose "
			    "long, short or null", arg));
		return (0);
	case OPT_DIFF:
		af->af_diff = true;
		return (0);
	case OPT_OUTPUT:
		af->af_output = arg;
		return (0);
	case OPT_FORCE:
		af->af_force = true;
		return (0);
	case OPT_COMMIT:
		if (arg != NULL && strcmp(arg, "yes") != 0 &&
		    strcmp(arg, "ask") != 0)
			return (jerr_set(e, JERR_SELF, "--commit=%s: choose "
			    "ask or yes", arg));
		af->af_commit = true;
		af->af_yes |= arg != NULL && strcmp(arg, "yes") == 0;
		return (0);
	case 'y':
		af->af_commit = af->af_yes = true;
		return (0);
	default:
		return (-1);
	}
}

bool
after_wanted(const struct after *af)
{
	return (af->af_list || af->af_diff || af->af_commit);
}

static int
found_pending(const char *path, void *arg)
{
	return (jerr_set(arg, JERR_SELF, "the commit %s was not finished; "
	    "'guise try --resume' finishes it, removing the file forgets it",
	    path));
}

int
after_prepare(struct after *af, struct jail_spec *js, struct jerr *e)
{
	if (af->af_commit && !af->af_yes && !have_tty())
		return (jerr_set(e, JERR_SELF, "--commit asks on the terminal, "
		    "and there is none; write --commit=yes"));
	if (af->af_commit && chg_pending(found_pending, e, e) != 0)
		return (-1);
	if (!after_wanted(af))
		return (0);
	js->js_exportfd = chg_spool(js->js_rootfs, js->js_upper,
	    af->af_commit, e);
	return (js->js_exportfd < 0 ? -1 : 0);
}

/* --- after ---------------------------------------------------------------------- */

static int
commit(const struct after *af, struct changes *cs, int status, struct jerr *e)
{
	unsigned n = chg_count(cs);
	char why[80];

	if (n == 0)
		return (0);
	if (af->af_yes && status != 0) {
		(void)snprintf(why, sizeof(why), "the program ended with "
		    "status %d: nothing was applied", status);
		return (chg_keep(cs, why, e));
	}
	if (!af->af_yes && !ask(n, status)) {
		(void)fprintf(stderr, "guise: nothing was applied\n");
		return (0);
	}
	if (chg_commit(cs, af->af_force, e) != 0)
		return (-1);
	(void)fprintf(stderr, "guise: %u change%s applied\n", n,
	    n == 1 ? "" : "s");
	return (0);
}

static int
show(const struct after *af, const struct changes *cs, struct jerr *e)
{
	FILE *fp = stdout;
	int r;

	if (af->af_output != NULL &&
	    (fp = fopen(af->af_output, "we")) == NULL)
		return (jerr_errno(e, "cannot write %s", af->af_output));
	if (af->af_list)
		chg_list(cs, fp, af->af_format);
	if (af->af_diff)
		chg_diff(cs, fp);
	r = ferror(fp) != 0 || fflush(fp) != 0 ? -1 : 0;
	if (fp != stdout)
		(void)fclose(fp);
	return (r != 0 ? jerr_errno(e, "cannot write the changes") : 0);
}

int
after_run(const struct after *af, const struct jail_spec *js, int status,
    struct jerr *e)
{
	struct changes *cs;
	int r;

	if (status < 0 || !after_wanted(af))
		return (status);
	cs = chg_load(js->js_exportfd, e);
	if (cs == NULL)
		return (-1);
	for (unsigned i = 0; i < js->js_nvol; i++)
		if (!js->js_vol[i].jv_throwaway)
			chg_ignore(cs, js->js_vol[i].jv_guest);
	r = show(af, cs, e);
	if (r == 0 && af->af_commit)
		r = commit(af, cs, status, e);
	chg_free(cs);
	return (r != 0 ? r : status);
}

/* --- what was left -------------------------------------------------------------- */

struct resume {
	const struct after *r_af;
	struct jerr	*r_e;
};

static int
resume_one(const char *path, void *arg)
{
	const struct resume *r = arg;
	struct changes *cs = chg_reload(path, r->r_e);
	unsigned n;
	int error;

	if (cs == NULL)
		return (jerr_wrap(r->r_e, "%s", path));
	n = chg_count(cs);
	error = show(r->r_af, cs, r->r_e);
	if (error == 0)
		error = chg_commit(cs, r->r_af->af_force, r->r_e);
	if (error == 0)
		(void)fprintf(stderr, "guise: %u change%s applied\n", n,
		    n == 1 ? "" : "s");
	chg_free(cs);
	return (error);
}

int
after_resume(const struct after *af, char **files, struct jerr *e)
{
	struct resume r = { af, e };
	int n;

	for (; *files != NULL; files++) {
		if (resume_one(*files, &r) != 0)
			return (-1);
		if (files[1] == NULL)
			return (0);
	}
	n = chg_pending(resume_one, &r, e);
	if (n < 0)
		return (-1);
	if (n == 0)
		(void)fprintf(stderr, "guise: no commit is unfinished\n");
	return (0);
}
