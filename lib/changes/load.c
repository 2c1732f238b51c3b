/*
 * load.c: from the spool's bytes to a list of changes.
 *
 * A guest that broke its kernel may have written anything here.  Every length is
 * checked against what is left, every path is made of plain names (none empty,
 * none "." or ".."), no path comes twice, pieces of data ascend within the
 * file's size.
 */
#include "changes/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct cursor {
	const char	*p;
	size_t		left;
};

static const char *
take(struct cursor *cu, size_t n)
{
	const char *p = cu->p;

	if (n > cu->left)
		return (NULL);
	cu->p += n;
	cu->left -= n;
	return (p);
}

static bool
good_path(const char *p, size_t n)
{
	size_t k;

	if (n == 0)
		return (true);
	if (n >= CHG_PATHMAX || memchr(p, '\0', n) != NULL)
		return (false);
	for (;;) {
		const char *s = memchr(p, '/', n);

		k = s != NULL ? (size_t)(s - p) : n;
		if (k == 0 || k > 255 || (k == 1 && p[0] == '.') ||
		    (k == 2 && p[0] == '.' && p[1] == '.'))
			return (false);
		if (s == NULL)
			return (true);
		p += k + 1;
		n -= k + 1;
	}
}

struct change *
chg_new(struct changes *cs, const char *path, size_t len)
{
	struct change *c = calloc(1, sizeof(*c));

	if (cs->cs_n == cs->cs_cap) {
		size_t cap = cs->cs_cap == 0 ? 256 : cs->cs_cap * 2;
		struct change **v = realloc(cs->cs_v, cap * sizeof(*v));

		if (v == NULL) {
			free(c);
			return (NULL);
		}
		cs->cs_v = v;
		cs->cs_cap = cap;
	}
	if (c == NULL || (c->c_path = strndup(path, len)) == NULL) {
		free(c);
		return (NULL);
	}
	cs->cs_v[cs->cs_n++] = c;
	return (c);
}

/* In the order of a walk: a directory right before what it holds. */
static int
path_cmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return (0);
	if (*a == '\0' || (*a == '/' && *b != '\0'))
		return (-1);
	if (*b == '\0' || *b == '/')
		return (1);
	return ((unsigned char)*a - (unsigned char)*b);
}

static int
by_path(const void *a, const void *b)
{
	const struct change *x = *(const struct change *const *)a;
	const struct change *y = *(const struct change *const *)b;

	return (path_cmp(x->c_path, y->c_path));
}

void
chg_sort(struct changes *cs)
{
	if (cs->cs_n > 0)
		qsort(cs->cs_v, cs->cs_n, sizeof(cs->cs_v[0]), by_path);
}

struct change *
chg_find(const struct changes *cs, const char *path)
{
	size_t lo = 0, hi = cs->cs_n, mid;
	int d;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		d = path_cmp(path, cs->cs_v[mid]->c_path);
		if (d == 0)
			return (cs->cs_v[mid]);
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return (NULL);
}

/* --- contents and attributes --------------------------------------------------- */

static struct export_piece
piece_at(const char *p)
{
	struct export_piece xp;

	memcpy(&xp, p, sizeof(xp));	/* nothing is aligned here */
	return (xp);
}

/* Pieces were checked when they were loaded. */
size_t
chg_read(const struct change *c, const char **cursor, void *buf, size_t n,
    int64_t off)
{
	int64_t end;

	if (off >= c->c_x.x_size)
		return (0);
	if ((int64_t)n > c->c_x.x_size - off)
		n = (size_t)(c->c_x.x_size - off);
	end = off + (int64_t)n;
	memset(buf, 0, n);
	for (const char *p = *cursor;;) {
		struct export_piece xp = piece_at(p);
		int64_t from, to, pend = xp.xp_off + (int64_t)xp.xp_len;

		if (xp.xp_len == 0 || xp.xp_off >= end)
			break;
		from = xp.xp_off > off ? xp.xp_off : off;
		to = pend < end ? pend : end;
		if (from < to)
			memcpy((char *)buf + (from - off),
			    p + sizeof(xp) + (from - xp.xp_off),
			    (size_t)(to - from));
		if (pend > end)
			break;
		p += sizeof(xp) + xp.xp_len;
		*cursor = p;
	}
	return (n);
}

bool
chg_nextattr(const struct change *c, size_t *at, struct chg_attr *a)
{
	struct export_attr xa;
	const char *p = c->c_attrs + *at;

	if (*at >= c->c_x.x_xattrlen)
		return (false);
	memcpy(&xa, p, sizeof(xa));
	a->a_name = p + sizeof(xa);
	a->a_namelen = xa.xa_namelen;
	a->a_val = a->a_name + xa.xa_namelen;
	a->a_vallen = xa.xa_vallen;
	*at += sizeof(xa) + xa.xa_namelen + xa.xa_vallen;
	return (true);
}

