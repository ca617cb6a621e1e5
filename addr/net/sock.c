/* addr/net/sock.c: what the socket families share. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../addr.h"
#include "bound.h"

/* Unless backlog= says otherwise: as much as the kernel grants. */
#define BACKLOG		65535

/* lowport= takes one of these, as rresvport(3) does. */
#define LOWPORT_FIRST	640
#define LOWPORT_LAST	1023

static size_t
unix_name(const struct sockaddr_un *un, socklen_t len, char *buf, size_t size)
{
	size_t i, n = 0, max;
	const unsigned char *p = (const unsigned char *)un->sun_path;

	if (len <= (socklen_t)offsetof(struct sockaddr_un, sun_path))
		return (size_t)snprintf(buf, size, "AF=1 \"<anon>\"");
	max = len - offsetof(struct sockaddr_un, sun_path);
	n += (size_t)snprintf(buf, size, "AF=1 \"");
	for (i = 0; i < max && n + 6 < size; i++) {
		if (p[i] == '\0' && i > 0)
			break;
		if (p[i] == '\0')
			n += (size_t)snprintf(buf + n, size - n, "\\0");
		else if (p[i] < ' ' || p[i] > '~')
			n += (size_t)snprintf(buf + n, size - n, "\\x%02X",
			    p[i]);
		else
			buf[n++] = (char)p[i];
	}
	return n + (size_t)snprintf(buf + n, size - n, "\"");
}

/* A family that is not known has its bytes for a name, as with socat. */
static void
other_name(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	size_t i, n, most = sizeof sa->sa_data, off = offsetof(struct sockaddr,
	    sa_data);

	n = (size_t)snprintf(buf, size, "AF=%d 0x", sa->sa_family);
	for (i = 0; i < most && off + i < len; i++)
		n += (size_t)snprintf(buf + n, size - n, "%02x",
		    (unsigned char)sa->sa_data[i]);
}

const char *
sock_name(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	const unsigned char *p;
	char text[INET_ADDRSTRLEN];

	switch (len < sizeof sa->sa_family ? AF_UNSPEC : sa->sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		snprintf(buf, size, "AF=%d %s:%u", AF_INET, text,
		    ntohs(in->sin_port));
		break;
	case AF_INET6:
		p = in6->sin6_addr.s6_addr;
		snprintf(buf, size, "AF=%d [%02x%02x:%02x%02x:%02x%02x:"
		    "%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x]:%u",
		    AF_INET6, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7],
		    p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15],
		    ntohs(in6->sin6_port));
		break;
	case AF_UNIX:
		unix_name((const struct sockaddr_un *)sa, len, buf, size);
		break;
	case AF_UNSPEC:
		snprintf(buf, size, "AF=1 \"<anon>\"");
		break;
	default:
		other_name(sa, len, buf, size);
	}
	return buf;
}

int
sock_type(const struct addr *a, int usual)
{
	return a->c.socktype == -1 ? usual : (int)a->c.socktype;
}

/* Listening with -0 is for either family; ipv6only= comes later, and wins. */
static bool
hears_both(const struct addr *a)
{
	return a->config->listen_ipv == 0 && a->family->domain == AF_UNSPEC &&
	    a->c.pf == NULL && a->c.bind == NULL;
}

static void
six_plain(const struct sockaddr_in6 *in6, char *buf, size_t size)
{
	const unsigned char *p = in6->sin6_addr.s6_addr;
	unsigned port = ntohs(in6->sin6_port);
	char text[INET6_ADDRSTRLEN], scope[16] = "";

	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		snprintf(buf, size, "%u.%u.%u.%u:%u", p[12], p[13], p[14],
		    p[15], port);
		return;
	}
	if (in6->sin6_scope_id != 0)
		snprintf(scope, sizeof scope, "%%%u",
		    (unsigned)in6->sin6_scope_id);
	inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
	snprintf(buf, size, "[%s%s]:%u", text, scope, port);
}

static void
unix_plain(const struct sockaddr_un *un, socklen_t len, char *buf, size_t size)
{
	size_t off = offsetof(struct sockaddr_un, sun_path);
	int n = len > off ? (int)(len - off) : 0;

	if (n > 0 && un->sun_path[0] == '\0')
		snprintf(buf, size, "@%.*s", n - 1, un->sun_path + 1);
	else
		snprintf(buf, size, "%.*s", n, un->sun_path);
}

const char *
sock_plain(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	char text[INET_ADDRSTRLEN];

	*buf = '\0';
	switch (len < sizeof sa->sa_family ? AF_UNSPEC : sa->sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		snprintf(buf, size, "%s:%u", text, ntohs(in->sin_port));
		break;
	case AF_INET6:
		six_plain((const struct sockaddr_in6 *)sa, buf, size);
		break;
	case AF_UNIX:
		unix_plain((const struct sockaddr_un *)sa, len, buf, size);
		break;
	case AF_UNSPEC:
		break;
	default:
		other_name(sa, len, buf, size);
	}
	return buf;
}

