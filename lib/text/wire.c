/*
 * wire.c: what the warden and the builder both need: where the directory of
 * cache files is, where the builder's program is, and their messages.  The
 * only file of lib/text that guise itself is linked with.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "libkern/types.h"
#include "text/textdir.h"

/* --- places ---------------------------------------------------------------------- */

bool
textdir_path(char *buf, size_t n)
{
	const char *base = getenv("XDG_CACHE_HOME"), *sub = "";
	int len;

	if (base == NULL || base[0] != '/') {
		base = getenv("HOME");
		sub = "/.cache";
	}
	if (base == NULL || base[0] != '/')
		return (false);
	len = snprintf(buf, n, "%s%s/guise/text", base, sub);
	return (len > 0 && (size_t)len < n);
}

/* Only the last three: a home directory is not ours to make. */
static void
make_dirs(const char *path)
{
	char buf[4096];
	size_t len = strlen(path);

	if (len >= sizeof(buf))
		return;
	for (int up = 2; up >= 0; up--) {
		int skip = up;

		memcpy(buf, path, len + 1);
		for (size_t i = len; i-- > 1 && skip > 0; )
			if (buf[i] == '/') {
				buf[i] = '\0';
				skip--;
			}
		(void)mkdir(buf, 0700);
	}
}

int
textdir_open(const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct statvfs vfs;
	struct stat st;
	int fd = open(path, flags);

	if (fd < 0 && errno == ENOENT) {
		make_dirs(path);
		fd = open(path, flags);
	}
	if (fd < 0)
		return (-1);
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0 || fstatvfs(fd, &vfs) != 0 ||
	    (vfs.f_flag & ST_NOEXEC) != 0) {
		(void)close(fd);
		return (-1);
	}
	return (fd);
}

bool
text_program(char *buf, size_t n)
{
	static const char *const places[] = { "guise-text",
	    "../libexec/guise/guise-text" };
	char exe[4096], *slash;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return (false);
	exe[len] = '\0';
	if ((slash = strrchr(exe, '/')) == NULL)
		return (false);
	*slash = '\0';
	for (unsigned i = 0; i < nitems(places); i++) {
		int want = snprintf(buf, n, "%s/%s", exe, places[i]);

		if (want > 0 && (size_t)want < n && access(buf, X_OK) == 0)
			return (true);
	}
	return (false);
}

/* --- the wire -------------------------------------------------------------------- */

union control {
	struct cmsghdr	hdr;
	char		buf[CMSG_SPACE(sizeof(int))];
};

int
textwire_send(int sock, const void *buf, size_t n, int fd)
{
	struct iovec iov = { (void *)(uintptr_t)buf, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c = { 0 };
	ssize_t r;

	if (fd >= 0) {
		m.msg_control = c.buf;
		m.msg_controllen = sizeof(c.buf);
		c.hdr.cmsg_level = SOL_SOCKET;
		c.hdr.cmsg_type = SCM_RIGHTS;
		c.hdr.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&c.hdr), &fd, sizeof(fd));
	}
	do
		r = sendmsg(sock, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (r < 0 && errno == EINTR);
	return (r == (ssize_t)n ? 0 : -1);
}

int
textwire_recv(int sock, void *buf, size_t n, int *fd, int flags)
{
	struct iovec iov = { buf, n };
	union control c = { 0 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = c.buf, .msg_controllen = sizeof(c.buf) };
	ssize_t r;

	*fd = -1;
	do
		r = recvmsg(sock, &m, flags | MSG_CMSG_CLOEXEC);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return (-1);
	if (m.msg_controllen >= sizeof(struct cmsghdr) &&
	    c.hdr.cmsg_level == SOL_SOCKET &&
	    c.hdr.cmsg_type == SCM_RIGHTS &&
	    c.hdr.cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(&c.hdr), sizeof(*fd));
	return ((int)r);
}
