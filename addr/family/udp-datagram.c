/*
 * addr/family/udp-datagram.c: UDP without a connection: UDP-SENDTO, -RECV,
 * -RECVFROM and -DATAGRAM, for IPv4, IPv6 and either.
 */

#include <errno.h>
#include <unistd.h>

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

static void
give_up(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
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
	    sock_bind_local)(a, fd, to->sa_family) == -1) {
		give_up(fd);
		return -1;
	}
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
	if (sock_bind(a, fd, sa, r[0].len) == -1) {
		give_up(fd);
		return -1;
	}
	return fd;
}

/* Port 0 is any that is free: which one is to be known. */
static void
port_note(int fd)
{
	char name[SOCK_NAME_MAX];
	struct sock_addr here = { .len = sizeof here.sa };

	if (log_on(LOG_N) && getsockname(fd, &here.sa.any, &here.len) == 0)
		log_notice("bound to %s", sock_name(&here.sa.any, here.len,
		    name, sizeof name));
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
	if (port_check(a->param[0], "udp", &port) == 0 && port == 0)
		port_note(fd);
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
	.domain = af, .type = SOCK_DGRAM, .protocol = IPPROTO_UDP,	\
	.with = "UDP"

#define DATAGRAM(version, af, ip)					\
	{ .name = "UDP" version "-DATAGRAM",				\
	  .alias = { "UDP" version "-DGRAM" },				\
	  .syntax = "UDP" version "-DATAGRAM:<host>:<port>",		\
	  .min = 2, .max = 2, .role = ROLE_SEND | ROLE_RECEIVE,		\
	  UDP(af), .groups = G_DATAGRAM | (ip),				\
	  .useless = useless, .ops = &datagram_ops }

#define RECV(version, af, ip)						\
	{ .name = "UDP" version "-RECV",				\
	  .syntax = "UDP" version "-RECV:<port>",			\
	  .min = 1, .max = 1, .role = ROLE_RECEIVE,			\
	  UDP(af), .groups = G_DATAGRAM | (ip),				\
	  .useless = useless, .ops = &recv_ops }

#define RECVFROM(version, af, ip)					\
	{ .name = "UDP" version "-RECVFROM",				\
	  .syntax = "UDP" version "-RECVFROM:<port>",			\
	  .min = 1, .max = 1, .role = ROLE_LISTEN | ROLE_RECEIVE,	\
	  UDP(af), .groups = G_RECVFROM | (ip),				\
	  .useless = useless, .ops = &recvfrom_ops }

#define SENDTO(version, af, ip)						\
	{ .name = "UDP" version "-SENDTO",				\
	  .alias = { "UDP" version "-SEND" },				\
	  .syntax = "UDP" version "-SENDTO:<host>:<port>",		\
	  .min = 2, .max = 2, .role = ROLE_SEND,			\
	  UDP(af), .groups = G_SENDTO | (ip),				\
	  .useless = useless, .ops = &sendto_ops }

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
	DATAGRAM("", AF_UNSPEC, G_IP4 | G_IP6),
	RECV("", AF_UNSPEC, G_IP4 | G_IP6),
	RECVFROM("", AF_UNSPEC, G_IP4 | G_IP6),
	SENDTO("", AF_UNSPEC, G_IP4 | G_IP6),
	DATAGRAM("4", AF_INET, G_IP4),
	RECV("4", AF_INET, G_IP4),
	RECVFROM("4", AF_INET, G_IP4),
	SENDTO("4", AF_INET, G_IP4),
	DATAGRAM("6", AF_INET6, G_IP6),
	RECV("6", AF_INET6, G_IP6),
	RECVFROM("6", AF_INET6, G_IP6),
	SENDTO("6", AF_INET6, G_IP6),
};

FAMILIES(udp_datagram, rows);
