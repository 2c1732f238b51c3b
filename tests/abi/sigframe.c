/*
 * The signal frame as handlers see and change it, and the registers that a
 * call keeps.
 */
#include "abitest.h"

#include <immintrin.h>
#include <sys/ucontext.h>
#include <ucontext.h>

static volatile int hits;

static void
set_handler(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = fn;
	sa.sa_flags = SA_SIGINFO | flags;
	sigaction(sig, &sa, NULL);
}

static volatile uintptr_t fault_rip, fault_cr2;
static volatile long trapno, err;

static void
skip_store(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)sig;
	(void)si;
	hits++;
	fault_rip = uc->uc_mcontext.gregs[REG_RIP];
	fault_cr2 = uc->uc_mcontext.gregs[REG_CR2];
	trapno = uc->uc_mcontext.gregs[REG_TRAPNO];
	err = uc->uc_mcontext.gregs[REG_ERR];
	uc->uc_mcontext.gregs[REG_RIP] += 3;	/* mov %rbx,(%rax) */
	uc->uc_mcontext.gregs[REG_RCX] = 1234;
}

static void
case_skip_fault(void)
{
	uint64_t rcx = 0, rbx = 77;
	void *addr = bad_page();

	set_handler(SIGSEGV, skip_store, 0);
	__asm__ volatile("mov %2,%%rax; .byte 0x48,0x89,0x18"
	    : "+c"(rcx), "+b"(rbx) : "r"(addr) : "rax", "memory");
	VAL(hits);
	VAL(rcx);
	VAL(rbx);
	YES(fault_cr2 == (uintptr_t)addr);
	VAL(trapno);
	VAL(err);
}

static void
fix_page(int sig, siginfo_t *si, void *v)
{
	(void)sig;
	(void)v;
	hits++;
	mprotect((void *)((uintptr_t)si->si_addr & ~4095UL), 4096,
	    PROT_READ | PROT_WRITE);
}

