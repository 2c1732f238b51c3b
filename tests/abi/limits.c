/*
 * rlimits, prctl, arch_prctl, uname, sysinfo, and other small calls.
 */
#include "abitest.h"

#include <asm/prctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static void
case_getset(void)
{
	struct rlimit rl, o;

	rl.rlim_cur = 50;
	rl.rlim_max = 60;
	RET(setrlimit(RLIMIT_NOFILE, &rl));
	MUST(getrlimit(RLIMIT_NOFILE, &o));
	say("%ld %ld\n", (long)o.rlim_cur, (long)o.rlim_max);
	rl.rlim_cur = 61;
	RET(setrlimit(RLIMIT_NOFILE, &rl));
	rl.rlim_cur = 50;
	rl.rlim_max = 55;
	RET(setrlimit(RLIMIT_NOFILE, &rl));
	RET(setrlimit(99, &rl));
	RET(getrlimit(99, &rl));
	RET(syscall(SYS_getrlimit, RLIMIT_NOFILE, bad_page()));
	RET(syscall(SYS_setrlimit, RLIMIT_NOFILE, bad_page()));
	RET(prlimit(getpid(), RLIMIT_NOFILE, NULL, &o));
	say("%ld %ld\n", (long)o.rlim_cur, (long)o.rlim_max);
	RET(prlimit(0, RLIMIT_NOFILE, &(struct rlimit){ 20, 30 }, &o));
	say("%ld %ld\n", (long)o.rlim_cur, (long)o.rlim_max);
	RET(prlimit(123456789, RLIMIT_NOFILE, NULL, &o));
	RET(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, bad_page(), NULL));
	CHILD(MUST(getrlimit(RLIMIT_NOFILE, &o));
	    say("child %ld\n", (long)o.rlim_cur));
}

static void
case_all_known(void)
{
	struct rlimit rl;
	int i;

	for (i = 0; i < 18; i++)
		say("%d: %s\n", i, getrlimit(i, &rl) < 0 ?
		    err_name(errno) : rl.rlim_cur <= rl.rlim_max ? "ok" :
		    "odd");
}

static void
case_nofile(void)
{
	struct rlimit rl = { 10, 20 };
	int p[2], i, n = 0;

	MUST(setrlimit(RLIMIT_NOFILE, &rl));
	while (dup(0) >= 0)
		n++;
	say("%d then %s\n", n, err_name(errno));
	RET(open("/dev/null", O_RDONLY));
	RET(pipe(p));
	RET(dup2(0, 10));
	RET(dup2(0, 9));
	RET(fcntl(0, F_DUPFD, 10));
	RET(fcntl(0, F_DUPFD, 0));
	close(9);
	RET(pipe(p));
	YES(!fd_open(9));
	rl.rlim_cur = 20;
	MUST(setrlimit(RLIMIT_NOFILE, &rl));
	VAL(dup2(0, 15));
	rl.rlim_cur = 5;
	MUST(setrlimit(RLIMIT_NOFILE, &rl));
	/* What is open beyond the limit stays. */
	YES(fd_open(15));
	for (i = 3; i < 9; i++)
		close(i);
	VAL(dup(15));
	VAL(sysconf(_SC_OPEN_MAX));
}

static volatile int xfsz;

static void
on_xfsz(int sig)
{
	(void)sig;
	xfsz++;
}

/* Standard output may be a file too: lift the limit while printing. */
static void
set_fsize(rlim_t n)
{
	struct rlimit rl;

	getrlimit(RLIMIT_FSIZE, &rl);
	rl.rlim_cur = n == RLIM_INFINITY ? rl.rlim_max : n;
	MUST(setrlimit(RLIMIT_FSIZE, &rl));
}

