/*
 * emit.c: the cache file: jumps into the copy of the text, the trampolines
 * that they lead to, the table of program counters (base/textcache.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/internal.h"

#define	WHOLE_MAX	(4u << 20)	/* text up to this is copied whole */
#define	GAP_MIN		(256u << 10)	/* else gaps like this are left out */
#define	TRAMP_MAX	192	/* bytes of one trampoline: 9 instructions */
#define	PC_MAX		12	/* entries of one trampoline */

struct out {
	struct text	*o_t;
	uint8_t		*o_tramp;
	uint32_t	o_ntramp, o_captramp;
	struct tc_pc	*o_pc;
	uint32_t	o_npc, o_cappc;
	uint32_t	o_dist;		/* of the trampolines, an address */
	uint32_t	o_slot;		/* present site: offset of its slot */
	struct tc_seg	o_seg[TC_MAXSEG];
	unsigned	o_nseg;
};

/* --- one trampoline ----------------------------------------------------------- */

static void
put(struct out *o, const void *p, uint32_t n)
{
	memcpy(o->o_tramp + o->o_ntramp, p, n);
	o->o_ntramp += n;
}

static uint32_t
here(const struct out *o)
{
	return (o->o_dist + o->o_ntramp);
}

/* A displacement that ends `behind` bytes before the next instruction. */
static void
put_rel(struct out *o, uint32_t to, uint32_t behind)
{
	uint32_t rel = to - (here(o) + 4 + behind);

	put(o, &rel, sizeof(rel));
}

static void
put_pc(struct out *o, uint32_t text, uint32_t flag)
{
	o->o_pc[o->o_npc++] = (struct tc_pc){ text, o->o_ntramp | flag };
}

static void
put_insn(struct out *o, const struct tinsn *in, const uint8_t *p)
{
	uint8_t jcc[2] = { 0x0f, (uint8_t)(0x80 | in->i_cc) };

	if (in->i_kind == TK_JCC) {
		put(o, jcc, 2);
		put_rel(o, in->i_target, 0);
	} else if (in->i_kind == TK_JMP) {
		put(o, "\xe9", 1);
		put_rel(o, in->i_target, 0);
	} else if (in->i_disp != 0) {
		uint32_t to = in->i_addr + in->i_len + ld32(p + in->i_disp);
		uint32_t behind = in->i_len - in->i_disp - 4u;

		put(o, p, in->i_disp);
		put_rel(o, to, behind);
		put(o, p + in->i_disp + 4, behind);
	} else
		put(o, p, in->i_len);
}

static void
put_call(struct out *o, const struct text_site *ts)
{
	bool around = ts->ts_form == TEXT_AROUND;

	put_pc(o, ts->ts_addr, around && ts->ts_addr != ts->ts_start ?
	    TCP_INTERIOR : 0);
	put(o, ts->ts_cpuid ? "\x48\x8d\x15" : "\x48\x8d\x0d", 3);
	/* Behind the lea: the jump's six bytes and the call's two. */
	put_rel(o, around ? here(o) + 4 + 8 : ts->ts_addr + 2, 0);
	put(o, "\xff\x25", 2);
	put_rel(o, o->o_dist + (ts->ts_cpuid ? TC_CPUIDSLOT : TC_CALLSLOT),
	    0);
	if (around)
		put(o, ts->ts_cpuid ? "\x0f\xa2" : "\x0f\x05", 2);
}

static void
put_jump_back(struct out *o, uint32_t to)
{
	put_pc(o, to, 0);
	put(o, "\xe9", 1);
	put_rel(o, to, 0);
}

static bool
room(struct out *o)
{
	void *p;

	if (o->o_ntramp + TRAMP_MAX > o->o_captramp) {
		p = realloc(o->o_tramp, o->o_captramp + 16384);
		if (p == NULL)
			return (false);
		o->o_tramp = p;
		o->o_captramp += 16384;
	}
	if (o->o_npc + PC_MAX > o->o_cappc) {
		p = realloc(o->o_pc, (o->o_cappc + 1024) * sizeof(*o->o_pc));
		if (p == NULL)
			return (false);
		o->o_pc = p;
		o->o_cappc += 1024;
	}
	return (o->o_npc + PC_MAX <= TC_MAXPC);
}

/* The jump into the text; what it leaves of the window traps. */
static void
put_jump(const struct text_site *ts, uint8_t *window, uint32_t to)
{
	uint32_t rel = to - (ts->ts_start + 5);

	memset(window, 0xcc, ts->ts_end - ts->ts_start);
	window[0] = 0xe9;
	memcpy(window + 1, &rel, sizeof(rel));
}

