/* run/serve.c: accept, fork, reap: one child per connection. */

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "../lib/clock.h"
#include "../addr/family/socket.h"
#include "burst.h"
#include "children.h"
#include "dump.h"
#include "pool.h"
#include "readiness.h"
#include "serve.h"
#include "session.h"
#include "transfer.h"
#include "statistics.h"

/* Under load children and signals are looked at after so many clients. */
#define LOOK_EVERY	8

/* So many clients that were none make a pause: they may be always the same. */
#define FRUITLESS	256

/* A signal is no second one so soon after the first: see run/link/stop.c. */
#define AGAIN_MS	300

/* What a session of datagrams has for its answer when it is to stop. */
#define ANSWER_MS	1000

/* So often a link looks for its supervisor where no signal tells of its
 * death. */
#define PARENT_MS	1000

/* Pauses after an error that may pass, in milliseconds. */
#define PAUSE_FIRST	10
#define PAUSE_LAST	1000

struct server {
	struct addr *listener, *other;
	struct addr *a, *b;	/* the same two, left and right */
	struct end *fixed;	/* the other side, if it is open already */
	struct service *service;
	msec pause, resume;	/* length of the pause, and its end; or 0 */
	msec quiet;		/* since when there is no connection */
	msec waiting;		/* since when a client could come; or 0 */
	bool full;		/* max-children are there, and it was said */
	bool pooled;		/* a pool serves; see pool.c */
	enum pool_load mood;	/* ... and how it was when last looked at */
	unsigned turns;		/* ... and pool_turns() */
	unsigned since_look;
	unsigned fruitless;	/* turned away, one after the other */
	struct burst burst;	/* of these */
	int stop;		/* 1: in order; 2: at once */
	pid_t pid;		/* its own */
	pid_t parent;		/* which watches over it, if supervised */
	bool nested;		/* it is itself the child of one */
	bool mortal;		/* its children end with it */
	char name[400];		/* for who asks for statistics */
};

static const char *
limit_name(int err, char *buf, size_t size, bool fork_failed)
{
	struct rlimit r;

	if (fork_failed) {
		snprintf(buf, size, "limit of processes: RLIMIT_NPROC %lld, "
		    "pids.max of the control group, or memory", os_nproc());
		return buf;
	}
	if (err == EMFILE && getrlimit(RLIMIT_NOFILE, &r) == 0) {
		snprintf(buf, size, "limit of open files: RLIMIT_NOFILE "
		    "%llu", (unsigned long long)r.rlim_cur);
		return buf;
	}
	return err == ENFILE ? "limit of open files of the system" : "memory";
}

/* Stops accepting for a while, longer each time; says so once. */
static void
pause_accepting(struct server *s, const char *call, bool fork_failed)
{
	char limit[160];
	int err = errno;

	if (s->pause == 0) {
		log_error("%s: %s (%s); accepting pauses", call,
		    strerror(err), limit_name(err, limit, sizeof limit,
		    fork_failed));
		s->pause = PAUSE_FIRST;
	} else if (s->pause < PAUSE_LAST)
		s->pause *= 2;
	s->resume = clock_ms() + s->pause;
}

static void
resumed(struct server *s)
{
	if (s->pause == 0)
		return;
	s->pause = s->resume = 0;
	log_notice("accepting goes on");
}

/* A probe that hung up is no client, and its target is left in peace. */
static bool
client_reset(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
	    errno == ECONNRESET;
}

/* Whether a child serves in its turn: the second address forks as well. */
static bool
nests(const struct server *s)
{
	return s->listener == s->a && addr_forks(s->b);
}

static int serve_nested(struct server *, struct end *);

static int
child_session(struct server *s, struct end *e)
{
	if (nests(s))
		return serve_nested(s, e);
	return s->listener == s->a ? session(s->service, s->a, s->b, e, NULL) :
	    session(s->service, s->a, s->b, s->fixed, e);
}

