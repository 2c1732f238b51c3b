/* internal.h: what the files of lib/changes share. */
#ifndef CHANGES_INTERNAL_H
#define CHANGES_INTERNAL_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "base/export.h"
#include "changes/changes.h"

#define	CHG_PATHMAX	4096
#define	SPOOL_MAGIC	"GUISECH1"

/* The first block of a spool. */
struct spool_head {
	char		h_magic[8];
	char		h_id[24];	/* names its temporary files */
	struct timespec64 h_start;	/* host's clock before the jail saw it */
	char		h_root[CHG_PATHMAX];
	char		h_upper[CHG_PATHMAX];	/* "" = memory */
};

enum chg_kind { CHG_SAME, CHG_ADDED, CHG_CHANGED, CHG_DELETED };

struct change {
	char		*c_path;	/* relative, checked; "" = the root */
	struct export_rec c_x;
	char		*c_target;	/* of a link */
	const char	*c_attrs;	/* in the map, c_x.x_xattrlen bytes */
	const char	*c_data;	/* in the map: the pieces */
	struct change	*c_parent;	/* its directory's record or NULL */
	struct change	*c_link;	/* XR_HARDLINK: whose contents it has */
	bool		c_opaque;	/* itself or a parent */
	bool		c_implied;	/* deleted, without a record */
	bool		c_ignored;
	enum chg_kind	c_kind;
	unsigned	c_bits;		/* CHG_* below, of CHG_CHANGED */
	struct stat	c_host;		/* unless CHG_ADDED */
	size_t		c_index;	/* among the records: fixed */
	char		*c_tempdir;	/* commit: where its temporary is */
	bool		c_touched;	/* commit: a directory that changed */
};
#define	CHG_CONTENT	1
#define	CHG_MODE	2
#define	CHG_OWNER	4
#define	CHG_XATTR	8
#define	CHG_TIMES	16
#define	CHG_TYPE	32

struct changes {
	int		cs_fd;
	const char	*cs_map;
	size_t		cs_size;
	struct spool_head cs_head;
	int		cs_rootfd;
	int		cs_upperfd;	/* -1 */
	struct change	**cs_v;		/* sorted by path */
	size_t		cs_n, cs_cap;
	char		*cs_file;	/* its name once it has one */
	bool		cs_begun;	/* a commit that was interrupted */
};

/* --- load.c --- */
struct change *chg_find(const struct changes *cs, const char *path);
struct change *chg_new(struct changes *cs, const char *path, size_t len);
void	chg_sort(struct changes *cs);
/* Contents: up to n bytes from off; *cursor starts as c_data. */
size_t	chg_read(const struct change *c, const char **cursor, void *buf,
	    size_t n, int64_t off);
/* The next attribute from *at (0 at first): false at the end. */
struct chg_attr {
	const char	*a_name;
	uint32_t	a_namelen;
	const char	*a_val;
	uint32_t	a_vallen;
};
bool	chg_nextattr(const struct change *c, size_t *at, struct chg_attr *a);
/* The change that has the contents of c (hard links). */
const struct change *chg_contents(const struct change *c);

/* --- host.c --- */
/* The directory that holds path (O_PATH; no link on the way, never above the
 * root) and its last name (in buf, CHG_PATHMAX).  -1 and errno. */
int	host_parent(const struct changes *cs, const char *path, char *buf,
	    const char **name);
/* 0, or -1 and errno. */
int	host_lstat(const struct changes *cs, const char *path,
	    struct stat *st);
/* Contents of a regular file, or a directory to read. */
int	host_open(const struct changes *cs, const char *path, int flags);
char	*host_readlink(const struct changes *cs, const char *path);
/* An attribute name that we compare and set. */
bool	host_isattr(const char *name, size_t len);
/* Changed after the guest looked: base is what the guest's copy is based on. */
void	host_base(const struct changes *cs, const char *path,
	    struct timespec *base);
static inline bool
ts_after(const struct timespec *a, const struct timespec *b)
{
	return (a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec :
	    a->tv_nsec > b->tv_nsec);
}

/* --- compare.c --- */
int	chg_compare(struct changes *cs, struct jerr *e);

/* --- diff.c --- */
/* Hunks that make b of a, in unified format. */
void	diff_texts(FILE *fp, const char *a, size_t alen, const char *b,
	    size_t blen);

/* --- show.c --- */
/* A path as git quotes it; the buffer is static. */
const char *chg_quote(const char *prefix, const char *path);

/* --- spool.c --- */
/* A descriptor of an existing one, checked to be the caller's. */
int	spool_reopen(const char *path, struct jerr *e);
int	spool_journal(struct changes *cs, struct jerr *e);
void	spool_forget(struct changes *cs);

/* --- check.c --- */
/* Complain to fp about each change that cannot be applied; how many. */
unsigned check_conflicts(const struct changes *cs, FILE *fp);
unsigned check_denied(const struct changes *cs, FILE *fp);

/* --- put.c: 0, or -1 and errno --- */
/* Owner, mode, attributes, times of c onto an open file (O_PATH is enough). */
int	put_attrs(const struct change *c, int fd);
/* Contents and attributes into the new file `name` of dirfd. */
int	put_file(const struct change *c, int dirfd, const char *name);
/* Remove whatever the name is; missing is fine. */
int	put_remove(int dirfd, const char *name);

#endif
