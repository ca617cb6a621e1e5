/* run/session.c: one connection, from two addresses to its end. */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/cold.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/sig.h"
#include "dump.h"
#include "outcome.h"
#include "session.h"
#include "transfer.h"
#include "statistics.h"
#include "target.h"

/* How long a program may take to exit once its output has ended. */
#define PROGRAM_EXIT_MS	500

/* ... and one that nothing is read from, once it has its input. */
#define PROGRAM_WORK_MS	1000

/* Refusals no further apart than this are one burst. */
#define BURST_MS	10000

static void
fds_log(const struct config *c, const struct end *l, const struct end *r)
{
	const struct end *e[2] = { l, r };
	int i, fd[4];

	for (i = 0; i < 2; i++) {
		fd[2 * i] = e[i]->rfd == -1 ? e[i]->wfd : e[i]->rfd;
		fd[2 * i + 1] = e[i]->wfd == -1 ? e[i]->rfd : e[i]->wfd;
	}
	if (c->show_fds)
		fds_show(fd);
	log_notice("starting data transfer loop with FDs [%d,%d] and [%d,%d]",
	    fd[0], fd[1], fd[2], fd[3]);
}

/* The exit status of a program counts, if it comes soon. */
static int
program_end(pid_t *pid, msec until, bool said)
{
	msec nap = 1;
	int failed;

	while ((failed = program_wait(pid, WNOHANG, said)) == 0 && *pid != 0 &&
	    clock_ms() < until) {
		poll(NULL, 0, (int)nap);
		nap = nap < 20 ? nap * 2 : nap;
	}
	return failed;
}

/* The last direction to end leaves that to close(2), which comes too late. */
static void
program_eof(struct end *e)
{
	if (end_has_program(e) && !e->out.shut && e->wfd != -1)
		shutdown(e->wfd, SHUT_WR);
}

static int
programs_wait(struct end *e, msec until, bool said)
{
	int i, failed = 0;
	pid_t *pid;

	for (i = 0; (pid = end_program(e, i)) != NULL; i++)
		failed |= program_end(pid, until, said);
	return failed;
}

/* A program whose output is over may be asked how it went. */
static int
programs_end(const struct config *c, struct end *l, struct end *r,
    const struct outcome *o)
{
	bool said = outcome_failed(o);
	msec until;

	if (!end_has_program(l) && !end_has_program(r))
		return 0;
	program_eof(l);
	program_eof(r);
	until = clock_ms();
	if (o->reason != END_IDLE && o->reason != END_HALF_CLOSE)
		until += c->direction == 'b' ? PROGRAM_EXIT_MS :
		    PROGRAM_WORK_MS;
	return programs_wait(l, until, said) | programs_wait(r, until, said);
}

/* Until a client is there; who asks for statistics meanwhile gets them. */
static int
wait_client(const struct addr *a)
{
	struct pollfd p = { .fd = a->lfd, .events = POLLIN };
	msec timeout = (a->c.accept_timeout + 999999) / 1000000;
	msec until = clock_ms() + timeout, left = -1;
	int n;

	do {
		if (sig_taken(SIGUSR1))
			statistics_signal(a->config, NULL);
		if (timeout > 0)
			left = until - clock_ms();
		if (timeout > 0 && left <= 0) {
			errno = ETIMEDOUT;
			return error_set_code(ERROR_NO_CLIENT,
			    "accept:");
		}
		n = sig_poll_child(&p, 1, left);
	} while (n == 0 || (n == -1 && errno == EINTR));
	return 0;
}

/* A listening address on the right, without fork, has one client. */
HOT int
session_open(const struct service *s, struct addr *a, struct end *e,
    struct end *partner, bool dumps)
{
	end_init(e);
	e->partner = partner;
	if (a->lfd == -1 && addr_open(a, e) == -1)
		return -1;
	if (!addr_listens(a))
		return 0;
	if (wait_client(a) == -1 || addr_first(a, e) == -1 ||
	    (dumps && dump_open(s, e) == -1))
		return -1;
	listener_close(a);
	return addr_child_init(a, e);
}

