/*
 * proc_net.c: /proc/PID/net.  Interfaces and routes are the host's, because
 * inet sockets are; other files hold the headers that tools expect.  Sockets:
 * proc_netsock.c.
 */
#include "fs/procfs/procfs_var.h"

#include "libkern/str.h"

#define	BLANKS20	"                    "

static const struct pfs_node empty_table[] = { PFS_END };

/* The host's table, as far as the warden gave it; else the text. */
static int
hostnet_fill(struct pfs_ctx *c, struct sbuf *sb)
{
	char name[64];

	ksnprintf(name, sizeof(name), "proc/net/%s", c->pc_node->pn_name);
	if (procfs_hostfile(name, sb) != 0 || sb->sb_len == 0)
		sbuf_puts(sb, c->pc_node->pn_arg);
	return (0);
}

#define	HOSTNET(name, text)						\
	{ .pn_name = (name), .pn_mode = S_IFREG | 0444,			\
	    .pn_fill = hostnet_fill, .pn_arg = (text) }

const struct pfs_node procfs_net[] = {
	PFS_TEXT("anycast6", 0444, ""),
	HOSTNET("arp", "IP address       HW type     Flags       "
	    "HW address            Mask     Device\n"),
	HOSTNET("dev",
	    "Inter-|   Receive                                           "
	    "     |  Transmit\n"
	    " face |bytes    packets errs drop fifo frame compressed "
	    "multicast|bytes    packets errs drop fifo colls carrier "
	    "compressed\n"
	    "    lo:       0       0    0    0    0     0          0"
	    "         0        0       0    0    0    0     0       0"
	    "          0\n"),
	PFS_TEXT("dev_mcast", 0444, ""),
	PFS_TEXT("fib_trie", 0444, ""),
	HOSTNET("if_inet6",
	    "00000000000000000000000000000001 01 80 10 80       lo\n"),
	PFS_TEXT("icmp", 0444, "   sl  local_address rem_address   st "
	    "tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
	    "pointer drops             \n"),
	PFS_TEXT("igmp", 0444, "Idx\tDevice    : Count Querier\tGroup    "
	    "Users Timer\tReporter\n"),
	PFS_TEXT("ip_mr_cache", 0444, "Group    Origin   Iif     Pkts    "
	    "Bytes    Wrong Oifs\n"),
	PFS_TEXT("ip_mr_vif", 0444, "Interface      BytesIn  PktsIn  "
	    "BytesOut PktsOut Flags Local    Remote\n"),
	PFS_TEXT("ip_tables_names", 0444, ""),
	HOSTNET("ipv6_route",
	    "00000000000000000000000000000001 80 "
	    "00000000000000000000000000000000 00 "
	    "00000000000000000000000000000000 00000000 00000002 00000000 "
	    "80200001       lo\n"),
	PFS_TEXT("netlink", 0444, "sk               Eth Pid        Groups   "
	    "Rmem     Wmem     Dump  Locks    Drops    Inode\n"),
	PFS_TEXT("netstat", 0444, "TcpExt: SyncookiesSent\nTcpExt: 0\n"
	    "IpExt: InNoRoutes\nIpExt: 0\n"),
	PFS_TEXT("packet", 0444, "sk               RefCnt Type Proto  Iface "
	    "R Rmem   User   Inode\n"),
	PFS_TEXT("protocols", 0444, "protocol  size sockets  memory press "
	    "maxhdr  slab module     cl co di ac io in de sh ss gs se re bi "
	    "br ha uh gp em\n"),
	PFS_TEXT("psched", 0444, "000003e8 00000040 000f4240 3b9aca00\n"),
	PFS_TEXT("ptype", 0444, "Type Device      Function\n"),
	PFS_FILE("raw", 0444, procfs_raw),
	PFS_FILE("raw6", 0444, procfs_raw6),
	HOSTNET("route", "Iface\tDestination\tGateway \tFlags\tRefCnt"
	    "\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT" BLANKS20 BLANKS20
	    "               \n"),
	HOSTNET("snmp", "Ip: Forwarding DefaultTTL\nIp: 2 64\n"
	    "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn\n"
	    "Tcp: 1 200 120000 -1\nUdp: InDatagrams\nUdp: 0\n"),
	PFS_TEXT("sockstat", 0444, "sockets: used 0\n"
	    "TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n"
	    "UDP: inuse 0 mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\n"
	    "FRAG: inuse 0 memory 0\n"),
	PFS_TEXT("sockstat6", 0444, "TCP6: inuse 0\nUDP6: inuse 0\n"
	    "UDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n"),
	PFS_DIR("stat", empty_table),
	PFS_FILE("tcp", 0444, procfs_tcp),
	PFS_FILE("tcp6", 0444, procfs_tcp6),
	PFS_FILE("udp", 0444, procfs_udp),
	PFS_FILE("udp6", 0444, procfs_udp6),
	PFS_FILE("unix", 0444, procfs_unix),
	PFS_TEXT("udplite", 0444, "   sl  local_address rem_address   st "
	    "tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
	    "pointer drops             \n"),
	PFS_TEXT("wireless", 0444, ""),
	PFS_END
};
