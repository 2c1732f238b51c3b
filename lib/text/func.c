/*
 * func.c: one function: decoded from its start to exactly its end, its flow
 * followed, and whatever may be jumped to marked.
 *
 * fn_ok says that linear decoding met the end and that the function's own
 * jumps agree with its instructions.  i_reach says that the flow of control
 * comes to an instruction: from the start, from a place that something else
 * jumps to, through direct jumps and falling through.  Data between
 * instructions is never reached.
 */
#include <stdlib.h>
#include <string.h>

#include "text/internal.h"

#define	SHORT_REACH	130u	/* of a jump with an 8-bit displacement */

void
func_free(struct tfunc *fn)
{
	free(fn->fn_insn);
	free(fn->fn_mark);
	free(fn->fn_stack);
	memset(fn, 0, sizeof(*fn));
}

static bool
grow(void **v, unsigned *cap, unsigned need, size_t size)
{
	unsigned n = *cap == 0 ? 256 : *cap;
	void *p;

	if (need <= *cap)
		return (true);
	while (n < need)
		n *= 2;
	if ((p = realloc(*v, n * size)) == NULL)
		return (false);
	*v = p;
	*cap = n;
	return (true);
}

uint32_t
func_index(const struct tfunc *fn, uint32_t addr)
{
	unsigned lo = 0, hi = fn->fn_ninsn, mid;

	if (addr < fn->fn_x.x_start || addr >= fn->fn_x.x_end ||
	    (fn->fn_mark[addr - fn->fn_x.x_start] & FM_INSN) == 0)
		return (TX_NONE);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (fn->fn_insn[mid].i_addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo);
}

static bool
is_padding(const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (p[i] != 0 && p[i] != 0xcc)
			return (false);
	return (true);
}

static bool
decode_all(struct tfunc *fn, uint32_t len)
{
	const struct textent *x = &fn->fn_x;
	uint32_t off = 0;

	while (off < len) {
		struct tinsn *in;

		if (!grow((void **)&fn->fn_insn, &fn->fn_capinsn,
		    fn->fn_ninsn + 1, sizeof(*fn->fn_insn)))
			return (false);
		in = &fn->fn_insn[fn->fn_ninsn];
		if (!dis_insn(fn->fn_text + off, len - off, x->x_start + off,
		    in))
			return (is_padding(fn->fn_text + off, len - off));
		fn->fn_mark[off] |= FM_INSN;
		fn->fn_std |= in->i_kind == TK_STD;
		fn->fn_indirect |= in->i_kind == TK_JMPIND;
		off += in->i_len;
		fn->fn_ninsn++;
	}
	return (true);
}

/* Instructions alone: fn_ok when they are all there is. */
static void
decode_extent(struct text *t, struct tfunc *fn)
{
	const struct textent *x = &fn->fn_x;
	uint32_t len = x->x_end - x->x_start, n;

	fn->fn_ninsn = 0;
	fn->fn_ok = fn->fn_indirect = fn->fn_std = false;
	fn->fn_text = telf_text(&t->t_elf, x->x_start, &n);
	if (fn->fn_text == NULL || n < len || t->t_budget < len ||
	    !grow((void **)&fn->fn_mark, &fn->fn_capmark, len, 1))
		return;
	t->t_budget -= len;
	memset(fn->fn_mark, 0, len);
	fn->fn_ok = decode_all(fn, len);
}

static void
mark(struct tfunc *fn, uint32_t addr)
{
	if (addr >= fn->fn_x.x_start && addr < fn->fn_x.x_end)
		fn->fn_mark[addr - fn->fn_x.x_start] |= FM_TARGET;
}

/*
 * Short jumps of the neighbours: any byte there may begin one, unless the
 * function that it lies in shows that no jump begins there.
 */
static bool
begins_jump(struct text *t, struct tfunc *nb, uint32_t addr)
{
	uint32_t i;

	if (addr < nb->fn_x.x_start || addr >= nb->fn_x.x_end) {
		if (!extent_find(t, addr, &nb->fn_x)) {
			nb->fn_x.x_start = nb->fn_x.x_end = 0;
			return (true);
		}
		decode_extent(t, nb);
	}
	if (!nb->fn_ok)
		return (true);
	i = func_index(nb, addr);
	return (i != TX_NONE && nb->fn_insn[i].i_target != TX_NONE);
}

