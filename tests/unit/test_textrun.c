/*
 * test_textrun.c: random functions, run as they are and patched (textrun.h):
 * calls between all kinds of instructions, jumps to everywhere, flags alive
 * behind a call, data in the text that looks like calls, jump tables, cold
 * parts elsewhere that return into the middle.
 *
 * TEXTRUN_SEED and TEXTRUN_ROUNDS choose other programs and more of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/text.h"
#include "textrun.h"

#define	NFUNC		60
#define	NSEEDS		2
#define	MAXPENDING	16

static uint64_t rng;
static FILE *out;
static char dir[] = "/tmp/textrun-XXXXXX";
static unsigned nforms[4], nwhy[TEXT_NWHY];

static unsigned
rnd(unsigned n)
{
	rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((unsigned)(rng >> 33) % n);
}

/* --- a program ------------------------------------------------------------------ */

static struct {
	unsigned	nlabel, ntable, ncold;
	unsigned	pending[MAXPENDING], npending;
	int		loop;		/* label of the loop we are in, or -1 */
	bool		odd;		/* data and worse is in this function */
	bool		indirect;
} g;

static const char *
reg64(void)
{
	static const char *const r[] = { "rax", "rdx", "rsi", "rdi", "rbp",
	    "r8", "r9", "r10", "r13", "rbx", "r15" };

	return (r[rnd(11)]);
}

static const char *
reg32(void)
{
	static const char *const r[] = { "eax", "edx", "esi", "edi", "ebp",
	    "r8d", "r9d", "r10d", "r13d", "ebx", "r15d" };

	return (r[rnd(11)]);
}

static const char *
cond(void)
{
	static const char *const c[] = { "o", "c", "z", "be", "s", "p", "l",
	    "le", "no", "nc", "nz", "a", "ns", "np", "ge", "g" };

	return (c[rnd(16)]);
}

/* A label that somebody will define further down. */
static unsigned
forward(void)
{
	if (g.npending == MAXPENDING)
		return (g.pending[rnd(MAXPENDING)]);
	return (g.pending[g.npending++] = g.nlabel++);
}

/* Perhaps a place to jump to: everything between two instructions may be. */
static void
place(void)
{
	unsigned i;

	if (g.npending == 0 || rnd(3) != 0)
		return;
	i = rnd(g.npending);
	fprintf(out, ".L%u:\n", g.pending[i]);
	g.pending[i] = g.pending[--g.npending];
}

static void
place_all(void)
{
	while (g.npending > 0)
		fprintf(out, ".L%u:\n", g.pending[--g.npending]);
}

static void
arith(void)
{
	static const char *const op[] = { "add", "sub", "xor", "and", "or",
	    "cmp", "test", "adc", "sbb" };

	if (rnd(2) != 0)
		fprintf(out, "%s %%%s, %%%s\n", op[rnd(9)], reg64(), reg64());
	else
		fprintf(out, "%s $%d, %%%s\n", op[rnd(9)], (int)rnd(100000) -
		    50000, reg64());
}

static void
move(void)
{
	switch (rnd(9)) {
	case 0:
		fprintf(out, "mov $%u, %%%s\n", rnd(1u << 30), reg32());
		break;
	case 1:
		fprintf(out, "mov %%%s, %%%s\n", reg64(), reg64());
		break;
	case 2:
		fprintf(out, "mov %%%s, %u(%%r14)\n", reg64(), rnd(31) * 8);
		break;
	case 3:
		fprintf(out, "mov %u(%%r14), %%%s\n", rnd(31) * 8, reg64());
		break;
	case 4:
		fprintf(out, "lea data+%u(%%rip), %%%s\n", rnd(64), reg64());
		break;
	case 5:
		fprintf(out, "mov data+%u(%%rip), %%%s\n", rnd(7) * 8,
		    reg64());
		break;
	case 6:
		fprintf(out, "cmpl $%u, data+%u(%%rip)\n", rnd(1000), rnd(14) *
		    4);
		break;
	case 7:	/* the red zone */
		fprintf(out, "mov %%%s, -%u(%%rsp)\nmov -%u(%%rsp), %%%s\n",
		    reg64(), rnd(15) * 8 + 8, rnd(2) * 8 + 8, reg64());
		break;
	default:
		fprintf(out, "push %%%s\npop %%%s\n", reg64(), reg64());
		break;
	}
}

