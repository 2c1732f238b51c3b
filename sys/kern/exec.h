/*
 * exec.h: execve(2): the list of image activators.
 *
 * An activator looks at the first page of the file: -1 = not mine, else 0 or a
 * negative errno.  An activator for scripts replaces the file and the first
 * arguments and asks for another round (at most EXEC_MAXSCRIPT).
 *
 * Point of no return: img->ei_committed. Before it, any failure leaves the
 * caller's program as it was; after it, failures kill with SIGSEGV/SIGKILL.
 */
#ifndef KERN_EXEC_H
#define KERN_EXEC_H

#include "libkern/types.h"

struct file;
struct sysvec;
struct thread;

#define	EXEC_MAXSCRIPT	5
#define	EXEC_MAXARG	(128 * 1024)	/* bytes of one string */
#define	EXEC_HDR	256		/* BINPRM_BUF_SIZE */

struct execimg {
	struct file	*ei_file;	/* image under activation */
	struct file	*ei_exe;	/* what /proc/PID/exe shows */
	char		ei_hdr[EXEC_HDR + 1]; /* first bytes, zero padded */
	size_t		ei_hdrlen;
	char		*ei_path;	/* AT_EXECFN; kernel memory */
	/* all strings, one after the other: argv then envp */
	char		*ei_strs;
	size_t		ei_strsize, ei_strcap;
	int		ei_argc, ei_envc;
	size_t		ei_arglen;	/* bytes of argv strings */
	int		ei_depth;	/* scripts so far */
	bool		ei_again;	/* script: start over with ei_file */
	bool		ei_committed;
	bool		ei_secure;	/* AT_SECURE: set-id */
	/* results of the ELF activator */
	const struct sysvec *ei_sysvec;
	uaddr_t		ei_entry;	/* where to start */
	uaddr_t		ei_phdr, ei_base, ei_progentry;
	uint32_t	ei_phnum, ei_phent;
	int		ei_stackprot;
	uaddr_t		ei_random;	/* filled by sv_stack */
};

struct imgact {
	const char	*ia_name;
	int		(*ia_exec)(struct thread *td, struct execimg *img);
};

/* argv, envp: guest vectors of pointers of `width` bytes each. */
long	kern_execve(struct thread *td, int dirfd, const char *path, int flags,
	    uaddr_t argv, uaddr_t envp, int width);
/* The jail's first program, from kernel strings. */
int	kern_exec_first(struct thread *td, const char *path,
	    char *const *argv, char *const *envp);

#endif