/* The child: everything after accept or connect is its own business. */
static _Noreturn void
child_run(struct server *s, struct end *e)
{
	bool accepted = addr_listens(s->listener);
	int status = 1;

	if (s->service->drains)
		sig_obey(s->pid, s->service->supervised);
	sig_child();
	children_forget();
	if (s->service->supervised || s->mortal)
		os_parent_death(s->pid, SIGTERM);
	if (s->service->supervised && accepted && e->in.can & END_RESET &&
	    client_reset(e->rfd))
		_exit(0);
	s->service->process->listener = s->pid;
	s->service->process->leaves = true;
	/* What the parent opened stays its own: see addr_unlisten(). */
	if (s->listener->lfd != -1)
		close(s->listener->lfd);
	if (log_on(LOG_I))
		log_info("just born: child process %ld", (long)getpid());
	if (s->listener->c.children_shutup > 0)
		log_less((int)s->listener->c.children_shutup);
	if ((!nests(s) && dump_open(s->service, e) == -1) ||
	    (accepted && addr_child_init(s->listener, e) == -1))
		error_print(1);
	else
		status = child_session(s, e);
	_exit(status);
}

/* Whether only looking can tell that its supervisor is gone. */
static bool
looks_for_parent(const struct server *s)
{
	return s->service->supervised && !os_tells_of_death;
}

/* Whether the listener is to end, now or since some time. */
static int
stop_wanted(struct server *s)
{
	int stop;

	if (!s->service->drains)
		return 0;
	if (!s->service->supervised)
		stop = sig_taken(SIGTERM) | sig_taken(SIGINT);
	else
		stop = sig_taken(SIG_END) ? 2 : sig_taken(SIG_FINISH);
	if (looks_for_parent(s) && getppid() != s->parent)
		stop = 2;
	if (stop > s->stop)
		s->stop = stop;
	return s->stop;
}

/*
 * Forks, if need be again and again: the connection is there already.  -1
 * when the listener is to end meanwhile.
 */
static pid_t
fork_persistently(struct server *s)
{
	pid_t pid;

	while (children_start() == -1 || (pid = fork()) == -1) {
		pause_accepting(s, "fork()", true);
		children_reap();
		sig_poll(NULL, 0, s->pause);
		if (stop_wanted(s))
			return -1;
	}
	return pid;
}

/* The connection is the child's from here on. */
static void
forked(struct server *s, pid_t pid, struct end *e)
{
	resumed(s);
	children_add(pid, NULL);
	log_notice("forked off child process %ld", (long)pid);
	end_close(e);
	if (s->service->tally != NULL && !s->nested) {
		atomic_fetch_add(&s->service->tally->all, 1);
		atomic_store(&s->service->tally->now, children_count());
	}
}

static void
spawn(struct server *s, struct end *e)
{
	pid_t pid = fork_persistently(s);

	if (pid == 0)
		child_run(s, e);
	if (pid == -1) {
		end_close(e);
		return;
	}
	forked(s, pid, e);
	listening_again(s->listener);
}

static void
reap(struct server *s)
{
	size_t ended = s->full ? children_sweep() : children_reap();

	if (ended > 0 && children_count() == 0)
		s->quiet = s->service->exit_idle > 0 ? clock_ms() : 0;
	if (s->service->tally != NULL && !s->pooled && !s->nested)
		atomic_store(&s->service->tally->now, children_count());
}

static bool
may_accept(struct server *s)
{
	long long most = s->listener->c.max_children;

	if (s->resume != 0 && clock_ms() >= s->resume)
		s->resume = 0;
	if (s->pooled && (s->mood = pool_load()) != POOL_FULL)
		return false;
	if (most >= 0 && children_count() >= (size_t)most) {
		if (!s->full)
			log_notice("maxchildren are active, waiting");
		s->full = true;
		return false;
	}
	s->full = false;
	return s->resume == 0;
}

