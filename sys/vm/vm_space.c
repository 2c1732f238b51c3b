/*
 * vm_space.c: address spaces as a whole: their life, their layout, and what
 * readers (procfs, prctl) see of them.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm_internal.h"

#define	STACK_RANDOM	(1UL << 22)	/* pages: 16 GiB */
#define	MMAP_RANDOM	(1UL << 28)	/* pages: 1 TiB */
#define	BRK_RANDOM	(1UL << 13)	/* pages: 32 MiB */
#define	GAP_MIN		(128UL << 20)
#define	GAP_MAX		(USER_MAX / 6 * 5)
#define	STACK_INITIAL	(33 * KPAGE_SIZE)	/* as Linux: 132 KiB */
#define	STACK_GUARD	(256 * KPAGE_SIZE)
#define	HOST_RLIMIT_STACK 3

static struct vm_root *
root(void)
{
	return (kroot()->r_sub[KROOT_VM]);
}

void
vm_init(void)
{
	struct vm_root *r = KNEW(struct vm_root);

	if (r == NULL)
		return;
	if (kroot()->r_config != NULL)
		memcpy(r->vr_seed, kroot()->r_config->jc_seed,
		    sizeof(r->vr_seed));
	kroot()->r_sub[KROOT_VM] = r;
}

/*
 * Numbers for the layout of address spaces.  The same seed gives the same
 * sequence; keys and AT_RANDOM come from the host instead.
 */
uint64_t
vm_random(void)
{
	struct vm_root *r = root();
	uint64_t n, x;
	unsigned i;

	if (r == NULL)
		return (0);
	n = atomic_add(&r->vr_count, 1);
	x = n * 0x9e3779b97f4a7c15ULL;
	for (i = 0; i < nitems(r->vr_seed); i++) {
		x ^= r->vr_seed[i];
		x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
		x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
		x ^= x >> 31;
	}
	return (x);
}

struct vmspace *
vm_alloc(void)
{
	struct vmspace *vm = KNEW(struct vmspace);

	if (vm == NULL)
		return (NULL);
	vm->vm_ref = 1;
	mtx_init(&vm->vm_lock, RANK_VM, "vmspace");
	vm->vm_limas = vm->vm_limdata = vm->vm_limmemlock = UINT64_MAX;
	vm->vm_limstack = 8UL << 20;
	vm->vm_mmapbase = USER_MAX - GAP_MIN;
	return (vm);
}

void
vm_hold(struct vmspace *vm)
{
	ref_acquire(&vm->vm_ref);
}

/* Forget all entries; the host's mappings are somebody else's matter. */
static void
drop_entries(struct vmspace *vm)
{
	struct vm_entry *e, *next;

	for (e = vm->vm_first; e != NULL; e = next) {
		next = e->e_next;
		vme_free(e);
	}
	vm->vm_tree = vm->vm_first = vm->vm_last = vm->vm_tramps = NULL;
	vm->vm_hastext = 0;
	vm->vm_count = vm->vm_ngrow = 0;
	vm->vm_size = vm->vm_locked = 0;
}

void
vm_release(struct vmspace *vm)
{
	if (vm == NULL || !ref_release(&vm->vm_ref))
		return;
	drop_entries(vm);
	vm_patch_free(vm);
	kfree(vm);
}

void
vm_forklock(struct vmspace *vm)
{
	mtx_lock(&vm->vm_lock);
}

void
vm_forkunlock(struct vmspace *vm)
{
	mtx_unlock(&vm->vm_lock);
}

struct vmspace *
vm_fork(struct vmspace *vm)
{
	struct vmspace *n = vm_alloc();
	struct vm_entry *e, *c;
	bool locked;

	if (n == NULL)
		return (NULL);
	locked = mtx_owned(&vm->vm_lock);
	if (!locked)
		mtx_lock(&vm->vm_lock);
	vm_syncgrow(vm);
	for (e = vm->vm_first; e != NULL; e = e->e_next) {
		if (e->e_adv & VME_DONTFORK)
			continue;
		c = vme_alloc();
		if (c == NULL)
			goto fail;
		vme_copy(c, e);
		c->e_adv &= ~VME_LOCKED;	/* locks are not inherited */
		vme_append(n, c);
		if (c->e_text != NULL)
			n->vm_hastext = 1;
		if (vme_istramp(c))
			vm_text_link(n, c);
	}
	vme_build(n);
	n->vm_textok = vm->vm_textok;
	vm_patch_fork(n, vm);
	n->vm_brkstart = vm->vm_brkstart;
	n->vm_brk = vm->vm_brk;
	n->vm_mmapbase = vm->vm_mmapbase;
	n->vm_stacktop = vm->vm_stacktop;
	n->vm_limas = vm->vm_limas;
	n->vm_limdata = vm->vm_limdata;
	n->vm_limmemlock = vm->vm_limmemlock;
	n->vm_limstack = vm->vm_limstack;
	n->vm_norandom = vm->vm_norandom;
	n->vm_use = vm->vm_use;
	if (!locked)
		mtx_unlock(&vm->vm_lock);
	return (n);
fail:
	if (!locked)
		mtx_unlock(&vm->vm_lock);
	vm_release(n);
	return (NULL);
}

