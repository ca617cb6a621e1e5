/* run/transfer.c: bytes both ways between two ends. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/cold.h"
#include "../lib/log.h"
#include "../lib/os/sig.h"
#include "../lib/clock.h"
#include "pair.h"
#include "transfer.h"
#include "statistics.h"

/* Of one wait, so that it fits into poll's int. */
#define LONGEST		86400000

/* So often what a peer has not taken yet is looked at. */
#define LOOK_MS		5

static void
slot_want(struct pollfd *slot, int fd, short events)
{
	slot->fd = fd;
	slot->events = events;
	slot->revents = 0;
}

/*
 * Whether the input is looked at while its bytes cannot be written: a peer
 * that is gone does not wait for an output that stalls.
 */
static bool
input_watched(const struct pair *p, int i)
{
	const struct direction *f = &p->direction[i];

	return f->state == DIRECTION_OPEN && direction_wants_output(f) &&
	    f->from->in.can & END_WATCHED && !p->in_unwatched[i];
}

/*
 * Whether an output is watched that nobody reads from: else reading tells.
 * Of pipes this is wanted one way only, and where it is known that no other
 * reader will come: not by name.  A program's end is told by a signal.
 */
static bool
output_watched(const struct pair *p, int i)
{
	const struct direction *f = &p->direction[i];

	if (f->to == p->last)
		return !p->out_unwatched[i];
	return f->state == DIRECTION_OPEN &&
	    p->direction[!i].state == DIRECTION_DONE &&
	    !p->program[!i] && !p->out_unwatched[i] &&
	    (f->to->out.can & END_WATCHED ||
	    (f->to->out.can & END_HEARD &&
	    p->service->config->direction != 'b'));
}

/* Interest follows from state; two slots of one descriptor are harmless. */
static void
slots_set(struct pair *p, msec now)
{
	struct direction *f;
	int i;

	for (i = 0; i < 2; i++) {
		struct pollfd *in = &p->slot[i == 0 ? LEFT_IN : RIGHT_IN];
		struct pollfd *out = &p->slot[i == 0 ? RIGHT_OUT : LEFT_OUT];

		f = &p->direction[i];
		slot_want(in, -1, 0);
		slot_want(out, -1, 0);
		if (direction_wants_input(f) && f->again <= now)
			slot_want(in, f->from->rfd, f->from->in.waits != 0 ?
			    f->from->in.waits : POLLIN);
		else if (input_watched(p, i))
			slot_want(in, f->from->rfd, 0);
		if (direction_wants_output(f) || f->to->out.untold)
			slot_want(out, f->to->wfd, f->to->out.waits != 0 ?
			    f->to->out.waits : POLLOUT);
		else if (output_watched(p, i))
			slot_want(out, f->to->wfd, 0);
	}
}

/* Milliseconds until something must be done without any event. */
static msec
poll_timeout(struct pair *p, msec now)
{
	msec t = -1;
	int i;

	if (p->service->idle > 0)
		t = clock_sooner(t,
		    clock_left(p->moved + p->service->idle, now));
	if (p->closing && p->service->half_close >= 0)
		t = clock_sooner(t, p->moved == FROM_NOW ?
		    p->service->half_close :
		    clock_left(p->moved + p->service->half_close, now));
	if (pair_unsent_end(p) != NULL)
		t = clock_sooner(t, LOOK_MS);
	if (p->unread)
		t = 0;
	for (i = 0; i < 2; i++) {
		if (p->direction[i].again > now &&
		    direction_wants_input(&p->direction[i]))
			t = clock_sooner(t, p->direction[i].again - now);
		if (end_in_hand(p->direction[i].from) &&
		    direction_wants_input(&p->direction[i]))
			t = 0;
	}
	return t > LONGEST ? LONGEST : t;
}

