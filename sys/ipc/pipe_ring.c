/* pipe_ring.c: the bytes of a pipe and how they count; see pipe_impl.h. */
#include "base/kmem.h"
#include "ipc/pipe_impl.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/uio.h"

void
ring_init(struct pipe *pi)
{
	pi->pi_size = PIPE_DEFSIZE;
	pi->pi_slot = pi->pi_def;
	pi->pi_maxslots = PIPE_DEFSLOTS;
}

void
ring_free(struct pipe *pi)
{
	if (pi->pi_buf != NULL)
		kpages_free(pi->pi_buf, pi->pi_cap / KPAGE_SIZE);
	if (pi->pi_slot != pi->pi_def)
		kfree(pi->pi_slot);
}

/* --- the bytes ------------------------------------------------------------- */

static int
ring_resize(struct pipe *pi, size_t cap)
{
	size_t first;
	char *b;

	b = kpages_alloc(cap / KPAGE_SIZE, KM_NOZERO);
	if (b == NULL)
		return (-ENOMEM);
	if (pi->pi_buf != NULL) {
		first = kmin(pi->pi_len, pi->pi_cap - pi->pi_head);
		memcpy(b, pi->pi_buf + pi->pi_head, first);
		memcpy(b + first, pi->pi_buf, pi->pi_len - first);
		kpages_free(pi->pi_buf, pi->pi_cap / KPAGE_SIZE);
	}
	pi->pi_buf = b;
	pi->pi_cap = cap;
	pi->pi_head = 0;
	return (0);
}

/* Make room for n more bytes; the slots allow them. */
static int
ring_grow(struct pipe *pi, size_t n)
{
	size_t want = pi->pi_len + n, cap;

	if (want <= pi->pi_cap)
		return (0);
	cap = want <= PIPE_PAGE ? PIPE_PAGE :
	    want <= 4 * PIPE_PAGE ? 4 * PIPE_PAGE : pi->pi_size;
	return (ring_resize(pi, kmin(cap, pi->pi_size)));
}

/* Append n bytes; bytes moved (fewer when the copy faults), -EFAULT when
 * none, -ENOMEM. */
static long
ring_put(struct pipe *pi, struct uio *uio, size_t n)
{
	size_t tail, chunk, before, done = 0;
	int error = 0;

	if (ring_grow(pi, n) != 0)
		return (-ENOMEM);
	while (done < n && error == 0) {
		tail = pi->pi_head + pi->pi_len;
		if (tail >= pi->pi_cap)
			tail -= pi->pi_cap;
		chunk = kmin(n - done, pi->pi_cap - tail);
		before = uio->uio_resid;
		error = uiomove(pi->pi_buf + tail, chunk, uio);
		chunk = before - uio->uio_resid;
		pi->pi_len += chunk;
		done += chunk;
	}
	return (done > 0 ? (long)done : error);
}

long
ring_peek(struct pipe *pi, struct uio *uio, size_t n)
{
	size_t at, chunk, before, done = 0;
	int error = 0;

	while (done < n && error == 0) {
		at = pi->pi_head + done;
		if (at >= pi->pi_cap)
			at -= pi->pi_cap;
		chunk = kmin(n - done, pi->pi_cap - at);
		before = uio->uio_resid;
		error = uiomove(pi->pi_buf + at, chunk, uio);
		done += before - uio->uio_resid;
	}
	return (done > 0 ? (long)done : error);
}

/* --- the slots --------------------------------------------------------------- */

static struct pipeslot *
slot_at(struct pipe *pi, uint32_t i)
{
	i += pi->pi_slothead;
	return (&pi->pi_slot[i >= pi->pi_maxslots ? i - pi->pi_maxslots : i]);
}

static void
slot_pop(struct pipe *pi)
{
	if (++pi->pi_slothead == pi->pi_maxslots)
		pi->pi_slothead = 0;
	pi->pi_nslots--;
}

/* Does the last slot take n more bytes? */
static struct pipeslot *
slot_merge(struct pipe *pi, size_t n)
{
	struct pipeslot *s;

	if (n == 0 || pi->pi_nslots == 0)
		return (NULL);
	s = slot_at(pi, pi->pi_nslots - 1);
	if (s->ps_off == SLOT_PACKET || s->ps_off + s->ps_len + n > PIPE_PAGE)
		return (NULL);
	return (s);
}

