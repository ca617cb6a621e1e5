/* addr/option/socket.c: options of sockets, listeners and retrying clients. */

#include <sys/ioctl.h>

#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "rows.h"

static int
sockopt_any(int fd, const struct val *v, const void *p, size_t len)
{
	if (setsockopt(fd, (int)v->n, (int)v->m, p, (socklen_t)len) != -1)
		return 0;
	return error_set("setsockopt(%d, %lld, %lld, ..., %zu):", fd, v->n,
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
APPLY(sock_owner)
{
	int n = (int)v->n;

	UNUSED(a);
	if (ioctl(fd, (unsigned long)o->a, &n) == -1)
		return error_set("ioctl(%d, \"%s\", {%d}):", fd, name_of(o->names), n);
	return 0;
}

static const struct opt rows[] = {
	{ "accept-timeout listen-timeout", G_LISTEN, PH_LISTEN, T_TIME,
	  FIELD(accept_timeout),
	  TEXT("give up when no client came for so long") },
	{ "backlog", G_LISTEN, PH_LISTEN, T_INT,
	  FIELD(backlog),
	  TEXT("connections that may wait; the most by default") },
	{ "bind", G_SOCKET, PH_BIND, T_STRING,
	  FIELD(bind), TEXT("local address to bind to") },
	{ "children-shutup", G_CHILD, PH_CONNECTED, T_INT,
	  FIELD(children_shutup),
	  TEXT("log levels that children keep to themselves") },
	{ "connect-timeout", G_SOCKET, PH_FD, T_TIME,
	  FIELD(connect_timeout),
	  TEXT("give up when connecting takes so long") },
	{ "fiosetown", G_SOCKET, PH_FD, T_INT,
	  FUNC(sock_owner, C_FIOSETOWN, 0),
	  TEXT("process that gets SIGIO and SIGURG") },
	{ "forever", G_RETRY, PH_EARLY, T_BOOL,
	  FIELD(forever), TEXT("try again without end") },
	{ "fork", G_CHILD, PH_CONNECTED, T_BOOL,
	  FIELD(fork), TEXT("a child for each connection") },
	{ "interval intervall", G_RETRY, PH_EARLY, T_TIME,
	  FIELD(interval), TEXT("seconds between two tries") },
	{ "max-children maxchildren", G_CHILD, PH_CONNECTED, T_INT,
	  FIELD(max_children),
	  TEXT("serve so many connections at once at most") },
	{ "null-eof", G_SOCKET, PH_EARLY, T_BOOL,
	  FIELD(null_eof), TEXT("an empty packet is the end of file") },
	{ "pool", G_LISTEN, PH_LISTEN, T_UINT,
	  FIELD(pool),
	  TEXT("children that wait and serve one client after another") },
	{ "protocol-family pf", G_SOCKET, PH_OPEN, T_STRING,
	  FIELD(pf), TEXT("ip4, ip6 or a number") },
	{ "range", G_RANGE, PH_CONNECTED, T_STRING,
	  FIELD(range),
	  TEXT("clients that may connect: net/bits or net:mask") },
	{ "retry", G_RETRY, PH_EARLY, T_UINT,
	  FIELD(retry), TEXT("try so many times again") },
	{ "setsockopt sockopt", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option: level:option:bytes") },
	{ "setsockopt-bin sockopt-bin", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option: level:option:bytes") },
	{ "setsockopt-connected sockopt-conn",
	  G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), TEXT("any socket option, once connected") },
	{ "setsockopt-int sockopt-int", G_SOCKET, PH_CONNECTED, T_INT3,
	  FUNC(sock_opt_int, 0, 0),
	  TEXT("any socket option: level:option:number") },
	{ "setsockopt-listen sockopt-listen", G_SOCKET, PH_BIND, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), TEXT("any socket option, before binding") },
	{ "setsockopt-socket sockopt-sock", G_SOCKET, PH_FD, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option, on the new socket") },
	{ "setsockopt-string sockopt-string", G_SOCKET, PH_CONNECTED, T_INT2STR,
	  FUNC(sock_opt_str, 0, 0),
	  TEXT("any socket option: level:option:text") },
	{ "siocspgrp", G_SOCKET, PH_FD, T_INT,
	  FUNC(sock_owner, C_SIOCSPGRP, 0),
	  TEXT("process group that gets SIGIO and SIGURG") },
	{ "so-acceptconn acceptconn", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ACCEPTCONN), TEXT("whether it listens") },
	{ "so-attach-filter attach-filter attachfilter", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_ATTACH_FILTER),
	  TEXT("attach a packet filter") },
	{ "so-bindtodevice bindtodevice if interface",
	  G_SOCKET, PH_FD, T_STRING,
	  SOCKOPT(SOL_SOCKET, C_SO_BINDTODEVICE),
	  TEXT("use this interface only") },
	{ "so-broadcast broadcast", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_BROADCAST), TEXT("broadcasts may be sent") },
	{ "so-bsdcompat bsdcompat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_BSDCOMPAT),
	  TEXT("ICMP errors are not reported") },
	{ "so-debug debug", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_DEBUG), TEXT("debugging in the kernel") },
	{ "so-detach-filter detach-filter detachfilter", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_DETACH_FILTER),
	  TEXT("detach the packet filter") },
	{ "so-dontroute dontroute", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_DONTROUTE), TEXT("neighbours only") },
	{ "so-error error", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ERROR), TEXT("pending error") },
	{ "so-keepalive keepalive", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_KEEPALIVE), TEXT("probe idle connections") },
	{ "so-linger linger", G_SOCKET, PH_FD, T_LINGER,
	  SOCKOPT(SOL_SOCKET, SO_LINGER),
	  TEXT("seconds that close waits for the peer") },
	{ "so-no-check no-check nocheck", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_NO_CHECK), TEXT("no UDP checksums") },
	{ "so-oobinline oobinline", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_OOBINLINE), TEXT("urgent data in line") },
	{ "so-passcred passcred", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_PASSCRED),
	  TEXT("receive the peer's credentials") },
	{ "so-peercred peercred", G_SOCKET, PH_FD, T_INT,
	  LACKING, TEXT("credentials of the peer") },
	{ "so-priority priority", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_PRIORITY), TEXT("queueing priority") },
	{ "so-protocol protocol prototype so-prototype",
	  G_SOCKET, PH_OPEN, T_INT,
	  FIELD(protocol), TEXT("protocol of the socket") },
	{ "so-rcvbuf rcvbuf", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF), TEXT("size of the receive buffer") },
	{ "so-rcvbuf-late rcvbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF),
	  TEXT("size of the receive buffer, once connected") },
	{ "so-rcvlowat rcvlowat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVLOWAT),
	  TEXT("bytes that make it readable") },
	{ "so-rcvtimeo rcvtimeo", G_SOCKET, PH_FD, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_RCVTIMEO), TEXT("time limit of a read") },
	{ "so-reuseaddr reuseaddr", G_SOCKET, PH_BIND, T_INT0,
	  SOCKOPT(SOL_SOCKET, SO_REUSEADDR),
	  TEXT("bind although old connections linger") },
	{ "so-reuseport reuseport", G_SOCKET, PH_BIND, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_REUSEPORT),
	  TEXT("share the port with others") },
	{ "so-security-authentication security-authentication"
	  " securityauthentication", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_AUTHENTICATION),
	  TEXT("authentication level") },
	{ "so-security-encryption-network security-encryption-network"
	  " securityencryptionnetwork", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_NETWORK),
	  TEXT("encryption of the network") },
	{ "so-security-encryption-transport security-encryption-transport"
	  " securityencryptiontransport", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_TRANSPORT),
	  TEXT("encryption of the transport") },
	{ "so-sndbuf sndbuf", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF), TEXT("size of the send buffer") },
	{ "so-sndbuf-late sndbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF),
	  TEXT("size of the send buffer, once connected") },
	{ "so-sndlowat sndlowat", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDLOWAT),
	  TEXT("room that makes it writable") },
	{ "so-sndtimeo sndtimeo", G_SOCKET, PH_FD, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_SNDTIMEO), TEXT("time limit of a write") },
	{ "so-timestamp timestamp", G_SOCKET, PH_FD, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_TIMESTAMP), TEXT("receive timestamps") },
	{ "so-type socktype type", G_SOCKET, PH_OPEN, T_INT,
	  FIELD(socktype), TEXT("type of the socket") },
	{ "unix-bind-tempname bind-tempname", G_UNIX, PH_EARLY, T_STRING0,
	  FIELD(bind_tempname), TEXT("bind a client to a name of its own") },
	{ "unix-tightsocklen tightsocklen", G_UNIX, PH_BIND, T_BOOL,
	  FIELD(tightsocklen), TEXT("address length ends with the name") },
};

TABLE(opt_sock, rows);
