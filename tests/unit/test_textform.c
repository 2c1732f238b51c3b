/*
 * test_textform.c: one function per case, assembled here, and what must become
 * of its call.
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

static char dir[] = "/tmp/textform-XXXXXX";

struct want {
	const char	*name;
	const char	*body;		/* of a function with an FDE */
	uint8_t		form[3];	/* of each site, from the first on */
	uint8_t		why[3];
	unsigned	n;
	unsigned	start, len;	/* of the first window, from the start */
};

#define	B	TEXT_BEFORE
#define	A	TEXT_AROUND
#define	L	TEXT_LEFT

static const struct want wants[] = {
	{ "mov", "mov $39, %eax; syscall; ret", { B }, { 0 }, 1, 0, 5 },
	{ "mov64", "mov $39, %rax; syscall; ret", { B }, { 0 }, 1, 0, 7 },
	{ "lea", "lea f(%rip), %rdi; syscall; ret", { B }, { 0 }, 1, 0, 7 },
	{ "two-before", "mov %rdi, %rsi; mov %rax, %rdx; syscall; ret",
	    { B }, { 0 }, 1, 0, 6 },
	{ "jcc-before", "jmp 9f; .skip 200, 0x90; 9: test %eax, %eax; jz f;"
	    "syscall; ret", { B }, { 0 }, 1, 207, 6 },
	{ "cmp-behind", "1: syscall; cmp $-4096, %rax; ja 1b; ret", { A },
	    { 0 }, 1, 0, 8 },
	{ "mixed", "xor %eax, %eax; syscall; test %eax, %eax; jz 1f; nop;"
	    "1: ret", { A }, { 0 }, 1, 0, 0 },
	{ "ret-behind", "nop; xor %eax, %eax; syscall; ret", { A },
	    { 0 }, 1, 0, 0 },
	{ "cpuid", "mov $1, %eax; cpuid; test %eax, %eax; ret", { B }, { 0 },
	    1, 0, 5 },
	{ "cpuid-behind", "cpuid; cmp $12345678, %eax; ret", { A }, { 0 }, 1,
	    0, 7 },
	{ "into-window", "test %eax, %eax; jz 1f+3; nop; 1: mov $39, %eax;"
	    "syscall; ret", { L }, { TEXT_ENTERED }, 1, 0, 0 },
	{ "into-odd", "test %eax, %eax; jz 1f+1; nop; 1: mov $39, %eax;"
	    "syscall; ret", { L }, { TEXT_UNDECODED }, 1, 0, 0 },
	{ "between", "test %edi, %edi; jz 1f; xor %eax, %eax; 1: syscall;"
	    "cmp $1, %eax; ja 1b; ret", { B }, { 0 }, 1, 0, 6 },
	{ "between-each", "xor %eax, %eax; 1: syscall; 2: test %eax, %eax;"
	    "3: jz 1b; jo 2b; jp 3b; ret",
	    { L }, { TEXT_ENTERED }, 1, 0, 0 },
	{ "to-the-call", "test %edi, %edi; jz 1f; mov $39, %eax; 1: syscall;"
	    "ret", { B }, { 0 }, 1, 4, 5 },
	{ "flags-live", "mov $39, %eax; syscall; jc 1f; nop; 1: ret", { L },
	    { TEXT_FLAGS }, 1, 0, 0 },
	{ "flags-live-later", "mov $39, %eax; syscall; mov %rax, %rdx;"
	    "inc %edx; mov %edx, %esi; adc $0, %esi; ret", { L },
	    { TEXT_FLAGS }, 1, 0, 0 },
	{ "flags-on-one-way", "mov $39, %eax; syscall; mov (%rsp), %rcx;"
	    "jrcxz 1f; test %eax, %eax; ret; 1: setz %al; ret", { L },
	    { TEXT_FLAGS }, 1, 0, 0 },
	{ "shift-by-cl", "mov $39, %eax; syscall; mov $0, %ecx; shl %cl, %eax;"
	    "setz %al; ret", { L }, { TEXT_FLAGS }, 1, 0, 0 },
	{ "rcx-live", "mov $39, %eax; syscall; mov %rcx, %rax; ret", { L },
	    { TEXT_FLAGS }, 1, 0, 0 },
	{ "r11-live", "mov $39, %eax; syscall; test %eax, %eax;"
	    "push %r11; pop %rax; ret", { L }, { TEXT_FLAGS }, 1, 0, 0 },
	{ "cpuid-rcx", "mov $1, %eax; cpuid; mov %rcx, %rax; ret", { B },
	    { 0 }, 1, 0, 5 },
	{ "table-before", "mov $39, %eax; syscall; test %eax, %eax;"
	    "jmp *%rdi", { B }, { 0 }, 1, 0, 5 },
	{ "table-around", "syscall; cmp $99, %rax; jmp *%rdi", { L },
	    { TEXT_INDIRECT }, 1, 0, 0 },
	{ "data", "jmp 1f; .byte 0xb8, 1, 0, 0, 0, 0x0f, 0x05; 1: ret", { L },
	    { TEXT_UNREACHED }, 1, 0, 0 },
	{ "data-out-of-step", "jmp 1f; .byte 0xb8, 1, 0, 0, 0, 0x0f, 0x05,"
	    "0x48; 1: mov $1, %eax; syscall; ret", { L, L },
	    { TEXT_UNDECODED, TEXT_UNDECODED }, 2, 0, 0 },
	{ "immediate", "movabs $0x050f00000001b890, %rax; ret",
	    { TEXT_NOCALL }, { 0 }, 1, 0, 0 },
	{ "lock-skipped", "test %edi, %edi; jz 1f; lock; 1: cmpxchg %esi,"
	    "(%rdx); mov $39, %eax; syscall; ret", { B }, { 0 }, 1, 0, 0 },
	{ "sigreturn", "mov $15, %eax; syscall; ret", { L },
	    { TEXT_SPECIAL }, 1, 0, 0 },
	{ "sigreturn64", "mov $15, %rax; syscall; ret", { L },
	    { TEXT_SPECIAL }, 1, 0, 0 },
	{ "direction", "std; mov $39, %eax; syscall; cld; ret", { L },
	    { TEXT_SPECIAL }, 1, 0, 0 },
	{ "call-beside", "call f; syscall; call f; ret", { L },
	    { TEXT_BOUND }, 1, 0, 0 },
	{ "in-a-row", "mov $1, %eax; syscall; mov $2, %eax; syscall;"
	    "mov $3, %eax; syscall; ret", { B, B, B }, { 0 }, 3, 0, 5 },
	{ "crowded", "xor %eax, %eax; syscall; syscall; ret", { L, L },
	    { TEXT_BOUND, TEXT_BOUND }, 2, 0, 0 },
	{ "falls-off", "mov $39, %eax; syscall", { L }, { TEXT_FLAGS }, 1, 0,
	    0 },
	{ "stops", "mov $39, %eax; syscall; hlt", { B }, { 0 }, 1, 0, 5 },
	{ "eip", "lea f(%eip), %rdi; syscall; jmp f", { L }, { TEXT_BOUND },
	    1, 0, 0 },
};

