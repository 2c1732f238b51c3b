/* poll_host.c: asking the host about its descriptors. */
#include "base/thread.h"
#include "host/host.h"
#include "libkern/errno.h"
#include "vfs/poll.h"

int
poll_hostnow(int hostfd, int events)
{
	struct host_pollfd pfd = { .fd = hostfd, .events = (int16_t)events };
	int n = host_poll_intr(&pfd, 1, HOST_NOWAIT);

	/* A kick in between: nothing is known, and the caller tests again. */
	if (n == -EINTR)
		n = host_poll_intr(&pfd, 1, HOST_NOWAIT);
	return (n > 0 ? pfd.revents : 0);
}

int
poll_hostwait(int hostfd, int events, nsec_t deadline)
{
	struct host_pollfd pfd;
	int n;

	for (;;) {
		if (thread_interrupted())
			return (-ERESTARTSYS);
		pfd.fd = hostfd;
		pfd.events = (int16_t)events;
		pfd.revents = 0;
		n = host_poll_intr(&pfd, 1, deadline);
		if (n > 0)
			return (pfd.revents);
		if (n == 0)
			return (0);
		if (n != -EINTR)
			return (n);
	}
}
