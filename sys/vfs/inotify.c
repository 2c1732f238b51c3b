/*
 * inotify.c: watching files (inotify(7)).
 *
 * A watch joins an instance and a vnode and holds a reference to the vnode and
 * its mount.  One lock, vr_inlock, guards all watches: changes are rare.
 * Events wait in their instance under i_lock.
 *
 * Lock order: vr_inlock (RANK_FILE) > i_lock (leaf).
 */
#include "vfs/inotify.h"

#include "base/copy.h"
#include "base/kmem.h"
#include "base/sleep.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/namei.h"
#include "vfs/nc_impl.h"
#include "vfs/uio.h"
#include "vfs/vnode.h"

#define	QUEUE_MAX	16384		/* fs.inotify.max_queued_events */
#define	WATCH_MAX	65536		/* per instance */

struct instance {
	struct mtx	i_lock;		/* RANK_LEAF */
	struct list	i_events;	/* (i_lock) */
	uint32_t	i_nevents;	/* (i_lock) */
	uint32_t	i_bytes;	/* (i_lock) for FIONREAD */
	struct waitq	i_wq;
	struct list	i_watches;	/* (vr_inlock) */
	uint32_t	i_nwatches;	/* (vr_inlock) */
	int32_t		i_nextwd;	/* (vr_inlock) */
};

struct watch {
	struct list	w_inst;		/* in i_watches */
	struct list	w_vnode;	/* in *v_watch */
	struct instance	*w_in;
	struct vnode	*w_vp;		/* referenced */
	struct mount	*w_mp;		/* referenced */
	int32_t		w_wd;
	uint32_t	w_mask;
};

struct in_event {			/* inotify(7), as the guest reads it */
	int32_t		wd;
	uint32_t	mask;
	uint32_t	cookie;
	uint32_t	len;
};

struct event {
	struct list	e_link;
	struct in_event	e_head;
	char		e_name[];	/* e_head.len bytes, zero padded */
};

/* --- queueing ---------------------------------------------------------------- */

/* The last event says the same: one is enough. */
static bool
same_as_last(struct instance *in, const struct event *e)
{
	struct event *l = list_last(&in->i_events, struct event, e_link);

	return (l != NULL && l->e_head.cookie == 0 &&
	    memcmp(&l->e_head, &e->e_head, sizeof(l->e_head)) == 0 &&
	    memcmp(l->e_name, e->e_name, e->e_head.len) == 0);
}

static void
queue(struct instance *in, int wd, uint32_t mask, uint32_t cookie,
    const char *name, size_t len)
{
	size_t pad = len == 0 ? 0 : roundup2(len + 1, sizeof(struct in_event));
	struct event *e = kmalloc(sizeof(*e) + pad, 0);

	if (e == NULL)
		return;
	e->e_head = (struct in_event){ wd, mask, cookie, (uint32_t)pad };
	if (len != 0)
		memcpy(e->e_name, name, len);
	mtx_lock(&in->i_lock);
	if (in->i_nevents >= QUEUE_MAX) {
		/* Once: the queue overflowed. */
		e->e_head = (struct in_event){ -1, IN_Q_OVERFLOW, 0, 0 };
		pad = 0;
	}
	if (same_as_last(in, e)) {
		mtx_unlock(&in->i_lock);
		kfree(e);
		return;
	}
	list_add_tail(&in->i_events, &e->e_link);
	in->i_nevents++;
	in->i_bytes += (uint32_t)(sizeof(struct in_event) + pad);
	waitq_wake(&in->i_wq, 1, POLLIN | POLLRDNORM);
	mtx_unlock(&in->i_lock);
}

/* Take w off. vr_inlock held; the caller drops what it referenced. */
static void
unlink_watch(struct watch *w)
{
	list_del(&w->w_inst);
	list_del(&w->w_vnode);
	w->w_in->i_nwatches--;
	atomic_sub(&vfs()->vr_nwatches, 1);
}

static void
free_watch(struct watch *w)
{
	vrele(w->w_vp);
	mount_drop(w->w_mp);
	kfree(w);
}

