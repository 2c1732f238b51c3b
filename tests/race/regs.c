/*
 * Calls under a storm of signals leave every register alone that a system call
 * must keep: general ones, arguments, vector registers, control words, and the
 * red zone.  Signals come from timers, from another process and from the call
 * itself, and their handlers overwrite what they can.  Some calls are plain,
 * some sleep, some change the mask while they wait, some fork.
 */
#include "race.h"

#define NWORD	(12 + 32 + 2 + 16)	/* general, vector, control, red zone */

/*
 * PROBE(name, nr): long name(const uint64_t *in, uint64_t *out): load all from
 * in, call, store all to out.  The result of the call is returned.
 */
#define LOADX(i) "movdqu 96+16*" #i "(%rax), %xmm" #i "\n"
#define STOREX(i) "movdqu %xmm" #i ", 96+16*" #i "(%rcx)\n"
#define ZONE(i)	"mov 368+8*" #i "(%rax), %rcx\n mov %rcx, -8-8*" #i "(%rsp)\n"
#define UNZONE(i) "mov -8-8*" #i "(%rsp), %rax\n mov %rax, 368+8*" #i "(%rcx)\n"
#define ALL16(m) m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) \
	m(11) m(12) m(13) m(14) m(15)
#define STR_(x)	#x
#define STR(x)	STR_(x)
#define PROBE(name, nr)							\
long name(const uint64_t *in, uint64_t *out);				\
__asm__(".text\n.balign 16\n.globl " #name "\n"			\
	".type " #name ", @function\n" #name ":\n.cfi_startproc\n"	\
	"push %rbx\n push %rbp\n push %r12\n push %r13\n"		\
	"push %r14\n push %r15\n push %rsi\n sub $24, %rsp\n"		\
	"stmxcsr 8(%rsp)\n fnstcw 16(%rsp)\n"				\
	"mov %rdi, %rax\n"						\
	"ldmxcsr 352(%rax)\n fldcw 360(%rax)\n"				\
	ALL16(LOADX) ALL16(ZONE)					\
	"mov (%rax), %rbx\n mov 8(%rax), %rbp\n mov 16(%rax), %r12\n"	\
	"mov 24(%rax), %r13\n mov 32(%rax), %r14\n mov 40(%rax), %r15\n" \
	"mov 48(%rax), %rdi\n mov 56(%rax), %rsi\n mov 64(%rax), %rdx\n" \
	"mov 72(%rax), %r10\n mov 80(%rax), %r8\n mov 88(%rax), %r9\n"	\
	"mov $" STR(nr) ", %eax\n syscall\n"				\
	"mov %rax, %r11\n mov 24(%rsp), %rcx\n"				\
	"mov %rbx, (%rcx)\n mov %rbp, 8(%rcx)\n mov %r12, 16(%rcx)\n"	\
	"mov %r13, 24(%rcx)\n mov %r14, 32(%rcx)\n mov %r15, 40(%rcx)\n" \
	"mov %rdi, 48(%rcx)\n mov %rsi, 56(%rcx)\n mov %rdx, 64(%rcx)\n" \
	"mov %r10, 72(%rcx)\n mov %r8, 80(%rcx)\n mov %r9, 88(%rcx)\n"	\
	ALL16(STOREX) ALL16(UNZONE)					\
	"stmxcsr 352(%rcx)\n fnstcw 360(%rcx)\n"			\
	"ldmxcsr 8(%rsp)\n fldcw 16(%rsp)\n"				\
	"mov %r11, %rax\n add $32, %rsp\n"				\
	"pop %r15\n pop %r14\n pop %r13\n pop %r12\n"			\
	"pop %rbp\n pop %rbx\n ret\n"					\
	".cfi_endproc\n.size " #name ", .-" #name "\n")

PROBE(probe_getppid, 110);
PROBE(probe_yield, 24);
PROBE(probe_tgkill, 234);
PROBE(probe_ppoll, 271);
PROBE(probe_nanosleep, 35);
PROBE(probe_fork, 57);
PROBE(probe_unknown, 499);

static volatile int handled;

static void
handler(int sig)
{
	unsigned mx = 0x7f80;
	unsigned short cw = 0x27f;

	/* Calls and vectors of its own. */
	__asm__ volatile("ldmxcsr %0; fldcw %1" : : "m"(mx), "m"(cw));
	__asm__ volatile("pcmpeqd %%xmm0,%%xmm0; movdqa %%xmm0,%%xmm1;"
	    "movdqa %%xmm0,%%xmm6; movdqa %%xmm0,%%xmm9;"
	    "movdqa %%xmm0,%%xmm15" : : : "xmm0", "xmm1", "xmm6", "xmm9",
	    "xmm15");
	(void)getppid();
	handled += sig != 0;
}

static void
fill(uint64_t *in, uint32_t *seed)
{
	for (int i = 0; i < NWORD; i++)
		in[i] = (uint64_t)rnd(seed) << 32 | rnd(seed) << 8;
	in[44] = 0x1f80 | (rnd(seed) & 3) << 13;
	in[45] = 0x37f;
}

static void
compare(const uint64_t *in, const uint64_t *out, const char *what)
{
	for (int i = 0; i < NWORD; i++) {
		uint64_t a = in[i], b = out[i];

		if (i == 44 || i == 45) {	/* control words alone */
			a &= 0xffc0;
			b &= 0xffc0;
		}
		if (a != b)
			violation("%s: word %d is %lx, was %lx", what, i,
			    (unsigned long)b, (unsigned long)a);
	}
}

static void
round_of_calls(uint64_t *in, uint64_t *out, uint32_t *seed)
{
	static const struct timespec nothing = { 0, 0 }, little = { 0, 1000 };
	static const sigset_t none;
	long r;

	fill(in, seed);
	r = probe_getppid(in, out);
	compare(in, out, "getppid");
	CHECK(r == getppid());
	r = probe_unknown(in, out);
	compare(in, out, "unknown call");
	CHECK(r == -ENOSYS);
	(void)probe_yield(in, out);
	compare(in, out, "sched_yield");

	fill(in, seed);
	in[6] = (uint64_t)getpid();
	in[7] = (uint64_t)syscall(SYS_gettid);
	in[8] = SIGUSR2;
	r = probe_tgkill(in, out);
	compare(in, out, "tgkill");
	CHECK(r == 0);

	fill(in, seed);
	in[6] = 0;
	in[7] = 0;
	in[8] = (uint64_t)&nothing;
	in[9] = (uint64_t)&none;
	in[10] = 8;
	r = probe_ppoll(in, out);
	compare(in, out, "ppoll");
	CHECK(r == 0 || r == -EINTR);

	fill(in, seed);
	in[6] = (uint64_t)&little;
	in[7] = 0;
	r = probe_nanosleep(in, out);
	compare(in, out, "nanosleep");
	CHECK(r == 0 || r == -EINTR);
}

static void
round_of_forks(uint64_t *in, uint64_t *out, uint32_t *seed)
{
	long r;

	fill(in, seed);
	r = probe_fork(in, out);
	CHECK(r >= 0);
	compare(in, out, r == 0 ? "fork, child" : "fork, parent");
	if (r == 0) {
		for (int i = 0; i < 50; i++) {
			fill(in, seed);
			(void)probe_getppid(in, out);
			compare(in, out, "getppid of a child");
		}
		_exit(7);
	}
	reap_exit((pid_t)r, 7);
}

/* The clock's reader is not the kernel's own code: signals hit it too. */
static void
clocks(long n)
{
	struct timespec ts;

	while (n-- > 0)
		CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts) == 0);
}

static int rounds;

static void *
worker(void *arg)
{
	uint64_t in[NWORD], out[NWORD];
	uint32_t seed = (uint32_t)(uintptr_t)arg;

	for (int i = 0; i < rounds; i++) {
		round_of_calls(in, out, &seed);
		if (i % 64 == 0)
			round_of_forks(in, out, &seed);
	}
	return (NULL);
}

static void
storm(pid_t target)
{
	while (kill(target, SIGUSR1) == 0)
		for (volatile int i = 0; i < 3000; i++)
			;
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct itimerval it = { { 0, 150 }, { 0, 150 } };
	pthread_t t;
	pid_t pid, self = getpid();
	sigset_t set;

	rounds = rounds_of(argc, argv, 3000);
	handle(SIGALRM, handler, SA_RESTART);
	handle(SIGUSR1, handler, SA_RESTART);
	handle(SIGUSR2, handler, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		storm(self);
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	clocks(rounds * 500L);
	(void)worker((void *)1);		/* one thread, then two */
	t = spawn(worker, (void *)2);
	(void)worker((void *)3);
	CHECK(pthread_join(t, NULL) == 0);
	memset(&it, 0, sizeof(it));
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	CHECK(handled > rounds);
	return (ok("regs", rounds));
}
