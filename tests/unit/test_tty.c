/* test_tty.c: the line discipline (kern/tty_ldisc.c) and texts (base/sbuf.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/sbuf.h"
#include "host/fake/fake.h"
#include "kern/tty_var.h"

static struct tty *tp;

static int
boot(void **state)
{
	(void)state;
	fake_boot(32UL << 20);
	return (0);
}

static int
shut(void **state)
{
	(void)state;
	fake_shutdown();
	return (0);
}

static int
fresh(void **state)
{
	(void)state;
	tp = calloc(1, sizeof(*tp));
	tp->t_in = calloc(1, TTY_INSIZE);
	tp->t_delim = calloc(1, TTY_INSIZE / 8);
	tp->t_out = calloc(1, TTY_OUTSIZE);
	ldisc_init(tp);
	return (0);
}

static int
gone(void **state)
{
	(void)state;
	free(tp->t_in);
	free(tp->t_delim);
	free(tp->t_out);
	free(tp);
	return (0);
}

static ksigset_t
type(const char *s)
{
	ksigset_t sigs = 0;

	for (; *s != '\0'; s++)
		ldisc_input(tp, (uint8_t)*s, &sigs);
	return (sigs);
}

/* One read of up to n bytes. */
static const char *
take(size_t n)
{
	static char buf[TTY_INSIZE + 1];
	bool done;

	n = ldisc_take(tp, (uint8_t *)buf, n, &done);
	buf[n] = '\0';
	return (buf);
}

static const char *
shown(void)
{
	static char buf[TTY_OUTSIZE + 1];
	size_t n = 0;

	while (tp->t_otail != tp->t_ohead)
		buf[n++] = (char)tp->t_out[tp->t_otail++ & (TTY_OUTSIZE - 1)];
	buf[n] = '\0';
	return (buf);
}

static void
lines(void **state)
{
	(void)state;
	type("one");
	assert_false(ldisc_readable(tp));
	type("\rtwo\n");
	assert_true(ldisc_readable(tp));
	assert_int_equal(ldisc_inq(tp), 8);
	assert_string_equal(take(100), "one\n");
	assert_string_equal(take(2), "tw");
	assert_string_equal(take(100), "o\n");
	assert_false(ldisc_readable(tp));
	assert_string_equal(shown(), "one\r\ntwo\r\n");
}

static void
editing(void **state)
{
	(void)state;
	type("ab\177c\n");
	assert_string_equal(take(100), "ac\n");
	assert_string_equal(shown(), "ab\b \bc\r\n");
	type("\177one two  \027x\n");		/* word */
	assert_string_equal(take(100), "one x\n");
	(void)shown();
	type("gone\025kept\n");			/* line */
	assert_string_equal(take(100), "kept\n");
	assert_string_equal(shown(),
	    "gone\b \b\b \b\b \b\b \bkept\r\n");
	type("\001\177\n");			/* ^A takes two columns */
	assert_string_equal(shown(), "^A\b \b\b \b\r\n");
	(void)take(100);
	type("\026\003\n");			/* literal */
	assert_string_equal(take(100), "\003\n");
	tp->t_termios.t.c_iflag |= IUTF8;
	type("\303\251\177x\n");
	assert_string_equal(take(100), "x\n");
}

static void
end_of_file(void **state)
{
	bool done;
	uint8_t b[4];

	(void)state;
	type("abc\004");
	assert_int_equal(ldisc_inq(tp), 3);
	assert_string_equal(take(100), "abc");
	type("\004");
	assert_true(ldisc_readable(tp));
	assert_int_equal(ldisc_take(tp, b, sizeof(b), &done), 0);
	assert_true(done);
	assert_false(ldisc_readable(tp));
}

