/*
 * IPv4 and IPv6 sockets, over the loopback only.
 */
#include "abitest.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

static struct sockaddr_in
addr_of(int port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return (in);
}

static int
listener(int *port)
{
	struct sockaddr_in in = addr_of(0);
	socklen_t n = sizeof(in);
	int l = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));

	MUST(bind(l, (void *)&in, sizeof(in)));
	MUST(listen(l, 10));
	MUST(getsockname(l, (void *)&in, &n));
	*port = ntohs(in.sin_port);
	return (l);
}

static int
dial(int port)
{
	struct sockaddr_in in = addr_of(port);
	int s = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(connect(s, (void *)&in, sizeof(in)));
	return (s);
}

static void
case_tcp(void)
{
	struct sockaddr_in in;
	socklen_t n = sizeof(in);
	char buf[16] = "";
	int port, l = listener(&port), c, a;

	YES(port > 0);
	c = dial(port);
	a = MUST(accept4(l, (void *)&in, &n, SOCK_CLOEXEC));
	VAL(n);
	YES(in.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	VAL(fcntl(a, F_GETFD));
	OCT(fcntl(a, F_GETFL));
	VAL(write(c, "hello", 5));
	VAL(read(a, buf, 16));
	say("%s\n", buf);
	VAL(send(a, "back", 4, MSG_NOSIGNAL));
	VAL(recv(c, buf, 16, 0));
	n = sizeof(in);
	VAL(getpeername(c, (void *)&in, &n));
	YES(ntohs(in.sin_port) == port);
	VAL(shutdown(c, SHUT_WR));
	VAL(read(a, buf, 16));
	VAL(write(a, "late", 4));
	VAL(read(c, buf, 16));
	close(a);
	VAL(read(c, buf, 16));
}

static void
case_errors(void)
{
	struct sockaddr_in in;
	socklen_t n;
	int port, l = listener(&port), s;

	s = MUST(socket(AF_INET, SOCK_STREAM, 0));
	in = addr_of(port);
	VAL(bind(s, (void *)&in, sizeof(in)));
	VAL(bind(s, (void *)&in, 4));
	VAL(connect(s, (void *)&in, 4));
	in.sin_addr.s_addr = htonl(0xc0000201);
	VAL(bind(s, (void *)&in, sizeof(in)));
	close(l);
	in = addr_of(port);
	VAL(connect(s, (void *)&in, sizeof(in)));
	VAL(send(s, "x", 1, MSG_NOSIGNAL));
	n = sizeof(in);
	VAL(getpeername(s, (void *)&in, &n));
	VAL(accept(s, NULL, NULL));
	VAL(recv(MUST(socket(AF_INET, SOCK_STREAM, 0)), &n, 1, 0));
	VAL(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	VAL(socket(AF_INET, 77, 0));
	VAL(connect(0, (void *)&in, sizeof(in)));
	VAL(connect(99, (void *)&in, sizeof(in)));
	VAL(syscall(SYS_connect, s, bad_page(), 16));
	VAL(syscall(SYS_bind, s, bad_page(), 16));
	in.sin_family = 99;
	VAL(connect(s, (void *)&in, sizeof(in)));
}

static void
case_options(void)
{
	int s = MUST(socket(AF_INET, SOCK_STREAM, 0)), v;
	socklen_t n;

#define OPT(l, o) do { n = sizeof(v); v = -9;				\
	VAL(getsockopt(s, l, o, &v, &n)); VAL(v); } while (0)
#define SET(l, o, x) do { v = x;					\
	VAL(setsockopt(s, l, o, &v, sizeof(v))); OPT(l, o); } while (0)
	OPT(SOL_SOCKET, SO_TYPE);
	OPT(SOL_SOCKET, SO_DOMAIN);
	OPT(SOL_SOCKET, SO_PROTOCOL);
	OPT(SOL_SOCKET, SO_ERROR);
	SET(SOL_SOCKET, SO_REUSEADDR, 1);
	SET(SOL_SOCKET, SO_REUSEPORT, 1);
	SET(SOL_SOCKET, SO_KEEPALIVE, 1);
	SET(SOL_SOCKET, SO_BROADCAST, 1);
	SET(IPPROTO_TCP, TCP_NODELAY, 1);
	SET(IPPROTO_TCP, TCP_KEEPIDLE, 77);
	SET(IPPROTO_TCP, TCP_KEEPINTVL, 7);
	SET(IPPROTO_IP, IP_TOS, 16);
	SET(IPPROTO_IP, IP_TTL, 55);
	VAL(setsockopt(s, SOL_SOCKET, 9999, &v, sizeof(v)));
	VAL(setsockopt(s, IPPROTO_TCP, 9999, &v, sizeof(v)));
	VAL(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, 1));
	struct linger lg = { 1, 2 };
	VAL(setsockopt(s, SOL_SOCKET, SO_LINGER, &lg, sizeof(lg)));
	n = sizeof(lg);
	memset(&lg, 0, sizeof(lg));
	VAL(getsockopt(s, SOL_SOCKET, SO_LINGER, &lg, &n));
	say("%d %d\n", lg.l_onoff, lg.l_linger);
}

