/*
 * vm_entry.c: entries of the map: what they hold, splitting and merging.
 * All functions but vme_alloc are called with vm_lock held.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm_text.h"

struct vm_entry *
vme_alloc(void)
{
	return (KNEW(struct vm_entry));
}

void
vm_namedrop(struct vm_name *n)
{
	if (n != NULL && ref_release(&n->vn_ref))
		kfree(n);
}

/* Tell the object that a mapping came (+1) or went (-1). */
void
vme_notice(struct vm_entry *e, int n)
{
	if (e->e_obj != NULL && e->e_obj->vo_ops->vo_mapped != NULL)
		e->e_obj->vo_ops->vo_mapped(e->e_obj, e->e_prot, e->e_flags,
		    n);
}

void
vme_free(struct vm_entry *e)
{
	if (e == NULL)
		return;
	if (e->e_obj != NULL) {
		vme_notice(e, -1);
		e->e_obj->vo_ops->vo_drop(e->e_obj);
	}
	vm_namedrop(e->e_name);
	vm_text_put(e->e_text);
	kfree(e);
}

/* dst becomes a second holder of what src holds; not in the tree. */
void
vme_copy(struct vm_entry *dst, const struct vm_entry *src)
{
	*dst = *src;
	dst->e_left = dst->e_right = dst->e_prev = dst->e_next = NULL;
	if (dst->e_name != NULL)
		ref_acquire(&dst->e_name->vn_ref);
	if (dst->e_text != NULL)
		(void)atomic_add(&dst->e_text->te_users, 1);
	if (dst->e_obj != NULL) {
		dst->e_obj->vo_ops->vo_ref(dst->e_obj);
		vme_notice(dst, 1);
	}
}

/* Cut e in two at `at`; tail (fresh memory) becomes the upper piece. */
void
vme_split(struct vmspace *vm, struct vm_entry *e, uaddr_t at,
    struct vm_entry *tail)
{
	uaddr_t end = e->e_end;

	vme_copy(tail, e);
	vme_resize(vm, e, e->e_start, at);
	tail->e_start = at;
	tail->e_end = end;
	if (tail->e_obj != NULL)
		tail->e_off += at - e->e_start;
	/* Only the lowest piece goes on growing. */
	tail->e_flags &= ~MAP_GROWSDOWN;
	vme_insert(vm, tail);
}

static struct vm_entry *
take(struct vm_entry **spare)
{
	struct vm_entry *e;

	e = spare[0] != NULL ? spare[0] : spare[1];
	if (e == spare[0])
		spare[0] = NULL;
	else
		spare[1] = NULL;
	return (e);
}

/*
 * Make [start, end), which lies within e, an entry of its own.  Uses up to two
 * of spare.
 */
struct vm_entry *
vme_isolate(struct vmspace *vm, struct vm_entry *e, uaddr_t start,
    uaddr_t end, struct vm_entry **spare)
{
	if (e->e_start < start) {
		vme_split(vm, e, start, take(spare));
		e = e->e_next;
	}
	if (e->e_end > end)
		vme_split(vm, e, end, take(spare));
	return (e);
}

/* Forget [start, end): the host has unmapped or replaced it.  Uses at most
 * one of spare. */
void
vme_clear(struct vmspace *vm, uaddr_t start, uaddr_t end,
    struct vm_entry **spare)
{
	struct vm_entry *e, *next;

	for (e = vme_find(vm, start); e != NULL && e->e_start < end;
	    e = next) {
		next = e->e_next;
		if (e->e_start < start && e->e_end > end) {
			vme_split(vm, e, end, take(spare));
			vme_resize(vm, e, e->e_start, start);
			return;
		}
		if (e->e_start < start) {
			vme_resize(vm, e, e->e_start, start);
		} else if (e->e_end > end) {
			if (e->e_obj != NULL)
				e->e_off += end - e->e_start;
			vme_resize(vm, e, end, e->e_end);
		} else {
			if (vme_istramp(e))
				vm_text_unlink(vm, e);
			vme_remove(vm, e);
			vme_free(e);
		}
	}
}

static bool
same_name(const struct vm_entry *a, const struct vm_entry *b)
{
	if (a->e_name == NULL || b->e_name == NULL)
		return (a->e_name == b->e_name);
	return (strcmp(a->e_name->vn_text, b->e_name->vn_text) == 0);
}

