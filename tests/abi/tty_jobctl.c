/*
 * Terminals through ptys of our own, sessions, foreground groups, job control.
 */
#include "abitest.h"

#include <sys/ioctl.h>
#include <termios.h>

static int
open_pty(char *name, size_t n)
{
	int m = (int)MUST(posix_openpt(O_RDWR | O_NOCTTY));

	MUST(grantpt(m));
	MUST(unlockpt(m));
	if (ptsname_r(m, name, n) != 0)
		die("ptsname");
	return (m);
}

static void
case_pty(void)
{
	struct termios t;
	struct winsize ws = { 33, 77, 0, 0 };
	char name[64], buf[64] = "";
	int m = open_pty(name, sizeof(name)), s;

	say("%.9s\n", name);
	s = MUST(open(name, O_RDWR | O_NOCTTY));
	YES(isatty(m) && isatty(s));
	VAL(tcgetattr(s, &t));
	say("%d %d %d\n", !!(t.c_lflag & ICANON), !!(t.c_lflag & ECHO),
	    !!(t.c_oflag & ONLCR));
	VAL(write(m, "line\n", 5));
	VAL(read(s, buf, 64));
	VAL(read(m, buf, 64));
	say("%d %d\n", buf[4], buf[5]);
	VAL(write(s, "out\n", 4));
	VAL(read(m, buf, 64));
	cfmakeraw(&t);
	VAL(tcsetattr(s, TCSANOW, &t));
	VAL(write(m, "x", 1));
	VAL(read(s, buf, 64));
	VAL(write(s, "o\n", 2));
	VAL(read(m, buf, 64));
	VAL(ioctl(m, TIOCSWINSZ, &ws));
	memset(&ws, 0, sizeof(ws));
	VAL(ioctl(s, TIOCGWINSZ, &ws));
	say("%d %d\n", ws.ws_row, ws.ws_col);
	VAL(ioctl(s, TIOCGWINSZ, bad_page()));
	VAL(tcflush(s, TCIOFLUSH));
	close(s);
	VAL(read(m, buf, 1));
	s = MUST(open(name, O_RDWR | O_NOCTTY));
	close(m);
	VAL(read(s, buf, 1));
	VAL(open(name, O_RDWR | O_NOCTTY) < 0);
}

static void
case_line_editing(void)
{
	char name[64], buf[64] = "";
	int m = open_pty(name, sizeof(name)), s;
	struct pollfd f;

	s = MUST(open(name, O_RDWR | O_NOCTTY));
	f = (struct pollfd){ s, POLLIN, 0 };
	VAL(write(m, "abX\177c", 5));
	VAL(poll(&f, 1, 50));
	VAL(write(m, "\n", 1));
	VAL(poll(&f, 1, -1));
	VAL(read(s, buf, 64));
	say("%s", buf);
	VAL(write(m, "gone\025kept\nsecond\n", 17));
	memset(buf, 0, sizeof(buf));
	VAL(read(s, buf, 64));
	say("%s", buf);
	memset(buf, 0, sizeof(buf));
	VAL(read(s, buf, 3));
	VAL(read(s, buf + 3, 64));
	say("%s", buf);
	VAL(write(m, "\004", 1));
	VAL(read(s, buf, 64));
	VAL(write(m, "tail\004", 5));
	VAL(read(s, buf, 64));
}

static volatile int hits;

static void
count(int sig)
{
	(void)sig;
	hits++;
}

/* A session leader on a new terminal, with its master in *m. */
static int
become_leader(int *m)
{
	char name[64];
	int s;

	*m = open_pty(name, sizeof(name));
	MUST(setsid());
	s = MUST(open(name, O_RDWR));
	return (s);
}

static void
case_controlling(void)
{
	CHILD(int m; int s = become_leader(&m); pid_t g = 0;
	    YES(tcgetpgrp(s) == getpgrp()); YES(tcgetsid(s) == getpid());
	    VAL(ioctl(s, TIOCGPGRP, &g)); YES(g == getpgrp());
	    RET(open("/dev/tty", O_RDWR));
	    VAL(tcsetpgrp(s, 123456789)); VAL(tcsetpgrp(s, -1));
	    VAL(tcgetpgrp(0)); VAL(ioctl(s, TIOCSCTTY, 0));
	    CHILD(VAL(ioctl(s, TIOCNOTTY)); RET(open("/dev/tty", O_RDWR)));
	    signal(SIGHUP, SIG_IGN); VAL(ioctl(s, TIOCNOTTY));
	    RET(open("/dev/tty", O_RDWR)));
}

static void
case_interrupt_key(void)
{
	CHILD(int m; become_leader(&m); on_signal(SIGINT, count, 0);
	    on_signal(SIGQUIT, count, 0);
	    VAL(write(m, "\003", 1)); while (hits < 1) nap_ms(1);
	    VAL(write(m, "\034", 1)); while (hits < 2) nap_ms(1); VAL(hits));
}

