/* run/ending.c: how the directions of a transfer come to their end. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/cold.h"
#include "../lib/log.h"
#include "pair.h"
#include "transfer.h"

void
pair_finish(struct pair *p, enum reason why)
{
	outcome_set(p->out, why);
	p->over = true;
}

/* The error of a socket, or what it is if it has none. */
static HOT int
socket_error(int fd, int usual)
{
	socklen_t len = sizeof(int);
	int err = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1 ||
	    err == 0 ? usual : err;
}

/* What a peer had sent before it went was not taken in time. */
static void
gone_fail(struct pair *p)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct end *e = p->direction[i].from;

		if (!p->gone[i] || p->shut[i] || e->rfd == -1)
			continue;
		direction_fail(&p->direction[i],
		    socket_error(e->rfd, ECONNRESET));
		end_abort(p->direction[i].to);
	}
}

/*
 * What was cut may have been a reply that takes its time.  A peer that sends
 * datagrams has no other end than silence.
 */
static void
half_close_warn(const struct pair *p)
{
	int i = p->direction[0].state == DIRECTION_DONE;
	const struct direction *f = &p->direction[i];
	bool link = p->service->link != NULL && f->from->in.can & END_RESET;

	if (p->service->config->as_socat || f->from->in.can & END_LOOSE)
		return;
	log_warn("%c had not ended: cut off after %lld.%03lld s of silence; "
	    "%s60 would wait longer", "AB"[i], p->service->half_close / 1000,
	    p->service->half_close % 1000, link ? "--half-close=" : "-t ");
}

void
pair_time_out(struct pair *p)
{
	msec now = clock_ms();
	bool settling = p->last != NULL;

	/* Part of a millisecond counts as none: poll rounds down. */
	if (p->service->idle > 0 && now - p->moved >= p->service->idle) {
		log_notice("inactivity timeout triggered");
		gone_fail(p);
		pair_finish(p, END_IDLE);
		return;
	}
	if (p->closing && p->service->half_close >= 0 &&
	    now - p->moved >= p->service->half_close) {
		log_info("poll timed out (no data within %lld.%06lld "
		    "seconds)", p->service->half_close / 1000,
		    p->service->half_close % 1000 * 1000);
		gone_fail(p);
		if (settling && p->reset)
			end_abort(p->last);
		if (!settling && !outcome_failed(p->out))
			half_close_warn(p);
		pair_finish(p, settling ? p->out->reason : END_HALF_CLOSE);
	}
}

/*
 * The end is there once the peer of e has taken all that was sent: closing
 * may throw it away, tcp(7).  No longer than -t says.
 */
static void
settle(struct pair *p, struct end *e, bool reset)
{
	if (!(e->out.can & END_RESET) || e->wfd == -1) {
		p->over = true;
		return;
	}
	p->last = e;
	p->reset = reset;
	p->unsent = -1;
	p->closing = true;
	p->moved = FROM_NOW;
}

static void
settled(struct pair *p)
{
	if (p->reset)
		end_abort(p->last);
	p->over = true;
}

HOT struct end *
pair_unsent_end(const struct pair *p)
{
	int i;

	for (i = 0; i < 2 && p->last == NULL; i++)
		if (p->gone[i] && p->direction[i].to->out.can & END_RESET)
			return p->direction[i].to;
	return p->last;
}

/* What the peer takes moves, too. */
HOT void
pair_unsent_look(struct pair *p)
{
	struct end *e = pair_unsent_end(p);
	int left;

	if (e == NULL || p->over || e->wfd == -1)
		return;
	left = os_unsent(e->wfd);
	if (left != p->unsent)
		p->moved = FROM_NOW;
	p->unsent = left;
	/* Where the system does not tell, -t has to do before a reset. */
	if (p->last != NULL && (left == 0 || (left == -1 &&
	    !(p->reset && p->service->half_close >= 0))))
		settled(p);
}

/*
 * Whether the failure of an end becomes a reset of the other one, and not a
 * normal end.  EPIPE is the reset of a peer that had come to its end before.
 */
static bool
reset_passes(const struct pair *p, int side, int err)
{
	const struct end *e = p->direction[side].from;

	return !p->program[side] && err != EPIPE &&
	    (e->in.can & END_RESET || err != ECONNRESET);
}

