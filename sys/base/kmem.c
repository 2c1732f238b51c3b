/*
 * kmem.c: the arena's memory.
 *
 * Pages: a binary buddy allocator over [km_base, km_end), fed from a frontier,
 * so that only what was ever needed has host memory behind it.  Every page has
 * a struct kpage.  Blocks of at least KM_PUNCH pages that become free again go
 * back to the host once enough of them have gathered; they read as zero after.
 *
 * Objects up to KM_SMALLMAX bytes come from slabs: blocks of 2^sc_order pages
 * cut into objects of one size; free objects are linked through their first
 * word.  Objects are cut when they are first needed, so that a slab's pages
 * have no host memory behind them earlier.  An empty slab goes back to the
 * pages unless it is the class's last.
 *
 * Locks: km_lock (RANK_KMEM) for pages; each class its own sc_lock (RANK_KMEM,
 * taken before km_lock: nested).
 */
#include "base/arena.h"
#include "base/kmem.h"
#include "base/mtx.h"
#include "base/panic.h"
#include "host/host.h"
#include "libkern/list.h"
#include "libkern/mman.h"
#include "libkern/str.h"

#define	KM_MAXORDER	16		/* 256 MiB */
#define	KM_GROW		10		/* the frontier moves by 4 MiB */
#define	KM_PUNCH	4		/* order of blocks worth giving back */
#define	KM_DIRTYMAX	(4096UL)	/* dirty free pages before it is done */
#define	KM_SMALLMAX	2048
#define	KM_HOT		(2UL << 20)	/* a huge page of the host */

enum { KP_NONE, KP_FREE, KP_HEAD, KP_SLAB, KP_TAIL };

struct kpage {
	struct list	kp_link;	/* free list or slab list */
	void		*kp_freeobj;	/* slab: first freed object */
	uint16_t	kp_nfree;	/* slab: how many can be had */
	uint8_t		kp_kind;
	uint8_t		kp_order;
	uint8_t		kp_class;
	uint8_t		kp_zero;	/* free block reads as zero */
	union {
		uint16_t kp_back;	/* tail of a slab: pages back to it */
		uint16_t kp_cut;	/* slab: objects ever handed out */
	};
};

struct sclass {
	struct mtx	sc_lock;
	struct list	sc_partial;	/* slabs with free objects */
	uint32_t	sc_size;
	uint16_t	sc_order;
	uint16_t	sc_nempty;
};

static const uint16_t class_size[] = { 16, 32, 48, 64, 96, 128, 192, 256,
    384, 512, 768, 1024, 1360, 2048 };
#define	NCLASSES	nitems(class_size)

struct kmem {
	struct mtx	km_lock;
	uaddr_t		km_base;	/* first page */
	uaddr_t		km_end;
	uaddr_t		km_frontier;	/* pages above were never used */
	struct kpage	*km_pages;	/* one per page from km_base */
	struct list	km_free[KM_MAXORDER + 1];
	uint64_t	km_used;	/* pages handed out */
	uint64_t	km_slab;	/* of these, in slabs */
	uint64_t	km_dirty;	/* free pages in punchable dirty blocks */
	struct sclass	km_class[NCLASSES];
	uint8_t		km_classof[KM_SMALLMAX / 16 + 1];
};

static inline struct kmem *
km(void)
{
	return (kroot()->r_sub[KROOT_KMEM]);
}

static inline struct kpage *
page_of(const struct kmem *k, uaddr_t a)
{
	return (&k->km_pages[(a - k->km_base) >> KPAGE_SHIFT]);
}

static inline uaddr_t
addr_of(const struct kmem *k, const struct kpage *kp)
{
	return (k->km_base + ((uaddr_t)(kp - k->km_pages) << KPAGE_SHIFT));
}

/* --- pages ---------------------------------------------------------------- */

static void
free_insert(struct kmem *k, struct kpage *kp, unsigned order, bool zero)
{
	kp->kp_kind = KP_FREE;
	kp->kp_order = (uint8_t)order;
	kp->kp_zero = zero;
	if (!zero && order >= KM_PUNCH)
		k->km_dirty += 1UL << order;
	list_add_head(&k->km_free[order], &kp->kp_link);
}

static void
free_remove(struct kmem *k, struct kpage *kp)
{
	if (!kp->kp_zero && kp->kp_order >= KM_PUNCH)
		k->km_dirty -= 1UL << kp->kp_order;
	list_del(&kp->kp_link);
	kp->kp_kind = KP_NONE;
}

