/*
 * addr/family/sctp.c: SCTP and DCCP, to connect and to listen, for IPv4, IPv6
 * and either: connections as TCP's, by another protocol.
 */

#include <errno.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "socket.h"

/* As IANA has them ("Protocol Numbers"), and Linux the type of a socket. */
#define SCTP_PROTOCOL	132
#define DCCP_PROTOCOL	33
#define DCCP_TYPE	6

#define G_CLIENT	(G_FD | G_SOCKET | G_CHILD | G_RETRY)
#define G_LISTENER	(G_CLIENT | G_LISTEN | G_RANGE)

/* What errno says of a system that lacks the protocol is few words. */
static void
lack_hint(const struct addr *a)
{
	bool sctp = a->family->protocol == SCTP_PROTOCOL;

	if (!a->config->as_socat && (last_error.err == EPROTONOSUPPORT ||
	    last_error.err == ESOCKTNOSUPPORT))
		error_hint("this kernel has no %s; on Linux it is the module "
		    "%s", sctp ? "SCTP" : "DCCP", sctp ? "sctp" :
		    "dccp_ipv4, up to 6.15");
}

static int
connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	int fd;

	sock_opening_log(&r->sa.any, r->len);
	fd = sock_open(a, r->sa.any.sa_family, a->family->type,
	    a->family->protocol);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, &r->sa.any, r->len) == -1)
		return fd_give_up(fd);
	end_socket(e, fd, sock_type(a, a->family->type));
	return 0;
}

static int
open_client(struct addr *a, struct end *e)
{
	int rc = sock_connect_host(a, e, SOCK_STREAM, connect_one);

	if (rc == -1)
		lack_hint(a);
	return rc;
}

static int
open_listener(struct addr *a, struct end *e)
{
	int rc = sock_listen_host(a, e);

	if (rc == -1)
		lack_hint(a);
	return rc;
}

static const struct family_ops client_ops = {
	.check = port_param_check, .open = open_client
};
static const struct family_ops listener_ops = {
	.check = port_param_check, .open = open_listener,
	.accept = sock_accept
};
static const char *const useless[] = { "connect-timeout", NULL };

#define SCTP	SOCK_STREAM, SCTP_PROTOCOL, "SCTP", G_SCTP
#define DCCP	DCCP_TYPE, DCCP_PROTOCOL, "DCCP", G_DCCP

/* CONNECT(word, family of addresses, groups, SCTP or DCCP) */
#define CONNECT(word, af, ip, ...)	CONNECT_(word, af, ip, __VA_ARGS__)
#define CONNECT_(word, af, ip, kind, number, has, group)		\
	{ .name = word "-CONNECT", .alias = { word },			\
	  .syntax = word "-CONNECT:<host>:<port>", .min = 2, .max = 2,	\
	  .role = ROLE_CONNECT, .domain = af, .type = kind,		\
	  .protocol = number, .groups = G_CLIENT | (ip) | (group),	\
	  .with = has, .ops = &client_ops }
#define LISTEN(word, af, ip, ...)	LISTEN_(word, af, ip, __VA_ARGS__)
#define LISTEN_(word, af, ip, kind, number, has, group)			\
	{ .name = word "-LISTEN", .alias = { word "-L" },		\
	  .syntax = word "-LISTEN:<port>", .min = 1, .max = 1,		\
	  .role = ROLE_LISTEN, .domain = af, .type = kind,		\
	  .protocol = number, .groups = G_LISTENER | (ip) | (group),	\
	  .with = has, .useless = useless, .ops = &listener_ops }

static const struct family rows[] = {
	CONNECT("DCCP", AF_UNSPEC, G_IP4 | G_IP6, DCCP),
	LISTEN("DCCP", AF_UNSPEC, G_IP4 | G_IP6, DCCP),
	CONNECT("DCCP4", AF_INET, G_IP4, DCCP),
	LISTEN("DCCP4", AF_INET, G_IP4, DCCP),
	CONNECT("DCCP6", AF_INET6, G_IP6, DCCP),
	LISTEN("DCCP6", AF_INET6, G_IP6, DCCP),
	CONNECT("SCTP", AF_UNSPEC, G_IP4 | G_IP6, SCTP),
	LISTEN("SCTP", AF_UNSPEC, G_IP4 | G_IP6, SCTP),
	CONNECT("SCTP4", AF_INET, G_IP4, SCTP),
	LISTEN("SCTP4", AF_INET, G_IP4, SCTP),
	CONNECT("SCTP6", AF_INET6, G_IP6, SCTP),
	LISTEN("SCTP6", AF_INET6, G_IP6, SCTP),
};

FAMILIES(sctp, rows);
