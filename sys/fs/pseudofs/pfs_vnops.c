/*
 * pfs_vnops.c: vnodes of synthetic file systems: names, attributes, links.
 *
 * v_data is the instance (struct pfs_ctx) without its held process.  One table
 * for all mounts finds the vnode of an instance again, so that a file keeps
 * its identity while anybody holds it; inode numbers come from a hash of the
 * instance and are the same every time.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/kmem.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "fs/pseudofs/pseudofs_var.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/str.h"
#include "vfs/file.h"
#include "vfs/vnode.h"

#define	pfsroot()	((struct pfs_root *)kroot()->r_sub[KROOT_PSEUDO])
#define	PFS_DYNBASE	(1L << 20)	/* offsets of dynamic children */

int
pfs_filltext(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_puts(sb, c->pc_node->pn_arg);
	return (0);
}

int64_t
pfs_number(const char *name, size_t len)
{
	int64_t v = 0;
	size_t i;

	if (len == 0 || len > 10 || (name[0] == '0' && len > 1))
		return (-1);
	for (i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return (-1);
		v = v * 10 + (name[i] - '0');
	}
	return (v <= INT32_MAX ? v : -1);
}

/* --- instances ---------------------------------------------------------------- */

int
pfs_enter(struct pfs_ctx *c)
{
	c->pc_p = NULL;
	c->pc_td = NULL;
	if (c->pc_pid == 0)
		return (0);
	c->pc_p = proc_find(c->pc_pid);
	if (c->pc_p == NULL)
		return (-ESRCH);
	if (c->pc_p->p_start != c->pc_start ||
	    atomic_load(&c->pc_p->p_state) == P_DEAD) {
		pfs_leave(c);
		return (-ESRCH);
	}
	if (c->pc_tid == 0)
		return (0);
	c->pc_td = thread_find(c->pc_tid);
	/* A zombie leader has no thread any more but is still there. */
	if (c->pc_td == NULL && c->pc_tid == c->pc_pid)
		return (0);
	if (c->pc_td == NULL || c->pc_td->td_proc != c->pc_p) {
		pfs_leave(c);
		return (-ESRCH);
	}
	return (0);
}

void
pfs_leave(struct pfs_ctx *c)
{
	if (c->pc_td != NULL)
		thread_drop(c->pc_td);
	if (c->pc_p != NULL)
		proc_drop(c->pc_p);
	c->pc_td = NULL;
	c->pc_p = NULL;
}

/* Credentials of p's oldest thread, referenced; NULL: a zombie. */
static struct ucred *
pfs_cred(struct proc *p)
{
	struct ucred *cr = NULL;
	struct thread *td;

	mtx_lock(&p->p_lock);
	td = proc_first(p);
	if (td != NULL && td->td_cred != NULL)
		cr = cred_hold(td->td_cred);
	mtx_unlock(&p->p_lock);
	return (cr);
}

int
pfs_mayptrace(struct proc *p)
{
	struct ucred *me = curthread()->td_cred, *cr;
	bool ok;

	if (p == curproc() || cred_priv(me, PRIV_SYS_PTRACE))
		return (0);
	cr = pfs_cred(p);
	if (cr == NULL)
		return (-EACCES);
	ok = p->p_dumpable == 1 && me->cr_fsuid == cr->cr_ruid && me->cr_fsuid == cr->cr_uid &&
	    me->cr_fsuid == cr->cr_suid && me->cr_fsgid == cr->cr_rgid &&
	    me->cr_fsgid == cr->cr_gid && me->cr_fsgid == cr->cr_sgid &&
	    (cr->cr_cap_perm & ~me->cr_cap_perm) == 0;
	cred_free(cr);
	return (ok ? 0 : -EACCES);
}

static bool
pfs_same(const struct pfs_ctx *a, const struct pfs_ctx *b)
{
	return (a->pc_node == b->pc_node && a->pc_mp == b->pc_mp &&
	    a->pc_pid == b->pc_pid && a->pc_tid == b->pc_tid &&
	    a->pc_start == b->pc_start && a->pc_extra == b->pc_extra);
}

