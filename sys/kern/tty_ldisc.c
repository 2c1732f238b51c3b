/*
 * tty_ldisc.c: the line discipline of pseudo-terminals (termios(3)): what
 * becomes of a character typed, and of one printed.
 *
 * Two rings of bytes with free-running indexes.  Input: [t_tail, t_canon) are
 * complete lines, [t_canon, t_head) the line being edited; in raw mode all of
 * [t_tail, t_head) can be read and t_canon is not used.  A bit in t_delim marks
 * a byte that ends a line; a marked NUL is the end-of-file character, which a
 * read swallows.  Everything runs with t_lock held.
 */
#include "kern/tty_var.h"

#include "libkern/str.h"

#define	INMASK		(TTY_INSIZE - 1)
#define	OUTMASK		(TTY_OUTSIZE - 1)
#define	ISCTRL(c)	((c) < 0x20 || (c) == 0x7f)
#define	TABWIDTH(col)	(8 - ((col) & 7))

static bool
lflag(const struct tty *tp, uint32_t f)
{
	return ((tp->t_termios.t.c_lflag & f) != 0);
}

static bool
iflag(const struct tty *tp, uint32_t f)
{
	return ((tp->t_termios.t.c_iflag & f) != 0);
}

/* Is c the special character n? 0 disables one. */
static bool
is_cc(const struct tty *tp, uint8_t c, int n)
{
	return (c != 0 && tp->t_termios.t.c_cc[n] == c);
}

void
ldisc_init(struct tty *tp)
{
	static const uint8_t cc[KNCCS] = {
		[VINTR] = 0x03, [VQUIT] = 0x1c, [VERASE] = 0x7f,
		[VKILL] = 0x15, [VEOF] = 0x04, [VMIN] = 1, [VSTART] = 0x11,
		[VSTOP] = 0x13, [VSUSP] = 0x1a, [VREPRINT] = 0x12,
		[13] = 0x0f, [VWERASE] = 0x17, [VLNEXT] = 0x16,
	};
	struct ktermios *t = &tp->t_termios.t;

	t->c_iflag = ICRNL | IXON;
	t->c_oflag = OPOST | ONLCR;
	t->c_cflag = 0xbf;		/* B38400 CS8 CREAD */
	t->c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL |
	    ECHOKE | IEXTEN;
	memcpy(t->c_cc, cc, sizeof(t->c_cc));
	tp->t_termios.c_ispeed = tp->t_termios.c_ospeed = 38400;
}

/* --- output ------------------------------------------------------------------- */

static void
out(struct tty *tp, uint8_t c)
{
	/* Only echoes can find the ring full; Linux drops them too. */
	if (tty_outq(tp) < TTY_OUTSIZE)
		tp->t_out[tp->t_ohead++ & OUTMASK] = c;
}

