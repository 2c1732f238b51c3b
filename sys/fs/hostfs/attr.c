/*
 * attr.c: attributes, and virtual ownership; see internal.h.
 *
 * The override's text is "uid:gid:mode[:type]": decimal, decimal, octal, and
 * file, dir, symlink, pipe, socket, char-MAJ-MIN or block-MAJ-MIN.
 */
#include "fs/hostfs/internal.h"

#include "base/rec.h"
#include "base/thread.h"
#include "base/ucred.h"
#include "vfs/walk.h"

#define	OVER_MAX	96
#define	UTIME_OMIT_	((1L << 30) - 2)
#define	PERMS		07777u

/* --- the override's text ---------------------------------------------------- */

static bool
take_number(const char **sp, unsigned base, uint32_t *v)
{
	const char *s = *sp;
	uint64_t n = 0;

	if (*s < '0' || *s > '9')
		return (false);
	for (; *s >= '0' && *s < (char)('0' + base); s++)
		if ((n = n * base + (uint64_t)(*s - '0')) > UINT32_MAX)
			return (false);
	*sp = s;
	*v = (uint32_t)n;
	return (true);
}

static bool
take_type(const char *s, struct hfattr *ha)
{
	static const struct { const char *name; uint32_t type; } plain[] = {
		{ "file", S_IFREG }, { "dir", S_IFDIR },
		{ "symlink", S_IFLNK }, { "pipe", S_IFIFO },
		{ "socket", S_IFSOCK },
	};
	uint32_t maj, min;

	for (unsigned i = 0; i < nitems(plain); i++)
		if (strcmp(s, plain[i].name) == 0) {
			ha->ha_mode |= plain[i].type;
			return (true);
		}
	if (strncmp(s, "char-", 5) == 0) {
		ha->ha_mode |= S_IFCHR;
		s += 5;
	} else if (strncmp(s, "block-", 6) == 0) {
		ha->ha_mode |= S_IFBLK;
		s += 6;
	} else
		return (false);
	if (!take_number(&s, 10, &maj) || *s++ != '-' ||
	    !take_number(&s, 10, &min) || *s != '\0')
		return (false);
	ha->ha_rdev = kmakedev(maj, min);
	return (true);
}

/* hosttype: the type when the text names none. */
static bool
parse_over(const char *s, uint32_t hosttype, struct hfattr *ha)
{
	memset(ha, 0, sizeof(*ha));
	if (!take_number(&s, 10, &ha->ha_uid) || *s++ != ':' ||
	    !take_number(&s, 10, &ha->ha_gid) || *s++ != ':' ||
	    !take_number(&s, 8, &ha->ha_mode))
		return (false);
	ha->ha_mode &= PERMS;
	if (*s == ':' && take_type(s + 1, ha))
		return (true);
	ha->ha_mode |= hosttype;
	return (*s == '\0' || *s == ':');
}

static void
print_over(const struct hfattr *ha, char *buf, size_t n)
{
	char type[40];
	const char *t = type;

	switch (ha->ha_mode & S_IFMT) {
	case S_IFDIR:
		t = "dir";
		break;
	case S_IFLNK:
		t = "symlink";
		break;
	case S_IFIFO:
		t = "pipe";
		break;
	case S_IFSOCK:
		t = "socket";
		break;
	case S_IFCHR:
	case S_IFBLK:
		(void)ksnprintf(type, sizeof(type), "%s-%u-%u",
		    S_ISCHR(ha->ha_mode) ? "char" : "block",
		    kmajor(ha->ha_rdev), kminor(ha->ha_rdev));
		break;
	default:
		t = "file";
	}
	(void)ksnprintf(buf, n, "%u:%u:0%o:%s", ha->ha_uid, ha->ha_gid,
	    ha->ha_mode & PERMS, t);
}

/* --- reading it --------------------------------------------------------------- */

static bool
hf_mayover(const struct hfmount *hf, const struct kstat *st)
{
	return (hf->hf_virt && st->st_uid == hf->hf_args.hostuid &&
	    (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)));
}

