/*
 * vm_mmap.c: mmap, munmap, mprotect and brk (mmap(2), mprotect(2), brk(2)).
 *
 * Outline of each change: check what Linux checks, in its order; set aside the
 * entries that a split may need; let the host do it; then bring the record in
 * line, which cannot fail.  The kernel chooses addresses itself and asks the
 * host with MAP_FIXED_NOREPLACE, so that a mapping it does not know of is
 * never overwritten.
 */
#include "base/arena.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm_text.h"

/* The host's default limit; it answers ENOMEM itself if it has another. */
#define	MAP_COUNT_MAX	65530
#define	MAP_32BIT_LO	0x40000000UL
#define	MAP_32BIT_HI	0x80000000UL
#define	PLACE_TRIES	16
#define	PROT_ALL	(PROT_READ | PROT_WRITE | PROT_EXEC)
#define	PROT_SEM	8

bool
vm_rangeok(uaddr_t a, size_t len)
{
	if (len > USER_MAX || a > USER_MAX - len)
		return (false);
	return (a + len <= KWIN_BASE || a >= KWIN_END);
}

uaddr_t
vm_place(struct vmspace *vm, uaddr_t hint, size_t len, size_t align, int flags)
{
	uaddr_t a;

	if (len > USER_MAX)
		return (0);
	if (flags & MAP_32BIT) {
		a = vme_gap(vm, MAP_32BIT_LO, MAP_32BIT_HI, len, align);
		return (a);
	}
	hint = rounddown2(hint, kmax(align, KPAGE_SIZE));
	if (hint >= USER_MIN && vm_rangeok(hint, len) &&
	    vme_isfree(vm, hint, hint + len))
		return (hint);
	/* Below the stack; below the window; then anywhere above the base. */
	a = vme_gap(vm, KWIN_END, vm->vm_mmapbase, len, align);
	if (a == 0)
		a = vme_gap(vm, 65536, KWIN_BASE, len, align);
	if (a == 0)
		a = vme_gap(vm, kmax(vm->vm_mmapbase, KWIN_END), USER_MAX,
		    len, align);
	return (a);
}

long
vm_findspace(struct vmspace *vm, uaddr_t hint, size_t len, size_t align)
{
	uaddr_t a;

	mtx_lock(&vm->vm_lock);
	a = vm_place(vm, hint, len, align, 0);
	mtx_unlock(&vm->vm_lock);
	return (a == 0 ? -ENOMEM : (long)a);
}

/* What the host realises the mapping from. */
struct backing {
	int		fd;
	uint64_t	off;
	int		prot;
	int		flags;
};

static int
get_backing(struct vm_object *obj, uint64_t off, size_t len, int prot,
    int maxprot, int flags, struct backing *b)
{
	int error, want = prot;

	b->fd = -1;
	b->off = 0;
	b->prot = prot;
	b->flags = flags & (MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN |
	    MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK |
	    MAP_HUGETLB | (0x3f << 26) | MAP_LOCKED | MAP_SYNC);
	if (obj == NULL) {
		b->flags |= MAP_ANONYMOUS;
		return (0);
	}
	if ((flags & MAP_TYPE) != MAP_PRIVATE)
		want |= maxprot & PROT_WRITE;
	error = obj->vo_ops->vo_map(obj, off, len, want, flags, &b->fd,
	    &b->off);
	if (error != 0)
		return (error);
	if (b->fd < 0)
		b->flags |= MAP_ANONYMOUS;
	return (0);
}

/* Let the host map at a place of the kernel's choice, with room bytes free
 * from there on. */
static long
host_map_free(struct vmspace *vm, uaddr_t hint, size_t len, size_t room,
    int flags, const struct backing *b)
{
	uaddr_t a, hi = 0, base = vm->vm_mmapbase;
	size_t align = KPAGE_SIZE;
	unsigned i;
	long r;

	if (flags & MAP_HUGETLB)
		align = ((flags >> 26) & 0x3f) != 0 ?
		    1UL << ((flags >> 26) & 0x3f) : 2UL << 20;
	for (i = 0; i < PLACE_TRIES; i++) {
		a = vm_place(vm, hint, kmax(len, room), align, flags);
		if (a == 0)
			break;
		r = host_mmap(a, len, b->prot,
		    b->flags | MAP_FIXED_NOREPLACE, b->fd, b->off);
		if (r != -EEXIST) {
			vm->vm_mmapbase = base;
			return (r >= 0 ? (long)a : r);
		}
		/* Something that grew, or that is not ours: go lower. */
		vm_syncgrow(vm);
		hint = 0;
		hi = a;
		if (hi > KWIN_END)
			vm->vm_mmapbase = hi;
	}
	vm->vm_mmapbase = base;
	return (-ENOMEM);
}

