/*
 * test_textelf.c: the analyzer reads hostile files: sound ones with some bytes
 * changed, in the places that it believes most, and cut ones.  Whatever is in
 * them, it must end, stay inside its memory (this is built with the
 * sanitizers), and write a cache file that holds together.
 *
 * TEXTELF_SEED and TEXTELF_ROUNDS choose others and more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libkern/types.h"
#include "text/text.h"

static char dir[] = "/tmp/textelf-XXXXXX";
static uint64_t rng;

static unsigned
rnd(unsigned n)
{
	rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((unsigned)(rng >> 33) % n);
}

/* Functions by unwind information, by symbols, and by Go's table. */
static const char source[] =
"	.text\n"
"start:\n"
"	.irp n,1,2,3,4,5,6\n"
"f\\n:	.cfi_startproc\n"
"	.cfi_personality 0x1b, f1\n"
"	.cfi_lsda 0x1b, lsda\n"
"	mov $\\n, %eax; syscall; cmp $-4096, %rax; ja 1f; nop; 1: ret\n"
"	.cfi_endproc\n"
"	.endr\n"
"	.irp n,1,2,3,4\n"
"	.type s\\n,@function\n"
"s\\n:	xor %eax, %eax; syscall; cmp $-4096, %rax; ja s\\n; ret\n"
"	.size s\\n, .-s\\n\n"
"	.endr\n"
"	.irp n,1,2,3,4\n"
"g\\n:	mov 8(%rsp), %rax; syscall; cmp $-4096, %rax; ja g\\n; ret\n"
"	int3; int3\n"
"	.endr\n"
"goend:	ret\n"
"	.section .rodata\n"
"lsda:	.long 0\n"
"	.section .gopclntab, \"a\"\n"
"gotab:	.long 0xfffffff1; .byte 0, 0, 1, 8\n"
"	.quad 4, 1\n"
"	.quad 0\n"		/* where .text begins, as new Go has it */
"	.quad 64, 64, 64, 64, 72\n"
"	.irp n,1,2,3,4\n"
"	.long g\\n - start, 0\n"
"	.endr\n"
"	.long goend - start\n"
"	.skip 64\n"
"	.section .note.GNU-stack,\"\",@progbits\n";

static uint8_t *
slurp(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	uint8_t *p;

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	*n = (size_t)st.st_size;
	p = malloc(*n);
	assert_int_equal(read(fd, p, *n), *n);
	(void)close(fd);
	return (p);
}

static uint8_t *
assemble(size_t *n)
{
	char s[64], so[64], cmd[256];
	uint8_t *p;
	FILE *fp;

	(void)snprintf(s, sizeof(s), "%s/a.s", dir);
	(void)snprintf(so, sizeof(so), "%s/a.so", dir);
	(void)snprintf(cmd, sizeof(cmd), "gcc -shared -nostdlib -o %s %s", so,
	    s);
	fp = fopen(s, "w");
	(void)fputs(source, fp);
	(void)fclose(fp);
	assert_int_equal(system(cmd), 0);
	p = slurp(so, n);
	(void)unlink(s);
	(void)unlink(so);
	return (p);
}