const struct change *
chg_contents(const struct change *c)
{
	return (c->c_link != NULL ? c->c_link : c);
}

static bool
load_data(struct cursor *cu, struct change *c)
{
	int64_t last = 0;
	const char *p;

	c->c_data = cu->p;
	for (;;) {
		struct export_piece xp;

		if ((p = take(cu, sizeof(xp))) == NULL)
			return (false);
		xp = piece_at(p);
		if (xp.xp_len == 0)
			return (true);
		if (xp.xp_off < last || xp.xp_off > c->c_x.x_size ||
		    xp.xp_len > (uint64_t)(c->c_x.x_size - xp.xp_off) ||
		    take(cu, xp.xp_len) == NULL)
			return (false);
		last = xp.xp_off + (int64_t)xp.xp_len;
	}
}

static bool
check_attrs(const struct change *c)
{
	size_t at = 0, len = c->c_x.x_xattrlen;
	struct export_attr xa;

	while (at < len) {
		if (len - at < sizeof(xa))
			return (false);
		memcpy(&xa, c->c_attrs + at, sizeof(xa));
		at += sizeof(xa);
		if (xa.xa_namelen == 0 || xa.xa_namelen > 255 ||
		    xa.xa_namelen > len - at ||
		    xa.xa_vallen > len - at - xa.xa_namelen ||
		    memchr(c->c_attrs + at, '\0', xa.xa_namelen) != NULL)
			return (false);
		at += xa.xa_namelen + xa.xa_vallen;
	}
	return (true);
}

/* --- records --------------------------------------------------------------------- */

static bool
good_type(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
	case S_IFLNK:
	case S_IFIFO:
	case S_IFSOCK:
	case S_IFCHR:
	case S_IFBLK:
		return (true);
	default:
		return (false);
	}
}

/* 1: one more; 0: the end record; -1: damaged. */
static int
load_one(struct changes *cs, struct cursor *cu)
{
	const char *p = take(cu, sizeof(struct export_rec));
	struct export_rec x;
	struct change *c;

	if (p == NULL)
		return (-1);
	memcpy(&x, p, sizeof(x));
	if (x.x_magic != EXPORT_MAGIC)
		return (-1);
	if ((x.x_flags & XR_END) != 0) {
		errno = x.x_size > 0 && x.x_size < 4096 ? (int)x.x_size : 0;
		return (x.x_size != 0 ? -1 : 0);
	}
	p = take(cu, x.x_pathlen);
	if (p == NULL || !good_path(p, x.x_pathlen) || !good_type(x.x_mode) ||
	    x.x_size < 0 || x.x_mtime.tv_nsec < 0 ||
	    x.x_mtime.tv_nsec >= 1000000000 || x.x_atime.tv_nsec < 0 ||
	    x.x_atime.tv_nsec >= 1000000000)
		return (-1);
	if ((c = chg_new(cs, p, x.x_pathlen)) == NULL)
		return (-1);
	c->c_x = x;
	p = take(cu, x.x_targetlen);
	if (p == NULL || x.x_targetlen >= CHG_PATHMAX ||
	    memchr(p, '\0', x.x_targetlen) != NULL ||
	    (c->c_target = strndup(p, x.x_targetlen)) == NULL)
		return (-1);
	if ((c->c_attrs = take(cu, x.x_xattrlen)) == NULL || !check_attrs(c))
		return (-1);
	if (S_ISREG(x.x_mode) && (x.x_flags & XR_HARDLINK) == 0 &&
	    (x.x_flags & XR_WHITEOUT) == 0 && !load_data(cu, c))
		return (-1);
	return (1);
}

/* Parents and links, now that all are known; false: contradictions. */
static bool
connect(struct changes *cs)
{
	char dir[CHG_PATHMAX];

	for (size_t i = 0; i < cs->cs_n; i++) {
		struct change *c = cs->cs_v[i];
		char *slash;

		c->c_index = i;
		if (i > 0 && strcmp(c->c_path, cs->cs_v[i - 1]->c_path) == 0)
			return (false);
		(void)snprintf(dir, sizeof(dir), "%s", c->c_path);
		slash = strrchr(dir, '/');
		if (slash != NULL)
			*slash = '\0';
		else
			dir[0] = '\0';
		if (c->c_path[0] != '\0')
			c->c_parent = chg_find(cs, dir);
		if (c->c_parent != NULL && (!S_ISDIR(c->c_parent->c_x.x_mode) ||
		    (c->c_parent->c_x.x_flags & XR_WHITEOUT) != 0))
			return (false);
		/* Sorted: the parent's is known. */
		c->c_opaque = S_ISDIR(c->c_x.x_mode) &&
		    ((c->c_x.x_flags & XR_OPAQUE) != 0 ||
		    (c->c_parent != NULL && c->c_parent->c_opaque));
		if ((c->c_x.x_flags & XR_HARDLINK) == 0)
			continue;
		c->c_link = chg_find(cs, c->c_target);
		if (c->c_link == NULL || c->c_link == c ||
		    (c->c_link->c_x.x_flags & (XR_HARDLINK | XR_WHITEOUT)) !=
		    0 || ((c->c_link->c_x.x_mode ^ c->c_x.x_mode) & S_IFMT) !=
		    0)
			return (false);
	}
	return (true);
}