/* Says of clients that were turned away what is due. */
static void
look_at_drops(struct server *s)
{
	if (s->listener->drops.n > 0 || s->burst.until != 0)
		burst_look(&s->burst, &s->listener->drops, clock_ms());
}

/* What its children have moved, those that run and those that have ended. */
static void
statistics_signalled(struct server *s)
{
	struct moved m = { .bytes = { 0 } };

	if (s->service->supervised || s->service->tally == NULL)
		return;
	moved_add(&m, s->service->tally);
	statistics_signal(s->service->config,
	    atomic_load(&s->service->tally->all) > 0 ? &m : NULL);
	statistics_link(s->service->config, s->name, s->service->tally);
}

/* What comes without end is no reason to see nothing else. */
static void
look_around(struct server *s)
{
	if (++s->since_look < LOOK_EVERY)
		return;
	s->since_look = 0;
	reap(s);
	sig_poll(NULL, 0, 0);
	if (sig_taken(SIGUSR1))
		statistics_signalled(s);
	look_at_drops(s);
}

/* One that was none. */
static void
turned_away(struct server *s)
{
	look_at_drops(s);
	if (++s->fruitless % FRUITLESS == 0)
		s->resume = clock_ms() + PAUSE_FIRST;
}

/*
 * Takes one client: 0, also when it was turned away.  1 when none waits, -1
 * when the listener is broken.
 */
static int
accept_one(struct server *s)
{
	struct end e;
	int rc;

	end_init(&e);
	rc = addr_accept(s->listener, &e);
	if (rc == -1 && sock_lacks(errno)) {
		pause_accepting(s, "accept()", false);
		return 1;
	}
	resumed(s);
	if (rc == 0) {
		s->waiting = 0;
		spawn(s, &e);
	}
	if (rc == 2)
		turned_away(s);
	else
		s->fruitless = 0;
	if (rc == 0 || rc == 2) {
		look_around(s);
		return 0;
	}
	return rc;
}

/* A pool tells nobody of its clients: who wants to know looks. */
#define LOOK_MS		100

/* Whether a client is being served; a pool's count from when seen. */
static bool
active(struct server *s)
{
	unsigned turns;
	bool serves;

	if (!s->pooled)
		return children_count() > 0;
	turns = pool_turns(&serves);
	if (serves || turns != s->turns)
		s->quiet = clock_ms();
	s->turns = turns;
	return serves;
}

/* Milliseconds to wait, -1 for ever; what wakes earlier comes by itself. */
static msec
poll_timeout(struct server *s)
{
	msec timeout = clock_msec(s->listener->c.accept_timeout), t;

	if (s->resume != 0)
		return clock_left(s->resume, clock_ms());
	if (s->pooled && s->mood == POOL_ALERT)
		return POOL_LOOK_MS;
	if (s->pooled && (timeout > 0 || s->service->exit_idle > 0))
		return LOOK_MS;
	t = children_owed();
	if (t != -1)
		return t;
	if (s->burst.until != 0)
		t = burst_wait(&s->burst, clock_ms());
	if (s->waiting != 0)
		t = clock_sooner(t, clock_left(s->waiting + timeout, clock_ms()));
	if (s->service->exit_idle > 0 && !active(s))
		t = clock_sooner(t, clock_left(s->quiet + s->service->exit_idle,
		    clock_ms()));
	return t;
}

/* A second signal, and not the same that came twice: see run/link/stop.c. */
static bool
hurried(struct server *s, msec begun)
{
	int stop = stop_wanted(s);

	s->stop = 0;
	return stop == 2 || (stop == 1 && !s->service->supervised &&
	    clock_ms() - begun >= AGAIN_MS);
}

/* Peers of datagrams never say that they have finished. */
static msec
drain_time(struct server *s)
{
	msec most = s->service->drain;

	return s->listener->family->attach != NULL && most > ANSWER_MS ?
	    ANSWER_MS : most;
}

