/* addr/option/ip.c: options of IP, TCP and UDP. */

#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "rows.h"

#define AIFLAG(flag)	FUNC(ip_ai, flag, 0)

/* A flag for getaddrinfo(3). */
APPLY(ip_ai)
{
	UNUSED(fd);
	a->c.ai_flags = v->n ? a->c.ai_flags | o->a : a->c.ai_flags & ~o->a;
	return 0;
}

/* The resolver is the C library's; glibc's lets itself be told. */
static int
resolver_told(const struct opt *o, int rc)
{
	if (rc == -1)
		log_warn("option \"%s\" has no effect: the C library's "
		    "resolver is used as it is", o->name);
	return 0;
}

APPLY(ip_resolver)
{
	UNUSED(a);
	UNUSED(fd);
	return resolver_told(o, os_resolver_flag((enum os_resolver)o->a,
	    v->n != 0));
}

APPLY(ip_resolver_retrans)
{
	UNUSED(a);
	UNUSED(fd);
	return resolver_told(o, os_resolver_times((int)v->n, 0));
}

APPLY(ip_resolver_retry)
{
	UNUSED(a);
	UNUSED(fd);
	return resolver_told(o, os_resolver_times(0, (int)v->n));
}

/* ADDRESS[:PORT] */
APPLY(ip_nameserver)
{
	struct sockaddr_in *sin = &a->nameserver;
	char buf[80], *host, *port;
	unsigned number = 53;

	UNUSED(fd);
	if (hostport_split(v->s, buf, sizeof buf, &host, &port) == -1 ||
	    host == NULL || inet_pton(AF_INET, host, &sin->sin_addr) != 1 ||
	    (port != NULL && port_check(port, "udp", &number) == -1))
		return error_set("option \"%s\": \"%.80s\" is no address of "
		    "a name server", o->name, v->s);
	sin->sin_family = AF_INET;
	sin->sin_port = htons((in_port_t)number);
	return 0;
}

/* An interface by number or name; 0 if there is none. */
static unsigned
interface(const char *text)
{
	char *end;
	unsigned long n;

	n = strtoul(text, &end, 10);
	return *text != '\0' && *end == '\0' ? (unsigned)n :
	    if_nametoindex(text);
}

/* The most parts that a membership has, and room for all of them. */
#define PARTS		3
#define PARTS_ROOM	256

/*
 * Splits "group:interface:..." at colons outside of brackets, which go.
 * The number of parts, at least the least; or -1.
 */
static int
member_split(const char *text, int least, char buf[PARTS_ROOM],
    const char *part[PARTS])
{
	char *p = buf;
	int n = 0;
	bool bracket = false;

	if (strlen(text) >= PARTS_ROOM)
		return error_set("\"%.80s...\" is no multicast group", text);
	part[n++] = buf;
	for (; *text != '\0'; text++) {
		if (*text == '[' || *text == ']')
			bracket = *text == '[';
		else if (*text != ':' || bracket)
			*p++ = *text;
		else if (n < PARTS) {
			*p++ = '\0';
			part[n++] = p;
		} else
			return error_set("too many parts: \"%s\"", text);
	}
	*p = '\0';
	return n >= least ? n : 0;
}

/* The parts of a membership, or -1 with words. */
static int
member_parts(const struct val *v, int least, char buf[PARTS_ROOM],
    const char *part[PARTS])
{
	int n = member_split(v->s, least, buf, part);

	if (n == 0)
		return error_set("syntax in option %s: missing ':'", v->s);
	return n;
}

static int
ip4_number(const char *text, const char *what, struct in_addr *in)
{
	if (inet_pton(AF_INET, text, in) == 1)
		return 0;
	return error_set("\"%s\" is no IPv4 %s", text, what);
}

static int
ip6_number(const char *text, const char *what, struct in6_addr *in6)
{
	if (inet_pton(AF_INET6, text, in6) == 1)
		return 0;
	return error_set("\"%s\" is no IPv6 %s", text, what);
}

/* An interface by name or number into *index. */
static int
interface_find(const char *text, unsigned *index)
{
	*index = interface(text);
	return *index != 0 ? 0 : error_set("interface \"%s\":", text);
}

