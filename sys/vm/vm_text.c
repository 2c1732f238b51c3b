/*
 * vm_text.c: the desk: which files have patched text (base/textcache.h).
 *
 * A mapping of a file's text asks by the file's key.  A READY entry answers; an
 * unknown file is looked for in the cache directory at once, so that already
 * the first program of a jail runs patched; else a wish is left for the
 * builder, and nobody waits: the file's own text traps, which is always right.
 *
 * Rules: tr_lock protects the choice of an entry (a bounded set of places per
 * key) and te_users going from 0 to 1; no file is touched under it.  Between
 * FILLING and the next state an entry belongs to the thread that filled it.  A
 * READY entry from the builder gets te_kern, our checked copy of its head and
 * its table of program counters, by the first who wants it.  All the file says
 * is checked here, once: what is in te_kern can be believed.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm_text.h"

#define	TEXT_WAYS	16
#define	TEXT_MAXLEN	(1UL << 30)	/* of an image, and of its parts */
#define	ELF_PROBE	18

struct text_root {
	struct tc_desk	tr_desk;	/* first: the builder's view */
	struct mtx	tr_lock;
	uint64_t	tr_jail;
	uint64_t	tr_tick;	/* (a) */
	bool		tr_builder;
};

static struct text_root *
text_root(void)
{
	return (kroot()->r_sub[KROOT_TEXT]);
}

int
vm_text_init(const struct jail_config *jc)
{
	struct text_root *r = kpages_alloc(roundup2(sizeof(*r), KPAGE_SIZE) /
	    KPAGE_SIZE,
	    0);

	if (r == NULL)
		return (-ENOMEM);
	mtx_init(&r->tr_lock, RANK_LEAF, "textdesk");
	r->tr_desk.td_dirfd = jc->jc_textdir;
	r->tr_builder = jc->jc_text != 0;
	if (host_getrandom(&r->tr_jail, sizeof(r->tr_jail), 0) !=
	    sizeof(r->tr_jail) || r->tr_jail == 0)
		r->tr_jail = 1;
	kroot()->r_sub[KROOT_TEXT] = r;
	kroot()->r_sub[KROOT_CPUID] = jc->jc_cpuid;
	return (0);
}

/* --- a cache file's contents ------------------------------------------------- */

static bool
pages(uint64_t v)
{
	return ((v & KPAGE_MASK) == 0);
}

static bool
within(uint64_t off, uint64_t len, uint64_t size)
{
	return (off <= size && len <= size - off);
}

static bool
head_ok(const struct tc_head *h, const struct tc_key *key, uint64_t size)
{
	if (h->th_magic != TC_MAGIC || h->th_version != TC_VERSION ||
	    memcmp(&h->th_key, key, sizeof(*key)) != 0 ||
	    h->th_nseg > TC_MAXSEG || h->th_size > size)
		return (false);
	if (h->th_nseg == 0)
		return (true);
	if (!pages(h->th_dist) || !pages(h->th_tramp) ||
	    !pages(h->th_tramplen) || h->th_tramplen == 0 ||
	    h->th_span > TEXT_MAXLEN || h->th_dist > TEXT_MAXLEN ||
	    h->th_dist < h->th_span || h->th_tramplen > TEXT_MAXLEN ||
	    !within(h->th_tramp, h->th_tramplen, size) ||
	    h->th_npc > TC_MAXPC || (h->th_pcoff & 7) != 0 ||
	    !within(h->th_pcoff, h->th_npc * sizeof(struct tc_pc), size))
		return (false);
	for (unsigned i = 0; i < h->th_nseg; i++) {
		const struct tc_seg *s = &h->th_seg[i];

		if (!pages(s->tsg_off | s->tsg_len | s->tsg_vaddr |
		    s->tsg_data) || s->tsg_len == 0 ||
		    s->tsg_off > (uint64_t)INT64_MAX - TEXT_MAXLEN ||
		    !within(s->tsg_data, s->tsg_len, size) ||
		    !within(s->tsg_vaddr, s->tsg_len,
		    roundup2(h->th_span, KPAGE_SIZE)) || (i > 0 &&
		    s->tsg_off < s[-1].tsg_off + s[-1].tsg_len))
			return (false);
	}
	return (true);
}