/* What the direction can do now. */
static HOT void
direction_work(struct pair *p, int i, bool readable, bool writable)
{
	struct direction *f = &p->direction[i];

	if (writable && f->to->out.untold)
		f->to->ops->half_close(f->to);
	if (writable && direction_wants_output(f))
		direction_write(f);
	if (readable && direction_wants_input(f)) {
		direction_read(f);
		/* What was read moved, even if it cannot be written now. */
		if (direction_wants_output(f))
			p->moved = FROM_NOW;
		/* Most often it can be written at once. */
		if (direction_wants_output(f) &&
		    (f->to->out.can & END_NOWAIT || f->spliced))
			direction_write(f);
	}
	if (f->state == DIRECTION_DONE && !p->shut[i])
		pair_direction_over(p, i);
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
	return p->direction[0].state == DIRECTION_DONE &&
	    p->direction[1].state == DIRECTION_DONE;
}

/*
 * The direction whose turn is first: an error is read before anything else
 * ends, but where cool-write makes light of it writing finds it.
 */
static int
first_turn(const struct pair *p)
{
	bool left = p->slot[LEFT_IN].revents & POLLERR;
	bool right = p->slot[RIGHT_IN].revents & POLLERR;

	return right ? !p->direction[1].from->out.cool_write :
	    left && p->direction[0].from->out.cool_write;
}

static void
events(struct pair *p)
{
	unsigned long long before = p->direction[0].bytes +
	    p->direction[1].bytes;
	int k, first = first_turn(p);
	bool waited = p->closing;

	for (k = 0; k < 2 && !p->over; k++) {
		int i = k ^ first;
		struct pollfd *in = &p->slot[i == 0 ? LEFT_IN : RIGHT_IN];
		struct pollfd *out = &p->slot[i == 0 ? RIGHT_OUT : LEFT_OUT];

		direction_work(p, i, in->revents != 0 ||
		    end_in_hand(p->direction[i].from), out->revents != 0);
		pair_input_look(p, i, in);
		pair_output_look(p, i, out);
	}
	pair_unsent_look(p);
	if (before != p->direction[0].bytes + p->direction[1].bytes)
		p->moved = FROM_NOW;
	else if (waited && !p->over && !both_done(p))
		moved_settle(p, 0);
}

/* Orderly is what left nothing behind: no error, no pipe, no larger buffer. */
static enum ending
ending(const struct pair *p)
{
	const struct direction *f = p->direction;

	if (p->out->reason == END_IDLE)
		return ENDING_IDLE;
	return !p->over && p->out->reason == END_EOF && !f[0].full &&
	    !f[1].full ? ENDING_ORDERLY : ENDING_OTHER;
}

static void
totals(struct pair *p)
{
	int i;

	p->out->ending = ending(p);
	for (i = 0; i < 2; i++) {
		p->out->bytes[i] = p->direction[i].bytes;
		p->out->blocks[i] = p->direction[i].blocks;
		direction_free(&p->direction[i]);
	}
	p->out->lasted = p->started == 0 ? 0 : clock_ms() - p->started;
}

static void
snapshot(struct pair *p)
{
	struct moved m;
	int i;

	for (i = 0; i < 2; i++) {
		m.bytes[i] = p->direction[i].bytes;
		m.blocks[i] = p->direction[i].blocks;
	}
	statistics_signal(p->service->config, &m);
}

int
program_wait(pid_t *pid, int flags, bool said)
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
	else if (WEXITSTATUS(status) != 0 && said)
		log_info("waitpid(): child %ld exited with status %d",
		    (long)*pid, WEXITSTATUS(status));
	else if (WEXITSTATUS(status) != 0)
		log_warn("waitpid(): child %ld exited with status %d",
		    (long)*pid, WEXITSTATUS(status));
	*pid = 0;
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static bool
program_look(struct pair *p, struct end *e)
{
	bool said = outcome_failed(p->out);

	int i, failed = 0;
	pid_t *pid;

	for (i = 0; (pid = end_program(e, i)) != NULL; i++)
		failed |= program_wait(pid, WNOHANG, said);
	return failed;
}

/*
 * A program that fails ends the connection, once its output has ended;
 * what it left behind may write as long as -t lets it.
 */
