/*
 * cmd_trace.c: guise trace: a jail's system calls as they are made.
 *
 * With a command after "--" a jail is started for it as `guise try` does: by a
 * child, which becomes the warden; we are the tracer and are linked to it by a
 * socket, so that not even the first call is missed.  Without one a running
 * jail is looked up.
 */
#include "guise.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jail/door.h"
#include "jail/look.h"
#include "trace/session.h"
#include "trace/summary.h"

#define	TAIL_STEP	(256UL << 10)	/* bytes read between two reports */
#define	IDLE_MIN	1		/* ms between two looks */
#define	IDLE_MAX	20
#define	STUCK_MS	1000		/* a record that is never finished */

static const char help[] =
"usage: guise trace [options] [JAIL|PID]\n"
"       guise trace [options] -- CMD [ARG...]\n"
"\n"
"Show the system calls of a running jail (a name of guise list, or the host's\n"
"pid of its warden or of one of its processes), or of CMD, which is run as by\n"
"guise try; in strace's format.\n"
"\n"
"  -e trace=LIST        these calls: names, %file %desc %network %process\n"
"                       %signal %memory %ipc %creds %clock, /REGEX; !LIST all\n"
"                       others\n"
"  -e signal=LIST       these signals\n"
"  -P PATH              calls that name PATH or have it open\n"
"  -p PID               this process (the guest's number); may be repeated\n"
"  -f                   and its children (always, without -p)\n"
"  -z, -Z               calls that succeed, that fail\n"
"  -c, -C               a summary instead of lines, after them\n"
"  -S time|calls|errors|name  order of the summary\n"
"  -T                   time spent in each call\n"
"  -t, -tt, -ttt        time of day, with microseconds, since the epoch\n"
"  -r                   time since the line before\n"
"  -s SIZE              bytes of strings that are shown (32)\n"
"  -v                   whole structures\n"
"  -y                   paths of descriptors\n"
"  -o FILE              write there\n"
"      --last N         the last N recorded calls of each thread, also of those\n"
"                       that have ended, instead of what comes\n"
"  -h, --help           this text\n"
"\n"
"With CMD the exit status is CMD's, as of guise try.\n";

