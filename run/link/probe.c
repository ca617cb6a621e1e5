/* run/link/probe.c: --probe: whether listeners answer and targets accept. */

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../addr/family/socket.h"
#include "probe.h"

/* As much of a line as is told. */
#define PROBE_LINE	2048

/* How long an answer may take. */
#define ANSWER_NS	3000000000LL

static int
answer(struct addr *a, const struct resolved *r)
{
	struct addr plain = *a;
	int fd;

	/* The listener's own options are not the client's. */
	plain.nopt = 0;
	plain.c.bind = NULL;
	plain.c.sourceport = -1;
	plain.c.lowport = 0;
	plain.c.socktype = plain.c.protocol = -1;
	plain.c.connect_timeout = ANSWER_NS;
	plain.probing = true;
	fd = sock_open(&plain, r->sa.any.sa_family, SOCK_STREAM, 0);
	if (fd == -1)
		return -1;
	/* A reset is an answer: it is the target that is away then. */
	if (sock_connect(&plain, fd, (const struct sockaddr *)&r->sa,
	    r->len) == -1 && errno != ECONNRESET) {
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* UDP has no answer: if the port can be bound, nobody listens. */
static int
bound(struct addr *a, const struct resolved *r)
{
	int fd = os_socket(r->sa.any.sa_family, SOCK_DGRAM, 0), rc;

	(void)a;
	if (fd == -1)
		return error_set("socket():");
	rc = bind(fd, (const struct sockaddr *)&r->sa, r->len);
	close(fd);
	if (rc == -1)
		return errno == EADDRINUSE ? 0 : error_set("bind():");
	return error_set("nobody listens");
}

static int
listener_answers(struct addr *a)
{
	struct resolved r[RESOLVE_MAX];
	char buf[256], *host = NULL, *port;
	int type = a->family->type;
	int (*ask)(struct addr *, const struct resolved *) =
	    type == SOCK_DGRAM ? bound : answer;

	if (a->family->domain == AF_UNIX)
		return unix_answers(a);
	if (!family_is_inet(a->family))
		return 0;
	if (a->c.bind != NULL &&
	    hostport_split(a->c.bind, buf, sizeof buf, &host, &port) == -1)
		return -1;
	if (sock_resolve(a, host == NULL ? "127.0.0.1" : host, a->param[0],
	    AF_UNSPEC, type, false, r) == -1)
		return -1;
	if (ask(a, &r[0]) == 0)
		return 0;
	/* A listener for IPv6 may be for nothing else. */
	if (host != NULL || a->family->domain != AF_INET6 ||
	    sock_resolve(a, "::1", a->param[0], AF_INET6, SOCK_STREAM, false,
	    r) == -1)
		return -1;
	return ask(a, &r[0]);
}

static int
target_accepts(struct addr *b)
{
	struct resolved r[RESOLVE_MAX];
	struct end e;

	/* Programs and files are not tried: that would be using them. */
	if (b->other != NULL || !(b->family->role & ROLE_CONNECT))
		return 0;
	if (family_is_inet(b->family) && b->family->type == SOCK_DGRAM)
		return sock_resolve(b, b->param[0], b->param[1], AF_UNSPEC,
		    SOCK_DGRAM, false, r) == -1 ? -1 : 0;
	b->c.retry = b->c.forever = 0;
	if (b->c.connect_timeout == 0)
		b->c.connect_timeout = ANSWER_NS;
	end_init(&e);
	b->probing = family_is_inet(b->family);
	if (addr_open(b, &e) == -1)
		return -1;
	close(e.rfd);
	return 0;
}

/* The reason alone: which call of which descriptor failed helps nobody. */
static const char *
why(void)
{
	return last_error.err != 0 ? strerror(last_error.err) :
	    last_error.words;
}

/* 1 and a line if it does not work. */
static int
link_ask(const struct link_spec *w, struct addr *a, struct addr *b,
    char line[PROBE_LINE])
{
	if (addr_listens(a) && listener_answers(a) == -1) {
		snprintf(line, PROBE_LINE, "%s: listener %.*s: %s", w->key,
		    addr_head(a), a->spec->text, why());
		return 1;
	}
	if (target_accepts(b) == -1) {
		snprintf(line, PROBE_LINE, "%s: target %.*s: %s", w->key,
		    addr_head(b), b->spec->text, why());
		return 1;
	}
	line[0] = '\0';
	return 0;
}

/* In a process of its own, which writes the line to fd. */
static _Noreturn void
link_ask_child(const struct link_spec *w, struct addr *a, struct addr *b,
    int fd)
{
	char line[PROBE_LINE];
	int failed = link_ask(w, a, b, line);
	size_t len = strlen(line);

	if (len > 0 && write(fd, line, len) != (ssize_t)len)
		failed = 1;
	_exit(failed);
}

/* What the first that was begun has found out. */
static void
probe_finish(struct probes *p)
{
	struct probe *one = &p->at[p->first++ % PROBES];
	char line[PROBE_LINE];
	size_t len = 0;
	ssize_t n;
	int status;

	while (len < sizeof line - 1 && ((n = read(one->fd, line + len,
	    sizeof line - 1 - len)) > 0 || (n == -1 && errno == EINTR)))
		len += n > 0 ? (size_t)n : 0;
	line[len] = '\0';
	close(one->fd);
	while (waitpid(one->pid, &status, 0) == -1 && errno == EINTR)
		;
	if (len > 0)
		log_plain("%s", line);
	else if (status != 0)
		log_plain("one link could not be asked");
	p->failed |= len > 0 || status != 0;
}

void
probe_begin(struct probes *p, const struct link_spec *w, struct addr *a,
    struct addr *b)
{
	struct probe *one;
	char line[PROBE_LINE];
	int fd[2];

	if (p->next - p->first == PROBES)
		probe_finish(p);
	one = &p->at[p->next % PROBES];
	if (os_pipe(fd) == 0) {
		one->pid = fork();
		if (one->pid == 0)
			link_ask_child(w, a, b, fd[1]);
		one->fd = fd[0];
		close(fd[1]);
		if (one->pid != -1) {
			p->next++;
			return;
		}
		close(fd[0]);
	}
	/* The system lacks something: after the others, then. */
	while (p->first != p->next)
		probe_finish(p);
	if (link_ask(w, a, b, line) == 1) {
		log_plain("%s", line);
		p->failed = true;
	}
}

int
probe_end(struct probes *p)
{
	while (p->first != p->next)
		probe_finish(p);
	return p->failed;
}
