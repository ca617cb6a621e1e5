/*
 * addr/family/udp-datagram.c: UDP without a connection: UDP-SENDTO, -RECV,
 * -RECVFROM and -DATAGRAM, for IPv4, IPv6 and either, and the same of
 * UDP-Lite.
 */

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dgram.h"

#define G_SENDTO	(G_FD | G_SOCKET | G_UDP)
#define G_DATAGRAM	(G_SENDTO | G_RANGE)
#define G_RECVFROM	(G_DATAGRAM | G_CHILD)

static int
udp_socket(struct addr *a, int af)
{
	return sock_open(a, af, SOCK_DGRAM, a->family->protocol);
}

/* bind= alone: sourceport= and lowport= are about what it receives. */
static int
bind_plain(struct addr *a, int fd, int af)
{
	struct resolved r[RESOLVE_MAX];
	char buf[256], *host = NULL, *port = NULL;

	if (a->c.bind == NULL)
		return opt_apply(a, PH_BIND, fd);
	if (hostport_split(a->c.bind, buf, sizeof buf, &host, &port) == -1 ||
	    sock_resolve(a, host, port, af, SOCK_DGRAM, true, r) == -1)
		return -1;
	return sock_bind(a, fd, &r[0].sa.any, r[0].len);
}

static int
udp_sendto(struct addr *a, struct end *e)
{
	struct resolved r[RESOLVE_MAX];
	const struct sockaddr *to = &r[0].sa.any;
	int fd;

	if (sock_resolve(a, a->param[0], a->param[1], sock_pf(a,
	    a->family->domain), SOCK_DGRAM, false, r) == -1)
		return -1;
	fd = udp_socket(a, to->sa_family);
	if (fd == -1)
		return -1;
	if ((a->family->role & ROLE_RECEIVE ? bind_plain :
	    sock_bind_local)(a, fd, to->sa_family) == -1)
		return fd_give_up(fd);
	return dgram_send_to(a, e, fd, to, r[0].len);
}

/* A socket bound to the port that is the parameter, or -1. */
static int
receiver(struct addr *a)
{
	struct resolved r[RESOLVE_MAX];
	const struct sockaddr *sa = &r[0].sa.any;
	int fd;

	if (sock_resolve_own(a, SOCK_DGRAM, r) == -1)
		return -1;
	fd = udp_socket(a, sa->sa_family);
	if (fd == -1)
		return -1;
	return sock_bind(a, fd, sa, r[0].len) == -1 ? fd_give_up(fd) : fd;
}

static int
udp_recv(struct addr *a, struct end *e)
{
	unsigned port;
	int fd;

	dgram_only_reads(a);
	fd = receiver(a);
	if (fd == -1)
		return -1;
	/* Any that is free: which one is to be known. */
	if (port_check(a->param[0], "udp", &port) == 0 && port == 0)
		sock_local_log(fd, "bound to");
	if (dgram_receive(a, e, fd) == -1)
		return -1;
	/* Nothing can be sent: the end of what was to be is that of all. */
	e->out.half = HALF_CLOSE;
	return 0;
}

static int
udp_recvfrom(struct addr *a, struct end *e)
{
	int fd = receiver(a);

	(void)e;
	return fd == -1 ? -1 : dgram_listen(a, fd);
}

/* socat takes the port that senders must have, and does not look at it. */
static int
datagram_check(struct addr *a)
{
	if (a->config->as_socat)
		a->c.sourceport = -1;
	return port_param_check(a);
}

#define UDP(af)								\
	.domain = af, .protocol = IPPROTO_UDP, .with = "UDP"
#define LITE(af)							\
	.domain = af, .protocol = PROTO_UDPLITE, .with = "UDPLITE"

#define DATAGRAM(kind, proto, af, more, host)				\
	{ .name = kind "-DATAGRAM", .alias = { kind "-DGRAM" },		\
	  .syntax = kind "-DATAGRAM:<" host ">:<port>",			\
	  .min = 2, .max = 2, .role = ROLE_SEND | ROLE_RECEIVE,		\
	  .type = SOCK_DGRAM, proto(af), .groups = G_DATAGRAM | (more),	\
	  .useless = useless, .ops = &datagram_ops }

#define RECV(kind, proto, af, more)					\
	{ .name = kind "-RECV",						\
	  .syntax = kind "-RECV:<port>",				\
	  .min = 1, .max = 1, .role = ROLE_RECEIVE,			\
	  .type = SOCK_DGRAM, proto(af), .groups = G_DATAGRAM | (more),	\
	  .useless = useless, .ops = &recv_ops }

/* One of socat's texts has a parameter that there is not. */
#define RECVFROM(kind, proto, af, more, text)				\
	{ .name = kind "-RECVFROM",					\
	  .syntax = kind "-RECVFROM:" text,				\
	  .min = 1, .max = 1, .role = ROLE_LISTEN | ROLE_RECEIVE,	\
	  .type = SOCK_DGRAM, proto(af), .groups = G_RECVFROM | (more),	\
	  .useless = useless, .ops = &recvfrom_ops }

#define SENDTO(kind, proto, af, more)					\
	{ .name = kind "-SENDTO", .alias = { kind "-SEND" },		\
	  .syntax = kind "-SENDTO:<host>:<port>",			\
	  .min = 2, .max = 2, .role = ROLE_SEND,			\
	  .type = SOCK_DGRAM, proto(af), .groups = G_SENDTO | (more),	\
	  .useless = useless, .ops = &sendto_ops }

#define ALL_TOLD(kind, proto, af, more, host, text)			\
	DATAGRAM(kind, proto, af, more, host), RECV(kind, proto, af, more),	\
	RECVFROM(kind, proto, af, more, text), SENDTO(kind, proto, af, more)
#define ALL(kind, proto, af, more)					\
	ALL_TOLD(kind, proto, af, more, "host", "<port>")

static const struct family_ops datagram_ops = {
	.check = datagram_check, .open = udp_sendto
};
static const struct family_ops recv_ops = {
	.check = port_param_check, .open = udp_recv
};
static const struct family_ops recvfrom_ops = {
	.check = port_param_check, .open = udp_recvfrom,
	.accept = dgram_accept, .attach = dgram_attach
};
static const struct family_ops sendto_ops = {
	.check = port_param_check, .open = udp_sendto
};
static const char *const useless[] = { "connect-timeout", NULL };

static const struct family rows[] = {
	ALL("UDP", UDP, AF_UNSPEC, G_IP4 | G_IP6),
	ALL("UDP4", UDP, AF_INET, G_IP4),
	ALL("UDP6", UDP, AF_INET6, G_IP6),
	ALL("UDPLITE", LITE, AF_UNSPEC, G_IP4 | G_IP6 | G_UDPLITE),
	ALL_TOLD("UDPLITE4", LITE, AF_INET, G_IP4 | G_UDPLITE,
	    "remote-address", "<host>:<port>"),
	ALL("UDPLITE6", LITE, AF_INET6, G_IP6 | G_UDPLITE),
};

FAMILIES(udp_datagram, rows);