static void
opost(struct tty *tp, uint8_t c)
{
	uint32_t o = tp->t_termios.t.c_oflag, n;

	if (!(o & OPOST)) {
		out(tp, c);
		return;
	}
	if (c == '\r' && (o & OCRNL))
		c = '\n';
	switch (c) {
	case '\n':
		if (o & ONLCR)
			out(tp, '\r');
		if (o & (ONLCR | ONLRET))
			tp->t_col = 0;
		break;
	case '\r':
		if ((o & ONOCR) && tp->t_col == 0)
			return;
		tp->t_col = 0;
		break;
	case '\t':
		n = TABWIDTH(tp->t_col);
		tp->t_col += n;
		if ((o & TABDLY) == XTABS) {
			while (n-- > 0)
				out(tp, ' ');
			return;
		}
		break;
	case '\b':
		if (tp->t_col > 0)
			tp->t_col--;
		break;
	default:
		if ((o & OLCUC) && c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		if (!ISCTRL(c) && !(iflag(tp, IUTF8) && (c & 0xc0) == 0x80))
			tp->t_col++;
		break;
	}
	out(tp, c);
}

bool
ldisc_output(struct tty *tp, uint8_t c)
{
	if (tty_outq(tp) + 8 > TTY_OUTROOM)
		return (false);
	opost(tp, c);
	return (true);
}

/* --- echo ------------------------------------------------------------------------ */

static bool
shown_as_ctrl(const struct tty *tp, uint8_t c)
{
	return (lflag(tp, ECHOCTL) && ISCTRL(c) && c != '\t' && c != '\n');
}

static void
echo(struct tty *tp, uint8_t c)
{
	if (shown_as_ctrl(tp, c)) {
		opost(tp, '^');
		opost(tp, c ^ 0x40);
	} else
		opost(tp, c);
}

/* Column after showing the bytes [from, to) of the line being edited. */
static uint32_t
column(const struct tty *tp, uint32_t to)
{
	uint32_t col = tp->t_canoncol, i;
	uint8_t c;

	for (i = tp->t_canon; i != to; i++) {
		c = tp->t_in[i & INMASK];
		if (c == '\t')
			col += TABWIDTH(col);
		else if (ISCTRL(c))
			col += shown_as_ctrl(tp, c) ? 2 : 0;
		else if (!(iflag(tp, IUTF8) && (c & 0xc0) == 0x80))
			col++;
	}
	return (col);
}

/* --- editing ------------------------------------------------------------------------ */

/* Take the last character off the line; false: there is none. */
static bool
erase_one(struct tty *tp, bool show)
{
	uint32_t before, after;
	uint8_t c;

	if (tp->t_head == tp->t_canon)
		return (false);
	before = column(tp, tp->t_head);
	do
		c = tp->t_in[--tp->t_head & INMASK];
	while (iflag(tp, IUTF8) && (c & 0xc0) == 0x80 &&
	    tp->t_head != tp->t_canon);
	if (!show || !lflag(tp, ECHO))
		return (true);
	after = column(tp, tp->t_head);
	for (; before > after; before--) {
		opost(tp, '\b');
		if (c != '\t') {
			opost(tp, ' ');
			opost(tp, '\b');
		}
	}
	return (true);
}

static bool
is_word(uint8_t c)
{
	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80);
}

static void
erase_word(struct tty *tp)
{
	bool seen = false;
	uint8_t c;

	while (tp->t_head != tp->t_canon) {
		c = tp->t_in[(tp->t_head - 1) & INMASK];
		if (is_word(c))
			seen = true;
		else if (seen)
			break;
		erase_one(tp, true);
	}
}

static void
kill_line(struct tty *tp, uint8_t c)
{
	if (lflag(tp, ECHO) && lflag(tp, ECHOK) && lflag(tp, ECHOKE) &&
	    lflag(tp, ECHOE)) {
		while (erase_one(tp, true))
			;
		return;
	}
	tp->t_head = tp->t_canon;
	if (lflag(tp, ECHO)) {
		echo(tp, c);
		if (lflag(tp, ECHOK))
			opost(tp, '\n');
	}
}

static void
reprint(struct tty *tp, uint8_t c)
{
	uint32_t i;

	echo(tp, c);
	opost(tp, '\n');
	tp->t_canoncol = tp->t_col;
	for (i = tp->t_canon; i != tp->t_head; i++)
		echo(tp, tp->t_in[i & INMASK]);
}

/* An editing character? */
static bool
edit(struct tty *tp, uint8_t c)
{
	if (is_cc(tp, c, VERASE)) {
		if (lflag(tp, ECHOE))
			(void)erase_one(tp, true);
		else if (erase_one(tp, false) && lflag(tp, ECHO))
			echo(tp, c);
		return (true);
	}
	if (is_cc(tp, c, VKILL)) {
		kill_line(tp, c);
		return (true);
	}
	if (!lflag(tp, IEXTEN))
		return (false);
	if (is_cc(tp, c, VWERASE))
		erase_word(tp);
	else if (is_cc(tp, c, VREPRINT) && lflag(tp, ECHO))
		reprint(tp, c);
	else if (is_cc(tp, c, VLNEXT)) {
		tp->t_flags |= TF_LNEXT;
		if (lflag(tp, ECHO) && lflag(tp, ECHOCTL)) {
			out(tp, '^');
			out(tp, '\b');
		}
	} else
		return (false);
	return (true);
}