static HOT bool
summary_wanted(const struct service *s)
{
	return !s->config->as_socat && log_summary_on();
}

/* Whom the two ends are connected to, as the summary names them. */
struct parties {
	char name[2][SOCK_NAME_MAX];
};

/* The peer of a socket, as far as it has a name; else the address as typed. */
static void
party_name(const struct addr *a, struct end *e, char *buf, size_t size)
{
	const struct sock_addr *peer;

	*buf = '\0';
	if (a->other == NULL && e != NULL) {
		peer = &end_peer(e)->remote;
		sock_plain(&peer->sa.any, peer->len, buf, size);
	}
	if (*buf == '\0')
		snprintf(buf, size, "%.*s", addr_head(a), a->spec->text);
}

/* Asked while they are connected: later one may be gone. */
static void
parties_name(const struct service *s, struct parties *p,
    struct addr *const a[2], struct end *const e[2])
{
	int i;

	for (i = 0; i < 2 && summary_wanted(s); i++)
		party_name(a[i], e[i], p->name[i], sizeof p->name[i]);
}

static void
summary(const struct service *s, const struct parties *p,
    const struct outcome *o)
{
	if (summary_wanted(s))
		outcome_log(o, s->link != NULL ? s->link :
		    s->pair, p->name[0], p->name[1]);
}

/* The client is there, the target cannot be had. */
static COLD void
summary_refused(const struct service *s, struct addr *a, struct addr *b,
    struct end *client)
{
	struct outcome o = { .reason = END_CONNECT, .why = last_error.err != 0 ?
	    strerror(last_error.err) : last_error.words };
	struct addr *const both[2] = { a, b };
	struct end *const ends[2] = { client, NULL };
	struct parties p;

	parties_name(s, &p, both, ends);
	summary(s, &p, &o);
}

static HOT void
session_run(const struct service *s, struct end *l, struct end *r,
    struct outcome *o)
{
	transfer(s, l, r, o);
	if (programs_end(s->config, l, r, o))
		outcome_set(o, END_PROGRAM);
}

/* The same with a summary. */
static COLD void
session_run_named(const struct service *s, struct addr *const both[2],
    struct end *const ends[2], struct outcome *o)
{
	struct parties parties;

	parties_name(s, &parties, both, ends);
	session_run(s, ends[0], ends[1], o);
	summary(s, &parties, o);
}

static void
moved_say(const struct config *c, const struct outcome *o)
{
	struct moved m;

	memcpy(m.bytes, o->bytes, sizeof m.bytes);
	memcpy(m.blocks, o->blocks, sizeof m.blocks);
	statistics_moved(c, &m);
}

static int
session_transfer(const struct service *s, struct addr *a, struct addr *b,
    struct end *l, struct end *r)
{
	struct addr *const both[2] = { a, b };
	struct end *const ends[2] = { l, r };
	struct outcome o;

	end_share(l, r);
	log_started();
	if (s->config->transfer_wait > 0)
		sleep(s->config->transfer_wait);
	fds_log(s->config, l, r);
	if (summary_wanted(s))
		session_run_named(s, both, ends, &o);
	else
		session_run(s, l, r, &o);
	end_finish(l, o.ending);
	end_finish(r, o.ending);
	if (outcome_failed(&o))
		log_notice("exit(1)");
	else
		log_notice("exiting with status 0");
	if (s->config->statistics)
		moved_say(s->config, &o);
	return outcome_failed(&o);
}

static void
connect_failed(const struct service *s, struct end *open)
{
	if (s->tally != NULL)
		atomic_fetch_add(&s->tally->refused, 1);
	/* What the client gets is a reset, not an empty answer. */
	if (!s->config->as_socat && open != NULL)
		end_abort(open);
}