/*
 * Stops listening at once; running connections get the drain time, then
 * are ended, then killed.  A second signal cuts it short.
 */
static void
drain(struct server *s, bool gently)
{
	msec begun = clock_ms(), until = begun, left;

	if (gently)
		until += drain_time(s);
	s->stop = 0;		/* that one is seen to */
	log_notice("stopping: %zu connections are finishing",
	    children_count());
	addr_unlisten(s->listener);
	if (s->pooled)
		pool_stop();
	children_sweep();
	while (children_count() > 0 && (left = until - clock_ms()) > 0) {
		sig_poll(NULL, 0, left);
		children_sweep();
		if (hurried(s, begun))
			break;
	}
	children_end();
}

/* A client waits and no child does: as many helpers as there may be. */
static void
grow(struct server *s)
{
	long long most = s->listener->c.max_children;

	if (pool_expand(most < 0 ? SIZE_MAX :
	    (size_t)most - children_count()) == -1)
		pause_accepting(s, "fork()", true);
	else
		resumed(s);
}

/* Nothing came for so long: that is what accept-timeout is about. */
static bool
no_client(struct server *s)
{
	msec timeout = clock_msec(s->listener->c.accept_timeout);

	if (timeout == 0)
		return false;
	if (s->pooled)
		return !active(s) && clock_ms() - s->quiet >= timeout;
	return s->waiting != 0 && clock_ms() - s->waiting >= timeout;
}

/* accept-timeout runs from when a client could come, anew for each. */
static void
waiting_begin(struct server *s, bool open)
{
	if (s->listener->c.accept_timeout == 0 || s->pooled)
		return;
	if (!open)
		s->waiting = 0;
	else if (s->waiting == 0)
		s->waiting = clock_ms();
}

/* A pool's child that could not accept is the first to know why. */
static int
children_died(struct server *s)
{
	if (s->service->config->as_socat)
		log_notice("childdied(): handling signal %d", SIGCHLD);
	reap(s);
	if (!s->pooled)
		return 0;
	if (sock_recover(s->listener->lfd) == -1)
		return -1;
	if (pool_respawn() == -1)
		pause_accepting(s, "fork()", true);
	return 0;
}

/* Whether the wait was for what is to be said of drops. */
static bool
drops_due(struct server *s)
{
	if (s->burst.until == 0 || clock_ms() < s->burst.until)
		return false;
	look_at_drops(s);
	return true;
}

/* Waits for something to happen; 1 when it is time to end well. */
static int
wait_for_work(struct server *s, bool open)
{
	struct pollfd p[] = {
		{ .fd = open ? s->listener->lfd : -1, .events = POLLIN },
		{ .fd = open ? s->listener->back : -1, .events = POLLIN },
		{ .fd = s->pooled ? pool_fd() : -1, .events = POLLIN },
	};
	msec timeout;
	int n, err;

	if (sig_taken(SIGUSR1))
		statistics_signalled(s);
	waiting_begin(s, open);
	timeout = clock_sooner(poll_timeout(s),
	    s->pooled ? pool_timeout() : -1);
	if (looks_for_parent(s))
		timeout = clock_sooner(timeout, PARENT_MS);
	n = sig_poll(p, 3, timeout);
	err = errno;
	if (n > 0 && p[2].revents != 0)
		pool_heard();
	if (sig_taken(SIGCHLD) && children_died(s) == -1)
		return -1;
	if (s->pooled && pool_respawn_due() && pool_respawn() == -1)
		pause_accepting(s, "fork()", true);
	errno = err;
	if (n == -1 && err != EINTR && err != EAGAIN && err != ENOMEM)
		return error_set("poll():");
	if (n > 0 && p->revents & (POLLHUP | POLLNVAL))
		return error_set("listening socket %d is in error", p->fd);
	if (n > 0 && p->revents & POLLERR && sock_recover(s->listener->lfd) == -1)
		return -1;
	if (n > 0 && p->revents != 0 && s->pooled && may_accept(s))
		grow(s);
	if (n == 0 && children_owed() != -1) {
		reap(s);
		return 0;
	}
	if (n != 0 || s->resume != 0 || drops_due(s))
		return 0;
	if (no_client(s)) {
		log_warn("accept: %s", strerror(ETIMEDOUT));
		return 1;
	}
	return s->service->exit_idle > 0 && !active(s) &&
	    clock_ms() - s->quiet >= s->service->exit_idle;
}

