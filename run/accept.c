/* run/accept.c: a listener's loop: clients, children, signals and time. */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "../addr/family/socket.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "server.h"
#include "statistics.h"

/* Under load children and signals are looked at after so many clients. */
#define LOOK_EVERY	8

/* So many clients that were none make a pause: they may be always the same. */
#define FRUITLESS	256

/* A pool tells nobody of its clients: who wants to know looks. */
#define LOOK_MS		100

/* So often a link looks for its supervisor where no signal tells of its
 * death. */
#define PARENT_MS	1000

static bool
may_accept(struct server *s)
{
	long long most = s->listener->c.max_children;
	bool paused = pause_lasts(&s->pause);

	if (s->pooled && (s->load = pool_load()) != POOL_FULL)
		return false;
	if (most >= 0 && children_count() >= (size_t)most) {
		if (!s->full)
			log_notice("maxchildren are active, waiting");
		s->full = true;
		return false;
	}
	s->full = false;
	return !paused;
}

/* Says of clients that were turned away what is due. */
static void
look_at_drops(struct server *s)
{
	if (s->listener->drops.n > 0 || s->burst.until != 0)
		burst_look(&s->burst, &s->listener->drops, clock_ms());
}

/* As sig_poll(), but that children just forked may end unnoticed for now. */
static int
server_poll(const struct server *s, struct pollfd *p, nfds_t n, msec timeout)
{
	return children_owed() != -1 && server_reaps_later(s) ?
	    sig_poll_but(SIGCHLD, p, n, timeout) : sig_poll(p, n, timeout);
}

/* What comes without end is no reason to see nothing else. */
static void
look_around(struct server *s)
{
	if (++s->since_look < LOOK_EVERY)
		return;
	s->since_look = 0;
	server_reap(s);
	server_poll(s, NULL, 0, 0);
	if (sig_taken(SIGUSR1))
		statistics_asked(s->service, s->name);
	look_at_drops(s);
}

/* One that was none. */
static void
turned_away(struct server *s)
{
	look_at_drops(s);
	if (++s->fruitless % FRUITLESS == 0)
		pause_short(&s->pause);
}

/*
 * Takes one client: 0, also when it was turned away.  1 when none waits, -1
 * when the listener is broken.
 */
static int
accept_one(struct server *s)
{
	struct end e;
	int rc;

	end_init(&e);
	rc = addr_accept(s->listener, &e);
	if (rc == -1 && sock_lacks(errno)) {
		pause_begin(&s->pause, "accept()", false);
		return 1;
	}
	pause_over(&s->pause);
	if (rc == 0) {
		s->waiting = 0;
		server_spawn(s, &e);
	}
	if (rc == 2)
		turned_away(s);
	else
		s->fruitless = 0;
	if (rc == 0 || rc == 2) {
		look_around(s);
		return 0;
	}
	return rc;
}

/* Whether a client is being served; a pool's count from when seen. */
static bool
active(struct server *s)
{
	unsigned turns;
	bool serves;

	if (!s->pooled)
		return children_count() > 0;
	turns = pool_turns(&serves);
	if (serves || turns != s->turns)
		s->quiet = clock_ms();
	s->turns = turns;
	return serves;
}

/* Milliseconds to wait, -1 for ever; what wakes earlier comes by itself. */
static msec
poll_timeout(struct server *s)
{
	msec timeout = clock_msec(s->listener->c.accept_timeout), t;

	if (s->pause.until != 0)
		return clock_left(s->pause.until, clock_ms());
	if (s->pooled && s->load == POOL_ALERT)
		return POOL_LOOK_MS;
	if (s->pooled && (timeout > 0 || s->service->exit_idle > 0))
		return LOOK_MS;
	t = children_owed();
	if (t != -1)
		return t;
	if (s->burst.until != 0)
		t = burst_wait(&s->burst, clock_ms());
	if (s->waiting != 0)
		t = clock_sooner(t, clock_left(s->waiting + timeout,
		    clock_ms()));
	if (s->service->exit_idle > 0 && !active(s))
		t = clock_sooner(t, clock_left(s->quiet + s->service->exit_idle,
		    clock_ms()));
	return t;
}

