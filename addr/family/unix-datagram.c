/*
 * addr/family/unix-datagram.c: datagrams of unix sockets: UNIX-SENDTO, -RECV
 * and -RECVFROM, and the same of abstract names.
 */

#include "../../lib/os/os.h"
#include "dgram.h"
#include "unix-name.h"

static int
unix_sendto(struct addr *a, struct end *e)
{
	struct sockaddr_un un;
	socklen_t len = unix_address(a, a->param[0], unix_is_abstract(a), &un);

	return len == (socklen_t)-1 ? -1 : unix_send_to(a, e, &un, len);
}

/* A socket bound to the name that is the parameter, or -1. */
static int
receiver(struct addr *a, struct end *e)
{
	int fd = sock_open(a, sock_pf(a, AF_UNIX), SOCK_DGRAM, 0);

	return fd == -1 || unix_bind_own(a, e, fd, NULL) == -1 ? -1 : fd;
}

static int
unix_recv(struct addr *a, struct end *e)
{
	int fd = receiver(a, e);

	if (fd == -1)
		return -1;
	dgram_only_reads(a);
	return dgram_receive(a, e, fd);
}

static int
unix_recvfrom(struct addr *a, struct end *e)
{
	int fd = receiver(a, e);

	return fd == -1 ? -1 : dgram_listen(a, fd);
}

#define UNIX_DGRAM	.domain = AF_UNIX, .type = SOCK_DGRAM, \
	.min = 1, .max = 1

static const struct family_ops recv_ops = {
	.check = unix_check, .open = unix_recv
};
static const struct family_ops recvfrom_ops = {
	.check = unix_check, .open = unix_recvfrom,
	.accept = dgram_accept, .attach = dgram_attach
};
static const struct family_ops sendto_ops = {
	.check = unix_check, .open = unix_sendto
};
static const char *const useless_sendto[] = { "connect-timeout", NULL };
static const char *const useless_bound[] = {
	"bind", "connect-timeout", "unix-bind-tempname", NULL
};

static const struct family rows[] = {
	{ .name = "ABSTRACT-RECV",
	  .syntax = "ABSTRACT-RECV:<filename>",
	  .role = ROLE_RECEIVE, UNIX_DGRAM, UNIX_ABSTRACT,
	  .groups = G_UNIXCLIENT, .useless = useless_bound,
	  .ops = &recv_ops },
	{ .name = "ABSTRACT-RECVFROM",
	  .syntax = "ABSTRACT-RECVFROM:<filename>",
	  .role = ROLE_LISTEN | ROLE_RECEIVE, UNIX_DGRAM, UNIX_ABSTRACT,
	  .groups = G_UNIXCLIENT | G_CHILD, .useless = useless_bound,
	  .ops = &recvfrom_ops },
	{ .name = "ABSTRACT-SENDTO",
	  .syntax = "ABSTRACT-SENDTO:<filename>",
	  .role = ROLE_SEND, UNIX_DGRAM, UNIX_ABSTRACT,
	  .groups = G_UNIXCLIENT, .useless = useless_sendto,
	  .ops = &sendto_ops },
	{ .name = "UNIX-RECV",
	  .syntax = "UNIX-RECV:<filename>",
	  .role = ROLE_RECEIVE, UNIX_DGRAM, UNIX_PATH(PARAM),
	  .groups = G_UNIXCLIENT | G_NAMED, .useless = useless_bound,
	  .ops = &recv_ops },
	{ .name = "UNIX-RECVFROM",
	  .syntax = "UNIX-RECVFROM:<filename>",
	  .role = ROLE_LISTEN | ROLE_RECEIVE, UNIX_DGRAM, UNIX_PATH(PARAM),
	  .groups = G_UNIXCLIENT | G_NAMED | G_CHILD,
	  .useless = useless_bound, .ops = &recvfrom_ops },
	{ .name = "UNIX-SENDTO", .alias = { "UNIX-SEND" },
	  .syntax = "UNIX-SENDTO:<filename>",
	  .role = ROLE_SEND, UNIX_DGRAM, UNIX_PATH(BIND),
	  .groups = G_UNIXCLIENT | G_NAMED, .useless = useless_sendto,
	  .ops = &sendto_ops },
};

FAMILIES(unix_datagram, rows);
