/* trace.c: the tracer's buffer; see trace.h. */
#include "base/clock.h"
#include "base/kmem.h"
#include "base/rec.h"
#include "base/trace.h"
#include "host/host.h"
#include "libkern/str.h"

#define	WAIT_STEP	(20 * 1000000LL)

/* The buffer is made by the first who needs it and then stays. */
static char *
trace_buffer(struct rec_root *rr)
{
	struct trace_ctl *tc = &rr->rr_trace;
	char *buf = atomic_load_acq(&tc->tc_buf), *none = NULL;

	if (buf != NULL)
		return (buf);
	buf = kpages_alloc(TRACE_BUFSIZE / KPAGE_SIZE, 0);
	if (buf == NULL || atomic_cas(&tc->tc_buf, &none, buf))
		return (buf);
	kpages_free(buf, TRACE_BUFSIZE / KPAGE_SIZE);
	return (none);
}

/* Wait for the tracer to read on. False: not any longer. */
static bool
trace_wait(struct trace_ctl *tc, nsec_t *deadline)
{
	uint32_t tick = atomic_load(&tc->tc_tick);
	nsec_t now = clock_mono();

	if (atomic_load(&kroot()->r_trace) == 0 ||
	    atomic_load(&tc->tc_stalled) == tick + 1)
		return (false);
	if (*deadline == 0)
		*deadline = now + TRACE_PATIENCE;
	if (now >= *deadline) {
		atomic_store(&tc->tc_stalled, tick + 1);
		return (false);
	}
	(void)host_futex_wait(&tc->tc_tick, tick, now + WAIT_STEP);
	return (true);
}

static bool
trace_claim(struct trace_ctl *tc, uint32_t size, uint64_t *pos, bool wait)
{
	uint64_t head = atomic_load(&tc->tc_head);
	nsec_t deadline = 0;

	for (;;) {
		if (head + size - atomic_load(&tc->tc_tail) > TRACE_BUFSIZE) {
			if (!wait || !trace_wait(tc, &deadline))
				return (false);
			head = atomic_load(&tc->tc_head);
		} else if (atomic_cas(&tc->tc_head, &head, head + size)) {
			*pos = head;
			return (true);
		}
	}
}

void
trace_put(struct trec *tr, bool wait)
{
	struct rec_root *rr = recroot();
	struct trace_ctl *tc = &rr->rr_trace;
	char *buf = trace_buffer(rr);
	uint64_t pos, off;
	size_t n;

	tr->tr_lost = atomic_load_relaxed(&tc->tc_lost);
	if (buf == NULL || !trace_claim(tc, tr->tr_size, &pos, wait)) {
		(void)atomic_add(&tc->tc_lost, 1);
		return;
	}
	/* All but the commit word, perhaps in two pieces. */
	off = (pos + sizeof(uint64_t)) % TRACE_BUFSIZE;
	n = kmin(tr->tr_size - sizeof(uint64_t), TRACE_BUFSIZE - off);
	memcpy(buf + off, (char *)tr + sizeof(uint64_t), n);
	memcpy(buf, (char *)tr + sizeof(uint64_t) + n,
	    tr->tr_size - sizeof(uint64_t) - n);
	atomic_store_rel((uint64_t *)(void *)(buf + pos % TRACE_BUFSIZE),
	    pos ^ TRACE_COMMIT);
}
