/*
 * run/command/explain.c: what a link would do, in words, for --explain: on
 * which addresses it listens, for whom, how many at once, where to, how long.
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../addr/family/socket.h"
#include "explain.h"
#include "help.h"

#define NSEC_OF_MSEC	1000000

static const char *
seconds(msec ms, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%lld.%03lld", ms / 1000, ms % 1000);

	while (n > 0 && buf[n - 1] == '0')
		buf[--n] = '\0';
	if (n > 0 && buf[n - 1] == '.')
		buf[--n] = '\0';
	return buf;
}

static bool
is_udp(const struct addr *a)
{
	return a->family->type == SOCK_DGRAM && family_is_inet(a->family);
}

/* The value of an option, as it was given last; or -1. */
static long long
option(const struct addr *a, const char *name)
{
	long long n = -1;
	size_t i;

	for (i = 0; i < a->nopt; i++)
		if (strcmp(a->opt[i].opt->name, name) == 0)
			n = a->opt[i].val.n;
	return n;
}

/* Which versions of IP a listener of IPv6 hears. */
static const char *
six_hears(const struct addr *a, const char *host)
{
	long long only = option(a, "ipv6-v6only");

	/* One address is of one version; "::" is every address. */
	if (host != NULL && strspn(host, ":0") < strlen(host))
		return "IPv6 only";
	if (only == -1 && a->config->listen_ipv == 0 &&
	    a->family->domain == AF_UNSPEC)
		only = 0;
	return only == 0 ? "IPv6 and IPv4" : only > 0 ? "IPv6 only" :
	    "IPv6, and IPv4 unless the system says otherwise";
}

static const char *
versions(struct addr *a, const char *host)
{
	int af = sock_pf(a, listen_af(a, host));

	if (af == AF_UNSPEC)
		af = strchr(host, ':') != NULL ? AF_INET6 :
		    host[strspn(host, "0123456789.")] == '\0' ? AF_INET :
		    AF_UNSPEC;
	return af == AF_INET ? "IPv4 only" : af == AF_INET6 ?
	    six_hears(a, host) : "IPv4 or IPv6, as the name has it";
}

static void
where_listens(struct addr *a, char which)
{
	char buf[256], *host = NULL, *port;

	if (family_is_inet(a->family)) {
		if (a->c.bind != NULL && hostport_split(a->c.bind, buf,
		    sizeof buf, &host, &port) == -1)
			host = NULL;
		printf("%c listens on: %s port %s of %s, %s\n", which,
		    is_udp(a) ? "UDP" : "TCP", a->param[0], host == NULL ?
		    "every address" : host, versions(a, host));
	} else
		printf("%c listens on: %.*s\n", which, addr_head(a),
		    a->spec->text);
}

static void
for_whom(const struct addr *a, char which)
{
	printf("%c is for: %s%s", which, a->c.range != NULL ?
	    "clients of " : a->family->domain == AF_UNIX ?
	    "everybody who may write to the socket" :
	    "everybody who can reach it", a->c.range != NULL ? a->c.range :
	    "");
	if (a->c.sourceport != -1)
		printf(", from port %lld", a->c.sourceport);
	if (a->c.lowport > 0)
		printf(", from a port below 1024");
	printf("\n");
}

static void
how_many(const struct addr *a)
{
	const struct conf *c = &a->c;

	if (!addr_forks(a))
		printf("at once: one client, and after it the end");
	else if (c->pool > 0)
		printf("at once: %lld processes that serve a client each, "
		    "one after the other%s", c->pool,
		    c->max_children >= 0 && c->max_children <= c->pool ? "" :
		    ", and more while all are busy");
	else if (c->max_children >= 0)
		printf("at once: at most %lld clients, in a process each",
		    c->max_children);
	else
		printf("at once: any number of clients, in a process each");
	if (c->pool > 0 && c->max_children >= 0)
		printf(", at most %lld", c->max_children);
	if (is_udp(a) || !addr_forks(a))
		printf("\n");
	else if (c->backlog != -1)
		printf("; %lld more may wait\n", c->backlog);
	else
		printf("; as many more may wait as the system grants\n");
}

