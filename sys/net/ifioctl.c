/*
 * ifioctl.c: questions about network interfaces (netdevice(7)), answered by
 * the host through any inet socket.  Whatever would change something is
 * refused here: a jail that runs as the host's root must not configure the
 * host's network.
 */
#include "base/copy.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "net/socket.h"

#define	SIOCGIFNAME_	0x8910
#define	SIOCGIFCONF_	0x8912
#define	SIOCGIFLAST_	0x8970
#define	IFREQ_SIZE	40
#define	IFCONF_MAX	65536

struct kifconf {
	int32_t	ifc_len;
	int32_t	ifc_pad;
	uaddr_t	ifc_buf;
};

static long
ifconf(int hostfd, uaddr_t arg)
{
	struct kifconf ic, out;
	int error;

	if (copyin(arg, &ic, sizeof(ic)) != 0)
		return (-EFAULT);
	if (ic.ifc_len < 0)
		return (-EINVAL);
	out = ic;
	if (ic.ifc_buf != 0 && ic.ifc_len > IFCONF_MAX)
		out.ifc_len = IFCONF_MAX;
	if (ic.ifc_buf != 0 &&
	    !user_range_ok(ic.ifc_buf, (size_t)out.ifc_len))
		return (-EFAULT);
	error = host_ioctl(hostfd, SIOCGIFCONF_, (uaddr_t)&out);
	if (error < 0)
		return (error);
	ic.ifc_len = out.ifc_len;
	return (copyout(&ic, arg, sizeof(ic)));
}

static bool
ifget(unsigned long cmd)
{
	switch (cmd) {
	case SIOCGIFNAME_:
	case 0x8913:		/* SIOCGIFFLAGS */
	case 0x8915:		/* SIOCGIFADDR */
	case 0x8917:		/* SIOCGIFDSTADDR */
	case 0x8919:		/* SIOCGIFBRDADDR */
	case 0x891b:		/* SIOCGIFNETMASK */
	case 0x891d:		/* SIOCGIFMETRIC */
	case 0x8921:		/* SIOCGIFMTU */
	case 0x8927:		/* SIOCGIFHWADDR */
	case 0x8933:		/* SIOCGIFINDEX */
	case 0x8942:		/* SIOCGIFTXQLEN */
	case SIOCGIFLAST_:	/* SIOCGIFMAP */
		return (true);
	default:
		return (false);
	}
}

static bool
if_cmd(unsigned long cmd)
{
	return (cmd >= 0x8900 && cmd < 0x8a00);
}

long
if_ioctl(int hostfd, unsigned long cmd, uaddr_t arg)
{
	uint8_t req[IFREQ_SIZE];
	int error;

	if (cmd == SIOCGIFCONF_)
		return (ifconf(hostfd, arg));
	if (!ifget(cmd))
		return (if_cmd(cmd) ? -EPERM : -ENOIOCTLCMD);
	if (copyin(arg, req, sizeof(req)) != 0)
		return (-EFAULT);
	error = host_ioctl(hostfd, cmd, (uaddr_t)req);
	return (error < 0 ? error : copyout(req, arg, sizeof(req)));
}

long
if_ioctl_any(unsigned long cmd, uaddr_t arg)
{
	long ret;
	int fd;

	if (!if_cmd(cmd))
		return (-ENOIOCTLCMD);
	fd = host_socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return (fd == -EMFILE ? -ENFILE : fd);
	ret = if_ioctl(fd, cmd, arg);
	(void)host_close(fd);
	return (ret);
}