/* Opens a target that may have moved; -1 when it is not to be had. */
static int
open_moved(const struct service *s, struct addr *b, struct end *e,
    struct end *partner)
{
	const struct target *t = s->target;
	struct target_wait w;

	if (t == NULL || b->other != NULL)
		return -1;
	target_wait_begin(&w, t);
	while ((b = target_next(&w, t, b)) != NULL)
		if (session_open(s, b, e, partner, true) == 0)
			return 0;
	return -1;
}

/*
 * Why it failed; of an ambassador's target once per burst: after a line,
 * silence until none failed for a while.
 */
static void
failure_print(const struct service *s)
{
	unsigned long long now, last;

	if (s->link == NULL || s->tally == NULL) {
		error_print(s->config->as_socat || s->process->listener != 0);
		if (s->process->listener != 0 && !s->config->as_socat)
			error_hint_print();
		return;
	}
	now = (unsigned long long)clock_ms();
	last = atomic_exchange(&s->tally->said, now);
	if (last != 0 && now - last <= BURST_MS)
		return;
	log_error("link %s: %s", s->link, last_error.words);
	error_hint_print();
}

bool
session_refused(const struct config *c)
{
	bool server = last_error.code == ERROR_SERVER;

	/* With -s socat goes on after an error, and has nothing to go on with. */
	if (!c->as_socat || !(server || c->sloppy) ||
	    last_error.code == ERROR_NO_CLIENT)
		return false;
	if (server)
		log_warn("%s", last_error.words);
	else
		error_print(1);
	log_notice("exiting with status -1");
	return true;
}

/* Says why; the status.  That nobody came in time is no failure. */
static int
failure(const struct service *s)
{
	if (session_refused(s->config))
		return -1;
	if (last_error.code == ERROR_NO_CLIENT) {
		log_warn("%s", last_error.words);
		return 0;
	}
	failure_print(s);
	return 1;
}

static void
end_done(const struct service *s, struct end *e)
{
	if (s->process->leaves)
		end_leave(e);
	else
		end_close(e);
}

/* As session(); l and r are where an end that is NULL is opened. */
static HOT int
session_between(const struct service *s, struct addr *a, struct addr *b,
    struct end *ea, struct end *eb, struct end *l, struct end *r)
{
	bool connecting = false;
	int status = 1;

	if (ea == NULL && !addr_listens(a) && !addr_listens(b) &&
	    dump_open(s, NULL) == -1)
		goto failed;
	if (ea == NULL && session_open(s, a, ea = l, NULL, true) == -1)
		goto failed;
	if (eb == NULL && session_open(s, b, eb = r, ea, true) == -1 &&
	    open_moved(s, b, r, ea) == -1) {
		connecting = true;
		connect_failed(s, ea);
		goto failed;
	}
	if (ea->rfd == -1 && eb->rfd == -1) {
		error_set("neither address can be read from");
		goto failed;
	}
	if (dump_open(s, addr_listens(b) ? eb : ea) == -1)
		goto failed;
	status = session_transfer(s, a, b, ea, eb);
	goto done;
failed:
	status = failure(s);
	if (connecting)
		summary_refused(s, a, b, ea);
	if (status > 0)
		log_notice("exit(%d)", status);
done:
	dump_close(s->config);
	sig_programs_end();
	if (ea != NULL)
		end_done(s, ea);
	if (eb != NULL && eb != ea)
		end_done(s, eb);
	addr_unlisten(a);
	addr_unlisten(b);
	addr_unlock(a);
	addr_unlock(b);
	return status;
}

/* Not in a child of a listener. */
static COLD int
session_alone(const struct service *s, struct addr *a, struct addr *b,
    struct end *eb)
{
	struct end l, r;

	return session_between(s, a, b, NULL, eb, &l, &r);
}

HOT int
session(const struct service *s, struct addr *a, struct addr *b,
    struct end *ea, struct end *eb)
{
	struct end r;

	return ea == NULL ? session_alone(s, a, b, eb) :
	    session_between(s, a, b, ea, eb, NULL, &r);
}
