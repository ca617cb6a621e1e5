/*
 * addr/family/access.c: clients, by hosts.allow and hosts.deny: tcpwrap and
 * its tables.
 *
 * A table may ask for the name of a client, which a listener for many must
 * not wait for: there the child asks.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../net/wrap.h"
#include "socket.h"

/* What addr_free() frees. */
struct access {
	struct wrap wrap;
	char *allow, *deny;	/* of tcpwrap-etc= */
};

static bool
is_wanted(const struct conf *c)
{
	return c->tcpwrap != NULL || c->tcpwrap_etc != NULL ||
	    c->hosts_allow != NULL || c->hosts_deny != NULL;
}

/* What the user named is there: libwrap takes a missing table for empty. */
static int
table_there(const struct addr *a, const char *path)
{
	if (path == NULL || a->config->as_socat || access(path, R_OK) == 0)
		return 0;
	return error_set("\"%s\":", path);
}

/* The table that was named, else that of tcpwrap-etc=, in *own; or NULL. */
static const char *
table(const struct conf *c, const char *named, const char *file, char **own)
{
	size_t size;

	if (named != NULL || c->tcpwrap_etc == NULL)
		return named;
	size = strlen(c->tcpwrap_etc) + strlen(file) + 2;
	*own = malloc(size);
	if (*own != NULL)
		snprintf(*own, size, "%s/%s", c->tcpwrap_etc, file);
	return *own;
}

int
access_check(struct addr *a, const char **wrong)
{
	const struct conf *c = &a->c;
	struct access *s;

	*wrong = "tcpwrappers";
	if (!is_wanted(c) || a->config->explain)
		return 0;
	if (wrap_open() == -1) {
		error_hint("tcpwrap needs libwrap (of Debian's package "
		    "libwrap0); without it use range=, or a packet filter");
		return -1;
	}
	if (table_there(a, c->hosts_allow) == -1)
		return *wrong = "tcpwrap-hosts-allow-table", -1;
	if (table_there(a, c->hosts_deny) == -1)
		return *wrong = "tcpwrap-hosts-deny-table", -1;
	s = calloc(1, sizeof *s);
	if (s == NULL)
		return error_set("out of memory");
	a->access = s;
	s->wrap.daemon = c->tcpwrap == NULL || *c->tcpwrap == '\0' ?
	    a->config->name : c->tcpwrap;
	s->wrap.allow = table(c, c->hosts_allow, "hosts.allow", &s->allow);
	s->wrap.deny = table(c, c->hosts_deny, "hosts.deny", &s->deny);
	if (c->tcpwrap_etc != NULL && (s->wrap.allow == NULL ||
	    s->wrap.deny == NULL))
		return error_set("out of memory");
	return 0;
}

void
access_free(struct access *s)
{
	if (s == NULL)
		return;
	free(s->allow);
	free(s->deny);
	free(s);
}

/* Whether a child of this process will ask, or of whose parent it is. */
static bool
child_asks(const struct addr *a)
{
	return addr_forks(a) && !a->process->pooled;
}

bool
access_refuses(const struct addr *a, const struct sock_addr *client, int fd)
{
	return a->access != NULL && !child_asks(a) &&
	    !wrap_allows(&a->access->wrap, client, fd);
}

HOT int
access_child(const struct addr *a, const struct end *e)
{
	const struct sock_addr *client = &e->peer.remote;
	char name[SOCK_NAME_MAX];

	if (a->access == NULL || !child_asks(a) || wrap_allows(
	    &a->access->wrap, client, e->rfd != -1 ? e->rfd : e->wfd))
		return 0;
	return error_set_code(ERROR_CLIENT, "refusing connection from %s due "
	    "to tcpwrapper option", sock_name(&client->sa.any, client->len,
	    name, sizeof name));
}
