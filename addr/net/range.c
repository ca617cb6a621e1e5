/* addr/net/range.c: ranges of addresses, who may be of them. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/data.h"
#include "../../lib/error.h"
#include "../../lib/num.h"
#include "net.h"

/* Of a generic socket: what stands in sa_data. */
#define AF_DATA		(-1)

struct range {
	int af;
	size_t len;		/* of AF_DATA */
	unsigned char net[RANGE_DATA], mask[RANGE_DATA];
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
range_net(const struct query *q, struct range *r, const char *host)
{
	struct resolved list[RESOLVE_MAX];
	const unsigned char *p;
	size_t size;

	if (resolve(q, host, NULL, list) == -1)
		return -1;
	size = address_bytes(&list[0].sa.any, &p);
	r->af = size == 4 ? AF_INET : AF_INET6;
	memcpy(r->net, p, size);
	return (int)size;
}

/*
 * net/bits, net:mask or [net6]/bits; the net may be a name, which q says how
 * to look up.  *out is to be freed, or NULL; -1 with words in last_error.
 */
int
range_parse(const struct query *q, const char *text, struct range **out)
{
	const char *p = text, *end;
	char host[256];
	struct range *r;
	int size;

	*out = NULL;
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
	*out = r;
	size = range_net(q, r, host);
	if (size == -1)
		return -1;
	if (*end == '/')
		return mask_bits(r, end + 1, text, size);
	if (size == 4 && inet_pton(AF_INET, end + 1, r->mask) == 1)
		return 0;
	return error_set("not a valid %s netmask in \"%.100s\"",
	    size == 4 ? "IPv4" : "IPv6", text);
}

void
range_ip4(const struct range *r, struct in_addr *net, struct in_addr *mask)
{
	memcpy(net, r->net, sizeof *net);
	memcpy(mask, r->mask, sizeof *mask);
}

static int
range_data(const char *text, const char *p, unsigned char *to)
{
	const char *why;
	ssize_t n = data_read(p, to, RANGE_DATA, &why);

	if (n >= 0)
		return (int)n;
	error_set(n == DATA_TOO_LONG ? "data too long: \"%.200s\"" :
	    "syntax error in range \"%.200s\"", text);
	if (why != NULL)
		error_hint("%s", why);
	return -1;
}

/* Where the mask begins: a colon that stands in no string. */
static const char *
mask_at(const char *p)
{
	char quote = '\0';

	for (; *p != '\0' && (*p != ':' || quote != '\0'); p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
	return *p == ':' ? p : NULL;
}

int
range_parse_data(const char *text, struct range **out)
{
	const char *colon = mask_at(text);
	char *net;
	struct range *r;
	int n, masked;

	*out = NULL;
	if (colon == NULL)
		return error_set("syntax error in range \"%.200s\": use "
		    "<addr>:<mask>", text);
	r = calloc(1, sizeof *r);
	net = strndup(text, (size_t)(colon - text));
	*out = r;
	if (r == NULL || net == NULL) {
		free(net);
		return error_set("out of memory");
	}
	n = range_data(text, net, r->net);
	free(net);
	if (n == -1 || (masked = range_data(text, colon + 1, r->mask)) == -1)
		return -1;
	if (n != masked)
		return error_set("network address is %d bytes long, mask is "
		    "%d bytes long", n, masked);
	r->af = AF_DATA;
	r->len = (size_t)n;
	return 0;
}

/* What the peer's address lacks of it is 0. */
static bool
allows_data(const struct range *r, const struct sockaddr *sa, size_t len)
{
	const unsigned char *p = (const unsigned char *)sa;
	size_t i, at = offsetof(struct sockaddr, sa_data);

	for (i = 0; i < r->len; i++, at++)
		if (((at < len ? p[at] : 0) & r->mask[i]) !=
		    (r->net[i] & r->mask[i]))
			return false;
	return true;
}

/*
 * A range of IPv6 is of all its 128 bits, also where a peer's address is
 * one of IPv4 in them; a range of IPv4 knows such a peer as well.
 */
bool
range_allows(const struct range *r, const struct sockaddr *sa, size_t len)
{
	const unsigned char *p;
	size_t i, size;

	if (r->af == AF_DATA)
		return allows_data(r, sa, len);
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
