/*
 * addr/family/generic.c: SOCKET-CONNECT, -LISTEN, -SENDTO, -RECV, -RECVFROM
 * and -DATAGRAM: sockets of any domain, type and protocol, whose addresses
 * are bytes as lib/data.h has them.
 */

#include <stdlib.h>
#include <string.h>

#include "../../lib/data.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dgram.h"

#define G_GENERIC	(G_FD | G_SOCKET)
#define G_CONNECT	(G_GENERIC | G_CHILD | G_RETRY)
#define G_RECV		(G_GENERIC | G_RANGE)

/* What the words of an address say. */
struct words {
	int domain, type, protocol;
	struct sock_addr at;	/* the peer's, or its own */
};

/* Nothing is 0; socat goes on with what it could read. */
static int
param_number(struct addr *a, size_t i, int *n)
{
	char *end;

	*n = (int)strtoul(a->param[i], &end, 0);
	if (*end == '\0')
		return 0;
	if (a->config->as_socat) {
		log_warn("garbage in parameter: \"%.200s\"", end);
		return 0;
	}
	error_set("garbage in parameter: \"%.200s\"", end);
	error_hint("domain, type and protocol are numbers: 2 is PF_INET, 1 "
	    "SOCK_STREAM, 6 TCP");
	error_place(a->spec->text, a->spec->param[i].col,
	    strlen(a->param[i]));
	return -1;
}

/* The address that these bytes are in the domain. */
static int
data_address(struct addr *a, const char *text, int domain,
    struct sock_addr *out)
{
	size_t off = offsetof(struct sockaddr, sa_data);
	const char *why;
	ssize_t n;

	memset(&out->sa, 0, sizeof out->sa);
	out->sa.any.sa_family = (sa_family_t)domain;
	n = data_read(text, (unsigned char *)&out->sa + off,
	    sizeof out->sa - off, &why);
	if (n == DATA_TOO_LONG)
		return error_set("data too long: \"%.400s\"", text);
	if (n == -1) {
		error_set("syntax error in \"%.400s\"", text);
		data_wrong(a->config, why);
		return -1;
	}
	out->len = (socklen_t)(off + (size_t)n);
	return 0;
}

static int
words_read(struct addr *a, struct words *w)
{
	size_t last = a->nparam - 1, i = 0;

	w->type = a->family->type;
	if (param_number(a, i++, &w->domain) == -1 ||
	    (last == 3 && param_number(a, i++, &w->type) == -1) ||
	    param_number(a, i, &w->protocol) == -1)
		return -1;
	w->domain = sock_pf(a, w->domain);
	if (data_address(a, a->param[last], w->domain, &w->at) == 0)
		return 0;
	error_place(a->spec->text, a->spec->param[last].col,
	    strlen(a->param[last]));
	return -1;
}

/* socat reads the words when it opens the address, and not before. */
static int
generic_check(struct addr *a)
{
	struct words w;
	struct sock_addr from;

	if (a->config->as_socat)
		return 0;
	if (words_read(a, &w) == -1)
		return -1;
	if (a->c.bind != NULL &&
	    data_address(a, a->c.bind, w.domain, &from) == -1)
		return opt_wrong(a, "bind");
	return 0;
}

/* A socket bound to what bind= says, or -1. */
static int
client(struct addr *a, const struct words *w)
{
	struct sock_addr from;
	int fd;

	if (a->c.bind != NULL &&
	    data_address(a, a->c.bind, w->domain, &from) == -1)
		return -1;
	fd = sock_open(a, w->domain, w->type, w->protocol);
	if (fd == -1)
		return -1;
	return (a->c.bind == NULL ? opt_apply(a, PH_BIND, fd) :
	    sock_bind(a, fd, &from.sa.any, from.len)) == -1 ?
	    fd_give_up(fd) : fd;
}

/* One bound to the address that is a parameter, or -1. */
static int
server(struct addr *a)
{
	struct words w;
	int fd;

	if (words_read(a, &w) == -1)
		return -1;
	fd = sock_open(a, w.domain, w.type, w.protocol);
	if (fd == -1)
		return -1;
	return sock_bind(a, fd, &w.at.sa.any, w.at.len) == -1 ?
	    fd_give_up(fd) : fd;
}

