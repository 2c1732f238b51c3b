/*
 * A program's own text where it makes system calls: read, written, moved,
 * unmapped, run by threads and interrupted at odd places; and cpuid.  The kernel
 * may run other instructions there (base/textcache.h); nobody must notice.
 */
#include "abitest.h"

#include <cpuid.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#define	PAGE	4096UL

/* A page of its own with two call sites: the number in %edi, what to write to
 * after the first.  Returns the first's result; the second is getpid's. */
extern char text_page[], text_end[], text_call1[],
    text_nr2[], text_call2[];
long	text_func(long nr, long arg);
__asm__(
"	.section .text.page,\"ax\",@progbits\n"
"	.balign	4096\n"
"	.globl	text_page, text_end, text_func, text_call1, text_nr2, text_call2\n"
"text_page:\n"
"	.type	text_func,@function\n"
"text_func:\n"
"	.cfi_startproc\n"
"	mov	%rdi, %rax\n"
"	mov	%rsi, %rdi\n"
"	xor	%esi, %esi\n"
"	xor	%edx, %edx\n"
"text_call1:\n"
"	syscall\n"
"	mov	%rax, %r8\n"
"text_nr2:\n"
"	mov	$39, %eax\n"
"text_call2:\n"
"	syscall\n"
"	test	%eax, %eax\n"
"	mov	%r8, %rax\n"
"	ret\n"
"	.cfi_endproc\n"
"	.size	text_func, . - text_func\n"
"	.balign	4096\n"
"text_end:\n"
"	.text\n");

static void
case_cpuid(void)
{
	static const unsigned leaves[] = { 0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 13,
	    15, 16, 20, 21, 22, 25, 26, 31, 0x40000000, 0x40000001,
	    0x40000100, 0x80000000, 0x80000001, 0x80000002, 0x80000003,
	    0x80000004, 0x80000006, 0x80000007, 0x80000008, 0x8000001d,
	    0x8000001e, 0xc0000000, 0x12345678 };
	unsigned a, b, c, d;
	cpu_set_t s;

	for (int cpu = 0; cpu < 2; cpu++) {
		CPU_ZERO(&s);
		CPU_SET(cpu, &s);
		RET(sched_setaffinity(0, sizeof(s), &s));
		for (unsigned i = 0; i < sizeof(leaves) / sizeof(*leaves); i++)
			for (unsigned sub = 0; sub < 4; sub++) {
				__cpuid_count(leaves[i], sub, a, b, c, d);
				say("%x/%u: %x %x %x %x\n", leaves[i], sub, a,
				    b, c, d);
			}
	}
	__cpuid_count(0, 0xdeadbeef, a, b, c, d);
	say("%x %x %x %x\n", a, b, c, d);
	__cpuid_count(7, 0xdeadbeef, a, b, c, d);
	say("%x %x %x %x\n", a, b, c, d);
}

/* The kernel's registers must not come through. */
static void
case_regs(void)
{
	uint64_t r[6] = { 1, 2, 3, 4, 5, 6 }, me = (uint64_t)getpid();

	for (int i = 0; i < 200; i++) {
		register uint64_t r8 __asm__("r8") = r[0];
		register uint64_t r9 __asm__("r9") = r[1];
		register uint64_t r10 __asm__("r10") = r[2];
		uint64_t di = r[3], si = r[4], dx = r[5], ax = 39;

		__asm__ volatile("syscall" : "+a"(ax), "+D"(di), "+S"(si),
		    "+d"(dx), "+r"(r8), "+r"(r9), "+r"(r10) : :
		    "rcx", "r11", "memory", "cc");
		if (ax != me || di != 4 || si != 5 ||
		    dx != 6 || r8 != 1 || r9 != 2 || r10 != 3) {
			say("registers changed\n");
			return;
		}
	}
	say("kept\n");
}

static void
use(const char *what)
{
	long r = 0;

	for (int i = 0; i < 100; i++)
		if (text_func(SYS_getppid, 0) != getppid())
			r++;
	say("%s: %ld wrong\n", what, r);
}