void
vm_unmapall(void)
{
	(void)host_munmap(0, KWIN_BASE);
	(void)host_munmap(KWIN_END, USER_MAX - KWIN_END);
}

/*
 * Everything outside the window goes, also what the host grew and what we do
 * not know of.
 */
void
vm_clear(struct vmspace *vm)
{
	mtx_lock(&vm->vm_lock);
	vm_unmapall();
	drop_entries(vm);
	vm_patch_free(vm);
	vm->vm_peak = vm->vm_ntraps = 0;
	vm->vm_brkstart = vm->vm_brk = 0;
	vm->vm_stacktop = 0;
	vm->vm_lockfuture = 0;
	vm->vm_mmapbase = USER_MAX - GAP_MIN;
	memset(&vm->vm_use, 0, sizeof(vm->vm_use));
	mtx_unlock(&vm->vm_lock);
}

void
vm_setrandom(struct vmspace *vm, bool on)
{
	vm->vm_norandom = !on;
}

/* --- layout ---------------------------------------------------------------- */

/* The host enforces how far a range may grow down. */
static void
host_stacklimit(uint64_t limit)
{
	uint64_t cur, max;

	if (host_getrlimit(HOST_RLIMIT_STACK, &cur, &max) != 0)
		return;
	limit = kmin(limit, max);
	if (limit != cur)
		(void)host_setrlimit(HOST_RLIMIT_STACK, limit, max);
}

void
vm_setstacklimit(struct vmspace *vm, uint64_t limit)
{
	vm->vm_limstack = limit;
	if (curthread() != NULL && curthread()->td_vm == vm)
		host_stacklimit(limit);
}

long
vm_mapstack(struct vmspace *vm, size_t limit, int prot)
{
	uaddr_t top = USER_MAX;
	uint64_t gap;
	long r;

	if (!vm->vm_norandom)
		top -= (vm_random() % STACK_RANDOM) << KPAGE_SHIFT;
	gap = limit > GAP_MAX ? GAP_MAX : limit;
	gap += STACK_GUARD;
	if (!vm->vm_norandom)
		gap += STACK_RANDOM << KPAGE_SHIFT;
	gap = roundup2(kmin(kmax(gap, GAP_MIN), GAP_MAX), KPAGE_SIZE);
	vm->vm_mmapbase = USER_MAX - gap;
	if (!vm->vm_norandom)
		vm->vm_mmapbase -= (vm_random() % MMAP_RANDOM) << KPAGE_SHIFT;
	vm_setstacklimit(vm, limit);
	r = vm_mmap(vm, top - STACK_INITIAL, STACK_INITIAL, prot,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, NULL, 0,
	    PROT_READ | PROT_WRITE | PROT_EXEC);
	if (r < 0)
		return (r);
	vm->vm_stacktop = top;
	return ((long)top);
}

uaddr_t
vm_stackbase(struct vmspace *vm)
{
	return (vm->vm_stacktop);
}

/* Start the heap at the first page after `start`, at a random distance. */
void
vm_setbrk(struct vmspace *vm, uaddr_t start)
{
	start = roundup2(start, KPAGE_SIZE);
	if (!vm->vm_norandom)
		start += (vm_random() % BRK_RANDOM) << KPAGE_SHIFT;
	mtx_lock(&vm->vm_lock);
	vm->vm_brkstart = vm->vm_brk = start;
	mtx_unlock(&vm->vm_lock);
}

uaddr_t
vm_brkstart(struct vmspace *vm)
{
	return (vm->vm_brkstart);
}

uaddr_t
vm_brkcur(struct vmspace *vm)
{
	return (vm->vm_brk);
}