static void
case_nonblocking_connect(void)
{
	struct sockaddr_in in;
	struct pollfd f;
	socklen_t n = sizeof(int);
	int port, l = listener(&port), s, err = -1;

	s = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	in = addr_of(port);
	errno = 0;
	int r = connect(s, (void *)&in, sizeof(in));
	YES(r == 0 || errno == EINPROGRESS);
	f = (struct pollfd){ s, POLLOUT, 0 };
	VAL(poll(&f, 1, -1));
	say("%x\n", f.revents);
	VAL(getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &n));
	VAL(err);
	f = (struct pollfd){ l, POLLIN, 0 };
	VAL(poll(&f, 1, -1));
	int a = MUST(accept(l, NULL, NULL));
	VAL(recv(s, &err, 1, 0));
	close(a);
	f = (struct pollfd){ s, POLLIN, 0 };
	VAL(poll(&f, 1, -1));
	VAL(recv(s, &err, 1, 0));
	close(l);
	s = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	r = connect(s, (void *)&in, sizeof(in));
	YES(r == -1 && (errno == EINPROGRESS || errno == ECONNREFUSED));
	if (errno == EINPROGRESS) {
		f = (struct pollfd){ s, POLLOUT, 0 };
		poll(&f, 1, -1);
		n = sizeof(err);
		getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &n);
		YES(err == ECONNREFUSED);
	} else
		say("err == ECONNREFUSED: yes\n");
}

static void
case_udp(void)
{
	struct sockaddr_in a, b;
	socklen_t n = sizeof(a);
	char buf[16] = "";
	int s = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	int t = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	a = addr_of(0);
	VAL(bind(s, (void *)&a, sizeof(a)));
	MUST(getsockname(s, (void *)&a, &n));
	VAL(sendto(t, "one", 3, 0, (void *)&a, sizeof(a)));
	VAL(connect(t, (void *)&a, sizeof(a)));
	VAL(send(t, "second", 6, 0));
	VAL(send(t, "", 0, 0));
	n = sizeof(b);
	VAL(recvfrom(s, buf, 16, 0, (void *)&b, &n));
	VAL(n);
	say("%s\n", buf);
	VAL(recv(s, buf, 2, MSG_TRUNC));
	VAL(recv(s, buf, 16, 0));
	VAL(recv(s, buf, 16, MSG_DONTWAIT));
	VAL(sendto(s, "reply", 5, 0, (void *)&b, sizeof(b)));
	VAL(read(t, buf, 16));
	VAL(send(s, "x", 1, 0));
	struct pollfd f = { t, POLLIN | POLLOUT, 0 };
	VAL(poll(&f, 1, 0));
	say("%x\n", f.revents);
}

static void
case_ipv6(void)
{
	struct sockaddr_in6 in;
	socklen_t n = sizeof(in);
	char buf[8] = "";
	int l = socket(AF_INET6, SOCK_STREAM, 0), c, a, v = 1;

	if (l < 0) {
		say("%s\n", err_name(errno));
		return;
	}
	VAL(setsockopt(l, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof(v)));
	memset(&in, 0, sizeof(in));
	in.sin6_family = AF_INET6;
	in.sin6_addr = in6addr_loopback;
	if (bind(l, (void *)&in, sizeof(in)) < 0) {
		say("bind %s\n", err_name(errno));
		return;
	}
	MUST(listen(l, 1));
	MUST(getsockname(l, (void *)&in, &n));
	VAL(n);
	c = MUST(socket(AF_INET6, SOCK_STREAM, 0));
	VAL(connect(c, (void *)&in, sizeof(in)));
	a = MUST(accept(l, NULL, NULL));
	VAL(write(c, "six", 3));
	VAL(read(a, buf, 8));
}

static void
case_bulk(void)
{
	static char buf[65536];
	int port, l = listener(&port), a, i;
	size_t total = 0;
	unsigned sum = 0;
	ssize_t n;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		int s = dial(port);
		memset(buf, 'b', sizeof(buf));
		for (i = 0; i < 64; i++)
			if (write(s, buf, sizeof(buf)) != sizeof(buf))
				_exit(1);
		_exit(0);
	}
	a = MUST(accept(l, NULL, NULL));
	while ((n = read(a, buf, sizeof(buf))) > 0) {
		for (i = 0; i < n; i++)
			sum += buf[i];
		total += n;
	}
	say("%zu %u\n", total, sum);
	abi_reap(pid);
}

