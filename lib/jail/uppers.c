/*
 * uppers.c: the host directory that keeps the upper layer (--upper).
 *
 * It is in overlayfs's format, one layer for the whole machine: what a
 * throw-away volume takes at /a/b is kept at DIR/a/b.  An earlier guest may
 * have left anything in it, so nothing in it is followed that is a link.
 */
#include "jail/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define	OVERRIDE	"user.containers.override_stat"

static int
open_beneath(int dirfd, const char *name)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};

	return ((int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how)));
}

/* A directory made for the layer looks as the host's does: no change. */
static void
dress(int fd, const char *hostpath)
{
	char self[64], text[96];
	struct stat st;

	if (stat(hostpath, &st) != 0)
		return;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	(void)snprintf(text, sizeof(text), "%u:%u:0%o:dir", st.st_uid,
	    st.st_gid, st.st_mode & 07777);
	if (geteuid() != 0)
		(void)setxattr(self, OVERRIDE, text, strlen(text), 0);
	else {
		(void)chown(self, st.st_uid, st.st_gid);
		(void)chmod(self, st.st_mode & 07777);
	}
}

/* DIR/path, made when missing; its descriptor or -1. */
static int
open_below(int upperfd, const char *path)
{
	char *copy = strdup(path), *p = copy, *name;
	int fd = dup(upperfd), next;

	while (copy != NULL && fd >= 0 && (name = strsep(&p, "/")) != NULL) {
		bool made;

		if (name[0] == '\0')
			continue;
		made = mkdirat(fd, name, 0700) == 0;
		next = open_beneath(fd, name);
		(void)close(fd);
		fd = next;
		if (made && fd >= 0) {
			char *host = strndup(path, p != NULL ?
			    (size_t)(p - 1 - copy) : strlen(path));

			if (host != NULL)
				dress(fd, host);
			free(host);
		}
	}
	free(copy);
	return (fd);
}

int
uppers_open(struct jail *j, struct jerr *e)
{
	const struct jail_spec *js = j->j_spec;

	j->j_upperfd = -1;
	for (unsigned i = 0; i < js->js_nvol; i++)
		j->j_volupper[i] = -1;
	if (js->js_upper == NULL)
		return (0);
	if (mkdir(js->js_upper, 0700) != 0 && errno != EEXIST)
		return (jerr_errno(e, "cannot make the upper directory %s",
		    js->js_upper));
	j->j_upperfd = open(js->js_upper, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (j->j_upperfd < 0)
		return (jerr_errno(e, "cannot open the upper directory %s",
		    js->js_upper));
	for (unsigned i = 0; i < js->js_nvol; i++) {
		if (!js->js_vol[i].jv_throwaway)
			continue;
		j->j_volupper[i] = open_below(j->j_upperfd,
		    js->js_vol[i].jv_guest);
		if (j->j_volupper[i] < 0)
			return (jerr_errno(e, "cannot make %s in the upper "
			    "directory %s", js->js_vol[i].jv_guest,
			    js->js_upper));
	}
	return (0);
}