/*
 * A new socket with the options of phase FD on it; type= and protocol=
 * override what the family asks for.  -1 with words in last_error.
 */
int
sock_open(struct addr *a, int af, int type, int proto)
{
	int fd, off = 0;

	type = sock_type(a, type);
	if (a->c.protocol != -1)
		proto = (int)a->c.protocol;
	fd = os_socket(af, type, proto);
	if (fd == -1)
		return error_set("socket(%d, %d, %d):", af, type, proto);
	log_info("socket(%d, %d, %d) -> %d", af, type, proto, fd);
	if (a->family->role & ROLE_LISTEN && af == AF_INET6 && hears_both(a))
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	/* Owner and mode of a path are those of its file: see unix.c. */
	if ((a->family->path == PATH_NONE && fd_owner(a, fd) == -1) ||
	    opt_apply(a, PH_FD, fd) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

int
sock_bind(struct addr *a, int fd, const struct sockaddr *sa, socklen_t len)
{
	char name[SOCK_NAME_MAX];
	int err;

	if (opt_apply(a, PH_BIND, fd) == -1)
		return -1;
	if (bind(fd, sa, len) == 0)
		return 0;
	err = errno;
	error_set("bind(%d, {%s}, %d):", fd,
	    sock_name(sa, len, name, sizeof name), (int)len);
	if (!a->config->as_socat)
		bound_hint(sa, a->family->type != SOCK_DGRAM, err);
	errno = err;
	return -1;
}

static void
port_set(struct sockaddr *sa, unsigned port)
{
	/* sin_port and sin6_port stand at the same place. */
	((struct sockaddr_in *)sa)->sin_port = htons((uint16_t)port);
}

static unsigned
port_get(const struct sockaddr *sa)
{
	return ntohs(((const struct sockaddr_in *)sa)->sin_port);
}

/* What socat says before the name of a socket that does not connect. */
static const char *
protocol_word(const struct addr *a)
{
	return a->family->protocol == IPPROTO_UDP ? "UDP " : "";
}

int
sock_listen(struct addr *a, int fd)
{
	char name[SOCK_NAME_MAX];
	int backlog = a->c.backlog == -1 ? BACKLOG : (int)a->c.backlog;

	if (opt_apply(a, PH_LISTEN, fd) == -1)
		return -1;
	if (a->family->type != SOCK_DGRAM && listen(fd, backlog) == -1)
		return error_set("listen(%d, %d):", fd, backlog);
	fd_nonblock(fd);
	a->locallen = sizeof a->local;
	if (getsockname(fd, (struct sockaddr *)&a->local, &a->locallen) == -1)
		a->locallen = 0;
	log_notice("listening on %s%s", protocol_word(a),
	    sock_name((struct sockaddr *)&a->local, a->locallen, name,
	    sizeof name));
	return 0;
}

/* socat says so after every client; relay says it once. */
void
listening_again(struct addr *a)
{
	char name[SOCK_NAME_MAX];

	if (a->config->as_socat && log_on(LOG_N))
		log_notice("listening on %s%s", protocol_word(a),
		    sock_name((struct sockaddr *)&a->local, a->locallen, name,
		    sizeof name));
}

bool
sock_allowed(struct addr *a, const struct sock_addr *client)
{
	const struct sockaddr *peer = &client->sa.any;
	const char *why = NULL;
	char name[SOCK_NAME_MAX];
	unsigned port;

	if (a->range != NULL && !range_allows(a->range, peer))
		why = "range option";
	if (peer->sa_family == AF_INET || peer->sa_family == AF_INET6) {
		port = port_get(peer);
		if (a->c.sourceport != -1 && port != a->c.sourceport)
			why = "wrong sourceport";
		if (a->c.lowport && port >= IPPORT_RESERVED)
			why = "lowport option";
	}
	if (why == NULL)
		return true;
	log_warn("refusing connection from %s due to %s",
	    sock_name(peer, client->len, name, sizeof name), why);
	return false;
}

static void
accept_log(const struct sock_addr *client, int fd)
{
	char peer[SOCK_NAME_MAX], local[SOCK_NAME_MAX];
	struct sockaddr_storage here;
	socklen_t len = sizeof here;

	if (!log_on(LOG_N))
		return;
	if (getsockname(fd, (struct sockaddr *)&here, &len) == -1)
		len = 0;
	log_notice("accepting connection from %s on %s",
	    sock_name(&client->sa.any, client->len, peer, sizeof peer),
	    sock_name((struct sockaddr *)&here, len, local, sizeof local));
}

void
drop_note(struct addr *a, unsigned long n, const char *fmt, ...)
{
	va_list args;

	if (a->drops.n == 0) {
		va_start(args, fmt);
		vsnprintf(a->drops.words, sizeof a->drops.words, fmt, args);
		va_end(args);
	}
	a->drops.n += n;
}

bool
sock_lacks(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM ||
	    err == ENOBUFS;
}

bool
sock_broken(int err)
{
	return err == EBADF || err == ENOTSOCK || err == EINVAL ||
	    err == EFAULT || err == ENOSYS;
}

static bool
still_listens(int fd)
{
	int yes = 0;
	socklen_t len = sizeof yes;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 &&
	    yes;
}

/*
 * accept(2), "Error handling": the kernel hands on errors of a client that
 * was about to be accepted.  What they can be is not written down, so the
 * listening socket is asked whether it is still one.
 */
static int
accept_failed(struct addr *a)
{
	int err = errno;

	if (err == EAGAIN || err == EWOULDBLOCK || err == EINTR)
		return 1;
	error_set("accept(%d):", a->lfd);
	if (!sock_lacks(err) && !sock_broken(err) && still_listens(a->lfd)) {
		drop_note(a, 1, "client lost: %s", last_error.words);
		return 2;
	}
	errno = err;
	return -1;
}

/*
 * What an error message of the network left is taken off a socket for
 * datagrams; any other has none, unless it listens no more.
 */
int
addr_recover(struct addr *a)
{
	int err, type;
	socklen_t len = sizeof err, typelen = sizeof type;

	if (getsockopt(a->lfd, SOL_SOCKET, SO_ERROR, &err, &len) == -1 ||
	    getsockopt(a->lfd, SOL_SOCKET, SO_TYPE, &type, &typelen) == -1)
		return error_set("listening socket %d:", a->lfd);
	if (type == SOCK_DGRAM)
		os_take_errors(a->lfd);
	else if (!still_listens(a->lfd))
		return error_set("listening socket %d listens no more",
		    a->lfd);
	return 0;
}

int
sock_accept(struct addr *a, struct end *e)
{
	struct sock_addr *client = &e->peer.remote;
	char name[SOCK_NAME_MAX];
	int fd;

	client->len = sizeof client->sa;
	fd = os_accept(a->lfd, &client->sa.any, &client->len);
	if (fd == -1)
		return accept_failed(a);
	accept_log(client, fd);
	if (!sock_allowed(a, client)) {
		close(fd);
		listening_again(a);
		return 2;
	}
	if (log_on(LOG_I))
		log_info("permitting connection from %s",
		    sock_name(&client->sa.any, client->len, name,
		    sizeof name));
	end_socket(e, fd, sock_type(a, SOCK_STREAM));
	if (client->sa.any.sa_family != AF_UNIX)
		end_resets(e);
	return 0;
}

/* Takes any free port of the low ones, from the top. */
static int
bind_low(struct addr *a, int fd, struct sockaddr *sa, socklen_t len)
{
	unsigned port;

	if (opt_apply(a, PH_BIND, fd) == -1)
		return -1;
	for (port = LOWPORT_LAST; port >= LOWPORT_FIRST; port--) {
		port_set(sa, port);
		if (bind(fd, sa, len) == 0)
			return 0;
		if (errno != EADDRINUSE)
			break;
	}
	return error_set("bind(%d, {low port}, %d):", fd, (int)len);
}

/* The local side of a client: bind=, sourceport= and lowport=. */
static int
bind_local(struct addr *a, int fd, int af)
{
	struct resolved r[RESOLVE_MAX];
	char buf[256];
	struct sockaddr *sa = &r[0].sa.any;
	char *host = NULL, *port = NULL;

	if (a->c.bind == NULL && a->c.sourceport == -1 && !a->c.lowport)
		return opt_apply(a, PH_BIND, fd);
	if (a->c.bind != NULL && hostport_split(a->c.bind, buf, sizeof buf,
	    &host, &port) == -1)
		return -1;
	if (resolve(a, host, port, af, a->family->type, true, r) == -1)
		return -1;
	if (a->c.sourceport != -1)
		port_set(sa, (unsigned)a->c.sourceport);
	if (a->c.lowport)
		return bind_low(a, fd, sa, r[0].len);
	return sock_bind(a, fd, sa, r[0].len);
}

/*
 * Waits for a connection that is being made.  0, or -1 with errno; EINTR
 * when it is not being made after all: connect(2) was cut short before.
 */
static int
connect_wait(int fd, long long timeout_ns)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer, errlen = sizeof(int);
	int rc, err = 0;

	while ((rc = clock_wait_fd(fd, 'w', timeout_ns)) == -1 && errno == EINTR)
		;
	if (rc == 0)
		errno = ETIMEDOUT;
	if (rc <= 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &errlen) == -1)
		return -1;
	if (err == 0 && getpeername(fd, (struct sockaddr *)&peer, &len) == -1)
		err = errno == ENOTCONN ? EINTR : errno;
	errno = err;
	return err == 0 ? 0 : -1;
}

