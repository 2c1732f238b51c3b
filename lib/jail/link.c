/*
 * link.c: the other side of the door: where doors are, finding jails, and
 * looking into one.
 *
 * The arena is mapped read-only where the jail has it, so that the pointers in
 * it mean something; nothing there is trusted.  Its file is checked to be
 * sealed in size, or a hostile jail could make us fault.
 */
#include "jail/door.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"

#define	PATIENCE	5	/* seconds: a warden that is stopped */

/* --- names ------------------------------------------------------------------- */

bool
jail_name_ok(const char *name)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return (name[0] != '\0' && name[0] != '.' && name[0] != '-' &&
	    strlen(name) <= JAIL_NAMEMAX && name[strspn(name, ok)] == '\0');
}

int
door_dir(char *buf, size_t size, bool make, struct jerr *e)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	struct stat st;
	int n;

	if (run != NULL && run[0] == '/' && stat(run, &st) == 0 &&
	    st.st_uid == geteuid() && S_ISDIR(st.st_mode))
		n = snprintf(buf, size, "%s/guise", run);
	else
		n = snprintf(buf, size, "/tmp/guise-%u", (unsigned)geteuid());
	if (n < 0 || (size_t)n >= size)
		return (jerr_set(e, JERR_SELF, "XDG_RUNTIME_DIR is too long"));
	if (make && mkdir(buf, 0700) != 0 && errno != EEXIST)
		return (jerr_errno(e, "cannot make %s", buf));
	if (lstat(buf, &st) != 0)
		return (make ? jerr_errno(e, "cannot use %s", buf) : -1);
	/* Not what somebody else has put there for us. */
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0)
		return (jerr_set(e, JERR_SELF, "%s is not a directory of mode "
		    "0700 that belongs to you; remove it, or set "
		    "XDG_RUNTIME_DIR to a directory of yours", buf));
	return (0);
}

/* --- packets ------------------------------------------------------------------ */

static int
receive(int sock, struct door_msg *m, int *fd)
{
	struct iovec iov = { m, sizeof(*m) };
	union {
		struct cmsghdr	hdr;
		char		buf[CMSG_SPACE(sizeof(int))];
	} u;
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &u, .msg_controllen = sizeof(u) };
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (c = CMSG_FIRSTHDR(&mh)) != NULL &&
	    c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	if (n == sizeof(*m) && m->dm_magic == DOOR_MAGIC)
		return (0);
	if (n >= 0)
		errno = ECONNRESET;
	if (*fd >= 0)
		(void)close(*fd);
	return (-1);
}

static int
ask(int sock, struct door_msg *m, enum door_op op, int *fd)
{
	ssize_t n;

	m->dm_magic = DOOR_MAGIC;
	m->dm_op = op;
	m->dm_error = 0;
	do
		n = send(sock, m, sizeof(*m), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(*m) || receive(sock, m, fd) != 0)
		return (-1);
	if (m->dm_error != 0) {
		errno = m->dm_error;
		return (-1);
	}
	return (0);
}

/* --- one jail -------------------------------------------------------------------- */

static int
map_arena(struct jail_link *jl, int fd)
{
	void *want = (void *)ARENA_BASE;
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &st) != 0 ||
	    st.st_size < (off_t)sizeof(struct root) ||
	    (uint64_t)st.st_size > ARENA_MAX) {
		errno = EPROTO;
		return (-1);
	}
	jl->jl_size = (uint64_t)st.st_size;
	jl->jl_memory = (uint64_t)st.st_blocks * 512;
	jl->jl_arena = mmap(want, jl->jl_size, PROT_READ,
	    MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, 0);
	if (jl->jl_arena == want)
		return (0);
	jl->jl_arena = NULL;
	return (-1);
}

