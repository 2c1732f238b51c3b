/* rec.c: see rec.h. */
#include "base/kmem.h"
#include "base/rec.h"
#include "libkern/str.h"

struct recring *
rec_alloc(void)
{
	return (KNEW(struct recring));
}

void
rec_free(struct recring *rr)
{
	kfree(rr);
}

size_t
rec_print(const struct recring *rr, char *buf, size_t size)
{
	uint64_t next = rr->rr_next;
	uint64_t i = next > 12 ? next - 12 : 0;
	size_t n = 0;

	for (; i < next && n + 1 < size; i++) {
		const struct recent *re = &rr->rr_ent[i % REC_ENTRIES];

		n += ksnprintf(buf + n, size - n,
		    "call %d(%#lx, %#lx, %#lx, %#lx) = ", re->re_nr,
		    re->re_args[0], re->re_args[1], re->re_args[2],
		    re->re_args[3]);
		if (n + 1 >= size)
			break;
		n += re->re_seq & 1 ?
		    ksnprintf(buf + n, size - n, "under way\n") :
		    ksnprintf(buf + n, size - n, "%ld\n", re->re_ret);
	}
	return (n < size ? n : size - 1);
}
