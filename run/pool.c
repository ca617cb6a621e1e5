/*
 * run/pool.c: children that wait and serve one client after another.
 *
 * Still one process per connection: a child takes the next client when it
 * is done with the last.  How many have one is counted in shared memory.
 * The child that makes it all of them tells the listener, which looks again
 * a little later: most often one was free in the meantime.  If none was, the
 * listener watches for the next client, and forks a helper for it, a child
 * that it sends home once there is nothing to do.
 */

#include <sys/wait.h>

#include <errno.h>
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

#define POOL_MAX	65536

/* So often helpers are looked at, in milliseconds: who did nothing leaves. */
#define HELP_MS		1000

/* So often a child looks for its parent where no signal tells of its death. */
#define PARENT_MS	1000

/* Helpers that are needed within this time come in a burst, up to a size. */
#define GROWTH_MS	100
#define BURST_MAX	32

/* Children that die at once are not forked anew more often than this. */
#define MEND_MS		200

/* In memory that all share. */
struct shared {
	atomic_int children, busy;
	atomic_int told;	/* the listener knows that all are busy */
	atomic_int stopping;
	/* Of each child: goes up when a client comes, and when it goes. */
	atomic_uint turns[POOL_MAX];
};

static struct {
	struct addr *listener;
	pool_serve *serve;
	void *context;
	int n;			/* slots from here on are helpers' */
	bool together;		/* when the listener dies, clients do too */
	bool queue;		/* who waits for a client does it in accept */
	int top;		/* no slot from here on was ever used */
	pid_t parent;
	pid_t *pid;		/* of slots; the listener's alone */
	unsigned *seen;		/* their turns, so too */
	int helpers;
	msec tidied;		/* when helpers were last looked at */
	struct shared *shared;
	msec mended;		/* when children were last forked anew */
	msec grown;		/* when helpers were */
} *pool;

static unsigned
turns(int slot)
{
	return atomic_load_explicit(&pool->shared->turns[slot],
	    memory_order_relaxed);
}

