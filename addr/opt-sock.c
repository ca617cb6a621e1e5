/* addr/opt-sock.c: options of sockets, listeners and retrying clients. */

#include <sys/ioctl.h>

#include <string.h>

#include "../lib/log.h"
#include "opt.h"

static int
sockopt_any(int fd, const struct val *v, const void *p, size_t len)
{
	if (setsockopt(fd, (int)v->n, (int)v->m, p, (socklen_t)len) != -1)
		return 0;
	return fault_set("setsockopt(%d, %lld, %lld, ..., %zu):", fd, v->n,
	    v->m, len);
}

APPLY(sock_opt_bin)
{
	UNUSED(a);
	UNUSED(o);
	return sockopt_any(fd, v, v->bin, v->len);
}

APPLY(sock_opt_int)
{
	int n = (int)v->k;

	UNUSED(a);
	UNUSED(o);
	return sockopt_any(fd, v, &n, sizeof n);
}

APPLY(sock_opt_str)
{
	UNUSED(a);
	UNUSED(o);
	return sockopt_any(fd, v, v->s, strlen(v->s) + 1);
}

/* The process or group that is told of urgent data and readiness. */
APPLY(fd_ioctl_intp)
{
	int n = (int)v->n;

	UNUSED(a);
	if (ioctl(fd, (unsigned long)o->a, &n) == -1)
		return fault_set("ioctl(%d, \"%s\", {%d}):", fd, o->name, n);
	return 0;
}