static void
case_repair_and_retry(void)
{
	char *p = mmap(NULL, 16384, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	int i;

	/* As garbage collectors do. */
	set_handler(SIGSEGV, fix_page, 0);
	for (i = 0; i < 16384; i++)
		p[i] = i;
	VAL(hits);
	say("%d\n", p[16383]);
}

static uint64_t red_zone_result;

static void
scribble(int sig, siginfo_t *si, void *v)
{
	volatile char junk[1024];

	(void)sig;
	(void)si;
	(void)v;
	memset((void *)junk, 0x5a, sizeof(junk));
	hits++;
}

static void
case_red_zone(void)
{
	uint64_t r;

	/* kill(getpid(), SIGUSR1) with a live red zone. */
	set_handler(SIGUSR1, scribble, 0);
	__asm__ volatile(
	    "movq $0x1111,-8(%%rsp)\n\t"
	    "movq $0x2222,-128(%%rsp)\n\t"
	    "syscall\n\t"
	    "movq -8(%%rsp),%0\n\t"
	    "addq -128(%%rsp),%0"
	    : "=&r"(r) : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
	    : "rcx", "r11", "memory");
	red_zone_result = r;
	VAL(hits);
	YES(red_zone_result == 0x3333);
}

static void
case_syscall_keeps(void)
{
	uint64_t rbx = 1, r12 = 2, r8 = 3, r9 = 4, r10 = 5, rdx = 6, rdi = 7,
	    rsi = 8, flags = 0, rax = SYS_getppid;

	__asm__ volatile(
	    "mov %[r8],%%r8; mov %[r9],%%r9; mov %[r10],%%r10\n\t"
	    "mov %[r12],%%r12; mov $0x99,%%r13; mov $0xaa,%%r14\n\t"
	    "stc; std\n\t"
	    "syscall\n\t"
	    "pushfq; pop %[fl]; cld\n\t"
	    "mov %%r8,%[r8]; mov %%r9,%[r9]; mov %%r10,%[r10]\n\t"
	    "mov %%r12,%[r12]"
	    : [r8] "+m"(r8), [r9] "+m"(r9), [r10] "+m"(r10),
	      [r12] "+m"(r12), [fl] "=m"(flags), "+b"(rbx), "+d"(rdx),
	      "+D"(rdi), "+S"(rsi), "+a"(rax)
	    : : "r8", "r9", "r10", "r11", "r12", "r13", "r14", "rcx",
	      "memory");
	say("%ld %ld %ld %ld %ld %ld %ld %ld\n", rbx, r12, r8, r9, r10, rdx,
	    rdi, rsi);
	say("carry %d direction %d\n", !!(flags & 1), !!(flags & 0x400));
	YES((pid_t)rax == getppid());
}

static void
case_rcx_r11(void)
{
	uint64_t rcx, r11, here, fl;

	__asm__ volatile(
	    "stc; pushfq; pop %3; mov $39,%%eax; stc; syscall\n"
	    "1: mov %%rcx,%0; mov %%r11,%1; lea 1b(%%rip),%%rax;"
	    "mov %%rax,%2"
	    : "=r"(rcx), "=r"(r11), "=r"(here), "=r"(fl)
	    : : "rax", "rcx", "r11", "memory");
	/* rcx: where it returns to; r11: the flags. */
	YES(rcx == here);
	YES((r11 & 1) == 1);
}

static void
case_vectors_kept(void)
{
	unsigned char in[16], out[16];
	int i, fd = MUST(open("f", O_RDWR | O_CREAT, 0600));
	long r;
	char buf[4096] = "";

	for (i = 0; i < 16; i++)
		in[i] = i * 7;
	__asm__ volatile("movdqu %[in],%%xmm7; movdqu %[in],%%xmm15\n\t"
	    "syscall\n\t"
	    "pxor %%xmm7,%%xmm15; movdqu %%xmm7,%[out]\n\t"
	    "por %%xmm15,%%xmm7; movdqu %%xmm7,%[out]"
	    : [out] "=m"(out), "=a"(r)
	    : [in] "m"(in), "a"(SYS_write), "D"(fd), "S"(buf),
	      "d"(sizeof(buf))
	    : "rcx", "r11", "xmm7", "xmm15", "memory");
	VAL(r);
	YES(memcmp(in, out, 16) == 0);
}

static void
clobber_vectors(int sig, siginfo_t *si, void *v)
{
	(void)sig;
	(void)si;
	(void)v;
	hits++;
	__asm__ volatile("pcmpeqd %%xmm0,%%xmm0; pcmpeqd %%xmm7,%%xmm7;"
	    "pcmpeqd %%xmm15,%%xmm15" ::: "xmm0", "xmm7", "xmm15");
	if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroall" ::: "xmm0", "xmm1", "xmm7",
		    "xmm15");
}

static void
case_vectors_over_handler(void)
{
	unsigned char in[32], out[32];
	int i;
	long r;

	for (i = 0; i < 32; i++)
		in[i] = 200 - i;
	memset(out, 0, sizeof(out));
	set_handler(SIGUSR1, clobber_vectors, 0);
	if (!__builtin_cpu_supports("avx"))
		memcpy(out, in, 32);
	else
		__asm__ volatile("vmovdqu %[in],%%ymm7\n\t"
		    "syscall\n\t"
		    "vmovdqu %%ymm7,%[out]; vzeroupper"
		    : [out] "=m"(out), "=a"(r)
		    : [in] "m"(in), "a"(SYS_kill), "D"(getpid()),
		      "S"(SIGUSR1)
		    : "rcx", "r11", "xmm7", "memory");
	YES(memcmp(in, out, 32) == 0);
	hits = 0;
	/* The same for a signal from a fault, not from a call. */
	set_handler(SIGTRAP, clobber_vectors, 0);
	memset(out, 0, sizeof(out));
	__asm__ volatile("movdqu %[in],%%xmm7; int3; movdqu %%xmm7,%[out]"
	    : [out] "=m"(out) : [in] "m"(in) : "xmm7", "memory");
	YES(memcmp(in, out, 16) == 0);
	VAL(hits);
}

