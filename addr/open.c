/* addr/open.c: what is the same for all families when they open. */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/os/cleanup.h"
#include "../lib/os/lock.h"
#include "../lib/cold.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "addr.h"
#include "advice.h"

/* What umask=, chdir= and netns= change only while an address is opened. */
struct around {
	bool masked;
	mode_t mask;		/* before, if masked */
	int cwd, net;		/* before, or -1 */
};

HOT bool
addr_listens(const struct addr *a)
{
	return a->other == NULL && a->family->role & ROLE_LISTEN;
}

bool
addr_serves(const struct addr *a)
{
	return addr_forks(a) && addr_listens(a);
}

static int
around_enter(struct addr *a, struct around *s)
{
	*s = (struct around){ .cwd = -1, .net = -1 };
	if (a->c.chdir != NULL) {
		s->cwd = open(".", OS_SEARCH | O_CLOEXEC);
		if (s->cwd == -1)
			return error_set("open(\".\"):");
		if (chdir(a->c.chdir) == -1)
			return error_set("chdir(\"%s\"):", a->c.chdir);
	}
	if (a->c.netns != NULL) {
		if (a->config->as_socat)
			log_warn("option \"netns\" is experimental");
		s->net = netns_enter(a->c.netns);
		if (s->net == -1)
			return -1;
	}
	if (a->c.umask != -1) {
		s->mask = umask((mode_t)a->c.umask);
		s->masked = true;
	}
	return 0;
}

/*
 * Puts back what was changed, and only that.  From a new root there is no
 * way back to the old directory: it would be one out of the root.
 */
static void
around_leave(struct addr *a, struct around *s)
{
	int saved;

	if (!s->masked && s->cwd == -1 && s->net == -1)
		return;
	saved = errno;
	if (s->masked)
		umask(s->mask);
	if (s->cwd != -1) {
		if (!a->rooted && fchdir(s->cwd) == -1)
			log_warn("cannot return to the directory: %s",
			    strerror(errno));
		close(s->cwd);
	}
	if (s->net != -1)
		netns_leave(s->net);
	errno = saved;
}

static int
path_remove(const char *path)
{
	if (unlink(path) == -1 && errno != ENOENT)
		return error_set("unlink(\"%s\"):", path);
	return 0;
}

/* The path of an address with a name in the file system, or NULL. */
static HOT const char *
named_path(const struct addr *a)
{
	if (a->family->path == PATH_BIND)
		return a->c.bind;
	return a->family->path == PATH_PARAM && a->nparam > 0 ? a->param[0] :
	    NULL;
}

/* Whether the path may be one of a socket, which is made by bind(2). */
static bool
comes_later(const struct addr *a)
{
	return a->family->domain == AF_UNIX ||
	    a->family->role & ROLE_ANYTHING;
}

/* socat sees that a name for its socket is taken before it looks at unlink. */
static bool
unlinks_first(const struct addr *a)
{
	return a->c.unlink_early > 0 || (a->c.unlink > 0 &&
	    !(a->config->as_socat && a->family->domain == AF_UNIX &&
	    a->family->path == PATH_PARAM));
}

static int
early_named(struct addr *a, const char *path)
{
	struct conf *c = &a->c;

	if (unlinks_first(a) && path_remove(path) == -1)
		return -1;
	if (c->perm_early != -1 && chmod(path, (mode_t)c->perm_early) == -1 &&
	    errno != ENOENT)
		return error_set("chmod(\"%s\", 0%03llo):", path,
		    (unsigned long long)c->perm_early);
	if ((c->user_early != -1 || c->group_early != -1) &&
	    chown(path, (uid_t)c->user_early, (gid_t)c->group_early) == -1 &&
	    (errno != ENOENT || !comes_later(a)))
		return error_set("chown(\"%s\", %lld, %lld):", path,
		    c->user_early, c->group_early);
	return 0;
}

static int
early(struct addr *a)
{
	const char *path = named_path(a);
	const char *lock = a->c.lockfile != NULL ? a->c.lockfile :
	    a->c.waitlock;

	if (a->c.chroot_early != NULL && !a->rooted) {
		if (os_chroot(a->c.chroot_early) == -1)
			return error_set("chroot(\"%s\"):",
			    a->c.chroot_early);
		a->rooted = true;
	}
	if (lock != NULL && a->lock == NULL) {
		a->lock = lock_take(lock, a->c.lockfile == NULL);
		if (a->lock == NULL)
			return -1;
	}
	if (opt_apply(a, PH_EARLY, -1) == -1)
		return -1;
	return path == NULL ? 0 : early_named(a, path);
}

/* What the end learns from its address, and what happens late. */
static HOT int
late(struct addr *a, struct end *e)
{
	const char *path = named_path(a);
	int fd = e->rfd != -1 ? e->rfd : e->wfd;

	end_setup(e, a);
	if (path != NULL && a->c.unlink_late > 0 && path_remove(path) == -1)
		return -1;
	if ((!a->connected && opt_apply(a, PH_CONNECTED, fd) == -1) ||
	    useless_connected(a) == -1)
		return -1;
	/* A page is copied by who writes: see fork(2). */
	if (a->connected)
		a->connected = false;
	return a->family->ops->late ? 0 : proc_late(a, fd);
}

