/* run/command/mode.c: what the words of the command line amount to. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/os/lock.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/sig.h"
#include "advice.h"
#include "explain.h"
#include "flags.h"
#include "help.h"
#include "mode.h"
#include "../docker/source.h"
#include "../link/probe.h"
#include "../link/supervisor.h"
#include "../readiness.h"
#include "../serve.h"
#include "../statistics.h"

/* How long --probe waits for a Docker Engine. */
#define ENGINE_MS	3000

/* "TCP-LISTEN:6142, fork" is two words; that is what is wrong with them. */
static void
hint_comma(char *words[], int n)
{
	char advice[ADVICE_MAX];
	int at;

	if (!advise_comma(words, n, &at, advice))
		return;
	/* Another hint stays, unless it is about what follows the blank. */
	if (last_error.hint[0] != '\0' && (last_error.text == NULL ||
	    strcmp(last_error.text, words[at + 1]) != 0))
		return;
	error_place(words[at], strlen(words[at]), 1);
	error_hint("%s", advice);
}

static int
count_wrong(char *words[], int n)
{
	char advice[ADVICE_MAX];

	error_set("exactly 2 addresses required (there are %d); use option "
	    "\"-h\" for help", n);
	hint_comma(words, n);
	if (last_error.hint[0] == '\0' && advise_count(words, n, advice))
		error_hint("%s", advice);
	return -1;
}

/* What is wrong with one may be right with the other: TCP-LISTEN:1 ...,fork */
static void
hint_partner(const char *text, const char *partner)
{
	struct spec *s, *p = NULL;
	char advice[ADVICE_MAX];

	if (spec_parse(text, &s) == 0 && spec_parse(partner, &p) == 0 &&
	    advise_partner(s, p, last_error.col, advice))
		error_hint("%s", advice);
	spec_free(s);
	spec_free(p);
}

/* What an address needs, if that can be known before it is opened. */
static int
pair_there(const struct addr *a, const struct addr *partner)
{
	for (; a != NULL; a = a->other)
		if (a->family->ops->there != NULL &&
		    a->family->ops->there(a, partner) == -1)
			return -1;
	return 0;
}

/* What a pool serves is accepted on the left, and by nobody else. */
static int
pool_alone(struct addr *a[2])
{
	if (a[0]->c.pool > 0 && addr_forks(a[1]))
		return opt_useless(a[0], NAMES("pool"),
		    "if the second address forks as well");
	return opt_useless(a[1], NAMES("pool"), "with the second address");
}

/*
 * socat opens the left address before it reads the right one.  What is given
 * to it can be opened without harm, and is said.
 */
static void
left_note(const struct config *c, struct addr *left)
{
	struct end e;

	if (!c->as_socat || left == NULL || left->other != NULL ||
	    left->nopt > 0 || !(left->family->role & ROLE_GIVEN))
		return;
	end_init(&e);
	addr_open(left, &e);
}

static int
pair_parse(const struct config *c, const char *left, const char *right,
    struct addr *a[2])
{
	a[0] = a[1] = NULL;
	if (addr_parse(c, left, SIDE_LEFT, &a[0]) == 0 &&
	    addr_parse(c, right, SIDE_RIGHT, &a[1]) == 0 && pool_alone(a) == 0)
		return c->as_socat || (pair_there(a[0], a[1]) == 0 &&
		    pair_there(a[1], a[0]) == 0) ? 0 : -1;
	if (a[1] == NULL)
		left_note(c, a[0]);
	if (last_error.text == left)
		hint_partner(left, right);
	else if (last_error.text == right)
		hint_partner(right, left);
	return -1;
}

static int
lock_all(const struct config *c)
{
	const char *path = c->lock != NULL ? c->lock : c->waitlock;

	if (path == NULL)
		return 0;
	return lock_take(path, c->lock == NULL) == NULL ? -1 : 0;
}

/* One pair: the listener is its own supervisor. */
static int
one_pair(const struct config *c, struct addr *a[2])
{
	struct process process = { .listener = 0 };
	struct service s = { .config = c, .process = &process, .idle = c->idle,
	    .half_close = c->half_close, .drain = c->drain,
	    .drains = c->drains || c->exit_idle > 0,
	    .exit_idle = c->exit_idle };

	if (!c->as_socat)
		activation_take(a, 2);
	addr_process(a[0], &process);
	addr_process(a[1], &process);
	return serve(a[0], a[1], &s);
}