static int
loop(struct server *s)
{
	int rc;

	while (!stop_wanted(s)) {
		bool open = may_accept(s);

		if (open && !s->pooled) {
			rc = accept_one(s);
			if (rc == 0)
				continue;
			if (rc == -1)
				return -1;
		}
		/* A pool's mood changes by being looked at. */
		rc = wait_for_work(s, s->pooled ? open : may_accept(s));
		if (rc != 0)
			return rc;
	}
	return 1 + s->stop;
}

/* A client of a child in the pool; the process stays. */
static void
pool_client(void *context, struct end *e)
{
	struct server *s = context;

	if (dump_open(s->service, e) == -1 ||
	    addr_child_init(s->listener, e) == -1) {
		error_print(1);
		end_close(e);
		dump_close(s->service->config);
	} else if (s->listener == s->a)
		session(s->service, s->a, s->b, e, NULL);
	else
		session(s->service, s->a, s->b, s->fixed, e);
}

/*
 * pool=N, for connections of which each is a socket of its own; no more
 * than max-children.
 */
static int
pool_begin(struct server *s)
{
	long long n = s->listener->c.pool;
	long long most = s->listener->c.max_children;

	if (n <= 0 || s->fixed != NULL || s->listener->family->attach != NULL)
		return 0;
	s->pooled = true;
	if (children_start() == -1)
		return -1;
	return pool_start(s->listener, most >= 0 && most < n ? most : n,
	    s->service, pool_client, s);
}

/* At the end, if it was asked for. */
static void
statistics_last(struct server *s)
{
	struct moved m = { .bytes = { 0 } };

	if (!s->service->config->statistics || s->service->supervised)
		return;
	moved_add(&m, s->service->tally);
	statistics_moved(s->service->config, &m);
	statistics_link(s->service->config, s->name, s->service->tally);
}

static int
serve_listener(struct server *s)
{
	int rc;

	sig_wait_for(SIGCHLD);
	sig_wait_for(SIGUSR1);
	if (s->service->supervised) {
		sig_wait_for(SIG_FINISH);
		sig_wait_for(SIG_END);
	} else if (s->service->drains) {
		sig_wait_for(SIGTERM);
		sig_wait_for(SIGINT);
	}
	if (s->service->exit_idle > 0 || s->listener->c.pool > 0)
		s->quiet = clock_ms();
	log_started();
	if (!s->service->supervised)
		ready_tell(s->nested ? -1 : s->service->config->ready_fd);
	rc = pool_begin(s) == -1 ? -1 : loop(s);
	burst_end(&s->burst, &s->listener->drops);
	if (rc == -1) {
		log_error("listener \"%s\" failed: %s",
		    s->listener->spec->text, last_error.words);
		statistics_last(s);
		sig_programs_end();
		addr_unlisten(s->listener);
		addr_unlock(s->a);
		addr_unlock(s->b);
		return 1;
	}
	if (rc >= 2)
		drain(s, rc == 2);
	sig_programs_end();
	addr_unlisten(s->listener);
	addr_unlock(s->a);
	addr_unlock(s->b);
	statistics_last(s);
	return 0;
}

/* Whether a child has ended, and who asks for statistics gets them. */
static void
client_look(struct server *s)
{
	if (sig_taken(SIGCHLD))
		reap(s);
	if (sig_taken(SIGUSR1))
		statistics_signalled(s);
}

