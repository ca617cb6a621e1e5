/*
 * run/pool.c: children that wait and serve one client after another.
 *
 * Still one process per connection: a child takes the next client when it
 * is done with the last.  How many have one is counted in shared memory.
 * The child that makes it all of them tells the listener, which looks again
 * a little later: most often one was free in the meantime.  If none was, the
 * listener watches for the next client, and forks a helper for it, a child
 * that it sends home once there is nothing to do.
 *
 * A child may run as another user and write anything to that memory, or
 * nothing when it should.  So the counts are only what makes it fast; what
 * is true the listener has from the kernel: a client that nobody takes is
 * found within HEART_MS, and without one no helper is forked.
 */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "../addr/family/reuse.h"
#include "burst.h"
#include "children.h"
#include "pool.h"
#include "transfer.h"

#define POOL_MAX	65536

/* So often helpers are looked at, in milliseconds: who did nothing leaves. */
#define HELP_MS		1000

/* So often a child looks for its parent where no signal tells of its death. */
#define PARENT_MS	1000

/* Helpers that are needed within this time come in a burst, up to a size. */
#define EXPAND_MS	100
#define BURST_MAX	32

/* A child's pause when it cannot accept, and of clients that were none in a
 * row how many make one. */
#define NAP_MS		50
/* When the system is short of something one child says so for all. */
#define BURST_MS	10000
#define FRUITLESS	256

/* Children that die at once are not forked anew more often than this. */
#define RESPAWN_MS	200

/* So often the listener looks for clients that nobody takes. */
#define HEART_MS	1000

/* Idle children have taken a client by then. */
#define TAKEN_MS	1

/* In memory that all share and nobody trusts. */
struct shared {
	atomic_uint children, busy;
	atomic_int told;	/* the listener knows that all are busy */
	atomic_llong said;	/* when a lack was last spoken of, ms, or 0 */
	/* Of each child: goes up when a client comes, and when it goes. */
	atomic_uint turns[POOL_MAX];
};

/* A child, in the listener's own memory. */
struct slot {
	pid_t pid;		/* 0: none */
	unsigned seen;		/* its turns at the last look */
	bool leaving;		/* it was told */
};

static struct {
	struct addr *listener;
	pool_serve *serve;
	void *context;
	int n;			/* slots from here on are helpers' */
	struct service *service;
	bool queue;		/* who waits for a client does it in accept */
	int top;		/* no slot from here on was ever used */
	pid_t parent;
	struct slot *slot;
	int children, helpers;	/* how many there are, and are helpers */
	bool stopping;
	struct shared *shared;
	int tell[2];		/* a pipe: all children are busy */
	msec heard;		/* when that was last said */
	unsigned turns;		/* of all children when last looked at */
	unsigned drift;		/* by so much busy was wrong */
	msec looked;		/* when the kernel was last asked */
	msec waits;		/* since when a client is left waiting, or 0 */
	msec trimmed;		/* when helpers were last looked at */
	msec respawned;		/* when children were last forked anew */
	bool owed;		/* some have not been yet */
	msec expanded;		/* when helpers were */
	size_t burst;		/* ... and how many at once */
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
	unsigned turn = turns(slot), busy;

	if (turn % 2 == yes)
		return;
	atomic_store_explicit(&s->turns[slot], turn + 1,
	    memory_order_relaxed);
	if (pool->service->tally != NULL)
		atomic_fetch_add(&pool->service->tally->now, yes ? 1 : -1);
	busy = atomic_fetch_add(&s->busy, yes ? 1 : -1) + 1;
	/* A pipe that is full says the same. */
	if (yes && busy >= atomic_load(&s->children) &&
	    !atomic_exchange(&s->told, 1) &&
	    write(pool->tell[1], "", 1) == -1)
		atomic_store(&s->told, errno == EAGAIN);
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
		listener_leave(pool->listener);
	retired = 1;
	errno = saved;
}

static void
serve_one(int slot, struct end *e)
{
	serves_set(slot, true);
	if (pool->service->tally != NULL)
		atomic_fetch_add(&pool->service->tally->all, 1);
	pool->serve(pool->context, e);
	serves_set(slot, false);
	sig_programs_reap();
}

static void
end_without_parent(void)
{
	if (getppid() != pool->parent)
		_exit(0);
}

/* Clients that were turned away, and how often one after the other. */
struct refused {
	struct burst burst;
	unsigned fruitless;
};

/* The listener finds out by itself, once a child has gone. */
static void
accept_failed(void)
{
	msec now, last;

	if (retired)
		_exit(0);
	if (!sock_lacks(errno)) {
		error_print(1);
		_exit(1);
	}
	now = clock_ms();
	last = atomic_exchange(&pool->shared->said, now);
	if (last == 0 || now - last > BURST_MS)
		log_error("%s; accepting pauses", last_error.words);
	clock_nap(NAP_MS * 1000000LL);
}

