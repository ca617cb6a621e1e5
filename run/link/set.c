/* run/link/set.c: the set of links that is wanted. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "set.h"

/*
 * Both legs are probed, so that a peer that vanished ends its connection
 * after two minutes; the user's options come later and win.
 */
#define KEEPALIVE	"keepalive,keepidle=60,keepintvl=10,keepcnt=6"

/* For each address of a target: one that is silent has the next one wait. */
#define TIMEOUT		"connect-timeout"
#define CONNECT		TIMEOUT "=5," KEEPALIVE

struct link_spec *
link_set_add(struct link_set *s)
{
	struct link_spec *p;

	if ((s->n & (s->n - 1)) == 0) {
		p = realloc(s->link, (s->n == 0 ? 1 : 2 * s->n) * sizeof *p);
		if (p == NULL) {
			error_set("out of memory");
			return NULL;
		}
		s->link = p;
	}
	p = &s->link[s->n++];
	memset(p, 0, sizeof *p);
	p->up = true;
	return p;
}

void
link_set_clear(struct link_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->link[i].a);
		free(s->link[i].b);
		free(s->link[i].fallback);
		free(s->link[i].say);
		free(s->link[i].from);
	}
	free(s->link);
	s->link = NULL;
	s->n = 0;
}

/* Whether a list of options has one of this name. */
static bool
has_option(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list != NULL && *list != '\0';
	    list += strcspn(list, ","), list += *list == ',')
		if (strncmp(list, name, len) == 0 &&
		    (list[len] == '=' || list[len] == ',' ||
		    list[len] == '\0'))
			return true;
	return false;
}

/*
 * An address that listens for IP version 4 or 6; 0: as its options say.
 * TLS has one name for both, and an option.
 */
static char *
listener(const struct config *c, bool tcp, int version, const char *only,
    unsigned port)
{
	const char *opts = c->listen_opts == NULL ? "" : c->listen_opts;
	size_t size = strlen(opts) + 200;
	char *text = malloc(size), type[64], ip[16] = "";

	if (text == NULL)
		return NULL;
	if (version != 0)
		snprintf(ip, sizeof ip, c->listen_tls ? ",pf=ip%d" : "%d",
		    version);
	if (c->listen_tls)
		snprintf(type, sizeof type, "%s:%u,fork%s", tcp ?
		    "OPENSSL-LISTEN" : "OPENSSL-DTLS-SERVER", port, ip);
	else
		snprintf(type, sizeof type, "%s%s-LISTEN:%u,fork", tcp ?
		    "TCP" : "UDP", ip, port);
	snprintf(text, size, "%s,reuseaddr%s%s%s%s%s", type, only,
	    tcp ? "," : "", tcp ? KEEPALIVE : "", *opts == '\0' ? "" : ",",
	    opts);
	return text;
}

/*
 * IPv6 and IPv4 on one socket where the system has both, unless the user
 * says where to bind, or -4 or -6.
 */
static void
listeners(struct link_spec *w, bool tcp, unsigned port,
    const struct config *c)
{
	bool bound = has_option(c->listen_opts, "bind") ||
	    has_option(c->listen_opts, "pf") ||
	    has_option(c->listen_opts, "protocol-family");

	if (bound || c->link_ipv == 4) {
		w->a = listener(c, tcp, bound ? 0 : 4, "", port);
		return;
	}
	w->a = listener(c, tcp, 6, c->link_ipv == 6 ? ",ipv6only=1" :
	    ",ipv6only=0", port);
	if (c->link_ipv != 6)
		w->fallback = listener(c, tcp, 4, "", port);
}

static const char *
connector(const struct config *c, bool tcp)
{
	if (c->connect_tls)
		return tcp ? "OPENSSL" : "OPENSSL-DTLS-CLIENT";
	return tcp ? "TCP" : "UDP";
}

/*
 * Adds the link of a port.  host is a name or a numeric address, checked
 * by the caller: nothing in it is special in an address.
 */
int
link_set_add_port(struct link_set *s, char proto, unsigned port,
    const char *host, unsigned target, const struct config *c)
{
	struct link_spec *w = link_set_add(s);
	bool tcp = proto == 't', six = strchr(host, ':') != NULL;
	const char *opts = c->connect_opts == NULL ? "" : c->connect_opts;
	size_t size = strlen(host) + strlen(opts) + 150;

	if (w == NULL)
		return -1;
	w->udp = !tcp;
	snprintf(w->key, sizeof w->key, "%u/%s", port, tcp ? "tcp" : "udp");
	snprintf(w->target, sizeof w->target, six ? "[%s]:%u" : "%s:%u",
	    host, target);
	listeners(w, tcp, port, c);
	w->b = malloc(size);
	if (w->b != NULL)
		snprintf(w->b, size, "%s:%s%s%s%s", connector(c, tcp),
		    w->target, !tcp ? "" : strstr(opts, TIMEOUT) == NULL ?
		    "," CONNECT : "," KEEPALIVE,
		    *opts == '\0' ? "" : ",", opts);
	if (w->a == NULL || w->b == NULL)
		return error_set("out of memory");
	return 0;
}
