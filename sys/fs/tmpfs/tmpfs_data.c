/*
 * tmpfs_data.c: what regular files contain.
 *
 * Pages hang in a radix tree of 512-way tables: height 0 is a single page,
 * height h covers 512^h pages; a missing branch is a hole.  Everything runs
 * under tn_lock, also the copies to and from guest memory (faults there are
 * plain).  Once mapped, the file lives in a memfd (see tmpfs_var.h).
 */
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/uio.h"

#define	FAN_SHIFT	9
#define	FAN		(1UL << FAN_SHIFT)
#define	MAXSIZE		((int64_t)1 << 47)


static uint64_t
npages(int64_t size)
{
	return (((uint64_t)size + KPAGE_MASK) >> KPAGE_SHIFT);
}

static uint64_t
span(uint32_t height)
{
	return (1UL << (height * FAN_SHIFT));
}

/* The page, or NULL for a hole; *skip: pages to the end of the hole. */
static char *
page_find(struct tnode *tn, uint64_t idx, uint64_t *skip)
{
	void **node = tn->tn_reg.tr_root;
	uint32_t h = tn->tn_reg.tr_height;

	*skip = 1;
	if (idx >= span(h)) {
		*skip = UINT64_MAX / 2;
		return (NULL);
	}
	for (; h > 0 && node != NULL; h--)
		node = node[(idx >> ((h - 1) * FAN_SHIFT)) & (FAN - 1)];
	if (node == NULL)
		*skip = span(h) - (idx & (span(h) - 1));
	return ((char *)node);
}

static void *
table_new(void)
{
	return (kpages_alloc(1, 0));
}

/* The slot that points to the page, with its tables. NULL: no memory. */
static void **
slot_make(struct tnode *tn, uint64_t idx)
{
	void **slot = &tn->tn_reg.tr_root, **table;
	uint32_t h;

	while (idx >= span(tn->tn_reg.tr_height)) {
		if (tn->tn_reg.tr_root != NULL) {
			table = table_new();
			if (table == NULL)
				return (NULL);
			table[0] = tn->tn_reg.tr_root;
			tn->tn_reg.tr_root = table;
		}
		tn->tn_reg.tr_height++;
	}
	for (h = tn->tn_reg.tr_height; h > 0; h--) {
		if (*slot == NULL && (*slot = table_new()) == NULL)
			return (NULL);
		slot = (void **)*slot + ((idx >> ((h - 1) * FAN_SHIFT)) &
		    (FAN - 1));
	}
	return (slot);
}

/* The page at idx for writing; fresh: it was a hole, and its bytes are only
 * zero when zero is asked. */
static int
page_get(struct tnode *tn, uint64_t idx, bool zero, char **pagep, bool *fresh)
{
	void **slot;
	int error;

	*fresh = false;
	slot = slot_make(tn, idx);
	if (slot == NULL)
		return (-ENOSPC);
	if (*slot == NULL) {
		error = tmpfs_charge(tn->tn_fs, 1);
		if (error < 0)
			return (error);
		*slot = kpages_alloc(1, zero ? 0 : KM_NOZERO);
		if (*slot == NULL) {
			tmpfs_uncharge(tn->tn_fs, 1);
			return (-ENOSPC);
		}
		tn->tn_reg.tr_pages++;
		*fresh = true;
	}
	*pagep = *slot;
	return (0);
}

/* Free the pages [from, to) under *slot, whose subtree starts at page base;
 * true: nothing is left under it. */
static bool
prune(struct tnode *tn, void **slot, uint32_t h, uint64_t base, uint64_t from,
    uint64_t to)
{
	void **table = *slot;
	uint64_t i, lo, hi, step;
	bool empty = true;

	if (table == NULL)
		return (true);
	if (h == 0) {
		kpages_free(*slot, 1);
		*slot = NULL;
		tn->tn_reg.tr_pages--;
		tmpfs_uncharge(tn->tn_fs, 1);
		return (true);
	}
	step = span(h - 1);
	for (i = 0; i < FAN && tn->tn_reg.tr_pages != 0; i++) {
		lo = base + i * step;
		hi = lo + step;
		if (table[i] == NULL)
			continue;
		if (hi <= from || lo >= to ||
		    !prune(tn, &table[i], h - 1, lo, from, to))
			empty = false;
	}
	if (empty) {
		kpages_free(table, 1);
		*slot = NULL;
	}
	return (empty);
}

static void
drop_pages(struct tnode *tn, uint64_t from, uint64_t to)
{
	if (from >= to || from >= span(tn->tn_reg.tr_height))
		return;
	if (prune(tn, &tn->tn_reg.tr_root, tn->tn_reg.tr_height, 0, from, to))
		tn->tn_reg.tr_height = 0;
}

/* --- as a host memfd -------------------------------------------------------- */

