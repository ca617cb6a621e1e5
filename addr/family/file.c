/* addr/family/file.c: OPEN, CREATE and GOPEN. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../addr.h"

static const char *
kind_name(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return "undef";
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return "regular file";
	case S_IFDIR:
		return "directory";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	case S_IFIFO:
		return "named pipe";
	case S_IFSOCK:
		return "socket";
	default:
		return "file";
	}
}

static mode_t
creation_mode(const struct addr *a)
{
	return a->c.perm == -1 ? 0666 : (mode_t)a->c.perm;
}

/* What is open becomes an end. */
static int
file_end(struct addr *a, struct end *e, int fd)
{
	struct stat st;

	if (opt_take_fd(a, e, fd) == -1) {
		close(fd);
		return -1;
	}
	end_plain(e, a->reads ? fd : -1, a->writes ? fd : -1,
	    a->reads || isatty(fd) ? HALF_NONE : HALF_CLOSE,
	    fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) ? END_SPLICE : 0);
	return 0;
}

static int
open_with(struct addr *a, struct end *e, int flags)
{
	const char *path = a->param[0];
	int fd;

	flags = opt_oflags(a, flags);
	log_notice("opening %s \"%s\" for %s", kind_name(path), path,
	    a->reads && a->writes ? "reading and writing" :
	    a->reads ? "reading" : "writing");
	do
		fd = open(path, flags | O_CLOEXEC, creation_mode(a));
	while (fd == -1 && errno == EINTR);
	if (fd == -1)
		return error_set("open(\"%s\", 0%o, 0%03o):", path,
		    (unsigned)flags, (unsigned)creation_mode(a));
	log_info("open(\"%s\", 0%o, 0%03o) -> %d", path, (unsigned)flags,
	    (unsigned)creation_mode(a), fd);
	return file_end(a, e, fd);
}

static int
open_open(struct addr *a, struct end *e)
{
	return open_with(a, e, opt_access(a));
}

/* Writing goes to the end of a file that is there, or makes a new one. */
static int
gopen_open(struct addr *a, struct end *e)
{
	const char *path = a->param[0];
	int flags = opt_access(a);
	struct stat st;
	bool there = stat(path, &st) == 0;

	if (there && S_ISSOCK(st.st_mode)) {
		if (opt_useless_open(a, "with a socket") == -1)
			return -1;
		log_info("\"%s\" is a socket, connecting to it", path);
		return unix_connect_path(a, e, path);
	}
	if (opt_useless(a, NAMES("bind", "connect-timeout", "protocol-family",
	    "so-protocol", "so-type", "unix-bind-tempname",
	    "unix-tightsocklen"), "with what is no socket") == -1)
		return -1;
	if (there && S_ISREG(st.st_mode) && flags != O_RDONLY &&
	    !(a->c.oflags & O_TRUNC))
		flags |= O_APPEND;
	/* socat makes it even to read from it; which may be a slip, but not
	 * where the other half is to write to it. */
	if (!there && (flags != O_RDONLY || a->other != NULL ||
	    a->config->as_socat))
		flags |= O_CREAT;
	return open_with(a, e, flags);
}

static int
create_check(struct addr *a)
{
	if (!a->reads)
		return 0;
	error_set("CREATE: a file that is created can only be written to");
	error_hint("use -u, or OPEN:%s,creat,trunc", a->param[0]);
	return -1;
}

static int
create_open(struct addr *a, struct end *e)
{
	const char *path = a->param[0];
	int fd, flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;

	log_notice("creating regular file \"%s\" for writing", path);
	if (a->c.oflags & O_APPEND)
		flags |= O_APPEND;
	do
		fd = open(path, flags, creation_mode(a));
	while (fd == -1 && errno == EINTR);
	if (fd == -1)
		return error_set("creat(\"%s\", 0%03o):", path,
		    (unsigned)creation_mode(a));
	return file_end(a, e, fd);
}

static const struct family rows[] = {
	{ .name = "CREATE", .alias = { "CREAT" }, .syntax = "CREATE:<filename>",
	  .min = 1, .max = 1, .role = ROLE_OPEN, .path = PATH_PARAM,
	  .groups = G_FD | G_REG | G_NAMED, .with = "CREAT",
	  .ops = OPS(.creates = true, .check = create_check,
	  .open = create_open) },
	{ .name = "GOPEN", .syntax = "GOPEN:<filename>",
	  .min = 1, .max = 1, .role = ROLE_OPEN | ROLE_ANYTHING,
	  .path = PATH_PARAM,
	  .groups = G_FD | G_FIFO | G_CHR | G_BLK | G_REG | G_SOCKET |
	  G_NAMED | G_OPEN | G_TERMIOS | G_UNIX, .with = "GOPEN",
	  .ops = OPS(.creates = true, .open = gopen_open) },
	{ .name = "OPEN", .alias = { "FILE" }, .syntax = "OPEN:<filename>",
	  .min = 1, .max = 1, .role = ROLE_OPEN, .path = PATH_PARAM,
	  .groups = G_FD | G_FIFO | G_CHR | G_BLK | G_REG | G_NAMED |
	  G_OPEN | G_TERMIOS, .with = "FILE",
	  .ops = OPS(.creates = true, .open = open_open) },
};

FAMILIES(file, rows);