uint64_t
pfs_ino(const struct pfs_ctx *c)
{
	uint64_t h = khash64((uint64_t)(uintptr_t)c->pc_node);

	h = khash64(h ^ (((uint64_t)(uint32_t)c->pc_pid << 32) |
	    (uint32_t)c->pc_tid));
	h = khash64(h ^ (uint64_t)c->pc_start);
	h = khash64(h ^ (uint64_t)c->pc_extra);
	/* 32 bits: some programs still keep inode numbers in an int. */
	return ((uint32_t)(h >> 16) | 0x80000000u);
}

int
pfs_vget(const struct pfs_ctx *c, struct vnode **vpp)
{
	const struct pfs_node *pn = c->pc_node;
	struct pfs_root *pr = pfsroot();
	uint64_t ino = pfs_ino(c);
	struct list *head = &pr->pr_hash[ino % PFS_NHASH];
	struct vnode *vp, *nvp;
	struct pfs_ctx *key;
	uint32_t type = pn->pn_mode & S_IFMT;

	mtx_lock(&pr->pr_lock);
	list_foreach(vp, head, v_hash)
		if (pfs_same(vp->v_data, c) &&
		    ref_acquire_live(&vp->v_ref)) {
			mtx_unlock(&pr->pr_lock);
			*vpp = vp;
			return (0);
		}
	mtx_unlock(&pr->pr_lock);

	key = KNEW(struct pfs_ctx);
	if (key == NULL)
		return (-ENOMEM);
	*key = *c;
	key->pc_p = NULL;
	key->pc_td = NULL;
	nvp = vnode_alloc(c->pc_mp, vtype_of_mode(type != 0 ? type : S_IFREG),
	    &pfs_vnodeops, key);
	if (nvp == NULL) {
		kfree(key);
		return (-ENOMEM);
	}
	nvp->v_ino = ino;
	mtx_init(&nvp->v_lock, RANK_VNODE_PSEUDO, "pseudofs");
	if (pn->pn_magic != NULL)
		nvp->v_flags |= VV_MAGIC;
	list_init(&nvp->v_hash);
	mtx_lock(&pr->pr_lock);
	list_foreach(vp, head, v_hash)
		if (pfs_same(vp->v_data, c) &&
		    ref_acquire_live(&vp->v_ref)) {
			mtx_unlock(&pr->pr_lock);
			vrele(nvp);		/* somebody was faster */
			*vpp = vp;
			return (0);
		}
	list_add_tail(head, &nvp->v_hash);
	mtx_unlock(&pr->pr_lock);
	*vpp = nvp;
	return (0);
}

static void
pfs_inactive(struct vnode *vp)
{
	struct pfs_root *pr = pfsroot();

	mtx_lock(&pr->pr_lock);
	list_del(&vp->v_hash);
	mtx_unlock(&pr->pr_lock);
	kfree(vp->v_data);
	vnode_free(vp);
}

/* --- names ------------------------------------------------------------------------ */

/* The child called name of an entered directory. */
static int
pfs_child(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	const struct pfs_node *pn = dir->pc_node, *k;

	*kid = *dir;
	kid->pc_p = NULL;
	kid->pc_td = NULL;
	for (k = pn->pn_kids; k != NULL && k->pn_name != NULL; k++)
		if (strlen(k->pn_name) == len &&
		    memcmp(k->pn_name, name, len) == 0) {
			kid->pc_node = k;
			return (0);
		}
	if (pn->pn_lookup == NULL)
		return (-ENOENT);
	return (pn->pn_lookup(dir, name, len, kid));
}

static int
pfs_lookup(struct vnode *dvp, const char *name, size_t len,
    struct vnode **vpp)
{
	struct pfs_ctx dir = *(struct pfs_ctx *)dvp->v_data, kid;
	int error;

	error = pfs_enter(&dir);
	if (error != 0)
		return (-ENOENT);
	error = pfs_child(&dir, name, len, &kid);
	if (error == 0)
		error = pfs_vget(&kid, vpp);
	pfs_leave(&dir);
	return (error);
}

static int
pfs_revalidate(struct vnode *dvp, const char *name, size_t len,
    struct vnode *vp)
{
	struct pfs_ctx dir = *(struct pfs_ctx *)dvp->v_data, kid;
	int error;

