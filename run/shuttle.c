/* run/shuttle.c: bytes both ways between two ends. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/sig.h"
#include "flow.h"
#include "shuttle.h"
#include "statistics.h"

struct tally *tally;

/* Of pair.moved: counts from the wait that comes next. */
#define FROM_NOW	((msec)-1)

/* Of one wait, so that it fits into poll's int. */
#define LONGEST		86400000

/* Places in the poll array. */
enum { LEFT_IN, LEFT_OUT, RIGHT_IN, RIGHT_OUT, SLOTS };

struct pair {
	struct pollfd slot[SLOTS];
	bool shut[2];		/* the end of an input has been dealt with */
	bool unwatched[2];	/* no errors of an idle output any more */
	msec started;		/* 0: nobody will ask */
	msec moved;		/* when the last byte moved, or FROM_NOW */
	bool closing;		/* one direction is over: -t counts */
	struct outcome *out;
	bool programs;		/* one of the ends is a child's */
	bool over;
	struct flow flow[2];	/* last: flow_init() sets it up */
};

const char *
reason_name(enum reason r)
{
	static const char *const names[] = {
		[END_EOF] = "eof", [END_IDLE] = "idle timeout",
		[END_HALF_CLOSE] = "half-close timeout",
		[END_RESET_LEFT] = "reset by A",
		[END_RESET_RIGHT] = "reset by B",
		[END_CONNECT] = "connect failed",
		[END_READBYTES] = "readbytes", [END_ESCAPE] = "escape",
		[END_ERROR] = "error",
	};

	return names[r];
}

msec
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (msec)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Tells the end in its own way that nothing more comes. */
static void
end_half_close(struct end *e)
{
	log_info("shutdown(%d, 1)", e->wfd);
	switch (e->half) {
	case HALF_SHUTDOWN:
		shutdown(e->wfd, SHUT_WR);
		e->shut = true;
		break;
	case HALF_CLOSE:
		close(e->wfd);
		if (e->rfd == e->wfd)
			e->rfd = -1;
		e->wfd = -1;
		break;
	case HALF_NULL:
		while (send(e->wfd, "", 0, MSG_NOSIGNAL) == -1 &&
		    errno == EINTR)
			;
		break;
	case HALF_NONE:
	case HALF_EOT:
		break;
	}
}