static bool
can_merge(const struct vm_entry *a, const struct vm_entry *b)
{
	if (a == NULL || b == NULL || a->e_end != b->e_start ||
	    a->e_prot != b->e_prot || a->e_maxprot != b->e_maxprot ||
	    a->e_flags != b->e_flags || a->e_adv != b->e_adv ||
	    a->e_obj != b->e_obj || a->e_text != b->e_text ||
	    (a->e_flags & MAP_GROWSDOWN))
		return (false);
	if (a->e_obj != NULL && a->e_off + (a->e_end - a->e_start) != b->e_off)
		return (false);
	/* Each shared anonymous mapping is an object of its own. */
	if (a->e_obj == NULL && (a->e_flags & MAP_TYPE) != MAP_PRIVATE)
		return (false);
	return (same_name(a, b));
}

/* Join e with its neighbours where they continue each other; the result. */
struct vm_entry *
vme_merge(struct vmspace *vm, struct vm_entry *e)
{
	struct vm_entry *o;
	uaddr_t end;

	if (can_merge(e->e_prev, e)) {
		o = e;
		e = e->e_prev;
		end = o->e_end;
		e->e_dirty |= o->e_dirty;
		vme_remove(vm, o);
		vme_free(o);
		vme_resize(vm, e, e->e_start, end);
	}
	if (can_merge(e, e->e_next)) {
		o = e->e_next;
		end = o->e_end;
		e->e_dirty |= o->e_dirty;
		vme_remove(vm, o);
		vme_free(o);
		vme_resize(vm, e, e->e_start, end);
	}
	return (e);
}

int
vm_spare_get(struct vm_spare *s)
{
	s->s_e[0] = vme_alloc();
	s->s_e[1] = vme_alloc();
	if (s->s_e[0] != NULL && s->s_e[1] != NULL)
		return (0);
	vm_spare_put(s);
	return (-ENOMEM);
}

/* What vme_clear of [start, end) will need; vm_lock held. */
int
vm_spare_clear(struct vmspace *vm, struct vm_spare *s, uaddr_t start,
    uaddr_t end)
{
	struct vm_entry *e = vme_find(vm, start);

	if (e == NULL || e->e_start >= start || e->e_end <= end)
		return (0);
	s->s_e[0] = vme_alloc();
	return (s->s_e[0] == NULL ? -ENOMEM : 0);
}

void
vm_spare_put(struct vm_spare *s)
{
	kfree(s->s_e[0]);
	kfree(s->s_e[1]);
	s->s_e[0] = s->s_e[1] = NULL;
}

static bool
mapped(uaddr_t a)
{
	uint8_t v;

	return (host_mincore(a, KPAGE_SIZE, (uaddr_t)&v) == 0);
}

/* The host let e grow: find its lowest page.  Growth is without holes. */
static void
sync_one(struct vmspace *vm, struct vm_entry *e)
{
	uaddr_t floor, lo, mid, hi = e->e_start;
	uint64_t step = KPAGE_SIZE;

	floor = e->e_prev == NULL ? KPAGE_SIZE : e->e_prev->e_end;
	if (hi <= floor || !mapped(hi - KPAGE_SIZE))
		return;
	/* Invariant: hi is mapped; lo is not, or is the floor. */
	hi -= KPAGE_SIZE;
	for (lo = hi; lo > floor; step *= 2) {
		lo = lo - floor > step ? lo - step : floor;
		if (!mapped(lo))
			break;
		hi = lo;
	}
	while (hi - lo > KPAGE_SIZE) {
		mid = rounddown2(lo + (hi - lo) / 2, KPAGE_SIZE);
		if (mapped(mid))
			hi = mid;
		else
			lo = mid;
	}
	vme_resize(vm, e, hi, e->e_end);
}

static bool
is_own(const struct vmspace *vm)
{
	return (vm->vm_ngrow != 0 && curthread() != NULL &&
	    curthread()->td_vm == vm);
}

/*
 * Ranges that grow down are grown by the host at a fault, without our knowing.
 * Bring the record up to date; only a thread of the space itself can ask.
 */
void
vm_syncgrow(struct vmspace *vm)
{
	struct vm_entry *e;
	uint32_t left = vm->vm_ngrow;

	if (!is_own(vm))
		return;
	/* They live high up: look from above. */
	for (e = vm->vm_last; e != NULL && left > 0; e = e->e_prev)
		if (e->e_flags & MAP_GROWSDOWN) {
			sync_one(vm, e);
			left--;
		}
}

/* The same where [start, end) may meet what grew. */
void
vm_syncrange(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_entry *e;

	if (!is_own(vm))
		return;
	for (e = vme_find(vm, start); e != NULL; e = e->e_next) {
		if ((e->e_flags & MAP_GROWSDOWN) && e->e_start > start)
			sync_one(vm, e);
		if (e->e_start >= end)
			break;
	}
}
