/*
 * The line discipline of pseudo-terminals: echo, mappings, raw reads with
 * their counts and timers, flow control, packet mode, hang-ups.
 */
#include "abitest.h"

#include <sys/ioctl.h>
#include <termios.h>

#ifndef TIOCPKT_DATA
#define	TIOCPKT_DATA	0
#endif

static char name[64];

/* A pair; the slave is *s. */
static int
pair(int *s)
{
	int m = (int)MUST(posix_openpt(O_RDWR | O_NOCTTY));

	MUST(grantpt(m));
	MUST(unlockpt(m));
	if (ptsname_r(m, name, sizeof(name)) != 0)
		die("ptsname");
	*s = (int)MUST(open(name, O_RDWR | O_NOCTTY));
	return (m);
}

/* Show bytes: printable ones as they are. */
static void
show(const char *what, const char *buf, ssize_t n)
{
	say("%s %zd ", what, n < 0 ? -1 : n);
	if (n < 0)
		say("%s", err_name(errno));
	for (ssize_t i = 0; i < n; i++)
		if (buf[i] >= ' ' && buf[i] < 0x7f && buf[i] != '\\')
			say("%c", buf[i]);
		else
			say("\\%02x", (unsigned char)buf[i]);
	say("\n");
}

/* Everything that can be read from fd now. */
static void
drain(const char *what, int fd)
{
	struct pollfd f = { fd, POLLIN, 0 };
	char buf[512];
	ssize_t n, got = 0;

	while (got < (ssize_t)sizeof(buf) && poll(&f, 1, 100) > 0 &&
	    (f.revents & POLLIN)) {
		n = read(fd, buf + got, sizeof(buf) - got);
		if (n <= 0)
			break;
		got += n;
	}
	show(what, buf, got);
}

/* Linux hands input to the line discipline in a worker: give it time. */
static void
type(int m, const char *s)
{
	if (write(m, s, strlen(s)) != (ssize_t)strlen(s))
		say("short write\n");
	nap_ms(30);
}

static void
set(int fd, tcflag_t ion, tcflag_t ioff, tcflag_t oon, tcflag_t ooff,
    tcflag_t lon, tcflag_t loff)
{
	struct termios t;

	MUST(tcgetattr(fd, &t));
	t.c_iflag = (t.c_iflag | ion) & ~ioff;
	t.c_oflag = (t.c_oflag | oon) & ~ooff;
	t.c_lflag = (t.c_lflag | lon) & ~loff;
	MUST(tcsetattr(fd, TCSANOW, &t));
}