/* Move the frontier so that a block of this order becomes free. */
static bool
grow(struct kmem *k, unsigned order)
{
	unsigned o = kmax(order, (unsigned)KM_GROW);
	size_t size = KPAGE_SIZE << o;
	uaddr_t at = roundup2(k->km_frontier - k->km_base, size) + k->km_base;

	if (at + size > k->km_end || at + size < at) {
		o = order;
		size = KPAGE_SIZE << o;
		at = roundup2(k->km_frontier - k->km_base, size) + k->km_base;
		if (at + size > k->km_end)
			return (false);
	}
	/* What alignment skips becomes free blocks of its own. */
	while (k->km_frontier < at) {
		uaddr_t rel = k->km_frontier - k->km_base;
		unsigned s = (unsigned)__builtin_ctzl(rel | size) -
		    KPAGE_SHIFT;

		while (k->km_frontier + (KPAGE_SIZE << s) > at)
			s--;
		free_insert(k, page_of(k, k->km_frontier), s, true);
		k->km_frontier += KPAGE_SIZE << s;
	}
	free_insert(k, page_of(k, at), o, true);
	k->km_frontier = at + size;
	return (true);
}

/* Give the memory of large dirty free blocks back to the host. */
static void
punch(struct kmem *k)
{
	struct kpage *kp;

	for (unsigned o = KM_PUNCH; o <= KM_MAXORDER; o++)
		list_foreach(kp, &k->km_free[o], kp_link) {
			if (kp->kp_zero)
				continue;
			if (host_madvise(addr_of(k, kp), KPAGE_SIZE << o,
			    MADV_REMOVE) == 0) {
				kp->kp_zero = 1;
				k->km_dirty -= 1UL << o;
			}
		}
}

static struct kpage *
block_alloc(struct kmem *k, unsigned order, bool *zero)
{
	struct kpage *kp;
	unsigned o;

	if (order > KM_MAXORDER)
		return (NULL);
	for (;;) {
		for (o = order; o <= KM_MAXORDER; o++)
			if (!list_empty(&k->km_free[o]))
				break;
		if (o <= KM_MAXORDER)
			break;
		if (!grow(k, order))
			return (NULL);
	}
	kp = list_first(&k->km_free[o], struct kpage, kp_link);
	*zero = kp->kp_zero;
	free_remove(k, kp);
	while (o > order) {
		o--;
		free_insert(k, kp + (1UL << o), o, *zero);
	}
	kp->kp_order = (uint8_t)order;
	k->km_used += 1UL << order;
	return (kp);
}

static void
block_free(struct kmem *k, struct kpage *kp, unsigned order)
{
	size_t i = kp - k->km_pages;

	k->km_used -= 1UL << order;
	while (order < KM_MAXORDER) {
		size_t b = i ^ (1UL << order);
		struct kpage *buddy = &k->km_pages[b];

		if (addr_of(k, buddy) + (KPAGE_SIZE << order) >
		    k->km_frontier || buddy->kp_kind != KP_FREE ||
		    buddy->kp_order != order)
			break;
		/* Joined blocks count as dirty as their worse half. */
		free_remove(k, buddy);
		i &= ~(1UL << order);
		order++;
	}
	free_insert(k, &k->km_pages[i], order, false);
	if (k->km_dirty > KM_DIRTYMAX)
		punch(k);
}

static unsigned
order_of(size_t npages)
{
	return (npages <= 1 ? 0 :
	    64 - (unsigned)__builtin_clzl(npages - 1));
}

void *
kpages_alloc(size_t npages, int flags)
{
	struct kmem *k = km();
	unsigned order = order_of(npages);
	struct kpage *kp;
	bool zero = false;
	void *p;

	if (npages == 0 || order > KM_MAXORDER)
		return (NULL);
	mtx_lock_nested(&k->km_lock);
	kp = block_alloc(k, order, &zero);
	if (kp != NULL)
		kp->kp_kind = KP_HEAD;
	mtx_unlock(&k->km_lock);
	if (kp == NULL)
		return (NULL);
	p = (void *)addr_of(k, kp);
	if (!zero && !(flags & KM_NOZERO))
		memset(p, 0, KPAGE_SIZE << order);
	return (p);
}