/* group:interface, or group:address:interface. */
APPLY(ip_member)
{
	struct in_addr group, in = { .s_addr = INADDR_ANY };
	char buf[PARTS_ROOM];
	const char *part[PARTS];
	unsigned index = 0;
	int n = member_parts(v, 2, buf, part);

	UNUSED(a);
	UNUSED(o);
	if (n == -1 || ip4_number(part[0], "multicast group", &group) == -1 ||
	    (n == 3 && ip4_number(part[1], "address", &in) == -1))
		return -1;
	if ((n == 3 || inet_pton(AF_INET, part[1], &in) != 1) &&
	    interface_find(part[n - 1], &index) == -1)
		return -1;
	if (os_mcast_join(fd, group, in, index) == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\"):", fd,
		    IPPROTO_IP, C_IP_ADD_MEMBERSHIP, v->s);
	return 0;
}

/* group:interface-address:source. */
APPLY(ip_member_source)
{
	struct in_addr group, in, source;
	char buf[PARTS_ROOM];
	const char *part[PARTS];

	UNUSED(a);
	UNUSED(o);
	if (member_parts(v, 3, buf, part) == -1 ||
	    ip4_number(part[0], "multicast group", &group) == -1 ||
	    ip4_number(part[1], "address", &in) == -1 ||
	    ip4_number(part[2], "address", &source) == -1)
		return -1;
	if (os_mcast_join_source(fd, group, in, source) == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\"):", fd,
		    IPPROTO_IP, C_IP_ADD_SOURCE_MEMBERSHIP, v->s);
	return 0;
}

APPLY(ip6_member)
{
	struct ipv6_mreq mreq;
	char buf[PARTS_ROOM];
	const char *part[PARTS];

	UNUSED(a);
	UNUSED(o);
	memset(&mreq, 0, sizeof mreq);
	if (member_parts(v, 2, buf, part) == -1 ||
	    ip6_number(part[0], "multicast group",
	    &mreq.ipv6mr_multiaddr) == -1)
		return -1;
	mreq.ipv6mr_interface = interface(part[1]);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &mreq, sizeof mreq)
	    == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\"):", fd,
		    IPPROTO_IPV6, IPV6_JOIN_GROUP, v->s);
	return 0;
}

/* [group]:interface:[source]. */
APPLY(ip6_member_source)
{
	struct in6_addr group, source;
	char buf[PARTS_ROOM];
	const char *part[PARTS];
	unsigned index;

	UNUSED(a);
	if (member_parts(v, 3, buf, part) == -1 ||
	    ip6_number(part[0], "multicast group", &group) == -1 ||
	    interface_find(part[1], &index) == -1 ||
	    ip6_number(part[2], "address", &source) == -1)
		return -1;
	if (os_mcast6_join_source(fd, &group, index, &source) == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\"):", fd,
		    IPPROTO_IPV6, o->a, v->s);
	return 0;
}

APPLY(ip_mcast_if)
{
	const struct query q = { .af = AF_INET, .socktype = SOCK_DGRAM };
	struct resolved r[RESOLVE_MAX];

	UNUSED(a);
	UNUSED(o);
	if (resolve(&q, v->s, NULL, r) == -1)
		return -1;
	if (setsockopt(fd, IPPROTO_IP, C_IP_MULTICAST_IF, &r[0].sa.in.sin_addr,
	    sizeof r[0].sa.in.sin_addr) == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\"):", fd,
		    IPPROTO_IP, C_IP_MULTICAST_IF, v->s);
	return 0;
}

/* Given several times, each is appended to those before it. */
APPLY(ip_options)
{
	unsigned char all[256];
	const struct val *one;
	size_t i, len = 0;

	for (i = 0; i < a->nopt; i++) {
		one = &a->opt[i].val;
		if (a->opt[i].opt != o)
			continue;
		if (one->len > sizeof all - len)
			return error_set("option \"%s\": too many bytes",
			    o->name);
		memcpy(all + len, one->bin, one->len);
		len += one->len;
		if (one == v)
			break;
	}
	if (setsockopt(fd, IPPROTO_IP, o->a, all, (socklen_t)len) == -1)
		return error_set("setsockopt(%d, %d, %d, \"%s\", %zu):", fd,
		    IPPROTO_IP, o->a, o->name, len);
	return 0;
}