int
link_adopt(struct jail_link *jl, int sock, struct jerr *e)
{
	struct timeval tv = { .tv_sec = PATIENCE };
	static struct door_msg m;
	int fd, r;

	memset(jl, 0, sizeof(*jl));
	jl->jl_sock = sock;
	(void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	memset(&m, 0, sizeof(m));
	if (ask(sock, &m, DOOR_HELLO, &fd) != 0)
		return (jerr_errno(e, "the jail does not answer"));
	jl->jl_warden = m.dm_pid;
	jl->jl_started = m.u.hello.started;
	memcpy(jl->jl_name, m.u.hello.name, sizeof(jl->jl_name) - 1);
	memcpy(jl->jl_command, m.u.hello.command, sizeof(jl->jl_command) - 1);
	if (fd < 0) {
		errno = EPROTO;
		return (jerr_errno(e, "the jail does not answer"));
	}
	r = map_arena(jl, fd);
	(void)close(fd);
	return (r == 0 ? 0 : jerr_errno(e, "cannot map the jail's memory"));
}

int
link_open(struct jail_link *jl, const char *name, struct jerr *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char dir[PATH_MAX];
	int sock, n;

	(void)jerr_set(e, JERR_SELF, "no jail named %s is running", name);
	if (!jail_name_ok(name) || door_dir(dir, sizeof(dir), false, e) != 0)
		return (-1);
	n = snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/%s", dir, name);
	if (n >= (int)sizeof(sun.sun_path))
		return (-1);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return (jerr_errno(e, "cannot make a socket"));
	if (connect(sock, (struct sockaddr *)&sun, sizeof(sun)) == 0 &&
	    link_adopt(jl, sock, e) == 0)
		return (0);
	/* Its warden was killed: sweep up. */
	if (errno == ECONNREFUSED)
		(void)unlink(sun.sun_path);
	(void)close(sock);
	return (-1);
}

void
link_close(struct jail_link *jl)
{
	if (jl->jl_arena != NULL)
		(void)munmap(jl->jl_arena, jl->jl_size);
	jl->jl_arena = NULL;
	if (jl->jl_sock >= 0)
		(void)close(jl->jl_sock);
	jl->jl_sock = -1;
}

/* --- all jails ---------------------------------------------------------------------- */

static int
is_name(const struct dirent *d)
{
	return (jail_name_ok(d->d_name));
}

int
link_each(bool (*fn)(struct jail_link *jl, void *arg), void *arg,
    struct jerr *e)
{
	struct jail_link jl;
	struct dirent **v;
	char dir[PATH_MAX];
	bool more = true;
	int n;

	e->je_msg[0] = '\0';
	if (door_dir(dir, sizeof(dir), false, e) != 0)
		return (e->je_msg[0] == '\0' ? 0 : -1);
	n = scandir(dir, &v, is_name, alphasort);
	if (n < 0)
		return (jerr_errno(e, "cannot read %s", dir));
	for (int i = 0; i < n; i++) {
		if (more && link_open(&jl, v[i]->d_name, e) == 0) {
			more = fn(&jl, arg);
			link_close(&jl);
		}
		free(v[i]);
	}
	free(v);
	return (0);
}

struct findarg {
	int		pid;
	unsigned	count;
	char		name[JAIL_NAMEMAX + 1];
};

static bool
find_one(struct jail_link *jl, void *arg)
{
	struct findarg *a = arg;

	if (a->pid != 0 && jl->jl_warden != a->pid)
		return (true);
	a->count++;
	memcpy(a->name, jl->jl_name, sizeof(a->name));
	return (true);
}

int
link_find(struct jail_link *jl, const char *what, struct jerr *e)
{
	struct findarg a = { 0 };

	if (what != NULL && link_open(jl, what, e) == 0)
		return (0);
	if (what != NULL && (a.pid = atoi(what)) <= 0)
		return (jerr_set(e, JERR_SELF, "no jail named %s is running; "
		    "'guise list' shows them", what));
	if (link_each(find_one, &a, e) != 0)
		return (-1);
	if (a.count == 1)
		return (link_open(jl, a.name, e));
	if (what != NULL)
		return (jerr_set(e, JERR_SELF, "no jail has warden %s; "
		    "'guise list' shows them", what));
	if (a.count == 0)
		return (jerr_set(e, JERR_SELF, "no jail is running"));
	return (jerr_set(e, JERR_SELF, "%u jails are running: name one; "
	    "'guise list' shows them", a.count));
}

/* --- requests ------------------------------------------------------------------------ */

int
link_trace(struct jail_link *jl, const struct trace_want *tw, uint64_t *pos,
    struct jerr *e)
{
	static struct door_msg m;
	int fd;

	memset(&m, 0, sizeof(m));
	m.u.want = *tw;
	if (ask(jl->jl_sock, &m, DOOR_TRACE, &fd) != 0) {
		if (errno == EBUSY)
			return (jerr_set(e, JERR_SELF, "jail %s is being "
			    "traced already", jl->jl_name));
		return (jerr_errno(e, "cannot trace jail %s", jl->jl_name));
	}
	*pos = m.dm_pos;
	return (0);
}

void
link_tail(struct jail_link *jl, uint64_t pos)
{
	static struct door_msg m;

	m.dm_magic = DOOR_MAGIC;
	m.dm_op = DOOR_TAIL;
	m.dm_pos = pos;
	(void)send(jl->jl_sock, &m, sizeof(m), MSG_NOSIGNAL);
}

long
link_mem(struct jail_link *jl, int pid, uint64_t addr, void *buf, size_t len)
{
	static struct door_msg m;
	int fd;

	memset(&m, 0, sizeof(m));
	m.dm_pid = pid;
	m.dm_pos = addr;
	m.dm_len = len < DOOR_MEMMAX ? len : DOOR_MEMMAX;
	if (ask(jl->jl_sock, &m, DOOR_MEM, &fd) != 0 || m.dm_len > len)
		return (-1);
	memcpy(buf, m.u.mem, m.dm_len);
	return ((long)m.dm_len);
}
