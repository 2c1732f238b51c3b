/*
 * proc_netsock.c: the sockets of /proc/PID/net: tcp, udp, raw, unix.
 *
 * There is no list of all sockets: they are found through the descriptors of
 * all processes, each once (by its inode number).
 */
#include "fs/procfs/procfs_var.h"

#include "base/ucred.h"
#include "libkern/str.h"
#include "net/socket.h"
#include "vfs/file.h"

#define	TCP_LEVEL	6
#define	TCP_INFO_	11
#define	TCP_CLOSE_	7
#define	TCP_ESTAB	1
#define	TCP_LINE	149	/* columns of a line */
#define	UDP_LINE	127

struct sockwalk {
	struct sbuf	sw_seen;	/* inode numbers */
	struct sbuf	*sw_out;
	int		sw_family, sw_type;
	unsigned	sw_line;
	void		(*sw_show)(struct sockwalk *sw, struct file *fp,
			    struct socket *so);
};

static bool
seen(struct sockwalk *sw, uint64_t ino)
{
	const uint64_t *v = (const uint64_t *)sw->sw_seen.sb_buf;
	size_t i, n = sw->sw_seen.sb_len / sizeof(*v);

	for (i = 0; i < n; i++)
		if (v[i] == ino)
			return (true);
	sbuf_write(&sw->sw_seen, &ino, sizeof(ino));
	return (false);
}

static void
look(struct file *fp, void *arg)
{
	struct sockwalk *sw = arg;
	struct socket *so = socket_of(fp);

	if (so != NULL && so->so_family == sw->sw_family &&
	    (sw->sw_type == 0 || so->so_type == sw->sw_type) &&
	    !seen(sw, so->so_ino))
		sw->sw_show(sw, fp, so);
}

static int
walk(struct sockwalk *sw)
{
	sbuf_init(&sw->sw_seen);
	procfs_files(look, sw);
	sbuf_free(&sw->sw_seen);
	return (0);
}

/* --- inet ---------------------------------------------------------------------- */

/* Address and port as the kernel's memory holds them, in words. */
static void
put_addr(struct sbuf *sb, const uint8_t *sa, int family)
{
	uint32_t w[4] = { 0, 0, 0, 0 };
	int i, n = family == AF_INET ? 1 : 4;

	memcpy(w, sa + (family == AF_INET ? 4 : 8), (size_t)n * 4);
	for (i = 0; i < n; i++)
		sbuf_printf(sb, "%08X", w[i]);
	sbuf_printf(sb, ":%04X", (unsigned)(sa[2] << 8 | sa[3]));
}

static unsigned
inet_state(struct file *fp, struct socket *so, bool connected)
{
	uint8_t info[256];
	unsigned len = sizeof(info);

	if (so->so_type == SOCK_STREAM && so->so_ops->so_getopt(fp, TCP_LEVEL,
	    TCP_INFO_, info, &len) == 0 && len > 0)
		return (info[0]);
	return (connected ? TCP_ESTAB : TCP_CLOSE_);
}

static void
show_inet(struct sockwalk *sw, struct file *fp, struct socket *so)
{
	uint8_t local[SA_MAX], peer[SA_MAX];
	unsigned len = sizeof(local), state;
	struct sbuf *sb = sw->sw_out;
	size_t start = sb->sb_len;
	bool connected;

	memset(local, 0, sizeof(local));
	memset(peer, 0, sizeof(peer));
	if (so->so_ops->so_getname(fp, false, local, &len) != 0)
		return;
	len = sizeof(peer);
	connected = so->so_ops->so_getname(fp, true, peer, &len) == 0;
	if (!connected)
		memset(peer, 0, sizeof(peer));
	state = inet_state(fp, so, connected);
	/* Linux does not list what was never bound. */
	if (state == TCP_CLOSE_ && local[2] == 0 && local[3] == 0)
		return;
	sbuf_printf(sb, so->so_type == SOCK_STREAM ? "%4u: " : "%5u: ",
	    sw->sw_line++);
	put_addr(sb, local, so->so_family);
	sbuf_putc(sb, ' ');
	put_addr(sb, peer, so->so_family);
	sbuf_printf(sb, " %02X 00000000:00000000 00:00000000 00000000 "
	    "%5u        0 %lu %d 0000000000000000", state,
	    fp->f_cred->cr_fsuid, so->so_ino,
	    so->so_type == SOCK_STREAM ? 1 : 2);
	sbuf_puts(sb, so->so_type == SOCK_STREAM ? " 100 0 0 10 0" : " 0");
	if (so->so_family == AF_INET)
		sbuf_pad(sb, start, so->so_type == SOCK_STREAM ? TCP_LINE :
		    UDP_LINE);
	sbuf_putc(sb, '\n');
}

