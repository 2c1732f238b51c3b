/*
 * Signals at any instruction: registers of all kinds, the flags and the red
 * zone are the same afterwards, and the address that a handler is shown
 * lies in the program's own code.
 */
#include "race.h"

#include <immintrin.h>
#include <ucontext.h>

#define MAXMAPS	256

static struct { uintptr_t lo, hi; } maps[MAXMAPS];
static int nmaps;
static volatile uint32_t hits, strange;
static volatile uintptr_t strange_pc;
static volatile int finished;
static volatile pid_t victim;

static void
read_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], perm[8];
	unsigned long lo, hi;

	CHECK(f != NULL);
	while (nmaps < MAXMAPS && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &lo, &hi, perm) == 3 &&
		    perm[2] == 'x') {
			maps[nmaps].lo = lo;
			maps[nmaps++].hi = hi;
		}
	fclose(f);
}

static void
on_signal(int sig, siginfo_t *si, void *v)
{
	ucontext_t *uc = v;
	uintptr_t pc = uc->uc_mcontext.gregs[REG_RIP];
	volatile char junk[512];
	int i;

	(void)sig;
	(void)si;
	memset((void *)junk, 0x77, sizeof(junk));
	__asm__ volatile("pcmpeqd %%xmm0,%%xmm0; pcmpeqd %%xmm5,%%xmm5;"
	    "pcmpeqd %%xmm9,%%xmm9; pcmpeqd %%xmm15,%%xmm15"
	    ::: "xmm0", "xmm5", "xmm9", "xmm15");
	hits++;
	for (i = 0; i < nmaps; i++)
		if (pc >= maps[i].lo && pc < maps[i].hi)
			return;
	strange++;
	strange_pc = pc;
}

static uint64_t __attribute__((noinline))
work(uint64_t seed)
{
	uint64_t h = seed, n = 2000, r;
	double d = 1.0;

	/* The red zone, the carry chain and two vector registers. */
	__asm__ volatile(
	    "movq %[h],%%xmm9\n\t"
	    "pxor %%xmm15,%%xmm15\n"
	    "1:\n\t"
	    "movq %[h],-64(%%rsp)\n\t"
	    "movq %[n],-128(%%rsp)\n\t"
	    "rol $7,%[h]\n\t"
	    "add %[n],%[h]\n\t"
	    "adc $3,%[h]\n\t"
	    "xor -64(%%rsp),%[h]\n\t"
	    "paddq %%xmm9,%%xmm15\n\t"
	    "sub -128(%%rsp),%[h]\n\t"
	    "dec %[n]\n\t"
	    "jnz 1b\n\t"
	    "movq %%xmm15,%[r]"
	    : [h] "+r"(h), [n] "+r"(n), [r] "=r"(r)
	    : : "xmm9", "xmm15", "memory", "cc");
	for (n = 0; n < 200; n++)
		d = d * 1.0000001 + 0.5;
	memcpy(&n, &d, 8);
	return (h ^ r ^ n);
}

static void *
bomber(void *arg)
{
	uint32_t seed = 99;

	while (!finished) {
		syscall(SYS_tgkill, getpid(), victim, SIGURG);
		jitter(&seed);
		if (rnd(&seed) % 4 == 0)
			usleep(20);
	}
	return (arg);
}

int
main(int argc, char **argv)
{
	int rounds = rounds_of(argc, argv, 20000), i;
	uint64_t want[64];
	struct sigaction sa;
	struct stat st;
	pthread_t t;
	stack_t ss;

	for (i = 0; i < 64; i++)
		want[i] = work(i);
	read_maps();
	victim = syscall(SYS_gettid);
	ss.ss_sp = malloc(65536);
	ss.ss_size = 65536;
	ss.ss_flags = 0;
	CHECK(sigaltstack(&ss, NULL) == 0);
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_signal;
	sa.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
	CHECK(sigaction(SIGURG, &sa, NULL) == 0);
	t = spawn(bomber, NULL);
	for (i = 0; i < rounds; i++) {
		CHECK(work(i & 63) == want[i & 63]);
		CHECK(getppid() >= 0);
		CHECK(stat("/", &st) == 0 && S_ISDIR(st.st_mode));
	}
	finished = 1;
	pthread_join(t, NULL);
	CHECK(hits > 0);
	if (strange != 0)
		violation("%u of %u handlers saw a foreign pc, one %lx",
		    strange, hits, (unsigned long)strange_pc);
	return (ok("async_state", rounds));
}
