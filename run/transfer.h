/* run/transfer.h: bytes both ways between two ends. */
#ifndef RUN_TRANSFER_H
#define RUN_TRANSFER_H

#include <stdatomic.h>

#include "../relay.h"
#include "outcome.h"

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
void transfer(struct end *left, struct end *right, struct outcome *);
/* Closing it will look like a reset to its TCP peer. */
void end_abort(struct end *);
/*
 * As waitpid(2); *pid becomes 0 once it is gone.  1 if it failed, which is
 * said unless that follows from what was said before.
 */
int program_wait(pid_t *pid, int flags, bool said);

#endif
