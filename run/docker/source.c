/* run/docker/source.c: the exposed ports of containers as links. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

static int
source_fds(void *state, struct pollfd *p, int max)
{
	struct docker_source *s = state;

	return engine_fds(s->engine, p, max);
}

static msec
source_timeout(void *state, msec now)
{
	struct docker_source *s = state;

	return engine_timeout(s->engine, now);
}

static int
source_work(void *state, const struct pollfd *p, int n, msec now)
{
	struct docker_source *s = state;

	return engine_work(s->engine, p, n, now);
}

/* Where a link goes; a container that has not run yet has no address. */
static void
link_words(struct link_spec *l, const struct want *w)
{
	char say[500];

	if (w->host[0] == '\0')
		snprintf(say, sizeof say, "%s waits for an address of %s",
		    l->key, w->name);
	else
		snprintf(say, sizeof say, "%s -> %s from %s", l->key,
		    l->target, w->name);
	l->say = strdup(say);
}

static int
source_wanted(void *state, struct link_set *set)
{
	struct docker_source *s = state;
	const struct want *w;
	struct link_spec *l;
	size_t i, n;

	w = engine_wanted(s->engine, &n);
	for (i = 0; i < n; i++) {
		if (link_set_add_port(set, w[i].proto, w[i].port,
		    w[i].host[0] == '\0' ? "0.0.0.0" : w[i].host, w[i].port,
		    s->config) == -1)
			return -1;
		l = &set->link[set->n - 1];
		l->up = w[i].up != 0;
		link_words(l, &w[i]);
	}
	return 0;
}

static bool
source_synced(void *state)
{
	struct docker_source *s = state;

	return engine_told(s->engine) != 0;
}

static void
source_leave(void *state)
{
	struct docker_source *s = state;

	engine_free(s->engine);
}

/* What no container's link could have is found before there is one. */
static int
opts_check(const struct config *c)
{
	struct link_set s = { NULL, 0 };
	struct addr *a, *b;
	int rc = -1;

	if (link_set_add_port(&s, 't', 1, "127.0.0.1", 1, c) == 0 &&
	    addr_parse(c, s.link[0].a, SIDE_LEFT, &a) == 0) {
		rc = addr_parse(c, s.link[0].b, SIDE_RIGHT, &b);
		if (rc == 0)
			addr_free(b);
		addr_free(a);
	}
	link_set_clear(&s);
	return rc;
}

int
docker_source(struct link_source *source, struct docker_source *s)
{
	*source = (struct link_source){ .state = s, .fds = source_fds,
	    .timeout = source_timeout, .work = source_work,
	    .wanted = source_wanted, .synced = source_synced,
	    .leave = source_leave };
	return opts_check(s->config);
}
