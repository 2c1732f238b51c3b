/*
 * diff.c: the shortest edit script between two texts, line by line, and its
 * hunks in unified format.
 *
 * Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations",
 * 1986): for each number of edits d, how far each diagonal gets; the rows are
 * kept to walk back.  Lines are compared by their number in a common table.  The
 * common start and end are cut off first.  Where the texts differ too much to be
 * worth the memory, all of the middle is one replacement: still right.
 */
#include "changes/internal.h"

#include <stdlib.h>
#include <string.h>

#define	CONTEXT		3
#define	EDITS_MAX	3000

struct line {
	const char	*l_text;
	size_t		l_len;		/* with its newline */
	unsigned	l_class;	/* equal lines have the same */
};

struct side {
	struct line	*s_line;
	long		s_n;
	bool		*s_edit;	/* deleted (a) or inserted (b) */
};

static long
count_lines(const char *p, size_t n)
{
	long k = 0;
	const char *s;

	for (; n > 0; k++) {
		s = memchr(p, '\n', n);
		if (s == NULL)
			return (k + 1);
		n -= (size_t)(s + 1 - p);
		p = s + 1;
	}
	return (k);
}

static bool
split(struct side *s, const char *p, size_t n)
{
	long max = count_lines(p, n);

	s->s_line = calloc((size_t)max + 1, sizeof(*s->s_line));
	s->s_edit = calloc((size_t)max + 1, sizeof(*s->s_edit));
	if (s->s_line == NULL || s->s_edit == NULL)
		return (false);
	for (s->s_n = 0; n > 0; s->s_n++) {
		const char *nl = memchr(p, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl + 1 - p) : n;

		s->s_line[s->s_n] = (struct line){ p, len, 0 };
		p += len;
		n -= len;
	}
	return (true);
}

/* --- classes of equal lines ------------------------------------------------------ */

static unsigned
hash_line(const struct line *l)
{
	unsigned h = 2166136261u;

	for (size_t i = 0; i < l->l_len; i++)
		h = (h ^ (unsigned char)l->l_text[i]) * 16777619u;
	return (h);
}

static bool
classify(struct side *a, struct side *b)
{
	size_t size = 1024, n = (size_t)(a->s_n + b->s_n);
	struct line **table;
	unsigned next = 1;

	while (size < 2 * n)
		size *= 2;
	if ((table = calloc(size, sizeof(*table))) == NULL)
		return (false);
	for (size_t i = 0; i < n; i++) {
		struct line *l = i < (size_t)a->s_n ? &a->s_line[i] :
		    &b->s_line[i - (size_t)a->s_n];
		size_t h = hash_line(l) & (size - 1);

		while (table[h] != NULL && (table[h]->l_len != l->l_len ||
		    memcmp(table[h]->l_text, l->l_text, l->l_len) != 0))
			h = (h + 1) & (size - 1);
		if (table[h] == NULL) {
			table[h] = l;
			l->l_class = next++;
		} else
			l->l_class = table[h]->l_class;
	}
	free(table);
	return (true);
}

/* --- the edit script ---------------------------------------------------------------- */

struct middle {			/* what is left between start and end */
	const struct line *m_a, *m_b;
	long		m_na, m_nb;
	long		*m_row[EDITS_MAX + 1];
};

/* How far diagonal k = x - y gets with d edits, by the row before. */
static long
furthest(const struct middle *m, const long *v, long d, long k)
{
	long x, y;

	if (d == 0)
		x = 0;
	else if (k == -d || (k != d && v[k - 1] < v[k + 1]))
		x = v[k + 1];		/* an insertion */
	else
		x = v[k - 1] + 1;	/* a deletion */
	for (y = x - k; x < m->m_na && y < m->m_nb &&
	    m->m_a[x].l_class == m->m_b[y].l_class; y++)
		x++;
	return (x);
}

/* The number of edits, or -1: too many.  Row d has entries -d..d. */
static long
search(struct middle *m)
{
	for (long d = 0; d <= EDITS_MAX; d++) {
		const long *v = d > 0 ? m->m_row[d - 1] + d - 1 : NULL;
		long *row = malloc((size_t)(2 * d + 1) * sizeof(*row));

		if (row == NULL)
			return (-1);
		m->m_row[d] = row;
		for (long k = -d; k <= d; k += 2) {
			long x = furthest(m, v, d, k);

			row[d + k] = x;
			if (x >= m->m_na && x - k >= m->m_nb)
				return (d);
		}
	}
	return (-1);
}

