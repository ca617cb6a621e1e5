/* run/command/fit.c: flags without effect are refused, or warned of. */

#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "flag.h"
#include "flags.h"

static size_t
given(const struct config *c, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < c->ngiven; i++)
		n += strcmp(c->given[i]->name, name) == 0;
	return n;
}

static const char *
source_name(enum source source)
{
	return source == FROM_ENVIRONMENT ? "--links" :
	    source == FROM_DOCKER ? "--docker" :
	    source == FROM_HOST_PORT ? "HOST PORT" : "pairs of addresses";
}

/* A flag that is relay's own. */
static int
own_fit(const struct config *c, const struct flag *f)
{
	if (f->with == 0)
		return 0;
	if (!(f->with & c->source))
		return error_set("%s has no effect with %s: %s", f->name,
		    source_name(c->source), f->instead);
	if (given(c, f->name) > 1 && !f->again)
		return error_set("%s is given twice: only the last would have "
		    "an effect", f->name);
	return 0;
}

/* One of socat's: it is said, and taken as socat takes it. */
static void
socat_fit(const struct config *c, const struct flag *f)
{
	if (f->idle_with != NULL && given(c, f->idle_with))
		log_warn("%s has no effect with %s: %s", f->name,
		    f->idle_with, f->why);
	if (f->with != 0 && !(f->with & c->source))
		log_warn("%s has no effect on TCP links: %s", f->name,
		    f->instead);
}

int
flags_fit(const struct config *c)
{
	const struct flag *f;

	for (f = flags; f < flags + flags_n; f++)
		if (f->of != FLAG_SOCAT && given(c, f->name) &&
		    own_fit(c, f) == -1)
			return -1;
	for (f = flags; f < flags + flags_n; f++)
		if (f->of == FLAG_SOCAT && given(c, f->name))
			socat_fit(c, f);
	return 0;
}

int
flags_fit_listeners(const struct config *c, size_t pairs, bool listens)
{
	const struct flag *f;

	if (c->source != FROM_PAIRS || listens)
		return 0;
	for (f = flags; f < flags + flags_n; f++)
		if (given(c, f->name) && (f->needs == NEEDS_LISTENER ||
		    (f->needs == NEEDS_MANY && pairs == 1)))
			return error_set("%s has no effect without a listener "
			    "with fork: %s", f->name, f->instead);
	return 0;
}