static int
pairs_wanted(struct link_set *s, char *words[], int n)
{
	struct link_spec *w;
	int i;

	for (i = 0; i + 1 < n; i += 2) {
		w = link_set_add(s);
		if (w == NULL)
			return -1;
		snprintf(w->key, sizeof w->key, "%d", i / 2 + 1);
		w->a = strdup(words[i]);
		w->b = strdup(words[i + 1]);
		if (w->a == NULL || w->b == NULL)
			return error_set("out of memory");
	}
	return 0;
}

static int
host_port(const struct config *c, struct link_set *s)
{
	char **words = c->words;
	unsigned port;

	if (c->nwords != 2)
		return error_set("ambassador takes a host and a port, or "
		    "nothing and the environment");
	if (words[0][strspn(words[0], "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:%_-")] != '\0' ||
	    words[0][0] == '\0' || strlen(words[0]) > 253)
		return error_set("\"%.100s\" is no host", words[0]);
	if (port_check(words[1], "tcp", &port) == -1)
		return -1;
	return link_set_add_port(s, 't', port, words[0], port, c);
}

/*
 * Every pair of the set is looked at before any is used; of a set of one
 * the addresses are kept.
 */
static int
set_check(const struct config *c, struct link_set *s, struct addr *a[2])
{
	bool listens = false;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (pair_parse(c, s->link[i].a, s->link[i].b,
		    a) == -1) {
			addr_free(a[0]);
			return -1;
		}
		listens |= addr_serves(a[0]) || addr_serves(a[1]);
		if (s->n == 1)
			break;
		addr_free(a[0]);
		addr_free(a[1]);
	}
	return c->as_socat ? 0 :
	    flags_fit_listeners(c, s->n, listens);
}

static int
set_probe(const struct config *c, struct link_set *s)
{
	struct probes p = { .next = 0 };
	struct addr *a[2];
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (pair_parse(c, s->link[i].a, s->link[i].b,
		    a) == -1) {
			addr_free(a[0]);
			error_print(c->as_socat);
			probe_end(&p);
			return 1;
		}
		probe_begin(&p, &s->link[i], a[0], a[1]);
		addr_free(a[0]);
		addr_free(a[1]);
	}
	return probe_end(&p);
}

/* A probe has its own lines: what it finds is said once, when all is known. */
static void
say_nothing(int letter, const char *fmt, ...)
{
	(void)letter;
	(void)fmt;
}

static struct engine *
engine_make(const struct config *c)
{
	struct engine_conf conf = { .host = c->docker_host,
	    .names = (const char **)c->words,
	    .nnames = (size_t)c->nwords,
	    .network = c->network,
	    .say = c->probe ? say_nothing : log_letter };
	struct engine *e;
	char err[300];

	if (c->nwords == 0) {
		error_set("--docker needs the name of a container");
		return NULL;
	}
	e = engine_new(&conf, err, sizeof err);
	if (e == NULL)
		error_set("%s", err);
	return e;
}

/* To look up the name of an engine may take longer than anybody waits. */
static void
engine_silent(int signo)
{
	static const char line[] = "engine: its name cannot be looked up\n";

	(void)signo;
	if (write(STDERR_FILENO, line, sizeof line - 1) == -1)
		_exit(1);
	_exit(1);
}

/* Until the engine has told about each container, is away or time is up. */
static void
engine_ask(struct engine *e)
{
	struct pollfd p[ENGINE_FDS];
	msec until = clock_ms() + ENGINE_MS, now, t;
	int k;

	sig_on(SIGALRM, engine_silent);
	alarm(2 * ENGINE_MS / 1000);
	while (!engine_synced(e) && engine_away(e) == NULL &&
	    (now = clock_ms()) < until) {
		k = engine_fds(e, p, ENGINE_FDS);
		t = engine_timeout(e, now);
		poll(p, (nfds_t)k, t < 0 || t > until - now ?
		    (int)(until - now) : (int)t);
		engine_work(e, p, k, clock_ms());
	}
	alarm(0);
}

/* A line for each container that cannot be linked to; 1 if there is one. */
static int
containers_probe(struct engine *e)
{
	const char *name, *trouble;
	int status = 0;
	size_t i;

	for (i = 0; engine_trouble(e, i, &name, &trouble); i++)
		if (trouble != NULL) {
			log_plain("%s: %s", name, trouble);
			status = 1;
		}
	return status;
}

