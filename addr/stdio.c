/* addr/stdio.c: STDIO, STDIN, STDOUT, STDERR, FD and ACCEPT-FD. */

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/num.h"
#include "families.h"

#define G_ANYFD	(G_FD | G_FIFO | G_CHR | G_BLK | G_REG | G_SOCKET |	\
    G_TERMIOS | G_UNIX | G_IP4 | G_IP6 | G_UDP | G_TCP | G_SCTP |	\
    G_DCCP | G_UDPLITE)
#define G_ACCEPTFD	(G_FD | G_SOCKET | G_CHILD | G_RETRY | G_RANGE |	\
    G_UNIX | G_IP4 | G_IP6 | G_UDP | G_TCP | G_SCTP | G_DCCP | G_UDPLITE)

/* Applies early options, remembering a terminal's settings before. */
static int
fd_take(struct addr *a, struct end *e, int fd)
{
	if (fcntl(fd, F_GETFD) == -1)
		return fault_set("file descriptor %d:", fd);
	if (isatty(fd)) {
		cleanup_tty(fd);
		e->restore = true;
	}
	if (fd_owner(a, fd) == -1)
		return -1;
	return opt_apply(a, PH_FD, fd);
}

static void
describe(struct end *e)
{
	e->half = e->wfd == -1 ? HALF_NONE : fd_half(e->wfd);
	e->rsock = e->rfd != -1 && fd_half(e->rfd) == HALF_SHUTDOWN;
	e->wsock = e->half == HALF_SHUTDOWN;
	e->stream = (e->rfd == -1 || end_is_stream(e->rfd)) &&
	    (e->wfd == -1 || end_is_stream(e->wfd));
}

static int
stdio_open(struct addr *a, struct end *e)
{
	if (a->reads)
		e->rfd = STDIN_FILENO;
	if (a->writes)
		e->wfd = STDOUT_FILENO;
	if (a->reads && a->writes)
		log_notice("reading from and writing to stdio");
	else
		log_notice("using %s", a->reads ? "stdin for reading" :
		    "stdout for writing");
	if (a->reads && fd_take(a, e, e->rfd) == -1)
		return -1;
	/* On a terminal both are one; its settings are made once. */
	if (a->writes && !(a->reads && isatty(STDIN_FILENO) &&
	    isatty(STDOUT_FILENO)) && fd_take(a, e, e->wfd) == -1)
		return -1;
	describe(e);
	return 0;
}

static int
fd_use(struct addr *a, struct end *e, int fd)
{
	if (fd_take(a, e, fd) == -1)
		return -1;
	if (fd > STDERR_FILENO)
		fd_cloexec(fd, true);
	if (a->reads)
		e->rfd = fd;
	if (a->writes)
		e->wfd = fd;
	describe(e);
	return 0;
}

static const char *
direction(const struct addr *a)
{
	return a->reads && a->writes ? "reading and writing" :
	    a->reads ? "reading" : "writing";
}

/* One of the three standard descriptors; which one is arg. */
static int
std_open(struct addr *a, struct end *e)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };

	log_notice("using %s for %s", names[a->family->arg], direction(a));
	return fd_use(a, e, a->family->arg);
}

static int
number(const struct addr *a, int *fd)
{
	long long n;

	if (num_int(a->param[0], 0, INT_MAX, &n) != NUM_OK)
		return fault_set("error in FD number \"%.80s\"", a->param[0]);
	*fd = (int)n;
	return 0;
}

/*
 * A program that the other address starts must not get it, whichever is
 * opened first.
 */
static int
number_check(struct addr *a)
{
	int fd = -1;

	if (number(a, &fd) == -1)
		return -1;
	if (fd > STDERR_FILENO && !settings.explaining)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static int
fd_open(struct addr *a, struct end *e)
{
	int fd = -1;

	if (number(a, &fd) == -1)
		return -1;
	log_notice("using file descriptor %d for %s", fd, direction(a));
	return fd_use(a, e, fd);
}

/* A listening socket that was handed down. */
static int
acceptfd_open(struct addr *a, struct end *e)
{
	char name[SOCK_NAME_MAX];
	int fd = -1, listening = 0;
	socklen_t len = sizeof listening;

	(void)e;
	if (number(a, &fd) == -1)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == -1)
		return fault_set("file descriptor %d:", fd);
	if (!listening)
		return fault_set("file descriptor %d is no listening socket",
		    fd);
	fd_cloexec(fd, true);
	fd_nonblock(fd);
	if (opt_apply(a, PH_FD, fd) == -1)
		return -1;
	a->locallen = sizeof a->local;
	if (getsockname(fd, (struct sockaddr *)&a->local, &a->locallen) == -1)
		a->locallen = 0;
	a->lfd = fd;
	log_notice("listening on %s", sock_name((struct sockaddr *)&a->local,
	    a->locallen, name, sizeof name));
	return 0;
}

const struct family stdio_families[] = {
	{ .names = "ACCEPT-FD ACCEPT",
	  .syntax = "ACCEPT-FD:<fdnum>", .groups = G_ACCEPTFD, .min = 1,
	  .max = 1, .listens = 1, .check = number_check,
	  .open = acceptfd_open, .next = sock_accept },
	{ .names = "FD", .syntax = "FD:<fdnum>", .groups = G_ANYFD, .min = 1,
	  .max = 1, .check = number_check, .open = fd_open },
	{ .names = "STDERR", .syntax = "STDERR", .groups = G_ANYFD,
	  .arg = STDERR_FILENO, .open = std_open },
	{ .names = "STDIN", .syntax = "STDIN", .groups = G_ANYFD,
	  .arg = STDIN_FILENO, .open = std_open },
	{ .names = "STDIO -", .syntax = "STDIO",
	  .groups = G_ANYFD, .open = stdio_open },
	{ .names = "STDOUT", .syntax = "STDOUT", .groups = G_ANYFD,
	  .arg = STDOUT_FILENO, .open = std_open },
};
FAMILIES(stdio_families);
