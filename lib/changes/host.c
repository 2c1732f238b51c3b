/*
 * host.c: the host's files, by paths that cannot leave the root.
 *
 * Every path is resolved by the host with RESOLVE_BENEATH and without following
 * any link, up to the directory that holds the name; what is done then is done
 * to that name in that directory.  So neither a hostile spool nor somebody who
 * swaps directories for links meanwhile can lead us elsewhere.
 */
#include "changes/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
beneath(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};

	return ((int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how)));
}

int
host_parent(const struct changes *cs, const char *path, char *buf,
    const char **name)
{
	char *slash;

	if (strlen(path) >= CHG_PATHMAX) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	(void)strcpy(buf, path);
	slash = strrchr(buf, '/');
	if (slash == NULL) {
		*name = path[0] == '\0' ? "." : path;
		return (beneath(cs->cs_rootfd, ".", O_PATH | O_DIRECTORY));
	}
	*slash = '\0';
	*name = slash + 1;
	return (beneath(cs->cs_rootfd, buf, O_PATH | O_DIRECTORY));
}

int
host_lstat(const struct changes *cs, const char *path, struct stat *st)
{
	char buf[CHG_PATHMAX];
	const char *name;
	int fd = host_parent(cs, path, buf, &name), r;

	if (fd < 0)
		return (-1);
	r = fstatat(fd, name, st, AT_SYMLINK_NOFOLLOW);
	(void)close(fd);
	return (r);
}

int
host_open(const struct changes *cs, const char *path, int flags)
{
	/* openat2(2) refuses flags that mean nothing. */
	if ((flags & O_PATH) == 0)
		flags |= O_NONBLOCK | O_NOCTTY;
	return (beneath(cs->cs_rootfd, path[0] != '\0' ? path : ".",
	    flags | O_NOFOLLOW));
}

char *
host_readlink(const struct changes *cs, const char *path)
{
	char buf[CHG_PATHMAX], *target = malloc(CHG_PATHMAX);
	const char *name;
	int fd = host_parent(cs, path, buf, &name);
	ssize_t n = -1;

	if (fd >= 0 && target != NULL)
		n = readlinkat(fd, name, target, CHG_PATHMAX - 1);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0) {
		free(target);
		return (NULL);
	}
	target[n] = '\0';
	return (target);
}

bool
host_isattr(const char *name, size_t len)
{
	static const char *const whole[] = { "security.capability",
	    "system.posix_acl_access", "system.posix_acl_default" };

	if (len > 5 && strncmp(name, "user.", 5) == 0)
		return (len < 16 ||
		    strncmp(name, "user.containers.", 16) != 0);
	if (len > 8 && strncmp(name, "trusted.", 8) == 0)
		return (geteuid() == 0);
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (strlen(whole[i]) == len &&
		    strncmp(name, whole[i], len) == 0)
			return (true);
	return (false);
}

/*
 * With a memory layer the guest saw the host from the jail's start on.  A layer
 * that is kept on the host is older: there each file's own birth is the
 * earliest moment of which we know that the guest had looked before.
 */
void
host_base(const struct changes *cs, const char *path, struct timespec *base)
{
	char up[CHG_PATHMAX], *slash;
	struct statx sx;
	int fd;

	base->tv_sec = cs->cs_head.h_start.tv_sec;
	base->tv_nsec = cs->cs_head.h_start.tv_nsec;
	if (cs->cs_upperfd < 0)
		return;
	/* What an opaque directory hides is as old as that is. */
	(void)snprintf(up, sizeof(up), "%s", path);
	while ((fd = beneath(cs->cs_upperfd, up[0] != '\0' ? up : ".",
	    O_PATH | O_NOFOLLOW)) < 0) {
		if (up[0] == '\0')
			return;
		slash = strrchr(up, '/');
		*(slash != NULL ? slash : up) = '\0';
	}
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &sx) == 0 &&
	    (sx.stx_mask & STATX_BTIME) != 0 && (sx.stx_btime.tv_sec <
	    base->tv_sec || (sx.stx_btime.tv_sec == base->tv_sec &&
	    sx.stx_btime.tv_nsec < base->tv_nsec))) {
		base->tv_sec = sx.stx_btime.tv_sec;
		base->tv_nsec = sx.stx_btime.tv_nsec;
	}
	(void)close(fd);
}
