/*
 * fd.c: the descriptors behind nodes; see internal.h for the rules.
 */
#include "fs/hostfs/internal.h"

#include "base/clock.h"

#define	RECLAIM_TRIES	64
#define	O_KEEP		(O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)

static const int slot_flags[HFD_COUNT] = {
	[HFD_PATH] = O_PATH, [HFD_RD] = O_RDONLY, [HFD_RW] = O_RDWR,
};

/* --- LRU ------------------------------------------------------------------ */

static void
hf_lruadd(struct hfnode *n)		/* hn_lock held */
{
	struct hfmount *hf = n->hn_hf;

	mtx_lock(&hf->hf_lrulock);
	if ((n->hn_flags & HN_INLRU) == 0) {
		list_add_tail(&hf->hf_lru, &n->hn_lru);
		(void)atomic_or(&n->hn_flags, HN_INLRU);
	}
	mtx_unlock(&hf->hf_lrulock);
}

static void
hf_lrudel(struct hfnode *n)
{
	struct hfmount *hf = n->hn_hf;

	mtx_lock(&hf->hf_lrulock);
	if ((n->hn_flags & HN_INLRU) != 0) {
		list_del(&n->hn_lru);
		(void)atomic_and(&n->hn_flags, ~HN_INLRU);
	}
	mtx_unlock(&hf->hf_lrulock);
}

void
hf_closefds(struct hfnode *n)	/* hn_lock held, or nobody else knows n */
{
	for (int i = 0; i < HFD_COUNT; i++) {
		if (n->hn_fd[i] < 0)
			continue;
		(void)host_close(n->hn_fd[i]);
		n->hn_fd[i] = -1;
		(void)atomic_sub(&n->hn_hf->hf_nfds, 1);
	}
	n->hn_dirpos = 0;
	hf_lrudel(n);
}

/* Oldest node that was not used since we last came by, referenced. */
static struct hfnode *
hf_lruvictim(struct hfmount *hf)
{
	struct hfnode *n, *v = NULL;

	mtx_lock(&hf->hf_lrulock);
	for (int i = 0; i < RECLAIM_TRIES && v == NULL; i++) {
		n = list_first(&hf->hf_lru, struct hfnode, hn_lru);
		if (n == NULL)
			break;
		list_del(&n->hn_lru);
		list_add_tail(&hf->hf_lru, &n->hn_lru);
		if (atomic_swap(&n->hn_used, 0) == 0 &&
		    ref_acquire_live(&n->hn_vp->v_ref))
			v = n;
	}
	mtx_unlock(&hf->hf_lrulock);
	return (v);
}

static bool
hf_evictable(const struct hfnode *n)
{
	if (n->hn_pins != 0 || n->hn_parent == NULL ||
	    (n->hn_flags & HN_GONE) != 0)
		return (false);
	return (n->hn_mapped == 0 ||
	    clock_mono() - n->hn_mapped > HF_MAPGRACE);
}

/* Make room; no hn_lock may be held. */
static void
hf_reclaim(struct hfmount *hf, uint32_t max)
{
	struct hfnode *n;

	for (int i = 0; i < RECLAIM_TRIES &&
	    atomic_load_relaxed(&hf->hf_nfds) > max; i++) {
		if ((n = hf_lruvictim(hf)) == NULL)
			return;
		mtx_lock(&n->hn_lock);
		if (hf_evictable(n))
			hf_closefds(n);
		mtx_unlock(&n->hn_lock);
		vrele(n->hn_vp);
	}
}

/* --- opening ---------------------------------------------------------------- */

void
hf_unpin(struct hfnode *n)
{
	mtx_lock(&n->hn_lock);
	n->hn_pins--;
	mtx_unlock(&n->hn_lock);
}

/* The slot to use for what is wanted: a better one that is open will do. */
static int
hf_openslot(const struct hfnode *n, enum hf_slot slot)
{
	bool wronly = (n->hn_flags & HN_WRONLY) != 0;

	if (n->hn_fd[slot] >= 0)
		return (n->hn_fd[slot]);
	if (slot == HFD_RD && n->hn_fd[HFD_RW] >= 0 && !wronly)
		return (n->hn_fd[HFD_RW]);
	if (slot == HFD_PATH)
		return (n->hn_fd[HFD_RD]);
	return (-1);
}

static int
hf_pinopen(struct hfnode *n, enum hf_slot slot)
{
	int fd;

	mtx_lock(&n->hn_lock);
	fd = hf_openslot(n, slot);
	if (fd >= 0) {
		n->hn_pins++;
		n->hn_used = 1;
	}
	mtx_unlock(&n->hn_lock);
	return (fd);
}

