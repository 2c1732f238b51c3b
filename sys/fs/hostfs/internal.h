/*
 * internal.h: what the files of hostfs share.
 *
 * A node is one host file, known by (device, inode) and reached by (parent
 * node, name); a mere stat costs one host call on the parent's descriptor and
 * opens nothing.  Descriptors are opened when needed, one component at a time
 * and never through a symlink, are checked to lead to the node's inode, and
 * are shared by all opens of the file.
 *
 *	HFD_PATH   O_PATH: directories for *at calls; files without a name
 *	HFD_RD     O_RDONLY: contents, private mappings, directory entries
 *	HFD_RW     O_RDWR (or O_WRONLY): writes, shared writable mappings
 *
 * Their number is bounded: nodes with descriptors hang in an LRU list, and the
 * oldest unpinned ones are closed.  Whoever uses a descriptor outside hn_lock
 * pins the node.  A descriptor given to a mapping may be in use for a moment
 * after we returned: such nodes are kept for HF_MAPGRACE.  A node whose file
 * has no name any more (HN_GONE) keeps its descriptors to the end.
 *
 * Virtual ownership (DESIGN section 8): an unprivileged host user cannot give
 * files away, so owner, mode and device type of what the guest makes are kept
 * in the attribute user.containers.override_stat, and the host's mode always
 * lets us in.  Files without it that belong to hostuid show as root's when
 * mapself is set.  Where the host refuses the attribute the values live in the
 * node, that is, until it is dropped from memory (also for symlinks, which
 * can carry none).
 *
 * Locks, in order: vnode locks, hf_hashlock (RANK_VNHASH), hn_lock
 * (RANK_VNODE_DATA), hf_lrulock (RANK_LEAF).  (n) under hn_lock, (h) under
 * hf_hashlock, (l) under hf_lrulock, (i) fixed at creation, (a) atomic.
 */
#ifndef FS_HOSTFS_INTERNAL_H
#define FS_HOSTFS_INTERNAL_H

#include "base/mtx.h"
#include "fs/hostfs/hostfs.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/list.h"
#include "libkern/stat.h"
#include "libkern/str.h"
#include "vfs/namecache.h"
#include "vfs/vnode.h"

enum hf_slot { HFD_PATH, HFD_RD, HFD_RW, HFD_COUNT };

#define	HF_MAPGRACE	(10 * NSEC_PER_SEC)
#define	HF_MAXDEPTH	4096
#define	HF_STATTIME	(1ULL << 31)	/* cycles: about a second */
#define	HF_MAXDEVS	64
#define	HF_OVERRIDE	"user.containers.override_stat"

/* Attributes as the guest sees them; also what is cached of them. */
struct hfattr {
	uint32_t	ha_mode, ha_uid, ha_gid;
	uint64_t	ha_rdev;
};

struct hfnode {
	struct vnode	*hn_vp;		/* (i) */
	struct hfmount	*hn_hf;		/* (i) */
	uint64_t	hn_dev, hn_ino;	/* (i) the host's */
	struct hfnode	*hn_hnext;	/* (h) */
	struct list	hn_lru;		/* (l) */
	struct mtx	hn_lock;
	struct hfnode	*hn_parent;	/* (n) referenced; NULL: root */
	char		*hn_name;	/* (n) */
	int32_t		hn_fd[HFD_COUNT]; /* (n) -1: closed */
	uint32_t	hn_pins;	/* (n) */
	uint32_t	hn_flags;	/* (a) HN_*, each under its lock */
	uint32_t	hn_used;	/* (a) second chance */
	uint32_t	hn_nlink;	/* (n) as last seen */
	nsec_t		hn_mapped;	/* (n) last given to a mapping */
	int64_t		hn_dirpos;	/* (n) where HFD_RD of a dir stands */
	struct hfattr	hn_attr;	/* (n) as last seen by the guest */
	struct hfattr	hn_over;	/* (n) HN_OVER */
	struct timespec64 hn_overtime;	/* (n) file's ctime when it was read */
	struct kstat	hn_st;		/* (n) hf_static: the host's, as of */
	uint64_t	hn_sttime;	/* (n) this time stamp counter */
	uint32_t	hn_stseq;	/* (n) odd: these two change */
	char		*hn_link;	/* (n) hf_static: a link's text, as it */
	struct timespec64 hn_linktime;	/* (n) was at this ctime */
	struct hflist	*hn_list;	/* (n) its entries, list.c */
};
#define	HN_GONE		1	/* the name we knew is unlinked */
#define	HN_UNHASHED	2	/* (h) its inode number may be reused */
#define	HN_OVER		4	/* hn_over holds */
#define	HN_OVERREAD	8	/* the attribute was looked for */
#define	HN_MEMOVER	16	/* hn_over is in memory only */
#define	HN_WRONLY	32	/* HFD_RW cannot read */
#define	HN_INLRU	64	/* (l) */
#define	HN_ATTR		128	/* hn_attr holds */

