/* addr/family/socket.h: what the families of sockets share. */
#ifndef ADDR_FAMILY_SOCKET_H
#define ADDR_FAMILY_SOCKET_H

#include "../addr.h"

/* What every client of TCP takes, besides the options of its IP. */
#define G_TCPCONNECT	(G_FD | G_SOCKET | G_CHILD | G_RETRY | G_TCP)

/* RFC 3828, section 2; not all systems have a name for it. */
#define PROTO_UDPLITE	136

/* A socket with its early options; -1 with words in last_error. */
int sock_open(struct addr *, int af, int type, int proto);
/* What socktype= says, or the usual type. */
int sock_type(const struct addr *, int usual);
/* What pf= says, or the usual address family. */
int sock_pf(const struct addr *, int af);
int sock_bind(struct addr *, int fd, const struct sockaddr *, socklen_t);
int sock_listen(struct addr *, int fd);
/*
 * Binds fd there and listens: it is the address's from then on; -1 with words
 * in last_error, and fd is closed.
 */
int sock_listen_at(struct addr *, int fd, const struct sockaddr *,
    socklen_t);
/* As struct family's open(), of a port, which is the parameter. */
int sock_listen_host(struct addr *, struct end *);
/* As struct family's accept(), for connections. */
int sock_accept(struct addr *, struct end *);
/* Says so again, as socat does after each client. */
void listening_again(struct addr *);
/*
 * Whether the client may connect: range, sourceport, lowport, libwrap; fd is
 * its socket, or the one that it came by.
 */
bool sock_allowed(struct addr *, const struct sock_addr *, int fd);
/* The last of these at accept(), if it is not for the child to ask. */
bool access_refuses(const struct addr *, const struct sock_addr *, int fd);
/* Counts what accept() turns away, and keeps the words if they are first. */
void drop_note(struct addr *, unsigned long n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Binds a client for bind=, sourceport= and lowport=, if they are there. */
int sock_bind_local(struct addr *, int fd, int af);
/* The same, then connects. */
int sock_connect(struct addr *, int fd, const struct sockaddr *, socklen_t);
/* At level N: whom a client connects to, and what name a socket has here. */
void sock_opening_log(const struct sockaddr *, socklen_t);
void sock_local_log(int fd, const char *what);
/*
 * Has one() connect to a host and port: to all addresses that they have, one
 * after the other, until one is right.  1 with errno when none could be
 * connected to; -1 with words in last_error when that is not the network's
 * doing.
 */
int sock_connect_any(struct addr *, struct end *, int socktype,
    const char *host, const char *port,
    int (*one)(struct addr *, struct end *, const struct resolved *));
/* The same of the host and port that are the parameters; -1 is all that
 * fails. */
int sock_connect_host(struct addr *, struct end *, int socktype,
    int (*one)(struct addr *, struct end *, const struct resolved *));
/* tcp.c and udp.c: such a one(). */
int tcp_connect_one(struct addr *, struct end *, const struct resolved *);
int udp_connect_one(struct addr *, struct end *, const struct resolved *);
/* udp.c: what listens for packets, one peer an end; a->state is its own. */
extern const struct family_ops udp_listen_ops;

/* How the address would have a name looked up. */
struct query sock_query(const struct addr *, int af, int socktype);
/* resolve() with that; passive: to bind to it. */
int sock_resolve(const struct addr *, const char *host, const char *port,
    int af, int socktype, bool passive, struct resolved *);
/* The same of what it binds to: its first parameter, the port, and bind=. */
int sock_resolve_own(const struct addr *, int socktype, struct resolved *);
/*
 * What receiving from a socket that failed with err is, as struct family's
 * accept() says it: 1, 2, or -1 with words in last_error.
 */
int sock_recv_failed(int fd, int err);
/*
 * As struct family's check(): the last parameter is a port.  A host that is a
 * number is looked at here, once, not in each child.
 */
int port_param_check(struct addr *);
/* The address family that a listener binds to. */
int listen_af(const struct addr *, const char *host);

#endif
