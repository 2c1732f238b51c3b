/*
 * imgact_elf.c: ELF programs of 64-bit amd64 (elf(5)).
 *
 * It knows no operating system: the brand (EI_OSABI, then the ABI note, then
 * the interpreter's path, then the configured fallback) names the sysvec, and
 * all that differs comes from there.
 *
 * The file is hostile input.  Every field is checked before the old program is
 * let go; addresses go through vm_mmap, which keeps them out of the window.
 */
#include "base/arena.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "kern/elf.h"
#include "kern/exec.h"
#include "kern/sysvec.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vm/vm.h"

#define	MAX_PHDRS_SIZE	65536
#define	MAX_NOTES	4096
#define	MAX_ALIGN	(1UL << 30)
#define	PROT_RWX	(PROT_READ | PROT_WRITE | PROT_EXEC)

/* One ELF file while it is looked at and mapped. */
struct elf {
	struct file	*file;		/* referenced */
	struct elf64_ehdr eh;
	struct elf64_phdr *ph;		/* eh.e_phnum of them */
	uaddr_t		lo, hi;		/* of PT_LOADs, page bounds */
	uaddr_t		brk;		/* end of the highest */
	size_t		align;
	uaddr_t		bias;
	size_t		need;		/* bytes from lo on, with trampolines */
	bool		bad;		/* cannot be mapped: kills, as Linux */
};

