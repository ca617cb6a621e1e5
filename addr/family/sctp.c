/*
 * addr/family/sctp.c: SCTP and DCCP, to connect and to listen, for IPv4, IPv6
 * and either: connections as TCP's, by another protocol.
 */

#include <errno.h>
#include <unistd.h>

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

	if (!a->config->as_socat && (errno == EPROTONOSUPPORT ||
	    errno == ESOCKTNOSUPPORT))
		error_hint("this kernel has no %s; on Linux it is the module "
		    "%s", sctp ? "SCTP" : "DCCP", sctp ? "sctp" :
		    "dccp_ipv4, up to 6.15");
}

static int
own_socket(struct addr *a, int af)
{
	return sock_open(a, af, a->family->type, a->family->protocol);
}

static int
connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	char name[SOCK_NAME_MAX];
	int fd, saved;

	if (log_on(LOG_N))
		log_notice("opening connection to %s", sock_name(&r->sa.any,
		    r->len, name, sizeof name));
	fd = own_socket(a, r->sa.any.sa_family);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, &r->sa.any, r->len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
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
	struct resolved r[RESOLVE_MAX];
	int fd, on = 1;

	(void)e;
	if (sock_resolve_own(a, SOCK_STREAM, r) == -1)
		return -1;
	fd = own_socket(a, r[0].sa.any.sa_family);
	if (fd == -1) {
		lack_hint(a);
		return -1;
	}
	/* As TCP-LISTEN. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (sock_bind(a, fd, &r[0].sa.any, r[0].len) == -1 ||
	    sock_listen(a, fd) == -1) {
		close(fd);
		return -1;
	}
	a->lfd = fd;
	return 0;
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
