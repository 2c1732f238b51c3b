/*
 * users.c: who -u means (docker-run(1)): numbers as they are, names and home
 * directories by etc/passwd and etc/group below the root file system.  The
 * files are opened with RESOLVE_IN_ROOT, so a link in them cannot lead out.
 */
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define	GROUPS_MAX	1024

/* Fields of a colon-separated line; n of them or fewer. */
static unsigned
split(char *line, char **f, unsigned n)
{
	unsigned i = 0;

	line[strcspn(line, "\n")] = '\0';
	while (i < n && line != NULL)
		f[i++] = strsep(&line, ":");
	return (i);
}

static bool
number(const char *s, uint32_t *v)
{
	char *end;
	unsigned long n;

	if (*s < '0' || *s > '9')
		return (false);
	errno = 0;
	n = strtoul(s, &end, 10);
	*v = (uint32_t)n;
	return (errno == 0 && *end == '\0' && n < UINT32_MAX);
}

static FILE *
open_db(int rootfd, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, rootfd, name, &how, sizeof(how));
	FILE *f;

	if (fd < 0)
		return (NULL);
	if ((f = fdopen((int)fd, "r")) == NULL)
		(void)close((int)fd);
	return (f);
}

/* The passwd line of a name (or, name NULL, of uid). */
static bool
find_passwd(int rootfd, const char *name, uint32_t uid, struct jail_user *ju,
    char *login, size_t n)
{
	FILE *fp = open_db(rootfd, "etc/passwd");
	char *line = NULL, *f[7];
	size_t cap = 0;
	bool found = false;
	uint32_t u, g;

	if (fp == NULL)
		return (false);
	while (!found && getline(&line, &cap, fp) > 0) {
		if (split(line, f, 7) < 6 || !number(f[2], &u) ||
		    !number(f[3], &g))
			continue;
		if (name != NULL ? strcmp(f[0], name) != 0 : u != uid)
			continue;
		found = true;
		ju->ju_uid = u;
		ju->ju_gid = g;
		ju->ju_home = strdup(f[5][0] != '\0' ? f[5] : "/");
		(void)snprintf(login, n, "%s", f[0]);
	}
	free(line);
	(void)fclose(fp);
	return (found);
}

static bool
listed(char *members, const char *login)
{
	char *m;

	while ((m = strsep(&members, ",")) != NULL)
		if (strcmp(m, login) == 0)
			return (true);
	return (false);
}

/*
 * Look through group(5): with gname, that group's number into *gid; else
 * collect the groups that list login.
 */
static bool
scan_groups(int rootfd, const char *gname, uint32_t *gid, const char *login,
    struct jail_user *ju)
{
	FILE *fp = open_db(rootfd, "etc/group");
	char *line = NULL, *f[4];
	size_t cap = 0;
	bool found = false;
	uint32_t g;

	if (fp == NULL)
		return (false);
	while (!found && getline(&line, &cap, fp) > 0) {
		unsigned n = split(line, f, 4);

		if (n < 3 || !number(f[2], &g))
			continue;
		if (gname != NULL && strcmp(f[0], gname) == 0) {
			*gid = g;
			found = true;
		} else if (gname == NULL && n == 4 && listed(f[3], login) &&
		    ju->ju_ngroups < GROUPS_MAX)
			ju->ju_groups[ju->ju_ngroups++] = g;
	}
	free(line);
	(void)fclose(fp);
	return (found);
}

/* The caller himself, as he is on the host. */
static int
caller(const struct jail *j, struct jail_user *ju, struct jerr *e)
{
	const char *home = getenv("HOME");
	gid_t g[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX, g);

	(void)j;
	ju->ju_uid = geteuid();
	ju->ju_gid = getegid();
	if (n < 0)
		return (jerr_errno(e, "cannot read my groups"));
	for (int i = 0; i < n; i++)
		ju->ju_groups[ju->ju_ngroups++] = g[i];
	ju->ju_home = home != NULL ? strdup(home) : NULL;
	return (0);
}

static int
by_text(const struct jail *j, char *user, struct jail_user *ju, struct jerr *e)
{
	char login[256] = "";
	char *group = strchr(user, ':');
	uint32_t uid;

	if (group != NULL)
		*group++ = '\0';
	if (number(user, &uid)) {
		if (!find_passwd(j->j_rootfd, NULL, uid, ju, login,
		    sizeof(login)))
			ju->ju_uid = uid;
	} else if (!find_passwd(j->j_rootfd, user, 0, ju, login,
	    sizeof(login)))
		return (jerr_set(e, JERR_SELF, "unable to find user %s: no "
		    "such line in the root file system's /etc/passwd", user));
	if (group == NULL || *group == '\0') {
		if (login[0] != '\0')
			(void)scan_groups(j->j_rootfd, NULL, NULL, login, ju);
		return (0);
	}
	if (!number(group, &ju->ju_gid) &&
	    !scan_groups(j->j_rootfd, group, &ju->ju_gid, "", ju))
		return (jerr_set(e, JERR_SELF, "unable to find group %s: no "
		    "such line in the root file system's /etc/group", group));
	return (0);
}

int
users_resolve(const struct jail *j, struct jail_user *ju, struct jerr *e)
{
	const char *text = j->j_spec->js_user;
	char *copy;
	int r;

	memset(ju, 0, sizeof(*ju));
	ju->ju_groups = calloc(GROUPS_MAX, sizeof(uint32_t));
	if (ju->ju_groups == NULL)
		return (jerr_errno(e, "no memory"));
	if (text == NULL && j->j_spec->js_caller)
		return (caller(j, ju, e));
	copy = strdup(text != NULL ? text : "0");
	if (copy == NULL)
		return (jerr_errno(e, "no memory"));
	r = by_text(j, copy, ju, e);
	free(copy);
	return (r);
}