static void
case_stop_key(void)
{
	CHILD(int m; int s = become_leader(&m); int st; pid_t p = fork();
	    if (p == 0) { setpgid(0, 0); signal(SIGTTOU, SIG_IGN);
	    tcsetpgrp(s, getpgrp()); signal(SIGTTOU, SIG_DFL);
	    for (;;) pause(); }
	    setpgid(p, p); while (tcgetpgrp(s) != p) nap_ms(1);
	    VAL(write(m, "\032", 1));
	    YES(waitpid(p, &st, WUNTRACED) == p);
	    say("%s\n", status_text(st));
	    kill(p, SIGCONT);
	    VAL(write(m, "\003", 1)); abi_reap(p));
}

static void
case_background(void)
{
	/* Reading from the background stops; writing only with TOSTOP. */
	CHILD(int m; int s = become_leader(&m); int st; char c; pid_t p;
	    p = fork();
	    if (p == 0) { setpgid(0, 0); c = 0; VAL(read(s, &c, 1));
	    _exit(c); }
	    setpgid(p, p);
	    YES(waitpid(p, &st, WUNTRACED) == p);
	    say("%s\n", status_text(st));
	    MUST(tcsetpgrp(s, p)); VAL(write(m, "A\n", 2));
	    kill(p, SIGCONT); abi_reap(p);
	    signal(SIGTTOU, SIG_IGN); MUST(tcsetpgrp(s, getpgrp()));
	    signal(SIGTTOU, SIG_DFL);
	    p = fork();
	    if (p == 0) { setpgid(0, 0); VAL(write(s, "w", 1));
	    VAL(tcsetpgrp(s, getpgrp())); _exit(5); }
	    setpgid(p, p);
	    YES(waitpid(p, &st, WUNTRACED) == p);
	    say("%s\n", status_text(st)); kill(p, SIGKILL); abi_reap(p);
	    /* Where the signal is ignored, reading is an error. */
	    CHILD(setpgid(0, 0); signal(SIGTTIN, SIG_IGN);
	    VAL(read(s, &c, 1))));
}

static void
case_orphaned(void)
{
	/* An orphaned group cannot be stopped by the terminal. */
	CHILD(int m; int s = become_leader(&m); int p[2]; char c; pid_t k;
	    MUST(pipe(p)); k = fork();
	    if (k == 0) { setpgid(0, 0); if (fork() == 0) { pid_t pp;
	    close(p[0]); for (pp = getppid(); pp == getppid();) nap_ms(1);
	    errno = 0; long r = read(s, &c, 1); c = r == -1 && errno == EIO ?
	    'E' : 'x'; if (write(p[1], &c, 1) < 0) _exit(1); _exit(0); }
	    nap_ms(10); _exit(0); }
	    abi_reap(k); close(p[1]); c = 0; VAL(read(p[0], &c, 1));
	    say("%c\n", c));
}

static void
case_hangup(void)
{
	int p[2], q[2];
	char c = 0;

	/* The master closes: SIGHUP to the session's leader. */
	MUST(pipe(p));
	MUST(pipe(q));
	pid_t pid = fork();
	if (pid == 0) {
		int m;
		int s = become_leader(&m);
		on_signal(SIGHUP, count, 0);
		close(m);
		while (hits == 0)
			nap_ms(1);
		VAL(hits);
		VAL(read(s, &c, 1));
		VAL(write(s, "x", 1));
		_exit(0);
	}
	abi_reap(pid);
	/* The leader ends: the foreground group gets SIGHUP, no terminal. */
	pid = fork();
	if (pid == 0) {
		int m;
		become_leader(&m);
		if (fork() == 0) {
			on_signal(SIGHUP, count, 0);
			if (write(q[1], "r", 1) < 0)
				_exit(1);
			while (hits == 0)
				nap_ms(1);
			c = open("/dev/tty", O_RDWR) < 0 ? 'n' : 'y';
			if (write(p[1], &c, 1) < 0)
				_exit(1);
			_exit(0);
		}
		if (read(q[0], &c, 1) < 0)
			_exit(1);
		_exit(7);
	}
	abi_reap(pid);
	VAL(read(p[0], &c, 1));
	say("tty %c\n", c);
}

static void
case_winch(void)
{
	CHILD(int m; int s = become_leader(&m);
	    struct winsize ws = { 10, 20, 0, 0 };
	    on_signal(SIGWINCH, count, 0); VAL(ioctl(m, TIOCSWINSZ, &ws));
	    while (hits == 0) nap_ms(1); VAL(hits);
	    VAL(ioctl(m, TIOCSWINSZ, &ws)); VAL(hits);
	    memset(&ws, 0, sizeof(ws)); VAL(ioctl(s, TIOCGWINSZ, &ws));
	    say("%d %d\n", ws.ws_row, ws.ws_col));
}

static void
case_shell_jobs(void)
{
	CHILD(execl("/bin/bash", "bash", "-c",
	    "sleep 100 & p=$!; kill -STOP $p; kill -CONT $p; kill $p; "
	    "wait $p; echo $?; (exit 5) & wait $!; echo $?; "
	    "trap 'echo usr1' USR1; kill -USR1 $$; "
	    "set -m; sleep 0.01 & wait; echo done; "
	    "sleep 100 & kill -TERM %1; wait %1; echo $?", NULL));
}

CASES("tty_jobctl",
	CASE(pty), CASE(line_editing), CASE(controlling),
	CASE(interrupt_key), CASE(stop_key), CASE(background),
	CASE(orphaned), CASE(hangup), CASE(winch), CASE(shell_jobs));