void
hf_devtype(struct hfmount *hf, int dirfd, const char *name, struct kstat *st)
{
	char path[KNAME_MAX + 40], text[OVER_MAX];
	struct hfattr ha;
	long n;

	if (!hf_mayover(hf, st) || !S_ISREG(st->st_mode) || st->st_size != 0)
		return;
	(void)ksnprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd,
	    name);
	n = host_getxattr(path, HF_OVERRIDE, text, sizeof(text) - 1);
	if (n <= 0)
		return;
	text[n] = '\0';
	if (!parse_over(text, S_IFREG, &ha) || S_ISREG(ha.ha_mode))
		return;
	hf->hf_hasdevs = 1;
	st->st_mode = ha.ha_mode;
	st->st_rdev = ha.ha_rdev;
}

/* Bring hn_over up to date with a fresh host stat. */
static void
hf_readover(struct hfnode *n, const struct kstat *st)
{
	char text[OVER_MAX];
	struct hfattr ha;
	long len;
	bool ok;

	if ((n->hn_flags & HN_MEMOVER) != 0 || !hf_mayover(n->hn_hf, st))
		return;
	if ((n->hn_flags & HN_OVERREAD) != 0 &&
	    n->hn_overtime.tv_sec == st->st_ctim.tv_sec &&
	    n->hn_overtime.tv_nsec == st->st_ctim.tv_nsec)
		return;
	len = hf_rawgetxattr(n, HF_OVERRIDE, text, sizeof(text) - 1);
	text[kmax(len, 0L)] = '\0';
	ok = len > 0 && parse_over(text, st->st_mode & S_IFMT, &ha);
	mtx_lock(&n->hn_lock);
	if (ok) {
		n->hn_over = ha;
		(void)atomic_or(&n->hn_flags, HN_OVER);
	} else
		(void)atomic_and(&n->hn_flags, ~HN_OVER);
	n->hn_overtime = st->st_ctim;
	(void)atomic_or(&n->hn_flags, HN_OVERREAD);
	mtx_unlock(&n->hn_lock);
}

/* --- views --------------------------------------------------------------------- */

/* The root's device is the mount's; others below it get numbers next to it. */
static uint64_t
hf_viewdev(struct hfmount *hf, uint64_t dev)
{
	uint32_t i, mnt = hf->hf_mp->mnt_dev;

	if (likely(hf->hf_ndevs > 0 && dev == hf->hf_devs[0]))
		return (mnt);		/* set once, before all others */
	mtx_lock(&hf->hf_devlock);
	for (i = 0; i < hf->hf_ndevs && hf->hf_devs[i] != dev; i++)
		;
	if (i == hf->hf_ndevs && i < HF_MAXDEVS)
		hf->hf_devs[hf->hf_ndevs++] = dev;
	mtx_unlock(&hf->hf_devlock);
	if (i == 0)
		return (mnt);
	return (kmakedev(0xf00 + i, kminor(mnt)));
}

static void
hf_plainview(const struct hfmount *hf, struct kstat *st)
{
	const struct hostfs_args *a = &hf->hf_args;

	if (!a->mapself)
		return;
	if (st->st_uid == a->hostuid)
		st->st_uid = 0;
	if (st->st_gid == a->hostgid)
		st->st_gid = 0;
}

void
hf_view(struct hfnode *n, struct kstat *st)
{
	hf_readover(n, st);
	st->st_dev = hf_viewdev(n->hn_hf, st->st_dev);
	hf_plainview(n->hn_hf, st);
	mtx_lock(&n->hn_lock);
	if ((n->hn_flags & HN_OVER) != 0) {
		st->st_uid = n->hn_over.ha_uid;
		st->st_gid = n->hn_over.ha_gid;
		st->st_mode = n->hn_over.ha_mode;
		st->st_rdev = n->hn_over.ha_rdev;
	}
	n->hn_attr.ha_mode = st->st_mode;
	n->hn_attr.ha_uid = st->st_uid;
	n->hn_attr.ha_gid = st->st_gid;
	n->hn_attr.ha_rdev = st->st_rdev;
	n->hn_nlink = (uint32_t)st->st_nlink;
	vn_setperm(n->hn_vp, st->st_mode, st->st_uid, st->st_gid);
	(void)atomic_or(&n->hn_flags, HN_ATTR);
	mtx_unlock(&n->hn_lock);
}

