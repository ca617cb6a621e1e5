/* addr/family/stdio.c: STDIO, STDIN, STDOUT, STDERR, FD and ACCEPT-FD. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/num.h"
#include "socket.h"

#define G_ANYFD	(G_FD | G_FIFO | G_CHR | G_BLK | G_REG | G_SOCKET |	\
    G_TERMIOS | G_UNIX | G_IP4 | G_IP6 | G_UDP | G_TCP | G_SCTP |	\
    G_DCCP | G_UDPLITE)
#define G_ACCEPTFD	(G_FD | G_SOCKET | G_CHILD | G_RETRY | G_RANGE |	\
    G_UNIX | G_IP4 | G_IP6 | G_UDP | G_TCP | G_SCTP | G_DCCP | G_UDPLITE)

/* Ways that an address is used in, or that a descriptor allows. */
enum { READS = 1, WRITES = 2 };

static int
ways_of(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	switch (flags == -1 ? -1 : flags & O_ACCMODE) {
	case O_RDONLY:
		return READS;
	case O_WRONLY:
		return WRITES;
	case O_RDWR:
		return READS | WRITES;
	default:
		return 0;
	}
}

static const char *
ways_name(int ways)
{
	return ways == READS ? "read-only" : ways == WRITES ? "write-only" :
	    "read-write";
}

static int
no_way(int wanted, int in, int out)
{
	if (wanted == READS)
		return error_set("file descriptor %d is not open for reading",
		    in);
	if (wanted == WRITES)
		return error_set("file descriptor %d is not open for writing",
		    out);
	return error_set("file descriptor %d is not open for reading, nor is "
	    "%d for writing", in, out);
}

/* A peer that speaks and is not read from would find its connection reset. */
static int
sink_open(void)
{
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}


/* In words, when fd is not open, or only since relay began. */
static int
fd_there(const struct addr *a, int fd)
{
	if (log_uses(fd))
		errno = EBADF;
	else if (fcntl(fd, F_GETFD) != -1)
		return 0;
	error_set("file descriptor %d:", fd);
	if (a->spec->bare)
		error_hint("a number alone is a descriptor, and %d is not "
		    "open; for a port write TCP-LISTEN:%d or TCP:HOST:%d",
		    fd, fd, fd);
	else if (fd > STDERR_FILENO)
		error_hint("nobody handed down an open descriptor %d", fd);
	return -1;
}

/*
 * Gives the end those of the descriptors that the address is used for and
 * that can be used so: one way is enough, and said; what cannot be written
 * goes nowhere.  fits are the ways that the address is meant for.
 */
static int
ways_take(struct addr *a, struct end *e, int in, int out, int fits)
{
	int wanted = (a->reads ? READS : 0) | (a->writes ? WRITES : 0);
	int open = (ways_of(in) & READS) | (ways_of(out) & WRITES);

	if (a->config->as_socat && in == out && fits == (READS | WRITES))
		open = READS | WRITES;	/* socat finds out when it tries */
	else if (fd_there(a, in) == -1)
		return -1;
	if (!(wanted & open))
		return no_way(wanted, in, out);
	if (!(wanted & ~open))
		open = READS | WRITES;
	if (wanted & ~(fits & open))
		end_only(a, ways_name(fits & open));
	if (wanted & open & READS)
		e->rfd = in;
	if (wanted & WRITES)
		e->wfd = open & WRITES ? out : sink_open();
	return 0;
}

/*
 * The log needs stderr to the end, and a pool's next client what the last
 * one had: neither is closed half-way.
 */
static void
describe(const struct addr *a, struct end *e)
{
	end_given(e, e->rfd, e->wfd);
	if (e->wfd == STDERR_FILENO ||
	    (a->process->pooled && e->wfd < STDERR_FILENO))
		e->out.half = HALF_NONE;
}

static int
stdio_open(struct addr *a, struct end *e)
{
	if (ways_take(a, e, STDIN_FILENO, STDOUT_FILENO,
	    READS | WRITES) == -1)
		return -1;
	if (a->reads && a->writes)
		log_notice("reading from and writing to stdio");
	else
		log_notice("using %s", a->reads ? "stdin for reading" :
		    "stdout for writing");
	if (e->rfd != -1 && opt_take_fd(a, e, e->rfd) == -1)
		return -1;
	/* On a terminal both are one; its settings are made once. */
	if (e->wfd == STDOUT_FILENO && !(e->restore && isatty(e->wfd)) &&
	    opt_take_fd(a, e, e->wfd) == -1)
		return -1;
	describe(a, e);
	return 0;
}

