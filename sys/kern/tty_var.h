/*
 * tty_var.h: what the files kern/tty*.c share.
 *
 * Keys: (i) immutable, (t) tree lock, (l) t_lock.
 */
#ifndef KERN_TTY_VAR_H
#define KERN_TTY_VAR_H

#include "base/mtx.h"
#include "base/sleep.h"
#include "kern/tty.h"
#include "libkern/list.h"
#include "libkern/signal.h"

struct poller;
struct uio;

#define	KNCCS		19
struct ktermios {			/* TCGETS */
	uint32_t	c_iflag, c_oflag, c_cflag, c_lflag;
	uint8_t		c_line;
	uint8_t		c_cc[KNCCS];
};
struct ktermios2 {			/* TCGETS2 */
	struct ktermios	t;
	uint32_t	c_ispeed, c_ospeed;
};
_Static_assert(sizeof(struct ktermios) == 36, "linux64's struct termios");
_Static_assert(sizeof(struct ktermios2) == 44, "linux64's struct termios2");
struct ktermio {			/* TCGETA */
	uint16_t	c_iflag, c_oflag, c_cflag, c_lflag;
	uint8_t		c_line;
	uint8_t		c_cc[8];
};
struct kwinsize {
	uint16_t	ws_row, ws_col, ws_xpixel, ws_ypixel;
};

/* c_cc */
#define	VINTR	0
#define	VQUIT	1
#define	VERASE	2
#define	VKILL	3
#define	VEOF	4
#define	VTIME	5
#define	VMIN	6
#define	VSTART	8
#define	VSTOP	9
#define	VSUSP	10
#define	VEOL	11
#define	VREPRINT 12
#define	VWERASE	14
#define	VLNEXT	15
#define	VEOL2	16
/* c_iflag */
#define	IGNBRK	0001
#define	ISTRIP	0040
#define	INLCR	0100
#define	IGNCR	0200
#define	ICRNL	0400
#define	IUCLC	01000
#define	IXON	02000
#define	IXANY	04000
#define	IXOFF	010000
#define	IMAXBEL	020000
#define	IUTF8	040000
/* c_oflag */
#define	OPOST	01
#define	OLCUC	02
#define	ONLCR	04
#define	OCRNL	010
#define	ONOCR	020
#define	ONLRET	040
#define	TABDLY	014000
#define	XTABS	014000
/* c_lflag */
#define	ISIG	01
#define	ICANON	02
#define	ECHO	010
#define	ECHOE	020
#define	ECHOK	040
#define	ECHONL	0100
#define	NOFLSH	0200
#define	TOSTOP	0400
#define	ECHOCTL	01000
#define	ECHOKE	04000
#define	IEXTEN	0100000

#define	TCGETS		0x5401
#define	TCSETS		0x5402
#define	TCSETSW		0x5403
#define	TCSETSF		0x5404
#define	TCGETA		0x5405
#define	TCSETA		0x5406
#define	TCSETAW		0x5407
#define	TCSETAF		0x5408
#define	TCSBRK		0x5409
#define	TCXONC		0x540A
#define	TCFLSH		0x540B
#define	TIOCEXCL	0x540C
#define	TIOCNXCL	0x540D
#define	TIOCSCTTY	0x540E
#define	TIOCGPGRP	0x540F
#define	TIOCSPGRP	0x5410
#define	TIOCOUTQ	0x5411
#define	TIOCSTI		0x5412
#define	TIOCGWINSZ	0x5413
#define	TIOCSWINSZ	0x5414
#define	TIOCGSOFTCAR	0x5419
#define	FIONREAD	0x541B
#define	TIOCPKT		0x5420
#define	TIOCNOTTY	0x5422
#define	TIOCSETD	0x5423
#define	TIOCGETD	0x5424
#define	TCSBRKP		0x5425
#define	TIOCGSID	0x5429
#define	TCGETS2		0x802C542A
#define	TCSETS2		0x402C542B
#define	TCSETSW2	0x402C542C
#define	TCSETSF2	0x402C542D
#define	TIOCGPTN	0x80045430
#define	TIOCSPTLCK	0x40045431
#define	TIOCGDEV	0x80045432
#define	TIOCSIG		0x40045436
#define	TIOCVHANGUP	0x5437
#define	TIOCGPKT	0x80045438
#define	TIOCGPTLCK	0x80045439
#define	TIOCGEXCL	0x80045440
#define	TIOCGPTPEER	0x5441

#define	TIOCPKT_FLUSHREAD	1
#define	TIOCPKT_FLUSHWRITE	2
#define	TIOCPKT_STOP		4
#define	TIOCPKT_START		8
#define	TIOCPKT_NOSTOP		16
#define	TIOCPKT_DOSTOP		32

struct ttyfile;

struct ttyops {
	int	(*t_read)(struct ttyfile *tf, struct file *fp,
		    struct uio *uio);
	int	(*t_write)(struct ttyfile *tf, struct file *fp,
		    struct uio *uio);
	/* After the common checks; -ENOIOCTLCMD: unknown. */
	long	(*t_ioctl)(struct ttyfile *tf, struct file *fp,
		    unsigned long cmd, uaddr_t arg);
	int	(*t_poll)(struct ttyfile *tf, struct file *fp, int events,
		    struct poller *po);
	uint32_t (*t_lflag)(struct tty *tp);
	void	(*t_closed)(struct ttyfile *tf);	/* a file went */
	/* Cut all files off (t_gen) but a pty's master. */
	void	(*t_hangup)(struct tty *tp);
};