int
hf_hoststat(struct hfnode *n, struct kstat *st)
{
	struct hfat a;
	int error;

	if (n->hn_hf->hf_static && hf_statbypath(n, st) == 0)
		return (0);
	error = hf_at(n, &a);
	if (error != 0)
		return (error);
	if (a.a_flags == AT_EMPTY_PATH)
		error = host_fstat(a.a_fd, st);
	else {
		error = host_fstatat(a.a_fd, a.a_path, st, a.a_flags);
		if (error == -ENOENT || error == -ENOTDIR ||
		    (error == 0 && (st->st_ino != n->hn_ino ||
		    st->st_dev != n->hn_dev)))
			error = -ESTALE;
	}
	hf_unat(&a);
	return (error);
}

/* --- what was seen a moment ago ------------------------------------------------- */

static void
hf_staticset(struct hfnode *n, const struct kstat *st)
{
	mtx_lock(&n->hn_lock);
	atomic_store_rel(&n->hn_stseq, n->hn_stseq + 1);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	n->hn_st = *st;
	n->hn_sttime = __builtin_ia32_rdtsc();
	atomic_store_rel(&n->hn_stseq, n->hn_stseq + 1);
	if (n->hn_link != NULL && (st->st_ctim.tv_sec !=
	    n->hn_linktime.tv_sec || st->st_ctim.tv_nsec !=
	    n->hn_linktime.tv_nsec))
		atomic_store_rel(&n->hn_vp->v_link, NULL);
	mtx_unlock(&n->hn_lock);
}

static bool
hf_staticget(struct hfnode *n, struct kstat *st)
{
	bool ok;

	mtx_lock(&n->hn_lock);
	ok = n->hn_sttime != 0 &&
	    __builtin_ia32_rdtsc() - n->hn_sttime < HF_STATTIME;
	if (ok)
		*st = n->hn_st;
	mtx_unlock(&n->hn_lock);
	return (ok);
}

int
hf_staticstat(struct hfnode *n, struct kstat *st)
{
	int error;

	if (hf_staticget(n, st))
		return (0);
	error = hf_hoststat(n, st);
	if (error == 0)
		hf_staticset(n, st);
	return (error);
}

/* The thread's slot, locked; NULL: none, or in use by another. */
static struct hffresh *
hf_freshslot(struct hfmount *hf)
{
	struct thread *td = curthread();
	struct hffresh *fr;

	if (td == NULL || td->td_ring == NULL)
		return (NULL);
	fr = &hf->hf_fresh[(uint32_t)td->td_tid % HF_NFRESH];
	return (mtx_trylock(&fr->fr_lock) ? fr : NULL);
}

void
hf_freshset(struct hfnode *n, const struct kstat *st)
{
	struct hffresh *fr;

	if (n->hn_hf->hf_static) {
		hf_staticset(n, st);
		return;
	}
	if ((fr = hf_freshslot(n->hn_hf)) == NULL)
		return;
	fr->fr_td = curthread();
	fr->fr_call = fr->fr_td->td_ncalls;
	fr->fr_node = n;
	fr->fr_st = *st;
	mtx_unlock(&fr->fr_lock);
}

bool
hf_freshget(struct hfnode *n, struct kstat *st)
{
	struct hffresh *fr;
	bool ok;

	if (n->hn_hf->hf_static)
		return (hf_staticget(n, st));
	if ((fr = hf_freshslot(n->hn_hf)) == NULL)
		return (false);
	ok = fr->fr_node == n && fr->fr_td == curthread() &&
	    fr->fr_call == fr->fr_td->td_ncalls &&
	    fr->fr_st.st_ino == n->hn_ino && fr->fr_st.st_dev == n->hn_dev;
	if (ok)
		*st = fr->fr_st;
	mtx_unlock(&fr->fr_lock);
	return (ok);
}

/* Something changes: look again. */
void
hf_freshclear(struct hfmount *hf)
{
	struct hffresh *fr = hf_freshslot(hf);

	if (fr == NULL)
		return;
	fr->fr_node = NULL;
	mtx_unlock(&fr->fr_lock);
}