/* The host attributes that a look-up just saw, for the getattr that follows in
 * the same call of the same thread. */
#define	HF_NFRESH	64
struct hffresh {
	struct mtx	fr_lock;	/* RANK_LEAF */
	struct thread	*fr_td;
	uint64_t	fr_call;	/* the thread's call number */
	struct hfnode	*fr_node;
	struct kstat	fr_st;
};

struct hfmount {
	struct mount	*hf_mp;
	struct hostfs_args hf_args;	/* (i) */
	bool		hf_virt;	/* (i) keep owners in the attribute */
	bool		hf_root;	/* (i) host root: owners are real */
	bool		hf_static;	/* (i) the guest cannot change it: what
					   stat said holds for HF_STATTIME */
	uint32_t	hf_hasdevs;	/* (a) override devices were seen */
	struct hfnode	*hf_rootnode;
	struct mtx	hf_hashlock;
	struct hfnode	**hf_hash;	/* (h) */
	uint32_t	hf_hashsize;	/* (h) power of two */
	uint32_t	hf_nnodes;	/* (h) */
	struct mtx	hf_lrulock;
	struct list	hf_lru;		/* (l) oldest first */
	uint32_t	hf_nfds;	/* (a) */
	uint64_t	hf_listmem;	/* (a) bytes in lists of entries */
	uint32_t	hf_maxfds;	/* (i) */
	struct mtx	hf_devlock;	/* RANK_LEAF */
	uint64_t	hf_devs[HF_MAXDEVS]; /* host devices below the root */
	uint32_t	hf_ndevs;
	struct hffresh	hf_fresh[HF_NFRESH];	/* by thread id */
};

static inline struct hfnode *
hfnode(struct vnode *vp)
{
	return ((struct hfnode *)vp->v_data);
}
extern const struct vnodeops hostfs_vnodeops;

/* A directory entry's name with its NUL, for host calls. */
struct hfname {
	char	s[KNAME_MAX + 1];
};
int	hf_name(struct hfname *n, const char *name, size_t len);

/* --- node.c --- */
int	hf_hashinit(struct hfmount *hf);
/* The node of st (a host stat) found as (parent, name); a vnode reference. */
int	hf_nodeget(struct hfmount *hf, struct hfnode *parent, const char *name,
	    const struct kstat *st, struct hfnode **np);
void	hf_unhash(struct hfnode *n);
void	hf_setname(struct hfnode *n, struct hfnode *parent, const char *name);
void	hf_inactive(struct vnode *vp);

/* --- fd.c --- */
/* A descriptor of the wanted kind, pinned: hf_unpin(n) when done. Errno. */
int	hf_getfd(struct hfnode *n, enum hf_slot slot, int *fd);
/* Any descriptor that is open now, pinned; -1: none. */
int	hf_anyfd(struct hfnode *n);
void	hf_unpin(struct hfnode *n);
/* A fresh descriptor (from create) for the slot; takes it over. */
void	hf_givefd(struct hfnode *n, enum hf_slot slot, int fd, bool wronly);
void	hf_closefds(struct hfnode *n);
/* Where n is: its directory's descriptor (the parent is pinned and
 * referenced) and name; -ESTALE when it has none. hf_unwhere() after. */
struct hfwhere {
	struct hfnode	*w_dir;
	int		w_fd;
	struct hfname	w_name;
};
int	hf_where(struct hfnode *n, struct hfwhere *w);
void	hf_unwhere(struct hfwhere *w);

/* n as an argument of the host's *at calls: by an open descriptor, else by
 * where it is.  hf_unat() after. */
struct hfat {
	struct hfnode	*a_pinned;
	struct hfwhere	a_where;
	int		a_fd;
	const char	*a_path;
	int		a_flags;	/* AT_EMPTY_PATH or AT_SYMLINK_NOFOLLOW */
};
int	hf_at(struct hfnode *n, struct hfat *a);
void	hf_unat(struct hfat *a);