/*
 * Map over [addr, addr+len).  Where the host fails, it may or may not have
 * unmapped what was there: ask it, and follow.
 */
static long
host_map_fixed(struct vmspace *vm, uaddr_t addr, size_t len,
    const struct backing *b, struct vm_entry **spare)
{
	struct vm_entry *e;
	uint8_t v;
	long r;

	e = vme_find(vm, addr);
	if (e != NULL && e->e_start >= addr + len)
		e = NULL;
	r = host_mmap(addr, len, b->prot, b->flags | MAP_FIXED, b->fd,
	    b->off);
	if (r < 0) {
		if (e != NULL && host_mincore(kmax(addr, e->e_start),
		    KPAGE_SIZE, (uaddr_t)&v) == -ENOMEM) {
			(void)host_munmap(addr, len);
			vme_clear(vm, addr, addr + len, spare);
		}
		return (r);
	}
	vme_clear(vm, addr, addr + len, spare);
	return ((long)addr);
}

/* Linux's checks of an address that the caller insists on. */
static int
check_fixed(uaddr_t addr, size_t len)
{
	if (len > USER_MAX || addr > USER_MAX - len)
		return (-ENOMEM);
	if (addr & KPAGE_MASK)
		return (-EINVAL);
	if (addr < USER_MIN)
		return (-EPERM);
	return (vm_rangeok(addr, len) ? 0 : -ENOMEM);
}

static int
check_mmap(uaddr_t addr, size_t *lenp, int prot, int flags,
    struct vm_object *obj, uint64_t off)
{
	int type = flags & MAP_TYPE;
	size_t len = *lenp;

	if (len == 0)
		return (-EINVAL);
	len = roundup2(len, KPAGE_SIZE);
	if (len == 0 || len > USER_MAX)
		return (-ENOMEM);
	if (flags & MAP_HUGETLB) {
		size_t hp = ((flags >> 26) & 0x3f) != 0 ?
		    1UL << ((flags >> 26) & 0x3f) : 2UL << 20;

		len = roundup2(len, hp);
	}
	*lenp = len;
	if (off + len < off)
		return (-EOVERFLOW);
	if (type != MAP_PRIVATE && type != MAP_SHARED &&
	    (type != MAP_SHARED_VALIDATE || obj == NULL))
		return (-EINVAL);
	if ((flags & MAP_GROWSDOWN) && (obj != NULL || type != MAP_PRIVATE))
		return (-EINVAL);
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return (check_fixed(addr, len));
	return (0);
}

