/*
 * vm_textmap.c: patched text in an address space.
 *
 * An entry with e_text shows its file to everybody who asks (maps, core dumps,
 * mremap), but over it lie those pieces of the cache file that fall inside, and
 * th_dist behind the image's base lies a hidden entry with the trampolines. The
 * image's base follows from the entry: where file offset tsg_off is mapped,
 * tsg_vaddr above the base.
 *
 * Rules (all under vm_lock):
 *  - patched pieces lie only over private mappings that are executable, not
 *    writable, and whose trampolines are in place;
 *  - before a guest may write to such text or move it, the whole image gets the
 *    file's own pages back.  The host replaces a range in one step as far as
 *    running threads can see, and the trampolines stay: whoever is in one, or
 *    in a call made from one, leaves it behind the window, where the original
 *    instructions are now;
 *  - trampolines go when nothing is mapped any more where the image was, or
 *    when the guest insists on their place (MAP_FIXED), which a process with
 *    one thread may: its frame is taken to the site first.  With more threads
 *    the answer is ENOMEM, for nobody knows who is in them.
 *
 * Program counters are translated under vm_lock too: only at traps of signals,
 * never on the way of a patched call.
 */
#include "arch/amd64/arch.h"
#include "base/arena.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm_text.h"

#define	PROT_RX		(PROT_READ | PROT_EXEC)

void
vm_settext(struct vmspace *vm, bool on)
{
	vm->vm_textok = on && (kroot()->r_features & ROOTF_PATCH);
}

bool
vm_text_likely(const struct vmspace *vm, const struct vm_object *o, int prot,
    int flags, uint64_t off)
{
	if (!vm->vm_textok || o == NULL || (flags & MAP_TYPE) != MAP_PRIVATE ||
	    (prot & PROT_WRITE))
		return (false);
	return ((prot & PROT_EXEC) || (off == 0 && (prot & PROT_READ) &&
	    !(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))));
}

size_t
vm_text_span(const struct tc_entry *te)
{
	const struct tc_head *h = &te_img(te)->ti_head;

	return (h->th_dist + h->th_tramplen);
}

size_t
vm_text_need(struct vmspace *vm, struct vm_object *o, size_t len)
{
	struct tc_entry *te;
	bool later;

	if (!vm->vm_textok)
		return (len);
	te = vm_text_get(o, true, &later);
	if (te != NULL)
		len = kmax(len, vm_text_span(te));
	else if (later)
		len += TEXT_ROOM;
	vm_text_put(te);
	return (len);
}

/* --- mapping ------------------------------------------------------------------ */

static bool
seg_inside(const struct tc_seg *s, uint64_t off, size_t len)
{
	return (s->tsg_off >= off && s->tsg_off - off <= len &&
	    s->tsg_len <= len - (s->tsg_off - off));
}

/* The base of the image of which addr maps file offset off; 0: none. */
static uaddr_t
base_of(const struct tc_head *h, uaddr_t addr, uint64_t off, size_t len)
{
	uaddr_t base = 0, b;

	for (unsigned i = 0; i < h->th_nseg; i++) {
		const struct tc_seg *s = &h->th_seg[i];

		if (!seg_inside(s, off, len))
			continue;
		b = addr + (s->tsg_off - off) - s->tsg_vaddr;
		if (base != 0 && b != base)
			return (0);
		base = b;
	}
	return (base);
}

void
vm_text_link(struct vmspace *vm, struct vm_entry *e)
{
	e->e_tramp = vm->vm_tramps;
	vm->vm_tramps = e;
	vm->vm_hastext = 1;
}

void
vm_text_unlink(struct vmspace *vm, struct vm_entry *e)
{
	struct vm_entry **p = &vm->vm_tramps;

	while (*p != NULL && *p != e)
		p = &(*p)->e_tramp;
	if (*p != NULL)
		*p = e->e_tramp;
}

static struct vm_entry *
find_tramp(struct vmspace *vm, const struct tc_entry *te, uaddr_t base)
{
	uaddr_t a = base + te_img(te)->ti_head.th_dist;
	struct vm_entry *e = vme_find(vm, a);

	return (e != NULL && e->e_start == a && e->e_text == te &&
	    (e->e_adv & VME_HIDDEN) ? e : NULL);
}

