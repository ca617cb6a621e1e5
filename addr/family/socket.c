/*
 * addr/family/socket.c: what the families of sockets share: options and
 * config of an address, applied to a socket of it.
 */

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "../addr.h"
#include "../net/bound.h"
#include "socket.h"

/* Unless backlog= says otherwise: as much as the kernel grants. */
#define BACKLOG		65535

/* lowport= takes one of these, as rresvport(3) does. */
#define LOWPORT_FIRST	640
#define LOWPORT_LAST	1023

HOT int
sock_type(const struct addr *a, int usual)
{
	return a->c.socktype == -1 ? usual : (int)a->c.socktype;
}

HOT int
sock_pf(const struct addr *a, int af)
{
	return a->c.pf == NULL ? af : pf_number(a->c.pf);
}

/*
 * The family that a listener binds to when its type leaves it open: that
 * of the host, else what -4 or -6 asks for; IPv4 unless told otherwise.
 * With -0 an IPv6 socket hears both, see sock_open().
 */
int
listen_af(const struct addr *a, const char *host)
{
	int af = a->family->domain;

	if (af != AF_UNSPEC || host != NULL)
		return af;
	if (a->config->listen_ipv == 0)
		return sock_has_ipv6() ? AF_INET6 : AF_INET;
	return a->config->listen_ipv == 6 ? AF_INET6 : AF_INET;
}

HOT struct query
sock_query(const struct addr *a, int af, int socktype)
{
	return (struct query){
		.af = af, .socktype = socktype, .flags = (int)a->c.ai_flags,
		.protocol = a->family->protocol,
		.as_socat = a->config->as_socat,
		.datagrams = a->family->role & (ROLE_SEND | ROLE_RECEIVE),
		.prefer = a->config->ipv == 6 ? AF_INET6 :
		    a->config->ipv == 4 ? AF_INET : AF_UNSPEC,
		.server = a->nameserver.sin_family == AF_INET ?
		    &a->nameserver : NULL,
	};
}

HOT int
sock_resolve(const struct addr *a, const char *host, const char *port, int af,
    int socktype, bool passive, struct resolved *r)
{
	struct query q = sock_query(a, af, socktype);

	if (a->target.len != 0 && host == a->param[0]) {
		*r = a->target;
		return 1;
	}
	if (passive)
		q.flags |= AI_PASSIVE;
	return resolve(&q, host, port, r);
}

int
sock_resolve_own(const struct addr *a, int socktype, struct resolved *r)
{
	char buf[256], *host = NULL, *port;

	if (a->c.bind != NULL &&
	    hostport_split(a->c.bind, buf, sizeof buf, &host, &port) == -1)
		return -1;
	return sock_resolve(a, host, a->param[0],
	    sock_pf(a, listen_af(a, host)), socktype, true, r);
}

int
sock_recv_failed(int fd, int err)
{
	if (err == EAGAIN || err == EWOULDBLOCK)
		return 1;
	errno = err;
	error_set("recvfrom(%d):", fd);
	if (sock_lacks(err) || sock_broken(err))
		return -1;
	/* Of ICMP, about a packet that was sent by it. */
	log_info("%s", last_error.words);
	return 2;
}

/* A URL, or a variable of the shell: no look-up would find that. */
static int
host_check(const struct addr *a)
{
	const struct query q = { .af = a->family->domain,
	    .socktype = a->family->type };

	if (a->config->as_socat ||
	    a->param[0][strcspn(a->param[0], "/$")] == '\0')
		return 0;
	host_unknown(&q, a->param[0]);
	error_place(a->spec->text, a->spec->param[0].col,
	    strlen(a->spec->param[0].text));
	return -1;
}

/* As the resolver would say it. */
static void
service_wrong(const struct addr *a, const char *host, const char *port)
{
	const struct query q = { .socktype = a->family->type,
	    .af = host != NULL ? a->family->domain : listen_af(a, NULL),
	    .flags = host != NULL ? 0 : AI_PASSIVE };

	service_unknown(&q, host, port);
}

int
port_param_check(struct addr *a)
{
	const char *proto = a->family->type == SOCK_DGRAM ? "udp" : "tcp";
	size_t last = a->nparam - 1;
	unsigned port;

	if (port_check(a->param[last], proto, &port) == -1) {
		if (a->config->as_socat && !a->config->explain)
			return 0;	/* socat finds out when it opens it */
		service_wrong(a, last == 1 ? a->param[0] : NULL,
		    a->param[last]);
		error_place(a->spec->text, a->spec->param[last].col, 1);
		return -1;
	}
	if (last != 1)
		return 0;
	resolve_number(a->param[0], port, sock_pf(a, a->family->domain),
	    &a->target);
	return host_check(a);
}

/* Listening with -0 is for either family; ipv6only= comes later, and wins. */
static bool
hears_both(const struct addr *a)
{
	return a->config->listen_ipv == 0 && a->family->domain == AF_UNSPEC &&
	    a->c.pf == NULL && a->c.bind == NULL;
}

/*
 * A new socket with the options of phase FD on it; type= and protocol=
 * override what the family asks for.  -1 with words in last_error.
 */
