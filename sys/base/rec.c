/* rec.c: see rec.h. */
#include "base/clock.h"
#include "base/kmem.h"
#include "base/rec.h"
#include "libkern/errno.h"
#include "libkern/str.h"

int
rec_init(void)
{
	struct rec_root *rr = KNEW(struct rec_root);

	if (rr == NULL)
		return (-ENOMEM);
	mtx_init(&rr->rr_lock, RANK_LEAF, "recorder");
	kroot()->r_sub[KROOT_REC] = rr;
	return (0);
}

/* The oldest grave's ring; when `full`, only if there is no free grave. */
static bool
rec_dig(struct thread *td, bool full)
{
	struct rec_root *rr = recroot();
	struct recgrave *rg;
	bool ok = false;

	if (rr == NULL)
		return (false);
	mtx_lock(&rr->rr_lock);
	if (rr->rr_count > 0 && (!full || rr->rr_count == REC_GRAVES)) {
		rg = &rr->rr_grave[rr->rr_head];
		td->td_ring = rg->rg_ring;
		td->td_ncalls = td->td_firstcall = rg->rg_next;
		rg->rg_ring = NULL;
		rr->rr_head = (rr->rr_head + 1) % REC_GRAVES;
		rr->rr_count--;
		ok = true;
	}
	mtx_unlock(&rr->rr_lock);
	return (ok);
}

int
rec_alloc(struct thread *td)
{
	if (rec_dig(td, true))
		return (0);
	/* Zeroed: its tags say call 0, which nobody asks for. */
	td->td_ring = kpages_alloc(1, 0);
	td->td_ncalls = td->td_firstcall = REC_ENTRIES;
	if (td->td_ring != NULL || rec_dig(td, false))
		return (0);
	return (-ENOMEM);
}

void
rec_bury(struct thread *td, int pid, int status)
{
	struct rec_root *rr = recroot();
	struct recent *old = td->td_ring;
	struct recgrave *rg;

	td->td_ring = NULL;
	if (old == NULL)
		return;
	if (rr == NULL || td->td_ncalls == td->td_firstcall) {
		kpages_free(old, 1);	/* nothing to tell */
		return;
	}
	mtx_lock(&rr->rr_lock);
	rg = &rr->rr_grave[(rr->rr_head + rr->rr_count) % REC_GRAVES];
	if (rr->rr_count == REC_GRAVES) {
		struct recent *ring = rg->rg_ring;	/* the oldest's */

		rg->rg_ring = old;
		old = ring;
		rr->rr_head = (rr->rr_head + 1) % REC_GRAVES;
	} else {
		rg->rg_ring = old;
		old = NULL;
		rr->rr_count++;
	}
	rg->rg_first = td->td_firstcall;
	rg->rg_next = td->td_ncalls;
	rg->rg_pid = pid;
	rg->rg_tid = td->td_tid;
	rg->rg_status = status;
	rg->rg_time = clock_mono();
	memcpy(rg->rg_name, td->td_name, sizeof(rg->rg_name));
	mtx_unlock(&rr->rr_lock);
	if (old != NULL)
		kpages_free(old, 1);
}

size_t
rec_print(const struct thread *td, char *buf, size_t size)
{
	uint64_t next = td->td_ncalls, i;
	struct recent re;
	size_t n = 0;

	i = next - td->td_firstcall > 12 ? next - 12 : td->td_firstcall;
	for (; td->td_ring != NULL && i < next && n + 1 < size; i++) {
		if (!rec_read(td->td_ring, &td->td_ncalls, i, &re))
			continue;
		n += ksnprintf(buf + n, size - n,
		    "call %u:%u(%#lx, %#lx, %#lx, %#lx) = ",
		    REC_ABI(re.re_tag), re.re_nr, re.re_args[0],
		    re.re_args[1], re.re_args[2], re.re_args[3]);
		if (n + 1 >= size)
			break;
		n += re.re_tag & REC_DONE ?
		    ksnprintf(buf + n, size - n, "%ld\n", re.re_ret) :
		    ksnprintf(buf + n, size - n, "under way\n");
	}
	return (n < size ? n : size - 1);
}