static void
change_xmm(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;
	struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;
	uint32_t *sw;

	(void)sig;
	(void)si;
	hits++;
	if (fp == NULL)
		return;
	/* The software bytes of the frame: the magic and the sizes. */
	sw = (uint32_t *)((char *)fp + 464);
	YES(sw[0] == 0x46505853);
	YES(sw[1] >= sw[4] && sw[4] >= 576);
	YES(((uint64_t *)sw)[1] & 3);
	YES(*(uint32_t *)((char *)fp + sw[4]) == 0x46505845);
	YES(((uintptr_t)fp & 63) == 0);
	fp->_xmm[7].element[0] = 0xabcd;
}

static void
case_xstate_in_frame(void)
{
	uint32_t out[4] = { 0 };
	long r;

	set_handler(SIGUSR1, change_xmm, 0);
	__asm__ volatile("pxor %%xmm7,%%xmm7; syscall;"
	    "movdqu %%xmm7,%[out]"
	    : [out] "=m"(out), "=a"(r)
	    : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
	    : "rcx", "r11", "xmm7", "memory");
	VAL(hits);
	YES(out[0] == 0xabcd);
	out[0] = 0;
	set_handler(SIGTRAP, change_xmm, 0);
	__asm__ volatile("pxor %%xmm7,%%xmm7; int3; movdqu %%xmm7,%[out]"
	    : [out] "=m"(out) : : "xmm7", "memory");
	YES(out[0] == 0xabcd);
}

static sigset_t uc_mask;
static stack_t uc_stk;
static volatile int aligned;

static void
read_uc(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)sig;
	(void)si;
	memcpy(&uc_mask, &uc->uc_sigmask, 8);
	uc_stk = uc->uc_stack;
	aligned = ((uintptr_t)__builtin_frame_address(0) & 15) == 0;
	sigaddset(&uc->uc_sigmask, SIGUSR2);
	hits++;
}

static void
case_uc_mask_and_stack(void)
{
	sigset_t s;
	stack_t ss = { .ss_sp = malloc(65536), .ss_size = 65536 };

	sigemptyset(&s);
	sigaddset(&s, SIGHUP);
	sigprocmask(SIG_SETMASK, &s, NULL);
	set_handler(SIGUSR1, read_uc, 0);
	raise(SIGUSR1);
	YES(sigismember(&uc_mask, SIGHUP) == 1);
	say("stack flags %d\n", uc_stk.ss_flags);
	YES(aligned);
	/* What the handler put into the frame's mask holds afterwards. */
	sigprocmask(SIG_BLOCK, NULL, &s);
	YES(sigismember(&s, SIGUSR2));
	sigaltstack(&ss, NULL);
	set_handler(SIGUSR1, read_uc, SA_ONSTACK);
	raise(SIGUSR1);
	say("stack flags %d\n", uc_stk.ss_flags);
	YES(uc_stk.ss_sp == ss.ss_sp && uc_stk.ss_size == ss.ss_size);
}

static void
change_result(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)sig;
	(void)si;
	hits++;
	uc->uc_mcontext.gregs[REG_RAX] = 4242;
}

static void
case_change_result(void)
{
	set_handler(SIGUSR1, change_result, 0);
	VAL(syscall(SYS_kill, getpid(), SIGUSR1));
}

static volatile int landed;

static void
landing(void)
{
	landed = 1;
	say("landed\n");
	_exit(5);
}

static void
redirect(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)sig;
	(void)si;
	uc->uc_mcontext.gregs[REG_RIP] = (uintptr_t)landing;
	uc->uc_mcontext.gregs[REG_RSP] =
	    (uc->uc_mcontext.gregs[REG_RSP] - 256) & ~15UL;
	uc->uc_mcontext.gregs[REG_RSP] -= 8;
}