/* Until there are fewer than max-children. */
static void
client_room(struct server *s)
{
	long long most = s->listener->c.max_children;

	s->full = most >= 0 && children_count() >= (size_t)most;
	while (most >= 0 && children_count() >= (size_t)most) {
		client_look(s);
		if (children_count() >= (size_t)most)
			sig_poll(NULL, 0, -1);
	}
	s->full = false;
}

static void
client_rest(struct server *s)
{
	msec until = clock_ms() + clock_msec(s->listener->c.interval), left;

	while ((left = clock_left(until, clock_ms())) > 0) {
		client_look(s);
		sig_poll(NULL, 0, left);
	}
}

/*
 * A client with fork: a child for each connection that it makes, one
 * after the other, with the interval between.
 */
static int
serve_client(struct server *s)
{
	struct end e;
	pid_t pid;

	sig_wait_for(SIGCHLD);
	sig_wait_for(SIGUSR1);
	for (;;) {
		client_room(s);
		end_init(&e);
		if (addr_open(s->listener, &e) == -1)
			return -1;
		log_started();
		pid = fork_persistently(s);
		if (pid == 0)
			child_run(s, &e);
		if (pid != -1)
			forked(s, pid, &e);
		client_rest(s);
	}
}

/* Serves by the address that forks; -1 with words in last_error. */
static int
serve_forks(struct server *s)
{
	struct end unused;

	if (!addr_listens(s->listener))
		return serve_client(s);
	if (s->listener->lfd == -1 && addr_open(s->listener, &unused) == -1)
		return -1;
	return serve_listener(s);
}

/*
 * As with socat each client of the first address has a listener, or a
 * client, of its own on the other side, which forks; its children share
 * that first client.
 */
static int
serve_nested(struct server *s, struct end *e)
{
	bool supervised = s->service->supervised;
	struct server n = { .a = s->a, .b = s->b, .listener = s->b,
	    .other = s->a, .fixed = e, .service = s->service, .pid = getpid(),
	    .nested = true, .mortal = supervised };
	int status;

	/* What it listens for beyond a plain listener is its parent's. */
	s->service->supervised = s->service->drains = false;
	s->service->exit_idle = 0;
	/* Ends are closed here after each fork. */
	s->service->process->leaves = false;
	status = serve_forks(&n);
	if (status == -1)
		error_print(1);
	return status == -1 ? 1 : status;
}

int
serve(struct addr *a, struct addr *b, struct service *service)
{
	static struct end fixed;
	static struct server s;
	struct addr *forks = addr_forks(a) ? a : addr_forks(b) ? b : NULL;
	const struct config *c = service->config;
	int status = -1;

	if (forks != NULL)
		log_never_waits(os_tty_again(STDERR_FILENO));
	if (service->tally == NULL && (forks != NULL || c->statistics))
		service->tally = os_shared(sizeof *service->tally);
	if (c->statistics && !service->supervised)
		statistics_at_signal(c, forks == NULL ? NULL : s.name,
		    service->tally);
	if (dump_prepare(c) == -1)
		goto fail;
	if (forks == NULL)
		return session(service, a, b, NULL, NULL);
	/* A link's statistics are its supervisor's; and of many links each
	 * page that their processes touch at the start counts. */
	if (!service->supervised)
		snprintf(s.name, sizeof s.name, "%.*s -> %.*s", addr_head(a),
		    a->spec->text, addr_head(b), b->spec->text);
	s.pid = getpid();
	s.parent = getppid();
	s.a = a;
	s.b = b;
	s.listener = forks;
	s.other = forks == a ? b : a;
	s.service = service;
	if (forks == b) {
		if (session_open(service, a, &fixed, NULL, false) == -1)
			goto fail;
		s.fixed = &fixed;
	}
	status = serve_forks(&s);
	if (status != -1)
		return status;
fail:
	error_print(c->as_socat);
	addr_unlock(a);
	addr_unlock(b);
	return 1;
}
