/*
 * vm_mremap.c: mremap(2) without copying pages: the host moves them.
 *
 * The host's own ranges may be cut finer than ours (it does not join anonymous
 * ranges with different histories), and its mremap refuses a request that spans
 * two; then pages move piece by piece.  Files grow by a mapping of their own,
 * because only the object knows where its next bytes lie on the host.
 */
#include "base/arena.h"
#include "base/kmem.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "vm/vm_text.h"

struct move {
	uaddr_t		old, new_;
	size_t		oldlen, newlen;
	int		flags;
	struct vm_spare	spare, spare2;
	struct vm_entry	*entry;		/* fresh, for the new range */
};

/* Map [e_end, e_end+len) on the host as e's continuation. */
static int
extend(struct vm_entry *e, uaddr_t at, uint64_t off, size_t len)
{
	int flags = e->e_flags | MAP_FIXED_NOREPLACE, fd = -1, error;
	uint64_t hoff = 0;
	long r;

	flags &= ~MAP_GROWSDOWN;
	if (e->e_adv & VME_LOCKED)
		flags |= MAP_LOCKED;
	if (e->e_obj != NULL) {
		error = e->e_obj->vo_ops->vo_map(e->e_obj, off, len,
		    (e->e_flags & MAP_TYPE) == MAP_PRIVATE ? e->e_prot :
		    e->e_prot | (e->e_maxprot & PROT_WRITE), e->e_flags, &fd,
		    &hoff);
		if (error != 0)
			return (error);
	} else if ((e->e_flags & MAP_TYPE) != MAP_PRIVATE)
		return (-ENOMEM);
	if (fd < 0)
		flags |= MAP_ANONYMOUS;
	r = host_mmap(at, len, e->e_prot, flags, fd, hoff);
	return (r < 0 ? (int)r : 0);
}

/* Move pages within the host, piece by piece if need be. */
static int
move_pages(uaddr_t old, size_t len, uaddr_t new_, int flags)
{
	size_t half;
	long r;
	int error;

	r = host_mremap(old, len, len, flags, new_);
	if (r >= 0)
		return (0);
	if (r != -EFAULT || len <= KPAGE_SIZE)
		return ((int)r);
	half = roundup2(len / 2, KPAGE_SIZE);
	error = move_pages(old, half, new_, flags);
	if (error != 0)
		return (error);
	error = move_pages(old + half, len - half, new_ + half, flags);
	if (error != 0 && !(flags & MREMAP_DONTUNMAP))
		(void)move_pages(new_, half, old, flags);
	return (error);
}

static int
host_move(struct vm_entry *e, struct move *m)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED |
	    (m->flags & MREMAP_DONTUNMAP);
	size_t same = kmin(m->oldlen, m->newlen);
	uint64_t off = e->e_off + (m->old - e->e_start) + same;
	int error;
	long r;

	if (m->oldlen == 0) {		/* a second view of shared memory */
		r = host_mremap(m->old, 0, m->newlen, flags, m->new_);
		return (r < 0 ? (int)r : 0);
	}
	if (m->newlen > m->oldlen && e->e_obj == NULL) {
		r = host_mremap(m->old, m->oldlen, m->newlen, flags, m->new_);
		if (r >= 0)
			return (0);
		if (r != -EFAULT)
			return ((int)r);
	}
	error = move_pages(m->old, same, m->new_, flags);
	if (error != 0 || m->newlen == same)
		return (error);
	error = extend(e, m->new_ + same, off, m->newlen - same);
	if (error != 0)
		(void)move_pages(m->new_, same, m->old, flags);
	return (error);
}

/* The pages of e in [old, old+oldlen) go to new_, which is free. */
static long
move_range(struct vmspace *vm, struct vm_entry *e, struct move *m)
{
	struct vm_entry *n = m->entry;
	int error;

	error = host_move(e, m);
	if (error != 0)
		return (error);
	m->entry = NULL;
	vme_copy(n, e);
	n->e_start = m->new_;
	n->e_end = m->new_ + m->newlen;
	n->e_flags &= ~MAP_GROWSDOWN;
	if (n->e_obj != NULL)
		n->e_off += m->old - e->e_start;
	if (!(m->flags & MREMAP_DONTUNMAP) && m->oldlen != 0)
		vme_clear(vm, m->old, m->old + m->oldlen, m->spare.s_e);
	vme_insert(vm, n);
	vme_merge(vm, n);
	return ((long)m->new_);
}