#define LIM(e)	do { set_fsize(100); errno = 0; long v_ = (long)(e);	\
		int e_ = errno; set_fsize(RLIM_INFINITY);		\
		abi_val(#e, v_, e_); } while (0)

static void
case_fsize(void)
{
	char buf[200] = "";
	int fd;

	fd = MUST(open("f", O_RDWR | O_CREAT, 0600));
	on_signal(SIGXFSZ, on_xfsz, 0);
	LIM(write(fd, buf, 200));
	LIM(write(fd, buf, 1));
	VAL(xfsz);
	LIM(pwrite(fd, buf, 10, 95));
	LIM(pwrite(fd, buf, 10, 100));
	LIM(ftruncate(fd, 101));
	LIM(ftruncate(fd, 50));
	LIM(fallocate(fd, 0, 0, 101));
	LIM(fallocate(fd, 0, 90, 10));
	LIM(fallocate(fd, 1, 0, 8192));
	LIM(ftruncate(fd, 50));
	VAL(xfsz);
	signal(SIGXFSZ, SIG_IGN);
	LIM(pwrite(fd, buf, 10, 200));
	CHILD(signal(SIGXFSZ, SIG_DFL); LIM(pwrite(fd, buf, 10, 200)));
}

static void
case_cpu(void)
{
	struct rlimit rl = { 1, 2 };

	CHILD(MUST(setrlimit(RLIMIT_CPU, &rl)); for (;;) ;);
}

static void
case_core_and_stack(void)
{
	struct rlimit rl;

	MUST(getrlimit(RLIMIT_CORE, &rl));
	say("core %ld %ld\n", (long)rl.rlim_cur, (long)rl.rlim_max);
	MUST(getrlimit(RLIMIT_STACK, &rl));
	rl.rlim_cur = 1 << 20;
	RET(setrlimit(RLIMIT_STACK, &rl));
	CHILD(execl("/bin/sh", "sh", "-c", "ulimit -s; ulimit -c", NULL));
}

static void
case_prctl_name(void)
{
	char n[17];

	RET(prctl(PR_SET_NAME, "0123456789abcdefgh"));
	RET(prctl(PR_GET_NAME, n));
	say("%s\n", n);
	say_file("/proc/self/comm");
	RET(prctl(PR_SET_NAME, bad_page()));
	RET(prctl(PR_GET_NAME, bad_page()));
	RET(prctl(PR_SET_NAME, ""));
	RET(prctl(PR_GET_NAME, n));
	say("%s\n", n);
}

static void
case_prctl_misc(void)
{
	VAL(prctl(PR_GET_DUMPABLE));
	VAL(prctl(PR_SET_DUMPABLE, 0));
	VAL(prctl(PR_GET_DUMPABLE));
	VAL(prctl(PR_SET_DUMPABLE, 2));
	VAL(prctl(PR_SET_DUMPABLE, 1));
	VAL(prctl(PR_GET_KEEPCAPS));
	VAL(prctl(PR_SET_KEEPCAPS, 1));
	VAL(prctl(PR_GET_KEEPCAPS));
	VAL(prctl(PR_SET_KEEPCAPS, 2));
	VAL(prctl(PR_GET_TIMERSLACK) > 0);
	VAL(prctl(PR_SET_TIMERSLACK, 12345));
	VAL(prctl(PR_GET_TIMERSLACK));
	VAL(prctl(PR_GET_SECCOMP));
	VAL(prctl(PR_GET_TIMING));
	VAL(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	VAL(prctl(9999, 0, 0, 0, 0));
	VAL(prctl(PR_SET_CHILD_SUBREAPER, 1));
	int v = 0;
	VAL(prctl(PR_GET_CHILD_SUBREAPER, &v));
	VAL(v);
	CHILD(prctl(PR_GET_CHILD_SUBREAPER, &v); VAL(v));
	VAL(prctl(PR_GET_CHILD_SUBREAPER, bad_page()));
	VAL(prctl(PR_GET_TID_ADDRESS, bad_page()) < 0);
}

static void
case_set_vma_name(void)
{
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	long r;

	/* Optional: glibc and Go only give names where the kernel can. */
	errno = 0;
	r = prctl(0x53564d41, 0, p, 4096, "name");
	YES(r == 0 || errno == EINVAL);
}

static void
case_arch_prctl(void)
{
	unsigned long fs = 0, gs = 1;

	RET(syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	YES(fs != 0);
	YES(*(unsigned long *)fs == fs);
	RET(syscall(SYS_arch_prctl, ARCH_SET_FS, fs));
	RET(syscall(SYS_arch_prctl, ARCH_SET_FS, 1UL << 62));
	RET(syscall(SYS_arch_prctl, ARCH_GET_FS, bad_page()));
	RET(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs));
	VAL(gs);
	RET(syscall(SYS_arch_prctl, 0x9999, 0));
}

static void
case_arch_prctl_gs(void)
{
	unsigned long gs = 0, v = 0x1122334455667788UL, got = 0;

	RET(syscall(SYS_arch_prctl, ARCH_SET_GS, &v));
	RET(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs));
	YES(gs == (uintptr_t)&v);
	__asm__ volatile("mov %%gs:0,%0" : "=r"(got));
	YES(got == v);
	(void)getppid();
	nap_ms(1);
	__asm__ volatile("mov %%gs:0,%0" : "=r"(got));
	YES(got == v);
	/* Calls that grew hot before and after it, and a restarted one. */
	int i, p[2];
	char c = 0;
	struct itimerval it = { { 0, 1000 }, { 0, 1000 } };
	MUST(pipe(p));
	on_signal(SIGALRM, on_xfsz, SA_RESTART);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 300; i++)
		if (getppid() <= 0 && getpid() != 1)
			die("getppid");
	CHILD(nap_ms(20); if (write(p[1], "g", 1) != 1) _exit(1));
	VAL(read(p[0], &c, 1));
	__asm__ volatile("mov %%gs:0,%0" : "=r"(got));
	YES(got == v && c == 'g');
}

static void
case_uname(void)
{
	struct utsname u;
	char h[65] = "";
	int a = 0, b = 0;

	RET(uname(&u));
	say("%s %s\n", u.sysname, u.machine);
	YES(sscanf(u.release, "%d.%d", &a, &b) == 2 && a >= 5);
	RET(gethostname(h, sizeof(h)));
	YES(strcmp(h, u.nodename) == 0);
	RET(syscall(SYS_uname, bad_page()));
	RET(syscall(SYS_sethostname, "x", -1));
	RET(syscall(SYS_sethostname, "x", 65));
}

