/*
 * run/link/supervisor.c: one process that watches over many links.
 *
 * A table says what each event does to a link in each state.  The
 * supervisor holds the listening sockets and hands them to the processes
 * that serve them, so that one can be replaced and nobody is refused.
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
#include "../readiness.h"
#include "../serve.h"
#include "../statistics.h"
#include "../target.h"
#include "stop.h"
#include "supervisor.h"

/* A container's link that failed is tried again, later each time. */
#define RETRY_FIRST_MS	1000
#define RETRY_LAST_MS	60000

/* How often an idle supervisor looks whether it may end. */
#define IDLE_TICK_MS	250

enum event {
	EV_UP,			/* wanted, and its target is there */
	EV_DOWN,		/* wanted, its target is away */
	EV_CHANGED,		/* wanted, with another target */
	EV_GONE,		/* not wanted any more */
	EV_EXPIRED,		/* held long enough */
	EVENTS
};

static struct link *links, **links_end = &links;
static const struct super_options *options;

/*
 * The listening sockets of all links, for their children: to look at each
 * link would cost a child a page or two of each.
 */
static struct {
	int *fd;
	size_t n;
	bool known;		/* nothing was opened or closed since */
} sockets;

/* In the parent; -1 with words in last_error. */
static int
sockets_find(void)
{
	struct link *l;
	size_t n = 0;
	int *fd;

	if (sockets.known)
		return 0;
	for (l = links; l != NULL; l = l->next)
		n += 2;
	fd = realloc(sockets.fd, (n + 1) * sizeof *fd);
	if (fd == NULL)
		return error_set("out of memory");
	sockets.fd = fd;
	for (n = 0, l = links; l != NULL; l = l->next) {
		if (l->a->lfd != -1)
			fd[n++] = l->a->lfd;
		if (l->b->lfd != -1)
			fd[n++] = l->b->lfd;
	}
	sockets.n = n;
	sockets.known = true;
	return 0;
}

/* Mostly they were opened one after the other, and are closed at one go. */
static void
others_close(const struct link *l)
{
	int first = -1, last = -1, fd;
	size_t i;

	for (i = 0; i < sockets.n; i++) {
		fd = sockets.fd[i];
		if (fd == l->a->lfd || fd == l->b->lfd)
			continue;
		if (first != -1 && fd != last + 1)
			os_close_range(first, last);
		if (first == -1 || fd != last + 1)
			first = fd;
		last = fd;
	}
	if (first != -1)
		os_close_range(first, last);
}

/* The process of a link: it has nothing of the others. */
static _Noreturn void
link_child(struct link *l, pid_t supervisor)
{
	struct serve_options o = { .ready_fd = -1, .drain = true,
	    .supervised = true, .drain_ms = options->drain_ms };
	struct target t = { .follow = options->hold_ms,
	    .board = l->news.read };
	struct link *other;

	sig_obey(supervisor, true);
	sig_child();
	if (options->source != NULL)
		options->source->leave(options->source->state);
	for (other = os_board_inherited ? links : NULL; other != NULL;
	    other = other->next)
		os_board_child(&other->news);
	others_close(l);
	os_parent_death(supervisor, SIG_END);
	tally = l->tally;
	if (t.board != NULL) {
		t.generation = atomic_load(&t.board->generation);
		/* Clients that wait are not cut while they may hope. */
		if (o.drain_ms < options->hold_ms)
			o.drain_ms = options->hold_ms;
		settings.target = &t;
	}
	l->b->of_link = l->want.target[0] != '\0';
	settings.link = l->want.target[0] != '\0' ? l->want.key : NULL;
	if (l->want.udp && settings.idle == 0)
		settings.idle = 60000;
	if (options->ambassador && !l->want.udp)
		settings.half_close = options->half_close_ms;
	_exit(serve(l->a, l->b, &o));
}

/* What the processes of a link share is no other link's. */
static void
link_inherit(struct link *l, bool yes)
{
	if (l->tally != NULL)
		os_inherit(l->tally, sizeof *l->tally, yes);
	if (l->news.read != NULL)
		os_inherit(l->news.read, l->news.size, yes);
}

static int
link_start(struct link *l)
{
	pid_t pid, supervisor = getpid();

	if (l->news.write != NULL)
		board_up(l->news.write, l->want.b);
	if (sockets_find() == -1)
		return -1;
	link_inherit(l, true);
	pid = fork();
	if (pid == 0)
		link_child(l, supervisor);
	link_inherit(l, false);
	if (pid == -1)
		return error_set("fork():");
	l->pid = pid;
	l->state = RUNNING;
	l->started = clock_ms();
	if (l->retry != 0)
		log_notice("link %s: goes on", link_name(l));
	l->retry = 0;
	return 0;
}