#undef A
#undef B
#undef L

/* Assemble the lines into a shared object: its analysis. */
static struct text *
make(const char *name, const char *lines)
{
	char s[80], so[80], cmd[256];
	struct text *t;
	struct stat st;
	FILE *fp;
	int fd;

	(void)snprintf(s, sizeof(s), "%s/%s.s", dir, name);
	(void)snprintf(so, sizeof(so), "%s/%s.so", dir, name);
	(void)snprintf(cmd, sizeof(cmd), "gcc -shared -nostdlib "
	    "-Wl,--no-warn-rwx-segments -o %s %s", so,
	    s);
	assert_non_null(fp = fopen(s, "w"));
	(void)fprintf(fp, "%s\n.section .note.GNU-stack,\"\",@progbits\n",
	    lines);
	(void)fclose(fp);
	assert_int_equal(system(cmd), 0);
	assert_true((fd = open(so, O_RDONLY)) >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_non_null(t = text_open(fd, (uint64_t)st.st_size));
	assert_true(text_analyze(t));
	(void)close(fd);
	(void)unlink(s);
	(void)unlink(so);
	return (t);
}

static unsigned
check(const struct want *w)
{
	const struct text_site *ts;
	char lines[1024];
	unsigned n, bad = 0;
	struct text *t;

	/* Far from other code, so that nothing there can jump in. */
	(void)snprintf(lines, sizeof(lines), ".skip 256, 0x90; .type f,"
	    "@function; f: .cfi_startproc; %s; .cfi_endproc; .size f, .-f;"
	    ".skip 256, 0x90", w->body);
	t = make(w->name, lines);
	ts = text_sites(t, &n);
	if (n != w->n) {
		print_error("%s: %u sites\n", w->name, n);
		bad++;
	}
	for (unsigned i = 0; i < n && i < w->n; i++)
		if (ts[i].ts_form != w->form[i] || ts[i].ts_why != w->why[i]) {
			if (ts[i].ts_form == TEXT_NOCALL &&
			    w->form[i] == TEXT_NOCALL)
				continue;
			print_error("%s: site %u: form %u, %s\n", w->name, i,
			    ts[i].ts_form, text_why(ts[i].ts_why));
			bad++;
		}
	if (w->len != 0 && (ts[0].ts_end - ts[0].ts_start != w->len ||
	    ((ts[0].ts_start - w->start) & 0xff) != 0)) {
		print_error("%s: window %x-%x\n", w->name, ts[0].ts_start,
		    ts[0].ts_end);
		bad++;
	}
	text_close(t);
	return (bad);
}

static void
test_forms(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		bad += check(&wants[i]);
	assert_int_equal(bad, 0);
}

/* Form and reason of the first call of a whole text. */
static void
expect(const char *name, const char *lines, unsigned form, unsigned why)
{
	struct text *t = make(name, lines);
	const struct text_site *ts;
	unsigned n;

	ts = text_sites(t, &n);
	assert_true(n >= 1);
	if (ts[0].ts_form != form || ts[0].ts_why != why)
		print_error("%s: form %u, %s\n", name, ts[0].ts_form,
		    text_why(ts[0].ts_why));
	assert_int_equal(ts[0].ts_form, form);
	assert_int_equal(ts[0].ts_why, why);
	text_close(t);
}

#define	FDE(name, body)	".type " name ",@function; " name			\
	": .cfi_startproc; " body "; .cfi_endproc; .size " name ",.-" name ";"
#define	CALL	FDE("f", "syscall; 1: cmp $99, %eax; ret")

/* Functions are known by symbols too, and in no other way not at all. */
static void
test_extents(void **state)
{
	(void)state;
	expect("symbol", ".globl f; .type f,@function; f: mov $39, %eax;"
	    "syscall; ret; .size f,.-f", TEXT_BEFORE, TEXT_FIT);
	expect("nothing", ".globl f; f: mov $39, %eax; syscall; ret",
	    TEXT_LEFT, TEXT_NOEXTENT);
	expect("cut", ".globl f; .type f,@function; f: mov $39, %eax; syscall;"
	    ".size f,.-f; ret", TEXT_BEFORE, TEXT_FIT);
	expect("signal", "f: .cfi_startproc; .cfi_signal_frame;"
	    "mov $39, %eax; syscall; ret; .cfi_endproc", TEXT_LEFT,
	    TEXT_SPECIAL);
}

/* What other functions do with the middle of one. */
static void
test_others(void **state)
{
	(void)state;
	expect("alone", CALL, TEXT_AROUND, TEXT_FIT);
	expect("jump-from-far", CALL ".skip 4096, 0x90;"
	    FDE("g", "jmp 1b"), TEXT_LEFT, TEXT_ENTERED);
	expect("jcc-from-far", CALL ".skip 4096, 0x90;"
	    FDE("g", "jz 1b; ret"), TEXT_LEFT, TEXT_ENTERED);
	expect("short-jump-from-near", CALL FDE("g", "jmp 1b"), TEXT_LEFT,
	    TEXT_ENTERED);
	expect("no-jump-from-near", CALL FDE("g", "mov $0xf9eb, %eax; ret"),
	    TEXT_AROUND, TEXT_FIT);
	expect("address-taken", CALL ".skip 4096, 0x90;"
	    FDE("g", "lea 1b(%rip), %rax; jmp *%rax"), TEXT_LEFT,
	    TEXT_ENTERED);
	expect("symbol-inside", FDE("f", "syscall; .globl h; h:"
	    "cmp $99, %eax; ret"), TEXT_LEFT, TEXT_ENTERED);
	expect("function-inside", "f: .cfi_startproc; syscall; .cfi_endproc;"
	    "h: .cfi_startproc; cmp $99, %eax; ret; .cfi_endproc", TEXT_LEFT,
	    TEXT_BOUND);
	expect("landing-pads", ".text; f: .cfi_startproc;"
	    ".cfi_lsda 0x1b, 7f; syscall; cmp $99, %eax; ret; .cfi_endproc;"
	    ".section .rodata; 7: .long 0", TEXT_LEFT, TEXT_INDIRECT);
	expect("landing-pads-elsewhere", ".text; f: .cfi_startproc;"
	    ".cfi_lsda 0x1b, 7f; mov $39, %eax; syscall; ret; .cfi_endproc;"
	    ".section .rodata; 7: .long 0", TEXT_BEFORE, TEXT_FIT);
	expect("writable", ".section .wtext,\"awx\",@progbits;" FDE("f",
	    "mov $39, %eax; syscall; ret") ".text; g: syscall", TEXT_LEFT,
	    TEXT_NOEXTENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_extents),
		cmocka_unit_test(test_others),
	};
	int r;

	if (mkdtemp(dir) == NULL)
		return (1);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	return (r);
}
