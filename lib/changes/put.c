/* put.c: single files on the host: contents, attributes, removal. */
#include "changes/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define	LIST_MAX	65536
#define	DEPTH_MAX	512

/* --- attributes ----------------------------------------------------------------- */

static bool
wanted(const struct change *d, const char *name)
{
	struct chg_attr a;
	size_t at = 0;

	while (chg_nextattr(d, &at, &a))
		if (a.a_namelen == strlen(name) &&
		    memcmp(a.a_name, name, a.a_namelen) == 0)
			return (true);
	return (false);
}

static int
put_xattrs(const struct change *d, const char *self)
{
	static char list[LIST_MAX];
	char name[256];
	struct chg_attr a;
	size_t at = 0;
	ssize_t n = listxattr(self, list, sizeof(list));

	for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
		if (host_isattr(list + i, strlen(list + i)) &&
		    !wanted(d, list + i))
			(void)removexattr(self, list + i);
	while (chg_nextattr(d, &at, &a)) {
		if (!host_isattr(a.a_name, a.a_namelen))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)a.a_namelen,
		    a.a_name);
		if (setxattr(self, name, a.a_val, a.a_vallen, 0) != 0)
			return (-1);
	}
	return (0);
}

int
put_attrs(const struct change *c, int fd)
{
	const struct change *d = chg_contents(c);
	const struct export_rec *x = &d->c_x;
	struct timespec ts[2] = {
		{ x->x_atime.tv_sec, x->x_atime.tv_nsec },
		{ x->x_mtime.tv_sec, x->x_mtime.tv_nsec },
	};
	bool root = geteuid() == 0;
	char self[64];

	/* What guest root made as an ordinary user's jail is that user's. */
	if (fchownat(fd, "", root || x->x_uid != 0 ? x->x_uid : (uid_t)-1,
	    root || x->x_gid != 0 ? x->x_gid : (gid_t)-1,
	    AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0)
		return (-1);
	if (S_ISLNK(x->x_mode))
		return (utimensat(fd, "", ts, AT_EMPTY_PATH |
		    AT_SYMLINK_NOFOLLOW) != 0 && errno != EINVAL ? -1 : 0);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (put_xattrs(d, self) != 0 || chmod(self, x->x_mode & 07777) != 0)
		return (-1);
	return (utimensat(AT_FDCWD, self, ts, 0));
}

/* --- contents ------------------------------------------------------------------- */

static int
write_all(int fd, const char *p, size_t n, int64_t off)
{
	ssize_t k;

	for (; n > 0; n -= (size_t)k) {
		k = pwrite(fd, p, n, off);
		if (k < 0 && errno == EINTR)
			k = 0;
		if (k < 0)
			return (-1);
		p += k;
		off += k;
	}
	return (0);
}

/* Straight from the map, holes left out. */
static int
write_pieces(const struct change *d, int fd)
{
	struct export_piece xp;

	for (const char *p = d->c_data;; p += sizeof(xp) + xp.xp_len) {
		memcpy(&xp, p, sizeof(xp));
		if (xp.xp_len == 0)
			return (ftruncate(fd, d->c_x.x_size));
		if (write_all(fd, p + sizeof(xp), xp.xp_len, xp.xp_off) != 0)
			return (-1);
	}
}

int
put_file(const struct change *c, int dirfd, const char *name)
{
	int fd, r;

	(void)unlinkat(dirfd, name, 0);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600);
	if (fd < 0)
		return (-1);
	r = write_pieces(chg_contents(c), fd);
	if (r == 0)
		r = put_attrs(c, fd);
	if (close(fd) != 0)
		r = -1;
	return (r);
}

/* --- removal -------------------------------------------------------------------- */

static int
remove_tree(int dirfd_, const char *name, int depth)
{
	const struct dirent *d;
	int fd = openat(dirfd_, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC), r = 0;
	struct stat st;
	DIR *dp;

	if (fd < 0)
		return (-1);
	if ((dp = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return (-1);
	}
	while (r == 0 && (d = readdir(dp)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (!S_ISDIR(st.st_mode))
			r = unlinkat(fd, d->d_name, 0);
		else if (depth < DEPTH_MAX)
			r = remove_tree(fd, d->d_name, depth + 1);
		else {
			errno = ELOOP;
			r = -1;
		}
	}
	(void)closedir(dp);
	return (r != 0 ? r : unlinkat(dirfd_, name, AT_REMOVEDIR));
}

int
put_remove(int dirfd, const char *name)
{
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return (0);
	if (errno != EISDIR && errno != EPERM)
		return (-1);
	return (remove_tree(dirfd, name, 0));
}
