/*
 * export.h: the stream in which a jail's throw-away layers leave it: what the
 * guest added, changed and deleted, for `guise try --changes` and its kin.
 * Written by sys/fs/unionfs/export.c to a host file when the last guest is
 * gone, read by lib/changes, which trusts nothing in it.
 *
 * A sequence of records, parents before what they hold.  Each is a struct
 * export_rec, then x_pathlen bytes of path (no NUL, relative to the root, ""
 * is the root itself), x_targetlen bytes of link target, x_xattrlen bytes of
 * attributes, and for a regular file its data: pieces of a struct export_piece
 * and xp_len bytes, ended by a piece of length 0; what no piece covers is zero.
 * An attribute is a struct export_attr, its name, its value.
 */
#ifndef BASE_EXPORT_H
#define BASE_EXPORT_H

#include "libkern/types.h"

#define	EXPORT_MAGIC	0x52587047U	/* "GpXR" */

struct export_rec {
	uint32_t	x_magic;
	uint32_t	x_flags;	/* XR_* */
	uint32_t	x_mode;		/* with type */
	uint32_t	x_uid, x_gid;
	uint32_t	x_pathlen;
	uint32_t	x_targetlen;
	uint32_t	x_xattrlen;
	uint64_t	x_rdev;
	int64_t		x_size;		/* XR_END: errno, 0 = complete */
	struct timespec64 x_atime, x_mtime;
};
#define	XR_WHITEOUT	1	/* the name is gone */
#define	XR_OPAQUE	2	/* directory: hides what was below it */
#define	XR_HARDLINK	4	/* target: the path that has the contents */
#define	XR_END		8	/* last record; path: where it failed */

struct export_piece {
	int64_t		xp_off;
	uint64_t	xp_len;
};

struct export_attr {
	uint32_t	xa_namelen;
	uint32_t	xa_vallen;
};

#endif
