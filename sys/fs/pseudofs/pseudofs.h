/*
 * pseudofs.h: a library for synthetic file systems (/proc, /sys).
 *
 * A file system is a tree of constant tables of nodes.  A vnode is made on
 * demand for an *instance* of a node: the node together with the ids that tell
 * whose it is (process, thread, one more number), which is struct pfs_ctx.  So
 * one table serves every /proc/PID, and nothing is kept per process.
 *
 * Functions of a node are called with the instance's process and thread held
 * (pc_p, pc_td; a dead one never gets that far) and with no lock held but, in
 * pn_lookup, the directory's v_lock (RANK_VNODE_PSEUDO: it may take the tree
 * lock).  They return 0 or a negative errno unless said otherwise.
 *
 * A file's text is made when it is read from offset 0 and kept in the open
 * file, so that a reader in small pieces sees one state (seq_file's rule).
 */
#ifndef FS_PSEUDOFS_PSEUDOFS_H
#define FS_PSEUDOFS_PSEUDOFS_H

#include "base/sbuf.h"
#include "libkern/fcntl.h"
#include "libkern/stat.h"
#include "libkern/types.h"
#include "vfs/namecache.h"

struct file;
struct pfs_node;
struct proc;
struct thread;
struct uio;
struct vnode;

struct pfs_ctx {
	const struct pfs_node *pc_node;
	struct mount	*pc_mp;
	int32_t		pc_pid;		/* guest ids; 0: no process's */
	int32_t		pc_tid;		/* 0: the process as a whole */
	nsec_t		pc_start;	/* p_start: tells reused pids apart */
	int64_t		pc_extra;	/* e.g. a descriptor number */
	struct proc	*pc_p;		/* held while a function runs */
	struct thread	*pc_td;
};

struct pfs_node {
	const char	*pn_name;	/* NULL ends a table */
	uint32_t	pn_mode;	/* type and permissions; 0 type: file */
	uint32_t	pn_flags;	/* PFS_* */
	/* A file's text, a link's target. */
	int		(*pn_fill)(struct pfs_ctx *c, struct sbuf *sb);
	/* One write(2): buf is NUL-terminated, at most PFS_MAXWRITE long. */
	int		(*pn_write)(struct pfs_ctx *c, char *buf, size_t n);
	/* Instead of both: raw I/O at uio_off. */
	int		(*pn_rw)(struct pfs_ctx *c, struct uio *uio);
	/* A directory: its constant children, then the others. */
	const struct pfs_node *pn_kids;
	/* Fill kid's node, pid, tid, start, extra. -ENOENT. */
	int		(*pn_lookup)(struct pfs_ctx *dir, const char *name,
			    size_t len, struct pfs_ctx *kid);
	/* The next child after *cursor (>= 0; 0 = the first), which moves: 1
	 * and kid, name; 0: no more. */
	int		(*pn_next)(struct pfs_ctx *dir, int64_t *cursor,
			    struct pfs_ctx *kid, char name[32]);
	/* A magic link: where following it leads. */
	int		(*pn_magic)(struct pfs_ctx *c, struct nchandle *nch);
	/* Last word on attributes. */
	void		(*pn_attr)(struct pfs_ctx *c, struct kstat *st);
	/* A value for shared functions. */
	const void	*pn_arg;
};
#define	PFS_PTRACE	1	/* as ptrace(2): same user or CAP_SYS_PTRACE */
#define	PFS_ROOTOWN	2	/* root's, even below /proc/PID */
#define	PFS_MAXWRITE	4095

/* Shorthands for tables. */
#define	PFS_END		{ .pn_name = NULL }
#define	PFS_FILE(name, mode, fill)					\
	{ .pn_name = (name), .pn_mode = S_IFREG | (mode), .pn_fill = (fill) }
#define	PFS_RW(name, mode, fill, write)					\
	{ .pn_name = (name), .pn_mode = S_IFREG | (mode),		\
	    .pn_fill = (fill), .pn_write = (write) }
#define	PFS_DIR(name, kids)						\
	{ .pn_name = (name), .pn_mode = S_IFDIR | 0555, .pn_kids = (kids) }
#define	PFS_LINK(name, fill)						\
	{ .pn_name = (name), .pn_mode = S_IFLNK | 0777, .pn_fill = (fill) }
/* A file whose text is a constant; a link with a constant target. */
#define	PFS_TEXT(name, mode, text)					\
	{ .pn_name = (name), .pn_mode = S_IFREG | (mode),		\
	    .pn_fill = pfs_filltext, .pn_arg = (text) }
#define	PFS_SLINK(name, target)						\
	{ .pn_name = (name), .pn_mode = S_IFLNK | 0777,			\
	    .pn_fill = pfs_filltext, .pn_arg = (target) }

int	pfs_filltext(struct pfs_ctx *c, struct sbuf *sb);

/* fs_mount of a file system whose root directory is node. */
int	pfs_mount(struct mount *mp, const struct pfs_node *root,
	    struct vnode **rootp);
/* The vnode of an instance, referenced. */
int	pfs_vget(const struct pfs_ctx *c, struct vnode **vpp);
int	pfs_statfs(struct mount *mp, struct kstatfs *sf, uint64_t magic);

/* Take and give back an instance's process and thread. -ESRCH. */
int	pfs_enter(struct pfs_ctx *c);
void	pfs_leave(struct pfs_ctx *c);

/* May the caller look into p's memory and files? 0 or -EACCES. */
int	pfs_mayptrace(struct proc *p);

/* Decimal number that is all of name, or -1; no leading zeroes. */
int64_t	pfs_number(const char *name, size_t len);

/* A nameless handle for an open file that has no path, for /proc/PID/fd. */
int	pfs_filehandle(struct mount *mp, struct file *fp,
	    struct nchandle *nch);

#endif
