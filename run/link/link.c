/* run/link/link.c: a link: its addresses, its listening socket, its name. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "link.h"

const char *
link_name(const struct link *l, char buf[LINK_NAME_MAX])
{
	if (l->want.target[0] != '\0')
		return l->want.key;
	snprintf(buf, LINK_NAME_MAX, "%s (%.160s -> %.160s)", l->want.key,
	    l->a->spec->text, l->b->spec->text);
	return buf;
}

static void
spec_move(struct link_spec *to, struct link_spec *from)
{
	*to = *from;
	from->a = from->b = from->fallback = from->say = from->from = NULL;
}

static int
addresses_parse(const struct links *all, struct link *l)
{
	const struct config *c = all->config;

	if (addr_parse(c, l->want.a, SIDE_LEFT, &l->a) == -1 ||
	    addr_parse(c, l->want.b, SIDE_RIGHT, &l->b) == -1)
		return -1;
	l->b->of_link = l->want.target[0] != '\0';
	addr_process(l->a, &all->process);
	addr_process(l->b, &all->process);
	return 0;
}

struct link *
link_new(struct links *all, struct link_spec *w)
{
	/* Without a board a client does not wait for a target that moves. */
	struct link *l = link_alloc(all, all->source != NULL);

	if (l == NULL) {
		error_set("out of memory");
		return NULL;
	}
	spec_move(&l->want, w);
	l->up = l->want.up;
	if (addresses_parse(all, l) == -1) {
		link_free(all, l);
		return NULL;
	}
	*all->end = l;
	all->end = &l->next;
	return l;
}

void
link_free(struct links *all, struct link *l)
{
	struct link_set one = { malloc(sizeof l->want), 1 };

	if (one.link != NULL) {
		*one.link = l->want;
		link_set_clear(&one);
	}
	all->sockets_known = false;
	addr_free(l->a);
	addr_free(l->b);
	link_release(all, l);
}

int
link_retarget(struct links *all, struct link *l, struct link_spec *w)
{
	struct addr *b;

	if (addr_parse(all->config, w->b, SIDE_RIGHT, &b) == -1)
		return -1;
	addr_free(l->b);
	free(l->want.b);
	b->of_link = true;
	addr_process(b, &all->process);
	l->b = b;
	l->want.b = w->b;
	w->b = NULL;
	memcpy(l->want.target, w->target, sizeof w->target);
	log_notice("link %s goes to %s now", l->want.key, l->want.target);
	return 0;
}

int
link_open(struct links *all, struct link *l)
{
	struct addr *other;
	struct end unused;

	if (l->a->lfd != -1 || !addr_listens(l->a))
		return 0;
	all->sockets_known = false;
	if (addr_open(l->a, &unused) == 0)
		return 0;
	if (l->want.fallback == NULL || (errno != EAFNOSUPPORT &&
	    errno != EADDRNOTAVAIL && errno != EINVAL))
		return -1;
	if (addr_parse(all->config, l->want.fallback, SIDE_LEFT, &other) == -1)
		return -1;
	addr_process(other, &all->process);
	addr_free(l->a);
	l->a = other;
	return addr_open(l->a, &unused);
}