/* A client waits and no child does: as many helpers as there may be. */
static void
helpers_add(struct server *s)
{
	long long most = s->listener->c.max_children;

	if (pool_expand(most < 0 ? SIZE_MAX :
	    (size_t)most - children_count()) == -1)
		pause_begin(&s->pause, "fork()", true);
	else
		pause_over(&s->pause);
}

/* Nothing came for so long: that is what accept-timeout is about. */
static bool
no_client(struct server *s)
{
	msec timeout = clock_msec(s->listener->c.accept_timeout);

	if (timeout == 0)
		return false;
	if (s->pooled)
		return !active(s) && clock_ms() - s->quiet >= timeout;
	return s->waiting != 0 && clock_ms() - s->waiting >= timeout;
}

/* accept-timeout runs from when a client could come, anew for each. */
static void
waiting_begin(struct server *s, bool open)
{
	if (s->listener->c.accept_timeout == 0 || s->pooled)
		return;
	if (!open)
		s->waiting = 0;
	else if (s->waiting == 0)
		s->waiting = clock_ms();
}

/* A pool's child that could not accept is the first to know why. */
static int
children_died(struct server *s)
{
	if (s->service->config->as_socat)
		log_notice("childdied(): handling signal %d", SIGCHLD);
	server_reap(s);
	if (!s->pooled)
		return 0;
	if (sock_recover(s->listener->lfd) == -1)
		return -1;
	if (pool_respawn() == -1)
		pause_begin(&s->pause, "fork()", true);
	return 0;
}

/* Whether the wait was for what is to be said of drops. */
static bool
drops_due(struct server *s)
{
	if (s->burst.until == 0 || clock_ms() < s->burst.until)
		return false;
	look_at_drops(s);
	return true;
}

/* Waits for something to happen; 1 when it is time to end well. */
static int
wait_for_work(struct server *s, bool open)
{
	struct pollfd p[] = {
		{ .fd = open ? s->listener->lfd : -1, .events = POLLIN },
		{ .fd = open ? s->listener->back : -1, .events = POLLIN },
		{ .fd = s->pooled ? pool_fd() : -1, .events = POLLIN },
	};
	msec timeout;
	int n, err;

	if (sig_taken(SIGUSR1))
		statistics_asked(s->service, s->name);
	waiting_begin(s, open);
	timeout = clock_sooner(poll_timeout(s),
	    s->pooled ? pool_timeout() : -1);
	if (server_looks_for_parent(s))
		timeout = clock_sooner(timeout, PARENT_MS);
	n = server_poll(s, p, 3, timeout);
	err = errno;
	if (n > 0 && p[2].revents != 0)
		pool_heard();
	if (sig_taken(SIGCHLD) && children_died(s) == -1)
		return -1;
	if (s->pooled && pool_respawn_due() && pool_respawn() == -1)
		pause_begin(&s->pause, "fork()", true);
	errno = err;
	if (n == -1 && err != EINTR && err != EAGAIN && err != ENOMEM)
		return error_set("poll():");
	if (n == -1 && err != EINTR)
		clock_nap(SHORTAGE_NS);
	if (n > 0 && p->revents & (POLLHUP | POLLNVAL))
		return error_set("listening socket %d is in error", p->fd);
	if (n > 0 && p->revents & POLLERR &&
	    sock_recover(s->listener->lfd) == -1)
		return -1;
	if (n > 0 && p->revents != 0 && s->pooled && may_accept(s))
		helpers_add(s);
	if (n == 0 && children_owed() != -1) {
		server_reap(s);
		return 0;
	}
	if (n != 0 || s->pause.until != 0 || drops_due(s))
		return 0;
	if (no_client(s)) {
		log_warn("accept: %s", strerror(ETIMEDOUT));
		return 1;
	}
	return s->service->exit_idle > 0 && !active(s) &&
	    clock_ms() - s->quiet >= s->service->exit_idle;
}

int
server_loop(struct server *s)
{
	int rc;

	while (!server_stop_wanted(s)) {
		bool open = may_accept(s);

		if (open && !s->pooled) {
			rc = accept_one(s);
			if (rc == 0)
				continue;
			if (rc == -1)
				return -1;
		}
		/* A pool's load changes by being looked at. */
		rc = wait_for_work(s, s->pooled ? open : may_accept(s));
		if (rc != 0)
			return rc;
	}
	return 1 + s->stop;
}
