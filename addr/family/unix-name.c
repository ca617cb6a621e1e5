/*
 * addr/family/unix-name.c: names of unix sockets: paths and abstract names,
 * and how a socket is bound to one and loses it.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "unix-name.h"

/* A client's name, unless the form is given. */
#define TEMP_FORM	"/tmp/relay.XXXXXX"
#define TEMP_FORM_SOCAT	"/tmp/socat-bind.XXXXXX"

/* How long another relay is waited for that makes a socket beside ours. */
#define LOCK_TRIES	50
#define LOCK_TRY_NS	20000000LL

bool
unix_is_abstract(const struct addr *a)
{
	return a->family->domain == AF_UNIX && a->family->path == PATH_NONE;
}

socklen_t
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

/* What is about the name of a client, which has none without bind=. */
static int
unbound_check(struct addr *a)
{
	static const char *const names[] = {
		"group", "group-early", "perm", "perm-early", "unlink",
		"unlink-early", "unlink-late", "user", "user-early", NULL
	};
	size_t i, k;

	/* Of a name of the kernel's the socket's own mode can be set. */
	if (!a->config->as_socat)
		return unix_is_abstract(a) ? 0 :
		    opt_useless(a, names, "without option bind");
	for (i = 0; i < a->nopt; i++)
		for (k = 0; names[k] != NULL; k++)
			if (strcmp(a->opt[i].opt->name, names[k]) == 0)
				return error_set("Option \"%s\" only with "
				    "bind option", names[k]);
	return 0;
}

int
unix_check(struct addr *a)
{
	struct sockaddr_un un;

	if (!(a->family->role & (ROLE_LISTEN | ROLE_RECEIVE)) &&
	    a->c.bind == NULL && a->c.bind_tempname == NULL &&
	    unbound_check(a) == -1)
		return -1;
	return unix_address(a, a->param[0], unix_is_abstract(a), &un) ==
	    (socklen_t)-1 ? -1 : 0;
}

/* How often a name that turns out to be in use is drawn anew. */
#define TEMP_TRIES	100

/*
 * A name that nobody has and nobody can guess: a client that wants answers
 * must have one.  The last XXXXXX of the form are replaced.  To be freed by
 * the caller; NULL with words in last_error.
 */
static char *
temp_name(const struct addr *a)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const char *form = a->c.bind_tempname;
	unsigned long long bits = os_random();
	char *name, *at = NULL, *p;
	int i;

	if (form == NULL || *form == '\0')
		form = a->config->as_socat ? TEMP_FORM_SOCAT : TEMP_FORM;
	name = strdup(form);
	if (name == NULL) {
		error_set("out of memory");
		return NULL;
	}
	for (p = name; (p = strstr(p, "XXXXXX")) != NULL; p++)
		at = p;
	if (at == NULL) {
		log_warn(a->config->as_socat ?
		    "xio_tempnam(\"%s\"): path pattern is not valid" :
		    "unix-bind-tempname \"%s\": XXXXXX is missing", name);
		errno = EINVAL;
		error_set("tempnam(\"%s\"):", name);
		free(name);
		return NULL;
	}
	for (i = 0; i < 6; i++, bits /= sizeof letters - 1)
		*at++ = letters[bits % (sizeof letters - 1)];
	return name;
}

/* Who has the new name; user-early and group-early come too early for it. */
static int
name_owner(const struct addr *a, const char *path, long long perm)
{
	const struct conf *c = &a->c;

	return path_owner(path, perm, c->user != -1 ? c->user : c->user_early,
	    c->group != -1 ? c->group : c->group_early);
}

/*
 * What was made is removed at the end; where that cannot be, at once.  Without
 * a name the kernel chooses one that is in no folder, unix(7) "autobind".
 */
static int
name_note(const char *name, struct made **made)
{
	if (*name == '\0')
		return 0;
	*made = cleanup_path(name);
	if (*made != NULL)
		return 0;
	error_set("cannot see to the removal of \"%s\":", name);
	unlink(name);
	return -1;
}

/*
 * Binds, and notes that name is to be removed, unless made is NULL; no signal
 * comes between the two.
 */
static int
bind_noted(struct addr *a, int fd, const struct sockaddr_un *un,
    socklen_t len, const char *name, struct made **made)
{
	sigset_t before;
	int rc;

	sig_hold(&before);
	rc = sock_bind(a, fd, (const struct sockaddr *)un, len);
	if (rc == 0 && made != NULL)
		rc = name_note(name, made);
	sig_release(&before);
	return rc;
}

