/* run/dump-name.c: names of files that are made anew for each connection. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "../addr/addr.h"
#include "dump-name.h"

/* The longest name of a variable that is looked up. */
#define VARIABLE_MAX	256

bool
dump_name_varies(const char *form)
{
	return strpbrk(form, "$\\") != NULL;
}

static size_t
name_length(const char *p)
{
	return strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static void
time_put(FILE *f, bool micros)
{
	struct timespec ts;
	struct tm tm;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(text, sizeof text, "%Y%m%dT%H%M%S", &tm);
	if (micros)
		fprintf(f, "%06ld", ts.tv_nsec / 1000);
	else
		fputs(text, f);
}

/* Whether a peer had a say in what the variable holds: PREFIX_PEERADDR. */
static bool
peers(const struct config *c, const char *name)
{
	size_t len = strlen(c->env_prefix);

	return strncasecmp(name, c->env_prefix, len) == 0 &&
	    strncmp(name + len, "_PEER", 5) == 0;
}

/* A peer's path must not choose a folder of ours. */
static void
variable_put(FILE *f, const struct config *c, const char *name)
{
	const char *value = getenv(name);

	for (; value != NULL && *value != '\0'; value++)
		putc(*value == '/' && peers(c, name) ? '_' : *value, f);
}

/* What stands behind a dollar; returns how many characters it was. */
static size_t
reference_put(FILE *f, const struct config *c, const char *p)
{
	char name[VARIABLE_MAX];
	size_t len = name_length(p);

	if (*p == '$') {
		fprintf(f, "%ld", (long)getpid());
		return 1;
	}
	if (len == 0) {
		/* As socat 1.8.1.1, to the letter: "${PID}" is "${ID}". */
		fprintf(f, "$%.1s", p);
		return *p == '\0' ? 0 : p[1] == '\0' ? 1 : 2;
	}
	if (len >= sizeof name)
		return len;
	memcpy(name, p, len);
	name[len] = '\0';
	if (strcmp(name, "PROGNAME") == 0)
		fputs(c->name, f);
	else if (strcmp(name, "TIMESTAMP") == 0)
		time_put(f, false);
	else if (strcmp(name, "MICROS") == 0)
		time_put(f, true);
	else
		variable_put(f, c, name);
	return len;
}

char *
dump_name(const struct service *s, const char *form, struct end *client)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (f == NULL)
		return NULL;
	environment_set(s->config, s->process, client);
	while (*form != '\0') {
		if (*form == '$') {
			form++;
			form += reference_put(f, s->config, form);
			continue;
		}
		if (*form == '\\' && (form[1] == '$' || form[1] == '\\'))
			form++;
		putc(*form++, f);
	}
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}
