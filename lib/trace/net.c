/* net.c: vectors, sockets' addresses and messages, what poll and epoll take. */
#include "trace/decode.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "libkern/types.h"

#define	MAXVEC	32

void
d_iovec(struct dec *d, uint64_t addr, uint64_t cnt, uint64_t total)
{
	struct text *t = d->d_out;
	uint64_t v[2];

	if (addr == 0 || (cnt > 0 && !d_try(d, addr, v, sizeof(v)))) {
		d_addr(d, addr);
		return;
	}
	tputs(t, "[");
	for (uint64_t i = 0; i < cnt; i++) {
		tputs(t, i > 0 ? ", " : "");
		if (i == MAXVEC || !d_try(d, addr + i * 16, v, sizeof(v))) {
			tputs(t, "...");
			break;
		}
		tputs(t, "{iov_base=");
		d_buf(d, v[0], kmin(v[1], total));
		tputf(t, ", iov_len=%" PRIu64 "}", v[1]);
		total -= kmin(v[1], total);
	}
	tputs(t, "]");
}

/* --- addresses --------------------------------------------------------------- */

static void
put_unix(struct text *t, const char *sa, unsigned len)
{
	if (len <= 2)
		return;
	tputs(t, ", sun_path=");
	if (sa[2] == '\0') {
		tputs(t, "@");
		dec_quote(t, sa + 3, len - 3, false);
	} else
		dec_quote(t, sa + 2, strnlen(sa + 2, len - 2), false);
}

static void
put_inet6(struct text *t, const char *sa)
{
	char s[INET6_ADDRSTRLEN];
	uint16_t port;
	uint32_t flow, scope;

	memcpy(&port, sa + 2, 2);
	memcpy(&flow, sa + 4, 4);
	memcpy(&scope, sa + 24, 4);
	(void)inet_ntop(AF_INET6, sa + 8, s, sizeof(s));
	tputf(t, ", sin6_port=htons(%u), sin6_flowinfo=htonl(%u), "
	    "inet_pton(AF_INET6, \"%s\", &sin6_addr), sin6_scope_id=%u",
	    ntohs(port), ntohl(flow), s, scope);
}

void
d_sockaddr(struct dec *d, uint64_t addr, unsigned len)
{
	struct text *t = d->d_out;
	char sa[128] = { 0 }, s[INET_ADDRSTRLEN];
	uint16_t family, port;
	uint32_t w[2];

	len = kmin(len, (unsigned)sizeof(sa));
	if (len < 2 || !d_fetch(d, addr, sa, len)) {
		if (len < 2)
			d_addr(d, addr);
		return;
	}
	memcpy(&family, sa, 2);
	memcpy(&port, sa + 2, 2);
	tputs(t, "{sa_family=");
	ct_value(t, &ct_families, family);
	if (family == 1)
		put_unix(t, sa, len);
	else if (family == 2 && len >= 16) {
		(void)inet_ntop(AF_INET, sa + 4, s, sizeof(s));
		tputf(t, ", sin_port=htons(%u), sin_addr=inet_addr(\"%s\")",
		    ntohs(port), s);
	} else if (family == 10 && len >= 28)
		put_inet6(t, sa);
	else if (family == 16 && len >= 12) {
		memcpy(w, sa + 4, 8);
		tputf(t, ", nl_pid=%d, nl_groups=%08x", (int)w[0], w[1]);
	} else if (len > 2) {
		tputs(t, ", sa_data=");
		dec_quote(t, sa + 2, len - 2, false);
	}
	tputs(t, "}");
}

/* --- messages ----------------------------------------------------------------- */

