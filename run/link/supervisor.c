/*
 * run/link/supervisor.c: one process that watches over many links.
 *
 * It holds the listening sockets and hands them to the processes that serve
 * them, so that one can be replaced and nobody is refused.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "../../lib/clock.h"
#include "../children.h"
#include "../readiness.h"
#include "../statistics.h"
#include "stop.h"
#include "supervisor.h"

/* So many processes are started before somebody else has a turn. */
#define AT_ONCE	16

/* How often an idle supervisor looks whether it may end. */
#define IDLE_TICK_MS	250

/* What is wanted comes in the order of the links: near is where to begin. */
static struct link *
link_find(struct links *all, const char *key, struct link *near)
{
	struct link *l;

	for (l = near; l != NULL; l = l->next)
		if (strcmp(l->want.key, key) == 0)
			return l;
	for (l = all->first; l != near; l = l->next)
		if (strcmp(l->want.key, key) == 0)
			return l;
	return NULL;
}

static int
one_apply(struct links *all, struct link_spec *w, struct link **near)
{
	struct link *l = link_find(all, w->key, *near);
	bool up = w->up;

	if (l == NULL) {
		if (w->say != NULL)
			log_plain("%s", w->say);
		l = link_new(all, w);
		if (l == NULL)
			return -1;
	} else if (up && strcmp(l->want.b, w->b) != 0 &&
	    (link_retarget(all, l, w) == -1 ||
	    link_happen(all, l, EV_CHANGED) == -1))
		return -1;
	*near = l->next;
	l->seen = true;
	l->up = up;
	if (up && l->retry != 0)
		return 0;	/* in its time */
	return link_happen(all, l, up ? EV_UP : EV_DOWN);
}

/*
 * Makes what runs equal to what is wanted, by the difference.  -1 with
 * words in last_error when a link cannot be.
 */
static int
links_apply(struct links *all, struct link_set *s)
{
	struct link *l, **p, *near = all->first;
	size_t i;

	for (l = all->first; l != NULL; l = l->next)
		l->seen = false;
	for (i = 0; i < s->n; i++) {
		char key[24];

		memcpy(key, s->link[i].key, sizeof key);
		if (one_apply(all, &s->link[i], &near) == 0)
			continue;
		log_error("link %s: %s", key, last_error.words);
		if (all->source == NULL)
			return -1;
	}
	for (p = &all->first; (l = *p) != NULL; ) {
		if (l->seen) {
			p = &l->next;
			continue;
		}
		link_happen(all, l, EV_GONE);
		*p = l->next;
		link_free(all, l);
	}
	all->end = p;
	return 0;
}

static void
statistics(const struct links *all, void (*moved)(const struct config *,
    const struct moved *))
{
	char name[LINK_NAME_MAX];
	struct moved m = { .bytes = { 0 } };
	struct link *l;

	for (l = all->first; l != NULL; l = l->next)
		moved_add(&m, l->tally);
	moved(all->config, &m);
	for (l = all->first; l != NULL; l = l->next)
		statistics_link(all->config, link_name(l, name), l->tally);
}

/* When time alone changes something for a link of a container; -1: never. */
static msec
link_due(const struct links *all, const struct link *l)
{
	if (l->up && l->retry != 0)
		return l->retry;
	return l->state == HELD && !l->up ?
	    l->held + all->config->hold : -1;
}

/* How long until a link is due, or an idle look. */
static msec
poll_timeout(const struct links *all, msec now)
{
	const struct link_source *source = all->source;
	struct link *l;
	msec t = -1, due;

	if (all->config->exit_idle > 0)
		t = IDLE_TICK_MS;
	if (source == NULL)
		return t;
	for (l = all->first; l != NULL; l = l->next)
		if ((due = link_due(all, l)) != -1)
			t = clock_sooner(t, clock_left(due, now));
	return clock_sooner(t, source->timeout(source->state, now));
}

static int
links_time(struct links *all, msec now)
{
	struct link *l;
	msec due;

	if (all->source == NULL)
		return 0;
	for (l = all->first; l != NULL; l = l->next) {
		due = link_due(all, l);
		if (due == -1 || due > now)
			continue;
		if (!l->up)
			log_notice("link %s: closed until its container is "
			    "back", l->want.key);
		if (link_happen(all, l, l->up ? EV_UP : EV_EXPIRED) == -1 ||
		    (l->up && l->state == HELD && l->retry <= now &&
		    link_happen(all, l, EV_TURN) == -1))
			return -1;
	}
	return 0;
}

/* What the source wants by now. */
static int
source_apply(struct links *all)
{
	const struct link_source *source = all->source;
	struct link_set s = { NULL, 0 };
	int rc = source->wanted(source->state, &s);

	if (rc == 0)
		rc = links_apply(all, &s);
	link_set_clear(&s);
	return rc;
}

/* Since when there is no connection, and how many there had been. */
struct idle {
	msec since;
	unsigned long long clients;
};

/* Whether no link has had a connection for long enough. */
static bool
idle_enough(const struct links *all, struct idle *idle, msec now)
{
	unsigned long long clients = 0;
	struct link *l;

	if (all->config->exit_idle <= 0)
		return false;
	if (idle->since == 0)
		idle->since = now;
	for (l = all->first; l != NULL; l = l->next)
		if (l->tally != NULL) {
			clients += atomic_load(&l->tally->all);
			if (atomic_load(&l->tally->now) > 0)
				idle->since = now;
		}
	if (clients != idle->clients)
		idle->since = now;
	idle->clients = clients;
	return now - idle->since >= all->config->exit_idle;
}

