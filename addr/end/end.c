/* addr/end/end.c: ends: made of descriptors, used, closed. */

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/os/tty.h"
#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../addr.h"

HOT void
end_init(struct end *e)
{
	memset(e, 0, sizeof *e);
	e->rfd = e->wfd = e->kept = -1;
	e->in.escape = -1;
	e->ops = &end_plain_ops;
}

HOT ssize_t
end_recv(struct end *e, void *buf, size_t size)
{
	return recv(e->rfd, buf, size, MSG_DONTWAIT);
}

HOT ssize_t
end_send(struct end *e, const void *buf, size_t size)
{
	return send(e->wfd, buf, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

size_t
end_next_size(struct end *e)
{
	int n = os_next_size(e->rfd);

	return n > 0 ? (size_t)n : 0;
}

/* A terminal whose other side is gone says EIO. */
static ssize_t
plain_read(struct end *e, void *buf, size_t size)
{
	ssize_t n = read(e->rfd, buf, size);

	if (n == -1 && errno == EIO) {
		if (isatty(e->rfd))
			return 0;
		errno = EIO;
	}
	return n;
}

static ssize_t
plain_write(struct end *e, const void *buf, size_t size)
{
	return write(e->wfd, buf, size);
}

static ssize_t
given_read(struct end *e, void *buf, size_t size)
{
	return e->in.can & END_NOWAIT ? end_recv(e, buf, size) :
	    plain_read(e, buf, size);
}

/*
 * A pipe that others write to as well keeps its mode, and poll(2) only
 * promises a little room.
 */
static ssize_t
given_write(struct end *e, const void *buf, size_t size)
{
	if (e->out.can & END_NOWAIT)
		return end_send(e, buf, size);
	if (size > os_pipe_room &&
	    (e->out.half == HALF_CLOSE || isatty(e->wfd)))
		size = os_pipe_room;
	return write(e->wfd, buf, size);
}

static size_t
given_next_size(struct end *e)
{
	return e->in.can & END_RECORDS ? end_next_size(e) : 0;
}

HOT void
end_half_close(struct end *e)
{
	switch (e->out.half) {
	case HALF_SHUTDOWN:
		shutdown(e->wfd, SHUT_WR);
		e->out.shut = true;
		break;
	case HALF_CLOSE:
		close(e->wfd);
		if (e->rfd == e->wfd)
			e->rfd = -1;
		e->wfd = -1;
		break;
	case HALF_NULL:
		while (send(e->wfd, "", 0, MSG_NOSIGNAL) == -1 &&
		    errno == EINTR)
			;
		break;
	case HALF_NONE:
	case HALF_NOTIFY:
	case HALF_EOT:
		break;
	}
}

const struct end_ops end_plain_ops = {
	.read = plain_read, .write = plain_write, .half_close = end_half_close
};
const struct end_ops end_given_ops = {
	.read = given_read, .write = given_write,
	.half_close = end_half_close, .next_size = given_next_size
};
const struct end_ops end_stream_ops = {
	.read = end_recv, .write = end_send, .half_close = end_half_close
};
const struct end_ops end_record_ops = {
	.read = end_recv, .write = end_send, .half_close = end_half_close,
	.next_size = end_next_size
};

/* What can be relied on with a socket of a type, read or written. */
static unsigned
socket_can(int type)
{
	unsigned can = END_NOWAIT;

	if (type == SOCK_STREAM)
		can |= END_SPLICE | END_URGENT;
	else
		can |= END_RECORDS;
	return can | (type == SOCK_DGRAM ? END_EMPTY | END_LOOSE :
	    END_WATCHED);
}

HOT void
end_socket(struct end *e, int fd, int type)
{
	e->rfd = e->wfd = fd;
	e->ops = type == SOCK_STREAM ? &end_stream_ops : &end_record_ops;
	e->in.can = e->out.can = socket_can(type) | END_EXCLUSIVE;
	e->out.half = type == SOCK_DGRAM ? HALF_NONE : HALF_SHUTDOWN;
}

HOT void
end_resets(struct end *e)
{
	e->in.can |= END_RESET;
	e->out.can |= END_RESET;
}

void
end_plain(struct end *e, int rfd, int wfd, enum half half, unsigned can)
{
	e->rfd = rfd;
	e->wfd = wfd;
	e->ops = &end_plain_ops;
	e->in.can = e->out.can = can | END_NOWAIT | END_EXCLUSIVE;
	e->out.half = half;
	if (rfd != -1)
		fd_nonblock(rfd);
	if (wfd != -1 && wfd != rfd)
		fd_nonblock(wfd);
}

static bool
is_inet(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;

	return getsockname(fd, (struct sockaddr *)&sa, &len) == 0 &&
	    (sa.ss_family == AF_INET || sa.ss_family == AF_INET6);
}

static unsigned
given_can(int fd)
{
	int type = fd == -1 ? 0 : fd_socktype(fd);
	struct stat st;

	if (fd == -1)
		return 0;
	if (type == 0)
		return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) ?
		    END_HEARD | END_SPLICE : END_HEARD;
	return socket_can(type) | (type == SOCK_STREAM && is_inet(fd) ?
	    END_RESET : 0);
}

/* How the writing side of a descriptor that we did not make is shut. */
static enum half
fd_half(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || isatty(fd))
		return HALF_NONE;
	return S_ISSOCK(st.st_mode) ? HALF_SHUTDOWN : HALF_CLOSE;
}

void
end_only(const struct addr *a, const char *way)
{
	log_warn("address is opened in %s mode but only supports %s",
	    a->reads && a->writes ? "read-write" : a->reads ? "read-only" :
	    "write-only", way);
}