static void
case_write(void)
{
	char *code = text_page;

	use("before");
	RET(mprotect(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	use("writable");
	/* What lies there now is what the file has. */
	YES(memcmp(text_call1, "\x0f\x05", 2) == 0);
	YES(memcmp(text_call2, "\x0f\x05", 2) == 0);
	YES(memcmp(text_nr2, "\xb8\x27\0\0\0", 5) == 0);
	/* The first call becomes nothing: %rax stays the number. */
	memcpy(text_call1, "\x66\x90", 2);
	say("no call: %ld\n", text_func(1234, 0));
	memcpy(text_call1, "\x0f\x05", 2);
	use("again");
	RET(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
	use("protected");
}

static void
case_unmap(void)
{
	uint8_t copy[256];
	char *p;

	use("before");
	RET(mprotect(text_page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
	memcpy(copy, text_page, sizeof(copy));
	p = mmap(text_page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	YES(p == text_page);
	memcpy(p, copy, sizeof(copy));
	use("copied");
	RET(munmap(text_page, PAGE));
	CHILD(text_func(SYS_getppid, 0));
}

static void
case_move(void)
{
	long (*f)(long, long);
	char *p;

	use("before");
	p = mremap(text_page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
	    mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	YES(p != MAP_FAILED && p != text_page);
	f = (long (*)(long, long))p;
	YES(f(SYS_getppid, 0) == getppid());
	YES(memcmp(p + (text_call1 - text_page), "\x0f\x05", 2) == 0);
}

/* Where the heap begins, or far away. */
static uintptr_t
heap_start(void)
{
	uintptr_t start = UINTPTR_MAX;
	char line[512];
	FILE *f = fopen("/proc/self/maps", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "[heap]") != NULL)
			start = strtoul(line, NULL, 16);
	if (f != NULL)
		fclose(f);
	return (start);
}

/* What is mapped behind the image belongs to nobody: take it. */
static void
case_behind(void)
{
	extern char end[];
	char *p = (char *)(((uintptr_t)end + 2 * PAGE - 1) & ~(PAGE - 1));
	size_t n = 64 * PAGE;

	if (heap_start() - (uintptr_t)p < n)
		n = heap_start() - (uintptr_t)p;
	use("before");
	for (size_t i = 0; i < n; i += PAGE)
		if (mmap(p + i, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
			say("page %zu: %s\n", i / PAGE, err_name(errno));
			return;
		}
	memset(p, 0x55, n);
	use("after");
	if (n > 0)
		munmap(p, n);
	use("unmapped");
}

static volatile sig_atomic_t hits, odd;

/* The program counter must be one of this program's, its libraries' or the
 * vDSO's; in our page: where an instruction starts. */
static void
on_alarm(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	uintptr_t off = pc - (uintptr_t)text_page;
	static const uint8_t starts[] = { 0, 3, 6, 8, 10, 12, 15, 20, 22, 24,
	    27 };

	hits++;
	if (off < PAGE && memchr(starts, (int)off, sizeof(starts)) == NULL)
		odd++;
	(void)sig;
	(void)si;
}

static void
fast_timer(void)
{
	struct itimerval it = { { 0, 200 }, { 0, 200 } };
	struct sigaction sa = { .sa_sigaction = on_alarm,
	    .sa_flags = SA_SIGINFO | SA_RESTART };

	MUST(sigaction(SIGALRM, &sa, NULL));
	MUST(setitimer(ITIMER_REAL, &it, NULL));
}

static void
no_timer(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 0 } };

	MUST(setitimer(ITIMER_REAL, &it, NULL));
}

static void
case_interrupted(void)
{
	unsigned a, b, c, d, a0, wrong = 0;
	long n = 0;

	__cpuid(0, a0, b, c, d);
	fast_timer();
	while (hits < 1000) {
		n += text_func(SYS_getppid, 0) != getppid();
		for (int i = 0; i < 10; i++) {
			__cpuid(0, a, b, c, d);
			wrong += a != a0;
		}
	}
	no_timer();
	say("wrong %ld %u odd %d\n", n, wrong, (int)odd);
}

static void *
loop(void *arg)
{
	long bad = 0;

	for (int i = 0; i < 20000; i++)
		bad += text_func(SYS_getppid, 0) != (long)arg;
	return ((void *)bad);
}

/* One thread takes the text away from under the others, in place. */
static void
case_threads(void)
{
	pthread_t t[3];
	void *r;
	long bad = 0;

	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, loop, (void *)(long)getppid());
	for (int i = 0; i < 50; i++) {
		MUST(mprotect(text_page, PAGE, PROT_READ | PROT_WRITE |
		    PROT_EXEC));
		sched_yield();
		MUST(mprotect(text_page, PAGE, PROT_READ | PROT_EXEC));
	}
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], &r);
		bad += (long)r;
	}
	say("bad %ld\n", bad);
}

static void
case_dlopen(void)
{
	size_t before = 0, after = 0;
	char line[512];
	FILE *f;

	for (int i = 0; i < 30; i++) {
		void *h = dlopen("libutil.so.1", RTLD_NOW | RTLD_LOCAL);
		void *m = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);

		if (h != NULL)
			dlclose(h);
		if (m != NULL)
			dlclose(m);
		if (i != 2 && i != 29)
			continue;
		f = fopen("/proc/self/maps", "r");
		while (f != NULL && fgets(line, sizeof(line), f) != NULL)
			(*(i == 2 ? &before : &after))++;
		if (f != NULL)
			fclose(f);
	}
	YES(before == after);
	use("after");
}