/* Also for a child that died: with a client or without. */
static void
serves_set(int slot, bool yes)
{
	struct shared *s = pool->shared;
	unsigned turn = turns(slot);

	if (turn % 2 == yes)
		return;
	atomic_store_explicit(&s->turns[slot], turn + 1,
	    memory_order_relaxed);
	if (tally != NULL)
		atomic_fetch_add(&tally->now, yes ? 1 : -1);
	/* The listener blocks the signal but while it waits. */
	if (atomic_fetch_add(&s->busy, yes ? 1 : -1) + 1 >=
	    atomic_load(&s->children) && yes && !atomic_exchange(&s->told, 1))
		kill(pool->parent, SIGUSR2);
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

static volatile sig_atomic_t retired;

/*
 * Told to leave, or the listener is gone: a client is served to its end,
 * and the port is free for others in the meantime.  Who waits for one
 * learns it from the descriptor.
 */
static void
retire(int signo)
{
	int saved = errno;

	(void)signo;
	if (!retired)
		close(pool->listener->lfd);
	retired = 1;
	errno = saved;
}

static void
serve_one(int slot, struct end *e)
{
	serves_set(slot, true);
	if (tally != NULL)
		atomic_fetch_add(&tally->all, 1);
	pool->serve(pool->context, e);
	serves_set(slot, false);
	programs_reap();
}

static void
end_without_parent(void)
{
	if (getppid() != pool->parent)
		_exit(0);
}

/* The signal comes when the listener dies; it may be dead already. */
static void
follow(int signo)
{
	os_parent_death(signo);
	end_without_parent();
}

/* After addr_next() had none, which in a queue is no reason to wait. */
static void
wait_client(int rc)
{
	end_without_parent();
	if (rc == -1)
		nap_ns(50000000);
	else if (!pool->queue)
		fd_wait(pool->listener->lfd, 'r', PARENT_MS * 1000000LL);
}

/* One client after another, until told to leave or the parent is gone. */
static _Noreturn void
child(int slot)
{
	struct addr *a = pool->listener;
	int signo = pool->together ? SIGTERM : SIGUSR2;
	bool armed = false;
	struct end e;
	int rc;

	sig_child();
	children_forget();
	self.listener = pool->parent;
	self.pooled = true;
	sig_on(SIGUSR2, retire);
	follow(signo);
	os_batch();
	while (!retired && !atomic_load(&pool->shared->stopping)) {
		rc = addr_next(a, &e);
		if (rc != 0) {
			wait_client(rc);
			continue;
		}
		serve_one(slot, &e);
		/* prctl(2): another user id forgets it. */
		if (!armed)
			follow(signo);
		armed = true;
	}
	_exit(0);
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
	pool->seen[slot] = turns(slot) - 1;
	if (slot >= pool->n)
		pool->helpers++;
	if (slot >= pool->top)
		pool->top = slot + 1;
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
	if (pool == NULL ||
	    (pool->pid = os_own(POOL_MAX * sizeof *pool->pid)) == NULL ||
	    (pool->seen = os_own(POOL_MAX * sizeof *pool->seen)) == NULL ||
	    (pool->shared = os_shared(sizeof *pool->shared)) == NULL)
		return fault_set("shared memory:");
	pool->listener = listener;
	pool->serve = serve;
	pool->context = context;
	pool->n = (int)n;
	pool->together = together;
	pool->parent = getpid();
	pool->queue = os_accept_waits(listener->lfd) == 0;
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

	for (i = 0; i < pool->top; i++) {
		if (pool->pid[i] != 0 && !children_has(pool->pid[i])) {
			pool->pid[i] = 0;
			pool->helpers -= i >= pool->n;
			atomic_fetch_sub(&pool->shared->children, 1);
			serves_set(i, false);
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

unsigned
pool_turns(bool *serves)
{
	unsigned n = 0;
	int i;

	for (i = 0; i < pool->top; i++)
		n += turns(i);
	*serves = atomic_load(&pool->shared->busy) > 0;
	return n;
}

enum pool_mood
pool_mood(void)
{
	static unsigned seen;
	struct shared *s = pool->shared;
	bool serves;
	unsigned now = pool_turns(&serves), was = seen;

	seen = now;
	atomic_store(&s->told, 0);
	if (atomic_load(&s->busy) < atomic_load(&s->children))
		return POOL_CALM;
	atomic_store(&s->told, 1);
	return now != was ? POOL_ALERT : POOL_FULL;
}

/* The more soon after each other, the more at once. */
int
pool_grow(size_t most)
{
	static size_t burst;
	msec now = clock_ms();
	size_t n = 0;
	int i;

	burst = now - pool->grown < GROWTH_MS ? burst * 2 : 1;
	if (burst > BURST_MAX)
		burst = BURST_MAX;
	if (most > burst)
		most = burst;
	pool->grown = now;
	for (i = pool->n; i < POOL_MAX && n < most; i++)
		if (pool->pid[i] == 0) {
			if (fork_one(i) == -1)
				return -1;
			n++;
		}
	return 0;
}

int
pool_tidy(void)
{
	msec now, due;
	unsigned turn;
	int i;

	if (pool->helpers == 0)
		return -1;
	now = clock_ms();
	due = pool->tidied + HELP_MS - now;
	if (due > 0)
		return (int)due;
	for (i = pool->n; i < pool->top; i++) {
		if (pool->pid[i] == 0)
			continue;
		turn = turns(i);
		if (turn % 2 == 0 && turn == pool->seen[i])
			kill(pool->pid[i], SIGUSR2);
		pool->seen[i] = turn;
	}
	pool->tidied = now;
	return HELP_MS;
}

void
pool_stop(void)
{
	int i;

	atomic_store(&pool->shared->stopping, 1);
	for (i = 0; i < pool->top; i++)
		if (pool->pid[i] != 0)
			kill(pool->pid[i], SIGUSR2);
}