/* connect(2) that waits no longer than timeout_ns, if that is not 0. */
static int
connect_timed(int fd, const struct sockaddr *sa, socklen_t len,
    long long timeout_ns)
{
	int flags = 0, err, rc;

	if (timeout_ns > 0) {
		flags = fcntl(fd, F_GETFL);
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	}
	do {
		rc = connect(fd, sa, len);
		if (rc == -1 && (errno == EINPROGRESS || errno == EINTR))
			rc = connect_wait(fd, timeout_ns > 0 ? timeout_ns :
			    -1);
	} while (rc == -1 && errno == EINTR);
	if (timeout_ns > 0) {
		err = errno;
		fcntl(fd, F_SETFL, flags);
		errno = err;
	}
	return rc;
}

bool
sock_same(const struct sockaddr *a, const struct sockaddr *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a,
	    *b6 = (const void *)b;

	if (a->sa_family != b->sa_family || port_get(a) != port_get(b))
		return false;
	if (a->sa_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a->sa_family == AF_INET6 && memcmp(&a6->sin6_addr,
	    &b6->sin6_addr, sizeof a6->sin6_addr) == 0 &&
	    a6->sin6_scope_id == b6->sin6_scope_id;
}

/*
 * A TCP socket whose own port is the one that it connects to opens a
 * connection with itself, RFC 9293 section 3.5, and so does one of UDP: what
 * is sent comes back.
 */
bool
sock_meets_itself(int fd)
{
	struct sockaddr_storage here, peer;
	socklen_t len = sizeof here, peerlen = sizeof peer;

	return getsockname(fd, (struct sockaddr *)&here, &len) == 0 &&
	    getpeername(fd, (struct sockaddr *)&peer, &peerlen) == 0 &&
	    sock_same((struct sockaddr *)&here, (struct sockaddr *)&peer);
}

/* The port that nobody listens on is not to wait for its last packets. */
static int
refuse_itself(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	char name[SOCK_NAME_MAX];

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	errno = ECONNREFUSED;
	return error_set("connect(%d, %s, %d): connected to itself:", fd,
	    sock_name(sa, len, name, sizeof name), (int)len);
}

int
sock_connect(struct addr *a, int fd, const struct sockaddr *sa, socklen_t len)
{
	char name[SOCK_NAME_MAX];
	struct sockaddr_storage here;
	socklen_t herelen = sizeof here;

	if (sa->sa_family != AF_UNIX && bind_local(a, fd, sa->sa_family) == -1)
		return -1;
	if (a->probing)
		os_unnoticed(fd);
	if (connect_timed(fd, sa, len, a->c.connect_timeout) == -1)
		return error_set("connect(%d, %s, %d):", fd,
		    sock_name(sa, len, name, sizeof name), (int)len);
	if (sa->sa_family != AF_UNIX && sock_meets_itself(fd))
		return refuse_itself(fd, sa, len);
	if (!log_on(LOG_N))
		return 0;
	if (getsockname(fd, (struct sockaddr *)&here, &herelen) == -1)
		herelen = 0;
	log_notice("successfully connected from local address %s",
	    sock_name((struct sockaddr *)&here, herelen, name, sizeof name));
	return 0;
}

/*
 * What one address of a host gave: a warning, unless the host is tried
 * again anyway.  Of a link it is said once, for all clients together.
 */
static void
attempt_failed(const struct addr *a)
{
	if (a->of_link)
		log_info("%s", last_error.words);
	else if (a->more)
		log_notice("%s", last_error.words);
	else
		log_warn("%s", last_error.words);
}

int
sock_connect_host(struct addr *a, struct end *e, int socktype,
    int (*one)(struct addr *, struct end *, const struct resolved *))
{
	struct resolved r[RESOLVE_MAX];
	const char *host = a->param[0], *port = a->param[1];
	int i, n, af = sock_pf(a, a->family->domain);

	if (!a->retrying)
		log_notice("opening connection to %s:%s", host, port);
	n = resolve(a, host, port, af, socktype, false, r);
	if (n == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (one(a, e, &r[i]) == 0) {
			log_notice("successfully connected to %s:%s", host,
			    port);
			return 0;
		}
		/* Not the network's doing, but an option's. */
		if (last_error.err == 0 || last_error.text != NULL)
			return -1;
		attempt_failed(a);
	}
	errno = last_error.err;
	return error_set("%.100s:%.400s:%.100s:", a->spec->type.text, host,
	    port);
}
