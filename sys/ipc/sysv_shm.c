/*
 * sysv_shm.c: shared memory segments (shmget(2), shmop(2), shmctl(2)).
 *
 * A segment is a host memfd wrapped in a vm_object.  The vm floor counts its
 * mappings through vo_mapped; a segment marked for removal leaves the table
 * with its last mapping.
 */
#include "base/copy.h"
#include "base/kmem.h"
#include "base/sbuf.h"
#include "base/thread.h"
#include "host/host.h"
#include "ipc/ipc.h"
#include "ipc/sysv.h"
#include "kern/proc.h"
#include "libkern/errno.h"
#include "libkern/fcntl.h"
#include "libkern/mman.h"
#include "libkern/str.h"
#include "vm/vm.h"

#define	SHM_RDONLY	010000
#define	SHM_RND		020000
#define	SHM_REMAP	040000
#define	SHM_EXEC	0100000
#define	SHM_HUGETLB	04000
#define	SHM_DEST	01000		/* in perm.mode */
#define	SHM_LOCKED	02000
#define	SHM_LOCK	11
#define	SHM_UNLOCK	12
#define	SHM_STAT	13
#define	SHM_INFO	14
#define	SHM_STAT_ANY	15
#define	SHM_MAXSIZE	(1UL << 40)

struct kshmid {				/* linux64's struct shmid64_ds */
	struct kipcperm	perm;
	uint64_t	segsz;
	int64_t		atime, dtime, ctime;
	int32_t		cpid, lpid;
	uint64_t	nattch;
	uint64_t	unused[2];
};
_Static_assert(sizeof(struct kshmid) == 112, "shmid64_ds");

struct shmseg {
	struct ipcobj	s_o;		/* first; o_ref counts mappings too */
	struct vm_object s_vmo;
	int32_t		s_fd;		/* (i) host memfd */
	uint64_t	s_size;		/* (i) as asked for */
	int64_t		s_atime, s_dtime, s_ctime;	/* (v) */
	int32_t		s_cpid, s_lpid;	/* (v) */
	uint64_t	s_nattch;	/* (v) */
};

static struct shmseg *
seg_of(struct vm_object *o)
{
	return (container_of(o, struct shmseg, s_vmo));
}

static void
seg_free(struct ipcobj *o)
{
	struct shmseg *s = (struct shmseg *)o;

	(void)host_close(s->s_fd);
	atomic_sub(&sysv()->sv_shmpages,
	    (s->s_size + KPAGE_MASK) >> KPAGE_SHIFT);
	kfree(s);
}

/* --- as a mappable object ------------------------------------------------------ */

static int
seg_map(struct vm_object *o, uint64_t off, size_t len, int prot, int flags,
    int *fd, uint64_t *hostoff)
{
	*fd = seg_of(o)->s_fd;
	*hostoff = off;
	return (0);
}

static void
seg_ref(struct vm_object *o)
{
	ipcobj_hold(&seg_of(o)->s_o);
}

static void
seg_drop(struct vm_object *o)
{
	ipcobj_drop(&seg_of(o)->s_o);
}

static void
seg_name(struct vm_object *o, uint64_t *dev, uint64_t *ino, char *path,
    size_t size)
{
	struct shmseg *s = seg_of(o);

	*dev = 1;
	*ino = (uint64_t)s->s_o.o_id;
	ksnprintf(path, size, "/SYSV%08x", (unsigned)s->s_o.o_perm.key);
	if (s->s_o.o_gone || (s->s_o.o_perm.mode & SHM_DEST))
		(void)ksnprintf(path + strlen(path), size - strlen(path),
		    " (deleted)");
}

static void
seg_mapped(struct vm_object *o, int prot, int flags, int n)
{
	struct sysv_root *sv = sysv();
	struct shmseg *s = seg_of(o);
	bool last = false;

	mtx_lock(&sv->sv_lock);
	s->s_nattch += (uint64_t)(int64_t)n;
	*(n > 0 ? &s->s_atime : &s->s_dtime) = ipc_time();
	s->s_lpid = curproc() != NULL ? curproc()->p_pid : 0;
	if (s->s_nattch == 0 && (s->s_o.o_perm.mode & SHM_DEST) &&
	    !s->s_o.o_gone) {
		ipcobj_remove(TAB_SHM, &s->s_o);
		last = true;
	}
	mtx_unlock(&sv->sv_lock);
	if (last)
		ipcobj_drop(&s->s_o);
}

