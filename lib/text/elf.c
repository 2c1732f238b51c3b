/*
 * elf.c: an ELF file's headers, and its bytes as far as somebody asks for
 * them.  Bytes are copied once and looked at in the copy: the file may change
 * under us.  Every offset and length is checked against the file's size.
 */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "text/internal.h"

#define	BLOCK		65536u
#define	MAXSECTIONS	4096u

static bool
read_block(struct telf *f, uint64_t b)
{
	uint64_t off = b * BLOCK, end = off + BLOCK;

	if (end > f->f_size)
		end = f->f_size;
	while (off < end) {
		ssize_t n = pread(f->f_fd, f->f_data + off, end - off,
		    (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (false);
		off += (uint64_t)n;
	}
	f->f_have[b] = 1;
	return (true);
}

const uint8_t *
telf_off(struct telf *f, uint64_t off, uint64_t len)
{
	if (len == 0 || off >= f->f_size || len > f->f_size - off)
		return (NULL);
	for (uint64_t b = off / BLOCK; b <= (off + len - 1) / BLOCK; b++)
		if (!f->f_have[b] && !read_block(f, b))
			return (NULL);
	return (f->f_data + off);
}

const uint8_t *
telf_addr(struct telf *f, uint32_t addr, uint32_t len)
{
	for (unsigned i = 0; i < f->f_nseg; i++) {
		const struct tseg *sg = &f->f_seg[i];
		uint32_t in = addr - sg->sg_addr;

		if (addr >= sg->sg_addr && in < sg->sg_filesz &&
		    len <= sg->sg_filesz - in)
			return (telf_off(f, sg->sg_off + in, len));
	}
	return (NULL);
}

const uint8_t *
telf_text(const struct telf *f, uint32_t addr, uint32_t *len)
{
	for (unsigned i = 0; i < f->f_nseg; i++) {
		const struct tseg *sg = &f->f_seg[i];
		uint32_t in = addr - sg->sg_addr;

		if (!sg->sg_text || addr < sg->sg_addr ||
		    in >= sg->sg_filesz)
			continue;
		*len = sg->sg_filesz - in;
		return (f->f_data + sg->sg_off + in);
	}
	return (NULL);
}

static bool
add_segment(struct telf *f, const Elf64_Phdr *ph)
{
	uint64_t vaddr = ph->p_vaddr - f->f_base;
	struct tseg *sg = &f->f_seg[f->f_nseg];

	if (ph->p_memsz == 0)
		return (true);
	/* Ascending and apart, as the kernel maps them. */
	if (f->f_nseg > 0 && vaddr < sg[-1].sg_addr + (uint64_t)
	    sg[-1].sg_memsz)
		return (false);
	if (f->f_nseg == TX_MAXSEG || ph->p_filesz > ph->p_memsz ||
	    ph->p_offset > f->f_size ||
	    ph->p_filesz > f->f_size - ph->p_offset ||
	    ((ph->p_offset ^ vaddr) & KPAGE_MASK) != 0)
		return (false);
	sg->sg_addr = (uint32_t)vaddr;
	sg->sg_memsz = (uint32_t)ph->p_memsz;
	sg->sg_filesz = (uint32_t)ph->p_filesz;
	sg->sg_off = ph->p_offset;
	sg->sg_text = (ph->p_flags & (PF_X | PF_W)) == PF_X &&
	    sg->sg_filesz != 0;
	if (sg->sg_text && telf_off(f, sg->sg_off, sg->sg_filesz) == NULL)
		return (false);
	f->f_nseg++;
	return (true);
}

/* The image: lowest and highest address of what is loaded. */
static bool
measure(struct telf *f, const Elf64_Phdr *ph, unsigned n)
{
	uint64_t lo = UINT64_MAX, hi = 0;

	for (unsigned i = 0; i < n; i++) {
		if (ph[i].p_type != PT_LOAD || ph[i].p_memsz == 0)
			continue;
		if (ph[i].p_vaddr + ph[i].p_memsz < ph[i].p_vaddr)
			return (false);
		lo = kmin(lo, rounddown2(ph[i].p_vaddr, KPAGE_SIZE));
		hi = kmax(hi, ph[i].p_vaddr + ph[i].p_memsz);
	}
	if (lo >= hi || hi - lo > TX_MAXSPAN)
		return (false);
	f->f_base = lo;
	f->f_span = (uint32_t)roundup2(hi - lo, KPAGE_SIZE);
	return (true);
}

static bool
read_segments(struct telf *f, const Elf64_Ehdr *eh)
{
	Elf64_Phdr ph[64];
	const uint8_t *p;

	if (eh->e_phentsize != sizeof(*ph) || eh->e_phnum == 0 ||
	    eh->e_phnum > nitems(ph))
		return (false);
	p = telf_off(f, eh->e_phoff, eh->e_phnum * sizeof(*ph));
	if (p == NULL)
		return (false);
	memcpy(ph, p, eh->e_phnum * sizeof(*ph));
	if (!measure(f, ph, eh->e_phnum))
		return (false);
	for (unsigned i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && !add_segment(f, &ph[i]))
			return (false);
		if (ph[i].p_type == PT_GNU_EH_FRAME &&
		    ph[i].p_vaddr >= f->f_base &&
		    ph[i].p_vaddr - f->f_base < f->f_span &&
		    ph[i].p_filesz < TX_MAXSPAN) {
			f->f_ehhdr = (uint32_t)(ph[i].p_vaddr - f->f_base);
			f->f_ehhdrlen = (uint32_t)ph[i].p_filesz;
		}
	}
	return (f->f_nseg != 0);
}

/* Sections are a help, not a must. */
static void
read_sections(struct telf *f, const Elf64_Ehdr *eh)
{
	unsigned n = eh->e_shnum, strndx = eh->e_shstrndx;
	const uint8_t *p, *name;
	Elf64_Shdr sh, str;

	if (n == 0 || n > MAXSECTIONS || eh->e_shentsize != sizeof(sh) ||
	    strndx >= n)
		return;
	p = telf_off(f, eh->e_shoff, n * sizeof(sh));
	if (p == NULL || (f->f_sec = calloc(n, sizeof(*f->f_sec))) == NULL)
		return;
	memcpy(&str, p + strndx * sizeof(sh), sizeof(sh));
	for (unsigned i = 0; i < n; i++) {
		struct tsection *sc = &f->f_sec[i];

		memcpy(&sh, p + i * sizeof(sh), sizeof(sh));
		sc->sc_type = sh.sh_type;
		sc->sc_link = sh.sh_link;
		sc->sc_vaddr = sh.sh_addr;
		sc->sc_off = sh.sh_offset;
		sc->sc_size = sh.sh_size;
		if (sh.sh_name >= str.sh_size ||
		    str.sh_size > f->f_size)
			continue;
		name = telf_off(f, str.sh_offset + sh.sh_name,
		    kmin(str.sh_size - sh.sh_name,
		    (uint64_t)sizeof(sc->sc_name) - 1));
		if (name != NULL)
			(void)strncpy(sc->sc_name, (const char *)name,
			    kmin(str.sh_size - sh.sh_name,
			    (uint64_t)sizeof(sc->sc_name) - 1));
	}
	f->f_nsec = n;
}

bool
telf_open(struct telf *f, int fd, uint64_t size)
{
	const uint8_t *p;
	Elf64_Ehdr eh;

	memset(f, 0, sizeof(*f));
	if (size < sizeof(eh) || size > SIZE_MAX / 2)
		return (false);
	f->f_fd = fd;
	f->f_size = size;
	f->f_have = calloc(size / BLOCK + 1, 1);
	f->f_data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (f->f_data == MAP_FAILED)
		f->f_data = NULL;
	if (f->f_have == NULL || f->f_data == NULL ||
	    (p = telf_off(f, 0, sizeof(eh))) == NULL)
		return (false);
	memcpy(&eh, p, sizeof(eh));
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0 ||
	    eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh.e_machine != EM_X86_64 ||
	    (eh.e_type != ET_EXEC && eh.e_type != ET_DYN) ||
	    !read_segments(f, &eh))
		return (false);
	read_sections(f, &eh);
	return (true);
}

void
telf_close(struct telf *f)
{
	if (f->f_data != NULL)
		(void)munmap(f->f_data, f->f_size);
	free(f->f_have);
	free(f->f_sec);
}
