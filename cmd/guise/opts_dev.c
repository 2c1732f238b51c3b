/* opts_dev.c: the guest's /dev: --device, --devfs-ruleset. */
#include "guise.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* HOST[:GUEST[:PERMISSIONS]], as docker's */
int
opt_device(struct runopts *ro, char *arg, struct jerr *e)
{
	struct jail_spec *js = &ro->ro_spec;
	struct jail_dev *jd = &js->js_dev[js->js_ndev];
	char *guest = strchr(arg, ':');
	const char *perm = NULL;

	if (js->js_ndev == JAIL_MAXDEVICES)
		return (jerr_set(e, JERR_SELF, "more than %d devices",
		    JAIL_MAXDEVICES));
	if (guest != NULL) {
		*guest++ = '\0';
		/* HOST:rw has no GUEST */
		if (guest[0] != '/') {
			perm = guest;
			guest = NULL;
		} else if (strchr(guest, ':') != NULL) {
			perm = strchr(guest, ':') + 1;
			guest[strcspn(guest, ":")] = '\0';
		}
	}
	if (perm == NULL)
		perm = "rwm";
	if (perm[0] == '\0' || perm[strspn(perm, "rwm")] != '\0')
		return (jerr_set(e, JERR_SELF, "--device %s: permissions are "
		    "made of r, w and m, not '%s'", arg, perm));
	if (arg[0] != '/')
		return (jerr_set(e, JERR_SELF, "--device %s: write the "
		    "device's absolute path", arg));
	jd->jd_host = arg;
	jd->jd_guest = guest != NULL ? guest : arg;
	jd->jd_read = strchr(perm, 'r') != NULL;
	jd->jd_write = strchr(perm, 'w') != NULL;
	js->js_ndev++;
	return (0);
}

/* --- rules -------------------------------------------------------------------- */

struct rulefile {
	struct runopts	*f_ro;
	const char	*f_path;
	unsigned	f_line;
	struct jerr	*f_e;
};

static int
bad(const struct rulefile *f, const char *what, const char *word)
{
	return (jerr_set(f->f_e, JERR_SELF, "%s:%u: %s%s%s", f->f_path,
	    f->f_line, what, word != NULL ? ": " : "",
	    word != NULL ? word : ""));
}

/* The next word, perhaps in quotes; NULL at the end. */
static char *
word(char **sp)
{
	char *s = *sp + strspn(*sp, " \t"), *w = s, *end;

	if (*s == '\0' || *s == '#')
		return (NULL);
	if (*s == '\'' || *s == '"') {
		w = s + 1;
		end = strchr(w, *s);
		if (end == NULL)
			end = w + strlen(w);
	} else
		end = s + strcspn(s, " \t");
	*sp = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return (w);
}

static int
add_rule(const struct rulefile *f, char *pattern, unsigned what,
    uint32_t value)
{
	struct jail_spec *js = &f->f_ro->ro_spec;
	struct jail_rule *v = realloc(js->js_rule,
	    (js->js_nrule + 1) * sizeof(*v));

	if (v == NULL)
		return (jerr_errno(f->f_e, "no memory"));
	js->js_rule = v;
	v[js->js_nrule++] = (struct jail_rule){ pattern, what, value };
	return (0);
}

static int
valued(const struct rulefile *f, char *pattern, const char *action,
    const char *text)
{
	unsigned what = strcmp(action, "mode") == 0 ? JR_MODE :
	    strcmp(action, "user") == 0 ? JR_USER : JR_GROUP;
	unsigned long v;
	char *end;

	if (text == NULL)
		return (bad(f, "a value is missing after", action));
	if (what != JR_MODE && (strcmp(text, "root") == 0 ||
	    strcmp(text, "wheel") == 0))
		text = "0";
	errno = 0;
	v = strtoul(text, &end, what == JR_MODE ? 8 : 10);
	if (errno != 0 || *end != '\0' || !isdigit((unsigned char)text[0]) ||
	    v > (what == JR_MODE ? 07777UL : UINT32_MAX - 1UL))
		return (bad(f, "not a number", text));
	return (add_rule(f, pattern, what, (uint32_t)v));
}

/* [add] [path PATTERN] ACTION... */
static int
rule_line(const struct rulefile *f, char *s)
{
	char *w = word(&s), *pattern = NULL;
	int r = 0;

	if (w == NULL || w[0] == '[')
		return (0);		/* a rule set's head */
	if (strcmp(w, "add") == 0)
		w = word(&s);
	if (w != NULL && strcmp(w, "path") == 0) {
		if ((w = word(&s)) == NULL)
			return (bad(f, "a pattern is missing", NULL));
		pattern = strdup(w);
		w = word(&s);
	} else
		pattern = strdup("*");
	if (pattern == NULL)
		return (jerr_errno(f->f_e, "no memory"));
	if (w == NULL)
		return (bad(f, "an action is missing", NULL));
	for (; r == 0 && w != NULL; w = word(&s)) {
		if (strcmp(w, "hide") == 0)
			r = add_rule(f, pattern, JR_HIDE, 0);
		else if (strcmp(w, "unhide") == 0)
			r = add_rule(f, pattern, JR_UNHIDE, 0);
		else if (strcmp(w, "mode") == 0 || strcmp(w, "user") == 0 ||
		    strcmp(w, "group") == 0)
			r = valued(f, pattern, w, word(&s));
		else
			r = bad(f, "no such action (hide, unhide, mode, user, "
			    "group)", w);
	}
	return (r);
}

int
opt_devfs(struct runopts *ro, const char *path, struct jerr *e)
{
	struct rulefile f = { ro, path, 0, e };
	FILE *fp = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	if (fp == NULL)
		return (jerr_errno(e, "cannot open --devfs-ruleset %s", path));
	while (r == 0 && getline(&line, &cap, fp) >= 0) {
		f.f_line++;
		line[strcspn(line, "\r\n")] = '\0';
		r = rule_line(&f, line);
	}
	free(line);
	(void)fclose(fp);
	return (r);
}