void
kpages_free(void *p, size_t npages)
{
	struct kmem *k = km();
	struct kpage *kp = page_of(k, (uaddr_t)p);

	if (kp->kp_kind != KP_HEAD || kp->kp_order != order_of(npages))
		kpanic("kpages_free: %p is no block of %zu pages", p, npages);
	mtx_lock_nested(&k->km_lock);
	block_free(k, kp, kp->kp_order);
	mtx_unlock(&k->km_lock);
}

/* --- objects -------------------------------------------------------------- */

static size_t
slab_capacity(const struct sclass *sc)
{
	return ((KPAGE_SIZE << sc->sc_order) / sc->sc_size);
}

static struct kpage *
slab_new(struct kmem *k, struct sclass *sc, unsigned class)
{
	struct kpage *kp;
	bool zero = false;

	mtx_lock_nested(&k->km_lock);
	kp = block_alloc(k, sc->sc_order, &zero);
	if (kp != NULL)
		k->km_slab += 1UL << sc->sc_order;
	mtx_unlock(&k->km_lock);
	if (kp == NULL)
		return (NULL);
	for (unsigned i = 0; i < 1U << sc->sc_order; i++) {
		kp[i].kp_kind = i == 0 ? KP_SLAB : KP_TAIL;
		kp[i].kp_class = (uint8_t)class;
		kp[i].kp_back = (uint16_t)i;
	}
	kp->kp_cut = 0;
	kp->kp_freeobj = NULL;
	kp->kp_nfree = (uint16_t)slab_capacity(sc);
	list_add_head(&sc->sc_partial, &kp->kp_link);
	sc->sc_nempty++;
	return (kp);
}

static void *
small_alloc(struct kmem *k, unsigned class)
{
	struct sclass *sc = &k->km_class[class];
	struct kpage *kp;
	void *p;

	mtx_lock_nested(&sc->sc_lock);
	kp = list_first(&sc->sc_partial, struct kpage, kp_link);
	if (kp == NULL && (kp = slab_new(k, sc, class)) == NULL) {
		mtx_unlock(&sc->sc_lock);
		return (NULL);
	}
	p = kp->kp_freeobj;
	if (p != NULL)
		kp->kp_freeobj = *(void **)p;
	else
		p = (char *)addr_of(k, kp) +
		    (size_t)sc->sc_size * kp->kp_cut++;
	if (kp->kp_nfree == slab_capacity(sc))
		sc->sc_nempty--;
	if (--kp->kp_nfree == 0)
		list_del(&kp->kp_link);
	mtx_unlock(&sc->sc_lock);
	return (p);
}

static void
small_free(struct kmem *k, struct kpage *kp, void *p)
{
	struct sclass *sc = &k->km_class[kp->kp_class];
	bool release = false;

	if (((uaddr_t)p - addr_of(k, kp)) % sc->sc_size != 0)
		kpanic("kfree: %p is inside an object", p);
#ifdef GUISE_DEBUG
	memset(p, 0xdb, sc->sc_size);
#endif
	mtx_lock_nested(&sc->sc_lock);
	*(void **)p = kp->kp_freeobj;
	kp->kp_freeobj = p;
	if (kp->kp_nfree++ == 0)
		list_add_head(&sc->sc_partial, &kp->kp_link);
	if (kp->kp_nfree == slab_capacity(sc) && ++sc->sc_nempty > 1) {
		list_del(&kp->kp_link);
		sc->sc_nempty--;
		release = true;
	}
	if (release) {
		mtx_lock_nested(&k->km_lock);
		k->km_slab -= 1UL << sc->sc_order;
		for (unsigned i = 0; i < 1U << sc->sc_order; i++)
			kp[i].kp_kind = KP_NONE;
		block_free(k, kp, sc->sc_order);
		mtx_unlock(&k->km_lock);
	}
	mtx_unlock(&sc->sc_lock);
}

void *
kmalloc(size_t size, int flags)
{
	struct kmem *k = km();
	unsigned class;
	void *p;

	if (size > KM_SMALLMAX)
		return (kpages_alloc((size + KPAGE_MASK) >> KPAGE_SHIFT,
		    flags));
	class = k->km_classof[(size + 15) / 16];
	p = small_alloc(k, class);
	if (p != NULL && !(flags & KM_NOZERO))
		memset(p, 0, size);
	return (p);
}

