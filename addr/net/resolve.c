/* addr/net/resolve.c: names to socket addresses, and ranges of them. */

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
#include "../addr.h"
#include "../advice.h"

/* RFC 1035 section 2.3.4, without the dot at the end. */
#define NAME_MAX_LEN	253

/* pf= as a number or a name; without it -4 and -6 decide, then af. */
int
sock_pf(struct addr *a, int af)
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

	if (a->c.pf == NULL)
		return af;
	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcasecmp(a->c.pf, names[i].name) == 0)
			return names[i].af;
	if (num_int(a->c.pf, 0, 255, &n) == NUM_OK)
		return (int)n;
	return error_set("unknown protocol family \"%.80s\"", a->c.pf);
}

/* Whether there is IPv6 here at all. */
static bool
has_ipv6(void)
{
	int fd = os_socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd != -1)
		close(fd);
	return fd != -1;
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
		return has_ipv6() ? AF_INET6 : AF_INET;
	return a->config->listen_ipv == 6 ? AF_INET6 : AF_INET;
}

/*
 * A port number, or a service of services(5) for proto "tcp" or "udp".
 * -1 with words in last_error.
 */
int
port_check(const char *text, const char *proto, unsigned *port)
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

static int
numeric(const char *host, unsigned port, int af, struct resolved *r)
{
	struct sockaddr_in *in = &r->sa.in;
	struct sockaddr_in6 *in6 = &r->sa.in6;

	memset(&r->sa, 0, sizeof r->sa);
	if (af != AF_INET6 &&
	    inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		r->len = sizeof *in;
		return 1;
	}
	if (af != AF_INET &&
	    inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		r->len = sizeof *in6;
		return 1;
	}
	return 0;
}

/* What stands in brackets, in buf, or host itself. */
static const char *
unbracketed(const char *host, char *buf, size_t size)
{
	size_t len = strlen(host);

	if (*host != '[' || host[len - 1] != ']' || len - 2 >= size)
		return host;
	memcpy(buf, host + 1, len - 2);
	buf[len - 2] = '\0';
	return buf;
}

/* socat's line, then one in words. */
static int
host_unknown(const struct addr *a, const char *host,
    const struct addrinfo *hints, int rc)
{
	char advice[ADVICE_MAX];

	errno = ENOENT;
	error_set("getaddrinfo(\"%.200s\", \"NULL\", {%d,%d,%d,%d}, {}): %s",
	    host, hints->ai_flags, hints->ai_family, hints->ai_socktype, 0,
	    gai_strerror(rc));
	if (advise_host(a->spec, host, rc, advice))
		error_hint("%s", advice);
	return -1;
}

/* A URL, or a variable of the shell: no look-up would find that. */
static int
host_check(const struct addr *a)
{
	struct addrinfo hints = { .ai_family = a->family->domain,
	    .ai_socktype = a->family->type };

	if (a->config->as_socat || a->param[0][strcspn(a->param[0], "/$")] ==
	    '\0')
		return 0;
	host_unknown(a, a->param[0], &hints, EAI_NONAME);
	error_place(a->spec->text, a->spec->param[0].col,
	    strlen(a->spec->param[0].text));
	return -1;
}

/*
 * The last parameter of an address is its port.  A host that is a number
 * is looked at here, once, not in each child.
 */
int
port_param_check(struct addr *a)
{
	const char *proto = a->family->type == SOCK_DGRAM ? "udp" : "tcp";
	size_t last = a->nparam - 1;
	char bare[INET6_ADDRSTRLEN], advice[ADVICE_MAX];
	unsigned port;

	if (port_check(a->param[last], proto, &port) == 0) {
		if (last == 1)
			numeric(unbracketed(a->param[0], bare, sizeof bare),
			    port, sock_pf(a, a->family->domain), &a->target);
		return last == 1 ? host_check(a) : 0;
	}
	error_place(a->spec->text, a->spec->param[last].col, 1);
	if (advise_port(a->spec, advice))
		error_hint("%s", advice);
	return -1;
}

