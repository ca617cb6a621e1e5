/* addr/family/unix.c: UNIX- and ABSTRACT- CONNECT, CLIENT and LISTEN. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "socket.h"

#define G_UNIXCONNECT	(G_FD | G_SOCKET | G_RETRY | G_UNIX)
#define G_UNIXLISTEN	(G_UNIXCONNECT | G_LISTEN | G_CHILD)

#define TEMP_FORM	"/tmp/relay.XXXXXX"

/* How long another relay is waited for that makes a socket beside ours. */
#define LOCK_TRIES	50
#define LOCK_TRY_NS	20000000LL

static bool
is_abstract(const struct addr *a)
{
	return a->family->domain == AF_UNIX && a->family->path == PATH_NONE;
}

/* The address of a path or abstract name; its length, or -1. */
static socklen_t
unix_address(struct addr *a, const char *name, bool abstract,
    struct sockaddr_un *un)
{
	size_t len = strlen(name), max = sizeof un->sun_path - abstract;

	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	if (len > max) {
		error_set("unix socket address %zu characters long, max "
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
	bool abstract = is_abstract(a);

	if (!(a->family->role & ROLE_LISTEN) && !abstract &&
	    a->c.bind == NULL &&
	    a->c.bind_tempname == NULL && opt_useless(a, NAMES("group",
	    "group-early", "perm", "perm-early", "unlink", "unlink-early",
	    "unlink-late", "user", "user-early"),
	    "without option bind") == -1)
		return -1;

	return unix_address(a, a->param[0], abstract, &un) ==
	    (socklen_t)-1 ? -1 : 0;
}

/* How often a name that turns out to be in use is drawn anew. */
#define TEMP_TRIES	100

/*
 * A name that nobody has and nobody can guess: a client that wants answers
 * must have one.  The last XXXXXX of the form are replaced, and what stands
 * behind them goes, as with socat.  To be freed by the caller; NULL with
 * words in last_error.
 */
static char *
temp_name(const char *form)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	unsigned long long bits = os_random();
	char *name, *at = NULL, *p;
	int i;

	name = strdup(form == NULL || *form == '\0' ? TEMP_FORM : form);
	if (name == NULL) {
		error_set("out of memory");
		return NULL;
	}
	for (p = name; (p = strstr(p, "XXXXXX")) != NULL; p++)
		at = p;
	if (at == NULL) {
		log_warn("unix-bind-tempname \"%s\": XXXXXX is missing", name);
		errno = EINVAL;
		error_set("tempnam(\"%s\"):", name);
		free(name);
		return NULL;
	}
	for (i = 0; i < 6; i++, bits /= sizeof letters - 1)
		*at++ = letters[bits % (sizeof letters - 1)];
	*at = '\0';
	return name;
}

/* Who has the new name; user-early and group-early come too early for it. */
static int
path_owner(const struct addr *a, const char *path)
{
	const struct conf *c = &a->c;
	long long user = c->user != -1 ? c->user : c->user_early;
	long long group = c->group != -1 ? c->group : c->group_early;

	if ((user == -1 && group == -1) ||
	    chown(path, (uid_t)user, (gid_t)group) == 0)
		return 0;
	return error_set("chown(\"%s\", %lld, %lld):", path, user, group);
}

static int
bind_name(struct addr *a, int fd, struct end *e, const char *name)
{
	struct sockaddr_un un;
	bool abstract = is_abstract(a);
	socklen_t len = unix_address(a, name, abstract, &un);
	long long perm = a->c.perm != -1 ? a->c.perm : a->c.perm_early;

	if (len == (socklen_t)-1 ||
	    sock_bind(a, fd, (struct sockaddr *)&un, len) == -1)
		return -1;
	if (abstract)
		return 0;
	if (a->c.unlink_close != 0)
		e->made = cleanup_path(name);
	if (perm != -1 && chmod(name, (mode_t)perm) == -1)
		return error_set("chmod(\"%s\", 0%03llo):", name,
		    (unsigned long long)perm);
	return path_owner(a, name);
}

/* bind= and unix-bind-tempname of a client. */
static int
bind_local(struct addr *a, int fd, struct end *e)
{
	char *name;
	int i, rc = -1;

	if (a->c.bind != NULL)
		return bind_name(a, fd, e, a->c.bind);
	if (a->c.bind_tempname == NULL)
		return opt_apply(a, PH_BIND, fd);
	for (i = 0; i < TEMP_TRIES; i++) {
		name = temp_name(a->c.bind_tempname);
		if (name == NULL)
			return -1;
		rc = bind_name(a, fd, e, name);
		free(name);
		if (rc == 0 || errno != EADDRINUSE)
			break;
	}
	return rc;
}

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
	int fd, saved;