static int
phdr_prot(const struct elf64_phdr *ph)
{
	return ((ph->p_flags & PF_R ? PROT_READ : 0) |
	    (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	    (ph->p_flags & PF_X ? PROT_EXEC : 0));
}

/* --- reading and checking -------------------------------------------------- */

/* As Linux, do not look at the class and the byte order: the machine says all. */
static int
check_ehdr(struct execimg *img, const struct elf64_ehdr *eh, const char *what)
{
	if (eh->e_machine == EM_386) {
		exec_why(img, "%s is a 32-bit program; only 64-bit ones run",
		    what);
		return (-ENOEXEC);
	}
	if (eh->e_machine != EM_X86_64) {
		exec_why(img, "%s is for another machine (ELF machine %u, "
		    "this is x86-64)", what, eh->e_machine);
		return (-ENOEXEC);
	}
	if (eh->e_type != ET_EXEC && eh->e_type != ET_DYN) {
		exec_why(img, "%s is not an executable ELF file (type %u)",
		    what, eh->e_type);
		return (-ENOEXEC);
	}
	if (eh->e_phentsize != sizeof(struct elf64_phdr) ||
	    eh->e_phnum == 0 ||
	    eh->e_phnum * sizeof(struct elf64_phdr) > MAX_PHDRS_SIZE) {
		exec_why(img, "%s has a bad ELF program header table", what);
		return (-ENOEXEC);
	}
	return (0);
}

/* Is the segment possible?  Widen the file's bounds by it. */
static bool
check_load(struct elf *e, const struct elf64_phdr *ph, bool first)
{
	uaddr_t start = rounddown2(ph->p_vaddr, KPAGE_SIZE), end;

	if (ph->p_memsz > USER_MAX || ph->p_vaddr > USER_MAX - ph->p_memsz ||
	    ph->p_filesz > ph->p_memsz ||
	    ph->p_offset > (uint64_t)INT64_MAX - ph->p_filesz)
		return (false);
	if (ph->p_filesz != 0 &&
	    ((ph->p_vaddr ^ ph->p_offset) & KPAGE_MASK) != 0)
		return (false);
	end = roundup2(ph->p_vaddr + ph->p_memsz, KPAGE_SIZE);
	if (first || start < e->lo)
		e->lo = start;
	if (first || end > e->hi)
		e->hi = end;
	if (first || ph->p_vaddr + ph->p_memsz > e->brk)
		e->brk = ph->p_vaddr + ph->p_memsz;
	if (ph->p_align > e->align && ph->p_align <= MAX_ALIGN &&
	    (ph->p_align & (ph->p_align - 1)) == 0)
		e->align = ph->p_align;
	return (true);
}

/*
 * Read the header table and look at each PT_LOAD.  Impossible ones are noted
 * only: Linux finds them after the point of no return, and kills.
 */
static int
elf_read(struct execimg *img, struct elf *e, const char *what)
{
	size_t size = e->eh.e_phnum * sizeof(struct elf64_phdr);
	bool first = true;
	int error;

	e->ph = kmalloc(size, KM_NOZERO);
	if (e->ph == NULL)
		return (-ENOMEM);
	error = exec_read(e->file, e->ph, size, e->eh.e_phoff);
	if (error != 0) {
		exec_why(img, "%s is truncated", what);
		return (-ENOEXEC);
	}
	e->align = KPAGE_SIZE;
	for (unsigned i = 0; i < e->eh.e_phnum; i++) {
		if (e->ph[i].p_type != PT_LOAD)
			continue;
		if (!check_load(e, &e->ph[i], first)) {
			exec_why(img, "%s has an impossible segment (%u)",
			    what, i);
			e->bad = true;
			return (0);
		}
		first = false;
	}
	if (first || e->hi == e->lo) {
		exec_why(img, "%s has nothing to load", what);
		e->bad = true;
	}
	return (0);
}

/* The path in PT_INTERP, in *pathp (kernel memory), or NULL. */
static int
read_interp(struct execimg *img, const struct elf *e, char **pathp)
{
	const struct elf64_phdr *ph;
	unsigned i;
	char *s;
	int error;

	*pathp = NULL;
	for (i = 0; i < e->eh.e_phnum && e->ph[i].p_type != PT_INTERP; i++)
		;
	if (i == e->eh.e_phnum)
		return (0);
	ph = &e->ph[i];
	if (ph->p_filesz < 2 || ph->p_filesz > KPATH_MAX) {
		exec_why(img, "its interpreter's name has a bad length");
		return (-ENOEXEC);
	}
	s = kmalloc(ph->p_filesz, KM_NOZERO);
	if (s == NULL)
		return (-ENOMEM);
	error = exec_read(e->file, s, ph->p_filesz, ph->p_offset);
	if (error == 0 && s[ph->p_filesz - 1] != '\0')
		error = -ENOEXEC;
	if (error != 0) {
		exec_why(img, "its interpreter's name cannot be read");
		kfree(s);
		return (error);
	}
	*pathp = s;
	return (0);
}

/* --- brands -------------------------------------------------------------------- */

/* Does this run of notes hold sv's ABI note? */
static bool
find_note(const struct sysvec *sv, const char *buf, size_t n)
{
	size_t namelen = strlen(sv->sv_notename) + 1, off = 0, name, desc;
	struct elf64_nhdr nh;

	while (n - off >= sizeof(nh)) {
		memcpy(&nh, buf + off, sizeof(nh));
		name = off + sizeof(nh);
		if (nh.n_namesz > n - name)
			return (false);
		desc = roundup2(name + nh.n_namesz, (size_t)4);
		if (desc > n || nh.n_descsz > n - desc)
			return (false);
		if (nh.n_type == NT_ABI_TAG && nh.n_namesz == namelen &&
		    memcmp(buf + name, sv->sv_notename, namelen) == 0 &&
		    (sv->sv_notecheck == NULL ||
		    sv->sv_notecheck(buf + desc, nh.n_descsz)))
			return (true);
		off = roundup2(desc + nh.n_descsz, (size_t)4);
		if (off > n)
			return (false);
	}
	return (false);
}

static const struct sysvec *
brand_by_note(const struct elf *e)
{
	const struct sysvec *sv, *found = NULL;
	char *buf;
	size_t n;

	buf = kmalloc(MAX_NOTES, KM_NOZERO);
	if (buf == NULL)
		return (NULL);
	for (unsigned i = 0; i < e->eh.e_phnum && found == NULL; i++) {
		if (e->ph[i].p_type != PT_NOTE ||
		    e->ph[i].p_filesz < sizeof(struct elf64_nhdr))
			continue;
		n = kmin(e->ph[i].p_filesz, (uint64_t)MAX_NOTES);
		if (exec_read(e->file, buf, n, e->ph[i].p_offset) != 0)
			continue;
		for (unsigned k = 0; (sv = sysvec_nth(k)) != NULL; k++)
			if (sv->sv_notename != NULL &&
			    find_note(sv, buf, n)) {
				found = sv;
				break;
			}
	}
	kfree(buf);
	return (found);
}

static const struct sysvec *
brand_of(const struct elf *e, const char *interp)
{
	const struct sysvec *sv;
	unsigned i, k;

	for (i = 0; (sv = sysvec_nth(i)) != NULL; i++)
		if (e->eh.e_ident[EI_OSABI] != 0 &&
		    e->eh.e_ident[EI_OSABI] == sv->sv_osabi)
			return (sv);
	sv = brand_by_note(e);
	if (sv != NULL)
		return (sv);
	for (i = 0; interp != NULL && (sv = sysvec_nth(i)) != NULL; i++)
		for (k = 0; sv->sv_interps != NULL &&
		    sv->sv_interps[k] != NULL; k++)
			if (strcmp(sv->sv_interps[k], interp) == 0)
				return (sv);
	return (sysvec_fallback());
}

/* --- the interpreter -------------------------------------------------------------- */

static int
open_interp(struct thread *td, const struct sysvec *sv, const char *path,
    struct file **fpp)
{
	char *full;
	int error;

	/* The caller's own emulation path is not the new program's. */
	if (sv->sv_emul != NULL && sv != td->td_sysvec) {
		full = kmalloc(KPATH_MAX, KM_NOZERO);
		if (full == NULL)
			return (-ENOMEM);
		ksnprintf(full, KPATH_MAX, "%s%s", sv->sv_emul, path);
		error = exec_open(td, AT_FDCWD, full, 0, fpp);
		kfree(full);
		if (error == 0)
			return (0);
	}
	return (exec_open(td, AT_FDCWD, path, 0, fpp));
}

static int
load_interp(struct thread *td, struct execimg *img, struct elf *e,
    const char *path)
{
	int error;

	error = open_interp(td, img->ei_sysvec, path, &e->file);
	if (error != 0) {
		exec_why(img, "its interpreter %s %s", path,
		    error == -ENOENT ? "does not exist" :
		    "cannot be executed");
		return (error);
	}
	error = exec_read(e->file, &e->eh, sizeof(e->eh), 0);
	if (error != 0 || memcmp(e->eh.e_ident, ELFMAG, 4) != 0) {
		exec_why(img, "its interpreter %s is not an ELF file", path);
		return (error != 0 ? error : -ELIBBAD);
	}
	error = check_ehdr(img, &e->eh, "its interpreter");
	if (error == 0)
		error = elf_read(img, e, "its interpreter");
	return (error == -ENOEXEC ? -ELIBBAD : error);
}

/* --- mapping (after the point of no return) ----------------------------------------- */

static int
map_zeroes(struct thread *td, uaddr_t start, uaddr_t end, int prot)
{
	long r;

	start = roundup2(start, KPAGE_SIZE);
	end = roundup2(end, KPAGE_SIZE);
	if (start >= end)
		return (0);
	r = vm_mmap(td->td_vm, start, end - start, PROT_READ | PROT_WRITE |
	    (prot & PROT_EXEC), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, NULL,
	    0, PROT_RWX);
	return (r < 0 ? (int)r : 0);
}

static int
map_segment(struct thread *td, const struct elf *e,
    const struct elf64_phdr *ph)
{
	uaddr_t va = e->bias + ph->p_vaddr, file_end = va + ph->p_filesz;
	size_t in = va & KPAGE_MASK;
	struct vm_object *obj;
	int prot = phdr_prot(ph), error;
	long r;

	if (ph->p_memsz == 0)
		return (0);
	if (ph->p_filesz == 0)
		return (map_zeroes(td, va - in, va + ph->p_memsz, prot));
	if (e->file->f_ops->fo_mmap == NULL)
		return (-ENODEV);
	error = e->file->f_ops->fo_mmap(e->file, prot, MAP_PRIVATE, &obj);
	if (error != 0)
		return (error);
	r = vm_mmap(td->td_vm, va - in, ph->p_filesz + in, prot,
	    MAP_PRIVATE | MAP_FIXED, obj, ph->p_offset - in, PROT_RWX);
	obj->vo_ops->vo_drop(obj);
	if (r < 0)
		return ((int)r);
	if (ph->p_memsz == ph->p_filesz)
		return (0);
	/* The rest of the last page is zero, if the program may see to that;
	 * Linux leaves read-only pages as they are. */
	if (prot & PROT_WRITE) {
		error = user_zero(file_end, roundup2(file_end, KPAGE_SIZE) -
		    file_end);
		if (error != 0)
			return (error);
	}
	return (map_zeroes(td, file_end, va + ph->p_memsz, prot));
}

static int
map_all(struct thread *td, const struct elf *e)
{
	int error = 0;

	for (unsigned i = 0; i < e->eh.e_phnum && error == 0; i++)
		if (e->ph[i].p_type == PT_LOAD)
			error = map_segment(td, e, &e->ph[i]);
	return (error);
}

/* Room for the image, and for the trampolines of its patched text. */
static size_t
space_of(struct thread *td, const struct elf *e)
{
	struct vm_object *obj;
	size_t n = e->hi - e->lo;

	if (e->file->f_ops->fo_mmap != NULL && e->file->f_ops->fo_mmap(e->file,
	    PROT_READ | PROT_EXEC, MAP_PRIVATE, &obj) == 0) {
		n = vm_text_need(td->td_vm, obj, n);
		obj->vo_ops->vo_drop(obj);
	}
	return (n);
}

/* Choose where a position-independent file goes. */
static int
place(struct thread *td, struct elf *e, bool program, bool has_interp)
{
	long a;

	e->bias = 0;
	e->need = space_of(td, e);
	if (e->eh.e_type == ET_EXEC)
		return (0);
	if (program && has_interp) {
		e->bias = vm_piebase(td->td_vm, e->align) -
		    rounddown2(e->lo, e->align);
		return (0);
	}
	a = vm_findspace(td->td_vm, 0, e->lo - rounddown2(e->lo, e->align) +
	    e->need, e->align);
	if (a < 0)
		return ((int)a);
	e->bias = (uaddr_t)a - rounddown2(e->lo, e->align);
	return (0);
}

/* Where the program finds its own header table; 0 if it is not mapped. */
static uaddr_t
phdr_addr(const struct elf *e)
{
	const struct elf64_phdr *ph;

	for (unsigned i = 0; i < e->eh.e_phnum; i++) {
		ph = &e->ph[i];
		if (ph->p_type == PT_LOAD && ph->p_offset <= e->eh.e_phoff &&
		    e->eh.e_phoff - ph->p_offset < ph->p_filesz)
			return (e->eh.e_phoff - ph->p_offset + ph->p_vaddr +
			    e->bias);
	}
	return (0);
}

static void
find_code(struct execimg *img, const struct elf *e)
{
	const struct elf64_phdr *ph;

	for (unsigned i = 0; i < e->eh.e_phnum; i++) {
		ph = &e->ph[i];
		if (ph->p_type != PT_LOAD || !(ph->p_flags & PF_X))
			continue;
		if (img->ei_code == 0)
			img->ei_code = ph->p_vaddr + e->bias;
		img->ei_code_end = ph->p_vaddr + ph->p_filesz + e->bias;
	}
}

static int
map_program(struct thread *td, struct execimg *img, struct elf *prog,
    struct elf *interp)
{
	bool has = interp->file != NULL;
	int error;

	if (prog->bad || interp->bad)
		return (-EINVAL);
	error = place(td, prog, true, has);
	if (error == 0)
		error = map_all(td, prog);
	if (error != 0)
		return (error);
	/* A program without an interpreter may be one itself: its heap must
	 * not stand in the way of what it will map. */
	vm_setbrk(td->td_vm, prog->eh.e_type == ET_DYN && !has ?
	    vm_piebase(td->td_vm, KPAGE_SIZE) : kmax(prog->brk,
	    prog->need > prog->hi - prog->lo ? prog->lo + prog->need : 0) +
	    prog->bias);
	img->ei_progentry = img->ei_entry = prog->eh.e_entry + prog->bias;
	img->ei_phdr = phdr_addr(prog);
	img->ei_phnum = prog->eh.e_phnum;
	img->ei_phent = sizeof(struct elf64_phdr);
	find_code(img, prog);
	if (!has)
		return (0);
	error = place(td, interp, false, false);
	if (error == 0)
		error = map_all(td, interp);
	img->ei_base = interp->bias;
	img->ei_entry = interp->eh.e_entry + interp->bias;
	return (error);
}

/* --- the activator --------------------------------------------------------------------- */

static int
stack_prot(const struct elf *e)
{
	for (unsigned i = 0; i < e->eh.e_phnum; i++)
		if (e->ph[i].p_type == PT_GNU_STACK &&
		    (e->ph[i].p_flags & PF_X))
			return (PROT_RWX);
	return (PROT_READ | PROT_WRITE);
}

/* A program and its interpreter, if it has one. */
struct elfpair {
	struct elf	prog, interp;
};

static void
elf_free(struct execimg *img)
{
	struct elfpair *ep = img->ei_actdata;

	if (ep == NULL)
		return;
	kfree(ep->prog.ph);
	kfree(ep->interp.ph);
	fdrop(ep->interp.file);
	kfree(ep);
	img->ei_actdata = NULL;
}

static int
elf_check(struct thread *td, struct execimg *img)
{
	struct elfpair *ep;
	struct elf *prog;
	char *path = NULL;
	int error;

	if (img->ei_hdrlen < 4 || memcmp(img->ei_hdr, ELFMAG, 4) != 0)
		return (EXEC_NOTMINE);
	if (img->ei_hdrlen < sizeof(prog->eh)) {
		exec_why(img, "the program is truncated");
		return (-ENOEXEC);
	}
	ep = img->ei_actdata = KNEW(struct elfpair);
	if (ep == NULL)
		return (-ENOMEM);
	prog = &ep->prog;
	prog->file = img->ei_file;
	memcpy(&prog->eh, img->ei_hdr, sizeof(prog->eh));
	error = check_ehdr(img, &prog->eh, "the program");
	if (error == 0)
		error = elf_read(img, prog, "the program");
	if (error == 0)
		error = read_interp(img, prog, &path);
	if (error != 0)
		return (error);
	img->ei_sysvec = brand_of(prog, path);
	if (img->ei_sysvec == NULL)
		error = -ENOEXEC;
	else if (path != NULL)
		error = load_interp(td, img, &ep->interp, path);
	kfree(path);
	img->ei_stackprot = stack_prot(prog);
	return (error);
}

static int
elf_map(struct thread *td, struct execimg *img)
{
	struct elfpair *ep = img->ei_actdata;
	int error;

	vm_settext(td->td_vm, img->ei_sysvec->sv_fastentry);
	error = map_program(td, img, &ep->prog, &ep->interp);
	if (error != 0)
		exec_why(img, "its segments cannot be mapped");
	return (error);
}

const struct imgact imgact_elf = { "elf", elf_check, elf_map, elf_free };
