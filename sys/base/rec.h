/*
 * rec.h: the flight recorder: each thread's last calls, always on.
 *
 * A ring per thread in the arena, written by its thread alone; readers copy an
 * entry and check its sequence number before and after.
 */
#ifndef BASE_REC_H
#define BASE_REC_H

#include "libkern/types.h"

#define	REC_ENTRIES	32

struct recent {
	uint64_t	re_seq;		/* 0 = empty; odd = under way */
	int32_t		re_nr;
	int32_t		re_abi;
	uint64_t	re_args[6];
	int64_t		re_ret;
};
struct recring {
	uint64_t	rr_next;
	struct recent	rr_ent[REC_ENTRIES];
};

struct recring *rec_alloc(void);
void	rec_free(struct recring *rr);
/* The newest calls as text, oldest first; bytes written. */
size_t	rec_print(const struct recring *rr, char *buf, size_t size);

static inline struct recent *
rec_begin(struct recring *rr, int nr, int abi, const uint64_t args[6])
{
	struct recent *re;
	uint64_t n;

	if (rr == NULL)
		return (NULL);
	n = rr->rr_next++;
	re = &rr->rr_ent[n % REC_ENTRIES];
	atomic_store_rel(&re->re_seq, 2 * n + 1);
	re->re_nr = nr;
	re->re_abi = abi;
	for (int i = 0; i < 6; i++)
		re->re_args[i] = args[i];
	return (re);
}

static inline void
rec_end(struct recent *re, long ret)
{
	if (re == NULL)
		return;
	re->re_ret = ret;
	atomic_store_rel(&re->re_seq, re->re_seq + 1);
}

#endif
