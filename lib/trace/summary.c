/* summary.c: see summary.h. */
#include "trace/summary.h"

#include <stdlib.h>
#include <string.h>

struct sumrow {
	char		name[32];
	uint64_t	calls, errors;
	int64_t		ns;
};
struct summary {
	struct sumrow	*s_row;
	size_t		s_n;
};

struct summary *
summary_new(void)
{
	return (calloc(1, sizeof(struct summary)));
}

void
summary_add(struct summary *s, const char *name, int64_t ns, bool error)
{
	struct sumrow *r = NULL, *v;

	for (size_t i = 0; i < s->s_n && r == NULL; i++)
		if (strcmp(s->s_row[i].name, name) == 0)
			r = &s->s_row[i];
	if (r == NULL) {
		v = realloc(s->s_row, (s->s_n + 1) * sizeof(*v));
		if (v == NULL)
			return;
		s->s_row = v;
		r = &v[s->s_n++];
		memset(r, 0, sizeof(*r));
		(void)snprintf(r->name, sizeof(r->name), "%s", name);
	}
	r->calls++;
	r->errors += error;
	r->ns += ns;
}

static const char *const orders[] = { "time", "calls", "errors", "name" };
static int sort_order;		/* for by_order alone */

bool
summary_order(const char *word, int *order)
{
	for (unsigned i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		if (strcmp(word, orders[i]) == 0) {
			*order = (int)i;
			return (true);
		}
	return (false);
}

static int64_t
key(const struct sumrow *r)
{
	switch (sort_order) {
	case 0:
		return (r->ns);
	case 1:
		return ((int64_t)r->calls);
	case 2:
		return ((int64_t)r->errors);
	default:
		return (0);
	}
}

static int
by_order(const void *a, const void *b)
{
	const struct sumrow *x = a, *y = b;

	if (key(x) != key(y))
		return (key(x) < key(y) ? 1 : -1);
	return (strcmp(x->name, y->name));
}

static void
line(FILE *fp, double share, const struct sumrow *r)
{
	char errors[24] = "";

	if (r->errors > 0)
		(void)snprintf(errors, sizeof(errors), "%lu",
		    (unsigned long)r->errors);
	(void)fprintf(fp, "%6.2f %11.6f %11lu %9lu %9s %s\n", share,
	    (double)r->ns / 1e9, r->calls > 0 ? (unsigned long)((uint64_t)
	    r->ns / 1000 / r->calls) : 0, (unsigned long)r->calls, errors,
	    r->name);
}

void
summary_print(struct summary *s, int order, FILE *fp)
{
	static const char rule[] =
	    "------ ----------- ----------- --------- --------- "
	    "----------------\n";
	struct sumrow all = { .name = "total" };

	sort_order = order;
	if (s->s_n > 0)
		qsort(s->s_row, s->s_n, sizeof(s->s_row[0]), by_order);
	for (size_t i = 0; i < s->s_n; i++) {
		all.calls += s->s_row[i].calls;
		all.errors += s->s_row[i].errors;
		all.ns += s->s_row[i].ns;
	}
	(void)fprintf(fp, "%% time     seconds  usecs/call     calls    "
	    "errors syscall\n%s", rule);
	for (size_t i = 0; i < s->s_n; i++)
		line(fp, all.ns > 0 ? 100.0 * (double)s->s_row[i].ns /
		    (double)all.ns : 0, &s->s_row[i]);
	(void)fputs(rule, fp);
	line(fp, 100.0, &all);
}

void
summary_free(struct summary *s)
{
	if (s != NULL)
		free(s->s_row);
	free(s);
}