static bool
pcs_ok(const struct vm_textimg *ti)
{
	const struct tc_head *h = &ti->ti_head;
	uint32_t last = TC_FIRSTTRAMP, at;

	for (uint32_t i = 0; i < h->th_npc; i++) {
		at = ti->ti_pc[i].tp_tramp & ~TCP_INTERIOR;
		if (at < last || at >= h->th_tramplen ||
		    ti->ti_pc[i].tp_text >= roundup2(h->th_span, KPAGE_SIZE) ||
		    (i > 0 && ti->ti_pc[i].tp_text < ti->ti_pc[i - 1].tp_text))
			return (false);
		last = at;
	}
	return (true);
}

/* The checked image of cache file fd, or NULL. *empty: there is none to use. */
static struct vm_textimg *
img_load(int fd, const struct tc_key *key, bool *empty)
{
	struct vm_textimg *ti;
	struct tc_head h;
	struct kstat st;
	size_t n;

	*empty = false;
	if (host_fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    host_pread(fd, &h, sizeof(h), 0) != sizeof(h) ||
	    !head_ok(&h, key, (uint64_t)st.st_size))
		return (NULL);
	*empty = h.th_nseg == 0;
	if (*empty)
		return (NULL);
	n = h.th_npc * sizeof(struct tc_pc);
	ti = kmalloc(sizeof(*ti) + n, KM_NOZERO);
	if (ti == NULL)
		return (NULL);
	ti->ti_head = h;
	if (host_pread(fd, ti->ti_pc, n, (int64_t)h.th_pcoff) != (long)n ||
	    !pcs_ok(ti)) {
		kfree(ti);
		return (NULL);
	}
	return (ti);
}

/* --- entries --------------------------------------------------------------------- */

static struct tc_entry *
slot(struct text_root *r, const struct tc_key *key, unsigned i)
{
	uint64_t h = khash64(key->tk_ino * 31 + key->tk_dev +
	    (uint64_t)key->tk_mtime);

	return (&r->tr_desk.td_ent[(h + i) % TC_ENTRIES]);
}

static bool
reusable(const struct tc_entry *te)
{
	uint32_t s = atomic_load(&te->te_state);

	return (s == TC_FREE || (atomic_load(&te->te_users) == 0 &&
	    (s == TC_READY || s == TC_NEVER || s == TC_SEEN)));
}

/* Out of use; tr_lock held. */
static void
te_clean(struct tc_entry *te)
{
	kfree(te->te_kern);
	te->te_kern = NULL;
	if (te->te_cachefd >= 0 && te->te_state != TC_FREE)
		(void)host_close(te->te_cachefd);
	te->te_cachefd = te->te_fd = -1;
}

/* The entry of key, used; or a fresh one, FILLING (*fresh); or NULL. */
static struct tc_entry *
te_get(struct text_root *r, const struct tc_key *key, bool *fresh)
{
	struct tc_entry *te, *best = NULL;

	*fresh = false;
	mtx_lock(&r->tr_lock);
	for (unsigned i = 0; i < TEXT_WAYS; i++) {
		te = slot(r, key, i);
		if (atomic_load(&te->te_state) != TC_FREE &&
		    memcmp(&te->te_key, key, sizeof(*key)) == 0) {
			(void)atomic_add(&te->te_users, 1);
			te->te_used = atomic_add(&r->tr_tick, 1);
			goto out;
		}
		if (reusable(te) && (best == NULL || te->te_state == TC_FREE ||
		    (best->te_state != TC_FREE &&
		    te->te_used < best->te_used)))
			best = te;
	}
	te = best;
	if (te == NULL)
		goto out;
	te_clean(te);
	te->te_key = *key;
	te->te_users = 1;
	te->te_used = atomic_add(&r->tr_tick, 1);
	atomic_store(&te->te_state, TC_FILLING);
	*fresh = true;
out:
	mtx_unlock(&r->tr_lock);
	return (te);
}

