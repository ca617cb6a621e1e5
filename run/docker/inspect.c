/*
 * inspect.c: what a Docker Engine's documents say about a container
 *
 * Pure functions from JSON to structs. Whatever is copied from a document is
 * bounded, addresses are passed on only if they are numeric ones, and a field
 * that is missing or of another kind counts as empty: engines differ.
 */

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/json.h"
#include "inspect.h"

static void
copy_string(const struct json *v, const char *path, char *buf, size_t size)
{
	struct json s;

	if (!json_find(v, path, &s) || json_string(&s, buf, size) == -1)
		*buf = '\0';
}

static int
is_true(const struct json *v, const char *path)
{
	struct json b;

	return json_find(v, path, &b) && json_kind(&b) == 't';
}

/* A numeric address, IPv4 preferred; "" if there is none. */
static void
copy_host(const struct json *v, char *buf)
{
	unsigned char addr[16];

	copy_string(v, "IPAddress", buf, HOST_SIZE);
	if (inet_pton(AF_INET, buf, addr) == 1)
		return;
	copy_string(v, "GlobalIPv6Address", buf, HOST_SIZE);
	if (inet_pton(AF_INET6, buf, addr) != 1)
		*buf = '\0';
}

static size_t
members(const struct json *v)
{
	const char *pos = NULL;
	struct json key, val;
	size_t n = 0;

	while (json_next(v, &pos, &key, &val))
		n++;
	return n;
}

static int
read_networks(struct container *c, const struct json *v)
{
	const char *pos = NULL;
	struct json key, val;
	struct network *n;
	size_t max;

	if (json_kind(v) != '{' || (max = members(v)) == 0)
		return 0;
	if ((c->networks = calloc(max, sizeof(*n))) == NULL)
		return -1;
	while (json_next(v, &pos, &key, &val)) {
		n = &c->networks[c->nnetworks];
		if (json_kind(&val) != '{' ||
		    json_string(&key, n->name, sizeof(n->name)) == -1)
			continue;
		copy_string(&val, "NetworkID", n->id, sizeof(n->id));
		copy_host(&val, n->host);
		c->nnetworks++;
	}
	return 0;
}

/* "6379/tcp", "53/udp"; a number alone is TCP. 0 if it is no port. */
static int
read_port(const struct json *key, struct exposed *e)
{
	char text[16], *end;
	unsigned long port;

	if (json_string(key, text, sizeof(text)) == -1 ||
	    *text < '1' || *text > '9')
		return 0;
	port = strtoul(text, &end, 10);
	if (port > 65535)
		return 0;
	memset(e, 0, sizeof(*e));
	e->port = (unsigned)port;
	if (*end == '\0' || strcmp(end, "/tcp") == 0)
		e->proto = 't';
	else if (strcmp(end, "/udp") == 0)
		e->proto = 'u';
	else if (strcmp(end, "/sctp") == 0)
		e->proto = 's';
	return e->proto != 0;
}

static int
by_port(const void *x, const void *y)
{
	const struct exposed *a = x, *b = y;

	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return a->proto - b->proto;
}

static int
read_ports(struct container *c, const struct json *v)
{
	const char *pos = NULL;
	struct json key, val;
	size_t max, i, n = 0;

	if (json_kind(v) != '{' || (max = members(v)) == 0)
		return 0;
	if ((c->ports = calloc(max, sizeof(*c->ports))) == NULL)
		return -1;
	while (json_next(v, &pos, &key, &val))
		n += (size_t)read_port(&key, &c->ports[n]);
	qsort(c->ports, n, sizeof(*c->ports), by_port);
	for (i = 0; i < n; i++)
		if (i == 0 || by_port(&c->ports[i], &c->ports[i - 1]) != 0)
			c->ports[c->nports++] = c->ports[i];
	return 0;
}

/*
 * Reads the answer to /containers/NAME/json. On success *c owns memory until
 * container_free; on -1 it owns none and *err has words.
 */
