/*
 * text.c: the analysis of a file: find the sites, learn what is known about
 * the whole text, then look at each function that holds one.
 */
#include "text/text.h"

#include <stdlib.h>
#include <string.h>

#include "text/internal.h"

#define	MAXSITES	65536u

struct text *
text_open(int fd, uint64_t size)
{
	struct text *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	if (!telf_open(&t->t_elf, fd, size)) {
		text_close(t);
		return (NULL);
	}
	return (t);
}

void
text_close(struct text *t)
{
	telf_close(&t->t_elf);
	free(t->t_site);
	free(t->t_sym);
	free(t->t_near);
	free(t->t_target);
	free(t);
}

static bool
add_site(struct text *t, uint32_t addr, bool cpuid)
{
	struct text_site *v;

	if ((t->t_nsite & 255) == 0) {
		if (t->t_nsite == MAXSITES || (v = realloc(t->t_site,
		    (t->t_nsite + 256) * sizeof(*v))) == NULL)
			return (false);
		t->t_site = v;
	}
	t->t_site[t->t_nsite++] = (struct text_site){ .ts_addr = addr,
	    .ts_cpuid = cpuid };
	return (true);
}

static bool
find_in(struct text *t, const struct tseg *sg)
{
	const uint8_t *base = t->t_elf.f_data + sg->sg_off, *p = base;
	const uint8_t *end = base + sg->sg_filesz;

	while (p + 1 < end &&
	    (p = memchr(p, 0x0f, (size_t)(end - p - 1))) != NULL) {
		if ((p[1] == 0x05 || p[1] == 0xa2) && !add_site(t,
		    sg->sg_addr + (uint32_t)(p - base), p[1] == 0xa2))
			return (false);
		p++;
	}
	return (true);
}

static int
compare(const void *a, const void *b)
{
	const struct text_site *x = a, *y = b;

	return (x->ts_addr < y->ts_addr ? -1 : x->ts_addr > y->ts_addr);
}

static bool
find_sites(struct text *t)
{
	const struct telf *f = &t->t_elf;

	for (unsigned i = 0; i < f->f_nseg; i++)
		if (f->f_seg[i].sg_text && !find_in(t, &f->f_seg[i])) {
			t->t_nsite = 0;
			return (false);
		}
	if (t->t_nsite != 0)
		qsort(t->t_site, t->t_nsite, sizeof(*t->t_site), compare);
	return (t->t_nsite != 0);
}

static void
look_at_sites(struct text *t)
{
	struct tfunc fn = { 0 };
	struct textent x;
	uint32_t inuse = 0;

	for (unsigned i = 0; i < t->t_nsite; i++) {
		struct text_site *ts = &t->t_site[i];

		ts->ts_why = TEXT_NOEXTENT;
		if (fn.fn_x.x_start > ts->ts_addr ||
		    fn.fn_x.x_end <= ts->ts_addr) {
			if (!extent_find(t, ts->ts_addr, &x))
				continue;
			func_decode(t, &x, &fn);
		}
		window_choose(t, &fn, ts, inuse);
		/* Behind a call that traps is a place to return to. */
		if (ts->ts_form != TEXT_NOCALL)
			inuse = kmax(inuse, ts->ts_addr + 2);
		if (ts->ts_form == TEXT_AROUND)
			inuse = ts->ts_end;
	}
	func_free(&fn);
}

bool
text_analyze(struct text *t)
{
	if (!text_init())
		return (false);
	if (!find_sites(t))
		return (true);
	if (!target_learn(t))
		return (false);
	target_scan(t);
	extent_learn(t);
	gotab_learn(t);
	target_sort(t);
	t->t_budget = TX_BUDGET;
	look_at_sites(t);
	return (true);
}

const struct text_site *
text_sites(const struct text *t, unsigned *n)
{
	*n = t->t_nsite;
	return (t->t_site);
}

uint64_t
text_vaddr(const struct text *t, uint32_t addr)
{
	return (t->t_elf.f_base + addr);
}

const char *
text_why(unsigned why)
{
	static const char *const name[TEXT_NWHY] = { "fit", "no extent",
	    "not decoded", "not reached", "flags live", "jumped into",
	    "indirect jump", "not movable", "special" };

	return (why < TEXT_NWHY ? name[why] : "?");
}
