/*
 * commit.c: applying the changes to the host.
 *
 *	1. the spool gets its name as a journal, on disk (spool.c)
 *	2. new contents are written beside their places, as .guise-ID-N, and the
 *	   file systems are synced; nobody has seen a change yet
 *	3. from the root down: directories made, files renamed into place, links
 *	   and odd files made beside and renamed; then hard links
 *	4. from the leaves up: what is deleted goes; then the attributes of
 *	   directories, whose times the steps before have spoilt
 *	5. synced again; the journal goes, and what an upper directory on the
 *	   host held, for it is the host's now
 *
 * Killed anywhere after 1, a second run compares the journal with the host, finds
 * what is left to do, and does that.  Temporaries have the same names then, so
 * none stays behind.  Each step that is done compares as equal: nothing is done
 * twice, and our own changes are no conflicts.
 */
#include "changes/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	DEVS_MAX	64

struct commit {
	struct changes	*m_cs;
	dev_t		m_dev[DEVS_MAX];	/* already in m_sync */
	int		m_sync[DEVS_MAX];	/* a descriptor of each */
	unsigned	m_ndev;
	bool		m_again;	/* not the first run */
};

/* --- little things ------------------------------------------------------------------ */

static void
temp_name(const struct commit *m, const struct change *c, char buf[80])
{
	(void)snprintf(buf, 80, ".guise-%s-%zu", m->m_cs->cs_head.h_id,
	    c->c_index);
}

/* Remember the file system of a directory, for the syncs. */
static void
note_dev(struct commit *m, int fd)
{
	struct stat st;
	int dup;

	if (fstat(fd, &st) != 0 || m->m_ndev == DEVS_MAX)
		return;
	for (unsigned i = 0; i < m->m_ndev; i++)
		if (m->m_dev[i] == st.st_dev)
			return;
	dup = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dup < 0)
		return;
	m->m_dev[m->m_ndev] = st.st_dev;
	m->m_sync[m->m_ndev++] = dup;
}

static int
sync_all(const struct commit *m)
{
	for (unsigned i = 0; i < m->m_ndev; i++)
		if (syncfs(m->m_sync[i]) != 0)
			return (-1);
	return (0);
}

static bool
replaced(const struct change *c)
{
	return (c->c_kind == CHG_ADDED || (c->c_kind == CHG_CHANGED &&
	    (c->c_bits & (CHG_CONTENT | CHG_TYPE)) != 0));
}

/* --- contents beside their places ----------------------------------------------------- */

/* The nearest directory above c that exists and stays: its path, malloc'ed. */
static char *
stage_dir(const struct change *c)
{
	const struct change *d = c->c_parent;
	char *dir = strdup(c->c_path), *slash;

	for (;;) {
		if (dir == NULL)
			return (NULL);
		slash = strrchr(dir, '/');
		*(slash != NULL ? slash : dir) = '\0';
		if (d == NULL || !replaced(d))
			return (dir);
		d = d->c_parent;
	}
}

