/*
 * vm_map.c: the tree of ranges.
 *
 * An AVL tree with the largest gap of each subtree, and a list through it.
 * The tree only orders; what entries hold is vm_entry.c's.  All functions are
 * called with vm_lock held.  The recursion is as deep as the tree is high: at
 * most 1.44 log2 of the host's limit of 65530 ranges.
 */
#include "libkern/mman.h"
#include "vm/vm_internal.h"

/* Free space that stays below a range which grows down. */
#define	GUARD_GAP	(256 * KPAGE_SIZE)

static int
height(const struct vm_entry *e)
{
	return (e == NULL ? 0 : e->e_height);
}

static uint64_t
own_gap(const struct vm_entry *e)
{
	return (e->e_start - (e->e_prev == NULL ? 0 : e->e_prev->e_end));
}

static void
update(struct vm_entry *e)
{
	uint64_t g = own_gap(e);

	if (e->e_left != NULL)
		g = kmax(g, e->e_left->e_maxgap);
	if (e->e_right != NULL)
		g = kmax(g, e->e_right->e_maxgap);
	e->e_maxgap = g;
	e->e_height = 1 + kmax(height(e->e_left), height(e->e_right));
}

static struct vm_entry *
rotate_right(struct vm_entry *e)
{
	struct vm_entry *l = e->e_left;

	e->e_left = l->e_right;
	l->e_right = e;
	update(e);
	update(l);
	return (l);
}

static struct vm_entry *
rotate_left(struct vm_entry *e)
{
	struct vm_entry *r = e->e_right;

	e->e_right = r->e_left;
	r->e_left = e;
	update(e);
	update(r);
	return (r);
}

static struct vm_entry *
balance(struct vm_entry *e)
{
	int d = height(e->e_left) - height(e->e_right);

	if (d > 1) {
		if (height(e->e_left->e_left) < height(e->e_left->e_right))
			e->e_left = rotate_left(e->e_left);
		return (rotate_right(e));
	}
	if (d < -1) {
		if (height(e->e_right->e_right) < height(e->e_right->e_left))
			e->e_right = rotate_right(e->e_right);
		return (rotate_left(e));
	}
	update(e);
	return (e);
}

static struct vm_entry *
insert(struct vm_entry *t, struct vm_entry *e)
{
	if (t == NULL) {
		e->e_left = e->e_right = NULL;
		update(e);
		return (e);
	}
	if (e->e_start < t->e_start)
		t->e_left = insert(t->e_left, e);
	else
		t->e_right = insert(t->e_right, e);
	return (balance(t));
}

/* Take the leftmost entry out of t. */
static struct vm_entry *
cut_min(struct vm_entry *t, struct vm_entry **min)
{
	if (t->e_left == NULL) {
		*min = t;
		return (t->e_right);
	}
	t->e_left = cut_min(t->e_left, min);
	return (balance(t));
}

static struct vm_entry *
remove(struct vm_entry *t, struct vm_entry *e)
{
	struct vm_entry *m, *r;

	if (e->e_start < t->e_start)
		t->e_left = remove(t->e_left, e);
	else if (e->e_start > t->e_start)
		t->e_right = remove(t->e_right, e);
	else {
		if (t->e_left == NULL)
			return (t->e_right);
		if (t->e_right == NULL)
			return (t->e_left);
		r = cut_min(t->e_right, &m);
		m->e_left = t->e_left;
		m->e_right = r;
		t = m;
	}
	return (balance(t));
}

/* Compute the gaps again on the path from the root to key. */
static void
touch(struct vm_entry *t, uaddr_t key)
{
	if (t == NULL)
		return;
	if (key < t->e_start)
		touch(t->e_left, key);
	else if (key > t->e_start)
		touch(t->e_right, key);
	update(t);
}

/* The first entry that ends above addr. */
struct vm_entry *
vme_find(struct vmspace *vm, uaddr_t addr)
{
	struct vm_entry *t = vm->vm_tree, *best = NULL;

	while (t != NULL) {
		if (addr < t->e_end) {
			best = t;
			t = t->e_left;
		} else
			t = t->e_right;
	}
	return (best);
}

void
vme_insert(struct vmspace *vm, struct vm_entry *e)
{
	struct vm_entry *next = vme_find(vm, e->e_start);

	e->e_next = next;
	e->e_prev = next == NULL ? vm->vm_last : next->e_prev;
	if (e->e_prev != NULL)
		e->e_prev->e_next = e;
	else
		vm->vm_first = e;
	if (next != NULL)
		next->e_prev = e;
	else
		vm->vm_last = e;
	vm->vm_tree = insert(vm->vm_tree, e);
	if (next != NULL)
		touch(vm->vm_tree, next->e_start);
	vm->vm_count++;
	vm->vm_size += e->e_end - e->e_start;
	vm->vm_peak = kmax(vm->vm_peak, vm->vm_size);
	if (e->e_flags & MAP_GROWSDOWN)
		vm->vm_ngrow++;
	if (e->e_adv & VME_LOCKED)
		vm->vm_locked += e->e_end - e->e_start;
}