/* After addr_accept() had none, which in a queue is no reason to wait. */
static void
wait_client(struct refused *r, int rc)
{
	struct drops *d = &pool->listener->drops;

	end_without_parent();
	if (rc == -1) {
		accept_failed();
		return;
	}
	if (d->n > 0 || r->burst.until != 0)
		burst_look(&r->burst, d, clock_ms());
	if (rc == 2 && ++r->fruitless % FRUITLESS == 0)
		clock_nap(NAP_MS * 1000000LL);
	if (rc == 1 && !pool->queue)
		clock_wait_fd(pool->listener->lfd, 'r', PARENT_MS * 1000000LL);
}

/* One client after another, until told to leave or the parent is gone. */
static _Noreturn void
child(int slot, sigset_t *before)
{
	struct addr *a = pool->listener;
	int signo = pool->service->supervised ? SIG_END : SIGUSR2;
	struct refused refused = { .fruitless = 0 };
	struct spare spare = { .fd = -1 };
	struct end e;
	int rc;

	/* Before signals are let in: it may have been told to leave. */
	if (pool->service->drains)
		sig_obey(pool->parent, pool->service->supervised);
	sig_child(before);
	sig_on(SIGUSR2, retire);
	sig_release(before);
	children_forget();
	close(pool->tell[0]);
	pool->service->process->listener = pool->parent;
	pool->service->process->pooled = true;
	pool->service->process->spare = &spare;
	process_with_parent(pool->service->process, pool->parent, signo);
	os_batch();
	while (!retired) {
		rc = addr_accept(a, &e);
		if (rc != 0) {
			wait_client(&refused, rc);
			continue;
		}
		refused.fruitless = 0;
		serve_one(slot, &e);
		if (!os_tells_of_death)
			end_without_parent();
	}
	_exit(0);
}

static void
children_changed(int by)
{
	pool->children += by;
	atomic_store(&pool->shared->children, (unsigned)pool->children);
}

static int
fork_one(int slot)
{
	struct slot *s = &pool->slot[slot];
	sigset_t before;
	pid_t pid;

	children_changed(1);
	sig_hold(&before);
	pid = fork();
	if (pid == 0)
		child(slot, &before);
	sig_release(&before);
	if (pid == -1) {
		children_changed(-1);
		return -1;
	}
	*s = (struct slot){ .pid = pid, .seen = turns(slot) - 1 };
	if (slot >= pool->n)
		pool->helpers++;
	if (slot >= pool->top)
		pool->top = slot + 1;
	children_add(pid, NULL);
	log_notice("forked off child process %ld", (long)pid);
	return 0;
}

/* Neither end of it may ever block. */
static int
tell_open(void)
{
	int i;

	if (os_pipe(pool->tell) == -1)
		return -1;
	for (i = 0; i < 2; i++)
		fcntl(pool->tell[i], F_SETFL, O_NONBLOCK);
	return 0;
}

int
pool_start(struct addr *listener, long long n, struct service *service,
    pool_serve *serve, void *context)
{
	int i;

	if (n > POOL_MAX)
		return error_set("pool=%lld: %d is the most", n, POOL_MAX);
	pool = calloc(1, sizeof *pool);
	if (pool == NULL ||
	    (pool->slot = os_own(POOL_MAX * sizeof *pool->slot)) == NULL ||
	    (pool->shared = os_shared(sizeof *pool->shared)) == NULL)
		return error_set("shared memory:");
	if (tell_open() == -1)
		return error_set("pipe():");
	pool->listener = listener;
	pool->serve = serve;
	pool->context = context;
	pool->n = (int)n;
	pool->service = service;
	pool->parent = getpid();
	pool->queue = os_accept_waits(listener->lfd) == 0;
	for (i = 0; i < pool->n; i++)
		if (fork_one(i) == -1)
			return error_set("fork():");
	return 0;
}

/* Gives the place of a child that has ended back. */
static void
slot_clear(int slot)
{
	pool->slot[slot].pid = 0;
	pool->helpers -= slot >= pool->n;
	children_changed(-1);
	serves_set(slot, false);
}

/* Those that died are forked anew, all at once, but not again and again. */
int
pool_respawn(void)
{
	msec now = clock_ms();
	bool soon = now - pool->respawned < RESPAWN_MS;
	int i;

	pool->owed = false;
	for (i = 0; i < pool->top; i++) {
		if (pool->slot[i].pid != 0 && !children_has(pool->slot[i].pid))
			slot_clear(i);
		if (pool->slot[i].pid != 0 || i >= pool->n || pool->stopping)
			continue;
		pool->owed |= soon;
		if (soon)
			continue;
		pool->respawned = now;
		if (fork_one(i) == -1) {
			pool->owed = true;
			return -1;
		}
	}
	return 0;
}

