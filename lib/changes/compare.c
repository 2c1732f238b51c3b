/*
 * compare.c: what of the layer differs from the host.
 *
 * A layer holds more than changes: parents that were copied up with a child,
 * files that were written as they had been.  Each record gets a kind; what does
 * not differ is CHG_SAME.  Names that an opaque directory hides get a change of
 * their own (c_implied).
 *
 * Times count for files alone, and only when nothing else differs does it show:
 * a directory's times follow from what is done in it.
 */
#include "changes/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define	BLOCK		65536
#define	LIST_MAX	65536

/* --- contents ----------------------------------------------------------------- */

static bool
same_file(const struct changes *cs, const struct change *c)
{
	const struct change *d = chg_contents(c);
	static char a[BLOCK], b[BLOCK];
	const char *cursor = d->c_data;
	int64_t off = 0;
	bool same = true;
	int fd;

	if (c->c_host.st_size != d->c_x.x_size)
		return (false);
	if ((fd = host_open(cs, c->c_path, O_RDONLY)) < 0)
		return (false);
	while (same && off < d->c_x.x_size) {
		size_t n = chg_read(d, &cursor, a, BLOCK, off), got = 0;

		while (got < n) {
			ssize_t r = pread(fd, b + got, n - got,
			    off + (int64_t)got);

			if (r <= 0)
				break;
			got += (size_t)r;
		}
		same = got == n && memcmp(a, b, n) == 0;
		off += (int64_t)n;
	}
	(void)close(fd);
	return (same);
}

static bool
same_contents(const struct changes *cs, const struct change *c)
{
	const struct change *d = chg_contents(c);
	char *target;
	bool same;

	switch (c->c_x.x_mode & S_IFMT) {
	case S_IFREG:
		return (same_file(cs, c));
	case S_IFLNK:
		target = host_readlink(cs, c->c_path);
		same = target != NULL && strcmp(target, d->c_target) == 0;
		free(target);
		return (same);
	case S_IFCHR:
	case S_IFBLK:
		return (c->c_host.st_rdev == d->c_x.x_rdev);
	default:
		return (true);
	}
}

/* --- attributes --------------------------------------------------------------- */

static bool
has_attr(const struct change *c, const char *name, const char *val, size_t n)
{
	struct chg_attr a;
	size_t at = 0;

	while (chg_nextattr(c, &at, &a))
		if (a.a_namelen == strlen(name) &&
		    memcmp(a.a_name, name, a.a_namelen) == 0)
			return (a.a_vallen == n &&
			    memcmp(a.a_val, val, n) == 0);
	return (false);
}

static bool
same_attrs_at(const struct change *d, const char *self)
{
	static char list[LIST_MAX], val[LIST_MAX];
	ssize_t n = listxattr(self, list, sizeof(list)), len;
	unsigned host = 0, ours = 0;
	struct chg_attr a;
	size_t at = 0;

	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1) {
		if (!host_isattr(list + i, strlen(list + i)))
			continue;
		len = getxattr(self, list + i, val, sizeof(val));
		if (len < 0)
			continue;
		host++;
		if (!has_attr(d, list + i, val, (size_t)len))
			return (false);
	}
	while (chg_nextattr(d, &at, &a))
		ours += host_isattr(a.a_name, a.a_namelen);
	return (host == ours);
}

static bool
same_attrs(const struct changes *cs, const struct change *c)
{
	char self[64];
	bool same;
	int fd;

	if (S_ISLNK(c->c_x.x_mode))
		return (true);
	if ((fd = host_open(cs, c->c_path, O_PATH)) < 0)
		return (true);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	same = same_attrs_at(chg_contents(c), self);
	(void)close(fd);
	return (same);
}

/* --- one record ---------------------------------------------------------------- */

static unsigned
differences(const struct changes *cs, const struct change *c)
{
	const struct export_rec *x = &chg_contents(c)->c_x;
	const struct stat *st = &c->c_host;
	unsigned bits = 0;

	if (((x->x_mode ^ st->st_mode) & S_IFMT) != 0)
		return (CHG_TYPE);
	if (!same_contents(cs, c))
		bits |= CHG_CONTENT;
	if (!S_ISLNK(st->st_mode) && ((x->x_mode ^ st->st_mode) & 07777) != 0)
		bits |= CHG_MODE;
	if (x->x_uid != st->st_uid || x->x_gid != st->st_gid)
		bits |= CHG_OWNER;
	if (!same_attrs(cs, c))
		bits |= CHG_XATTR;
	if (S_ISREG(st->st_mode) && (x->x_mtime.tv_sec != st->st_mtim.tv_sec ||
	    x->x_mtime.tv_nsec != st->st_mtim.tv_nsec))
		bits |= CHG_TIMES;
	return (bits);
}

