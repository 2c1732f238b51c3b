/*
 * target.c: what may be jumped to, seen from the whole text.
 *
 * A function's own jumps are known from decoding it.  Those of others (a cold
 * part that returns to the middle of its function) are found without decoding
 * everything: each byte of the text is taken for the start of a jump or call
 * with a 32-bit displacement, or of a lea.  What is none of these only makes us
 * refuse more.  Kept is only what lies near a site.
 */
#include <emmintrin.h>
#include <stdlib.h>
#include <string.h>

#include "text/internal.h"

bool
target_near(const struct text *t, uint32_t addr)
{
	if (addr >= t->t_elf.f_span)
		return (false);
	return ((t->t_near[addr / 512] >> (addr / 64 % 8) & 1) != 0);
}

void
target_add(struct text *t, uint32_t addr)
{
	uint32_t *v, cap;

	if (!target_near(t, addr))
		return;
	if (t->t_ntarget == t->t_captarget) {
		cap = t->t_captarget == 0 ? 1024 : t->t_captarget * 2;
		v = realloc(t->t_target, cap * sizeof(*v));
		if (v == NULL)
			abort();	/* never: a site less safe */
		t->t_target = v;
		t->t_captarget = cap;
	}
	t->t_target[t->t_ntarget++] = addr;
}

bool
target_learn(struct text *t)
{
	t->t_near = calloc(t->t_elf.f_span / 512 + 1, 1);
	if (t->t_near == NULL)
		return (false);
	for (unsigned i = 0; i < t->t_nsite; i++) {
		uint32_t a = t->t_site[i].ts_addr;

		for (uint32_t b = a < 64 ? 0 : a - 64;
		    b <= a + 64 && b < t->t_elf.f_span; b += 64)
			t->t_near[b / 512] |= (uint8_t)(1u << (b / 64 % 8));
	}
	return (true);
}

/* What may begin at p; at least six bytes are there. */
static void
scan_one(struct text *t, const uint8_t *p, uint32_t addr)
{
	if ((p[0] & 0xfe) == 0xe8)
		target_add(t, addr + 5 + ld32(p + 1));
	else if ((p[0] == 0x0f && (p[1] & 0xf0) == 0x80) ||
	    (p[0] == 0x8d && (p[1] & 0xc7) == 5) ||
	    (p[0] == 0xc7 && p[1] == 0xf8))
		target_add(t, addr + 6 + ld32(p + 2));
}

/* Bit n: p[n] is a first byte of what scan_one knows. */
static uint32_t
candidates(const uint8_t *p)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i hit = _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(1)),
	    _mm_set1_epi8((char)0xe9));

	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x0f)));
	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0x8d)));
	hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xc7)));
	return ((uint32_t)_mm_movemask_epi8(hit));
}

/* Jumps, calls and leas in one segment; the last bytes hold none whole. */
static void
scan(struct text *t, const uint8_t *p, uint32_t n, uint32_t addr)
{
	uint32_t i = 0;

	for (; i + 22 <= n; i += 16)
		for (uint32_t m = candidates(p + i); m != 0; m &= m - 1) {
			uint32_t k = i + (uint32_t)__builtin_ctz(m);

			scan_one(t, p + k, addr + k);
		}
	for (; i + 6 <= n; i++)
		scan_one(t, p + i, addr + i);
	/* A last instruction of five bytes. */
	if (n >= 5 && (p[n - 5] & 0xfe) == 0xe8)
		target_add(t, addr + n + ld32(p + n - 4));
}

void
target_scan(struct text *t)
{
	const struct telf *f = &t->t_elf;

	for (unsigned i = 0; i < f->f_nseg; i++)
		if (f->f_seg[i].sg_text)
			scan(t, f->f_data + f->f_seg[i].sg_off,
			    f->f_seg[i].sg_filesz, f->f_seg[i].sg_addr);
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y ? -1 : x > y);
}

void
target_sort(struct text *t)
{
	if (t->t_ntarget != 0)
		qsort(t->t_target, t->t_ntarget, sizeof(*t->t_target),
		    compare);
}

unsigned
target_lower(const struct text *t, uint32_t addr)
{
	unsigned lo = 0, hi = t->t_ntarget, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->t_target[mid] < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}