static void
put_cmsg(struct dec *d, uint64_t addr, uint64_t len)
{
	struct text *t = d->d_out;
	char buf[512];
	uint64_t n = kmin(len, (uint64_t)sizeof(buf)), off = 0, clen;
	int w[2], fd;

	if (!d_try(d, addr, buf, n)) {
		d_addr(d, addr);
		return;
	}
	tputs(t, "[");
	while (n - off >= 16) {
		memcpy(&clen, buf + off, 8);
		memcpy(w, buf + off + 8, 8);
		if (clen < 16 || clen > n - off)
			break;
		tputf(t, "%s{cmsg_len=%" PRIu64 ", cmsg_level=", off > 0 ?
		    ", " : "", clen);
		ct_value(t, &ct_socklevels, (uint32_t)w[0]);
		tputs(t, ", cmsg_type=");
		if (w[0] == 1)
			ct_value(t, &ct_scmtypes, (uint32_t)w[1]);
		else
			tputf(t, "%#x", (unsigned)w[1]);
		if (w[0] == 1 && w[1] == 1) {
			tputs(t, ", cmsg_data=[");
			for (uint64_t i = 16; i + 4 <= clen; i += 4) {
				memcpy(&fd, buf + off + i, 4);
				tputs(t, i > 16 ? ", " : "");
				d_fd(d, fd);
			}
			tputs(t, "]");
		} else if (w[0] == 1 && w[1] == 2 && clen >= 28) {
			unsigned cr[3];

			memcpy(cr, buf + off + 16, sizeof(cr));
			tputf(t, ", cmsg_data={pid=%u, uid=%u, gid=%u}",
			    cr[0], cr[1], cr[2]);
		}
		tputs(t, "}");
		if (roundup2(clen, 8) > n - off)
			break;
		off += roundup2(clen, 8);
	}
	tputs(t, "]");
}

void
d_msghdr(struct dec *d, uint64_t addr)
{
	struct text *t = d->d_out;
	uint64_t m[7], total = ~0ULL;

	if (!d_fetch(d, addr, m, sizeof(m)))
		return;
	if (strcmp(d->d_cd->cd_name, "recvmsg") == 0)
		total = d->d_ret > 0 ? (uint64_t)d->d_ret : 0;
	tputs(t, "{msg_name=");
	if (m[0] == 0)
		tputs(t, "NULL");
	else
		d_sockaddr(d, m[0], (unsigned)m[1]);
	tputf(t, ", msg_namelen=%u, msg_iov=", (unsigned)m[1]);
	d_iovec(d, m[2], m[3], total);
	tputf(t, ", msg_iovlen=%" PRIu64, m[3]);
	if (m[5] > 0) {
		tputs(t, ", msg_control=");
		put_cmsg(d, m[4], m[5]);
	}
	tputf(t, ", msg_controllen=%" PRIu64 ", msg_flags=", m[5]);
	ct_flags(t, &ct_msgflags, (uint32_t)m[6]);
	tputs(t, "}");
}

/* --- poll, select, epoll ----------------------------------------------------------- */

struct pfd {
	int	fd;
	int16_t	events, revents;
};

void
d_pollfds(struct dec *d, uint64_t addr, uint64_t n)
{
	struct text *t = d->d_out;
	struct pfd p;

	if (addr == 0 || (n > 0 && !d_try(d, addr, &p, sizeof(p)))) {
		d_addr(d, addr);
		return;
	}
	tputs(t, "[");
	for (uint64_t i = 0; i < n; i++) {
		tputs(t, i > 0 ? ", " : "");
		if (i == MAXVEC || !d_try(d, addr + i * 8, &p, sizeof(p))) {
			tputs(t, "...");
			break;
		}
		tputs(t, "{fd=");
		d_fd(d, p.fd);
		if (p.fd >= 0) {
			tputs(t, ", events=");
			ct_flags(t, &ct_pollevents, (uint16_t)p.events);
		}
		tputs(t, "}");
	}
	tputs(t, "]");
}

/* "left {...}" of a timeout at addr that the kernel has written back. */
static void
put_left(struct dec *d, uint64_t addr, bool any)
{
	struct text *out = d->d_out;
	char p[16];

	if (!d_try(d, addr, p, sizeof(p)))
		return;
	d->d_out = &d->d_aux;
	tputs(&d->d_aux, any ? ", left " : "left ");
	d_timespec(d, addr);
	d->d_out = out;
}