/* Called what in the log. */
static int
fd_use(struct addr *a, struct end *e, int fd, int fits, const char *what)
{
	if (ways_take(a, e, fd, fd, fits) == -1)
		return -1;
	if (fd > STDERR_FILENO && fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		log_warn("fcntl(%d, F_SETFD, FD_CLOEXEC): %s", fd,
		    strerror(errno));
	log_notice("using %s for %s", what, a->reads && a->writes ?
	    "reading and writing" : a->reads ? "reading" : "writing");
	if (opt_take_fd(a, e, fd) == -1)
		return -1;
	describe(a, e);
	return 0;
}

/* One of the three standard descriptors; which one is arg. */
static int
std_open(struct addr *a, struct end *e)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	int fd = a->family->arg;

	return fd_use(a, e, fd, fd == STDIN_FILENO ? READS : WRITES,
	    names[fd]);
}

static int
fd_number(const struct addr *a, int *fd)
{
	long long n;

	if (num_int(a->param[0], 0, INT_MAX, &n) != NUM_OK)
		return error_set("error in FD number \"%.80s\"", a->param[0]);
	*fd = (int)n;
	return 0;
}

/*
 * It is this address's from now on: a program that the other one starts must
 * not get it, whichever is opened first.
 */
static int
number_check(struct addr *a)
{
	int fd = -1;

	if (fd_number(a, &fd) == -1)
		return -1;
	a->given = fd;
	if (a->config->explain)
		return 0;
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* socat finds that when it opens it. */
	return a->config->as_socat ? 0 : fd_there(a, fd);
}

static int
fd_open(struct addr *a, struct end *e)
{
	char what[40];
	int fd = -1;

	if (fd_number(a, &fd) == -1)
		return -1;
	snprintf(what, sizeof what, "file descriptor %d", fd);
	return fd_use(a, e, fd, READS | WRITES, what);
}

/* A listening socket that was handed down. */
static int
acceptfd_open(struct addr *a, struct end *e)
{
	char name[SOCK_NAME_MAX];
	int fd = -1, listening = 0;
	socklen_t len = sizeof listening;

	(void)e;
	if (fd_number(a, &fd) == -1)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == -1)
		return error_set("file descriptor %d:", fd);
	if (!listening)
		return error_set("file descriptor %d is no listening socket",
		    fd);
	a->c.socktype = fd_socktype(fd);
	fd_cloexec(fd, true);
	fd_nonblock(fd);
	if (opt_apply_fd(a, fd) == -1)
		return -1;
	a->locallen = sizeof a->local;
	if (getsockname(fd, (struct sockaddr *)&a->local, &a->locallen) == -1)
		a->locallen = 0;
	a->lfd = fd;
	log_notice("listening on %s", sock_name((struct sockaddr *)&a->local,
	    a->locallen, name, sizeof name));
	return 0;
}

/* The descriptor is there: nothing is made, bound or connected. */
#define USELESS								\
	"bind", "connect-timeout", "protocol-family", "so-protocol",	\
	"so-type", "unix-bind-tempname", "unix-tightsocklen"
static const char *const useless_listener[] = { USELESS, NULL };
static const char *const useless[] = { USELESS, "lowport", "sourceport", NULL };

/* One of the three standard descriptors. */
#define STANDARD(word, fd)						\
	{ .name = word, .syntax = word,				\
	  .role = ROLE_GIVEN | ROLE_ANYTHING, .arg = fd,		\
	  .groups = G_ANYFD, .with = "STDIO", .useless = useless,	\
	  .ops = OPS(.open = std_open) }

static const struct family rows[] = {
	{ .name = "ACCEPT-FD", .alias = { "ACCEPT" },
	  .syntax = "ACCEPT-FD:<fdnum>", .min = 1, .max = 1,
	  .role = ROLE_LISTEN | ROLE_GIVEN, .groups = G_ACCEPTFD,
	  .with = "FDNUM", .useless = useless_listener,
	  .ops = OPS(.check = number_check, .open = acceptfd_open,
	      .accept = sock_accept) },
	{ .name = "FD", .syntax = "FD:<fdnum>", .min = 1, .max = 1,
	  .role = ROLE_GIVEN | ROLE_ANYTHING, .groups = G_ANYFD,
	  .with = "FDNUM", .useless = useless,
	  .ops = OPS(.check = number_check, .open = fd_open) },
	STANDARD("STDERR", STDERR_FILENO),
	STANDARD("STDIN", STDIN_FILENO),
	{ .name = "STDIO", .alias = { "-" }, .syntax = "STDIO",
	  .role = ROLE_GIVEN | ROLE_ANYTHING, .groups = G_ANYFD,
	  .with = "STDIO", .useless = useless, .ops = OPS(.open = stdio_open) },
	STANDARD("STDOUT", STDOUT_FILENO),
};

FAMILIES(stdio, rows);
