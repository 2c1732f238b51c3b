/* fxt_textrun.c: see textrun.h. */
#include "textrun.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/textcache.h"
#include "libkern/types.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define	PR_SET_SYSCALL_USER_DISPATCH	59
#endif

/* --- assembly -------------------------------------------------------------------- */

/* Shared with it; hidden, so that it may address them relative to itself. */
#define	ASMVAR	__attribute__((visibility("hidden"), used))
ASMVAR struct run_regs run_in, run_out, run_stub;
ASMVAR uint64_t run_fn, run_sp, run_stubsp, run_resume, run_junk;
ASMVAR uint8_t run_stack[65536] __attribute__((aligned(16)));

void run_enter(void);
void run_stub_call(void);
void run_stub_cpuid(void);
void run_stub_c(void);

#define	REGS(op)	op(0, rax) op(8, rbx) op(24, rdx) op(32, rsi)	\
	op(40, rdi) op(48, rbp) op(56, r8) op(64, r9) op(72, r10)	\
	op(88, r12) op(96, r13) op(104, r14) op(112, r15)

#define	LOADIN(o, r)	"mov run_in+" #o "(%rip), %" #r "\n"
#define	SAVEOUT(o, r)	"mov %" #r ", run_out+" #o "(%rip)\n"
#define	LOADSTUB(o, r)	"mov run_stub+" #o "(%rip), %" #r "\n"
#define	SAVESTUB(o, r)	"mov %" #r ", run_stub+" #o "(%rip)\n"

__asm__(
"	.text\n"
"	.globl run_enter, run_stub_call, run_stub_cpuid\n"
"	.hidden run_enter, run_stub_call, run_stub_cpuid\n"
"run_enter:\n"
"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
"	mov $24, %ecx\n"	/* what lies below, the red zone too */
"2:	pushq $0\n"
"	loop 2b\n"
"	add $200, %rsp\n"
"	sub $16, %rsp\n"
	REGS(LOADIN)
"	mov run_in+16(%rip), %rcx\n"
"	mov run_in+80(%rip), %r11\n"
"	call *run_fn(%rip)\n"
	REGS(SAVEOUT)
"	cld\n"
"	add $8, %rsp\n"
"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
"	ret\n"
/* The guest's stack is not touched, not even below. */
"run_stub_call:\n"
	REGS(SAVESTUB)
"	mov %rcx, run_resume(%rip)\n"
"	mov %rsp, run_stubsp(%rip)\n"
"	lea run_stack+65536(%rip), %rsp\n"
"	call run_stub_c\n"
	REGS(LOADSTUB)
"	mov run_junk(%rip), %r11\n"
"	mov run_junk(%rip), %rcx\n"
"	jmp 1f\n"
"run_stub_cpuid:\n"
"	mov %rdx, run_resume(%rip)\n"
"	mov %rsp, run_stubsp(%rip)\n"
"	cpuid\n"
"	lea run_stack+65536(%rip), %rsp\n"
"1:	pushq run_stub+120(%rip)\n"
"	popfq\n"
"	mov run_stubsp(%rip), %rsp\n"
"	jmp *run_resume(%rip)\n"
);

/* --- calls ---------------------------------------------------------------------- */

#define	FLAGS	0x8d5u

static struct run_trace *trace;
static const struct run_image *image;
static uint64_t junk;
static uint8_t scratch[256 + 64] __attribute__((aligned(64)));

static uint64_t
next(uint64_t *s)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*s >> 17 ^ *s << 21);
}

static struct run_call *
note(uint64_t pc, const struct run_regs *r)
{
	struct run_call *c;

	if (trace->n == RUN_MAXCALLS)
		abort();
	c = &trace->call[trace->n++];
	c->pc = pc;
	c->regs = *r;
	c->regs.rcx = c->regs.r11 = c->regs.flags = 0;
	return (c);
}

static uint64_t
answer(const struct run_regs *r)
{
	uint64_t s = r->rax ^ r->rdi * 3 ^ trace->n;

	return (next(&s) % 7 == 0 ? (uint64_t)-38 : next(&s) & 0xffff);
}

static const struct tc_pc *
table(uint32_t *n)
{
	*n = image->im_head->th_npc;
	return ((const struct tc_pc *)((const uint8_t *)image->im_head +
	    image->im_head->th_pcoff));
}

/* What the kernel shows for a program counter. */
static uint64_t
show(uint64_t pc)
{
	uint64_t off = pc - RUN_BASE - image->im_head->th_dist;
	const struct tc_pc *v;
	uint32_t n, text = 0;

	if (off >= image->im_head->th_tramplen)
		return (pc);
	v = table(&n);
	for (uint32_t i = 0; i < n; i++)
		if ((v[i].tp_tramp & ~TCP_INTERIOR) <= off)
			text = v[i].tp_text;
	return (RUN_BASE + text);
}

/* Where it goes on when a context has this one. */
static uint64_t
real(uint64_t pc)
{
	const struct tc_pc *v;
	uint32_t n;

	v = table(&n);
	for (uint32_t i = 0; i < n; i++)
		if (v[i].tp_text == pc - RUN_BASE &&
		    (v[i].tp_tramp & TCP_INTERIOR) != 0)
			return (RUN_BASE + image->im_head->th_dist +
			    (v[i].tp_tramp & ~TCP_INTERIOR));
	return (pc);
}

