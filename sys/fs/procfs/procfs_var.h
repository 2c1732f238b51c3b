/* procfs_var.h: what the files of procfs share. */
#ifndef FS_PROCFS_PROCFS_VAR_H
#define FS_PROCFS_PROCFS_VAR_H

#include "fs/pseudofs/pseudofs.h"
#include "fs/procfs/procfs.h"

struct ucred;
struct vmspace;

#define	PROC_USER_HZ	100
#define	NSEC_PER_TICK	(NSEC_PER_SEC / PROC_USER_HZ)

/* Tables: children of /proc, /proc/sys, /proc/net, /proc/PID, .../task/TID. */
extern const struct pfs_node procfs_top[], procfs_sys[], procfs_net[];
extern const struct pfs_node procfs_piddir, procfs_tiddir;

/* proc_host.c: the text of a host file that the warden opened for us
 * (jc_hostfiles), appended. -ENOENT: not given. */
int	procfs_hostfile(const char *name, struct sbuf *sb);
/* Its descriptor, or -1. */
int	procfs_hostfd(const char *name);

/* proc_pid.c */
/* A thread of c that still has its files and memory, or NULL; p_lock held. */
struct thread *procfs_live(struct pfs_ctx *c);
struct ucred *procfs_cred(struct pfs_ctx *c);	/* referenced or NULL */
/* Resident pages of p as the host counts them: size, rss, shared. */
void	procfs_hostmem(struct proc *p, uint64_t pages[3]);
/* The same of the guest's own memory, guessed where need be. */
void	procfs_rss(struct pfs_ctx *c, uint64_t pages[3]);
void	procfs_times(struct pfs_ctx *c, nsec_t *utime, nsec_t *stime);

int	procfs_stat(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_statm(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_limits(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_status(struct pfs_ctx *c, struct sbuf *sb);

/* proc_extra.c */
int	procfs_hostpidfile(const struct proc *p, int tid, const char *name,
	    struct sbuf *sb);
int	procfs_io(struct pfs_ctx *c, struct sbuf *sb);
void	procfs_switches(struct pfs_ctx *c, uint64_t *vol, uint64_t *invol);
int	procfs_syscall(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_wchan(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_timers(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_numa_maps(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_mapfiles_lookup(struct pfs_ctx *dir, const char *name,
	    size_t len, struct pfs_ctx *kid);
int	procfs_mapfiles_next(struct pfs_ctx *dir, int64_t *cursor,
	    struct pfs_ctx *kid, char name[32]);

/* proc_resident.c: what the host says of p's pages, or NULL; resident_put. */
enum res_field { RES_RSS, RES_PSS, RES_PSSDIRTY, RES_SHCLEAN, RES_SHDIRTY,
	RES_PRCLEAN, RES_PRDIRTY, RES_REF, RES_ANON, RES_SWAP, RES_SWAPPSS,
	RES_LOCKED, RES_HUGE, RES_COUNT };
struct resident;
struct resident *resident_get(const struct proc *p);
void	resident_put(struct resident *r);
/* Add up, in KiB, what is resident of [start, end). */
void	resident_add(const struct resident *r, uaddr_t start, uaddr_t end,
	    uint64_t kb[RES_COUNT]);

/* proc_mem.c */
struct vmspace *procfs_vm(struct pfs_ctx *c);	/* referenced or NULL */
int	procfs_maps(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_smaps(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_smaps_rollup(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_cmdline(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_environ(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_auxv(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_mem(struct pfs_ctx *c, struct uio *uio);

/* proc_locks.c */
int	procfs_locks(struct pfs_ctx *c, struct sbuf *sb);

/* proc_fd.c */
/* Call fn for every descriptor of every process; a file may come again. */
void	procfs_files(void (*fn)(struct file *fp, void *arg), void *arg);
extern const struct pfs_node procfs_fdkid, procfs_fdinfokid;
int	procfs_fdlookup(struct pfs_ctx *dir, const char *name, size_t len,
	    struct pfs_ctx *kid);
int	procfs_fdnext(struct pfs_ctx *dir, int64_t *cursor,
	    struct pfs_ctx *kid, char name[32]);
unsigned procfs_umask(struct pfs_ctx *c);
int	procfs_exelink(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_exemagic(struct pfs_ctx *c, struct nchandle *nch);
int	procfs_cwdlink(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_cwdmagic(struct pfs_ctx *c, struct nchandle *nch);
int	procfs_rootlink(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_rootmagic(struct pfs_ctx *c, struct nchandle *nch);

/* proc_netsock.c */
int	procfs_tcp(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_tcp6(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_udp(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_udp6(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_raw(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_raw6(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_unix(struct pfs_ctx *c, struct sbuf *sb);

/* proc_mnt.c */
int	procfs_mounts(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_mountinfo(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_mountstats(struct pfs_ctx *c, struct sbuf *sb);
int	procfs_filesystems(struct pfs_ctx *c, struct sbuf *sb);

#endif
