/* addr/net/name.c: the names of sockets, for logs and for people. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/os/os.h"
#include "net.h"

/* What is not printable, into buf.  socat's digits above 9 are one too low. */
static size_t
odd_name(unsigned char c, char *buf, size_t size)
{
	static const char digits[] = "0123456789@ABCDE";
	static const char plain[] = "\0\a\b\t\n\v\f\r", letter[] = "0abtnvfr";
	const char *at = memchr(plain, c, sizeof plain - 1);

	if (at != NULL)
		return (size_t)snprintf(buf, size, "\\%c",
		    letter[at - plain]);
	return (size_t)snprintf(buf, size, "\\x%c%c", digits[c >> 4],
	    digits[c & 15]);
}

/* A path ends with a NUL if there is one, an abstract name with its length. */
static void
unix_name(const struct sockaddr_un *un, socklen_t len, char *buf, size_t size)
{
	size_t i, n, off = offsetof(struct sockaddr_un, sun_path);
	size_t max = len > off ? len - off : 0;
	const unsigned char *p = (const unsigned char *)un->sun_path;

	n = (size_t)snprintf(buf, size, "AF=%d \"%s", un->sun_family,
	    max == 0 ? "<anon>" : "");
	for (i = 0; i < max && n + 6 < size; i++) {
		if (p[i] == '\0' && *p != '\0')
			break;
		if (p[i] < ' ' || p[i] > '~')
			n += odd_name(p[i], buf + n, size - n);
		else
			buf[n++] = (char)p[i];
	}
	snprintf(buf + n, size - n, "\"");
}

/* A family that is not known has its bytes for a name, 14 of them. */
static void
other_name(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	size_t i, n, most = sizeof sa->sa_data, off = offsetof(struct sockaddr,
	    sa_data);
	unsigned cid, port;

	if (os_vsock_parts(sa, &cid, &port)) {
		snprintf(buf, size, "AF=%d cid:%u port:%u", sa->sa_family, cid,
		    port);
		return;
	}
	n = (size_t)snprintf(buf, size, "AF=%d 0x", sa->sa_family);
	for (i = 0; i < most; i++)
		n += (size_t)snprintf(buf + n, size - n, "%02x",
		    off + i < len ? (unsigned char)sa->sa_data[i] : 0);
}

/* socat tells the number of such a family twice, but of vsock. */
static void
twice_named(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	unsigned cid, port;
	int n = os_vsock_parts(sa, &cid, &port) ? 0 :
	    snprintf(buf, size, "AF=%d ", sa->sa_family);

	other_name(sa, len, buf + n, size - (size_t)n);
}

const char *
sock_name(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	const unsigned char *p;
	char text[INET_ADDRSTRLEN];

	if (len < sizeof sa->sa_family) {
		snprintf(buf, size, "AF=1 \"<anon>\"");
		return buf;
	}
	switch (sa->sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		snprintf(buf, size, "AF=%d %s:%u", AF_INET, text,
		    ntohs(in->sin_port));
		break;
	case AF_INET6:
		p = in6->sin6_addr.s6_addr;
		snprintf(buf, size, "AF=%d [%02x%02x:%02x%02x:%02x%02x:"
		    "%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x]:%u",
		    AF_INET6, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7],
		    p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15],
		    ntohs(in6->sin6_port));
		break;
	case AF_UNIX:
	case AF_UNSPEC:
		unix_name((const struct sockaddr_un *)sa, len, buf, size);
		break;
	default:
		twice_named(sa, len, buf, size);
	}
	return buf;
}

static void
six_plain(const struct sockaddr_in6 *in6, char *buf, size_t size)
{
	const unsigned char *p = in6->sin6_addr.s6_addr;
	unsigned port = ntohs(in6->sin6_port);
	char text[INET6_ADDRSTRLEN], scope[16] = "";

	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		snprintf(buf, size, "%u.%u.%u.%u:%u", p[12], p[13], p[14],
		    p[15], port);
		return;
	}
	if (in6->sin6_scope_id != 0)
		snprintf(scope, sizeof scope, "%%%u",
		    (unsigned)in6->sin6_scope_id);
	inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
	snprintf(buf, size, "[%s%s]:%u", text, scope, port);
}

static void
unix_plain(const struct sockaddr_un *un, socklen_t len, char *buf, size_t size)
{
	size_t off = offsetof(struct sockaddr_un, sun_path);
	int n = len > off ? (int)(len - off) : 0;

	if (n > 0 && un->sun_path[0] == '\0')
		snprintf(buf, size, "@%.*s", n - 1, un->sun_path + 1);
	else
		snprintf(buf, size, "%.*s", n, un->sun_path);
}

const char *
sock_plain(const struct sockaddr *sa, socklen_t len, char *buf, size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)sa;
	char text[INET_ADDRSTRLEN];

	*buf = '\0';
	switch (len < sizeof sa->sa_family ? AF_UNSPEC : sa->sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
		snprintf(buf, size, "%s:%u", text, ntohs(in->sin_port));
		break;
	case AF_INET6:
		six_plain((const struct sockaddr_in6 *)sa, buf, size);
		break;
	case AF_UNIX:
		unix_plain((const struct sockaddr_un *)sa, len, buf, size);
		break;
	case AF_UNSPEC:
		break;
	default:
		other_name(sa, len, buf, size);
	}
	return buf;
}
