/*
 * socket.h: sockets (socket(2), socket(7)).
 *
 * A socket file's f_data starts with struct socket; so_ops serves its family.
 * Operations take the file, whose reference the caller holds for the call, so
 * a socket is never torn down under one.
 *
 * All operations return >= 0 or a negative errno.  Addresses and options are
 * kernel memory in linux64's layout.
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "base/mtx.h"
#include "libkern/types.h"
#include "vfs/file.h"
#include "vfs/uio.h"

#define	AF_UNSPEC	0
#define	AF_UNIX		1
#define	AF_INET		2
#define	AF_INET6	10
#define	AF_NETLINK	16
#define	AF_PACKET	17

#define	SOCK_STREAM	1
#define	SOCK_DGRAM	2
#define	SOCK_RAW	3
#define	SOCK_SEQPACKET	5
#define	SOCK_TYPEMASK	0xf

#define	SOL_SOCKET	1
#define	SO_DEBUG	1
#define	SO_REUSEADDR	2
#define	SO_TYPE		3
#define	SO_ERROR	4
#define	SO_DONTROUTE	5
#define	SO_BROADCAST	6
#define	SO_SNDBUF	7
#define	SO_RCVBUF	8
#define	SO_KEEPALIVE	9
#define	SO_OOBINLINE	10
#define	SO_PRIORITY	12
#define	SO_LINGER	13
#define	SO_REUSEPORT	15
#define	SO_PASSCRED	16
#define	SO_PEERCRED	17
#define	SO_RCVLOWAT	18
#define	SO_SNDLOWAT	19
#define	SO_RCVTIMEO	20
#define	SO_SNDTIMEO	21
#define	SO_ATTACH_FILTER 26
#define	SO_TIMESTAMP	29
#define	SO_ACCEPTCONN	30
#define	SO_PEERSEC	31
#define	SO_SNDBUFFORCE	32
#define	SO_RCVBUFFORCE	33
#define	SO_PASSSEC	34
#define	SO_MARK		36
#define	SO_PROTOCOL	38
#define	SO_DOMAIN	39
#define	SO_ATTACH_BPF	50
#define	SO_ATTACH_REUSEPORT_CBPF 51
#define	SO_ATTACH_REUSEPORT_EBPF 52
#define	SO_PEERGROUPS	59
#define	SO_RCVTIMEO_NEW	66
#define	SO_SNDTIMEO_NEW	67

#define	SCM_RIGHTS	1
#define	SCM_CREDENTIALS	2
#define	SCM_MAXFILES	253

#define	MSG_OOB		0x1
#define	MSG_PEEK	0x2
#define	MSG_CTRUNC	0x8
#define	MSG_TRUNC	0x20
#define	MSG_DONTWAIT	0x40
#define	MSG_EOR		0x80
#define	MSG_WAITALL	0x100
#define	MSG_ERRQUEUE	0x2000
#define	MSG_NOSIGNAL	0x4000
#define	MSG_WAITFORONE	0x10000
#define	MSG_CMSG_CLOEXEC 0x40000000

#define	SHUT_RD_	0
#define	SHUT_WR_	1
#define	SHUT_RDWR_	2

#define	SA_MAX		128	/* sizeof(struct sockaddr_storage) */
#define	CTL_MAX		8192	/* bytes of control messages we carry */

/* One message on its way in or out. */
struct kmsg {
	uint8_t		km_name[SA_MAX];
	unsigned	km_namelen;	/* send: given; recv: result, 0 none */
	bool		km_wantname;	/* recv: the caller looks at it */
	struct uio	*km_uio;
	uint8_t		*km_ctl;	/* control messages or NULL */
	size_t		km_ctllen;	/* send: bytes; recv: result */
	size_t		km_ctlcap;	/* recv: room */
	int		km_flags;	/* recv: result, MSG_TRUNC ... */
};

struct kcmsghdr {			/* linux64's struct cmsghdr */
	uint64_t	cmsg_len;
	int32_t		cmsg_level;
	int32_t		cmsg_type;
};
#define	CMSG_ALIGN_(n)	roundup2((n), (size_t)8)