static void
case_sendfile(void)
{
	char buf[32] = "";
	off_t off = 0;
	int port, l = listener(&port), c, a, f;

	put_file("f", "from a file", 0644);
	f = MUST(open("f", O_RDONLY));
	c = dial(port);
	a = MUST(accept(l, NULL, NULL));
	VAL(sendfile(c, f, &off, 100));
	VAL(read(a, buf, 32));
	say("%s\n", buf);
}

static void
case_epoll_server(void)
{
	struct epoll_event ev, evs[8];
	int port, l = listener(&port), e, i, n, done = 0, s;
	char buf[64];
	ssize_t r;

	fcntl(l, F_SETFL, O_NONBLOCK);
	e = MUST(epoll_create1(0));
	ev.events = EPOLLIN;
	ev.data.fd = l;
	MUST(epoll_ctl(e, EPOLL_CTL_ADD, l, &ev));
	for (i = 0; i < 8; i++)
		if (fork() == 0) {
			s = dial(port);
			snprintf(buf, sizeof(buf), "client %d", i);
			if (write(s, buf, strlen(buf)) < 0)
				_exit(1);
			r = read(s, buf, sizeof(buf));
			_exit(r > 6 && memcmp(buf, "echo: ", 6) == 0 ? 0 : 2);
		}
	while (done < 8) {
		n = epoll_wait(e, evs, 8, -1);
		for (i = 0; i < n; i++) {
			if (evs[i].data.fd == l) {
				s = accept4(l, NULL, NULL, SOCK_NONBLOCK);
				if (s < 0)
					continue;
				ev.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
				ev.data.fd = s;
				MUST(epoll_ctl(e, EPOLL_CTL_ADD, s, &ev));
				continue;
			}
			memcpy(buf, "echo: ", 6);
			r = read(evs[i].data.fd, buf + 6, sizeof(buf) - 6);
			if (r <= 0) {
				close(evs[i].data.fd);
				done++;
			} else if (write(evs[i].data.fd, buf, r + 6) < 0)
				die("write");
		}
	}
	for (i = 0; i < 8; i++) {
		int st;
		wait(&st);
		say("%s\n", status_text(st));
	}
}

static void
case_blocked_and_killed(void)
{
	int port, l = listener(&port);
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		accept(l, NULL, NULL);
		_exit(0);
	}
	wait_asleep(pid);
	kill(pid, SIGTERM);
	abi_reap(pid);
	pid = fork();
	if (pid == 0) {
		char c;
		int s = dial(port);
		if (read(s, &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	wait_asleep(pid);
	kill(pid, SIGKILL);
	abi_reap(pid);
}

static void
case_interfaces(void)
{
	struct ifaddrs *list, *i;
	struct ifreq ifr;
	char name[IF_NAMESIZE] = "";
	int s, up = 0, four = 0;

	VAL(getifaddrs(&list));
	for (i = list; i != NULL; i = i->ifa_next) {
		if (strcmp(i->ifa_name, "lo") != 0)
			continue;
		up |= (i->ifa_flags & (IFF_UP | IFF_LOOPBACK)) ==
		    (IFF_UP | IFF_LOOPBACK);
		if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_INET)
			four |= ((struct sockaddr_in *)i->ifa_addr)->
			    sin_addr.s_addr == htonl(INADDR_LOOPBACK);
	}
	say("lo up %d address %d\n", up, four);
	freeifaddrs(list);
	VAL(if_nametoindex("lo"));
	YES(if_indextoname(1, name) != NULL);
	say("%s\n", name);
	VAL(if_nametoindex("nothere0"));
	s = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, "lo");
	VAL(ioctl(s, SIOCGIFFLAGS, &ifr));
	say("%d\n", !!(ifr.ifr_flags & IFF_LOOPBACK));
	VAL(ioctl(s, SIOCGIFMTU, &ifr));
	VAL(ifr.ifr_mtu);
	strcpy(ifr.ifr_name, "nothere0");
	VAL(ioctl(s, SIOCGIFFLAGS, &ifr));
}

static void
case_localhost(void)
{
	struct addrinfo hints, *ai = NULL;
	char host[64] = "", port[16] = "";
	int e;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	e = getaddrinfo("localhost", "80", &hints, &ai);
	VAL(e);
	if (e == 0) {
		VAL(getnameinfo(ai->ai_addr, ai->ai_addrlen, host,
		    sizeof(host), port, sizeof(port), NI_NUMERICHOST |
		    NI_NUMERICSERV));
		say("%s %s\n", host, port);
	}
	hints.ai_flags = AI_NUMERICHOST;
	VAL(getaddrinfo("not-a-number", NULL, &hints, &ai) == EAI_NONAME);
}

CASES("inet_sock",
	CASE(tcp), CASE(errors), CASE(options), CASE(nonblocking_connect),
	CASE(udp), CASE(ipv6), CASE(bulk), CASE(sendfile),
	CASE(epoll_server), CASE(blocked_and_killed), CASE(interfaces),
	CASE(localhost));
