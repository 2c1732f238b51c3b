/*
 * unix_name.c: names of AF_UNIX sockets: paths and abstract names.
 *
 * A bound path is a VSOCK vnode whose v_special points to the socket; the
 * socket holds a reference to the vnode, so the pointer lasts exactly as long
 * as the socket.  Abstract names stand in the table of the net root.  Both are
 * guarded by nr_lock, and neither holds a reference to the socket: who finds
 * one takes a reference under nr_lock, before usock_kill() can remove the name.
 *
 * A socket file of the host (a VSOCK vnode without v_special) leads nowhere:
 * ECONNREFUSED.
 */
#include "net/unix.h"

#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/vnode.h"

#define	PATH_OFF	2	/* offsetof(struct sockaddr_un, sun_path) */
#define	AUTOBIND_MAX	0x100000u

struct unaddr *
unaddr_hold(struct unaddr *ua)
{
	ref_acquire(&ua->ua_ref);
	return (ua);
}

void
unaddr_drop(struct unaddr *ua)
{
	if (ua != NULL && ref_release(&ua->ua_ref))
		kfree(ua);
}

/* Check a guest's sockaddr_un; a path gets its NUL and the length that
 * getsockname(2) shows. */
static struct unaddr *
unaddr_new(const void *sa, unsigned len, int *error)
{
	struct unaddr *ua;
	uint16_t family = 0;

	*error = -EINVAL;
	if (len > UN_MAXLEN || len <= PATH_OFF)
		return (NULL);
	memcpy(&family, sa, sizeof(family));
	if (family != AF_UNIX)
		return (NULL);
	*error = -ENOMEM;
	if ((ua = KNEW(struct unaddr)) == NULL)
		return (NULL);
	ua->ua_ref = 1;
	memcpy(ua->ua_sa, sa, len);
	ua->ua_len = (uint16_t)len;
	if (ua->ua_sa[PATH_OFF] != 0)
		ua->ua_len = (uint16_t)(PATH_OFF + 1 +
		    strlen((const char *)ua->ua_sa + PATH_OFF));
	*error = 0;
	return (ua);
}

static bool
unaddr_abstract(const struct unaddr *ua)
{
	return (ua->ua_sa[PATH_OFF] == 0);
}

static struct list *
abstract_bucket(const struct unaddr *ua)
{
	struct netroot *nr = netroot();

	return (&nr->nr_abstract[khash(ua->ua_sa, ua->ua_len, 0) %
	    nitems(nr->nr_abstract)]);
}

/* nr_lock held. */
static struct usock *
abstract_find(const struct unaddr *ua)
{
	struct list *head = abstract_bucket(ua);
	struct usock *us;

	list_foreach(us, head, us_hash)
		if (us->us_addr->ua_len == ua->ua_len && memcmp(
		    us->us_addr->ua_sa, ua->ua_sa, ua->ua_len) == 0)
			return (us);
	return (NULL);
}

/* Give us the name ua (its reference becomes us's) and, for a path, the vnode.
 * On failure both stay the caller's. */
static int
name_take(struct usock *us, struct unaddr *ua, struct vnode *vp)
{
	struct netroot *nr = netroot();
	int error = 0;

	mtx_lock(&nr->nr_lock);
	mtx_lock_nested(&us->us_lock);
	if (us->us_addr != NULL || us->us_state == US_DEAD)
		error = -EINVAL;
	else if (vp == NULL && abstract_find(ua) != NULL)
		error = -EADDRINUSE;
	else {
		atomic_store_rel(&us->us_addr, ua);
		if (vp != NULL) {
			us->us_vnode = vp;
			vp->v_special = us;
		} else
			list_add_tail(abstract_bucket(ua), &us->us_hash);
	}
	mtx_unlock(&us->us_lock);
	mtx_unlock(&nr->nr_lock);
	return (error);
}

int
unix_autobind(struct usock *us)
{
	struct unaddr *ua;
	uint32_t i, n;
	int error;

	if (us->us_addr != NULL)
		return (0);
	if ((ua = KNEW(struct unaddr)) == NULL)
		return (-ENOMEM);
	ua->ua_ref = 1;
	ua->ua_sa[0] = AF_UNIX;
	ua->ua_len = PATH_OFF + 6;
	error = -ENOSPC;
	for (i = 0; i < AUTOBIND_MAX; i++) {
		n = atomic_add(&netroot()->nr_autobind, 1) % AUTOBIND_MAX;
		ksnprintf((char *)ua->ua_sa + PATH_OFF + 1, 6, "%05x", n);
		error = name_take(us, ua, NULL);
		if (error != -EADDRINUSE)
			break;
	}
	if (error != 0)
		unaddr_drop(ua);
	/* Somebody else bound it meanwhile: just as well. */
	return (error == -EINVAL ? 0 : error);
}