void
d_poll_result(struct dec *d)
{
	struct text *out = d->d_out, *t = &d->d_aux;
	struct pfd p;
	bool any = false;

	if (d->d_ret == 0)
		tputs(t, "Timeout");
	if (d->d_ret <= 0)
		return;
	d->d_out = t;
	tputs(t, "[");
	for (uint64_t i = 0; i < (uint32_t)d->d_args[1] && i < 128; i++) {
		if (!d_try(d, d->d_args[0] + i * 8, &p, sizeof(p)))
			break;
		if (p.revents == 0)
			continue;
		tputs(t, any ? ", {fd=" : "{fd=");
		d_fd(d, p.fd);
		tputs(t, ", revents=");
		ct_flags(t, &ct_pollevents, (uint16_t)p.revents);
		tputs(t, "}");
		any = true;
	}
	tputs(t, "]");
	d->d_out = out;
	if (strcmp(d->d_cd->cd_name, "ppoll") == 0 && d->d_args[2] != 0)
		put_left(d, d->d_args[2], true);
}

void
d_fdset(struct dec *d, uint64_t addr, int n)
{
	struct text *t = d->d_out;
	unsigned char set[128] = { 0 };
	size_t len;
	bool any = false;

	n = n < 0 ? 0 : n > 1024 ? 1024 : n;
	len = ((size_t)n + 63) / 64 * 8;
	if (addr == 0 || !d_try(d, addr, set, len)) {
		d_addr(d, addr);
		return;
	}
	tputs(t, "[");
	for (int i = 0; i < n; i++)
		if (set[i / 8] >> i % 8 & 1) {
			tputs(t, any ? " " : "");
			d_fd(d, i);
			any = true;
		}
	tputs(t, "]");
}

void
d_select_result(struct dec *d)
{
	static const char *const names[] = { "in", "out", "except" };
	struct text *out = d->d_out, *t = &d->d_aux;
	bool any = false;
	unsigned char set[128] = { 0 };
	int n = (int)kmin((uint64_t)(uint32_t)d->d_args[0], (uint64_t)1024);

	if (d->d_ret == 0)
		tputs(t, "Timeout");
	if (d->d_ret <= 0)
		return;
	d->d_out = t;
	for (unsigned i = 0; i < 3; i++) {
		uint64_t addr = d->d_args[1 + i];
		bool some = false;

		if (addr == 0 || !d_try(d, addr, set, ((size_t)n + 63) / 64 *
		    8))
			continue;
		for (int k = 0; k < n; k++)
			some |= set[k / 8] >> k % 8 & 1;
		if (!some)
			continue;
		tputf(t, "%s%s ", any ? ", " : "", names[i]);
		d_fdset(d, addr, n);
		any = true;
	}
	d->d_out = out;
	if (d->d_args[4] != 0)
		put_left(d, d->d_args[4], any);
}

void
d_epevents(struct dec *d, uint64_t addr, uint64_t n, bool array)
{
	struct text *t = d->d_out;
	unsigned char ev[12];
	uint32_t events, u32;
	uint64_t u64;

	if (!array && (addr == 0 || !d_try(d, addr, ev, sizeof(ev)))) {
		d_addr(d, addr);
		return;
	}
	if (d->d_leave && d->d_ret < 0 && array) {
		d_addr(d, addr);
		return;
	}
	tputs(t, array ? "[" : "");
	for (uint64_t i = 0; i < n; i++) {
		tputs(t, i > 0 ? ", " : "");
		if (i == MAXVEC || !d_try(d, addr + i * 12, ev, sizeof(ev))) {
			tputs(t, "...");
			break;
		}
		memcpy(&events, ev, 4);
		memcpy(&u32, ev + 4, 4);
		memcpy(&u64, ev + 4, 8);
		tputs(t, "{events=");
		ct_flags(t, &ct_epollevents, events);
		tputf(t, ", data={u32=%u, u64=%" PRIu64 "}}", u32, u64);
	}
	tputs(t, array ? "]" : "");
}