#define	TTY_INSIZE	4096		/* a power of two */
#define	TTY_OUTSIZE	16384		/* a power of two */
#define	TTY_OUTROOM	(TTY_OUTSIZE - 2048) /* the rest is for echoes */

struct tty {
	refcount_t	t_ref;
	uint32_t	t_flags;	/* (l) TF_* */
	struct mtx	t_lock;		/* RANK_TTY */
	const struct ttyops *t_ops;	/* (i) */
	int32_t		t_index;	/* (i) */
	int32_t		t_hostfd;	/* (i) -1: a pty */
	struct list	t_link;		/* in the root's list */
	struct session	*t_session;	/* (t) whose terminal it is */
	int32_t		t_pgid;		/* (t) foreground group, 0 none */
	uint32_t	t_gen;		/* (l) bumped by hang-ups */
	struct tty_attr	t_attr;		/* (l) */

	/* a pty's state, all (l) */
	struct ktermios2 t_termios;
	struct kwinsize	t_ws;
	uint32_t	t_slaves;	/* open slave files */
	uint32_t	t_pktflags;
	uint32_t	t_col;		/* column of the cursor */
	uint32_t	t_canoncol;	/* where the line began */
	/* Input: [tail, head) in t_in; complete lines end at t_canon. */
	uint32_t	t_head, t_tail, t_canon;
	/* Output: [otail, ohead) in t_out. */
	uint32_t	t_ohead, t_otail;
	struct waitq	t_rwq;		/* slave's readers */
	struct waitq	t_wwq;		/* slave's writers: room in t_out */
	struct waitq	t_mrwq;		/* master's readers */
	struct waitq	t_mwwq;		/* master's writers: room in t_in */
	uint8_t		*t_in;
	uint64_t	*t_delim;	/* bit per byte of t_in: ends a line */
	uint8_t		*t_out;
};
#define	TF_MASTERGONE	1
#define	TF_SLAVEGONE	2	/* was open, is closed now */
#define	TF_LOCKED	4	/* TIOCSPTLCK */
#define	TF_PACKET	8
#define	TF_STOPPED	16	/* ^S */
#define	TF_LNEXT	32	/* next character is literal */
#define	TF_EXCL		64

struct ttyfile {			/* f_data of a terminal's file */
	struct tty	*tf_tty;	/* referenced */
	uint32_t	tf_gen;		/* t_gen at open */
	bool		tf_master;
};

struct tty_root {
	struct mtx	tr_lock;	/* RANK_LEAF: the list, indexes */
	struct list	tr_list;
	struct tty	*tr_host;	/* (i) or NULL */
	uint64_t	tr_hostdev;	/* (i) its st_rdev on the host */
	uint64_t	tr_used[TTY_MAXPTY / 64];
};
#define	ttyroot()	((struct tty_root *)kroot()->r_sub[KROOT_TTY])

/* tty.c */
struct tty *tty_new(const struct ttyops *ops, int hostfd);
void	tty_hold(struct tty *tp);
void	tty_drop(struct tty *tp);
struct tty *tty_byindex(int index);		/* referenced or NULL */
void	tty_freeindex(struct tty *tp);
/* Linux's tty_check_change: 0 when the caller may act on tp, -EIO,
 * -ERESTARTSYS after sending sig to its own background group. */
int	tty_background(struct tty *tp, int sig);
/* Send each signal of set to the foreground group; no lock held. */
void	tty_sigfg(struct tty *tp, ksigset_t set);
/* SIGHUP and SIGCONT to the session's leader; end the session's hold on tp. */
void	tty_hupsession(struct tty *tp);
/* Make fp a file of tp (consumes the caller's reference on success). */
int	tty_attach(struct tty *tp, struct file *fp, bool master, int flags);
static inline bool
tf_hungup(const struct ttyfile *tf)
{
	return (!tf->tf_master && tf->tf_gen != tf->tf_tty->t_gen);
}

/* tty_host.c */
extern const struct ttyops tty_hostops;

/* tty_pty.c */
extern const struct ttyops tty_ptyops;
int	ptmx_open(struct file *fp, int flags);
int	pts_open(struct tty *tp, struct file *fp, int flags);

/* tty_ldisc.c; all with t_lock held */
void	ldisc_init(struct tty *tp);
/* One input character; adds to *sigs what it means. */
void	ldisc_input(struct tty *tp, uint8_t c, ksigset_t *sigs);
/* Room for another input character? */
bool	ldisc_room(struct tty *tp);
/* One output character; false: no room in t_out, nothing was done. */
bool	ldisc_output(struct tty *tp, uint8_t c);
uint32_t ldisc_inq(struct tty *tp);		/* what FIONREAD tells */
bool	ldisc_readable(struct tty *tp);
/* Take up to n bytes into buf; *done: a read ends here (end of line). */
size_t	ldisc_take(struct tty *tp, uint8_t *buf, size_t n, bool *done);
void	ldisc_flushin(struct tty *tp);
void	ldisc_settermios(struct tty *tp, const struct ktermios2 *new_);
static inline uint32_t
tty_outq(const struct tty *tp)
{
	return (tp->t_ohead - tp->t_otail);
}

#endif