void
vm_text_put(struct tc_entry *te)
{
	if (te != NULL)
		(void)atomic_sub(&te->te_users, 1);
}

/* Ask the builder: it gets a descriptor of its own. */
static void
te_want(struct text_root *r, struct tc_entry *te, int fd)
{
	te->te_fd = r->tr_builder ? host_dup(fd) : -1;
	if (te->te_fd < 0) {
		atomic_store(&te->te_state, TC_NEVER);
		return;
	}
	atomic_store(&te->te_state, TC_WANTED);
	(void)atomic_add(&r->tr_desk.td_nwanted, 1);
	(void)atomic_add(&kroot()->r_mail, 1);
	(void)host_futex_wake(&kroot()->r_mail, 1);
}

/* A file we do not know: in the directory, or a wish. */
static void
te_fill(struct text_root *r, struct tc_entry *te, int fd)
{
	char name[TC_NAMELEN];
	bool empty;
	int cfd;

	if (te->te_key.tk_jail != 0) {
		atomic_store(&te->te_state, TC_SEEN);
		return;
	}
	cfd = -1;
	if (r->tr_desk.td_dirfd >= 0) {
		tc_name(&te->te_key, name);
		cfd = host_openat(r->tr_desk.td_dirfd, name, O_RDONLY |
		    O_CLOEXEC | O_NOFOLLOW, 0);
	}
	if (cfd < 0) {
		te_want(r, te, fd);
		return;
	}
	te->te_kern = img_load(cfd, &te->te_key, &empty);
	if (te->te_kern == NULL) {
		(void)host_close(cfd);
		if (empty)
			atomic_store(&te->te_state, TC_NEVER);
		else
			te_want(r, te, fd);
		return;
	}
	te->te_cachefd = cfd;
	atomic_store(&te->te_state, TC_READY);
}

/* The builder has delivered: look at it before we believe it. */
static bool
te_check(struct tc_entry *te)
{
	struct vm_textimg *ti;
	void *none = NULL;
	bool empty;

	if (atomic_load_acq(&te->te_kern) != NULL)
		return (true);
	ti = img_load(te->te_cachefd, &te->te_key, &empty);
	if (ti == NULL) {
		atomic_store(&te->te_state, TC_NEVER);
		return (false);
	}
	if (!atomic_cas(&te->te_kern, &none, (void *)ti))
		kfree(ti);
	return (true);
}

bool
vm_text_builder(void)
{
	return (text_root() != NULL && text_root()->tr_builder);
}

/* Is it a library at all?  Data files are mapped as well. */
static bool
is_elf(int fd)
{
	uint8_t b[ELF_PROBE];

	return (host_pread(fd, b, sizeof(b), 0) == sizeof(b) &&
	    memcmp(b, "\177ELF\2\1", 6) == 0 && b[16] == 3);
}

struct tc_entry *
vm_text_get(struct vm_object *o, bool text, bool *later)
{
	struct text_root *r = text_root();
	struct tc_key key;
	struct tc_entry *te;
	uint32_t s, seen = TC_SEEN;
	bool fresh;
	int fd;

	*later = false;
	if (r == NULL || o->vo_ops->vo_textkey == NULL ||
	    o->vo_ops->vo_textkey(o, &key, &fd) != 0)
		return (NULL);
	if (key.tk_jail != 0)
		key.tk_jail = r->tr_jail;
	if (!text && !is_elf(fd))
		return (NULL);
	te = te_get(r, &key, &fresh);
	if (te == NULL)
		return (NULL);
	if (fresh)
		te_fill(r, te, fd);
	else if (text && te->te_key.tk_jail != 0 &&
	    atomic_cas(&te->te_state, &seen, TC_FILLING))
		te_want(r, te, fd);
	s = atomic_load(&te->te_state);
	if (s == TC_READY && te_check(te))
		return (te);
	*later = s == TC_WANTED || s == TC_BUSY || s == TC_SEEN;
	vm_text_put(te);
	return (NULL);
}