/* The charge of a mapped file is its size, whatever holes it has. */
static int
memfd_recharge(struct tnode *tn, int64_t size)
{
	uint64_t want = npages(size);
	int error = 0;

	if (want > tn->tn_reg.tr_pages)
		error = tmpfs_charge(tn->tn_fs, want - tn->tn_reg.tr_pages);
	else
		tmpfs_uncharge(tn->tn_fs, tn->tn_reg.tr_pages - want);
	if (error == 0)
		tn->tn_reg.tr_pages = want;
	return (error);
}

static void
memfd_enlist(struct tnode *tn)
{
	struct tmpfs *tm = tn->tn_fs;

	mtx_lock(&tm->tm_mflock);
	list_add_tail(&tm->tm_memfds, &tn->tn_reg.tr_mflink);
	tm->tm_nmemfds++;
	mtx_unlock(&tm->tm_mflock);
}

/* Move the contents into a memfd. tn_lock held. */
static int
to_memfd(struct tnode *tn)
{
	uint64_t i, n = npages(tn->tn_size), skip, pages;
	int64_t off;
	char *page;
	long r;
	int fd;

	if (tn->tn_reg.tr_memfd >= 0)
		return (0);
	fd = host_memfd("tmpfs", HOST_MEMFD_EXEC);
	if (fd < 0)
		return (fd);
	r = host_ftruncate(fd, tn->tn_size);
	for (i = 0; i < n && r >= 0; i += skip) {
		page = page_find(tn, i, &skip);
		if (page == NULL)
			continue;
		off = (int64_t)(i << KPAGE_SHIFT);
		r = host_pwrite(fd, page, (size_t)kmin(tn->tn_size - off,
		    (int64_t)KPAGE_SIZE), off);
	}
	if (r < 0) {
		(void)host_close(fd);
		return ((int)r);
	}
	pages = tn->tn_reg.tr_pages;
	drop_pages(tn, 0, UINT64_MAX);
	tn->tn_reg.tr_root = NULL;
	tn->tn_reg.tr_height = 0;
	tn->tn_reg.tr_memfd = fd;
	tn->tn_reg.tr_pages = pages;
	(void)atomic_add(&tn->tn_fs->tm_pages, pages);
	memfd_enlist(tn);
	return (0);
}

/* The memfd goes, and what it was charged. */
static void
memfd_close(struct tnode *tn)
{
	struct tmpfs *tm = tn->tn_fs;

	mtx_lock(&tm->tm_mflock);
	list_del(&tn->tn_reg.tr_mflink);
	tm->tm_nmemfds--;
	mtx_unlock(&tm->tm_mflock);
	(void)host_close(tn->tn_reg.tr_memfd);
	tn->tn_reg.tr_memfd = -1;
	tmpfs_uncharge(tm, tn->tn_reg.tr_pages);
	tn->tn_reg.tr_pages = 0;
}

/* Copy [off, end) of the memfd into pages. */
static int
take_back(struct tnode *tn, int fd, int64_t off, int64_t end)
{
	char *page;
	bool fresh;
	long r;
	int error;

	for (; off < end; off += KPAGE_SIZE) {
		error = page_get(tn, (uint64_t)off >> KPAGE_SHIFT, true,
		    &page, &fresh);
		if (error < 0)
			return (error);
		r = host_pread(fd, page, (size_t)kmin(end - off,
		    (int64_t)KPAGE_SIZE), off);
		if (r < 0)
			return ((int)r);
	}
	return (0);
}

/*
 * From the memfd back to pages, when nobody maps it.  A mapping counts in
 * v_nmaps before it asks for the descriptor, so under tn_lock 0 means that
 * none exists and none is about to.
 */
static void
from_memfd(struct tnode *tn)
{
	int fd = tn->tn_reg.tr_memfd, error = 0;
	uint64_t charged = tn->tn_reg.tr_pages;
	int64_t data, hole;

	if (fd < 0 || atomic_load(&tn->tn_vp->v_nmaps) != 0)
		return;
	tn->tn_reg.tr_pages = 0;
	for (hole = 0; hole < tn->tn_size && error == 0;) {
		data = host_lseek(fd, hole, SEEK_DATA);
		if (data < 0)
			break;
		data = (int64_t)rounddown2((uint64_t)data, KPAGE_SIZE);
		hole = host_lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			hole = tn->tn_size;
		error = take_back(tn, fd, data, hole);
	}
	if (error < 0) {
		drop_pages(tn, 0, UINT64_MAX);
		tn->tn_reg.tr_pages = charged;
		return;
	}
	data = (int64_t)tn->tn_reg.tr_pages;
	tn->tn_reg.tr_pages = charged;
	memfd_close(tn);
	tn->tn_reg.tr_pages = (uint64_t)data;
}