/* Have the trampolines of the image at base in place. */
static bool
put_tramp(struct vmspace *vm, struct tc_entry *te, uaddr_t base)
{
	const struct tc_head *h = &te_img(te)->ti_head;
	uaddr_t a = base + h->th_dist;
	struct vm_entry *e;

	if (find_tramp(vm, te, base) != NULL)
		return (true);
	if (!vm_rangeok(a, h->th_tramplen) ||
	    !vme_isfree(vm, a, a + h->th_tramplen) ||
	    (e = vme_alloc()) == NULL)
		return (false);
	if (host_mmap(a, h->th_tramplen, PROT_RX, MAP_PRIVATE |
	    MAP_FIXED_NOREPLACE, te->te_cachefd, h->th_tramp) != (long)a) {
		vme_free(e);
		return (false);
	}
	e->e_start = a;
	e->e_end = a + h->th_tramplen;
	e->e_prot = e->e_maxprot = PROT_RX;
	e->e_flags = MAP_PRIVATE;
	e->e_adv = VME_HIDDEN;
	e->e_off = base;
	e->e_text = te;
	(void)atomic_add(&te->te_users, 1);
	vme_insert(vm, e);
	vm_text_link(vm, e);
	return (true);
}

const struct tc_seg *
vm_text_direct(struct vmspace *vm, struct tc_entry *te, uaddr_t addr,
    size_t len, uint64_t off)
{
	const struct tc_head *h = &te_img(te)->ti_head;

	for (unsigned i = 0; i < h->th_nseg; i++) {
		const struct tc_seg *s = &h->th_seg[i];

		if (s->tsg_off == off && s->tsg_len == len)
			return (addr > s->tsg_vaddr && put_tramp(vm, te, addr -
			    s->tsg_vaddr) ? s : NULL);
	}
	return (NULL);
}

void
vm_text_reserve(struct vmspace *vm, const struct vm_entry *e,
    struct tc_entry *te)
{
	if (e->e_end - e->e_start == roundup2(te_img(te)->ti_head.th_span,
	    KPAGE_SIZE))
		(void)put_tramp(vm, te, e->e_start);
}

/* Map the file's own pages of e in [start, end). */
static bool
own_pages(const struct vm_entry *e, uaddr_t start, uaddr_t end)
{
	uint64_t hoff;
	int fd;

	if (e->e_obj->vo_ops->vo_map(e->e_obj, e->e_off + (start - e->e_start),
	    end - start, e->e_prot, e->e_flags, &fd, &hoff) != 0 || fd < 0)
		return (false);
	return (host_mmap(start, end - start, e->e_prot, MAP_PRIVATE |
	    MAP_FIXED | (e->e_adv & VME_LOCKED ? MAP_LOCKED : 0), fd,
	    hoff) == (long)start);
}

/* Give back what of e is patched; segments first to last - 1. */
static void
own_segs(const struct vm_entry *e, const struct tc_head *h, unsigned last)
{
	for (unsigned i = 0; i < last; i++) {
		const struct tc_seg *s = &h->th_seg[i];
		uint64_t lo = kmax(s->tsg_off, e->e_off);
		uint64_t hi = kmin(s->tsg_off + s->tsg_len, e->e_off +
		    (e->e_end - e->e_start));

		if (lo < hi)
			(void)own_pages(e, e->e_start + (lo - e->e_off),
			    e->e_start + (hi - e->e_off));
	}
}

void
vm_text_use(struct vmspace *vm, struct vm_entry *e, struct tc_entry *te)
{
	e->e_text = te;
	(void)atomic_add(&te->te_users, 1);
	vm->vm_hastext = 1;
}

