/*
 * spool.c: the file that the jail's kernel writes, and its life as a journal.
 *
 * It is made without a name (O_TMPFILE): whatever kills us, nothing is left.
 * When a commit begins it gets the name try-ID.journal in the user's state
 * directory, after its contents are on disk; when the commit is complete the
 * name goes.  So a journal that exists is whole, and applying it again is
 * always right.  One that is only kept is called try-ID.kept.
 *
 * The state directory must belong to the caller and be closed to others: a
 * journal says what is written where.
 */
#include "changes/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

/* --- places --------------------------------------------------------------------- */

static int
make_dirs(char *path, mode_t mode)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0755);
		*p = '/';
	}
	return (mkdir(path, mode) == 0 || errno == EEXIST ? 0 : -1);
}

/* The state directory's path into buf, made when missing. */
static int
state_dir(char *buf, size_t n, struct jerr *e)
{
	const char *x = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct stat st;
	int len;

	if (x != NULL && x[0] == '/')
		len = snprintf(buf, n, "%s/guise", x);
	else if (home != NULL && home[0] == '/')
		len = snprintf(buf, n, "%s/.local/state/guise", home);
	else
		return (jerr_set(e, JERR_SELF, "no place to keep a journal: "
		    "set HOME or XDG_STATE_HOME"));
	if (len < 0 || (size_t)len >= n)
		return (jerr_set(e, JERR_SELF, "the path of the state "
		    "directory is too long"));
	if (make_dirs(buf, 0700) != 0 || lstat(buf, &st) != 0)
		return (jerr_errno(e, "cannot make the state directory %s",
		    buf));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0)
		return (jerr_set(e, JERR_SELF, "%s must be a directory of "
		    "yours that nobody else can write", buf));
	return (0);
}

static int
above_stdio(int fd)
{
	int r;

	if (fd < 0 || fd > 2)
		return (fd);
	r = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	(void)close(fd);
	return (r);
}

/* A nameless file in dir; -1 where the file system has no such thing. */
static int
nameless(const char *dir)
{
	return (above_stdio(open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)));
}

static int
temporary(void)
{
	const char *tmp = getenv("TMPDIR");
	int fd = -1;

	if (tmp != NULL && tmp[0] == '/')
		fd = nameless(tmp);
	if (fd < 0)
		fd = nameless("/var/tmp");
	if (fd < 0)
		fd = nameless("/tmp");
	if (fd < 0)
		fd = above_stdio(memfd_create("guise-changes", MFD_CLOEXEC));
	return (fd);
}

static void
make_id(char id[24])
{
	unsigned char r[8];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		memset(r, 0, sizeof(r));
	for (unsigned i = 0; i < sizeof(r); i++)
		(void)snprintf(id + 2 * i, 3, "%02x", r[i]);
}

int
chg_spool(const char *root, const char *upper, bool keep, struct jerr *e)
{
	static struct spool_head h;
	char dir[CHG_PATHMAX];
	struct timespec now;
	int fd;

	memset(&h, 0, sizeof(h));
	memcpy(h.h_magic, SPOOL_MAGIC, sizeof(h.h_magic));
	make_id(h.h_id);
	/* Files are stamped by this clock or, a tick late, by the coarse one: so
	 * nothing that happened before looks later.  A change in the tick from
	 * here on may look earlier; the jail is still booting then. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	h.h_start = (struct timespec64){ now.tv_sec, now.tv_nsec };
	if (strlen(root) >= sizeof(h.h_root) ||
	    (upper != NULL && strlen(upper) >= sizeof(h.h_upper)))
		return (jerr_set(e, JERR_SELF, "path too long"));
	(void)strcpy(h.h_root, root);
	if (upper != NULL)
		(void)strcpy(h.h_upper, upper);
	if (keep && state_dir(dir, sizeof(dir), e) != 0)
		return (-1);
	fd = keep ? nameless(dir) : temporary();
	if (fd < 0)
		return (jerr_errno(e, "cannot make a file for the changes in "
		    "%s", keep ? dir : "the temporary directory"));
	if (write(fd, &h, sizeof(h)) != (ssize_t)sizeof(h)) {
		(void)close(fd);
		return (jerr_errno(e, "cannot write the file for the "
		    "changes"));
	}
	return (fd);
}

/* --- names ---------------------------------------------------------------------- */

static int
give_name(struct changes *cs, const char *suffix, struct jerr *e)
{
	char dir[CHG_PATHMAX], self[64], path[CHG_PATHMAX + 64];
	int dfd;

	if (cs->cs_file != NULL)
		return (0);
	if (state_dir(dir, sizeof(dir), e) != 0)
		return (-1);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", cs->cs_fd);
	(void)snprintf(path, sizeof(path), "%s/try-%s.%s", dir,
	    cs->cs_head.h_id, suffix);
	if (fsync(cs->cs_fd) != 0 ||
	    linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		return (jerr_errno(e, "cannot keep the changes as %s", path));
	dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd >= 0) {
		(void)fsync(dfd);
		(void)close(dfd);
	}
	cs->cs_file = strdup(path);
	return (0);
}

int
spool_journal(struct changes *cs, struct jerr *e)
{
	return (give_name(cs, "journal", e));
}

void
spool_forget(struct changes *cs)
{
	if (cs->cs_file != NULL)
		(void)unlink(cs->cs_file);
	free(cs->cs_file);
	cs->cs_file = NULL;
}

int
chg_keep(struct changes *cs, const char *why, struct jerr *e)
{
	if (give_name(cs, "kept", e) != 0)
		return (jerr_wrap(e, "%s", why));
	return (jerr_set(e, JERR_SELF, "%s; the changes are kept: 'guise try "
	    "--resume %s' applies them, removing the file forgets them", why,
	    cs->cs_file));
}

int
chg_pending(int (*fn)(const char *, void *), void *arg, struct jerr *e)
{
	char dir[CHG_PATHMAX], path[CHG_PATHMAX + 300];
	const struct dirent *d;
	int n = 0;
	DIR *dp;

	if (state_dir(dir, sizeof(dir), e) != 0)
		return (-1);
	if ((dp = opendir(dir)) == NULL)
		return (jerr_errno(e, "cannot read %s", dir));
	while (n >= 0 && (d = readdir(dp)) != NULL) {
		size_t len = strlen(d->d_name);

		if (len < 8 || strncmp(d->d_name, "try-", 4) != 0 ||
		    strcmp(d->d_name + len - 8, ".journal") != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		n = fn(path, arg) < 0 ? -1 : n + 1;
	}
	(void)closedir(dp);
	return (n);
}

int
spool_reopen(const char *path, struct jerr *e)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return (jerr_errno(e, "cannot open %s", path));
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0) {
		(void)close(fd);
		return (jerr_set(e, JERR_SELF, "%s is not a file of yours "
		    "that nobody else can write", path));
	}
	return (fd);
}
