/* addr/family/tcp.c: TCP-CONNECT and TCP-LISTEN, for IPv4, IPv6 and either. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/log.h"
#include "reuse.h"
#include "socket.h"

#define G_TCPLISTEN	(G_TCPCONNECT | G_LISTEN | G_RANGE)

static COLD void
opening_log(const struct resolved *r)
{
	char name[SOCK_NAME_MAX];

	log_notice("opening connection to %s",
	    sock_name(&r->sa.any, r->len, name, sizeof name));
}

int
tcp_connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	const struct sockaddr *sa = &r->sa.any;
	int fd, saved;

	if (log_on(LOG_N))
		opening_log(r);
	fd = reuse_socket(a, sa->sa_family);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, sa, r->len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	end_socket(e, fd, sock_type(a, SOCK_STREAM));
	end_resets(e);
	memcpy(&e->peer.remote.sa, sa, r->len);
	e->peer.remote.len = r->len;
	reuse_after(a, e);
	return 0;
}

static int
tcp_connect(struct addr *a, struct end *e)
{
	return sock_connect_host(a, e, SOCK_STREAM, tcp_connect_one);
}

static int
listen_on(struct addr *a, const struct resolved *r)
{
	const struct sockaddr *sa = &r->sa.any;
	int fd, on = 1;

	fd = sock_open(a, sa->sa_family, SOCK_STREAM, IPPROTO_TCP);
	if (fd == -1)
		return -1;
	/* The default of socat 1.8; reuseaddr=0 comes later and wins. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (sock_bind(a, fd, sa, r->len) == -1 ||
	    sock_listen(a, fd) == -1) {
		close(fd);
		return -1;
	}
	a->lfd = fd;
	return 0;
}

static int
tcp_listen(struct addr *a, struct end *e)
{
	struct resolved r[RESOLVE_MAX];

	(void)e;
	if (sock_resolve_own(a, SOCK_STREAM, r) == -1)
		return -1;
	return listen_on(a, &r[0]);
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
	.check = port_param_check, .open = tcp_listen, .accept = sock_accept
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
