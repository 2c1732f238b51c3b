/*
 * fbtest.c: FreeBSD's calls, seen from a FreeBSD program: one function per
 * subject, a line "ok NAME" for each; otherwise the line that failed.
 */
#include "fb.h"

#define	O_RDWR		2
#define	O_NONBLOCK	4
#define	O_CREAT		0x200
#define	O_TRUNC		0x400
#define	O_EXCL		0x800
#define	O_CLOEXEC	0x100000
#define	ENOENT		2
#define	EBADF		9
#define	EFAULT		14
#define	EEXIST		17
#define	EINVAL		22
#define	ENOTTY		25
#define	EAGAIN		35
#define	ENAMETOOLONG	63
#define	ENOSYS		78
#define	SIGSEGV		11
#define	SIGBUS		10
#define	SIGCHLD		20
#define	SIGUSR1		30
#define	SIGUSR2		31
#define	SA_ONSTACK	1
#define	SA_SIGINFO	0x40
#define	MAP_PRIVATE	2
#define	MAP_FIXED	0x10
#define	MAP_STACK	0x400
#define	MAP_ANON	0x1000
#define	MAP_GUARD	0x2000
#define	MAP_EXCL	0x4000
#define	MAP_ALIGNED(n)	((n) << 24)

static int failed;

#define	CHECK(c)	do { if (!(c)) { bad(__LINE__, #c); return (1); } } \
			while (0)

static void
bad(int line, const char *what)
{
	puts_("FAILED line ");
	putn(line);
	puts_(": ");
	puts_(what);
	puts_(" errno ");
	putn(fb_errno);
	puts_("\n");
	failed = 1;
}

void *
memset(void *p, int c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((volatile char *)p)[i] = (char)c;
	return (p);
}
void *
memcpy(void *d, const void *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((volatile char *)d)[i] = ((const char *)s)[i];
	return (d);
}

static int
t_auxv(void)
{
	struct { char **argv; int n; char **envp; int m; } *ps;

	CHECK(aux(6) == 4096);			/* AT_PAGESZ */
	CHECK(aux(18) >= 1400000);		/* AT_OSRELDATE */
	CHECK(aux(17) == 64 && aux(16) != 0);	/* AT_CANARY */
	CHECK(((uint64_t *)aux(20))[0] == 4096); /* AT_PAGESIZES */
	CHECK(aux(3) != 0 && aux(5) > 0);	/* AT_PHDR, AT_PHNUM */
	CHECK(((char *)aux(15))[0] == '/' || ((char *)aux(15))[0] == '.');
	ps = (void *)aux(32);			/* AT_PS_STRINGS */
	CHECK(ps->argv == fb_argv && ps->n == fb_argc);
	CHECK(ps->envp == fb_envp);
	CHECK(aux(28) == (uint64_t)fb_argc);	/* AT_ARGC */
	return (0);
}

static int
t_errors(void)
{
	char name[300];
	int p[2];

	CHECK(SYS(SYS_open, "/no/such", 0) == -1 && fb_errno == ENOENT);
	CHECK(SYS(SYS_close, 999) == -1 && fb_errno == EBADF);
	CHECK(SYS(SYS_write, 1, 8, 4) == -1 && fb_errno == EFAULT);
	CHECK(SYS(9999) == -1 && fb_errno == ENOSYS);
	CHECK(SYS(SYS_cap_enter) == -1 && fb_errno == ENOSYS);
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[299] = '\0';
	CHECK(SYS(SYS_open, name, 0) == -1 && fb_errno == ENAMETOOLONG);
	CHECK(SYS(SYS_pipe2, p, O_NONBLOCK | O_CLOEXEC) == 0);
	CHECK(SYS(SYS_read, p[0], name, 1) == -1 && fb_errno == EAGAIN);
	CHECK(SYS(SYS_fcntl, p[0], 3) == O_NONBLOCK);
	CHECK(SYS(SYS_fcntl, p[0], 1) == 1);
	CHECK(SYS(SYS_ioctl, p[0], 0x402c7413, name) == -1 &&
	    fb_errno == ENOTTY);
	CHECK(SYS(SYS_close, p[0]) == 0 && SYS(SYS_close, p[1]) == 0);
	/* Indirection. */
	CHECK(SYS(0, SYS_getpid) == SYS(SYS_getpid));
	CHECK(SYS(SYS___syscall, SYS_getpid) == SYS(SYS_getpid));
	CHECK(SYS(0, SYS_close, 999) == -1 && fb_errno == EBADF);
	return (0);
}