static void
where_connects(const struct addr *b, char which)
{
	char buf[40];

	/* What has more parameters goes by way of a server. */
	if (family_is_inet(b->family) && b->family->max == 2)
		printf("%c connects to: %s port %s, by %s", which,
		    b->param[0], b->param[1], is_udp(b) ? "UDP" : "TCP");
	else
		printf("%c connects to: %.*s", which, addr_head(b),
		    b->spec->text);
	if (b->c.bind != NULL)
		printf(", from %s", b->c.bind);
	if (b->c.connect_timeout > 0)
		printf("; gives up after %s s", seconds(
		    b->c.connect_timeout / NSEC_OF_MSEC, buf, sizeof buf));
	else if (family_is_inet(b->family) && !is_udp(b))
		printf("; as long as the system tries");
	if (b->c.forever > 0)
		printf("; again and again");
	else if (b->c.retry > 0)
		printf("; %lld times more", b->c.retry);
	printf("\n");
}

/* The limit after the end of one side is none of a link of TCP. */
static void
half_close(const struct config *c, bool udp)
{
	bool link = c->source != FROM_PAIRS && !udp;
	msec limit = link ? c->link_half_close : c->half_close;
	char buf[40];

	if (c->direction != 'b')
		return;
	if (limit < 0)
		printf("after the end of one side the other may take any "
		    "time (%s); ", link ? "--half-close" : "-t");
	else
		printf("after the end of one side the other is cut off when "
		    "silent for %s s (%s); ", seconds(limit, buf, sizeof buf),
		    link ? "--half-close" : "-t");
}

static void
how_long(const struct config *c, const struct addr *listener, bool udp)
{
	msec idle = c->idle;
	char buf[40];

	if (idle == 0 && udp && c->source != FROM_PAIRS)
		idle = 60000;
	printf("how long: ");
	half_close(c, udp);
	if (idle > 0)
		printf("silence of both for at most %s s (-T)",
		    seconds(idle, buf, sizeof buf));
	else
		printf("silence of both without limit (-T)");
	if (listener != NULL && listener->c.accept_timeout > 0)
		printf("; the end when no client came for %s s",
		    seconds(listener->c.accept_timeout / NSEC_OF_MSEC, buf,
		    sizeof buf));
	if (c->exit_idle > 0)
		printf("; the end without connections for %s s "
		    "(--exit-idle)", seconds(c->exit_idle, buf,
		    sizeof buf));
	printf("\n");
}

/* TERM and INT. */
static void
when_told(const struct config *c, const struct addr *listener, bool many)
{
	char buf[40];

	if (c->source != FROM_PAIRS || many || c->drains)
		printf("when told to stop: listens no more; what is open has "
		    "%s s (--drain)\n", seconds(c->drain, buf,
		    sizeof buf));
	else if (listener != NULL && addr_forks(listener))
		printf("when told to stop: ends at once; what is open goes "
		    "on\n");
}

void
explain_link(const struct config *c, const struct link_set *s, size_t link,
    struct addr *const a[2])
{
	const struct addr *listener = NULL;
	bool udp = s->link[link].udp;
	int i;

	explain_print(a[0], "A");
	explain_print(a[1], "B");
	printf("then: %s\n", c->direction == 'b' ? "bytes both ways" :
	    c->direction == 'u' ? "bytes from A to B" :
	    "bytes from B to A");
	for (i = 0; i < 2; i++) {
		if (a[i]->other != NULL)
			continue;
		if (addr_listens(a[i])) {
			listener = a[i];
			where_listens(a[i], "AB"[i]);
			for_whom(a[i], "AB"[i]);
			how_many(a[i]);
		} else if (a[i]->family->role & (ROLE_CONNECT |
		    ROLE_RUN))
			where_connects(a[i], "AB"[i]);
	}
	how_long(c, listener, udp);
	when_told(c, listener, s->n > 1);
}

void
explain_engine(const struct config *c, const char *place)
{
	char buf[40];
	int i;

	printf("engine: %s\ncontainers:", place);
	for (i = 0; i < c->nwords; i++)
		printf(" %s", c->words[i]);
	if (c->network != NULL)
		printf(", by network %s", c->network);
	printf("\nlinks: a port that one of them exposes, to the same port "
	    "there; while it is away clients wait for %s s (--hold)\n",
	    seconds(c->hold, buf, sizeof buf));
}
