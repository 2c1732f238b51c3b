/* show.c: the list of changes, and the patch, in git's extended format. */
#include "changes/internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	TEXT_MAX	(16u << 20)
#define	DEPTH_MAX	128
#define	TEXT_PROBE	8000

static const char letters[] = { ' ', 'A', 'C', 'D' };
static const char *const words[] = { "", "added:", "changed:", "deleted:" };

/* --- names -------------------------------------------------------------------- */

/* Quoted only when it has to be; nothing that a terminal would obey. */
const char *
chg_quote(const char *prefix, const char *path)
{
	static char buf[4 * CHG_PATHMAX + 64];
	static const char esc[] = "\a\b\t\n\v\f\r\"\\", let[] = "abtnvfr\"\\";
	bool odd = false;
	size_t n = 0;

	for (const char *p = path; *p != '\0'; p++)
		odd |= (unsigned char)*p < ' ' || *p == '"' || *p == '\\' ||
		    *p == 0x7f || (unsigned char)*p >= 0x80;
	if (!odd) {
		(void)snprintf(buf, sizeof(buf), "%s%s", prefix, path);
		return (buf);
	}
	n = (size_t)snprintf(buf, sizeof(buf), "\"%s", prefix);
	for (const char *p = path; *p != '\0' && n < sizeof(buf) - 8; p++) {
		const char *s = strchr(esc, *p);

		if (s != NULL)
			n += (size_t)snprintf(buf + n, 8, "\\%c",
			    let[s - esc]);
		else if ((unsigned char)*p < ' ' || *p == 0x7f ||
		    (unsigned char)*p >= 0x80)
			n += (size_t)snprintf(buf + n, 8, "\\%03o",
			    (unsigned char)*p);
		else
			buf[n++] = *p;
	}
	buf[n++] = '"';
	buf[n] = '\0';
	return (buf);
}

/* --- the list ------------------------------------------------------------------- */

static const char *
type_name(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return ("file");
	case S_IFDIR:
		return ("directory");
	case S_IFLNK:
		return ("link");
	case S_IFIFO:
		return ("fifo");
	case S_IFSOCK:
		return ("socket");
	default:
		return ("device");
	}
}

/* "(content, mode 0644 -> 0600)" */
static void
print_bits(const struct change *c, FILE *fp)
{
	const struct export_rec *x = &chg_contents(c)->c_x;
	const struct stat *st = &c->c_host;
	const char *sep = " (";

	if ((c->c_bits & CHG_TYPE) != 0) {
		(void)fprintf(fp, "%s%s -> %s", sep, type_name(st->st_mode),
		    type_name(x->x_mode));
		sep = ", ";
	}
	if ((c->c_bits & CHG_CONTENT) != 0) {
		(void)fprintf(fp, "%scontent", sep);
		sep = ", ";
	}
	if ((c->c_bits & CHG_MODE) != 0) {
		(void)fprintf(fp, "%smode %04o -> %04o", sep,
		    st->st_mode & 07777, x->x_mode & 07777);
		sep = ", ";
	}
	if ((c->c_bits & CHG_OWNER) != 0) {
		(void)fprintf(fp, "%sowner %u:%u -> %u:%u", sep, st->st_uid,
		    st->st_gid, x->x_uid, x->x_gid);
		sep = ", ";
	}
	if ((c->c_bits & CHG_XATTR) != 0) {
		(void)fprintf(fp, "%sattributes", sep);
		sep = ", ";
	}
	if (c->c_bits == CHG_TIMES)
		(void)fprintf(fp, "%stimes", sep);
	(void)fprintf(fp, ")");
}

static bool
is_dir(const struct change *c)
{
	return (S_ISDIR(c->c_kind == CHG_DELETED ? c->c_host.st_mode :
	    c->c_x.x_mode));
}

