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

/* The first table is no heap: writing to its page costs a copy anyway. */
static pid_t first[64], *table = first;
static size_t room = 64, count, marks;

#define FREE	0
#define GONE	((pid_t)-1)

static size_t
place(pid_t pid)
{
	return (size_t)pid * 2654435761u & (room - 1);
}

static void
put(pid_t pid)
{
	size_t i = place(pid);

	while (table[i] != FREE && table[i] != GONE)
		i = (i + 1) & (room - 1);
	if (table[i] == FREE)
		marks++;
	table[i] = pid;
	count++;
}

/* Half empty at least, else searching takes long. */
static int
make_room(void)
{
	pid_t *old = table;
	size_t i, was = room;

	if (marks * 2 < room)
		return 0;
	for (room = 64; room < count * 4; room *= 2)
		;
	table = calloc(room, sizeof *table);
	if (table == NULL) {
		table = old;
		room = was;
		return -1;
	}
	count = marks = 0;
	for (i = 0; i < was; i++)
		if (old[i] != FREE && old[i] != GONE)
			put(old[i]);
	if (old != first)
		free(old);
	return 0;
}

void
children_add(pid_t pid)
{
	if (make_room() == 0 || marks + 1 < room)
		put(pid);
}

bool
children_has(pid_t pid)
{
	size_t i, n;

	for (i = place(pid), n = 0; table[i] != FREE && n < room; n++) {
		if (table[i] == pid)
			return true;
		i = (i + 1) & (room - 1);
	}
	return false;
}

size_t
children_count(void)
{
	return count;
}

static int
drop(pid_t pid)
{
	size_t i, n;

	for (i = place(pid), n = 0; table[i] != FREE && n < room; n++) {
		if (table[i] == pid) {
			table[i] = GONE;
			count--;
			return 1;
		}
		i = (i + 1) & (room - 1);
	}
	return 0;
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

	for (i = 0; i < room; i++)
		if (table[i] != FREE && table[i] != GONE)
			kill(table[i], signo);
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
	count = marks = 0;
	memset(table, 0, room * sizeof *table);
}
