/* addr/end.c: ends: set up, closed, and cleaned up after. */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../lib/os/cleanup.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/clock.h"
#include "addr.h"

void
end_init(struct end *e)
{
	memset(e, 0, sizeof *e);
	e->rfd = e->wfd = -1;
	e->escape = -1;
}

void
end_socket(struct end *e, int fd, int type)
{
	e->rfd = e->wfd = fd;
	e->half = type == SOCK_DGRAM ? HALF_NONE : HALF_SHUTDOWN;
	e->packet = e->packet_out = type != SOCK_STREAM;
	e->datagram = e->datagram_out = type == SOCK_DGRAM;
	e->stream = type == SOCK_STREAM;
	e->rsock = e->wsock = e->own = true;
}

void
end_own(struct end *e)
{
	e->own = true;
	if (e->rfd != -1)
		fd_nonblock(e->rfd);
	if (e->wfd != -1 && e->wfd != e->rfd)
		fd_nonblock(e->wfd);
}

int
fd_socktype(int fd)
{
	int type;
	socklen_t len = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ? 0 :
	    type;
}

/* Whether splice(2) may be tried: a stream socket or a pipe. */
bool
end_is_stream(int fd)
{
	struct stat st;

	return fd_socktype(fd) == SOCK_STREAM ||
	    (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode));
}

/* How the writing side of a descriptor that we did not make is shut. */
enum half
fd_half(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || isatty(fd))
		return HALF_NONE;
	return S_ISSOCK(st.st_mode) ? HALF_SHUTDOWN : HALF_CLOSE;
}

int
fd_owner(struct addr *a, int fd)
{
	const struct conf *c = &a->c;

	if (c->perm != -1 && fchmod(fd, (mode_t)c->perm) == -1)
		return error_set("fchmod(%d, 0%03llo):", fd,
		    (unsigned long long)c->perm);
	if ((c->user != -1 || c->group != -1) &&
	    fchown(fd, (uid_t)c->user, (gid_t)c->group) == -1)
		return error_set("fchown(%d, %lld, %lld):", fd, c->user,
		    c->group);
	return 0;
}

void
end_setup(struct end *e, struct addr *a)
{
	const struct conf *c = &a->c;

	e->family = a->family;
	if (c->half != -1)
		e->half = (enum half)c->half;
	e->eol = e->eol_out = (enum eol)c->eol;
	e->ignoreeof = c->ignoreeof > 0;
	e->null_eof = c->null_eof > 0;
	/* Closing is for the end: until then the other side knows nothing. */
	if (c->end_close > 0)
		e->half = HALF_NONE;
	e->cool_write = c->cool_write > 0;
	e->escape = (int)c->escape;
	e->readbytes = c->readbytes;
}

static void
fd_close(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

/*
 * Closes what the end holds open, restores its terminal, removes its
 * paths.  Standard descriptors stay open; what is unset is passed over.
 */
void
end_close(struct end *e)
{
	struct packet *p;

	if (e->restore)
		cleanup_ttys();
	if (self.leaving && e->own && e->made == NULL &&
	    e->other_made == NULL)
		return;
	if (e->wfd != e->rfd)
		fd_close(&e->wfd);
	fd_close(&e->rfd);
	e->wfd = -1;
	cleanup_remove(e->made);
	cleanup_remove(e->other_made);
	e->made = e->other_made = NULL;
	while ((p = e->queued) != NULL) {
		e->queued = p->next;
		free(p);
	}
}

void
fd_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
fd_cloexec(int fd, bool on)
{
	if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) == -1)
		return error_set("fcntl(%d, F_SETFD, %d):", fd, on);
	return 0;
}