static void
programs_look(struct pair *p)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct end *e = p->direction[i].from;

		if (program_look(p, e)) {
			outcome_set(p->out, END_PROGRAM);
			p->closing = true;
			p->moved = clock_ms();
		}
		if (p->program[i] && !end_has_program(e) &&
		    p->direction[!i].state == DIRECTION_OPEN &&
		    p->service->config->direction != 'b')
			p->unread = true;
	}
}

static int
wait_events(struct pair *p, msec t)
{
	int n, saved;

	if (sig_taken(SIGUSR1))
		snapshot(p);
	if (!p->programs)
		return sig_poll_child(p->slot, SLOTS, t);
	n = sig_poll(p->slot, SLOTS, t);
	saved = errno;
	if (sig_taken(SIGCHLD))
		programs_look(p);
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

	if (p->service->idle == 0 && !p->direction[0].again &&
	    !p->direction[1].again &&
	    (!p->closing || p->moved == FROM_NOW))
		return 0;
	now = clock_ms();
	if (p->moved == FROM_NOW)
		p->moved = now;
	return now;
}

/* Whether a descriptor that was given is none; socat asks here. */
static bool
any_invalid(const struct pair *p)
{
	int i;

	for (i = 0; i < SLOTS && !(p->slot[i].revents & POLLNVAL); i++)
		;
	return i < SLOTS;
}

static void
pair_loop(struct pair *p)
{
	msec now, t;
	int n;

	while (!p->over && (!both_done(p) || p->last != NULL)) {
		now = clock_look(p);
		slots_set(p, now);
		t = poll_timeout(p, now);
		n = wait_events(p, t);
		if (n <= 0)
			moved_settle(p, n == 0 ? t : 0);
		if (n == 0 && p->unread)
			pair_finish(p, END_EOF);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == ENOMEM)) {
			clock_nap(SHORTAGE_NS);
			continue;
		}
		if (n > 0 && any_invalid(p)) {
			n = -1;
			errno = EBADF;
		}
		if (n == -1) {
			log_error("poll(...): %s", strerror(errno));
			pair_finish(p, END_ERROR);
			break;
		}
		events(p);
		if (p->moved != FROM_NOW && !p->over &&
		    (!both_done(p) || p->last != NULL))
			pair_time_out(p);
	}
}

/* -b asks for more than there is memory; in socat's words for socat. */
static void
block_too_large(struct pair *p)
{
	const struct config *c = p->service->config;

	if (c->as_socat)
		log_error("posix_memalign(): %s", strerror(ENOMEM));
	else
		log_error("-b %zu: %s", c->block, strerror(ENOMEM));
	pair_finish(p, END_ERROR);
}

HOT void
transfer(const struct service *service, struct end *left, struct end *right,
    struct outcome *out)
{
	struct pair p;
	int i, rc;

	memset(&p, 0, offsetof(struct pair, direction));
	memset(out, 0, sizeof *out);
	p.out = out;
	p.service = service;
	out->as_socat = service->config->as_socat;
	rc = direction_init(p.direction, p.first, 0, service, left, right,
	    out);
	rc |= direction_init(p.direction, p.first, 1, service, right, left,
	    out);
	if (rc != 0)
		block_too_large(&p);
	if (service->config->direction == 'u')
		p.direction[1].state = DIRECTION_DONE;
	if (service->config->direction == 'U')
		p.direction[0].state = DIRECTION_DONE;
	for (i = 0; i < 2; i++)
		p.shut[i] = p.direction[i].state == DIRECTION_DONE;
	p.program[0] = end_has_program(left);
	p.program[1] = end_has_program(right);
	p.programs = p.program[0] || p.program[1];
	if (p.programs)
		sig_wait_for(SIGCHLD);
	if (log_summary_on())
		p.started = clock_ms();
	p.moved = FROM_NOW;
	if (p.programs)
		programs_look(&p);	/* one may have come too early */
	/* A client has most often sent something before its child runs. */
	if (service->process->listener != 0 && left->in.can & END_NOWAIT &&
	    !p.over)
		direction_work(&p, 0, true, false);
	pair_loop(&p);
	totals(&p);
}
