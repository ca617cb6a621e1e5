/* addr/end.c: ends: set up, closed, and cleaned up after. */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../lib/log.h"
#include "addr.h"

/*
 * What must not outlive the process, whatever ends it.  A signal handler
 * reads these lists, so a slot is filled before it is counted.
 */
#define CLEANUPS	32

static struct {
	volatile sig_atomic_t used;
	char *path;
} paths[CLEANUPS];
static struct {
	volatile sig_atomic_t used;
	int fd;
	struct termios t;
} ttys[4];

void
cleanup_add(const char *path)
{
	size_t i;

	self.tidies = true;
	for (i = 0; i < CLEANUPS; i++)
		if (!paths[i].used && (paths[i].path = strdup(path)) != NULL) {
			atomic_signal_fence(memory_order_release);
			paths[i].used = 1;
			return;
		}
}

void
cleanup_drop(const char *path)
{
	size_t i;

	for (i = 0; i < CLEANUPS; i++)
		if (paths[i].used && strcmp(paths[i].path, path) == 0) {
			paths[i].used = 0;
			atomic_signal_fence(memory_order_acq_rel);
			free(paths[i].path);
			return;
		}
}

/* Remembers the settings of a terminal, once. */
void
cleanup_tty(int fd)
{
	size_t i;

	self.tidies = true;
	for (i = 0; i < sizeof ttys / sizeof *ttys; i++) {
		if (ttys[i].used && ttys[i].fd == fd)
			return;
		if (!ttys[i].used && tcgetattr(fd, &ttys[i].t) == 0) {
			ttys[i].fd = fd;
			ttys[i].used = 1;
			return;
		}
	}
}

static void
ttys_restore(void)
{
	size_t i;

	for (i = 0; i < sizeof ttys / sizeof *ttys; i++)
		if (ttys[i].used)
			tcsetattr(ttys[i].fd, TCSADRAIN, &ttys[i].t);
}

/* Async-signal-safe: unlink(2) and tcsetattr(3) are, see POSIX 2.4.3. */
void
cleanup_run(void)
{
	size_t i;

	for (i = 0; i < CLEANUPS; i++)
		if (paths[i].used)
			unlink(paths[i].path);
	ttys_restore();
}

static void
cleanup_none(void)
{
	size_t i;

	for (i = 0; i < CLEANUPS; i++)
		paths[i].used = 0;
	for (i = 0; i < sizeof ttys / sizeof *ttys; i++)
		ttys[i].used = 0;
	self.tidies = false;
}

/* A child leaves what its parent made. */
void
end_forget(struct end *e)
{
	if (self.tidies)
		cleanup_none();
	if (e != NULL) {
		e->unlink = e->other_unlink = NULL;
		e->restore = false;
	}
}

void
end_init(struct end *e)
{
	memset(e, 0, sizeof *e);
	e->rfd = e->wfd = -1;
	e->escape = -1;
}

void
end_socket(struct end *e, int fd, int type)
{
	e->rfd = e->wfd = fd;
	e->half = type == SOCK_DGRAM ? HALF_NONE : HALF_SHUTDOWN;
	e->packet = type != SOCK_STREAM;
	e->stream = type == SOCK_STREAM;
	e->rsock = e->wsock = e->own = true;
}

void
end_own(struct end *e)
{
	e->own = true;
	if (e->rfd != -1)
		fd_nonblock(e->rfd);
	if (e->wfd != -1 && e->wfd != e->rfd)
		fd_nonblock(e->wfd);
}

/* Whether splice(2) may be tried: a stream socket or a pipe. */
bool
end_is_stream(int fd)
{
	struct stat st;
	int type;
	socklen_t len = sizeof type;

	if (fstat(fd, &st) == -1)
		return false;
	if (S_ISFIFO(st.st_mode))
		return true;
	return S_ISSOCK(st.st_mode) &&
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_STREAM;
}

/* How the writing side of a descriptor that we did not make is shut. */
enum half
fd_half(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || isatty(fd))
		return HALF_NONE;
	return S_ISSOCK(st.st_mode) ? HALF_SHUTDOWN : HALF_CLOSE;
}

int
fd_owner(struct addr *a, int fd)
{
	const struct conf *c = &a->c;

	if (c->perm != -1 && fchmod(fd, (mode_t)c->perm) == -1)
		return fault_set("fchmod(%d, 0%03llo):", fd,
		    (unsigned long long)c->perm);
	if ((c->user != -1 || c->group != -1) &&
	    fchown(fd, (uid_t)c->user, (gid_t)c->group) == -1)
		return fault_set("fchown(%d, %lld, %lld):", fd, c->user,
		    c->group);
	return 0;
}

void
end_setup(struct end *e, struct addr *a)
{
	const struct conf *c = &a->c;

	e->family = a->family;
	if (c->half != -1)
		e->half = (enum half)c->half;
	e->eol = e->eol_out = (enum eol)c->eol;
	e->ignoreeof = c->ignoreeof > 0;
	e->null_eof = c->null_eof > 0;
	/* Closing is for the end: until then the other side knows nothing. */
	if (c->end_close > 0)
		e->half = HALF_NONE;
	e->cool_write = c->cool_write > 0;
	e->escape = (int)c->escape;
	e->readbytes = c->readbytes;
}

static void
fd_close(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

static void
path_close(char **path)
{
	if (*path == NULL)
		return;
	unlink(*path);
	cleanup_drop(*path);
	free(*path);
	*path = NULL;
}

/*
 * Closes what the end holds open, restores its terminal, removes its
 * paths.  Standard descriptors stay open; what is unset is passed over.
 */
void
end_close(struct end *e)
{
	struct packet *p;

	if (e->restore)
		ttys_restore();
	if (self.leaving && e->own && e->unlink == NULL &&
	    e->other_unlink == NULL)
		return;
	if (e->wfd != e->rfd)
		fd_close(&e->wfd);
	fd_close(&e->rfd);
	e->wfd = -1;
	path_close(&e->unlink);
	path_close(&e->other_unlink);
	while ((p = e->queued) != NULL) {
		e->queued = p->next;
		free(p);
	}
}

/* Waits; what is 'r' or 'w'.  1 ready, 0 time is up, -1 with errno. */
int
fd_wait(int fd, char what, long long timeout_ns)
{
	struct pollfd p = { .fd = fd,
	    .events = what == 'r' ? POLLIN : POLLOUT };
	int ms = timeout_ns < 0 ? -1 : (int)((timeout_ns + 999999) / 1000000);

	return poll(&p, 1, ms);
}

void
nap_ns(long long ns)
{
	struct timespec ts = { (time_t)(ns / 1000000000LL),
	    (long)(ns % 1000000000LL) };

	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		;
}

void
fd_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
fd_cloexec(int fd, bool on)
{
	if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) == -1)
		return fault_set("fcntl(%d, F_SETFD, %d):", fd, on);
	return 0;
}