void
chg_list(const struct changes *cs, FILE *fp, enum chg_format f)
{
	if (f == CHG_LONG)
		(void)fprintf(fp, chg_count(cs) != 0 ? "Changes:\n" :
		    "No changes.\n");
	for (size_t i = 0; i < cs->cs_n; i++) {
		const struct change *c = cs->cs_v[i];

		if (c->c_kind == CHG_SAME)
			continue;
		if (f == CHG_NULL) {
			(void)fprintf(fp, "%c /%s", letters[c->c_kind],
			    c->c_path);
			(void)fputc('\0', fp);
			continue;
		}
		if (f == CHG_SHORT) {
			(void)fprintf(fp, "%c %s\n", letters[c->c_kind],
			    chg_quote("/", c->c_path));
			continue;
		}
		(void)fprintf(fp, "\t%-10s%s%s", words[c->c_kind],
		    chg_quote("/", c->c_path), is_dir(c) &&
		    c->c_path[0] != '\0' ? "/" : "");
		if (c->c_kind == CHG_CHANGED)
			print_bits(c, fp);
		(void)fputc('\n', fp);
	}
}

/* --- the patch -------------------------------------------------------------------- */

struct text {
	char	*t_data;		/* malloc'ed; NULL: not a text */
	size_t	t_len;
};

static bool
is_text(const char *p, size_t n)
{
	return (memchr(p, '\0', n < TEXT_PROBE ? n : TEXT_PROBE) == NULL);
}

static struct text
as_text(char *data, size_t n)
{
	if (data != NULL && is_text(data, n))
		return ((struct text){ data, n });
	free(data);
	return ((struct text){ NULL, 0 });
}

static struct text
old_text(const struct changes *cs, const struct change *c)
{
	size_t size = (size_t)c->c_host.st_size, got = 0;
	char *buf, *target;
	ssize_t n;
	int fd;

	if (S_ISLNK(c->c_host.st_mode)) {
		target = host_readlink(cs, c->c_path);
		return ((struct text){ target,
		    target != NULL ? strlen(target) : 0 });
	}
	if (!S_ISREG(c->c_host.st_mode) || size > TEXT_MAX ||
	    (fd = host_open(cs, c->c_path, O_RDONLY)) < 0)
		return ((struct text){ NULL, 0 });
	buf = malloc(size + 1);
	while (buf != NULL && got < size &&
	    (n = read(fd, buf + got, size - got)) > 0)
		got += (size_t)n;
	(void)close(fd);
	return (as_text(buf, got));
}

static struct text
new_text(const struct change *c)
{
	const struct change *d = chg_contents(c);
	const char *cursor = d->c_data;
	size_t size = (size_t)d->c_x.x_size;
	char *buf;

	if (S_ISLNK(d->c_x.x_mode)) {
		buf = strdup(d->c_target);
		return ((struct text){ buf, buf != NULL ? strlen(buf) : 0 });
	}
	if (!S_ISREG(d->c_x.x_mode) || size > TEXT_MAX)
		return ((struct text){ NULL, 0 });
	buf = malloc(size + 1);
	if (buf != NULL)
		(void)chg_read(d, &cursor, buf, size, 0);
	return (as_text(buf, size));
}

/* As git has modes: links, and files that can be executed or not. */
static unsigned
git_mode(uint32_t mode)
{
	if (S_ISLNK(mode))
		return (0120000);
	return ((mode & 0100) != 0 ? 0100755 : 0100644);
}

static bool
in_patch(uint32_t mode)
{
	return (S_ISREG(mode) || S_ISLNK(mode));
}

/* What a patch cannot say stands before it, where tools skip it. */
static void
print_notes(const struct change *c, FILE *fp)
{
	static const char *const kinds[] = { "", "added", "changed",
	    "deleted" };
	uint32_t mode = c->c_kind == CHG_DELETED ? c->c_host.st_mode :
	    c->c_x.x_mode;

	if (c->c_kind != CHG_CHANGED && in_patch(mode))
		return;
	if (c->c_kind == CHG_CHANGED && (c->c_bits & ~CHG_TIMES) ==
	    CHG_CONTENT)
		return;
	(void)fprintf(fp, "# %s %s %s", kinds[c->c_kind], type_name(mode),
	    chg_quote("/", c->c_path));
	if (c->c_kind == CHG_CHANGED)
		print_bits(c, fp);
	else if (c->c_kind == CHG_ADDED)
		(void)fprintf(fp, " (mode %04o, owner %u:%u)", mode & 07777,
		    c->c_x.x_uid, c->c_x.x_gid);
	(void)fputc('\n', fp);
}