/* What is to go at the end, as long as chdir= holds. */
static void
path_note(const struct addr *a, struct end *e)
{
	const char *path = named_path(a);

	if (path != NULL && a->c.unlink_close > 0 && e->made == NULL &&
	    !(a->family->role & ROLE_LISTEN))
		e->made = cleanup_path(path);
}

/* One half, with retry, interval and forever, unless the family has its
 * own way of trying again. */
static int
half_try(struct addr *a, struct end *e)
{
	struct around s;
	int rc;

	rc = around_enter(a, &s);
	if (a->family->role & ROLE_LISTEN)
		a->owner = getpid();
	if (rc != -1)
		rc = early(a);
	if (rc != -1)
		rc = a->family->ops->open(a, e);
	if (rc != -1)
		path_note(a, e);
	around_leave(a, &s);
	return rc;
}

/* relay's own line: socat has none.  The first of a row is a warning. */
static void
trying_again(struct addr *a)
{
	void (*say)(const char *, ...) = a->config->as_socat ? log_info :
	    a->retrying ? log_notice : log_warn;

	say("%s; trying again in %lld.%03lld s", last_error.words,
	    a->c.interval / 1000000000LL, a->c.interval / 1000000LL % 1000);
}

/* So little is not worth to look for signals. */
#define SHORT_NS	10000000

/* As clock_nap(), but not for longer than this process is to run. */
static void
nap(nsec ns)
{
	msec until = clock_ms() + clock_msec(ns);

	if (ns < SHORT_NS) {
		clock_nap(ns);
		return;
	}
	while (!sig_ends() && clock_ms() < until)
		sig_poll(NULL, 0, clock_left(until, clock_ms()));
}

static COLD void
host_advise(const struct addr *a)
{
	char advice[ADVICE_MAX];

	if (last_error.code == ERROR_HOST && advise_host(a->spec, advice))
		error_hint("%s", advice);
}

static HOT int
half_open(struct addr *a, struct end *e)
{
	long long tries = a->c.retry;

	/* Written to only if need be: that copies a page. */
	if (a->c.forever || tries > 0)
		a->more = true;
	while (half_try(a, e) == -1) {
		if (!a->more) {
			host_advise(a);
			return -1;
		}
		trying_again(a);
		nap(a->c.interval);
		if (sig_ends())
			return -1;
		a->retrying = true;
		a->more = a->c.forever || --tries > 0;
	}
	if (a->retrying)
		a->retrying = false;
	e->text = a->spec->text;
	return 0;
}

/* A listening half without a loop: the first client is the only one. */
static int
half_once(struct addr *a, struct end *e, struct end *partner)
{
	end_init(e);
	e->partner = partner;
	if (half_open(a, e) == -1)
		return -1;
	if (!(a->family->role & ROLE_LISTEN))
		return late(a, e);
	return addr_first(a, e) == -1 ? -1 : addr_child_init(a, e);
}

/* What shut-none or end-close ask for; else closing says it to anything. */
static enum half
half_of_second(const struct addr *a, const struct end *w)
{
	return a->c.half != -1 || a->c.end_close > 0 ||
	    w->out.half == HALF_SHUTDOWN ? w->out.half : HALF_CLOSE;
}

static COLD int
dual_open(struct addr *a, struct end *e)
{
	struct end from, to;
	int saved;

	end_init(&to);
	if (half_once(a, &from, e->partner) == -1 ||
	    half_once(a->other, &to, from.peer.accepted ? &from :
	    e->partner) == -1)
		goto fail;
	to.out.half = half_of_second(a->other, &to);
	if (end_join(e, &from, &to) == -1)
		goto fail;
	e->text = a->spec->text;
	return 0;
fail:
	saved = errno;
	end_close(&to);
	end_close(&from);
	errno = saved;
	return -1;
}

/*
 * Opens the address into e, which end_init() has set up; of an address
 * that listens only the listening socket, a->lfd.  -1 with words in last_error.
 */
HOT int
addr_open(struct addr *a, struct end *e)
{
	if (a->other != NULL)
		return dual_open(a, e);
	if (half_open(a, e) == -1) {
		error_place(a->spec->text, 0, strlen(a->spec->text));
		return -1;
	}
	return a->family->role & ROLE_LISTEN ? 0 : late(a, e);
}

/*
 * What is left to do for an accepted end; with fork, in the child.  -1
 * with words in last_error.
 */
HOT int
addr_child_init(struct addr *a, struct end *e)
{
	e->text = a->spec->text;
	if (access_child(a, e) == -1)
		return -1;
	if (a->family->ops->child_init != NULL &&
	    a->family->ops->child_init(a, e) == -1)
		return -1;
	return late(a, e);
}

/* Removes the lock files of an address. */
HOT void
addr_unlock(struct addr *a)
{
	for (; a != NULL; a = a->other)
		if (a->lock != NULL) {
			cleanup_remove(a->lock);
			a->lock = NULL;
		}
}
