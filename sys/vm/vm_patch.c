/*
 * vm_patch.c: hot call sites jump into the kernel instead of trapping.
 *
 * A site that has trapped VP_HOT times and reads
 *	b8 NR NR NR NR	mov $nr, %eax
 *	0f 05		syscall
 * has its first instruction replaced by `jmp trampoline`.  The trampoline does
 * what that instruction did, loads %rcx with the address behind the `syscall`
 * (which the instruction would have left there) and jumps to the fast entry
 * (arch/amd64/fast.S).  The `syscall` bytes stay: a jump straight to them
 * still traps.
 *
 * What makes it safe:
 *  - the bytes were executed as a call VP_HOT times with %rax == NR, in a
 *    private mapping of a file that is executable and not writable (no JIT's);
 *  - a prefix byte before them rules the site out;
 *  - the five bytes change in one aligned store, or, when they straddle eight
 *    bytes, only while the process has one thread.
 * The patched page is a private copy; nothing reaches the file.
 *
 * Trampolines live in pages of their own, near their sites, in entries that
 * guests do not see.  Counts are kept without a lock: a lost one only delays.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm_internal.h"

#define	VP_HOT		24
#define	VP_NEVER	0xffffu
#define	VP_SITES	128		/* counters, by hash of the address */
#define	VP_REGIONS	16
#define	VP_SLOT		32
#define	VP_SLOTS	(KPAGE_SIZE / VP_SLOT)
#define	VP_REACH	0x7fff0000UL	/* of a 32-bit displacement */
#define	VP_MAXNR	1024

struct vm_patch {
	struct {
		uint32_t	pc;	/* low half of the address */
		uint32_t	n;
	} vp_site[VP_SITES];
	uint32_t	vp_nregions;	/* (vm_lock) */
	struct {
		uaddr_t		base;
		uint32_t	used;	/* slots; slot 0 holds the entry */
	} vp_region[VP_REGIONS];
};

void
vm_patch_free(struct vmspace *vm)
{
	kfree(vm->vm_patch);
	vm->vm_patch = NULL;
}

/* The child has the same pages; without memory it just patches anew. */
void
vm_patch_fork(struct vmspace *to, const struct vmspace *from)
{
	if (from->vm_patch == NULL)
		return;
	to->vm_patch = kmalloc(sizeof(*to->vm_patch), KM_NOZERO);
	if (to->vm_patch != NULL)
		memcpy(to->vm_patch, from->vm_patch, sizeof(*to->vm_patch));
}

/* The entry that holds all of [a, a + n), if it is text of a file. */
static struct vm_entry *
text_entry(struct vmspace *vm, uaddr_t a, size_t n)
{
	struct vm_entry *e = vme_find(vm, a);

	if (e == NULL || e->e_start > a || e->e_end - a < n)
		return (NULL);
	if (e->e_obj == NULL || (e->e_flags & MAP_TYPE) != MAP_PRIVATE ||
	    (e->e_prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) !=
	    (PROT_READ | PROT_EXEC))
		return (NULL);
	return (e);
}

static bool
in_reach(uaddr_t a, uaddr_t b)
{
	return ((a > b ? a - b : b - a) < VP_REACH);
}

/* A new page of trampolines within reach of site. */
static bool
region_new(struct vmspace *vm, struct vm_patch *vp, uaddr_t site)
{
	uint64_t entry = arch_fastentry();
	struct vm_entry *e;
	uaddr_t a, lo;

	if (vp->vp_nregions == VP_REGIONS)
		return (false);
	/* Below the site if it can be: above it the heap may want to grow. */
	lo = site > VP_REACH / 2 ? site - VP_REACH / 2 : 0;
	a = vme_gap(vm, kmax(lo, USER_MIN + 0x10000), site, KPAGE_SIZE,
	    KPAGE_SIZE);
	if (a == 0)
		a = vme_gap(vm, site, kmin(site + VP_REACH / 2, USER_MAX),
		    KPAGE_SIZE, KPAGE_SIZE);
	if (a == 0 || !vm_rangeok(a, KPAGE_SIZE) || (e = vme_alloc()) == NULL)
		return (false);
	if (host_mmap(a, KPAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (long)a) {
		vme_free(e);
		return (false);
	}
	e->e_start = a;
	e->e_end = a + KPAGE_SIZE;
	e->e_prot = PROT_READ | PROT_EXEC;
	e->e_maxprot = PROT_READ | PROT_WRITE | PROT_EXEC;
	e->e_flags = MAP_PRIVATE;
	e->e_adv = VME_HIDDEN;
	vme_insert(vm, e);
	(void)copyout(&entry, a, sizeof(entry));
	vp->vp_region[vp->vp_nregions].base = a;
	vp->vp_region[vp->vp_nregions].used = 1;
	vp->vp_nregions++;
	return (true);
}

/* A free slot within reach of site: its address, or 0. */
static uaddr_t
slot_get(struct vmspace *vm, struct vm_patch *vp, uaddr_t site)
{
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < vp->vp_nregions; i++)
			if (vp->vp_region[i].used < VP_SLOTS &&
			    in_reach(vp->vp_region[i].base, site))
				return (vp->vp_region[i].base +
				    vp->vp_region[i].used++ * VP_SLOT);
		if (!region_new(vm, vp, site))
			break;
	}
	return (0);
}

