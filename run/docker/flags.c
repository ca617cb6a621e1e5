/*
 * run/docker/flags.c: the flags of docker-grand-ambassador: -name NAME, again and
 * again, -sock PATH, -wait, -log-level LEVEL; in the spellings of Go's
 * flag package: one dash or two, "-x v" or "-x=v".  Each would be an error
 * among relay's own.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../command/mode.h"

/* The path stays for as long as the process. */
static int
sock_set(struct mode *m, const char *path)
{
	size_t size = strlen(path) + sizeof "unix://";
	char *host;

	if (strstr(path, "://") != NULL) {
		m->docker_host = path;
		return 0;
	}
	host = malloc(size);
	if (host == NULL)
		return error_set("out of memory");
	snprintf(host, size, "unix://%s", path);
	m->docker_host = host;
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
	return error_set("-log-level: no level \"%.40s\"; there are debug, "
	    "info, warn, error, fatal", level);
}

static bool
is(const char *flag, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(flag, name, len) == 0;
}

/* The ones that take a value; it is not empty in any of them. */
static int
value_set(struct mode *m, const char *flag, size_t len, const char *value,
    const char **name)
{
	if (value == NULL)
		return error_set("flag needs an argument: -%.80s", flag);
	if (is(flag, len, "log-level"))
		return level_set(value);
	if (is(flag, len, "sock"))
		return sock_set(m, value);
	m->source = 'd';
	*name = value;
	return 0;
}

int
docker_flag(struct mode *m, const char *arg, const char *next,
    const char **name, const char **flag)
{
	static const char *const flags[] = { "-name", "-sock", "-log-level" };
	const char *p = arg + 1 + (arg[1] == '-');
	size_t len = strcspn(p, "="), i;

	*name = NULL;
	if (strncmp(p, "tls", 3) == 0)
		return error_set("-%.40s: there is no TLS here; run a TLS "
		    "client before it (socat, stunnel, ssh -L) and give -sock "
		    "its unix socket", p);
	/* It always waits: a container that does not exist may come. */
	*flag = "-wait";
	if (is(p, len, "wait"))
		return 1;
	for (i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (!is(p, len, flags[i] + 1))
			continue;
		*flag = flags[i];
		if (value_set(m, p, len, p[len] == '=' ? p + len + 1 : next,
		    name) == -1)
			return -1;
		return p[len] == '=' ? 1 : 2;
	}
	return 0;
}