static const struct vm_object_ops seg_ops = {
	.vo_map = seg_map,
	.vo_ref = seg_ref,
	.vo_drop = seg_drop,
	.vo_name = seg_name,
	.vo_mapped = seg_mapped,
};

/* --- the calls -------------------------------------------------------------------- */

static void
seg_show(struct ipcobj *o, struct sbuf *sb)
{
	const struct shmseg *s = (const struct shmseg *)o;
	const struct kipcperm *p = &o->o_perm;

	sbuf_printf(sb, "%10d %10d  %4o %21lu %5d %5d  %5lu %5u %5u %5u %5u "
	    "%10ld %10ld %10ld %21lu %21lu\n", p->key, o->o_id, p->mode,
	    s->s_size, s->s_cpid, s->s_lpid, s->s_nattch, p->uid, p->gid,
	    p->cuid, p->cgid, (long)s->s_atime, (long)s->s_dtime,
	    (long)s->s_ctime, (unsigned long)0, (unsigned long)0);
}

static struct ipcobj *
seg_make(void *arg, int *error)
{
	size_t size = *(size_t *)arg;
	struct shmseg *s;
	int fd;

	*error = -EINVAL;
	if (size == 0 || size > SHM_MAXSIZE || size > sysv_limit(SVL_SHMMAX))
		return (NULL);
	*error = -ENOSPC;
	if ((size + KPAGE_MASK) / KPAGE_SIZE + atomic_load(
	    &sysv()->sv_shmpages) > sysv_limit(SVL_SHMALL))
		return (NULL);
	*error = -ENOMEM;
	if ((s = KNEW(struct shmseg)) == NULL)
		return (NULL);
	if ((fd = host_memfd("sysv", HOST_MEMFD_EXEC)) < 0 ||
	    (*error = host_ftruncate(fd, (int64_t)roundup2(size,
	    KPAGE_SIZE))) < 0) {
		if (fd < 0)
			*error = fd == -EMFILE ? -ENFILE : fd;
		else
			(void)host_close(fd);
		kfree(s);
		return (NULL);
	}
	s->s_o.o_free = seg_free;
	s->s_o.o_show = seg_show;
	s->s_vmo.vo_ops = &seg_ops;
	s->s_fd = fd;
	s->s_size = size;
	s->s_ctime = ipc_time();
	atomic_add(&sysv()->sv_shmpages, (size + KPAGE_MASK) >> KPAGE_SHIFT);
	s->s_cpid = curproc()->p_pid;
	return (&s->s_o);
}

static int
seg_check(struct ipcobj *o, void *arg)
{
	return (*(size_t *)arg > ((struct shmseg *)o)->s_size ? -EINVAL : 0);
}

long
kern_shmget(int key, size_t size, int flags)
{
	if (flags & SHM_HUGETLB)
		return (-ENOMEM);	/* no huge pages are set aside */
	return (ipcobj_get(TAB_SHM, key, flags, seg_make, seg_check, &size));
}

long
kern_shmat(struct thread *td, int id, uaddr_t addr, int flags)
{
	struct sysv_root *sv = sysv();
	int prot = PROT_READ, mflags = MAP_SHARED, want = R_OK, error;
	struct shmseg *s;
	long ret;

	if (addr & KPAGE_MASK) {
		if (!(flags & SHM_RND))
			return (-EINVAL);
		addr &= ~KPAGE_MASK;
		if (addr == 0 && (flags & SHM_REMAP))
			return (-EINVAL);
	} else if (addr == 0 && (flags & SHM_REMAP))
		return (-EINVAL);
	if (!(flags & SHM_RDONLY)) {
		prot |= PROT_WRITE;
		want |= W_OK;
	}
	if (flags & SHM_EXEC) {
		prot |= PROT_EXEC;
		want |= X_OK;
	}
	mtx_lock(&sv->sv_lock);
	s = (struct shmseg *)ipcobj_find(TAB_SHM, id, want, &error);
	if (s != NULL)
		ipcobj_hold(&s->s_o);
	mtx_unlock(&sv->sv_lock);
	if (s == NULL)
		return (error);
	if (addr != 0)
		mflags |= (flags & SHM_REMAP) ? MAP_FIXED :
		    MAP_FIXED_NOREPLACE;
	ret = vm_mmap(td->td_vm, addr, roundup2(s->s_size, KPAGE_SIZE), prot,
	    mflags, &s->s_vmo, 0, prot | PROT_EXEC);
	ipcobj_drop(&s->s_o);
	return (ret == -EEXIST ? -EINVAL : ret);
}