static int
memory_file(const uint8_t *p, size_t n)
{
	int fd = memfd_create("textelf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, p, n, 0), n);
	return (fd);
}

/* The cache file must hold together, whatever it was made from. */
static void
check_cache(int fd)
{
	struct tc_head h;
	struct stat st;
	struct tc_pc *pc;

	assert_int_equal(pread(fd, &h, sizeof(h), 0), sizeof(h));
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(h.th_magic == TC_MAGIC && h.th_nseg <= TC_MAXSEG);
	assert_int_equal(h.th_size, st.st_size);
	if (h.th_nseg == 0)
		return;
	for (unsigned i = 0; i < h.th_nseg; i++) {
		const struct tc_seg *s = &h.th_seg[i];

		assert_true(s->tsg_len != 0 && ((s->tsg_off | s->tsg_len |
		    s->tsg_vaddr | s->tsg_data) & KPAGE_MASK) == 0);
		assert_true(s->tsg_data + s->tsg_len <= h.th_size);
		assert_true(s->tsg_vaddr + s->tsg_len <= h.th_span);
		assert_true(i == 0 || s->tsg_vaddr >= s[-1].tsg_vaddr +
		    s[-1].tsg_len);
	}
	assert_true(h.th_dist >= h.th_span && h.th_tramp + h.th_tramplen <=
	    h.th_size && h.th_npc > 0 && h.th_npc <= TC_MAXPC);
	pc = malloc(h.th_npc * sizeof(*pc));
	assert_int_equal(pread(fd, pc, h.th_npc * sizeof(*pc),
	    (off_t)h.th_pcoff), h.th_npc * sizeof(*pc));
	for (uint32_t i = 0; i < h.th_npc; i++) {
		assert_true(pc[i].tp_text <= h.th_span);
		assert_true((pc[i].tp_tramp & ~TCP_INTERIOR) < h.th_tramplen);
		assert_true(i == 0 || (pc[i].tp_text >= pc[i - 1].tp_text &&
		    (pc[i].tp_tramp & ~TCP_INTERIOR) >
		    (pc[i - 1].tp_tramp & ~TCP_INTERIOR)));
	}
	free(pc);
}

/* Patched sites, or -1 when it is no file for us. */
static int
digest(const uint8_t *p, size_t n)
{
	struct tc_key key = { .tk_size = n };
	int fd = memory_file(p, n), out, fit = 0;
	struct text *t = text_open(fd, n);
	const struct text_site *ts;
	unsigned ns;

	if (t == NULL) {
		(void)close(fd);
		return (-1);
	}
	assert_true(text_analyze(t));
	ts = text_sites(t, &ns);
	for (unsigned i = 0; i < ns; i++)
		fit += ts[i].ts_why == TEXT_FIT;
	out = memfd_create("textelf", MFD_CLOEXEC);
	assert_int_equal(text_write(t, &key, out), 0);
	check_cache(out);
	(void)close(out);
	text_close(t);
	(void)close(fd);
	return (fit);
}

static size_t
at(size_t n, uint64_t off, size_t within)
{
	return (off + within < n ? off + within : rnd((unsigned)n));
}

/* An offset that matters: headers, or the inside of a section. */
static size_t
somewhere(const uint8_t *p, size_t n)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)p;
	const Elf64_Shdr *sh;

	switch (rnd(8)) {
	case 0:
		return (rnd(sizeof(*eh)));
	case 1:
	case 2:
		return (at(n, eh->e_phoff, rnd(eh->e_phnum * 56U)));
	case 3:
		return (at(n, eh->e_shoff, rnd(eh->e_shnum * 64U)));
	case 4:
		return (rnd((unsigned)n));
	default:
		sh = (const Elf64_Shdr *)(p + eh->e_shoff) + rnd(eh->e_shnum);
		return (at(n, sh->sh_offset, rnd((unsigned)kmin(sh->sh_size,
		    (uint64_t)4096) + 1)));
	}
}

static void
mutate(uint8_t *m, const uint8_t *p, size_t n)
{
	static const uint64_t nasty[] = { 0, 1, 0xff, 0xffff, 0x7fffffff,
	    0x80000000, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff,
	    0xfffffffffffff000, 4096, 0x40000000 };

	for (unsigned k = rnd(4) + 1; k > 0; k--) {
		size_t off = somewhere(p, n), len = 1U << rnd(4);
		uint64_t v = nasty[rnd(12)];

		if (len > n - off)
			len = n - off;
		switch (rnd(4)) {
		case 0:
			memcpy(m + off, &v, len);
			break;
		case 1:
			m[off] ^= (uint8_t)(1u << rnd(8));
			break;
		case 2:
			m[off] = (uint8_t)(m[off] + rnd(32) - 16);
			break;
		default:
			memcpy(m + off, p + somewhere(p, n) % (n - len), len);
			break;
		}
	}
}

static void
fuzz(const uint8_t *p, size_t n, unsigned rounds)
{
	unsigned fit = 0, refused = 0;

	for (unsigned i = 0; i < rounds; i++) {
		size_t len = rnd(16) == 0 ? rnd((unsigned)n) + 1 : n;
		uint8_t *m = malloc(n);
		int r;

		memcpy(m, p, n);
		mutate(m, p, n);
		r = digest(m, len);
		fit += r > 0;
		refused += r < 0;
		free(m);
	}
	print_message("%u files: %u refused, %u with sites\n", rounds, refused,
	    fit);
	/* Neither always refused nor never. */
	assert_true(fit > 0 && refused > 0);
}

static unsigned
rounds(unsigned dfl)
{
	const char *e = getenv("TEXTELF_ROUNDS");

	return (e != NULL ? (unsigned)atoi(e) : dfl);
}

static void
test_small(void **state)
{
	size_t n;
	uint8_t *p = assemble(&n);

	(void)state;
	/* Unwind information: 6, symbols: 4, Go: 4. */
	assert_int_equal(digest(p, n), 14);
	fuzz(p, n, rounds(1500));
	free(p);
}

static void
test_loader(void **state)
{
	size_t n;
	uint8_t *p = slurp("/lib64/ld-linux-x86-64.so.2", &n);

	(void)state;
	assert_true(digest(p, n) > 20);
	fuzz(p, n, rounds(1500) / 20);
	free(p);
}

/* No ELF file at all. */
static void
test_noise(void **state)
{
	uint8_t m[4096];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned k = 0; k < sizeof(m); k++)
			m[k] = (uint8_t)rnd(256);
		memcpy(m, ELFMAG "\2\1\1", 7);
		m[18] = EM_X86_64;
		m[19] = 0;
		(void)digest(m, rnd(sizeof(m)) + 1);
	}
	assert_int_equal(digest((const uint8_t *)"", 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_noise),
	};
	const char *e = getenv("TEXTELF_SEED");
	int r;

	rng = e != NULL ? strtoull(e, NULL, 0) : 1;
	if (mkdtemp(dir) == NULL)
		return (1);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(dir);
	return (r);
}
