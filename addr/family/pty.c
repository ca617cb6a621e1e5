/* addr/family/pty.c: PTY, and the terminals that programs get. */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/cleanup.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "pty.h"

/* How often sitout-eio= looks, and pty-interval=0. */
#define LOOK_MS		10

/* Waits a little; false: the time is up, or this process is to end. */
static bool
look_again(msec until)
{
	if (sig_ends() || clock_left(until, clock_ms()) == 0)
		return false;
	sig_poll(NULL, 0, LOOK_MS);
	return true;
}

/*
 * EIO: nobody has the slave open any more.  Somebody may open it again, as
 * login(1) does; so long sitout-eio= waits, or until.
 */
static ssize_t
pty_read(struct end *e, void *buf, size_t size)
{
	const struct addr *a = e->state;
	msec until = -1;
	ssize_t n;

	while ((n = read(e->rfd, buf, size)) == -1 && errno == EIO) {
		if (until == -1)
			until = clock_ms() + clock_msec(a->c.sitout_eio);
		if (look_again(until))
			continue;
		log_notice("read(%d, %p, %zu): Input/output error (probably "
		    "PTY closed)", e->rfd, buf, size);
		return 0;
	}
	return n;
}

static ssize_t
pty_write(struct end *e, const void *buf, size_t size)
{
	const struct addr *a = e->state;
	msec until = -1;
	ssize_t n;

	while ((n = write(e->wfd, buf, size)) == -1 && errno == EIO) {
		if (until == -1)
			until = clock_ms() + clock_msec(a->c.sitout_eio);
		if (!look_again(until)) {
			errno = EIO;
			break;
		}
	}
	return n;
}

static const struct end_ops pty_ops = {
	.read = pty_read, .write = pty_write, .half_close = end_half_close
};

/* link=: a name for the terminal; whatever has that name is replaced. */
static int
pty_link(struct addr *a, struct end *e, const char *path)
{
	const char *link = a->c.link;
	sigset_t before;
	int rc;

	sig_hold(&before);
	unlink(link);
	rc = symlink(path, link);
	if (rc == 0 && a->c.unlink_close != 0)
		e->made = cleanup_path(link);
	sig_release(&before);
	return rc == 0 ? 0 : error_set("symlink(\"%s\", \"%s\"):", path, link);
}

/* The reference takes the first link= and comes upon the second later. */
static int
pty_link_once(const struct addr *a)
{
	size_t i, n = 0;

	for (i = 0; i < a->nopt && a->config->as_socat; i++)
		n += strcmp(a->opt[i].opt->name, "symbolic-link") == 0;
	return n < 2 ? 0 : error_set("applyopt_spec(opt:symbolic-link): "
	    "INTERNAL option not implemented");
}

/*
 * The modes of an open file are for the master alone: a program would not
 * understand that its terminal does not wait.
 */
static int
slave_setup(struct addr *a, int slave, const char *path)
{
	const struct conf *c = &a->c;
	int flags = fcntl(slave, F_GETFL);

	/* What is to be before it is opened comes first. */
	if (path_owner(path, c->perm_early, c->user_early,
	    c->group_early) == -1 || opt_apply_fd(a, slave) == -1)
		return -1;
	fcntl(slave, F_SETFL, flags);
	return 0;
}

int
pty_make(struct addr *a, struct end *e, void (*say)(const char *, ...))
{
	char path[128];
	int slave, master = os_pty(path, sizeof path);

	if (master == -1)
		return error_set("pseudo terminal:");
	end_plain(e, a->reads ? master : -1, a->writes ? master : -1,
	    HALF_EOT, 0);
	e->ops = &pty_ops;
	e->state = a;
	slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave == -1)
		return error_set("open(\"%s\"):", path);
	say("PTY is %s", path);
	if (a->config->as_socat && a->c.ptmx > 0)
		say("PTY is %s", path);
	if ((a->c.link != NULL && pty_link(a, e, path) == -1) ||
	    pty_link_once(a) == -1 || slave_setup(a, slave, path) == -1) {
		close(slave);
		return -1;
	}
	return slave;
}

/* As long as nobody has the slave open, poll(2) tells of a hangup. */
static int
slave_wait(struct addr *a, int master)
{
	msec step = clock_msec(a->c.pty_interval);
	struct pollfd p = { .fd = master };

	while (poll(&p, 1, 0) == -1 || p.revents & POLLHUP) {
		if (sig_ends())
			return error_set("told to end while the terminal "
			    "waits to be opened");
		sig_poll(NULL, 0, step > 0 ? step : LOOK_MS);
	}
	return 0;
}

/*
 * With pty-wait-slave the end of who opens the terminal is the end of file.
 * Else relay has the slave open as well: one may come after the other.
 */
static int
pty_begin(struct addr *a, struct end *e, int slave)
{
	if (proc_late(a, slave) == -1) {
		close(slave);
		return -1;
	}
	if (a->c.wait_slave <= 0) {
		e->kept = slave;
		return 0;
	}
	close(slave);
	return slave_wait(a, e->rfd != -1 ? e->rfd : e->wfd);
}

static int
pty_open(struct addr *a, struct end *e)
{
	int slave = pty_make(a, e, log_notice);

	if (slave != -1 && pty_begin(a, e, slave) != -1)
		return 0;
	end_close(e);
	end_init(e);
	return -1;
}

static const struct family_ops pty_family_ops = {
	.open = pty_open, .late = true
};
static const char *const useless[] = { "unlink-late", NULL };

static const struct family rows[] = {
	{ .name = "PTY", .syntax = "PTY", .role = ROLE_OPEN,
	  .groups = G_FD | G_NAMED | G_TERMIOS | G_PTY, .with = "PTY",
	  .useless = useless, .ops = &pty_family_ops },
};

FAMILIES(pty, rows);
