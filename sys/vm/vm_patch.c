/*
 * vm_patch.c: hot call sites jump into the kernel instead of trapping.
 *
 * This is for hosts without the builder of patched text (vm_text.c); where there
 * is one, a hot site asks for that instead.
 *
 * A site that has trapped VP_HOT times is patched when its bytes are
 *
 *  before:  b8 NR NR NR NR	mov $nr, %eax	<- the jump replaces this
 *	     0f 05		syscall
 *  or after: 0f 05		syscall		<- and five bytes from here
 *	     [48] 3d IMM32	cmp $imm, %rax or %eax
 *
 * The trampoline loads %eax (before), loads %rcx with the address to go on at
 * (the instruction would have destroyed it too), jumps to the fast entry
 * (arch/amd64/fast.S); in the second form it then does the comparison and
 * jumps back behind it.
 *
 * What makes it safe:
 *  - the bytes ran as a call VP_HOT times, in a private mapping of a file that
 *    is executable and not writable (no JIT's); in the first form with %rax ==
 *    NR each time, and no prefix byte before them;
 *  - nothing jumps to a comparison between a call and its branch: it would
 *    test what it did not call.  A jump to the `syscall` itself still works in
 *    both forms: it traps, or it meets our jump;
 *  - other threads: the first form replaces one instruction, in one aligned
 *    store, or under a spin (`jmp .`) with the host's core-serialising barrier
 *    around each step.  The second form would pull the comparison from under a
 *    thread that stands before it, so it waits for a moment with one thread.
 * The patched page is a private copy; nothing reaches the file.  Before a guest
 * may write to it or move it, the sites get their bytes back.
 *
 * No guest sees a trampoline: its pages are hidden in the map, and a context
 * that leaves the kernel with a program counter in one is shown with that of
 * the site (vm_patch_show), and taken back when it returns (vm_patch_real).
 *
 * Counts are kept without a lock: a lost one only delays.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/copy.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm_text.h"

#define	VP_HOT		24
#define	VP_NEVER	0xffffu
#define	VP_SITES	128		/* counters, by hash of the address */
#define	VP_REGIONS	16
#define	VP_SLOT		32
#define	VP_SLOTS	(KPAGE_SIZE / VP_SLOT)
#define	VP_REACH	0x7fff0000UL	/* of a 32-bit displacement */
#define	VP_MAXNR	1024

#define	VP_REALS	256

