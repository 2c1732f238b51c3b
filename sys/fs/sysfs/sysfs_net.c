/*
 * sysfs_net.c: /sys/class/net.  Sockets are the host's, so the interfaces that
 * a guest can use are, too: their facts come by the same questions that
 * netdevice(7) offers, their counters from the host's /proc/net/dev, which the
 * warden opened.  An instance's pc_extra is the interface's index.
 */
#include "fs/sysfs/sysfs_var.h"

#include "base/arena.h"
#include "base/config.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "libkern/str.h"

#define	IFNAMSIZ	16
#define	INDEX_MAX	4096
#define	GIFNAME		0x8910
#define	GIFFLAGS	0x8913
#define	GIFMTU		0x8921
#define	GIFHWADDR	0x8927
#define	GIFINDEX	0x8933
#define	GIFTXQLEN	0x8942
#define	IFF_UP		0x1
#define	IFF_LOOPBACK	0x8
#define	IFF_RUNNING	0x40

struct ifreq {
	char	name[IFNAMSIZ];
	union {
		int32_t	n;
		int16_t	flags;
		struct {
			uint16_t family;
			uint8_t	addr[14];
		} sa;
		uint8_t	pad[24];
	} u;
};

static int
ask(struct ifreq *r, unsigned long what)
{
	int fd = host_socket(2 /* AF_INET */, 2 /* SOCK_DGRAM */, 0), error;

	if (fd < 0)
		return (fd);
	error = host_ioctl(fd, what, (uaddr_t)r);
	(void)host_close(fd);
	return (error < 0 ? error : 0);
}

/* About the interface with this index. */
static int
ask_index(int64_t index, struct ifreq *r, unsigned long what)
{
	int error;

	memset(r, 0, sizeof(*r));
	r->u.n = (int32_t)index;
	error = ask(r, GIFNAME);
	if (error != 0 || what == GIFNAME)
		return (error);
	memset(&r->u, 0, sizeof(r->u));
	return (ask(r, what));
}

/* --- an interface's files -------------------------------------------------------- */

static int
number_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	unsigned long what = (unsigned long)(uintptr_t)c->pc_node->pn_arg;
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, what);

	if (error == 0)
		sbuf_printf(sb, "%d\n", r.u.n);
	return (error);
}

static int
flags_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFFLAGS);

	if (error == 0)
		sbuf_printf(sb, "0x%x\n", r.u.flags & 0xffff & ~IFF_RUNNING);
	return (error);
}

static int
operstate_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFFLAGS);

	if (error == 0)
		sbuf_printf(sb, "%s\n", r.u.flags & IFF_LOOPBACK ? "unknown" :
		    r.u.flags & IFF_RUNNING ? "up" : "down");
	return (error);
}

static int
carrier_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFFLAGS);

	if (error == 0 && (r.u.flags & IFF_UP) == 0)
		error = -EINVAL;	/* as Linux: unknown while it is down */
	if (error == 0)
		sbuf_printf(sb, "%d\n", (r.u.flags & IFF_RUNNING) != 0);
	return (error);
}

static int
address_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFHWADDR);

	for (unsigned i = 0; error == 0 && i < 6; i++)
		sbuf_printf(sb, "%02x%c", r.u.sa.addr[i], i < 5 ? ':' : '\n');
	return (error);
}

static int
broadcast_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFFLAGS);

	if (error == 0)
		sbuf_puts(sb, r.u.flags & IFF_LOOPBACK ?
		    "00:00:00:00:00:00\n" : "ff:ff:ff:ff:ff:ff\n");
	return (error);
}

static int
type_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFHWADDR);

	if (error == 0)
		sbuf_printf(sb, "%u\n", r.u.sa.family);
	return (error);
}

static int
uevent_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFNAME);

	if (error == 0)
		sbuf_printf(sb, "INTERFACE=%s\nIFINDEX=%ld\n", r.name,
		    (long)c->pc_extra);
	return (error);
}

/* --- counters ----------------------------------------------------------------------- */

/* The host's /proc/net/dev, appended. */
static int
netdev(struct sbuf *sb)
{
	const struct jail_config *jc = kroot()->r_config;
	int64_t off = 0;
	int fd = -1;
	char *d;
	long n;

	for (uint32_t i = 0; i < jc->jc_nhostfiles; i++)
		if (strcmp(jc->jc_hostfiles[i].jh_name, "proc/net/dev") == 0)
			fd = jc->jc_hostfiles[i].jh_fd;
	if (fd < 0)
		return (-ENOENT);
	do {
		d = sbuf_reserve(sb, KPAGE_SIZE);
		n = d == NULL ? -ENOMEM : host_pread(fd, d, KPAGE_SIZE, off);
		if (n > 0) {
			sbuf_advance(sb, (size_t)n);
			off += n;
		}
	} while (n > 0);
	return (n < 0 ? (int)n : sbuf_error(sb));
}

