/*
 * main.c: guise-text: the rewriter of text, a program of its own because it
 * needs the disassembler's library, which guise (linked statically, always
 * there) must not.
 *
 *	guise-text [-q] [-o OUT] FILE...	`guise text`
 *	guise-text --serve DIR			the builder of a jail, on stdin
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jail/error.h"
#include "libkern/types.h"
#include "text/text.h"
#include "text/textdir.h"

static const char help[] =
"usage: guise text [-q] [-o OUT] FILE...\n\n"
"Show the system calls in the text of a program or library, and which of\n"
"them the kernel can enter by a jump.\n\n"
"  -q             only the summary\n"
"  -o OUT         write the patched text there (one FILE)\n";

static double
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ((double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6);
}

static void
print_site(const struct text *t, const struct text_site *ts)
{
	static const char *const form[] = { "left", "before", "around" };

	if (ts->ts_form == TEXT_NOCALL)
		return;
	(void)printf("%10" PRIx64 "  %-8s %-7s", text_vaddr(t, ts->ts_addr),
	    ts->ts_cpuid ? "cpuid" : "syscall", form[ts->ts_form]);
	if (ts->ts_form == TEXT_LEFT)
		(void)printf(" %s\n", text_why(ts->ts_why));
	else
		(void)printf(" %" PRIx64 "-%" PRIx64 "\n",
		    text_vaddr(t, ts->ts_start), text_vaddr(t, ts->ts_end));
}

static void
print_summary(const char *name, const struct text *t, double ms)
{
	unsigned n, fit = 0, left = 0, why[TEXT_NWHY] = { 0 };
	const struct text_site *ts = text_sites(t, &n);

	for (unsigned i = 0; i < n; i++) {
		if (ts[i].ts_form == TEXT_NOCALL)
			continue;
		fit += ts[i].ts_form != TEXT_LEFT;
		left += ts[i].ts_form == TEXT_LEFT;
		why[ts[i].ts_why] += ts[i].ts_form == TEXT_LEFT;
	}
	(void)printf("%s: %u patched, %u left", name, fit, left);
	for (unsigned i = 1; i < TEXT_NWHY; i++)
		if (why[i] != 0)
			(void)printf(", %u %s", why[i], text_why(i));
	(void)printf(" (%.1f ms)\n", ms);
}

static int
write_out(struct text *t, const char *out, struct jerr *e)
{
	struct tc_key key = { 0 };
	int fd = open(out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || text_write(t, &key, fd) != 0)
		return (jerr_errno(e, "text: cannot write %s", out));
	(void)close(fd);
	return (0);
}

static int
show(const char *name, bool quiet, const char *out, struct jerr *e)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY), r = 0;
	const struct text_site *ts;
	struct text *t = NULL;
	double start = now_ms(), ms;
	struct stat st;
	unsigned n;

	if (fd < 0 || fstat(fd, &st) != 0)
		return (jerr_errno(e, "text: cannot open %s", name));
	if (!S_ISREG(st.st_mode) ||
	    (t = text_open(fd, (uint64_t)st.st_size)) == NULL)
		return (jerr_set(e, JERR_SELF, "text: %s is no program file "
		    "for this processor", name));
	if (!text_analyze(t))
		return (jerr_set(e, JERR_SELF, "text: no memory"));
	ms = now_ms() - start;
	ts = text_sites(t, &n);
	for (unsigned i = 0; i < n && !quiet; i++)
		print_site(t, &ts[i]);
	print_summary(name, t, ms);
	if (out != NULL)
		r = write_out(t, out, e);
	text_close(t);
	(void)close(fd);
	return (r);
}

static int
text_main(int argc, char **argv, struct jerr *e)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "serve", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	const char *out = NULL;
	bool quiet = false;
	int opt, r = 0;

	while ((opt = getopt_long(argc, argv, "+hqo:", options, NULL)) != -1) {
		switch (opt) {
		case 'q':
			quiet = true;
			break;
		case 'o':
			out = optarg;
			break;
		case 's':
			text_serve(0, optarg[0] != '\0' ? optarg : NULL);
			return (0);
		case 'h':
			(void)fputs(help, stdout);
			return (0);
		default:
			return (jerr_set(e, JERR_SELF, "'guise text --help' "
			    "tells how to use it"));
		}
	}
	if (optind == argc || (out != NULL && optind + 1 != argc))
		return (jerr_set(e, JERR_SELF, "text: which file? 'guise text "
		    "--help' tells more"));
	for (; optind < argc && r == 0; optind++)
		r = show(argv[optind], quiet, out, e);
	return (r != 0 ? r : ferror(stdout) || fflush(stdout) != 0 ?
	    JERR_SELF : 0);
}

int
main(int argc, char **argv)
{
	static struct jerr e;
	int r = text_main(argc, argv, &e);

	if (r >= 0)
		return (r);
	(void)fprintf(stderr, "guise: %s\n", e.je_msg);
	return (e.je_status);
}
