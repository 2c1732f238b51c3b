/*
 * tty.h: terminals: the host's, and pseudo-terminals of our own (tty(4),
 * tty_ioctl(4), pts(4), termios(3)).
 *
 * The host's terminal is a passage: characters, modes and sizes are the
 * host's.  Sessions, foreground groups and the checks against background
 * processes are ours, for every kind of terminal.
 *
 * Boot, in sys/init:
 *	tty_init(jc_ttyfd, uid, gid)	before devfs and devpts are mounted
 *	open /dev/pts/0 for stdio that tty_ishost(fd) says is this terminal
 *	tty_setctty(first process)	after setsid of the first process
 *
 * Lock order: k_treelock > t_lock > wait queues.  The session's s_tty and the
 * tty's t_session, t_pgid are under the tree lock (t).
 */
#ifndef KERN_TTY_H
#define KERN_TTY_H

#include "libkern/types.h"

struct file;
struct proc;
struct session;
struct thread;
struct tty;

#define	TTY_MAJOR_AUX	5		/* /dev/tty, console, ptmx */
#define	TTY_MAJOR_PTS	136		/* /dev/pts/N, minors 0.. */
#define	TTY_MAXPTY	4096

/* Registers the drivers and the exit hook. hostfd -1: no host terminal. */
int	tty_init(int hostfd, uint32_t uid, uint32_t gid);
/* Is this host descriptor the jail's host terminal? */
bool	tty_ishost(int hostfd);
/* Give the host terminal to p, a session leader; its group becomes the
 * foreground one. 0, or -ENXIO when there is no host terminal. */
int	tty_setctty(struct proc *p);
/*
 * A signal that the host's terminal or the warden got for the guest (SIGINT,
 * SIGQUIT, SIGTSTP, SIGWINCH, SIGHUP): to the foreground group.  false: there
 * is no terminal or no foreground group; the caller picks a target.
 */
bool	tty_signal(int sig);

/* vhangup(2): the caller's terminal is taken from all who have it open. 0
 * (also without a terminal), -EPERM. */
long	kern_vhangup(struct thread *td);

/* Device number of p's controlling terminal as /proc/PID/stat shows it, 0:
 * none; *fg gets its foreground group or -1. Takes the tree lock. */
uint32_t tty_ofproc(struct proc *p, int *fg);

/* For devpts: what is there. */
struct tty_attr {
	uint32_t	ta_uid, ta_gid, ta_mode;
	struct timespec64 ta_time;
};
/* Next existing terminal with index > after, or -1. */
int	tty_next(int after);
/* 0 or -ENOENT. */
int	tty_getattr(int index, struct tty_attr *a);
int	tty_setattr(int index, const struct tty_attr *a, unsigned mask); /* VA_* */

#endif
