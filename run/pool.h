/* run/pool.h: children that wait and serve one client after another. */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdbool.h>
#include <sys/types.h>

#include "../addr/addr.h"

/*
 * What a child of the pool does with a client, in its own process; as
 * often as there are clients.
 */
typedef void pool_serve(void *context, struct end *);

/*
 * n children for the listener; when it dies they end with their clients,
 * or after them unless together.  -1 with words in fault.
 */
int pool_start(struct addr *listener, long long n, bool together,
    pool_serve *, void *);
/* Forks anew what has ended; what fork(2) says otherwise. */
int pool_mend(void);
/*
 * Whether every child has a connection that lasts: the next client needs
 * another child.  When that becomes true, SIGUSR2 comes.
 */
bool pool_full(void);
/* One child more, for a while; what fork(2) says. */
int pool_grow(void);
/* How many clients there were, and whether one is being served. */
unsigned pool_clients(bool *serves);
/* Those without a client end at once, the others after it. */
void pool_stop(void);

#endif
