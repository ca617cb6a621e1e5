/*
 * run/grand.c: the flags of docker-grand-ambassador: -name NAME, again and
 * again, -sock PATH, -wait, -log-level LEVEL; in the spellings of Go's
 * flag package: one dash or two, "-x v" or "-x=v".
 */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../lib/log.h"
#include "mode.h"

/* The value of a flag: behind "=", or the next word. */
static const char *
value_of(const char *flag, size_t len, int argc, char *argv[], int *i)
{
	if (flag[len] == '=')
		return flag + len + 1;
	if (*i + 1 >= argc) {
		fault_set("flag needs an argument: -%.80s", flag);
		return NULL;
	}
	return argv[++*i];
}

static int
sock_set(struct mode *m, const char *path)
{
	static char host[300];

	if (strstr(path, "://") != NULL)
		m->docker_host = path;
	else {
		if (strlen(path) > sizeof host - 8)
			return fault_set("-sock: the path is too long");
		snprintf(host, sizeof host, "unix://%s", path);
		m->docker_host = host;
	}
	return 0;
}

static int
level_set(const char *level)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {
		{ "debug", LOG_D }, { "info", LOG_N }, { "warn", LOG_W },
		{ "warning", LOG_W }, { "error", LOG_E }, { "fatal", LOG_F },
		{ "panic", LOG_F },
	};
	size_t i;

	for (i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strcasecmp(level, levels[i].name) == 0) {
			log_threshold(levels[i].level);
			log_letter_threshold(levels[i].level);
			return 0;
		}
	return fault_set("-log-level: no level \"%.40s\"; there are debug, "
	    "info, warn, error, fatal", level);
}

static bool
is(const char *flag, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(flag, name, len) == 0;
}

static int
flag_read(struct mode *m, const char *flag, int argc, char *argv[], int *i,
    char *names[], int *n)
{
	size_t len = strcspn(flag, "=");
	const char *value;

	if (strncmp(flag, "tls", 3) == 0)
		return fault_set("-%.40s: there is no TLS here; run a TLS "
		    "client before it (socat, stunnel, ssh -L) and give -sock "
		    "its unix socket", flag);
	/* It always waits: a container that does not exist may come. */
	if (is(flag, len, "wait"))
		return 0;
	if (!is(flag, len, "name") && !is(flag, len, "sock") &&
	    !is(flag, len, "log-level"))
		return fault_set("flag provided but not defined: -%.80s; "
		    "there are -name, -sock, -wait and -log-level", flag);
	value = value_of(flag, len, argc, argv, i);
	if (value == NULL)
		return -1;
	if (is(flag, len, "name")) {
		names[(*n)++] = (char *)value;
		return 0;
	}
	return is(flag, len, "sock") ? sock_set(m, value) :
	    level_set(value);
}

/*
 * Reads all words; names, with room for argc of them, gets the
 * containers.  -1 with words in fault.
 */
int
mode_grand(struct mode *m, int argc, char *argv[], char *names[], int *n)
{
	const char *flag;
	int i;

	*n = 0;
	m->source = 'd';
	for (i = 1; i < argc; i++) {
		flag = argv[i];
		if (*flag != '-' || flag[1] == '\0')
			return fault_set("unexpected word \"%.80s\"; a "
			    "container is named by -name", flag);
		flag += flag[1] == '-' ? 2 : 1;
		if (flag_read(m, flag, argc, argv, &i, names, n) == -1)
			return -1;
	}
	if (*n == 0)
		return fault_set("which container? say -name NAME");
	return 0;
}
