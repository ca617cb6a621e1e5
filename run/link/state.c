/* run/link/state.c: what each event does to a link in each state. */

#include "../../lib/clock.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/sig.h"
#include "../target.h"
#include "link.h"
#include "stop.h"

/* A link that failed is tried again, later each time. */
#define RETRY_FIRST_MS	1000
#define RETRY_LAST_MS	60000

/*
 * Each action leaves the link in the state that the table promises, or one
 * on the way to it if it fails.
 */
typedef int action(struct links *, struct link *);

static int
act_open(struct links *all, struct link *l)
{
	if (link_open(all, l) == -1)
		return -1;
	/* Until it is served, clients wait. */
	l->state = HELD;
	l->held = clock_ms();
	return 0;
}

/*
 * Connections to a target that is away are ended, not left hanging; but
 * one that is stopping may still be answering, so they get the drain time.
 */
static int
act_hold(struct links *all, struct link *l)
{
	(void)all;
	stop_leave(l);
	if (l->news.write != NULL)
		board_down(l->news.write);
	l->held = clock_ms();
	l->state = HELD;
	return 0;
}

static int
act_replace(struct links *all, struct link *l)
{
	(void)all;
	stop_leave(l);
	l->state = HELD;
	l->held = clock_ms();
	return 0;
}

static int
act_close(struct links *all, struct link *l)
{
	stop_leave(l);
	addr_unlisten(l->a);
	all->sockets_known = false;
	l->state = CLOSED;
	return 0;
}

static int
act_none(struct links *all, struct link *l)
{
	(void)all;
	(void)l;
	return 0;
}

#define IMPOSSIBLE NULL

static action *const table[STATES][EVENTS] = {
	[CLOSED] = {
		[EV_UP] = act_open, [EV_DOWN] = act_none,
		[EV_CHANGED] = act_none, [EV_TURN] = IMPOSSIBLE,
		[EV_GONE] = act_none, [EV_EXPIRED] = IMPOSSIBLE,
	},
	[HELD] = {
		[EV_UP] = act_none, [EV_DOWN] = act_none,
		[EV_CHANGED] = act_none, [EV_TURN] = link_start,
		[EV_GONE] = act_close, [EV_EXPIRED] = act_close,
	},
	[RUNNING] = {
		[EV_UP] = act_none, [EV_DOWN] = act_hold,
		[EV_CHANGED] = act_replace, [EV_TURN] = IMPOSSIBLE,
		[EV_GONE] = act_close, [EV_EXPIRED] = IMPOSSIBLE,
	},
};

void
link_retry(struct link *l, const char *words)
{
	char name[LINK_NAME_MAX];
	msec now = clock_ms();

	if (l->pause == 0 ||
	    (l->started != 0 && now - l->started >= l->pause))
		l->pause = RETRY_FIRST_MS;
	else if (l->pause < RETRY_LAST_MS / 2)
		l->pause *= 2;
	else
		l->pause = RETRY_LAST_MS;
	l->started = 0;
	l->retry = now + l->pause;
	log_error("link %s: %s; trying again in %lld s", link_name(l, name),
	    words, l->pause / 1000);
	if (l->pause == RETRY_FIRST_MS)
		error_hint_print();
	last_error.hint[0] = '\0';
}

int
link_happen(struct links *all, struct link *l, enum event e)
{
	action *act = table[l->state][e];

	if (act == IMPOSSIBLE)
		return error_set("link %s: event %d in state %d", l->want.key,
		    e, l->state);
	if (act(all, l) == 0)
		return 0;
	if (all->source == NULL)
		return -1;
	link_retry(l, last_error.words);
	return 0;
}
