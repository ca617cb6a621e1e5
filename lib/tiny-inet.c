/* lib/tiny-inet.c: inet_pton(3) and its kin, for lib/tiny.c. */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Four numbers of up to three digits, none with a zero too many. */
static int
four_read(const char *p, unsigned char ip[4])
{
	unsigned n;
	int i, len;

	for (i = 0; i < 4; i++, p += len) {
		for (n = len = 0; len < 3 && isdigit((unsigned char)p[len]); )
			n = n * 10 + (unsigned)(p[len++] - '0');
		if (len == 0 || n > 255 || (len > 1 && *p == '0') ||
		    p[len] != (i < 3 ? '.' : '\0'))
			return 0;
		ip[i] = (unsigned char)n;
		len += i < 3;
	}
	return 1;
}

/* The forms of RFC 4291 section 2.2. */
static int
six_read(const char *p, unsigned char ip[16])
{
	int at = 0, gap = -1, len, i;
	unsigned n;

	memset(ip, 0, 16);
	if (*p == ':' && *++p != ':')
		return 0;
	for (; *p != '\0'; p += len) {
		if (*p == ':') {
			/* The second of two colons. */
			if (gap != -1)
				return 0;
			gap = at;
			len = 1;
			continue;
		}
		for (n = len = 0; len < 4 && isxdigit((unsigned char)p[len]);
		    len++)
			n = n << 4 | (unsigned)(p[len] <= '9' ? p[len] - '0' :
			    (p[len] | 32) - 'a' + 10);
		if (p[len] == '.' && at <= 12 && four_read(p, ip + at)) {
			at += 4;
			break;
		}
		if (len == 0 || at == 16 || (p[len] != ':' && p[len] != '\0'))
			return 0;
		ip[at++] = (unsigned char)(n >> 8);
		ip[at++] = (unsigned char)n;
		if (p[len] == ':' && p[++len] == '\0')
			return 0;
	}
	if (gap == -1 || at == 16)
		return gap == -1 && at == 16;
	/* What came after the gap goes to the end. */
	for (i = 15; at > gap; i--) {
		ip[i] = ip[--at];
		ip[at] = 0;
	}
	return 1;
}

int
inet_pton(int af, const char *restrict text, void *restrict ip)
{
	if (af == AF_INET)
		return four_read(text, ip);
	if (af == AF_INET6)
		return six_read(text, ip);
	errno = EAFNOSUPPORT;
	return -1;
}

/* IPv4 only: sock_name() writes the others in socat's way. */
const char *
inet_ntop(int af, const void *restrict ip, char *restrict text,
    socklen_t size)
{
	const unsigned char *b = ip;

	if (af != AF_INET) {
		errno = EAFNOSUPPORT;
		return NULL;
	}
	if ((socklen_t)snprintf(text, size, "%d.%d.%d.%d", b[0], b[1], b[2],
	    b[3]) < size)
		return text;
	errno = ENOSPC;
	return NULL;
}

/* The number of an interface: netdevice(7), SIOCGIFINDEX; or 0. */
unsigned
if_nametoindex(const char *name)
{
	struct ifreq r = { .ifr_ifindex = 0 };
	int fd;

	if (strlen(name) >= sizeof r.ifr_name)
		return 0;
	strcpy(r.ifr_name, name);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return 0;
	if (ioctl(fd, SIOCGIFINDEX, &r) == -1)
		r.ifr_ifindex = 0;
	close(fd);
	return (unsigned)r.ifr_ifindex;
}