HOT int
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
	if (a->family->role & (ROLE_LISTEN | ROLE_RECEIVE) &&
	    af == AF_INET6 && hears_both(a))
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

/* What socat says before the name of a socket that waits. */
static const char *
waiting_words(const struct addr *a)
{
	if (a->family->role & ROLE_RECEIVE)
		return "receiving on";
	if (a->family->protocol == PROTO_UDPLITE)
		return "listening on PROTO136";
	return a->family->protocol == IPPROTO_UDP ? "listening on UDP" :
	    "listening on";
}

/*
 * A raw socket has its protocol where others have their port; socat tells of
 * either that, or the address that it is bound to.
 */
static void
waiting_raw_note(const struct addr *a)
{
	struct sockaddr_storage local = a->local;
	struct sockaddr *sa = (struct sockaddr *)&local;
	char name[SOCK_NAME_MAX];

	if (a->c.bind == NULL) {
		log_notice("receiving IP protocol %u", sock_port(sa));
		return;
	}
	sock_port_set(sa, 0);
	log_notice("receiving on %s", sock_name(sa, a->locallen, name,
	    sizeof name));
}

static void
waiting_note(struct addr *a)
{
	char name[SOCK_NAME_MAX];

	if (log_on(LOG_N) && a->family->type == SOCK_RAW)
		waiting_raw_note(a);
	else if (log_on(LOG_N))
		log_notice("%s %s", waiting_words(a),
		    sock_name((struct sockaddr *)&a->local, a->locallen, name,
		    sizeof name));
}

int
sock_listen(struct addr *a, int fd)
{
	int backlog = a->c.backlog == -1 ? BACKLOG : (int)a->c.backlog;

	if (opt_apply(a, PH_LISTEN, fd) == -1)
		return -1;
	if (!(a->family->role & ROLE_RECEIVE) &&
	    a->family->type != SOCK_DGRAM && listen(fd, backlog) == -1)
		return error_set("listen(%d, %d):", fd, backlog);
	fd_nonblock(fd);
	a->locallen = sizeof a->local;
	if (getsockname(fd, (struct sockaddr *)&a->local, &a->locallen) == -1)
		a->locallen = 0;
	waiting_note(a);
	return 0;
}

int
sock_listen_at(struct addr *a, int fd, const struct sockaddr *sa,
    socklen_t len)
{
	if (sock_bind(a, fd, sa, len) == -1 || sock_listen(a, fd) == -1)
		return fd_give_up(fd);
	a->lfd = fd;
	return 0;
}

int
sock_listen_host(struct addr *a, struct end *e)
{
	struct resolved r[RESOLVE_MAX];
	int fd, on = 1;

	(void)e;
	if (sock_resolve_own(a, SOCK_STREAM, r) == -1)
		return -1;
	fd = sock_open(a, r[0].sa.any.sa_family, a->family->type,
	    a->family->protocol);
	if (fd == -1)
		return -1;
	/* The default of socat 1.8; reuseaddr=0 comes later and wins. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return sock_listen_at(a, fd, &r[0].sa.any, r[0].len);
}

/* socat says so after every client; relay says it once. */
void
listening_again(struct addr *a)
{
	if (a->config->as_socat)
		waiting_note(a);
}

/* Whether it has a port, and a host that names stand for. */
static bool
is_inet(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
}

bool
sock_allowed(struct addr *a, const struct sock_addr *client, int fd)
{
	const struct sockaddr *peer = &client->sa.any;
	const char *why = NULL;
	char name[SOCK_NAME_MAX];
	unsigned port;

	if (a->range != NULL && !range_allows(a->range, peer, client->len))
		why = "range option";
	/* Of who only sends they are about its own port. */
	if (is_inet(peer) && a->family->role & (ROLE_LISTEN | ROLE_RECEIVE)) {
		port = sock_port(peer);
		if (a->c.sourceport != -1 && port != a->c.sourceport)
			why = "wrong sourceport";
		if (a->c.lowport && port >= IPPORT_RESERVED)
			why = "lowport option";
	}
	if (why == NULL && access_refuses(a, client, fd))
		why = "tcpwrapper option";
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
	if (!sock_lacks(err) && !sock_broken(err) && sock_listens(a->lfd)) {
		drop_note(a, 1, "client lost: %s", last_error.words);
		return 2;
	}
	errno = err;
	return -1;
}

static COLD void
permit_log(const struct sock_addr *client)
{
	char name[SOCK_NAME_MAX];

	log_info("permitting connection from %s",
	    sock_name(&client->sa.any, client->len, name, sizeof name));
}

int
sock_accept(struct addr *a, struct end *e)
{
	struct sock_addr *client = &e->peer.remote;
	int fd;

	client->len = sizeof client->sa;
	fd = os_accept(a->lfd, &client->sa.any, &client->len);
	if (fd == -1)
		return accept_failed(a);
	accept_log(client, fd);
	if (!sock_allowed(a, client, fd)) {
		close(fd);
		listening_again(a);
		return 2;
	}
	if (log_on(LOG_I))
		permit_log(client);
	end_socket(e, fd, sock_type(a, a->family->type == 0 ? SOCK_STREAM :
	    a->family->type));
	if (is_inet(&client->sa.any))
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
		sock_port_set(sa, port);
		if (bind(fd, sa, len) == 0)
			return 0;
		if (errno != EADDRINUSE)
			break;
	}
	return error_set("bind(%d, {low port}, %d):", fd, (int)len);
}

