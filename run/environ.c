/*
 * run/environ.c: links of the environment: NAME_PORT_<n>_TCP=tcp://HOST:PORT
 * and the same with UDP, as Docker's legacy links set them.  Values are
 * checked letter by letter and never run.
 */

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/log.h"
#include "../lib/num.h"
#include "links.h"

extern char **environ;

#define HOST_MAX_LEN	253	/* RFC 1035 section 2.3.4 */

struct variable {
	const char *text;	/* "NAME_PORT_..." as in the environment */
	size_t len;		/* of the whole variable's name */
	size_t name;		/* of NAME */
	char proto;
	unsigned port, target;
	char host[HOST_MAX_LEN + 1];
};

/* The variable's name for messages: printable and short. */
static const char *
shown(const struct variable *v, char buf[100])
{
	size_t i;

	for (i = 0; i < v->len && i < 90; i++)
		buf[i] = isprint((unsigned char)v->text[i]) ? v->text[i] :
		    '?';
	buf[i] = '\0';
	if (i < v->len)
		strcpy(buf + i, "...");
	return buf;
}

/* Whether the name ends as a link's does; finds NAME and the protocol. */
static bool
looks_like(const char *text, struct variable *v)
{
	static const char mark[] = "_PORT_";
	const char *equals = strchr(text, '='), *p, *at = NULL;

	if (equals == NULL || equals - text < 5)
		return false;
	memset(v, 0, sizeof *v);
	v->text = text;
	v->len = (size_t)(equals - text);
	if (strncmp(equals - 4, "_TCP", 4) == 0)
		v->proto = 't';
	else if (strncmp(equals - 4, "_UDP", 4) == 0)
		v->proto = 'u';
	else
		return false;
	/* The last mark counts: NAME may have one too. */
	for (p = text; p + strlen(mark) <= equals - 4; p++)
		if (strncmp(p, mark, strlen(mark)) == 0)
			at = p;
	if (at == NULL || at == text)
		return false;
	v->name = (size_t)(at - text);
	return true;
}

/* A port without sign, blanks or zeros before it. */
static int
port_number(const char *text, size_t len, unsigned *port)
{
	char buf[8];
	long long n;

	if (len == 0 || len >= sizeof buf || *text < '1' || *text > '9')
		return -1;
	memcpy(buf, text, len);
	buf[len] = '\0';
	if (num_int(buf, 1, 65535, &n) != NUM_OK)
		return -1;
	*port = (unsigned)n;
	return 0;
}

static bool
host_letters(const char *host, size_t len, bool brackets)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)host[i];

		if (!isalnum(c) && c != '.' && (brackets ? c != ':' &&
		    c != '%' : c != '-' && c != '_'))
			return false;
	}
	return len > 0 && len <= HOST_MAX_LEN && (brackets || *host != '-');
}

/* "tcp://HOST:PORT"; what is wrong with it, or NULL. */
static const char *
value_read(struct variable *v)
{
	const char *p = v->text + v->len + 1, *end;
	bool brackets;

	if (strncmp(p, v->proto == 't' ? "tcp://" : "udp://", 6) != 0)
		return v->proto == 't' ? "the value does not start with "
		    "tcp://" : "the value does not start with udp://";
	p += 6;
	brackets = *p == '[';
	if (brackets) {
		end = strchr(++p, ']');
		if (end == NULL || end[1] != ':')
			return "no \"]:\" after the IPv6 address";
	} else {
		end = strchr(p, ':');
		if (end == NULL)
			return "no port in the value";
	}
	if (!host_letters(p, (size_t)(end - p), brackets))
		return "the value has no proper host name or address";
	memcpy(v->host, p, (size_t)(end - p));
	v->host[end - p] = '\0';
	p = end + 1 + brackets;
	if (port_number(p, strlen(p), &v->target) == -1)
		return "the value's port is not between 1 and 65535";
	return NULL;
}