static void
case_fork(void)
{
	use("before");
	CHILD(use("child"));
	CHILD(RET(mprotect(text_page, PAGE, PROT_READ | PROT_WRITE |
	    PROT_EXEC)); memcpy(text_call1, "\x66\x90", 2);
	    say("no call: %ld\n", text_func(77, 0)));
	use("after");
}

/* A call that is restarted goes back to where it was made. */
static void
case_restart(void)
{
	int fd[2];
	pid_t p;

	MUST(pipe(fd));
	fast_timer();
	p = fork();
	if (p == 0) {
		usleep(50000);
		(void)!write(fd[1], "x", 1);
		_exit(0);
	}
	/* read(fd, NULL, 0) on a pipe returns; poll the long way. */
	for (int i = 0; i < 200; i++)
		if (text_func(SYS_getppid, 0) != getppid())
			say("wrong\n");
	{
		char c;

		RET(read(fd[0], &c, 1));
	}
	no_timer();
	waitpid(p, NULL, 0);
	YES(hits > 10);
	say("odd %d\n", (int)odd);
}

/* A jump straight to the call, which has its number from elsewhere. */
static void
case_jumpin(void)
{
	long r = 0;

	for (int i = 0; i < 50; i++)
		__asm__ volatile("mov $39, %%eax\n\tmov $5, %%r8d\n\t"
		    "call *%1" : "=&a"(r) : "r"(text_call2) :
		    "rcx", "r11", "r8", "memory", "cc");
	say("%ld\n", r);
}

static void
case_gs(void)
{
	static uint64_t area[16] = { 7 };
	uint64_t v;

	use("own");
	MUST(syscall(SYS_arch_prctl, 0x1001, area));
	use("own gs");
	__asm__ volatile("mov %%gs:0, %0" : "=r"(v));
	say("%lu\n", (unsigned long)v);
	case_cpuid();
	MUST(syscall(SYS_arch_prctl, 0x1001, 0));
	use("none again");
}

CASES("text",
	CASE(cpuid), CASE(regs), CASE(write), CASE(unmap), CASE(move),
	CASE(behind), CASE(interrupted), CASE(threads), CASE(dlopen),
	CASE(fork), CASE(restart), CASE(jumpin), CASE(gs));
