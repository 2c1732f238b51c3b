/*
 * config.h: what the warden asks of a new jail.  One block in the arena,
 * written before the kernel starts, read at boot; strings are pointers into
 * the block.  Shared by lib/jail and sys/init.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "libkern/types.h"

enum jail_rootkind {
	JAIL_ROOT_HOSTFS,	/* jc_rootfd, writable or read-only */
	JAIL_ROOT_EPHEMERAL,	/* unionfs: tmpfs over jc_rootfd */
};

struct trace_want;			/* base/trace.h */

struct jail_mount {		/* -v, --mount, --tmpfs */
	int32_t		jm_fd;		/* O_PATH host fd of the source */
	uint32_t	jm_flags;	/* MNT_*, with jm_tmpfs */
	char		*jm_tmpfs;	/* a tmpfs with these options: no jm_fd */
	uint32_t	jm_rdonly;
	uint32_t	jm_throwaway;	/* a memory layer takes the writes */
	int32_t		jm_upperfd;	/* that layer on the host, -1: memory */
	char		*jm_target;	/* guest path; made when missing */
	char		*jm_source;	/* for mountinfo */
};

struct jail_device {		/* --device: a character device of the host */
	int32_t		jd_fd;		/* O_PATH */
	uint32_t	jd_perm;	/* JD_* */
	uint32_t	jd_mode;	/* permissions of its node */
	uint64_t	jd_rdev;
	char		*jd_path;	/* guest path */
};
#define	JD_READ		1
#define	JD_WRITE	2

struct jail_devrule {		/* --devfs-ruleset */
	char		*dr_pattern;	/* names in /dev; * and ? */
	uint32_t	dr_what;	/* DR_* */
	uint32_t	dr_value;
};
enum { DR_HIDE, DR_UNHIDE, DR_MODE, DR_USER, DR_GROUP };

/*
 * Host facts for /proc and /sys.  Read from offset 0: "proc/cpuinfo",
 * "proc/meminfo", "proc/stat", "proc/loadavg", "proc/uptime", "proc/vmstat",
 * "proc/zoneinfo", "proc/net/dev" and others of that directory.  Directories
 * (O_PATH): "proc" (statm of the jail's host processes), "sys/cpu",
 * "sys/node" (/sys/devices/system/...).  Any may be missing.
 */
struct jail_hostfile {
	int32_t		jh_fd;		/* host fd */
	int32_t		jh_pad;
	char		*jh_name;
};

struct jail_config {
	uint32_t	jc_rootkind;
	int32_t		jc_rootfd;	/* O_PATH or directory host fd */
	uint32_t	jc_rdonly;	/* root read-only */
	uint32_t	jc_kinit;	/* 1: kernel's reaper is pid 1 (try) */
	uint32_t	jc_try;		/* host root as lower layer: own /tmp /run
					   and hide host-only things */
	int32_t		jc_stdio[3];	/* host fds for 0, 1, 2; -1 closed */
	int32_t		jc_ttyfd;	/* host fd of controlling tty or -1 */
	uint32_t	jc_uid, jc_gid;	/* of the first process */
	uint32_t	jc_ngroups;
	uint32_t	*jc_groups;
	uint32_t	jc_hostuid, jc_hostgid;
	uint32_t	jc_mapself;	/* hostfs shows jc_hostuid's files as 0 */
	int32_t		jc_upperfd;	/* O_PATH: upper layer on the host, or
					   -1: in memory */
	char		*jc_hide;	/* guest path of that directory, NULL */
	int32_t		jc_exportfd;	/* -1, or where the upper layers are
					   written at the end (base/export.h) */
	char		*jc_user;	/* -u text to look up in guest passwd or NULL */
	uint32_t	jc_umask;
	char		*jc_hostname;
	char		*jc_cwd;	/* created when missing (run), else error */
	char		*jc_path;	/* program as typed; PATH search in guest;
					   NULL: none, only export */
	char		**jc_argv;	/* NULL-terminated */
	char		**jc_envp;
	uint32_t	jc_nmounts;
	struct jail_mount *jc_mounts;
	uint32_t	jc_ndevices, jc_ndevrules;
	struct jail_device *jc_devices;
	struct jail_devrule *jc_devrules;
	uint32_t	jc_trap;	/* 0 = best, ROOTF_SUD, ROOTF_SECCOMP */
	uint32_t	jc_nopatch;	/* 1: leave hot call sites alone */
	uint64_t	jc_memlimit;	/* bytes of arena memory */
	char		*jc_fallbrand;	/* ELF fallback brand, NULL = linux64 */
	uint64_t	jc_rlimit[16][2]; /* host's at start, cur and max */
	uint64_t	jc_auxv[64];	/* the host's auxv pairs: HWCAP, CLKTCK.. */
	uint8_t		jc_seed[32];	/* randomness */
	struct trace_want *jc_trace;	/* traced from its first call; NULL */
	uint32_t	jc_nhostfiles;
	struct jail_hostfile *jc_hostfiles;
	int32_t		jc_textdir;	/* cache of patched text (textcache.h):
					   O_DIRECTORY host fd, -1 = none */
	uint32_t	jc_text;	/* 1: a builder waits at the desk */
	void		*jc_cpuid;	/* struct cpuid_table (base/cpuid.h),
					   page-aligned, or NULL */
	char		*jc_cpuhide;	/* names of /proc/cpuinfo's flags to
					   leave out, each between blanks, or
					   NULL */
};

/* Why the first program could not run; in r_status with r_done = 2: the
 * kernel leaves a message in r_panicmsg and one of docker's statuses here. */
#define	JAIL_DONE_EXIT	1	/* r_status: wait status of the main process */
#define	JAIL_DONE_ERROR	2	/* r_status: 125, 126, 127 and a message */
#define	JAIL_DONE_PANIC	3

#endif
