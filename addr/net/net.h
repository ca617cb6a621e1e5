/* addr/net/net.h: sockets and their names, whoever uses them. */
#ifndef ADDR_NET_H
#define ADDR_NET_H

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <stdbool.h>
#include <stddef.h>

/* An internet address. */
struct resolved {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} sa;
	socklen_t len;
};

#define SOCK_NAME_MAX 256
/* "AF=2 127.0.0.1:80" and so on into buf, which is returned. */
const char *sock_name(const struct sockaddr *, socklen_t, char *buf,
    size_t size);
/*
 * The same as people write it: 127.0.0.1:80, also if IPv6 has it, [::1]:80,
 * /path; "" if it has no name.
 */
const char *sock_plain(const struct sockaddr *, socklen_t, char *buf,
    size_t size);
/* Whether it is one address and port, of IPv4 or IPv6. */
bool sock_same(const struct sockaddr *, const struct sockaddr *);
/* Whether a connected socket is its own peer. */
bool sock_meets_itself(int fd);
/* Whether errno says that the system is short of something. */
bool sock_lacks(int err);
/* A call on the listening socket itself said so: it serves no more. */
bool sock_broken(int err);

#define RESOLVE_MAX 16
int port_check(const char *text, const char *proto, unsigned *port);
/* Splits "host:port", "[host]:port", "host"; parts point into buf. */
int hostport_split(const char *text, char *buf, size_t size, char **host,
    char **port);
struct range;
bool range_allows(const struct range *, const struct sockaddr *);

#endif