static const struct opt rows[] = {
	{ "ai-addrconfig", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  AIFLAG(C_AI_ADDRCONFIG),
	  TEXT("resolve to families that this host has"), ALIAS("addrconfig") },
	{ "ai-all", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  AIFLAG(C_AI_ALL), TEXT("resolve to IPv6 and mapped IPv4 addresses") },
	{ "ai-passive", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  AIFLAG(C_AI_PASSIVE), TEXT("resolve for binding"), ALIAS("passive") },
	{ "ai-v4mapped", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  AIFLAG(C_AI_V4MAPPED), TEXT("resolve to IPv4-mapped IPv6 addresses"),
	  ALIAS("v4mapped") },
	{ "dccp-set-ccid", G_DCCP, PH_PASTSOCKET, T_BYTE,
	  SOCKOPT(C_SOL_DCCP, C_DCCP_SOCKOPT_CCID), TEXT("congestion control of DCCP"), ALIAS("ccid") },
	{ "ip-add-membership", G_IP4 | G_IP6, PH_PASTSOCKET, T_MREQ,
	  FUNC(ip_member, 0, 0),
	  TEXT("join a multicast group: group:interface"),
	  ALIAS("add-membership", "ip-membership", "membership") },
	{ "ip-add-source-membership", G_IP4 | G_IP6, PH_PASTSOCKET, T_MREQ_SOURCE,
	  FUNC(ip_member_source, 0, 0),
	  TEXT("join a multicast group for one source"),
	  ALIAS("add-source-membership", "source-membership") },
	{ "ip-freebind", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_FREEBIND),
	  TEXT("bind to an address that is not there yet"),
	  ALIAS("freebind", "ipfreebind") },
	{ "ip-hdrincl", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_HDRINCL),
	  TEXT("data starts with the IP header"),
	  ALIAS("hdrincl", "iphdrincl") },
	{ "ip-mtu", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_MTU), TEXT("known path MTU"),
	  ALIAS("ipmtu", "mtu") },
	{ "ip-mtu-discover", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_MTU_DISCOVER), TEXT("path MTU discovery"),
	  ALIAS("ipmtudiscover", "mtudiscover") },
	{ "ip-multicast-if", G_IP4 | G_IP6, PH_PASTSOCKET, T_IP4NAME,
	  FUNC(ip_mcast_if, 0, 0), TEXT("interface for outgoing multicast"),
	  ALIAS("multicast-if") },
	{ "ip-multicast-loop", G_IP4 | G_IP6, PH_PASTSOCKET, T_BYTE,
	  SOCKSWITCH(IPPROTO_IP, C_IP_MULTICAST_LOOP),
	  TEXT("own multicast comes back"),
	  ALIAS("ipmulticastloop", "mcloop", "multicast-loop",
	      "multicastloop") },
	{ "ip-multicast-ttl", G_IP4 | G_IP6, PH_PASTSOCKET, T_BYTE,
	  SOCKOPT(IPPROTO_IP, C_IP_MULTICAST_TTL),
	  TEXT("hops that multicast may take"),
	  ALIAS("ipmulticastttl", "multicast-ttl", "multicastttl") },
	{ "ip-options", G_IP4 | G_IP6, PH_PASTSOCKET, T_BIN,
	  FUNC(ip_options, C_IP_OPTIONS, 0), TEXT("options of the IP header"),
	  ALIAS("ipoptions") },
	{ "ip-pktinfo", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_PKTINFO),
	  TEXT("receive packet information"),
	  ALIAS("ippktinfo", "pktinfo") },
	{ "ip-pktoptions", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_PKTOPTIONS), TEXT("packet options"),
	  ALIAS("ippktoptions", "pktoptions", "pktopts") },
	{ "ip-recverr", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_RECVERR), TEXT("receive extended errors"),
	  ALIAS("iprecverr", "recverr") },
	{ "ip-recvopts", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_RECVOPTS), TEXT("receive IP options"),
	  ALIAS("iprecvopts", "recvopts") },
	{ "ip-recvtos", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_RECVTOS),
	  TEXT("receive the type of service"), ALIAS("iprecvtos", "recvtos") },
	{ "ip-recvttl", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_RECVTTL),
	  TEXT("receive the time to live"),
	  ALIAS("iprecvttl", "recvttl") },
	{ "ip-retopts", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IP, C_IP_RETOPTS), TEXT("receive raw IP options"),
	  ALIAS("ipretopts", "retopts") },
	{ "ip-router-alert", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_ROUTER_ALERT), TEXT("receive router alerts"),
	  ALIAS("iprouteralert", "routeralert") },
	{ "ip-tos", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_TOS),
	  TEXT("type of service of outgoing packets"), ALIAS("iptos", "tos") },
	{ "ip-transparent", G_IP4 | G_IP6, PH_PREBIND, T_BOOL,
	  SOCKOPT(IPPROTO_IP, C_IP_TRANSPARENT),
	  TEXT("bind to foreign addresses"), ALIAS("transparent") },
	{ "ip-ttl", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IP, C_IP_TTL),
	  TEXT("time to live of outgoing packets"), ALIAS("ipttl", "ttl") },
	{ "ipv6-authhdr", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_AUTHHDR),
	  TEXT("receive the authentication header"), ALIAS("authhdr") },
	{ "ipv6-dstopts", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_DSTOPTS), TEXT("destination options"),
	  ALIAS("dstopts") },
	{ "ipv6-hoplimit", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_HOPLIMIT), TEXT("hop limit"),
	  ALIAS("hoplimit") },
	{ "ipv6-hopopts", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_HOPOPTS), TEXT("hop-by-hop options"),
	  ALIAS("hopopts") },
	{ "ipv6-join-group", G_IP6, PH_PASTSOCKET, T_MREQ,
	  FUNC(ip6_member, 0, 0),
	  TEXT("join a multicast group: group:interface"),
	  ALIAS("ipv6-add-membership", "join-group") },
	{ "ipv6-join-source-group", G_IP6, PH_PASTSOCKET, T_GENERIC,
	  FUNC(ip6_member_source, C_MCAST_JOIN_SOURCE_GROUP, 0),
	  TEXT("join a multicast group for one source"),
	  ALIAS("ipv6-add-source-membership", "join-source-group") },
	{ "ipv6-mtu-discover", G_IP4 | G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_MTU_DISCOVER),
	  TEXT("path MTU discovery"), ALIAS("mtudiscover6") },
	{ "ipv6-multicast-loop", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_MULTICAST_LOOP),
	  TEXT("own multicast comes back"), ALIAS("ipv6-mcloop", "mcloop6") },
	{ "ipv6-pktinfo", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_PKTINFO), TEXT("packet information") },
	{ "ipv6-recvdstopts", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVDSTOPTS),
	  TEXT("receive destination options"), ALIAS("recvdstopts") },
	{ "ipv6-recverr", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVERR),
	  TEXT("receive extended errors") },
	{ "ipv6-recvhoplimit", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVHOPLIMIT),
	  TEXT("receive the hop limit"), ALIAS("recvhoplimit") },
	{ "ipv6-recvhopopts", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVHOPOPTS),
	  TEXT("receive hop-by-hop options"), ALIAS("recvhopopts") },
	{ "ipv6-recvpathmtu", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_RECVPATHMTU),
	  TEXT("receive the path MTU") },
	{ "ipv6-recvpktinfo", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVPKTINFO),
	  TEXT("receive packet information"), ALIAS("recvpktinfo") },
	{ "ipv6-recvrthdr", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVRTHDR),
	  TEXT("receive the routing header"), ALIAS("recvrthdr") },
	{ "ipv6-recvtclass", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_RECVTCLASS),
	  TEXT("receive the traffic class") },
	{ "ipv6-rthdr", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_RTHDR), TEXT("routing header"),
	  ALIAS("rthdr") },
	{ "ipv6-tclass", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_TCLASS),
	  TEXT("traffic class of outgoing packets") },
	{ "ipv6-unicast-hops", G_IP6, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_IPV6, C_IPV6_UNICAST_HOPS),
	  TEXT("hop limit of outgoing packets"), ALIAS("unicast-hops") },
	{ "ipv6-v6only", G_IP6, PH_PREBIND, T_INT,
	  SOCKSWITCH(IPPROTO_IPV6, C_IPV6_V6ONLY),
	  TEXT("only IPv6, no IPv4 in it"), ALIAS("ipv6only", "v6only") },
	{ "lowport",
	  G_UDP | G_TCP | G_SCTP | G_DCCP | G_UDPLITE, PH_LATE, T_BOOL,
	  FIELD(lowport), TEXT("bind to a free port from 640 to 1023") },
	{ "res-debug", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_DEBUG, 0), TEXT("debug output of the resolver") },
	{ "res-defnames", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_DEFNAMES, 0), TEXT("append the default domain"),
	  ALIAS("defnames") },
	{ "res-dnsrch", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_DNSRCH, 0), TEXT("search the parent domains"),
	  ALIAS("dnsrch") },
	{ "res-igntc", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_IGNTC, 0), TEXT("ignore truncated answers"),
	  ALIAS("igntc") },
	{ "res-nsaddr", G_IP4 | G_IP6, PH_OFFSET, T_IP4SOCK,
	  FUNC(ip_nameserver, 0, 0), TEXT("name server to ask"),
	  ALIAS("dns", "nameserver", "nsaddr") },
	{ "res-recurse", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_RECURSE, 0), TEXT("ask for recursion"),
	  ALIAS("recurse") },
	{ "res-retrans", G_IP4 | G_IP6, PH_OFFSET, T_INT,
	  FUNC(ip_resolver_retrans, 0, 0), TEXT("seconds between queries"),
	  ALIAS("res-maxretrans", "retrans") },
	{ "res-retry", G_IP4 | G_IP6, PH_OFFSET, T_INT,
	  FUNC(ip_resolver_retry, 0, 0), TEXT("queries before giving up"),
	  ALIAS("res-maxretry") },
	{ "res-stayopen", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_STAYOPEN, 0), TEXT("keep the connection open"),
	  ALIAS("stayopen") },
	{ "res-usevc", G_IP4 | G_IP6, PH_OFFSET, T_BOOL,
	  FUNC(ip_resolver, RESOLVER_USEVC, 0), TEXT("ask by TCP"), ALIAS("usevc") },
	{ "sourceport",
	  G_UDP | G_TCP | G_SCTP | G_DCCP | G_UDPLITE, PH_LATE, T_PORT,
	  FIELD(sourceport),
	  TEXT("local port; of a listener, the clients' port"), ALIAS("sp") },
	{ "tcp-cork", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_TCP, C_TCP_CORK), TEXT("send full packets only"),
	  ALIAS("cork") },
	{ "tcp-defer-accept", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_TCP, C_TCP_DEFER_ACCEPT),
	  TEXT("accept once data is there"), ALIAS("defer-accept") },
	{ "tcp-info", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_INFO), TEXT("state of the connection"),
	  ALIAS("info") },
	{ "tcp-keepcnt", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_KEEPCNT),
	  TEXT("keepalive probes before giving up"), ALIAS("keepcnt") },
	{ "tcp-keepidle", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_KEEPIDLE),
	  TEXT("seconds of silence before a probe"), ALIAS("keepidle") },
	{ "tcp-keepintvl", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_KEEPINTVL),
	  TEXT("seconds between two probes"), ALIAS("keepintvl") },
	{ "tcp-linger2", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_LINGER2), TEXT("seconds in FIN_WAIT2"),
	  ALIAS("linger2") },
	{ "tcp-maxseg", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_MAXSEG), TEXT("largest segment"),
	  ALIAS("maxseg", "mss") },
	{ "tcp-maxseg-late", G_TCP, PH_CONNECTED, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_MAXSEG),
	  TEXT("largest segment, once connected"),
	  ALIAS("maxseg-late", "mss-late") },
	{ "tcp-md5sig", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_MD5SIG), TEXT("MD5 signatures") },
	{ "tcp-nodelay", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_TCP, TCP_NODELAY),
	  TEXT("send small packets at once"),
	  ALIAS("nodelay") },
	{ "tcp-quickack", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKSWITCH(IPPROTO_TCP, C_TCP_QUICKACK), TEXT("acknowledge at once"),
	  ALIAS("quickack") },
	{ "tcp-syncnt", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_SYNCNT),
	  TEXT("SYN packets before giving up"), ALIAS("syncnt") },
	{ "tcp-window-clamp", G_TCP, PH_PASTSOCKET, T_INT,
	  SOCKOPT(IPPROTO_TCP, C_TCP_WINDOW_CLAMP), TEXT("largest window"),
	  ALIAS("window-clamp") },
};

TABLE(opt_ip, rows);