static void
link_died(struct links *all, struct link *l, const char *how)
{
	char name[LINK_NAME_MAX];

	if (all->source != NULL)
		link_retry(l, how);
	else
		log_error("link %s %s; stopping the others",
		    link_name(l, name), how);
}

/* What came by signals; -1 nothing that ends, else the exit status. */
static int
signals(struct links *all)
{
	msec drain_ms = all->config->drain;
	int status;

	if (sig_taken(SIGUSR1))
		statistics(all, statistics_signal);
	if (sig_taken(SIGTERM) | sig_taken(SIGINT)) {
		os_notify("STOPPING=1");
		log_notice("stopping");
		stop_all(all, drain_ms);
		return 0;
	}
	if (sig_taken(SIGHUP)) {
		stop_all(all, -1);
		return 128 + SIGHUP;
	}
	if (sig_taken(SIGQUIT)) {
		stop_all(all, -1);
		return 128 + SIGQUIT;
	}
	if (sig_taken(SIGCHLD) && (status = stop_reap(link_died, all)) != 0 &&
	    all->source == NULL) {
		os_notify("STOPPING=1");
		stop_all(all, drain_ms);
		return status;
	}
	return -1;
}

static void
failed_print(const struct link *l)
{
	char name[LINK_NAME_MAX];

	log_error("link %s: %s", link_name(l, name), last_error.words);
	error_hint_print();
	last_error.hint[0] = '\0';
}

/*
 * Links have their processes in turn, a few at a time: a thousand take
 * seconds, and meanwhile all listen, and signals and the source are heard.
 * 1 when more wait, 0 when none does, -1 when one cannot be, which is said.
 */
static int
links_start(struct links *all)
{
	struct link *l;
	int n = 0;

	for (l = all->first; l != NULL; l = l->next) {
		if (l->state != HELD || !l->up || l->retry != 0)
			continue;
		if (n++ == AT_ONCE)
			return 1;
		if (link_happen(all, l, EV_TURN) == -1) {
			failed_print(l);
			return -1;
		}
	}
	return 0;
}

/* Once all that is known serves. */
static void
ready(struct links *all)
{
	if (all->ready ||
	    (all->source != NULL && !all->source->synced(all->source->state)))
		return;
	all->ready = true;
	ready_tell(all->ready_fd);
	all->ready_fd = -1;
}

static int
links_loop(struct links *all)
{
	const struct link_source *source = all->source;
	msec drain_ms = all->config->drain;
	struct idle idle = { 0, 0 };
	struct pollfd p[SOURCE_FDS];
	int n, status, more;
	bool changed;
	msec now;

	for (;;) {
		more = links_start(all);
		if (more == 0)
			ready(all);
		n = source == NULL ? 0 :
		    source->fds(source->state, p, SOURCE_FDS);
		sig_poll(p, (nfds_t)n, more != 0 ? 0 :
		    poll_timeout(all, clock_ms()));
		status = signals(all);
		if (status != -1)
			return status;
		now = clock_ms();
		changed = source != NULL &&
		    source->work(source->state, p, n, now) == 1;
		if (more == -1 || (changed && source_apply(all) == -1) ||
		    links_time(all, now) == -1) {
			stop_all(all, drain_ms);
			return 1;
		}
		if (idle_enough(all, &idle, now)) {
			log_notice("no connection for long enough");
			stop_all(all, drain_ms);
			return 0;
		}
	}
}

/* Sockets that were handed down go to the links that ask for them. */
static int
links_make(struct links *all, struct link_set *s)
{
	struct addr **a = calloc(s->n * 2 + 1, sizeof *a);
	size_t i, n = 0;
	struct link *l;
	int rc = 0;

	if (a == NULL)
		return error_set("out of memory");
	for (i = 0; i < s->n && rc == 0; i++) {
		if (s->link[i].say != NULL)
			log_plain("%s", s->link[i].say);
		l = link_new(all, &s->link[i]);
		if (l == NULL)
			rc = -1;
		else {
			a[n++] = l->a;
			a[n++] = l->b;
		}
	}
	if (rc == 0)
		activation_take(a, n);
	free(a);
	return rc;
}

/*
 * All listeners open before the first serves: all or nothing.  -1 when all
 * do, else the exit status.
 */
static int
links_open(struct links *all)
{
	struct link *l;
	int rc = 0, status = -1;

	for (l = all->first; l != NULL && status == -1 && rc == 0;
	    l = l->next) {
		rc = link_happen(all, l, EV_UP);
		if (rc == -1 && !sig_ends())
			failed_print(l);
		sig_poll(NULL, 0, 0);
		status = signals(all);
	}
	if (status != -1 || rc == 0)
		return status;
	stop_all(all, -1);
	return 1;
}

int
supervisor_run(struct link_set *s, const struct config *c,
    const struct link_source *source)
{
	static const int wait_for[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, SIGUSR1 };
	struct links all = { .config = c, .source = source,
	    .ready_fd = c->ready_fd };
	size_t i;
	int status;

	all.end = &all.first;
	log_never_waits(os_tty_again(STDERR_FILENO));
	for (i = 0; i < sizeof wait_for / sizeof *wait_for; i++)
		sig_wait_for(wait_for[i]);
	if (children_start() == -1 || links_make(&all, s) == -1) {
		error_print(0);
		return 1;
	}
	status = links_open(&all);
	if (status == -1) {
		log_started();
		status = links_loop(&all);
	}
	if (c->statistics)
		statistics(&all, statistics_moved);
	if (status != 0)
		log_notice("exit(%d)", status);
	return status;
}