void
end_given(struct end *e, int rfd, int wfd)
{
	e->rfd = rfd;
	e->wfd = wfd;
	e->ops = &end_given_ops;
	e->in.can = given_can(rfd);
	e->out.can = given_can(wfd);
	/* splice(2) asks the socket whether to wait, and others do as well. */
	if (e->out.can & END_NOWAIT)
		e->out.can &= ~(unsigned)END_SPLICE;
	e->out.half = wfd == -1 ? HALF_NONE : fd_half(wfd);
	/* Closed for writing it could not be read from any more. */
	if (wfd == rfd && e->out.half == HALF_CLOSE)
		e->out.half = HALF_NONE;
}

static HOT void
end_keep(struct end *e, const struct end *other)
{
	if (e->wfd == -1 || (e->wfd != other->wfd && e->wfd != other->rfd))
		return;
	if (e->halves != NULL)
		e = &e->halves[TO];
	if (e->out.half == HALF_CLOSE)
		e->out.half = HALF_NONE;
}

HOT void
end_share(struct end *a, struct end *b)
{
	end_keep(a, b);
	end_keep(b, a);
}

HOT void
end_setup(struct end *e, struct addr *a)
{
	const struct conf *c = &a->c;

	if (c->half != -1)
		e->out.half = (enum half)c->half;
	/* Closing is for the end: until then the other side knows nothing. */
	if (c->end_close > 0)
		e->out.half = HALF_NONE;
	e->out.eol = e->in.eol = (enum eol)c->eol;
	e->out.cool_write = c->cool_write > 0;
	e->in.ignoreeof = c->ignoreeof > 0;
	e->in.escape = (int)c->escape;
	e->in.readbytes = c->readbytes;
	if (c->null_eof > 0)
		e->in.can &= ~(unsigned)END_EMPTY;
}

const struct peer *
end_peer(struct end *e)
{
	struct sock_addr *there = &e->peer.remote, *here = &e->peer.local;
	const struct peer *p;
	int fd = e->rfd != -1 ? e->rfd : e->wfd;

	if (e->halves != NULL) {
		p = end_peer(&e->halves[FROM]);
		return p->remote.len > 0 ? p : end_peer(&e->halves[TO]);
	}
	if (there->len == 0) {
		there->len = sizeof there->sa;
		if (getpeername(fd, &there->sa.any, &there->len) == -1)
			there->len = 0;
	}
	if (here->len == 0) {
		here->len = sizeof here->sa;
		if (getsockname(fd, &here->sa.any, &here->len) == -1)
			here->len = 0;
	}
	return &e->peer;
}

HOT ssize_t
end_read(struct end *e, void *buf, size_t size)
{
	struct pushback *p = e->pushback;

	if (p == NULL)
		return e->ops->read(e, buf, size);
	if (size > p->len)
		size = p->len;
	memcpy(buf, p->data, size);
	e->pushback = p->next;
	free(p);
	return (ssize_t)size;
}

HOT bool
end_in_hand(const struct end *e)
{
	return e->pushback != NULL ||
	    (e->ops->in_hand != NULL && e->ops->in_hand(e));
}

void
end_write_call(struct end *e, const void *data, size_t len, char *buf,
    size_t size)
{
	if (e->ops->write_call != NULL)
		e->ops->write_call(e, data, len, buf, size);
	else
		snprintf(buf, size, "write(%d, %p, %zu)", e->wfd, data, len);
}

COLD const char *
end_own_failure(const struct end *e)
{
	return e->ops->failure == NULL ? "" : e->ops->failure(e);
}

COLD const char *
end_failure(const struct end *e, int err)
{
	const char *words = err != EPROTO ? "" : end_own_failure(e);

	return *words != '\0' ? words : strerror(err);
}

HOT bool
end_close_tells(const struct end *e)
{
	return e->out.can & END_EXCLUSIVE && (e->out.half == HALF_SHUTDOWN ||
	    e->out.half == HALF_NOTIFY);
}

void
end_abort(struct end *e)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (e->out.can & END_RESET && e->wfd != -1)
		setsockopt(e->wfd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

HOT pid_t *
end_program(struct end *e, int i)
{
	if (e->halves != NULL)
		return i < 2 ? &e->halves[i].pid : NULL;
	return i == 0 ? &e->pid : NULL;
}

HOT bool
end_has_program(struct end *e)
{
	pid_t *pid;
	int i;

	for (i = 0; (pid = end_program(e, i)) != NULL; i++)
		if (*pid != 0)
			return true;
	return false;
}

HOT void
end_finish(struct end *e, enum ending how)
{
	if (e->ops->finish != NULL)
		e->ops->finish(e, how);
}

static void
fd_close(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

/* Leaves no descriptor, path or memory behind. */
static void
end_release(struct end *e)
{
	struct pushback *p;

	if (e->ops->release != NULL)
		e->ops->release(e);
	if (e->wfd != e->rfd)
		fd_close(&e->wfd);
	fd_close(&e->rfd);
	fd_close(&e->kept);
	e->wfd = -1;
	cleanup_remove(e->made);
	e->made = NULL;
	while ((p = e->pushback) != NULL) {
		e->pushback = p->next;
		free(p);
	}
}

static HOT void
close_or_leave(struct end *e, bool leave)
{
	if (e->restore)
		tty_give_back();
	if (e->halves != NULL) {
		close_or_leave(&e->halves[FROM], leave);
		close_or_leave(&e->halves[TO], leave);
		free(e->halves);
		e->halves = NULL;
		e->rfd = e->wfd = -1;
		return;
	}
	if (!leave || e->made != NULL ||
	    !(e->in.can & e->out.can & END_EXCLUSIVE))
		end_release(e);
}

void
end_close(struct end *e)
{
	close_or_leave(e, false);
}

HOT void
end_leave(struct end *e)
{
	close_or_leave(e, true);
}
