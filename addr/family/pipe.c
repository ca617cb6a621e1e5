/* addr/family/pipe.c: PIPE, named and unnamed, and SOCKETPAIR. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "socket.h"

/* What is written to it is read from it again. */
static int
unnamed(struct addr *a, struct end *e)
{
	int fd[2];

	if (os_pipe(fd) == -1)
		return error_set("pipe():");
	log_info("pipe({%d,%d}) -> 0", fd[0], fd[1]);
	log_notice("writing to and reading from unnamed pipe");
	end_plain(e, fd[0], fd[1], HALF_CLOSE, END_SPLICE);
	return opt_apply_fd(a, fd[0]);
}

/* Makes the pipe if need be; *made says whether. */
static int
fifo_make(struct addr *a, const char *path, bool *made)
{
	mode_t mode = a->c.perm == -1 ? 0666 : (mode_t)a->c.perm;
	struct stat st;

	*made = mkfifo(path, mode) == 0;
	/* Who waits to open it waits with these in force. */
	if (*made)
		return path_owner(path, a->c.perm, a->c.user, a->c.group);
	if (errno != EEXIST)
		return error_set("mkfifo(%s, %u):", path, (unsigned)mode);
	if (stat(path, &st) == -1)
		return error_set("stat(\"%s\"):", path);
	if (!S_ISFIFO(st.st_mode))
		return error_set("\"%s\" is not a named pipe", path);
	return 0;
}

static int
named(struct addr *a, struct end *e)
{
	const char *path = a->param[0];
	const char *use = a->reads && a->writes ? "reading and writing" :
	    a->reads ? "reading" : "writing";
	int fd, flags = opt_oflags(a, opt_access(a));
	sigset_t before;
	bool made;
	int rc;

	/* Opening waits for the other side, and may be ended by a signal. */
	sig_hold(&before);
	rc = fifo_make(a, path, &made);
	if (rc == 0 && made && a->c.unlink_close == -1)
		a->c.unlink_close = 1;
	if (rc == 0 && a->c.unlink_close > 0 && e->made == NULL)
		e->made = cleanup_path(path);
	sig_release(&before);
	if (rc == -1)
		return -1;
	log_notice("%s named pipe \"%s\" for %s", made ? "created" :
	    "opening", path, use);
	do
		fd = open(path, flags | O_CLOEXEC);
	while (fd == -1 && errno == EINTR);
	if (fd == -1)
		return error_set("open(\"%s\", 0%o):", path, (unsigned)flags);
	end_plain(e, a->reads ? fd : -1, a->writes ? fd : -1,
	    a->reads ? HALF_NONE : HALF_CLOSE, END_SPLICE);
	return opt_apply_fd(a, fd);
}

/* Without a name there is nothing to open, make or remove. */
static int
pipe_check(struct addr *a)
{
	if (a->nparam > 0)
		return 0;
	if (opt_useless_open(a, "with an unnamed pipe") == -1)
		return -1;
	return opt_useless(a, NAMES("group-early", "perm-early", "umask",
	    "unlink", "unlink-close", "unlink-early", "unlink-late",
	    "user-early"),
	    "with an unnamed pipe");
}

static int
pipe_open(struct addr *a, struct end *e)
{
	return a->nparam == 0 ? unnamed(a, e) : named(a, e);
}

static int
socketpair_open(struct addr *a, struct end *e)
{
	int fd[2], type = SOCK_DGRAM, proto = 0, af = sock_pf(a, AF_UNIX);

	if (a->c.socktype != -1)
		type = (int)a->c.socktype;
	if (a->c.protocol != -1)
		proto = (int)a->c.protocol;
	if (os_socketpair(af, type, proto, fd) == -1)
		return error_set("socketpair(%d, %d, %d):", af, type, proto);
	log_info("socketpair(%d, %d, %d, {%d,%d}) -> 0", af, type, proto,
	    fd[0], fd[1]);
	log_notice("writing to and reading from unnamed socketpair");
	end_socket(e, fd[0], type);
	e->wfd = fd[1];
	if (type == SOCK_DGRAM)
		e->out.half = HALF_CLOSE;
	return opt_apply_fd(a, fd[0]);
}

static const char *const useless_pair[] = { "bind", "connect-timeout", NULL };

static const struct family rows[] = {
	{ .name = "PIPE", .alias = { "ECHO", "FIFO" },
	  .syntax = "PIPE[:<filename>]", .max = 1, .role = ROLE_OPEN,
	  .path = PATH_PARAM,
	  .groups = G_FD | G_FIFO | G_NAMED | G_OPEN, .with = "PIPE",
	  .ops = OPS(.check = pipe_check, .open = pipe_open) },
	{ .name = "SOCKETPAIR", .syntax = "SOCKETPAIR:<filename>",
	  .max = 1, .role = ROLE_OPEN, .domain = AF_UNIX,
	  .type = SOCK_DGRAM, .groups = G_FD | G_SOCKET,
	  .with = "SOCKETPAIR", .useless = useless_pair,
	  .ops = OPS(.open = socketpair_open) },
};

FAMILIES(pipe, rows);