	/* Constant trees never change. */
	if (dir.pc_pid == 0 && dir.pc_node->pn_lookup == NULL)
		return (1);
	if (pfs_enter(&dir) != 0)
		return (vp == NULL);
	error = pfs_child(&dir, name, len, &kid);
	pfs_leave(&dir);
	if (vp == NULL)
		return (error != 0);
	return (error == 0 && pfs_same(&kid, vp->v_data));
}

/* Nothing can be made here; the errno is the one Linux gives. */
static int
pfs_mknod(struct vnode *dvp, const char *name, size_t len, uint32_t mode,
    uint64_t rdev, uint32_t uid, uint32_t gid, struct vnode **vpp)
{
	if (strcmp(dvp->v_mount->mnt_fs->fs_name, "proc") == 0)
		return (-ENOENT);
	return (S_ISREG(mode) ? -EACCES : -EPERM);
}

static bool
pfs_emit(struct dirsink *ds, const struct pfs_ctx *kid, const char *name,
    int64_t next)
{
	uint32_t mode = kid->pc_node->pn_mode;

	return (ds->ds_emit(ds, name, strlen(name), pfs_ino(kid),
	    dtype_of_mode((mode & S_IFMT) != 0 ? mode : S_IFREG), next));
}

static int
pfs_readdir(struct vnode *vp, int64_t *off, struct dirsink *ds,
    struct file *fp)
{
	struct pfs_ctx dir = *(struct pfs_ctx *)vp->v_data, kid;
	const struct pfs_node *k = dir.pc_node->pn_kids;
	int64_t i, cursor;
	char name[32];
	int error;

	error = pfs_enter(&dir);
	if (error != 0)
		return (-ENOENT);
	if ((dir.pc_node->pn_flags & PFS_PTRACE) && dir.pc_p != NULL &&
	    (error = pfs_mayptrace(dir.pc_p)) != 0)
		goto out;
	for (; *off < 2; (*off)++)
		if (!ds->ds_emit(ds, "..", *off + 1, vp->v_ino, DT_DIR,
		    *off + 1))
			goto out;
	for (i = 2; k != NULL && k->pn_name != NULL; k++, i++) {
		if (*off > i)
			continue;
		kid = dir;
		kid.pc_node = k;
		if (!pfs_emit(ds, &kid, k->pn_name, i + 1))
			goto out;
		*off = i + 1;
	}
	if (dir.pc_node->pn_next == NULL)
		goto out;
	cursor = *off < PFS_DYNBASE ? 0 : *off - PFS_DYNBASE;
	for (;;) {
		kid = dir;
		error = dir.pc_node->pn_next(&dir, &cursor, &kid, name);
		if (error <= 0)
			break;
		error = 0;
		if (!pfs_emit(ds, &kid, name, PFS_DYNBASE + cursor))
			break;
		*off = PFS_DYNBASE + cursor;
	}
out:
	pfs_leave(&dir);
	return (error);
}

/* --- attributes and links ------------------------------------------------------------ */

static int
pfs_getattr(struct vnode *vp, struct kstat *st)
{
	struct pfs_ctx c = *(struct pfs_ctx *)vp->v_data;
	const struct pfs_node *pn = c.pc_node;
	struct ucred *cr;
	int error;

	memset(st, 0, sizeof(*st));
	st->st_dev = vp->v_mount->mnt_dev;
	st->st_ino = vp->v_ino;
	st->st_mode = pn->pn_mode;
	if ((st->st_mode & S_IFMT) == 0)
		st->st_mode |= S_IFREG;
	st->st_nlink = S_ISDIR(st->st_mode) ? 2 : 1;
	st->st_blksize = 1024;
	clock_realts(&st->st_mtim);
	st->st_atim = st->st_ctim = st->st_mtim;
	if (c.pc_pid == 0 && pn->pn_attr == NULL)
		return (0);
	error = pfs_enter(&c);
	if (error != 0)
		return (-ENOENT);
	if (c.pc_p != NULL && !(pn->pn_flags & PFS_ROOTOWN) &&
	    (cr = pfs_cred(c.pc_p)) != NULL) {
		/* What an undumpable process has is root's, but for its
		 * world-readable directories (proc(5)). */
		if (c.pc_p->p_dumpable == 1 ||
		    st->st_mode == (S_IFDIR | 0555)) {
			st->st_uid = cr->cr_uid;
			st->st_gid = cr->cr_gid;
		}
		cred_free(cr);
	}
	if (pn->pn_attr != NULL)
		pn->pn_attr(&c, st);
	pfs_leave(&c);
	return (0);
}

