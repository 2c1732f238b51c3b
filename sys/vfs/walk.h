/*
 * walk.h: looking up cached paths without locks and without references.
 */
#ifndef VFS_WALK_H
#define VFS_WALK_H

#include "libkern/types.h"
#include "vfs/vfs.h"

struct kstat;
struct namecache;
struct nameidata;

/* A name as it was found: good while nclook_ok() says so. */
struct nclook {
	struct namecache *nl_ncp;
	struct mount	*nl_mp;
	uint32_t	nl_seq;		/* nl_ncp's nc_seq */
	uint32_t	nl_mntseq;	/* vr_mntseq */
};

static inline bool
nclook_ok(const struct nclook *nl)
{
	/* What was read before counts as read before this. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (atomic_load_acq(&nl->nl_ncp->nc_seq) == nl->nl_seq &&
	    atomic_load_acq(&vfs()->vr_mntseq) == nl->nl_mntseq);
}

enum { WALK_ON, WALK_DONE, WALK_STOP, WALK_LOST };

/*
 * Walk *pp from *nl on as far as that goes; root is where ".." and absolute
 * links stop.  flags are NI_*; *nlinks counts the links that were met.
 *
 *	WALK_DONE	*nl is what the path names; nothing is referenced
 *	WALK_STOP	*nl is a directory on the way, and *pp what remains
 *	WALK_LOST	something changed; start over with locks
 *	-ENOENT		is certain
 * (WALK_ON: go on; only inside walk.c.)
 */
int	walk_fast(struct nclook *nl, const struct nclook *root,
	    const char **pp, uint32_t flags, unsigned *nlinks);
/* Where a path starts. False: look with locks. */
bool	walk_start(int dirfd, const char *path, struct nclook *nl,
	    struct nclook *root);
/* Take references on what nl says. False: it is not so any more. */
bool	walk_hold(const struct nclook *nl);
/* The whole of a stat(2). 0, -ENOENT, or -EAGAIN: use namei. */
int	walk_stat(int dirfd, const char *path, uint32_t flags,
	    struct kstat *st);

#endif