/* Make the socket's file: its vnode, referenced. */
static int
make_node(const char *path, struct vnode **vpp)
{
	struct nameidata nd;
	struct namecache *nc = NULL;
	struct vnode *dvp;
	int error;

	namei_init(&nd, AT_FDCWD, path, NI_CREATE);
	if ((error = namei(&nd)) != 0)
		return (error);
	if (nd.ni_nch.ncp != NULL && nd.ni_nch.ncp->nc_vp != NULL) {
		namei_done(&nd);
		return (-EADDRINUSE);
	}
	dvp = nd.ni_parent.ncp->nc_vp;
	mtx_lock(&dvp->v_lock);
	error = nch_maywritedir(&nd.ni_parent);
	if (error == 0)
		error = nch_create(&nd.ni_parent, nd.ni_name, nd.ni_namelen,
		    S_IFSOCK | 0777, 0, &nc);
	mtx_unlock(&dvp->v_lock);
	if (error == 0) {
		*vpp = nc->nc_vp;
		vref(*vpp);
		nc_drop(nc);
	}
	namei_done(&nd);
	return (error == -EEXIST ? -EADDRINUSE : error);
}

int
unix_bind(struct file *fp, const void *sa, unsigned len)
{
	struct usock *us = usock_of(fp);
	struct vnode *vp = NULL;
	struct unaddr *ua;
	uint16_t family;
	int error;

	if (len == PATH_OFF) {
		memcpy(&family, sa, sizeof(family));
		return (family == AF_UNIX ? unix_autobind(us) : -EINVAL);
	}
	if ((ua = unaddr_new(sa, len, &error)) == NULL)
		return (error);
	if (us->us_addr != NULL)
		error = -EINVAL;
	else if (!unaddr_abstract(ua))
		error = make_node((const char *)ua->ua_sa + PATH_OFF, &vp);
	if (error == 0)
		error = name_take(us, ua, vp);
	if (error != 0) {
		unaddr_drop(ua);
		if (vp != NULL)
			vrele(vp);
	}
	return (error);
}

/* The vnode a path leads to, with the right to write to it. */
static int
find_node(const char *path, struct vnode **vpp)
{
	struct nameidata nd;
	struct vnode *vp;
	int error;

	namei_init(&nd, AT_FDCWD, path, NI_FOLLOW);
	if ((error = namei(&nd)) != 0)
		return (error);
	vp = nd.ni_nch.ncp->nc_vp;
	error = vn_access(vp, W_OK, curthread()->td_cred);
	if (error == 0 && vp->v_type != VSOCK)
		error = -ECONNREFUSED;
	if (error == 0) {
		vref(vp);
		*vpp = vp;
	}
	namei_done(&nd);
	return (error);
}

int
unix_find(const void *sa, unsigned len, int type, struct usock **usp)
{
	struct netroot *nr = netroot();
	struct vnode *vp = NULL;
	struct usock *us;
	struct unaddr *ua;
	int error;

	if ((ua = unaddr_new(sa, len, &error)) == NULL)
		return (error);
	if (!unaddr_abstract(ua) && (error = find_node(
	    (const char *)ua->ua_sa + PATH_OFF, &vp)) != 0) {
		unaddr_drop(ua);
		return (error);
	}
	mtx_lock(&nr->nr_lock);
	us = vp != NULL ? vp->v_special : abstract_find(ua);
	if (us == NULL)
		error = -ECONNREFUSED;
	else if (us->us_so.so_type != type)
		error = -EPROTOTYPE;
	else
		*usp = usock_hold(us);
	mtx_unlock(&nr->nr_lock);
	if (vp != NULL)
		vrele(vp);
	unaddr_drop(ua);
	return (error);
}

struct vnode *
unix_unbind(struct usock *us)
{
	struct vnode *vp = us->us_vnode;

	list_del(&us->us_hash);
	if (vp != NULL) {
		vp->v_special = NULL;
		us->us_vnode = NULL;
	}
	return (vp);
}