/* Memory that nobody may touch, over the window or part of it. */
static bool
is_fence(uaddr_t addr, size_t len, int prot, int flags,
    struct vm_object *obj)
{
	return (prot == PROT_NONE && obj == NULL &&
	    (flags & MAP_TYPE) == MAP_PRIVATE &&
	    (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0 &&
	    (addr & KPAGE_MASK) == 0 && len <= USER_MAX &&
	    addr <= USER_MAX - len && addr < KWIN_END &&
	    addr + len > KWIN_BASE);
}

/*
 * Sanitizers fence off the parts of the address space that they do not use.
 * What of the fence lies in the window stands already: the guest can map
 * nothing there.
 */
static long
map_fence(struct vmspace *vm, uaddr_t addr, size_t len, int flags)
{
	uaddr_t end = addr + len;
	long r = 0;

	if (addr < KWIN_BASE)
		r = vm_mmap(vm, addr, KWIN_BASE - addr, PROT_NONE, flags, NULL,
		    0, PROT_ALL);
	if (r >= 0 && end > KWIN_END)
		r = vm_mmap(vm, KWIN_END, end - KWIN_END, PROT_NONE, flags,
		    NULL, 0, PROT_ALL);
	return (r < 0 ? r : (long)addr);
}

static uint64_t
mapped_bytes(struct vmspace *vm, uaddr_t start, uaddr_t end)
{
	struct vm_entry *e;
	uint64_t n = 0;

	for (e = vme_find(vm, start); e != NULL && e->e_start < end;
	    e = e->e_next)
		n += kmin(e->e_end, end) - kmax(e->e_start, start);
	return (n);
}

/* What is to be mapped; text: perhaps the file's patched text, used. */
struct mapping {
	uaddr_t		addr;
	size_t		len;
	int		prot, flags, maxprot;
	struct vm_object *obj;
	uint64_t	off;
	struct tc_entry	*text;
	size_t		room;		/* to be free from addr on */
};

/* Have the host map m. *direct: it is patched text as it stands. */
static long
map_host(struct vmspace *vm, struct mapping *m, struct vm_entry **spare,
    bool *direct)
{
	const struct tc_seg *s = NULL;
	struct backing b;
	long r;

	r = get_backing(m->obj, m->off, m->len, m->prot, m->maxprot, m->flags,
	    &b);
	if (r != 0)
		return (r);
	if (m->flags & MAP_FIXED_NOREPLACE)
		return (host_mmap(m->addr, m->len, b.prot, b.flags |
		    MAP_FIXED_NOREPLACE, b.fd, b.off));
	if (!(m->flags & MAP_FIXED))
		return (host_map_free(vm, m->addr, m->len, m->room,
		    m->flags, &b));
	if (m->text != NULL)
		s = vm_text_direct(vm, m->text, m->addr, m->len, m->off);
	if (s != NULL) {
		struct backing t = b;

		t.fd = m->text->te_cachefd;
		t.off = s->tsg_data;
		r = host_map_fixed(vm, m->addr, m->len, &t, spare);
		*direct = r >= 0;
		if (r >= 0)
			return (r);
	}
	return (host_map_fixed(vm, m->addr, m->len, &b, spare));
}

/* The record of what map_host did, in e. */
static void
map_record(struct vmspace *vm, struct vm_entry *e, const struct mapping *m,
    bool direct)
{
	e->e_start = m->addr;
	e->e_end = m->addr + m->len;
	e->e_prot = m->prot;
	e->e_dirty = (m->prot & PROT_WRITE) != 0;
	e->e_maxprot = m->maxprot;
	e->e_flags = m->flags & VME_MAPFLAGS;
	if ((m->flags & MAP_TYPE) == MAP_SHARED_VALIDATE)
		e->e_flags = (e->e_flags & ~MAP_TYPE) | MAP_SHARED;
	if (m->flags & MAP_LOCKED)
		e->e_adv = VME_LOCKED;
	if (m->obj != NULL) {
		m->obj->vo_ops->vo_ref(m->obj);
		e->e_obj = m->obj;
		e->e_off = m->off;
		vme_notice(e, 1);
	}
	vme_insert(vm, e);
	if (m->text != NULL) {
		if (!(m->flags & MAP_FIXED))
			vm_text_reserve(vm, e, m->text);
		if (direct)
			vm_text_use(vm, e, m->text);
		else if (m->prot & PROT_EXEC)
			vm_text_overlay(vm, e, m->text);
	}
	vme_merge(vm, e);
}

long
vm_mmap(struct vmspace *vm, uaddr_t addr, size_t len, int prot, int flags,
    struct vm_object *obj, uint64_t off, int maxprot)
{
	struct vm_spare s = VM_NOSPARE;
	struct mapping m;
	struct vm_entry *e;
	bool direct = false, later;
	uint64_t over = 0;
	long r;

	if (is_fence(addr, roundup2(len, KPAGE_SIZE), prot, flags, obj))
		return (map_fence(vm, addr, roundup2(len, KPAGE_SIZE),
		    flags));
	r = check_mmap(addr, &len, prot, flags, obj, off);
	if (r != 0)
		return (r);
	prot &= PROT_ALL;
	e = vme_alloc();
	if (e == NULL)
		return (-ENOMEM);
	m = (struct mapping){ .addr = addr, .len = len, .prot = prot,
	    .flags = flags, .maxprot = maxprot, .obj = obj, .off = off };
	if (vm_text_likely(vm, obj, prot, flags, off)) {
		m.text = vm_text_get(obj, (prot & PROT_EXEC) != 0, &later);
		if (m.text != NULL)
			m.room = vm_text_span(m.text);
		else if (later)
			m.room = len + TEXT_ROOM;
	}
	mtx_lock(&vm->vm_lock);
	if (vm->vm_lockfuture)
		m.flags |= MAP_LOCKED;
	r = -ENOMEM;
	if (vm->vm_count >= MAP_COUNT_MAX)
		goto out;
	if (flags & MAP_FIXED_NOREPLACE) {
		r = -EEXIST;
		if (!vme_isfree(vm, addr, addr + len))
			goto out;
	} else if (flags & MAP_FIXED) {
		if (vm_text_evict(vm, addr, addr + len) != 0 ||
		    vm_spare_clear(vm, &s, addr, addr + len) != 0)
			goto out;
		over = mapped_bytes(vm, addr, addr + len);
	}
	r = vm_chklimits(vm, len - over, prot, flags);
	if (r != 0)
		goto out;
	r = map_host(vm, &m, s.s_e, &direct);
	if (r < 0)
		goto out;
	m.addr = (uaddr_t)r;
	map_record(vm, e, &m, direct);
	e = NULL;
out:
	mtx_unlock(&vm->vm_lock);
	kfree(e);
	vm_text_put(m.text);
	vm_spare_put(&s);
	return (r);
}

/* --- munmap ------------------------------------------------------------------ */

/* Unmap what of [addr, addr+len) is guest space; vm_lock held. */
long
vm_munmap_locked(struct vmspace *vm, uaddr_t addr, size_t len,
    struct vm_entry **spare)
{
	uaddr_t end = addr + len;
	int error = 0;

