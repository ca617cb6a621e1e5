/* addr/unix.c: UNIX- and ABSTRACT- CONNECT, CLIENT and LISTEN. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/os.h"
#include "families.h"

#define G_UNIXCONNECT	(G_FD | G_SOCKET | G_RETRY | G_UNIX)
#define G_UNIXLISTEN	(G_UNIXCONNECT | G_LISTEN | G_CHILD)

enum { PATH, ABSTRACT };	/* family's arg */
enum { STREAM, ANY };		/* family's arg2 */

/* The address of a path or abstract name; its length, or -1. */
static socklen_t
unix_address(struct addr *a, const char *name, bool abstract,
    struct sockaddr_un *un)
{
	size_t len = strlen(name), max = sizeof un->sun_path - abstract;

	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	if (len > max) {
		fault_set("unix socket address %zu characters long, max "
		    "length is %zu", len, max);
		return (socklen_t)-1;
	}
	memcpy(un->sun_path + abstract, name, len);
	if (a->c.tightsocklen == 0)
		return sizeof *un;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
	    abstract);
}

static int
check(struct addr *a)
{
	struct sockaddr_un un;
	bool abstract = a->family->arg == ABSTRACT;

	return unix_address(a, a->param[0], abstract, &un) ==
	    (socklen_t)-1 ? -1 : 0;
}

/* A name that nobody has: a client that wants answers must have one. */
static int
temp_name(struct addr *a, char *buf, size_t size)
{
	static unsigned n;
	const char *form = a->c.bind_tempname;

	snprintf(buf, size, "%s.%ld.%u", form == NULL || *form == '\0' ?
	    "/tmp/relay" : form, (long)getpid(), n++);
	return 0;
}

/* bind= and unix-bind-tempname of a client. */
static int
bind_local(struct addr *a, int fd, struct end *e)
{
	struct sockaddr_un un;
	char temp[120];
	const char *name = a->c.bind;
	bool abstract = a->family->arg == ABSTRACT;
	socklen_t len;

	if (name == NULL && a->c.bind_tempname == NULL)
		return opt_apply(a, PH_BIND, fd);
	if (name == NULL && temp_name(a, temp, sizeof temp) == 0)
		name = temp;
	len = unix_address(a, name, abstract, &un);
	if (len == (socklen_t)-1 ||
	    sock_bind(a, fd, (struct sockaddr *)&un, len) == -1)
		return -1;
	if (!abstract && a->c.unlink_close != 0) {
		e->unlink = strdup(name);
		cleanup_add(name);
	}
	return 0;
}

static int
connect_type(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len, int type)
{
	char name[SOCK_NAME_MAX];
	int fd, saved;

	fd = sock_open(a, AF_UNIX, type, 0);
	if (fd == -1)
		return -1;
	if (bind_local(a, fd, e) == -1)
		goto fail;
	if (sock_connect(a, fd, (const struct sockaddr *)un, len) == -1) {
		fault_set("connect(, %s, %d):", sock_name((const void *)un,
		    len, name, sizeof name), (int)len);
		goto fail;
	}
	end_socket(e, fd, type);
	return 0;
fail:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* CLIENT and bare paths take whatever kind of socket listens there. */
static int
connect_any(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET,
	    SOCK_DGRAM };
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++) {
		if (connect_type(a, e, un, len, types[i]) == 0)
			return 0;
		if (errno != EPROTOTYPE)
			return -1;
	}
	return -1;
}