static void
flags(void)
{
	switch (rnd(6)) {
	case 0:
		fprintf(out, "set%s %%al\n", cond());
		break;
	case 1:
		fprintf(out, "cmov%s %%%s, %%%s\n", cond(), reg64(), reg64());
		break;
	case 2:
		fprintf(out, "mov $%u, %%ecx\nshl %%cl, %%%s\n", rnd(3) * 32,
		    reg32());
		break;
	case 3:
		fprintf(out, "%s $%u, %%%s\n", rnd(2) != 0 ? "shr" : "rol",
		    rnd(8), reg64());
		break;
	case 4:
		fprintf(out, "%s %%%s\n", rnd(2) != 0 ? "inc" : "dec",
		    reg32());
		break;
	default:
		fprintf(out, "pushfq\npop %%rax\nand $0x8d5, %%eax\n");
		break;
	}
}

static void
data_in_text(void)
{
	unsigned over = forward(), n = rnd(12);

	fprintf(out, "jmp .L%u\n", over);
	for (unsigned i = 0; i < n; i++)
		fprintf(out, ".byte %u\n", rnd(256));
	if (rnd(2) != 0)
		fprintf(out, ".byte 0xb8, %u, 0, 0, 0, 0x0f, 0x05\n",
		    rnd(200));
	for (unsigned i = rnd(8); i > 0; i--)
		fprintf(out, ".byte %u\n", rnd(256));
	place_all();
}

static void
table(void)
{
	unsigned t = g.ntable++;

	fprintf(out, "mov $%u, %%eax\nlea .Ltab%u(%%rip), %%r8\n"
	    "movslq (%%r8,%%rax,4), %%rax\nadd %%r8, %%rax\njmp *%%rax\n"
	    ".pushsection .rodata\n.Ltab%u:\n", rnd(4), t, t);
	for (unsigned i = 0; i < 4; i++)
		fprintf(out, ".long .L%u - .Ltab%u\n", forward(), t);
	fprintf(out, ".popsection\n");
}

static void
jump(void)
{
	unsigned l;

	switch (rnd(8)) {
	case 0:
		fprintf(out, "jmp .L%u\n", forward());
		break;
	case 1:
		if (g.indirect)
			fprintf(out, "lea .L%u(%%rip), %%rax\njmp *%%rax\n",
			    forward());
		break;
	case 2:
		if (g.odd)
			data_in_text();
		break;
	case 3:	/* to the middle of what looks like one instruction */
		if (!g.odd)
			break;
		l = g.nlabel++;
		fprintf(out, "jmp .L%u+2\n.L%u: .byte 0x48, 0xb8\n"
		    "mov $%u, %%eax\nsyscall\nnop\n", l, l, rnd(300));
		break;
	case 4:
		if (g.indirect)
			table();
		break;
	default:
		fprintf(out, "j%s .L%u\n", cond(), forward());
		break;
	}
}

/* What stands before a call. */
static void
before(bool cpuid)
{
	switch (rnd(cpuid ? 4 : 10)) {
	case 0:
		fprintf(out, "xor %%eax, %%eax\n");
		place();
		break;
	case 1:
		fprintf(out, "movq $%u, %%rax\n", rnd(3));
		place();
		break;
	case 2:
		fprintf(out, "mov %%esi, %%edx\nxor %%eax, %%eax\n");
		place();
		fprintf(out, "mov %%rdi, %%rsi\n");
		break;
	case 3:
		fprintf(out, "movl $%u, %%eax\n", cpuid ? rnd(3) : rnd(400));
		place();
		break;
	case 4:
		fprintf(out, "lea data(%%rip), %%rdi\n");
		place();
		break;
	case 5:
		fprintf(out, "mov data+8(%%rip), %%eax\n");
		break;
	case 6:
		fprintf(out, "test %%eax, %%eax\nj%s .L%u\n", cond(),
		    forward());
		break;
	case 7:
		fprintf(out, "movabs $0x050f0000%08x, %%rax\n", rnd(1u << 30));
		break;
	case 8:
		fprintf(out, "movl $%u, data+4(%%rip)\n", rnd(1000));
		break;
	default:
		break;
	}
}

/* What stands behind one. */
static void
behind(bool cpuid)
{
	unsigned what = rnd(12);

	/* Who comes there from elsewhere may have lost it to another call. */
	if (what != 5)
		place();
	switch (what) {
	case 0:
	case 1:
		fprintf(out, "cmp $-4096, %%rax\n");
		place();
		fprintf(out, "ja .L%u\n", forward());
		break;
	case 2:
		fprintf(out, "test %%eax, %%eax\njs .L%u\n", forward());
		break;
	case 3:	/* the flags of before */
		fprintf(out, "j%s .L%u\n", cond(), forward());
		break;
	case 4:
		fprintf(out, "set%s %%dl\n", cond());
		break;
	case 5:	/* a register that it destroyed */
		if (!cpuid)
			fprintf(out, "mov %%%s, %%rdx\nxor $%u, %%edx\n",
			    rnd(2) != 0 ? "rcx" : "r11", rnd(100));
		break;
	case 6:
		fprintf(out, "jmp .L%u\n", forward());
		break;
	case 7:
		if (rnd(4) == 0)
			fprintf(out, "ret\n");
		break;
	case 8:
		fprintf(out, "mov $5, %%ecx\nrep; nop\nmov $0, %%ecx\n"
		    "shr %%cl, %%eax\nsetz %%dl\n");
		break;
	default:
		move();
		break;
	}
}

