/*
 * textdir.c: the directory of cache files.
 *
 * A name there is trusted for nothing: the file must belong to us and its head
 * must tell the very key.  What is damaged is replaced by the next rename.
 * Files with text are synced before they get their name, so a crash of the
 * machine leaves no zeros behind a sound head.
 */
#include "text/textdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libkern/types.h"
#include "text/text.h"

#ifndef MFD_EXEC
#define	MFD_EXEC	0x10U
#endif
#define	TEMP_PREFIX	"tmp."
#define	TEMP_AGE	600	/* s: a temporary file that nobody finishes */
#define	PRUNE_EVERY	16
#define	MAXFILES	65536u

/* --- a file's head ------------------------------------------------------------- */

static bool
in_file(const struct tc_head *h, uint64_t off, uint64_t len)
{
	return ((off & KPAGE_MASK) == 0 && (len & KPAGE_MASK) == 0 &&
	    off <= h->th_size && len <= h->th_size - off);
}

static bool
head_sound(const struct tc_head *h, const struct tc_key *key, uint64_t size)
{
	if (h->th_magic != TC_MAGIC || h->th_version != TC_VERSION ||
	    h->th_size != size || h->th_nseg > TC_MAXSEG ||
	    memcmp(&h->th_key, key, sizeof(*key)) != 0)
		return (false);
	if (h->th_nseg == 0)
		return (true);
	if (h->th_npc > TC_MAXPC || h->th_pcoff > size ||
	    h->th_npc * sizeof(struct tc_pc) > size - h->th_pcoff ||
	    !in_file(h, h->th_tramp, h->th_tramplen) || h->th_dist < h->th_span)
		return (false);
	for (unsigned i = 0; i < h->th_nseg; i++)
		if (!in_file(h, h->th_seg[i].tsg_data, h->th_seg[i].tsg_len))
			return (false);
	return (true);
}

/* *empty: no site fits. */
static int
find(int dirfd, const struct tc_key *key, bool *empty)
{
	char name[TC_NAMELEN];
	struct tc_head h;
	struct stat st;
	int fd;

	tc_name(key, name);
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	if (fd < 0)
		return (-1);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 022) != 0 ||
	    pread(fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h) ||
	    !head_sound(&h, key, (uint64_t)st.st_size)) {
		(void)close(fd);
		return (-1);
	}
	*empty = h.th_nseg == 0;
	(void)futimens(fd, NULL);
	return (fd);
}

int
textdir_find(int dirfd, const struct tc_key *key)
{
	bool empty;

	return (find(dirfd, key, &empty));
}

/* --- bounds ---------------------------------------------------------------------- */

struct cached {
	char		name[TC_NAMELEN];
	uint64_t	bytes;
	time_t		used;
};

static int
by_age(const void *a, const void *b)
{
	const struct cached *x = a, *y = b;

	return (x->used < y->used ? -1 : x->used > y->used);
}

/* One name: into v, or removed when it is a file that nobody will finish. */
static bool
look_at(int dirfd, const char *name, struct cached *v)
{
	struct stat st;

	if (name[0] == '.' || strlen(name) >= sizeof(v->name) ||
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return (false);
	if (strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0) {
		if (time(NULL) - st.st_mtime > TEMP_AGE)
			(void)unlinkat(dirfd, name, 0);
		return (false);
	}
	(void)strcpy(v->name, name);
	v->bytes = (uint64_t)st.st_blocks * 512;
	v->used = kmax(st.st_atime, st.st_mtime);
	return (true);
}

static void
prune(int dirfd, DIR *d, uint64_t limit)
{
	struct cached *v = NULL, *p;
	struct dirent *de;
	unsigned n = 0;
	uint64_t sum = 0;

	while (n < MAXFILES && (de = readdir(d)) != NULL) {
		if ((n & 63) == 0) {
			p = realloc(v, (n + 64) * sizeof(*v));
			if (p == NULL)
				break;
			v = p;
		}
		if (look_at(dirfd, de->d_name, &v[n]))
			sum += v[n++].bytes;
	}
	if (sum > limit && n > 0)
		qsort(v, n, sizeof(*v), by_age);
	for (unsigned i = 0; i < n && sum > limit; i++)
		if (unlinkat(dirfd, v[i].name, 0) == 0)
			sum -= v[i].bytes;
	free(v);
}

void
textdir_prune(int dirfd, uint64_t limit)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d;

	if (fd < 0)
		return;
	/* Somebody else is at it: then we need not be. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || (d = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return;
	}
	prune(dirfd, d, limit);
	(void)closedir(d);
}

/* --- building ------------------------------------------------------------------------ */

/* Is it still the file of the key? A file of a jail's memory has no other
 * name than the jail's word. */
static bool
same_file(int fd, const struct tc_key *key)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    key->tk_size == 0 || key->tk_size > TEXT_MAXFILE)
		return (false);
	if (key->tk_jail != 0)
		return ((uint64_t)st.st_size >= key->tk_size);
	return (st.st_dev == key->tk_dev && st.st_ino == key->tk_ino &&
	    (uint64_t)st.st_size == key->tk_size &&
	    st.st_mtim.tv_sec * NSEC_PER_SEC + st.st_mtim.tv_nsec ==
	    key->tk_mtime &&
	    st.st_ctim.tv_sec * NSEC_PER_SEC + st.st_ctim.tv_nsec ==
	    key->tk_ctime);
}