static const char *
variable_read(struct variable *v)
{
	const char *digits = v->text + v->name + strlen("_PORT_");

	if (port_number(digits, (size_t)(v->text + v->len - 4 - digits),
	    &v->port) == -1)
		return "the name's port is not between 1 and 65535";
	return value_read(v);
}

/* Patterns separated by commas; those with "!" take away. */
static bool
selected(const struct variable *v, const char *patterns)
{
	char name[256], pattern[256];
	bool some = false, yes = false;
	size_t n;

	if (patterns == NULL || *patterns == '\0')
		return true;
	snprintf(name, sizeof name, "%.*s", (int)v->name, v->text);
	for (; *patterns != '\0'; patterns += n + (patterns[n] == ',')) {
		n = strcspn(patterns, ",");
		snprintf(pattern, sizeof pattern, "%.*s", (int)n, patterns);
		if (pattern[0] == '!') {
			if (fnmatch(pattern + 1, name, 0) == 0)
				return false;
			continue;
		}
		some = true;
		yes |= pattern[0] != '\0' && fnmatch(pattern, name, 0) == 0;
	}
	return yes || !some;
}

/* The same port twice: one link, or an error that names both. */
static int
add(struct wanted_set *s, const struct variable *v,
    const struct link_opts *o)
{
	char key[24], name[100], target[280], say[500];
	struct wanted_link *w;
	size_t i;

	snprintf(key, sizeof key, "%u/%s", v->port, v->proto == 't' ?
	    "tcp" : "udp");
	snprintf(target, sizeof target, strchr(v->host, ':') != NULL ?
	    "[%s]:%u" : "%s:%u", v->host, v->target);
	shown(v, name);
	for (i = 0; i < s->n; i++) {
		w = &s->link[i];
		if (strcmp(w->key, key) != 0)
			continue;
		if (strcmp(w->target, target) == 0)
			return 0;
		return fault_set("%s goes to %s by %s and to %s by %s", key,
		    w->target, w->from, target, name);
	}
	if (wanted_port(s, v->proto, v->port, v->host, v->target, o) == -1)
		return -1;
	w = &s->link[s->n - 1];
	snprintf(say, sizeof say, "%s -> %s from %s", key, target, name);
	w->from = strdup(name);
	w->say = strdup(say);
	return w->from == NULL || w->say == NULL ?
	    fault_set("out of memory") : 0;
}

static int
by_port(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int
none_found(void)
{
	fault_set("no link variable in the environment");
	fault_hint("one looks like REDIS_PORT_6379_TCP=tcp://172.17.0.5:6379;"
	    " or say which: ambassador HOST PORT, or relay "
	    "TCP-LISTEN:6379,fork,reuseaddr TCP:HOST:6379");
	return -1;
}

/*
 * Adds the links of all variables that patterns select.  Look-alikes that
 * do not parse are reported and passed over.  -1 with words in fault if
 * two contradict each other, or if there is none at all.
 */
int
wanted_environment(struct wanted_set *s, const char *patterns,
    const struct link_opts *o)
{
	struct variable *list;
	const char *why;
	char name[100];
	size_t i, n = 0;
	int rc = 0;

	for (i = 0; environ[i] != NULL; i++)
		;
	list = malloc((i + 1) * sizeof *list);
	if (list == NULL)
		return fault_set("out of memory");
	for (i = 0; environ[i] != NULL; i++) {
		if (!looks_like(environ[i], &list[n]) ||
		    !selected(&list[n], patterns))
			continue;
		why = variable_read(&list[n]);
		if (why == NULL)
			n++;
		else
			log_error("%s is no link: %s", shown(&list[n], name),
			    why);
	}
	qsort(list, n, sizeof *list, by_port);
	for (i = 0; i < n && rc == 0; i++)
		rc = add(s, &list[i], o);
	free(list);
	return rc == 0 && s->n == 0 ? none_found() : rc;
}
