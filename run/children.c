/*
 * run/children.c: the processes that were forked and still run.
 *
 * A hash table of process ids with open addressing, so that thousands
 * cost no more than ten; only these are ever signalled.
 */

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/sig.h"
#include "children.h"
#include "shuttle.h"

/* How long TERM may take before KILL follows. */
#define TERM_MS	500

/*
 * The first table is no heap: it lies in a page that is written to between
 * two forks anyway, and such a page costs a copy.
 */
#define FIRST	128
static pid_t first[FIRST], *larger;
static size_t larger_room, count;

#define FREE	0

static pid_t *
table(void)
{
	return larger != NULL ? larger : first;
}

static size_t
last(void)
{
	return (larger != NULL ? larger_room : FIRST) - 1;
}

static size_t
place(pid_t pid)
{
	return (size_t)pid * 2654435761u & last();
}

/* Where the process is, or would be. */
static pid_t *
find(pid_t pid)
{
	size_t i = place(pid);

	while (table()[i] != FREE && table()[i] != pid)
		i = (i + 1) & last();
	return table() + i;
}

static void
put(pid_t pid)
{
	*find(pid) = pid;
	count++;
}

/* Half empty at least, else searching takes long. */
static int
make_room(void)
{
	pid_t *old = table(), *new;
	size_t i, was = last() + 1;

	if (count * 2 < was)
		return 0;
	new = calloc(was * 2, sizeof *new);
	if (new == NULL)
		return -1;
	larger = new;
	larger_room = was * 2;
	count = 0;
	for (i = 0; i < was; i++)
		if (old[i] != FREE)
			put(old[i]);
	if (old != first)
		free(old);
	return 0;
}

void
children_add(pid_t pid)
{
	if (make_room() == 0 || count < last())
		put(pid);
}

bool
children_has(pid_t pid)
{
	return *find(pid) == pid;
}

size_t
children_count(void)
{
	return count;
}

/*
 * What stands behind it in the same run moves up, if its own place is not
 * behind the gap: so no search ends too early, and no marks pile up.
 */
static int
drop(pid_t pid)
{
	size_t gap = (size_t)(find(pid) - table()), i;

	if (table()[gap] != pid)
		return 0;
	for (i = (gap + 1) & last(); table()[i] != FREE; i = (i + 1) & last())
		if (((i - place(table()[i])) & last()) >= ((i - gap) & last())) {
			table()[gap] = table()[i];
			gap = i;
		}
	table()[gap] = FREE;
	count--;
	return 1;
}

size_t
children_reap(void)
{
	static int init = -1;
	size_t n = 0;
	int status;
	pid_t pid;

	if (init == -1)
		init = getpid() == 1;
	/* Process 1 has children that it did not make. */
	while ((count > 0 || init) && (pid = waitpid(-1, &status, WNOHANG)) > 0) {
		n += (size_t)drop(pid);
		if (WIFSIGNALED(status))
			log_notice("child %ld exited on signal %d", (long)pid,
			    WTERMSIG(status));
		else
			log_info("waitpid(): child %ld exited with status %d",
			    (long)pid, WEXITSTATUS(status));
	}
	return n;
}

static void
signal_all(int signo)
{
	size_t i;

	for (i = 0; i <= last(); i++)
		if (table()[i] != FREE)
			kill(table()[i], signo);
}

void
children_end(void)
{
	msec until = clock_ms() + TERM_MS;

	if (count == 0)
		return;
	log_notice("ending %zu children", count);
	signal_all(SIGTERM);
	while (count > 0 && clock_ms() < until) {
		sig_poll(NULL, 0, (int)(until - clock_ms()));
		children_reap();
	}
	signal_all(SIGKILL);
	while (count > 0) {
		sig_poll(NULL, 0, 50);
		children_reap();
	}
}

/* A child has none of its parent's. */
void
children_forget(void)
{
	count = 0;
	memset(table(), 0, (last() + 1) * sizeof(pid_t));
}