/* The copy was made before the second look. */
static bool
write_out(struct text *t, const struct tc_key *key, int fd, int out)
{
	return (text_write(t, key, out) == 0 && same_file(fd, key));
}

static int
build_memory(struct text *t, const struct tc_key *key, int fd)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int out = memfd_create("guise-text", flags | MFD_EXEC);

	if (out < 0)
		out = memfd_create("guise-text", flags);
	if (out < 0)
		return (-1);
	if (!write_out(t, key, fd, out) || fcntl(out, F_ADD_SEALS,
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
		(void)close(out);
		return (-1);
	}
	return (out);
}

/* A read-only descriptor of what was built in the directory. */
static int
build_disk(struct text *t, const struct tc_key *key, int fd, int dirfd,
    bool empty)
{
	char temp[64], name[TC_NAMELEN];
	struct timespec ts;
	int out, done = -1;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)snprintf(temp, sizeof(temp), TEMP_PREFIX "%d.%lx", (int)getpid(),
	    (unsigned long)(ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec));
	tc_name(key, name);
	out = openat(dirfd, temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (out < 0)
		return (-1);
	if (write_out(t, key, fd, out) && (empty || fsync(out) == 0))
		done = openat(dirfd, temp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (done < 0 || renameat(dirfd, temp, dirfd, name) != 0) {
		(void)unlinkat(dirfd, temp, 0);
		if (done >= 0)
			(void)close(done);
		done = -1;
	}
	(void)close(out);
	return (done);
}

static bool
any_fit(const struct text *t)
{
	unsigned n;
	const struct text_site *ts = text_sites(t, &n);

	for (unsigned i = 0; i < n; i++)
		if (ts[i].ts_why == TEXT_FIT)
			return (true);
	return (false);
}

static int
build(int dirfd, int fd, const struct tc_key *key, bool *empty)
{
	struct text *t = text_open(fd, key->tk_size);
	int out = -1;

	*empty = true;
	if (t == NULL || !text_analyze(t)) {
		if (t != NULL)
			text_close(t);
		return (-1);
	}
	*empty = !any_fit(t);
	/* Once only: what text_write left is no text to write again. */
	if (dirfd >= 0)
		out = build_disk(t, key, fd, dirfd, *empty);
	else if (!*empty)
		out = build_memory(t, key, fd);
	text_close(t);
	return (out);
}

/* A look at all files is too much for each that is made. */
static bool
now_and_then(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((ts.tv_nsec >> 8) % PRUNE_EVERY == 0);
}

enum tc_state
text_build(int dirfd, int fd, const struct tc_key *key, uint64_t limit,
    int *cachefd)
{
	bool empty = true;

	*cachefd = -1;
	if (!same_file(fd, key))
		return (TC_NEVER);
	if (key->tk_jail != 0)
		dirfd = -1;
	if (dirfd >= 0)
		*cachefd = find(dirfd, key, &empty);
	if (*cachefd < 0) {
		*cachefd = build(dirfd, fd, key, &empty);
		if (*cachefd < 0 && dirfd >= 0 && !empty)
			*cachefd = build(-1, fd, key, &empty);
		else if (*cachefd >= 0 && dirfd >= 0 && now_and_then())
			textdir_prune(dirfd, limit);
	}
	if (*cachefd >= 0 && empty) {
		(void)close(*cachefd);
		*cachefd = -1;
	}
	return (*cachefd >= 0 ? TC_READY : TC_NEVER);
}
