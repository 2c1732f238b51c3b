/*
 * list.c: the entries of directories that the guest cannot change (hf_static:
 * the lower layers of `guise try`), kept in memory as the host gave them.
 *
 * A list is good as long as the directory's times are what they were before it
 * was read; they are looked at when somebody starts to read, and believed for
 * HF_STATTIME like all attributes.  A directory that changed a moment before
 * is not kept: it might change again within the same tick of the file system's
 * clock.  Entries keep the host's offsets, so a reader may go on from a list to
 * the host and back.
 *
 * A list never changes.  hn_list holds a reference under hn_lock, and so does
 * whoever reads it, since entries are handed out without the lock.
 */
#include "fs/hostfs/internal.h"

#include "base/clock.h"
#include "base/kmem.h"

#define	LIST_MAX	(1UL << 20)	/* bytes of one */
#define	LISTMEM_MAX	(24UL << 20)	/* of all in a mount */
#define	SETTLED		2		/* seconds since the last change */

struct hflist {
	refcount_t	l_ref;
	uint32_t	l_len;		/* bytes of entries */
	struct timespec64 l_mtime, l_ctime;
	int64_t		l_hintoff;	/* (n) the entry after this offset */
	uint32_t	l_hintat;	/* (n) is here */
	char		l_data[];
};

static void
list_release(struct hfmount *hf, struct hflist *l)
{
	if (l == NULL || !ref_release(&l->l_ref))
		return;
	(void)atomic_sub(&hf->hf_listmem, sizeof(*l) + l->l_len);
	kfree(l);
}

static struct hflist *
list_get(struct hfnode *n)
{
	struct hflist *l;

	mtx_lock(&n->hn_lock);
	l = n->hn_list;
	if (l != NULL)
		ref_acquire(&l->l_ref);
	mtx_unlock(&n->hn_lock);
	return (l);
}

static void
list_set(struct hfnode *n, struct hflist *l)
{
	struct hflist *old;

	mtx_lock(&n->hn_lock);
	old = n->hn_list;
	n->hn_list = l;
	mtx_unlock(&n->hn_lock);
	list_release(n->hn_hf, old);
}

void
hf_listdrop(struct hfnode *n)
{
	list_release(n->hn_hf, n->hn_list);
	n->hn_list = NULL;
}

static bool
same(const struct timespec64 *a, const struct timespec64 *b)
{
	return (a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec);
}

bool
hf_listvalid(struct hfnode *n)
{
	struct hflist *l = list_get(n);
	struct kstat st;
	bool ok;

	if (l == NULL)
		return (false);
	ok = hf_staticstat(n, &st) == 0 && same(&st.st_mtim, &l->l_mtime) &&
	    same(&st.st_ctim, &l->l_ctime);
	list_release(n->hn_hf, l);
	return (ok);
}

/* All entries into a buffer of that size; their length, or an errno. */
static long
read_all(struct hfnode *n, char *buf, size_t size)
{
	long r, i, len = 0;
	int64_t off = 0;
	int fd, error = hf_getfd(n, HFD_RD, &fd);

	if (error != 0)
		return (error);
	while ((r = len + HF_DIRBUF > (long)size ? -E2BIG :
	    hf_getdents(n, fd, off, buf + len)) > 0) {
		for (i = 0; i < r;) {
			struct host_dirent *de =
			    (struct host_dirent *)(buf + len + i);

			off = de->d_off;
			i += de->d_reclen;
		}
		len += r;
	}
	hf_unpin(n);
	return (r < 0 ? r : len);
}

void
hf_listfill(struct hfnode *n)
{
	struct hfmount *hf = n->hn_hf;
	struct timespec64 now;
	struct hflist *l = NULL;
	struct kstat st;
	size_t size;
	char *buf;
	long len;

	list_set(n, NULL);
	if (atomic_load_relaxed(&hf->hf_listmem) > LISTMEM_MAX ||
	    hf_hoststat(n, &st) != 0)
		return;
	clock_realts(&now);
	if (now.tv_sec < st.st_mtim.tv_sec + SETTLED ||
	    now.tv_sec < st.st_ctim.tv_sec + SETTLED ||
	    st.st_size > (int64_t)LIST_MAX)
		return;
	/* As much again as the directory has, for other ways to count. */
	size = kmin(2 * HF_DIRBUF + 2 * (size_t)st.st_size, LIST_MAX);
	buf = kmalloc(size, KM_NOZERO);
	if (buf == NULL)
		return;
	len = read_all(n, buf, size);
	if (len > 0)
		l = kmalloc(sizeof(*l) + (size_t)len, KM_NOZERO);
	if (l != NULL) {
		l->l_ref = 1;
		l->l_len = (uint32_t)len;
		l->l_mtime = st.st_mtim;
		l->l_ctime = st.st_ctim;
		l->l_hintoff = 0;
		l->l_hintat = 0;
		memcpy(l->l_data, buf, (size_t)len);
		(void)atomic_add(&hf->hf_listmem, sizeof(*l) + l->l_len);
		list_set(n, l);
	}
	kfree(buf);
}

/* Where the entry after off is; l_len: at the end; -1: off is none of ours. */
static long
list_seek(struct hfnode *n, struct hflist *l, int64_t off)
{
	struct host_dirent *de;
	long at = -1;

	if (off == 0)
		return (0);
	mtx_lock(&n->hn_lock);
	if (l->l_hintoff == off)
		at = l->l_hintat;
	mtx_unlock(&n->hn_lock);
	for (uint32_t i = 0; at < 0 && i < l->l_len;) {
		de = (struct host_dirent *)(l->l_data + i);
		i += de->d_reclen;
		if (de->d_off == off)
			at = i;
	}
	return (at);
}

int
hf_listread(struct hfnode *n, int64_t *off, struct dirsink *ds)
{
	struct hflist *l = list_get(n);
	struct host_dirent *de;
	long at;

	if (l == NULL)
		return (-EAGAIN);
	at = list_seek(n, l, *off);
	while (at >= 0 && at < (long)l->l_len) {
		de = (struct host_dirent *)(l->l_data + at);
		if (!ds->ds_emit(ds, de->d_name, strlen(de->d_name),
		    de->d_ino, de->d_type, de->d_off))
			break;
		*off = de->d_off;
		at += de->d_reclen;
	}
	if (at >= 0) {
		mtx_lock(&n->hn_lock);
		l->l_hintoff = *off;
		l->l_hintat = (uint32_t)at;
		mtx_unlock(&n->hn_lock);
	}
	list_release(n->hn_hf, l);
	return (at < 0 ? -EAGAIN : 0);
}
