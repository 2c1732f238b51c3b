/*
 * vdso.c: moving the host's vDSO into the kernel's window.
 *
 * The vDSO finds its data pages relative to itself, so all of [vvar...] and
 * [vdso] move together, keeping their distances.  Their number and order
 * differ from host to host; /proc/self/maps tells.
 */
#include "host/host.h"
#include "host/linux/hostcall.h"
#include "host/sigctx.h"
#include "libkern/str.h"

#include <elf.h>

#define	MAXPARTS	6
#define	MREMAP_BOTH	3		/* MAYMOVE | FIXED */

struct part {
	uaddr_t	start, end;
	bool	code;
};

static uaddr_t
hex(const char **s)
{
	uaddr_t v = 0;

	for (;; (*s)++) {
		char c = **s;

		if (c >= '0' && c <= '9')
			v = v << 4 | (uaddr_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uaddr_t)(c - 'a' + 10);
		else
			return (v);
	}
}

/* Note one line of maps when it names a part of the vDSO. */
static void
line(const char *s, struct part *parts, int *n)
{
	struct part p;

	p.start = hex(&s);
	if (*s++ != '-')
		return;
	p.end = hex(&s);
	p.code = strstr(s, "[vdso]") != NULL;
	if ((!p.code && strstr(s, "[vvar") == NULL) || *n == MAXPARTS)
		return;
	parts[(*n)++] = p;
}

static int
find_parts(struct part *parts)
{
	char buf[1024];
	size_t have = 0;
	int n = 0, fd;
	long r;

	fd = host_openat(-100, "/proc/self/maps", 0, 0);
	if (fd < 0)
		return (0);
	while ((r = host_read(fd, buf + have, sizeof(buf) - 1 - have)) > 0) {
		char *s = buf, *e;

		have += r;
		buf[have] = '\0';
		while ((e = strchr(s, '\n')) != NULL) {
			*e = '\0';
			line(s, parts, &n);
			s = e + 1;
		}
		have -= s - buf;
		memmove(buf, s, have);
		if (have == sizeof(buf) - 1)
			have = 0;	/* an overlong path: not ours */
	}
	host_close(fd);
	return (n);
}

uaddr_t
host_vdso_move(uaddr_t at)
{
	struct part parts[MAXPARTS];
	uaddr_t lo = ~0UL, elf = 0;
	int n = find_parts(parts);

	for (int i = 0; i < n; i++)
		lo = kmin(lo, parts[i].start);
	for (int i = 0; i < n; i++) {
		size_t len = parts[i].end - parts[i].start;
		uaddr_t to = at + (parts[i].start - lo);

		if (host_mremap(parts[i].start, len, len, MREMAP_BOTH, to) < 0)
			return (0);
		if (parts[i].code)
			elf = to;
	}
	return (elf);
}

/* The address of a function of the vDSO, by its dynamic symbols; 0: none. */
uaddr_t
host_vdso_find(uaddr_t elf, const char *name)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)elf;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(elf + eh->e_phoff);
	const Elf64_Dyn *dyn = NULL;
	const Elf64_Sym *sym = NULL;
	const char *str = NULL;
	const uint32_t *hash = NULL, *gnu = NULL;
	uaddr_t load = elf;
	unsigned nsym = 0;

	for (int i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && ph[i].p_offset == 0)
			load = elf - ph[i].p_vaddr;
		else if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const Elf64_Dyn *)(elf + ph[i].p_offset);
	}
	for (; dyn != NULL && dyn->d_tag != DT_NULL; dyn++) {
		uaddr_t p = load + dyn->d_un.d_ptr;

		if (dyn->d_tag == DT_SYMTAB)
			sym = (const Elf64_Sym *)p;
		else if (dyn->d_tag == DT_STRTAB)
			str = (const char *)p;
		else if (dyn->d_tag == DT_HASH)
			hash = (const uint32_t *)p;
		else if (dyn->d_tag == DT_GNU_HASH)
			gnu = (const uint32_t *)p;
	}
	if (sym == NULL || str == NULL)
		return (0);
	if (hash != NULL)
		nsym = hash[1];
	else if (gnu != NULL)	/* .dynstr follows .dynsym in every vDSO */
		nsym = (unsigned)(((uaddr_t)str - (uaddr_t)sym) / sizeof(*sym));
	for (unsigned i = 0; i < nsym && i < 256; i++)
		if (sym[i].st_shndx != SHN_UNDEF &&
		    strcmp(str + sym[i].st_name, name) == 0)
			return (load + sym[i].st_value);
	return (0);
}

void
host_unmap_guest(uaddr_t lo_end, uaddr_t hi_start)
{
	(void)host_munmap(0, lo_end);
	(void)host_munmap(hi_start, 0x7ffffffff000UL - hi_start);
}