/* The end on a side failed with err, and has nothing more to give. */
static void
side_over(struct pair *p, int side, int err)
{
	int i;

	for (i = 0; i < 2; i++) {
		p->direction[i].state = DIRECTION_DONE;
		p->shut[i] = true;
		p->gone[i] = false;
	}
	settle(p, p->direction[side].to, reset_passes(p, side, err));
}

/*
 * Whether what a peer sent before it went is still read, after writing to
 * it failed: that has an end.
 */
static bool
gives_more(const struct pair *p, int side)
{
	const struct end *e = p->direction[side].from;

	return p->program[side] || (e->in.can & END_WATCHED &&
	    e->rfd == e->wfd);
}

/* Writing failed: the other direction gets to its end. */
static void
output_over(struct pair *p, int i)
{
	struct direction *back = &p->direction[!i];

	if (!gives_more(p, !i))
		direction_stop(back);
	if (back->state == DIRECTION_DONE) {
		side_over(p, !i, p->direction[i].write_err);
		return;
	}
	p->closing = true;
	p->moved = FROM_NOW;
}

/* An output's peer is gone, which poll(2) found out. */
static void
output_gone(struct pair *p, int i, int err)
{
	direction_cut(&p->direction[i], err);
	p->shut[i] = true;
	side_over(p, !i, err);
}

/* All was read, and writing it was the last thing to do: was it taken? */
static void
last_over(struct pair *p, int i)
{
	struct end *to = p->direction[i].to;
	int err = to->out.can & END_WATCHED && to->wfd != -1 ?
	    socket_error(to->wfd, 0) : 0;

	if (err != 0)
		output_gone(p, i, err);
	else if (p->service->config->direction != 'b')
		settle(p, to, false);
}

/* Telling one end was closing it: nothing more can be read there. */
static void
closed_both(struct pair *p, int i)
{
	struct direction *f = &p->direction[i];

	if (f->from->rfd != -1 || p->shut[i] || f->state != DIRECTION_OPEN)
		return;
	log_notice("socket %d (fd -1) is at EOF", i + 1);
	direction_stop(f);
}

/* An input came to its end: the output learns that. */
static void
input_over(struct pair *p, int i)
{
	struct direction *f = &p->direction[i];
	bool last = p->direction[!i].state == DIRECTION_DONE;

	/* When this was the last direction, closing says as much. */
	if (f->to->wfd != -1 && !(last && end_close_tells(f->to) &&
	    p->service->config->direction == 'b')) {
		log_info("shutdown(%d, 1)", f->to->wfd);
		f->to->ops->half_close(f->to);
		closed_both(p, !i);
	}
	p->closing = true;
	p->moved = FROM_NOW;
	if (f->limited)
		outcome_set(p->out, END_READBYTES);
	else if (f->escaped)
		outcome_set(p->out, END_ESCAPE);
	if (last)
		last_over(p, i);
}

/* One direction is over, once. */
HOT void
pair_direction_over(struct pair *p, int i)
{
	struct direction *f = &p->direction[i];

	p->shut[i] = true;
	p->gone[i] = false;
	if (f->read_err != 0) {
		side_over(p, i, f->read_err);
		return;
	}
	if (f->write_err != 0) {
		output_over(p, i);
		return;
	}
	if (f->from->rfd != -1)
		log_notice("socket %d (fd %d) is at EOF", i + 1,
		    f->from->rfd);
	/* The kernel tells of a reset once: reading on finds an end. */
	if (p->direction[!i].write_err != 0)
		side_over(p, i, p->direction[!i].write_err);
	else
		input_over(p, i);
}

/* An input that nobody reads for now went wrong: -t counts from here. */
HOT void
pair_input_look(struct pair *p, int i, const struct pollfd *in)
{
	if (in->events != 0 || in->revents == 0)
		return;
	p->in_unwatched[i] = true;
	if (in->revents & POLLERR) {
		p->gone[i] = p->closing = true;
		p->moved = FROM_NOW;
		p->unsent = -1;
	}
}

/*
 * So did an idle output.  One that hung up took all it was sent, and where
 * both ways are open reading tells the rest.
 */
HOT void
pair_output_look(struct pair *p, int i, const struct pollfd *out)
{
	struct end *to = p->direction[i].to;

	if (out->events != 0 || out->revents == 0 || p->over)
		return;
	p->out_unwatched[i] = true;
	if (to == p->last && outcome_failed(p->out)) {
		p->over = true;
		return;
	}
	if (out->revents & POLLERR ||
	    (p->service->config->direction != 'b' && to != p->last))
		output_gone(p, i, socket_error(to->wfd, EPIPE));
}

