/*
 * addr/family/rawip.c: packets of IP itself, raw(7): IP-SENDTO, -RECV,
 * -RECVFROM and -DATAGRAM, for IPv4, IPv6 and either.
 */

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dgram.h"

#define G_SENDTO	(G_FD | G_SOCKET)
#define G_RECV		(G_SENDTO | G_RANGE)
#define G_RECVFROM	(G_RECV | G_CHILD)

#define PROTOCOL_MAX	255

/* What socat says before its words about the protocol. */
static const char *
place(const struct addr *a, char *buf, size_t size)
{
	unsigned role = a->family->role;

	snprintf(buf, size, "xioopen_rawip_%s(\"%.100s%s%.20s\",,): ",
	    role & ROLE_SEND ? "sendto" : role & ROLE_LISTEN ? "recvfrom" :
	    "recv", a->param[0], a->nparam > 1 ? ":" : "",
	    a->nparam > 1 ? a->param[1] : "");
	return buf;
}

/* The protocol is the last parameter; socat goes on with what it can read. */
static int
protocol(struct addr *a, int *n)
{
	const char *text = a->param[a->nparam - 1];
	char *end, where[200];
	long long value = strtoll(text, &end, 0);

	if (*end != '\0' && a->config->as_socat)
		log_warn("%strailing garbage in protocol specification",
		    place(a, where, sizeof where));
	else if (*end != '\0' || end == text) {
		error_set("\"%.100s\" is no protocol of IP", text);
		error_hint("it is a number, as in /etc/protocols: ICMP is 1");
		goto wrong;
	}
	if (value > PROTOCOL_MAX) {
		error_set("%sprotocol number exceeds 255 (%lld)",
		    place(a, where, sizeof where), value);
		goto wrong;
	}
	*n = value < INT_MIN ? INT_MIN : (int)value;
	return 0;
wrong:
	error_place(a->spec->text, a->spec->param[a->nparam - 1].col,
	    strlen(text));
	return -1;
}

/* socat reads the words when it opens the address, and not before. */
static int
rawip_check(struct addr *a)
{
	int n;

	if (a->config->as_socat)
		return 0;
	if (a->nparam > 1)
		resolve_number(a->param[0], 0, sock_pf(a, a->family->domain),
		    &a->target);
	return protocol(a, &n);
}

static int
raw_resolve(const struct addr *a, const char *host, int af, int proto,
    bool passive, struct resolved *r)
{
	struct query q = sock_query(a, af, SOCK_RAW);

	q.protocol = proto;
	if (passive)
		q.flags |= AI_PASSIVE;
	return resolve(&q, host, NULL, r);
}

/* A socket bound to bind=, if that is there; or -1. */
static int
raw_socket(struct addr *a, int af, int proto)
{
	struct resolved r[RESOLVE_MAX];
	int fd;

	if (a->c.bind != NULL &&
	    raw_resolve(a, a->c.bind, af, proto, true, r) == -1)
		return -1;
	fd = sock_open(a, af, SOCK_RAW, proto);
	if (fd == -1) {
		if (errno == EPERM && !a->config->as_socat)
			error_hint("raw sockets are for root, or for who has "
			    "CAP_NET_RAW");
		return -1;
	}
	return (a->c.bind == NULL ? opt_apply(a, PH_BIND, fd) :
	    sock_bind(a, fd, &r[0].sa.any, r[0].len)) == -1 ?
	    fd_give_up(fd) : fd;
}

static int
raw_sendto(struct addr *a, struct end *e)
{
	struct resolved r[RESOLVE_MAX];
	int fd, proto;

	if (protocol(a, &proto) == -1 || raw_resolve(a, a->param[0],
	    sock_pf(a, a->family->domain), proto, false, r) == -1)
		return -1;
	fd = raw_socket(a, r[0].sa.any.sa_family, proto);
	return fd == -1 ? -1 : dgram_send_to(a, e, fd, &r[0].sa.any, r[0].len);
}

static int
receiver(struct addr *a)
{
	struct resolved r[RESOLVE_MAX];
	int proto, af = sock_pf(a, a->family->domain);

	if (protocol(a, &proto) == -1)
		return -1;
	if (a->c.bind != NULL && af == AF_UNSPEC) {
		if (raw_resolve(a, a->c.bind, af, proto, true, r) == -1)
			return -1;
		af = r[0].sa.any.sa_family;
	}
	return raw_socket(a, af == AF_UNSPEC ? listen_af(a, NULL) : af, proto);
}

static int
raw_recv(struct addr *a, struct end *e)
{
	int fd;

	dgram_only_reads(a);
	fd = receiver(a);
	if (fd == -1 || dgram_receive(a, e, fd) == -1)
		return -1;
	e->out.half = HALF_CLOSE;
	return 0;
}

static int
raw_recvfrom(struct addr *a, struct end *e)
{
	int fd = receiver(a);

	(void)e;
	return fd == -1 ? -1 : dgram_listen(a, fd);
}

static const struct family_ops datagram_ops = {
	.check = rawip_check, .open = raw_sendto
};
static const struct family_ops recv_ops = {
	.check = rawip_check, .open = raw_recv
};
static const struct family_ops recvfrom_ops = {
	.check = rawip_check, .open = raw_recvfrom,
	.accept = dgram_accept, .attach = dgram_attach
};
static const char *const useless[] = { "connect-timeout", NULL };

#define RAW(af)	.domain = af, .type = SOCK_RAW, .with = "RAWIP",	\
	.useless = useless
#define FAMILY(name_is, also, words, n)					\
	.name = name_is, .alias = also, .syntax = name_is ":" words,	\
	.min = n, .max = n
#define ALSO(...)	{ __VA_ARGS__ }

#define FOUR(version, af, ip)						\
	{ FAMILY("IP" version "-DATAGRAM", ALSO("IP" version "-DGRAM"),	\
	  "<host>:<protocol>", 2), RAW(af),				\
	  .role = ROLE_SEND | ROLE_RECEIVE, .groups = G_RECV | (ip),	\
	  .ops = &datagram_ops },					\
	{ FAMILY("IP" version "-RECV", ALSO(NULL), "<protocol>", 1),	\
	  RAW(af), .role = ROLE_RECEIVE, .groups = G_RECV | (ip),	\
	  .ops = &recv_ops },						\
	{ FAMILY("IP" version "-RECVFROM", ALSO(NULL), "<protocol>", 1),	\
	  RAW(af), .role = ROLE_LISTEN | ROLE_RECEIVE,			\
	  .groups = G_RECVFROM | (ip), .ops = &recvfrom_ops },		\
	{ FAMILY("IP" version "-SENDTO",				\
	  ALSO("IP" version, "IP" version "-SEND"),			\
	  "<host>:<protocol>", 2), RAW(af), .role = ROLE_SEND,		\
	  .groups = G_SENDTO | (ip), .ops = &datagram_ops }

static const struct family rows[] = {
	FOUR("", AF_UNSPEC, G_IP4 | G_IP6),
	FOUR("4", AF_INET, G_IP4),
	FOUR("6", AF_INET6, G_IP6),
};

FAMILIES(rawip, rows);
