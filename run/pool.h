/* run/pool.h: children that wait and serve one client after another. */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdbool.h>
#include <sys/types.h>

#include "service.h"

/*
 * What a child of the pool does with a client, in its own process; as
 * often as there are clients.
 */
typedef void pool_serve(void *context, struct end *);

/*
 * n children for the listener; when it dies they end with their clients,
 * or after them unless it is supervised; if it drains they leave it to the
 * listener what TERM means.  -1 with words in last_error.
 */
int pool_start(struct addr *listener, long long n, struct service *,
    pool_serve *, void *);
/* Forks anew what has ended; what fork(2) says otherwise. */
int pool_respawn(void);
/* Whether some are still to be forked anew, and it is time. */
bool pool_respawn_due(void);
/*
 * CALM: some child waits for a client.  ALERT: none does, but one did since
 * the last call: to be looked at again after POOL_LOOK_MS.  FULL: the next
 * client needs another child.
 */
enum pool_load { POOL_CALM, POOL_ALERT, POOL_FULL };
#define POOL_LOOK_MS	10
enum pool_load pool_load(void);
/*
 * Becomes readable when it is no longer CALM, or -1 for a moment after it
 * did; pool_heard() makes it wait for the next time.
 */
int pool_fd(void);
void pool_heard(void);
/*
 * A child more or a few, no more than most, if really nobody takes the
 * client; what fork(2) says.
 */
int pool_expand(size_t most);
/*
 * Milliseconds until the load is to be looked at whatever happens.  Also
 * sends helpers home that had nothing to do for a while.
 */
msec pool_timeout(void);
/* Grows when a client comes or goes; and whether one is being served. */
unsigned pool_turns(bool *serves);
/* Those without a client end at once, the others after it. */
void pool_stop(void);

#endif