/* Checks of the old range; Linux's vma_to_resize. */
static int
check_old(struct vmspace *vm, struct vm_entry *e, struct move *m)
{
	if (e == NULL || e->e_start > m->old)
		return (-EFAULT);
	if (m->oldlen == 0 && (e->e_flags & MAP_TYPE) == MAP_PRIVATE)
		return (-EINVAL);
	if (m->oldlen > e->e_end - m->old)
		return (-EFAULT);
	if (m->newlen == m->oldlen)
		return (0);
	if (e->e_obj != NULL && e->e_off + (m->old - e->e_start) + m->newlen <
	    m->newlen)
		return (-EINVAL);
	if (m->newlen > m->oldlen)
		return (vm_chklimits(vm, m->newlen - m->oldlen, e->e_prot,
		    e->e_flags));
	return (0);
}

/* MREMAP_FIXED or MREMAP_DONTUNMAP. */
static long
mremap_to(struct vmspace *vm, struct move *m)
{
	struct vm_entry *e;
	long r;

	if (m->flags & MREMAP_FIXED) {
		if ((m->new_ & KPAGE_MASK) != 0 || m->newlen > USER_MAX ||
		    m->new_ > USER_MAX - m->newlen)
			return (-EINVAL);
		if (m->new_ < m->old + m->oldlen &&
		    m->old < m->new_ + m->newlen)
			return (-EINVAL);
		if (m->new_ < USER_MIN)
			return (-EPERM);
		if (!vm_rangeok(m->new_, m->newlen))
			return (-ENOMEM);
		r = vm_text_evict(vm, m->new_, m->new_ + m->newlen);
		if (r != 0)
			return (r);
		r = vm_munmap_locked(vm, m->new_, m->newlen, m->spare2.s_e);
		if (r != 0)
			return (r);
	}
	if (m->oldlen > m->newlen && !(m->flags & MREMAP_DONTUNMAP)) {
		r = vm_munmap_locked(vm, m->old + m->newlen,
		    m->oldlen - m->newlen, m->spare2.s_e);
		if (r != 0)
			return (r);
		m->oldlen = m->newlen;
	}
	e = vme_find(vm, m->old);
	r = check_old(vm, e, m);
	if (r != 0)
		return (r);
	if (m->flags & MREMAP_DONTUNMAP) {
		r = vm_chklimits(vm, m->oldlen, e->e_prot, e->e_flags);
		if (r != 0)
			return (r);
	}
	if (!(m->flags & MREMAP_FIXED)) {
		m->new_ = vm_place(vm, m->new_, m->newlen, KPAGE_SIZE, 0);
		if (m->new_ == 0)
			return (-ENOMEM);
	}
	return (move_range(vm, e, m));
}

static bool
grow_in_place(struct vmspace *vm, struct vm_entry *e, struct move *m)
{
	uaddr_t end = m->old + m->oldlen;
	size_t more = m->newlen - m->oldlen;
	long r = -EFAULT;

	if (end != e->e_end || !vm_rangeok(end, more) ||
	    !vme_isfree(vm, end, end + more))
		return (false);
	if (e->e_obj == NULL)
		r = host_mremap(m->old, m->oldlen, m->newlen, 0, 0);
	if (r < 0 && extend(e, end, e->e_off + (end - e->e_start), more) != 0)
		return (false);
	vme_resize(vm, e, e->e_start, end + more);
	vme_merge(vm, e);
	return (true);
}