void
vm_text_overlay(struct vmspace *vm, struct vm_entry *e, struct tc_entry *te)
{
	const struct tc_head *h = &te_img(te)->ti_head;
	size_t len = e->e_end - e->e_start;
	uaddr_t base = base_of(h, e->e_start, e->e_off, len);

	if (base == 0 || !put_tramp(vm, te, base))
		return;
	for (unsigned i = 0; i < h->th_nseg; i++) {
		const struct tc_seg *s = &h->th_seg[i];
		uaddr_t a = e->e_start + (s->tsg_off - e->e_off);

		if (!seg_inside(s, e->e_off, len))
			continue;
		if (host_mmap(a, s->tsg_len, e->e_prot, MAP_PRIVATE |
		    MAP_FIXED, te->te_cachefd, s->tsg_data) != (long)a) {
			own_segs(e, h, i + 1);
			return;
		}
	}
	vm_text_use(vm, e, te);
}

/* The entry of pc, if it maps text of a file as the file is. */
static struct vm_entry *
own_text(struct vmspace *vm, uaddr_t pc)
{
	struct vm_entry *e = vme_find(vm, pc);

	return (e != NULL && e->e_start <= pc && e->e_obj != NULL &&
	    e->e_text == NULL && !e->e_dirty && (e->e_flags & MAP_TYPE) ==
	    MAP_PRIVATE && e->e_prot == PROT_RX ? e : NULL);
}

/*
 * The text of a running program is exchanged: its one thread is here, and
 * wherever it keeps program counters to return to, a call stands before them.
 */
bool
vm_text_adopt(struct vmspace *vm, uaddr_t pc)
{
	struct tc_entry *te = NULL;
	struct vm_object *o = NULL;
	struct vm_entry *e;
	bool later;

	if (!vm->vm_textok)
		return (false);
	if (atomic_load(&vm->vm_ref) > 1)
		return (true);
	mtx_lock(&vm->vm_lock);
	e = own_text(vm, pc);
	if (e != NULL) {
		o = e->e_obj;
		o->vo_ops->vo_ref(o);
	}
	mtx_unlock(&vm->vm_lock);
	if (o == NULL)
		return (false);
	te = vm_text_get(o, true, &later);
	if (te != NULL) {
		mtx_lock(&vm->vm_lock);
		e = own_text(vm, pc);
		if (e != NULL && e->e_obj == o &&
		    atomic_load(&vm->vm_ref) == 1) {
			vm_text_overlay(vm, e, te);
			curthread()->td_entrypc = 0;
		}
		mtx_unlock(&vm->vm_lock);
		vm_text_put(te);
	}
	o->vo_ops->vo_drop(o);
	return (later);
}

/* --- and back ----------------------------------------------------------------- */

/* Where e's image begins.  A split entry may hold no piece whole: any part of
 * one tells. */
static uaddr_t
entry_base(const struct vm_entry *e)
{
	const struct tc_head *h = &te_img(e->e_text)->ti_head;

	if (e->e_adv & VME_HIDDEN)
		return (e->e_off);
	for (unsigned i = 0; i < h->th_nseg; i++) {
		const struct tc_seg *s = &h->th_seg[i];

		if (s->tsg_off < e->e_off + (e->e_end - e->e_start) &&
		    e->e_off < s->tsg_off + s->tsg_len)
			return (e->e_start + (s->tsg_off - e->e_off) -
			    s->tsg_vaddr);
	}
	return (0);		/* nothing of it is patched */
}

static void
drop_text(struct vm_entry *e)
{
	vm_text_put(e->e_text);
	e->e_text = NULL;
}

static void
restore_image(struct vmspace *vm, const struct tc_entry *te, uaddr_t base)
{
	const struct tc_head *h = &te_img(te)->ti_head;
	uaddr_t end = base + roundup2(h->th_span, KPAGE_SIZE);
	struct vm_entry *e;

	for (e = vme_find(vm, base); e != NULL && e->e_start < end;
	    e = e->e_next)
		if (e->e_text == te && !(e->e_adv & VME_HIDDEN) &&
		    entry_base(e) == base) {
			own_segs(e, h, h->th_nseg);
			drop_text(e);
		}
}

void
vm_text_restore(struct vmspace *vm, struct vm_entry *e)
{
	uaddr_t base = entry_base(e);

	if (base == 0)
		drop_text(e);
	else
		restore_image(vm, e->e_text, base);
}

/* Trampolines in [start, end). */
static struct vm_entry *
next_tramp(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_entry *e;

	for (e = vm->vm_tramps; e != NULL; e = e->e_tramp)
		if (e->e_start < end && start < e->e_end)
			return (e);
	return (NULL);
}