static int
stage_one(struct commit *m, struct change *c)
{
	char name[80];
	int fd, r;

	free(c->c_tempdir);
	c->c_tempdir = stage_dir(c);
	if (c->c_tempdir == NULL)
		return (-1);
	fd = host_open(m->m_cs, c->c_tempdir, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return (-1);
	note_dev(m, fd);
	temp_name(m, c, name);
	r = put_file(c, fd, name);
	(void)close(fd);
	return (r);
}

static void
unstage(struct commit *m)
{
	struct changes *cs = m->m_cs;
	int error = errno;

	for (size_t i = 0; i < cs->cs_n; i++) {
		struct change *c = cs->cs_v[i];
		char name[80];
		int fd;

		if (c->c_tempdir == NULL)
			continue;
		fd = host_open(cs, c->c_tempdir, O_PATH | O_DIRECTORY);
		temp_name(m, c, name);
		if (fd >= 0) {
			(void)unlinkat(fd, name, 0);
			(void)close(fd);
		}
	}
	errno = error;
}

/* A run that was killed left its temporaries, perhaps further up than ours
 * will be, because directories were missing then. */
static void
clean_stale(struct commit *m)
{
	char dir[CHG_PATHMAX], name[80], *slash;
	int fd;

	for (size_t i = 0; i < m->m_cs->cs_n; i++) {
		const struct change *c = m->m_cs->cs_v[i];

		if (c->c_implied || !replaced(c))
			continue;
		temp_name(m, c, name);
		(void)snprintf(dir, sizeof(dir), "%s", c->c_path);
		while (dir[0] != '\0') {
			slash = strrchr(dir, '/');
			*(slash != NULL ? slash : dir) = '\0';
			fd = host_open(m->m_cs, dir, O_PATH | O_DIRECTORY);
			if (fd < 0)
				continue;
			(void)unlinkat(fd, name, 0);
			(void)close(fd);
		}
	}
}

/* NULL, or the change that could not be staged. */
static const struct change *
stage(struct commit *m)
{
	for (size_t i = 0; i < m->m_cs->cs_n; i++) {
		struct change *c = m->m_cs->cs_v[i];

		if (replaced(c) && S_ISREG(c->c_x.x_mode) &&
		    c->c_link == NULL && stage_one(m, c) != 0)
			return (c);
	}
	return (NULL);
}

/* --- into place -------------------------------------------------------------------------- */

static int
move_staged(struct commit *m, const struct change *c, int dirfd,
    const char *name)
{
	char temp[80];
	int fd = host_open(m->m_cs, c->c_tempdir, O_PATH | O_DIRECTORY), r;

	if (fd < 0)
		return (-1);
	temp_name(m, c, temp);
	r = renameat(fd, temp, dirfd, name);
	(void)close(fd);
	return (r);
}

/* A link, fifo or device, made beside and renamed. */
static int
make_odd(struct commit *m, const struct change *c, int dirfd,
    const char *name)
{
	const struct change *d = chg_contents(c);
	char temp[80];
	int fd, r;

	temp_name(m, c, temp);
	(void)unlinkat(dirfd, temp, 0);
	if (S_ISLNK(d->c_x.x_mode))
		r = symlinkat(d->c_target, dirfd, temp);
	else
		r = mknodat(dirfd, temp, (d->c_x.x_mode & S_IFMT) | 0600,
		    d->c_x.x_rdev);
	if (r != 0)
		return (r);
	fd = openat(dirfd, temp, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? -1 : put_attrs(d, fd);
	if (fd >= 0)
		(void)close(fd);
	return (r != 0 ? r : renameat(dirfd, temp, dirfd, name));
}

static int
make_hardlink(struct commit *m, const struct change *c, int dirfd,
    const char *name)
{
	char temp[80], buf[CHG_PATHMAX];
	const char *from;
	int fd = host_parent(m->m_cs, c->c_link->c_path, buf, &from), r;

	if (fd < 0)
		return (-1);
	temp_name(m, c, temp);
	(void)unlinkat(dirfd, temp, 0);
	r = linkat(fd, from, dirfd, temp, 0);
	(void)close(fd);
	if (r == 0)
		r = renameat(dirfd, temp, dirfd, name);
	/* Two names of one file: the rename did nothing. */
	(void)unlinkat(dirfd, temp, 0);
	return (r);
}

static int
in_place(const struct commit *m, const struct change *c)
{
	int fd = host_open(m->m_cs, c->c_path, O_PATH), r;

	if (fd < 0)
		return (-1);
	r = put_attrs(c, fd);
	(void)close(fd);
	return (r);
}

/* One change that is no deletion; links: the pass for hard links. */
static int
apply_one(struct commit *m, struct change *c, bool links)
{
	bool isdir = S_ISDIR(c->c_x.x_mode);
	char buf[CHG_PATHMAX];
	const char *name;
	int fd, r = 0;

	if (c->c_kind == CHG_SAME || c->c_kind == CHG_DELETED ||
	    S_ISSOCK(c->c_x.x_mode) || (c->c_link != NULL) != links)
		return (0);
	if (!replaced(c))
		return (isdir ? 0 : in_place(m, c));
	fd = host_parent(m->m_cs, c->c_path, buf, &name);
	if (fd < 0)
		return (-1);
	note_dev(m, fd);
	if (c->c_parent != NULL)
		c->c_parent->c_touched = true;
	/* rename(2) replaces any file, but neither makes way for a directory
	 * nor replaces one. */
	if (c->c_kind == CHG_CHANGED && (isdir || S_ISDIR(c->c_host.st_mode)))
		r = put_remove(fd, name);
	if (r == 0 && isdir)
		r = mkdirat(fd, name, 0700);
	else if (r == 0 && links)
		r = make_hardlink(m, c, fd, name);
	else if (r == 0 && S_ISREG(c->c_x.x_mode))
		r = move_staged(m, c, fd, name);
	else if (r == 0)
		r = make_odd(m, c, fd, name);
	(void)close(fd);
	return (r);
}

static int
delete_one(struct commit *m, struct change *c)
{
	char buf[CHG_PATHMAX];
	const char *name;
	int fd, r;

	if (c->c_kind != CHG_DELETED)
		return (0);
	/* Its directory may have gone, or changed its type, before. */
	if ((fd = host_parent(m->m_cs, c->c_path, buf, &name)) < 0)
		return (errno == ENOENT || errno == ENOTDIR ? 0 : -1);
	note_dev(m, fd);
	if (c->c_parent != NULL)
		c->c_parent->c_touched = true;
	r = put_remove(fd, name);
	(void)close(fd);
	return (r);
}

static int
finish_dir(struct commit *m, struct change *c)
{
	if (!S_ISDIR(c->c_x.x_mode) || c->c_kind == CHG_DELETED ||
	    c->c_ignored || (c->c_kind == CHG_SAME && !c->c_touched))
		return (0);
	/* Others may put things into it as well: its times are not worth an
	 * error. */
	return (c->c_kind == CHG_SAME ? (void)in_place(m, c), 0 :
	    in_place(m, c));
}

static const struct change *
apply(struct commit *m)
{
	struct changes *cs = m->m_cs;

	for (int links = 0; links < 2; links++)
		for (size_t i = 0; i < cs->cs_n; i++)
			if (apply_one(m, cs->cs_v[i], links != 0) != 0)
				return (cs->cs_v[i]);
	for (size_t i = cs->cs_n; i-- > 0;)
		if (delete_one(m, cs->cs_v[i]) != 0)
			return (cs->cs_v[i]);
	for (size_t i = cs->cs_n; i-- > 0;)
		if (finish_dir(m, cs->cs_v[i]) != 0)
			return (cs->cs_v[i]);
	return (NULL);
}

/* --- all of it ------------------------------------------------------------------------------ */

static int
failed(const struct commit *m, const struct change *c, bool begun,
    struct jerr *e)
{
	return (jerr_set(e, JERR_SELF, "%s: %s; %s. The changes are in the "
	    "journal %s: 'guise try --resume' goes on when the cause is gone",
	    chg_quote("/", c->c_path), strerror(errno), begun ?
	    "the changes are applied in part" : "nothing was changed",
	    m->m_cs->cs_file));
}

/* The layer on the host holds nothing any more that the host has not. */
static void
clear_upper(const struct changes *cs)
{
	for (size_t i = 0; cs->cs_upperfd >= 0 && i < cs->cs_n; i++) {
		const char *p = cs->cs_v[i]->c_path;

		/* The top names; each takes what is below it along. */
		if (p[0] != '\0' && strchr(p, '/') == NULL &&
		    !cs->cs_v[i]->c_implied)
			(void)put_remove(cs->cs_upperfd, p);
	}
}

static int
run(struct commit *m, struct jerr *e)
{
	const struct change *c;

	if (m->m_again)
		clean_stale(m);
	if ((c = stage(m)) != NULL) {
		unstage(m);
		return (failed(m, c, false, e));
	}
	if (sync_all(m) != 0) {
		unstage(m);
		return (jerr_errno(e, "cannot sync the new files; nothing was "
		    "changed; 'guise try --resume' tries again"));
	}
	if ((c = apply(m)) != NULL)
		return (failed(m, c, true, e));
	if (sync_all(m) != 0)
		return (jerr_errno(e, "cannot sync the changes; the journal %s "
		    "stays; 'guise try --resume' makes sure", m->m_cs->cs_file));
	clear_upper(m->m_cs);
	spool_forget(m->m_cs);
	return (0);
}

int
chg_commit(struct changes *cs, bool force, struct jerr *e)
{
	static struct commit m;
	char why[128];
	unsigned n;
	int r;

	if (!force && (n = check_conflicts(cs, stderr)) != 0) {
		(void)snprintf(why, sizeof(why), "%u conflict%s "
		    "with the host; nothing was changed (--force applies all "
		    "the same)", n, n == 1 ? "" : "s");
		return (chg_keep(cs, why, e));
	}
	if (check_denied(cs, stderr) != 0)
		return (chg_keep(cs, "you may not apply these changes; "
		    "nothing was changed", e));
	memset(&m, 0, sizeof(m));
	m.m_cs = cs;
	m.m_again = cs->cs_file != NULL;
	if (spool_journal(cs, e) != 0)
		return (jerr_wrap(e, "nothing was changed"));
	r = run(&m, e);
	for (unsigned i = 0; i < m.m_ndev; i++)
		(void)close(m.m_sync[i]);
	return (r);
}