static int
wildcard(unsigned port, int af, struct resolved *r)
{
	return numeric(af == AF_INET6 ? "::" : "0.0.0.0", port, af, r);
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
resolve(struct addr *a, const char *host, const char *port, int af,
    int socktype, bool passive, struct resolved *r)
{
	struct addrinfo hints, *list;
	const char *proto = socktype == SOCK_DGRAM ? "udp" : "tcp";
	char bare[256];
	unsigned n = 0;
	int rc;

	if (a->target.len != 0 && host == a->param[0]) {
		*r = a->target;
		return 1;
	}
	if (port != NULL && port_check(port, proto, &n) == -1)
		return -1;
	if (host == NULL)
		return wildcard(n, af, r);
	host = unbracketed(host, bare, sizeof bare);
	if (numeric(host, n, af, r))
		return 1;
	memset(&hints, 0, sizeof hints);
	hints.ai_family = af;
	hints.ai_socktype = socktype;
	hints.ai_flags = (int)a->c.ai_flags | (passive ? AI_PASSIVE : 0);
	rc = name_lookup(host, &hints, &list);
	if (rc != 0)
		return host_unknown(a, host, &hints, rc);
	rc = collect(list, n, a->config->ipv == 6 ? AF_INET6 :
	    a->config->ipv == 4 ? AF_INET : AF_UNSPEC, r);
	freeaddrinfo(list);
	return rc;
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

struct range {
	int af;
	unsigned char net[16], mask[16];
};

static size_t
address_bytes(const struct sockaddr *sa, const unsigned char **p)
{
	if (sa->sa_family == AF_INET) {
		*p = (const unsigned char *)
		    &((const struct sockaddr_in *)sa)->sin_addr;
		return 4;
	}
	*p = ((const struct sockaddr_in6 *)sa)->sin6_addr.s6_addr;
	return 16;
}

static int
mask_bits(struct range *r, const char *text, const char *whole, int size)
{
	const char *version = size == 4 ? "IPv4" : "IPv6";
	long long bits;
	int i;

	switch (num_int(text, 0, size * 8, &bits)) {
	case NUM_OK:
		break;
	case NUM_RANGE:
		return error_set("%s netmask \"%.100s\" is too large",
		    version, whole);
	default:
		return error_set("not a valid %s netmask in \"%.100s\"",
		    version, whole);
	}
	for (i = 0; i < size; i++, bits -= 8)
		r->mask[i] = (unsigned char)(bits >= 8 ? 255 :
		    bits <= 0 ? 0 : 255 << (8 - bits));
	return 0;
}

/* The host part may be a name; its first address counts. */
static int
range_net(struct addr *a, struct range *r, const char *host)
{
	struct resolved list[RESOLVE_MAX];
	const unsigned char *p;
	int af = a->family->domain == AF_INET ? AF_INET : AF_UNSPEC;
	size_t size;

	if (resolve(a, host, NULL, af, SOCK_STREAM, false, list) == -1)
		return -1;
	size = address_bytes(&list[0].sa.any, &p);
	r->af = size == 4 ? AF_INET : AF_INET6;
	memcpy(r->net, p, size);
	return (int)size;
}

/*
 * range=: net/bits, net:mask or [net6]/bits, into a->range.  -1 with words
 * in last_error.
 */
int
range_parse(struct addr *a)
{
	const char *text = a->c.range, *p = text, *end;
	char host[256];
	struct range *r;
	int size;

	if (*p == '[' && (end = strchr(p, ']')) != NULL)
		p++;
	else
		end = p + strcspn(p, "/:");
	if (*text != '[' && strchr(text, ':') != NULL &&
	    strchr(strchr(text, ':') + 1, ':') != NULL)
		return error_set("missing brackets for IPv6 range definition "
		    "\"%.100s\"", text);
	snprintf(host, sizeof host, "%.*s", (int)(end - p), p);
	end += *end == ']';
	if (*end != '/' && *end != ':')
		return error_set("range \"%.100s\": missing netmask "
		    "delimiter", text);
	r = calloc(1, sizeof *r);
	if (r == NULL)
		return error_set("out of memory");
	free(a->range);
	a->range = r;
	size = range_net(a, r, host);
	if (size == -1)
		return -1;
	if (*end == '/')
		return mask_bits(r, end + 1, text, size);
	if (size == 4 && inet_pton(AF_INET, end + 1, r->mask) == 1)
		return 0;
	return error_set("not a valid %s netmask in \"%.100s\"",
	    size == 4 ? "IPv4" : "IPv6", text);
}

/*
 * A range of IPv6 is of all its 128 bits, also where a peer's address is
 * one of IPv4 in them; a range of IPv4 knows such a peer as well.
 */
bool
range_allows(const struct range *r, const struct sockaddr *sa)
{
	const unsigned char *p;
	size_t i, size;

	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return false;
	size = address_bytes(sa, &p);
	if (r->af == AF_INET && size == 16 && IN6_IS_ADDR_V4MAPPED(
	    &((const struct sockaddr_in6 *)sa)->sin6_addr)) {
		p += 12;
		size = 4;
	}
	if ((size == 4) != (r->af == AF_INET))
		return false;
	for (i = 0; i < size; i++)
		if ((p[i] & r->mask[i]) != (r->net[i] & r->mask[i]))
			return false;
	return true;
}
