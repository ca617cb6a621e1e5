/* addr/family/tcp.c: TCP-CONNECT and TCP-LISTEN, for IPv4, IPv6 and either. */

#include <string.h>

#include "../../lib/cold.h"
#include "../../lib/log.h"
#include "reuse.h"
#include "socket.h"

#define G_TCPLISTEN	(G_TCPCONNECT | G_LISTEN | G_RANGE)

HOT int
tcp_connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	const struct sockaddr *sa = &r->sa.any;
	int fd;

	if (log_on(LOG_N))
		sock_opening_log(sa, r->len);
	fd = reuse_socket(a, sa->sa_family);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, sa, r->len) == -1)
		return fd_give_up(fd);
	end_socket(e, fd, sock_type(a, SOCK_STREAM));
	end_resets(e);
	memcpy(&e->peer.remote.sa, &r->sa, sizeof r->sa);
	e->peer.remote.len = r->len;
	reuse_after(a, e);
	return 0;
}

static HOT int
tcp_connect(struct addr *a, struct end *e)
{
	return sock_connect_host(a, e, SOCK_STREAM, tcp_connect_one);
}

#define CONNECT(version, af, ip)					\
	{ .name = "TCP" version "-CONNECT",				\
	  .alias = { "INET" version, "TCP" version },			\
	  .syntax = "TCP" version "-CONNECT:<host>:<port>",		\
	  .min = 2, .max = 2, .role = ROLE_CONNECT,			\
	  .domain = af, .type = SOCK_STREAM, .protocol = IPPROTO_TCP,	\
	  .groups = G_TCPCONNECT | (ip), .with = "TCP",			\
	  .ops = &connect_ops }

#define LISTEN(version, af, ip)						\
	{ .name = "TCP" version "-LISTEN",				\
	  .alias = { "INET" version "-L", "INET" version "-LISTEN",	\
	      "TCP" version "-L" },					\
	  .syntax = "TCP" version "-LISTEN:<port>",			\
	  .min = 1, .max = 1, .role = ROLE_LISTEN,			\
	  .domain = af, .type = SOCK_STREAM, .protocol = IPPROTO_TCP,	\
	  .groups = G_TCPLISTEN | (ip), .with = "TCP",			\
	  .useless = useless_listener, .ops = &listen_ops }

static const struct family_ops connect_ops = {
	.check = port_param_check, .open = tcp_connect
};
static const struct family_ops listen_ops = {
	.check = port_param_check, .open = sock_listen_host, .accept = sock_accept
};
static const char *const useless_listener[] = { "connect-timeout", NULL };

static const struct family rows[] = {
	CONNECT("", AF_UNSPEC, G_IP4 | G_IP6),
	LISTEN("", AF_UNSPEC, G_IP4 | G_IP6),
	CONNECT("4", AF_INET, G_IP4),
	LISTEN("4", AF_INET, G_IP4),
	CONNECT("6", AF_INET6, G_IP6),
	LISTEN("6", AF_INET6, G_IP6),
};

FAMILIES(tcp, rows);