/* Opens the listening socket; the next best kind if this one is lacking. */
static int
link_open(struct link *l)
{
	static struct end unused;
	struct addr *other;

	if (l->a->lfd != -1 || !addr_listens(l->a))
		return 0;
	sockets.known = false;
	if (addr_open(l->a, &unused) == 0)
		return 0;
	if (l->want.fallback == NULL || (errno != EAFNOSUPPORT &&
	    errno != EADDRNOTAVAIL && errno != EINVAL))
		return -1;
	if (addr_parse(&settings, l->want.fallback, true, true, &other) == -1)
		return -1;
	addr_free(l->a);
	l->a = other;
	return addr_open(l->a, &unused);
}

/*
 * Each action leaves the link in the state that the table promises, or one
 * on the way to it if it fails.
 */
static int
act_open(struct link *l)
{
	if (link_open(l) == -1)
		return -1;
	/* If it cannot be served yet, clients wait. */
	l->state = HELD;
	l->held = clock_ms();
	return link_start(l);
}

static int
act_start(struct link *l)
{
	return link_start(l);
}

/*
 * Connections to a target that is away are ended, not left hanging; but
 * one that is stopping may still be answering, so they get the drain time.
 */
static int
act_hold(struct link *l)
{
	stop_leave(l->pid, SIG_FINISH);
	l->pid = 0;
	if (l->news.write != NULL)
		board_down(l->news.write);
	l->held = clock_ms();
	l->state = HELD;
	return 0;
}

static int
act_replace(struct link *l)
{
	stop_leave(l->pid, SIG_FINISH);
	l->pid = 0;
	return link_start(l);
}

static int
act_close(struct link *l)
{
	if (l->pid != 0)
		stop_leave(l->pid, SIG_FINISH);
	l->pid = 0;
	addr_unlisten(l->a);
	sockets.known = false;
	l->state = CLOSED;
	return 0;
}

static int
act_none(struct link *l)
{
	(void)l;
	return 0;
}

#define IMPOSSIBLE NULL

static int (*const table[STATES][EVENTS])(struct link *) = {
	[CLOSED] = {
		[EV_UP] = act_open, [EV_DOWN] = act_none,
		[EV_CHANGED] = act_none, [EV_GONE] = act_none,
		[EV_EXPIRED] = IMPOSSIBLE,
	},
	[HELD] = {
		[EV_UP] = act_start, [EV_DOWN] = act_none,
		[EV_CHANGED] = act_none, [EV_GONE] = act_close,
		[EV_EXPIRED] = act_close,
	},
	[RUNNING] = {
		[EV_UP] = act_none, [EV_DOWN] = act_hold,
		[EV_CHANGED] = act_replace, [EV_GONE] = act_close,
		[EV_EXPIRED] = IMPOSSIBLE,
	},
};

/*
 * A link of a container has failed, for the reason in words: the others go
 * on, and so may it.  One that ran for long enough begins anew.
 */
static void
link_retry(struct link *l, const char *words)
{
	msec now = clock_ms();

	if (l->pause == 0 ||
	    (l->started != 0 && now - l->started >= l->pause))
		l->pause = RETRY_FIRST_MS;
	else if (l->pause < RETRY_LAST_MS / 2)
		l->pause *= 2;
	else
		l->pause = RETRY_LAST_MS;
	l->started = 0;
	l->retry = now + l->pause;
	log_error("link %s: %s; trying again in %lld s", link_name(l), words,
	    l->pause / 1000);
	if (l->pause == RETRY_FIRST_MS)
		error_hint_print();
	last_error.hint[0] = '\0';
}

/* -1 with words in last_error when all links have to end for it. */
static int
happen(struct link *l, enum event e)
{
	if (table[l->state][e] == IMPOSSIBLE)
		return error_set("link %s: event %d in state %d", l->want.key,
		    e, l->state);
	if (table[l->state][e](l) == 0)
		return 0;
	if (options->source == NULL)
		return -1;
	link_retry(l, last_error.words);
	return 0;
}

/* What is wanted comes in the order of the links: near is where to begin. */
static struct link *
link_find(const char *key, struct link *near)
{
	struct link *l;

	for (l = near; l != NULL; l = l->next)
		if (strcmp(l->want.key, key) == 0)
			return l;
	for (l = links; l != near; l = l->next)
		if (strcmp(l->want.key, key) == 0)
			return l;
	return NULL;
}