static int
t_files(void)
{
	struct {
		uint64_t dev, ino, nlink;
		uint16_t mode, pad0;
		uint32_t uid, gid, pad1;
		uint64_t rdev, times[8];
		int64_t size, blocks;
		int32_t blksize;
		uint32_t flags;
		uint64_t gen, spare[10];
	} st;
	char buf[1024], *d;
	int fd, seen = 0;
	long n;

	SYS(SYS_unlink, "fbdir/f");
	SYS(SYS_rmdir, "fbdir");
	CHECK(SYS(SYS_mkdir, "fbdir", 0755) == 0);
	fd = (int)SYS(SYS_open, "fbdir/f", O_RDWR | O_CREAT | O_EXCL, 0640);
	CHECK(fd >= 0);
	CHECK(SYS(SYS_open, "fbdir/f", O_RDWR | O_CREAT | O_EXCL, 0640) == -1
	    && fb_errno == EEXIST);
	CHECK(SYS(SYS_write, fd, "0123456789", 10) == 10);
	CHECK(SYS(SYS_fstat, fd, &st) == 0);
	CHECK(st.size == 10 && (st.mode & 0170000) == 0100000);
	CHECK(SYS(SYS_lseek, fd, 4, 0) == 4);
	CHECK(SYS(SYS_read, fd, buf, 100) == 6 && buf[0] == '4');
	CHECK(SYS(SYS_close, fd) == 0);
	CHECK(SYS(SYS_fstatat, -100, "fbdir", &st, 0x200) == 0);
	CHECK((st.mode & 0170000) == 0040000);
	fd = (int)SYS(SYS_open, "fbdir", 0x20000);
	CHECK(fd >= 0);
	while ((n = SYS(SYS_getdirentries, fd, buf, sizeof(buf), 0)) > 0)
		for (d = buf; d < buf + n; d += *(uint16_t *)(d + 16))
			if (same(d + 24, "f") && *(uint8_t *)(d + 18) == 8)
				seen++;
	CHECK(n == 0 && seen == 1);
	CHECK(SYS(SYS_close, fd) == 0);
	CHECK(SYS(SYS_unlink, "fbdir/f") == 0);
	CHECK(SYS(SYS_rmdir, "fbdir") == 0);
	return (0);
}

static int
t_memory(void)
{
	char *p, *q;

	p = (char *)SYS(SYS_mmap, 0, 8192, 3, MAP_ANON | MAP_PRIVATE, -1, 0L);
	CHECK((long)p != -1);
	p[8191] = 1;
	CHECK(SYS(SYS_mmap, p, 4096, 3, MAP_ANON | MAP_FIXED | MAP_EXCL, -1,
	    0) == -1);
	CHECK(SYS(SYS_mprotect, p, 4096, 1) == 0);
	CHECK(SYS(SYS_munmap, p, 8192) == 0);
	p = (char *)SYS(SYS_mmap, 0, 65536, 3, MAP_ANON | MAP_ALIGNED(21), -1,
	    0L);
	CHECK((long)p != -1 && ((uintptr_t)p & 0x1fffff) == 0);
	p = (char *)SYS(SYS_mmap, 0, 65536, 3, MAP_STACK, -1, 0L);
	CHECK((long)p != -1);
	p[0] = 1;
	CHECK(SYS(SYS_mmap, 0, 4096, 0, MAP_GUARD, -1, 0) != -1);
	CHECK(SYS(SYS_madvise, p, 65536, 5) == 0);
	return (0);
	(void)q;
}

static volatile int got, gotcode;
static volatile long gotaddr, gotsp;

static void
handler(int sig, char *si, void *uc)
{
	got = sig;
	gotcode = *(int *)(si + 8);
	gotaddr = *(long *)(si + 24);
	gotsp = (long)__builtin_frame_address(0);
	(void)uc;
	if (sig == SIGSEGV) {		/* step over: mov (%rdi),%eax is 2 */
		uint64_t *rip = (uint64_t *)((char *)uc + 16 + 160);

		*rip += 2;
	}
}

struct fbsa {
	void	(*h)(int, char *, void *);
	int	flags;
	uint32_t mask[4];
	uint32_t pad;
};

static int
t_signals(void)
{
	struct { void *sp; uint64_t size; int flags; } ss = { 0 };
	struct fbsa sa = { handler, SA_SIGINFO, { 0 }, 0 }, old;
	uint32_t set[4] = { 1u << (SIGUSR1 - 1) }, cur[4];
	char *stk;
	long keep = 0x1234;

	CHECK(SYS(SYS_sigaction, SIGUSR1, &sa, &old) == 0 && old.h == NULL);
	CHECK(SYS(SYS_kill, SYS(SYS_getpid), SIGUSR1) == 0);
	CHECK(got == SIGUSR1 && gotcode == 0x10001 && keep == 0x1234);
	/* Blocked, then let through. */
	got = 0;
	CHECK(SYS(SYS_sigprocmask, 1, set, cur) == 0 && cur[0] == 0);
	CHECK(SYS(SYS_kill, SYS(SYS_getpid), SIGUSR1) == 0 && got == 0);
	CHECK(SYS(SYS_sigprocmask, 2, set, cur) == 0 && cur[0] == set[0]);
	CHECK(got == SIGUSR1);
	/* A fault on the alternate stack. */
	stk = (char *)SYS(SYS_mmap, 0, 65536, 3, MAP_ANON | MAP_PRIVATE, -1,
	    0L);
	ss.sp = stk;
	ss.size = 65536;
	CHECK(SYS(SYS_sigaltstack, &ss, 0) == 0);
	sa.flags = SA_SIGINFO | SA_ONSTACK;
	CHECK(SYS(SYS_sigaction, SIGSEGV, &sa, 0) == 0);
	__asm__ volatile("movl (%%rdi), %%eax" : : "D"(16L) : "rax",
	    "memory");
	CHECK(got == SIGSEGV && gotaddr == 16 && gotcode == 1);
	CHECK(gotsp > (long)stk && gotsp < (long)stk + 65536);
	CHECK(SYS(SYS_sigaction, 200, &sa, 0) == -1 && fb_errno == EINVAL);
	return (0);
}

