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

/* Linux lets them be read, and says so. */
APPLY(sock_cred)
{
	int cred[3] = { (int)v->n, (int)v->m, (int)v->k };

	UNUSED(a);
	if (setsockopt(fd, SOL_SOCKET, o->b, cred, sizeof cred) != -1)
		return 0;
	return error_set("setsockopt(%d, %d, %d, {%d,%d,%d}, %zu):", fd,
	    SOL_SOCKET, o->b, cred[0], cred[1], cred[2], sizeof cred);
}

/* The process or group that is told of urgent data and readiness. */
APPLY(sock_owner)
{
	int n = (int)v->n;

	UNUSED(a);
	if (ioctl(fd, (unsigned long)o->a, &n) == -1)
		return error_set("ioctl(%d, \"%s\", {%d}):", fd, o->name, n);
	return 0;
}

static const struct opt rows[] = {
	{ "accept-timeout", G_LISTEN, PH_LISTEN, T_TIME,
	  FIELD(accept_timeout),
	  TEXT("give up when no client came for so long"),
	  ALIAS("listen-timeout") },
	{ "backlog", G_LISTEN, PH_LISTEN, T_INT,
	  FIELD(backlog),
	  TEXT("connections that may wait; the most by default") },
	{ "bind", G_SOCKET, PH_BIND, T_STRING,
	  FIELD(bind), TEXT("local address to bind to") },
	{ "children-shutup", G_CHILD, PH_PASTACCEPT, T_INT,
	  FIELD(children_shutup),
	  TEXT("log levels that children keep to themselves") },
	{ "connect-timeout", G_SOCKET, PH_PASTSOCKET, T_TIME,
	  FIELD(connect_timeout),
	  TEXT("give up when connecting takes so long") },
	{ "fiosetown", G_SOCKET, PH_PASTSOCKET, T_INT,
	  FUNC(sock_owner, C_FIOSETOWN, 0),
	  TEXT("process that gets SIGIO and SIGURG") },
	{ "forever", G_RETRY, PH_INIT, T_BOOL,
	  FIELD(forever), TEXT("try again without end") },
	{ "fork", G_CHILD, PH_PASTACCEPT, T_BOOL,
	  FIELD(fork), TEXT("a child for each connection") },
	{ "interval", G_RETRY, PH_INIT, T_TIMESPEC,
	  FIELD(interval), TEXT("seconds between two tries"),
	  ALIAS("intervall") },
	{ "max-children", G_CHILD, PH_PASTACCEPT, T_INT,
	  FIELD(max_children),
	  TEXT("serve so many connections at once at most"),
	  ALIAS("maxchildren") },
	{ "null-eof", G_SOCKET, PH_OFFSET, T_BOOL,
	  FIELD(null_eof), TEXT("an empty packet is the end of file") },
	{ "pool", G_LISTEN, PH_LISTEN, T_UINT,
	  FIELD(pool), .own = true,
	  TEXT("children that wait and serve client by client") },
	{ "protocol-family", G_SOCKET, PH_PRESOCKET, T_STRING,
	  FIELD(pf), TEXT("ip4, ip6 or a number"), ALIAS("pf") },
	{ "range", G_RANGE, PH_ACCEPT, T_STRING,
	  FIELD(range),
	  TEXT("clients that may connect: net/bits or net:mask") },
	{ "retry", G_RETRY, PH_INIT, T_UINT,
	  FIELD(retry), TEXT("try so many times again") },
	{ "setsockopt", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option: level:option:bytes"), ALIAS("sockopt") },
	{ "setsockopt-bin", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option: level:option:bytes"), ALIAS("sockopt-bin") },
	{ "setsockopt-connected", G_SOCKET, PH_CONNECTED, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), TEXT("any socket option, once connected"),
	  ALIAS("sockopt-conn") },
	{ "setsockopt-int", G_SOCKET, PH_CONNECTED, T_INT3,
	  FUNC(sock_opt_int, 0, 0),
	  TEXT("any socket option: level:option:number"),
	  ALIAS("sockopt-int") },
	{ "setsockopt-listen", G_SOCKET, PH_PREBIND, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0), TEXT("any socket option, before binding"),
	  ALIAS("sockopt-listen") },
	{ "setsockopt-socket", G_SOCKET, PH_PASTSOCKET, T_INT2BIN,
	  FUNC(sock_opt_bin, 0, 0),
	  TEXT("any socket option, on the new socket"), ALIAS("sockopt-sock") },
	{ "setsockopt-string", G_SOCKET, PH_CONNECTED, T_INT2STR,
	  FUNC(sock_opt_str, 0, 0),
	  TEXT("any socket option: level:option:text"),
	  ALIAS("sockopt-string") },
	{ "siocspgrp", G_SOCKET, PH_PASTSOCKET, T_INT,
	  FUNC(sock_owner, C_SIOCSPGRP, 0),
	  TEXT("process group that gets SIGIO and SIGURG") },
	{ "so-acceptconn", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ACCEPTCONN), TEXT("whether it listens"),
	  ALIAS("acceptconn") },
	{ "so-attach-filter", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_ATTACH_FILTER),
	  TEXT("attach a packet filter"),
	  ALIAS("attach-filter", "attachfilter") },
	{ "so-bindtodevice", G_SOCKET, PH_PASTSOCKET, T_STRING,
	  SOCKOPT(SOL_SOCKET, C_SO_BINDTODEVICE),
	  TEXT("use this interface only"),
	  ALIAS("bindtodevice", "if", "interface") },
	{ "so-broadcast", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, SO_BROADCAST), TEXT("broadcasts may be sent"),
	  ALIAS("broadcast") },
	{ "so-bsdcompat", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, C_SO_BSDCOMPAT),
	  TEXT("ICMP errors are not reported"), ALIAS("bsdcompat") },
	{ "so-debug", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, SO_DEBUG), TEXT("debugging in the kernel"),
	  ALIAS("debug") },
	{ "so-detach-filter", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_DETACH_FILTER),
	  TEXT("detach the packet filter"),
	  ALIAS("detach-filter", "detachfilter") },
	{ "so-dontroute", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, SO_DONTROUTE), TEXT("neighbours only"),
	  ALIAS("dontroute") },
	{ "so-error", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_ERROR), TEXT("pending error"),
	  ALIAS("error") },
	{ "so-keepalive", G_SOCKET, PH_FD, T_INT,
	  SOCKSWITCH(SOL_SOCKET, SO_KEEPALIVE), TEXT("probe idle connections"),
	  ALIAS("keepalive") },
	{ "so-linger", G_SOCKET, PH_PASTSOCKET, T_LINGER,
	  SOCKOPT(SOL_SOCKET, SO_LINGER),
	  TEXT("seconds that close waits for the peer"), ALIAS("linger") },
	{ "so-no-check", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, C_SO_NO_CHECK), TEXT("no UDP checksums"),
	  ALIAS("no-check", "nocheck") },
	{ "so-oobinline", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, SO_OOBINLINE), TEXT("urgent data in line"),
	  ALIAS("oobinline") },
	{ "so-passcred", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, C_SO_PASSCRED),
	  TEXT("receive the peer's credentials"), ALIAS("passcred") },
	{ "so-peercred", G_SOCKET, PH_PASTSOCKET, T_INT_3,
	  FUNC(sock_cred, 0, C_SO_PEERCRED),
	  TEXT("credentials of the peer: pid:uid:gid"), ALIAS("peercred") },
	{ "so-priority", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_PRIORITY), TEXT("queueing priority"),
	  ALIAS("priority") },
	{ "so-protocol", G_SOCKET, PH_SOCKET, T_INT,
	  FIELD(protocol), TEXT("protocol of the socket"),
	  ALIAS("protocol", "prototype", "so-prototype") },
	{ "so-rcvbuf", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF), TEXT("size of the receive buffer"),
	  ALIAS("rcvbuf") },
	{ "so-rcvbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVBUF),
	  TEXT("size of the receive buffer, once connected"),
	  ALIAS("rcvbuf-late") },
	{ "so-rcvlowat", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_RCVLOWAT), TEXT("bytes that make it readable"),
	  ALIAS("rcvlowat") },
	{ "so-rcvtimeo", G_SOCKET, PH_PASTSOCKET, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_RCVTIMEO), TEXT("time limit of a read"),
	  ALIAS("rcvtimeo") },
	{ "so-reuseaddr", G_SOCKET, PH_PREBIND, T_INT0,
	  SOCKOPT(SOL_SOCKET, SO_REUSEADDR),
	  TEXT("bind although old connections linger"), ALIAS("reuseaddr") },
	{ "so-reuseport", G_SOCKET, PH_PREBIND, T_INT,
	  SOCKSWITCH(SOL_SOCKET, C_SO_REUSEPORT),
	  TEXT("share the port with others"), ALIAS("reuseport") },
	{ "so-security-authentication", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_AUTHENTICATION),
	  TEXT("authentication level"),
	  ALIAS("security-authentication", "securityauthentication") },
	{ "so-security-encryption-network", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_NETWORK),
	  TEXT("encryption of the network"),
	  ALIAS("security-encryption-network", "securityencryptionnetwork") },
	{ "so-security-encryption-transport", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, C_SO_SECURITY_ENCRYPTION_TRANSPORT),
	  TEXT("encryption of the transport"),
	  ALIAS("security-encryption-transport",
	      "securityencryptiontransport") },
	{ "so-sndbuf", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF), TEXT("size of the send buffer"),
	  ALIAS("sndbuf") },
	{ "so-sndbuf-late", G_SOCKET, PH_LATE, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDBUF),
	  TEXT("size of the send buffer, once connected"),
	  ALIAS("sndbuf-late") },
	{ "so-sndlowat", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKOPT(SOL_SOCKET, SO_SNDLOWAT), TEXT("room that makes it writable"),
	  ALIAS("sndlowat") },
	{ "so-sndtimeo", G_SOCKET, PH_PASTSOCKET, T_TIME,
	  SOCKOPT(SOL_SOCKET, SO_SNDTIMEO), TEXT("time limit of a write"),
	  ALIAS("sndtimeo") },
	{ "so-timestamp", G_SOCKET, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(SOL_SOCKET, C_SO_TIMESTAMP), TEXT("receive timestamps"),
	  ALIAS("timestamp") },
	{ "so-type", G_SOCKET, PH_SOCKET, T_INT,
	  FIELD(socktype), TEXT("type of the socket"),
	  ALIAS("socktype", "type") },
	{ "tcpwrap-etc", G_RANGE, PH_ACCEPT, T_STRING,
	  FIELD(tcpwrap_etc), TEXT("directory of hosts.allow and hosts.deny"),
	  ALIAS("tcpwrap-dir") },
	{ "tcpwrap-hosts-allow-table", G_RANGE, PH_ACCEPT, T_STRING,
	  FIELD(hosts_allow), TEXT("file instead of hosts.allow"),
	  ALIAS("allow-table", "hosts-allow") },
	{ "tcpwrap-hosts-deny-table", G_RANGE, PH_ACCEPT, T_STRING,
	  FIELD(hosts_deny), TEXT("file instead of hosts.deny"),
	  ALIAS("deny-table", "hosts-deny") },
	{ "tcpwrappers", G_RANGE, PH_ACCEPT, T_STRING0,
	  FIELD(tcpwrap), TEXT("who may connect as libwrap says"),
	  ALIAS("libwrap", "tcpwrap", "tcpwrapper", "wrap") },
	{ "unix-bind-tempname", G_UNIX, PH_PREOPEN, T_STRING0,
	  FIELD(bind_tempname), TEXT("bind a client to a name of its own"),
	  ALIAS("bind-tempname") },
	{ "unix-tightsocklen", G_UNIX, PH_PREBIND, T_BOOL,
	  FIELD(tightsocklen), TEXT("address length ends with the name"),
	  ALIAS("tightsocklen") },
};

TABLE(opt_sock, rows);