static void
mark_short(struct text *t, struct tfunc *fn, uint32_t from, uint32_t to)
{
	const struct textent *x = &fn->fn_x;
	struct tfunc nb = { 0 };

	for (uint32_t a = from; a < to; a++) {
		uint32_t n, target;
		const uint8_t *p = telf_text(&t->t_elf, a, &n);

		if (p == NULL || n < 2)
			continue;
		if ((p[0] & 0xf0) != 0x70 && p[0] != 0xeb &&
		    (p[0] & 0xfc) != 0xe0)
			continue;
		target = a + 2 + (uint32_t)(int32_t)(int8_t)p[1];
		if (target < x->x_start || target >= x->x_end ||
		    !target_near(t, target) || !begins_jump(t, &nb, a))
			continue;
		mark(fn, target);
	}
	func_free(&nb);
}

static void
mark_targets(struct text *t, struct tfunc *fn)
{
	const struct textent *x = &fn->fn_x;

	for (unsigned i = 0; i < fn->fn_ninsn; i++)
		if (fn->fn_insn[i].i_target != TX_NONE)
			mark(fn, fn->fn_insn[i].i_target);
	for (unsigned i = target_lower(t, x->x_start); i < t->t_ntarget &&
	    t->t_target[i] < x->x_end; i++)
		mark(fn, t->t_target[i]);
	mark_short(t, fn, x->x_start < SHORT_REACH ? 0 :
	    x->x_start - SHORT_REACH, x->x_start);
	mark_short(t, fn, x->x_end, x->x_end + SHORT_REACH);
}

/* --- flow ------------------------------------------------------------------- */

/*
 * The instruction that a jump of ours leads to.  One that skips the prefix of
 * an instruction (`lock`) goes on behind that; another one shows that this is
 * not code as we see it.
 */
static uint32_t
lands_at(struct tfunc *fn, uint32_t addr)
{
	const struct textent *x = &fn->fn_x;
	uint32_t i = func_index(fn, addr), a = addr;
	struct tinsn in;

	if (i != TX_NONE)
		return (i);
	while (a > x->x_start &&
	    (fn->fn_mark[a - x->x_start] & FM_INSN) == 0)
		a--;
	i = func_index(fn, a);
	if (i == TX_NONE || !dis_insn(fn->fn_text + (addr - x->x_start),
	    x->x_end - addr, addr, &in) || in.i_kind != TK_PLAIN ||
	    addr + in.i_len != a + fn->fn_insn[i].i_len) {
		fn->fn_ok = false;
		return (TX_NONE);
	}
	return (i + 1 < fn->fn_ninsn ? i + 1 : TX_NONE);
}

static void
push(struct tfunc *fn, unsigned *depth, uint32_t i)
{
	if (i >= fn->fn_ninsn || fn->fn_insn[i].i_reach)
		return;
	fn->fn_insn[i].i_reach = 1;
	/* Each is pushed once, so there is room for all. */
	fn->fn_stack[(*depth)++] = i;
}

static bool
falls_through(const struct tinsn *in)
{
	return (in->i_kind != TK_JMP && in->i_kind != TK_JMPIND &&
	    in->i_kind != TK_RET && in->i_kind != TK_STOP);
}

static void
follow(struct tfunc *fn, unsigned depth)
{
	const struct textent *x = &fn->fn_x;

	while (depth > 0 && fn->fn_ok) {
		uint32_t i = fn->fn_stack[--depth];
		const struct tinsn *in = &fn->fn_insn[i];
		uint32_t to = in->i_target;

		if (to != TX_NONE && to >= x->x_start && to < x->x_end &&
		    in->i_kind != TK_CALL)
			push(fn, &depth, lands_at(fn, to));
		if (falls_through(in))
			push(fn, &depth, i + 1);
	}
}

static void
follow_all(const struct text *t, struct tfunc *fn)
{
	const struct textent *x = &fn->fn_x;
	unsigned depth = 0;

	if (!grow((void **)&fn->fn_stack, &fn->fn_capstack, fn->fn_ninsn + 1,
	    sizeof(*fn->fn_stack))) {
		fn->fn_ok = false;
		return;
	}
	push(fn, &depth, 0);
	for (unsigned i = target_lower(t, x->x_start); i < t->t_ntarget &&
	    t->t_target[i] < x->x_end; i++)
		push(fn, &depth, func_index(fn, t->t_target[i]));
	follow(fn, depth);
}

void
func_decode(struct text *t, const struct textent *x, struct tfunc *fn)
{
	fn->fn_x = *x;
	decode_extent(t, fn);
	if (!fn->fn_ok)
		return;
	mark_targets(t, fn);
	follow_all(t, fn);
}
