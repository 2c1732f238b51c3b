/*
 * hostfacts.c: the host's files behind the jail's /proc and /sys: CPUs, memory,
 * load.  Opened before the jail confines itself; a missing one is no error.
 */
#include "jail/internal.h"

#include <fcntl.h>
#include <unistd.h>

static const struct hostfact {
	const char	*hf_name;	/* as the kernel asks for it */
	const char	*hf_path;
	bool		hf_dir;		/* opened with O_PATH */
	bool		hf_try;		/* only where the host's root is seen */
} hostfacts[JAIL_NHOSTFACTS] = {
	{ "proc/cpuinfo", "/proc/cpuinfo", false, false },
	{ "proc/meminfo", "/proc/meminfo", false, false },
	{ "proc/stat", "/proc/stat", false, false },
	{ "proc/loadavg", "/proc/loadavg", false, false },
	{ "proc/uptime", "/proc/uptime", false, false },
	{ "proc/vmstat", "/proc/vmstat", false, false },
	{ "proc/zoneinfo", "/proc/zoneinfo", false, false },
	/* Sockets are the host's, so its interfaces and routes are true. */
	{ "proc/net/dev", "/proc/net/dev", false, false },
	{ "proc/net/route", "/proc/net/route", false, false },
	{ "proc/net/if_inet6", "/proc/net/if_inet6", false, false },
	{ "proc/net/ipv6_route", "/proc/net/ipv6_route", false, false },
	{ "proc/net/arp", "/proc/net/arp", false, false },
	{ "proc/net/snmp", "/proc/net/snmp", false, false },
	{ "sys/cpu", "/sys/devices/system/cpu", true, false },
	{ "sys/node", "/sys/devices/system/node", true, false },
	/* Resident sizes of the jail's own host processes. */
	{ "proc", "/proc", true, true },
};

void
hostfacts_open(struct jail *j)
{
	for (unsigned i = 0; i < JAIL_NHOSTFACTS; i++) {
		const struct hostfact *hf = &hostfacts[i];

		j->j_hostfact[i] = -1;
		if (hf->hf_try && !j->j_spec->js_try)
			continue;
		j->j_hostfact[i] = open(hf->hf_path, O_CLOEXEC |
		    (hf->hf_dir ? O_PATH | O_DIRECTORY : O_RDONLY));
	}
}

const char *
hostfacts_name(unsigned i)
{
	return (hostfacts[i].hf_name);
}

bool
hostfacts_isdir(unsigned i)
{
	return (hostfacts[i].hf_dir);
}
