/*
 * fb.h: the little that FreeBSD test programs need: the entry point, system
 * calls by FreeBSD's numbers with its error convention (carry flag), printing.
 * No toolchain for FreeBSD is needed: the host's compiler builds static
 * programs without any library, and the build brands them.
 */
#ifndef TESTS_FREEBSD_FB_H
#define TESTS_FREEBSD_FB_H

#include <stddef.h>
#include <stdint.h>

#define	SYS_exit	1
#define	SYS_fork	2
#define	SYS_read	3
#define	SYS_write	4
#define	SYS_open	5
#define	SYS_close	6
#define	SYS_wait4	7
#define	SYS_unlink	10
#define	SYS_break	17
#define	SYS_getpid	20
#define	SYS_getuid	24
#define	SYS_kill	37
#define	SYS_getppid	39
#define	SYS_dup		41
#define	SYS_sigaltstack	53
#define	SYS_ioctl	54
#define	SYS_execve	59
#define	SYS_munmap	73
#define	SYS_mprotect	74
#define	SYS_madvise	75
#define	SYS_dup2	90
#define	SYS_fcntl	92
#define	SYS_mkdir	136
#define	SYS_rmdir	137
#define	SYS_sysarch	165
#define	SYS_getrlimit	194
#define	SYS___syscall	198
#define	SYS_sysctl	202
#define	SYS_clock_gettime 232
#define	SYS_nanosleep	240
#define	SYS_issetugid	253
#define	SYS_sigprocmask	340
#define	SYS_sigaction	416
#define	SYS_sigreturn	417
#define	SYS_thr_self	432
#define	SYS_umtx_op	454
#define	SYS_rtprio_thread 466
#define	SYS_mmap	477
#define	SYS_lseek	478
#define	SYS_cap_enter	516
#define	SYS_pipe2	542
#define	SYS_fstat	551
#define	SYS_fstatat	552
#define	SYS_getdirentries 554
#define	SYS_getrandom	563
#define	SYS_sysctlbyname 570

static int fb_errno;

/* -1 and fb_errno on error, as the C library has it. */
static long
sys6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	unsigned char carry;
	long ret;

	__asm__ volatile("syscall; setc %1"
	    : "=a"(ret), "=r"(carry), "+r"(r8), "+r"(r9), "+r"(r10),
	    "+D"(a), "+S"(b), "+d"(c)
	    : "0"(nr) : "rcx", "r11", "memory", "cc");
	if (carry) {
		fb_errno = (int)ret;
		return (-1);
	}
	return (ret);
}
#define	SYS_X(n, a, b, c, d, e, f, ...)					\
	sys6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e),	\
	    (long)(f))
#define	SYS(...)	SYS_X(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

static inline size_t
len(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return (n);
}
static inline int
same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	return (*a == *b);
}
static inline void
puts_(const char *s)
{
	SYS(SYS_write, 1, s, len(s));
}
static inline void
putn(long n)
{
	char b[24], *p = b + sizeof(b);
	unsigned long u = n < 0 ? -(unsigned long)n : (unsigned long)n;

	*--p = '\0';
	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (n < 0)
		*--p = '-';
	puts_(p);
}
static inline void __attribute__((noreturn))
exit_(int code)
{
	for (;;)
		SYS(SYS_exit, code);
}
void	*memset(void *p, int c, size_t n);
void	*memcpy(void *d, const void *s, size_t n);

/* What the kernel left on the stack. */
static long fb_argc;
static char **fb_argv, **fb_envp;
static uint64_t *fb_auxv;

static inline uint64_t
aux(uint64_t type)
{
	for (uint64_t *a = fb_auxv; a[0] != 0; a += 2)
		if (a[0] == type)
			return (a[1]);
	return (0);
}

int	main(void);

/* %rdi points to argc. */
__attribute__((used, noreturn)) static void
start(long *ap)
{
	fb_argc = ap[0];
	fb_argv = (char **)(ap + 1);
	fb_envp = fb_argv + fb_argc + 1;
	fb_auxv = (uint64_t *)fb_envp;
	while (*fb_auxv != 0)
		fb_auxv++;
	fb_auxv++;
	exit_(main());
}
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n"
    "\tand $-16, %rsp\n\tcall start\n");

#endif