static void
compare_one(const struct changes *cs, struct change *c)
{
	bool gone = (c->c_x.x_flags & XR_WHITEOUT) != 0;

	if (c->c_ignored ||
	    host_lstat(cs, c->c_path, &c->c_host) != 0) {
		/* Nothing there, or nothing that we could reach. */
		c->c_kind = gone || c->c_ignored ? CHG_SAME : CHG_ADDED;
		return;
	}
	if (gone) {
		c->c_kind = CHG_DELETED;
		return;
	}
	c->c_bits = differences(cs, c);
	c->c_kind = c->c_bits != 0 ? CHG_CHANGED : CHG_SAME;
}

/* What the host has in an opaque directory and the layer has not: new changes
 * go to `extra`, for the list itself must stay sorted. */
static int
imply_deleted(struct changes *cs, const struct change *dir,
    struct changes *extra)
{
	char path[CHG_PATHMAX], temp[64];
	const struct dirent *d;
	struct change *c;
	int fd = host_open(cs, dir->c_path, O_RDONLY | O_DIRECTORY), n, r = 0;
	size_t ntemp = (size_t)snprintf(temp, sizeof(temp), ".guise-%s-",
	    cs->cs_head.h_id);
	DIR *dp;

	if (fd < 0)
		return (0);
	if ((dp = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (-1);
	}
	while (r == 0 && (d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 ||
		    strncmp(d->d_name, temp, ntemp) == 0)
			continue;	/* of a commit that was killed: ours */
		n = snprintf(path, sizeof(path), "%s%s%s", dir->c_path,
		    dir->c_path[0] != '\0' ? "/" : "", d->d_name);
		if (n >= (int)sizeof(path) || chg_find(cs, path) != NULL)
			continue;
		if ((c = chg_new(extra, path, (size_t)n)) == NULL) {
			r = -1;
			break;
		}
		c->c_implied = true;
		c->c_x.x_flags = XR_WHITEOUT;
		c->c_x.x_mode = S_IFCHR;
		compare_one(cs, c);
	}
	(void)closedir(dp);
	return (r);
}

static int
merge(struct changes *cs, struct changes *extra)
{
	size_t n = cs->cs_n + extra->cs_n;
	struct change **v = realloc(cs->cs_v, (n + 1) * sizeof(*v));

	if (v == NULL)
		return (-1);
	if (extra->cs_n > 0)
		memcpy(v + cs->cs_n, extra->cs_v, extra->cs_n * sizeof(*v));
	cs->cs_v = v;
	cs->cs_n = cs->cs_cap = n;
	free(extra->cs_v);
	chg_sort(cs);
	return (0);
}

int
chg_compare(struct changes *cs, struct jerr *e)
{
	struct changes extra = { .cs_n = 0 };
	int r = 0;

	for (size_t i = 0; i < cs->cs_n; i++)
		compare_one(cs, cs->cs_v[i]);
	for (size_t i = 0; r == 0 && i < cs->cs_n; i++)
		if (cs->cs_v[i]->c_opaque && cs->cs_v[i]->c_kind != CHG_ADDED)
			r = imply_deleted(cs, cs->cs_v[i], &extra);
	if (r != 0 || merge(cs, &extra) != 0)
		return (jerr_errno(e, "cannot compare the changes"));
	return (0);
}

void
chg_ignore(struct changes *cs, const char *path)
{
	struct change *c;

	while (*path == '/')
		path++;
	if ((c = chg_find(cs, path)) != NULL) {
		c->c_ignored = true;
		c->c_kind = CHG_SAME;
	}
}

unsigned
chg_count(const struct changes *cs)
{
	unsigned n = 0;

	for (size_t i = 0; i < cs->cs_n; i++)
		n += cs->cs_v[i]->c_kind != CHG_SAME;
	return (n);
}