static int
load_records(struct changes *cs, struct jerr *e)
{
	struct cursor cu = { cs->cs_map + sizeof(struct spool_head),
	    cs->cs_size - sizeof(struct spool_head) };
	int r;

	if (cu.left == 0)
		return (jerr_set(e, JERR_SELF, "the jail ended before its "
		    "changes could be taken out; they are lost"));
	errno = 0;
	while ((r = load_one(cs, &cu)) > 0)
		;
	if (r == 0) {
		chg_sort(cs);
		if (connect(cs))
			return (0);
	}
	if (errno == ENOSPC)
		return (jerr_errno(e, "the changes do not fit on the disk; "
		    "set TMPDIR or XDG_STATE_HOME to a larger one"));
	return (jerr_set(e, JERR_SELF, "the changes that the jail left are "
	    "damaged or incomplete%s%s", errno != 0 ? ": " : "",
	    errno != 0 ? strerror(errno) : ""));
}

static int
map_spool(struct changes *cs, struct jerr *e)
{
	struct stat st;
	void *p;

	if (fstat(cs->cs_fd, &st) != 0)
		return (jerr_errno(e, "cannot read the changes"));
	cs->cs_size = (size_t)st.st_size;
	if (cs->cs_size < sizeof(cs->cs_head))
		return (jerr_set(e, JERR_SELF, "not a file of changes"));
	p = mmap(NULL, cs->cs_size, PROT_READ, MAP_SHARED, cs->cs_fd, 0);
	if (p == MAP_FAILED)
		return (jerr_errno(e, "cannot map the changes"));
	cs->cs_map = p;
	memcpy(&cs->cs_head, p, sizeof(cs->cs_head));
	if (memcmp(cs->cs_head.h_magic, SPOOL_MAGIC, 8) != 0 ||
	    memchr(cs->cs_head.h_id, '\0', sizeof(cs->cs_head.h_id)) == NULL ||
	    strspn(cs->cs_head.h_id, "0123456789abcdef") !=
	    strlen(cs->cs_head.h_id) || cs->cs_head.h_id[0] == '\0' ||
	    memchr(cs->cs_head.h_root, '\0', CHG_PATHMAX) == NULL ||
	    memchr(cs->cs_head.h_upper, '\0', CHG_PATHMAX) == NULL)
		return (jerr_set(e, JERR_SELF, "not a file of changes"));
	return (0);
}

struct changes *
chg_load(int fd, struct jerr *e)
{
	struct changes *cs = calloc(1, sizeof(*cs));

	if (cs == NULL) {
		(void)jerr_errno(e, "no memory");
		return (NULL);
	}
	cs->cs_fd = fd;
	cs->cs_rootfd = cs->cs_upperfd = -1;
	if (map_spool(cs, e) != 0 || load_records(cs, e) != 0)
		goto fail;
	cs->cs_rootfd = open(cs->cs_head.h_root, O_PATH | O_DIRECTORY |
	    O_CLOEXEC);
	if (cs->cs_rootfd < 0) {
		(void)jerr_errno(e, "cannot open %s", cs->cs_head.h_root);
		goto fail;
	}
	if (cs->cs_head.h_upper[0] != '\0')
		cs->cs_upperfd = open(cs->cs_head.h_upper, O_PATH |
		    O_DIRECTORY | O_CLOEXEC);
	if (chg_compare(cs, e) == 0)
		return (cs);
fail:
	chg_free(cs);
	return (NULL);
}

struct changes *
chg_reload(const char *path, struct jerr *e)
{
	int fd = spool_reopen(path, e);
	struct changes *cs = fd < 0 ? NULL : chg_load(fd, e);

	if (cs != NULL) {
		const char *dot = strrchr(path, '.');

		cs->cs_file = strdup(path);
		cs->cs_begun = dot != NULL && strcmp(dot, ".journal") == 0;
	}
	return (cs);
}

void
chg_free(struct changes *cs)
{
	for (size_t i = 0; i < cs->cs_n; i++) {
		free(cs->cs_v[i]->c_path);
		free(cs->cs_v[i]->c_target);
		free(cs->cs_v[i]->c_tempdir);
		free(cs->cs_v[i]);
	}
	free(cs->cs_v);
	free(cs->cs_file);
	if (cs->cs_map != NULL)
		(void)munmap((void *)(uintptr_t)cs->cs_map, cs->cs_size);
	if (cs->cs_rootfd >= 0)
		(void)close(cs->cs_rootfd);
	if (cs->cs_upperfd >= 0)
		(void)close(cs->cs_upperfd);
	(void)close(cs->cs_fd);
	free(cs);
}