static void
link_free(struct link *l)
{
	struct link_set one = { malloc(sizeof l->want), 1 };

	if (one.link != NULL) {
		*one.link = l->want;
		link_set_clear(&one);
	}
	if (l->tally != NULL)
		os_unshare(l->tally, sizeof *l->tally);
	os_board_close(&l->news);
	sockets.known = false;
	addr_free(l->a);
	addr_free(l->b);
	free(l);
}

/* Takes over the strings of w; NULL with words in last_error. */
static struct link *
link_new(struct link_spec *w)
{
	static const bool use[3][2] = {
		{ true, true }, { true, false }, { false, true }
	};
	const bool *u = use[settings.direction == 'u' ? 1 :
	    settings.direction == 'U' ? 2 : 0];
	struct link *l = calloc(1, sizeof *l);

	if (l == NULL) {
		error_set("out of memory");
		return NULL;
	}
	l->want = *w;
	w->a = w->b = w->fallback = w->say = w->from = NULL;
	if (addr_parse(&settings, l->want.a, u[0], u[1], &l->a) == -1 ||
	    addr_parse(&settings, l->want.b, u[1], u[0], &l->b) == -1)
		return NULL;
	l->tally = os_shared(sizeof *l->tally);
	/* Without it a client does not wait for a target that moves. */
	if (options->source != NULL)
		os_board_open(&l->news, sizeof(struct board));
	link_inherit(l, false);
	*links_end = l;
	links_end = &l->next;
	return l;
}

/* Another target: the listener stays what it is. */
static int
link_retarget(struct link *l, struct link_spec *w)
{
	struct addr *b;

	if (addr_parse(&settings, w->b, true, true, &b) == -1)
		return -1;
	addr_free(l->b);
	free(l->want.b);
	l->b = b;
	l->want.b = w->b;
	w->b = NULL;
	memcpy(l->want.target, w->target, sizeof w->target);
	log_notice("link %s goes to %s now", l->want.key, l->want.target);
	return happen(l, EV_CHANGED);
}

static int
one_apply(struct link_spec *w, struct link **near)
{
	struct link *l = link_find(w->key, *near);
	bool up = w->up;

	if (l == NULL) {
		if (w->say != NULL)
			log_plain("%s", w->say);
		l = link_new(w);
		if (l == NULL)
			return -1;
	} else if (up && strcmp(l->want.b, w->b) != 0 &&
	    link_retarget(l, w) == -1)
		return -1;
	*near = l->next;
	l->seen = true;
	l->up = up;
	if (up && l->retry != 0)
		return 0;	/* in its time */
	return happen(l, up ? EV_UP : EV_DOWN);
}

/*
 * Makes what runs equal to what is wanted, by the difference.  -1 with
 * words in last_error when a link cannot be.
 */
static int
links_apply(struct link_set *s)
{
	struct link *l, **p, *near = links;
	size_t i;

	for (l = links; l != NULL; l = l->next)
		l->seen = false;
	for (i = 0; i < s->n; i++) {
		char key[24];

		memcpy(key, s->link[i].key, sizeof key);
		if (one_apply(&s->link[i], &near) == 0)
			continue;
		log_error("link %s: %s", key, last_error.words);
		if (options->source == NULL)
			return -1;
	}
	for (p = &links; (l = *p) != NULL; ) {
		if (l->seen) {
			p = &l->next;
			continue;
		}
		happen(l, EV_GONE);
		*p = l->next;
		link_free(l);
	}
	links_end = p;
	return 0;
}

static void
statistics(void (*moved)(const struct moved *))
{
	struct moved m = { .bytes = { 0 } };
	struct link *l;

	for (l = links; l != NULL; l = l->next)
		moved_add(&m, l->tally);
	moved(&m);
	for (l = links; l != NULL; l = l->next)
		statistics_link(link_name(l), l->tally);
}

/* When time alone changes something for a link of a container; -1: never. */
static msec
link_due(const struct link *l)
{
	if (l->up && l->retry != 0)
		return l->retry;
	return l->state == HELD && !l->up ? l->held + options->hold_ms : -1;
}

/* How long until a link is due, or an idle look. */
static msec
poll_timeout(msec now)
{
	struct link *l;
	msec t = -1;

	if (options->exit_idle_ms > 0)
		t = IDLE_TICK_MS;
	if (options->source == NULL)
		return t;
	for (l = links; l != NULL; l = l->next)
		if (link_due(l) != -1)
			t = clock_sooner(t, clock_left(link_due(l), now));
	return clock_sooner(t, options->source->timeout(options->source->state,
	    now));
}

static int
links_time(msec now)
{
	struct link *l;

	if (options->source == NULL)
		return 0;
	for (l = links; l != NULL; l = l->next) {
		if (link_due(l) == -1 || link_due(l) > now)
			continue;
		if (!l->up)
			log_notice("link %s: closed until its container is "
			    "back", l->want.key);
		if (happen(l, l->up ? EV_UP : EV_EXPIRED) == -1)
			return -1;
	}
	return 0;
}