int
hf_anyfd(struct hfnode *n)
{
	int fd = -1;

	mtx_lock(&n->hn_lock);
	for (int i = 0; i < HFD_COUNT && fd < 0; i++)
		fd = n->hn_fd[i];
	if (fd >= 0)
		n->hn_pins++;
	mtx_unlock(&n->hn_lock);
	return (fd);
}

void
hf_givefd(struct hfnode *n, enum hf_slot slot, int fd, bool wronly)
{
	mtx_lock(&n->hn_lock);
	if (n->hn_fd[slot] >= 0) {
		(void)host_close(fd);
	} else {
		n->hn_fd[slot] = fd;
		(void)atomic_add(&n->hn_hf->hf_nfds, 1);
		if (wronly)
			(void)atomic_or(&n->hn_flags, HN_WRONLY);
		hf_lruadd(n);
	}
	mtx_unlock(&n->hn_lock);
}

/* Is fd n's file? */
static int
hf_verify(struct hfnode *n, int fd)
{
	struct kstat st;
	int error = host_fstat(fd, &st);

	if (error == 0 && (st.st_ino != n->hn_ino || st.st_dev != n->hn_dev))
		error = -ESTALE;
	if (error != 0)
		(void)host_close(fd);
	return (error);
}

static int
hf_tryopen(struct hfnode *n, int dirfd, const char *name, int flags)
{
	int fd = host_openat(dirfd, name, flags, 0);
	int error;

	if (fd == -EMFILE || fd == -ENFILE) {
		hf_reclaim(n->hn_hf, n->hn_hf->hf_nfds / 2);
		fd = host_openat(dirfd, name, flags, 0);
	}
	if (fd == -ELOOP)		/* a symlink took the name */
		return (-ESTALE);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return (-ESTALE);
	if (fd < 0)
		return (fd);
	error = hf_verify(n, fd);
	return (error != 0 ? error : fd);
}

/* Without a name: through a descriptor that we kept. */
static int
hf_reopen(struct hfnode *n, int flags)
{
	char path[40];
	int any = hf_anyfd(n), fd;

	if (any < 0)
		return (-ESTALE);
	if (n->hn_vp->v_type == VDIR) {
		fd = hf_tryopen(n, any, ".", flags);
	} else {
		(void)ksnprintf(path, sizeof(path), "/proc/self/fd/%d", any);
		fd = hf_tryopen(n, AT_FDCWD, path, flags & ~O_NOFOLLOW);
	}
	hf_unpin(n);
	return (fd);
}

/* Open the slot of n; dir is its directory's descriptor, -1: no name. */
static int
hf_openat(struct hfnode *n, int dirfd, const char *name, enum hf_slot slot)
{
	int flags = slot_flags[slot] | O_KEEP, fd;
	bool wronly = false;

	if (slot == HFD_RW && n->hn_hf->hf_args.rdonly)
		return (-EROFS);
	fd = dirfd < 0 ? hf_reopen(n, flags) :
	    hf_tryopen(n, dirfd, name, flags);
	if (fd == -EACCES && slot == HFD_RW) {
		wronly = true;
		flags = (flags & ~O_ACCMODE) | O_WRONLY;
		fd = dirfd < 0 ? hf_reopen(n, flags) :
		    hf_tryopen(n, dirfd, name, flags);
	}
	if (fd >= 0)
		hf_givefd(n, slot, fd, wronly);
	return (fd < 0 ? fd : 0);
}

/*
 * The path descriptor of directory n, pinned.  Ancestors whose descriptors
 * were evicted are opened again from the top down: go up to the nearest one
 * that is open, open its child on the way, start over.
 */
static int
hf_dirfd(struct hfnode *n, int *fdp)
{
	struct hfnode *m, *up;
	struct hfname name;
	int fd, error;

	for (int i = 0; i < HF_MAXDEPTH; i++) {
		if ((*fdp = hf_pinopen(n, HFD_PATH)) >= 0)
			return (0);
		/* m: unopened, its parent up: open. m is referenced. */
		m = n;
		vref(m->hn_vp);
		for (;;) {
			mtx_lock(&m->hn_lock);
			up = m->hn_parent;
			vref(up->hn_vp);
			kstrlcpy(name.s, m->hn_name, sizeof(name.s));
			mtx_unlock(&m->hn_lock);
			if ((fd = hf_pinopen(up, HFD_PATH)) >= 0)
				break;
			vrele(m->hn_vp);
			m = up;
		}
		error = hf_openat(m, fd, name.s, HFD_PATH);
		hf_unpin(up);
		vrele(up->hn_vp);
		vrele(m->hn_vp);
		if (error != 0)
			return (error);
	}
	return (-EIO);
}

