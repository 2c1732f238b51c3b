/*
 * mtx.c: futex locks on arena words.
 *
 * m_word is 0, or the owner's thread id, with MTX_WAITERS when somebody may
 * sleep on it.  Whoever slept takes the lock with MTX_WAITERS set, since it
 * cannot know whether others sleep too; the price is one wake-up too many.
 */
#include "base/mtx.h"
#include "base/panic.h"
#include "base/thread.h"
#include "host/host.h"

#define	MTX_WAITERS	0x80000000u
#define	MTX_OWNER	0x7fffffffu
#define	MTX_SPINS	200

static inline uint32_t
self_id(void)
{
	struct thread *td = curthread();

	return (td != NULL && td->td_tid != 0 ? (uint32_t)td->td_tid :
	    MTX_OWNER);
}

static void
note_held(struct mtx *m, bool nested)
{
	struct thread *td = curthread();

	if (td == NULL)
		return;
#ifdef GUISE_DEBUG
	for (uint32_t i = 0; i < td->td_nheld && i < TD_MAXHELD; i++) {
		struct mtx *h = td->td_held[i];

		if (h->m_rank < m->m_rank ||
		    (h->m_rank == m->m_rank && !nested))
			kpanic("lock order: %s (%u) taken under %s (%u)",
			    m->m_name, m->m_rank, h->m_name, h->m_rank);
	}
#else
	(void)nested;
#endif
	if (td->td_nheld < TD_MAXHELD)
		td->td_held[td->td_nheld] = m;
	td->td_nheld++;
}

static void
note_released(struct mtx *m)
{
	struct thread *td = curthread();
	uint32_t i;

	if (td == NULL)
		return;
	td->td_nheld--;
	for (i = kmin(td->td_nheld, (uint32_t)TD_MAXHELD - 1); ; i--) {
		if (td->td_held[i] == m)
			break;
		if (i == 0)
			return;
	}
	for (; i < td->td_nheld && i + 1 < TD_MAXHELD; i++)
		td->td_held[i] = td->td_held[i + 1];
}

void
mtx_init(struct mtx *m, enum lock_rank rank, const char *name)
{
	m->m_word = 0;
	m->m_rank = rank;
	m->m_flags = 0;
	m->m_name = name;
}

static void
lock_slow(struct mtx *m, uint32_t me)
{
	uint32_t v;

	for (int i = 0; i < MTX_SPINS; i++) {
		v = atomic_load_relaxed(&m->m_word);
		if (v == 0 && atomic_cas(&m->m_word, &v, me))
			return;
		if (v & MTX_WAITERS)
			break;
		cpu_pause();
	}
	if ((v & MTX_OWNER) == me && me != MTX_OWNER)
		kpanic("lock %s: taken twice by thread %u", m->m_name, me);
	for (;;) {
		v = atomic_load(&m->m_word);
		if (v == 0) {
			if (atomic_cas(&m->m_word, &v, me | MTX_WAITERS))
				return;
			continue;
		}
		if (!(v & MTX_WAITERS) &&
		    !atomic_cas(&m->m_word, &v, v | MTX_WAITERS))
			continue;
		(void)host_futex_wait(&m->m_word, v | MTX_WAITERS, 0);
	}
}

static inline void
lock(struct mtx *m, bool nested)
{
	uint32_t me = self_id(), v = 0;

	if (unlikely(!__atomic_compare_exchange_n(&m->m_word, &v, me, false,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		lock_slow(m, me);
	note_held(m, nested);
}

void
mtx_lock(struct mtx *m)
{
	lock(m, false);
}

void
mtx_lock_nested(struct mtx *m)
{
	lock(m, true);
}

bool
mtx_trylock(struct mtx *m)
{
	uint32_t v = 0;

	if (!atomic_cas(&m->m_word, &v, self_id()))
		return (false);
	note_held(m, true);
	return (true);
}

void
mtx_unlock(struct mtx *m)
{
	uint32_t v;

#ifdef GUISE_DEBUG
	mtx_assert_owned(m);
#endif
	note_released(m);
	v = __atomic_exchange_n(&m->m_word, 0, __ATOMIC_SEQ_CST);
	if (unlikely(v & MTX_WAITERS))
		(void)host_futex_wake(&m->m_word, 1);
}

bool
mtx_owned(const struct mtx *m)
{
	return ((atomic_load_relaxed(&m->m_word) & MTX_OWNER) == self_id());
}

#ifdef GUISE_DEBUG
void
mtx_assert_owned(const struct mtx *m)
{
	if (!mtx_owned(m))
		kpanic("lock %s is not held by this thread", m->m_name);
}
#endif

/*
 * Readers pass through rw_mtx on their way in, so a waiting writer, which holds
 * it, stops new ones; the last old reader wakes the writer through rw_gen.
 */
void
rwl_init(struct rwl *l, enum lock_rank rank, const char *name)
{
	mtx_init(&l->rw_mtx, rank, name);
	l->rw_readers = 0;
	l->rw_gen = 0;
}

void
rwl_rlock(struct rwl *l)
{
	mtx_lock(&l->rw_mtx);
	(void)atomic_add(&l->rw_readers, 1);
	mtx_unlock(&l->rw_mtx);
}

void
rwl_runlock(struct rwl *l)
{
	if (atomic_sub(&l->rw_readers, 1) == 0) {
		(void)atomic_add(&l->rw_gen, 1);
		if (atomic_load(&l->rw_mtx.m_word) != 0)
			(void)host_futex_wake(&l->rw_gen, 1);
	}
}

void
rwl_wlock(struct rwl *l)
{
	mtx_lock(&l->rw_mtx);
	for (;;) {
		uint32_t gen = atomic_load(&l->rw_gen);

		if (atomic_load(&l->rw_readers) == 0)
			return;
		(void)host_futex_wait(&l->rw_gen, gen, 0);
	}
}

void
rwl_wunlock(struct rwl *l)
{
	mtx_unlock(&l->rw_mtx);
}
