/*
 * addr/end/listen.c: listening addresses: a client taken, and the socket's end.
 *
 * The listening socket is the address's from open() or attach() on, and what
 * closes it or gives it away stands here.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../addr.h"

/* As addr_open() of a listening address, but the socket is there. */
int
addr_attach(struct addr *a, int fd)
{
	char name[SOCK_NAME_MAX];

	a->locallen = sizeof a->local;
	if (getsockname(fd, (struct sockaddr *)&a->local, &a->locallen) == -1)
		return error_set("getsockname(%d):", fd);
	a->lfd = fd;
	fd_nonblock(fd);
	log_notice("listening on %s (handed down as %d)",
	    sock_name((struct sockaddr *)&a->local, a->locallen, name,
	    sizeof name), fd);
	return a->family->ops->attach == NULL ? 0 : a->family->ops->attach(a);
}

/*
 * Takes a client that waits on a->lfd: 0, or 1 when there was none or it
 * was not let in, or -1 with words in last_error and errno.
 */
int
addr_accept(struct addr *a, struct end *e)
{
	int rc;

	end_init(e);
	rc = a->family->ops->accept(a, e);
	e->peer.accepted = rc == 0;
	return rc;
}

/* The first that was turned away is said, of others how many they were. */
static void
drops_log(struct drops *d, bool *said)
{
	if (d->n > 0 && *said)
		log_warn("%lu more: %s", d->n, d->words);
	else if (d->n > 0)
		log_warn("%s", d->words);
	*said = true;
	d->n = 0;
}

#define SHORT_NAP	100000000LL	/* in nanoseconds */

/* Whether there may be a client, after none was there; as clock_wait_fd(). */
static int
client_wait(struct addr *a, int rc, bool *said)
{
	long long timeout = a->c.accept_timeout;

	if (rc == 2) {
		if (!*said)
			drops_log(&a->drops, said);
		return 1;
	}
	if (rc == -1) {
		clock_nap(SHORT_NAP);
		return 1;
	}
	if (sock_recover(a->lfd) == -1)
		return -1;
	rc = clock_wait_fd(a->lfd, 'r', timeout > 0 ? timeout : -1);
	if (rc == 0) {
		errno = ETIMEDOUT;
		return error_set_code(ERROR_NO_CLIENT, "accept:");
	}
	return rc == -1 && errno != EINTR ? error_set("poll():") : 1;
}

/*
 * The same, but waits for the client, and no longer than accept-timeout:
 * -1 with ETIMEDOUT.
 */
int
addr_first(struct addr *a, struct end *e)
{
	bool said = false, lacks = false;
	int rc;

	while ((rc = addr_accept(a, e)) != 0) {
		if (rc == -1 && !sock_lacks(errno))
			break;
		if (rc == -1 && !lacks)
			log_error("%s; accepting pauses", last_error.words);
		lacks = rc == -1;
		if (client_wait(a, rc, &said) == -1)
			break;
	}
	drops_log(&a->drops, &said);
	return rc == 0 ? 0 : -1;
}

HOT void
listener_leave(const struct addr *a)
{
	if (a->lfd != -1)
		close(a->lfd);
}

void
listener_close(struct addr *a)
{
	listener_leave(a);
	a->lfd = -1;
}

int
listener_take(struct addr *a)
{
	int fd = a->lfd;

	a->lfd = -1;
	return fd;
}

/*
 * Whether this process opened it, not its parent: a child leaves that
 * alone, and does not even write to it, since that would copy pages.
 */
static bool
owned(const struct addr *a)
{
	return a->process->listener == 0 || (a->lfd != -1 &&
	    a->owner != a->process->listener && a->owner == getpid());
}

/* Closes the listening socket and removes its path. */
HOT void
addr_unlisten(struct addr *a)
{
	if (a->made != NULL) {
		cleanup_remove(a->made);
		a->made = NULL;
	}
	if (owned(a))
		listener_close(a);
}
