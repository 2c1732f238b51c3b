/*
 * hostfs.h: a host directory as a guest file system.
 */
#ifndef FS_HOSTFS_HOSTFS_H
#define FS_HOSTFS_HOSTFS_H

#include "libkern/types.h"

struct fstype;

struct hostfs_args {
	int		rootfd;		/* O_PATH or directory; stays open */
	bool		rdonly;
	bool		ours;		/* nobody else changes it: cache names */
	bool		mapself;	/* show hostuid's files as root's */
	bool		hostroot;	/* the host's "/": no attribute of ours */
	uint32_t	hostuid, hostgid;
	const char	*source;	/* for mountinfo */
};

extern const struct fstype hostfs_fstype;

#endif
