/*
 * run/link/environment.c: links of the environment, as Docker's legacy links
 * and Kubernetes' Services set them: which of them are wanted, by their names.
 */

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "set.h"
#include "variable.h"

/* One pattern of --links=. */
struct pattern {
	char text[256];
	bool minus;		/* "!": it takes away */
};

/* Takes the next one off a list that commas separate. */
static bool
pattern_next(const char **list, struct pattern *p)
{
	size_t n;

	if (*list == NULL || **list == '\0')
		return false;
	p->minus = **list == '!';
	*list += p->minus;
	n = strcspn(*list, ",");
	snprintf(p->text, sizeof p->text, "%.*s", (int)n, *list);
	*list += n + ((*list)[n] == ',');
	return true;
}

static void
upper(char *p)
{
	for (; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
}

/*
 * What a linked container hands on is nobody's wish, unless the pattern
 * says so itself: NAME* is for what begins with NAME and has a link.
 */
static bool
matches(const struct pattern *p, const struct variable *v, bool fold)
{
	char name[256];
	struct pattern q = *p;

	snprintf(name, sizeof name, "%.*s", (int)v->name, v->text);
	if (fold) {
		upper(name);
		upper(q.text);
	}
	return (p->minus || !v->handed_on ||
	    strstr(q.text, "_ENV_") != NULL) && fnmatch(q.text, name, 0) == 0;
}

static bool
selected(const struct variable *v, const char *patterns)
{
	bool some = false, yes = false;
	struct pattern p;

	while (pattern_next(&patterns, &p)) {
		if (p.minus && matches(&p, v, false))
			return false;
		some |= !p.minus;
		yes |= !p.minus && matches(&p, v, false);
	}
	return some ? yes : !v->handed_on && !v->kubernetes;
}

/* The NAMEs of the list for messages, each once. */
static void
names_list(const struct variable *list, size_t n, char *buf, size_t size)
{
	size_t i, len = 0, room = size - sizeof ", ...";

	for (*buf = '\0', i = 0; i < n; i++) {
		if (i > 0 && list[i].name == list[i - 1].name &&
		    strncmp(list[i].text, list[i - 1].text, list[i].name) == 0)
			continue;
		if (len + list[i].name + 2 > room) {
			strcpy(buf + len, ", ...");
			return;
		}
		len += (size_t)sprintf(buf + len, "%s%.*s", len > 0 ? ", " :
		    "", (int)list[i].name, list[i].text);
	}
}

/* The first that a pattern matches, or NULL. */
static const struct variable *
match(const struct pattern *p, const struct variable *list, size_t n,
    bool fold)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (matches(p, &list[i], fold))
			return &list[i];
	return NULL;
}

/* The first but for the case of letters, else the first of all. */
static const struct variable *
meant(const struct variable *list, size_t n, const char *patterns)
{
	const struct variable *v;
	struct pattern p;

	while (pattern_next(&patterns, &p))
		if (!p.minus && (v = match(&p, list, n, true)) != NULL)
			return v;
	return list;
}

/*
 * A pattern that is for nothing is most likely a slip.  One that takes away
 * may be for other environments; so it is one if only its case is wrong.
 */
static void
patterns_warn(const struct variable *list, size_t n, const char *patterns)
{
	struct pattern p;
	char names[300];
	bool folded;

	names_list(list, n, names, sizeof names);
	while (pattern_next(&patterns, &p)) {
		if (match(&p, list, n, false) != NULL)
			continue;
		folded = match(&p, list, n, true) != NULL;
		if (!p.minus || folded)
			log_warn("--links: \"%s%.80s\" matches no NAME_PORT_"
			    "<n>_TCP; there are the names %s%s", p.minus ?
			    "!" : "", p.text, names, folded ?
			    " (case counts)" : "");
	}
}

/* The same port twice: one link, or an error that names both. */
static int
twice(const struct link_spec *w, const struct variable *v,
    const struct variable *before, const char *target)
{
	char name[100];

	if (strcmp(w->target, target) == 0)
		return 0;
	error_set("%s goes to %s by %s and to %s by %s", w->key, w->target,
	    w->from, target, variable_shown(v, name));
	error_hint("one port can have one of them: choose by --links=%.*s or "
	    "by --links=%.*s, or leave one out, as by --links='!%.*s'",
	    (int)before->name, before->text, (int)v->name, v->text,
	    (int)v->name, v->text);
	return -1;
}