static void
walk_back(const struct middle *m, long d, bool *del, bool *ins)
{
	long x = m->m_na, y = m->m_nb;

	for (; d > 0; d--) {
		const long *v = m->m_row[d - 1] + d - 1;
		long k = x - y;

		if (k == -d || (k != d && v[k - 1] < v[k + 1])) {
			x = v[k + 1];
			y = x - (k + 1);
			ins[y] = true;
		} else {
			x = v[k - 1];
			y = x - (k - 1);
			del[x] = true;
		}
	}
}

static void
mark_edits(struct side *a, struct side *b)
{
	struct middle *m = calloc(1, sizeof(*m));
	long start = 0, end = 0, d = -1;

	while (start < a->s_n && start < b->s_n &&
	    a->s_line[start].l_class == b->s_line[start].l_class)
		start++;
	while (end < a->s_n - start && end < b->s_n - start &&
	    a->s_line[a->s_n - 1 - end].l_class ==
	    b->s_line[b->s_n - 1 - end].l_class)
		end++;
	if (m != NULL) {
		m->m_a = a->s_line + start;
		m->m_b = b->s_line + start;
		m->m_na = a->s_n - start - end;
		m->m_nb = b->s_n - start - end;
		d = search(m);
		if (d >= 0)
			walk_back(m, d, a->s_edit + start, b->s_edit + start);
		for (long i = 0; i <= EDITS_MAX; i++)
			free(m->m_row[i]);
		free(m);
	}
	if (d >= 0)
		return;
	for (long i = start; i < a->s_n - end; i++)
		a->s_edit[i] = true;
	for (long i = start; i < b->s_n - end; i++)
		b->s_edit[i] = true;
}

/* --- hunks ---------------------------------------------------------------------------- */

static void
put_line(FILE *fp, char c, const struct line *l)
{
	(void)fputc(c, fp);
	(void)fwrite(l->l_text, 1, l->l_len, fp);
	if (l->l_text[l->l_len - 1] != '\n')
		(void)fputs("\n\\ No newline at end of file\n", fp);
}

static void
put_range(FILE *fp, char c, long at, long n)
{
	/* An empty range stands after the line before it. */
	if (n == 1)
		(void)fprintf(fp, "%c%ld", c, at + 1);
	else
		(void)fprintf(fp, "%c%ld,%ld", c, n == 0 ? at : at + 1, n);
}

/* Lines x0..x1 of a, y0..y1 of b. */
static void
put_hunk(FILE *fp, const struct side *a, long x0, long x1,
    const struct side *b, long y0, long y1)
{
	long x = x0, y = y0;

	(void)fputs("@@ ", fp);
	put_range(fp, '-', x0, x1 - x0);
	(void)fputc(' ', fp);
	put_range(fp, '+', y0, y1 - y0);
	(void)fputs(" @@\n", fp);
	while (x < x1 || y < y1) {
		if (x < x1 && a->s_edit[x])
			put_line(fp, '-', &a->s_line[x++]);
		else if (y < y1 && b->s_edit[y])
			put_line(fp, '+', &b->s_line[y++]);
		else {
			put_line(fp, ' ', &a->s_line[x++]);
			y++;
		}
	}
}

static void
put_hunks(FILE *fp, const struct side *a, const struct side *b)
{
	long x = 0, y = 0, x0, y0, same;

	for (;;) {
		while (x < a->s_n && y < b->s_n && !a->s_edit[x] &&
		    !b->s_edit[y]) {
			x++;
			y++;
		}
		if (x >= a->s_n && y >= b->s_n)
			return;
		same = x < CONTEXT ? x : CONTEXT;
		x0 = x - same;
		y0 = y - same;
		/* On to the end of what hangs together. */
		for (same = 0; (x < a->s_n || y < b->s_n) &&
		    same <= 2 * CONTEXT;) {
			if (x < a->s_n && a->s_edit[x]) {
				x++;
				same = 0;
			} else if (y < b->s_n && b->s_edit[y]) {
				y++;
				same = 0;
			} else {
				x++;
				y++;
				same++;
			}
		}
		if (same > CONTEXT) {
			x -= same - CONTEXT;
			y -= same - CONTEXT;
		}
		put_hunk(fp, a, x0, x, b, y0, y);
	}
}

void
diff_texts(FILE *fp, const char *a, size_t alen, const char *b, size_t blen)
{
	struct side sa = { NULL, 0, NULL }, sb = { NULL, 0, NULL };

	if (split(&sa, a, alen) && split(&sb, b, blen) &&
	    classify(&sa, &sb)) {
		mark_edits(&sa, &sb);
		put_hunks(fp, &sa, &sb);
	}
	free(sa.s_line);
	free(sa.s_edit);
	free(sb.s_line);
	free(sb.s_edit);
}