/* Tell those who watch vp. name: of the entry of directory vp, or NULL. */
static void
deliver(struct vnode *vp, const char *name, size_t len, uint32_t mask,
    uint32_t cookie)
{
	struct watch *w, *next;
	struct list gone;

	if (__atomic_load_n(&vp->v_watch, __ATOMIC_ACQUIRE) == NULL)
		return;
	list_init(&gone);
	mtx_lock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, vp->v_watch, w_vnode) {
		if ((w->w_mask & mask & IN_ALL_EVENTS) == 0)
			continue;
		queue(w->w_in, w->w_wd, mask, cookie, name, len);
		if ((w->w_mask & IN_ONESHOT) != 0) {
			queue(w->w_in, w->w_wd, IN_IGNORED, 0, NULL, 0);
			unlink_watch(w);
			list_add_tail(&gone, &w->w_inst);
		}
	}
	mtx_unlock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, &gone, w_inst)
		free_watch(w);
}

void
inotify_event_name(struct vnode *dvp, const char *name, size_t len,
    uint32_t mask, uint32_t cookie)
{
	deliver(dvp, name, len, mask, cookie);
}

/* The same event for those who watch the directory. */
static void
tell_parent(struct vnode *vp, uint32_t mask)
{
	struct namecache *nc = nc_ofvnode(vp), *up;
	char name[KNAME_MAX + 1];
	size_t len;

	if (nc == NULL)
		return;
	rwl_rlock(&vfs()->vr_tree);
	up = nc->nc_parent;
	if (up != NULL)
		nc_hold(up);
	len = kmin((size_t)nc->nc_len, sizeof(name));
	memcpy(name, nc->nc_name, len);
	rwl_runlock(&vfs()->vr_tree);
	/* Also by a name that was removed, as Linux does. */
	if (up != NULL)
		deliver(up->nc_vp, name, len, mask, 0);
	nc_drop(up);
	nc_drop(nc);
}

void
inotify_event(struct vnode *vp, uint32_t mask)
{
	if (vp->v_type == VDIR)
		mask |= IN_ISDIR;
	if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF)) == 0)
		tell_parent(vp, mask);
	else
		mask &= ~IN_ISDIR;
	deliver(vp, NULL, 0, mask, 0);
}

/* All watches on vp end. */
static void
forget(struct vnode *vp)
{
	struct watch *w, *next;
	struct list gone;

	if (__atomic_load_n(&vp->v_watch, __ATOMIC_ACQUIRE) == NULL)
		return;
	list_init(&gone);
	mtx_lock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, vp->v_watch, w_vnode) {
		queue(w->w_in, w->w_wd, IN_IGNORED, 0, NULL, 0);
		unlink_watch(w);
		list_add_tail(&gone, &w->w_inst);
	}
	mtx_unlock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, &gone, w_inst)
		free_watch(w);
}

void
inotify_self(struct vnode *vp, uint32_t mask)
{
	deliver(vp, NULL, 0, mask, 0);
}

void
inotify_gone(struct vnode *vp)
{
	struct kstat st;

	if (__atomic_load_n(&vp->v_watch, __ATOMIC_ACQUIRE) == NULL ||
	    atomic_load(&vp->v_opens) != 0)
		return;
	if (vn_getattr(vp, &st) == 0 && st.st_nlink != 0)
		return;
	deliver(vp, NULL, 0, IN_DELETE_SELF, 0);
	forget(vp);
}

/* --- the instance as a file --------------------------------------------------- */

static int
in_read(struct file *fp, struct uio *uio)
{
	struct instance *in = fp->f_data;
	size_t n, before = uio->uio_resid;
	struct event *e;
	int error = 0;

	mtx_lock(&in->i_lock);
	for (;;) {
		e = list_first(&in->i_events, struct event, e_link);
		if (e == NULL && uio->uio_resid != before)
			break;
		if (e == NULL) {
			error = -EAGAIN;
			if ((fp->f_flags & O_NONBLOCK) == 0)
				error = waitq_sleep(&in->i_wq, &in->i_lock,
				    SLEEP_INTR, 0);
			if (error < 0)
				break;
			continue;
		}
		n = sizeof(e->e_head) + e->e_head.len;
		if (n > uio->uio_resid) {
			if (uio->uio_resid == before)
				error = -EINVAL;
			break;
		}
		list_del(&e->e_link);
		in->i_nevents--;
		in->i_bytes -= (uint32_t)n;
		mtx_unlock(&in->i_lock);
		error = uiomove(&e->e_head, n, uio);
		kfree(e);
		mtx_lock(&in->i_lock);
		if (error < 0)
			break;
	}
	mtx_unlock(&in->i_lock);
	return (error);
}