/* The tree over the next n entries of the list from *next on. */
static struct vm_entry *
build(struct vm_entry **next, uint32_t n)
{
	struct vm_entry *l, *e;

	if (n == 0)
		return (NULL);
	l = build(next, n / 2);
	e = *next;
	*next = e->e_next;
	e->e_left = l;
	e->e_right = build(next, n - n / 2 - 1);
	update(e);
	return (e);
}

/* Put e behind all others; vme_build() must follow before anything else. */
void
vme_append(struct vmspace *vm, struct vm_entry *e)
{
	e->e_prev = vm->vm_last;
	e->e_next = NULL;
	if (vm->vm_last != NULL)
		vm->vm_last->e_next = e;
	else
		vm->vm_first = e;
	vm->vm_last = e;
	vm->vm_count++;
	vm->vm_size += e->e_end - e->e_start;
	if (e->e_flags & MAP_GROWSDOWN)
		vm->vm_ngrow++;
}

void
vme_build(struct vmspace *vm)
{
	struct vm_entry *next = vm->vm_first;

	vm->vm_tree = build(&next, vm->vm_count);
	vm->vm_peak = kmax(vm->vm_peak, vm->vm_size);
}

void
vme_remove(struct vmspace *vm, struct vm_entry *e)
{
	if (e->e_prev != NULL)
		e->e_prev->e_next = e->e_next;
	else
		vm->vm_first = e->e_next;
	if (e->e_next != NULL)
		e->e_next->e_prev = e->e_prev;
	else
		vm->vm_last = e->e_prev;
	vm->vm_tree = remove(vm->vm_tree, e);
	if (e->e_next != NULL)
		touch(vm->vm_tree, e->e_next->e_start);
	vm->vm_count--;
	vm->vm_size -= e->e_end - e->e_start;
	if (e->e_flags & MAP_GROWSDOWN)
		vm->vm_ngrow--;
	if (e->e_adv & VME_LOCKED)
		vm->vm_locked -= e->e_end - e->e_start;
}

/* Change the bounds of an entry within its free surroundings. */
void
vme_resize(struct vmspace *vm, struct vm_entry *e, uaddr_t start, uaddr_t end)
{
	uint64_t was = e->e_end - e->e_start, is = end - start;

	vm->vm_size += is - was;
	vm->vm_peak = kmax(vm->vm_peak, vm->vm_size);
	if (e->e_adv & VME_LOCKED)
		vm->vm_locked += is - was;
	/* The order of entries does not change, so the tree stays valid. */
	e->e_start = start;
	e->e_end = end;
	touch(vm->vm_tree, e->e_start);
	if (e->e_next != NULL)
		touch(vm->vm_tree, e->e_next->e_start);
}

/* Place len bytes as high as possible in [gs, ge) and [lo, hi). */
static uaddr_t
fit(uaddr_t gs, uaddr_t ge, uaddr_t lo, uaddr_t hi, size_t len, size_t align)
{
	uaddr_t a;

	gs = kmax(gs, lo);
	ge = kmin(ge, hi);
	if (ge < gs || ge - gs < len)
		return (0);
	a = rounddown2(ge - len, align);
	return (a >= gs ? a : 0);
}

static uaddr_t
search(const struct vm_entry *t, uaddr_t lo, uaddr_t hi, size_t len,
    size_t align)
{
	uaddr_t a, gs, ge;

	if (t == NULL || t->e_maxgap < len)
		return (0);
	if (t->e_end < hi) {
		a = search(t->e_right, lo, hi, len, align);
		if (a != 0)
			return (a);
	}
	gs = t->e_prev == NULL ? 0 : t->e_prev->e_end;
	ge = t->e_start;
	if (t->e_flags & MAP_GROWSDOWN)
		ge -= kmin(ge, GUARD_GAP);
	a = fit(gs, ge, lo, hi, len, align);
	if (a != 0)
		return (a);
	return (gs > lo ? search(t->e_left, lo, hi, len, align) : 0);
}

/* The highest free place of len bytes in [lo, hi), or 0. */
uaddr_t
vme_gap(struct vmspace *vm, uaddr_t lo, uaddr_t hi, size_t len, size_t align)
{
	uaddr_t a;

	a = fit(vm->vm_last == NULL ? 0 : vm->vm_last->e_end, hi, lo, hi, len,
	    align);
	return (a != 0 ? a : search(vm->vm_tree, lo, hi, len, align));
}

bool
vme_isfree(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_entry *e = vme_find(vm, start);

	return (e == NULL || e->e_start >= end);
}
