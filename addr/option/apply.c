/* addr/option/apply.c: options take effect, phase by phase. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/os/tty.h"
#include "../addr.h"

/*
 * setsockopt(2) with the value in the form that the option's type asks
 * for.
 */
static int
sockopt_apply(const struct opt *o, const struct val *v, int fd)
{
	struct timeval tv;
	struct linger linger;
	long long usec;
	unsigned char byte = (unsigned char)v->n;
	int n = (int)v->n;
	const void *p = &n;
	socklen_t len = sizeof n;

	switch (o->type) {
	case T_INT0:
		if (v->m)
			return 0;
		break;
	case T_BYTE:
		p = &byte;
		len = sizeof byte;
		break;
	case T_TIME:
		/* None would be for ever: part of one counts as one. */
		usec = (v->n + 999) / 1000;
		tv.tv_sec = (time_t)(usec / 1000000);
		tv.tv_usec = (suseconds_t)(usec % 1000000);
		p = &tv;
		len = sizeof tv;
		break;
	case T_LINGER:
		linger.l_onoff = 1;
		linger.l_linger = n;
		p = &linger;
		len = sizeof linger;
		break;
	case T_STRING:
		p = v->s;
		len = (socklen_t)strlen(v->s) + 1;
		break;
	}
	if (setsockopt(fd, o->a, o->b, p, len) != -1)
		return 0;
	return error_set("setsockopt(%d, %d, %d, \"%s\", %d):", fd, o->a, o->b,
	    o->name, (int)len);
}

static int
status_apply(const struct opt *o, const struct val *v, int fd)
{
	int flags;

	flags = fcntl(fd, F_GETFL);
	if (flags == -1)
		return error_set("fcntl(%d, F_GETFL):", fd);
	flags = v->n ? flags | o->a : flags & ~o->a;
	if (fcntl(fd, F_SETFL, flags) == -1)
		return error_set("fcntl(%d, F_SETFL, \"%s\"):", fd,
		    o->name);
	return 0;
}

static int
one_apply(struct addr *a, const struct opt_set *s, int fd)
{
	switch (s->opt->kind) {
	case K_FUNC:
		return s->opt->apply(a, s->opt, &s->val, fd);
	case K_SOCKOPT:
		return sockopt_apply(s->opt, &s->val, fd);
	case K_STATUS:
		return status_apply(s->opt, &s->val, fd);
	default:
		return 0;
	}
}

/*
 * Applies the options of a phase to fd, in the order of the command line.
 * With -s one that fails is reported and passed over.
 */
HOT int
opt_apply(struct addr *a, enum phase phase, int fd)
{
	size_t i;

	for (i = 0; i < a->nopt; i++) {
		if (a->opt[i].phase != phase ||
		    one_apply(a, &a->opt[i], fd) != -1)
			continue;
		error_place(a->spec->text, a->opt[i].at->name.col,
		    strlen(a->opt[i].at->name.text));
		if (!a->config->sloppy || opt_binds(a->opt[i].opt))
			return -1;
		error_print(1);
	}
	return 0;
}

/*
 * Whether the option limits what this process may do: to go on without it,
 * as -s would, gives away more than was asked for.
 */
bool
opt_binds(const struct opt *o)
{
	return o >= opt_proc.row && o < opt_proc.row + opt_proc.n;
}

/* Whether perm= has done its work when the file was opened. */
static bool
mode_given(const struct addr *a)
{
	return a->config->as_socat && a->family->ops->creates;
}

HOT int
fd_owner(struct addr *a, int fd)
{
	const struct conf *c = &a->c;

	if (c->perm != -1 && !mode_given(a) &&
	    fchmod(fd, (mode_t)c->perm) == -1)
		return error_set("fchmod(%d, 0%03llo):", fd,
		    (unsigned long long)c->perm);
	if ((c->user != -1 || c->group != -1) &&
	    fchown(fd, (uid_t)c->user, (gid_t)c->group) == -1)
		return error_set("fchown(%d, %lld, %lld):", fd, c->user,
		    c->group);
	return 0;
}

int
path_owner(const char *path, long long perm, long long user, long long group)
{
	if (perm != -1 && chmod(path, (mode_t)perm) == -1)
		return error_set("chmod(\"%s\", 0%03llo):", path,
		    (unsigned long long)perm);
	if ((user != -1 || group != -1) &&
	    chown(path, (uid_t)user, (gid_t)group) == -1)
		return error_set("chown(\"%s\", %lld, %lld):", path, user,
		    group);
	return 0;
}

int
opt_access(const struct addr *a)
{
	if (a->c.access != 0)
		return (int)a->c.access - 1;
	if (a->reads && a->writes)
		return O_RDWR;
	return a->reads ? O_RDONLY : O_WRONLY;
}

int
opt_oflags(const struct addr *a, int flags)
{
	return (flags | (int)a->c.oflags) & ~(int)a->c.oflags_clear;
}

int
opt_apply_fd(struct addr *a, int fd)
{
	return fd_owner(a, fd) == -1 || opt_apply(a, PH_FD, fd) == -1 ? -1 :
	    opt_apply(a, PH_BIND, fd);
}

int
opt_take_fd(struct addr *a, struct end *e, int fd)
{
	if (isatty(fd)) {
		tty_keep(fd);
		e->restore = true;
	}
	if (opt_apply_fd(a, fd) == -1)
		return -1;
	if (a->c.ctty > 0)
		fd_control(fd);
	return 0;
}
