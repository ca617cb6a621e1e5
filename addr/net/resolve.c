/* addr/net/resolve.c: names of hosts and ports to socket addresses. */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/num.h"
#include "../../lib/os/os.h"
#include "net.h"

/* RFC 1035 section 2.3.4, without the dot at the end. */
#define NAME_MAX_LEN	253

bool
sock_has_ipv6(void)
{
	int fd = os_socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

/*
 * A port number, or a service of services(5) for proto "tcp" or "udp".
 * -1 with words in last_error.
 */
static int
port_number(const char *text, const char *proto, unsigned *port)
{
	struct servent *s;
	long long n;

	text += strspn(text, " ");
	if (*text == '\0')
		return error_set("empty port/service");
	if (isdigit((unsigned char)*text) || *text == '-' || *text == '+') {
		switch (num_port(text, &n)) {
		case NUM_OK:
			*port = (unsigned)n;
			return 0;
		case NUM_RANGE:
			return error_set("port %.40s is not between 0 and "
			    "65535", text);
		default:
			return error_set("trailing garbage in port \"%.80s\"",
			    text);
		}
	}
	s = getservbyname(text, proto);
	if (s == NULL)
		return error_set("unknown port/service \"%.80s\"", text);
	*port = ntohs((uint16_t)s->s_port);
	return 0;
}

int
port_check(const char *text, const char *proto, unsigned *port)
{
	if (port_number(text, proto, port) == 0)
		return 0;
	last_error.code = ERROR_PORT;
	return -1;
}

static int
numeric(const char *host, unsigned port, int af, struct resolved *r)
{
	struct sockaddr_in *in = &r->sa.in;
	struct sockaddr_in6 *in6 = &r->sa.in6;

	memset(&r->sa, 0, sizeof r->sa);
	if ((af == AF_INET || af == AF_UNSPEC) &&
	    inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		r->len = sizeof *in;
		return 1;
	}
	if ((af == AF_INET6 || af == AF_UNSPEC) &&
	    inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		r->len = sizeof *in6;
		return 1;
	}
	return 0;
}

const char *
host_unbracketed(const char *host, char *buf, size_t size)
{
	size_t len = strlen(host);

	if (*host != '[' || host[len - 1] != ']' || len - 2 >= size)
		return host;
	memcpy(buf, host + 1, len - 2);
	buf[len - 2] = '\0';
	return buf;
}

int
resolve_number(const char *host, unsigned port, int af, struct resolved *r)
{
	char bare[INET6_ADDRSTRLEN];

	return numeric(host_unbracketed(host, bare, sizeof bare), port, af, r);
}

static void
host_hint(const char *host, int rc)
{
	if (host[strcspn(host, " \t\r\n")] != '\0')
		error_hint("there is a blank in the name of the host");
	else if (rc == EAI_AGAIN)
		error_hint("no name server answered for \"%.100s\"; "
		    "/etc/resolv.conf says which is asked", host);
	else if (rc == EAI_NONAME)
		error_hint("no host \"%.100s\" is known: look at its "
		    "spelling, /etc/hosts and the name server in "
		    "/etc/resolv.conf%s", host, strchr(host, '.') != NULL ?
		    "" : "; Docker knows names of containers only on "
		    "networks that were made");
}

/* The call of a look-up with the hints that it has, as socat writes it. */
#define LOOKUP	"getaddrinfo(\"%.200s\", \"%.80s\", {0x%02x,%d,%d,%d}, {}): %s"

/* socat's line, then one in words. */
static int
lookup_failed(const struct query *q, const char *host, int rc)
{
	errno = ENOENT;
	error_set_code(ERROR_HOST, "getaddrinfo(\"%.200s\", \"NULL\", "
	    "{%d,%d,%d,%d}, {}): %s", host, q->flags, q->af, q->socktype, 0,
	    gai_strerror(rc));
	host_hint(host, rc);
	return -1;
}

int
host_unknown(const struct query *q, const char *host)
{
	return lookup_failed(q, host, EAI_NONAME);
}

/* The host of datagrams: socat says what failed, and then of which address. */
static int
datagrams_lookup_failed(const struct query *q, const char *host,
    const char *bare, const char *port, int rc)
{
	log_warn(LOOKUP, bare, port == NULL ? "NULL" : port,
	    q->flags | (host == bare ? 0 : AI_NUMERICHOST), q->af,
	    q->socktype, q->protocol, gai_strerror(rc));
	errno = ENOENT;
	return error_set_code(ERROR_HOST, "xioresolve(node=\"%.200s\", pf=%d, "
	    "...): %s", host, q->af, gai_strerror(rc));
}

/* To socat the name of a service is for the resolver, with that of a host. */
int
service_unknown(const struct query *q, const char *host, const char *port)
{
	int flags = q->flags | (q->af == AF_UNSPEC ? AI_ADDRCONFIG : 0);

	if (!isalpha((unsigned char)*port))
		return -1;
	return error_set_code(ERROR_PORT, LOOKUP, host == NULL ? "NULL" : host,
	    port, flags, q->af, q->socktype, 0,
	    "Servname not supported for ai_socktype");
}

static int
wildcard(unsigned port, int af, struct resolved *r)
{
	if (numeric(af == AF_INET6 ? "::" : "0.0.0.0", port, af, r))
		return 1;
	/* pf= may name any. */
	errno = EAFNOSUPPORT;
	return error_set("protocol family %d:", af);
}

/* The preferred family goes first, if any; the resolver's order stays. */
static int
collect(const struct addrinfo *list, unsigned port, int prefer,
    struct resolved *r)
{
	const struct addrinfo *ai;
	int pass, n = 0;

	for (pass = 0; pass < 2; pass++)
		for (ai = list; ai != NULL && n < RESOLVE_MAX;
		    ai = ai->ai_next) {
			if ((ai->ai_family == prefer) != (pass == 0))
				continue;
			if (ai->ai_addrlen > sizeof r[n].sa)
				continue;
			memcpy(&r[n].sa, ai->ai_addr, ai->ai_addrlen);
			r[n].len = ai->ai_addrlen;
			r[n].sa.in.sin_port = htons((uint16_t)port);
			n++;
		}
	return n;
}

/*
 * As getaddrinfo(3).  musl gives up with EAI_AGAIN when a search domain
 * fails or is silent, and never asks for the name as it is, as resolver(5)
 * has it and glibc does; a dot at the end asks for just that.
 */
static int
name_lookup(const char *host, const struct addrinfo *hints,
    struct addrinfo **list)
{
	size_t len = strlen(host);
	char whole[NAME_MAX_LEN + 2];
	int rc = getaddrinfo(host, NULL, hints, list);

	if (rc != EAI_AGAIN || !os_search_gives_up ||
	    strchr(host, '.') == NULL || host[len - 1] == '.' ||
	    len > NAME_MAX_LEN)
		return rc;
	snprintf(whole, sizeof whole, "%s.", host);
	return getaddrinfo(whole, NULL, hints, list);
}

/*
 * The addresses of host (NULL: the wildcard) and port (NULL: 0), all of
 * them for af AF_UNSPEC.  Numeric ones never reach the resolver.  Their
 * number, or -1 with words in last_error.
 */
int
resolve(const struct query *q, const char *host, const char *port,
    struct resolved *r)
{
	struct addrinfo hints = { .ai_family = q->af,
	    .ai_socktype = q->socktype, .ai_flags = q->flags }, *list;
	const char *proto = q->socktype == SOCK_DGRAM ? "udp" : "tcp", *name;
	char bare[256];
	unsigned n = 0;
	int rc;

	if (port != NULL && port_check(port, proto, &n) == -1)
		return service_unknown(q, host, port);
	if (host == NULL)
		return wildcard(n, q->af, r);
	name = host_unbracketed(host, bare, sizeof bare);
	if (numeric(name, n, q->af, r))
		return 1;
	rc = q->server != NULL ? os_lookup_at(q->server, name, &hints, &list) :
	    name_lookup(name, &hints, &list);
	if (rc != 0 && q->as_socat && q->datagrams)
		return datagrams_lookup_failed(q, host, name, port, rc);
	if (rc != 0)
		return lookup_failed(q, name, rc);
	rc = collect(list, n, q->prefer, r);
	freeaddrinfo(list);
	return rc;
}

/* A protocol family as pf= has it: a number or a name; -1 if it is none. */
int
pf_number(const char *text)
{
	static const struct {
		const char *name;
		int af;
	} names[] = {
		{ "ip4", AF_INET }, { "ipv4", AF_INET }, { "inet", AF_INET },
		{ "inet4", AF_INET }, { "ip6", AF_INET6 },
		{ "ipv6", AF_INET6 }, { "inet6", AF_INET6 },
		{ "unix", AF_UNIX }, { "local", AF_UNIX },
		{ "unspec", AF_UNSPEC },
	};
	size_t i;
	long long n;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(text, names[i].name) == 0)
			return names[i].af;
	if (num_int(text, 0, 255, &n) == NUM_OK)
		return (int)n;
	return error_set("unknown protocol family \"%.80s\"", text);
}

int
hostport_split(const char *text, char *buf, size_t size, char **host,
    char **port)
{
	char *colon, *close;

	*host = *port = NULL;
	if (strlen(text) >= size)
		return error_set("address \"%.80s...\" is too long", text);
	strcpy(buf, text);
	close = *buf == '[' ? strchr(buf, ']') : NULL;
	colon = strchr(close == NULL ? buf : close, ':');
	/* An IPv6 address without brackets has more than one colon. */
	if (close == NULL && colon != NULL && strchr(colon + 1, ':') != NULL)
		colon = NULL;
	if (colon != NULL) {
		*colon = '\0';
		*port = colon + 1;
	}
	if (close != NULL) {
		*close = '\0';
		*host = buf + 1;
	} else if (*buf != '\0')
		*host = buf;
	return 0;
}