static void
case_sysinfo(void)
{
	struct sysinfo si;

	RET(sysinfo(&si));
	YES(si.totalram > 0 && si.freeram <= si.totalram);
	YES(si.uptime > 0);
	YES(si.mem_unit >= 1);
	YES(si.procs >= 1);
	RET(syscall(SYS_sysinfo, bad_page()));
	YES(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
	YES(sysconf(_SC_PHYS_PAGES) > 1000);
	VAL(sysconf(_SC_PAGESIZE));
	VAL(sysconf(_SC_CLK_TCK));
}

static void
case_getrandom(void)
{
	unsigned char a[64] = "", b[64] = "";

	VAL(getrandom(a, sizeof(a), 0));
	VAL(getrandom(b, sizeof(b), GRND_NONBLOCK));
	YES(memcmp(a, b, sizeof(a)) != 0);
	VAL(getrandom(a, 0, 0));
	VAL(getrandom(a, 1, 0x100));
	VAL(getrandom(a, 16, GRND_RANDOM));
	VAL(getrandom(bad_page(), 16, 0));
	VAL(getentropy(a, 32));
}

static void
case_rseq_and_friends(void)
{
	/* Registered already by libc, or refused: both sides agree. */
	YES(syscall(SYS_rseq, bad_page(), 32, 0, 0) == -1);
	RET(syscall(SYS_set_robust_list, NULL, 7));
	RET(syscall(SYS_membarrier, 99999, 0, 0));
	YES(syscall(SYS_membarrier, 0, 0, 0) >= 0);
	RET(syscall(SYS_personality, 0xffffffff));
	VAL(syscall(SYS_personality, 0xffffffff));
}

static void
case_personality(void)
{
	VAL(syscall(SYS_personality, 0x0040000));
	VAL(syscall(SYS_personality, 0xffffffff));
	CHILD(VAL(syscall(SYS_personality, 0xffffffff)));
	CHILD(execl("/bin/sh", "sh", "-c", "cat /proc/self/personality",
	    NULL));
}

static void
case_membarrier(void)
{
	/* Register, then use: private, expedited. */
	VAL(syscall(SYS_membarrier, 8, 0, 0));
	VAL(syscall(SYS_membarrier, 16, 0, 0));
	VAL(syscall(SYS_membarrier, 8, 0, 0));
	VAL(syscall(SYS_membarrier, 8, 1, 0));
}

static void
case_ioprio(void)
{
	VAL(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 5));
	VAL(syscall(SYS_ioprio_get, 1, 0) == (2 << 13 | 5));
	VAL(syscall(SYS_ioprio_set, 1, 0, 7 << 13));
	VAL(syscall(SYS_ioprio_get, 99, 0));
}

static void
case_process_vm(void)
{
	char src[16] = "from the child", dst[16] = "";
	struct iovec l = { dst, 14 }, r = { src, 14 };
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	memset(src, 'x', sizeof(src));
	VAL(process_vm_readv(pid, &l, 1, &r, 1, 0));
	say("%s\n", dst);
	VAL(process_vm_writev(pid, &r, 1, &r, 1, 0));
	VAL(process_vm_readv(pid, &l, 1, &r, 1, 0));
	say("%.14s\n", dst);
	r.iov_base = bad_page();
	VAL(process_vm_readv(pid, &l, 1, &r, 1, 0));
	VAL(process_vm_readv(123456789, &l, 1, &r, 1, 0));
	VAL(process_vm_readv(pid, &l, 1, &r, 1, 7));
	kill(pid, SIGKILL);
	abi_reap(pid);
}

static void
case_kcmp(void)
{
	pid_t me = getpid(), pid;
	int p[2], ready[2];

	MUST(pipe(p));
	MUST(pipe(ready));
	pid = (pid_t)MUST(fork());
	if (pid == 0) {
		(void)!read(ready[0], p, 1);
		_exit(0);
	}
	for (int type = 0; type < 9; type += type == 6 ? 2 : 1) {
		say("%d\n", type);
		VAL(syscall(SYS_kcmp, me, me, type, 0, 0));
		VAL(syscall(SYS_kcmp, me, pid, type, 0, 0) != 0);
	}
	VAL(syscall(SYS_kcmp, me, me, 0, 1, 2) != 0);
	VAL(syscall(SYS_kcmp, me, me, 0, 1, dup(1)));
	VAL(syscall(SYS_kcmp, me, me, 0, 1, 99));
	VAL(syscall(SYS_kcmp, me, 0x7ffffff, 0, 1, 1));
	VAL(write(ready[1], "", 1));
	abi_reap(pid);
}

CASES("limits",
	CASE(getset), CASE(all_known), CASE(nofile), CASE(fsize), CASE(cpu),
	CASE(core_and_stack), CASE(prctl_name), CASE(prctl_misc),
	CASE(set_vma_name), CASE(arch_prctl), CASE(arch_prctl_gs),
	CASE(uname), CASE(sysinfo), CASE(getrandom),
	CASE(rseq_and_friends), CASE(personality), CASE(membarrier),
	CASE(ioprio), CASE(process_vm), CASE(kcmp));
