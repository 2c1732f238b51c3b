/*
 * pwd.c: root, working directory and umask of a process.
 */
#include "base/kmem.h"
#include "base/thread.h"
#include "libkern/errno.h"
#include "vfs/namei.h"

struct pwd *
pwd_alloc(const struct nchandle *root)
{
	struct pwd *pw = KNEW(struct pwd);

	if (pw == NULL)
		return (NULL);
	pw->pw_ref = 1;
	mtx_init(&pw->pw_lock, RANK_LEAF, "pwd");
	pw->pw_umask = 022;
	nch_copy(&pw->pw_root, root);
	nch_copy(&pw->pw_cwd, root);
	return (pw);
}

struct pwd *
pwd_copy(struct pwd *pw)
{
	struct pwd *n = KNEW(struct pwd);

	if (n == NULL)
		return (NULL);
	n->pw_ref = 1;
	mtx_init(&n->pw_lock, RANK_LEAF, "pwd");
	mtx_lock(&pw->pw_lock);
	nch_copy(&n->pw_root, &pw->pw_root);
	nch_copy(&n->pw_cwd, &pw->pw_cwd);
	n->pw_umask = pw->pw_umask;
	n->pw_emul = pw->pw_emul;
	mtx_unlock(&pw->pw_lock);
	return (n);
}

void
pwd_hold(struct pwd *pw)
{
	ref_acquire(&pw->pw_ref);
}

void
pwd_free(struct pwd *pw)
{
	if (pw == NULL || !ref_release(&pw->pw_ref))
		return;
	nch_drop(&pw->pw_root);
	nch_drop(&pw->pw_cwd);
	kfree(pw);
}

bool
pwd_peek(struct pwd *pw, struct nchandle *root, struct nchandle *cwd,
    uint32_t seq[2])
{
	uint32_t s = atomic_load_acq(&pw->pw_seq);

	root->ncp = atomic_load_acq(&pw->pw_root.ncp);
	root->mp = atomic_load_acq(&pw->pw_root.mp);
	cwd->ncp = atomic_load_acq(&pw->pw_cwd.ncp);
	cwd->mp = atomic_load_acq(&pw->pw_cwd.mp);
	seq[0] = atomic_load_acq(&root->ncp->nc_seq);
	seq[1] = atomic_load_acq(&cwd->ncp->nc_seq);
	return ((s & 1) == 0 && atomic_load_acq(&pw->pw_seq) == s);
}

bool
pwd_private(const struct pwd *pw)
{
	return (atomic_load(&pw->pw_ref) == 1 && curthread()->td_pwd == pw);
}

void
pwd_getroot(struct pwd *pw, struct nchandle *n)
{
	bool lock = !pwd_private(pw);

	if (lock)
		mtx_lock(&pw->pw_lock);
	nch_copy(n, &pw->pw_root);
	if (lock)
		mtx_unlock(&pw->pw_lock);
}

void
pwd_getcwd(struct pwd *pw, struct nchandle *n)
{
	bool lock = !pwd_private(pw);

	if (lock)
		mtx_lock(&pw->pw_lock);
	nch_copy(n, &pw->pw_cwd);
	if (lock)
		mtx_unlock(&pw->pw_lock);
}

static int
pwd_set(struct pwd *pw, struct nchandle *slot, const struct nchandle *n)
{
	struct nchandle old;

	nch_hold(&(struct nchandle){ n->ncp, n->mp });
	mtx_lock(&pw->pw_lock);
	old = *slot;
	atomic_add(&pw->pw_seq, 1);
	*slot = *n;
	atomic_add(&pw->pw_seq, 1);
	mtx_unlock(&pw->pw_lock);
	nch_drop(&old);
	return (0);
}

int
pwd_setcwd(struct pwd *pw, const struct nchandle *n)
{
	return (pwd_set(pw, &pw->pw_cwd, n));
}

int
pwd_setroot(struct pwd *pw, const struct nchandle *n)
{
	return (pwd_set(pw, &pw->pw_root, n));
}
