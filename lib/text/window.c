/*
 * window.c: which bytes a jump to the trampoline may replace.
 *
 * In order of preference:
 *  1. the one instruction before the call, where it has five bytes;
 *  2. several before it: the call's own bytes stay in both;
 *  3. the call and some behind it, and where that is too short some before.
 *
 * A window must not be entered but at its start, so nothing may jump to a byte
 * behind its first; more than one instruction only where all jumps of the
 * function are known and no landing pad can be in it.  A window keeps off those
 * of other sites and off their calls.
 */
#include "text/internal.h"

#define	JUMP		5	/* bytes of a jump */
#define	MAXBEFORE	4
#define	MAXAFTER	4
#define	NR_SIGRETURN	15

struct choice {
	struct text	*ch_t;
	struct tfunc	*ch_fn;
	struct text_site *ch_ts;
	uint32_t	ch_call;	/* index of the call */
	uint32_t	ch_free;
	uint8_t		ch_why;		/* the best reason so far */
};

/* What an instruction refers to by its place must stay in reach. */
static bool
refers_inside(const struct choice *ch, const struct tinsn *in)
{
	const struct tfunc *fn = ch->ch_fn;
	uint32_t at = in->i_addr - fn->fn_x.x_start, to = in->i_target;

	if (in->i_disp != 0)
		to = in->i_addr + in->i_len + ld32(fn->fn_text + at +
		    in->i_disp);
	else if (in->i_target == TX_NONE)
		return (in->i_kind == TK_PLAIN || in->i_kind == TK_RET);
	return (to < ch->ch_t->t_elf.f_span);
}

/* Can it be moved?  last: nothing of the window follows it. */
static bool
movable(const struct choice *ch, const struct tinsn *in, bool before,
    bool last)
{
	if (!refers_inside(ch, in))
		return (false);
	switch (in->i_kind) {
	case TK_PLAIN:
	case TK_JCC:
		return (true);
	case TK_JMP:
	case TK_RET:
		return (!before && last);
	default:
		return (false);
	}
}

/* Instructions [i, j] of the function, the call among them or right behind. */
static bool
fits(struct choice *ch, uint32_t i, uint32_t j)
{
	struct tfunc *fn = ch->ch_fn;
	uint32_t start = fn->fn_insn[i].i_addr;
	uint32_t end = fn->fn_insn[j].i_addr + fn->fn_insn[j].i_len;

	if (end - start < JUMP)
		return (false);
	if (start < ch->ch_free)
		return (false);
	for (uint32_t k = i; k <= j; k++)
		if (k != ch->ch_call && !movable(ch, &fn->fn_insn[k],
		    k < ch->ch_call, k == j))
			return (false);
	for (uint32_t a = start + 1; a < end; a++)
		if ((fn->fn_mark[a - fn->fn_x.x_start] & FM_TARGET) != 0) {
			ch->ch_why = TEXT_ENTERED;
			return (false);
		}
	if (i != j && (fn->fn_indirect || fn->fn_x.x_lsda)) {
		ch->ch_why = TEXT_INDIRECT;
		return (false);
	}
	ch->ch_ts->ts_start = start;
	ch->ch_ts->ts_end = end;
	ch->ch_ts->ts_form = j < ch->ch_call ? TEXT_BEFORE : TEXT_AROUND;
	return (true);
}

static bool
choose(struct choice *ch)
{
	uint32_t c = ch->ch_call, last = ch->ch_fn->fn_ninsn - 1;

	for (uint32_t b = 1; b <= MAXBEFORE && b <= c; b++)
		if (fits(ch, c - b, c - 1))
			return (true);
	for (uint32_t b = 0; b <= MAXBEFORE && b <= c; b++)
		for (uint32_t a = 0; a <= MAXAFTER && c + a <= last; a++)
			if (fits(ch, c - b, c + a))
				return (true);
	return (false);
}

/* mov $15, %eax (or %rax) before a call: what unwinders look for. */
static bool
is_sigreturn(const struct tfunc *fn, uint32_t call)
{
	const struct tinsn *in;
	const uint8_t *p;

	if (fn->fn_x.x_signal)
		return (true);
	if (call == 0)
		return (false);
	in = &fn->fn_insn[call - 1];
	if (in->i_len < JUMP)
		return (false);
	p = fn->fn_text + (in->i_addr - fn->fn_x.x_start);
	return ((p[in->i_len - 5] == 0xb8 || p[in->i_len - 5] == 0xc0) &&
	    ld32(p + in->i_len - 4) == NR_SIGRETURN);
}

void
window_choose(struct text *t, struct tfunc *fn, struct text_site *ts,
    uint32_t free)
{
	struct choice ch = { t, fn, ts, TX_NONE, free, TEXT_BOUND };
	const struct tinsn *in;
	uint32_t what = TL_FLAGS;

	ts->ts_form = TEXT_LEFT;
	ts->ts_why = TEXT_UNDECODED;
	if (!fn->fn_ok)
		return;
	ch.ch_call = func_index(fn, ts->ts_addr);
	if (ch.ch_call == TX_NONE ||
	    (fn->fn_insn[ch.ch_call].i_kind != TK_SYSCALL &&
	    fn->fn_insn[ch.ch_call].i_kind != TK_CPUID)) {
		ts->ts_form = TEXT_NOCALL;
		return;
	}
	in = &fn->fn_insn[ch.ch_call];
	ts->ts_why = TEXT_UNREACHED;
	if (!in->i_reach)
		return;
	ts->ts_why = TEXT_SPECIAL;
	if (fn->fn_std || (!ts->ts_cpuid && is_sigreturn(fn, ch.ch_call)))
		return;
	ts->ts_why = TEXT_FLAGS;
	if (!ts->ts_cpuid)
		what |= TL_RCX | TL_R11;
	if (!live_dead(t, ts->ts_addr + in->i_len, what))
		return;
	if (choose(&ch))
		ts->ts_why = TEXT_FIT;
	else
		ts->ts_why = ch.ch_why;
}