/* Too many: give back some of the oldest that are idle. No lock held. */
static void
memfds_trim(struct tmpfs *tm)
{
	struct tnode *tn;
	int n;

	for (n = 0; n < 16 && atomic_load(&tm->tm_nmemfds) > TMPFS_MEMFDS;
	    n++) {
		mtx_lock(&tm->tm_mflock);
		tn = list_first(&tm->tm_memfds, struct tnode,
		    tn_reg.tr_mflink);
		if (tn != NULL && ref_acquire_live(&tn->tn_vp->v_ref)) {
			list_del(&tn->tn_reg.tr_mflink);
			list_add_tail(&tm->tm_memfds, &tn->tn_reg.tr_mflink);
		} else
			tn = NULL;
		mtx_unlock(&tm->tm_mflock);
		if (tn == NULL)
			return;
		tnode_lock(tn);
		from_memfd(tn);
		tnode_unlock(tn);
		vrele(tn->tn_vp);
	}
}

void
tdata_free(struct tnode *tn)
{
	if (tn->tn_reg.tr_memfd >= 0)
		memfd_close(tn);
	else
		drop_pages(tn, 0, UINT64_MAX);
}

int
tmpfs_hostmap(struct vnode *vp, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	struct tnode *tn = vtot(vp);
	int error;

	if (vp->v_type != VREG)
		return (-ENODEV);
	atomic_add(&vp->v_nmaps, 1);	/* not this one, while we trim */
	tnode_lock(tn);
	error = to_memfd(tn);
	if (error == 0) {
		*fd = tn->tn_reg.tr_memfd;
		*hostoff = off;
	}
	tnode_unlock(tn);
	if (error == 0)
		memfds_trim(tn->tn_fs);
	atomic_sub(&vp->v_nmaps, 1);
	return (error);
}

/* --- reading and writing ------------------------------------------------------ */

int
tmpfs_read(struct vnode *vp, struct uio *uio, struct file *fp)
{
	struct tnode *tn = vtot(vp);
	uint64_t skip;
	size_t in, n;
	char *page;
	int error = 0;
	long r;

	mtx_lock(&tn->tn_lock);
	if (tn->tn_reg.tr_memfd >= 0) {
		r = uio_hostio(tn->tn_reg.tr_memfd, uio, uio->uio_off);
		error = r < 0 ? (int)r : 0;
		goto out;
	}
	while (uio->uio_resid > 0 && uio->uio_off < tn->tn_size &&
	    error == 0) {
		in = (size_t)uio->uio_off & KPAGE_MASK;
		n = kmin(KPAGE_SIZE - in, uio->uio_resid);
		n = (size_t)kmin((int64_t)n, tn->tn_size - uio->uio_off);
		page = page_find(tn, (uint64_t)uio->uio_off >> KPAGE_SHIFT,
		    &skip);
		error = page != NULL ? uiomove(page + in, n, uio) :
		    uio_zero(n, uio);
	}
out:
	mtx_unlock(&tn->tn_lock);
	tnode_read(tn);
	return (error);
}

static int
write_memfd(struct tnode *tn, struct uio *uio)
{
	int64_t end = uio->uio_off + (int64_t)uio->uio_resid;
	int error;
	long r;

	if (end > tn->tn_size) {
		error = memfd_recharge(tn, end);
		if (error < 0)
			return (error);
	}
	r = uio_hostio(tn->tn_reg.tr_memfd, uio, uio->uio_off);
	if (r >= 0 && uio->uio_off > tn->tn_size)
		tn->tn_size = uio->uio_off;
	if (end > tn->tn_size)
		(void)memfd_recharge(tn, tn->tn_size);
	return (r < 0 ? (int)r : 0);
}

static int
write_page(struct tnode *tn, struct uio *uio)
{
	size_t in = (size_t)uio->uio_off & KPAGE_MASK;
	size_t n = kmin(KPAGE_SIZE - in, uio->uio_resid), left;
	int64_t start = uio->uio_off;
	char *page = NULL;
	bool fresh;
	int error;

	error = page_get(tn, (uint64_t)start >> KPAGE_SHIFT, n != KPAGE_SIZE,
	    &page, &fresh);
	if (error < 0)
		return (error);
	error = uiomove(page + in, n, uio);
	left = n - (size_t)(uio->uio_off - start);
	if (left != 0 && fresh && n == KPAGE_SIZE)
		memset(page + KPAGE_SIZE - left, 0, left);
	if (uio->uio_off > tn->tn_size)
		tn->tn_size = uio->uio_off;
	return (error);
}

