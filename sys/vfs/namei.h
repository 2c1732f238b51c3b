/*
 * namei.h: from a path to a name and its vnode (path_resolution(7), openat2(2)).
 */
#ifndef VFS_NAMEI_H
#define VFS_NAMEI_H

#include "libkern/fcntl.h"
#include "libkern/types.h"
#include "vfs/namecache.h"

struct file;
struct pwd;
struct ucred;

/*
 * Root and working directory of a process (clone(2): CLONE_FS). Immutable but
 * for its lock; lookups copy the handles.
 */
struct pwd {
	refcount_t	pw_ref;
	struct mtx	pw_lock;	/* RANK_LEAF */
	struct nchandle	pw_root;
	struct nchandle	pw_cwd;
	uint32_t	pw_seq;		/* (pw_lock) odd: they change */
	uint32_t	pw_umask;
	const char	*pw_emul;	/* sysvec's emulation path or NULL */
};
/* Only the current thread owns pw. Only owners change it, so it may then be
 * read without the lock. */
bool	pwd_private(const struct pwd *pw);
/* Both handles as they were at one moment, without references, and their
 * entries' nc_seq; false: they were changing. */
bool	pwd_peek(struct pwd *pw, struct nchandle *root, struct nchandle *cwd,
	    uint32_t seq[2]);
struct pwd *pwd_alloc(const struct nchandle *root);
struct pwd *pwd_copy(struct pwd *pw);
void	pwd_hold(struct pwd *pw);
void	pwd_free(struct pwd *pw);
void	pwd_getroot(struct pwd *pw, struct nchandle *n);	/* referenced */
void	pwd_getcwd(struct pwd *pw, struct nchandle *n);
int	pwd_setcwd(struct pwd *pw, const struct nchandle *n);
int	pwd_setroot(struct pwd *pw, const struct nchandle *n);

struct nameidata {
	/* in */
	int		ni_dirfd;	/* AT_FDCWD or a guest descriptor */
	uint32_t	ni_flags;	/* NI_* */
	uint64_t	ni_resolve;	/* RESOLVE_* */
	const char	*ni_path;	/* kernel string */
	struct nchandle	*ni_start;	/* instead of ni_dirfd, or NULL */
	/* out; drop with namei_done() */
	struct nchandle	ni_nch;		/* what it names; ncp may be negative
					   with NI_CREATE */
	struct nchandle	ni_parent;	/* its directory (NI_PARENT, CREATE) */
	const char	*ni_name;	/* last component, in ni_buf */
	size_t		ni_namelen;
	bool		ni_slash;	/* path ended in '/' */
	bool		ni_dots;	/* last component was "." or ".." */
	char		*ni_buf;
};
#define	NI_FOLLOW	1	/* follow a symlink in the last component */
#define	NI_CREATE	2	/* last component may be missing; fill parent */
#define	NI_PARENT	4	/* fill parent; last may be missing; no follow */
#define	NI_EMPTY	8	/* "" names the start itself */
#define	NI_DIRECTORY	16	/* must be a directory */
#define	NI_OPENCREAT	64	/* O_CREAT: "name/" is EISDIR at once */
#define	NI_NOEMUL	32	/* do not try the emulation path */

void	namei_init(struct nameidata *nd, int dirfd, const char *path,
	    uint32_t flags);
/* Uses curthread()'s td_pwd, td_cred, td_fd. 0 or -ENOENT, -ENOTDIR, -EACCES,
 * -ELOOP, -ENAMETOOLONG, -EXDEV, -EBADF ... On error nothing is held. */
int	namei(struct nameidata *nd);
void	namei_done(struct nameidata *nd);
/* copyinstr of a path + namei_init + namei. */
int	namei_user(struct nameidata *nd, int dirfd, uaddr_t upath,
	    uint32_t flags);
/* A guest's path into a fresh KPATH_MAX buffer (path_put frees). -EFAULT,
 * -ENAMETOOLONG, -ENOMEM; empty is allowed. */
int	path_get(uaddr_t upath, char **pathp);
void	path_put(char *path);

#endif