static void
case_defaults(void)
{
	struct termios t;
	int s, m = pair(&s), n;

	MUST(tcgetattr(s, &t));
	say("%x %x %x %x\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
	for (n = 0; n < 17; n++)
		say("%02x ", t.c_cc[n]);
	say("%d %d\n", (int)cfgetispeed(&t), (int)cfgetospeed(&t));
	VAL(ioctl(s, TIOCGETD, &n));
	VAL(n);
	n = 0;
	VAL(ioctl(m, TIOCGPTLCK, &n));
	VAL(n);
	VAL(ioctl(s, TIOCGPTN, &n));
	VAL(lseek(s, 0, SEEK_SET));
	VAL(ioctl(s, 0x12345, &n));
	VAL(fcntl(s, F_GETFL) & O_ACCMODE);
}

static void
case_echo(void)
{
	int s, m = pair(&s);

	type(m, "a\tb\001\n");
	drain("echo", m);
	drain("read", s);
	set(s, 0, 0, 0, 0, 0, ECHO);
	type(m, "hidden\n");
	drain("echo", m);
	set(s, 0, 0, 0, 0, ECHONL, 0);
	type(m, "x\n");
	drain("echo", m);
	drain("read", s);
	set(s, 0, 0, 0, 0, ECHO, ECHOCTL);
	type(m, "\001\n");
	drain("echo", m);
	drain("read", s);
}

static void
case_erase(void)
{
	int s, m = pair(&s);

	type(m, "ab\001\177\177");
	drain("two gone", m);
	type(m, "\177\177\177");
	drain("rest", m);
	type(m, "x\ty\177\177z\n");
	drain("tab", m);
	drain("read", s);
	type(m, "one two, three  \027\027\n");
	drain("words", m);
	drain("read", s);
	type(m, "line\025k\n");
	drain("kill", m);
	drain("read", s);
	type(m, "abc\022d\n");
	drain("reprint", m);
	drain("read", s);
	type(m, "\026\003\026\177\n");
	drain("literal", m);
	drain("read", s);
	set(s, 0, 0, 0, 0, 0, ECHOE);
	type(m, "ab\177\025q\n");
	drain("no ECHOE", m);
	drain("read", s);
	set(s, IUTF8, 0, 0, 0, ECHOE, 0);
	type(m, "\303\251\177\n");
	drain("utf8", m);
	drain("read", s);
}

static void
case_maps(void)
{
	int s, m = pair(&s);

	set(s, 0, 0, 0, 0, 0, ECHO);
	type(m, "a\rb\n");
	drain("ICRNL", s);
	set(s, INLCR, ICRNL, 0, 0, 0, 0);
	type(m, "a\rb\n\004");
	drain("INLCR", s);
	set(s, IGNCR, INLCR, 0, 0, 0, 0);
	type(m, "a\rb\n");
	drain("IGNCR", s);
	set(s, ISTRIP, IGNCR, 0, 0, 0, 0);
	type(m, "\341b\n");
	drain("ISTRIP", s);
	MUST(write(s, "a\nb\rc", 5));
	drain("ONLCR", m);
	set(s, 0, 0, OCRNL, ONLCR, 0, 0);
	MUST(write(s, "a\nb\rc", 5));
	drain("OCRNL", m);
	set(s, 0, 0, TABDLY, OCRNL, 0, 0);
	MUST(write(s, "\r\na\tb\t", 6));
	drain("XTABS", m);
	set(s, 0, 0, 0, OPOST, 0, 0);
	MUST(write(s, "a\n\t", 3));
	drain("raw", m);
}

static void
case_eof(void)
{
	int s, m = pair(&s), n = -1;
	char b[8];

	type(m, "abc\004def\n\004");
	VAL(ioctl(s, FIONREAD, &n));
	VAL(n);
	show("1", b, read(s, b, 8));
	show("2", b, read(s, b, 2));
	show("3", b, read(s, b, 8));
	show("4", b, read(s, b, 8));
	type(m, "eol;x\n");
	show("5", b, read(s, b, 8));
}

static void
case_min_time(void)
{
	struct termios t;
	int s, m = pair(&s);
	int64_t t0;
	char b[16];

	MUST(tcgetattr(s, &t));
	cfmakeraw(&t);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	MUST(tcsetattr(s, TCSANOW, &t));
	show("none", b, read(s, b, 16));
	type(m, "abc");
	show("all", b, read(s, b, 16));
	t.c_cc[VTIME] = 2;
	MUST(tcsetattr(s, TCSANOW, &t));
	t0 = now_us();
	show("timed out", b, read(s, b, 16));
	YES(now_us() - t0 > 150000 && now_us() - t0 < 2000000);
	type(m, "x");
	show("at once", b, read(s, b, 16));
	t.c_cc[VMIN] = 3;
	t.c_cc[VTIME] = 0;
	MUST(tcsetattr(s, TCSANOW, &t));
	if (fork() == 0) {
		for (int i = 0; i < 3; i++) {
			nap_ms(20);
			type(m, "y");
		}
		_exit(0);
	}
	show("three", b, read(s, b, 16));
	type(m, "zz");
	show("two of two", b, read(s, b, 2));
	t.c_cc[VTIME] = 1;
	MUST(tcsetattr(s, TCSANOW, &t));
	type(m, "w");
	show("gap", b, read(s, b, 16));
	wait(NULL);
}

static void
case_nonblock(void)
{
	int s, m = pair(&s);
	char b[16], big[4096];
	ssize_t n;

	fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK);
	fcntl(m, F_SETFL, O_RDWR | O_NONBLOCK);
	show("slave", b, read(s, b, 16));
	show("master", b, read(m, b, 16));
	type(m, "part");
	show("slave", b, read(s, b, 16));
	type(m, "\n");
	show("slave", b, read(s, b, 16));
	memset(big, 'x', sizeof(big));
	do
		n = write(s, big, sizeof(big));
	while (n > 0);
	say("full: %s\n", err_name(errno));
	while (read(m, big, sizeof(big)) > 0)
		;
	VAL(write(s, "more", 4));
}

static void
case_modes_change(void)
{
	struct termios t;
	int s, m = pair(&s), n;
	char b[16];

	type(m, "half");
	MUST(tcgetattr(s, &t));
	t.c_lflag &= ~ICANON;
	MUST(tcsetattr(s, TCSANOW, &t));
	VAL(ioctl(s, FIONREAD, &n));
	VAL(n);
	show("raw", b, read(s, b, 16));
	type(m, "gone");
	MUST(tcsetattr(s, TCSAFLUSH, &t));
	VAL(ioctl(s, FIONREAD, &n));
	VAL(n);
	type(m, "lost");
	VAL(tcflush(s, TCIFLUSH));
	VAL(ioctl(s, FIONREAD, &n));
	VAL(n);
	VAL(tcflush(s, 77));
	VAL(ioctl(s, TCSETS, bad_page()));
}