static void
case_redirect(void)
{
	CHILD(set_handler(SIGUSR1, redirect, 0); raise(SIGUSR1);
	    say("not reached\n"));
	CHILD(set_handler(SIGSEGV, redirect, 0); *(volatile int *)0 = 1);
}

static void
bad_frame(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)si;
	if (sig == SIGUSR1)
		uc->uc_mcontext.gregs[REG_RIP] = 1UL << 62;
	else
		uc->uc_mcontext.fpregs = bad_page();
}

static void
case_bad_sigreturn(void)
{
	CHILD(set_handler(SIGUSR1, bad_frame, 0); raise(SIGUSR1));
	CHILD(set_handler(SIGUSR2, bad_frame, 0); raise(SIGUSR2));
	CHILD(__asm__ volatile("mov $4096,%%rsp; mov $15,%%eax; syscall"
	    ::: "rax", "rcx", "r11", "memory"));
	/* No room for the frame. */
	CHILD(set_handler(SIGUSR1, read_uc, 0);
	    long pid = getpid();
	    __asm__ volatile("mov $4096,%%rsp; syscall; hlt"
	    :: "a"(SYS_kill), "D"(pid), "S"(SIGUSR1)
	    : "rcx", "r11", "memory"));
}

static void
save_info(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	hits++;
	say("%s code %d trap %lld err %lld addr %s\n", sig_name(sig),
	    si->si_code, uc->uc_mcontext.gregs[REG_TRAPNO],
	    uc->uc_mcontext.gregs[REG_ERR],
	    (uintptr_t)si->si_addr ==
	    (uintptr_t)uc->uc_mcontext.gregs[REG_RIP] ? "rip" :
	    si->si_addr == NULL ? "null" : "other");
	_exit(0);
}

static void
case_trap_codes(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
	    SIGTRAP };
	size_t i;

	for (i = 0; i < 5; i++)
		set_handler(sigs[i], save_info, 0);
	CHILD(__asm__ volatile("ud2"));
	CHILD(__asm__ volatile("hlt"));
	CHILD(__asm__ volatile("int3"));
	CHILD(__asm__ volatile("int $0x3; nop"));
	CHILD(__asm__ volatile("xor %%ecx,%%ecx; div %%ecx"
	    ::: "rax", "rcx", "rdx"));
	CHILD(__asm__ volatile("mov 0,%%eax" ::: "rax"));
	CHILD(__asm__ volatile("movl $1,0" ::: "memory"));
	CHILD(__asm__ volatile("xor %%eax,%%eax; jmp *%%rax" ::: "rax"));
	CHILD(__asm__ volatile("mov $1,%%rax; shl $62,%%rax; jmp *%%rax"
	    ::: "rax"));
	CHILD(__asm__ volatile("mov $1,%%rax; shl $62,%%rax; mov (%%rax),"
	    "%%rax" ::: "rax"));
	CHILD(__asm__ volatile("int $0x55"));
	CHILD(__asm__ volatile("mov %%cr3,%%rax" ::: "rax"));
	CHILD(unsigned cw = 0x1f80 & ~0x200; __asm__ volatile(
	    "ldmxcsr %0; xorps %%xmm0,%%xmm0; xorps %%xmm1,%%xmm1;"
	    "divss %%xmm1,%%xmm0; cvtsi2ss %1,%%xmm0; divss %%xmm1,%%xmm0"
	    :: "m"(cw), "r"(1) : "xmm0", "xmm1"));
	signal(SIGBUS, SIG_DFL);
	CHILD(__asm__ volatile("pushfq; orl $0x40000,(%%rsp); popfq;"
	    "mov %0,%%rax; movl 1(%%rax),%%eax"
	    :: "r"(&hits) : "rax", "memory"));
}

