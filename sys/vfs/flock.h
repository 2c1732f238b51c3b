/*
 * flock.h: locks on files: POSIX record locks (fcntl F_SETLK), open file
 * description locks (F_OFD_SETLK) and flock(2).
 */
#ifndef VFS_FLOCK_H
#define VFS_FLOCK_H

#include "libkern/types.h"

struct file;
struct filedesc;
struct vnode;

/* What is locked for whom. */
#define	FL_POSIX	0	/* owner: the descriptor table */
#define	FL_OFD		1	/* owner: the open file */
#define	FL_FLOCK	2	/* owner: the open file; whole file */

struct flockreq {
	int32_t		fr_kind;	/* FL_* */
	int32_t		fr_type;	/* F_RDLCK, F_WRLCK, F_UNLCK */
	int64_t		fr_start;	/* inclusive */
	int64_t		fr_end;		/* inclusive; INT64_MAX = to the end */
	int32_t		fr_pid;		/* for F_GETLK; -1 for OFD */
};

/* Set or clear. wait: sleep until it can be had. 0, -EAGAIN, -EDEADLK,
 * -ENOLCK, -ERESTARTSYS. */
int	flock_set(struct file *fp, struct flockreq *fr, bool wait);
/* The first lock in the way replaces *fr, or fr_type = F_UNLCK. */
void	flock_get(struct file *fp, struct flockreq *fr);
/* A descriptor of table fdt to vp was closed; the last reference to fp. */
void	flock_fdclose(struct vnode *vp, struct filedesc *fdt);
void	flock_fileclose(struct file *fp);
void	flocklist_free(struct vnode *vp);
/* The i-th lock of the vnode for /proc/locks; false: none. */
bool	flock_nth(struct vnode *vp, unsigned i, struct flockreq *fr);

#endif
