/*
 * unionfs.h: a writable upper layer over read-only lower ones, in overlayfs's
 * format (Documentation/filesystems/overlayfs of Linux): whiteouts are
 * character devices 0/0, a directory that hides the lower ones carries the
 * attribute trusted.overlay.opaque = "y" (user.overlay.opaque where trusted
 * ones are refused).
 *
 * sys/init makes the layers with vfs_mkmount() (mounts in no tree) and hands
 * them over; the union's mount takes its own references.
 */
#ifndef FS_UNIONFS_UNIONFS_H
#define FS_UNIONFS_UNIONFS_H

struct fstype;
struct mount;

#define	UNIONFS_MAXLOWER	32

struct unionfs_args {		/* fsmount_args.data at boot */
	struct mount	*ua_upper;	/* NULL: read-only union */
	struct mount	**ua_lower;	/* topmost first */
	unsigned	ua_nlower;
};

/*
 * Write what the upper layer of the union mp holds to a host descriptor, as
 * what is below the path prefix ("" or without a leading slash), in
 * the format of base/export.h, without the end record.  For the last process
 * of the jail.  0 or an errno.
 */
int	unionfs_export(struct mount *mp, const char *prefix, int fd);

extern const struct fstype unionfs_fstype;	/* "overlay" */

#endif
