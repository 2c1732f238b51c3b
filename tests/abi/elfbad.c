/*
 * Truncated and hostile ELF files.  The good one is a program of a few bytes
 * that exits with 42; each case breaks it in one way and execs it.
 */
#include "abitest.h"

#include <elf.h>

#define BASE	0x400000UL
#define NPH	4

struct image {
	Elf64_Ehdr	eh;
	Elf64_Phdr	ph[NPH];
	unsigned char	code[64];
};

/* mov $60,%eax; mov $42,%edi; syscall */
static const unsigned char code[] = {
	0xb8, 60, 0, 0, 0, 0xbf, 42, 0, 0, 0, 0x0f, 0x05
};

static struct image
good(void)
{
	struct image im;

	memset(&im, 0, sizeof(im));
	memcpy(im.eh.e_ident, ELFMAG, SELFMAG);
	im.eh.e_ident[EI_CLASS] = ELFCLASS64;
	im.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	im.eh.e_ident[EI_VERSION] = EV_CURRENT;
	im.eh.e_type = ET_EXEC;
	im.eh.e_machine = EM_X86_64;
	im.eh.e_version = EV_CURRENT;
	im.eh.e_entry = BASE + offsetof(struct image, code);
	im.eh.e_phoff = offsetof(struct image, ph);
	im.eh.e_ehsize = sizeof(Elf64_Ehdr);
	im.eh.e_phentsize = sizeof(Elf64_Phdr);
	im.eh.e_phnum = 1;
	im.ph[0].p_type = PT_LOAD;
	im.ph[0].p_flags = PF_R | PF_X;
	im.ph[0].p_vaddr = BASE;
	im.ph[0].p_filesz = sizeof(im);
	im.ph[0].p_memsz = sizeof(im);
	im.ph[0].p_align = 4096;
	memcpy(im.code, code, sizeof(code));
	return (im);
}

static void
try_bytes(const char *what, const void *p, size_t n)
{
	char *argv[] = { "bad", NULL };
	int fd;

	unlink("bad");
	fd = MUST(open("bad", O_WRONLY | O_CREAT | O_TRUNC, 0755));
	if (write(fd, p, n) != (ssize_t)n)
		die("write");
	close(fd);
	say("%s: ", what);
	CHILD(execve("./bad", argv, NULL); say("%s ", err_name(errno)));
}

static void
try(const char *what, const struct image *im)
{
	try_bytes(what, im, sizeof(*im));
}

#define BREAK(what, ...) do {						\
		struct image im = good();				\
		__VA_ARGS__;						\
		try(what, &im);						\
	} while (0)

static void
case_good(void)
{
	BREAK("good", );
}

static void
case_ident(void)
{
	BREAK("magic", im.eh.e_ident[1] = 'X');
	BREAK("class 32", im.eh.e_ident[EI_CLASS] = ELFCLASS32);
	BREAK("class 9", im.eh.e_ident[EI_CLASS] = 9);
	BREAK("big endian", im.eh.e_ident[EI_DATA] = ELFDATA2MSB);
	BREAK("ident version", im.eh.e_ident[EI_VERSION] = 0);
	BREAK("version", im.eh.e_version = 77);
	BREAK("flags", im.eh.e_flags = 0xdeadbeef);
}

static void
case_header(void)
{
	BREAK("machine arm", im.eh.e_machine = EM_AARCH64);
	BREAK("machine 0", im.eh.e_machine = 0);
	BREAK("type none", im.eh.e_type = ET_NONE);
	BREAK("type rel", im.eh.e_type = ET_REL);
	BREAK("type core", im.eh.e_type = ET_CORE);
	BREAK("phentsize 0", im.eh.e_phentsize = 0);
	BREAK("phentsize small", im.eh.e_phentsize = 55);
	BREAK("phentsize large", im.eh.e_phentsize = 57);
	BREAK("phnum 0", im.eh.e_phnum = 0);
	BREAK("phnum 65535", im.eh.e_phnum = 65535);
	BREAK("phnum 2000", im.eh.e_phnum = 2000);
	BREAK("phoff 0", im.eh.e_phoff = 0);
	BREAK("phoff end", im.eh.e_phoff = sizeof(im));
	BREAK("phoff beyond", im.eh.e_phoff = 1UL << 40);
	BREAK("phoff negative", im.eh.e_phoff = -64UL);
	BREAK("ehsize 0", im.eh.e_ehsize = 0);
}

static void
case_truncated(void)
{
	struct image im = good();
	static const int at[] = { 0, 1, 3, 4, 16, 20, 52, 63, 64, 80, 119 };
	char what[32];
	size_t i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		snprintf(what, sizeof(what), "first %d", at[i]);
		try_bytes(what, &im, at[i]);
	}
}