static struct kpage *
page_checked(struct kmem *k, const void *p)
{
	struct kpage *kp;

	if ((uaddr_t)p < k->km_base || (uaddr_t)p >= k->km_frontier)
		kpanic("kfree: %p is not arena memory", p);
	kp = page_of(k, (uaddr_t)p);
	if (kp->kp_kind == KP_TAIL)
		kp -= kp->kp_back;
	if (kp->kp_kind != KP_SLAB && (kp->kp_kind != KP_HEAD ||
	    ((uaddr_t)p & KPAGE_MASK) != 0))
		kpanic("kfree: %p is not allocated (page kind %u)", p,
		    kp->kp_kind);
	return (kp);
}

void
kfree(void *p)
{
	struct kmem *k = km();
	struct kpage *kp;

	if (p == NULL)
		return;
	kp = page_checked(k, p);
	if (kp->kp_kind == KP_SLAB) {
		small_free(k, kp, p);
		return;
	}
	mtx_lock_nested(&k->km_lock);
	block_free(k, kp, kp->kp_order);
	mtx_unlock(&k->km_lock);
}

size_t
kmem_usable(const void *p)
{
	struct kmem *k = km();
	struct kpage *kp = page_checked(k, p);

	return (kp->kp_kind == KP_SLAB ? k->km_class[kp->kp_class].sc_size :
	    KPAGE_SIZE << kp->kp_order);
}

void *
krealloc(void *p, size_t old, size_t size)
{
	void *n;

	if (p == NULL)
		return (kmalloc(size, 0));
	if (size <= kmem_usable(p)) {
		if (size > old)
			memset((char *)p + old, 0, size - old);
		return (p);
	}
	n = kmalloc(size, KM_NOZERO);
	if (n == NULL)
		return (NULL);
	memcpy(n, p, old);
	memset((char *)n + old, 0, size - old);
	kfree(p);
	return (n);
}

char *
kstrndup(const char *s, size_t n)
{
	char *p;

	n = strnlen(s, n);
	p = kmalloc(n + 1, KM_NOZERO);
	if (p != NULL) {
		memcpy(p, s, n);
		p[n] = '\0';
	}
	return (p);
}

char *
kstrdup(const char *s)
{
	return (kstrndup(s, strlen(s)));
}

void
kmem_stat(struct kmem_stat *ks)
{
	struct kmem *k = km();

	ks->limit = k->km_end - k->km_base;
	ks->used = k->km_used << KPAGE_SHIFT;
	ks->slab = k->km_slab << KPAGE_SHIFT;
}

/*
 * What boots a jail is allocated first, so the first pages are those that every
 * process touches.  As one huge page they cost each new one a single fault.
 * The host may refuse: then all stays as it is.
 */
void
kmem_gather(void)
{
	struct kmem *k = km();

	if ((k->km_base & (KM_HOT - 1)) == 0)
		(void)host_madvise(k->km_base, KM_HOT, MADV_COLLAPSE);
}

/*
 * [start, start + size): page structures first, then pages.  The first page
 * is aligned so that buddies of the largest order are whole.
 */
void
kmem_init(uaddr_t start, size_t size)
{
	struct kmem *k = (struct kmem *)roundup2(start, 64UL);
	size_t npages = size >> KPAGE_SHIFT;
	unsigned c = 0;

	kroot()->r_sub[KROOT_KMEM] = k;
	mtx_init(&k->km_lock, RANK_KMEM, "kmem");
	k->km_pages = (struct kpage *)roundup2((uaddr_t)(k + 1), 64UL);
	k->km_base = roundup2((uaddr_t)(k->km_pages + npages),
	    size > KM_HOT * 16 ? KM_HOT : KPAGE_SIZE);
	k->km_end = rounddown2(start + size, KPAGE_SIZE);
	k->km_frontier = k->km_base;
	KASSERT(k->km_base < k->km_end);
	for (unsigned o = 0; o <= KM_MAXORDER; o++)
		list_init(&k->km_free[o]);
	for (unsigned i = 0; i < NCLASSES; i++) {
		struct sclass *sc = &k->km_class[i];

		mtx_init(&sc->sc_lock, RANK_KMEM, "slab");
		list_init(&sc->sc_partial);
		sc->sc_size = class_size[i];
		sc->sc_order = class_size[i] > 512 ? 2 : 0;
	}
	for (unsigned i = 0; i < nitems(k->km_classof); i++) {
		while (class_size[c] < i * 16)
			c++;
		k->km_classof[i] = (uint8_t)c;
	}
}
