/*
 * ncpath.c: from a name back to its path; handles; nameless entries.
 */
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/nc_impl.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

void
nch_hold(struct nchandle *n)
{
	if (n->ncp != NULL) {
		nc_hold(n->ncp);
		mount_hold(n->mp);
	}
}

void
nch_drop(struct nchandle *n)
{
	if (n->ncp != NULL) {
		nc_drop(n->ncp);
		mount_drop(n->mp);
	}
	n->ncp = NULL;
	n->mp = NULL;
}

int
nch_anon(struct vnode *vp, struct mount *mp, const char *name,
    struct nchandle *out)
{
	struct namecache *nc;

	nc = nc_alloc(NULL, name, kmin(strlen(name), (size_t)KNAME_MAX), vp);
	if (nc == NULL)
		return (-ENOMEM);
	nc->nc_flags = NCF_ANON | NCF_UNCACHED;
	out->ncp = nc;
	out->mp = mp != NULL ? mp : vfs()->vr_anonmnt;
	mount_hold(out->mp);
	return (0);
}

/* Put s[0..len) in front of *pos. */
static bool
prepend(char *buf, size_t *pos, const char *s, size_t len)
{
	if (*pos < len)
		return (false);
	*pos -= len;
	memcpy(buf + *pos, s, len);
	return (true);
}

/* Walk up from n; 1: met root, 0: reached the top without, -1: no room. */
static int
walk_up(const struct nchandle *root, const struct nchandle *n, char *buf,
    size_t *pos)
{
	const struct namecache *nc = n->ncp;
	const struct mount *mp = n->mp;

	for (;;) {
		if (root != NULL && root->ncp == nc && root->mp == mp)
			return (1);
		if (nc == mp->mnt_root) {
			if (mp->mnt_on.ncp == NULL)
				return (0);
			nc = mp->mnt_on.ncp;
			mp = mp->mnt_on.mp;
			continue;
		}
		if (nc->nc_parent == NULL)
			return (0);
		if (!prepend(buf, pos, nc->nc_name, nc->nc_len) ||
		    !prepend(buf, pos, "/", 1))
			return (-1);
		nc = nc->nc_parent;
	}
}

long
nch_path(const struct nchandle *root, const struct nchandle *n, char *buf,
    size_t size, bool *reachable)
{
	static const char unreach[] = "(unreachable)";
	static const char deleted[] = " (deleted)";
	struct vfs_root *vr = vfs();
	size_t pos = size, len;
	bool dead;
	int r;

	if (reachable != NULL)
		*reachable = true;
	if (n->ncp == NULL || size == 0)
		return (-ENOENT);
	if (!prepend(buf, &pos, "", 1))
		return (-ERANGE);
	dead = (n->ncp->nc_flags & NCF_DEAD) != 0 &&
	    n->ncp != n->mp->mnt_root;
	if (dead && !prepend(buf, &pos, deleted, sizeof(deleted) - 1))
		return (-ERANGE);
	if ((n->ncp->nc_flags & NCF_ANON) != 0) {
		if (!prepend(buf, &pos, n->ncp->nc_name, n->ncp->nc_len))
			return (-ERANGE);
		goto out;
	}
	rwl_rlock(&vr->vr_mountlock);
	rwl_rlock(&vr->vr_tree);
	len = pos;
	r = walk_up(root, n, buf, &pos);
	rwl_runlock(&vr->vr_tree);
	rwl_runlock(&vr->vr_mountlock);
	if (r < 0)
		return (-ERANGE);
	if (pos == len && !prepend(buf, &pos, "/", 1))
		return (-ERANGE);
	if (r == 0 && root != NULL && reachable != NULL) {
		*reachable = false;
		if (!prepend(buf, &pos, unreach, sizeof(unreach) - 1))
			return (-ERANGE);
	}
out:
	len = size - pos - 1;
	memmove(buf, buf + pos, len + 1);
	return ((long)len);
}
