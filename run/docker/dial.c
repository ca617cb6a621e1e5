/* dial.c: where the engine is, and a connection to it that does not wait */

#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dial.h"

#define DEFAULT_HOST "unix:///var/run/docker.sock"
#define DEFAULT_PORT "2375"

static int
parse_unix(struct dial *d, const char *path, char *err, size_t errsize)
{
	struct sockaddr_un un;

	memset(&un, 0, sizeof(un));
	if (*path == '\0' || strlen(path) >= sizeof(un.sun_path)) {
		snprintf(err, errsize, "%s: a path of 1 to %zu bytes is "
		    "needed", d->text, sizeof(un.sun_path) - 1);
		return -1;
	}
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, strlen(path));
	memcpy(&d->addr, &un, sizeof(un));
	d->addrlen = sizeof(un);
	return 0;
}

/* Splits HOST[:PORT] in place; HOST may be an IPv6 address in brackets. */
static int
split_tcp(struct dial *d)
{
	char *p = d->split, *end;

	if (*p == '[') {
		if ((end = strchr(p, ']')) == NULL)
			return -1;
		d->node++;
		*end = '\0';
		p = end + 1;
		if (*p && *p != ':')
			return -1;
	} else {
		p += strcspn(p, ":");
	}
	d->service = *p ? p + 1 : DEFAULT_PORT;
	*p = '\0';
	return *d->node && *d->service &&
	    strspn(d->service, "0123456789") == strlen(d->service) ? 0 : -1;
}

static int
parse_tcp(struct dial *d, const char *text, char *err, size_t errsize)
{
	snprintf(d->split, sizeof(d->split), "%.*s",
	    (int)strcspn(text, "/"), text);
	d->node = d->split;
	if (split_tcp(d) == 0)
		return 0;
	snprintf(err, errsize, "%s: needs tcp://HOST:PORT", d->text);
	return -1;
}

/*
 * Takes the place of an engine, $DOCKER_HOST or the usual socket if host is
 * NULL. -1 with words in err if it is none that can be spoken to.
 */
int
dial_parse(struct dial *d, const char *host, char *err, size_t errsize)
{
	const char *tls = getenv("DOCKER_TLS_VERIFY");

	if (host == NULL) {
		host = getenv("DOCKER_HOST");
		if (tls && *tls && host && *host) {
			snprintf(err, errsize, "DOCKER_TLS_VERIFY is set, but "
			    "TLS is not spoken here: forward the engine's "
			    "socket, as by ssh -L");
			return -1;
		}
	}
	if (host == NULL || *host == '\0')
		host = DEFAULT_HOST;
	if (strlen(host) >= sizeof(d->text)) {
		snprintf(err, errsize, "too long an address of an engine");
		return -1;
	}
	strcpy(d->text, host);
	if (strncmp(host, "unix://", 7) == 0)
		return parse_unix(d, host + 7, err, errsize);
	if (*host == '/')
		return parse_unix(d, host, err, errsize);
	if (strncmp(host, "tcp://", 6) == 0)
		return parse_tcp(d, host + 6, err, errsize);
	snprintf(err, errsize, "%s: only unix:///PATH and tcp://HOST:PORT are "
	    "spoken here (for TLS or ssh forward the engine's socket)", host);
	return -1;
}

/*
 * Finds the address for what follows, the next one if the name has several.
 * This alone may wait, for a resolver. -1 with words if there is none.
 */
int
dial_resolve(struct dial *d, const char **why)
{
	struct addrinfo hints, *list, *ai;
	unsigned n = 0, i;
	int r;

	if (d->node == NULL)
		return 0;
	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if ((r = getaddrinfo(d->node, d->service, &hints, &list)) != 0) {
		*why = gai_strerror(r);
		return -1;
	}
	for (ai = list; ai; ai = ai->ai_next)
		n++;
	i = d->turn++ % n;
	for (ai = list; i--; ai = ai->ai_next)
		;
	memcpy(&d->addr, ai->ai_addr, ai->ai_addrlen);
	d->addrlen = ai->ai_addrlen;
	freeaddrinfo(list);
	return 0;
}

/*
 * Begins to connect; the descriptor is the caller's. *connected is 0 while
 * it goes on (poll for output, then ask SO_ERROR). -1 with errno.
 */
int
dial_open(const struct dial *d, int *connected)
{
	int fd = socket(d->addr.ss_family, SOCK_STREAM, 0), flags, err;

	if (fd == -1)
		return -1;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    (flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		goto fail;
	*connected = connect(fd, (const struct sockaddr *)&d->addr,
	    d->addrlen) == 0;
	if (*connected || errno == EINPROGRESS)
		return fd;
fail:
	err = errno;
	close(fd);
	errno = err;
	return -1;
}