bool
pool_respawn_due(void)
{
	return pool->owed && clock_ms() - pool->respawned >= RESPAWN_MS;
}

/* How many children have a client, and how often any came or went. */
static int
busy_count(unsigned *all)
{
	int i, n = 0;

	*all = 0;
	for (i = 0; i < pool->top; i++) {
		*all += turns(i);
		n += pool->slot[i].pid != 0 && turns(i) % 2 != 0;
	}
	return n;
}

unsigned
pool_turns(bool *serves)
{
	unsigned n;

	*serves = busy_count(&n) > 0;
	return n;
}

/*
 * A count that was as wrong at the last look is not about to become right.
 */
static void
busy_correct(int busy)
{
	unsigned drift = atomic_load(&pool->shared->busy) - (unsigned)busy;

	if (drift != 0 && drift == pool->drift)
		atomic_fetch_sub(&pool->shared->busy, drift);
	pool->drift = drift;
}

static bool
client_waits(void)
{
	struct pollfd p = { .fd = pool->listener->lfd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Whether the kernel has had a client for some time that nobody takes. */
static bool
client_left(int busy)
{
	msec now = clock_ms();

	if (pool->waits == 0 && now - pool->looked < HEART_MS)
		return false;
	if (pool->waits == 0)
		busy_correct(busy);
	pool->looked = now;
	if (!client_waits())
		pool->waits = 0;
	else if (pool->waits == 0)
		pool->waits = now;
	return pool->waits != 0 && now - pool->waits >= POOL_LOOK_MS;
}

enum pool_load
pool_load(void)
{
	struct shared *s = pool->shared;
	unsigned was = pool->turns;
	int busy;

	atomic_store(&s->told, 0);
	busy = busy_count(&pool->turns);
	if (client_left(busy))
		return POOL_FULL;
	if (busy < pool->children)
		return POOL_CALM;
	atomic_store(&s->told, 1);
	return pool->turns != was ? POOL_ALERT : POOL_FULL;
}

int
pool_fd(void)
{
	return clock_ms() - pool->heard < POOL_LOOK_MS ? -1 : pool->tell[0];
}

void
pool_heard(void)
{
	char buf[512];

	while (read(pool->tell[0], buf, sizeof buf) == (ssize_t)sizeof buf)
		;
	pool->heard = clock_ms();
}

/* The more soon after each other, the more at once. */
int
pool_expand(size_t most)
{
	msec now;
	size_t n = 0;
	int i;

	clock_nap(TAKEN_MS * 1000000LL);
	if (!client_waits())
		return 0;
	now = clock_ms();
	pool->burst = now - pool->expanded < EXPAND_MS ? pool->burst * 2 : 1;
	if (pool->burst > BURST_MAX)
		pool->burst = BURST_MAX;
	if (most > pool->burst)
		most = pool->burst;
	pool->expanded = now;
	if (pool->waits != 0)
		pool->waits = now;
	for (i = pool->n; i < POOL_MAX && n < most; i++)
		if (pool->slot[i].pid == 0) {
			if (fork_one(i) == -1)
				return -1;
			n++;
		}
	return 0;
}

/*
 * Told is who has had the same client, or none, all the while.  One that is
 * told while it serves goes on to the end of that.
 */
static void
trim(msec now)
{
	struct slot *s;
	unsigned turn;
	int i;

	for (i = pool->n; i < pool->top; i++) {
		s = &pool->slot[i];
		if (s->pid == 0 || s->leaving)
			continue;
		turn = turns(i);
		s->leaving = turn == s->seen;
		if (s->leaving)
			kill(s->pid, SIGUSR2);
		s->seen = turn;
	}
	pool->trimmed = now;
}

msec
pool_timeout(void)
{
	msec now = clock_ms(), due;

	if (pool->waits != 0 || now - pool->heard < POOL_LOOK_MS)
		return POOL_LOOK_MS;
	if (pool->helpers > 0 && now - pool->trimmed >= HELP_MS)
		trim(now);
	due = pool->looked + HEART_MS - now;
	if (pool->helpers > 0)
		due = clock_sooner(due, pool->trimmed + HELP_MS - now);
	if (pool->owed)
		due = clock_sooner(due, pool->respawned + RESPAWN_MS - now);
	return due < 0 ? 0 : due;
}

void
pool_stop(void)
{
	int i;

	pool->stopping = true;
	for (i = 0; i < pool->top; i++)
		if (pool->slot[i].pid != 0)
			kill(pool->slot[i].pid, SIGUSR2);
}
