/*
 * run/children.c: the processes that were forked and still run.
 *
 * A hash table of process ids with open addressing, so that thousands
 * cost no more than ten; only these are ever signalled.  It lies in memory
 * that children do not get: what is written between two forks would have
 * to be copied if they did.
 */

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "../lib/clock.h"
#include "children.h"
#include "transfer.h"

/* How long TERM may take before KILL follows. */
#define TERM_MS	500

/* The first number of places; always a power of two. */
#define FIRST	512

/*
 * waitpid(2) for any child looks at all of them.  Where there are more than
 * a few, the latest are asked for, which is one step each, and all are
 * looked at no more often than this.
 */
#define FEW		64
#define RECENT		256
#define SWEEP_MS	100

#define FREE	0

static struct all {
	size_t room, count;
	pid_t recent[RECENT];
	size_t newest;
	bool owed;		/* some that ended may not be seen yet */
	msec swept;
	struct child {
		pid_t pid;
		void *owner;
	} table[];
} *all;

static size_t
bytes(size_t room)
{
	return sizeof *all + room * sizeof *all->table;
}

int
children_start(void)
{
	if (all != NULL)
		return 0;
	all = os_own(bytes(FIRST));
	if (all == NULL)
		return error_set("memory:");
	all->room = FIRST;
	return 0;
}

static size_t
next(size_t i)
{
	return (i + 1) & (all->room - 1);
}

static size_t
place(pid_t pid)
{
	return (size_t)pid * 2654435761u & (all->room - 1);
}

/* Where the process is, or would be. */
static size_t
child_find(pid_t pid)
{
	size_t i = place(pid);

	while (all->table[i].pid != FREE && all->table[i].pid != pid)
		i = next(i);
	return i;
}

static void
put(struct child c)
{
	all->table[child_find(c.pid)] = c;
	all->count++;
}

/* Half empty at least, else searching takes long. */
static void
make_room(void)
{
	struct all *old = all, *new;
	size_t i;

	if (old->count * 2 < old->room)
		return;
	new = os_own(bytes(old->room * 2));
	if (new == NULL)
		return;
	*new = *old;
	new->room *= 2;
	new->count = 0;
	all = new;
	for (i = 0; i < old->room; i++)
		if (old->table[i].pid != FREE)
			put(old->table[i]);
	os_disown(old, bytes(old->room));
}

void
children_add(pid_t pid, void *owner)
{
	make_room();
	if (all->count + 1 < all->room)
		put((struct child){ pid, owner });
	all->newest = (all->newest + 1) % RECENT;
	all->recent[all->newest] = pid;
}

bool
children_has(pid_t pid)
{
	return all != NULL && all->table[child_find(pid)].pid == pid;
}

size_t
children_count(void)
{
	return all == NULL ? 0 : all->count;
}

/*
 * What stands behind it in the same run moves up, if its own place is not
 * behind the gap: so no search ends too early, and no marks pile up.
 */
static size_t
drop(pid_t pid)
{
	size_t last, gap, i;
	struct child *t;

	if (!children_has(pid))
		return 0;
	t = all->table;
	last = all->room - 1;
	gap = child_find(pid);
	for (i = next(gap); t[i].pid != FREE; i = next(i))
		if (((i - place(t[i].pid)) & last) >= ((i - gap) & last)) {
			t[gap] = t[i];
			gap = i;
		}
	t[gap].pid = FREE;
	all->count--;
	return 1;
}

/* One that has ended: this one, or any for -1.  Its id, or 0. */
static pid_t
reap_one(pid_t pid, size_t *ours)
{
	int status;

	pid = waitpid(pid, &status, WNOHANG);
	if (pid <= 0)
		return 0;
	*ours += drop(pid);
	if (WIFSIGNALED(status))
		log_notice("child %ld exited on signal %d", (long)pid,
		    WTERMSIG(status));
	else
		log_info("waitpid(): child %ld exited with status %d",
		    (long)pid, WEXITSTATUS(status));
	return pid;
}

size_t
children_sweep(void)
{
	static int init = -1;
	size_t ours = 0;

	if (init == -1)
		init = getpid() == 1;
	/* Process 1 has children that it did not make. */
	while ((children_count() > 0 || init) && reap_one(-1, &ours) != 0)
		;
	if (all != NULL)
		all->owed = false;
	return ours;
}

size_t
children_reap(void)
{
	size_t i, ours = 0;

	if (children_count() <= FEW)
		return children_sweep();
	for (i = 0; i < RECENT; i++)
		if (all->recent[i] != 0 &&
		    reap_one(all->recent[i], &ours) != 0)
			all->recent[i] = 0;
	if (clock_ms() - all->swept < SWEEP_MS) {
		all->owed = true;
		return ours;
	}
	all->swept = clock_ms();
	return ours + children_sweep();
}

void
children_owe(void)
{
	all->owed = true;
}

int
children_owed(void)
{
	return all != NULL && all->owed ? SWEEP_MS : -1;
}

void
children_disown(pid_t pid)
{
	all->table[child_find(pid)].owner = NULL;
}

pid_t
children_wait(int *status, void **owner)
{
	pid_t pid = waitpid(-1, status, WNOHANG);
	struct child *c;

	if (pid <= 0)
		return 0;
	c = &all->table[child_find(pid)];
	*owner = c->pid == pid ? c->owner : NULL;
	drop(pid);
	return pid;
}

void
children_signal(int signo)
{
	size_t i;

	for (i = 0; i < all->room; i++)
		if (all->table[i].pid != FREE)
			kill(all->table[i].pid, signo);
}

void
children_end(void)
{
	msec until = clock_ms() + TERM_MS;

	if (children_count() == 0)
		return;
	log_notice("ending %zu children", all->count);
	children_signal(SIG_END);
	while (all->count > 0 && clock_ms() < until) {
		sig_poll(NULL, 0, clock_left(until, clock_ms()));
		children_sweep();
	}
	children_signal(SIGKILL);
	while (all->count > 0) {
		sig_poll(NULL, 0, 50);
		children_sweep();
	}
}

/* A child has none of its parent's. */
void
children_forget(void)
{
	all = NULL;
}