/* --- input ---------------------------------------------------------------------------- */

bool
ldisc_room(struct tty *tp)
{
	if (tp->t_head - tp->t_tail < TTY_INSIZE - 1)
		return (true);
	/* A line too long loses its end; else wait for the reader. */
	return (lflag(tp, ICANON) && tp->t_canon == tp->t_tail);
}

static void
put(struct tty *tp, uint8_t c, bool delim)
{
	uint32_t i = tp->t_head & INMASK;

	/* The last place is kept for the end of the line. */
	if (tp->t_head - tp->t_tail >= TTY_INSIZE - (delim ? 0 : 1)) {
		if (iflag(tp, IMAXBEL))
			out(tp, '\a');
		return;
	}
	tp->t_in[i] = c;
	if (delim)
		tp->t_delim[i / 64] |= 1UL << (i % 64);
	else
		tp->t_delim[i / 64] &= ~(1UL << (i % 64));
	tp->t_head++;
	if (delim)
		tp->t_canon = tp->t_head;
}

static void
output_go(struct tty *tp)
{
	if (tp->t_flags & TF_STOPPED) {
		tp->t_flags &= ~TF_STOPPED;
		tp->t_pktflags &= ~TIOCPKT_STOP;
		tp->t_pktflags |= TIOCPKT_START;
	}
}

/* A character that means a signal? */
static bool
sigchar(struct tty *tp, uint8_t c, ksigset_t *sigs)
{
	int sig;

	if (is_cc(tp, c, VINTR))
		sig = SIGINT;
	else if (is_cc(tp, c, VQUIT))
		sig = SIGQUIT;
	else if (is_cc(tp, c, VSUSP))
		sig = SIGTSTP;
	else
		return (false);
	if (!lflag(tp, NOFLSH)) {
		ldisc_flushin(tp);
		tp->t_otail = tp->t_ohead;
		tp->t_pktflags |= TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE;
	}
	output_go(tp);
	if (lflag(tp, ECHO))
		echo(tp, c);
	*sigs |= SIGBIT(sig);
	return (true);
}

/* Flow control; true: c is used up. */
static bool
flowchar(struct tty *tp, uint8_t c)
{
	if (is_cc(tp, c, VSTART)) {
		output_go(tp);
		return (true);
	}
	if (is_cc(tp, c, VSTOP)) {
		tp->t_flags |= TF_STOPPED;
		tp->t_pktflags &= ~TIOCPKT_START;
		tp->t_pktflags |= TIOCPKT_STOP;
		return (true);
	}
	if (iflag(tp, IXANY))
		output_go(tp);
	return (false);
}

static void
input_canon(struct tty *tp, uint8_t c)
{
	if (tp->t_head == tp->t_canon)
		tp->t_canoncol = tp->t_col;
	if (edit(tp, c))
		return;
	if (c == '\n') {
		if (lflag(tp, ECHO | ECHONL))
			opost(tp, '\n');
		put(tp, c, true);
	} else if (is_cc(tp, c, VEOF))
		put(tp, 0, true);
	else if (is_cc(tp, c, VEOL) ||
	    (lflag(tp, IEXTEN) && is_cc(tp, c, VEOL2))) {
		if (lflag(tp, ECHO))
			echo(tp, c);
		put(tp, c, true);
	} else {
		if (lflag(tp, ECHO))
			echo(tp, c);
		put(tp, c, false);
	}
}

