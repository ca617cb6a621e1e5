/* addr/net/sock.c: what is done with sockets, whoever uses them. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../../lib/clock.h"
#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "net.h"

void
sock_port_set(struct sockaddr *sa, unsigned port)
{
	/* sin_port and sin6_port stand at the same place. */
	((struct sockaddr_in *)sa)->sin_port = htons((uint16_t)port);
}

HOT unsigned
sock_port(const struct sockaddr *sa)
{
	return ntohs(((const struct sockaddr_in *)sa)->sin_port);
}

bool
sock_lacks(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM ||
	    err == ENOBUFS;
}

bool
sock_broken(int err)
{
	return err == EBADF || err == ENOTSOCK || err == EINVAL ||
	    err == EFAULT || err == ENOSYS;
}

bool
sock_listens(int fd)
{
	int yes = 0;
	socklen_t len = sizeof yes;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 &&
	    yes;
}

int
sock_recover(int fd)
{
	int err, type;
	socklen_t len = sizeof err, typelen = sizeof type;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &typelen) == -1)
		/* A queue of messages has none. */
		return errno == ENOTSOCK ? 0 : error_set("listening socket %d:", fd);
	if (type == SOCK_DGRAM || type == SOCK_RAW)
		os_take_errors(fd);
	else if (!sock_listens(fd))
		return error_set("listening socket %d listens no more", fd);
	return 0;
}

/*
 * Waits for a connection that is being made.  0, or -1 with errno; EINTR
 * when it is not being made after all: connect(2) was cut short before.
 */
static int
connect_wait(int fd, long long timeout_ns)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer, errlen = sizeof(int);
	int rc, err = 0;

	while ((rc = clock_wait_fd(fd, 'w', timeout_ns)) == -1 &&
	    errno == EINTR && !sig_ends())
		;
	if (rc == 0)
		errno = ETIMEDOUT;
	if (rc <= 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &errlen) == -1)
		return -1;
	if (err == 0 && getpeername(fd, (struct sockaddr *)&peer, &len) == -1)
		err = errno == ENOTCONN ? EINTR : errno;
	errno = err;
	return err == 0 ? 0 : -1;
}

/* connect(2) that waits no longer than timeout_ns, if that is not 0. */
HOT int
sock_connect_timed(int fd, const struct sockaddr *sa, socklen_t len,
    long long timeout_ns)
{
	int flags = 0, err, rc;

	if (timeout_ns > 0) {
		flags = fcntl(fd, F_GETFL);
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	}
	do {
		rc = connect(fd, sa, len);
		if (rc == -1 && (errno == EINPROGRESS ||
		    (errno == EINTR && !sig_ends())))
			rc = connect_wait(fd, timeout_ns > 0 ? timeout_ns :
			    -1);
	} while (rc == -1 && errno == EINTR && !sig_ends());
	if (timeout_ns > 0) {
		err = errno;
		fcntl(fd, F_SETFL, flags);
		errno = err;
	}
	return rc;
}

HOT bool
sock_same(const struct sockaddr *a, const struct sockaddr *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a,
	    *b6 = (const void *)b;

	if (a->sa_family != b->sa_family || sock_port(a) != sock_port(b))
		return false;
	if (a->sa_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a->sa_family == AF_INET6 && memcmp(&a6->sin6_addr,
	    &b6->sin6_addr, sizeof a6->sin6_addr) == 0 &&
	    a6->sin6_scope_id == b6->sin6_scope_id;
}

/*
 * A TCP socket whose own port is the one that it connects to opens a
 * connection with itself, RFC 9293 section 3.5, and so does one of UDP: what
 * is sent comes back.
 */
HOT bool
sock_meets_itself(int fd, const struct sockaddr *to)
{
	struct resolved here, peer;	/* with room for those of IP */

	here.len = peer.len = sizeof here.sa;
	return getsockname(fd, &here.sa.any, &here.len) == 0 &&
	    sock_port(&here.sa.any) == sock_port(to) &&
	    getpeername(fd, &peer.sa.any, &peer.len) == 0 &&
	    sock_same(&here.sa.any, &peer.sa.any);
}
