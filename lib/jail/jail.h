/*
 * jail.h: start one jail and watch it to its end.
 *
 * The caller fills a struct jail_spec in plain host terms; jail_run() opens
 * what it names, builds arena and configuration, maps the kernel, forks the
 * first process and is the warden until the jail is over.
 */
#ifndef JAIL_JAIL_H
#define JAIL_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jail/error.h"

struct trace_want;

struct jail_volume {
	char	*jv_host;		/* directory or file on the host */
	char	*jv_guest;		/* absolute guest path */
	bool	jv_rdonly;
	bool	jv_throwaway;		/* written in memory only */
	enum jail_volkind { JV_HOST, JV_TMPFS } jv_kind;
	unsigned jv_flags;		/* JV_*, of tmpfs */
	char	*jv_options;		/* tmpfs: size, mode...; jv_host NULL */
};

#define	JV_RDONLY	1		/* = MS_* of mount(2) */
#define	JV_NOSUID	2
#define	JV_NODEV	4
#define	JV_NOEXEC	8

#define	JAIL_MAXVOLUMES	64

struct jail_dev {			/* --device */
	char	*jd_host, *jd_guest;	/* absolute paths */
	bool	jd_read, jd_write;
};
#define	JAIL_MAXDEVICES	32

struct jail_rule {			/* --devfs-ruleset, in order */
	char	*jr_pattern;
	unsigned jr_what;		/* JR_* */
	uint32_t jr_value;
};
enum { JR_HIDE, JR_UNHIDE, JR_MODE, JR_USER, JR_GROUP };

struct jail_limit {
	bool	jl_set;
	uint64_t jl_soft, jl_hard;	/* UINT64_MAX: none */
};

struct jail_spec {
	const char *js_rootfs;		/* host directory */
	bool	js_try;			/* throw-away copy of this machine */
	bool	js_rdonly;
	bool	js_ephemeral;
	bool	js_kinit;		/* the kernel's reaper is pid 1 */
	const char *js_hostname;	/* NULL: the host's */
	const char *js_cwd;		/* NULL: "/" */
	const char *js_user;		/* "USER[:GROUP]", NULL: see js_caller */
	bool	js_caller;		/* no js_user: the caller's ids, not 0 */
	char	**js_argv;		/* NULL-terminated, at least one; NULL:
					   run nothing, only export */
	char	**js_env;		/* "K=V" on top of the defaults */
	bool	js_inherit;		/* start from the caller's environment */
	struct jail_volume js_vol[JAIL_MAXVOLUMES];
	unsigned js_nvol;
	unsigned js_trap;		/* 0 best, ROOTF_SUD, ROOTF_SECCOMP */
	const char *js_upper;		/* host directory for the upper layer of
					   js_try, or NULL: memory */
	int	js_exportfd;		/* > 2: the upper layers are written to
					   it at the end (base/export.h) */
	struct jail_dev js_dev[JAIL_MAXDEVICES];
	unsigned js_ndev;
	struct jail_rule *js_rule;
	unsigned js_nrule;
	struct jail_limit js_rlimit[16];	/* by RLIMIT_* */
	char	*js_cpuhide;		/* cpumask_parse's list, or NULL */
	uint64_t js_memory;		/* bytes, 0 = half of the RAM */
	const char *js_name;		/* NULL: made from the command */
	int	js_door;		/* a tracer's socket (door.h), 0 none */
	const struct trace_want *js_trace; /* traced from its first call */
};

/*
 * Run it: the exit status (0-255) of the main program, or -1 with *e.  Must be
 * called in a single-threaded process, early: it closes every descriptor above
 * 2, because the jail shares the table.
 */
int	jail_run(const struct jail_spec *js, struct jerr *e);

#endif