enum { OPT_LAST = 1000 };
static const struct option options[] = {
	{ "last", required_argument, NULL, OPT_LAST },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static volatile sig_atomic_t stopped;

static void
on_stop(int sig)
{
	stopped = 1;
}

/* --- following a jail ----------------------------------------------------------- */

struct follow {
	struct jail_link *jl;
	struct session	*ses;
	uint64_t	pos, told;
	unsigned	stuck;		/* ms without a finished record */
};

/* Everything that is there. */
static bool
drain(struct follow *f)
{
	static union {
		struct trec	rec;
		char		raw[TRACE_RECMAX];
	} u;
	uint64_t head;
	bool any = false;
	long n;

	while (!ses_over(f->ses) && !stopped &&
	    (n = look_record(f->jl, f->pos, &u, &head)) != 0) {
		if (n < 0) {
			(void)fprintf(stderr, "guise: trace: the jail's "
			    "records are damaged; some are skipped\n");
			f->pos = head;
		} else {
			ses_record(f->ses, &u.rec, (size_t)n);
			f->pos += (uint64_t)n;
		}
		if (f->pos - f->told >= TAIL_STEP) {
			link_tail(f->jl, f->pos);
			f->told = f->pos;
		}
		any = true;
	}
	/* Its writer was killed from outside while it wrote. */
	if (!any && f->stuck > STUCK_MS) {
		f->pos = head;
		f->stuck = 0;
	}
	return (any);
}

/* Wait a while. False: the jail is over. */
static bool
idle(struct follow *f, int ms)
{
	struct pollfd pf = { f->jl->jl_sock, POLLIN, 0 };
	char c;

	return (poll(&pf, 1, ms) <= 0 ||
	    recv(f->jl->jl_sock, &c, 1, MSG_DONTWAIT) > 0 || errno == EAGAIN);
}

static void
follow(struct follow *f, FILE *out)
{
	int ms = IDLE_MIN;
	bool live = true;

	while (!stopped && !ses_over(f->ses)) {
		if (drain(f)) {
			ms = IDLE_MIN;
			f->stuck = 0;
			continue;
		}
		ses_lost(f->ses, look_lost(f->jl));
		if (!live)
			break;
		(void)fflush(out);
		if (f->pos != f->told) {
			link_tail(f->jl, f->pos);
			f->told = f->pos;
		}
		live = idle(f, ms);
		f->stuck += (unsigned)ms;
		ms = ms * 2 < IDLE_MAX ? ms * 2 : IDLE_MAX;
	}
	ses_lost(f->ses, look_lost(f->jl));
	ses_end(f->ses);
}

/* --- a command of our own --------------------------------------------------------- */

/* The child: the warden of CMD's jail. */
static int
run_traced(char **argv, int sock, const struct trace_want *tw, struct jerr *e)
{
	static struct jail_spec js;

	js.js_door = sock;
	js.js_trace = tw;
	try_spec(&js, argv);
	return (jail_run(&js, e));
}

static int
wait_warden(pid_t pid)
{
	int st;

	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return (JERR_SELF);
	return (WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
}

static int
trace_command(const struct ses_opts *so, char **argv, struct jerr *e)
{
	static struct trace_want tw;
	struct follow f = { 0 };
	struct jail_link jl;
	int sv[2];
	pid_t pid;

	ses_want(so, &tw);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) != 0)
		return (jerr_errno(e, "cannot make a socket"));
	(void)fflush(so->so_out);
	if ((pid = fork()) < 0)
		return (jerr_errno(e, "cannot fork"));
	if (pid == 0) {
		int r = run_traced(argv, sv[1], &tw, e);

		if (r < 0)
			(void)fprintf(stderr, "guise: %s\n", e->je_msg);
		exit(r >= 0 ? r : e->je_status);
	}
	(void)close(sv[1]);
	/* The terminal's signals are the guest's. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGTSTP, SIG_IGN);
	if (link_adopt(&jl, sv[0], e) == 0) {
		f.jl = &jl;
		f.ses = ses_new(so);
		if (f.ses != NULL)
			follow(&f, so->so_out);
		link_close(&jl);
	} else
		(void)close(sv[0]);	/* it has said itself why */
	return (wait_warden(pid));
}

/* --- a running jail ------------------------------------------------------------------ */

struct hostarg {
	int	hostpid, pid;
	char	name[JAIL_NAMEMAX + 1];
};

static bool
has_process(struct jail_link *jl, void *arg)
{
	struct hostarg *a = arg;

	a->pid = look_guest(jl, a->hostpid);
	memcpy(a->name, jl->jl_name, sizeof(a->name));
	return (a->pid == 0);
}

/* A jail, or the host's pid of a process in one: then only that is traced. */
static int
find_jail(struct jail_link *jl, const char *what, struct ses_opts *so,
    struct jerr *e)
{
	struct hostarg a = { 0 };
	struct jerr first;

	if (link_find(jl, what, e) == 0)
		return (0);
	if (what == NULL || (a.hostpid = atoi(what)) <= 0)
		return (-1);
	first = *e;
	if (link_each(has_process, &a, e) != 0 || a.pid == 0 ||
	    link_open(jl, a.name, e) != 0) {
		*e = first;
		return (-1);
	}
	if (so->so_npids < SES_MAXPIDS)
		so->so_pid[so->so_npids++] = a.pid;
	return (0);
}

static int
trace_jail(struct ses_opts *so, const char *what, unsigned last, bool fork_,
    struct jerr *e)
{
	struct sigaction sa = { .sa_handler = on_stop };
	static struct trace_want tw;
	struct follow f = { 0 };
	struct jail_link jl;

	if (find_jail(&jl, what, so, e) != 0)
		return (-1);
	so->so_follow = fork_ || so->so_npids == 0;
	if (last > 0) {
		ses_last(so, &jl, last);
		link_close(&jl);
		return (0);
	}
	ses_want(so, &tw);
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGHUP, &sa, NULL);
	if (link_trace(&jl, &tw, &f.pos, e) != 0)
		return (-1);
	f.jl = &jl;
	f.told = f.pos;
	f.ses = ses_new(so);
	if (f.ses != NULL)
		follow(&f, so->so_out);
	link_close(&jl);
	return (0);
}

/* --- options --------------------------------------------------------------------------- */