static int
counter_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	uintptr_t column = (uintptr_t)c->pc_node->pn_arg;
	size_t len;
	struct sbuf text;
	const char *s;
	struct ifreq r;
	uint64_t v = 0;
	int error = ask_index(c->pc_extra, &r, GIFNAME);

	if (error != 0)
		return (error);
	len = strlen(r.name);
	sbuf_init(&text);
	error = netdev(&text);
	for (s = error == 0 ? text.sb_buf : NULL; s != NULL;
	    s = strchr(s, '\n')) {
		while (*s == '\n' || *s == ' ')
			s++;
		if (strncmp(s, r.name, len) != 0 || s[len] != ':')
			continue;
		s += len + 1;
		for (uintptr_t i = 0; i <= column; i++) {
			while (*s == ' ')
				s++;
			(void)kstrtou64(&s, &v);
		}
		break;
	}
	sbuf_free(&text);
	sbuf_printf(sb, "%lu\n", v);
	return (error);
}

#define	COUNT(name, column)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = counter_fill, .pn_arg = (const void *)(column) }
static const struct pfs_node statistics_table[] = {
	COUNT("collisions", 13), COUNT("multicast", 7), COUNT("rx_bytes", 0),
	COUNT("rx_compressed", 6), COUNT("rx_dropped", 3),
	COUNT("rx_errors", 2), COUNT("rx_fifo_errors", 4),
	COUNT("rx_frame_errors", 5), COUNT("rx_packets", 1),
	COUNT("tx_bytes", 8), COUNT("tx_carrier_errors", 14),
	COUNT("tx_compressed", 15), COUNT("tx_dropped", 11),
	COUNT("tx_errors", 10), COUNT("tx_fifo_errors", 12),
	COUNT("tx_packets", 9),
	PFS_END
};

/* --- the tables ------------------------------------------------------------------------ */

#define	T(name, text)	PFS_TEXT(name, 0444, text "\n")
#define	NUMBER(name, what)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = number_fill, .pn_arg = (const void *)(what) }
static const struct pfs_node if_table[] = {
	T("addr_assign_type", "0"),
	T("addr_len", "6"),
	PFS_FILE("address", 0444, address_fill),
	PFS_FILE("broadcast", 0444, broadcast_fill),
	PFS_FILE("carrier", 0444, carrier_fill),
	T("dev_id", "0x0"),
	T("dormant", "0"),
	PFS_FILE("flags", 0444, flags_fill),
	NUMBER("ifindex", GIFINDEX),
	NUMBER("iflink", GIFINDEX),
	T("link_mode", "0"),
	NUMBER("mtu", GIFMTU),
	T("netdev_group", "0"),
	PFS_FILE("operstate", 0444, operstate_fill),
	PFS_DIR("statistics", statistics_table),
	PFS_SLINK("subsystem", "../../../../class/net"),
	NUMBER("tx_queue_len", GIFTXQLEN),
	PFS_FILE("type", 0444, type_fill),
	PFS_FILE("uevent", 0444, uevent_fill),
	PFS_END
};

const struct pfs_node sysfs_ifdir = {
	.pn_name = "if",
	.pn_mode = S_IFDIR | 0555,
	.pn_kids = if_table,
};

static int
iflink_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	struct ifreq r;
	int error = ask_index(c->pc_extra, &r, GIFNAME);

	if (error == 0)
		sbuf_printf(sb, "../../devices/virtual/net/%s", r.name);
	return (error);
}

const struct pfs_node sysfs_iflink = {
	.pn_name = "if",
	.pn_mode = S_IFLNK | 0777,
	.pn_fill = iflink_fill,
};

int
sysfs_iflookup(struct pfs_ctx *dir, const char *name, size_t len,
    struct pfs_ctx *kid)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	if (len == 0 || len >= IFNAMSIZ)
		return (-ENOENT);
	memcpy(r.name, name, len);
	if (ask(&r, GIFINDEX) != 0)
		return (-ENOENT);
	kid->pc_node = dir->pc_node->pn_arg;
	kid->pc_extra = r.u.n;
	return (0);
}

/* By index: the host reuses none for a long time. */
int
sysfs_ifnext(struct pfs_ctx *dir, int64_t *cursor, struct pfs_ctx *kid,
    char name[32])
{
	struct ifreq r;

	for (int64_t i = *cursor + 1; i < INDEX_MAX; i++) {
		int error = ask_index(i, &r, GIFNAME);

		/* A gap of this length is the end. */
		if (error != 0 && i > *cursor + 64)
			break;
		if (error != 0)
			continue;
		*cursor = i;
		kid->pc_node = dir->pc_node->pn_arg;
		kid->pc_extra = i;
		(void)kstrlcpy(name, r.name, 32);
		return (1);
	}
	return (0);
}