static void
call(void)
{
	bool cpuid = rnd(6) == 0;

	place();
	/* cpuid's answers depend on %ecx. */
	if (cpuid)
		fprintf(out, "xor %%ecx, %%ecx\n");
	if (cpuid && rnd(2) != 0)
		fprintf(out, "mov $0, %%eax\n");
	else if (cpuid)
		fprintf(out, "mov %%rax, %%rsi\nmov $1, %%al\n"
		    "movzbl %%al, %%eax\n");
	if (!cpuid)
		before(cpuid);
	fprintf(out, cpuid ? "cpuid\n" : "syscall\n");
	if (cpuid)	/* which CPU asked may be in there */
		fprintf(out, "mov $7, %%ecx\n");
	behind(cpuid);
	/* The rest must not depend on flags of a call that is behind. */
	if (rnd(2) != 0)
		fprintf(out, "test %%%s, %%%s\n", reg64(), reg64());
}

/* A part elsewhere that comes back into the middle of what follows. */
static void
cold(void)
{
	unsigned back = forward();

	fprintf(out, "cmp $%u, %%sil\nj%s cold%u\n"
	    ".pushsection .text.unlikely,\"ax\"\n.type cold%u, @function\n"
	    "cold%u:\n.cfi_startproc\nmov $%u, %%edi\nmov $1, %%eax\nsyscall\n"
	    "cmp $5, %%rax\njmp .L%u\n.cfi_endproc\n"
	    ".size cold%u, .-cold%u\n.popsection\n", rnd(200), cond(),
	    g.ncold, g.ncold, g.ncold, rnd(100), back, g.ncold, g.ncold);
	g.ncold++;
}

static void
step(void)
{
	place();
	switch (rnd(12)) {
	case 0:
	case 1:
	case 2:
		call();
		break;
	case 3:
	case 4:
		arith();
		break;
	case 5:
	case 6:
		move();
		break;
	case 7:
		flags();
		break;
	case 8:
		if (rnd(6) == 0)
			cold();
		else
			fprintf(out, "call leaf%u\ntest %%eax, %%eax\n",
			    rnd(3));
		break;
	case 9:
		if (g.loop < 0 && rnd(3) == 0) {
			place_all();	/* none may jump into the loop */
			g.loop = (int)g.nlabel++;
			fprintf(out, "mov $%u, %%r12d\n", rnd(3) + 1);
			if (rnd(2) != 0)
				fprintf(out, "mov $77, %%eax\n.L%d:\nsyscall\n"
				    "cmp $9, %%eax\n", g.loop);
			else
				fprintf(out, ".L%d:\n", g.loop);
		}
		break;
	default:
		jump();
		break;
	}
}

static void
end_loop(void)
{
	if (g.loop < 0)
		return;
	place_all();
	fprintf(out, "dec %%r12d\njnz .L%d\n", g.loop);
	g.loop = -1;
}

static void
function(unsigned i)
{
	unsigned known = rnd(8), steps = 6 + rnd(30);

	g.odd = rnd(8) == 0;
	g.indirect = rnd(8) == 0;
	g.npending = 0;
	g.loop = -1;
	fprintf(out, "f%u:\n", i);
	if (known > 1)
		fprintf(out, ".cfi_startproc\n");
	fprintf(out, "test %%eax, %%eax\n");
	for (unsigned k = 0; k < steps; k++) {
		step();
		if (g.loop >= 0 && rnd(5) == 0)
			end_loop();
	}
	end_loop();
	place_all();
	fprintf(out, "ret\n");
	if (known > 1)
		fprintf(out, ".cfi_endproc\n");
	if (known != 0)
		fprintf(out, ".type f%u, @function\n.size f%u, .-f%u\n", i, i,
		    i);
	fprintf(out, ".balign %u\n", 1u << rnd(5));
}