static int
number(const char *arg, const char *opt, unsigned max, unsigned *out,
    struct jerr *e)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*end != '\0' || end == arg || arg[0] == '-' || n > max)
		return (jerr_set(e, JERR_SELF, "trace: %s %s: a number up to "
		    "%u, please", opt, arg, max));
	*out = (unsigned)n;
	return (0);
}

static int
take_list(struct ses_opts *so, int opt, char *arg, struct jerr *e)
{
	unsigned n;

	if (opt == 'P') {
		if (so->so_npaths == SES_MAXPATHS)
			return (jerr_set(e, JERR_SELF, "trace: more than %d "
			    "paths", SES_MAXPATHS));
		so->so_path[so->so_npaths++] = arg;
		return (0);
	}
	if (number(arg, "-p", INT32_MAX, &n, e) != 0)
		return (-1);
	if (so->so_npids == SES_MAXPIDS)
		return (jerr_set(e, JERR_SELF, "trace: more than %d processes",
		    SES_MAXPIDS));
	so->so_pid[so->so_npids++] = (int32_t)n;
	return (0);
}

static int
take(struct ses_opts *so, int opt, char *arg, struct jerr *e)
{
	switch (opt) {
	case 'e':
		return (filter_parse(&so->so_filter, arg, e));
	case 'P':
	case 'p':
		return (take_list(so, opt, arg, e));
	case 'c':
		so->so_summary = so->so_quiet = true;
		return (0);
	case 'C':
		so->so_summary = true;
		return (0);
	case 'S':
		if (!summary_order(arg, &so->so_order))
			return (jerr_set(e, JERR_SELF, "trace: -S %s: there "
			    "are time, calls, errors and name", arg));
		return (0);
	case 'T':
		so->so_spent = true;
		return (0);
	case 't':
		so->so_stamp += so->so_stamp < 3;
		return (0);
	case 'r':
		so->so_relative = true;
		return (0);
	case 'z':
		so->so_onlygood = true;
		return (0);
	case 'Z':
		so->so_onlybad = true;
		return (0);
	case 'v':
		so->so_dec.do_verbose = true;
		return (0);
	case 'y':
		so->so_dec.do_paths = true;
		return (0);
	case 's':
		return (number(arg, "-s", 8192, &so->so_dec.do_strsize, e));
	case 'o':
		so->so_out = fopen(arg, "we");
		so->so_file = true;
		return (so->so_out != NULL ? 0 : jerr_errno(e, "cannot write "
		    "%s", arg));
	default:
		return (usage_error("trace", e));
	}
}

int
cmd_trace(int argc, char **argv, struct jerr *e)
{
	static struct ses_opts so;
	static char buf[1 << 16];
	unsigned last = 0;
	bool fork_ = false, command;
	int opt;

	so.so_dec.do_strsize = 32;
	so.so_out = stderr;
	filter_all(&so.so_filter);
	while ((opt = getopt_long(argc, argv, "+e:P:p:fcCTtrs:S:vyo:zZqwh",
	    options, NULL)) != -1) {
		if (opt == 'h') {
			(void)fputs(help, stdout);
			return (0);
		}
		if (opt == 'f')
			fork_ = true;
		else if (opt == OPT_LAST) {
			if (number(optarg, "--last", LOOK_CALLS, &last, e) !=
			    0)
				return (-1);
		} else if (opt != 'q' && opt != 'w' && take(&so, opt, optarg, e) != 0)
			return (-1);
	}
	command = optind > 0 && strcmp(argv[optind - 1], "--") == 0;
	if (!command && argc - optind > 1)
		return (jerr_set(e, JERR_SELF, "trace: one jail at a time; "
		    "write guise trace -- CMD ARG... to run a command"));
	if (!command)
		return (trace_jail(&so, argv[optind], last, fork_, e));
	if (optind == argc || so.so_npids > 0 || last > 0)
		return (jerr_set(e, JERR_SELF, "trace: %s", optind == argc ?
		    "no command" : "-p and --last are for running jails"));
	so.so_follow = true;
	if (so.so_out == stderr)
		(void)setvbuf(stderr, buf, _IOFBF, sizeof(buf));
	return (trace_command(&so, argv + optind, e));
}
