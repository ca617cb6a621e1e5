/* run/pair.h: the two directions of a transfer, and how they end. */
#ifndef RUN_PAIR_H
#define RUN_PAIR_H

#include <poll.h>

#include "direction.h"
#include "outcome.h"

/* Of pair.moved: counts from the wait that comes next. */
#define FROM_NOW	((msec)-1)

/* Places in the poll array. */
enum { LEFT_IN, LEFT_OUT, RIGHT_IN, RIGHT_OUT, SLOTS };

struct pair {
	const struct service *service;
	struct pollfd slot[SLOTS];
	bool shut[2];		/* the end of an input has been dealt with */
	/* Of each direction: its input or output is not looked at while
	 * there is nothing to read or write. */
	bool in_unwatched[2], out_unwatched[2];
	bool gone[2];		/* whose input is, but for what it sent */
	msec started;		/* 0: nobody will ask */
	msec moved;		/* when the last byte moved, or FROM_NOW */
	bool closing;		/* one direction is over: -t counts */
	struct outcome *out;
	bool programs;		/* one of the ends is a child's */
	bool program[2];	/* ... and which */
	struct end *last;	/* is to take what was sent, before the end */
	bool reset;		/* ... which it then learns as a reset */
	int unsent;		/* ... and how much that was */
	bool unread;		/* the only program that reads has ended */
	bool over;
	/* The last two are set up by direction_init(). */
	struct direction direction[2];
	unsigned char first[DIRECTION_FIRST];	/* the buffer of both */
};

/* All is over now. */
void pair_finish(struct pair *, enum reason);
/* One direction is over: its ends learn that.  Once for each. */
void pair_direction_over(struct pair *, int);
/*
 * What poll(2) said of an input that is not read for now, of an output that
 * nothing is written to for now: either may be gone.
 */
void pair_input_look(struct pair *, int, const struct pollfd *);
void pair_output_look(struct pair *, int, const struct pollfd *);
/*
 * The end whose peer is yet to take what it was sent, or NULL; nothing tells
 * of that, and it is looked at again and again.
 */
struct end *pair_unsent_end(const struct pair *);
void pair_unsent_look(struct pair *);
/* Ends what took longer than -T and -t say. */
void pair_time_out(struct pair *);

#endif