static void
program(const char *path)
{
	memset(&g, 0, sizeof(g));
	out = fopen(path, "w");
	assert_non_null(out);
	fprintf(out, ".text\n");
	for (unsigned i = 0; i < 3; i++)
		fprintf(out, "leaf%u: .cfi_startproc\nmov $%u, %%eax\n%s"
		    "ret\n.cfi_endproc\n.size leaf%u, .-leaf%u\n"
		    ".type leaf%u, @function\n", i, i, i == 0 ? "" :
		    "syscall\n", i, i, i);
	for (unsigned i = 0; i < NFUNC; i++)
		function(i);
	fprintf(out, ".section .rodata\n.globl table\ntable:\n");
	for (unsigned i = 0; i < NFUNC; i++)
		fprintf(out, ".long f%u - table\n", i);
	fprintf(out, ".data\n.balign 8\ndata:\n");
	for (unsigned i = 0; i < 10; i++)
		fprintf(out, ".quad 0x%x\n", rnd(1u << 30));
	fprintf(out, ".section .note.GNU-stack,\"\",@progbits\n");
	assert_int_equal(fclose(out), 0);
}

/* --- both runs ------------------------------------------------------------------- */

static void
analyze(const char *file, const char *cache)
{
	struct tc_key key = { .tk_size = 1 };
	int fd = open(file, O_RDONLY), to;
	const struct text_site *ts;
	struct stat st;
	struct text *t;
	unsigned n;

	assert_int_equal(fstat(fd, &st), 0);
	t = text_open(fd, (uint64_t)st.st_size);
	assert_non_null(t);
	assert_true(text_analyze(t));
	ts = text_sites(t, &n);
	for (unsigned i = 0; i < n; i++) {
		nforms[ts[i].ts_form]++;
		nwhy[ts[i].ts_why]++;
	}
	to = open(cache, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(text_write(t, &key, to), 0);
	text_close(t);
	(void)close(to);
	(void)close(fd);
}

static void
run_all(const struct run_image *im, struct run_trace *tr)
{
	for (uint32_t i = 0; i < NFUNC; i++) {
		const uint8_t *table = (const uint8_t *)RUN_BASE +
		    im->im_entry;
		int32_t off;

		memcpy(&off, table + 4UL * i, sizeof(off));
		for (unsigned s = 0; s < NSEEDS; s++)
			run_function(im, im->im_entry + (uint32_t)off,
			    i * 7919 + s, &tr[i * NSEEDS + s]);
	}
}

static bool
one_round(uint64_t seed)
{
	static struct run_trace orig[NFUNC * NSEEDS], patched[NFUNC * NSEEDS];
	char s[64], so[64], cache[64], cmd[256];
	const char *bad = NULL;
	struct run_image im;

	rng = seed;
	(void)snprintf(s, sizeof(s), "%s/%lx.s", dir, (unsigned long)seed);
	(void)snprintf(so, sizeof(so), "%s/%lx.so", dir, (unsigned long)seed);
	(void)snprintf(cache, sizeof(cache), "%s/%lx.text", dir,
	    (unsigned long)seed);
	program(s);
	(void)snprintf(cmd, sizeof(cmd), "gcc -shared -nostdlib "
	    "-Wl,-e,table -o %s %s", so, s);
	assert_int_equal(system(cmd), 0);
	analyze(so, cache);
	assert_true(run_load(&im, so, NULL));
	run_all(&im, orig);
	run_unload(&im);
	assert_true(run_load(&im, so, cache));
	if ((bad = run_check_table(&im)) != NULL)
		print_error("seed %lu: table: %s\n", (unsigned long)seed, bad);
	else
		run_all(&im, patched);
	run_unload(&im);
	for (unsigned i = 0; i < NFUNC * NSEEDS && bad == NULL; i++)
		if ((bad = run_compare(&orig[i], &patched[i])) != NULL)
			print_error("seed %lu, function %u: %s\n",
			    (unsigned long)seed, i / NSEEDS, bad);
	if (bad == NULL) {
		(void)unlink(s);
		(void)unlink(so);
		(void)unlink(cache);
	}
	return (bad == NULL);
}

static void
test_random(void **state)
{
	const char *e = getenv("TEXTRUN_SEED");
	uint64_t seed = e != NULL ? strtoull(e, NULL, 0) : 1;
	unsigned rounds, bad = 0;

	(void)state;
	run_init();	/* here: cmocka has its own idea of signals */
	e = getenv("TEXTRUN_ROUNDS");
	rounds = e != NULL ? (unsigned)atoi(e) : 12;
	for (unsigned i = 0; i < rounds; i++)
		bad += !one_round(seed + i);
	print_message("forms: left %u before %u around %u none %u; why:",
	    nforms[0], nforms[1], nforms[2], nforms[3]);
	for (unsigned i = 1; i < TEXT_NWHY; i++)
		print_message(" %u %s,", nwhy[i], text_why(i));
	print_message("\n");
	assert_int_equal(bad, 0);
	assert_true(nforms[TEXT_BEFORE] > rounds * 50 &&
	    nforms[TEXT_AROUND] > rounds * 5);
	(void)rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	if (mkdtemp(dir) == NULL)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
