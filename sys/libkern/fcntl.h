/*
 * fcntl.h: open, at, stat-mode, access, fcntl and seek constants inside the
 * kernel; values equal linux64's (open(2), fcntl(2), inode(7)).
 */
#ifndef LIBKERN_FCNTL_H
#define LIBKERN_FCNTL_H

#define	O_RDONLY	0
#define	O_WRONLY	01
#define	O_RDWR		02
#define	O_ACCMODE	03
#define	O_CREAT		0100
#define	O_EXCL		0200
#define	O_NOCTTY	0400
#define	O_TRUNC		01000
#define	O_APPEND	02000
#define	O_NONBLOCK	04000
#define	O_DSYNC		010000
#define	O_ASYNC		020000
#define	O_DIRECT	040000
#define	O_LARGEFILE	0100000
#define	O_DIRECTORY	0200000
#define	O_NOFOLLOW	0400000
#define	O_NOATIME	01000000
#define	O_CLOEXEC	02000000
#define	O_SYNC		04010000
#define	O_PATH		010000000
#define	O_TMPFILE	020200000
/* Internal: open to execute; needs X permission instead of R. */
#define	O_KEXEC		040

#define	AT_FDCWD		(-100)
#define	AT_SYMLINK_NOFOLLOW	0x100
#define	AT_REMOVEDIR		0x200
#define	AT_EACCESS		0x200
#define	AT_SYMLINK_FOLLOW	0x400
#define	AT_NO_AUTOMOUNT		0x800
#define	AT_EMPTY_PATH		0x1000

#define	RESOLVE_NO_XDEV		0x01
#define	RESOLVE_NO_MAGICLINKS	0x02
#define	RESOLVE_NO_SYMLINKS	0x04
#define	RESOLVE_BENEATH		0x08
#define	RESOLVE_IN_ROOT		0x10
#define	RESOLVE_CACHED		0x20

#define	S_IFMT		0170000
#define	S_IFSOCK	0140000
#define	S_IFLNK		0120000
#define	S_IFREG		0100000
#define	S_IFBLK		0060000
#define	S_IFDIR		0040000
#define	S_IFCHR		0020000
#define	S_IFIFO		0010000
#define	S_ISUID		0004000
#define	S_ISGID		0002000
#define	S_ISVTX		0001000
#define	S_ISREG(m)	(((m) & S_IFMT) == S_IFREG)
#define	S_ISDIR(m)	(((m) & S_IFMT) == S_IFDIR)
#define	S_ISLNK(m)	(((m) & S_IFMT) == S_IFLNK)
#define	S_ISCHR(m)	(((m) & S_IFMT) == S_IFCHR)
#define	S_ISBLK(m)	(((m) & S_IFMT) == S_IFBLK)
#define	S_ISFIFO(m)	(((m) & S_IFMT) == S_IFIFO)
#define	S_ISSOCK(m)	(((m) & S_IFMT) == S_IFSOCK)

#define	DT_UNKNOWN	0
#define	DT_FIFO		1
#define	DT_CHR		2
#define	DT_DIR		4
#define	DT_BLK		6
#define	DT_REG		8
#define	DT_LNK		10
#define	DT_SOCK		12

#define	F_OK		0
#define	X_OK		1
#define	W_OK		2
#define	R_OK		4

#define	SEEK_SET	0
#define	SEEK_CUR	1
#define	SEEK_END	2
#define	SEEK_DATA	3
#define	SEEK_HOLE	4

#define	F_DUPFD		0
#define	F_GETFD		1
#define	F_SETFD		2
#define	F_GETFL		3
#define	F_SETFL		4
#define	F_GETLK		5
#define	F_SETLK		6
#define	F_SETLKW	7
#define	F_SETOWN	8
#define	F_GETOWN	9
#define	F_SETSIG	10
#define	F_GETSIG	11
#define	F_SETOWN_EX	15
#define	F_GETOWN_EX	16
#define	F_OFD_GETLK	36
#define	F_OFD_SETLK	37
#define	F_OFD_SETLKW	38
#define	F_SETLEASE	1024
#define	F_GETLEASE	1025
#define	F_NOTIFY	1026
#define	F_DUPFD_CLOEXEC	1030
#define	F_SETPIPE_SZ	1031
#define	F_GETPIPE_SZ	1032
#define	F_ADD_SEALS	1033
#define	F_GET_SEALS	1034
#define	FD_CLOEXEC	1
#define	F_RDLCK		0
#define	F_WRLCK		1
#define	F_UNLCK		2

#define	RENAME_NOREPLACE 1
#define	RENAME_EXCHANGE	2
#define	RENAME_WHITEOUT	4

#define	KNAME_MAX	255	/* bytes of one component */
#define	KPATH_MAX	4096	/* bytes of a path with its NUL */
#define	KSYMLOOP_MAX	40

/* fallocate(2) */
#define	FALLOC_FL_KEEP_SIZE	1
#define	FALLOC_FL_PUNCH_HOLE	2
#define	FALLOC_FL_ZERO_RANGE	16

#endif
