/*
 * extent.c: where functions begin and end, by .eh_frame and by symbols.
 *
 * .eh_frame_hdr holds a sorted table of all functions, so only the entries
 * of those that hold a site are ever parsed.  Only the encodings that linkers
 * write there are known; another one counts as no table.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "text/internal.h"

#define	DW_PCREL_SDATA4	0x1b
#define	DW_UDATA4	0x03
#define	DW_DATAREL_SDATA4 0x3b
#define	DW_OMIT		0xff
#define	EH_HDR		12	/* bytes before the table */
#define	MAXSYMS		(4u << 20)

/* --- .eh_frame_hdr ---------------------------------------------------------- */

/* The table and its length; NULL: none that we know. */
static const uint8_t *
eh_table(struct text *t, uint32_t *n)
{
	struct telf *f = &t->t_elf;
	const uint8_t *p;

	if (f->f_ehhdrlen < EH_HDR ||
	    (p = telf_addr(f, f->f_ehhdr, f->f_ehhdrlen)) == NULL ||
	    p[0] != 1 || p[1] != DW_PCREL_SDATA4 || p[2] != DW_UDATA4 ||
	    p[3] != DW_DATAREL_SDATA4)
		return (NULL);
	*n = ld32(p + 8);
	if (*n > (f->f_ehhdrlen - EH_HDR) / 8)
		return (NULL);
	return (p + EH_HDR);
}

static uint32_t
eh_addr(const struct text *t, const uint8_t *p)
{
	return (t->t_elf.f_ehhdr + ld32(p));
}

/* The table's last entry at or below addr: the address of its FDE. */
static uint32_t
eh_search(struct text *t, uint32_t addr)
{
	uint32_t lo = 0, hi, mid, n;
	const uint8_t *p = eh_table(t, &n);

	if (p == NULL)
		return (TX_NONE);
	for (hi = n; lo < hi; ) {
		mid = lo + (hi - lo) / 2;
		if (eh_addr(t, p + 8UL * mid) <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo == 0 ? TX_NONE : eh_addr(t, p + 8UL * (lo - 1) + 4));
}

/* --- CIE and FDE ------------------------------------------------------------ */

/* A reader with an end: past it everything is zero and bad is set. */
struct reader {
	const uint8_t	*p, *end;
	uint32_t	addr;		/* of *p */
	bool		bad;
};

static uint64_t
get(struct reader *r, unsigned n)
{
	uint64_t v = 0;

	if ((size_t)(r->end - r->p) < n) {
		r->bad = true;
		r->p = r->end;
		return (0);
	}
	memcpy(&v, r->p, n);
	r->p += n;
	r->addr += n;
	return (v);
}

static uint64_t
get_leb(struct reader *r)
{
	uint64_t v = 0, b;
	unsigned shift = 0;

	do {
		b = get(r, 1);
		if (shift < 64)
			v |= (b & 0x7f) << shift;
		shift += 7;
	} while ((b & 0x80) != 0 && !r->bad);
	return (v);
}

/* An entry of .eh_frame at addr: its bytes behind the length. */
static bool
entry(struct text *t, uint32_t addr, struct reader *r)
{
	const uint8_t *p = telf_addr(&t->t_elf, addr, 4);
	uint32_t len;

	if (p == NULL || (len = ld32(p)) < 8 || len > 65536 ||
	    (p = telf_addr(&t->t_elf, addr + 4, len)) == NULL)
		return (false);
	*r = (struct reader){ p, p + len, addr + 4, false };
	return (true);
}

struct cie {
	bool		ci_aug;		/* lengths of augmentation stand */
	bool		ci_signal;
	uint8_t		ci_lsda;	/* encodings */
	uint8_t		ci_addr;
};

static unsigned
enc_size(uint8_t enc)
{
	switch (enc & 7) {
	case 0:
	case 4:
		return (8);
	case 2:
		return (2);
	case 3:
		return (4);
	default:
		return (0);
	}
}

static void
parse_aug(struct reader *r, const char *aug, struct cie *c)
{
	unsigned n;

	(void)get_leb(r);
	for (; *aug != '\0' && !r->bad; aug++) {
		switch (*aug) {
		case 'R':
			c->ci_addr = (uint8_t)get(r, 1);
			break;
		case 'L':
			c->ci_lsda = (uint8_t)get(r, 1);
			break;
		case 'P':
			n = enc_size((uint8_t)get(r, 1));
			r->bad |= n == 0;
			(void)get(r, n);
			break;
		case 'S':
			c->ci_signal = true;
			break;
		case 'B':
			break;
		default:
			r->bad = true;
		}
	}
}

static bool
parse_cie(struct text *t, uint32_t addr, struct cie *c)
{
	char aug[8] = "";
	struct reader r;
	unsigned i;

	*c = (struct cie){ .ci_lsda = DW_OMIT, .ci_addr = 0 };
	if (!entry(t, addr, &r) || get(&r, 4) != 0 || get(&r, 1) != 1)
		return (false);
	for (i = 0; i < sizeof(aug); i++)
		if ((aug[i] = (char)get(&r, 1)) == '\0')
			break;
	if (i == sizeof(aug))
		return (false);
	(void)get_leb(&r);
	(void)get_leb(&r);
	(void)get_leb(&r);
	if (aug[0] == 'z') {
		c->ci_aug = true;
		parse_aug(&r, aug + 1, c);
	} else if (aug[0] != '\0')
		return (false);
	return (!r.bad);
}

/* Addresses in an FDE: relative to their place, or whole. */
static bool
get_addr(const struct text *t, struct reader *r, uint8_t enc, uint32_t *addr)
{
	uint32_t here = r->addr;
	unsigned n = enc_size(enc);
	uint64_t v;

	if (n < 4 || (enc & 0x80) != 0)
		return (false);
	v = get(r, n);
	if (n == 4 && (enc & 8) != 0)
		v = (uint64_t)(int64_t)(int32_t)v;
	if ((enc & 0x70) == 0x10)
		v += here;
	else if ((enc & 0x70) == 0)
		v -= t->t_elf.f_base;
	else
		return (false);
	*addr = (uint32_t)v;
	return (v < t->t_elf.f_span);
}

static bool
parse_fde(struct text *t, uint32_t addr, struct textent *x)
{
	struct reader r;
	struct cie c;
	uint64_t len;
	uint32_t back;

	memset(x, 0, sizeof(*x));
	if (!entry(t, addr, &r) || (back = (uint32_t)get(&r, 4)) == 0 ||
	    !parse_cie(t, addr + 4 - back, &c) ||
	    !get_addr(t, &r, c.ci_addr, &x->x_start))
		return (false);
	len = get(&r, enc_size(c.ci_addr));
	if (len == 0 || len > TX_MAXFUNC)
		return (false);
	x->x_end = x->x_start + (uint32_t)len;
	x->x_signal = c.ci_signal;
	if (c.ci_aug && get_leb(&r) != 0 && c.ci_lsda != DW_OMIT)
		x->x_lsda = get(&r, enc_size(c.ci_lsda)) != 0;
	return (!r.bad);
}

/* --- symbols ------------------------------------------------------------------ */

static bool
holds_site(const struct text *t, uint32_t start, uint32_t end)
{
	unsigned lo = 0, hi = t->t_nsite, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->t_site[mid].ts_addr < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo < t->t_nsite && t->t_site[lo].ts_addr < end);
}