#define	FIONREAD	0x541B

static long
in_ioctl(struct file *fp, unsigned long cmd, uaddr_t arg)
{
	struct instance *in = fp->f_data;

	if (cmd != FIONREAD)
		return (-ENOTTY);
	return (store32(arg, atomic_load(&in->i_bytes)));
}

static int
in_poll(struct file *fp, int events, struct poller *po)
{
	struct instance *in = fp->f_data;

	/* Queue first, then look: an event in between is not lost. */
	poll_queue(po, &in->i_wq, POLLIN | POLLRDNORM);
	return (atomic_load(&in->i_nevents) != 0 ?
	    events & (POLLIN | POLLRDNORM) : 0);
}

static int
in_stat(struct file *fp, struct kstat *st)
{
	return (file_anonstat(fp, st, 0600));
}

static void
in_close(struct file *fp)
{
	struct instance *in = fp->f_data;
	struct watch *w, *next;
	struct event *e, *en;
	struct list gone;

	list_init(&gone);
	mtx_lock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, &in->i_watches, w_inst) {
		unlink_watch(w);
		list_add_tail(&gone, &w->w_inst);
	}
	mtx_unlock(&vfs()->vr_inlock);
	list_foreach_safe(w, next, &gone, w_inst)
		free_watch(w);
	list_foreach_safe(e, en, &in->i_events, e_link)
		kfree(e);
	waitq_destroy(&in->i_wq);
	kfree(in);
}

static int
in_fdinfo(struct file *fp, char *buf, size_t n)
{
	struct instance *in = fp->f_data;
	struct watch *w;
	size_t at = 0;

	mtx_lock(&vfs()->vr_inlock);
	list_foreach(w, &in->i_watches, w_inst) {
		if (n - at < 80)
			break;
		at += (size_t)ksnprintf(buf + at, n - at,
		    "inotify wd:%x ino:%llx sdev:%x mask:%x\n",
		    (unsigned)w->w_wd, (unsigned long long)w->w_vp->v_ino,
		    w->w_mp->mnt_dev, w->w_mask);
	}
	mtx_unlock(&vfs()->vr_inlock);
	return ((int)at);
}

static const struct fileops inotify_ops = {
	.fo_read	= in_read,
	.fo_seek	= file_nopseek,
	.fo_ioctl	= in_ioctl,
	.fo_poll	= in_poll,
	.fo_stat	= in_stat,
	.fo_close	= in_close,
	.fo_fdinfo	= in_fdinfo,
};

/* --- the calls ------------------------------------------------------------------ */

int
kern_inotify_init(int flags)
{
	struct instance *in;
	struct file *fp;
	int fd;

	if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
		return (-EINVAL);
	in = KNEW(struct instance);
	if (in == NULL)
		return (-ENOMEM);
	mtx_init(&in->i_lock, RANK_LEAF, "inotify queue");
	list_init(&in->i_events);
	waitq_init(&in->i_wq);
	list_init(&in->i_watches);
	in->i_nextwd = 1;
	fp = file_alloc(FT_INOTIFY, &inotify_ops, flags & O_NONBLOCK);
	if (fp == NULL) {
		kfree(in);
		return (-ENFILE);
	}
	fp->f_data = in;
	kstrlcpy(fp->f_desc, "anon_inode:inotify", sizeof(fp->f_desc));
	fd = fd_install(fp, 0, (flags & O_CLOEXEC) != 0);
	if (fd < 0)
		fdrop(fp);
	return (fd);
}

static struct instance *
instance_get(int fd, struct file **fpp, int *error)
{
	*fpp = fget(fd);
	if (*fpp == NULL) {
		*error = -EBADF;
		return (NULL);
	}
	if ((*fpp)->f_ops != &inotify_ops) {
		fdrop(*fpp);
		*error = -EINVAL;
		return (NULL);
	}
	return ((*fpp)->f_data);
}