	if (addr < KWIN_BASE) {
		error = host_munmap(addr, kmin(end, KWIN_BASE) - addr);
		if (error == 0)
			vme_clear(vm, addr, kmin(end, KWIN_BASE), spare);
	}
	if (error == 0 && end > KWIN_END) {
		addr = kmax(addr, KWIN_END);
		error = host_munmap(addr, end - addr);
		if (error == 0)
			vme_clear(vm, addr, end, spare);
	}
	return (error);
}

/* Is a file mapped in [addr, end)? */
static bool
has_file(struct vmspace *vm, uaddr_t addr, uaddr_t end)
{
	struct vm_entry *e;

	for (e = vme_find(vm, addr); e != NULL && e->e_start < end;
	    e = e->e_next)
		if (e->e_obj != NULL)
			return (true);
	return (false);
}

/* The same where there may be trampolines, of which the guest knows nothing:
 * they stay, unless their image goes. */
static long
munmap_text(struct vmspace *vm, uaddr_t addr, size_t len,
    struct vm_entry **spare)
{
	uaddr_t a = addr, end = addr + len, to;
	bool file;
	long r = 0;

	if (!vm->vm_hastext)
		return (vm_munmap_locked(vm, addr, len, spare));
	file = has_file(vm, addr, end);
	for (; r == 0 && a < end; a = to) {
		to = end;
		if (!vm_text_hole(vm, a, &to))
			r = vm_munmap_locked(vm, a, to - a, spare);
	}
	if (file)
		vm_text_sweep(vm, addr, end);
	return (r);
}

long
vm_munmap(struct vmspace *vm, uaddr_t addr, size_t len)
{
	struct vm_spare s = VM_NOSPARE;
	long r;

	if ((addr & KPAGE_MASK) != 0 || addr > USER_MAX ||
	    len > USER_MAX - addr)
		return (-EINVAL);
	len = roundup2(len, KPAGE_SIZE);
	if (len == 0)
		return (-EINVAL);
	mtx_lock(&vm->vm_lock);
	vm_syncrange(vm, addr, addr + len);
	r = vm_spare_clear(vm, &s, addr, addr + len);
	if (r == 0)
		r = munmap_text(vm, addr, len, s.s_e);
	mtx_unlock(&vm->vm_lock);
	vm_spare_put(&s);
	return (r);
}

/* --- mprotect ------------------------------------------------------------------ */

/* The part [start, end) of e gets prot; host first. */
static int
protect_entry(struct vmspace *vm, struct vm_entry **ep, uaddr_t start,
    uaddr_t end, int prot)
{
	struct vm_entry *e = *ep;
	struct vm_spare s = VM_NOSPARE;
	int error;

	if (vme_istramp(e))
		return (-ENOMEM);	/* a hole, as the guest knows it */
	if ((prot & ~e->e_maxprot) != 0)
		return (-EACCES);
	if ((prot & PROT_WRITE) && e->e_text != NULL)
		vm_text_restore(vm, e);
	else if ((prot & PROT_WRITE) && (e->e_prot & PROT_EXEC))
		vm_patch_undo(vm, start, end);
	if (e->e_prot == prot)
		return (0);
	if ((prot & PROT_WRITE) && !(e->e_prot & PROT_WRITE)) {
		error = vm->vm_limdata == UINT64_MAX ? 0 :
		    vm_chklimits(vm, end - start, prot, e->e_flags);
		if (error != 0)
			return (error);
	}
	if ((e->e_start < start || e->e_end > end) && vm_spare_get(&s) != 0)
		return (-ENOMEM);
	error = host_mprotect(start, end - start, prot);
	if (error == 0) {
		e = vme_isolate(vm, e, start, end, s.s_e);
		vme_notice(e, -1);
		e->e_prot = prot;
		if (prot & PROT_WRITE)
			e->e_dirty = true;
		vme_notice(e, 1);
		*ep = vme_merge(vm, e);
	}
	vm_spare_put(&s);
	return (error);
}

/* Where PROT_GROWSDOWN lets the change begin. */
static long
grow_start(struct vmspace *vm, uaddr_t addr, uaddr_t end)
{
	struct vm_entry *e = vme_find(vm, addr);

	if (e == NULL || e->e_start >= end)
		return (-ENOMEM);
	return (e->e_flags & MAP_GROWSDOWN ? (long)e->e_start : -EINVAL);
}

long
vm_mprotect(struct vmspace *vm, uaddr_t addr, size_t len, int prot)
{
	int grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	struct vm_entry *e;
	uaddr_t end;
	long r = 0;

	prot &= ~(PROT_GROWSDOWN | PROT_GROWSUP);
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP))
		return (-EINVAL);
	if (addr & KPAGE_MASK)
		return (-EINVAL);
	if (len == 0)
		return (0);
	len = roundup2(len, KPAGE_SIZE);
	end = addr + len;
	if (end <= addr)
		return (-ENOMEM);
	if ((prot & ~(PROT_ALL | PROT_SEM)) != 0)
		return (-EINVAL);
	prot &= PROT_ALL;
	mtx_lock(&vm->vm_lock);
	vm_syncrange(vm, addr, end);
	if (grows == PROT_GROWSDOWN) {
		r = grow_start(vm, addr, end);
		if (r > 0) {
			addr = (uaddr_t)r;
			r = 0;
		}
	} else if (grows == PROT_GROWSUP)
		r = -EINVAL;
	for (e = vme_find(vm, addr); r == 0 && addr < end; e = e->e_next) {
		if (e == NULL || e->e_start > addr) {
			r = -ENOMEM;
			break;
		}
		r = protect_entry(vm, &e, addr, kmin(end, e->e_end), prot);
		addr = e->e_end;
	}
	mtx_unlock(&vm->vm_lock);
	return (r);
}

