/* run/outcome.h: how a connection ended, and why. */
#ifndef RUN_OUTCOME_H
#define RUN_OUTCOME_H

#include "../addr/end/end.h"
#include "../relay.h"

/* Why a connection ended; up to END_ESCAPE it ended well. */
enum reason {
	END_EOF, END_IDLE, END_HALF_CLOSE, END_READBYTES, END_ESCAPE,
	END_CONNECT,		/* the other address cannot be opened */
	END_PROGRAM,		/* a program exited with an error */
	END_READ, END_WRITE,	/* at an end; see struct failure */
	END_ERROR
};

/* The system's word on the end that failed. */
struct failure {
	int side;		/* 0: A, left; 1: B, right */
	int err;
};

struct outcome {
	enum reason reason;
	struct failure failure;	/* of END_READ and END_WRITE */
	const char *why;	/* of END_CONNECT, or NULL */
	unsigned long long bytes[2], blocks[2];	/* to the right, left */
	msec lasted;
	enum ending ending;
	bool as_socat;		/* its lines name no end */
};

/* Whether the reason is a failure. */
bool outcome_failed(const struct outcome *);
/*
 * An end failed while it was read or written.  The first failure is the
 * reason, and said in one line: the call, the system's word, and which end.
 */
void outcome_fail(struct outcome *, enum reason, int side, int err,
    const struct end *, const char *call);
/* Another reason; a failure stays. */
void outcome_set(struct outcome *, enum reason);
/* One line for people; link is its name, or NULL. */
void outcome_log(const struct outcome *, const char *link, const char *peer,
    const char *target);

#endif