int
hf_getattr(struct vnode *vp, struct kstat *st)
{
	struct hfnode *n = hfnode(vp);
	int error = 0;

	if (!hf_freshget(n, st)) {
		error = hf_hoststat(n, st);
		if (error == 0 && n->hn_hf->hf_static)
			hf_staticset(n, st);
	}
	if (error == 0)
		hf_view(n, st);
	return (error);
}

/* What hf_staticget and hf_view give, without locks: see vop_fastattr. */
int
hf_fastattr(struct vnode *vp, const struct nclook *nl, struct kstat *st)
{
	struct hfnode *n = atomic_load_acq((struct hfnode **)&vp->v_data);
	struct hfmount *hf;
	struct mount *mp;
	uint32_t seq;

	if (!nclook_ok(nl))
		return (-EAGAIN);
	hf = n->hn_hf;
	seq = atomic_load_acq(&n->hn_stseq);
	if (!nclook_ok(nl) || !hf->hf_static || (seq & 1) != 0 ||
	    n->hn_sttime == 0 ||
	    __builtin_ia32_rdtsc() - n->hn_sttime >= HF_STATTIME)
		return (-EAGAIN);
	*st = n->hn_st;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (atomic_load_relaxed(&n->hn_stseq) != seq || hf->hf_virt ||
	    hf->hf_ndevs == 0 || st->st_dev != hf->hf_devs[0])
		return (-EAGAIN);
	mp = hf->hf_mp;
	hf_plainview(hf, st);
	if (!nclook_ok(nl))
		return (-EAGAIN);
	st->st_dev = mp->mnt_dev;
	return (0);
}

/* From what the last look-up or revalidation saw. */
int
hf_access(struct vnode *vp, int want, struct ucred *cr)
{
	struct hfnode *n = hfnode(vp);
	struct hfattr ha;
	struct kstat st;
	int error;

	if ((atomic_load(&n->hn_flags) & HN_ATTR) == 0 &&
	    (error = hf_getattr(vp, &st)) != 0)
		return (error);
	mtx_lock(&n->hn_lock);
	ha = n->hn_attr;
	mtx_unlock(&n->hn_lock);
	return (cred_access(cr, ha.ha_mode, ha.ha_uid, ha.ha_gid, want));
}

/* --- changing -------------------------------------------------------------------- */

uint32_t
hf_hostmode(const struct hfmount *hf, uint32_t mode)
{
	if (hf->hf_root || !hf->hf_virt)
		return (mode & PERMS);
	return ((mode & 01777) | (S_ISDIR(mode) ? 0700 : 0600));
}

static int
hf_chmod(struct hfnode *n, uint32_t mode)
{
	char path[40];
	int fd, error;

	if (n->hn_vp->v_type == VLNK)
		return (-EOPNOTSUPP);
	error = hf_getfd(n, HFD_PATH, &fd);
	if (error != 0)
		return (error);
	error = host_fchmod(fd, (int)mode);
	if (error == -EBADF) {		/* an O_PATH one */
		(void)ksnprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		error = host_fchmodat(AT_FDCWD, path, (int)mode);
	}
	hf_unpin(n);
	return (error);
}

static int
hf_chown(struct hfnode *n, uint32_t uid, uint32_t gid)
{
	struct hfat a;
	int error = hf_at(n, &a);

	if (error != 0)
		return (error);
	error = host_fchownat(a.a_fd, a.a_path, uid, gid, a.a_flags);
	hf_unat(&a);
	return (error);
}

/* Keep ha in the attribute; where that cannot be, in memory. */
static int
hf_writeover(struct hfnode *n, const struct hfattr *ha)
{
	char text[OVER_MAX];
	uint32_t flags = HN_OVER;
	int error;

	print_over(ha, text, sizeof(text));
	error = hf_rawsetxattr(n, HF_OVERRIDE, text, strlen(text), 0);
	if (error == -EPERM || error == -EOPNOTSUPP || error == -ENOSPC)
		flags |= HN_MEMOVER;
	else if (error != 0)
		return (error);
	mtx_lock(&n->hn_lock);
	n->hn_over = *ha;
	n->hn_attr = *ha;
	vn_setperm(n->hn_vp, ha->ha_mode, ha->ha_uid, ha->ha_gid);
	(void)atomic_or(&n->hn_flags, flags);
	mtx_unlock(&n->hn_lock);
	return (0);
}