long
kern_shmdt(struct thread *td, uaddr_t addr)
{
	struct vm_object *o;
	uint64_t off, size;

	if (addr & KPAGE_MASK)
		return (-EINVAL);
	if ((o = vm_objectat(td->td_vm, addr, &off)) == NULL)
		return (-EINVAL);
	if (o->vo_ops != &seg_ops || off != 0) {
		o->vo_ops->vo_drop(o);
		return (-EINVAL);
	}
	size = roundup2(seg_of(o)->s_size, KPAGE_SIZE);
	seg_drop(o);
	return (vm_munmap(td->td_vm, addr, size));
}

static void
seg_stat(const struct shmseg *s, struct kshmid *ds)
{
	memset(ds, 0, sizeof(*ds));
	ds->perm = s->s_o.o_perm;
	ds->segsz = s->s_size;
	ds->atime = s->s_atime;
	ds->dtime = s->s_dtime;
	ds->ctime = s->s_ctime;
	ds->cpid = s->s_cpid;
	ds->lpid = s->s_lpid;
	ds->nattch = s->s_nattch;
}

static long
shm_info(int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	uint64_t limits[9] = { sysv_limit(SVL_SHMMAX), 1,
	    sysv_limit(SVL_SHMMNI), sysv_limit(SVL_SHMMNI),
	    sysv_limit(SVL_SHMALL) };
	struct { int32_t used, pad; uint64_t tot, rss, swp, att, succ; } in =
	    { 0 };
	int max;

	mtx_lock(&sv->sv_lock);
	in.used = sv->sv_tab[TAB_SHM].t_n;
	in.tot = in.rss = sv->sv_shmpages;
	max = kmax(sv->sv_tab[TAB_SHM].t_cap - 1, 0);
	mtx_unlock(&sv->sv_lock);
	if (copyout(cmd == IPC_INFO ? (void *)limits : (void *)&in, buf,
	    cmd == IPC_INFO ? sizeof(limits) : sizeof(in)) != 0)
		return (-EFAULT);
	return (max);
}

/* Change or remove; sv_lock held.  *dead: drop it after unlocking. */
static int
shm_change(struct shmseg *s, int cmd, const struct kshmid *ds,
    struct ipcobj **dead)
{
	int error;

	if (cmd == SHM_LOCK || cmd == SHM_UNLOCK) {
		if (cmd == SHM_LOCK)
			s->s_o.o_perm.mode |= SHM_LOCKED;
		else
			s->s_o.o_perm.mode &= ~(uint32_t)SHM_LOCKED;
		return (ipcobj_owner(&s->s_o));
	}
	if ((error = ipcobj_owner(&s->s_o)) != 0)
		return (error);
	if (cmd == IPC_SET) {
		ipcobj_set(&s->s_o, &ds->perm);
		s->s_ctime = ipc_time();
	} else if (s->s_nattch > 0) {
		s->s_o.o_perm.mode |= SHM_DEST;
		s->s_o.o_perm.key = 0;
	} else {
		ipcobj_remove(TAB_SHM, &s->s_o);
		*dead = &s->s_o;
	}
	return (0);
}

long
kern_shmctl(struct thread *td, int id, int cmd, uaddr_t buf)
{
	struct sysv_root *sv = sysv();
	struct ipcobj *dead = NULL;
	struct kshmid ds;
	struct shmseg *s;
	long ret;
	int error;
	bool stat = cmd == IPC_STAT || cmd == SHM_STAT || cmd == SHM_STAT_ANY;

	if (cmd == IPC_INFO || cmd == SHM_INFO)
		return (shm_info(cmd, buf));
	if (!stat && cmd != IPC_SET && cmd != IPC_RMID && cmd != SHM_LOCK &&
	    cmd != SHM_UNLOCK)
		return (-EINVAL);
	if (cmd == IPC_SET && copyin(buf, &ds, sizeof(ds)) != 0)
		return (-EFAULT);
	mtx_lock(&sv->sv_lock);
	s = (struct shmseg *)(stat && cmd != IPC_STAT ?
	    ipcobj_nth(TAB_SHM, id, &error) :
	    ipcobj_find(TAB_SHM, id, stat ? R_OK : 0, &error));
	if (s == NULL)
		ret = error;
	else if (stat) {
		seg_stat(s, &ds);
		ret = cmd == IPC_STAT ? 0 : s->s_o.o_id;
	} else
		ret = shm_change(s, cmd, &ds, &dead);
	mtx_unlock(&sv->sv_lock);
	ipcobj_drop(dead);
	if (ret >= 0 && stat && copyout(&ds, buf, sizeof(ds)) != 0)
		return (-EFAULT);
	return (ret);
}