int
hf_where(struct hfnode *n, struct hfwhere *w)
{
	int error;

	mtx_lock(&n->hn_lock);
	w->w_dir = n->hn_parent;
	if (w->w_dir == NULL || (n->hn_flags & HN_GONE) != 0) {
		mtx_unlock(&n->hn_lock);
		return (-ESTALE);
	}
	vref(w->w_dir->hn_vp);
	kstrlcpy(w->w_name.s, n->hn_name, sizeof(w->w_name.s));
	mtx_unlock(&n->hn_lock);
	error = hf_dirfd(w->w_dir, &w->w_fd);
	if (error != 0)
		vrele(w->w_dir->hn_vp);
	return (error);
}

void
hf_unwhere(struct hfwhere *w)
{
	hf_unpin(w->w_dir);
	vrele(w->w_dir->hn_vp);
}

/*
 * A path through names that we remember may lead anywhere: somebody may have
 * put a link in the way.  But it cannot lead to n's inode and not be n, and
 * more than n's attributes is not asked.
 */
int
hf_statbypath(struct hfnode *n, struct kstat *st)
{
	char buf[256], *p = buf + sizeof(buf) - 1;
	struct hfnode *m = n, *up;
	int fd = -1, error = 0;
	size_t len;

	*p = '\0';
	vref(m->hn_vp);
	while (fd < 0 && error == 0) {
		mtx_lock(&m->hn_lock);
		up = m->hn_parent;
		len = strlen(m->hn_name);
		if (up == NULL || (m->hn_flags & HN_GONE) != 0 ||
		    len + 1 > (size_t)(p - buf)) {
			error = -ESTALE;
			up = NULL;
		} else {
			if (*p != '\0')
				*--p = '/';
			p -= len;
			memcpy(p, m->hn_name, len);
			vref(up->hn_vp);
		}
		mtx_unlock(&m->hn_lock);
		vrele(m->hn_vp);
		m = up;
		if (m != NULL)
			fd = hf_pinopen(m, HFD_PATH);
	}
	if (error != 0)
		return (error);
	error = host_fstatat(fd, p, st, AT_SYMLINK_NOFOLLOW);
	hf_unpin(m);
	vrele(m->hn_vp);
	return (error != 0 || st->st_ino != n->hn_ino ||
	    st->st_dev != n->hn_dev ? -ESTALE : 0);
}

int
hf_getfd(struct hfnode *n, enum hf_slot slot, int *fdp)
{
	struct hfmount *hf = n->hn_hf;
	struct hfwhere w;
	int error;

	for (int i = 0; i < 4; i++) {
		if ((*fdp = hf_pinopen(n, slot)) >= 0)
			return (0);
		if (atomic_load_relaxed(&hf->hf_nfds) >= hf->hf_maxfds)
			hf_reclaim(hf, hf->hf_maxfds - 1);
		if (slot == HFD_PATH && n->hn_vp->v_type == VDIR &&
		    n->hn_parent != NULL && (n->hn_flags & HN_GONE) == 0)
			return (hf_dirfd(n, fdp));
		error = hf_where(n, &w);
		if (error == 0) {
			error = hf_openat(n, w.w_fd, w.w_name.s, slot);
			hf_unwhere(&w);
		} else if (error == -ESTALE)
			error = hf_openat(n, -1, NULL, slot);
		if (error != 0)
			return (error);
	}
	return (-EIO);
}

int
hf_at(struct hfnode *n, struct hfat *a)
{
	int error;

	a->a_pinned = NULL;
	a->a_fd = hf_anyfd(n);
	if (a->a_fd >= 0) {
		a->a_pinned = n;
		a->a_path = "";
		a->a_flags = AT_EMPTY_PATH;
		return (0);
	}
	error = hf_where(n, &a->a_where);
	a->a_fd = a->a_where.w_fd;
	a->a_path = a->a_where.w_name.s;
	a->a_flags = AT_SYMLINK_NOFOLLOW;
	return (error);
}

void
hf_unat(struct hfat *a)
{
	if (a->a_pinned != NULL)
		hf_unpin(a->a_pinned);
	else
		hf_unwhere(&a->a_where);
}