static void
signals(void **state)
{
	(void)state;
	assert_int_equal(type("lost\003"), SIGBIT(SIGINT));
	assert_string_equal(shown(), "^C");	/* the echo was flushed */
	assert_int_equal(type("\034\032"), SIGBIT(SIGQUIT) |
	    SIGBIT(SIGTSTP));
	type("\n");
	assert_string_equal(take(100), "\n");
	tp->t_termios.t.c_lflag &= ~ISIG;
	assert_int_equal(type("\003\n"), 0);
	assert_string_equal(take(100), "\003\n");
}

static void
raw(void **state)
{
	struct ktermios2 t = tp->t_termios;
	bool done;
	uint8_t b[8];

	(void)state;
	type("pending");
	t.t.c_lflag &= ~(ICANON | ECHO | ISIG | IEXTEN);
	t.t.c_iflag = 0;
	t.t.c_oflag = 0;
	ldisc_settermios(tp, &t);
	assert_true(ldisc_readable(tp));
	assert_string_equal(take(100), "pending");
	(void)shown();
	type("\r\n\003\004");
	assert_int_equal(ldisc_take(tp, b, sizeof(b), &done), 4);
	assert_memory_equal(b, "\r\n\003\004", 4);
	assert_true(ldisc_output(tp, '\n'));
	assert_string_equal(shown(), "\n");
	/* Back: what is there becomes a line. */
	type("xy");
	t.t.c_lflag |= ICANON;
	ldisc_settermios(tp, &t);
	assert_string_equal(take(100), "xy");
}

static void
full(void **state)
{
	ksigset_t sigs = 0;
	int i;

	(void)state;
	for (i = 0; i < TTY_INSIZE * 2; i++) {
		assert_true(ldisc_room(tp));	/* a long line is cut */
		ldisc_input(tp, 'a', &sigs);
		tp->t_otail = tp->t_ohead;
	}
	ldisc_input(tp, '\n', &sigs);
	assert_false(ldisc_room(tp));		/* now a reader must come */
	assert_int_equal(strlen(take(TTY_INSIZE)), TTY_INSIZE);
	assert_true(ldisc_room(tp));
	for (i = 0; ldisc_output(tp, 'x'); i++)
		assert_true(i < TTY_OUTSIZE);
	assert_true(i > TTY_OUTROOM - 16);
}

static void
flow(void **state)
{
	(void)state;
	type("\023");
	assert_true(tp->t_flags & TF_STOPPED);
	type("\021");
	assert_false(tp->t_flags & TF_STOPPED);
	assert_string_equal(shown(), "");
}

static void
texts(void **state)
{
	struct sbuf sb;
	int i;

	(void)state;
	sbuf_init(&sb);
	for (i = 0; i < 1000; i++)
		sbuf_printf(&sb, "%d,", i);
	assert_int_equal(sbuf_error(&sb), 0);
	assert_int_equal(sb.sb_len, 3890);
	assert_memory_equal(sb.sb_buf + sb.sb_len - 4, "999,", 5);
	sb.sb_len = 0;
	sbuf_escape(&sb, "a b\\c\td", " \t\n");
	assert_string_equal(sb.sb_buf, "a\\040b\\134c\\011d");
	sb.sb_len = 0;
	sbuf_printf(&sb, "%s|%0*d", "x", 300, 7);	/* beyond the guess */
	assert_int_equal(sb.sb_len, 302);
	assert_null(sbuf_reserve(&sb, SBUF_MAX));
	assert_int_equal(sbuf_error(&sb), -27);
	sbuf_puts(&sb, "ignored");
	assert_int_equal(sb.sb_len, 302);
	sbuf_free(&sb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines, fresh, gone),
		cmocka_unit_test_setup_teardown(editing, fresh, gone),
		cmocka_unit_test_setup_teardown(end_of_file, fresh, gone),
		cmocka_unit_test_setup_teardown(signals, fresh, gone),
		cmocka_unit_test_setup_teardown(raw, fresh, gone),
		cmocka_unit_test_setup_teardown(full, fresh, gone),
		cmocka_unit_test_setup_teardown(flow, fresh, gone),
		cmocka_unit_test(texts),
	};

	return (cmocka_run_group_tests(tests, boot, shut));
}
