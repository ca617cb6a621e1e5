/* run/outcome.c: how a connection ended, and why. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/cold.h"
#include "../lib/log.h"
#include "outcome.h"

/* Long enough for any text of strerror(3), and for a resolver's. */
#define REASON_MAX	300

HOT bool
outcome_failed(const struct outcome *o)
{
	return o->reason > END_ESCAPE;
}

void
outcome_set(struct outcome *o, enum reason why)
{
	if (!outcome_failed(o))
		o->reason = why;
}

/* The address as typed, without its options. */
static int
address_length(const struct end *e)
{
	return (int)strcspn(e->text, ",");
}

void
outcome_fail(struct outcome *o, enum reason why, int side, int err,
    const struct end *e, const char *call)
{
	const char *text = end_failure(e, err);

	if (outcome_failed(o)) {
		/* What follows from it is no news. */
		log_info("%s: %s", call, text);
		return;
	}
	o->reason = why;
	o->failure.side = side;
	o->failure.err = err;
	if (o->as_socat || e->text == NULL)
		log_error("%s: %s", call, text);
	else
		log_error("%s: %s (%c: %.*s)", call, text, "AB"[side],
		    address_length(e), e->text);
}

static const char *
reason_text(const struct outcome *o, char *buf, size_t size)
{
	static const char *const names[] = {
		[END_EOF] = "eof", [END_IDLE] = "idle timeout",
		[END_HALF_CLOSE] = "half-close timeout",
		[END_READBYTES] = "readbytes", [END_ESCAPE] = "escape",
		[END_CONNECT] = "connect failed",
		[END_PROGRAM] = "program failed",
		[END_READ] = "read from", [END_WRITE] = "write to",
		[END_ERROR] = "error",
	};
	char side = "AB"[o->failure.side];

	if (o->reason == END_CONNECT && o->why != NULL) {
		snprintf(buf, size, "%s: %s", names[o->reason], o->why);
		return buf;
	}
	if (o->reason != END_READ && o->reason != END_WRITE)
		return names[o->reason];
	if (o->failure.err == ECONNRESET)
		snprintf(buf, size, "reset by %c", side);
	else
		snprintf(buf, size, "%s %c failed: %s", names[o->reason],
		    side, strerror(o->failure.err));
	return buf;
}

void
outcome_log(const struct outcome *o, const char *link, const char *peer,
    const char *target)
{
	char why[REASON_MAX];

	log_summary("finished %s%s%s -> %s: %llu bytes there, %llu back, "
	    "%lld.%03lld s, %s", link == NULL ? "" : link,
	    link == NULL ? "" : " ", peer, target, o->bytes[0], o->bytes[1],
	    o->lasted / 1000, o->lasted % 1000,
	    reason_text(o, why, sizeof why));
}