static void
put32(uint8_t *p, int64_t v)
{
	int32_t d = (int32_t)v;

	memcpy(p, &d, sizeof(d));
}

/* mov $nr, %eax; lea site+7(%rip), %rcx; jmp *entry(%rip); the site */
static bool
slot_write(uaddr_t slot, uaddr_t site, uint32_t nr)
{
	uaddr_t page = rounddown2(slot, KPAGE_SIZE);
	uint8_t b[VP_SLOT] = { 0xb8 };
	bool ok;

	put32(b + 1, nr);
	b[5] = 0x48;
	b[6] = 0x8d;
	b[7] = 0x0d;
	put32(b + 8, (int64_t)(site + 7) - (int64_t)(slot + 12));
	b[12] = 0xff;
	b[13] = 0x25;
	put32(b + 14, (int64_t)page - (int64_t)(slot + 18));
	memcpy(b + 24, &site, sizeof(site));
	if (host_mprotect(page, KPAGE_SIZE, PROT_READ | PROT_WRITE |
	    PROT_EXEC) != 0)
		return (false);
	ok = copyout(b, slot, sizeof(b)) == 0;
	(void)host_mprotect(page, KPAGE_SIZE, PROT_READ | PROT_EXEC);
	return (ok);
}

/* Put the jump in: one store of the eight bytes around it where it can be. */
static void
site_write(uaddr_t site, uaddr_t slot)
{
	uaddr_t page = rounddown2(site, KPAGE_SIZE);
	size_t len = roundup2(site + 7, KPAGE_SIZE) - page;
	uaddr_t word = rounddown2(site, 8UL);
	uint8_t jmp[5] = { 0xe9 };
	uint64_t w;

	put32(jmp + 1, (int64_t)slot - (int64_t)(site + 5));
	if (host_mprotect(page, len, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		return;
	if (site + 5 <= word + 8) {
		if (fetch64(word, &w) == 0) {
			memcpy((uint8_t *)&w + (site - word), jmp,
			    sizeof(jmp));
			(void)store64(word, w);
		}
	} else
		(void)copyout(jmp, site, sizeof(jmp));
	(void)host_mprotect(page, len, PROT_READ | PROT_EXEC);
}

static bool
site_ok(uaddr_t site, uint64_t nr, bool threads)
{
	uint8_t b[8];
	uint32_t imm;

	if (threads && (site & 7) > 3)
		return (false);
	if (copyin(site - 1, b, sizeof(b)) != 0)
		return (false);
	memcpy(&imm, b + 2, sizeof(imm));
	/* A REX or operand-size prefix would make it another instruction. */
	if ((b[0] & 0xf0) == 0x40 || b[0] == 0x66 || b[0] == 0x67)
		return (false);
	return (b[1] == 0xb8 && imm == nr && b[6] == 0x0f && b[7] == 0x05);
}

static bool
patch(struct vmspace *vm, struct vm_patch *vp, uaddr_t pc, uint64_t nr,
    bool threads)
{
	uaddr_t site = pc - 7, slot;
	bool done = false;

	mtx_lock(&vm->vm_lock);
	if (text_entry(vm, site - 1, 8) != NULL &&
	    site_ok(site, nr, threads) &&
	    (slot = slot_get(vm, vp, site)) != 0 &&
	    slot_write(slot, site, (uint32_t)nr)) {
		site_write(site, slot);
		done = true;
	}
	mtx_unlock(&vm->vm_lock);
	return (done);
}

void
vm_patch_trap(struct vmspace *vm, uaddr_t pc, uint64_t nr, bool threads)
{
	struct vm_patch *vp = vm->vm_patch;
	unsigned i = (unsigned)(khash64(pc) % VP_SITES);
	uint32_t n;

	if (nr >= VP_MAXNR || pc < 0x10000)
		return;
	if (vp == NULL) {
		vp = KNEW(struct vm_patch);
		if (vp == NULL)
			return;
		mtx_lock(&vm->vm_lock);
		if (vm->vm_patch == NULL)
			vm->vm_patch = vp;
		else
			kfree(vp);
		vp = vm->vm_patch;
		mtx_unlock(&vm->vm_lock);
	}
	if (vp->vp_site[i].pc != (uint32_t)pc) {
		vp->vp_site[i].pc = (uint32_t)pc;
		vp->vp_site[i].n = 0;
	}
	n = vp->vp_site[i].n;
	if (n == VP_NEVER)
		return;
	if (n < VP_HOT) {
		vp->vp_site[i].n = n + 1;
		return;
	}
	vp->vp_site[i].n = patch(vm, vp, pc, nr, threads) || threads ? 0 :
	    VP_NEVER;
}

uaddr_t
vm_patch_siteof(struct vmspace *vm, uaddr_t pc)
{
	struct vm_patch *vp = vm->vm_patch;
	uint64_t site;

	if (vp == NULL)
		return (0);
	for (uint32_t i = 0; i < vp->vp_nregions; i++) {
		uaddr_t off = pc - vp->vp_region[i].base;

		if (off >= KPAGE_SIZE || off < VP_SLOT)
			continue;
		if (fetch64(rounddown2(pc, (uaddr_t)VP_SLOT) + 24, &site) == 0)
			return (site);
	}
	return (0);
}