int
tmpfs_write(struct vnode *vp, struct uio *uio, struct file *fp)
{
	struct tnode *tn = vtot(vp);
	size_t before = uio->uio_resid;
	int error = 0;

	if (uio->uio_off > MAXSIZE - (int64_t)uio->uio_resid)
		return (-EFBIG);
	tnode_lock(tn);
	if (tn->tn_reg.tr_memfd >= 0)
		error = write_memfd(tn, uio);
	else
		while (uio->uio_resid > 0 && error == 0)
			error = write_page(tn, uio);
	if (uio->uio_resid != before)
		tnode_touch(tn, TOUCH_M | TOUCH_C);
	tnode_unlock(tn);
	return (error);
}

/* Zero [from, to) inside one page, if it is there. */
static void
zero_part(struct tnode *tn, int64_t from, int64_t to)
{
	uint64_t skip;
	char *page;

	if (from >= to)
		return;
	page = page_find(tn, (uint64_t)from >> KPAGE_SHIFT, &skip);
	if (page != NULL)
		memset(page + (from & KPAGE_MASK), 0, (size_t)(to - from));
}

int
tdata_truncate(struct tnode *tn, int64_t len)
{
	int error;

	if (len > MAXSIZE)
		return (-EFBIG);
	if (tn->tn_reg.tr_memfd >= 0) {
		error = memfd_recharge(tn, len);
		if (error == 0)
			error = host_ftruncate(tn->tn_reg.tr_memfd, len);
		if (error < 0)
			return (error);
	} else if (len < tn->tn_size) {
		drop_pages(tn, npages(len), UINT64_MAX);
		zero_part(tn, len, (int64_t)(npages(len) << KPAGE_SHIFT));
	}
	tn->tn_size = len;
	tnode_touch(tn, TOUCH_M | TOUCH_C);
	return (0);
}

static void
punch(struct tnode *tn, int64_t off, int64_t end)
{
	int64_t first = (int64_t)(npages(off) << KPAGE_SHIFT);
	int64_t last = (int64_t)rounddown2((uint64_t)end, KPAGE_SIZE);

	if (first > last) {		/* inside one page */
		zero_part(tn, off, end);
		return;
	}
	zero_part(tn, off, first);
	drop_pages(tn, (uint64_t)first >> KPAGE_SHIFT,
	    (uint64_t)last >> KPAGE_SHIFT);
	zero_part(tn, last, end);
}

/* Pages for [off, end); what was made stays when memory ends, as on Linux it
 * is taken back: so note what is fresh. */
static int
reserve(struct tnode *tn, int64_t off, int64_t end)
{
	uint64_t i, first = (uint64_t)off >> KPAGE_SHIFT, last = npages(end);
	char *page;
	bool fresh;
	int error = 0;

	if (last - first > tn->tn_fs->tm_maxpages)
		return (-ENOSPC);
	for (i = first; i < last && error == 0; i++)
		error = page_get(tn, i, true, &page, &fresh);
	return (error);
}

int
tmpfs_fallocate(struct vnode *vp, int mode, int64_t off, int64_t len)
{
	struct tnode *tn = vtot(vp);
	int64_t end = off + len;
	int error = 0;

	if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) != 0)
		return (-EOPNOTSUPP);
	if (mode == FALLOC_FL_PUNCH_HOLE)
		return (-EOPNOTSUPP);
	if (end > MAXSIZE)
		return (-EFBIG);
	tnode_lock(tn);
	if (tn->tn_reg.tr_memfd >= 0) {
		if (mode == 0 && end > tn->tn_size)
			error = memfd_recharge(tn, end);
		if (error == 0)
			error = host_fallocate(tn->tn_reg.tr_memfd, mode, off,
			    len);
	} else if ((mode & FALLOC_FL_PUNCH_HOLE) != 0)
		punch(tn, off, end);
	else
		error = reserve(tn, off, end);
	if (error == 0) {
		if (mode == 0 && end > tn->tn_size)
			tn->tn_size = end;
		tnode_touch(tn, TOUCH_M | TOUCH_C);
	}
	tnode_unlock(tn);
	return (error);
}

int64_t
tmpfs_seekdata(struct vnode *vp, int64_t off, int whence)
{
	struct tnode *tn = vtot(vp);
	uint64_t i, n, skip;
	int64_t r = -ENXIO;
	bool want = whence == SEEK_DATA;

	mtx_lock(&tn->tn_lock);
	if (off >= tn->tn_size)
		goto out;
	if (tn->tn_reg.tr_memfd >= 0) {
		r = host_lseek(tn->tn_reg.tr_memfd, off, whence);
		goto out;
	}
	n = npages(tn->tn_size);
	for (i = (uint64_t)off >> KPAGE_SHIFT; i < n; i += skip)
		if ((page_find(tn, i, &skip) != NULL) == want)
			break;
	if (i < n)
		r = kmax(off, (int64_t)(i << KPAGE_SHIFT));
	else if (!want)
		r = tn->tn_size;
out:
	mtx_unlock(&tn->tn_lock);
	return (r);
}