/* A reset goes on to the other side as one, not as a normal end. */
void
end_abort(struct end *e)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (e->tcp && e->wsock)
		setsockopt(e->wfd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void
slot_want(struct pollfd *slot, int fd, short events)
{
	slot->fd = fd;
	slot->events = events;
	slot->revents = 0;
}

/*
 * Interest follows from state.  An output without bytes is watched for
 * errors only; two slots of one descriptor are harmless.
 */
static void
slots_set(struct pair *p, msec now)
{
	struct flow *f;
	int i;

	for (i = 0; i < 2; i++) {
		struct pollfd *in = &p->slot[i == 0 ? LEFT_IN : RIGHT_IN];
		struct pollfd *out = &p->slot[i == 0 ? RIGHT_OUT : LEFT_OUT];

		f = &p->flow[i];
		slot_want(in, -1, 0);
		slot_want(out, -1, 0);
		if (flow_wants_input(f) && f->again <= now)
			slot_want(in, f->from->rfd, POLLIN);
		if (flow_wants_output(f))
			slot_want(out, f->to->wfd, POLLOUT);
		else if (f->state == FLOW_OPEN && f->to->wsock &&
		    p->flow[!i].state == FLOW_DONE && !p->unwatched[i])
			slot_want(out, f->to->wfd, 0);
	}
}

msec
sooner(msec a, msec b)
{
	return a == -1 ? b : b == -1 || a < b ? a : b;
}

/* Milliseconds until something must be done without any event. */
static msec
patience(struct pair *p, msec now)
{
	msec t = -1;
	int i;

	if (settings.idle > 0)
		t = sooner(t, p->moved + settings.idle - now);
	if (p->closing && settings.half_close >= 0)
		t = sooner(t, p->moved == FROM_NOW ? settings.half_close :
		    p->moved + settings.half_close - now);
	for (i = 0; i < 2; i++) {
		if (p->flow[i].again > now && flow_wants_input(&p->flow[i]))
			t = sooner(t, p->flow[i].again - now);
		if (p->flow[i].from->queued != NULL &&
		    flow_wants_input(&p->flow[i]))
			t = 0;
	}
	return t < -1 ? 0 : t > LONGEST ? LONGEST : t;
}

static void
finish(struct pair *p, enum reason why)
{
	p->out->reason = why;
	p->over = true;
}

/* What was cut may have been a reply that takes its time. */
static void
half_close_warn(const struct pair *p)
{
	int i = p->flow[0].state == FLOW_DONE;
	const struct flow *f = &p->flow[i];
	bool link = settings.link != NULL && f->from->tcp;

	if (settings.as_socat)
		return;
	log_warn("%c had not ended: cut off after %lld.%03lld s of silence; "
	    "%s60 would wait longer", "AB"[i], settings.half_close / 1000,
	    settings.half_close % 1000, link ? "--half-close=" : "-t ");
}

static void
time_out(struct pair *p)
{
	msec now = clock_ms();

	/* Part of a millisecond counts as none: poll rounds down. */
	if (settings.idle > 0 && now - p->moved >= settings.idle) {
		log_notice("inactivity timeout triggered");
		finish(p, END_IDLE);
		return;
	}
	if (p->closing && settings.half_close >= 0 &&
	    now - p->moved >= settings.half_close) {
		log_info("poll timed out (no data within %lld.%06lld "
		    "seconds)", settings.half_close / 1000,
		    settings.half_close % 1000 * 1000);
		half_close_warn(p);
		finish(p, END_HALF_CLOSE);
	}
}

/* One direction is over: its output learns that, once. */
static void
flow_over(struct pair *p, int i)
{
	struct flow *f = &p->flow[i];

	p->shut[i] = true;
	if (f->read_failed && (f->from->packet || !f->from->rsock)) {
		/* Nothing more will come, and that is no normal end. */
		p->out->status = 1;
		finish(p, i == 0 ? END_RESET_LEFT : END_RESET_RIGHT);
		return;
	}
	if (f->from->rfd != -1)
		log_notice("socket %d (fd %d) is at EOF", i + 1,
		    f->from->rfd);
	if (f->write_failed)
		p->out->status = 1;
	if ((f->read_failed && f->from->tcp) || p->flow[!i].cut) {
		end_abort(f->to);
		finish(p, i == 0 ? END_RESET_LEFT : END_RESET_RIGHT);
		return;
	}
	/* When this was the last direction, closing says as much. */
	if (!f->write_failed && f->to->wfd != -1 &&
	    !(f->to->own && f->to->half == HALF_SHUTDOWN &&
	    p->flow[!i].state == FLOW_DONE))
		end_half_close(f->to);
	p->closing = true;
	p->moved = FROM_NOW;
	if (f->limited)
		p->out->reason = END_READBYTES;
	else if (f->escaped)
		p->out->reason = END_ESCAPE;
}

/* What the direction can do now. */
static void
flow_work(struct pair *p, int i, bool readable, bool writable)
{
	struct flow *f = &p->flow[i];

	if (writable && flow_wants_output(f))
		flow_write(f);
	if (readable && flow_wants_input(f)) {
		flow_read(f);
		/* What was read moved, even if it cannot be written now. */
		if (flow_wants_output(f))
			p->moved = FROM_NOW;
		/* Most often it can be written at once. */
		if (flow_wants_output(f) && (f->to->wsock || f->spliced))
			flow_write(f);
	}
	if (f->state == FLOW_DONE && !p->shut[i])
		flow_over(p, i);
}

/*
 * An idle output, watched since its input is over, went wrong: a reset
 * ends the connection; anything else is found out when writing.
 */
static void
watch(struct pair *p, int i, const struct pollfd *out)
{
	if (out->events != 0 || out->revents == 0)
		return;
	if (out->revents & POLLERR) {
		end_abort(p->flow[i].from);
		finish(p, i == 0 ? END_RESET_RIGHT : END_RESET_LEFT);
	}
	p->unwatched[i] = true;
}

/* The wait that FROM_NOW meant went by without a byte. */
static void
moved_settle(struct pair *p, msec waited)
{
	if (p->closing && p->moved == FROM_NOW)
		p->moved = clock_ms() - waited;
}

static bool
both_done(const struct pair *p)
{
	return p->flow[0].state == FLOW_DONE && p->flow[1].state == FLOW_DONE;
}

static void
events(struct pair *p)
{
	unsigned long long before = p->flow[0].bytes + p->flow[1].bytes;
	/* An error is looked at before anything else ends. */
	int k, first = (p->slot[RIGHT_IN].revents & POLLERR) != 0;
	bool waited = p->closing;

	for (k = 0; k < 2 && !p->over; k++) {
		int i = k ^ first;
		struct pollfd *in = &p->slot[i == 0 ? LEFT_IN : RIGHT_IN];
		struct pollfd *out = &p->slot[i == 0 ? RIGHT_OUT : LEFT_OUT];

		flow_work(p, i, in->revents != 0 ||
		    p->flow[i].from->queued != NULL, out->revents != 0);
		watch(p, i, out);
	}
	if (before != p->flow[0].bytes + p->flow[1].bytes)
		p->moved = FROM_NOW;
	else if (waited && !p->over && !both_done(p))
		moved_settle(p, 0);
}

/* Orderly is what left nothing behind: no error, no pipe, no larger buffer. */
static enum ending
ending(const struct pair *p)
{
	const struct flow *f = p->flow;

	if (p->out->reason == END_IDLE)
		return ENDING_IDLE;
	return !p->over && p->out->reason == END_EOF && p->out->status == 0 &&
	    !f[0].full && !f[1].full && !f[0].read_failed &&
	    !f[1].read_failed ? ENDING_ORDERLY : ENDING_OTHER;
}

static void
totals(struct pair *p)
{
	int i;

	p->out->ending = ending(p);
	for (i = 0; i < 2; i++) {
		p->out->bytes[i] = p->flow[i].bytes;
		p->out->blocks[i] = p->flow[i].blocks;
		flow_free(&p->flow[i]);
	}
	p->out->lasted = p->started == 0 ? 0 : clock_ms() - p->started;
}

static void
snapshot(struct pair *p)
{
	struct moved m;
	int i;

	for (i = 0; i < 2; i++) {
		m.bytes[i] = p->flow[i].bytes;
		m.blocks[i] = p->flow[i].blocks;
	}
	statistics_signal(&m);
}

/* As waitpid(2); *pid becomes 0 once it is gone.  1 if it failed. */
int
program_wait(pid_t *pid, int flags)
{
	pid_t got;
	int status;

	if (*pid == 0)
		return 0;
	got = sig_program_wait(*pid, &status, flags);
	if (got == -1 && errno == ECHILD)
		*pid = 0;	/* the parent's */
	if (got <= 0)
		return 0;
	if (WIFSIGNALED(status))
		log_warn("waitpid(): child %ld exited on signal %d",
		    (long)*pid, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_warn("waitpid(): child %ld exited with status %d",
		    (long)*pid, WEXITSTATUS(status));
	*pid = 0;
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/*
 * A program that fails ends the connection, once its output has ended;
 * what it left behind may write as long as -t lets it.
 */
static void
programs_look(struct pair *p)
{
	struct end *e[2] = { p->flow[0].from, p->flow[1].from };
	int i;

	for (i = 0; i < 2; i++) {
		if (program_wait(&e[i]->pid, WNOHANG) == 1 ||
		    program_wait(&e[i]->other_pid, WNOHANG) == 1) {
			p->out->status = 1;
			p->closing = true;
			p->moved = clock_ms();
		}
	}
}

static int
wait_events(struct pair *p, msec t)
{
	int n, saved;

	n = p->programs ? sig_poll(p->slot, SLOTS, (int)t) :
	    poll(p->slot, SLOTS, (int)t);
	saved = errno;
	if (p->programs && sig_taken(SIGCHLD))
		programs_look(p);
	if (sig_taken(SIGUSR1))
		snapshot(p);
	errno = saved;
	return n;
}

/*
 * Looks at the clock where it counts: most connections end without, and to
 * read it costs a child a page.
 */
static msec
clock_look(struct pair *p)
{
	msec now;

	if (settings.idle == 0 && !p->flow[0].again && !p->flow[1].again &&
	    (!p->closing || p->moved == FROM_NOW))
		return 0;
	now = clock_ms();
	if (p->moved == FROM_NOW)
		p->moved = now;
	return now;
}

static void
loop(struct pair *p)
{
	msec now, t;
	int n;

	while (!p->over && !both_done(p)) {
		now = clock_look(p);
		slots_set(p, now);
		t = patience(p, now);
		n = wait_events(p, t);
		if (n <= 0)
			moved_settle(p, n == 0 ? t : 0);
		if (n == -1 && (errno == EINTR || errno == EAGAIN ||
		    errno == ENOMEM))
			continue;
		if (n == -1) {
			log_error("poll(): %s", strerror(errno));
			p->out->status = 1;
			finish(p, END_ERROR);
			break;
		}
		events(p);
		if (p->moved != FROM_NOW && !p->over && !both_done(p))
			time_out(p);
	}
}

void
shuttle(struct end *left, struct end *right, struct outcome *out)
{
	struct pair p;
	int i;

	memset(&p, 0, offsetof(struct pair, flow));
	memset(out, 0, sizeof *out);
	p.out = out;
	flow_init(&p.flow[0], left, right, 0);
	flow_init(&p.flow[1], right, left, 1);
	if (settings.direction == 'u')
		p.flow[1].state = FLOW_DONE;
	if (settings.direction == 'U')
		p.flow[0].state = FLOW_DONE;
	for (i = 0; i < 2; i++)
		p.shut[i] = p.flow[i].state == FLOW_DONE;
	p.programs = left->pid || left->other_pid || right->pid ||
	    right->other_pid;
	if (p.programs)
		sig_wait_for(SIGCHLD);
	if (log_on(LOG_N) || settings.statistics)
		p.started = clock_ms();
	p.moved = FROM_NOW;
	if (p.programs)
		programs_look(&p);	/* one may have come too early */
	/* A client has most often sent something before its child runs. */
	if (self.listener != 0 && left->rsock && left->stream)
		flow_work(&p, 0, true, false);
	loop(&p);
	totals(&p);
}

void
outcome_log(const struct outcome *o, const char *peer, const char *target)
{
	log_notice("finished %s -> %s: %llu bytes there, %llu back, "
	    "%lld.%03lld s, %s", peer, target, o->bytes[0], o->bytes[1],
	    o->lasted / 1000, o->lasted % 1000, reason_name(o->reason));
}
