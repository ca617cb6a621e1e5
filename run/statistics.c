/*
 * run/statistics.c: what was moved, for who asked for it.
 *
 * A signal that ends the process has its lines printed by the handler, so
 * lines are put together without stdio.
 */

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "statistics.h"

struct line {
	char text[700];
	size_t n;
};

typedef void say_function(enum log_level, const char *words);

/* For the handler. */
static struct {
	pid_t pid;		/* of who asked for it: children say nothing */
	const struct config *config;
	const char *name;
	const struct tally *tally;
} at_signal;

static void
put(struct line *l, const char *text)
{
	size_t len = strlen(text), room = sizeof l->text - 1 - l->n;

	if (len > room)
		len = room;
	memcpy(l->text + l->n, text, len);
	l->n += len;
	l->text[l->n] = '\0';
}

static void
put_number(struct line *l, unsigned long long n)
{
	char buf[24], *p = buf + sizeof buf;

	*--p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	put(l, p);
}

/* A number and what it counts. */
static void
put_count(struct line *l, unsigned long long n, const char *what)
{
	put_number(l, n);
	put(l, what);
}

static bool
has_way(const struct config *c, int i)
{
	return c->direction == 'b' ||
	    c->direction == (i == 0 ? 'u' : 'U');
}

static void
moved_say(const struct config *c, const struct moved *m, say_function *say)
{
	static const char *const way[2] = { "left to right: ",
	    "right to left: " };
	int i;

	if (c->as_socat)
		say(LOG_W, "statistics are experimental");
	for (i = 0; i < 2; i++) {
		struct line l = { .n = 0 };

		if (!has_way(c, i))
			continue;
		put(&l, "STATISTICS: ");
		put(&l, way[i]);
		put_count(&l, m->blocks[i], " packets(s), ");
		put_count(&l, m->bytes[i], " byte(s)");
		say(LOG_I, l.text);
	}
}

static void
link_say(const struct config *c, const char *name, const struct tally *t,
    say_function *say)
{
	struct line l = { .n = 0 };

	if (c->as_socat || t == NULL)
		return;
	put(&l, name);
	put(&l, ": ");
	put_count(&l, atomic_load(&t->now), " connections now, ");
	put_count(&l, atomic_load(&t->all), " in all, ");
	put_count(&l, atomic_load(&t->refused), " refused, ");
	put_count(&l, atomic_load(&t->bytes[0]), " bytes there, ");
	put_count(&l, atomic_load(&t->bytes[1]), " back");
	say(LOG_I, l.text);
}

static void
say_asked(enum log_level level, const char *words)
{
	log_asked(level, "%s", words);
}

void
moved_add(struct moved *m, const struct tally *t)
{
	int i;

	for (i = 0; i < 2 && t != NULL; i++) {
		m->bytes[i] += atomic_load(&t->bytes[i]);
		m->blocks[i] += atomic_load(&t->blocks[i]);
	}
}

void
statistics_moved(const struct config *c, const struct moved *m)
{
	moved_say(c, m, say_asked);
}

void
statistics_signal(const struct config *c, const struct moved *m)
{
	static const struct moved none;

	if (c->as_socat)
		log_notice("socat_signal_logstats(): handling signal %d",
		    SIGUSR1);
	if (m == NULL && c->as_socat)
		log_asked(LOG_W, "transfer engine not yet started, "
		    "statistics not available");
	else
		statistics_moved(c, m == NULL ? &none : m);
	if (c->as_socat)
		log_notice("socat_signal_logstats(): finishing signal %d",
		    SIGUSR1);
}

void
statistics_link(const struct config *c, const char *name, const struct tally *t)
{
	link_say(c, name, t, say_asked);
}

void
statistics_asked(const struct service *s, const char *name)
{
	struct moved m = { .bytes = { 0 } };

	if (s->supervised || s->tally == NULL)
		return;
	moved_add(&m, s->tally);
	statistics_signal(s->config, atomic_load(&s->tally->all) > 0 ? &m :
	    NULL);
	statistics_link(s->config, name, s->tally);
}

void
statistics_last(const struct service *s, const char *name)
{
	struct moved m = { .bytes = { 0 } };

	if (!s->config->statistics || s->supervised)
		return;
	moved_add(&m, s->tally);
	statistics_moved(s->config, &m);
	statistics_link(s->config, name, s->tally);
}

void
statistics_at_signal(const struct config *c, const char *name,
    const struct tally *t)
{
	at_signal.pid = getpid();
	at_signal.config = c;
	at_signal.name = name;
	at_signal.tally = t;
}

/* Async-signal-safe.  A child's are its listener's. */
void
statistics_dying(void)
{
	struct moved m = { .bytes = { 0 } };

	if (at_signal.tally == NULL || at_signal.pid != getpid())
		return;
	moved_add(&m, at_signal.tally);
	moved_say(at_signal.config, &m, log_asked_dying);
	if (at_signal.name != NULL)
		link_say(at_signal.config, at_signal.name, at_signal.tally,
		    log_asked_dying);
}