/* What the source wants by now. */
static int
source_apply(const struct link_source *source)
{
	struct link_set s = { NULL, 0 };
	int rc = source->wanted(source->state, &s);

	if (rc == 0)
		rc = links_apply(&s);
	link_set_clear(&s);
	return rc;
}

/* Whether no link has had a connection for long enough. */
static bool
idle_enough(msec now)
{
	static unsigned long long last_all;
	static msec since;
	unsigned long long all = 0;
	struct link *l;

	if (options->exit_idle_ms <= 0)
		return false;
	if (since == 0)
		since = now;
	for (l = links; l != NULL; l = l->next)
		if (l->tally != NULL) {
			all += atomic_load(&l->tally->all);
			if (atomic_load(&l->tally->now) > 0)
				since = now;
		}
	if (all != last_all)
		since = now;
	last_all = all;
	return now - since >= options->exit_idle_ms;
}

static void
link_died(struct link *l, const char *how)
{
	if (options->source != NULL)
		link_retry(l, how);
	else
		log_error("link %s %s; stopping the others", link_name(l),
		    how);
}

/* What came by signals; -1 nothing that ends, else the exit status. */
static int
signals(void)
{
	int status;

	if (sig_taken(SIGUSR1))
		statistics(statistics_signal);
	if (sig_taken(SIGTERM) | sig_taken(SIGINT)) {
		os_notify("STOPPING=1");
		log_notice("stopping");
		stop_all(links, options->drain_ms);
		return 0;
	}
	if (sig_taken(SIGHUP)) {
		stop_all(links, -1);
		return 128 + SIGHUP;
	}
	if (sig_taken(SIGQUIT)) {
		stop_all(links, -1);
		return 128 + SIGQUIT;
	}
	if (sig_taken(SIGCHLD) && (status = stop_reap(links, link_died)) != 0 &&
	    options->source == NULL) {
		os_notify("STOPPING=1");
		stop_all(links, options->drain_ms);
		return status;
	}
	return -1;
}

static int
loop(void)
{
	const struct link_source *source = options->source;
	struct pollfd p[SOURCE_FDS];
	int n, status;
	bool changed;
	msec now;

	for (;;) {
		n = source == NULL ? 0 :
		    source->fds(source->state, p, SOURCE_FDS);
		sig_poll(p, (nfds_t)n, poll_timeout(clock_ms()));
		status = signals();
		if (status != -1)
			return status;
		now = clock_ms();
		changed = source != NULL &&
		    source->work(source->state, p, n, now) == 1;
		if ((changed && source_apply(source) == -1) ||
		    links_time(now) == -1) {
			stop_all(links, options->drain_ms);
			return 1;
		}
		if (idle_enough(now)) {
			log_notice("no connection for long enough");
			stop_all(links, options->drain_ms);
			return 0;
		}
	}
}

/* Sockets that were handed down go to the links that ask for them. */
static int
links_make(struct link_set *s)
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
		l = link_new(&s->link[i]);
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

/* One step of the start, which can be cut short; as signals(). */
static int
begin_one(struct link *l, bool open)
{
	if ((open ? link_open(l) : happen(l, EV_UP)) == -1) {
		log_error("link %s: %s", link_name(l), last_error.words);
		error_hint_print();
		last_error.hint[0] = '\0';
		stop_all(links, -1);
		return 1;
	}
	sig_poll(NULL, 0, 0);
	return signals();
}

/*
 * All listeners open before the first serves: all or nothing.  -1 when all
 * do, else the exit status.
 */
static int
links_begin(void)
{
	struct link *l;
	int status;

	for (l = links; l != NULL; l = l->next)
		if ((status = begin_one(l, true)) != -1)
			return status;
	for (l = links; l != NULL; l = l->next)
		if ((status = begin_one(l, false)) != -1)
			return status;
	return -1;
}

int
supervisor_run(struct link_set *s, const struct super_options *o)
{
	static const int wait_for[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
	    SIGCHLD, SIGUSR1 };
	size_t i;
	int status;

	options = o;
	for (i = 0; i < sizeof wait_for / sizeof *wait_for; i++)
		sig_wait_for(wait_for[i]);
	if (links_make(s) == -1) {
		error_print(0);
		return 1;
	}
	status = links_begin();
	if (status == -1) {
		log_started();
		ready_tell(o->ready_fd);
		status = loop();
	}
	if (settings.statistics)
		statistics(statistics_moved);
	if (status != 0)
		log_notice("exit(%d)", status);
	return status;
}
