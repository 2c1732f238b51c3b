/*
 * decode.h: one call as text, in strace(1)'s format.
 *
 * The call table (sys/abi/calls) says what the arguments are; args.def refines
 * what its kinds leave open (which flags an INT holds); calls whose arguments
 * depend on each other have functions of their own.
 *
 * A call is printed in two steps: dec_enter() writes what is known when it
 * begins, up to the first argument that the kernel fills in; dec_leave() the
 * rest and the result.
 */
#ifndef TRACE_DECODE_H
#define TRACE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/calls.h"
#include "trace/consts.h"
#include "trace/text.h"

struct dec_opts {
	unsigned	do_strsize;	/* -s */
	bool		do_verbose;	/* -v */
	bool		do_paths;	/* -y */
};

struct dec {
	const struct dec_opts *d_opt;
	struct text	*d_out;
	int		d_abi;
	uint32_t	d_nr;
	uint64_t	d_args[6];
	int64_t		d_ret;
	bool		d_leave;	/* the call is over, d_ret is valid */
	/* Guest memory: how many of len bytes at addr are known. */
	size_t		(*d_read)(const struct dec *d, uint64_t addr,
			    void *buf, size_t len);
	/* The same, as it was before the call; may be NULL. */
	size_t		(*d_before)(const struct dec *d, uint64_t addr,
			    void *buf, size_t len);
	void		*d_arg;		/* for these two */
	/* decode.c's */
	const struct calldesc *d_cd;	/* NULL: number unknown */
	unsigned	d_next;		/* argument to print next */
	bool		d_comma;	/* its comma is there already */
	bool		d_in;		/* it is the caller's, failed or not */
	struct text	d_aux;		/* in parentheses behind the result */
	bool		d_hexret, d_octret;
};

const struct calldesc *dec_call(int abi, uint32_t nr);
/* As the ABI's own manual calls it. */
const char *dec_name(const struct calldesc *cd);
/* Fills d_cd. */
void	dec_init(struct dec *d);
/* The comma before what dec_rest() will add is there already. */
void	dec_enter(struct dec *d);
/* From where dec_enter stopped: arguments, ")", not the result. */
void	dec_rest(struct dec *d);
/* "0", "-1 ENOENT (No such file or directory)", "?": d_leave is set. */
void	dec_result(struct dec *d, struct text *t);
bool	dec_failed(const struct dec *d);
/* "{si_signo=..., ...}" of 128 bytes of siginfo. */
void	dec_siginfo(struct text *t, const void *si);
/* A string as strace quotes it. */
void	dec_quote(struct text *t, const void *s, size_t n, bool hex);

/* --- for the files of the decoder ------------------------------------------- */

#define	D_OK(d)		(!(d)->d_leave || (d)->d_ret >= 0 || (d)->d_in)

/* n bytes at addr; false: print the address instead (done). */
bool	d_fetch(struct dec *d, uint64_t addr, void *buf, size_t n);
bool	d_try(struct dec *d, uint64_t addr, void *buf, size_t n);
void	d_addr(struct dec *d, uint64_t addr);
void	d_str(struct dec *d, uint64_t addr);		/* a C string */
void	d_buf(struct dec *d, uint64_t addr, uint64_t len);
void	d_fd(struct dec *d, int fd);
void	d_dirfd(struct dec *d, int fd);
void	d_sig(struct text *t, int sig);
void	d_sigset(struct text *t, uint64_t set);
void	d_mode(struct dec *d, unsigned mode);
void	d_dev(struct text *t, uint64_t dev);
void	d_oflags(struct text *t, unsigned flags, bool accmode);
void	d_wstatus(struct text *t, int status);

/* structs.c: a structure at addr. */
void	d_stat(struct dec *d, uint64_t addr);
void	d_statx(struct dec *d, uint64_t addr);
void	d_statfs(struct dec *d, uint64_t addr);
void	d_timespec(struct dec *d, uint64_t addr);
void	d_timeval(struct dec *d, uint64_t addr);
void	d_itimerspec(struct dec *d, uint64_t addr);
void	d_itimerval(struct dec *d, uint64_t addr);
void	d_utimes(struct dec *d, uint64_t addr);
void	d_rlimit(struct dec *d, uint64_t addr);
void	d_rusage(struct dec *d, uint64_t addr);
void	d_sigaction(struct dec *d, uint64_t addr);
void	d_sigsetp(struct dec *d, uint64_t addr);
void	d_sigstack(struct dec *d, uint64_t addr);
void	d_siginfop(struct dec *d, uint64_t addr);
void	d_uname(struct dec *d, uint64_t addr);
void	d_sysinfo(struct dec *d, uint64_t addr);
void	d_tms(struct dec *d, uint64_t addr);
void	d_flock(struct dec *d, uint64_t addr);
void	d_fdpair(struct dec *d, uint64_t addr);
void	d_intp(struct dec *d, uint64_t addr);
void	d_uintp(struct dec *d, uint64_t addr);
void	d_clone3(struct dec *d, uint64_t addr);
void	d_openhow(struct dec *d, uint64_t addr);
void	d_termios(struct dec *d, uint64_t addr);
void	d_winsize(struct dec *d, uint64_t addr);

/* net.c, poll.c: the same, for sockets and waiting. */
void	d_sockaddr(struct dec *d, uint64_t addr, unsigned len);
void	d_msghdr(struct dec *d, uint64_t addr);
void	d_iovec(struct dec *d, uint64_t addr, uint64_t cnt, uint64_t total);
void	d_pollfds(struct dec *d, uint64_t addr, uint64_t n);
void	d_fdset(struct dec *d, uint64_t addr, int n);
void	d_epevents(struct dec *d, uint64_t addr, uint64_t n, bool array);
void	d_poll_result(struct dec *d);
void	d_select_result(struct dec *d);

/* args.c: an argument that args.def describes. */
struct argfix {
	const char	*af_call;
	unsigned	af_arg;
	void		(*af_fn)(struct dec *d, unsigned i,
			    const struct ctab *ct);
	const struct ctab *af_tab;
	bool		af_out;		/* the kernel fills it in */
};
const struct argfix *argfix_find(const struct calldesc *cd, unsigned arg);

/* special.c: calls that a table cannot describe. */
struct callfix {
	const char	*cf_call;
	/* How many arguments to print; NULL: all. */
	unsigned	(*cf_nargs)(const struct dec *d);
	/* Or print them all: at the begin, at the end of the call. */
	void		(*cf_enter)(struct dec *d);
	void		(*cf_leave)(struct dec *d);
	/* Something to say behind the result (into d_aux). */
	void		(*cf_aux)(struct dec *d);
};
const struct callfix *callfix_find(const struct calldesc *cd);

#endif