static void
case_entry(void)
{
	BREAK("entry 0", im.eh.e_entry = 0);
	BREAK("entry outside", im.eh.e_entry = 0x12345000);
	BREAK("entry noncanonical", im.eh.e_entry = 1UL << 63);
	BREAK("entry kernel", im.eh.e_entry = 0xffffffff81000000UL);
	BREAK("no execute", im.ph[0].p_flags = PF_R);
	BREAK("illegal instruction", im.code[0] = 0x0f; im.code[1] = 0x0b);
}

static void
case_sizes(void)
{
	BREAK("filesz > memsz", im.ph[0].p_memsz = 8);
	BREAK("memsz huge", im.ph[0].p_memsz = 1UL << 46);
	BREAK("memsz negative", im.ph[0].p_memsz = -1UL);
	BREAK("filesz huge", im.ph[0].p_filesz = im.ph[0].p_memsz = 1UL << 47);
	BREAK("filesz negative",
	    im.ph[0].p_filesz = im.ph[0].p_memsz = -4096UL);
	BREAK("filesz 0", im.ph[0].p_filesz = 0);
	BREAK("filesz beyond file",
	    im.ph[0].p_filesz = im.ph[0].p_memsz = 65536);
	BREAK("all empty", im.ph[0].p_filesz = im.ph[0].p_memsz = 0);
}

static void
case_addresses(void)
{
	BREAK("vaddr 0", im.ph[0].p_vaddr = 0);
	BREAK("vaddr kernel", im.ph[0].p_vaddr = 0xffffffff80000000UL);
	BREAK("vaddr top", im.ph[0].p_vaddr = 0x7ffffffff000UL);
	BREAK("vaddr noncanonical", im.ph[0].p_vaddr = 1UL << 62);
	BREAK("vaddr wraps", im.ph[0].p_vaddr = -4096UL);
	BREAK("incongruent", im.ph[0].p_vaddr = BASE + 8);
	BREAK("offset odd", im.ph[0].p_offset = 7);
	BREAK("offset beyond", im.ph[0].p_offset = 1UL << 40);
	BREAK("offset negative", im.ph[0].p_offset = -4096UL);
	BREAK("align 3", im.ph[0].p_align = 3);
	BREAK("align 0", im.ph[0].p_align = 0);
	BREAK("align huge", im.ph[0].p_align = 1UL << 40);
}

static void
case_segments(void)
{
	BREAK("overlapping", im.eh.e_phnum = 2; im.ph[1] = im.ph[0]);
	BREAK("overlapping page", im.eh.e_phnum = 2; im.ph[1] = im.ph[0];
	    im.ph[1].p_vaddr += 0x1000; im.ph[0].p_memsz = 0x3000;
	    im.ph[0].p_flags |= PF_W);
	BREAK("descending", im.eh.e_phnum = 2; im.ph[1] = im.ph[0];
	    im.ph[1].p_vaddr = BASE - 0x100000);
	BREAK("far apart", im.eh.e_phnum = 2; im.ph[1] = im.ph[0];
	    im.ph[1].p_vaddr = 0x7f0000000000UL);
	BREAK("no load", im.ph[0].p_type = PT_NOTE);
	BREAK("stack executable", im.eh.e_phnum = 2;
	    im.ph[1].p_type = PT_GNU_STACK; im.ph[1].p_flags = 7);
	BREAK("phdr lies", im.eh.e_phnum = 2; im.ph[1] = im.ph[0];
	    im.ph[0].p_type = PT_PHDR; im.ph[0].p_vaddr = 0x1234);
	BREAK("two interp", im.eh.e_phnum = 1; im.ph[0].p_flags = 0);
	BREAK("bad note", im.eh.e_phnum = 2; im.ph[1].p_type = PT_NOTE;
	    im.ph[1].p_offset = 1UL << 50; im.ph[1].p_filesz = 1UL << 50);
	BREAK("bad property", im.eh.e_phnum = 2;
	    im.ph[1].p_type = PT_GNU_PROPERTY;
	    im.ph[1].p_offset = 8; im.ph[1].p_filesz = 100000);
	BREAK("bad tls", im.eh.e_phnum = 2; im.ph[1].p_type = PT_TLS;
	    im.ph[1].p_memsz = -1UL);
}

struct interp_image {
	struct image	im;
	char		path[8192];
};

static void
try_interp(const char *what, const char *path, size_t len)
{
	static struct interp_image ii;

	memset(&ii, 0, sizeof(ii));
	ii.im = good();
	ii.im.eh.e_phnum = 2;
	ii.im.ph[1] = ii.im.ph[0];
	ii.im.ph[0].p_type = PT_INTERP;
	ii.im.ph[0].p_offset = offsetof(struct interp_image, path);
	ii.im.ph[0].p_filesz = ii.im.ph[0].p_memsz = len;
	if (path != NULL)
		strcpy(ii.path, path);
	else
		memset(ii.path, 'i', sizeof(ii.path));
	try_bytes(what, &ii, sizeof(ii));
}