struct vm_patch {
	struct {		/* second form: guest's pc to ours */
		uaddr_t		pc;
		uaddr_t		real;
	} vp_real[VP_REALS];
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
	if (e->e_obj == NULL || e->e_text != NULL || (e->e_flags & MAP_TYPE) != MAP_PRIVATE ||
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

/* What to do at a site. */
struct plan {
	uaddr_t		site;		/* where the jump goes */
	uaddr_t		pc;		/* behind the `syscall` */
	uint32_t	nr;
	uint8_t		before;		/* first form */
	uint8_t		ncmp;		/* second: bytes of the comparison */
	uint8_t		cmp[6];
};
#define	SLOT_SITE	28		/* the site's distance: 32 bits */
#define	SLOT_AFTER	15		/* second form: the comparison */

/*
 * first:  mov $nr, %eax; lea pc(%rip), %rcx; jmp *entry(%rip)
 * second: lea 1f(%rip), %rcx; jmp *entry(%rip); syscall; 1: cmp;
 *	   jmp pc + ncmp
 * A guest that owns %gs cannot use the fast entry, which then goes to the
 * `syscall` before %rcx: the site's own, or the one kept here.
 */
static bool
slot_write(uaddr_t slot, const struct plan *pl)
{
	uaddr_t page = rounddown2(slot, KPAGE_SIZE);
	uint8_t b[VP_SLOT] = { 0 };
	unsigned n = 0;
	bool ok;

	if (pl->before) {
		b[n] = 0xb8;
		put32(b + n + 1, pl->nr);
		n += 5;
	}
	memcpy(b + n, "\x48\x8d\x0d", 3);
	put32(b + n + 3, pl->before ? (int64_t)(pl->pc - (slot + n + 7)) : 8);
	n += 7;
	memcpy(b + n, "\xff\x25", 2);
	put32(b + n + 2, (int64_t)(page - (slot + n + 6)));
	n += 6;
	if (!pl->before) {
		memcpy(b + n, "\x0f\x05", 2);
		n += 2;
		memcpy(b + n, pl->cmp, pl->ncmp);
		n += pl->ncmp;
		b[n] = 0xe9;
		put32(b + n + 1, (int64_t)(pl->pc + pl->ncmp -
		    (slot + n + 5)));
	}
	put32(b + SLOT_SITE, (int64_t)(pl->site - slot));
	if (host_mprotect(page, KPAGE_SIZE, PROT_READ | PROT_WRITE |
	    PROT_EXEC) != 0)
		return (false);
	ok = copyout(b, slot, sizeof(b)) == 0;
	(void)host_mprotect(page, KPAGE_SIZE, PROT_READ | PROT_EXEC);
	return (ok);
}

/* Change n bytes that lie in one aligned word, in one store. */
static bool
poke(uaddr_t at, const void *bytes, size_t n)
{
	uaddr_t word = rounddown2(at, 8UL);
	uint64_t w;

	if (fetch64(word, &w) != 0)
		return (false);
	memcpy((uint8_t *)&w + (at - word), bytes, n);
	return (store64(word, w) == 0);
}

#define	MEMBARRIER_SYNC_CORE		32
#define	MEMBARRIER_REG_SYNC_CORE	64

static bool
serialise(void)
{
	return (host_membarrier(MEMBARRIER_SYNC_CORE, 0, 0) == 0);
}

/* Put the jump, or what was there, in; text is writable for the moment. */
static bool
poke_site(uaddr_t site, const uint8_t jmp[5], bool threads)
{
	static const uint8_t spin[2] = { 0xeb, 0xfe };

	if ((site & 7) <= 3)
		return (poke(site, jmp, 5));
	if (!threads)
		return (copyout(jmp, site, 5) == 0);
	if ((site & 7) == 7 ||
	    host_membarrier(MEMBARRIER_REG_SYNC_CORE, 0, 0) != 0)
		return (false);
	if (!poke(site, spin, 2))
		return (false);
	(void)serialise();
	(void)copyout(jmp + 2, site + 2, 3);
	(void)serialise();
	return (poke(site, jmp, 2));
}

static bool
site_write(uaddr_t site, const uint8_t b[5], bool threads)
{
	uaddr_t page = rounddown2(site, KPAGE_SIZE);
	size_t len = roundup2(site + 8, KPAGE_SIZE) - page;
	bool ok;

	if (host_mprotect(page, len, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		return (false);
	ok = poke_site(site, b, threads);
	(void)host_mprotect(page, len, PROT_READ | PROT_EXEC);
	return (ok);
}

static bool
site_jump(uaddr_t site, uaddr_t slot, bool threads)
{
	uint8_t jmp[5] = { 0xe9 };

	put32(jmp + 1, (int64_t)(slot - (site + 5)));
	return (site_write(site, jmp, threads));
}

/* The site of a slot in [start, end) gets its own bytes back. */
static void
slot_undo(struct vmspace *vm, struct vm_patch *vp, uaddr_t slot, uaddr_t start,
    uaddr_t end)
{
	uint8_t b[VP_SLOT], at[5], jmp[5] = { 0xe9 };
	uaddr_t site;
	int32_t dist;
	unsigned i;

	if (copyin(slot, b, sizeof(b)) != 0)
		return;
	memcpy(&dist, b + SLOT_SITE, sizeof(dist));
	site = slot + (uaddr_t)(int64_t)dist;
	put32(jmp + 1, (int64_t)(slot - (site + 5)));
	if (site >= end || site + 5 <= start ||
	    copyin(site, at, sizeof(at)) != 0 || memcmp(at, jmp, 5) != 0)
		return;
	if (b[0] != 0xb8) {
		memcpy(b, "\x0f\x05", 2);
		memcpy(b + 2, b + SLOT_AFTER, 3);
		i = (unsigned)(khash64(site + 2) % VP_REALS);
		if (vp->vp_real[i].pc == site + 2)
			vp->vp_real[i].pc = 0;
	}
	(void)site_write(site, b, atomic_load(&vm->vm_ref) > 1);
}

void
vm_patch_undo(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_patch *vp = vm->vm_patch;

	for (uint32_t i = 0; vp != NULL && i < vp->vp_nregions; i++)
		for (uint32_t k = 1; k < vp->vp_region[i].used; k++)
			slot_undo(vm, vp, vp->vp_region[i].base + k * VP_SLOT,
			    start, end);
}

/* Is there a jump of ours at a (a first form before pc: its restarted calls
 * trap at the `syscall`, and must go on doing so)? */
static bool
is_ours(const struct vm_patch *vp, uaddr_t a, const uint8_t b[5])
{
	int32_t d;
	uaddr_t to;

	memcpy(&d, b + 1, sizeof(d));
	to = a + 5 + (uaddr_t)(int64_t)d;
	if (b[0] != 0xe9)
		return (false);
	for (uint32_t i = 0; i < vp->vp_nregions; i++)
		if (to - vp->vp_region[i].base < KPAGE_SIZE)
			return (true);
	return (false);
}

/* Which form fits?  b: the eight bytes up to pc; then those behind it. */
static bool
make_plan(const struct vm_patch *vp, uaddr_t pc, uint64_t nr, bool threads,
    struct plan *pl)
{
	uint8_t b[8], a[6];
	uint32_t imm;

	*pl = (struct plan){ .pc = pc, .nr = (uint32_t)nr };
	if (copyin(pc - 8, b, sizeof(b)) != 0 || b[6] != 0x0f || b[7] != 0x05)
		return (false);
	memcpy(&imm, b + 2, sizeof(imm));
	/* A REX or size prefix would make it another instruction. */
	if (b[1] == 0xb8 && imm == nr && (b[0] & 0xf0) != 0x40 &&
	    b[0] != 0x66 && b[0] != 0x67 &&
	    !(threads && ((pc - 7) & 7) == 7)) {
		pl->before = 1;
		pl->site = pc - 7;
		return (true);
	}
	if (threads || is_ours(vp, pc - 7, b + 1) ||
	    copyin(pc, a, sizeof(a)) != 0)
		return (false);
	if (a[0] == 0x48 && a[1] == 0x3d)
		pl->ncmp = 6;
	else if (a[0] == 0x3d)
		pl->ncmp = 5;
	else
		return (false);
	memcpy(pl->cmp, a, pl->ncmp);
	pl->site = pc - 2;
	return (true);
}

static bool
patch(struct vmspace *vm, struct vm_patch *vp, uaddr_t pc, uint64_t nr,
    bool threads)
{
	unsigned i = (unsigned)(khash64(pc) % VP_REALS);
	struct plan pl;
	uaddr_t slot;
	bool done = false;

	mtx_lock(&vm->vm_lock);
	if (text_entry(vm, pc - 8, 14) == NULL ||
	    !make_plan(vp, pc, nr, threads, &pl))
		goto out;
	if (!pl.before && vp->vp_real[i].pc != 0 && vp->vp_real[i].pc != pc)
		goto out;
	slot = slot_get(vm, vp, pl.site);
	if (slot == 0 || !slot_write(slot, &pl))
		goto out;
	if (!pl.before) {
		vp->vp_real[i].real = slot + SLOT_AFTER;
		atomic_store(&vp->vp_real[i].pc, pc);
	}
	curthread()->td_entrypc = 0;	/* pc may have lost its bytes */
	done = site_jump(pl.site, slot, threads);
out:
	mtx_unlock(&vm->vm_lock);
	return (done);
}

void
vm_patch_trap(struct vmspace *vm, uaddr_t pc, uint64_t nr, bool threads)
{
	struct vm_patch *vp = vm->vm_patch;
	unsigned i = (unsigned)(khash64(pc) % VP_SITES);
	uint32_t n;

	vm->vm_ntraps++;
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
	if (vm_text_builder()) {
		vp->vp_site[i].n = vm_text_adopt(vm, pc - 2) ? 0 : VP_NEVER;
		return;
	}
	vp->vp_site[i].n = patch(vm, vp, pc, nr, threads) || threads ? 0 :
	    VP_NEVER;
}

uaddr_t
vm_patch_show(struct vmspace *vm, uaddr_t pc)
{
	struct vm_patch *vp = vm->vm_patch;
	uint32_t dist;
	uaddr_t site;

	if (vp == NULL)
		return (pc);
	for (uint32_t i = 0; i < vp->vp_nregions; i++) {
		uaddr_t off = pc - vp->vp_region[i].base;
		uaddr_t slot = rounddown2(pc, (uaddr_t)VP_SLOT);
		uint32_t first = 0;

		if (off >= KPAGE_SIZE || off < VP_SLOT)
			continue;
		if (fetch32(slot + SLOT_SITE, &dist) != 0 ||
		    fetch32(slot, &first) != 0)
			return (pc);
		site = slot + (uaddr_t)(int64_t)(int32_t)dist;
		if ((first & 0xff) == 0xb8 || pc - slot < SLOT_AFTER)
			return (site);	/* nothing but %eax, %rcx changed */
		if (pc - slot == SLOT_AFTER)
			return (site + 2);
		return (pc);		/* the jump back: on its way */
	}
	return (pc);
}

uaddr_t
vm_patch_real(struct vmspace *vm, uaddr_t pc)
{
	struct vm_patch *vp = vm->vm_patch;
	unsigned i = (unsigned)(khash64(pc) % VP_REALS);

	return (vp != NULL && vp->vp_real[i].pc == pc ?
	    vp->vp_real[i].real : pc);
}
