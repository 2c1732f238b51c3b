/*
 * What a test execs: reports the state it was started with.  Built dynamic,
 * static and static-pie; uses no abitest frame, so that a static one is small.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void
do_args(int argc, char **argv)
{
	char **e;
	int i;

	printf("argc %d\n", argc);
	for (i = 0; i < argc; i++)
		printf("argv[%d] \"%s\"\n", i, argv[i]);
	for (e = environ; *e != NULL; e++)
		printf("env \"%s\"\n", *e);
}

static void
do_sigs(void)
{
	struct sigaction sa;
	sigset_t mask, pend;
	int s;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigpending(&pend);
	for (s = 1; s < 65; s++) {
		if (s == 32 || s == 33)
			continue;
		sigaction(s, NULL, &sa);
		if (sa.sa_handler != SIG_DFL)
			printf("sig %d %s\n", s,
			    sa.sa_handler == SIG_IGN ? "ignored" : "handled");
		if (sigismember(&mask, s))
			printf("sig %d blocked\n", s);
		if (sigismember(&pend, s))
			printf("sig %d pending\n", s);
	}
}

static void
do_fds(void)
{
	int i, f;

	for (i = 0; i < 64; i++) {
		f = fcntl(i, F_GETFD);
		if (f >= 0)
			printf("fd %d%s\n", i, f ? " cloexec" : "");
	}
}

static void
do_auxv(void)
{
	const char *fn = (const char *)getauxval(AT_EXECFN);
	const char *pl = (const char *)getauxval(AT_PLATFORM);
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);

	printf("pagesz %lu clktck %lu secure %lu\n", getauxval(AT_PAGESZ),
	    getauxval(AT_CLKTCK), getauxval(AT_SECURE));
	printf("execfn %s platform %s\n", fn ? basename(strdup(fn)) : "none",
	    pl ? pl : "none");
	printf("ids %d%d%d%d\n", getauxval(AT_UID) == getuid(),
	    getauxval(AT_EUID) == geteuid(), getauxval(AT_GID) == getgid(),
	    getauxval(AT_EGID) == getegid());
	printf("phent %lu phnum %s phdr %s\n", getauxval(AT_PHENT),
	    getauxval(AT_PHNUM) > 3 ? "some" : "few",
	    ph != NULL && ph->p_type != 0 ? "there" : "missing");
	printf("random %s entry %s base %s hwcap %s vdso %s\n",
	    getauxval(AT_RANDOM) ? "yes" : "no",
	    getauxval(AT_ENTRY) ? "yes" : "no",
	    getauxval(AT_BASE) ? "yes" : "no",
	    getauxval(AT_HWCAP) ? "yes" : "no",
	    getauxval(AT_SYSINFO_EHDR) ? "yes" : "no");
}

static void
do_exe(void)
{
	char buf[4096];
	ssize_t n = readlink("/proc/self/exe", buf, sizeof(buf) - 1);

	buf[n < 0 ? 0 : n] = 0;
	printf("exe %s\n", n < 0 ? strerror(errno) : basename(buf));
}

static void
do_limits(void)
{
	struct rlimit rl;

	getrlimit(RLIMIT_NOFILE, &rl);
	printf("nofile %ld\n", (long)rl.rlim_cur);
	printf("nice %d umask %03o\n", getpriority(PRIO_PROCESS, 0),
	    umask(0));
}

static uid_t
saved_uid(void)
{
	uid_t r, e, s;

	return (getresuid(&r, &e, &s) == 0 ? s : (uid_t)-1);
}

static gid_t
saved_gid(void)
{
	gid_t r, e, s;

	return (getresgid(&r, &e, &s) == 0 ? s : (gid_t)-1);
}

int
main(int argc, char **argv)
{
	char comm[17] = "";
	const char *what = argc > 1 ? argv[1] : "args";
	struct itimerval it;

	if (strcmp(what, "sigs") == 0)
		do_sigs();
	else if (strcmp(what, "fds") == 0)
		do_fds();
	else if (strcmp(what, "auxv") == 0)
		do_auxv();
	else if (strcmp(what, "exe") == 0)
		do_exe();
	else if (strcmp(what, "limits") == 0)
		do_limits();
	else if (strcmp(what, "ids") == 0) {
		/* Who is not root is only told what differs. */
		printf("setuid %d setgid %d saved %d %d\n",
		    getuid() != geteuid() ? (int)geteuid() : -1,
		    getgid() != getegid() ? (int)getegid() : -1,
		    saved_uid() == geteuid(), saved_gid() == getegid());
	} else if (strcmp(what, "exit") == 0)
		return (atoi(argv[2]));
	else if (strcmp(what, "comm") == 0) {
		prctl(PR_GET_NAME, comm);
		printf("comm %s\n", comm);
	} else if (strcmp(what, "leader") == 0)
		printf("leader %s\n",
		    getpid() == syscall(SYS_gettid) ? "yes" : "no");
	else if (strcmp(what, "pid") == 0)
		printf("same pid %s\n",
		    getpid() == atoi(argv[2]) ? "yes" : "no");
	else if (strcmp(what, "timer") == 0) {
		getitimer(ITIMER_REAL, &it);
		printf("timer %s\n", it.it_value.tv_sec > 0 ? "armed" : "off");
	} else if (strcmp(what, "dumpable") == 0)
		printf("dumpable %d keepcaps %d pdeathsig-none\n",
		    prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS));
	else if (strcmp(what, "cat0") == 0) {
		char b[256];
		ssize_t n = read(0, b, sizeof(b));
		printf("read %zd: %.*s\n", n, (int)(n < 0 ? 0 : n), b);
	} else
		do_args(argc, argv);
	return (0);
}