static bool
put_site(struct out *o, const struct text_site *ts)
{
	uint32_t n, first = here(o), a = ts->ts_start;
	const uint8_t *p = telf_text(&o->o_t->t_elf, a, &n);
	struct tinsn in = { 0 };

	if (p == NULL || !room(o))
		return (false);
	for (; a < ts->ts_end; a += in.i_len, p += in.i_len) {
		if (!dis_insn(p, ts->ts_end - a, a, &in))
			return (false);
		if (a == ts->ts_addr) {
			put_call(o, ts);
			continue;
		}
		put_pc(o, a, a != ts->ts_start ? TCP_INTERIOR : 0);
		put_insn(o, &in, p);
	}
	if (ts->ts_form == TEXT_BEFORE)
		put_call(o, ts);
	else if (in.i_kind != TK_JMP && in.i_kind != TK_RET)
		put_jump_back(o, ts->ts_end);
	/* The copy of the file is ours to change. */
	put_jump(ts, o->o_t->t_elf.f_data + (p - (ts->ts_end - ts->ts_start) -
	    o->o_t->t_elf.f_data), first);
	return (true);
}

/* --- which pages ------------------------------------------------------------------ */

static const struct tseg *
segment_of(const struct text *t, uint32_t addr)
{
	for (unsigned i = 0; i < t->t_elf.f_nseg; i++) {
		const struct tseg *sg = &t->t_elf.f_seg[i];

		if (sg->sg_text && addr >= sg->sg_addr &&
		    addr - sg->sg_addr < sg->sg_filesz)
			return (sg);
	}
	return (NULL);
}

/* Make two pieces one: those with the least between them, in one segment. */
static bool
merge(struct out *o, struct tc_seg *v, unsigned *n)
{
	uint64_t gap, least = UINT64_MAX;
	unsigned at = 0;

	for (unsigned i = 0; i + 1 < *n; i++) {
		/* Only pieces of one segment keep their distance in the file. */
		if (v[i + 1].tsg_vaddr - v[i].tsg_vaddr !=
		    v[i + 1].tsg_off - v[i].tsg_off)
			continue;
		gap = v[i + 1].tsg_vaddr - v[i].tsg_vaddr - v[i].tsg_len;
		if (gap < least) {
			least = gap;
			at = i;
		}
	}
	if (least == UINT64_MAX)
		return (false);
	v[at].tsg_len += least + v[at + 1].tsg_len;
	memmove(&v[at + 1], &v[at + 2], (*n - at - 2) * sizeof(*v));
	(*n)--;
	(void)o;
	return (true);
}

/* The pages that a site's window makes different. */
static bool
piece_of(const struct text *t, const struct text_site *ts, struct tc_seg *pc)
{
	const struct tseg *sg = segment_of(t, ts->ts_start);
	uint32_t lo = ts->ts_start, hi = ts->ts_end;

	if (sg == NULL)
		return (false);
	if (sg->sg_filesz <= WHOLE_MAX) {
		lo = sg->sg_addr;
		hi = lo + sg->sg_filesz;
	}
	lo = (uint32_t)rounddown2(lo, KPAGE_SIZE);
	hi = (uint32_t)roundup2(hi, KPAGE_SIZE);
	pc->tsg_vaddr = lo;
	pc->tsg_len = hi - lo;
	/* Page-aligned as well: offset and address agree in a page. */
	pc->tsg_off = sg->sg_off + lo - sg->sg_addr;
	return (true);
}

static bool
choose_pages(struct out *o)
{
	const struct text *t = o->o_t;
	struct tc_seg v[TC_MAXSEG + 1], pc;
	unsigned n = 0;

	for (unsigned i = 0; i < t->t_nsite; i++) {
		const struct text_site *ts = &t->t_site[i];
		struct tc_seg *last = n > 0 ? &v[n - 1] : NULL;

		if (ts->ts_why != TEXT_FIT || !piece_of(t, ts, &pc))
			continue;
		if (last != NULL && pc.tsg_vaddr <= last->tsg_vaddr +
		    last->tsg_len + GAP_MIN && pc.tsg_vaddr - last->tsg_vaddr
		    == pc.tsg_off - last->tsg_off) {
			last->tsg_len = kmax(last->tsg_len, pc.tsg_vaddr +
			    pc.tsg_len - last->tsg_vaddr);
			continue;
		}
		v[n++] = pc;
		if (n > TC_MAXSEG && !merge(o, v, &n))
			return (false);
	}
	memcpy(o->o_seg, v, n * sizeof(*v));
	o->o_nseg = n;
	return (true);
}

