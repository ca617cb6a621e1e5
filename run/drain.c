/* run/drain.c: a server is told to stop, and lets finish what runs. */

#include <signal.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "server.h"

/* A signal is no second one so soon after the first: see run/link/stop.c. */
#define AGAIN_MS	300

/* What a session of datagrams has for its answer when it is to stop. */
#define ANSWER_MS	1000

bool
server_looks_for_parent(const struct server *s)
{
	return s->service->supervised && !os_tells_of_death;
}

/* Whether the listener is to end, now or since some time. */
int
server_stop_wanted(struct server *s)
{
	int stop;

	if (!s->service->drains)
		return 0;
	if (!s->service->supervised)
		stop = sig_taken(SIGTERM) | sig_taken(SIGINT);
	else
		stop = sig_taken(SIG_END) ? 2 : sig_taken(SIG_FINISH);
	if (server_looks_for_parent(s) && getppid() != s->parent)
		stop = 2;
	if (stop > s->stop)
		s->stop = stop;
	return s->stop;
}

/* A second signal, and not the same that came twice: see run/link/stop.c. */
static bool
hurried(struct server *s, msec begun)
{
	int stop = server_stop_wanted(s);

	s->stop = 0;
	return stop == 2 || (stop == 1 && !s->service->supervised &&
	    clock_ms() - begun >= AGAIN_MS);
}

/* Peers of datagrams never say that they have finished. */
static msec
drain_time(struct server *s)
{
	msec most = s->service->drain;

	return s->listener->family->ops->attach != NULL && most > ANSWER_MS ?
	    ANSWER_MS : most;
}

void
server_drain(struct server *s, bool gently)
{
	msec begun = clock_ms(), until = begun, left;

	if (gently)
		until += drain_time(s);
	s->stop = 0;		/* that one is seen to */
	log_notice("stopping: %zu connections are finishing",
	    children_count());
	addr_unlisten(s->listener);
	if (s->pooled)
		pool_stop();
	children_sweep();
	while (children_count() > 0 && (left = until - clock_ms()) > 0) {
		sig_poll(NULL, 0, left);
		children_sweep();
		if (hurried(s, begun))
			break;
	}
	children_end();
}