static long
mremap_locked(struct vmspace *vm, struct move *m)
{
	struct vm_entry *e = vme_find(vm, m->old);
	long r;

	if (e == NULL || e->e_start > m->old || vme_istramp(e))
		return (-EFAULT);
	if (e->e_text != NULL)
		vm_text_restore(vm, e);
	else if (e->e_prot & PROT_EXEC)
		vm_patch_undo(vm, m->old, m->old + m->oldlen);
	if (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return (mremap_to(vm, m));
	if (m->oldlen >= m->newlen) {
		r = 0;
		if (m->oldlen > m->newlen)
			r = vm_munmap_locked(vm, m->old + m->newlen,
			    m->oldlen - m->newlen, m->spare.s_e);
		else if (m->oldlen > e->e_end - m->old)
			r = -EFAULT;
		return (r != 0 ? r : (long)m->old);
	}
	r = check_old(vm, e, m);
	if (r != 0)
		return (r);
	if (m->oldlen != 0 && grow_in_place(vm, e, m))
		return ((long)m->old);
	if (!(m->flags & MREMAP_MAYMOVE))
		return (-ENOMEM);
	m->new_ = vm_place(vm, 0, m->newlen, KPAGE_SIZE, 0);
	if (m->new_ == 0)
		return (-ENOMEM);
	return (move_range(vm, e, m));
}

long
vm_mremap(struct vmspace *vm, uaddr_t old, size_t oldlen, size_t newlen,
    int flags, uaddr_t newaddr)
{
	struct move m = { .old = old, .new_ = newaddr, .flags = flags };
	long r = -ENOMEM;

	if (flags & ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return (-EINVAL);
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return (-EINVAL);
	if ((flags & MREMAP_DONTUNMAP) &&
	    (!(flags & MREMAP_MAYMOVE) || oldlen != newlen))
		return (-EINVAL);
	if (old & KPAGE_MASK)
		return (-EINVAL);
	m.oldlen = roundup2(oldlen, KPAGE_SIZE);
	m.newlen = roundup2(newlen, KPAGE_SIZE);
	if (m.newlen == 0 || m.newlen < newlen || m.newlen > USER_MAX ||
	    m.oldlen < oldlen || old + m.oldlen < old)
		return (-EINVAL);
	if (!vm_rangeok(old, m.oldlen))
		return (-EFAULT);
	m.entry = vme_alloc();
	if (m.entry == NULL)
		return (-ENOMEM);
	if (vm_spare_get(&m.spare) != 0)
		goto nospare;
	if (vm_spare_get(&m.spare2) != 0)
		goto nospare2;
	mtx_lock(&vm->vm_lock);
	vm_syncgrow(vm);
	r = mremap_locked(vm, &m);
	mtx_unlock(&vm->vm_lock);
	vm_spare_put(&m.spare2);
nospare2:
	vm_spare_put(&m.spare);
nospare:
	kfree(m.entry);
	return (r);
}

/*
 * remap_file_pages(2), by a new mapping of the range, as Linux does it since
 * it has no nonlinear mappings any more.
 */
long
vm_remap_file(struct vmspace *vm, uaddr_t addr, size_t len, uint64_t pgoff)
{
	struct vm_object *obj = NULL;
	struct vm_entry *e;
	int prot = 0, maxprot = 0, flags = MAP_FIXED | MAP_POPULATE;
	long r;

	addr = rounddown2(addr, KPAGE_SIZE);
	len = rounddown2(len, KPAGE_SIZE);
	if (len == 0 || !vm_rangeok(addr, len) ||
	    pgoff > (INT64_MAX - len) / KPAGE_SIZE)
		return (-EINVAL);
	mtx_lock(&vm->vm_lock);
	e = vme_find(vm, addr);
	if (e != NULL && e->e_start <= addr && e->e_end - addr >= len &&
	    e->e_obj != NULL && !(e->e_adv & VME_HIDDEN) &&
	    (e->e_flags & MAP_TYPE) != MAP_PRIVATE) {
		obj = e->e_obj;
		obj->vo_ops->vo_ref(obj);
		prot = e->e_prot;
		maxprot = e->e_maxprot;
		flags |= e->e_flags & VME_MAPFLAGS;
		if (e->e_adv & VME_LOCKED)
			flags |= MAP_LOCKED;
	}
	mtx_unlock(&vm->vm_lock);
	if (obj == NULL)
		return (-EINVAL);
	r = vm_mmap(vm, addr, len, prot, flags, obj, pgoff * KPAGE_SIZE,
	    maxprot);
	obj->vo_ops->vo_drop(obj);
	return (r < 0 ? r : 0);
}
