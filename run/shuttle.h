/* run/shuttle.h: bytes both ways between two ends. */
#ifndef RUN_SHUTTLE_H
#define RUN_SHUTTLE_H

#include <stdatomic.h>

#include "../relay.h"

/* Why a connection ended. */
enum reason {
	END_EOF, END_IDLE, END_HALF_CLOSE, END_RESET_LEFT, END_RESET_RIGHT,
	END_CONNECT, END_READBYTES, END_ESCAPE, END_ERROR
};

struct outcome {
	enum reason reason;
	unsigned long long bytes[2], blocks[2];	/* to the right, left */
	msec lasted;
	int status;		/* exit status, 0 or 1 */
	enum ending ending;
};

/*
 * Sums over children, in memory that all of them share and any of them may
 * have written nonsense to: numbers for people and for --exit-idle, by which
 * nothing is looked up, allocated or run.
 */
struct tally {
	atomic_ullong bytes[2], blocks[2];
	atomic_ullong now, all, refused;
	atomic_ullong said;	/* when a refusal was last logged, ms */
};

extern struct tally *tally;	/* NULL: nobody counts */

/*
 * Moves bytes until both directions have ended.  The ends stay the
 * caller's, open as far as they were not half-closed.
 */
void shuttle(struct end *left, struct end *right, struct outcome *);
/* Closing it will look like a reset to its TCP peer. */
void end_abort(struct end *);
const char *reason_name(enum reason);
/* One line for people. */
void outcome_log(const struct outcome *, const char *peer,
    const char *target);
msec clock_ms(void);
/* The shorter of two waits; -1 is for ever. */
msec sooner(msec, msec);
int program_wait(pid_t *pid, int flags);

#endif
