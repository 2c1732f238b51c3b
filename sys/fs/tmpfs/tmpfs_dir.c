/*
 * tmpfs_dir.c: directories: a hash of names, and a list in the order of their
 * cookies, so that a reader's position survives whatever happens meanwhile.
 */
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	HASH_MIN	8

static struct list *
hash_new(uint32_t n)
{
	struct list *h = kmalloc(n * sizeof(*h), KM_NOZERO);
	uint32_t i;

	for (i = 0; h != NULL && i < n; i++)
		list_init(&h[i]);
	return (h);
}

int
tdir_init(struct tnode *dir)
{
	dir->tn_dir.td_hash = hash_new(HASH_MIN);
	if (dir->tn_dir.td_hash == NULL)
		return (-ENOSPC);
	dir->tn_dir.td_nhash = HASH_MIN;
	list_init(&dir->tn_dir.td_order);
	dir->tn_dir.td_nextcookie = FIRST_COOKIE;
	return (0);
}

void
tdir_fini(struct tnode *dir)
{
	kfree(dir->tn_dir.td_hash);
}

static uint32_t
hashval(const char *name, size_t len)
{
	uint64_t h = khash(name, len, 0);

	return ((uint32_t)(h ^ (h >> 32)));
}

struct tdirent *
tdir_find(struct tnode *dir, const char *name, size_t len)
{
	uint32_t h = hashval(name, len);
	struct tdirent *te;

	list_foreach(te, &dir->tn_dir.td_hash[h & (dir->tn_dir.td_nhash - 1)],
	    te_hash)
		if (te->te_hashval == h && te->te_len == len &&
		    memcmp(te->te_name, name, len) == 0)
			return (te);
	return (NULL);
}

/* More buckets; without memory the old ones still serve. */
static void
grow(struct tnode *dir)
{
	uint32_t i, n = dir->tn_dir.td_nhash * 4;
	struct list *h = hash_new(n);
	struct tdirent *te, *next;

	if (h == NULL)
		return;
	for (i = 0; i < dir->tn_dir.td_nhash; i++)
		list_foreach_safe(te, next, &dir->tn_dir.td_hash[i], te_hash) {
			list_del(&te->te_hash);
			list_add_head(&h[te->te_hashval & (n - 1)],
			    &te->te_hash);
		}
	kfree(dir->tn_dir.td_hash);
	dir->tn_dir.td_hash = h;
	dir->tn_dir.td_nhash = n;
}

/* A reader of tn may look at its parent: never change it under him. */
static void
set_parent(struct tnode *tn, struct tnode *dir)
{
	if (!S_ISDIR(tn->tn_mode))
		return;
	mtx_lock(&tn->tn_lock);
	tn->tn_dir.td_parent = dir;
	mtx_unlock(&tn->tn_lock);
}

static void
point(struct tdirent *te, struct tnode *tn)
{
	te->te_node = tn;
	te->te_ino = tn->tn_vp->v_ino;
	te->te_type = (uint8_t)dtype_of_mode(tn->tn_mode);
}

/* dir's lock is taken here; the entry takes over nothing: links are counted
 * by the callers. */
int
tdir_add(struct tnode *dir, const char *name, size_t len, struct tnode *tn)
{
	struct tdirent *te = kmalloc(sizeof(*te) + len + 1, KM_NOZERO);

	if (te == NULL)
		return (-ENOSPC);
	point(te, tn);
	te->te_hashval = hashval(name, len);
	te->te_len = (uint16_t)len;
	memcpy(te->te_name, name, len);
	te->te_name[len] = '\0';
	tnode_lock(dir);
	te->te_cookie = dir->tn_dir.td_nextcookie++;
	if (++dir->tn_dir.td_count > dir->tn_dir.td_nhash * 2)
		grow(dir);
	list_add_head(&dir->tn_dir.td_hash[te->te_hashval &
	    (dir->tn_dir.td_nhash - 1)], &te->te_hash);
	list_add_tail(&dir->tn_dir.td_order, &te->te_order);
	if (S_ISDIR(tn->tn_mode))
		dir->tn_nlink++;
	tnode_touch(dir, TOUCH_M | TOUCH_C);
	tnode_unlock(dir);
	set_parent(tn, dir);
	return (0);
}

void
tdir_remove(struct tnode *dir, struct tdirent *te)
{
	tnode_lock(dir);
	list_del(&te->te_hash);
	list_del(&te->te_order);
	dir->tn_dir.td_count--;
	if (dir->tn_dir.td_hint == te)
		dir->tn_dir.td_hint = NULL;
	if (S_ISDIR(te->te_node->tn_mode))
		dir->tn_nlink--;
	tnode_touch(dir, TOUCH_M | TOUCH_C);
	tnode_unlock(dir);
	kfree(te);
}