struct kucred {				/* struct ucred of unix(7) */
	int32_t		pid;
	uint32_t	uid;
	uint32_t	gid;
};

struct sockops {
	int	(*so_bind)(struct file *fp, const void *sa, unsigned len);
	int	(*so_connect)(struct file *fp, const void *sa, unsigned len);
	int	(*so_listen)(struct file *fp, int backlog);
	/* A new socket file, flags O_NONBLOCK; sa as so_getname. */
	int	(*so_accept)(struct file *fp, int flags, void *sa,
		    unsigned *len, struct file **newfp);
	/* sa has room for SA_MAX bytes. */
	int	(*so_getname)(struct file *fp, bool peer, void *sa,
		    unsigned *len);
	/* Bytes moved. flags: MSG_*.  O_NONBLOCK of the file counts too. */
	long	(*so_send)(struct file *fp, struct kmsg *km, int flags);
	long	(*so_recv)(struct file *fp, struct kmsg *km, int flags);
	int	(*so_setopt)(struct file *fp, int level, int name,
		    const void *val, unsigned len);
	int	(*so_getopt)(struct file *fp, int level, int name, void *val,
		    unsigned *len);
	int	(*so_shutdown)(struct file *fp, int how);
	long	(*so_ioctl)(struct file *fp, unsigned long cmd, uaddr_t arg);
	int	(*so_poll)(struct file *fp, int events, struct poller *po);
	void	(*so_close)(struct file *fp);
	int	(*so_setfl)(struct file *fp, int flags);	/* optional */
};

struct socket {
	const struct sockops *so_ops;
	int32_t		so_family, so_type, so_proto;
	nsec_t		so_rcvtimeo, so_sndtimeo;	/* 0: none */
	uint64_t	so_ino;
};

struct netroot {
	struct mtx	nr_lock;	/* RANK_SOCK: see net/unix.h */
	struct list	nr_abstract[64]; /* (nr_lock) names, by hash */
	uint32_t	nr_autobind;
	uint32_t	nr_inflight;	/* (a) files in messages */
};
#define	netroot()	((struct netroot *)kroot()->r_sub[KROOT_NET])
int	net_init(void);

/* NULL: not a socket. */
struct socket *socket_of(struct file *fp);
/* Fill in a file for a socket; so_ino and f_desc are set. */
struct file *socket_file(struct socket *so, int flags);

int	kern_socket(int family, int type, int proto, struct file **fpp);
int	kern_socketpair(int family, int type, int proto, struct file **afp,
	    struct file **bfp);
int	kern_setsockopt(struct file *fp, int level, int name, const void *val,
	    unsigned len);
int	kern_getsockopt(struct file *fp, int level, int name, void *val,
	    unsigned *len);

/* Deadline of one operation of the file: HOST_NOWAIT, 0 = none, or a time. */
nsec_t	so_deadline(struct file *fp, int flags, nsec_t timeo);
/* What an interrupted or timed-out operation returns. */
int	so_waiterr(int error, nsec_t timeo);
/* Answer an int option. */
int	so_optint(int v, void *val, unsigned *len);

/* Families. */
int	unix_socket(int type, int proto, struct file **fpp);
int	unix_socketpair(int type, struct file **afp, struct file **bfp);
int	inet_socket(int family, int type, int proto, struct file **fpp);
int	netlink_socket(int type, int proto, struct file **fpp);
/* The host-socket operations, shared by inet and netlink. */
extern const struct sockops inet_sockops;
int	hostsock_file(const struct sockops *ops, int family, int type,
	    int proto, int flags, int hostfd, struct file **fpp);

/* Interface requests on a host socket (ifioctl.c); -ENOIOCTLCMD: none. */
long	if_ioctl(int hostfd, unsigned long cmd, uaddr_t arg);
/* The same for sockets that are not the host's. */
long	if_ioctl_any(unsigned long cmd, uaddr_t arg);

/* Append a control message; false: no room (MSG_CTRUNC is set). */
bool	kmsg_putctl(struct kmsg *km, int level, int type, const void *data,
	    size_t n);

#endif