/* n's host attributes by one call, through the nearest directory above it that
 * is open; only what turned out to be n's is given. 0, or -ESTALE: ask in the
 * careful way. */
int	hf_statbypath(struct hfnode *n, struct kstat *st);

/* --- list.c --- */
/* A directory of a mount that others do not change: its entries from memory.
 * 0, or -EAGAIN: ask the host. */
int	hf_listread(struct hfnode *n, int64_t *off, struct dirsink *ds);
/* Read them all, if they can be kept. *off is 0. */
void	hf_listfill(struct hfnode *n);
/* Are they known, and still right? */
bool	hf_listvalid(struct hfnode *n);
void	hf_listdrop(struct hfnode *n);
/* io.c: entries from off on, as getdents64(2) gives them. */
#define	HF_DIRBUF	32768
long	hf_getdents(struct hfnode *n, int fd, int64_t off, char *buf);
struct host_dirent {
	uint64_t	d_ino;
	int64_t		d_off;
	uint16_t	d_reclen;
	uint8_t		d_type;
	char		d_name[];
};

/* --- attr.c --- */
/* Attributes not older than HF_STATTIME (hf_static). */
int	hf_staticstat(struct hfnode *n, struct kstat *st);
/* Fresh host attributes of n, checked to be its; -ESTALE. */
int	hf_hoststat(struct hfnode *n, struct kstat *st);
/* Host attributes to the guest's; remembers them in n. */
void	hf_view(struct hfnode *n, struct kstat *st);
int	hf_getattr(struct vnode *vp, struct kstat *st);
int	hf_fastattr(struct vnode *vp, const struct nclook *nl,
	    struct kstat *st);
int	hf_setattr(struct vnode *vp, const struct vattr *va);
int	hf_access(struct vnode *vp, int want, struct ucred *cr);
void	hf_freshset(struct hfnode *n, const struct kstat *st);
bool	hf_freshget(struct hfnode *n, struct kstat *st);
void	hf_freshclear(struct hfmount *hf);
/* A new file: give it mode, owner and type as wanted. st: the host's. */
int	hf_newattr(struct hfnode *n, const struct kstat *st,
	    const struct hfattr *want);
/* The mode that a file of the guest's mode gets on the host. */
uint32_t hf_hostmode(const struct hfmount *hf, uint32_t mode);
/* A stat by (dirfd, name): when the file stands for a device, give st that
 * type and number. */
void	hf_devtype(struct hfmount *hf, int dirfd, const char *name,
	    struct kstat *st);

/* --- xattr.c --- */
long	hf_getxattr(struct vnode *vp, const char *name, void *v, size_t n);
int	hf_setxattr(struct vnode *vp, const char *name, const void *v,
	    size_t n, int flags);
long	hf_listxattr(struct vnode *vp, char *buf, size_t n);
int	hf_removexattr(struct vnode *vp, const char *name);
/* Unfiltered. */
long	hf_rawgetxattr(struct hfnode *n, const char *name, void *v, size_t sz);
int	hf_rawsetxattr(struct hfnode *n, const char *name, const void *v,
	    size_t sz, int flags);

/* --- names.c --- */
int	hf_lookup(struct vnode *dvp, const char *name, size_t len,
	    struct vnode **vpp);
int	hf_revalidate(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	hf_mknod(struct vnode *dvp, const char *name, size_t len,
	    uint32_t mode, uint64_t rdev, uint32_t uid, uint32_t gid,
	    struct vnode **vpp);
int	hf_symlink(struct vnode *dvp, const char *name, size_t len,
	    const char *target, uint32_t uid, uint32_t gid,
	    struct vnode **vpp);
int	hf_link(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	hf_unlink(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	hf_rmdir(struct vnode *dvp, const char *name, size_t len,
	    struct vnode *vp);
int	hf_rename(struct vnode *fdvp, const char *fname, size_t flen,
	    struct vnode *fvp, struct vnode *tdvp, const char *tname,
	    size_t tlen, struct vnode *tvp, unsigned flags);
int	hf_tmpfile(struct vnode *dvp, uint32_t mode, uint32_t uid,
	    uint32_t gid, struct vnode **vpp);
long	hf_readlink(struct vnode *vp, char *buf, size_t n);

#endif