static int
unix_connect(struct addr *a, struct end *e)
{
	struct sockaddr_un un;
	char name[SOCK_NAME_MAX];
	socklen_t len;

	len = unix_address(a, a->param[0], a->family->arg == ABSTRACT, &un);
	if (len == (socklen_t)-1)
		return -1;
	if (log_on(LOG_N) && !(a->retrying && settings.as_socat))
		log_notice("opening connection to %s", sock_name((void *)&un,
		    len, name, sizeof name));
	if (a->family->arg2 == ANY)
		return connect_any(a, e, &un, len);
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
	bool abstract = a->family->arg == ABSTRACT;
	socklen_t len = unix_address(a, a->param[0], abstract, &un);
	int fd, rc;

	if (len == (socklen_t)-1)
		return -1;
	fd = os_socket(AF_UNIX, abstract ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (fd == -1)
		return fault_set("socket():");
	rc = abstract ? bind(fd, (struct sockaddr *)&un, len) :
	    connect(fd, (struct sockaddr *)&un, len);
	close(fd);
	if (rc == -1 && errno == (abstract ? EADDRINUSE : EPROTOTYPE))
		return 0;
	return rc == -1 ? fault_set("connect():") :
	    fault_set("nobody listens");
}

/*
 * Something stands where the socket is to be.  A socket that nobody
 * listens on any more may be removed; relay does, socat does not.
 */
static int
occupied(struct addr *a, const struct sockaddr_un *un, socklen_t len)
{
	struct stat st;
	int fd, stale;

	if (lstat(un->sun_path, &st) == -1)
		return 0;
	if (S_ISSOCK(st.st_mode) && !settings.as_socat) {
		fd = sock_open(a, AF_UNIX, SOCK_STREAM, 0);
		if (fd == -1)
			return -1;
		stale = connect(fd, (const struct sockaddr *)un, len) == -1 &&
		    errno == ECONNREFUSED;
		close(fd);
		if (stale) {
			log_warn("removing stale socket \"%s\"",
			    un->sun_path);
			return unlink(un->sun_path);
		}
		fault_set("\"%s\" exists", a->param[0]);
		fault_hint("somebody listens on it; unlink-early replaces it");
		return -1;
	}
	fault_set("\"%s\" exists", a->param[0]);
	fault_hint("unlink-early replaces it");
	return -1;
}

/* The mode is right from birth: bind(2) makes 0777 less the umask. */
static int
bind_path(struct addr *a, int fd, const struct sockaddr_un *un, socklen_t len)
{
	const struct conf *c = &a->c;
	long long perm = c->perm != -1 ? c->perm : c->perm_early;
	mode_t saved = 0;
	int rc;

	if (occupied(a, un, len) == -1)
		return -1;
	if (perm != -1)
		saved = umask((mode_t)(~perm & 0777));
	rc = sock_bind(a, fd, (const struct sockaddr *)un, len);
	if (perm != -1)
		umask(saved);
	if (rc == -1)
		return -1;
	if (c->unlink_close != 0) {
		a->unlink = strdup(a->param[0]);
		cleanup_add(a->param[0]);
	}
	if ((c->user != -1 || c->group != -1) &&
	    chown(a->param[0], (uid_t)c->user, (gid_t)c->group) == -1)
		return fault_set("chown(\"%s\", %lld, %lld):", a->param[0],
		    c->user, c->group);
	return 0;
}

static int
unix_listen(struct addr *a, struct end *e)
{
	struct sockaddr_un un;
	bool abstract = a->family->arg == ABSTRACT;
	socklen_t len;
	int fd;

	(void)e;
	len = unix_address(a, a->param[0], abstract, &un);
	if (len == (socklen_t)-1)
		return -1;
	fd = sock_open(a, AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1)
		return -1;
	if ((abstract ? sock_bind(a, fd, (struct sockaddr *)&un, len) :
	    bind_path(a, fd, &un, len)) == -1 ||
	    sock_listen(a, fd, "") == -1) {
		close(fd);
		addr_unlisten(a);
		return -1;
	}
	a->lfd = fd;
	return 0;
}

const struct family unix_families[] = {
	{ .names = "ABSTRACT-CLIENT ABSTRACT",
	  .syntax = "ABSTRACT-CLIENT:<filename>", .groups = G_UNIXCONNECT,
	  .min = 1, .max = 1, .arg = ABSTRACT, .arg2 = ANY,
	  .check = check, .open = unix_connect },
	{ .names = "ABSTRACT-CONNECT",
	  .syntax = "ABSTRACT-CONNECT:<filename>", .groups = G_UNIXCONNECT,
	  .min = 1, .max = 1, .arg = ABSTRACT, .arg2 = STREAM,
	  .check = check, .open = unix_connect },
	{ .names = "ABSTRACT-LISTEN",
	  .syntax = "ABSTRACT-LISTEN:<filename>", .groups = G_UNIXLISTEN,
	  .min = 1, .max = 1, .listens = 1, .arg = ABSTRACT,
	  .check = check, .open = unix_listen, .next = sock_accept },
	{ .names = "UNIX-CLIENT UNIX",
	  .syntax = "UNIX-CLIENT:<filename>",
	  .groups = G_UNIXCONNECT | G_NAMED, .min = 1, .max = 1,
	  .arg = PATH, .arg2 = ANY, .check = check, .open = unix_connect },
	{ .names = "UNIX-CONNECT LOCAL",
	  .syntax = "UNIX-CONNECT:<filename>",
	  .groups = G_UNIXCONNECT | G_NAMED, .min = 1, .max = 1,
	  .arg = PATH, .arg2 = STREAM, .check = check,
	  .open = unix_connect },
	{ .names = "UNIX-LISTEN UNIX-L",
	  .syntax = "UNIX-LISTEN:<filename>",
	  .groups = G_UNIXLISTEN | G_NAMED, .min = 1, .max = 1,
	  .listens = 1, .arg = PATH, .check = check, .open = unix_listen,
	  .next = sock_accept },
};
FAMILIES(unix_families);