static int
bind_name(struct addr *a, int fd, struct end *e, const char *name)
{
	struct sockaddr_un un;
	bool abstract = unix_is_abstract(a);
	socklen_t len = unix_address(a, name, abstract, &un);
	long long perm = a->c.perm != -1 ? a->c.perm : a->c.perm_early;

	if (len == (socklen_t)-1 || bind_noted(a, fd, &un, len, name,
	    abstract ? NULL : &e->made) == -1)
		return -1;
	return abstract ? 0 : name_owner(a, name, perm);
}

/* bind= and unix-bind-tempname of a client. */
static int
bind_client(struct addr *a, int fd, struct end *e)
{
	char *name;
	int i, rc = -1;

	if (a->c.bind != NULL)
		return bind_name(a, fd, e, a->c.bind);
	if (a->c.bind_tempname == NULL)
		return opt_apply(a, PH_BIND, fd);
	for (i = 0; i < TEMP_TRIES; i++) {
		name = temp_name(a);
		if (name == NULL)
			return -1;
		rc = bind_name(a, fd, e, name);
		free(name);
		if (rc == 0 || errno != EADDRINUSE)
			break;
	}
	return rc;
}

void
unix_give_up(int fd, struct made **made)
{
	int saved = errno;

	close(fd);
	cleanup_remove(*made);
	*made = NULL;
	errno = saved;
}

int
unix_client(struct addr *a, struct end *e, int type)
{
	int fd = sock_open(a, sock_pf(a, AF_UNIX), type, 0);

	if (fd == -1)
		return -1;
	if (bind_client(a, fd, e) == 0)
		return fd;
	unix_give_up(fd, &e->made);
	return -1;
}

void
unix_name_keep(const struct addr *a, struct end *e)
{
	if (a->c.unlink_close != 0)
		return;
	cleanup_forget(e->made);
	e->made = NULL;
}

/*
 * Who listens on the socket at un: 0, or why that cannot be seen, ECONNREFUSED
 * if nobody does any more.  Asked with a socket of another type (EPROTOTYPE):
 * nobody sees a client, and nobody is waited for.
 */
static int
listener_look(const struct sockaddr_un *un, socklen_t len)
{
	int fd = os_socket(AF_UNIX, SOCK_DGRAM, 0), err = 0;

	if (fd == -1)
		return errno;
	if (connect(fd, (const struct sockaddr *)un, len) == -1 &&
	    errno != EPROTOTYPE)
		err = errno;
	close(fd);
	return err;
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
	int err;

	if (lstat(path, &st) == -1)
		return 0;
	if (!S_ISSOCK(st.st_mode) || a->config->as_socat) {
		error_set("\"%s\" exists", path);
		error_hint("unlink-early replaces it");
		return -1;
	}
	err = listener_look(un, len);
	if (err == ECONNREFUSED) {
		log_warn("removing stale socket \"%s\"", path);
		return unlink(path) == 0 ? 0 :
		    error_set("cannot remove stale socket \"%s\":", path);
	}
	error_set("\"%s\" exists", path);
	if (err == 0)
		error_hint("somebody listens on it; unlink-early replaces it");
	else
		error_hint("whether anybody listens on it cannot be seen: %s; "
		    "unlink-early replaces it", strerror(err));
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
bind_path(struct addr *a, int fd, struct made **made,
    const struct sockaddr_un *un, socklen_t len)
{
	const struct conf *c = &a->c;
	long long perm = c->perm != -1 ? c->perm : c->perm_early;
	mode_t saved = 0;
	int rc;

	if (make_way(a, un, len) == -1)
		return -1;
	if (perm != -1)
		saved = umask((mode_t)(~perm & 0777));
	rc = bind_noted(a, fd, un, len, a->param[0],
	    c->unlink_close == 0 ? NULL : made);
	if (perm != -1)
		umask(saved);
	return rc == -1 ? -1 : name_owner(a, a->param[0], -1);
}

int
unix_bind_own(struct addr *a, struct end *e, int fd,
    int (*then)(struct addr *, int fd))
{
	struct sockaddr_un un;
	bool abstract = unix_is_abstract(a);
	socklen_t len = unix_address(a, a->param[0], abstract, &un);
	struct made **made = a->family->role & ROLE_LISTEN ? &a->made :
	    &e->made;
	int saved, rc = -1, lock = -1;

	/* From the look at what stands there nobody comes between. */
	if (!abstract && !a->config->as_socat)
		lock = directory_lock(a->param[0]);
	if (len != (socklen_t)-1)
		rc = abstract ? sock_bind(a, fd, (struct sockaddr *)&un, len) :
		    bind_path(a, fd, made, &un, len);
	if (rc == 0 && then != NULL)
		rc = then(a, fd);
	saved = errno;
	if (lock != -1)
		close(lock);
	errno = saved;
	if (rc == -1)
		unix_give_up(fd, made);
	return rc;
}
