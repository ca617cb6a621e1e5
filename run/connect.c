/* run/connect.c: a client with fork, which connects again and again. */

#include <signal.h>

#include "../lib/log.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "server.h"
#include "statistics.h"

/* Whether a child has ended, and who asks for statistics gets them. */
static void
client_look(struct server *s)
{
	if (sig_taken(SIGCHLD))
		server_reap(s);
	if (sig_taken(SIGUSR1))
		statistics_asked(s->service, s->name);
}

/* Until there are fewer than max-children, or it is time to end. */
static void
client_room(struct server *s)
{
	long long most = s->listener->c.max_children;

	s->full = most >= 0 && children_count() >= (size_t)most;
	while (most >= 0 && children_count() >= (size_t)most &&
	    !server_stop_wanted(s)) {
		client_look(s);
		if (children_count() >= (size_t)most)
			sig_poll(NULL, 0, -1);
	}
	s->full = false;
}

static void
client_rest(struct server *s)
{
	msec until = clock_ms() + clock_msec(s->listener->c.interval), left;

	while ((left = clock_left(until, clock_ms())) > 0 &&
	    !server_stop_wanted(s)) {
		client_look(s);
		sig_poll(NULL, 0, left);
	}
}

/* Connects, and gives up when it is told to end. */
static int
client_open(struct server *s, struct end *e)
{
	int rc;

	end_init(e);
	sig_let(true);
	rc = addr_open(s->listener, e);
	sig_let(false);
	return rc;
}

/* A connection, and a child for it. */
static int
client_next(struct server *s)
{
	struct end e;
	pid_t pid;

	if (client_open(s, &e) == -1)
		return server_stop_wanted(s) ? 0 : -1;
	log_started();
	pid = server_fork(s);
	if (pid == 0)
		server_child(s, &e);
	if (pid != -1)
		server_forked(s, pid, &e);
	else
		end_close(&e);
	client_rest(s);
	return 0;
}

/*
 * A client with fork: a child for each connection that it makes, one
 * after the other, with the interval between.  Only that of a link can be
 * told to end in order; another one just ends, and leaves its children.
 */
int
serve_client(struct server *s)
{
	sig_wait_for(SIGCHLD);
	sig_wait_for(SIGUSR1);
	if (s->service->supervised) {
		sig_wait_for(SIG_FINISH);
		sig_wait_for(SIG_END);
	}
	while (client_room(s), !server_stop_wanted(s))
		if (client_next(s) == -1)
			return -1;
	server_drain(s, s->stop == 1);
	sig_programs_end();
	addr_unlock(s->a);
	addr_unlock(s->b);
	return 0;
}
