/* kernimg.c: see kernimg.h. */
#include "jail/kernimg.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

#define	SYM_MAX	(1u << 20)		/* bytes of a symbol table we read */

static int
read_all(int fd, void *buf, size_t n, uint64_t off)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(fd, (char *)buf + done, n - done,
		    (off_t)(off + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return (-1);
		done += (size_t)r;
	}
	return (0);
}

/* Beside the executable, or where `make install` puts it. */
static int
find_file(struct kernimg *ki, struct jerr *e)
{
	static const char *const places[] = {
		"guise-kern", "../libexec/guise/guise-kern",
	};
	char exe[PATH_MAX];
	ssize_t n;

	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return (jerr_errno(e, "cannot find my own executable "
		    "(/proc/self/exe); is /proc mounted?"));
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	for (unsigned i = 0; i < nitems(places); i++) {
		if (snprintf(ki->ki_path, sizeof(ki->ki_path), "%s/%s", exe,
		    places[i]) >= (int)sizeof(ki->ki_path))
			continue;
		ki->ki_fd = open(ki->ki_path, O_RDONLY | O_CLOEXEC);
		if (ki->ki_fd >= 0)
			return (0);
		if (errno != ENOENT)
			return (jerr_errno(e, "cannot open the kernel %s",
			    ki->ki_path));
	}
	return (jerr_set(e, JERR_SELF, "the kernel guise-kern is neither in %s "
	    "nor in %s/../libexec/guise; build or install it with make",
	    exe, exe));
}

static const char *
check_header(const Elf64_Ehdr *eh)
{
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0)
		return ("not an ELF file");
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh->e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh->e_machine != EM_X86_64)
		return ("not an x86-64 file");
	if (eh->e_type != ET_EXEC)
		return ("not a fixed-address executable");
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phnum == 0 ||
	    eh->e_phnum > 16)
		return ("bad program headers");
	return (NULL);
}

/* One PT_LOAD into ki; NULL or what is wrong. */
static const char *
add_segment(struct kernimg *ki, const Elf64_Phdr *ph, uint64_t fsize)
{
	struct kernseg *ks;
	uint64_t slack = ph->p_vaddr & KPAGE_MASK;

	if (ph->p_memsz == 0)
		return (NULL);
	if (ki->ki_nseg == KERNIMG_MAXSEG)
		return ("too many segments");
	if ((ph->p_flags & PF_W) != 0 || ph->p_filesz != ph->p_memsz)
		return ("has writable or zero-filled data");
	if (ph->p_vaddr < KERN_BASE || ph->p_vaddr >= VDSO_BASE ||
	    ph->p_memsz > VDSO_BASE - ph->p_vaddr)
		return ("segment outside the kernel's window");
	if ((ph->p_offset & KPAGE_MASK) != slack || ph->p_offset > fsize ||
	    ph->p_filesz > fsize - ph->p_offset)
		return ("truncated or misaligned segment");
	ks = &ki->ki_seg[ki->ki_nseg++];
	ks->ks_addr = ph->p_vaddr - slack;
	ks->ks_off = ph->p_offset - slack;
	ks->ks_len = roundup2(ph->p_memsz + slack, KPAGE_SIZE);
	ks->ks_prot = (ph->p_flags & PF_R ? PROT_READ : 0) |
	    (ph->p_flags & PF_X ? PROT_EXEC : 0);
	return (NULL);
}

static const char *
check_file(struct kernimg *ki)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph[16];
	struct stat st;
	const char *why;
	bool ok = false;

	if (fstat(ki->ki_fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ("not a regular file");
	if (read_all(ki->ki_fd, &eh, sizeof(eh), 0) != 0)
		return ("truncated");
	if ((why = check_header(&eh)) != NULL)
		return (why);
	if (eh.e_phoff > (uint64_t)st.st_size ||
	    read_all(ki->ki_fd, ph, eh.e_phnum * sizeof(ph[0]), eh.e_phoff))
		return ("truncated");
	for (unsigned i = 0; i < eh.e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD)
			continue;
		if ((why = add_segment(ki, &ph[i], (uint64_t)st.st_size)))
			return (why);
		if ((ph[i].p_flags & PF_X) != 0 &&
		    eh.e_entry >= ph[i].p_vaddr &&
		    eh.e_entry - ph[i].p_vaddr < ph[i].p_memsz)
			ok = true;
	}
	ki->ki_entry = eh.e_entry;
	return (ok ? NULL : "entry point outside its text");
}

