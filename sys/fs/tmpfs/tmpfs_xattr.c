/* tmpfs_xattr.c: extended attributes: a list per node. */
#include "base/kmem.h"
#include "fs/tmpfs/tmpfs_var.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	XATTR_TOTAL	(256 * 1024)	/* bytes per node */

static struct txattr *
find(struct tnode *tn, const char *name)
{
	struct txattr *tx;

	list_foreach(tx, &tn->tn_xattrs, tx_link)
		if (strcmp(tx->tx_name, name) == 0)
			return (tx);
	return (NULL);
}

static void
drop(struct txattr *tx)
{
	list_del(&tx->tx_link);
	kfree(tx->tx_value);
	kfree(tx);
}

void
txattr_free(struct tnode *tn)
{
	struct txattr *tx, *next;

	list_foreach_safe(tx, next, &tn->tn_xattrs, tx_link)
		drop(tx);
}

long
tmpfs_getxattr(struct vnode *vp, const char *name, void *v, size_t n)
{
	struct tnode *tn = vtot(vp);
	struct txattr *tx;
	long r;

	mtx_lock(&tn->tn_lock);
	tx = find(tn, name);
	if (tx == NULL)
		r = -ENODATA;
	else if (n != 0 && n < tx->tx_len)
		r = -ERANGE;
	else {
		if (n != 0)
			memcpy(v, tx->tx_value, tx->tx_len);
		r = (long)tx->tx_len;
	}
	mtx_unlock(&tn->tn_lock);
	return (r);
}

static size_t
total(struct tnode *tn)
{
	struct txattr *tx;
	size_t n = 0;

	list_foreach(tx, &tn->tn_xattrs, tx_link)
		n += sizeof(*tx) + tx->tx_len;
	return (n);
}

int
tmpfs_setxattr(struct vnode *vp, const char *name, const void *v, size_t n,
    int flags)
{
	struct tnode *tn = vtot(vp);
	size_t len = strlen(name);
	struct txattr *tx, *old;
	int error = 0;

	tx = kmalloc(sizeof(*tx) + len + 1, 0);
	if (tx == NULL)
		return (-ENOSPC);
	list_init(&tx->tx_link);
	memcpy(tx->tx_name, name, len + 1);
	tx->tx_len = n;
	tx->tx_value = kmalloc(kmax(n, (size_t)1), 0);
	if (tx->tx_value == NULL) {
		kfree(tx);
		return (-ENOSPC);
	}
	memcpy(tx->tx_value, v, n);
	tnode_lock(tn);
	old = find(tn, name);
	if (old != NULL && (flags & 1 /* XATTR_CREATE */) != 0)
		error = -EEXIST;
	else if (old == NULL && (flags & 2 /* XATTR_REPLACE */) != 0)
		error = -ENODATA;
	else if (total(tn) + n > XATTR_TOTAL)
		error = -ENOSPC;
	if (error == 0) {
		if (old != NULL)
			drop(old);
		list_add_tail(&tn->tn_xattrs, &tx->tx_link);
		tnode_touch(tn, TOUCH_C);
		tx = NULL;
	}
	tnode_unlock(tn);
	if (tx != NULL)
		drop(tx);
	return (error);
}

long
tmpfs_listxattr(struct vnode *vp, char *buf, size_t n)
{
	struct tnode *tn = vtot(vp);
	struct txattr *tx;
	size_t len, at = 0;
	long r = 0;

	mtx_lock(&tn->tn_lock);
	list_foreach(tx, &tn->tn_xattrs, tx_link) {
		len = strlen(tx->tx_name) + 1;
		if (n != 0 && at + len > n) {
			r = -ERANGE;
			break;
		}
		if (n != 0)
			memcpy(buf + at, tx->tx_name, len);
		at += len;
	}
	mtx_unlock(&tn->tn_lock);
	return (r < 0 ? r : (long)at);
}

int
tmpfs_removexattr(struct vnode *vp, const char *name)
{
	struct tnode *tn = vtot(vp);
	struct txattr *tx;

	tnode_lock(tn);
	tx = find(tn, name);
	if (tx != NULL) {
		drop(tx);
		tnode_touch(tn, TOUCH_C);
	}
	tnode_unlock(tn);
	return (tx != NULL ? 0 : -ENODATA);
}
