/*
 * exec.h: execve(2): the list of image activators.
 *
 * An activator looks at the first bytes of the file: EXEC_NOTMINE, or 0, or a
 * negative errno.  An activator for scripts replaces the file and the first
 * arguments and asks for another round (at most EXEC_MAXSCRIPT).  The one of the
 * file that is run in the end (ei_act) reads and checks everything, and later
 * maps it.
 *
 * Point of no return (ei_committed): before it, any failure leaves the caller's
 * program as it was; after it, failures kill with SIGSEGV.  What comes after it
 * may be done by another host process than what came before (kern_blank.c), so
 * an execimg and all it leads to are in the arena.
 */
#ifndef KERN_EXEC_H
#define KERN_EXEC_H

#include "libkern/types.h"

struct file;
struct imgact;
struct sysvec;
struct thread;
struct ucred;

#define	EXEC_NOTMINE	1
#define	EXEC_MAXSCRIPT	5
#define	EXEC_MAXARG	(128 * 1024)	/* bytes of one string */
#define	EXEC_HDR	256		/* BINPRM_BUF_SIZE */

struct execimg {
	struct file	*ei_file;	/* image under activation; referenced */
	char		ei_hdr[EXEC_HDR + 1]; /* first bytes, zero padded */
	size_t		ei_hdrlen;
	char		*ei_path;	/* AT_EXECFN; kernel memory */
	char		ei_comm[16];
	char		ei_script[EXEC_HDR]; /* interpreter that is a script */
	bool		ei_noscript;	/* a script could not open ei_path */
	/* all strings, one after the other: argv then envp */
	char		*ei_strs;
	size_t		ei_strsize, ei_strcap;
	size_t		ei_limit;	/* of strings and pointers: E2BIG */
	int		ei_argc, ei_envc;
	size_t		ei_arglen;	/* bytes of argv strings */
	int		ei_depth;	/* scripts so far */
	bool		ei_again;	/* script: start over with ei_file */
	bool		ei_committed;
	bool		ei_secure;	/* AT_SECURE: set-id */
	bool		ei_readable;	/* by the new program: dumpable */
	struct ucred	*ei_cred;	/* of the new program */
	const struct imgact *ei_act;	/* who maps it */
	void		*ei_actdata;	/* what he knows; ia_free */
	/* results of the ELF activator */
	const struct sysvec *ei_sysvec;
	uaddr_t		ei_entry;	/* where to start */
	uaddr_t		ei_phdr, ei_base, ei_progentry;
	uint32_t	ei_phnum, ei_phent;
	uaddr_t		ei_code, ei_code_end; /* for /proc/PID/stat */
	int		ei_stackprot;
	uaddr_t		ei_random;	/* filled by sv_stack */
	/* filled by sv_stack for /proc/PID/cmdline and environ */
	uaddr_t		ei_arg, ei_arg_end, ei_env, ei_env_end;
	uaddr_t		ei_auxv;
	uint32_t	ei_auxvlen;
	char		ei_why[160];	/* what is wrong, in words, or "" */
};

struct imgact {
	const char	*ia_name;
	int		(*ia_check)(struct thread *td, struct execimg *img);
	/* Map it; the stack stands. */
	int		(*ia_map)(struct thread *td, struct execimg *img);
	void		(*ia_free)(struct execimg *img);
};
extern const struct imgact imgact_elf, imgact_script;

/* argv, envp: guest vectors of pointers of `width` bytes each. */
long	kern_execve(struct thread *td, int dirfd, const char *path, int flags,
	    uaddr_t argv, uaddr_t envp, int width);
/* The jail's first program, from kernel strings.  On failure, why (of size
 * bytes) says in one line what is wrong with the program. */
int	kern_exec_first(struct thread *td, const char *path,
	    char *const *argv, char *const *envp, char *why, size_t size);
/* Look name up in a list of directories as execvp(3) does; a name with a slash
 * stands for itself.  out gets the path: 0, -ENOENT, -EACCES (found, but not
 * executable), -ENAMETOOLONG. */
int	kern_exec_search(struct thread *td, const char *name,
	    const char *pathlist, char *out, size_t size);

/* --- for activators ----------------------------------------------------- */
/* Open for execution: permissions, type, mount flags. */
int	exec_open(struct thread *td, int dirfd, const char *path, int flags,
	    struct file **fpp);
/* Read exactly n bytes; -EIO when the file is shorter. */
int	exec_read(struct file *fp, void *buf, size_t n, uint64_t off);
/* Fill ei_hdr from ei_file. */
int	exec_readhdr(struct execimg *img);
/* The second half of an exec, on a blank host process (kern_blank.c). */
void	exec_resume(struct thread *td, struct execimg *img);
void	exec_free(struct execimg *img);
void	exec_why(struct execimg *img, const char *fmt, ...)
	    __printflike(2, 3);

/* --- strings (exec_args.c) ------------------------------------------------ */
void	exec_args_init(struct thread *td, struct execimg *img);
int	exec_args_user(struct execimg *img, uaddr_t argv, uaddr_t envp,
	    int width);
int	exec_args_kern(struct execimg *img, char *const *argv,
	    char *const *envp);
/* Replace the first `drop` arguments by the n strings of add. */
int	exec_args_shift(struct execimg *img, int drop,
	    const char *const *add, int n);

/* For sv_stack: copy all strings out below *sp, which moves; then the vectors
 * that point to them, as words: argv, 0, envp, 0.  Returns their number. */
int	exec_put_strings(struct execimg *img, uaddr_t *sp);
size_t	exec_put_vectors(const struct execimg *img, uint64_t *vec);

/* --- credentials (exec_cred.c) ---------------------------------------------- */
/* ei_cred, ei_secure, ei_readable from td's and ei_file's. */
int	exec_cred(struct thread *td, struct execimg *img);

#endif