static void
case_interp(void)
{
	struct image im = good();
	int fd;

	try_interp("missing", "/no/such/ld.so", 15);
	try_interp("a directory", "/tmp", 5);
	try_interp("unterminated", "/lib64/ld", 5);
	try_interp("empty", "", 1);
	try_interp("no bytes", "", 0);
	try_interp("one byte", "/", 1);
	try_interp("too long", NULL, 5000);
	try_interp("4096 long", NULL, 4096);
	try_interp("beyond file", "/bin/sh", 1000000);
	try_interp("length negative", "/bin/sh", -1UL);
	put_file("text", "no elf at all", 0755);
	try_interp("text", "./text", 7);
	put_file("long", "no elf at all, but long enough for a header of it, "
	    "yes, it is so long, long", 0755);
	try_interp("long text", "./long", 7);
	put_file("empty", "", 0755);
	try_interp("empty file", "./empty", 8);
	put_file("noexec", "no elf", 0644);
	try_interp("not executable", "./noexec", 9);
	im.eh.e_machine = EM_AARCH64;
	fd = MUST(open("arm", O_WRONLY | O_CREAT, 0755));
	if (write(fd, &im, sizeof(im)) != sizeof(im))
		die("write");
	close(fd);
	try_interp("wrong machine", "./arm", 6);
	im = good();
	im.ph[0].p_vaddr = 0x10000000;
	im.eh.e_entry += 0x10000000 - BASE;
	im.code[6] = 43;
	fd = MUST(open("ok", O_WRONLY | O_CREAT, 0755));
	if (write(fd, &im, sizeof(im)) != sizeof(im))
		die("write");
	close(fd);
	try_interp("a good one", "./ok", 5);
	try_interp("itself", "./bad", 6);
}

static void
case_static_pie(void)
{
	BREAK("dyn", im.eh.e_type = ET_DYN; im.ph[0].p_vaddr = 0;
	    im.eh.e_entry = offsetof(struct image, code));
	BREAK("dyn based", im.eh.e_type = ET_DYN);
	BREAK("dyn align 2M", im.eh.e_type = ET_DYN; im.ph[0].p_vaddr = 0;
	    im.ph[0].p_align = 0x200000;
	    im.eh.e_entry = offsetof(struct image, code));
	BREAK("dyn huge", im.eh.e_type = ET_DYN; im.ph[0].p_vaddr = 0;
	    im.eh.e_phnum = 2; im.ph[1] = im.ph[0];
	    im.ph[1].p_vaddr = 0x7ffffff00000UL;
	    im.eh.e_entry = offsetof(struct image, code));
}

static void
case_bss(void)
{
	/* Reads of the bss must see zeroes, also in the file's last page. */
	static const unsigned char probe[] = {
		0x8b, 0x3c, 0x25, 0x00, 0x0f, 0x40, 0x00, /* mov 0x400f00,%edi */
		0x03, 0x3c, 0x25, 0x00, 0x2f, 0x40, 0x00, /* add 0x402f00,%edi */
		0xb8, 60, 0, 0, 0, 0x0f, 0x05
	};
	static struct { struct image im; char fill[4096]; } f;

	memset(&f, 0x55, sizeof(f));
	f.im = good();
	memcpy(f.im.code, probe, sizeof(probe));
	f.im.ph[0].p_flags = PF_R | PF_W | PF_X;
	f.im.ph[0].p_filesz = sizeof(f.im);
	f.im.ph[0].p_memsz = 0x3000;
	try_bytes("zeroed", &f, sizeof(f));
	f.im.ph[0].p_flags = PF_R | PF_X;
	f.im.ph[0].p_memsz = sizeof(f.im) + 1;
	try_bytes("unzeroed in read-only", &f, sizeof(f));
}

static void
case_random_bytes(void)
{
	struct image im;
	unsigned char *p = (unsigned char *)&im;
	char what[32];
	uint32_t x = 12345;
	int i, j;

	/* Fixed seed: the same damage each time, on either kernel. */
	for (i = 0; i < 60; i++) {
		im = good();
		for (j = 0; j < 2; j++) {
			x = x * 1103515245 + 12345;
			p[(x >> 16) % 120] ^= 1 << ((x >> 8) & 7);
		}
		/* Only addresses; a kernel may place these differently. */
		if (im.ph[0].p_vaddr != BASE)
			continue;
		snprintf(what, sizeof(what), "damage %d", i);
		try(what, &im);
	}
}

CASES("elfbad",
	CASE(good), CASE(ident), CASE(header), CASE(truncated), CASE(entry),
	CASE(sizes), CASE(addresses), CASE(segments), CASE(interp),
	CASE(static_pie), CASE(bss), CASE(random_bytes));