static void
learn_symbol(struct text *t, const Elf64_Sym *s)
{
	uint64_t v = s->st_value - t->t_elf.f_base;
	uint32_t start = (uint32_t)v;
	struct textent *x;

	if (s->st_shndx == SHN_UNDEF || v >= t->t_elf.f_span)
		return;
	target_add(t, start);
	if (ELF64_ST_TYPE(s->st_info) != STT_FUNC || s->st_size == 0 ||
	    s->st_size > TX_MAXFUNC ||
	    t->t_nsym == TX_MAXSYM ||
	    !holds_site(t, start, start + (uint32_t)s->st_size))
		return;
	if ((t->t_nsym & 63) == 0) {
		x = realloc(t->t_sym, (t->t_nsym + 64) * sizeof(*x));
		if (x == NULL)
			return;
		t->t_sym = x;
	}
	t->t_sym[t->t_nsym++] = (struct textent){ start,
	    start + (uint32_t)s->st_size, false, false };
}

static void
learn_symbols(struct text *t, const struct tsection *sc)
{
	uint64_t n = sc->sc_size / sizeof(Elf64_Sym);
	const uint8_t *p;
	Elf64_Sym s;

	if (n == 0 || n > MAXSYMS || (p = telf_off(&t->t_elf, sc->sc_off,
	    n * sizeof(s))) == NULL)
		return;
	for (uint64_t i = 0; i < n; i++) {
		memcpy(&s, p + i * sizeof(s), sizeof(s));
		learn_symbol(t, &s);
	}
}

void
extent_learn(struct text *t)
{
	uint32_t n = 0;
	const uint8_t *p = eh_table(t, &n);

	for (uint32_t i = 0; p != NULL && i < n; i++)
		target_add(t, eh_addr(t, p + 8UL * i));
	for (unsigned i = 0; i < t->t_elf.f_nsec; i++)
		if (t->t_elf.f_sec[i].sc_type == SHT_SYMTAB ||
		    t->t_elf.f_sec[i].sc_type == SHT_DYNSYM)
			learn_symbols(t, &t->t_elf.f_sec[i]);
}

static bool
sym_find(const struct text *t, uint32_t addr, struct textent *x)
{
	bool found = false;

	/* The smallest: a symbol around several functions is no help. */
	for (unsigned i = 0; i < t->t_nsym; i++) {
		const struct textent *s = &t->t_sym[i];

		if (addr < s->x_start || addr >= s->x_end || (found &&
		    s->x_end - s->x_start >= x->x_end - x->x_start))
			continue;
		*x = *s;
		found = true;
	}
	return (found);
}

bool
extent_find(struct text *t, uint32_t addr, struct textent *x)
{
	uint32_t fde = eh_search(t, addr);

	if (fde != TX_NONE && parse_fde(t, fde, x) && x->x_start <= addr &&
	    addr < x->x_end)
		return (true);
	return (sym_find(t, addr, x) || gotab_find(t, addr, x));
}
