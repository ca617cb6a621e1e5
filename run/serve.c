/* run/serve.c: a pair of addresses, by the one that forks if there is one. */

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "../lib/cold.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "dump.h"
#include "readiness.h"
#include "serve.h"
#include "server.h"
#include "session.h"
#include "statistics.h"

/* One connection of the listener's, as a session with the other side. */
static HOT int
client_session(struct server *s, struct end *e)
{
	return s->listener == s->a ? session(s->service, s->a, s->b, e, NULL) :
	    session(s->service, s->a, s->b, s->fixed, e);
}

/* A client of a child in the pool; the process stays. */
static void
pool_client(void *context, struct end *e)
{
	struct server *s = context;

	if (dump_open(s->service, e) == -1 ||
	    addr_child_init(s->listener, e) == -1) {
		error_print(1);
		end_close(e);
		dump_close(s->service->config);
	} else
		client_session(s, e);
}

/*
 * Whether a child that served a client may no longer do what the next one
 * needs before it: files of -r, tables of tcpwrap=, the target itself.
 */
static bool
child_spent(const struct server *s)
{
	return proc_gives_up(s->other, true) ||
	    ((dump_each(s->service->config) || s->listener->access != NULL) &&
	    proc_gives_up(s->listener, false));
}

/*
 * pool=N, for connections of which each is a socket of its own; no more
 * than max-children.
 */
static int
pool_begin(struct server *s)
{
	long long n = s->listener->c.pool;
	long long most = s->listener->c.max_children;

	if (n <= 0 || s->fixed != NULL ||
	    s->listener->family->ops->attach != NULL)
		return 0;
	if (child_spent(s)) {
		log_warn("each connection has a process of its own, and none "
		    "of pool=: what it opens comes before su= and chroot=");
		return 0;
	}
	s->pooled = true;
	if (children_start() == -1)
		return -1;
	return pool_start(s->listener, most >= 0 && most < n ? most : n,
	    s->service, pool_client, s);
}

static int
serve_listener(struct server *s)
{
	int rc;

	sig_wait_for(SIGCHLD);
	sig_wait_for(SIGUSR1);
	if (s->service->supervised) {
		sig_wait_for(SIG_FINISH);
		sig_wait_for(SIG_END);
	} else if (s->service->drains) {
		sig_wait_for(SIGTERM);
		sig_wait_for(SIGINT);
	}
	if (s->service->exit_idle > 0 || s->listener->c.pool > 0)
		s->quiet = clock_ms();
	log_started();
	if (!s->service->supervised)
		ready_tell(s->nested ? -1 : s->service->config->ready_fd);
	rc = pool_begin(s) == -1 ? -1 : server_loop(s);
	burst_end(&s->burst, &s->listener->drops);
	if (rc == -1) {
		log_error("listener \"%s\" failed: %s",
		    s->listener->spec->text, last_error.words);
		statistics_last(s->service, s->name);
		sig_programs_end();
		addr_unlisten(s->listener);
		addr_unlock(s->a);
		addr_unlock(s->b);
		return 1;
	}
	if (rc >= 2)
		server_drain(s, rc == 2);
	sig_programs_end();
	addr_unlisten(s->listener);
	addr_unlock(s->a);
	addr_unlock(s->b);
	statistics_last(s->service, s->name);
	return 0;
}

static int
listener_open(struct addr *a)
{
	struct end unused;

	return a->lfd == -1 ? addr_open(a, &unused) : 0;
}

/* Serves by the address that forks; -1 with words in last_error. */
static int
serve_forks(struct server *s)
{
	if (!addr_listens(s->listener))
		return serve_client(s);
	return listener_open(s->listener) == -1 ? -1 : serve_listener(s);
}

/* Whether the second address forks as well: a child serves in its turn. */
static bool
nests(const struct server *s)
{
	return s->listener == s->a && addr_forks(s->b);
}

/*
 * As with socat each client of the first address has a listener, or a
 * client, of its own on the other side, which forks; its children share
 * that first client.
 */
static COLD int
serve_nested(struct server *s, struct end *e)
{
	struct server n = { .name = s->name, .a = s->a, .b = s->b,
	    .listener = s->b, .other = s->a, .fixed = e,
	    .service = s->service, .child = s->child, .pid = getpid(),
	    .nested = true, .mortal = s->service->supervised };
	int status;

	children_forget();
	/* What it listens for beyond a plain listener is its parent's. */
	s->service->supervised = s->service->drains = false;
	s->service->exit_idle = 0;
	/* Ends are closed here after each fork. */
	s->service->process->leaves = false;
	status = serve_forks(&n);
	if (status == -1)
		error_print(1);
	return status == -1 ? 1 : status;
}

/* Why there is no session.  To turn a client away is no failure of ours. */
static COLD void
unserved(void)
{
	if (last_error.code == ERROR_CLIENT)
		log_warn("%s", last_error.words);
	else
		error_print(1);
}

/* What a child does with its connection; its exit status. */
static HOT int
child_serve(struct server *s, struct end *e)
{
	if ((!nests(s) && dump_open(s->service, e) == -1) ||
	    (addr_listens(s->listener) &&
	    addr_child_init(s->listener, e) == -1)) {
		unserved();
		return 1;
	}
	return nests(s) ? serve_nested(s, e) : client_session(s, e);
}

/* The other side is open first, and shared by all. */
static int
serve_fixed(struct server *s, struct addr *a)
{
	struct end fixed;

	if (session_open(s->service, a, &fixed, NULL, false) == -1)
		return -1;
	s->fixed = &fixed;
	return serve_forks(s);
}

int
serve(struct addr *a, struct addr *b, struct service *service)
{
	static char name[400];	/* stays for a handler of signals */
	struct addr *forks = addr_forks(a) ? a : addr_forks(b) ? b : NULL;
	/* Here: a page that is written between two forks anyway. */
	struct server s = { .service = service, .name = name, .a = a, .b = b,
	    .listener = forks, .other = forks == a ? b : a,
	    .child = child_serve, .pid = getpid(), .parent = getppid() };
	const struct config *c = service->config;
	int status = -1;

	if (forks != NULL)
		log_never_waits(os_tty_again(STDERR_FILENO));
	if (service->tally == NULL && (forks != NULL || c->statistics))
		service->tally = os_shared(sizeof *service->tally);
	if (c->statistics && !service->supervised)
		statistics_at_signal(c, forks == NULL ? NULL : name,
		    service->tally);
	if (dump_prepare(c) == -1)
		goto fail;
	if (forks == NULL)
		return session(service, a, b, NULL, NULL);
	/* A link's statistics are its supervisor's; and of many links each
	 * page that their processes touch at the start counts. */
	if (!service->supervised)
		snprintf(name, sizeof name, "%.*s -> %.*s", addr_head(a),
		    a->spec->text, addr_head(b), b->spec->text);
	status = forks == b ? serve_fixed(&s, a) : serve_forks(&s);
	if (status != -1)
		return status;
fail:
	if (!session_refused(c)) {
		error_print(c->as_socat);
		status = 1;
	}
	addr_unlock(a);
	addr_unlock(b);
	return status;
}
