/* run/readiness.c: readiness and sockets that were handed down. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../addr/family/unix-name.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/num.h"
#include "../lib/os/os.h"
#include "readiness.h"

/* sd_listen_fds(3): the first descriptor that is handed down. */
#define LISTEN_FDS_START	3

/*
 * A newline to --ready-fd, which is closed then, and READY=1 to
 * $NOTIFY_SOCKET, sd_notify(3).
 */
void
ready_tell(int ready_fd)
{
	if (ready_fd != -1) {
		while (write(ready_fd, "\n", 1) == -1 && errno == EINTR)
			;
		if (ready_fd > STDERR_FILENO)
			close(ready_fd);
	}
	os_notify("READY=1");
}

static unsigned
port_of(const struct sockaddr_storage *sa)
{
	return ntohs(((const struct sockaddr_in *)sa)->sin_port);
}

static bool
fits_name(const struct addr *a, const struct sockaddr_un *un)
{
	size_t abstract = un->sun_path[0] == '\0';

	return a->family->domain == AF_UNIX &&
	    unix_is_abstract(a) == abstract && strncmp(a->param[0],
	    un->sun_path + abstract, sizeof un->sun_path - abstract) == 0;
}

/* Whether the socket is what the address would open. */
static bool
fits(const struct addr *a, int fd)
{
	struct sockaddr_storage sa = { 0 };	/* a name may have no end */
	socklen_t len = sizeof sa, typelen = sizeof(int);
	int type = 0;
	unsigned port;

	if (!addr_listens(a) || a->lfd != -1 || a->given != -1 ||
	    a->nparam == 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &typelen) == -1 ||
	    type != sock_type(a, a->family->type))
		return false;
	if (sa.ss_family == AF_UNIX)
		return fits_name(a, (const struct sockaddr_un *)&sa);
	return family_is_inet(a->family) &&
	    port_check(a->param[0], type == SOCK_DGRAM ? "udp" : "tcp",
	    &port) == 0 &&
	    port == port_of(&sa);
}

/* A socket at which clients wait: for connections, or with datagrams. */
static bool
listens(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa, intlen = sizeof(int);
	int on = 0, type = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &intlen) == 0 && on)
		return true;
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &intlen) == 0 &&
	    type == SOCK_DGRAM &&
	    getpeername(fd, (struct sockaddr *)&sa, &len) == -1;
}

/* Whether one of the addresses, or its writing half, names it. */
static bool
named(struct addr *const *a, size_t n, int fd)
{
	const struct addr *half;
	size_t i;

	for (i = 0; i < n; i++)
		for (half = a[i]; half != NULL; half = half->other)
			if (half->given == fd)
				return true;
	return false;
}

/* Nobody is left to wait at a socket that nobody serves. */
static void
hand_over(struct addr *const *a, size_t n, int fd)
{
	size_t i;

	if (fcntl(fd, F_GETFD) == -1)
		return;
	for (i = 0; i < n && !fits(a[i], fd); i++)
		;
	if (i < n) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (addr_attach(a[i], fd) == -1)
			log_warn("%s", last_error.words);
	} else if (listens(fd)) {
		log_warn("handed down descriptor %d fits no address", fd);
		close(fd);
	} else
		log_notice("handed down descriptor %d fits no address and is "
		    "left alone", fd);
}

void
activation_take(struct addr *const *a, size_t n)
{
	static const char *const names[] = { "LISTEN_FDS", "LISTEN_PID",
	    "LISTEN_FDNAMES", "LISTEN_PIDFDID" };
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	long long p, count;
	size_t i;
	int fd;

	if (pid == NULL || fds == NULL ||
	    num_int(pid, 1, 1LL << 31, &p) != NUM_OK || p != getpid() ||
	    num_int(fds, 1, 4096, &count) != NUM_OK)
		return;
	for (fd = LISTEN_FDS_START; fd < LISTEN_FDS_START + count; fd++)
		if (!named(a, n, fd))
			hand_over(a, n, fd);
	for (i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
}
