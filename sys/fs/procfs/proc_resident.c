/*
 * proc_resident.c: which pages of a process are in memory.
 *
 * Page tables are the host's.  Where its /proc is in reach (a jail that shows
 * the host's root anyway), its smaps tells of each host mapping; a guest's range
 * gets what those inside it have.  A host mapping that also covers something
 * else is dealt out by size.  Elsewhere the caller guesses.
 */
#include "fs/procfs/procfs_var.h"

#include "base/kmem.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"

static const char *const fields[RES_COUNT] = {
	[RES_RSS] = "Rss:", [RES_PSS] = "Pss:", [RES_PSSDIRTY] = "Pss_Dirty:",
	[RES_SHCLEAN] = "Shared_Clean:", [RES_SHDIRTY] = "Shared_Dirty:",
	[RES_PRCLEAN] = "Private_Clean:", [RES_PRDIRTY] = "Private_Dirty:",
	[RES_REF] = "Referenced:", [RES_ANON] = "Anonymous:",
	[RES_SWAP] = "Swap:", [RES_SWAPPSS] = "SwapPss:",
	[RES_LOCKED] = "Locked:", [RES_HUGE] = "AnonHugePages:",
};

struct hostrange {
	uaddr_t		h_start, h_end;
	uint64_t	h_kb[RES_COUNT];
};

struct resident {
	struct hostrange *r_v;
	size_t		r_n, r_cap;
};

static bool
hex(const char **s, uaddr_t *v)
{
	const char *at = *s;

	for (*v = 0;; ++*s) {
		char d = **s;

		if (d >= '0' && d <= '9')
			*v = *v << 4 | (uaddr_t)(d - '0');
		else if (d >= 'a' && d <= 'f')
			*v = *v << 4 | (uaddr_t)(d - 'a' + 10);
		else
			return (*s > at);
	}
}

/* "start-end perms ...": a new range; else a field of the last one. */
static bool
take_line(struct resident *r, const char *s)
{
	struct hostrange *h;
	const char *p = s;
	uaddr_t start, end;

	if (hex(&p, &start) && *p++ == '-' && hex(&p, &end) && *p == ' ') {
		if (r->r_n == r->r_cap) {
			size_t cap = r->r_cap == 0 ? 64 : r->r_cap * 2;

			h = krealloc(r->r_v, r->r_cap * sizeof(*h),
			    cap * sizeof(*h));
			if (h == NULL)
				return (false);
			r->r_v = h;
			r->r_cap = cap;
		}
		h = &r->r_v[r->r_n++];
		memset(h, 0, sizeof(*h));
		h->h_start = start;
		h->h_end = end;
		return (true);
	}
	if (r->r_n == 0)
		return (true);
	h = &r->r_v[r->r_n - 1];
	for (unsigned i = 0; i < RES_COUNT; i++) {
		size_t n = strlen(fields[i]);

		if (strncmp(s, fields[i], n) != 0)
			continue;
		for (p = s + n; *p == ' ';)
			p++;
		(void)kstrtou64(&p, &h->h_kb[i]);
		break;
	}
	return (true);
}

struct resident *
resident_get(const struct proc *p)
{
	struct resident *r = KNEW(struct resident);
	char *s, *next;
	struct sbuf sb;
	bool ok;

	if (r == NULL)
		return (NULL);
	sbuf_init(&sb);
	ok = procfs_hostpidfile(p, 0, "smaps", &sb) == 0 && sb.sb_len > 0;
	for (s = ok ? sb.sb_buf : NULL; s != NULL && *s != '\0' && ok;
	    s = next) {
		if ((next = strchr(s, '\n')) != NULL)
			*next++ = '\0';
		ok = take_line(r, s);
	}
	sbuf_free(&sb);
	if (ok)
		return (r);
	resident_put(r);
	return (NULL);
}

void
resident_put(struct resident *r)
{
	if (r != NULL)
		kfree(r->r_v);
	kfree(r);
}

void
resident_add(const struct resident *r, uaddr_t start, uaddr_t end,
    uint64_t kb[RES_COUNT])
{
	for (size_t i = 0; i < r->r_n; i++) {
		const struct hostrange *h = &r->r_v[i];
		uint64_t part, all = (h->h_end - h->h_start) / KPAGE_SIZE;

		if (h->h_end <= start || h->h_start >= end)
			continue;
		part = (kmin(h->h_end, end) - kmax(h->h_start, start)) /
		    KPAGE_SIZE;
		for (unsigned k = 0; k < RES_COUNT; k++)
			kb[k] += part == all ? h->h_kb[k] :
			    h->h_kb[k] * part / all / 4 * 4;
	}
}