/* --- the file ------------------------------------------------------------------- */

static int
write_all(int fd, const void *buf, uint64_t n, uint64_t off)
{
	const uint8_t *p = buf;

	while (n > 0) {
		ssize_t done = pwrite(fd, p, n, (off_t)off);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			errno = done < 0 ? errno : EIO;
			return (-1);
		}
		p += done;
		n -= (uint64_t)done;
		off += (uint64_t)done;
	}
	return (0);
}

/* Whole pages as a mapping of the file shows them: zeros behind its end. */
static int
write_pages(struct out *o, const struct tc_seg *sg, int fd)
{
	struct telf *f = &o->o_t->t_elf;
	uint64_t n = sg->tsg_len;
	const uint8_t *p;

	if (sg->tsg_off >= f->f_size)
		return (0);
	n = kmin(n, f->f_size - sg->tsg_off);
	if ((p = telf_off(f, sg->tsg_off, n)) == NULL) {
		errno = EIO;
		return (-1);
	}
	return (write_all(fd, p, n, sg->tsg_data));
}

static void
fill_head(struct out *o, struct tc_head *h)
{
	const struct text *t = o->o_t;
	uint64_t off;

	h->th_magic = TC_MAGIC;
	h->th_version = TC_VERSION;
	h->th_span = t->t_elf.f_span;
	h->th_dist = o->o_dist;
	for (unsigned i = 0; i < t->t_nsite; i++) {
		h->th_nsites += t->t_site[i].ts_why == TEXT_FIT;
		h->th_nleft += t->t_site[i].ts_form == TEXT_LEFT;
	}
	h->th_size = sizeof(*h);
	if (o->o_nseg == 0)
		return;
	h->th_nseg = o->o_nseg;
	h->th_pcoff = roundup2(sizeof(*h), 16);
	h->th_npc = o->o_npc;
	off = roundup2(h->th_pcoff + o->o_npc * sizeof(*o->o_pc), KPAGE_SIZE);
	for (unsigned i = 0; i < o->o_nseg; i++) {
		o->o_seg[i].tsg_data = off;
		off += o->o_seg[i].tsg_len;
		h->th_seg[i] = o->o_seg[i];
	}
	h->th_tramp = off;
	h->th_tramplen = roundup2((uint64_t)o->o_ntramp, KPAGE_SIZE);
	h->th_size = off + h->th_tramplen;
}

static int
write_file(struct out *o, const struct tc_key *key, int fd)
{
	struct tc_head h = { .th_key = *key };

	fill_head(o, &h);
	if (ftruncate(fd, (off_t)h.th_size) != 0)
		return (-1);
	for (unsigned i = 0; i < o->o_nseg; i++)
		if (write_pages(o, &h.th_seg[i], fd) != 0)
			return (-1);
	if (o->o_nseg != 0 && (write_all(fd, o->o_tramp, o->o_ntramp,
	    h.th_tramp) != 0 || write_all(fd, o->o_pc, o->o_npc *
	    sizeof(*o->o_pc), h.th_pcoff) != 0))
		return (-1);
	return (write_all(fd, &h, sizeof(h), 0));
}

static bool
put_sites(struct out *o)
{
	static const uint64_t slots[TC_FIRSTTRAMP / 8] = {
		[TC_CALLSLOT / 8] = TC_CALLENTRY,
		[TC_CPUIDSLOT / 8] = TC_CPUIDENTRY,
	};
	const struct text *t = o->o_t;

	if (!room(o))
		return (false);
	put(o, slots, sizeof(slots));
	for (unsigned i = 0; i < t->t_nsite; i++)
		if (t->t_site[i].ts_why == TEXT_FIT &&
		    !put_site(o, &t->t_site[i]))
			return (false);
	return (true);
}

int
text_write(struct text *t, const struct tc_key *key, int fd)
{
	struct out o = { .o_t = t, .o_dist = t->t_elf.f_span };
	int r;

	if (!choose_pages(&o))
		o.o_nseg = 0;
	if (o.o_nseg != 0 && !put_sites(&o)) {
		errno = ENOMEM;
		r = -1;
	} else
		r = write_file(&o, key, fd);
	free(o.o_tramp);
	free(o.o_pc);
	return (r);
}
