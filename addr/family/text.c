/* addr/family/text.c: TEXT, a few words to be read, and STALL, nothing ever. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../addr.h"

/* socat's log always has this number, and scripts know it. */
#define TEXT_FD	5

/* Where it can be read, with an end behind it; -1 with words in last_error. */
static int
text_pipe(const char *text)
{
	size_t len = strlen(text);
	ssize_t n;
	int p[2], fd;

	if (os_pipe(p) == -1)
		return error_set("pipe():");
	fd_nonblock(p[1]);
	n = len == 0 ? 0 : write(p[1], text, len);
	close(p[1]);
	fd = n == (ssize_t)len ? fcntl(p[0], F_DUPFD_CLOEXEC, TEXT_FD) : -1;
	close(p[0]);
	if (n == (ssize_t)len && fd == -1)
		return error_set("dup(%d):", p[0]);
	return fd != -1 ? fd : error_set("a pipe cannot take a text of %zu "
	    "bytes; use OPEN:<file>", len);
}

/* What is written goes where STDOUT would have it go. */
static int
text_open(struct addr *a, struct end *e)
{
	int fd = -1;

	if (a->writes)
		log_notice("using stdout for writing");
	if (a->reads) {
		log_notice("reading from data pipe");
		fd = text_pipe(a->param[0]);
		if (fd == -1)
			return -1;
	}
	end_given(e, fd, a->writes ? STDOUT_FILENO : -1);
	/* Not used for anything; socat's log has this number there. */
	if (!a->writes && a->config->as_socat)
		e->wfd = STDIN_FILENO;
	return opt_apply_fd(a, a->reads ? fd : STDOUT_FILENO);
}

static int
stall_open(struct addr *a, struct end *e)
{
	int p[2];

	if (os_pipe(p) == -1)
		return error_set("pipe():");
	log_notice("reading from stall pipe, writing to nothing");
	end_plain(e, p[0], p[1], HALF_NONE, 0);
	e->out.can |= END_DEAF;
	return opt_apply_fd(a, p[0]);
}

static const struct family rows[] = {
	{ .name = "STALL", .syntax = "STALL", .role = ROLE_OPEN,
	  .groups = G_FD | G_FIFO, .with = "STALL",
	  .ops = OPS(.open = stall_open) },
	{ .name = "TEXT", .syntax = "TEXT:<string>", .min = 1, .max = 1,
	  .role = ROLE_OPEN, .groups = G_FD | G_FIFO, .with = "TEXT",
	  .ops = OPS(.open = text_open) },
};

FAMILIES(text, rows);