static void
case_alignment_flag(void)
{
	uint64_t fl;
	long r;
	char path[32] = "\0nothere";

	/* A call made with AC set works, and keeps the flag. */
	__asm__ volatile("pushfq; orl $0x40000,(%%rsp); popfq; syscall;"
	    "pushfq; pop %0; pushfq; andl $~0x40000,(%%rsp); popfq"
	    : "=&r"(fl), "=a"(r)
	    : "a"(SYS_access), "D"(path + 1), "S"(0)
	    : "rcx", "r11", "memory");
	YES((fl & 0x40000) != 0);
	YES(r == -ENOENT);
}

static void
single_step(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;

	(void)sig;
	if (++hits == 3)
		uc->uc_mcontext.gregs[REG_EFL] &= ~0x100LL;
	else
		uc->uc_mcontext.gregs[REG_EFL] |= 0x100;
	if (hits == 1)
		say("code %d\n", si->si_code);
}

static void
case_single_step(void)
{
	set_handler(SIGTRAP, single_step, 0);
	__asm__ volatile("pushfq; orl $0x100,(%%rsp); popfq; nop; nop; nop;"
	    "nop; nop" ::: "memory", "cc");
	VAL(hits);
}

static void
flags_handler(int sig, siginfo_t *si, void *v)
{
	uint64_t fl;

	(void)sig;
	(void)si;
	(void)v;
	__asm__ volatile("pushfq; pop %0" : "=r"(fl));
	hits += !!(fl & 0x400);
}

static void
case_direction_flag(void)
{
	uint64_t fl;
	long r;

	/* Handlers start with DF clear; the interrupted code gets it back. */
	set_handler(SIGUSR1, flags_handler, 0);
	__asm__ volatile("std; syscall; pushfq; pop %0; cld"
	    : "=&r"(fl), "=a"(r)
	    : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
	    : "rcx", "r11", "memory");
	VAL(hits);
	YES((fl & 0x400) != 0);
}

static void
case_rip_is_guest(void)
{
	/* The interrupted address lies in the program or its libraries. */
	struct itimerval it = { { 0, 1000 }, { 0, 1000 } };
	volatile int i;

	set_handler(SIGALRM, read_uc, SA_RESTART);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; hits < 50; i++)
		(void)getppid();
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	YES(hits >= 50);
}

static ucontext_t main_uc, co_uc;
static volatile int steps;

static void
co_fn(void)
{
	while (steps < 5) {
		steps++;
		swapcontext(&co_uc, &main_uc);
	}
}

static void
case_swapcontext(void)
{
	static char stack[65536];

	getcontext(&co_uc);
	co_uc.uc_stack.ss_sp = stack;
	co_uc.uc_stack.ss_size = sizeof(stack);
	co_uc.uc_link = &main_uc;
	makecontext(&co_uc, co_fn, 0);
	while (steps < 5)
		swapcontext(&main_uc, &co_uc);
	VAL(steps);
}

static void
case_bad_call_numbers(void)
{
	VAL(syscall(99999));
	VAL(syscall(-1));
	VAL(syscall(0x40000000 + SYS_getpid));
	VAL(syscall(387));
	VAL(syscall(600));
	YES(syscall(SYS_getpid | (1L << 32)) == getpid());
}

CASES("sigframe",
	CASE(skip_fault), CASE(repair_and_retry), CASE(red_zone),
	CASE(syscall_keeps), CASE(rcx_r11), CASE(vectors_kept),
	CASE(vectors_over_handler), CASE(xstate_in_frame),
	CASE(uc_mask_and_stack), CASE(change_result), CASE(redirect),
	CASE(bad_sigreturn), CASE(trap_codes), CASE(single_step), CASE(alignment_flag),
	
	CASE(direction_flag), CASE(rip_is_guest), CASE(swapcontext),
	CASE(bad_call_numbers));