/* A base for position-independent programs; align is a power of two. */
uaddr_t
vm_piebase(struct vmspace *vm, size_t align)
{
	uaddr_t a = 0x555555554000UL;

	if (!vm->vm_norandom)
		a += (vm_random() % MMAP_RANDOM) << KPAGE_SHIFT;
	return (rounddown2(a, kmax(align, KPAGE_SIZE)));
}

void
vm_setlimits(struct vmspace *vm, uint64_t as, uint64_t data, uint64_t memlock)
{
	mtx_lock(&vm->vm_lock);
	vm->vm_limas = as;
	vm->vm_limdata = data;
	vm->vm_limmemlock = memlock;
	mtx_unlock(&vm->vm_lock);
}

/* --- readers ------------------------------------------------------------------ */

static bool
is_data(const struct vm_entry *e)
{
	return ((e->e_flags & MAP_TYPE) != MAP_SHARED &&
	    (e->e_prot & PROT_WRITE) && !(e->e_flags & MAP_GROWSDOWN));
}

static bool
is_stack(const struct vmspace *vm, const struct vm_entry *e)
{
	uaddr_t sp = vm->vm_use.vu_stack_start;

	/* Where the program began, as Linux tells it; before, the top page. */
	if (sp == 0)
		sp = vm->vm_stacktop - 1;
	return (e->e_start <= sp && sp < e->e_end);
}

/* Bytes that count for RLIMIT_DATA; vm_lock held. */
static uint64_t
data_bytes(struct vmspace *vm)
{
	struct vm_entry *e;
	uint64_t n = 0;

	for (e = vm->vm_first; e != NULL; e = e->e_next)
		if (is_data(e))
			n += e->e_end - e->e_start;
	return (n);
}

/* May `more` bytes be mapped?  vm_lock held. 0 or -ENOMEM. */
int
vm_chklimits(struct vmspace *vm, size_t more, int prot, int flags)
{
	if (vm->vm_limas != UINT64_MAX &&
	    (vm->vm_size > vm->vm_limas || more > vm->vm_limas - vm->vm_size))
		return (-ENOMEM);
	if (vm->vm_limdata != UINT64_MAX && (prot & PROT_WRITE) &&
	    (flags & MAP_TYPE) == MAP_PRIVATE && !(flags & MAP_GROWSDOWN) &&
	    data_bytes(vm) + more > vm->vm_limdata)
		return (-ENOMEM);
	return (0);
}

static void
name_of(struct vmspace *vm, struct vm_entry *e, struct vm_info *vi)
{
	const char *n;

	vi->vi_path[0] = '\0';
	if (e->e_obj != NULL) {
		e->e_obj->vo_ops->vo_name(e->e_obj, &vi->vi_dev, &vi->vi_ino,
		    vi->vi_path, sizeof(vi->vi_path));
		return;
	}
	n = e->e_name == NULL ? NULL : e->e_name->vn_text;
	if (n != NULL && n[0] == '[')
		kstrlcpy(vi->vi_path, n, sizeof(vi->vi_path));
	else if (is_stack(vm, e))
		kstrlcpy(vi->vi_path, "[stack]", sizeof(vi->vi_path));
	else if (vm->vm_brk > vm->vm_brkstart && e->e_start <= vm->vm_brk &&
	    e->e_end >= vm->vm_brkstart)
		kstrlcpy(vi->vi_path, "[heap]", sizeof(vi->vi_path));
	else if (n != NULL)
		ksnprintf(vi->vi_path, sizeof(vi->vi_path), "[anon%s:%s]",
		    (e->e_flags & MAP_TYPE) == MAP_PRIVATE ? "" : "_shmem", n);
	else if ((e->e_flags & MAP_TYPE) != MAP_PRIVATE)
		kstrlcpy(vi->vi_path, "/dev/zero (deleted)",
		    sizeof(vi->vi_path));
}

bool
vm_next(struct vmspace *vm, uaddr_t addr, struct vm_info *vi)
{
	struct vm_entry *e;

	mtx_lock(&vm->vm_lock);
	if (addr == 0)
		vm_syncgrow(vm);
	e = vme_find(vm, addr);
	while (e != NULL && (e->e_adv & VME_HIDDEN))
		e = e->e_next;
	if (e != NULL) {
		vi->vi_start = e->e_start;
		vi->vi_end = e->e_end;
		vi->vi_prot = e->e_prot;
		vi->vi_flags = e->e_flags;
		if (e->e_obj == NULL)
			vi->vi_flags |= MAP_ANONYMOUS;
		if (e->e_adv & VME_LOCKED)
			vi->vi_flags |= MAP_LOCKED;
		vi->vi_off = e->e_obj == NULL ? 0 : e->e_off;
		vi->vi_dev = vi->vi_ino = 0;
		name_of(vm, e, vi);
	}
	mtx_unlock(&vm->vm_lock);
	return (e != NULL);
}