/* The first entry at or after cookie off. */
static struct tdirent *
seek(struct tnode *dir, int64_t off)
{
	struct tdirent *te = dir->tn_dir.td_hint;

	if (te == NULL || te->te_cookie > off)
		te = list_first(&dir->tn_dir.td_order, struct tdirent,
		    te_order);
	while (te != NULL && te->te_cookie < off) {
		if (te->te_order.next == &dir->tn_dir.td_order)
			return (NULL);
		te = list_entry(te->te_order.next, struct tdirent, te_order);
	}
	return (te);
}

int
tmpfs_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
    struct file *fp)
{
	struct tnode *dir = vtot(vp), *up;
	struct tdirent *te;

	if (*off < 0)
		return (-EINVAL);
	mtx_lock(&dir->tn_lock);
	up = dir->tn_dir.td_parent != NULL ? dir->tn_dir.td_parent : dir;
	if (*off == 0) {
		if (!ds->ds_emit(ds, ".", 1, vp->v_ino, DT_DIR, 1))
			goto out;
		*off = 1;
	}
	if (*off == 1) {
		if (!ds->ds_emit(ds, "..", 2, up->tn_vp->v_ino, DT_DIR, 2))
			goto out;
		*off = 2;
	}
	for (te = seek(dir, *off); te != NULL;) {
		if (!ds->ds_emit(ds, te->te_name, te->te_len, te->te_ino,
		    te->te_type, te->te_cookie + 1)) {
			dir->tn_dir.td_hint = te;
			break;
		}
		*off = te->te_cookie + 1;
		if (te->te_order.next == &dir->tn_dir.td_order)
			break;
		te = list_entry(te->te_order.next, struct tdirent, te_order);
	}
out:
	mtx_unlock(&dir->tn_lock);
	tnode_read(dir);
	return (0);
}

/* te shall lead to tn. */
static void
repoint(struct tnode *dir, struct tdirent *te, struct tnode *tn)
{
	tnode_lock(dir);
	if (S_ISDIR(te->te_node->tn_mode))
		dir->tn_nlink--;
	if (S_ISDIR(tn->tn_mode))
		dir->tn_nlink++;
	point(te, tn);
	tnode_touch(dir, TOUCH_M | TOUCH_C);
	tnode_unlock(dir);
	set_parent(tn, dir);
}

static void
touch_c(struct tnode *tn)
{
	tnode_lock(tn);
	tnode_touch(tn, TOUCH_C);
	tnode_unlock(tn);
}

/* VFS has checked types, permissions and that nothing moves into itself. */
int
tmpfs_rename(struct vnode *fdvp, const char *fname, size_t flen,
    struct vnode *fvp, struct vnode *tdvp, const char *tname, size_t tlen,
    struct vnode *tvp, unsigned flags)
{
	struct tnode *fdir = vtot(fdvp), *tdir = vtot(tdvp), *fn = vtot(fvp);
	struct tnode *tn = tvp != NULL ? vtot(tvp) : NULL, *white = NULL;
	struct tdirent *fe, *te;
	int error;

	fe = tdir_find(fdir, fname, flen);
	te = tdir_find(tdir, tname, tlen);
	if (fe == NULL || fe->te_node != fn || (te == NULL) != (tn == NULL))
		return (-ENOENT);
	if ((flags & RENAME_EXCHANGE) != 0) {
		if (te == NULL)
			return (-ENOENT);
		repoint(fdir, fe, tn);
		repoint(tdir, te, fn);
		touch_c(fn);
		touch_c(tn);
		return (0);
	}
	if (tn != NULL && S_ISDIR(tn->tn_mode) && tn->tn_dir.td_count != 0)
		return (-ENOTEMPTY);
	if ((flags & RENAME_WHITEOUT) != 0) {
		error = tnode_new(tdir->tn_fs, S_IFCHR, fn->tn_uid, fn->tn_gid,
		    0, &white);
		if (error < 0)
			return (error);
		tnode_addlink(white);
	}
	if (te != NULL)
		repoint(tdir, te, fn);
	else if ((error = tdir_add(tdir, tname, tlen, fn)) < 0) {
		if (white != NULL) {
			tnode_droplink(white, 1);
			vrele(white->tn_vp);
		}
		return (error);
	}
	if (white != NULL) {
		repoint(fdir, fe, white);
		vrele(white->tn_vp);	/* its link keeps it */
	} else
		tdir_remove(fdir, fe);
	touch_c(fn);
	if (tn != NULL) {
		set_parent(tn, NULL);
		tnode_droplink(tn, S_ISDIR(tn->tn_mode) ? 2 : 1);
	}
	return (0);
}