void
run_stub_c(void)
{
	uint64_t pc = show(run_resume), dice = next(&junk) >> 20;

	run_stub.flags = 0x202 | (next(&junk) & FLAGS);
	run_junk = next(&junk);
	switch (dice % 4) {
	case 0:		/* a restarted call: once more from its bytes */
		run_resume = real(pc - 2);
		return;
	case 1:		/* as after a signal */
		run_resume = real(pc);
		break;
	case 2:		/* cannot be served: the call itself, behind the jump */
		run_resume -= 2;
		return;
	default:
		break;
	}
	trace->njumped++;
	run_stub.rax = answer(&note(pc, &run_stub)->regs);
}

static void
on_sigsys(int sig, siginfo_t *si, void *ucp)
{
	greg_t *g = ((ucontext_t *)ucp)->uc_mcontext.gregs;
	uint64_t pc = (uint64_t)g[REG_RIP];
	struct run_regs r = { .rax = (uint64_t)g[REG_RAX],
	    .rbx = (uint64_t)g[REG_RBX], .rdx = (uint64_t)g[REG_RDX],
	    .rsi = (uint64_t)g[REG_RSI], .rdi = (uint64_t)g[REG_RDI],
	    .rbp = (uint64_t)g[REG_RBP], .r8 = (uint64_t)g[REG_R8],
	    .r9 = (uint64_t)g[REG_R9], .r10 = (uint64_t)g[REG_R10],
	    .r12 = (uint64_t)g[REG_R12], .r13 = (uint64_t)g[REG_R13],
	    .r14 = (uint64_t)g[REG_R14], .r15 = (uint64_t)g[REG_R15] };

	(void)sig;
	(void)si;
	if (image->im_head != NULL)
		pc = show(pc);
	trace->ntrapped++;
	g[REG_RAX] = (greg_t)answer(&note(pc, &r)->regs);
	/* As the host leaves them, also where a trap came from elsewhere. */
	g[REG_RCX] = (greg_t)pc;
	g[REG_R11] = g[REG_EFL] & 0xffff;
}

/* The C library's text, from where the test's own calls come. */
static int
find_libc(struct dl_phdr_info *info, size_t size, void *arg)
{
	uint64_t *range = arg;

	(void)size;
	if (strstr(info->dlpi_name, "libc.so") == NULL)
		return (0);
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD &&
		    (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
			range[0] = info->dlpi_addr +
			    info->dlpi_phdr[i].p_vaddr;
			range[1] = info->dlpi_phdr[i].p_memsz;
		}
	return (1);
}

void
run_init(void)
{
	static uint8_t alt[65536];
	struct sigaction sa = { .sa_sigaction = on_sigsys,
	    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
	uint64_t range[2] = { 0, 0 };
	cpu_set_t one;

	CPU_ZERO(&one);		/* cpuid's answers differ between CPUs */
	CPU_SET(sched_getcpu(), &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	(void)dl_iterate_phdr(find_libc, range);
	if (sigaltstack(&ss, NULL) != 0 ||
	    sigaction(SIGSYS, &sa, NULL) != 0 ||
	    prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, range[0], range[1], 0)) {
		perror("syscall user dispatch");
		abort();
	}
}

/* --- files -------------------------------------------------------------------------- */

static bool
map_file(struct run_image *im, int fd)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	if (pread(fd, &eh, sizeof(eh), 0) != (ssize_t)sizeof(eh))
		return (false);
	im->im_entry = (uint32_t)eh.e_entry;
	for (unsigned i = 0; i < eh.e_phnum; i++) {
		uint64_t slack, end;

		if (pread(fd, &ph, sizeof(ph), (off_t)(eh.e_phoff + i *
		    sizeof(ph))) != (ssize_t)sizeof(ph))
			return (false);
		if (ph.p_type != PT_LOAD)
			continue;
		slack = ph.p_vaddr & KPAGE_MASK;
		end = roundup2(ph.p_vaddr + ph.p_filesz, KPAGE_SIZE);
		if (mmap((void *)(RUN_BASE + ph.p_vaddr - slack),
		    ph.p_filesz + slack, ((ph.p_flags & PF_X) != 0 ?
		    PROT_EXEC : 0) | ((ph.p_flags & PF_W) != 0 ? PROT_WRITE :
		    0) | PROT_READ, MAP_PRIVATE | MAP_FIXED, fd,
		    (off_t)(ph.p_offset - slack)) == MAP_FAILED)
			return (false);
		im->im_len = kmax(im->im_len, end);
	}
	return (true);
}

