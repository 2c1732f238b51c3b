/*
 * gotab.c: where Go's functions begin, by the table that its runtime unwinds
 * with (.gopclntab).  Static Go programs have nothing else.  Formats of Go
 * 1.16, 1.18 and 1.20 on; an unknown one counts as none.
 *
 * A function ends where the next begins: the padding between is int3.
 */
#include <string.h>

#include "text/internal.h"

#define	GO_116		0xfffffffau
#define	GO_118		0xfffffff0u
#define	GO_120		0xfffffff1u

static const struct tsection *
find_section(const struct telf *f, const char *name)
{
	for (unsigned i = 0; i < f->f_nsec; i++)
		if (strcmp(f->f_sec[i].sc_name, name) == 0)
			return (&f->f_sec[i]);
	return (NULL);
}

/* Start of function i, as an address. */
static uint32_t
go_start(struct text *t, uint32_t i)
{
	uint32_t size = t->t_gosize;
	const uint8_t *p = telf_addr(&t->t_elf, t->t_gotab + i * size * 2,
	    size);

	if (p == NULL)
		return (TX_NONE);
	if (size == 4)
		return (t->t_gotext + ld32(p));
	return ((uint32_t)(ld64(p) - t->t_elf.f_base));
}

/* Where the text begins; newer Go leaves the header's field empty. */
static uint64_t
go_text(const struct telf *f, uint64_t field)
{
	const struct tsection *sc = find_section(f, ".text");

	if (field == 0 && sc != NULL)
		return (sc->sc_vaddr);
	return (field);
}

void
gotab_learn(struct text *t)
{
	struct telf *f = &t->t_elf;
	const struct tsection *sc = find_section(f, ".gopclntab");
	uint64_t n, tab, text = f->f_base;
	const uint8_t *p;
	uint32_t at, magic;

	if (sc == NULL)
		sc = find_section(f, ".data.rel.ro.gopclntab");
	if (sc == NULL || sc->sc_vaddr < f->f_base ||
	    sc->sc_vaddr - f->f_base >= f->f_span || sc->sc_size < 72)
		return;
	at = (uint32_t)(sc->sc_vaddr - f->f_base);
	if ((p = telf_addr(f, at, 72)) == NULL || p[6] != 1 || p[7] != 8)
		return;
	magic = ld32(p);
	n = ld64(p + 8);
	if (magic == GO_118 || magic == GO_120) {
		text = go_text(f, ld64(p + 24));
		tab = ld64(p + 64);
		t->t_gosize = 4;
	} else if (magic == GO_116) {
		tab = ld64(p + 56);
		t->t_gosize = 8;
	} else
		return;
	if (tab >= sc->sc_size || n >= (sc->sc_size - tab) /
	    (2U * t->t_gosize) || text < f->f_base ||
	    text - f->f_base >= f->f_span ||
	    telf_addr(f, at, (uint32_t)sc->sc_size) == NULL) {
		t->t_gosize = 0;
		return;
	}
	t->t_gotab = at + (uint32_t)tab;
	t->t_gon = (uint32_t)n;
	t->t_gotext = (uint32_t)(text - f->f_base);
	for (uint32_t i = 0; i <= t->t_gon; i++)
		target_add(t, go_start(t, i));
}

bool
gotab_find(struct text *t, uint32_t addr, struct textent *x)
{
	uint32_t lo = 0, hi = t->t_gon, mid;

	if (t->t_gosize == 0)
		return (false);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (go_start(t, mid) <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return (false);
	memset(x, 0, sizeof(*x));
	x->x_start = go_start(t, lo - 1);
	x->x_end = go_start(t, lo);
	return (x->x_start <= addr && addr < x->x_end &&
	    x->x_end - x->x_start <= TX_MAXFUNC);
}