static int
t_fork(void)
{
	int status, pid;

	pid = (int)SYS(SYS_fork);
	CHECK(pid != -1);
	if (pid == 0)
		exit_(SYS(SYS_getppid) > 0 ? 42 : 1);
	CHECK(SYS(SYS_wait4, pid, &status, 0, 0) == pid);
	CHECK(status == 42 << 8);
	pid = (int)SYS(SYS_fork);
	if (pid == 0) {
		SYS(SYS_kill, SYS(SYS_getpid), SIGUSR2);
		exit_(0);
	}
	CHECK(SYS(SYS_wait4, -1, &status, 0, 0) == pid && status == SIGUSR2);
	CHECK(SYS(SYS_wait4, -1, &status, 0, 0) == -1 && fb_errno == 10);
	return (0);
}

static int
t_system(void)
{
	char buf[64] = "";
	int mib[2] = { 1, 2 }, page = 0;
	size_t n = sizeof(buf);
	int64_t ts[2] = { 0 }, rl[2];
	long id = 0, base = 0, v = (long)buf;

	CHECK(SYS(SYS_sysctl, mib, 2, buf, &n, 0, 0L) == 0);
	CHECK(buf[0] == '1' && buf[1] == '4' && n == len(buf) + 1);
	n = sizeof(page);
	CHECK(SYS(SYS_sysctlbyname, "hw.pagesize", 11, &page, &n, 0, 0L) == 0
	    && page == 4096);
	CHECK(SYS(SYS_getrandom, buf, 16, 0) == 16);
	CHECK(SYS(SYS_clock_gettime, 4, ts) == 0 && ts[0] > 0);
	CHECK(SYS(SYS_clock_gettime, 99, ts) == -1 && fb_errno == EINVAL);
	ts[0] = 0;
	ts[1] = 1000;
	CHECK(SYS(SYS_nanosleep, ts, 0) == 0);
	CHECK(SYS(SYS_thr_self, &id) == 0 && id > 0);
	CHECK(SYS(SYS_issetugid) == 0);
	CHECK(SYS(SYS_getrlimit, 3, rl) == 0 && rl[0] > 0);
	CHECK(SYS(SYS_sysarch, 129, &v) == 0);
	CHECK(SYS(SYS_sysarch, 128, &base) == 0 && base == v);
	/* Nobody waits; a changed word does not sleep. */
	CHECK(SYS(SYS_umtx_op, &page, 3, 1, 0, 0) == 0);
	CHECK(SYS(SYS_umtx_op, &page, 11, 1, 0, 0) == 0);
	return (0);
}

/*
 * The same instruction pair again and again, which the kernel may replace by a
 * jump: the carry flag must come back right each time, and so must the
 * registers that a call keeps.
 */
static int
t_hot(void)
{
	unsigned char carry;
	long ret, rdx, keep;

	for (int i = 0; i < 200; i++) {
		long fd = i % 3 == 0 ? 1 : 999;

		__asm__ volatile("movq $0x77, %%rbx; movq $0x66, %%rdx\n\t"
		    "movl $95, %%eax; syscall\n\t"	/* fsync */
		    "setc %1"
		    : "=&a"(ret), "=&r"(carry), "=&d"(rdx), "=&b"(keep)
		    : "D"(fd) : "rcx", "r11", "memory", "cc");
		CHECK(keep == 0x77);
		if (fd == 999)
			CHECK(carry == 1 && ret == EBADF);
		else
			CHECK(carry == (ret != 0));
		__asm__ volatile("movl $20, %%eax; syscall\n\tsetc %1"
		    : "=&a"(ret), "=&r"(carry), "=&d"(rdx)
		    : : "rcx", "r11", "memory", "cc");
		CHECK(carry == 0 && ret > 0 && rdx == 0);
	}
	return (0);
}

static const struct { const char *name; int (*fn)(void); } tests[] = {
	{ "auxv", t_auxv }, { "errors", t_errors }, { "files", t_files },
	{ "memory", t_memory }, { "signals", t_signals }, { "fork", t_fork },
	{ "system", t_system }, { "hot", t_hot },
};

int
main(void)
{
	/* fbtest exec PROG ARG...: become another program. */
	if (fb_argc > 2 && same(fb_argv[1], "exec")) {
		SYS(SYS_execve, fb_argv[2], fb_argv + 2, fb_envp);
		puts_("exec failed, errno ");
		putn(fb_errno);
		puts_("\n");
		return (126);
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (tests[i].fn() == 0) {
			puts_("ok ");
			puts_(tests[i].name);
			puts_("\n");
		}
	return (failed);
}
