/*
 * run/pool.c: children that wait and serve one client after another.
 *
 * Still one process per connection: a child takes the next client when it
 * is done with the last.  A connection that lasts is counted in shared
 * memory; when each child has one, the listener watches for the next
 * client, and forks a helper for it that leaves once it has nothing to do.
 * Short connections count nothing and wake nobody but their child.
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

/* How long a helper waits for another client, in milliseconds. */
#define HELP_MS		1000

/* Children that die at once are not forked anew more often than this. */
#define MEND_MS		200

/* What a child does. */
enum { WAITS, SERVES, LASTS };

/* In memory that all share. */
struct shared {
	atomic_int children, lasting;
	atomic_uint clients;	/* so many were accepted */
	atomic_int stopping;
	atomic_uchar state[POOL_MAX];
};

static struct {
	struct addr *listener;
	pool_serve *serve;
	void *context;
	int n;			/* slots from here on are helpers' */
	bool together;		/* when the listener dies, clients do too */
	pid_t parent, pid[POOL_MAX];
	int slot;		/* a child's own */
	struct shared *shared;
	msec mended;		/* when children were last forked anew */
} *pool;

/* The child's state; what it was is kept in order for others to see. */
static void
state_set(int slot, int state)
{
	struct shared *s = pool->shared;
	int was = atomic_exchange(&s->state[slot], (unsigned char)state);

	if (was == LASTS)
		atomic_fetch_sub(&s->lasting, 1);
	if (tally != NULL && (was == WAITS) != (state == WAITS))
		atomic_fetch_add(&tally->now, state == WAITS ? -1 : 1);
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

static volatile sig_atomic_t serving, retired;

/*
 * This connection is not a short one.  The listener blocks the signal
 * while it does not wait for it.
 */
static void
lasts(void)
{
	struct shared *s = pool->shared;

	if (atomic_load(&s->state[pool->slot]) != SERVES)
		return;
	atomic_store(&s->state[pool->slot], LASTS);
	if (atomic_fetch_add(&s->lasting, 1) + 1 >= atomic_load(&s->children))
		kill(pool->parent, SIGUSR2);
}

/*
 * Told to stop, or the listener is gone: a client is served to its end,
 * and the port is free for others in the meantime.
 */
static void
retire(int signo)
{
	int saved = errno;

	(void)signo;
	if (!serving)
		_exit(0);
	if (!retired)
		close(pool->listener->lfd);
	retired = 1;
	errno = saved;
}

static void
serve_one(int slot, struct end *e)
{
	state_set(slot, SERVES);
	atomic_fetch_add_explicit(&pool->shared->clients, 1,
	    memory_order_relaxed);
	if (tally != NULL)
		atomic_fetch_add(&tally->all, 1);
	pool->serve(pool->context, e);
	state_set(slot, WAITS);
	programs_reap();
}

/* One client after another, until told to stop or the parent is gone. */
static _Noreturn void
child(int slot)
{
	struct addr *a = pool->listener;
	int signo = pool->together ? SIGTERM : SIGUSR2;
	int patience = slot < pool->n ? -1 : HELP_MS;
	bool armed = false;
	struct end e;
	int rc;

	sig_child();
	end_forget(NULL);
	children_forget();
	self.listener = pool->parent;
	self.pooled = true;
	self.lasts = lasts;
	pool->slot = slot;
	sig_on(SIGUSR2, retire);
	os_parent_death(signo);
	for (;;) {
		serving = 1;
		rc = retired ? 1 : addr_next(a, &e);
		if (rc == 0) {
			serve_one(slot, &e);
			/* prctl(2): another user id forgets it. */
			if (!armed)
				os_parent_death(signo);
			armed = true;
		}
		serving = 0;
		if (retired || atomic_load(&pool->shared->stopping))
			_exit(0);
		if (rc == 0)
			continue;
		if (getppid() != pool->parent)
			_exit(0);
		if (rc == -1)
			nap_ns(50000000);
		if (os_listen_wait(a->lfd, patience) == 0)
			_exit(0);
	}
}

static int
fork_one(int slot)
{
	pid_t pid;

	atomic_fetch_add(&pool->shared->children, 1);
	pid = fork();
	if (pid == 0)
		child(slot);
	if (pid == -1) {
		atomic_fetch_sub(&pool->shared->children, 1);
		return -1;
	}
	pool->pid[slot] = pid;
	children_add(pid);
	log_notice("forked off child process %ld", (long)pid);
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
	pool->parent = getpid();
	sig_wait_for(SIGUSR2);
	for (i = 0; i < pool->n; i++)
		if (fork_one(i) == -1)
			return fault_set("fork():");
	return 0;
}

int
pool_mend(void)
{
	int i;

	for (i = 0; i < POOL_MAX; i++) {
		if (pool->pid[i] != 0 && !children_has(pool->pid[i])) {
			pool->pid[i] = 0;
			atomic_fetch_sub(&pool->shared->children, 1);
			state_set(i, WAITS);
		}
		if (pool->pid[i] != 0 || i >= pool->n ||
		    atomic_load(&pool->shared->stopping))
			continue;
		if (clock_ms() - pool->mended < MEND_MS)
			nap_ns(MEND_MS * 1000000LL);
		pool->mended = clock_ms();
		if (fork_one(i) == -1)
			return -1;
	}
	return 0;
}

bool
pool_full(void)
{
	return atomic_load(&pool->shared->lasting) >=
	    atomic_load(&pool->shared->children);
}

int
pool_grow(void)
{
	int i;

	for (i = pool->n; i < POOL_MAX; i++)
		if (pool->pid[i] == 0)
			return fork_one(i);
	errno = EAGAIN;
	return -1;
}

unsigned
pool_clients(bool *serves)
{
	int i;

	*serves = false;
	for (i = 0; i < POOL_MAX && !*serves; i++)
		*serves = atomic_load(&pool->shared->state[i]) != WAITS;
	return atomic_load(&pool->shared->clients);
}

void
pool_stop(void)
{
	int i;

	atomic_store(&pool->shared->stopping, 1);
	for (i = 0; i < POOL_MAX; i++)
		if (pool->pid[i] != 0)
			kill(pool->pid[i], SIGUSR2);
}