static int
inet_walk(struct sbuf *sb, int family, int type)
{
	struct sockwalk sw = {
		.sw_out = sb,
		.sw_family = family,
		.sw_type = type,
		.sw_show = show_inet,
	};

	return (walk(&sw));
}

int
procfs_tcp(struct pfs_ctx *c, struct sbuf *sb)
{
	size_t start = sb->sb_len;

	sbuf_puts(sb, "  sl  local_address rem_address   st tx_queue rx_queue "
	    "tr tm->when retrnsmt   uid  timeout inode");
	sbuf_pad(sb, start, TCP_LINE);
	sbuf_putc(sb, '\n');
	return (inet_walk(sb, AF_INET, SOCK_STREAM));
}

int
procfs_tcp6(struct pfs_ctx *c, struct sbuf *sb)
{
	sbuf_puts(sb, "  sl  local_address                         "
	    "remote_address                        st tx_queue rx_queue tr "
	    "tm->when retrnsmt   uid  timeout inode\n");
	return (inet_walk(sb, AF_INET6, SOCK_STREAM));
}

static void
udp_head4(struct sbuf *sb)
{
	size_t start = sb->sb_len;

	sbuf_puts(sb, "   sl  local_address rem_address   st tx_queue "
	    "rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer "
	    "drops");
	sbuf_pad(sb, start, UDP_LINE);
	sbuf_putc(sb, '\n');
}

static void
udp_head6(struct sbuf *sb)
{
	sbuf_puts(sb, "  sl  local_address                         "
	    "remote_address                        st tx_queue rx_queue tr "
	    "tm->when retrnsmt   uid  timeout inode ref pointer drops\n");
}

int
procfs_udp(struct pfs_ctx *c, struct sbuf *sb)
{
	udp_head4(sb);
	return (inet_walk(sb, AF_INET, SOCK_DGRAM));
}

int
procfs_udp6(struct pfs_ctx *c, struct sbuf *sb)
{
	udp_head6(sb);
	return (inet_walk(sb, AF_INET6, SOCK_DGRAM));
}

int
procfs_raw(struct pfs_ctx *c, struct sbuf *sb)
{
	udp_head4(sb);
	return (inet_walk(sb, AF_INET, SOCK_RAW));
}

int
procfs_raw6(struct pfs_ctx *c, struct sbuf *sb)
{
	udp_head6(sb);
	return (inet_walk(sb, AF_INET6, SOCK_RAW));
}

/* --- unix ------------------------------------------------------------------------ */

static void
show_unix(struct sockwalk *sw, struct file *fp, struct socket *so)
{
	uint8_t sa[SA_MAX], peer[SA_MAX];
	unsigned len = sizeof(sa), plen = sizeof(peer), i, optlen;
	struct sbuf *sb = sw->sw_out;
	int listening = 0;
	bool connected;

	memset(sa, 0, sizeof(sa));
	if (so->so_ops->so_getname(fp, false, sa, &len) != 0)
		len = 2;
	connected = so->so_ops->so_getname(fp, true, peer, &plen) == 0;
	optlen = sizeof(listening);
	if (so->so_ops->so_getopt != NULL)
		(void)so->so_ops->so_getopt(fp, SOL_SOCKET, SO_ACCEPTCONN,
		    &listening, &optlen);
	sbuf_printf(sb, "0000000000000000: %08X 00000000 %08X %04X %02X %5lu",
	    2, listening ? 0x10000 : 0, so->so_type,
	    connected ? 3 : 1, so->so_ino);
	if (len > 2) {
		sbuf_putc(sb, ' ');
		for (i = 2; i < len && i < sizeof(sa); i++)
			if (sa[i] != '\0')
				sbuf_putc(sb, (char)sa[i]);
			else if (sa[2] == '\0')
				sbuf_putc(sb, '@');	/* abstract */
			else
				break;
	}
	sbuf_putc(sb, '\n');
}

int
procfs_unix(struct pfs_ctx *c, struct sbuf *sb)
{
	struct sockwalk sw = {
		.sw_out = sb,
		.sw_family = AF_UNIX,
		.sw_show = show_unix,
	};

	sbuf_puts(sb, "Num       RefCount Protocol Flags    Type St "
	    "Inode Path\n");
	return (walk(&sw));
}
