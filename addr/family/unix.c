/* addr/family/unix.c: UNIX- and ABSTRACT- CONNECT, CLIENT and LISTEN. */

#include <errno.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "dgram.h"
#include "unix-name.h"

#define G_UNIXLISTEN	(G_UNIXCLIENT | G_LISTEN | G_CHILD)

/* Of an address that takes any kind of socket socat names it, and no call. */
static void
refused(struct addr *a, const struct sockaddr_un *un, socklen_t len)
{
	char name[SOCK_NAME_MAX];

	if (a->family->domain == AF_UNIX && a->family->type == 0)
		error_set("%s: %s:", a->family->name, a->param[0]);
	else
		error_set("connect(, %s, %d):", sock_name((const void *)un,
		    len, name, sizeof name), (int)len);
}

static int
connect_type(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len, int type)
{
	int fd = unix_client(a, e, type);

	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, (const struct sockaddr *)un, len) == -1) {
		refused(a, un, len);
		/* The next kind of socket, or the next try, binds again. */
		unix_give_up(fd, &e->made);
		return -1;
	}
	unix_name_keep(a, e);
	end_socket(e, fd, sock_type(a, type));
	return 0;
}

int
unix_send_to(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len)
{
	int fd = unix_client(a, e, SOCK_DGRAM);

	if (fd == -1)
		return -1;
	unix_name_keep(a, e);
	return dgram_send_to(a, e, fd, (const struct sockaddr *)un, len);
}

/* Whether somebody receives datagrams by that name. */
static bool
receives(const struct sockaddr_un *un, socklen_t len)
{
	int fd = os_socket(AF_UNIX, SOCK_DGRAM, 0);
	bool rc;

	if (fd == -1)
		return false;
	rc = connect(fd, (const struct sockaddr *)un, len) == 0;
	close(fd);
	return rc;
}

/*
 * CLIENT and bare paths take whatever kind of socket is there.  A path is of
 * another type then, and an abstract name is one that nobody has.
 */
static int
connect_any(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len)
{
	int other = unix_is_abstract(a) ? ECONNREFUSED : EPROTOTYPE;
	int err;

	if (connect_type(a, e, un, len, SOCK_STREAM) == 0)
		return 0;
	if (errno != other || a->c.socktype != -1)
		return -1;
	if (connect_type(a, e, un, len, SOCK_SEQPACKET) == 0)
		return 0;
	err = errno;
	if (err == other && receives(un, len))
		return unix_send_to(a, e, un, len);
	errno = err;
	return -1;
}

static int
unix_connect(struct addr *a, struct end *e)
{
	struct sockaddr_un un;
	socklen_t len;

	len = unix_address(a, a->param[0], unix_is_abstract(a), &un);
	if (len == (socklen_t)-1)
		return -1;
	if (a->family->type == 0)
		return connect_any(a, e, &un, len);
	sock_opening_log((struct sockaddr *)&un, len);
	return connect_type(a, e, &un, len, SOCK_STREAM);
}

int
unix_connect_path(struct addr *a, struct end *e, const char *path)
{
	struct sockaddr_un un;
	socklen_t len = unix_address(a, path, false, &un);

	return len == (socklen_t)-1 ? -1 : connect_any(a, e, &un, len);
}

/*
 * The listener never sees a client: a path refuses a socket of another type,
 * and an abstract name can be had if nobody has it.
 */
int
unix_answers(struct addr *a)
{
	struct sockaddr_un un;
	bool abstract = unix_is_abstract(a);
	socklen_t len = unix_address(a, a->param[0], abstract, &un);
	int fd, rc, type;

	if (len == (socklen_t)-1)
		return -1;
	type = sock_type(a, a->family->type);
	if (!abstract)
		type = type == SOCK_DGRAM ? SOCK_STREAM : SOCK_DGRAM;
	fd = os_socket(AF_UNIX, type, 0);
	if (fd == -1)
		return error_set("socket():");
	rc = abstract ? bind(fd, (struct sockaddr *)&un, len) :
	    connect(fd, (struct sockaddr *)&un, len);
	close(fd);
	if (rc == -1 && errno == (abstract ? EADDRINUSE : EPROTOTYPE))
		return 0;
	return rc == -1 ? error_set("connect():") :
	    error_set("nobody listens");
}

static int
unix_listen(struct addr *a, struct end *e)
{
	int fd = sock_open(a, sock_pf(a, AF_UNIX), SOCK_STREAM, 0);

	if (fd == -1 || unix_bind_own(a, e, fd, sock_listen) == -1)
		return -1;
	a->lfd = fd;
	return 0;
}

#define UNIX_STREAM	.domain = AF_UNIX, .type = SOCK_STREAM
#define UNIX_ANY	.domain = AF_UNIX
#define ONE_PARAM	.min = 1, .max = 1

static const struct family_ops connect_ops = {
	.check = unix_check, .open = unix_connect
};
static const struct family_ops listen_ops = {
	.check = unix_check, .open = unix_listen, .accept = sock_accept
};
static const char *const useless_listener[] = {
	"bind", "connect-timeout", "unix-bind-tempname", NULL
};

static const struct family rows[] = {
	{ .name = "ABSTRACT-CLIENT", .alias = { "ABSTRACT" },
	  .syntax = "ABSTRACT-CLIENT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_ANY, UNIX_ABSTRACT,
	  .groups = G_UNIXCLIENT, .ops = &connect_ops },
	{ .name = "ABSTRACT-CONNECT",
	  .syntax = "ABSTRACT-CONNECT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_STREAM, UNIX_ABSTRACT,
	  .groups = G_UNIXCLIENT, .ops = &connect_ops },
	{ .name = "ABSTRACT-LISTEN",
	  .syntax = "ABSTRACT-LISTEN:<filename>", ONE_PARAM,
	  .role = ROLE_LISTEN, UNIX_STREAM, UNIX_ABSTRACT,
	  .groups = G_UNIXLISTEN, .useless = useless_listener,
	  .ops = &listen_ops },
	{ .name = "UNIX-CLIENT", .alias = { "UNIX" },
	  .syntax = "UNIX-CLIENT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_ANY, UNIX_PATH(BIND),
	  .groups = G_UNIXCLIENT | G_NAMED,
	  .ops = &connect_ops },
	{ .name = "UNIX-CONNECT", .alias = { "LOCAL" },
	  .syntax = "UNIX-CONNECT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_STREAM, UNIX_PATH(BIND),
	  .groups = G_UNIXCLIENT | G_NAMED,
	  .ops = &connect_ops },
	{ .name = "UNIX-LISTEN", .alias = { "UNIX-L" },
	  .syntax = "UNIX-LISTEN:<filename>", ONE_PARAM,
	  .role = ROLE_LISTEN, UNIX_STREAM, UNIX_PATH(PARAM),
	  .groups = G_UNIXLISTEN | G_NAMED,
	  .useless = useless_listener,
	  .ops = &listen_ops },
};

FAMILIES(unix, rows);
