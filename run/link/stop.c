/* run/link/stop.c: the end of links, told or by themselves. */

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>

#include "../../lib/log.h"
#include "../../lib/os/sig.h"
#include "stop.h"

/* How long processes may take to end when the drain time is over. */
#define END_MS		1500

/*
 * A signal that comes within this time is no second one: timeout(1) sends one
 * to its child and another to the group.
 */
#define AGAIN_MS	300

/* Processes that were told to end and whose link does not need them. */
static pid_t leaving[4096];
static size_t nleaving;

const char *
link_name(const struct link *l)
{
	static char name[400];

	snprintf(name, sizeof name, "%s (%.160s -> %.160s)", l->want.key,
	    l->a->spec->text, l->b->spec->text);
	return l->want.target[0] != '\0' ? l->want.key : name;
}

void
stop_leave(pid_t pid, int signo)
{
	kill(pid, signo);
	if (nleaving < sizeof leaving / sizeof *leaving)
		leaving[nleaving++] = pid;
}

static bool
left(pid_t pid)
{
	size_t i;

	for (i = 0; i < nleaving; i++)
		if (leaving[i] == pid) {
			leaving[i] = leaving[--nleaving];
			return true;
		}
	return false;
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
stop_reap(struct link *links, void (*died)(struct link *, const char *))
{
	struct link *l;
	char how[60];
	int status, failed = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (left(pid))
			continue;
		for (l = links; l != NULL && l->pid != pid; l = l->next)
			;
		if (l == NULL)
			continue;	/* an orphan, if this is process 1 */
		l->pid = 0;
		l->state = HELD;
		l->held = clock_ms();
		if (died != NULL)
			died(l, ending(status, how, sizeof how));
		if (failed == 0)
			failed = WIFEXITED(status) &&
			    WEXITSTATUS(status) != 0 ?
			    WEXITSTATUS(status) : 1;
	}
	return failed;
}

static void
signal_all(const struct link *links, int signo)
{
	const struct link *l;
	size_t i;

	for (i = 0; i < nleaving; i++)
		kill(leaving[i], signo);
	for (l = links; l != NULL; l = l->next)
		if (l->pid != 0)
			kill(l->pid, signo);
}

static bool
some_run(const struct link *links)
{
	const struct link *l;

	for (l = links; l != NULL; l = l->next)
		if (l->pid != 0)
			return true;
	return nleaving > 0;
}

/* Whether nobody runs at the deadline or a signal that asks for haste. */
static bool
wait_all(struct link *links, msec until)
{
	msec begun = clock_ms(), now;

	while (some_run(links) && (now = clock_ms()) < until) {
		sig_poll(NULL, 0, until - now);
		stop_reap(links, NULL);
		if ((sig_taken(SIGTERM) | sig_taken(SIGINT) &&
		    clock_ms() - begun >= AGAIN_MS) ||
		    sig_taken(SIGHUP) | sig_taken(SIGQUIT))
			break;
	}
	return !some_run(links);
}

void
stop_all(struct link *links, msec drain_ms)
{
	struct link *l;

	for (l = links; l != NULL; l = l->next)
		addr_unlisten(l->a);
	stop_reap(links, NULL);
	if (drain_ms >= 0) {
		signal_all(links, SIG_FINISH);
		if (wait_all(links, clock_ms() + drain_ms))
			return;
	}
	signal_all(links, SIG_END);
	if (wait_all(links, clock_ms() + END_MS))
		return;
	signal_all(links, SIGKILL);
	wait_all(links, clock_ms() + END_MS);
}