	fd = sock_open(a, sock_pf(a, AF_UNIX), type, 0);
	if (fd == -1)
		return -1;
	if (bind_local(a, fd, e) == -1)
		goto fail;
	if (sock_connect(a, fd, (const struct sockaddr *)un, len) == -1) {
		refused(a, un, len);
		goto fail;
	}
	end_socket(e, fd, sock_type(a, type));
	return 0;
fail:
	saved = errno;
	close(fd);
	/* The next kind of socket, or the next try, binds again. */
	cleanup_remove(e->made);
	e->made = NULL;
	errno = saved;
	return -1;
}

/*
 * CLIENT and bare paths take whatever kind of socket listens there.  A path
 * is of another type then, and an abstract name is one that nobody has.
 */
static int
connect_any(struct addr *a, struct end *e, const struct sockaddr_un *un,
    socklen_t len)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET,
	    SOCK_DGRAM };
	int other = is_abstract(a) ? ECONNREFUSED : EPROTOTYPE;
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++) {
		if (connect_type(a, e, un, len, types[i]) == 0)
			return 0;
		if (errno != other || a->c.socktype != -1)
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

	len = unix_address(a, a->param[0], is_abstract(a), &un);
	if (len == (socklen_t)-1)
		return -1;
	if (a->family->type == 0)
		return connect_any(a, e, &un, len);
	if (log_on(LOG_N))
		log_notice("opening connection to %s", sock_name((void *)&un,
		    len, name, sizeof name));
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
	bool abstract = is_abstract(a);
	socklen_t len = unix_address(a, a->param[0], abstract, &un);
	int fd, rc;

	if (len == (socklen_t)-1)
		return -1;
	fd = os_socket(AF_UNIX, abstract ? SOCK_STREAM : SOCK_DGRAM, 0);
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

/*
 * Whether nobody listens any more on the socket at un.  Asked with a socket of
 * another type: nobody sees a client, and nobody is waited for.
 */
static bool
stale(const struct sockaddr_un *un, socklen_t len)
{
	int fd = os_socket(AF_UNIX, SOCK_DGRAM, 0);
	bool refused;

	if (fd == -1)
		return false;
	refused = connect(fd, (const struct sockaddr *)un, len) == -1 &&
	    errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/*
 * Something stands where the socket is to be.  A socket that nobody
 * listens on any more may be removed; relay does, socat does not.
 */
static int
make_way(struct addr *a, const struct sockaddr_un *un, socklen_t len)
{
	const char *path = a->param[0];
	struct stat st;

	if (lstat(path, &st) == -1)
		return 0;
	if (S_ISSOCK(st.st_mode) && !a->config->as_socat) {
		if (stale(un, len)) {
			log_warn("removing stale socket \"%s\"", path);
			return unlink(path) == 0 ? 0 :
			    error_set("cannot remove stale socket \"%s\":",
			    path);
		}
		error_set("\"%s\" exists", path);
		error_hint("somebody listens on it; unlink-early replaces it");
		return -1;
	}
	error_set("\"%s\" exists", path);
	error_hint("unlink-early replaces it");
	return -1;
}

/*
 * Of two relays that find a stale socket, the second must not remove what
 * the first has bound: they go one after the other, by a lock of the
 * directory.  Who holds it for long is not waited for.  The descriptor, or
 * -1; closing it gives the lock back.
 */
static int
directory_lock(const char *path)
{
	const char *name;
	int i, fd = os_dir_open(path, O_RDONLY, &name);

	for (i = 0; fd != -1 && i < LOCK_TRIES; i++) {
		if (os_flock(fd, OS_EXCLUSIVE | OS_NOWAIT) == 0 ||
		    errno != EWOULDBLOCK)
			break;
		clock_nap(LOCK_TRY_NS);
	}
	return fd;
}

/* The mode is right from birth: bind(2) makes 0777 less the umask. */
static int
bind_path(struct addr *a, int fd, const struct sockaddr_un *un, socklen_t len)
{
	const struct conf *c = &a->c;
	long long perm = c->perm != -1 ? c->perm : c->perm_early;
	mode_t saved = 0;
	int rc;

	if (make_way(a, un, len) == -1)
		return -1;
	if (perm != -1)
		saved = umask((mode_t)(~perm & 0777));
	rc = sock_bind(a, fd, (const struct sockaddr *)un, len);
	if (perm != -1)
		umask(saved);
	if (rc == -1)
		return -1;
	if (c->unlink_close != 0)
		a->made = cleanup_path(a->param[0]);
	return path_owner(a, a->param[0]);
}

/* From the look at what stands there to listen(2) nobody comes between. */
static int
listen_path(struct addr *a, int fd, const struct sockaddr_un *un,
    socklen_t len)
{
	int saved, rc, lock = a->config->as_socat ? -1 :
	    directory_lock(a->param[0]);

	rc = bind_path(a, fd, un, len);
	if (rc == 0)
		rc = sock_listen(a, fd);
	saved = errno;
	if (lock != -1)
		close(lock);
	errno = saved;
	return rc;
}

static int
listen_abstract(struct addr *a, int fd, const struct sockaddr_un *un,
    socklen_t len)
{
	return sock_bind(a, fd, (const struct sockaddr *)un, len) == -1 ? -1 :
	    sock_listen(a, fd);
}

static int
unix_listen(struct addr *a, struct end *e)
{
	struct sockaddr_un un;
	bool abstract = is_abstract(a);
	socklen_t len;
	int fd, saved;

	(void)e;
	len = unix_address(a, a->param[0], abstract, &un);
	if (len == (socklen_t)-1)
		return -1;
	fd = sock_open(a, sock_pf(a, AF_UNIX), SOCK_STREAM, 0);
	if (fd == -1)
		return -1;
	if ((abstract ? listen_abstract : listen_path)(a, fd, &un,
	    len) == -1) {
		saved = errno;
		close(fd);
		cleanup_remove(a->made);
		a->made = NULL;
		errno = saved;
		return -1;
	}
	a->lfd = fd;
	return 0;
}

#define UNIX_STREAM	.domain = AF_UNIX, .type = SOCK_STREAM
#define UNIX_ANY	.domain = AF_UNIX
#define ABSTRACT	.path = PATH_NONE, .with = "ABSTRACT_UNIXSOCKET"
#define ONE_PARAM	.min = 1, .max = 1

static const struct family_ops connect_ops = {
	.check = check, .open = unix_connect
};
static const struct family_ops listen_ops = {
	.check = check, .open = unix_listen, .accept = sock_accept
};
static const char *const useless_listener[] = {
	"bind", "connect-timeout", "unix-bind-tempname", NULL
};

static const struct family rows[] = {
	{ .name = "ABSTRACT-CLIENT", .alias = { "ABSTRACT" },
	  .syntax = "ABSTRACT-CLIENT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_ANY, ABSTRACT,
	  .groups = G_UNIXCONNECT, .ops = &connect_ops },
	{ .name = "ABSTRACT-CONNECT",
	  .syntax = "ABSTRACT-CONNECT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_STREAM, ABSTRACT,
	  .groups = G_UNIXCONNECT, .ops = &connect_ops },
	{ .name = "ABSTRACT-LISTEN",
	  .syntax = "ABSTRACT-LISTEN:<filename>", ONE_PARAM,
	  .role = ROLE_LISTEN, UNIX_STREAM, ABSTRACT,
	  .groups = G_UNIXLISTEN, .useless = useless_listener,
	  .ops = &listen_ops },
	{ .name = "UNIX-CLIENT", .alias = { "UNIX" },
	  .syntax = "UNIX-CLIENT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_ANY, .path = PATH_BIND, .with = "UNIX",
	  .groups = G_UNIXCONNECT | G_NAMED,
	  .ops = &connect_ops },
	{ .name = "UNIX-CONNECT", .alias = { "LOCAL" },
	  .syntax = "UNIX-CONNECT:<filename>", ONE_PARAM,
	  .role = ROLE_CONNECT, UNIX_STREAM, .path = PATH_BIND,
	  .with = "UNIX", .groups = G_UNIXCONNECT | G_NAMED,
	  .ops = &connect_ops },
	{ .name = "UNIX-LISTEN", .alias = { "UNIX-L" },
	  .syntax = "UNIX-LISTEN:<filename>", ONE_PARAM,
	  .role = ROLE_LISTEN, UNIX_STREAM, .path = PATH_PARAM,
	  .with = "UNIX", .groups = G_UNIXLISTEN | G_NAMED,
	  .useless = useless_listener,
	  .ops = &listen_ops },
};

FAMILIES(unix, rows);