static void
case_flow(void)
{
	int s, m = pair(&s);
	struct pollfd f = { s, POLLOUT, 0 };

	type(m, "\023");
	VAL(poll(&f, 1, 20));
	fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK);
	VAL(write(s, "x", 1));
	type(m, "\021");
	VAL(poll(&f, 1, 1000));
	VAL(write(s, "y", 1));
	drain("out", m);
	VAL(tcflow(s, TCOOFF));
	VAL(write(s, "x", 1));
	VAL(tcflow(s, TCOON));
	VAL(write(s, "z", 1));
	drain("out", m);
}

static void
case_packet(void)
{
	int s, m = pair(&s), on = 1;
	char b[16];

	VAL(ioctl(s, TIOCPKT, &on));
	VAL(ioctl(m, TIOCPKT, &on));
	MUST(write(s, "hi", 2));
	show("data", b, read(m, b, 16));
	VAL(tcflush(s, TCIFLUSH));
	show("flush", b, read(m, b, 16));
	set(s, 0, IXON, 0, 0, 0, 0);
	show("ixon off", b, read(m, b, 16));
	set(s, IXON, 0, 0, 0, 0, 0);
	show("ixon on", b, read(m, b, 16));
	on = 0;
	VAL(ioctl(m, TIOCPKT, &on));
	MUST(write(s, "yo", 2));
	show("data", b, read(m, b, 16));
}

static void
case_closing(void)
{
	int s, m = pair(&s), s2;
	struct pollfd f = { m, POLLIN | POLLOUT, 0 };
	char b[16];

	MUST(write(s, "last", 4));
	close(s);
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents & (POLLIN | POLLHUP | POLLERR));
	show("left", b, read(m, b, 16));
	show("gone", b, read(m, b, 16));
	f.events = POLLIN;
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents & (POLLIN | POLLHUP | POLLERR));
	s2 = MUST(open(name, O_RDWR | O_NOCTTY));
	f.revents = 0;
	VAL(poll(&f, 1, 0));
	type(m, "back\n");
	show("again", b, read(s2, b, 16));
	f.fd = s2;
	close(m);
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents & (POLLIN | POLLHUP | POLLERR));
	show("eof", b, read(s2, b, 16));
	VAL(write(s2, "x", 1));
	VAL(ioctl(s2, TIOCGWINSZ, b));
	RET(open(name, O_RDWR));
}

static void
case_names(void)
{
	struct stat a, b;
	int s, m = pair(&s);
	char link[64], want[64];
	ssize_t n;

	MUST(fstat(s, &a));
	MUST(stat(name, &b));
	YES(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	YES(a.st_rdev == b.st_rdev && S_ISCHR(a.st_mode));
	YES(a.st_uid == getuid());
	YES(ttyname_r(s, link, sizeof(link)) == 0 && strcmp(link, name) == 0);
	snprintf(want, sizeof(want), "/proc/self/fd/%d", s);
	n = readlink(want, link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = 0;
	YES(strcmp(link, name) == 0);
	OCT(fchmod(s, 0600));
	MUST(stat(name, &b));
	say("%o\n", b.st_mode & 07777);
	RET(open("/dev/pts/99999", O_RDWR));
	RET(open("/dev/pts/01", O_RDWR));
	s = posix_openpt(O_RDWR | O_NOCTTY);
	YES(s >= 0);
	if (ptsname_r(s, link, sizeof(link)) != 0)
		die("ptsname");
	RET(open(link, O_RDWR | O_NOCTTY));	/* locked */
	close(m);
}

static void
case_vhangup(void)
{
	int s, m = pair(&s);
	char b[4];

	CHILD(setsid();
	    int t = MUST(open(name, O_RDWR));
	    signal(SIGHUP, SIG_IGN);
	    VAL(vhangup());
	    if (geteuid() != 0)
		return;
	    show("read", b, read(t, b, 4));
	    VAL(write(t, "x", 1));
	    VAL(write(s, "x", 1));
	    RET(open("/dev/tty", O_RDWR));
	    t = MUST(open(name, O_RDWR | O_NOCTTY));
	    VAL(write(t, "y", 1)));
	drain("master", m);
}

CASES("pty",
    CASE(defaults),
    CASE(echo),
    CASE(erase),
    CASE(maps),
    CASE(eof),
    CASE(min_time),
    CASE(nonblock),
    CASE(modes_change),
    CASE(flow),
    CASE(packet),
    CASE(closing),
    CASE(names),
    CASE(vhangup));