static uaddr_t
show(struct vmspace *vm, uaddr_t pc)
{
	struct vm_entry *e = vme_find(vm, pc);
	const struct vm_textimg *ti;
	uint32_t lo, hi, mid;

	if (e == NULL || e->e_start > pc || e->e_text == NULL ||
	    !(e->e_adv & VME_HIDDEN))
		return (pc);
	ti = te_img(e->e_text);
	/* The last entry at or before pc. */
	lo = 0;
	hi = ti->ti_head.th_npc;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if ((ti->ti_pc[mid].tp_tramp & ~TCP_INTERIOR) <=
		    pc - e->e_start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (lo == 0 ? pc : entry_base(e) + ti->ti_pc[lo - 1].tp_text);
}

static uaddr_t
real(struct vmspace *vm, uaddr_t pc)
{
	struct vm_entry *e = vme_find(vm, pc);
	const struct vm_textimg *ti;
	uint32_t lo, hi, mid;
	uaddr_t base;

	if (e == NULL || e->e_start > pc || e->e_text == NULL ||
	    (e->e_adv & VME_HIDDEN) || (base = entry_base(e)) == 0)
		return (pc);
	ti = te_img(e->e_text);
	/* The first entry of pc's. */
	lo = 0;
	hi = ti->ti_head.th_npc;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (ti->ti_pc[mid].tp_text < pc - base)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < ti->ti_head.th_npc && ti->ti_pc[lo].tp_text == pc - base;
	    lo++)
		if (ti->ti_pc[lo].tp_tramp & TCP_INTERIOR)
			return (base + ti->ti_head.th_dist +
			    (ti->ti_pc[lo].tp_tramp & ~TCP_INTERIOR));
	return (pc);
}

uaddr_t
vm_text_show(struct vmspace *vm, uaddr_t pc)
{
	if (!vm->vm_hastext)
		return (pc);
	mtx_lock(&vm->vm_lock);
	pc = show(vm, pc);
	mtx_unlock(&vm->vm_lock);
	return (pc);
}

uaddr_t
vm_text_real(struct vmspace *vm, uaddr_t pc)
{
	if (!vm->vm_hastext)
		return (pc);
	mtx_lock(&vm->vm_lock);
	pc = real(vm, pc);
	mtx_unlock(&vm->vm_lock);
	return (pc);
}

static void
remove_tramp(struct vmspace *vm, struct vm_entry *e)
{
	(void)host_munmap(e->e_start, e->e_end - e->e_start);
	vm_text_unlink(vm, e);
	vme_remove(vm, e);
	vme_free(e);
}

int
vm_text_evict(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct thread *td = curthread();
	struct vm_entry *e;

	while ((e = next_tramp(vm, start, end)) != NULL) {
		if (atomic_load(&vm->vm_ref) > 1 || td == NULL || td->td_vm != vm)
			return (-ENOMEM);
		restore_image(vm, e->e_text, entry_base(e));
		td->td_frame->tf_rip = show(vm, td->td_frame->tf_rip);
		remove_tramp(vm, e);
	}
	return (0);
}

/* Is anything left of the image of trampolines e? */
static bool
has_image(struct vmspace *vm, const struct vm_entry *e)
{
	struct vm_entry *m = vme_find(vm, e->e_off);

	return (m != NULL && m->e_start < e->e_off +
	    roundup2(te_img(e->e_text)->ti_head.th_span, KPAGE_SIZE));
}

void
vm_text_sweep(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_entry *e, *next;

	for (e = vm->vm_tramps; e != NULL; e = next) {
		next = e->e_tramp;
		if (e->e_off < end && start < e->e_start && !has_image(vm, e))
			remove_tramp(vm, e);
	}
}

bool
vm_text_hole(struct vmspace *vm, uaddr_t start, uaddr_t *end)
{
	struct vm_entry *e = next_tramp(vm, start, *end);

	if (e == NULL)
		return (false);
	if (e->e_start <= start) {
		*end = kmin(*end, e->e_end);
		return (true);
	}
	*end = e->e_start;
	return (false);
}
