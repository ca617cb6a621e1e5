/*
 * run/command/core.c: in place of the supervisor and its sources, where relay
 * is to be as small as it can be: one pair of addresses, and nothing else.
 */

#include <stdio.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../docker/source.h"
#include "../link/supervisor.h"

#define LACKING	"this build of relay serves one pair of addresses only"

struct engine *
engine_new(const struct engine_conf *conf, char *err, size_t size)
{
	(void)conf;
	snprintf(err, size, "%s", LACKING);
	return NULL;
}

void
engine_free(struct engine *e)
{
	(void)e;
}

int
engine_fds(struct engine *e, struct pollfd *p, int max)
{
	(void)e;
	(void)p;
	(void)max;
	return 0;
}

int
engine_timeout(struct engine *e, long long now_ms)
{
	(void)e;
	(void)now_ms;
	return -1;
}

int
engine_work(struct engine *e, const struct pollfd *p, int n,
    long long now_ms)
{
	(void)e;
	(void)p;
	(void)n;
	(void)now_ms;
	return 0;
}

const struct want *
engine_wanted(struct engine *e, size_t *n)
{
	(void)e;
	*n = 0;
	return NULL;
}

int
engine_synced(struct engine *e)
{
	(void)e;
	return 1;
}

const char *
engine_place(const struct engine *e)
{
	(void)e;
	return "";
}

const char *
engine_away(const struct engine *e)
{
	(void)e;
	return NULL;
}

int
engine_trouble(const struct engine *e, size_t i, const char **name,
    const char **trouble)
{
	(void)e;
	(void)i;
	(void)name;
	(void)trouble;
	return 0;
}

int
docker_source(struct link_source *source, struct docker_source *s)
{
	(void)source;
	(void)s;
	return error_set(LACKING);
}

int
supervisor_run(struct link_set *s, const struct config *c,
    const struct link_source *source)
{
	(void)s;
	(void)c;
	(void)source;
	error_set(LACKING);
	error_print(0);
	return 1;
}

int
link_set_environment(struct link_set *s, const char *patterns,
    const struct config *c)
{
	(void)s;
	(void)patterns;
	(void)c;
	return error_set(LACKING);
}
