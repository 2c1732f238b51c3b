/*
 * internal.h: what the files of lib/jail share.
 *
 * start.c     opens everything, makes arena and configuration, forks
 * config.c    the configuration block
 * hostfacts.c the host's files behind the jail's /proc and /sys
 * users.c     "USER[:GROUP]" by the root file system's passwd and group
 * kernimg.c   the kernel's file
 * textdesk.c  the kernel's wishes for patched text, and the builder
 * uppers.c    the directory of --upper
 * view.c      reads the live arena as hostile input (kernel headers only:
 *	       they define what libc's <signal.h> defines too)
 * warden.c    signals, job control, sweeps, the end
 * door.c      lets tracers and `guise list` look in; link.c is their side
 */
#ifndef JAIL_INTERNAL_H
#define JAIL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/config.h"
#include "jail/error.h"
#include "jail/jail.h"
#include "jail/kernimg.h"

/* Who the first process is; pointers are malloc'ed. */
struct jail_user {
	uint32_t	ju_uid, ju_gid;
	uint32_t	*ju_groups;
	uint32_t	ju_ngroups;
	char		*ju_home;	/* NULL: unknown */
};

#define	JAIL_NHOSTFACTS	16

/* A jail under construction, then under watch. */
struct jail {
	const struct jail_spec *j_spec;
	struct kernimg	j_kern;
	struct root	*j_root;	/* at ARENA_BASE */
	uint64_t	j_size;		/* bytes of the arena: never r_size */
	int		j_memfd;
	int		j_rootfd;
	int		j_volfd[JAIL_MAXVOLUMES];
	int		j_devfd[JAIL_MAXDEVICES];
	int		j_upperfd;	/* -1: in memory */
	int		j_volupper[JAIL_MAXVOLUMES];
	int		j_stdio[3];
	int		j_ttyfd;
	int		j_textfd;	/* cache of patched text, -1: none */
	char		j_textpath[4096];
	char		j_textprog[4096]; /* the builder, "": none */
	int		j_hostfact[JAIL_NHOSTFACTS];	/* -1: missing */
	struct jail_user j_user;
	uint64_t	j_rlimit[16][2]; /* before we raised any */
	uint64_t	j_nofile;
	uint64_t	j_features;	/* ROOTF_* that the host has */
	unsigned	j_umask;
	bool		j_ctty;		/* we have a controlling terminal */
	int		j_child;	/* host pid of the first process */
	uint64_t	j_memino;	/* of j_memfd, to know it again */
	char		j_name[64];	/* door.h */
};

/* users.c */
int	users_resolve(const struct jail *j, struct jail_user *ju,
	    struct jerr *e);
/* uppers.c */
int	uppers_open(struct jail *j, struct jerr *e);
/* hostfacts.c */
void	hostfacts_open(struct jail *j);
const char *hostfacts_name(unsigned i);
bool	hostfacts_isdir(unsigned i);
/* config.c: needs everything above filled in. */
int	config_build(struct jail *j, struct jerr *e);
/* confine.c: by the first process to itself; needs no_new_privs. */
void	jail_confine(const struct jail *j);
/* textdesk.c: poll by the warden whenever it looks around. */
void	textdesk_open(struct jail *j);
void	textdesk_poll(const struct jail *j);
void	textdesk_end(void);
void	textdesk_leave(const struct jail *j);	/* the jail is over */
/* warden.c: does not return before the jail is over. */
void	warden_prepare(struct jail *j);
int	warden_watch(struct jail *j, struct jerr *e);
/* A living child of ours? */
bool	warden_child(int pid);

/* view.c: a look at the arena. Nothing in it is trusted. */
struct view_thread {
	int		vt_hostpid, vt_hosttid;
	uint32_t	*vt_flags, *vt_wake;	/* inside the arena */
};
struct view_proc {
	const void	*vp_id;		/* address of the record */
	int		vp_pid, vp_hostpid;
	bool		vp_running;
	bool		vp_main;
	bool		vp_locked;	/* a thread of it holds kernel locks */
	uint32_t	*vp_flags;	/* inside the arena */
	unsigned	vp_nthreads;
	struct view_thread vp_thread[16];
};
#define	VIEW_MAXPROCS	65536
#define	VIEW_MAXTHREADS	262144
/* Call fn for each process until it returns false; false when the list is
 * broken (or changed under us: look again later). */
bool	view_procs(const struct jail *j,
	    bool (*fn)(const struct view_proc *vp, void *arg), void *arg);
bool	view_booted(const struct jail *j);
/* Make a thread look at its mailbox: flag it and wake its sleep. */
void	view_interrupt(const struct view_thread *vt);
void	view_marklost(const struct view_proc *vp);
/* The recorder's and tracer's state; NULL: not there (yet). */
struct trace_ctl *view_trace(const struct jail *j);
/* The host signal that makes a thread notice. */
int	view_kicksig(void);

#endif
