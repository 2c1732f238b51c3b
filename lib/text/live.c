/*
 * live.c: what a patched call leaves changed must be written before it is
 * read.  The flow behind the call is followed, both ways at each branch, until
 * the flags are written; at a call or a return they hold nothing, by the
 * calling conventions of all languages that we know, and neither do %rcx and
 * %r11.  Where the flow cannot be followed or is long, the answer is no.
 */
#include "text/internal.h"

#define	MAXWORK		32	/* branches open at a time */
#define	MAXINSN		96	/* instructions looked at */
#define	MAXBEHIND	24	/* of these, after the flags were written */

struct walk {
	const struct text *wk_text;
	struct {
		uint32_t	addr;
		uint32_t	what;
	} wk_todo[MAXWORK], wk_seen[MAXWORK];
	unsigned	wk_ntodo, wk_nseen;
	unsigned	wk_ninsn, wk_nbehind;
};

static bool
todo(struct walk *wk, uint32_t addr, uint32_t what)
{
	for (unsigned i = 0; i < wk->wk_nseen; i++)
		if (wk->wk_seen[i].addr == addr &&
		    (what & ~wk->wk_seen[i].what) == 0)
			return (true);
	if (wk->wk_nseen == MAXWORK)
		return (false);
	wk->wk_seen[wk->wk_nseen].addr = addr;
	wk->wk_seen[wk->wk_nseen++].what = what;
	wk->wk_todo[wk->wk_ntodo].addr = addr;
	wk->wk_todo[wk->wk_ntodo++].what = what;
	return (true);
}

/* Where registers alone are left to prove, a bound ends the search well: what
 * would read a register that each call destroys is near or does not exist. */
static bool
spent(struct walk *wk, uint32_t what)
{
	if ((what & TL_FLAGS) == 0)
		return (++wk->wk_nbehind > MAXBEHIND);
	return (false);
}

/* One straight line; false: something is read. */
static bool
line(struct walk *wk, uint32_t addr, uint32_t what)
{
	uint32_t n, reads, writes;
	struct tinsn in;
	const uint8_t *p;

	for (; what != 0 && !spent(wk, what); addr += in.i_len) {
		p = telf_text(&wk->wk_text->t_elf, addr, &n);
		if (p == NULL || ++wk->wk_ninsn > MAXINSN ||
		    !dis_insn(p, n, addr, &in) ||
		    !dis_effect(p, n, &reads, &writes))
			return ((what & TL_FLAGS) == 0);
		if ((reads & what) != 0 && in.i_kind != TK_CALL &&
		    in.i_kind != TK_CALLIND)
			return (false);
		what &= ~writes;
		/* It copies the flags. */
		if (in.i_kind == TK_SYSCALL && (what & TL_FLAGS) != 0)
			what |= TL_R11;
		switch (in.i_kind) {
		case TK_RET:
		case TK_STOP:
		case TK_CALL:
		case TK_CALLIND:
			return (true);
		case TK_JMPIND:
			/* Through memory: a function of another library. */
			return ((what & TL_FLAGS) == 0 || in.i_disp != 0);
		case TK_JMP:
			return (todo(wk, in.i_target, what) ||
			    (what & TL_FLAGS) == 0);
		case TK_JCC:
		case TK_LOOP:
			if (!todo(wk, in.i_target, what) &&
			    (what & TL_FLAGS) != 0)
				return (false);
			break;
		default:
			break;
		}
	}
	return (true);
}

bool
live_dead(const struct text *t, uint32_t addr, uint32_t what)
{
	struct walk wk = { .wk_text = t };

	(void)todo(&wk, addr, what);
	while (wk.wk_ntodo > 0) {
		wk.wk_ntodo--;
		if (!line(&wk, wk.wk_todo[wk.wk_ntodo].addr,
		    wk.wk_todo[wk.wk_ntodo].what))
			return (false);
	}
	return (true);
}