static COLD int
bind_asked(struct addr *a, int fd, int af)
{
	struct resolved r[RESOLVE_MAX];
	char buf[256];
	struct sockaddr *sa = &r[0].sa.any;
	char *host = NULL, *port = NULL;

	if (a->c.bind != NULL && hostport_split(a->c.bind, buf, sizeof buf,
	    &host, &port) == -1)
		return -1;
	if (sock_resolve(a, host, port, af, a->family->type == SOCK_DGRAM ?
	    SOCK_DGRAM : SOCK_STREAM, true, r) == -1)
		return -1;
	if (a->c.sourceport != -1)
		sock_port_set(sa, (unsigned)a->c.sourceport);
	if (a->c.lowport)
		return bind_low(a, fd, sa, r[0].len);
	return sock_bind(a, fd, sa, r[0].len);
}

HOT int
sock_bind_local(struct addr *a, int fd, int af)
{
	if (a->c.bind == NULL && a->c.sourceport == -1 && !a->c.lowport)
		return opt_apply(a, PH_BIND, fd);
	return bind_asked(a, fd, af);
}

/* A port of its own that was asked for: who asks for the target's wants that. */
static bool
port_asked(const struct addr *a)
{
	char buf[256], *host, *port = NULL;

	return a->c.sourceport != -1 || (a->c.bind != NULL &&
	    hostport_split(a->c.bind, buf, sizeof buf, &host, &port) == 0 &&
	    port != NULL);
}

/* The port that nobody listens on is not to wait for its last packets. */
static COLD int
refuse_itself(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	char name[SOCK_NAME_MAX];

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	errno = ECONNREFUSED;
	return error_set("connect(%d, %s, %d): connected to itself:", fd,
	    sock_name(sa, len, name, sizeof name), (int)len);
}

static COLD int
connect_failed(int fd, const struct sockaddr *sa, socklen_t len)
{
	char name[SOCK_NAME_MAX];

	return error_set("connect(%d, %s, %d):", fd,
	    sock_name(sa, len, name, sizeof name), (int)len);
}

COLD void
sock_opening_log(const struct sockaddr *sa, socklen_t len)
{
	char name[SOCK_NAME_MAX];

	if (log_on(LOG_N))
		log_notice("opening connection to %s",
		    sock_name(sa, len, name, sizeof name));
}

COLD void
sock_local_log(int fd, const char *what)
{
	char name[SOCK_NAME_MAX];
	struct sock_addr here = { .len = sizeof here.sa };

	if (log_on(LOG_N) && getsockname(fd, &here.sa.any, &here.len) == 0)
		log_notice("%s %s", what, sock_name(&here.sa.any, here.len,
		    name, sizeof name));
}

HOT int
sock_connect(struct addr *a, int fd, const struct sockaddr *sa, socklen_t len)
{
	if (is_inet(sa) && a->family->domain != DOMAIN_WORDS &&
	    sock_bind_local(a, fd, sa->sa_family) == -1)
		return -1;
	if (a->probing)
		os_unnoticed(fd);
	if (sock_connect_timed(fd, sa, len, a->c.connect_timeout) == -1)
		return connect_failed(fd, sa, len);
	if (is_inet(sa) && sock_meets_itself(fd, sa) && !port_asked(a))
		return refuse_itself(fd, sa, len);
	if (log_on(LOG_N))
		sock_local_log(fd, "successfully connected from local address");
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

HOT int
sock_connect_any(struct addr *a, struct end *e, int socktype,
    const char *host, const char *port,
    int (*one)(struct addr *, struct end *, const struct resolved *))
{
	struct resolved r[RESOLVE_MAX];
	int i, n, af = sock_pf(a, a->family->domain);

	n = sock_resolve(a, host, port, af, socktype, false, r);
	if (n == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if (one(a, e, &r[i]) == 0)
			return 0;
		/* Not the network's doing, but an option's. */
		if (last_error.err == 0 || last_error.text != NULL)
			return -1;
		if (sig_ends())
			break;
		attempt_failed(a);
	}
	errno = last_error.err;
	return 1;
}

HOT int
sock_connect_host(struct addr *a, struct end *e, int socktype,
    int (*one)(struct addr *, struct end *, const struct resolved *))
{
	const char *host = a->param[0], *port = a->param[1];
	int rc;

	if (!a->retrying)
		log_notice("opening connection to %s:%s", host, port);
	rc = sock_connect_any(a, e, socktype, host, port, one);
	if (rc == 1)
		return error_set("%.100s:%.400s:%.100s:",
		    a->spec->type.text, host, port);
	if (rc == 0)
		log_notice("successfully connected to %s:%s", host, port);
	return rc;
}
