/* run/link/stop.c: the end of links, told or by themselves. */

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>

#include "../../lib/clock.h"
#include "../../lib/log.h"
#include "../../lib/os/sig.h"
#include "../children.h"
#include "stop.h"

/* How long processes may take to end when the drain time is over. */
#define END_MS		1500

/*
 * A signal that comes within this time is no second one: timeout(1) sends one
 * to its child and another to the group.
 */
#define AGAIN_MS	300

void
stop_leave(struct link *l)
{
	if (l->pid == 0)
		return;
	kill(l->pid, SIG_FINISH);
	children_disown(l->pid);
	l->pid = 0;
}

static const char *
ending(int status, char *buf, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(buf, size, "was killed by signal %d",
		    WTERMSIG(status));
	else if (WEXITSTATUS(status) == 0)
		snprintf(buf, size, "has ended");
	else
		snprintf(buf, size, "failed with status %d",
		    WEXITSTATUS(status));
	return buf;
}

int
stop_reap(void (*died)(struct links *, struct link *, const char *),
    struct links *all)
{
	struct link *l;
	void *owner;
	char how[60];
	int status, failed = 0;

	while (children_wait(&status, &owner) != 0) {
		l = owner;
		if (l == NULL)
			continue;	/* it was to end, or is an orphan */
		l->pid = 0;
		l->state = HELD;
		l->held = clock_ms();
		if (died != NULL)
			died(all, l, ending(status, how, sizeof how));
		if (failed == 0)
			failed = WIFEXITED(status) &&
			    WEXITSTATUS(status) != 0 ?
			    WEXITSTATUS(status) : 1;
	}
	return failed;
}

/* Whether nobody runs at the deadline or a signal that asks for haste. */
static bool
wait_all(struct links *all, msec until)
{
	msec begun = clock_ms(), now;

	while (children_count() > 0 && (now = clock_ms()) < until) {
		sig_poll(NULL, 0, until - now);
		stop_reap(NULL, all);
		if ((sig_taken(SIGTERM) | sig_taken(SIGINT) &&
		    clock_ms() - begun >= AGAIN_MS) ||
		    sig_taken(SIGHUP) | sig_taken(SIGQUIT))
			break;
	}
	return children_count() == 0;
}

void
stop_all(struct links *all, msec drain_ms)
{
	struct link *l;

	for (l = all->first; l != NULL; l = l->next)
		addr_unlisten(l->a);
	stop_reap(NULL, all);
	if (drain_ms >= 0) {
		children_signal(SIG_FINISH);
		if (wait_all(all, clock_ms() + drain_ms))
			return;
	}
	children_signal(SIG_END);
	if (wait_all(all, clock_ms() + END_MS))
		return;
	children_signal(SIGKILL);
	wait_all(all, clock_ms() + END_MS);
}
