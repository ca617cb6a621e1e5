/* run/target.h: a target that may move while clients wait for it. */
#ifndef RUN_TARGET_H
#define RUN_TARGET_H

#include <stdatomic.h>

#include "../addr/addr.h"

/*
 * Where the target is.  The supervisor writes it; whoever serves a client
 * can only read it: what stands here is opened by processes that may still
 * be root.
 */
struct board {
	atomic_uint generation;	/* odd while text is written */
	atomic_int up;
	atomic_llong since;	/* when it came up, ms */
	char text[400];		/* the address */
};

/* What a process that serves knows of its link's target. */
struct target {
	msec follow;		/* clients wait so long for one that moves */
	unsigned generation;	/* of the board when the process began */
	const struct board *board;
};

/* The supervisor's: the target is there, or away. */
void board_up(struct board *, const char *text);
void board_down(struct board *);

/* A client that waits for a target. */
struct target_wait {
	msec begun;
	unsigned generation;
};

void target_wait_begin(struct target_wait *, const struct target *);
/*
 * After opening b has failed: the address to be tried next, a moment later,
 * or NULL when there is nothing more to wait for.
 */
struct addr *target_next(struct target_wait *, const struct target *,
    struct addr *b);

#endif