/* --- brk ------------------------------------------------------------------------ */

static bool
grow_heap(struct vmspace *vm, uaddr_t old, uaddr_t new_)
{
	struct vm_entry *e;

	if (!vm_rangeok(old, new_ - old) || !vme_isfree(vm, old, new_) ||
	    vm->vm_count >= MAP_COUNT_MAX ||
	    vm_chklimits(vm, new_ - old, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE) != 0)
		return (false);
	e = vme_alloc();
	if (e == NULL)
		return (false);
	if (host_mmap(old, new_ - old, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) < 0) {
		kfree(e);
		return (false);
	}
	e->e_start = old;
	e->e_end = new_;
	e->e_prot = PROT_READ | PROT_WRITE;
	e->e_maxprot = PROT_ALL;
	e->e_flags = MAP_PRIVATE;
	vme_insert(vm, e);
	vme_merge(vm, e);
	return (true);
}

long
vm_brk(struct vmspace *vm, uaddr_t brk)
{
	struct vm_spare s = VM_NOSPARE;
	uaddr_t old, new_;
	bool ok = true;

	mtx_lock(&vm->vm_lock);
	if (brk < vm->vm_brkstart || brk > USER_MAX ||
	    brk - vm->vm_brkstart > vm->vm_limdata)
		goto out;
	old = roundup2(vm->vm_brk, KPAGE_SIZE);
	new_ = roundup2(brk, KPAGE_SIZE);
	if (new_ < old)
		ok = vm_spare_clear(vm, &s, new_, old) == 0 &&
		    vm_munmap_locked(vm, new_, old - new_, s.s_e) == 0;
	else if (new_ > old)
		ok = grow_heap(vm, old, new_);
	if (ok)
		vm->vm_brk = brk;
out:
	brk = vm->vm_brk;
	mtx_unlock(&vm->vm_lock);
	vm_spare_put(&s);
	return ((long)brk);
}