struct vm_object *
vm_objectat(struct vmspace *vm, uaddr_t addr, uint64_t *off)
{
	struct vm_object *o = NULL;
	struct vm_entry *e;

	mtx_lock(&vm->vm_lock);
	e = vme_find(vm, addr);
	if (e != NULL && e->e_start <= addr && e->e_obj != NULL) {
		o = e->e_obj;
		o->vo_ops->vo_ref(o);
		*off = e->e_off + (addr - e->e_start);
	}
	mtx_unlock(&vm->vm_lock);
	return (o);
}

void
vm_usage(struct vmspace *vm, struct vm_usage *vu)
{
	struct vm_entry *e;
	uint64_t n;

	mtx_lock(&vm->vm_lock);
	vm_syncgrow(vm);
	*vu = vm->vm_use;
	vu->vu_size = vm->vm_size;
	vu->vu_peak = vm->vm_peak;
	vu->vu_locked = vm->vm_locked;
	vu->vu_data = vu->vu_stack = vu->vu_text = vu->vu_patched = 0;
	vu->vu_traps = vm->vm_ntraps;
	for (e = vm->vm_first; e != NULL; e = e->e_next) {
		n = e->e_end - e->e_start;
		if (e->e_text != NULL && !(e->e_adv & VME_HIDDEN))
			vu->vu_patched += n;
		if (e->e_flags & MAP_GROWSDOWN)
			vu->vu_stack += n;
		else if (is_data(e))
			vu->vu_data += n;
		else if (e->e_prot & PROT_EXEC)
			vu->vu_text += n;
	}
	mtx_unlock(&vm->vm_lock);
}

void
vm_setusage(struct vmspace *vm, const struct vm_usage *vu)
{
	mtx_lock(&vm->vm_lock);
	vm->vm_use = *vu;
	mtx_unlock(&vm->vm_lock);
}

/* --- faults --------------------------------------------------------------------- */

int
vm_fault(struct vmspace *vm, uaddr_t addr, bool write, bool exec)
{
	struct vm_entry *e;
	int code;

	mtx_lock(&vm->vm_lock);
	e = vme_find(vm, addr);
	code = e != NULL && e->e_start <= addr ? SEGV_ACCERR : SEGV_MAPERR;
	mtx_unlock(&vm->vm_lock);
	return (code);
}

/* --- names ------------------------------------------------------------------------ */

int
vm_setname(struct vmspace *vm, uaddr_t addr, size_t len, const char *name)
{
	struct vm_name *n = NULL;
	struct vm_spare s;
	struct vm_entry *e;
	uaddr_t end;
	int error = 0;

	if ((addr & KPAGE_MASK) != 0)
		return (-EINVAL);
	len = roundup2(len, KPAGE_SIZE);
	end = addr + len;
	if (end < addr)
		return (-EINVAL);
	if (name != NULL && name[0] != '\0') {
		n = kmalloc(sizeof(*n) + strlen(name) + 1, 0);
		if (n == NULL)
			return (-ENOMEM);
		n->vn_ref = 1;
		memcpy(n->vn_text, name, strlen(name) + 1);
	}
	error = vm_spare_get(&s);
	if (error != 0) {
		vm_namedrop(n);
		return (error);
	}
	mtx_lock(&vm->vm_lock);
	for (e = vme_find(vm, addr); addr < end; e = e->e_next) {
		if (e == NULL || e->e_start > addr) {
			error = -ENOMEM;	/* a hole; go on as Linux does */
			if (e == NULL || e->e_start >= end)
				break;
			addr = e->e_start;
		}
		if (e->e_obj != NULL) {
			error = -EBADF;
			break;
		}
		e = vme_isolate(vm, e, kmax(addr, e->e_start),
		    kmin(end, e->e_end), s.s_e);
		vm_namedrop(e->e_name);
		e->e_name = n;
		if (n != NULL)
			ref_acquire(&n->vn_ref);
		addr = e->e_end;
		e = vme_merge(vm, e);
	}
	mtx_unlock(&vm->vm_lock);
	vm_spare_put(&s);
	vm_namedrop(n);
	return (error);
}