static const struct opt rows[] = {
	{ "accept-timeout", "listen-timeout", G_LISTEN, PH_LISTEN, T_TIME,
	  FIELD(accept_timeout), "give up when no client came for so long" },
	{ "backlog", NULL, G_LISTEN, PH_LISTEN, T_INT,
	  FIELD(backlog), "connections that may wait; the most by default" },
	{ "bind", NULL, G_SOCKET, PH_BIND, T_STRING,
	  FIELD(bind), "local address to bind to" },
	{ "children-shutup", NULL, G_CHILD, PH_CONNECTED, T_INT,
	  FIELD(children_shutup),
	  "log levels that children keep to themselves" },
	{ "connect-timeout", NULL, G_SOCKET, PH_FD, T_TIME,
	  FIELD(connect_timeout), "give up when connecting takes so long" },
	{ "fiosetown", NULL, G_SOCKET, PH_FD, T_INT,
	  FUNC(fd_ioctl_intp, C_FIOSETOWN, 0),
	  "process that gets SIGIO and SIGURG" },
	{ "forever", NULL, G_RETRY, PH_EARLY, T_BOOL,
	  FIELD(forever), "try again without end" },
	{ "fork", NULL, G_CHILD, PH_CONNECTED, T_BOOL,
	  FIELD(fork), "a child for each connection" },
	{ "interval", "intervall", G_RETRY, PH_EARLY, T_TIME,
	  FIELD(interval), "seconds between two tries" },
	{ "max-children", "maxchildren", G_CHILD, PH_CONNECTED, T_INT,
	  FIELD(max_children), "serve so many connections at once at most" },
	{ "null-eof", NULL, G_SOCKET, PH_EARLY, T_BOOL,
	  FIELD(null_eof), "an empty packet is the end of file" },
	{ "pool", NULL, G_LISTEN, PH_LISTEN, T_UINT,
	  FIELD(pool), "children that wait and serve one client after another" },
	{ "protocol-family", "pf", G_SOCKET, PH_OPEN, T_STRING,
	  FIELD(pf), "ip4, ip6 or a number" },
	{ "range", NULL, G_RANGE, PH_CONNECTED, T_STRING,
	  FIELD(range), "clients that may connect: net/bits or net:mask" },
	{ "retry", NULL, G_RETRY, PH_EARLY, T_UINT,
	  FIELD(retry), "try so many times again" },
	{ "setsockopt", "sockopt", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), "any socket option: level:option:bytes" },
	{ "setsockopt-bin", "sockopt-bin", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), "any socket option: level:option:bytes" },
	{ "setsockopt-connected", "sockopt-conn",
	  G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), "any socket option, once connected" },
	{ "setsockopt-int", "sockopt-int", G_SOCKET, PH_CONNECTED, T_INT3,
	  FUNC(sock_opt_int, 0, 0), "any socket option: level:option:number" },
	{ "setsockopt-listen", "sockopt-listen", G_SOCKET, PH_BIND, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), "any socket option, before binding" },
	{ "setsockopt-socket", "sockopt-sock", G_SOCKET, PH_FD, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), "any socket option, on the new socket" },
	{ "setsockopt-string", "sockopt-string",
	  G_SOCKET, PH_CONNECTED, T_INT2STR,
	  FUNC(sock_opt_str, 0, 0), "any socket option: level:option:text" },
	{ "siocspgrp", NULL, G_SOCKET, PH_FD, T_INT,
	  FUNC(fd_ioctl_intp, C_SIOCSPGRP, 0),
	  "process group that gets SIGIO and SIGURG" },
	{ "so-acceptconn", "acceptconn", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ACCEPTCONN), "whether it listens" },
	{ "so-attach-filter", "attach-filter attachfilter",
	  G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_ATTACH_FILTER), "attach a packet filter" },
	{ "so-bindtodevice", "bindtodevice if interface",
	  G_SOCKET, PH_FD, T_STRING,
	  SOCKOPT(SOL_SOCKET, C_SO_BINDTODEVICE), "use this interface only" },
	{ "so-broadcast", "broadcast", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_BROADCAST), "broadcasts may be sent" },
	{ "so-bsdcompat", "bsdcompat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_BSDCOMPAT), "ICMP errors are not reported" },
	{ "so-debug", "debug", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_DEBUG), "debugging in the kernel" },
	{ "so-detach-filter", "detach-filter detachfilter",
	  G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_DETACH_FILTER), "detach the packet filter" },
	{ "so-dontroute", "dontroute", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_DONTROUTE), "neighbours only" },
	{ "so-error", "error", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ERROR), "pending error" },
	{ "so-keepalive", "keepalive", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_KEEPALIVE), "probe idle connections" },
	{ "so-linger", "linger", G_SOCKET, PH_FD, T_LINGER,
	  SOCKOPT(SOL_SOCKET, SO_LINGER),
	  "seconds that close waits for the peer" },
	{ "so-no-check", "no-check nocheck", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_NO_CHECK), "no UDP checksums" },
	{ "so-oobinline", "oobinline", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_OOBINLINE), "urgent data in line" },
	{ "so-passcred", "passcred", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_PASSCRED),
	  "receive the peer's credentials" },
	{ "so-peercred", "peercred", G_SOCKET, PH_FD, T_INT,
	  LACKING, "credentials of the peer" },
	{ "so-priority", "priority", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_PRIORITY), "queueing priority" },
	{ "so-protocol", "protocol prototype so-prototype",
	  G_SOCKET, PH_OPEN, T_INT,
	  FIELD(protocol), "protocol of the socket" },
	{ "so-rcvbuf", "rcvbuf", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF), "size of the receive buffer" },
	{ "so-rcvbuf-late", "rcvbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF),
	  "size of the receive buffer, once connected" },
	{ "so-rcvlowat", "rcvlowat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVLOWAT), "bytes that make it readable" },
	{ "so-rcvtimeo", "rcvtimeo", G_SOCKET, PH_FD, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_RCVTIMEO), "time limit of a read" },
	{ "so-reuseaddr", "reuseaddr", G_SOCKET, PH_BIND, T_INT0,
	  SOCKOPT(SOL_SOCKET, SO_REUSEADDR),
	  "bind although old connections linger" },
	{ "so-reuseport", "reuseport", G_SOCKET, PH_BIND, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_REUSEPORT), "share the port with others" },
	{ "so-security-authentication",
	  "security-authentication securityauthentication",
	  G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_AUTHENTICATION),
	  "authentication level" },
	{ "so-security-encryption-network",
	  "security-encryption-network securityencryptionnetwork",
	  G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_NETWORK),
	  "encryption of the network" },
	{ "so-security-encryption-transport",
	  "security-encryption-transport securityencryptiontransport",
	  G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_TRANSPORT),
	  "encryption of the transport" },
	{ "so-sndbuf", "sndbuf", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF), "size of the send buffer" },
	{ "so-sndbuf-late", "sndbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF),
	  "size of the send buffer, once connected" },
	{ "so-sndlowat", "sndlowat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDLOWAT), "room that makes it writable" },
	{ "so-sndtimeo", "sndtimeo", G_SOCKET, PH_FD, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_SNDTIMEO), "time limit of a write" },
	{ "so-timestamp", "timestamp", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_TIMESTAMP), "receive timestamps" },
	{ "so-type", "socktype type", G_SOCKET, PH_OPEN, T_INT,
	  FIELD(socktype), "type of the socket" },
	{ "unix-bind-tempname", "bind-tempname", G_UNIX, PH_EARLY, T_STRING0,
	  FIELD(bind_tempname), "bind a client to a name of its own" },
	{ "unix-tightsocklen", "tightsocklen", G_UNIX, PH_BIND, T_BOOL,
	  FIELD(tightsocklen), "address length ends with the name" },
};

TABLE(opt_sock, rows);
