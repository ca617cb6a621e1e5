/*
 * run/pool.c: children that wait and serve one client after another.
 *
 * Still one process per connection: a child takes the next client when it
 * is done with the last.  Who has a client is marked in shared memory; a
 * child that makes it true that all have one tells the listener, which
 * then accepts by itself and forks, until one is free again.
 */

#include <sys/wait.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/os.h"
#include "../lib/sig.h"
#include "children.h"
#include "pool.h"
#include "shuttle.h"

#define POOL_MAX	4096

/* How long a helper waits for another client. */
#define HELP_NS		1000000000LL

/* In memory that all share. */
struct shared {
	atomic_int busy;	/* how many have a client */
	atomic_int spare;	/* helpers beyond them that wait for one */
	atomic_int watching;	/* the listener accepts as well */
	atomic_int stopping;
	atomic_uchar has[POOL_MAX];	/* which have */
};

static struct {
	struct addr *listener;
	pool_serve *serve;
	void *context;
	int n;
	bool together;		/* when the listener dies, clients do too */
	pid_t pid[POOL_MAX];
	struct shared *shared;
	msec mended;		/* when children were last forked anew */
} *pool;

static void
occupied(int slot, bool yes)
{
	struct shared *s = pool->shared;

	atomic_store(&s->has[slot], yes);
	if (!yes)
		atomic_fetch_sub(&s->busy, 1);
	else if (atomic_fetch_add(&s->busy, 1) + 1 >= pool->n &&
	    !atomic_load(&s->watching))
		kill(getppid(), SIGUSR2);
}

/* EXEC's children that outlived their connection. */
static void
programs_reap(void)
{
	if (!self.programs)
		return;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static volatile sig_atomic_t serving, orphaned;

/* The listener is gone: a client is still served to its end. */
static void
orphan(int signo)
{
	(void)signo;
	orphaned = 1;
	if (!serving)
		_exit(0);
}

/* One client after another, until told to stop or the parent is gone. */
static _Noreturn void
child(int slot)
{
	struct addr *a = pool->listener;
	pid_t parent = getppid();
	bool armed = false;
	struct end e;
	int rc;

	sig_child();
	end_forget(NULL);
	children_forget();
	self.listener = parent;
	self.pooled = true;
	sig_on(SIGUSR2, orphan);
	os_parent_death(pool->together ? SIGTERM : SIGUSR2);
	for (;;) {
		serving = 1;
		rc = addr_next(a, &e);
		if (rc == 0) {
			occupied(slot, true);
			pool->serve(pool->context, &e);
			occupied(slot, false);
			programs_reap();
			/* prctl(2): another user id forgets it. */
			if (!armed)
				os_parent_death(pool->together ? SIGTERM :
				    SIGUSR2);
			armed = true;
		}
		serving = 0;
		if (atomic_load(&pool->shared->stopping) || orphaned)
			_exit(0);
		if (rc == 0) {
			sched_yield();
			continue;
		}
		if (getppid() != parent)
			_exit(0);
		if (rc == -1)
			nap_ns(50000000);
		os_listen_wait(a->lfd);
	}
}

static int
fork_one(int slot)
{
	pid_t pid;

	if (atomic_exchange(&pool->shared->has[slot], 0))
		atomic_fetch_sub(&pool->shared->busy, 1);
	pid = fork();
	if (pid == 0)
		child(slot);
	pool->pid[slot] = pid == -1 ? 0 : pid;
	if (pid == -1)
		return -1;
	children_add(pid);
	return 0;
}

int
pool_start(struct addr *listener, long long n, bool together,
    pool_serve *serve, void *context)
{
	int i;

	if (n > POOL_MAX)
		return fault_set("pool=%lld: %d is the most", n, POOL_MAX);
	pool = calloc(1, sizeof *pool);
	if (pool == NULL || (pool->shared = os_shared(sizeof *pool->shared))
	    == NULL)
		return fault_set("shared memory:");
	pool->listener = listener;
	pool->serve = serve;
	pool->context = context;
	pool->n = (int)n;
	pool->together = together;
	sig_wait_for(SIGUSR2);
	for (i = 0; i < pool->n; i++)
		if (fork_one(i) == -1)
			return fault_set("fork():");
	return 0;
}

/* Children that die at once are not forked anew more often than this. */
#define MEND_MS	200

int
pool_mend(void)
{
	int i;

	if (pool == NULL || atomic_load(&pool->shared->stopping))
		return 0;
	for (i = 0; i < pool->n; i++) {
		if (pool->pid[i] != 0 && children_has(pool->pid[i]))
			continue;
		if (clock_ms() - pool->mended < MEND_MS)
			nap_ns(MEND_MS * 1000000LL);
		pool->mended = clock_ms();
		if (fork_one(i) == -1)
			return -1;
	}
	return 0;
}

static bool
all_busy(void)
{
	return atomic_load(&pool->shared->busy) >= pool->n &&
	    atomic_load(&pool->shared->spare) <= 0;
}

/* Looked at once more after the mark is gone: no child may be missed. */
bool
pool_busy(void)
{
	bool busy;

	if (pool == NULL)
		return true;
	busy = all_busy();
	if (!busy) {
		atomic_store(&pool->shared->watching, 0);
		busy = all_busy();
	}
	if (busy)
		atomic_store(&pool->shared->watching, 1);
	return busy;
}

/*
 * A child that was forked because all others were busy: it helps on until
 * no client comes for a while.  Does not return.
 */
void
pool_help(struct end *e)
{
	struct addr *a = pool->listener;
	struct end next = *e;
	pid_t parent = getppid();

	self.pooled = true;
	for (;;) {
		pool->serve(pool->context, &next);
		programs_reap();
		sched_yield();
		if (addr_next(a, &next) == 0)
			continue;
		atomic_fetch_add(&pool->shared->spare, 1);
		fd_wait(a->lfd, 'r', HELP_NS);
		atomic_fetch_sub(&pool->shared->spare, 1);
		if (atomic_load(&pool->shared->stopping) ||
		    getppid() != parent || addr_next(a, &next) != 0)
			_exit(0);
	}
}

void
pool_stop(void)
{
	int i;

	if (pool == NULL)
		return;
	atomic_store(&pool->shared->stopping, 1);
	for (i = 0; i < pool->n; i++)
		if (pool->pid[i] > 0 && !atomic_load(&pool->shared->has[i]))
			kill(pool->pid[i], SIGTERM);
}