long
ring_append(struct pipe *pi, struct uio *uio, bool first, bool packet)
{
	size_t odd = uio->uio_resid % PIPE_PAGE, n, left;
	struct pipeslot *s;
	long r;

	if (first && !packet && (s = slot_merge(pi, odd)) != NULL) {
		if ((r = ring_put(pi, uio, odd)) > 0)
			s->ps_len += (uint16_t)r;
		return (r);
	}
	n = kmin(uio->uio_resid, packet ? PIPE_PAGE :
	    (pi->pi_maxslots - pi->pi_nslots) * PIPE_PAGE);
	if (n == 0 || pipe_full(pi))
		return (0);
	if ((r = ring_put(pi, uio, n)) <= 0)
		return (r);
	for (left = (size_t)r; left > 0; left -= n) {
		n = kmin(left, PIPE_PAGE);
		s = slot_at(pi, pi->pi_nslots++);
		s->ps_off = packet ? SLOT_PACKET : 0;
		s->ps_len = (uint16_t)n;
	}
	return (r);
}

void
ring_skip(struct pipe *pi, size_t n)
{
	struct pipeslot *s;
	size_t k;

	pi->pi_len -= n;
	pi->pi_head += n;
	if (pi->pi_head >= pi->pi_cap)
		pi->pi_head -= pi->pi_cap;
	while (n > 0) {
		s = slot_at(pi, 0);
		k = kmin(n, (size_t)s->ps_len);
		s->ps_len -= (uint16_t)k;
		if (s->ps_off != SLOT_PACKET)
			s->ps_off += (uint16_t)k;
		if (s->ps_len == 0)
			slot_pop(pi);
		n -= k;
	}
	if (pi->pi_len == 0)
		pi->pi_head = 0;
}

/* How many of the first `max` bytes come before the first packet. */
static size_t
stream_bytes(struct pipe *pi, size_t max)
{
	struct pipeslot *s;
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < pi->pi_nslots && n < max; i++) {
		s = slot_at(pi, i);
		if (s->ps_off == SLOT_PACKET)
			break;
		n += s->ps_len;
	}
	return (kmin(n, max));
}

int
ring_take(struct pipe *pi, struct uio *uio)
{
	struct pipeslot *s = slot_at(pi, 0);
	bool packet = s->ps_off == SLOT_PACKET;
	size_t n;
	long r;

	n = packet ? kmin((size_t)s->ps_len, uio->uio_resid) :
	    stream_bytes(pi, kmin(uio->uio_resid, pi->pi_len));
	if ((r = ring_peek(pi, uio, n)) < 0)
		return ((int)r);
	/* The rest of a packet that was read is lost. */
	ring_skip(pi, packet ? s->ps_len : (size_t)r);
	return (0);
}

int
ring_setsize(struct pipe *pi, size_t size)
{
	uint32_t max = (uint32_t)(size / PIPE_PAGE), i;
	struct pipeslot *new = pi->pi_def;

	if (pi->pi_nslots > max || pi->pi_len > size)
		return (-EBUSY);
	if (max == pi->pi_maxslots)
		return (0);
	if (max > PIPE_DEFSLOTS || pi->pi_slot == pi->pi_def) {
		/* Also for a smaller one: the present array is in use. */
		new = kmalloc(max * sizeof(*new), KM_NOZERO);
		if (new == NULL)
			return (-ENOMEM);
	}
	if (pi->pi_cap > size && ring_resize(pi, size) != 0) {
		if (new != pi->pi_def)
			kfree(new);
		return (-ENOMEM);
	}
	for (i = 0; i < pi->pi_nslots; i++)
		new[i] = *slot_at(pi, i);
	if (pi->pi_slot != pi->pi_def)
		kfree(pi->pi_slot);
	pi->pi_slot = new;
	pi->pi_slothead = 0;
	pi->pi_maxslots = max;
	pi->pi_size = size;
	return (0);
}
