/* filter.c: see filter.h. */
#include "trace/filter.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/calls.h"
#include "trace/decode.h"

/* Classes that the kinds of arguments do not tell; blanks around each name. */
static const struct {
	const char	*name, *calls;
} classes[] = {
	{ "process", " clone fork vfork clone3 execve execveat exit exit_group"
	    " wait4 waitid kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"
	    " pidfd_send_signal " },
	{ "signal", " kill tkill tgkill pause signalfd signalfd4 sigaltstack"
	    " rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending"
	    " rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo"
	    " rt_sigsuspend pidfd_send_signal " },
	{ "network", " socket socketpair bind connect listen accept accept4"
	    " getsockname getpeername shutdown setsockopt getsockopt sendto"
	    " recvfrom sendmsg recvmsg sendmmsg recvmmsg sendfile " },
	{ "memory", " mmap munmap mprotect brk mremap msync mincore madvise"
	    " mlock munlock mlockall munlockall mlock2 pkey_mprotect mbind"
	    " set_mempolicy get_mempolicy shmat shmdt " },
	{ "ipc", " shmget shmat shmdt shmctl semget semop semtimedop semctl"
	    " msgget msgsnd msgrcv msgctl " },
	{ "creds", " getuid geteuid getgid getegid setuid setgid setreuid"
	    " setregid setresuid setresgid getresuid getresgid setfsuid"
	    " setfsgid getgroups setgroups capget capset prctl " },
	{ "clock", " time gettimeofday settimeofday clock_gettime"
	    " clock_getres clock_settime clock_adjtime adjtimex " },
	{ "stat", " stat " }, { "lstat", " lstat " },
	{ "fstat", " fstat newfstatat " },
	{ "%stat", " stat lstat fstat newfstatat statx " },
	{ "pure", " getpid gettid getppid getpgrp getuid geteuid getgid"
	    " getegid " },
};

static bool
has_kind(const struct calldesc *cd, bool path)
{
	for (unsigned i = 0; i < cd->cd_nargs; i++)
		if (path ? cd->cd_kind[i] == AK_PATH :
		    cd->cd_kind[i] == AK_FD || cd->cd_kind[i] == AK_DIRFD)
			return (true);
	return (!path && cd->cd_ret == CR_FD);
}

static bool
in_class(const struct calldesc *cd, const char *class, bool *known)
{
	char word[64];

	*known = true;
	if (strcmp(class, "file") == 0)
		return (has_kind(cd, true));
	if (strcmp(class, "desc") == 0)
		return (has_kind(cd, false));
	if (strcmp(class, "net") == 0)
		class = "network";
	(void)snprintf(word, sizeof(word), " %s ", dec_name(cd));
	for (unsigned i = 0; i < nitems(classes); i++)
		if (strcmp(classes[i].name, class) == 0)
			return (strstr(classes[i].calls, word) != NULL);
	*known = false;
	return (false);
}

static void
set_call(struct filter *f, const struct calldesc *cd, bool on)
{
	for (int a = 0; a < TRACE_NABI; a++) {
		int n = cd->cd_nr[a];

		if (n < 0 || n >= TRACE_NCALLS)
			continue;
		if (on)
			f->f_calls[a][n / 64] |= 1ULL << n % 64;
		else
			f->f_calls[a][n / 64] &= ~(1ULL << n % 64);
	}
}

void
filter_all(struct filter *f)
{
	memset(f, 0xff, sizeof(*f));
}

/* One word of a list of calls. */
static int
one_call(struct filter *f, const char *word, bool on, struct jerr *e)
{
	bool found = false, known = true, quiet = word[0] == '?';
	regex_t re;

	word += quiet;
	if (word[0] == '/' && regcomp(&re, word + 1, REG_EXTENDED |
	    REG_NOSUB) != 0)
		return (jerr_set(e, JERR_SELF, "trace: -e %s: not a regular "
		    "expression", word));
	for (unsigned i = 0; i < ncalldescs; i++) {
		const struct calldesc *cd = &calldescs[i];
		bool hit;

		if (strcmp(word, "all") == 0)
			hit = true;
		else if (word[0] == '%')
			hit = in_class(cd, word + 1, &known);
		else if (word[0] == '/')
			hit = regexec(&re, dec_name(cd), 0, NULL, 0) == 0;
		else
			hit = strcmp(word, dec_name(cd)) == 0;
		if (hit)
			set_call(f, cd, on);
		found |= hit;
	}
	if (word[0] == '/') {
		regfree(&re);
		found = true;
	}
	if ((found || quiet || word[0] == '%') && known)
		return (0);
	if (word[0] == '%')
		return (jerr_set(e, JERR_SELF, "trace: -e %s: no such class; "
		    "there are %%file %%desc %%network %%process %%signal "
		    "%%memory %%ipc %%creds %%clock", word));
	return (jerr_set(e, JERR_SELF, "trace: -e %s: no such call; 'guise "
	    "syscalls' lists them", word));
}

static int
one_signal(struct filter *f, const char *word, bool on, struct jerr *e)
{
	char name[32];
	uint64_t bits = 0;

	if (strcmp(word, "all") == 0)
		bits = ~0ULL;
	for (int s = 1; s <= 64 && bits == 0; s++) {
		(void)snprintf(name, sizeof(name), "%s", ct_signal(s));
		if (strcmp(word, name) == 0 || strcmp(word, name + 3) == 0 ||
		    atoi(word) == s)
			bits = 1ULL << (s - 1);
	}
	if (bits == 0)
		return (jerr_set(e, JERR_SELF, "trace: -e signal=%s: no such "
		    "signal", word));
	f->f_signals = on ? f->f_signals | bits : f->f_signals & ~bits;
	return (0);
}

int
filter_parse(struct filter *f, const char *expr, struct jerr *e)
{
	bool calls = true, not;
	char *list, *p, *word;
	int r = 0;

	if (strncmp(expr, "trace=", 6) == 0)
		expr += 6;
	else if (strncmp(expr, "t=", 2) == 0)
		expr += 2;
	else if (strncmp(expr, "signal=", 7) == 0 ||
	    strncmp(expr, "signals=", 8) == 0 ||
	    strncmp(expr, "s=", 2) == 0) {
		expr = strchr(expr, '=') + 1;
		calls = false;
	} else if (strchr(expr, '=') != NULL)
		return (jerr_set(e, JERR_SELF, "trace: -e %s: there are "
		    "trace= and signal=", expr));
	not = expr[0] == '!';
	expr += not;
	if (calls) {
		uint64_t others = f->f_signals;

		memset(f, not ? 0xff : 0, sizeof(*f));
		f->f_signals = others;
	} else
		f->f_signals = not ? ~0ULL : 0;
	if (strcmp(expr, "none") == 0)
		return (0);
	list = p = strdup(expr);
	while (r == 0 && (word = strsep(&p, ",")) != NULL)
		if (word[0] != '\0')
			r = calls ? one_call(f, word, !not, e) :
			    one_signal(f, word, !not, e);
	free(list);
	return (r);
}