int
kernimg_open(struct kernimg *ki, struct jerr *e)
{
	const char *why;

	memset(ki, 0, sizeof(*ki));
	if (find_file(ki, e) != 0)
		return (-1);
	if ((why = check_file(ki)) != NULL) {
		(void)close(ki->ki_fd);
		return (jerr_set(e, JERR_SELF,
		    "the kernel %s is damaged: %s; build it again",
		    ki->ki_path, why));
	}
	return (0);
}

int
kernimg_map(const struct kernimg *ki, struct jerr *e)
{
	for (unsigned i = 0; i < ki->ki_nseg; i++) {
		const struct kernseg *ks = &ki->ki_seg[i];
		void *want = (void *)ks->ks_addr;

		if (mmap(want, ks->ks_len, ks->ks_prot,
		    MAP_PRIVATE | MAP_FIXED_NOREPLACE, ki->ki_fd,
		    (off_t)ks->ks_off) != want)
			return (jerr_errno(e, "cannot map the kernel %s at "
			    "%p", ki->ki_path, want));
	}
	return (0);
}

/* --- symbols, for the report of a panic ---------------------------------- */

struct symtab {
	Elf64_Sym	*sy;
	size_t		nsy;
	char		*str;
	size_t		nstr;		/* str[nstr - 1] is 0 */
};

static void *
read_section(int fd, const Elf64_Shdr *sh)
{
	char *p;

	if (sh->sh_size == 0 || sh->sh_size > SYM_MAX)
		return (NULL);
	p = malloc(sh->sh_size);
	if (p != NULL && read_all(fd, p, sh->sh_size, sh->sh_offset) != 0) {
		free(p);
		return (NULL);
	}
	return (p);
}

static int
load_symtab(int fd, struct symtab *t)
{
	Elf64_Ehdr eh;
	Elf64_Shdr sh[64];

	memset(t, 0, sizeof(*t));
	if (read_all(fd, &eh, sizeof(eh), 0) != 0 ||
	    eh.e_shentsize != sizeof(sh[0]) || eh.e_shnum > nitems(sh) ||
	    read_all(fd, sh, eh.e_shnum * sizeof(sh[0]), eh.e_shoff) != 0)
		return (-1);
	for (unsigned i = 0; i < eh.e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB || sh[i].sh_link >= eh.e_shnum)
			continue;
		t->sy = read_section(fd, &sh[i]);
		t->nsy = sh[i].sh_size / sizeof(Elf64_Sym);
		t->str = read_section(fd, &sh[sh[i].sh_link]);
		t->nstr = sh[sh[i].sh_link].sh_size;
		if (t->sy != NULL && t->str != NULL &&
		    t->str[t->nstr - 1] == '\0')
			return (0);
		break;
	}
	free(t->sy);
	free(t->str);
	return (-1);
}

void
kernimg_symbol(const struct kernimg *ki, uint64_t pc, char *buf, size_t n)
{
	struct symtab t;
	const Elf64_Sym *best = NULL;

	buf[0] = '\0';
	if (load_symtab(ki->ki_fd, &t) != 0)
		return;
	for (size_t i = 0; i < t.nsy; i++) {
		const Elf64_Sym *s = &t.sy[i];

		if (ELF64_ST_TYPE(s->st_info) > STT_FUNC ||
		    ELF64_ST_TYPE(s->st_info) == STT_OBJECT ||
		    s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS ||
		    s->st_name >= t.nstr || s->st_value > pc)
			continue;
		if (best == NULL || s->st_value >= best->st_value)
			best = s;
	}
	if (best != NULL && pc - best->st_value < 0x100000)
		(void)snprintf(buf, n, "%s+0x%lx", t.str + best->st_name,
		    (unsigned long)(pc - best->st_value));
	free(t.sy);
	free(t.str);
}