/* One side may be missing (mode 0). */
static void
print_patch(const struct changes *cs, const struct change *c, uint32_t omode,
    uint32_t nmode, FILE *fp)
{
	struct text o = { NULL, 0 }, n = { NULL, 0 };

	(void)fprintf(fp, "diff --git %s", chg_quote("a/", c->c_path));
	(void)fprintf(fp, " %s\n", chg_quote("b/", c->c_path));
	if (omode == 0)
		(void)fprintf(fp, "new file mode %06o\n", git_mode(nmode));
	else if (nmode == 0)
		(void)fprintf(fp, "deleted file mode %06o\n",
		    git_mode(omode));
	else if (git_mode(omode) != git_mode(nmode))
		(void)fprintf(fp, "old mode %06o\nnew mode %06o\n",
		    git_mode(omode), git_mode(nmode));
	if (omode != 0 && nmode != 0 && (c->c_bits &
	    (CHG_CONTENT | CHG_TYPE)) == 0)
		return;
	if (omode != 0)
		o = old_text(cs, c);
	if (nmode != 0)
		n = new_text(c);
	if ((omode != 0 && o.t_data == NULL) ||
	    (nmode != 0 && n.t_data == NULL)) {
		(void)fprintf(fp, "Binary files %s", omode != 0 ?
		    chg_quote("a/", c->c_path) : "/dev/null");
		(void)fprintf(fp, " and %s differ\n", nmode != 0 ?
		    chg_quote("b/", c->c_path) : "/dev/null");
	} else if (o.t_len != 0 || n.t_len != 0) {
		(void)fprintf(fp, "--- %s\n", omode != 0 ?
		    chg_quote("a/", c->c_path) : "/dev/null");
		(void)fprintf(fp, "+++ %s\n", nmode != 0 ?
		    chg_quote("b/", c->c_path) : "/dev/null");
		diff_texts(fp, o.t_data, o.t_len, n.t_data, n.t_len);
	}
	free(o.t_data);
	free(n.t_data);
}

static void
diff_one(const struct changes *cs, const struct change *c, FILE *fp)
{
	uint32_t o = c->c_kind == CHG_ADDED ? 0 : c->c_host.st_mode;
	uint32_t n = c->c_kind == CHG_DELETED ? 0 :
	    chg_contents(c)->c_x.x_mode;

	print_notes(c, fp);
	if (!in_patch(o))
		o = 0;
	if (!in_patch(n))
		n = 0;
	if (o == 0 && n == 0)
		return;
	if (o != 0 && n != 0 && ((o ^ n) & S_IFMT) != 0) {
		/* git writes a change of type as two patches */
		print_patch(cs, c, o, 0, fp);
		print_patch(cs, c, 0, n, fp);
	} else if (o == 0 || n == 0 || (c->c_bits & CHG_CONTENT) != 0 ||
	    git_mode(o) != git_mode(n))
		print_patch(cs, c, o, n, fp);
}

static void
diff_tree(const struct changes *cs, const struct change *dir, FILE *fp,
    int depth)
{
	int fd = host_open(cs, dir->c_path, O_RDONLY | O_DIRECTORY);
	DIR *dp = fd < 0 ? NULL : fdopendir(fd);
	char path[CHG_PATHMAX];
	const struct dirent *d;
	struct change c;

	while (dp != NULL && (d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 ||
		    snprintf(path, sizeof(path), "%s/%s", dir->c_path,
		    d->d_name) >= (int)sizeof(path))
			continue;
		memset(&c, 0, sizeof(c));
		c.c_path = path;
		c.c_kind = CHG_DELETED;
		if (host_lstat(cs, path, &c.c_host) != 0)
			continue;
		diff_one(cs, &c, fp);
		if (S_ISDIR(c.c_host.st_mode) && depth < DEPTH_MAX)
			diff_tree(cs, &c, fp, depth + 1);
	}
	if (dp != NULL)
		(void)closedir(dp);
}

void
chg_diff(const struct changes *cs, FILE *fp)
{
	for (size_t i = 0; i < cs->cs_n; i++)
		if (cs->cs_v[i]->c_kind != CHG_SAME) {
			diff_one(cs, cs->cs_v[i], fp);
			/* All that goes with a directory. */
			if (cs->cs_v[i]->c_kind != CHG_ADDED &&
			    S_ISDIR(cs->cs_v[i]->c_host.st_mode) &&
			    (cs->cs_v[i]->c_kind == CHG_DELETED ||
			    (cs->cs_v[i]->c_bits & CHG_TYPE) != 0))
				diff_tree(cs, cs->cs_v[i], fp, 0);
		}
}