static int
generic_connect(struct addr *a, struct end *e)
{
	struct words w;
	int fd;

	if (words_read(a, &w) == -1)
		return -1;
	if (!a->retrying)
		sock_opening_log(&w.at.sa.any, w.at.len);
	fd = client(a, &w);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, &w.at.sa.any, w.at.len) == -1) {
		/* Of unix sockets socat says no more than that it ends. */
		if (w.domain == AF_UNIX)
			last_error.code = ERROR_SERVER;
		return fd_give_up(fd);
	}
	end_socket(e, fd, sock_type(a, SOCK_STREAM));
	if (w.domain == AF_INET || w.domain == AF_INET6)
		end_resets(e);
	return 0;
}

static int
generic_listen(struct addr *a, struct end *e)
{
	int fd = server(a);

	(void)e;
	if (fd == -1)
		return -1;
	if (sock_listen(a, fd) == -1)
		return fd_give_up(fd);
	a->lfd = fd;
	return 0;
}

static int
generic_sendto(struct addr *a, struct end *e)
{
	struct words w;
	int fd;

	if (words_read(a, &w) == -1 || (fd = client(a, &w)) == -1)
		return -1;
	return dgram_send_to(a, e, fd, &w.at.sa.any, w.at.len);
}

static int
generic_recv(struct addr *a, struct end *e)
{
	int fd;

	dgram_only_reads(a);
	fd = server(a);
	if (fd == -1 || dgram_receive(a, e, fd) == -1)
		return -1;
	e->out.half = HALF_CLOSE;
	return 0;
}

static int
generic_recvfrom(struct addr *a, struct end *e)
{
	int fd = server(a);

	(void)e;
	return fd == -1 ? -1 : dgram_listen(a, fd);
}

static const char *const useless_client[] = { "connect-timeout", NULL };
static const char *const useless_server[] = {
	"bind", "connect-timeout", NULL
};

#define WORDS(type_is)	.domain = DOMAIN_WORDS, .type = type_is,	\
	.with = "GENERICSOCKET"
#define FOUR(what)	"<domain>:<type>:<protocol>:<" what "-address>",	\
	.min = 4, .max = 4

static const struct family rows[] = {
	{ .name = "SOCKET-CONNECT", .syntax =
	  "SOCKET-CONNECT:<domain>:<protocol>:<remote-address>",
	  .min = 3, .max = 3, .role = ROLE_CONNECT, WORDS(SOCK_STREAM),
	  .groups = G_CONNECT,
	  .ops = OPS(.check = generic_check, .open = generic_connect) },
	{ .name = "SOCKET-DATAGRAM", .alias = { "DATAGRAM", "DGRAM" },
	  .syntax = "SOCKET-DATAGRAM:" FOUR("remote"),
	  .role = ROLE_SEND | ROLE_RECEIVE, WORDS(SOCK_DGRAM),
	  .groups = G_RECV, .useless = useless_client,
	  .ops = OPS(.check = generic_check, .open = generic_sendto) },
	{ .name = "SOCKET-LISTEN", .syntax =
	  "SOCKET-LISTEN:<domain>:<protocol>:<local-address>",
	  .min = 3, .max = 3, .role = ROLE_LISTEN, WORDS(SOCK_STREAM),
	  .groups = G_CONNECT | G_LISTEN | G_RANGE, .useless = useless_server,
	  .ops = OPS(.check = generic_check, .open = generic_listen,
	  .accept = sock_accept) },
	{ .name = "SOCKET-RECV", .syntax = "SOCKET-RECV:" FOUR("local"),
	  .role = ROLE_RECEIVE, WORDS(SOCK_DGRAM), .groups = G_RECV,
	  .useless = useless_server,
	  .ops = OPS(.check = generic_check, .open = generic_recv) },
	{ .name = "SOCKET-RECVFROM",
	  .syntax = "SOCKET-RECVFROM:" FOUR("local"),
	  .role = ROLE_LISTEN | ROLE_RECEIVE, WORDS(SOCK_DGRAM),
	  .groups = G_RECV | G_CHILD, .useless = useless_server,
	  .ops = OPS(.check = generic_check, .open = generic_recvfrom,
	  .accept = dgram_accept, .attach = dgram_attach) },
	{ .name = "SOCKET-SENDTO", .alias = { "SENDTO" },
	  .syntax = "SOCKET-SENDTO:" FOUR("remote"), .role = ROLE_SEND,
	  WORDS(SOCK_DGRAM), .groups = G_GENERIC, .useless = useless_client,
	  .ops = OPS(.check = generic_check, .open = generic_sendto) },
};

FAMILIES(generic, rows);
