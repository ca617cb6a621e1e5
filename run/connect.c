/* run/connect.c: a client with fork, which connects again and again. */

#include <signal.h>

#include "../lib/log.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "server.h"

/* Whether a child has ended, and who asks for statistics gets them. */
static void
client_look(struct server *s)
{
	if (sig_taken(SIGCHLD))
		server_reap(s);
	if (sig_taken(SIGUSR1))
		server_statistics(s);
}

/* Until there are fewer than max-children. */
static void
client_room(struct server *s)
{
	long long most = s->listener->c.max_children;

	s->full = most >= 0 && children_count() >= (size_t)most;
	while (most >= 0 && children_count() >= (size_t)most) {
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

	while ((left = clock_left(until, clock_ms())) > 0) {
		client_look(s);
		sig_poll(NULL, 0, left);
	}
}

/*
 * A client with fork: a child for each connection that it makes, one
 * after the other, with the interval between.
 */
int
serve_client(struct server *s)
{
	struct end e;
	pid_t pid;

	sig_wait_for(SIGCHLD);
	sig_wait_for(SIGUSR1);
	for (;;) {
		client_room(s);
		end_init(&e);
		if (addr_open(s->listener, &e) == -1)
			return -1;
		log_started();
		pid = server_fork(s);
		if (pid == 0)
			server_child(s, &e);
		if (pid != -1)
			server_forked(s, pid, &e);
		client_rest(s);
	}
}