static bool
map_cache(struct run_image *im, const char *cache)
{
	int fd = open(cache, O_RDONLY);
	const struct tc_head *h;
	struct stat st;
	uint64_t *slot;

	if (fd < 0 || fstat(fd, &st) != 0)
		return (false);
	h = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (h == MAP_FAILED || h->th_size != (uint64_t)st.st_size)
		return (false);
	im->im_head = h;
	for (unsigned i = 0; i < h->th_nseg; i++)
		if (mmap((void *)(RUN_BASE + h->th_seg[i].tsg_vaddr),
		    h->th_seg[i].tsg_len, PROT_READ | PROT_EXEC, MAP_PRIVATE |
		    MAP_FIXED, fd, (off_t)h->th_seg[i].tsg_data) ==
		    MAP_FAILED)
			return (false);
	if (h->th_nseg == 0)
		return (close(fd) == 0);
	slot = mmap((void *)(RUN_BASE + h->th_dist), h->th_tramplen, PROT_READ |
	    PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd,
	    (off_t)h->th_tramp);
	if (slot == MAP_FAILED || slot[TC_CALLSLOT / 8] != TC_CALLENTRY ||
	    slot[TC_CPUIDSLOT / 8] != TC_CPUIDENTRY)
		return (false);
	slot[TC_CALLSLOT / 8] = (uint64_t)run_stub_call;
	slot[TC_CPUIDSLOT / 8] = (uint64_t)run_stub_cpuid;
	im->im_len = kmax(im->im_len, h->th_dist + h->th_tramplen);
	return (close(fd) == 0);
}

bool
run_load(struct run_image *im, const char *file, const char *cache)
{
	int fd = open(file, O_RDONLY);

	memset(im, 0, sizeof(*im));
	return (fd >= 0 && map_file(im, fd) && close(fd) == 0 &&
	    (cache == NULL || map_cache(im, cache)));
}

void
run_unload(struct run_image *im)
{
	(void)munmap((void *)RUN_BASE, im->im_len);
	if (im->im_head != NULL)
		(void)munmap((void *)(uintptr_t)im->im_head,
		    im->im_head->th_size);
}

/* --- running ------------------------------------------------------------------------ */

void
run_function(const struct run_image *im, uint32_t addr, uint64_t seed,
    struct run_trace *tr)
{
	uint64_t *r = (uint64_t *)&run_in;

	junk = seed ^ 0x5555;
	for (unsigned i = 0; i < 15; i++)
		r[i] = next(&seed);
	for (unsigned i = 0; i < sizeof(scratch); i++)
		scratch[i] = (uint8_t)(seed >> (i % 8));
	run_in.r14 = (uint64_t)scratch;
	run_stub.flags = 0x202 | (next(&junk) & FLAGS);
	tr->n = tr->ntrapped = tr->njumped = 0;
	trace = tr;
	image = im;
	run_fn = RUN_BASE + addr;
	run_enter();
	tr->end = run_out;
	memcpy(tr->memory, scratch, sizeof(tr->memory));
}

static const char *
differ(const struct run_regs *a, const struct run_regs *b)
{
	static const char *const name[] = { "rax", "rbx", "rcx", "rdx", "rsi",
	    "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
	    "r15" };
	const uint64_t *x = (const uint64_t *)a, *y = (const uint64_t *)b;

	for (unsigned i = 0; i < 15; i++)
		if (i != 2 && i != 10 && x[i] != y[i])
			return (name[i]);
	return (NULL);
}

const char *
run_compare(const struct run_trace *a, const struct run_trace *b)
{
	static char msg[128];
	const char *r;

	for (unsigned i = 0; i < a->n && i < b->n; i++) {
		if (a->call[i].pc != b->call[i].pc)
			r = "pc";
		else
			r = differ(&a->call[i].regs, &b->call[i].regs);
		if (r == NULL)
			continue;
		(void)snprintf(msg, sizeof(msg), "call %u: %s (pc %lx, %lx)",
		    i, r, a->call[i].pc, b->call[i].pc);
		return (msg);
	}
	if (a->n != b->n)
		return ("number of calls");
	if ((r = differ(&a->end, &b->end)) != NULL) {
		(void)snprintf(msg, sizeof(msg), "at the end: %s", r);
		return (msg);
	}
	return (memcmp(a->memory, b->memory, sizeof(a->memory)) != 0 ?
	    "memory" : NULL);
}

const char *
run_check_table(const struct run_image *im)
{
	const struct tc_head *h = im->im_head;
	const struct tc_pc *v;
	uint32_t n;

	image = im;
	v = table(&n);
	if (h->th_nseg == 0)
		return (n == 0 && h->th_nsites == 0 ? NULL : "empty");
	if (h->th_dist < h->th_span || (h->th_dist & KPAGE_MASK) != 0)
		return ("distance");
	if (n == 0 || (v[0].tp_tramp & ~TCP_INTERIOR) < TC_FIRSTTRAMP)
		return ("first entry");
	for (uint32_t i = 0; i < n; i++) {
		if (v[i].tp_text >= h->th_span || (v[i].tp_tramp &
		    ~TCP_INTERIOR) >= h->th_tramplen)
			return ("range");
		if (i > 0 && (v[i].tp_text < v[i - 1].tp_text ||
		    (v[i].tp_tramp & ~TCP_INTERIOR) <=
		    (v[i - 1].tp_tramp & ~TCP_INTERIOR)))
			return ("order");
	}
	return (NULL);
}
