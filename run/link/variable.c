/*
 * run/link/variable.c: variables of the environment that look like links:
 * NAME_PORT_<n>_TCP=tcp://HOST:PORT and the same with UDP.  Values are
 * checked letter by letter and never run.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/num.h"
#include "variable.h"

extern char **environ;

const char *
variable_shown(const struct variable *v, char buf[100])
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
		return "the value's port is no plain number from 1 to 65535";
	return NULL;
}

const char *
variable_read(struct variable *v)
{
	const char *digits = v->text + v->name + strlen("_PORT_");

	if (port_number(digits, (size_t)(v->text + v->len - 4 - digits),
	    &v->port) == -1)
		return "the name's port is no plain number from 1 to 65535";
	return value_read(v);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
by_start(const void *key, const void *text)
{
	return strncmp(key, *(char *const *)text, strlen(key));
}

/* Whether a variable is there that begins with the first n bytes and tail. */
static bool
begins(char **sorted, size_t count, const char *text, size_t n,
    const char *tail)
{
	char key[300];

	return snprintf(key, sizeof key, "%.*s%s", (int)n, text, tail) <
	    (int)sizeof key &&
	    bsearch(key, sorted, count, sizeof *sorted, by_start) != NULL;
}

/*
 * Docker gives a container that has a link to another the other one's
 * environment as well: ALIAS_ENV_NAME=value, beside ALIAS_NAME=/this/alias
 * and ALIAS_PORT=tcp://...
 */
static bool
is_handed_on(const struct variable *v, char **sorted, size_t count)
{
	static const char *const tails[] = { "_NAME=/", "_PORT=tcp://",
	    "_PORT=udp://", "_PORT_" };
	size_t at, i;

	for (at = 1; at + 5 <= v->name; at++) {
		if (strncmp(v->text + at, "_ENV_", 5) != 0)
			continue;
		for (i = 0; i < sizeof tails / sizeof *tails; i++)
			if (begins(sorted, count, v->text, at, tails[i]))
				return true;
	}
	return false;
}

struct variable *
variables(size_t *n)
{
	struct variable *list;
	char **sorted;
	size_t i, count = 0;

	while (environ[count] != NULL)
		count++;
	list = malloc((count + 1) * sizeof *list);
	sorted = malloc((count + 1) * sizeof *sorted);
	if (list == NULL || sorted == NULL) {
		free(list);
		free(sorted);
		return NULL;
	}
	memcpy(sorted, environ, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_text);
	for (*n = i = 0; i < count; i++) {
		if (!looks_like(sorted[i], &list[*n]))
			continue;
		list[*n].handed_on = is_handed_on(&list[*n], sorted, count);
		list[*n].kubernetes = strncmp(sorted[i], "KUBERNETES_",
		    strlen("KUBERNETES_")) == 0;
		(*n)++;
	}
	free(sorted);
	return list;
}