/* The head of vp's watches; made when missing. vr_inlock held. */
static struct list *
watch_list(struct vnode *vp)
{
	struct list *l;

	if (vp->v_watch == NULL) {
		l = KNEW(struct list);
		if (l == NULL)
			return (NULL);
		list_init(l);
		__atomic_store_n(&vp->v_watch, l, __ATOMIC_RELEASE);
	}
	return (vp->v_watch);
}

/* vr_inlock held. */
static int
add_locked(struct instance *in, const struct nchandle *n, uint32_t mask)
{
	uint32_t keep = mask & (IN_ALL_EVENTS | IN_ONESHOT | IN_EXCL_UNLINK);
	struct list *l = watch_list(nch_vp(n));
	struct watch *w;

	if (l == NULL)
		return (-ENOMEM);
	list_foreach(w, l, w_vnode) {
		if (w->w_in != in)
			continue;
		if ((mask & IN_MASK_CREATE) != 0)
			return (-EEXIST);
		w->w_mask = (mask & IN_MASK_ADD) != 0 ? w->w_mask | keep :
		    keep;
		return (w->w_wd);
	}
	if (in->i_nwatches >= WATCH_MAX)
		return (-ENOSPC);
	w = KNEW(struct watch);
	if (w == NULL)
		return (-ENOMEM);
	w->w_in = in;
	w->w_vp = nch_vp(n);
	vref(w->w_vp);
	w->w_mp = n->mp;
	mount_hold(w->w_mp);
	w->w_mask = keep;
	w->w_wd = in->i_nextwd++;
	list_add_tail(l, &w->w_vnode);
	list_add_tail(&in->i_watches, &w->w_inst);
	in->i_nwatches++;
	atomic_add(&vfs()->vr_nwatches, 1);
	return (w->w_wd);
}

int
kern_inotify_check(int fd, uint32_t mask)
{
	struct file *fp;
	int error = 0;

	if ((mask & IN_ALL_EVENTS) == 0 || ((mask & IN_MASK_ADD) != 0 &&
	    (mask & IN_MASK_CREATE) != 0))
		return (-EINVAL);
	if (instance_get(fd, &fp, &error) != NULL)
		fdrop(fp);
	return (error);
}

int
kern_inotify_add(int fd, const char *path, uint32_t mask)
{
	struct nameidata nd;
	struct instance *in;
	struct file *fp;
	uint32_t nf = 0;
	int error = 0;

	if ((mask & IN_ALL_EVENTS) == 0 || ((mask & IN_MASK_ADD) != 0 &&
	    (mask & IN_MASK_CREATE) != 0))
		return (-EINVAL);
	in = instance_get(fd, &fp, &error);
	if (in == NULL)
		return (error);
	if ((mask & IN_DONT_FOLLOW) == 0)
		nf |= NI_FOLLOW;
	if ((mask & IN_ONLYDIR) != 0)
		nf |= NI_DIRECTORY;
	namei_init(&nd, AT_FDCWD, path, nf);
	error = namei(&nd);
	if (error == 0) {
		error = vn_access(nch_vp(&nd.ni_nch), R_OK,
		    curthread()->td_cred);
		if (error == 0) {
			mtx_lock(&vfs()->vr_inlock);
			error = add_locked(in, &nd.ni_nch, mask);
			mtx_unlock(&vfs()->vr_inlock);
		}
		namei_done(&nd);
	}
	fdrop(fp);
	return (error);
}

int
kern_inotify_rm(int fd, int wd)
{
	struct instance *in;
	struct watch *w, *found = NULL;
	struct file *fp;
	int error = 0;

	in = instance_get(fd, &fp, &error);
	if (in == NULL)
		return (error);
	mtx_lock(&vfs()->vr_inlock);
	list_foreach(w, &in->i_watches, w_inst)
		if (w->w_wd == wd) {
			found = w;
			break;
		}
	if (found != NULL) {
		unlink_watch(found);
		queue(in, wd, IN_IGNORED, 0, NULL, 0);
	}
	mtx_unlock(&vfs()->vr_inlock);
	if (found != NULL)
		free_watch(found);
	fdrop(fp);
	return (found != NULL ? 0 : -EINVAL);
}