static int
engine_probe(struct engine *e, const struct config *c)
{
	struct link_set s = { NULL, 0 };
	const struct want *w;
	size_t i, n;
	int status;

	engine_ask(e);
	if (engine_away(e) != NULL) {
		log_plain("%s", engine_away(e));
		return 1;
	}
	status = containers_probe(e);
	w = engine_wanted(e, &n);
	for (i = 0; i < n; i++)
		if (w[i].up)
			link_set_add_port(&s, w[i].proto, w[i].port, w[i].host,
			    w[i].port, c);
	status |= set_probe(c, &s);
	link_set_clear(&s);
	return status;
}

static int
supervise(const struct config *c, struct link_set *s, struct engine *e)
{
	struct docker_source containers = { .engine = e, .config = c };
	struct link_source source;

	if (e != NULL && docker_source(&source, &containers) == -1) {
		error_print(0);
		return 1;
	}
	return supervisor_run(s, c, e == NULL ? NULL : &source);
}

/* One link for all that the engine would be asked for. */
static int
engine_example(const struct config *c, struct link_set *s)
{
	char say[400];

	if (link_set_add_port(s, 't', 6379, "container", 6379, c) == -1)
		return -1;
	snprintf(say, sizeof say, "%s -> %s, for example", s->link[0].key,
	    s->link[0].target);
	s->link[0].say = strdup(say);
	return 0;
}

/* Nothing is said of a set of which a part is wrong: after set_check(). */
static void
set_explain(const struct config *c, struct link_set *s, struct addr *a[2],
    const struct engine *e)
{
	size_t i;

	if (e != NULL)
		explain_engine(c, engine_place(e));
	for (i = 0; i < s->n; i++) {
		if (s->n > 1 && pair_parse(c, s->link[i].a, s->link[i].b,
		    a) == -1)
			continue;
		if (s->link[i].say != NULL)
			printf("link %s\n", s->link[i].say);
		else if (s->n > 1)
			printf("link %s\n", s->link[i].key);
		explain_link(c, s, i, a);
		if (s->n > 1) {
			addr_free(a[0]);
			addr_free(a[1]);
		}
	}
}

/* Reads the source; -1 with words in last_error. */
static int
wanted_read(const struct config *c, struct link_set *s)
{
	char **words = c->words;
	int n = c->nwords;

	switch (c->source) {
	case FROM_ENVIRONMENT:
		if (n > 0)
			return error_set("--links takes no addresses: "
			    "\"%.100s\"", words[0]);
		return link_set_environment(s, c->patterns, c);
	case FROM_HOST_PORT:
		return host_port(c, s);
	case FROM_DOCKER:
		return c->explain ? engine_example(c, s) : 0;
	default:
		if (n < 2 || n % 2 != 0 || (n > 2 && c->as_socat))
			return count_wrong(words, n);
		return pairs_wanted(s, words, n);
	}
}

static _Noreturn void
die(const struct config *c)
{
	error_print(c->as_socat);
	cleanup_run();
	exit(1);
}

/* In the handler. */
static void
end_by_signal(void)
{
	statistics_dying();
	cleanup_run();
}

static int
act(const struct config *c, struct link_set *s, struct addr *a[2],
    struct engine *e)
{
	int status;

	if (c->explain) {
		set_explain(c, s, a, e);
		return 0;
	}
	if (c->probe)
		return e != NULL ? engine_probe(e, c) : set_probe(c, s);
	sig_fatal(end_by_signal);
	sig_note(SIGUSR1);
	if (lock_all(c) == -1)
		die(c);
	if (c->source == FROM_PAIRS && s->n == 1)
		status = one_pair(c, a);
	else
		status = supervise(c, s, e);
	cleanup_run();
	return status;
}

int
mode_run(const struct config *c)
{
	struct link_set s = { NULL, 0 };
	struct engine *e = NULL;
	struct addr *a[2];
	int status;

	if (!c->as_socat && flags_fit(c) == -1)
		die(c);
	if (c->source == FROM_DOCKER && (e = engine_make(c)) == NULL)
		die(c);
	if (wanted_read(c, &s) == -1 || set_check(c, &s, a) == -1) {
		if (c->source == FROM_PAIRS)
			hint_comma(c->words, c->nwords);
		die(c);
	}
	status = act(c, &s, a, e);
	if (s.n == 1) {
		addr_free(a[0]);
		addr_free(a[1]);
	}
	link_set_clear(&s);
	engine_free(e);
	return status;
}