void
ldisc_input(struct tty *tp, uint8_t c, ksigset_t *sigs)
{
	if (iflag(tp, ISTRIP))
		c &= 0x7f;
	if (iflag(tp, IUCLC) && lflag(tp, IEXTEN) && c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	if (tp->t_flags & TF_LNEXT) {
		tp->t_flags &= ~TF_LNEXT;
		if (tp->t_head == tp->t_canon)
			tp->t_canoncol = tp->t_col;
		if (lflag(tp, ECHO))
			echo(tp, c);
		put(tp, c, false);
		return;
	}
	if (iflag(tp, IXON) && flowchar(tp, c))
		return;
	if (lflag(tp, ISIG) && sigchar(tp, c, sigs))
		return;
	if (c == '\r') {
		if (iflag(tp, IGNCR))
			return;
		if (iflag(tp, ICRNL))
			c = '\n';
	} else if (c == '\n' && iflag(tp, INLCR))
		c = '\r';
	if (lflag(tp, ICANON)) {
		input_canon(tp, c);
		return;
	}
	if (lflag(tp, ECHO))
		echo(tp, c);
	put(tp, c, false);
}

bool
ldisc_readable(struct tty *tp)
{
	if (lflag(tp, ICANON))
		return (tp->t_canon != tp->t_tail);
	return (tp->t_head != tp->t_tail);
}

uint32_t
ldisc_inq(struct tty *tp)
{
	uint32_t n, i;

	if (!lflag(tp, ICANON))
		return (tp->t_head - tp->t_tail);
	n = tp->t_canon - tp->t_tail;
	for (i = tp->t_tail; i != tp->t_canon; i++)
		if (tp->t_in[i & INMASK] == 0 &&
		    (tp->t_delim[(i & INMASK) / 64] >> (i & 63) & 1))
			n--;		/* an end of file is no byte */
	return (n);
}

size_t
ldisc_take(struct tty *tp, uint8_t *buf, size_t n, bool *done)
{
	uint32_t i, end = lflag(tp, ICANON) ? tp->t_canon : tp->t_head;
	size_t got = 0;
	bool delim;

	*done = false;
	while (got < n && tp->t_tail != end && !*done) {
		i = tp->t_tail++ & INMASK;
		delim = lflag(tp, ICANON) &&
		    (tp->t_delim[i / 64] >> (i % 64) & 1);
		if (delim)
			*done = true;
		if (!delim || tp->t_in[i] != 0)
			buf[got++] = tp->t_in[i];
	}
	return (got);
}

void
ldisc_flushin(struct tty *tp)
{
	tp->t_tail = tp->t_canon = tp->t_head;
	tp->t_flags &= ~TF_LNEXT;
}

void
ldisc_settermios(struct tty *tp, const struct ktermios2 *new_)
{
	uint32_t oldl = tp->t_termios.t.c_lflag;
	uint32_t oldi = tp->t_termios.t.c_iflag, last;

	tp->t_termios = *new_;
	if ((oldl ^ new_->t.c_lflag) & ICANON) {
		/* What is pending becomes one line, or plain bytes. */
		memset(tp->t_delim, 0, TTY_INSIZE / 8);
		tp->t_canon = tp->t_tail;
		if (lflag(tp, ICANON) && tp->t_head != tp->t_tail) {
			last = (tp->t_head - 1) & INMASK;
			tp->t_delim[last / 64] |= 1UL << (last % 64);
			tp->t_canon = tp->t_head;
		}
	}
	if ((oldi & IXON) && !iflag(tp, IXON))
		output_go(tp);
	if ((oldi ^ new_->t.c_iflag) & IXON) {
		tp->t_pktflags &= ~(TIOCPKT_NOSTOP | TIOCPKT_DOSTOP);
		tp->t_pktflags |= iflag(tp, IXON) ? TIOCPKT_DOSTOP :
		    TIOCPKT_NOSTOP;
	}
}
