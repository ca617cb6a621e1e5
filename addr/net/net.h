/* addr/net/net.h: sockets and their names, whoever uses them. */
#ifndef ADDR_NET_H
#define ADDR_NET_H

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <stdbool.h>
#include <stddef.h>

#include "../../lib/clock.h"

/* An internet address. */
struct resolved {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} sa;
	socklen_t len;
};

/* The type of a socket; 0 if it is none. */
int fd_socktype(int fd);
/* Whether exec closes it: 0, or -1 with words in last_error. */
int fd_cloexec(int fd, bool on);
void fd_nonblock(int fd);
/*
 * Makes a terminal that of this session, and this process group the one in its
 * foreground; what cannot be had is a warning.  ioctl_tty(2), tcsetpgrp(3).
 */
void fd_control(int fd);
/* Closes what turned out to be of no use: -1, with errno as it was. */
int fd_give_up(int fd);
/*
 * Waits until it can be read, 'r', or written, 'w', or that time has come, -1
 * is never: -1 with errno, ETIMEDOUT among others.
 */
int fd_wait(int fd, char what, msec until);

/*
 * Enters a network namespace, a name of ip-netns(8) or a path: what
 * netns_leave() needs to come back, or -1 with words in last_error.
 */
int netns_enter(const char *name);
void netns_leave(int back);

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
bool sock_meets_itself(int fd, const struct sockaddr *to);
/* Whether errno says that the system is short of something. */
bool sock_lacks(int err);
/* A call on the listening socket itself said so: it serves no more. */
bool sock_broken(int err);

/* Takes pending errors off a listening socket: 0, or -1: it serves no more. */
int sock_recover(int fd);
bool sock_listens(int fd);
/* The port of an address of IPv4 or IPv6. */
unsigned sock_port(const struct sockaddr *);
void sock_port_set(struct sockaddr *, unsigned port);
/* connect(2) that waits no longer than timeout_ns, if that is not 0. */
int sock_connect_timed(int fd, const struct sockaddr *, socklen_t,
    long long timeout_ns);
/* Whether there is IPv6 here at all. */
bool sock_has_ipv6(void);

#define RESOLVE_MAX 16

/* How a name is looked up. */
struct query {
	int af, socktype;
	int flags;		/* AI_... of getaddrinfo(3) */
	int protocol;		/* for messages */
	bool as_socat;		/* what fails is said in its words */
	bool datagrams;		/* ... which are others for these */
	int prefer;		/* the address family that goes first */
	const struct sockaddr_in *server;	/* to ask; NULL: the usual */
};

/*
 * Up to RESOLVE_MAX addresses of a host (NULL: any) and port (NULL: 0); their
 * number, or -1: ERROR_HOST or ERROR_PORT.
 */
int resolve(const struct query *, const char *host, const char *port,
    struct resolved *);
/* The same of a number alone, with or without brackets: 1, or 0: it is none. */
int resolve_number(const char *host, unsigned port, int af,
    struct resolved *);
/* What stands in brackets, in buf, or host itself. */
const char *host_unbracketed(const char *host, char *buf, size_t size);
/* As resolve() of a name that is known to be none: -1. */
int host_unknown(const struct query *, const char *host);
/* Of what port_check() found to be none: if it is a name, resolve()'s words for
 * that; -1. */
int service_unknown(const struct query *, const char *host, const char *port);
/* ip4, ip6, unix ... or a number; -1 with words in last_error. */
int pf_number(const char *text);
int port_check(const char *text, const char *proto, unsigned *port);
/* Splits "host:port", "[host]:port", "host"; parts point into buf. */
int hostport_split(const char *text, char *buf, size_t size, char **host,
    char **port);

struct range;
int range_parse(const struct query *, const char *text, struct range **out);
/* What a range of IPv4 was made from: an address, and its network's mask. */
void range_ip4(const struct range *, struct in_addr *net,
    struct in_addr *mask);
/* The same of a generic socket: address:mask, both as lib/data.h has it. */
int range_parse_data(const char *text, struct range **out);
bool range_allows(const struct range *, const struct sockaddr *, size_t len);

/* The most bytes that an address of a generic socket has. */
#define RANGE_DATA	(sizeof(struct sockaddr_storage) -		\
	offsetof(struct sockaddr, sa_data))

#endif