static int
pfs_setattr(struct vnode *vp, const struct vattr *va)
{
	struct pfs_ctx *key = vp->v_data;

	if (va->va_mask & (VA_MODE | VA_UID | VA_GID))
		return (-EPERM);
	/* Truncation by a shell's > comes before every write. */
	if ((va->va_mask & VA_SIZE) && key->pc_node->pn_write == NULL &&
	    key->pc_node->pn_rw == NULL)
		return (-EACCES);
	return (0);
}

static long
pfs_readlink(struct vnode *vp, char *buf, size_t n)
{
	struct pfs_ctx c = *(struct pfs_ctx *)vp->v_data;
	struct sbuf sb;
	long len;
	int error;

	if (c.pc_node->pn_fill == NULL)
		return (-EINVAL);
	error = pfs_enter(&c);
	if (error != 0)
		return (-ENOENT);
	sbuf_init(&sb);
	error = (c.pc_node->pn_flags & PFS_PTRACE) && c.pc_p != NULL ?
	    pfs_mayptrace(c.pc_p) : 0;
	if (error == 0)
		error = c.pc_node->pn_fill(&c, &sb);
	if (error == 0)
		error = sbuf_error(&sb);
	pfs_leave(&c);
	len = error;
	if (error == 0) {
		len = kmin(sb.sb_len, n);
		memcpy(buf, sb.sb_buf, len);
	}
	sbuf_free(&sb);
	return (len);
}

static int
pfs_magiclink(struct vnode *vp, struct nchandle *nch)
{
	struct pfs_ctx c = *(struct pfs_ctx *)vp->v_data;
	int error;

	error = pfs_enter(&c);
	if (error != 0)
		return (-ENOENT);
	if ((c.pc_node->pn_flags & PFS_PTRACE) && c.pc_p != NULL)
		error = pfs_mayptrace(c.pc_p);
	if (error == 0)
		error = c.pc_node->pn_magic(&c, nch);
	pfs_leave(&c);
	return (error);
}

const struct vnodeops pfs_vnodeops = {
	.vop_lookup = pfs_lookup,
	.vop_mknod = pfs_mknod,
	.vop_revalidate = pfs_revalidate,
	.vop_getattr = pfs_getattr,
	.vop_setattr = pfs_setattr,
	.vop_readlink = pfs_readlink,
	.vop_magiclink = pfs_magiclink,
	.vop_open = pfs_open,
	.vop_readdir = pfs_readdir,
	.vop_inactive = pfs_inactive,
};

/* --- mounts ---------------------------------------------------------------------------- */

int
pfs_mount(struct mount *mp, const struct pfs_node *root, struct vnode **rootp)
{
	struct pfs_root *pr = pfsroot();
	struct pfs_ctx c;
	unsigned i;
	int error;

	/* The first mount is made at boot, so this does not race. */
	if (pr == NULL) {
		pr = KNEW(struct pfs_root);
		if (pr == NULL)
			return (-ENOMEM);
		mtx_init(&pr->pr_lock, RANK_VNHASH, "pseudofs");
		for (i = 0; i < PFS_NHASH; i++)
			list_init(&pr->pr_hash[i]);
		kroot()->r_sub[KROOT_PSEUDO] = pr;
	}
	memset(&c, 0, sizeof(c));
	c.pc_node = root;
	c.pc_mp = mp;
	error = pfs_vget(&c, rootp);
	if (error == 0)
		(*rootp)->v_flags |= VV_ROOT;
	return (error);
}

int
pfs_statfs(struct mount *mp, struct kstatfs *sf, uint64_t magic)
{
	memset(sf, 0, sizeof(*sf));
	sf->f_type = magic;
	sf->f_bsize = sf->f_frsize = KPAGE_SIZE;
	sf->f_namelen = KNAME_MAX;
	return (0);
}
