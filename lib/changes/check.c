/*
 * check.c: what speaks against applying a change.
 *
 * A conflict: the host's file changed (its ctime, which nobody can forge) after
 * the guest could look at it, so that applying would lose what was done there.
 * Directories that stay directories cannot conflict: their entries are checked
 * each for itself, and their own times change with every entry.
 */
#include "changes/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

#define	GROUPS_MAX_	1024
#define	DEPTH_MAX	512

/* --- conflicts ------------------------------------------------------------------ */

/* Why a tree that is to go must stay; NULL: it may go.  Takes fd over. */
static const char *
tree_conflict(int fd, const struct timespec *base, dev_t dev, int depth)
{
	const char *why = NULL;
	const struct dirent *d;
	struct stat st;
	int sub;
	DIR *dp;

	if (fd < 0 || (dp = fdopendir(fd)) == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return ("holds a directory that cannot be read");
	}
	while (why == NULL && (d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		if (fstatat(dirfd(dp), d->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (st.st_dev != dev)
			why = "holds a mount point";
		else if (!S_ISDIR(st.st_mode)) {
			if (ts_after(&st.st_ctim, base))
				why = "holds files that changed meanwhile";
		} else if (depth >= DEPTH_MAX)
			why = "is too deep";
		else {
			sub = openat(dirfd(dp), d->d_name, O_RDONLY |
			    O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			why = tree_conflict(sub, base, dev, depth + 1);
		}
	}
	(void)closedir(dp);
	return (why);
}

static const char *
conflict(const struct changes *cs, const struct change *c)
{
	char buf[CHG_PATHMAX];
	const char *name;
	struct timespec base;
	int fd;

	if (c->c_kind == CHG_ADDED) {
		if (c->c_parent != NULL && (c->c_parent->c_kind == CHG_ADDED ||
		    (c->c_parent->c_bits & CHG_TYPE) != 0))
			return (NULL);	/* its directory comes with it */
		if ((fd = host_parent(cs, c->c_path, buf, &name)) < 0)
			return ("its directory is gone, or reached by a link "
			    "now");
		(void)close(fd);
		return (NULL);
	}
	if (S_ISDIR(c->c_host.st_mode) && c->c_kind == CHG_CHANGED &&
	    (c->c_bits & CHG_TYPE) == 0)
		return (NULL);
	/* A commit that was killed between two attributes of a file: ours. */
	if (cs->cs_begun && c->c_kind == CHG_CHANGED &&
	    (c->c_bits & (CHG_CONTENT | CHG_TYPE)) == 0)
		return (NULL);
	host_base(cs, c->c_path, &base);
	if (!S_ISDIR(c->c_host.st_mode))
		return (ts_after(&c->c_host.st_ctim, &base) ?
		    "changed on the host meanwhile" : NULL);
	fd = host_open(cs, c->c_path, O_RDONLY | O_DIRECTORY);
	return (tree_conflict(fd, &base, c->c_host.st_dev, 0));
}

unsigned
check_conflicts(const struct changes *cs, FILE *fp)
{
	const char *why;
	unsigned n = 0;

	for (size_t i = 0; i < cs->cs_n; i++) {
		const struct change *c = cs->cs_v[i];

		if (c->c_kind == CHG_SAME || (why = conflict(cs, c)) == NULL)
			continue;
		(void)fprintf(fp, "guise: conflict: %s %s\n",
		    chg_quote("/", c->c_path), why);
		n++;
	}
	return (n);
}

/* --- permissions ------------------------------------------------------------------- */

static bool
our_group(uint32_t gid)
{
	gid_t g[GROUPS_MAX_];
	int n = getgroups(GROUPS_MAX_, g);

	for (int i = 0; i < n; i++)
		if (g[i] == gid)
			return (true);
	return (gid == getegid());
}

/* Why an ordinary user may not do it. */
static const char *
denied(const struct changes *cs, const struct change *c)
{
	const struct export_rec *x = &chg_contents(c)->c_x;
	bool replace = c->c_kind == CHG_ADDED ||
	    (c->c_bits & (CHG_CONTENT | CHG_TYPE)) != 0;
	char buf[CHG_PATHMAX];
	const char *name;
	int fd, r;

	if ((S_ISCHR(x->x_mode) || S_ISBLK(x->x_mode)) &&
	    c->c_kind != CHG_DELETED && replace)
		return ("only root makes device nodes");
	if (c->c_kind == CHG_CHANGED && (c->c_host.st_uid != geteuid() ||
	    x->x_uid != c->c_host.st_uid))
		return ("it belongs to somebody else");
	if ((c->c_kind == CHG_CHANGED && (c->c_bits & CHG_OWNER) != 0 &&
	    !our_group(x->x_gid)) || (c->c_kind == CHG_ADDED &&
	    ((x->x_uid != geteuid() && x->x_uid != 0) ||
	    (x->x_gid != 0 && !our_group(x->x_gid)))))
		return ("only root gives files away");
	if (c->c_parent != NULL && c->c_parent->c_kind == CHG_ADDED)
		return (NULL);
	if (c->c_kind == CHG_CHANGED && !replace)
		return (NULL);
	if ((fd = host_parent(cs, c->c_path, buf, &name)) < 0)
		return (NULL);		/* a conflict, not a refusal */
	r = faccessat(fd, ".", W_OK | X_OK, AT_EACCESS);
	(void)close(fd);
	return (r != 0 ? "you may not write its directory" : NULL);
}

unsigned
check_denied(const struct changes *cs, FILE *fp)
{
	const char *why;
	unsigned n = 0;

	if (geteuid() == 0)
		return (0);
	for (size_t i = 0; i < cs->cs_n; i++) {
		const struct change *c = cs->cs_v[i];

		if (c->c_kind == CHG_SAME || S_ISSOCK(c->c_x.x_mode) ||
		    (why = denied(cs, c)) == NULL)
			continue;
		(void)fprintf(fp, "guise: not permitted: %s: %s\n",
		    chg_quote("/", c->c_path), why);
		n++;
	}
	return (n);
}