/* before is the variable that comes before it in the order by port. */
static int
add(struct link_set *s, const struct variable *v,
    const struct variable *before, const struct config *c)
{
	char target[280], name[100], say[500];
	struct link_spec *w;

	snprintf(target, sizeof target, strchr(v->host, ':') != NULL ?
	    "[%s]:%u" : "%s:%u", v->host, v->target);
	if (before != NULL && before->port == v->port &&
	    before->proto == v->proto)
		return twice(&s->link[s->n - 1], v, before, target);
	if (link_set_add_port(s, v->proto, v->port, v->host, v->target,
	    c) == -1)
		return -1;
	w = &s->link[s->n - 1];
	variable_shown(v, name);
	snprintf(say, sizeof say, "%s -> %s from %s", w->key, target, name);
	w->from = strdup(name);
	w->say = strdup(say);
	return w->from == NULL || w->say == NULL ?
	    error_set("out of memory") : 0;
}

static int
by_port(const void *a, const void *b)
{
	const struct variable *x = *(const struct variable *const *)a;
	const struct variable *y = *(const struct variable *const *)b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->proto != y->proto)
		return x->proto - y->proto;
	return strcmp(x->text, y->text);
}

/* names are there, but none was chosen; or there is no variable at all. */
static int
none_found(const struct variable *list, size_t n, const char *patterns)
{
	const struct variable *v;
	char names[300];

	names_list(list, n, names, sizeof names);
	if (n > 0 && patterns != NULL && *patterns != '\0')
		error_set("no link variable of the environment matches "
		    "--links=%.100s; there are the names %s (case counts)",
		    patterns, names);
	else if (n > 0)
		error_set("no link variable in the environment but those "
		    "that every pod or linked container has: %s", names);
	else
		error_set("no link variable in the environment");
	if (n > 0) {
		v = meant(list, n, patterns);
		error_hint("say which: --links=%.*s", (int)v->name, v->text);
	} else
		error_hint("one looks like REDIS_PORT_6379_TCP="
		    "tcp://172.17.0.5:6379; or say which: ambassador HOST "
		    "PORT, or relay TCP-LISTEN:6379,fork,reuseaddr "
		    "TCP:HOST:6379");
	return -1;
}

/* Whether the variable is a link that was asked for; says if it is none. */
static bool
usable(struct variable *v)
{
	char name[100];
	const char *why = variable_read(v);

	if (why != NULL)
		log_error("%s is no link: %s", variable_shown(v, name), why);
	return why == NULL;
}

/* Adds the links of the variables that patterns choose; room for n of them. */
static int
chosen_add(struct link_set *s, struct variable *list, size_t n,
    const struct variable **chosen, const char *patterns,
    const struct config *c)
{
	size_t i, k = 0, taken = 0;
	char name[100];

	for (i = 0; i < n; i++) {
		if (selected(&list[i], patterns)) {
			taken++;
			if (usable(&list[i]))
				chosen[k++] = &list[i];
		} else if (list[i].kubernetes || list[i].handed_on)
			log_notice("%s is passed over: %s",
			    variable_shown(&list[i], name), list[i].kubernetes ?
			    "every pod has it" : "a linked container's own");
	}
	if (taken == 0)
		return none_found(list, n, patterns);
	patterns_warn(list, n, patterns);
	qsort(chosen, k, sizeof *chosen, by_port);
	for (i = 0; i < k; i++)
		if (add(s, chosen[i], i > 0 ? chosen[i - 1] : NULL, c) == -1)
			return -1;
	return k > 0 ? 0 : none_found(NULL, 0, NULL);
}

/*
 * Adds the links of all variables that patterns select.  Look-alikes that
 * do not parse are reported and passed over.  -1 with words in last_error if
 * two contradict each other, or if there is none at all.
 */
int
link_set_environment(struct link_set *s, const char *patterns,
    const struct config *c)
{
	size_t n = 0;
	struct variable *list = variables(&n);
	const struct variable **chosen = malloc((n + 1) * sizeof *chosen);
	int rc;

	if (list == NULL || chosen == NULL)
		rc = error_set("out of memory");
	else
		rc = chosen_add(s, list, n, chosen, patterns, c);
	free(list);
	free(chosen);
	return rc;
}