/* Give n, whose host attributes are st, the guest's attributes want. */
static int
hf_storeattr(struct hfnode *n, const struct kstat *st,
    const struct hfattr *want)
{
	struct hfmount *hf = n->hn_hf;
	struct kstat plain = *st;
	uint32_t hostmode = hf_hostmode(hf, want->ha_mode);
	int error = 0;

	if (!hf->hf_virt) {
		if (want->ha_uid != st->st_uid || want->ha_gid != st->st_gid)
			error = hf_chown(n, want->ha_uid, want->ha_gid);
		if (error == 0 && !S_ISLNK(st->st_mode) &&
		    ((st->st_mode & PERMS) != hostmode ||
		    (hostmode & 06000) != 0))
			error = hf_chmod(n, hostmode);
		return (error);
	}
	if (st->st_uid != hf->hf_args.hostuid)
		return (-EPERM);
	if ((st->st_mode & PERMS) != hostmode && !S_ISLNK(st->st_mode) &&
	    (error = hf_chmod(n, hostmode)) != 0)
		return (error);
	hf_plainview(hf, &plain);
	if ((n->hn_flags & HN_OVER) == 0 && want->ha_uid == plain.st_uid &&
	    want->ha_gid == plain.st_gid &&
	    (want->ha_mode & S_IFMT) == (st->st_mode & S_IFMT) &&
	    (S_ISLNK(st->st_mode) || (want->ha_mode & PERMS) == hostmode))
		return (0);
	return (hf_writeover(n, want));
}

int
hf_newattr(struct hfnode *n, const struct kstat *st,
    const struct hfattr *want)
{
	return (hf_storeattr(n, st, want));
}

static int
hf_setowner(struct hfnode *n, const struct vattr *va)
{
	struct kstat st, view;
	struct hfattr want;
	int error = hf_hoststat(n, &st);

	if (error != 0)
		return (error);
	view = st;
	hf_view(n, &view);
	want.ha_mode = view.st_mode;
	want.ha_uid = va->va_mask & VA_UID ? va->va_uid : view.st_uid;
	want.ha_gid = va->va_mask & VA_GID ? va->va_gid : view.st_gid;
	want.ha_rdev = view.st_rdev;
	if ((va->va_mask & VA_MODE) != 0) {
		if (n->hn_vp->v_type == VLNK)
			return (-EOPNOTSUPP);
		want.ha_mode = (view.st_mode & S_IFMT) |
		    (va->va_mode & PERMS);
	}
	return (hf_storeattr(n, &st, &want));
}

static int
hf_settimes(struct hfnode *n, const struct vattr *va)
{
	struct timespec64 ts[2] = { { 0, UTIME_OMIT_ }, { 0, UTIME_OMIT_ } };
	struct hfat a;
	int error = hf_at(n, &a);

	if (error != 0)
		return (error);
	if ((va->va_mask & VA_ATIME) != 0)
		ts[0] = va->va_atime;
	if ((va->va_mask & VA_MTIME) != 0)
		ts[1] = va->va_mtime;
	error = host_utimensat(a.a_fd, a.a_path, ts, a.a_flags);
	hf_unat(&a);
	return (error);
}

int
hf_setattr(struct vnode *vp, const struct vattr *va)
{
	struct hfnode *n = hfnode(vp);
	struct kstat st;
	int error = 0, fd;

	if (n->hn_hf->hf_args.rdonly)
		return (-EROFS);
	hf_freshclear(n->hn_hf);
	if ((va->va_mask & VA_SIZE) != 0) {
		if ((error = hf_getfd(n, HFD_RW, &fd)) != 0)
			return (error);
		error = host_ftruncate(fd, va->va_size);
		hf_unpin(n);
	}
	if (error == 0 && (va->va_mask & (VA_MODE | VA_UID | VA_GID)) != 0)
		error = hf_setowner(n, va);
	if (error == 0 && (va->va_mask & (VA_ATIME | VA_MTIME)) != 0)
		error = hf_settimes(n, va);
	if (error == 0 && hf_hoststat(n, &st) == 0)
		hf_view(n, &st);	/* for hf_access */
	return (error);
}
