/*
 * textdir.h: the user's directory of patched text, and the builder that fills
 * it for a jail.
 *
 * The directory is ${XDG_CACHE_HOME:-~/.cache}/guise/text, 0700.  Any number
 * of jails use it at once: a file appears whole, by rename, and is never
 * changed; whoever has it open keeps it when it is removed.
 */
#ifndef TEXT_TEXTDIR_H
#define TEXT_TEXTDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/textcache.h"

#define	TEXTDIR_LIMIT	(256ULL << 20)	/* bytes of all cache files */
#define	TEXT_MAXFILE	(512ULL << 20)	/* bytes of a program file */

/* Its path; false: the environment names none. */
bool	textdir_path(char *buf, size_t n);
/* Open it, made if missing: a descriptor, or -1 where there is none that is
 * ours alone and may hold programs. */
int	textdir_open(const char *path);
/* The builder's program, guise-text; false: it is not installed. */
bool	text_program(char *buf, size_t n);
/* The cache file of a key, read-only, touched; -1: none that is sound. */
int	textdir_find(int dirfd, const struct tc_key *key);
/* Remove the least recently used until no more than limit bytes are left. */
void	textdir_prune(int dirfd, uint64_t limit);

/*
 * The cache file for the program file fd: from the directory (-1: none), or
 * built there or in memory: *cachefd, TC_READY; or TC_NEVER.  limit: textdir_
 * prune's.
 */
enum tc_state text_build(int dirfd, int fd, const struct tc_key *key,
	    uint64_t limit, int *cachefd);

/* --- the builder's wire: one datagram each way, a descriptor beside it --- */

struct text_request {		/* with the program file */
	uint32_t	rq_index;
	uint32_t	rq_pad;
	struct tc_key	rq_key;
};

struct text_reply {		/* with the cache file when TC_READY */
	uint32_t	rp_index;
	uint32_t	rp_state;
};

/* The datagram's length, 0 at the end, -1 with errno; *fd is -1 or ours. */
int	textwire_recv(int sock, void *buf, size_t n, int *fd, int flags);
int	textwire_send(int sock, const void *buf, size_t n, int fd);

/*
 * Serve requests on sock until its other end is closed or none came for some
 * time (a request that could be sent is served all the same).  Called in a
 * process of its own, which has no other descriptor: confines itself first.
 * dir: NULL where there is no directory.
 */
void	text_serve(int sock, const char *dir);

#endif
