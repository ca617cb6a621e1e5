/* run/command/fit.c: flags that would have no effect are refused, or warned of. */

#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "fit.h"

/* A flag that is relay's own: where it has an effect, and what has instead. */
static const struct own {
	const char *name;
	const char *sources;	/* letters of struct mode's source */
	const char *instead;
} own[] = {
	{ "--connect-opts", "lhd", "the options of a target stand behind its "
	    "address, as in TCP:host:port,connect-timeout=5" },
	{ "--docker", "d", "a relay of its own can follow containers" },
	{ "--docker-host", "d", "it says where the engine of --docker is" },
	{ "--drain", "plhd", "" },
	{ "--exit-idle", "plhd", "" },
	{ "--half-close", "lhd", "-t does that here" },
	{ "--hold", "d", "only a container of --docker is waited for" },
	{ "--links", "l", "a relay of its own can have the links of the "
	    "environment" },
	{ "--listen-opts", "lhd", "the options of a listener stand behind its "
	    "address, as in TCP-LISTEN:port,fork,bind=127.0.0.1" },
	{ "--network", "d", "only containers of --docker have networks" },
	{ "--ready-fd", "plhd", "" },
	{ "-sock", "d", "it says where the engine of -name is" },
	{ "-wait", "d", "only a container of -name is waited for" },
};

/* Flags of which one makes the other idle; of socat's, so only a warning. */
static const struct beside {
	const char *name, *other, *why;
} beside[] = {
	{ "-R", "-u", "nothing goes from right to left" },
	{ "-W", "-L", "-L fails at once if the lock is held" },
	{ "-r", "-U", "nothing goes from left to right" },
};

static size_t
given(const struct mode *m, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < m->ngiven; i++)
		n += strcmp(m->given[i], name) == 0;
	return n;
}

static const char *
source_name(char source)
{
	return source == 'l' ? "--links" : source == 'd' ? "--docker" :
	    source == 'h' ? "HOST PORT" : "pairs of addresses";
}

static int
own_fit(const struct mode *m, const struct own *f)
{
	size_t n = given(m, f->name);

	if (n == 0)
		return 0;
	if (strchr(f->sources, m->source) == NULL)
		return error_set("%s has no effect with %s: %s", f->name,
		    source_name(m->source), f->instead);
	if (n > 1 && strcmp(f->name, "--docker") != 0)
		return error_set("%s is given twice: only the last would have "
		    "an effect", f->name);
	return 0;
}

int
flags_fit(const struct mode *m)
{
	size_t i;

	for (i = 0; i < sizeof own / sizeof *own; i++)
		if (own_fit(m, &own[i]) == -1)
			return -1;
	for (i = 0; i < sizeof beside / sizeof *beside; i++)
		if (given(m, beside[i].name) && given(m, beside[i].other))
			log_warn("%s has no effect with %s: %s",
			    beside[i].name, beside[i].other, beside[i].why);
	if (m->source != 'p' && given(m, "-t"))
		log_warn("-t has no effect on TCP links: --half-close is "
		    "their limit");
	return 0;
}

int
flags_fit_listeners(const struct mode *m, size_t pairs, bool listens)
{
	if (m->source != 'p' || listens)
		return 0;
	if (given(m, "--exit-idle"))
		return error_set("--exit-idle has no effect without a "
		    "listener with fork: -T ends a connection that is idle");
	if (pairs > 1)
		return 0;
	if (given(m, "--drain"))
		return error_set("--drain has no effect without a listener "
		    "with fork: a signal ends a single connection at once");
	if (given(m, "--ready-fd"))
		return error_set("--ready-fd has no effect without a listener "
		    "with fork: only that one is ever ready");
	return 0;
}
