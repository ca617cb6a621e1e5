/*
 * addr/family/vsock.c: VSOCK-CONNECT and -LISTEN, streams between a virtual
 * machine and its host, vsock(7).
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "socket.h"

#define G_VSOCKCONNECT	(G_FD | G_SOCKET | G_CHILD | G_RETRY)
#define G_VSOCKLISTEN	(G_VSOCKCONNECT | G_LISTEN)

/*
 * A number as strtoul(3) reads it: nothing is 0, and -1 stands for any cid or
 * port.
 */
static int
id_read(const char *text, const char *what, unsigned *out)
{
	char *end;
	long long n = strtoll(text, &end, 0);

	if (*end != '\0')
		return error_set("sockaddr_vm - garbage in %s: \"%.200s\"",
		    what, end);
	if (n < INT_MIN || n > UINT_MAX)
		return error_set("sockaddr_vm - %s \"%.200s\" is too large",
		    what, text);
	*out = (unsigned)n;
	return 0;
}

/* The address of a cid and a port, each a number or NULL: any. */
static int
vsock_name(const char *cid, const char *port, struct sock_addr *out)
{
	unsigned c = UINT_MAX, p = UINT_MAX;

	if ((cid != NULL && id_read(cid, "cid", &c) == -1) ||
	    (port != NULL && id_read(port, "port", &p) == -1))
		return -1;
	out->len = os_vsock_name(&out->sa.room, c, p);
	return 0;
}

/* Splits [cid][:port] of bind=; *port is NULL if there is none. */
static int
bind_split(const struct addr *a, char buf[256], const char **cid,
    const char **port)
{
	char *colon;

	*cid = *port = NULL;
	if (strlen(a->c.bind) >= 256)
		return error_set("bind=%.40s... is too long", a->c.bind);
	strcpy(buf, a->c.bind);
	colon = strchr(buf, ':');
	if (colon != NULL) {
		*colon = '\0';
		*port = colon + 1;
	}
	if (*buf != '\0')
		*cid = buf;
	return 0;
}

/* What a client binds to, or a listener on its port; len 0: nothing. */
static int
bind_name(const struct addr *a, struct sock_addr *out)
{
	bool listens = a->family->role & ROLE_LISTEN;
	const char *cid = NULL, *port = NULL;
	char buf[256];

	out->len = 0;
	if (a->c.bind != NULL && bind_split(a, buf, &cid, &port) == -1)
		return -1;
	if (listens && port != NULL)
		return error_set("port specification not allowed in this bind "
		    "option");
	if (!listens && a->c.bind == NULL)
		return 0;
	return vsock_name(cid, listens ? a->param[0] : port, out);
}

/* socat reads the words when it opens the address, and not before. */
static int
vsock_check(struct addr *a)
{
	struct sock_addr at;
	unsigned n;
	size_t i;

	if (a->config->as_socat)
		return 0;
	for (i = 0; i < a->nparam; i++)
		if (id_read(a->param[i], i + 1 < a->nparam ? "cid" : "port",
		    &n) == -1) {
			error_place(a->spec->text, a->spec->param[i].col, 1);
			return -1;
		}
	return bind_name(a, &at);
}

static int
vsock_socket(struct addr *a)
{
	int fd = sock_open(a, sock_pf(a, a->family->domain), SOCK_STREAM, 0);

	if (fd == -1 && errno == EAFNOSUPPORT && !a->config->as_socat)
		error_hint("this kernel has no vsock: the module is vsock");
	return fd;
}

/* Which side of the machine cannot be reached, in words. */
static void
refused(const struct addr *a, const struct sock_addr *to)
{
	unsigned cid = 0, port = 0;

	if (a->config->as_socat)
		return;
	os_vsock_parts(&to->sa.any, &cid, &port);
	if (errno == ENODEV || errno == EADDRNOTAVAIL)
		error_hint("this kernel has no transport to cid %u: modules "
		    "are vhost_vsock on a host, vmw_vsock_virtio_transport "
		    "in a guest, vsock_loopback for cid 1", cid);
	else if (errno == ECONNRESET || errno == ETIMEDOUT)
		error_hint("nobody answers at port %u of cid %u: listen there "
		    "first", port, cid);
}

static int
vsock_connect(struct addr *a, struct end *e)
{
	struct sock_addr to, from;
	int fd;

	if (vsock_name(a->param[0], a->param[1], &to) == -1 ||
	    bind_name(a, &from) == -1)
		return -1;
	sock_opening_log(&to.sa.any, to.len);
	fd = vsock_socket(a);
	if (fd == -1)
		return -1;
	if ((from.len == 0 ? opt_apply(a, PH_BIND, fd) :
	    sock_bind(a, fd, &from.sa.any, from.len)) == -1)
		return fd_give_up(fd);
	if (sock_connect(a, fd, &to.sa.any, to.len) == -1) {
		refused(a, &to);
		return fd_give_up(fd);
	}
	end_socket(e, fd, sock_type(a, SOCK_STREAM));
	e->peer.remote = to;
	return 0;
}

static int
vsock_listen(struct addr *a, struct end *e)
{
	struct sock_addr here;
	int fd;

	(void)e;
	if (bind_name(a, &here) == -1 || (fd = vsock_socket(a)) == -1)
		return -1;
	return sock_listen_at(a, fd, &here.sa.any, here.len);
}

static const char *const useless_listener[] = { "connect-timeout", NULL };

static const struct family rows[] = {
	{ .name = "VSOCK-CONNECT", .alias = { "VSOCK" },
	  .syntax = "VSOCK-CONNECT:<cid>:<port>", .min = 2, .max = 2,
	  .role = ROLE_CONNECT, .domain = AF_VSOCK, .type = SOCK_STREAM,
	  .groups = G_VSOCKCONNECT, .with = "VSOCK",
	  .ops = OPS(.check = vsock_check, .open = vsock_connect) },
	{ .name = "VSOCK-LISTEN", .alias = { "VSOCK-L" },
	  .syntax = "VSOCK-LISTEN:<port>", .min = 1, .max = 1,
	  .role = ROLE_LISTEN, .domain = AF_VSOCK, .type = SOCK_STREAM,
	  .groups = G_VSOCKLISTEN, .with = "VSOCK",
	  .useless = useless_listener,
	  .ops = OPS(.check = vsock_check, .open = vsock_listen,
	  .accept = sock_accept) },
};

FAMILIES(vsock, rows);
