/* tmpfs.h: files in memory (tmpfs(5)). */
#ifndef FS_TMPFS_TMPFS_H
#define FS_TMPFS_TMPFS_H

struct fstype;

/* Options: size=N[kmg%], nr_blocks=, nr_inodes=, mode=, uid=, gid=. */
extern const struct fstype tmpfs_fstype;

#endif