int
container_read(struct container *c, const char *text, size_t n,
    const char **err)
{
	struct json doc, v;

	memset(c, 0, sizeof(*c));
	if (json_text(&doc, text, n, err) == -1)
		return -1;
	copy_string(&doc, "Id", c->id, sizeof(c->id));
	if (c->id[0] == '\0') {
		*err = "a container without an id";
		return -1;
	}
	c->running = is_true(&doc, "State.Running") &&
	    !is_true(&doc, "State.Paused") &&
	    !is_true(&doc, "State.Restarting");
	if (json_find(&doc, "NetworkSettings", &v))
		copy_host(&v, c->host);
	if ((json_find(&doc, "NetworkSettings.Networks", &v) &&
	    read_networks(c, &v) == -1) ||
	    (json_find(&doc, "Config.ExposedPorts", &v) &&
	    read_ports(c, &v) == -1)) {
		container_free(c);
		*err = "no memory for a container";
		return -1;
	}
	return 0;
}

void
container_free(struct container *c)
{
	free(c->networks);
	free(c->ports);
	memset(c, 0, sizeof(*c));
}

static int
has_network(const struct container *c, const struct network *n)
{
	size_t i;

	for (i = 0; i < c->nnetworks; i++)
		if (strcmp(c->networks[i].id, n->id) == 0 && n->id[0])
			return 1;
	return 0;
}

/*
 * The address at which a container is to be reached: in the named network if
 * one was asked for, else in one that self shares, else on the default
 * bridge, else anywhere. "" if there is none. self may be NULL.
 */
const char *
container_host(const struct container *c, const char *network,
    const struct container *self)
{
	const struct network *n, *end;

	if (c->nnetworks == 0)
		return network ? "" : c->host;
	end = c->networks + c->nnetworks;
	if (network) {
		for (n = c->networks; n < end; n++)
			if (strcmp(n->name, network) == 0 ||
			    strcmp(n->id, network) == 0)
				return n->host;
		return "";
	}
	for (n = c->networks; self && n < end; n++)
		if (n->host[0] && has_network(self, n))
			return n->host;
	if (c->host[0])
		return c->host;
	for (n = c->networks; n < end; n++)
		if (n->host[0])
			return n->host;
	return "";
}

/*
 * Reads one event. Engines before 1.10 give status and id, without a type.
 * -1 with words in *err if it is not JSON.
 */
int
event_read(struct event *e, const char *text, size_t n, const char **err)
{
	struct json doc, v;
	char buf[16];

	memset(e, 0, sizeof(*e));
	if (json_text(&doc, text, n, err) == -1)
		return -1;
	copy_string(&doc, "Action", e->action, sizeof(e->action));
	if (!json_find(&doc, "Type", &v)) {
		copy_string(&doc, "status", e->action, sizeof(e->action));
		copy_string(&doc, "id", e->id, sizeof(e->id));
		return 0;
	}
	if (json_is(&v, "network")) {
		e->network = 1;
		copy_string(&doc, "Actor.Attributes.container", e->id,
		    sizeof(e->id));
		return 0;
	}
	if (!json_is(&v, "container")) {
		e->action[0] = '\0';
		return 0;
	}
	copy_string(&doc, "Actor.ID", e->id, sizeof(e->id));
	copy_string(&doc, "Actor.Attributes.name", e->name, sizeof(e->name));
	copy_string(&doc, "Actor.Attributes.oldName", e->oldname,
	    sizeof(e->oldname));
	copy_string(&doc, "Actor.Attributes.signal", buf, sizeof(buf));
	e->signal = atoi(buf);
	return 0;
}

/* The words of a refusal, {"message":"..."}; -1 if there are none. */
int
message_read(const char *text, size_t n, char *buf, size_t size)
{
	const char *err;
	struct json doc;
	char *p;

	*buf = '\0';
	if (json_text(&doc, text, n, &err) == -1)
		return -1;
	copy_string(&doc, "message", buf, size);
	for (p = buf; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	return *buf ? 0 : -1;
}
